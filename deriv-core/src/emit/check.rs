//! `test(x in -2.0..2.0, …)`: a test that compares the products with numeric derivatives.
//!
//! Every product is some function's derivative along some directions, so the test is a list of such
//! triples; the facade's module `check` compares them. Its box has a side for each parameter, so the
//! points are arrays, from which the arguments are made.

use super::{paths, product_name};
use crate::errors::Errors;
use crate::list::List;
use crate::parse::attribute::{Options, Product, ProductKind};
use crate::parse::signature::{ParamKind, Signature};
use crate::region::Tree;
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::{FnArg, ItemFn, Type};

const INTEGERS: &[&str] =
    &["i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize"];

/// Tokens whose local names are no names of the user's.
macro_rules! code {
    ($($tokens:tt)*) => { quote_spanned!(Span::mixed_site() => $($tokens)*) };
}

/// A test that can be emitted.
pub(crate) struct Test<'a> {
    item: &'a ItemFn,
    options: &'a Options,
    /// The side of the box that belongs to each parameter, as an expression.
    sides: Vec<TokenStream>,
    /// The arguments of a call at `point`.
    args: Vec<TokenStream>,
    /// The variables: their places among the parameters, their types, whether they are references.
    variables: Vec<(usize, TokenStream, bool)>,
    epsilon: TokenStream,
}

