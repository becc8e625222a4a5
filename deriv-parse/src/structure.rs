//! Structs of real numbers: those that the body builds, in which each field is known by its name, as the components of a
//! tuple are by their numbers; and those that change, which are places.

use super::block::is_all_passive;
use super::memory::View;
use super::{Bound, Parser, Value};
use crate::graph::{Expr as Node, Ty};
use crate::list::{List, Sort};
use crate::region::{Access, Code, Extent, Fields, Init, Part, Stmt, Tree};
use proc_macro2::Ident;
use quote::{ToTokens, format_ident};
use std::rc::Rc;
use syn::{Expr, ExprStruct, Pat};

/// A field of a struct in memory: where the name of the struct is declared, and the path.
pub(super) type Field = (usize, String);

impl<'a, 'g> Value<'a, 'g> {
    /// A field of a struct, or a component of a tuple.
    pub(super) fn field(&self, name: &str) -> Option<&Self> {
        match self {
            Value::Struct(fields, parts) => parts.get(place_of_field(fields, name)?),
            Value::Tuple(parts) => parts.get(name.parse::<usize>().ok()?),
            _ => None,
        }
    }
}

/// The place of a field among those that a struct is built of.
pub(super) fn place_of_field(fields: &Fields, name: &str) -> Option<usize> {
    fields.paths.iter().position(|path| path.strip_prefix('.') == Some(name))
}

impl<'a, 'g> Parser<'a, 'g> {
    // Structs in memory: those that change.

    /// A struct in memory that begins as this one is.
    pub(super) fn changing(&mut self, name: &Ident, value: &Value<'a, 'g>) -> Value<'a, 'g> {
        match self.as_whole(value) {
            Some(place) => {
                let ty = self.type_code(value);
                let whole = View { fresh: false, ..View::new(place, Extent::of_struct()) };
                let view = self.copied(name, &whole);
                self.place_types.extend(ty.map(|ty| (view.place.id, ty)));
                Value::View(view)
            }
            None => self.unknown(),
        }
    }

    /// A struct in memory that the body builds.
    pub(super) fn placed(&mut self, name: &Ident, value: &Value<'a, 'g>, at: &dyn ToTokens) -> Value<'a, 'g> {
        let Value::Struct(fields, _) = value else { return self.unknown() };
        let view = self.new_struct(name, fields.ty, self.bodies.len());
        self.assign_struct(&view, value, at);
        Value::View(view)
    }

