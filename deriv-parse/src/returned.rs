//! What calls return. The parser sees nothing of a function but its calls, so a result is taken for a number until it
//! is used as something else: as a tuple, an array, a struct. That is noted, and parsing begins again.

use super::memory::View;
use super::unseen::{Clue, Parts};
use super::{Parser, Value};
use crate::graph::{Expr as Node, Ty};
use crate::list::List;
use crate::ops::Op;
use crate::region::{Capture, Code, Dim, Extent, Fields, Passive, Stmt, Tree};
use deriv_syntax::signature::MAX_NUMBERS;
use proc_macro2::Ident;
use quote::{format_ident, quote};
use std::rc::Rc;
use syn::Type;

/// What a part of a call's result is.
#[derive(Clone, PartialEq)]
pub(super) enum Form {
    /// It is taken for a number as long as nothing speaks against it.
    Number,
    /// It is computed with, so that it is a number, whatever else seems so.
    Certainly,
    /// An array in memory: the lengths of its dimensions, where they are known.
    Memory(Vec<Option<usize>>),
    /// A struct, of which is known what is used of it.
    Struct,
    /// It is taken for a struct as long as it is not computed with.
    Likely,
}

/// Structures of results nested deeper than this are no use.
const MAX_DEPTH: usize = 4;

/// Where a value comes from: a call, by where its name stands in memory, and which part of its result it is.
#[derive(Clone)]
pub(super) struct Origin {
    call: usize,
    path: Vec<usize>,
}

impl Origin {
    /// All that a call returns.
    pub(super) fn of(call: usize) -> Self {
        Origin { call, path: Vec::new() }
    }

    /// A part of it.
    fn step(&self, i: usize) -> Self {
        Origin { call: self.call, path: [&self.path[..], &[i]].concat() }
    }
}

impl<'a, 'g> Parser<'a, 'g> {
    /// Whether a place is taken for a struct as nothing speaks against it.
    pub(super) fn is_likely(&self, place: Node<'g>) -> bool {
        let origins = self.origins.get(&place.id);
        let from_likely = origins.into_iter().flatten().any(|origin| {
            origin.path.is_empty() && self.taken_for.get(&origin.call) == Some(&Tree::Leaf(Form::Likely))
        });
        from_likely || self.is_likely_part(place)
    }

