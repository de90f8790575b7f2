//! Clauses of one kind that act together: which of the one list is which of the other, and whether each is covered.

use crate::model::policy::Clause;

/// A clause that changed, was removed or was added; with its positions.
pub(super) struct Edited<'a, T> {
    pub(super) before: Option<&'a Clause<T>>,
    pub(super) after: Option<&'a Clause<T>>,
    /// The position in the new list, or where there is none in the old one.
    pub(super) index: usize,
}

/// Whether one clause is the other, in some sense.
type Likeness<'f, T> = dyn Fn(&Clause<T>, &Clause<T>) -> bool + 'f;

/// What differs between two lists, whatever the order: clauses that are equal to the letter are left out, then those that
/// are alike are paired, by the first likeness before the next.
pub(super) fn edited<'a, T>(
    (old, new): (&'a [Clause<T>], &'a [Clause<T>]),
    is_unchanged: impl Fn(&Clause<T>, &Clause<T>) -> bool,
    likenesses: &[&Likeness<T>],
) -> Vec<Edited<'a, T>> {
    let mut left: Vec<usize> = (0..old.len()).collect();
    let mut take = |after: &Clause<T>, test: &Likeness<T>| {
        left.iter().position(|at| test(&old[*at], after)).map(|at| left.remove(at))
    };
    let mut open: Vec<(usize, &Clause<T>, Option<usize>)> = new
        .iter()
        .enumerate()
        .filter_map(|(index, after)| take(after, &is_unchanged).is_none().then_some((index, after, None)))
        .collect();
    for test in likenesses {
        for (_, after, before) in open.iter_mut().filter(|(_, _, before)| before.is_none()) {
            *before = take(after, test);
        }
    }
    let pair = |(index, after, before): (usize, &'a Clause<T>, Option<usize>)| Edited {
        before: before.map(|at| &old[at]),
        after: Some(after),
        index,
    };
    let gone = left.iter().map(|index| Edited { before: Some(&old[*index]), after: None, index: *index });
    open.into_iter().map(pair).chain(gone).collect()
}
