//! Which leaves carry derivatives: those that depend on the variables, by way of expressions, branches,
//! loops and memory. A place is active as a whole, and wherever it is read.

use crate::graph::{Expr, Kind};
use crate::hash::{HashMap, HashSet};
use crate::list::List;
use crate::region::{Region, Stmt};

pub(crate) struct Activity {
    leaves: HashSet<u32>,
    /// What is known of computed nodes; begun anew whenever a leaf has been added.
    nodes: HashMap<u32, bool>,
}

impl Activity {
    /// What depends on `variables`, which may be places, in the region.
    pub fn new<'g>(region: &Region<'g>, variables: impl IntoIterator<Item = Expr<'g>>) -> Self {
        let leaves = variables.into_iter().map(|variable| variable.id).collect();
        let mut activity = Activity { leaves, nodes: HashMap::default() };
        loop {
            let before = activity.leaves.len();
            activity.visit(region);
            if activity.leaves.len() == before {
                return activity;
            }
        }
    }

    fn visit(&mut self, region: &Region<'_>) {
        for stmt in &region.body {
            for inner in stmt.regions() {
                self.visit(inner);
            }
            match stmt {
                Stmt::Branch(branch) => {
                    for (i, leaf) in branch.results.iter().enumerate() {
                        for arm in branch.arms.iter().filter(|arm| !arm.region.diverges) {
                            self.flow(arm.region.results[i], *leaf);
                        }
                    }
                }
                Stmt::Loop(looped) => {
                    for (i, &param) in looped.params.iter().enumerate() {
                        self.flow(looped.initial[i], param);
                        self.flow(looped.body.results[i], param);
                        self.flow(param, looped.results[i]);
                    }
                }
                Stmt::Load { leaf, from } => self.flow(from.place, *leaf),
                Stmt::LoadRun { leaves, from } => {
                    for leaf in leaves {
                        self.flow(from.place, *leaf);
                    }
                }
                Stmt::Pop { leaf, place } => self.flow(*place, *leaf),
                Stmt::Store { to, value, .. } => self.flow(*value, to.place),
                Stmt::StoreRun { to, values, .. } => {
                    values.iter().for_each(|value| self.flow(*value, to.place))
                }
                Stmt::Push { place, value } | Stmt::Record { tape: place, value } => {
                    self.flow(*value, *place)
                }
                Stmt::Recall { leaf, tape } => self.flow(*tape, *leaf),
                Stmt::Rows { rows, tapes, .. } => {
                    for (tape, row) in tapes.iter().zip(rows) {
                        self.flow(*tape, *row);
                    }
                }
                Stmt::Swap(a, b) => {
                    self.flow(a.place, b.place);
                    self.flow(b.place, a.place);
                }
                Stmt::Restore { place, from } => self.flow(*from, *place),
                Stmt::Save { place, of } => self.flow(of.access.place, *place),
                Stmt::AddAll { to, from, .. } => self.flow(from.access.place, to.access.place),
                Stmt::Call(call) => {
                    let numbers = stmt.reads().into_iter().find(|read| self.is_active(*read));
                    if let Some(active) = numbers {
                        for to in call.defines().into_iter().joined(call.changes()) {
                            self.flow(active, to);
                        }
                    }
                }
                Stmt::Copy { .. }
                | Stmt::Bind { .. }
                | Stmt::Alloc { .. }
                | Stmt::Clear { .. }
                | Stmt::Forget { .. }
                | Stmt::Segments { .. } => {}
            }
        }
    }

    fn flow(&mut self, from: Expr<'_>, to: Expr<'_>) {
        if self.is_active(from) {
            self.add(to);
        }
    }

    /// One more leaf is active.
    fn add(&mut self, leaf: Expr<'_>) {
        let carries = leaf.ty().is_real() || leaf.ty() == crate::graph::Ty::Aggregate;
        if carries && self.leaves.insert(leaf.id) {
            self.nodes.clear();
        }
    }

    /// Whether the expression carries a derivative.
    pub fn is_active<'g>(&mut self, root: Expr<'g>) -> bool {
        let Self { nodes, leaves, .. } = self;
        let carriers = |node: Expr<'g>| if node.ty().is_real() { node.chain_args() } else { Vec::new() };
        root.bottom_up(nodes, &carriers, &|node, active| match node.kind() {
            Kind::Symbol(_) => leaves.contains(&node.id),
            _ => active.contains(&true),
        })
    }
}
