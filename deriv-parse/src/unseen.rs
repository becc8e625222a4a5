//! Structs of which the definition is not seen: those that are variables, and those that calls return. Their fields are
//! what the body uses: each part that it mentions is a leaf, and those of which no further part is mentioned are the
//! numbers. A part that is seen for the first time, or turns out to be something else, makes the parser begin again,
//! so that in the end all are known where the struct is declared.

use super::memory::View;
use super::moves::Holds;
use super::pattern::is_rest;
use super::structure::Field;
use super::{Known, Parser, Value, key};
use crate::graph::{Expr as Node, Ty};
use crate::list::{List, Sort};
use crate::region::{Argument, Code, Dim, Extent, Fields, Tree, leads_into};
use deriv_syntax::signature::{Length, bare, length, may_be_struct, vec_element};
use proc_macro2::Ident;
use quote::{ToTokens, quote};
use std::rc::Rc;
use syn::punctuated::Punctuated;
use syn::{Expr, Pat};

/// Arrays in structs that are variables are known number by number.
const MAX_ELEMENTS: usize = 256;

pub(super) const CONVERSION: &str = "the numbers in a struct that is a variable have the type of the function's result, so they \
                                     are not converted: remove the conversion";
pub(super) const NO_ARRAY: &str = "a variable whose type is a name is taken for a struct of numbers, which has no elements: if the \
                                   name stands for an array, write the type out, as `[f64; 3]`";

/// Which struct it is: by the declaration of a parameter; or by a call, and the place in what it returns.
pub(super) type Which = (usize, Vec<usize>);

/// What the body uses of a struct.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Mention {
    of: Which,
    path: String,
    used: Use,
}

/// How a part of a struct is used.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Use {
    /// It is mentioned.
    Part,
    /// It is passed on to a function as a whole, by reference as a struct rather than a number.
    Whole,
    /// It becomes a field of another struct, and nothing is computed with it.
    Moved,
    /// Its type, or a method, shows that it is a struct.
    Struct,
    /// It is a number after all.
    Number,
    /// It is an array of so many dimensions, of which elements are chosen when the code runs.
    Array(usize),
}

/// What one place of the body shows, and another does not.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum Clue {
    /// The function returns a struct.
    Returns(String),
    /// It takes a struct as the argument of this number.
    Takes(String, usize),
    /// Some active struct has this type.
    Active(String),
    /// What a field of a struct in memory holds.
    Field(Field, Holds),
    /// Its argument of this number is a variable, also where nothing is known of what is passed.
    Varies(String, usize),
}

/// A type that a struct has.
pub(super) struct StructType {
    name: String,
    /// Some active struct has it.
    active: bool,
    /// None had it so far when that was needed.
    asked: bool,
}

/// A struct that is a variable, or that a call returns.
pub(super) struct Parts<'g> {
    which: Which,
    /// Stands for all of it.
    whole: Node<'g>,
    /// What is mentioned of it, by the path, in the order of paths.
    parts: Vec<(String, Node<'g>)>,
    tree: Tree<Node<'g>>,
    /// The parts that are arrays in memory.
    arrays: Vec<(Node<'g>, View<'g>)>,
}

impl<'g> Parts<'g> {
    pub(super) fn is(&self, which: &Which) -> bool {
        self.which == *which
    }

    pub(super) fn whole(&self) -> Node<'g> {
        self.whole
    }
}

impl<'a, 'g> Parser<'a, 'g> {
    /// A parameter that is a struct, with the parts that are known to be used.
    pub(super) fn declare_struct(&mut self, name: &Ident) -> Value<'a, 'g> {
        let ty = match name == "self" {
            true => quote!(Self),
            false => self.type_of(name).map(|ty| referent(ty).to_token_stream()).unwrap_or_default(),
        };
        self.struct_type(&ty.to_string(), true);
        let ty = self.snippets.add_once(ty);
        let value = self.struct_of_parts((key(name), Vec::new()), &name.to_string(), Some(ty));
        self.declare_arrays();
        value
    }

