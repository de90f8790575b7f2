//! The rows of the counts table: the columns are those of [`Row`](crate::render::counts_table::Row).

use super::dialect::fill;
use super::words::Words;
use crate::history::tally::Wanted;
use crate::model::policy::{ActionId, SignalId};

/// Rows of one kind: the expressions of their columns, and what they are taken from. Columns without one are null.
struct Row {
    why: &'static str,
    kind: &'static str,
    action: &'static str,
    name: &'static str,
    tier: &'static str,
    cohort: &'static str,
    tick: &'static str,
    n: &'static str,
    bad: &'static str,
    sum_millionths: &'static str,
    text: String,
    from: String,
}

/// The expression of what a row does not say.
const NONE: &str = "NULL";

impl Default for Row {
    fn default() -> Self {
        Self {
            why: "",
            kind: NONE,
            action: NONE,
            name: NONE,
            tier: NONE,
            cohort: NONE,
            tick: NONE,
            n: NONE,
            bad: NONE,
            sum_millionths: NONE,
            text: NONE.to_owned(),
            from: String::new(),
        }
    }
}

impl Row {
    fn text(&self, words: &Words) -> String {
        let whole = |expression: &str| match expression {
            NONE => NONE.to_owned(),
            some => fill(words.dialect.whole, some),
        };
        let first = [self.kind, self.action, self.name, self.tier, self.cohort, self.tick].join(", ");
        let (n, bad) = (whole(self.n), whole(self.bad));
        let from = self.from.replace('\n', "\n  ");
        format!("  -- {}\n  SELECT {first}, {n}, {bad}, {}, {}\n  {from}", self.why, self.sum_millionths, self.text)
    }
}

/// What selects the rows from the steps.
pub(super) fn rows(words: &Words, wanted: &Wanted) -> String {
    let mut rows = vec![intake(), bad(words), earliest(words), latest(words), exposure()];
    rows.extend(samples(wanted));
    rows.extend(latest_cohorts(words));
    rows.extend(signals(&wanted.tripping).map(|ids| arrivals(words, &ids)));
    rows.extend(signals(&wanted.noticed).map(|ids| notices(words, &ids)));
    rows.extend(signals(&wanted.alive).map(|ids| alive(words, &ids)));
    let rows: Vec<String> = rows.iter().map(|row| row.text(words)).collect();
    format!(
        "-- The table of counts, and one row more: how many rows there are with it.\nSELECT\n  {}\nFROM (\n  \
         SELECT counts.*, {} AS other_rows\n  FROM (\n{}\n  UNION ALL\n{}\n  ) counts\n) t\n\
         CROSS JOIN (SELECT 1 AS turn UNION ALL SELECT 2 AS turn) k\nWHERE k.turn = 1 OR t.kind = 'cwrc'\n\
         ORDER BY kind, action, name, tier, cohort, tick",
        columns().join(",\n  "),
        fill(words.dialect.whole, "COUNT(*) OVER ()"),
        head(words),
        rows.join("\n  UNION ALL\n")
    )
}

/// The columns of the table. The row of kind `cwrc`, of which there is one, has a second turn as that of kind `rows`:
/// no engine has to work the rows out twice.
fn columns() -> Vec<String> {
    let column = |name: &str| match name {
        "kind" => "CASE k.turn WHEN 1 THEN t.kind ELSE 'rows' END AS kind".to_owned(),
        "n" => "CASE k.turn WHEN 1 THEN t.n ELSE t.other_rows + 1 END AS n".to_owned(),
        "text" => "CASE k.turn WHEN 1 THEN t.text END AS text".to_owned(),
        other => format!("t.{other} AS {other}"),
    };
    ["kind", "action", "name", "tier", "cohort", "tick", "n", "bad", "sum_millionths", "text"].map(column).to_vec()
}

/// The first rows; they give the columns their names and types.
fn head(words: &Words) -> String {
    let types = words.dialect.types;
    let column = |expression: &str, kind: &str, name: &str| format!("CAST({expression} AS {kind}) AS {name}");
    let columns = [
        column("kind", types.text, "kind"),
        column(NONE, types.text, "action"),
        column("name", types.text, "name"),
        column("tier", types.text, "tier"),
        column(NONE, types.text, "cohort"),
        column(NONE, types.integer, "tick"),
        column("n", types.integer, "n"),
        column(NONE, types.integer, "bad"),
        column(NONE, types.sum, "sum_millionths"),
        column("text", types.text, "text"),
    ];
    format!("  SELECT\n    {}\n  FROM made_for", columns.join(",\n    "))
}

