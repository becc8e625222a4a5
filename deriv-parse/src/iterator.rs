//! Iterators: what they run over, which is passive code, and what becomes of each item.
//!
//! A chain is not followed element by element. All that decides how many items there are, and in which
//! order, is code that emitted loops can run over as it stands: `(0..x.len()).rev().zip(weights)`. It binds
//! names, the *slots*, and an item is a recipe in terms of them: an element of `x`, what a closure makes of
//! it, a pair. Arrays that are known number by number are not run over: their items are written out.

use super::cover::Polynomial;
use super::memory::root;
use super::source::Source;
use super::{Body, Closure, Known, Parser, Value, View};
use crate::graph::{Expr as Node, Ty};
use crate::hash::{HashMap, HashSet};
use crate::list::{List, PushAll};
use crate::region::{Capture, Dim, Tree};
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use std::cell::RefCell;
use std::rc::Rc;
use syn::{BinOp, Expr};

/// Arrays of more numbers are run over.
const MAX_UNROLLED: usize = 8;
/// The same for all nested ones together.
const MAX_UNROLLED_TOGETHER: usize = 32;

/// An iterator that has not begun.
#[derive(Clone)]
pub(super) struct Chain<'a, 'g> {
    pub over: Over<'a, 'g>,
    /// How the code's items are taken apart.
    pub pattern: Tree<usize>,
    /// What is known of what each slot holds.
    pub slots: Vec<Known>,
    pub item: Item<'a, 'g>,
}

#[derive(Clone)]
pub(super) enum Over<'a, 'g> {
    /// All numbers below this one.
    Below(Piece<'g>),
    Code(Piece<'g>),
    /// Nothing: for each item, what its slots hold.
    Rows(Vec<Vec<&'a Expr>>),
    /// What the first one runs over, and then what the second one does: these have their own items.
    Both(Box<(Chain<'a, 'g>, Chain<'a, 'g>)>),
}

/// Passive code, to be put together with other such.
#[derive(Clone)]
pub(super) struct Piece<'g> {
    pub tokens: TokenStream,
    pub captures: Vec<Capture<'g>>,
    /// It has the same value when it is evaluated again.
    pub pure: bool,
    /// It also runs backwards.
    pub again: bool,
    /// And it knows how long it is.
    pub exact: bool,
    /// The number that it is.
    pub count: Option<Polynomial>,
}

/// How to make an item of what the slots hold.
#[derive(Clone)]
pub(super) enum Item<'a, 'g> {
    /// What the slot holds.
    Slot(usize),
    /// The element that the slot tells; the place itself where it may be assigned to.
    Element {
        view: View<'g>,
        slot: usize,
        place: bool,
    },
    /// Several elements: from the one that the slot tells, or from a multiple of it.
    Run {
        view: View<'g>,
        slot: usize,
        run: Run<'g>,
    },
    /// One of several values.
    Part {
        parts: Rc<Vec<Value<'a, 'g>>>,
        slot: usize,
        of: Option<usize>,
    },
    Pair(Box<Item<'a, 'g>>, Box<Item<'a, 'g>>),
    Mapped(Box<Item<'a, 'g>>, Function<'a, 'g>),
    /// Only where a condition holds.
    Filtered(Box<Item<'a, 'g>>, Function<'a, 'g>),
    /// All items of the iterator that a function makes of it.
    Flat(Box<Item<'a, 'g>>, Function<'a, 'g>),
}

/// Neighbouring elements.
#[derive(Clone)]
pub(super) struct Run<'g> {
    pub size: Node<'g>,
    pub overlaps: bool,
    /// Less than `size` if there are no more, of so many.
    pub all: Option<Piece<'g>>,
}

/// What is done to an item.
#[derive(Clone)]
pub(super) struct Function<'a, 'g> {
    pub at: &'a Expr,
    pub closure: Rc<Closure<'a, 'g>>,
    /// It may assign to variables outside.
    pub assigns: bool,
}

/// How an iterator is made.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum By {
    Reference,
    MutableReference,
    /// As what is iterated over decides.
    Value,
}

/// Code that is made and not found in the source. It is made once and stays, as declarations are told apart
/// by where they stand in memory.
#[derive(Default)]
pub(super) struct Made {
    exprs: RefCell<HashMap<usize, &'static Expr>>,
    /// Of indices: of loops that may be run again, and of others.
    names: [RefCell<Vec<&'static Expr>>; 2],
    literals: RefCell<HashMap<String, &'static Expr>>,
}

impl Made {
    /// What is made of the code at this address.
    pub fn of<T>(&self, code: &T, make: impl FnOnce() -> Expr) -> &'static Expr {
        let at = std::ptr::from_ref(code).addr();
        self.exprs.borrow_mut().entry(at).or_insert_with(|| Box::leak(Box::new(make())))
    }

