//! Adjoint loops that add to several elements of one place, as that of a stencil to all neighbours, or sum up: one loop
//! for all would write an element that its next iteration reads, and no compiler makes vectors of that. Of loops that
//! each write one element it does: one that gathers what neighbours add to it (see [`gather`](super::gather)), or
//! one loop for each element. The sums get a loop of their own.

use super::gather::{Group, gathered, groups};
use super::keep::EXPENSIVE;
use super::lanes::in_lanes;
use crate::graph::{Expr, Graph, Ty, ids};
use crate::list::List;
use crate::ops::Op;
use crate::region::{Access, Loop, Order, Region, Stmt, Turn};
use crate::tidy::{depends_on, renamed_loop};

/// Divides the loops of which the iterations are of any order, where that is likely to be faster.
pub(super) fn divide<'g>(graph: &'g Graph, region: &mut Region<'g>) {
    region.for_each_mut(&mut |region| {
        let divided = |stmt| match stmt {
            Stmt::Loop(looped) => parts(graph, &looped, None).unwrap_or_else(|| vec![Stmt::Loop(looped)]),
            stmt => vec![stmt],
        };
        region.body = std::mem::take(&mut region.body).into_iter().flat_map(divided).list();
    });
}

/// The statements that do the same as a loop of which the iterations are of any order. Where elements are to be
/// `cleared`, it is as if all that the loop reaches by this were zero before.
pub(super) fn parts<'g>(
    graph: &'g Graph,
    looped: &Loop<'g>,
    cleared: Option<&Access<'g>>,
) -> Option<Vec<Stmt<'g>>> {
    let Turn::For { order: Order::Any, over, .. } = &looped.turn else { return None };
    let plain = looped.body.body.iter().all(|stmt| match stmt {
        Stmt::Copy { again, .. } | Stmt::Bind { again, .. } => *again,
        Stmt::Load { .. } | Stmt::Recall { .. } | Stmt::Store { .. } => true,
        _ => false,
    });
    if !plain || clashes(looped) || !is_sum(looped) || !is_cheap(graph, looped) {
        return None;
    }
    // All of them may look at what was recorded.
    let (mut out, mut looped) = (Vec::new(), looped.clone());
    let (mut rows, mut tapes) = (Vec::new(), Vec::new());
    for stmt in &mut looped.body.body {
        if let Stmt::Recall { tape, .. } = stmt {
            let row = graph.symbol("row", Ty::Aggregate);
            rows.push(row);
            tapes.push(std::mem::replace(tape, row));
        }
    }
    if !rows.is_empty() {
        out.push(Stmt::Rows { rows, tapes, over: over.clone() });
    }
    let groups = groups(&looped);
    let in_group = |at: usize| groups.iter().any(|group| group.stores.iter().any(|(_, store)| *store == at));
    let takes: Vec<usize> = (0..looped.body.body.len())
        .only(|&at| matches!(looped.body.body[at], Stmt::Store { add: false, .. }) && !in_group(at));
    // Elements that are gathered get loops of their own; of the others, a loop adds to one of each place.
    let (gathers, single): (Vec<Group<'g>>, Vec<Group<'g>>) =
        groups.into_iter().partition(|group| group.width() > 0);
    let mut rounds: Vec<Vec<Group<'g>>> = Vec::new();
    for group in single {
        let of = |other: &Group<'g>| other.first.place == group.first.place;
        match rounds.iter_mut().find(|round| !round.iter().any(of)) {
            Some(round) => round.push(group),
            None => rounds.push(vec![group]),
        }
    }
    if gathers.is_empty() && rounds.len() + usize::from(!looped.params.is_empty()) < 2 {
        return None;
    }
    // Only what is gathered at once is rid of what was there.
    if let Some(to) = cleared {
        let of = |group: &&Group<'g>| group.first.place == to.place;
        if gathers.iter().filter(of).count() != 1 || rounds.iter().flatten().any(|group| of(&group)) {
            return None;
        }
    }
    for group in &gathers {
        out.push(gathered(graph, &looped, group, cleared.filter(|to| to.place == group.first.place))?);
    }
    if !looped.params.is_empty() {
        // One loop for all sums, which adds to elements as well if there are no others.
        let summing = |stores: bool| {
            let mut sums = part(&looped, Order::Given, &|_| stores);
            sums.body.results = looped.body.results.clone();
            (sums.params, sums.initial) = (looped.params.clone(), looped.initial.clone());
            sums.results = looped.results.clone();
            sums
        };
        let all =
            if gathers.is_empty() && rounds.len() == 1 { in_lanes(graph, &summing(true)) } else { None };
        if let Some(all) = all {
            out.extend(all);
            return Some(out);
        }
        let sums = summing(false);
        let alone = || Loop { results: sums.results.clone(), ..renamed_loop(graph, &sums) };
        out.extend(in_lanes(graph, &sums).unwrap_or_else(|| vec![Stmt::Loop(alone())]));
    }
    // What takes a value away comes last.
    if rounds.is_empty() && !takes.is_empty() {
        rounds.push(Vec::new());
    }
    for (i, round) in rounds.iter().enumerate() {
        let last = i + 1 == rounds.len();
        let own = |at: usize| round.iter().any(|group| group.stores.iter().any(|(_, store)| *store == at));
        let adding = part(&looped, Order::Given, &|at| own(at) || (last && takes.contains(&at)));
        out.push(Stmt::Loop(renamed_loop(graph, &adding)));
    }
    Some(out)
}