/// The signals that are flagged; `None` where none is.
fn signals(flags: &[bool]) -> Option<Vec<SignalId>> {
    let ids: Vec<SignalId> = (0..flags.len()).filter(|at| flags[*at]).map(SignalId::new).collect();
    (!ids.is_empty()).then_some(ids)
}

/// The figures of what became of the rows that were kept, in one pass.
fn intake() -> Row {
    let figures =
        ["classified", "unclassified", "without_tier", "duplicates", "notices", "late_outcomes", "contradicted"];
    let [first, others @ ..] = figures.map(|figure| format!("SELECT '{figure}' AS figure"));
    let from = format!(
        "FROM ({first} UNION ALL {}) f\nCROSS JOIN (\n  SELECT\n    \
         COALESCE(SUM(CASE WHEN action_type IS NULL THEN 0 ELSE 1 END), 0) AS classified,\n    \
         COALESCE(SUM(CASE WHEN action_type IS NULL THEN 1 ELSE 0 END), 0) AS unclassified,\n    \
         COALESCE(SUM(without_tier), 0) AS without_tier\n  FROM kept_records\n) r\nCROSS JOIN (\n  \
         SELECT COUNT(*) AS duplicates\n  FROM (\n    SELECT id FROM ranked_lines WHERE content = 1 AND copy > 1\n    \
         UNION ALL SELECT id FROM told_outcomes WHERE reason IS NULL\n  ) m\n) d\n\
         CROSS JOIN (SELECT COUNT(*) AS notices FROM notice_lines WHERE reason IS NULL) s\nCROSS JOIN unheeded u",
        others.join(" UNION ALL ")
    );
    Row {
        why: "What became of the rows that were kept; merged into another row's record are duplicates.",
        kind: "'intake'",
        name: "figure",
        n: "CASE figure WHEN 'classified' THEN classified WHEN 'unclassified' THEN unclassified \
            WHEN 'without_tier' THEN without_tier WHEN 'duplicates' THEN duplicates WHEN 'notices' THEN notices \
            WHEN 'late_outcomes' THEN late_outcomes ELSE contradicted END",
        from,
        ..Row::default()
    }
}

/// Bad rows by reason; in place of file and line the table and the least id (or signal, of a notice) among them.
fn bad(words: &Words) -> Row {
    let quote = words.escaped("COALESCE(MIN(id), '')");
    let from = "FROM (\n  SELECT 'records' AS source, id, reason FROM record_lines\n  \
                UNION ALL SELECT 'records', id, 'conflicting_id' FROM ranked_lines WHERE content > 1\n  \
                UNION ALL SELECT 'outcomes', id, reason FROM outcome_lines\n  \
                UNION ALL SELECT 'outcomes', id, reason FROM told_outcomes\n  \
                UNION ALL SELECT 'notices', signal, reason FROM notice_lines\n) b\n\
                WHERE reason IS NOT NULL\nGROUP BY reason";
    Row {
        why: "The rows that were left out, by reason. A query knows no line; it quotes the table and the least id.",
        kind: "'bad'",
        name: "reason",
        n: "COUNT(*)",
        text: format!(
            "'{{\"input\":\"' || MIN(source) || '\",\"line\":0,\"why\":\"' || REPLACE(reason, '_', ' ') \
             || '\",\"quote\":\"' || {quote} || '\"}}'"
        ),
        from: from.to_owned(),
        ..Row::default()
    }
}

fn earliest(words: &Words) -> Row {
    Row {
        why: "The earliest record.",
        kind: "'earliest'",
        name: "id",
        text: words.instant("acted"),
        from: "FROM (SELECT id, acted FROM kept_records ORDER BY acted, id LIMIT 1) e".to_owned(),
        ..Row::default()
    }
}

fn latest(words: &Words) -> Row {
    let from = "FROM (\n  SELECT id, heard\n  FROM (\n    SELECT id, acted AS heard FROM kept_records\n    \
                UNION ALL SELECT id, heard FROM kept_outcomes\n    \
                UNION ALL SELECT signal, heard FROM notice_lines WHERE reason IS NULL\n  ) a\n  \
                ORDER BY heard DESC, id DESC\n  LIMIT 1\n) l";
    Row {
        why: "The latest record, outcome or notice.",
        kind: "'latest'",
        name: "id",
        text: words.instant("heard"),
        from: from.to_owned(),
        ..Row::default()
    }
}

