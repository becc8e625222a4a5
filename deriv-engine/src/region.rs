//! What a function is: regions of statements over one expression graph.
//!
//! Mathematics lives in the graph, where nothing has a place; a [`Region`] holds what has one: the
//! user's passive code, copied, what is done to memory, and branches and loops, whose arms and bodies are
//! regions again. A region yields results; the results of a branch are leaves of the graph, which stand
//! for "whatever the arm that was taken yields", and those of a loop stand for "what it carried out of
//! its last iteration". Differentiating a region gives a region, so every product of every order is a
//! composition of the two modes.
//!
//! Every leaf is defined by one statement (or is a parameter), and is in scope from there to the end of
//! the region that the statement stands in, and further in.
//!
//! Nothing here but what the parser compares as text is `Debug`: no one prints it, and every user would compile it.

mod visit;
mod walk;

use crate::graph::{Expr, Ty};
use crate::list::{List, PushAll};
use crate::ops::Op;
use std::rc::Rc;
pub use walk::{Step, Walks};

/// A snippet of the user's source, by its number in the parser's list: the core does not look into it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Code(pub usize);

/// A value with structure: a number, a tuple or an array of such, or a struct.
#[derive(Clone, PartialEq)]
pub enum Tree<T> {
    Leaf(T),
    Tuple(Vec<Tree<T>>),
    Array(Vec<Tree<T>>),
    Struct(Rc<Fields>, Vec<Tree<T>>),
}

/// What a function uses of a struct: the numbers, and the parts that are passed on to other functions as a whole,
/// which are places.
#[derive(PartialEq)]
pub struct Fields {
    /// The struct's type; none of what a call returns.
    pub ty: Option<Code>,
    /// The type of its numbers.
    pub number: Ty,
    /// How each is reached, as in `.axis[0]`, in their order: so a part comes before what is in it.
    pub paths: Vec<String>,
    /// They are the fields of one that the body builds, and there are no others. Otherwise what is not used is zero
    /// in a derivative.
    pub all: bool,
}

/// Whether what is reached by one path in a struct is part of what is reached by another.
pub fn leads_into(whole: &str, part: &str) -> bool {
    part.strip_prefix(whole).is_some_and(|rest| rest.starts_with(['.', '[']))
}

impl<T> Tree<T> {
    /// The same structure with other leaves.
    pub fn map<U>(&self, f: &mut dyn FnMut(&T) -> U) -> Tree<U> {
        match self {
            Tree::Leaf(leaf) => Tree::Leaf(f(leaf)),
            Tree::Tuple(parts) => Tree::Tuple(parts.iter().each(|part| part.map(f))),
            Tree::Array(parts) => Tree::Array(parts.iter().each(|part| part.map(f))),
            Tree::Struct(fields, parts) => {
                Tree::Struct(fields.clone(), parts.iter().each(|part| part.map(f)))
            }
        }
    }
}

impl<T> Tree<T> {
    /// The leaves that are parts of structs.
    pub fn of_structs(&self) -> Vec<&T> {
        match self {
            Tree::Leaf(_) => Vec::new(),
            Tree::Tuple(parts) | Tree::Array(parts) => parts.iter().flat(Tree::of_structs),
            Tree::Struct(..) => self.leaves(),
        }
    }
}

impl Tree<usize> {
    /// Every leaf replaced by a tree.
    pub fn expand(&self, f: &dyn Fn(usize) -> Tree<usize>) -> Tree<usize> {
        match self {
            Tree::Leaf(leaf) => f(*leaf),
            Tree::Tuple(parts) => Tree::Tuple(parts.iter().each(|part| part.expand(f))),
            Tree::Array(parts) => Tree::Array(parts.iter().each(|part| part.expand(f))),
            Tree::Struct(fields, parts) => {
                Tree::Struct(fields.clone(), parts.iter().each(|part| part.expand(f)))
            }
        }
    }
}

/// A name that copied code mentions, with the value it must have there.
#[derive(Clone)]
pub struct Capture<'g> {
    pub name: Code,
    pub value: Tree<Expr<'g>>,
    /// The name was made up: the value is written in its place.
    pub made_up: bool,
}

