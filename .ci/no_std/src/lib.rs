//! Generated code and run-time helpers in a program without the standard library.
#![no_std]

use deriv::derive_fn;
use num_traits::Float;

/// Arithmetic alone.
#[derive_fn(value_and_prime, hessian, jvp, vjp, hvp)]
pub const fn arithmetic(x: f64, y: f64) -> f64 {
    x * x * y - x / y
}

/// The functions of `libm`.
#[derive_fn(value_and_prime, prime2)]
pub fn with_libm(x: f64) -> f64 {
    libm::exp(-x * x) * libm::sin(x) + libm::lgamma(x)
}

/// A generic float.
#[derive_fn(value_and_prime)]
pub fn generic<T: Float>(x: T) -> T {
    x.sin() * x.sqrt() + x
}

/// Loops, back and forth: what is kept is on the stack.
#[derive_fn(jvp, vjp)]
pub fn with_loops(x: &[f64], rate: f64, out: &mut [f64; 3]) {
    let mut state = [0.5, rate];
    for _ in 0..10 {
        state = [state[0] * rate, state[1] - state[0] * state[1]];
    }
    for (out, x) in out.iter_mut().zip(x) {
        *out = state[0] + state[1] * x;
    }
}

/// Uses everything, so that everything is compiled.
#[unsafe(no_mangle)]
pub extern "C" fn run(x: f64) -> f64 {
    deriv::check::derivative(with_libm, with_libm_prime, 0.5..2.0);
    let slope = deriv::numeric::derivative(with_libm, x);
    let [[a, _], _] = arithmetic_hessian(x, 2.0);
    let (mut out, mut out_bar, mut x_bar) = ([0.0; 3], [1.0; 3], [0.0; 3]);
    let rate_bar = with_loops_vjp(&[x, x, x], 0.5, &mut out, &mut out_bar, &mut x_bar);
    slope.value
        + a
        + rate_bar
        + out[0]
        + x_bar[1]
        + generic_prime(x)
        + with_libm_prime2(x)
        + deriv::special::trigamma(x)
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
