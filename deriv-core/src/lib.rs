#![doc = include_str!("../README.md")]
mod derive;
#[cfg(feature = "runtime")]
mod eval;

#[doc(inline)]
pub use deriv_engine::{
    Arg, ArgKind, Expr, Graph, Lift, Notation, Op, OperationCount, Parity, Spec, Syntax, Ty, count,
};
#[cfg(feature = "runtime")]
#[doc(inline)]
pub use deriv_engine::{EvalError, Formula, ParseError, UnknownVariable};
pub use derive::derive_reals;
#[cfg(feature = "runtime")]
#[doc(hidden)]
pub use eval::oracle::{Oracle, Value};

use deriv_emit as emit;
use deriv_engine::{products, region};
use deriv_parse as parse;
use deriv_syntax::attribute::{self, Options, Product, ProductKind};
use deriv_syntax::errors::Errors;
use deriv_syntax::signature::{self, Signature};
use deriv_syntax::{errors, item, tokens};
use proc_macro2::TokenStream;
use quote::quote;

use syn::ItemFn;

/// Expands `#[derive_fn(attribute)] item`: the item as it stands, and after it one function for each
/// product, or the errors and a stub for each.
pub fn expand(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let mut options = attribute::parse(attribute, &mut errors);
    let Some(item::Item { function, has_body }) = item::read(&item, &mut errors) else {
        let errors = errors.to_compile_errors();
        return quote!(#item #errors);
    };
    // To drop a chain of thousands of operators would recurse as deeply; the compiler's process is short.
    let function = std::mem::ManuallyDrop::new(function);
    let signature = signature::read(&item, &function, &options, &mut errors);
    if signature.has_prime() {
        options.imply_prime();
    }
    item::check_names(&function, &mut options.products, &mut errors);
    let mut products = TokenStream::new();
    if has_body {
        products = derive(&function, &signature, &options, &mut errors);
    }
    if errors.count() > 0 {
        products =
            options.products.iter().map(|product| emit::stub(&function, &signature, product)).collect();
    }
    let errors = errors.to_compile_errors();
    quote!(#item #products #errors)
}

/// Parse, differentiate, simplify, emit.
fn derive(item: &ItemFn, signature: &Signature, options: &Options, errors: &mut Errors) -> TokenStream {
    if !signature.sound {
        // What is wrong in the body is not to be told from what follows from the types.
        return TokenStream::new();
    }
    if options.products.is_empty() && !signature.has_prime() {
        errors.at(&item.sig.ident, format!("{NO_PRIME}: ask for `vjp`, `jvp` or `hvp`"));
    }
    for product in &options.products {
        check_product(product, signature, errors);
    }
    let graph = Graph::new();
    let parsed = parse::parse(&graph, item, signature, errors);
    let test = emit::check::Test::new(item, signature, options, &parsed.function, errors);
    if errors.count() > 0 {
        return TokenStream::new();
    }
    let boundary = graph.len() as u32;
    let products = products::Products {
        graph: &graph,
        function: &parsed.function,
        mode: options.mode,
        checkpoint: options.checkpoint,
        boundary,
        plain: false,
        cheaper: Default::default(),
        simple: Default::default(),
    };
    check_derivable(&products, item, signature, options, errors);
    let source = emit::Source { graph: &graph, item, signature, options, parsed: &parsed, boundary };
    let mut emit = |product: &Product| {
        let derived = products.derive(product.kind);
        emit::product(source, product, &derived, errors)
    };
    let mut functions: TokenStream = options.products.iter().map(&mut emit).collect();
    if parsed.function.calls_itself() {
        functions.extend(emit(&Product::onto(item)));
    }
    functions.extend(test.map(|test| test.emit(&parsed.function.result, emit)));
    functions
}

/// For tests: a function and its products, as the interpreter runs them.
#[cfg(feature = "runtime")]
#[doc(hidden)]
pub struct Interpreted<'f, 'g> {
    products: products::Products<'f, 'g>,
    parsed: &'f deriv_syntax::snippets::Parsed<'g>,
    options: &'f Options,
}

/// For tests: a function, or a product of one, to be run.
#[cfg(feature = "runtime")]
#[doc(hidden)]
pub struct Program<'f, 'g> {
    interpreted: &'f Interpreted<'f, 'g>,
    derived: products::Derived<'g>,
}

/// For tests: what the interpreter makes of a function that is given to `use_it`. What the function asks of an
/// [`Oracle`], it asks while it is run. Calls of other functions may count as calls of `itself`: then their `vjp` is
/// one that adds.
///
/// # Errors
///
/// If the function is refused.
#[cfg(feature = "runtime")]
#[doc(hidden)]
pub fn interpret<T>(
    attribute: TokenStream,
    item: TokenStream,
    itself: bool,
    use_it: impl FnOnce(&Interpreted<'_, '_>) -> T,
) -> Result<T, String> {
    let mut errors = Errors::default();
    let options = attribute::parse(attribute, &mut errors);
    let source = item.clone();
    let item: ItemFn = syn::parse2(item).map_err(|error| error.to_string())?;
    let signature = signature::read(&source, &item, &options, &mut errors);
    let graph = Graph::new();
    let mut parsed = parse::parse(&graph, &item, &signature, &mut errors);
    parsed.function.body.for_each_mut(&mut |region| {
        for stmt in &mut region.body {
            if let region::Stmt::Call(call) = stmt {
                call.itself |= itself;
            }
        }
    });
    for product in &options.products {
        check_product(product, &signature, &mut errors);
    }
    let boundary = graph.len() as u32;
    let products = products::Products {
        graph: &graph,
        function: &parsed.function,
        mode: options.mode,
        checkpoint: options.checkpoint,
        boundary,
        plain: false,
        cheaper: Default::default(),
        simple: Default::default(),
    };
    if errors.count() == 0 {
        check_derivable(&products, &item, &signature, &options, &mut errors);
    }
    if errors.count() > 0 {
        return Err(errors.to_compile_errors().to_string());
    }
    Ok(use_it(&Interpreted { products, parsed: &parsed, options: &options }))
}

#[cfg(feature = "runtime")]
impl<'g> Interpreted<'_, 'g> {
    /// The function itself.
    pub fn function(&self) -> Program<'_, 'g> {
        let function = self.products.function;
        let (region, result) = (function.body.clone(), function.result.clone());
        Program { interpreted: self, derived: products::Derived { region, result, added: Vec::new() } }
    }

    /// The product whose name ends so, if the attribute asks for it; `prime` there always is. It is simplified, or
    /// as the chain rule makes it.
    pub fn product(&self, suffix: &str, simplified: bool) -> Option<Program<'_, 'g>> {
        let asked = self.options.products.iter().map(|product| product.kind);
        let kind = asked.into_iter().find(|kind| kind.suffix() == suffix);
        let kind = kind.or((suffix == "prime").then_some(ProductKind::Prime(1)))?;
        let products = products::Products { plain: !simplified, ..self.products.clone() };
        Some(Program { interpreted: self, derived: products.derive(kind) })
    }
}

#[cfg(feature = "runtime")]
impl Program<'_, '_> {
    /// The operations that it takes, what the user's passive code does not counted.
    pub fn operations(&self) -> OperationCount {
        count(&self.derived.region.reads())
    }

    /// Runs it. There is an argument for each parameter, and then for each that the product adds. It returns the
    /// numbers of the result, and what the arguments are at the end.
    ///
    /// # Errors
    ///
    /// If something has no value.
    pub fn run(&self, args: &[Value], oracle: &mut impl Oracle) -> Result<(Vec<f64>, Vec<Value>), EvalError> {
        let Interpreted { products, parsed, .. } = self.interpreted;
        let products::Derived { region, result, added } = &self.derived;
        let mut interpreter = eval::region::Interpreter::new(products.graph, &parsed.snippets, oracle);
        // What is neither real nor memory of such, the oracle knows.
        let params = parsed.params.iter().map(Option::as_ref).chain(added.iter().map(Some));
        for (param, arg) in params.clone().zip(args) {
            if let Some(param) = param {
                interpreter.define_tree(&param.clone().into_tree(), arg.clone())?;
            }
        }
        let values = interpreter.run(region)?;
        let numbers = result.leaves().iter().flat_map(|&&i| values[i].numbers()).collect();
        let mut after = Vec::new();
        for (param, arg) in params.zip(args) {
            after.push(match param {
                Some(region::Variable::Place { place, .. }) => interpreter.value(*place)?,
                _ => arg.clone(),
            });
        }
        Ok((numbers, after))
    }
}

/// What of the products that are asked for cannot be had of this body.
fn check_derivable(
    products: &products::Products<'_, '_>,
    item: &ItemFn,
    signature: &Signature,
    options: &Options,
    errors: &mut Errors,
) {
    for product in options.products.iter().filter(|product| products.repeats(product.kind)) {
        if signature.has_structs() && !products.has_rows_of_structs() {
            let message = "the derivative of several numbers by a struct is made one at a time where some are in \
                           memory: return one number, or split the function";
            errors.at(&product.word, message);
        }
        check_repeatable(product, item, signature, errors);
    }
    for product in &options.products {
        check_calls(product, products.function, errors);
    }
}

/// Which derivatives there are of functions of more than single numbers.
fn check_calls(product: &Product, function: &region::Function<'_>, errors: &mut Errors) {
    let word = &product.word;
    let second = matches!(product.kind, ProductKind::Hvp | ProductKind::Hessian | ProductKind::Prime(2));
    if second && function.has_changing_calls() {
        errors.at(
            word,
            format!("`{word}` goes through no call with a `&mut` argument yet: let the function return what it computes"),
        );
    }
    if matches!(product.kind, ProductKind::Prime(3..)) && function.has_calls() {
        errors.at(
            word,
            format!("`{word}` needs third derivatives of a function with arrays or several results: ask for `prime2`"),
        );
    }
}

/// A product that runs the body more than once must find the constants as they were.
fn check_repeatable(product: &Product, item: &ItemFn, signature: &Signature, errors: &mut Errors) {
    for (param, arg) in signature.params.iter().zip(&item.sig.inputs) {
        let words = tokens::all_identifiers(quote!(#arg));
        if !param.variable && (words.contains("mut") || words.contains("Iterator")) {
            errors.at(
                arg,
                format!(
                    "`{}` runs the body once for each direction, and this parameter may change there: take it by \
                     value or shared reference, without `mut`, and copy what is to change",
                    product.word
                ),
            );
        }
    }
}

const NO_PRIME: &str = "a function with `&mut` outputs, with slices as variables and several numbers as result, or \
                        with several variables and a struct as result, has no derivative that could be returned";

/// Whether the product makes sense for the function.
fn check_product(product: &Product, signature: &Signature, errors: &mut Errors) {
    let word = &product.word;
    match product.kind {
        ProductKind::Jvp | ProductKind::Vjp | ProductKind::Onto | ProductKind::Hvp => {}
        ProductKind::Hessian if !signature.returns_number() => errors.at(
            word,
            "`hessian` is for functions with one number as result: ask for `hvp`, or split the function",
        ),
        _ if !signature.has_prime() => {
            errors.at(word, format!("{NO_PRIME}: ask for `vjp`, `jvp` or `hvp` instead of `{word}`"));
        }
        ProductKind::Prime(order) if order > 1 && !signature.is_of_one_number() => {
            let here = match signature.params.iter().filter(|param| param.variable).count() {
                1 if signature.has_structs() => "here is a struct".to_owned(),
                1 => "here is an array".to_owned(),
                count => format!("here are {count}"),
            };
            let other = if signature.has_structs() { "hvp" } else { "hessian" };
            errors.at(
                word,
                format!(
                    "`{word}` is for functions of one variable, {here}: choose one with `wrt(…)`, or ask for \
                     `{other}`"
                ),
            );
        }
        ProductKind::Hessian if signature.has_structs() => {
            errors.at(word, "`hessian` by a struct has no type to be returned in: ask for `hvp`");
        }
        ProductKind::Hessian if !signature.has_hessian() => errors.at(
            word,
            "`hessian` of several variables needs arrays with literal lengths: ask for `hvp`, or write the lengths \
             as numbers",
        ),
        ProductKind::Prime(_) | ProductKind::ValueAndPrime | ProductKind::Hessian => {}
    }
}
