//! Reads a well-formed policy without imports. It diagnoses nothing: a surprise is an error.

use super::decimal::{Decimal, UNIT};
use super::lexer::{Token, tokens};
use super::policy::{
    Action, Bar, Clauses, Comparison, Gate, Kind, Literal, Method, Metric, Op, Policy, Predicate, Renew, Silence,
    Source, Tier, Trip, unfold,
};
use super::time::{DAY, HOUR, MINUTE};

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

/// An action before its ladder is known.
struct RawAction {
    action: Action,
    follows: Option<String>,
}

type Parsed<T> = Result<T, String>;

/// The policy that `source` says, ladders unfolded.
pub(crate) fn policy(source: &str) -> Parsed<Policy> {
    let mut parser = Parser { tokens: tokens(source)?, at: 0 };
    let mut policy = Policy {
        name: String::new(),
        tick: DAY,
        promote_one_per: DAY,
        attributes: Vec::new(),
        metrics: Vec::new(),
        actions: Vec::new(),
    };
    let mut general = Clauses::default();
    let mut ladders: Vec<(String, Clauses)> = Vec::new();
    let mut actions: Vec<RawAction> = Vec::new();
    while parser.at < parser.tokens.len() {
        match parser.word()?.as_str() {
            "language" => drop(parser.word()?),
            "policy" => general = parser.policy_block(&mut policy)?,
            "signal" => {
                parser.word()?;
                parser.title();
            }
            "attribute" => policy.attributes.push(parser.attribute()?),
            "metric" => policy.metrics.push(parser.metric()?),
            "ladder" => ladders.push(parser.ladder()?),
            "action" => actions.push(parser.action()?),
            "assure" => parser.skip_block()?,
            other => return Err(format!("unexpected declaration {other}")),
        }
    }
    for RawAction { mut action, follows } in actions {
        let ladder = match follows {
            Some(name) => ladders.iter().find(|(n, _)| *n == name).ok_or(format!("no ladder {name}"))?.1.clone(),
            None => Clauses::default(),
        };
        action.clauses = unfold(&general, &ladder, action.clauses);
        policy.actions.push(action);
    }
    Ok(policy)
}

impl Parser {
    fn next(&mut self) -> Parsed<Token> {
        let token = self.tokens.get(self.at).cloned().ok_or("unexpected end")?;
        self.at += 1;
        Ok(token)
    }

    fn word(&mut self) -> Parsed<String> {
        match self.next()? {
            Token::Word(word) => Ok(word),
            other => Err(format!("expected a word, found {other:?}")),
        }
    }

    fn text(&mut self) -> Parsed<String> {
        match self.next()? {
            Token::Text(text) => Ok(text),
            other => Err(format!("expected a string, found {other:?}")),
        }
    }

    fn mark(&mut self, wanted: &str) -> Parsed<()> {
        if self.take_mark(wanted) { Ok(()) } else { Err(format!("expected {wanted} at token {}", self.at)) }
    }

    fn take_mark(&mut self, wanted: &str) -> bool {
        let found = matches!(self.tokens.get(self.at), Some(Token::Mark(mark)) if mark == wanted);
        self.at += usize::from(found);
        found
    }

    fn take_word(&mut self, wanted: &str) -> bool {
        let found = matches!(self.tokens.get(self.at), Some(Token::Word(word)) if word == wanted);
        self.at += usize::from(found);
        found
    }

    fn expect_word(&mut self, wanted: &str) -> Parsed<()> {
        if self.take_word(wanted) { Ok(()) } else { Err(format!("expected {wanted} at token {}", self.at)) }
    }

    fn title(&mut self) {
        if matches!(self.tokens.get(self.at), Some(Token::Text(_))) {
            self.at += 1;
        }
    }

    fn skip_block(&mut self) -> Parsed<()> {
        while !self.take_mark("{") {
            self.next()?;
        }
        let mut depth = 1;
        while depth > 0 {
            match self.next()? {
                Token::Mark(mark) if mark == "{" => depth += 1,
                Token::Mark(mark) if mark == "}" => depth -= 1,
                _ => {}
            }
        }
        Ok(())
    }

    fn names(&mut self) -> Parsed<Vec<String>> {
        let mut names = vec![self.word()?];
        while self.take_mark(",") {
            names.push(self.word()?);
        }
        Ok(names)
    }

