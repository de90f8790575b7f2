//! The parser that pest makes of `grammar/cwr.pest`.

/// Parses any rule of the grammar.
#[derive(pest_derive::Parser)]
#[grammar = "../grammar/cwr.pest"]
pub(super) struct Grammar;

/// What a rule matched.
pub(super) type Pair<'t> = pest::iterators::Pair<'t, Rule>;

/// The first part of `pair` that `rule` matched.
pub(super) fn part<'t>(pair: &Pair<'t>, rule: Rule) -> Option<Pair<'t>> {
    pair.clone().into_inner().find(|inner| inner.as_rule() == rule)
}

/// One past the last byte of the last word or sign of a pair: its own span may run on over white space.
pub(super) fn end(pair: &Pair<'_>) -> usize {
    let mut last = pair.clone();
    while let Some(inner) = last.clone().into_inner().next_back() {
        last = inner;
    }
    last.as_span().end()
}