/// Copied code and the computed values it looks at.
#[derive(Clone)]
pub struct Passive<'g> {
    pub code: Code,
    pub captures: Vec<Capture<'g>>,
}

#[derive(Clone)]
pub enum Stmt<'g> {
    /// Passive code as it stands. Where it may run `again`, it declares names that have the same values
    /// whenever it is run, provided that the earlier statements of this kind have been run there too.
    Copy {
        code: Passive<'g>,
        again: bool,
    },
    /// The leaf's value from here on: the value that passive code has at this place. A `stable` one
    /// has the same value wherever it is in scope, so it is not bound but written out where used. A `kept` one
    /// stays where nothing reads it: rustc may know the type of what it binds from there alone. What may
    /// be evaluated `again` has the same value later on, where the names in it are declared.
    Bind {
        leaf: Expr<'g>,
        value: Passive<'g>,
        stable: bool,
        kept: bool,
        again: bool,
        walk: Option<Walk>,
    },
    Branch(Branch<'g>),
    Loop(Loop<'g>),
    /// A new local place.
    Alloc {
        place: Expr<'g>,
        extent: Extent<'g>,
        init: Init<'g>,
    },
    /// Every number in an existing place becomes zero.
    Clear {
        place: Expr<'g>,
        extent: Extent<'g>,
    },
    /// The leaf's value from here on: what the element holds at this place.
    Load {
        leaf: Expr<'g>,
        from: Access<'g>,
    },
    /// Likewise, of as many elements as there are leaves, one after the other: the last of them is this.
    LoadRun {
        leaves: Vec<Expr<'g>>,
        from: Access<'g>,
    },
    /// The element gets a value, or is increased by it.
    Store {
        to: Access<'g>,
        value: Expr<'g>,
        add: bool,
    },
    /// Likewise, as many elements as there are values, one after the other: the last of them is this.
    StoreRun {
        to: Access<'g>,
        values: Vec<Expr<'g>>,
        add: bool,
    },
    /// A list gets one more element.
    Push {
        place: Expr<'g>,
        value: Expr<'g>,
    },
    /// A list loses its last element, which the leaf stands for from here on.
    Pop {
        leaf: Expr<'g>,
        place: Expr<'g>,
    },
    /// In a loop: this iteration's element of a list that keeps one of each, all of them known beforehand.
    Record {
        tape: Expr<'g>,
        value: Expr<'g>,
    },
    /// In a loop with the same iterations: what was recorded, the loops that record being run through from the
    /// last to the first. Several loops may do so if they look at one of the `Rows` of the list.
    Recall {
        leaf: Expr<'g>,
        tape: Expr<'g>,
    },
    /// Of each list what the last loop over these items that has not been run through has recorded. The lists lose it.
    Rows {
        rows: Vec<Expr<'g>>,
        tapes: Vec<Expr<'g>>,
        over: Passive<'g>,
    },
    /// Two places of one type change their contents.
    Swap(Access<'g>, Access<'g>),
    /// A new list with what a part holds here.
    Save {
        place: Expr<'g>,
        of: Part<'g>,
    },
    /// Adds to each number of a part that of another one, or a multiple of it.
    AddAll {
        to: Part<'g>,
        from: Part<'g>,
        scale: Option<Expr<'g>>,
    },
    /// Divides the items of a loop.
    Segments {
        segments: Segment<'g>,
        over: Passive<'g>,
    },
    /// What a place holds is not read from here on: all of it is written before. Perhaps it is known that every
    /// element is written `once`, and that nothing else in the function writes to it.
    Forget {
        place: Expr<'g>,
        once: bool,
    },
    /// A place gets back what was saved of it.
    Restore {
        place: Expr<'g>,
        from: Expr<'g>,
    },
    Call(Call<'g>),
}

/// How an index goes along with the innermost loop around: it goes up by one with every iteration.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Walk {
    /// Which others it goes along with: the indices with the same number.
    pub along: usize,
    /// How far it is ahead of where all of those are at 0.
    pub ahead: i64,
}

/// A part of a place: what the indices lead to, and of that a range, from and to.
#[derive(Clone)]
pub struct Part<'g> {
    pub access: Access<'g>,
    pub range: Option<[Expr<'g>; 2]>,
    /// What the part holds.
    pub extent: Extent<'g>,
}

/// A call of a user's function that works on memory, or that returns more than a number.
#[derive(Clone)]
pub struct Call<'g> {
    /// The function's number in the graph's list.
    pub function: u32,
    pub product: Product,
    /// It is the function that is being differentiated: there is a `vjp` of it that adds to its buffers, which others
    /// overwrite, and that is called.
    pub itself: bool,
    /// It is a method of the first argument.
    pub method: bool,
    /// The function's own arguments.
    pub args: Vec<Argument<'g>>,
    /// What the product takes after them: seeds and tangents.
    pub seeds: Vec<Argument<'g>>,
    /// At the end: where to write derivatives by slices.
    pub buffers: Vec<Argument<'g>>,
    /// Leaves, and places, for what the function returns; an empty tuple for nothing.
    pub result: Tree<Expr<'g>>,
    /// Likewise for what the product returns beside it.
    pub derivatives: Option<Tree<Expr<'g>>>,
    /// For a pass to tell calls apart; it numbers them itself.
    pub number: usize,
}

