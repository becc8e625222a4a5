//! Scratch space: places outside of a loop that every iteration writes before it reads them, and that nothing else
//! reads. They might as well be declared in the loop's body; so their adjoints are zero where an iteration begins and
//! where it ends.
//!
//! If an iteration first adds to all elements of such an adjoint, it may as well overwrite them. Then it need not leave
//! zeros, either: every element that is written once is read for the last time by what takes it away.

use crate::graph::{Expr, ids};
use crate::hash::{HashMap, HashSet};
use crate::list::List;
use crate::region::{Region, Stmt};
use crate::tidy::depends_on;

/// By the number of a loop, the places that are scratch space of its iterations.
pub(super) fn find(region: &Region<'_>) -> HashMap<usize, HashSet<u32>> {
    let mut found = HashMap::default();
    let mut local = HashSet::default();
    region.for_each(&mut |region| {
        local.extend(region.body.iter().filter_map(|stmt| match stmt {
            Stmt::Alloc { place, .. } => Some(place.id),
            _ => None,
        }));
    });
    let everywhere = reads(region);
    region.for_each(&mut |region| {
        for stmt in &region.body {
            let Stmt::Loop(looped) = stmt else { continue };
            let inside = reads(&looped.body);
            let own = ids(&looped.body.defines());
            let is_scratch = |place: &u32| {
                local.contains(place)
                    && !own.contains(place)
                    && inside.get(place) == everywhere.get(place)
                    && begins(&looped.body, *place) != Begins::Used
            };
            let places: HashSet<u32> = forgotten(&looped.body).into_iter().filter(is_scratch).collect();
            if !places.is_empty() {
                found.insert(looped.number, places);
            }
        }
    });
    found
}

/// The places of which nothing but one statement, or several together, writes the elements, each of them once.
pub(super) fn written_once(region: &Region<'_>) -> HashSet<u32> {
    let mut places = HashSet::default();
    region.for_each(&mut |region| {
        places.extend(region.body.iter().filter_map(|stmt| match stmt {
            Stmt::Forget { place, once: true } => Some(place.id),
            _ => None,
        }));
    });
    places
}

/// Rids the backward sweep over an iteration of the zeros that it leaves in the adjoint of a place that is scratch space
/// and written once, if it can overwrite what is there when it begins.
pub(super) fn overwrite<'g>(backward: &mut Region<'g>, bar: Expr<'g>) {
    if uses(&backward.body, bar).iter().any(|by| !matches!(by, Stmt::Load { .. } | Stmt::Store { .. })) {
        return;
    }
    let begins = backward.body.iter().position(|stmt| !uses(std::slice::from_ref(stmt), bar).is_empty());
    let Some(begins) = begins else { return };
    let mut rest = Region { body: backward.body.split_off(begins + 1), ..Region::default() };
    if overwrites(&mut backward.body[begins], bar) {
        rest.for_each_mut(&mut |region| {
            region.body.retain(|stmt| match stmt {
                Stmt::Store { to, value, add: false } => to.place != bar || !value.is_zero(),
                _ => true,
            });
        });
    }
    backward.body.append(&mut rest.body);
}

/// Makes the statement of a region that first adds to an adjoint, which is zero before, overwrite all of it instead.
pub(super) fn overwrite_first<'g>(region: &mut Region<'g>, bar: Expr<'g>) -> bool {
    let mut users = region.body.iter_mut().filter(|stmt| !uses(std::slice::from_ref(stmt), bar).is_empty());
    users.next().is_some_and(|first| overwrites(first, bar))
}

/// Keeps what the first loop over an adjoint, which overwrites all of it, takes from a list in the adjoint itself: each
/// element is read before it is overwritten. The loop that fills the list comes to every element of the place of which it is
/// the adjoint.
pub(super) fn keep_in_adjoint<'g>(region: &mut Region<'g>, place: Expr<'g>, bar: Expr<'g>) -> Option<()> {
    let second = region.body.iter().position(|stmt| !uses(std::slice::from_ref(stmt), bar).is_empty())?;
    let (before, rest) = region.body.split_at_mut(second);
    let Some(Stmt::Loop(backward)) = rest.first_mut() else { return None };
    let body = &mut backward.body.body;
    let to = body.iter().find_map(|stmt| match stmt {
        Stmt::Store { to, add: false, .. } if to.place == bar => Some(to.clone()),
        _ => None,
    })?;
    // Where its index is known, and what is kept is not read yet.
    let known = body.iter().rposition(|stmt| stmt.defines().iter().any(|leaf| to.indices.contains(leaf)));
    let begin = known.map_or(0, |at| at + 1);
    let early = body[..begin].iter().flat(Stmt::reads);
    let read = |leaf: Expr<'g>| early.iter().any(|read| depends_on(*read, &ids(&[leaf])));
    let taken = body.iter().enumerate().filter_map(|(at, stmt)| match stmt {
        Stmt::Recall { leaf, tape } if at < begin && !read(*leaf) => Some((at, *leaf, *tape)),
        _ => None,
    });
    for (at, leaf, kept) in taken.list() {
        let fills = |stmt: &Stmt<'g>| matches!(stmt, Stmt::Record { tape, .. } if *tape == kept);
        let forward = before.iter_mut().find_map(|stmt| match stmt {
            Stmt::Loop(forward) if forward.body.body.iter().any(fills) => Some(forward),
            _ => None,
        });
        let Some(forward) = forward.filter(|forward| forward.whole.contains(&place)) else { continue };
        let forward = &mut forward.body.body;
        let Some(record) = forward.iter().position(fills) else { continue };
        let from = forward.iter().find_map(|stmt| match stmt {
            Stmt::Load { leaf: number, from } if from.place == place && number.ty() == leaf.ty() => {
                Some(from.of(bar))
            }
            _ => None,
        });
        let Some(from) = from else { continue };
        let elsewhere =
            |stmt: &&Stmt<'g>| !matches!(stmt, Stmt::Load { from: own, .. } if own.indices == from.indices);
        if uses(forward, place).iter().any(elsewhere) {
            continue;
        }
        if let Stmt::Record { value, .. } = forward[record] {
            forward[record] = Stmt::Store { to: from, value, add: false };
        }
        body.insert(begin, Stmt::Load { leaf, from: to });
        body.remove(at);
        region.body.retain(|stmt| !matches!(stmt, Stmt::Alloc { place, .. } if *place == kept));
        return Some(());
    }
    None
}

