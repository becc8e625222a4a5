//! The chain rule forwards, on regions and on the graph inside them. It names no operation.
//!
//! A tangent that is structurally zero is absent, never `0.0`: nothing is multiplied by it, so no
//! NaN can come of `0 · ∞`. Where some arms of a branch yield a zero and others don't, the leaf that
//! stands for their tangents is masked ([`Expr::masked`]), which carries that on at run time.

use crate::activity::Activity;
use crate::graph::{Expr, Graph, Kind, Ty};
use crate::hash::HashMap;
use crate::list::{List, PushAll, Sort};
use crate::region::{Argument, Arm, Branch, By, Call, Extent, Init, Loop, Part, Product, Region, Stmt, Tree};

/// The tangents of a value, one a direction; `None` is zero.
pub(crate) type Tangents<'g> = Vec<Option<Expr<'g>>>;

/// Differentiates `region` along directions: `seeds` gives the tangents of leaves, and for places those in
/// which their tangents are. The region comes back with branches and loops that yield tangents too and
/// with a place beside each that holds some, and with it the tangents of its results.
pub(crate) fn forward<'g>(
    graph: &'g Graph,
    region: &Region<'g>,
    seeds: &[(Expr<'g>, Tangents<'g>)],
) -> (Region<'g>, Vec<Tangents<'g>>) {
    let directions = seeds.first().map_or(0, |(_, tangents)| tangents.len());
    let places = region.results.iter().filter(|result| result.ty() == Ty::Aggregate);
    let active = seeds.iter().map(|(leaf, _)| leaf).chain(places).copied();
    let mut pass = Forward {
        graph,
        variables: seeds.iter().each(|(leaf, _)| leaf.id),
        directions,
        activity: Activity::new(region, active),
        tangents: HashMap::default(),
    };
    for (leaf, tangents) in seeds {
        pass.tangents.insert(leaf.id, tangents.clone());
    }
    pass.region(region)
}

/// A zero in the place of the derivative of a number, or of what only its type tells what numbers it is made of.
pub(crate) fn zero_of<'g>(graph: &'g Graph, value: Expr<'g>) -> Expr<'g> {
    if value.ty() == Ty::Opaque { graph.whole(0) } else { graph.constant(0.0) }
}

struct Forward<'g> {
    graph: &'g Graph,
    /// The leaves that have tangents from the start.
    variables: Vec<u32>,
    directions: usize,
    activity: Activity,
    tangents: HashMap<u32, Tangents<'g>>,
}

impl<'g> Forward<'g> {
    fn region(&mut self, region: &Region<'g>) -> (Region<'g>, Vec<Tangents<'g>>) {
        let body = region.body.iter().flat(|stmt| self.stmt(stmt));
        let tangents = region.results.iter().each(|&result| self.tangent(result));
        (Region { body, ..region.clone() }, tangents)
    }

