//! Expressions to values.

use super::passive::{is_call_of_constants, is_variable};
use super::returned::Form;
use super::source::Source;
use super::unseen::Clue;
use super::{Bound, Closure, Known, MAX_DEPTH, Parser, Value, View, heading};
use crate::graph::{Expr as Node, Ty};
use crate::list::List;
use crate::ops::{ArgKind, Op};
use proc_macro2::Ident;
use quote::{ToTokens, quote};
use std::rc::Rc;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{BinOp, Expr, Lit, Member, Type, UnOp};

impl<'a, 'g> Parser<'a, 'g> {
    /// What an expression comes to. Chains of operators and methods, which nest leftwards and can be
    /// long, are a loop.
    pub(super) fn expr(&mut self, expr: &'a Expr) -> Value<'a, 'g> {
        let mut chain = Vec::new();
        let mut first = expr;
        loop {
            let next = match first {
                Expr::Binary(binary) if !is_assignment(&binary.op) => &binary.left,
                Expr::MethodCall(call) => &call.receiver,
                Expr::Paren(paren) => &paren.expr,
                Expr::Group(group) => &group.expr,
                _ => break,
            };
            chain.push(first);
            first = next;
        }
        self.nested(expr, |parser| {
            let mut value = parser.operand(first);
            for link in chain.into_iter().rev() {
                value = match link {
                    Expr::Binary(binary) => parser.binary(link, binary, value),
                    Expr::MethodCall(call) => parser.method_call(link, call, value),
                    _ => match value {
                        Value::Passive(_) => Value::Passive(link),
                        value => value,
                    },
                };
            }
            value
        })
    }

    /// Does `f` if the stack allows it to recurse.
    pub(super) fn nested(
        &mut self,
        expr: &'a Expr,
        f: impl FnOnce(&mut Self) -> Value<'a, 'g>,
    ) -> Value<'a, 'g> {
        if self.nesting > MAX_DEPTH {
            return self.refuse(
                expr.source(),
                format!("expressions nested more than {MAX_DEPTH} deep are not supported: bind parts of it by `let`"),
            );
        }
        self.nesting += 1;
        let value = f(self);
        self.nesting -= 1;
        value
    }

