//! The chain rule backwards, on regions and on the graph inside them. It names no operation.
//!
//! The statements of a region are visited from the last to the first, and between them the nodes that are
//! computed from what they define, from the highest index to the lowest, which is the reverse of evaluation
//! order; each hands its adjoint to its arguments. The adjoint of a place is a place beside it: what is
//! loaded from an element adds to its adjoint, and what is stored in it takes that and leaves zero.
//!
//! Where the adjoint's statements stand:
//! - *Jointly*, after the region's own in the same scope, where every value is still at hand: so for a whole
//!   function, and for the body of a loop or the arms of a branch if all that their adjoints start from is
//!   known before. A loop that only accumulates becomes one loop that does each iteration forwards and
//!   backwards, and keeps nothing.
//! - *Apart*, in a loop or branch of their own, after the whole forward sweep. What they read of the
//!   values computed there is computed again, or kept (see [`keep`]).
//!
//! A branch whose arms are mere arithmetic is one step of the sweep: inside each arm the partial derivatives
//! of its results by what it reads are computed (backwards again), the branch yields them beside its
//! results, and the sweep outside multiplies. So no such branch is taken twice.

mod alternate;
mod call;
mod checkpoint;
mod cut;
mod gather;
mod keep;
mod lanes;
mod scatter;
mod scratch;
mod total;

use crate::activity::Activity;
use crate::forward::{at_equality, is_point, join};
use crate::graph::{Expr, Graph, Kind, Ty, ids};
use crate::hash::{HashMap, HashSet};
use crate::list::{List, PushAll, Sort};
use crate::ops::Op;
use crate::region::{
    Access, Arm, Branch, Call, Extent, Function, Head, Init, Loop, Order, Part, Region, Stmt, Turn, Variable,
};
use crate::sorted::SortedMap;
use crate::tidy::{depends_on, renamed, substitute};
pub(crate) use call::together;
use keep::{Kept, Survey};

/// Sweeps the function's body backwards from each list of `seeds` (the adjoints of its results, `None` for zero).
/// `bars` gives the adjoint of each active place from outside; those that are `cleared` are to be zero before, and in
/// the end are those for which it matters. The region comes back with what computes
/// the adjoints, and with it, for each list of seeds, the adjoints of `variables`. There can be several lists
/// only if there are no loops and no active memory.
pub(crate) fn reverse<'g>(
    graph: &'g Graph,
    function: &Function<'g>,
    bars: &[(Expr<'g>, Expr<'g>)],
    cleared: &mut Vec<Expr<'g>>,
    seeds: &[Vec<Option<Expr<'g>>>],
    options: Sweeping,
) -> (Region<'g>, Vec<Vec<Option<Expr<'g>>>>) {
    let (region, variables) = (&function.body, function.numbers());
    let active = variables.iter().chain(bars.iter().map(|(place, _)| place)).copied();
    let mut pass = Reverse {
        graph,
        variables: variables.iter().each(|variable| variable.id),
        activity: Activity::new(region, active),
        partials: HashMap::default(),
        bars: bars.iter().map(|(place, bar)| (place.id, *bar)).collect(),
        given: bars.iter().map(|(place, _)| place.id).collect(),
        disturbed: HashSet::default(),
        late: HashSet::default(),
        loops: 0,
        options,
        extents: extents(function),
        undivided: undivided(region),
        kept_to_the_end: ids(&[&region.results[..], &function.outputs()].concat()),
        start: u32::MAX,
        unknown: HashSet::default(),
        vanishing: HashSet::default(),
        chosen: HashSet::default(),
        zeros: HashMap::default(),
        seeds: HashSet::default(),
        met: HashSet::default(),
        survey: Survey::default(),
        scratch: HashMap::default(),
        written_once: HashSet::default(),
        fresh: HashSet::default(),
        tapes: Vec::new(),
    };
    let mut region = pass.prepare(region);
    pass.survey = Survey::new(&region);
    pass.scratch = scratch::find(&region);
    pass.written_once = scratch::written_once(&region);
    region.for_each_mut(&mut |region| region.body.retain(|stmt| !matches!(stmt, Stmt::Forget { .. })));
    pass.start = graph.len() as u32;
    let leaves = graph.reachable(&seeds.iter().flatten().flatten().copied().list());
    pass.seeds = (0..pass.start).filter(|&id| leaves[id as usize]).collect();
    let mut adjoints = Vec::new();
    for seeds in seeds {
        let targets: Vec<(Expr<'g>, Expr<'g>)> =
            region.results.iter().zip(seeds).each_some(|(result, seed)| Some((*result, (*seed)?)));
        let swept =
            pass.sweep(&region, &Inner::of(&region, &[]), &targets, Where::Joint { last: true }, true);
        region.body = swept.forward;
        region.body.push_all(swept.backward);
        adjoints.push(variables.iter().each(|variable| swept.outer.get(&variable.id).copied()));
    }
    cleared.retain(|bar| {
        let overwritten = scratch::overwrite_first(&mut region, *bar);
        if let Some((place, bar)) = bars.iter().find(|(_, of)| overwritten && of == bar) {
            scratch::keep_in_adjoint(&mut region, *place, *bar);
        }
        !overwritten
    });
    scatter::divide(graph, &mut region);
    (region, adjoints)
}

/// How to sweep backwards.
#[derive(Clone, Copy)]
pub(crate) struct Sweeping {
    /// How many iterations apart states are kept, if not everything is.
    pub checkpoint: Option<Option<usize>>,
    /// The adjoints will not be differentiated again.
    pub last: bool,
}

struct Reverse<'g> {
    graph: &'g Graph,
    variables: Vec<u32>,
    activity: Activity,
    /// Of a leaf that a branch of mere arithmetic yields: its partial derivatives by leaves from before it.
    partials: HashMap<u32, Vec<(Expr<'g>, Expr<'g>)>>,
    /// The adjoints of places.
    bars: HashMap<u32, Expr<'g>>,
    /// The places whose adjoints come from outside.
    given: HashSet<u32>,
    /// Adjoints of places that the statements met so far do more with than add to them.
    disturbed: HashSet<u32>,
    /// Adjoints of lists, which are not there before the forward sweep is done.
    late: HashSet<u32>,
    /// How many loops and calls there are.
    loops: usize,
    options: Sweeping,
    /// What places of fixed lengths hold.
    extents: HashMap<u32, Extent<'g>>,
    /// The structs of which no part is read or written by itself.
    undivided: HashSet<u32>,
    /// The places that are results, or written to for the caller.
    kept_to_the_end: HashSet<u32>,
    /// Leaves that stand for partial derivatives, which may be infinite.
    unknown: HashSet<u32>,
    /// Leaves that stand for adjoints which may be zero.
    vanishing: HashSet<u32>,
    /// Those of them that may be so because something else was chosen.
    chosen: HashSet<u32>,
    /// Of nodes, whether they are zero for that reason; begun anew with every new leaf.
    zeros: HashMap<u32, bool>,
    /// Leaves from here on belong to the backward sweep.
    start: u32,
    /// So do these, which come from outside.
    seeds: HashSet<u32>,
    /// Leaves of the forward half that come to be later than where the sweep is.
    met: HashSet<u32>,
    survey: Survey,
    /// By the number of a loop, the places that are scratch space of its iterations.
    scratch: HashMap<usize, HashSet<u32>>,
    /// Those of which each iteration writes every element once, and nothing else does.
    written_once: HashSet<u32>,
    /// Adjoints of places that are zero where the adjoint of the region begins, with which the statements met so far
    /// do nothing.
    fresh: HashSet<u32>,
    /// Lists of what is kept, to be declared before the loop or branch that fills them.
    tapes: Vec<Stmt<'g>>,
}

