//! Matrices of derivatives where numbers are in memory: a loop over the unit vectors of one side, each turn of
//! which makes a row or a column.

use super::{Buffers, Curvature, Derived, Effort, Mode, ProductKind, Products};
use crate::forward::{Tangents, forward};
use crate::graph::{Expr, Kind, Ty, ids};
use crate::layout::Layout;
use crate::list::{List, PushAll};
use crate::ops::Op;
use crate::region::{
    Access, Arm, Branch, Dim, Extent, Head, Init, Loop, Part, Passive, Region, Stmt, Tree, Turn, Variable,
};
use crate::tidy::{renamed, substitute};

/// So many directions are taken at once where there are many: they share what the function itself computes.
const AT_ONCE: usize = 4;

/// Numbers laid end to end.
struct Axis<'g> {
    spans: Vec<Span<'g>>,
    total: Expr<'g>,
}

/// Some of them that belong together.
struct Span<'g> {
    /// The place of the first on the axis, and how many they are.
    from: Expr<'g>,
    count: Expr<'g>,
    /// In each dimension.
    lengths: Vec<Expr<'g>>,
    dims: Vec<Dim<'g>>,
}

/// How a loop goes along an axis: several places of it in a turn.
struct Turns<'g> {
    count: Expr<'g>,
    /// The number of the turn; none if there is one turn.
    turn: Option<Expr<'g>>,
    places: Vec<At<'g>>,
}

/// A place on an axis.
#[derive(Clone, Copy)]
struct At<'g> {
    at: Expr<'g>,
    /// Where the axis ends, if the last turn may go too far.
    end: Option<Expr<'g>>,
}

/// What an axis is made of: the structure, and what holds the numbers.
type Parts<'g> = [Variable<'g>];

/// A part of the function's result that has derivatives of its own.
struct Component<'g> {
    /// The places of its numbers among the results, or that of its place.
    values: Tree<usize>,
    /// Of a place.
    extent: Option<Extent<'g>>,
    number: Ty,
}

impl<'g> Component<'g> {
    /// It, made of these results.
    fn of(&self, results: &[Expr<'g>]) -> Variable<'g> {
        match (&self.extent, &self.values) {
            (Some(extent), Tree::Leaf(i)) => Variable::local(results[*i], extent.clone()),
            (_, values) => Variable::Numbers(values.map(&mut |i| results[*i])),
        }
    }
}

impl<'g> Products<'_, 'g> {
    /// The type of a number of the result, which is the declared one where nothing else tells.
    fn number(&self, value: Expr<'g>) -> Ty {
        if value.ty() == Ty::Any { self.function.number } else { value.ty() }
    }

    /// Whether the derivative is made by a loop. That of one number is not, unless that must be forwards, or it
    /// has another type than what the sweep adds up.
    pub(super) fn has_matrix(&self) -> bool {
        let [value] = self.values() else { return self.has_rows() };
        let other = |variable: &Variable<'g>| match variable {
            Variable::Place { extent, .. } => extent.number != self.number(*value),
            Variable::Numbers(_) => false,
        };
        let forwards = self.mode == Some(Mode::Forward);
        match value.ty() {
            Ty::Aggregate => self.has_rows(),
            _ => self.function.has_places() && (forwards || self.function.variables.iter().any(other)),
        }
    }

    fn has_rows(&self) -> bool {
        let memory =
            self.function.has_places() || self.values().iter().any(|value| value.ty() == Ty::Aggregate);
        let backwards = self.mode == Some(Mode::Reverse) && !self.function.body.is_straight();
        memory || backwards
    }

    /// Whether the product runs the body more than once.
    pub fn repeats(&self, kind: ProductKind) -> bool {
        match kind {
            ProductKind::Prime(1) | ProductKind::ValueAndPrime => self.has_matrix(),
            ProductKind::Hessian => self.function.has_places(),
            _ => false,
        }
    }

