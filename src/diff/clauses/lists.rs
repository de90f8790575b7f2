//! Clauses of one kind that act together: which of the one list is which of the other, and whether each is covered.

use crate::model::policy::Clause;

/// A clause that changed, was removed or was added; with its positions.
pub(super) struct Edited<'a, T> {
    pub(super) before: Option<&'a Clause<T>>,
    pub(super) after: Option<&'a Clause<T>>,
    /// The position in the new list, or where there is none in the old one.
    pub(super) index: usize,
}

/// What differs between two lists, whatever the order: equal clauses are left out, then those alike are paired.
pub(super) fn edited<'a, T>(
    (old, new): (&'a [Clause<T>], &'a [Clause<T>]),
    is_equal: impl Fn(&Clause<T>, &Clause<T>) -> bool,
    is_alike: impl Fn(&Clause<T>, &Clause<T>) -> bool,
) -> Vec<Edited<'a, T>> {
    let mut left: Vec<usize> = (0..old.len()).collect();
    let mut open = Vec::new();
    for (index, after) in new.iter().enumerate() {
        match left.iter().position(|at| is_equal(&old[*at], after)) {
            Some(at) => drop(left.remove(at)),
            None => open.push((index, after)),
        }
    }
    let mut all = Vec::new();
    for (index, after) in open {
        let found = left.iter().position(|at| is_alike(&old[*at], after));
        let before = found.map(|at| &old[left.remove(at)]);
        all.push(Edited { before, after: Some(after), index });
    }
    all.extend(left.into_iter().map(|index| Edited { before: Some(&old[index]), after: None, index }));
    all
}
