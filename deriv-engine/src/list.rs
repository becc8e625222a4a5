//! Collecting and sorting, compiled quickly.
//!
//! The standard library does both in many layers, which become fast code when they are optimised. A macro
//! seldom is, and every user compiles it: there the layers are compiled anew for each iterator and each
//! type, which took a good part of this crate's build.

use std::cmp::Ordering;

/// `collect` for lists.
pub trait List: Iterator + Sized {
    /// The items in a `Vec`.
    fn list(self) -> Vec<Self::Item> {
        let mut list = Vec::new();
        for item in self {
            list.push(item);
        }
        list
    }

    /// The same, if there is every one of them.
    fn list_all<T>(self) -> Option<Vec<T>>
    where
        Self: Iterator<Item = Option<T>>,
    {
        let mut list = Vec::new();
        for item in self {
            list.push(item?);
        }
        Some(list)
    }
}

impl<I: Iterator> List for I {}

/// `sort` for lists.
pub trait Sort<T> {
    /// Sorts by a comparison; what it finds equal keeps its order.
    fn order_by(&mut self, compare: impl Fn(&T, &T) -> Ordering);

    /// Sorts by the items themselves.
    fn order(&mut self)
    where
        T: Ord,
    {
        self.order_by(T::cmp);
    }
}

impl<T> Sort<T> for [T] {
    fn order_by(&mut self, compare: impl Fn(&T, &T) -> Ordering) {
        let mut places = sorted(self.len(), &|i, j| compare(&self[i], &self[j]));
        // Along each cycle of the permutation, every item moves to its place.
        for start in 0..places.len() {
            let mut place = start;
            while places[place] != start {
                let from = std::mem::replace(&mut places[place], place);
                self.swap(place, from);
                place = from;
            }
            places[place] = place;
        }
    }
}

/// The numbers of so many items in order: the one sort there is.
fn sorted(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut numbers = (0..count).list();
    numbers.sort_by(|&i, &j| compare(i, j));
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorting_is_stable() {
        for count in 0..50_u32 {
            let scrambled = (0..count).map(|i| (i * 37 % 11, i)).list();
            let (mut expected, mut found) = (scrambled.clone(), scrambled);
            expected.sort_by_key(|pair| pair.0);
            found.order_by(|a, b| a.0.cmp(&b.0));
            assert_eq!(found, expected);
            found.order();
            assert!(found.is_sorted());
        }
    }
}
