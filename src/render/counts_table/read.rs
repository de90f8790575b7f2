//! Rows to counts, under the plan that is to be replayed; whatever they say, nothing overflows and nothing is counted
//! twice.

use super::whole::{FIGURES, check_number, contradiction};
use super::{AGAIN, First, Row, Unusable, VERSION};
use crate::history::counts::{Arrival, Cohort, Counts, Exposure, Harm, Series, Tally};
use crate::history::fields;
use crate::history::intake::{Bad, Place, Quote, Reason};
use crate::model::policy::{ActionId, MetricId, SignalId};
use crate::plan::matcher::Given;
use crate::plan::{Plan, counting};
use crate::value::duration::Tick;
use crate::value::{Instant, Tier};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// What a table says.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The counts.
    pub counts: Counts,
    /// The names of the inputs, as bad lines are quoted by them.
    pub names: Vec<String>,
    /// The tier that was assumed for records that carry none.
    pub assume_tier: Option<Tier>,
}

/// Ticks further from 1970 than this many seconds are none.
const FARTHEST: i64 = 1_000_000_000_000;

/// The counts in rows, if they were made of the same parts of a plan.
pub fn load(plan: &Plan, rows: &[Row]) -> Result<Loaded, Unusable> {
    let head = head(rows)?;
    check_number(rows)?;
    same_parts(plan, head, rows)?;
    let mut table = Table::new(plan);
    for (at, row) in rows.iter().enumerate() {
        table.row(row).map_err(|why| Unusable::new(format!("cannot be used: row {}: {why}", at + 1)))?;
    }
    if let Some(figure) = FIGURES.iter().find(|figure| !table.figures.contains(**figure)) {
        return Err(Unusable::new(format!("is not whole: it has no figure `{figure}`")));
    }
    let loaded = table.finish();
    match contradiction(&loaded.counts) {
        None => Ok(loaded),
        Some(why) => Err(Unusable::new(format!("does not fit together: {why}"))),
    }
}

/// The row that says of which version the table is.
fn head(rows: &[Row]) -> Result<&Row, Unusable> {
    let head = rows.iter().find(|row| row.kind == "cwrc");
    let head = head.ok_or_else(|| Unusable::new("is no table of counts: it has no row of kind `cwrc`"))?;
    if head.n != Some(VERSION) {
        return Err(Unusable::new(format!("is a table of another version of cwrc, {}", head.n.unwrap_or(0))));
    }
    Ok(head)
}

/// Fails where the table was made under another policy, and says what differs.
fn same_parts(plan: &Plan, head: &Row, rows: &[Row]) -> Result<(), Unusable> {
    let now = counting::parts(plan);
    if head.text.as_deref() == Some(counting::fingerprint(&now).as_str()) {
        return Ok(());
    }
    let part = |row: &Row| Some((row.name.clone()?, serde_json::from_str(row.text.as_deref()?).ok()?));
    let then: BTreeMap<String, Value> = rows.iter().filter(|row| row.kind == "plan").filter_map(part).collect();
    let (message, was) = difference(&then, &now);
    Err(Unusable { message: format!("was counted under another policy: {message}"), help: format!("{was}{AGAIN}") })
}

/// The first part that differs, and what it was and is.
fn difference(then: &BTreeMap<String, Value>, now: &BTreeMap<String, Value>) -> (String, String) {
    for (name, part) in now {
        let Some(old) = then.get(name) else { return (format!("it had no {}", bare(name)), String::new()) };
        let keys = part.as_object().into_iter().flatten();
        if let Some((key, new)) = keys.into_iter().find(|(key, new)| old.get(key.as_str()) != Some(new)) {
            let old = old.get(key.as_str()).unwrap_or(&Value::Null);
            return (
                format!("`{key}` of {name} is not what it was"),
                format!("it was {} and is {}; ", short(old), short(new)),
            );
        }
    }
    match then.keys().find(|name| !now.contains_key(*name)) {
        Some(name) => (format!("it had {}", with_article(name)), String::new()),
        None => ("its fingerprint is not that of its parts".to_owned(), String::new()),
    }
}

