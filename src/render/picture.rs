//! What all pictures have in common: their colours and letters, a grid with its axes, scales that end on round numbers.
//!
//! A picture is drawn in quarters of a pixel, for the crate knows whole coordinates only, and told its size in pixels.

use super::text::{GLUE, clean};
use crate::stats::real;
use plotters::chart::{ChartBuilder, ChartContext};
use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::Text;
use plotters::prelude::SVGBackend;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontStyle, IntoFont, RGBColor, TextStyle};
use std::ops::Range;

/// A pixel is so many units.
pub(super) const PIXEL: i32 = 4;

pub(super) const STRONG: RGBColor = RGBColor(0x1f, 0x23, 0x28);
pub(super) const QUIET: RGBColor = RGBColor(0x57, 0x60, 0x6a);
pub(super) const FAINT: RGBColor = RGBColor(0xb0, 0xb7, 0xc3);
pub(super) const GOOD: RGBColor = RGBColor(0x1a, 0x7f, 0x37);
pub(super) const EDGE: RGBColor = RGBColor(0x9a, 0x67, 0x00);
pub(super) const CARE: RGBColor = RGBColor(0xc2, 0x41, 0x0c);
const GRID: RGBColor = RGBColor(0xe6, 0xe8, 0xeb);
const PAPER: RGBColor = RGBColor(0xff, 0xff, 0xff);

/// The crate's size of letters is that of their box.
const BOX: f64 = 1.24;
const LETTERS: &str = "system-ui, sans-serif";

/// A part of a picture.
pub(super) type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;
/// Where an axis is drawn.
pub(super) type Chart<'a> = ChartContext<'a, SVGBackend<'a>, Cartesian2d<Scale, Scale>>;
/// Writing to a text never fails, but the crate can also write to files.
pub(super) type Drawn<T = ()> = Result<T, plotters::drawing::DrawingAreaErrorKind<std::io::Error>>;

/// Pixels.
pub(super) const fn px(pixels: i32) -> i32 {
    pixels * PIXEL
}

/// A stroke or a radius in halves of a pixel.
pub(super) fn halves(halves: u32) -> u32 {
    halves * PIXEL.unsigned_abs() / 2
}

/// A picture of so many pixels.
pub(super) fn svg((width, height): (u32, u32), draw: impl FnOnce(&Area) -> Drawn) -> String {
    let (wide, high) = (width * PIXEL.unsigned_abs(), height * PIXEL.unsigned_abs());
    let mut out = String::new();
    let area = SVGBackend::with_string(&mut out, (wide, high)).into_drawing_area();
    let drawn = area.fill(&PAPER).and_then(|()| draw(&area)).and_then(|()| area.present());
    debug_assert!(drawn.is_ok(), "{drawn:?}");
    drop(area);
    // The size that it is shown at; the units stay.
    let [units, pixels] = [(wide, high), (width, height)].map(|(x, y)| format!("width=\"{x}\" height=\"{y}\""));
    out.replacen(&units, &pixels, 1)
}

/// Letters of so many pixels.
pub(super) fn letters(pixels: i32, colour: RGBColor) -> TextStyle<'static> {
    (LETTERS, f64::from(px(pixels)) * BOX).into_font().color(&colour)
}

/// Letters of a heading.
pub(super) fn bold(pixels: i32) -> TextStyle<'static> {
    let style = letters(pixels, STRONG);
    TextStyle { font: style.font.style(FontStyle::Bold), ..style }
}

/// About how wide a text is in letters of so many pixels: no font is asked, so that it is the same everywhere.
pub(super) fn width(text: &str, pixels: i32) -> i32 {
    i32::try_from(text.chars().count()).unwrap_or(i32::MAX / 1_000).saturating_mul(px(pixels)) * 52 / 100
}

/// Which part of a text stands at its place: it is centred on the line.
#[derive(Clone, Copy, Debug)]
pub(super) enum At {
    Left,
    Centre,
}

/// Writes a text, whatever is in it.
pub(super) fn write(area: &Area, text: &str, at: (i32, i32), side: At, style: &TextStyle) -> Drawn {
    let side = match side {
        At::Left => HPos::Left,
        At::Centre => HPos::Center,
    };
    area.draw(&Text::new(told(text), at, style.pos(Pos::new(side, VPos::Center))))
}

