//! That what the benchmarks compare is right: derivatives by hand and generated ones, against each
//! other and against differences.

#[path = "../benches/programs/mod.rs"]
mod programs;

#[test]
fn programs_by_hand_and_generated_agree_with_differences() {
    for row in programs::rows() {
        (row.check)();
    }
}