fn bare(name: &str) -> &str {
    name.strip_prefix("the ").unwrap_or(name)
}

fn with_article(name: &str) -> String {
    let article = if name.starts_with('a') { "an" } else { "a" };
    format!("{article} {}", bare(name))
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    let start: String = text.chars().take(80).collect();
    if start.len() < text.len() { format!("{start}…") } else { start }
}

type Ticks<T> = BTreeMap<Tick, T>;

struct Table<'p> {
    plan: &'p Plan,
    loaded: Loaded,
    /// Cohorts stand for themselves until all are known.
    samples: BTreeMap<(ActionId, MetricId, Cohort, Option<Tier>), Ticks<Tally>>,
    arrivals: BTreeMap<Arrival, Ticks<u64>>,
    notices: BTreeMap<SignalId, Ticks<u64>>,
    cohorts: BTreeMap<ActionId, Ticks<Cohort>>,
    exposure: BTreeMap<(ActionId, Option<Tier>, Harm), Ticks<u64>>,
    /// Everything that was counted, so that no sum overflows.
    total: u64,
    figures: BTreeSet<String>,
}

type Read<T> = Result<T, String>;

/// A value that a row of this kind must have.
fn needed<T>(value: Option<T>, column: &str) -> Read<T> {
    value.ok_or_else(|| format!("its `{column}` is empty"))
}

fn once<K: Ord, V>(entries: &mut BTreeMap<K, V>, key: K, value: V) -> Read<()> {
    match entries.insert(key, value) {
        None => Ok(()),
        Some(_) => Err("another row says the same".to_owned()),
    }
}

fn tier(row: &Row) -> Read<Option<Tier>> {
    let parse = |word: &String| Tier::parse(word).ok_or_else(|| format!("`{word}` is no tier"));
    row.tier.as_ref().map(parse).transpose()
}

fn cohort(row: &Row) -> Read<Cohort> {
    let Some(text) = &row.cohort else { return Ok(Vec::new()) };
    let all = fields::array(text).ok_or_else(|| format!("its cohort is no list: {text}"))?;
    Ok(all.iter().map(|raw| (raw.get() != "null").then(|| owned(fields::given(raw.get())))).collect())
}

fn end(row: &Row) -> Read<(Instant, String)> {
    let text = needed(row.text.as_deref(), "text")?;
    let time = Instant::parse(text).ok_or_else(|| format!("`{text}` is no time"))?;
    Ok((time, row.name.clone().unwrap_or_default()))
}

impl<'p> Table<'p> {
    fn new(plan: &'p Plan) -> Self {
        Self {
            plan,
            loaded: Loaded { counts: Counts::default(), names: Vec::new(), assume_tier: None },
            samples: BTreeMap::new(),
            arrivals: BTreeMap::new(),
            notices: BTreeMap::new(),
            cohorts: BTreeMap::new(),
            exposure: BTreeMap::new(),
            total: 0,
            figures: BTreeSet::new(),
        }
    }

    fn row(&mut self, row: &Row) -> Read<()> {
        match row.kind.as_str() {
            "cwrc" | "plan" | "rows" => Ok(()),
            "assumed" => {
                self.loaded.assume_tier = tier(row)?;
                Ok(())
            }
            "intake" => self.intake(row),
            "bad" => self.bad(row),
            "earliest" => end(row).map(|end| self.loaded.counts.earliest = Some(end)),
            "latest" => end(row).map(|end| self.loaded.counts.latest = Some(end)),
            "sample" => self.sample(row),
            "arrival" => {
                let key = (row.action.as_ref().map(|_| self.action(row)).transpose()?, self.signal(row)?);
                let entry = (self.tick(row)?, self.count(row)?);
                once(self.arrivals.entry(key).or_default(), entry.0, entry.1)
            }
            "notice" => {
                let (signal, tick, n) = (self.signal(row)?, self.tick(row)?, self.count(row)?);
                once(self.notices.entry(signal).or_default(), tick, n)
            }
            "alive" => {
                let (signal, tick) = (self.signal(row)?, self.tick(row)?);
                self.loaded.counts.alive.entry(signal).or_default().insert(tick);
                Ok(())
            }
            "cohort" => {
                let (action, tick, cohort) = (self.action(row)?, self.tick(row)?, cohort(row)?);
                once(self.cohorts.entry(action).or_default(), tick, cohort)
            }
            "exposure" => {
                let key = (self.action(row)?, tier(row)?, self.harm(row)?);
                let (tick, n) = (self.tick(row)?, self.count(row)?);
                once(self.exposure.entry(key).or_default(), tick, n)
            }
            other => Err(format!("there is no kind `{other}`")),
        }
    }

