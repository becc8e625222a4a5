//! Stand-ins until the evaluator and the chain rule are merged.
use crate::{Expr, graph::Kind};

/// Why there is no value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum EvalError {
    /// No value was given for this name.
    Unbound(String),
}

impl std::fmt::Display for EvalError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let EvalError::Unbound(name) = self;
        write!(f, "no value for `{name}`")
    }
}

impl std::error::Error for EvalError {}

impl<'g> Expr<'g> {
    /// Its value.
    pub fn evaluate(self, values: &[(Expr<'g>, f64)]) -> Result<f64, EvalError> {
        let needed = self.graph.reachable(&[self]);
        let mut out = vec![0.0; needed.len()];
        for id in (0..needed.len()).filter(|&id| needed[id]) {
            let node = self.graph.node(id as u32);
            out[id] = match node.kind {
                Kind::Const(bits) => f64::from_bits(bits),
                Kind::Op(op) => op.evaluate(&node.args.iter().map(|&a| out[a as usize]).collect::<Vec<_>>()),
                Kind::Symbol(s) => match values.iter().find(|(v, _)| v.id == id as u32) {
                    Some((_, value)) => *value,
                    None => return Err(EvalError::Unbound(self.graph.symbol_name(s))),
                },
                _ => f64::NAN,
            };
        }
        Ok(out[self.id as usize])
    }

    /// Its derivative.
    pub fn differentiate(self, x: Expr<'g>) -> Expr<'g> {
        let needed = self.graph.reachable(&[self]);
        let mut dots: Vec<Option<Expr<'g>>> = vec![None; needed.len()];
        dots[x.id as usize] = Some(self.graph.constant(1.0));
        for id in (0..needed.len()).filter(|&id| needed[id] && id != x.id as usize) {
            let e = self.graph.expr(id as u32);
            let Some(op) = e.op() else { continue };
            let args = e.args();
            for i in 0..args.len() {
                if let Some(dot) = dots[args[i].id as usize] {
                    let term = op.partial(i, &args, e) * dot;
                    dots[id] = Some(dots[id].map_or(term, |sum| sum + term));
                }
            }
        }
        dots[self.id as usize].unwrap_or(self.graph.constant(0.0))
    }

    /// Itself.
    pub fn simplify(self) -> Expr<'g> {
        self
    }
}