/// Makes a loop that adds to every element of a place, and does nothing else with it, overwrite them instead.
fn overwrites<'g>(first: &mut Stmt<'g>, bar: Expr<'g>) -> bool {
    let Stmt::Loop(looped) = first else { return false };
    let (whole, all) = (looped.whole.contains(&bar), uses(&looped.body.body, bar).len());
    let mut sums = sums(&mut looped.body.body, bar);
    // Each of them comes to every element, and all at the same time.
    let each = whole && sums.len() == all;
    let same = sums.iter().all(|(indices, _)| *indices == sums[0].0);
    match sums.first_mut() {
        Some((_, add)) if each && same => **add = false,
        _ => return false,
    }
    true
}

/// The additions to a place that are done in every iteration, and to which element.
fn sums<'s, 'g>(body: &'s mut [Stmt<'g>], place: Expr<'g>) -> Vec<(&'s [Expr<'g>], &'s mut bool)> {
    body.iter_mut().flat(|stmt| match stmt {
        Stmt::Store { to, add, .. } if to.place == place && *add => vec![(&to.indices[..], add)],
        Stmt::Loop(looped) => sums(&mut looped.body.body, place),
        _ => Vec::new(),
    })
}

/// The statements that have to do with a place, at any depth.
fn uses<'s, 'g>(body: &'s [Stmt<'g>], place: Expr<'g>) -> Vec<&'s Stmt<'g>> {
    body.iter().flat(|stmt| {
        let inside = stmt.regions().into_iter().flat(|region| uses(&region.body, place));
        stmt.reads().contains(&place).then_some(stmt).into_iter().chain(inside).list()
    })
}

/// How often each place is read, or changed in another way than element by element.
fn reads(region: &Region<'_>) -> HashMap<u32, usize> {
    let mut count = HashMap::default();
    region.for_each(&mut |region| {
        let writes = |stmt: &&Stmt<'_>| matches!(stmt, Stmt::Store { add: false, .. } | Stmt::Forget { .. });
        for stmt in region.body.iter().filter(|stmt| !writes(stmt)) {
            for leaf in stmt.reads() {
                *count.entry(leaf.id).or_insert(0) += 1;
            }
        }
        for leaf in &region.results {
            *count.entry(leaf.id).or_insert(0) += 1;
        }
    });
    count
}

fn forgotten(region: &Region<'_>) -> HashSet<u32> {
    let mut places = HashSet::default();
    region.for_each(&mut |region| {
        places.extend(region.body.iter().filter_map(|stmt| match stmt {
            Stmt::Forget { place, .. } => Some(place.id),
            _ => None,
        }));
    });
    places
}

/// What a region does first with a place.
#[derive(Clone, Copy, PartialEq)]
enum Begins {
    /// Perhaps nothing.
    Nothing,
    Forgotten,
    Used,
}

fn begins(region: &Region<'_>, place: u32) -> Begins {
    for stmt in &region.body {
        let inner: Vec<Begins> = stmt.regions().into_iter().each(|region| begins(region, place));
        let forgets = matches!(stmt, Stmt::Forget { place: forgotten, .. } if forgotten.id == place);
        let reads = !forgets && stmt.reads().iter().any(|read| read.id == place);
        if reads || inner.contains(&Begins::Used) {
            return Begins::Used;
        }
        // A loop may turn not even once, and a guard need not be tried.
        let always = matches!(stmt, Stmt::Branch(_)) && !inner.is_empty();
        if forgets || (always && inner.iter().all(|inner| *inner == Begins::Forgotten)) {
            return Begins::Forgotten;
        }
    }
    match region.results.iter().any(|result| result.id == place) {
        true => Begins::Used,
        false => Begins::Nothing,
    }
}
