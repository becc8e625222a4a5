//! Evaluation of expressions: the oracle that everything else is tested against.

use crate::graph::{Expr, Graph, Kind, Node, Ty};
use crate::list::List;
use std::fmt;

/// Why an expression has no value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum EvalError {
    /// A variable has no number.
    Unbound(String),
    /// A number was given for what is not a variable of the expression's graph.
    NotAVariable,
    /// The function is only known with the crate's feature `special`.
    NeedsSpecial(&'static str),
    /// The function is the user's, of which nothing but the name is known.
    Call(String),
}

impl fmt::Display for EvalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EvalError::Unbound(name) => write!(f, "the variable `{name}` has no value"),
            EvalError::NotAVariable => f.write_str("a value is given for what is not a variable"),
            EvalError::NeedsSpecial(name) => {
                write!(f, "`{name}` can only be evaluated with the feature `special` of deriv-core")
            }
            EvalError::Call(name) => write!(f, "the function `{name}` can only be evaluated by the compiler"),
        }
    }
}

impl std::error::Error for EvalError {}

impl<'g> Expr<'g> {
    /// Its value, where each variable has the number it is bound to.
    ///
    /// Both arms of a choice are computed, and everything is computed in `f64`; what is of type
    /// `f32` is rounded to it after each operation.
    ///
    /// # Errors
    ///
    /// If a variable is not bound, or a function cannot be evaluated here.
    ///
    /// ```
    /// # use deriv_engine as deriv_core;
    /// let graph = deriv_core::Graph::new();
    /// let x = graph.var("x");
    /// assert_eq!((x.sin() / x).evaluate(&[(x, 2.0)]), Ok(2.0_f64.sin() / 2.0));
    /// ```
    pub fn evaluate(self, bindings: &[(Expr<'g>, f64)]) -> Result<f64, EvalError> {
        self.graph.evaluate(&[self], bindings).map(|values| values[0])
    }
}

impl Graph {
    /// The values of several expressions, each shared part computed once.
    ///
    /// # Errors
    ///
    /// If a variable is not bound, or a function cannot be evaluated here.
    pub fn evaluate<'g>(
        &'g self,
        roots: &[Expr<'g>],
        bindings: &[(Expr<'g>, f64)],
    ) -> Result<Vec<f64>, EvalError> {
        let needed = self.reachable(roots);
        // A number for every node; only needed ones are ever read.
        let mut values = vec![None; self.len()];
        for (variable, value) in bindings {
            if !std::ptr::eq(variable.graph, self) || !matches!(variable.kind(), Kind::Symbol(_)) {
                return Err(EvalError::NotAVariable);
            }
            values[variable.id as usize] = Some(*value);
        }
        let mut args = Vec::new();
        for id in (0..needed.len()).filter(|&id| needed[id]) {
            let node = self.node(id as u32);
            args.clear();
            args.extend(node.args.iter().filter_map(|&arg| values[arg as usize]));
            let value = match (node.kind, values[id]) {
                (Kind::Symbol(_), Some(value)) => value,
                _ => self.compute(&node, &args)?,
            };
            values[id] = Some(if node.ty == Ty::F32 { f64::from(value as f32) } else { value });
        }
        Ok(roots.iter().filter_map(|root| values[root.id as usize]).list())
    }

    /// What a node is worth that is no bound variable, by its arguments.
    #[doc(hidden)]
    pub fn compute(&self, node: &Node, args: &[f64]) -> Result<f64, EvalError> {
        Ok(match node.kind {
            Kind::Const(bits) => f64::from_bits(bits),
            Kind::Symbol(number) => return Err(EvalError::Unbound(self.symbol_name(number))),
            Kind::Op(op) if op.spec().needs_special() && !cfg!(feature = "special") => {
                return Err(EvalError::NeedsSpecial(op.spec().name));
            }
            // Whole numbers are divided as such.
            Kind::Op(op) if node.ty == Ty::Opaque => op.evaluate(args).trunc(),
            Kind::Op(op) => op.evaluate(args),
            Kind::Cast => args.first().copied().unwrap_or(f64::NAN),
            Kind::Call(callee) => return Err(EvalError::Call(self.callee_info(callee).name)),
            // Its call has been reported.
            Kind::Elem(_) => f64::NAN,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_follow_the_bindings() {
        let graph = Graph::new();
        let (x, y) = (graph.var("x"), graph.var("y"));
        let f = x.powi(2) * y + 3.0;
        assert_eq!(f.evaluate(&[(x, 2.0), (y, 5.0)]), Ok(23.0));
        assert_eq!(f.evaluate(&[(x, 2.0)]), Err(EvalError::Unbound("y".to_owned())));
        assert_eq!(f.evaluate(&[(f, 2.0)]), Err(EvalError::NotAVariable));
        let other = Graph::new();
        assert_eq!(f.evaluate(&[(other.var("x"), 2.0)]), Err(EvalError::NotAVariable));
    }

    #[test]
    fn single_precision_is_rounded() {
        let graph = Graph::new();
        let x = graph.symbol("x", Ty::F32);
        let third = (x / 3.0).evaluate(&[(x, 1.0)]);
        assert_eq!(third, Ok(f64::from(1.0_f32 / 3.0)));
    }

    #[test]
    fn special_functions_need_their_feature() {
        let graph = Graph::new();
        let x = graph.var("x");
        let value = x.erf().evaluate(&[(x, 0.0)]);
        let expected = if cfg!(feature = "special") { Ok(0.0) } else { Err(EvalError::NeedsSpecial("erf")) };
        assert_eq!(value, expected);
    }

    #[test]
    fn what_is_not_needed_is_not_computed() {
        let graph = Graph::new();
        let (x, unbound) = (graph.var("x"), graph.var("unbound"));
        let _ = unbound.sin();
        assert_eq!(x.exp().evaluate(&[(x, 0.0)]), Ok(1.0));
    }
}
