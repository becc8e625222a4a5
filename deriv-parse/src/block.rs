//! Blocks and statements, assignment, and what follows a jump.
//!
//! A statement that may `return`, `break` or `continue` is lowered together with what follows it: the rest of
//! the function, or of the loop's body, moves into the arms that go on, so that regions stay structured. Each
//! arm's value tells where control goes on after it ([`Value::Ways`]).

use super::branch::Arms;
use super::jumps::{Target, exits, first_exit, first_exit_of_head};
use super::memory::root;
use super::source::Source;
use super::{Binding, Body, Bound, Closure, Frame, Known, Parser, Value, View, Way, key};
use crate::graph::{Expr as Node, Ty};
use crate::list::{List, PushAll};
use crate::ops::Op;
use crate::region::{Head, Stmt as RegionStmt};
use deriv_syntax::tokens::{all_identifiers, stream};
use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use std::rc::Rc;
use syn::{Block, Expr, Item, Lit, Pat, Stmt};

/// What is to be done after an expression: use its value, go on with the statements, and so on outwards.
pub(super) struct Rest<'a, 'r> {
    what: Then<'a>,
    stmts: &'a [Stmt],
    /// How many scopes there are where it goes on.
    frames: usize,
    /// How many blocks are around the one whose statements these are.
    blocks: usize,
    next: Option<&'r Rest<'a, 'r>>,
}

#[derive(Clone, Copy)]
enum Then<'a> {
    Bind(&'a Pat),
    Assign(&'a Expr, &'a Expr),
    Discard,
    /// It is the value of the block.
    Yield,
    /// It arrives at a target.
    Stop(Target),
}

impl<'a> Rest<'a, '_> {
    fn stop(target: Target, frames: usize) -> Self {
        Rest { what: Then::Stop(target), stmts: &[], frames, blocks: 0, next: None }
    }

    /// Whether a name occurs in what is left to do.
    fn mentions(&self, name: &str) -> bool {
        let assigned = match self.what {
            Then::Assign(_, left) => super::all_identifiers(left.source()).contains(name),
            _ => false,
        };
        let later = |stmt: &Stmt| super::all_identifiers(stmt.to_token_stream()).contains(name);
        assigned || self.stmts.iter().any(later) || self.next.is_some_and(|next| next.mentions(name))
    }
}

impl<'a, 'g> Parser<'a, 'g> {
    /// The body of a function or closure, where `return` ends the whole.
    pub(super) fn body_block(&mut self, block: &'a Block) -> Value<'a, 'g> {
        self.body(|parser, home| parser.run_block_to(home, block))
    }

    /// Likewise of a closure without braces.
    pub(super) fn body_expr(&mut self, expr: &'a Expr) -> Value<'a, 'g> {
        self.body(|parser, home| parser.run_to(home, expr))
    }

    fn body(&mut self, f: impl FnOnce(&mut Self, Target) -> Value<'a, 'g>) -> Value<'a, 'g> {
        let home = self.new_target();
        let outer = std::mem::replace(&mut self.home, home);
        let frames = self.frames.len();
        let value = f(self, home);
        self.frames.truncate(frames);
        self.home = outer;
        self.arrived(value)
    }

    /// A block within an expression.
    pub(super) fn block(&mut self, block: &'a Block) -> Value<'a, 'g> {
        self.scoped(|parser| {
            parser.push_frame();
            let value = parser.run(&block.stmts, None);
            parser.force(value)
        })
    }

    /// Runs `f` as a region of its own, which is dissolved where it binds no names.
    pub(super) fn scoped(&mut self, f: impl FnOnce(&mut Self) -> Value<'a, 'g>) -> Value<'a, 'g> {
        let mut arms = Arms::new(self, TokenStream::new());
        arms.arm(self, None, None, f);
        if arms.binds_nothing() {
            return arms.dissolve(self);
        }
        arms.merge(self, Head::Block)
    }

    pub(super) fn run(&mut self, stmts: &'a [Stmt], rest: Option<&Rest<'a, '_>>) -> Value<'a, 'g> {
        for stmt in stmts {
            match stmt {
                Stmt::Item(item) => self.item(item),
                // It may expand to items.
                Stmt::Macro(stmt) => self.namesake |= !super::call::observes(&stmt.mac),
                _ => {}
            }
        }
        self.coming.push(stmts);
        let value = self.run_each(stmts, rest);
        self.coming.pop();
        value
    }

