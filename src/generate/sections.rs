//! The sections of a world, read one by one; see [`super::world`] for what each means.

use super::fields;
use super::timed::{Days, Timed};
use super::world::{DAY, Dirt, Flow, Group, Heartbeat, Incident, Outage, Rates, World};
use crate::history::Reason;
use crate::model::policy::{ActionId, SignalId};
use crate::plan::{MetricKind, Plan};
use crate::value::{Decimal, Tier};
use crate::yaml::{self, At, Reader, Record, Share, YamlError, decimal};

/// The largest world that is read, in bytes.
const LARGEST: usize = 256 * 1024;
/// The longest history, in days: ten years.
const LONGEST: u64 = 3_660;
/// The most records, the most notices of heartbeats, and the most signals of incidents that a world may ask for.
const MOST: u64 = 5_000_000;

/// Reads a whole world.
pub(super) fn world(text: &str, plan: &Plan) -> Result<World, Vec<YamlError>> {
    let alone = |line, column, message, help: &str| vec![YamlError { line, column, message, help: Some(help.into()) }];
    if text.len() > LARGEST {
        let message = format!("the world is larger than {} KiB", LARGEST >> 10);
        return Err(alone(1, 1, message, "state rates rather than records"));
    }
    yaml::document(text, "the world", |read, at| Section { plan, read }.world(at))
}

struct Section<'p, 'r> {
    plan: &'p Plan,
    read: &'r mut Reader,
}

impl Section<'_, '_> {
    fn world(&mut self, at: &At) -> Option<World> {
        let keys = ["start", "length", "actions", "incidents", "heartbeats", "outages", "dirt"];
        let record = self.read.record(at, &keys)?;
        let start = self.read.required(&record, "start", "2026-01-01").and_then(|at| self.read.start(at));
        let days = self.read.required(&record, "length", "26w").and_then(|at| self.length(at));
        let flows = self.read.required(&record, "actions", "a list of `- action: NAME` with their traffic");
        let flows: Vec<Flow> = flows.map_or_else(Vec::new, |at| self.flows(at));
        let incidents = self.each(&record, "incidents", "incidents", |me, at| me.incident(at, &flows));
        let heartbeats = self.each(&record, "heartbeats", "heartbeats", Self::heartbeat);
        let outages = self.each(&record, "outages", "outages", Self::outage);
        let dirt = record.get("dirt").map_or_else(Vec::new, |at| self.dirt(at));
        let world = World { start: start?, days: days?, flows, incidents, heartbeats, outages, dirt };
        self.in_proportion(&record, &world);
        Some(world)
    }

    /// The items of a list that may be absent.
    fn each<T>(
        &mut self,
        record: &Record,
        key: &str,
        form: &str,
        mut read: impl FnMut(&mut Self, &At) -> Option<T>,
    ) -> Vec<T> {
        let Some(at) = record.get(key) else { return Vec::new() };
        self.read.list(at, form).iter().filter_map(|item| read(self, item)).collect()
    }

    fn length(&mut self, at: &At) -> Option<i64> {
        let seconds = self.read.duration(at)?;
        let (days, rest) = (seconds / DAY.unsigned_abs(), seconds % DAY.unsigned_abs());
        if rest > 0 || days > LONGEST {
            let help = format!("write whole days, at most {LONGEST}d, as in `90d` or `26w`");
            self.read.wrong(at, "`length` is no number of whole days, or too many", help);
            return None;
        }
        i64::try_from(days).ok()
    }

    /// No typing error should fill the disk.
    fn in_proportion(&mut self, record: &Record, world: &World) {
        let days = world.days.unsigned_abs();
        let records: u64 = world.flows.iter().map(|flow| busiest(flow).saturating_mul(days)).sum();
        let beats: u64 = world.heartbeats.iter().map(|it| days.saturating_mul(DAY.unsigned_abs()) / it.every).sum();
        let struck: u64 = world.incidents.iter().map(|it| it.count).sum();
        for (key, many) in [("actions", records), ("heartbeats", beats), ("incidents", struck)] {
            if let Some(at) = record.get(key).filter(|_| many > MOST) {
                let message = format!("`{key}` makes up to {many} lines");
                self.read.wrong(&at.key(), message, format!("write less traffic or less time: at most {MOST} lines"));
            }
        }
    }

