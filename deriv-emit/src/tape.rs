//! How the lists that a reverse sweep keeps values in are declared: as an array where the loops around are
//! bounded by literals, and as a `Vec` with its capacity reserved where that can be told beforehand.

use crate::graph::Expr;
use crate::hash::{HashMap, HashSet};
use crate::list::List;
use crate::region::{Dim, Init, Loop, Passive, Region, Stmt, Turn};
use deriv_syntax::snippets::Snippets;
use deriv_syntax::tokens::{all_identifiers, stream};
use proc_macro2::{Literal, TokenStream};
use quote::ToTokens;
use syn::{ExprLit, ExprRange, Lit, RangeLimits};

/// Longer lists of numbers are not put on the stack.
const MAX_ARRAY: usize = 512;

/// How a list is declared.
#[derive(Clone)]
pub(super) enum Tape<'g> {
    /// An array of so many numbers, and a counter.
    Array(TokenStream),
    /// A `Vec` that will have as many elements as the loops over these turn together.
    Reserved(Vec<Passive<'g>>),
    /// A `Vec` that grows; perhaps in the first iterations of a loop around, of which each leaves it empty.
    Growing,
}

/// The lists that are declared empty, by place; those with dimensions are the user's, or go along with such.
pub(super) fn tapes<'g>(snippets: &Snippets, region: &Region<'g>) -> HashMap<u32, Tape<'g>> {
    let (mut found, mut lengths) = (HashMap::default(), Vec::new());
    region.for_each(&mut |region| {
        lengths.extend(region.body.iter().flat(|stmt| match stmt {
            Stmt::Alloc { extent, .. } => extent.dims.iter().each_some(|dim| fixed(snippets, dim)),
            _ => Vec::new(),
        }));
    });
    region.for_each(&mut |region| {
        for stmt in &region.body {
            if let Stmt::Alloc { place, init: Init::Empty(None), extent } = stmt
                && extent.dims.is_empty()
            {
                let fills = |stmt: &Stmt<'g>| match stmt {
                    Stmt::Push { place: list, .. } | Stmt::Record { tape: list, .. } => list == place,
                    _ => false,
                };
                let takes = |stmt: &Stmt<'g>| match stmt {
                    Stmt::Pop { place: list, .. } | Stmt::Recall { tape: list, .. } => list == place,
                    Stmt::Rows { tapes, .. } => tapes.contains(place),
                    _ => false,
                };
                let (around, always) = loops_around(region, &fills).unwrap_or_default();
                let (back, _) = loops_around(region, &takes).unwrap_or_default();
                let both = around.iter().zip(&back).take_while(|(a, b)| std::ptr::eq(**a, **b)).count();
                let tape = match tape(snippets, &around[both..], extent.number.is_real(), &mut lengths) {
                    _ if !always => Tape::Growing,
                    Tape::Reserved(_) if both > 0 => Tape::Growing,
                    tape => tape,
                };
                found.insert(place.id, tape);
            }
        }
    });
    found
}

/// Of lists that are declared one after the other, are filled in rows, and have as many elements as can be told
/// beforehand: all, by the first.
pub(super) fn runs<'g>(
    region: &Region<'g>,
    tapes: &HashMap<u32, Tape<'g>>,
    recorded: &HashSet<u32>,
) -> HashMap<u32, Vec<Expr<'g>>> {
    let number = |stmt: &Stmt<'g>| match stmt {
        Stmt::Alloc { place, extent, .. } if extent.number.is_real() && recorded.contains(&place.id) => {
            matches!(tapes.get(&place.id), Some(Tape::Reserved(_))).then_some(extent.number)
        }
        _ => None,
    };
    let mut found = HashMap::default();
    region.for_each(&mut |region| {
        for run in region.body.chunk_by(|a, b| number(a).is_some() && number(a) == number(b)) {
            let places: Vec<Expr<'g>> = run.iter().flat(Stmt::defines);
            if places.len() > 1 && number(&run[0]).is_some() {
                found.insert(places[0].id, places);
            }
        }
    });
    found
}

