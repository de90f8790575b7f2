//! A random policy without errors (language.md §5).

use super::metrics::{BY_CUSTOMERS, BY_PEOPLE, Bar, Clock, Metric, bar, duration, keep, metrics};
use super::rng::Rng;
use std::fmt::Write;

/// How records of an action type look.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Shape {
    /// `action == "NAME"`, by default.
    Named,
    AmountLow,
    AmountHigh,
    AmountTiny,
    AmountMiddle,
    Plan,
    NotPlan,
    LangIn,
    LangOut,
    LangLow,
    LangHigh,
}

pub(crate) struct Action {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    pub(crate) former: bool,
}

pub(crate) struct Policy {
    pub(crate) text: String,
    pub(crate) clock: Clock,
    pub(crate) actions: Vec<Action>,
    /// The declared metrics, for the signals that carry a value.
    pub(crate) metrics: Vec<&'static str>,
}

pub(crate) const SIGNALS: [&str; 15] = [
    "accepted",
    "edited",
    "rejected",
    "spot_ok",
    "spot_bad",
    "scored",
    "reopened",
    "reversed",
    "complaint",
    "escalated",
    "confirmed",
    "rated",
    "effort",
    "heartbeat",
    "incident",
];

const ATTRIBUTES: &str = "\
attribute amount number \"The sum\"
attribute lang text
attribute plan text from \"client.plan\"
attribute vip flag from \"client.vip\"
attribute model text
attribute prompt_version number
attribute version number from \"agent.version\"
attribute canary flag from \"agent.canary\"
";

/// Bars and keeps that apply, per gate.
type Gates = [Vec<Bar>; 2];

struct Writer<'a> {
    rng: &'a mut Rng,
    clock: Clock,
    metrics: Vec<Metric>,
    used: Vec<&'static str>,
}

pub(crate) fn policy(rng: &mut Rng) -> Policy {
    let clock = Clock::new(rng);
    let metrics = metrics(rng, clock);
    let mut writer = Writer { rng, clock, metrics, used: Vec::new() };
    let actions = writer.choose_actions();
    let head = writer.head();
    let ladder = writer.rng.chance(60);
    let (ladder_text, ladder_gates) = if ladder { writer.ladder() } else { Default::default() };
    let mut bodies = String::new();
    let mut ceilings = Vec::new();
    for (index, action) in actions.iter().enumerate() {
        let follows = ladder && writer.rng.chance(75);
        let gates = if follows { Some(&ladder_gates) } else { None };
        let ceiling = *writer.rng.pick(&[&2, &2, &2, &2, &2, &2, &2, &2, &2, &1, &1, &0]);
        ceilings.push(ceiling);
        bodies += &writer.action(action, index, gates, &ceilings, &actions);
    }
    let mut text = head;
    for name in SIGNALS {
        let _ = writeln!(text, "signal {name}");
    }
    text += ATTRIBUTES;
    let mut declared = Vec::new();
    for metric in std::mem::take(&mut writer.metrics) {
        if writer.used.contains(&metric.name) || writer.rng.chance(25) {
            text += &metric.text;
            declared.push(metric.name);
        }
    }
    text += &ladder_text;
    text += &bodies;
    Policy { text, clock, actions, metrics: declared }
}

