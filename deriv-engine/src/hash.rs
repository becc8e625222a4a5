//! Maps and sets keyed by node numbers and the like, which are compiled quickly, and fast even so.
//!
//! The standard library's maps are compiled anew for each type of keys and values, and withstand chosen
//! keys. Nobody chooses keys here, and all that does not depend on the types is compiled once: a map is a
//! list of entries, and a table where they are found. Equal insertions and removals give equal lists, so a map
//! may be walked: same input, same output.

use std::borrow::Borrow;
use std::hash::{Hash, Hasher};
use std::ops::Index;

#[derive(Clone)]
pub struct HashMap<K, V> {
    entries: Vec<(K, V)>,
    table: Table,
}

impl<K, V> Default for HashMap<K, V> {
    fn default() -> Self {
        Self { entries: Vec::new(), table: Table::default() }
    }
}

impl<K: Hash + Eq, V> HashMap<K, V> {
    fn find<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<usize>
    where
        K: Borrow<Q>,
    {
        if self.entries.is_empty() { None } else { self.find_hashed(key, hash(key)) }
    }

    fn find_hashed<Q: Eq + ?Sized>(&self, key: &Q, hash: u64) -> Option<usize>
    where
        K: Borrow<Q>,
    {
        self.table.find(hash, &|number| self.entries[number].0.borrow() == key)
    }

    /// The last entry takes its place, or that of one with the same key.
    fn settle(&mut self) {
        let Some((key, _)) = self.entries.last() else { return };
        let hash = hash(key);
        match self.find_hashed(key, hash) {
            Some(number) => drop(self.entries.swap_remove(number)),
            None => self.table.push(hash),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub fn contains_key<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.find(key).is_some()
    }

    pub fn get<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let number = self.find(key)?;
        Some(&self.entries[number].1)
    }

    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let number = self.find(key)?;
        Some(&mut self.entries[number].1)
    }

    pub fn insert(&mut self, key: K, value: V) {
        self.entries.push((key, value));
        self.settle();
    }

    pub fn remove(&mut self, key: &K) -> Option<V> {
        let number = self.find(key)?;
        self.table.swap_remove(number);
        Some(self.entries.swap_remove(number).1)
    }

    pub fn clear(&mut self) {
        self.entries.clear();
        self.table = Table::default();
    }

    pub fn entry(&mut self, key: K) -> Entry<'_, K, V> {
        Entry { map: self, key }
    }

    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.entries.iter().map(|(key, value)| (key, value))
    }

    pub fn keys(&self) -> impl Iterator<Item = &K> {
        self.entries.iter().map(|(key, _)| key)
    }

    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.entries.iter().map(|(_, value)| value)
    }

    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.entries.iter_mut().map(|(_, value)| value)
    }
}

/// The place of a key, taken or not.
pub struct Entry<'m, K, V> {
    map: &'m mut HashMap<K, V>,
    key: K,
}

impl<'m, K: Hash + Eq, V> Entry<'m, K, V> {
    pub fn or_insert_with(self, value: impl FnOnce() -> V) -> &'m mut V {
        let hash = hash(&self.key);
        let number = self.map.find_hashed(&self.key, hash).unwrap_or(self.map.entries.len());
        if number == self.map.entries.len() {
            self.map.entries.push((self.key, value()));
            self.map.table.push(hash);
        }
        &mut self.map.entries[number].1
    }

    pub fn or_insert(self, value: V) -> &'m mut V {
        self.or_insert_with(|| value)
    }

    pub fn or_default(self) -> &'m mut V
    where
        V: Default,
    {
        self.or_insert_with(V::default)
    }
}

impl<K: Hash + Eq, V> Index<&K> for HashMap<K, V> {
    type Output = V;

    fn index(&self, key: &K) -> &V {
        self.get(key).expect("the key is there")
    }
}

impl<K: Hash + Eq, V> Extend<(K, V)> for HashMap<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

impl<K: Hash + Eq, V> FromIterator<(K, V)> for HashMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::default();
        map.extend(entries);
        map
    }
}

