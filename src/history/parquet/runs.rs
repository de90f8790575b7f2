//! Runs of small numbers, as levels and the codes of a dictionary are written: one number so many times, or numbers
//! that are packed in a few bits each, eight at a time.

use bytes::Bytes;

/// The numbers of a page that are still to be read.
pub(super) struct Runs {
    bytes: Bytes,
    /// Where the next run starts.
    next: usize,
    /// How many bits a number has.
    width: usize,
    run: Run,
    /// How many numbers of the run are still to be read.
    left: usize,
}

/// What the numbers of a run are.
enum Run {
    /// This one, all of them.
    Same(u32),
    /// Packed, from a byte on; so many of them were read.
    Packed { start: usize, read: usize },
}

/// The widest number that is read.
const WIDEST: usize = 32;

impl Runs {
    /// Numbers of so many bits; nothing where these are too many.
    pub(super) fn new(bytes: Bytes, width: usize) -> Option<Self> {
        (width <= WIDEST).then_some(Self { bytes, next: 0, width, run: Run::Same(0), left: 0 })
    }

    /// Adds so many numbers; nothing where there are fewer, or the runs make no sense.
    pub(super) fn read(&mut self, count: usize, out: &mut Vec<u32>) -> Option<()> {
        let mut wanted = count;
        while wanted > 0 {
            if self.left == 0 {
                self.start()?;
            }
            let count = wanted.min(self.left);
            match &mut self.run {
                Run::Same(number) => out.resize(out.len() + count, *number),
                Run::Packed { start, read } => {
                    unpack(self.bytes.get(*start..)?, self.width, *read, count, out);
                    *read += count;
                }
            }
            self.left -= count;
            wanted -= count;
        }
        Some(())
    }

    /// Starts the next run, which has some numbers.
    fn start(&mut self) -> Option<()> {
        let head = self.head()?;
        let count = usize::try_from(head >> 1).ok()?;
        if head & 1 == 0 {
            let (number, length) = (self.number()?, self.width.div_ceil(8));
            (self.run, self.left) = (Run::Same(number), count);
            self.next += length;
        } else {
            // Some programs leave out the end of the last run, which nobody reads.
            let here = (self.bytes.len() - self.next).checked_mul(8)?.checked_div(self.width);
            self.run = Run::Packed { start: self.next, read: 0 };
            self.left = count.checked_mul(8)?.min(here.unwrap_or(usize::MAX));
            self.next = self.next.saturating_add(count.checked_mul(self.width)?).min(self.bytes.len());
        }
        (self.left > 0).then_some(())
    }

    /// The head of a run: seven bits in each byte, the lowest ones first.
    fn head(&mut self) -> Option<u32> {
        let mut head = 0_u32;
        for shift in [0, 7, 14, 21] {
            let byte = *self.bytes.get(self.next)?;
            self.next += 1;
            head |= u32::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(head);
            }
        }
        let byte = *self.bytes.get(self.next).filter(|byte| **byte < 0x10)?;
        self.next += 1;
        Some(head | u32::from(byte) << 28)
    }

    /// The number of a run that repeats it, in whole bytes.
    fn number(&self) -> Option<u32> {
        let bytes = self.bytes.get(self.next..self.next + self.width.div_ceil(8))?;
        Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte)))
    }
}

/// Adds so many of the numbers that are packed in some bytes, behind the first ones.
fn unpack(bytes: &[u8], width: usize, first: usize, count: usize, out: &mut Vec<u32>) {
    let mask = (1_u64 << width) - 1;
    let one = |at: usize| low(word(bytes, at * width / 8) >> (at * width % 8) & mask);
    let end = first + count;
    let group = first.next_multiple_of(8).min(end);
    out.extend((first..group).map(one));
    if width > 8 {
        return out.extend((group..end).map(one));
    }
    // Eight of these are in one word.
    for group in group / 8..end / 8 {
        let word = word(bytes, group * width);
        out.extend_from_slice(&[0, 1, 2, 3, 4, 5, 6, 7].map(|at| low(word >> (at * width) & mask)));
    }
    out.extend((group.max(end / 8 * 8)..end).map(one));
}

/// The eight bytes from a place on, as a number; behind the end there are zeros.
fn word(bytes: &[u8], at: usize) -> u64 {
    let rest = bytes.get(at..).unwrap_or_default();
    u64::from_le_bytes(rest.first_chunk().copied().unwrap_or_else(|| {
        let mut padded = [0; 8];
        padded.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        padded
    }))
}

/// The lower half of a word.
fn low(word: u64) -> u32 {
    let [a, b, c, d, ..] = word.to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers as one run of them, packed.
    fn packed(numbers: &[u32], width: usize) -> Vec<u8> {
        let groups = numbers.len().div_ceil(8);
        let mut bytes = vec![0; groups * width];
        for (at, number) in numbers.iter().enumerate() {
            for bit in (0..width).filter(|bit| number >> bit & 1 == 1) {
                bytes[(at * width + bit) / 8] |= 1 << ((at * width + bit) % 8);
            }
        }
        let head = u8::try_from(groups << 1 | 1).expect("few groups");
        [vec![head], bytes].concat()
    }

    fn read(bytes: &[u8], width: usize, counts: &[usize]) -> Option<Vec<u32>> {
        let mut runs = Runs::new(Bytes::copy_from_slice(bytes), width)?;
        let mut numbers = Vec::new();
        counts.iter().try_for_each(|count| runs.read(*count, &mut numbers))?;
        Some(numbers)
    }

    #[test]
    fn packed_numbers_of_any_width_come_back() {
        for width in 0..=WIDEST {
            let number = |at: u32| low(u64::from(at.wrapping_mul(0x9e37_79b9)) & ((1 << width) - 1));
            let numbers: Vec<u32> = (0..100).map(number).collect();
            let bytes = packed(&numbers, width);
            for counts in [&[100][..], &[1, 7, 8, 84], &[3, 3, 13, 60, 21], &[0, 64, 36]] {
                assert_eq!(read(&bytes, width, counts).as_ref(), Some(&numbers), "{width} bits, {counts:?}");
            }
        }
    }

    #[test]
    fn runs_follow_each_other() {
        let bytes = [&[6, 2][..], &packed(&[1, 0, 3, 1, 1, 2, 0, 0], 2), &[0xc8, 0x01, 1]].concat();
        let numbers = [&[2, 2, 2, 1, 0, 3, 1, 1, 2, 0, 0][..], &[1; 100]].concat();
        assert_eq!(read(&bytes, 2, &[2, 5, 4, 100]), Some(numbers));
        assert_eq!(read(&bytes, 2, &[112]), None, "there are 111");
        assert_eq!(read(&[4, 0x01, 0x02, 0x03], 24, &[2]), Some(vec![0x03_0201; 2]));
    }

    #[test]
    fn what_makes_no_sense_is_not_read() {
        for bytes in [&[][..], &[0], &[1], &[0x80], &[2], &[0xff, 0xff, 0xff, 0xff, 0xff, 0], &[0x80; 9]] {
            assert_eq!(read(bytes, 3, &[1]), None, "{bytes:?}");
        }
        assert_eq!(read(&[3, 0xff], 3, &[2]), Some(vec![7; 2]), "the end of the last run may be left out");
        assert_eq!(read(&[3, 0xff], 3, &[3]), None);
        assert_eq!(read(&[3, 0], 33, &[1]), None);
        assert_eq!(read(&[0xff, 0xff, 0xff, 0xff, 0x0f], 0, &[5, 5]), Some(vec![0; 10]), "no number needs a bit");
    }
}
