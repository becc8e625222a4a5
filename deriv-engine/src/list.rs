//! Collecting and sorting, compiled quickly.
//!
//! The standard library does both in many layers, which become fast code when they are optimised. A macro
//! seldom is, and every user compiles it: there the layers are compiled anew for each iterator and each
//! type, which took a good part of this crate's build.

// `for` would make a function of its own, `into_iter`, of each iterator.
#![allow(clippy::while_let_on_iterator)]

use std::cmp::Ordering;
use std::ops::Range;

/// `collect` for lists.
pub trait List: Iterator + Sized {
    /// The items in a `Vec`.
    fn list(mut self) -> Vec<Self::Item> {
        let mut list = Vec::new();
        while let Some(item) = self.next() {
            list.push(item);
        }
        list
    }

    /// `map` and `list`.
    fn each<T>(mut self, mut make: impl FnMut(Self::Item) -> T) -> Vec<T> {
        let mut list = Vec::new();
        while let Some(item) = self.next() {
            list.push(make(item));
        }
        list
    }

    /// `filter_map` and `list`.
    fn each_some<T>(mut self, mut make: impl FnMut(Self::Item) -> Option<T>) -> Vec<T> {
        let mut list = Vec::new();
        while let Some(item) = self.next() {
            if let Some(item) = make(item) {
                list.push(item);
            }
        }
        list
    }

    /// `flat_map` and `list`.
    fn flat<T: IntoIterator>(mut self, mut make: impl FnMut(Self::Item) -> T) -> Vec<T::Item> {
        let mut list = Vec::new();
        while let Some(item) = self.next() {
            list.push_all(make(item));
        }
        list
    }

    /// `filter` and `list`.
    fn only(mut self, mut wanted: impl FnMut(&Self::Item) -> bool) -> Vec<Self::Item> {
        let mut list = Vec::new();
        while let Some(item) = self.next() {
            if wanted(&item) {
                list.push(item);
            }
        }
        list
    }

    /// `chain` and `list`.
    fn joined(self, more: impl IntoIterator<Item = Self::Item>) -> Vec<Self::Item> {
        let mut list = self.list();
        list.push_all(more);
        list
    }

    /// `list`, if there is every one of them.
    fn list_all<T>(mut self) -> Option<Vec<T>>
    where
        Self: Iterator<Item = Option<T>>,
    {
        let mut list = Vec::new();
        while let Some(item) = self.next() {
            list.push(item?);
        }
        Some(list)
    }
}

impl<I: Iterator> List for I {}

/// `extend` for lists.
pub trait PushAll<T> {
    /// Pushes all of these.
    fn push_all(&mut self, items: impl IntoIterator<Item = T>);
}

impl<T> PushAll<T> for Vec<T> {
    fn push_all(&mut self, items: impl IntoIterator<Item = T>) {
        for item in items {
            self.push(item);
        }
    }
}

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
        if self.len() <= FEW {
            let mut end = 1;
            while end < self.len() {
                let mut place = end;
                while place > 0 && compare(&self[place - 1], &self[place]) == Ordering::Greater {
                    self.swap(place - 1, place);
                    place -= 1;
                }
                end += 1;
            }
            return;
        }
        let mut places = sorted(0..self.len(), &|i, j| compare(&self[i], &self[j]));
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

/// The numbers of these items in order: the one sort there is.
fn sorted(items: Range<usize>, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    if items.len() > FEW {
        let middle = items.start + items.len() / 2;
        let (first, second) = (sorted(items.start..middle, compare), sorted(middle..items.end, compare));
        let mut second = &second[..];
        let mut merged = Vec::with_capacity(items.len());
        for number in first {
            while let [next, rest @ ..] = second
                && compare(*next, number) == Ordering::Less
            {
                merged.push(*next);
                second = rest;
            }
            merged.push(number);
        }
        merged.extend_from_slice(second);
        return merged;
    }
    let mut numbers = items.list();
    for end in 1..numbers.len() {
        let mut place = end;
        while place > 0 && compare(numbers[place - 1], numbers[place]) == Ordering::Greater {
            numbers.swap(place - 1, place);
            place -= 1;
        }
    }
    numbers
}

/// So many are sorted by insertion.
const FEW: usize = 16;

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
