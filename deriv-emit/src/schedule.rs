//! Where each node is computed.
//!
//! A node is placed in the innermost scopes that need it on every path: never before a guard, never on
//! a path that does not use it. So it may be placed in several arms of a branch, but in each only once.
//! What a loop does not change is computed before it.

use crate::graph::{Expr, Graph, Kind, Ty, ids};
use crate::hash::{HashMap, HashSet};
use crate::list::{List, PushAll, Sort};
use crate::region::{Region, Stmt};
use std::collections::BinaryHeap;

/// A region's number; regions inside have higher ones.
pub(super) type Scope = usize;

/// A place in a scope: before the statement with this number, or before the results.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) struct Place {
    pub scope: Scope,
    pub at: usize,
}

struct ScopeInfo {
    parent: Option<Place>,
    depth: usize,
    /// It is run again and again.
    repeats: bool,
    /// The leaves defined in it; those of what is further in are not among them.
    defines: HashSet<u32>,
}

/// What has been decided.
pub(super) struct Schedule {
    /// By scope and place: the nodes computed there, in evaluation order.
    pub placed: HashMap<Place, Vec<u32>>,
    /// How often a node is used, and whether always in the scope that computes it.
    pub uses: HashMap<(u32, Scope), usize>,
    parents: Vec<Option<Scope>>,
    homes: HashMap<u32, Vec<Scope>>,
}

impl Schedule {
    /// The scope that the region of this one stands in.
    pub fn parent(&self, scope: Scope) -> Option<Scope> {
        self.parents[scope]
    }

    /// The scope that computes the node for a use in `scope`.
    pub fn home(&self, node: u32, scope: Scope) -> Option<Scope> {
        let homes = self.homes.get(&node)?;
        let mut at = Some(scope);
        while let Some(scope) = at {
            if homes.contains(&scope) {
                return Some(scope);
            }
            at = self.parents[scope];
        }
        None
    }
}

struct Scopes {
    infos: Vec<ScopeInfo>,
    uses: HashMap<u32, Vec<Place>>,
    /// Of each branch: the scopes of its arms that do not diverge.
    arms: HashMap<Place, Vec<Scope>>,
}

impl Scopes {
    fn region(&mut self, region: &Region<'_>, parent: Option<Place>) -> Scope {
        let scope = self.infos.len();
        let depth = parent.map_or(0, |parent| self.infos[parent.scope].depth + 1);
        let defines = ids(&region.body.iter().flat(Stmt::defines));
        self.infos.push(ScopeInfo { parent, depth, repeats: false, defines });
        for (at, stmt) in region.body.iter().enumerate() {
            let place = Place { scope, at };
            self.read(&stmt.reads(), place);
            match stmt {
                Stmt::Loop(looped) => {
                    for inner in stmt.regions() {
                        let scope = self.region(inner, Some(place));
                        self.infos[scope].repeats = true;
                        self.infos[scope].defines.extend(looped.params.iter().map(|param| param.id));
                    }
                }
                Stmt::Branch(branch) => {
                    let mut arms = Vec::new();
                    for arm in &branch.arms {
                        if let Some(guard) = &arm.guard {
                            self.region(guard, Some(place));
                        }
                        let scope = self.region(&arm.region, Some(place));
                        if !arm.region.diverges {
                            arms.push(scope);
                        }
                    }
                    self.arms.insert(place, arms);
                }
                _ => {}
            }
        }
        self.read(&region.results, Place { scope, at: region.body.len() });
        scope
    }

    fn read(&mut self, roots: &[Expr<'_>], place: Place) {
        for root in roots {
            self.uses.entry(root.id).or_default().push(place);
        }
    }

    /// The place in `scope` that stands before `place`, which is in it or further in.
    fn project(&self, mut place: Place, scope: Scope) -> Place {
        while place.scope != scope {
            place = self.infos[place.scope].parent.expect("the scope is an ancestor");
        }
        place
    }

    fn ancestor(&self, a: Scope, b: Scope) -> Scope {
        let (mut a, mut b) = (a, b);
        let up = |scope: Scope| self.infos[scope].parent.expect("the outermost scope is common").scope;
        while self.infos[a].depth > self.infos[b].depth {
            a = up(a);
        }
        while self.infos[b].depth > self.infos[a].depth {
            b = up(b);
        }
        while a != b {
            a = up(a);
            b = up(b);
        }
        a
    }

    /// The child of `scope` on the way to `inner`.
    fn child(&self, scope: Scope, inner: Scope) -> Scope {
        let mut at = inner;
        loop {
            let parent = self.infos[at].parent.expect("the scope is an ancestor").scope;
            if parent == scope {
                return at;
            }
            at = parent;
        }
    }

    /// Where to compute what is used at `uses`.
    fn places(&self, uses: &[Place]) -> Vec<Place> {
        let mut found = Vec::new();
        let mut work = vec![uses.to_vec()];
        while let Some(uses) = work.pop() {
            let scope = uses.iter().map(|place| place.scope).reduce(|a, b| self.ancestor(a, b)).unwrap_or(0);
            let first = uses.iter().map(|&place| self.project(place, scope)).min();
            let Some(first) = first else { continue };
            if uses.iter().any(|place| place.scope == scope) {
                found.push(first);
                continue;
            }
            // Only inside branches: there, unless every path of the first one needs it.
            let mut children: Vec<Scope> = uses.iter().each(|place| self.child(scope, place.scope));
            children.order();
            children.dedup();
            let covers = |arms: &Vec<Scope>| arms.len() > 1 && arms.iter().all(|arm| children.contains(arm));
            if self.arms.get(&first).is_some_and(covers) {
                found.push(first);
                continue;
            }
            for child in children {
                work.push(uses.iter().copied().only(|place| self.child(scope, place.scope) == child));
            }
        }
        found
    }
}

/// How far out of loops nodes can be moved.
struct Hoisting<'g> {
    graph: &'g Graph,
    /// Of each leaf, the scopes that define it: for what a loop carries, its condition and its body.
    homes: HashMap<u32, Vec<Scope>>,
    /// Of each node, the scopes that define what it is computed from; none if it must stay.
    known: HashMap<u32, Option<Vec<Scope>>>,
}

