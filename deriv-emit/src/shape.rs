//! The types that products have: what each returns, and the parameters that it adds.

use crate::hash::HashSet;
use crate::list::List;
use deriv_syntax::attribute::ProductKind;
use deriv_syntax::signature::{Length, ParamKind, Passed, Signature, bare, vec_element};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::{FnArg, ItemFn, ReturnType, Type};

/// The types that products are made of.
pub(super) struct Shape<'a> {
    pub output: Option<&'a Type>,
    /// The variables and the outputs, in parameter order.
    params: Vec<Param<'a>>,
    identifiers: &'a HashSet<String>,
    returns_struct: bool,
}

/// A variable or an output.
struct Param<'a> {
    /// What names of added parameters begin with.
    name: String,
    /// Its own name, by which its length can be asked.
    ident: Option<&'a Ident>,
    ty: &'a Type,
    kind: &'a ParamKind,
}

/// A parameter that a product adds.
pub(super) struct Added {
    pub name: Ident,
    pub ty: TokenStream,
    /// A reference to a number or struct.
    pub reference: bool,
    /// How long it is, and how long it must be.
    pub lengths: Option<[TokenStream; 2]>,
}

impl<'a> Shape<'a> {
    pub fn new(item: &'a ItemFn, signature: &'a Signature) -> Self {
        let output = match &item.sig.output {
            ReturnType::Type(_, ty) if matches!(bare(ty), Type::Tuple(tuple) if tuple.elems.is_empty()) => {
                None
            }
            ReturnType::Type(_, ty) => Some(&**ty),
            ReturnType::Default => None,
        };
        let pairs = signature.params.iter().zip(&item.sig.inputs);
        let params = pairs.enumerate().filter_map(|(i, (param, arg))| {
            let ty = match arg {
                FnArg::Typed(arg) => &*arg.ty,
                FnArg::Receiver(_) => signature.receiver.as_ref()?,
            };
            (param.variable || param.is_output()).then(|| Param {
                name: param.name.as_ref().map_or_else(|| format!("x{i}"), |name| name.unraw().to_string()),
                ident: param.name.as_ref(),
                ty,
                kind: &param.kind,
            })
        });
        let (identifiers, returns_struct) = (&signature.identifiers, signature.returns_struct());
        Shape { output, params: params.list(), identifiers, returns_struct }
    }

    /// The type of what a product returns.
    pub fn result(&self, kind: ProductKind) -> TokenStream {
        let value = || self.output.map(|ty| map_type(ty, &|number| number));
        match kind {
            ProductKind::Prime(1) => together([self.prime()]),
            ProductKind::Prime(_) => together([value()]),
            ProductKind::ValueAndPrime => together([value(), self.prime()]),
            ProductKind::Hessian => together([self.hessian()]),
            ProductKind::Jvp => together([value(), value()]),
            ProductKind::Vjp | ProductKind::Onto => together([value(), self.cotangents(None)]),
            ProductKind::Hvp => together([self.cotangents(None)]),
        }
    }

