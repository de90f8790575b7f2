//! The file of scenarios, read against the plan whose names it uses; [`super`] says what each key means.

use super::expect::{Expect, Wanted, What};
use super::feed::{DAY, Feed, Makes};
use super::{Scenario, Suite, Survives, exact, flow};
use crate::model::policy::{ActionId, MetricId, SignalId};
use crate::plan::Plan;
use crate::replay::{Approvals, Kind};
use crate::value::{Instant, Step};
use crate::yaml::{self, At, Node, Reader, Record, YamlError, instead};
use std::ops::Range;

/// What to call the document.
const WHOLE: &str = "the file of scenarios";
/// Its keys.
const KEYS: &[&str] = &["policy", "scenarios", "survives"];
/// The most records that one scenario may make.
const MOST: u64 = 1_000_000;
/// The last day of a feed: ten years.
const LAST_DAY: i64 = 3_660;

/// The path of the policy that a file of scenarios names, from the file's directory.
pub fn policy_of(text: &str) -> Result<String, Vec<YamlError>> {
    yaml::document(text, WHOLE, |read, at| {
        let record = read.record(at, KEYS)?;
        let policy = read.required(&record, "policy", "support.cwr")?;
        read.text(policy, "the path of the policy, from here").map(str::to_owned)
    })
}

/// What a file says. The errors come in the order of the text.
pub fn parse(text: &str, plan: &Plan) -> Result<Suite, Vec<YamlError>> {
    yaml::document(text, WHOLE, |read, at| Section { plan, read }.file(at))
}

/// Reads the parts of the file.
pub(super) struct Section<'p, 'r> {
    pub(super) plan: &'p Plan,
    pub(super) read: &'r mut Reader,
}

impl Section<'_, '_> {
    fn file(&mut self, at: &At) -> Option<Suite> {
        let record = self.read.record(at, KEYS)?;
        let survives = record.get("survives").map_or_else(Vec::new, |at| self.survives(at));
        let list = self.read.required(&record, "scenarios", "[{name: …, …}]")?.clone();
        let items = self.read.list(&list, "scenarios");
        if items.is_empty() && list.is_list() {
            self.read.wrong(&list, "`scenarios` is empty", "write `- name: what should happen` with its parts below");
        }
        let mut scenarios: Vec<Scenario> = Vec::new();
        for item in items {
            let Some(scenario) = self.scenario(&item) else { continue };
            if scenarios.iter().any(|other| other.name == scenario.name) {
                self.read.wrong(
                    &item,
                    format!("`{}` is the name of two scenarios", scenario.name),
                    "name one otherwise",
                );
            }
            scenarios.push(scenario);
        }
        Some(Suite { scenarios, survives })
    }

    fn survives(&mut self, at: &At) -> Vec<Survives> {
        let items = self.read.list(at, "mutants that may survive, as in `{mutant: PATH=VALUE, because: why}`");
        items.iter().filter_map(|item| self.survivor(item)).collect()
    }

    fn survivor(&mut self, at: &At) -> Option<Survives> {
        let record = self.read.record(at, &["mutant", "because"])?;
        let mutant = self.read.required(&record, "mutant", "PATH=VALUE").cloned();
        let because = self.read.required(&record, "because", "why nothing can notice").cloned();
        let mutant = mutant.and_then(|at| self.read.text(&at, "a mutant as `--mutants` names it: PATH=VALUE"));
        let because = because.and_then(|at| self.read.text(&at, "why no scenario can notice it"));
        Some(Survives { mutant: mutant?.to_owned(), because: because?.to_owned(), place: at.way().value("mutant") })
    }

