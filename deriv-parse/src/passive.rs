//! Passive code: what mentions no tracked name, and what only looks at one.

use super::bulk::CHANGES;
use super::call::STORES;
use super::expr::is_float_constant;
use super::jumps::{first_exit, operands};
use super::source::Source;
use super::{Binding, Bound, Known, Parser, Value, View};
use crate::graph::{Expr as Node, Kind, Ty, ids};
use crate::hash::HashSet;
use crate::list::{List, PushAll};
use crate::region::{Capture, Dim, Passive, Stmt, Tree};
use crate::tidy::depends_on;
use deriv_syntax::tokens::{all_identifiers, binds, readable, stream};
use proc_macro2::{Delimiter, Ident, Literal, Spacing, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use std::f64::consts;
use syn::{BinOp, Expr, Member, UnOp};

impl<'a, 'g> Parser<'a, 'g> {
    /// Whether the code mentions a tracked name.
    pub(super) fn mentions(&self, code: impl Source) -> bool {
        !self.mentioned(code.source()).is_empty()
    }

    /// The tracked names that the code mentions.
    fn mentioned(&self, code: TokenStream) -> Vec<Ident> {
        let mut found: Vec<Ident> = Vec::new();
        for Mention { ident, length, of_field } in mentions(code) {
            let tracked = match self.lookup(&ident).map(|binding| &binding.value) {
                // How long it is carries no derivative.
                Some(Bound::Tracked(Value::View(_) | Value::Array(_))) => !length,
                Some(Bound::Tracked(Value::Variable(_))) => !(of_field && self.is_struct_parameter(&ident)),
                // A nested function is copied into the derivative as it stands.
                Some(Bound::Tracked(Value::Closure(closure))) => !closure.function,
                Some(Bound::Tracked(_)) => true,
                _ => false,
            };
            if tracked && !found.contains(&ident) {
                found.push(ident);
            }
        }
        found
    }

    /// Whether the values carry no derivative, so that nothing made of them does.
    pub(super) fn are_inert(&self, values: &[&Value<'a, 'g>]) -> bool {
        values.iter().all(|value| !carries_derivative(value))
    }

    /// Code that only looks: passive where it mentions nothing tracked, observed where what it mentions
    /// carries no derivative, and an error otherwise.
    pub(super) fn passive_or(&mut self, expr: &'a Expr, at: impl ToTokens, message: &str) -> Value<'a, 'g> {
        self.passive_or_at(expr, &at, message)
    }

    /// The same, compiled once.
    fn passive_or_at(&mut self, expr: &'a Expr, at: &dyn ToTokens, message: &str) -> Value<'a, 'g> {
        let names = self.mentioned(expr.source());
        if names.is_empty() {
            if let Some(token) = first_exit(expr).or_else(|| self.question(expr.source())) {
                return self.refuse(token, LEAVES);
            }
            return Value::Passive(expr);
        }
        if self.mentions_unknown(expr) {
            return self.unknown();
        }
        if self.only_inert(expr) { self.observe(expr) } else { self.refuse(at, message) }
    }

    /// Whether no value that the code mentions carries a derivative.
    pub(super) fn only_inert(&self, code: impl Source) -> bool {
        self.mentioned(code.source()).iter().all(|name| {
            let Some(Bound::Tracked(value)) = self.lookup(name).map(|binding| &binding.value) else {
                return true;
            };
            // It may be named in a text that is formatted, too.
            let mut parts = Vec::new();
            with_parts(code.source(), name, value, &mut |part| {
                parts.push(!carries_derivative(part));
                None
            });
            if parts.is_empty() || binds(code.source(), &name.to_string()) {
                !carries_derivative(value)
            } else {
                parts.into_iter().all(|inert| inert)
            }
        })
    }

    /// The value of code that looks at tracked values and carries no derivative itself.
    pub(super) fn observe(&mut self, expr: &'a Expr) -> Value<'a, 'g> {
        self.observe_as(expr, Ty::Opaque)
    }

    pub(super) fn observe_as(&mut self, expr: &'a Expr, ty: Ty) -> Value<'a, 'g> {
        let value = self.observed(expr);
        // Calls in it were looked at before, and are made by it.
        let names = all_identifiers(expr.source());
        self.calls_made
            .retain(|made| !is_call_of_constants(made.result) || !names.contains(&made.name.to_string()));
        let leaf = self.graph.symbol(&display_name(expr), ty);
        self.push_stmt(Stmt::bind(leaf, value, false));
        Value::Node(leaf)
    }

    /// Code that only looks at the tracked values it mentions.
    pub(super) fn observed(&mut self, code: impl Source) -> Passive<'g> {
        let tokens = code.source();
        if let Some(name) = self.changed_by_look(&tokens) {
            let message = format!(
                "`{name}` is changed here by code that looks at active values and is not followed: change it in a \
                 statement of its own, or write a loop"
            );
            self.fail(name, message);
        }
        self.with_captures(tokens)
    }

    /// What code that looks at active values puts something into, if that may be a real number: in a closure that is
    /// passed on, say.
    fn changed_by_look(&self, code: &TokenStream) -> Option<Ident> {
        let mut changed = assigned(code.clone());
        changed.extend(stored_to(code.clone()));
        let may_hold_reals = |name: &Ident| match self.lookup(name).map(|binding| &binding.value) {
            Some(Bound::Passive(known)) => {
                !matches!(known, Known::NotReal | Known::Size | Known::Slice | Known::Struct { .. })
            }
            Some(Bound::Tracked(_)) => true,
            None => false,
        };
        if changed.is_empty() || self.only_inert(code.clone()) {
            return None;
        }
        let mut names = identifiers(code.clone()).into_iter();
        names.find(|name| changed.contains(&name.to_string()) && may_hold_reals(name))
    }

    /// Code with the tracked values it mentions.
    pub(super) fn with_captures(&mut self, code: impl Source) -> Passive<'g> {
        let mut captures: Vec<Capture<'g>> = Vec::new();
        let mut tokens = self.captured_parts(code.source(), &mut captures);
        for name in self.mentioned(tokens.clone()) {
            if let Some(Bound::Tracked(Value::Node(_))) = self.lookup(&name).map(|binding| &binding.value) {
                tokens = without_dereferences(tokens, &name);
            }
            let value = match self.lookup(&name).map(|binding| binding.value.clone()) {
                Some(Bound::Tracked(value)) => value,
                _ => continue,
            };
            match self.capture(&name, &value) {
                Some(capture) => captures.push(capture),
                None => self.fail(
                    &name,
                    match value {
                        Value::Struct(..) => format!("`{name}` holds active values: look at its fields, one by one"),
                        Value::Variable(_) => format!("`{name}` is more than a number here: look at its numbers"),
                        Value::View(_) => format!("`{name}`, a part of an array, cannot be looked at here: take its elements"),
                        _ => format!(
                            "the closure `{name}` is known only where it is called: call it by a `let` of its own first"
                        ),
                    },
                ),
            }
        }
        if let Some(token) = self.question(tokens.clone()) {
            self.fail(token, LEAVES);
        }
        let mut passive = self.passive_code(tokens);
        passive.captures.push_all(captures);
        passive
    }

    /// The code with names for the numbers in structs and tuples that it looks at, which are known by themselves.
    fn captured_parts(&mut self, mut code: TokenStream, captures: &mut Vec<Capture<'g>>) -> TokenStream {
        for name in self.mentioned(code.clone()) {
            let value = match self.lookup(&name).map(|binding| &binding.value) {
                Some(Bound::Tracked(value @ (Value::Struct(..) | Value::Tuple(_)))) => value.clone(),
                _ => continue,
            };
            if binds(code.clone(), &name.to_string()) {
                continue;
            }
            code = with_parts(code, &name, &value, &mut |part| match part {
                Value::Node(node) => {
                    let made_up = format_ident!("{name}_{}", node.id);
                    self.snippets.bound.insert(made_up.to_string());
                    let value = Tree::Leaf(*node);
                    captures.push(Capture { name: self.snippets.add(&made_up), value, made_up: true });
                    Some(made_up.to_token_stream())
                }
                Value::Passive(code @ Expr::Lit(_)) => Some(code.source()),
                _ => None,
            });
        }
        code
    }

    /// In a closure that is being followed, the first `?` in the code. Elsewhere, one cannot leave a function
    /// with a number as result.
    fn question(&self, code: TokenStream) -> Option<TokenStream> {
        let mut stack = if self.calls.is_empty() { Vec::new() } else { vec![code] };
        while let Some(stream) = stack.pop() {
            for token in stream {
                match token {
                    TokenTree::Group(group) => stack.push(group.stream()),
                    TokenTree::Punct(punct) if punct.as_char() == '?' => {
                        return Some(punct.into_token_stream());
                    }
                    _ => {}
                }
            }
        }
        None
    }

    /// Passive code as a leaf that stands for a real number.
    pub(super) fn real_leaf(&mut self, code: &'a Expr) -> Node<'g> {
        let known = self.known(code);
        let ty = match known {
            Known::Real(ty) => ty,
            _ if is_truth(code) => Ty::Bool,
            _ => Ty::Any,
        };
        // What a pattern or a call yields may be a reference, which operators see through.
        let maybe_reference = known == Known::Unknown && matches!(code, Expr::Path(_));
        self.leaf_of(code, ty, maybe_reference, None)
    }

    /// Passive code as a leaf of unknown type.
    pub(super) fn leaf(&mut self, code: &'a Expr) -> Node<'g> {
        self.leaf_of(code, Ty::Opaque, false, None)
    }

    /// Passive code that is made of real numbers, in a way that only its type tells.
    pub(super) fn whole_leaf(&mut self, code: &'a Expr) -> Node<'g> {
        self.leaf_of(code, Ty::Aggregate, false, None)
    }

    /// Passive code that may be a real number.
    pub(super) fn unsure_leaf(&mut self, code: &'a Expr) -> Node<'g> {
        self.leaf_of(code, Ty::Any, false, None)
    }

    /// The passive argument of an operation that takes an `expected` type there. What a call returns may
    /// depend on that, as in `x.powi(n.into())`.
    pub(super) fn argument_leaf(&mut self, code: &'a Expr, ty: Ty, expected: TokenStream) -> Node<'g> {
        let called = matches!(code, Expr::MethodCall(_) | Expr::Call(_) | Expr::Macro(_));
        self.leaf_of(code, ty, false, called.then_some(expected))
    }

    fn leaf_of(
        &mut self,
        code: &'a Expr,
        ty: Ty,
        maybe_reference: bool,
        expected: Option<TokenStream>,
    ) -> Node<'g> {
        let mut inner = code;
        while let Expr::Paren(syn::ExprParen { expr, .. }) | Expr::Group(syn::ExprGroup { expr, .. }) = inner
        {
            inner = expr;
        }
        let stability = self.stability(inner);
        let tokens = if maybe_reference {
            let ty = self.signature.type_tokens(self.signature.primary);
            quote!(<#ty as ::core::clone::Clone>::clone(&#inner))
        } else if let Some(expected) = expected {
            let code = inner.source();
            quote!(::core::convert::identity::<#expected>(#code))
        } else if ty == Ty::Aggregate && matches!(self.known(inner), Known::Struct { reference: true, .. }) {
            let code = inner.source();
            quote!((*#code))
        } else {
            inner.source()
        };
        let name = display_name(inner);
        if let Stability::Changing = stability {
            let leaf = self.graph.symbol(&name, ty);
            // It may be there for what it does: `if n > 1 { z *= 2.0 }` at the end of a block.
            let kept = !assigned(inner.source()).is_empty();
            let value = self.passive_code(tokens);
            self.push_stmt(Stmt::Bind { leaf, value, stable: false, kept, again: false, walk: None });
            return leaf;
        }
        let pure = self.is_pure(inner);
        let idents = identifiers(inner.source());
        let names: Vec<String> = idents.iter().each(super::hygienic);
        let declarations: Vec<Option<usize>> =
            idents.iter().each(|name| self.lookup(name).map(|binding| binding.declaration));
        let text = format!("{ty:?} {tokens} {declarations:?}");
        let home = match stability {
            Stability::Guarded => self.bodies.len(),
            _ => self.home(&names),
        };
        if let Some(leaf) = self.known_leaf(&text) {
            return leaf;
        }
        let leaf = match self.is_fixed(inner) {
            true => self.graph.named_constant(&name, ty, standard_constant(inner)),
            false => self.graph.symbol(&name, ty),
        };
        self.note_leaf(leaf, inner);
        let value = self.passive_code(tokens);
        let stable = matches!(stability, Stability::Inline)
            && !maybe_reference
            && !names.iter().any(|name| self.redeclared.contains(name));
        let again = pure && self.are_again(&value.captures);
        if again {
            self.again_leaves.insert(leaf.id);
        }
        let at = match stability {
            Stability::Once if again => self.earliest(home, &idents, &value),
            _ => self.bodies[home - 1].len(),
        };
        let bind = Stmt::Bind { leaf, value, stable, kept: maybe_reference, again, walk: None };
        self.bodies[home - 1].insert(at, bind);
        self.inserted.push((home - 1, at));
        let frame = self.frames.iter_mut().find(|frame| frame.depth >= home);
        if let Some(frame) = frame {
            frame.leaves.push((text, leaf, home));
        }
        leaf
    }

    /// Whether code is made of literals and constants, as far as one can tell that by their names.
    fn is_fixed(&self, code: &Expr) -> bool {
        match code {
            Expr::Paren(paren) => self.is_fixed(&paren.expr),
            Expr::Group(group) => self.is_fixed(&group.expr),
            Expr::Lit(_) => true,
            Expr::Unary(unary) => self.is_fixed(&unary.expr),
            Expr::Binary(binary) => self.is_fixed(&binary.left) && self.is_fixed(&binary.right),
            Expr::MethodCall(call) => {
                self.is_fixed(&call.receiver) && call.args.iter().all(|arg| self.is_fixed(arg))
            }
            Expr::Path(path) => match path.path.get_ident().and_then(|name| self.lookup(name)) {
                Some(binding) => self.constants.contains(&binding.declaration),
                None => path.path.segments.last().is_some_and(|last| {
                    let name = last.ident.to_string();
                    name.chars().all(|c| c.is_uppercase() || c.is_numeric() || c == '_')
                }),
            },
            _ => false,
        }
    }

    /// Where in a region the code can be evaluated at first: after what declares the names in it. There, a loop
    /// before the code's own place may use the value in its adjoint.
    fn earliest(&self, home: usize, names: &[Ident], value: &Passive<'g>) -> usize {
        let captured = value.reads();
        let declares = |stmt: &Stmt<'g>| match stmt {
            Stmt::Copy { code, .. } => {
                let declared = all_identifiers(self.snippets.get(code.code).clone());
                names.iter().any(|name| declared.contains(&name.to_string()))
            }
            stmt => {
                let defined = ids(&stmt.defines());
                captured.iter().any(|value| depends_on(*value, &defined))
            }
        };
        self.bodies[home - 1].iter().rposition(declares).map_or(0, |last| last + 1)
    }

    /// What is known of the value of passive code.
    pub(super) fn known(&self, code: &Expr) -> Known {
        match code {
            Expr::Paren(paren) => self.known(&paren.expr),
            Expr::Group(group) => self.known(&group.expr),
            Expr::Lit(literal) => match self.literal(&literal.lit) {
                Some(value) if self.is_known_real(code) => Known::Literal(value),
                _ => Known::NotReal,
            },
            Expr::Cast(cast) => self.known_type(&cast.ty),
            Expr::MethodCall(call) if call.method == "len" => Known::Size,
            Expr::Path(path) => match path.path.get_ident().and_then(|name| self.lookup(name)) {
                Some(binding) => match &binding.value {
                    // It may have been assigned since.
                    Bound::Passive(Known::Literal(_)) if binding.mutable => Known::Real(Ty::Any),
                    Bound::Passive(known) => *known,
                    Bound::Tracked(_) => Known::Unknown,
                },
                None => Known::Value,
            },
            Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => match self.known(&unary.expr) {
                Known::Literal(value) => Known::Literal(-value),
                known => known,
            },
            Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => match self.known(&unary.expr) {
                Known::Struct { ty, .. } => Known::Struct { ty, reference: false },
                Known::Unknown => Known::Unknown,
                _ => Known::Value,
            },
            Expr::Index(index) => self.known_element(&index.expr, false).unwrap_or(Known::Value),
            Expr::Unary(_) | Expr::Field(_) => Known::Value,
            Expr::Binary(_) if self.is_known_real(code) => Known::Real(Ty::Any),
            Expr::Binary(binary) => {
                let sides = [self.known(&binary.left), self.known(&binary.right)];
                if is_logical(&binary.op) {
                    Known::NotReal
                } else if sides.contains(&Known::Size) && !is_shift(&binary.op) {
                    Known::Size
                } else if sides.contains(&Known::NotReal) || sides.contains(&Known::Size) {
                    Known::NotReal
                } else {
                    Known::Value
                }
            }
            Expr::Reference(_) if self.is_sequence(code) => Known::Slice,
            Expr::Reference(reference) => match self.known(&reference.expr) {
                Known::Struct { ty, .. } => Known::Struct { ty, reference: true },
                _ => Known::NotReal,
            },
            Expr::Struct(literal) if literal.path.get_ident().is_some() => {
                let ty = self.struct_type(&literal.path.to_token_stream().to_string(), false);
                Known::Struct { ty, reference: false }
            }
            Expr::Array(_) | Expr::Tuple(_) | Expr::Struct(_) | Expr::Closure(_) => Known::NotReal,
            _ => Known::Unknown,
        }
    }

    /// What is known of a value of this type.
    pub(super) fn known_type(&self, ty: &syn::Type) -> Known {
        match self.real_type(ty) {
            Some(ty) => Known::Real(ty),
            None if ty.to_token_stream().to_string() == "usize" => Known::Size,
            None if self.names_struct(ty) => {
                self.known_struct(ty, matches!(deriv_syntax::signature::bare(ty), syn::Type::Reference(_)))
            }
            None => Known::NotReal,
        }
    }

    /// Whether the code has the same value, and does nothing else, when it is run again where the names in it
    /// are declared. It may panic.
    pub(super) fn is_pure(&self, code: &Expr) -> bool {
        if !self.redeclared.is_empty()
            && identifiers(code.source()).iter().any(|name| self.will_be_declared(name))
        {
            return false;
        }
        let mut stack = vec![code];
        while let Some(code) = stack.pop() {
            match code {
                Expr::Lit(_) => {}
                Expr::Paren(paren) => stack.push(&paren.expr),
                Expr::Group(group) => stack.push(&group.expr),
                Expr::Unary(unary) => stack.push(&unary.expr),
                Expr::Cast(cast) => stack.push(&cast.expr),
                Expr::Field(field) => stack.push(&field.base),
                Expr::Reference(reference) if reference.mutability.is_none() => stack.push(&reference.expr),
                Expr::Binary(binary) if !super::expr::is_assignment(&binary.op) => {
                    stack.push_all([&*binary.left, &*binary.right]);
                }
                Expr::Index(index) => stack.push_all([&*index.expr, &*index.index]),
                Expr::Struct(_) | Expr::Array(_) | Expr::Tuple(_) => {
                    let parts = super::jumps::operands(code);
                    if parts.iter().any(|part| self.may_move(part)) {
                        return false;
                    }
                    stack.push_all(parts);
                }
                // As in `if j < k { j } else { j + 1 }`.
                Expr::If(branch) => {
                    stack.push(&branch.cond);
                    let Some((_, other)) = &branch.else_branch else { return false };
                    let [syn::Stmt::Expr(then, None)] = &branch.then_branch.stmts[..] else { return false };
                    stack.push_all([then, other]);
                }
                Expr::Block(block) if block.label.is_none() => {
                    let [syn::Stmt::Expr(value, None)] = &block.block.stmts[..] else { return false };
                    stack.push(value);
                }
                Expr::Range(range) => {
                    stack.push_all([&range.start, &range.end].into_iter().flatten().map(|bound| &**bound));
                }
                Expr::MethodCall(call)
                    if is_length(&call.method)
                        && (self.is_view(&call.receiver) || self.is_parameter_field(&call.receiver)) => {}
                Expr::MethodCall(call) if PURE.iter().any(|name| call.method == name) => {
                    stack.push(&call.receiver);
                    stack.push_all(&call.args);
                }
                Expr::Path(path) if path.path.is_ident("self") => {
                    let receiver = self.item.sig.receiver();
                    if receiver
                        .is_none_or(|receiver| all_identifiers(receiver.to_token_stream()).contains("mut"))
                    {
                        return false;
                    }
                }
                Expr::Path(path) => match path.path.get_ident().and_then(|name| self.lookup(name)) {
                    Some(Binding { value: Bound::Passive(_), mutable: false, declaration })
                        if self.again.contains(declaration) => {}
                    Some(Binding { value: Bound::Tracked(Value::Node(node)), mutable: false, .. })
                        if self.again_leaves.contains(&node.id) => {}
                    Some(_) => return false,
                    None => {}
                },
                _ => return false,
            }
        }
        true
    }

    /// Whether what code captures is the same when it is captured again.
    pub(super) fn are_again(&self, captures: &[Capture<'g>]) -> bool {
        let again = |node: &Node<'g>| node.as_constant().is_some() || self.again_leaves.contains(&node.id);
        captures.iter().all(|capture| capture.value.leaves().into_iter().all(again))
    }

    /// Whether it is all of what a parameter refers to, which the emitted code finds under its name.
    fn is_parameter(&self, name: &Ident, view: &View<'g>) -> bool {
        let own = |(known, leaf): &(String, Tree<Node<'g>>)| name == known && *leaf == Tree::Leaf(view.place);
        self.is_whole(view) && self.params.iter().any(own)
    }

    /// Passive code as emitted code can run it: with the lengths of arrays that only the parser knows.
    pub(super) fn passive_code(&mut self, tokens: impl ToTokens) -> Passive<'g> {
        let mut captures = Vec::new();
        let tokens = self.captured_parts(tokens.into_token_stream(), &mut captures);
        let mut arrays: Vec<(Ident, Vec<Dim<'g>>)> = Vec::new();
        for Mention { ident, length, .. } in mentions(tokens.clone()) {
            if !length || arrays.iter().any(|(known, _)| *known == ident) {
                continue;
            }
            let dims = match self.lookup(&ident).map(|binding| &binding.value) {
                Some(Bound::Tracked(Value::View(view))) if !self.is_parameter(&ident, view) => {
                    let view = view.clone();
                    if view.grows { self.present(view).extent.dims } else { view.extent.dims }
                }
                Some(Bound::Tracked(array @ Value::Array(_))) => dims(array),
                _ => continue,
            };
            arrays.push((ident, dims));
        }
        let tokens =
            if arrays.is_empty() { tokens } else { self.with_lengths(tokens, &arrays, &mut captures) };
        Passive { code: self.snippets.add(tokens), captures }
    }

    /// The tokens with what stands for `a.len()` in its place.
    fn with_lengths(
        &mut self,
        tokens: TokenStream,
        arrays: &[(Ident, Vec<Dim<'g>>)],
        captures: &mut Vec<Capture<'g>>,
    ) -> TokenStream {
        let tokens: Vec<TokenTree> = tokens.into_iter().list();
        let mut out = TokenStream::new();
        let mut at = 0;
        while at < tokens.len() {
            if let TokenTree::Ident(ident) = &tokens[at]
                && let Some((_, dims)) = arrays.iter().find(|(known, _)| known == ident)
                && let Some((dim, end)) = length(&tokens, at)
                && let Some(dimension) = dims.get(dim)
            {
                let len = match dimension {
                    Dim::Literal(len) => Literal::usize_suffixed(*len).into_token_stream(),
                    Dim::Fixed(code) => self.snippets.get(*code).clone(),
                    Dim::Counted(node) | Dim::Typed(node) => match node.as_constant() {
                        Some(length) => Literal::usize_unsuffixed(length as usize).into_token_stream(),
                        None => {
                            let name = quote::format_ident!("{}_len_{}", ident, dim, span = ident.span());
                            let text = name.to_string();
                            let is_known =
                                |capture: &Capture<'g>| self.snippets.get(capture.name).to_string() == text;
                            if !captures.iter().any(is_known) {
                                self.snippets.bound.insert(text);
                                let value = Tree::Leaf(*node);
                                captures.push(Capture {
                                    name: self.snippets.add(&name),
                                    value,
                                    made_up: true,
                                });
                            }
                            name.into_token_stream()
                        }
                    },
                };
                out.extend(match &tokens[end - 2] {
                    TokenTree::Ident(method) if method == "is_empty" => quote!((#len == 0)),
                    _ if matches!(dimension, Dim::Literal(_)) => len,
                    _ => quote!(::core::convert::identity::<::core::primitive::usize>(#len)),
                });
                at = end;
                continue;
            }
            match &tokens[at] {
                TokenTree::Group(group) => {
                    let inner = self.with_lengths(group.stream(), arrays, captures);
                    let mut regrouped = proc_macro2::Group::new(group.delimiter(), inner);
                    regrouped.set_span(group.span());
                    out.extend([TokenTree::Group(regrouped)]);
                }
                token => out.extend([token.clone()]),
            }
            at += 1;
        }
        out
    }

    /// Whether evaluating the code twice, elsewhere or not at all could make a difference.
    pub(super) fn has_effects(&self, code: &Expr) -> bool {
        !self.is_known_real(code) && self.is_changing(code)
    }

    /// Whether it may have another value elsewhere.
    pub(super) fn is_changing(&self, code: &Expr) -> bool {
        !matches!(code, Expr::Lit(_)) && matches!(self.stability(code), Stability::Changing)
    }

    /// Reports a block among the operands of `later` that assigns to what passive code `earlier` reads: that is evaluated
    /// where it is used.
    pub(super) fn in_order(&mut self, earlier: &Value<'a, 'g>, later: &'a Expr) {
        let Value::Passive(code) = earlier else { return };
        if matches!(code, Expr::Lit(_)) || !has_block(later) {
            return;
        }
        let assigned = assigned(later.source());
        if let Some(name) =
            identifiers(code.source()).iter().find(|name| assigned.contains(&name.to_string()))
        {
            let message = format!(
                "this assigns to `{name}`, which an operand before it reads: bind that operand by `let` before"
            );
            self.fail(later.source(), message);
        }
    }

    fn stability(&self, code: &Expr) -> Stability {
        match code {
            Expr::Paren(paren) => self.stability(&paren.expr),
            Expr::Group(group) => self.stability(&group.expr),
            Expr::Path(path) => match path.path.get_ident().and_then(|name| self.lookup(name)) {
                Some(binding) if binding.mutable => Stability::Changing,
                _ => Stability::Inline,
            },
            Expr::Field(field) if matches!(field.member, Member::Named(_) | Member::Unnamed(_)) => {
                self.stability(&field.base)
            }
            Expr::Lit(_) => Stability::Inline,
            Expr::Unary(unary) => match self.stability(&unary.expr) {
                Stability::Inline => Stability::Once,
                stability => stability,
            },
            Expr::Cast(cast) => match self.stability(&cast.expr) {
                Stability::Inline => Stability::Once,
                stability => stability,
            },
            // A length never panics.
            Expr::MethodCall(call) if is_length(&call.method) && self.is_pure(code) => Stability::Once,
            code if self.is_pure(code) => Stability::Guarded,
            _ => Stability::Changing,
        }
    }
}

/// The code without the `*` in `*name`: what was behind a reference is captured as a number.
fn without_dereferences(tokens: TokenStream, name: &Ident) -> TokenStream {
    let tokens = tokens.into_iter().list();
    let mut out = Vec::new();
    for (i, token) in tokens.iter().enumerate() {
        let operand = match out.last() {
            Some(TokenTree::Ident(word)) => !BEFORE_EXPRESSIONS.iter().any(|before| word == before),
            Some(TokenTree::Group(_) | TokenTree::Literal(_)) => true,
            Some(TokenTree::Punct(_)) | None => false,
        };
        match token {
            TokenTree::Punct(star) if star.as_char() == '*' && !operand => match tokens.get(i + 1) {
                Some(TokenTree::Ident(next)) if next == name => {}
                _ => out.push(token.clone()),
            },
            TokenTree::Group(group) => {
                let mut inner =
                    proc_macro2::Group::new(group.delimiter(), without_dereferences(group.stream(), name));
                inner.set_span(group.span());
                out.push(TokenTree::Group(inner));
            }
            token => out.push(token.clone()),
        }
    }
    stream(out)
}

/// Words after which `*` is no multiplication.
const BEFORE_EXPRESSIONS: &[&str] = &["if", "else", "in", "match", "return", "while"];

/// Methods of integers, arrays and slices that only compute.
const PURE: &[&str] = &[
    "abs",
    "abs_diff",
    "checked_sub",
    "count_ones",
    "div_ceil",
    "ilog2",
    "is_empty",
    "is_multiple_of",
    "isqrt",
    "len",
    "max",
    "min",
    "pow",
    "powi",
    "rem_euclid",
    "saturating_add",
    "saturating_mul",
    "saturating_sub",
    "sqrt",
    "trailing_zeros",
    "wrapping_add",
    "wrapping_mul",
    "wrapping_sub",
];

pub(super) const LEAVES: &str = "leaving the function from inside this code is not supported yet: use `if` or `match`, or move the \
                      code into a function";

/// Whether a block with statements is run as a part of the expression.
fn has_block(expr: &Expr) -> bool {
    let mut stack = vec![expr];
    while let Some(expr) = stack.pop() {
        match expr {
            Expr::Block(_)
            | Expr::If(_)
            | Expr::Match(_)
            | Expr::Unsafe(_)
            | Expr::Loop(_)
            | Expr::While(_) => {
                return true;
            }
            expr => stack.push_all(operands(expr)),
        }
    }
    false
}

fn is_shift(op: &BinOp) -> bool {
    matches!(op, BinOp::Shl(_) | BinOp::Shr(_))
}

/// Whether the code yields a truth value, by its looks.
fn is_truth(code: &Expr) -> bool {
    match code {
        Expr::Paren(paren) => is_truth(&paren.expr),
        Expr::Group(group) => is_truth(&group.expr),
        Expr::Lit(literal) => matches!(literal.lit, syn::Lit::Bool(_)),
        Expr::Binary(binary) => is_logical(&binary.op),
        _ => false,
    }
}

/// Whether the operator yields a truth value.
fn is_logical(op: &BinOp) -> bool {
    matches!(
        op,
        BinOp::And(_)
            | BinOp::Or(_)
            | BinOp::Lt(_)
            | BinOp::Le(_)
            | BinOp::Gt(_)
            | BinOp::Ge(_)
            | BinOp::Eq(_)
            | BinOp::Ne(_)
    )
}

/// Where passive code may be evaluated.
enum Stability {
    /// Anywhere, and it is short: written out at each use.
    Inline,
    /// Anywhere: once is enough.
    Once,
    /// Where it stands, as it may panic; later on it has the same value.
    Guarded,
    /// Where it stands.
    Changing,
}

/// How many elements an array has that is known number by number, in each dimension.
fn dims<'g>(array: &Value<'_, 'g>) -> Vec<Dim<'g>> {
    let mut dims = Vec::new();
    let mut at = Some(array);
    while let Some(Value::Array(parts)) = at {
        dims.push(Dim::Literal(parts.len()));
        at = parts.first();
    }
    dims
}

/// The code with what `replace` makes of each part of the value that it looks at by the name; as it stands, where that
/// is nothing.
fn with_parts<'a, 'g>(
    code: TokenStream,
    name: &Ident,
    value: &Value<'a, 'g>,
    replace: &mut dyn FnMut(&Value<'a, 'g>) -> Option<TokenStream>,
) -> TokenStream {
    let tokens = code.into_iter().list();
    let mut out = TokenStream::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token {
            TokenTree::Ident(ident) if ident == name => {
                let (mut part, mut end) = (value, at);
                while let [TokenTree::Punct(dot), field, ..] = &tokens[end..]
                    && dot.as_char() == '.'
                    && let Some(inner) = part.field(&field.to_string())
                {
                    (part, end) = (inner, end + 2);
                }
                match replace(part) {
                    Some(code) => {
                        out.extend(code);
                        at = end;
                    }
                    None => out.extend(token.to_token_stream()),
                }
            }
            TokenTree::Group(group) => {
                let inner = with_parts(group.stream(), name, value, replace);
                let mut regrouped = proc_macro2::Group::new(group.delimiter(), inner);
                regrouped.set_span(group.span());
                out.extend(regrouped.to_token_stream());
            }
            token => out.extend(token.to_token_stream()),
        }
    }
    out
}

/// Whether it is what a function returns for arguments without a derivative: a number, whole or not.
pub(super) fn is_call_of_constants(node: Node<'_>) -> bool {
    matches!(node.kind(), Kind::Call(function) if node.graph().callee_info(function).variables.is_empty())
}

/// Whether it is a real number that may carry a derivative.
pub(super) fn is_variable(node: Node<'_>) -> bool {
    node.ty().is_real() && !is_call_of_constants(node)
}

/// Whether any number in the value may carry a derivative.
fn carries_derivative(value: &Value<'_, '_>) -> bool {
    match value {
        Value::Node(node) => is_variable(*node),
        Value::View(_) | Value::Variable(_) => true,
        Value::Some(value) => carries_derivative(value),
        Value::Tuple(parts) | Value::Array(parts) | Value::Struct(_, parts) => {
            parts.iter().any(carries_derivative)
        }
        Value::Closure(_) | Value::Iterator(_) | Value::Optional(_) | Value::Unassigned | Value::Ways(_) => {
            true
        }
        Value::Passive(_) | Value::Unit | Value::Never => false,
    }
}

/// The identifiers in the code that may name variables: not fields, methods, path segments or the
/// names of fields in a struct expression. Names in the braces of format strings are included.
pub(super) fn identifiers(code: TokenStream) -> Vec<Ident> {
    mentions(code).into_iter().each(|mention| mention.ident)
}

/// A place where code names what may be a variable.
struct Mention {
    ident: Ident,
    /// Only to ask how long it is.
    length: bool,
    /// Only to ask how long a field is.
    of_field: bool,
}

/// See [`identifiers`].
fn mentions(code: TokenStream) -> Vec<Mention> {
    let mut found = Vec::new();
    // What parameters of closures hide goes along.
    let mut stack = vec![(code, Vec::<String>::new())];
    while let Some((stream, hidden)) = stack.pop() {
        let tokens: Vec<TokenTree> = stream.into_iter().list();
        let closures = closures(&tokens);
        for (i, token) in tokens.iter().enumerate() {
            let around = || closures.iter().filter(|(place, _)| place.contains(&i));
            let is_hidden = |name: &Ident| {
                let name = name.to_string();
                hidden.contains(&name) || around().any(|(_, params)| params.contains(&name))
            };
            match token {
                TokenTree::Group(group) => {
                    let params = around().flat_map(|(_, params)| params).cloned();
                    stack.push((group.stream(), hidden.iter().cloned().joined(params)));
                }
                TokenTree::Literal(literal) => {
                    let names = inline_captures(literal).into_iter().filter(|name| !is_hidden(name));
                    found.push_all(names.map(|ident| Mention { ident, length: false, of_field: false }));
                }
                TokenTree::Punct(_) => {}
                TokenTree::Ident(ident) => {
                    let punct = |at: Option<usize>, c: char| match at.and_then(|at| tokens.get(at)) {
                        Some(TokenTree::Punct(punct)) => punct.as_char() == c,
                        _ => false,
                    };
                    let before = |n: usize| i.checked_sub(n);
                    let field = punct(before(1), '.') && !punct(before(2), '.');
                    let segment = punct(before(1), ':') && punct(before(2), ':');
                    let labels = punct(Some(i + 1), ':') && !punct(Some(i + 2), ':');
                    let lifetime = punct(before(1), '\'');
                    let joint = |at: Option<usize>| match at.and_then(|at| tokens.get(at)) {
                        Some(TokenTree::Punct(punct)) => punct.spacing() == Spacing::Joint,
                        _ => false,
                    };
                    let path = punct(Some(i + 1), ':') && joint(Some(i + 1)) && punct(Some(i + 2), ':');
                    if !(field || segment || labels || lifetime || path || is_hidden(ident)) {
                        let (length, of_field) = (length(&tokens, i).is_some(), asks_field(&tokens, i));
                        found.push(Mention { ident: ident.clone(), length, of_field });
                    }
                }
            }
        }
    }
    found
}

/// Whether the method asks how long something is.
fn is_length(method: &Ident) -> bool {
    method == "len" || method == "is_empty"
}

/// Whether what stands at a place is `name.field.len()`, or `name.field[…].is_empty()`.
fn asks_field(tokens: &[TokenTree], at: usize) -> bool {
    let mut next = at + 1;
    loop {
        match (tokens.get(next), tokens.get(next + 1), tokens.get(next + 2)) {
            (Some(TokenTree::Punct(dot)), Some(TokenTree::Ident(method)), Some(TokenTree::Group(group)))
                if dot.as_char() == '.' && group.delimiter() == Delimiter::Parenthesis =>
            {
                return next > at + 1 && is_length(method);
            }
            (Some(TokenTree::Punct(dot)), Some(TokenTree::Ident(_)), _) if dot.as_char() == '.' => next += 2,
            (Some(TokenTree::Group(group)), ..) if group.delimiter() == Delimiter::Bracket => next += 1,
            _ => return false,
        }
    }
}

/// Whether what stands at a place is `name[…].len()` or asks whether that is empty: how many indices there
/// are, and where it ends.
fn length(tokens: &[TokenTree], at: usize) -> Option<(usize, usize)> {
    let group = |at: usize, delimiter: Delimiter| match tokens.get(at) {
        Some(TokenTree::Group(group)) => group.delimiter() == delimiter,
        _ => false,
    };
    let indices = (at + 1..).take_while(|&at| group(at, Delimiter::Bracket)).count();
    let dot = at + 1 + indices;
    match (tokens.get(dot), tokens.get(dot + 1)) {
        (Some(TokenTree::Punct(punct)), Some(TokenTree::Ident(method)))
            if punct.as_char() == '.' && is_length(method) =>
        {
            group(dot + 2, Delimiter::Parenthesis).then_some((indices, dot + 3))
        }
        _ => None,
    }
}

/// The names of variables that the code borrows as `&mut`, or calls a method of that stores something.
fn stored_to(code: TokenStream) -> Vec<String> {
    let mut found = Vec::new();
    let mut stack = vec![code];
    while let Some(stream) = stack.pop() {
        let tokens: Vec<TokenTree> = stream.into_iter().list();
        let ident = |at: usize| match tokens.get(at) {
            Some(TokenTree::Ident(ident)) => Some(ident.to_string()),
            _ => None,
        };
        for (i, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Group(group) => stack.push(group.stream()),
                TokenTree::Punct(punct) if punct.as_char() == '&' => {
                    found.extend(ident(i + 2).filter(|_| ident(i + 1).is_some_and(|word| word == "mut")));
                }
                TokenTree::Punct(punct) if punct.as_char() == '.' && i > 0 => {
                    let stores = |name: String| STORES.contains(&&*name) || CHANGES.contains(&&*name);
                    found.extend(ident(i - 1).filter(|_| ident(i + 1).is_some_and(stores)));
                }
                _ => {}
            }
        }
    }
    found
}

/// The names of variables that the code assigns to, or to a part of which, as far as that can be seen.
pub(super) fn assigned(code: TokenStream) -> HashSet<String> {
    let mut found = HashSet::default();
    let mut stack = vec![code];
    while let Some(stream) = stack.pop() {
        let tokens: Vec<TokenTree> = stream.into_iter().list();
        let is = |at: usize, chars: &str| match tokens.get(at) {
            Some(TokenTree::Punct(punct)) => chars.contains(punct.as_char()),
            _ => false,
        };
        for (i, token) in tokens.iter().enumerate() {
            if let TokenTree::Group(group) = token {
                stack.push(group.stream());
            }
            let mut end = i + 1;
            while let Some(token) = tokens.get(end) {
                match token {
                    TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => end += 1,
                    TokenTree::Punct(punct) if punct.as_char() == '.' && !is(end + 1, ".") => end += 2,
                    _ => break,
                }
            }
            let operator = usize::from(is(end, "+-*/%^&|"));
            let assigns = is(end + operator, "=") && !is(end + operator + 1, "=>");
            match token {
                TokenTree::Ident(ident) if assigns => {
                    found.insert(ident.to_string());
                }
                // A pattern of places.
                TokenTree::Group(group) if assigns => found.extend(all_identifiers(group.stream())),
                _ => {}
            }
        }
    }
    found
}

/// The closures with parameters in a list of tokens: where each stands, and the names in its parameters.
fn closures(tokens: &[TokenTree]) -> Vec<(std::ops::Range<usize>, Vec<String>)> {
    let is =
        |at: usize, c: char| matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == c);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        // After an operand it is an operator, or the other alternative of a pattern.
        let begins = match at.checked_sub(1).map(|before| &tokens[before]) {
            None => true,
            Some(TokenTree::Punct(before)) => matches!(before.as_char(), ',' | '=' | '>' | ';' | '&' | '('),
            Some(TokenTree::Ident(before)) => before == "move" || before == "return",
            Some(_) => false,
        };
        let close = (at + 1..tokens.len()).find(|&end| is(end, '|'));
        let Some(close) = close.filter(|_| is(at, '|') && begins) else {
            at += 1;
            continue;
        };
        let params = stream(tokens[at + 1..close].to_vec());
        let typed = is(close + 1, '-') && is(close + 2, '>');
        let ends = |end: &usize| match &tokens[*end] {
            TokenTree::Group(group) => typed && group.delimiter() == Delimiter::Brace,
            _ => !typed && (is(*end, ',') || is(*end, ';')),
        };
        let end = (close + 1..tokens.len()).find(ends).map_or(tokens.len(), |end| end + 1);
        found.push((at..end, all_identifiers(params).into_iter().list()));
        at = close + 1;
    }
    found
}

/// The names in `"{x} {y:.3}"`.
fn inline_captures(literal: &proc_macro2::Literal) -> Vec<Ident> {
    let text = literal.to_string();
    if !text.starts_with(['"', 'r']) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for part in text.split('{').skip(1) {
        let name: String = part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let closed = part[name.len()..].starts_with(['}', ':']);
        if closed && let Ok(mut ident) = syn::parse_str::<Ident>(&name) {
            ident.set_span(literal.span());
            found.push(ident);
        }
    }
    found
}

/// How the formula names passive code.
fn display_name(code: &Expr) -> String {
    match code {
        Expr::Path(path) => {
            let segments: Vec<String> = path.path.segments.iter().each(|segment| segment.ident.to_string());
            match &segments[..] {
                [.., consts, name] if consts == "consts" && name == "PI" => "π".to_owned(),
                [.., consts, name] if consts == "consts" && name == "E" => "e".to_owned(),
                _ => segments.join("::"),
            }
        }
        Expr::Cast(cast) => display_name(&cast.expr),
        _ => readable(&code.source().to_string()),
    }
}

/// The value of a constant of the standard library that is named with its module.
fn standard_constant(code: &Expr) -> Option<f64> {
    let Expr::Path(path) = code else { return None };
    let name = path.path.segments.last()?.ident.to_string();
    let value = || STANDARD.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    is_float_constant(&path.path).then(value).flatten()
}

#[rustfmt::skip]
const STANDARD: &[(&str, f64)] = &[
    ("PI", consts::PI),
    ("TAU", consts::TAU),
    ("E", consts::E),
    ("SQRT_2", consts::SQRT_2),
    ("FRAC_1_SQRT_2", consts::FRAC_1_SQRT_2),
    ("FRAC_2_SQRT_PI", consts::FRAC_2_SQRT_PI),
    ("FRAC_1_PI", consts::FRAC_1_PI),
    ("FRAC_2_PI", consts::FRAC_2_PI),
    ("FRAC_PI_2", consts::FRAC_PI_2),
    ("FRAC_PI_4", consts::FRAC_PI_4),
    ("LN_2", consts::LN_2),
    ("LN_10", consts::LN_10),
];
