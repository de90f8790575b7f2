//! Random metrics, and random bars over them that pass the checker (language.md §4 and §5).

use super::rng::Rng;

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    Higher,
    Lower,
    /// Target and margin choices of a mean.
    MeanHigher,
    MeanLower,
}

pub(crate) struct Metric {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// Settle or within, in minutes.
    pub(crate) delay: i64,
    pub(crate) text: String,
}

/// The clock of a policy, in minutes: the tick, and the unit (a multiple of it) of which windows are made.
#[derive(Clone, Copy)]
pub(crate) struct Clock {
    pub(crate) tick: i64,
    pub(crate) unit: i64,
}

impl Clock {
    pub(crate) fn new(rng: &mut Rng) -> Clock {
        let (tick, unit) = *rng.pick(&[
            &(1, 10),
            &(5, 30),
            &(15, 60),
            &(60, 240),
            &(60, 360),
            &(90, 360),
            &(90, 360),
            &(120, 480),
            &(180, 720),
            &(360, 720),
            &(360, 1440),
            &(480, 1440),
            &(720, 1440),
            &(720, 720),
            &(1440, 1440),
            &(1440, 1440),
            &(1440, 1440),
            &(1440, 1440),
            &(1440, 1440),
            &(1440, 1440),
        ]);
        Clock { tick, unit }
    }

    /// Some units, now and then a few ticks more.
    pub(crate) fn span(self, rng: &mut Rng, low: i64, high: i64) -> i64 {
        let ragged = if rng.chance(20) { rng.between(0, self.unit / self.tick - 1) * self.tick } else { 0 };
        rng.between(low, high) * self.unit + ragged
    }
}

/// The same minutes in one of the ways to write them.
pub(crate) fn duration(rng: &mut Rng, minutes: i64) -> String {
    let mut ways = vec![format!("{minutes}min")];
    for (size, unit) in [(60, "h"), (1440, "d"), (1440, "d"), (10080, "w")] {
        if minutes % size == 0 {
            ways.push(format!("{}{unit}", minutes / size));
        }
    }
    let best = ways.len() - 1;
    if rng.chance(70) { ways.swap_remove(best) } else { ways.swap_remove(rng.index(best + 1)) }
}

/// What crawl to walk asks for.
pub(crate) const BY_PEOPLE: [&str; 6] = ["acceptance", "clean_review", "score", "spot_check", "rework", "upkeep"];
/// What walk to run asks for.
pub(crate) const BY_CUSTOMERS: [&str; 6] =
    ["reopen_rate", "refund_stands", "grievances", "confirmed_fine", "csat", "effort_felt"];

fn alive(rng: &mut Rng, clock: Clock) -> String {
    let signals = rng.pick(&["heartbeat", "heartbeat", "heartbeat, accepted", "rated, confirmed, heartbeat"]);
    if rng.chance(25) {
        return "alive unchecked because \"booked by hand, a few a month\"".to_string();
    }
    let within = clock.span(rng, 1, 4);
    format!("alive {signals} within {}", duration(rng, within))
}

/// `settle D as …`; silence that is good says how its feed is known to be alive. Returns the clauses and D.
fn settle(rng: &mut Rng, clock: Clock, silences: &[&str]) -> (String, i64) {
    let delay = clock.span(rng, 1, 3);
    let silence = rng.pick(silences);
    let mut text = format!("settle {} as {silence}", duration(rng, delay));
    if silence == "good" {
        text = format!("{text}\n  {}", alive(rng, clock));
    }
    (text, delay)
}

fn counts(rng: &mut Rng, clock: Clock, signals: &str) -> (String, i64) {
    let delay = clock.span(rng, 1, 3);
    let within = duration(rng, delay);
    (format!("counts {signals} within {within}\n  {}", alive(rng, clock)), delay)
}

/// Every metric of the two lists, in their order.
pub(crate) fn metrics(rng: &mut Rng, clock: Clock) -> Vec<Metric> {
    let mut all = Vec::new();
    let mut add = |name, source: &str, kind, body: String, delay| {
        let text = format!("metric {name} from {source} {{\n  {body}\n}}\n");
        all.push(Metric { name, kind, delay, text });
    };
    add("acceptance", "reviewer", Kind::Higher, "good accepted\n  bad edited, rejected".to_string(), 0);
    let (text, delay) = settle(rng, clock, &["good", "bad", "nothing"]);
    add("clean_review", "reviewer", Kind::Higher, format!("good accepted, edited\n  bad rejected\n  {text}"), delay);
    add("score", "reviewer", Kind::MeanHigher, "mean of scored between 1 and 5".to_string(), 0);
    let (text, delay) = if rng.chance(60) { (String::new(), 0) } else { settle(rng, clock, &["bad", "nothing"]) };
    add("spot_check", "staff", Kind::Higher, format!("good spot_ok\n  bad spot_bad\n  {text}"), delay);
    let (text, delay) = counts(rng, clock, "edited, spot_bad");
    add("rework", "staff", Kind::Lower, text, delay);
    let (text, delay) = settle(rng, clock, &["bad"]);
    add("upkeep", "staff", Kind::Higher, format!("good spot_ok, confirmed\n  {text}"), delay);
    let (text, delay) = counts(rng, clock, "reopened");
    add("reopen_rate", "customer", Kind::Lower, text, delay);
    let (text, delay) = settle(rng, clock, &["good"]);
    add("refund_stands", "customer", Kind::Higher, format!("bad reversed\n  {text}"), delay);
    let (text, delay) = counts(rng, clock, "complaint, reversed");
    add("grievances", "customer", Kind::Lower, text, delay);
    let (text, delay) =
        if rng.chance(50) { (String::new(), 0) } else { settle(rng, clock, &["good", "bad", "nothing"]) };
    add(
        "confirmed_fine",
        "customer",
        Kind::Higher,
        format!("good confirmed\n  bad reversed, reopened\n  {text}"),
        delay,
    );
    add("csat", "customer", Kind::MeanHigher, "mean of rated between 0 and 10".to_string(), 0);
    let text = "mean of effort between -2 and 2.5\n  lower is better".to_string();
    add("effort_felt", "customer", Kind::MeanLower, text, 0);
    all
}

