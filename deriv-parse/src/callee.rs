//! Calls of the user's functions.
//!
//! A call of single numbers that returns one is a node of the graph. Any other is a statement: it works on
//! memory, or returns more than a number.

use super::argument::Arguments;
use super::returned::{Form, Origin};
use super::unseen::Clue;
use super::{Parser, Value, key};
use crate::graph::{Callee, Expr as Node, Kind, Ty};
use crate::list::List;
use crate::region::{Argument, Call, Product, Stmt, Tree};
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::punctuated::Punctuated;
use syn::{Expr, Token};

/// A call whose result nothing may need.
pub(super) struct Made<'g> {
    pub result: Node<'g>,
    pub name: Ident,
    /// It changes memory.
    pub changes: bool,
}

impl<'a, 'g> Parser<'a, 'g> {
    /// A call of `code`, whose last name is `name`.
    pub(super) fn user_function(
        &mut self,
        name: &'a Ident,
        code: TokenStream,
        args: &'a Punctuated<Expr, Token![,]>,
    ) -> Value<'a, 'g> {
        let function = code.to_string();
        self.function_of(name, code, function, None, args, Form::Number)
    }

    /// A call of a method of a struct, which is the value of the receiver, with what it returns if nothing else is known.
    pub(super) fn method_of_struct(
        &mut self,
        call: &'a syn::ExprMethodCall,
        receiver: Value<'a, 'g>,
        likely: Form,
    ) -> Value<'a, 'g> {
        let (name, turbofish) = (&call.method, &call.turbofish);
        let receiver = (&*call.receiver, receiver);
        self.function_of(
            name,
            quote!(#name #turbofish),
            format!(".{name}"),
            Some(receiver),
            &call.args,
            likely,
        )
    }

    /// Likewise of either; `function` is what tells it from others.
    fn function_of(
        &mut self,
        name: &'a Ident,
        code: TokenStream,
        function: String,
        receiver: Option<(&'a Expr, Value<'a, 'g>)>,
        args: &'a Punctuated<Expr, Token![,]>,
        likely: Form,
    ) -> Value<'a, 'g> {
        let method = receiver.is_some();
        let Arguments { given, variables, unsure } = match self.arguments(&function, receiver, args) {
            Ok(arguments) => arguments,
            Err(value) => return value,
        };
        if self.are_in_conflict(&given) {
            return self.refuse(
                name,
                format!(
                    "`{name}` is given parts of one array both to read and to write: copy one of them into an array of \
                     its own first"
                ),
            );
        }
        let numbers = given.iter().map(|argument| match argument {
            Argument::Numbers { value: Tree::Leaf(node), borrowed } => Some((*node, *borrowed)),
            _ => None,
        });
        let numbers: Option<Vec<(Node<'g>, bool)>> = numbers.list_all();
        let call = key(name);
        let returns = self.known_clues.contains(&Clue::Returns(function.clone()));
        // What a struct is multiplied with tells what the product is.
        let by_struct = given.get(1).is_some_and(Argument::is_struct);
        let form = match likely {
            _ if returns => Form::Struct,
            Form::Likely if !by_struct => Form::Struct,
            likely => likely,
        };
        let form = self.forms.get(&call).cloned().unwrap_or(Tree::Leaf(form));
        self.taken_for.insert(call, form.clone());
        self.callees.insert(call, function);
        let borrowed = numbers.iter().flatten().enumerate();
        let itself = self.is_itself(name, &code);
        let mut callee = Callee {
            name: name.to_string(),
            code: self.snippets.add_once(code).0,
            order: 0,
            variables,
            borrowed: borrowed.filter(|(_, (_, borrowed))| *borrowed).each(|(i, _)| i),
            unsure,
            ty: Ty::Any,
        };
        if let (Some(numbers), Tree::Leaf(Form::Number | Form::Certainly), false) = (numbers, &form, method) {
            let function = self.graph.callee(callee);
            let ids: Vec<u32> = numbers.iter().each(|(node, _)| node.id);
            let result = self.graph.intern(Kind::Call(function), &ids, Ty::Any);
            self.calls_made.push(Made { result, name: name.clone(), changes: false });
            self.come_from(result, &[Origin::of(call)]);
            return Value::Node(result);
        }
        // Arguments are told apart by what they are, and not by number.
        callee.borrowed.clear();
        let function = self.graph.callee(callee);
        let result = self.result_of_form(&form, name, &Origin::of(call));
        let statement = Call {
            function,
            product: Product::Value,
            itself,
            method,
            args: given,
            seeds: Vec::new(),
            buffers: Vec::new(),
            result: result.clone(),
            derivatives: None,
            number: 0,
        };
        let changes = !statement.changes().is_empty();
        self.push_stmt(Stmt::Call(statement));
        if let Tree::Leaf(result) = result {
            self.calls_made.push(Made { result, name: name.clone(), changes });
        }
        self.result_of_call(&form, &result, Origin::of(call))
    }

    /// Whether `code` is certain to name the function whose body this is, beside which there is a product that adds.
    fn is_itself(&self, name: &Ident, code: &TokenStream) -> bool {
        // Here it is always called, which would never end: it is another function of the same name.
        if !self.signature.can_add || *name != self.item.sig.ident || self.bodies.len() == 1 {
            return false;
        }
        let is = |path: TokenStream| path.to_string() == code.to_string();
        if is(quote!(#name)) {
            let associated =
                self.item.sig.receiver().is_some() || self.signature.identifiers.contains("Self");
            return !associated && !self.namesake && self.lookup(name).is_none();
        }
        // Without a visibility it may be a method of a trait, which has no such product.
        let inherent = !matches!(self.item.vis, syn::Visibility::Inherited);
        inherent && (is(quote!(Self::#name)) || is(quote!(self.#name)))
    }
}
