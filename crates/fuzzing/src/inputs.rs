//! Inputs made from a corpus, each by its number: the same number gives the same bytes.

use corpus::{Chance, hostile};

use crate::{Seeds, Shape, Target, json};

/// No input is longer, but for what is repeated in it.
const LEN_MAX: usize = 200_000;
/// How long texts are that are written to keep a filter busy.
const HOSTILE_LENS: [usize; 4] = [30, 180, 2_000, 40_000];
/// The longest input that is cut short at every place, in bytes.
const CUT_LEN_MAX: usize = 400;
/// How many changes there are to one input at most.
const CHANGES_MAX: usize = 4;

/// The inputs for a target.
#[derive(Debug, Clone)]
pub struct Inputs {
    target: Target,
    seeds: Seeds,
}

impl Inputs {
    /// Those for `target`, made from its corpus.
    ///
    /// # Panics
    /// When the corpus cannot be read.
    pub fn of(target: &Target) -> Self {
        Self { target: *target, seeds: Seeds::of(target) }
    }

    /// How many are in the corpus: the first numbers are those.
    pub fn seeds(&self) -> u64 {
        self.seeds.inputs.len() as u64
    }

    /// The input with this number.
    pub fn nth(&self, number: u64) -> Vec<u8> {
        if let Some(seed) = usize::try_from(number).ok().and_then(|at| self.seeds.inputs.get(at)) {
            return seed.clone();
        }
        let mut chance = Chance::new(number, self.target.name);
        let mut input = self.seed(&mut chance);
        for _ in 0..1 + chance.below(CHANGES_MAX) {
            input = self.changed(&input, &mut chance);
            input.truncate(LEN_MAX);
        }
        input
    }

    /// So many inputs of the corpus, the shortest and none of more than `CUT_LEN_MAX`, cut short at every place.
    pub fn cut_short(&self, many: usize) -> impl Iterator<Item = &[u8]> {
        let mut short: Vec<&[u8]> = self.seeds.inputs.iter().map(Vec::as_slice).collect();
        short.retain(|seed| seed.len() <= CUT_LEN_MAX);
        short.sort_by_key(|seed| seed.len());
        short.truncate(many);
        short.into_iter().flat_map(|seed| (0..seed.len()).map(|end| &seed[..end]))
    }

    fn seed(&self, chance: &mut Chance) -> Vec<u8> {
        self.seeds.inputs[chance.below(self.seeds.inputs.len())].clone()
    }

    fn changed(&self, input: &[u8], chance: &mut Chance) -> Vec<u8> {
        let other = self.seed(chance);
        match self.target.shape {
            Shape::Json if chance.percent(92) => json::changed(input, &other, &self.seeds.words, chance),
            Shape::Lines if chance.percent(60) => lines(input, &other, chance),
            Shape::Text if chance.percent(8) => {
                let len = HOSTILE_LENS[chance.below(HOSTILE_LENS.len())];
                let shapes: Vec<_> = hostile(len).map(|(_, text)| text.into_bytes()).collect();
                shapes[chance.below(shapes.len())].clone()
            }
            Shape::Text | Shape::Lines | Shape::Json => self.bytes(input, &other, chance),
        }
    }

    fn bytes(&self, input: &[u8], other: &[u8], chance: &mut Chance) -> Vec<u8> {
        let (from, to) = stretch(input, chance);
        let (head, middle, tail) = (&input[..from], &input[from..to], &input[to..]);
        match chance.below(7) {
            0 => head.to_vec(),
            1 => [head, tail].concat(),
            2 => [head, &middle.repeat(1 + chance.below(40)), tail].concat(),
            3 => {
                let (_, end) = stretch(other, chance);
                [head, &other[..end]].concat()
            }
            4 => {
                let (from, to) = stretch(other, chance);
                [head, &other[from..to], tail].concat()
            }
            5 => {
                let mut flipped = input.to_vec();
                for _ in 0..=chance.below(3) {
                    let at = chance.below(flipped.len());
                    if let Some(byte) = flipped.get_mut(at) {
                        *byte ^= 1 << chance.below(8);
                    }
                }
                flipped
            }
            _ => {
                let word = self.seeds.words.get(chance.below(self.seeds.words.len()));
                [head, word.map_or(b"\0".as_slice(), Vec::as_slice), tail].concat()
            }
        }
    }
}

/// A part of an input, between characters where it is a text.
fn stretch(input: &[u8], chance: &mut Chance) -> (usize, usize) {
    let from = boundary(input, chance.below(input.len() + 1));
    let len = if chance.percent(60) { chance.below(16) } else { chance.below(input.len() + 1) };
    (from, boundary(input, (from + len).min(input.len())).max(from))
}

fn boundary(input: &[u8], mut at: usize) -> usize {
    while input.get(at).is_some_and(|byte| byte & 0xc0 == 0x80) {
        at += 1;
    }
    at
}

/// What may stand behind a `=`.
const VALUES: [&str; 20] = [
    "\"\"",
    "\" \"",
    "\"\\u0000\\u202E\"",
    "'''\nlines\n'''",
    "0",
    "-1",
    "9223372036854775807",
    "99999999999999999999",
    "1.5",
    "nan",
    "true",
    "[]",
    "[[]]",
    "[\"\", \"a\", \"a\"]",
    "{}",
    "{ a = { a = { a = 1 } } }",
    "2026-01-01T00:00:00Z",
    "\"..\"",
    "\"~\"",
    "",
];

/// A change of whole lines, or of what stands in one behind its key.
fn lines(input: &[u8], other: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut lines: Vec<Vec<u8>> = split(input).collect();
    let others: Vec<Vec<u8>> = split(other).collect();
    let Some(theirs) = others.get(chance.below(others.len())) else { return input.to_vec() };
    let at = chance.below(lines.len());
    let Some(line) = lines.get_mut(at) else { return theirs.clone() };
    let key = line.iter().position(|byte| *byte == b'=').map(|end| line[..=end].to_vec());
    match (chance.below(7), key) {
        (0..=2, Some(key)) => {
            *line = [&key, b" ".as_slice(), chance.pick(&VALUES).as_bytes(), b"\n"].concat()
        }
        (3, Some(key)) => {
            let value = theirs.iter().position(|byte| *byte == b'=').map_or(0, |end| end + 1);
            *line = [&key, &theirs[value..]].concat();
        }
        (4, _) => {
            lines.remove(at);
        }
        (5, _) => {
            let twice = lines[at].clone();
            lines.insert(chance.below(lines.len()), twice);
        }
        _ => lines.insert(at, theirs.clone()),
    }
    lines.concat()
}

fn split(input: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    input.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::TARGETS;

    #[test]
    fn inputs_are_the_same_each_time_and_unlike_one_another() {
        for target in TARGETS {
            let inputs = Inputs::of(target);
            let made: Vec<_> = (0..inputs.seeds() + 200).map(|number| inputs.nth(number)).collect();
            let again: Vec<_> =
                (0..inputs.seeds() + 200).map(|number| Inputs::of(target).nth(number)).collect();
            assert_eq!(made, again, "{}", target.name);
            let different: HashSet<_> = made.iter().rev().take(200).collect();
            assert!(different.len() > 150, "{}: {}", target.name, different.len());
        }
    }
}
