//! Products to Rust functions: signatures, documentation, and stubs where something is wrong.

pub mod check;
mod code;
mod docs;
mod schedule;
mod shape;
mod tape;

use crate::graph::{Callee, Expr, Graph};
use crate::list::{List, PushAll};
use crate::products::{Derived, calls};
use crate::region::{Tree, Variable};
use deriv_engine::{graph, hash, layout, list, ops, print, products, region, simplify};
use deriv_syntax::attribute::{Options, Product, ProductKind};
use deriv_syntax::errors::Errors;
use deriv_syntax::signature::{ParamKind, Signature, bare};
use deriv_syntax::snippets::{Parsed, Snippets};
use deriv_syntax::tokens::{joined, stream};
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use shape::{Added, Shape};
use syn::ext::IdentExt;
use syn::{FnArg, ItemFn, Type};

/// A function that has been understood, from which its products are emitted.
#[derive(Clone, Copy)]
pub struct Source<'a, 'g> {
    /// What its expressions are in.
    pub graph: &'g Graph,
    /// The function as the user wrote it.
    pub item: &'a ItemFn,
    /// What its signature says.
    pub signature: &'a Signature,
    /// What the attribute asks for.
    pub options: &'a Options,
    /// Its body.
    pub parsed: &'a Parsed<'g>,
    /// Nodes below this index are the user's own computation.
    pub boundary: u32,
}