impl<'g> Hoisting<'g> {
    /// The scopes out of which the node cannot be moved.
    fn needs(&mut self, root: Expr<'g>) -> Option<Vec<Scope>> {
        let mut stack = vec![root];
        while let Some(&node) = stack.last() {
            if self.known.contains_key(&node.id) {
                stack.pop();
                continue;
            }
            let args = node.args();
            let before = stack.len();
            stack.push_all(args.iter().copied().filter(|arg| !self.known.contains_key(&arg.id)));
            if stack.len() > before {
                continue;
            }
            stack.pop();
            let needs = match node.kind() {
                Kind::Symbol(_) => Some(self.homes.get(&node.id).cloned().unwrap_or_default()),
                // A loop that makes no turn must not call, or overflow an index.
                Kind::Call(_) => None,
                _ if !node.ty().is_real() && node.ty() != Ty::Bool && !args.is_empty() => None,
                _ => args.iter().try_fold(Vec::new(), |mut all: Vec<Scope>, arg| {
                    let needs = self.known[&arg.id].as_ref()?;
                    all.push_all(needs.iter().filter(|scope| !all.contains(scope)).copied().list());
                    Some(all)
                }),
            };
            self.known.insert(node.id, needs);
        }
        self.known[&root.id].clone()
    }

    /// The place outside of all loops that do not change the node.
    fn hoist(&mut self, scopes: &Scopes, id: u32, from: Place) -> Place {
        let node = self.graph.expr(id);
        let mut best = from;
        let needs = self.needs(node);
        let mut at = from.scope;
        loop {
            let info = &scopes.infos[at];
            let fixed = match &needs {
                Some(needs) => needs.contains(&at),
                // What must stay may still be the user's from before the loop.
                None => info.defines.iter().min().is_none_or(|first| id >= *first),
            };
            let Some(parent) = info.parent.filter(|_| !fixed) else { return best };
            if info.repeats {
                best = parent;
            }
            at = parent.scope;
        }
    }
}

/// Places every node that the region needs.
pub(super) fn schedule(graph: &Graph, region: &Region<'_>) -> Schedule {
    let mut scopes = Scopes { infos: Vec::new(), uses: HashMap::default(), arms: HashMap::default() };
    scopes.region(region, None);
    let mut hoisting = Hoisting { graph, homes: HashMap::default(), known: HashMap::default() };
    for (scope, info) in scopes.infos.iter().enumerate() {
        for leaf in info.defines.iter() {
            hoisting.homes.entry(*leaf).or_default().push(scope);
        }
    }
    let repeats = scopes.infos.iter().any(|info| info.repeats);
    let mut schedule = Schedule {
        placed: HashMap::default(),
        uses: HashMap::default(),
        parents: scopes.infos.iter().each(|info| info.parent.map(|parent| parent.scope)),
        homes: HashMap::default(),
    };
    let mut pending: BinaryHeap<u32> = scopes.uses.keys().copied().collect();
    while let Some(id) = pending.pop() {
        let node = graph.expr(id);
        let Some(uses) = scopes.uses.remove(&id) else { continue };
        if matches!(node.kind(), Kind::Symbol(_) | Kind::Const(_)) {
            continue;
        }
        let places = match repeats {
            true => {
                let hoisted: Vec<Place> = uses.iter().each(|&place| hoisting.hoist(&scopes, id, place));
                scopes.places(&hoisted)
            }
            false => scopes.places(&uses),
        };
        for &place in &places {
            schedule.placed.entry(place).or_default().push(id);
            schedule.homes.entry(id).or_default().push(place.scope);
            for arg in node.args() {
                scopes.uses.entry(arg.id).or_default().push(place);
                pending.push(arg.id);
            }
        }
        for used in uses {
            if let Some(home) = schedule.home(id, used.scope) {
                // A use further in could be in a branch that is not taken: it counts twice.
                *schedule.uses.entry((id, home)).or_default() += if home == used.scope { 1 } else { 2 };
            }
        }
    }
    for nodes in schedule.placed.values_mut() {
        nodes.order();
    }
    schedule
}
