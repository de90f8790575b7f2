//! What `cwrc check --fix` makes of a policy: golden cases, and what holds for every policy: no fix loosens a gate, each
//! corrects its finding, nothing new is wrong, and there is nothing to do the second time.

use crate::check::{cases, rendered};
use crate::planted::{Overlay, POLICIES, Plant, analyzed, plant};
use crate::{files_below, golden, random, repository};
use cwrc::analysis::{self, Analysis, Settings};
use cwrc::diagnostic::fix::applied;
use cwrc::diagnostic::{Code, Severity};
use cwrc::plan::{self, Plan};
use cwrc::render::{Style, diff};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;

/// A text in place of a file as it is after all fixes, how many were made in it, and what is left.
fn fixed(path: &str, text: &str) -> (String, usize, Analysis) {
    let mut all = [analyzed(path, text)];
    let files = analysis::fix(&Overlay { path, text }, &mut all, None, &Settings::default()).expect("files");
    let [left] = all;
    match files.get(path) {
        Some(it) => (it.new.clone(), it.count, left),
        None => (text.to_owned(), 0, left),
    }
}

/// The errors, by code and message: places move.
fn errors(of: &Analysis) -> BTreeSet<(Code, &str)> {
    let errors = of.diagnostics.iter().filter(|it| it.severity() == Severity::Error);
    errors.map(|it| (it.code, it.message.as_str())).collect()
}

/// The plan of a policy without errors.
fn plan_of(of: &Analysis) -> Option<Plan> {
    of.policy.as_ref().filter(|policy| !policy.incomplete && !of.has_errors()).map(plan::compile)
}

/// What a plan asks for, and its metrics: those that nothing uses are in it too.
fn asked(plan: &Plan) -> (Value, Vec<Value>) {
    let mut asked = plan::json::to_json(plan);
    let metrics = asked["metrics"].as_array().expect("a list").clone();
    for unused in ["signals", "metrics", "digest"] {
        asked[unused].take();
    }
    (asked, metrics)
}

/// That a policy asks for what it asked for, of metrics that are what they were.
fn assert_same_gates(before: &Plan, after: &Plan, what: &str) {
    let ((before, known), (after, metrics)) = (asked(before), asked(after));
    assert_eq!(before, after, "{what}");
    assert!(metrics.iter().all(|metric| known.contains(metric)), "{what}: {known:?} {metrics:?}");
}

#[test]
fn cases_are_fixed_as_shown() {
    for path in files_below(&repository("tests/cases/fix"), "cwr") {
        let text = fs::read_to_string(&path).expect("a case");
        let (new, count, left) = fixed("case.cwr", &text);
        let diff = diff::unified("case.cwr", &text, &new, Style::PLAIN);
        let told = rendered(&left.sources, &left.diagnostics);
        golden(&path, &format!("{count} fixed\n\n{diff}\n{told}"));
    }
}

/// Whatever is only warned of: the gates stay, to the letter.
#[test]
fn fixing_a_sound_policy_changes_no_gate() {
    let mut fixes = 0;
    for seed in 0..400 {
        let policy = random::case(seed).policy;
        let text =
            format!("{policy}\n# An idle one\nsignal idle_{seed}\n\n# cwr: allow(CWR210) because \"x\"\nsignal more\n");
        for text in [policy, text] {
            let before = analyzed("policy.cwr", &text);
            let (new, count, left) = fixed("policy.cwr", &text);
            let (Some(old), Some(plan)) = (plan_of(&before), plan_of(&left)) else {
                assert!(before.has_errors(), "seed {seed}");
                continue;
            };
            assert_same_gates(&old, &plan, &format!("seed {seed}\n{new}"));
            let (again, more, _) = fixed("policy.cwr", &new);
            assert_eq!((&again, more), (&new, 0), "seed {seed}: fixed again");
            assert!(left.diagnostics.iter().all(|it| it.fix.is_none()), "seed {seed}");
            fixes += count;
        }
    }
    assert!(fixes > 800, "{fixes}");
}

/// The cases of the checker, and those of this test.
fn every_case() -> Vec<String> {
    let own = files_below(&repository("tests/cases/fix"), "cwr").into_iter();
    let own = own.map(|path| path.strip_prefix(repository("")).expect("inside").to_string_lossy().into_owned());
    cases().into_iter().chain(own).collect()
}

/// Each fix alone, in every faulty policy of the repository: what it is about is gone.
#[test]
fn each_fix_corrects_its_finding() {
    let mut fixes = 0;
    for path in every_case() {
        let Ok(text) = fs::read_to_string(repository(&path)) else { continue };
        let before = analyzed(&path, &text);
        for found in &before.diagnostics {
            let Some(fix) = found.fix.as_ref().filter(|fix| before.sources.get(fix.at.file).path == path) else {
                continue;
            };
            let edit = (fix.at.start as usize..fix.at.end as usize, fix.text.as_str());
            let after = analyzed(&path, &applied(&text, [edit]).0);
            let times = |of: &Analysis| {
                of.diagnostics.iter().filter(|it| (it.code, &it.message) == (found.code, &found.message)).count()
            };
            assert!(times(&after) < times(&before), "{path}: {} {}: {}", found.code.number(), found.message, fix.what);
            fixes += 1;
        }
    }
    assert!(fixes > 100, "{fixes}");
}

#[test]
fn there_is_nothing_to_fix_the_second_time() {
    for path in every_case() {
        let Ok(text) = fs::read_to_string(repository(&path)) else { continue };
        let (new, count, left) = fixed(&path, &text);
        assert_eq!(new == text, count == 0, "{path}");
        let (again, more, _) = fixed(&path, &new);
        assert_eq!((again, more), (new, 0), "{path}");
        assert!(
            left.diagnostics
                .iter()
                .filter_map(|it| it.fix.as_ref())
                .all(|fix| left.sources.get(fix.at.file).path != path),
            "{path}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// Policies with faults in them: fixing makes no new error, and a policy that is without errors after it has the
    /// gates that it had before the faults.
    #[test]
    fn what_is_fixed_is_as_it_was_meant(
        seed in 0..40_u64,
        policy in 0..2 * POLICIES.len(),
        plants in prop::collection::vec(any::<Plant>(), 1..8),
    ) {
        let (path, sound) = match POLICIES.get(policy) {
            Some(path) => (*path, fs::read_to_string(repository(path)).expect("a policy")),
            None => ("policy.cwr", random::case(seed).policy),
        };
        let (text, planted) = plant(&sound, &plants);
        let before = analyzed(path, &text);
        let (new, _, left) = fixed(path, &text);
        let (old, fresh) = (errors(&before), errors(&left));
        let added: Vec<_> = fresh.difference(&old).collect();
        prop_assert!(added.is_empty() || analyzed(path, &sound).has_errors(), "{path}: {planted:#?} gave {added:#?}");
        let (again, count, _) = fixed(path, &new);
        prop_assert_eq!((again, count), (new.clone(), 0));
        if let (Some(meant), Some(plan)) = (plan_of(&analyzed(path, &sound)), plan_of(&left)) {
            assert_same_gates(&meant, &plan, &format!("{path}: {planted:#?}"));
        }
    }
}