/// What a region defines, at any depth.
struct Inner {
    leaves: HashSet<u32>,
}

impl Inner {
    fn of<'g>(region: &Region<'g>, params: &[Expr<'g>]) -> Self {
        Inner { leaves: ids(&[&region.defines(), params].concat()) }
    }
}

/// Where the adjoint of a region is computed.
#[derive(Clone, Copy, PartialEq)]
enum Where {
    /// After the region in the same scope. If it is the `last` to be computed forwards, the adjoints of
    /// places are complete when it begins.
    Joint {
        last: bool,
    },
    Apart,
}

/// Whether the adjoint is divided by something that may have overflowed.
fn is_faint(adjoint: Expr<'_>) -> bool {
    let mut stack = vec![adjoint];
    let mut seen = HashSet::default();
    while let Some(node) = stack.pop() {
        let Some(spec) = node.op().map(|op| op.spec()).filter(|_| seen.insert(node.id)) else { continue };
        let args = node.args();
        let powers = spec.monomial.unwrap_or_default();
        if powers.iter().zip(&args).any(|((power, _), arg)| *power < 0 && arg.as_constant().is_none()) {
            return true;
        }
        if spec.linear.is_some() || spec.monomial.is_some() {
            stack.push_all(args);
        }
    }
    false
}

/// The two halves of a region.
struct Swept<'g> {
    /// Its own statements, with what they keep for the other half.
    forward: Vec<Stmt<'g>>,
    backward: Vec<Stmt<'g>>,
    /// What is to be added to the adjoints of nodes from outside.
    outer: SortedMap<u32, Expr<'g>>,
    /// The adjoints of leaves that no statement of the region defines: a loop's parameters.
    params: SortedMap<u32, Expr<'g>>,
}

/// A sweep under way.
struct Sweep<'s, 'g> {
    inner: &'s Inner,
    place: Where,
    /// It goes on through computed nodes to the leaves, even from outside.
    to_leaves: bool,
    is_outer: HashMap<u32, bool>,
    /// Adjoints that have not been handed on yet.
    pending: SortedMap<u32, Expr<'g>>,
    /// Adjoints of the region's own leaves.
    leaves: SortedMap<u32, Expr<'g>>,
    outer: SortedMap<u32, Expr<'g>>,
    backward: Vec<Stmt<'g>>,
    /// Adjoints of statements that were met are computed in the forward half already.
    joined: bool,
}

