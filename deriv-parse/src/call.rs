//! Calls: of operations of the table, of closures and nested functions, of the user's functions, and
//! macros.

use super::expr::WHOLE_NUMBERS;
use super::iterator::By;
use super::passive::is_variable;
use super::returned::Form;
use super::source::Source;
use super::{Body, Bound, Known, Parser, Value};
use crate::graph::Ty;
use crate::list::List;
use crate::ops::Op;
use crate::region::Stmt;
use deriv_syntax::signature::CONTAINERS;
use quote::{ToTokens, format_ident, quote};
use syn::{Expr, Ident, Macro};

/// Methods that put their arguments somewhere.
pub(super) const STORES: &[&str] =
    &["push", "push_back", "push_front", "insert", "set", "replace", "extend", "fill"];

/// Methods of iterators, and those that make one.
const ITERATORS: &[&str] = &[
    "iter",
    "iter_mut",
    "into_iter",
    "map",
    "filter",
    "filter_map",
    "flat_map",
    "fold",
    "try_fold",
    "scan",
    "for_each",
    "zip",
    "sum",
    "product",
    "enumerate",
    "take_while",
    "skip_while",
    "map_while",
    "reduce",
    "inspect",
    "collect",
    "chain",
    "any",
    "all",
    "find",
    "min_by",
    "max_by",
    "windows",
    "chunks",
];

/// Methods of slices that tell where something is, or whether.
const SEARCHES: &[&str] =
    &["partition_point", "binary_search_by", "binary_search_by_key", "is_sorted_by", "contains"];

/// Likewise of iterators over what carries no derivative.
const POSITIONS: &[&str] = &["position", "rposition"];

/// Methods of lists that look at elements to put them into another order, or leave some out.
const REORDERS: &[&str] = &[
    "sort_by",
    "sort_by_key",
    "sort_by_cached_key",
    "sort_unstable_by",
    "sort_unstable_by_key",
    "select_nth_unstable_by",
    "retain",
];

/// Methods that make an iterator of an array or slice.
const SEQUENCES: &[&str] =
    &["iter", "iter_mut", "into_iter", "windows", "chunks", "chunks_exact", "chunks_mut", "chunks_exact_mut"];

/// Macros that only look.
const OBSERVERS: &[&str] = &[
    "assert",
    "assert_eq",
    "assert_ne",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "print",
    "println",
    "eprint",
    "eprintln",
    "trace",
    "debug",
    "info",
    "warn",
    "error",
];

const PANICS: &[&str] = &["panic", "unreachable", "todo", "unimplemented"];

/// Whether the macro never comes back.
pub(super) fn is_panic(mac: &Macro) -> bool {
    mac.path.segments.last().is_some_and(|last| PANICS.iter().any(|name| last.ident == name))
}

/// Whether the macro only looks at what it is given, or never comes back.
pub(super) fn observes(mac: &Macro) -> bool {
    let observer = |last: &syn::PathSegment| OBSERVERS.iter().any(|name| last.ident == name);
    is_panic(mac) || mac.path.segments.last().is_some_and(observer)
}