impl<K, V> IntoIterator for HashMap<K, V> {
    type Item = (K, V);
    type IntoIter = std::vec::IntoIter<(K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

#[derive(Clone)]
pub struct HashSet<K>(HashMap<K, ()>);

impl<K> Default for HashSet<K> {
    fn default() -> Self {
        Self(HashMap::default())
    }
}

impl<K: Hash + Eq> HashSet<K> {
    pub fn len(&self) -> usize {
        self.0.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn is_subset(&self, other: &Self) -> bool {
        self.iter().all(|key| other.contains(key))
    }

    pub fn iter(&self) -> impl Iterator<Item = &K> {
        self.0.keys()
    }

    pub fn contains<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.0.contains_key(key)
    }

    /// Whether it was not there.
    pub fn insert(&mut self, key: K) -> bool {
        let before = self.len();
        self.0.insert(key, ());
        self.len() > before
    }

    pub fn remove(&mut self, key: &K) {
        self.0.remove(key);
    }
}

impl<K: Hash + Eq> Extend<K> for HashSet<K> {
    fn extend<I: IntoIterator<Item = K>>(&mut self, keys: I) {
        for key in keys {
            self.insert(key);
        }
    }
}

impl<K: Hash + Eq> FromIterator<K> for HashSet<K> {
    fn from_iter<I: IntoIterator<Item = K>>(keys: I) -> Self {
        let mut set = Self::default();
        set.extend(keys);
        set
    }
}

impl<K> IntoIterator for HashSet<K> {
    type Item = K;
    type IntoIter = std::iter::Map<std::vec::IntoIter<(K, ())>, fn((K, ())) -> K>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.entries.into_iter().map(|(key, ())| key)
    }
}

/// A map of nodes, by their numbers: a list of entries, and of each node one more than the number of its entry.
#[derive(Clone)]
pub(crate) struct NodeMap<V> {
    places: Vec<u32>,
    entries: Vec<V>,
}

impl<V> Default for NodeMap<V> {
    fn default() -> Self {
        Self { places: Vec::new(), entries: Vec::new() }
    }
}

impl<V> NodeMap<V> {
    pub fn contains_key(&self, node: &u32) -> bool {
        place(&self.places, *node) > 0
    }

    pub fn get(&self, node: &u32) -> Option<&V> {
        match place(&self.places, *node) {
            0 => None,
            place => Some(&self.entries[place - 1]),
        }
    }

    pub fn get_mut(&mut self, node: &u32) -> Option<&mut V> {
        match place(&self.places, *node) {
            0 => None,
            place => Some(&mut self.entries[place - 1]),
        }
    }

    pub fn insert(&mut self, node: u32, value: V) {
        if let Some(entry) = self.get_mut(&node) {
            *entry = value;
            return;
        }
        self.entries.push(value);
        set(&mut self.places, node, self.entries.len() as u32);
    }
}

impl<V> Index<&u32> for NodeMap<V> {
    type Output = V;

    fn index(&self, node: &u32) -> &V {
        self.get(node).expect("the node is there")
    }
}

/// A set of nodes.
#[derive(Clone, Default)]
pub(crate) struct NodeSet(Vec<u32>);

impl NodeSet {
    pub fn contains(&self, node: &u32) -> bool {
        place(&self.0, *node) > 0
    }

    /// Whether it was not there.
    pub fn insert(&mut self, node: u32) -> bool {
        let is_new = !self.contains(&node);
        set(&mut self.0, node, 1);
        is_new
    }
}

fn place(places: &[u32], node: u32) -> usize {
    let node = node as usize;
    if node < places.len() { places[node] as usize } else { 0 }
}

fn set(places: &mut Vec<u32>, node: u32, place: u32) {
    let node = node as usize;
    if node >= places.len() {
        let mut more = vec![0; 2 * node + 64];
        more[..places.len()].copy_from_slice(places);
        *places = more;
    }
    places[node] = place;
}

/// Where the entries of a map are: a hash table of their numbers, open, with linear probing (Knuth, The Art
/// of Computer Programming, volume 3, section 6.4, algorithms L and R).
#[derive(Clone, Default)]
pub(crate) struct Table {
    /// The entries' hashes.
    hashes: Vec<u64>,
    /// A power of two of slots, more than half of them free: one more than the number. None for a few entries.
    slots: Vec<u32>,
}

const FREE: u32 = 0;

/// So few are looked through one by one.
const FEW: usize = 8;

impl Table {
    pub fn find(&self, hash: u64, fits: &dyn Fn(usize) -> bool) -> Option<usize> {
        // Slices are indexed without calls where nothing is optimised.
        let (hashes, slots) = (&self.hashes[..], &self.slots[..]);
        if slots.is_empty() {
            let mut number = 0;
            while number < hashes.len() {
                if hashes[number] == hash && fits(number) {
                    return Some(number);
                }
                number += 1;
            }
            return None;
        }
        let mut slot = self.home(hash);
        while slots[slot] != FREE {
            let number = slots[slot] as usize - 1;
            if hashes[number] == hash && fits(number) {
                return Some(number);
            }
            slot = self.after(slot);
        }
        None
    }