impl<'g> Reverse<'g> {
    /// Makes every branch of mere arithmetic yield its partial derivatives, and numbers the loops.
    fn prepare(&mut self, region: &Region<'g>) -> Region<'g> {
        let body = region.body.iter().each(|stmt| self.prepare_stmt(stmt));
        Region { body: call::loads_first(body), ..region.clone() }
    }

    fn prepare_stmt(&mut self, stmt: &Stmt<'g>) -> Stmt<'g> {
        match stmt {
            Stmt::Branch(branch) => {
                let arms = branch.arms.iter();
                let arms: Vec<Arm<'g>> =
                    arms.each(|arm| Arm { region: self.prepare(&arm.region), ..arm.clone() });
                let branch = Branch { arms, ..branch.clone() };
                Stmt::Branch(if self.is_arithmetic(&branch) { self.differentiate(branch) } else { branch })
            }
            Stmt::Loop(looped) => {
                self.loops += 1;
                let number = self.loops;
                Stmt::Loop(Loop { number, body: self.prepare(&looped.body), ..looped.clone() })
            }
            Stmt::Call(call) => {
                self.loops += 1;
                Stmt::Call(Call { number: self.loops, ..call.clone() })
            }
            stmt => stmt.clone(),
        }
    }

    /// Whether nothing in the branch needs statements in reverse.
    fn is_arithmetic(&mut self, branch: &Branch<'g>) -> bool {
        let mut is_plain = |stmt: &Stmt<'g>| match stmt {
            Stmt::Copy { .. } | Stmt::Bind { .. } => true,
            Stmt::Branch(inner) => self.is_arithmetic(inner),
            Stmt::Load { leaf, .. } => !self.activity.is_active(*leaf),
            _ => false,
        };
        branch.arms.iter().all(|arm| arm.region.body.iter().all(&mut is_plain))
    }

    /// The branch, with the partial derivatives of its results.
    fn differentiate(&mut self, branch: Branch<'g>) -> Branch<'g> {
        let one = self.graph.constant(1.0);
        // By result and arm: the adjoints of the leaves from outside, for the seed 1.
        let mut local: Vec<Vec<SortedMap<u32, Expr<'g>>>> = vec![Vec::new(); branch.results.len()];
        for arm in branch.arms.iter().filter(|arm| !arm.region.diverges) {
            let inner = Inner::of(&arm.region, &[]);
            for (i, &result) in arm.region.results.iter().enumerate() {
                let active = self.activity.is_active(branch.results[i]);
                let seeds = if active { vec![(result, one)] } else { Vec::new() };
                let swept = self.sweep(&arm.region, &inner, &seeds, Where::Joint { last: true }, true);
                local[i].push(swept.outer);
            }
        }
        let mut arms = branch.arms.clone();
        let mut results = branch.results.clone();
        let variables = std::mem::take(&mut self.variables);
        let exact = branch
            .equality()
            .filter(|(sides, _)| is_point(sides, |side| self.activity.is_active(side), &variables))
            .map(|(_, arms)| arms);
        self.variables = variables;
        for (leaf, local) in branch.results.iter().zip(local) {
            let mut inputs: Vec<u32> = local.iter().flat(|found| found.keys().copied());
            inputs.order();
            inputs.dedup();
            let mut partials = Vec::new();
            for input in inputs {
                let mut values: Vec<Option<Expr<'g>>> = local.iter().each(|found| found.get(&input).copied());
                if let Some(arms) = exact {
                    at_equality(arms, &mut values);
                }
                let Some(partial) = join(self.graph, &mut results, &values, leaf.ty(), "partial") else {
                    continue;
                };
                self.yield_from(&mut arms, values);
                self.unknown.extend(results.last().map(|leaf| leaf.id));
                partials.push((self.graph.expr(input), partial));
            }
            self.partials.insert(leaf.id, partials);
        }
        Branch { arms, results, ..branch }
    }

    /// One more result of each arm that has any; zero where there is no value.
    fn yield_from(&self, arms: &mut [Arm<'g>], values: Vec<Option<Expr<'g>>>) {
        let mut values = values.into_iter();
        for arm in arms.iter_mut().filter(|arm| !arm.region.diverges) {
            let value = values.next().flatten().unwrap_or(self.graph.constant(0.0));
            arm.region.results.push(value);
        }
    }

    fn sweep(
        &mut self,
        region: &Region<'g>,
        inner: &Inner,
        seeds: &[(Expr<'g>, Expr<'g>)],
        place: Where,
        to_leaves: bool,
    ) -> Swept<'g> {
        let mut sweep = Sweep {
            inner,
            place,
            to_leaves,
            is_outer: HashMap::default(),
            pending: SortedMap::default(),
            leaves: SortedMap::default(),
            outer: SortedMap::default(),
            backward: Vec::new(),
            joined: false,
        };
        for (node, seed) in seeds {
            if self.activity.is_active(*node) {
                contribute(&mut sweep.pending, *node, *seed);
            }
        }
        for leaf in inner.leaves.iter() {
            self.met.remove(leaf);
        }
        let mut allocs = Vec::new();
        if let Where::Joint { .. } = place {
            self.survey.enter(region);
        }
        // The adjoints of the region's own places are there before anything adds to them.
        for (i, stmt) in region.body.iter().enumerate() {
            for own in stmt.defines().into_iter().filter(|leaf| leaf.ty() == Ty::Aggregate) {
                let given = self.given.contains(&own.id);
                if !matches!(stmt, Stmt::Alloc { .. }) && self.activity.is_active(own) && !given {
                    let bar = self.graph.symbol(&format!("{}_bar", own.name()), Ty::Aggregate);
                    self.bars.insert(own.id, bar);
                    self.late.insert(bar.id);
                    let (extent, init) = match self.undivided.contains(&own.id) {
                        true => (Extent::of_struct(), Init::Zeros(None)),
                        // Its dimensions are those of what there is then.
                        false => (Extent::unseen(), Init::Like(own)),
                    };
                    allocs.push((i, Stmt::Alloc { place: bar, extent, init }));
                }
            }
            if let Stmt::Alloc { place: own, extent, init } = stmt
                && self.activity.is_active(*own)
                && !self.given.contains(&own.id)
            {
                let bar = self.graph.symbol(&format!("{}_bar", own.name()), Ty::Aggregate);
                self.bars.insert(own.id, bar);
                let zero = self.graph.cast(self.graph.constant(0.0), extent.number);
                let init = match init {
                    Init::Fill(_) => {
                        self.fresh.insert(bar.id);
                        Init::Fill(zero)
                    }
                    Init::Zeros(Some(ty)) => Init::Zeros(Some(*ty)),
                    Init::Empty(_) | Init::Like(_) | Init::Zeros(None) => {
                        self.late.insert(bar.id);
                        Init::Like(*own)
                    }
                };
                allocs.push((i, Stmt::Alloc { place: bar, extent: extent.clone(), init }));
            }
        }
        // From the last statement to the first; what each becomes in the forward half.
        let mut forward: Vec<Vec<Stmt<'g>>> = Vec::new();
        for stmt in region.body.iter().rev() {
            // Loops for both sweeps define more than what was there before.
            let later = || forward.iter().flatten().chain([stmt]).flat(Stmt::defines);
            let mut before = Vec::new();
            let own = self.stmt(stmt, &mut sweep, &mut before, &later);
            // What is kept must be in scope for both sweeps.
            if let Where::Joint { .. } = place {
                before.append(&mut self.tapes);
            }
            before.push(own);
            forward.push(before);
        }
        forward.reverse();
        self.flush(&mut sweep, 0);
        for (i, alloc) in allocs.into_iter().rev() {
            match (place, &alloc) {
                (Where::Joint { .. }, Stmt::Alloc { init: Init::Fill(_) | Init::Zeros(Some(_)), .. }) => {
                    forward[i].push(alloc);
                }
                _ => sweep.backward.insert(0, alloc),
            }
        }
        Swept {
            forward: forward.into_iter().flatten().list(),
            backward: sweep.backward,
            outer: sweep.outer,
            params: sweep.leaves,
        }
    }

    /// Hands on the adjoints of all nodes from `lowest` on.
    fn flush(&mut self, sweep: &mut Sweep<'_, 'g>, lowest: u32) {
        while let Some((id, adjoint)) = sweep.pending.pop_from(&lowest) {
            let expr = self.graph.expr(id);
            let adjoint = adjoint.guarded();
            let is_leaf = matches!(expr.kind(), Kind::Symbol(_));
            if (is_leaf || !sweep.to_leaves) && self.is_outer(sweep, expr) {
                contribute(&mut sweep.outer, expr, adjoint);
                continue;
            }
            match expr.kind() {
                Kind::Symbol(_) => match self.partials.get(&id) {
                    Some(partials) => {
                        for (input, partial) in partials.clone() {
                            let term = self.product(adjoint, partial);
                            contribute(&mut sweep.pending, input, term);
                        }
                    }
                    None => contribute(&mut sweep.leaves, expr, adjoint),
                },
                Kind::Cast => {
                    let arg = expr.args()[0];
                    contribute(&mut sweep.pending, arg, self.graph.cast(adjoint, arg.ty()));
                }
                _ => {
                    for (i, arg) in expr.chain_args().into_iter().enumerate() {
                        if self.activity.is_active(arg) {
                            let partial = expr.partial(i);
                            if !partial.is_zero() {
                                let term = self.product(adjoint, partial);
                                contribute(&mut sweep.pending, arg, term);
                            }
                        }
                    }
                }
            }
        }
    }

    /// An adjoint times a partial derivative. One that is zero when the code runs, because what it belongs to
    /// was not chosen or not stored, must not meet a pole; and where something else was chosen, what was not may
    /// have overflowed, too. Neither must one that is nothing beside what it was divided by meet what overflows with that.
    fn product(&mut self, adjoint: Expr<'g>, partial: Expr<'g>) -> Expr<'g> {
        let guarded = !self.vanishing.is_empty()
            && self.vanishes(adjoint)
            && (!partial.is_total(&self.unknown)
                || (self.is_chosen(adjoint) && !partial.is_bounded())
                || (is_faint(adjoint) && !partial.is_moderate()));
        if !guarded {
            return adjoint * partial;
        }
        // Both may be zero, and both infinite.
        if partial.may_vanish() {
            return adjoint.ne(0.0).select(adjoint * partial, self.graph.constant(0.0));
        }
        adjoint.masked() * partial
    }

    /// Whether the adjoint may be zero because that of memory, or one that a loop carries, is.
    fn vanishes(&mut self, root: Expr<'g>) -> bool {
        let Self { zeros, vanishing, .. } = self;
        root.bottom_up(zeros, &|node| node.args(), &|node, zero| {
            let spec = node.op().map(|op| op.spec());
            match node.kind() {
                Kind::Symbol(_) => vanishing.contains(&node.id),
                Kind::Cast => zero.contains(&true),
                _ if spec.is_some_and(|spec| spec.linear.is_some()) => !zero.contains(&false),
                _ if spec.is_some_and(|spec| spec.monomial.is_some()) => zero.contains(&true),
                _ => node.may_vanish(),
            }
        })
    }

    /// Whether the adjoint may be zero because something else was chosen, perhaps in another iteration.
    fn is_chosen(&self, adjoint: Expr<'g>) -> bool {
        let mut stack = vec![adjoint];
        let mut seen = HashSet::default();
        while let Some(node) = stack.pop() {
            if !seen.insert(node.id) {
                continue;
            }
            let spec = node.op().map(|op| op.spec());
            if spec.is_some_and(|spec| spec.linear.is_some() || spec.monomial.is_some())
                || node.kind() == Kind::Cast
            {
                stack.push_all(node.args());
            } else if node.may_vanish() || self.chosen.contains(&node.id) {
                return true;
            }
        }
        false
    }

    /// From now on the leaf counts as one that may be zero.
    fn may_be_zero(&mut self, leaf: Expr<'g>) {
        if self.vanishing.insert(leaf.id) {
            self.zeros.clear();
        }
    }

    /// Whether the node is computed from nothing that the region defines.
    fn is_outer(&self, sweep: &mut Sweep<'_, 'g>, root: Expr<'g>) -> bool {
        let Sweep { is_outer, inner, .. } = sweep;
        root.bottom_up(is_outer, &|node| node.args(), &|node, outer| {
            !inner.leaves.contains(&node.id) && !outer.contains(&false)
        })
    }

    /// Sweeps over a statement. It returns what the statement becomes in the forward half; there, what is put
    /// into `before` comes before it.
    fn stmt(
        &mut self,
        stmt: &Stmt<'g>,
        sweep: &mut Sweep<'_, 'g>,
        before: &mut Vec<Stmt<'g>>,
        later: &dyn Fn() -> Vec<Expr<'g>>,
    ) -> Stmt<'g> {
        if let Some(lowest) = stmt.defines().iter().map(|leaf| leaf.id).min() {
            self.flush(sweep, lowest);
        }
        self.met.extend(stmt.defines().iter().map(|leaf| leaf.id));
        let begun = sweep.backward.len();
        let mut own = stmt.clone();
        match stmt {
            Stmt::Branch(_) | Stmt::Loop(_) => {
                // Inside, they need not be zero.
                let fresh = std::mem::take(&mut self.fresh);
                match stmt {
                    Stmt::Branch(branch) => own = self.branch(branch, sweep, later),
                    Stmt::Loop(looped) => own = self.looped(looped, sweep, before, later, &fresh),
                    _ => {}
                }
                self.fresh = fresh;
                self.met_by(&own, before, &sweep.backward[begun..]);
                return own;
            }
            Stmt::Load { leaf, from } => {
                if let (Some(adjoint), Some(to)) = (sweep.leaves.remove(&leaf.id), self.bar(from)) {
                    sweep.backward.push(Stmt::Store { to, value: adjoint, add: true });
                }
            }
            Stmt::Store { to, value, add } => {
                if let Some(bar) = self.bar(to) {
                    if self.activity.is_active(*value) {
                        let adjoint = self.graph.symbol("bar", value.ty());
                        self.may_be_zero(adjoint);
                        sweep.backward.push(Stmt::Load { leaf: adjoint, from: bar.clone() });
                        contribute(&mut sweep.pending, *value, adjoint);
                    }
                    if !add {
                        let zero = self.graph.constant(0.0);
                        sweep.backward.push(Stmt::Store { to: bar, value: zero, add: false });
                    }
                }
            }
            Stmt::Push { place, value } => {
                if let Some(&bar) = self.bars.get(&place.id) {
                    let adjoint = self.graph.symbol("bar", value.ty());
                    self.may_be_zero(adjoint);
                    sweep.backward.push(Stmt::Pop { leaf: adjoint, place: bar });
                    if self.activity.is_active(*value) {
                        contribute(&mut sweep.pending, *value, adjoint);
                    }
                }
            }
            Stmt::Pop { leaf, place } => {
                if let Some(&bar) = self.bars.get(&place.id) {
                    let value = sweep.leaves.remove(&leaf.id).unwrap_or(self.graph.constant(0.0));
                    sweep.backward.push(Stmt::Push { place: bar, value });
                }
            }
            Stmt::Swap(a, b) => {
                if let (Some(&x), Some(&y)) = (self.bars.get(&a.place.id), self.bars.get(&b.place.id)) {
                    sweep.backward.push(Stmt::Swap(a.of(x), b.of(y)));
                }
            }
            Stmt::Clear { place, extent } => {
                if let Some(&place) = self.bars.get(&place.id) {
                    sweep.backward.push(Stmt::Clear { place, extent: extent.clone() });
                }
            }
            Stmt::Call(call) => {
                own = self.call(call, sweep, before, later);
            }
            Stmt::Save { place, of } => {
                if let (Some(&bar), Some(&to)) =
                    (self.bars.get(&place.id), self.bars.get(&of.access.place.id))
                {
                    let from = Part::whole(bar, of.extent.clone());
                    sweep.backward.push(Stmt::AddAll { to: of.of(to), from, scale: None });
                }
            }
            Stmt::AddAll { .. }
            | Stmt::Record { .. }
            | Stmt::LoadRun { .. }
            | Stmt::StoreRun { .. }
            | Stmt::Recall { .. }
            | Stmt::Rows { .. }
            | Stmt::Segments { .. }
            | Stmt::Restore { .. } => {
                unreachable!("the reverse mode alone makes these")
            }
            Stmt::Copy { .. } | Stmt::Bind { .. } | Stmt::Alloc { .. } | Stmt::Forget { .. } => {}
        }
        let bars = self.met_by(&own, before, &sweep.backward[begun..]);
        self.disturbed.extend(bars.iter().filter(|(_, added)| !added).map(|(bar, _)| bar.id));
        own
    }