    /// The statement, and what is to be done for the tangents.
    fn stmt(&mut self, stmt: &Stmt<'g>) -> Vec<Stmt<'g>> {
        let mut out = vec![stmt.clone()];
        match stmt {
            Stmt::Copy { .. } | Stmt::Bind { .. } => {}
            Stmt::Forget { .. } => out.clear(),
            Stmt::Branch(branch) => out[0] = Stmt::Branch(self.branch(branch)),
            Stmt::Loop(looped) => out[0] = Stmt::Loop(self.looped(looped)),
            Stmt::Alloc { place, extent, init } if self.activity.is_active(*place) => {
                let number = extent.number;
                for dot in self.shadows(*place) {
                    let (place, extent) = (dot.place, extent.clone());
                    out.push(match (dot.new, init) {
                        (false, _) => Stmt::Clear { place, extent },
                        (true, Init::Fill(_)) => {
                            let zero = self.graph.cast(self.graph.constant(0.0), number);
                            Stmt::Alloc { place, extent, init: Init::Fill(zero) }
                        }
                        (true, Init::Empty(_) | Init::Like(_) | Init::Zeros(_)) => {
                            Stmt::Alloc { place, extent, init: init.clone() }
                        }
                    });
                }
            }
            Stmt::Clear { place, extent } if self.activity.is_active(*place) => {
                for dot in self.shadows(*place) {
                    out.push(Stmt::Clear { place: dot.place, extent: extent.clone() });
                }
            }
            Stmt::Load { leaf, from } if self.activity.is_active(*leaf) => {
                let mut tangents = Tangents::new();
                for shadow in self.shadows(from.place) {
                    let dot = self.graph.symbol("dot", leaf.ty());
                    out.push(Stmt::Load { leaf: dot, from: from.of(shadow.place) });
                    tangents.push(Some(dot));
                }
                self.tangents.insert(leaf.id, tangents);
            }
            Stmt::LoadRun { leaves, from } if self.activity.is_active(from.place) => {
                let mut dots: Vec<Tangents<'g>> = vec![Tangents::new(); leaves.len()];
                for shadow in self.shadows(from.place) {
                    let run = leaves.iter().map(|leaf| self.graph.symbol("dot", leaf.ty())).list();
                    dots.iter_mut().zip(&run).for_each(|(dots, dot)| dots.push(Some(*dot)));
                    out.push(Stmt::LoadRun { leaves: run, from: from.of(shadow.place) });
                }
                self.tangents.extend(leaves.iter().map(|leaf| leaf.id).zip(dots));
            }
            Stmt::Store { to, value, add } if self.activity.is_active(to.place) => {
                for (shadow, tangent) in self.shadows(to.place).into_iter().zip(self.tangent(*value)) {
                    if tangent.is_some() || !add {
                        let value = tangent.unwrap_or(self.graph.constant(0.0));
                        out.push(Stmt::Store { to: to.of(shadow.place), value, add: *add });
                    }
                }
            }
            Stmt::StoreRun { to, values, add } if self.activity.is_active(to.place) => {
                for (at, shadow) in self.shadows(to.place).into_iter().enumerate() {
                    let dots = values.iter().map(|value| self.tangent(*value)[at]).list();
                    if *add && dots.iter().all(Option::is_none) {
                        continue;
                    }
                    let values = dots.iter().map(|dot| dot.unwrap_or(self.graph.constant(0.0))).list();
                    out.push(Stmt::StoreRun { to: to.of(shadow.place), values, add: *add });
                }
            }
            Stmt::Push { place, value } if self.activity.is_active(*place) => {
                for (shadow, tangent) in self.shadows(*place).into_iter().zip(self.tangent(*value)) {
                    let value = tangent.unwrap_or(self.graph.constant(0.0));
                    out.push(Stmt::Push { place: shadow.place, value });
                }
            }
            Stmt::Record { tape, value } if self.activity.is_active(*tape) => {
                for (shadow, tangent) in self.shadows(*tape).into_iter().zip(self.tangent(*value)) {
                    let value = tangent.unwrap_or(self.graph.constant(0.0));
                    out.push(Stmt::Record { tape: shadow.place, value });
                }
            }
            Stmt::Recall { leaf, tape } if self.activity.is_active(*leaf) => {
                let mut tangents = Tangents::new();
                for shadow in self.shadows(*tape) {
                    let dot = self.graph.symbol("dot", leaf.ty());
                    out.push(Stmt::Recall { leaf: dot, tape: shadow.place });
                    tangents.push(Some(dot));
                }
                self.tangents.insert(leaf.id, tangents);
            }
            Stmt::Rows { rows, tapes, over } => {
                let (mut row_dots, mut tape_dots) = (Vec::new(), Vec::new());
                for (row, tape) in rows.iter().zip(tapes) {
                    if self.activity.is_active(*tape) {
                        row_dots.extend(self.shadows(*row).iter().map(|shadow| shadow.place));
                        tape_dots.extend(self.shadows(*tape).iter().map(|shadow| shadow.place));
                    }
                }
                if !row_dots.is_empty() {
                    out.push(Stmt::Rows { rows: row_dots, tapes: tape_dots, over: over.clone() });
                }
            }
            Stmt::Pop { leaf, place } if self.activity.is_active(*leaf) => {
                let mut tangents = Tangents::new();
                for shadow in self.shadows(*place) {
                    let dot = self.graph.symbol("dot", leaf.ty());
                    out.push(Stmt::Pop { leaf: dot, place: shadow.place });
                    tangents.push(Some(dot));
                }
                self.tangents.insert(leaf.id, tangents);
            }
            Stmt::Swap(a, b) if self.activity.is_active(a.place) => {
                let shadows = self.shadows(a.place).into_iter().zip(self.shadows(b.place));
                out.push_all(shadows.map(|(x, y)| Stmt::Swap(a.of(x.place), b.of(y.place))));
            }
            Stmt::Save { place, of } if self.activity.is_active(*place) => {
                let sources = self.activity.is_active(of.access.place).then(|| self.shadows(of.access.place));
                for (i, shadow) in self.shadows(*place).into_iter().enumerate() {
                    out.push(match &sources {
                        Some(sources) => Stmt::Save { place: shadow.place, of: of.of(sources[i].place) },
                        None => zeros_like(self.graph, shadow.place, *place, &of.extent),
                    });
                }
            }
            Stmt::Restore { place, from } if self.activity.is_active(*place) => {
                let dots = self.shadows(*from);
                for (shadow, dot) in self.shadows(*place).into_iter().zip(dots) {
                    out.push(Stmt::Restore { place: shadow.place, from: dot.place });
                }
            }
            Stmt::AddAll { to, from, scale } if self.activity.is_active(to.access.place) => {
                let sources = self.shadows(from.access.place);
                let along = scale.map(|scale| self.tangent(scale));
                for (i, dot) in self.shadows(to.access.place).into_iter().enumerate() {
                    let to = to.of(dot.place);
                    if let Some(scale) = along.as_ref().and_then(|along| along[i]) {
                        out.push(Stmt::AddAll { to: to.clone(), from: from.clone(), scale: Some(scale) });
                    }
                    if self.activity.is_active(from.access.place) {
                        out.push(Stmt::AddAll { to, from: from.of(sources[i].place), scale: *scale });
                    }
                }
            }
            Stmt::Call(call) if stmt.reads().into_iter().any(|read| self.activity.is_active(read)) => {
                out.clear();
                self.call(call, &mut out);
            }
            // Arrays that it returns may be written to later.
            Stmt::Call(call) => {
                for place in call.defines() {
                    if place.ty() == Ty::Aggregate && self.activity.is_active(place) {
                        let extent = Extent::unseen();
                        for shadow in self.shadows(place) {
                            out.push(zeros_like(self.graph, shadow.place, place, &extent));
                        }
                    }
                }
            }
            _ => {}
        }
        out
    }

    /// A call by the product that yields tangents too.
    fn call(&mut self, call: &Call<'g>, out: &mut Vec<Stmt<'g>>) {
        for leaf in call.defines() {
            let dots = (0..self.directions).each(|_| Some(self.graph.symbol("dot", leaf.ty())));
            self.tangents.insert(leaf.id, dots);
        }
        match call.product {
            Product::Value => {
                // What the call changes has changed after the first direction: the others work on copies.
                let mut copies = Vec::new();
                for _ in 1..self.directions {
                    let args = call.args.iter().map(|arg| match arg {
                        Argument::Memory { part, by: By::MutableReference } => {
                            let place = self.graph.symbol(&part.access.place.name(), Ty::Aggregate);
                            out.push(Stmt::Save { place, of: part.clone() });
                            let part = Part::whole(place, part.extent.clone());
                            Argument::Memory { part, by: By::MutableReference }
                        }
                        arg => arg.clone(),
                    });
                    copies.push(args.list());
                }
                for direction in 0..self.directions {
                    let args = if direction == 0 { &call.args } else { &copies[direction - 1] };
                    let seeds = self.dots(call, direction, out);
                    // The value comes with the first direction.
                    let again = |leaf: &Expr<'g>| self.graph.symbol(&leaf.name(), leaf.ty());
                    let result =
                        if direction == 0 { call.result.clone() } else { call.result.map(&mut { again }) };
                    let tangent = |leaf: &Expr<'g>| self.tangents[&leaf.id][direction].unwrap_or(*leaf);
                    let returns = call.result != Tree::Tuple(Vec::new());
                    let derivatives = returns.then(|| call.result.map(&mut { tangent }));
                    out.push(Stmt::Call(Call {
                        product: Product::Jvp,
                        args: args.clone(),
                        seeds,
                        result,
                        derivatives,
                        ..call.clone()
                    }));
                }
            }
            Product::Jvp | Product::Vjp | Product::Hvp => {
                out.push(Stmt::Call(call.clone()));
                self.call_twice(call, out);
            }
        }
    }

    /// The tangents of a call's arguments, along a direction.
    fn dots(&mut self, call: &Call<'g>, direction: usize, out: &mut Vec<Stmt<'g>>) -> Vec<Argument<'g>> {
        let mut dots = Vec::new();
        for arg in &call.args {
            match arg {
                Argument::Numbers { value, borrowed } => {
                    if arg.is_real() {
                        let value = value.map(&mut |leaf| match leaf.ty() {
                            Ty::Aggregate => {
                                self.dot_of(&Part::whole(*leaf, Extent::of_struct()), direction, out)
                            }
                            _ => self.tangent(*leaf)[direction].unwrap_or(zero_of(self.graph, *leaf)),
                        });
                        dots.push(Argument::Numbers { value, borrowed: *borrowed });
                    }
                }
                Argument::Memory { part, by } => {
                    let dot = self.dot_of(part, direction, out);
                    let part = match self.activity.is_active(part.access.place) {
                        true => part.of(dot),
                        false => Part::whole(dot, part.extent.clone()),
                    };
                    dots.push(Argument::Memory { part, by: *by });
                }
            }
        }
        dots
    }