/// Which of a function's products is called.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Product {
    Value,
    Jvp,
    Vjp,
    Hvp,
}

#[derive(Clone)]
pub enum Argument<'g> {
    /// A real number, or a tuple, array or struct of such, perhaps by reference; or something else, which is a
    /// constant for the derivative. Parts of structs may be places.
    Numbers {
        value: Tree<Expr<'g>>,
        borrowed: bool,
    },
    Memory {
        part: Part<'g>,
        by: By,
    },
}

/// How memory is passed on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum By {
    Value,
    Reference,
    MutableReference,
}

/// The element of a place that the indices lead to; the place is a leaf of type [`Ty::Aggregate`]. In a struct, a leaf
/// whose name is `.field` leads to a field.
#[derive(Clone, PartialEq, Debug)]
pub struct Access<'g> {
    pub place: Expr<'g>,
    pub indices: Vec<Expr<'g>>,
}

/// What a place holds: numbers in as many dimensions as listed, the outermost first, or a struct.
#[derive(Clone)]
pub struct Extent<'g> {
    pub number: Ty,
    pub dims: Vec<Dim<'g>>,
}

#[derive(Clone)]
pub enum Dim<'g> {
    /// An array of so many elements.
    Literal(usize),
    /// An array, with its length as the source has it.
    Fixed(Code),
    /// An array, whose length is known to its type alone when it is declared; in the end, it is this.
    Typed(Expr<'g>),
    /// A `Vec` or slice of so many elements.
    Counted(Expr<'g>),
}

/// What a new place holds at first.
#[derive(Clone)]
pub enum Init<'g> {
    /// The same passive number everywhere.
    Fill(Expr<'g>),
    /// Nothing: a list to be pushed to, of so many elements in the end, if that is known.
    Empty(Option<Expr<'g>>),
    /// As many zeros as another list has elements.
    Like(Expr<'g>),
    /// Zeros in a struct of this type, or of the one that what is done to it tells.
    Zeros(Option<Code>),
}

/// A body that is run again and again. At the beginning of the first iteration its `params` have the
/// `initial` values, at the beginning of the others the body's results of the one before; the `results`
/// stand for what they have in the end.
#[derive(Clone)]
pub struct Loop<'g> {
    pub turn: Turn<'g>,
    /// Leaves, defined in the body.
    pub params: Vec<Expr<'g>>,
    pub initial: Vec<Expr<'g>>,
    /// Its results are the next values of the parameters and, if the loop `exits`, one more: whether this
    /// iteration was the last.
    pub body: Region<'g>,
    pub exits: bool,
    /// Leaves, one a parameter.
    pub results: Vec<Expr<'g>>,
    /// A leaf that stands for the number of iterations made, where someone wants it.
    pub count: Option<Expr<'g>>,
    /// The leaf of an integer that is another one in each iteration, if there is one.
    pub index: Option<Expr<'g>>,
    /// Places of which it comes to every element, once each, with every load.
    pub whole: Vec<Expr<'g>>,
    /// For a pass to tell loops apart; it numbers them itself.
    pub number: usize,
}

/// What decides how often a loop turns.
#[derive(Clone)]
pub enum Turn<'g> {
    /// `for pattern in over`. If it may run `again`, `over` can be evaluated later with the same items, is
    /// double-ended and has a known length. One that `counts` gives a name to every number of a range; so many of
    /// the loops around it leave the range as it is.
    For { pattern: Code, over: Passive<'g>, again: bool, order: Order<'g>, counts: Option<usize> },
    /// While the region's one result holds, which is computed from the parameters before each iteration.
    While(Region<'g>),
    /// Until the body says that it is done.
    Endless,
    /// So often, without a name for the number of the iteration.
    Times(Expr<'g>),
}

/// In which order a `for` loop takes its items.
#[derive(Clone, Copy)]
pub enum Order<'g> {
    Given,
    /// As they are given, or in any other order.
    Any,
    /// Some of those of a loop that counts, as they are given.
    Only(Share),
    /// From the last to the first.
    Reversed,
    /// Of the first so many, from the last to the first.
    ReversedFirst(Expr<'g>),
    /// Those from a number on, at most so many.
    Segment {
        from: Expr<'g>,
        length: Expr<'g>,
    },
    /// They from the last to the first.
    SegmentReversed {
        from: Expr<'g>,
        length: Expr<'g>,
    },
}

/// Which of the items of a loop, by their numbers.
#[derive(Clone, Copy)]
pub enum Share {
    /// The first so many, which are all there.
    First(usize),
    /// All but those.
    From(usize),
    /// The last so many, which are all there.
    Last(usize),
    /// They come in blocks of so many: of each the last, where all of it is there.
    Blocks(usize),
    /// Those after all such blocks.
    Rest(usize),
}

/// Leaves for how the items of a loop are divided.
#[derive(Clone)]
pub struct Segment<'g> {
    /// How many are in one.
    pub length: Expr<'g>,
    /// How many segments there are.
    pub number: Expr<'g>,
    /// The length asked for; the square root of the number of items if there is none.
    pub every: Option<usize>,
}

#[derive(Clone)]
pub struct Branch<'g> {
    pub head: Head<'g>,
    pub arms: Vec<Arm<'g>>,
    /// The leaves that stand for the results of the arm taken.
    pub results: Vec<Expr<'g>>,
}

#[derive(Clone)]
pub enum Head<'g> {
    /// One arm, always taken: a block with names of its own.
    Block,
    /// Likewise, in a loop that counts: in the block, it is at the item so many before.
    Earlier { pattern: Code, by: usize },
    /// Two arms, for whether a loop over this has at least so many items, and for less.
    AtLeast { items: usize, over: Passive<'g> },
    /// Two arms, for true and false.
    If(Expr<'g>),
    /// Likewise, for a condition that only Rust understands.
    IfCode(Passive<'g>),
    /// As many arms as the user wrote, each with a pattern.
    Match(Passive<'g>),
}

#[derive(Clone)]
pub struct Arm<'g> {
    pub pattern: Option<Code>,
    /// A region with one result, the condition.
    pub guard: Option<Region<'g>>,
    pub region: Region<'g>,
}

#[derive(Clone, Default)]
pub struct Region<'g> {
    pub body: Vec<Stmt<'g>>,
    pub results: Vec<Expr<'g>>,
    /// It ends in a panic and has no results.
    pub diverges: bool,
}

/// A real parameter as the body sees it.
#[derive(Clone)]
pub enum Variable<'g> {
    /// Numbers, each a leaf.
    Numbers(Tree<Expr<'g>>),
    /// Memory: a leaf that stands for all of it. An `output` is written to; one that is `owned` is passed by
    /// value.
    Place { place: Expr<'g>, extent: Extent<'g>, output: bool, owned: bool },
}

impl<'g> Variable<'g> {
    /// Its numbers, or its place.
    pub fn leaves(&self) -> Vec<Expr<'g>> {
        match self {
            Variable::Numbers(tree) => tree.leaves().into_iter().copied().list(),
            Variable::Place { place, .. } => vec![*place],
        }
    }

    /// A place of the derivative's own.
    pub fn local(place: Expr<'g>, extent: Extent<'g>) -> Self {
        Variable::Place { place, extent, output: false, owned: true }
    }

    /// Whether its derivative goes into a buffer.
    pub fn is_counted(&self) -> bool {
        matches!(self, Variable::Place { extent, output: false, .. } if extent.is_counted())
    }

    /// Whether its derivative is returned.
    pub fn is_returned(&self) -> bool {
        match self {
            Variable::Numbers(_) => true,
            Variable::Place { extent, output, .. } => !output && !extent.is_counted(),
        }
    }

    /// The structure of its leaves.
    pub fn into_tree(self) -> Tree<Expr<'g>> {
        match self {
            Variable::Numbers(tree) => tree,
            Variable::Place { place, .. } => Tree::Leaf(place),
        }
    }

    /// The same structure with other leaves.
    pub fn map(&self, f: &mut dyn FnMut(&Expr<'g>) -> Expr<'g>) -> Self {
        match self {
            Variable::Numbers(tree) => Variable::Numbers(tree.map(f)),
            Variable::Place { place, extent, output, owned } => {
                Variable::Place { place: f(place), extent: extent.clone(), output: *output, owned: *owned }
            }
        }
    }
}

/// A parsed function.
#[derive(Clone)]
pub struct Function<'g> {
    /// What it is differentiated by, in parameter order.
    pub variables: Vec<Variable<'g>>,
    pub body: Region<'g>,
    /// The structure of its result, over `body.results`.
    pub result: Tree<usize>,
    /// What the places among its results hold.
    pub returned: Vec<(Expr<'g>, Extent<'g>)>,
    /// The type of the first number of its result.
    pub number: Ty,
}

