//! Adjoint loops that add to several elements of one place, as that of a stencil to all neighbours: one loop for each
//! neighbour, and one for the sums. One loop for all would write an element that its next iteration reads, and no
//! compiler makes vectors of that; of loops that each add to one element it does.

use super::keep::EXPENSIVE;
use crate::graph::{Expr, Graph, ids};
use crate::hash::HashSet;
use crate::list::List;
use crate::region::{Access, Arm, Branch, Head, Loop, Order, Region, Stmt, Turn};
use crate::tidy::{depends_on, renamed_loop};

/// The loop, or the loops that do the same if they are likely to be faster. Its iterations are of any order.
pub(super) fn divided<'g>(graph: &'g Graph, looped: Loop<'g>) -> Vec<Stmt<'g>> {
    match parts(graph, &looped) {
        Some(parts) => parts,
        None => vec![Stmt::Loop(looped)],
    }
}

fn parts<'g>(graph: &'g Graph, looped: &Loop<'g>) -> Option<Vec<Stmt<'g>>> {
    let Turn::For { order: Order::Given, .. } = looped.turn else { return None };
    // Of each place that is added to, the elements.
    let mut targets: Vec<(Expr<'g>, Vec<&Access<'g>>)> = Vec::new();
    for stmt in &looped.body.body {
        match stmt {
            Stmt::Store { to, add: true, .. } => {
                match targets.iter_mut().find(|(place, _)| *place == to.place) {
                    Some((_, elements)) if elements.contains(&to) => {}
                    Some((_, elements)) => elements.push(to),
                    None => targets.push((to.place, vec![to])),
                }
            }
            Stmt::Copy { again: true, .. } | Stmt::Bind { again: true, .. } => {}
            Stmt::Load { .. } | Stmt::Recall { .. } | Stmt::Store { .. } => {}
            _ => return None,
        }
    }
    let count = targets.iter().map(|(_, elements)| elements.len()).max()?;
    if count == 1 && looped.params.is_empty() {
        return None;
    }
    let is_target = |place: Expr<'g>| targets.iter().any(|(target, _)| *target == place);
    // What is taken away, in the last of the loops, nobody may look at afterwards.
    let mut taken: Vec<Expr<'g>> = Vec::new();
    let clashes = looped.body.body.iter().any(|stmt| match stmt {
        Stmt::Load { from, .. } => is_target(from.place) || taken.contains(&from.place),
        Stmt::Store { to, add: false, .. } => {
            taken.push(to.place);
            is_target(to.place)
        }
        _ => false,
    });
    if clashes || !is_sum(looped) || !is_cheap(graph, looped) {
        return None;
    }
    // Which loop a statement belongs to, if it is not for all. What takes a value away comes last.
    let home = |stmt: &Stmt<'g>| match stmt {
        Stmt::Store { to, add: true, .. } => {
            let (_, elements) = targets.iter().find(|(place, _)| *place == to.place)?;
            elements.iter().position(|element| *element == to)
        }
        Stmt::Store { .. } => Some(count - 1),
        _ => None,
    };
    let mut loops = Vec::new();
    if !looped.params.is_empty() {
        let mut sums = looped.clone();
        sums.body.body.retain(|stmt| home(stmt).is_none());
        loops.push(sums);
    }
    for part in 0..count {
        let mut adding = looped.clone();
        adding.body.body.retain(|stmt| home(stmt).is_none_or(|home| home == part));
        adding.params.clear();
        adding.initial.clear();
        adding.results.clear();
        adding.body.results.clear();
        loops.push(adding);
    }
    if shares_records(graph, &loops) {
        return None;
    }
    let divided = |looped: Loop<'g>| in_lanes(graph, renamed_loop(graph, &looped), looped.results);
    Some(loops.into_iter().flat(divided))
}

/// Additions that a processor begins while one is under way.
const LANES: usize = 4;

/// A loop of nothing but sums, for which the leaves `total` stand. One that waits for itself in every iteration is made in
/// lanes, which take turns: the sums move on by one lane with every term.
fn in_lanes<'g>(graph: &'g Graph, mut looped: Loop<'g>, total: Vec<Expr<'g>>) -> Vec<Stmt<'g>> {
    let (lanes, zero) = (LANES / total.len().max(1), graph.constant(0.0));
    if total.is_empty() || lanes < 2 {
        looped.results = total;
        return vec![Stmt::Loop(looped)];
    }
    let sums = looped.params.len();
    for sum in 0..sums {
        // The last lane gets what the first one becomes; the others move on.
        let mut next = looped.body.results[sum];
        for _ in 1..lanes {
            let (param, ty) = (looped.params[sum], looped.params[sum].ty());
            looped.params.push(graph.symbol(&param.name(), ty));
            looped.initial.push(zero);
            looped.results.push(graph.symbol(&param.name(), ty));
            looped.body.results.push(next);
            next = looped.params[looped.params.len() - 1];
        }
        looped.body.results[sum] = next;
    }
    let lane = |sum: usize, lane: usize| {
        looped.results[if lane == 0 { sum } else { sums + sum * (lanes - 1) + lane - 1 }]
    };
    let totals = (0..sums).map(|sum| (1..lanes).fold(lane(sum, 0), |total, next| total + lane(sum, next)));
    let region = Region { results: totals.list(), ..Region::default() };
    let arms = vec![Arm { pattern: None, guard: None, region }];
    let together = Branch { head: Head::Block, arms, results: total };
    vec![Stmt::Loop(looped), Stmt::Branch(together)]
}

/// Whether nothing reads what the loop carries but the sum that is carried on.
fn is_sum(looped: &Loop<'_>) -> bool {
    let params = ids(&looped.params);
    let reads: Vec<_> = looped.body.body.iter().flat(Stmt::reads);
    let adds = looped.params.iter().zip(&looped.body.results).all(|(param, next)| {
        let terms = next.args();
        next.op() == crate::ops::Op::infix("+")
            && terms.iter().filter(|term| *term == param).count() == 1
            && terms.iter().all(|term| term == param || !depends_on(*term, &params))
    });
    adds && !reads.iter().any(|read| depends_on(*read, &params))
}

/// Whether what the loops compute in common may be computed in each.
fn is_cheap<'g>(graph: &'g Graph, looped: &Loop<'g>) -> bool {
    let made = graph.reachable(&looped.body.reads());
    (0..made.len()).filter(|&id| made[id]).all(|id| graph.expr(id as u32).own_cost() < EXPENSIVE)
}

/// Whether two of the loops would take the same thing from a list, which each takes once.
fn shares_records<'g>(graph: &'g Graph, loops: &[Loop<'g>]) -> bool {
    let mut taken = HashSet::default();
    loops.iter().any(|looped| {
        let used = graph.reachable(&looped.body.reads());
        let mut recalled = looped.body.body.iter().filter_map(|stmt| match stmt {
            Stmt::Recall { leaf, .. } => Some(leaf.id),
            _ => None,
        });
        recalled.any(|leaf| used.get(leaf as usize) == Some(&true) && !taken.insert(leaf))
    })
}
