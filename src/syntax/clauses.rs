//! Clauses, in the order of the grammar.

use super::ast::{Bar, Clause, ClauseKind, Op, Window};
use super::grammar::{self, Pair, Rule};
use super::reader::Reader;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Span, Spanned};

impl Reader<'_> {
    /// One clause that the grammar could read.
    pub(super) fn clause(&mut self, pair: &Pair<'_>) -> Clause {
        let span = self.extent(pair);
        let keyword = match pair.clone().into_inner().next() {
            Some(first) => self.word(&first),
            None => Spanned::new(String::new(), span),
        };
        let kind = self.kind(pair).unwrap_or(ClauseKind::Broken);
        Clause { kind, keyword, span }
    }

    fn kind(&mut self, pair: &Pair<'_>) -> Option<ClauseKind> {
        match pair.as_rule() {
            Rule::owner | Rule::evaluate | Rule::promote | Rule::review => self.policy_clause(pair),
            Rule::good | Rule::bad | Rule::settle | Rule::counts | Rule::alive | Rule::alive_unchecked => {
                self.metric_clause(pair)
            }
            Rule::mean => self.mean(pair),
            Rule::lower_is_better => Some(ClauseKind::LowerIsBetter),
            Rule::bar => Some(ClauseKind::Bar(self.bar(pair)?)),
            Rule::keep => Some(ClauseKind::Keep(self.bar(pair)?)),
            Rule::hold | Rule::requires | Rule::approval | Rule::stop => self.gate_clause(pair),
            Rule::given_rate | Rule::given_traffic | Rule::promise => self.assure_clause(pair),
            _ => self.action_clause(pair),
        }
    }

    fn policy_clause(&mut self, pair: &Pair<'_>) -> Option<ClauseKind> {
        Some(match pair.as_rule() {
            Rule::owner => ClauseKind::Owner(self.value_in(pair, Rule::text)?),
            Rule::evaluate => ClauseKind::Evaluate(self.value_in(pair, Rule::duration)?),
            Rule::promote => ClauseKind::Promote(self.value_in(pair, Rule::duration)?),
            _ => ClauseKind::Review(self.value_in(pair, Rule::date)?),
        })
    }

    fn metric_clause(&mut self, pair: &Pair<'_>) -> Option<ClauseKind> {
        Some(match pair.as_rule() {
            Rule::good => ClauseKind::Good(self.names_in(pair, Rule::signals)?),
            Rule::bad => ClauseKind::Bad(self.names_in(pair, Rule::signals)?),
            Rule::settle => ClauseKind::Settle {
                after: self.value_in(pair, Rule::duration)?,
                silence: self.word_in(pair, Rule::silence)?,
            },
            Rule::counts => ClauseKind::Counts {
                signals: self.names_in(pair, Rule::signals)?,
                within: self.value_in(pair, Rule::duration),
            },
            Rule::alive => ClauseKind::Alive {
                signals: self.names_in(pair, Rule::signals)?,
                within: self.value_in(pair, Rule::duration),
            },
            _ => ClauseKind::AliveUnchecked { because: self.because(pair) },
        })
    }

    fn because(&mut self, pair: &Pair<'_>) -> Option<super::ast::Value> {
        self.value_in(&grammar::part(pair, Rule::because)?, Rule::text)
    }

    fn mean(&mut self, pair: &Pair<'_>) -> Option<ClauseKind> {
        let mut numbers = pair.clone().into_inner().filter(|part| part.as_rule() == Rule::number);
        Some(ClauseKind::Mean {
            signal: self.name_in(pair, Rule::signal_name)?,
            low: self.value(&numbers.next()?),
            high: self.value(&numbers.next()?),
        })
    }

    fn action_clause(&mut self, pair: &Pair<'_>) -> Option<ClauseKind> {
        Some(match pair.as_rule() {
            Rule::risk => ClauseKind::Risk(self.word_in(pair, Rule::risk_word)?),
            Rule::irreversible => ClauseKind::Irreversible,
            Rule::read_only => ClauseKind::ReadOnly,
            Rule::matches => ClauseKind::Matches(self.predicate(&grammar::part(pair, Rule::predicate)?)),
            Rule::gate => self.gate(pair),
            Rule::ceiling => ClauseKind::Ceiling { tier: self.word_in(pair, Rule::tier)?, because: self.because(pair) },
            Rule::trip => self.trip(pair)?,
            Rule::stale => ClauseKind::Stale(self.value_in(pair, Rule::duration)?),
            Rule::stale_never => ClauseKind::StaleNever { because: self.because(pair) },
            Rule::renew => ClauseKind::Renew {
                attributes: self.names_in(pair, Rule::attributes)?,
                to: self.word_in(pair, Rule::tier)?,
            },
            Rule::formerly => ClauseKind::Formerly(self.names_in(pair, Rule::actions)?),
            Rule::cooldown => ClauseKind::Cooldown(self.value_in(pair, Rule::duration)?),
            Rule::reentry => ClauseKind::Reentry(self.value_in(pair, Rule::points)?),
            _ => return None,
        })
    }

    fn trip(&mut self, pair: &Pair<'_>) -> Option<ClauseKind> {
        let sign = grammar::part(pair, Rule::op)?;
        if sign.as_str() != Op::AtLeast.sign() {
            let report = Self::fault(self.extent(&sign), "a trip counts with `>=`");
            self.report(report.help("write `>=` and the number of signals that are too many"));
        }
        Some(ClauseKind::Trip {
            signals: self.names_in(pair, Rule::signals)?,
            count: self.value_in(pair, Rule::count)?,
            within: self.value_in(pair, Rule::duration)?,
            to: self.word_in(pair, Rule::tier)?,
        })
    }

    fn gate_clause(&mut self, pair: &Pair<'_>) -> Option<ClauseKind> {
        Some(match pair.as_rule() {
            Rule::hold => ClauseKind::Hold(self.value_in(pair, Rule::duration)?),
            Rule::requires => ClauseKind::Requires {
                action: self.name_in(pair, Rule::action_name)?,
                tier: self.word_in(pair, Rule::tier)?,
            },
            Rule::approval => ClauseKind::Approval(self.value_in(pair, Rule::text)?),
            _ => ClauseKind::Stop(self.value_in(pair, Rule::duration)?),
        })
    }

    /// The common part of `bar` and `keep`.
    fn bar(&mut self, pair: &Pair<'_>) -> Option<Bar> {
        let mut bar = Bar {
            metric: self.name_in(pair, Rule::metric_name)?,
            op: self.op_of_bar(&grammar::part(pair, Rule::op)?),
            target: self.value_in(pair, Rule::target)?,
            over: None,
            min: None,
            confidence: None,
            method: None,
            margin: None,
        };
        let mut places: [Option<Span>; PARTS.len()] = [None; PARTS.len()];
        for part in pair.clone().into_inner() {
            if part.as_rule() == Rule::stray_comma {
                self.stray_comma(&part);
            }
            if let Some(place) = PARTS.iter().position(|(rule, _)| *rule == part.as_rule()) {
                self.bar_part(&part, place, &mut places, &mut bar);
            }
        }
        // A keep has no confidence, so there is no place for it.
        if pair.as_rule() == Rule::bar || bar.confidence.is_none() {
            self.order(&places);
        }
        Some(bar)
    }

    /// One of the parts behind a bar's target; one given twice is reported and left out.
    fn bar_part(&mut self, part: &Pair<'_>, place: usize, places: &mut [Option<Span>; PARTS.len()], bar: &mut Bar) {
        let span = self.extent(part);
        if let Some(first) = places[place] {
            let word = PARTS[place].1;
            let report = Diagnostic::new(Code::MisplacedClause, span, format!("`{word}` is given twice"));
            self.report(report.also(first, "first given here").help("leave one of them out"));
            return;
        }
        places[place] = Some(span);
        match part.as_rule() {
            Rule::over => bar.over = self.window(part),
            Rule::min => bar.min = self.value_in(part, Rule::count),
            Rule::margin => bar.margin = self.value_in(part, Rule::points),
            _ => {
                bar.confidence = self.value_in(part, Rule::percentage);
                bar.method = self.word_in(part, Rule::method);
            }
        }
    }

    /// `over D` or `over tier`
    fn window(&mut self, pair: &Pair<'_>) -> Option<Window> {
        if let Some(tier) = grammar::part(pair, Rule::k_tier) {
            return Some(Window::Tier(self.extent(&tier)));
        }
        self.value_in(pair, Rule::duration).map(Window::Sliding)
    }

    /// Reports parts of a bar that are out of order, once.
    fn order(&mut self, places: &[Option<Span>; PARTS.len()]) {
        let given: Vec<(usize, Span)> =
            places.iter().enumerate().filter_map(|(place, span)| span.map(|span| (place, span))).collect();
        let Some(wrong) = given.windows(2).find(|pair| pair[0].1.start > pair[1].1.start) else {
            return;
        };
        let [(_, late), (place, early)] = [wrong[0], wrong[1]];
        let report = Self::fault(early, format!("`{}` stands too early", PARTS[place].1));
        let report = report.also(late, "this comes first");
        self.report(report.help("the order is `over`, `min`, `confidence`, `margin`"));
    }

    fn assure_clause(&mut self, pair: &Pair<'_>) -> Option<ClauseKind> {
        Some(match pair.as_rule() {
            Rule::given_rate => {
                let sign = grammar::part(pair, Rule::equals)?;
                if sign.as_str() != "=" {
                    let span = self.extent(&sign);
                    self.report(Self::fault(span, "a given rate is stated with `=`").write("="));
                }
                ClauseKind::GivenRate {
                    metric: self.name_in(pair, Rule::metric_name)?,
                    rate: self.value_in(pair, Rule::percentage)?,
                }
            }
            Rule::given_traffic => ClauseKind::GivenTraffic {
                count: self.value_in(pair, Rule::count)?,
                per: self.value_in(pair, Rule::duration)?,
            },
            _ => ClauseKind::Promise {
                within: self.value_in(pair, Rule::duration)?,
                at_least: grammar::part(pair, Rule::k_least).is_some(),
                chance: self.value_in(pair, Rule::percentage)?,
            },
        })
    }
}

/// The parts of a bar behind its target, in their order.
const PARTS: [(Rule, &str); 4] =
    [(Rule::over, "over"), (Rule::min, "min"), (Rule::confidence, "confidence"), (Rule::margin, "margin")];
