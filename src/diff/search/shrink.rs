//! Leaves out lines that a witness does not need: ever smaller pieces, as long as it still shows what it showed.

/// Replays that making it smaller may cost.
const TRIES: usize = 80;
/// Witnesses that are small enough.
const SMALL: usize = 12;

/// Fewer lines for which this still holds.
pub(super) fn shrink(mut lines: Vec<String>, holds: impl Fn(&[String]) -> bool) -> Vec<String> {
    let (mut piece, mut tries) = (lines.len() / 2, 0);
    while piece > 0 && lines.len() > SMALL {
        let mut at = 0;
        while at < lines.len() {
            if tries == TRIES {
                return lines;
            }
            tries += 1;
            let end = (at + piece).min(lines.len());
            let without: Vec<String> = lines[..at].iter().chain(&lines[end..]).cloned().collect();
            if holds(&without) {
                lines = without;
            } else {
                at = end;
            }
        }
        piece /= 2;
    }
    lines
}