    fn flows(&mut self, at: &At) -> Vec<Flow> {
        let mut flows: Vec<Flow> = Vec::new();
        let items = self.read.list(at, "action types");
        if items.is_empty() && at.is_list() {
            self.read.wrong(at, "`actions` names no action type", "write `- action: NAME` with its traffic below");
        }
        for item in items {
            let Some(flow) = self.flow(&item) else { continue };
            if flows.iter().all(|other| other.action != flow.action) {
                flows.push(flow);
                continue;
            }
            let message = format!("`{}` is described twice", flow.name);
            self.read.wrong(&item, message, "write one entry per action type, with `changes` for what differs");
        }
        flows
    }

    fn flow(&mut self, at: &At) -> Option<Flow> {
        let keys = ["action", "per_day", "weekends", "changes", "record", "tier", "outcomes"];
        let record = self.read.record(at, &keys)?;
        let names = self.plan.actions.iter().map(|action| action.name.as_str());
        let action = self.read.required(&record, "action", "NAME");
        let action = action.and_then(|at| self.read.name(at, "action type", names));
        let per_day = self.read.required(&record, "per_day", "40").and_then(|at| self.traffic(at));
        let changes = self.changes(&record, &["per_day"], |me, change| {
            me.read.required(change, "per_day", "40").and_then(|at| me.traffic(at))
        });
        let weekends = record.get("weekends").map_or(Some(Share::ALL), |at| self.read.share(at, 1_000));
        let tier = record.get("tier").map_or(Some(Timed::always(Tier::Crawl)), |at| self.tier(at));
        let groups = self.each(&record, "outcomes", "groups of signals", Self::group);
        let action = self.plan.actions.get(action?)?;
        let id = ActionId::new(self.plan.actions.iter().position(|it| it.name == action.name)?);
        let fields = fields::read(self.read, self.plan, record.get("record"), &action.name);
        Some(Flow {
            action: id,
            name: action.name.clone(),
            per_day: Timed { first: per_day?, changes },
            weekends: weekends?,
            fields,
            tier: tier?,
            groups,
        })
    }

    fn traffic(&mut self, at: &At) -> Option<u64> {
        self.read.number(at, 1_000_000)
    }

    /// `changes`: what holds for some days.
    fn changes<T>(
        &mut self,
        record: &Record,
        keys: &[&str],
        mut read: impl FnMut(&mut Self, &Record) -> Option<T>,
    ) -> Vec<(Days, T)> {
        let keys: Vec<&str> = ["from", "until"].iter().chain(keys).copied().collect();
        self.each(record, "changes", "changes", |me, at| {
            let change = me.read.record(at, &keys)?;
            let days = me.days(&change);
            let value = read(me, &change);
            days.zip(value)
        })
    }

    /// `from` and `until`.
    fn days(&mut self, record: &Record) -> Option<Days> {
        let from = self.read.required(record, "from", "2026-03-01").and_then(|at| self.read.date(at));
        let until = record.get("until").map_or(Some(i64::MAX), |at| self.read.date(at));
        let days = Days { from: from?, until: until? };
        if days.from >= days.until
            && let Some(at) = record.get("until")
        {
            self.read.wrong(at, "`until` is not later than `from`", "write the first day on which it is over");
        }
        Some(days)
    }

    /// A tier, or a list of tiers from dates on.
    fn tier(&mut self, at: &At) -> Option<Timed<Tier>> {
        self.read.over_time(at, "tier", Reader::tier)
    }

    fn group(&mut self, at: &At) -> Option<Group> {
        let record = self.read.record(at, &["at", "mix", "judged", "values", "after", "weekends", "changes"])?;
        let tiers = record.get("at").map_or([true; 3], |at| self.tiers(at));
        let mix = self.read.required(&record, "mix", "{completed: 96%, corrected: 4%}").map(|at| self.mix(at));
        let judged = record.get("judged").map_or(Some(Share::ALL), |at| self.read.share(at, 100));
        let values = record.get("values").map_or_else(Vec::new, |at| self.values(at));
        let after = self.read.required(&record, "after", "1h to 2d").and_then(|at| self.read.delay(at));
        let waits = record.get("weekends").map_or(Some(false), |at| self.waits(at));
        let first = Rates { judged: judged?, mix: mix?, values };
        self.carries(&record, &first);
        let changes = self.changes(&record, &["mix", "judged", "values"], |me, change| me.change(change, &first));
        Some(Group { tiers, rates: Timed { first, changes }, after: after?, waits: waits? })
    }

