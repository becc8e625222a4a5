//! Where the numbers of a derivative stand in what is returned.
//!
//! Derivatives are computed as rows, one a number of the function's result, with an entry for each number
//! of the variables. Here the rows become structures: as values, over the places of the entries. The types
//! that go with them are made in `emit/shape.rs`.

use crate::list::List;
use crate::region::Tree;

/// The structures of a function's variables and of its result.
pub struct Layout<'t> {
    /// Over the places of the numbers among all numbers of the variables.
    variables: Vec<Tree<usize>>,
    /// How many numbers the variables are.
    count: usize,
    result: &'t Tree<usize>,
}

impl<'t> Layout<'t> {
    pub fn new<T>(variables: &[&Tree<T>], result: &'t Tree<usize>) -> Self {
        let mut count = 0;
        let mut next = |_: &T| {
            count += 1;
            count - 1
        };
        let variables = variables.iter().each(|variable| variable.map(&mut next));
        Layout { variables, count, result }
    }

    /// A number for each number of the variables; the first one stands at `offset`.
    pub fn cotangents(&self, offset: usize) -> Tree<usize> {
        let whole = match &self.variables[..] {
            [one] => one.clone(),
            variables if self.are_scalars() => Tree::Array(variables.to_vec()),
            variables => Tree::Tuple(variables.to_vec()),
        };
        whole.map(&mut |i| offset + i)
    }

    /// A row for each number of the result; the first entry stands at `offset`.
    pub fn prime(&self, offset: usize) -> Tree<usize> {
        self.rows(self.result, offset)
    }

    fn rows(&self, result: &Tree<usize>, offset: usize) -> Tree<usize> {
        let start = |row: usize| offset + row * self.count;
        match result {
            Tree::Tuple(parts) => Tree::Tuple(parts.iter().each(|part| self.rows(part, offset))),
            // One Jacobian a variable.
            Tree::Array(_) if self.variables.len() > 1 && !self.are_scalars() => {
                let jacobian =
                    |variable: &Tree<usize>| result.expand(&|row| variable.map(&mut |i| start(row) + i));
                Tree::Tuple(self.variables.iter().each(jacobian))
            }
            _ => result.expand(&|row| self.cotangents(start(row))),
        }
    }

    /// The rows of a square, one for each number of the variables; a scalar has a number.
    pub fn hessian(&self) -> Tree<usize> {
        let row = |i: usize| Tree::Array((0..self.count).each(|j| Tree::Leaf(i * self.count + j)));
        match &self.variables[..] {
            [Tree::Leaf(_)] => Tree::Leaf(0),
            _ => Tree::Array((0..self.count).each(row)),
        }
    }

    /// Several numbers by themselves, which go into one array.
    pub fn are_scalars(&self) -> bool {
        self.variables.iter().all(|variable| matches!(variable, Tree::Leaf(_)))
    }
}
