#![doc = include_str!("../README.md")]
mod derive;
#[cfg(feature = "runtime")]
mod eval {
    pub(crate) mod region;
}

#[doc(inline)]
pub use deriv_engine::{
    Arg, ArgKind, Expr, Graph, Lift, Notation, Op, OperationCount, Parity, Spec, Syntax, Ty, count,
};
#[cfg(feature = "runtime")]
#[doc(inline)]
pub use deriv_engine::{EvalError, Formula, ParseError, UnknownVariable};
pub use derive::derive_reals;

use deriv_emit as emit;
use deriv_engine::{products, region};
use deriv_parse as parse;
use deriv_syntax::attribute::{self, Options, Product, ProductKind};
use deriv_syntax::errors::Errors;
use deriv_syntax::signature::{self, Signature};
use deriv_syntax::{errors, item, tokens};
use proc_macro2::TokenStream;
use quote::quote;
use region::Tree;
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
    let test = emit::check::Test::new(item, signature, options, errors);
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
    };
    for product in options.products.iter().filter(|product| products.repeats(product.kind)) {
        if signature.has_structs() {
            let message = "the derivative of several numbers by a struct is made one at a time where some are in \
                           memory: return one number, or split the function";
            errors.at(&product.word, message);
        }
        check_repeatable(product, item, signature, errors);
    }
    for product in &options.products {
        check_calls(product, &parsed.function, errors);
    }
    let source = emit::Source { graph: &graph, item, signature, options, parsed: &parsed, boundary };
    let mut emit = |product: &Product| {
        let derived = products.derive(product.kind);
        emit::product(source, product, &derived, errors)
    };
    let mut functions: TokenStream = options.products.iter().map(&mut emit).collect();
    functions.extend(test.map(|test| test.emit(&parsed.function.result, emit)));
    functions
}

/// For tests: what the interpreter makes of a function and of its `prime` where its variables are
/// `inputs`. `passive` knows the value of the user's passive code, by its text.
///
/// # Errors
///
/// If the function is refused, or something in it can only be evaluated by the compiler.
#[cfg(feature = "runtime")]
#[doc(hidden)]
pub fn interpret(
    attribute: TokenStream,
    item: TokenStream,
    inputs: &[f64],
    passive: &dyn Fn(&str) -> Option<f64>,
) -> Result<(Vec<f64>, Vec<f64>), String> {
    let mut errors = Errors::default();
    let options = attribute::parse(attribute, &mut errors);
    let source = item.clone();
    let item: ItemFn = syn::parse2(item).map_err(|error| error.to_string())?;
    let signature = signature::read(&source, &item, &options, &mut errors);
    let graph = Graph::new();
    let parsed = parse::parse(&graph, &item, &signature, &mut errors);
    if errors.count() > 0 {
        return Err(errors.to_compile_errors().to_string());
    }
    let boundary = graph.len() as u32;
    let products = products::Products {
        graph: &graph,
        function: &parsed.function,
        mode: options.mode,
        checkpoint: options.checkpoint,
        boundary,
    };
    let prime = products.derive(ProductKind::Prime(1));
    let run = |region| {
        let known = parsed.function.numbers().into_iter().zip(inputs.iter().copied()).collect();
        let mut interpreter =
            eval::region::Interpreter { graph: &graph, snippets: &parsed.snippets, passive, known };
        interpreter.run(region).map_err(|error| error.to_string())
    };
    let flat = |tree: &Tree<usize>, values: Vec<f64>| tree.leaves().iter().map(|&&i| values[i]).collect();
    Ok((flat(&parsed.function.result, run(&parsed.function.body)?), flat(&prime.result, run(&prime.region)?)))
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

const NO_PRIME: &str = "a function with `&mut` outputs, or with slices as variables and several numbers as \
                        result, has no derivative that could be returned";

/// Whether the product makes sense for the function.
fn check_product(product: &Product, signature: &Signature, errors: &mut Errors) {
    let word = &product.word;
    match product.kind {
        ProductKind::Jvp | ProductKind::Vjp | ProductKind::Hvp => {}
        ProductKind::Hessian if !matches!(signature.result, Tree::Leaf(_)) => errors.at(
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
