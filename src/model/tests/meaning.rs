//! What a valid policy means once it is built: ladders merged, defaults in place, values exact.

use super::{SUPPORT, build_text, policy};
use crate::model::policy::{Alive, MetricKind, Origin, Predicate, Stale, Window};
use crate::model::{Policy, paths};
use crate::value::{Decimal, Duration, Step, Tier};

fn metric(policy: &Policy, name: &str) -> u32 {
    let index = policy.metrics.iter().position(|metric| metric.name == name).expect("a metric");
    u32::try_from(index).expect("a small index")
}

#[test]
fn the_specification_example_is_read_as_written() {
    let policy = policy(SUPPORT);
    assert_eq!(
        (policy.name.as_str(), policy.tick, policy.promote_per),
        ("support_agent", Duration::days(1), Duration::days(1))
    );
    let stands = &policy.metrics[3];
    assert!(
        matches!(&stands.kind, MetricKind::Verdict { good, bad, settle: Some(_) } if good.is_empty() && bad.len() == 1)
    );
    assert!(matches!(stands.alive, Alive::Unchecked(_)));
    assert_eq!(policy.attributes[0].key, "amount");
    assert!(matches!(policy.actions[0].matches, Predicate::Compare(..)));
    assert_eq!(policy.actions[2].ceiling_tier(), Tier::Crawl);
}

#[test]
fn an_action_overrides_its_ladder_clause_by_clause() {
    let policy = policy(SUPPORT);
    let refund = &policy.actions[1];
    let inherited = refund.gate(Step::CrawlToWalk).expect("the ladder's gate");
    assert!(inherited.bars.iter().all(|bar| matches!(bar.from, Origin::Ladder(_))));
    let own = refund.gate(Step::WalkToRun).expect("its own gate");
    assert_eq!(own.bars.len(), 1);
    assert_eq!(own.bars[0].value.metric.0, metric(&policy, "refund_stands"));
    assert_eq!(own.bars[0].from, Origin::Action);
    assert_eq!(own.hold.as_ref().map(|hold| hold.value), Some(Duration::days(30)));
    assert_eq!(own.stop.as_ref().map(|stop| stop.value), Some(Duration::days(365)));
    assert_eq!(own.requires[0].value.action.0, 0);
    assert_eq!(refund.stale.as_ref().map(|stale| &stale.value), Some(&Stale::After(Duration::days(90))));
    assert!(matches!(refund.cooldown.as_ref().map(|it| it.from), Some(Origin::Ladder(_))));
    assert_eq!(refund.trips.len(), 1);
}

