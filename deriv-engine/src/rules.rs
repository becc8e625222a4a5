//! The partial derivative of any node by one of its arguments: from the table of operations, or, for
//! a function outside the table, by the naming convention for its derivatives.

use crate::graph::{Callee, Expr, Kind, Ty};
use crate::list::List;

impl<'g> Expr<'g> {
    /// The partial derivative by argument `i`, built in the graph; structural zero if there is none.
    pub(crate) fn partial(self, i: usize) -> Expr<'g> {
        let args = self.args();
        match self.kind() {
            Kind::Op(op) => op.partial(i, &args, self),
            Kind::Call(number) => {
                let callee = self.graph.callee_info(number);
                match callee.variables.iter().position(|&place| place == i) {
                    Some(variable) => self.call_partial(callee, &args, 0, variable),
                    None => self.graph.constant(0.0),
                }
            }
            Kind::Elem(component) => {
                let Kind::Call(number) = args[0].kind() else {
                    unreachable!("only calls have components");
                };
                // The chain rule has gone through to the call's own arguments: see `chain_args`.
                let callee = self.graph.callee_info(number);
                let inputs = args[0].args();
                match callee.variables.iter().position(|&place| place == i) {
                    Some(variable) => self.call_partial(callee, &inputs, component, variable),
                    None => self.graph.constant(0.0),
                }
            }
            Kind::Const(_) | Kind::Symbol(_) | Kind::Cast => {
                unreachable!("leaves have no arguments, and a cast is linear")
            }
        }
    }

    /// What the chain rule differentiates a node by: its arguments, or, for a component of what a
    /// call returns, the arguments of the call.
    pub(crate) fn chain_args(self) -> Vec<Expr<'g>> {
        match self.kind() {
            Kind::Elem(_) => self.args()[0].args(),
            _ => self.args(),
        }
    }

    /// Component `component · n + variable` of the next derivative of a call by its `n` variables.
    fn call_partial(self, callee: Callee, args: &[Expr<'g>], component: u32, variable: usize) -> Expr<'g> {
        let count = callee.variables.len();
        let scalar = count == 1;
        let next =
            Callee { order: callee.order + 1, ty: if scalar { callee.ty } else { Ty::Aggregate }, ..callee };
        let ty = next.ty;
        let number = self.graph.callee(next);
        let ids: Vec<u32> = args.iter().each(|arg| arg.id);
        let call = self.graph.intern(Kind::Call(number), &ids, ty);
        if scalar {
            return call;
        }
        let element = component * count as u32 + variable as u32;
        self.graph.intern(Kind::Elem(element), &[call.id], Ty::Any)
    }
}
