//! CWR306 premature-stale: a stale that fires before evidence can exist takes down every action that was promoted.
//!
//! Samples of a keep metric mature its settle or within after the action, and what matured before the tier was entered
//! never counts. Any keep bar without evidence for `stale` takes the action down, so `stale` has to be longer than the
//! delay of each keep metric, not just of one: no other keep bar can stand in for it.

use crate::check::durations;
use crate::check::findings::Findings;
use crate::check::subject::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::policy::{Action, Bar, Clause, Gate, Origin, Stale};
use crate::value::Duration;

pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    for action in &subject.policy.actions {
        let Some(Clause { value: Stale::After(stale), at, from }) = &action.stale else { continue };
        let Some((bar, delay)) = slowest(subject, action) else { continue };
        if stale.seconds() > delay.seconds() {
            continue;
        }
        let name = &subject.metric(bar.value.metric).name;
        let metric = bar.value.places.metric;
        let message = format!("`stale {stale}` fires before any evidence can exist: `{name}` takes {delay}");
        let own_bar = *from != Origin::Action && bar.from == Origin::Action;
        let (primary, other) = if own_bar { (metric, *at) } else { (*at, metric) };
        let (here, there) = if own_bar { ("kept true here", "fires too early") } else { ("", "kept true here") };
        let finding = Diagnostic::new(Code::PrematureStale, primary, message)
            .label(here)
            .also(other, there)
            .help(help(subject, action, delay));
        findings.about(action, [*from, bar.from], finding);
    }
}

/// The keep bar whose samples take the longest to mature, the first of equal ones.
fn slowest<'a>(subject: &Subject, action: &'a Action) -> Option<(&'a Clause<Bar>, Duration)> {
    let delayed = |bar: &'a Clause<Bar>| Some((bar, subject.metric(bar.value.metric).delay()?));
    let bars = action.live_gates().flat_map(|gate| gate.keep_bars().filter_map(delayed));
    bars.reduce(|one, other| if other.1.seconds() > one.1.seconds() { other } else { one })
}

/// The stale that leaves room for delay and window of every keep bar.
fn help(subject: &Subject, action: &Action, delay: Duration) -> String {
    let tick = subject.policy.tick;
    let room = action.live_gates().flat_map(Gate::keep_bars).filter_map(|bar| subject.room(&bar.value));
    let room = room.max().unwrap_or_else(|| delay.seconds() + tick.seconds());
    format!("write `stale {}`, which leaves room for the windows of its keep bars too", durations::at_least(room, tick))
}