    fn scenario(&mut self, at: &At) -> Option<Scenario> {
        let record = self.read.record(at, &["name", "start", "end", "approvals", "feed", "records", "expect"])?;
        let name = self.read.required(&record, "name", "what should happen").cloned();
        let name = name.and_then(|at| self.read.text(&at, "what should happen, in a few words"));
        let end = record.get("end").and_then(|at| self.time(at));
        let approvals = record.get("approvals").and_then(|at| self.approvals(at)).unwrap_or_default();
        let feeds = self.feeds(&record);
        let records = record.get("records").map_or_else(Vec::new, |at| exact::records(self, at));
        let expects = self.read.required(&record, "expect", "[{on: 2026-02-01, action: NAME, tier: walk}]").cloned();
        let expects = expects.map_or_else(Vec::new, |at| self.expects(&at));
        if record.get("feed").is_none() && record.get("records").is_none() {
            self.read.wrong(at, "the scenario has no records", "write `feed` or `records`");
        }
        Some(Scenario { name: name?.to_owned(), place: at.way(), end, approvals, feeds, records, expects })
    }

    /// Whether approvals are given.
    fn approvals(&mut self, at: &At) -> Option<Approvals> {
        let form = "`never`, or `assumed` for as soon as all else is met";
        self.read.plain(at, form, |scalar| match scalar.text.as_str() {
            "assumed" => Some(Approvals::Assumed),
            "never" => Some(Approvals::Never),
            _ => None,
        })
    }

    fn feeds(&mut self, record: &Record) -> Vec<Feed> {
        let Some(at) = record.get("feed") else { return Vec::new() };
        let start = self.read.required(record, "start", "2026-01-01").cloned();
        let start = start.and_then(|at| self.read.start(&at));
        let items = self.read.list(at, "feeds");
        // What else is wrong is told whether the start is known or not.
        let feeds = (1..).zip(&items).filter_map(|(number, at)| self.feed(at, number, start.unwrap_or(0)));
        let feeds: Vec<Feed> = feeds.collect();
        let many = feeds.iter().map(Feed::count).fold(0, u64::saturating_add);
        if many > MOST {
            let help = format!("write fewer days or fewer a day: at most {MOST}");
            self.read.wrong(&at.key(), format!("the feeds make {many} records"), help);
            return Vec::new();
        }
        feeds
    }

    fn feed(&mut self, at: &At, number: usize, start: i64) -> Option<Feed> {
        let is_notice = has(at, "signal") && !has(at, "action");
        let signals = if is_notice { &[][..] } else { &self.plan.signals };
        let own: &[&str] = if is_notice { &["signal"] } else { &["action", "tier", "record"] };
        let keys: Vec<&str> =
            own.iter().copied().chain(["days", "per_day"]).chain(signals.iter().map(String::as_str)).collect();
        let record = self.read.record(at, &keys)?;
        let days = self.read.required(&record, "days", "0..30").cloned().and_then(|at| self.days(&at));
        let per_day = self.read.required(&record, "per_day", "20").cloned();
        let per_day = per_day.and_then(|at| self.per_day(&at, is_notice));
        let makes = if is_notice {
            self.signal(&record).map(Makes::Notices)
        } else {
            flow::made(self, &record).map(Makes::Records)
        };
        let days = days?;
        Some(Feed { number, days: start + days.start..start + days.end, per_day: per_day?, makes: makes? })
    }

    /// `0..30`
    fn days(&mut self, at: &At) -> Option<Range<i64>> {
        let form = format!("days from the start, half-open, as in `0..30` (at most {LAST_DAY})");
        self.read.plain(at, &form, |scalar| {
            let (from, to) = scalar.text.split_once("..")?;
            let day = |text: &str| text.parse::<u16>().ok().filter(|_| text.bytes().all(|it| it.is_ascii_digit()));
            let days = i64::from(day(from)?)..i64::from(day(to)?);
            (days.start < days.end && days.end <= LAST_DAY).then_some(days)
        })
    }