    /// The Hessian, by a product with each unit vector.
    pub(super) fn hessian_by_rows(&self) -> Derived<'g> {
        let number = self.values()[0].ty();
        let place = self.graph.symbol("hessian", Ty::Aggregate);
        let mut region = Region::default();
        let axis = self.axis(&self.function.variables, &mut region);
        let turns = self.turns(axis.total, "row", AT_ONCE);
        let dots = turns.places.iter().each(|_| self.dots());
        let along = self.along_units(&axis, &self.function.variables, &turns, &dots);
        let Curvature { region: inner, products, .. } = self.curvature(&[self.graph.constant(1.0)], along);
        let mut inner = self.prepared(inner, &mut region);
        let flat = self.function.variables.iter().any(Variable::is_counted);
        let side = match &axis.spans[..] {
            [one] if one.dims.len() == 1 => one.dims[0].clone(),
            _ => Dim::Literal(axis.total.as_constant().unwrap_or(0.0) as usize),
        };
        let added = if flat {
            let extent = Extent { number, dims: vec![Dim::Counted(axis.total)] };
            vec![Variable::Place { place, extent, output: true, owned: false }]
        } else {
            self.zeros(place, Extent { number, dims: vec![side.clone(), side] }, &mut region);
            Vec::new()
        };
        for product in products.iter().flatten() {
            if let Variable::Place { place, extent, .. } = product
                && extent.is_counted()
            {
                self.zeros(*place, extent.clone(), &mut region);
            }
        }
        let mut body = Vec::new();
        for (row, dots) in turns.places.iter().zip(&dots) {
            body.append(&mut self.unit(&axis, dots, row, &mut region));
        }
        body.append(&mut inner.body);
        for (row, products) in turns.places.iter().zip(&products) {
            let mut copies = Vec::new();
            for (span, product) in axis.spans.iter().zip(products) {
                let indices = |k| {
                    let column = self.plus(span.from, k);
                    match flat {
                        true => vec![self.plus(self.times(row.at, axis.total), column)],
                        false => vec![row.at, column],
                    }
                };
                copies.push_all(self.copy(span, product, number, &|k| Access { place, indices: indices(k) }));
            }
            body.push_all(self.guarded(row.end.map(|end| ("<", row.at, end)).into_iter(), copies));
        }
        self.turned(&turns, body, &mut region);
        let results = if flat { Vec::new() } else { vec![place] };
        let result = if flat { Tree::Tuple(Vec::new()) } else { Tree::Leaf(0) };
        let region = self.finish(region, Vec::new(), results, Effort::Full);
        Derived { region, result, added }
    }

    /// Whether the derivative of several numbers is made one row at a time, as rows that are structs have to be.
    pub fn has_rows_of_structs(&self) -> bool {
        let is_struct = |variable: &Variable<'g>| matches!(variable, Variable::Numbers(Tree::Struct(..)));
        let variables = &self.function.variables;
        self.mode != Some(Mode::Forward)
            && self.values().iter().all(|value| self.places_in(*value).is_some())
            && variables.iter().any(is_struct)
            && variables.iter().all(Variable::is_returned)
    }

    /// The indices of each number of a result, one list for one that is a number; none where it is not known how many
    /// there are, or there are too many to be made one by one.
    fn places_in(&self, value: Expr<'g>) -> Option<Vec<Vec<usize>>> {
        const MAX: usize = 64;
        if value.ty() != Ty::Aggregate {
            return Some(vec![Vec::new()]);
        }
        let mut places = vec![Vec::new()];
        for dim in &self.function.extent(value).filter(|extent| !extent.dims.is_empty())?.dims {
            let Dim::Literal(length) = dim else { return None };
            places = places
                .iter()
                .flat(|place: &Vec<usize>| (0..*length).map(move |i| place.iter().copied().joined([i])));
        }
        (places.len() <= MAX).then_some(places)
    }

    /// The Jacobian, each row by a sweep of its own.
    pub(super) fn rows_of_structs(&self, with_value: bool) -> Derived<'g> {
        let (mut region, mut rows, mut numbers) = (Region::default(), Vec::new(), Vec::new());
        let (zero, one) = (self.graph.constant(0.0), self.graph.constant(1.0));
        for (at, &value) in self.values().iter().enumerate() {
            let first = rows.len();
            for place in self.places_in(value).unwrap_or_default() {
                let mut before = Vec::new();
                let mut seed = |(i, other): (usize, &Expr<'g>)| match self.function.extent(*other) {
                    Some(extent) if other.ty() == Ty::Aggregate => {
                        let seed = self.graph.symbol("seed", Ty::Aggregate);
                        let init = Init::Fill(self.graph.cast(zero, extent.number));
                        before.push(Stmt::Alloc { place: seed, extent, init });
                        if i == at {
                            let indices = place.iter().each(|index| self.graph.whole(*index));
                            let to = Access { place: seed, indices };
                            before.push(Stmt::Store { to, value: one, add: false });
                        }
                        seed
                    }
                    _ if i == at => one,
                    _ => zero,
                };
                let seeds: Vec<Expr<'g>> = self.values().iter().enumerate().map(&mut seed).collect();
                let mut pulled = self.pull_back(&seeds, Buffers::Local);
                pulled.region.body.splice(0..0, before);
                let results = pulled.adjoints.iter().flat(Variable::leaves);
                let inner = renamed(self.graph, &Region { results, ..pulled.region });
                let results = inner.results.iter().each(|leaf| self.graph.symbol("bar", leaf.ty()));
                rows.push(results.clone());
                let arms = vec![Arm { pattern: None, guard: None, region: inner }];
                region.body.push(Stmt::Branch(Branch { head: Head::Block, arms, results }));
            }
            numbers.push(self.function.extent(value).map_or(Tree::Leaf(first), |extent| {
                let lengths = extent.dims.iter().filter_map(|dim| match dim {
                    Dim::Literal(length) => Some(*length),
                    _ => None,
                });
                let lengths: Vec<usize> = lengths.collect();
                let mut next = first..;
                counted(&lengths, &mut next)
            }));
        }
        let values = if with_value { self.values().to_vec() } else { Vec::new() };
        if with_value {
            // Last, as its names may mean something else further up.
            region.body.push_all(self.function.body.body.iter().cloned());
        }
        let by_number = self.function.result.expand(&|i| numbers[i].clone());
        let variables = self.function.variables.iter().cloned().each(Variable::into_tree);
        let prime = Layout::new(&variables.iter().collect::<Vec<_>>(), &by_number).prime(values.len());
        let region = self.finish(region, values, rows.concat(), Effort::Full);
        let result = if with_value { Tree::Tuple(vec![self.function.result.clone(), prime]) } else { prime };
        Derived { region, result, added: Vec::new() }
    }

    /// The Jacobian: by columns, or by rows where these are fewer.
    pub(super) fn jacobian_by_turns(&self, with_value: bool) -> Derived<'g> {
        let mut components = Vec::new();
        let structure = self.components(&self.function.result, &mut components);
        let groups = self.groups();
        let mut region = Region::default();
        let results = |of: &[Expr<'g>]| components.iter().each(|part| part.of(of));
        let rows = self.axis(&results(self.values()), &mut region);
        let columns = self.axis(&groups, &mut region);
        let backwards = match (self.mode, rows.total.as_constant(), columns.total.as_constant()) {
            (Some(mode), ..) => mode == Mode::Reverse,
            (None, Some(rows), Some(columns)) => rows < columns,
            (None, rows, _) => rows.is_some(),
        };
        // A single row needs no loop.
        let alone = backwards && rows.total.as_constant() == Some(1.0);
        let mut added = Vec::new();
        let mut blocks = Vec::new();
        for (component, row) in components.iter().zip(&rows.spans) {
            for (group, column) in groups.iter().zip(&columns.spans) {
                blocks.push(self.block(component, [row, column], group, &mut added, &mut region));
            }
        }
        let axis = if backwards { &rows } else { &columns };
        let turns = match (backwards, alone) {
            (true, true) => self.turns(self.graph.whole(1), "row", 1),
            (true, false) => self.turns(axis.total, "row", 1),
            (false, _) => self.turns(axis.total, "column", AT_ONCE),
        };
        let (inputs, inner, outputs) = if backwards {
            let seeds = if alone { vec![self.graph.constant(1.0)] } else { self.seeds() };
            // In a row, the zeros of the others take no part.
            let masked = |seed: &Expr<'g>| if seed.ty().is_real() && !alone { seed.masked() } else { *seed };
            let pulled = self.pull_back(&seeds.iter().each(masked), Buffers::Local);
            let bars = self.grouped(pulled.adjoints);
            (vec![results(&seeds)], pulled.region, vec![bars])
        } else {
            let dots = turns.places.iter().each(|_| self.dots());
            let along = self.along_units(axis, &groups, &turns, &dots);
            let (inner, tangents) = forward(self.graph, &self.function.body, &along);
            let outputs = (0..dots.len()).each(|direction| results(&self.direction(&tangents, direction)));
            (dots.into_iter().each(|dots| self.grouped(dots)), inner, outputs)
        };
        let inner = Region { results: outputs.iter().flatten().flat(Variable::leaves), ..inner };
        let mut inner = self.prepared(inner, &mut region);
        let known = ids(&region.defines());
        if with_value {
            inner = renamed(self.graph, &inner);
        }
        let mut results = std::mem::take(&mut inner.results).into_iter();
        let mut renamed = |part: &Variable<'g>| part.map(&mut |leaf| results.next().unwrap_or(*leaf));
        let outputs = outputs.iter().each(|parts| parts.iter().each(&mut renamed));
        let mut body = Vec::new();
        if !alone {
            for (at, inputs) in turns.places.iter().zip(&inputs) {
                body.append(&mut self.unit(axis, inputs, at, &mut region));
            }
        }
        body.append(&mut inner.body);
        for (at, outputs) in turns.places.iter().zip(&outputs) {
            for (i, turn) in axis.spans.iter().enumerate() {
                let own = self.minus(at.at, turn.from);
                let mut copies = Vec::new();
                for (o, output) in outputs.iter().enumerate() {
                    let (row, column) = if backwards { (i, o) } else { (o, i) };
                    let (down, across) = (&rows.spans[row], &columns.spans[column]);
                    let place = blocks[row * groups.len() + column];
                    let number = components[row].number;
                    copies.push_all(self.copy(if backwards { across } else { down }, output, number, &|k| {
                        let (row, column) = if backwards { (own, k) } else { (k, own) };
                        let mut indices = self.indices(down, row);
                        indices.push_all(self.indices(across, column));
                        if indices.is_empty() {
                            indices.push(self.graph.whole(0));
                        }
                        Access { place, indices }
                    }));
                }
                body.push_all(self.within(axis, i, at, copies));
            }
        }
        match (turns.turn, with_value) {
            (None, true) => region.body.push(in_block(body)),
            _ => self.turned(&turns, body, &mut region),
        }
        // The value comes last: names that the body declares mean something else to what is copied after it.
        if with_value {
            let new = |stmt: &&Stmt<'g>| !stmt.defines().iter().any(|leaf| known.contains(&leaf.id));
            region.body.push_all(self.function.body.body.iter().filter(new).cloned());
            region.diverges = self.function.body.diverges;
        }
        let mut entries = Vec::new();
        for (b, place) in blocks.into_iter().enumerate() {
            let (component, group) = (b / groups.len(), b % groups.len());
            let dims = rows.spans[component].dims.len() + columns.spans[group].dims.len();
            if dims == 0 {
                // One number is returned as such.
                let leaf = self.graph.symbol("prime", components[component].number);
                let from = Access { place, indices: vec![self.graph.whole(0)] };
                region.body.push(Stmt::Load { leaf, from });
                entries.push(leaf);
            } else if groups[group].is_returned() {
                entries.push(place);
            }
        }
        if let Tree::Leaf(_) = self.function.result {
            return self.returned(
                region,
                with_value,
                &entries.into_iter().each(|entry| Variable::Numbers(Tree::Leaf(entry))),
                added,
            );
        }
        let values = if with_value { self.values().to_vec() } else { Vec::new() };
        let prime = self.blocks(&structure, groups.len(), values.len());
        let result = match with_value {
            true => Tree::Tuple(vec![self.function.result.clone(), prime]),
            false => prime,
        };
        let region = self.finish(region, values, entries, Effort::Full);
        Derived { region, result, added }
    }

    /// The place for the derivatives of a component by a group.
    fn block(
        &self,
        component: &Component<'g>,
        spans: [&Span<'g>; 2],
        group: &Variable<'g>,
        added: &mut Vec<Variable<'g>>,
        region: &mut Region<'g>,
    ) -> Expr<'g> {
        let place = self.graph.symbol("prime", Ty::Aggregate);
        let mut dims = spans.iter().flat(|span| span.dims.iter().cloned());
        if dims.is_empty() {
            dims.push(Dim::Literal(1));
        }
        let extent = Extent { number: component.number, dims };
        if group.is_counted() {
            added.push(Variable::Place { place, extent, output: true, owned: false });
        } else {
            self.zeros(place, extent, region);
        }
        place
    }

    /// The variables, as the derivative tells them apart: scalars are one vector.
    fn groups(&self) -> Vec<Variable<'g>> {
        self.grouped(self.function.variables.clone())
    }

    /// What there is for each variable, as the derivative tells them apart.
    fn grouped(&self, parts: Vec<Variable<'g>>) -> Vec<Variable<'g>> {
        match parts.len() > 1 && !self.function.has_places() && self.layout().are_scalars() {
            true => vec![Variable::Numbers(Tree::Array(parts.into_iter().each(Variable::into_tree)))],
            false => parts,
        }
    }

    /// The structure of the result, over the components that it is found to have.
    fn components(&self, tree: &Tree<usize>, found: &mut Vec<Component<'g>>) -> Tree<usize> {
        let in_memory = match tree {
            Tree::Leaf(i) => self.function.extent(self.values()[*i]),
            _ => None,
        };
        if in_memory.is_some() || self.lengths(tree).is_some() {
            let first = tree.leaves().first().map_or(Ty::Any, |i| self.number(self.values()[**i]));
            let number = in_memory.as_ref().map_or(first, |extent| extent.number);
            found.push(Component { values: tree.clone(), extent: in_memory, number });
            return Tree::Leaf(found.len() - 1);
        }
        match tree {
            Tree::Tuple(parts) => Tree::Tuple(parts.iter().each(|part| self.components(part, found))),
            Tree::Array(parts) => Tree::Array(parts.iter().each(|part| self.components(part, found))),
            Tree::Leaf(_) | Tree::Struct(..) => unreachable!("a number is a component, and so is a place"),
        }
    }

    /// How many elements an array of numbers has in each dimension; none of what is no such array.
    fn lengths(&self, tree: &Tree<usize>) -> Option<Vec<usize>> {
        match tree {
            Tree::Leaf(i) => (self.values()[*i].ty() != Ty::Aggregate).then(Vec::new),
            Tree::Tuple(_) | Tree::Struct(..) => None,
            Tree::Array(parts) => {
                let mut inner = parts.iter().map(|part| self.lengths(part));
                let first = inner.next().unwrap_or(Some(Vec::new()))?;
                inner
                    .all(|lengths| lengths.as_ref() == Some(&first))
                    .then(|| [&[parts.len()], &first[..]].concat())
            }
        }
    }

    /// The structure of the derivative, over its blocks, of which each component has `count`.
    fn blocks(&self, structure: &Tree<usize>, count: usize, offset: usize) -> Tree<usize> {
        let block = |component: usize, group: usize| offset + component * count + group;
        match structure {
            Tree::Tuple(parts) => Tree::Tuple(parts.iter().each(|part| self.blocks(part, count, offset))),
            structure if count == 1 => structure.map(&mut |component| block(*component, 0)),
            structure => {
                let of = |group: usize| structure.map(&mut |component| block(*component, group));
                Tree::Tuple((0..count).each(of))
            }
        }
    }

    // What the loop is made of.

    /// The region as one to be run in a loop: what it changes of the parameters is a copy, and lengths that are
    /// needed outside are known there.
    fn prepared(&self, mut inner: Region<'g>, outer: &mut Region<'g>) -> Region<'g> {
        let asked = |place: &Variable<'g>| match place {
            Variable::Place { extent, .. } => extent.reads(),
            Variable::Numbers(_) => Vec::new(),
        };
        let lengths: Vec<Expr<'g>> = self.function.variables.iter().flat(asked);
        let (mut first, rest): (Vec<_>, Vec<_>) =
            inner.body.into_iter().partition(|stmt| stmt.defines().iter().any(|leaf| lengths.contains(leaf)));
        first.append(&mut outer.body);
        outer.body = first;
        inner.body = rest;
        self.copy_changed(&mut inner);
        inner
    }

    /// What the region changes of parameters that it owns shall be there again in the next turn.
    fn copy_changed(&self, region: &mut Region<'g>) {
        let mut changed = Vec::new();
        region.for_each(&mut |region| changed.push_all(region.body.iter().flat(Stmt::changes)));
        for variable in &self.function.variables {
            if let Variable::Place { place, extent, owned: true, .. } = variable
                && changed.contains(place)
            {
                let copy = self.graph.symbol(&place.name(), Ty::Aggregate);
                substitute(self.graph, region, &[(place.id, copy)].into_iter().collect());
                let save = Stmt::Save { place: copy, of: Part::whole(*place, extent.clone()) };
                region.body.insert(0, save);
            }
        }
    }

    /// The axis along these parts. What their lengths are is asked at the beginning of `region`.
    fn axis(&self, parts: &Parts<'g>, region: &mut Region<'g>) -> Axis<'g> {
        let mut spans = Vec::new();
        let mut total = self.graph.whole(0);
        for part in parts {
            let dims = match part {
                Variable::Numbers(tree) => lengths_of(tree).into_iter().each(Dim::Literal),
                Variable::Place { extent, .. } => extent.dims.clone(),
            };
            let lengths: Vec<Expr<'g>> = dims.iter().each(|dim| self.length(dim, region));
            let count = match part {
                Variable::Numbers(tree) => self.graph.whole(tree.leaves().len()),
                Variable::Place { .. } => {
                    lengths.iter().fold(self.graph.whole(1), |all, length| self.times(all, *length))
                }
            };
            spans.push(Span { from: total, count, lengths, dims });
            total = self.plus(total, count);
        }
        Axis { spans, total }
    }

    fn length(&self, dim: &Dim<'g>, region: &mut Region<'g>) -> Expr<'g> {
        match dim {
            Dim::Literal(length) => self.graph.whole(*length),
            Dim::Counted(count) | Dim::Typed(count) => *count,
            Dim::Fixed(code) => {
                let leaf = self.graph.symbol("n", Ty::Opaque);
                let value = Passive { code: *code, captures: Vec::new() };
                region.body.push(Stmt::bind(leaf, value, true));
                leaf
            }
        }
    }

    /// A new place that holds zeros.
    fn zeros(&self, place: Expr<'g>, extent: Extent<'g>, region: &mut Region<'g>) {
        let init = Init::Fill(self.graph.cast(self.graph.constant(0.0), extent.number));
        region.body.push(Stmt::Alloc { place, extent, init });
    }

    /// The variables with their tangents along the unit vectors of a turn, for which `dots` stand. Those of numbers are
    /// ones and zeros where there is one turn.
    fn along_units(
        &self,
        axis: &Axis<'g>,
        parts: &Parts<'g>,
        turns: &Turns<'g>,
        dots: &[Vec<Variable<'g>>],
    ) -> Vec<(Expr<'g>, Tangents<'g>)> {
        let mut along = self.along(dots);
        if turns.turn.is_some() {
            return along;
        }
        for (span, part) in axis.spans.iter().zip(parts) {
            let Variable::Numbers(tree) = part else { continue };
            for (k, number) in tree.leaves().into_iter().enumerate() {
                let own = self.plus(span.from, self.graph.whole(k));
                for (leaf, tangents) in along.iter_mut().filter(|(leaf, _)| leaf == number) {
                    let one = self.graph.cast(self.graph.constant(1.0), leaf.ty());
                    *tangents = turns.places.iter().each(|place| (place.at == own).then_some(one));
                }
            }
        }
        along
    }

    /// What makes the parts of an axis the unit vector number `at`. Places for them are made in `region`.
    fn unit(
        &self,
        axis: &Axis<'g>,
        parts: &Parts<'g>,
        at: &At<'g>,
        region: &mut Region<'g>,
    ) -> Vec<Stmt<'g>> {
        let (one, zero) = (self.graph.constant(1.0), self.graph.constant(0.0));
        let mut out = Vec::new();
        for (i, (span, part)) in axis.spans.iter().zip(parts).enumerate() {
            match part {
                // They are in the formulas.
                Variable::Numbers(_) if at.at.as_constant().is_some() => {}
                Variable::Numbers(tree) => {
                    for (k, leaf) in tree.leaves().into_iter().enumerate() {
                        let own = self.plus(span.from, self.graph.whole(k));
                        let arm = |value| Region { results: vec![value], ..Region::default() };
                        let condition = self.compare("==", at.at, own);
                        out.push(self.choice(condition, arm(one), arm(zero), vec![*leaf]));
                    }
                }
                Variable::Place { place, extent, .. } => {
                    self.zeros(*place, extent.clone(), region);
                    if at.at.as_constant().is_none() {
                        out.push(Stmt::Clear { place: *place, extent: extent.clone() });
                    }
                    let indices = self.indices(span, self.minus(at.at, span.from));
                    let to = Access { place: *place, indices };
                    out.push_all(self.within(axis, i, at, vec![Stmt::Store { to, value: one, add: false }]));
                }
            }
        }
        out
    }

    /// The statements, if the place `at` is in a span.
    fn within(&self, axis: &Axis<'g>, span: usize, at: &At<'g>, body: Vec<Stmt<'g>>) -> Vec<Stmt<'g>> {
        let Span { from, count, .. } = axis.spans[span];
        let begun = (span > 0).then_some(("<=", from, at.at));
        let end = if span + 1 < axis.spans.len() { Some(self.plus(from, count)) } else { at.end };
        self.guarded(begun.into_iter().chain(end.map(|end| ("<", at.at, end))), body)
    }

    /// The statements, if these comparisons hold; none where they are known not to.
    fn guarded<'a>(
        &self,
        comparisons: impl Iterator<Item = (&'a str, Expr<'g>, Expr<'g>)>,
        body: Vec<Stmt<'g>>,
    ) -> Vec<Stmt<'g>> {
        let mut all: Option<Expr<'g>> = None;
        for (operator, a, b) in comparisons {
            match (a.as_constant(), b.as_constant()) {
                (Some(a), Some(b)) if a < b || (a == b && operator == "<=") => {}
                (Some(_), Some(_)) => return Vec::new(),
                _ => {
                    let next = self.compare(operator, a, b);
                    all = Some(all.map_or(next, |all| self.compare("&&", all, next)));
                }
            }
        }
        let Some(condition) = all else { return body };
        vec![self.choice(condition, Region { body, ..Region::default() }, Region::default(), Vec::new())]
    }

    /// Copies the numbers of a span, each to where `to` says.
    fn copy(
        &self,
        span: &Span<'g>,
        part: &Variable<'g>,
        number: Ty,
        to: &dyn Fn(Expr<'g>) -> Access<'g>,
    ) -> Vec<Stmt<'g>> {
        let store = |k, value| Stmt::Store { to: to(k), value: self.graph.cast(value, number), add: false };
        match part {
            Variable::Numbers(tree) => {
                let numbers = tree.leaves().into_iter().enumerate();
                numbers.each(|(k, value)| store(self.graph.whole(k), *value))
            }
            Variable::Place { place, extent, .. } => {
                let k = self.graph.symbol("k", Ty::Opaque);
                let leaf = self.graph.symbol("t", extent.number);
                let from = Access { place: *place, indices: self.indices(span, k) };
                vec![self.counted(span.count, k, vec![Stmt::Load { leaf, from }, store(k, leaf)])]
            }
        }
    }

    /// The indices of element number `k` of a span.
    fn indices(&self, span: &Span<'g>, k: Expr<'g>) -> Vec<Expr<'g>> {
        let mut indices = Vec::new();
        let mut rest = k;
        for (i, length) in span.lengths.iter().enumerate().rev() {
            indices.push(if i > 0 { self.whole_op("%", rest, *length) } else { rest });
            rest = self.divided(rest, *length);
        }
        indices.reverse();
        indices
    }

    /// The turns of a loop along an axis, with `most` places in each if that many are left.
    fn turns(&self, total: Expr<'g>, name: &str, most: usize) -> Turns<'g> {
        let known = total.as_constant().map(|total| total as usize);
        let width = known.map_or(most, |total| total.div_ceil(total.div_ceil(most).max(1)).max(1));
        let count = match known {
            Some(total) => self.graph.whole(total.div_ceil(width)),
            None => self.divided(self.plus(total, self.graph.whole(width - 1)), self.graph.whole(width)),
        };
        let turn = (count.as_constant() != Some(1.0)).then(|| self.graph.symbol(name, Ty::Opaque));
        let place = |i: usize| {
            let first = turn.map_or(self.graph.whole(0), |turn| self.times(turn, self.graph.whole(width)));
            let at = self.plus(first, self.graph.whole(i));
            let too_far = i > 0 && known.is_none_or(|total| total % width != 0);
            At { at, end: too_far.then_some(total) }
        };
        Turns { count, turn, places: (0..width).each(place) }
    }

    /// The loop, or its body where there is one turn.
    fn turned(&self, turns: &Turns<'g>, mut body: Vec<Stmt<'g>>, region: &mut Region<'g>) {
        match turns.turn {
            Some(turn) => region.body.push(self.counted(turns.count, turn, body)),
            None => region.body.append(&mut body),
        }
    }

    /// So many turns, with the number of the turn.
    fn counted(&self, count: Expr<'g>, at: Expr<'g>, body: Vec<Stmt<'g>>) -> Stmt<'g> {
        let next = self.plus(at, self.graph.whole(1));
        Stmt::Loop(Loop {
            turn: Turn::Times(count),
            params: vec![at],
            initial: vec![self.graph.whole(0)],
            body: Region { body, results: vec![next], diverges: false },
            exits: false,
            results: vec![self.graph.symbol(&at.name(), Ty::Opaque)],
            count: None,
            index: None,
            whole: Vec::new(),
            number: 0,
        })
    }

    fn choice(
        &self,
        condition: Expr<'g>,
        yes: Region<'g>,
        no: Region<'g>,
        results: Vec<Expr<'g>>,
    ) -> Stmt<'g> {
        let arm = |region| Arm { pattern: None, guard: None, region };
        Stmt::Branch(Branch { head: Head::If(condition), arms: vec![arm(yes), arm(no)], results })
    }

    // Whole numbers.

    fn plus(&self, a: Expr<'g>, b: Expr<'g>) -> Expr<'g> {
        match (a.as_constant(), b.as_constant()) {
            (Some(a), Some(b)) => self.graph.whole((a + b) as usize),
            (Some(0.0), _) => b,
            (_, Some(0.0)) => a,
            _ => self.whole_op("+", a, b),
        }
    }

    fn minus(&self, a: Expr<'g>, b: Expr<'g>) -> Expr<'g> {
        match (a.as_constant(), b.as_constant()) {
            (Some(a), Some(b)) => self.graph.whole((a - b).max(0.0) as usize),
            (_, Some(0.0)) => a,
            _ => self.whole_op("-", a, b),
        }
    }

    fn times(&self, a: Expr<'g>, b: Expr<'g>) -> Expr<'g> {
        match (a.as_constant(), b.as_constant()) {
            (Some(a), Some(b)) => self.graph.whole((a * b) as usize),
            (Some(1.0), _) => b,
            (_, Some(1.0)) => a,
            _ => self.whole_op("*", a, b),
        }
    }

    fn divided(&self, a: Expr<'g>, b: Expr<'g>) -> Expr<'g> {
        if b.as_constant() == Some(1.0) { a } else { self.whole_op("/", a, b) }
    }

    fn whole_op(&self, operator: &str, a: Expr<'g>, b: Expr<'g>) -> Expr<'g> {
        let op = Op::infix(operator).expect("the table has arithmetic");
        self.graph.intern(Kind::Op(op), &[a.id, b.id], Ty::Opaque)
    }

    fn compare(&self, operator: &str, a: Expr<'g>, b: Expr<'g>) -> Expr<'g> {
        let op = Op::infix(operator).expect("the table has comparisons");
        self.graph.raw(op, &[a, b])
    }
}

/// What is declared in it is not known outside.
fn in_block<'g>(body: Vec<Stmt<'g>>) -> Stmt<'g> {
    let arms = vec![Arm { pattern: None, guard: None, region: Region { body, ..Region::default() } }];
    Stmt::Branch(Branch { head: Head::Block, arms, results: Vec::new() })
}

/// An array of these lengths, of numbers one after the other.
fn counted(lengths: &[usize], next: &mut std::ops::RangeFrom<usize>) -> Tree<usize> {
    match lengths {
        [] => Tree::Leaf(next.next().unwrap_or_default()),
        [length, inner @ ..] => Tree::Array((0..*length).map(|_| counted(inner, next)).collect()),
    }
}

/// How many elements an array has in each dimension.
fn lengths_of<T>(tree: &Tree<T>) -> Vec<usize> {
    match tree {
        Tree::Array(parts) => {
            let inner = parts.first().map_or(Vec::new(), lengths_of);
            [&[parts.len()], &inner[..]].concat()
        }
        Tree::Leaf(_) | Tree::Tuple(_) | Tree::Struct(..) => Vec::new(),
    }
}
