//! The chain rule forwards, on regions and on the graph inside them. It names no operation.
//!
//! A tangent that is structurally zero is absent, never `0.0`: nothing is multiplied by it, so no
//! NaN can come of `0 · ∞`. Where some arms of a branch yield a zero and others don't, the leaf that
//! stands for their tangents is masked ([`Expr::masked`]), which carries that on at run time.

use crate::graph::{Expr, Graph, Kind, Ty};
use crate::hash::HashMap;
use crate::region::{Arm, Branch, Region, Stmt};

/// The tangents of a value, one a direction; `None` is zero.
pub(crate) type Tangents<'g> = Vec<Option<Expr<'g>>>;

/// Differentiates `region` along directions: `seeds` gives the tangents of leaves. The region comes
/// back with branches that yield tangents too, and with it the tangents of its results.
pub(crate) fn forward<'g>(
    graph: &'g Graph,
    region: &Region<'g>,
    seeds: &[(Expr<'g>, Tangents<'g>)],
) -> (Region<'g>, Vec<Tangents<'g>>) {
    let directions = seeds.first().map_or(0, |(_, tangents)| tangents.len());
    let mut pass = Forward {
        graph,
        variables: seeds.iter().map(|(leaf, _)| leaf.id).collect(),
        directions,
        tangents: HashMap::default(),
    };
    for (leaf, tangents) in seeds {
        pass.tangents.insert(leaf.id, tangents.clone());
    }
    pass.region(region)
}

struct Forward<'g> {
    graph: &'g Graph,
    /// The leaves that have tangents from the start.
    variables: Vec<u32>,
    directions: usize,
    tangents: HashMap<u32, Tangents<'g>>,
}

impl<'g> Forward<'g> {
    fn region(&mut self, region: &Region<'g>) -> (Region<'g>, Vec<Tangents<'g>>) {
        let body = region.body.iter().map(|stmt| self.stmt(stmt)).collect();
        let tangents = region.results.iter().map(|&result| self.tangent(result)).collect();
        (Region { body, ..region.clone() }, tangents)
    }

