//! The front of a sweep as an SVG: autonomy upwards, harm to the right, and at the points what their variants say.

use super::labels::{Labels, Rect};
use super::plot::{harms, reach};
use super::{Swept, instant};
use crate::render::picture::{
    Area, At, Axis, CARE, Chart, Drawn, FAINT, GOOD, QUIET, STRONG, chart, halves, head, letters, px, scale,
    svg as picture, width, write,
};
use crate::render::text::thousands;
use crate::replay::Figures;
use crate::stats::real;
use plotters::element::{Circle, PathElement};
use plotters::style::{Color, RGBColor};
use std::collections::{BTreeMap, BTreeSet};

const WIDTH: i32 = 860;
const HEIGHT: i32 = 560;
const LEFT: i32 = 96;
const SIDE: i32 = 20;
/// Room for what is said of the points at the right end.
const RIGHT: i32 = 110;
/// Letters at the points, in pixels.
const SMALL: i32 = 11;

/// A coordinate of the picture.
type Spot = (i32, i32);
/// By place: where, and how many variants.
type Stacks = BTreeMap<Spot, (Spot, usize)>;

/// The picture.
#[must_use]
pub fn svg(swept: &Swept) -> String {
    picture((WIDTH.unsigned_abs(), HEIGHT.unsigned_abs()), |area| draw(swept, area))
}

fn draw(swept: &Swept, area: &Area) -> Drawn {
    titles(swept, area)?;
    let frame = area.clone().shrink((px(SIDE), px(82)), (px(WIDTH - SIDE - RIGHT), px(HEIGHT - 82 - 44)));
    let chart = axes(swept, &frame)?;
    let mut points = Points { swept, area, chart: &chart, labels: Labels::default() };
    points.draw()?;
    legend(area)
}

fn titles(swept: &Swept, area: &Area) -> Drawn {
    let dates = [swept.span.0, swept.span.1].map(|at| instant(swept.plan, at).date());
    let evidence = crate::whatif::READINGS[swept.reading].word();
    let many = thousands(swept.cells.len() as u64);
    let about = format!("{many} variants over {} to {}, evidence {evidence}", dates[0], dates[1]);
    head(area, px(LEFT), &format!("{}: autonomy and harm", swept.plan.policy), &about)?;
    let named = format!("at the points: {}", swept.titles().join(" · "));
    write(area, &named, (px(LEFT), px(68)), At::Left, &letters(SMALL, QUIET))
}

fn axes<'a>(swept: &Swept, frame: &Area<'a>) -> Drawn<Chart<'a>> {
    let [harm, autonomous] = reach(swept).map(|(least, most)| scale(least, most));
    let title = format!("autonomous records (of {})", thousands(swept.now[swept.reading].exposed.records));
    let value = |value: &f64| thousands(format!("{value:.0}").parse().unwrap_or(0));
    let across = Axis { marks: harm, title: "harm where unattended (records)", value, room: 46 };
    chart(frame, &across, &Axis { marks: autonomous, title: &title, value, room: LEFT - SIDE })
}

/// The variants on their chart.
struct Points<'p, 'a> {
    swept: &'p Swept<'p>,
    area: &'p Area<'a>,
    chart: &'p Chart<'a>,
    labels: Labels,
}

impl Points<'_, '_> {
    fn draw(&mut self) -> Drawn {
        let stacks = self.stacks();
        self.mark(&stacks)?;
        self.name(&stacks)
    }

    /// Draws all variants, those of the front and the policy as it is above the others.
    fn mark(&mut self, stacks: &Stacks) -> Drawn {
        let (swept, front) = (self.swept, &self.swept.notable[self.swept.reading].front);
        for (at, many) in stacks.values() {
            let radius = [5, 7, 10, 13][many.ilog10().min(2) as usize + usize::from(*many > 1)];
            self.dot(*at, radius, FAINT)?;
        }
        self.join(front)?;
        front.iter().try_for_each(|cell| self.interval(swept.figures(*cell), GOOD, 9))?;
        let now = &swept.now[swept.reading];
        self.interval(now, CARE, 12)?;
        if swept.grid.now().is_some_and(|cell| front.contains(&cell)) {
            self.area.draw(&Circle::new(self.at(now), halves(16), GOOD.stroke_width(halves(3))))?;
        }
        Ok(())
    }

