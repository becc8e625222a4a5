//! Sums in lanes. A sum waits for itself in every iteration, for as long as an addition takes, and in that time a processor
//! could begin several, of two numbers or more each. The order in which adjoints are summed up is free: so each of
//! several sums takes one iteration of every block, and what is loaded for a block is loaded at once.

use super::gather::Indices;
use crate::graph::{Expr, Graph};
use crate::hash::{HashMap, HashSet};
use crate::list::List;
use crate::region::{Access, Arm, Branch, Head, Loop, Order, Region, Share, Stmt, Turn};
use crate::tidy::{depends_on, renamed, renamed_loop, substitute};

/// How many iterations make a block.
const LANES: usize = 4;

/// More sums have enough to do.
const MAX_SUMS: usize = 4;

/// A loop of nothing but sums, for which its results stand.
pub(super) fn in_lanes<'g>(graph: &'g Graph, sums: &Loop<'g>) -> Vec<Stmt<'g>> {
    let Some(mut blocks) = blocks(graph, sums) else {
        return vec![Stmt::Loop(Loop { results: sums.results.clone(), ..renamed_loop(graph, sums) })];
    };
    blocks = renamed_loop(graph, &blocks);
    let mut rest = renamed_loop(graph, sums);
    rest.initial =
        blocks.results.chunks(LANES).filter_map(|lanes| lanes.iter().copied().reduce(|a, b| a + b)).list();
    rest.results = sums.results.clone();
    set_order(&mut rest, Share::Rest(LANES));
    vec![Stmt::Loop(blocks), Stmt::Loop(rest)]
}

/// The loop over whole blocks, with as many sums as there are lanes in the place of each.
fn blocks<'g>(graph: &'g Graph, sums: &Loop<'g>) -> Option<Loop<'g>> {
    let Turn::For { pattern, counts: Some(_), .. } = sums.turn else { return None };
    let body = &sums.body.body;
    let indices = Indices::of(sums);
    let in_a_row = |stmt: &&Stmt<'g>| matches!(stmt, Stmt::Load { from, .. } if indices.in_a_row(from));
    let (loads, others): (Vec<&Stmt<'g>>, Vec<&Stmt<'g>>) = body.iter().partition(in_a_row);
    let (codes, _): (Vec<&Stmt<'g>>, Vec<&Stmt<'g>>) =
        others.iter().partition(|stmt| matches!(stmt, Stmt::Copy { .. } | Stmt::Bind { .. }));
    let made = body.iter().filter(|stmt| !matches!(stmt, Stmt::Bind { .. })).flat_map(Stmt::defines);
    let made: HashSet<u32> = made.map(|leaf| leaf.id).collect();
    let depends = |stmt: &&Stmt<'g>| stmt.reads().iter().any(|read| depends_on(*read, &made));
    if loads.is_empty() || sums.params.len() > MAX_SUMS || codes.iter().any(depends) {
        return None;
    }
    let earlier = |by: usize, region: Region<'g>| {
        let name =
            |result: &Expr<'g>| if result.name().is_empty() { "bar".to_owned() } else { result.name() };
        let results = region.results.iter().map(|result| graph.symbol(&name(result), result.ty())).list();
        let arms = vec![Arm { pattern: None, guard: None, region: renamed(graph, &region) }];
        (
            Stmt::Branch(Branch { head: Head::Earlier { pattern, by }, arms, results: results.clone() }),
            results,
        )
    };
    let mut out = Loop { body: Region::default(), ..sums.clone() };
    set_order(&mut out, Share::Blocks(LANES));
    // Where the elements of a block begin, and what they hold.
    let mut lanes: Vec<HashMap<u32, Expr<'g>>> = vec![HashMap::default(); LANES];
    for load in loads {
        let Stmt::Load { leaf, from } = load else { continue };
        let body = codes.iter().map(|stmt| (*stmt).clone()).list();
        let last = from.indices.last().copied().into_iter().list();
        let (begin, first) = earlier(LANES - 1, Region { body, results: last, ..Region::default() });
        out.body.body.push(begin);
        let others = from.indices.iter().copied().take(from.indices.len() - 1);
        let from = Access { place: from.place, indices: others.chain(first).list() };
        let leaves = (0..LANES).map(|_| graph.symbol(&leaf.name(), leaf.ty())).list();
        lanes.iter_mut().zip(&leaves).for_each(|(known, element)| {
            known.insert(leaf.id, *element);
        });
        out.body.body.push(Stmt::LoadRun { leaves, from });
    }
    let added = sums.params.iter().zip(&sums.body.results);
    let terms = added.filter_map(|(param, next)| next.args().into_iter().find(|term| term != param)).list();
    let mut added = Vec::new();
    for (lane, known) in lanes.iter().enumerate() {
        let body = others.iter().map(|stmt| (*stmt).clone()).list();
        let mut region = Region { body, results: terms.clone(), ..Region::default() };
        substitute(graph, &mut region, known);
        match LANES - 1 - lane {
            0 => {
                out.body.body.extend(region.body);
                added.push(region.results);
            }
            by => {
                let (block, terms) = earlier(by, region);
                out.body.body.push(block);
                added.push(terms);
            }
        }
    }
    let zero = graph.constant(0.0);
    let fresh = |leaf: &Expr<'g>| graph.symbol(&leaf.name(), leaf.ty());
    (out.params, out.initial, out.results) = Default::default();
    for (sum, param) in sums.params.iter().enumerate() {
        for (lane, added) in added.iter().enumerate() {
            let param = fresh(param);
            out.params.push(param);
            out.initial.push(if lane == 0 { sums.initial[sum] } else { zero });
            out.body.results.push(param + added[sum]);
            out.results.push(fresh(&param));
        }
    }
    Some(out)
}

fn set_order(looped: &mut Loop<'_>, share: Share) {
    if let Turn::For { order, .. } = &mut looped.turn {
        *order = Order::Only(share);
    }
}
