//! A random history for a policy, with the untidiness of real ones.

use super::outcomes::{Lengths, Outcome, outcomes};
use super::policy::{Policy, Shape};
use super::rng::Rng;
use super::spelling::{Instant, MINUTE, SECOND, line, micros, object, spell};
use serde_json::{Value, json};

pub(crate) struct History {
    pub(crate) text: String,
    pub(crate) start: Instant,
    pub(crate) end: Instant,
}

struct Writer<'a> {
    rng: &'a mut Rng,
    lengths: Lengths,
    start: Instant,
    /// Units.
    span: i64,
    tiers: Tiers,
    lines: Vec<(Instant, String)>,
    /// From when to when the heartbeat falls silent.
    silent: (Instant, Instant),
    /// Instants at which the agent's version changes, changes back, …
    versions: Vec<Instant>,
    next_id: i64,
    integer_ids: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Tiers {
    Recorded,
    Sparse,
    Absent,
}

type Fields = Vec<(String, Value)>;

pub(crate) fn history(rng: &mut Rng, policy: &Policy, tiers_absent: bool) -> History {
    let unit = i128::from(policy.clock.unit) * MINUTE;
    let lengths = Lengths { tick: i128::from(policy.clock.tick) * MINUTE, unit };
    // Some histories start in 1969, most in 2026.
    let day = if rng.chance(3) { -20 } else { rng.between(20_454, 20_800) };
    let start = i128::from(day) * 1440 * MINUTE + i128::from(rng.between(0, 86_399)) * SECOND;
    let span = rng.between(30, 75);
    let at = |rng: &mut Rng| start + unit * i128::from(rng.between(0, span));
    let silent_from = at(rng);
    let silent = (silent_from, silent_from + unit * i128::from(rng.between(0, 12)));
    let mut versions: Vec<Instant> = (0..rng.between(0, 3)).map(|_| at(rng)).collect();
    versions.sort_unstable();
    let tiers = if tiers_absent {
        Tiers::Absent
    } else if rng.chance(12) {
        Tiers::Sparse
    } else {
        Tiers::Recorded
    };
    let integer_ids = rng.chance(25);
    let next_id = rng.between(-3, 990);
    let mut writer =
        Writer { rng, lengths, start, span, tiers, lines: Vec::new(), silent, versions, next_id, integer_ids };
    writer.write(policy);
    writer.finish()
}

