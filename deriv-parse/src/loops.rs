//! Loops: a body as a region, and what it carries from one iteration to the next.

use super::branch::{common, conjuncts, same};
use super::iterator::By;
use super::jumps::Target;
use super::source::Source;
use super::{Bound, Frame, Known, Parser, Value, Way, heading};
use crate::graph::{Expr as Node, Ty};
use crate::list::{List, PushAll, Sort};
use crate::region::{Loop, Order, Passive, Region, Stmt, Turn};
use crate::sorted::SortedMap;
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Expr, ExprForLoop, Label};

/// How often a body is parsed in search of what it carries.
const MAX_ATTEMPTS: usize = 6;

/// A number that a variable holds: the scope, the variable's place in it, and which of its numbers.
type Slot = (usize, usize, usize);

/// How a loop turns.
pub(super) enum Head<'a, 'g> {
    Given(Turn<'g>),
    /// The condition is parsed together with the body.
    While(&'a Expr),
}

/// A carried number.
struct Param<'g> {
    slot: Slot,
    initial: Node<'g>,
    /// Stands for it in the body.
    leaf: Node<'g>,
}

impl<'a, 'g> Parser<'a, 'g> {
    /// A loop with active values in it, after which control goes on at `leave`.
    pub(super) fn any_loop(&mut self, expr: &'a Expr, leave: Target) -> Value<'a, 'g> {
        match expr {
            Expr::ForLoop(looped) => self.for_loop(expr, looped, leave),
            Expr::While(looped) => {
                let (label, code) = (looped.label.as_ref(), expr.to_token_stream());
                let parts = conjuncts(&looped.cond);
                if !parts.iter().any(|part| matches!(part, Expr::Let(_))) {
                    let turn = Head::While(&looped.cond);
                    return self.looped_to(label, leave, heading(expr), turn, code, &mut |parser, next| {
                        parser.run_block_to(next, &looped.body)
                    });
                }
                // `loop { if let … { body } else { break } }`
                let turn = Head::Given(Turn::Endless);
                self.looped_to(label, leave, heading(expr), turn, code, &mut |parser, next| {
                    let cond = &looped.cond;
                    parser.if_else(heading(expr), cond, &looped.body, None, &mut |parser, body| match body {
                        Some(_) => parser.run_block_to(next, &looped.body),
                        None => parser.arrive(leave, Value::Unit),
                    })
                })
            }
            Expr::Loop(looped) => {
                let (label, turn) = (looped.label.as_ref(), Head::Given(Turn::Endless));
                self.looped_to(
                    label,
                    leave,
                    heading(expr),
                    turn,
                    expr.to_token_stream(),
                    &mut |parser, next| parser.run_block_to(next, &looped.body),
                )
            }
            _ => self.expr(expr),
        }
    }

    /// `for pattern in over { body }`
    fn for_loop(&mut self, expr: &'a Expr, looped: &'a ExprForLoop, leave: Target) -> Value<'a, 'g> {
        if !self.only_inert(&looped.expr) {
            let value = self.expr_or_place(&looped.expr);
            if self.is_unknown(&value) {
                return value;
            }
            if self.learn_array(&value) {
                return self.unknown();
            }
            if let Some(chain) = self.iterator(value, &looped.expr, By::Value) {
                return self.for_chain(expr, looped, &chain, leave);
            }
            return match self.memory_surprises.is_subset(self.in_memory) {
                true => self.refuse(looped.expr.source(), super::iterator::NO_ITERATOR),
                false => self.unknown(),
            };
        }
        let (over, again) = self.passive_iterator(&looped.expr);
        let known = self.known_item(&looped.expr);
        let pattern = self.snippets.add(&looped.pat);
        self.note_range(pattern, &looped.pat, &looped.expr);
        let turn = Turn::For { pattern, over, again, order: Order::Given, counts: None };
        let (label, code) = (looped.label.as_ref(), looped.body.to_token_stream());
        self.looped_to(label, leave, heading(expr), Head::Given(turn), code, &mut |parser, next| {
            parser.declare_items(&looped.pat, &looped.expr, known);
            if again {
                parser.declare_again(&looped.pat);
            }
            parser.run_block_to(next, &looped.body)
        })
    }

