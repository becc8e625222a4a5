//! A printer, an evaluator and a differentiator, as small as the tests allow.

use crate::graph::{Expr, Kind};
use crate::ops::Syntax;

/// A text for a small expression, fully determined by the nodes.
pub fn show(expr: Expr<'_>) -> String {
    text(expr).0
}

fn text(expr: Expr<'_>) -> (String, u8) {
    let args = expr.args();
    match expr.kind() {
        Kind::Const(bits) => {
            (format!("{}", f64::from_bits(bits)), if f64::from_bits(bits) < 0.0 { 11 } else { 99 })
        }
        Kind::Symbol(number) => (expr.graph().symbol_name(number), 99),
        Kind::Op(op) => match op.spec().syntax {
            Syntax::Infix("*", _) if args[0] == args[1] => (format!("{}^2", wrap(args[0], 12)), 12),
            Syntax::Infix(symbol, level) => {
                let symbol = if level == 11 { symbol.to_owned() } else { format!(" {symbol} ") };
                (format!("{}{symbol}{}", wrap(args[0], level), wrap(args[1], level + 1)), level)
            }
            Syntax::Prefix(symbol) => (format!("{symbol}{}", wrap(args[0], 11)), 10),
            _ if op.spec().name == "powi" => (format!("{}^{}", wrap(args[0], 13), wrap(args[1], 13)), 12),
            _ => {
                let args: Vec<String> = args.iter().map(|&arg| show(arg)).collect();
                (format!("{}({})", op.spec().name, args.join(", ")), 99)
            }
        },
        _ => ("?".to_owned(), 99),
    }
}

fn wrap(expr: Expr<'_>, level: u8) -> String {
    let (text, own) = text(expr);
    if own < level { format!("({text})") } else { text }
}

/// The partial derivatives, backwards through the graph.
pub fn gradient<'g>(f: Expr<'g>, variables: &[Expr<'g>]) -> Vec<Expr<'g>> {
    let graph = f.graph();
    let count = graph.len();
    let mut adjoint: Vec<Option<Expr<'g>>> = vec![None; count];
    adjoint[f.id as usize] = Some(graph.constant(1.0));
    for id in (0..=f.id).rev() {
        let Some(seed) = adjoint[id as usize] else { continue };
        let node = graph.expr(id);
        let Some(op) = node.op() else { continue };
        let args = node.args();
        for (i, arg) in args.iter().enumerate() {
            if arg.as_constant().is_some() {
                continue;
            }
            let part = seed * op.partial(i, &args, node);
            let slot = &mut adjoint[arg.id as usize];
            *slot = Some(slot.map_or(part, |sum| sum + part));
        }
    }
    variables.iter().map(|x| adjoint[x.id as usize].unwrap_or(graph.constant(0.0))).collect()
}

/// The derivative of a function of one variable, not simplified.
pub fn derivative<'g>(f: Expr<'g>, x: Expr<'g>) -> Expr<'g> {
    gradient(f, &[x])[0]
}

/// The values of all expressions with bounds of their rounding errors: each operation's own, and what
/// it makes of its arguments' errors.
pub fn with_errors(roots: &[Expr<'_>], symbols: &[(Expr<'_>, f64)]) -> Vec<(f64, f64)> {
    let graph = roots[0].graph();
    let mut values = vec![(f64::NAN, 0.0); graph.len()];
    for (symbol, value) in symbols {
        values[symbol.id as usize] = (*value, 0.0);
    }
    for (id, used) in graph.reachable(roots).into_iter().enumerate() {
        if !used {
            continue;
        }
        let node = graph.node(id as u32);
        match node.kind {
            Kind::Const(bits) => {
                let value = f64::from_bits(bits);
                values[id] = (value, value.abs() * f64::EPSILON);
            }
            Kind::Op(op) => {
                let mut args: Vec<f64> = node.args.iter().map(|&arg| values[arg as usize].0).collect();
                let value = op.evaluate(&args);
                let sum = op.spec().linear.is_some();
                let mut error = value.abs() * 4.0 * f64::EPSILON + if sum { 0.0 } else { f64::MIN_POSITIVE };
                for (i, &arg) in node.args.iter().enumerate() {
                    let (center, radius) = values[arg as usize];
                    if radius == 0.0 || op.spec().args[i].kind == crate::ops::ArgKind::Int {
                        continue;
                    }
                    for side in [center + radius, center - radius] {
                        args[i] = side;
                        let moved = op.evaluate(&args) - value;
                        error = if moved.is_nan() { f64::INFINITY } else { error.max(0.0) + moved.abs() };
                    }
                    args[i] = center;
                }
                values[id] = (value, error);
            }
            _ => {}
        }
    }
    roots.iter().map(|root| values[root.id as usize]).collect()
}