    /// A name for an index, the same for the same number, that the function does not use.
    fn name(&self, number: usize, again: bool, used: &HashSet<String>) -> &'static Expr {
        let mut names = self.names[usize::from(again)].borrow_mut();
        let letters = ["i", "j", "k", "l", "m"].map(str::to_owned).into_iter();
        let more = (1..).map(|number| format!("i_{number}"));
        let free = letters.chain(more).filter(|name| !used.contains(name)).skip(names.len());
        for name in free.take((number + 1).saturating_sub(names.len())) {
            let name = format_ident!("{name}");
            names.push(Box::leak(Box::new(syn::parse_quote!(#name))));
        }
        names[number]
    }

    fn literal(&self, text: String) -> &'static Expr {
        let make = |text: &String| -> &'static Expr {
            let literal = syn::LitInt::new(text, proc_macro2::Span::call_site());
            Box::leak(Box::new(syn::parse_quote!(#literal)))
        };
        let mut literals = self.literals.borrow_mut();
        let made = make(&text);
        literals.entry(text).or_insert_with(|| made)
    }
}

impl<'g> Piece<'g> {
    fn counting(tokens: TokenStream, captures: Vec<Capture<'g>>, pure: bool) -> Self {
        Piece { tokens, captures, pure, again: pure, exact: pure, count: None }
    }
}

impl<'g> Item<'_, 'g> {
    /// The same with other slots.
    fn shift(&mut self, by: usize) {
        match self {
            Item::Slot(slot)
            | Item::Element { slot, .. }
            | Item::Run { slot, .. }
            | Item::Part { slot, .. } => *slot += by,
            Item::Pair(first, second) => {
                first.shift(by);
                second.shift(by);
            }
            Item::Mapped(item, _) | Item::Filtered(item, _) | Item::Flat(item, _) => item.shift(by),
        }
    }

    /// Whether each round yields one item.
    fn is_regular(&self) -> bool {
        match self {
            Item::Filtered(..) | Item::Flat(..) => false,
            Item::Mapped(item, _) => item.is_regular(),
            Item::Pair(first, second) => first.is_regular() && second.is_regular(),
            _ => true,
        }
    }

    /// Whether making it assigns to variables.
    fn assigns(&self) -> bool {
        match self {
            Item::Mapped(item, f) | Item::Filtered(item, f) | Item::Flat(item, f) => {
                f.assigns || item.assigns()
            }
            Item::Pair(first, second) => first.assigns() || second.assigns(),
            _ => false,
        }
    }

    /// The variables whose numbers it tells apart, and whether there are numbers without a variable.
    fn parts(&self) -> (Vec<usize>, bool) {
        match self {
            Item::Part { of, .. } => (of.iter().copied().list(), of.is_none()),
            Item::Mapped(item, _) | Item::Filtered(item, _) | Item::Flat(item, _) => item.parts(),
            Item::Pair(first, second) => {
                let ((mut variables, first), (more, second)) = (first.parts(), second.parts());
                variables.push_all(more);
                (variables, first || second)
            }
            _ => (Vec::new(), false),
        }
    }
}

impl<'a, 'g> Chain<'a, 'g> {
    /// The code that it runs over, so that a method can follow; none where it is more than code.
    fn receiver(&self) -> Option<Piece<'g>> {
        Some(match &self.over {
            Over::Below(length) => {
                let tokens = &length.tokens;
                Piece { tokens: quote!((0..#tokens)), ..length.clone() }
            }
            Over::Code(piece) => {
                let mut piece = piece.clone();
                if let Ok(Expr::Range(range)) = syn::parse2(piece.tokens.clone()) {
                    piece.tokens = quote!((#range));
                }
                piece
            }
            Over::Rows(_) | Over::Both(_) => return None,
        })
    }

    fn below(length: Piece<'g>, item: Item<'a, 'g>) -> Self {
        Chain { over: Over::Below(length), pattern: Tree::Leaf(0), slots: vec![Known::Size], item }
    }

    /// Whether it yields the same when it begins later.
    pub fn is_pure(&self) -> bool {
        match &self.over {
            Over::Below(piece) | Over::Code(piece) => piece.pure,
            Over::Rows(_) => true,
            Over::Both(both) => both.0.is_pure() && both.1.is_pure(),
        }
    }

    /// Whether each round yields one item, and making it assigns no variables.
    fn is_plain(&self) -> bool {
        self.is_regular() && !self.item.assigns()
    }

    /// Whether each round yields one item.
    pub fn is_regular(&self) -> bool {
        !matches!(self.over, Over::Both(_)) && self.item.is_regular()
    }

    /// Whether there certainly is an item.
    pub fn has_items(&self) -> bool {
        matches!(&self.over, Over::Rows(rows) if !rows.is_empty()) && self.is_regular()
    }

    /// Something is done to each item.
    pub fn with_item(&self, change: &dyn Fn(Item<'a, 'g>) -> Item<'a, 'g>) -> Self {
        if let Over::Both(both) = &self.over {
            let both = (both.0.with_item(change), both.1.with_item(change));
            return Chain { over: Over::Both(Box::new(both)), ..self.clone() };
        }
        Chain { item: change(self.item.clone()), ..self.clone() }
    }
}

impl<'a, 'g> Parser<'a, 'g> {
    /// An iterator over a value; none where it is nothing that can be iterated over.
    pub(super) fn iterator(
        &mut self,
        value: Value<'a, 'g>,
        at: &'a Expr,
        by: By,
    ) -> Option<Rc<Chain<'a, 'g>>> {
        let mutable = matches!(at, Expr::Reference(reference) if reference.mutability.is_some());
        let shared = matches!(at, Expr::Reference(reference) if reference.mutability.is_none());
        let value = match value {
            // A range whose bounds active values decide, say.
            Value::Node(node) if node.ty() == Ty::Opaque => Value::Passive(at),
            value => value,
        };
        Some(Rc::new(match value {
            Value::Iterator(chain) => return Some(chain),
            Value::View(view) if !view.is_number() => {
                let place = match by {
                    By::Reference => false,
                    By::MutableReference => true,
                    By::Value => mutable || (view.mutable && !view.owned && !shared),
                };
                let length = self.length_of(&view);
                Chain::below(length, Item::Element { view, slot: 0, place })
            }
            Value::Array(parts) => {
                let written = by == By::MutableReference || mutable;
                let variable = root(at).and_then(|name| self.lookup(name)).map(|binding| binding.declaration);
                let few = parts.len() <= MAX_UNROLLED && self.unrolled * parts.len() <= MAX_UNROLLED_TOGETHER;
                if few && !written {
                    let row = |i: usize| vec![self.made.literal(format!("{i}usize"))];
                    let rows = (0..parts.len()).each(row);
                    let item = Item::Part { parts: Rc::new(parts), slot: 0, of: variable };
                    return Some(Rc::new(Chain {
                        over: Over::Rows(rows),
                        pattern: Tree::Leaf(0),
                        slots: vec![Known::Size],
                        item,
                    }));
                }
                if let Some(declaration) = variable {
                    self.needs_memory(declaration, at);
                    return None;
                }
                let name = format_ident!("array");
                match self.allocate(&name, None, Value::Array(parts)) {
                    Value::View(view) => {
                        let length = self.length_of(&view);
                        Chain::below(length, Item::Element { view, slot: 0, place: written })
                    }
                    _ => return None,
                }
            }
            Value::Passive(code) => {
                let known = self.known_item(code);
                if known == Known::Size
                    && let Expr::Range(range) = bare(code)
                    && let (Some(start), Some(end)) = (&range.start, &range.end)
                    && matches!(range.limits, syn::RangeLimits::HalfOpen(_))
                    && whole(start) == Some(0)
                {
                    let length = self.piece(end);
                    return Some(Rc::new(Chain::below(length, Item::Slot(0))));
                }
                let mut piece = self.piece(bare(code));
                let borrowed = self.is_borrowed_sequence(code);
                if borrowed {
                    let code = &piece.tokens;
                    piece.tokens = quote!((#code).iter());
                }
                piece.again = borrowed || self.is_repeatable(code);
                piece.exact = borrowed || self.is_exact(code);
                piece.pure |= piece.again;
                Chain {
                    over: Over::Code(piece),
                    pattern: Tree::Leaf(0),
                    slots: vec![known],
                    item: Item::Slot(0),
                }
            }
            value => {
                self.learn_array(&value);
                return None;
            }
        }))
    }

    /// The array that a variable holds must be memory: parsing begins again.
    fn needs_memory(&mut self, declaration: usize, at: &'a Expr) {
        if self.in_memory.contains(&declaration) {
            self.fail(
                at.source(),
                "this array cannot be iterated over here: bind it by a `let` of its own, or loop over its indices",
            );
        } else {
            self.memory_surprises.insert(declaration);
        }
    }

    /// Code that counts.
    fn piece(&mut self, code: &'a Expr) -> Piece<'g> {
        let passive = self.observed(code.source());
        let again = self.is_pure(code) && self.are_again(&passive.captures);
        let tokens = self.snippets.get(passive.code).clone();
        let count = self.polynomial(code);
        Piece { count, ..Piece::counting(tokens, passive.captures, again) }
    }

    /// How many elements a part of memory has.
    fn length_of(&mut self, view: &View<'g>) -> Piece<'g> {
        let view = self.present(view.clone());
        let count = view.extent.dims.first().and_then(|dim| self.dim(dim));
        Piece { count, ..self.length_piece(&view) }
    }

    fn length_piece(&mut self, view: &View<'g>) -> Piece<'g> {
        let plain = |tokens| Piece::counting(tokens, Vec::new(), true);
        match view.extent.dims.first() {
            Some(Dim::Literal(length)) => {
                plain(proc_macro2::Literal::usize_unsuffixed(*length).to_token_stream())
            }
            Some(Dim::Fixed(code)) => plain(self.snippets.get(*code).clone()),
            Some(Dim::Counted(node) | Dim::Typed(node)) => {
                if let Some(count) = node.as_constant() {
                    return plain(proc_macro2::Literal::usize_unsuffixed(count as usize).to_token_stream());
                }
                if let Some(code) = self.stable_code(*node) {
                    return Piece::counting(code, Vec::new(), true);
                }
                let name = format_ident!("length_{}", node.id);
                self.snippets.bound.insert(name.to_string());
                let capture =
                    Capture { name: self.snippets.add(&name), value: Tree::Leaf(*node), made_up: true };
                // What it stands for does not change, whatever it was computed from.
                Piece::counting(name.to_token_stream(), vec![capture], true)
            }
            None => plain(quote!(0)),
        }
    }

    /// The code that a leaf stands for, where it is written out at each use.
    fn stable_code(&self, leaf: Node<'g>) -> Option<TokenStream> {
        let statements = self.bodies.iter().flatten();
        let mut codes = statements.filter_map(|stmt| match stmt {
            crate::region::Stmt::Bind { leaf: bound, value, stable: true, .. }
                if *bound == leaf && value.captures.is_empty() =>
            {
                Some(self.snippets.get(value.code).clone())
            }
            _ => None,
        });
        codes.next()
    }

    /// The captures of both.
    fn join(&mut self, first: &[Capture<'g>], second: &[Capture<'g>], at: &'a Expr) -> Vec<Capture<'g>> {
        let mut all = first.to_vec();
        for capture in second {
            let text = |capture: &Capture<'g>| self.snippets.get(capture.name).to_string();
            match all.iter().find(|known| text(known) == text(capture)) {
                None => all.push(capture.clone()),
                Some(known) if known.value == capture.value => {}
                Some(_) => {
                    let name = text(capture);
                    self.fail(
                        at.source(),
                        format!("`{name}` stands for two things here: give one of the two another name"),
                    );
                }
            }
        }
        all
    }

    /// A chain whose code is changed by `with`, perhaps by means of other code.
    fn changed(
        &mut self,
        at: &'a Expr,
        chain: &Chain<'a, 'g>,
        other: Option<&Piece<'g>>,
        with: impl FnOnce(TokenStream) -> TokenStream,
    ) -> Chain<'a, 'g> {
        let Some(piece) = chain.receiver() else { return chain.clone() };
        let tokens = with(piece.tokens.clone());
        self.with_code(at, chain, other, Piece { tokens, again: piece.again && piece.exact, ..piece })
    }

    /// The same, where that code is made already.
    fn with_code(
        &mut self,
        at: &'a Expr,
        chain: &Chain<'a, 'g>,
        other: Option<&Piece<'g>>,
        mut changed: Piece<'g>,
    ) -> Chain<'a, 'g> {
        if let Some(other) = other {
            changed.captures = self.join(&changed.captures, &other.captures, at);
            changed.pure &= other.pure;
            changed.again &= other.again && other.exact;
            changed.exact &= other.exact;
        }
        Chain { over: Over::Code(changed), ..chain.clone() }
    }

    /// A method that makes an iterator of an array or slice.
    pub(super) fn iterate(
        &mut self,
        expr: &'a Expr,
        call: &'a syn::ExprMethodCall,
        value: Value<'a, 'g>,
    ) -> Value<'a, 'g> {
        let by = match call.method.to_string().as_str() {
            "iter" => By::Reference,
            "iter_mut" => By::MutableReference,
            "into_iter" => By::Value,
            _ => return self.runs(expr, call, value),
        };
        match self.iterator(value, &call.receiver, by) {
            Some(chain) => Value::Iterator(chain),
            None => self.unknown(),
        }
    }

    /// `windows`, `chunks` and `chunks_exact`.
    fn runs(&mut self, expr: &'a Expr, call: &'a syn::ExprMethodCall, value: Value<'a, 'g>) -> Value<'a, 'g> {
        let view = match value {
            Value::View(view) => view,
            Value::Array(parts) => {
                if let Some(binding) = root(&call.receiver).and_then(|name| self.lookup(name)) {
                    let declaration = binding.declaration;
                    self.needs_memory(declaration, &call.receiver);
                    return self.unknown();
                }
                match self.allocate(&format_ident!("array"), None, Value::Array(parts)) {
                    Value::View(view) => view,
                    value => return value,
                }
            }
            _ => return self.refuse(&call.method, unsupported(&call.method.to_string())),
        };
        let Some(arg) = call.args.first().filter(|_| call.args.len() == 1) else {
            return self.refuse(expr.source(), "one argument is needed here");
        };
        let size = self.count(arg);
        let sized = self.piece(arg);
        let length = self.length_of(&view);
        let captures = self.join(&length.captures, &sized.captures, expr);
        let (all, count) = (&length.tokens, &sized.tokens);
        let overlaps = call.method == "windows";
        let tokens = match call.method.to_string().as_str() {
            "windows" => match whole(arg) {
                Some(size) if size > 0 => {
                    let less = proc_macro2::Literal::usize_unsuffixed(size - 1);
                    quote!(::core::primitive::usize::saturating_sub(#all, #less))
                }
                _ => quote!(::core::primitive::usize::saturating_sub(#all + 1, #count)),
            },
            "chunks" | "chunks_mut" => quote!(::core::primitive::usize::div_ceil(#all, #count)),
            _ => quote!((#all) / (#count)),
        };
        let pure = length.pure && sized.pure;
        let over = Piece::counting(tokens, captures, pure);
        let all = (call.method == "chunks" || call.method == "chunks_mut").then_some(length);
        let run = Run { size, overlaps, all };
        Value::Iterator(Rc::new(Chain::below(over, Item::Run { view, slot: 0, run })))
    }

    /// A method of an iterator that makes another one; none if it makes something else.
    pub(super) fn adapted(
        &mut self,
        expr: &'a Expr,
        call: &'a syn::ExprMethodCall,
        chain: &Rc<Chain<'a, 'g>>,
    ) -> Option<Value<'a, 'g>> {
        let name = call.method.to_string();
        let args: Vec<&'a Expr> = call.args.iter().list();
        let chain = match (name.as_str(), &args[..]) {
            ("iter" | "into_iter" | "copied" | "cloned" | "clone" | "by_ref" | "fuse", []) => {
                return Some(Value::Iterator(chain.clone()));
            }
            ("map" | "filter" | "flat_map", [function]) => {
                let Some(function) = self.function_value(function, 1) else { return Some(self.unknown()) };
                chain.with_item(&|item| match name.as_str() {
                    "map" => Item::Mapped(Box::new(item), function.clone()),
                    "filter" => Item::Filtered(Box::new(item), function.clone()),
                    _ => Item::Flat(Box::new(item), function.clone()),
                })
            }
            ("chain", [other]) => {
                let Some(other) = self.other_iterator(other) else { return Some(self.unknown()) };
                let both = ((**chain).clone(), (*other).clone());
                Chain { over: Over::Both(Box::new(both)), ..(**chain).clone() }
            }
            ("rev" | "enumerate", []) | ("skip" | "take" | "step_by" | "zip", [_]) => {
                if !chain.is_plain() {
                    return Some(self.refuse(
                        &call.method,
                        format!(
                            "`{name}` after `filter`, `flat_map` or `chain`, or after a closure that assigns, is not \
                             supported on active values: write a `for` loop"
                        ),
                    ));
                }
                match (name.as_str(), args.first()) {
                    ("rev", _) => match &chain.over {
                        Over::Rows(rows) => {
                            let rows = rows.iter().rev().cloned().list();
                            Chain { over: Over::Rows(rows), ..(**chain).clone() }
                        }
                        over => {
                            // It needs no length for that.
                            let again = matches!(over, Over::Code(piece) if piece.again);
                            let mut chain = self.changed(expr, chain, None, |code| quote!(#code.rev()));
                            if let Over::Code(piece) = &mut chain.over {
                                piece.again |= again;
                            }
                            chain
                        }
                    },
                    ("enumerate", _) => self.enumerated(expr, chain),
                    ("zip", Some(&other)) => {
                        let zipped = match self.other_iterator(other) {
                            Some(other) => self.zipped(expr, chain, &other),
                            None => None,
                        };
                        match zipped {
                            Some(chain) => chain,
                            None => return Some(self.unknown()),
                        }
                    }
                    (_, Some(&count)) => self.some_items(expr, chain, &name, count),
                    _ => return None,
                }
            }
            _ => return None,
        };
        Some(Value::Iterator(Rc::new(chain)))
    }

    /// An argument that is iterated over.
    fn other_iterator(&mut self, other: &'a Expr) -> Option<Rc<Chain<'a, 'g>>> {
        let value = self.expr_or_place(other);
        if self.is_unknown(&value) {
            return None;
        }
        let found = self.iterator(value, other, By::Value);
        if found.is_none() && !self.failed && self.memory_surprises.is_subset(self.in_memory) {
            self.fail(other.source(), NO_ITERATOR);
        }
        found
    }

    /// `std::iter::zip`, `std::array::from_fn`; none for another function.
    pub(super) fn iterator_call(
        &mut self,
        expr: &'a Expr,
        path: &'a syn::Path,
        args: &'a syn::punctuated::Punctuated<Expr, syn::Token![,]>,
    ) -> Option<Value<'a, 'g>> {
        let mut segments = path.segments.iter().rev();
        let (last, module) = (segments.next()?, segments.next()?);
        let args: Vec<&'a Expr> = args.iter().list();
        match (module.ident.to_string().as_str(), last.ident.to_string().as_str(), &args[..]) {
            ("iter", "zip", [first, second]) => {
                let zipped = match (self.other_iterator(first), self.other_iterator(second)) {
                    (Some(first), Some(second)) if first.is_plain() => self.zipped(expr, &first, &second),
                    (Some(_), Some(_)) => return Some(self.refuse(first.source(), NO_ITERATOR)),
                    _ => None,
                };
                Some(zipped.map_or_else(|| self.unknown(), |chain| Value::Iterator(Rc::new(chain))))
            }
            ("array", "from_fn", [function]) => {
                let written = match &last.arguments {
                    syn::PathArguments::AngleBracketed(list) => list.args.iter().find_map(|arg| match arg {
                        syn::GenericArgument::Const(length) => Some(length),
                        _ => None,
                    }),
                    _ => None,
                };
                let address = std::ptr::from_ref(expr).addr();
                let expected = match self.expected.get(&address) {
                    Some(syn::Type::Array(array)) => Some(array),
                    _ => None,
                };
                let Some(length) = written.or(expected.map(|array| &array.len)) else {
                    return Some(self.refuse(
                        path,
                        "how long this array is must be seen here: bind it by `let` with a type, `[f64; N]`",
                    ));
                };
                if let (Some(array), Expr::Closure(closure)) = (expected, bare(function)) {
                    self.expect(&array.elem, &closure.body);
                }
                let Some(function) = self.function_value(function, 1) else { return Some(self.unknown()) };
                let item = Item::Mapped(Box::new(Item::Slot(0)), function);
                let dim = match whole(length) {
                    Some(length)
                        if length <= MAX_UNROLLED && self.unrolled * length <= MAX_UNROLLED_TOGETHER =>
                    {
                        let row = |i: usize| vec![self.made.literal(format!("{i}usize"))];
                        let over = Over::Rows((0..length).each(row));
                        let slots = vec![Known::Size];
                        let chain = Chain { over, pattern: Tree::Leaf(0), slots, item };
                        return Some(self.parts_of(expr, &chain));
                    }
                    Some(length) => Dim::Literal(length),
                    None => Dim::Fixed(self.snippets.add(length)),
                };
                let chain = Chain::below(self.piece(length), item);
                Some(self.gather(expr, path.to_token_stream(), &chain, dim))
            }
            _ => None,
        }
    }

    /// Notes the type that an expression is to have.
    pub(super) fn expect(&mut self, ty: &'a syn::Type, expr: &'a Expr) {
        let mut expr = bare(expr);
        while let Expr::Block(block) = expr
            && let Some(syn::Stmt::Expr(last, None)) = block.block.stmts.last()
        {
            expr = bare(last);
        }
        self.expected.insert(std::ptr::from_ref(expr).addr(), ty);
    }

    /// `skip`, `take` and `step_by`.
    fn some_items(
        &mut self,
        expr: &'a Expr,
        chain: &Chain<'a, 'g>,
        name: &str,
        count: &'a Expr,
    ) -> Chain<'a, 'g> {
        let chain = match (&chain.over, whole(count)) {
            (Over::Rows(rows), Some(count)) => {
                let rows = rows.iter().cloned();
                let rows = match name {
                    "skip" => rows.skip(count).list(),
                    "take" => rows.take(count).list(),
                    _ => rows.step_by(count.max(1)).list(),
                };
                return Chain { over: Over::Rows(rows), ..chain.clone() };
            }
            (Over::Rows(_), None) => match self.run_over(chain, expr) {
                Some(chain) => chain,
                None => return chain.clone(),
            },
            _ => chain.clone(),
        };
        if self.mentions(count) && !self.is_inert(count) {
            self.fail(
                count.source(),
                "an active value cannot be a number of items: compute it with integers",
            );
        }
        let piece = self.piece(count);
        let count = piece.tokens.clone();
        match (&chain.over, name) {
            (Over::Below(length), "take") => {
                let (tokens, captures) = (&length.tokens, self.join(&length.captures, &piece.captures, expr));
                let tokens = quote!(::core::cmp::Ord::min(#tokens, #count));
                let pure = length.pure && piece.pure;
                Chain { over: Over::Below(Piece::counting(tokens, captures, pure)), ..chain }
            }
            (Over::Below(length), "skip") => {
                let length = length.tokens.clone();
                self.changed(expr, &chain, Some(&piece), |_| quote!(#count..#length))
            }
            (_, name) => {
                let method = format_ident!("{name}");
                self.changed(expr, &chain, Some(&piece), |code| quote!(#code.#method(#count)))
            }
        }
    }

    pub(super) fn enumerated(&mut self, expr: &'a Expr, chain: &Chain<'a, 'g>) -> Chain<'a, 'g> {
        let slot = match &chain.over {
            Over::Below(_) => 0,
            _ => chain.slots.len(),
        };
        let item = Item::Pair(Box::new(Item::Slot(slot)), Box::new(chain.item.clone()));
        let mut enumerated = match &chain.over {
            Over::Below(_) => return Chain { item, ..chain.clone() },
            Over::Code(_) => self.changed(expr, chain, None, |code| quote!(#code.enumerate())),
            Over::Rows(rows) => {
                let number = |i: usize| self.made.literal(format!("{i}usize"));
                let rows = rows.iter().enumerate().map(|(i, row)| [&row[..], &[number(i)]].concat());
                Chain { over: Over::Rows(rows.list()), ..chain.clone() }
            }
            Over::Both(_) => return chain.clone(),
        };
        enumerated.slots.push(Known::Size);
        enumerated.pattern = Tree::Tuple(vec![Tree::Leaf(slot), enumerated.pattern]);
        enumerated.item = item;
        enumerated
    }

    /// Pairs of the items of both, as long as both have some.
    fn zipped(
        &mut self,
        expr: &'a Expr,
        first: &Chain<'a, 'g>,
        second: &Chain<'a, 'g>,
    ) -> Option<Chain<'a, 'g>> {
        if !second.is_plain() {
            self.fail(
                expr.source(),
                "`zip` with what is filtered or chained, or made by a closure that assigns, is not supported on active \
                 values: write a `for` loop",
            );
            return None;
        }
        let (mut first, mut second) = (first.clone(), second.clone());
        if let (Over::Rows(rows), Over::Code(_) | Over::Below(_)) = (&first.over, &second.over) {
            match self.literal_range(&second, rows.len()) {
                Some(rows) => second.over = Over::Rows(rows),
                None => first = self.run_over(&first, expr)?,
            }
        }
        if let (Over::Code(_) | Over::Below(_), Over::Rows(rows)) = (&first.over, &second.over) {
            match self.literal_range(&first, rows.len()) {
                Some(rows) => first.over = Over::Rows(rows),
                None => second = self.run_over(&second, expr)?,
            }
        }
        let pair = |first: &Item<'a, 'g>, second: &Item<'a, 'g>| {
            Item::Pair(Box::new(first.clone()), Box::new(second.clone()))
        };
        if let (Over::Below(a), Over::Below(b)) = (&first.over, &second.over) {
            let captures = self.join(&a.captures, &b.captures, expr);
            let (one, other) = (&a.tokens, &b.tokens);
            let tokens = match one.to_string() == other.to_string() {
                true => one.clone(),
                false => quote!(::core::cmp::Ord::min(#one, #other)),
            };
            let pure = a.pure && b.pure;
            let item = pair(&first.item, &second.item);
            let count = a.count.clone().filter(|count| b.count.as_ref() == Some(count));
            let both = Piece { count, ..Piece::counting(tokens, captures, pure) };
            return Some(Chain::below(both, item));
        }
        let by = first.slots.len();
        second.item.shift(by);
        let pattern = Tree::Tuple(vec![first.pattern.clone(), second.pattern.map(&mut |slot| slot + by)]);
        let mut zipped = match (&first.over, &second.over) {
            (Over::Rows(a), Over::Rows(b)) => {
                let rows = a.iter().zip(b).each(|(a, b)| [&a[..], &b[..]].concat());
                Chain { over: Over::Rows(rows), ..first.clone() }
            }
            (_, Over::Below(piece)) => {
                let other = &piece.tokens;
                self.changed(expr, &first, Some(piece), |code| quote!(#code.zip(0..#other)))
            }
            (_, Over::Code(piece)) => {
                let other = &piece.tokens;
                self.changed(expr, &first, Some(piece), |code| quote!(#code.zip(#other)))
            }
            (_, Over::Rows(_) | Over::Both(_)) => return None,
        };
        zipped.item = pair(&first.item, &second.item);
        zipped.pattern = pattern;
        zipped.slots.push_all(second.slots);
        Some(zipped)
    }

    /// The items, at most so many, of a range that begins and perhaps ends with a literal.
    fn literal_range(&self, chain: &Chain<'a, 'g>, most: usize) -> Option<Vec<Vec<&'a Expr>>> {
        let Tree::Leaf(0) = chain.pattern else { return None };
        let piece = match &chain.over {
            Over::Code(piece) => syn::parse2::<Expr>(piece.tokens.clone()).ok()?,
            Over::Below(piece) => {
                let end = &piece.tokens;
                syn::parse2::<Expr>(quote!(0usize..#end)).ok()?
            }
            Over::Rows(_) | Over::Both(_) => return None,
        };
        let Expr::Range(range) = bare(&piece) else { return None };
        let start = range.start.as_deref()?;
        let (from, suffix) = match start {
            Expr::Lit(syn::ExprLit { lit: syn::Lit::Int(int), .. }) => (whole(start)?, int.suffix()),
            _ => return None,
        };
        let to = match (&range.end, &range.limits) {
            (None, _) => from + most,
            (Some(end), syn::RangeLimits::HalfOpen(_)) => whole(end)?,
            (Some(end), syn::RangeLimits::Closed(_)) => whole(end)? + 1,
        };
        let item = |i: usize| vec![self.made.literal(format!("{i}{suffix}"))];
        Some((from..to).take(most).each(item))
    }

    /// The same over memory, where the chain is over arrays that are known number by number.
    pub(super) fn run_over(&mut self, chain: &Chain<'a, 'g>, at: &'a Expr) -> Option<Chain<'a, 'g>> {
        let (variables, others) = chain.item.parts();
        if !variables.is_empty() {
            for declaration in variables {
                self.needs_memory(declaration, at);
            }
            return None;
        }
        if let (Item::Part { parts, .. }, Over::Rows(rows)) = (&chain.item, &chain.over)
            && rows.len() == parts.len()
            && others
            && let Value::View(view) =
                self.allocate(&format_ident!("array"), None, Value::Array(parts.to_vec()))
        {
            let length = self.length_of(&view);
            return Some(Chain::below(length, Item::Element { view, slot: 0, place: false }));
        }
        self.fail(
            at.source(),
            "this array cannot be iterated over here: bind it by a `let` of its own first",
        );
        None
    }

    /// The value of an expression that is iterated over.
    pub(super) fn expr_or_place(&mut self, expr: &'a Expr) -> Value<'a, 'g> {
        match bare(expr) {
            Expr::Path(_) | Expr::Index(_) | Expr::Field(_) => self.lvalue(expr),
            _ => self.expr(expr),
        }
    }

    /// What is called with each item.
    pub(super) fn function_value(&mut self, at: &'a Expr, params: usize) -> Option<Function<'a, 'g>> {
        let inner = bare(at);
        let closure = match inner {
            Expr::Closure(closure) => Rc::new(Closure::of(closure, self.frames.clone())),
            _ => match self.expr(inner) {
                Value::Closure(closure) => closure,
                Value::Passive(Expr::Path(path)) => {
                    let path = &path.path;
                    let names = ["a", "b"].map(|name| format_ident!("{name}"));
                    let params = &names[..params];
                    let made = self.made.of(inner, || syn::parse_quote!(|#(#params),*| #path(#(#params),*)));
                    return self.function_value(made, params.len());
                }
                value if self.is_unknown(&value) => return None,
                _ => {
                    self.fail(
                        at.source(),
                        "what is done to active values cannot be seen here: write a closure",
                    );
                    return None;
                }
            },
        };
        if closure.params.len() != params {
            let plural = if params == 1 { "" } else { "s" };
            self.fail(at.source(), format!("a closure with {params} parameter{plural} is needed here"));
            return None;
        }
        let assigned = super::passive::assigned(closure.code());
        let names = super::passive::identifiers(closure.code());
        let assigns = names.iter().any(|name| {
            assigned.contains(&name.to_string()) && self.lookup(name).is_some_and(|binding| binding.mutable)
        });
        Some(Function { at, closure, assigns })
    }

    /// Whether all names in a closure mean here what they mean where it was written.
    pub(super) fn is_in_place(&self, closure: &Closure<'a, 'g>) -> bool {
        !closure.function
            && super::passive::identifiers(closure.code()).iter().all(|name| {
                let text = super::hygienic(name);
                super::bound(&closure.frames, &text).map(|binding| binding.declaration)
                    == self.lookup_text(&text).map(|binding| binding.declaration)
            })
    }

    /// The whole number that passive code certainly is.
    pub(super) fn whole_number(&self, code: &Expr) -> Option<usize> {
        match bare(code) {
            Expr::Path(path) => {
                let binding = path.path.get_ident().and_then(|name| self.lookup(name))?;
                self.wholes.get(&binding.declaration).copied().filter(|_| !binding.mutable)
            }
            Expr::Binary(binary) => {
                let (left, right) = (self.whole_number(&binary.left)?, self.whole_number(&binary.right)?);
                match binary.op {
                    BinOp::Add(_) => left.checked_add(right),
                    BinOp::Sub(_) => left.checked_sub(right),
                    BinOp::Mul(_) => left.checked_mul(right),
                    BinOp::Div(_) => left.checked_div(right),
                    BinOp::Rem(_) => left.checked_rem(right),
                    _ => None,
                }
            }
            code => whole(code),
        }
    }

    /// The name of an index in the loop being written, and of the ones around it.
    pub(super) fn index_name(&self, number: usize, again: bool) -> &'a Expr {
        self.made.name(number, again, &self.signature.identifiers)
    }
}

impl<'a> Closure<'a, '_> {
    /// The body's code, and that of the parameters.
    pub fn code(&self) -> TokenStream {
        let params = &self.params;
        match self.body {
            Body::Expr(body) => {
                let body = body.source();
                quote!(|#(#params),*| #body)
            }
            Body::Block(block) => quote!(|#(#params),*| #block),
        }
    }
}

pub(super) const NO_ITERATOR: &str = "what is iterated over together with active values must be a slice, an array, a list or a range of constants";

pub(super) fn unsupported(name: &str) -> String {
    format!("`{name}` is not supported on an iterator over active values: write a `for` loop")
}

/// Without parentheses.
pub(super) fn bare(mut code: &Expr) -> &Expr {
    while let Expr::Paren(syn::ExprParen { expr, .. }) | Expr::Group(syn::ExprGroup { expr, .. }) = code {
        code = expr;
    }
    code
}

/// A literal whole number.
pub(super) fn whole(code: &Expr) -> Option<usize> {
    match bare(code) {
        Expr::Lit(syn::ExprLit { lit: syn::Lit::Int(int), .. }) => int.base10_parse().ok(),
        _ => None,
    }
}
