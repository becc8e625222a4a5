//! A map in the order of its keys, which compiles quickly.

use std::cmp::Ordering;

/// A sorted list of entries. What is inserted in order, either way, or few, costs little.
#[derive(Clone, PartialEq)]
pub struct SortedMap<K, V> {
    entries: Vec<(K, V)>,
}

impl<K, V> Default for SortedMap<K, V> {
    fn default() -> Self {
        Self { entries: Vec::new() }
    }
}

impl<K: Ord, V> SortedMap<K, V> {
    /// Where the key is, or else belongs.
    fn find(&self, key: &K) -> Result<usize, usize> {
        search(self.entries.len(), &|place| self.entries[place].0.cmp(key))
    }

    pub fn contains_key(&self, key: &K) -> bool {
        self.find(key).is_ok()
    }

    pub fn get(&self, key: &K) -> Option<&V> {
        let place = self.find(key).ok()?;
        Some(&self.entries[place].1)
    }

    pub fn insert(&mut self, key: K, value: V) {
        match self.find(&key) {
            Ok(place) => self.entries[place].1 = value,
            Err(place) => self.entries.insert(place, (key, value)),
        }
    }

    pub fn remove(&mut self, key: &K) -> Option<V> {
        let place = self.find(key).ok()?;
        Some(self.entries.remove(place).1)
    }

    /// Takes out the last entry, if its key is not below this one.
    pub fn pop_from(&mut self, lowest: &K) -> Option<(K, V)> {
        if self.entries.last()?.0 < *lowest {
            return None;
        }
        self.entries.pop()
    }

    pub fn iter(&self) -> std::slice::Iter<'_, (K, V)> {
        self.entries.iter()
    }

    pub fn keys(&self) -> impl Iterator<Item = &K> {
        self.entries.iter().map(|(key, _)| key)
    }
}

impl<K, V> IntoIterator for SortedMap<K, V> {
    type Item = (K, V);
    type IntoIter = std::vec::IntoIter<(K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

/// The number that compares equal, or else the first one that compares greater.
fn search(count: usize, compare: &dyn Fn(usize) -> Ordering) -> Result<usize, usize> {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = (low + high) / 2;
        match compare(middle) {
            Ordering::Less => low = middle + 1,
            Ordering::Equal => return Ok(middle),
            Ordering::Greater => high = middle,
        }
    }
    Err(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_found_in_order() {
        let mut map = SortedMap::default();
        for i in 0..50_u32 {
            map.insert(i * 37 % 50, i);
        }
        assert!(map.keys().copied().eq(0..50));
        assert!((0..50).all(|i| map.get(&(i * 37 % 50)) == Some(&i)));
        assert_eq!(map.remove(&7), Some(7 * 23 % 50));
        assert!(!map.contains_key(&7) && map.remove(&7).is_none());
        assert_eq!(map.pop_from(&49).map(|(key, _)| key), Some(49));
        assert_eq!(map.pop_from(&49), None);
    }
}