    fn action(&self, row: &Row) -> Read<ActionId> {
        let name = needed(row.action.as_ref(), "action")?;
        let found = self.plan.actions.iter().position(|action| action.name == *name);
        found.map(ActionId::new).ok_or_else(|| format!("the policy has no action `{name}`"))
    }

    fn signal(&self, row: &Row) -> Read<SignalId> {
        let name = needed(row.name.as_ref(), "name")?;
        let found = self.plan.signals.iter().position(|signal| signal == name);
        found.map(SignalId::new).ok_or_else(|| format!("the policy has no signal `{name}`"))
    }

    fn metric(&self, name: &str) -> Read<MetricId> {
        let found = self.plan.metrics.iter().position(|metric| metric.name == name);
        found.map(MetricId::new).ok_or_else(|| format!("the policy has no metric `{name}`"))
    }

    fn tick(&self, row: &Row) -> Read<Tick> {
        let tick = needed(row.tick, "tick")?;
        let seconds = tick.checked_mul(self.plan.tick_seconds);
        let is_near = seconds.is_some_and(|seconds| (-FARTHEST..=FARTHEST).contains(&seconds));
        is_near.then_some(tick).ok_or_else(|| format!("tick {tick} is too far from 1970"))
    }

    fn count(&mut self, row: &Row) -> Read<u64> {
        let n = needed(row.n, "n")?;
        let total = self.total.checked_add(n).filter(|total| i64::try_from(*total).is_ok());
        self.total = total.ok_or("more is counted than can be")?;
        Ok(n)
    }

    fn intake(&mut self, row: &Row) -> Read<()> {
        let (name, n) = (needed(row.name.clone(), "name")?, self.count(row)?);
        let intake = &mut self.loaded.counts.intake;
        let figure = match name.as_str() {
            "classified" => &mut intake.classified,
            "unclassified" => &mut intake.unclassified,
            "duplicates" => &mut intake.duplicates,
            "late_outcomes" => &mut intake.late_outcomes,
            "contradicted" => &mut intake.contradicted,
            "without_tier" => &mut intake.without_tier,
            "notices" => &mut intake.notices,
            _ => return Err(format!("there is no figure `{name}`")),
        };
        *figure = n;
        if self.figures.insert(name) { Ok(()) } else { Err("another row says the same".to_owned()) }
    }

    fn bad(&mut self, row: &Row) -> Read<()> {
        let name = needed(row.name.as_deref(), "name")?;
        let reason = Reason::ALL.into_iter().find(|reason| reason.word() == name);
        let reason = reason.ok_or_else(|| format!("there is no reason `{name}`"))?;
        let first: First =
            serde_json::from_str(needed(row.text.as_deref(), "text")?).map_err(|error| error.to_string())?;
        let names = &mut self.loaded.names;
        let input = names.iter().position(|name| *name == first.input).unwrap_or_else(|| {
            names.push(first.input);
            names.len() - 1
        });
        let quote = Quote { place: Place { input, line: first.line }, why: first.why, text: first.quote };
        let bad = Bad { count: self.count(row)?, first: quote };
        once(&mut self.loaded.counts.intake.bad, reason, bad)
    }

    fn sample(&mut self, row: &Row) -> Read<()> {
        let metric = self.metric(needed(row.name.as_deref(), "name")?)?;
        let key = (self.action(row)?, metric, cohort(row)?, tier(row)?);
        let (tick, n) = (self.tick(row)?, self.count(row)?);
        let is_mean = self.plan.metrics[metric.index()].is_mean();
        let bad = if is_mean { 0 } else { needed(row.bad, "bad")? };
        let sum = if is_mean { sum(needed(row.sum_millionths.as_deref(), "sum_millionths")?, n)? } else { 0 };
        if bad > n {
            return Err(format!("{bad} of {n} are bad"));
        }
        once(self.samples.entry(key).or_default(), tick, Tally { n, bad, sum })
    }

