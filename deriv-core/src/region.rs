//! What a function is: regions of statements over one expression graph.
//!
//! Mathematics lives in the graph, where nothing has a place; a [`Region`] holds what has one: the
//! user's passive code, copied, and branches, whose arms are regions again. A region yields results;
//! the results of a branch are leaves of the graph, which stand for "whatever the arm that was taken
//! yields". Differentiating a region gives a region, so every product of every order is a composition
//! of the two modes.

use crate::graph::Expr;
use crate::ops::Op;

/// A snippet of the user's source, by its number in the parser's list: the core does not look into it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Code(pub usize);

/// A value with structure: a number, a tuple or an array of such.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Tree<T> {
    Leaf(T),
    Tuple(Vec<Tree<T>>),
    Array(Vec<Tree<T>>),
}

impl<T> Tree<T> {
    /// The leaves, from left to right.
    pub fn leaves(&self) -> Vec<&T> {
        match self {
            Tree::Leaf(leaf) => vec![leaf],
            Tree::Tuple(parts) | Tree::Array(parts) => parts.iter().flat_map(Tree::leaves).collect(),
        }
    }

    /// The leaves, to be changed.
    pub fn leaves_mut(&mut self) -> Vec<&mut T> {
        match self {
            Tree::Leaf(leaf) => vec![leaf],
            Tree::Tuple(parts) | Tree::Array(parts) => parts.iter_mut().flat_map(Tree::leaves_mut).collect(),
        }
    }

    /// The same structure with other leaves.
    pub fn map<U>(&self, f: &mut impl FnMut(&T) -> U) -> Tree<U> {
        match self {
            Tree::Leaf(leaf) => Tree::Leaf(f(leaf)),
            Tree::Tuple(parts) => Tree::Tuple(parts.iter().map(|part| part.map(f)).collect()),
            Tree::Array(parts) => Tree::Array(parts.iter().map(|part| part.map(f)).collect()),
        }
    }
}

impl Tree<usize> {
    /// Every leaf replaced by a tree.
    pub fn expand(&self, f: &impl Fn(usize) -> Tree<usize>) -> Tree<usize> {
        match self {
            Tree::Leaf(leaf) => f(*leaf),
            Tree::Tuple(parts) => Tree::Tuple(parts.iter().map(|part| part.expand(f)).collect()),
            Tree::Array(parts) => Tree::Array(parts.iter().map(|part| part.expand(f)).collect()),
        }
    }
}

/// A name that copied code mentions, with the value it must have there.
#[derive(Clone, Debug)]
pub(crate) struct Capture<'g> {
    pub name: Code,
    pub value: Tree<Expr<'g>>,
}

/// Copied code and the computed values it looks at.
#[derive(Clone, Debug)]
pub(crate) struct Passive<'g> {
    pub code: Code,
    pub captures: Vec<Capture<'g>>,
}

#[derive(Clone, Debug)]
pub(crate) enum Stmt<'g> {
    /// Passive code as it stands.
    Copy(Passive<'g>),
    /// The leaf's value from here on: the value that passive code has at this place. A `stable` one
    /// has the same value wherever it is in scope, so it is not bound but written out where used. A `kept` one
    /// stays where nothing reads it: rustc may know the type of what it binds from there alone.
    Bind {
        leaf: Expr<'g>,
        value: Passive<'g>,
        stable: bool,
        kept: bool,
    },
    Branch(Branch<'g>),
}

#[derive(Clone, Debug)]
pub(crate) struct Branch<'g> {
    pub head: Head<'g>,
    pub arms: Vec<Arm<'g>>,
    /// The leaves that stand for the results of the arm taken.
    pub results: Vec<Expr<'g>>,
}

#[derive(Clone, Debug)]
pub(crate) enum Head<'g> {
    /// One arm, always taken: a block with names of its own.
    Block,
    /// Two arms, for true and false.
    If(Expr<'g>),
    /// Likewise, for a condition that only Rust understands.
    IfCode(Passive<'g>),
    /// As many arms as the user wrote, each with a pattern.
    Match(Passive<'g>),
}

#[derive(Clone, Debug)]
pub(crate) struct Arm<'g> {
    pub pattern: Option<Code>,
    /// A region with one result, the condition.
    pub guard: Option<Region<'g>>,
    pub region: Region<'g>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Region<'g> {
    pub body: Vec<Stmt<'g>>,
    pub results: Vec<Expr<'g>>,
    /// It ends in a panic and has no results.
    pub diverges: bool,
}

/// A parsed function.
#[derive(Clone, Debug)]
pub(crate) struct Function<'g> {
    /// What it is differentiated by, in parameter order.
    pub variables: Vec<Expr<'g>>,
    pub body: Region<'g>,
    /// The structure of its result, over `body.results`.
    pub result: Tree<usize>,
}

impl<'g> Branch<'g> {
    /// The two sides of the equation that decides between the arms, and the places of the arm in which it
    /// holds and of the other one; only if the other one is mere arithmetic.
    pub fn equality(&self) -> Option<([Expr<'g>; 2], (usize, usize))> {
        let Head::If(condition) = self.head else { return None };
        let arms = if condition.op() == Op::infix("==") {
            (0, 1)
        } else if condition.op() == Op::infix("!=") {
            (1, 0)
        } else {
            return None;
        };
        let mere = |arm: &Arm<'g>| arm.region.body.is_empty() && !arm.region.diverges;
        let sides = <[Expr<'g>; 2]>::try_from(condition.args()).ok()?;
        (mere(&self.arms[arms.1]) && !self.arms[arms.0].region.diverges).then_some((sides, arms))
    }
}

impl<'g> Head<'g> {
    /// What it reads, to be replaced.
    pub fn reads_mut(&mut self) -> Vec<&mut Expr<'g>> {
        match self {
            Head::Block => Vec::new(),
            Head::If(condition) => vec![condition],
            Head::IfCode(passive) | Head::Match(passive) => passive.reads_mut(),
        }
    }

    /// What it reads.
    pub fn reads(&self) -> Vec<Expr<'g>> {
        match self {
            Head::Block => Vec::new(),
            Head::If(condition) => vec![*condition],
            Head::IfCode(passive) | Head::Match(passive) => passive.reads(),
        }
    }
}

impl<'g> Passive<'g> {
    /// What it reads, to be replaced.
    pub fn reads_mut(&mut self) -> Vec<&mut Expr<'g>> {
        self.captures.iter_mut().flat_map(|capture| capture.value.leaves_mut()).collect()
    }

    /// What it reads.
    pub fn reads(&self) -> Vec<Expr<'g>> {
        self.captures.iter().flat_map(|capture| capture.value.leaves()).copied().collect()
    }
}

impl<'g> Region<'g> {
    /// Every region inside, this one first, in order.
    pub fn for_each(&self, f: &mut impl FnMut(&Region<'g>)) {
        f(self);
        for stmt in &self.body {
            if let Stmt::Branch(branch) = stmt {
                for arm in &branch.arms {
                    if let Some(guard) = &arm.guard {
                        guard.for_each(f);
                    }
                    arm.region.for_each(f);
                }
            }
        }
    }

    /// Every region inside with leave to change it, this one last.
    pub fn for_each_mut(&mut self, f: &mut impl FnMut(&mut Region<'g>)) {
        for stmt in &mut self.body {
            if let Stmt::Branch(branch) = stmt {
                for arm in &mut branch.arms {
                    if let Some(guard) = &mut arm.guard {
                        guard.for_each_mut(f);
                    }
                    arm.region.for_each_mut(f);
                }
            }
        }
        f(self);
    }
}
