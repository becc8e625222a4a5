//! Sums in lanes. A sum waits for itself in every iteration, for as long as an addition takes, and in that time a processor
//! could begin several, of two numbers or more each. The order in which adjoints are summed up is free: so each of
//! several sums takes one iteration of every block, and what is loaded for a block, or added to elements, is so at once.

use super::scatter::summand;
use crate::graph::{Expr, Graph};
use crate::hash::{HashMap, HashSet};
use crate::list::List;
use crate::region::{Arm, Branch, Head, Loop, Order, Region, Share, Stmt, Turn, Walks};
use crate::tidy::{depends_on, renamed, renamed_loop, substitute};

/// How many iterations make a block.
const LANES: usize = 4;

/// More sums have enough to do.
const MAX_SUMS: usize = 4;

/// A loop that sums up, and perhaps writes elements that follow one another. Its results stay what they are.
pub(super) fn in_lanes<'g>(graph: &'g Graph, sums: &Loop<'g>) -> Option<Vec<Stmt<'g>>> {
    let blocks = renamed_loop(graph, &blocks(graph, sums)?);
    let mut rest = renamed_loop(graph, sums);
    rest.initial =
        blocks.results.chunks(LANES).filter_map(|lanes| lanes.iter().copied().reduce(|a, b| a + b)).list();
    rest.results = sums.results.clone();
    set_order(&mut rest, Share::Rest(LANES));
    Some(vec![Stmt::Loop(blocks), Stmt::Loop(rest)])
}

/// The loop over whole blocks, with as many sums as there are lanes in the place of each.
fn blocks<'g>(graph: &'g Graph, sums: &Loop<'g>) -> Option<Loop<'g>> {
    let Turn::For { pattern, counts: Some(_), .. } = sums.turn else { return None };
    let walks = Walks::of(sums);
    let (mut loads, mut stores, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for stmt in &sums.body.body {
        match stmt {
            Stmt::Load { leaf, from } if walks.in_a_row(from) => loads.push((*leaf, from)),
            Stmt::Store { to, value, add } if walks.in_a_row(to) => stores.push((to, *value, *add)),
            Stmt::Store { .. } => return None,
            stmt => others.push(stmt),
        }
    }
    let is_loaded = |place: Expr<'g>| loads.iter().any(|(_, from)| from.place == place);
    if stores.iter().any(|(to, ..)| is_loaded(to.place)) {
        return None;
    }
    let is_code = |stmt: &&&Stmt<'g>| matches!(stmt, Stmt::Copy { .. } | Stmt::Bind { .. });
    let codes = others.iter().filter(is_code).copied().list();
    let made = sums.body.body.iter().filter(|stmt| !matches!(stmt, Stmt::Bind { .. }));
    let made: HashSet<u32> = made.flat_map(Stmt::defines).map(|leaf| leaf.id).collect();
    let depends = |stmt: &&Stmt<'g>| stmt.reads().iter().any(|read| depends_on(*read, &made));
    let in_rows = loads.len() + stores.len() + others.iter().filter(|stmt| is_recall(stmt)).count();
    if in_rows == 0 || sums.params.len() + stores.len() > MAX_SUMS || codes.iter().any(depends) {
        return None;
    }
    let mut out = Loop { body: Region::default(), ..sums.clone() };
    set_order(&mut out, Share::Blocks(LANES));
    out.body.body.extend(codes.iter().map(|stmt| (*stmt).clone()));
    // What the elements of a block hold.
    let mut lanes: Vec<HashMap<u32, Expr<'g>>> = vec![HashMap::default(); LANES];
    for (leaf, from) in loads {
        let leaves = (0..LANES).map(|_| graph.symbol(&leaf.name(), leaf.ty())).list();
        lanes.iter_mut().zip(&leaves).for_each(|(known, element)| {
            known.insert(leaf.id, *element);
        });
        out.body.body.push(Stmt::LoadRun { leaves, from: from.clone() });
    }
    let next = sums.params.iter().zip(&sums.body.results);
    let summands = next.filter_map(|(param, next)| summand(*param, *next)).list();
    let terms = summands.iter().map(|(term, _)| *term);
    let terms = terms.chain(stores.iter().map(|(_, value, _)| *value)).list();
    let mut added = Vec::new();
    for (lane, known) in lanes.iter().enumerate() {
        let by = LANES - 1 - lane;
        // The last one is where the loop is itself, and has its indices.
        let own = others.iter().filter(|stmt| by > 0 || !is_code(stmt));
        let body = own.map(|stmt| (*stmt).clone()).list();
        let mut region = Region { body, results: terms.clone(), ..Region::default() };
        substitute(graph, &mut region, known);
        if by == 0 {
            out.body.body.extend(region.body);
            added.push(region.results);
            continue;
        }
        let name =
            |result: &Expr<'g>| if result.name().is_empty() { "bar".to_owned() } else { result.name() };
        let results = region.results.iter().map(|result| graph.symbol(&name(result), result.ty())).list();
        let arms = vec![Arm { pattern: None, guard: None, region: renamed(graph, &region) }];
        let head = Head::Earlier { pattern, by };
        out.body.body.push(Stmt::Branch(Branch { head, arms, results: results.clone() }));
        added.push(results);
    }
    for (i, (to, _, add)) in stores.iter().enumerate() {
        let values = added.iter().map(|terms| terms[sums.params.len() + i]).list();
        out.body.body.push(Stmt::StoreRun { to: (*to).clone(), values, add: *add });
    }
    let zero = graph.constant(0.0);
    let fresh = |leaf: &Expr<'g>| graph.symbol(&leaf.name(), leaf.ty());
    (out.params, out.initial, out.results) = Default::default();
    for (sum, param) in sums.params.iter().enumerate() {
        for (lane, added) in added.iter().enumerate() {
            let param = fresh(param);
            out.params.push(param);
            out.initial.push(if lane == 0 { sums.initial[sum] } else { zero });
            let (_, adds) = summands[sum];
            out.body.results.push(if adds { param + added[sum] } else { param - added[sum] });
            out.results.push(fresh(&param));
        }
    }
    Some(out)
}

fn is_recall(stmt: &Stmt<'_>) -> bool {
    matches!(stmt, Stmt::Recall { .. })
}

fn set_order(looped: &mut Loop<'_>, share: Share) {
    if let Turn::For { order, .. } = &mut looped.turn {
        *order = Order::Only(share);
    }
}