impl<'g> Function<'g> {
    /// The structures of the variables that are known number by number.
    pub fn trees(&self) -> Vec<&Tree<Expr<'g>>> {
        let trees = self.variables.iter().filter_map(|variable| match variable {
            Variable::Numbers(tree) => Some(tree),
            Variable::Place { .. } => None,
        });
        trees.list()
    }

    /// Whether some variable is in memory, or part of one is used as a whole.
    pub fn has_places(&self) -> bool {
        self.variables.iter().flat(Variable::leaves).iter().any(|leaf| leaf.ty() == Ty::Aggregate)
    }

    /// Whether it calls functions of more than single numbers.
    pub fn has_calls(&self) -> bool {
        self.calls(&|_| true)
    }

    /// Whether such a function writes to what it is given.
    pub fn has_changing_calls(&self) -> bool {
        self.calls(&|call| !call.changes().is_empty())
    }

    /// Whether it calls itself, and by what adds to buffers when it is differentiated.
    pub fn calls_itself(&self) -> bool {
        self.calls(&|call| call.itself)
    }

    fn calls(&self, such: &dyn Fn(&Call<'g>) -> bool) -> bool {
        let mut found = false;
        self.body.for_each(&mut |region| {
            found |= region.body.iter().any(|stmt| matches!(stmt, Stmt::Call(call) if such(call)));
        });
        found
    }

    /// The parameters that it writes to.
    pub fn outputs(&self) -> Vec<Expr<'g>> {
        self.variables.iter().each_some(|variable| match variable {
            Variable::Place { place, output: true, .. } => Some(*place),
            _ => None,
        })
    }

    /// What a place holds, if it is a parameter, is made in the body, or is returned.
    pub fn extent(&self, place: Expr<'g>) -> Option<Extent<'g>> {
        let params = self.variables.iter().filter_map(|variable| match variable {
            Variable::Place { place, extent, .. } => Some((place, extent)),
            _ => None,
        });
        let returned = self.returned.iter().map(|(place, extent)| (place, extent));
        let mut known = params.chain(returned);
        let mut found = known.find(|(known, _)| **known == place).map(|(_, extent)| extent.clone());
        self.body.for_each(&mut |region| {
            for stmt in &region.body {
                match stmt {
                    Stmt::Alloc { place: known, extent, .. } if *known == place => {
                        found = Some(extent.clone())
                    }
                    Stmt::Save { place: known, of } if *known == place => found = Some(of.extent.clone()),
                    _ => {}
                }
            }
        });
        found
    }

    /// Their numbers, end to end.
    pub fn numbers(&self) -> Vec<Expr<'g>> {
        let leaves = self.trees().into_iter().flat(|tree| tree.leaves().into_iter().copied());
        leaves.into_iter().filter(|leaf| leaf.ty() != Ty::Aggregate).list()
    }
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