    /// The variables whose derivatives are returned: those of the others go into buffers.
    fn returned(&self) -> Vec<&Param<'a>> {
        self.params.iter().only(|param| !param.is_output() && !param.is_counted())
    }

    /// A number for each number of the variables that are returned: of this type, or of the variables'.
    fn cotangents(&self, number: Option<&TokenStream>) -> Option<TokenStream> {
        let returned = self.returned();
        match &returned[..] {
            [] => None,
            [one] => Some(one.filled(number)),
            [first, rest @ ..] if rest.iter().chain([first]).all(|param| param.is_scalar()) => {
                let (ty, count) = (first.filled(number), Literal::usize_unsuffixed(returned.len()));
                Some(quote!([#ty; #count]))
            }
            parts => {
                let parts = parts.iter().map(|part| part.filled(number));
                Some(quote!((#(#parts),*)))
            }
        }
    }

    /// The type of the derivative, as far as it is returned.
    fn prime(&self) -> Option<TokenStream> {
        match self.output {
            Some(ty) if !self.returned().is_empty() => Some(self.rows(ty)),
            _ => None,
        }
    }

    /// The result's type, each number in it replaced by a row of derivatives.
    fn rows(&self, ty: &Type) -> TokenStream {
        let row = |number: TokenStream| self.cotangents(Some(&number)).unwrap_or_default();
        let returned = self.returned();
        match bare(ty) {
            Type::Tuple(tuple) => {
                let parts: Vec<TokenStream> = tuple.elems.iter().each(|ty| self.rows(ty));
                quote!((#(#parts,)*))
            }
            // One Jacobian a variable.
            Type::Array(_) if returned.len() > 1 && !returned.iter().all(|param| param.is_scalar()) => {
                let jacobian = |param: &&Param<'_>| map_type(ty, &|number| param.filled(Some(&number)));
                let parts = returned.iter().map(jacobian);
                quote!((#(#parts),*))
            }
            ty => map_type(ty, &row),
        }
    }

    /// The type of the second derivatives of a number; none where they go into a buffer.
    fn hessian(&self) -> Option<TokenStream> {
        if self.params.iter().any(Param::is_counted) {
            return None;
        }
        let value = self.number();
        let side = match &self.params[..] {
            [one] if one.is_scalar() => return Some(value),
            [one] if one.dimensions() == 1 => one.count(),
            params => {
                // Where the lengths are no numbers, the product has been refused.
                let counts = params.iter().map(|param| param.literal_count().unwrap_or(0));
                Literal::usize_unsuffixed(counts.fold(0, usize::saturating_add)).to_token_stream()
            }
        };
        Some(quote!([[#value; #side]; #side]))
    }

    /// The result's type, where it is a number.
    fn number(&self) -> TokenStream {
        self.output.map_or_else(|| quote!(::core::primitive::f64), ToTokens::to_token_stream)
    }

    /// The parameters that a product adds.
    pub fn added(&self, kind: ProductKind) -> Vec<Added> {
        let seed = self.output.map(|ty| self.parameter("seed", map_type(ty, &|number| number)));
        match kind {
            ProductKind::Prime(1) | ProductKind::ValueAndPrime => {
                self.buffers("prime", Some(&self.number())).list()
            }
            ProductKind::Prime(_) => Vec::new(),
            ProductKind::Hessian => {
                let counted = self.params.iter().any(Param::is_counted);
                let buffer = counted.then(|| {
                    let number = self.number();
                    let added = self.parameter("hessian", quote!(&mut [#number]));
                    let (name, counts) = (&added.name, self.params.iter().map(Param::count));
                    let side = quote!((#(#counts)+*));
                    let lengths = Some([quote!(#name.len()), quote!(#side * #side)]);
                    Added { lengths, ..added }
                });
                buffer.into_iter().collect()
            }
            ProductKind::Jvp => self.dots().list(),
            ProductKind::Vjp | ProductKind::Onto => {
                seed.into_iter().chain(self.bars()).joined(self.buffers("bar", None))
            }
            ProductKind::Hvp => {
                let several = matches!(self.output.map(bare), Some(Type::Tuple(_) | Type::Array(_)));
                let scalar = !several && !self.returns_struct;
                let seed = seed.filter(|_| !scalar || self.params.iter().any(Param::is_output));
                let seeds = seed.into_iter().chain(self.bars());
                seeds.chain(self.dots()).joined(self.buffers("hvp", None))
            }
        }
    }

    /// The tangents of variables and outputs.
    fn dots(&self) -> impl Iterator<Item = Added> {
        self.params.iter().map(|param| self.beside(param, "dot", param.ty.to_token_stream()))
    }

    /// The adjoints of outputs.
    fn bars(&self) -> impl Iterator<Item = Added> {
        let outputs = self.params.iter().filter(|param| param.is_output());
        outputs.map(|param| self.beside(param, "bar", param.ty.to_token_stream()))
    }

    /// What the derivatives by variables without a fixed length are written to.
    fn buffers(&self, suffix: &str, number: Option<&TokenStream>) -> impl Iterator<Item = Added> {
        let counted = self.params.iter().filter(|param| param.is_counted() && !param.is_output());
        counted.map(move |param| {
            let ty = param.filled(number);
            self.beside(param, suffix, quote!(&mut #ty))
        })
    }

    /// A parameter that goes with one of the function's own, and is as long.
    fn beside(&self, param: &Param<'_>, suffix: &str, ty: TokenStream) -> Added {
        let added = self.parameter(&format!("{}_{suffix}", param.name), ty);
        let name = &added.name;
        let lengths = param.ident.filter(|_| param.is_counted());
        let lengths = lengths.map(|ident| [quote!(#name.len()), quote!(#ident.len())]);
        let reference = match param.kind {
            ParamKind::Scalar { reference, .. } => *reference,
            ParamKind::Struct => matches!(bare(param.ty), Type::Reference(_)),
            ParamKind::Array(_) | ParamKind::Constant | ParamKind::Receiver => false,
        };
        Added { lengths, reference, ..added }
    }

    /// A parameter of this name, or a longer one where the function has it already.
    fn parameter(&self, name: &str, ty: TokenStream) -> Added {
        let mut name = name.to_owned();
        while self.identifiers.contains(&name) {
            name.push('_');
        }
        Added { name: Ident::new(&name, Span::call_site()), ty, reference: false, lengths: None }
    }
}

impl Param<'_> {
    fn is_scalar(&self) -> bool {
        matches!(self.kind, ParamKind::Scalar { .. })
    }

    /// The type without references.
    fn by_value(&self) -> &Type {
        let mut ty = self.ty;
        while let Type::Reference(syn::TypeReference { elem, .. })
        | Type::Paren(syn::TypeParen { elem, .. })
        | Type::Group(syn::TypeGroup { elem, .. }) = ty
        {
            ty = elem;
        }
        ty
    }

    fn is_output(&self) -> bool {
        matches!(self.kind, ParamKind::Array(numbers) if numbers.passed == Passed::Mutable)
    }

    /// Whether its type leaves open how many numbers there are.
    fn is_counted(&self) -> bool {
        matches!(self.kind, ParamKind::Array(numbers) if numbers.is_counted())
    }

    /// Its type, by value, with this type of number or with its own; a slice for a `Vec`. Structs keep theirs.
    fn filled(&self, number: Option<&TokenStream>) -> TokenStream {
        let ty = self.by_value();
        if matches!(self.kind, ParamKind::Struct) {
            return ty.to_token_stream();
        }
        let number = |own| number.cloned().unwrap_or(own);
        if let Type::Path(path) = ty
            && let Some(element) = vec_element(path)
        {
            let element = map_type(element, &number);
            return quote!([#element]);
        }
        map_type(ty, &number)
    }

    fn dimensions(&self) -> usize {
        match self.kind {
            ParamKind::Array(numbers) => numbers.lengths.len(),
            _ => 0,
        }
    }

    /// How many numbers it has, if its type tells.
    fn literal_count(&self) -> Option<usize> {
        match self.kind {
            ParamKind::Array(numbers) => numbers.count(),
            _ => Some(1),
        }
    }

    /// How many numbers it has, as an expression.
    fn count(&self) -> TokenStream {
        let ParamKind::Array(numbers) = self.kind else { return quote!(1) };
        let lengths = numbers.lengths.iter().map(|length| match length {
            Length::Literal(length) => Literal::usize_unsuffixed(*length).to_token_stream(),
            Length::Symbolic(length) => length.clone(),
            Length::Counted => {
                let name = self.ident;
                quote!(#name.len())
            }
        });
        let product = |product: TokenStream, length: TokenStream| quote!(#product * #length);
        lengths.reduce(product).unwrap_or_default()
    }
}

/// What there is, in a tuple if it is more than one.
fn together<const N: usize>(parts: [Option<TokenStream>; N]) -> TokenStream {
    let parts: Vec<TokenStream> = parts.into_iter().flatten().list();
    match &parts[..] {
        [one] => one.clone(),
        parts => quote!((#(#parts),*)),
    }
}

/// The type with each number in it replaced.
fn map_type(ty: &Type, f: &dyn Fn(TokenStream) -> TokenStream) -> TokenStream {
    match bare(ty) {
        Type::Tuple(tuple) => {
            let parts: Vec<TokenStream> = tuple.elems.iter().each(|ty| map_type(ty, f));
            quote!((#(#parts,)*))
        }
        Type::Array(array) => {
            let (element, len) = (map_type(&array.elem, f), &array.len);
            quote!([#element; #len])
        }
        Type::Slice(slice) => {
            let element = map_type(&slice.elem, f);
            quote!([#element])
        }
        ty => f(ty.to_token_stream()),
    }
}