    /// A struct in memory of this type, or of that of what it is assigned first, declared where so many regions are
    /// open.
    pub(super) fn new_struct(&mut self, name: &Ident, ty: Option<Code>, depth: usize) -> View<'g> {
        let (place, extent) = (self.graph.symbol(&name.to_string(), Ty::Aggregate), Extent::of_struct());
        self.extents.insert(place.id, extent.clone());
        let at = self.bodies[depth - 1].len();
        self.bodies[depth - 1].push(Stmt::Alloc { place, extent: extent.clone(), init: Init::Zeros(ty) });
        self.inserted.push((depth - 1, at));
        self.place_types.extend(ty.map(|ty| (place.id, ty)));
        View::new(place, extent)
    }

    /// The type of a struct, if it is written somewhere.
    pub(super) fn type_code(&self, value: &Value<'a, 'g>) -> Option<Code> {
        match value {
            Value::Struct(fields, _) => fields.ty,
            Value::Variable(whole) => match self.struct_tree(*whole)? {
                Tree::Struct(fields, _) => fields.ty,
                _ => None,
            },
            Value::View(view) if view.indices.is_empty() => self.place_types.get(&view.place.id).copied(),
            _ => None,
        }
    }

    /// A struct in memory, or a part of one, which is a number as long as nothing else is known.
    pub(super) fn in_struct(&mut self, expr: &'a Expr) -> Option<View<'g>> {
        self.field_at(expr).map(|(view, _)| view)
    }

    /// Likewise, and which field it is.
    pub(super) fn field_at(&mut self, expr: &'a Expr) -> Option<(View<'g>, Field)> {
        let mut steps = Vec::new();
        let mut place = expr;
        let root = loop {
            place = match place {
                Expr::Paren(paren) => &paren.expr,
                Expr::Group(group) => &group.expr,
                Expr::Field(field) => {
                    steps.push(place);
                    &field.base
                }
                Expr::Index(index) if !matches!(&*index.index, Expr::Range(_)) => {
                    steps.push(place);
                    &index.expr
                }
                Expr::Path(path) => break path.path.get_ident()?,
                _ => return None,
            };
        };
        let binding = self.lookup(root)?;
        let mut view = match &binding.value {
            Bound::Tracked(Value::View(view)) if view.extent.is_struct() => view.clone(),
            _ => return None,
        };
        let mut field = (binding.declaration, String::new());
        for step in steps.into_iter().rev() {
            view = match step {
                Expr::Field(step) => {
                    if !field.1.is_empty() {
                        self.has_fields(field.clone());
                    }
                    let name = step.member.to_token_stream().to_string();
                    field.1 += &format!(".{name}");
                    self.field_of(&view, &name)
                }
                Expr::Index(index) => {
                    let index = self.count(&index.index);
                    field.1 += "[]";
                    self.part_of_struct(&view, index)
                }
                _ => view,
            };
        }
        self.moves.reached.push((view.access(), field.clone()));
        Some((view, field))
    }

    /// A field of a struct in memory.
    pub(super) fn field_of(&mut self, of: &View<'g>, name: &str) -> View<'g> {
        let step = format!(".{name}");
        let known = self.steps.iter().find(|(known, _)| *known == step).map(|(_, leaf)| *leaf);
        let leaf = known.unwrap_or_else(|| {
            let leaf = self.graph.symbol(&step, Ty::Opaque);
            self.steps.push((step, leaf));
            leaf
        });
        self.part_of_struct(of, leaf)
    }

    fn part_of_struct(&self, of: &View<'g>, step: Node<'g>) -> View<'g> {
        let extent = Extent { number: self.signature.primary, dims: Vec::new() };
        let indices = of.indices.iter().copied().joined([step]);
        View { indices, extent, fresh: false, ..of.clone() }
    }

    /// `to = value`, of structs.
    pub(super) fn assign_struct(&mut self, to: &View<'g>, value: &Value<'a, 'g>, at: &dyn ToTokens) {
        let from = match value {
            value if self.is_unknown(value) => return,
            Value::Struct(..) => return self.assign_parts(to, value, at),
            Value::View(view) if view.fresh && view.extent.is_struct() && view.place != to.place => {
                self.push_stmt(Stmt::Swap(to.access(), view.access()));
                return;
            }
            Value::View(view) if view.extent.is_struct() => self.part_of(view),
            Value::Variable(_) => match self.as_whole(value) {
                Some(place) => Part::whole(place, Extent::of_struct()),
                None => return,
            },
            Value::Passive(code) => Part::whole(self.whole_leaf(code), Extent::of_struct()),
            _ => {
                self.fail(at, "a struct is needed here, as a whole");
                return;
            }
        };
        // What there was before goes away.
        let place = self.graph.symbol(&to.place.name(), Ty::Aggregate);
        self.push_stmt(Stmt::Save { place, of: from });
        self.push_stmt(Stmt::Swap(to.access(), Access::whole(place)));
    }

    /// The numbers in a struct, or in a part of one, get values.
    fn assign_parts(&mut self, to: &View<'g>, value: &Value<'a, 'g>, at: &dyn ToTokens) {
        match value {
            Value::Struct(fields, parts) => {
                for (path, part) in fields.paths.iter().zip(parts) {
                    let field = self.field_of(to, path.trim_start_matches('.'));
                    self.assign_parts(&field, part, at);
                }
            }
            Value::Array(parts) => {
                for (i, part) in parts.iter().enumerate() {
                    let element = self.part_of_struct(to, self.graph.constant(i as f64));
                    self.assign_parts(&element, part, at);
                }
            }
            Value::View(view) if view.extent.is_struct() => self.assign_struct(to, value, at),
            Value::Variable(_) => self.assign_struct(to, value, at),
            Value::Passive(code) if !self.is_known_real(code) => self.assign_struct(to, value, at),
            value => {
                let value = self.real(value.clone(), at);
                self.push_stmt(Stmt::Store { to: to.access(), value, add: false });
            }
        }
    }

    /// `Name { field: value, … }`
    pub(super) fn structure(&mut self, expr: &'a Expr, literal: &'a ExprStruct) -> Value<'a, 'g> {
        let part = |field: &'a syn::FieldValue| {
            let value = self.moved(&field.expr);
            self.settled(value)
        };
        let parts = literal.fields.iter().each(part);
        let rest = literal.rest.as_deref().map(|rest| {
            let rest = self.expr(rest);
            self.settled(rest)
        });
        if parts.iter().chain(&rest).all(is_all_passive) && !self.mentions(expr) {
            return Value::Passive(expr);
        }
        let built = self.of_fields(literal, parts);
        match rest {
            Some(rest) if self.is_unknown(&rest) => rest,
            Some(rest) => self.completed(literal, built, rest),
            None => built,
        }
    }

    /// A struct of these fields, and for what is left of those of another one.
    fn completed(&mut self, at: &'a ExprStruct, built: Value<'a, 'g>, rest: Value<'a, 'g>) -> Value<'a, 'g> {
        if let (Value::Struct(own, parts), Value::Struct(fields, others)) = (&built, &rest) {
            let part = |(path, other): (&String, &Value<'a, 'g>)| {
                let found = own.paths.iter().position(|own| own == path);
                found.map_or_else(|| other.clone(), |found| parts[found].clone())
            };
            let parts = fields.paths.iter().zip(others).each(part);
            return Value::Struct(
                Rc::new(Fields { ty: own.ty, paths: fields.paths.clone(), ..**fields }),
                parts,
            );
        }
        let rest = match rest {
            Value::Passive(code) => Some(self.whole_leaf(code)),
            Value::View(view) if view.extent.is_struct() && view.indices.is_empty() => Some(view.place),
            Value::Node(_) if self.learn_struct(&rest) => return self.unknown(),
            rest => self.as_whole(&rest),
        };
        let Some(place) = rest else { return self.unknown() };
        let whole = View { fresh: false, ..View::new(place, Extent::of_struct()) };
        let name = format_ident!("whole", span = proc_macro2::Span::mixed_site());
        let view = self.copied(&name, &whole);
        self.assign_struct(&view, &built, &at.path);
        Value::View(View { fresh: true, ..view })
    }

    /// A struct of the values that a literal has for its fields, which come in any order.
    pub(super) fn of_fields(&mut self, literal: &ExprStruct, parts: Vec<Value<'a, 'g>>) -> Value<'a, 'g> {
        let paths = literal.fields.iter().map(|field| format!(".{}", field.member.to_token_stream()));
        let mut fields = paths.zip(parts).list();
        fields.order_by(|(a, _), (b, _)| a.cmp(b));
        let (paths, parts): (Vec<String>, Vec<Value<'a, 'g>>) = fields.into_iter().unzip();
        self.built(&literal.path, paths, parts)
    }

    /// A struct without active values that is a part of one with such, as it is written.
    fn opened(&mut self, value: Value<'a, 'g>) -> Value<'a, 'g> {
        match value {
            Value::Passive(Expr::Paren(paren)) => self.opened(Value::Passive(&paren.expr)),
            Value::Passive(Expr::Struct(literal)) if literal.rest.is_none() => {
                self.of_fields(literal, literal.fields.iter().each(|field| Value::Passive(&field.expr)))
            }
            Value::Passive(code @ Expr::Call(call)) => match tuple_struct(call) {
                Some(path) => {
                    let paths = (0..call.args.len()).each(|i| format!(".{i}"));
                    self.built(path, paths, call.args.iter().each(Value::Passive))
                }
                None => Value::Passive(code),
            },
            Value::Passive(Expr::Array(array))
                if matches!(array.elems.first(), Some(Expr::Struct(_)))
                    || matches!(array.elems.first(), Some(Expr::Call(call)) if tuple_struct(call).is_some()) =>
            {
                Value::Array(array.elems.iter().each(|part| self.opened(Value::Passive(part))))
            }
            Value::Array(parts) => Value::Array(parts.into_iter().each(|part| self.opened(part))),
            value => value,
        }
    }

    /// A struct that the body builds.
    pub(super) fn built(
        &mut self,
        ty: &syn::Path,
        paths: Vec<String>,
        parts: Vec<Value<'a, 'g>>,
    ) -> Value<'a, 'g> {
        self.struct_type(&ty.to_token_stream().to_string(), true);
        let ty = Some(self.snippets.add_once(ty.to_token_stream()));
        let parts = parts.into_iter().each(|part| self.opened(part));
        Value::Struct(Rc::new(Fields { ty, number: Ty::Any, paths, all: true }), parts)
    }
}

