//! The hash-consed expression graph.
//!
//! A [`Graph`] owns every node; an [`Expr`] is a `Copy` handle to one. Equal expressions are one
//! node, so sharing costs nothing, and a node's arguments always have smaller indices than the node
//! itself: index order is evaluation order, and walks are loops, not recursion.

use crate::hash::{HashMap, HashSet, Table, hash};
use crate::list::{List, PushAll};
use crate::ops::Op;
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

/// What type of number (or other value) a node holds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Ty {
    /// A number whose type follows from its use: literals, and what is computed from them alone.
    Any,
    /// `f32`.
    F32,
    /// `f64`.
    F64,
    /// The generic parameter of this number in the function's list.
    Param(u8),
    /// A truth value.
    Bool,
    /// A passive value of unknown type, such as an integer exponent.
    Opaque,
    /// What a call returns whose components are taken by `Elem`.
    Aggregate,
}

impl Ty {
    /// Whether values of this type carry derivatives.
    pub fn is_real(self) -> bool {
        matches!(self, Ty::Any | Ty::F32 | Ty::F64 | Ty::Param(_))
    }
}

/// What a node does with its arguments.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A number, by its bits, so that `-0.0` and `0.0` differ and NaNs compare.
    Const(u64),
    /// A leaf with a name: a variable, a passive value, a result of a branch.
    Symbol(u32),
    /// A row of the table of operations.
    Op(Op),
    /// Conversion to the node's own type.
    Cast,
    /// A call of a function outside the table, by its place in the list of callees.
    Call(u32),
    /// One component of an aggregate.
    Elem(u32),
}

#[derive(Clone)]
#[doc(hidden)]
pub struct Node {
    pub kind: Kind,
    pub args: Rc<[u32]>,
    pub ty: Ty,
}

/// A function outside the table of operations, or one of its derivatives.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Callee {
    /// The name to print.
    pub name: String,
    /// Which source snippet names it, for the emitter.
    pub code: usize,
    /// How many times it has been differentiated.
    pub order: u32,
    /// The places of its real arguments.
    pub variables: Vec<usize>,
    /// The places of the arguments that it takes by reference, although they are numbers here.
    pub borrowed: Vec<usize>,
    /// Some of `variables` are passive arguments of unknown type, taken for real.
    pub unsure: bool,
    /// The type it returns.
    pub ty: Ty,
}

#[derive(Clone)]
struct Symbol {
    name: String,
    fixed: bool,
    value: Option<f64>,
}

#[derive(Default)]
struct Arena {
    nodes: Vec<Node>,
    /// Where the nodes are, by what they are.
    index: Table,
    /// Which nodes are made of constants alone.
    fixed: Vec<bool>,
    symbols: Vec<Symbol>,
    callees: Vec<Callee>,
}

/// An arena of expressions, each stored once.
///
/// ```
/// # use deriv_engine as deriv_core;
/// use deriv_core::Graph;
/// let g = Graph::new();
/// let x = g.var("x");
/// let f = 3.0 * x.powi(2) + 2.0 * x + 1.0;
/// assert_eq!(f.differentiate(x).to_string(), "6·x + 2");
/// ```
#[derive(Default)]
pub struct Graph {
    arena: RefCell<Arena>,
}

/// A handle to an expression of a [`Graph`], with the usual operators and functions.
#[derive(Clone, Copy)]
pub struct Expr<'g> {
    pub(crate) graph: &'g Graph,
    /// Its number in the arena.
    #[doc(hidden)]
    pub id: u32,
}

impl Graph {
    /// An empty graph.
    pub fn new() -> Self {
        Self::default()
    }