    /// The adjoints of places that these statements, which a statement has become, work on. They are fresh no more.
    fn met_by(
        &mut self,
        own: &Stmt<'g>,
        before: &[Stmt<'g>],
        backward: &[Stmt<'g>],
    ) -> Vec<(Expr<'g>, bool)> {
        let bars = self.outer_bars(&[std::slice::from_ref(own), before, backward].concat());
        if !self.fresh.is_empty() {
            let met: HashSet<u32> = bars.iter().map(|(bar, _)| bar.id).collect();
            self.fresh =
                std::mem::take(&mut self.fresh).into_iter().filter(|bar| !met.contains(bar)).collect();
        }
        bars
    }

    /// The same element of the place's adjoint.
    fn bar(&self, access: &Access<'g>) -> Option<Access<'g>> {
        self.bars.get(&access.place.id).map(|&bar| access.of(bar))
    }

    // Branches.

    fn branch(
        &mut self,
        branch: &Branch<'g>,
        sweep: &mut Sweep<'_, 'g>,
        later: &dyn Fn() -> Vec<Expr<'g>>,
    ) -> Stmt<'g> {
        let seeds: Vec<Option<Expr<'g>>> = branch.results.iter().each(|leaf| sweep.leaves.remove(&leaf.id));
        if self.is_arithmetic(branch) {
            return Stmt::Branch(branch.clone());
        }
        if let Where::Joint { last } = sweep.place
            && known_before(sweep, &seeds, later)
        {
            let last = last && sweep.backward.is_empty() && !sweep.joined;
            let before = self.survey.clone();
            let swept = self.arms(branch, &seeds, Where::Joint { last });
            let joint = swept
                .iter()
                .flatten()
                .all(|arm| if last { self.is_ready(arm) } else { self.commutes(arm, &HashSet::default()) });
            if joint {
                sweep.joined = true;
                return Stmt::Branch(self.joint_branch(branch, swept, sweep));
            }
            self.survey = before;
        }
        let swept = self.arms(branch, &seeds, Where::Apart);
        let outer = outer_nodes(&swept);
        if outer.is_empty() && swept.iter().flatten().all(|arm| arm.backward.is_empty()) {
            return Stmt::Branch(branch.clone());
        }
        let mut forward = branch.clone();
        let mut backward = Vec::new();
        for (arm, swept) in forward.arms.iter_mut().zip(swept) {
            let zeros = vec![self.graph.constant(0.0); outer.len()];
            let mut region = Region { results: zeros, ..Region::default() };
            if let Some(swept) = swept {
                arm.region.body = swept.forward;
                region.body = swept.backward;
                region.results =
                    outer.iter().map(|id| swept.outer.get(id).copied()).each(or_zero(self.graph));
            }
            backward.push(region);
        }
        let taken = self.yield_taken(&mut forward);
        // What the adjoint of an arm reads of it is yielded by the branch, or computed again.
        for (i, region) in backward.iter_mut().enumerate() {
            let Kept { kept, .. } = self.keep(&forward.arms[i].region, &[], region);
            for (own, leaf) in kept {
                match own.ty() {
                    // There is nothing like it that the other arms could yield.
                    Ty::Aggregate => {
                        let tape = self.tape(own);
                        forward.arms[i].region.body.push(Stmt::Push { place: tape, value: own });
                        region.body.insert(0, Stmt::Pop { leaf, place: tape });
                    }
                    _ => self.yield_leaf(&mut forward, i, own, leaf),
                }
            }
        }
        let results = self.outer_results(&outer, &backward, sweep);
        sweep.backward.push(self.choice(&forward.head, taken, backward, results));
        Stmt::Branch(forward)
    }

    /// The halves of each arm that does not diverge.
    fn arms(
        &mut self,
        branch: &Branch<'g>,
        seeds: &[Option<Expr<'g>>],
        place: Where,
    ) -> Vec<Option<Swept<'g>>> {
        let mut swept = Vec::new();
        for arm in &branch.arms {
            if arm.region.diverges {
                swept.push(None);
                continue;
            }
            let results = arm.region.results.iter().zip(seeds);
            let targets: Vec<_> = results.each_some(|(result, seed)| Some((*result, (*seed)?)));
            let inner = Inner::of(&arm.region, &[]);
            swept.push(Some(self.sweep(&arm.region, &inner, &targets, place, false)));
        }
        swept
    }

    /// Each arm does its own adjoint at once.
    fn joint_branch(
        &mut self,
        branch: &Branch<'g>,
        swept: Vec<Option<Swept<'g>>>,
        sweep: &mut Sweep<'_, 'g>,
    ) -> Branch<'g> {
        let mut out = branch.clone();
        let outer = outer_nodes(&swept);
        for id in outer {
            let values = swept.iter().flatten().each(|arm| arm.outer.get(&id).copied());
            let node = self.graph.expr(id);
            if let Some(leaf) = join(self.graph, &mut out.results, &values, node.ty(), "bar") {
                self.yield_from(&mut out.arms, values);
                contribute(&mut sweep.pending, node, leaf);
            }
        }
        for (arm, swept) in out.arms.iter_mut().zip(swept) {
            if let Some(swept) = swept {
                arm.region.body = swept.forward;
                arm.region.body.push_all(swept.backward);
            }
        }
        out
    }

    /// A leaf for the number of the arm that is taken, unless the head tells.
    fn yield_taken(&mut self, branch: &mut Branch<'g>) -> Option<Expr<'g>> {
        if matches!(branch.head, Head::If(_) | Head::Block) {
            return None;
        }
        let taken = self.graph.symbol("taken", Ty::Opaque);
        branch.results.push(taken);
        for (i, arm) in branch.arms.iter_mut().enumerate().filter(|(_, arm)| !arm.region.diverges) {
            arm.region.results.push(self.graph.whole(i));
        }
        Some(taken)
    }

    /// Makes the branch yield a leaf of one of its arms under another name.
    fn yield_leaf(&self, branch: &mut Branch<'g>, arm: usize, own: Expr<'g>, leaf: Expr<'g>) {
        branch.results.push(leaf);
        for (i, other) in branch.arms.iter_mut().enumerate().filter(|(_, arm)| !arm.region.diverges) {
            let nothing = match own.ty() {
                Ty::Bool => self.graph.intern(Kind::Const(0), &[], Ty::Bool),
                Ty::Aggregate | Ty::Opaque => self.graph.intern(Kind::Const(0), &[], Ty::Aggregate),
                _ => self.graph.constant(0.0),
            };
            other.region.results.push(if i == arm { own } else { nothing });
        }
    }

    /// Leaves that stand for what the arms add to the adjoints of nodes from outside.
    fn outer_results(
        &mut self,
        outer: &[u32],
        regions: &[Region<'g>],
        sweep: &mut Sweep<'_, 'g>,
    ) -> Vec<Expr<'g>> {
        let mut results = Vec::new();
        for (i, id) in outer.iter().enumerate() {
            let node = self.graph.expr(*id);
            let values = regions.iter().map(|region| region.results.get(i).copied());
            let values: Vec<_> = values.each(|value| value.filter(|value| !value.is_zero()));
            match join(self.graph, &mut results, &values, node.ty(), "bar") {
                Some(leaf) => contribute(&mut sweep.pending, node, leaf),
                None => results.push(self.graph.symbol("bar", node.ty())),
            }
        }
        results
    }

    /// The branch with these arms that takes the arm which was taken.
    fn choice(
        &mut self,
        head: &Head<'g>,
        taken: Option<Expr<'g>>,
        regions: Vec<Region<'g>>,
        results: Vec<Expr<'g>>,
    ) -> Stmt<'g> {
        let arm = |region| Arm { pattern: None, guard: None, region };
        let Some(taken) = taken else {
            let arms = regions.into_iter().each(arm);
            return Stmt::Branch(Branch { head: head.clone(), arms, results });
        };
        // Arm 0, or else arm 1, …, or else the last.
        let mut rest: Option<Region<'g>> = None;
        let count = regions.len();
        for (i, region) in regions.into_iter().enumerate().rev() {
            rest = Some(match rest {
                None => region,
                Some(others) => {
                    let op = Op::infix("==").expect("the table has equality");
                    let condition = self.graph.raw(op, &[taken, self.graph.whole(i)]);
                    let fresh = |leaf: &Expr<'g>| self.graph.symbol("bar", leaf.ty());
                    let leaves: Vec<Expr<'g>> =
                        if i == 0 { results.clone() } else { results.iter().each(fresh) };
                    let others = padded(self.graph, others, leaves.len());
                    let region = padded(self.graph, region, leaves.len());
                    let branch = Branch {
                        head: Head::If(condition),
                        arms: vec![arm(region), arm(others)],
                        results: leaves.clone(),
                    };
                    Region { body: vec![Stmt::Branch(branch)], results: leaves, diverges: false }
                }
            });
        }
        let all = rest.unwrap_or_default();
        match (count, all.body.into_iter().next()) {
            (2.., Some(branch)) => branch,
            (_, first) => Stmt::Branch(Branch {
                head: Head::Block,
                arms: vec![arm(Region {
                    body: first.into_iter().list(),
                    results: all.results,
                    diverges: false,
                })],
                results,
            }),
        }
    }

    // Loops.

    fn looped(
        &mut self,
        looped: &Loop<'g>,
        sweep: &mut Sweep<'_, 'g>,
        before: &mut Vec<Stmt<'g>>,
        later: &dyn Fn() -> Vec<Expr<'g>>,
        zero: &HashSet<u32>,
    ) -> Stmt<'g> {
        let seeds: Vec<Option<Expr<'g>>> = looped.results.iter().each(|leaf| sweep.leaves.remove(&leaf.id));
        if seeds.iter().all(Option::is_none) && !self.writes_active(&looped.body) {
            return Stmt::Loop(looped.clone());
        }
        if let Where::Joint { .. } = sweep.place
            && known_before(sweep, &seeds, later)
            && let Some(fused) = self.fuse(looped, &seeds, sweep)
        {
            sweep.joined = true;
            return Stmt::Loop(fused);
        }
        self.split_if_chosen(looped, &seeds, sweep, before, zero)
    }

