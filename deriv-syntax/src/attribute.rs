//! The words and options of `#[derive_fn(…)]`.

use crate::errors::Errors;
use crate::list::List;
pub use crate::products::{Mode, ProductKind};
use crate::tokens::stream;
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Ident, ItemFn, Path, Token};

/// What the user asked for.
pub struct Options {
    pub products: Vec<Product>,
    /// The variables by name; all real parameters if absent.
    pub wrt: Option<Vec<Ident>>,
    pub mode: Option<Mode>,
    /// How many iterations of loops apart states are kept: as given, or as is best.
    pub checkpoint: Option<Option<usize>>,
    /// Functions that cannot be annotated, with their derivatives.
    pub derivatives: Vec<(Path, Path)>,
    /// The box over which the emitted test samples.
    pub test: Option<Test>,
    /// Where the facade is.
    pub facade: Path,
}

pub struct Test {
    pub word: Ident,
    pub ranges: Vec<(Ident, syn::Expr)>,
}

/// One function to emit.
#[derive(Clone)]
pub struct Product {
    pub kind: ProductKind,
    /// The word as the user wrote it, for errors; the attribute itself for the implied `prime`.
    pub word: Ident,
    /// The name asked for, if it is not function and word.
    pub name: Option<Ident>,
}

/// The name of the product of a function that adds, which nobody but the function's other products calls.
pub fn onto(function: &str, span: Span) -> Ident {
    let function = function.strip_prefix("r#").unwrap_or(function);
    format_ident!("__{}_{}", function, ProductKind::Onto.suffix(), span = span)
}

impl Product {
    /// The product that adds.
    pub fn onto(item: &ItemFn) -> Self {
        let word = item.sig.ident.clone();
        let name = Some(onto(&word.to_string(), word.span()));
        Product { kind: ProductKind::Onto, word, name }
    }

    /// The name of the function to emit.
    pub fn function_name(&self, item: &ItemFn) -> Ident {
        match &self.name {
            Some(name) => name.clone(),
            None => {
                let base = item.sig.ident.to_string();
                let base = base.strip_prefix("r#").unwrap_or(&base);
                format_ident!("{}_{}", base, self.kind.suffix(), span = item.sig.ident.span())
            }
        }
    }
}

/// Higher orders than this are refused: their formulas grow without bound.
const MAX_ORDER: u32 = 12;

const WORDS: &str = "`prime`, `value_and_prime`, `prime2`, `prime3`, …, `hessian`, `jvp`, `vjp`, `hvp`, \
                     `wrt(…)`, `mode = forward`, `mode = reverse`, `checkpoint`, `derivative(f = f_prime)`, `test(…)` \
                     and `crate = path`";

/// What people call the derivative, which is emitted in any case.
const OTHER_NAMES_OF_PRIME: &[&str] =
    &["prime1", "derivative1", "diff", "d", "grad", "gradient", "jacobian", "forward_grad"];

pub fn parse(attribute: TokenStream, errors: &mut Errors) -> Options {
    let mut options = Options {
        products: Vec::new(),
        wrt: None,
        mode: None,
        checkpoint: None,
        derivatives: Vec::new(),
        test: None,
        facade: syn::parse_quote!(::deriv),
    };
    // Each option by itself, so that what is wrong with one hides nothing of the others.
    for tokens in split(attribute) {
        if let Err(error) = option(tokens, &mut options, errors) {
            errors.push(error);
        }
    }
    options
}

impl Options {
    /// `prime` need not be asked for.
    pub fn imply_prime(&mut self) {
        if !self.products.iter().any(|product| product.kind == ProductKind::Prime(1)) {
            let word = format_ident!("prime");
            self.products.insert(0, Product { kind: ProductKind::Prime(1), word, name: None });
        }
    }
}

/// What stands between commas.
fn split(tokens: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut parts = vec![Vec::new()];
    for token in tokens {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => parts.push(Vec::new()),
            token => parts.last_mut().expect("there is always one").push(token),
        }
    }
    if parts.last().is_some_and(Vec::is_empty) {
        parts.pop();
    }
    parts
}

fn error<T>(at: impl ToTokens, message: impl std::fmt::Display) -> syn::Result<T> {
    Err(syn::Error::new_spanned(at, message))
}

/// What follows an option's word: nothing, `= …` or `(…)`.
enum Form {
    Bare,
    Value(TokenStream),
    List(TokenTree, TokenStream),
}

