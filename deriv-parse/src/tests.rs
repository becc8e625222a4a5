//! What the parser makes of loops and memory, written out.

use super::{Snippets, parse, readable};
use crate::graph::{Expr, Graph, Kind};
use crate::region::{Access, Dim, Extent, Init, Passive, Region, Stmt, Turn};
use deriv_syntax::errors::Errors;
use deriv_syntax::{attribute, signature};
use quote::quote;

/// The body of a function, a statement a line.
fn parsed(item: proc_macro2::TokenStream) -> String {
    let graph = Graph::new();
    let mut errors = Errors::default();
    let options = attribute::parse(proc_macro2::TokenStream::new(), &mut errors);
    let function: syn::ItemFn = syn::parse2(item.clone()).unwrap();
    let mut ignored = Errors::default();
    let signature = signature::read(&item, &function, &options, &mut ignored);
    let parsed = parse(&graph, &function, &signature, &mut errors);
    if errors.count() > 0 {
        return errors.to_compile_errors().to_string();
    }
    let writer = Writer { snippets: &parsed.snippets };
    let mut out = Vec::new();
    writer.region(&parsed.function.body, 0, &mut out);
    out.join("\n")
}

struct Writer<'s> {
    snippets: &'s Snippets,
}

impl Writer<'_> {
    fn node(&self, node: &Expr<'_>) -> String {
        match node.kind() {
            Kind::Symbol(number) => format!("{}{}", node.graph().symbol_name(number), node.id),
            _ if node.as_constant().is_some() => node.as_constant().unwrap().to_string(),
            Kind::Op(op) => {
                let args: Vec<String> = node.args().iter().map(|arg| self.node(arg)).collect();
                format!("{}({})", op.spec().name, args.join(", "))
            }
            _ => node.to_string(),
        }
    }

    fn nodes(&self, nodes: &[Expr<'_>]) -> String {
        nodes.iter().map(|node| self.node(node)).collect::<Vec<_>>().join(", ")
    }

    fn code(&self, code: &Passive<'_>) -> String {
        let captures: String = code
            .captures
            .iter()
            .map(|capture| {
                let values: Vec<_> = capture.value.leaves().into_iter().copied().collect();
                format!(" where {} = {}", self.snippets.get(capture.name), self.nodes(&values))
            })
            .collect();
        readable(&self.snippets.get(code.code).to_string()) + &captures
    }

    fn access(&self, access: &Access<'_>) -> String {
        let indices: String = access.indices.iter().map(|index| format!("[{}]", self.node(index))).collect();
        self.node(&access.place) + &indices
    }

    fn extent(&self, extent: &Extent<'_>) -> String {
        let dims = extent.dims.iter().map(|dim| match dim {
            Dim::Literal(length) => format!("[{length}]"),
            Dim::Fixed(code) => format!("[{}]", self.snippets.get(*code)),
            Dim::Typed(count) => format!("array {}", self.node(count)),
            Dim::Counted(count) => format!("vec {}", self.node(count)),
        });
        dims.collect::<Vec<_>>().join(" ")
    }

    fn region(&self, region: &Region<'_>, depth: usize, out: &mut Vec<String>) {
        let mut inner = Vec::new();
        for stmt in &region.body {
            let again = |again: &bool| if *again { "again " } else { "" };
            inner.push(match stmt {
                Stmt::Copy { code, again: repeats } => format!("{}{}", again(repeats), self.code(code)),
                Stmt::Bind { leaf, value, again: repeats, .. } => {
                    format!("{}{} := {}", again(repeats), self.node(leaf), self.code(value))
                }
                Stmt::Load { leaf, from } => format!("{} := {}", self.node(leaf), self.access(from)),
                Stmt::Store { to, value, add } => {
                    format!("{} {}= {}", self.access(to), if *add { "+" } else { "" }, self.node(value))
                }
                Stmt::Alloc { place, extent, init } => {
                    let init = match init {
                        Init::Fill(value) => self.node(value),
                        _ => "empty".to_owned(),
                    };
                    format!("alloc {}: {} = {init}", self.node(place), self.extent(extent))
                }
                Stmt::Loop(looped) => {
                    let turn = match &looped.turn {
                        Turn::For { pattern, over, again: repeats, .. } => format!(
                            "{}for {} in {}",
                            again(repeats),
                            self.snippets.get(*pattern),
                            self.code(over)
                        ),
                        Turn::While(_) => "while".to_owned(),
                        Turn::Endless => "loop".to_owned(),
                        _ => "times".to_owned(),
                    };
                    format!(
                        "{}{turn} [{}] = [{}] -> [{}]",
                        if looped.exits { "exiting " } else { "" },
                        self.nodes(&looped.params),
                        self.nodes(&looped.initial),
                        self.nodes(&looped.results)
                    )
                }
                Stmt::Branch(branch) => format!("branch -> [{}]", self.nodes(&branch.results)),
                _ => "another statement".to_owned(),
            });
            let regions = stmt.regions();
            out.extend(inner.drain(..).map(|line| "  ".repeat(depth) + &line));
            for region in regions {
                self.region(region, depth + 1, out);
            }
        }
        out.push("  ".repeat(depth) + "= " + &self.nodes(&region.results));
    }
}

#[test]
fn sums_are_carried() {
    let dot = quote!(
        fn dot(x: &[f64], w: &[u8]) -> f64 {
            let mut s = 0.0;
            for i in 0..x.len() {
                let t = x[i] * w[i + 1] as f64;
                s += t * x[i];
            }
            s
        }
    );
    assert_eq!(
        parsed(dot),
        "\
again x.len()14 := x.len()
again for i in 0 .. x.len() [s16] = [0] -> [s23]
  again i17 := i
  x[i]18 := x13[i17]
  again w[i + 1]19 := w[i + 1] as f64
  = add(s16, mul(mul(x[i]18, w[i + 1]19), x[i]18))
= s23"
    );
}

#[test]
fn elements_are_stored() {
    let item = quote!(
        fn list(x: f64, n: usize) -> f64 {
            let mut a = vec![0.0; n];
            for i in 0..a.len() {
                if i > 1 { a[i] = x * a[i - 1] } else { a[i] -= x }
            }
            a[a.len() - 1]
        }
    );
    assert_eq!(
        parsed(item),
        "\
again n10 := n
alloc a12: vec n10 = 0
again for i in 0 ..::core::convert::identity::<::core::primitive::usize >(a_len_0) where a_len_0 = n10 [] = [] -> []
  again i16 := i
  branch -> []
    again i - 113 := i - 1
    a[i - 1]14 := a12[i - 113]
    a12[i16] = mul(x9, a[i - 1]14)
    = \n    a12[i16] += neg(x9)
    = \n  = \nagain a.len() - 118 := :: core::convert::identity::<::core::primitive::usize >(a_len_0) - 1 where a_len_0 = n10
a[a.len() - 1]19 := a12[a.len() - 118]
= a[a.len() - 1]19"
    );
    let item = quote!(
        fn select(x: f64, y: f64, n: usize) -> f64 {
            let a = [x, y, 1.0];
            let mut c = [0.0; 3];
            let mut p = (x, y);
            for i in 0..n {
                p.0 += a[i % 3];
                c[i] *= p.0 * p.1;
                for j in (0..i).rev() {
                    c[j] += a[i];
                }
            }
            c[0] + [x, y][n]
        }
    );
    let text = parsed(item);
    assert!(text.contains("c21[i38] = mul(c[i]39, mul(add(p33, a[i % 3]35), y18))"), "{text}");
    assert!(text.contains("again for j in (0 .. i).rev() [] = [] -> []"), "{text}");
}