    /// Two loops, of which that for the adjoint is left out where something else was chosen. Not where it takes from
    /// lists, as these are to be empty in the end.
    fn split_if_chosen(
        &mut self,
        looped: &Loop<'g>,
        seeds: &[Option<Expr<'g>>],
        sweep: &mut Sweep<'_, 'g>,
        before: &mut Vec<Stmt<'g>>,
        zero: &HashSet<u32>,
    ) -> Stmt<'g> {
        let seed = if self.writes_active(&looped.body) { None } else { self.only_if_chosen(seeds) };
        let Some(seed) = seed else { return self.split(looped, seeds, sweep, before, zero) };
        let (begun, kept, tapes) = (sweep.backward.len(), before.len(), self.tapes.len());
        let pending = sweep.pending.clone();
        // Inside, it is not zero.
        let bar = self.graph.symbol("bar", seed.ty());
        let inside = seeds.iter().map(|seed| seed.map(|_| bar)).list();
        let own = self.split(looped, &inside, sweep, before, zero);
        let mut region = Region { body: sweep.backward.split_off(begun), ..Region::default() };
        if takes_back(&region) {
            before.truncate(kept);
            self.tapes.truncate(tapes);
            sweep.pending = pending;
            return self.split(looped, seeds, sweep, before, zero);
        }
        // What the loop hands on as it is.
        let handed = self.graph.symbol("bar", seed.ty());
        let known = [(bar.id, handed)].into_iter().collect();
        for (id, adjoint) in sweep.pending.iter().map(|(id, adjoint)| (*id, *adjoint)).list() {
            sweep.pending.insert(id, self.graph.rewrite(&[adjoint], &known, &|_| None)[0]);
        }
        substitute(self.graph, &mut region, &[(bar.id, seed)].into_iter().collect());
        sweep.backward.push(self.if_chosen(seed, region.body, Some(handed)));
        own
    }

