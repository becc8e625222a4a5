//! `if` and `match`: arms as regions, and what they agree on afterwards.

use super::block::JUMP_IN_OPERAND;
use super::jumps::{Target, first_exit};
use super::source::Source;
use super::{Body, Bound, Frame, Known, Parser, Value, View, Way, heading};
use crate::graph::{Expr as Node, Kind, Ty};
use crate::list::{List, PushAll, Sort};
use crate::ops::Op;
use crate::region::{Arm, Branch, Code, Head, Passive, Region, Stmt};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{BinOp, Expr, Pat};

/// The arms of a branch, each parsed from the same state.
pub(super) struct Arms<'a, 'g> {
    arms: Vec<ParsedArm<'a, 'g>>,
    /// Nodes from here on were made in an arm.
    start: usize,
    /// Where to report what is wrong with the branch.
    at: TokenStream,
}

struct ParsedArm<'a, 'g> {
    pattern: Option<Code>,
    guard: Option<Region<'g>>,
    body: Vec<Stmt<'g>>,
    value: Value<'a, 'g>,
    frames: Vec<Frame<'a, 'g>>,
}

impl<'a, 'g> Arms<'a, 'g> {
    pub fn new(parser: &Parser<'a, 'g>, at: TokenStream) -> Self {
        Arms { arms: Vec::new(), start: parser.graph.len(), at }
    }

    /// Parses one arm by `f`, in a region of its own.
    pub fn arm(
        &mut self,
        parser: &mut Parser<'a, 'g>,
        pattern: Option<Code>,
        guard: Option<&mut dyn FnMut(&mut Parser<'a, 'g>) -> Region<'g>>,
        f: impl FnOnce(&mut Parser<'a, 'g>) -> Value<'a, 'g>,
    ) {
        let before = parser.frames.clone();
        parser.push_frame();
        let guard = guard.map(|guard| guard(parser));
        parser.bodies.push(Vec::new());
        parser.push_frame();
        let value = f(parser);
        self.end_arm(parser, pattern, guard, before, value);
    }

    /// What is left to do where an arm ends, compiled once.
    fn end_arm(
        &mut self,
        parser: &mut Parser<'a, 'g>,
        pattern: Option<Code>,
        guard: Option<Region<'g>>,
        before: Vec<Frame<'a, 'g>>,
        value: Value<'a, 'g>,
    ) {
        let value = parser.force(value);
        let body = parser.bodies.pop().unwrap_or_default();
        let frames = parser.back_in(before);
        self.arms.push(ParsedArm { pattern, guard, body, value, frames });
    }

    /// Whether the only arm's statements could as well stand outside.
    pub fn binds_nothing(&self) -> bool {
        self.arms.iter().all(|arm| !arm.body.iter().any(|stmt| matches!(stmt, Stmt::Copy { .. })))
    }

    /// Puts the only arm's statements into the region outside.
    pub fn dissolve(mut self, parser: &mut Parser<'a, 'g>) -> Value<'a, 'g> {
        let Some(arm) = self.arms.pop() else { return Value::Unit };
        for stmt in arm.body {
            parser.push_stmt(stmt);
        }
        parser.frames = arm.frames;
        arm.value
    }