impl Writer<'_> {
    /// One to four action types, whose predicates are disjoint.
    fn choose_actions(&mut self) -> Vec<Action> {
        let mut shapes: Vec<Shape> = Vec::new();
        let families: [&[Shape]; 5] = [
            &[Shape::AmountLow, Shape::AmountHigh],
            &[Shape::AmountTiny, Shape::AmountMiddle],
            &[Shape::Plan, Shape::NotPlan],
            &[Shape::LangIn, Shape::LangOut],
            &[Shape::LangLow, Shape::LangHigh],
        ];
        if self.rng.chance(65) {
            shapes.extend(families[self.rng.index(families.len())]);
        }
        let single = self.rng.between(i64::from(shapes.is_empty()), 2);
        shapes.extend((0..single).map(|_| Shape::Named));
        self.rng.shuffle(&mut shapes);
        let mut names = ["reply_faq", "close_ticket", "send_form", "escalate", "review", "tag_ticket", "keep"];
        self.rng.shuffle(&mut names);
        let action = |(shape, name): (Shape, &'static str)| Action { name, shape, former: false };
        let mut actions: Vec<Action> = shapes.into_iter().zip(names).map(action).collect();
        for action in &mut actions {
            action.former = action.shape == Shape::Named && self.rng.chance(25);
        }
        actions
    }

    fn duration(&mut self, minutes: i64) -> String {
        duration(self.rng, minutes)
    }

    /// `KEYWORD D` of `low` to `high` units.
    fn clause(&mut self, keyword: &str, low: i64, high: i64) -> String {
        let minutes = self.clock.span(self.rng, low, high);
        format!("{keyword} {}", self.duration(minutes))
    }

    fn head(&mut self) -> String {
        let mut lines = vec!["owner \"team\"".to_string()];
        let tick = self.duration(self.clock.tick);
        if self.clock.tick < 1440 || self.rng.chance(50) {
            lines.push(format!("evaluate every {tick}"));
        }
        if self.clock.unit < 1440 || self.rng.chance(60) {
            let per = self.clause("promote one per", 1, 4);
            lines.push(per);
        }
        for _ in 0..*self.rng.pick(&[&0, &0, &0, &1, &2]) {
            let signals = self.rng.pick(&["incident", "complaint, incident", "reversed", "incident, escalated"]);
            let number = self.rng.between(2, 7);
            lines.push(self.trip(signals, number));
        }
        if self.rng.chance(15) {
            lines.push(self.renew());
        }
        let language = if self.rng.chance(20) { "language 1\n" } else { "" };
        format!("{language}# random\npolicy agent \"A random agent\" {{\n  {}\n}}\n", lines.join("\n  "))
    }

    fn trip(&mut self, signals: &str, number: i64) -> String {
        let within = self.clock.span(self.rng, 1, 4);
        let within = self.duration(within);
        format!("trip {signals} >= {number} within {within} to {}", self.rng.pick(&["crawl", "crawl", "walk"]))
    }

    fn renew(&mut self) -> String {
        let on = self.rng.pick(&["model", "model, prompt_version", "version", "canary", "canary, model", "version"]);
        format!("renew on {on} to {}", self.rng.pick(&["crawl", "walk"]))
    }

    fn metric(&mut self, name: &'static str) -> usize {
        if !self.used.contains(&name) {
            self.used.push(name);
        }
        self.metrics.iter().position(|metric| metric.name == name).expect("it is in the list")
    }

    fn some_metric(&mut self, names: &[&'static str]) -> usize {
        let name = names[self.rng.index(names.len())];
        self.metric(name)
    }

    /// One or two bars; those of walk to run start with a customer's, which crawl to walk never has.
    fn bars(&mut self, gate: usize) -> Vec<Bar> {
        let mut bars: Vec<Bar> = Vec::new();
        for _ in 0..self.rng.between(1, 2) {
            let names = if gate == 0 { &BY_PEOPLE } else { &BY_CUSTOMERS };
            let metric = self.some_metric(names);
            if bars.iter().all(|bar| bar.metric != self.metrics[metric].name) {
                bars.push(bar(self.rng, self.clock, &self.metrics[metric]));
            }
        }
        bars
    }

    fn keeps(&mut self, gate: usize, number: i64) -> Vec<Bar> {
        let mut keeps = Vec::new();
        for _ in 0..number {
            let names: &[&str] = if gate == 0 || self.rng.chance(25) { &BY_PEOPLE } else { &BY_CUSTOMERS };
            let metric = self.some_metric(names);
            keeps.push(keep(self.rng, self.clock, &self.metrics[metric]));
        }
        keeps
    }

    /// A complete gate: its lines, and its bars.
    fn gate(&mut self, gate: usize, keeps: i64) -> (Vec<String>, Vec<Bar>) {
        let mut bars = self.bars(gate);
        let keeps = if bars.iter().any(|bar| bar.margin) { keeps } else { keeps.max(1) };
        bars.extend(self.keeps(gate, keeps));
        let mut lines: Vec<String> = bars.iter().map(|bar| bar.text.clone()).collect();
        lines.push(self.clause("hold", 1, 3));
        lines.extend(self.extras());
        (lines, bars)
    }

    /// `stop` (longer than any settle, hold and cooldown together: at most 4 units each) and `approval`.
    fn extras(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        if self.rng.chance(35) {
            lines.push(self.clause("stop after", 13, 22));
        }
        if self.rng.chance(10) {
            lines.push("approval \"the head of support\"".to_string());
        }
        lines
    }

    fn ladder(&mut self) -> (String, Gates) {
        let (first, first_bars) = self.gate(0, 1);
        let (second, second_bars) = self.gate(1, 1);
        let gates = [first_bars, second_bars];
        let mut lines = vec![gate_text(0, &first), gate_text(1, &second), self.stale(&gates)];
        if self.rng.chance(50) {
            lines.push(self.clause("cooldown", 1, 3));
        }
        if self.rng.chance(40) {
            lines.push(self.reentry());
        }
        if self.rng.chance(40) {
            lines.push(self.own_trip());
        }
        if self.rng.chance(20) {
            lines.push(self.renew());
        }
        (format!("ladder standard {{\n  {}\n}}\n", lines.join("\n  ")), gates)
    }

    fn reentry(&mut self) -> String {
        format!("reentry {}", self.rng.pick(&["0.5pp", "1pp", "2pp", "4pp", "10pp", "0.000003pp", "30pp"]))
    }

    fn own_trip(&mut self) -> String {
        let signals =
            self.rng.pick(&["complaint", "escalated", "rejected, spot_bad", "reversed", "complaint, reversed"]);
        let number = self.rng.between(1, 4);
        self.trip(signals, number)
    }

    /// At least settle (or within) plus window of every keep bar.
    fn stale(&mut self, gates: &Gates) -> String {
        let keeps = gates.iter().flatten().filter(|bar| bar.margin);
        let least = keeps.map(|bar| bar.delay + bar.window).max().unwrap_or(0) + self.clock.tick;
        if self.rng.chance(12) {
            return "stale never because \"silence is normal here\"".to_string();
        }
        let minutes = least + self.clock.unit * self.rng.between(0, 3);
        format!("stale {}", self.duration(minutes))
    }

    /// An action, with its ladder's gates if it follows one.
    fn action(
        &mut self,
        action: &Action,
        index: usize,
        ladder: Option<&Gates>,
        ceilings: &[i64],
        actions: &[Action],
    ) -> String {
        let ceiling = ceilings[index];
        let mut lines = vec![format!("risk {}", self.rng.pick(&["low", "moderate", "high", "critical"]))];
        lines.extend(predicate(action.shape));
        if action.former {
            lines.push(format!("formerly old_{}", action.name));
        }
        if self.rng.chance(6) {
            lines.push("read_only".to_string());
        }
        if self.rng.chance(6) {
            lines.push("irreversible".to_string());
        }
        let mut gates = ladder.cloned().unwrap_or_default();
        let mut changed = false;
        for (gate, apply) in gates.iter_mut().enumerate().take(usize::try_from(ceiling).unwrap_or(0)) {
            let (mut inner, bars) = match ladder {
                None => self.gate(gate, i64::from(gate == 1)),
                Some(_) => self.overrides(gate, apply),
            };
            changed |= ladder.is_none() || !bars.is_empty();
            if !bars.is_empty() {
                *apply = bars;
            }
            if let Some(required) = self.requirement(index, ceilings, actions) {
                inner.push(required);
            }
            if !inner.is_empty() {
                lines.push(gate_text(gate, &inner));
            }
        }
        if changed || self.rng.chance(20) {
            lines.push(self.stale(&gates));
        }
        if self.rng.chance(35) {
            lines.push(self.clause("cooldown", 1, 3));
        }
        if self.rng.chance(30) {
            lines.push(self.reentry());
        }
        for _ in 0..*self.rng.pick(&[&0, &0, &1, &1, &2]) {
            lines.push(self.own_trip());
        }
        if self.rng.chance(30) {
            lines.push(self.renew());
        }
        if ceiling < 2 {
            lines.push(format!("ceiling {} because \"no undo\"", ["crawl", "walk"][usize::from(ceiling == 1)]));
        }
        let follows = if ladder.is_some() { " follows standard" } else { "" };
        format!("action {}{follows} {{\n  {}\n}}\n", action.name, lines.join("\n  "))
    }

    /// Some clauses that replace those of the ladder's gate; the bars that then apply, if any were replaced.
    fn overrides(&mut self, gate: usize, of_ladder: &[Bar]) -> (Vec<String>, Vec<Bar>) {
        let mut lines = Vec::new();
        let is_keep = |bar: &&Bar| bar.text.starts_with("keep");
        let keeps: Vec<Bar> = of_ladder.iter().filter(is_keep).cloned().collect();
        let bars: Vec<Bar> = of_ladder.iter().filter(|bar| !is_keep(bar)).cloned().collect();
        let new_bars = if self.rng.chance(25) { self.bars(gate) } else { Vec::new() };
        let number = i64::from(self.rng.chance(25));
        let new_keeps = self.keeps(gate, number);
        lines.extend(new_bars.iter().chain(&new_keeps).map(|bar| bar.text.clone()));
        if self.rng.chance(25) {
            lines.push(self.clause("hold", 1, 4));
        }
        if self.rng.chance(20) {
            lines.extend(self.extras());
        }
        let changed = !new_bars.is_empty() || !new_keeps.is_empty();
        let mut apply = if new_bars.is_empty() { bars } else { new_bars };
        apply.extend(if new_keeps.is_empty() { keeps } else { new_keeps });
        (lines, if changed { apply } else { Vec::new() })
    }

    /// Of an earlier action, so that there is no cycle, and not above its ceiling.
    fn requirement(&mut self, index: usize, ceilings: &[i64], actions: &[Action]) -> Option<String> {
        if index == 0 || !self.rng.chance(20) {
            return None;
        }
        let other = self.rng.index(index);
        match ceilings[other] {
            0 => None,
            2 if self.rng.chance(40) => Some(format!("requires {} at run", actions[other].name)),
            _ => Some(format!("requires {} at walk", actions[other].name)),
        }
    }
}

fn gate_text(gate: usize, lines: &[String]) -> String {
    let name = ["crawl to walk", "walk to run"][gate];
    format!("gate {name} {{\n    {}\n  }}", lines.join("\n    "))
}

fn predicate(shape: Shape) -> Option<String> {
    let text = match shape {
        Shape::Named => return None,
        Shape::AmountLow => "action == \"refund\" and amount <= 49.5",
        Shape::AmountHigh => "action == \"refund\" and not amount <= 49.5",
        Shape::AmountTiny => "action == \"refund\" and amount < 10",
        Shape::AmountMiddle => "amount >= 10 and amount != 12.5 and (action == \"refund\")",
        Shape::Plan => "action == \"credit\" and (plan == \"pro\" or vip == true)",
        Shape::NotPlan => "action == \"credit\" and not (plan == \"pro\" or vip == true)",
        Shape::LangIn => "action in (\"mail\", \"sms\") and lang in (\"en\", \"de\")",
        Shape::LangOut => "action in (\"mail\", \"sms\") and lang != \"en\" and lang != \"de\"",
        Shape::LangLow => "action == \"mail\" and lang < \"f\"",
        Shape::LangHigh => "action == \"mail\" and lang >= \"f\" and not vip == false",
    };
    Some(format!("matches {text}"))
}
