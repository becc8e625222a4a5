//! What the adjoint of a loop's body or a branch's arm reads of the values computed there: computed again
//! where that is possible, and kept where it is not.
//!
//! Of the leaves, those that passive code yields whenever it is run, and those loaded from memory that
//! nothing writes any more, come again from the same statement; the others (carried values, results of
//! loops, what is overwritten) do not, and neither does what is expensive. Of everything between these and
//! what the adjoint needs, the fewest values are kept from which the rest can be computed (see [`cut`]).

use super::Reverse;
use super::cut::cut;
use crate::graph::{Expr, Kind, Ty, ids};
use crate::hash::{HashMap, HashSet};
use crate::list::{List, PushAll, Sort};
use crate::region::{Head, Region, Stmt};
use crate::tidy::{depends_on, substitute};

/// What costs at least so much, in instructions, is rather kept than computed again.
pub(super) const EXPENSIVE: u64 = 30;

/// Where memory is read and written, in the order of the source.
#[derive(Clone, Default)]
pub(super) struct Survey {
    loads: HashMap<u32, Site>,
    /// By number.
    calls: HashMap<usize, Site>,
    /// By place.
    writes: HashMap<u32, Vec<Site>>,
    /// The loops around the declaration of each local place.
    homes: HashMap<u32, Vec<usize>>,
    /// Places that are in scope wherever adjoints are computed now.
    visible: HashSet<u32>,
    /// The numbers of loops whose adjoint is computed in the same iteration.
    pub fused: HashSet<usize>,
}

/// What the adjoint of a region reads of it.
pub(super) struct Kept<'g> {
    /// What has to be kept, and the leaves that stand for it.
    pub kept: Vec<(Expr<'g>, Expr<'g>)>,
    /// The leaves that stand for what is computed again, too.
    pub renamed: HashMap<u32, Expr<'g>>,
}

/// A place in the source, by its number, and the numbers of the loops around it.
#[derive(Clone)]
struct Site {
    at: usize,
    loops: Vec<usize>,
}

impl Survey {
    pub fn new(region: &Region<'_>) -> Self {
        let mut survey = Survey::default();
        survey.visit(region, &mut 0, &mut Vec::new());
        survey
    }

    fn visit(&mut self, region: &Region<'_>, at: &mut usize, loops: &mut Vec<usize>) {
        for stmt in &region.body {
            *at += 1;
            let site = Site { at: *at, loops: loops.clone() };
            match stmt {
                Stmt::Load { leaf, .. } => {
                    self.loads.insert(leaf.id, site);
                }
                Stmt::Alloc { place, .. } => {
                    self.homes.insert(place.id, loops.clone());
                }
                Stmt::Call(call) => {
                    self.calls.insert(call.number, site);
                    for leaf in call.defines() {
                        self.homes.insert(leaf.id, loops.clone());
                    }
                }
                _ => {}
            }
            let site = Site { at: *at, loops: loops.clone() };
            for place in stmt.changes() {
                self.writes.entry(place.id).or_default().push(site.clone());
            }
            if let Stmt::Loop(looped) = stmt {
                loops.push(looped.number);
            }
            for inner in stmt.regions() {
                self.visit(inner, at, loops);
            }
            if let Stmt::Loop(_) = stmt {
                loops.pop();
            }
        }
    }

    /// The places of this region stay in scope for its adjoint.
    pub fn enter(&mut self, region: &Region<'_>) {
        for stmt in &region.body {
            match stmt {
                Stmt::Alloc { place, .. } => self.visible.extend([place.id]),
                Stmt::Call(call) => self.visible.extend(call.defines().iter().map(|leaf| leaf.id)),
                _ => {}
            }
        }
    }

    /// Whether what was loaded is still there when the adjoint is computed.
    pub fn is_stable(&self, leaf: Expr<'_>, place: Expr<'_>) -> bool {
        self.loads.get(&leaf.id).is_some_and(|load| self.stays(load, place))
    }

    /// Whether what a call was given in a place is still there when the adjoint is computed.
    pub fn stays_after(&self, call: usize, place: Expr<'_>) -> bool {
        self.calls.get(&call).is_some_and(|call| self.stays(call, place))
    }

    fn stays(&self, load: &Site, place: Expr<'_>) -> bool {
        let home = self.homes.get(&place.id);
        if home.is_some() && !self.visible.contains(&place.id) {
            return false;
        }
        let own =
            |number: &usize| home.is_some_and(|home| home.contains(number)) || self.fused.contains(number);
        let writes = self.writes.get(&place.id).into_iter().flatten();
        writes.into_iter().all(|write| {
            let again = load.loops.iter().any(|number| write.loops.contains(number) && !own(number));
            write.at < load.at && !again
        })
    }
}

