//! Calls backwards: by the product `vjp` of the function that is called.

use super::{Reverse, Sweep, Where, contribute, known_before};
use crate::graph::{Expr, Ty, ids};
use crate::list::{List, PushAll};
use crate::region::{Access, Argument, By, Call, Extent, Init, Part, Product, Stmt, Tree};
use crate::tidy::depends_on;

impl<'g> Reverse<'g> {
    /// What the call becomes in the forward half; `before` gets what must come before it. Where its adjoint is
    /// known already, the product makes the value too, and nothing is called twice.
    pub(super) fn call(
        &mut self,
        call: &Call<'g>,
        sweep: &mut Sweep<'_, 'g>,
        before: &mut Vec<Stmt<'g>>,
        later: &dyn Fn() -> Vec<Expr<'g>>,
    ) -> Stmt<'g> {
        let adjoints: Vec<Option<Expr<'g>>> =
            call.result.leaves().iter().each(|leaf| sweep.leaves.remove(&leaf.id));
        let bars = call.defines().into_iter().chain(call.changes());
        let wanted = bars.into_iter().any(|place| self.bars.contains_key(&place.id));
        if !wanted && adjoints.iter().all(Option::is_none) {
            return Stmt::Call(call.clone());
        }
        let at_once = self.options.last
            && !wanted
            && call.changes().is_empty()
            && matches!(sweep.place, Where::Joint { .. })
            && known_before(sweep, &adjoints, later);
        let args = match at_once {
            true => call.args.clone(),
            false => call.args.iter().each(|arg| self.as_it_was(call, arg, before)),
        };
        let chosen = if at_once || wanted { None } else { self.only_if_chosen(&adjoints) };
        let mut allocs = Vec::new();
        // The seed has the structure of the result.
        let zero = self.graph.constant(0.0);
        let mut adjoints = adjoints.into_iter();
        let mut seed_of = |leaf: &Expr<'g>| {
            let adjoint = adjoints.next().flatten();
            self.bars.get(&leaf.id).copied().or(adjoint).unwrap_or(zero)
        };
        let seed = call.result.map(&mut seed_of);
        let mut seeds = Vec::new();
        if seed != Tree::Tuple(Vec::new()) {
            seeds.push(Argument::Numbers { value: seed, borrowed: false });
        }
        let mut buffers = Vec::new();
        let mut entries = Vec::new();
        let mut after = Vec::new();
        for arg in &call.args {
            match arg {
                Argument::Numbers { value, .. } => {
                    if arg.is_real() {
                        let adjoint = value.map(&mut |number| self.graph.symbol("bar", number.ty()));
                        for (number, adjoint) in value.leaves().into_iter().zip(adjoint.leaves()) {
                            if let Some(&bar) = self.bars.get(&number.id) {
                                let part = |place| Part::whole(place, Extent::of_struct());
                                after.push(Stmt::AddAll { to: part(bar), from: part(*adjoint), scale: None });
                            } else if self.activity.is_active(*number) {
                                contribute(&mut sweep.pending, *number, *adjoint);
                            }
                        }
                        entries.push(adjoint);
                    }
                }
                Argument::Memory { part, by: By::MutableReference } => {
                    let part = match self.bars.get(&part.access.place.id) {
                        Some(&bar) => part.of(bar),
                        None => self.buffer(part, &mut allocs),
                    };
                    seeds.push(Argument::Memory { part, by: By::MutableReference });
                }
                Argument::Memory { part, .. } => {
                    if let Some(part) = self.own_bar(call, part, &buffers, at_once) {
                        buffers.push(Argument::Memory { part, by: By::MutableReference });
                        continue;
                    }
                    let from = if part.extent.is_counted() {
                        let part = self.buffer(part, &mut allocs);
                        buffers.push(Argument::Memory { part: part.clone(), by: By::MutableReference });
                        part
                    } else {
                        let place = self.graph.symbol("bar", Ty::Aggregate);
                        entries.push(Tree::Leaf(place));
                        Part::whole(place, part.extent.clone())
                    };
                    if let Some(&bar) = self.bars.get(&part.access.place.id) {
                        after.push(Stmt::AddAll { to: part.of(bar), from, scale: None });
                    }
                }
            }
        }
        let result = match at_once {
            true => call.result.clone(),
            false => call.result.map(&mut |leaf| self.graph.symbol(&leaf.name(), leaf.ty())),
        };
        let product = Stmt::Call(Call {
            function: call.function,
            product: Product::Vjp,
            itself: call.itself,
            method: call.method,
            args,
            seeds,
            buffers,
            result,
            derivatives: together(entries),
            number: 0,
        });
        if at_once {
            before.push_all(allocs);
            sweep.backward.push_all(after);
            return product;
        }
        let mut body = allocs;
        body.push(product);
        body.extend(after);
        match chosen {
            Some(seed) => sweep.backward.push(self.if_chosen(seed, body, None)),
            None => sweep.backward.extend(body),
        }
        Stmt::Call(call.clone())
    }

    /// The adjoint of the part, if the product may write there itself, and does not as yet, by any of the `buffers`. One
    /// that adds may wherever it only is added to later on; others, where all would be added to nothing but zeros.
    fn own_bar(
        &self,
        call: &Call<'g>,
        part: &Part<'g>,
        buffers: &[Argument<'g>],
        at_once: bool,
    ) -> Option<Part<'g>> {
        let Access { place, indices } = &part.access;
        let bar = *self.bars.get(&place.id)?;
        let taken = buffers.iter().any(|buffer| buffer.place() == Some(bar));
        let may = if call.itself {
            !at_once || !(self.disturbed.contains(&bar.id) || self.late.contains(&bar.id))
        } else {
            let is_whole = indices.is_empty() && part.range.is_none();
            is_whole && self.fresh.contains(&bar.id) && !self.given.contains(&place.id)
        };
        (part.extent.is_counted() && may && !taken).then(|| part.of(bar))
    }

    /// An argument in the state that it had when the call was made.
    fn as_it_was(&mut self, call: &Call<'g>, arg: &Argument<'g>, before: &mut Vec<Stmt<'g>>) -> Argument<'g> {
        let mut saved = |part: &Part<'g>| {
            let place = self.graph.symbol(&format!("{}_before", part.access.place.name()), Ty::Aggregate);
            before.push(Stmt::Save { place, of: part.clone() });
            place
        };
        let changes = |place: Expr<'g>| !self.survey.stays_after(call.number, place);
        match arg {
            Argument::Memory { part, by } if *by == By::MutableReference || changes(part.access.place) => {
                Argument::Memory { part: Part::whole(saved(part), part.extent.clone()), by: *by }
            }
            Argument::Numbers { value, borrowed } => {
                let value = value.map(&mut |leaf| match leaf.ty() {
                    Ty::Aggregate if changes(*leaf) => saved(&Part::whole(*leaf, Extent::of_struct())),
                    _ => *leaf,
                });
                Argument::Numbers { value, borrowed: *borrowed }
            }
            arg => arg.clone(),
        }
    }

    /// A new place of the part's size, for the product to write to.
    fn buffer(&self, part: &Part<'g>, allocs: &mut Vec<Stmt<'g>>) -> Part<'g> {
        let place = self.graph.symbol(&format!("{}_bar", part.access.place.name()), Ty::Aggregate);
        let extent: Extent<'g> = part.extent.clone();
        let zero = self.graph.cast(self.graph.constant(0.0), extent.number);
        allocs.push(Stmt::Alloc { place, extent: extent.clone(), init: Init::Fill(zero) });
        Part::whole(place, extent)
    }
}

