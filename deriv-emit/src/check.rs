//! `test(x in -2.0..2.0, …)`: a test that compares the products with numeric derivatives.
//!
//! Every product is some function's derivative along some directions, so the test is a list of such
//! triples; the facade's module `check` compares them. Its box has a side for each number of the
//! parameters, so the points are arrays, from which the arguments are made.

use super::paths;
use crate::graph::Ty;
use crate::layout::Layout;
use crate::list::{List, Sort};
use crate::region::{Function, Tree};
use deriv_syntax::attribute::{Options, Product, ProductKind};
use deriv_syntax::errors::Errors;
use deriv_syntax::signature::{Length, Numbers, ParamKind, Passed, Signature};
use deriv_syntax::tokens::joined;
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
pub struct Test<'a> {
    item: &'a ItemFn,
    options: &'a Options,
    /// The sides of the box, as expressions.
    sides: Vec<TokenStream>,
    /// The arguments of a call at `point`.
    args: Vec<TokenStream>,
    variables: Vec<Variable>,
    epsilon: TokenStream,
}

struct Variable {
    /// The sides of the box that belong to its numbers.
    sides: Tree<usize>,
    /// The type of its numbers.
    ty: TokenStream,
    reference: bool,
}

impl Variable {
    /// An argument of its type that has these numbers.
    fn argument(&self, number: &mut impl FnMut(usize) -> TokenStream) -> TokenStream {
        let (ty, reference) = (&self.ty, self.reference.then(|| code!(&)));
        let value = structured(&self.sides.map(&mut |side| {
            let number = number(*side);
            code!((#number as #ty))
        }));
        code!(#reference #value)
    }
}

impl<'a> Test<'a> {
    /// The test that the options ask for, if they do and it can be made.
    pub fn new(
        item: &'a ItemFn,
        signature: &Signature,
        options: &'a Options,
        function: &Function<'_>,
        errors: &mut Errors,
    ) -> Option<Self> {
        let asked = options.test.as_ref()?;
        let before = errors.count();
        if function.body.results.iter().any(|result| result.ty() == Ty::Aggregate) {
            errors.at(
                &item.sig.output,
                "only numbers and small arrays of them can be compared: compare the products in a test of your own, \
                 with the functions of `deriv::check`",
            );
        }
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
        for (param, arg) in signature.params.iter().zip(&item.sig.inputs) {
            let (ty, reference, helper, numbers) = match (&param.kind, arg) {
                (ParamKind::Scalar { ty, reference }, _) => {
                    let ty = signature.type_tokens(*ty);
                    types.push(ty.clone());
                    (ty, *reference, "real", None)
                }
                (ParamKind::Array(numbers), _) if numbers.are_few() => {
                    let ty = signature.type_tokens(numbers.number);
                    types.push(ty.clone());
                    (ty, numbers.passed == Passed::Shared, "real", Some(numbers))
                }
                (ParamKind::Constant, FnArg::Typed(arg)) if is_integer(&arg.ty) => {
                    (arg.ty.to_token_stream(), false, "integer", None)
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
                        "only numbers and small arrays of them can be sampled: compare the products in a test of \
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
            let (facade, helper) = (&options.facade, format_ident!("{helper}"));
            let sides = tree_of(numbers, &name.to_string(), &mut |name| {
                test.sides.push(code!(#facade::check::#helper(#name, #range)));
                test.sides.len() - 1
            });
            let variable = Variable { sides, ty, reference };
            test.args.push(variable.argument(&mut |side| {
                let side = Literal::usize_unsuffixed(side);
                code!(point[#side])
            }));
            if param.variable {
                test.variables.push(variable);
            }
        }
        // The coarsest of all types decides.
        test.epsilon = code!([#(<#types>::EPSILON as ::core::primitive::f64),*]
            .into_iter()
            .fold(0.0, ::core::primitive::f64::max));
        (errors.count() == before).then_some(test)
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
        let products = joined(self.options.products.iter().each(|product| {
            if let ProductKind::Prime(order) = product.kind
                && order > 2
                && self.find(ProductKind::Prime(order - 1)).is_none()
            {
                let word = product.word.clone();
                missing.extend(define(&Product { kind: ProductKind::Prime(order - 1), word, name: None }));
            }
            self.compare(product, result)
        }));
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
            Some(product) => product.function_name(self.item),
            None => {
                let (kind, word) = (ProductKind::Prime(order), self.item.sig.ident.clone());
                Product { kind, word, name: None }.function_name(self.item)
            }
        }
    }

    fn compare(&self, product: &Product, result: &Tree<usize>) -> TokenStream {
        let name = product.function_name(self.item);
        let args = &self.args;
        let trees: Vec<&Tree<usize>> = self.variables.iter().each(|variable| &variable.sides);
        let layout = Layout::new(&trees, result);
        let (count, total) = (trees.iter().map(|tree| tree.leaves().len()).sum(), self.sides.len());
        let components = result.leaves().len();
        let call = |name: &Ident, more: &[TokenStream]| code!(#name(#(#args,)* #(#more),*));
        let entries = |value: &Ident| -> Vec<TokenStream> { rows(&layout.prime(0), value, count) };
        let value = format_ident!("value", span = Span::mixed_site());
        let prime = format_ident!("prime", span = Span::mixed_site());
        let gradient = numbers(&layout.cotangents(0), &prime);
        let unit: Vec<Vec<f64>> = (0..count).each(|i| (0..count).each(|j| f64::from(u8::from(i == j))));
        let dots: Vec<f64> = (0..count).each(weight);
        let seeds: Vec<f64> = (0..components).each(weight);
        let dot_args: Vec<TokenStream> = {
            let mut dots = dots.iter().copied();
            let next = &mut |_| signed(dots.next().unwrap_or_default());
            self.variables.iter().each(|variable| variable.argument(next))
        };
        let seed_arg = structured(&result.map(&mut |&i| signed(seeds[i])));
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
                let rows = rows(&layout.hessian(), &value, count);
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
            ProductKind::Vjp | ProductKind::Onto => {
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
                let more: Vec<TokenStream> = (!scalar).then_some(seed_arg).into_iter().joined(dot_args);
                let (lower, call) = (call(&self.prime(1), &[]), call(&name, &more));
                let rows = entries(&value);
                let sums: Vec<TokenStream> = (0..count).each(|i| {
                    let i = Literal::usize_unsuffixed(i);
                    match scalar {
                        true => code!(rows[0][#i]),
                        false => weighted(&mut (0..components).map(|c| {
                            let c = Literal::usize_unsuffixed(c);
                            code!(rows[#c][#i])
                        })),
                    }
                });
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
            let sides = self.variables.iter().flat_map(|variable| variable.sides.leaves());
            for (side, part) in sides.zip(direction) {
                whole[*side] = *part;
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

fn signed(value: f64) -> TokenStream {
    let literal = Literal::f64_unsuffixed(value.abs());
    if value < 0.0 { code!(-#literal) } else { code!(#literal) }
}

/// The expression of a value with structure.
fn structured(tree: &Tree<TokenStream>) -> TokenStream {
    match tree {
        Tree::Leaf(value) => value.clone(),
        Tree::Tuple(parts) => {
            let parts = parts.iter().map(structured);
            code!((#(#parts,)*))
        }
        Tree::Array(parts) | Tree::Struct(_, parts) => {
            let parts = parts.iter().map(structured);
            code!([#(#parts),*])
        }
    }
}

/// The structure of a parameter, with something for each number, by its name.
fn tree_of(numbers: Option<&Numbers>, name: &str, leaf: &mut impl FnMut(&str) -> usize) -> Tree<usize> {
    fn nested(lengths: &[Length], name: &str, leaf: &mut impl FnMut(&str) -> usize) -> Tree<usize> {
        match lengths {
            [Length::Literal(length), inner @ ..] => {
                Tree::Array((0..*length).each(|i| nested(inner, &format!("{name}[{i}]"), leaf)))
            }
            _ => Tree::Leaf(leaf(name)),
        }
    }
    nested(numbers.map_or(&[], |numbers| &numbers.lengths), name, leaf)
}

/// The numbers of a value with structure, in the order of its leaves' own numbers.
fn numbers(tree: &Tree<usize>, value: &Ident) -> Vec<TokenStream> {
    let mut numbers: Vec<(usize, TokenStream)> = tree.leaves().into_iter().copied().zip(paths(tree)).list();
    numbers.order_by(|a, b| a.0.cmp(&b.0));
    numbers.into_iter().each(|(_, path)| code!(#value #path as ::core::primitive::f64))
}

/// They as the rows of a matrix.
fn rows(tree: &Tree<usize>, value: &Ident, count: usize) -> Vec<TokenStream> {
    numbers(tree, value).chunks(count.max(1)).each(|row| code!([#(#row),*]))
}

/// The numbers of a value with structure, end to end.
fn flat(tree: &Tree<usize>, value: &Ident) -> TokenStream {
    let numbers = numbers(tree, value);
    code!([#(#numbers),*])
}

fn is_integer(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    path.path.get_ident().is_some_and(|name| INTEGERS.iter().any(|known| name == known))
}