/// A text with nothing in it that could not be seen; the crate escapes what XML would misread.
fn told(text: &str) -> String {
    clean(text).replace(GLUE, " ")
}

/// The head of a picture: what it shows, and of what.
pub(super) fn head(area: &Area, left: i32, title: &str, about: &str) -> Drawn {
    write(area, title, (left, px(26)), At::Left, &bold(18))?;
    write(area, about, (left, px(50)), At::Left, &letters(13, QUIET))
}

/// An axis.
#[derive(Debug)]
pub(super) struct Axis<'a> {
    /// The values that are marked, the ends among them.
    pub(super) marks: Vec<f64>,
    /// What they are.
    pub(super) title: &'a str,
    /// How they are written.
    pub(super) value: fn(&f64) -> String,
    /// What all this takes, in pixels.
    pub(super) room: i32,
}

/// The scale of an axis: as long as its marks reach, with a line at each.
#[derive(Clone, Debug)]
pub(super) struct Scale(Vec<f64>);

impl Ranged for Scale {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (from, to): (i32, i32)) -> i32 {
        let Range { start, end } = self.range();
        from + pixel((value - start) / (end - start) * f64::from(to - from))
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.0.clone()
    }

    fn range(&self) -> Range<f64> {
        self.0.first().copied().unwrap_or(0.0)..self.0.last().copied().unwrap_or(1.0)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a coordinate of a picture: rounded, and cut at its ends")]
fn pixel(coordinate: f64) -> i32 {
    coordinate.round() as i32
}

/// A light grid with its axes, across and up.
pub(super) fn chart<'a>(area: &Area<'a>, across: &Axis, up: &Axis) -> Drawn<Chart<'a>> {
    let mut builder = ChartBuilder::on(area);
    builder.x_label_area_size(px(across.room)).y_label_area_size(px(up.room));
    let mut chart = builder.build_cartesian_2d(Scale(across.marks.clone()), Scale(up.marks.clone()))?;
    let grid = GRID.stroke_width(halves(2));
    let mut mesh = chart.configure_mesh();
    mesh.light_line_style(PAPER.mix(0.0)).bold_line_style(grid).axis_style(grid).set_all_tick_mark_size(px(4));
    mesh.label_style(letters(12, QUIET)).axis_desc_style(letters(13, STRONG));
    mesh.x_desc(across.title).x_label_formatter(&across.value);
    mesh.y_desc(up.title).y_label_formatter(&up.value);
    mesh.draw()?;
    Ok(chart)
}

/// Round numbers, evenly spaced, from below the least to above the most: from zero on, unless that wasted half of the
/// axis.
pub(super) fn scale(least: u64, most: u64) -> Vec<f64> {
    let least = if least < most / 2 { 0 } else { least };
    let mut step = 1_u64;
    loop {
        for step in [step, step.saturating_mul(2), step.saturating_mul(5)] {
            let (from, to) = (least / step, most.div_ceil(step).max(least / step + 1));
            if to - from <= 6 {
                return (from..=to).map(|at| real(at.saturating_mul(step))).collect();
            }
        }
        step = step.saturating_mul(10);
    }
}

#[cfg(test)]
mod tests {
    use super::scale;
    use crate::stats::real;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_scale_holds_all_and_wastes_little(one in 0_u64..1 << 40, other in 0_u64..1 << 40) {
            let (least, most) = (one.min(other), one.max(other));
            let scale = scale(least, most);
            prop_assert!(scale[0] <= real(least) && scale[scale.len() - 1] >= real(most));
            prop_assert!((2..=7).contains(&scale.len()) && scale.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }

    #[test]
    fn a_scale_starts_at_zero_unless_that_wasted_half_of_it() {
        assert_eq!(scale(0, 0), [0.0, 1.0]);
        assert_eq!(scale(3, 37), [0.0, 10.0, 20.0, 30.0, 40.0]);
        assert_eq!(scale(8_832, 8_929), [8_820.0, 8_840.0, 8_860.0, 8_880.0, 8_900.0, 8_920.0, 8_940.0]);
    }
}