impl Writer<'_> {
    fn write(&mut self, policy: &Policy) {
        let per_unit = 4.0_f64.min(300.0 / (policy.actions.len() as f64 * self.span as f64) / 2.0);
        for index in 0..policy.actions.len() {
            self.action(policy, index, (per_unit * 100.0) as i64);
        }
        self.notices();
        for _ in 0..self.rng.between(0, 8) {
            self.unclassified();
        }
        for _ in 0..*self.rng.pick(&[&0, &0, &1, &2, &3, &5]) {
            let (time, text) = self.bad_line(policy);
            self.lines.push((time, text));
        }
    }

    fn instant_in(&mut self, unit: i64) -> Instant {
        let time = self.start + self.lengths.unit * i128::from(unit) + self.lengths.some(self.rng, 0, 99);
        self.lengths.ragged(self.rng, time).max(self.start)
    }

    fn some_instant(&mut self) -> Instant {
        let unit = self.rng.between(0, self.span - 1);
        self.instant_in(unit)
    }

    /// Good and bad phases, and silent ones, unit by unit.
    fn action(&mut self, policy: &Policy, index: usize, per_100_units: i64) {
        let (mut quality, mut left) = (98, self.rng.between(8, 25));
        for unit in 0..self.span {
            if left == 0 {
                (quality, left) = *self.rng.pick(&[
                    &(98, 15),
                    &(99, 10),
                    &(100, 20),
                    &(90, 10),
                    &(60, 4),
                    &(20, 4),
                    &(0, 3),
                    &(-1, 10),
                    &(-1, 5),
                ]);
            }
            left -= 1;
            let extra = i64::from(self.rng.between(1, 100) <= per_100_units % 100);
            for _ in 0..per_100_units / 100 + extra {
                if quality >= 0 {
                    let good = self.rng.chance(quality);
                    let time = self.instant_in(unit);
                    self.record(policy, index, unit, time, good);
                }
            }
        }
    }

    /// Where the agent plausibly is by then.
    fn tier(&mut self, unit: i64) -> &'static str {
        let stage = unit * 100 / self.span + self.rng.between(-8, 8);
        match stage {
            ..=28 => self.rng.pick(&["crawl", "crawl", "crawl", "crawl", "walk"]),
            29..=60 => self.rng.pick(&["walk", "walk", "walk", "walk", "crawl", "run"]),
            _ => self.rng.pick(&["run", "run", "run", "walk", "walk", "crawl"]),
        }
    }

    fn id(&mut self) -> Value {
        self.next_id += 1;
        if self.integer_ids { json!(self.next_id) } else { json!(format!("a-{:05}", self.next_id)) }
    }

    /// `5` and `"5"` are the same id.
    fn respell_id(&mut self, id: &Value) -> Value {
        match id {
            Value::Number(number) if self.rng.chance(50) => json!(number.to_string()),
            _ => id.clone(),
        }
    }

    fn record(&mut self, policy: &Policy, index: usize, unit: i64, time: Instant, good: bool) {
        let id = self.id();
        let mut content = self.attributes(policy, index, time);
        let with_tier = match self.tiers {
            Tiers::Recorded => !self.rng.chance(2),
            Tiers::Sparse => self.rng.chance(60),
            Tiers::Absent => false,
        };
        if with_tier {
            content.push(("tier".to_string(), json!(self.tier(unit))));
        } else if self.rng.chance(20) {
            content.push(("tier".to_string(), Value::Null));
        }
        let outcomes = outcomes(self.rng, self.lengths, time, good);
        self.tell(&id, time, &content, &outcomes);
        if self.rng.chance(1) {
            self.conflict(&id, time, &content);
        }
    }

    /// One or several lines that together say a record.
    fn tell(&mut self, id: &Value, time: Instant, content: &Fields, outcomes: &[Outcome]) {
        let told = if self.rng.chance(75) { outcomes.len() } else { self.rng.index(outcomes.len() + 1) };
        let (now, later) = outcomes.split_at(told);
        self.full_line(id, time, content, now);
        if !later.is_empty() && self.rng.chance(40) {
            // The log writes the whole record again, with what it knows by then.
            let id = self.respell_id(id);
            self.full_line(&id, time, content, outcomes);
        } else {
            let pieces = if self.rng.chance(50) { 1 } else { later.len().max(1) };
            for piece in later.chunks(later.len().div_ceil(pieces).max(1)) {
                self.outcome_line(id, piece);
            }
        }
        if self.rng.chance(4) {
            self.full_line(id, time, content, now);
        }
        if self.rng.chance(2) {
            self.outcome_line(id, now);
        }
    }

    fn full_line(&mut self, id: &Value, time: Instant, content: &Fields, outcomes: &[Outcome]) {
        let mut fields = vec![("id".to_string(), id.clone()), ("time".to_string(), json!(spell(self.rng, time)))];
        for (key, value) in content {
            fields.push((key.clone(), self.respell_value(value)));
        }
        if !outcomes.is_empty() || self.rng.chance(60) {
            fields.push(("outcomes".to_string(), self.outcome_list(outcomes)));
        } else if self.rng.chance(30) {
            fields.push(("outcomes".to_string(), Value::Null));
        }
        let text = line(self.rng, &fields);
        let written = outcomes.iter().map(|outcome| outcome.time).max().unwrap_or(time);
        self.lines.push((written, text));
    }

    fn outcome_line(&mut self, id: &Value, outcomes: &[Outcome]) {
        let id = self.respell_id(id);
        let list = self.outcome_list(outcomes);
        let text = line(self.rng, &[("id".to_string(), id), ("outcomes".to_string(), list)]);
        let written = outcomes.iter().map(|outcome| outcome.time).max().unwrap_or(self.start);
        self.lines.push((written, text));
    }

    fn outcome_list(&mut self, outcomes: &[Outcome]) -> Value {
        let mut items = Vec::new();
        for outcome in outcomes {
            items.push(self.outcome(outcome));
            if self.rng.chance(2) {
                items.push(self.outcome(outcome));
            }
        }
        Value::Array(items)
    }

    fn outcome(&mut self, outcome: &Outcome) -> Value {
        let mut fields = vec![("signal", json!(outcome.signal)), ("time", json!(spell(self.rng, outcome.time)))];
        if let Some(value) = outcome.value {
            fields.push(("value", micros(self.rng, value)));
        }
        object(&fields)
    }

    /// 1 equals 1.0.
    fn respell_value(&mut self, value: &Value) -> Value {
        match value.as_i64() {
            Some(whole) if self.rng.chance(20) => json!(whole as f64),
            _ => value.clone(),
        }
    }

    /// The same id with another content: another time, action, tier or text.
    fn conflict(&mut self, id: &Value, time: Instant, content: &Fields) {
        let mut content = content.clone();
        let mut time = time;
        match self.rng.between(1, 4) {
            1 => time += self.lengths.some(self.rng, 1, 300),
            2 => time -= self.lengths.some(self.rng, 1, 20),
            3 => content.push(("note".to_string(), json!("another line"))),
            _ => {
                for (key, value) in &mut content {
                    if key == "action" {
                        *value = json!("zzz");
                    }
                }
            }
        }
        self.full_line(id, time.max(self.start), &content, &[]);
    }

    fn attributes(&mut self, policy: &Policy, index: usize, time: Instant) -> Fields {
        let action = &policy.actions[index];
        let mut fields: Vec<(&str, Value)> = Vec::new();
        let mut client: Vec<(&str, Value)> = Vec::new();
        let name = self.shape(action.shape, &mut fields, &mut client);
        let name = match name {
            Some(name) => name.to_string(),
            None if action.former && self.rng.chance(40) => format!("old_{}", action.name),
            None => action.name.to_string(),
        };
        fields.insert(0, ("action", json!(name)));
        if !client.is_empty() {
            fields.push(("client", object(&client)));
        }
        fields.extend(self.cohort(time));
        if self.rng.chance(8) {
            fields.push(("note", json!(self.rng.pick(&["tab\there", "quote \" \u{e9}", "\u{1f600}"]))));
        }
        fields.into_iter().map(|(key, value)| (key.to_string(), value)).collect()
    }

    /// Attributes that mostly fit the predicate; the raw action, if it is not the name.
    fn shape(
        &mut self,
        shape: Shape,
        fields: &mut Vec<(&str, Value)>,
        client: &mut Vec<(&str, Value)>,
    ) -> Option<&'static str> {
        let rng = &mut *self.rng;
        let odd = rng.chance(5);
        match shape {
            Shape::Named => return None,
            // No amount, or one that is a text, is not a small amount; so the low shape says one.
            Shape::AmountLow => fields.push(("amount", json!([1.0, 10.0, 49.0, 49.5, 49.499_999][rng.index(5)]))),
            Shape::AmountHigh if odd => fields.push(("amount", json!("12"))),
            Shape::AmountHigh if rng.chance(15) => {}
            Shape::AmountHigh => fields.push(("amount", json!([49.500_001, 50.01, 99.0, 1e3][rng.index(4)]))),
            Shape::AmountTiny => fields.push(("amount", json!([-3.0, 0.0, 9.99, 9.999_999][rng.index(4)]))),
            Shape::AmountMiddle if odd => fields.push(("amount", json!(12.5))),
            Shape::AmountMiddle => fields.push(("amount", json!([10, 12, 250][rng.index(3)]))),
            Shape::Plan if rng.chance(50) => client.push(("vip", json!(true))),
            Shape::Plan => client.extend([("plan", json!("pro")), ("vip", json!(rng.chance(30)))]),
            Shape::NotPlan if odd => client.push(("vip", json!("true"))),
            Shape::NotPlan if rng.chance(20) => {}
            Shape::NotPlan => client.extend([("plan", json!("free")), ("vip", json!(false))]),
            Shape::LangIn => fields.push(("lang", json!(rng.pick(&["en", "de"])))),
            Shape::LangOut if odd => {}
            Shape::LangOut => fields.push(("lang", json!(rng.pick(&["fr", "da", "EN"])))),
            Shape::LangLow => fields.push(("lang", json!(rng.pick(&["en", "de", "Z", ""])))),
            Shape::LangHigh => {
                fields.push(("lang", json!(rng.pick(&["f", "fr", "\u{e9}", "zz"]))));
                client.push(("vip", json!(!odd)));
            }
        }
        Some(match shape {
            Shape::Plan | Shape::NotPlan => "credit",
            Shape::LangIn | Shape::LangOut => rng.pick(&["mail", "sms"]),
            Shape::LangLow | Shape::LangHigh => "mail",
            _ => "refund",
        })
    }

    /// Values that change, change back, and are missing now and then.
    fn cohort(&mut self, time: Instant) -> Vec<(&'static str, Value)> {
        let changes = self.versions.iter().filter(|change| **change <= time).count();
        let stray = usize::from(self.rng.between(1, 400) == 1);
        let version = [0, 1, 0, 2][changes.min(3)] ^ stray;
        let number = [2.0, 2.5, 12.125, 3.0][version];
        let mut fields = vec![
            ("model", json!(["m0", "m1", "m2", "m3"][version])),
            ("prompt_version", json!([1, 1, 2, 2][version])),
            ("agent", json!({"version": number, "canary": version % 2 == 1})),
        ];
        if self.rng.between(1, 300) == 1 {
            fields.remove(self.rng.index(3));
        }
        fields
    }

    /// The feed's heartbeat, incidents, complaints that concern no record; some twice.
    fn notices(&mut self) {
        for unit in 0..=self.span {
            let time = self.instant_in(unit);
            let silent = self.silent.0 <= time && time < self.silent.1;
            if !silent && self.rng.chance(85) {
                self.notice("heartbeat", time);
            }
            if self.rng.chance(7) {
                let signal = self.rng.pick(&["incident", "incident", "complaint", "reversed", "rated", "mystery"]);
                for _ in 0..self.rng.between(1, 3) {
                    let time = self.instant_in(unit);
                    self.notice(signal, time);
                }
            }
        }
        // Silence to the end: a notice long after the last record.
        if self.rng.chance(15) {
            let unit = self.span + self.rng.between(1, 25);
            let time = self.instant_in(unit);
            self.notice("heartbeat", time);
        }
        if self.rng.chance(5) {
            let time = self.start - self.lengths.some(self.rng, 1, 500);
            self.notice("incident", time);
        }
    }

    fn notice(&mut self, signal: &str, time: Instant) {
        for _ in 0..if self.rng.chance(8) { 2 } else { 1 } {
            let mut fields =
                vec![("signal".to_string(), json!(signal)), ("time".to_string(), json!(spell(self.rng, time)))];
            if self.rng.chance(10) {
                fields.push(("id".to_string(), Value::Null));
            }
            if self.rng.chance(10) {
                fields.push(("source".to_string(), json!("pager")));
            }
            let text = line(self.rng, &fields);
            self.lines.push((time, text));
        }
    }

    /// Records of no action type; they keep feeds alive, and trips of the policy count their signals.
    fn unclassified(&mut self) {
        let time = self.some_instant();
        let id = self.id();
        let action = self.rng.pick(&["ping", "dance", "refund?"]);
        let mut content = vec![("action".to_string(), json!(action))];
        if self.tiers == Tiers::Recorded {
            content.push(("tier".to_string(), json!("run")));
        }
        let signal = self.rng.pick(&["heartbeat", "heartbeat", "incident", "complaint", "accepted", "confirmed"]);
        let later = time + self.lengths.some(self.rng, 0, 100);
        let outcome = Outcome { signal, time: later, value: None };
        let twice = Outcome { time: later + self.lengths.unit, ..outcome.clone() };
        self.tell(&id, time, &content, &[outcome, twice]);
    }

    /// A line that is bad for one reason, or for several of which the first counts.
    fn bad_line(&mut self, policy: &Policy) -> (Instant, String) {
        let time = self.some_instant();
        let at = json!(spell(self.rng, time));
        let later = json!(spell(self.rng, time + SECOND));
        let earlier = json!(spell(self.rng, time - 1));
        self.next_id += 1;
        let id = json!(format!("bad-{}", self.next_id));
        let action = json!(policy.actions[0].name);
        let accepted = json!([{"signal": "accepted", "time": later}]);
        let late = json!([{"signal": "accepted", "time": earlier}]);
        let no_time = self.rng.pick(&[
            "soon",
            "",
            "2026-03-01T10:00:00",
            "2026-03-01",
            "2026-03-01T10:00:60Z",
            "2026-03-01T24:00:00Z",
            "2026-02-29T10:00:00Z",
            "2026-03-01 10:00:00Z",
            "2026-03-01T10:00:00.Z",
            "2026-03-01T10:00:00.1234567891Z",
            "0000-01-01T00:00:00Z",
            "2026-03-01T10:00:00+0100",
            "2026-13-01T10:00:00Z",
            "2026-03-01T10:00Z",
        ]);
        let no_tier = self.rng.pick(&["", "Crawl", "sprint", "RUN"]);
        let value = self.bad_value(policy);
        let fields = match self.rng.between(1, 18) {
            1 => {
                return (time, self.rng.pick(&["not json", "[1, 2]", "17", "{\"id\": \"x\", \"time\":", "{}x"]).into());
            }
            2 => json!({"time": at, "action": action, "tier": "crawl", "outcomes": []}),
            3 => {
                json!({"id": id, "action": action, "tier": "Crawl", "outcomes": [{"signal": "accepted", "time": "no"}]})
            }
            4 => json!({"id": id, "time": "soon", "tier": "crawl"}),
            5 => json!({"id": id, "time": at, "action": action, "outcomes": [{"signal": "accepted"}]}),
            6 => json!({"id": id, "time": "soon", "action": action, "outcomes": [{"time": later}]}),
            7 => json!({"id": id, "time": no_time, "action": action, "tier": no_tier, "outcomes": accepted}),
            8 => json!({"id": id, "time": at, "action": action, "outcomes": [{"signal": "accepted", "time": no_time}]}),
            9 => json!({"id": id, "time": at, "action": action, "tier": no_tier, "outcomes": late}),
            10 => json!({"id": id, "time": at, "action": action, "tier": no_tier}),
            11 | 12 => {
                let signal = value.0;
                json!({"id": id, "time": at, "action": action, "outcomes": [{"signal": signal, "time": later, "value": value.1}]})
            }
            13 => {
                let signal = value.0;
                json!({"id": id, "time": at, "action": action, "outcomes": [{"signal": signal, "time": later}]})
            }
            14 => json!({"id": id, "time": at, "action": action, "tier": "walk", "outcomes": late}),
            15 => json!({"id": id, "outcomes": accepted}),
            16 => json!({"signal": "heartbeat", "id": null, "time": null}),
            17 => json!({"signal": "incident", "time": no_time}),
            _ => json!({"id": id, "outcomes": accepted, "tier": "crawl"}),
        };
        (time, fields.to_string())
    }

    /// A value off the scale or with too many decimals, if a mean metric uses the signal.
    fn bad_value(&mut self, policy: &Policy) -> (&'static str, Value) {
        for (metric, signal) in [("csat", "rated"), ("score", "scored"), ("effort_felt", "effort")] {
            if policy.metrics.contains(&metric) {
                return (signal, json!([11.0, 99.0, -2.000_001, 1.234_567_8, 2.000_000_1][self.rng.index(5)]));
            }
        }
        ("rated", json!(11))
    }

    /// Out of order a little, some blank lines, LF or CRLF, with or without one at the end.
    fn finish(mut self) -> History {
        let spread = self.lengths.unit * i128::from(*self.rng.pick(&[&0, &1, &4, &1000]));
        let mut keyed = Vec::new();
        let mut end = self.start;
        for (time, text) in self.lines.drain(..) {
            let shift = spread * i128::from(self.rng.between(0, 1000)) / 1000;
            end = end.max(time);
            keyed.push((time + shift, text));
        }
        keyed.sort();
        let mut text = String::new();
        let newline = if self.rng.chance(10) { "\r\n" } else { "\n" };
        for (_, line) in keyed {
            text += &line;
            text += newline;
            if self.rng.between(1, 200) == 1 {
                text += self.rng.pick(&["\n", "  \n", "\t\r\n"]);
            }
        }
        if self.rng.chance(20) {
            text.truncate(text.trim_end().len());
        }
        History { text, start: self.start, end }
    }
}
