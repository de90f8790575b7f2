//! From YAML nodes to exact values, collecting every error with its place; nothing here knows what a world is.

use super::timed::{Days, Timed};
use super::yaml::{Kind, Node, Scalar, Step, locate};
use crate::source::suggest::suggest;
use crate::value::duration::Unit;
use crate::value::{Decimal, Instant, Tier};

/// How many errors are told at most; one wrong indentation must not give a thousand.
const MOST_ERRORS: usize = 50;

/// One thing that is wrong with a world.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WorldError {
    /// Its line, from 1.
    pub line: usize,
    /// Its column, from 1, in characters.
    pub column: usize,
    /// The fact.
    pub message: String,
    /// What to write.
    pub help: Option<String>,
}

/// A share of a whole, in hundred-millionths: 6 decimals of a percentage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Share(pub(super) u64);

impl Share {
    /// Everything.
    pub(super) const ALL: Self = Self(100_000_000);

    /// As a percentage: `3.1%`.
    pub(super) fn percent(self) -> String {
        format!("{}%", Decimal::from_millionths(i128::from(self.0)))
    }
}

/// When the outcome arrives after its action, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delay {
    /// `1h to 2d`; `2h` is both ends.
    Uniform(u64, u64),
    /// `half within 1d and all within 9d`: every further day halves what is still to come.
    Halving(u64, u64),
}

/// The longest delay: a year.
const LONGEST_DELAY: u64 = 366 * 86_400;

/// A node and the way to it.
#[derive(Clone, Debug)]
pub(super) struct At<'n> {
    pub(super) node: &'n Node,
    pub(super) path: Vec<Step>,
}

impl<'n> At<'n> {
    pub(super) fn new(node: &'n Node) -> Self {
        Self { node, path: Vec::new() }
    }

    fn part(&self, step: Step, node: &'n Node) -> Self {
        let path = self.path.iter().cloned().chain([step]).collect();
        At { node, path }
    }

    /// The last key on the way.
    pub(super) fn name(&self) -> &str {
        let keys = self.path.iter().rev().filter_map(|step| match step {
            Step::Value(key) | Step::Key(key) => Some(key.as_str()),
            Step::Item(_) => None,
        });
        keys.take(1).next().unwrap_or("the world")
    }

    /// The key of a record's field on the way, whether its values change over time or not.
    pub(super) fn field(&self) -> &str {
        let values = self.path.iter().skip_while(|step| !matches!(step, Step::Value(key) if key == "record"));
        match values.skip(1).take(1).next() {
            Some(Step::Value(key) | Step::Key(key)) => key,
            _ => self.name(),
        }
    }

    /// What to call it: `` `tier` ``, or of a list without names of its own, an entry of it.
    fn called(&self) -> String {
        match self.path.last() {
            None => self.name().to_owned(),
            Some(Step::Item(_)) => format!("an entry of `{}`", self.name()),
            Some(Step::Value(_) | Step::Key(_)) => format!("`{}`", self.name()),
        }
    }

    /// The key that led here.
    pub(super) fn key(&self) -> Self {
        let mut path = self.path.clone();
        if let Some(Step::Value(key)) = path.last().cloned() {
            path.pop();
            path.push(Step::Key(key));
        }
        Self { node: self.node, path }
    }

    /// Entries of a map: key, and the value's place.
    fn entries(&self, entries: &'n [(String, Node)]) -> impl Iterator<Item = (&'n str, At<'n>)> {
        entries.iter().map(|(key, node)| (key.as_str(), self.part(Step::Value(key.clone()), node)))
    }

    pub(super) fn scalar(&self) -> Option<&'n Scalar> {
        if let Node::Scalar(scalar) = self.node { Some(scalar) } else { None }
    }

    pub(super) fn is_list(&self) -> bool {
        matches!(self.node, Node::List(_))
    }

    pub(super) fn is_map(&self) -> bool {
        matches!(self.node, Node::Map(_))
    }
}

/// A map whose keys are all known.
pub(super) struct Record<'n> {
    at: At<'n>,
    entries: Vec<(&'n str, At<'n>)>,
}

impl<'n> Record<'n> {
    /// The value of a key, if it is there.
    pub(super) fn get(&self, key: &str) -> Option<&At<'n>> {
        self.entries.iter().find(|(name, _)| *name == key).map(|(_, at)| at)
    }

    /// The map itself.
    pub(super) fn at(&self) -> &At<'n> {
        &self.at
    }
}