/// The function of a product.
pub fn product<'g>(
    source: Source<'_, 'g>,
    product: &Product,
    derived: &Derived<'g>,
    errors: &mut Errors,
) -> TokenStream {
    let Source { graph, item, signature, options, parsed, boundary } = source;
    let before = errors.count();
    for callee in calls(graph, &derived.region) {
        check_callee(&callee, options, parsed, product, errors);
    }
    if errors.count() > before {
        return stub(item, signature, product);
    }
    let shape = Shape::new(item, signature);
    let mut names = Names::default();
    let mut aliases = TokenStream::new();
    for (param, variable) in signature.params.iter().zip(&parsed.params) {
        let (Some(variable), Some(name)) = (variable, &param.name) else { continue };
        let reference = matches!(param.kind, ParamKind::Scalar { reference: true, .. });
        let is_struct = matches!(param.kind, ParamKind::Struct);
        if reference || parsed.snippets.bound.contains(&name.to_string()) {
            // Copied code could mean something else by the name further down.
            let mut alias = format!("{}_in", name.unraw());
            while signature.identifiers.contains(&alias) {
                alias.push('_');
            }
            let alias = Ident::new(&alias, Span::mixed_site());
            let by = match is_struct && !param.reference {
                true => Some(quote!(&)),
                false => reference.then(|| quote!(*)),
            };
            aliases.extend(quote!(let #alias = #by #name;));
            names.add(variable, &alias, is_struct);
        } else {
            names.add(variable, name, is_struct && param.reference);
        }
    }
    let added = shape.added(product.kind);
    for (variable, Added { name, reference, .. }) in derived.added.iter().zip(&added) {
        match variable {
            Variable::Numbers(Tree::Leaf(leaf)) if *reference => names.leaves.push((*leaf, quote!((*#name)))),
            variable => names.add(variable, name, *reference),
        }
    }
    let checks = added.iter().map(|added| length_check(added, item));
    let name_of = |callee: &Callee| callee_name(callee, options, parsed).unwrap_or_default();
    let context = code::Context {
        graph,
        signature,
        options,
        snippets: &parsed.snippets,
        names: &name_of,
        constant: item.sig.constness.is_some(),
        boundary,
    };
    let checks = joined(checks.list());
    let added: Vec<String> = added.iter().each(|added| added.name.to_string());
    let body = code::body(&context, &derived.region, &derived.result, &names, &added);
    let docs = docs::documentation(item, signature, product, parsed, derived);
    function(item, &shape, product, &docs, &quote!(#checks #aliases #body))
}

/// What the parameters of a product are called.
#[derive(Default)]
struct Names<'g> {
    leaves: Vec<(Expr<'g>, TokenStream)>,
    /// The arrays and structs that are known number by number.
    arrays: Vec<(Tree<Expr<'g>>, Ident)>,
}

impl<'g> Names<'g> {
    /// A variable, which may be a `reference` to a struct.
    fn add(&mut self, variable: &Variable<'g>, name: &Ident, reference: bool) {
        match variable {
            Variable::Numbers(tree) => {
                let paths = paths(tree).into_iter().map(|path| match path.is_empty() && reference {
                    true => quote!((*#name)),
                    false => quote!(#name #path),
                });
                self.leaves.push_all(tree.leaves().into_iter().copied().zip(paths));
                if let Tree::Array(_) | Tree::Struct(..) = tree {
                    self.arrays.push((tree.clone(), name.clone()));
                }
            }
            Variable::Place { place, .. } => self.leaves.push((*place, quote!(#name))),
        }
    }
}

/// That a buffer or tangent is as long as what it belongs to.
fn length_check(added: &Added, item: &ItemFn) -> TokenStream {
    let Some([found, needed]) = &added.lengths else { return TokenStream::new() };
    let name = &added.name;
    match item.sig.constness {
        Some(_) => {
            let message = format!("`{name}` has the wrong length");
            quote!(::core::assert!(#found == #needed, #message);)
        }
        None => {
            let message = format!("`{name}` has {{}} elements where {{}} are needed");
            quote!(::core::assert!(#found == #needed, #message, #found, #needed);)
        }
    }
}

/// What stands in for a product that could not be made, so that calls of it are no further errors.
pub fn stub(item: &ItemFn, signature: &Signature, product: &Product) -> TokenStream {
    let mut shape = Shape::new(item, signature);
    // No panic is a value of an opaque type, but a function that never returns fits everywhere.
    let never: Type = syn::parse_quote!(!);
    if shape.output.is_some_and(|ty| matches!(bare(ty), Type::ImplTrait(_))) {
        shape.output = Some(&never);
    }
    let docs = ["Not available: see the errors reported for this function.".to_owned()];
    function(item, &shape, product, &docs, &quote!(::core::panic!("`derive_fn` reported an error here")))
}

fn function(
    item: &ItemFn,
    shape: &Shape<'_>,
    product: &Product,
    docs: &[String],
    body: &TokenStream,
) -> TokenStream {
    let name = product.function_name(item);
    let hidden = (product.kind == ProductKind::Onto).then(|| quote!(#[doc(hidden)]));
    let visibility = hidden.is_none().then_some(&item.vis);
    let constness = &item.sig.constness;
    let (generics, _, where_clause) = (&item.sig.generics, (), &item.sig.generics.where_clause);
    // As rustdoc has it from `///`.
    let docs = docs.iter().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    let kept =
        item.attrs.iter().filter(|attr| ["cfg", "allow"].iter().any(|name| attr.path().is_ident(name)));
    let params = item.sig.inputs.iter().map(parameter);
    let added = shape.added(product.kind);
    let added = added.iter().map(|Added { name, ty, .. }| quote!(#name: #ty));
    let result = shape.result(product.kind);
    let result = (!result.is_empty() && result.to_string() != "()").then(|| quote!(-> #result));
    quote! {
        #(#kept)*
        #(#[doc = #docs])*
        #hidden
        #[inline]
        #[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
        #visibility #constness fn #name #generics (#(#params,)* #(#added),*) #result #where_clause {
            #body
        }
    }
}

/// A parameter as the user wrote it; a real one is never changed in the derivative.
fn parameter(arg: &FnArg) -> TokenStream {
    let FnArg::Typed(typed) = arg else { return arg.to_token_stream() };
    let attrs = typed.attrs.iter().filter(|attr| attr.path().is_ident("cfg"));
    let (pattern, ty) = (&typed.pat, &typed.ty);
    quote!(#(#attrs)* #pattern: #ty)
}

// Structures.

/// How each leaf of a structure is reached: `.0`, `[1].2`.
fn paths<T>(tree: &Tree<T>) -> Vec<TokenStream> {
    match tree {
        Tree::Leaf(_) => vec![TokenStream::new()],
        Tree::Tuple(parts) => nested(parts, |i| {
            let index = syn::Index::from(i);
            quote!(.#index)
        }),
        Tree::Array(parts) => nested(parts, |i| {
            let index = syn::Index::from(i);
            quote!([#index])
        }),
        Tree::Struct(fields, parts) => nested(parts, |i| path(&fields.paths[i])),
    }
}

/// How a number in a struct is reached.
fn path(text: &str) -> TokenStream {
    // Each field by itself, as `0.1` in `.0.1` is one number.
    let steps = text.split('.').skip(1).map(|step| step.parse::<TokenStream>().unwrap_or_default());
    joined(steps.each(|step| quote!(.#step)))
}

fn nested<T>(parts: &[Tree<T>], step: impl Fn(usize) -> TokenStream) -> Vec<TokenStream> {
    let steps = parts.iter().enumerate().flat_map(|(i, part)| {
        let step = step(i);
        paths(part).into_iter().map(move |path| quote!(#step #path))
    });
    steps.list()
}

// Callees.

/// The name of a callee or its derivative; none where there is no convention for it.
fn callee_name(callee: &Callee, options: &Options, parsed: &Parsed<'_>) -> Option<TokenStream> {
    let code = parsed.snippets.get(crate::region::Code(callee.code));
    let text = code.to_string();
    let given =
        options.derivatives.iter().find(|(function, _)| function.to_token_stream().to_string() == text);
    if let Some((_, derivative)) = given {
        let mut found = code.clone();
        let mut next = Some(derivative);
        for _ in 0..callee.order {
            let path = next?;
            found = path.to_token_stream();
            let text = found.to_string();
            let step = options
                .derivatives
                .iter()
                .find(|(function, _)| function.to_token_stream().to_string() == text);
            next = step.map(|(_, derivative)| derivative);
        }
        return Some(found);
    }
    let suffix = match (callee.order, callee.variables.len()) {
        (0, _) => return Some(code.clone()),
        (1, _) => "prime".to_owned(),
        (order, 1) => format!("prime{order}"),
        (2, _) => "hessian".to_owned(),
        _ => return None,
    };
    Some(renamed(&parsed.snippets, callee, &suffix))
}

/// The path of a callee with a suffix to its name.
fn renamed(snippets: &Snippets, callee: &Callee, suffix: &str) -> TokenStream {
    let name = callee.name.strip_prefix("r#").unwrap_or(&callee.name);
    named(snippets, callee, |span| Ident::new(&format!("{name}_{suffix}"), span))
}

/// The path of a callee with another name.
fn named(snippets: &Snippets, callee: &Callee, name: impl Fn(Span) -> Ident) -> TokenStream {
    let code = snippets.get(crate::region::Code(callee.code));
    let mut tokens: Vec<TokenTree> = code.clone().into_iter().list();
    let last =
        tokens.iter_mut().rfind(|token| matches!(token, TokenTree::Ident(ident) if *ident == callee.name));
    if let Some(token) = last {
        *token = TokenTree::Ident(name(token.span()));
    }
    stream(tokens)
}

fn check_callee(
    callee: &Callee,
    options: &Options,
    parsed: &Parsed<'_>,
    product: &Product,
    errors: &mut Errors,
) {
    if callee_name(callee, options, parsed).is_none() {
        let code = parsed.snippets.get(crate::region::Code(callee.code));
        let (word, name, order) = (&product.word, &callee.name, callee.order);
        let message = if callee.variables.len() == 1 {
            format!(
                "`{word}` needs derivative {order} of `{name}`, and `derivative(…)` gives fewer: add the derivative of \
                 the last one, as in `derivative({name} = {name}_prime, {name}_prime = {name}_prime2)`"
            )
        } else {
            format!(
                "`{word}` needs derivatives of order {order} of `{name}` by several variables, and functions of one \
                 variable alone have such: ask for a lower order, or write out what `{name}` computes"
            )
        };
        errors.at(code, message);
    }
}