    /// The branch, and its value; variables have the values that the arms agree on.
    pub fn merge(mut self, parser: &mut Parser<'a, 'g>, head: Head<'g>) -> Value<'a, 'g> {
        let mut results = Vec::new();
        let mut outputs: Vec<Vec<Node<'g>>> = vec![Vec::new(); self.arms.len()];
        let mut last = vec![Vec::new(); self.arms.len()];
        let live: Vec<usize> = (0..self.arms.len()).only(|&i| !matches!(self.arms[i].value, Value::Never));
        let condition = match &head {
            Head::If(condition) => Some(*condition),
            _ => None,
        };
        let mut join = Join {
            parser,
            condition,
            live: &live,
            start: self.start,
            at: &self.at,
            results: &mut results,
            outputs: &mut outputs,
            last: &mut last,
        };
        let values: Vec<Value<'a, 'g>> = live.iter().each(|&i| self.arms[i].value.clone());
        let value = if live.is_empty() { Value::Never } else { join.value(&values, None) };
        for frame in 0..join.parser.frames.len() {
            for place in 0..join.parser.frames[frame].bindings.len() {
                let (name, binding) = join.parser.frames[frame].bindings[place].clone();
                let values: Option<Vec<Value<'a, 'g>>> = live
                    .iter()
                    .map(|&i| {
                        // An arm that ran on to the function's end has left the inner blocks.
                        let (_, binding) = self.arms[i].frames.get(frame)?.bindings.get(place)?;
                        match &binding.value {
                            Bound::Tracked(value) => Some(value.clone()),
                            Bound::Passive(_) => None,
                        }
                    })
                    .list_all();
                let before = match &binding.value {
                    Bound::Tracked(value) => Some(value),
                    Bound::Passive(_) => None,
                };
                if let Some(values) = values
                    && !live.is_empty()
                    && !values.iter().all(|value| before.is_some_and(|before| same(value, before)))
                {
                    // An array of numbers known one by one gets another one that is in memory: so must it be.
                    let numbers = values.iter().any(|value| matches!(value, Value::Array(_)));
                    let memory = values.iter().any(|value| matches!(value, Value::View(_)));
                    let declaration = binding.declaration;
                    if numbers && memory && !join.parser.in_memory.contains(&declaration) {
                        join.parser.must_be_memory(declaration);
                        continue;
                    }
                    let value = join.value(&values, Some(&name));
                    join.parser.frames[frame].bindings[place].1.value = Bound::Tracked(value);
                }
            }
        }
        let arms: Vec<Arm<'g>> = self.arms.drain(..).zip(outputs).zip(last).each(|((arm, outputs), last)| {
            let diverges = matches!(arm.value, Value::Never);
            let body = arm.body.into_iter().joined(last);
            let region = Region { body, results: outputs, diverges };
            Arm { pattern: arm.pattern, guard: arm.guard, region }
        });
        if !(results.is_empty() && arms.iter().all(|arm| arm.region.body.is_empty())) {
            parser.push_stmt(Stmt::Branch(Branch { head, arms, results }));
        }
        value
    }
}

/// Finds what stands for the values of the arms after the branch.
struct Join<'p, 'a, 'g> {
    parser: &'p mut Parser<'a, 'g>,
    /// What decides between two arms.
    condition: Option<Node<'g>>,
    live: &'p [usize],
    start: usize,
    at: &'p TokenStream,
    results: &'p mut Vec<Node<'g>>,
    outputs: &'p mut Vec<Vec<Node<'g>>>,
    /// What each arm does at its end.
    last: &'p mut Vec<Vec<Stmt<'g>>>,
}

