use proc_macro2::*;
use quote::quote;
fn main() {
    let mode = std::env::args().nth(1).unwrap();
    let n: usize = std::env::args().nth(2).unwrap().parse().unwrap();
    let mb: usize = std::env::args().nth(3).unwrap().parse().unwrap();
    std::thread::Builder::new()
        .stack_size(mb * 1024)
        .spawn(move || {
            let rep = |part: TokenStream| -> TokenStream { (0..n).flat_map(|_| part.clone()).collect() };
            let (b, a) = match mode.as_str() {
                "sum" => (quote!(x), rep(quote!(+ x * 2.5))),
                "neg" => (rep(quote!(-)), quote!(x)),
                "ref" => (rep(quote!(&)), quote!(x)),
                "elseif" => (rep(quote!(if x > 0.0 { 1.0 } else)), quote!({ x })),
                "meth" => (quote!(x), rep(quote!(.sin()))),
                "cast" => (quote!(x), rep(quote!(as f64))),
                "idx" => (quote!(x), rep(quote!([0]))),
                "clos" => (rep(quote!(|y|)), quote!(x)),
                "asg" => (rep(quote!(y =)), quote!(x)),
                "ret" => (rep(quote!(return)), quote!(x)),
                "call" => (quote!(g), rep(quote!((2)))),
                "and" => (quote!(x > 0.0), rep(quote!(&&x > 0.0))),
                "ifs" => (
                    rep(quote!(if x > 1.0 {
                        y = 2.0;
                    })),
                    quote!(x),
                ),
                "rets" => (
                    rep(quote!(if x > 1.0 {
                        return 2.0;
                    })),
                    quote!(x),
                ),
                "lets" => (rep(quote!(let y = x;)), quote!(x)),
                _ => panic!(),
            };
            let item = quote!(fn f(x: f64) -> f64 { let mut y = 1.0; #b #a });
            if std::env::args().nth(4).is_some() {
                let f: syn::ItemFn = syn::parse2(item).unwrap();
                std::mem::drop(f);
                println!("syn ok");
                return;
            }
            let t = std::time::Instant::now();
            let out = deriv_core::expand(TokenStream::new(), item);
            println!(
                "{} {:?}",
                out.clone().into_iter().filter(|t| t.to_string() == "compile_error").count(),
                t.elapsed()
            );
        })
        .unwrap()
        .join()
        .unwrap();
}
