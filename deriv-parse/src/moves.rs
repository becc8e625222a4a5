//! Fields that are moved as a whole, as in `State { camera: s.camera, .. }`: nothing there says whether that is a number or a
//! struct. What is computed with anywhere is a number; what has fields itself, a struct; and of all else a derivative is
//! made that is right for both.

use super::memory::View;
use super::structure::Field;
use super::unseen::{Clue, Use};
use super::{Parser, Value};
use crate::graph::{Expr as Node, Kind, Ty};
use crate::hash::HashSet;
use crate::list::List;
use crate::region::{Access, Extent, Stmt};
use proc_macro2::Span;
use quote::format_ident;
use syn::Expr;

/// What is known of a field of a struct in memory.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Holds {
    Number,
    /// It has fields.
    Struct,
    /// A struct or a number: it is moved, and nothing else.
    Either,
}

/// What an attempt finds out about what is moved.
#[derive(Default)]
pub(super) struct Moves<'g> {
    /// How fields are reached.
    pub reached: Vec<(Access<'g>, Field)>,
    /// Of which fields the leaves and places hold what there was.
    pub held: Vec<(u32, Field)>,
    /// The fields that are moved.
    fields: HashSet<Field>,
    /// Those that have fields themselves.
    structs: HashSet<Field>,
    /// Likewise the parts of structs that are variables or that calls return, with the leaves for them.
    parts: Vec<(usize, String, u32)>,
}

impl<'a, 'g> Parser<'a, 'g> {
    /// The value of an expression that becomes a field of a struct.
    pub(super) fn moved(&mut self, expr: &'a Expr) -> Value<'a, 'g> {
        if let Expr::Array(array) = expr
            && self.mentions(expr)
        {
            return Value::Array(array.elems.iter().each(|element| {
                let value = self.moved(element);
                self.settled(value)
            }));
        }
        let mut place = expr;
        while let Expr::Paren(syn::ExprParen { expr, .. }) | Expr::Group(syn::ExprGroup { expr, .. }) = place
        {
            place = expr;
        }
        if let Some((view, field)) = self.field_at(place)
            && !view.indices.is_empty()
        {
            self.moves.fields.insert(field);
        }
        let value = self.expr(expr);
        if let Value::Node(node) = value
            && let Some((at, path)) = self.place_of(&value).filter(|(_, path)| !path.is_empty())
        {
            self.moves.parts.push((at, path, node.id));
        }
        value
    }

    /// A field of a struct in memory as what it is known to hold.
    pub(super) fn field_as_known(&mut self, view: View<'g>, field: Field) -> Value<'a, 'g> {
        let holds = |holds| self.known_clues.contains(&Clue::Field(field.clone(), holds));
        let whole = holds(Holds::Struct) || (holds(Holds::Either) && !holds(Holds::Number));
        if !whole || view.indices.is_empty() {
            return Value::View(view);
        }
        let name = format_ident!("part", span = Span::mixed_site());
        let place = self.graph.symbol(&name.to_string(), Ty::Aggregate);
        let extent = Extent::of_struct();
        self.extents.insert(place.id, extent.clone());
        let of = self.part_of(&View { extent: extent.clone(), ..view });
        self.push_stmt(Stmt::Save { place, of });
        self.moves.held.push((place.id, field));
        Value::View(View { fresh: true, ..View::new(place, extent) })
    }

    /// Notes that a field has fields itself.
    pub(super) fn has_fields(&mut self, field: Field) {
        self.moves.structs.insert(field);
    }

    /// Whether a field is known to be a struct.
    pub(super) fn is_known_struct(&self, field: Field) -> bool {
        self.known_clues.contains(&Clue::Field(field, Holds::Struct))
    }

    /// Notes that what a field held is no number but a struct. Then parsing begins again.
    pub(super) fn must_have_fields(&mut self, value: &Value<'a, 'g>) -> bool {
        let leaf = match value {
            Value::Node(node) => node.id,
            Value::View(view) if view.extent.is_struct() && view.indices.is_empty() => view.place.id,
            _ => return false,
        };
        let held = self.moves.held.iter().find(|(held, _)| *held == leaf).cloned();
        let Some((_, field)) = held else { return false };
        self.clues.insert(Clue::Field(field, Holds::Struct));
        true
    }

    /// Whether it is what a field held that may as well be a number.
    pub(super) fn is_either(&self, value: &Value<'a, 'g>) -> bool {
        match value {
            Value::View(view) if view.extent.is_struct() && view.indices.is_empty() => {
                let held = self.moves.held.iter().find(|(place, _)| *place == view.place.id);
                held.is_some_and(|(_, field)| {
                    !self.known_clues.contains(&Clue::Field(field.clone(), Holds::Struct))
                })
            }
            value @ Value::Variable(_) => self.is_merely_moved(value),
            _ => false,
        }
    }

    /// Notes that what may be either is a number. Then parsing begins again.
    pub(super) fn must_be_number(&mut self, value: &Value<'a, 'g>) -> bool {
        match value {
            value if !self.is_either(value) => false,
            Value::View(view) => {
                let held = self.moves.held.iter().find(|(place, _)| *place == view.place.id).cloned();
                self.clues.extend(held.map(|(_, field)| Clue::Field(field, Holds::Number)));
                true
            }
            value => self.learn_number(value),
        }
    }

    /// What is moved, and what is computed with, is known in the end: parsing may have to begin again.
    pub(super) fn settle_moves(&mut self, first: u32) {
        let Moves { held, fields, structs, parts, .. } = std::mem::take(&mut self.moves);
        if fields.is_empty() && structs.is_empty() && parts.is_empty() {
            return;
        }
        let computed = self.computed_with(first);
        for field in fields {
            let is_number = held.iter().any(|(leaf, known)| *known == field && computed.contains(leaf));
            self.clues.insert(Clue::Field(field, if is_number { Holds::Number } else { Holds::Either }));
        }
        for field in structs {
            if held.iter().any(|(_, known)| *known == field) {
                self.clues.insert(Clue::Field(field, Holds::Struct));
            }
        }
        for (at, path, leaf) in parts {
            if !computed.contains(&leaf) {
                self.note_use(at, path, Use::Moved);
            }
        }
    }

    /// The leaves that are arguments of operations.
    fn computed_with(&self, first: u32) -> HashSet<u32> {
        let mut computed = HashSet::default();
        for id in first..self.graph.len() as u32 {
            let node: Node<'g> = self.graph.expr(id);
            if matches!(node.kind(), Kind::Op(_) | Kind::Cast) {
                computed.extend(node.args().iter().map(|arg| arg.id));
            }
        }
        computed
    }
}
