//! Two buffers that take turns: every iteration of a loop computes one from the other, and swaps them. The adjoint loop
//! takes what one of them holds, leaves zeros, and adds to the other one, which holds the zeros that the iteration before
//! has left. It need not leave any: it is enough to be rid of what is there before something is added, and gathering
//! (see [`gather`](super::gather)) overwrites it anyway.

use super::scatter::{part, parts};
use crate::graph::{Expr, Graph, ids};
use crate::hash::HashSet;
use crate::region::{Loop, Order, Stmt, Turn};
use crate::tidy::{depends_on, renamed_loop};

/// Divides the loop inside of an adjoint loop that goes from one buffer to the other. `zero` are the places that hold
/// zeros before. It returns what is to be done after the loop.
pub(super) fn alternate<'g>(graph: &'g Graph, looped: &mut Loop<'g>, zero: &HashSet<u32>) -> Vec<Stmt<'g>> {
    for (at, stmt) in looped.body.body.iter().enumerate() {
        let Stmt::Swap(a, b) = stmt else { continue };
        if !(a.indices.is_empty() && b.indices.is_empty()) {
            continue;
        }
        let (a, b) = (a.place, b.place);
        let users = (0..looped.body.body.len()).filter(|user| {
            let region = std::slice::from_ref(&looped.body.body[*user]);
            *user != at && (mentions(region, a) || mentions(region, b))
        });
        let users: Vec<usize> = users.collect();
        let [user] = users[..] else { continue };
        let Stmt::Loop(inner) = &looped.body.body[user] else { continue };
        if user > at
            && let Some((parts, after)) = overwriting(graph, looped, inner, [a, b], zero)
        {
            looped.body.body.splice(user..=user, parts);
            return vec![after];
        }
    }
    Vec::new()
}

/// The inner loop without the zeros that it leaves, and what leaves them after the last time.
fn overwriting<'g>(
    graph: &'g Graph,
    looped: &Loop<'g>,
    inner: &Loop<'g>,
    buffers: [Expr<'g>; 2],
    zero: &HashSet<u32>,
) -> Option<(Vec<Stmt<'g>>, Stmt<'g>)> {
    // Every time it must go through the same elements, those with the loop's own index.
    let Turn::For { order: Order::Any, over, counts: Some(1..), .. } = &inner.turn else { return None };
    let own = ids(&looped.body.defines());
    if over.reads().iter().any(|read| depends_on(*read, &own)) {
        return None;
    }
    let stores = |add: bool| {
        let all = inner.body.body.iter().enumerate();
        all.filter_map(move |(at, stmt)| match stmt {
            Stmt::Store { to, add: adds, .. } if *adds == add && buffers.contains(&to.place) => {
                Some((at, to))
            }
            _ => None,
        })
    };
    let taken: Vec<_> = stores(false).collect();
    let [(at, from)] = taken[..] else { return None };
    let to = *buffers.iter().find(|buffer| **buffer != from.place)?;
    let is_index = from.indices.len() == 1 && from.indices.first() == inner.index.as_ref();
    let mut rest = inner.clone();
    rest.body.body.remove(at);
    if !is_index || !zero.contains(&from.place.id) || !stores(true).all(|(_, added)| added.place == to) {
        return None;
    }
    let parts = parts(graph, &rest, Some(&from.of(to)))?;
    let mut after = part(inner, Order::Given, &|store| store == at);
    after.body.body.retain(|stmt| match stmt {
        Stmt::Bind { leaf, .. } => from.indices.contains(leaf),
        stmt => matches!(stmt, Stmt::Store { .. }),
    });
    Some((parts, Stmt::Loop(renamed_loop(graph, &after))))
}

fn mentions<'g>(body: &[Stmt<'g>], place: Expr<'g>) -> bool {
    body.iter().any(|stmt| {
        stmt.reads().contains(&place)
            || stmt
                .regions()
                .iter()
                .any(|region| region.results.contains(&place) || mentions(&region.body, place))
    })
}