/// Trips of all three owners, renew of the nearest, and a gate without keeps of its own.
const MERGED: &str = "
policy p { owner \"o\" trip s >= 1 within 1d to crawl renew on model to crawl }
signal s signal t
attribute model text from \"agent.model\"
metric m from customer { good s bad t }
metric v from staff { mean of s between -1 and 2.5 lower is better }
ladder l {
  gate walk to run {
    bar m >= 90% over 14d min 20 margin 1pp
    keep m >= 80% over 2d min 5 margin 3pp
    hold 2d
    approval \"head\"
  }
  trip s >= 2 within 1d to walk
  renew on model to walk
}
action a follows l { risk low trip s, t >= 3 within 1d to crawl
  gate walk to run { bar v <= 2.25 over tier min 7 requires b at run } }
action b { risk low formerly c, d stale never because \"x\" reentry 0.5pp renew on model to walk }
";

#[test]
fn trips_add_up_and_the_nearest_renew_counts() {
    let policy = policy(MERGED);
    let [a, b] = policy.actions.as_slice() else { panic!("two actions") };
    let trips: Vec<(u32, Origin)> = a.trips.iter().map(|trip| (trip.value.count, trip.from)).collect();
    let ladder = Origin::Ladder(crate::model::policy::LadderId(0));
    assert_eq!(trips, [(1, Origin::Policy), (2, ladder), (3, Origin::Action)]);
    assert_eq!(a.renew.as_ref().map(|renew| (renew.from, renew.value.to)), Some((ladder, Tier::Walk)));
    assert_eq!(b.renew.as_ref().map(|renew| renew.from), Some(Origin::Action));
    assert_eq!(b.formerly, ["c", "d"]);
    assert_eq!(b.trips.len(), 1);
    let gate = a.gate(Step::WalkToRun).expect("a gate");
    assert_eq!((gate.bars.len(), gate.keeps.len(), gate.keep_bars().count()), (1, 1, 1));
    assert_eq!(gate.bars[0].value.window, Window::Tier);
    assert_eq!(gate.bars[0].value.target.to_string(), "2.25");
    assert_eq!(gate.approval.as_ref().map(|who| who.value.as_str()), Some("head"));
    assert_eq!(policy.attributes[0].key, "agent.model");
    assert!(a.gate(Step::CrawlToWalk).is_none());
}

#[test]
fn promote_defaults_to_a_day() {
    assert_eq!(policy("policy p { owner \"o\" evaluate every 6h }").promote_per, Duration::days(1));
    let every = |text: &str| policy(&format!("policy p {{ owner \"o\" evaluate every {text} }}")).tick.seconds();
    assert_eq!((every("1min"), every("24h"), every("90min")), (60, 86_400, 5_400));
}

#[test]
fn a_library_is_resolved_without_a_tick() {
    let (_, policy, found) = build_text("signal a metric m from staff { counts a within 90min }");
    assert!(policy.is_none() && found.is_empty(), "{found:?}");
    let (_, policy, found) = build_text("signal a metric m from staff { counts b within 90min }");
    assert!(policy.is_none() && found.len() == 1, "{found:?}");
}

#[test]
fn promises_are_typed() {
    let text = format!(
        "{SUPPORT}\nassure reply_to_faq crawl to walk {{ given acceptance = 80% given traffic 12.5 per 1d promotes \
         within 90d at most 5% }}"
    );
    let policy = policy(&text);
    let [assurance] = policy.assurances.as_slice() else { panic!("one assurance") };
    let share: Decimal = "0.8".parse().expect("a decimal");
    assert_eq!(assurance.given, [(crate::model::policy::MetricId(0), share)]);
    let promise = assurance.promises[0].value;
    assert_eq!((promise.demotes, promise.at_least, promise.chance.to_string().as_str()), (false, false, "0.05"));
}

#[test]
fn paths_count_from_one() {
    assert_eq!(paths::gate("reply", Step::CrawlToWalk), "reply.crawl_to_walk");
    assert_eq!(paths::bar("reply", Step::WalkToRun, 0), "reply.walk_to_run.bar[1]");
    assert_eq!(paths::keep("reply", Step::WalkToRun, 1), "reply.walk_to_run.keep[2]");
    assert_eq!(paths::trip("reply", 0), "reply.trip[1]");
    assert_eq!(paths::stop("reply", Step::CrawlToWalk), "reply.crawl_to_walk.stop");
}

/// A faulty bar leaves its gate incomplete, a faulty clause its action, and neither more than that.
#[test]
fn what_is_missing_is_marked_where_it_is_missing() {
    let text = SUPPORT.replace("refund_stands >= 99%", "refund_stand >= 99%").replace("stale 90d", "stale 90");
    let (_, policy, found) = build_text(&text);
    let policy = policy.expect("a policy");
    assert_eq!(found.len(), 2);
    assert!(policy.incomplete);
    let marks: Vec<bool> = policy.actions.iter().map(|action| action.incomplete).collect();
    assert_eq!(marks, [false, true, false]);
    let refund = &policy.actions[1];
    let gates: Vec<bool> = refund.gates.iter().flatten().map(|gate| gate.incomplete).collect();
    assert_eq!(gates, [false, true]);
    assert!(refund.stale.as_ref().is_some_and(|stale| matches!(stale.from, Origin::Ladder(_))));
}

#[test]
fn an_unreadable_predicate_matches_nothing() {
    let (_, policy, found) = build_text(&SUPPORT.replace("amount <= 50\n", "amont <= 50\n"));
    let action = &policy.expect("a policy").actions[1];
    assert_eq!((found.len(), &action.matches, action.incomplete), (1, &Predicate::UNREADABLE, true));
}
