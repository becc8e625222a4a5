//! The chain rule backwards, on regions and on the graph inside them. It names no operation.
//!
//! The nodes of a region are visited from the highest index to the lowest, which is the reverse of
//! evaluation order, and each hands its adjoint to its arguments. A branch is one step of that sweep:
//! inside each arm the partial derivatives of its results by the leaves it reads are computed
//! (backwards again), the branch yields them beside its results, and the sweep outside multiplies.
//! So everything that belongs to an arm stays in that arm, under its guard, and no branch is taken
//! twice.

use crate::forward::{at_equality, is_point, join};
use crate::graph::{Expr, Graph, Kind};
use crate::hash::{HashMap, HashSet};
use crate::region::{Arm, Branch, Region, Stmt};
use std::collections::BTreeMap;

/// Sweeps `region` backwards from each list of `seeds` (the adjoints of its results, `None` for zero).
/// The region comes back with branches that yield their partial derivatives too, and with it, for each
/// list of seeds, the adjoints of `variables`.
pub(crate) fn reverse<'g>(
    graph: &'g Graph,
    region: &Region<'g>,
    variables: &[Expr<'g>],
    seeds: &[Vec<Option<Expr<'g>>>],
) -> (Region<'g>, Vec<Vec<Option<Expr<'g>>>>) {
    let mut pass = Reverse {
        graph,
        variables: variables.iter().map(|variable| variable.id).collect(),
        active: HashMap::default(),
        partials: HashMap::default(),
    };
    for variable in variables {
        pass.active.insert(variable.id, true);
    }
    let region = pass.prepare(region);
    let adjoints = seeds
        .iter()
        .map(|seeds| {
            let found = pass.sweep(&own_leaves(&region), &region.results, seeds);
            variables.iter().map(|variable| found.get(&variable.id).copied()).collect()
        })
        .collect();
    (region, adjoints)
}

struct Reverse<'g> {
    graph: &'g Graph,
    variables: Vec<u32>,
    /// Whether a node depends on the variables.
    active: HashMap<u32, bool>,
    /// Of a leaf that a branch yields: its partial derivatives by leaves from before the branch.
    partials: HashMap<u32, Vec<(Expr<'g>, Expr<'g>)>>,
}