    /// The rates of a group where a change does not give them anew.
    fn change(&mut self, record: &Record, first: &Rates) -> Option<Rates> {
        if ["mix", "judged", "values"].iter().all(|key| record.get(key).is_none()) {
            self.read.wrong(
                record.at(),
                "a change changes nothing",
                "write `mix`, `judged` or `values` as they then are",
            );
        }
        let judged = record.get("judged").map_or(Some(first.judged), |at| self.read.share(at, 100));
        let mix = record.get("mix").map_or_else(|| first.mix.clone(), |at| self.mix(at));
        let values = record.get("values").map_or_else(|| first.values.clone(), |at| self.values(at));
        let rates = Rates { judged: judged?, mix, values };
        self.carries(record, &rates);
        Some(rates)
    }

    fn tiers(&mut self, at: &At) -> [bool; 3] {
        let mut tiers = [false; 3];
        for item in self.read.one_or_more(at, "tiers") {
            if let Some(tier) = self.read.tier(&item) {
                tiers[tier.index()] = true;
            }
        }
        tiers
    }

    fn waits(&mut self, at: &At) -> Option<bool> {
        let text = self.read.text(at, "`wait`, or leave it out")?;
        if text != "wait" {
            self.read.wrong(at, format!("`weekends` is `{text}`"), "write `wait`, or leave it out");
        }
        (text == "wait").then_some(true)
    }

    fn mix(&mut self, at: &At) -> Vec<(SignalId, Share)> {
        let signals = &self.plan.signals;
        let form = "signals and their shares, as in `{completed: 96%, corrected: 4%}`";
        self.read.shares(at, (form, false), |read, key, at| {
            read.known(at, key, "signal", signals.iter().map(String::as_str)).map(SignalId::new)
        })
    }

    fn values(&mut self, at: &At) -> Vec<(String, Share)> {
        let mut values: Vec<(Decimal, Share)> = Vec::new();
        for (value, share) in
            self.read.shares(at, ("numbers and their shares, as in `{5: 80%, 1: 20%}`", true), |read, key, at| {
                let value = decimal(key);
                if value.is_none() {
                    read.wrong(
                        at,
                        format!("`{key}` is no number"),
                        "write a number with at most 6 decimals, as in `4.5: 20%`",
                    );
                }
                value
            })
        {
            if values.iter().any(|(other, _)| *other == value) {
                self.read.wrong(at, format!("{value} is given twice"), "write each value once");
            }
            values.push((value, share));
        }
        values.into_iter().map(|(value, share)| (value.to_string(), share)).collect()
    }

    /// A signal that a mean uses carries a value, and one on its scale.
    fn carries(&mut self, record: &Record, rates: &Rates) {
        for (id, _) in &rates.mix {
            let name = self.plan.signals.get(id.index()).map_or("", String::as_str);
            let Some((low, high)) = scale(self.plan, *id) else { continue };
            let (low, high) = (Decimal::from_millionths(low.into()), Decimal::from_millionths(high.into()));
            let at = record.get("values").unwrap_or(record.at());
            if rates.values.is_empty() && record.get("values").is_none() {
                let message = format!("`{name}` carries a number, and the group has no `values`");
                self.read.wrong(at, message, format!("write `values: {{{high}: 80%, {low}: 20%}}`"));
            }
            let off = |text: &&String| decimal(text).is_none_or(|value| value < low || value > high);
            for value in rates.values.iter().map(|(text, _)| text).filter(off) {
                let message = format!("{value} is off the scale of `{name}`");
                self.read.wrong(at, message, format!("write numbers from {low} to {high}"));
            }
        }
    }

    fn signal(&mut self, record: &Record) -> Option<SignalId> {
        let at = self.read.required(record, "signal", "NAME")?;
        self.read.name(at, "signal", self.plan.signals.iter().map(String::as_str)).map(SignalId::new)
    }

