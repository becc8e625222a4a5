//! What a differentiated region can do without: results that nothing reads, results that are equal in
//! all arms, two results that are always equal, and masks that have done their work.

use crate::graph::{Expr, Graph, Kind};
use crate::hash::{HashMap, HashSet};
use crate::region::{Branch, Region, Stmt};

/// Tidies the region; nodes of the user's own computation, below `boundary`, stay as they are.
pub(crate) fn tidy<'g>(graph: &'g Graph, region: &mut Region<'g>, boundary: u32) {
    prune(region);
    loop {
        let mut replaced = HashMap::default();
        find_redundant(region, boundary, &mut replaced);
        if replaced.is_empty() {
            return;
        }
        substitute(graph, region, &replaced);
        prune(region);
    }
}

/// Drops the masks that guard nothing: around the number itself, or a multiple of it.
pub(crate) fn unmask<'g>(graph: &'g Graph, roots: &[Expr<'g>]) -> Vec<Expr<'g>> {
    graph.rewrite(roots, &|node| node.unmasked())
}

/// Replaces leaves in the whole region.
fn substitute<'g>(graph: &'g Graph, region: &mut Region<'g>, map: &HashMap<u32, Expr<'g>>) {
    region.for_each_mut(&mut |region| {
        let mut roots: Vec<&mut Expr<'g>> = region.results.iter_mut().collect();
        for stmt in &mut region.body {
            match stmt {
                Stmt::Copy(passive) | Stmt::Bind { value: passive, .. } => roots.extend(passive.reads_mut()),
                Stmt::Branch(branch) => roots.extend(branch.head.reads_mut()),
            }
        }
        let old: Vec<Expr<'g>> = roots.iter().map(|root| **root).collect();
        let new = graph.rewrite(&old, &|node| map.get(&node.id).copied());
        for (root, new) in roots.into_iter().zip(new) {
            *root = new;
        }
    });
}

/// Leaves that stand for the same as another expression, innermost branches first.
fn find_redundant<'g>(region: &Region<'g>, boundary: u32, replaced: &mut HashMap<u32, Expr<'g>>) {
    for stmt in &region.body {
        let Stmt::Branch(branch) = stmt else { continue };
        for arm in &branch.arms {
            find_redundant(&arm.region, boundary, replaced);
        }
        let mut columns: HashMap<Vec<Expr<'g>>, Expr<'g>> = HashMap::default();
        for (i, &leaf) in branch.results.iter().enumerate() {
            let live = branch.arms.iter().filter(|arm| !arm.region.diverges);
            let column: Vec<Expr<'g>> = live.map(|arm| arm.region.results[i]).collect();
            let Some(&first) = column.first() else { continue };
            if leaf.id >= boundary && column.iter().all(|value| *value == first) && !is_made_in(branch, first)
            {
                replaced.insert(leaf.id, first);
                continue;
            }
            match columns.get(&column) {
                Some(&twin) if leaf.id >= boundary => {
                    replaced.insert(leaf.id, twin);
                }
                _ => {
                    columns.insert(column, leaf);
                }
            }
        }
    }
}

/// Whether the expression is computed from what is bound inside an arm.
fn is_made_in(branch: &Branch<'_>, root: Expr<'_>) -> bool {
    let mut inner = HashSet::default();
    for arm in &branch.arms {
        arm.region.for_each(&mut |region| {
            for stmt in &region.body {
                match stmt {
                    Stmt::Copy(_) => {}
                    Stmt::Bind { leaf, .. } => {
                        inner.insert(leaf.id);
                    }
                    Stmt::Branch(branch) => inner.extend(branch.results.iter().map(|leaf| leaf.id)),
                }
            }
        });
    }
    let mut stack = vec![root];
    let mut seen = HashSet::default();
    while let Some(node) = stack.pop() {
        if inner.contains(&node.id) {
            return true;
        }
        if seen.insert(node.id) {
            stack.extend(node.args());
        }
    }
    false
}

/// Drops results of branches that nothing reads, and what has become empty.
pub(crate) fn prune(region: &mut Region<'_>) {
    prune_region(region, &mut Live::default());
}

/// The nodes that are read further on.
#[derive(Default)]
struct Live {
    seen: HashSet<u32>,
}

impl Live {
    fn read(&mut self, roots: &[Expr<'_>]) {
        let mut stack = roots.to_vec();
        while let Some(expr) = stack.pop() {
            if self.seen.insert(expr.id) {
                stack.extend(expr.args());
            }
        }
    }

    fn has(&self, leaf: Expr<'_>) -> bool {
        self.seen.contains(&leaf.id)
    }
}

fn prune_region(region: &mut Region<'_>, live: &mut Live) {
    live.read(&region.results);
    for stmt in std::mem::take(&mut region.body).into_iter().rev() {
        match stmt {
            Stmt::Copy(passive) => {
                live.read(&passive.reads());
                region.body.push(Stmt::Copy(passive));
            }
            Stmt::Bind { leaf, value, stable, kept } => {
                if kept || live.has(leaf) {
                    live.read(&value.reads());
                    region.body.push(Stmt::Bind { leaf, value, stable, kept });
                }
            }
            Stmt::Branch(mut branch) => {
                let keep: Vec<bool> = branch.results.iter().map(|&leaf| live.has(leaf)).collect();
                let retain = |results: &mut Vec<Expr<'_>>| {
                    let mut keep = keep.iter();
                    results.retain(|_| keep.next().copied().unwrap_or(true));
                };
                retain(&mut branch.results);
                for arm in &mut branch.arms {
                    retain(&mut arm.region.results);
                    prune_region(&mut arm.region, live);
                    if let Some(guard) = &mut arm.guard {
                        prune_region(guard, live);
                    }
                }
                let idle = branch.arms.iter().all(|arm| arm.region.body.is_empty() && !arm.region.diverges);
                if !(branch.results.is_empty() && idle) {
                    live.read(&branch.head.reads());
                    region.body.push(Stmt::Branch(branch));
                }
            }
        }
    }
    region.body.reverse();
}

impl Graph {
    /// The roots rebuilt with some nodes replaced. `replace` sees every node, its arguments already
    /// replaced; what it leaves alone and whose arguments are unchanged stays the same node.
    pub(crate) fn rewrite<'g>(
        &'g self,
        roots: &[Expr<'g>],
        replace: &dyn Fn(Expr<'g>) -> Option<Expr<'g>>,
    ) -> Vec<Expr<'g>> {
        let mut order = Vec::new();
        let mut seen = HashSet::default();
        let mut stack = roots.to_vec();
        while let Some(node) = stack.pop() {
            if seen.insert(node.id) {
                order.push(node);
                stack.extend(node.args());
            }
        }
        order.sort_unstable();
        let mut new: HashMap<u32, Expr<'g>> = HashMap::default();
        for node in order {
            let old_args = node.args();
            let args: Vec<Expr<'g>> = old_args.iter().map(|arg| new[&arg.id]).collect();
            let node_with = match (args == old_args, node.kind()) {
                (true, _) => node,
                (false, Kind::Op(op)) => self.build(op, &args),
                (false, kind) => {
                    let ids: Vec<u32> = args.iter().map(|arg| arg.id).collect();
                    self.intern(kind, &ids, node.ty())
                }
            };
            new.insert(node.id, replace(node_with).unwrap_or(node_with));
        }
        roots.iter().map(|root| new[&root.id]).collect()
    }
}