impl<'g> Reverse<'g> {
    /// Makes every branch in the region yield its partial derivatives.
    fn prepare(&mut self, region: &Region<'g>) -> Region<'g> {
        let body = region.body.iter().map(|stmt| self.stmt(stmt)).collect();
        Region { body, ..region.clone() }
    }

    fn stmt(&mut self, stmt: &Stmt<'g>) -> Stmt<'g> {
        let Stmt::Branch(branch) = stmt else { return stmt.clone() };
        let one = self.graph.constant(1.0);
        let mut arms: Vec<Arm<'g>> = Vec::new();
        // By result and arm: the adjoints of the leaves from outside, for the seed 1.
        let mut local: Vec<Vec<BTreeMap<u32, Expr<'g>>>> = vec![Vec::new(); branch.results.len()];
        for arm in &branch.arms {
            let region = self.prepare(&arm.region);
            if !region.diverges {
                let own = own_leaves(&region);
                for (i, result) in region.results.iter().enumerate() {
                    local[i].push(self.sweep(&own, &[*result], &[Some(one)]));
                }
            }
            arms.push(Arm { region, ..arm.clone() });
        }
        let mut results = branch.results.clone();
        let variables = std::mem::take(&mut self.variables);
        let exact = branch
            .equality()
            .filter(|(sides, _)| is_point(sides, |side| self.is_active(side), &variables))
            .map(|(_, arms)| arms);
        self.variables = variables;
        for (leaf, local) in branch.results.iter().zip(local) {
            let mut inputs: Vec<u32> = local.iter().flat_map(|found| found.keys().copied()).collect();
            inputs.sort_unstable();
            inputs.dedup();
            let mut partials = Vec::new();
            for input in inputs {
                let mut values: Vec<Option<Expr<'g>>> =
                    local.iter().map(|found| found.get(&input).copied()).collect();
                if let Some(arms) = exact {
                    at_equality(arms, &mut values);
                }
                let Some(partial) = join(self.graph, &mut results, &values, leaf.ty(), "partial") else {
                    continue;
                };
                let mut values = values.into_iter();
                for arm in arms.iter_mut().filter(|arm| !arm.region.diverges) {
                    let value = values.next().flatten().unwrap_or(self.graph.constant(0.0));
                    arm.region.results.push(value);
                }
                partials.push((self.graph.expr(input), partial));
            }
            self.active.insert(leaf.id, !partials.is_empty());
            self.partials.insert(leaf.id, partials);
        }
        Stmt::Branch(Branch { head: branch.head.clone(), arms, results })
    }

    /// The adjoints of the active leaves that the roots are computed from. The sweep goes on through
    /// the `own` leaves, which a branch inside the region yields, and stops at those from outside.
    fn sweep(
        &mut self,
        own: &HashSet<u32>,
        roots: &[Expr<'g>],
        seeds: &[Option<Expr<'g>>],
    ) -> BTreeMap<u32, Expr<'g>> {
        let mut adjoints: BTreeMap<u32, Expr<'g>> = BTreeMap::new();
        let mut leaves = BTreeMap::new();
        for (root, seed) in roots.iter().zip(seeds) {
            if let Some(seed) = seed
                && self.is_active(*root)
            {
                contribute(&mut adjoints, *root, *seed);
            }
        }
        while let Some((id, adjoint)) = adjoints.pop_last() {
            let expr = self.graph.expr(id);
            let adjoint = adjoint.guarded();
            match expr.kind() {
                Kind::Symbol(_) => match self.partials.get(&id) {
                    Some(partials) if own.contains(&id) => {
                        for (input, partial) in partials {
                            contribute(&mut adjoints, *input, adjoint * *partial);
                        }
                    }
                    _ => {
                        leaves.insert(id, adjoint);
                    }
                },
                Kind::Cast => {
                    let arg = expr.args()[0];
                    contribute(&mut adjoints, arg, self.graph.cast(adjoint, arg.ty()));
                }
                _ => {
                    for (i, arg) in expr.chain_args().into_iter().enumerate() {
                        if self.is_active(arg) {
                            let partial = expr.partial(i);
                            if !partial.is_zero() {
                                contribute(&mut adjoints, arg, adjoint * partial);
                            }
                        }
                    }
                }
            }
        }
        leaves
    }

    /// Whether the expression carries a derivative by the variables.
    fn is_active(&mut self, root: Expr<'g>) -> bool {
        let mut stack = vec![root];
        while let Some(&expr) = stack.last() {
            if self.active.contains_key(&expr.id) {
                stack.pop();
                continue;
            }
            let args = if expr.ty().is_real() { expr.chain_args() } else { Vec::new() };
            let unknown: Vec<Expr<'g>> =
                args.iter().copied().filter(|arg| !self.active.contains_key(&arg.id)).collect();
            if unknown.is_empty() {
                let active = args.iter().any(|arg| self.active[&arg.id]);
                self.active.insert(expr.id, active);
                stack.pop();
            } else {
                stack.extend(unknown);
            }
        }
        self.active[&root.id]
    }
}

/// The leaves that branches of this region yield.
fn own_leaves(region: &Region<'_>) -> HashSet<u32> {
    let branches = region.body.iter().filter_map(|stmt| match stmt {
        Stmt::Branch(branch) => Some(branch),
        _ => None,
    });
    branches.flat_map(|branch| branch.results.iter().map(|leaf| leaf.id)).collect()
}

fn contribute<'g>(adjoints: &mut BTreeMap<u32, Expr<'g>>, to: Expr<'g>, term: Expr<'g>) {
    if term.is_zero() {
        return;
    }
    let total = adjoints.get(&to.id).map_or(term, |sum| *sum + term);
    adjoints.insert(to.id, total);
}
