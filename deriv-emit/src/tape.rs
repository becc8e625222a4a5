//! How the lists that a reverse sweep keeps values in are declared: as an array where the loops around are
//! bounded by literals, and as a `Vec` with its capacity reserved where that can be told beforehand.

use crate::graph::Expr;
use crate::hash::{HashMap, HashSet};
use crate::list::List;
use crate::region::{Init, Loop, Passive, Region, Stmt, Turn};
use deriv_syntax::snippets::Snippets;
use deriv_syntax::tokens::{all_identifiers, stream};
use proc_macro2::TokenStream;
use syn::{ExprLit, ExprRange, Lit, RangeLimits};

/// Longer lists of numbers are not put on the stack.
const MAX_ARRAY: usize = 512;

/// How a list is declared.
#[derive(Clone)]
pub(super) enum Tape<'g> {
    /// An array of so many numbers, and a counter.
    Array(usize),
    /// A `Vec` that will have as many elements as the loops over these turn together.
    Reserved(Vec<Passive<'g>>),
    /// A `Vec` that grows.
    Growing,
}

/// The lists that are declared empty, by place; those with dimensions are the user's, or go along with such.
pub(super) fn tapes<'g>(snippets: &Snippets, region: &Region<'g>) -> HashMap<u32, Tape<'g>> {
    let mut found = HashMap::default();
    region.for_each(&mut |region| {
        for stmt in &region.body {
            if let Stmt::Alloc { place, init: Init::Empty(None), extent } = stmt
                && extent.dims.is_empty()
            {
                let mut loops = Vec::new();
                let around = pushes(region, place.id, &mut loops);
                let tape = match around {
                    Some(around) => tape(snippets, &around, extent.number.is_real()),
                    None => Tape::Growing,
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

/// The loops around the one place where the list is pushed to, outermost first.
fn pushes<'r, 'g>(
    region: &'r Region<'g>,
    list: u32,
    loops: &mut Vec<&'r Loop<'g>>,
) -> Option<Vec<&'r Loop<'g>>> {
    for stmt in &region.body {
        match stmt {
            Stmt::Push { place, .. } | Stmt::Record { tape: place, .. } if place.id == list => {
                return Some(loops.clone());
            }
            Stmt::Loop(looped) => {
                loops.push(looped);
                let found = pushes(&looped.body, list, loops);
                loops.pop();
                if found.is_some() {
                    return found;
                }
            }
            stmt => {
                // Not in every iteration: how often is not known.
                if stmt.regions().into_iter().any(|inner| pushes(inner, list, loops).is_some()) {
                    return Some(Vec::new());
                }
            }
        }
    }
    None
}

fn tape<'g>(snippets: &Snippets, loops: &[&Loop<'g>], real: bool) -> Tape<'g> {
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
    match total {
        Some(total) if real && total <= MAX_ARRAY => Tape::Array(total),
        _ => Tape::Reserved(counts),
    }
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

/// The number that an expression is.
pub(super) fn literal(expr: &syn::Expr) -> Option<usize> {
    match expr {
        syn::Expr::Lit(ExprLit { lit: Lit::Int(int), .. }) => int.base10_parse().ok(),
        _ => None,
    }
}
