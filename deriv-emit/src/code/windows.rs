//! Slices that are cut before a loop to what it works on: then the compiler can see once for all that indices are
//! within bounds. Every iteration reaches its element of a window, so the function panics where there are not enough.

use super::{ADDED, Writer, integer, replaced};
use crate::graph::{Expr, Kind, Ty};
use crate::hash::HashSet;
use crate::list::{List, PushAll};
use crate::region::{Access, Loop, Order, Region, Share, Step, Stmt, Turn, Walks};
use crate::schedule::Scope;
use crate::tape::{literal, literal_trips};
use deriv_syntax::tokens::all_identifiers;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, quote};
use std::rc::Rc;
use syn::{BinOp, ExprRange, RangeLimits};

/// How many pairs of slices the compiler compares before a loop. With more it leaves the loop as it is.
const COMPARED: usize = 8;

/// The elements of a place that the iterations of a loop reach one after the other.
pub(super) struct Window {
    name: Ident,
    counting: Rc<Counting>,
    /// How many of the indices this stands for.
    indices: usize,
}

/// What stands before a loop.
#[derive(Default)]
pub(super) struct Cuts {
    pub windows: Vec<Cut>,
    /// If this does not hold, the loop does not turn, and there may be nothing to cut.
    pub condition: Option<TokenStream>,
    /// The places that the loop reaches in no other way.
    pub places: HashSet<u32>,
}

/// A part of a list that a loop works on.
pub(super) struct Cut {
    pub name: Ident,
    pub part: TokenStream,
    pub written: bool,
    /// The type of its elements, if they are numbers.
    pub number: Option<TokenStream>,
}

/// An access that goes along with a loop.
struct Found<'b, 'g> {
    access: &'b Access<'g>,
    /// Which of the indices does.
    at: usize,
    step: Step<'g>,
    /// What is read or written, each by itself or several at once.
    numbers: &'b [Expr<'g>],
}

impl Found<'_, '_> {
    /// Whether one window is right for both.
    fn is_along(&self, other: &Self) -> bool {
        self.at == other.at
            && self.access.place == other.access.place
            && self.access.indices[..self.at] == other.access.indices[..self.at]
            && self.step.walk == other.step.walk
            && self.step.added == other.step.added
    }
}

/// What a loop counts.
struct Counting {
    name: Ident,
    start: TokenStream,
    /// If it is a literal.
    begin: Option<usize>,
    end: TokenStream,
}

