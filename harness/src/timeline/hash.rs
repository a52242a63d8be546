use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A map for keys that hold sequence numbers: hashed by a multiplication a word, for a
/// long record has hundreds of thousands.
pub(super) type Map<K, V> = HashMap<K, V, BuildHasherDefault<Quick>>;

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Quick(u64);

/// 2^64 divided by the golden ratio: an odd number without pattern.
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

impl Quick {
    fn add(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(MULTIPLIER);
    }
}

impl Hasher for Quick {
    fn write(&mut self, octets: &[u8]) {
        for part in octets.chunks(8) {
            let mut word = [0; 8];
            word[..part.len()].copy_from_slice(part);
            self.add(u64::from_le_bytes(word));
        }
    }

    fn write_u8(&mut self, word: u8) {
        self.add(u64::from(word));
    }

    fn write_u16(&mut self, word: u16) {
        self.add(u64::from(word));
    }

    fn write_u32(&mut self, word: u32) {
        self.add(u64::from(word));
    }

    fn write_isize(&mut self, word: isize) {
        self.add(word.cast_unsigned() as u64);
    }

    /// The upper half is the better mixed one; the map uses both.
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}
