//! Did you mean: the one known name that is near enough to a wrong one.

/// Longer words are not typing errors of anything: comparing two takes time and memory by the product of their lengths.
const LONGEST: usize = 100;

/// The nearest of `known` to `word`, if exactly one is near: at most a third of the word's letters differ
/// (Damerau–Levenshtein, at least one letter), and neither is longer than 100 bytes.
#[must_use]
pub fn suggest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > LONGEST {
        return None;
    }
    let limit = (word.chars().count() / 3).max(1);
    let mut near: Vec<(usize, &str)> = known
        .into_iter()
        .filter(|name| name.len() <= LONGEST)
        .map(|name| (strsim::damerau_levenshtein(word, name), name))
        .filter(|(distance, _)| *distance <= limit)
        .collect();
    near.sort_unstable();
    near.dedup();
    match near.as_slice() {
        [(_, only)] => Some(only),
        [(first, best), (second, _), ..] if first < second => Some(best),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::suggest;

    #[test]
    fn suggests_one_near_name_or_none() {
        assert_eq!(suggest("acceptence", ["acceptance", "completion"]), Some("acceptance"));
        assert_eq!(suggest("god", ["good", "gold"]), None);
        assert_eq!(suggest("xyz", ["acceptance"]), None);
        assert_eq!(suggest("hodl", ["hold", "keep"]), Some("hold"));
        let long = "hold".repeat(100_000);
        assert_eq!(suggest(&long, [long.as_str(), "hold"]), None);
        assert_eq!(suggest("hodl", [long.as_str(), "hold"]), Some("hold"));
    }
}
