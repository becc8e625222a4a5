//! What is made of iterators: loops, and the values that those carry.

use super::branch::Arms;
use super::iterator::{By, Chain, Function, Item, Over, Piece, bare, unsupported};
use super::jumps::{Target, jump_in};
use super::loops::Head as Turning;
use super::source::Source;
use super::{Binding, Body, Bound, Known, Parser, Value, View, key};
use crate::graph::{Expr as Node, Kind, Ty};
use crate::list::{List, PushAll};
use crate::ops::Op;
use crate::region::{Capture, Code, Dim, Extent, Head, Init, Order, Passive, Stmt, Tree, Turn};
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use std::rc::Rc;
use syn::{Expr, Pat};

/// What is done with each item.
type Then<'t, 'a, 'g> = &'t mut dyn FnMut(&mut Parser<'a, 'g>, Value<'a, 'g>) -> Value<'a, 'g>;

/// How a loop binds a slot.
struct Name<'a> {
    pattern: TokenStream,
    /// What the slot holds.
    expr: &'a Expr,
    /// The user's pattern for it, if that is bound by the loop itself.
    own: Option<&'a Pat>,
}

impl Name<'_> {
    /// Of the variable.
    fn declaration(&self) -> Option<usize> {
        match (self.own, self.expr) {
            (Some(Pat::Ident(ident)), _) => Some(key(&ident.ident)),
            (None, Expr::Path(path)) => path.path.get_ident().map(key),
            _ => None,
        }
    }
}

impl<'a, 'g> Parser<'a, 'g> {
    /// Does something with each item, in order. `code` is all that is run, to see what it assigns; `pattern`
    /// is what the items are bound to.
    pub(super) fn each(
        &mut self,
        at: TokenStream,
        code: TokenStream,
        chain: &Chain<'a, 'g>,
        pattern: Option<&'a Pat>,
        then: Then<'_, 'a, 'g>,
    ) -> Value<'a, 'g> {
        let leave = self.new_target();
        let value = self.each_to(leave, at, code, chain, pattern, then);
        self.arrived(value)
    }