impl<'a> Test<'a> {
    /// The test that the options ask for, if they do and it can be made.
    pub fn new(
        item: &'a ItemFn,
        signature: &Signature,
        options: &'a Options,
        errors: &mut Errors,
    ) -> Option<Self> {
        let asked = options.test.as_ref()?;
        let before = errors.len();
        if item.sig.generics.type_params().next().is_some()
            || item.sig.generics.const_params().next().is_some()
        {
            errors.at(
                &asked.word,
                "a generic function cannot be tested by itself: compare an instance in a test of your own, \
                 with the functions of `deriv::check`",
            );
        }
        for (i, (name, range)) in asked.ranges.iter().enumerate() {
            if asked.ranges[..i].iter().any(|(other, _)| other == name) {
                errors.at(name, format!("`{name}` has a range already: remove one"));
            }
            if !signature.params.iter().any(|param| param.name.as_ref() == Some(name)) {
                errors
                    .at(name, format!("`{}` has no parameter `{name}`: name its parameters", item.sig.ident));
            }
            let open = match range {
                syn::Expr::Range(range) => range.start.is_none() || range.end.is_none(),
                syn::Expr::Lit(_) => true,
                _ => false,
            };
            if open {
                errors.at(range, "write a range with both ends, as in `x in -2.0..2.0`");
            }
        }
        let mut test = Test {
            item,
            options,
            sides: Vec::new(),
            args: Vec::new(),
            variables: Vec::new(),
            epsilon: TokenStream::new(),
        };
        let mut types = vec![signature.type_tokens(signature.primary)];
        for (i, (param, arg)) in signature.params.iter().zip(&item.sig.inputs).enumerate() {
            let (ty, reference, helper) = match (param.kind, arg) {
                (ParamKind::Scalar { ty, reference }, _) => {
                    let ty = signature.type_tokens(ty);
                    types.push(ty.clone());
                    (ty, reference, "real")
                }
                (ParamKind::Constant, FnArg::Typed(arg)) if is_integer(&arg.ty) => {
                    (arg.ty.to_token_stream(), false, "integer")
                }
                (ParamKind::Receiver, _) => {
                    errors.at(
                        &asked.word,
                        "a method cannot be tested by itself, as nothing tells what `self` is: compare its \
                         products in a test of your own, with the functions of `deriv::check`",
                    );
                    continue;
                }
                _ => {
                    errors.at(
                        arg,
                        "only real and integer parameters can be sampled: compare the products in a test of \
                         your own, with the functions of `deriv::check`",
                    );
                    continue;
                }
            };
            let range = asked.ranges.iter().find(|(name, _)| param.name.as_ref() == Some(name));
            let (Some(name), Some((_, range))) = (&param.name, range) else {
                match &param.name {
                    Some(name) => errors.at(
                        &asked.word,
                        format!("`{name}` needs a range too: `test({name} in -2.0..2.0, …)`"),
                    ),
                    None => errors.at(arg, "a parameter that is sampled must have a name"),
                }
                continue;
            };
            let (facade, text, helper) = (&options.facade, name.to_string(), format_ident!("{helper}"));
            test.sides.push(code!(#facade::check::#helper(#text, #range)));
            let place = Literal::usize_unsuffixed(i);
            let reference_sign = reference.then(|| code!(&));
            test.args.push(code!(#reference_sign (point[#place] as #ty)));
            if param.variable {
                test.variables.push((i, ty, reference));
            }
        }
        // The coarsest of all types decides.
        test.epsilon = code!([#(<#types>::EPSILON as ::core::primitive::f64),*]
            .into_iter()
            .fold(0.0, ::core::primitive::f64::max));
        (errors.len() == before).then_some(test)
    }

    /// The test function. `result` is what the function returns, and `define` makes the function of a
    /// product that was not asked for.
    pub fn emit(&self, result: &Tree<usize>, mut define: impl FnMut(&Product) -> TokenStream) -> TokenStream {
        let name = &self.item.sig.ident;
        let base = name.to_string();
        let test_name = format_ident!("{}_derivatives_agree", base.strip_prefix("r#").unwrap_or(&base));
        let kept = self
            .item
            .attrs
            .iter()
            .filter(|attr| ["cfg", "allow"].iter().any(|name| attr.path().is_ident(name)));
        let (sides, epsilon, args) = (&self.sides, &self.epsilon, &self.args);
        let count = sides.len();
        let mut missing = TokenStream::new();
        let products: TokenStream = self
            .options
            .products
            .iter()
            .map(|product| {
                if let ProductKind::Prime(order) = product.kind
                    && order > 2
                    && self.find(ProductKind::Prime(order - 1)).is_none()
                {
                    let word = product.word.clone();
                    missing.extend(define(&Product {
                        kind: ProductKind::Prime(order - 1),
                        word,
                        name: None,
                    }));
                }
                self.compare(product, result)
            })
            .collect();
        let values = flat(result, &format_ident!("value", span = Span::mixed_site()));
        code! {
            #(#kept)*
            #[cfg(test)]
            #[test]
            #[allow(unused_parens, clippy::all)]
            fn #test_name() {
                #missing
                let parameters = [#(#sides),*];
                let epsilon = #epsilon;
                let value_at = |point: [::core::primitive::f64; #count]| {
                    let value = #name(#(#args),*);
                    #values
                };
                #products
            }
        }
    }

    fn find(&self, kind: ProductKind) -> Option<&Product> {
        self.options.products.iter().find(|product| product.kind == kind)
    }

    /// The name of the derivative of this order, which is there or defined in the test.
    fn prime(&self, order: u32) -> Ident {
        match self.find(ProductKind::Prime(order)) {
            Some(product) => product_name(self.item, product),
            None => {
                let (kind, word) = (ProductKind::Prime(order), self.item.sig.ident.clone());
                product_name(self.item, &Product { kind, word, name: None })
            }
        }
    }

    fn compare(&self, product: &Product, result: &Tree<usize>) -> TokenStream {
        let name = product_name(self.item, product);
        let args = &self.args;
        let (count, total) = (self.variables.len(), self.sides.len());
        let components = result.leaves().len();
        let call = |name: &Ident, more: &[TokenStream]| code!(#name(#(#args,)* #(#more),*));
        let entries = |value: &Ident| -> Vec<TokenStream> {
            let rows = paths(result).into_iter().map(|path| {
                let entries = (0..count).map(|i| match count {
                    1 => real(code!(#value #path)),
                    _ => {
                        let i = Literal::usize_unsuffixed(i);
                        real(code!(#value #path [#i]))
                    }
                });
                code!([#(#entries),*])
            });
            rows.list()
        };
        let value = format_ident!("value", span = Span::mixed_site());
        let prime = format_ident!("prime", span = Span::mixed_site());
        let gradient = self.cotangents(&prime);
        let unit: Vec<Vec<f64>> =
            (0..count).map(|i| (0..count).map(|j| f64::from(u8::from(i == j))).list()).list();
        let dots: Vec<f64> = (0..count).map(weight).list();
        let seeds: Vec<f64> = (0..components).map(weight).list();
        let dot_args: Vec<TokenStream> = self
            .variables
            .iter()
            .zip(&dots)
            .map(|((_, ty, reference), dot)| {
                let reference = reference.then(|| code!(&));
                let dot = signed(*dot);
                code!(#reference (#dot as #ty))
            })
            .list();
        let seed_arg = {
            let mut seeds = seeds.iter();
            literals(&result.map(&mut |_| seeds.next().copied().unwrap_or_default()))
        };
        let slopes = |f: TokenStream, directions: &[Vec<f64>], product: TokenStream| {
            self.along(&name, f, directions, product)
        };
        let same_value = |call: &TokenStream| {
            let values = flat(result, &value);
            self.task(&name, code!(values(value_at, |point| { let #value = #call.0; #values })))
        };
        let weighted = |rows: &mut dyn Iterator<Item = TokenStream>| {
            let terms = rows.zip(&seeds).map(|(row, seed)| {
                let seed = signed(*seed);
                code!(#seed * (#row))
            });
            code!(#(#terms)+*)
        };
        match product.kind {
            ProductKind::Prime(1) => {
                let (call, entries) = (call(&name, &[]), entries(&prime));
                slopes(code!(value_at), &unit, code!({ let #prime = #call; [#(#entries),*] }))
            }
            ProductKind::Prime(order) => {
                let (lower, call) = (call(&self.prime(order - 1), &[]), call(&name, &[]));
                let (values, entries) = (flat(result, &value), entries(&prime));
                let lower = code!(|point: [::core::primitive::f64; #total]| { let #value = #lower; #values });
                slopes(lower, &unit, code!({ let #prime = #call; [#(#entries),*] }))
            }
            ProductKind::ValueAndPrime => {
                let (call, entries) = (call(&name, &[]), entries(&prime));
                let same = same_value(&call);
                let slopes = slopes(code!(value_at), &unit, code!({ let #prime = #call.1; [#(#entries),*] }));
                code!(#same #slopes)
            }
            ProductKind::Hessian => {
                let (lower, call) = (call(&self.prime(1), &[]), call(&name, &[]));
                let rows = (0..count).map(|i| {
                    let columns = (0..count).map(|j| {
                        let (i, j) = (Literal::usize_unsuffixed(i), Literal::usize_unsuffixed(j));
                        match count {
                            1 => real(code!(#value)),
                            _ => real(code!(#value[#i][#j])),
                        }
                    });
                    code!([#(#columns),*])
                });
                let lower = code!(|point: [::core::primitive::f64; #total]| { let #prime = #lower; [#(#gradient),*] });
                slopes(lower, &unit, code!({ let #value = #call; [#(#rows),*] }))
            }
            ProductKind::Jvp => {
                let call = call(&name, &dot_args);
                let same = same_value(&call);
                let tangents =
                    paths(result).into_iter().map(|path| code!([#value #path as ::core::primitive::f64]));
                let slopes =
                    slopes(code!(value_at), &[dots], code!({ let #value = #call.1; [#(#tangents),*] }));
                code!(#same #slopes)
            }
            ProductKind::Vjp => {
                let call = call(&name, &[seed_arg]);
                let same = same_value(&call);
                let terms = weighted(&mut (0..components).map(|i| {
                    let i = Literal::usize_unsuffixed(i);
                    code!(#value[#i])
                }));
                let sum = code!(|point| { let #value = value_at(point); [#terms] });
                let slopes = slopes(sum, &unit, code!({ let #prime = #call.1; [[#(#gradient),*]] }));
                code!(#same #slopes)
            }
            ProductKind::Hvp => {
                let scalar = !matches!(result, Tree::Tuple(_) | Tree::Array(_));
                let more: Vec<TokenStream> = (!scalar).then_some(seed_arg).into_iter().chain(dot_args).list();
                let (lower, call) = (call(&self.prime(1), &[]), call(&name, &more));
                let rows = entries(&value);
                let sums: Vec<TokenStream> = (0..count)
                    .map(|i| {
                        let i = Literal::usize_unsuffixed(i);
                        match scalar {
                            true => code!(rows[0][#i]),
                            false => weighted(&mut (0..components).map(|c| {
                                let c = Literal::usize_unsuffixed(c);
                                code!(rows[#c][#i])
                            })),
                        }
                    })
                    .list();
                let lower = code!(|point: [::core::primitive::f64; #total]| {
                    let #value = #lower;
                    let rows = [#(#rows),*];
                    [#(#sums),*]
                });
                let columns = gradient.iter().map(|entry| code!([#entry]));
                slopes(lower, &[dots], code!({ let #prime = #call; [#(#columns),*] }))
            }
        }
    }

    /// The entries of what has a number for each variable.
    fn cotangents(&self, value: &Ident) -> Vec<TokenStream> {
        let count = self.variables.len();
        let entry = |i: usize| match count {
            1 => real(code!(#value)),
            _ => {
                let i = Literal::usize_unsuffixed(i);
                real(code!(#value[#i]))
            }
        };
        (0..count).map(entry).list()
    }

    /// That the derivatives of `f` along `directions`, in the space of the variables, are `product`.
    fn along(
        &self,
        name: &Ident,
        f: TokenStream,
        directions: &[Vec<f64>],
        product: TokenStream,
    ) -> TokenStream {
        let rows = directions.iter().map(|direction| {
            let mut whole = vec![0.0; self.sides.len()];
            for ((place, ..), part) in self.variables.iter().zip(direction) {
                whole[*place] = *part;
            }
            let whole = whole.into_iter().map(signed);
            code!([#(#whole),*])
        });
        self.task(name, code!(along([#(#rows),*], #f, |point| #product)))
    }

    fn task(&self, name: &Ident, method: TokenStream) -> TokenStream {
        let (facade, text) = (&self.options.facade, name.to_string());
        code!(#facade::check::Task { product: #text, parameters, epsilon }.#method;)
    }
}

/// Some number that is not special in any way, for the i-th direction or seed.
fn weight(i: usize) -> f64 {
    const WEIGHTS: [f64; 7] = [0.75, -1.25, 0.5, 1.5, -0.625, 1.125, -0.875];
    WEIGHTS[i % WEIGHTS.len()]
}

/// Whatever the type, numbers are compared as `f64`.
fn real(value: TokenStream) -> TokenStream {
    code!(#value as ::core::primitive::f64)
}

fn signed(value: f64) -> TokenStream {
    let literal = Literal::f64_unsuffixed(value.abs());
    if value < 0.0 { code!(-#literal) } else { code!(#literal) }
}

fn literals(tree: &Tree<f64>) -> TokenStream {
    match tree {
        Tree::Leaf(value) => signed(*value),
        Tree::Tuple(parts) => {
            let parts = parts.iter().map(literals);
            code!((#(#parts,)*))
        }
        Tree::Array(parts) => {
            let parts = parts.iter().map(literals);
            code!([#(#parts),*])
        }
    }
}

/// The numbers of a value with structure, end to end.
fn flat(tree: &Tree<usize>, value: &Ident) -> TokenStream {
    let parts = paths(tree).into_iter().map(|path| real(code!(#value #path)));
    code!([#(#parts),*])
}

fn is_integer(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    path.path.get_ident().is_some_and(|name| INTEGERS.iter().any(|known| name == known))
}
