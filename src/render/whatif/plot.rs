//! The front of a sweep, drawn with letters: autonomy upwards, harm to the right, each harm as the interval it is.

use super::{Style, Swept};
use crate::render::ink::Ink;
use crate::render::text::{GLUE, pad_left, thousands, wrap};
use crate::replay::Figures;
use std::fmt::Write as _;

/// Lines of the drawing.
const HEIGHT: u64 = 14;

/// What stands at a place; the later covers the earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    Nothing,
    Variant,
    Interval,
    Front,
    Now,
}

impl Mark {
    fn drawn(self, style: Style) -> String {
        let (sign, ink) = match self {
            Self::Nothing => return " ".to_owned(),
            Self::Variant => (style.pick("·", "."), Ink::Quiet),
            Self::Interval => (style.pick("─", "-"), Ink::Info),
            Self::Front => (style.pick("◆", "*"), Ink::Good),
            Self::Now => (style.pick("●", "@"), Ink::Care),
        };
        style.paint(ink, sign)
    }
}

/// Least, middle and greatest harm.
pub(super) fn harms(figures: &Figures) -> [u64; 3] {
    let (least, most) = figures.exposed.harm();
    [least, figures.exposed.seen + figures.exposed.released, most]
}

/// How far harm and autonomy reach among all that is drawn: the least and the most of each.
pub(super) fn reach(swept: &Swept) -> [(u64, u64); 2] {
    let now = &swept.now[swept.reading];
    let all = || swept.cells.iter().map(|cell| &cell[swept.reading]).chain([now]);
    let drawn = swept.notable[swept.reading].front.iter().map(|cell| swept.figures(*cell)).chain([now]);
    let far = drawn.map(|it| harms(it)[2]).chain(all().map(|it| harms(it)[1])).max().unwrap_or(0);
    let autonomous = || all().map(|it| it.exposed.autonomous);
    [(0, far), (autonomous().min().unwrap_or(0), autonomous().max().unwrap_or(0))]
}

/// The drawing.
pub(super) fn plot(swept: &Swept, style: Style) -> String {
    let now = &swept.now[swept.reading];
    let [(_, far), (low, top)] = reach(swept);
    // From zero on, unless that left half of the drawing empty.
    let low = if low < top / 2 { 0 } else { low };
    let (far, high) = (far.max(1), (top - low).max(1));
    let height = if top > low { HEIGHT } else { 1 };
    let left = thousands(top).len() + 1;
    let width = u64::try_from(style.width.saturating_sub(left + 5).clamp(20, 100)).unwrap_or(20);
    let mut canvas = Canvas::new(width, height);
    let row = |figures: &Figures| (figures.exposed.autonomous - low) * (HEIGHT - 1) / high;
    let at = |figures: &Figures, harm: u64| (harm * (width - 1) / far, row(figures));
    let all = swept.cells.iter().map(|cell| &cell[swept.reading]);
    all.for_each(|it| canvas.put(at(it, harms(it)[1]), Mark::Variant));
    let front = swept.notable[swept.reading].front.iter().map(|cell| (swept.figures(*cell), Mark::Front));
    for (figures, mark) in front.chain([(now, Mark::Now)]) {
        let [least, middle, most] = harms(figures);
        let (from, row) = at(figures, least);
        (from..=at(figures, most).0).for_each(|column| canvas.put((column, row), Mark::Interval));
        canvas.put(at(figures, middle), mark);
    }
    canvas.drawn((low, top), far, left, style)
}

struct Canvas {
    width: u64,
    marks: Vec<Vec<Mark>>,
}

impl Canvas {
    fn new(width: u64, height: u64) -> Self {
        let row = || vec![Mark::Nothing; usize::try_from(width).unwrap_or(0)];
        Self { width, marks: (0..height).map(|_| row()).collect() }
    }

    fn put(&mut self, (column, row): (u64, u64), mark: Mark) {
        let place = usize::try_from(row).ok().and_then(|row| self.marks.get_mut(row));
        if let Some(place) = place.and_then(|row| row.get_mut(usize::try_from(column).ok()?)) {
            *place = mark.max(*place);
        }
    }

    fn drawn(&self, (low, top): (u64, u64), far: u64, left: usize, style: Style) -> String {
        let mut out = format!("  {}\n", style.paint(Ink::Quiet, "autonomous records"));
        let last = self.marks.len() - 1;
        for (at, row) in self.marks.iter().enumerate().rev() {
            let label = if at == last && top > low {
                thousands(top)
            } else if at == 0 {
                thousands(low)
            } else {
                String::new()
            };
            let marks: String = row.iter().map(|mark| mark.drawn(style)).collect();
            let line = format!("  {}{}{marks}", pad_left(&label, left), style.pick("┤", "|"));
            let _ = writeln!(out, "{}", line.trim_end());
        }
        let width = usize::try_from(self.width).unwrap_or(0);
        let axis = style.pick("─", "-").repeat(width);
        let _ = writeln!(out, "  {}{}{axis}", " ".repeat(left), style.pick("└", "+"));
        let (far, title) = (thousands(far), "harm where unattended");
        let between = width.saturating_sub(far.len() + title.len() + 1) / 2;
        let rest = width.saturating_sub(1 + between + title.len());
        let _ = writeln!(
            out,
            "  {} 0{}{}{}",
            " ".repeat(left),
            " ".repeat(between),
            style.paint(Ink::Quiet, title),
            pad_left(&far, rest)
        );
        let [now, front, dot, line] =
            [Mark::Now, Mark::Front, Mark::Variant, Mark::Interval].map(|mark| mark.drawn(style));
        let signs = [
            (now, "the policy as it is"),
            (front, "the front"),
            (dot, "other variants"),
            (line, "from the harm seen to all there may be"),
        ];
        let told = signs.map(|(sign, what)| format!("{sign}{GLUE}{}", what.replace(' ', &GLUE.to_string())));
        out + &wrap(&told.join(&format!(" {GLUE}{GLUE}")), "  ", "  ", style.width)
    }
}