    /// A loop whose body is parsed by `body`, perhaps more than once; an iteration ends where control goes on
    /// at the target that it is told. After the loop, control goes on at `leave`, or elsewhere.
    pub(super) fn looped_to(
        &mut self,
        label: Option<&Label>,
        leave: Target,
        at: TokenStream,
        head: Head<'a, 'g>,
        code: TokenStream,
        body: &mut dyn FnMut(&mut Self, Target) -> Value<'a, 'g>,
    ) -> Value<'a, 'g> {
        if self.bodies.len() > super::MAX_DEPTH {
            let depth = super::MAX_DEPTH;
            return self.refuse(
                at,
                format!(
                    "loops nested more than {depth} deep are not supported: move inner ones into a function"
                ),
            );
        }
        let before = self.frames.clone();
        let mut carried = self.likely_carried(code);
        let mut attempts = 0;
        let next = self.new_target();
        loop {
            attempts += 1;
            let mark = self.mark();
            let oldest = self.graph.len();
            let params = self.begin(&carried);
            let start = self.frames.clone();
            let turn = match &head {
                Head::Given(turn) => turn.clone(),
                Head::While(condition) => Turn::While(self.guard(&[condition], &|_| {})),
            };
            self.bodies.push(Vec::new());
            self.push_frame();
            self.loops += 1;
            self.loop_frames.push(before.len());
            let value = self.within(label, leave, Some(next), |parser| body(parser, next));
            self.loop_frames.pop();
            self.loops -= 1;
            let value = self.force(value);
            let statements = self.bodies.pop().unwrap_or_default();
            let after = self.back_in(before.clone());
            let changed = match changes(&start, &after) {
                Ok(changed) => changed,
                // An array of numbers known one by one gets another one that is in memory: so must it be.
                Err((_, Some(declaration))) if !self.in_memory.contains(&declaration) => {
                    self.must_be_memory(declaration);
                    return self.unknown();
                }
                Err((name, _)) => {
                    return self.refuse(
                        at,
                        format!(
                            "this loop gives `{name}` values of different shapes, or another array: give each one a \
                             variable of its own"
                        ),
                    );
                }
            };
            let diverges = matches!(value, Value::Never);
            let exits = match value {
                Value::Ways(ways) => ways.into_iter().only(|way| way.target != next),
                _ => Vec::new(),
            };
            let mut region =
                Region { body: statements, results: changed.iter().each(|(_, node)| *node), diverges };
            for way in &exits {
                region.results.push(way.taken);
                region.results.extend(numbers(&way.value));
            }
            let mut reads = region.reads();
            if let Turn::While(condition) = &turn {
                reads.push_all(condition.reads());
            }
            let reads = self.graph.reachable(&reads);
            // What changes must be a parameter of the right type, and what stays as it is should not be read
            // as one.
            let mut needed: SortedMap<Slot, Ty> = SortedMap::default();
            for (slot, to) in changed.iter() {
                let known = params.iter().find(|param| param.slot == *slot).map(|param| param.leaf);
                let ty =
                    known.or(number_at(&start, *slot)).map_or(Ty::Any, |from| common(from.ty(), to.ty()));
                needed.insert(*slot, ty);
            }
            let read = |param: &&Param<'g>| reads.get(param.leaf.id as usize).is_some_and(|read| *read);
            let stays = |param: &&Param<'g>| !changed.contains_key(&param.slot);
            let superfluous = params.iter().any(|param| stays(&param) && read(&param));
            let fits = needed.iter().all(|(slot, ty)| carried.get(slot) == Some(ty));
            if attempts < MAX_ATTEMPTS && (superfluous || !fits) {
                if attempts > 2 {
                    // Rather too much than another round.
                    for (slot, ty) in needed {
                        carried.insert(slot, ty);
                    }
                } else {
                    carried = needed;
                }
                self.back_to(&mark);
                continue;
            }
            let mut kept: Vec<&Param<'g>> = params.iter().only(|param| !stays(param) || read(param));
            kept.retain(|_| !diverges);
            region.results =
                kept.iter().each(|param| changed.get(&param.slot).copied().unwrap_or(param.leaf));
            let results = kept.iter().each(|param| self.carried_out(param, !stays(param)));
            let index = self.counter(&turn, &region.body);
            let ends = !matches!(turn, Turn::Endless);
            let mut looped = Loop {
                whole: Vec::new(),
                number: 0,
                index,
                turn,
                params: kept.iter().each(|param| param.leaf),
                initial: kept.iter().each(|param| param.initial),
                body: region,
                exits: !exits.is_empty(),
                results,
                count: None,
            };
            let done = self.any_taken(&exits);
            let mut ways = self.carry_ways(&at, exits, oldest, leave, ends, &mut looped);
            looped.body.results.extend(done);
            self.note_walks(&mut looped, oldest);
            self.push_stmt(Stmt::Loop(looped));
            if ways.is_empty() {
                return Value::Never;
            }
            ways.order_by(|a, b| a.target.cmp(&b.target));
            return Value::Ways(ways);
        }
    }