    /// An expression that is no chain.
    fn operand(&mut self, expr: &'a Expr) -> Value<'a, 'g> {
        match expr {
            Expr::Lit(_) => Value::Passive(expr),
            Expr::Path(path) => match path.path.get_ident().and_then(|name| self.lookup(name)) {
                Some(binding) => match &binding.value {
                    Bound::Tracked(value) => {
                        let value = value.clone();
                        self.loaded(value)
                    }
                    Bound::Passive(_) => Value::Passive(expr),
                },
                None => Value::Passive(expr),
            },
            Expr::Unary(unary) => self.unary(expr, unary),
            Expr::Reference(reference) => match self.lvalue(&reference.expr) {
                Value::Passive(_) => Value::Passive(expr),
                Value::View(view) if !view.is_number() || reference.mutability.is_some() => {
                    let exclusive = reference.mutability.is_some();
                    Value::View(View { owned: false, exclusive, ..view })
                }
                Value::View(view) => Value::Node(self.load(&view)),
                value if reference.mutability.is_none() => value,
                value @ Value::Closure(_) => value,
                value if self.is_unknown(&value) => value,
                _ => self.refuse(expr.source(), MUTABLE_REFERENCE),
            },
            Expr::Cast(cast) => self.cast(expr, cast),
            Expr::Tuple(tuple) if tuple.elems.is_empty() => Value::Unit,
            Expr::Tuple(tuple) => Value::Tuple(self.parts(&tuple.elems)),
            Expr::Array(array) => Value::Array(self.parts(&array.elems)),
            Expr::Repeat(repeat) => self.repeat(expr, repeat),
            Expr::Field(field) => self.field(expr, field),
            Expr::Index(_) => {
                let value = match self.field_at(expr) {
                    Some((view, field)) => self.field_as_known(view, field),
                    None => self.lvalue(expr),
                };
                self.loaded(value)
            }
            Expr::Call(call) => self.call(expr, call),
            Expr::Closure(closure) => {
                let saved = self.save_captures(expr);
                Value::Closure(Rc::new(Closure { saved, ..Closure::of(closure, self.frames.clone()) }))
            }
            Expr::Assign(assign) => {
                self.assign(expr, &assign.left, &assign.right);
                Value::Unit
            }
            Expr::Binary(binary) => {
                self.assign_operation(expr, binary);
                Value::Unit
            }
            Expr::Const(_) if !self.mentions(expr) => Value::Passive(expr),
            Expr::Block(_)
            | Expr::If(_)
            | Expr::Match(_)
            | Expr::ForLoop(_)
            | Expr::While(_)
            | Expr::Loop(_)
            | Expr::Return(_)
            | Expr::Break(_)
            | Expr::Continue(_) => self.control(expr),
            Expr::Macro(mac) => self.expression_macro(expr, &mac.mac),
            Expr::Struct(literal) => self.structure(expr, literal),
            Expr::Range(range)
                if self.mentions(expr)
                    && [&range.start, &range.end].into_iter().flatten().all(|bound| self.is_inert(bound)) =>
            {
                self.observe(expr)
            }
            Expr::Range(_) => self.passive_or(
                expr,
                expr.source(),
                "a range cannot have active bounds: compare with `<` and `<=`; bind a whole number by a `let` with its type",
            ),
            Expr::Unsafe(unsafe_block) => self.passive_or(
                expr,
                &unsafe_block.unsafe_token,
                "`unsafe` code around active values is not supported: compute them in safe code",
            ),
            Expr::Try(_) => {
                self.passive_or(expr, expr.source(), "`?` on an active value is not supported: use `match`")
            }
            Expr::Await(_) | Expr::Async(_) => self
                .refuse(heading(expr), "`async` code cannot be differentiated: move it out of the function"),
            Expr::Let(_) => self.refuse(expr.source(), LET),
            Expr::RawAddr(_) => self.passive_or(
                expr,
                expr.source(),
                "a raw pointer to an active value is not supported: use the value itself",
            ),
            _ => self.passive_or(
                expr,
                expr.source(),
                "this kind of expression is not supported on active values: use arithmetic and calls",
            ),
        }
    }

    /// The parts of a tuple or array, each with what it is at this place.
    pub(super) fn parts(&mut self, parts: &'a Punctuated<Expr, syn::Token![,]>) -> Vec<Value<'a, 'g>> {
        let part = |part| {
            let value = self.expr(part);
            self.settled(value)
        };
        parts.iter().each(part)
    }

    /// Whether the value carries no derivative: a whole number, though an active value may have decided it. The code is looked
    /// at, and nothing comes of it.
    pub(super) fn is_inert(&mut self, expr: &'a Expr) -> bool {
        let (mark, frames) = (self.mark(), self.frames.clone());
        let value = self.expr(expr);
        let inert = matches!(value, Value::Passive(_) | Value::Node(_))
            && !self.is_unknown(&value)
            && self.are_inert(&[&value]);
        self.back_to(&mark);
        self.frames = frames;
        inert
    }

