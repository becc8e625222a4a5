//! What a differentiated region can do without: results that nothing reads, results that are equal in
//! all arms, two results that are always equal, and masks that have done their work.

use crate::graph::{Expr, Graph, Kind, Ty, ids};
use crate::hash::{HashMap, HashSet, NodeMap, NodeSet};
use crate::list::{List, PushAll, Sort};
use crate::region::{Branch, Loop, Region, Stmt, Turn};

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
    graph.rewrite(roots, &HashMap::default(), &|node| node.unmasked())
}

/// Replaces nodes in the whole region, where they are read.
pub(crate) fn substitute<'g>(graph: &'g Graph, region: &mut Region<'g>, map: &HashMap<u32, Expr<'g>>) {
    region.for_each_mut(&mut |region| {
        let mut roots: Vec<&mut Expr<'g>> = region.results.iter_mut().list();
        roots.push_all(region.body.iter_mut().flat(Stmt::reads_mut));
        let old: Vec<Expr<'g>> = roots.iter().each(|root| **root);
        let new = graph.rewrite(&old, map, &|_| None);
        for (root, new) in roots.into_iter().zip(new) {
            *root = new;
        }
    });
}

/// The same region, but everything that it defines is new.
pub(crate) fn renamed<'g>(graph: &'g Graph, region: &Region<'g>) -> Region<'g> {
    let mut region = region.clone();
    let fresh = region.defines().into_iter().map(|leaf| (leaf.id, graph.symbol(&leaf.name(), leaf.ty())));
    let fresh: HashMap<u32, Expr<'g>> = fresh.collect();
    substitute(graph, &mut region, &fresh);
    region.for_each_mut(&mut |region| {
        for stmt in &mut region.body {
            let params = match stmt {
                Stmt::Loop(looped) => looped.params.clone(),
                _ => Vec::new(),
            };
            let params: Vec<Expr<'g>> = params.iter().each(|param| fresh[&param.id]);
            for leaf in stmt.defines_mut() {
                *leaf = fresh[&leaf.id];
            }
            if let Stmt::Loop(looped) = stmt {
                looped.params = params;
            }
        }
    });
    region
}

/// The same loop, likewise.
pub(crate) fn renamed_loop<'g>(graph: &'g Graph, looped: &Loop<'g>) -> Loop<'g> {
    let region = Region { body: vec![Stmt::Loop(looped.clone())], ..Region::default() };
    match renamed(graph, &region).body.pop() {
        Some(Stmt::Loop(looped)) => looped,
        _ => looped.clone(),
    }
}

/// Leaves that stand for the same as another expression, innermost regions first.
fn find_redundant<'g>(region: &Region<'g>, boundary: u32, replaced: &mut HashMap<u32, Expr<'g>>) {
    for stmt in &region.body {
        for inner in stmt.regions() {
            find_redundant(inner, boundary, replaced);
        }
        match stmt {
            Stmt::Branch(branch) => find_agreement(branch, boundary, replaced),
            Stmt::Loop(looped) => find_invariants(looped, boundary, replaced),
            _ => {}
        }
    }
}