    fn per_day(&mut self, at: &At, is_notice: bool) -> Option<u64> {
        let per_day = self.read.number(at, MOST)?;
        if per_day == 0 {
            self.read.wrong(at, "the feed makes nothing", "write a `per_day` above 0, or leave the feed out");
        }
        if is_notice && per_day > DAY.unsigned_abs() * yaml::Share::ALL.0 {
            self.read.wrong(at, "two notices of one second count once", format!("write at most {DAY}"));
        }
        (per_day > 0).then_some(per_day)
    }

    fn signal(&mut self, record: &Record) -> Option<SignalId> {
        let at = self.read.required(record, "signal", "NAME")?;
        let names = self.plan.signals.iter().map(String::as_str);
        self.read.name(at, "signal", names).map(SignalId::new)
    }

    /// The action type that `action` names.
    pub(super) fn action(&mut self, record: &Record) -> Option<ActionId> {
        let at = self.read.required(record, "action", "NAME")?;
        let names = self.plan.actions.iter().map(|action| action.name.as_str());
        self.read.name(at, "action type", names).map(ActionId::new)
    }

    fn time(&mut self, at: &At) -> Option<Instant> {
        self.read.time(at).map(Instant::from_seconds)
    }

    fn expects(&mut self, at: &At) -> Vec<Expect> {
        let items = self.read.list(at, "expectations");
        if items.is_empty() && at.is_list() {
            self.read.wrong(at, "the scenario expects nothing", "write `- {on: 2026-02-01, action: …, tier: …}`");
        }
        items.iter().filter_map(|item| self.expect(item)).collect()
    }

    fn expect(&mut self, at: &At) -> Option<Expect> {
        let keys: &[&str] = match form(at) {
            Form::Tier => &["on", "action", "tier", "because"],
            Form::Entry => &["between", "action", "kind", "never", "bar", "clause"],
            Form::Harm => &["action", "harm"],
        };
        let record = self.read.record(at, keys)?;
        let action = self.action(&record);
        let what = match form(at) {
            Form::Tier => self.tier(&record, action),
            Form::Entry => self.entry(&record, action),
            Form::Harm => self.harm(&record),
        };
        Some(Expect { place: at.way(), action: action?, what: what? })
    }

    fn tier(&mut self, record: &Record, action: Option<ActionId>) -> Option<What> {
        let on = self.read.required(record, "on", "2026-02-01").cloned().and_then(|at| self.time(&at));
        let tier = self.read.required(record, "tier", "walk").cloned().and_then(|at| self.read.tier(&at));
        let because = match record.get("because") {
            None => Wanted::default(),
            Some(at) => self.because(at, action)?,
        };
        Some(What::Tier { on: on?, tier: tier?, because })
    }

    fn because(&mut self, at: &At, action: Option<ActionId>) -> Option<Wanted> {
        let record = self.read.record(at, &["kind", "bar", "clause"])?;
        let wanted = self.wanted(&record, "kind", action);
        if let Some(kind @ (Kind::Stop | Kind::Defer)) = wanted.kind {
            let help = format!("write `{{between: […], action: …, kind: {}}}`", kind.word());
            self.read.wrong(at, format!("a {} moves nothing, so no tier is because of it", kind.word()), help);
        }
        Some(wanted)
    }

    fn entry(&mut self, record: &Record, action: Option<ActionId>) -> Option<What> {
        let ends = record.get("between").cloned().map(|at| self.between(&at));
        let never = record.get("never").is_some();
        if never == record.get("kind").is_some() {
            let message = "an expectation `between` two days says either `kind` or `never`";
            self.read.wrong(record.at(), message, "write `kind: demote`, or `never: demote`");
        }
        let wanted = self.wanted(record, if never { "never" } else { "kind" }, action);
        let (from, to) = ends??;
        Some(What::Entry { from, to, wanted, never })
    }