impl<'g> Writer<'_, 'g> {
    /// Cuts windows for a loop that may have some and counts the numbers of a range, or blocks of it. It goes `over`
    /// this, or that beside something else.
    pub(super) fn windows(
        &mut self,
        looped: &Loop<'g>,
        range: &TokenStream,
        over: &TokenStream,
        scope: Scope,
        inner: Scope,
    ) -> Cuts {
        let mut cuts = Cuts::default();
        let Some(countings) = self.countings(looped, range) else { return cuts };
        let looked_at = all_identifiers(over.clone());
        let walks = Walks::beside(looped);
        let (mut found, mut reads) = (Vec::new(), looped.body.results.clone());
        for stmt in &looped.body.body {
            match along(&walks, stmt) {
                Some((own, values)) => {
                    found.push(own);
                    reads.push_all(values);
                }
                None => reads.push_all(Region { body: vec![stmt.clone()], ..Region::default() }.reads()),
            }
        }
        let mut elsewhere: HashSet<u32> = reads.iter().map(|read| read.id).collect();
        let changed = changed(&looped.body);
        let mut groups: Vec<Vec<&Found<'_, 'g>>> = Vec::new();
        for own in &found {
            match groups.iter_mut().find(|group| group[0].is_along(own)) {
                Some(group) => group.push(own),
                None => groups.push(vec![own]),
            }
        }
        let Some(Counting { start, begin, end, .. }) = countings.first().map(Rc::as_ref) else { return cuts };
        let count = if *begin == Some(0) { quote!(#end) } else { quote!(#end - #start) };
        let mut walking = Vec::new();
        for group in &groups {
            let Found { access, at: index, step, .. } = group[0];
            let same = found.iter().filter(|other| other.access.place == access.place);
            let alone = !elsewhere.contains(&access.place.id) && same.count() == group.len();
            let written = changed.contains(&access.place.id);
            // What is written to must be reached by one window alone.
            let first = match alone || !written {
                true => self.first(looped, &countings, step, scope),
                false => None,
            };
            let row = Access { place: access.place, indices: access.indices[..*index].to_vec() };
            let there = self.are_known(&row.indices, scope)
                && self.are_known(&[row.place], scope)
                && !all_identifiers(self.operand(row.place, scope).tokens)
                    .iter()
                    .any(|name| looked_at.contains(name));
            let Some((counting, first)) = first.filter(|_| there) else {
                reads.extend(group.iter().flat_map(|own| &own.access.indices));
                elsewhere.insert(access.place.id);
                continue;
            };
            let (name, list) = (self.leaf_name(row.place), self.element(&row, scope));
            let is = |other: &TokenStream| first.to_string() == other.to_string();
            let range = match () {
                _ if is(&quote!(0)) => quote!([..#count]),
                _ if is(start) => quote!([#start..#end]),
                _ => quote!([#first..][..#count]),
            };
            let number = group.iter().find_map(|own| self.number_in(own));
            cuts.windows.push(Cut { name: name.clone(), part: quote!(#list #range), written, number });
            if *begin != Some(0) || !is(&quote!(0)) {
                cuts.condition = Some(quote!(#start < #end));
            }
            cuts.places.insert(row.place.id);
            for own in group {
                let indices = &own.access.indices;
                reads.extend(&indices[index + 1..]);
                walking.push(indices[*index]);
                let window = Window { name: name.clone(), counting: counting.clone(), indices: index + 1 };
                self.windows.insert(key(own.access), window);
            }
        }
        self.leave_out(&walking, &reads, inner);
        cuts.places = cuts.places.into_iter().filter(|place| !elsewhere.contains(place)).collect();
        cuts
    }

    /// The element of a window that an access is to, or one so many before; the indices that are left lead on from there.
    pub(super) fn window(
        &self,
        access: &Access<'g>,
        back: usize,
    ) -> Option<(TokenStream, TokenStream, Vec<Expr<'g>>)> {
        let Window { name, counting, indices } = self.windows.get(&key(access))?;
        Some((quote!(#name), counting.before(back), access.indices[*indices..].to_vec()))
    }

    /// The type of the elements of a window, if these are what is read or written.
    fn number_in(&self, own: &Found<'_, 'g>) -> Option<TokenStream> {
        let last = own.at + 1 == own.access.indices.len();
        own.numbers.iter().find_map(|number| self.type_of(*number)).filter(|_| last)
    }

    /// The type of a number, if it is certain.
    pub(super) fn type_of(&self, number: Expr<'g>) -> Option<TokenStream> {
        let ty = number.ty();
        (ty.is_real() && ty != Ty::Any).then(|| self.context.signature.type_tokens(ty))
    }

    /// The range that the loop goes through, if it may have windows: its bounds get names, as what they are computed
    /// from may be borrowed in the loop.
    pub(super) fn bounds(
        &mut self,
        looped: &Loop<'g>,
        over: &TokenStream,
    ) -> Option<(TokenStream, TokenStream)> {
        if !matches!(looped.turn, Turn::For { counts: Some(_), .. })
            || literal_trips(over).is_some()
            || !may_have_windows(looped)
        {
            return None;
        }
        let range: ExprRange = syn::parse2(over.clone()).ok()?;
        let mut before = TokenStream::new();
        let mut named = |base: &str, expr: &syn::Expr, closed: bool| match expr {
            syn::Expr::Lit(_) | syn::Expr::Path(_) if !closed => quote!(#expr),
            expr => {
                let name = self.fresh(base);
                before.extend(match (closed, expr) {
                    (false, expr) => quote!(let #name = #expr;),
                    (true, syn::Expr::Path(path)) => quote!(let #name = #path + 1;),
                    (true, expr) => quote!(let #name = (#expr) + 1;),
                });
                quote!(#name)
            }
        };
        let start = named("start", range.start.as_deref()?, false);
        let end = named("end", range.end.as_deref()?, matches!(range.limits, RangeLimits::Closed(_)));
        Some((before, quote!(#start..#end)))
    }

    /// Of a loop that counts beside something else, the range of numbers that it comes to.
    pub(super) fn counted_beside(
        &mut self,
        looped: &Loop<'g>,
        over: &TokenStream,
    ) -> Option<(TokenStream, TokenStream)> {
        if !matches!(looped.turn, Turn::For { counts: None, .. }) || !may_have_windows(looped) {
            return None;
        }
        let (before, turns) = self.turns(over);
        Some((before, quote!(0..#turns)))
    }

    /// What the loop counts, under each name that it has for that.
    fn countings(&self, looped: &Loop<'g>, range: &TokenStream) -> Option<Vec<Rc<Counting>>> {
        let Turn::For { pattern, over: code, .. } = &looped.turn else { return None };
        let names = match syn::parse2(self.context.snippets.get(*pattern).clone()) {
            Ok(name) => vec![name],
            Err(_) => self.context.snippets.counters(*pattern, code.code),
        };
        let range: ExprRange = syn::parse2(range.clone()).ok()?;
        let (start, end) = (range.start?, range.end?);
        let begin = literal(&start);
        let counting = |name| Counting { name, begin, start: quote!(#start), end: quote!(#end) };
        Some(names.into_iter().map(|name| Rc::new(counting(name))).list())
    }

    /// What an index goes along with, and what it is in the first iteration.
    fn first(
        &mut self,
        looped: &Loop<'g>,
        countings: &[Rc<Counting>],
        step: &Step<'g>,
        scope: Scope,
    ) -> Option<(Rc<Counting>, TokenStream)> {
        let code = looped.body.body.iter().find_map(|stmt| match stmt {
            Stmt::Bind { leaf, value, .. } if *leaf == step.leaf && value.captures.is_empty() => {
                Some(value.code)
            }
            _ => None,
        });
        let code = self.context.snippets.get(code?).clone();
        if !self.are_known(&step.added, scope) {
            return None;
        }
        let names = all_identifiers(code.clone());
        let counting = countings.iter().find(|counting| names.contains(&counting.name.to_string()))?;
        let mut terms = counting.first(code)?;
        for added in &step.added {
            terms.push(match added.as_constant() {
                Some(value) => integer(value).within(ADDED),
                None => self.operand(*added, scope).within(ADDED),
            });
        }
        let first = if terms.is_empty() { quote!(0) } else { quote!(#(#terms)+*) };
        Some((counting.clone(), first))
    }

    /// Whether the nodes can be computed in this scope.
    fn are_known(&self, nodes: &[Expr<'g>], scope: Scope) -> bool {
        let mut stack = nodes.to_vec();
        while let Some(node) = stack.pop() {
            let is_field = || node.name().starts_with('.');
            if matches!(node.kind(), Kind::Symbol(_)) && self.leaf(node, scope).is_none() && !is_field() {
                return false;
            }
            stack.push_all(node.args());
        }
        true
    }

    /// Indices that windows stand for need not be computed where nothing else `reads` them.
    fn leave_out(&mut self, walking: &[Expr<'g>], reads: &[Expr<'g>], inner: Scope) {
        let indices = parts(walking, 0);
        let lowest = indices.iter().min().copied().unwrap_or(u32::MAX);
        let needed = parts(reads, lowest);
        let unused = indices.into_iter().filter(|index| !needed.contains(index));
        self.unused.extend(unused.map(|index| (index, inner)));
    }
}

impl Cut {
    /// The part, as it is borrowed.
    fn borrowed(&self) -> TokenStream {
        let (part, reference) = (&self.part, reference(self.written));
        quote!(#reference #part)
    }
}

fn reference(written: bool) -> TokenStream {
    if written { quote!(&mut) } else { quote!(&) }
}

/// A loop with the parts that it works on. The compiler makes the loop work on several elements at once if it can see, or
/// compare beforehand, that what is written overlaps with nothing else. Where there is too much to compare, the parts are
/// arguments of a closure, as these never overlap.
pub(super) fn beside(cuts: Vec<Cut>, looped: TokenStream) -> TokenStream {
    let written = cuts.iter().filter(|cut| cut.written).count();
    let pairs = written * (written.saturating_sub(1)) / 2 + written * (cuts.len() - written);
    let (arguments, others): (Vec<Cut>, Vec<Cut>) =
        cuts.into_iter().partition(|cut| cut.number.is_some() && pairs > COMPARED);
    let mut out = TokenStream::new();
    for cut in &others {
        let (name, borrowed) = (&cut.name, cut.borrowed());
        out.extend(quote!(let #name = #borrowed;));
    }
    if arguments.is_empty() {
        return quote!(#out #looped);
    }
    let params = arguments.iter().each(|Cut { name, written, number, .. }| {
        let reference = reference(*written);
        quote!(#name: #reference [#number])
    });
    let borrowed = arguments.iter().each(Cut::borrowed);
    quote!(#out (|#(#params),*| { #looped })(#(#borrowed),*);)
}

impl Counting {
    /// How many items there are before the one that is so many before that of the iteration.
    fn before(&self, back: usize) -> TokenStream {
        let (name, number) = (&self.name, |number| Literal::usize_unsuffixed(number));
        let start = &self.start;
        match (self.begin, back) {
            (Some(0), 0) => quote!(#name),
            (Some(begin), back) => {
                let before = number(begin + back);
                quote!(#name - #before)
            }
            (None, 0) => quote!(#name - #start),
            (None, back) => {
                let back = number(back);
                quote!(#name - #start - #back)
            }
        }
    }

    /// The terms of what an index is in the first iteration.
    fn first(&self, index: TokenStream) -> Option<Vec<TokenStream>> {
        let is_counter =
            |expr: &syn::Expr| matches!(expr, syn::Expr::Path(path) if path.path.is_ident(&self.name));
        let number = |first: usize| match first {
            0 => Vec::new(),
            first => vec![Literal::usize_unsuffixed(first).to_token_stream()],
        };
        match (syn::parse2(index.clone()).ok()?, self.begin) {
            (expr, Some(begin)) if is_counter(&expr) => return Some(number(begin)),
            (syn::Expr::Binary(sum), Some(begin)) => match (sum.op, literal(&sum.right)) {
                (BinOp::Add(_), Some(ahead)) if is_counter(&sum.left) => {
                    return begin.checked_add(ahead).map(number);
                }
                (BinOp::Sub(_), Some(behind)) if is_counter(&sum.left) => {
                    return begin.checked_sub(behind).map(number);
                }
                (BinOp::Add(_), None) if is_counter(&sum.right) && begin == 0 => {
                    return Some(vec![sum.left.to_token_stream()]);
                }
                _ => {}
            },
            _ => {}
        }
        let start = [(self.name.to_string(), self.start.clone())];
        Some(vec![replaced(index, &start.into_iter().collect())])
    }
}

/// Whether all that the loop reaches it reaches in every iteration, and nothing else happens in between that a panic
/// might come too early for.
fn may_have_windows(looped: &Loop<'_>) -> bool {
    let Turn::For { again: true, order, .. } = &looped.turn else { return false };
    // Not for a few items.
    let many = match order {
        Order::Given | Order::Any | Order::Reversed => true,
        Order::Only(share) => matches!(share, Share::From(_) | Share::Blocks(_)),
        _ => false,
    };
    let mut plain = many && !looped.exits;
    looped.body.for_each(&mut |region| {
        let such = |stmt: &Stmt<'_>| matches!(stmt, Stmt::Copy { .. } | Stmt::Loop(_) | Stmt::Call(_));
        plain &= !region.diverges && !region.body.iter().any(such);
    });
    let walks = Walks::beside(looped);
    plain && looped.body.body.iter().any(|stmt| along(&walks, stmt).is_some())
}

/// The places that a region changes.
fn changed(region: &Region<'_>) -> HashSet<u32> {
    let mut changed = HashSet::default();
    region.for_each(&mut |region| {
        changed.extend(region.body.iter().flat(Stmt::changes).iter().map(|place| place.id));
    });
    changed
}

/// The nodes, numbered from the lowest one on, that others are computed from.
fn parts(roots: &[Expr<'_>], lowest: u32) -> HashSet<u32> {
    let mut found = HashSet::default();
    let mut stack = roots.to_vec();
    while let Some(node) = stack.pop() {
        if node.id >= lowest && found.insert(node.id) {
            stack.push_all(node.args());
        }
    }
    found
}

/// The access of the statement, if it goes along with the loop, and what else the statement reads.
fn along<'b, 'g>(walks: &Walks<'g>, stmt: &'b Stmt<'g>) -> Option<(Found<'b, 'g>, Vec<Expr<'g>>)> {
    let (access, numbers, is_run) = match stmt {
        Stmt::Load { leaf, from } => (from, std::slice::from_ref(leaf), false),
        Stmt::LoadRun { leaves, from } => (from, &leaves[..], true),
        Stmt::Store { to, value, .. } => (to, std::slice::from_ref(value), false),
        Stmt::StoreRun { to, values, .. } => (to, &values[..], true),
        _ => return None,
    };
    let values = if stmt.changes().is_empty() { Vec::new() } else { numbers.to_vec() };
    let at = access.indices.iter().position(|index| !walks.is_steady(*index))?;
    let step = walks.step(access.indices[at])?;
    let found = Found { access, at, step, numbers };
    (!is_run || at + 1 == access.indices.len()).then_some((found, values))
}

/// A place, and the indices of an element.
pub(super) type Key = (u32, Vec<u32>);

fn key(access: &Access<'_>) -> Key {
    (access.place.id, access.indices.iter().map(|index| index.id).list())
}
