//! Memory: arrays, slices and lists whose elements are told apart when the derivative runs.
//!
//! A variable that holds such a thing has a [`View`] as its value: which place, and which part of it. What
//! the part holds is nothing that the parser knows; reading and writing it are statements.

use super::returned::Form;
use super::source::Source;
use super::{Parser, Value};
use crate::graph::{Expr as Node, Kind, Ty};
use crate::hash::HashMap;
use crate::list::List as _;
use crate::ops::Op;
use crate::region::{Access, Dim, Extent, Init, Stmt, Tree};
use deriv_syntax::signature::{Length, Numbers, Passed};
use proc_macro2::Ident;
use quote::quote;
use std::cell::RefCell;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{Expr, Lit, Token, Type};

/// A part of a place.
#[derive(Clone)]
pub(super) struct View<'g> {
    pub place: Node<'g>,
    /// Lead to the part.
    pub indices: Vec<Node<'g>>,
    /// What is added to the next index.
    pub offset: Option<Node<'g>>,
    /// Of the part: no dimensions where it is one number.
    pub extent: Extent<'g>,
    /// What the place holds may change.
    pub mutable: bool,
    /// It stands for the value, which is copied where it is bound, and not for a reference to it.
    pub owned: bool,
    /// A reference is a mutable one.
    pub exclusive: bool,
    /// Nothing else names the place: it need not be copied.
    pub fresh: bool,
    /// It is a list that grows, so its length is asked for where it matters.
    pub grows: bool,
}

impl<'g> View<'g> {
    /// All of a place of the body's own, which is new.
    pub fn new(place: Node<'g>, extent: Extent<'g>) -> Self {
        View {
            place,
            indices: Vec::new(),
            offset: None,
            extent,
            mutable: true,
            owned: true,
            exclusive: false,
            fresh: true,
            grows: false,
        }
    }

    pub fn is_number(&self) -> bool {
        self.extent.dims.is_empty() && !self.extent.is_struct()
    }

    pub fn is_same(&self, other: &View<'g>) -> bool {
        self.place == other.place && self.indices == other.indices && self.offset == other.offset
    }

    pub fn access(&self) -> Access<'g> {
        Access { place: self.place, indices: self.indices.clone() }
    }
}

