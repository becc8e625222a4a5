//! Which parameters are real, which of them are variables, and what the result is made of.

use crate::attribute::{Options, Product, ProductKind};
use crate::errors::Errors;
use crate::graph::Ty;
use crate::hash::HashSet;
use crate::list::{List, PushAll};
use crate::region::Tree;
use crate::tokens::{all_identifiers, evidence, grown};
use deriv_engine::ops::Op;
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{
    Block, Expr, ExprGroup, ExprParen, FnArg, GenericParam, ItemFn, Pat, Receiver, ReceiverKind, ReturnType,
    Stmt, Type, TypeParamBound, WherePredicate,
};

/// What the signature says.
pub struct Signature {
    pub params: Vec<Param>,
    /// The type of most numbers in the function: the result's.
    pub primary: Ty,
    /// The types that `Ty::Param` counts.
    pub types: Vec<RealType>,
    /// The structure of the result, with a type for each number; that of a struct, the body tells.
    pub result: Tree<Ty>,
    /// The types of parameters and result are such that the body is worth looking at.
    pub sound: bool,
    /// The type of what goes with `self`, where that can be a variable.
    pub receiver: Option<Type>,
    /// There is a product that adds to the derivatives by slices, for calls of the function by itself.
    pub can_add: bool,
    /// All identifiers in the user's function: generated names keep clear of them.
    pub identifiers: HashSet<String>,
    /// Names of lists that it pushes to or pops from.
    pub grown: HashSet<String>,
}

/// A type of number that is neither `f32` nor `f64`.
pub struct RealType {
    pub tokens: TokenStream,
    pub constants: Constants,
}

/// How a constant of a real type is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Constants {
    /// As a literal: the type is another name of `f32` or `f64`.
    Literal,
    /// The type is `From<f64>`.
    FromF64,
    /// The type is `From<f32>`.
    FromF32,
    /// By `num_traits::NumCast`.
    Cast,
}

pub struct Param {
    /// Its name; none for `_` and for patterns.
    pub name: Option<Ident>,
    pub kind: ParamKind,
    /// It is one of the variables, by which is differentiated.
    pub variable: bool,
    pub mutable: bool,
    /// Its type is written as a reference.
    pub reference: bool,
}

pub enum ParamKind {
    /// A number, or a reference to one.
    Scalar { ty: Ty, reference: bool },
    /// An array, slice or `Vec` of numbers.
    Array(Numbers),
    /// A struct of real numbers, which the attribute names as a variable.
    Struct,
    /// Anything else: a constant.
    Constant,
    /// `self` in any form.
    Receiver,
}

/// Numbers in one or more dimensions.
pub struct Numbers {
    pub number: Ty,
    /// The outermost first.
    pub lengths: Vec<Length>,
    pub passed: Passed,
}

/// How many elements there are.
pub enum Length {
    /// Those of an array with a literal length.
    Literal(usize),
    /// Those of an array with any other length.
    Symbolic(TokenStream),
    /// Those of a slice or `Vec`: only outermost.
    Counted,
}

/// How a parameter is passed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Passed {
    ByValue,
    Shared,
    /// By `&mut`: an output.
    Mutable,
}

/// What holds values where the derivative cannot follow them.
pub const CONTAINERS: &[&str] = &[
    "Arc", "Box", "BTreeMap", "BTreeSet", "Cell", "HashMap", "HashSet", "Mutex", "OnceCell", "Option", "Rc",
    "RefCell", "Result", "String", "Vec", "VecDeque",
];

/// Arrays of at most so many numbers are known number by number.
pub const MAX_NUMBERS: usize = 32;

impl Numbers {
    /// How many there are, if the type tells it as a number.
    pub fn count(&self) -> Option<usize> {
        self.lengths.iter().try_fold(1_usize, |count, length| match length {
            Length::Literal(length) => count.checked_mul(*length),
            Length::Symbolic(_) | Length::Counted => None,
        })
    }

    /// Whether they are few enough to be known number by number.
    pub fn are_few(&self) -> bool {
        self.passed != Passed::Mutable && self.count().is_some_and(|count| count <= MAX_NUMBERS)
    }

