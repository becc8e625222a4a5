//! What tests of random functions share: they are made in batches, each a crate that rustc compiles.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

pub fn from_environment(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

pub fn compile(source: &Path, output: &Path, options: &[&str]) -> Result<(), String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let result = Command::new(rustc)
        .args(["--edition", "2024", "-Copt-level=0", "-Cdebuginfo=0", "-Coverflow-checks=on", "-Awarnings"])
        .args(options)
        .arg("-o")
        .arg(output)
        .arg(source)
        .output()
        .map_err(|error| error.to_string())?;
    if result.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&result.stderr).into_owned()) }
}

/// A folder for a test's crates.
pub fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Compiles one of the libraries that the crates link, and says how.
pub fn library(folder: &Path, file: &str, name: &str) -> String {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/random").join(file);
    let library = folder.join(format!("lib{name}.rlib"));
    compile(&source, &library, &["--crate-type", "rlib", "--crate-name", name]).unwrap();
    format!("--extern={name}={}", library.display())
}

/// Runs batches of at most `size` on all processors; each is given its number and size.
pub fn in_batches<T: Send>(count: usize, size: usize, run: impl Fn(usize, usize) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let outcomes = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(2, |n| n.get().min(8));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let batch = next.fetch_add(1, Ordering::Relaxed);
                    if batch * size >= count {
                        break;
                    }
                    let outcome = run(batch, size.min(count - batch * size));
                    outcomes.lock().unwrap().push((batch, outcome));
                }
            });
        }
    });
    let mut outcomes = outcomes.into_inner().unwrap();
    outcomes.sort_by_key(|(batch, _)| *batch);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

/// An item and its products as Rust text, or the first error.
pub fn expand(attribute: &str, text: &str) -> Result<syn::File, String> {
    let item: proc_macro2::TokenStream = text.parse().map_err(|error| format!("{error}: {text}"))?;
    let expanded = std::panic::catch_unwind(|| deriv_core::expand(attribute.parse().unwrap(), item));
    let tokens = expanded.unwrap_or_else(|_| panic!("it panics on\n#[derive_fn({attribute})]\n{text}"));
    let file: syn::File = syn::parse2(tokens).map_err(|error| format!("{error}: {text}"))?;
    match file.items.iter().find_map(|item| match item {
        syn::Item::Macro(error) => Some(error.mac.tokens.to_string()),
        _ => None,
    }) {
        Some(error) => Err(error),
        None => Ok(file),
    }
}
