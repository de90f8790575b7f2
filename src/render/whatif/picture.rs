//! The front of a sweep as an SVG: written by hand, for it is four kinds of shapes, and a plotting crate would be larger
//! than all of them and could not draw the intervals of harm any better.

use super::plot::harms;
use super::{Swept, harm, instant};
use crate::render::Style;
use crate::render::text::{clean, thousands};
use crate::replay::Figures;
use std::fmt::Write as _;

const WIDTH: u64 = 860;
const HEIGHT: u64 = 520;
const LEFT: u64 = 90;
const RIGHT: u64 = 30;
const TOP: u64 = 70;
const BOTTOM: u64 = 90;

/// The picture.
#[must_use]
pub fn svg(swept: &Swept) -> String {
    let frame = Frame::of(swept);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" \
         font-family=\"system-ui, sans-serif\" font-size=\"13\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
    );
    Frame::titles(swept, &mut out);
    frame.axes(&mut out);
    let notable = &swept.notable[swept.reading];
    for (at, cell) in swept.cells.iter().enumerate().filter(|(at, _)| !notable.front.contains(at)) {
        let ((x, y), told) = (frame.middle(&cell[swept.reading]), told(swept, Some(at)));
        let _ =
            writeln!(out, "<circle cx=\"{x}\" cy=\"{y}\" r=\"2.5\" fill=\"#b8bec8\"><title>{told}</title></circle>");
    }
    let line: Vec<String> =
        notable.front.iter().map(|at| frame.middle(swept.figures(*at))).map(|(x, y)| format!("{x},{y}")).collect();
    let _ = writeln!(
        out,
        "<polyline points=\"{}\" fill=\"none\" stroke=\"#1a7f37\" stroke-opacity=\"0.35\"/>",
        line.join(" ")
    );
    for at in &notable.front {
        frame.interval(swept.figures(*at), "#1a7f37", 4, &told(swept, Some(*at)), &mut out);
    }
    frame.interval(&swept.now[swept.reading], "#c2410c", 6, &told(swept, None), &mut out);
    out + "</svg>\n"
}

/// What a pointer over a variant says.
fn told(swept: &Swept, cell: Option<usize>) -> String {
    let figures = cell.map_or(&swept.now[swept.reading], |cell| swept.figures(cell));
    let values: Vec<String> = match cell {
        Some(cell) => swept.grid.changes(cell).map(|(path, value)| format!("{path} = {value}")).collect(),
        None => vec!["the policy as it is".to_owned()],
    };
    let (autonomous, harm) = (thousands(figures.exposed.autonomous), harm(figures, Style::PLAIN));
    escaped(&format!("{}: {autonomous} autonomous, harm {harm}", values.join(", ")))
}