fn exposure() -> Row {
    Row {
        why: "Records by what it would have meant for them to run unattended, and by the tick of their action.",
        kind: "'exposure'",
        action: "action_type",
        name: "harm",
        tier: "recorded_tier",
        tick: "tick",
        n: "COUNT(*)",
        text: "CASE WHEN harm = 'open' THEN '[' || SUBSTR(open, 2) || ']' END".to_owned(),
        from: "FROM exposed\nGROUP BY action_type, recorded_tier, harm, open, tick".to_owned(),
        ..Row::default()
    }
}

fn samples(wanted: &Wanted) -> Option<Row> {
    let row = || Row {
        why: "Samples, whether their feed was alive or not; of means the sum in millionths.",
        kind: "'sample'",
        action: "action_type",
        name: "metric",
        tier: "recorded_tier",
        cohort: "cohort",
        tick: "tick",
        n: "COUNT(*)",
        bad: "SUM(wrong)",
        sum_millionths: "SUM(value)",
        from: "FROM samples\nGROUP BY action_type, recorded_tier, cohort, metric, tick".to_owned(),
        ..Row::default()
    };
    wanted.evidence.iter().any(|ids| !ids.is_empty()).then(row)
}

fn latest_cohorts(words: &Words) -> Option<Row> {
    let actions = words.plan.actions.iter().enumerate();
    let renewing: Vec<ActionId> =
        actions.filter(|(_, action)| action.renew.is_some()).map(|(at, _)| ActionId::new(at)).collect();
    let row = || Row {
        why: "The cohort of the latest record of each tick.",
        kind: "'cohort'",
        action: "action_type",
        cohort: "cohort",
        tick: "tick",
        from: format!(
            "FROM (\n  SELECT\n    t.*,\n    \
             ROW_NUMBER() OVER (PARTITION BY action_type, tick ORDER BY acted DESC, id DESC) AS place\n  \
             FROM (SELECT id, acted, action_type, cohort, {} AS tick FROM kept_records) t\n  WHERE {}\n) c\n\
             WHERE place = 1",
            words.tick("acted"),
            words.is_action(&renewing)
        ),
        ..Row::default()
    };
    (!renewing.is_empty()).then(row)
}

fn arrivals(words: &Words, ids: &[SignalId]) -> Row {
    Row {
        why: "Signals that trips count, once per record, at their earliest arrival.",
        kind: "'arrival'",
        action: "action_type",
        name: "signal",
        tick: "tick",
        n: "COUNT(*)",
        from: format!(
            "FROM (\n  SELECT DISTINCT r.action_type AS action_type, o.id AS id, o.signal AS signal, {} AS tick\n  \
             FROM kept_outcomes o\n  JOIN kept_records r ON r.id = o.id\n  WHERE {}\n) f\n\
             GROUP BY action_type, signal, tick",
            words.tick("o.first_heard"),
            words.is_signal("o.signal", ids)
        ),
        ..Row::default()
    }
}

fn notices(words: &Words, ids: &[SignalId]) -> Row {
    Row {
        why: "Notices that the policy's trips count; the same signal and time once.",
        kind: "'notice'",
        name: "signal",
        tick: "tick",
        n: "COUNT(*)",
        from: format!(
            "FROM (\n  SELECT signal, {} AS tick\n  \
             FROM (SELECT DISTINCT signal, heard FROM notice_lines WHERE reason IS NULL) d\n  WHERE {}\n) s\n\
             GROUP BY signal, tick",
            words.tick("heard"),
            words.is_signal("signal", ids)
        ),
        ..Row::default()
    }
}

fn alive(words: &Words, ids: &[SignalId]) -> Row {
    Row {
        why: "The ticks in which a signal that shows a feed alive arrived at all.",
        kind: "'alive'",
        name: "signal",
        tick: "tick",
        from: format!(
            "FROM (\n  SELECT DISTINCT signal, {} AS tick\n  FROM (\n    SELECT signal, heard FROM kept_outcomes\n    \
             UNION ALL SELECT signal, heard FROM notice_lines WHERE reason IS NULL\n  ) a\n  WHERE {}\n) h",
            words.tick("heard"),
            words.is_signal("signal", ids)
        ),
        ..Row::default()
    }
}