    /// Whether the type leaves open how many there are.
    pub fn is_counted(&self) -> bool {
        matches!(self.lengths.first(), Some(Length::Counted))
    }
}

impl Param {
    /// Whether it can be a variable.
    fn is_real(&self) -> bool {
        match &self.kind {
            ParamKind::Scalar { .. } | ParamKind::Struct => true,
            ParamKind::Array(_) => !self.is_output(),
            ParamKind::Constant | ParamKind::Receiver => false,
        }
    }

    /// Whether its type leaves open how many numbers there are.
    pub fn is_counted(&self) -> bool {
        matches!(&self.kind, ParamKind::Array(numbers) if numbers.is_counted())
    }

    /// Whether it is passed by `&mut` to be written to.
    pub fn is_output(&self) -> bool {
        matches!(&self.kind, ParamKind::Array(numbers) if numbers.passed == Passed::Mutable)
    }
}

/// Traits whose implementors are real numbers.
const REAL_TRAITS: &[&str] = &["Float", "FloatCore", "Real", "RealField", "FloatConst"];

struct Types<'a> {
    item: &'a ItemFn,
    /// The variables that are named.
    wrt: Option<&'a Vec<Ident>>,
    found: Vec<RealType>,
}

pub fn read(source: &TokenStream, item: &ItemFn, options: &Options, errors: &mut Errors) -> Signature {
    let before = errors.count();
    let mut types = Types { item, wrt: options.wrt.as_ref(), found: Vec::new() };
    let mut params: Vec<Param> = item.sig.inputs.iter().each(|arg| types.param(arg, errors));
    let has_output = params.iter().any(Param::is_output);
    let result = match &item.sig.output {
        ReturnType::Type(_, ty) if has_output && is_unit(ty) => Tree::Tuple(Vec::new()),
        ReturnType::Type(_, ty) => types.result(ty, errors),
        ReturnType::Default if has_output => Tree::Tuple(Vec::new()),
        ReturnType::Default => {
            errors.at(
                &item.sig.ident,
                format!("`{}` has no result to differentiate: return a number", item.sig.ident),
            );
            Tree::Leaf(Ty::F64)
        }
    };
    let of_output = || {
        params.iter().find_map(|param| match &param.kind {
            ParamKind::Array(numbers) if param.is_output() => Some(numbers.number),
            _ => None,
        })
    };
    // A struct does not tell.
    let of_scalar = || {
        params.iter().find_map(|param| match &param.kind {
            ParamKind::Scalar { ty, .. } | ParamKind::Array(Numbers { number: ty, .. }) => Some(*ty),
            _ => None,
        })
    };
    let first = result.leaves().into_iter().copied().find(|ty| ty.is_real());
    let primary = first.or_else(of_output).or_else(of_scalar).unwrap_or(Ty::F64);
    let sound = errors.count() == before;
    choose_variables(item, options, &mut params, sound, errors);
    // As far as calls would find `vjp`.
    let is_vjp = |product: &Product| product.kind == ProductKind::Vjp && product.name.is_none();
    let is_buffer = |param: &Param| param.variable && param.is_counted();
    let can_add = options.products.iter().any(is_vjp) && params.iter().any(is_buffer);
    Signature {
        params,
        primary,
        types: types.found,
        result,
        sound,
        receiver: item.sig.receiver().and_then(receiver_type),
        can_add,
        identifiers: all_identifiers(source.clone()),
        grown: grown(source.clone()),
    }
}