    fn tier(&mut self) -> Parsed<Tier> {
        let word = self.word()?;
        Tier::parse(&word).ok_or(format!("no tier {word}"))
    }

    /// `90min`, `6h`, `14d`, `2w`.
    fn duration(&mut self) -> Parsed<i128> {
        let word = self.word()?;
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        let number: i128 = word[..digits].parse().map_err(|_| format!("bad duration {word}"))?;
        match &word[digits..] {
            "min" => Ok(number * MINUTE),
            "h" => Ok(number * HOUR),
            "d" => Ok(number * DAY),
            "w" => Ok(number * 7 * DAY),
            _ => Err(format!("bad duration {word}")),
        }
    }

    /// A number, a percentage or percentage points, in units of 10^-18 (percentages as a share).
    fn quantity(&mut self) -> Parsed<i128> {
        let word = self.word()?;
        let (digits, divisor) = match word.strip_suffix('%').or(word.strip_suffix("pp")) {
            Some(digits) => (digits, 100),
            None => (word.as_str(), 1),
        };
        let number = Decimal::parse(digits).ok_or(format!("bad number {word}"))?;
        Ok(number.scaled(18).ok_or(format!("number out of range {word}"))? / divisor)
    }

    fn integer(&mut self) -> Parsed<i128> {
        Ok(self.quantity()? / UNIT)
    }

    fn policy_block(&mut self, policy: &mut Policy) -> Parsed<Clauses> {
        let mut clauses = Clauses::default();
        policy.name = self.word()?;
        self.title();
        self.mark("{")?;
        while !self.take_mark("}") {
            match self.word()?.as_str() {
                "owner" => drop(self.text()?),
                "evaluate" => {
                    self.expect_word("every")?;
                    policy.tick = self.duration()?;
                }
                "promote" => {
                    self.expect_word("one")?;
                    self.expect_word("per")?;
                    policy.promote_one_per = self.duration()?;
                }
                "trip" => clauses.trips.push(self.trip(true)?),
                "renew" => clauses.renew = Some(self.renew()?),
                "review" => {
                    self.expect_word("by")?;
                    self.word()?;
                }
                other => return Err(format!("unexpected {other} in policy")),
            }
        }
        Ok(clauses)
    }

    fn attribute(&mut self) -> Parsed<(String, Vec<String>)> {
        let name = self.word()?;
        self.word()?;
        self.title();
        let path = if self.take_word("from") { self.text()? } else { name.clone() };
        Ok((name, path.split('.').map(str::to_string).collect()))
    }

    fn metric(&mut self) -> Parsed<Metric> {
        let name = self.word()?;
        self.expect_word("from")?;
        let source = match self.word()?.as_str() {
            "reviewer" => Source::Reviewer,
            "staff" => Source::Staff,
            "customer" => Source::Customer,
            other => return Err(format!("no source {other}")),
        };
        let (mut good, mut bad, mut settle, mut alive, mut other) = (Vec::new(), Vec::new(), None, None, None);
        let mut lower_is_better = false;
        self.mark("{")?;
        while !self.take_mark("}") {
            match self.word()?.as_str() {
                "good" => good = self.names()?,
                "bad" => bad = self.names()?,
                "settle" => settle = Some(self.settle()?),
                "counts" => {
                    let counts = self.names()?;
                    self.expect_word("within")?;
                    other = Some(Kind::Event { counts, within: self.duration()? });
                }
                "mean" => other = Some(self.mean()?),
                "lower" => {
                    self.expect_word("is")?;
                    self.expect_word("better")?;
                    lower_is_better = true;
                }
                "alive" => alive = self.alive()?,
                word => return Err(format!("unexpected {word} in metric")),
            }
        }
        let kind = match other {
            Some(Kind::Mean { signal, low, high, .. }) => Kind::Mean { signal, low, high, lower_is_better },
            Some(kind) => kind,
            None => Kind::Verdict { good, bad, settle },
        };
        Ok(Metric { name, source, kind, alive })
    }

