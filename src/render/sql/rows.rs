//! The rows of the counts table: the columns are those of [`Row`](crate::render::counts_table::Row).

use super::words::Words;
use crate::history::tally::Wanted;
use crate::model::policy::{ActionId, SignalId};

/// One kind of row: the expressions of its columns, those that are `None` being null, and what it is taken from.
#[derive(Default)]
struct Row {
    kind: &'static str,
    action: Option<&'static str>,
    tier: Option<&'static str>,
    cohort: Option<&'static str>,
    name: Option<&'static str>,
    tick: Option<&'static str>,
    n: Option<&'static str>,
    bad: Option<&'static str>,
    sum: Option<&'static str>,
    text: Option<String>,
    from: String,
}

impl Row {
    fn text(&self, words: &Words) -> String {
        let types = words.dialect.types;
        let column = |expression: Option<&str>, kind: &str, name: &str| {
            format!("CAST({} AS {kind}) AS {name}", expression.unwrap_or("NULL"))
        };
        let columns = [
            column(Some(self.kind), types.text, "kind"),
            column(self.action, types.text, "action"),
            column(self.name, types.text, "name"),
            column(self.tier, types.text, "tier"),
            column(self.cohort, types.text, "cohort"),
            column(self.tick, types.integer, "tick"),
            column(self.n, types.integer, "n"),
            column(self.bad, types.integer, "bad"),
            column(self.sum, types.sum, "sum_millionths"),
            column(self.text.as_deref(), types.text, "text"),
        ];
        format!("  SELECT {}\n  {}", columns.join(", "), self.from.replace('\n', "\n  "))
    }
}

/// What selects the rows from the steps.
pub(super) fn rows(words: &Words, wanted: &Wanted) -> String {
    let mut rows = vec![head()];
    rows.extend(intake());
    rows.extend([bad(words), earliest(words), latest(words), exposure()]);
    rows.extend(samples(wanted));
    rows.extend(latest_cohorts(words));
    rows.extend(signals(&wanted.tripping).map(|ids| arrivals(words, &ids)));
    rows.extend(signals(&wanted.noticed).map(|ids| notices(words, &ids)));
    rows.extend(signals(&wanted.alive).map(|ids| alive(words, &ids)));
    let rows: Vec<String> = rows.iter().map(|row| row.text(words)).collect();
    format!("SELECT *\nFROM (\n{}\n) counts\nORDER BY kind, action, tier, cohort, name, tick", rows.join("\n  UNION ALL\n"))
}

/// The signals that are flagged; `None` where none is.
fn signals(flags: &[bool]) -> Option<Vec<SignalId>> {
    let ids: Vec<SignalId> = (0..flags.len()).filter(|at| flags[*at]).map(SignalId::new).collect();
    (!ids.is_empty()).then_some(ids)
}

fn intake() -> Vec<Row> {
    let figure = |name: &'static str, n: &'static str, from: &str| Row {
        kind: "'intake'",
        name: Some(name),
        n: Some(n),
        from: from.to_owned(),
        ..Row::default()
    };
    let merged = "FROM (\n  SELECT id FROM ranked_lines WHERE content = 1 AND copy > 1\n  UNION ALL SELECT id FROM told_outcomes WHERE \
                  reason IS NULL\n) m";
    vec![
        figure("'classified'", "COUNT(*)", "FROM kept_records\nWHERE action_type IS NOT NULL"),
        figure("'unclassified'", "COUNT(*)", "FROM kept_records\nWHERE action_type IS NULL"),
        figure("'duplicates'", "COUNT(*)", merged),
        figure("'late_outcomes'", "late_outcomes", "FROM unheeded"),
        figure("'contradicted'", "contradicted", "FROM unheeded"),
        figure("'without_tier'", "COALESCE(SUM(without_tier), 0)", "FROM kept_records"),
        figure("'notices'", "COUNT(*)", "FROM notice_lines\nWHERE reason IS NULL"),
    ]
}

/// Bad rows by reason; in place of file and line the table and the least id (or signal, of a notice) among them.
fn bad(words: &Words) -> Row {
    let all = "FROM (\n  SELECT 'records' AS source, id, reason FROM record_lines\n  UNION ALL SELECT 'records', id, 'conflicting_id' \
               FROM ranked_lines WHERE content > 1\n  UNION ALL SELECT 'outcomes', id, reason FROM outcome_lines\n  UNION ALL SELECT \
               'outcomes', id, reason FROM told_outcomes\n  UNION ALL SELECT 'notices', signal, reason FROM notice_lines\n) b\n\
               WHERE reason IS NOT NULL\nGROUP BY reason";
    let quote = words.escaped("COALESCE(MIN(id), '')");
    let text = format!(
        "'{{\"input\":\"' || MIN(source) || '\",\"line\":0,\"why\":\"' || REPLACE(reason, '_', ' ') || '\",\"quote\":\"' || {quote} || '\"}}'"
    );
    Row { kind: "'bad'", name: Some("reason"), n: Some("COUNT(*)"), text: Some(text), from: all.to_owned(), ..Row::default() }
}