impl<'a, 'g> Parser<'a, 'g> {
    pub(super) fn call(&mut self, expr: &'a Expr, call: &'a syn::ExprCall) -> Value<'a, 'g> {
        let mut function = &*call.func;
        while let Expr::Paren(syn::ExprParen { expr, .. }) | Expr::Group(syn::ExprGroup { expr, .. }) =
            function
        {
            function = expr;
        }
        let closure = match function {
            Expr::Path(path) => match path.path.get_ident().and_then(|name| self.lookup(name)) {
                Some(binding) => match &binding.value {
                    Bound::Tracked(Value::Closure(closure)) => Some(closure.clone()),
                    _ => None,
                },
                None => None,
            },
            Expr::Closure(_) => match self.expr(function) {
                Value::Closure(closure) => Some(closure),
                _ => None,
            },
            _ => None,
        };
        if let Some(closure) = closure {
            if closure.function && !call.args.iter().any(|arg| self.mentions(arg)) {
                return Value::Passive(expr);
            }
            let mut args: Vec<Value<'a, 'g>> = Vec::new();
            for arg in &call.args {
                args.iter().for_each(|earlier| self.in_order(earlier, arg));
                args.push(self.expr(arg));
            }
            return self.inline(expr, &closure, args);
        }
        if !self.mentions(expr) {
            return self.passive_or(expr, expr.source(), "");
        }
        let Expr::Path(path) = function else {
            return self.passive_or(
                expr,
                function.source(),
                "a computed function cannot be differentiated: call a function by its path, or a closure bound by `let`",
            );
        };
        if let Some(name) = path.path.get_ident()
            && self.lookup(name).is_some()
        {
            return self.passive_or(
                expr,
                name,
                &format!(
                    "`{name}` is a variable, so its derivative cannot be found: call a function by its path, or a \
                     closure bound by `let`"
                ),
            );
        }
        if let Some(value) = self.iterator_call(expr, &path.path, &call.args) {
            return value;
        }
        match self.table_function(&path.path, path.qself.as_ref()) {
            Some((Function::One(op), libm)) => {
                let value = self.operation(function, op, None, &call.args);
                self.spelled(&value, libm);
                value
            }
            Some((Function::Many(ops), libm)) => {
                let args: Vec<_> = call.args.iter().list();
                let [arg] = args[..] else {
                    return self.refuse(
                        function.source(),
                        format!("one argument is needed here, not {}", args.len()),
                    );
                };
                let value = self.expr(arg);
                let node = self.real(value, arg);
                let value = Value::Tuple(ops.iter().each(|&op| Value::Node(self.graph.raw(op, &[node]))));
                self.spelled(&value, libm);
                value
            }
            Some((Function::Convert(ty), _)) => {
                let value = call.args.first().map(|arg| (self.expr(arg), arg));
                match value {
                    Some((Value::Node(node), _)) if node == self.unknown => self.unknown(),
                    Some((value, _)) if self.is_struct_variable(&value) => {
                        self.refuse(expr.source(), super::unseen::CONVERSION)
                    }
                    Some((Value::Node(node), _)) if is_variable(node) => {
                        Value::Node(self.graph.cast(node, ty))
                    }
                    // Made of something that carries no derivative.
                    Some((Value::Node(_), _)) => self.observe_as(expr, ty),
                    Some((Value::Passive(_), arg)) if self.mentions(arg) => self.observe_as(expr, ty),
                    _ => self.passive_or(
                        expr,
                        function.source(),
                        "only single numbers can be converted: convert the components one by one",
                    ),
                }
            }
            None => self.user_call(expr, path, &call.args),
        }
    }

    /// The operation that a path names, `f64::sin`, `libm::sin`, `Float::sin`, `T::sin`, and whether it is
    /// `libm`'s.
    fn table_function(&self, path: &syn::Path, qself: Option<&syn::QSelf>) -> Option<(Function, bool)> {
        let names: Vec<String> = path.segments.iter().each(|segment| segment.ident.to_string());
        let (name, prefix) = names.split_last()?;
        if prefix.iter().any(|segment| segment == "libm") {
            return Function::find(name, Op::by_libm, Op::pair).map(|function| (function, true));
        }
        if prefix.last().is_some_and(|segment| segment == "special") {
            return Op::by_special(name).map(|op| (Function::One(op), false));
        }
        let of_type = |text: &str| {
            matches!(text, "f32" | "f64" | "Float" | "FloatCore" | "Real" | "RealField" | "ComplexField")
                || self.signature.types.iter().any(|ty| ty.tokens.to_string() == text)
        };
        let qualified = qself.is_some_and(|qself| {
            self.real_type(&qself.ty).is_some() || of_type(&qself.ty.to_token_stream().to_string())
        });
        if !(qualified || prefix.last().is_some_and(|last| of_type(last))) {
            return None;
        }
        if name == "from" {
            return match prefix.last().map(String::as_str) {
                Some("f64") => Some((Function::Convert(Ty::F64), false)),
                Some("f32") => Some((Function::Convert(Ty::F32), false)),
                _ => None,
            };
        }
        Function::find(name, Op::by_name, Op::pair).map(|function| (function, false))
    }

