//! `return`, `break` and `continue`: which of them leave an expression, and where they lead.

use super::source::Source;
use super::{Parser, Value};
use crate::list::{List, PushAll};
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Expr, Label, Lifetime, Pat, Stmt};

/// Where control can go on: numbered anew for each place.
pub(super) type Target = usize;

/// A loop or labelled block around the place that is parsed.
pub(super) struct Scope {
    label: Option<String>,
    /// After it.
    leave: Target,
    /// The next iteration of a loop.
    next: Option<Target>,
}

impl<'a, 'g> Parser<'a, 'g> {
    pub(super) fn new_target(&mut self) -> Target {
        self.targets.push(self.bodies.len());
        self.targets.len()
    }

    /// In how many open regions the place is where control goes on at a target.
    pub(super) fn depth_of(&self, target: Target) -> usize {
        target.checked_sub(1).and_then(|at| self.targets.get(at)).copied().unwrap_or(1)
    }

    /// Does `f` inside a loop, or a block, which `break` leads out of to `leave`.
    pub(super) fn within<T>(
        &mut self,
        label: Option<&Label>,
        leave: Target,
        next: Option<Target>,
        f: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let label = label.map(|label| label.name.ident.to_string());
        self.scopes.push(Scope { label, leave, next });
        let out = f(self);
        self.scopes.pop();
        out
    }

    /// Where the next iteration of the innermost loop begins.
    pub(super) fn next_iteration(&self) -> Target {
        self.scopes.iter().rev().find_map(|scope| scope.next).unwrap_or(self.home)
    }

    /// A `return`, `break` or `continue`.
    pub(super) fn jump(&mut self, expr: &'a Expr) -> Value<'a, 'g> {
        let scope = |label: &Option<Lifetime>| {
            let leads_here = |scope: &&Scope| match label {
                Some(label) => scope.label.as_ref().is_some_and(|known| label.ident == known),
                None => scope.next.is_some(),
            };
            self.scopes.iter().rev().find(leads_here)
        };
        let (target, value) = match expr {
            Expr::Return(jump) => (Some(self.home), jump.expr.as_deref()),
            Expr::Break(jump) => (scope(&jump.label).map(|scope| scope.leave), jump.expr.as_deref()),
            Expr::Continue(jump) => (scope(&jump.label).and_then(|scope| scope.next), None),
            _ => (None, None),
        };
        let Some(target) = target else {
            return self.refuse(expr.source(), "there is no loop around this that it could lead out of");
        };
        match value {
            None => self.arrive(target, Value::Unit),
            Some(value) => self.run_to(target, value),
        }
    }
}

/// The first jump that leaves the expression, if there is one. In a macro, each one counts.
pub(super) fn first_exit(expr: &Expr) -> Option<TokenStream> {
    // Loops and labelled blocks, each with the one around it.
    let mut scopes: Vec<(Option<usize>, Option<&Label>, bool)> = Vec::new();
    let mut stack: Vec<(&Expr, Option<usize>)> = vec![(expr, None)];
    while let Some((expr, scope)) = stack.pop() {
        let (label, block, is_loop) = match expr {
            Expr::ForLoop(looped) => (looped.label.as_ref(), Some(&looped.body), true),
            Expr::While(looped) => (looped.label.as_ref(), Some(&looped.body), true),
            Expr::Loop(looped) => (looped.label.as_ref(), Some(&looped.body), true),
            Expr::Block(block) => (block.label.as_ref(), Some(&block.block), false),
            Expr::Unsafe(block) => (None, Some(&block.block), false),
            Expr::If(branch) => (None, Some(&branch.then_branch), false),
            _ => (None, None, false),
        };
        let mut around = std::iter::successors(scope, |&at| scopes[at].0).map(|at| scopes[at]);
        let mut leaves = |to: &Option<Lifetime>| match to {
            Some(to) => !around.any(|(_, label, _)| label.is_some_and(|label| label.name.ident == to.ident)),
            None => !around.any(|(_, _, is_loop)| is_loop),
        };
        let jump = match expr {
            Expr::Return(jump) => Some(jump.return_token.to_token_stream()),
            Expr::Break(jump) if leaves(&jump.label) => Some(jump.break_token.to_token_stream()),
            Expr::Continue(jump) if leaves(&jump.label) => Some(jump.continue_token.to_token_stream()),
            Expr::Macro(mac) => jump_in(mac.mac.tokens.clone()),
            _ => None,
        };
        if jump.is_some() {
            return jump;
        }
        let inner = match is_loop || label.is_some() {
            true => {
                scopes.push((scope, label, is_loop));
                Some(scopes.len() - 1)
            }
            false => scope,
        };
        let start = stack.len();
        stack.push_all(operands(expr).into_iter().map(|operand| (operand, scope)));
        for stmt in block.map_or(&[][..], |block| &block.stmts) {
            match stmt {
                Stmt::Expr(expr, _) => stack.push((expr, inner)),
                Stmt::Local(local) => {
                    if let Some(init) = &local.init {
                        stack.push((&init.expr, inner));
                        stack.push_all(init.diverge.iter().map(|(_, diverge)| (&**diverge, inner)));
                    }
                }
                Stmt::Macro(mac) => {
                    if let Some(jump) = jump_in(mac.mac.tokens.clone()) {
                        return Some(jump);
                    }
                }
                Stmt::Item(_) => {}
            }
        }
        // In the order of the source.
        stack[start..].reverse();
    }
    None
}