    fn incident(&mut self, at: &At, flows: &[Flow]) -> Option<Incident> {
        let record = self.read.record(at, &["time", "signal", "count", "within", "action"])?;
        let time = self.read.required(&record, "time", "2026-03-01T14:30:00Z").and_then(|at| self.read.time(at));
        let signal = self.signal(&record);
        let count = self.read.required(&record, "count", "5").and_then(|at| self.read.count(at, 10_000));
        let within = self.read.required(&record, "within", "6h").and_then(|at| self.read.duration(at));
        let flow = record.get("action").map(|at| self.struck(at, flows));
        if let (Some(id), true) = (signal, flow.is_some())
            && scale(self.plan, id).is_some()
        {
            self.read.wrong(
                at,
                "a signal that carries a number cannot come as an incident",
                "write it as a `change` of a group",
            );
        }
        let flow = match flow {
            None => None,
            Some(found) => Some(found?),
        };
        Some(Incident { time: time?, signal: signal?, count: count?, within: within?, flow })
    }

    /// The flow that an incident strikes.
    fn struck(&mut self, at: &At, flows: &[Flow]) -> Option<usize> {
        let name = self.read.text(at, "the name of an action type")?;
        let found = flows.iter().position(|flow| flow.name == name);
        if found.is_none() {
            let help = "write an action type that has an entry in `actions`, or leave it out: then they are notices";
            self.read.wrong(at, format!("the world has no records of `{name}`"), help);
        }
        found
    }

    fn heartbeat(&mut self, at: &At) -> Option<Heartbeat> {
        let record = self.read.record(at, &["signal", "every"])?;
        let signal = self.signal(&record);
        let every = self.read.required(&record, "every", "6h").and_then(|at| self.read.duration(at));
        Some(Heartbeat { signal: signal?, every: every? })
    }

    fn outage(&mut self, at: &At) -> Option<Outage> {
        let record = self.read.record(at, &["from", "until", "signals"])?;
        let days = self.days(&record);
        let names: Vec<&str> = self.plan.signals.iter().map(String::as_str).collect();
        let list = self.read.required(&record, "signals", "[NAME, NAME]");
        let items = list.map_or_else(Vec::new, |at| self.read.one_or_more(at, "signals"));
        let signals = items.iter().filter_map(|item| self.read.name(item, "signal", names.iter().copied()));
        Some(Outage { signals: signals.map(SignalId::new).collect(), days: days? })
    }

    fn dirt(&mut self, at: &At) -> Vec<(Dirt, Share)> {
        let words: Vec<&str> = Dirt::all().map(Dirt::word).collect();
        let Some(record) = self.read.record(at, &words) else { return Vec::new() };
        let mut dirt = Vec::new();
        for kind in Dirt::all() {
            let Some(at) = record.get(kind.word()) else { continue };
            let no_scale = (0..self.plan.signals.len()).all(|index| scale(self.plan, SignalId::new(index)).is_none());
            if kind == Dirt::Bad(Reason::BadValue) && no_scale {
                self.read.wrong(&at.key(), "no metric of the policy is a mean, so no value can be bad", "leave it out");
            }
            dirt.extend(self.read.share(at, 100).map(|share| (kind, share)));
        }
        dirt
    }
}

/// The records of a flow's busiest day.
fn busiest(flow: &Flow) -> u64 {
    let most = flow.per_day.changes.iter().map(|(_, it)| *it).fold(flow.per_day.first, u64::max);
    (most / Share::ALL.0 + 1).saturating_mul(flow.weekends.max(Share::ALL).0) / Share::ALL.0
}

/// The range that lies on the scale of every mean that uses a signal, in millionths.
pub(super) fn scale(plan: &Plan, id: SignalId) -> Option<(i64, i64)> {
    let scales = plan.metrics.iter().filter_map(|metric| match metric.kind {
        MetricKind::Mean { signal, low, high, .. } if signal == id => Some((low, high)),
        _ => None,
    });
    scales.reduce(|(low, high), (other_low, other_high)| (low.max(other_low), high.min(other_high)))
}