impl<'g> Access<'g> {
    /// All of a place.
    pub fn whole(place: Expr<'g>) -> Self {
        Access { place, indices: Vec::new() }
    }

    /// The same element of another place.
    pub fn of(&self, place: Expr<'g>) -> Self {
        Access { place, indices: self.indices.clone() }
    }
}

impl Dim<'_> {
    /// Whether it is that of an array.
    pub fn is_array(&self) -> bool {
        matches!(self, Dim::Literal(_) | Dim::Fixed(_) | Dim::Typed(_))
    }
}

impl<'g> Extent<'g> {
    /// Of what a call returns, whose dimensions are known to its type alone.
    pub fn unseen() -> Self {
        Extent { number: Ty::Any, dims: Vec::new() }
    }

    /// Of a struct, or a part of one, that is used as a whole.
    pub fn of_struct() -> Self {
        Extent { number: Ty::Aggregate, dims: Vec::new() }
    }

    /// Whether it is that of a struct.
    pub fn is_struct(&self) -> bool {
        self.number == Ty::Aggregate
    }

    /// Whether its dimensions can be written down.
    pub fn is_known(&self) -> bool {
        !self.is_struct() && !self.dims.iter().any(|dim| matches!(dim, Dim::Typed(_)))
    }

    /// Without dimensions, if they are known to the type alone.
    pub fn known(self) -> Self {
        if self.is_known() { self } else { Extent { dims: Vec::new(), ..self } }
    }