    /// Leaves for what a call returns.
    pub(super) fn result_of_form(
        &mut self,
        form: &Tree<Form>,
        name: &Ident,
        origin: &Origin,
    ) -> Tree<Node<'g>> {
        let ty = match form {
            Tree::Leaf(Form::Number | Form::Certainly) => Ty::Any,
            Tree::Leaf(Form::Memory(_)) => Ty::Aggregate,
            Tree::Leaf(Form::Struct | Form::Likely) => {
                let which = (origin.call, origin.path.clone());
                let value = self.struct_of_parts(which, &format!("y_{name}"), None);
                let Value::Variable(whole) = value else { unreachable!("a struct is a variable") };
                return self.struct_tree(whole).unwrap_or(Tree::Tuple(Vec::new()));
            }
            Tree::Tuple(parts) | Tree::Array(parts) | Tree::Struct(_, parts) => {
                let part = |(i, form): (usize, &Tree<Form>)| self.result_of_form(form, name, &origin.step(i));
                let parts = parts.iter().enumerate().each(part);
                return match form {
                    Tree::Array(_) => Tree::Array(parts),
                    Tree::Struct(fields, _) => Tree::Struct(fields.clone(), parts),
                    _ => Tree::Tuple(parts),
                };
            }
        };
        Tree::Leaf(self.graph.symbol(&format!("y_{name}"), ty))
    }

    /// A call's result, or a part of it, as a value.
    pub(super) fn result_of_call(
        &mut self,
        form: &Tree<Form>,
        result: &Tree<Node<'g>>,
        origin: Origin,
    ) -> Value<'a, 'g> {
        let part = |parser: &mut Self, (i, (form, result)): (usize, (&Tree<Form>, &Tree<Node<'g>>))| {
            parser.result_of_call(form, result, origin.step(i))
        };
        match (form, result) {
            (Tree::Leaf(Form::Struct | Form::Likely), _) => {
                let which = (origin.call, origin.path);
                let known = self.structs.iter().rev().find(|known| known.is(&which));
                let Some(whole) = known.map(Parts::whole) else { return self.unknown() };
                self.come_from(whole, &[Origin { call: which.0, path: which.1 }]);
                self.declare_arrays();
                Value::Variable(whole)
            }
            (Tree::Struct(fields, forms), Tree::Struct(_, parts)) => {
                let parts = forms.iter().zip(parts).enumerate().each(|pair| part(self, pair));
                Value::Struct(fields.clone(), parts)
            }
            (Tree::Tuple(forms), Tree::Tuple(_)) if forms.is_empty() => Value::Unit,
            (Tree::Tuple(forms), Tree::Tuple(parts)) => {
                Value::Tuple(forms.iter().zip(parts).enumerate().each(|pair| part(self, pair)))
            }
            (Tree::Array(forms), Tree::Array(parts)) => {
                Value::Array(forms.iter().zip(parts).enumerate().each(|pair| part(self, pair)))
            }
            (Tree::Leaf(Form::Memory(lengths)), Tree::Leaf(place)) => {
                self.come_from(*place, &[origin]);
                Value::View(self.returned_place(*place, lengths))
            }
            (_, Tree::Leaf(number)) => {
                self.come_from(*number, &[origin]);
                Value::Node(*number)
            }
            _ => self.unknown(),
        }
    }

    /// An array that a call returns.
    pub(super) fn returned_place(&mut self, place: Node<'g>, lengths: &[Option<usize>]) -> View<'g> {
        let mut dims = Vec::new();
        for (depth, length) in lengths.iter().enumerate() {
            dims.push(match length {
                Some(length) => Dim::Literal(*length),
                None => {
                    let array = format_ident!("array_{}", self.snippets.count());
                    let captures = vec![Capture {
                        name: self.snippets.add(&array),
                        value: Tree::Leaf(place),
                        made_up: true,
                    }];
                    let inner = (0..depth).map(|_| quote!([0]));
                    let value =
                        Passive { code: self.snippets.add(quote!(#array #(#inner)*.len())), captures };
                    let leaf = self.graph.symbol("len", Ty::Opaque);
                    self.push_stmt(Stmt::bind(leaf, value, false));
                    Dim::Typed(leaf)
                }
            });
        }
        let extent = Extent { number: Ty::Any, dims };
        self.extents.insert(place.id, extent.clone());
        View::new(place, extent)
    }

    /// Notes that what a call returns, or a part of it, is not the number that it was taken for. Parsing begins
    /// again; until then it stands for nothing.
    pub(super) fn learn(&mut self, node: Node<'g>, form: &Tree<Form>) -> bool {
        let mut learned = false;
        for Origin { call, path } in self.origins.get(&node.id).cloned().unwrap_or_default() {
            if path.len() >= MAX_DEPTH {
                continue;
            }
            let known = self.learned.get(&call).or_else(|| self.taken_for.get(&call));
            let mut known = known.cloned().unwrap_or(Tree::Leaf(Form::Number));
            let mut part = Some(&mut known);
            for step in path {
                part = match part {
                    Some(Tree::Tuple(parts) | Tree::Array(parts) | Tree::Struct(_, parts)) => {
                        parts.get_mut(step)
                    }
                    _ => None,
                };
            }
            match (part, form) {
                (Some(Tree::Leaf(Form::Likely)), Tree::Leaf(Form::Number | Form::Likely)) => continue,
                (Some(part @ Tree::Leaf(Form::Likely)), form) => *part = form.clone(),
                (
                    Some(part @ Tree::Leaf(Form::Struct)),
                    form @ (Tree::Struct(..) | Tree::Leaf(Form::Memory(_))),
                ) => {
                    *part = form.clone();
                }
                (Some(Tree::Leaf(Form::Number)), Tree::Leaf(Form::Number | Form::Certainly)) => continue,
                (Some(part @ Tree::Leaf(Form::Number)), form) => *part = form.clone(),
                (Some(Tree::Leaf(Form::Memory(lengths))), form) => {
                    let more = lengths_of(form);
                    let dims = 0..lengths.len().max(more.len());
                    let length = |lengths: &[Option<usize>], i: usize| lengths.get(i).copied().flatten();
                    let all = dims.each(|i| length(lengths, i).or(length(&more, i)));
                    if *lengths == all {
                        continue;
                    }
                    *lengths = all;
                }
                _ => continue,
            }
            if let (Tree::Leaf(Form::Struct) | Tree::Struct(..), Some(function)) =
                (&known, self.callees.get(&call))
            {
                self.clues.insert(Clue::Returns(function.clone()));
            }
            self.learned.insert(call, known);
            learned = true;
        }
        learned
    }

    /// Likewise of a value that may come from a call.
    pub(super) fn learn_value(&mut self, value: &Value<'a, 'g>, form: &Tree<Form>) -> bool {
        match value {
            Value::Node(node) => self.learn(*node, form),
            Value::View(view) if view.indices.is_empty() => self.learn(view.place, form),
            Value::Variable(whole) => self.learn(*whole, form),
            _ => false,
        }
    }

    /// Notes that a value that may come from a call is a struct.
    pub(super) fn learn_struct(&mut self, value: &Value<'a, 'g>) -> bool {
        if self.learn_value(value, &Tree::Leaf(Form::Struct)) {
            return true;
        }
        match value {
            Value::Node(node) if structs_in(*node) > 0 => {
                let args = node.args().into_iter().take(structs_in(*node));
                // One after the other, in as many attempts.
                args.into_iter().any(|arg| self.learn_struct(&Value::Node(arg)))
            }
            value if self.must_be_struct(value) || self.must_have_fields(value) => true,
            Value::Node(node) => {
                let parts = self.stand_ins.get(&node.id).cloned().unwrap_or_default();
                parts.into_iter().any(|part| self.learn_struct(&Value::Node(part)))
            }
            _ => false,
        }
    }

    /// Notes that a value that may come from a call is a struct rather than a number.
    pub(super) fn learn_likely(&mut self, value: &Value<'a, 'g>) -> bool {
        self.learn_value(value, &Tree::Leaf(Form::Likely))
    }

    /// Notes that it is a number, although it was taken for a struct.
    pub(super) fn learn_number(&mut self, value: &Value<'a, 'g>) -> bool {
        let Value::Variable(whole) = value else { return false };
        self.learn(*whole, &Tree::Leaf(Form::Certainly)) || self.is_number_after_all(value)
    }

    /// Notes that a value that may come from a call is an array.
    pub(super) fn learn_array(&mut self, value: &Value<'a, 'g>) -> bool {
        self.must_be_array(value, 1) || self.learn_value(value, &Tree::Leaf(Form::Memory(vec![None])))
    }

    /// Notes that it is a tuple or an array of so many parts.
    pub(super) fn learn_parts(&mut self, value: &Value<'a, 'g>, count: usize, array: bool) -> bool {
        let parts = vec![Tree::Leaf(Form::Number); count];
        self.learn_value(value, &if array { Tree::Array(parts) } else { Tree::Tuple(parts) })
    }

    /// Notes that it is of the same form as another one.
    pub(super) fn learn_like(&mut self, value: &Value<'a, 'g>, model: &Value<'a, 'g>) -> bool {
        self.learn_value(value, &form_of(model))
    }

    /// Notes that it is of a type.
    pub(super) fn learn_type(&mut self, value: &Value<'a, 'g>, ty: &Type) -> bool {
        if let (Value::Tuple(parts), Type::Tuple(types)) = (value, ty) {
            let learned = parts.iter().zip(&types.elems).only(|(part, ty)| self.learn_type(part, ty));
            return !learned.is_empty();
        }
        let form = self.form_of_type(ty);
        match (value, &form) {
            // Maybe what operators make of structs.
            (Value::Node(node), Tree::Leaf(Form::Struct)) if structs_in(*node) > 0 => {
                self.learn_struct(value)
            }
            _ => self.learn_value(value, &form),
        }
    }

    /// The form of the values of a type.
    fn form_of_type(&self, ty: &Type) -> Tree<Form> {
        match ty {
            Type::Paren(inner) => self.form_of_type(&inner.elem),
            Type::Group(inner) => self.form_of_type(&inner.elem),
            Type::Tuple(tuple) => Tree::Tuple(tuple.elems.iter().each(|ty| self.form_of_type(ty))),
            Type::Array(_) => {
                let mut lengths = Vec::new();
                let mut inner = ty;
                while let Type::Array(array) = inner {
                    lengths.push(super::iterator::whole(&array.len));
                    inner = &array.elem;
                }
                let known: Option<Vec<usize>> = lengths.iter().copied().list_all();
                let count = known.and_then(|known| known.into_iter().try_fold(1, usize::checked_mul));
                match count {
                    Some(count) if count <= MAX_NUMBERS => {
                        let element = self.form_of_type(inner);
                        let array =
                            |part, length: &Option<usize>| Tree::Array(vec![part; length.unwrap_or(0)]);
                        lengths.iter().rev().fold(element, array)
                    }
                    _ => Tree::Leaf(Form::Memory(lengths)),
                }
            }
            ty if self.names_struct(ty) => Tree::Leaf(Form::Struct),
            _ => Tree::Leaf(Form::Number),
        }
    }

    /// Where a node comes from.
    pub(super) fn come_from(&mut self, node: Node<'g>, origins: &[Origin]) {
        self.origins.entry(node.id).or_default().extend_from_slice(origins);
    }

    /// A leaf stands for one of some nodes, and so for what these come from.
    pub(super) fn stands_for(&mut self, leaf: Node<'g>, nodes: &[Node<'g>]) {
        for node in nodes {
            let origins = self.origins.get(&node.id).cloned().unwrap_or_default();
            if !origins.is_empty() {
                self.come_from(leaf, &origins);
            }
            let value = Value::Node(*node);
            if self.place_of(&value).is_some() || self.stand_ins.contains_key(&node.id) {
                self.stand_ins.entry(leaf.id).or_default().push(*node);
            }
        }
    }
}

/// The form with other numbers for the types of structs.
pub(super) fn with_types(form: &Tree<Form>, number: &mut dyn FnMut(Code) -> Code) -> Tree<Form> {
    let mut all = |parts: &[Tree<Form>]| parts.iter().each(|part| with_types(part, number));
    match form {
        Tree::Leaf(leaf) => Tree::Leaf(leaf.clone()),
        Tree::Tuple(parts) => Tree::Tuple(all(parts)),
        Tree::Array(parts) => Tree::Array(all(parts)),
        Tree::Struct(fields, parts) => {
            let parts = all(parts);
            let fields = Fields { ty: fields.ty.map(number), paths: fields.paths.clone(), ..**fields };
            Tree::Struct(Rc::new(fields), parts)
        }
    }
}

/// How many of the arguments of an operation are structs, if it is an operator that yields one: both of a sum, and of
/// others the left one.
fn structs_in(node: Node<'_>) -> usize {
    let is = |op: Option<Op>| op.is_some() && node.op() == op;
    match node.op() {
        _ if is(Op::infix("+")) || is(Op::infix("-")) => 2,
        _ if is(Op::infix("*")) || is(Op::infix("/")) || is(Op::prefix("-")) => 1,
        _ => 0,
    }
}

/// The form of a value.
fn form_of(value: &Value<'_, '_>) -> Tree<Form> {
    match value {
        Value::Tuple(parts) => Tree::Tuple(parts.iter().each(form_of)),
        Value::Array(parts) => Tree::Array(parts.iter().each(form_of)),
        Value::View(view) if view.extent.is_struct() => Tree::Leaf(Form::Struct),
        Value::View(view) if !view.is_number() => {
            let length = |dim: &Dim<'_>| match dim {
                Dim::Literal(length) => Some(*length),
                Dim::Fixed(_) | Dim::Typed(_) | Dim::Counted(_) => None,
            };
            Tree::Leaf(Form::Memory(view.extent.dims.iter().each(length)))
        }
        Value::Struct(fields, parts) => Tree::Struct(fields.clone(), parts.iter().each(form_of)),
        Value::Variable(_) => Tree::Leaf(Form::Struct),
        Value::Unit => Tree::Tuple(Vec::new()),
        _ => Tree::Leaf(Form::Number),
    }
}

/// The lengths of an array's dimensions, as far as they are known.
fn lengths_of(form: &Tree<Form>) -> Vec<Option<usize>> {
    match form {
        Tree::Leaf(Form::Memory(lengths)) => lengths.clone(),
        Tree::Array(parts) => {
            let inner = parts.first().map_or(Vec::new(), lengths_of);
            [vec![Some(parts.len())], inner].concat()
        }
        _ => Vec::new(),
    }
}