    /// The place with the tangents of what a part is of; or with those of the part, zeros, if it carries none.
    fn dot_of(&mut self, part: &Part<'g>, direction: usize, out: &mut Vec<Stmt<'g>>) -> Expr<'g> {
        let place = part.access.place;
        if self.activity.is_active(place) {
            return self.shadows(place)[direction].place;
        }
        let dot = self.graph.symbol(&format!("{}_dot", place.name()), Ty::Aggregate);
        out.push(zeros_like(self.graph, dot, place, &part.extent));
        dot
    }

    /// The tangents of what a call of `vjp` yields: `hvp` along the arguments' tangents, and `vjp` again
    /// with the tangent of the seed, in which it is linear.
    fn call_twice(&mut self, call: &Call<'g>, out: &mut Vec<Stmt<'g>>) {
        let fresh = |tree: &Tree<Expr<'g>>| tree.map(&mut |leaf| self.graph.symbol(&leaf.name(), leaf.ty()));
        let (scalar, seed) = match call.seeds.first() {
            Some(Argument::Numbers { value: Tree::Leaf(seed), .. }) if seed.ty() != Ty::Aggregate => {
                (true, Some(*seed))
            }
            _ => (false, None),
        };
        let own_seeds = call.seeds.clone();
        let mut products = Vec::new();
        for direction in 0..self.directions {
            let dots = self.dots(call, direction, out);
            let mut terms = Vec::new();
            // The curvature, times the seed.
            let seeds = if scalar { dots } else { own_seeds.iter().cloned().joined(dots) };
            terms.push((Product::Hvp, seeds, if scalar { seed } else { None }));
            let varies = own_seeds.iter().flat_map(|seed| match seed {
                Argument::Numbers { value, .. } => value.leaves().into_iter().copied().list(),
                _ => Vec::new(),
            });
            if varies.into_iter().any(|leaf| self.activity.is_active(leaf)) {
                let seeds = own_seeds.iter().map(|seed| match seed {
                    Argument::Numbers { value, borrowed } => {
                        let value = value.map(&mut |leaf| match leaf.ty() {
                            Ty::Aggregate => {
                                self.dot_of(&Part::whole(*leaf, Extent::of_struct()), direction, out)
                            }
                            _ => self.tangent(*leaf)[direction].unwrap_or(self.graph.constant(0.0)),
                        });
                        Argument::Numbers { value, borrowed: *borrowed }
                    }
                    seed => seed.clone(),
                });
                terms.push((Product::Vjp, seeds.list(), None));
            }
            products.push(terms);
        }
        for (direction, terms) in products.into_iter().enumerate() {
            let mut sums: Vec<Option<Expr<'g>>> = Vec::new();
            for (product, seeds, scale) in terms {
                let derivatives = call.derivatives.as_ref().map(fresh);
                let mut buffers = Vec::new();
                let mut after = Vec::new();
                for buffer in &call.buffers {
                    let Argument::Memory { part, by } = buffer else { continue };
                    let to = part.of(self.shadows(part.access.place)[direction].place);
                    if call.itself && product == Product::Vjp {
                        buffers.push(Argument::Memory { part: to, by: *by });
                        continue;
                    }
                    let place = self.graph.symbol(&part.access.place.name(), Ty::Aggregate);
                    let extent = part.extent.clone();
                    let init = Init::Fill(self.graph.cast(self.graph.constant(0.0), extent.number));
                    out.push(Stmt::Alloc { place, extent: extent.clone(), init });
                    let from = Part::whole(place, extent);
                    buffers.push(Argument::Memory { part: from.clone(), by: *by });
                    after.push(Stmt::AddAll { to, from, scale });
                }
                let result = match product {
                    Product::Hvp => Tree::Tuple(Vec::new()),
                    _ => fresh(&call.result),
                };
                out.push(Stmt::Call(Call {
                    product,
                    seeds,
                    buffers,
                    result,
                    derivatives: derivatives.clone(),
                    ..call.clone()
                }));
                out.push_all(after);
                let leaves = derivatives.iter().flat(|tree| tree.leaves().into_iter().copied());
                let own = call.derivatives.iter().flat(|tree| tree.leaves().into_iter().copied());
                for (i, (leaf, own)) in leaves.into_iter().zip(own).enumerate() {
                    if leaf.ty() == Ty::Aggregate {
                        let dot = self.tangents[&own.id][direction].unwrap_or(own);
                        let extent = Extent::unseen();
                        if sums.len() <= i {
                            sums.push(None);
                            out.push(Stmt::Alloc {
                                place: dot,
                                extent: extent.clone(),
                                init: Init::Like(own),
                            });
                        }
                        let (to, from) = (Part::whole(dot, extent.clone()), Part::whole(leaf, extent));
                        out.push(Stmt::AddAll { to, from, scale });
                        continue;
                    }
                    let term = scale.map_or(leaf, |scale| scale * leaf);
                    match sums.get_mut(i) {
                        Some(sum) => *sum = sum.map(|sum| sum + term),
                        None => sums.push(Some(term)),
                    }
                }
            }
            let own = call.derivatives.iter().flat(|tree| tree.leaves().into_iter().copied());
            for (leaf, sum) in own.into_iter().zip(sums) {
                if let (Some(sum), Some(tangents)) = (sum, self.tangents.get_mut(&leaf.id)) {
                    tangents[direction] = Some(sum);
                }
            }
        }
    }

    /// The places that hold the tangents of a place.
    fn shadows(&mut self, place: Expr<'g>) -> Vec<Shadow<'g>> {
        let known = self.tangents.get(&place.id).cloned();
        let new = known.is_none();
        let tangents = known.unwrap_or_else(|| {
            let shadow = |_| Some(self.graph.symbol(&format!("{}_dot", place.name()), Ty::Aggregate));
            (0..self.directions).each(shadow)
        });
        self.tangents.insert(place.id, tangents.clone());
        tangents.into_iter().flatten().each(|place| Shadow { place, new })
    }

    fn looped(&mut self, looped: &Loop<'g>) -> Loop<'g> {
        let mut out = looped.clone();
        let carried = looped.params.len();
        // Which tangents it carries: by the number of the parameter, and the direction.
        let mut columns = Vec::new();
        for (i, &param) in looped.params.iter().enumerate() {
            if !self.activity.is_active(param) {
                self.tangents.insert(param.id, vec![None; self.directions]);
                self.tangents.insert(looped.results[i].id, vec![None; self.directions]);
                continue;
            }
            let initial = self.tangent(looped.initial[i]);
            let dots = || -> Tangents<'g> {
                (0..self.directions).each(|_| Some(self.graph.symbol("dot", param.ty())))
            };
            let (params, results) = (dots(), dots());
            for (direction, dot) in initial.into_iter().enumerate() {
                columns.push((i, direction));
                out.initial.push(dot.unwrap_or(self.graph.constant(0.0)));
            }
            out.params.push_all(params.iter().flatten().copied());
            out.results.push_all(results.iter().flatten().copied());
            self.tangents.insert(param.id, params);
            self.tangents.insert(looped.results[i].id, results);
        }
        let (body, tangents) = self.region(&looped.body);
        out.body = body;
        let next =
            columns.iter().map(|&(i, direction)| tangents[i][direction].unwrap_or(self.graph.constant(0.0)));
        out.body.results.splice(carried..carried, next.list());
        out
    }

    fn branch(&mut self, branch: &Branch<'g>) -> Branch<'g> {
        let mut arms: Vec<(Arm<'g>, Vec<Tangents<'g>>)> = Vec::new();
        for arm in &branch.arms {
            let (region, tangents) = self.region(&arm.region);
            arms.push((Arm { region, ..arm.clone() }, tangents));
        }
        let mut results = branch.results.clone();
        let variables = std::mem::take(&mut self.variables);
        let active = |side| self.tangent(side).iter().any(Option::is_some);
        let exact = branch.equality().filter(|(sides, _)| is_point(sides, active, &variables));
        self.variables = variables;
        let exact = exact.map(|(_, arms)| arms);
        for (i, &leaf) in branch.results.iter().enumerate() {
            let mut tangents = Tangents::new();
            for direction in 0..self.directions {
                let mut values: Vec<Option<Expr<'g>>> = Vec::new();
                for (arm, dots) in &arms {
                    if !arm.region.diverges {
                        values.push(dots[i][direction]);
                    }
                }
                if let Some(arms) = exact {
                    at_equality(arms, &mut values);
                }
                tangents.push(join(self.graph, &mut results, &values, leaf.ty(), "dot"));
                if tangents[direction].is_some() {
                    let mut values = values.into_iter();
                    for (arm, _) in arms.iter_mut().filter(|(arm, _)| !arm.region.diverges) {
                        let value = values.next().flatten().unwrap_or(self.graph.constant(0.0));
                        arm.region.results.push(value);
                    }
                }
            }
            self.tangents.insert(leaf.id, tangents);
        }
        let arms = arms.into_iter().each(|(arm, _)| arm);
        Branch { head: branch.head.clone(), arms, results }
    }

    /// The tangents of one expression, by way of all it is computed from.
    fn tangent(&mut self, root: Expr<'g>) -> Tangents<'g> {
        // What is not known yet, arguments before what uses them.
        let mut order = Vec::new();
        let mut stack = vec![root];
        let mut seen = crate::hash::HashSet::default();
        while let Some(expr) = stack.pop() {
            if !self.tangents.contains_key(&expr.id) && seen.insert(expr.id) {
                order.push(expr);
                stack.push_all(expr.chain_args());
            }
        }
        order.order();
        for expr in order {
            let tangents = self.chain(expr);
            self.tangents.insert(expr.id, tangents);
        }
        self.tangents[&root.id].clone()
    }

    fn chain(&self, expr: Expr<'g>) -> Tangents<'g> {
        let mut sum: Tangents<'g> = vec![None; self.directions];
        if !expr.ty().is_real() {
            return sum;
        }
        for (i, arg) in expr.chain_args().into_iter().enumerate() {
            let dots = &self.tangents[&arg.id];
            if dots.iter().all(Option::is_none) {
                continue;
            }
            if expr.kind() == Kind::Cast {
                return dots.iter().each(|dot| dot.map(|dot| self.graph.cast(dot, expr.ty())));
            }
            let partial = expr.partial(i);
            if partial.is_zero() {
                continue;
            }
            for (total, dot) in sum.iter_mut().zip(dots) {
                if let Some(dot) = dot {
                    let term = partial * dot.guarded();
                    *total = Some(total.map_or(term, |total| total + term)).filter(|total| !total.is_zero());
                }
            }
        }
        sum
    }
}

/// A new place of the same size as another one, all zeros.
fn zeros_like<'g>(graph: &'g Graph, place: Expr<'g>, other: Expr<'g>, extent: &Extent<'g>) -> Stmt<'g> {
    let init = match extent.dims.is_empty() {
        true => Init::Like(other),
        false => Init::Fill(graph.cast(graph.constant(0.0), extent.number)),
    };
    Stmt::Alloc { place, extent: extent.clone(), init }
}

/// A place that holds tangents, and whether it is not there yet.
struct Shadow<'g> {
    place: Expr<'g>,
    new: bool,
}

/// Whether the two sides of an equality are a variable and a number, so that they are equal at a single
/// point. What is computed may equal something on a whole interval: `x.trunc() == 0.0`, `x == x`.
pub(crate) fn is_point<'g>(
    sides: &[Expr<'g>; 2],
    mut active: impl FnMut(Expr<'g>) -> bool,
    variables: &[u32],
) -> bool {
    let [a, b] = *sides;
    match (active(a), active(b)) {
        (true, false) => variables.contains(&a.id),
        (false, true) => variables.contains(&b.id),
        _ => false,
    }
}

/// Derivatives in the arms of `if a == b { … } else { … }`: where the two sides are equal, and so in one
/// point only, a function that is differentiable there has the derivative that the other arm tends to. If
/// that is no number there, as in `if x == 0.0 { 1.0 } else { x.sin() / x }`, the arm's own remains.
pub(crate) fn at_equality<'g>((equal, other): (usize, usize), values: &mut [Option<Expr<'g>>]) {
    let Some(limit) = values[other].map(Expr::simplify) else { return };
    let own = values[equal].unwrap_or(limit.graph().constant(0.0));
    values[equal] = Some(match limit.as_constant() {
        Some(_) => limit,
        None => limit.is_finite().select(limit, own),
    });
}

/// A leaf, appended to `results`, for the values that the arms of a branch yield; none if all are
/// structurally zero, and masked if some are or may be.
pub(crate) fn join<'g>(
    graph: &'g Graph,
    results: &mut Vec<Expr<'g>>,
    values: &[Option<Expr<'g>>],
    ty: Ty,
    name: &str,
) -> Option<Expr<'g>> {
    if values.iter().all(Option::is_none) {
        return None;
    }
    let leaf = graph.symbol(name, ty);
    results.push(leaf);
    let vanishes = values.iter().any(|value| value.is_none_or(Expr::may_vanish));
    Some(if vanishes { leaf.masked() } else { leaf })
}

impl<'g> Expr<'g> {
    /// The derivative by `variable`, a leaf of the graph, simplified.
    ///
    /// ```
    /// # use deriv_engine as deriv_core;
    /// let g = deriv_core::Graph::new();
    /// let x = g.var("x");
    /// assert_eq!(x.sin().differentiate(x).to_string(), "cos(x)");
    /// ```
    pub fn differentiate(self, variable: Expr<'g>) -> Expr<'g> {
        let region = Region { results: vec![self], ..Region::default() };
        let one = self.graph.constant(1.0);
        let (_, tangents) = forward(self.graph, &region, &[(variable, vec![Some(one)])]);
        tangents[0][0].unwrap_or(self.graph.constant(0.0)).simplify()
    }
}