fn choose_variables(
    item: &ItemFn,
    options: &Options,
    params: &mut [Param],
    sound: bool,
    errors: &mut Errors,
) {
    match &options.wrt {
        None => {
            for param in params.iter_mut() {
                param.variable = param.is_real();
            }
            // What an output held before is an input as well.
            if sound && !params.iter().any(|param| param.variable || param.is_output()) {
                no_variable(item, errors);
            }
        }
        Some(names) => {
            let mut seen: Vec<&Ident> = Vec::new();
            for name in names {
                if seen.contains(&name) {
                    errors.at(name, format!("`{name}` is named twice: remove one"));
                }
                seen.push(name);
                if let Some(param) = params.first_mut()
                    && name == "self"
                    && let Some(FnArg::Receiver(receiver)) = item.sig.inputs.first()
                    && receiver_type(receiver).is_some()
                {
                    param.kind = ParamKind::Struct;
                    param.name = Some(name.clone());
                }
                let mut pairs = params.iter_mut().zip(&item.sig.inputs);
                let found = pairs.find(|(param, _)| param.name.as_ref() == Some(name)).map(|(param, arg)| {
                    if let (ParamKind::Constant, FnArg::Typed(arg)) = (&param.kind, arg)
                        && may_be_struct(&arg.ty)
                    {
                        param.kind = ParamKind::Struct;
                    }
                    param
                });
                match found {
                    None if name == "self" => errors.at(
                        name,
                        "`self` can be a variable where it is taken by value or by `&self`: take it so, or take the \
                         numbers as parameters of their own",
                    ),
                    None => {
                        let advice = known_names(params);
                        errors.at(name, format!("`{}` has no parameter `{name}`: {advice}", item.sig.ident));
                    }
                    Some(param) if !param.is_real() => {
                        errors.at(
                            name,
                            format!(
                                "`{name}` is not of a real type (`f32`, `f64` or a generic float), so it \
                                 cannot be a variable: name parameters of a real type"
                            ),
                        );
                    }
                    Some(param) => param.variable = true,
                }
            }
        }
    }
}

/// Whether a type, or what it refers to, may be a struct of real numbers, as far as its name tells.
pub fn may_be_struct(ty: &Type) -> bool {
    let ty = match bare(ty) {
        Type::Reference(reference) if reference.mutability.is_none() => bare(&reference.elem),
        ty => ty,
    };
    match ty {
        Type::Path(path) => path.path.segments.last().is_some_and(|last| {
            let known = |names: &[&str]| names.iter().any(|name| last.ident == name);
            let constant = is_known_constant(&last.ident) && last.ident != "Self";
            !constant && !known(CONTAINERS) && !known(&["f32", "f64"])
        }),
        _ => false,
    }
}

/// The type that what goes with a receiver has, if that can be a variable. At a call of a method it cannot be seen
/// whether it takes `self` or `&self`, so it is always a reference.
fn receiver_type(receiver: &Receiver) -> Option<Type> {
    let can = matches!(&receiver.kind, ReceiverKind::Value | ReceiverKind::Reference(_, _, None));
    can.then(|| syn::parse_quote!(&Self))
}