/// Reads all of `tokens` as a `T`; `otherwise` says what should stand there.
fn read<T>(
    at: &impl ToTokens,
    tokens: TokenStream,
    parser: impl FnOnce(ParseStream<'_>) -> syn::Result<T>,
    otherwise: &str,
) -> syn::Result<T> {
    if tokens.is_empty() {
        return error(at, otherwise);
    }
    parser.parse2(tokens.clone()).or_else(|_| error(tokens, otherwise))
}

fn option(tokens: Vec<TokenTree>, options: &mut Options, errors: &mut Errors) -> syn::Result<()> {
    let mut rest = tokens.into_iter();
    let word = match rest.next() {
        Some(TokenTree::Ident(word)) => word,
        Some(TokenTree::Literal(literal)) if literal.to_string().starts_with('"') => {
            let text = literal.to_string();
            let text = text.trim_matches('"');
            return error(&literal, format!("options are words, not strings: write `{text}` without quotes"));
        }
        Some(token) => return error(token, format!("an option is missing here: `derive_fn` knows {WORDS}")),
        None => {
            return error(TokenStream::new(), "there are two commas in a row: remove one");
        }
    };
    let form = match rest.next() {
        None => Form::Bare,
        Some(TokenTree::Punct(punct)) if punct.as_char() == '=' => Form::Value(stream(rest.by_ref().list())),
        Some(TokenTree::Group(group)) => {
            let list = group.stream();
            Form::List(TokenTree::Group(group), list)
        }
        Some(token) => return error(&token, format!("a comma is missing between `{word}` and `{token}`")),
    };
    if let Some(token) = rest.next() {
        return error(&token, format!("a comma is missing before `{token}`"));
    }
    match (word.to_string().as_str(), form) {
        ("crate", Form::Value(path)) => {
            options.facade =
                read(&word, path, Path::parse_mod_style, "a path must stand here, as in `crate = my_deriv`")?;
        }
        ("crate", _) => return error(&word, "say where the crate is: write `crate = path`"),
        ("wrt", Form::List(list, names)) => wrt(&word, list, names, options, errors)?,
        ("wrt", _) => return error(&word, "name the variables in parentheses: write `wrt(x, y)`"),
        ("checkpoint", form) => checkpoint(&word, form, options, errors)?,
        ("mode", form) => mode(&word, form, options, errors)?,
        ("derivative", Form::List(_, pairs)) => {
            if pairs.is_empty() {
                errors.at(&word, "name a function and its derivative: write `derivative(g = g_prime)`");
            }
            for pair in split(pairs) {
                if let Err(error) = derivative(stream(pair), options, errors) {
                    errors.push(error);
                }
            }
        }
        ("derivative", _) => {
            return error(&word, "name a function and its derivative: write `derivative(g = g_prime)`");
        }
        ("test", Form::List(_, list)) => {
            if options.test.is_some() {
                errors.at(&word, "`test` is given twice: write all ranges into one");
            }
            let ranges = split(list).into_iter();
            let ranges = ranges.each(|range| test_range(&word, stream(range)));
            match ranges.iter().any(Result::is_err) {
                true => ranges.into_iter().filter_map(Result::err).for_each(|error| errors.push(error)),
                false => {
                    let ranges = ranges.into_iter().flatten().list();
                    options.test = Some(Test { word, ranges });
                }
            }
        }
        ("test", _) => {
            return error(&word, "say where the test samples: write `test(x in -2.0..2.0)`");
        }
        (text, form) => product(text, &word, form, options, errors)?,
    }
    Ok(())
}

fn wrt(
    word: &Ident,
    list: TokenTree,
    names: TokenStream,
    options: &mut Options,
    errors: &mut Errors,
) -> syn::Result<()> {
    type Names = syn::punctuated::Punctuated<Ident, Token![,]>;
    if options.wrt.is_some() {
        errors.at(word, "`wrt` is given twice: name all variables in one");
    }
    if names.is_empty() {
        errors.at(word, "`wrt()` names no variable: name at least one parameter, as in `wrt(x)`");
        return Ok(());
    }
    let parser =
        |input: ParseStream<'_>| input.call(|input| Names::parse_terminated_with(input, Ident::parse_any));
    let names = read(&list, names, parser, "`wrt` takes names of parameters: write `wrt(x, y)`")?;
    options.wrt = Some(names.into_iter().list());
    Ok(())
}

fn mode(word: &Ident, form: Form, options: &mut Options, errors: &mut Errors) -> syn::Result<()> {
    const MESSAGE: &str = "the mode is chosen by `mode = forward` or `mode = reverse`";
    let Form::Value(value) = form else { return error(word, MESSAGE) };
    if options.mode.is_some() {
        errors.at(word, "`mode` is given twice: remove one");
    }
    let name = read(word, value, Ident::parse, MESSAGE)?;
    options.mode = match name.to_string().as_str() {
        "forward" => Some(Mode::Forward),
        "reverse" => Some(Mode::Reverse),
        _ => return error(&name, format!("`{name}` is no mode: write `forward` or `reverse`")),
    };
    Ok(())
}

/// `checkpoint` or `checkpoint = 10`
fn checkpoint(word: &Ident, form: Form, options: &mut Options, errors: &mut Errors) -> syn::Result<()> {
    const MESSAGE: &str = "states are kept by `checkpoint`, or so many iterations apart by a number of at least 1, as in `checkpoint = 10`";
    if options.checkpoint.is_some() {
        errors.at(word, "`checkpoint` is given twice: remove one");
    }
    options.checkpoint = Some(match form {
        Form::Bare => None,
        Form::Value(value) => {
            let number = read(word, value, syn::LitInt::parse, MESSAGE)?;
            match number.base10_parse::<usize>() {
                Ok(number) if number > 0 => Some(number),
                _ => return error(&number, MESSAGE),
            }
        }
        Form::List(..) => return error(word, MESSAGE),
    });
    Ok(())
}

/// `g = g_prime`
fn derivative(tokens: TokenStream, options: &mut Options, errors: &mut Errors) -> syn::Result<()> {
    let pair = |input: ParseStream<'_>| {
        let function = input.call(Path::parse_mod_style)?;
        input.parse::<Token![=]>()?;
        Ok((function, input.call(Path::parse_mod_style)?))
    };
    let message = "a function and the path of its derivative must stand here, as in `g = g_prime`";
    let (function, derivative) = read(&tokens, tokens.clone(), pair, message)?;
    let text = function.to_token_stream().to_string();
    if options.derivatives.iter().any(|(known, _)| known.to_token_stream().to_string() == text) {
        errors.at(
            &function,
            format!("the derivative of `{}` is given twice: remove one", text.replace(' ', "")),
        );
    }
    options.derivatives.push((function, derivative));
    Ok(())
}

