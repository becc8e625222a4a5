//! What is done to many elements at a time: parts of slices, copies, methods of slices and lists. All of it
//! comes down to loops of loads and stores.

use super::memory::{List, View, root};
use super::source::Source;
use super::{Bound, Parser, Value, key};
use crate::graph::{Expr as Node, Kind, Ty};
use crate::list::List as _;
use crate::list::PushAll;
use crate::ops::Op;
use crate::region::{Capture, Dim, Extent, Init, Loop, Order, Passive, Region, Stmt, Tree, Turn};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{Expr, Lit, Type};

/// So many elements are written out; more are a loop.
const FEW: f64 = 4.0;

/// Arrays up to this size can be told apart number by number.
const MAX_PARTS: usize = 4096;

/// Methods that change what they are called on.
pub(super) const CHANGES: &[&str] =
    &["swap", "fill", "copy_from_slice", "clone_from_slice", "push", "pop", "reverse", "split_at_mut"];

impl<'a, 'g> Parser<'a, 'g> {
    // Indices.

    fn offset(&mut self, op: &str, a: Node<'g>, b: Node<'g>) -> Node<'g> {
        match Op::infix(op) {
            Some(op) => {
                let node = self.graph.intern(Kind::Op(op), &[a.id, b.id], Ty::Opaque);
                if [a, b]
                    .iter()
                    .all(|part| part.as_constant().is_some() || self.again_leaves.contains(&part.id))
                {
                    self.again_leaves.insert(node.id);
                }
                node
            }
            None => self.unknown,
        }
    }

    pub(super) fn sum(&mut self, a: Node<'g>, b: Node<'g>) -> Node<'g> {
        match (a.as_constant(), b.as_constant()) {
            (Some(a), Some(b)) => self.graph.constant(a + b),
            (Some(0.0), _) => b,
            (_, Some(0.0)) => a,
            _ => self.offset("+", a, b),
        }
    }

    pub(super) fn difference(&mut self, a: Node<'g>, b: Node<'g>) -> Node<'g> {
        match (a.as_constant(), b.as_constant()) {
            (Some(a), Some(b)) if a >= b => self.graph.constant(a - b),
            (_, Some(0.0)) => a,
            _ if a == b => self.graph.constant(0.0),
            _ => self.offset("-", a, b),
        }
    }

    /// A list that grows with the length that it has here.
    pub(super) fn present(&mut self, mut view: View<'g>) -> View<'g> {
        if view.grows {
            let list = format_ident!("list_{}", self.snippets.count());
            let name = self.snippets.add(&list);
            let captures = vec![Capture { name, value: Tree::Leaf(view.place), made_up: true }];
            let value = Passive { code: self.snippets.add(quote!(#list.len())), captures };
            let leaf = self.graph.symbol("len", Ty::Opaque);
            self.push_stmt(Stmt::bind(leaf, value, false));
            view.extent.dims[0] = Dim::Counted(leaf);
        }
        view
    }

    /// How many elements a part has in its first dimension.
    pub(super) fn length(&mut self, view: &View<'g>) -> Node<'g> {
        match view.extent.dims.first() {
            None => self.graph.constant(1.0),
            Some(Dim::Counted(count) | Dim::Typed(count)) => *count,
            Some(Dim::Literal(length)) => self.graph.constant(*length as f64),
            Some(Dim::Fixed(code)) => {
                let tokens = self.snippets.get(*code).clone();
                let leaf = self.graph.symbol(&super::readable(&tokens.to_string()), Ty::Opaque);
                let value = Passive { code: self.snippets.add(tokens), captures: Vec::new() };
                self.push_stmt(Stmt::Bind {
                    leaf,
                    value,
                    stable: true,
                    kept: false,
                    again: true,
                    walk: None,
                });
                self.again_leaves.insert(leaf.id);
                leaf
            }
        }
    }

    /// The length of a part of memory that the code asks for, or that a variable is known to be.
    pub(super) fn known_length(&mut self, code: &'a Expr) -> Option<Node<'g>> {
        match code {
            Expr::Paren(paren) => self.known_length(&paren.expr),
            Expr::Group(group) => self.known_length(&group.expr),
            Expr::MethodCall(call) if call.method == "len" && self.is_view(&call.receiver) => {
                match self.expr(&call.receiver) {
                    Value::View(view) if !view.is_number() => Some(self.length(&view)),
                    _ => None,
                }
            }
            Expr::Path(path) => {
                let binding = path.path.get_ident().and_then(|name| self.lookup(name))?;
                let fixed = !binding.mutable && matches!(binding.value, Bound::Passive(_));
                self.lengths.get(&binding.declaration).copied().filter(|_| fixed)
            }
            _ => None,
        }
    }

    /// Remembers that a passive variable is the length of a part of memory.
    pub(super) fn note_length(&mut self, name: &Ident, code: &'a Expr) {
        if matches!(code, Expr::MethodCall(_) | Expr::Path(_))
            && let Some(length) = self.known_length(code)
        {
            self.lengths.insert(key(name), length);
        }
    }

    // Parts.

    /// `view[from..to]`
    pub(super) fn range(&mut self, view: &View<'g>, range: &'a syn::ExprRange) -> Value<'a, 'g> {
        let from = match &range.start {
            Some(start) => self.count(start),
            None => self.graph.constant(0.0),
        };
        let to = match (&range.end, &range.limits) {
            (None, _) => self.length(view),
            (Some(end), syn::RangeLimits::HalfOpen(_)) => self.count(end),
            (Some(end), syn::RangeLimits::Closed(_)) => {
                let (end, one) = (self.count(end), self.graph.constant(1.0));
                self.sum(end, one)
            }
        };
        if from == self.unknown || to == self.unknown {
            return self.unknown();
        }
        Value::View(self.part(view, from, to))
    }

    /// The elements from one index to another.
    pub(super) fn part(&mut self, view: &View<'g>, from: Node<'g>, to: Node<'g>) -> View<'g> {
        let mut part = view.clone();
        part.offset = match view.offset {
            Some(offset) => Some(self.sum(offset, from)),
            None if from.as_constant() == Some(0.0) => None,
            None => Some(from),
        };
        part.extent.dims[0] = Dim::Counted(self.difference(to, from));
        View { owned: false, fresh: false, grows: false, ..part }
    }

    /// An array in memory, number by number, where that can be done.
    pub(super) fn spread(&mut self, view: &View<'g>) -> Option<Value<'a, 'g>> {
        if view.extent.is_struct() {
            return None;
        }
        let lengths = view.extent.dims.iter().map(literal_length);
        let all: usize = lengths.list_all()?.into_iter().try_fold(1, usize::checked_mul)?;
        (all <= MAX_PARTS).then(|| self.spread_parts(view))
    }

    /// The dimension of an array of this length.
    pub(super) fn fixed(&mut self, length: impl ToTokens) -> Dim<'g> {
        let length = length.into_token_stream();
        match literal(&length) {
            Some(length) => Dim::Literal(length),
            None => Dim::Fixed(self.snippets.add(length)),
        }
    }

    fn spread_parts(&mut self, view: &View<'g>) -> Value<'a, 'g> {
        let length = match view.extent.dims.first() {
            None => return Value::Node(self.load(view)),
            Some(dim) => literal_length(dim).unwrap_or(0),
        };
        let part = |i: usize| {
            let index = self.graph.constant(i as f64);
            let element = self.element(view, index);
            self.spread_parts(&element)
        };
        Value::Array((0..length).each(part))
    }

    /// The parts of memory that a pattern of so many elements names, the first ones and the last ones.
    pub(super) fn ends(&mut self, view: &View<'g>, first: usize, last: usize) -> Vec<Value<'a, 'g>> {
        let mut parts = Vec::new();
        for i in 0..first {
            let index = self.graph.constant(i as f64);
            parts.push(self.part_or_number(view, index));
        }
        let length = if last > 0 { self.length(view) } else { self.unknown };
        for i in (1..=last).rev() {
            let back = self.graph.constant(i as f64);
            let index = self.difference(length, back);
            parts.push(self.part_or_number(view, index));
        }
        parts
    }

    fn part_or_number(&mut self, view: &View<'g>, index: Node<'g>) -> Value<'a, 'g> {
        let element = View { owned: view.owned, ..self.element(view, index) };
        match element.is_number() && view.owned {
            true => Value::Node(self.load(&element)),
            false => Value::View(element),
        }
    }

    // Loops.

    /// A loop in which `f` does something with each index below `count`.
    pub(super) fn each_index(&mut self, count: Node<'g>, f: &mut dyn FnMut(&mut Self, Node<'g>)) {
        if let Some(count) = count.as_constant().filter(|count| *count <= FEW) {
            for i in 0..count as usize {
                let index = self.graph.constant(i as f64);
                f(self, index);
            }
            return;
        }
        let number = self.snippets.count();
        let (index, end) = (format_ident!("i_{number}"), format_ident!("n_{number}"));
        self.snippets.bound.extend([index.to_string(), end.to_string()]);
        let (code, captures) = match count.as_constant() {
            Some(count) => (Literal::usize_unsuffixed(count as usize).into_token_stream(), Vec::new()),
            None => {
                let capture =
                    Capture { name: self.snippets.add(&end), value: Tree::Leaf(count), made_up: true };
                (end.into_token_stream(), vec![capture])
            }
        };
        let again = self.are_again(&captures);
        let over = Passive { code: self.snippets.add(quote!(0..#code)), captures };
        let pattern = self.snippets.add(&index);
        let turn = Turn::For { pattern, over, again, order: Order::Given, counts: None };
        let before = self.frames.clone();
        self.bodies.push(Vec::new());
        self.push_frame();
        let leaf = self.graph.symbol(&index.to_string(), Ty::Opaque);
        let value = Passive { code: self.snippets.add(&index), captures: Vec::new() };
        self.push_stmt(Stmt::Bind { leaf, value, stable: true, kept: false, again, walk: None });
        if again {
            self.again_leaves.insert(leaf.id);
        }
        f(self, leaf);
        let body = self.bodies.pop().unwrap_or_default();
        self.back_in(before);
        let looped = Loop {
            whole: Vec::new(),
            number: 0,
            index: Some(leaf),
            turn,
            params: Vec::new(),
            initial: Vec::new(),
            body: Region { body, results: Vec::new(), diverges: false },
            exits: false,
            results: Vec::new(),
            count: None,
        };
        self.note_index(pattern, leaf, count);
        self.push_stmt(Stmt::Loop(looped));
    }

    /// Copies the elements of one part to another one of the same shape.
    pub(super) fn copy(&mut self, to: &View<'g>, from: &View<'g>) {
        if to.is_number() {
            let value = self.load(from);
            return self.write(to, value, false);
        }
        let count = self.length(from);
        self.each_index(count, &mut |parser, index| {
            let (to, from) = (parser.element(to, index), parser.element(from, index));
            parser.copy(&to, &from);
        });
    }

    /// Exchanges the elements of two parts of the same shape.
    fn exchange(&mut self, a: &View<'g>, b: &View<'g>) {
        if a.is_number() {
            let values = [self.load(a), self.load(b)];
            self.write(a, values[1], false);
            return self.write(b, values[0], false);
        }
        let count = self.length(a);
        self.each_index(count, &mut |parser, index| {
            let (a, b) = (parser.element(a, index), parser.element(b, index));
            parser.exchange(&a, &b);
        });
    }

    /// Writes a value into a part of memory.
    pub(super) fn fill(&mut self, to: &View<'g>, value: Value<'a, 'g>, at: &dyn ToTokens) {
        match value {
            value if self.is_unknown(&value) || self.must_be_number(&value) => {}
            Value::Array(parts) if !to.is_number() => {
                for (i, part) in parts.into_iter().enumerate() {
                    let index = self.graph.constant(i as f64);
                    let element = self.element(to, index);
                    self.fill(&element, part, at);
                }
            }
            Value::View(from) if !to.is_number() && !from.extent.is_struct() => {
                if self.has_same_shape(to, &from, at) {
                    self.copy(to, &from);
                }
            }
            Value::Passive(code) if !to.is_number() => self.fill_passive(to, code, at),
            value if to.is_number() => {
                let value = self.real(value, at);
                self.write(to, value, false);
            }
            _ => self.fail(at, "this cannot be assigned to an array of active values: assign its elements"),
        }
    }

    fn fill_passive(&mut self, to: &View<'g>, code: &'a Expr, at: &dyn ToTokens) {
        match code {
            Expr::Paren(paren) => self.fill_passive(to, &paren.expr, at),
            Expr::Group(group) => self.fill_passive(to, &group.expr, at),
            Expr::Array(array) => {
                let parts = array.elems.iter().each(Value::Passive);
                self.fill(to, Value::Array(parts), at);
            }
            Expr::Repeat(repeat) => self.fill_all(to, Value::Passive(&repeat.expr), at),
            Expr::Macro(mac) if self.lists.get(&mac.mac).is_some() => match self.lists.get(&mac.mac) {
                Some(List::Repeat(element, count)) => {
                    let count = self.count(count);
                    if self.has_length(to, count, at) {
                        self.fill_all(to, Value::Passive(element), at);
                    }
                }
                Some(List::Elements(elements)) => {
                    let count = self.graph.constant(elements.len() as f64);
                    if self.has_length(to, count, at) {
                        let parts = elements.iter().each(|part| self.expr(part));
                        self.fill(to, Value::Array(parts), at);
                    }
                }
                None => {}
            },
            code => {
                let source = self.source(code, None);
                self.read(to, &source.to_token_stream());
            }
        }
    }

    /// Writes the same value into each element.
    pub(super) fn fill_all(&mut self, to: &View<'g>, value: Value<'a, 'g>, at: &dyn ToTokens) {
        let depth = to.extent.dims.len();
        let value = match value {
            // A number is computed once.
            Value::Passive(code) if depth == 1 => Value::Node(self.real(Value::Passive(code), at)),
            value => value,
        };
        let count = self.length(to);
        self.each_index(count, &mut |parser, index| {
            let element = parser.element(to, index);
            parser.fill(&element, value.clone(), at);
        });
    }

    /// A name for what passive code yields, of a type that the code may leave open.
    fn source(&mut self, code: &'a Expr, ty: Option<&Type>) -> Ident {
        let source = format_ident!("source_{}", self.snippets.count());
        self.snippets.bound.insert(source.to_string());
        let (pure, code) = (self.is_pure(code), code.source());
        let ty = ty.map(|ty| quote!(: &#ty));
        let code = self.passive_code(quote!(let #source #ty = &(#code);));
        let again = pure && self.are_again(&code.captures);
        self.push_stmt(Stmt::Copy { code, again });
        source
    }

    /// Writes what passive code holds, element by element.
    fn read(&mut self, to: &View<'g>, code: &TokenStream) {
        if to.is_number() {
            let ty = self.signature.type_tokens(to.extent.number);
            let leaf = self.graph.symbol("element", to.extent.number);
            let value = self.passive_code(quote!(<#ty as ::core::clone::Clone>::clone(&#code)));
            self.push_stmt(Stmt::bind(leaf, value, false));
            return self.write(to, leaf, false);
        }
        let count = self.length(to);
        self.each_index(count, &mut |parser, index| {
            let element = parser.element(to, index);
            let index = match index.as_constant() {
                Some(index) => Literal::usize_unsuffixed(index as usize).into_token_stream(),
                None => format_ident!("{}", index.name()).into_token_stream(),
            };
            parser.read(&element, &quote!(#code[#index]));
        });
    }

    // Shapes.

    fn has_same_shape(&mut self, to: &View<'g>, from: &View<'g>, at: impl ToTokens) -> bool {
        let same = to.extent.dims.len() == from.extent.dims.len()
            && to.extent.dims.iter().zip(&from.extent.dims).all(|(to, from)| self.is_same_dim(to, from))
            && !to.grows
            && !from.grows;
        if !same {
            self.fail(at, OTHER_LENGTH);
        }
        same
    }

    fn is_same_dim(&self, a: &Dim<'g>, b: &Dim<'g>) -> bool {
        match (a, b) {
            // Rust has compared them.
            (Dim::Counted(a), Dim::Counted(b)) => a == b,
            (array, Dim::Counted(count)) | (Dim::Counted(count), array) => {
                let length = literal_length(array);
                length.is_some() && count.as_constant() == length.map(|length| length as f64)
            }
            (
                Dim::Fixed(_) | Dim::Literal(_) | Dim::Typed(_),
                Dim::Fixed(_) | Dim::Literal(_) | Dim::Typed(_),
            ) => true,
        }
    }

    fn has_length(&mut self, view: &View<'g>, count: Node<'g>, at: impl ToTokens) -> bool {
        let same = !view.grows && self.length(view) == count;
        if !same {
            self.fail(at, OTHER_LENGTH);
        }
        same
    }

    // New places.

    /// A new place with what a part holds here.
    pub(super) fn copied(&mut self, name: &Ident, view: &View<'g>) -> View<'g> {
        if self.grown.contains(&name.to_string()) {
            return match self.new_list(name, view.extent.number) {
                Value::View(list) => {
                    let count = self.length(view);
                    self.each_index(count, &mut |parser, index| {
                        let element = parser.element(view, index);
                        let value = parser.load(&element);
                        parser.push_stmt(Stmt::Push { place: list.place, value });
                    });
                    list
                }
                _ => view.clone(),
            };
        }
        let extent = view.extent.clone();
        if !extent.is_known() {
            let place = self.graph.symbol(&name.to_string(), Ty::Aggregate);
            self.snippets.names.insert(place.id, name.to_string());
            self.extents.insert(place.id, extent.clone());
            let of = self.part_of(view);
            self.push_stmt(Stmt::Save { place, of });
            let (indices, offset) = (Vec::new(), None);
            return View { place, indices, offset, owned: true, fresh: true, grows: false, ..view.clone() };
        }
        let zero = self.graph.constant(0.0);
        match self.new_place(name, extent, Init::Fill(zero)) {
            Value::View(copy) => {
                self.copy(&copy, view);
                copy
            }
            _ => view.clone(),
        }
    }

    /// The value with copies of what may change before it is used.
    pub(super) fn settled(&mut self, value: Value<'a, 'g>) -> Value<'a, 'g> {
        self.with_copies(value, false)
    }

    /// Likewise, or with copies of all that has another name.
    fn with_copies(&mut self, value: Value<'a, 'g>, all: bool) -> Value<'a, 'g> {
        match value {
            Value::View(view) if view.owned && (view.mutable || all) && !view.fresh && !view.is_number() => {
                let name = format_ident!("copy", span = proc_macro2::Span::mixed_site());
                Value::View(self.copied(&name, &view))
            }
            Value::Tuple(parts) => Value::Tuple(parts.into_iter().each(|part| self.with_copies(part, all))),
            Value::Array(parts) => Value::Array(parts.into_iter().each(|part| self.with_copies(part, all))),
            Value::Struct(names, parts) => {
                Value::Struct(names, parts.into_iter().each(|part| self.with_copies(part, all)))
            }
            value => self.loaded(value),
        }
    }

    /// The value as a variable holds it, or parts of one: its memory is its own from now on, also where it is
    /// `mutable` and what it is made of does not change.
    pub(super) fn kept(&mut self, value: Value<'a, 'g>, mutable: bool) -> Value<'a, 'g> {
        fn named(value: &mut Value<'_, '_>) {
            match value {
                Value::View(view) => view.fresh = false,
                Value::Tuple(parts) | Value::Array(parts) | Value::Struct(_, parts) => {
                    parts.iter_mut().for_each(named);
                }
                _ => {}
            }
        }
        let mut value = self.with_copies(value, mutable);
        named(&mut value);
        value
    }

    /// A place with what passive code yields, which the parser cannot see.
    pub(super) fn allocate_copy(
        &mut self,
        name: &Ident,
        annotation: Option<&'a Type>,
        code: &'a Expr,
    ) -> Value<'a, 'g> {
        let annotation = annotation.or(super::argument::collected(code));
        let mut dims = Vec::new();
        let mut ty = annotation;
        while let Some(Type::Array(array)) = ty {
            dims.push(self.fixed(&array.len));
            ty = Some(&array.elem);
        }
        let is_list = matches!(code, Expr::MethodCall(call) if call.method == "to_vec" || call.method == "into_vec")
            || annotation.and_then(|ty| self.list_of(ty)).is_some();
        if dims.is_empty() && !is_list {
            return self.refuse(
                name,
                format!(
                    "`{name}` is to hold active values, and how many it holds is not to be seen here: write its first \
                     value as `[c; N]`, `vec![c; n]` or a list of elements, or its type"
                ),
            );
        }
        let number = annotation.and_then(|ty| self.number_in(ty)).unwrap_or(self.signature.primary);
        let owned = annotation.filter(|ty| matches!(ty, Type::Array(_) | Type::Path(_)));
        let source = self.source(code, owned);
        if dims.is_empty() {
            let leaf = self.graph.symbol("len", Ty::Opaque);
            let value = self.passive_code(quote!(#source.len()));
            self.push_stmt(Stmt::bind(leaf, value, false));
            dims.push(Dim::Counted(leaf));
        }
        let zero = self.graph.constant(0.0);
        let place = self.new_place(name, Extent { number, dims }, Init::Fill(zero));
        if let Value::View(view) = &place {
            self.read(view, &source.to_token_stream());
        }
        place
    }

    /// The numbers in a `Vec` of numbers.
    fn list_of(&self, ty: &Type) -> Option<Ty> {
        match ty {
            Type::Path(path) => match &path.path.segments.last()?.arguments {
                syn::PathArguments::AngleBracketed(list)
                    if path.path.segments.last().is_some_and(|last| last.ident == "Vec") =>
                {
                    match list.args.first()? {
                        syn::GenericArgument::Type(ty) => self.real_type(ty),
                        _ => None,
                    }
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// `vec![…]` of active values.
    pub(super) fn list_of_values(&mut self, list: List) -> Value<'a, 'g> {
        let name = format_ident!("list", span = proc_macro2::Span::mixed_site());
        match list {
            List::Elements(elements) => {
                let parts = elements.iter().each(|part| self.expr(part));
                let len = Dim::Counted(self.graph.constant(elements.len() as f64));
                self.allocate_parts(&name, len, parts)
            }
            List::Repeat(element, count) => {
                let value = self.expr(element);
                let value = self.settled(value);
                let len = Dim::Counted(self.count(count));
                self.repeated(&name, len, value, element)
            }
        }
    }

    /// A new place with the same value in each element.
    pub(super) fn repeated(
        &mut self,
        name: &Ident,
        len: Dim<'g>,
        value: Value<'a, 'g>,
        at: &'a Expr,
    ) -> Value<'a, 'g> {
        let mut extent = self.extent_of(Some(&value));
        extent.dims.insert(0, len);
        let zero = self.graph.constant(0.0);
        let place = self.new_place(name, extent, Init::Fill(zero));
        if let Value::View(view) = &place {
            self.fill_all(view, value, at);
        }
        place
    }

    /// The shape of a value.
    pub(super) fn extent_of(&mut self, mut value: Option<&Value<'a, 'g>>) -> Extent<'g> {
        let mut dims = Vec::new();
        while let Some(Value::Array(parts)) = value {
            dims.push(Dim::Literal(parts.len()));
            value = parts.first();
        }
        let number = match value {
            Some(Value::Node(node)) if node.ty().is_real() => self.number(*node),
            Some(Value::View(view)) => {
                dims.push_all(view.extent.dims.iter().cloned());
                view.extent.number
            }
            _ => self.signature.primary,
        };
        Extent { number, dims }
    }

    /// A list that grows, with its first elements.
    pub(super) fn allocate_list(
        &mut self,
        name: &Ident,
        annotation: Option<&'a Type>,
        list: Option<List>,
    ) -> Value<'a, 'g> {
        let number = annotation.and_then(|ty| self.number_in(ty)).unwrap_or(self.signature.primary);
        let place = self.new_list(name, number);
        let Value::View(view) = &place else { return place };
        let place_of = view.place;
        match list {
            Some(List::Elements(elements)) => {
                for element in elements {
                    let value = self.expr(element);
                    let value = self.real(value, element);
                    self.push_stmt(Stmt::Push { place: place_of, value });
                }
            }
            Some(List::Repeat(element, count)) => {
                let value = self.expr(element);
                let (value, count) = (self.real(value, element), self.count(count));
                self.each_index(count, &mut |parser, _| {
                    parser.push_stmt(Stmt::Push { place: place_of, value })
                });
            }
            None => {}
        }
        place
    }

    fn new_list(&mut self, name: &Ident, number: Ty) -> Value<'a, 'g> {
        if self.loops > 0 {
            return self.refuse(
                name,
                format!(
                    "`{name}` grows and is declared in a loop, which is not supported yet: write `vec![0.0; n]` and \
                     assign its elements"
                ),
            );
        }
        let dims = vec![Dim::Counted(self.graph.constant(0.0))];
        match self.new_place(name, Extent { number, dims }, Init::Empty(None)) {
            Value::View(view) => Value::View(View { grows: true, ..view }),
            value => value,
        }
    }

    // Methods.

    /// A method of a slice, array or list.
    pub(super) fn memory_method(
        &mut self,
        call: &'a syn::ExprMethodCall,
        view: &View<'g>,
    ) -> Option<Value<'a, 'g>> {
        let args = call.args.iter().list();
        let zero = self.graph.constant(0.0);
        let one = self.graph.constant(1.0);
        if view.is_number() {
            return None;
        }
        let method = call.method.to_string();
        let exclusive = method.ends_with("_mut");
        let element =
            |parser: &mut Self, index| View { owned: false, exclusive, ..parser.element(view, index) };
        Some(match (method.trim_end_matches("_mut"), &args[..]) {
            ("len", []) => Value::Node(self.length(view)),
            ("as_slice" | "as", []) => Value::View(View { owned: false, fresh: false, ..view.clone() }),
            ("clone" | "to_owned" | "to_vec" | "into_vec", []) => {
                let mut view = view.clone();
                if method.ends_with("vec") {
                    view.extent.dims[0] = Dim::Counted(self.length(&view));
                    view.grows = false;
                }
                let name = root(&call.receiver).map_or("copy".to_owned(), ToString::to_string);
                let name = Ident::new(&name, proc_macro2::Span::mixed_site());
                Value::View(self.copied(&name, &view))
            }
            ("swap", [i, j]) => {
                let (i, j) = (self.count(i), self.count(j));
                let (a, b) = (element(self, i), element(self, j));
                self.exchange(&a, &b);
                Value::Unit
            }
            ("reverse", []) => {
                let count = self.length(view);
                let half = match count.as_constant() {
                    Some(count) => self.graph.constant((count / 2.0).floor()),
                    None => {
                        let two = self.graph.constant(2.0);
                        self.offset("/", count, two)
                    }
                };
                self.each_index(half, &mut |parser, index| {
                    let one = parser.graph.constant(1.0);
                    let last = parser.difference(count, one);
                    let other = parser.difference(last, index);
                    let (a, b) = (parser.element(view, index), parser.element(view, other));
                    parser.exchange(&a, &b);
                });
                Value::Unit
            }
            ("fill", [value]) => {
                let (at, value) = (*value, self.expr(value));
                let value = self.settled(value);
                self.fill_all(view, value, at);
                Value::Unit
            }
            ("copy_from_slice" | "clone_from_slice", [from]) => {
                match self.expr(from) {
                    Value::View(from) => self.copy(view, &from),
                    value => self.fill(view, value, *from),
                }
                Value::Unit
            }
            ("split_at", [middle]) => {
                let (middle, length) = (self.count(middle), self.length(view));
                let parts = [(zero, middle), (middle, length)];
                let part = |(from, to)| Value::View(View { exclusive, ..self.part(view, from, to) });
                Value::Tuple(parts.into_iter().each(part))
            }
            ("first", []) => {
                let length = self.length(view);
                self.perhaps(view, zero, length)
            }
            ("last", []) => {
                let length = self.length(view);
                let last = self.difference(length, one);
                self.perhaps(view, last, length)
            }
            ("get", [index]) if !matches!(index, Expr::Range(_)) => {
                let (index, length) = (self.count(index), self.length(view));
                self.perhaps(view, index, length)
            }
            ("split_first", []) => {
                let (first, length) = (element(self, zero), self.length(view));
                let rest = self.part(view, one, length);
                Value::Some(Box::new(Value::Tuple(vec![Value::View(first), Value::View(rest)])))
            }
            ("split_last", []) => {
                let length = self.length(view);
                let last = self.difference(length, one);
                let (rest, last) = (self.part(view, zero, last), element(self, last));
                Value::Some(Box::new(Value::Tuple(vec![Value::View(last), Value::View(rest)])))
            }
            ("push", [value]) if view.grows => {
                let (at, value) = (*value, self.expr(value));
                let value = self.real(value, at);
                self.push_stmt(Stmt::Push { place: view.place, value });
                Value::Unit
            }
            ("pop", []) if view.grows => {
                let leaf = self.graph.symbol("popped", view.extent.number);
                self.push_stmt(Stmt::Pop { leaf, place: view.place });
                Value::Some(Box::new(Value::Node(leaf)))
            }
            _ => return None,
        })
    }

    /// An element, if there is one of this index. Before the first one stands none: the index has wrapped around.
    fn perhaps(&mut self, view: &View<'g>, index: Node<'g>, length: Node<'g>) -> Value<'a, 'g> {
        let whole =
            |node: Node<'g>| node.as_constant().map_or(node, |value| self.graph.whole(value as usize));
        let found = Op::infix("<").map(|less| self.graph.raw(less, &[whole(index), whole(length)]));
        Value::Optional(Box::new((found, Value::View(self.element(view, index)))))
    }

    /// A method that changes what it is called on puts active values into what is no memory yet.
    pub(super) fn demand_memory(&mut self, call: &'a syn::ExprMethodCall) -> Option<Value<'a, 'g>> {
        let changes = CHANGES.iter().any(|name| call.method == name);
        let binding = root(&call.receiver).and_then(|name| self.lookup(name)).filter(|_| changes)?;
        let declaration = binding.declaration;
        if self.in_memory.contains(&declaration) {
            return None;
        }
        self.surprises.insert(declaration);
        self.memory_surprises.insert(declaration);
        Some(self.unknown())
    }

    // Functions of `std::mem`.

    /// `mem::swap(&mut a, &mut b)` and `mem::replace(&mut a, b)`
    pub(super) fn exchange_call(
        &mut self,
        path: &syn::Path,
        args: &'a syn::punctuated::Punctuated<Expr, syn::Token![,]>,
    ) -> Option<Value<'a, 'g>> {
        let names = path.segments.iter().each(|segment| segment.ident.to_string());
        let [.., module, function] = &names[..] else { return None };
        if module != "mem" || args.len() != 2 {
            return None;
        }
        match &function[..] {
            "swap" => {
                let (left, right) = (borrowed(&args[0]), borrowed(&args[1]));
                let values = [self.lvalue(left), self.lvalue(right)];
                if values.iter().any(|value| self.is_unknown(value)) {
                    return Some(self.unknown());
                }
                match values {
                    [Value::View(a), Value::View(b)] => {
                        if a.is_number() && b.is_number() {
                            self.exchange(&a, &b);
                        } else if !(a.owned && b.owned) {
                            self.fail(path, "slices cannot change places yet: exchange their elements");
                        } else if self.has_same_shape(&a, &b, path) {
                            self.exchange_whole(&a, &b);
                        }
                    }
                    [a, b] => {
                        let (a, b) = (self.number_or_parts(a), self.number_or_parts(b));
                        // One may be memory, which the first of these changes.
                        let (a, b) = (self.settled(a), self.settled(b));
                        self.store(left, b);
                        self.store(right, a);
                    }
                }
                Some(Value::Unit)
            }
            "replace" => {
                let place = borrowed(&args[0]);
                let before = self.lvalue(place);
                let before = self.number_or_parts(before);
                let before = self.settled(before);
                let value = self.expr(&args[1]);
                let value = self.number_or_parts(value);
                self.store(place, value);
                Some(before)
            }
            _ => None,
        }
    }

    fn number_or_parts(&mut self, value: Value<'a, 'g>) -> Value<'a, 'g> {
        match value {
            Value::Passive(code) => self.tracked_value(code),
            value => self.loaded(value),
        }
    }

    fn exchange_whole(&mut self, a: &View<'g>, b: &View<'g>) {
        match self.is_local(a) && self.is_local(b) && self.are_of_one_type(a, b) {
            true => self.push_stmt(Stmt::Swap(a.access(), b.access())),
            false => self.exchange(a, b),
        }
    }

    fn are_of_one_type(&self, a: &View<'g>, b: &View<'g>) -> bool {
        a.extent
            .dims
            .iter()
            .zip(&b.extent.dims)
            .all(|dims| matches!(dims.0, Dim::Counted(_)) == matches!(dims.1, Dim::Counted(_)))
    }

    /// Whether it is a whole place of the function's own.
    fn is_local(&self, view: &View<'g>) -> bool {
        self.is_whole(view) && !self.params.iter().any(|(_, known)| *known == Tree::Leaf(view.place))
    }

    /// `to = from` for arrays and lists.
    pub(super) fn assign_whole(&mut self, to: &View<'g>, from: &View<'g>, at: impl ToTokens) {
        if !self.has_same_shape(to, from, at) {
            return;
        }
        // What is moved, or has no name, may as well have what there was before.
        let moved = from.fresh || (from.owned && matches!(from.extent.dims.first(), Some(Dim::Counted(_))));
        let whole = self.is_local(to) && self.is_local(from) && self.are_of_one_type(to, from);
        match moved && whole && to.place != from.place {
            true => self.push_stmt(Stmt::Swap(to.access(), from.access())),
            false => self.copy(to, from),
        }
    }
}

const OTHER_LENGTH: &str = "whether both have as many elements is not to be seen here: use `copy_from_slice`";

/// What is borrowed by `&mut place`.
fn borrowed(expr: &Expr) -> &Expr {
    match expr {
        Expr::Paren(paren) => borrowed(&paren.expr),
        Expr::Group(group) => borrowed(&group.expr),
        Expr::Reference(reference) => &reference.expr,
        expr => expr,
    }
}

/// The length of an array, if it is written as a number.
fn literal_length(dim: &Dim<'_>) -> Option<usize> {
    match dim {
        Dim::Literal(length) => Some(*length),
        Dim::Fixed(_) | Dim::Typed(_) | Dim::Counted(_) => None,
    }
}

/// The length that tokens give as a literal.
pub(super) fn literal(tokens: &TokenStream) -> Option<usize> {
    match syn::parse2::<Lit>(tokens.clone()) {
        Ok(Lit::Int(number)) => number.base10_parse().ok(),
        _ => None,
    }
}