    /// Whether it is a slice or list, whose derivative goes into a buffer.
    pub fn is_counted(&self) -> bool {
        matches!(self.dims.first(), Some(Dim::Counted(_)))
    }
}

impl<'g> Part<'g> {
    /// The same part of another place.
    pub fn of(&self, place: Expr<'g>) -> Self {
        Part { access: self.access.of(place), ..self.clone() }
    }

    /// The whole of a place.
    pub fn whole(place: Expr<'g>, extent: Extent<'g>) -> Self {
        Part { access: Access::whole(place), range: None, extent }
    }
}

impl<'g> Argument<'g> {
    /// The memory that it is, or is part of.
    pub fn place(&self) -> Option<Expr<'g>> {
        match self {
            Argument::Numbers { .. } => None,
            Argument::Memory { part, .. } => Some(part.access.place),
        }
    }

    /// Whether it is a struct.
    pub fn is_struct(&self) -> bool {
        match self {
            Argument::Numbers { value, .. } => matches!(value, Tree::Struct(..)),
            Argument::Memory { part, .. } => part.extent.is_struct(),
        }
    }

    /// Whether it is no constant for the derivative.
    pub fn is_real(&self) -> bool {
        match self {
            Argument::Numbers { value, .. } => {
                value.leaves().iter().any(|leaf| leaf.ty().is_real() || leaf.ty() == Ty::Aggregate)
            }
            Argument::Memory { .. } => true,
        }
    }
}

impl<'g> Call<'g> {
    /// Those of the function, and those of the product.
    pub fn all_args(&self) -> impl Iterator<Item = &Argument<'g>> {
        self.args.iter().chain(&self.seeds).chain(&self.buffers)
    }

    /// Whether it adds to what its buffers hold, rather than to overwrite it.
    pub fn adds(&self) -> bool {
        self.itself && self.product == Product::Vjp
    }

    /// The places that it may change.
    pub fn changes(&self) -> Vec<Expr<'g>> {
        let changed = |arg: &Argument<'g>| match arg {
            Argument::Memory { part, by: By::MutableReference } => Some(part.access.place),
            _ => None,
        };
        self.all_args().each_some(changed)
    }
}

impl<'g> Stmt<'g> {
    /// The leaf gets the value that passive code has here.
    pub fn bind(leaf: Expr<'g>, value: Passive<'g>, again: bool) -> Self {
        Stmt::Bind { leaf, value, stable: false, kept: false, again, walk: None }
    }

