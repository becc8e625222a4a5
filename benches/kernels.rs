//! Generated against hand-written derivatives, in nanoseconds: `cargo bench --bench kernels`.

#[path = "kernels/mod.rs"]
mod kernels;

use kernels::callgrind::Row;
use kernels::{KERNELS, clock, difference};

fn main() {
    for kernel in KERNELS {
        let [generated, by_hand] = [0, 1].map(|way| (kernel.ways[way].results)());
        let difference = difference(&generated, &by_hand);
        assert!(difference < 1e-9, "{}: generated and hand-written differ by {difference:e}", kernel.name);
    }
    clock::run(&["generated", "by hand"], &Vec::from_iter(KERNELS.iter().map(Row::from)));
}