    /// Says which variants these are, and how many stand in one place.
    fn name(&mut self, stacks: &Stacks) -> Drawn {
        let swept = self.swept;
        let now = self.at(&swept.now[swept.reading]);
        self.label(now, &format!("the policy as it is{}", alike(stacks, now)), 3, CARE)?;
        let mut told = BTreeSet::from([near(now)]);
        for cell in &swept.notable[swept.reading].front {
            let at = self.at(swept.figures(*cell));
            told.insert(near(at));
            if swept.grid.now() != Some(*cell) {
                let values: Vec<&str> = swept.grid.changes(*cell).map(|(_, value)| value).collect();
                self.label(at, &format!("{}{}", values.join(" · "), alike(stacks, at)), 3, GOOD)?;
            }
        }
        let mut others = stacks.iter().filter(|(near, (_, many))| *many > 1 && !told.contains(near));
        others.try_for_each(|(_, (at, many))| self.label(*at, &format!("×{many}"), 1, QUIET))
    }

    /// Where a variant stands: its harm so far as it is known, and its autonomy.
    fn at(&self, figures: &Figures) -> Spot {
        self.spot(harms(figures)[1], figures)
    }

    fn spot(&self, harm: u64, figures: &Figures) -> Spot {
        self.chart.backend_coord(&(real(harm), real(figures.exposed.autonomous)))
    }

    /// The variants that stand so near one another that they would look like one: where, and how many.
    fn stacks(&self) -> Stacks {
        let mut stacks = Stacks::new();
        for cell in self.swept.cells {
            let at = self.at(&cell[self.swept.reading]);
            stacks.entry(near(at)).or_insert((at, 0)).1 += 1;
        }
        stacks
    }

    /// The line through the front.
    fn join(&mut self, front: &[usize]) -> Drawn {
        let line: Vec<Spot> = front.iter().map(|cell| self.at(self.swept.figures(*cell))).collect();
        for pair in line.windows(2) {
            self.labels.take_line(pair[0], pair[1], px(3));
        }
        self.area.draw(&PathElement::new(line, GOOD.mix(0.4).stroke_width(halves(3))))
    }

    fn dot(&mut self, at: Spot, radius: u32, colour: RGBColor) -> Drawn {
        self.labels.take(Rect::around(at, px(4), px(4)));
        self.area.draw(&Circle::new(at, halves(radius), colour.filled()))
    }

    /// A variant with its harm from the least to the most.
    fn interval(&mut self, figures: &Figures, colour: RGBColor, radius: u32) -> Drawn {
        let [least, middle, most] = harms(figures).map(|harm| self.spot(harm, figures));
        self.labels.take_line(least, most, px(2));
        self.area.draw(&PathElement::new(vec![least, most], colour.mix(0.5).stroke_width(halves(4))))?;
        self.dot(middle, radius, colour)
    }

    /// Says something beside a point, not further away than so many lines, if there is room.
    fn label(&mut self, at: Spot, text: &str, lines: i32, colour: RGBColor) -> Drawn {
        let size = (width(text, SMALL), px(SMALL + 3));
        let (across, down) = self.chart.plotting_area().get_pixel_range();
        match self.labels.find(at, size, lines, &(across.start..px(WIDTH), down)) {
            Some(found) => write(self.area, text, found, At::Centre, &letters(SMALL, colour)),
            None => Ok(()),
        }
    }
}

/// What stands in one place looks like one point.
fn near((x, y): Spot) -> Spot {
    (x / px(3), y / px(3))
}

/// ` ×3` where so many variants stand.
fn alike(stacks: &Stacks, at: Spot) -> String {
    let many = stacks.get(&near(at)).map_or(0, |(_, many)| *many);
    if many > 1 { format!(" ×{many}") } else { String::new() }
}

fn legend(area: &Area) -> Drawn {
    let y = px(HEIGHT - 20);
    let mut x = px(LEFT);
    for (colour, what) in [(CARE, "the policy as it is"), (GOOD, "the front"), (FAINT, "other variants, ×n: so many")]
    {
        area.draw(&Circle::new((x, y), halves(8), colour.filled()))?;
        write(area, what, (x + px(10), y), At::Left, &letters(12, QUIET))?;
        x += px(38) + width(what, 12);
    }
    area.draw(&PathElement::new(vec![(x, y), (x + px(22), y)], STRONG.mix(0.5).stroke_width(halves(4))))?;
    write(area, "from harm seen to all there may be", (x + px(30), y), At::Left, &letters(12, QUIET))
}
