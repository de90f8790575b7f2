//! Whether a conjunction can be satisfied: backtracking over the variables, after what makes it cheap in practice.
//!
//! Conjuncts of one variable only narrow its values; the rest falls apart into groups that share no variable, and each
//! group is searched by itself. Within a group the next variable is the first one on which the value still depends.

use super::domain::Domains;
use super::formula::Formula;
use super::{Budget, TooInvolved};
use std::collections::BTreeSet;

/// What a formula is worth under some values.
enum Worth {
    True,
    False,
    /// It depends on this variable.
    Open(usize),
}

/// The variables, their possible values, and the values tried.
struct Search<'a> {
    values: Vec<Vec<usize>>,
    tried: Vec<Option<usize>>,
    budget: &'a mut Budget,
}

/// The index of a value for each variable, such that all conjuncts hold, none for one that does not matter; `None` if
/// they cannot hold.
pub(super) fn solve(
    conjuncts: Vec<Formula>,
    domains: &Domains,
    budget: &mut Budget,
) -> Result<Option<Vec<Option<usize>>>, TooInvolved> {
    let values: Vec<Vec<usize>> = domains.values().map(|values| (0..values.len()).collect()).collect();
    let mut search = Search { tried: vec![None; values.len()], values, budget };
    let rest = search.narrow(conjuncts)?;
    if search.values.iter().any(Vec::is_empty) {
        return Ok(None);
    }
    for group in groups(rest) {
        if !search.satisfy(&group)? {
            return Ok(None);
        }
        search.forget(&group)?;
    }
    let chosen = search.tried.iter().zip(&search.values).zip(domains.values());
    let chosen = chosen.map(|((tried, left), all)| match tried {
        None if left.len() < all.len() => left.first().copied(),
        tried => *tried,
    });
    Ok(Some(chosen.collect()))
}

impl Search<'_> {
    /// Takes away the values that some conjunct of one variable excludes, and gives back the other conjuncts.
    fn narrow(&mut self, conjuncts: Vec<Formula>) -> Result<Vec<(BTreeSet<usize>, Formula)>, TooInvolved> {
        let mut rest = Vec::new();
        for conjunct in conjuncts {
            let mut variables = BTreeSet::new();
            collect(&conjunct, &mut variables);
            let mut only = variables.iter().copied();
            match (only.next(), only.next()) {
                (Some(variable), None) => self.narrow_one(variable, &conjunct)?,
                _ => rest.push((variables, conjunct)),
            }
        }
        Ok(rest)
    }

    fn narrow_one(&mut self, variable: usize, conjunct: &Formula) -> Result<(), TooInvolved> {
        let mut left = Vec::new();
        for value in std::mem::take(&mut self.values[variable]) {
            self.tried[variable] = Some(value);
            if matches!(self.worth(conjunct)?, Worth::True) {
                left.push(value);
            }
        }
        self.tried[variable] = None;
        self.values[variable] = left;
        Ok(())
    }

    /// Finds values for the variables of these conjuncts and leaves them in `tried`.
    fn satisfy(&mut self, conjuncts: &[Formula]) -> Result<bool, TooInvolved> {
        let variable = match self.worth_of_all(conjuncts)? {
            Worth::True => return Ok(true),
            Worth::False => return Ok(false),
            Worth::Open(variable) => variable,
        };
        for index in 0..self.values[variable].len() {
            self.tried[variable] = Some(self.values[variable][index]);
            if self.satisfy(conjuncts)? {
                return Ok(true);
            }
        }
        self.tried[variable] = None;
        Ok(false)
    }

    /// Takes back the values that the satisfied conjuncts do not need, so that an example shows what matters.
    fn forget(&mut self, conjuncts: &[Formula]) -> Result<(), TooInvolved> {
        let mut variables = BTreeSet::new();
        for conjunct in conjuncts {
            collect(conjunct, &mut variables);
        }
        for variable in variables {
            let value = self.tried[variable].take();
            if !matches!(self.worth_of_all(conjuncts)?, Worth::True) {
                self.tried[variable] = value;
            }
        }
        Ok(())
    }

    fn worth(&mut self, formula: &Formula) -> Result<Worth, TooInvolved> {
        self.budget.pay(1)?;
        match formula {
            Formula::Atom(variable, holds) => Ok(match self.tried[*variable] {
                Some(value) if holds[value] => Worth::True,
                Some(_) => Worth::False,
                None => Worth::Open(*variable),
            }),
            Formula::And(parts) => self.worth_of_all(parts),
            Formula::Or(parts) => self.worth_of_any(parts),
        }
    }

    fn worth_of_all(&mut self, parts: &[Formula]) -> Result<Worth, TooInvolved> {
        let mut worth = Worth::True;
        for part in parts {
            match (self.worth(part)?, &worth) {
                (Worth::False, _) => return Ok(Worth::False),
                (Worth::Open(variable), Worth::True) => worth = Worth::Open(variable),
                _ => {}
            }
        }
        Ok(worth)
    }

    fn worth_of_any(&mut self, parts: &[Formula]) -> Result<Worth, TooInvolved> {
        let mut worth = Worth::False;
        for part in parts {
            match (self.worth(part)?, &worth) {
                (Worth::True, _) => return Ok(Worth::True),
                (Worth::Open(variable), Worth::False) => worth = Worth::Open(variable),
                _ => {}
            }
        }
        Ok(worth)
    }
}

fn collect(formula: &Formula, variables: &mut BTreeSet<usize>) {
    match formula {
        Formula::Atom(variable, _) => {
            variables.insert(*variable);
        }
        Formula::And(parts) | Formula::Or(parts) => parts.iter().for_each(|part| collect(part, variables)),
    }
}

/// Conjuncts that share variables, directly or by way of others, together.
fn groups(conjuncts: Vec<(BTreeSet<usize>, Formula)>) -> Vec<Vec<Formula>> {
    let mut groups: Vec<(BTreeSet<usize>, Vec<Formula>)> = Vec::new();
    for (mut variables, conjunct) in conjuncts {
        let mut group = vec![conjunct];
        groups.retain_mut(|(others, formulas)| {
            let apart = variables.is_disjoint(others);
            if !apart {
                variables.append(others);
                formulas.append(&mut group);
                std::mem::swap(formulas, &mut group);
            }
            apart
        });
        groups.push((variables, group));
    }
    groups.into_iter().map(|(_, formulas)| formulas).collect()
}