    /// The leaf for the name that a `for` loop over a range gives to its number, if that is read.
    fn counter(&self, turn: &Turn<'g>, body: &[Stmt<'g>]) -> Option<Node<'g>> {
        let Turn::For { pattern, over, .. } = turn else { return None };
        let name = counter_name(self.snippets.get(*pattern), self.snippets.get(over.code))?;
        body.iter().find_map(|stmt| match stmt {
            Stmt::Bind { leaf, value, again: true, .. }
                if leaf.ty() == Ty::Opaque && self.snippets.get(value.code).to_string() == name =>
            {
                Some(*leaf)
            }
            _ => None,
        })
    }

    /// The ways on which control goes on after a loop: which it is, and with what, is carried out of it.
    fn carry_ways(
        &mut self,
        at: &TokenStream,
        exits: Vec<Way<'a, 'g>>,
        oldest: usize,
        leave: Target,
        ends: bool,
        looped: &mut Loop<'g>,
    ) -> Vec<Way<'a, 'g>> {
        let mut ways = Vec::new();
        let only = exits.len() == 1 && !ends;
        for way in exits {
            // To end by itself and to be left by `break` is the same.
            if ends && way.target == leave {
                continue;
            }
            // On all others it does not go on here.
            let taken = match only || way.target == leave {
                true => self.truth_value(true),
                false => self.carry("left", way.taken, looped),
            };
            let value = self.carry_value(at, way.value, oldest, looped);
            ways.push(Way { target: way.target, taken, value });
        }
        if ends {
            ways.push(Way { target: leave, taken: self.truth_value(true), value: Value::Unit });
        }
        ways
    }

    /// Carries a value of a loop's last iteration out of the loop. A struct that is declared outside has it already.
    fn carry_value(
        &mut self,
        at: &TokenStream,
        mut value: Value<'a, 'g>,
        oldest: usize,
        looped: &mut Loop<'g>,
    ) -> Value<'a, 'g> {
        if self.is_older(&value, oldest) || self.is_unknown(&value) {
            return value;
        }
        match value {
            Value::Tuple(parts) => {
                Value::Tuple(parts.into_iter().each(|part| self.carry_value(at, part, oldest, looped)))
            }
            Value::View(view) if self.is_outside(view.place) => Value::View(view),
            value if self.placeholder(&value).is_none() => {
                self.fail(at, "what leaves this loop by `break` or `return` must be made of real numbers");
                self.unknown()
            }
            _ => {
                for number in numbers_mut(&mut value) {
                    *number = self.carry("y", *number, looped);
                }
                value
            }
        }
    }

    /// Whether a place is declared in a region that is open.
    fn is_outside(&self, place: Node<'g>) -> bool {
        let declares = |stmt: &Stmt<'g>| matches!(stmt, Stmt::Alloc { place: known, .. } if *known == place);
        self.bodies.iter().any(|body| body.iter().any(declares))
    }

    /// Carries a number of a loop's last iteration out of the loop.
    fn carry(&mut self, name: &str, number: Node<'g>, looped: &mut Loop<'g>) -> Node<'g> {
        let [param, result] = [(); 2].map(|()| self.graph.symbol(name, number.ty()));
        let nothing = match number.ty() {
            Ty::Bool => self.truth_value(false),
            _ => self.graph.constant(0.0),
        };
        looped.params.push(param);
        looped.initial.push(nothing);
        looped.body.results.push(number);
        looped.results.push(result);
        result
    }

    /// The leaf for what a loop carried out of its last iteration, which the variable holds from there on.
    fn carried_out(&mut self, param: &Param<'g>, changed: bool) -> Node<'g> {
        let name = self.frames[param.slot.0].bindings[param.slot.1].0.clone();
        let leaf = self.named_leaf(&name, param.leaf.ty());
        self.stands_for(leaf, &[param.leaf]);
        if changed && let Some(node) = number_mut(&mut self.frames, param.slot) {
            *node = leaf;
        }
        leaf
    }

    fn named_leaf(&mut self, name: &str, ty: Ty) -> Node<'g> {
        let name = name.split('#').next().unwrap_or(name);
        let leaf = self.graph.symbol(name, ty);
        self.snippets.names.insert(leaf.id, name.to_owned());
        leaf
    }

    /// What the variables that the code assigns hold.
    fn likely_carried(&self, code: TokenStream) -> SortedMap<Slot, Ty> {
        let assigned = super::passive::assigned(code);
        let mut carried = SortedMap::default();
        let mut seen = Vec::new();
        for (frame, scope) in self.frames.iter().enumerate().rev() {
            for (place, (name, binding)) in scope.bindings.iter().enumerate().rev() {
                if !assigned.contains(name.split('#').next().unwrap_or(name)) || seen.contains(&name) {
                    continue;
                }
                seen.push(name);
                if let Bound::Tracked(value) = &binding.value {
                    for (number, node) in numbers(value).into_iter().enumerate() {
                        carried.insert((frame, place, number), self.likely_type(node.ty()));
                    }
                }
            }
        }
        carried
    }

    /// The type of a number that began as a literal, where there is only one type of numbers around.
    fn likely_type(&self, ty: Ty) -> Ty {
        let mentions = |name: &str| self.signature.identifiers.contains(name);
        let only = match self.signature.primary {
            Ty::F64 => !mentions("f32") && self.signature.types.is_empty(),
            Ty::F32 => !mentions("f64") && self.signature.types.is_empty(),
            _ => !mentions("f32") && !mentions("f64") && self.signature.types.len() == 1,
        };
        if ty == Ty::Any && only { self.signature.primary } else { ty }
    }

    /// Puts a leaf for each carried number into the variables.
    fn begin(&mut self, carried: &SortedMap<Slot, Ty>) -> Vec<Param<'g>> {
        let mut params = Vec::new();
        for &(slot, ty) in carried.iter() {
            let Some(initial) = number_at(&self.frames, slot) else { continue };
            let name = self.frames[slot.0].bindings[slot.1].0.clone();
            let leaf = self.named_leaf(&name, ty);
            self.stands_for(leaf, &[initial]);
            if let Some(node) = number_mut(&mut self.frames, slot) {
                *node = leaf;
            }
            params.push(Param { slot, initial, leaf });
        }
        params
    }

    /// What a loop runs over, and whether it can do so again.
    fn passive_iterator(&mut self, over: &'a Expr) -> (Passive<'g>, bool) {
        let borrowed = self.is_borrowed_sequence(over);
        let mut code = over.source();
        if borrowed {
            code = quote::quote!((#code).iter());
        }
        let code = self.observed(code);
        let again = self.are_again(&code.captures) && (borrowed || self.is_repeatable(over));
        (code, again)
    }

    /// Declares what the pattern of a loop over a passive iterator binds.
    fn declare_items(&mut self, pattern: &'a syn::Pat, over: &Expr, known: Known) {
        match (pattern, super::iterator::bare(over)) {
            (syn::Pat::Tuple(tuple), Expr::MethodCall(call)) if tuple.elems.len() == 2 => {
                let items = match (call.method.to_string().as_str(), call.args.first()) {
                    ("zip", Some(other)) => [self.known_item(&call.receiver), self.known_item(other)],
                    ("enumerate", None) => [Known::Size, self.known_item(&call.receiver)],
                    _ => return self.declare_passive(pattern, known),
                };
                let sides = [Some(&*call.receiver), call.args.first().or(Some(&*call.receiver))];
                for ((pattern, known), side) in tuple.elems.iter().zip(items).zip(sides) {
                    self.declare_items(pattern, side.unwrap_or(over), known);
                }
            }
            _ => self.declare_passive(pattern, known),
        }
    }

    /// What is known of the items of a passive iterator.
    pub(super) fn known_item(&self, over: &Expr) -> Known {
        match over {
            Expr::Paren(paren) => self.known_item(&paren.expr),
            Expr::Group(group) => self.known_item(&group.expr),
            Expr::Range(range) => {
                let bounds = [&range.start, &range.end];
                let size = |bound: &Option<Box<Expr>>| {
                    bound.as_ref().is_some_and(|bound| self.known(bound) == Known::Size)
                };
                if bounds.into_iter().any(size) { Known::Size } else { Known::NotReal }
            }
            Expr::MethodCall(call)
                if ["rev", "skip", "take", "step_by"].iter().any(|name| call.method == name) =>
            {
                self.known_item(&call.receiver)
            }
            Expr::MethodCall(call)
                if ["windows", "chunks", "chunks_exact"].iter().any(|name| call.method == name)
                    && self.is_sequence(&call.receiver) =>
            {
                Known::Slice
            }
            over => self.known_element(over, true).unwrap_or(Known::Unknown),
        }
    }

    /// Whether an iterator yields the same items when it is made again, and from the end too.
    pub(super) fn is_repeatable(&self, over: &Expr) -> bool {
        match over {
            Expr::Paren(paren) => self.is_repeatable(&paren.expr),
            Expr::Group(group) => self.is_repeatable(&group.expr),
            Expr::Range(range) => {
                let pure =
                    |bound: &Option<Box<Expr>>| bound.as_ref().is_some_and(|bound| self.is_pure(bound));
                pure(&range.start) && pure(&range.end)
            }
            Expr::MethodCall(call) => {
                let receiver = &call.receiver;
                let args = || call.args.iter().all(|arg| self.is_pure(arg));
                match call.method.to_string().as_str() {
                    "iter" => self.is_sequence(receiver),
                    "windows" | "chunks" | "chunks_exact" => self.is_sequence(receiver) && args(),
                    "rev" | "copied" | "cloned" => self.is_repeatable(receiver),
                    // From the end these take a length, which not all ranges have.
                    "skip" | "take" | "step_by" => self.is_exact(receiver) && args(),
                    "enumerate" => self.is_exact(receiver),
                    "zip" => {
                        let other = |arg| self.is_exact(arg) || self.is_borrowed_sequence(arg);
                        self.is_exact(receiver) && call.args.iter().all(other)
                    }
                    _ => false,
                }
            }
            _ => false,
        }
    }

    /// Whether an iterator that can be run again also knows how long it is.
    pub(super) fn is_exact(&self, over: &Expr) -> bool {
        let known = match super::iterator::bare(over) {
            Expr::Range(range) => {
                self.known_item(over) == Known::Size && matches!(range.limits, syn::RangeLimits::HalfOpen(_))
            }
            Expr::MethodCall(call) if ["rev", "copied", "cloned"].iter().any(|name| call.method == name) => {
                self.is_exact(&call.receiver)
            }
            Expr::MethodCall(_) => true,
            _ => false,
        };
        known && self.is_repeatable(over)
    }

    /// Whether this certainly is a slice or array that does not change: a parameter, or a part of one.
    pub(super) fn is_sequence(&self, code: &Expr) -> bool {
        match code {
            Expr::Paren(paren) => self.is_sequence(&paren.expr),
            Expr::Group(group) => self.is_sequence(&group.expr),
            Expr::Reference(reference) => reference.mutability.is_none() && self.is_sequence(&reference.expr),
            Expr::Index(index) => {
                let part = matches!(super::iterator::bare(&index.index), Expr::Range(_));
                part && self.is_sequence(&index.expr) && self.is_pure(&index.index)
            }
            Expr::Path(_) => {
                let ty = self.parameter_type(code).map(|ty| match ty {
                    syn::Type::Reference(reference) => &*reference.elem,
                    ty => ty,
                });
                self.is_pure(code)
                    && match ty {
                        _ if self.known(code) == Known::Slice => true,
                        Some(syn::Type::Slice(_) | syn::Type::Array(_)) => true,
                        Some(syn::Type::Path(path)) => {
                            path.path.segments.last().is_some_and(|last| last.ident == "Vec")
                        }
                        _ => false,
                    }
            }
            _ => false,
        }
    }

    /// Whether it is a reference to such, which is not used up when it is iterated over.
    pub(super) fn is_borrowed_sequence(&self, code: &Expr) -> bool {
        let borrowed = match super::iterator::bare(code) {
            Expr::Reference(_) => true,
            code => {
                self.known(code) == Known::Slice
                    || matches!(self.parameter_type(code), Some(syn::Type::Reference(_)))
            }
        };
        borrowed && self.is_sequence(code)
    }

    /// The type of the parameter that this is.
    pub(super) fn parameter_type(&self, code: &Expr) -> Option<&'a syn::Type> {
        let Expr::Path(path) = code else { return None };
        let declaration = self.lookup(path.path.get_ident()?)?.declaration;
        let mut pairs = self.signature.params.iter().zip(&self.item.sig.inputs);
        pairs.find_map(|(param, arg)| match (&param.name, arg) {
            (Some(name), syn::FnArg::Typed(arg)) if super::key(name) == declaration => Some(&*arg.ty),
            _ => None,
        })
    }
}

