//! Where labels find room beside their points: nowhere that something else stands.

use std::ops::Range;

/// A part of a picture that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rect {
    left: i32,
    right: i32,
    top: i32,
    bottom: i32,
}

impl Rect {
    /// Around a middle, so far to each side and so far up and down.
    pub(super) fn around((x, y): (i32, i32), across: i32, up: i32) -> Self {
        Self { left: x - across, right: x + across, top: y - up, bottom: y + up }
    }

    fn touches(&self, other: &Self) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }

    fn is_within(&self, (across, down): &(Range<i32>, Range<i32>)) -> bool {
        self.left >= across.start && self.right <= across.end && self.top >= down.start && self.bottom <= down.end
    }
}

/// What is taken so far.
#[derive(Debug, Default)]
pub(super) struct Labels(Vec<Rect>);

impl Labels {
    /// Takes a part, whatever stands there.
    pub(super) fn take(&mut self, rect: Rect) {
        self.0.push(rect);
    }

    /// Takes all along a line, so far to each side.
    pub(super) fn take_line(&mut self, from: (i32, i32), to: (i32, i32), aside: i32) {
        let steps = ((to.0 - from.0).abs().max((to.1 - from.1).abs()) / (2 * aside)).max(1);
        let at = |step: i32| (from.0 + (to.0 - from.0) * step / steps, from.1 + (to.1 - from.1) * step / steps);
        self.0.extend((0..=steps).map(|step| Rect::around(at(step), aside, aside)));
    }

    /// Takes room for a text of a width and a height near a point, and gives its middle: right of it if there is room,
    /// then left, above and below, then the corners, then all that further away, up to so many lines.
    pub(super) fn find(
        &mut self,
        (x, y): (i32, i32),
        (width, height): (i32, i32),
        lines: i32,
        within: &(Range<i32>, Range<i32>),
    ) -> Option<(i32, i32)> {
        const SIDES: [(i32, i32); 8] = [(1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1)];
        let places = (1..=lines).flat_map(|away| SIDES.map(|(side, down)| (away, side, down)));
        let middles = places.map(|(away, side, down)| {
            let gap = height * 3 / 4;
            (x + side * (width / 2 + gap), y + down * height * away)
        });
        let room = |middle: (i32, i32)| Rect::around(middle, width / 2, height / 2);
        let is_free = |rect: &Rect| rect.is_within(within) && !self.0.iter().any(|taken| taken.touches(rect));
        let found = middles.into_iter().find(|middle| is_free(&room(*middle)))?;
        self.take(room(found));
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_label_covers_another_or_leaves_the_picture(points in prop::collection::vec((0_i32..400, 0_i32..300), 1..40)) {
            let (mut labels, within) = (Labels::default(), (0..400, 0..300));
            let found: Vec<_> = points.iter().filter_map(|at| labels.find(*at, (60, 14), 3, &within)).collect();
            let rects: Vec<_> = found.iter().map(|middle| Rect::around(*middle, 30, 7)).collect();
            prop_assert!(!rects.is_empty() && rects.iter().all(|rect| rect.is_within(&within)));
            for (at, rect) in rects.iter().enumerate() {
                prop_assert!(rects[..at].iter().all(|other| !rect.touches(other)));
            }
        }
    }
}