    /// Remembers whose function the user called for a value.
    fn spelled(&mut self, value: &Value<'a, 'g>, libm: bool) {
        match value {
            Value::Node(node) if libm => {
                self.snippets.libm.insert(node.id);
            }
            Value::Node(_) => self.snippets.speaks_std = true,
            Value::Tuple(parts) => parts.iter().for_each(|part| self.spelled(part, libm)),
            _ => {}
        }
    }

    fn operation(
        &mut self,
        at: impl ToTokens,
        op: Op,
        receiver: Option<(&'a Expr, Value<'a, 'g>)>,
        args: &'a syn::punctuated::Punctuated<Expr, syn::Token![,]>,
    ) -> Value<'a, 'g> {
        let spec = op.spec();
        let mut values: Vec<(&'a Expr, Value<'a, 'g>)> = receiver.into_iter().list();
        for arg in args {
            for (_, earlier) in &values {
                self.in_order(earlier, arg);
            }
            let value = self.expr(arg);
            values.push((arg, value));
        }
        if values.len() != spec.args.len() {
            let itself = values.len() - args.len();
            let (needed, found) = (spec.args.len() - itself.min(spec.args.len()), args.len());
            let plural = if needed == 1 { "" } else { "s" };
            return self.refuse(at, format!("`{}` takes {needed} argument{plural}, not {found}", spec.name));
        }
        if values.iter().any(|(_, value)| self.is_unknown(value)) {
            return self.unknown();
        }
        let mut nodes = Vec::new();
        for ((at, value), arg) in values.into_iter().zip(spec.args) {
            let ty = nodes.first().map_or(Ty::Any, |first: &crate::graph::Expr<'g>| first.ty());
            nodes.push(self.argument(value, arg.kind, ty, at));
        }
        Value::Node(self.graph.raw(op, &nodes))
    }

    pub(super) fn method_call(
        &mut self,
        expr: &'a Expr,
        call: &'a syn::ExprMethodCall,
        receiver: Value<'a, 'g>,
    ) -> Value<'a, 'g> {
        let name = call.method.to_string();
        let active_args = call.args.iter().any(|arg| self.mentions(arg));
        let iterates = ITERATORS.contains(&name.as_str());
        if REORDERS.contains(&name.as_str()) && matches!(receiver, Value::Passive(_)) && self.mentions(expr) {
            let code = self.with_captures(quote!(#expr;));
            self.push_stmt(Stmt::Copy { code, again: false });
            return Value::Unit;
        }
        let searches = SEARCHES.contains(&name.as_str())
            || (POSITIONS.contains(&name.as_str()) && matches!(receiver, Value::Passive(_)));
        if searches && self.mentions(expr) && !self.mentions_unknown(expr) {
            return self.observe(expr);
        }
        if let Some(value) = self.struct_method(call, &receiver, active_args) {
            return value;
        }
        if let Value::View(view) = &receiver
            && self.mentions(expr)
            && let Some(value) = self.memory_method(call, view)
        {
            return value;
        }
        if (active_args || !matches!(receiver, Value::Passive(_) | Value::View(_)))
            && let Some(value) = self.demand_memory(call)
        {
            return value;
        }
        let runs = iterates
            && match &receiver {
                Value::Passive(code) => !is_self(code),
                // A range whose bounds active values decide, say: what is done to its items is followed.
                Value::Node(node) => node.ty() == Ty::Opaque,
                _ => false,
            };
        if runs && active_args && call.args.iter().all(|arg| self.only_inert(arg)) {
            return self.observe(expr);
        }
        match receiver {
            receiver if self.is_unknown(&receiver) => receiver,
            Value::Some(value) if matches!(name.as_str(), "unwrap" | "expect") => self.loaded(*value),
            Value::Some(_) => self.passive_or(
                expr,
                &call.method,
                "what may be missing can only be taken by `unwrap` or `expect` here: compare indices and lengths",
            ),
            Value::Passive(_) if !active_args => self.passive_or(expr, expr.source(), ""),
            Value::Node(node) if !node.ty().is_real() && !active_args => self.observe(expr),
            receiver if runs => match self.iterator(receiver, &call.receiver, By::Value) {
                Some(chain) => self.chain_method(expr, call, &chain),
                None => self.unknown(),
            },
            Value::Iterator(chain) => self.chain_method(expr, call, &chain),
            Value::Optional(optional) => self.optional_method(expr, call, *optional),
            Value::Array(_) | Value::View(_) if name == "map" => self.array_map(expr, call, receiver),
            Value::Array(_) | Value::View(_) if SEQUENCES.contains(&name.as_str()) => {
                self.iterate(expr, call, receiver)
            }
            Value::Passive(_) if STORES.contains(&name.as_str()) => self.passive_or(
                expr,
                &call.method,
                &format!(
                    "active values cannot be put into a container by `{name}` yet: use an array or variables of their own"
                ),
            ),
            Value::Passive(code) => {
                let number = match self.bare(code) {
                    Expr::Path(path) => !path.path.is_ident("self"),
                    _ => true,
                };
                match Op::by_name(&name).filter(|op| op.spec().args.len() == call.args.len() + 1) {
                    Some(op) if number => {
                        let receiver = match self.is_known_real(code) {
                            true => Value::Passive(code),
                            false => Value::Node(self.real_leaf(code)),
                        };
                        self.operation(&call.method, op, Some((code, receiver)), &call.args)
                    }
                    _ => self.user_method(call, code),
                }
            }
            Value::Node(_)
                if (iterates || SEQUENCES.contains(&name.as_str()) || name == "len")
                    && self.learn_array(&receiver) =>
            {
                self.unknown()
            }
            Value::Node(_) => {
                if let Some(op) = Op::by_name(&name) {
                    self.snippets.speaks_std |= op.spec().libm.is_some();
                    return self.operation(&call.method, op, Some((&call.receiver, receiver)), &call.args);
                }
                if let Some(ops) = Op::pair(&name) {
                    let node = self.real(receiver, &call.receiver);
                    return Value::Tuple(
                        ops.iter().each(|&op| Value::Node(self.graph.raw(op, &[node]))),
                    );
                }
                match name.as_str() {
                    "clone" | "to_owned" => receiver,
                    _ => self.passive_or(expr, &call.method, &unknown_method(&name)),
                }
            }
            Value::Tuple(_) | Value::Array(_) | Value::Struct(..) | Value::Variable(_)
                if matches!(name.as_str(), "clone" | "to_owned") =>
            {
                self.settled(receiver)
            }
            Value::Never => Value::Never,
            _ => self.passive_or(
                expr,
                &call.method,
                &format!(
                    "the method `{name}` is not supported on arrays, tuples and closures of active values yet: use \
                     their components"
                ),
            ),
        }
    }

    // The user's functions.

    /// A method of the user's, called on a struct.
    fn struct_method(
        &mut self,
        call: &'a syn::ExprMethodCall,
        receiver: &Value<'a, 'g>,
        active_args: bool,
    ) -> Option<Value<'a, 'g>> {
        let name = call.method.to_string();
        let of_numbers = Op::by_name(&name).is_some() || Op::pair(&name).is_some();
        let of_any = ["clone", "to_owned", "into"].contains(&name.as_str());
        let of_arrays =
            ITERATORS.contains(&name.as_str()) || SEQUENCES.contains(&name.as_str()) || name == "len";
        match receiver {
            receiver if of_any || self.is_unknown(receiver) => return None,
            receiver if of_numbers && self.must_be_number(receiver) => return Some(self.unknown()),
            // A part that seemed to be one.
            Value::Variable(_) if of_numbers && self.learn_number(receiver) => return Some(self.unknown()),
            Value::Variable(_) if of_arrays => return self.learn_array(receiver).then(|| self.unknown()),
            Value::Struct(..) | Value::Variable(_) => {}
            Value::View(view) if view.extent.is_struct() => {
                self.must_have_fields(receiver);
            }
            Value::Passive(code) if active_args && !is_self(code) => match self.known(code) {
                Known::Struct { ty, .. } if self.counts_as_variable(ty) => {}
                _ => return None,
            },
            Value::Node(_) if !of_numbers && !of_arrays && self.learn_struct(receiver) => {
                return Some(self.unknown());
            }
            _ => return None,
        }
        Some(self.method_of_struct(call, receiver.clone(), Form::Number))
    }

    fn user_call(
        &mut self,
        expr: &'a Expr,
        path: &'a syn::ExprPath,
        args: &'a syn::punctuated::Punctuated<Expr, syn::Token![,]>,
    ) -> Value<'a, 'g> {
        let Some(last) = path.path.segments.last() else { return self.unknown() };
        if let Some(value) = self.exchange_call(&path.path, args) {
            return value;
        }
        let of_type = path.path.segments.iter().rev().nth(1);
        let whole = of_type.is_some_and(|ty| WHOLE_NUMBERS.iter().any(|name| ty.ident == name));
        let wraps = last.ident == "Some" || last.ident == "Ok" || last.ident == "Err";
        if (whole || wraps) && args.iter().all(|arg| self.is_inert(arg)) {
            return self.observe(expr);
        }
        if last.ident.to_string().starts_with(char::is_uppercase) {
            if super::structure::is_tuple_struct(&path.path) {
                let parts = args.iter().each(|arg| {
                    let value = self.moved(arg);
                    self.settled(value)
                });
                let paths = (0..parts.len()).each(|i| format!(".{i}"));
                return self.built(&path.path, paths, parts);
            }
            return self.passive_or(
                expr,
                path,
                "an enum or struct that holds active values is not supported yet: use a tuple or variables of their own",
            );
        }
        if let Some(container) = path.path.segments.iter().rev().nth(1)
            && CONTAINERS.iter().any(|name| container.ident == name)
        {
            return self.passive_or(
                expr,
                path,
                &format!(
                    "a `{}` that holds active values is not supported yet: use an array or variables of their own",
                    container.ident
                ),
            );
        }
        let code = path.to_token_stream();
        self.user_function(&last.ident, code, args)
    }

    fn user_method(&mut self, call: &'a syn::ExprMethodCall, receiver: &'a Expr) -> Value<'a, 'g> {
        if self.has_effects(receiver) {
            let message = match self.bare(receiver) {
                Expr::Path(path) => format!(
                    "`{0}` is `mut`, so the call may change it and cannot be made twice: bind `{0}` again without \
                     `mut` first",
                    path.path.to_token_stream()
                ),
                _ => "a method is only differentiated on `self`, a local variable or a field: bind this by a `let` first"
                    .to_owned(),
            };
            return self.refuse(receiver.source(), message);
        }
        if self.mentions(receiver) {
            return self.refuse(
                receiver.source(),
                "a method of what is made from active values is not supported: call a function with a number as result",
            );
        }
        let (name, turbofish) = (&call.method, &call.turbofish);
        self.user_function(name, quote!(#receiver.#name #turbofish), &call.args)
    }

    // Closures and nested functions.

    /// Copies of the passive numbers that a closure captures and whose names are declared again elsewhere.
    pub(super) fn save_captures(&mut self, closure: &'a Expr) -> Vec<(Ident, Ident)> {
        let mut saved: Vec<(Ident, Ident)> = Vec::new();
        for name in super::passive::identifiers(closure.to_token_stream()) {
            let number = self.lookup(&name).is_some_and(|binding| {
                matches!(binding.value, Bound::Passive(Known::Literal(_) | Known::Real(_)))
            });
            let redeclared = self.redeclared.contains(&super::hygienic(&name));
            if number && redeclared && saved.iter().all(|(known, _)| *known != name) {
                let copy = format_ident!("{name}_captured_{}", self.snippets.count());
                let code = self.passive_code(quote!(let #copy = #name;));
                self.push_stmt(Stmt::Copy { code, again: false });
                saved.push((name, copy));
            }
        }
        saved
    }

    /// The passive names in a closure's body that mean something else at the place of the call.
    fn rebound(&self, closure: &super::Closure<'a, 'g>) -> Vec<Ident> {
        let code = match closure.body {
            Body::Expr(expr) => expr.to_token_stream(),
            Body::Block(block) => block.to_token_stream(),
        };
        let rebound = |name: &Ident| {
            let captured = super::bound(&closure.frames, &super::hygienic(name));
            let passive = |binding: &super::Binding<'a, 'g>| match binding.value {
                Bound::Passive(_) => Some(binding.declaration),
                Bound::Tracked(_) => None,
            };
            let before = captured.and_then(passive);
            let now = self.lookup(name).and_then(passive);
            before.is_some() && now.is_some() && before != now
        };
        super::passive::identifiers(code).into_iter().only(rebound)
    }

    pub(super) fn inline(
        &mut self,
        at: &'a Expr,
        closure: &super::Closure<'a, 'g>,
        args: Vec<Value<'a, 'g>>,
    ) -> Value<'a, 'g> {
        let body = match closure.body {
            Body::Expr(expr) => std::ptr::from_ref(expr).addr(),
            Body::Block(block) => std::ptr::from_ref(block).addr(),
        };
        if self.calls.contains(&body) {
            return self.refuse(
                at,
                "a nested function that calls itself is not supported: move it out of this function and annotate it \
                 with `#[derive_fn]`",
            );
        }
        if args.len() != closure.params.len() {
            let (needed, found) = (closure.params.len(), args.len());
            let plural = if needed == 1 { "" } else { "s" };
            return self.refuse(at, format!("this takes {needed} argument{plural}, not {found}"));
        }
        let mut restored = Vec::new();
        for name in if closure.function { Vec::new() } else { self.rebound(closure) } {
            match closure.saved.iter().find(|(known, _)| *known == name) {
                Some((_, copy)) => restored.push((name.clone(), quote!(let #name = #copy;))),
                None => {
                    return self.refuse(
                        at,
                        format!(
                            "`{name}`, which the closure captures, is declared again before this call: give one of \
                             the two another name"
                        ),
                    );
                }
            }
        }
        let args: Vec<_> = args.into_iter().each(|arg| self.force(arg));
        self.calls.push(body);
        let captured = if closure.function { vec![self.functions()] } else { self.present_frames(closure) };
        let outer = std::mem::replace(&mut self.frames, captured.clone());
        let value = self.scoped(|parser| {
            parser.push_frame();
            for (name, restore) in restored {
                let code = parser.passive_code(restore);
                parser.push_stmt(Stmt::Copy { code, again: false });
                // It lives in this region now, and so does what is read of it.
                if let Some(binding) = parser.lookup(&name).cloned() {
                    parser.declare(&name, binding);
                }
            }
            for (i, (param, arg)) in closure.params.iter().zip(args).enumerate() {
                parser.bind_as(param, closure.types.get(i).copied(), arg);
            }
            let value = match closure.body {
                Body::Expr(Expr::Block(block)) => parser.body_block(&block.block),
                Body::Expr(expr) => parser.body_expr(expr),
                Body::Block(block) => parser.body_block(block),
            };
            let value = parser.force(value);
            match closure.output {
                Some(ty) => parser.ascribed(value, ty),
                None => value,
            }
        });
        let inner = std::mem::replace(&mut self.frames, outer);
        self.calls.pop();
        self.carry_out(at, closure, &captured, &inner);
        value
    }

    /// What a closure sees: the variables that it borrows have the values that they have now.
    fn present_frames(&self, closure: &super::Closure<'a, 'g>) -> Vec<super::Frame<'a, 'g>> {
        let mut frames = closure.frames.clone();
        if closure.moves {
            return frames;
        }
        for (name, binding) in frames.iter_mut().flat(|frame| &mut frame.bindings) {
            if let Some(now) = self.lookup_text(name).filter(|now| now.declaration == binding.declaration)
                && let (Bound::Tracked(value), Bound::Tracked(now)) = (&mut binding.value, &now.value)
            {
                *value = now.clone();
            }
        }
        frames
    }

    /// What a closure has assigned is what the variables hold after the call.
    fn carry_out(
        &mut self,
        at: &'a Expr,
        closure: &super::Closure<'a, 'g>,
        before: &[super::Frame<'a, 'g>],
        after: &[super::Frame<'a, 'g>],
    ) {
        for (before, after) in before.iter().zip(after) {
            for ((name, before), (_, after)) in before.bindings.iter().zip(&after.bindings) {
                if super::branch::same_bound(&before.value, &after.value) {
                    continue;
                }
                let bindings = self.frames.iter_mut().rev().flat(|frame| frame.bindings.iter_mut().rev());
                let found = bindings
                    .into_iter()
                    .find(|(known, binding)| known == name && binding.declaration == before.declaration);
                match found {
                    Some((_, binding)) if !closure.moves => binding.value = after.value.clone(),
                    _ => self.fail(
                        at,
                        "a closure that changes a copy of its own, or what is not in scope here, is not supported: \
                         return the value and assign it here",
                    ),
                }
            }
        }
    }

    /// The nested functions in scope, which see each other and nothing else of this function.
    fn functions(&self) -> super::Frame<'a, 'g> {
        let nested = |binding: &super::Binding<'a, 'g>| match &binding.value {
            Bound::Tracked(Value::Closure(closure)) => closure.function,
            _ => false,
        };
        let bindings = self.frames.iter().flat(|frame| &frame.bindings);
        let bindings = bindings.into_iter().filter(|(_, binding)| nested(binding)).cloned().list();
        super::Frame { bindings, ..super::Frame::default() }
    }

    // Macros.

    pub(super) fn statement_macro(&mut self, mac: &'a Macro, stmt: impl ToTokens) -> Value<'a, 'g> {
        let Some(last) = mac.path.segments.last() else { return Value::Unit };
        if !observes(mac) && self.mentions(mac) {
            if self.mentions_unknown(mac) {
                return self.unknown();
            }
            return self.refuse(mac, opaque_macro(&last.ident.to_string()));
        }
        if let Some(jump) = super::jumps::jump_in(mac.tokens.clone()) {
            return self.refuse(jump, super::passive::LEAVES);
        }
        let mut tokens = stmt.to_token_stream();
        if !tokens.to_string().ends_with([';', '}']) {
            tokens = quote!(#tokens;);
        }
        let code = self.with_captures(tokens);
        self.push_stmt(Stmt::Copy { code, again: false });
        if is_panic(mac) { Value::Never } else { Value::Unit }
    }

    pub(super) fn expression_macro(&mut self, expr: &'a Expr, mac: &'a Macro) -> Value<'a, 'g> {
        let last = mac.path.segments.last().map_or_else(|| format_ident!("macro"), |last| last.ident.clone());
        if observes(mac) {
            return self.statement_macro(mac, expr);
        }
        if self.mentions(mac)
            && let Some(list) = self.lists.get(mac)
        {
            return self.list_of_values(list);
        }
        self.passive_or(expr, mac, &opaque_macro(&last.to_string()))
    }
}

fn is_self(code: &Expr) -> bool {
    matches!(code, Expr::Path(path) if path.path.is_ident("self"))
}

fn unknown_method(name: &str) -> String {
    format!(
        "the derivative of the method `{name}` is not known: use the methods of `f64`, or call a function annotated \
         with `#[derive_fn]`"
    )
}

/// Why a macro that is given active values is refused.
fn opaque_macro(name: &str) -> String {
    match name {
        "vec" => "a `Vec` that holds active values is not supported yet: use an array".to_owned(),
        "dbg" => {
            "`dbg!` of an active value is not supported: print it by `eprintln!` in a statement".to_owned()
        }
        "format" | "write" | "writeln" | "format_args" => format!(
            "`{name}!` with active values is not supported: print them by `println!`, or make the text outside of this \
             function"
        ),
        _ => format!(
            "what `{name}!` does with active values cannot be seen: write out its code, or call a function annotated \
             with `#[derive_fn]`"
        ),
    }
}

/// What a path in the table's reach names.
enum Function {
    One(Op),
    Many(&'static [Op]),
    Convert(Ty),
}

impl Function {
    fn find(
        name: &str,
        one: impl Fn(&str) -> Option<Op>,
        many: impl Fn(&str) -> Option<&'static [Op]>,
    ) -> Option<Function> {
        one(name).map(Function::One).or_else(|| many(name).map(Function::Many))
    }
}
