//! Structs of real numbers. In those that the body builds, each field is known by its name, as the components
//! of a tuple are by their numbers. Of those that are variables, only the type's name is known, so their fields
//! are what the body uses: each part that it mentions is a leaf, and those of which no further part is
//! mentioned are the numbers. A part that is seen for the first time makes the parser begin again, so that in
//! the end all are known where the struct is declared.

use super::block::is_all_passive;
use super::pattern::is_rest;
use super::source::Source;
use super::{Parser, Value, key};
use crate::graph::{Expr as Node, Ty};
use crate::list::{List, Sort};
use crate::region::{Fields, Tree};
use deriv_syntax::signature::{Length, bare, length};
use proc_macro2::Ident;
use quote::ToTokens;
use std::rc::Rc;
use syn::punctuated::Punctuated;
use syn::{Expr, ExprStruct, Pat};

/// Arrays in structs that are variables are known number by number.
const MAX_ELEMENTS: usize = 256;

pub(super) const CONVERSION: &str = "the numbers in a struct that is a variable have the type of the function's result, so they \
                                     are not converted: remove the conversion";
pub(super) const WHOLE_ARRAY: &str = "an array in a struct that is a variable is known by its elements: bind it with its type \
                                      first, as in `let axis: [f64; 3] = p.axis;`";
pub(super) const NO_ARRAY: &str = "a variable whose type is a name is taken for a struct of numbers, which has no elements: if the \
                                   name stands for an array, write the type out, as `[f64; 3]`";

impl<'a, 'g> Value<'a, 'g> {
    /// A field of a struct, or a component of a tuple.
    pub(super) fn field(&self, name: &str) -> Option<&Self> {
        match self {
            Value::Struct(names, parts) => parts.get(names.iter().position(|known| known == name)?),
            Value::Tuple(parts) => parts.get(name.parse::<usize>().ok()?),
            _ => None,
        }
    }
}

/// A struct that is a variable.
pub(super) struct Parts<'g> {
    declaration: usize,
    /// Stands for all of it.
    whole: Node<'g>,
    /// What is mentioned of it, by the path, in the order of paths.
    parts: Vec<(String, Node<'g>)>,
    numbers: Tree<Node<'g>>,
}