    fn settle(&mut self) -> Parsed<(i128, Silence)> {
        let delay = self.duration()?;
        self.expect_word("as")?;
        let silence = match self.word()?.as_str() {
            "good" => Silence::Good,
            "bad" => Silence::Bad,
            "nothing" => Silence::Nothing,
            other => return Err(format!("settle as {other}")),
        };
        Ok((delay, silence))
    }

    fn mean(&mut self) -> Parsed<Kind> {
        self.expect_word("of")?;
        let signal = self.word()?;
        self.expect_word("between")?;
        let low = self.quantity()? / super::decimal::MICRO;
        self.expect_word("and")?;
        let high = self.quantity()? / super::decimal::MICRO;
        Ok(Kind::Mean { signal, low, high, lower_is_better: false })
    }

    fn alive(&mut self) -> Parsed<Option<(Vec<String>, i128)>> {
        if matches!(self.tokens.get(self.at + 1), Some(Token::Word(word)) if word == "because") {
            self.expect_word("unchecked")?;
            self.expect_word("because")?;
            self.text()?;
            return Ok(None);
        }
        let signals = self.names()?;
        self.expect_word("within")?;
        Ok(Some((signals, self.duration()?)))
    }

    fn trip(&mut self, of_policy: bool) -> Parsed<Trip> {
        let signals = self.names()?;
        self.mark(">=")?;
        let number = self.integer()?;
        self.expect_word("within")?;
        let within = self.duration()?;
        self.expect_word("to")?;
        Ok(Trip { signals, number, within, to: self.tier()?, of_policy })
    }

    fn renew(&mut self) -> Parsed<Renew> {
        self.expect_word("on")?;
        let attributes = self.names()?;
        self.expect_word("to")?;
        Ok(Renew { attributes, to: self.tier()? })
    }

    fn ladder(&mut self) -> Parsed<(String, Clauses)> {
        let name = self.word()?;
        let mut clauses = Clauses::default();
        self.title();
        self.mark("{")?;
        while !self.take_mark("}") {
            let word = self.word()?;
            self.shared_clause(&word, &mut clauses)?;
        }
        Ok((name, clauses))
    }

    /// A clause that both ladders and actions may have.
    fn shared_clause(&mut self, word: &str, clauses: &mut Clauses) -> Parsed<()> {
        match word {
            "gate" => {
                let from = self.tier()?;
                self.expect_word("to")?;
                self.tier()?;
                clauses.gates[from as usize] = Some(self.gate()?);
            }
            "cooldown" => clauses.cooldown = Some(self.duration()?),
            "reentry" => clauses.reentry = Some(self.quantity()?),
            "trip" => clauses.trips.push(self.trip(false)?),
            "renew" => clauses.renew = Some(self.renew()?),
            "stale" if self.take_word("never") => {
                self.expect_word("because")?;
                self.text()?;
                clauses.stale = Some(None);
            }
            "stale" => clauses.stale = Some(Some(self.duration()?)),
            other => return Err(format!("unexpected clause {other}")),
        }
        Ok(())
    }

    fn action(&mut self) -> Parsed<RawAction> {
        let name = self.word()?;
        self.title();
        let follows = if self.take_word("follows") { Some(self.word()?) } else { None };
        let (mut matches, mut former) = (None, Vec::new());
        let mut action = Action {
            name: name.clone(),
            risk: 0,
            read_only: false,
            matches: Predicate::Or(Vec::new()),
            ceiling: Tier::Run,
            clauses: Clauses::default(),
        };
        self.mark("{")?;
        while !self.take_mark("}") {
            match self.word()?.as_str() {
                "risk" => action.risk = self.risk()?,
                "irreversible" => {}
                "read_only" => action.read_only = true,
                "matches" => matches = Some(self.either()?),
                "ceiling" => {
                    action.ceiling = self.tier()?;
                    self.expect_word("because")?;
                    self.text()?;
                }
                "formerly" => former = self.names()?,
                word => {
                    let word = word.to_string();
                    self.shared_clause(&word, &mut action.clauses)?;
                }
            }
        }
        // Default: `action == "NAME"`, under its earlier names too.
        let names = std::iter::once(name).chain(former).map(Literal::Text).collect();
        action.matches = matches.unwrap_or(Predicate::Compare("action".to_string(), Comparison::Eq, names));
        Ok(RawAction { action, follows })
    }