/// Results of a branch that are equal in all arms, or equal to another result.
fn find_agreement<'g>(branch: &Branch<'g>, boundary: u32, replaced: &mut HashMap<u32, Expr<'g>>) {
    let mut columns: HashMap<Vec<Expr<'g>>, Expr<'g>> = HashMap::default();
    for (i, &leaf) in branch.results.iter().enumerate() {
        let live = branch.arms.iter().filter(|arm| !arm.region.diverges);
        let column: Vec<Expr<'g>> = live.each(|arm| arm.region.results[i]);
        let Some(&first) = column.first() else { continue };
        if leaf.id >= boundary && column.iter().all(|value| *value == first) && !is_made_in(branch, first) {
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

/// What a loop carries and never changes.
fn find_invariants<'g>(looped: &Loop<'g>, boundary: u32, replaced: &mut HashMap<u32, Expr<'g>>) {
    for (i, &param) in looped.params.iter().enumerate() {
        if param.id >= boundary && looped.body.results[i] == param {
            replaced.insert(param.id, looped.initial[i]);
            replaced.insert(looped.results[i].id, looped.initial[i]);
        }
    }
}

/// Whether the expression is computed from what is defined inside an arm.
fn is_made_in(branch: &Branch<'_>, root: Expr<'_>) -> bool {
    let inner = ids(&branch.arms.iter().flat(|arm| arm.region.defines()));
    depends_on(root, &inner)
}

/// Whether the expression is computed from any of the leaves.
pub fn depends_on(root: Expr<'_>, leaves: &HashSet<u32>) -> bool {
    let mut stack = vec![root];
    let mut seen = NodeSet::default();
    while let Some(node) = stack.pop() {
        if leaves.contains(&node.id) {
            return true;
        }
        if seen.insert(node.id) {
            stack.push_all(node.args());
        }
    }
    false
}

/// Drops statements that do nothing for the results, for outer places and for passive code, and results
/// of branches and loops that nothing reads.
pub fn prune(region: &mut Region<'_>) {
    let mut live = Live::default();
    live.enter(region, None);
    let roots = std::mem::take(&mut live.roots);
    for stmt in roots {
        live.keep(stmt);
    }
    live.read(&region.results);
    while let Some(work) = live.work.pop() {
        live.visit(work);
    }
    live.sweep(region, &mut 0);
}

/// What is needed, found by following reads to definitions. Statements are numbered in the order of the
/// source, those inside another after it.
#[derive(Default)]
struct Live<'g> {
    stmts: Vec<Needs<'g>>,
    /// Of each leaf: the statement that defines it, and what its value is made of.
    defined: HashMap<u32, (usize, Vec<Expr<'g>>)>,
    /// Of each place: the statements that change it.
    writers: HashMap<u32, Vec<usize>>,
    /// Statements that are needed whatever else is.
    roots: Vec<usize>,
    kept: HashSet<usize>,
    seen: NodeSet,
    work: Vec<Expr<'g>>,
}

/// What a statement needs if it is kept.
struct Needs<'g> {
    parent: Option<usize>,
    reads: Vec<Expr<'g>>,
}

impl<'g> Live<'g> {
    /// Lists the statements of a region that stands in the statement `parent`.
    fn enter(&mut self, region: &Region<'g>, parent: Option<usize>) {
        if let (Some(parent), true) = (parent, region.diverges) {
            self.roots.push(parent);
        }
        for stmt in &region.body {
            let number = self.stmts.len();
            let mut needs = Needs { parent, reads: Vec::new() };
            let mut define = |leaf: Expr<'g>, of: Vec<Expr<'g>>| {
                self.defined.insert(leaf.id, (number, of));
            };
            match stmt {
                Stmt::Copy { .. } => self.roots.push(number),
                Stmt::Bind { leaf, kept, .. } => {
                    define(*leaf, Vec::new());
                    if *kept {
                        self.roots.push(number);
                    }
                }
                Stmt::Branch(branch) => {
                    let arms = || branch.arms.iter().filter(|arm| !arm.region.diverges);
                    for (i, leaf) in branch.results.iter().enumerate() {
                        define(*leaf, arms().each(|arm| arm.region.results[i]));
                    }
                    for guard in branch.arms.iter().flat(|arm| &arm.guard) {
                        needs.reads.extend(&guard.results);
                    }
                }
                Stmt::Loop(looped) => {
                    for (i, (param, leaf)) in looped.params.iter().zip(&looped.results).enumerate() {
                        define(*leaf, vec![*param]);
                        define(*param, vec![looped.initial[i], looped.body.results[i]]);
                    }
                    if let Some(count) = looped.count {
                        define(count, Vec::new());
                    }
                    needs.reads.push_all(looped.body.results.get(looped.params.len()).copied());
                    if let Turn::While(condition) = &looped.turn {
                        needs.reads.extend(&condition.results);
                    }
                }
                _ => {
                    for leaf in stmt.defines() {
                        define(leaf, Vec::new());
                    }
                }
            }
            for place in stmt.changes() {
                self.writers.entry(place.id).or_default().push(number);
            }
            // What a loop begins with is needed by what it carries alone.
            let own = stmt.reads();
            let skipped = if let Stmt::Loop(looped) = stmt { looped.initial.len() } else { 0 };
            needs.reads.push_all(own.into_iter().skip(skipped));
            self.stmts.push(needs);
            for inner in stmt.regions() {
                self.enter(inner, Some(number));
            }
        }
        if parent.is_none() {
            // Places from outside are seen outside.
            let outer = self.writers.iter().filter(|(place, _)| !self.defined.contains_key(place));
            let mut outer: Vec<usize> = outer.flat(|(_, writers)| writers.iter().copied());
            outer.order();
            self.roots.push_all(outer);
        }
    }