impl<'a, 'g> Parser<'a, 'g> {
    /// A parameter that is a struct, with the parts that are known to be used.
    pub(super) fn declare_struct(&mut self, name: &Ident) -> Value<'a, 'g> {
        let declaration = key(name);
        let mut paths = self
            .known_fields
            .iter()
            .filter(|(known, _)| *known == declaration)
            .each(|(_, path)| path.clone());
        paths.order_by(|a, b| a.cmp(b));
        let number = self.signature.primary;
        let parts = paths
            .into_iter()
            .each(|path| (path.clone(), self.graph.symbol(&format!("{name}{path}"), number)));
        let (paths, leaves): (Vec<String>, Vec<Tree<Node<'g>>>) = parts
            .iter()
            .filter(|(path, _)| is_number(&parts, path))
            .map(|(path, leaf)| (path.clone(), Tree::Leaf(*leaf)))
            .unzip();
        let ty = self.type_of(name).map(|ty| match bare(ty) {
            syn::Type::Reference(reference) => reference.elem.to_token_stream(),
            ty => ty.to_token_stream(),
        });
        let ty = self.snippets.add_once(ty.unwrap_or_default());
        let numbers = Tree::Struct(Rc::new(Fields { ty, number, paths }), leaves);
        let whole = self.graph.symbol(&name.to_string(), Ty::Aggregate);
        self.structs.push(Parts { declaration, whole, parts, numbers });
        Value::Variable(whole)
    }

    /// The numbers in a struct that is a variable.
    pub(super) fn struct_tree(&self, whole: Node<'g>) -> Option<Tree<Node<'g>>> {
        self.structs.iter().find(|known| known.whole == whole).map(|known| known.numbers.clone())
    }

    /// Whether it is a struct that is a variable, or what may be a part of one.
    pub(super) fn is_struct_variable(&self, value: &Value<'a, 'g>) -> bool {
        self.place_of(value).is_some()
    }

    /// Whether it is all of a struct that is a variable.
    pub(super) fn is_whole_struct(&self, value: &Value<'a, 'g>) -> bool {
        matches!(value, Value::Variable(node) if self.structs.iter().any(|known| known.whole == *node))
    }

    /// The struct that a value is part of, and the path that leads to it.
    fn place_of(&self, value: &Value<'a, 'g>) -> Option<(usize, String)> {
        let (Value::Variable(node) | Value::Node(node)) = value else { return None };
        self.structs.iter().enumerate().find_map(|(at, known)| {
            let part = || known.parts.iter().find(|(_, leaf)| leaf == node).map(|(path, _)| path.clone());
            let path = if known.whole == *node { Some(String::new()) } else { part() };
            Some((at, path?))
        })
    }

    /// What a step leads to from a struct that is a variable, or from a part of one.
    pub(super) fn struct_part(&mut self, of: &Value<'a, 'g>, step: &str) -> Value<'a, 'g> {
        let Some((at, path)) = self.place_of(of) else { return self.unknown() };
        let path = path + step;
        let known = &mut self.structs[at];
        if let Some((_, leaf)) = known.parts.iter().find(|(known, _)| *known == path) {
            return match is_number(&known.parts, &path) {
                true => Value::Node(*leaf),
                false => Value::Variable(*leaf),
            };
        }
        // Parsing begins again.
        let name = known.whole.name();
        let leaf = self.graph.symbol(&format!("{name}{path}"), self.signature.primary);
        known.parts.push((path.clone(), leaf));
        self.field_surprises.insert((known.declaration, path));
        Value::Node(leaf)
    }

    /// A part of a struct that is a variable as the array that its type says it is.
    pub(super) fn as_array(&mut self, value: Value<'a, 'g>, ty: &syn::Type) -> Value<'a, 'g> {
        match bare(ty) {
            syn::Type::Reference(reference) => self.as_array(value, &reference.elem),
            syn::Type::Array(array) if self.is_struct_variable(&value) => match length(&array.len) {
                Length::Literal(length) if length <= MAX_ELEMENTS => {
                    let element = |i| {
                        let element = self.struct_part(&value, &format!("[{i}]"));
                        self.as_array(element, &array.elem)
                    };
                    Value::Array((0..length).each(element))
                }
                Length::Literal(_) | Length::Symbolic(_) | Length::Counted => self.refuse(
                    &array.len,
                    format!("an array in a struct that is a variable has at most {MAX_ELEMENTS} elements here, as a literal"),
                ),
            },
            _ => value,
        }
    }

    /// The patterns in that of a struct or array, each with the part that it is matched with.
    pub(super) fn parts_in(&mut self, pattern: &'a Pat, of: &Value<'a, 'g>) -> Vec<(&'a Pat, Value<'a, 'g>)> {
        let numbered = |patterns: &'a Punctuated<Pat, syn::Token![,]>| {
            patterns.iter().take_while(|pattern| !matches!(pattern, Pat::Rest(_))).enumerate()
        };
        if let Pat::TupleStruct(syn::PatTupleStruct { elems, .. }) | Pat::Slice(syn::PatSlice { elems, .. }) =
            pattern
            && let Some(rest) = elems.iter().position(is_rest)
            && (rest + 1 < elems.len() || !matches!(elems[rest], Pat::Rest(_)))
        {
            self.fail(&elems[rest], "how many parts there are is not known here: let `..` be the last one");
        }
        let steps = match pattern {
            Pat::Struct(pattern) => {
                let step =
                    |field: &'a syn::FieldPat| (format!(".{}", field.member.to_token_stream()), &*field.pat);
                pattern.fields.iter().each(step)
            }
            Pat::TupleStruct(pattern) => {
                numbered(&pattern.elems).each(|(i, pattern)| (format!(".{i}"), pattern))
            }
            Pat::Slice(pattern) => numbered(&pattern.elems).each(|(i, pattern)| (format!("[{i}]"), pattern)),
            _ => Vec::new(),
        };
        steps.into_iter().each(|(step, pattern)| (pattern, self.struct_part(of, &step)))
    }

    /// `Name { field: value, … }`
    pub(super) fn structure(&mut self, expr: &'a Expr, literal: &'a ExprStruct) -> Value<'a, 'g> {
        if literal.rest.is_some() {
            return self.passive_or(
                expr,
                expr.source(),
                "`..` in a struct that holds active values is not supported: write out its fields",
            );
        }
        let part = |field: &'a syn::FieldValue| {
            let value = self.expr(&field.expr);
            self.settled(value)
        };
        let parts = literal.fields.iter().each(part);
        if parts.iter().all(is_all_passive) {
            return Value::Passive(expr);
        }
        of_fields(literal, parts)
    }
}

/// Whether nothing is mentioned of a part but itself.
fn is_number(parts: &[(String, Node<'_>)], path: &str) -> bool {
    let is_further = |other: &str| other.strip_prefix(path).is_some_and(|rest| rest.starts_with(['.', '[']));
    !parts.iter().any(|(other, _)| is_further(other))
}

/// A struct of the values that a literal has for its fields, which come in any order.
pub(super) fn of_fields<'a, 'g>(literal: &ExprStruct, parts: Vec<Value<'a, 'g>>) -> Value<'a, 'g> {
    let names = literal.fields.iter().map(|field| field.member.to_token_stream().to_string());
    let mut fields = names.zip(parts).list();
    fields.order_by(|(a, _), (b, _)| a.cmp(b));
    let (names, parts): (Vec<String>, Vec<Value<'a, 'g>>) = fields.into_iter().unzip();
    Value::Struct(Rc::new(names), parts)
}

/// The patterns in that of a struct, each with what it is matched with.
pub(super) fn fields<'a, 'g>(
    pattern: &'a Pat,
    names: &[String],
    parts: &[Value<'a, 'g>],
) -> Vec<(&'a Pat, Value<'a, 'g>)> {
    let named = match pattern {
        Pat::Struct(pattern) => {
            pattern.fields.iter().each(|field| (field.member.to_token_stream().to_string(), &*field.pat))
        }
        Pat::TupleStruct(pattern) => {
            let rest = pattern.elems.iter().position(|pattern| matches!(pattern, Pat::Rest(_)));
            let skipped = (names.len() + 1).saturating_sub(pattern.elems.len());
            let number = |i: usize| match rest {
                Some(rest) if i > rest => i + skipped - 1,
                _ => i,
            };
            let patterns = pattern.elems.iter().enumerate();
            patterns.filter(|(i, _)| rest != Some(*i)).each(|(i, pattern)| (number(i).to_string(), pattern))
        }
        _ => Vec::new(),
    };
    let part = |name: &str| names.iter().position(|known| known == name).map(|place| parts[place].clone());
    named.into_iter().each_some(|(name, pattern)| Some((pattern, part(&name)?)))
}
