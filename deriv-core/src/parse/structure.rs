//! Structs of real numbers that the body builds: each field is known by its name, as the components of a
//! tuple are by their numbers.

use super::block::is_all_passive;
use super::source::Source;
use super::{Parser, Value};
use crate::list::{List, Sort};
use quote::ToTokens;
use std::rc::Rc;
use syn::{Expr, ExprStruct, Pat};

impl<'a, 'g> Parser<'a, 'g> {
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
        let parts = literal.fields.iter().map(part).list();
        if parts.iter().all(is_all_passive) {
            return Value::Passive(expr);
        }
        of_fields(literal, parts)
    }
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
        Pat::Struct(pattern) => pattern
            .fields
            .iter()
            .map(|field| (field.member.to_token_stream().to_string(), &*field.pat))
            .list(),
        Pat::TupleStruct(pattern) => {
            let rest = pattern.elems.iter().position(|pattern| matches!(pattern, Pat::Rest(_)));
            let skipped = (names.len() + 1).saturating_sub(pattern.elems.len());
            let number = |i: usize| match rest {
                Some(rest) if i > rest => i + skipped - 1,
                _ => i,
            };
            let patterns = pattern.elems.iter().enumerate();
            patterns
                .filter(|(i, _)| rest != Some(*i))
                .map(|(i, pattern)| (number(i).to_string(), pattern))
                .list()
        }
        _ => Vec::new(),
    };
    let part = |name: &str| names.iter().position(|known| known == name).map(|place| parts[place].clone());
    named.into_iter().filter_map(|(name, pattern)| Some((pattern, part(&name)?))).list()
}
