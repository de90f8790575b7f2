//! `# cwr: allow(…)` over all policies of a run: a library's allow silences for every root that imports it, and is
//! unused only where none of them has any use for it.

use super::{Analysis, Settings};
use crate::check::allow::Allow;
use crate::diagnostic::{Code, Diagnostic, Severity};
use std::collections::{BTreeMap, BTreeSet};

/// An allow, whichever root read it: path, offset, code.
type Key = (String, u32, Code);

/// Drops what is silenced, and adds which allows silence nothing.
pub(super) fn silence(all: &mut [Analysis], settings: &Settings) {
    let mut used = BTreeSet::new();
    for one in all.iter_mut() {
        let findings = std::mem::take(&mut one.diagnostics);
        one.diagnostics = left(one, findings, &mut used);
    }
    let unknown = unknown(all, settings);
    // An allow of CWR214 can only be judged once the others are.
    for of_unused in [false, true] {
        let idle =
            |key: &Key| (key.2 == Code::UnusedAllow) == of_unused && !used.contains(key) && !unknown.contains(key);
        let idle: BTreeSet<Key> = all.iter().flat_map(keys).filter(idle).collect();
        for one in all.iter_mut() {
            let found = one.allows.iter().filter(|allow| idle.contains(&key(one, allow)));
            let found = found.map(|allow| unused(one, allow)).collect();
            let found = if of_unused { found } else { left(one, found, &mut used) };
            one.diagnostics.extend(found);
        }
    }
}

/// That an allow silences nothing; in a library, a policy that nobody asked for may need it.
fn unused(of: &Analysis, allow: &Allow) -> Diagnostic {
    let is_own = of.policy.as_ref().is_some_and(|policy| policy.at.file == allow.at.file);
    let mut found = allow.unused();
    let _ = found.fix.take_if(|_| !is_own);
    found
}

fn key(of: &Analysis, allow: &Allow) -> Key {
    (of.sources.get(allow.at.file).path.clone(), allow.at.start, allow.code)
}

fn keys(of: &Analysis) -> impl Iterator<Item = Key> + '_ {
    of.allows.iter().map(|allow| key(of, allow))
}

/// The findings that nothing silences; whatever silences one has been used.
fn left(of: &Analysis, findings: Vec<Diagnostic>, used: &mut BTreeSet<Key>) -> Vec<Diagnostic> {
    let mut by_code: BTreeMap<Code, Vec<&Allow>> = BTreeMap::new();
    for allow in &of.allows {
        by_code.entry(allow.code).or_default().push(allow);
    }
    let mut left = Vec::new();
    for finding in findings {
        let allows =
            by_code.get(&finding.code).into_iter().flatten().filter_map(|allow| Some((allow.reach(&finding)?, allow)));
        match allows.min_by_key(|(reach, allow)| (*reach, allow.at)) {
            Some((_, allow)) => drop(used.insert(key(of, allow))),
            None => left.push(finding),
        }
    }
    left
}

/// The allows of which nobody can say that they are not needed: their code was not looked for, or some policy is too
/// broken for all rules to have seen it, or there is no policy at all.
fn unknown(all: &[Analysis], settings: &Settings) -> BTreeSet<Key> {
    let is_off = |code: Code| settings.levels.allows(code) || code.needs_history() && !settings.with_history;
    let mut known: BTreeSet<Key> = BTreeSet::new();
    let mut unknown: BTreeSet<Key> = BTreeSet::new();
    for one in all {
        if one.policy.is_some() {
            let broken = !is_sound(one);
            unknown.extend(keys(one).filter(|key| broken || is_off(key.2)));
            known.extend(keys(one));
        }
    }
    unknown.extend(all.iter().flat_map(keys).filter(|key| !known.contains(key)));
    unknown
}

fn is_sound(one: &Analysis) -> bool {
    let is_error = |it: &Diagnostic| it.code.severity() == Severity::Error;
    one.policy.as_ref().is_some_and(|policy| !policy.incomplete) && !one.diagnostics.iter().any(is_error)
}
