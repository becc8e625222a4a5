//! From `syn::ItemFn` to regions over the graph.
//!
//! The body is interpreted: a local variable that depends on the variables is *tracked*, its value
//! an expression (or a tuple or array of such) known to the parser alone, so `let`, shadowing and
//! assignment leave no trace. Whatever mentions no tracked name is *passive* and copied as it stands.
//! A passive local that is assigned something active later must be tracked from the start, and an array
//! of which an element is chosen when the code runs must be memory: the parser then notes the
//! declaration and begins again, until there are no such surprises.

// Only where other packages ask `syn` for `clone-impls` are its operators `Copy`, as in tests.
#![allow(clippy::needless_borrows_for_generic_args)]

mod argument;
mod block;
mod branch;
mod bulk;
mod call;
mod callee;
mod consume;
mod cover;
mod expr;
mod iterator;
mod jumps;
mod loops;
mod memory;
mod moves;
mod passive;
mod pattern;
mod returned;
mod source;
mod structure;
#[cfg(test)]
mod tests;
mod unseen;

use crate::graph::{Expr, Graph, Ty};
use crate::list::List;
use crate::region::{
    Access, Capture, Code, Dim, Extent, Fields, Function, Part, Region, Stmt, Tree, Variable,
};
use deriv_engine::{graph, hash, list, ops, region, sorted, tidy};
use deriv_syntax::errors::Errors;
use deriv_syntax::signature::{Length, MAX_NUMBERS, Numbers, Param, ParamKind, Signature};
use deriv_syntax::snippets::{Parsed, Snippets};
use deriv_syntax::tokens::{all_identifiers, readable};

use crate::hash::{HashMap, HashSet};
use iterator::{Chain, Made};
use jumps::Target;
use memory::{Lists, View};
use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use returned::{Form, Origin};
use source::Source;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use syn::ItemFn;

/// Blocks nested deeper than this are refused rather than risk the compiler's stack.
const MAX_DEPTH: usize = 128;

const NOT_UNDERSTOOD: &str = "a part of this function was not understood, and it is not known which: please report the \
                              function, and write it in another way until then";

/// Parses the body of `item`, whose signature is known.
pub fn parse<'g>(graph: &'g Graph, item: &ItemFn, signature: &Signature, errors: &mut Errors) -> Parsed<'g> {
    let mut promoted = HashSet::default();
    let mut in_memory = HashSet::default();
    let mut redeclared = HashSet::default();
    let mut known_fields = HashSet::default();
    let mut forms = HashMap::default();
    let mut known_clues = HashSet::default();
    let mut form_types: Vec<TokenStream> = Vec::new();
    let lists = Lists::default();
    let made = Made::default();
    loop {
        let start = errors.count();
        let mut parser = Parser {
            graph,
            unknown: graph.symbol("unknown", Ty::Any),
            calls_made: Vec::new(),
            forms: &forms,
            taken_for: HashMap::default(),
            learned: HashMap::default(),
            origins: HashMap::default(),
            sequences: HashMap::default(),
            extents: HashMap::default(),
            signature,
            item,
            errors,
            snippets: Snippets::default(),
            promoted: &promoted,
            surprises: HashSet::default(),
            in_memory: &in_memory,
            memory_surprises: HashSet::default(),
            known_fields: &known_fields,
            field_surprises: HashSet::default(),
            structs: Vec::new(),
            known_clues: &known_clues,
            clues: HashSet::default(),
            varied: HashSet::default(),
            held_constant: Vec::new(),
            callees: HashMap::default(),
            loaded_from: HashMap::default(),
            stand_ins: HashMap::default(),
            place_types: HashMap::default(),
            struct_types: RefCell::default(),
            steps: Vec::new(),
            references: HashSet::default(),
            lists: &lists,
            grown: &signature.grown,
            lengths: HashMap::default(),
            polynomials: HashMap::default(),
            leaf_polynomials: HashMap::default(),
            counters: HashMap::default(),
            counted: HashMap::default(),
            walks: Vec::new(),
            loop_frames: Vec::new(),
            loops: 0,
            made: &made,
            unrolled: 1,
            indices: 0,
            expected: HashMap::default(),
            wholes: HashMap::default(),
            bound_by_loops: Vec::new(),
            again: HashSet::default(),
            again_leaves: HashSet::default(),
            constants: HashSet::default(),
            redeclared: &redeclared,
            declared: HashMap::default(),
            coming: Vec::new(),
            frames: vec![Frame::default()],
            bodies: vec![Vec::new()],
            inserted: Vec::new(),
            moves: moves::Moves::default(),
            params: Vec::new(),
            calls: Vec::new(),
            namesake: false,
            nesting: 0,
            scopes: Vec::new(),
            home: 0,
            targets: Vec::new(),
            failed: false,
            gave_up: Cell::new(false),
        };
        // So the types in known forms have the same numbers in each attempt.
        for ty in &form_types {
            parser.snippets.add(ty);
        }
        let (function, params) = parser.function();
        let first = parser.unknown.id;
        parser.settle_moves(first);
        parser.settle_types();
        parser.settle_arguments();
        let gave_up = parser.gave_up.get();
        let (surprises, mut snippets) = (parser.surprises, parser.snippets);
        let (memory_surprises, field_surprises) = (parser.memory_surprises, parser.field_surprises);
        let (learned, clues) = (parser.learned, parser.clues);
        let twice: HashSet<String> =
            parser.declared.into_iter().filter(|(_, keys)| keys.len() > 1).map(|(name, _)| name).collect();
        let emitted = snippets.all().iter().cloned().chain([item.sig.to_token_stream()]);
        snippets.identifiers = emitted.flat_map(all_identifiers).collect();
        snippets.speaks_libm = !snippets.libm.is_empty() && !snippets.speaks_std;
        if surprises.is_subset(&promoted)
            && memory_surprises.is_subset(&in_memory)
            && field_surprises.is_subset(&known_fields)
            && twice.is_subset(&redeclared)
            && learned.is_empty()
            && clues.is_subset(&known_clues)
        {
            if gave_up && errors.count() == start {
                errors.at(&item.sig.ident, NOT_UNDERSTOOD);
            }
            return Parsed { function, snippets, params };
        }
        errors.truncate(start);
        promoted.extend(surprises);
        in_memory.extend(memory_surprises);
        known_fields.extend(field_surprises);
        redeclared.extend(twice);
        forms.extend(learned.into_iter().map(|(call, form)| {
            let form = returned::with_types(&form, &mut |ty| {
                let ty = snippets.get(ty);
                let text = ty.to_string();
                let found = form_types.iter().position(|known| known.to_string() == text);
                Code(found.unwrap_or_else(|| {
                    form_types.push(ty.clone());
                    form_types.len() - 1
                }))
            });
            (call, form)
        }));
        known_clues.extend(clues);
    }
}

