//! The documentation of a product: what it is, and its formula.

use crate::graph::Expr;
use crate::list::{List, PushAll};
use crate::print::formula;
use crate::products::Derived;
use crate::region::{Head, Init, Region, Stmt};
use crate::simplify::readable;
use deriv_syntax::attribute::{Product, ProductKind};
use deriv_syntax::signature::Signature;
use deriv_syntax::snippets::{Parsed, Snippets};
use deriv_syntax::tokens::readable as readable_code;
use syn::ItemFn;

/// The formula takes at most this many lines of about this width.
const LINES: usize = 12;
const WIDTH: usize = 100;

/// The lines of the documentation.
pub(super) fn documentation(
    item: &ItemFn,
    signature: &Signature,
    product: &Product,
    parsed: &Parsed<'_>,
    derived: &Derived<'_>,
) -> Vec<String> {
    let f = item.sig.ident.to_string();
    let variables = signature.params.iter().filter(|param| param.variable);
    let names: Vec<String> =
        variables.each(|param| param.name.as_ref().map_or("_".to_owned(), ToString::to_string));
    let arguments = names.join(", ");
    let numbers: Vec<String> = parsed.function.numbers().iter().each(ToString::to_string);
    let summary = match product.kind {
        ProductKind::Prime(1) => None,
        ProductKind::Prime(order) => Some(format!("The derivative of order {order} of `{f}`.")),
        ProductKind::ValueAndPrime => Some(format!("`{f}` and its derivative by {arguments}, in one pass.")),
        ProductKind::Hessian => Some(format!("The second derivatives of `{f}` by {arguments}.")),
        ProductKind::Jvp => {
            Some(format!("`{f}` and its derivative along the given tangents of {arguments}."))
        }
        ProductKind::Vjp => Some(format!("`{f}` and the cotangents of {arguments} for the given seed.")),
        ProductKind::Onto => return Vec::new(),
        ProductKind::Hvp => Some(format!("The Hessian of `{f}` by {arguments}, times the given tangents.")),
    };
    let labels = labels(&f, &numbers, product.kind, parsed.function.body.results.len());
    let lines = formulas(&labels, &derived.region, &parsed.snippets);
    let mut docs: Vec<String> = summary.into_iter().list();
    match lines {
        Some(lines) => {
            if !docs.is_empty() {
                docs.push(String::new());
            }
            match &lines[..] {
                [line] => docs.push(line.clone()),
                lines => {
                    docs.push("```text".to_owned());
                    docs.push_all(lines.iter().cloned());
                    docs.push("```".to_owned());
                }
            }
        }
        None if docs.is_empty() => docs.push(format!("The derivative of `{f}` by {arguments}.")),
        None => {}
    }
    let kept = kept(&derived.region);
    if !kept.is_empty() {
        docs.push(String::new());
        docs.push(format!("It keeps {} of every iteration for the way back.", kept.join(", ")));
    }
    docs
}

