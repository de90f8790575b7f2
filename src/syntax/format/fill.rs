//! Words as lines.

/// A line that is too long may go on before these words, and behind a comma.
const JOINTS: [&str; 11] =
    ["and", "or", "over", "min", "confidence", "margin", "within", "because", "from", "follows", "to"];

/// Words in one line, with the spaces that belong between them.
pub(super) fn joined(words: &[&str]) -> String {
    let mut line = String::new();
    for (at, word) in words.iter().enumerate() {
        if at > 0 && is_spaced(words[at - 1], word) {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

fn is_spaced(one: &str, next: &str) -> bool {
    one != "(" && !matches!(next, "," | ")")
}

/// Words behind a head, in as many lines as they need; those after the first stand in so far.
pub(super) fn fill(head: String, words: &[&str], hang: usize, width: usize) -> Vec<String> {
    let mut filling = Filling { lines: vec![head], width };
    filling.fill(words, hang, 0);
    filling.lines
}

/// The lines so far.
struct Filling {
    lines: Vec<String>,
    width: usize,
}

impl Filling {
    /// Goes on with words. Lines that are begun stand in so far; the last is to leave room for a tail.
    fn fill(&mut self, words: &[&str], hang: usize, tail: usize) {
        let phrases = phrases(words);
        for (at, phrase) in phrases.iter().enumerate() {
            let tail = if at + 1 < phrases.len() { 0 } else { tail };
            if at > 0 && self.has_room(&format!(" {}", joined(phrase)), tail) {
                self.push(" ");
            } else if at > 0 {
                self.lines.push(" ".repeat(hang));
            }
            self.phrase(phrase, tail);
        }
    }

    /// Goes on with what stays on one line, but for what stands in its parentheses, if it has any.
    fn phrase(&mut self, words: &[&str], tail: usize) {
        let whole = joined(words);
        match (words.iter().position(|word| *word == "("), words) {
            (Some(open), [.., ")"]) if !self.has_room(&whole, tail) => {
                self.push(&joined(&words[..=open]));
                let column = self.lines.last().map_or(0, |line| length(line));
                self.fill(&words[open + 1..words.len() - 1], column, tail + 1);
                self.push(")");
            }
            _ => self.push(&whole),
        }
    }

    fn has_room(&self, text: &str, tail: usize) -> bool {
        self.lines.last().is_some_and(|line| length(line) + length(text) + tail <= self.width)
    }

    fn push(&mut self, text: &str) {
        if let Some(line) = self.lines.last_mut() {
            line.push_str(text);
        }
    }
}

/// The parts between which a line may be broken, what stands in parentheses left whole.
fn phrases<'w, 't>(words: &'w [&'t str]) -> Vec<&'w [&'t str]> {
    let mut depth = 0;
    let is_whole = |one: &&str, next: &&str| {
        depth += i32::from(*one == "(") - i32::from(*one == ")");
        depth > 0 || !(*one == "," || JOINTS.contains(next) && is_spaced(one, next))
    };
    words.chunk_by(is_whole).collect()
}

/// How many columns a text takes.
pub(super) fn length(text: &str) -> usize {
    text.chars().count()
}
