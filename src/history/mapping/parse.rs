//! A mapping as it is written: `FIELD=KEY`, `FIELD=const:WORD`, `FIELD:WORD=MEANING`, `signal.NAME=KEY`, `time_format=…`.

use super::{Field, Key, Mapping, Times, Wide};
use crate::source::suggest::suggest;
use crate::value::Tier;

/// What a pair may set, but for signals that have keys of their own.
pub const NAMES: [&str; 10] =
    ["id", "time", "action", "tier", "outcomes", "signal", "signal_time", "value", "time_format", "time_offset"];

/// What stands before a word that is the same for all records.
const CONSTANT: &str = "const:";

impl Mapping {
    /// Applies `FIELD=KEY` pairs separated by commas. The error says what is wrong with which pair.
    pub fn apply(&mut self, pairs: &str) -> Result<(), String> {
        for pair in pairs.split(',').map(str::trim) {
            let Some((what, meaning)) = pair.split_once('=') else {
                return Err(format!("`{pair}` is not of the form FIELD=KEY, as in `tier=stage`"));
            };
            self.set(what.trim(), meaning.trim())?;
        }
        Ok(())
    }

    /// Sets what is left of the `=` of a pair to what is right of it.
    pub fn set(&mut self, what: &str, meaning: &str) -> Result<(), String> {
        if meaning.is_empty() {
            return Err(format!("nothing stands behind `{what}=`"));
        }
        if let Some((field, word)) = what.split_once(':') {
            return self.translate(field, word, meaning);
        }
        if let Some(signal) = what.strip_prefix("signal.") {
            return self.widen(signal, key(meaning)?);
        }
        match what {
            "time_format" => self.times = Times::parse(meaning, self.times.offset())?,
            "time_offset" => self.times = self.times.with_offset(meaning)?,
            _ => self.name(field(what)?, meaning)?,
        }
        Ok(())
    }

    /// `FIELD:WORD=MEANING`: what a word of the log means.
    pub fn translate(&mut self, what: &str, word: &str, meaning: &str) -> Result<(), String> {
        let field = field(what)?;
        if !field.is_word() {
            return Err(format!("`{what}` has no words to translate; `action`, `tier` and `signal` have"));
        }
        if field == Field::Tier {
            known_tier(meaning)?;
        }
        self.words[field as usize].insert(word.to_owned(), meaning.to_owned());
        Ok(())
    }

    fn name(&mut self, field: Field, meaning: &str) -> Result<(), String> {
        let Some(constant) = meaning.strip_prefix(CONSTANT) else {
            self.keys[field as usize] = key(meaning)?;
            self.said[field as usize] = true;
            self.constants[field as usize] = None;
            // Who says where the signal of a row is says that rows have one.
            self.flat |= field.is_flat();
            return Ok(());
        };
        if !matches!(field, Field::Action | Field::Tier) {
            let word = field.word();
            return Err(format!("`{word}` cannot be the same for all records; `action` and `tier` can"));
        }
        if constant.is_empty() {
            return Err(format!("nothing stands behind `{}={CONSTANT}`", field.word()));
        }
        if field == Field::Tier {
            known_tier(constant)?;
        }
        self.constants[field as usize] = Some(constant.to_owned());
        Ok(())
    }

    /// `signal.NAME=KEY` and `signal.NAME.time=KEY`, in either order.
    fn widen(&mut self, name: &str, key: Key) -> Result<(), String> {
        let (signal, is_time) = name.strip_suffix(".time").map_or((name, false), |signal| (signal, true));
        if signal.is_empty() {
            return Err("`signal.` is not followed by the name of a signal, as in `signal.closed=closed_at`".into());
        }
        let known = self.wide.iter().position(|it| it.signal == signal);
        let at = known.unwrap_or_else(|| {
            self.wide.push(Wide { signal: signal.to_owned(), key: Vec::new(), time: None });
            self.wide.len() - 1
        });
        if is_time {
            self.wide[at].time = Some(key);
        } else {
            self.wide[at].key = key;
        }
        Ok(())
    }

    /// What is missing once all pairs are applied: pairs that only make sense with another.
    pub fn complete(&self) -> Result<(), String> {
        if let Some(wide) = self.wide.iter().find(|it| it.key.is_empty()) {
            let name = &wide.signal;
            return Err(format!(
                "`signal.{name}.time` is said, but `signal.{name}=KEY`, which tells whether it arrived, is not"
            ));
        }
        self.times.complete()
    }
}

fn known_tier(word: &str) -> Result<(), String> {
    let is_known = Tier::parse(word).is_some();
    is_known.then_some(()).ok_or_else(|| format!("`{word}` is no tier; write crawl, walk or run"))
}

/// The segments of a key.
fn key(text: &str) -> Result<Key, String> {
    let path: Key = text.split('.').map(|part| part.trim().to_owned()).collect();
    if path.iter().any(String::is_empty) {
        return Err(format!("`{text}` is no key: a name between dots is empty"));
    }
    Ok(path)
}

fn field(name: &str) -> Result<Field, String> {
    if let Some(field) = Field::ALL.into_iter().find(|field| field.word() == name) {
        return Ok(field);
    }
    let near = suggest(name, NAMES);
    let hint = near.map_or_else(|| format!("one of {}, signal.NAME", NAMES.join(", ")), |near| format!("`{near}`"));
    Err(format!("`{name}` is not a field of a record; write {hint}"))
}
