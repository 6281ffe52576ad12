//! Spelt as it sounds: `phuck`, `kunt`, `azzhole`, `wankah`.
//!
//! A word is folded into what an English ear makes of its letters, coarsely: the listed spelling and the disguised
//! one meet in the same key. It is no pronunciation: what matters is that everyday words keep apart.

use super::index::LEN_MAX;

/// The letters of a key: capitals for sounds with a letter of their own, `x` for *sh*, `c` for *ch*, `0` for *th*.
#[derive(Clone, Copy)]
pub(super) struct Key {
    sounds: [u8; Self::SOUNDS_MAX],
    len: usize,
}

impl Key {
    /// A letter makes two sounds at most: `x`.
    const SOUNDS_MAX: usize = 2 * LEN_MAX;

    pub(super) fn as_slice(&self) -> &[u8] {
        &self.sounds[..self.len]
    }

    /// The consonants of it.
    pub(super) fn bones(&self) -> impl Iterator<Item = u8> {
        let heard = |(at, sound): &(usize, u8)| *at == 0 || !b"AEIOUY@".contains(sound);
        self.as_slice().iter().copied().enumerate().filter(heard).map(|(_, sound)| sound)
    }

    fn push(&mut self, sound: u8) {
        // Doubled letters sound once.
        if self.len < Self::SOUNDS_MAX && self.as_slice().last() != Some(&sound) {
            self.sounds[self.len] = sound;
            self.len += 1;
        }
    }
}

/// The vowel at the end of a word of several syllables, however it is written: `-er`, `-a`, `-ah`, `-uh`, `-or`.
const WEAK: u8 = b'@';

fn is_vowel(letter: u8) -> bool {
    matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}

/// What a word sounds like.
pub(super) fn key(word: &[u8]) -> Key {
    let word = &word[..word.len().min(LEN_MAX)];
    let mut key = Key { sounds: [0; Key::SOUNDS_MAX], len: 0 };
    let mut syllables = 0;
    let mut at = 0;
    while at < word.len() {
        let rest = &word[at..];
        let taken = if starts_vowel(word, at) {
            let taken = vowel(word, at, syllables, &mut key);
            syllables += 1;
            taken
        } else {
            consonant(rest, at == 0, &mut key)
        };
        at += taken;
    }
    key
}

/// A word with its `l` between consonants read as `i`, if there is one: `shlt`, `bltch`.
pub(super) fn upright(word: &[u8]) -> Option<Vec<u8>> {
    let consonant = |letter: u8| !is_vowel(letter) && letter != b'l';
    let stands = |at: usize| word[at] == b'l' && consonant(word[at - 1]) && consonant(word[at + 1]);
    let mut places = (1..word.len().saturating_sub(1)).filter(|at| stands(*at)).peekable();
    places.peek()?;
    let mut upright = word.to_vec();
    places.for_each(|at| upright[at] = b'i');
    Some(upright)
}

/// Whether a vowel begins at `at`: `y` before a vowel at the head of a word is none, `v` between consonants is one.
fn starts_vowel(word: &[u8], at: usize) -> bool {
    let next = word.get(at + 1).copied();
    match word[at] {
        b'y' => at > 0 || !next.is_some_and(is_vowel),
        b'v' => {
            let consonant = |letter: u8| !is_vowel(letter) && letter != b'v';
            at > 0 && consonant(word[at - 1]) && next.is_some_and(consonant)
        }
        letter => is_vowel(letter),
    }
}

/// What is not heard.
const SILENT: u8 = 0;