struct Parser<'a, 'g> {
    graph: &'g Graph,
    /// Stands for what could not be understood and has been reported.
    unknown: Expr<'g>,
    /// The calls of the user's functions that return a number.
    calls_made: Vec<callee::Made<'g>>,
    /// What calls return, where it is no number, by where the function's name stands in memory.
    forms: &'a HashMap<usize, Tree<Form>>,
    /// What they are taken for in this attempt.
    taken_for: HashMap<usize, Tree<Form>>,
    /// What has been found out of them in this attempt.
    learned: HashMap<usize, Tree<Form>>,
    /// The calls that leaves and nodes may come from.
    origins: HashMap<u32, Vec<Origin>>,
    /// By declaration of a passive variable: that of the array, list or parameter whose real numbers it refers to.
    sequences: HashMap<usize, usize>,
    /// What places hold as a whole.
    extents: HashMap<u32, Extent<'g>>,
    signature: &'a Signature,
    item: &'a ItemFn,
    errors: &'a mut Errors,
    snippets: Snippets,
    /// Declarations that must be tracked although their first value is passive, by [`key`].
    promoted: &'a HashSet<usize>,
    surprises: HashSet<usize>,
    /// Declarations whose value must be memory, likewise.
    in_memory: &'a HashSet<usize>,
    memory_surprises: HashSet<usize>,
    /// Which parts the body uses of structs that are variables or that calls return.
    known_fields: &'a HashSet<unseen::Mention>,
    field_surprises: HashSet<unseen::Mention>,
    structs: Vec<unseen::Parts<'g>>,
    /// What calls show of functions: before this attempt, and in it.
    known_clues: &'a HashSet<unseen::Clue>,
    clues: HashSet<unseen::Clue>,
    /// Which arguments of functions are variables for certain, and which are taken for constants as nothing is known.
    varied: HashSet<(String, usize)>,
    held_constant: Vec<(String, usize)>,
    /// The functions that are called, by where their names stand in memory.
    callees: HashMap<usize, String>,
    /// The elements that leaves stand for.
    loaded_from: HashMap<u32, Access<'g>>,
    /// For which parts of structs the leaves of loops and branches stand.
    stand_ins: HashMap<u32, Vec<Expr<'g>>>,
    /// The types of structs in memory, where they are written somewhere.
    place_types: HashMap<u32, Code>,
    /// The names of types of structs, and which of them are the types of variables or are built.
    struct_types: RefCell<Vec<unseen::StructType>>,
    /// What leads to fields of structs in memory, by name.
    steps: Vec<(String, Expr<'g>)>,
    /// Declarations of variables that are references.
    references: HashSet<usize>,
    lists: &'a Lists,
    /// Names of lists that grow.
    grown: &'a HashSet<String>,
    /// Declarations of passive variables that are the lengths of parts of memory.
    lengths: HashMap<usize, Expr<'g>>,
    /// What passive variables are, and leaves, in terms of others; and what loops count, by their patterns.
    polynomials: HashMap<usize, cover::Polynomial>,
    leaf_polynomials: HashMap<u32, cover::Polynomial>,
    counters: HashMap<Code, cover::Counter>,
    counted: HashMap<Code, Vec<cover::Atom>>,
    /// Indices that go along with loops, without the constants in them.
    walks: Vec<cover::Polynomial>,
    /// Of the loops around, how many frames there were before each.
    loop_frames: Vec<usize>,
    /// How many loops are around.
    loops: usize,
    made: &'a Made,
    /// How often what is being parsed is written out, as part of iterations over arrays.
    unrolled: usize,
    /// How many names of indices the loops around here bind.
    indices: usize,
    /// The types that expressions are to have, by where they stand in memory.
    expected: HashMap<usize, &'a syn::Type>,
    /// Passive variables that are whole numbers known here, by [`key`].
    wholes: HashMap<usize, usize>,
    /// Patterns that loops around here bind, by where they stand in memory.
    bound_by_loops: Vec<usize>,
    /// Declarations of passive variables that have the same value whenever they are run again.
    again: HashSet<usize>,
    /// Leaves of which the same is true.
    again_leaves: HashSet<u32>,
    /// Declarations of items that are constants.
    constants: HashSet<usize>,
    /// Names that the emitted code declares more than once: at another place they may mean another thing.
    redeclared: &'a HashSet<String>,
    /// By the name of a passive variable, its declarations in this attempt.
    declared: HashMap<String, HashSet<usize>>,
    /// Of each block around, what follows the statement that is being parsed.
    coming: Vec<&'a [syn::Stmt]>,
    /// The lexical scopes, innermost last.
    frames: Vec<Frame<'a, 'g>>,
    /// The statements of the regions being built, innermost last.
    bodies: Vec<Vec<Stmt<'g>>>,
    /// Where in which of them statements were put that may stand before others, in the order of time.
    inserted: Vec<(usize, usize)>,
    moves: moves::Moves<'g>,
    /// The real parameters, by name.
    params: Vec<(String, Tree<Expr<'g>>)>,
    /// The closures being called, innermost last, against endless recursion.
    calls: Vec<usize>,
    /// An item of the body may have the name of the function itself.
    namesake: bool,
    nesting: usize,
    /// The loops and labelled blocks around, innermost last.
    scopes: Vec<jumps::Scope>,
    /// Where `return` leads.
    home: Target,
    /// In how many open regions each target of jumps is.
    targets: Vec<usize>,
    /// Something could not be understood: derived errors are not worth reporting.
    failed: bool,
    /// Something has no value in this attempt: it has been reported, or parsing begins again.
    gave_up: Cell<bool>,
}

/// The names declared in a block.
#[derive(Clone, Default)]
struct Frame<'a, 'g> {
    bindings: Vec<(String, Binding<'a, 'g>)>,
    /// How many regions were open where each was declared.
    depths: Vec<usize>,
    /// Stable passive expressions that have a leaf already, by their text, and in which region it is bound.
    leaves: Vec<(String, Expr<'g>, usize)>,
    /// How many regions were open when the block began.
    depth: usize,
}

/// What a name stands for: the innermost binding of it.
fn bound<'f, 'a, 'g>(frames: &'f [Frame<'a, 'g>], name: &str) -> Option<&'f Binding<'a, 'g>> {
    for frame in frames.iter().rev() {
        for (known, binding) in frame.bindings.iter().rev() {
            if known == name {
                return Some(binding);
            }
        }
    }
    None
}

/// The same, to change it.
fn bound_mut<'f, 'a, 'g>(frames: &'f mut [Frame<'a, 'g>], name: &str) -> Option<&'f mut Binding<'a, 'g>> {
    for frame in frames.iter_mut().rev() {
        for (known, binding) in frame.bindings.iter_mut().rev() {
            if known == name {
                return Some(binding);
            }
        }
    }
    None
}