/// Collects the errors of one world.
#[derive(Default)]
pub(super) struct Reader {
    errors: Vec<(Vec<Step>, String, String)>,
}

impl Reader {
    /// Notes an error at a node.
    pub(super) fn wrong(&mut self, at: &At, message: impl Into<String>, help: impl Into<String>) {
        if self.errors.len() < MOST_ERRORS {
            self.errors.push((at.path.clone(), message.into(), help.into()));
        }
    }

    /// The errors with their places, in the order of the text.
    pub(super) fn finish(self, text: &str) -> Vec<WorldError> {
        let placed = |(path, message, help): (Vec<Step>, String, String)| {
            let (line, column) = locate(text, &path);
            WorldError { line, column, message, help: Some(help) }
        };
        let mut errors: Vec<WorldError> = self.errors.into_iter().map(placed).collect();
        errors.sort();
        errors
    }

    /// A map of known keys; the others are errors.
    pub(super) fn record<'n>(&mut self, at: &At<'n>, known: &[&str]) -> Option<Record<'n>> {
        let all = self.map(at, &format!("a map of these keys: {}", list(known)))?;
        let mut entries = Vec::new();
        for (key, value) in all {
            if known.contains(&key) {
                entries.push((key, value));
            } else {
                self.wrong(&value.key(), format!("`{key}` is no key of {}", at.called()), instead(key, known));
            }
        }
        Some(Record { at: at.clone(), entries })
    }

    /// A map of any keys.
    pub(super) fn map<'n>(&mut self, at: &At<'n>, form: &str) -> Option<Vec<(&'n str, At<'n>)>> {
        if let Node::Map(entries) = at.node {
            return Some(at.entries(entries).collect());
        }
        self.wrong(at, format!("{} is {}", at.called(), what(at.node)), format!("write {form}"));
        None
    }

    /// A list.
    pub(super) fn list<'n>(&mut self, at: &At<'n>, form: &str) -> Vec<At<'n>> {
        if let Node::List(items) = at.node {
            return items.iter().enumerate().map(|(index, node)| at.part(Step::Item(index), node)).collect();
        }
        self.wrong(at, format!("{} is {}", at.called(), what(at.node)), format!("write a list of {form}"));
        Vec::new()
    }

    /// A list, or one item without its brackets.
    pub(super) fn one_or_more<'n>(&mut self, at: &At<'n>, form: &str) -> Vec<At<'n>> {
        if !at.is_list() {
            return vec![at.clone()];
        }
        let items = self.list(at, form);
        if items.is_empty() {
            self.wrong(at, format!("`{}` is empty", at.name()), format!("write {form}"));
        }
        items
    }

    /// The value of a key that must be there.
    pub(super) fn required<'r, 'n>(&mut self, record: &'r Record<'n>, key: &str, form: &str) -> Option<&'r At<'n>> {
        let found = record.get(key);
        if found.is_none() {
            let at = record.at();
            self.wrong(at, format!("{} has no `{key}`", at.called()), format!("write `{key}: {form}`"));
        }
        found
    }

    /// A plain value of some form.
    fn plain<'n, T>(&mut self, at: &At<'n>, form: &str, read: impl FnOnce(&'n Scalar) -> Option<T>) -> Option<T> {
        let found = at.scalar().and_then(read);
        if found.is_none() {
            let text = at.scalar().map_or_else(|| what(at.node).to_owned(), |scalar| format!("`{}`", scalar.text));
            self.wrong(at, format!("{} is {text}", at.called()), format!("write {form}"));
        }
        found
    }

    /// A text that is not empty.
    pub(super) fn text<'n>(&mut self, at: &At<'n>, form: &str) -> Option<&'n str> {
        self.plain(at, form, |scalar| {
            (scalar.kind == Kind::Text && !scalar.text.is_empty()).then_some(&scalar.text[..])
        })
    }

    /// A number from 0 to `most`, in hundred-millionths.
    pub(super) fn number(&mut self, at: &At, most: u64) -> Option<u64> {
        let form = format!("a number from 0 to {most} with at most 6 decimals");
        self.plain(at, &form, |scalar| {
            let value = decimal(&scalar.text).filter(|_| scalar.kind == Kind::Number)?;
            u64::try_from(value.hundred_millionths()?).ok().filter(|value| *value <= most.saturating_mul(Share::ALL.0))
        })
    }

    /// A whole number from 1 to `most`.
    pub(super) fn count(&mut self, at: &At, most: u64) -> Option<u64> {
        self.plain(at, &format!("a whole number from 1 to {most}"), |scalar| {
            let is_plain = scalar.kind == Kind::Number && scalar.text.bytes().all(|byte| byte.is_ascii_digit());
            scalar.text.parse().ok().filter(|count| is_plain && (1..=most).contains(count))
        })
    }

    /// A percentage of at most `most` percent.
    pub(super) fn share(&mut self, at: &At, most: u64) -> Option<Share> {
        self.plain(at, &format!("a percentage from 0% to {most}%, as in `3.1%`"), |scalar| {
            let value = decimal(scalar.text.strip_suffix('%')?)?.percent().hundred_millionths()?;
            u64::try_from(value).ok().filter(|value| *value <= most.saturating_mul(1_000_000)).map(Share)
        })
    }

    /// A date, as days since 1970.
    pub(super) fn date(&mut self, at: &At) -> Option<i64> {
        self.plain(at, "a date, as in `2026-03-01`", |scalar| Instant::parse_date(&scalar.text))
            .map(|it| it.tick(86_400))
    }

    /// A date or a time, in seconds since 1970.
    pub(super) fn time(&mut self, at: &At) -> Option<i64> {
        let form = "a date or a time, as in `2026-03-01` or `2026-03-01T14:30:00Z`";
        let read = |scalar: &Scalar| Instant::parse_date(&scalar.text).or_else(|| Instant::parse(&scalar.text));
        self.plain(at, form, read).map(|instant| instant.seconds)
    }

    /// A duration, in seconds.
    pub(super) fn duration(&mut self, at: &At) -> Option<u64> {
        self.plain(at, "a duration, as in `20min`, `8h`, `14d` or `26w`", |scalar| duration(&scalar.text))
    }

    /// A delay.
    pub(super) fn delay(&mut self, at: &At) -> Option<Delay> {
        let form = "`2h`, `1h to 2d`, or `half within 1d and all within 9d` (at most 366d)";
        self.plain(at, form, |scalar| delay(&scalar.text))
    }

    /// A tier.
    pub(super) fn tier(&mut self, at: &At) -> Option<Tier> {
        self.plain(at, "`crawl`, `walk` or `run`", |scalar| Tier::parse(&scalar.text))
    }

    /// A value, or a list of values from dates on: `- {value: a}`, `- {from: 2026-03-01, value: b}`.
    pub(super) fn over_time<'n, T: Clone>(
        &mut self,
        at: &At<'n>,
        key: &str,
        mut read: impl FnMut(&mut Self, &At<'n>) -> Option<T>,
    ) -> Option<Timed<T>> {
        if !at.is_list() {
            return read(self, at).map(Timed::always);
        }
        let items = self.list(at, "values");
        let Some((first, later)) = items.split_first() else {
            self.wrong(at, format!("`{}` is empty", at.name()), format!("write `- {{{key}: …}}`"));
            return None;
        };
        let first = self.record(first, &[key]).and_then(|record| self.required(&record, key, "…").cloned());
        let first = first.and_then(|at| read(self, &at));
        let mut changes: Vec<(Days, T)> = Vec::new();
        for item in later {
            let Some(record) = self.record(item, &["from", key]) else { continue };
            let from = self.required(&record, "from", "2026-03-01").and_then(|at| self.date(at));
            let value = self.required(&record, key, "…").cloned().and_then(|at| read(self, &at));
            let Some((from, value)) = from.zip(value) else { continue };
            if changes.last().is_some_and(|(days, _)| days.from >= from) {
                self.wrong(item, "the dates do not rise", "write the changes in the order of their dates");
            }
            changes.push((Days { from, until: i64::MAX }, value));
        }
        first.map(|first| Timed { first, changes })
    }

    /// The index of a name among the names of a policy.
    pub(super) fn name<'a>(&mut self, at: &At, kind: &str, names: impl IntoIterator<Item = &'a str>) -> Option<usize> {
        let text = self.text(at, &format!("the name of a {kind}"))?;
        self.known(at, text, kind, names)
    }

    /// The index of a name that stands at `at`, or is its key.
    pub(super) fn known<'a>(
        &mut self,
        at: &At,
        text: &str,
        kind: &str,
        names: impl IntoIterator<Item = &'a str>,
    ) -> Option<usize> {
        let names: Vec<&str> = names.into_iter().collect();
        let found = names.iter().position(|name| *name == text);
        if found.is_none() {
            self.wrong(at, format!("the policy has no {kind} `{text}`"), instead(text, &names));
        }
        found
    }

    /// Shares by key, which add up to at most everything, or exactly; the keys are read by `read`.
    pub(super) fn shares<'n, T>(
        &mut self,
        at: &At<'n>,
        (form, exactly): (&str, bool),
        mut read: impl FnMut(&mut Self, &'n str, &At<'n>) -> Option<T>,
    ) -> Vec<(T, Share)> {
        let Some(entries) = self.map(at, form) else { return Vec::new() };
        if entries.is_empty() {
            self.wrong(at, format!("`{}` is empty", at.name()), format!("write {form}"));
            return Vec::new();
        }
        let (mut all, wanted) = (Vec::new(), entries.len());
        for (key, value) in entries {
            let (share, read) = (self.share(&value, 100), read(self, key, &value.key()));
            all.extend(read.zip(share));
        }
        let sum = Share(all.iter().map(|(_, share)| share.0).sum());
        // What could not be read would be missing in the sum.
        if all.len() == wanted && (sum > Share::ALL || (exactly && sum < Share::ALL)) {
            let wanted = if exactly { "exactly 100%" } else { "at most 100%" };
            let message = format!("the shares of `{}` add up to {}", at.name(), sum.percent());
            self.wrong(at, message, format!("write shares that add up to {wanted}"));
        }
        all
    }
}