    fn risk(&mut self) -> Parsed<u8> {
        let word = self.word()?;
        let order = ["low", "moderate", "high", "critical"].iter().position(|risk| *risk == word);
        order.and_then(|order| u8::try_from(order).ok()).ok_or(format!("no risk {word}"))
    }

    fn gate(&mut self) -> Parsed<Gate> {
        let mut gate = Gate::default();
        self.mark("{")?;
        while !self.take_mark("}") {
            match self.word()?.as_str() {
                "bar" => gate.bars.push(self.bar()?),
                "keep" => gate.keeps.push(self.bar()?),
                "hold" => gate.hold = Some(self.duration()?),
                "requires" => {
                    let action = self.word()?;
                    self.expect_word("at")?;
                    gate.requires.push((action, self.tier()?));
                }
                "approval" => gate.approval = Some(self.text()?),
                "stop" => {
                    self.expect_word("after")?;
                    gate.stop = Some(self.duration()?);
                }
                other => return Err(format!("unexpected {other} in gate")),
            }
        }
        Ok(gate)
    }

    fn bar(&mut self) -> Parsed<Bar> {
        let metric = self.word()?;
        let op = self.op()?;
        let target = self.quantity()?;
        self.expect_word("over")?;
        let window = if self.take_word("tier") { None } else { Some(self.duration()?) };
        self.expect_word("min")?;
        let min = self.integer()?;
        let (mut confidence, mut margin) = (None, None);
        loop {
            if self.take_word("confidence") {
                confidence = Some((self.quantity()?, self.method()));
            } else if self.take_word("margin") {
                margin = Some(self.quantity()?);
            } else {
                return Ok(Bar { metric, op, target, window, min, confidence, margin });
            }
        }
    }

    /// Default: `exact`.
    fn method(&mut self) -> Method {
        if self.take_word("wilson") {
            Method::Wilson
        } else if self.take_word("anytime") {
            Method::Anytime
        } else {
            self.take_word("exact");
            Method::Exact
        }
    }

    fn op(&mut self) -> Parsed<Op> {
        let Token::Mark(mark) = self.next()? else { return Err("expected a comparison".to_string()) };
        [Op::Ge, Op::Gt, Op::Le, Op::Lt].into_iter().find(|op| op.name() == mark).ok_or(format!("no operator {mark}"))
    }

    /// `or` binds loosest, then `and`, then `not`.
    fn either(&mut self) -> Parsed<Predicate> {
        let mut parts = vec![self.both()?];
        while self.take_word("or") {
            parts.push(self.both()?);
        }
        Ok(Predicate::Or(parts))
    }

    fn both(&mut self) -> Parsed<Predicate> {
        let mut parts = vec![self.single()?];
        while self.take_word("and") {
            parts.push(self.single()?);
        }
        Ok(Predicate::And(parts))
    }

    fn single(&mut self) -> Parsed<Predicate> {
        if self.take_word("not") {
            return Ok(Predicate::Not(Box::new(self.single()?)));
        }
        if self.take_mark("(") {
            let inner = self.either()?;
            self.mark(")")?;
            return Ok(inner);
        }
        let name = self.word()?;
        if self.take_word("in") {
            self.mark("(")?;
            let mut literals = vec![self.literal()?];
            while self.take_mark(",") {
                literals.push(self.literal()?);
            }
            self.mark(")")?;
            return Ok(Predicate::Compare(name, Comparison::Eq, literals));
        }
        let comparison = if self.take_mark("==") {
            Comparison::Eq
        } else if self.take_mark("!=") {
            Comparison::Ne
        } else {
            Comparison::Order(self.op()?)
        };
        Ok(Predicate::Compare(name, comparison, vec![self.literal()?]))
    }

    fn literal(&mut self) -> Parsed<Literal> {
        match self.next()? {
            Token::Text(text) => Ok(Literal::Text(text)),
            Token::Word(word) if word == "true" => Ok(Literal::Flag(true)),
            Token::Word(word) if word == "false" => Ok(Literal::Flag(false)),
            Token::Word(word) => Decimal::parse(&word).map(Literal::Number).ok_or(format!("bad literal {word}")),
            Token::Mark(mark) => Err(format!("expected a literal, found {mark}")),
        }
    }
}