    pub fn push(&mut self, hash: u64) {
        self.hashes.push(hash);
        let count = self.hashes.len();
        if self.slots.is_empty() && count <= FEW {
            return;
        }
        if 2 * count < self.slots.len() {
            let slot = self.slot_of(hash, FREE);
            self.slots[slot] = count as u32;
            return;
        }
        self.slots = vec![FREE; (4 * count).next_power_of_two()];
        for number in 0..count {
            let slot = self.slot_of(self.hashes[number], FREE);
            self.slots[slot] = number as u32 + 1;
        }
    }

    /// Removes an entry; the last one takes its number.
    fn swap_remove(&mut self, number: usize) {
        if self.slots.is_empty() {
            self.hashes.swap_remove(number);
            return;
        }
        let last = self.hashes.len() - 1;
        let mut hole = self.slot_of(self.hashes[number], number as u32 + 1);
        let moved = self.slot_of(self.hashes[last], last as u32 + 1);
        self.slots[moved] = number as u32 + 1;
        self.slots[hole] = FREE;
        self.hashes.swap_remove(number);
        // What was put further on because the slot was taken moves up.
        let mut slot = self.after(hole);
        while self.slots[slot] != FREE {
            let home = self.home(self.hashes[self.slots[slot] as usize - 1]);
            let distance = |from: usize| slot.wrapping_sub(from) & (self.slots.len() - 1);
            if distance(home) >= distance(hole) {
                self.slots.swap(hole, slot);
                hole = slot;
            }
            slot = self.after(slot);
        }
    }

    /// The slot that holds this.
    fn slot_of(&self, hash: u64, content: u32) -> usize {
        let slots = &self.slots[..];
        let mut slot = self.home(hash);
        while slots[slot] != content {
            slot = self.after(slot);
        }
        slot
    }

    /// Where to look first.
    fn home(&self, hash: u64) -> usize {
        hash as usize & (self.slots.len() - 1)
    }

    fn after(&self, slot: usize) -> usize {
        (slot + 1) & (self.slots.len() - 1)
    }
}

pub(crate) fn hash<Q: Hash + ?Sized>(key: &Q) -> u64 {
    let mut mixer = Mixer::default();
    key.hash(&mut mixer);
    mixer.finish()
}

/// Multiplies and rotates, a word at a time: Fibonacci hashing (Knuth, The Art of Computer Programming,
/// volume 3, section 6.4).
#[derive(Default)]
pub(crate) struct Mixer(u64);

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        // The table looks at the lowest bits, and the highest ones are the best.
        self.0 << 20 ^ self.0 >> 44
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
        // Shifts are no calls where nothing is optimised, as rotations are.
        self.0 = (self.0 << 5 ^ self.0 >> 59 ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write_usize(&mut self, value: usize) {
        self.write_u64(value as u64);
    }

    fn write_isize(&mut self, value: isize) {
        self.write_u64(value as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_does_what_the_standard_one_does() {
        let mut random = 1_u64;
        let (mut found, mut expected) = (HashMap::default(), std::collections::HashMap::new());
        for step in 0..20_000_u64 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let key = random >> 54;
            match random >> 33 & 3 {
                0 => assert_eq!(found.remove(&key), expected.remove(&key)),
                1 => assert_eq!(found.entry(key).or_insert(step), expected.entry(key).or_insert(step)),
                _ => {
                    found.insert(key, step);
                    expected.insert(key, step);
                }
            }
            assert_eq!(found.get(&(key ^ 1)), expected.get(&(key ^ 1)));
        }
        assert_eq!(found.into_iter().collect::<std::collections::HashMap<_, _>>(), expected);
    }
}