    fn unary(&mut self, expr: &'a Expr, unary: &'a syn::ExprUnary) -> Value<'a, 'g> {
        let value = self.expr(&unary.expr);
        match (&unary.op, value) {
            // A part of a tuple or struct whose parts are known by themselves.
            (UnOp::Not(token), Value::Passive(Expr::Lit(_))) if self.mentions(expr) => self.refuse(
                token,
                "the type of this number is not seen here: bind it by a `let` with its type, and take that",
            ),
            (_, Value::Passive(_)) => Value::Passive(expr),
            (_, value) if self.is_unknown(&value) => value,
            (UnOp::Deref(_), Value::View(view)) => self.loaded(Value::View(View { owned: true, ..view })),
            (UnOp::Deref(_), value) => value,
            (UnOp::Neg(token), Value::Node(node)) if node.ty().is_real() => {
                self.apply(token, Op::prefix("-"), &[node])
            }
            (UnOp::Not(token), Value::Node(node)) if node.ty() == Ty::Bool => {
                self.apply(token, Op::prefix("!"), &[node])
            }
            (UnOp::Neg(_), value) if self.is_struct(&value) => {
                let of = &unary.expr;
                let name = Ident::new("neg", unary.op.span());
                let call = self.made.of(expr, || syn::parse_quote!((#of).#name()));
                self.method_written(call, value, Form::Struct)
            }
            _ => self.passive_or(expr, &unary.op, NO_OPERATOR),
        }
    }

    /// An operator on a struct, written as the method that it is.
    fn method_written(
        &mut self,
        call: &'static Expr,
        receiver: Value<'a, 'g>,
        likely: Form,
    ) -> Value<'a, 'g> {
        match call {
            Expr::MethodCall(call) => self.method_of_struct(call, receiver, likely),
            _ => self.unknown(),
        }
    }

    /// Whether it is a struct for certain.
    pub(super) fn is_struct(&mut self, value: &Value<'a, 'g>) -> bool {
        self.is_certain_struct(value) || (matches!(value, Value::Variable(_)) && !self.learn_number(value))
    }

    /// Likewise, and nothing is made of it if it may be a number.
    pub(super) fn is_certain_struct(&self, value: &Value<'a, 'g>) -> bool {
        match value {
            Value::Struct(..) => true,
            Value::Variable(whole) => !self.is_likely(*whole),
            Value::View(view) => view.extent.is_struct() && !self.is_either(value),
            _ => false,
        }
    }

    /// The node for an operation of the table, exactly as written.
    fn apply(&mut self, at: impl ToTokens, op: Option<Op>, args: &[Node<'g>]) -> Value<'a, 'g> {
        match op {
            Some(op) => Value::Node(self.graph.raw(op, args)),
            None => self.refuse(at, NO_OPERATOR),
        }
    }

    fn binary(
        &mut self,
        expr: &'a Expr,
        binary: &'a syn::ExprBinary,
        mut left: Value<'a, 'g>,
    ) -> Value<'a, 'g> {
        let logical = matches!(binary.op, BinOp::And(_) | BinOp::Or(_));
        if let Value::Passive(code) = left
            && !logical
            && self.is_changing(code)
            && self.mentions(&binary.right)
        {
            // What stands left is evaluated first.
            left = Value::Node(self.real_leaf(code));
        }
        let name = method_of(&binary.op);
        if let Some(name) = &name
            && self.is_certain_struct(&left)
        {
            let (from, to) = (&binary.left, &binary.right);
            let call = self.made.of(expr, || syn::parse_quote!((#from).#name(#to)));
            let product = matches!(binary.op, BinOp::Mul(_) | BinOp::Div(_) | BinOp::Rem(_));
            if !product {
                self.clues.insert(Clue::Takes(format!(".{name}"), 1));
            }
            return self.method_written(call, left, if product { Form::Likely } else { Form::Struct });
        }
        let (mark, before) = (self.mark(), self.bodies.last().map_or(0, Vec::len));
        self.in_order(&left, &binary.right);
        let right = self.expr(&binary.right);
        if let (Value::Passive(code), Some(name)) = (&left, &name)
            && matches!(binary.op, BinOp::Add(_) | BinOp::Sub(_))
            && self.is_certain_struct(&right)
            && matches!(self.known(code), Known::Value | Known::Struct { .. })
        {
            self.back_to(&mark);
            let (from, to) = (&binary.left, &binary.right);
            let call = self.made.of(expr, || syn::parse_quote!((#from).#name(#to)));
            return self.method_written(call, left, Form::Struct);
        }
        if self.is_certain_struct(&right) {
            let both =
                matches!(binary.op, BinOp::Add(_) | BinOp::Sub(_)) || matches!(left, Value::Variable(_));
            return match both && self.learn_struct(&left) {
                true => self.unknown(),
                false => self.refuse(&binary.op, OPERATOR_OF_STRUCT),
            };
        }
        if let (Value::Passive(_), Value::Passive(_)) = (&left, &right) {
            return Value::Passive(expr);
        }
        if matches!(left, Value::Never) || matches!(right, Value::Never) {
            return Value::Never;
        }
        if self.is_unknown(&left) || self.is_unknown(&right) {
            return self.unknown();
        }
        let token = binary.op.to_token_stream().to_string();
        let Some(op) = Op::infix(&token) else {
            return self.passive_or(expr, &binary.op, NO_OPERATOR);
        };
        let opaque = |value: &Value<'a, 'g>| match value {
            Value::Node(node) => !node.ty().is_real(),
            Value::Passive(_) => true,
            _ => false,
        };
        if logical {
            let evaluated = self.bodies.last().map_or(0, Vec::len) > before;
            return match (self.truth(&left), self.truth(&right)) {
                (Some(left), Some(right)) if !evaluated => Value::Node(self.graph.raw(op, &[left, right])),
                // The right-hand side may run code, which must only run where the left one lets it.
                _ => {
                    self.back_to(&mark);
                    self.observe(expr)
                }
            };
        }
        // What stands beside a whole number is one.
        let whole = |value: &Value<'a, 'g>, beside: &Value<'a, 'g>| match (value, beside) {
            (Value::Node(call), Value::Passive(Expr::Lit(syn::ExprLit { lit: Lit::Int(_), .. }))) => {
                is_call_of_constants(*call)
            }
            (Value::Node(call), Value::Node(number)) => {
                is_call_of_constants(*call) && number.ty() == Ty::Opaque
            }
            _ => false,
        };
        if (opaque(&left) && opaque(&right)) || whole(&left, &right) || whole(&right, &left) {
            return self.observe(expr);
        }
        let left = self.real(left, &binary.left);
        let right = self.real(right, &binary.right);
        Value::Node(self.graph.raw(op, &[left, right]))
    }

    /// A condition as a node: a comparison, or a stable passive truth value.
    fn truth(&mut self, value: &Value<'a, 'g>) -> Option<Node<'g>> {
        match value {
            Value::Node(node) if node.ty() == Ty::Bool => Some(*node),
            Value::Passive(code) if !self.has_effects(code) => Some(self.leaf(code)),
            _ => None,
        }
    }

    fn cast(&mut self, expr: &'a Expr, cast: &'a syn::ExprCast) -> Value<'a, 'g> {
        match self.expr(&cast.expr) {
            Value::Passive(_) => Value::Passive(expr),
            value if self.is_unknown(&value) => value,
            Value::Node(node) => match self.real_type(&cast.ty) {
                Some(_) if self.is_struct_variable(&Value::Node(node)) => {
                    self.refuse(expr.source(), super::unseen::CONVERSION)
                }
                Some(ty) if is_variable(node) => Value::Node(self.graph.cast(node, ty)),
                // A number made of something that is none: passive, and known to be real.
                Some(ty) => self.observe_as(expr, ty),
                // Towards an integer: constant between its steps.
                None => self.observe(expr),
            },
            _ => {
                self.refuse(expr.source(), "only single numbers can be cast: cast the components one by one")
            }
        }
    }

    /// The type of numbers that `ty` names, if it does.
    pub(super) fn real_type(&self, ty: &Type) -> Option<Ty> {
        let text = ty.to_token_stream().to_string();
        match text.as_str() {
            "f64" => return Some(Ty::F64),
            "f32" => return Some(Ty::F32),
            _ => {}
        }
        let number = self.signature.types.iter().position(|known| known.tokens.to_string() == text)?;
        Some(Ty::Param(number as u8))
    }

    fn repeat(&mut self, expr: &'a Expr, repeat: &'a syn::ExprRepeat) -> Value<'a, 'g> {
        const MAX: usize = 4096;
        let part = self.expr(&repeat.expr);
        if matches!(part, Value::Passive(_)) {
            return Value::Passive(expr);
        }
        match &*repeat.len {
            Expr::Lit(syn::ExprLit { lit: Lit::Int(len), .. }) => match len.base10_parse::<usize>() {
                Ok(len) if len <= MAX => Value::Array(vec![part; len]),
                _ => self.refuse(
                    &repeat.len,
                    format!(
                        "an array of more than {MAX} active values is not supported yet: use a shorter one"
                    ),
                ),
            },
            len => {
                let name = quote::format_ident!("array", span = proc_macro2::Span::mixed_site());
                let (part, len) = (self.settled(part), self.fixed(len));
                self.repeated(&name, len, part, &repeat.expr)
            }
        }
    }

    fn field(&mut self, expr: &'a Expr, field: &'a syn::ExprField) -> Value<'a, 'g> {
        if let Some((view, field)) = self.field_at(expr) {
            let value = self.field_as_known(view, field);
            return self.loaded(value);
        }
        match (self.expr(&field.base), &field.member) {
            (Value::Passive(_), _) => Value::Passive(expr),
            (value, _) if self.is_unknown(&value) => self.unknown(),
            (Value::Tuple(parts), Member::Unnamed(index)) => match parts.get(index.index as usize) {
                Some(part) => part.clone(),
                None => self.refuse(index, format!("the tuple has {} components", parts.len())),
            },
            (value, member) if self.is_struct_variable(&value) => {
                self.struct_part(&value, &format!(".{}", member.to_token_stream()))
            }
            (value @ Value::Struct(..), member) => {
                let name = member.to_token_stream().to_string();
                match value.field(&name) {
                    Some(part) => self.loaded(part.clone()),
                    None => self.refuse(member, format!("there is no field `{name}`")),
                }
            }
            (value, Member::Named(_)) if self.learn_struct(&value) => self.unknown(),
            (value, Member::Unnamed(index))
                if self.learn_parts(&value, (index.index as usize + 1).max(2), false) =>
            {
                self.unknown()
            }
            _ => self.passive_or(
                expr,
                &field.member,
                "a field of an active struct is not supported yet: use a tuple or variables of their own",
            ),
        }
    }

    // Uses of values.

    /// The value as a real number.
    pub(super) fn real(&mut self, value: Value<'a, 'g>, at: impl ToTokens) -> Node<'g> {
        self.real_at(value, &at)
    }

    /// The same, compiled once.
    fn real_at(&mut self, value: Value<'a, 'g>, at: &dyn ToTokens) -> Node<'g> {
        match value {
            Value::Node(node) => {
                if node.ty() == Ty::Bool {
                    self.fail(
                        at,
                        "a truth value stands where a real number is needed: choose numbers by `if`",
                    );
                }
                node
            }
            Value::Passive(code) => self.real_passive(code),
            Value::Never => self.graph.constant(f64::NAN),
            Value::View(view) if view.is_number() => self.load(&view),
            value if self.must_be_number(&value) => self.unknown,
            value @ Value::Variable(_) if self.learn_number(&value) => self.unknown,
            Value::Tuple(_)
            | Value::Array(_)
            | Value::Struct(..)
            | Value::Variable(_)
            | Value::View(_)
            | Value::Some(_)
            | Value::Closure(_)
            | Value::Iterator(_)
            | Value::Optional(_)
            | Value::Unit
            | Value::Unassigned
            | Value::Ways(_) => {
                if !self.failed {
                    self.fail(
                        at,
                        "a single real number is needed here: take a component, or compute with numbers only",
                    );
                }
                self.graph.constant(f64::NAN)
            }
        }
    }

    /// Passive code as a real number: arithmetic on numbers becomes nodes, so that the formula can be
    /// simplified, and everything else a leaf.
    fn real_passive(&mut self, code: &'a Expr) -> Node<'g> {
        let mut chain = Vec::new();
        let mut first = code;
        loop {
            match first {
                Expr::Paren(paren) => first = &paren.expr,
                Expr::Group(group) => first = &group.expr,
                Expr::Binary(binary) if self.is_real_arithmetic(binary) => {
                    chain.push(binary);
                    first = &binary.left;
                }
                _ => break,
            }
        }
        let mut node = match first {
            Expr::Lit(literal) => self.literal(&literal.lit).map(|value| self.graph.constant(value)),
            // The negative of a real number is that of one, or of a reference to one.
            Expr::Unary(unary)
                if matches!(unary.op, UnOp::Neg(_)) && self.known(&unary.expr) != Known::NotReal =>
            {
                let node = self.real_passive(&unary.expr);
                Some(match (node.as_constant(), Op::prefix("-")) {
                    (None, Some(op)) => self.graph.raw(op, &[node]),
                    (value, _) => self.graph.constant(-value.unwrap_or(f64::NAN)),
                })
            }
            Expr::MethodCall(call) if self.is_known_real(&call.receiver) => real_method(call).map(|op| {
                let mut args = vec![self.real_passive(&call.receiver)];
                for (arg, slot) in call.args.iter().zip(&op.spec().args[1..]) {
                    let ty = args[0].ty();
                    args.push(self.argument(Value::Passive(arg), slot.kind, ty, arg));
                }
                self.snippets.speaks_std |= op.spec().libm.is_some();
                self.graph.raw(op, &args)
            }),
            Expr::Path(path) => {
                let binding = path.path.get_ident().and_then(|name| self.lookup(name));
                match binding.map(|binding| (&binding.value, binding.mutable)) {
                    Some((Bound::Passive(Known::Literal(value)), false)) => Some(self.graph.constant(*value)),
                    _ => None,
                }
            }
            _ => None,
        }
        .unwrap_or_else(|| self.real_leaf(first));
        for binary in chain.into_iter().rev() {
            let right = self.real_passive(&binary.right);
            let op = Op::infix(&binary.op.to_token_stream().to_string());
            node = op.map_or(node, |op| self.graph.raw(op, &[node, right]));
        }
        node
    }

    fn is_real_arithmetic(&self, binary: &syn::ExprBinary) -> bool {
        let arithmetic = matches!(binary.op, BinOp::Add(_) | BinOp::Sub(_) | BinOp::Mul(_) | BinOp::Div(_));
        arithmetic && (self.is_known_real(&binary.right) || self.is_known_real(&binary.left))
    }

    /// Whether passive code is certainly a real number.
    pub(super) fn is_known_real(&self, code: &Expr) -> bool {
        let mut code = code;
        loop {
            match code {
                Expr::Paren(paren) => code = &paren.expr,
                Expr::Group(group) => code = &group.expr,
                Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => code = &unary.expr,
                Expr::Binary(binary) if !is_assignment(&binary.op) => {
                    let arithmetic = matches!(
                        binary.op,
                        BinOp::Add(_) | BinOp::Sub(_) | BinOp::Mul(_) | BinOp::Div(_) | BinOp::Rem(_)
                    );
                    // What is computed with a real number is one.
                    if !arithmetic || self.is_known_real(&binary.right) {
                        return arithmetic;
                    }
                    code = &binary.left;
                }
                Expr::Lit(literal) => return is_float(&literal.lit),
                Expr::MethodCall(call) => match real_method(call) {
                    Some(_) => code = &call.receiver,
                    None => return false,
                },
                Expr::Cast(cast) => return self.real_type(&cast.ty).is_some(),
                Expr::Path(path) => {
                    return match path.path.get_ident().and_then(|name| self.lookup(name)) {
                        Some(binding) => match &binding.value {
                            Bound::Passive(known) => matches!(known, Known::Literal(_) | Known::Real(_)),
                            Bound::Tracked(_) => false,
                        },
                        None => is_float_constant(&path.path),
                    };
                }
                _ => return false,
            }
        }
    }

    /// The number a literal stands for, in the function's precision.
    pub(super) fn literal(&self, literal: &Lit) -> Option<f64> {
        let (digits, suffix) = match literal {
            Lit::Float(float) => (float.base10_digits(), float.suffix()),
            Lit::Int(int) => (int.base10_digits(), int.suffix()),
            _ => return None,
        };
        let single = suffix == "f32" || (self.signature.primary == Ty::F32 && suffix != "f64");
        if single { digits.parse::<f32>().ok().map(f64::from) } else { digits.parse().ok() }
    }

    /// The value as what an operation takes at this place.
    pub(super) fn argument(&mut self, value: Value<'a, 'g>, kind: ArgKind, ty: Ty, at: &'a Expr) -> Node<'g> {
        match (kind, value) {
            (ArgKind::Real, Value::Passive(code @ (Expr::MethodCall(_) | Expr::Call(_))))
                if !self.is_known_real(code) =>
            {
                let ty = if ty.is_real() && ty != Ty::Any { ty } else { self.signature.primary };
                self.argument_leaf(code, ty, self.signature.type_tokens(ty))
            }
            (ArgKind::Real, value) => self.real(value, at),
            (_, Value::Node(node)) if !node.ty().is_real() => node,
            (_, Value::Node(_)) => {
                self.fail(
                    at,
                    "an integer is needed here, and this is an active value: use `powf` for real exponents",
                );
                self.graph.constant(0.0)
            }
            (_, Value::Passive(code)) => self.integer(code),
            (_, value) => self.real(value, at),
        }
    }

    fn integer(&mut self, code: &'a Expr) -> Node<'g> {
        let mut sign = 1.0;
        let mut inner = code;
        loop {
            match inner {
                Expr::Paren(paren) => inner = &paren.expr,
                Expr::Group(group) => inner = &group.expr,
                Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => {
                    sign = -sign;
                    inner = &unary.expr;
                }
                Expr::Lit(syn::ExprLit { lit: Lit::Int(int), .. }) => {
                    return match int.base10_parse::<i64>() {
                        Ok(value) => self.graph.constant(sign * value as f64),
                        Err(_) => self.leaf(code),
                    };
                }
                _ => return self.argument_leaf(code, Ty::Opaque, quote!(::core::primitive::i32)),
            }
        }
    }

    pub(super) fn refuse(&mut self, at: impl ToTokens, message: impl std::fmt::Display) -> Value<'a, 'g> {
        self.fail(at, message);
        self.unknown()
    }
}

pub(super) const MUTABLE_REFERENCE: &str = "a mutable reference to an active value is not supported: assign to the \
                                            variable itself";
pub(super) const NO_OPERATOR: &str =
    "this operator is not supported on active values: use arithmetic on real numbers";
pub(super) const OPERATOR_OF_STRUCT: &str = "an operator on structs is taken for the method of its left-hand side, `a + b` for \
                                             `a.add(b)`: let a struct stand left, and write `a = a + b` for `a += b`";
pub(super) const LET: &str = "`let` is supported in a condition only where it comes first and once: nest one `if` in \
                              another";

pub(super) fn is_assignment(op: &BinOp) -> bool {
    matches!(
        op,
        BinOp::AddAssign(_)
            | BinOp::SubAssign(_)
            | BinOp::MulAssign(_)
            | BinOp::DivAssign(_)
            | BinOp::RemAssign(_)
            | BinOp::BitXorAssign(_)
            | BinOp::BitAndAssign(_)
            | BinOp::BitOrAssign(_)
            | BinOp::ShlAssign(_)
            | BinOp::ShrAssign(_)
    )
}

/// The operation that a method call with the right number of arguments names, if its result is real.
fn real_method(call: &syn::ExprMethodCall) -> Option<Op> {
    let op = Op::by_name(&call.method.to_string())?;
    let spec = op.spec();
    (spec.args.len() == call.args.len() + 1 && !spec.boolean && !spec.integer).then_some(op)
}

fn is_float(literal: &Lit) -> bool {
    match literal {
        Lit::Float(_) => true,
        Lit::Int(int) => matches!(int.suffix(), "f32" | "f64"),
        _ => false,
    }
}

/// A constant of the standard library, such as `std::f64::consts::PI` or `f64::EPSILON`.
pub(super) fn is_float_constant(path: &syn::Path) -> bool {
    let segments: Vec<String> = path.segments.iter().each(|segment| segment.ident.to_string());
    match &segments[..] {
        [.., float, consts, _] if consts == "consts" => float == "f64" || float == "f32",
        [float, name] => {
            (float == "f64" || float == "f32") && name.chars().all(|c| c.is_uppercase() || c == '_')
        }
        _ => false,
    }
}

/// The method that an operator on structs is.
fn method_of(op: &BinOp) -> Option<Ident> {
    let name = match op {
        BinOp::Add(_) => "add",
        BinOp::Sub(_) => "sub",
        BinOp::Mul(_) => "mul",
        BinOp::Div(_) => "div",
        BinOp::Rem(_) => "rem",
        _ => return None,
    };
    Some(Ident::new(name, op.span()))
}

/// Types of numbers that carry no derivative, and their like.
pub(super) const WHOLE_NUMBERS: &[&str] =
    &["bool", "char", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize"];

/// Whether a type is certainly not one of real numbers.
pub(super) fn is_not_real(ty: &Type) -> bool {
    is_whole(ty) || matches!(ty, Type::Reference(_) | Type::Tuple(_) | Type::Array(_))
}

/// Whether a type is one of whole numbers.
pub(super) fn is_whole(ty: &Type) -> bool {
    let text = ty.to_token_stream().to_string();
    WHOLE_NUMBERS.contains(&text.as_str())
}