/// Whether running the expression may lead out of it.
pub(super) fn exits(expr: &Expr) -> bool {
    first_exit(expr).is_some()
}

/// Likewise in what decides how control goes through a branch or loop.
pub(super) fn first_exit_of_head(expr: &Expr) -> Option<TokenStream> {
    match expr {
        Expr::If(branch) => first_exit(&branch.cond),
        Expr::Match(branch) => {
            let guards = branch.arms.iter().filter_map(|arm| match &arm.pat {
                Pat::Guard(guarded) => Some(&*guarded.guard),
                _ => None,
            });
            std::iter::once(&*branch.expr).chain(guards).find_map(first_exit)
        }
        Expr::ForLoop(looped) => first_exit(&looped.expr),
        Expr::While(looped) => first_exit(&looped.cond),
        _ => None,
    }
}

/// The expressions that an expression is made of, but for what stands in its block. What is run at another
/// time, as a closure's body, is none of it.
pub(super) fn operands(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::Array(array) => array.elems.iter().list(),
        Expr::Assign(assign) => vec![&assign.left, &assign.right],
        Expr::Await(wait) => vec![&wait.base],
        Expr::Binary(binary) => vec![&binary.left, &binary.right],
        Expr::Break(jump) => jump.expr.iter().each(|value| &**value),
        Expr::Call(call) => std::iter::once(&*call.func).joined(&call.args),
        Expr::Cast(cast) => vec![&cast.expr],
        Expr::Field(field) => vec![&field.base],
        Expr::ForLoop(looped) => vec![&looped.expr],
        Expr::Group(group) => vec![&group.expr],
        Expr::If(branch) => {
            let other = branch.else_branch.iter().map(|(_, other)| &**other);
            std::iter::once(&*branch.cond).joined(other)
        }
        Expr::Index(index) => vec![&index.expr, &index.index],
        Expr::Let(binding) => vec![&binding.expr],
        Expr::Match(branch) => {
            let arms = branch.arms.iter().flat_map(|arm| match &arm.pat {
                Pat::Guard(guarded) => vec![&*guarded.guard, &*arm.body],
                _ => vec![&*arm.body],
            });
            std::iter::once(&*branch.expr).joined(arms)
        }
        Expr::MethodCall(call) => std::iter::once(&*call.receiver).joined(&call.args),
        Expr::Paren(paren) => vec![&paren.expr],
        Expr::Range(range) => [&range.start, &range.end].into_iter().flatten().each(|bound| &**bound),
        Expr::RawAddr(address) => vec![&address.expr],
        Expr::Reference(reference) => vec![&reference.expr],
        Expr::Repeat(repeat) => vec![&repeat.expr],
        Expr::Struct(literal) => {
            let rest = literal.rest.iter().map(|rest| &**rest);
            literal.fields.iter().map(|field| &field.expr).joined(rest)
        }
        Expr::Try(attempt) => vec![&attempt.expr],
        Expr::Tuple(tuple) => tuple.elems.iter().list(),
        Expr::Unary(unary) => vec![&unary.expr],
        Expr::While(looped) => vec![&looped.cond],
        _ => Vec::new(),
    }
}

/// A jump in tokens that are not understood.
pub(super) fn jump_in(code: TokenStream) -> Option<TokenStream> {
    let mut stack = vec![code.into_iter()];
    while let Some(stream) = stack.last_mut() {
        match stream.next() {
            None => {
                stack.pop();
            }
            Some(TokenTree::Group(group)) => stack.push(group.stream().into_iter()),
            Some(TokenTree::Ident(ident)) if ident == "return" || ident == "break" || ident == "continue" => {
                return Some(ident.into_token_stream());
            }
            Some(_) => {}
        }
    }
    None
}