impl<'a, 'g> Parser<'a, 'g> {
    /// The place of a parameter. How long a slice is, is asked before anything else, and so where the
    /// parameter's name still means it.
    pub(super) fn declare_place(
        &mut self,
        name: Option<&Ident>,
        numbers: &Numbers,
        mutable: bool,
    ) -> View<'g> {
        let text = name.map_or("_".to_owned(), ToString::to_string);
        let place = self.graph.symbol(&text, Ty::Aggregate);
        let mut dims = Vec::new();
        for length in &numbers.lengths {
            dims.push(match length {
                Length::Literal(length) => Dim::Literal(*length),
                Length::Symbolic(length) => Dim::Fixed(self.snippets.add(length)),
                Length::Counted => {
                    let leaf = self.graph.symbol(&format!("{text}.len()"), Ty::Opaque);
                    let value = self.passive_code(name.map_or(quote!(0), |name| quote!(#name.len())));
                    self.push_stmt(Stmt::bind(leaf, value, true));
                    self.again_leaves.insert(leaf.id);
                    Dim::Counted(leaf)
                }
            });
        }
        let extent = Extent { number: numbers.number, dims };
        self.extents.insert(place.id, extent.clone());
        View {
            place,
            indices: Vec::new(),
            offset: None,
            extent,
            mutable: mutable || numbers.passed == Passed::Mutable,
            owned: numbers.passed == Passed::ByValue,
            exclusive: numbers.passed == Passed::Mutable,
            fresh: false,
            grows: false,
        }
    }

    /// Whether a variable that is to hold active values, at first those of this code, must be memory.
    pub(super) fn is_memory(&self, code: &Expr) -> bool {
        match code {
            Expr::Paren(paren) => self.is_memory(&paren.expr),
            Expr::Group(group) => self.is_memory(&group.expr),
            Expr::Repeat(repeat) => {
                let literal = matches!(&*repeat.len, Expr::Lit(syn::ExprLit { lit: Lit::Int(_), .. }));
                !literal || self.is_memory(&repeat.expr)
            }
            Expr::Macro(mac) => self.lists.get(&mac.mac).is_some(),
            code => is_empty_list(code),
        }
    }

    /// A new place with a value to begin with.
    pub(super) fn allocate(
        &mut self,
        name: &Ident,
        annotation: Option<&'a Type>,
        value: Value<'a, 'g>,
    ) -> Value<'a, 'g> {
        let grows = self.grown.contains(&name.to_string());
        let mut dims = Vec::new();
        let mut value = value;
        // The same in every element, as far as that goes.
        let fill = loop {
            value = match value {
                Value::Passive(Expr::Paren(paren)) => Value::Passive(&paren.expr),
                Value::Passive(Expr::Group(group)) => Value::Passive(&group.expr),
                Value::Passive(Expr::Repeat(repeat)) => {
                    dims.push(self.fixed(&repeat.len));
                    Value::Passive(&repeat.expr)
                }
                Value::Passive(code) if is_empty_list(code) => {
                    return self.allocate_list(name, annotation, None);
                }
                Value::Passive(Expr::Macro(mac)) if grows && dims.is_empty() => {
                    let list = self.lists.get(&mac.mac);
                    return self.allocate_list(name, annotation, list);
                }
                Value::Passive(code @ Expr::Macro(mac)) => match self.lists.get(&mac.mac) {
                    Some(List::Repeat(element, count)) => {
                        dims.push(Dim::Counted(self.count(count)));
                        Value::Passive(element)
                    }
                    Some(List::Elements(elements)) if dims.is_empty() => {
                        let len = Dim::Counted(self.graph.constant(elements.len() as f64));
                        let parts = elements.iter().each(|part| self.expr(part));
                        return self.allocate_parts(name, len, parts);
                    }
                    _ => break Some(code),
                },
                Value::Passive(Expr::Array(array)) if dims.is_empty() => {
                    Value::Array(array.elems.iter().each(|part| self.expr(part)))
                }
                Value::Array(parts) if dims.is_empty() => {
                    let len = Dim::Literal(parts.len());
                    return self.allocate_parts(name, len, parts);
                }
                Value::View(view) => return Value::View(self.copied(name, &view)),
                Value::Passive(code) => break Some(code),
                _ => break None,
            }
        };
        match fill {
            Some(code) if dims.is_empty() => self.allocate_copy(name, annotation, code),
            Some(code) => {
                let fill = self.real(Value::Passive(code), code);
                let number = annotation.and_then(|ty| self.number_in(ty));
                let number = number.unwrap_or(self.number(fill));
                self.new_place(name, Extent { number, dims }, Init::Fill(fill))
            }
            _ => self.refuse(
                name,
                format!(
                    "`{name}` is to hold active values, and how many it holds is not to be seen here: write its first \
                     value as `[c; N]`, `vec![c; n]` or a list of elements"
                ),
            ),
        }
    }

    /// A place with an element for each part.
    pub(super) fn allocate_parts(
        &mut self,
        name: &Ident,
        len: Dim<'g>,
        parts: Vec<Value<'a, 'g>>,
    ) -> Value<'a, 'g> {
        let mut extent = self.extent_of(parts.first());
        extent.dims.insert(0, len);
        let zero = self.graph.constant(0.0);
        let place = self.new_place(name, extent, Init::Fill(zero));
        if let Value::View(view) = &place {
            self.fill(view, Value::Array(parts), name);
        }
        place
    }

    pub(super) fn new_place(&mut self, name: &Ident, extent: Extent<'g>, init: Init<'g>) -> Value<'a, 'g> {
        let place = self.graph.symbol(&name.to_string(), Ty::Aggregate);
        self.snippets.names.insert(place.id, name.to_string());
        if extent.dims.iter().any(|dim| matches!(dim, Dim::Typed(_))) {
            return self.refuse(
                name,
                "how long an array is that a call returns is not to be seen here: give its type, as in `let a: [f64; 3] = …`",
            );
        }
        self.extents.insert(place.id, extent.clone());
        self.push_stmt(Stmt::Alloc { place, extent: extent.clone(), init });
        Value::View(View::new(place, extent))
    }

    /// The type of the numbers in an array, slice or list of a type.
    pub(super) fn number_in(&self, ty: &Type) -> Option<Ty> {
        match ty {
            Type::Paren(inner) => self.number_in(&inner.elem),
            Type::Group(inner) => self.number_in(&inner.elem),
            Type::Reference(inner) => self.number_in(&inner.elem),
            Type::Array(array) => self.number_in(&array.elem),
            Type::Slice(slice) => self.number_in(&slice.elem),
            Type::Path(path) => match path.path.segments.last().map(|last| &last.arguments) {
                Some(syn::PathArguments::AngleBracketed(list)) => match list.args.first() {
                    Some(syn::GenericArgument::Type(ty)) => self.number_in(ty),
                    _ => None,
                },
                _ => self.real_type(ty),
            },
            ty => self.real_type(ty),
        }
    }

    /// The type of numbers that begin with the value of a node, whose own type may be open.
    pub(super) fn number(&self, node: Node<'g>) -> Ty {
        if node.ty() == Ty::Any { self.signature.primary } else { node.ty() }
    }

    /// Passive code that counts or indexes, as a node.
    pub(super) fn count(&mut self, code: &'a Expr) -> Node<'g> {
        if let Some(length) = self.known_length(code) {
            return length;
        }
        match self.expr(code) {
            Value::Passive(Expr::Lit(syn::ExprLit { lit: Lit::Int(number), .. }))
                if let Ok(number) = number.base10_parse::<u32>() =>
            {
                self.graph.whole(number as usize)
            }
            Value::Passive(code) => self.argument_leaf(code, Ty::Opaque, quote!(::core::primitive::usize)),
            Value::Node(node) if node == self.unknown || !node.ty().is_real() => node,
            _ => {
                self.fail(
                    code.source(),
                    "an index that is an active value has no derivative: compute it with integers",
                );
                self.unknown
            }
        }
    }

    /// What an expression stands for where it is assigned to or borrowed: a part of memory is not read yet.
    pub(super) fn lvalue(&mut self, expr: &'a Expr) -> Value<'a, 'g> {
        self.nested(expr, |parser| match expr {
            Expr::Paren(paren) => parser.lvalue(&paren.expr),
            Expr::Group(group) => parser.lvalue(&group.expr),
            Expr::Path(path) => match path.path.get_ident().and_then(|name| parser.lookup(name)) {
                Some(super::Binding { value: super::Bound::Tracked(value), .. }) => match value.clone() {
                    Value::View(view) => Value::View(parser.present(view)),
                    value => value,
                },
                _ => Value::Passive(expr),
            },
            Expr::Unary(syn::ExprUnary { op: syn::UnOp::Deref(_), expr: inner, .. }) => {
                match parser.lvalue(inner) {
                    Value::Passive(_) => Value::Passive(expr),
                    Value::View(view) => Value::View(View { owned: true, ..view }),
                    value => value,
                }
            }
            Expr::Index(index) => parser.index(expr, index),
            expr => match parser.in_struct(expr) {
                Some(view) => Value::View(view),
                None => parser.expr(expr),
            },
        })
    }

    /// The value of what may be a number in memory.
    pub(super) fn loaded(&mut self, value: Value<'a, 'g>) -> Value<'a, 'g> {
        match value {
            Value::View(view) if view.is_number() => Value::Node(self.load(&view)),
            Value::View(view) => Value::View(self.present(view)),
            value => value,
        }
    }

    /// What a number in memory is at this place.
    pub(super) fn load(&mut self, view: &View<'g>) -> Node<'g> {
        let text = format!("{:?}", view.access());
        if !view.mutable
            && let Some(leaf) = self.known_leaf(&text)
        {
            return leaf;
        }
        let leaf = self.graph.symbol(&self.element_name(view), view.extent.number);
        self.loaded_from.insert(leaf.id, view.access());
        if let Some((_, field)) = self.moves.reached.iter().find(|(access, _)| *access == view.access()) {
            self.moves.held.push((leaf.id, field.clone()));
        }
        self.push_stmt(Stmt::Load { leaf, from: view.access() });
        if !view.mutable {
            let home = self.bodies.len();
            if let Some(frame) = self.frames.iter_mut().rev().find(|frame| frame.depth <= home) {
                frame.leaves.push((text, leaf, home));
            }
        }
        leaf
    }

    /// How the formula names an element.
    fn element_name(&self, view: &View<'g>) -> String {
        let name = |node: &Node<'g>| match node.kind() {
            Kind::Symbol(number) => self.graph.symbol_name(number),
            _ => node.as_constant().map_or("…".to_owned(), |value| value.to_string()),
        };
        let indices: String = view.indices.iter().map(|index| format!("[{}]", name(index))).collect();
        name(&view.place) + &indices
    }

    /// The element of a part that an index leads to.
    pub(super) fn element(&mut self, view: &View<'g>, index: Node<'g>) -> View<'g> {
        let mut element = view.clone();
        let index = match element.offset.take() {
            Some(offset) => self.sum(offset, index),
            None => index,
        };
        element.indices.push(index);
        element.extent.dims.remove(0);
        element.owned = true;
        element.fresh = false;
        element.grows = false;
        element
    }

    /// `base[index]`
    pub(super) fn index(&mut self, expr: &'a Expr, index: &'a syn::ExprIndex) -> Value<'a, 'g> {
        if let Some(view) = self.in_struct(expr) {
            return Value::View(view);
        }
        match self.lvalue(&index.expr) {
            base if self.is_unknown(&base) => self.unknown(),
            Value::View(view) if view.is_number() => {
                let dims = vec![None; view.indices.len() + 1];
                let part = Value::Variable(view.place);
                match self.must_be_array(&part, dims.len())
                    || self.learn(view.place, &Tree::Leaf(Form::Memory(dims)))
                {
                    true => self.unknown(),
                    false => self.refuse(expr.source(), "there is no such element: this is a number"),
                }
            }
            Value::View(view) => match &*index.index {
                Expr::Range(range) => self.range(&view, range),
                index => match self.count(index) {
                    index if index == self.unknown => self.unknown(),
                    index => Value::View(self.element(&view, index)),
                },
            },
            Value::Array(parts) => match &*index.index {
                Expr::Lit(syn::ExprLit { lit: Lit::Int(number), .. }) => {
                    let part = number.base10_parse::<usize>().ok().and_then(|i| parts.get(i).cloned());
                    match part {
                        Some(part) => part,
                        None => self.refuse(
                            &index.index,
                            format!("the index is out of bounds: the array has {} elements", parts.len()),
                        ),
                    }
                }
                code => match self.whole_number(code).and_then(|i| parts.get(i)) {
                    Some(part) => part.clone(),
                    None => self.index_parts(parts, index),
                },
            },
            base if self.is_struct_variable(&base) && !self.is_whole_struct(&base) => {
                match self.whole_number(&index.index) {
                    Some(number) => self.struct_part(&base, &format!("[{number}]")),
                    None if self.learn_array(&base) => self.unknown(),
                    None => self.refuse(expr.source(), super::unseen::NO_ARRAY),
                }
            }
            base if self.learn_array(&base) => self.unknown(),
            base if self.is_whole_struct(&base) => self.refuse(index.expr.source(), super::unseen::NO_ARRAY),
            base => {
                let index = self.expr(&index.index);
                match self.are_inert(&[&base, &index]) && self.mentions(expr) {
                    true => self.observe(expr),
                    false => self.passive_or(
                        expr,
                        expr.source(),
                        "an index that is an active value, or an element of what is no array here, is not supported \
                         yet: bind an index by a `let` with its type, an array by one of its own",
                    ),
                }
            }
        }
    }

    /// An element, told only when the code runs, of an array that the parser knows number by number: such an
    /// array must be memory.
    fn index_parts(&mut self, parts: Vec<Value<'a, 'g>>, index: &'a syn::ExprIndex) -> Value<'a, 'g> {
        if let Some(name) = root(&index.expr)
            && let Some(binding) = self.lookup(name)
            && !self.in_memory.contains(&binding.declaration)
        {
            // Parsing begins again.
            let declaration = binding.declaration;
            self.memory_surprises.insert(declaration);
            return self.unknown();
        }
        let name = quote::format_ident!("array", span = proc_macro2::Span::mixed_site());
        match self.allocate(&name, None, Value::Array(parts)) {
            Value::View(view) => match &*index.index {
                Expr::Range(range) => self.range(&view, range),
                index => {
                    let index = self.count(index);
                    Value::View(View { mutable: false, ..self.element(&view, index) })
                }
            },
            value => value,
        }
    }

    /// Writes a number, or adds it to what there is.
    pub(super) fn write(&mut self, to: &View<'g>, value: Node<'g>, add: bool) {
        self.push_stmt(Stmt::Store { to: to.access(), value, add });
    }

    /// `view op= right`
    pub(super) fn change(&mut self, view: &View<'g>, op: Op, right: Node<'g>) {
        if Some(op) == Op::infix("+") {
            return self.write(view, right, true);
        }
        if Some(op) == Op::infix("-")
            && let Some(minus) = Op::prefix("-")
        {
            let right = match right.as_constant() {
                Some(value) => self.graph.constant(-value),
                None => self.graph.raw(minus, &[right]),
            };
            return self.write(view, right, true);
        }
        let left = self.load(view);
        let value = self.graph.raw(op, &[left, right]);
        self.write(view, value, false);
    }
}

/// Whether the code makes a list without elements.
fn is_empty_list(code: &Expr) -> bool {
    let Expr::Call(syn::ExprCall { func, .. }) = code else { return false };
    let Expr::Path(path) = &**func else { return false };
    let mut names = path.path.segments.iter().rev().map(|segment| segment.ident.to_string());
    let (name, ty) = (names.next(), names.next());
    ty.is_some_and(|ty| ty == "Vec") && name.is_some_and(|name| name == "new" || name == "with_capacity")
}

/// What stands in `vec![…]`.
#[derive(Clone, Copy)]
pub(super) enum List {
    Repeat(&'static Expr, &'static Expr),
    Elements(&'static [Expr]),
}

/// What stands in the `vec!` macros of the function, read once: declarations are told apart by where they
/// stand in memory.
#[derive(Default)]
pub(super) struct Lists(RefCell<HashMap<usize, Option<List>>>);

impl Lists {
    pub fn get(&self, mac: &syn::Macro) -> Option<List> {
        if mac.path.segments.last().is_none_or(|last| last.ident != "vec") {
            return None;
        }
        let at = std::ptr::from_ref(mac).addr();
        *self.0.borrow_mut().entry(at).or_insert_with(|| mac.parse_body_with(List::read).ok())
    }
}

impl List {
    /// What is read stays for as long as the program runs, as the function itself does.
    fn read(input: ParseStream<'_>) -> syn::Result<List> {
        if input.is_empty() {
            return Ok(List::Elements(&[]));
        }
        let first: Expr = input.parse()?;
        if input.parse::<Option<Token![;]>>()?.is_some() {
            let count = input.parse()?;
            return Ok(List::Repeat(Box::leak(Box::new(first)), Box::leak(Box::new(count))));
        }
        input.parse::<Option<Token![,]>>()?;
        let rest = Punctuated::<Expr, Token![,]>::parse_terminated(input)?;
        let all: Vec<Expr> = std::iter::once(first).joined(rest);
        Ok(List::Elements(all.leak()))
    }
}

/// The variable that a place expression is part of.
pub(super) fn root(mut expr: &Expr) -> Option<&Ident> {
    loop {
        expr = match expr {
            Expr::Paren(paren) => &paren.expr,
            Expr::Group(group) => &group.expr,
            Expr::Index(index) => &index.expr,
            Expr::Field(field) => &field.base,
            Expr::Unary(unary) => &unary.expr,
            Expr::Path(path) => return path.path.get_ident(),
            _ => return None,
        }
    }
}