    /// Likewise; after the last item, control goes on at `leave`.
    fn each_to(
        &mut self,
        leave: Target,
        at: TokenStream,
        code: TokenStream,
        chain: &Chain<'a, 'g>,
        pattern: Option<&'a Pat>,
        then: Then<'_, 'a, 'g>,
    ) -> Value<'a, 'g> {
        let (tokens, captures, again) = match &chain.over {
            Over::Both(both) => {
                return match self.each(at.clone(), code.clone(), &both.0, pattern, then) {
                    Value::Never => Value::Never,
                    _ => self.each(at, code, &both.1, pattern, then),
                };
            }
            Over::Below(length) => {
                let length_code = &length.tokens;
                (quote!(0..#length_code), length.captures.clone(), length.again)
            }
            Over::Code(piece) => (piece.tokens.clone(), piece.captures.clone(), piece.again),
            Over::Rows(rows) => {
                let outer = self.unrolled;
                self.unrolled = outer * rows.len().max(1);
                let mut value = Value::Unit;
                for row in rows {
                    let next = self.new_target();
                    value = self.scoped(|parser| {
                        parser.push_frame();
                        parser.within(None, next, Some(next), |parser| parser.yielded(&chain.item, row, then))
                    });
                    match &value {
                        Value::Never => break,
                        Value::Ways(ways) if ways.iter().any(|way| way.target != next) => {
                            value = self.refuse(
                                &at,
                                "a jump out of a loop over several arrays is not supported: use indices",
                            );
                            break;
                        }
                        _ => value = self.arrived(value),
                    }
                }
                self.unrolled = outer;
                return self.arrive(leave, value);
            }
        };
        let names = self.slot_names(chain, pattern, again);
        let over = Passive { code: self.snippets.add(tokens), captures };
        let patterns = chain.pattern.map(&mut |slot: &usize| names[*slot].pattern.clone());
        let bound = self.snippets.add(nested(&patterns));
        if let (Over::Below(Piece { count: Some(count), .. }), [name]) = (&chain.over, &names[..])
            && let Some(declaration) = name.declaration()
        {
            self.note_below(bound, declaration, count);
        }
        let counters = self.snippets.counters(bound, over.code);
        let counts = |name: &&Name<'a>| counters.iter().any(|own| *own == name.pattern.to_string());
        self.note_counters(bound, &names.iter().filter(counts).filter_map(Name::declaration).list());
        let turn = Turn::For { pattern: bound, over, again, order: Order::Given, counts: None };
        let outer = self.indices;
        self.indices += names.len();
        let already = self.bound_by_loops.len();
        let own = names.iter().filter_map(|name| name.own);
        self.bound_by_loops.push_all(own.map(|pattern| std::ptr::from_ref(pattern).addr()));
        let row: Vec<&'a Expr> = names.iter().each(|name| name.expr);
        let value = self.looped_to(None, leave, at, Turning::Given(turn), code, &mut |parser, _| {
            for (name, known) in names.iter().zip(&chain.slots) {
                parser.declare_slot(name, *known, again);
            }
            parser.yielded(&chain.item, &row, then)
        });
        self.bound_by_loops.truncate(already);
        self.indices = outer;
        value
    }

    /// The names that a loop over the chain binds: the user's own where there are some.
    fn slot_names(&self, chain: &Chain<'a, 'g>, pattern: Option<&'a Pat>, again: bool) -> Vec<Name<'a>> {
        let mut own: Vec<Option<&'a Pat>> = vec![None; chain.slots.len()];
        self.own_patterns(chain, &chain.item, pattern, &mut own);
        let name = |(slot, own): (usize, Option<&'a Pat>)| match own {
            Some(pattern) => {
                let expr = match pattern {
                    Pat::Ident(ident) => {
                        let name = &ident.ident;
                        self.made.of(pattern, || syn::parse_quote!(#name))
                    }
                    // It is not looked at again.
                    _ => self.index_name(0, again),
                };
                Name { pattern: pattern.to_token_stream(), expr, own: Some(pattern) }
            }
            None => {
                let expr = self.index_name(self.indices + slot, again);
                Name { pattern: expr.to_token_stream(), expr, own: None }
            }
        };
        own.into_iter().enumerate().each(name)
    }

    /// Finds the patterns that are bound to nothing but what a slot holds.
    fn own_patterns(
        &self,
        chain: &Chain<'a, 'g>,
        item: &Item<'a, 'g>,
        pattern: Option<&'a Pat>,
        own: &mut [Option<&'a Pat>],
    ) {
        match (item, pattern) {
            (Item::Slot(slot), Some(pattern)) if own[*slot].is_none() => {
                let mut names = Vec::new();
                super::pattern::pattern_names(pattern, &mut names);
                let free = names.iter().all(|(name, mutable)| {
                    !mutable && self.lookup(name).is_none() && !self.promoted.contains(&key(name))
                });
                // An index may be needed under a name.
                let plain = match pattern {
                    Pat::Ident(ident) => ident.by_ref.is_none() && ident.subpat.is_none(),
                    _ => !names.is_empty() && chain.slots[*slot] != Known::Size,
                };
                if free && plain && super::pattern::is_plain(pattern) && !matches!(pattern, Pat::Type(_)) {
                    own[*slot] = Some(pattern);
                }
            }
            (item, Some(Pat::Paren(paren))) => self.own_patterns(chain, item, Some(&paren.pat), own),
            (Item::Pair(..), Some(Pat::Reference(reference))) => {
                self.own_patterns(chain, item, Some(&reference.pat), own);
            }
            (Item::Pair(first, second), Some(Pat::Tuple(tuple))) if tuple.elems.len() == 2 => {
                self.own_patterns(chain, first, Some(&tuple.elems[0]), own);
                self.own_patterns(chain, second, Some(&tuple.elems[1]), own);
            }
            (Item::Mapped(item, function) | Item::Flat(item, function), _)
                if self.is_in_place(&function.closure) =>
            {
                self.own_patterns(chain, item, Some(function.closure.params[0]), own);
            }
            _ => {}
        }
    }

    fn declare_slot(&mut self, name: &Name<'a>, known: Known, again: bool) {
        match name.own {
            Some(pattern) => {
                self.declare_passive(pattern, known);
                if again {
                    self.declare_again(pattern);
                }
            }
            None => {
                if let Expr::Path(path) = name.expr
                    && let Some(name) = path.path.get_ident()
                {
                    let declaration = key(name);
                    if again {
                        self.again.insert(declaration);
                    }
                    let value = Bound::Passive(known);
                    self.declare(name, Binding { declaration, mutable: false, value });
                }
            }
        }
    }

    /// Makes an item and goes on with it.
    fn yielded(&mut self, item: &Item<'a, 'g>, row: &[&'a Expr], then: Then<'_, 'a, 'g>) -> Value<'a, 'g> {
        match item {
            Item::Slot(slot) => then(self, Value::Passive(row[*slot])),
            Item::Element { view, slot, place } => {
                let index = self.leaf(row[*slot]);
                let element = self.element(view, index);
                let value = match element.is_number() && !place {
                    true => Value::Node(self.load(&element)),
                    false => Value::View(View { owned: false, exclusive: *place, ..element }),
                };
                then(self, value)
            }
            Item::Run { view, slot, run } => {
                let index = self.leaf(row[*slot]);
                let start = match (run.overlaps, Op::infix("*")) {
                    (false, Some(times)) => {
                        self.graph.intern(Kind::Op(times), &[index.id, run.size.id], Ty::Opaque)
                    }
                    _ => index,
                };
                let mut size = run.size;
                if let Some(all) = &run.all {
                    let capture = |parser: &mut Self, name: &str, value| {
                        let name = format_ident!("{name}");
                        parser.snippets.bound.insert(name.to_string());
                        Capture { name: parser.snippets.add(&name), value: Tree::Leaf(value), made_up: false }
                    };
                    let mut captures = all.captures.clone();
                    captures.push(capture(self, "chunk_start", start));
                    captures.push(capture(self, "chunk_size", run.size));
                    let length = &all.tokens;
                    let code = quote!(::core::cmp::Ord::min(chunk_size, (#length) - chunk_start));
                    let again = self.are_again(&captures);
                    let value = Passive { code: self.snippets.add(code), captures };
                    size = self.graph.symbol("chunk_len", Ty::Opaque);
                    if again {
                        self.again_leaves.insert(size.id);
                    }
                    self.push_stmt(Stmt::bind(size, value, again));
                }
                let mut part = view.clone();
                part.offset = Some(match (part.offset, Op::infix("+")) {
                    (Some(offset), Some(plus)) => {
                        self.graph.intern(Kind::Op(plus), &[offset.id, start.id], Ty::Opaque)
                    }
                    _ => start,
                });
                part.extent.dims[0] = Dim::Counted(size);
                then(self, Value::View(View { owned: false, grows: false, ..part }))
            }
            Item::Part { parts, slot, .. } => {
                let part = super::iterator::whole(row[*slot]).and_then(|part| parts.get(part));
                match part {
                    Some(part) => then(self, part.clone()),
                    None => self.unknown(),
                }
            }
            Item::Pair(first, second) => self.yielded(first, row, &mut |parser, first| {
                parser.yielded(second, row, &mut |parser, second| {
                    then(parser, Value::Tuple(vec![first.clone(), second]))
                })
            }),
            Item::Mapped(item, function) => {
                self.yielded(item, row, &mut |parser, value| match parser.applied(function, vec![value]) {
                    Value::Never => Value::Never,
                    value => then(parser, value),
                })
            }
            Item::Filtered(item, function) => self.yielded(item, row, &mut |parser, value| match parser
                .applied(function, vec![value.clone()])
            {
                Value::Node(condition) if !condition.ty().is_real() => {
                    let mut arms = Arms::new(parser, function.at.source());
                    let next = parser.next_iteration();
                    arms.arm(parser, None, None, |parser| {
                        let value = then(parser, value);
                        parser.arrive(next, value)
                    });
                    arms.arm(parser, None, None, |parser| parser.arrive(next, Value::Unit));
                    arms.merge(parser, Head::If(condition))
                }
                value if parser.is_unknown(&value) => value,
                _ => parser.refuse(function.at.source(), "a condition is needed here"),
            }),
            Item::Flat(item, function) => self.yielded(item, row, &mut |parser, value| {
                let value = parser.applied(function, vec![value]);
                if parser.is_unknown(&value) {
                    return value;
                }
                let at = function.at.source();
                match parser.iterator(value, function.at, By::Value) {
                    Some(chain) => {
                        let next = parser.next_iteration();
                        parser.each_to(next, at.clone(), at, &chain, None, then)
                    }
                    None => parser.refuse(at, super::iterator::NO_ITERATOR),
                }
            }),
        }
    }

    /// What a closure makes of its arguments. One that is called where its names mean what they meant where
    /// it was written may assign to variables.
    pub(super) fn applied(&mut self, function: &Function<'a, 'g>, args: Vec<Value<'a, 'g>>) -> Value<'a, 'g> {
        let closure = &function.closure;
        if args.iter().any(|arg| self.is_unknown(arg)) {
            return self.unknown();
        }
        if !self.is_in_place(closure) {
            return self.inline(function.at, closure, args);
        }
        let Body::Expr(body) = closure.body else { return self.unknown() };
        self.calls.push(std::ptr::from_ref(body).addr());
        let value = self.scoped(|parser| {
            parser.push_frame();
            for (param, arg) in closure.params.iter().zip(args) {
                parser.bind(param, arg);
            }
            let value = match body {
                Expr::Block(block) => parser.body_block(&block.block),
                body => parser.expr(body),
            };
            parser.force(value)
        });
        self.calls.pop();
        value
    }

    // Variables of loops that have no name in the source.

    /// A new variable, in a scope of its own, that [`Parser::close`] ends.
    fn open(&mut self, name: &str, value: Value<'a, 'g>) -> String {
        self.push_frame();
        let text = format!("{name}#{}", self.frames.len());
        let depth = self.bodies.len();
        if let Some(frame) = self.frames.last_mut() {
            let value = Bound::Tracked(value);
            frame.bindings.push((text.clone(), Binding { declaration: 0, mutable: true, value }));
            frame.depths.push(depth);
        }
        text
    }

    fn value_of(&self, variable: &str) -> Value<'a, 'g> {
        match self.lookup_text(variable).map(|binding| &binding.value) {
            Some(Bound::Tracked(value)) => value.clone(),
            _ => self.unknown(),
        }
    }

    fn set(&mut self, variable: &str, value: Value<'a, 'g>) {
        if let Some(binding) = super::bound_mut(&mut self.frames, variable) {
            binding.value = Bound::Tracked(value);
        }
    }

    fn close(&mut self, variable: &str) -> Value<'a, 'g> {
        let value = self.value_of(variable);
        self.frames.pop();
        value
    }

    // Consumers.

    /// A method of an iterator.
    pub(super) fn chain_method(
        &mut self,
        expr: &'a Expr,
        call: &'a syn::ExprMethodCall,
        chain: &Rc<Chain<'a, 'g>>,
    ) -> Value<'a, 'g> {
        if let Some(value) = self.adapted(expr, call, chain) {
            return value;
        }
        let args: Vec<&'a Expr> = call.args.iter().list();
        match (call.method.to_string().as_str(), &args[..]) {
            ("sum", []) => self.total(expr, call, chain, "+", "sum", -0.0),
            ("product", []) => self.total(expr, call, chain, "*", "product", 1.0),
            ("fold", [initial, function]) => self.fold(expr, chain, initial, function),
            ("for_each", [function]) => {
                let Some(function) = self.function_value(function, 1) else { return self.unknown() };
                let pattern = self.parameter(&function, 0);
                let value =
                    self.each(method(call), expr.source(), chain, pattern, &mut |parser, value| match parser
                        .applied(&function, vec![value])
                    {
                        Value::Never => Value::Never,
                        _ => Value::Unit,
                    });
                if matches!(value, Value::Never) { Value::Never } else { Value::Unit }
            }
            ("reduce", [function]) => {
                let Some(function) = self.function_value(function, 2) else { return self.unknown() };
                self.reduce(expr, call, chain, &mut |parser, known, next| {
                    parser.applied(&function, vec![known, next])
                })
            }
            ("max_by", [compare]) => self.extreme(expr, call, chain, compare, true),
            ("min_by", [compare]) => self.extreme(expr, call, chain, compare, false),
            ("collect", []) => self.collect(expr, call, chain),
            ("count" | "any" | "all" | "position", _) => self.observe(expr),
            (name, _) => self.refuse(&call.method, unsupported(name)),
        }
    }

    /// The pattern of a closure's parameter, if it is bound in the loop's own scope.
    fn parameter(&self, function: &Function<'a, 'g>, number: usize) -> Option<&'a Pat> {
        self.is_in_place(&function.closure).then(|| function.closure.params[number])
    }

    /// `sum` and `product`.
    fn total(
        &mut self,
        expr: &'a Expr,
        call: &'a syn::ExprMethodCall,
        chain: &Chain<'a, 'g>,
        op: &str,
        name: &str,
        neutral: f64,
    ) -> Value<'a, 'g> {
        let Some(op) = Op::infix(op) else { return self.unknown() };
        // The first number is the total so far, if there certainly is one.
        let begun = chain.has_items();
        let neutral = Value::Node(self.graph.constant(neutral));
        let total = self.open(name, if begun { Value::Unassigned } else { neutral });
        let value = self.each(method(call), with(name, expr), chain, None, &mut |parser, value| {
            let next = parser.real(value, &call.method);
            let sum = match parser.value_of(&total) {
                Value::Node(sum) => parser.graph.raw(op, &[sum, next]),
                _ => next,
            };
            parser.set(&total, Value::Node(sum));
            Value::Unit
        });
        self.ended(value, &total)
    }

    /// The last value of a variable, if the loop has an end.
    fn ended(&mut self, value: Value<'a, 'g>, variable: &str) -> Value<'a, 'g> {
        let last = self.close(variable);
        match value {
            Value::Never => Value::Never,
            value if self.is_unknown(&value) => value,
            _ => last,
        }
    }

    fn fold(
        &mut self,
        expr: &'a Expr,
        chain: &Chain<'a, 'g>,
        initial: &'a Expr,
        function: &'a Expr,
    ) -> Value<'a, 'g> {
        let value = self.expr(initial);
        let value = self.numbers(value, initial);
        if self.is_unknown(&value) {
            return value;
        }
        let Some(function) = self.function_value(function, 2) else { return self.unknown() };
        let name = match function.closure.params[0] {
            Pat::Ident(ident) => ident.ident.to_string(),
            _ => "folded".to_owned(),
        };
        let pattern = self.parameter(&function, 1);
        let folded = self.open(&name, value);
        let value = self.each(expr_heading(expr), with(&name, expr), chain, pattern, &mut |parser, value| {
            let known = parser.value_of(&folded);
            match parser.applied(&function, vec![known, value]) {
                Value::Never => Value::Never,
                value => {
                    let value = parser.numbers(value, function.at);
                    parser.set(&folded, value);
                    Value::Unit
                }
            }
        });
        self.ended(value, &folded)
    }

    /// A value that is carried from one item to the next: made of numbers.
    fn numbers(&mut self, value: Value<'a, 'g>, at: &'a Expr) -> Value<'a, 'g> {
        match value {
            Value::Passive(Expr::Tuple(tuple)) if !tuple.elems.is_empty() => Value::Tuple(
                tuple.elems.iter().map(|part| self.numbers(Value::Passive(part), part)).collect(),
            ),
            Value::Passive(Expr::Array(array)) => Value::Array(
                array.elems.iter().map(|part| self.numbers(Value::Passive(part), part)).collect(),
            ),
            Value::Passive(code) => self.tracked_value(code),
            Value::Tuple(parts) => Value::Tuple(parts.into_iter().each(|part| self.numbers(part, at))),
            Value::Array(parts) => Value::Array(parts.into_iter().each(|part| self.numbers(part, at))),
            Value::View(view) if view.is_number() => Value::Node(self.load(&view)),
            Value::Node(_) => value,
            _ => self.refuse(
                at.source(),
                "only numbers, and tuples and arrays of such, can be folded: write a `for` loop",
            ),
        }
    }

    /// `reduce`, and what is like it.
    fn reduce(
        &mut self,
        expr: &'a Expr,
        call: &'a syn::ExprMethodCall,
        chain: &Chain<'a, 'g>,
        choose: &mut dyn FnMut(&mut Self, Value<'a, 'g>, Value<'a, 'g>) -> Value<'a, 'g>,
    ) -> Value<'a, 'g> {
        let begun = chain.has_items();
        if begun {
            let kept = self.open("kept", Value::Unassigned);
            let value = self.each(method(call), expr.source(), chain, None, &mut |parser, value| {
                let next = parser.force(value);
                let value = match parser.value_of(&kept) {
                    Value::Unassigned => next,
                    known => choose(parser, known, next),
                };
                parser.set(&kept, value);
                Value::Unit
            });
            return match self.ended(value, &kept) {
                Value::Never => Value::Never,
                value if self.is_unknown(&value) => value,
                value => Value::Optional(Box::new((None, value))),
            };
        }
        let Some(model) = self.preview(chain) else { return self.unknown() };
        let zero = match self.zero_like(&model) {
            Some(zero) => zero,
            None => {
                return self.refuse(
                    &call.method,
                    "only numbers, and tuples of such, can be chosen from: write a `for` loop",
                );
            }
        };
        let no = self.truth_value(false);
        let kept = self.open("kept", Value::Tuple(vec![Value::Node(no), zero]));
        let value = self.each(method(call), with("kept", expr), chain, None, &mut |parser, value| {
            let next = parser.force(value);
            let Value::Tuple(parts) = parser.value_of(&kept) else { return parser.unknown() };
            let (Value::Node(found), known) = (parts[0].clone(), parts[1].clone()) else {
                return parser.unknown();
            };
            let mut arms = Arms::new(parser, call.method.to_token_stream());
            arms.arm(parser, None, None, |parser| choose(parser, known, next.clone()));
            arms.arm(parser, None, None, |_| next.clone());
            let value = arms.merge(parser, Head::If(found));
            let yes = parser.truth_value(true);
            parser.set(&kept, Value::Tuple(vec![Value::Node(yes), value]));
            Value::Unit
        });
        match self.ended(value, &kept) {
            Value::Tuple(parts) if !self.is_unknown(&parts[1]) => match &parts[0] {
                Value::Node(found) => Value::Optional(Box::new((Some(*found), parts[1].clone()))),
                _ => self.unknown(),
            },
            Value::Never => Value::Never,
            _ => self.unknown(),
        }
    }

    pub(super) fn truth_value(&self, value: bool) -> Node<'g> {
        self.graph.intern(Kind::Const(f64::from(u8::from(value)).to_bits()), &[], Ty::Bool)
    }

    /// What an item is like. Nothing is left of making it.
    fn preview(&mut self, chain: &Chain<'a, 'g>) -> Option<Value<'a, 'g>> {
        let mark = self.mark();
        let before = self.frames.clone();
        self.bodies.push(Vec::new());
        self.push_frame();
        let names: Vec<&'a Expr> =
            (0..chain.slots.len()).each(|slot| self.index_name(self.indices + slot, true));
        for (expr, known) in names.iter().zip(&chain.slots) {
            let name = Name { pattern: TokenStream::new(), expr, own: None };
            self.declare_slot(&name, *known, true);
        }
        self.indices += names.len();
        let mut found = None;
        self.yielded(&chain.item, &names, &mut |parser, value| {
            found = Some(parser.force(value));
            Value::Unit
        });
        self.indices -= names.len();
        self.bodies.pop();
        self.back_in(before);
        let known = self.errors.count() == mark.errors;
        if known {
            self.back_to(&mark);
        }
        found.filter(|value| known && !self.is_unknown(value))
    }

    /// Zeros in the structure of a value.
    fn zero_like(&self, model: &Value<'a, 'g>) -> Option<Value<'a, 'g>> {
        let all = |parts: &[Value<'a, 'g>]| -> Option<Vec<_>> {
            parts.iter().map(|part| self.zero_like(part)).collect()
        };
        Some(match model {
            Value::Node(node) if node.ty().is_real() => Value::Node(self.graph.constant(0.0)),
            Value::Node(node) if node.ty() == Ty::Opaque => Value::Node(self.graph.whole(0)),
            Value::Tuple(parts) => Value::Tuple(all(parts)?),
            Value::Array(parts) => Value::Array(all(parts)?),
            _ => return None,
        })
    }

    /// `max_by` and `min_by`.
    fn extreme(
        &mut self,
        expr: &'a Expr,
        call: &'a syn::ExprMethodCall,
        chain: &Chain<'a, 'g>,
        compare: &'a Expr,
        largest: bool,
    ) -> Value<'a, 'g> {
        let Some(comparison) = self.comparison(compare) else {
            return self.refuse(
                compare.source(),
                "this comparison is not supported on active values: write `|a, b| a.total_cmp(b)`",
            );
        };
        let (sides, total) = comparison;
        let Some(function) = self.function_value(sides, 2) else { return self.unknown() };
        self.reduce(expr, call, chain, &mut |parser, known, next| {
            let sides = parser.applied(&function, vec![known.clone(), next.clone()]);
            let Value::Tuple(sides) = sides else { return parser.unknown() };
            let [left, right] = &sides[..] else { return parser.unknown() };
            let left = parser.real(left.clone(), compare);
            let right = parser.real(right.clone(), compare);
            let greater = parser.greater(left, right, total);
            let mut arms = Arms::new(parser, call.method.to_token_stream());
            let (then, other) = if largest { (known, next) } else { (next, known) };
            arms.arm(parser, None, None, |_| then);
            arms.arm(parser, None, None, |_| other);
            arms.merge(parser, Head::If(greater))
        })
    }

    /// A closure that yields the two sides of a comparison of numbers, and whether it is by `total_cmp`.
    fn comparison(&self, compare: &'a Expr) -> Option<(&'a Expr, bool)> {
        let total = |path: &syn::Path| path.segments.last().is_some_and(|last| last.ident == "total_cmp");
        match bare(compare) {
            Expr::Path(path) if total(&path.path) => {
                Some((self.made.of(compare, || syn::parse_quote!(|a, b| (a, b))), true))
            }
            Expr::Closure(closure) => {
                let mut body = bare(&closure.body);
                while let Expr::Block(block) = body
                    && let [syn::Stmt::Expr(only, None)] = &block.block.stmts[..]
                {
                    body = bare(only);
                }
                let (left, right, total) = match body {
                    Expr::MethodCall(call) if call.method == "total_cmp" && call.args.len() == 1 => {
                        (&*call.receiver, &call.args[0], true)
                    }
                    Expr::Call(call) if call.args.len() == 2 => match &*call.func {
                        Expr::Path(path) if total(&path.path) => (&call.args[0], &call.args[1], true),
                        _ => return None,
                    },
                    // What two numbers without an order come to, only Rust knows.
                    Expr::MethodCall(unwrapped)
                        if unwrapped.method == "unwrap" || unwrapped.method == "expect" =>
                    {
                        match bare(&unwrapped.receiver) {
                            Expr::MethodCall(call)
                                if call.method == "partial_cmp" && call.args.len() == 1 =>
                            {
                                (&*call.receiver, &call.args[0], false)
                            }
                            _ => return None,
                        }
                    }
                    _ => return None,
                };
                let params = &closure.inputs;
                Some((self.made.of(compare, || syn::parse_quote!(|#params| (#left, #right))), total))
            }
            _ => None,
        }
    }

    fn greater(&mut self, left: Node<'g>, right: Node<'g>, total: bool) -> Node<'g> {
        if !total && let Some(op) = Op::infix(">") {
            return self.graph.raw(op, &[left, right]);
        }
        let ty = match left.ty() {
            Ty::Any => right.ty(),
            ty => ty,
        };
        let ty = self.signature.type_tokens(if ty == Ty::Any { self.signature.primary } else { ty });
        let mut capture = |name: &str, value| {
            let name = format_ident!("{name}");
            self.snippets.bound.insert(name.to_string());
            Capture { name: self.snippets.add(&name), value: Tree::Leaf(value), made_up: false }
        };
        let captures = vec![capture("one", left), capture("other", right)];
        let code = quote!(<#ty>::total_cmp(&one, &other) == ::core::cmp::Ordering::Greater);
        let value = Passive { code: self.snippets.add(code), captures };
        let leaf = self.graph.symbol("greater", Ty::Bool);
        self.push_stmt(Stmt::bind(leaf, value, false));
        leaf
    }

    /// A list of the items: an array of parts where these are known number by number.
    fn collect(
        &mut self,
        expr: &'a Expr,
        call: &'a syn::ExprMethodCall,
        chain: &Chain<'a, 'g>,
    ) -> Value<'a, 'g> {
        if !chain.is_regular() {
            return self.collect_some(expr, call, chain);
        }
        let count = match &chain.over {
            Over::Rows(_) => return self.parts_of(expr, chain),
            Over::Both(_) => return self.unknown(),
            Over::Below(piece) | Over::Code(piece) if !piece.pure => {
                return self.refuse(
                    &call.method,
                    "how many items there are is not to be seen here: collect what is active from slices and ranges",
                );
            }
            Over::Below(piece) => {
                Passive { code: self.snippets.add(&piece.tokens), captures: piece.captures.clone() }
            }
            Over::Code(piece) => {
                let code = &piece.tokens;
                let code =
                    quote!(::core::iter::Iterator::count(::core::iter::IntoIterator::into_iter(#code)));
                Passive { code: self.snippets.add(code), captures: piece.captures.clone() }
            }
        };
        let again = self.are_again(&count.captures);
        let leaf = self.graph.symbol("count", Ty::Opaque);
        if again {
            self.again_leaves.insert(leaf.id);
        }
        self.push_stmt(Stmt::bind(leaf, count, again));
        self.gather(expr, method(call), chain, Dim::Counted(leaf))
    }

    /// The items of what is known number by number.
    pub(super) fn parts_of(&mut self, expr: &'a Expr, chain: &Chain<'a, 'g>) -> Value<'a, 'g> {
        let mut parts = Vec::new();
        let value = self.each(expr_heading(expr), expr.source(), chain, None, &mut |parser, value| {
            parts.push(parser.force(value));
            Value::Unit
        });
        match value {
            Value::Never => Value::Never,
            value if self.is_unknown(&value) => value,
            _ => Value::Array(parts),
        }
    }

    /// A list of items of which it is not known how many there are.
    fn collect_some(
        &mut self,
        expr: &'a Expr,
        call: &'a syn::ExprMethodCall,
        chain: &Chain<'a, 'g>,
    ) -> Value<'a, 'g> {
        let Some(model) = self.preview(chain) else { return self.unknown() };
        let number = match model {
            Value::Node(node) if node.ty().is_real() && self.loops == 0 => self.number(node),
            _ => {
                return self.refuse(
                    &call.method,
                    "a list of what is filtered can only be made of numbers, and outside of loops: write a `for` loop",
                );
            }
        };
        let dims = vec![Dim::Counted(self.graph.whole(0))];
        let list = self.new_place(&format_ident!("list"), Extent { number, dims }, Init::Empty(None));
        let Value::View(view) = list else { return list };
        let place = view.place;
        let value = self.each(method(call), expr.source(), chain, None, &mut |parser, value| {
            let value = parser.real(value, &call.method);
            parser.push_stmt(Stmt::Push { place, value });
            Value::Unit
        });
        match value {
            Value::Never => Value::Never,
            value if self.is_unknown(&value) => value,
            _ => {
                let view = self.present(View { grows: true, ..view });
                Value::View(View { grows: false, mutable: false, ..view })
            }
        }
    }

    /// A new place with the items.
    pub(super) fn gather(
        &mut self,
        expr: &'a Expr,
        at: TokenStream,
        chain: &Chain<'a, 'g>,
        length: Dim<'g>,
    ) -> Value<'a, 'g> {
        let Some(model) = self.preview(chain) else { return self.unknown() };
        let mut dims = vec![length];
        let mut part = &model;
        let number = loop {
            match part {
                Value::Node(node) if node.ty().is_real() => break self.number(*node),
                Value::View(view) if view.extent.dims.iter().all(Dim::is_array) => {
                    dims.push_all(view.extent.dims.iter().cloned());
                    break view.extent.number;
                }
                Value::Array(parts) if !parts.is_empty() => {
                    dims.push(Dim::Literal(parts.len()));
                    part = &parts[0];
                }
                _ => {
                    return self.refuse(
                        at,
                        "only numbers, and arrays of such, can be collected: collect the components one by one",
                    );
                }
            }
        };
        let place = self.graph.symbol("list", Ty::Aggregate);
        let extent = Extent { number, dims };
        let zero = self.graph.constant(0.0);
        self.extents.insert(place.id, extent.clone());
        self.push_stmt(Stmt::Alloc { place, extent: extent.clone(), init: Init::Fill(zero) });
        let view = View::new(place, extent);
        let chain = self.enumerated(expr, chain);
        let value = self.each(at, expr.source(), &chain, None, &mut |parser, value| {
            let Value::Tuple(parts) = value else { return parser.unknown() };
            let Value::Passive(index) = parts[0] else { return parser.unknown() };
            let index = parser.leaf(index);
            let element = parser.element(&view, index);
            parser.fill(&element, parts[1].clone(), &expr_heading(expr));
            Value::Unit
        });
        match value {
            Value::Never => Value::Never,
            value if self.is_unknown(&value) => value,
            _ => Value::View(View { mutable: false, fresh: true, ..view }),
        }
    }

    /// `map` of an array.
    pub(super) fn array_map(
        &mut self,
        expr: &'a Expr,
        call: &'a syn::ExprMethodCall,
        value: Value<'a, 'g>,
    ) -> Value<'a, 'g> {
        let Some(function) = call.args.first().and_then(|function| self.function_value(function, 1)) else {
            return self.unknown();
        };
        match value {
            Value::Array(parts) => {
                Value::Array(parts.into_iter().each(|part| self.applied(&function, vec![part])))
            }
            value => {
                let length = match &value {
                    Value::View(view) => match &view.extent.dims[..] {
                        [length, ..] if length.is_array() => length.clone(),
                        _ => return self.refuse(&call.method, unsupported("map")),
                    },
                    _ => return self.refuse(&call.method, unsupported("map")),
                };
                let Some(chain) = self.iterator(value, &call.receiver, By::Reference) else {
                    return self.unknown();
                };
                let item = Item::Mapped(Box::new(chain.item.clone()), function);
                let chain = Chain { item, ..(*chain).clone() };
                self.gather(expr, method(call), &chain, length)
            }
        }
    }

    /// A method of what may be there or not.
    pub(super) fn optional_method(
        &mut self,
        expr: &'a Expr,
        call: &'a syn::ExprMethodCall,
        (found, value): (Option<Node<'g>>, Value<'a, 'g>),
    ) -> Value<'a, 'g> {
        let args: Vec<&'a Expr> = call.args.iter().list();
        let name = call.method.to_string();
        // An element of memory is read only where there is one.
        let lazy = matches!(value, Value::View(_));
        let (other, function) = match (name.as_str(), &args[..]) {
            ("copied" | "cloned", []) => match &value {
                Value::View(view) if view.is_number() => (Some(self.zero()), None),
                Value::View(view) => {
                    let copy = Value::View(View { owned: true, ..view.clone() });
                    return Value::Optional(Box::new((found, copy)));
                }
                _ => return Value::Optional(Box::new((found, value))),
            },
            ("unwrap", []) | ("expect", [_]) if lazy => return self.loaded(value),
            ("unwrap", []) | ("expect", [_]) => (None, None),
            ("unwrap_or", [other]) => (Some(self.value(other)), None),
            ("map_or", [other, function]) => {
                let other = self.value(other);
                let Some(function) = self.function_value(function, 1) else { return self.unknown() };
                (Some(other), Some(function))
            }
            ("map", [function]) => {
                let Some(function) = self.function_value(function, 1) else { return self.unknown() };
                if !lazy {
                    let mapped = self.applied(&function, vec![value]);
                    return Value::Optional(Box::new((found, mapped)));
                }
                (Some(self.zero()), Some(function))
            }
            ("is_some" | "is_none", []) => return self.observe(expr),
            _ => {
                return self.refuse(
                    &call.method,
                    format!(
                        "`{name}` is not supported on an active value that may be missing: use `unwrap_or` or `if let`"
                    ),
                );
            }
        };
        let there = |parser: &mut Self| {
            let value = parser.loaded(value);
            match &function {
                Some(function) => parser.applied(function, vec![value]),
                None => value,
            }
        };
        let value = match found {
            None => there(self),
            Some(found) => {
                let mut arms = Arms::new(self, method(call));
                arms.arm(self, None, None, there);
                arms.arm(self, None, None, |parser| match other {
                    Some(other) => other,
                    None => {
                        let panic = quote!(::core::panic!("there are no items"););
                        let code = parser.passive_code(panic);
                        parser.push_stmt(Stmt::Copy { code, again: false });
                        Value::Never
                    }
                });
                arms.merge(self, Head::If(found))
            }
        };
        match name.as_str() {
            "copied" | "cloned" | "map" => Value::Optional(Box::new((found, value))),
            _ => value,
        }
    }

    fn zero(&self) -> Value<'a, 'g> {
        Value::Node(self.graph.constant(0.0))
    }

    /// What an argument comes to, which is evaluated before the call whether it is needed or not.
    fn value(&mut self, arg: &'a Expr) -> Value<'a, 'g> {
        let value = self.expr(arg);
        self.force(value)
    }

    /// Whether something is there, as an `Option` of nothing that can be matched.
    pub(super) fn presence(&mut self, found: Option<Node<'g>>) -> Passive<'g> {
        let Some(found) = found else {
            let code = self.snippets.add(quote!(::core::option::Option::Some(())));
            return Passive { code, captures: Vec::new() };
        };
        let name = format_ident!("found");
        self.snippets.bound.insert(name.to_string());
        let capture = Capture { name: self.snippets.add(&name), value: Tree::Leaf(found), made_up: true };
        Passive { code: self.snippets.add(quote!(#name.then_some(()))), captures: vec![capture] }
    }

    /// The code of a pattern that a value is matched with: of what may be missing only whether it is there.
    pub(super) fn matched_pattern(&mut self, pattern: &'a Pat, value: &Value<'a, 'g>) -> Code {
        match (pattern, value) {
            (Pat::TupleStruct(some), Value::Optional(_)) if some.elems.len() == 1 => {
                if !super::pattern::is_plain(&some.elems[0]) {
                    self.fail(
                        &some.elems[0],
                        "only names, tuples and references are supported here: match the value in the arm",
                    );
                }
                let path = &some.path;
                self.snippets.add(quote!(#path(())))
            }
            (pattern, _) => self.snippets.add(pattern),
        }
    }

    /// `for pattern in chain { body }`
    pub(super) fn for_chain(
        &mut self,
        expr: &'a Expr,
        looped: &'a syn::ExprForLoop,
        chain: &Chain<'a, 'g>,
        leave: Target,
    ) -> Value<'a, 'g> {
        let body = looped.body.to_token_stream();
        let leaves = jump_in(body.clone()).is_some();
        let mut chain = chain.clone();
        if leaves && matches!(chain.over, Over::Both(_)) {
            return self.refuse(
                looped.expr.source(),
                "a jump out of a loop over two iterators in turn is not supported: write two loops",
            );
        }
        if leaves && matches!(chain.over, Over::Rows(_)) {
            match self.run_over(&chain, &looped.expr) {
                Some(over) => chain = over,
                None => return self.unknown(),
            }
        }
        let over = looped.expr.source();
        let code = quote!(#over; #body);
        self.each_to(leave, super::heading(expr), code, &chain, Some(&looped.pat), &mut |parser, value| {
            parser.bind(&looped.pat, value);
            let next = parser.next_iteration();
            parser.within(looped.label.as_ref(), leave, Some(next), |parser| {
                parser.run_block_to(next, &looped.body)
            })
        })
    }
}

/// The pattern that a structure of patterns is.
fn nested(tree: &Tree<TokenStream>) -> TokenStream {
    match tree {
        Tree::Leaf(pattern) => pattern.clone(),
        Tree::Tuple(parts) | Tree::Array(parts) | Tree::Struct(_, parts) => {
            let parts = parts.iter().map(nested);
            quote!((#(#parts),*))
        }
    }
}

fn method(call: &syn::ExprMethodCall) -> TokenStream {
    call.method.to_token_stream()
}

fn expr_heading(expr: &Expr) -> TokenStream {
    match expr {
        Expr::MethodCall(call) => method(call),
        expr => expr.source(),
    }
}

/// Code that also assigns a variable.
fn with(name: &str, expr: &Expr) -> TokenStream {
    let (name, code) = (format_ident!("{name}"), expr.source());
    quote!(#name = (); #code)
}