/// The name in `for name in a..b`, or in `for (name, …) in (a..b).zip(…)`.
fn counter_name(pattern: &TokenStream, over: &TokenStream) -> Option<String> {
    let mut over: Expr = syn::parse2(over.clone()).ok()?;
    let mut zipped = 0;
    loop {
        over = match over {
            Expr::Paren(paren) => *paren.expr,
            Expr::Range(_) => break,
            Expr::MethodCall(call) if call.method == "rev" || call.method == "step_by" => *call.receiver,
            Expr::MethodCall(call) if call.method == "zip" => {
                zipped += 1;
                *call.receiver
            }
            _ => return None,
        };
    }
    let mut names = pattern.clone();
    for _ in 0..zipped {
        let Some(proc_macro2::TokenTree::Group(group)) = names.into_iter().next() else { return None };
        names = group.stream();
    }
    match names.into_iter().next() {
        Some(proc_macro2::TokenTree::Ident(name)) => Some(name.to_string()),
        _ => None,
    }
}

/// The numbers that a value is made of, from left to right.
fn numbers<'v, 'g>(value: &'v Value<'_, 'g>) -> Vec<&'v Node<'g>> {
    match value {
        Value::Node(node) => vec![node],
        Value::Tuple(parts) | Value::Array(parts) | Value::Struct(_, parts) => parts.iter().flat(numbers),
        _ => Vec::new(),
    }
}