/// Whether what is called is a tuple struct, by its name.
pub(super) fn is_tuple_struct(function: &syn::Path) -> bool {
    function.get_ident().is_some_and(|name| {
        let is_variant = ["Some", "Ok", "Err"].iter().any(|known| name == known);
        name.to_string().starts_with(char::is_uppercase) && !is_variant
    })
}

/// The tuple struct that a call of its name makes.
fn tuple_struct(call: &syn::ExprCall) -> Option<&syn::Path> {
    match &*call.func {
        Expr::Path(path) if is_tuple_struct(&path.path) => Some(&path.path),
        _ => None,
    }
}

/// The patterns in that of a struct, each with what it is matched with.
pub(super) fn fields<'a, 'g>(
    pattern: &'a Pat,
    of: &Fields,
    parts: &[Value<'a, 'g>],
) -> Vec<(&'a Pat, Value<'a, 'g>)> {
    let named = match pattern {
        Pat::Struct(pattern) => {
            pattern.fields.iter().each(|field| (field.member.to_token_stream().to_string(), &*field.pat))
        }
        Pat::TupleStruct(pattern) => {
            let rest = pattern.elems.iter().position(|pattern| matches!(pattern, Pat::Rest(_)));
            let skipped = (parts.len() + 1).saturating_sub(pattern.elems.len());
            let number = |i: usize| match rest {
                Some(rest) if i > rest => i + skipped - 1,
                _ => i,
            };
            let patterns = pattern.elems.iter().enumerate();
            patterns.filter(|(i, _)| rest != Some(*i)).each(|(i, pattern)| (number(i).to_string(), pattern))
        }
        _ => Vec::new(),
    };
    let part = |name: &str| place_of_field(of, name).map(|place| parts[place].clone());
    named.into_iter().each_some(|(name, pattern)| Some((pattern, part(&name)?)))
}
