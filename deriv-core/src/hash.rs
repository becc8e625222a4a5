//! Maps and sets keyed by node numbers and the like. The standard library's hash withstands chosen keys
//! and takes its time for it, above all where the macro is built without optimisation; nobody chooses
//! keys here. No map's order of iteration may reach the output.

use std::collections;
use std::hash::{BuildHasherDefault, Hasher};

pub(crate) type HashMap<K, V> = collections::HashMap<K, V, BuildHasherDefault<Mixer>>;
pub(crate) type HashSet<K> = collections::HashSet<K, BuildHasherDefault<Mixer>>;

/// Multiplies and rotates, a word at a time: Fibonacci hashing (Knuth, The Art of Computer Programming,
/// volume 3, section 6.4).
#[derive(Default)]
pub(crate) struct Mixer(u64);

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        // The map looks at the highest bits and at the lowest ones.
        self.0.rotate_left(20)
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u8(&mut self, value: u8) {
        self.write_u64(u64::from(value));
    }

    fn write_u32(&mut self, value: u32) {
        self.write_u64(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = (self.0.rotate_left(5) ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write_usize(&mut self, value: usize) {
        self.write_u64(value as u64);
    }

    fn write_isize(&mut self, value: isize) {
        self.write_u64(value as u64);
    }
}