    /// A struct of which the parts that the body uses are known.
    pub(super) fn struct_of_parts(&mut self, which: Which, name: &str, ty: Option<Code>) -> Value<'a, 'g> {
        let known = self.known_fields.iter().filter(|mention| mention.of == which);
        let known: Vec<&Mention> = known.list();
        let is = |path: &str, used| known.iter().any(|mention| mention.path == path && mention.used == used);
        let mut paths: Vec<&String> = known.iter().each(|mention| &mention.path);
        paths.order_by(|a, b| a.cmp(b));
        paths.dedup();
        let number = if ty.is_some() { self.signature.primary } else { Ty::Any };
        let depth = |path: &str| {
            let depths = known.iter().filter_map(|mention| match mention.used {
                Use::Array(depth) if mention.path == path => Some(depth),
                _ => None,
            });
            depths.max()
        };
        let mut arrays = Vec::new();
        let parts =
            paths.into_iter().each(|path| {
                let array = depth(path);
                let whole = array.is_some()
                    || is(path, Use::Struct)
                    || ((is(path, Use::Whole) || is(path, Use::Moved)) && !is(path, Use::Number));
                let leaf =
                    self.graph.symbol(&format!("{name}{path}"), if whole { Ty::Aggregate } else { number });
                if whole {
                    self.extents.insert(leaf.id, Extent::of_struct());
                }
                arrays.extend(array.map(|depth| {
                    (leaf, View::new(leaf, Extent { number, dims: vec![Dim::Literal(0); depth] }))
                }));
                (path.clone(), leaf)
            });
        let leaves =
            parts.iter().filter(|(path, leaf)| leaf.ty() == Ty::Aggregate || is_number(&parts, path));
        let (paths, leaves): (Vec<String>, Vec<Tree<Node<'g>>>) =
            leaves.map(|(path, leaf)| (path.clone(), Tree::Leaf(*leaf))).unzip();
        let tree = Tree::Struct(Rc::new(Fields { ty, number, paths, all: false }), leaves);
        let root = parts.first().filter(|(path, leaf)| path.is_empty() && leaf.ty() == Ty::Aggregate);
        let whole = root.map_or_else(|| self.graph.symbol(name, Ty::Aggregate), |(_, leaf)| *leaf);
        self.structs.push(Parts { which, whole, parts, tree, arrays });
        Value::Variable(whole)
    }

    /// What is used of a struct that is a variable or that a call returns.
    pub(super) fn struct_tree(&self, whole: Node<'g>) -> Option<Tree<Node<'g>>> {
        self.structs.iter().find(|known| known.whole == whole).map(|known| known.tree.clone())
    }

    /// Whether it is a struct that is a variable, or what may be a part of one.
    pub(super) fn is_struct_variable(&self, value: &Value<'a, 'g>) -> bool {
        self.place_of(value).is_some()
    }

    /// Whether a name is that of a parameter, which emitted code has under this name.
    pub(super) fn is_struct_parameter(&self, name: &Ident) -> bool {
        let declaration = self.lookup(name).map(|binding| binding.declaration);
        let mut names = self.signature.params.iter().filter_map(|param| param.name.as_ref());
        names.any(|name| Some(key(name)) == declaration) && !self.snippets.bound.contains(&name.to_string())
    }

    /// Whether it is a field of a parameter, or an element of one.
    pub(super) fn is_parameter_field(&self, code: &Expr) -> bool {
        match code {
            Expr::Path(path) => path.path.get_ident().is_some_and(|name| self.is_struct_parameter(name)),
            Expr::Field(field) => self.is_parameter_field(&field.base),
            Expr::Index(index) => self.is_parameter_field(&index.expr) && self.is_pure(&index.index),
            _ => false,
        }
    }

    /// Whether it is a parameter that is a reference to a struct.
    pub(super) fn is_borrowed_struct(&self, value: &Value<'a, 'g>) -> bool {
        let Value::Variable(whole) = value else { return false };
        let known = self.structs.iter().find(|known| known.whole == *whole);
        known.is_some_and(|known| {
            let own = |name: &Ident| known.which == (key(name), Vec::new());
            self.signature.params.iter().any(|param| param.reference && param.name.as_ref().is_some_and(own))
        })
    }

    /// Whether it is all of a struct that is a variable.
    pub(super) fn is_whole_struct(&self, value: &Value<'a, 'g>) -> bool {
        matches!(value, Value::Variable(node) if self.structs.iter().any(|known| known.whole == *node))
    }

    /// The struct that a value is part of, and the path that leads to it.
    pub(super) fn place_of(&self, value: &Value<'a, 'g>) -> Option<(usize, String)> {
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
        let known = &self.structs[at];
        if let Some((_, leaf)) = known.parts.iter().find(|(known, _)| *known == path) {
            if let Some((_, view)) = known.arrays.iter().find(|(array, _)| array == leaf) {
                return Value::View(view.clone());
            }
            return match leaf.ty() != Ty::Aggregate && is_number(&known.parts, &path) {
                true => Value::Node(*leaf),
                false => Value::Variable(*leaf),
            };
        }
        // Parsing begins again.
        let leaf = self.graph.symbol(&format!("{}{path}", known.whole.name()), self.signature.primary);
        self.structs[at].parts.push((path.clone(), leaf));
        self.note_use(at, path, Use::Part);
        Value::Node(leaf)
    }

    /// The arrays in the struct that has been declared last have lengths from here on.
    pub(super) fn declare_arrays(&mut self) {
        let at = self.structs.len() - 1;
        let arrays = std::mem::take(&mut self.structs[at].arrays);
        self.structs[at].arrays = arrays.into_iter().each(|(leaf, array)| {
            let view = self.returned_place(leaf, &vec![None; array.extent.dims.len()]);
            let extent = Extent { number: array.extent.number, ..view.extent };
            self.extents.insert(leaf.id, extent.clone());
            (leaf, View { extent, mutable: false, fresh: false, ..view })
        });
    }

    /// Notes that a part is an array of so many dimensions, at least. Parsing begins again.
    pub(super) fn must_be_array(&mut self, part: &Value<'a, 'g>, depth: usize) -> bool {
        // An element is an array as well.
        if let Value::Node(node) = part
            && let Some(access) = self.loaded_from.get(&node.id).cloned()
        {
            let depth = access.indices.len() + depth;
            return self.must_be_array(&Value::Variable(access.place), depth);
        }
        match self.place_of(part) {
            Some((at, path)) if !path.is_empty() => {
                self.note_use(at, path, Use::Array(depth));
                true
            }
            _ => false,
        }
    }

    /// Notes what is used of a struct.
    pub(super) fn note_use(&mut self, at: usize, path: String, used: Use) {
        let of = self.structs[at].which.clone();
        self.field_surprises.insert(Mention { of, path, used });
    }

    /// The place that a struct is, or a part of one, which is passed on as a whole. Where that is new, or where it is
    /// not certain that it is more than a number, parsing begins again.
    pub(super) fn as_whole(&mut self, value: &Value<'a, 'g>) -> Option<Node<'g>> {
        let (at, path) = self.place_of(value)?;
        let found = self.structs[at].parts.iter().find(|(known, _)| *known == path);
        if let Some((_, leaf)) = found.filter(|(_, leaf)| leaf.ty() == Ty::Aggregate) {
            return Some(*leaf);
        }
        self.note_use(at, path, Use::Whole);
        None
    }

    /// Notes that a part is a struct for certain, if that is news. Then parsing begins again.
    pub(super) fn must_be_struct(&mut self, value: &Value<'a, 'g>) -> bool {
        match self.place_of(value) {
            Some((at, path)) if !path.is_empty() && !self.is_used(at, path.clone(), Use::Struct) => {
                self.note_use(at, path, Use::Struct);
                true
            }
            _ => false,
        }
    }

    /// Whether a part that seems to be a number may be a struct: where nothing says that it is a number.
    pub(super) fn may_be_whole(&self, value: &Value<'a, 'g>) -> bool {
        self.place_of(value).is_some_and(|(at, path)| !self.is_used(at, path, Use::Number))
    }

    /// Takes what seems to be a number for a struct if nothing says that it is a number. Then parsing begins again.
    pub(super) fn as_likely_struct(&mut self, value: &Value<'a, 'g>) -> bool {
        let likely = self.may_be_whole(value) || self.learn_likely(value);
        if likely {
            self.as_whole(value);
        }
        likely
    }

    /// Whether a part is taken for a struct just because it may be one.
    pub(super) fn is_merely_moved(&self, value: &Value<'a, 'g>) -> bool {
        self.place_of(value).is_some_and(|(at, path)| {
            self.is_used(at, path.clone(), Use::Moved)
                && !self.is_used(at, path.clone(), Use::Whole)
                && !self.is_used(at, path.clone(), Use::Struct)
                && is_number(&self.structs[at].parts, &path)
        })
    }

    /// Whether a place is a part of which is not known for certain that it is a struct.
    pub(super) fn is_likely_part(&self, place: Node<'g>) -> bool {
        self.place_of(&Value::Variable(place)).is_some_and(|(at, path)| {
            let has_parts = !is_number(&self.structs[at].parts, &path);
            !path.is_empty() && !has_parts && !self.is_used(at, path, Use::Struct)
        })
    }

    fn is_used(&self, at: usize, path: String, used: Use) -> bool {
        self.known_fields.contains(&Mention { of: self.structs[at].which.clone(), path, used })
    }

    /// Notes that a part that was passed on as a whole is a number after all. Parsing begins again.
    pub(super) fn is_number_after_all(&mut self, value: &Value<'a, 'g>) -> bool {
        let Some((at, path)) = self.place_of(value).filter(|(_, path)| !path.is_empty()) else {
            return false;
        };
        let known = &self.structs[at].parts;
        let is_alone = is_number(known, &path) && known.iter().any(|(known, _)| *known == path);
        if !is_alone || self.is_used(at, path.clone(), Use::Struct) {
            return false;
        }
        self.note_use(at, path, Use::Number);
        true
    }

    /// Notes that there is an active struct of a type.
    pub(super) fn note_struct(&self, value: &Value<'a, 'g>, ty: &syn::Type) {
        if !matches!(value, Value::Passive(_)) && self.names_struct(ty) {
            self.struct_type(&referent(ty).to_token_stream().to_string(), true);
        }
    }

    /// A part of a struct that is a variable as what its type says it is.
    pub(super) fn as_typed(&mut self, value: Value<'a, 'g>, ty: &syn::Type) -> Value<'a, 'g> {
        if self.names_struct(ty) && self.place_of(&value).is_some() {
            self.must_be_struct(&value);
            return match self.as_whole(&value) {
                Some(place) => Value::Variable(place),
                None => self.unknown(),
            };
        }
        self.as_array(value, ty)
    }

    /// Whether a type is that of a struct, as far as its name tells.
    pub(super) fn names_struct(&self, ty: &syn::Type) -> bool {
        let text = bare(ty).to_token_stream().to_string();
        let is_number = self.signature.types.iter().any(|number| number.tokens.to_string() == text);
        let mut generics = self.item.sig.generics.type_params();
        may_be_struct(ty) && !is_number && !generics.any(|param| param.ident == text)
    }

    /// What is known of a value of a struct's type, or of a `reference` to one.
    pub(super) fn known_struct(&self, ty: &syn::Type, reference: bool) -> Known {
        Known::Struct { ty: self.struct_type(&referent(ty).to_token_stream().to_string(), false), reference }
    }

    /// The number of a struct's type; `active` if the type is that of a variable, or is built.
    pub(super) fn struct_type(&self, name: &str, active: bool) -> usize {
        let mut types = self.struct_types.borrow_mut();
        let found = types.iter().position(|known| known.name == name);
        let number = found.unwrap_or_else(|| {
            let known = self.known_clues.contains(&Clue::Active(name.to_owned()));
            types.push(StructType { name: name.to_owned(), active: known, asked: false });
            types.len() - 1
        });
        types[number].active |= active;
        number
    }

    /// Whether some active struct has this type.
    pub(super) fn counts_as_variable(&self, ty: usize) -> bool {
        let ty = &mut self.struct_types.borrow_mut()[ty];
        ty.asked |= !ty.active;
        ty.active
    }

    /// Notes which types turned out to be those of active structs after that has mattered.
    pub(super) fn settle_types(&mut self) {
        for ty in self.struct_types.borrow().iter().filter(|ty| ty.asked && ty.active) {
            self.clues.insert(Clue::Active(ty.name.clone()));
        }
    }

    /// The number of an argument's type, if that is known.
    pub(super) fn type_of_struct(&self, argument: &Argument<'g>) -> Option<usize> {
        let ty = match argument {
            Argument::Numbers { value: Tree::Struct(fields, _), .. } => fields.ty,
            Argument::Numbers { .. } => None,
            Argument::Memory { part, .. } => {
                let whole = Value::Variable(part.access.place);
                let known = self.place_types.get(&part.access.place.id).copied();
                known.filter(|_| part.access.indices.is_empty()).or_else(|| self.type_code(&whole))
            }
        };
        let ty = self.snippets.get(ty?).to_string();
        (ty != "Self").then(|| self.struct_type(&ty, true))
    }

    /// What is known of the elements of a parameter, or of what an iterator over it yields.
    pub(super) fn known_element(&self, of: &Expr, iterated: bool) -> Option<Known> {
        match super::iterator::bare(of) {
            Expr::Reference(reference) => {
                self.known_element(&reference.expr, iterated).map(|known| match known {
                    Known::Struct { ty, .. } => Known::Struct { ty, reference: iterated },
                    known => known,
                })
            }
            Expr::MethodCall(call) if call.method == "iter" => {
                self.known_element(&call.receiver, true).map(|known| match known {
                    Known::Struct { ty, .. } => Known::Struct { ty, reference: true },
                    known => known,
                })
            }
            code => {
                let ty = self.parameter_type(code)?;
                let element = match referent(ty) {
                    syn::Type::Slice(slice) => &*slice.elem,
                    syn::Type::Array(array) => &*array.elem,
                    syn::Type::Path(path) => vec_element(path)?,
                    _ => return None,
                };
                let reference = iterated && matches!(bare(ty), syn::Type::Reference(_));
                self.names_struct(element).then(|| self.known_struct(element, reference))
            }
        }
    }

    /// Likewise of an array.
    fn as_array(&mut self, value: Value<'a, 'g>, ty: &syn::Type) -> Value<'a, 'g> {
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
        self.steps_in(pattern).into_iter().each(|(step, pattern)| (pattern, self.struct_part(of, &step)))
    }

    /// Likewise of one in memory.
    pub(super) fn fields_in(&mut self, pattern: &'a Pat, of: &View<'g>) -> Vec<(&'a Pat, Value<'a, 'g>)> {
        let steps = self.steps_in(pattern);
        steps.into_iter().each(|(step, pattern)| {
            let field = self.field_of(of, step.trim_start_matches('.'));
            (pattern, Value::Node(self.load(&field)))
        })
    }

    /// The patterns in that of a struct or array, each with the step that leads to what it is matched with.
    fn steps_in(&mut self, pattern: &'a Pat) -> Vec<(String, &'a Pat)> {
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
        match pattern {
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
        }
    }
}

/// The type without references.
fn referent(ty: &syn::Type) -> &syn::Type {
    match bare(ty) {
        syn::Type::Reference(reference) => referent(&reference.elem),
        ty => ty,
    }
}

/// Whether nothing is mentioned of a part but itself.
fn is_number(parts: &[(String, Node<'_>)], path: &str) -> bool {
    !parts.iter().any(|(other, _)| leads_into(path, other))
}
