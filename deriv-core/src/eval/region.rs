//! Evaluation of whole functions: the arms that are taken are followed, the others are not.

use crate::EvalError;
use deriv_engine::graph::{Expr, Graph};
use deriv_engine::region::{Branch, Head, Passive, Region, Stmt};
use deriv_syntax::snippets::Snippets;

/// What cannot be seen from here: by the text of the user's passive code its value, or, for the head of
/// a `match`, the number of the arm that is taken.
pub(crate) type Oracle<'o> = dyn Fn(&str) -> Option<f64> + 'o;

pub(crate) struct Interpreter<'i, 'g> {
    pub graph: &'g Graph,
    pub snippets: &'i Snippets,
    pub passive: &'i Oracle<'i>,
    /// The leaves that have a value so far.
    pub known: Vec<(Expr<'g>, f64)>,
}

impl<'g> Interpreter<'_, 'g> {
    /// The values of the region's results.
    ///
    /// # Errors
    ///
    /// If passive code has no value, a function cannot be evaluated here, or the region ends in a panic.
    pub fn run(&mut self, region: &Region<'g>) -> Result<Vec<f64>, EvalError> {
        for stmt in &region.body {
            match stmt {
                Stmt::Copy { .. } => {}
                Stmt::Bind { leaf, value, .. } => {
                    let value = self.ask(value)?;
                    self.known.push((*leaf, value));
                }
                Stmt::Branch(branch) => self.branch(branch)?,
                _ => return Err(EvalError::Unbound("memory".to_owned())),
            }
        }
        if region.diverges {
            return Err(EvalError::Unbound("a result after a panic".to_owned()));
        }
        self.graph.evaluate(&region.results, &self.known)
    }

    fn branch(&mut self, branch: &Branch<'g>) -> Result<(), EvalError> {
        let holds = |value: f64| usize::from(value == 0.0);
        let taken = match &branch.head {
            Head::Block => 0,
            Head::If(condition) => holds(self.graph.evaluate(&[*condition], &self.known)?[0]),
            Head::IfCode(passive) => holds(self.ask(passive)?),
            Head::Match(passive) => self.ask(passive)? as usize,
        };
        let Some(arm) = branch.arms.get(taken) else {
            return Err(EvalError::Unbound(format!("arm {taken} of a match")));
        };
        let values = self.run(&arm.region)?;
        self.known.extend(branch.results.iter().copied().zip(values));
        Ok(())
    }

    fn ask(&self, passive: &Passive<'g>) -> Result<f64, EvalError> {
        let code = self.snippets.get(passive.code).to_string();
        (self.passive)(&code).ok_or(EvalError::Unbound(code))
    }
}