/// Where there is nothing to differentiate by: says so where a number hides in a type, or else at the name.
fn no_variable(item: &ItemFn, errors: &mut Errors) {
    const REAL: &str = "`f32`, `f64` or a generic float";
    for arg in &item.sig.inputs {
        let FnArg::Typed(arg) = arg else { continue };
        let ty = &*arg.ty;
        if let Type::ImplTrait(ty) = ty {
            let bounds = &ty.bounds;
            let bounds = tidy(quote!(#bounds));
            errors.at(
                arg,
                format!(
                    "a parameter of type `impl {bounds}` cannot be a variable: give the type a name, as in \
                     `fn f<T: num_traits::Float>(x: T) -> T`"
                ),
            );
            return;
        }
        if mentions_float(ty) {
            errors.at(
                arg,
                format!(
                    "a parameter of type `{}` is a constant, and there is no other to differentiate by: take the \
                     numbers as parameters of their own",
                    tidy(ty.to_token_stream())
                ),
            );
            return;
        }
    }
    errors.at(
        &item.sig.ident,
        format!(
            "`{}` has no parameter of a real type ({REAL}) to differentiate by: take one",
            item.sig.ident
        ),
    );
}

fn mentions_float(ty: &Type) -> bool {
    let mut stack = vec![ty.to_token_stream()];
    while let Some(stream) = stack.pop() {
        for token in stream {
            match token {
                TokenTree::Group(group) => stack.push(group.stream()),
                TokenTree::Ident(ident) if ident == "f64" || ident == "f32" => return true,
                _ => {}
            }
        }
    }
    false
}

/// Types as people write them.
fn tidy(tokens: TokenStream) -> String {
    let mut text = tokens.to_string();
    for (from, to) in [(" :: ", "::"), (" < ", "<"), (" >", ">"), ("& ", "&"), (" ,", ","), ("& ' ", "&'")] {
        text = text.replace(from, to);
    }
    text
}

/// Which names of parameters there are to choose from.
fn known_names(params: &[Param]) -> String {
    let names: Vec<String> = params
        .iter()
        .filter(|param| param.is_real())
        .filter_map(|param| param.name.as_ref())
        .each(|name| format!("`{name}`"));
    match &names[..] {
        [] => "it has none of a real type".to_owned(),
        [name] => format!("its variable can be {name}"),
        names => format!("its variables can be {}", names.join(", ")),
    }
}

impl Signature {
    /// Whether the derivative is something to return or to write to one buffer a variable. It is not where
    /// the function writes to outputs, has more than one number as result and slices as variables, or has a struct
    /// as result and more than one number as variables.
    pub fn has_prime(&self) -> bool {
        let counted = |param: &Param| match &param.kind {
            ParamKind::Array(numbers) => param.variable && numbers.is_counted(),
            _ => false,
        };
        let several = !matches!(self.result, Tree::Leaf(_));
        let outputs = self.params.iter().any(|param| param.is_output() || (several && counted(param)));
        !outputs && (!self.returns_struct() || self.is_of_one_number())
    }

    /// Whether the result is a struct, or holds one.
    pub fn returns_struct(&self) -> bool {
        self.result.leaves().into_iter().any(|ty| *ty == Ty::Aggregate)
    }

    /// Whether the result is a number.
    pub fn returns_number(&self) -> bool {
        matches!(self.result, Tree::Leaf(ty) if ty.is_real())
    }

    /// Whether some variable is a struct.
    pub fn has_structs(&self) -> bool {
        self.params.iter().any(|param| matches!(param.kind, ParamKind::Struct))
    }

    /// Whether there is one variable, and it is a number.
    pub fn is_of_one_number(&self) -> bool {
        let mut variables = self.params.iter().filter(|param| param.variable);
        let first = variables.next().map(|param| &param.kind);
        matches!(first, Some(ParamKind::Scalar { .. })) && variables.next().is_none()
    }

    /// Whether the number of entries of the Hessian can be written in its type.
    pub fn has_hessian(&self) -> bool {
        let variables: Vec<&ParamKind> =
            self.params.iter().filter(|param| param.variable).each(|param| &param.kind);
        let arrays: Vec<&Numbers> = variables.iter().each_some(|kind| match kind {
            ParamKind::Array(numbers) => Some(numbers),
            _ => None,
        });
        let alone = variables.len() == 1 && arrays.iter().all(|numbers| numbers.lengths.len() == 1);
        let in_buffer = arrays.iter().any(|numbers| numbers.is_counted());
        alone || in_buffer || arrays.iter().all(|numbers| numbers.count().is_some())
    }

    /// How Rust names the type.
    pub fn type_tokens(&self, ty: Ty) -> TokenStream {
        match ty {
            Ty::F32 => quote!(::core::primitive::f32),
            Ty::F64 => quote!(::core::primitive::f64),
            Ty::Bool => quote!(::core::primitive::bool),
            Ty::Param(number) => self.types[number as usize].tokens.clone(),
            Ty::Any | Ty::Opaque | Ty::Aggregate => self.type_tokens(self.primary),
        }
    }
}

impl Types<'_> {
    fn param(&mut self, arg: &FnArg, errors: &mut Errors) -> Param {
        let arg = match arg {
            FnArg::Typed(arg) => arg,
            FnArg::Receiver(receiver) => {
                let reference = matches!(receiver.kind, ReceiverKind::Reference(..));
                let (kind, mutable) = (ParamKind::Receiver, receiver.mutability.is_some());
                return Param { name: None, kind, variable: false, mutable, reference };
            }
        };
        let mut pattern = &*arg.pat;
        while let Pat::Paren(inner) = pattern {
            pattern = &inner.pat;
        }
        let (name, mutable) = match pattern {
            Pat::Ident(ident) if ident.by_ref.is_none() && ident.subpat.is_none() => {
                (Some(ident.ident.clone()), ident.mutability.is_some())
            }
            _ => (None, false),
        };
        let mut ty = &*arg.ty;
        let mut passed = Passed::ByValue;
        let ty = loop {
            match ty {
                Type::Paren(inner) => ty = &inner.elem,
                Type::Group(inner) => ty = &inner.elem,
                Type::Reference(inner) if passed == Passed::ByValue => {
                    passed = if inner.mutability.is_some() { Passed::Mutable } else { Passed::Shared };
                    ty = &inner.elem;
                }
                ty => break ty,
            }
        };
        let kind = match (self.numbers(ty), passed) {
            (Some((_, lengths)), Passed::Mutable) if lengths.is_empty() => {
                errors.at(arg, "a `&mut` output that is a single number is not supported: return the number");
                ParamKind::Constant
            }
            (Some((ty, lengths)), passed) if lengths.is_empty() => {
                ParamKind::Scalar { ty, reference: passed == Passed::Shared }
            }
            // Without numbers there is nothing to differentiate by.
            (Some((_, lengths)), _) if lengths.iter().any(|length| matches!(length, Length::Literal(0))) => {
                ParamKind::Constant
            }
            (Some((number, lengths)), passed) => ParamKind::Array(Numbers { number, lengths, passed }),
            (None, _) => {
                if let Type::Tuple(tuple) = ty
                    && tuple.elems.iter().any(|ty| self.numbers(ty).is_some())
                {
                    errors.at(
                        arg,
                        "a tuple of real numbers cannot be a parameter: take its components as parameters of \
                         their own",
                    );
                }
                ParamKind::Constant
            }
        };
        let real = matches!(kind, ParamKind::Scalar { .. } | ParamKind::Array(_));
        if real && name.is_none() && !matches!(pattern, Pat::Wild(_)) {
            let ty = tidy(arg.ty.to_token_stream());
            errors.at(
                pattern,
                format!(
                    "a pattern for a real parameter is not supported: write a plain name, as in `x: {ty}`"
                ),
            );
        }
        Param { name, kind, variable: false, mutable, reference: passed != Passed::ByValue }
    }

    /// What numbers a type is made of, and in which dimensions; none of a number itself.
    fn numbers(&mut self, ty: &Type) -> Option<(Ty, Vec<Length>)> {
        let (element, length) = match bare(ty) {
            Type::Slice(slice) => (&*slice.elem, Length::Counted),
            Type::Array(array) => (&*array.elem, length(&array.len)),
            Type::Path(path) => match vec_element(path) {
                Some(element) => (element, Length::Counted),
                None => return self.scalar(path).map(|ty| (ty, Vec::new())),
            },
            _ => return None,
        };
        let (number, mut lengths) = self.numbers(element)?;
        let regular = !lengths.iter().any(|length| matches!(length, Length::Counted));
        lengths.insert(0, length);
        regular.then_some((number, lengths))
    }

    fn scalar(&mut self, path: &syn::TypePath) -> Option<Ty> {
        let segments: Vec<String> = path.path.segments.iter().each(|s| s.ident.to_string());
        let last = path.path.segments.last()?;
        if path.qself.is_some() || !last.arguments.is_none() {
            return None;
        }
        let builtin =
            segments.len() == 1 || segments[..segments.len() - 1].ends_with(&["primitive".to_owned()]);
        match last.ident.to_string().as_str() {
            "f64" if builtin => return Some(Ty::F64),
            "f32" if builtin => return Some(Ty::F32),
            _ => {}
        }
        let name = path.path.get_ident()?;
        let generic = self.is_real_parameter(name);
        // An alias such as `type Real = f64`: a plain name that the result has as well.
        let alias = !self.is_type_parameter(name)
            && self.is_result(path)
            && !is_known_constant(name)
            && !self.is_struct(name);
        if !generic && !alias {
            return None;
        }
        let tokens = path.to_token_stream();
        let text = tokens.to_string();
        let number = match self.found.iter().position(|known| known.tokens.to_string() == text) {
            Some(number) => number,
            None => {
                // A single letter that is not declared here is a parameter of the surrounding `impl`.
                let constants = match generic || text.len() == 1 {
                    true => self.constants(),
                    false => Constants::Literal,
                };
                self.found.push(RealType { tokens, constants });
                self.found.len() - 1
            }
        };
        Some(Ty::Param(u8::try_from(number).ok()?))
    }

    /// Whether a type that may be another name of a number is a struct, as it is built or taken apart in the body. So it
    /// is, too, where `wrt` names a variable of it that is a reference or stands beside numbers that go by their own name,
    /// but nothing is done with it that is done with numbers alone; and where beside such numbers only the result has it,
    /// which a call returns, or which is a tuple with such numbers.
    fn is_struct(&self, name: &Ident) -> bool {
        let mut variables = Vec::new();
        let (mut named, mut beside) = (false, false);
        for arg in &self.item.sig.inputs {
            let FnArg::Typed(arg) = arg else { continue };
            beside |= mentions_float(&arg.ty);
            let (ty, reference) = match bare(&arg.ty) {
                Type::Reference(reference) => (bare(&reference.elem), true),
                ty => (ty, false),
            };
            let Type::Path(path) = ty else { continue };
            let Pat::Ident(variable) = &*arg.pat else { continue };
            if path.path.is_ident(name) {
                beside |= reference;
                named |= self.wrt.is_some_and(|names| names.contains(&variable.ident));
                variables.push(variable.ident.to_string());
            }
        }
        let found = evidence(&name.to_string(), &variables, self.item.block.to_token_stream());
        let result = &self.item.sig.output;
        let mixed = matches!(result, ReturnType::Type(_, ty) if matches!(bare(ty), Type::Tuple(_)) && mentions_float(ty));
        let alone = variables.is_empty() && (mixed || ends_in_call(&self.item.block));
        beside |= mixed;
        beside |= self.wrt.is_some_and(|names| names.iter().any(|name| name == "self"));
        found.of_struct || ((named || alone) && beside && !found.of_number)
    }

    /// How the bounds allow to make a constant.
    fn constants(&self) -> Constants {
        let generics = &self.item.sig.generics;
        let text = quote!(#generics).to_string() + &generics.where_clause.to_token_stream().to_string();
        if text.contains("From < f64 >") {
            Constants::FromF64
        } else if text.contains("From < f32 >") {
            Constants::FromF32
        } else {
            Constants::Cast
        }
    }

    fn is_type_parameter(&self, name: &Ident) -> bool {
        self.item.sig.generics.type_params().any(|param| param.ident == *name)
    }

    /// Whether the type is the result's, or one of the result's components.
    fn is_result(&self, path: &syn::TypePath) -> bool {
        let ReturnType::Type(_, result) = &self.item.sig.output else { return false };
        let text = path.to_token_stream().to_string();
        let mut stack = vec![&**result];
        while let Some(ty) = stack.pop() {
            match ty {
                Type::Paren(inner) => stack.push(&inner.elem),
                Type::Group(inner) => stack.push(&inner.elem),
                Type::Array(array) => stack.push(&array.elem),
                Type::Tuple(tuple) => stack.push_all(&tuple.elems),
                Type::Path(found) if found.to_token_stream().to_string() == text => return true,
                _ => {}
            }
        }
        false
    }

    /// A type parameter with a bound that makes it a real number, or that the result has.
    fn is_real_parameter(&self, name: &Ident) -> bool {
        let generics = &self.item.sig.generics;
        let mut bounds: Vec<&TypeParamBound> = Vec::new();
        let mut declared = false;
        for param in &generics.params {
            if let GenericParam::Type(param) = param
                && param.ident == *name
            {
                declared = true;
                bounds.push_all(&param.bounds);
            }
        }
        for predicate in generics.where_clause.iter().flat_map(|clause| &clause.predicates) {
            if let WherePredicate::Type(predicate) = predicate
                && let Type::Path(path) = &predicate.bounded_ty
                && path.path.is_ident(name)
            {
                bounds.push_all(&predicate.bounds);
            }
        }
        let of_reals = bounds.iter().any(|bound| match bound {
            TypeParamBound::Trait(bound) => {
                let last = bound.path.segments.last();
                last.is_some_and(|segment| REAL_TRAITS.iter().any(|name| segment.ident == name))
            }
            _ => false,
        });
        let path: syn::TypePath = syn::parse_quote!(#name);
        // A parameter of the surrounding `impl` is not declared here; the result tells.
        of_reals || (declared && self.is_result(&path))
    }

    fn result(&mut self, ty: &Type, errors: &mut Errors) -> Tree<Ty> {
        match ty {
            Type::Paren(inner) => self.result(&inner.elem, errors),
            Type::Group(inner) => self.result(&inner.elem, errors),
            Type::Tuple(tuple) if !tuple.elems.is_empty() => {
                Tree::Tuple(tuple.elems.iter().each(|ty| self.result(ty, errors)))
            }
            // How many there are, the body tells.
            Type::Array(array) => Tree::Array(vec![self.result(&array.elem, errors)]),
            _ => match self.numbers(ty) {
                Some((ty, lengths)) if lengths.is_empty() => Tree::Leaf(ty),
                None if !matches!(ty, Type::Reference(_)) && may_be_struct(ty) => Tree::Leaf(Ty::Aggregate),
                _ => {
                    let advice = match ty {
                        Type::Reference(_) => "return the number itself",
                        _ => {
                            "return a real number (`f32`, `f64` or a generic float), or a tuple or array of such"
                        }
                    };
                    let text = tidy(ty.to_token_stream());
                    errors.at(ty, format!("a result of type `{text}` has no derivative: {advice}"));
                    Tree::Leaf(Ty::F64)
                }
            },
        }
    }
}

/// Whether the value of a block is that of a call of a function that the table of operations does not know.
fn ends_in_call(block: &Block) -> bool {
    let mut last = match block.stmts.last() {
        Some(Stmt::Expr(last, None)) => last,
        _ => return false,
    };
    while let Expr::Paren(ExprParen { expr, .. }) | Expr::Group(ExprGroup { expr, .. }) = last {
        last = expr;
    }
    match last {
        Expr::Call(call) => match &*call.func {
            Expr::Path(path) => {
                path.path.segments.last().is_some_and(|last| Op::by_name(&last.ident.to_string()).is_none())
            }
            _ => false,
        },
        Expr::MethodCall(call) => Op::by_name(&call.method.to_string()).is_none(),
        _ => false,
    }
}

/// The type without what only groups.
pub fn bare(mut ty: &Type) -> &Type {
    while let Type::Paren(syn::TypeParen { elem, .. }) | Type::Group(syn::TypeGroup { elem, .. }) = ty {
        ty = elem;
    }
    ty
}

/// The type of the elements of a `Vec`.
pub fn vec_element(path: &syn::TypePath) -> Option<&Type> {
    let last = path.path.segments.last()?;
    match &last.arguments {
        syn::PathArguments::AngleBracketed(args) if last.ident == "Vec" => match args.args.first()? {
            syn::GenericArgument::Type(ty) if args.args.len() == 1 => Some(ty),
            _ => None,
        },
        _ => None,
    }
}

fn is_unit(ty: &Type) -> bool {
    matches!(bare(ty), Type::Tuple(tuple) if tuple.elems.is_empty())
}

pub fn length(len: &syn::Expr) -> Length {
    let mut inner = len;
    while let syn::Expr::Paren(syn::ExprParen { expr, .. }) | syn::Expr::Group(syn::ExprGroup { expr, .. }) =
        inner
    {
        inner = expr;
    }
    if let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Int(literal), .. }) = inner
        && let Ok(length) = literal.base10_parse()
    {
        return Length::Literal(length);
    }
    Length::Symbolic(len.to_token_stream())
}

/// Names that are certainly no alias of a float.
fn is_known_constant(name: &Ident) -> bool {
    const NAMES: &[&str] = &[
        "bool", "char", "str", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128",
        "usize", "String", "Self",
    ];
    NAMES.iter().any(|known| name == known)
}