    fn between(&mut self, at: &At) -> Option<(Instant, Instant)> {
        let items = self.read.list(at, "two dates, as in `[2026-02-01, 2026-02-14]`");
        let ends: Vec<Option<Instant>> = items.iter().map(|item| self.time(item)).collect();
        let [from, to] = ends[..] else {
            if at.is_list() {
                self.read.wrong(at, "`between` has two ends", "write two dates, as in `[2026-02-01, 2026-02-14]`");
            }
            return None;
        };
        let (from, to) = from.zip(to)?;
        if to < from {
            self.read.wrong(at, "`between` ends before it begins", "write the earlier date first");
        }
        Some((from, to))
    }

    /// What is asked of an entry of the log.
    fn wanted(&mut self, record: &Record, kind: &str, action: Option<ActionId>) -> Wanted {
        let kinds = Kind::ALL.map(Kind::word);
        let kind = record.get(kind).and_then(|at| self.one_of(at, "kind of decision", &kinds)).map(|at| Kind::ALL[at]);
        let metrics = self.plan.metrics.iter().map(|metric| metric.name.as_str());
        let bar = record.get("bar").and_then(|at| self.read.name(at, "metric", metrics)).map(MetricId::new);
        // The clauses are those of the action type: of an unknown one nothing can be said.
        let clause = record.get("clause").zip(action).and_then(|(at, action)| self.clause(at, action));
        Wanted { kind, bar, clause }
    }

    fn clause(&mut self, at: &At, action: ActionId) -> Option<String> {
        let clauses = clauses(self.plan, action);
        let names: Vec<&str> = clauses.iter().map(String::as_str).collect();
        self.one_of(at, "clause that decides", &names).map(|at| clauses[at].clone())
    }

    /// The index of a word in a list of its own.
    fn one_of(&mut self, at: &At, what: &str, known: &[&str]) -> Option<usize> {
        let text = self.read.text(at, &format!("a {what}"))?;
        let found = known.iter().position(|word| *word == text);
        if found.is_none() {
            self.read.wrong(at, format!("there is no {what} `{text}`"), instead(text, known));
        }
        found
    }

    fn harm(&mut self, record: &Record) -> Option<What> {
        let keys = ["seen", "released", "unknown"];
        let at = record.get("harm")?;
        let record = self.read.record(at, &keys)?;
        if keys.iter().all(|key| record.get(key).is_none()) {
            self.read.wrong(at, "`harm` says no number", "write `harm: {seen: 0}`");
        }
        Some(What::Harm(keys.map(|key| record.get(key).and_then(|at| self.whole(at)))))
    }

    fn whole(&mut self, at: &At) -> Option<u64> {
        self.read.plain(at, "a whole number", |scalar| {
            scalar.text.parse().ok().filter(|_| scalar.text.bytes().all(|byte| byte.is_ascii_digit()))
        })
    }
}

/// The three forms of expectations.
enum Form {
    Tier,
    Entry,
    Harm,
}

/// Which form an expectation has, by the key that only this one has.
fn form(at: &At) -> Form {
    if has(at, "between") {
        Form::Entry
    } else if has(at, "harm") {
        Form::Harm
    } else {
        Form::Tier
    }
}

/// Whether a map has a key.
fn has(at: &At, key: &str) -> bool {
    matches!(at.node, Node::Map(entries) if entries.iter().any(|(name, _)| name == key))
}

/// The clauses of an action type that entries of the log may name.
fn clauses(plan: &Plan, action: ActionId) -> Vec<String> {
    let Some(of) = plan.actions.get(action.index()) else { return Vec::new() };
    let mut all: Vec<String> = (1..=of.trips.len()).map(|nth| format!("{}.trip[{nth}]", of.name)).collect();
    all.extend(["renew", "stale"].map(|clause| format!("{}.{clause}", of.name)));
    for step in Step::ALL {
        let Some(gate) = &of.gates[step.index()] else { continue };
        let path = plan.gate_path(action, step);
        all.extend((1..=gate.keeps.len()).map(|nth| format!("{path}.keep[{nth}]")));
        all.extend([format!("{path}.stop"), path]);
    }
    all
}