impl<'a, 'g> Join<'_, 'a, 'g> {
    fn value(&mut self, values: &[Value<'a, 'g>], name: Option<&str>) -> Value<'a, 'g> {
        let assigned = |value: &&Value<'a, 'g>| !matches!(value, Value::Unassigned);
        if !values.iter().all(|value| assigned(&value)) {
            let Some(model) = values.iter().find(assigned) else { return Value::Unassigned };
            // Rust has checked that an arm which leaves it unassigned does not lead to where it is read.
            let Some(zero) = self.parser.placeholder(model) else {
                self.parser
                    .fail(self.at, "a value that only some arms of this branch assign must be a real number");
                return self.parser.unknown();
            };
            let values: Vec<_> =
                values.iter().each(|value| if assigned(&value) { value.clone() } else { zero.clone() });
            return self.value(&values, name);
        }
        if values.iter().any(|value| matches!(value, Value::Unit)) {
            return Value::Unit;
        }
        if values.iter().any(|value| self.parser.is_unknown(value)) {
            return self.parser.unknown();
        }
        if let Some(parts) = self.parts(values, |value| match value {
            Value::Tuple(parts) => Some(parts),
            _ => None,
        }) {
            return Value::Tuple(parts);
        }
        if let Some(parts) = self.parts(values, |value| match value {
            Value::Array(parts) => Some(parts),
            _ => None,
        }) {
            return Value::Array(parts);
        }
        if let Some(Value::Struct(names, _)) = values.first()
            && let Some(parts) = self.parts(values, |value| match value {
                Value::Struct(_, parts) => Some(parts),
                _ => None,
            })
        {
            return Value::Struct(names.clone(), parts);
        }
        if values.iter().all(|value| matches!(value, Value::Ways(_))) {
            return self.ways(values);
        }
        if let [value @ (Value::Iterator(_) | Value::View(_) | Value::Variable(_))] = values {
            return value.clone();
        }
        if let [Value::Closure(closure)] = values {
            return Value::Closure(closure.clone());
        }
        if let [view @ (Value::View(_) | Value::Variable(_)), rest @ ..] = values
            && rest.iter().all(|other| same(view, other))
        {
            return view.clone();
        }
        // Where some are numbers, all are.
        if !values.iter().all(|value| self.parser.is_certain_struct(value) || self.parser.is_either(value))
            && values.iter().filter(|value| self.parser.must_be_number(value)).count() > 0
        {
            return self.parser.unknown();
        }
        if let Some(model) = values.iter().find(|value| !matches!(value, Value::Node(_) | Value::Passive(_)))
            && values.iter().filter(|value| self.parser.learn_like(value, model)).count() > 0
        {
            return self.parser.unknown();
        }
        if values.iter().all(|value| self.parser.is_certain_struct(value) || self.parser.is_either(value)) {
            let values = values.iter().each(Some);
            return self.structs(&values, name, self.parser.bodies.len());
        }
        let mut nodes = Vec::new();
        for value in values {
            match value {
                Value::Node(node) => nodes.push(*node),
                Value::Passive(code) => nodes.push(self.parser.leaf(code)),
                _ => {
                    let what = match name {
                        Some(name) => format!("the arms of this branch give `{name}` values"),
                        None => "the arms of this branch have values".to_owned(),
                    };
                    let advice = "write out the components in each arm, as in `(a, b)`";
                    self.parser.fail(self.at, format!("{what} of different shapes: {advice}"));
                    return self.parser.unknown();
                }
            }
        }
        let first = nodes[0];
        if nodes.iter().all(|node| *node == first) && self.parser.is_older(&Value::Node(first), self.start) {
            return Value::Node(first);
        }
        let ty = nodes.iter().map(|node| node.ty()).reduce(common).unwrap_or(Ty::Any);
        let name = name.map(|name| name.split('#').next().unwrap_or(name));
        let leaf = self.parser.graph.symbol(name.unwrap_or("y"), ty);
        if let Some(name) = name {
            self.parser.snippets.names.insert(leaf.id, name.to_owned());
        }
        self.results.push(leaf);
        self.parser.stands_for(leaf, &nodes);
        for (&arm, node) in self.live.iter().zip(nodes) {
            self.outputs[arm].push(node);
        }
        Value::Node(leaf)
    }

    /// A struct that gets the one or the other, or none where it does not matter what it is. It is declared where so
    /// many regions are open.
    fn structs(
        &mut self,
        values: &[Option<&Value<'a, 'g>>],
        name: Option<&str>,
        depth: usize,
    ) -> Value<'a, 'g> {
        let name = name.map_or("y", |name| name.split('#').next().unwrap_or(name));
        let known = values.iter().copied().flatten();
        let ty = known.clone().find_map(|value| self.parser.type_code(value));
        let owned = !known.into_iter().any(|value| self.parser.is_borrowed_struct(value));
        let chosen = self.parser.new_struct(&format_ident!("{name}"), ty, depth);
        for (&arm, value) in self.live.iter().zip(values) {
            if let Some(value) = value {
                self.parser.bodies.push(Vec::new());
                self.parser.assign_struct(&chosen, value, self.at);
                self.last[arm].append(&mut self.parser.bodies.pop().unwrap_or_default());
            }
        }
        Value::View(View { owned, ..chosen })
    }

    /// Joins the ways on which the arms lead.
    fn ways(&mut self, values: &[Value<'a, 'g>]) -> Value<'a, 'g> {
        let arms: Vec<&[Way<'a, 'g>]> = values.iter().each(|value| match value {
            Value::Ways(ways) => &ways[..],
            _ => &[],
        });
        let mut targets: Vec<Target> = arms.iter().copied().flatten().each(|way| way.target);
        targets.order();
        targets.dedup();
        let mut joined = Vec::new();
        for target in targets {
            let ways: Vec<Option<&Way<'a, 'g>>> =
                arms.iter().each(|ways| ways.iter().find(|way| way.target == target));
            let [no, yes] = [false, true].map(|value| self.parser.truth_value(value));
            let taken: Vec<_> = ways.iter().each(|way| way.map_or(no, |way| way.taken));
            let taken = match (self.condition, Op::prefix("!")) {
                (Some(condition), _) if taken == [yes, no] => condition,
                (Some(condition), Some(not)) if taken == [no, yes] => {
                    self.parser.graph.raw(not, &[condition])
                }
                _ => match self.value(&taken.into_iter().each(Value::Node), None) {
                    Value::Node(node) => node,
                    _ => no,
                },
            };
            let values: Vec<_> = ways.into_iter().each(|way| way.map(|way| &way.value));
            let value = self.known_in_some(&values, self.parser.depth_of(target));
            joined.push(Way { target, taken, value });
        }
        Value::Ways(joined)
    }

    /// Joins values that some arms do not have, where it does not matter what the result is. It is needed where so many
    /// regions are open.
    fn known_in_some(&mut self, values: &[Option<&Value<'a, 'g>>], depth: usize) -> Value<'a, 'g> {
        let known: Vec<&Value<'a, 'g>> = values.iter().copied().flatten().list();
        let Some(first) = known.first().copied() else { return Value::Never };
        let is_partial = known.len() < values.len();
        let leaves = depth < self.parser.bodies.len();
        let placeholder = self.parser.placeholder(first);
        if let Value::Tuple(parts) = first
            && ((is_partial || leaves) && placeholder.is_none())
            && known.iter().all(|value| matches!(value, Value::Tuple(other) if other.len() == parts.len()))
        {
            return Value::Tuple((0..parts.len()).each(|i| {
                let values = values.iter().each(|value| value.and_then(|value| value.field(&i.to_string())));
                self.known_in_some(&values, depth)
            }));
        }
        let outer = |value: &Value<'a, 'g>| self.parser.is_older(value, self.start);
        let is_struct =
            placeholder.is_none() && known.iter().all(|value| self.parser.is_certain_struct(value));
        // What has to be computed is computed, and differentiated, in the arm alone. A struct may be one of a loop's.
        if known.iter().all(|value| same(value, first))
            && outer(first)
            && !computes(first)
            && !(is_struct && leaves)
        {
            return first.clone();
        }
        if is_struct && (is_partial || leaves) {
            return self.structs(values, None, depth);
        }
        let any = match placeholder {
            _ if !is_partial => first.clone(),
            Some(zero) => zero,
            None => match known.iter().find(|value| outer(value)) {
                Some(value) => (*value).clone(),
                None => {
                    self.parser.fail(
                        self.at,
                        "a branch of which some arms leave and several go on with something that is no real number \
                         is not supported: make the choice before the branch",
                    );
                    return self.parser.unknown();
                }
            },
        };
        let values: Vec<_> = values.iter().each(|value| value.unwrap_or(&any).clone());
        self.value(&values, None)
    }

    /// Joins values part by part where all have as many.
    fn parts(
        &mut self,
        values: &[Value<'a, 'g>],
        parts: impl for<'v> Fn(&'v Value<'a, 'g>) -> Option<&'v Vec<Value<'a, 'g>>>,
    ) -> Option<Vec<Value<'a, 'g>>> {
        let all: Vec<&Vec<Value<'a, 'g>>> = values.iter().map(parts).list_all()?;
        let count = all.first()?.len();
        if all.iter().any(|parts| parts.len() != count) {
            return None;
        }
        let column = |i: usize| all.iter().each(|parts| parts[i].clone());
        Some((0..count).each(|i| self.value(&column(i), None)))
    }
}