    fn harm(&self, row: &Row) -> Read<Harm> {
        match needed(row.name.as_deref(), "name")? {
            "told" => Ok(Harm::Told),
            "seen" => Ok(Harm::Seen),
            "released" => Ok(Harm::Released),
            "open" => {
                let text = needed(row.text.as_deref(), "text")?;
                let pairs: Vec<(String, Tick)> = serde_json::from_str(text).map_err(|error| error.to_string())?;
                let open: Read<BTreeMap<MetricId, Tick>> =
                    pairs.into_iter().map(|(name, ticks)| Ok((self.metric(&name)?, near(ticks)?))).collect();
                Ok(Harm::Open(open?.into_iter().collect()))
            }
            other => Err(format!("there is no harm `{other}`")),
        }
    }

    /// The counts, with cohorts and harms numbered in their order.
    fn finish(self) -> Loaded {
        let of_samples = self.samples.keys().map(|(_, _, cohort, _)| cohort);
        let of_ticks = self.cohorts.values().flat_map(BTreeMap::values);
        let empty = Vec::new();
        let cohorts: BTreeSet<&Cohort> = of_samples.chain(of_ticks).chain([&empty]).collect();
        let cohorts: Vec<Cohort> = cohorts.into_iter().cloned().collect();
        let harms: BTreeSet<&Harm> = self.exposure.keys().map(|(_, _, harm)| harm).collect();
        let harms: Vec<Harm> = harms.into_iter().cloned().collect();
        let cohort = |values: &Cohort| number(&cohorts, values);
        let harm = |it: &Harm| number(&harms, it);
        let samples = self.samples.into_iter().map(|((action, metric, values, tier), ticks)| {
            (Series { action, metric, cohort: cohort(&values), tier }, listed(ticks))
        });
        let exposure = self
            .exposure
            .into_iter()
            .map(|((action, tier, kind), ticks)| (Exposure { action, tier, harm: harm(&kind) }, listed(ticks)));
        let latest = self
            .cohorts
            .into_iter()
            .map(|(action, ticks)| (action, ticks.into_iter().map(|(tick, values)| (tick, cohort(&values))).collect()));
        let counts = Counts {
            samples: samples.collect(),
            exposure: exposure.collect(),
            latest_cohorts: latest.collect(),
            arrivals: self.arrivals.into_iter().map(|(key, ticks)| (key, listed(ticks))).collect(),
            notices: self.notices.into_iter().map(|(key, ticks)| (key, listed(ticks))).collect(),
            cohorts,
            harms,
            ..self.loaded.counts
        };
        Loaded { counts, ..self.loaded }
    }
}

fn listed<T>(ticks: Ticks<T>) -> Vec<(Tick, T)> {
    ticks.into_iter().collect()
}

fn number<T: Ord>(sorted: &[T], value: &T) -> u32 {
    sorted.binary_search(value).ok().and_then(|at| u32::try_from(at).ok()).unwrap_or(0)
}

fn near(ticks: Tick) -> Read<Tick> {
    (-FARTHEST..=FARTHEST).contains(&ticks).then_some(ticks).ok_or_else(|| format!("{ticks} ticks are too many"))
}

/// A sum of so many values, none of which has more than eighteen digits.
fn sum(text: &str, n: u64) -> Read<i128> {
    let most = i128::from(n) * i128::from(i64::MAX);
    let sum = text.parse::<i128>().ok().filter(|sum| (-most..=most).contains(sum));
    sum.ok_or_else(|| format!("`{text}` is no sum of {n} values"))
}

/// The value without its borrow.
fn owned(given: Given) -> Given<'static> {
    match given {
        Given::Text(text) => Given::Text(Cow::Owned(text.into_owned())),
        Given::Number(number) => Given::Number(number),
        Given::Flag(flag) => Given::Flag(flag),
        Given::Other(json) => Given::Other(json),
    }
}