fn numbers_mut<'v, 'g>(value: &'v mut Value<'_, 'g>) -> Vec<&'v mut Node<'g>> {
    match value {
        Value::Node(node) => vec![node],
        Value::Tuple(parts) | Value::Array(parts) | Value::Struct(_, parts) => {
            parts.iter_mut().flat(numbers_mut)
        }
        _ => Vec::new(),
    }
}

fn number_at<'g>(frames: &[Frame<'_, 'g>], (frame, place, number): Slot) -> Option<Node<'g>> {
    match &frames.get(frame)?.bindings.get(place)?.1.value {
        Bound::Tracked(value) => numbers(value).get(number).map(|node| **node),
        Bound::Passive(_) => None,
    }
}

fn number_mut<'v, 'g>(
    frames: &'v mut [Frame<'_, 'g>],
    (frame, place, number): Slot,
) -> Option<&'v mut Node<'g>> {
    match &mut frames.get_mut(frame)?.bindings.get_mut(place)?.1.value {
        Bound::Tracked(value) => numbers_mut(value).into_iter().nth(number),
        Bound::Passive(_) => None,
    }
}

/// The numbers that variables hold in the end and not in the beginning; the name of one whose value changes
/// in another way.
fn changes<'g>(
    start: &[Frame<'_, 'g>],
    after: &[Frame<'_, 'g>],
) -> Result<SortedMap<Slot, Node<'g>>, (String, Option<usize>)> {
    let mut changed = SortedMap::default();
    for (frame, (start, after)) in start.iter().zip(after).enumerate() {
        for (place, ((name, binding), (_, after))) in start.bindings.iter().zip(&after.bindings).enumerate() {
            let (Bound::Tracked(start), Bound::Tracked(after)) = (&binding.value, &after.value) else {
                continue;
            };
            // What is assigned anew in each iteration has no value outside.
            if matches!(start, Value::Unassigned) || same(start, after) {
                continue;
            }
            if !is_alike(start, after) {
                let name = name.split('#').next().unwrap_or(name).to_owned();
                let becomes_memory = matches!(
                    (start, after),
                    (Value::Array(_), Value::View(_)) | (Value::Variable(_) | Value::Struct(..), _)
                );
                return Err((name, becomes_memory.then_some(binding.declaration)));
            }
            let pairs = numbers(start).into_iter().zip(numbers(after)).enumerate();
            for (number, (_, to)) in pairs.filter(|(_, (from, to))| from != to) {
                changed.insert((frame, place, number), *to);
            }
        }
    }
    Ok(changed)
}

/// Whether two values differ in their numbers only.
fn is_alike(a: &Value<'_, '_>, b: &Value<'_, '_>) -> bool {
    match (a, b) {
        (Value::Node(_), Value::Node(_)) => true,
        (Value::Tuple(a), Value::Tuple(b))
        | (Value::Array(a), Value::Array(b))
        | (Value::Struct(_, a), Value::Struct(_, b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_alike(a, b))
        }
        (a, b) => same(a, b),
    }
}