/// Whether some part of the value is the result of an operation.
fn computes(value: &Value<'_, '_>) -> bool {
    match value {
        Value::Node(node) => !node.args().is_empty(),
        Value::Tuple(parts) | Value::Array(parts) | Value::Struct(_, parts) => parts.iter().any(computes),
        _ => false,
    }
}

/// The type of what is one of two types in different arms.
pub(super) fn common(a: Ty, b: Ty) -> Ty {
    match (a, b) {
        (Ty::Any | Ty::Opaque, b) if b.is_real() => b,
        (a, Ty::Any | Ty::Opaque) if a.is_real() => a,
        // Rust has one type for both arms: one is another name of the other.
        (a, b) if a == b || (a.is_real() && b.is_real()) => a,
        _ => Ty::Opaque,
    }
}

pub(super) fn same(a: &Value<'_, '_>, b: &Value<'_, '_>) -> bool {
    match (a, b) {
        (Value::Node(a), Value::Node(b)) => a == b,
        (Value::Tuple(a), Value::Tuple(b))
        | (Value::Array(a), Value::Array(b))
        | (Value::Struct(_, a), Value::Struct(_, b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Passive(a), Value::Passive(b)) => std::ptr::eq(*a, *b),
        (Value::Closure(a), Value::Closure(b)) => std::rc::Rc::ptr_eq(a, b),
        (Value::Iterator(a), Value::Iterator(b)) => std::rc::Rc::ptr_eq(a, b),
        (Value::View(a), Value::View(b)) => a.is_same(b),
        (Value::Variable(a), Value::Variable(b)) => a == b,
        (Value::Optional(a), Value::Optional(b)) => a.0 == b.0 && same(&a.1, &b.1),
        (Value::Unit, Value::Unit) | (Value::Unassigned, Value::Unassigned) => true,
        _ => false,
    }
}

pub(super) fn same_bound(a: &Bound<'_, '_>, b: &Bound<'_, '_>) -> bool {
    match (a, b) {
        (Bound::Tracked(a), Bound::Tracked(b)) => same(a, b),
        (Bound::Passive(_), Bound::Passive(_)) => true,
        _ => false,
    }
}

/// A state of the parser to which it can go back when an attempt has failed.
pub(super) struct Mark {
    pub errors: usize,
    failed: bool,
    gave_up: bool,
    /// Of all open regions.
    statements: Vec<usize>,
    inserted: usize,
    leaves: Vec<usize>,
    calls: usize,
}

/// The parts of `a && b && c`.
pub(super) fn conjuncts(mut condition: &Expr) -> Vec<&Expr> {
    let mut parts = Vec::new();
    loop {
        match condition {
            Expr::Paren(paren) => condition = &paren.expr,
            Expr::Group(group) => condition = &group.expr,
            Expr::Binary(syn::ExprBinary { left, op: BinOp::And(_), right, .. }) => {
                parts.push(&**right);
                condition = left;
            }
            first => {
                parts.push(first);
                parts.reverse();
                return parts;
            }
        }
    }
}

impl<'a, 'g> Parser<'a, 'g> {
    pub(super) fn mark(&self) -> Mark {
        Mark {
            errors: self.errors.count(),
            failed: self.failed,
            gave_up: self.gave_up.get(),
            statements: self.bodies.iter().each(Vec::len),
            inserted: self.inserted.len(),
            leaves: self.frames.iter().each(|frame| frame.leaves.len()),
            calls: self.calls_made.len(),
        }
    }

    /// Undoes what was done since then: errors, statements, and the leaves that they bind.
    pub(super) fn back_to(&mut self, mark: &Mark) {
        self.errors.truncate(mark.errors);
        self.failed = mark.failed;
        self.gave_up.set(mark.gave_up);
        // Backwards in time, each is where it was put; regions that are done with are gone.
        for (body, at) in self.inserted.drain(mark.inserted..).rev() {
            if body < mark.statements.len() {
                self.bodies[body].remove(at);
            }
        }
        for (body, &statements) in self.bodies.iter_mut().zip(&mark.statements) {
            body.truncate(statements);
        }
        for (frame, &leaves) in self.frames.iter_mut().zip(&mark.leaves) {
            frame.leaves.truncate(leaves);
        }
        self.calls_made.truncate(mark.calls);
    }

    /// Goes back to the scopes there were before a region, and returns those in its end.
    pub(super) fn back_in(&mut self, before: Vec<Frame<'a, 'g>>) -> Vec<Frame<'a, 'g>> {
        let mut frames = std::mem::replace(&mut self.frames, before);
        frames.truncate(self.frames.len());
        // Leaves that stand in regions that are still open may be used further on.
        let open = self.bodies.len();
        for (frame, after) in self.frames.iter_mut().zip(&frames) {
            frame.leaves.clone_from(&after.leaves);
            frame.leaves.retain(|(_, _, home)| *home <= open);
        }
        frames
    }

    /// A value of the same shape that is never looked at, where that can be made of nothing.
    pub(super) fn placeholder(&self, model: &Value<'a, 'g>) -> Option<Value<'a, 'g>> {
        let all = |parts: &[Value<'a, 'g>]| parts.iter().map(|part| self.placeholder(part)).list_all();
        Some(match model {
            Value::Node(node) if node.ty().is_real() => Value::Node(self.graph.constant(0.0)),
            Value::Node(node) if node.ty() == Ty::Bool => Value::Node(self.truth_value(false)),
            Value::Tuple(parts) => Value::Tuple(all(parts)?),
            Value::Array(parts) => Value::Array(all(parts)?),
            Value::Struct(names, parts) => Value::Struct(names.clone(), all(parts)?),
            Value::Unit => Value::Unit,
            _ => return None,
        })
    }

    /// Whether the value is computed from nothing that has come to be since the graph was so long.
    pub(super) fn is_older(&self, value: &Value<'a, 'g>, start: usize) -> bool {
        let mut stack = match value {
            Value::Node(node) | Value::Variable(node) => vec![*node],
            Value::View(view) => std::iter::once(view.place).chain(view.indices.clone()).joined(view.offset),
            Value::Tuple(parts) | Value::Array(parts) | Value::Struct(_, parts) => {
                return parts.iter().all(|part| self.is_older(part, start));
            }
            Value::Passive(code) => return matches!(code, Expr::Lit(_)),
            Value::Unit => return true,
            _ => return false,
        };
        let mut seen = crate::hash::HashSet::default();
        while let Some(node) = stack.pop() {
            if (node.id as usize) < start || !seen.insert(node.id) {
                continue;
            }
            if matches!(node.kind(), Kind::Symbol(_)) {
                return false;
            }
            stack.push_all(node.args());
        }
        true
    }

    /// A block, branch, loop or jump inside an expression.
    pub(super) fn control(&mut self, expr: &'a Expr) -> Value<'a, 'g> {
        if let Some(jump) = first_exit(expr) {
            return self.refuse(jump, JUMP_IN_OPERAND);
        }
        if !self.mentions(expr) {
            return Value::Passive(expr);
        }
        self.control_statement(expr)
    }

    pub(super) fn control_statement(&mut self, expr: &'a Expr) -> Value<'a, 'g> {
        match expr {
            Expr::Block(block) if block.label.is_none() => {
                if self.mentions(expr) {
                    self.block(&block.block)
                } else {
                    Value::Passive(expr)
                }
            }
            Expr::If(_) | Expr::Match(_) if self.mentions(expr) => {
                self.branch(expr, &mut |parser, arm| match arm {
                    None => Value::Unit,
                    Some(Body::Block(block)) => parser.run(&block.stmts, None),
                    Some(Body::Expr(expr)) => parser.expr(expr),
                })
            }
            Expr::ForLoop(_) | Expr::While(_) | Expr::Loop(_) | Expr::Block(_) if self.mentions(expr) => {
                let leave = self.new_target();
                let value = self.loop_or_block(expr, leave);
                self.arrived(value)
            }
            _ => Value::Passive(expr),
        }
    }

    /// A branch whose arms are parsed by `arm`.
    pub(super) fn branch(
        &mut self,
        expr: &'a Expr,
        arm: &mut dyn FnMut(&mut Self, Option<Body<'a>>) -> Value<'a, 'g>,
    ) -> Value<'a, 'g> {
        if self.bodies.len() > super::MAX_DEPTH {
            return self.refuse(
                heading(expr),
                format!(
                    "branches nested more than {} deep are not supported: move inner ones into a function",
                    super::MAX_DEPTH
                ),
            );
        }
        match expr {
            Expr::If(branch) => self.if_branch(branch, arm),
            Expr::Match(branch) => self.match_branch(branch, arm),
            _ => self.refuse(heading(expr), "this branch is not supported: use `if` or `match`"),
        }
    }

    fn if_branch(
        &mut self,
        branch: &'a syn::ExprIf,
        arm: &mut dyn FnMut(&mut Self, Option<Body<'a>>) -> Value<'a, 'g>,
    ) -> Value<'a, 'g> {
        let other = branch.else_branch.as_ref().map(|(_, other)| match &**other {
            Expr::Block(block) if block.label.is_none() => Body::Block(&block.block),
            other => Body::Expr(other),
        });
        let (token, condition) = (&branch.if_token, &branch.cond);
        self.if_else(quote!(#token #condition), condition, &branch.then_branch, other, arm)
    }

    /// `if condition { then } else { other }`, where `then` may see what the condition binds.
    pub(super) fn if_else(
        &mut self,
        at: TokenStream,
        condition: &'a Expr,
        then: &'a syn::Block,
        other: Option<Body<'a>>,
        arm: &mut dyn FnMut(&mut Self, Option<Body<'a>>) -> Value<'a, 'g>,
    ) -> Value<'a, 'g> {
        let then = Body::Block(then);
        let parts = conjuncts(condition);
        if let Some(other) = parts[1..].iter().find(|part| matches!(part, Expr::Let(_))) {
            return self.refuse(other, super::expr::LET);
        }
        if let Expr::Let(pattern) = parts[0] {
            let arms = [(&*pattern.pat, parts[1..].to_vec(), Some(then))];
            return self.match_arms(at, &pattern.expr, &arms, Some(other), arm);
        }
        let head = self.condition(condition);
        let mut arms = Arms::new(self, at);
        arms.arm(self, None, None, |parser| arm(parser, Some(then)));
        arms.arm(self, None, None, |parser| arm(parser, other));
        arms.merge(self, head)
    }

    /// What decides between two arms. A condition that cannot be understood is copied: it only looks.
    fn condition(&mut self, expr: &'a Expr) -> Head<'g> {
        if self.mentions_unknown(expr) {
            return Head::If(self.unknown);
        }
        let mark = self.mark();
        match self.expr(expr) {
            Value::Node(node) if self.errors.count() == mark.errors => Head::If(node),
            Value::Passive(code) if self.errors.count() == mark.errors => {
                Head::IfCode(self.passive_code(code.source()))
            }
            _ => {
                self.back_to(&mark);
                Head::IfCode(self.observed(expr))
            }
        }
    }

    fn match_branch(
        &mut self,
        branch: &'a syn::ExprMatch,
        arm: &mut dyn FnMut(&mut Self, Option<Body<'a>>) -> Value<'a, 'g>,
    ) -> Value<'a, 'g> {
        let arms: Vec<_> = branch.arms.iter().each(|arm| {
            let body = match &*arm.body {
                Expr::Block(block) if block.label.is_none() => Body::Block(&block.block),
                body => Body::Expr(body),
            };
            match &arm.pat {
                Pat::Guard(guarded) => (&*guarded.pat, vec![&*guarded.guard], Some(body)),
                pattern => (pattern, Vec::new(), Some(body)),
            }
        });
        let (token, scrutinee) = (&branch.match_token, &branch.expr);
        self.match_arms(quote!(#token #scrutinee), &branch.expr, &arms, None, arm)
    }

    /// `match scrutinee { arms…, _ => other }`
    #[allow(clippy::type_complexity)]
    fn match_arms(
        &mut self,
        at: TokenStream,
        scrutinee: &'a Expr,
        patterns: &[(&'a Pat, Vec<&'a Expr>, Option<Body<'a>>)],
        other: Option<Option<Body<'a>>>,
        arm: &mut dyn FnMut(&mut Self, Option<Body<'a>>) -> Value<'a, 'g>,
    ) -> Value<'a, 'g> {
        let binds = patterns.iter().any(|(pattern, ..)| {
            let mut names = Vec::new();
            super::pattern::pattern_names(pattern, &mut names);
            !names.is_empty()
        });
        let mark = self.mark();
        let mut value =
            if self.mentions(scrutinee) { self.expr(scrutinee) } else { Value::Passive(scrutinee) };
        if self.errors.count() > mark.errors && !binds {
            // Nothing active comes out of it: it is only looked at.
            self.back_to(&mark);
            value = Value::Unit;
        }
        let head = self.looked_at(scrutinee, &value);
        let mut arms = Arms::new(self, at);
        for (pattern, guard, body) in patterns {
            let (pattern, body) = (*pattern, *body);
            let code = self.matched_pattern(pattern, &value);
            let declare = |parser: &mut Self| match &value {
                Value::Passive(_) => parser.declare_passive(pattern, Known::Unknown),
                value => parser.declare_matched(pattern, value),
            };
            if guard.is_empty() {
                arms.arm(self, Some(code), None, |parser| {
                    declare(parser);
                    arm(parser, body)
                });
            } else {
                let mut region = |parser: &mut Self| parser.guard(guard, &declare);
                arms.arm(self, Some(code), Some(&mut region), |parser| {
                    declare(parser);
                    arm(parser, body)
                });
            }
        }
        if let Some(body) = other {
            let wild = self.snippets.add(quote!(_));
            arms.arm(self, Some(wild), None, |parser| arm(parser, body));
        }
        arms.merge(self, Head::Match(head))
    }

    /// What is matched: a part of memory by reference, as it has no size.
    pub(super) fn looked_at(&mut self, scrutinee: &'a Expr, value: &Value<'a, 'g>) -> Passive<'g> {
        let code = scrutinee.source();
        match (value, scrutinee) {
            (Value::Optional(optional), _) => self.presence(optional.0),
            (Value::View(_), Expr::Index(_) | Expr::Unary(_)) => self.observed(quote!(&#code)),
            _ => self.observed(code),
        }
    }

    /// A guard, given by its parts, as a region with the condition as its result. It may mention what is declared.
    pub(super) fn guard(&mut self, parts: &[&'a Expr], declare: &dyn Fn(&mut Self)) -> Region<'g> {
        self.bodies.push(Vec::new());
        self.push_frame();
        declare(self);
        let mark = self.mark();
        let mut nodes = Vec::new();
        for part in parts {
            match self.condition(part) {
                Head::If(node) => nodes.push(node),
                _ => break,
            }
        }
        // What only Rust understands is one piece, so that no part runs that must not.
        let understood =
            nodes.len() == parts.len() && (parts.len() == 1 || self.bodies.last().is_some_and(Vec::is_empty));
        let node = match (understood, Op::infix("&&")) {
            (true, Some(and)) => nodes.into_iter().reduce(|left, right| self.graph.raw(and, &[left, right])),
            _ => None,
        };
        let node = node.unwrap_or_else(|| {
            self.back_to(&mark);
            let code = quote!(#(#parts)&&*);
            let leaf = self.graph.symbol(&code.to_string(), Ty::Bool);
            let value = self.observed(code);
            // It stands alone, so it can be written where it is used.
            self.push_stmt(Stmt::Bind { leaf, value, stable: true, kept: false, again: false, walk: None });
            leaf
        });
        self.frames.pop();
        let body = self.bodies.pop().unwrap_or_default();
        Region { body, results: vec![node], diverges: false }
    }
}