    /// The one adjoint of a statement's results, if it is zero wherever something else was chosen, and is not
    /// differentiated again: then all that follows from it can be left out there.
    fn only_if_chosen(&mut self, seeds: &[Option<Expr<'g>>]) -> Option<Expr<'g>> {
        let seeds: Vec<Expr<'g>> = seeds.iter().flatten().copied().list();
        let [seed] = seeds[..] else { return None };
        (self.options.last && self.vanishes(seed) && self.is_chosen(seed)).then_some(seed)
    }

    /// The statements, which follow from nothing but this adjoint, where it is not zero. It may be `handed` on from there.
    fn if_chosen(&mut self, seed: Expr<'g>, body: Vec<Stmt<'g>>, handed: Option<Expr<'g>>) -> Stmt<'g> {
        let defined = body.iter().flat_map(Stmt::defines);
        let mut results: Vec<Expr<'g>> = defined.filter(|leaf| leaf.ty().is_real()).list();
        let mut values = results.clone();
        results.extend(handed);
        values.extend(handed.map(|_| seed));
        for leaf in &results {
            self.may_be_zero(*leaf);
            self.chosen.insert(leaf.id);
        }
        let arm = |region| Arm { pattern: None, guard: None, region };
        let region = Region { body, results: values, diverges: false };
        let zeros = Region { results: vec![self.graph.constant(0.0); results.len()], ..Region::default() };
        let arms = vec![arm(renamed(self.graph, &region)), arm(zeros)];
        Stmt::Branch(Branch { head: Head::If(seed.ne(0.0)), arms, results })
    }

    /// One loop for both sweeps, where no iteration's adjoint needs what a later one does: what is carried
    /// is only added to, and memory from outside only read, or scratch space.
    fn fuse(
        &mut self,
        looped: &Loop<'g>,
        seeds: &[Option<Expr<'g>>],
        sweep: &mut Sweep<'_, 'g>,
    ) -> Option<Loop<'g>> {
        let next = looped.body.results.iter().zip(seeds);
        let targets: Vec<_> = next.each_some(|(next, seed)| Some((*next, (*seed)?)));
        let inner = Inner::of(&looped.body, &looped.params);
        let before = self.survey.clone();
        self.survey.fused.insert(looped.number);
        let scratch = self.scratch_bars(looped);
        self.fresh = scratch.clone();
        let swept = self.sweep(&looped.body, &inner, &targets, Where::Joint { last: false }, false);
        let accumulates = looped
            .params
            .iter()
            .zip(seeds)
            .all(|(param, seed)| swept.params.get(&param.id).copied() == *seed);
        if !(accumulates && self.commutes(&swept, &scratch)) {
            self.survey = before;
            return None;
        }
        for (initial, seed) in looped.initial.iter().zip(seeds) {
            if let Some(seed) = seed
                && self.activity.is_active(*initial)
            {
                contribute(&mut sweep.pending, *initial, *seed);
            }
        }
        let mut out = looped.clone();
        out.whole.push_all(self.whole_bars(looped));
        out.body.body = swept.forward;
        // Lists of numbers that every iteration fills and empties are declared before the first.
        let is_tape = |stmt: &mut Stmt<'g>| match stmt {
            Stmt::Alloc { extent, init: Init::Empty(None), .. } => {
                extent.dims.is_empty() && extent.number.is_real()
            }
            _ => false,
        };
        self.tapes.extend(out.body.body.extract_if(.., is_tape));
        let mut backward = Region { body: swept.backward, ..Region::default() };
        self.overwrite(looped, &out.body, &mut backward);
        out.body.body.append(&mut backward.body);
        let carried = looped.params.len();
        let mut totals = Vec::new();
        for (id, term) in swept.outer {
            let node = self.graph.expr(id);
            let (param, total) = (self.graph.symbol("bar", node.ty()), self.graph.symbol("bar", node.ty()));
            out.params.push(param);
            out.initial.push(self.graph.constant(0.0));
            out.results.push(total);
            totals.push(param + term);
            contribute(&mut sweep.pending, node, total);
        }
        out.body.results.splice(carried..carried, totals);
        Some(out)
    }

    /// The adjoints of the places of which the loop comes to every element.
    fn whole_bars(&self, looped: &Loop<'g>) -> Vec<Expr<'g>> {
        looped.whole.iter().filter_map(|place| self.bars.get(&place.id).copied()).list()
    }

    /// The adjoints of the places that are scratch space of the loop's iterations.
    fn scratch_bars(&self, looped: &Loop<'g>) -> HashSet<u32> {
        let places = self.scratch.get(&looped.number);
        let places = places.into_iter().flat_map(HashSet::iter);
        places.filter_map(|place| self.bars.get(place)).map(|bar| bar.id).collect()
    }

    /// Overwrites adjoints of scratch space, where they stay apart from the forward sweep.
    fn overwrite(&self, looped: &Loop<'g>, forward: &Region<'g>, backward: &mut Region<'g>) {
        let places = self.scratch.get(&looped.number).into_iter().flat_map(HashSet::iter);
        let bars =
            places.filter(|place| self.written_once.contains(place)).filter_map(|place| self.bars.get(place));
        let met = forward.reads();
        for bar in bars.filter(|bar| !met.contains(bar)) {
            scratch::overwrite(backward, *bar);
        }
    }

    /// A second loop for the adjoint, which goes through the iterations backwards. Of the adjoints of places, some
    /// are `zero` where it begins.
    fn split(
        &mut self,
        looped: &Loop<'g>,
        seeds: &[Option<Expr<'g>>],
        sweep: &mut Sweep<'_, 'g>,
        before: &mut Vec<Stmt<'g>>,
        zero: &HashSet<u32>,
    ) -> Stmt<'g> {
        let inner = Inner::of(&looped.body, &looped.params);
        // Which of the carried values have an adjoint: more and more, until that suffices.
        let mut carried: Vec<bool> = seeds.iter().each(Option::is_some);
        // And which of these may vanish: on the way, or because they begin as zero.
        let mut vanishes: Vec<bool> = seeds.iter().each(|seed| seed.is_none_or(|seed| self.vanishes(seed)));
        let mut chosen = vec![false; carried.len()];
        let (bars, swept) = loop {
            let bar = |(param, carried): (&Expr<'g>, &bool)| {
                carried.then(|| self.graph.symbol(&format!("{}_bar", param.name()), param.ty()))
            };
            let bars: Vec<Option<Expr<'g>>> = looped.params.iter().zip(&carried).each(bar);
            for ((bar, vanishes), chosen) in bars.iter().zip(&vanishes).zip(&chosen) {
                if let (Some(bar), true) = (bar, vanishes) {
                    self.may_be_zero(*bar);
                    self.chosen.extend(chosen.then_some(bar.id));
                }
            }
            let next = looped.body.results.iter().zip(&bars);
            let targets: Vec<_> = next.each_some(|(next, bar)| Some((*next, (*bar)?)));
            self.fresh = self.scratch_bars(looped);
            let swept = self.sweep(&looped.body, &inner, &targets, Where::Apart, false);
            let known = |param: &Expr<'g>| swept.params.contains_key(&param.id);
            let more = looped.params.iter().zip(&carried).any(|(param, carried)| known(param) && !carried);
            let next = looped.params.iter().map(|param| swept.params.get(&param.id).copied());
            let zeros: Vec<bool> = next.each(|next| next.is_some_and(|next| self.vanishes(next)));
            let choices = looped.params.iter().map(|param| swept.params.get(&param.id));
            let choices: Vec<bool> = choices.each(|next| next.is_some_and(|next| self.is_chosen(*next)));
            let news = |i: usize| (zeros[i] && !vanishes[i]) || (choices[i] && !chosen[i]);
            if !more && !(0..zeros.len()).any(|i| carried[i] && news(i)) {
                break (bars, swept);
            }
            for (chosen, choice) in chosen.iter_mut().zip(choices) {
                *chosen |= choice;
            }
            for (vanishes, zero) in vanishes.iter_mut().zip(zeros) {
                *vanishes |= zero;
            }
            for (param, carried) in looped.params.iter().zip(&mut carried) {
                *carried |= known(param);
            }
        };
        let mut body = Region { body: swept.backward, ..Region::default() };
        let mut out = Loop {
            turn: Turn::Endless,
            params: Vec::new(),
            initial: Vec::new(),
            body: Region::default(),
            exits: false,
            results: Vec::new(),
            count: None,
            index: None,
            whole: Vec::new(),
            number: 0,
        };
        let nothing = self.graph.constant(0.0);
        let mut in_order = false;
        let (mut entries, mut steady) = (Vec::new(), HashMap::default());
        for (i, bar) in bars.iter().enumerate() {
            let Some(bar) = *bar else { continue };
            let next = swept.params.get(&looped.params[i].id).copied().unwrap_or(nothing);
            let (seed, initial) = (seeds[i].unwrap_or(nothing), looped.initial[i]);
            if next != bar {
                in_order = true;
                entries.push((bar, seed, next, initial));
                continue;
            }
            // It is the same in all iterations.
            steady.insert(bar.id, seed);
            if self.activity.is_active(initial) {
                contribute(&mut sweep.pending, initial, seed);
            }
        }
        let mut own = ids(&body.defines());
        own.extend(inner.leaves.iter().copied());
        own.extend(entries.iter().map(|(bar, ..)| bar.id));
        for (id, term) in swept.outer.iter() {
            let node = self.graph.expr(*id);
            let known = self.graph.rewrite(&[*term], &steady, &|_| None)[0];
            if let Some(total) = self.total(looped, &own, known) {
                contribute(&mut sweep.pending, node, total);
                continue;
            }
            let param = self.graph.symbol("bar", node.ty());
            entries.push((param, nothing, param + *term, node));
        }
        for (param, initial, next, to) in entries {
            let result = self.graph.symbol(&param.name(), param.ty());
            out.params.push(param);
            out.initial.push(initial);
            out.results.push(result);
            body.results.push(next);
            if self.activity.is_active(to) {
                contribute(&mut sweep.pending, to, result);
            }
        }
        substitute(self.graph, &mut body, &steady);
        let mut forward = looped.clone();
        forward.body.body = swept.forward;
        let Kept { kept, renamed } = self.keep(&forward.body, &looped.params, &mut body);
        let index = looped.index.and_then(|index| renamed.get(&index.id).copied());
        let counts = matches!(forward.turn, Turn::For { counts: Some(_), .. });
        in_order |= !self.is_apart(&body.body, index, counts) || takes_back(&body);
        out.index = index;
        // Where all iterations are known beforehand, they need no order for what is kept of them.
        let again = matches!(forward.turn, Turn::For { again: true, order: Order::Given, .. });
        let rows = again && !forward.exits && kept.iter().all(|(own, _)| own.ty() != Ty::Aggregate);
        in_order |= !kept.is_empty() && !rows;
        for (own, leaf) in kept {
            let tape = self.tape(own);
            let (keep, take) = match rows {
                true => (Stmt::Record { tape, value: own }, Stmt::Recall { leaf, tape }),
                false => (Stmt::Push { place: tape, value: own }, Stmt::Pop { leaf, place: tape }),
            };
            forward.body.body.push(keep);
            body.body.insert(0, take);
        }
        self.overwrite(looped, &forward.body, &mut body);
        out.body = body;
        out.whole = self.whole_bars(looped);
        out.turn = self.backwards(&mut forward, in_order);
        if let Some((mut run, back)) = self.checkpointed(looped, &forward, &out, sweep.place) {
            sweep.backward.push_all(back);
            let last = run.pop();
            before.push_all(run);
            return last.unwrap_or(Stmt::Loop(forward));
        }
        let after = alternate::alternate(self.graph, &mut out, zero);
        sweep.backward.push(Stmt::Loop(out));
        sweep.backward.extend(after);
        Stmt::Loop(forward)
    }

    /// A new list to keep such values in.
    fn tape(&mut self, own: Expr<'g>) -> Expr<'g> {
        let tape = self.graph.symbol(&format!("{}_tape", own.name()), Ty::Aggregate);
        let extent = Extent { number: own.ty(), dims: Vec::new() };
        self.tapes.push(Stmt::Alloc { place: tape, extent, init: Init::Empty(None) });
        tape
    }

    /// How the adjoint of a loop turns.
    fn backwards(&mut self, forward: &mut Loop<'g>, in_order: bool) -> Turn<'g> {
        if let Turn::For { pattern, over, again: true, order: Order::Given, counts } = &forward.turn {
            let (pattern, over, counts) = (*pattern, over.clone(), *counts);
            let order = match (forward.exits, in_order) {
                (false, false) => Order::Any,
                (false, true) => Order::Reversed,
                (true, _) => Order::ReversedFirst(count(self.graph, &mut forward.count)),
            };
            return Turn::For { pattern, over, again: true, order, counts };
        }
        Turn::Times(count(self.graph, &mut forward.count))
    }

    /// Whether the region changes active memory.
    fn writes_active(&mut self, region: &Region<'g>) -> bool {
        let mut writes = false;
        region.for_each(&mut |region| {
            for place in region.body.iter().flat(Stmt::changes) {
                writes |= self.bars.contains_key(&place.id) || self.activity.is_active(place);
            }
        });
        writes
    }

    /// Whether the adjoint can be computed before those of what follows: to the adjoints of outer places
    /// it only adds, and nothing that follows does more. The adjoints of scratch space are zero before and
    /// after.
    fn commutes(&self, swept: &Swept<'g>, scratch: &HashSet<u32>) -> bool {
        let only_added = |(bar, added): &(Expr<'g>, bool)| {
            scratch.contains(&bar.id) || (*added && !self.disturbed.contains(&bar.id))
        };
        self.bars_of(swept).iter().all(only_added) && self.is_ready(swept)
    }

    /// Whether the adjoints of outer places are there before the forward sweep is done.
    fn is_ready(&self, swept: &Swept<'g>) -> bool {
        self.bars_of(swept).iter().all(|(bar, _)| !self.late.contains(&bar.id))
    }

    fn bars_of(&self, swept: &Swept<'g>) -> Vec<(Expr<'g>, bool)> {
        self.outer_bars(&[&swept.forward[..], &swept.backward[..]].concat())
    }

    /// Whether iterations of these statements can be made in any order: to the adjoints of outer places
    /// they only add, or they only look at them, or each works on elements of its own.
    fn is_apart(&self, body: &[Stmt<'g>], index: Option<Expr<'g>>, counts: bool) -> bool {
        let region = Region { body: body.to_vec(), ..Region::default() };
        let mut changed: HashSet<u32> = HashSet::default();
        region.for_each(&mut |region| {
            changed.extend(region.body.iter().flat(Stmt::changes).iter().map(|place| place.id));
        });
        let mut others: Vec<Expr<'g>> = Vec::new();
        others.extend(self.outer_bars(body).iter().filter(|(_, added)| !added).map(|(bar, _)| *bar));
        others.retain(|bar| changed.contains(&bar.id));
        // Indices that are others in each iteration.
        let mut walking: Vec<Expr<'g>> = index.into_iter().list();
        walking.extend(body.iter().filter_map(|stmt| match stmt {
            Stmt::Bind { leaf, walk: Some(_), .. } if counts => Some(*leaf),
            _ => None,
        }));
        others.into_iter().all(|other| {
            let (mut elements, mut apart) = (Vec::new(), true);
            region.for_each(&mut |region| {
                for stmt in &region.body {
                    match stmt {
                        Stmt::Load { from: access, .. } | Stmt::Store { to: access, .. } => {
                            elements.extend((access.place == other).then(|| access.indices.clone()));
                        }
                        stmt => apart &= !stmt.reads().contains(&other),
                    }
                }
            });
            let same = |at: usize, index: &Expr<'g>| elements.iter().all(|of| of.get(at) == Some(index));
            let first = elements.first().into_iter().flatten().enumerate();
            apart && first.into_iter().any(|(at, index)| walking.contains(index) && same(at, index))
        })
    }

    /// The adjoints of outer places that the statements work on, and whether they only add to it there.
    fn outer_bars(&self, body: &[Stmt<'g>]) -> Vec<(Expr<'g>, bool)> {
        let bars: HashSet<u32> = self.bars.values().map(|bar| bar.id).collect();
        let region = Region { body: body.to_vec(), ..Region::default() };
        let own = ids(&region.defines());
        let mut found = Vec::new();
        region.for_each(&mut |region| {
            for stmt in &region.body {
                let added = stmt.adds_to();
                let places = match stmt {
                    Stmt::Load { from: Access { place, .. }, .. } => vec![*place],
                    Stmt::Call(_) | Stmt::AddAll { .. } => stmt.reads(),
                    stmt => stmt.changes(),
                };
                let outer = |place: &Expr<'g>| bars.contains(&place.id) && !own.contains(&place.id);
                found.extend(places.into_iter().filter(outer).map(|place| (place, added.contains(&place))));
            }
        });
        found
    }
}

/// Whether the region takes values from lists, which end with those of the last iteration.
fn takes_back(region: &Region<'_>) -> bool {
    let mut takes = false;
    region.for_each(&mut |region| {
        takes |= region.body.iter().any(|stmt| matches!(stmt, Stmt::Pop { .. } | Stmt::Recall { .. }));
    });
    takes
}

/// What the places of fixed lengths hold: those that the function is given, and those that it declares.
fn extents<'g>(function: &Function<'g>) -> HashMap<u32, Extent<'g>> {
    let mut found = HashMap::default();
    for variable in &function.variables {
        if let Variable::Place { place, extent, .. } = variable {
            found.insert(place.id, extent.clone());
        }
    }
    function.body.for_each(&mut |region| {
        for stmt in &region.body {
            if let Stmt::Alloc { place, extent, init: Init::Fill(_) } = stmt {
                found.insert(place.id, extent.clone());
            }
        }
    });
    found
}

/// The structs in a region of which no part is read or written by itself.
fn undivided(region: &Region<'_>) -> HashSet<u32> {
    let (mut structs, mut divided) = (HashSet::default(), HashSet::default());
    region.for_each(&mut |region| {
        for stmt in &region.body {
            match stmt {
                Stmt::Save { place, of } if of.extent.is_struct() => {
                    structs.insert(place.id);
                }
                Stmt::Call(call) => {
                    structs.extend(call.result.of_structs().iter().map(|leaf| leaf.id));
                }
                _ => {}
            }
            divided.extend(
                stmt.parts().iter().filter(|part| !part.indices.is_empty()).map(|part| part.place.id),
            );
        }
    });
    structs.iter().copied().filter(|place| !divided.contains(place)).collect()
}

/// Whether adjoints are made of nothing that comes to be at the statement or later, in either sweep.
fn known_before<'g>(
    sweep: &Sweep<'_, 'g>,
    seeds: &[Option<Expr<'g>>],
    later: &dyn Fn() -> Vec<Expr<'g>>,
) -> bool {
    let late: HashSet<u32> = ids(&[later(), sweep.backward.iter().flat(Stmt::defines)].concat());
    !seeds.iter().flatten().any(|seed| depends_on(*seed, &late))
}

/// The nodes from outside whose adjoints any of the arms adds to, in order.
fn outer_nodes(swept: &[Option<Swept<'_>>]) -> Vec<u32> {
    let mut outer: Vec<u32> = swept.iter().flatten().flat(|arm| arm.outer.keys().copied());
    outer.order();
    outer.dedup();
    outer
}

fn or_zero<'g>(graph: &'g Graph) -> impl Fn(Option<Expr<'g>>) -> Expr<'g> {
    move |value| value.unwrap_or(graph.constant(0.0))
}

/// An arm that never was taken yields zeros.
fn padded<'g>(graph: &'g Graph, mut region: Region<'g>, count: usize) -> Region<'g> {
    region.results.resize(count, graph.constant(0.0));
    region
}

fn count<'g>(graph: &'g Graph, known: &mut Option<Expr<'g>>) -> Expr<'g> {
    *known.get_or_insert_with(|| graph.symbol("count", Ty::Opaque))
}

fn contribute<'g>(adjoints: &mut SortedMap<u32, Expr<'g>>, to: Expr<'g>, term: Expr<'g>) {
    if term.is_zero() {
        return;
    }
    match adjoints.get(&to.id).copied() {
        Some(sum) if sum == -term => _ = adjoints.remove(&to.id),
        sum => adjoints.insert(to.id, sum.map_or(term, |sum| sum + term)),
    }
}