/// What to write instead of a wrong name: the near one, or the list where it is short.
fn instead(wrong: &str, known: &[&str]) -> String {
    match suggest(wrong, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "the policy declares none".into(),
        None => format!("write one of {}", list(known)),
    }
}

/// The names, the first of them where they are many.
fn list(names: &[&str]) -> String {
    let shown: Vec<String> = names.iter().take(16).map(|name| format!("`{name}`")).collect();
    let more =
        if names.len() > shown.len() { format!(" and {} more", names.len() - shown.len()) } else { String::new() };
    shown.join(", ") + &more
}

fn what(node: &Node) -> &'static str {
    match node {
        Node::Map(_) => "a map",
        Node::List(_) => "a list",
        Node::Scalar(Scalar { kind: Kind::Null, .. }) => "empty",
        Node::Scalar(Scalar { kind: Kind::Flag, .. }) => "true or false",
        Node::Scalar(Scalar { kind: Kind::Number, .. }) => "a number",
        Node::Scalar(Scalar { kind: Kind::Text, .. }) => "a text",
    }
}

/// An exact decimal with at most 6 decimals.
pub(super) fn decimal(text: &str) -> Option<Decimal> {
    let value: Decimal = text.parse().ok()?;
    let decimals = text.split_once('.').map_or(0, |(_, fraction)| fraction.trim_end_matches('0').len());
    (decimals <= 6 && value.units().unsigned_abs() < 1_000_000_000_000_000_000_000_000_000).then_some(value)
}

fn duration(text: &str) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (count, unit) = text.split_at_checked(digits)?;
    let unit = Unit::ALL.into_iter().find(|it| it.word() == unit)?;
    let count = count.parse::<u32>().ok().filter(|count| *count > 0)?;
    u64::try_from(crate::value::Duration { count, unit }.seconds()).ok()
}

fn delay(text: &str) -> Option<Delay> {
    let delay = if let Some(text) = text.strip_prefix("half within ") {
        let (half, all) = text.split_once(" and all within ")?;
        Delay::Halving(duration(half)?, duration(all)?)
    } else {
        let (from, to) = text.split_once(" to ").unwrap_or((text, text));
        Delay::Uniform(duration(from)?, duration(to)?)
    };
    let (Delay::Uniform(from, to) | Delay::Halving(from, to)) = delay;
    (from <= to && to <= LONGEST_DELAY).then_some(delay)
}
