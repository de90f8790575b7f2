//! Which keys of the input hold the fields of a record: `--map tier=stage,time=meta.opened_at`.

/// The keys of the five fields; dots reach inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// `id`
    pub id: Vec<String>,
    /// `time`
    pub time: Vec<String>,
    /// `action`
    pub action: Vec<String>,
    /// `tier`
    pub tier: Vec<String>,
    /// `outcomes`
    pub outcomes: Vec<String>,
}

impl Default for Mapping {
    fn default() -> Self {
        let key = |name: &str| vec![name.to_owned()];
        Self { id: key("id"), time: key("time"), action: key("action"), tier: key("tier"), outcomes: key("outcomes") }
    }
}

/// The fields that can be mapped.
pub const FIELDS: [&str; 5] = ["id", "time", "action", "tier", "outcomes"];

impl Mapping {
    /// Applies `FIELD=KEY` pairs separated by commas. The error says what is wrong with which pair.
    pub fn apply(&mut self, pairs: &str) -> Result<(), String> {
        for pair in pairs.split(',').map(str::trim) {
            let Some((field, key)) = pair.split_once('=') else {
                return Err(format!("`{pair}` is not of the form FIELD=KEY, as in `tier=stage`"));
            };
            let path: Vec<String> = key.trim().split('.').map(String::from).collect();
            if path.iter().any(String::is_empty) {
                return Err(format!("the key of `{pair}` is empty"));
            }
            *self.field(field.trim())? = path;
        }
        Ok(())
    }

    fn field(&mut self, field: &str) -> Result<&mut Vec<String>, String> {
        match field {
            "id" => Ok(&mut self.id),
            "time" => Ok(&mut self.time),
            "action" => Ok(&mut self.action),
            "tier" => Ok(&mut self.tier),
            "outcomes" => Ok(&mut self.outcomes),
            _ => {
                let near = crate::source::suggest::suggest(field, FIELDS);
                let hint = near.map_or_else(|| format!("one of {}", FIELDS.join(", ")), |near| format!("`{near}`"));
                Err(format!("`{field}` is not a field of a record; write {hint}"))
            }
        }
    }

    /// Whether a top-level key is one of the five fields, and so is no attribute.
    #[must_use]
    pub fn is_field(&self, key: &str) -> bool {
        let all = [&self.id, &self.time, &self.action, &self.tier, &self.outcomes];
        all.iter().any(|path| matches!(path.as_slice(), [only] if only == key))
    }

    /// Whether a top-level key holds the id or the outcomes, or part of them.
    #[must_use]
    pub fn is_id_or_outcomes(&self, key: &str) -> bool {
        [&self.id, &self.outcomes].iter().any(|path| path.first().is_some_and(|first| first == key))
    }
}
