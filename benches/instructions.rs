//! Generated against hand-written derivatives, in instructions, which do not depend on what else the
//! machine does: `cargo bench --bench instructions`. Needs `valgrind`.

#[path = "kernels/mod.rs"]
mod kernels;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    kernels::callgrind::run(kernels::KERNELS, "by hand")
}
