//! Which indices go along with a loop.

use super::{Access, Loop, Stmt, Turn, Walk};
use crate::graph::{Expr, ids};
use crate::hash::{HashMap, HashSet};
use crate::list::Sort;
use crate::ops::Op;
use crate::tidy::depends_on;

/// The indices in a loop's body.
pub struct Walks<'g> {
    own: HashSet<u32>,
    leaves: HashMap<u32, (Expr<'g>, Walk)>,
}

/// An index that goes up by one with every iteration.
pub struct Step<'g> {
    /// What passive code has for it.
    pub leaf: Expr<'g>,
    pub walk: Walk,
    /// What is added to that, which the loop does not change.
    pub added: Vec<Expr<'g>>,
}

impl<'g> Walks<'g> {
    /// Where the loop does nothing but count.
    pub fn of(looped: &Loop<'g>) -> Self {
        let mut all = Walks::beside(looped);
        if !matches!(looped.turn, Turn::For { counts: Some(_), .. }) {
            all.leaves = HashMap::default();
        }
        all
    }

    /// Also of a loop that counts beside something else.
    pub fn beside(looped: &Loop<'g>) -> Self {
        let leaves = looped.body.body.iter().filter_map(|stmt| match stmt {
            Stmt::Bind { leaf, walk: Some(walk), .. } => Some((leaf.id, (*leaf, *walk))),
            _ => None,
        });
        let own = ids(&[&looped.body.defines()[..], &looped.params].concat());
        Walks { own, leaves: leaves.collect() }
    }

    pub fn step(&self, index: Expr<'g>) -> Option<Step<'g>> {
        if let Some((leaf, walk)) = self.leaves.get(&index.id) {
            return Some(Step { leaf: *leaf, walk: *walk, added: Vec::new() });
        }
        let [a, b] = index.args()[..] else { return None };
        if index.op() != Op::infix("+") {
            return None;
        }
        let (walking, steady) = if self.is_steady(b) { (a, b) } else { (b, a) };
        let mut step = self.step(walking)?;
        if !self.is_steady(steady) {
            return None;
        }
        step.added.push(steady);
        step.added.order_by(|a, b| a.id.cmp(&b.id));
        Some(step)
    }

    /// Whether the loop does not change the index.
    pub fn is_steady(&self, index: Expr<'g>) -> bool {
        !depends_on(index, &self.own)
    }

    /// Whether the iterations reach elements that follow one another.
    pub fn in_a_row(&self, access: &Access<'g>) -> bool {
        let Some((last, others)) = access.indices.split_last() else { return false };
        self.step(*last).is_some() && others.iter().all(|index| self.is_steady(*index))
    }

    /// How many iterations earlier the loop is at one element than at another one, if that is known.
    pub fn ahead(&self, a: &Access<'g>, b: &Access<'g>) -> Option<i64> {
        if a == b {
            return Some(0);
        }
        if a.place != b.place || !self.in_a_row(a) || !self.in_a_row(b) {
            return None;
        }
        let ((last, others), (first, same)) = (a.indices.split_last()?, b.indices.split_last()?);
        let (last, first) = (self.step(*last)?, self.step(*first)?);
        let along = last.walk.along == first.walk.along && last.added == first.added;
        (others == same && along).then_some(last.walk.ahead.checked_sub(first.walk.ahead)?)
    }
}