/// The loop with some of its stores, by their places in the body, and without what it carries.
pub(super) fn part<'g>(looped: &Loop<'g>, order: Order<'g>, stores: &dyn Fn(usize) -> bool) -> Loop<'g> {
    let mut part = Loop { params: Vec::new(), initial: Vec::new(), results: Vec::new(), ..looped.clone() };
    let body = looped.body.body.iter().enumerate();
    let own = body.filter(|(at, stmt)| !matches!(stmt, Stmt::Store { .. }) || stores(*at));
    part.body = Region { body: own.map(|(_, stmt)| stmt.clone()).list(), ..Region::default() };
    if let Turn::For { order: own, .. } = &mut part.turn {
        *own = order;
    }
    part
}

/// Whether something is loaded that another part of the loop may have changed: what is added to, and what was taken
/// away.
fn clashes(looped: &Loop<'_>) -> bool {
    let body = &looped.body.body;
    let added = body.iter().filter_map(|stmt| match stmt {
        Stmt::Store { to, add: true, .. } => Some(to.place),
        _ => None,
    });
    let (added, mut taken) = (added.list(), Vec::new());
    body.iter().any(|stmt| match stmt {
        Stmt::Load { from, .. } => added.contains(&from.place) || taken.contains(&from.place),
        Stmt::Store { to, add: false, .. } => {
            taken.push(to.place);
            added.contains(&to.place)
        }
        _ => false,
    })
}

/// Whether nothing reads what the loop carries but the sum that is carried on.
fn is_sum(looped: &Loop<'_>) -> bool {
    let params = ids(&looped.params);
    let reads: Vec<_> = looped.body.body.iter().flat(Stmt::reads);
    let mut next = looped.params.iter().zip(&looped.body.results);
    let adds = next.all(|(param, next)| {
        summand(*param, *next).is_some_and(|(summand, _)| !depends_on(summand, &params))
    });
    adds && !reads.iter().any(|read| depends_on(*read, &params))
}

/// What is added to a sum, or else taken from it.
pub(super) fn summand<'g>(sum: Expr<'g>, next: Expr<'g>) -> Option<(Expr<'g>, bool)> {
    let [a, b] = next.args()[..] else { return None };
    match next.op() {
        op if op == Op::infix("+") && a == sum => Some((b, true)),
        op if op == Op::infix("+") && b == sum => Some((a, true)),
        op if op == Op::infix("-") && a == sum => Some((b, false)),
        _ => None,
    }
}

/// Whether what the loops compute in common may be computed in each.
fn is_cheap<'g>(graph: &'g Graph, looped: &Loop<'g>) -> bool {
    let made = graph.reachable(&looped.body.reads());
    (0..made.len()).filter(|&id| made[id]).all(|id| graph.expr(id as u32).own_cost() < EXPENSIVE)
}