/// `x in -2.0..2.0`
fn test_range(word: &Ident, tokens: TokenStream) -> syn::Result<(Ident, syn::Expr)> {
    let range = |input: ParseStream<'_>| {
        let name: Ident = input.parse()?;
        input.parse::<Token![in]>()?;
        Ok((name, input.parse()?))
    };
    read(word, tokens, range, "say where the test samples: write `x in -2.0..2.0`")
}

fn product(
    text: &str,
    word: &Ident,
    form: Form,
    options: &mut Options,
    errors: &mut Errors,
) -> syn::Result<()> {
    let Some(kind) = ProductKind::from_word(text) else {
        return error(word, unknown(text));
    };
    let name = match form {
        Form::Bare => None,
        Form::Value(name) => {
            let message = format!("the function's name must stand here, as in `{word} = name`");
            Some(read(word, name, Ident::parse, &message)?)
        }
        Form::List(list, _) => {
            return error(list, format!("`{word}` takes no arguments: the variables are chosen by `wrt(…)`"));
        }
    };
    match kind {
        ProductKind::Prime(order) if order > MAX_ORDER => {
            errors.at(word, format!("derivatives are emitted up to order {MAX_ORDER}: ask for a lower one"));
        }
        kind if options.products.iter().any(|product| product.kind == kind) => {
            errors.at(word, format!("`{text}` is asked for twice: remove one"));
        }
        kind => options.products.push(Product { kind, word: word.clone(), name }),
    }
    Ok(())
}

/// What to say of a word that is no option.
fn unknown(text: &str) -> String {
    const KNOWN: &[&str] = &[
        "prime",
        "value_and_prime",
        "hessian",
        "jvp",
        "vjp",
        "hvp",
        "wrt",
        "mode",
        "checkpoint",
        "derivative",
        "test",
    ];
    let plain = |text: &str| text.to_lowercase().replace('_', "");
    let (this, singular) = (plain(text), plain(text.trim_end_matches('s')));
    if OTHER_NAMES_OF_PRIME.contains(&text) {
        return format!(
            "`derive_fn` does not know `{text}`: the derivative, gradient or Jacobian is `prime`, always emitted"
        );
    }
    let order = this.strip_prefix("prime").filter(|order| order.parse::<u32>().is_ok_and(|order| order >= 2));
    let close = KNOWN.iter().find(|known| [&this, &singular].contains(&&plain(known)));
    match (order, close) {
        (Some(order), _) => format!("`derive_fn` does not know `{text}`: write `prime{order}`"),
        (None, Some(close)) => format!("`derive_fn` does not know `{text}`: write `{close}`"),
        (None, None) => format!("`derive_fn` does not know `{text}`: it knows {WORDS}"),
    }
}