/// The loops around the first statement that is meant, outermost first, and whether it is run in all their iterations.
fn loops_around<'r, 'g>(
    region: &'r Region<'g>,
    is_meant: &dyn Fn(&Stmt<'g>) -> bool,
) -> Option<(Vec<&'r Loop<'g>>, bool)> {
    region.body.iter().find_map(|stmt| {
        if is_meant(stmt) {
            return Some((Vec::new(), true));
        }
        let inner = stmt.regions().into_iter().find_map(|inner| loops_around(inner, is_meant))?;
        Some(match (stmt, inner) {
            (Stmt::Loop(looped), (mut loops, always)) => {
                loops.insert(0, looped);
                (loops, always)
            }
            (_, (loops, _)) => (loops, false),
        })
    })
}

/// The length of an array as the source has it.
fn fixed(snippets: &Snippets, dim: &Dim<'_>) -> Option<String> {
    match dim {
        Dim::Fixed(length) => Some(snippets.get(*length).to_string()),
        _ => None,
    }
}

/// What keeps a number of every iteration of these loops. There are arrays of these `lengths` on the stack anyway; beside
/// each there may be one more.
fn tape<'g>(snippets: &Snippets, loops: &[&Loop<'g>], real: bool, lengths: &mut Vec<String>) -> Tape<'g> {
    if loops.is_empty() {
        return Tape::Growing;
    }
    let mut total = Some(1_usize);
    let mut inside: HashSet<String> = HashSet::default();
    let mut counts = Vec::new();
    for looped in loops {
        // Only what can be evaluated once more tells beforehand how many there will be.
        let Turn::For { pattern, over, again: true, .. } = &looped.turn else { return Tape::Growing };
        let code = snippets.get(over.code);
        if all_identifiers(code.clone()).iter().any(|name| inside.contains(name)) {
            return Tape::Growing;
        }
        total = total.and_then(|total| total.checked_mul(literal_trips(code)?));
        counts.push(over.clone());
        inside.extend(all_identifiers(snippets.get(*pattern).clone()));
        looped.body.for_each(&mut |region| {
            for stmt in &region.body {
                if let Stmt::Copy { code, .. } = stmt {
                    // What it declares or assigns stands before the first `=`.
                    let code = snippets.get(code.code).clone().into_iter();
                    let changed = code.take_while(|token| token.to_string() != "=");
                    inside.extend(all_identifiers(stream(changed.list())));
                }
            }
        });
    }
    if let Some(total) = total.filter(|total| real && *total <= MAX_ARRAY) {
        return Tape::Array(Literal::usize_unsuffixed(total).to_token_stream());
    }
    if let [over] = &counts[..]
        && let Some(end) = end_of_range(snippets.get(over.code)).filter(|_| real)
        && let Some(beside) = lengths.iter().position(|length| *length == end.to_string())
    {
        lengths.remove(beside);
        return Tape::Array(end);
    }
    Tape::Reserved(counts)
}

/// How often a loop over a range of literals turns.
pub(super) fn literal_trips(over: &TokenStream) -> Option<usize> {
    let mut expr: syn::Expr = syn::parse2(over.clone()).ok()?;
    loop {
        expr = match expr {
            syn::Expr::Paren(paren) => *paren.expr,
            syn::Expr::MethodCall(call) if call.method == "rev" => *call.receiver,
            expr => {
                let syn::Expr::Range(ExprRange { start: Some(start), end: Some(end), limits, .. }) = expr
                else {
                    return None;
                };
                let (start, end) = (literal(&start)?, literal(&end)?);
                let closed = usize::from(matches!(limits, RangeLimits::Closed(_)));
                return Some((end + closed).saturating_sub(start));
            }
        };
    }
}

/// Where a range ends that begins at 0.
fn end_of_range(over: &TokenStream) -> Option<TokenStream> {
    match syn::parse2(over.clone()).ok()? {
        syn::Expr::Range(ExprRange {
            start: Some(start),
            end: Some(end),
            limits: RangeLimits::HalfOpen(_),
            ..
        }) if literal(&start) == Some(0) => Some(end.to_token_stream()),
        _ => None,
    }
}

/// The number that an expression is.
pub(super) fn literal(expr: &syn::Expr) -> Option<usize> {
    match expr {
        syn::Expr::Lit(ExprLit { lit: Lit::Int(int), .. }) => int.base10_parse().ok(),
        _ => None,
    }
}
