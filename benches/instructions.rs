//! Generated against hand-written derivatives, in instructions, which do not depend on what else the
//! machine does: `cargo bench --bench instructions`. Needs `valgrind`.

#[path = "kernels/mod.rs"]
mod kernels;
#[path = "programs/mod.rs"]
mod programs;

use kernels::callgrind::{Row, run};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    run(&["generated", "by hand"], &Vec::from_iter(kernels::KERNELS.iter().map(Row::from)))?;
    let row = |row: programs::Row| {
        let ways = vec![row.generated, Some(row.by_hand), Some(row.primal)];
        Row { name: row.name, ways, calls: 1 }
    };
    run(&["generated", "by hand", "primal"], &Vec::from_iter(programs::rows().into_iter().map(row)))
}
