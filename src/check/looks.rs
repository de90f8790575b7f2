//! Tables of bars and chances of single looks, each worked out once however many action types share a bar's figures.

use crate::stats::look::{self, Chance};
use crate::stats::{Allowed, Rule};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::rc::Rc;

/// What was worked out so far.
#[derive(Debug, Default)]
pub(super) struct Looks {
    tables: RefCell<FxHashMap<Rule, Rc<Allowed>>>,
    chances: RefCell<FxHashMap<Asked, Chance>>,
}

/// One look at so many samples of an agent with this share of bad ones: does it clear, or fail?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Asked {
    rule: Rule,
    n: u64,
    bad_e8: i64,
    clears: bool,
}

impl Looks {
    /// The table of a rule.
    pub(super) fn table(&self, rule: Rule) -> Rc<Allowed> {
        Rc::clone(self.tables.borrow_mut().entry(rule).or_insert_with(|| Rc::new(Allowed::new(rule))))
    }

    /// [`look::clears`]
    pub(super) fn clears(&self, rule: Rule, n: u64, bad_e8: i64) -> Chance {
        self.chance(Asked { rule, n, bad_e8, clears: true })
    }

    /// [`look::fails`]
    pub(super) fn fails(&self, rule: Rule, n: u64, bad_e8: i64) -> Chance {
        self.chance(Asked { rule, n, bad_e8, clears: false })
    }

    fn chance(&self, asked: Asked) -> Chance {
        let table = self.table(asked.rule);
        let chance = if asked.clears { look::clears } else { look::fails };
        *self.chances.borrow_mut().entry(asked).or_insert_with(|| chance(&table, asked.n, asked.bad_e8))
    }
}
