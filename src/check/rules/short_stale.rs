//! CWR309 short-stale: a stale that leaves no room for a full window takes promoted actions of thin traffic down again.
//!
//! What matured before the tier was entered never counts, so by `stale` after the entry only the samples of `stale` less
//! the delay are there. Traffic that needs the whole window for its `min` samples has too few by then. A stale within the
//! delay alone is CWR306, whatever the traffic.

use crate::check::durations;
use crate::check::findings::Findings;
use crate::check::subject::Subject;
use crate::check::words;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::policy::{Action, Bar, Clause, Gate, Origin, Stale};
use crate::value::Duration;

pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    for action in &subject.policy.actions {
        let Some(Clause { value: Stale::After(stale), at, from }) = &action.stale else { continue };
        let stale = Clause { value: *stale, at: *at, from: *from };
        if let Some((finding, of)) = thin(subject, action, &stale) {
            findings.about(action, [stale.from, of], finding);
        }
    }
}

fn keep_bars(action: &Action) -> impl Iterator<Item = &Clause<Bar>> {
    action.live_gates().flat_map(Gate::keep_bars)
}

/// The finding, and whose bar it is about: the one whose evidence takes the longest.
fn thin(subject: &Subject, action: &Action, stale: &Clause<Duration>) -> Option<(Diagnostic, Origin)> {
    let delay = |bar: &Bar| subject.metric(bar.metric).delay().map_or(0, Duration::seconds);
    if keep_bars(action).any(|bar| delay(&bar.value) >= stale.value.seconds()) {
        return None; // CWR306.
    }
    let rooms = keep_bars(action).filter_map(|bar| Some((bar, subject.room(&bar.value)?)));
    let (bar, room) = rooms.reduce(|one, other| if other.1 > one.1 { other } else { one })?;
    if stale.value.seconds() >= room {
        return None;
    }
    let left = stale.value.seconds() - delay(&bar.value);
    let (metric, min) = (subject.metric(bar.value.metric), bar.value.min);
    let message = format!(
        "`stale {}` leaves {} for {} of `{}`: traffic below {} a day goes stale after every promotion",
        stale.value,
        durations::written(left),
        words::samples(min),
        metric.name,
        words::a_day(u64::from(min), left)
    );
    let own_bar = stale.from != Origin::Action && bar.from == Origin::Action;
    let (needs, fires) = (needs(metric.delay(), room, min), "fires too early for thin traffic".to_owned());
    let (window, at) = (bar.value.places.window, stale.at);
    let (primary, here, other, there) = if own_bar { (window, needs, at, fires) } else { (at, fires, window, needs) };
    let help = format!("write `stale {}`", durations::at_least(room, subject.policy.tick));
    Some((Diagnostic::new(Code::ShortStale, primary, message).label(here).also(other, there).help(help), bar.from))
}

/// How long the evidence takes, and what traffic would do then.
fn needs(delay: Option<Duration>, room: i64, min: u32) -> String {
    let window = room - delay.map_or(0, Duration::seconds);
    let sum = delay.map_or_else(String::new, |delay| format!("{delay} + {} = ", durations::written(window)));
    format!(
        "evidence takes up to {sum}{}, which {} a day would fill",
        durations::written(room),
        words::a_day(u64::from(min), window)
    )
}