    fn run_each(&mut self, stmts: &'a [Stmt], rest: Option<&Rest<'a, '_>>) -> Value<'a, 'g> {
        for (i, stmt) in stmts.iter().enumerate() {
            if let Some(coming) = self.coming.last_mut() {
                *coming = &stmts[i + 1..];
            }
            let last = i + 1 == stmts.len();
            let then = |what: Then<'a>, parser: &Self| Rest {
                what,
                stmts: &stmts[i + 1..],
                frames: parser.frames.len(),
                blocks: parser.coming.len() - 1,
                next: rest,
            };
            match stmt {
                Stmt::Item(_) => {}
                Stmt::Local(local) => {
                    let Some(init) = &local.init else {
                        self.declare_late(&local.pat);
                        continue;
                    };
                    if let Some((_, diverge)) = &init.diverge {
                        let then = then(Then::Discard, self);
                        return self.let_else(local, &init.expr, diverge, &then);
                    }
                    if exits(&init.expr) {
                        let then = then(Then::Bind(&local.pat), self);
                        return self.exit(&init.expr, &then);
                    }
                    if let Pat::Type(typed) = &local.pat {
                        self.expect(&typed.ty, &init.expr);
                    }
                    let value = self.expr(&init.expr);
                    if matches!(value, Value::Never) {
                        return Value::Never;
                    }
                    if self.is_reference(&init.expr) {
                        let mut names = Vec::new();
                        super::pattern::pattern_names(&local.pat, &mut names);
                        self.references.extend(names.into_iter().map(|(name, _)| key(name)));
                    }
                    self.let_value(&local.pat, value, &init.expr);
                }
                Stmt::Expr(expr, semi) => {
                    let yields = last && semi.is_none();
                    if exits(expr) {
                        let then = then(if yields { Then::Yield } else { Then::Discard }, self);
                        return self.exit(expr, &then);
                    }
                    let value = if yields { self.expr(expr) } else { self.statement(expr) };
                    if matches!(value, Value::Never) {
                        return Value::Never;
                    }
                    if yields {
                        return self.finish(value, rest);
                    }
                }
                Stmt::Macro(stmt) => {
                    let value = self.statement_macro(&stmt.mac, stmt);
                    if matches!(value, Value::Never) {
                        return Value::Never;
                    }
                    if last && stmt.semi_token.is_none() && !matches!(value, Value::Unit) {
                        return self.finish(value, rest);
                    }
                }
            }
        }
        self.finish(Value::Unit, rest)
    }

    /// An expression for its effect.
    fn statement(&mut self, expr: &'a Expr) -> Value<'a, 'g> {
        let value = match expr {
            Expr::If(_) | Expr::Match(_) | Expr::Block(_) => self.control_statement(expr),
            _ => self.expr(expr),
        };
        if let Value::Passive(code) = value {
            let code = code.source();
            let copy = self.passive_code(quote::quote!(#code;));
            self.push_stmt(RegionStmt::Copy { code: copy, again: false });
            return Value::Unit;
        }
        value
    }

    fn let_value(&mut self, pattern: &'a Pat, value: Value<'a, 'g>, init: &'a Expr) {
        let mut names = Vec::new();
        super::pattern::pattern_names(pattern, &mut names);
        let promoted = names.iter().any(|(name, _)| self.promoted.contains(&key(name)));
        let value = if !promoted && is_all_passive(&value) { Value::Passive(init) } else { value };
        self.bind(pattern, value);
    }

    /// `let x;`, to be assigned later.
    fn declare_late(&mut self, pattern: &'a Pat) {
        let mut names = Vec::new();
        super::pattern::pattern_names(pattern, &mut names);
        for (name, _) in names {
            let promoted = self.promoted.contains(&key(name));
            let value =
                if promoted { Bound::Tracked(Value::Unassigned) } else { Bound::Passive(Known::Unknown) };
            if !promoted {
                let copy = self.passive_code(quote::quote!(let #pattern;));
                self.push_stmt(RegionStmt::Copy { code: copy, again: false });
            }
            self.declare(name, Binding { declaration: key(name), mutable: true, value });
        }
    }

    /// What remains to be done with a value.
    fn finish(&mut self, value: Value<'a, 'g>, rest: Option<&Rest<'a, '_>>) -> Value<'a, 'g> {
        let Some(rest) = rest else { return value };
        if matches!(value, Value::Never) {
            return Value::Never;
        }
        let value = if self.frames.len() > rest.frames { self.force(value) } else { value };
        self.leave(rest);
        match rest.what {
            Then::Bind(pattern) => self.bind(pattern, value),
            Then::Assign(expr, left) => self.assign_value(expr, left, value),
            Then::Discard => {
                if let Value::Passive(code) = value {
                    let code = code.source();
                    let copy = self.passive_code(quote::quote!(#code;));
                    self.push_stmt(RegionStmt::Copy { code: copy, again: false });
                }
            }
            Then::Yield => return self.finish(value, rest.next),
            Then::Stop(target) => return self.arrive(target, value),
        }
        self.go_on(rest)
    }

    /// The statements that follow. The blocks that were left to come to them are no longer around.
    fn go_on(&mut self, rest: &Rest<'a, '_>) -> Value<'a, 'g> {
        let left = self.coming.split_off(rest.blocks);
        let value = self.run(rest.stmts, rest.next);
        self.coming.extend(left);
        value
    }

    /// Whether a block around declares the name later on: when its adjoint runs, the name means that.
    pub(super) fn will_be_declared(&self, name: &Ident) -> bool {
        let text = super::hygienic(name);
        if !self.redeclared.contains(&text) {
            return false;
        }
        self.coming.iter().flat_map(|stmts| stmts.iter()).any(|stmt| {
            let Stmt::Local(local) = stmt else { return false };
            let mut names = Vec::new();
            super::pattern::pattern_names(&local.pat, &mut names);
            names.iter().any(|(own, _)| super::hygienic(own) == text)
        })
    }

    /// Leaves inner scopes without leaving the region they stand in.
    fn leave(&mut self, rest: &Rest<'a, '_>) {
        let inner: Vec<Frame<'a, 'g>> = self.frames.drain(rest.frames..).list();
        for (name, binding) in inner.iter().flat(|frame| &frame.bindings) {
            if matches!(binding.value, Bound::Passive(_))
                && self.lookup_text(name).is_some()
                && rest.mentions(name.split('#').next().unwrap_or(name))
            {
                self.fail(
                    &self.item.sig.ident,
                    format!("`{name}` is declared again in a block that returns early: give one of the two another name"),
                );
            }
        }
        // Leaves for what was declared further in may be used no more; those for what is still in scope may.
    }

    /// Goes on with a value that has been made in a region further in.
    fn resume(&mut self, value: Value<'a, 'g>, at: Target, rest: &Rest<'a, '_>) -> Value<'a, 'g> {
        let Value::Ways(mut ways) = value else { return self.finish(value, Some(rest)) };
        let Some(here) = ways.iter().position(|way| way.target == at).map(|here| ways.remove(here)) else {
            return Value::Ways(ways);
        };
        let Some(elsewhere) = self.any_taken(&ways) else { return self.finish(here.value, Some(rest)) };
        let mut arms = Arms::new(self, self.tail());
        arms.arm(self, None, None, |_| Value::Ways(ways));
        arms.arm(self, None, None, |parser| parser.finish(here.value, Some(rest)));
        arms.merge(self, Head::If(elsewhere))
    }

    /// The value that arrives at the only place where control can go on.
    pub(super) fn arrived(&mut self, value: Value<'a, 'g>) -> Value<'a, 'g> {
        match value {
            Value::Ways(ways) => ways.into_iter().next().map_or(Value::Never, |way| way.value),
            value => value,
        }
    }

    /// Whether one of these ways is taken; nothing if there is none.
    pub(super) fn any_taken(&self, ways: &[Way<'a, 'g>]) -> Option<Node<'g>> {
        let or = Op::infix("||")?;
        ways.iter().map(|way| way.taken).reduce(|left, right| self.graph.raw(or, &[left, right]))
    }

    /// Control goes on at a target.
    pub(super) fn arrive(&mut self, target: Target, value: Value<'a, 'g>) -> Value<'a, 'g> {
        match self.force(value) {
            value @ (Value::Never | Value::Ways(_)) => value,
            value => Value::Ways(vec![Way { target, taken: self.truth_value(true), value }]),
        }
    }

    /// An expression, which may have jumps in it, whose value arrives at a target.
    pub(super) fn run_to(&mut self, target: Target, expr: &'a Expr) -> Value<'a, 'g> {
        let rest = Rest::stop(target, self.frames.len());
        self.exit_arm(Some(Body::Expr(expr)), &rest)
    }

    /// Likewise a block.
    pub(super) fn run_block_to(&mut self, target: Target, block: &'a Block) -> Value<'a, 'g> {
        self.push_frame();
        let rest = Rest::stop(target, self.frames.len());
        self.run(&block.stmts, Some(&rest))
    }

    /// An expression out of which a jump may lead, and what follows it.
    fn exit(&mut self, expr: &'a Expr, rest: &Rest<'a, '_>) -> Value<'a, 'g> {
        match expr {
            Expr::Return(_) | Expr::Break(_) | Expr::Continue(_) => self.jump(expr),
            Expr::Paren(paren) => self.exit(&paren.expr, rest),
            Expr::Group(group) => self.exit(&group.expr, rest),
            Expr::Block(block) if block.label.is_none() => {
                self.push_frame();
                self.run(&block.block.stmts, Some(rest))
            }
            Expr::Assign(assign) if !exits(&assign.left) => {
                let next = Rest {
                    what: Then::Assign(expr, &assign.left),
                    stmts: rest.stmts,
                    frames: self.frames.len(),
                    blocks: rest.blocks,
                    next: rest.next,
                };
                self.exit(&assign.right, &next)
            }
            Expr::If(_) | Expr::Match(_) => {
                if let Some(jump) = first_exit_of_head(expr) {
                    return self.refuse(jump, JUMP_IN_OPERAND);
                }
                if going_on(expr) <= 1 {
                    return self.branch(expr, &mut |parser, arm| parser.exit_arm(arm, rest));
                }
                // Several arms go on: they meet again before the rest, which must not be written twice.
                let target = self.new_target();
                let stop = Rest::stop(target, self.frames.len());
                let value = self.branch(expr, &mut |parser, arm| parser.exit_arm(arm, &stop));
                self.resume(value, target, rest)
            }
            Expr::ForLoop(_) | Expr::While(_) | Expr::Loop(_) | Expr::Block(_) => {
                if let Some(jump) = first_exit_of_head(expr) {
                    return self.refuse(jump, JUMP_IN_OPERAND);
                }
                let target = self.new_target();
                let value = self.loop_or_block(expr, target);
                self.resume(value, target, rest)
            }
            _ => match first_exit(expr) {
                Some(jump) => self.refuse(jump, JUMP_IN_OPERAND),
                None => self.expr(expr),
            },
        }
    }

    /// A loop or labelled block, after which control goes on at `leave`.
    pub(super) fn loop_or_block(&mut self, expr: &'a Expr, leave: Target) -> Value<'a, 'g> {
        match expr {
            Expr::Block(block) => self.scoped(|parser| {
                parser.within(block.label.as_ref(), leave, None, |parser| {
                    parser.run_block_to(leave, &block.block)
                })
            }),
            expr => self.any_loop(expr, leave),
        }
    }

    /// One arm of a branch of which some arm returns.
    fn exit_arm(&mut self, body: Option<Body<'a>>, rest: &Rest<'a, '_>) -> Value<'a, 'g> {
        match body {
            None => self.finish(Value::Unit, Some(rest)),
            Some(Body::Block(block)) => {
                self.push_frame();
                self.run(&block.stmts, Some(rest))
            }
            Some(Body::Expr(expr)) if exits(expr) => self.exit(expr, rest),
            Some(Body::Expr(expr)) => {
                let value = self.expr(expr);
                self.finish(value, Some(rest))
            }
        }
    }

    /// `let pattern = init else { … };` and what follows.
    fn let_else(
        &mut self,
        local: &'a syn::Local,
        init: &'a Expr,
        diverge: &'a Expr,
        rest: &Rest<'a, '_>,
    ) -> Value<'a, 'g> {
        if let Some(jump) = first_exit(init) {
            return self.refuse(jump, JUMP_IN_OPERAND);
        }
        let value = if self.mentions(init) { self.expr(init) } else { Value::Passive(init) };
        let head = self.looked_at(init, &value);
        let mut arms = Arms::new(self, init.source());
        let pattern = self.matched_pattern(&local.pat, &value);
        arms.arm(self, Some(pattern), None, |parser| {
            parser.push_frame();
            match &value {
                Value::Passive(_) => parser.declare_passive(&local.pat, Known::Unknown),
                value => parser.declare_matched(&local.pat, value),
            }
            parser.go_on(rest)
        });
        let wild = self.snippets.add(quote::quote!(_));
        arms.arm(self, Some(wild), None, |parser| {
            let nothing =
                Rest { what: Then::Discard, stmts: &[], frames: parser.frames.len(), blocks: 0, next: None };
            if exits(diverge) {
                let value = parser.exit(diverge, &nothing);
                return parser.force(value);
            }
            // It can only panic.
            let code = match diverge {
                Expr::Block(block) if block.label.is_none() => {
                    let stmts = &block.block.stmts;
                    parser.with_captures(quote::quote!(#(#stmts)*))
                }
                diverge => parser.with_captures(diverge),
            };
            parser.push_stmt(RegionStmt::Copy { code, again: false });
            Value::Never
        });
        arms.merge(self, Head::Match(head))
    }

    // Assignment.

    pub(super) fn assign(&mut self, expr: &'a Expr, left: &'a Expr, right: &'a Expr) {
        let root = root(left).and_then(|name| self.lookup(name)).map(|binding| &binding.value);
        let is_field = matches!(left, Expr::Field(_) | Expr::Index(_))
            && matches!(root, Some(Bound::Tracked(Value::View(view))) if view.extent.is_struct());
        let value = if is_field { self.moved(right) } else { self.expr(right) };
        self.assign_value(expr, left, value);
    }

    fn assign_value(&mut self, expr: &'a Expr, left: &'a Expr, value: Value<'a, 'g>) {
        if self.mentions_unknown(left) && !matches!(left, Expr::Path(_)) {
            return;
        }
        if is_all_passive(&value) && !self.mentions(left) {
            let code = expr.source();
            let copy = self.passive_code(quote::quote!(#code;));
            self.push_stmt(RegionStmt::Copy { code: copy, again: false });
            return;
        }
        match (left, value) {
            (Expr::Infer(_), _) => {}
            (Expr::Paren(paren), value) => self.assign_value(expr, &paren.expr, value),
            (Expr::Tuple(tuple), Value::Tuple(parts)) if tuple.elems.len() == parts.len() => {
                let parts: Vec<_> = parts.into_iter().each(|part| self.force(part));
                for (left, part) in tuple.elems.iter().zip(parts) {
                    self.assign_value(expr, left, part);
                }
            }
            (Expr::Array(array), Value::Array(parts)) if array.elems.len() == parts.len() => {
                let parts: Vec<_> = parts.into_iter().each(|part| self.force(part));
                for (left, part) in array.elems.iter().zip(parts) {
                    self.assign_value(expr, left, part);
                }
            }
            (Expr::Tuple(tuple), value) if self.learn_parts(&value, tuple.elems.len(), false) => {}
            (Expr::Array(array), value) if self.learn_parts(&value, array.elems.len(), true) => {}
            (left, value) => {
                let value = match value {
                    Value::Passive(code) if matches!(self.known(code), Known::Struct { .. }) => value,
                    Value::Passive(code) => self.tracked_value(code),
                    value => self.force(value),
                };
                self.store(left, value);
            }
        }
    }

    /// `left op= right`
    pub(super) fn assign_operation(&mut self, expr: &'a Expr, binary: &'a syn::ExprBinary) {
        let right = self.expr(&binary.right);
        if matches!(right, Value::Passive(_)) && !self.mentions(&binary.left) {
            let code = expr.source();
            let copy = self.passive_code(quote::quote!(#code;));
            self.push_stmt(RegionStmt::Copy { code: copy, again: false });
            return;
        }
        let token = binary.op.to_token_stream().to_string();
        let Some(op) = Op::infix(token.trim_end_matches('=')) else {
            self.fail(&binary.op, super::expr::NO_OPERATOR);
            return;
        };
        if self.must_be_copied(&binary.left) {
            return;
        }
        let left = self.lvalue(&binary.left);
        if self.is_unknown(&left) || self.is_unknown(&right) {
            return;
        }
        if self.is_struct(&left) {
            self.fail(&binary.op, super::expr::OPERATOR_OF_STRUCT);
            return;
        }
        if let Value::View(view) = &left
            && view.is_number()
        {
            // An element, chosen when the code runs, of what is known number by number.
            if let Some(name) = root(&binary.left)
                && !self.is_view(&binary.left)
            {
                return self.store_by_index(&binary.left, name);
            }
            let right = self.real(right, &binary.right);
            self.change(view, op, right);
            return;
        }
        let is_number = |value: &Value<'a, 'g>| match value {
            Value::Node(node) => node.ty().is_real(),
            _ => false,
        };
        if !is_number(&left) && matches!(&left, Value::Node(_)) && !is_number(&right) {
            // Part of something active, but itself none: what Rust makes of it.
            let (place, operand) = (binary.left.source(), binary.right.source());
            let operator = binary.op.to_token_stream().into_iter();
            let operator = stream(operator.only(|token| token.to_string() != "="));
            let value = self.observed(quote::quote!(#place #operator (#operand)));
            let leaf = self.graph.symbol("observed", Ty::Opaque);
            self.push_stmt(RegionStmt::bind(leaf, value, false));
            self.store(&binary.left, Value::Node(leaf));
            return;
        }
        let left = self.real(left, &binary.left);
        let right = self.real(right, &binary.right);
        let value = Value::Node(self.graph.raw(op, &[left, right]));
        self.store(&binary.left, value);
    }

    /// A variable of which a part is assigned, and which stands for a struct elsewhere, must be one of its own.
    fn must_be_copied(&mut self, left: &Expr) -> bool {
        let binding = root(left).and_then(|name| self.lookup(name));
        match binding {
            Some(Binding { declaration, value: Bound::Tracked(Value::Variable(_)), .. })
                if !matches!(left, Expr::Path(_)) =>
            {
                let declaration = *declaration;
                self.must_be_memory(declaration);
                true
            }
            _ => false,
        }
    }

    /// Puts a value into a variable or a part of one.
    pub(super) fn store(&mut self, left: &'a Expr, value: Value<'a, 'g>) {
        if self.must_be_copied(left) {
            return;
        }
        let mut path = Vec::new();
        let mut place = left;
        let mut told = true;
        let name = loop {
            match place {
                Expr::Paren(paren) => place = &paren.expr,
                Expr::Group(group) => place = &group.expr,
                Expr::Field(syn::ExprField { base, member, .. }) => {
                    path.push(member.to_token_stream().to_string());
                    place = base;
                }
                Expr::Index(syn::ExprIndex { expr, index, .. }) => {
                    match &**index {
                        Expr::Lit(syn::ExprLit { lit: Lit::Int(number), .. }) => {
                            path.push(number.base10_digits().to_owned());
                        }
                        code => match self.whole_number(code).filter(|number| self.has_part(expr, *number)) {
                            Some(number) => path.push(number.to_string()),
                            None => told = false,
                        },
                    }
                    place = expr;
                }
                Expr::Unary(syn::ExprUnary { op: syn::UnOp::Deref(_), expr, .. }) if self.is_view(expr) => {
                    place = expr;
                }
                Expr::Unary(syn::ExprUnary { op: syn::UnOp::Deref(_), expr, .. })
                    if self.is_passive_place(expr) && self.demand_sequences(true) =>
                {
                    return;
                }
                Expr::Path(path) => match path.path.get_ident() {
                    Some(name) => break name,
                    None => {
                        self.fail(left.source(), NO_PLACE);
                        return;
                    }
                },
                _ => {
                    self.fail(left.source(), NO_PLACE);
                    return;
                }
            }
        };
        if let Some(known) = self.lookup(name).map(|binding| &binding.value)
            && let Bound::Tracked(known @ (Value::Tuple(_) | Value::Array(_) | Value::Struct(..))) = known
            && path.is_empty()
            && self.learn_like(&value, &known.clone())
        {
            return;
        }
        if self.is_view(left)
            && let Value::View(to) = self.lvalue(left)
        {
            if !to.is_number() && self.learn_like(&value, &Value::View(to.clone())) {
                return;
            }
            if matches!(value, Value::Node(_))
                && let Some((_, field)) = self.field_at(left)
                && self.is_known_struct(field)
                && self.learn_struct(&value)
            {
                return;
            }
            let is_struct = (self.is_certain_struct(&value) || self.is_either(&value))
                || matches!(&value, Value::Passive(code) if matches!(self.known(code), Known::Struct { .. }));
            if to.extent.is_struct() || (is_struct && self.in_struct(left).is_some()) {
                return self.assign_struct(&to, &value, &left);
            }
            return self.store_in_memory(left, &to, value);
        }
        if !told {
            return self.store_by_index(left, name);
        }
        if path.is_empty() {
            self.name(&value, name);
        }
        let value = self.kept(value, true);
        let Some(binding) = self.lookup_mut(name) else {
            self.fail(
                left.source(),
                format!(
                    "an active value cannot be stored in `{name}`, which is no local variable: return it as part of \
                     the result"
                ),
            );
            return;
        };
        match &mut binding.value {
            Bound::Passive(_) => {
                let declaration = binding.declaration;
                if path.is_empty() {
                    binding.value = Bound::Tracked(value);
                }
                self.surprises.insert(declaration);
                // Declared by a pattern that cannot be tracked, it would come up again and again.
                if self.promoted.contains(&declaration) {
                    self.fail(
                        left.source(),
                        format!("`{name}` cannot hold an active value: declare it by a `let` of its own"),
                    );
                }
            }
            Bound::Tracked(known) => {
                let declaration = binding.declaration;
                let mut target = known;
                for step in path.into_iter().rev() {
                    let index = match target {
                        Value::Struct(fields, _) => super::structure::place_of_field(fields, &step),
                        _ => step.parse().ok(),
                    };
                    let is_variable = matches!(target, Value::Variable(_));
                    let part = match target {
                        Value::Tuple(parts) | Value::Array(parts) | Value::Struct(_, parts) => {
                            index.and_then(|index| parts.get_mut(index))
                        }
                        _ => None,
                    };
                    match part {
                        Some(part) => target = part,
                        None if is_variable => return self.must_be_memory(declaration),
                        None => {
                            self.fail(left.source(), "there is no such element: the value has fewer");
                            return;
                        }
                    }
                }
                let before = std::mem::replace(target, value.clone());
                if matches!(value, Value::Node(_)) && self.is_certain_struct(&before) {
                    self.learn_struct(&value);
                }
            }
        }
    }

    /// Whether a variable is an array known number by number that has such an element.
    fn has_part(&self, variable: &Expr, number: usize) -> bool {
        let Expr::Path(path) = variable else { return false };
        match path.path.get_ident().and_then(|name| self.lookup(name)).map(|binding| &binding.value) {
            Some(Bound::Tracked(Value::Array(parts))) => number < parts.len(),
            // That will be seen when it is tracked.
            Some(Bound::Passive(_)) => true,
            _ => false,
        }
    }

    /// Whether the variable that a place is part of holds memory.
    pub(super) fn is_view(&self, place: &Expr) -> bool {
        let binding = root(place).and_then(|name| self.lookup(name)).map(|binding| &binding.value);
        let mut stack: Vec<&Value<'a, 'g>> = match binding {
            Some(Bound::Tracked(value)) => vec![value],
            _ => return false,
        };
        while let Some(value) = stack.pop() {
            match value {
                Value::View(_) => return true,
                Value::Tuple(parts) | Value::Array(parts) | Value::Struct(_, parts) => stack.push_all(parts),
                _ => {}
            }
        }
        false
    }

    fn store_in_memory(&mut self, left: &'a Expr, to: &View<'g>, value: Value<'a, 'g>) {
        match (left, value) {
            (Expr::Path(path), Value::View(view)) if !to.owned => {
                if let Some(binding) = path.path.get_ident().and_then(|name| self.lookup_mut(name)) {
                    binding.value = Bound::Tracked(Value::View(view));
                }
            }
            (_, Value::View(_)) if !to.owned => self.fail(left.source(), NO_PLACE),
            (_, Value::View(from)) if !to.is_number() => self.assign_whole(to, &from, left),
            (_, value) => self.fill(to, value, left),
        }
    }

    /// A variable must be tracked, and be memory: parsing begins again.
    pub(super) fn must_be_memory(&mut self, declaration: usize) {
        self.surprises.insert(declaration);
        self.memory_surprises.insert(declaration);
    }

    /// An element that is chosen when the code runs gets an active value: the variable must be memory.
    fn store_by_index(&mut self, left: &'a Expr, name: &Ident) {
        match self.lookup(name).map(|binding| binding.declaration) {
            Some(declaration) if !self.in_memory.contains(&declaration) => {
                self.must_be_memory(declaration);
            }
            _ => self.fail(
                left.source(),
                format!("`{name}` cannot hold active values: declare it by `let mut {name} = [0.0; N];` or `vec![0.0; n]`"),
            ),
        }
    }

    // Items.

    fn item(&mut self, item: &'a Item) {
        let annotated = |attrs: &[syn::Attribute]| {
            attrs.iter().any(|attr| attr.path().segments.last().is_some_and(|last| last.ident == "derive_fn"))
        };
        match item {
            Item::Fn(function) if !annotated(&function.attrs) => {
                let params = function.sig.inputs.iter().filter_map(|arg| match arg {
                    syn::FnArg::Typed(arg) => Some(arg),
                    syn::FnArg::Receiver(_) => None,
                });
                let params = params.list();
                let nameable = function.sig.generics.params.is_empty()
                    && !all_identifiers(function.sig.to_token_stream()).contains("impl");
                let closure = Closure {
                    params: params.iter().each(|param| &*param.pat),
                    types: if nameable { params.iter().each(|param| &*param.ty) } else { Vec::new() },
                    output: super::output(&function.sig.output).filter(|_| nameable),
                    body: Body::Block(&function.block),
                    frames: vec![Frame::default()],
                    saved: Vec::new(),
                    function: true,
                    moves: false,
                };
                let name = &function.sig.ident;
                let value = Bound::Tracked(Value::Closure(Rc::new(closure)));
                self.declare(name, Binding { declaration: key(name), mutable: false, value });
            }
            Item::Const(constant) => {
                let known = self.known_type(&constant.ty);
                let name = &constant.ident;
                let declaration = key(name);
                self.again.insert(declaration);
                self.constants.insert(declaration);
                self.declare(name, Binding { declaration, mutable: false, value: Bound::Passive(known) });
            }
            item => {
                let (tokens, name) = (item.to_token_stream(), self.item.sig.ident.to_string());
                self.namesake |= tokens.to_string().contains('*') || all_identifiers(tokens).contains(&name);
            }
        }
        let again = matches!(item, Item::Const(_) | Item::Fn(_) | Item::Use(_));
        let copy = self.passive_code(item);
        self.push_stmt(RegionStmt::Copy { code: copy, again });
    }
}

pub(super) const JUMP_IN_OPERAND: &str = "`return`, `break` or `continue` inside an operand, argument or condition is not supported: bind the `if` or \
     `match` around it by a `let` of its own first";

const NO_PLACE: &str = "an active value can only be assigned to a local variable, or to an element or component of \
                        one: bind it by `let`, and return it where it is needed outside";

/// Of how many arms control may go on after the branch.
fn going_on(expr: &Expr) -> usize {
    match expr {
        Expr::If(branch) => {
            let other = match &branch.else_branch {
                Some((_, other)) => going_on(other),
                None => 1,
            };
            usize::from(!block_diverges(&branch.then_branch)) + other
        }
        Expr::Match(branch) => branch.arms.iter().map(|arm| going_on(&arm.body)).sum(),
        Expr::Block(block) => usize::from(!block_diverges(&block.block)),
        expr => usize::from(!diverges(expr)),
    }
}

fn block_diverges(block: &Block) -> bool {
    block.stmts.iter().any(|stmt| match stmt {
        Stmt::Expr(expr, _) => diverges(expr),
        Stmt::Macro(stmt) => super::call::is_panic(&stmt.mac),
        _ => false,
    })
}

/// Whether control certainly does not come out of the expression.
fn diverges(expr: &Expr) -> bool {
    match expr {
        Expr::Return(_) | Expr::Break(_) | Expr::Continue(_) => true,
        Expr::Macro(mac) => super::call::is_panic(&mac.mac),
        Expr::If(_) | Expr::Match(_) | Expr::Block(_) => going_on(expr) == 0,
        _ => false,
    }
}

/// Whether every part is passive code.
pub(super) fn is_all_passive(value: &Value<'_, '_>) -> bool {
    match value {
        Value::Passive(_) => true,
        Value::Tuple(parts) | Value::Array(parts) | Value::Struct(_, parts) => {
            parts.iter().all(is_all_passive)
        }
        _ => false,
    }
}
