//! The user's code that is copied, and what else the emitter has to know of a parsed function.

use crate::hash::{HashMap, HashSet};
use crate::list::List;
use crate::region::{Code, Function, Variable};
use crate::tokens::joined;
use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::Parser;
use syn::{Expr, Pat};

/// The snippets of user code that the core refers to by number, and what the emitter has to know of
/// leaves.
#[derive(Default)]
pub struct Snippets {
    tokens: Vec<TokenStream>,
    /// Names of values, for readable output: the user's name for a node.
    pub names: HashMap<u32, String>,
    /// Nodes that the user computes by functions of `libm`.
    pub libm: HashSet<u32>,
    /// All functions of the table that the user calls are `libm`'s, so that the derivative's shall be too.
    pub speaks_libm: bool,
    /// Some function of the table is called as a method or through its type.
    pub speaks_std: bool,
    /// All identifiers in what is copied of the user's function: generated names keep clear of them.
    pub identifiers: HashSet<String>,
    /// Names that passive code or patterns bind in the output.
    pub bound: HashSet<String>,
}

impl Snippets {
    pub fn add(&mut self, tokens: impl ToTokens) -> Code {
        self.tokens.push(parenthesized(tokens.into_token_stream()));
        Code(self.tokens.len() - 1)
    }

    /// The number of a snippet with these tokens, the same for equal ones.
    pub fn add_once(&mut self, tokens: TokenStream) -> Code {
        let text = tokens.to_string();
        match self.tokens.iter().position(|known| known.to_string() == text) {
            Some(found) => Code(found),
            None => self.add(tokens),
        }
    }

    /// All of them, by number.
    pub fn all(&self) -> &[TokenStream] {
        &self.tokens
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.tokens.len()
    }

    pub fn get(&self, code: Code) -> &TokenStream {
        &self.tokens[code.0]
    }

    /// The names in a loop's pattern that count its items, from 0 on: `l` in `(p, l)` over `points.zip(0..n)`.
    pub fn counters(&self, pattern: Code, over: Code) -> Vec<Ident> {
        let mut found = Vec::new();
        let (pattern, over) = (self.get(pattern).clone(), self.get(over).clone());
        let (Ok(pattern), Ok(over)) = (Pat::parse_single.parse2(pattern), syn::parse2(over)) else {
            return found;
        };
        let (mut pattern, mut over) = (&pattern, &over);
        while let (Pat::Tuple(pair), Expr::MethodCall(call)) = (pattern, over)
            && call.method == "zip"
            && let [first, second] = &pair.elems.iter().collect::<Vec<_>>()[..]
        {
            let from = match call.args.first() {
                Some(Expr::Range(range)) => range.start.to_token_stream().to_string(),
                _ => String::new(),
            };
            if let (Pat::Ident(name), "0") = (second, &from[..]) {
                found.push(name.ident.clone());
            }
            (pattern, over) = (first, &*call.receiver);
        }
        found
    }
}

/// The tokens with parentheses where a macro's argument is held together by invisible delimiters, which
/// rustc does not see in the output of another macro.
fn parenthesized(tokens: TokenStream) -> TokenStream {
    let regroup = |token| match token {
        TokenTree::Group(group) => {
            let inner = parenthesized(group.stream());
            let simple = inner.clone().into_iter().nth(1).is_none();
            let delimiter = match group.delimiter() {
                Delimiter::None if simple => return inner,
                Delimiter::None => Delimiter::Parenthesis,
                delimiter => delimiter,
            };
            let mut regrouped = Group::new(delimiter, inner);
            regrouped.set_span(group.span());
            TokenTree::Group(regrouped).into()
        }
        token => TokenStream::from(token),
    };
    joined(tokens.into_iter().each(regroup))
}

/// What the parser found, ready to be differentiated.
pub struct Parsed<'g> {
    pub function: Function<'g>,
    pub snippets: Snippets,
    /// What stands for each real parameter.
    pub params: Vec<Option<Variable<'g>>>,
}