#[derive(Clone)]
struct Binding<'a, 'g> {
    /// Which declaration it is: see [`key`].
    declaration: usize,
    mutable: bool,
    value: Bound<'a, 'g>,
}

#[derive(Clone)]
enum Bound<'a, 'g> {
    /// Known to the parser alone.
    Tracked(Value<'a, 'g>),
    /// A variable of the emitted code. What is known of its value helps the formula.
    Passive(Known),
}

/// What is known of a passive variable.
#[derive(Clone, Copy, PartialEq)]
enum Known {
    /// It always is this number.
    Literal(f64),
    /// It is a real number of this type.
    Real(Ty),
    /// It is a `usize`.
    Size,
    /// It is a shared reference to a slice or array.
    Slice,
    /// It is an integer, a truth value or something else that is no real number.
    NotReal,
    /// It is a struct, or a reference to one: the number of its type's name.
    Struct {
        ty: usize,
        reference: bool,
    },
    /// It is no reference.
    Value,
    Unknown,
}

/// What an expression comes to.
#[derive(Clone)]
enum Value<'a, 'g> {
    /// A node: a number that may carry a derivative, a condition, or an observed passive value.
    Node(Expr<'g>),
    Tuple(Vec<Value<'a, 'g>>),
    Array(Vec<Value<'a, 'g>>),
    /// A struct of the user's that the body builds, and what its fields hold.
    Struct(Rc<Fields>, Vec<Value<'a, 'g>>),
    /// A struct that is a variable, or that a call returns, or what may be a part of one. The parser learns by use what
    /// it holds.
    Variable(Expr<'g>),
    /// A part of memory.
    View(View<'g>),
    /// Passive code, not evaluated yet.
    Passive(&'a syn::Expr),
    /// `Some` of it: where there is none, control does not come to where it is used.
    Some(Box<Value<'a, 'g>>),
    /// A closure or nested function, to be followed where it is called.
    Closure(Rc<Closure<'a, 'g>>),
    /// An iterator that has not begun.
    Iterator(Rc<Chain<'a, 'g>>),
    /// What may be missing: whether it is there, where that is not certain, and what it is.
    Optional(Box<(Option<Expr<'g>>, Value<'a, 'g>)>),
    Unit,
    /// Declared by `let x;` and not assigned yet.
    Unassigned,
    /// Control does not come back.
    Never,
    /// Where it is only known when the code runs where control goes on: one of these, each with a value of
    /// its own. In the order of targets.
    Ways(Vec<Way<'a, 'g>>),
}

/// A way for control to go on.
#[derive(Clone)]
struct Way<'a, 'g> {
    target: Target,
    /// Whether it is this one.
    taken: Expr<'g>,
    /// What arrives there.
    value: Value<'a, 'g>,
}

struct Closure<'a, 'g> {
    params: Vec<&'a syn::Pat>,
    /// The types of a nested function's parameters, where they mean something outside of it; a closure's are written
    /// in its patterns.
    types: Vec<&'a syn::Type>,
    /// The type of the result, where it is written.
    output: Option<&'a syn::Type>,
    body: Body<'a>,
    /// What was in scope where a closure was written; nothing for a nested function.
    frames: Vec<Frame<'a, 'g>>,
    /// The names of passive numbers that it captures and that are declared again, with those of copies.
    saved: Vec<(Ident, Ident)>,
    function: bool,
    /// It has copies of what it captures.
    moves: bool,
}

impl<'a, 'g> Closure<'a, 'g> {
    /// A closure that is written where these frames are in scope.
    fn of(closure: &'a syn::ExprClosure, frames: Vec<Frame<'a, 'g>>) -> Self {
        Closure {
            params: closure.inputs.iter().list(),
            types: Vec::new(),
            output: output(&closure.output),
            body: Body::Expr(&closure.body),
            frames,
            saved: Vec::new(),
            function: false,
            moves: closure.capture.is_some(),
        }
    }
}

/// The type of a result, where it is written.
fn output(output: &syn::ReturnType) -> Option<&syn::Type> {
    match output {
        syn::ReturnType::Type(_, ty) => Some(ty),
        syn::ReturnType::Default => None,
    }
}

#[derive(Clone, Copy)]
enum Body<'a> {
    Expr(&'a syn::Expr),
    Block(&'a syn::Block),
}

/// The first line, so to speak, of an expression with a body: the place to report it at.
fn heading(expr: &syn::Expr) -> TokenStream {
    match expr {
        syn::Expr::If(branch) => {
            let (token, condition) = (&branch.if_token, &branch.cond);
            quote::quote!(#token #condition)
        }
        syn::Expr::Match(branch) => {
            let (token, scrutinee) = (&branch.match_token, &branch.expr);
            quote::quote!(#token #scrutinee)
        }
        syn::Expr::ForLoop(looped) => {
            let (token, pattern, within, over) =
                (&looped.for_token, &looped.pat, &looped.in_token, &looped.expr);
            quote::quote!(#token #pattern #within #over)
        }
        syn::Expr::While(looped) => {
            let (token, condition) = (&looped.while_token, &looped.cond);
            quote::quote!(#token #condition)
        }
        syn::Expr::Loop(looped) => looped.loop_token.to_token_stream(),
        syn::Expr::Block(block) if block.label.is_some() => block.label.to_token_stream(),
        syn::Expr::Unsafe(block) => block.unsafe_token.to_token_stream(),
        syn::Expr::Async(block) => block.async_token.to_token_stream(),
        expr => expr.source(),
    }
}

/// Which declaration an identifier is: where it stands in memory, the same in every attempt.
fn key(ident: &Ident) -> usize {
    std::ptr::from_ref(ident).addr()
}

/// What tells variables apart: the name, and for one that a `macro_rules!` macro made, which expansion
/// it comes from. Stable Rust shows that only in a span's `Debug` form, `#7 bytes(1..2)`; without it,
/// variables are told apart by name.
fn hygienic(ident: &Ident) -> String {
    let span = format!("{:?}", ident.span());
    match span.split(' ').next() {
        Some(mark) if mark.starts_with('#') && mark != "#0" => format!("{ident}{mark}"),
        _ => ident.to_string(),
    }
}

impl<'a, 'g> Parser<'a, 'g> {
    fn function(&mut self) -> (Function<'g>, Vec<Option<Variable<'g>>>) {
        let mut variables = Vec::new();
        let mut params = Vec::new();
        for param in &self.signature.params {
            let declared = self.declare_parameter(param);
            if let Some(declared) = &declared
                && (param.variable || param.is_output())
            {
                variables.push(declared.clone());
            }
            params.push(declared);
        }
        for arg in &self.item.sig.inputs {
            // What patterns in the parameter list bind.
            if let syn::FnArg::Typed(arg) = arg
                && !matches!(&*arg.pat, syn::Pat::Ident(_))
            {
                self.declare_passive(&arg.pat, Known::Unknown);
            }
        }
        if let (Some(syn::Stmt::Expr(last, None)), syn::ReturnType::Type(_, ty)) =
            (self.item.block.stmts.last(), &self.item.sig.output)
        {
            self.expect(ty, last);
        }
        let value = self.body_block(&self.item.block);
        let (results, result) = self.result(value);
        self.check_calls(&results);
        let body = self.bodies.pop().unwrap_or_default();
        let diverges = result.is_none();
        let result = result.unwrap_or(Tree::Tuple(Vec::new()));
        let extent = |place: &Expr<'g>| Some((*place, self.extents.get(&place.id)?.clone()));
        let returned = results.iter().filter_map(extent).list();
        let mut body = Region { body, results, diverges };
        self.forget(&mut body);
        // Fields that were read as a whole, and then used in another way.
        if !self.moves.held.is_empty() {
            crate::tidy::prune(&mut body);
        }
        (Function { variables, body, result, returned, number: self.signature.primary }, params)
    }

    /// A parameter as the body sees it; none for a constant.
    fn declare_parameter(&mut self, param: &Param) -> Option<Variable<'g>> {
        let name = param.name.as_ref();
        let text = name.map_or("_".to_owned(), ToString::to_string);
        let value = match &param.kind {
            ParamKind::Scalar { ty, .. } => Value::Node(self.graph.symbol(&text, *ty)),
            ParamKind::Array(numbers)
                if param.variable
                    || param.is_output()
                    || name.is_some_and(|name| self.promoted.contains(&key(name))) =>
            {
                let in_memory = name.is_some_and(|name| self.in_memory.contains(&key(name)));
                match in_memory || !numbers.are_few() {
                    true => Value::View(self.declare_place(name, numbers, param.mutable)),
                    false => self.array_of_symbols(&text, numbers, 0),
                }
            }
            ParamKind::Struct => self.declare_struct(name?),
            // One that is no variable is a constant like any other, unless a function takes it for a variable.
            ParamKind::Array(_) | ParamKind::Constant | ParamKind::Receiver => {
                if let Some(name) = name {
                    if let ParamKind::Array(_) = param.kind {
                        self.sequences.insert(key(name), key(name));
                    }
                    let value = Bound::Passive(self.known_parameter(name));
                    let mutable = param.mutable || self.is_borrowed_mutably(name);
                    self.declare(name, Binding { declaration: key(name), mutable, value });
                }
                return None;
            }
        };
        let (variable, known) = match &value {
            Value::View(view) => {
                let (place, extent, owned) = (view.place, view.extent.clone(), view.owned);
                let output = param.is_output();
                (Variable::Place { place, extent, output, owned }, Tree::Leaf(place))
            }
            value => {
                let tree = self.tree(value)?;
                (Variable::Numbers(tree.clone()), tree)
            }
        };
        if let Some(name) = name {
            if let Tree::Leaf(leaf) = &known {
                self.snippets.names.insert(leaf.id, text.clone());
            }
            self.params.push((text, known));
            let value = match value {
                // What changes is a copy.
                value @ Value::Variable(_) if self.in_memory.contains(&key(name)) => {
                    self.changing(name, &value)
                }
                Value::View(view) if view.owned && param.mutable => {
                    Value::View(View { fresh: false, ..self.copied(name, &view) })
                }
                value => value,
            };
            let value = Bound::Tracked(value);
            self.declare(name, Binding { declaration: key(name), mutable: param.mutable, value });
            // Emitted code has the parameter under this name too.
            self.declared.entry(hygienic(name)).or_default().insert(key(name));
        }
        Some(variable)
    }

    /// An array known number by number, whose dimensions from `depth` on are left.
    fn array_of_symbols(&mut self, name: &str, numbers: &Numbers, depth: usize) -> Value<'a, 'g> {
        match numbers.lengths.get(depth) {
            Some(Length::Literal(length)) => {
                let part = |i| self.array_of_symbols(&format!("{name}[{i}]"), numbers, depth + 1);
                Value::Array((0..*length).map(part).collect())
            }
            Some(Length::Symbolic(_) | Length::Counted) => self.unknown(),
            None => Value::Node(self.graph.symbol(name, numbers.number)),
        }
    }

    /// The type of a parameter.
    fn type_of(&self, name: &Ident) -> Option<&'a syn::Type> {
        self.item.sig.inputs.iter().find_map(|arg| match arg {
            syn::FnArg::Typed(arg) => match &*arg.pat {
                syn::Pat::Ident(ident) if ident.ident == *name => Some(&*arg.ty),
                _ => None,
            },
            syn::FnArg::Receiver(_) => None,
        })
    }

    fn is_borrowed_mutably(&self, name: &Ident) -> bool {
        self.type_of(name).is_some_and(|ty| all_identifiers(ty.to_token_stream()).contains("mut"))
    }

    fn known_parameter(&self, name: &Ident) -> Known {
        match self.type_of(name) {
            Some(ty) if expr::is_not_real(ty) || self.names_struct(ty) => self.known_type(ty),
            _ => Known::Unknown,
        }
    }

    /// A call whose result nothing needs was made for what else it does. If that is not to change memory, a
    /// derivative cannot repeat it; and if it is, nothing is returned.
    fn check_calls(&mut self, results: &[Expr<'g>]) {
        if self.calls_made.is_empty() || self.failed {
            return;
        }
        let body = self.bodies.last().cloned().unwrap_or_default();
        let mut region = Region { body, results: results.to_vec(), diverges: false };
        crate::tidy::prune(&mut region);
        let used = self.graph.reachable(&region.reads());
        for callee::Made { result, name, changes } in std::mem::take(&mut self.calls_made) {
            if used.get(result.id as usize).is_some_and(|used| *used) {
                continue;
            }
            if changes {
                self.learn(result, &Tree::Tuple(Vec::new()));
            } else {
                self.fail(
                    &name,
                    format!(
                        "the result of `{name}` is not used, and what else the call does with active values cannot \
                         be differentiated: use its result, or remove the call"
                    ),
                );
            }
        }
    }

    /// Where the result of the body stands.
    fn tail(&self) -> TokenStream {
        match self.item.block.stmts.last() {
            Some(syn::Stmt::Expr(expr, None)) => heading(expr),
            _ => self.item.sig.output.to_token_stream(),
        }
    }

    /// The function's results, and their structure; none where it never returns.
    fn result(&mut self, value: Value<'a, 'g>) -> (Vec<Expr<'g>>, Option<Tree<usize>>) {
        let shape = self.signature.result.clone();
        let mut results = Vec::new();
        if let syn::ReturnType::Type(_, ty) = &self.item.sig.output
            && self.learn_type(&value, ty)
        {
            return (results, Some(Tree::Tuple(Vec::new())));
        }
        let ty = match &self.item.sig.output {
            syn::ReturnType::Type(_, ty) => Some(&**ty),
            syn::ReturnType::Default => None,
        };
        let tree = match value {
            Value::Never => return (results, None),
            value => self.result_tree(value, &shape, ty, &mut results),
        };
        (results, Some(tree))
    }

    fn result_tree(
        &mut self,
        value: Value<'a, 'g>,
        shape: &Tree<Ty>,
        ty: Option<&syn::Type>,
        results: &mut Vec<Expr<'g>>,
    ) -> Tree<usize> {
        if matches!(shape, Tree::Array(_)) && self.learn_array(&value) {
            return Tree::Tuple(Vec::new());
        }
        let value = match (shape, value) {
            (Tree::Array(_), Value::View(view)) => match self.is_result(&view, results) {
                true => {
                    results.push(view.place);
                    return Tree::Leaf(results.len() - 1);
                }
                false => self.spread(&view).unwrap_or(Value::View(view)),
            },
            (_, value) => value,
        };
        match (shape, value) {
            (Tree::Leaf(Ty::Aggregate), Value::Node(node)) if node != self.unknown => {
                self.fail(
                    self.tail(),
                    "the result is a struct, and here is a number: end the function with a struct",
                );
                Tree::Tuple(Vec::new())
            }
            (Tree::Leaf(Ty::Aggregate), value) => self.struct_result(value, results),
            (Tree::Leaf(_), value) => {
                let node = self.real(value, self.tail());
                results.push(node);
                Tree::Leaf(results.len() - 1)
            }
            (_, value) if self.is_unknown(&value) => Tree::Tuple(Vec::new()),
            // Nothing is returned: the function writes to outputs.
            (Tree::Tuple(shapes), value) if shapes.is_empty() => {
                if let Value::Passive(code) = value {
                    let code = code.source();
                    let code = self.passive_code(quote::quote!(#code;));
                    self.push_stmt(Stmt::Copy { code, again: false });
                }
                Tree::Tuple(Vec::new())
            }
            (Tree::Tuple(shapes), Value::Tuple(parts)) if shapes.len() == parts.len() => Tree::Tuple(
                parts
                    .into_iter()
                    .zip(shapes)
                    .map(|(part, shape)| self.result_tree(part, shape, None, results))
                    .list(),
            ),
            (Tree::Array(shapes), Value::Array(parts)) if self.fits(&parts, ty) => {
                let element = match ty {
                    Some(syn::Type::Array(array)) => Some(&*array.elem),
                    _ => None,
                };
                let mut tree = |part| self.result_tree(part, &shapes[0], element, results);
                Tree::Array(parts.into_iter().map(&mut tree).list())
            }
            (_, value) => {
                if !self.failed {
                    let found = match value {
                        Value::Passive(expr) => expr.source(),
                        _ => self.tail(),
                    };
                    let example = match shape {
                        Tree::Array(_) => "an array of expressions, as in `[a, b]`",
                        _ => "a tuple of expressions, as in `(a, b)`",
                    };
                    self.fail(
                        found,
                        format!("the components of the result cannot be told apart here: end the function with {example}"),
                    );
                }
                Tree::Tuple(Vec::new())
            }
        }
    }

    /// A struct that is returned, or a part of one.
    fn struct_result(&mut self, value: Value<'a, 'g>, results: &mut Vec<Expr<'g>>) -> Tree<usize> {
        let whole = match value {
            value if self.is_unknown(&value) => return Tree::Tuple(Vec::new()),
            Value::Struct(fields, parts) => {
                return Tree::Struct(
                    fields,
                    parts.into_iter().map(|part| self.struct_result(part, results)).list(),
                );
            }
            Value::Array(parts) => {
                return Tree::Array(parts.into_iter().map(|part| self.struct_result(part, results)).list());
            }
            Value::View(view) if view.is_number() => {
                results.push(self.load(&view));
                return Tree::Leaf(results.len() - 1);
            }
            Value::View(view) => match self.spread(&view) {
                Some(parts) => return self.struct_result(parts, results),
                None => Some(view.place),
            },
            Value::Variable(_) => self.as_whole(&value),
            Value::Passive(code) if !self.is_known_real(code) => Some(self.whole_leaf(code)),
            value => {
                let node = self.real(value, self.tail());
                results.push(node);
                return Tree::Leaf(results.len() - 1);
            }
        };
        // What may be in use elsewhere stays there.
        if let Some(whole) = whole {
            let place = self.graph.symbol(&whole.name(), Ty::Aggregate);
            let extent = self.extents.get(&whole.id).cloned().unwrap_or(Extent::of_struct());
            self.push_stmt(Stmt::Save { place, of: Part::whole(whole, extent.clone()) });
            self.extents.insert(place.id, extent);
            results.push(place);
        }
        Tree::Leaf(results.len().saturating_sub(1))
    }

    /// Whether memory can be returned as it is: an array that is the function's own, and not returned yet.
    fn is_result(&self, view: &View<'g>, results: &[Expr<'g>]) -> bool {
        let few = view.extent.dims.iter().try_fold(1_usize, |count, dim| match dim {
            Dim::Literal(length) => count.checked_mul(*length).filter(|count| *count <= MAX_NUMBERS),
            _ => None,
        });
        let own = self.bodies.last().is_some_and(|body| {
            body.iter().any(|stmt| {
                matches!(stmt, Stmt::Alloc { .. } | Stmt::Call(_)) && stmt.defines().contains(&view.place)
            })
        });
        let known = |dim: &Dim<'g>| matches!(dim, Dim::Literal(_) | Dim::Fixed(_));
        let array = view.extent.dims.iter().all(known);
        few.is_none() && own && array && self.is_whole(view) && !results.contains(&view.place)
    }

    /// Whether the result's type `ty`, where it is an array with a literal length, has as many parts: if not,
    /// rustc says so, and the derivative need not be another error.
    fn fits(&mut self, parts: &[Value<'a, 'g>], ty: Option<&syn::Type>) -> bool {
        let len = match ty {
            Some(syn::Type::Array(syn::TypeArray { len: syn::Expr::Lit(len), .. })) => self.literal(&len.lit),
            _ => None,
        };
        match len {
            Some(len) if len != parts.len() as f64 => {
                let tail = self.tail();
                self.fail(tail, format!("the result has {len} elements, and here are {}", parts.len()));
                false
            }
            _ => true,
        }
    }

    // Errors.

    fn fail(&mut self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.failed = true;
        self.errors.at(tokens, message);
    }

    /// After an error: a value with which parsing can go on.
    fn unknown(&self) -> Value<'a, 'g> {
        self.gave_up.set(true);
        Value::Node(self.unknown)
    }

    /// Whether the value stands for what has been reported already: what becomes of it is no news.
    fn is_unknown(&self, value: &Value<'a, 'g>) -> bool {
        match value {
            Value::Node(node) => *node == self.unknown,
            Value::Tuple(parts) | Value::Array(parts) | Value::Struct(_, parts) => {
                parts.iter().any(|part| self.is_unknown(part))
            }
            Value::Some(value) => self.is_unknown(value),
            Value::Optional(optional) => self.is_unknown(&optional.1),
            _ => false,
        }
    }

    /// Whether the code mentions a variable whose value could not be understood.
    fn mentions_unknown(&self, code: impl Source) -> bool {
        self.failed
            && passive::identifiers(code.source()).iter().any(|name| {
                match self.lookup(name).map(|binding| &binding.value) {
                    Some(Bound::Tracked(value)) => self.is_unknown(value),
                    _ => false,
                }
            })
    }

    // Scopes.

    fn declare(&mut self, name: &Ident, binding: Binding<'a, 'g>) {
        if matches!(binding.value, Bound::Passive(_)) {
            if self.bodies.len() <= 1 && !binding.mutable {
                self.again.insert(binding.declaration);
            }
            self.snippets.bound.insert(name.to_string());
            self.declared.entry(hygienic(name)).or_default().insert(binding.declaration);
        }
        let depth = self.bodies.len();
        let frame = self.frames.last_mut().expect("there is always a scope");
        frame.bindings.push((hygienic(name), binding));
        frame.depths.push(depth);
    }

    fn lookup(&self, name: &Ident) -> Option<&Binding<'a, 'g>> {
        self.lookup_text(&hygienic(name))
    }

    fn lookup_text(&self, name: &str) -> Option<&Binding<'a, 'g>> {
        bound(&self.frames, name)
    }

    fn lookup_mut(&mut self, name: &Ident) -> Option<&mut Binding<'a, 'g>> {
        bound_mut(&mut self.frames, &hygienic(name))
    }

    /// The leaf that stands for stable passive code already.
    fn known_leaf(&self, code: &str) -> Option<Expr<'g>> {
        for frame in &self.frames {
            for (known, leaf, _) in &frame.leaves {
                if known == code {
                    return Some(*leaf);
                }
            }
        }
        None
    }

    /// How many regions were open where the innermost binding among `names` was declared.
    fn home(&self, names: &[String]) -> usize {
        let mut home = 1;
        for frame in &self.frames {
            for ((name, _), depth) in frame.bindings.iter().zip(&frame.depths) {
                if names.contains(name) {
                    home = (*depth).max(1);
                }
            }
        }
        home
    }

    fn push_frame(&mut self) {
        let depth = self.bodies.len();
        self.frames.push(Frame { depth, ..Frame::default() });
    }

    fn push_stmt(&mut self, stmt: Stmt<'g>) {
        self.bodies.last_mut().expect("there is always a region").push(stmt);
    }

    // Captures.

    fn capture(&mut self, name: &Ident, value: &Value<'a, 'g>) -> Option<Capture<'g>> {
        let value = self.tree(value)?;
        let text = name.to_string();
        // A parameter that still has its first value is found under its own name.
        if !self.params.iter().any(|(param, known)| *param == text && value == *known) {
            self.snippets.bound.insert(text);
        }
        Some(Capture { name: self.snippets.add(name), value, made_up: false })
    }

    /// The value as a tree of nodes, if it is made of such.
    fn tree(&mut self, value: &Value<'a, 'g>) -> Option<Tree<Expr<'g>>> {
        Some(match value {
            Value::Node(node) => Tree::Leaf(*node),
            Value::Tuple(parts) => Tree::Tuple(parts.iter().map(|part| self.tree(part)).list_all()?),
            Value::Array(parts) => Tree::Array(parts.iter().map(|part| self.tree(part)).list_all()?),
            Value::Passive(expr) => Tree::Leaf(self.leaf(expr)),
            Value::View(view) if self.is_whole(view) => Tree::Leaf(view.place),
            // A parameter is passed on as it came; of another one, code may look at all there is.
            Value::Variable(whole) => match self.struct_tree(*whole)? {
                Tree::Struct(fields, _) if fields.ty.is_none() => Tree::Leaf(self.as_whole(value)?),
                tree => tree,
            },
            Value::Struct(fields, parts) => {
                Tree::Struct(fields.clone(), parts.iter().map(|part| self.tree(part)).list_all()?)
            }
            Value::Unit => Tree::Tuple(Vec::new()),
            Value::View(_)
            | Value::Some(_)
            | Value::Closure(_)
            | Value::Iterator(_)
            | Value::Optional(_)
            | Value::Unassigned
            | Value::Never
            | Value::Ways(_) => {
                return None;
            }
        })
    }
}