    fn stmt(&mut self, stmt: &Stmt<'g>) -> Stmt<'g> {
        let Stmt::Branch(branch) = stmt else { return stmt.clone() };
        let mut arms: Vec<(Arm<'g>, Vec<Tangents<'g>>)> = Vec::new();
        for arm in &branch.arms {
            let (region, tangents) = self.region(&arm.region);
            arms.push((Arm { region, ..arm.clone() }, tangents));
        }
        let mut results = branch.results.clone();
        let variables = std::mem::take(&mut self.variables);
        let active = |side| self.tangent(side).iter().any(Option::is_some);
        let exact = branch.equality().filter(|(sides, _)| is_point(sides, active, &variables));
        self.variables = variables;
        let exact = exact.map(|(_, arms)| arms);
        for (i, &leaf) in branch.results.iter().enumerate() {
            let mut tangents = Tangents::new();
            for direction in 0..self.directions {
                let mut values: Vec<Option<Expr<'g>>> = Vec::new();
                for (arm, dots) in &arms {
                    if !arm.region.diverges {
                        values.push(dots[i][direction]);
                    }
                }
                if let Some(arms) = exact {
                    at_equality(arms, &mut values);
                }
                tangents.push(join(self.graph, &mut results, &values, leaf.ty(), "dot"));
                if tangents[direction].is_some() {
                    let mut values = values.into_iter();
                    for (arm, _) in arms.iter_mut().filter(|(arm, _)| !arm.region.diverges) {
                        let value = values.next().flatten().unwrap_or(self.graph.constant(0.0));
                        arm.region.results.push(value);
                    }
                }
            }
            self.tangents.insert(leaf.id, tangents);
        }
        let arms = arms.into_iter().map(|(arm, _)| arm).collect();
        Stmt::Branch(Branch { head: branch.head.clone(), arms, results })
    }

    /// The tangents of one expression, by way of all it is computed from.
    fn tangent(&mut self, root: Expr<'g>) -> Tangents<'g> {
        // What is not known yet, arguments before what uses them.
        let mut order = Vec::new();
        let mut stack = vec![root];
        let mut seen = crate::hash::HashSet::default();
        while let Some(expr) = stack.pop() {
            if !self.tangents.contains_key(&expr.id) && seen.insert(expr.id) {
                order.push(expr);
                stack.extend(expr.chain_args());
            }
        }
        order.sort_unstable();
        for expr in order {
            let tangents = self.chain(expr);
            self.tangents.insert(expr.id, tangents);
        }
        self.tangents[&root.id].clone()
    }

    fn chain(&self, expr: Expr<'g>) -> Tangents<'g> {
        let mut sum: Tangents<'g> = vec![None; self.directions];
        if !expr.ty().is_real() {
            return sum;
        }
        for (i, arg) in expr.chain_args().into_iter().enumerate() {
            let dots = &self.tangents[&arg.id];
            if dots.iter().all(Option::is_none) {
                continue;
            }
            if expr.kind() == Kind::Cast {
                return dots.iter().map(|dot| dot.map(|dot| self.graph.cast(dot, expr.ty()))).collect();
            }
            let partial = expr.partial(i);
            if partial.is_zero() {
                continue;
            }
            for (total, dot) in sum.iter_mut().zip(dots) {
                if let Some(dot) = dot {
                    let term = partial * dot.guarded();
                    *total = Some(total.map_or(term, |total| total + term)).filter(|total| !total.is_zero());
                }
            }
        }
        sum
    }
}

/// Whether the two sides of an equality are a variable and a number, so that they are equal at a single
/// point. What is computed may equal something on a whole interval: `x.trunc() == 0.0`, `x == x`.
pub(crate) fn is_point<'g>(
    sides: &[Expr<'g>; 2],
    mut active: impl FnMut(Expr<'g>) -> bool,
    variables: &[u32],
) -> bool {
    let [a, b] = *sides;
    match (active(a), active(b)) {
        (true, false) => variables.contains(&a.id),
        (false, true) => variables.contains(&b.id),
        _ => false,
    }
}

/// Derivatives in the arms of `if a == b { … } else { … }`: where the two sides are equal, and so in one
/// point only, a function that is differentiable there has the derivative that the other arm tends to. If
/// that is no number there, as in `if x == 0.0 { 1.0 } else { x.sin() / x }`, the arm's own remains.
pub(crate) fn at_equality<'g>((equal, other): (usize, usize), values: &mut [Option<Expr<'g>>]) {
    let Some(limit) = values[other].map(Expr::simplify) else { return };
    let own = values[equal].unwrap_or(limit.graph().constant(0.0));
    values[equal] = Some(match limit.as_constant() {
        Some(_) => limit,
        None => limit.is_finite().select(limit, own),
    });
}

/// A leaf, appended to `results`, for the values that the arms of a branch yield; none if all are
/// structurally zero, and masked if some are or may be.
pub(crate) fn join<'g>(
    graph: &'g Graph,
    results: &mut Vec<Expr<'g>>,
    values: &[Option<Expr<'g>>],
    ty: Ty,
    name: &str,
) -> Option<Expr<'g>> {
    if values.iter().all(Option::is_none) {
        return None;
    }
    let leaf = graph.symbol(name, ty);
    results.push(leaf);
    let vanishes = values.iter().any(|value| value.is_none_or(Expr::may_vanish));
    Some(if vanishes { leaf.masked() } else { leaf })
}

impl<'g> Expr<'g> {
    /// The derivative by `variable`, a leaf of the graph, simplified.
    ///
    /// ```
    /// let g = deriv_core::Graph::new();
    /// let x = g.var("x");
    /// assert_eq!(x.sin().differentiate(x).to_string(), "cos(x)");
    /// ```
    pub fn differentiate(self, variable: Expr<'g>) -> Expr<'g> {
        let region = Region { results: vec![self], ..Region::default() };
        let one = self.graph.constant(1.0);
        let (_, tangents) = forward(self.graph, &region, &[(variable, vec![Some(one)])]);
        tangents[0][0].unwrap_or(self.graph.constant(0.0)).simplify()
    }
}
