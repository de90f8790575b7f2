//! What variants that share their gates have in common, looked up once for all of them.

use super::stay::{Sort, Stays};
use super::terms::{Parts, Rise, Sheet};
use crate::value::{Step, Tier};

/// An action type.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seat {
    /// The sort of its stays: by tier, before and after the first demotion.
    pub(super) sorts: [[usize; 2]; Tier::ALL.len()],
    /// By step: whether there is a gate.
    pub(super) has_gate: [bool; 2],
    /// By step: other action types or an approval must agree.
    pub(super) is_bound: [bool; 2],
}

/// The action types, for one sheet of each step.
#[derive(Debug, Default)]
pub(super) struct Desk {
    sheets: [usize; 2],
    pub(super) seats: Vec<Seat>,
}

impl Desk {
    /// Makes it that of these sheets, by step.
    pub(super) fn lay(&mut self, gates: [&Sheet; 2], parts: &Parts, stays: &mut Stays) {
        let sheets = gates.map(|sheet| sheet.number);
        if self.sheets != sheets {
            let actions = 0..gates[0].actions.len();
            self.seats =
                actions.map(|action| Seat::new(gates.map(|sheet| &sheet.actions[action]), parts, stays)).collect();
            self.sheets = sheets;
        }
    }
}

impl Seat {
    fn new(gates: [&super::terms::Terms; 2], parts: &Parts, stays: &mut Stays) -> Self {
        let rise = |step: Option<Step>| step.and_then(|step| gates[step.index()].rises[step.index()]);
        let fall = |step: Option<Step>| step.and_then(|step| gates[step.index()].falls[step.index()]);
        let of = |step: Step| rise(Some(step)).map(|rise| &parts.rises[rise as usize]);
        let sorts = Tier::ALL.map(|tier| {
            let (rise, fall) = (rise(tier.step_up()), fall(tier.step_below()));
            [false, true].map(|demoted| {
                let demoted = demoted && rise.is_some_and(|rise| parts.rises[rise as usize].is_other_when_demoted());
                stays.sort(Sort { rise, fall, demoted })
            })
        });
        Self {
            sorts,
            has_gate: Step::ALL.map(|step| of(step).is_some()),
            is_bound: Step::ALL.map(|step| of(step).is_some_and(Rise::is_bound)),
        }
    }
}
