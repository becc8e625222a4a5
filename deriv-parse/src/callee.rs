//! Calls of the user's functions.
//!
//! A call of single numbers that returns one is a node of the graph. Any other is a statement: it works on
//! memory, or returns more than a number. The parser sees nothing of the function but the call, so what it
//! returns is taken for a number until it is used as something else, as a tuple, say: that is noted, and
//! parsing begins again.

use super::memory::{View, root};
use super::source::Source;
use super::structure::Clue;
use super::{Bound, Known, Parser, Value, key};
use crate::graph::{Callee, Expr as Node, Kind, Ty};
use crate::list::{List, Sort};
use crate::ops::Op;
use crate::region::{Argument, By, Call, Capture, Dim, Extent, Part, Passive, Product, Stmt, Tree};
use deriv_syntax::signature::{MAX_NUMBERS, ParamKind};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::punctuated::Punctuated;
use syn::{Expr, GenericArgument, Token, Type};

/// What a part of a call's result is.
#[derive(Clone, PartialEq, Debug)]
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
    /// A part of it.
    fn step(&self, i: usize) -> Self {
        Origin { call: self.call, path: [&self.path[..], &[i]].concat() }
    }
}

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
        let mut given = Vec::new();
        let mut variables = Vec::new();
        let (mut unsure, mut passive) = (Vec::new(), Vec::new());
        let method = receiver.is_some();
        let receiver = receiver.map(|(code, value)| (code, Some(value)));
        let args = receiver.into_iter().joined(args.iter().map(|arg| (arg, None)));
        for (i, (arg, value)) in args.into_iter().enumerate() {
            let takes = Clue::Takes(function.clone(), i);
            match self.call_argument(arg, value, self.known_clues.contains(&takes)) {
                Ok((argument, sure)) => {
                    let likely = argument.place().is_some_and(|place| self.is_likely(place));
                    if argument.is_struct() && !likely {
                        self.clues.insert(takes);
                    }
                    if argument.is_real() {
                        variables.push(i);
                    }
                    if !argument.is_real() || !sure {
                        passive.push((i, arg));
                    }
                    if !sure {
                        unsure.push((i, arg));
                    }
                    given.push(argument);
                }
                Err(value) => return value,
            }
        }
        // A struct that carries no derivative counts as a variable if some active one has its type, or may have.
        let active: Vec<Option<usize>> =
            given.iter().filter(|given| given.is_struct()).each(|given| self.type_of_struct(given));
        for (i, arg) in passive {
            if let Known::Struct { ty, .. } = self.known(self.bare(arg))
                && !active.is_empty()
                && (self.counts_as_variable(ty)
                    || active.iter().any(|active| active.is_none_or(|active| active == ty)))
            {
                given[i] = self.passive_struct(arg, false);
                unsure.retain(|(other, _)| *other != i);
                variables.retain(|other| *other != i);
                variables.push(i);
            }
        }
        variables.order();
        // Beside structs, which `wrt` has to name, what is not known to be a variable is a constant. A field is one more
        // often than an item.
        if given.iter().any(Argument::is_struct) {
            let is_field =
                |arg: &Expr| matches!(self.known(arg), Known::Value) && !matches!(arg, Expr::Index(_));
            unsure.retain(|(_, arg)| !is_field(arg));
            for (i, arg) in unsure.drain(..) {
                given[i] = Argument::Numbers { value: Tree::Leaf(self.leaf(arg)), borrowed: false };
                variables.retain(|variable| *variable != i);
            }
        }
        let unsure = !unsure.is_empty();
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
            self.come_from(result, &[Origin { call, path: Vec::new() }]);
            return Value::Node(result);
        }
        // Arguments are told apart by what they are, and not by number.
        callee.borrowed.clear();
        let function = self.graph.callee(callee);
        let result = self.result_of_form(&form, name, &Origin { call, path: Vec::new() });
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
        self.result_of_call(&form, &result, Origin { call, path: Vec::new() })
    }

    /// Whether a place is taken for a struct as nothing speaks against it.
    pub(super) fn is_likely(&self, place: Node<'g>) -> bool {
        let origins = self.origins.get(&place.id);
        let from_likely = origins.into_iter().flatten().any(|origin| {
            origin.path.is_empty() && self.taken_for.get(&origin.call) == Some(&Tree::Leaf(Form::Likely))
        });
        from_likely || self.is_likely_part(place)
    }

    /// Leaves for what a call returns.
    fn result_of_form(&mut self, form: &Tree<Form>, name: &Ident, origin: &Origin) -> Tree<Node<'g>> {
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

    /// A call's result, or a part of it, as a value.
    fn result_of_call(
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
                let Some(whole) = known.map(super::structure::Parts::whole) else { return self.unknown() };
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

    // Arguments.

    /// An argument, and whether it is certain that it is a variable of the function, or that it is none; or
    /// the call's value, if there is no such call. Another call may show that a struct is taken here.
    fn call_argument(
        &mut self,
        arg: &'a Expr,
        value: Option<Value<'a, 'g>>,
        takes_struct: bool,
    ) -> Result<(Argument<'g>, bool), Value<'a, 'g>> {
        let mutable = is_mutable_reference(arg);
        if let Some(value) = self.demand_argument(arg, mutable) {
            return Err(value);
        }
        let number = |value, borrowed| Argument::Numbers { value: Tree::Leaf(value), borrowed };
        // A part of a struct in memory that is passed by reference.
        let (place, by) = match arg {
            Expr::Reference(reference) if mutable => (&*reference.expr, By::MutableReference),
            Expr::Reference(reference) => (&*reference.expr, By::Reference),
            arg => (arg, By::Value),
        };
        let by = if value.is_some() { By::Reference } else { by };
        if (takes_struct || by != By::Value)
            && let Some(view) = self.in_struct(place)
        {
            let by = if by == By::Value && !view.owned { By::Reference } else { by };
            let extent = if view.indices.is_empty() { view.extent.clone() } else { Extent::of_struct() };
            return Ok((Argument::Memory { part: self.part_of(&View { extent, ..view }), by }, true));
        }
        let receives = value.is_some();
        let value = value.unwrap_or_else(|| self.expr(arg));
        match value {
            value if self.is_unknown(&value) => Err(self.unknown()),
            Value::Never => Err(Value::Never),
            // What is passed by reference is a struct rather than a number, if nothing else is known of it.
            value @ Value::Node(_)
                if (takes_struct || matches!(arg, Expr::Reference(_)))
                    && (self.may_be_whole(&value) || self.learn_likely(&value)) =>
            {
                self.as_whole(&value);
                Err(self.unknown())
            }
            Value::Node(node) => Ok((number(node, self.is_reference(arg)), true)),
            value @ Value::Variable(_) => {
                let Some(place) = self.as_whole(&value) else { return Err(self.unknown()) };
                let by = if receives || self.is_reference(arg) { By::Reference } else { By::Value };
                Ok((Argument::Memory { part: Part::whole(place, Extent::of_struct()), by }, true))
            }
            // Rust would take it for a `&` too, and which it is decides where the derivative goes.
            Value::View(view) if view.exclusive && !view.owned && !mutable => {
                let name = arg.source();
                let message = format!(
                    "this is a `&mut`, which the function may write to, or only read: write `&mut *{name}` for the \
                     one, or `&*{name}` for the other"
                );
                Err(self.refuse(arg.source(), message))
            }
            Value::View(view) => {
                let by = match (view.owned, view.exclusive) {
                    (true, _) => By::Value,
                    (false, true) => By::MutableReference,
                    (false, false) => By::Reference,
                };
                Ok((Argument::Memory { part: self.part_of(&view), by }, true))
            }
            Value::Passive(code) => {
                if mutable {
                    self.fail(
                        code.source(),
                        "a `&mut` argument beside an active one is not supported yet, as the derivative is a call \
                         of its own: return what the call changes",
                    );
                }
                let bare = self.bare(code);
                let is_struct = takes_struct && matches!(self.known(bare), Known::Struct { .. });
                if is_struct || receives {
                    let place = self.whole_leaf(bare);
                    let by = match self.known(code) {
                        Known::Struct { reference: false, .. } if !receives => By::Value,
                        _ => By::Reference,
                    };
                    return Ok((
                        Argument::Memory { part: Part::whole(place, Extent::of_struct()), by },
                        true,
                    ));
                }
                Ok(if self.is_known_real(bare) {
                    (number(self.real(Value::Passive(bare), code), self.is_reference(code)), true)
                } else if self.may_be_real(code) {
                    (number(self.unsure_leaf(code), false), false)
                } else {
                    (number(self.leaf(code), false), true)
                })
            }
            Value::Closure(_) => Err(self.refuse(
                arg.source(),
                "a closure over active values cannot be an argument yet: call it here, and pass its results",
            )),
            value @ (Value::Tuple(_) | Value::Array(_) | Value::Struct(..)) => {
                let value = self.force(value);
                match self.numbers_of(&value, arg) {
                    Some(value) => {
                        let borrowed = receives || self.is_reference(arg);
                        Ok((Argument::Numbers { value, borrowed }, true))
                    }
                    None => Err(self.refuse(arg.source(), NO_ARGUMENT)),
                }
            }
            _ => Err(self.refuse(arg.source(), NO_ARGUMENT)),
        }
    }

    /// A struct that carries no derivative, as a variable of the function.
    fn passive_struct(&mut self, code: &'a Expr, receives: bool) -> Argument<'g> {
        let place = self.whole_leaf(self.bare(code));
        let by = match self.known(code) {
            Known::Struct { reference: false, .. } if !receives => By::Value,
            _ => By::Reference,
        };
        Argument::Memory { part: Part::whole(place, Extent::of_struct()), by }
    }

    /// The structure of a value made of numbers alone.
    fn numbers_of(&mut self, value: &Value<'a, 'g>, at: &'a Expr) -> Option<Tree<Node<'g>>> {
        let mut all = |parts: &[Value<'a, 'g>]| parts.iter().map(|part| self.numbers_of(part, at)).list_all();
        Some(match value {
            Value::Tuple(parts) => Tree::Tuple(all(parts)?),
            Value::Array(parts) => Tree::Array(all(parts)?),
            Value::Struct(fields, parts) => {
                let part = |part: &Value<'a, 'g>| match part {
                    // Only its type tells what it is made of.
                    Value::Passive(code) if !self.is_known_real(code) => {
                        Some(Tree::Leaf(self.whole_leaf(code)))
                    }
                    part => self.numbers_of(part, at),
                };
                Tree::Struct(fields.clone(), parts.iter().map(part).list_all()?)
            }
            Value::Variable(_) => Tree::Leaf(self.as_whole(value).unwrap_or(self.unknown)),
            Value::Node(_) | Value::Passive(_) => Tree::Leaf(self.real(value.clone(), at.source())),
            _ => return None,
        })
    }

    /// What an argument is part of may have to be memory, or known to the parser, although nothing active has
    /// been put into it so far: parsing begins again.
    fn demand_argument(&mut self, arg: &'a Expr, mutable: bool) -> Option<Value<'a, 'g>> {
        let binding = root(self.bare(arg)).and_then(|name| self.lookup(name))?;
        let declaration = binding.declaration;
        match &binding.value {
            Bound::Passive(_) => {
                let Some(&source) = self.sequences.get(&declaration) else {
                    // It may be an item of any of them.
                    let may_be_item = match binding.value {
                        Bound::Passive(Known::Slice) => true,
                        Bound::Passive(Known::Unknown | Known::Value) => self.may_be_real(arg),
                        _ => false,
                    };
                    let demanded = may_be_item && self.demand_sequences(false);
                    return demanded.then(|| self.unknown());
                };
                if self.promoted.contains(&source) {
                    return None;
                }
                self.surprises.insert(source);
                if mutable {
                    self.memory_surprises.insert(source);
                }
            }
            Bound::Tracked(Value::Array(_)) if mutable && !self.in_memory.contains(&declaration) => {
                self.memory_surprises.insert(declaration);
            }
            Bound::Tracked(_) => return None,
        }
        Some(self.unknown())
    }

    /// Remembers what real numbers a passive variable may refer to: itself, if it is an array or list, or what it
    /// is a part of.
    pub(super) fn note_sequence(&mut self, name: &Ident, annotation: Option<&syn::Type>, code: &Expr) {
        let inner = self.bare(code);
        let own = match inner {
            Expr::Array(array) => array.elems.iter().all(|element| self.is_real_sequence(element)),
            Expr::Repeat(repeat) => self.is_real_sequence(&repeat.expr),
            Expr::Macro(mac) => match self.lists.get(&mac.mac) {
                Some(super::memory::List::Repeat(element, _)) => self.is_real_sequence(element),
                Some(super::memory::List::Elements(elements)) => {
                    elements.iter().all(|element| self.is_real_sequence(element))
                }
                None => false,
            },
            // As `Vec::new()`, or what `collect` makes: only the type tells.
            _ => self.is_known_by_type(code, annotation),
        };
        let part = || {
            let place = match code {
                Expr::Reference(_) | Expr::Path(_) => inner,
                // A copy of it.
                Expr::MethodCall(call) if call.method == "to_vec" || call.method == "clone" => {
                    self.bare(&call.receiver)
                }
                _ => return None,
            };
            let binding = root(place).and_then(|name| self.lookup(name))?;
            self.sequences.get(&binding.declaration).copied()
        };
        if let Some(source) = own.then_some(key(name)).or_else(part) {
            self.sequences.insert(key(name), source);
        }
    }

    /// Whether the value is an array or list of real numbers of which only the type tells.
    pub(super) fn is_known_by_type(&self, code: &Expr, annotation: Option<&Type>) -> bool {
        let ty = annotation.or(collected(code));
        !matches!(self.bare(code), Expr::Array(_) | Expr::Repeat(_))
            && ty.is_some_and(|ty| self.is_list_of_reals(ty))
    }

    /// Whether the type is that of an array or `Vec` of real numbers, or of such.
    fn is_list_of_reals(&self, ty: &syn::Type) -> bool {
        match ty {
            syn::Type::Array(_) => self.number_in(ty).is_some(),
            syn::Type::Path(path) => {
                path.path.segments.last().is_some_and(|last| last.ident == "Vec")
                    && self.number_in(ty).is_some()
            }
            _ => false,
        }
    }

    /// Whether a place is part of what a passive variable refers to.
    pub(super) fn is_passive_place(&self, place: &Expr) -> bool {
        let binding = root(place).and_then(|name| self.lookup(name));
        binding.is_some_and(|binding| matches!(binding.value, Bound::Passive(_)))
    }

    /// A passive reference may lead to any of the arrays, lists and parameters in scope that are passive so far, of
    /// those that are `mutable` if it is written through: parsing begins again, if there are any.
    pub(super) fn demand_sequences(&mut self, mutable: bool) -> bool {
        let bindings = self.frames.iter().flat(|frame| &frame.bindings);
        let demanded = bindings.iter().map(|(_, binding)| binding).filter(|binding| {
            let own = self.sequences.get(&binding.declaration) == Some(&binding.declaration);
            own && (binding.mutable || !mutable) && matches!(binding.value, Bound::Passive(_))
        });
        let demanded: Vec<usize> = demanded.each(|binding| binding.declaration);
        self.surprises.extend(demanded.iter().copied());
        self.memory_surprises.extend(demanded.iter().copied());
        !demanded.is_empty()
    }

    fn is_real_sequence(&self, code: &Expr) -> bool {
        match code {
            Expr::Array(array) => array.elems.iter().all(|element| self.is_real_sequence(element)),
            Expr::Repeat(repeat) => self.is_real_sequence(&repeat.expr),
            code => self.is_known_real(code),
        }
    }

    /// Whether it is all of what its indices lead to.
    fn is_uncut(&self, view: &View<'g>) -> bool {
        let own = self.extents.get(&view.place.id).and_then(|extent| extent.dims.get(view.indices.len()));
        match (own, view.extent.dims.first()) {
            (Some(Dim::Counted(all)), Some(Dim::Counted(count))) => {
                view.offset.is_none() && (all == count || view.grows)
            }
            (_, Some(Dim::Counted(_))) => false,
            _ => true,
        }
    }

    /// Whether it is all of a place.
    pub(super) fn is_whole(&self, view: &View<'g>) -> bool {
        view.indices.is_empty() && self.is_uncut(view)
    }

    /// The part of its place that a view stands for.
    pub(super) fn part_of(&mut self, view: &View<'g>) -> Part<'g> {
        let whole = self.is_uncut(view);
        let range = match view.extent.dims.first() {
            Some(Dim::Counted(count)) if !(whole || view.owned) => {
                let from = view.offset.unwrap_or(self.graph.constant(0.0));
                Some([from, self.sum(from, *count)])
            }
            _ => None,
        };
        Part { access: view.access(), range, extent: view.extent.clone().known() }
    }

    /// Whether the arguments are parts of one place of which some are written to.
    fn are_in_conflict(&self, args: &[Argument<'g>]) -> bool {
        let places = args.iter().filter_map(|argument| match argument {
            Argument::Memory { part, by } => Some((part.access.place, *by)),
            _ => None,
        });
        let places: Vec<(Node<'g>, By)> = places.list();
        let written = places.iter().filter(|(_, by)| *by == By::MutableReference);
        written.into_iter().any(|(place, _)| places.iter().filter(|(other, _)| other == place).count() > 1)
    }

    /// What an argument is about, without references.
    pub(super) fn bare<'e>(&self, mut code: &'e Expr) -> &'e Expr {
        while let Expr::Paren(syn::ExprParen { expr, .. })
        | Expr::Group(syn::ExprGroup { expr, .. })
        | Expr::Reference(syn::ExprReference { expr, .. }) = code
        {
            code = expr;
        }
        code
    }

    /// Whether an argument with numbers as its value is written as a reference to them.
    pub(super) fn is_reference(&self, arg: &Expr) -> bool {
        match arg {
            Expr::Paren(paren) => self.is_reference(&paren.expr),
            Expr::Group(group) => self.is_reference(&group.expr),
            Expr::Reference(_) => true,
            Expr::Path(path) => {
                let declared = path.path.get_ident().and_then(|name| self.lookup(name));
                declared.is_some_and(|binding| {
                    self.references.contains(&binding.declaration)
                        || self.signature.params.iter().any(|param| {
                            let reference = match &param.kind {
                                ParamKind::Scalar { reference, .. } => *reference,
                                ParamKind::Array(numbers) => {
                                    numbers.passed != deriv_syntax::signature::Passed::ByValue
                                }
                                ParamKind::Struct => param.reference,
                                ParamKind::Constant | ParamKind::Receiver => false,
                            };
                            reference
                                && param.name.as_ref().is_some_and(|name| key(name) == binding.declaration)
                        })
                })
            }
            _ => false,
        }
    }

    /// Whether a passive argument of unknown type is taken to be one of the callee's variables. If it is
    /// not, the number of partial derivatives differs, which the emitted code lets rustc find.
    fn may_be_real(&self, code: &Expr) -> bool {
        let bare = self.bare(code);
        let constant = match bare {
            Expr::Path(path) => path.path.get_ident().is_some_and(|name| {
                let binding = self.lookup(name).map(|binding| binding.declaration);
                name == "self"
                    || self.signature.params.iter().any(|param| {
                        matches!(param.kind, ParamKind::Constant)
                            && param.name.as_ref().is_some_and(|name| Some(key(name)) == binding)
                    })
            }),
            _ => false,
        };
        let known = self.known(code);
        !constant
            && !matches!(
                known,
                Known::NotReal | Known::Size | Known::Slice | Known::Struct { reference: true, .. }
            )
    }

    // Results.

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
            value => self.must_be_struct(value),
        }
    }

    /// Notes that a value that may come from a call is a struct rather than a number.
    fn learn_likely(&mut self, value: &Value<'a, 'g>) -> bool {
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
        let form = self.form_of_type(ty);
        self.learn_value(value, &form)
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
        }
    }
}

const NO_ARGUMENT: &str = "only numbers, and arrays and tuples of such, can be active arguments of a function: pass the \
                           components one by one";

/// What `collect` is told to make.
pub(super) fn collected(code: &Expr) -> Option<&Type> {
    let Expr::MethodCall(call) = code else { return None };
    match call.turbofish.as_ref()?.args.first()? {
        GenericArgument::Type(ty) if call.method == "collect" => Some(ty),
        _ => None,
    }
}

fn is_mutable_reference(arg: &Expr) -> bool {
    match arg {
        Expr::Paren(paren) => is_mutable_reference(&paren.expr),
        Expr::Group(group) => is_mutable_reference(&group.expr),
        Expr::Reference(reference) => reference.mutability.is_some(),
        _ => false,
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
