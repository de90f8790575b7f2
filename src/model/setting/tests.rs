//! What paths name, and what becomes of a policy when a value changes.

use super::{Kind, set, settings};
use crate::model::Policy;
use crate::model::policy::Window;
use crate::model::tests::{SUPPORT, policy};
use crate::value::{Step, Tier};

fn value(policy: &Policy, path: &str) -> String {
    let all = settings(policy);
    all.iter().find(|setting| setting.path == path).map_or_else(|| "no such path".to_owned(), |it| it.value.clone())
}

fn with(policy: &Policy, path: &str, value: &str) -> Policy {
    set(policy, path, value).unwrap_or_else(|error| panic!("{path}={value}: {error}, {}", error.help))
}

fn refused(policy: &Policy, path: &str, value: &str) -> String {
    match set(policy, path, value) {
        Ok(_) => panic!("{path}={value} is taken"),
        Err(error) => format!("{} | {}", error.message, error.help),
    }
}

#[test]
fn every_value_set_to_itself_changes_nothing() {
    let policy = policy(SUPPORT);
    let all = settings(&policy);
    assert!(all.len() > 60, "{}", all.len());
    for setting in &all {
        assert_eq!(with(&policy, &setting.path, &setting.value), policy, "{}", setting.path);
        if setting.optional {
            assert_eq!(value(&with(&policy, &setting.path, "none"), &setting.path), "none");
        }
    }
    for kind in [Kind::Duration, Kind::Window, Kind::Count, Kind::Share, Kind::Points, Kind::Confidence, Kind::Ceiling]
    {
        assert!(all.iter().any(|setting| setting.kind == kind), "{kind:?}");
    }
}

#[test]
fn an_action_changes_alone_and_a_ladder_with_its_followers() {
    let policy = policy(SUPPORT);
    let hold = "crawl_to_walk.hold";
    let alone = with(&policy, "reply_to_faq.crawl_to_walk.hold", "21d");
    assert_eq!(value(&alone, &format!("reply_to_faq.{hold}")), "21d");
    assert_eq!(value(&alone, &format!("refund_up_to_50.{hold}")), "14d");
    assert_eq!(value(&alone, &format!("ladder.standard.{hold}")), "14d");
    let all = with(&policy, &format!("ladder.standard.{hold}"), "21d");
    for owner in ["reply_to_faq", "refund_up_to_50", "ladder.standard"] {
        assert_eq!(value(&all, &format!("{owner}.{hold}")), "21d");
    }
    // What an action overrides stays its own.
    let all = with(&policy, "ladder.standard.stale", "30d");
    assert_eq!((value(&all, "reply_to_faq.stale"), value(&all, "refund_up_to_50.stale")), ("30d".into(), "90d".into()));
    // What the ladder did not say, its followers now have of it.
    let all = with(&policy, "ladder.standard.reentry", "2pp");
    assert_eq!(value(&all, "reply_to_faq.reentry"), "2pp");
}

#[test]
fn keeps_count_the_bars_with_a_margin_first() {
    let policy = policy(SUPPORT);
    // The bar of this gate has a margin, so it is its first keep bar too.
    let one = with(&policy, "reply_to_faq.walk_to_run.keep[1].margin", "3pp");
    assert_eq!(one, with(&policy, "reply_to_faq.walk_to_run.bar[1].margin", "3pp"));
    assert_eq!(value(&one, "reply_to_faq.walk_to_run.bar[1].margin"), "3pp");
    let kept = with(&policy, "reply_to_faq.crawl_to_walk.keep[1].margin", "3pp");
    assert_eq!(value(&kept, "reply_to_faq.crawl_to_walk.keep[1].margin"), "3pp");
}

#[test]
fn trips_of_the_policy_are_everyones() {
    let text =
        SUPPORT.replacen("promote  one per 1d", "promote  one per 1d\n  trip complaint >= 9 within 2d to walk", 1);
    let policy = policy(&text);
    let all = with(&policy, "policy.trip[1].count", "8");
    assert_eq!(value(&all, "reply_to_faq.trip[1].count"), "8");
    assert_eq!(value(&all, "refund_up_to_50.trip[1].count"), "8");
    assert_eq!(value(&all, "refund_up_to_50.trip[2].count"), "3");
    let one = with(&policy, "refund_up_to_50.trip[1].within", "5d");
    assert_eq!(
        (value(&one, "policy.trip[1].within"), value(&one, "reply_to_faq.trip[1].within")),
        ("2d".into(), "2d".into())
    );
}

#[test]
fn parts_are_read_as_the_language_reads_them() {
    let policy = policy(SUPPORT);
    let bar = "reply_to_faq.crawl_to_walk.bar[1]";
    let changed = with(&policy, &format!("{bar}.over"), "tier");
    let gate = changed.actions[0].gate(Step::CrawlToWalk).expect("a gate");
    assert_eq!(gate.bars[0].value.window, Window::Tier);
    assert_eq!(
        value(&with(&policy, &format!("{bar}.confidence"), "97.5% wilson"), &format!("{bar}.confidence")),
        "97.5% wilson"
    );
    assert_eq!(with(&policy, "reply_to_faq.ceiling", "walk").actions[0].ceiling_tier(), Tier::Walk);
    assert_eq!(with(&policy, "refund_over_50.ceiling", "run"), with(&policy, "refund_over_50.ceiling", "none"));
    assert_eq!(value(&with(&policy, "metric.reopen_rate.within", "9d"), "metric.reopen_rate.within"), "9d");
    assert_eq!(with(&policy, "policy.evaluate", "12h").tick.seconds(), 43_200);
}

#[test]
fn what_cannot_be_set_says_what_can() {
    let policy = policy(SUPPORT);
    let bar = "reply_to_faq.crawl_to_walk.bar[1]";
    let all: Vec<String> = [
        ("reply_to_faq.crawl_to_walk.bar[1].taget", "90%"),
        ("reply_to_faq.crawl_to_walk.bar[2].target", "90%"),
        ("refund_over_50.hold", "90%"),
        ("nobody.hold", "14d"),
        (&format!("{bar}.target"), "0.9"),
        (&format!("{bar}.target"), "4pp"),
        (&format!("{bar}.min"), "0"),
        (&format!("{bar}.margin"), "4%"),
        (&format!("{bar}.confidence"), "40%"),
        (&format!("{bar}.confidence"), "95% wilsom"),
        ("reply_to_faq.crawl_to_walk.hold", "36h"),
        ("reply_to_faq.crawl_to_walk.hold", "none"),
        ("reply_to_faq.crawl_to_walk.hold", "14days"),
        ("reply_to_faq.ceiling", "trot"),
        ("policy.evaluate", "7h"),
        ("policy.promote", ""),
    ]
    .into_iter()
    .map(|(path, value)| format!("{path}={value}\n    {}", refused(&policy, path, value)))
    .collect();
    insta::assert_snapshot!(all.join("\n"));
}