    /// The statement is needed, and so is that in which it stands.
    fn keep(&mut self, stmt: usize) {
        let mut next = Some(stmt);
        while let Some(stmt) = next.filter(|stmt| self.kept.insert(*stmt)) {
            let reads = std::mem::take(&mut self.stmts[stmt].reads);
            self.read(&reads);
            next = self.stmts[stmt].parent;
        }
    }

    fn read(&mut self, roots: &[Expr<'g>]) {
        for root in roots {
            if self.seen.insert(root.id) {
                self.work.push(*root);
            }
        }
    }

    fn visit(&mut self, node: Expr<'g>) {
        self.read(&node.args());
        if let Some((stmt, made_of)) = self.defined.get(&node.id).cloned() {
            self.keep(stmt);
            self.read(&made_of);
        }
        for writer in self.writers.get(&node.id).cloned().unwrap_or_default() {
            self.keep(writer);
        }
    }

    /// Removes what has not been found to be needed; `number` counts statements as [`Live::enter`] did.
    fn sweep(&self, region: &mut Region<'g>, number: &mut usize) {
        region.body.retain_mut(|stmt| {
            let own = *number;
            *number += 1;
            for inner in stmt.regions_mut() {
                self.sweep(inner, number);
            }
            match stmt {
                Stmt::Branch(branch) => {
                    let keep: Vec<bool> = branch.results.iter().each(|leaf| self.seen.contains(&leaf.id));
                    retain(&mut branch.results, &keep);
                    for arm in &mut branch.arms {
                        retain(&mut arm.region.results, &keep);
                    }
                }
                Stmt::Loop(looped) => {
                    let keep: Vec<bool> = looped.params.iter().each(|leaf| self.seen.contains(&leaf.id));
                    for column in [
                        &mut looped.params,
                        &mut looped.initial,
                        &mut looped.body.results,
                        &mut looped.results,
                    ] {
                        retain(column, &keep);
                    }
                    looped.count = looped.count.filter(|count| self.seen.contains(&count.id));
                }
                _ => {}
            }
            self.kept.contains(&own)
        });
    }
}

/// Keeps those with `true`, and what comes after the list's end.
fn retain(list: &mut Vec<Expr<'_>>, keep: &[bool]) {
    let mut keep = keep.iter();
    list.retain(|_| keep.next().copied().unwrap_or(true));
}

impl Graph {
    /// The roots rebuilt with some nodes replaced: those that are `known`, and those for which `replace`,
    /// which sees every other one, its arguments already replaced, has something else. What it leaves alone
    /// and whose arguments are unchanged stays the same node.
    pub(crate) fn rewrite<'g>(
        &'g self,
        roots: &[Expr<'g>],
        known: &HashMap<u32, Expr<'g>>,
        replace: &dyn Fn(Expr<'g>) -> Option<Expr<'g>>,
    ) -> Vec<Expr<'g>> {
        // Most often there is nothing to be replaced.
        let is_left = |&id: &u32| replace(self.expr(id)).is_none();
        if known.is_empty() && self.below(roots).iter().all(is_left) {
            return roots.to_vec();
        }
        let mut order = Vec::new();
        let mut new: NodeMap<Expr<'g>> = NodeMap::default();
        let mut stack = roots.to_vec();
        while let Some(node) = stack.pop() {
            if new.contains_key(&node.id) {
                continue;
            }
            let replaced = known.get(&node.id);
            new.insert(node.id, *replaced.unwrap_or(&node));
            if replaced.is_none() {
                order.push(node);
                stack.push_all(node.args());
            }
        }
        // Nearly in order, as arguments come before what uses them.
        order.reverse();
        order.order();
        for node in order {
            let old = node.node();
            let args: Vec<Expr<'g>> = old.args.iter().each(|arg| new[arg]);
            let changed = args.iter().zip(&old.args[..]).any(|(new, old)| new.id != *old);
            let node_with = match old.kind {
                _ if !changed => node,
                // What counts stays what it is: its type is not that of its arguments.
                Kind::Op(op) if old.ty != Ty::Opaque => self.build(op, &args),
                kind => {
                    let ids: Vec<u32> = args.iter().each(|arg| arg.id);
                    self.intern(kind, &ids, old.ty)
                }
            };
            let replaced = replace(node_with).unwrap_or(node_with);
            if replaced != node {
                new.insert(node.id, replaced);
            }
        }
        roots.iter().each(|root| new[&root.id])
    }
}