/// Reads one sound or two from the head of `rest`; how many letters they took.
fn consonant(rest: &[u8], first: bool, key: &mut Key) -> usize {
    let after = |at: usize| rest.get(at).copied().unwrap_or(0);
    let (sound, taken) = match rest {
        [b'p', b'h', ..] => (b'F', 2),
        [b'k' | b'g', b'n', ..] if first => (b'N', 2),
        [b'w', b'r', ..] if first => (b'R', 2),
        [b'w', b'h', ..] if after(2) == b'o' => (b'H', 2),
        [b'w', b'h', ..] => (b'W', 2),
        [b'p', b's', b'y', ..] if first => (b'S', 2),
        [b't', b't', b'c', b'h', ..] => (b'c', 4),
        [b't', b'c', b'h', ..] => (b'c', 3),
        // `asshole` and `arshole` are two words in one, not a hush.
        [b's' | b'z', b's' | b'z', b'h', ..] => (b'S', 3),
        [b's' | b'z', b'h', b'o', b'l' | b'a' | b'w', ..] => (b'S', 2),
        // `schit`, not `school`.
        [b's', b'c', b'h', b'i' | b'y', ..] if first || matches!(after(4), b't') => (b'x', 3),
        [b's', b'h', ..] => (b'x', 2),
        // `niqqa`, `faqqot`.
        [b'q', b'q', ..] if !first && is_vowel(after(2)) => (b'G', 2),
        // `muvva` for mother.
        [b't', b'h', ..] if !first && is_vowel(after(2)) && after(2) != b'e' => (b'V', 2),
        [b't', b'h', ..] if after(2) != b'e' || after(3) != b'a' => (b'0', 2),
        [b'c', b'h', ..] => (b'c', 2),
        [b'c', b'k' | b'q', ..] | [b'k', b'c' | b'k' | b'q', ..] => (b'K', 2),
        [b'q', b'u', b'e', ..] if after(3) == 0 => (b'K', 3),
        [b'q', b'u', ..] if !first && is_vowel(after(2)) => (b'K', 2),
        [b'c', b'e' | b'i' | b'y', ..] => (b'S', 1),
        [b'c' | b'k' | b'q', ..] => (b'K', 1),
        [b'x', ..] => {
            key.push(b'K');
            (b'S', 1)
        }
        [b'd', b'g', ..] if is_vowel(after(2)) => (b'J', 2),
        [b'g', b'e', ..] if after(2) != b'r' && key.as_slice().last() == Some(&b'N') => (b'J', 1),
        [b'g', b'h', ..] if !first && !is_vowel(after(2)) => (SILENT, 2),
        [b's' | b'z', ..] => (b'S', 1),
        // After a consonant it is hardly heard: `dickhead`, `knobhead`.
        [b'h', ..] if !first && !key.as_slice().last().is_some_and(|sound| b"AEIOU@".contains(sound)) => {
            (SILENT, 1)
        }
        [b'h', ..] if !first && !is_vowel(after(1)) => (SILENT, 1),
        // The end of `bastart` and `retart`.
        [b't'] | [b't', b's'] if key.as_slice().last().is_some_and(|sound| b"R@".contains(sound)) => {
            (b'D', 1)
        }
        [letter, ..] => (letter.to_ascii_uppercase(), 1),
        [] => (SILENT, 1),
    };
    if sound != SILENT {
        key.push(sound);
    }
    taken
}

/// Reads the vowels at `at` as one sound, with an `r` or `h` that only colours them; how many letters they took.
fn vowel(word: &[u8], at: usize, syllables: usize, key: &mut Key) -> usize {
    let len = word[at..].iter().take_while(|letter| is_vowel(**letter)).count().max(1);
    let group = &word[at..at + len];
    let rest = &word[at + len..];
    let mut colour = rest.iter().take_while(|letter| Some(*letter) == rest.first()).count();
    if !matches!(rest, [b'r' | b'h', ..]) || rest.get(colour).copied().is_some_and(is_vowel) {
        colour = 0;
    }
    let tail = &rest[colour..];
    let plural = matches!(tail, [] | [b's' | b'z']);
    if syllables > 0 && plural {
        match (group, colour) {
            // A last letter that is not heard.
            ([b'e'], 0) => return len,
            ([b'a' | b'e' | b'o' | b'u'], 1..) | ([b'a' | b'u'], 0) => {
                key.push(WEAK);
                return len + colour;
            }
            _ => {}
        }
    }
    // `arsehole`, `shitehawk`: not heard before the second word.
    if let (b"e", [b'h', ..] | [b'w', b'h', b'o', ..], 1..) = (group, rest, syllables) {
        return len;
    }
    // The last syllable of `faggot`, `bastard` and `bollocks` is weak: any vowel will do.
    if syllables > 0
        && (group.len() == 1 || group == b"ea")
        && key.as_slice().last() != Some(&b'x')
        && is_weak_end(tail)
    {
        key.push(WEAK);
        return len + colour;
    }
    // `bawlocks`, `cawksucker`.
    if let (b"a", [b'w', next, ..]) = (group, rest)
        && !is_vowel(*next)
    {
        key.push(b'O');
        return len + 1;
    }
    let sound = match group {
        [b'v'] | b"u" | b"uu" | b"oo" | b"ooo" => b'U',
        b"e" if rest.first() == Some(&b'r') && colour > 0 => b'A',
        b"ea" | b"e" => b'E',
        b"ai" | b"ay" | b"a" | b"aa" => b'A',
        b"i" | b"y" | b"ee" | b"ie" | b"ei" | b"ey" | b"ii" | b"yy" | b"yi" | b"iy" | b"eye" | b"eee" => b'I',
        b"o" | b"oa" | b"oe" | b"au" | b"ow" => b'O',
        // `biatch`, `beeyotch`, `sheeit`.
        [b'i' | b'e' | b'y', .., b'a' | b'o' | b'i' | b'e'] if rest.first() == Some(&b't') => b'I',
        [first, .., last] => {
            key.push(first.to_ascii_uppercase());
            last.to_ascii_uppercase()
        }
        [only] => only.to_ascii_uppercase(),
        [] => return 1,
    };
    key.push(sound);
    // `bastard` and `barstard`, but not `whore` and `ho`.
    let silent = colour > 0 && (rest[0] == b'h' || matches!(sound, b'A' | b'E') && !tail.is_empty());
    if silent { len + colour } else { len }
}

/// Whether these consonants end a word whose last vowel is not heard clearly.
fn is_weak_end(tail: &[u8]) -> bool {
    let stops = matches!(tail, [b't' | b'd' | b'k' | b'c' | b'q' | b'x', ..]);
    stops && tail.len() <= 4 && tail.iter().all(|letter| b"tdkcqxsz".contains(letter))
}