fn head() -> Row {
    Row {
        kind: "kind",
        name: Some("name"),
        tier: Some("tier"),
        n: Some("n"),
        text: Some("text".to_owned()),
        from: "FROM made_for".to_owned(),
        ..Row::default()
    }
}

fn earliest(words: &Words) -> Row {
    let from = "FROM (SELECT id, acted FROM kept_records ORDER BY acted, id LIMIT 1) e".to_owned();
    Row { kind: "'earliest'", name: Some("id"), text: Some(words.instant("acted")), from, ..Row::default() }
}

fn latest(words: &Words) -> Row {
    let from = "FROM (\n  SELECT id, heard\n  FROM (\n    SELECT id, acted AS heard FROM kept_records\n    UNION ALL SELECT id, heard FROM \
                kept_outcomes\n    UNION ALL SELECT signal AS id, heard FROM notice_lines WHERE reason IS NULL\n  ) a\n  ORDER BY heard \
                DESC, id DESC\n  LIMIT 1\n) l";
    Row { kind: "'latest'", name: Some("id"), text: Some(words.instant("heard")), from: from.to_owned(), ..Row::default() }
}

fn samples(wanted: &Wanted) -> Option<Row> {
    let row = || Row {
        kind: "'sample'",
        action: Some("action_type"),
        tier: Some("recorded_tier"),
        cohort: Some("cohort"),
        name: Some("metric"),
        tick: Some("tick"),
        n: Some("COUNT(*)"),
        bad: Some("SUM(wrong)"),
        sum: Some("SUM(value)"),
        from: "FROM samples\nGROUP BY action_type, recorded_tier, cohort, metric, tick".to_owned(),
        ..Row::default()
    };
    wanted.evidence.iter().any(|ids| !ids.is_empty()).then(row)
}

fn exposure() -> Row {
    Row {
        kind: "'exposure'",
        action: Some("action_type"),
        tier: Some("recorded_tier"),
        name: Some("harm"),
        tick: Some("tick"),
        n: Some("COUNT(*)"),
        text: Some("CASE WHEN harm = 'open' THEN '[' || SUBSTR(open, 2) || ']' END".to_owned()),
        from: "FROM exposed\nGROUP BY action_type, recorded_tier, harm, open, tick".to_owned(),
        ..Row::default()
    }
}

fn latest_cohorts(words: &Words) -> Option<Row> {
    let actions = words.plan.actions.iter().enumerate();
    let renewing: Vec<ActionId> =
        actions.filter(|(_, action)| action.renew.is_some()).map(|(at, _)| ActionId::new(at)).collect();
    let row = || Row {
        kind: "'cohort'",
        action: Some("action_type"),
        cohort: Some("cohort"),
        tick: Some("tick"),
        from: format!(
            "FROM (\n  SELECT\n    t.*,\n    ROW_NUMBER() OVER (PARTITION BY action_type, tick ORDER BY acted DESC, id DESC) AS place\n  \
             FROM (SELECT id, acted, action_type, cohort, {} AS tick FROM kept_records) t\n  WHERE {}\n) c\nWHERE place = 1",
            words.tick("acted"),
            words.is_action(&renewing)
        ),
        ..Row::default()
    };
    (!renewing.is_empty()).then(row)
}

fn arrivals(words: &Words, ids: &[SignalId]) -> Row {
    Row {
        kind: "'arrival'",
        action: Some("action_type"),
        name: Some("signal"),
        tick: Some("tick"),
        n: Some("COUNT(*)"),
        from: format!(
            "FROM (\n  SELECT DISTINCT r.action_type AS action_type, o.id AS id, o.signal AS signal, {} AS tick\n  FROM kept_outcomes o\n  \
             JOIN kept_records r ON r.id = o.id\n  WHERE {}\n) f\nGROUP BY action_type, signal, tick",
            words.tick("o.first_heard"),
            words.is_signal("o.signal", ids)
        ),
        ..Row::default()
    }
}

fn notices(words: &Words, ids: &[SignalId]) -> Row {
    Row {
        kind: "'notice'",
        name: Some("signal"),
        tick: Some("tick"),
        n: Some("COUNT(*)"),
        from: format!(
            "FROM (\n  SELECT signal, {} AS tick\n  FROM (SELECT DISTINCT signal, heard FROM notice_lines WHERE reason IS NULL) d\n  WHERE \
             {}\n) s\nGROUP BY signal, tick",
            words.tick("heard"),
            words.is_signal("signal", ids)
        ),
        ..Row::default()
    }
}

fn alive(words: &Words, ids: &[SignalId]) -> Row {
    Row {
        kind: "'alive'",
        name: Some("signal"),
        tick: Some("tick"),
        from: format!(
            "FROM (\n  SELECT DISTINCT signal, {} AS tick\n  FROM (\n    SELECT signal, heard FROM kept_outcomes\n    UNION ALL SELECT signal, \
             heard FROM notice_lines WHERE reason IS NULL\n  ) a\n  WHERE {}\n) h",
            words.tick("heard"),
            words.is_signal("signal", ids)
        ),
        ..Row::default()
    }
}
