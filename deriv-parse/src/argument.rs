//! The arguments of calls: what is passed, and what of it is a variable of the function.

use super::memory::{View, root};
use super::source::Source;
use super::unseen::Clue;
use super::{Bound, Known, Parser, Value, key};
use crate::graph::{Expr as Node, Ty};
use crate::list::{List, Sort};
use crate::region::{Argument, By, Dim, Extent, Part, Tree};
use deriv_syntax::signature::ParamKind;
use proc_macro2::Ident;
use syn::punctuated::Punctuated;
use syn::{Expr, GenericArgument, Token, Type};

/// What a function is called with.
pub(super) struct Arguments<'g> {
    pub given: Vec<Argument<'g>>,
    /// The numbers of those that are variables of the function.
    pub variables: Vec<usize>,
    /// Some are taken for variables as nothing is known of them.
    pub unsure: bool,
}

impl<'a, 'g> Parser<'a, 'g> {
    /// The arguments of a call of a `function`, the receiver of a method first; or the call's value, if there is no such
    /// call.
    pub(super) fn arguments(
        &mut self,
        function: &str,
        receiver: Option<(&'a Expr, Value<'a, 'g>)>,
        args: &'a Punctuated<Expr, Token![,]>,
    ) -> Result<Arguments<'g>, Value<'a, 'g>> {
        let (mut given, mut variables) = (Vec::new(), Vec::new());
        let (mut unsure, mut passive) = (Vec::new(), Vec::new());
        let receiver = receiver.map(|(code, value)| (code, Some(value)));
        let args = receiver.into_iter().joined(args.iter().map(|arg| (arg, None)));
        for (i, (arg, value)) in args.into_iter().enumerate() {
            let takes = Clue::Takes(function.to_owned(), i);
            let (argument, sure) = self.call_argument(arg, value, self.known_clues.contains(&takes))?;
            let likely = argument.place().is_some_and(|place| self.is_likely(place));
            if argument.is_struct() && !likely {
                self.clues.insert(takes);
            }
            if argument.is_real() {
                variables.push(i);
                if sure {
                    self.varied.insert((function.to_owned(), i));
                }
            }
            if !sure {
                unsure.push((i, arg));
            }
            if !sure || !argument.is_real() {
                passive.push((i, arg));
            }
            given.push(argument);
        }
        // A struct that carries no derivative counts as a variable if some active one has its type.
        let active: Vec<Option<usize>> =
            given.iter().filter(|given| given.is_struct()).each(|given| self.type_of_struct(given));
        for (i, arg) in passive {
            if let Known::Struct { ty, .. } = self.known(self.bare(arg))
                && !active.is_empty()
                && (self.counts_as_variable(ty) || active.contains(&Some(ty)))
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
            unsure.retain(|(i, arg)| {
                !is_field(arg) && !self.known_clues.contains(&Clue::Varies(function.to_owned(), *i))
            });
            for (i, arg) in unsure.drain(..) {
                self.held_constant.push((function.to_owned(), i));
                given[i] = Argument::Numbers { value: Tree::Leaf(self.leaf(arg)), borrowed: false };
                variables.retain(|variable| *variable != i);
            }
        }
        Ok(Arguments { given, variables, unsure: !unsure.is_empty() })
    }

    /// What is a variable in one call of a function is one in all: that is known in the end. Parsing may have to begin again.
    pub(super) fn settle_arguments(&mut self) {
        for argument in &self.held_constant {
            if self.varied.contains(argument) {
                self.clues.insert(Clue::Varies(argument.0.clone(), argument.1));
            }
        }
    }

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
                if ((takes_struct || matches!(arg, Expr::Reference(_))) && self.as_likely_struct(&value))
                    || (takes_struct && self.learn_struct(&value)) =>
            {
                Err(self.unknown())
            }
            Value::Node(node) => Ok((number(node, self.is_reference(arg)), true)),
            // By value, it is a number as long as nothing else is known.
            value if !takes_struct && by == By::Value && self.must_be_number(&value) => Err(self.unknown()),
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
                    // What a method takes the derivative of is a reference to it.
                    _ if receives => By::Reference,
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
        let bare = self.bare(code);
        // It may be built of what is data, and is known by the name of something active.
        let place = match self.mentions(bare).then(|| self.observe_as(bare, Ty::Aggregate)) {
            Some(Value::Node(place)) => place,
            _ => self.whole_leaf(bare),
        };
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
            Value::View(view) if view.extent.is_struct() && view.indices.is_empty() => Tree::Leaf(view.place),
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
    pub(super) fn are_in_conflict(&self, args: &[Argument<'g>]) -> bool {
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

    fn ends_in_reference(&self, block: &syn::Block) -> bool {
        matches!(block.stmts.last(), Some(syn::Stmt::Expr(value, None)) if self.is_reference(value))
    }

    /// Whether an argument with numbers as its value is written as a reference to them.
    pub(super) fn is_reference(&self, arg: &Expr) -> bool {
        match arg {
            Expr::Paren(paren) => self.is_reference(&paren.expr),
            Expr::Group(group) => self.is_reference(&group.expr),
            Expr::Reference(_) => true,
            // One arm is as good as the other.
            Expr::If(branch) => self.ends_in_reference(&branch.then_branch),
            Expr::Block(block) => self.ends_in_reference(&block.block),
            Expr::Match(branch) => branch.arms.first().is_some_and(|arm| self.is_reference(&arm.body)),
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
        let known = match bare {
            Expr::Unary(syn::ExprUnary { op: syn::UnOp::Deref(_), expr, .. }) => self.known(expr),
            _ => self.known(code),
        };
        !constant
            && !matches!(
                known,
                Known::NotReal | Known::Size | Known::Slice | Known::Struct { reference: true, .. }
            )
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
