//! Regions to Rust statements, and nodes to Rust expressions.

mod windows;

use super::Names;
use super::schedule::{Place, Schedule, Scope, schedule};
use super::tape::{Tape, runs, tapes};
use crate::graph::{Expr, Graph, Kind, Ty};
use crate::hash::{HashMap, HashSet};
use crate::list::{List, PushAll, Sort};
use crate::ops::{ArgKind, Op, Syntax};
use crate::region::{
    Access, Argument, Arm, Branch, By, Call, Capture, Dim, Extent, Fields, Head, Init, Loop, Order, Part,
    Passive, Product, Region, Share, Stmt, Tree, Turn, leads_into,
};
use deriv_syntax::attribute::{Options, onto};
use deriv_syntax::signature::{Constants, Signature};
use deriv_syntax::snippets::Snippets;
use deriv_syntax::tokens::{all_identifiers, joined, only_reads, stream};
use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use windows::{Cut, Cuts, Key, Window, beside};

/// How strongly an expression binds, as Rust has it; what needs parentheses in a stronger place.
type Strength = u8;
const CHOICE: Strength = 0;
/// Weaker than Rust has it: `a as f64 < b` would begin a list of generic arguments.
const AS: Strength = 2;
/// What something is added to.
const ADDED: Strength = 10;
const PREFIX: Strength = 13;
const ATOM: Strength = 15;

/// A part of an expression is written where it is used only while it is at most so long.
const MAX_INLINE: usize = 6;
/// Likewise where it is a result.
const MAX_RESULT: usize = 12;

/// What the emitter has to know.
pub(super) struct Context<'c, 'g> {
    pub graph: &'g Graph,
    pub signature: &'c Signature,
    pub options: &'c Options,
    pub snippets: &'c Snippets,
    pub names: &'c dyn Fn(&crate::graph::Callee) -> TokenStream,
    /// The function is `const`.
    pub constant: bool,
    /// Nodes below this index are the user's own computation, written as they were.
    pub boundary: u32,
}

/// An expression and how strongly it binds.
#[derive(Clone)]
struct Text {
    tokens: TokenStream,
    strength: Strength,
    size: usize,
}

impl Text {
    fn atom(tokens: TokenStream) -> Self {
        Text { tokens, strength: ATOM, size: 0 }
    }

    /// In a place where only what binds at least so strongly stands without parentheses.
    fn within(self, strength: Strength) -> TokenStream {
        let tokens = self.tokens;
        if self.strength < strength { quote!((#tokens)) } else { tokens }
    }
}

pub(super) struct Writer<'c, 'g> {
    context: &'c Context<'c, 'g>,
    schedule: Schedule,
    /// What stands for a node in the scope that computes it; leaves in scope 0.
    texts: HashMap<(u32, Scope), Text>,
    /// How many names begin like this.
    taken: HashMap<String, usize>,
    /// The names of what has been bound so far.
    given: HashSet<String>,
    /// The parameters.
    params: &'c Names<'g>,
    /// The names of parameters that the product adds.
    added: &'c [String],
    next_scope: Scope,
    /// The lists that a reverse sweep keeps values in.
    tapes: HashMap<u32, Tape<'g>>,
    /// Those that are declared together, by the first of them.
    runs: HashMap<u32, Vec<Expr<'g>>>,
    /// The counters of those that are arrays, or whose elements are all known beforehand.
    lengths: HashMap<u32, Ident>,
    /// What the elements are called in the loop that goes through them.
    slots: HashMap<u32, TokenStream>,
    /// The lists whose elements are recorded.
    recorded: HashSet<u32>,
    /// The lengths of lists that do not grow.
    lists: HashMap<u32, Expr<'g>>,
    /// The places that are variables of the emitted code, and no references.
    owned: HashSet<u32>,
    /// Those that are structs.
    structs: HashSet<u32>,
    /// What is being written is the last thing to look at places.
    moves: bool,
    /// The parts of places that loops go through.
    windows: HashMap<Key, Window>,
    /// Indices that need not be computed, as windows stand for them.
    unused: HashSet<(u32, Scope)>,
    /// The results of the next region are assigned to variables.
    assigns: bool,
}

/// The statements and the result of a region.
pub(super) fn body<'c, 'g>(
    context: &'c Context<'c, 'g>,
    region: &Region<'g>,
    result: &Tree<usize>,
    params: &'c Names<'g>,
    added: &'c [String],
) -> TokenStream {
    let (tapes, recorded) = (tapes(context.snippets, region), recorded(region));
    let mut writer = Writer {
        context,
        schedule: schedule(context.graph, region),
        texts: HashMap::default(),
        taken: HashMap::default(),
        given: HashSet::default(),
        params,
        added,
        next_scope: 0,
        runs: runs(region, &tapes, &recorded),
        tapes,
        lengths: HashMap::default(),
        slots: HashMap::default(),
        recorded,
        owned: HashSet::default(),
        structs: HashSet::default(),
        moves: false,
        lists: lists(region),
        windows: HashMap::default(),
        unused: HashSet::default(),
        assigns: false,
    };
    for (leaf, tokens) in &params.leaves {
        writer.texts.insert((leaf.id, 0), Text::atom(tokens.clone()));
    }
    let scope = writer.enter();
    let tail = match result {
        Tree::Leaf(0) => true,
        Tree::Tuple(parts) => parts.iter().enumerate().all(|(i, part)| *part == Tree::Leaf(i)),
        _ => false,
    };
    let statements = writer.statements(region, scope, tail);
    if region.diverges || statements.complete {
        return statements.tokens;
    }
    let tokens = statements.tokens;
    if *result == Tree::Tuple(Vec::new()) {
        return tokens;
    }
    let result = writer.result(region, result, scope);
    quote!(#tokens #result)
}

/// A part of a list, and the pattern for its elements.
struct Row {
    slot: TokenStream,
    list: TokenStream,
    /// What is cut for it.
    cut: Option<Cut>,
}

/// What is recalled in the body of a loop: the leaves, the lists, and in how many iterations before.
fn recalled<'g>(body: &[Stmt<'g>]) -> Vec<(Expr<'g>, Expr<'g>, usize)> {
    let mut found = Vec::new();
    for stmt in body {
        match stmt {
            Stmt::Recall { leaf, tape } => found.push((*leaf, *tape, 0)),
            Stmt::Branch(Branch { head: Head::Earlier { by, .. }, arms, .. }) => {
                let inner = arms.iter().flat_map(|arm| recalled(&arm.region.body));
                found.extend(inner.map(|(leaf, tape, more)| (leaf, tape, by + more)));
            }
            _ => {}
        }
    }
    found
}

/// The lengths of the local lists that do not grow.
fn lists<'g>(region: &Region<'g>) -> HashMap<u32, Expr<'g>> {
    let mut found = HashMap::default();
    region.for_each(&mut |region| {
        for stmt in &region.body {
            if let Stmt::Alloc { place, extent, init: Init::Fill(_) } = stmt
                && let Some(Dim::Counted(length)) = extent.dims.first()
            {
                found.insert(place.id, *length);
            }
        }
    });
    found
}

