//! What things read and define, and the regions inside of them: once to be looked at, and once to be changed. It is
//! the same code for both.

use super::{
    Access, Argument, Call, Dim, Extent, Head, Init, Loop, Order, Part, Passive, Region, Stmt, Tree, Turn,
};
use crate::graph::Expr;
use crate::list::{List, PushAll};

macro_rules! visits {
    ($leaves:ident, $reads:ident, $defines:ident, $regions:ident, $iter:ident $(, $mut:tt)?) => {
        impl<T> Tree<T> {
            /// The leaves, from left to right.
            pub fn $leaves(&$($mut)? self) -> Vec<&$($mut)? T> {
                match self {
                    Tree::Leaf(leaf) => vec![leaf],
                    Tree::Tuple(parts) | Tree::Array(parts) | Tree::Struct(_, parts) => {
                        parts.$iter().flat(Tree::$leaves)
                    }
                }
            }
        }

        impl<'g> Head<'g> {
            /// What it reads.
            pub fn $reads(&$($mut)? self) -> Vec<&$($mut)? Expr<'g>> {
                match self {
                    Head::Block | Head::Earlier { .. } => Vec::new(),
                    Head::If(condition) => vec![condition],
                    Head::AtLeast { over: passive, .. } | Head::IfCode(passive) | Head::Match(passive) => {
                        passive.$reads()
                    }
                }
            }
        }

        impl<'g> Passive<'g> {
            /// What it captures.
            pub fn $reads(&$($mut)? self) -> Vec<&$($mut)? Expr<'g>> {
                self.captures.$iter().flat(|capture| capture.value.$leaves())
            }
        }

        impl<'g> Access<'g> {
            /// The place and the indices.
            pub fn $reads(&$($mut)? self) -> Vec<&$($mut)? Expr<'g>> {
                std::iter::once(&$($mut)? self.place).joined(self.indices.$iter())
            }
        }

        impl<'g> Extent<'g> {
            /// The lengths that are known when the code runs.
            pub fn $reads(&$($mut)? self) -> Vec<&$($mut)? Expr<'g>> {
                let counted = self.dims.$iter().filter_map(|dim| match dim {
                    Dim::Literal(_) | Dim::Fixed(_) | Dim::Typed(_) => None,
                    Dim::Counted(count) => Some(count),
                });
                counted.list()
            }
        }

        impl<'g> Part<'g> {
            /// The place, the indices, and the lengths.
            pub fn $reads(&$($mut)? self) -> Vec<&$($mut)? Expr<'g>> {
                let range = self.range.$iter().flatten();
                self.access.$reads().into_iter().chain(range).joined(self.extent.$reads())
            }
        }

        impl<'g> Argument<'g> {
            /// The numbers in it, or the part of memory.
            pub fn $reads(&$($mut)? self) -> Vec<&$($mut)? Expr<'g>> {
                match self {
                    Argument::Numbers { value, .. } => value.$leaves(),
                    Argument::Memory { part, .. } => part.$reads(),
                }
            }
        }

        impl<'g> Call<'g> {
            /// What it makes, places included.
            pub fn $defines(&$($mut)? self) -> Vec<&$($mut)? Expr<'g>> {
                let derivatives = self.derivatives.$iter().flat_map(Tree::$leaves);
                self.result.$leaves().into_iter().joined(derivatives)
            }
        }

        impl<'g> Loop<'g> {
            /// What its carried values begin with, and what decides how often it turns.
            pub fn $reads(&$($mut)? self) -> Vec<&$($mut)? Expr<'g>> {
                let mut reads = self.initial.$iter().list();
                match &$($mut)? self.turn {
                    Turn::For { over, order, .. } => {
                        reads.push_all(over.$reads());
                        match order {
                            Order::Given | Order::Any | Order::Only(_) | Order::Reversed => {}
                            Order::ReversedFirst(count) => reads.push(count),
                            Order::Segment { from, length } | Order::SegmentReversed { from, length } => {
                                reads.push_all([from, length]);
                            }
                        }
                    }
                    Turn::While(_) | Turn::Endless => {}
                    Turn::Times(count) => reads.push(count),
                }
                reads
            }
        }

        impl<'g> Stmt<'g> {
            /// What it reads itself, places included: what the regions inside read is theirs.
            pub fn $reads(&$($mut)? self) -> Vec<&$($mut)? Expr<'g>> {
                match self {
                    Stmt::Copy { code: passive, .. } | Stmt::Bind { value: passive, .. } => passive.$reads(),
                    Stmt::Branch(branch) => branch.head.$reads(),
                    Stmt::Loop(looped) => looped.$reads(),
                    Stmt::Alloc { extent, init, .. } => {
                        let mut reads = extent.$reads();
                        match init {
                            Init::Fill(value) | Init::Empty(Some(value)) | Init::Like(value) => reads.push(value),
                            Init::Empty(None) | Init::Zeros(_) => {}
                        }
                        reads
                    }
                    Stmt::Clear { place, extent } => std::iter::once(place).chain(extent.$reads()).list(),
                    Stmt::Load { from, .. } | Stmt::LoadRun { from, .. } => from.$reads(),
                    Stmt::Store { to, value, .. } => to.$reads().into_iter().chain([value]).list(),
                    Stmt::StoreRun { to, values, .. } => to.$reads().into_iter().chain(values.$iter()).list(),
                    Stmt::Push { place, value } | Stmt::Record { tape: place, value } => vec![place, value],
                    Stmt::Pop { place, .. } | Stmt::Recall { tape: place, .. } | Stmt::Forget { place, .. } => {
                        vec![place]
                    }
                    Stmt::Swap(a, b) => a.$reads().into_iter().joined(b.$reads()),
                    Stmt::Rows { tapes, over, .. } => tapes.$iter().chain(over.$reads()).list(),
                    Stmt::Save { of, .. } => of.$reads(),
                    Stmt::Segments { over, .. } => over.$reads(),
                    Stmt::Restore { place, from } => vec![place, from],
                    Stmt::AddAll { to, from, scale } => {
                        to.$reads().into_iter().chain(from.$reads()).joined(scale)
                    }
                    Stmt::Call(call) => {
                        let args = call.args.$iter().chain(call.seeds.$iter()).chain(call.buffers.$iter());
                        args.flat(Argument::$reads)
                    }
                }
            }

            /// The leaves that are in scope after it, places included.
            pub fn $defines(&$($mut)? self) -> Vec<&$($mut)? Expr<'g>> {
                match self {
                    Stmt::Bind { leaf, .. }
                    | Stmt::Load { leaf, .. }
                    | Stmt::Pop { leaf, .. }
                    | Stmt::Recall { leaf, .. } => vec![leaf],
                    Stmt::LoadRun { leaves, .. } => leaves.$iter().list(),
                    Stmt::Branch(branch) => branch.results.$iter().list(),
                    Stmt::Loop(looped) => looped.results.$iter().joined(looped.count.$iter()),
                    Stmt::Alloc { place, .. } | Stmt::Save { place, .. } => vec![place],
                    Stmt::Rows { rows, .. } => rows.$iter().list(),
                    Stmt::Segments { segments, .. } => {
                        vec![&$($mut)? segments.length, &$($mut)? segments.number]
                    }
                    Stmt::Call(call) => call.$defines(),
                    Stmt::Copy { .. }
                    | Stmt::Clear { .. }
                    | Stmt::Store { .. }
                    | Stmt::StoreRun { .. }
                    | Stmt::Push { .. }
                    | Stmt::Record { .. }
                    | Stmt::Swap(..)
                    | Stmt::Forget { .. }
                    | Stmt::Restore { .. }
                    | Stmt::AddAll { .. } => Vec::new(),
                }
            }

            /// The regions inside, in the order of the source.
            pub fn $regions(&$($mut)? self) -> Vec<&$($mut)? Region<'g>> {
                match self {
                    Stmt::Branch(branch) => {
                        let regions = branch.arms.$iter().map(|arm| {
                            arm.guard.$iter().chain([&$($mut)? arm.region])
                        });
                        regions.flatten().list()
                    }
                    Stmt::Loop(looped) => match &$($mut)? looped.turn {
                        Turn::While(condition) => vec![condition, &$($mut)? looped.body],
                        Turn::For { .. } | Turn::Endless | Turn::Times(_) => vec![&$($mut)? looped.body],
                    },
                    _ => Vec::new(),
                }
            }
        }
    };
}

visits!(leaves, reading, defining, regions, iter);
visits!(leaves_mut, reads_mut, defines_mut, regions_mut, iter_mut, mut);

macro_rules! copied {
    ($($ty:ident: $($owned:ident $visited:ident)*;)*) => {
        $(impl<'g> $ty<'g> {
            $(
                /// Likewise, copied: they are mere handles.
                pub fn $owned(&self) -> Vec<Expr<'g>> {
                    self.$visited().into_iter().copied().list()
                }
            )*
        })*
    };
}

copied! {
    Head: reads reading;
    Passive: reads reading;
    Access: reads reading;
    Extent: reads reading;
    Part: reads reading;
    Argument: reads reading;
    Call: defines defining;
    Stmt: reads reading defines defining;
}
