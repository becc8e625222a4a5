//! `let` patterns, and what they bind.

use super::source::Source;
use super::{Binding, Bound, Known, Parser, Value, View, key};
use crate::graph::Ty;
use crate::list::{List, PushAll};
use crate::region::{Capture, Passive, Stmt, Tree};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{Expr, Lit, Pat, Type};

/// A passive part of a pattern, to be bound by the emitted code.
struct PassivePart<'a> {
    pattern: &'a Pat,
    annotation: Option<&'a Type>,
    code: &'a Expr,
}

impl<'a, 'g> Parser<'a, 'g> {
    /// `let pattern = value;`
    pub(super) fn bind(&mut self, pattern: &'a Pat, value: Value<'a, 'g>) {
        self.bind_as(pattern, None, value);
    }

    /// `let pattern: ty = value;`
    pub(super) fn bind_as(&mut self, pattern: &'a Pat, ty: Option<&'a Type>, value: Value<'a, 'g>) {
        let mut passive = Vec::new();
        match ty {
            Some(ty) => self.bind_typed(pattern, ty, value, &mut passive),
            None => self.bind_part(pattern, None, value, &mut passive),
        }
        // One statement for all passive parts, so that none sees a name that another one binds.
        let code: TokenStream = match &passive[..] {
            [] => return,
            [PassivePart { pattern, annotation: None, code }] => {
                let code = code.source();
                quote!(let #pattern = #code;)
            }
            [PassivePart { pattern, annotation: Some(ty), code }] => {
                let code = code.source();
                quote!(let #pattern: #ty = #code;)
            }
            parts => {
                let patterns = parts.iter().map(|part| part.pattern);
                let types = parts.iter().map(|part| part.annotation.map_or(quote!(_), Type::to_token_stream));
                let codes = parts.iter().map(|part| part.code.source());
                quote!(let (#(#patterns),*): (#(#types),*) = (#(#codes),*);)
            }
        };
        let pure = passive
            .iter()
            .all(|part| is_plain(part.pattern) && self.is_pure(part.code) && !self.may_move(part.code));
        let copy = self.passive_code(code);
        let again = pure && self.are_again(&copy.captures);
        self.push_stmt(Stmt::Copy { code: copy, again });
        for part in passive {
            let known = match part.annotation.map(|ty| (self.real_type(ty), ty)) {
                Some((Some(ty), _)) => match self.known(part.code) {
                    Known::Literal(value) => Known::Literal(value),
                    _ => Known::Real(ty),
                },
                Some((None, ty)) if super::expr::is_not_real(ty) || self.names_struct(ty) => {
                    self.known_type(ty)
                }
                _ => self.known(part.code),
            };
            let through_reference = part.code.source().to_string().contains("mut");
            self.declare_pattern(part.pattern, known, through_reference);
            self.note_variable(part.pattern, part.code);
            if let Pat::Ident(ident) = part.pattern {
                self.note_length(&ident.ident, part.code);
                self.note_sequence(&ident.ident, part.annotation, part.code);
                if ident.mutability.is_none()
                    && ident.by_ref.is_none()
                    && let Some(number) = self.whole_number(part.code)
                {
                    self.wholes.insert(key(&ident.ident), number);
                }
            }
            if again {
                self.declare_again(part.pattern);
            }
        }
    }

    /// The same for a part of which the type is written.
    fn bind_typed(
        &mut self,
        pattern: &'a Pat,
        ty: &'a Type,
        value: Value<'a, 'g>,
        passive: &mut Vec<PassivePart<'a>>,
    ) {
        self.note_struct(&value, ty);
        match (pattern, self.as_typed(value, ty), ty) {
            (Pat::Tuple(pattern), Value::Tuple(parts), Type::Tuple(ty))
                if parts.len() == pattern.elems.len() && !pattern.elems.iter().any(is_rest) =>
            {
                for ((pattern, part), ty) in pattern.elems.iter().zip(parts).zip(&ty.elems) {
                    self.bind_typed(pattern, ty, part, passive);
                }
            }
            (pattern, value, ty) => {
                let value = if let Value::Passive(_) = value { value } else { self.ascribed(value, ty) };
                self.bind_part(pattern, Some(ty), value, passive);
            }
        }
    }

    /// The value, of which what is no number is told to be of the type that is written for it: `k` of
    /// `let k: u8 = if x > 1.0 { 3 } else { 2 };` is computed apart from it.
    pub(super) fn ascribed(&mut self, value: Value<'a, 'g>, ty: &Type) -> Value<'a, 'g> {
        match (value, ty) {
            (value, Type::Paren(inner)) => self.ascribed(value, &inner.elem),
            (value, Type::Group(inner)) => self.ascribed(value, &inner.elem),
            (Value::Tuple(parts), Type::Tuple(types)) if parts.len() == types.elems.len() => {
                let parts = parts.into_iter().zip(&types.elems);
                Value::Tuple(parts.map(|(part, ty)| self.ascribed(part, ty)).list())
            }
            (Value::Array(parts), Type::Array(array)) => {
                Value::Array(parts.into_iter().each(|part| self.ascribed(part, &array.elem)))
            }
            (Value::Passive(code @ Expr::Lit(syn::ExprLit { lit: Lit::Int(_), .. })), ty)
                if super::expr::is_not_real(ty) =>
            {
                let leaf = self.leaf(code);
                self.ascribed(Value::Node(leaf), ty)
            }
            // What a function returns may be a whole number, too.
            (Value::Node(node), ty)
                if (super::expr::is_whole(ty) && node.ty() != Ty::Bool)
                    || (node.ty() == Ty::Opaque && !matches!(ty, Type::Infer(_))) =>
            {
                let name = quote::format_ident!("value_{}", node.id);
                self.snippets.bound.insert(name.to_string());
                let code = self.snippets.add(quote!(::core::convert::identity::<#ty>(#name)));
                let capture =
                    Capture { name: self.snippets.add(&name), value: Tree::Leaf(node), made_up: true };
                let value = Passive { code, captures: vec![capture] };
                let leaf = self.graph.symbol("value", Ty::Opaque);
                let again = self.are_again(&value.captures);
                if again {
                    self.again_leaves.insert(leaf.id);
                }
                self.push_stmt(Stmt::Bind { leaf, value, stable: false, kept: false, again, walk: None });
                Value::Node(leaf)
            }
            (value, _) => value,
        }
    }

    fn bind_part(
        &mut self,
        pattern: &'a Pat,
        annotation: Option<&'a Type>,
        value: Value<'a, 'g>,
        passive: &mut Vec<PassivePart<'a>>,
    ) {
        let at = std::ptr::from_ref(pattern).addr();
        if matches!(value, Value::Passive(_)) && self.bound_by_loops.contains(&at) {
            return;
        }
        match (pattern, value) {
            (Pat::Type(typed), value) => self.bind_typed(&typed.pat, &typed.ty, value, passive),
            (Pat::Paren(paren), value) => self.bind_part(&paren.pat, annotation, value, passive),
            (pattern, value)
                if self.is_unknown(&value) || annotation.is_some_and(|ty| self.learn_type(&value, ty)) =>
            {
                self.declare_unknown(pattern)
            }
            (
                Pat::Ident(ident),
                Value::Node(_)
                | Value::Tuple(_)
                | Value::Array(_)
                | Value::Struct(..)
                | Value::Variable(_)
                | Value::View(_),
            ) if ident.by_ref.is_some() && ident.mutability.is_some() => {
                self.fail(ident, super::expr::MUTABLE_REFERENCE);
                self.declare_unknown(pattern);
            }
            (Pat::Ident(ident), value)
                if ident.subpat.as_ref().is_none_or(|(_, sub)| matches!(**sub, Pat::Rest(_))) =>
            {
                let declaration = key(&ident.ident);
                let promoted = self.promoted.contains(&declaration);
                let memory = self.in_memory.contains(&declaration);
                let value = match value {
                    Value::Passive(code @ syn::Expr::Struct(_)) if promoted && memory => {
                        let value = self.tracked_value(code);
                        self.placed(&ident.ident, &value, code)
                    }
                    value @ Value::Struct(..) if memory => self.placed(&ident.ident, &value, pattern),
                    Value::Passive(code)
                        if promoted
                            && (memory
                                || self.is_memory(code)
                                || self.is_known_by_type(code, annotation)) =>
                    {
                        self.allocate(&ident.ident, annotation, Value::Passive(code))
                    }
                    Value::Array(parts) if memory => {
                        self.allocate(&ident.ident, annotation, Value::Array(parts))
                    }
                    value @ Value::Variable(_) if memory => self.changing(&ident.ident, &value),
                    Value::Iterator(chain) if !chain.is_pure() => self.refuse(
                        &ident.ident,
                        "an iterator over active values and what may change is to be used where it is made: write one expression",
                    ),
                    Value::View(view)
                        if (view.owned && !view.fresh && (view.mutable || ident.mutability.is_some()))
                            || (view.fresh && !view.grows && self.grown.contains(&ident.ident.to_string())) =>
                    {
                        Value::View(self.copied(&ident.ident, &view))
                    }
                    Value::Passive(code) if promoted => self.tracked_value(code),
                    Value::Passive(code) => {
                        passive.push(PassivePart { pattern, annotation, code });
                        return;
                    }
                    value @ Value::View(_) => value,
                    value => {
                        let mutable = ident.mutability.is_some();
                        let value = if mutable { self.tracked_parts(value) } else { self.force(value) };
                        self.kept(value, mutable)
                    }
                };
                self.name(&value, &ident.ident);
                let mutable = ident.mutability.is_some();
                let value = match value {
                    Value::View(view) if view.owned => {
                        if view.fresh {
                            self.snippets.names.insert(view.place.id, ident.ident.to_string());
                        }
                        Value::View(View { mutable, fresh: false, ..view })
                    }
                    value => value,
                };
                self.declare(
                    &ident.ident,
                    Binding { declaration: key(&ident.ident), mutable, value: Bound::Tracked(value) },
                );
            }
            (Pat::Wild(_), Value::Passive(code)) => {
                if self.has_effects(code) {
                    passive.push(PassivePart { pattern, annotation, code });
                }
            }
            (Pat::Wild(_), _) => {}
            (Pat::Reference(reference), value) if !matches!(value, Value::Passive(_)) => {
                self.bind_part(&reference.pat, None, value, passive);
            }
            (Pat::Tuple(tuple), Value::Passive(Expr::Tuple(values)))
                if tuple.elems.len() == values.elems.len()
                    && !tuple.elems.iter().any(|pattern| matches!(pattern, Pat::Rest(_))) =>
            {
                for (pattern, value) in tuple.elems.iter().zip(&values.elems) {
                    self.bind_part(pattern, None, Value::Passive(value), passive);
                }
            }
            (_, Value::Passive(code)) => {
                let mut names = Vec::new();
                pattern_names(pattern, &mut names);
                match names.iter().find(|(name, _)| self.promoted.contains(&key(name))) {
                    Some((name, _)) => {
                        self.fail(
                            name,
                            format!(
                                "`{name}` is assigned an active value later on: declare it by a `let` of its own"
                            ),
                        );
                        self.declare_unknown(pattern);
                    }
                    None => passive.push(PassivePart { pattern, annotation, code }),
                }
            }
            (Pat::Tuple(tuple), Value::Tuple(parts)) => {
                self.bind_sequence(pattern, &tuple.elems, parts, passive)
            }
            (Pat::Slice(slice), Value::Array(parts)) => {
                self.bind_sequence(pattern, &slice.elems, parts, passive)
            }
            (Pat::Slice(slice), Value::View(view)) if !view.is_number() => {
                for (pattern, part) in self.slice_parts(&slice.elems, &view) {
                    self.bind_part(pattern, None, part, passive);
                }
            }
            (Pat::Struct(_) | Pat::TupleStruct(_), Value::Struct(names, parts)) => {
                for (pattern, part) in super::structure::fields(pattern, &names, &parts) {
                    self.bind_part(pattern, None, part, passive);
                }
            }
            (Pat::Struct(_) | Pat::TupleStruct(_), Value::View(view)) if view.extent.is_struct() => {
                for (pattern, part) in self.fields_in(pattern, &view) {
                    self.bind_part(pattern, None, part, passive);
                }
            }
            (Pat::Struct(_) | Pat::TupleStruct(_) | Pat::Slice(_), value)
                if self.is_struct_variable(&value) =>
            {
                for (pattern, part) in self.parts_in(pattern, &value) {
                    self.bind_part(pattern, None, part, passive);
                }
            }
            (_, Value::Never) => self.declare_pattern(pattern, Known::Unknown, false),
            (Pat::Struct(_) | Pat::TupleStruct(_), value) if self.learn_struct(&value) => {
                self.declare_unknown(pattern);
            }
            (Pat::Tuple(tuple), value)
                if !tuple.elems.iter().any(is_rest) && self.learn_parts(&value, tuple.elems.len(), false) =>
            {
                self.declare_unknown(pattern);
            }
            (Pat::Slice(slice), value)
                if match slice.elems.iter().any(is_rest) {
                    true => self.learn_array(&value),
                    false => self.learn_parts(&value, slice.elems.len(), true),
                } =>
            {
                self.declare_unknown(pattern);
            }
            (pattern, _) => {
                self.fail(
                    pattern,
                    "this pattern is not supported on active values: use names, tuples and arrays",
                );
                self.declare_unknown(pattern);
            }
        }
    }

    fn bind_sequence(
        &mut self,
        whole: &'a Pat,
        patterns: &'a syn::punctuated::Punctuated<Pat, syn::Token![,]>,
        parts: Vec<Value<'a, 'g>>,
        passive: &mut Vec<PassivePart<'a>>,
    ) {
        let count = parts.len();
        match sequence(patterns, parts) {
            Some(pairs) => {
                for (pattern, part) in pairs {
                    self.bind_part(pattern, None, part, passive);
                }
            }
            None => {
                self.fail(
                    whole,
                    format!("this pattern does not fit a value of {count} parts: name them all"),
                );
                self.declare_unknown(whole);
            }
        }
    }

    /// The parts of memory that the patterns in a slice pattern name.
    fn slice_parts(
        &mut self,
        patterns: &'a syn::punctuated::Punctuated<Pat, syn::Token![,]>,
        view: &View<'g>,
    ) -> Vec<(&'a Pat, Value<'a, 'g>)> {
        let first = patterns.iter().take_while(|pattern| !is_rest(pattern)).count();
        let last = patterns.len().saturating_sub(first + 1);
        let parts = self.ends(view, first, last);
        let single = patterns.iter().filter(|pattern| !is_rest(pattern));
        let mut found = single.zip(parts).list();
        if let Some(rest @ Pat::Ident(_)) = patterns.iter().find(|pattern| is_rest(pattern)) {
            let length = self.length(view);
            let [from, back] = [first, last].map(|count| self.graph.constant(count as f64));
            let to = self.difference(length, back);
            found.push((rest, Value::View(View { owned: view.owned, ..self.part(view, from, to) })));
        }
        found
    }

    /// A passive first value of a variable that becomes active: as nodes.
    pub(super) fn tracked_value(&mut self, code: &'a Expr) -> Value<'a, 'g> {
        if let Expr::Repeat(repeat) = code
            && let Expr::Lit(syn::ExprLit { lit: Lit::Int(len), .. }) = &*repeat.len
            && let Ok(len) = len.base10_parse::<usize>()
            && len <= 4096
        {
            let part = self.tracked_value(&repeat.expr);
            return Value::Array(vec![part; len]);
        }
        match code {
            Expr::Array(array) => {
                return Value::Array(array.elems.iter().each(|part| self.tracked_value(part)));
            }
            Expr::Tuple(tuple) if !tuple.elems.is_empty() => {
                return Value::Tuple(tuple.elems.iter().each(|part| self.tracked_value(part)));
            }
            Expr::Struct(literal) if literal.rest.is_none() => {
                let parts = literal.fields.iter().each(|field| self.tracked_value(&field.expr));
                return self.of_fields(literal, parts);
            }
            _ => {}
        }
        let whole = !matches!(code, Expr::Reference(_) | Expr::Closure(_))
            && matches!(self.known(code), Known::NotReal | Known::Size);
        // What stands beside active values, as the index of the best of them.
        let node = if whole { self.leaf(code) } else { self.real(Value::Passive(code), code) };
        Value::Node(node)
    }

    /// The value with its passive parts evaluated here, which may be assigned something else later.
    fn tracked_parts(&mut self, value: Value<'a, 'g>) -> Value<'a, 'g> {
        match value {
            Value::Passive(code) => self.tracked_value(code),
            Value::Tuple(parts) => Value::Tuple(parts.into_iter().each(|part| self.tracked_parts(part))),
            Value::Struct(names, parts) => {
                Value::Struct(names, parts.into_iter().each(|part| self.tracked_parts(part)))
            }
            value => self.force(value),
        }
    }

    /// The value with its passive parts evaluated here, but for literals.
    pub(super) fn force(&mut self, value: Value<'a, 'g>) -> Value<'a, 'g> {
        match value {
            Value::Passive(code) if self.is_known_real(code) => {
                Value::Node(self.real(Value::Passive(code), code))
            }
            Value::Passive(Expr::Lit(_)) => value,
            Value::Passive(code) => Value::Node(self.leaf(code)),
            Value::Tuple(parts) => Value::Tuple(parts.into_iter().each(|part| self.force(part))),
            Value::Array(parts) => Value::Array(parts.into_iter().each(|part| self.force(part))),
            Value::Struct(names, parts) => {
                Value::Struct(names, parts.into_iter().each(|part| self.force(part)))
            }
            value => value,
        }
    }

    /// Remembers the user's name for a computed value.
    pub(super) fn name(&mut self, value: &Value<'a, 'g>, name: &Ident) {
        if let Value::Node(node) = value
            && node.as_constant().is_none()
        {
            self.snippets.names.entry(node.id).or_insert_with(|| name.to_string());
        }
    }

    /// Declares what a pattern binds whose value could not be understood.
    fn declare_unknown(&mut self, pattern: &'a Pat) {
        let mut names = Vec::new();
        pattern_names(pattern, &mut names);
        for (name, mutable) in names {
            let value = Bound::Tracked(self.unknown());
            self.declare(name, Binding { declaration: key(name), mutable, value });
        }
    }

    /// Declares what a pattern in copied code binds.
    pub(super) fn declare_passive(&mut self, pattern: &'a Pat, known: Known) {
        self.declare_pattern(pattern, known, false);
    }

    fn declare_pattern(&mut self, pattern: &'a Pat, known: Known, through_reference: bool) {
        let mut names = Vec::new();
        pattern_names(pattern, &mut names);
        let known = match (pattern, known) {
            (Pat::Ident(_), known) => known,
            (Pat::Reference(pattern), Known::Struct { ty, .. }) if matches!(*pattern.pat, Pat::Ident(_)) => {
                Known::Struct { ty, reference: false }
            }
            _ => Known::Unknown,
        };
        for (name, mutable) in names {
            let mutable = mutable || through_reference;
            self.declare(name, Binding { declaration: key(name), mutable, value: Bound::Passive(known) });
        }
    }

    /// Whether binding the value may take it away from where it is.
    pub(super) fn may_move(&self, code: &Expr) -> bool {
        match code {
            Expr::Paren(paren) => self.may_move(&paren.expr),
            Expr::Group(group) => self.may_move(&group.expr),
            Expr::Path(_) | Expr::Field(_) | Expr::Index(_) => {
                !matches!(self.known(code), Known::Size | Known::Real(_) | Known::Literal(_))
            }
            _ => false,
        }
    }

    /// Notes that what a pattern binds is the same when it is bound again.
    pub(super) fn declare_again(&mut self, pattern: &'a Pat) {
        let mut names = Vec::new();
        pattern_names(pattern, &mut names);
        self.again.extend(names.iter().filter(|(_, mutable)| !mutable).map(|(name, _)| key(name)));
    }

    /// Declares what the pattern of a `match` on an active value binds: the parts of that value.
    pub(super) fn declare_matched(&mut self, pattern: &'a Pat, value: &Value<'a, 'g>) {
        match (pattern, value) {
            (pattern, value) if self.is_unknown(value) => self.declare_unknown(pattern),
            (Pat::Ident(ident), _) if ident.by_ref.is_some() && ident.mutability.is_some() => {
                self.fail(ident, super::expr::MUTABLE_REFERENCE);
                self.declare_unknown(pattern);
            }
            (Pat::Ident(ident), value) if !is_constant_name(&ident.ident) => {
                self.snippets.bound.insert(ident.ident.to_string());
                let value = Bound::Tracked(value.clone());
                self.declare(
                    &ident.ident,
                    Binding { declaration: key(&ident.ident), mutable: ident.mutability.is_some(), value },
                );
                if let (Some((_, inner)), Some(Bound::Tracked(value))) =
                    (&ident.subpat, self.lookup(&ident.ident).map(|binding| binding.value.clone()))
                {
                    self.declare_matched(inner, &value);
                }
            }
            (Pat::Tuple(tuple), Value::Tuple(parts)) if tuple.elems.len() == parts.len() => {
                for (pattern, part) in tuple.elems.iter().zip(parts) {
                    self.declare_matched(pattern, part);
                }
            }
            (Pat::Struct(_) | Pat::TupleStruct(_), Value::Struct(names, parts)) => {
                for (pattern, part) in super::structure::fields(pattern, names, parts) {
                    self.declare_matched(pattern, &part);
                }
            }
            (Pat::TupleStruct(some), Value::Some(value))
                if some.path.is_ident("Some") && some.elems.len() == 1 =>
            {
                self.declare_matched(&some.elems[0], value);
            }
            (Pat::TupleStruct(some), Value::Optional(optional)) if some.elems.len() == 1 => {
                let value = self.loaded(optional.1.clone());
                self.declare_matched(&some.elems[0], &value);
            }
            (Pat::Slice(slice), Value::View(view)) if !view.is_number() => {
                for (pattern, part) in self.slice_parts(&slice.elems, view) {
                    self.declare_matched(pattern, &part);
                }
            }
            (Pat::Slice(slice), Value::Array(parts)) if sequence(&slice.elems, parts.clone()).is_some() => {
                for (pattern, part) in sequence(&slice.elems, parts.clone()).into_iter().flatten() {
                    self.declare_matched(pattern, &part);
                }
            }
            (Pat::Paren(paren), value) => self.declare_matched(&paren.pat, value),
            (Pat::Reference(reference), value) => self.declare_matched(&reference.pat, value),
            (Pat::Or(or), value) => {
                if let Some(first) = or.cases.first() {
                    self.declare_matched(first, value);
                }
            }
            (pattern, Value::Passive(_)) => self.declare_pattern(pattern, Known::Unknown, false),
            // Code that only looks at active values: no part of what it yields is one.
            (pattern, Value::Node(node)) if node.ty() == Ty::Opaque => {
                self.declare_pattern(pattern, Known::Unknown, false);
            }
            (pattern, _) => {
                let mut names = Vec::new();
                pattern_names(pattern, &mut names);
                if let Some((name, _)) = names.first() {
                    self.fail(
                        name,
                        format!("it cannot be told what part of an active value `{name}` is: match tuples, or use `if`"),
                    );
                }
                self.declare_unknown(pattern);
            }
        }
    }
}

/// Whether the pattern stands for what the others leave, `..` or `name @ ..`.
pub(super) fn is_rest(pattern: &Pat) -> bool {
    match pattern {
        Pat::Rest(_) => true,
        Pat::Ident(ident) => ident.subpat.as_ref().is_some_and(|(_, sub)| matches!(**sub, Pat::Rest(_))),
        _ => false,
    }
}

/// Patterns with the parts that they stand for, if they fit.
fn sequence<'a, 'g>(
    patterns: &'a syn::punctuated::Punctuated<Pat, syn::Token![,]>,
    mut parts: Vec<Value<'a, 'g>>,
) -> Option<Vec<(&'a Pat, Value<'a, 'g>)>> {
    let single = patterns.iter().filter(|pattern| !is_rest(pattern)).count();
    let skipped = parts.len().checked_sub(single)?;
    let mut pairs = Vec::new();
    match patterns.iter().position(is_rest) {
        Some(at) => {
            let rest = parts.drain(at..at + skipped).list();
            if let Pat::Ident(_) = patterns[at] {
                pairs.push((&patterns[at], Value::Array(rest)));
            }
        }
        None if skipped > 0 => return None,
        None => {}
    }
    pairs.push_all(patterns.iter().filter(|pattern| !is_rest(pattern)).zip(parts));
    Some(pairs)
}

/// Whether the pattern only binds names that cannot change.
pub(super) fn is_plain(pattern: &Pat) -> bool {
    match pattern {
        Pat::Ident(ident) => ident.mutability.is_none() && ident.subpat.is_none(),
        Pat::Paren(paren) => is_plain(&paren.pat),
        Pat::Reference(reference) => reference.mutability.is_none() && is_plain(&reference.pat),
        Pat::Tuple(tuple) => tuple.elems.iter().all(is_plain),
        Pat::Type(typed) => is_plain(&typed.pat),
        Pat::Wild(_) => true,
        _ => false,
    }
}

/// An identifier in a pattern that by Rust's naming rules is a constant or a variant.
fn is_constant_name(name: &Ident) -> bool {
    name.to_string().chars().next().is_some_and(char::is_uppercase)
}

/// The names that a pattern binds, and whether they are `mut`.
pub(super) fn pattern_names<'a>(pattern: &'a Pat, names: &mut Vec<(&'a Ident, bool)>) {
    match pattern {
        Pat::Ident(ident) => {
            if !is_constant_name(&ident.ident) {
                names.push((&ident.ident, ident.mutability.is_some()));
            }
            if let Some((_, inner)) = &ident.subpat {
                pattern_names(inner, names);
            }
        }
        Pat::Or(or) => or.cases.iter().take(1).for_each(|case| pattern_names(case, names)),
        Pat::Paren(paren) => pattern_names(&paren.pat, names),
        Pat::Reference(reference) => pattern_names(&reference.pat, names),
        Pat::Slice(slice) => slice.elems.iter().for_each(|pattern| pattern_names(pattern, names)),
        Pat::Struct(pattern) => pattern.fields.iter().for_each(|field| pattern_names(&field.pat, names)),
        Pat::Tuple(tuple) => tuple.elems.iter().for_each(|pattern| pattern_names(pattern, names)),
        Pat::TupleStruct(tuple) => tuple.elems.iter().for_each(|pattern| pattern_names(pattern, names)),
        Pat::Type(typed) => pattern_names(&typed.pat, names),
        _ => {}
    }
}
