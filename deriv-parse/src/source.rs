//! The tokens of user code.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Expr;

/// Code that can be written out. `syn` writes expressions by recursion, and those of a user may be chains
/// of thousands of operators: here, chains are a loop.
pub(super) trait Source {
    fn source(&self) -> TokenStream;
}

impl Source for Expr {
    fn source(&self) -> TokenStream {
        let mut parts = Vec::new();
        let mut at = self;
        loop {
            let (left, part) = match at {
                Expr::Binary(binary) => {
                    let (op, right) = (&binary.op, &binary.right);
                    (&binary.left, quote!(#op #right))
                }
                Expr::MethodCall(call) => {
                    let (dot, method, turbofish) = (&call.dot_token, &call.method, &call.turbofish);
                    let mut part = quote!(#dot #method #turbofish);
                    call.paren_token.surround(&mut part, |tokens| call.args.to_tokens(tokens));
                    (&call.receiver, part)
                }
                Expr::Cast(cast) => {
                    let (token, ty) = (&cast.as_token, &cast.ty);
                    (&cast.expr, quote!(#token #ty))
                }
                Expr::Field(field) => {
                    let (dot, member) = (&field.dot_token, &field.member);
                    (&field.base, quote!(#dot #member))
                }
                Expr::Index(index) => {
                    let mut part = TokenStream::new();
                    index.bracket_token.surround(&mut part, |tokens| index.index.to_tokens(tokens));
                    (&index.expr, part)
                }
                Expr::Call(call) => {
                    let mut part = TokenStream::new();
                    call.paren_token.surround(&mut part, |tokens| call.args.to_tokens(tokens));
                    (&call.func, part)
                }
                Expr::Try(attempt) => (&attempt.expr, attempt.question_token.to_token_stream()),
                first => {
                    let mut out = first.to_token_stream();
                    out.extend(parts.into_iter().rev().flat_map(|part: TokenStream| part));
                    return out;
                }
            };
            parts.push(part);
            at = left;
        }
    }
}

impl Source for &Expr {
    fn source(&self) -> TokenStream {
        (**self).source()
    }
}

impl Source for Box<Expr> {
    fn source(&self) -> TokenStream {
        (**self).source()
    }
}

impl Source for &Box<Expr> {
    fn source(&self) -> TokenStream {
        (***self).source()
    }
}

impl Source for &syn::Macro {
    fn source(&self) -> TokenStream {
        self.to_token_stream()
    }
}

impl Source for TokenStream {
    fn source(&self) -> TokenStream {
        self.clone()
    }
}
