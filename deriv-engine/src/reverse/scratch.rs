//! Scratch space: places outside of a loop that every iteration writes before it reads them, and that nothing else
//! reads. They might as well be declared in the loop's body; so their adjoints are zero where an iteration begins and
//! where it ends.

use crate::graph::ids;
use crate::hash::{HashMap, HashSet};
use crate::list::List;
use crate::region::{Region, Stmt};

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
            Stmt::Forget { place } => Some(place.id),
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
        let forgets = matches!(stmt, Stmt::Forget { place: forgotten } if forgotten.id == place);
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