#[derive(Clone)]
pub(crate) struct Bar {
    pub(crate) metric: &'static str,
    pub(crate) text: String,
    pub(crate) delay: i64,
    /// Minutes; 0 for `over tier`.
    pub(crate) window: i64,
    pub(crate) margin: bool,
}

/// A target and a margin with which a keep bar can fail.
fn target(rng: &mut Rng, metric: &Metric) -> (String, String) {
    let pair = match (metric.kind, metric.name) {
        (Kind::Higher, _) => [
            rng.pick(&["50%", "60%", "66.666667%", "70%", "75%", "80%", "85%", "87.5%", "90%", "92.5%", "95%"]),
            rng.pick(&["1pp", "2pp", "2.5pp", "5pp", "10pp", "12.345678pp"]),
        ],
        (Kind::Lower, _) => [
            rng.pick(&["5%", "7.5%", "10%", "12.5%", "15%", "20%", "33.333333%", "40%", "50%"]),
            rng.pick(&["1pp", "2pp", "2.5pp", "5pp", "10pp", "20pp"]),
        ],
        (_, "score") => [rng.pick(&["3", "3.5", "3.75", "4", "4.2"]), rng.pick(&["0.2", "0.5", "0.000001"])],
        (_, "csat") => [rng.pick(&["5", "6", "6.5", "7", "7.333333"]), rng.pick(&["0.2", "0.5", "1"])],
        _ => [rng.pick(&["-0.5", "0", "0.5", "0.25"]), rng.pick(&["0.2", "0.5", "0.1"])],
    };
    (pair[0].to_string(), pair[1].to_string())
}

fn operator(rng: &mut Rng, metric: &Metric) -> &'static str {
    match metric.kind {
        Kind::Higher | Kind::MeanHigher => rng.pick(&[">=", ">"]),
        Kind::Lower | Kind::MeanLower => rng.pick(&["<=", "<"]),
    }
}

/// `keep …`.
pub(crate) fn keep(rng: &mut Rng, clock: Clock, metric: &Metric) -> Bar {
    let (target, margin) = target(rng, metric);
    let window = clock.span(rng, 2, 6);
    let over = duration(rng, window);
    let text = format!(
        "keep {} {} {target} over {over} min {} margin {margin}",
        metric.name,
        operator(rng, metric),
        rng.between(1, 4)
    );
    Bar { metric: metric.name, text, delay: metric.delay, window, margin: true }
}

/// `bar …`.
pub(crate) fn bar(rng: &mut Rng, clock: Clock, metric: &Metric) -> Bar {
    let rate = matches!(metric.kind, Kind::Higher | Kind::Lower);
    if rate && rng.chance(35) {
        return confident_bar(rng, clock, metric);
    }
    let (target, margin) = target(rng, metric);
    let window = if rng.chance(15) { 0 } else { clock.span(rng, 2, 8) };
    let margin = if window > 0 && rng.chance(60) { format!(" margin {margin}") } else { String::new() };
    let over = if window > 0 { duration(rng, window) } else { "tier".to_string() };
    let text =
        format!("bar {} {} {target} over {over} min {}{margin}", metric.name, operator(rng, metric), rng.between(1, 5));
    Bar { metric: metric.name, text, delay: metric.delay, window, margin: !margin.is_empty() }
}

/// With a confidence clause that a perfect record of `min` samples reaches.
fn confident_bar(rng: &mut Rng, clock: Clock, metric: &Metric) -> Bar {
    let share = rng.between(10, 17) * 5;
    let target = if metric.kind == Kind::Higher { share } else { 100 - share };
    let (level, z) = *rng.pick(&[&(60, 0.254), &(75, 0.675), &(80, 0.842), &(90, 1.282), &(95, 1.645)]);
    let method = rng.pick(&["", " exact", " wilson", " anytime", " anytime"]);
    let least = least_samples(share as f64 / 100.0, f64::from(level) / 100.0, z, method);
    let min = least + rng.between(0, 3);
    let window = if method == " anytime" || rng.chance(25) { 0 } else { clock.span(rng, 4, 12) };
    let over = if window > 0 { duration(rng, window) } else { "tier".to_string() };
    let margin = window > 0 && rng.chance(60);
    let margin_text = if margin { rng.pick(&[" margin 2pp", " margin 5pp", " margin 7.25pp"]) } else { "" };
    let text = format!(
        "bar {} {} {target}% over {over} min {min} confidence {level}%{method}{margin_text}",
        metric.name,
        operator(rng, metric)
    );
    Bar { metric: metric.name, text, delay: metric.delay, window, margin }
}

/// The least n of which a perfect record clears share p (the closed forms of statistics.md A1 and A2), a little rounded up.
fn least_samples(p: f64, level: f64, z: f64, method: &str) -> i64 {
    let alpha = 1.0 - level;
    let clears = |n: f64| match method {
        " wilson" => n / (n + z * z) > p + 0.01,
        " anytime" => {
            let ln_m = -(n + 1.0).ln() - n * p.ln() + (1.0 - p.powf(n + 1.0)).ln() - (1.0 - p).ln();
            ln_m > -alpha.ln() + 0.01
        }
        _ => alpha.powf(1.0 / n) > p + 0.001,
    };
    (1..1000).find(|n| clears(*n as f64)).unwrap_or(1000)
}
