//! The published values of `tests/reference/operating*.csv`: exact ones to 1e-9, simulated ones within four of their
//! standard errors and of ours.

use super::gates::{share_bar, simple};
use cwrc::odds::{Answer, Effort, Method};
use cwrc::stats::{Method as Bound, Rule};

/// A row by its column names.
struct Row<'a>(Vec<(&'a str, &'a str)>);

impl Row<'_> {
    fn text(&self, column: &str) -> &str {
        self.0.iter().find(|(name, _)| *name == column).map(|(_, value)| *value).expect("a column")
    }

    fn number(&self, column: &str) -> f64 {
        self.text(column).parse().expect("a number")
    }

    fn whole(&self, column: &str) -> i64 {
        self.text(column).parse().expect("a whole number")
    }

    /// A share with up to eight decimals, or as 9/10.
    fn share_e8(&self, column: &str) -> i64 {
        let text = self.text(column);
        let (over, under) = text.split_once('/').unwrap_or((text, "1"));
        let value: f64 = over.parse::<f64>().expect("a number") / under.parse::<f64>().expect("a number");
        (value * 1e8).round() as i64
    }

    /// What we say to it. The published bars count good samples, and their hold may be 0.
    fn answer(&self, rule: Rule) -> Answer {
        let bar = share_bar(rule, self.whole("window_ticks"), self.whole("min_samples"));
        let setting = simple(bar, self.whole("hold_ticks"), self.text("p"), self.text("n_per_tick"));
        let course = setting.promotion(self.whole("horizon_ticks"));
        let effort = Effort { paths: 200_000, ..Effort::THOROUGH };
        course.exact(&Effort { states: 5_000_000, ..effort.clone() }).unwrap_or_else(|| course.simulated(&effort))
    }

    fn check(&self, answer: &Answer) {
        let (chance, expected) = (self.number("prob_promoted"), self.number("expected_tick_if_promoted"));
        let shown = format!("{:?}: {answer:?}", self.0);
        if !self.text("method").starts_with("mc") {
            assert_eq!(answer.method, Method::Exact, "{shown}");
            assert!((answer.chance - chance).abs() < 1e-9, "{shown}");
            let ours = answer.expected.expect("it happens");
            assert!((ours - expected).abs() < 1e-6 * expected, "{shown}");
            return;
        }
        let theirs = self.number("mc_error");
        // Where each of our paths met it, the error is that of three that did not.
        let ours = answer.error.max(if answer.method == Method::Exact { 0.0 } else { 3.0 / 200_000.0 });
        assert!((answer.chance - chance).abs() < 4.0 * theirs.hypot(ours), "{shown}");
        // No promotion comes later than the horizon, so that the mean of so many is off by less than this.
        let spread = self.number("horizon_ticks") / 2.0 / (200_000.0 * chance).sqrt();
        assert!((answer.expected.expect("it happens") - expected).abs() < 4.0 * spread, "{shown}");
    }
}

fn rows(text: &str) -> Vec<Row<'_>> {
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    let names: Vec<&str> = lines.next().expect("a head").split(',').collect();
    lines.map(|line| Row(names.iter().copied().zip(line.split(',')).collect())).collect()
}

#[test]
fn agrees_with_the_published_odds_of_shares() {
    let rows = rows(include_str!("../../reference/operating.csv"));
    assert_eq!(rows.len(), 37);
    for row in rows {
        row.check(&row.answer(Rule::Point { target_e8: row.share_e8("bar"), strict: false }));
    }
}

#[test]
fn agrees_with_the_published_odds_of_bounds() {
    let rows = rows(include_str!("../../reference/operating_bounds.csv"));
    assert_eq!(rows.len(), 16);
    for row in rows {
        let target_e8 = row.share_e8("bar");
        let bound = |method| {
            let confidence_e8 = 100_000_000 - row.share_e8("alpha");
            Rule::Bound { method, confidence_e8, target_e8 }
        };
        let rule = match row.text("bound") {
            "point" => Rule::Point { target_e8, strict: false },
            "wilson" => bound(Bound::Wilson),
            "cp" => bound(Bound::Exact),
            "bbT11" => bound(Bound::Anytime),
            other => panic!("{other} is left out"),
        };
        row.check(&row.answer(rule));
    }
}