/// Two iterators side by side, each with a pattern for its items.
fn zipped(one: (TokenStream, TokenStream), other: (TokenStream, TokenStream)) -> (TokenStream, TokenStream) {
    let ((a, first), (b, second)) = (one, other);
    (quote!((#a, #b)), quote!(#first.zip(#second)))
}

/// The lists that a loop goes through along with its items.
fn recorded(region: &Region<'_>) -> HashSet<u32> {
    let mut found = HashSet::default();
    region.for_each(&mut |region| {
        for stmt in &region.body {
            if let Stmt::Record { tape, .. } | Stmt::Recall { tape, .. } = stmt {
                found.insert(tape.id);
            }
        }
    });
    found
}

/// The statements of a region.
struct Statements {
    tokens: TokenStream,
    /// They end in the region's results: nothing has to follow.
    complete: bool,
    /// There is nothing but an `if`.
    only_if: bool,
}

impl<'g> Writer<'_, 'g> {
    /// Scopes are numbered in the order in which the schedule met them.
    fn enter(&mut self) -> Scope {
        self.next_scope += 1;
        self.next_scope - 1
    }

    /// A name like `base` that neither the user nor an earlier line has.
    fn fresh(&mut self, base: &str) -> Ident {
        let known: String = base.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        let known = known.trim_matches('_').to_lowercase();
        let base =
            if known.starts_with(|c: char| c.is_ascii_alphabetic()) { known } else { format!("t{known}") };
        loop {
            let number = self.taken.entry(base.clone()).or_insert(0);
            *number += 1;
            let name = if *number == 1 { base.clone() } else { format!("{base}_{number}") };
            let free = !self.context.snippets.identifiers.contains(&name)
                && !self.added.contains(&name)
                && !self.given.contains(&name);
            if free && syn::parse_str::<Ident>(&name).is_ok() {
                self.given.insert(name.clone());
                return Ident::new(&name, Span::mixed_site());
            }
        }
    }

    /// The statements of a region; where `tail` allows it, a branch at the end yields the results. Results
    /// that are `assigned` to variables need no other name.
    fn statements(&mut self, region: &Region<'g>, scope: Scope, tail: bool) -> Statements {
        let assigned = std::mem::take(&mut self.assigns);
        let mut tokens = TokenStream::new();
        let end = Place { scope, at: region.body.len() };
        let results: Vec<u32> = region.results.iter().each(|result| result.id);
        for (at, stmt) in region.body.iter().enumerate() {
            tokens.extend(self.computed(Place { scope, at }, &results, assigned));
            if let Stmt::Branch(branch) = stmt
                && tail
                && at + 1 == end.at
                && !branch.results.is_empty()
                && branch.results == region.results
                && !self.schedule.placed.contains_key(&end)
            {
                let only_if = tokens.is_empty() && matches!(branch.head, Head::If(_) | Head::IfCode(_));
                tokens.extend(self.branch_code(branch, scope));
                return Statements { tokens, complete: true, only_if };
            }
            tokens.extend(self.statement(stmt, scope));
        }
        tokens.extend(self.computed(end, &results, assigned));
        Statements { tokens, complete: false, only_if: false }
    }

    /// The nodes that are computed at a place: each a `let`, or kept back for its only use.
    fn computed(&mut self, place: Place, results: &[u32], assigned: bool) -> TokenStream {
        let mut out = TokenStream::new();
        let nodes = self.schedule.placed.remove(&place).unwrap_or_default();
        for id in nodes {
            if self.texts.contains_key(&(id, place.scope)) || self.unused.contains(&(id, place.scope)) {
                continue;
            }
            let node = self.context.graph.expr(id);
            if let Some(shared) = self.shared(node, place.scope) {
                out.extend(shared);
                continue;
            }
            let text = self.text(node, place.scope);
            let uses = self.schedule.uses.get(&(id, place.scope)).copied().unwrap_or(0);
            let named = self.context.snippets.names.get(&id);
            let limit = if results.contains(&id) { MAX_RESULT } else { MAX_INLINE };
            let inline = uses <= 1
                && text.size <= limit
                && (named.is_none() || (assigned && results.contains(&id)))
                && text.strength > CHOICE
                && node.ty() != Ty::Aggregate;
            if inline {
                self.texts.insert((id, place.scope), text);
                continue;
            }
            let base = named.cloned().unwrap_or_else(|| self.base_name(node));
            let name = self.fresh(&base);
            let tokens = text.tokens;
            out.extend(match self.aggregate_type(node) {
                Some(ty) => quote!(let #name: #ty = #tokens;),
                None => quote!(let #name = #tokens;),
            });
            self.texts.insert((id, place.scope), Text::atom(quote!(#name)));
        }
        out
    }

    /// The type of what a call returns for several variables: with another number of them, nothing may
    /// compile.
    fn aggregate_type(&self, node: Expr<'g>) -> Option<TokenStream> {
        let Kind::Call(number) = node.kind() else { return None };
        let callee = self.context.graph.callee_info(number);
        let count = Literal::usize_unsuffixed(callee.variables.len());
        match (node.ty(), callee.order) {
            (Ty::Aggregate, 1) => Some(quote!([_; #count])),
            (Ty::Aggregate, _) => Some(quote!([[_; #count]; #count])),
            _ => None,
        }
    }

    /// One call for the sine and the cosine of one argument, where the scope computes both.
    fn shared(&mut self, node: Expr<'g>, scope: Scope) -> Option<TokenStream> {
        let (names, ops) = node.op()?.shared()?;
        let args = node.args();
        let number = self.number_type(node, &args);
        let nodes: Vec<Expr<'g>> = ops.iter().each(|&op| self.context.graph.raw(op, &args));
        let all = nodes.iter().all(|node| self.schedule.home(node.id, scope) == Some(scope));
        if !all || matches!(number, Ty::Param(_)) {
            return None;
        }
        let idents: Vec<Ident> = nodes.iter().each(|node| {
            let named = self.context.snippets.names.get(&node.id).cloned();
            let base = named.unwrap_or_else(|| self.base_name(*node));
            self.fresh(&base)
        });
        let arg = self.operand(args[0], scope).tokens;
        let function = if self.is_libm(node) {
            let suffix = if number == Ty::F32 { "f" } else { "" };
            let name = format_ident!("{}{suffix}", names[1]);
            quote!(::libm::#name)
        } else {
            let (ty, name) = (self.context.signature.type_tokens(number), format_ident!("{}", names[0]));
            quote!(#ty::#name)
        };
        for (node, name) in nodes.iter().zip(&idents) {
            self.texts.insert((node.id, scope), Text::atom(quote!(#name)));
        }
        Some(quote!(let (#(#idents),*) = #function(#arg);))
    }

    fn base_name(&self, node: Expr<'g>) -> String {
        match node.kind() {
            Kind::Op(op) if matches!(op.spec().syntax, Syntax::Method | Syntax::Libm | Syntax::Special) => {
                op.spec().name.to_owned()
            }
            // Not by its own name, which would hide the function.
            Kind::Call(number) => {
                let callee = self.context.graph.callee_info(number);
                let letter = if callee.order == 0 { 'y' } else { 'd' };
                format!("{letter}_{}", callee.name)
            }
            _ => "t".to_owned(),
        }
    }

    fn statement(&mut self, stmt: &Stmt<'g>, scope: Scope) -> TokenStream {
        match stmt {
            Stmt::Copy { code: passive, .. } => {
                let code = self.code(passive, scope);
                let captures = self.captures(passive, scope);
                if captures.is_empty() { code } else { quote!({ #captures #code }) }
            }
            Stmt::Bind { leaf, kept: false, .. } if self.unused.contains(&(leaf.id, scope)) => {
                TokenStream::new()
            }
            Stmt::Bind { leaf, value, stable, .. } => {
                let code = self.passive(value, scope);
                if *stable {
                    self.texts.insert((leaf.id, scope), Text::atom(code));
                    return TokenStream::new();
                }
                let code = match leaf.ty() {
                    Ty::Aggregate => self.copied(&code),
                    _ => code,
                };
                let name = self.leaf_name(*leaf);
                self.texts.insert((leaf.id, scope), Text::atom(quote!(#name)));
                quote!(let #name = #code;)
            }
            Stmt::Branch(branch) => self.branch(branch, scope),
            Stmt::Loop(looped) => self.looped(looped, scope),
            Stmt::Alloc { place, extent, init } => self.alloc(*place, extent, init, scope),
            Stmt::Clear { place, extent } => {
                let place = self.operand(*place, scope).tokens;
                if extent.dims.is_empty() {
                    let facade = &self.context.options.facade;
                    return quote!(#place = #facade::__memory::zeros_like(&#place););
                }
                let zero = self.zero(extent, 1, scope);
                quote!(<[_]>::fill(&mut #place[..], #zero);)
            }
            Stmt::Load { leaf, from } => {
                let element = self.element(from, scope);
                let name = self.leaf_name(*leaf);
                self.texts.insert((leaf.id, scope), Text::atom(quote!(#name)));
                quote!(let #name = #element;)
            }
            Stmt::LoadRun { leaves, from } => {
                let (name, run) = (self.fresh("run"), self.run(from, leaves.len(), scope));
                for (at, leaf) in leaves.iter().enumerate() {
                    let at = Literal::usize_unsuffixed(at);
                    self.texts.insert((leaf.id, scope), Text::atom(quote!(#name[#at])));
                }
                quote!(let #name = &#run;)
            }
            Stmt::StoreRun { to, values, add } => {
                let (name, run) = (self.fresh("run"), self.run(to, values.len(), scope));
                let mut out = quote!(let #name = &mut #run;);
                for (at, value) in values.iter().enumerate() {
                    let (at, value) = (Literal::usize_unsuffixed(at), self.operand(*value, scope).tokens);
                    out.extend(match add {
                        true => self.increase(&quote!(#name[#at]), &value),
                        false => quote!(#name[#at] = #value;),
                    });
                }
                out
            }
            Stmt::Store { to, value, add } => {
                let element = self.element(to, scope);
                let value = self.operand(*value, scope).tokens;
                if *add { self.increase(&element, &value) } else { quote!(#element = #value;) }
            }
            Stmt::Push { place, value } => {
                let place = self.operand(*place, scope).tokens;
                let code = self.operand(*value, scope).tokens;
                let value = match value.ty() {
                    Ty::Aggregate if self.structs.contains(&value.id) => self.copied(&code),
                    Ty::Aggregate => quote!(#code.clone()),
                    _ => code,
                };
                if let Some(length) = self.length(stmt) {
                    return quote!(#place[#length] = #value; #length += 1;);
                }
                quote!(#place.push(#value);)
            }
            Stmt::Pop { leaf, place } => {
                let place = self.operand(*place, scope).tokens;
                let name = self.leaf_name(*leaf);
                self.texts.insert((leaf.id, scope), Text::atom(quote!(#name)));
                if leaf.ty() == Ty::Aggregate {
                    self.owned.insert(leaf.id);
                    return quote!(let mut #name = #place.pop().unwrap(););
                }
                if let Some(length) = self.length(stmt) {
                    return quote!(#length -= 1; let #name = #place[#length];);
                }
                quote!(let #name = #place.pop().unwrap();)
            }
            Stmt::Record { tape, value } => {
                let value = self.operand(*value, scope).tokens;
                let slot = self.slots.get(&tape.id);
                quote!(*#slot = #value;)
            }
            // The loop's pattern binds it.
            Stmt::Recall { .. } => TokenStream::new(),
            Stmt::Forget { .. } => TokenStream::new(),
            Stmt::Rows { rows, tapes, over } => {
                let over = self.passive(over, scope);
                let (mut out, turns) = self.turns(&over);
                for (row, tape) in rows.iter().zip(tapes) {
                    let (list, name) = (self.operand(*tape, scope).tokens, self.leaf_name(*row));
                    self.texts.insert((row.id, scope), Text::atom(quote!(#name)));
                    let at = self.lengths.get(&tape.id);
                    out.extend(quote!(#at -= #turns; let #name = &#list[#at..#at + #turns];));
                }
                out
            }
            Stmt::Swap(a, b) => {
                let (a, b) = (self.element(a, scope), self.element(b, scope));
                quote!(::core::mem::swap(&mut #a, &mut #b);)
            }
            Stmt::Save { place, of } => {
                let part = self.part(of, scope);
                let copy = match &of.extent {
                    extent if extent.is_struct() => {
                        self.structs.insert(place.id);
                        self.copied(&part)
                    }
                    extent if extent.is_counted() => quote!(#part.to_vec()),
                    _ => quote!(#part.clone()),
                };
                let name = self.leaf_name(*place);
                self.owned.insert(place.id);
                self.texts.insert((place.id, scope), Text::atom(quote!(#name)));
                quote!(let mut #name = #copy;)
            }
            Stmt::Segments { segments, over } => {
                let over = self.passive(over, scope);
                let (length, number) = (self.leaf_name(segments.length), self.leaf_name(segments.number));
                self.texts.insert((segments.length.id, scope), Text::atom(quote!(#length)));
                self.texts.insert((segments.number.id, scope), Text::atom(quote!(#number)));
                let turns = match over.to_string().contains("..") {
                    true => quote!((#over).size_hint().0),
                    false => quote!(::core::iter::IntoIterator::into_iter(#over).size_hint().0),
                };
                let every = match segments.every {
                    Some(every) => Literal::usize_unsuffixed(every).to_token_stream(),
                    None => quote!(::core::primitive::usize::isqrt(#turns).max(1)),
                };
                quote! {
                    let #length: ::core::primitive::usize = #every;
                    let #number = (#turns).div_ceil(#length);
                }
            }
            Stmt::Restore { place, from } => {
                let owned = self.owned.contains(&place.id);
                let (place, from) = (self.operand(*place, scope).tokens, self.operand(*from, scope).tokens);
                if owned { quote!(#place = #from;) } else { quote!(#place.copy_from_slice(&#from[..]);) }
            }
            Stmt::AddAll { to, from, scale } => self.add_all(to, from, *scale, scope),
            Stmt::Call(call) => self.call(call, scope),
        }
    }

    // Memory.

    /// How many elements a list will have, where that can be told here.
    fn capacity(&mut self, list: Expr<'g>, scope: Scope) -> Option<TokenStream> {
        let Some(Tape::Reserved(loops)) = self.tapes.get(&list.id).cloned() else { return None };
        let mut capacity: Option<TokenStream> = None;
        for over in loops {
            let known = over
                .reads()
                .iter()
                .all(|read| read.as_constant().is_some() || self.leaf(*read, scope).is_some());
            if !known {
                return None;
            }
            let code = self.passive(&over, scope);
            let count = match super::tape::literal_trips(&code) {
                Some(trips) => Literal::usize_unsuffixed(trips).to_token_stream(),
                None => quote!((#code).size_hint().0),
            };
            capacity = Some(capacity.map_or(count.clone(), |others| quote!(#others * #count)));
        }
        capacity
    }

    /// What a list holds before something is recorded. Any value will do: each is recorded before it is recalled.
    fn nothing(&mut self, number: Ty) -> TokenStream {
        match number.is_real() {
            true => self.constant(0.0, number).tokens,
            false => quote!(::core::default::Default::default()),
        }
    }

    /// The counter of a list that is an array.
    fn length(&self, stmt: &Stmt<'g>) -> Option<Ident> {
        match stmt {
            Stmt::Push { place, .. } | Stmt::Pop { place, .. } => self.lengths.get(&place.id).cloned(),
            _ => None,
        }
    }

    /// Whether every number has `+=`: a generic one has what its bounds say.
    fn may_add_in_place(&self) -> bool {
        self.context.signature.types.iter().all(|ty| ty.constants == Constants::Literal)
    }

    fn increase(&self, to: &TokenStream, by: &TokenStream) -> TokenStream {
        if self.may_add_in_place() { quote!(#to += #by;) } else { quote!(#to = #to + (#by);) }
    }

    fn element(&mut self, access: &Access<'g>, scope: Scope) -> TokenStream {
        let (row, steps) = match self.window(access, 0) {
            Some((row, at, steps)) => (quote!(#row[#at]), steps),
            None => (self.operand(access.place, scope).tokens, access.indices.clone()),
        };
        let steps = steps.iter().each(|&step| match step.kind() {
            Kind::Symbol(_) if step.name().starts_with('.') => super::path(&step.name()),
            _ => {
                let index = self.index(step, scope);
                quote!([#index])
            }
        });
        quote!(#row #(#steps)*)
    }

    /// So many elements, the last of which is this.
    fn run(&mut self, access: &Access<'g>, count: usize, scope: Scope) -> TokenStream {
        let (last, row) = access.indices.split_last().expect("elements have indices");
        let row = Access { place: access.place, indices: row.to_vec() };
        let (before, number) = (count - 1, Literal::usize_unsuffixed);
        let (row, first) = match self.window(access, before) {
            Some((row, first, _)) => (row, first),
            None => {
                let (last, before) = (self.index(*last, scope), number(before));
                (self.element(&row, scope), quote!(#last - #before))
            }
        };
        let count = number(count);
        quote!(#row[#first..][..#count])
    }

    fn index(&mut self, index: Expr<'g>, scope: Scope) -> TokenStream {
        match index.as_constant() {
            Some(value) => integer(value).tokens,
            None => self.operand(index, scope).tokens,
        }
    }

    /// Zero in all dimensions from the given one on.
    fn zero(&mut self, extent: &Extent<'g>, from: usize, scope: Scope) -> TokenStream {
        let number = self.constant(0.0, extent.number).tokens;
        self.filled(extent, from, number, scope)
    }

    fn filled(&mut self, extent: &Extent<'g>, from: usize, number: TokenStream, scope: Scope) -> TokenStream {
        extent.dims[from..].iter().rev().fold(number, |inner, dim| match dim {
            Dim::Literal(len) => {
                let len = Literal::usize_unsuffixed(*len);
                quote!([#inner; #len])
            }
            Dim::Fixed(len) => {
                let len = self.context.snippets.get(*len);
                quote!([#inner; #len])
            }
            Dim::Typed(count) | Dim::Counted(count) => {
                let (facade, count) = (&self.context.options.facade, self.index(*count, scope));
                quote!(#facade::__alloc::vec![#inner; #count])
            }
        })
    }

    fn alloc(&mut self, place: Expr<'g>, extent: &Extent<'g>, init: &Init<'g>, scope: Scope) -> TokenStream {
        let facade = &self.context.options.facade;
        if self.texts.contains_key(&(place.id, scope)) {
            // Declared together with an earlier one.
            return TokenStream::new();
        }
        if let Some(run) = self.runs.remove(&place.id)
            && let Some(declared) = self.declared_together(&run, extent.number, scope)
        {
            return declared;
        }
        if let (Some(Tape::Array(total)), Init::Empty(_)) = (self.tapes.get(&place.id), init) {
            let (total, zero) = (total.clone(), self.constant(0.0, extent.number).tokens);
            let name = self.leaf_name(place);
            let length = self.fresh(&format!("{name}_len"));
            let out = quote!(let mut #name = [#zero; #total]; let mut #length = 0usize;);
            self.texts.insert((place.id, scope), Text::atom(quote!(#name)));
            self.lengths.insert(place.id, length);
            return out;
        }
        if self.recorded.contains(&place.id) {
            let element = self.nothing(extent.number);
            let value = match self.capacity(place, scope) {
                Some(count) => quote!(#facade::__alloc::vec![#element; #count]),
                None => {
                    self.tapes.insert(place.id, Tape::Growing);
                    quote!(#facade::__alloc::vec::Vec::new())
                }
            };
            let name = self.leaf_name(place);
            let length = self.fresh(&format!("{name}_len"));
            self.texts.insert((place.id, scope), Text::atom(quote!(#name)));
            self.lengths.insert(place.id, length.clone());
            return quote!(let mut #name = #value; let mut #length = 0usize;);
        }
        let value = match init {
            Init::Fill(number) => {
                let number = self.operand(*number, scope).tokens;
                self.filled(extent, 0, number, scope)
            }
            Init::Like(list) if extent.dims.is_empty() => {
                let list = borrowed(&self.operand(*list, scope).tokens);
                quote!(#facade::__memory::zeros_like(#list))
            }
            Init::Zeros(None) => quote!(#facade::__zero()),
            Init::Zeros(Some(ty)) => {
                let ty = self.context.snippets.get(*ty);
                quote!(#facade::__zero::<_, #ty>())
            }
            Init::Like(list) => {
                let (list, zero) = (self.operand(*list, scope).tokens, self.zero(extent, 1, scope));
                quote!(#facade::__alloc::vec![#zero; #list.len()])
            }
            Init::Empty(None) => match self.capacity(place, scope) {
                Some(count) => quote!(#facade::__alloc::vec::Vec::with_capacity(#count)),
                None => quote!(#facade::__alloc::vec::Vec::new()),
            },
            Init::Empty(Some(count)) => {
                let count = self.index(*count, scope);
                quote!(#facade::__alloc::vec::Vec::with_capacity(#count))
            }
        };
        let name = self.leaf_name(place);
        if extent.is_struct() {
            self.structs.insert(place.id);
        }
        self.owned.insert(place.id);
        self.texts.insert((place.id, scope), Text::atom(quote!(#name)));
        quote!(let mut #name = #value;)
    }

    /// Lists of kept values in one piece of memory, if all their lengths are known. In pieces of their own, large ones
    /// would be given back to the system after every call, and cleared by it for the next.
    fn declared_together(&mut self, lists: &[Expr<'g>], number: Ty, scope: Scope) -> Option<TokenStream> {
        let counts: Option<Vec<TokenStream>> = lists.iter().map(|list| self.capacity(*list, scope)).collect();
        let counts = counts?;
        let mut out = TokenStream::new();
        let mut sizes: Vec<Ident> = Vec::new();
        for (i, count) in counts.iter().enumerate() {
            if let Some(same) = (0..i).find(|&other| counts[other].to_string() == count.to_string()) {
                sizes.push(sizes[same].clone());
                continue;
            }
            let size = self.fresh("size");
            out.extend(quote!(let #size = #count;));
            sizes.push(size);
        }
        let zero = self.constant(0.0, number).tokens;
        let (facade, memory) = (&self.context.options.facade, self.fresh("tapes"));
        out.extend(quote!(let mut #memory = #facade::__alloc::vec![#zero; #(#sizes)+*];));
        let mut rest = quote!(&mut #memory[..]);
        for (i, (list, size)) in lists.iter().zip(sizes).enumerate() {
            let name = self.leaf_name(*list);
            let length = self.fresh(&format!("{name}_len"));
            if i + 1 == lists.len() {
                out.extend(quote!(let #name = #rest;));
            } else {
                let after = self.fresh("tapes");
                out.extend(quote!(let (#name, #after) = <[_]>::split_at_mut(#rest, #size);));
                rest = after.to_token_stream();
            }
            out.extend(quote!(let mut #length = 0usize;));
            self.texts.insert((list.id, scope), Text::atom(quote!(#name)));
            self.lengths.insert(list.id, length);
        }
        Some(out)
    }

    fn part(&mut self, part: &Part<'g>, scope: Scope) -> TokenStream {
        let element = self.element(&part.access, scope);
        let range = part.range.map(|[from, to]| {
            let (from, to) = (self.index(from, scope), self.index(to, scope));
            quote!([#from..#to])
        });
        quote!(#element #range)
    }

    fn add_all(
        &mut self,
        to: &Part<'g>,
        from: &Part<'g>,
        scale: Option<Expr<'g>>,
        scope: Scope,
    ) -> TokenStream {
        let (into, of) = (self.part(to, scope), self.part(from, scope));
        let scale = scale.map(|scale| self.operand(scale, scope).within(12));
        let depth = to.extent.dims.len().max(from.extent.dims.len());
        if depth == 0 {
            // What a call returned, whose dimensions are known to its type alone.
            let facade = &self.context.options.facade;
            return match scale {
                Some(scale) => quote!(#facade::__memory::add_scaled(&mut #into, &#of, #scale);),
                None => quote!(#facade::__memory::add(&mut #into, &#of);),
            };
        }
        let (to, from) = (self.fresh("to"), self.fresh("from"));
        let term = scale.map_or(quote!(*#from), |scale| quote!(#scale * *#from));
        let mut body = self.increase(&quote!(*#to), &term);
        for _ in 1..depth {
            body = quote!(for (#to, #from) in #to.iter_mut().zip(#from.iter()) { #body });
        }
        quote!(for (#to, #from) in #into.iter_mut().zip(#of.iter()) { #body })
    }

    // Calls.

    fn call(&mut self, call: &Call<'g>, scope: Scope) -> TokenStream {
        let callee = self.context.graph.callee_info(call.function);
        let function = match call.product {
            Product::Value => (self.context.names)(&callee),
            Product::Jvp => super::renamed(self.context.snippets, &callee, "jvp"),
            Product::Vjp if call.adds() => {
                super::named(self.context.snippets, &callee, |span| onto(&callee.name, span))
            }
            Product::Vjp => super::renamed(self.context.snippets, &callee, "vjp"),
            Product::Hvp => super::renamed(self.context.snippets, &callee, "hvp"),
        };
        let mut args: Vec<TokenStream> = call.args.iter().each(|arg| self.argument(arg, scope));
        args.extend(call.seeds.iter().map(|seed| self.seed(seed, scope)));
        args.extend(call.buffers.iter().map(|buffer| self.argument(buffer, scope)));
        let at = place(&function);
        let code = match call.method {
            true => {
                let receiver = receiver(args.remove(0));
                moved(quote!(#receiver.#function(#(#args),*)), at)
            }
            false => moved(quote!(#function(#(#args),*)), at),
        };
        let nothing = call.result == Tree::Tuple(Vec::new());
        let result = self.pattern(&call.result, scope);
        let pattern = match &call.derivatives {
            None => result,
            Some(derivatives) if nothing => self.pattern(derivatives, scope),
            Some(derivatives) => {
                let derivatives = self.pattern(derivatives, scope);
                quote!((#result, #derivatives))
            }
        };
        if nothing && call.derivatives.is_none() {
            return quote!(#code;);
        }
        // What does not fit is to be reported at the call, too.
        let pattern = moved(pattern, at);
        quote!(let #pattern = #code;)
    }

    /// Of a tuple's part that nothing looks at, nobody knows whether it is a number or an array of some.
    fn seed(&mut self, seed: &Argument<'g>, scope: Scope) -> TokenStream {
        match seed {
            Argument::Numbers { value: Tree::Tuple(parts), borrowed: false } if self.may_add_in_place() => {
                let part = |part: &Tree<Expr<'g>>| match part {
                    Tree::Leaf(number) if number.is_zero() => quote!(::core::default::Default::default()),
                    part => self.tree(part, scope),
                };
                let parts: Vec<TokenStream> = parts.iter().each(part);
                quote!((#(#parts,)*))
            }
            seed => self.argument(seed, scope),
        }
    }

    fn argument(&mut self, arg: &Argument<'g>, scope: Scope) -> TokenStream {
        match arg {
            Argument::Numbers { value, borrowed } => {
                let value = match value {
                    Tree::Leaf(leaf) => self.operand(*leaf, scope).within(PREFIX),
                    tree => self.tree(tree, scope),
                };
                if *borrowed { quote!(&#value) } else { value }
            }
            Argument::Memory { part, by } => {
                let code = self.part(part, scope);
                let whole = part.access.indices.is_empty() && part.range.is_none();
                let through = whole && !self.owned.contains(&part.access.place.id);
                match (by, through) {
                    (By::Value, _) if part.extent.is_struct() => self.copied(&code),
                    (By::Value, _) => quote!(#code.clone()),
                    (By::Reference, _) => borrowed(&code),
                    (By::MutableReference, true) => quote!(&mut *#code),
                    (By::MutableReference, false) => quote!(&mut #code),
                }
            }
        }
    }

    /// The pattern that binds what a call returns.
    fn pattern(&mut self, tree: &Tree<Expr<'g>>, scope: Scope) -> TokenStream {
        match tree {
            Tree::Leaf(leaf) => {
                let name = self.leaf_name(*leaf);
                self.texts.insert((leaf.id, scope), Text::atom(quote!(#name)));
                if leaf.ty() != Ty::Aggregate {
                    return quote!(#name);
                }
                self.owned.insert(leaf.id);
                quote!(mut #name)
            }
            Tree::Tuple(parts) => {
                let parts: Vec<TokenStream> = parts.iter().each(|part| self.pattern(part, scope));
                quote!((#(#parts,)*))
            }
            Tree::Array(parts) => {
                let parts: Vec<TokenStream> = parts.iter().each(|part| self.pattern(part, scope));
                quote!([#(#parts),*])
            }
            Tree::Struct(fields, parts) if fields.all => {
                let (ty, members) = self.literal(fields);
                let parts: Vec<TokenStream> = parts.iter().each(|part| self.pattern(part, scope));
                quote!(#ty { #(#members: #parts),* })
            }
            // It is bound as a whole, and its parts are reached from there.
            Tree::Struct(..) => {
                let leaves = tree.leaves();
                let base = leaves.first().map_or("unused".to_owned(), |leaf| leaf.name());
                let name = self.fresh(base.split(['.', '[']).next().unwrap_or_default());
                for (leaf, path) in leaves.into_iter().zip(super::paths(tree)) {
                    self.texts.insert((leaf.id, scope), Text::atom(quote!(#name #path)));
                    self.owned.insert(leaf.id);
                    self.structs.insert(leaf.id);
                }
                quote!(#name)
            }
        }
    }

    /// The type of a struct with all its fields known, and their names.
    fn literal(&self, fields: &Fields) -> (TokenStream, Vec<TokenStream>) {
        let ty = fields.ty.map(|ty| self.context.snippets.get(ty).clone());
        let member = |path: &String| path.trim_start_matches('.').parse().unwrap_or_default();
        (ty.unwrap_or_default(), fields.paths.iter().each(member))
    }

    // Loops.

    /// A loop: what it carries are variables of the emitted code, which keep their last values after it.
    fn looped(&mut self, looped: &Loop<'g>, scope: Scope) -> TokenStream {
        let mut out = TokenStream::new();
        let mut names = Vec::new();
        for ((param, initial), result) in looped.params.iter().zip(&looped.initial).zip(&looped.results) {
            let initial = self.operand(*initial, scope).tokens;
            let name = self.leaf_name(*param);
            out.extend(quote!(let mut #name = #initial;));
            self.texts.insert((result.id, scope), Text::atom(quote!(#name)));
            names.push(name);
        }
        let count = looped.count.map(|count| {
            let name = self.leaf_name(count);
            self.texts.insert((count.id, scope), Text::atom(quote!(#name)));
            out.extend(quote!(let mut #name = 0usize;));
            quote!(#name += 1;)
        });
        let bind = |writer: &mut Self, inner: Scope| {
            for (param, name) in looped.params.iter().zip(&names) {
                writer.texts.insert((param.id, inner), Text::atom(quote!(#name)));
            }
        };
        // What windows are cut to, and what the loop goes through.
        let mut range = None;
        let mut taken = Vec::new();
        let head = match &looped.turn {
            Turn::For { pattern, over, order, .. } => {
                let pattern = self.context.snippets.get(*pattern).clone();
                let over = self.passive(over, scope);
                let (mut over, mut iterator) = match over.to_string().contains("..") {
                    true => (over.clone(), quote!((#over))),
                    false => (over.clone(), quote!(::core::iter::IntoIterator::into_iter(#over))),
                };
                if let Order::Segment { from, length } | Order::SegmentReversed { from, length } = order {
                    let (from, length) = (self.index(*from, scope), self.index(*length, scope));
                    iterator = quote!(#iterator.skip(#from).take(#length));
                    over = iterator.clone();
                }
                let in_blocks = matches!(order, Order::Only(Share::Blocks(_)));
                if in_blocks && let Some((before, named)) = self.bounds(looped, &over) {
                    out.extend(before);
                    (over, range) = (named.clone(), Some((named.clone(), named)));
                }
                let mut first = None;
                if let Order::Only(share) = order {
                    let (before, begin, part) =
                        self.share(&over, *share, !recalled(&looped.body.body).is_empty());
                    out.extend(before);
                    (first, over, iterator) = (begin, part.clone(), quote!((#part)));
                }
                if !in_blocks && let Some((before, named)) = self.bounds(looped, &over) {
                    out.extend(before);
                    (over, iterator) = (named.clone(), quote!((#named)));
                    range = Some((named.clone(), named));
                } else if let Some((before, counted)) = self.counted_beside(looped, &over) {
                    out.extend(before);
                    range = Some((counted, over.clone()));
                }
                let (before, rows) = self.rows(looped, &over, first, scope);
                out.extend(before);
                let head = match order {
                    Order::Given | Order::Any | Order::Only(_) if rows.is_empty() => over,
                    Order::Given | Order::Any | Order::Only(_) | Order::Segment { .. } => iterator,
                    // Not every range that can be run through backwards knows how long a part of it is.
                    Order::SegmentReversed { .. } => {
                        let facade = &self.context.options.facade;
                        quote!(#iterator.collect::<#facade::__alloc::vec::Vec<_>>().into_iter().rev())
                    }
                    Order::Reversed => quote!(#iterator.rev()),
                    Order::ReversedFirst(count) => {
                        let count = self.index(*count, scope);
                        quote!(#iterator.rev().skip(#iterator.size_hint().0 - #count))
                    }
                };
                let reversed = matches!(order, Order::Reversed | Order::SegmentReversed { .. });
                let lists = rows.into_iter().map(|Row { slot, list, cut }| {
                    taken.extend(cut);
                    (slot, list)
                });
                let mut lists = lists.list();
                // All of them have one counter then, and not an end each.
                if reversed && let Some((slots, all)) = lists.drain(..).reduce(zipped) {
                    lists.push((slots, quote!(#all.rev())));
                }
                let (pattern, head) = lists.into_iter().fold((pattern, head), zipped);
                quote!(for #pattern in #head)
            }
            Turn::While(condition) => {
                let inner = self.enter();
                bind(self, inner);
                let statements = self.statements(condition, inner, false).tokens;
                let holds = self.operand(condition.results[0], inner).tokens;
                match statements.is_empty() {
                    true => quote!(while #holds),
                    false => quote!(while { #statements #holds }),
                }
            }
            Turn::Endless => quote!(loop),
            Turn::Times(count) => {
                let count = self.index(*count, scope);
                quote!(for _ in 0..#count)
            }
        };
        let inner = self.enter();
        bind(self, inner);
        let Cuts { mut windows, condition, places } = match range {
            Some((range, over)) => self.windows(looped, &range, &over, scope, inner),
            None => Cuts::default(),
        };
        out.extend(self.slices(looped, &places, scope, inner));
        for (leaf, ..) in recalled(&looped.body.body) {
            if let Some(name) = self.slots.get(&leaf.id) {
                self.texts.insert((leaf.id, inner), Text::atom(quote!(#name)));
            }
        }
        self.assigns = true;
        let statements = self.statements(&looped.body, inner, false).tokens;
        let next: Vec<TokenStream> =
            looped.body.results.iter().each(|&next| self.operand(next, inner).tokens);
        let (next, exit) = next.split_at(names.len());
        let (leave, done) = match exit {
            [] => (None, None),
            [exit, ..] => {
                let done = self.fresh("done");
                (Some(quote!(let #done = #exit;)), Some(quote!(if #done { break; })))
            }
        };
        let step = assignments(&names, next, self.may_add_in_place());
        windows.push_all(taken);
        let looped = beside(windows, quote!(#head { #count #statements #leave #step #done }));
        out.extend(match condition {
            Some(condition) => quote!(if #condition { #looped }),
            None => looped,
        });
        out
    }

    /// The lists that an innermost loop works on as slices of their known lengths: then the compiler can see once
    /// for all that indices are within bounds.
    fn slices(&mut self, looped: &Loop<'g>, cut: &HashSet<u32>, scope: Scope, inner: Scope) -> TokenStream {
        let mut out = TokenStream::new();
        let (mut places, mut whole, mut nested) = (Vec::new(), HashSet::default(), false);
        looped.body.for_each(&mut |region| {
            for stmt in &region.body {
                nested |= matches!(stmt, Stmt::Loop(_));
                match stmt {
                    Stmt::Load { from: Access { place, .. }, .. }
                    | Stmt::LoadRun { from: Access { place, .. }, .. }
                    | Stmt::StoreRun { to: Access { place, .. }, .. }
                    | Stmt::Store { to: Access { place, .. }, .. } => {
                        places.push((place.id, !stmt.changes().is_empty()));
                    }
                    stmt => whole.extend(stmt.reads().iter().map(|read| read.id)),
                }
            }
        });
        let Turn::For { over, .. } = &looped.turn else { return out };
        if nested {
            return out;
        }
        whole.extend(over.reads().iter().map(|read| read.id));
        // Those that are written to first.
        places.order_by(|a, b| (a.0, b.1).cmp(&(b.0, a.1)));
        let mut done = cut.clone();
        for (place, written) in places {
            let length = self.lists.get(&place).copied().filter(|_| !whole.contains(&place));
            let Some(length) = length.filter(|_| done.insert(place)) else { continue };
            let list = self.context.graph.expr(place);
            // One of the body's own is not there yet.
            let known = length.as_constant().is_some() || self.leaf(length, scope).is_some();
            if !known || self.leaf(list, scope).is_none() {
                continue;
            }
            let (list, length) = (self.operand(list, scope).tokens, self.index(length, scope));
            let name = self.fresh(&list.to_string());
            let reference = if written { quote!(&mut) } else { quote!(&) };
            out.extend(quote!(let #name = #reference #list[..#length];));
            self.texts.insert((place, inner), Text::atom(quote!(#name)));
        }
        out
    }

    /// How often a loop turns, if need be in a variable that is to be declared before.
    fn turns(&mut self, over: &TokenStream) -> (TokenStream, TokenStream) {
        if let Some(turns) = super::tape::literal_trips(over) {
            return (TokenStream::new(), Literal::usize_unsuffixed(turns).to_token_stream());
        }
        let turns = self.fresh("turns");
        let before = match over.to_string().contains("..") {
            true => quote!(let #turns = (#over).size_hint().0;),
            false => quote!(let #turns = ::core::iter::IntoIterator::into_iter(#over).size_hint().0;),
        };
        (before, turns.to_token_stream())
    }

    /// A share of the numbers of a range: what is to be done before, how many are left out before the first, and the
    /// share.
    fn share(
        &mut self,
        over: &TokenStream,
        share: Share,
        recalls: bool,
    ) -> (TokenStream, Option<TokenStream>, TokenStream) {
        let range = syn::parse2::<syn::ExprRange>(over.clone()).ok();
        let Some((Some(start), Some(end), limits)) =
            range.map(|range| (range.start, range.end, range.limits))
        else {
            unreachable!("loops that count have both ends")
        };
        let simple = |expr: &syn::Expr| match expr {
            syn::Expr::Lit(_) | syn::Expr::Path(_) => quote!(#expr),
            expr => quote!((#expr)),
        };
        let (start, end) = match limits {
            syn::RangeLimits::HalfOpen(_) => (start, end),
            syn::RangeLimits::Closed(_) => {
                let end = simple(&end);
                (start, Box::new(syn::parse_quote!(#end + 1)))
            }
        };
        let number = |count| Literal::usize_unsuffixed(count).to_token_stream();
        let literal = super::tape::literal(&start);
        let beyond = |count: usize| match literal.and_then(|start| start.checked_add(count)) {
            Some(first) => number(first),
            None => {
                let (start, count) = (simple(&start), number(count));
                quote!(#start + #count)
            }
        };
        let nothing = TokenStream::new();
        match share {
            Share::First(count) => {
                let last = beyond(count);
                (nothing, None, quote!(#start..#last))
            }
            Share::From(count) => {
                let first = beyond(count);
                (nothing, Some(number(count)), quote!(#first..#end))
            }
            Share::Last(count) => {
                let (before, turns) = if recalls { self.turns(over) } else { Default::default() };
                let (count, last) = (number(count), simple(&end));
                (before, Some(quote!(#turns - #count)), quote!(#last - #count..#end))
            }
            Share::Blocks(length) => {
                let (first, length) = (beyond(length - 1), number(length));
                (nothing, None, quote!((#first..#end).step_by(#length)))
            }
            Share::Rest(length) => {
                let (before, turns) = self.turns(over);
                let (begin, length) = (self.fresh("begin"), number(length));
                let first = match literal {
                    Some(0) => quote!(#begin),
                    _ => {
                        let start = simple(&start);
                        quote!(#start + #begin)
                    }
                };
                (
                    quote!(#before let #begin = #turns / #length * #length;),
                    Some(quote!(#begin)),
                    quote!(#first..#end),
                )
            }
        }
    }

    /// The parts of lists that a loop goes through along with its items, which are those from the `first` on: what
    /// is to be done before it, and how each element is named.
    fn rows(
        &mut self,
        looped: &Loop<'g>,
        over: &TokenStream,
        first: Option<TokenStream>,
        scope: Scope,
    ) -> (TokenStream, Vec<Row>) {
        let (mut before, mut rows) = (TokenStream::new(), Vec::new());
        let mut taking = Vec::new();
        let mut blocks: HashMap<u32, Ident> = HashMap::default();
        for (leaf, tape, by) in recalled(&looped.body.body) {
            if self.lengths.contains_key(&tape.id) {
                taking.push((tape, leaf, false));
                continue;
            }
            if let Turn::For { order: Order::Only(Share::Blocks(length)), .. } = looped.turn {
                let row = self.operand(tape, scope).tokens;
                let block = blocks.get(&tape.id).cloned().unwrap_or_else(|| {
                    let (block, length) = (self.fresh("block"), Literal::usize_unsuffixed(length));
                    let list = quote!(#row.chunks_exact(#length));
                    rows.push(Row { slot: quote!(#block), list, cut: None });
                    block
                });
                let at = Literal::usize_unsuffixed(length - 1 - by);
                self.slots.insert(leaf.id, quote!(#block[#at]));
                blocks.insert(tape.id, block);
                continue;
            }
            let (row, slot) = (self.operand(tape, scope).tokens, self.leaf_name(leaf));
            self.slots.insert(leaf.id, quote!(#slot));
            let list = match (&looped.turn, &first) {
                (Turn::For { order: Order::Only(Share::From(first)), .. }, _) => {
                    let first = Literal::usize_unsuffixed(first - by);
                    quote!(#row[#first..].iter())
                }
                (_, Some(first)) => quote!(#row[#first..].iter()),
                (_, None) => quote!(#row.iter()),
            };
            rows.push(Row { slot: quote!(&#slot), list, cut: None });
        }
        taking.extend(looped.body.body.iter().filter_map(|stmt| match stmt {
            Stmt::Record { tape, value } => Some((*tape, *value, true)),
            _ => None,
        }));
        if taking.is_empty() {
            return (before, rows);
        }
        let (counted, turns) = self.turns(over);
        before.extend(counted);
        for (tape, value, records) in taking {
            let list = self.operand(tape, scope).tokens;
            let Some(at) = self.lengths.get(&tape.id).cloned() else { continue };
            let row = self.fresh("row");
            let slot = self.leaf_name(value);
            if !records {
                self.slots.insert(value.id, quote!(#slot));
                before.extend(quote!(#at -= #turns;));
                let part = quote!(#list[#at..#at + #turns]);
                let cut = Cut { name: row.clone(), part, written: false, number: self.type_of(value) };
                rows.push(Row { slot: quote!(&#slot), list: quote!(#row.iter()), cut: Some(cut) });
                continue;
            }
            self.slots.insert(tape.id, quote!(#slot));
            if let Some(Tape::Growing) = self.tapes.get(&tape.id) {
                let nothing = self.nothing(value.ty());
                before.extend(quote! {
                    if #list.len() < #at + #turns {
                        #list.resize(#at + #turns, #nothing);
                    }
                });
            }
            before.extend(quote!(#at += #turns;));
            let part = quote!(#list[#at - #turns..#at]);
            let cut = Cut { name: row.clone(), part, written: true, number: self.type_of(value) };
            rows.push(Row { slot: quote!(#slot), list: quote!(#row.iter_mut()), cut: Some(cut) });
        }
        (before, rows)
    }

    fn leaf_name(&mut self, leaf: Expr<'g>) -> Ident {
        let base = match (self.context.snippets.names.get(&leaf.id), leaf.kind()) {
            (Some(name), _) => name.clone(),
            (None, Kind::Symbol(number)) => {
                let name = self.context.graph.symbol_name(number);
                // The first name in the code, or the last of its path: `self.gain`, `table[i]`.
                let path = name.split(['(', '[', ' ', '+', '*', '/', '-']).find(|part| !part.is_empty());
                path.and_then(|path| path.rsplit(['.', ':']).find(|part| !part.is_empty()))
                    .unwrap_or("p")
                    .to_owned()
            }
            _ => "p".to_owned(),
        };
        self.fresh(&base)
    }

    /// Passive code as an expression.
    fn passive(&mut self, passive: &Passive<'g>, scope: Scope) -> TokenStream {
        let code = self.code(passive, scope);
        let captures = self.captures(passive, scope);
        if captures.is_empty() { code } else { quote!({ #captures #code }) }
    }

    /// The code with values in the places of made-up names, and the names by which others are known here.
    fn code(&mut self, passive: &Passive<'g>, scope: Scope) -> TokenStream {
        let code = self.context.snippets.get(passive.code).clone();
        let mut values = HashMap::default();
        for capture in &passive.captures {
            let value = match capture.value {
                _ if !capture.made_up => self.renamed(capture, &code, scope),
                Tree::Leaf(node) if node.as_constant().is_some() => {
                    node.as_constant().map(|value| integer(value).tokens)
                }
                Tree::Leaf(node) => Some(self.operand(node, scope).within(ATOM)),
                _ => None,
            };
            if let Some(value) = value {
                values.insert(self.context.snippets.get(capture.name).to_string(), value);
            }
        }
        if values.is_empty() { code } else { replaced(code, &values) }
    }

    /// The name that stands here for the one that the code mentions, where the code does nothing but read it. What is
    /// not `Copy` stays where it is.
    fn renamed(&mut self, capture: &Capture<'g>, code: &TokenStream, scope: Scope) -> Option<TokenStream> {
        let Tree::Leaf(node) = capture.value else { return None };
        if self.owned.contains(&node.id)
            || self.params.arrays.iter().any(|(known, _)| *known == capture.value)
        {
            return None;
        }
        let value = self.operand(node, scope).tokens;
        let mut tokens = value.clone().into_iter();
        let is_name = matches!((tokens.next(), tokens.next()), (Some(TokenTree::Ident(_)), None));
        (is_name && only_reads(code.clone(), &self.context.snippets.get(capture.name).to_string()))
            .then_some(value)
    }

    /// Gives the names that passive code mentions the values that they had.
    fn captures(&mut self, passive: &Passive<'g>, scope: Scope) -> TokenStream {
        let mut out = TokenStream::new();
        let code = self.context.snippets.get(passive.code).clone();
        for capture in passive.captures.iter().filter(|capture| !capture.made_up) {
            if self.renamed(capture, &code, scope).is_some() {
                continue;
            }
            let name = self.context.snippets.get(capture.name);
            // A whole parameter is passed on as it came, by reference or by value.
            let value = match self.params.arrays.iter().find(|(known, _)| *known == capture.value) {
                Some((_, param)) => quote!(#param),
                None => {
                    let value = self.tree(&capture.value, scope);
                    match capture.value {
                        // Code that looks does not take away.
                        Tree::Leaf(place) if self.owned.contains(&place.id) => quote!(&#value),
                        _ => value,
                    }
                }
            };
            if value.to_string() != name.to_string()
                || self.context.snippets.bound.contains(&name.to_string())
            {
                // Methods may be called on it, so what is only a literal needs a type.
                let ty = match capture.value {
                    Tree::Leaf(node) if node.ty().is_real() && node.as_constant().is_some() => {
                        let ty = self.context.signature.type_tokens(node.ty());
                        Some(quote!(: #ty))
                    }
                    _ => None,
                };
                out.extend(quote!(let #name #ty = #value;));
            }
        }
        out
    }

    fn tree(&mut self, tree: &Tree<Expr<'g>>, scope: Scope) -> TokenStream {
        match tree {
            Tree::Leaf(node) => self.operand(*node, scope).tokens,
            Tree::Tuple(parts) => {
                let parts = self.parts(parts, scope);
                quote!((#(#parts,)*))
            }
            Tree::Array(parts) => {
                let parts = self.parts(parts, scope);
                quote!([#(#parts),*])
            }
            Tree::Struct(fields, parts) if fields.all => {
                let (ty, members) = self.literal(fields);
                let parts: Vec<TokenStream> = parts.iter().each(|part| self.struct_part(part, scope));
                quote!(#ty { #(#members: #parts),* })
            }
            Tree::Struct(fields, parts) => self.of_parts(fields, parts, scope),
        }
    }

    /// The parts of a tuple or an array.
    fn parts(&mut self, parts: &[Tree<Expr<'g>>], scope: Scope) -> Vec<TokenStream> {
        parts.iter().each(|part| self.inner(part, scope))
    }

    /// A part of something.
    fn inner(&mut self, part: &Tree<Expr<'g>>, scope: Scope) -> TokenStream {
        match part {
            // Only the type of what it is part of tells what the zero is made of.
            Tree::Leaf(zero) if zero.is_zero() && zero.ty() == Ty::Opaque => {
                let facade = &self.context.options.facade;
                quote!(#facade::__zero())
            }
            part => self.tree(part, scope),
        }
    }

    /// A part of a struct. What is a struct itself stays where it is.
    fn struct_part(&mut self, part: &Tree<Expr<'g>>, scope: Scope) -> TokenStream {
        let value = self.inner(part, scope);
        match part {
            Tree::Leaf(place) if place.ty() == Ty::Aggregate => {
                if self.moves && self.owned.contains(&place.id) {
                    return value;
                }
                self.copied(&value)
            }
            _ => value,
        }
    }

    /// The same numbers as in a struct, which stays as it is.
    fn copied(&self, place: &TokenStream) -> TokenStream {
        let (facade, place) = (&self.context.options.facade, borrowed(place));
        quote!(#facade::__memory::copied(#place))
    }

    /// A struct of the parts that are used. What is not used is zero.
    fn of_parts(&mut self, fields: &Fields, parts: &[Tree<Expr<'g>>], scope: Scope) -> TokenStream {
        let facade = &self.context.options.facade;
        let ty = fields.ty.map(|ty| self.context.snippets.get(ty));
        let is_zero = |part: &Tree<Expr<'g>>| matches!(part, Tree::Leaf(leaf) if leaf.is_zero());
        let is_place = |part: &Tree<Expr<'g>>| matches!(part, Tree::Leaf(leaf) if leaf.ty() == Ty::Aggregate);
        let mut used = fields.paths.iter().zip(parts).only(|(_, part)| !is_zero(part));
        let places = used.iter().filter(|(_, part)| is_place(part)).each(|(path, _)| *path);
        let base = match used.first() {
            Some((path, part)) if path.is_empty() => self.struct_part(part, scope),
            _ => {
                let number = match fields.number {
                    Ty::Any => quote!(_),
                    number => self.context.signature.type_tokens(number),
                };
                let ty = ty.map_or_else(|| quote!(_), ToTokens::to_token_stream);
                quote!(#facade::__zero::<#number, #ty>())
            }
        };
        used.retain(|(path, _)| !path.is_empty());
        if used.is_empty() {
            return base;
        }
        let name = self.fresh("derivative");
        let steps = used.into_iter().each(|(path, part)| {
            let (value, at) = (self.struct_part(part, scope), super::path(path));
            // What is in a part that is there as a whole comes on top.
            match (places.iter().any(|place| leads_into(place, path)), is_place(part)) {
                (false, _) => quote!(#name #at = #value;),
                (true, false) => self.increase(&quote!(#name #at), &value),
                (true, true) => quote!(#facade::__memory::add(&mut #name #at, &#value);),
            }
        });
        match ty {
            Some(_) => quote!({ let mut #name = #base; #(#steps)* #name }),
            None => quote!(#facade::__memory::with(#base, |#name| { #(#steps)* })),
        }
    }

    fn result(&mut self, region: &Region<'g>, result: &Tree<usize>, scope: Scope) -> TokenStream {
        let tree = result.map(&mut |&i| region.results[i]);
        self.moves = true;
        let code = match &tree {
            Tree::Tuple(parts) if parts.len() != 1 => {
                let parts = self.parts(parts, scope);
                quote!((#(#parts),*))
            }
            tree => self.tree(tree, scope),
        };
        self.moves = false;
        code
    }

    fn branch(&mut self, branch: &Branch<'g>, scope: Scope) -> TokenStream {
        let names: Vec<Ident> = branch.results.iter().each(|&leaf| self.leaf_name(leaf));
        let code = self.branch_code(branch, scope);
        for (leaf, name) in branch.results.iter().zip(&names) {
            self.texts.insert((leaf.id, scope), Text::atom(quote!(#name)));
        }
        match &names[..] {
            [] => code,
            [name] => quote!(let #name = #code;),
            names => quote!(let (#(#names),*) = #code;),
        }
    }

    fn branch_code(&mut self, branch: &Branch<'g>, scope: Scope) -> TokenStream {
        match &branch.head {
            Head::Block => {
                let arm = self.arm(&branch.arms[0]).0;
                quote!({ #arm })
            }
            Head::Earlier { pattern, by } => {
                let (name, by) = (self.context.snippets.get(*pattern), Literal::usize_unsuffixed(*by));
                let arm = self.arm(&branch.arms[0]).0;
                quote!({ let #name = #name - #by; #arm })
            }
            Head::AtLeast { .. } | Head::If(_) | Head::IfCode(_) => {
                let condition = match &branch.head {
                    Head::AtLeast { items, over } => {
                        let (over, items) = (self.passive(over, scope), Literal::usize_unsuffixed(*items));
                        quote!((#over).size_hint().0 >= #items)
                    }
                    Head::If(condition) => self.operand(*condition, scope).tokens,
                    Head::IfCode(passive) => self.passive(passive, scope),
                    Head::Block | Head::Earlier { .. } | Head::Match(_) => unreachable!("matched above"),
                };
                let (then, _) = self.arm(&branch.arms[0]);
                let (other, only_if) = self.arm(&branch.arms[1]);
                if other.is_empty() {
                    quote!(if #condition { #then })
                } else if only_if {
                    quote!(if #condition { #then } else #other)
                } else {
                    quote!(if #condition { #then } else { #other })
                }
            }
            Head::Match(passive) => {
                let scrutinee = self.passive(passive, scope);
                let mut arms = TokenStream::new();
                for arm in &branch.arms {
                    let pattern = arm.pattern.map(|pattern| self.context.snippets.get(pattern).clone());
                    let guard = arm.guard.as_ref().map(|guard| {
                        let inner = self.enter();
                        let statements = self.statements(guard, inner, false).tokens;
                        let condition = self.operand(guard.results[0], inner).tokens;
                        match statements.is_empty() {
                            true => quote!(if #condition),
                            false => quote!(if { #statements #condition }),
                        }
                    });
                    let (body, _) = self.arm(arm);
                    arms.extend(quote!(#pattern #guard => { #body }));
                }
                quote!(match #scrutinee { #arms })
            }
        }
    }

    /// An arm's code, and whether it is nothing but an `if`.
    fn arm(&mut self, arm: &Arm<'g>) -> (TokenStream, bool) {
        let scope = self.enter();
        let Statements { tokens, complete, only_if } = self.statements(&arm.region, scope, true);
        if complete {
            return (tokens, only_if);
        }
        let results: Vec<TokenStream> =
            arm.region.results.iter().each(|&result| self.operand(result, scope).tokens);
        match &results[..] {
            [] => (tokens, false),
            [result] => (quote!(#tokens #result), false),
            results => (quote!(#tokens (#(#results),*)), false),
        }
    }

    // Expressions.

    /// What stands for a node in a scope.
    fn operand(&mut self, node: Expr<'g>, scope: Scope) -> Text {
        if let Some(value) = node.as_constant() {
            return self.constant(value, node.ty());
        }
        if matches!(node.kind(), Kind::Symbol(_)) {
            let found = self.leaf(node, scope);
            // A leaf out of scope would be a mistake in this crate; it must not pass for something else.
            return found.unwrap_or_else(|| {
                Text::atom(quote!(::core::compile_error!(
                    "derive_fn lost a value here: please report this function"
                )))
            });
        }
        match self.schedule.home(node.id, scope).and_then(|home| self.texts.get(&(node.id, home))) {
            Some(text) => text.clone(),
            None => self.text(node, scope),
        }
    }

    fn leaf(&self, leaf: Expr<'g>, scope: Scope) -> Option<Text> {
        let mut at = Some(scope);
        while let Some(scope) = at {
            if let Some(text) = self.texts.get(&(leaf.id, scope)) {
                return Some(text.clone());
            }
            at = self.schedule.parent(scope);
        }
        None
    }

    fn constant(&self, value: f64, ty: Ty) -> Text {
        let context = self.context;
        match ty {
            Ty::Opaque => return integer(value),
            // What is never looked at.
            Ty::Aggregate => return Text::atom(quote!(::core::default::Default::default())),
            Ty::Bool => {
                let holds = value != 0.0;
                return Text::atom(quote!(#holds));
            }
            _ => {}
        }
        let ty = if ty == Ty::Any { context.signature.primary } else { ty };
        let signed = value.is_sign_negative() && !value.is_nan();
        let largest = if ty == Ty::F32 { f64::from(f32::MAX) } else { f64::MAX };
        let plain = if value.is_finite() && value != largest {
            let magnitude = value.abs();
            let literal = match ty {
                Ty::F32 => Literal::f32_unsuffixed(magnitude as f32),
                _ => Literal::f64_unsuffixed(magnitude),
            };
            quote!(#literal)
        } else {
            let ty = match ty {
                Ty::F32 => quote!(::core::primitive::f32),
                _ => quote!(::core::primitive::f64),
            };
            match value {
                _ if value.is_nan() => quote!(#ty::NAN),
                _ if value.is_finite() => quote!(#ty::MAX),
                _ => quote!(#ty::INFINITY),
            }
        };
        if let Ty::Param(number) = ty {
            let real = &context.signature.types[number as usize];
            let of = &real.tokens;
            let facade = &context.options.facade;
            let signed = if signed { quote!(-#plain) } else { plain.clone() };
            match real.constants {
                Constants::Literal => {}
                Constants::FromF64 => {
                    return Text::atom(
                        quote!(<#of as ::core::convert::From<::core::primitive::f64>>::from(#signed)),
                    );
                }
                Constants::FromF32 => {
                    return Text::atom(
                        quote!(<#of as ::core::convert::From<::core::primitive::f32>>::from(#signed)),
                    );
                }
                Constants::Cast => return Text::atom(quote!(#facade::constant::<#of>(#signed))),
            }
        }
        if signed { Text { tokens: quote!(-#plain), strength: PREFIX, size: 0 } } else { Text::atom(plain) }
    }

    /// The node's own computation.
    fn text(&mut self, node: Expr<'g>, scope: Scope) -> Text {
        let args = node.args();
        match node.kind() {
            Kind::Const(_) | Kind::Symbol(_) => self.operand(node, scope),
            Kind::Op(op) => self.operation(node, op, &args, scope),
            Kind::Cast => {
                let arg = self.operand(args[0], scope);
                let size = arg.size + 1;
                let (arg, ty) = (arg.within(PREFIX), self.context.signature.type_tokens(node.ty()));
                Text { tokens: quote!(#arg as #ty), strength: AS, size }
            }
            Kind::Call(number) => {
                let callee = self.context.graph.callee_info(number);
                let function = (self.context.names)(&callee);
                let args: Vec<TokenStream> = args.iter().enumerate().each(|(i, &arg)| {
                    let arg = self.operand(arg, scope);
                    if !callee.borrowed.contains(&i) {
                        return arg.tokens;
                    }
                    let arg = arg.within(PREFIX);
                    quote!(&#arg)
                });
                // What rustc has to say of the call, it shall say at the user's.
                let at = place(&function);
                let mut tokens = moved(quote!(#function(#(#args),*)), at);
                if callee.unsure && callee.order == 1 && !self.context.constant {
                    // An argument of unknown type was taken for real: if it is not, let rustc say so.
                    let (facade, count) = (&self.context.options.facade, callee.variables.len());
                    let at = Span::mixed_site().located_at(at);
                    tokens = quote_spanned!(at=> #facade::Partials::<#count>::partials(#tokens));
                }
                Text { tokens, strength: ATOM, size: 2 }
            }
            Kind::Elem(component) => {
                let call = self.operand(args[0], scope).tokens;
                let Kind::Call(number) = args[0].kind() else { unreachable!("only calls have components") };
                let callee = self.context.graph.callee_info(number);
                let place = place(&(self.context.names)(&callee));
                let count = callee.variables.len();
                let index = |i: usize| Literal::usize_unsuffixed(i);
                let component = component as usize;
                let tokens = match callee.order {
                    0 | 1 => {
                        let i = index(component);
                        quote!(#call[#i])
                    }
                    _ => {
                        let (i, j) = (index(component / count), index(component % count));
                        quote!(#call[#i][#j])
                    }
                };
                Text { tokens: moved(tokens, place), strength: ATOM, size: 1 }
            }
        }
    }

    fn operation(&mut self, node: Expr<'g>, op: Op, args: &[Expr<'g>], scope: Scope) -> Text {
        let spec = op.spec();
        let mut texts: Vec<Text> = Vec::new();
        let counts = node.ty() == Ty::Opaque && !spec.integer;
        for (&arg, kind) in args.iter().zip(spec.args) {
            texts.push(match arg.as_constant() {
                Some(value) if kind.kind == ArgKind::Int || arg.ty() == Ty::Opaque || counts => {
                    integer(value)
                }
                Some(value) => self.constant(value, self.number_type(node, args)),
                None => self.operand(arg, scope),
            });
        }
        if let Some(power) = self.small_power(node, op, args, &texts) {
            return power;
        }
        let size = 1 + texts.iter().map(|text| text.size).sum::<usize>();
        let mut parts = texts.into_iter();
        let mut next =
            |strength: Strength| parts.next().map(|text| text.within(strength)).unwrap_or_default();
        let ty_of = self.number_type(node, args);
        let ty = self.context.signature.type_tokens(ty_of);
        match spec.syntax {
            // It may be computed where the index is not needed after all.
            Syntax::Infix("-", _) if counts => {
                let (left, right) = (next(CHOICE), next(CHOICE));
                let tokens = quote!(::core::primitive::usize::wrapping_sub(#left, #right));
                Text { size, ..Text::atom(tokens) }
            }
            Syntax::Infix(token, strength) => {
                // Comparisons do not chain.
                let left = next(if spec.boolean { strength + 1 } else { strength });
                let (token, right) = (operator(token), next(strength + 1));
                Text { tokens: quote!(#left #token #right), strength, size }
            }
            Syntax::Prefix(token) => {
                let (token, arg) = (operator(token), next(PREFIX));
                Text { tokens: quote!(#token #arg), strength: PREFIX, size }
            }
            Syntax::Choice => {
                let (condition, yes, no) = (next(CHOICE + 1), next(CHOICE), next(CHOICE));
                Text { tokens: quote!(if #condition { #yes } else { #no }), strength: CHOICE, size }
            }
            Syntax::Mask => {
                let (masked, factor) = (next(12), next(12));
                let zero = self.constant(0.0, ty_of).tokens;
                Text {
                    tokens: quote!(if #masked != #zero { #masked * #factor } else { #zero }),
                    strength: CHOICE,
                    size,
                }
            }
            Syntax::As => {
                let arg = next(PREFIX);
                let facade = &self.context.options.facade;
                match self.number_type(node, args) {
                    Ty::Param(number)
                        if self.context.signature.types[number as usize].constants != Constants::Literal =>
                    {
                        Text::atom(quote!(#facade::constant::<#ty>(#arg as ::core::primitive::f64)))
                    }
                    _ => Text { tokens: quote!(#arg as #ty), strength: AS, size },
                }
            }
            Syntax::IntMethod => {
                let name = format_ident!("{}", spec.name);
                let args: Vec<TokenStream> = parts.each(|text| text.tokens);
                Text { tokens: quote!(::core::primitive::i32::#name(#(#args),*)), strength: ATOM, size }
            }
            Syntax::Method | Syntax::Libm | Syntax::Special => {
                let args: Vec<TokenStream> = parts.each(|text| text.tokens);
                let function = self.function(node, op, &ty);
                Text { tokens: quote!(#function(#(#args),*)), strength: ATOM, size: size + 1 }
            }
        }
    }

    /// The type of number a node works on; comparisons yield none themselves.
    fn number_type(&self, node: Expr<'g>, args: &[Expr<'g>]) -> Ty {
        let types = std::iter::once(node.ty()).chain(args.iter().map(|arg| arg.ty()));
        let known = types.into_iter().find(|ty| ty.is_real() && *ty != Ty::Any);
        known.unwrap_or(self.context.signature.primary)
    }

    /// The path of a function of the table, in the dialect that the user's code speaks.
    fn function(&self, node: Expr<'g>, op: Op, ty: &TokenStream) -> TokenStream {
        let spec = op.spec();
        let single = self.number_type(node, &node.args()) == Ty::F32;
        let suffix = if single { "f" } else { "" };
        let libm = self.is_libm(node);
        match (spec.syntax, spec.libm) {
            (Syntax::Special, _) => {
                let (facade, name) = (&self.context.options.facade, format_ident!("{}{suffix}", spec.name));
                quote!(#facade::special::#name)
            }
            (syntax, Some(name)) if libm || syntax == Syntax::Libm => {
                let name = format_ident!("{name}{suffix}");
                quote!(::libm::#name)
            }
            _ => {
                let name = format_ident!("{}", spec.name);
                match ty.to_string().starts_with("::") {
                    true => quote!(#ty::#name),
                    false => quote!(<#ty>::#name),
                }
            }
        }
    }

    /// Whether the node is computed by `libm`: the user's own as they wrote it, others as the function
    /// does on the whole.
    fn is_libm(&self, node: Expr<'g>) -> bool {
        match node.id < self.context.boundary {
            true => self.context.snippets.libm.contains(&node.id),
            false => self.context.snippets.speaks_libm,
        }
    }

    /// A constant power of a derivative as products: there, the way of rounding is free. In a `const
    /// fn` and without `std` there is no `powi` at all.
    fn small_power(&mut self, node: Expr<'g>, op: Op, args: &[Expr<'g>], texts: &[Text]) -> Option<Text> {
        if op.spec().name != "powi" || node.id < self.context.boundary {
            return None;
        }
        let exponent = args[1].as_constant()? as i64;
        let base = texts[0].clone();
        let atom = base.strength == ATOM && base.size == 0;
        let base = base.tokens;
        if atom && exponent == 2 {
            return Some(Text { tokens: quote!(#base * #base), strength: 11, size: 1 });
        }
        if atom && exponent == 3 {
            return Some(Text { tokens: quote!(#base * #base * #base), strength: 11, size: 2 });
        }
        if !(self.context.constant || self.is_libm(node)) {
            return None;
        }
        // The square and multiply of the exponent's binary digits.
        let name = self.fresh("power");
        let mut steps = quote!(let #name = #base;);
        let mut power: Option<Ident> = None;
        let mut square = name;
        let mut rest = exponent.unsigned_abs();
        while rest > 0 {
            if rest & 1 == 1 {
                power = Some(match power {
                    None => square.clone(),
                    Some(known) => {
                        let next = self.fresh("power");
                        steps.extend(quote!(let #next = #known * #square;));
                        next
                    }
                });
            }
            rest >>= 1;
            if rest > 0 {
                let next = self.fresh("power");
                steps.extend(quote!(let #next = #square * #square;));
                square = next;
            }
        }
        let one = self.constant(1.0, self.number_type(node, args)).tokens;
        let power = power.map_or_else(|| one.clone(), |power| quote!(#power));
        let tokens = if exponent < 0 { quote!({ #steps #one / #power }) } else { quote!({ #steps #power }) };
        Some(Text { tokens, strength: CHOICE, size: MAX_INLINE + 1 })
    }
}

/// The code with values in the places of names.
fn replaced(code: TokenStream, values: &HashMap<String, TokenStream>) -> TokenStream {
    let replace = |token| match token {
        TokenTree::Group(group) => {
            let mut regrouped = Group::new(group.delimiter(), replaced(group.stream(), values));
            regrouped.set_span(group.span());
            TokenTree::Group(regrouped).into()
        }
        TokenTree::Ident(name) => {
            values.get(&name.to_string()).cloned().unwrap_or_else(|| name.into_token_stream())
        }
        token => token.into_token_stream(),
    };
    joined(code.into_iter().each(replace))
}

/// An argument as what a method is called on, where Rust takes the reference itself.
fn receiver(argument: TokenStream) -> TokenStream {
    let mut tokens = argument.clone().into_iter();
    match tokens.next() {
        Some(TokenTree::Punct(reference)) if reference.as_char() == '&' => tokens.collect(),
        _ => argument,
    }
}

/// A reference to a place; one of `(*name)` is there already.
fn borrowed(place: &TokenStream) -> TokenStream {
    let mut tokens = place.clone().into_iter();
    if let (Some(TokenTree::Group(group)), None) = (tokens.next(), tokens.next()) {
        let inner: Vec<TokenTree> = group.stream().into_iter().list();
        if let [TokenTree::Punct(star), TokenTree::Ident(name)] = &inner[..]
            && star.as_char() == '*'
        {
            return quote!(#name);
        }
    }
    quote!(&#place)
}

fn integer(value: f64) -> Text {
    let literal = Literal::i64_unsuffixed((value as i64).abs());
    if value < 0.0 {
        Text { tokens: quote!(-#literal), strength: PREFIX, size: 0 }
    } else {
        Text::atom(quote!(#literal))
    }
}

/// The variables get their next values all at once: one after the other where that is the same.
fn assignments(names: &[Ident], values: &[TokenStream], in_place: bool) -> TokenStream {
    let changed = names.iter().zip(values).filter(|(name, value)| value.to_string() != name.to_string());
    let (names, values): (Vec<&Ident>, Vec<&TokenStream>) = changed.unzip();
    let reads: Vec<HashSet<String>> = values.iter().each(|value| all_identifiers((*value).clone()));
    let ordered = names
        .iter()
        .enumerate()
        .all(|(i, name)| reads[i + 1..].iter().all(|read| !read.contains(&name.to_string())));
    if !ordered {
        return quote!((#(#names),*) = (#(#values),*););
    }
    let assign = |(name, value)| match in_place {
        true => assignment(name, value),
        false => quote!(#name = #value;),
    };
    joined(names.into_iter().zip(values).each(assign))
}

/// `name = name + rest` as `name += rest`.
fn assignment(name: &Ident, value: &TokenStream) -> TokenStream {
    let mut tokens = value.clone().into_iter();
    let first = matches!(tokens.next(), Some(TokenTree::Ident(first)) if first == *name);
    let rest: Vec<TokenTree> = tokens.list();
    // A sum further on would have to be taken together; a term alone need not.
    let alone = |token: &TokenTree| !matches!(token, TokenTree::Punct(p) if matches!(p.as_char(), '+' | '-' | '<' | '>'));
    match rest.split_first() {
        Some((TokenTree::Punct(plus), rest))
            if first && plus.as_char() == '+' && rest.iter().all(alone) && !rest.is_empty() =>
        {
            let rest = match rest {
                [TokenTree::Group(group)] if group.delimiter() == Delimiter::Parenthesis => group.stream(),
                rest => stream(rest.to_vec()),
            };
            quote!(#name += #rest;)
        }
        _ => quote!(#name = #value;),
    }
}

/// Where the name of a called function stands.
fn place(function: &TokenStream) -> Span {
    let names = function.clone().into_iter().filter_map(|token| match token {
        TokenTree::Ident(ident) => Some(ident.span()),
        _ => None,
    });
    names.last().unwrap_or_else(Span::call_site)
}

/// The same code, for rustc to report there what does not fit.
fn moved(code: TokenStream, place: Span) -> TokenStream {
    stream(code.into_iter().each(|token| {
        let mut token = match token {
            TokenTree::Group(group) => {
                TokenTree::Group(Group::new(group.delimiter(), moved(group.stream(), place)))
            }
            token => token,
        };
        token.set_span(place.resolved_at(token.span()));
        token
    }))
}

/// An operator's tokens.
fn operator(text: &str) -> TokenStream {
    let spacing = |last: bool| if last { proc_macro2::Spacing::Alone } else { proc_macro2::Spacing::Joint };
    let count = text.chars().count();
    let punct = |(i, c)| TokenTree::Punct(proc_macro2::Punct::new(c, spacing(i + 1 == count)));
    stream(text.chars().enumerate().each(punct))
}