    /// The places that it changes itself.
    pub fn changes(&self) -> Vec<Expr<'g>> {
        match self {
            Stmt::Clear { place, .. }
            | Stmt::Push { place, .. }
            | Stmt::Record { tape: place, .. }
            | Stmt::Pop { place, .. } => vec![*place],
            Stmt::Store { to, .. } | Stmt::StoreRun { to, .. } => vec![to.place],
            Stmt::Restore { place, .. } => vec![*place],
            Stmt::AddAll { to, .. } => vec![to.access.place],
            Stmt::Swap(a, b) => vec![a.place, b.place],
            Stmt::Call(call) => call.changes(),
            Stmt::Copy { .. }
            | Stmt::Bind { .. }
            | Stmt::Branch(_)
            | Stmt::Loop(_)
            | Stmt::Alloc { .. }
            | Stmt::Load { .. }
            | Stmt::LoadRun { .. }
            | Stmt::Recall { .. }
            | Stmt::Rows { .. }
            | Stmt::Segments { .. }
            | Stmt::Forget { .. }
            | Stmt::Save { .. } => Vec::new(),
        }
    }

    /// The parts of places that it reads or writes.
    pub fn parts(&self) -> Vec<&Access<'g>> {
        match self {
            Stmt::Load { from, .. } | Stmt::LoadRun { from, .. } => vec![from],
            Stmt::Store { to, .. } => vec![to],
            Stmt::Swap(a, b) => vec![a, b],
            Stmt::AddAll { to, from, .. } => vec![&to.access, &from.access],
            Stmt::Save { of, .. } => vec![&of.access],
            Stmt::Call(call) => call.all_args().each_some(|arg| match arg {
                Argument::Memory { part, .. } => Some(&part.access),
                Argument::Numbers { .. } => None,
            }),
            _ => Vec::new(),
        }
    }

    /// Those of them that it only adds to.
    pub fn adds_to(&self) -> Vec<Expr<'g>> {
        match self {
            Stmt::Store { to, add: true, .. } | Stmt::StoreRun { to, add: true, .. } => vec![to.place],
            Stmt::AddAll { to, .. } => vec![to.access.place],
            Stmt::Call(call) if call.adds() => call.buffers.iter().filter_map(Argument::place).list(),
            _ => Vec::new(),
        }
    }
}

impl<'g> Region<'g> {
    /// Every region inside, this one first, in order.
    pub fn for_each(&self, f: &mut dyn FnMut(&Region<'g>)) {
        f(self);
        for region in self.body.iter().flat(Stmt::regions) {
            region.for_each(f);
        }
    }

    /// Every region inside with leave to change it, this one last.
    pub fn for_each_mut(&mut self, f: &mut dyn FnMut(&mut Region<'g>)) {
        for region in self.body.iter_mut().flat(Stmt::regions_mut) {
            region.for_each_mut(f);
        }
        f(self);
    }

    /// Whether there are neither loops nor memory.
    pub fn is_straight(&self) -> bool {
        let mut straight = true;
        self.for_each(&mut |region| {
            straight &= region
                .body
                .iter()
                .all(|stmt| matches!(stmt, Stmt::Copy { .. } | Stmt::Bind { .. } | Stmt::Branch(_)));
        });
        straight
    }

    /// The number of the first statement that all these leaves are defined before.
    pub fn after(&self, leaves: &[Expr<'g>]) -> usize {
        let defines = |stmt: &Stmt<'g>| stmt.defines().iter().any(|leaf| leaves.contains(leaf));
        self.body.iter().rposition(defines).map_or(0, |last| last + 1)
    }

    /// Everything that is read in the region: by statements, and as results.
    pub fn reads(&self) -> Vec<Expr<'g>> {
        let mut reads = Vec::new();
        self.for_each(&mut |region| {
            reads.push_all(region.body.iter().flat(Stmt::reads));
            reads.extend(&region.results);
        });
        reads
    }

    /// Every leaf that the region defines, at any depth.
    pub fn defines(&self) -> Vec<Expr<'g>> {
        let mut defined = Vec::new();
        self.for_each(&mut |region| {
            for stmt in &region.body {
                defined.push_all(stmt.defines());
                if let Stmt::Loop(looped) = stmt {
                    defined.extend(&looped.params);
                }
            }
        });
        defined
    }
}
