//! Whether two texts say the same: the proof that a layout has lost nothing.

use super::{comments, order};
use crate::syntax::grammar::{Grammar, Pair, Rule};
use pest::Parser as _;

/// A tree without its places, the clauses of each body in their order.
#[derive(PartialEq)]
struct Tree<'t> {
    rule: Rule,
    /// What stands there, if nothing is below.
    text: &'t str,
    parts: Vec<Tree<'t>>,
}

impl<'t> Tree<'t> {
    fn of(pair: Pair<'t>) -> Self {
        let (rule, text) = (pair.as_rule(), pair.as_str());
        let mut parts: Vec<_> = pair.into_inner().map(|part| (order::rank(&part), Self::of(part))).collect();
        // Clauses stand behind the head, which has no rank, and before the closing brace, which then is the first.
        parts.sort_by_key(|(rank, _)| *rank);
        let parts: Vec<Self> = parts.into_iter().map(|(_, part)| part).collect();
        Self { rule, text: if parts.is_empty() { text } else { "" }, parts }
    }
}

/// Whether two texts have the same tree.
pub(super) fn trees(one: &str, other: &str) -> bool {
    let tree = |text| Some(Grammar::parse(Rule::file, text).ok()?.map(Tree::of).collect::<Vec<_>>());
    tree(one).is_some_and(|tree_of_one| Some(tree_of_one) == tree(other))
}

/// Whether two texts have the same comments, in any order.
pub(super) fn comments(one: &str, other: &str) -> bool {
    let comments = |text| {
        let found = comments::between(text, &comments::words(text)?);
        let mut found: Vec<&str> = found.into_iter().map(|(_, comment)| comment).collect();
        found.sort_unstable();
        Some(found)
    };
    comments(one).is_some_and(|comments_of_one| Some(comments_of_one) == comments(other))
}

#[cfg(test)]
mod tests {
    use super::{comments, trees};

    const GATE: &str =
        "ladder l { gate crawl to walk { bar a > 1% over 1d min 1 bar b > 2% over tier min 1 hold 1d } }";

    #[test]
    fn trees_differ_by_more_than_the_order_of_kinds() {
        let moved = GATE.replace(" hold 1d", "").replace("{ bar a", "{\r\n hold 1d # c\n bar a");
        assert!(trees(GATE, &moved));
        let exchanged = GATE.replace("bar a", "bar x").replace("bar b", "bar a").replace("bar x", "bar b");
        for other in [exchanged, GATE.replace("1d }", "24h }"), GATE.replace(" hold 1d", ""), GATE.repeat(2)] {
            assert!(!trees(GATE, &other), "{other}");
        }
        assert!(!trees("action a { matches a == 1 and (b == 2) }", "action a { matches a == 1 and b == 2 }"));
    }

    #[test]
    fn comments_are_counted() {
        let text = "signal a # one\n# two\n# two\nsignal b \"# no\"\n";
        assert!(comments(text, "# two\n# one\nsignal b \"# never\" # two"));
        for other in ["# one\n# two\n", "# one\n# two\n# two!\n", "# one\n# two\n# two\n# no\n"] {
            assert!(!comments(text, other), "{other}");
        }
    }
}