/// The names of what the reverse sweep keeps of every iteration.
fn kept(region: &Region<'_>) -> Vec<String> {
    let mut names = Vec::new();
    region.for_each(&mut |region| {
        for stmt in &region.body {
            if let Stmt::Alloc { place, init: Init::Empty(None), .. } = stmt
                && let Some(name) = place.name().strip_suffix("_tape")
            {
                let name =
                    if name.is_empty() { "an intermediate value".to_owned() } else { format!("`{name}`") };
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
    });
    names
}

/// How the formulas of a product's results are introduced, by the numbers that the variables are; none for
/// products without formulas.
fn labels(f: &str, names: &[String], kind: ProductKind, components: usize) -> Vec<String> {
    let component = |i: usize| if components == 1 { f.to_owned() } else { format!("{f}{}", subscript(i)) };
    let each = 0..components;
    match (kind, names) {
        (ProductKind::Prime(order), [name]) => {
            let marks =
                if order <= 3 { "'".repeat(order as usize) } else { format!("⁽{}⁾", superscript(order)) };
            each.each(|i| format!("{}{marks}({name})", component(i)))
        }
        (ProductKind::Prime(_), names) => {
            let pairs = each.flat_map(|i| names.iter().map(move |name| (i, name)));
            pairs.each(|(i, name)| format!("∂{}/∂{name}", component(i)))
        }
        (ProductKind::Hessian, [name]) => vec![format!("{f}''({name})")],
        (ProductKind::Hessian, names) => {
            names.iter().flat(|a| names.iter().map(move |b| format!("∂²{f}/∂{a}∂{b}")))
        }
        _ => Vec::new(),
    }
}

/// The formulas of a region's results, case by case where it is a branch.
fn formulas(labels: &[String], region: &Region<'_>, snippets: &Snippets) -> Option<Vec<String>> {
    if labels.is_empty() || labels.len() != region.results.len() {
        return None;
    }
    let cases = cases(region, snippets)?;
    if cases.len() * labels.len() > LINES {
        return None;
    }
    if let [(_, results)] = &cases[..] {
        let roots: Vec<(String, Expr<'_>)> = labels.iter().cloned().zip(readable(results)).list();
        return formula(&roots, WIDTH, LINES);
    }
    let mut lines = Vec::new();
    for (i, label) in labels.iter().enumerate() {
        let mut block = Vec::new();
        for (case, (condition, results)) in cases.iter().enumerate() {
            let shown = readable(&results[i..=i])[0];
            let [line] = &formula(&[(label.clone(), shown)], WIDTH, 1)?[..] else { return None };
            let line = match case {
                0 => line.clone(),
                _ => line.replacen(label, &" ".repeat(label.chars().count()), 1),
            };
            block.push((line, condition));
        }
        let width = block.iter().map(|(line, _)| line.chars().count()).max().unwrap_or(0);
        for (line, condition) in block {
            let gap = " ".repeat(width - line.chars().count() + 2);
            lines.push(match condition {
                Some(condition) => format!("{line}{gap}if {condition}"),
                None => format!("{line}{gap}otherwise"),
            });
        }
    }
    Some(lines)
}

/// A region's results by the conditions under which they hold; the last one holds otherwise. None if it
/// is more complicated than that.
type Cases<'g> = Vec<(Option<String>, Vec<Expr<'g>>)>;

fn cases<'g>(region: &Region<'g>, snippets: &Snippets) -> Option<Cases<'g>> {
    let mut cases = Vec::new();
    let mut region = region;
    loop {
        let (last, before) = match region.body.split_last() {
            Some((last, before)) => (Some(last), before),
            None => (None, &[][..]),
        };
        // What loops and memory make has no formula.
        let plain =
            |stmt: &Stmt<'g>| matches!(stmt, Stmt::Copy { .. } | Stmt::Bind { .. } | Stmt::Load { .. });
        let ends = last.is_none_or(|last| plain(last) || matches!(last, Stmt::Branch(_)));
        if region.diverges || !ends || !before.iter().all(plain) {
            return None;
        }
        let Some(Stmt::Branch(branch)) = last else {
            cases.push((None, region.results.clone()));
            return Some(cases);
        };
        if branch.results != region.results {
            return None;
        }
        let simple = |region: &Region<'g>| {
            !region.diverges && !region.body.iter().any(|stmt| matches!(stmt, Stmt::Branch(_)))
        };
        match &branch.head {
            Head::Block => region = &branch.arms[0].region,
            // Nothing to be written down has loops.
            Head::AtLeast { .. } | Head::Earlier { .. } => return None,
            Head::If(_) | Head::IfCode(_) => {
                if !simple(&branch.arms[0].region) {
                    return None;
                }
                let condition = match &branch.head {
                    Head::If(condition) => condition.to_string(),
                    Head::IfCode(passive) => readable_code(&snippets.get(passive.code).to_string()),
                    Head::Block | Head::AtLeast { .. } | Head::Earlier { .. } | Head::Match(_) => {
                        return None;
                    }
                };
                cases.push((Some(condition), branch.arms[0].region.results.clone()));
                region = &branch.arms[1].region;
            }
            Head::Match(passive) => {
                let scrutinee = readable_code(&snippets.get(passive.code).to_string());
                for arm in &branch.arms {
                    if !simple(&arm.region) || arm.guard.is_some() {
                        return None;
                    }
                    let pattern = arm.pattern.map_or_else(String::new, |code| snippets.get(code).to_string());
                    let condition =
                        (pattern != "_").then(|| format!("{scrutinee} is {}", readable_code(&pattern)));
                    cases.push((condition, arm.region.results.clone()));
                }
                return Some(cases);
            }
        }
    }
}

fn subscript(i: usize) -> String {
    i.to_string().chars().map(|c| char::from_u32(0x2080 + c.to_digit(10).unwrap_or(0)).unwrap_or(c)).collect()
}

fn superscript(i: u32) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    i.to_string().chars().filter_map(|c| c.to_digit(10)).map(|digit| DIGITS[digit as usize]).collect()
}