    /// A new variable of type `f64`. Two variables of one name are two variables.
    pub fn var(&self, name: &str) -> Expr<'_> {
        self.symbol(name, Ty::F64)
    }

    /// A new leaf of any type.
    #[doc(hidden)]
    pub fn symbol(&self, name: &str, ty: Ty) -> Expr<'_> {
        self.leaf(Symbol { name: name.to_owned(), fixed: false, value: None }, ty)
    }

    /// A new leaf for a constant that has a name, of which the value may be known.
    #[doc(hidden)]
    pub fn named_constant(&self, name: &str, ty: Ty, value: Option<f64>) -> Expr<'_> {
        self.leaf(Symbol { name: name.to_owned(), fixed: true, value }, ty)
    }

    fn leaf(&self, symbol: Symbol, ty: Ty) -> Expr<'_> {
        let number = {
            let mut arena = self.arena.borrow_mut();
            arena.symbols.push(symbol);
            arena.symbols.len() as u32 - 1
        };
        self.intern(Kind::Symbol(number), &[], ty)
    }

    /// A constant.
    pub fn constant(&self, value: f64) -> Expr<'_> {
        self.intern(Kind::Const(value.to_bits()), &[], Ty::Any)
    }

    /// A whole number, as an index or a count.
    #[doc(hidden)]
    pub fn whole(&self, value: usize) -> Expr<'_> {
        self.intern(Kind::Const((value as f64).to_bits()), &[], Ty::Opaque)
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.arena.borrow().nodes.len()
    }

    /// Whether there are no nodes yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[doc(hidden)]
    pub fn expr(&self, id: u32) -> Expr<'_> {
        Expr { graph: self, id }
    }

    /// The node for an operation exactly as written: nothing is simplified.
    #[doc(hidden)]
    pub fn raw<'g>(&'g self, op: Op, args: &[Expr<'g>]) -> Expr<'g> {
        let ty = if op.spec().boolean {
            Ty::Bool
        } else if op.spec().integer {
            Ty::Opaque
        } else {
            let types = args.iter().map(|arg| arg.ty());
            types.into_iter().find(|ty| ty.is_real() && *ty != Ty::Any).unwrap_or(Ty::Any)
        };
        let ids: Vec<u32> = args.iter().each(|arg| arg.id);
        self.intern(Kind::Op(op), &ids, ty)
    }

    /// The number `arg` converted to type `ty`.
    #[doc(hidden)]
    pub fn cast<'g>(&'g self, arg: Expr<'g>, ty: Ty) -> Expr<'g> {
        if arg.ty() == ty || arg.ty() == Ty::Any {
            return arg;
        }
        self.intern(Kind::Cast, &[arg.id], ty)
    }

    /// The number of a callee in this graph's list.
    #[doc(hidden)]
    pub fn callee(&self, callee: Callee) -> u32 {
        let mut arena = self.arena.borrow_mut();
        match arena.callees.iter().position(|known| *known == callee) {
            Some(found) => found as u32,
            None => {
                arena.callees.push(callee);
                arena.callees.len() as u32 - 1
            }
        }
    }

    #[doc(hidden)]
    pub fn callee_info(&self, number: u32) -> Callee {
        self.arena.borrow().callees[number as usize].clone()
    }

    #[doc(hidden)]
    pub fn intern(&self, kind: Kind, args: &[u32], ty: Ty) -> Expr<'_> {
        let hash = hash(&(kind, args, ty));
        let mut arena = self.arena.borrow_mut();
        let nodes = &arena.nodes[..];
        let is_it = |id: usize| {
            let node = &nodes[id];
            node.kind == kind && node.ty == ty && node.args[..] == *args
        };
        if let Some(id) = arena.index.find(hash, &is_it) {
            return self.expr(id as u32);
        }
        let id = nodes.len() as u32;
        let fixed = match kind {
            Kind::Const(_) => true,
            Kind::Symbol(number) => arena.symbols[number as usize].fixed,
            Kind::Op(_) | Kind::Cast => args.iter().all(|&arg| arena.fixed[arg as usize]),
            Kind::Call(_) | Kind::Elem(_) => false,
        };
        arena.fixed.push(fixed);
        arena.nodes.push(Node { kind, args: args.into(), ty });
        arena.index.push(hash);
        self.expr(id)
    }

    #[doc(hidden)]
    pub fn node(&self, id: u32) -> Node {
        self.arena.borrow().nodes[id as usize].clone()
    }

    #[doc(hidden)]
    pub fn symbol_name(&self, number: u32) -> String {
        self.arena.borrow().symbols[number as usize].name.clone()
    }

    /// Which nodes the roots are computed from, the roots included: `marks[id]`.
    #[doc(hidden)]
    pub fn reachable(&self, roots: &[Expr<'_>]) -> Vec<bool> {
        let arena = self.arena.borrow();
        let mut marks = vec![false; arena.nodes.len()];
        for root in roots {
            marks[root.id as usize] = true;
        }
        // Slices are indexed without calls where nothing is optimised.
        let (nodes, known) = (&arena.nodes[..], &mut marks[..]);
        let mut id = roots.iter().map(|root| root.id as usize + 1).max().unwrap_or(0);
        while id > 0 {
            id -= 1;
            if known[id] {
                for &arg in &nodes[id].args[..] {
                    known[arg as usize] = true;
                }
            }
        }
        marks
    }

    /// The numbers of the nodes that the roots are computed from, the roots included, in order.
    #[doc(hidden)]
    pub fn below(&self, roots: &[Expr<'_>]) -> Vec<u32> {
        let marks = self.reachable(roots);
        let (marks, mut ids, mut id) = (&marks[..], Vec::new(), 0);
        while id < marks.len() {
            if marks[id] {
                ids.push(id as u32);
            }
            id += 1;
        }
        ids
    }
}

impl<'g> Expr<'g> {
    /// The graph it belongs to.
    pub fn graph(self) -> &'g Graph {
        self.graph
    }

    pub(crate) fn node(self) -> Node {
        self.graph.node(self.id)
    }

    #[doc(hidden)]
    pub fn kind(self) -> Kind {
        self.graph.arena.borrow().nodes[self.id as usize].kind
    }

    /// Its type.
    pub fn ty(self) -> Ty {
        self.graph.arena.borrow().nodes[self.id as usize].ty
    }

    /// Its arguments.
    #[doc(hidden)]
    pub fn args(self) -> Vec<Expr<'g>> {
        let node = self.node();
        node.args.iter().each(|&id| self.graph.expr(id))
    }

    /// What holds because of what holds of the `args`; of all nodes below, `known` remembers it.
    pub(crate) fn bottom_up(
        self,
        known: &mut HashMap<u32, bool>,
        args: &dyn Fn(Expr<'g>) -> Vec<Expr<'g>>,
        holds: &dyn Fn(Expr<'g>, &[bool]) -> bool,
    ) -> bool {
        let mut stack = vec![self];
        while let Some(&node) = stack.last() {
            let args = if known.contains_key(&node.id) { Vec::new() } else { args(node) };
            let before = stack.len();
            stack.push_all(args.iter().copied().filter(|arg| !known.contains_key(&arg.id)));
            if stack.len() > before {
                continue;
            }
            if !known.contains_key(&node.id) {
                let below = args.iter().each(|arg| known[&arg.id]);
                known.insert(node.id, holds(node, &below));
            }
            stack.pop();
        }
        known[&self.id]
    }

    /// Its value, if it is a constant.
    pub fn as_constant(self) -> Option<f64> {
        match self.kind() {
            Kind::Const(bits) => Some(f64::from_bits(bits)),
            _ => None,
        }
    }

    /// Whether it is made of constants alone, so that the compiler computes it.
    pub(crate) fn is_fixed(self) -> bool {
        self.graph.arena.borrow().fixed[self.id as usize]
    }

    /// The value of a constant, also if it has a name.
    pub(crate) fn known_value(self) -> Option<f64> {
        match self.kind() {
            Kind::Symbol(number) => self.graph.arena.borrow().symbols[number as usize].value,
            _ => self.as_constant(),
        }
    }

    #[doc(hidden)]
    pub fn op(self) -> Option<Op> {
        match self.kind() {
            Kind::Op(op) => Some(op),
            _ => None,
        }
    }

    /// The name of a leaf.
    #[doc(hidden)]
    pub fn name(self) -> String {
        match self.kind() {
            Kind::Symbol(number) => self.graph.symbol_name(number),
            _ => String::new(),
        }
    }

    /// Whether it is the constant zero of either sign: a structural zero.
    #[doc(hidden)]
    pub fn is_zero(self) -> bool {
        self.as_constant() == Some(0.0)
    }
}

/// The nodes' numbers.
pub fn ids(nodes: &[Expr<'_>]) -> HashSet<u32> {
    let mut ids = HashSet::default();
    for node in nodes {
        ids.insert(node.id);
    }
    ids
}

impl PartialEq for Expr<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && std::ptr::eq(self.graph, other.graph)
    }
}

impl Eq for Expr<'_> {}

impl std::hash::Hash for Expr<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

impl PartialOrd for Expr<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Expr<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.id.cmp(&other.id)
    }
}

impl fmt::Debug for Expr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.id)
    }
}

/// What can stand as an operand beside an [`Expr`]: another one, or a number.
pub trait Lift<'g> {
    /// The expression in `graph`.
    fn lift(self, graph: &'g Graph) -> Expr<'g>;
}

impl<'g> Lift<'g> for Expr<'g> {
    fn lift(self, _: &'g Graph) -> Expr<'g> {
        self
    }
}

impl<'g> Lift<'g> for f64 {
    fn lift(self, graph: &'g Graph) -> Expr<'g> {
        graph.constant(self)
    }
}

impl<'g> Lift<'g> for i32 {
    fn lift(self, graph: &'g Graph) -> Expr<'g> {
        graph.constant(f64::from(self))
    }
}