fn escaped(text: &str) -> String {
    clean(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The scales.
struct Frame {
    /// The most autonomous records, and the greatest harm.
    top: u64,
    far: u64,
}

impl Frame {
    fn of(swept: &Swept) -> Self {
        let now = &swept.now[swept.reading];
        let all = || swept.cells.iter().map(|cell| &cell[swept.reading]).chain([now]);
        let shown = swept.notable[swept.reading].front.iter().map(|cell| swept.figures(*cell)).chain([now]);
        let far = shown.map(|it| harms(it)[2]).chain(all().map(|it| harms(it)[1])).max().unwrap_or(0);
        let top = all().map(|it| it.exposed.autonomous).max().unwrap_or(0);
        Self { top: rounded(top), far: rounded(far) }
    }

    fn x(&self, harm: u64) -> u64 {
        LEFT + harm * (WIDTH - LEFT - RIGHT) / self.far
    }

    fn y(&self, autonomous: u64) -> u64 {
        HEIGHT - BOTTOM - autonomous * (HEIGHT - TOP - BOTTOM) / self.top
    }

    fn middle(&self, figures: &Figures) -> (u64, u64) {
        (self.x(harms(figures)[1]), self.y(figures.exposed.autonomous))
    }

    fn titles(swept: &Swept, out: &mut String) {
        let dates = [swept.span.0, swept.span.1].map(|at| instant(swept.plan, at).date());
        let evidence = crate::whatif::READINGS[swept.reading].word();
        let about = format!(
            "{} variants over {} to {}, evidence {evidence}",
            thousands(swept.cells.len() as u64),
            dates[0],
            dates[1]
        );
        let _ = writeln!(
            out,
            "<text x=\"{LEFT}\" y=\"30\" font-size=\"18\" font-weight=\"600\" fill=\"#1f2328\">{}: autonomy and harm</text>",
            escaped(&swept.plan.policy)
        );
        let _ = writeln!(out, "<text x=\"{LEFT}\" y=\"50\" fill=\"#57606a\">{}</text>", escaped(&about));
        let y = HEIGHT - 18;
        let legend = [("#c2410c", "the policy as it is"), ("#1a7f37", "the front"), ("#b8bec8", "other variants")];
        for (at, (colour, what)) in (0_u64..).zip(legend) {
            let x = LEFT + at * 145;
            let _ = writeln!(
                out,
                "<circle cx=\"{x}\" cy=\"{}\" r=\"4\" fill=\"{colour}\"/><text x=\"{}\" y=\"{y}\" fill=\"#57606a\">{what}</text>",
                y - 4,
                x + 10
            );
        }
        let _ = writeln!(
            out,
            "<text x=\"{}\" y=\"{y}\" fill=\"#57606a\">bars: from the harm seen to all there may be</text>",
            LEFT + 430
        );
    }

    fn axes(&self, out: &mut String) {
        let (bottom, right) = (HEIGHT - BOTTOM, WIDTH - RIGHT);
        for part in 0..=4 {
            let (autonomous, harm) = (self.top * part / 4, self.far * part / 4);
            let (x, y) = (self.x(harm), self.y(autonomous));
            let _ = writeln!(
                out,
                "<line x1=\"{LEFT}\" y1=\"{y}\" x2=\"{right}\" y2=\"{y}\" stroke=\"#e6e8eb\"/><text x=\"{}\" y=\"{}\" text-anchor=\"end\" fill=\"#57606a\">{}</text>",
                LEFT - 8,
                y + 4,
                thousands(autonomous)
            );
            let _ = writeln!(
                out,
                "<line x1=\"{x}\" y1=\"{TOP}\" x2=\"{x}\" y2=\"{bottom}\" stroke=\"#e6e8eb\"/><text x=\"{x}\" y=\"{}\" text-anchor=\"middle\" fill=\"#57606a\">{}</text>",
                bottom + 18,
                thousands(harm)
            );
        }
        let _ = writeln!(
            out,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\" fill=\"#1f2328\">harm where unattended (records)</text>",
            u64::midpoint(LEFT, right),
            bottom + 42
        );
        let middle = u64::midpoint(TOP, bottom);
        let _ = writeln!(
            out,
            "<text x=\"22\" y=\"{middle}\" transform=\"rotate(-90 22 {middle})\" text-anchor=\"middle\" fill=\"#1f2328\">autonomous records</text>"
        );
    }

    /// A variant with its harm from the least to the most.
    fn interval(&self, figures: &Figures, colour: &str, radius: u64, told: &str, out: &mut String) {
        let [least, _, most] = harms(figures).map(|harm| self.x(harm));
        let (x, y) = self.middle(figures);
        let _ = writeln!(
            out,
            "<g stroke=\"{colour}\"><line x1=\"{least}\" y1=\"{y}\" x2=\"{most}\" y2=\"{y}\" stroke-opacity=\"0.5\"/><circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"{colour}\"><title>{told}</title></circle></g>"
        );
    }
}

/// The end of a scale: four even steps that reach so far.
fn rounded(most: u64) -> u64 {
    let mut step = 1;
    loop {
        let found = [step, step * 2, step * 5].into_iter().find(|step| step * 4 >= most.max(1));
        if let Some(step) = found {
            return step * 4;
        }
        step = step.saturating_mul(10);
    }
}