impl<'g> Reverse<'g> {
    /// Completes `backward`, which reads leaves of the region `forward` (and its `params`) from outside of
    /// it: what can be computed again is, by statements at its beginning; the others are returned.
    pub(super) fn keep(
        &mut self,
        forward: &Region<'g>,
        params: &[Expr<'g>],
        backward: &mut Region<'g>,
    ) -> Kept<'g> {
        let mut definition: HashMap<u32, usize> = HashMap::default();
        let mut own = ids(params);
        for (i, stmt) in forward.body.iter().enumerate() {
            for leaf in stmt.defines() {
                own.insert(leaf.id);
                definition.insert(leaf.id, i);
            }
        }
        // What the forward sweep computes anyway, and is too expensive to compute again.
        let computed = self.graph.reachable(&forward.reads());
        let expensive = |node: Expr<'g>| {
            computed.get(node.id as usize).is_some_and(|computed| *computed) && node.own_cost() >= EXPENSIVE
        };
        // Names that passive code declares may be read by other passive code.
        let is_copied = |stmt: &&Stmt<'g>| matches!(stmt, Stmt::Copy { again: true, .. });
        let mut reads = backward.reads();
        reads.push_all(forward.body.iter().filter(is_copied).flat_map(Stmt::reads));
        let needed = self.needed(&own, reads.clone());
        let kept = cut(&needed, &mut |node| match definition.get(&node.id) {
            Some(&i) if self.is_repeatable(&forward.body[i]) => {
                let alone = Region { body: vec![forward.body[i].clone()], ..Region::default() };
                Some(self.parts(&own, read_from_outside(&alone)))
            }
            _ if own.contains(&node.id) || expensive(node) => None,
            // Of what a call returns, components are kept.
            _ => Some(self.parts(&own, node.chain_args())),
        });
        let stop = ids(&kept);
        let mut repeated = vec![false; forward.body.len()];
        let mut seen = HashSet::default();
        let mut stack = reads;
        while let Some(node) = stack.pop() {
            if stop.contains(&node.id) || !seen.insert(node.id) {
                continue;
            }
            stack.push_all(node.args());
            if let Some(&i) = definition.get(&node.id)
                && !std::mem::replace(&mut repeated[i], true)
            {
                let alone = Region { body: vec![forward.body[i].clone()], ..Region::default() };
                stack.push_all(alone.reads());
            }
        }
        let again = forward.body.iter().zip(&repeated);
        let again = again.filter(|(stmt, repeated)| **repeated || is_copied(stmt));
        let prologue: Vec<Stmt<'g>> = again.each(|(stmt, _)| stmt.clone());
        let mut renamed: Vec<Expr<'g>> = kept.clone();
        let alone = Region { body: prologue, ..Region::default() };
        renamed.push_all(alone.defines());
        let fresh: HashMap<u32, Expr<'g>> =
            renamed.iter().map(|node| (node.id, self.graph.symbol(&node.name(), node.ty()))).collect();
        backward.body.splice(0..0, alone.body);
        substitute(self.graph, backward, &fresh);
        backward.for_each_mut(&mut |region| {
            for leaf in region.body.iter_mut().flat(Stmt::defines_mut) {
                *leaf = fresh.get(&leaf.id).copied().unwrap_or(*leaf);
            }
        });
        let kept = kept.into_iter().each(|node| (node, fresh[&node.id]));
        Kept { kept, renamed: fresh }
    }

    /// The largest expressions in what the backward half reads that could be computed in the forward half, from
    /// its `own` leaves among others.
    fn needed(&self, own: &HashSet<u32>, reads: Vec<Expr<'g>>) -> Vec<Expr<'g>> {
        let mut needed = Vec::new();
        let mut seen = HashSet::default();
        let mut stack = reads;
        while let Some(node) = stack.pop() {
            if !seen.insert(node.id) {
                continue;
            }
            if !self.is_primal(node, own) {
                stack.push_all(node.args());
            } else if depends_on(node, own) {
                needed.push(node);
            }
        }
        needed.order();
        needed
    }

    /// Those that are computed from `own` leaves.
    fn parts(&self, own: &HashSet<u32>, nodes: Vec<Expr<'g>>) -> Vec<Expr<'g>> {
        nodes.into_iter().only(|node| depends_on(*node, own))
    }

    /// Whether the expression is made of what the forward sweep knows, its `own` leaves among others.
    fn is_primal(&self, root: Expr<'g>, own: &HashSet<u32>) -> bool {
        let mut stack = vec![root];
        let mut seen = HashSet::default();
        while let Some(node) = stack.pop() {
            if seen.insert(node.id) {
                let leaf = matches!(node.kind(), Kind::Symbol(_));
                let late =
                    node.id >= self.start || self.seeds.contains(&node.id) || self.met.contains(&node.id);
                if leaf && late && !own.contains(&node.id) {
                    return false;
                }
                stack.push_all(node.args());
            }
        }
        true
    }

    /// Whether the statement does the same when it is run once more, later.
    fn is_repeatable(&self, stmt: &Stmt<'g>) -> bool {
        match stmt {
            Stmt::Copy { again, .. } | Stmt::Bind { again, .. } => *again,
            Stmt::Load { leaf, from } => self.survey.is_stable(*leaf, from.place),
            Stmt::Branch(branch) => {
                matches!(branch.head, Head::If(_) | Head::Block)
                    && branch.results.iter().all(|leaf| leaf.ty() != Ty::Aggregate)
                    && branch.arms.iter().flat_map(|arm| arm.guard.iter().chain([&arm.region])).all(
                        |region| !region.diverges && region.body.iter().all(|stmt| self.is_repeatable(stmt)),
                    )
            }
            _ => false,
        }
    }
}

/// The largest expressions that a region reads and that are made of nothing it defines.
fn read_from_outside<'g>(region: &Region<'g>) -> Vec<Expr<'g>> {
    let inner = ids(&region.defines());
    let mut outer = Vec::new();
    let mut seen = HashSet::default();
    let mut stack = region.reads();
    while let Some(node) = stack.pop() {
        if !seen.insert(node.id) {
            continue;
        }
        match depends_on(node, &inner) {
            true => stack.push_all(node.args()),
            false => outer.push(node),
        }
    }
    outer
}