/// The region with what is loaded after a call, of memory that stays as it is, loaded before it: so the adjoint of the
/// call is known where it is made more often, as that of `f(&x)` in `f(&x) * y[i]`.
pub(super) fn loads_first<'g>(mut body: Vec<Stmt<'g>>) -> Vec<Stmt<'g>> {
    for i in 0..body.len() {
        if !matches!(&body[i], Stmt::Load { .. } | Stmt::Bind { again: true, .. }) {
            continue;
        }
        let reads = body[i].reads();
        let passes = |stmt: &&Stmt<'g>| {
            let defined = ids(&stmt.defines());
            matches!(stmt, Stmt::Call(_) | Stmt::Load { .. } | Stmt::Bind { again: true, .. })
                && !stmt.changes().iter().any(|place| reads.contains(place))
                && !reads.iter().any(|read| depends_on(*read, &defined))
        };
        let passed = body[..i].iter().rev().take_while(passes).count();
        if let Some(call) = (i - passed..i).find(|&at| matches!(body[at], Stmt::Call(_))) {
            body[call..=i].rotate_right(1);
        }
    }
    body
}

/// What a product returns for several variables: numbers alone in an array, others in a tuple.
pub(crate) fn together<'g>(mut entries: Vec<Tree<Expr<'g>>>) -> Option<Tree<Expr<'g>>> {
    let number = |entry: &Tree<Expr<'g>>| matches!(entry, Tree::Leaf(leaf) if leaf.ty() != Ty::Aggregate);
    match entries.len() {
        0 | 1 => entries.pop(),
        _ if entries.iter().all(number) => Some(Tree::Array(entries)),
        _ => Some(Tree::Tuple(entries)),
    }
}
