//! The ways to disguise a word. Each takes a word in small letters and gives what is written.

use policy::Disguise;

use crate::chance::Chance;
use crate::tables::{self, Table, ways};

/// A word in disguise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) text: String,
    /// Where the word is in it, in bytes.
    pub(crate) span: (usize, usize),
    pub(crate) names: Vec<Disguise>,
}

impl Written {
    fn whole(text: String, names: &[Disguise]) -> Option<Self> {
        let span = (0, text.len());
        Some(Self { text, span, names: names.to_vec() })
    }

    /// Delimiters outside the first and the last letter are no part of the word.
    fn delimited(text: String, names: &[Disguise]) -> Option<Self> {
        let mark = |letter: char| !letter.is_alphanumeric();
        let start = text.len() - text.trim_start_matches(mark).len();
        let end = text.trim_end_matches(mark).len();
        Some(Self { text, span: (start, end), names: names.to_vec() })
    }

    fn within(before: &str, word: &str, after: &str, names: &[Disguise]) -> Option<Self> {
        let span = (before.len(), before.len() + word.len());
        Some(Self { text: format!("{before}{word}{after}"), span, names: names.to_vec() })
    }
}

/// What a disguise may leave of a word, and so when an innocent word may be taken for another in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Loss {
    /// Every letter is there.
    None,
    /// The word is in two pieces, each of which may be a word.
    Pieces,
    /// Letters are masked.
    Masked,
    /// Vowels are gone.
    Vowels,
    /// It is spelt wrongly.
    Spelling,
}

/// One kind of disguise.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Way {
    pub(crate) write: fn(&mut Chance, &str) -> Option<Written>,
    pub(crate) loss: Loss,
}

const VOWELS: &str = "aeiou";

fn is_vowel(letter: char) -> bool {
    VOWELS.contains(letter)
}

/// Small, capitalised or capital, as people type before they disguise.
fn cased(chance: &mut Chance, word: &str) -> String {
    match chance.below(10) {
        0 => word.to_uppercase(),
        1 => capitalised(word),
        _ => word.to_owned(),
    }
}

pub(crate) fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Replaces letters by what `table` has for them: about `percent` of those that it has, at least `least`.
fn replaced(chance: &mut Chance, word: &str, table: &Table, percent: usize, least: usize) -> Option<String> {
    let able: Vec<usize> =
        (0..word.len()).filter(|at| !ways(table, char::from(word.as_bytes()[*at])).is_empty()).collect();
    if able.len() < least {
        return None;
    }
    let forced: Vec<usize> = chance.places(least, able.len()).into_iter().map(|at| able[at]).collect();
    let mut text = String::new();
    for (at, letter) in word.chars().enumerate() {
        let choices = ways(table, letter.to_ascii_lowercase());
        if !choices.is_empty() && (forced.contains(&at) || chance.percent(percent)) {
            text.push_str(chance.pick(&choices));
        } else {
            text.push(letter);
        }
    }
    Some(text)
}

/// Something between the letters: `gap` is asked for each gap.
fn spread(word: &str, mut gap: impl FnMut(usize) -> String) -> String {
    let mut text = String::new();
    for (at, letter) in word.chars().enumerate() {
        if at > 0 {
            text.push_str(&gap(at));
        }
        text.push(letter);
    }
    text
}

/// The word in two, somewhere inside.
fn halves<'w>(chance: &mut Chance, word: &'w str) -> Option<(&'w str, &'w str)> {
    (word.len() >= 3).then(|| word.split_at(chance.between(1, word.len() - 1)))
}

/// The word in three: before, a middle of at least one letter, after; one end may be empty.
fn thirds<'w>(chance: &mut Chance, word: &'w str) -> Option<(&'w str, &'w str, &'w str)> {
    if word.len() < 4 {
        return None;
    }
    let start = chance.between(0, word.len() - 2);
    let end = chance.between(start + 1, if start == 0 { word.len() - 1 } else { word.len() });
    Some((&word[..start], &word[start..end], &word[end..]))
}

pub(crate) fn plain(chance: &mut Chance, word: &str) -> Option<Written> {
    let text = cased(chance, word);
    Written::whole(text, &[Disguise::None])
}

pub(crate) fn case(chance: &mut Chance, word: &str) -> Option<Written> {
    let style = chance.below(4);
    let upper = |at: usize, chance: &mut Chance| match style {
        0 => at % 2 == 1,
        1 => at.is_multiple_of(2),
        2 => at > 0,
        _ => chance.percent(50),
    };
    let mut text = String::new();
    for (at, letter) in word.chars().enumerate() {
        text.push(if upper(at, chance) { letter.to_ascii_uppercase() } else { letter });
    }
    Written::whole(text, &[Disguise::None])
}

pub(crate) fn repeats(chance: &mut Chance, word: &str) -> Option<Written> {
    let everywhere = chance.percent(30);
    let times = chance.between(2, 6);
    let chosen = {
        let count = chance.between(1, 2);
        chance.places(count, word.len())
    };
    let mut text = String::new();
    for (at, letter) in word.chars().enumerate() {
        let count = if everywhere {
            chance.between(2, 4)
        } else if chosen.contains(&at) {
            times + 1
        } else {
            1
        };
        text.extend(std::iter::repeat_n(letter, count));
    }
    let text = cased(chance, &text);
    Written::whole(text, &[Disguise::Repeats])
}

pub(crate) fn leet_digits(chance: &mut Chance, word: &str) -> Option<Written> {
    let word = cased(chance, word).to_lowercase();
    Written::whole(replaced(chance, &word, tables::DIGITS, 50, 1)?, &[Disguise::Leet])
}

pub(crate) fn leet_symbols(chance: &mut Chance, word: &str) -> Option<Written> {
    let names = &[Disguise::Leet, Disguise::Mask, Disguise::LookAlike];
    Written::whole(replaced(chance, word, tables::SYMBOLS, 45, 1)?, names)
}

pub(crate) fn leet_rare(chance: &mut Chance, word: &str) -> Option<Written> {
    Written::whole(
        replaced(chance, word, tables::RARE_SYMBOLS, 35, 1)?,
        &[Disguise::Leet, Disguise::Mask, Disguise::LookAlike, Disguise::Styled],
    )
}

pub(crate) fn leet_heavy(chance: &mut Chance, word: &str) -> Option<Written> {
    let least = word.len().div_ceil(2);
    Written::whole(replaced(chance, word, tables::HEAVY, 40, least)?, &[Disguise::Leet])
}

fn masked(word: &str, places: &[usize], mut sign: impl FnMut() -> char) -> String {
    word.chars().enumerate().map(|(at, letter)| if places.contains(&at) { sign() } else { letter }).collect()
}

const STARS: &str = "*****************＊∗•";

pub(crate) fn mask_one(chance: &mut Chance, word: &str) -> Option<Written> {
    let word = cased(chance, word);
    let at = if chance.percent(60) { vowel(chance, &word)? } else { chance.between(1, word.len() - 2) };
    let star = chance.letter(STARS);
    Written::whole(masked(&word, &[at], || star), &[Disguise::Mask])
}

/// Where one of the vowels inside is.
fn vowel(chance: &mut Chance, word: &str) -> Option<usize> {
    let inside = 1..word.len() - 1;
    let all: Vec<usize> =
        inside.filter(|at| is_vowel(char::from(word.as_bytes()[*at].to_ascii_lowercase()))).collect();
    (!all.is_empty()).then(|| all[chance.below(all.len())])
}

pub(crate) fn mask_two(chance: &mut Chance, word: &str) -> Option<Written> {
    if word.len() < 5 && !["fuck", "shit", "cunt"].contains(&word) {
        return None;
    }
    let places: Vec<usize> = if chance.percent(50) {
        let at = chance.between(1, word.len() - 3);
        vec![at, at + 1]
    } else {
        chance.places(2, word.len() - 2).into_iter().map(|at| at + 1).collect()
    };
    let star = chance.letter(STARS);
    Written::whole(masked(word, &places, || star), &[Disguise::Mask])
}

pub(crate) fn mask_vowels(chance: &mut Chance, word: &str) -> Option<Written> {
    let places: Vec<usize> =
        (1..word.len()).filter(|at| is_vowel(char::from(word.as_bytes()[*at]))).collect();
    if places.is_empty() || places.len() * 2 > word.len() {
        return None;
    }
    let sign = chance.letter("*****#-_");
    Written::whole(masked(word, &places, || sign), &[Disguise::Mask, Disguise::Separated])
}

pub(crate) fn mask_grawlix(chance: &mut Chance, word: &str) -> Option<Written> {
    let most = if word.len() > 5 { 3 } else { 2 };
    let first = chance.between(1, word.len() - 2);
    let last = (first + chance.below(most)).min(word.len() - 2);
    let places: Vec<usize> = (first..=last).collect();
    if places.len() > 1 && word.len() < 5 && !["fuck", "shit", "cunt"].contains(&word) {
        return None;
    }
    let text = masked(word, &places, || chance.letter("@#$%&!^?~+="));
    Written::whole(text, &[Disguise::Mask, Disguise::Leet])
}

/// Masks of which little but the ends is left.
pub(crate) fn mask_heavy(chance: &mut Chance, word: &str) -> Option<Written> {
    let inner: Vec<usize> = (1..word.len() - 1).collect();
    let tail: Vec<usize> = (2..word.len()).collect();
    let places = match chance.below(6) {
        0 if ["fuck", "cunt"].contains(&word) => (1..word.len()).collect(),
        1 if ["fuck", "cunt", "motherfucker"].contains(&word) => tail,
        2 if word.starts_with("fuck") && word.len() > 5 => (1..4).collect(),
        3 if word == "bullshit" => (5..8).collect(),
        _ => inner,
    };
    let star = chance.letter("************＊#-•");
    Written::whole(masked(word, &places, || star), &[Disguise::Mask, Disguise::Separated])
}

fn apart(chance: &mut Chance, word: &str, signs: &[&str]) -> Option<Written> {
    let word = cased(chance, word);
    let sign = chance.pick(signs);
    Written::whole(spread(&word, |_| sign.to_owned()), &[Disguise::Separated])
}

pub(crate) fn apart_spaces(chance: &mut Chance, word: &str) -> Option<Written> {
    apart(chance, word, &[" ", " ", " ", "  ", "   ", "\u{a0}", "\u{2003}", "\u{2009}", "\t"])
}

pub(crate) fn apart_dots(chance: &mut Chance, word: &str) -> Option<Written> {
    apart(chance, word, &[".", ".", ".", "·", "•", "..", ". ", " . ", "…", "。", "․"])
}

pub(crate) fn apart_dashes(chance: &mut Chance, word: &str) -> Option<Written> {
    apart(chance, word, &["-", "-", "-", "–", "—", "--", " - ", "‐", "‑", "−", "- "])
}

pub(crate) fn apart_marks(chance: &mut Chance, word: &str) -> Option<Written> {
    const SIGNS: &[&str] = &[
        "/", "\\", "|", ",", "_", "*", "~", ":", ";", "+", "=", "'", "\"", "^", ">", " / ", ", ", " * ", "¦",
        "→", "♦",
    ];
    if chance.percent(25) {
        let word = cased(chance, word);
        return Written::whole(
            spread(&word, |_| chance.pick(&["-", ".", "_", "*", " ", "/", "~", "+"]).to_owned()),
            &[Disguise::Separated],
        );
    }
    apart(chance, word, SIGNS)
}

pub(crate) fn apart_lines(chance: &mut Chance, word: &str) -> Option<Written> {
    apart(chance, word, &["\n", "\n", "\n\n", "\r\n", " \n", "\n "])
}

pub(crate) fn split_space(chance: &mut Chance, word: &str) -> Option<Written> {
    let word = cased(chance, word);
    let (left, right) = halves(chance, &word)?;
    Written::whole(format!("{left} {right}"), &[Disguise::Separated])
}

pub(crate) fn split_mark(chance: &mut Chance, word: &str) -> Option<Written> {
    let (left, right) = halves(chance, word)?;
    let sign = chance.pick(&["-", ".", "_", "/", "–", "·", "'", ",", "~", "--", "…", "|", "\n"]);
    Written::whole(format!("{left}{sign}{right}"), &[Disguise::Separated])
}

/// Characters that nobody sees, in one place or all.
fn unseen(chance: &mut Chance, word: &str, signs: &str) -> Option<Written> {
    let word = cased(chance, word);
    let one = chance.percent(50).then(|| chance.between(1, word.len() - 1));
    let sign = chance.letter(signs);
    let count = chance.between(1, 3);
    let text = spread(&word, |at| match one {
        Some(place) if place != at => String::new(),
        _ => std::iter::repeat_n(sign, if one.is_some() { count } else { 1 }).collect(),
    });
    Written::whole(text, &[Disguise::Invisible])
}

pub(crate) fn zero_width(chance: &mut Chance, word: &str) -> Option<Written> {
    unseen(chance, word, tables::UNSEEN)
}

pub(crate) fn soft_hyphen(chance: &mut Chance, word: &str) -> Option<Written> {
    unseen(chance, word, "\u{ad}")
}

pub(crate) fn bidi(chance: &mut Chance, word: &str) -> Option<Written> {
    if chance.percent(50) {
        return unseen(
            chance,
            word,
            "\u{200e}\u{200f}\u{61c}\u{202a}\u{202b}\u{202c}\u{202d}\u{2066}\u{2067}\u{2068}\u{2069}",
        );
    }
    overridden(word)
}

/// Written backwards and shown forwards.
fn overridden(word: &str) -> Option<Written> {
    let text: String = word.chars().rev().collect();
    Written::within("\u{202e}", &text, "\u{202c}", &[Disguise::Invisible, Disguise::Turned])
}

pub(crate) fn accents(chance: &mut Chance, word: &str) -> Option<Written> {
    let percent = if chance.percent(50) { 25 } else { 80 };
    let stroked = chance.percent(15);
    let text = match replaced(chance, word, tables::STROKED, percent, 1) {
        Some(text) if stroked => text,
        _ => replaced(chance, word, tables::ACCENTED, percent, 1)?,
    };
    // A hook may be an accent or make another letter.
    Written::whole(text, &[Disguise::Accents, Disguise::LookAlike])
}

fn marked(chance: &mut Chance, word: &str, percent: usize, low: usize, high: usize) -> String {
    let forced = chance.below(word.len());
    let mut text = String::new();
    for (at, letter) in word.chars().enumerate() {
        text.push(letter);
        if at == forced || chance.percent(percent) {
            let count = chance.between(low, high);
            text.extend((0..count).map(|_| chance.letter(tables::COMBINING)));
        }
    }
    text
}

pub(crate) fn combining(chance: &mut Chance, word: &str) -> Option<Written> {
    let word = cased(chance, word);
    let percent = if chance.percent(50) { 20 } else { 100 };
    Written::whole(marked(chance, &word, percent, 1, 1), &[Disguise::Accents])
}

pub(crate) fn zalgo(chance: &mut Chance, word: &str) -> Option<Written> {
    Written::whole(marked(chance, word, 100, 2, 9), &[Disguise::Accents])
}

pub(crate) fn cyrillic(chance: &mut Chance, word: &str) -> Option<Written> {
    let percent = if chance.percent(50) { 100 } else { 40 };
    Written::whole(replaced(chance, word, tables::CYRILLIC, percent, 1)?, &[Disguise::LookAlike])
}

pub(crate) fn greek(chance: &mut Chance, word: &str) -> Option<Written> {
    let percent = if chance.percent(50) { 100 } else { 40 };
    Written::whole(replaced(chance, word, tables::GREEK, percent, 1)?, &[Disguise::LookAlike])
}

pub(crate) fn rare_scripts(chance: &mut Chance, word: &str) -> Option<Written> {
    const SCRIPTS: &[&Table] = &[
        tables::ARMENIAN,
        tables::CHEROKEE,
        tables::LISU,
        tables::CANADIAN,
        tables::COINS,
        tables::HOOKED,
        tables::MOSAIC,
    ];
    let table = SCRIPTS[chance.below(SCRIPTS.len())];
    let percent = if chance.percent(60) { 100 } else { 40 };
    let text = replaced(chance, word, table, percent, 1)?;
    Written::whole(text, &[Disguise::LookAlike, Disguise::Styled, Disguise::Leet, Disguise::Accents])
}

/// The letters of a style that has them in a row, from `capital` and `small`.
fn styled(word: &str, capital: u32, small: u32, elsewhere: &Table) -> Option<String> {
    let style = |letter: char| {
        if let Some(other) = ways(elsewhere, letter).first() {
            return Some((*other).to_owned());
        }
        let (start, base) = if letter.is_ascii_uppercase() { (capital, 'A') } else { (small, 'a') };
        char::from_u32(start + u32::from(letter) - u32::from(base)).map(String::from)
    };
    word.chars().map(style).collect()
}

pub(crate) fn fullwidth(chance: &mut Chance, word: &str) -> Option<Written> {
    let word = cased(chance, word);
    Written::whole(styled(&word, 0xff21, 0xff41, &[])?, &[Disguise::Styled])
}

pub(crate) fn mathematical(chance: &mut Chance, word: &str) -> Option<Written> {
    let word = cased(chance, word);
    let (capital, small, elsewhere) = tables::MATHEMATICAL[chance.below(tables::MATHEMATICAL.len())];
    Written::whole(styled(&word, capital, small, elsewhere)?, &[Disguise::Styled])
}

pub(crate) fn enclosed(chance: &mut Chance, word: &str) -> Option<Written> {
    let (capital, small) = tables::ENCLOSED[chance.below(tables::ENCLOSED.len())];
    let word = if capital == small { word.to_owned() } else { cased(chance, word) };
    Written::whole(styled(&word, capital, small, &[])?, &[Disguise::Styled])
}

pub(crate) fn small_caps(chance: &mut Chance, word: &str) -> Option<Written> {
    Written::whole(
        replaced(chance, word, tables::SMALL_CAPS, 100, word.len())?,
        &[Disguise::Styled, Disguise::LookAlike],
    )
}

pub(crate) fn regional(chance: &mut Chance, word: &str) -> Option<Written> {
    let letters = styled(word, 0x1f1e6, 0x1f1e6, &[])?;
    let sign = chance.pick(&["", "", " ", "\u{200b}", "\u{200c}", "\u{2060}"]);
    let text = spread(&letters, |_| sign.to_owned());
    Written::whole(text, &[Disguise::Styled, Disguise::Separated, Disguise::Invisible])
}

pub(crate) fn superscript(chance: &mut Chance, word: &str) -> Option<Written> {
    let table = [tables::RAISED, tables::RAISED, tables::RAISED_CAPITALS, tables::LOWERED][chance.below(4)];
    let least = if std::ptr::eq(table, tables::LOWERED) { word.len() / 2 + 1 } else { word.len() };
    Written::whole(replaced(chance, word, table, 100, least)?, &[Disguise::Styled])
}

const MARKS: &[&str] = &["*", "**", "_", "__", "~~", "`", "***"];

pub(crate) fn markdown(chance: &mut Chance, word: &str) -> Option<Written> {
    let mark = chance.pick(MARKS);
    let text = match chance.below(4) {
        0 => spread(word, |_| mark.to_owned()).replacen(mark, &format!("{mark}{mark}"), 1),
        1 => {
            let (left, right) = halves(chance, word)?;
            format!("{left}{mark}{right}{mark}")
        }
        _ => {
            let (before, middle, after) = thirds(chance, word)?;
            format!("{before}{mark}{middle}{mark}{after}")
        }
    };
    Written::delimited(text, &[Disguise::Markup, Disguise::Separated])
}

pub(crate) fn spoiler(chance: &mut Chance, word: &str) -> Option<Written> {
    let names = &[Disguise::Markup, Disguise::Separated, Disguise::None];
    match chance.below(3) {
        0 => Written::within("||", word, "||", names),
        1 => Written::delimited(word.chars().map(|letter| format!("||{letter}||")).collect(), names),
        _ => {
            let (before, middle, after) = thirds(chance, word)?;
            Written::delimited(format!("{before}||{middle}||{after}"), names)
        }
    }
}

pub(crate) fn brackets(chance: &mut Chance, word: &str) -> Option<Written> {
    const PAIRS: &[(&str, &str)] = &[
        ("[", "]"),
        ("(", ")"),
        ("{", "}"),
        ("<", ">"),
        ("\"", "\""),
        ("'", "'"),
        ("“", "”"),
        ("«", "»"),
        ("【", "】"),
        ("[[", "]]"),
    ];
    let (open, close) = PAIRS[chance.below(PAIRS.len())];
    let names = &[Disguise::Markup, Disguise::Separated];
    if chance.percent(25) {
        return Written::delimited(
            word.chars().map(|letter| format!("{open}{letter}{close}")).collect(),
            names,
        );
    }
    let at = chance.below(word.len());
    let (before, letter, after) = (&word[..at], &word[at..=at], &word[at + 1..]);
    Written::delimited(format!("{before}{open}{letter}{close}{after}"), names)
}

pub(crate) fn emoji_between(chance: &mut Chance, word: &str) -> Option<Written> {
    let word = cased(chance, word);
    let one = chance.percent(50).then(|| chance.between(1, word.len() - 1));
    let same = chance.percent(70).then(|| chance.pick(tables::EMOJI));
    let text = spread(&word, |at| match one {
        Some(place) if place != at => String::new(),
        _ => same.unwrap_or_else(|| chance.pick(tables::EMOJI)).to_owned(),
    });
    Written::whole(text, &[Disguise::Separated, Disguise::Markup, Disguise::Styled])
}

pub(crate) fn letter_emoji(chance: &mut Chance, word: &str) -> Option<Written> {
    let percent = if chance.percent(50) { 100 } else { 30 };
    let text = replaced(chance, word, tables::EMOJI_LETTERS, percent, 1)?;
    Written::whole(text, &[Disguise::Styled, Disguise::LookAlike, Disguise::Leet])
}

/// A Discord id.
pub(crate) fn snowflake(chance: &mut Chance) -> String {
    (0..chance.between(17, 19))
        .map(|at| if at == 0 { chance.letter("123456789") } else { chance.letter("0123456789") })
        .collect()
}

const JOINED: &[Disguise] = &[Disguise::Joined, Disguise::None, Disguise::Markup, Disguise::Separated];

pub(crate) fn emoji_name(chance: &mut Chance, word: &str) -> Option<Written> {
    let before = chance.pick(&["", "", "pepe_", "Sad", "the_", "party_", "its_", "Mega", "cat_"]);
    let after = chance.pick(&["", "", "_wave", "ing_hell", "Time", "_2", "s", "_spin", "_emoji"]);
    let after = if after == "ing_hell" || after == "s" { "" } else { after };
    let word = if before.chars().any(char::is_uppercase) { capitalised(word) } else { word.to_owned() };
    match chance.below(3) {
        0 => Written::within(&format!(":{before}"), &word, &format!("{after}:"), JOINED),
        1 => {
            Written::within(&format!("<:{before}"), &word, &format!("{after}:{}>", snowflake(chance)), JOINED)
        }
        _ => Written::within(
            &format!("<a:{before}"),
            &word,
            &format!("{after}:{}>", snowflake(chance)),
            JOINED,
        ),
    }
}

const BEFORE: &[&str] = &[
    "what", "the", "total", "utter", "such", "stupid", "big", "you", "old", "our", "every", "no", "more",
    "this", "pure", "silly", "daft", "proper", "absolute", "just", "another", "local", "team", "world",
];
/// What makes no word with what stands before it.
const BEHIND: &[&str] = &[
    "off",
    "you",
    "now",
    "again",
    "everywhere",
    "out",
    "please",
    "here",
    "always",
    "there",
    "then",
    "today",
];
const AFTER: &[&str] = &[
    "off",
    "club",
    "united",
    "week",
    "day",
    "again",
    "you",
    "now",
    "team",
    "town",
    "life",
    "club",
    "everywhere",
    "alert",
    "fc",
    "out",
    "please",
    "central",
    "watch",
    "king",
    "party",
];

pub(crate) fn hashtag(chance: &mut Chance, word: &str) -> Option<Written> {
    let (before, after) = (chance.pick(BEFORE), chance.pick(AFTER));
    let all =
        |before: &str, word: &str, after: &str| Written::within(&format!("#{before}"), word, after, JOINED);
    match chance.below(5) {
        0 => all("", word, ""),
        1 => all(&capitalised(before), &capitalised(word), ""),
        2 => all("", &capitalised(word), &capitalised(after)),
        3 => all(before, word, after),
        _ => all(&capitalised(before), &capitalised(word), &capitalised(after)),
    }
}

pub(crate) fn camel_case(chance: &mut Chance, word: &str) -> Option<Written> {
    let (before, after) = (chance.pick(BEFORE), capitalised(chance.pick(AFTER)));
    match chance.below(3) {
        0 => Written::within(before, &capitalised(word), "", JOINED),
        1 => Written::within(before, &capitalised(word), &after, JOINED),
        _ => Written::within(&capitalised(before), &capitalised(word), &after, JOINED),
    }
}

pub(crate) fn joined(chance: &mut Chance, word: &str) -> Option<Written> {
    let (before, after) = (chance.pick(BEFORE), chance.pick(BEHIND));
    match chance.below(4) {
        0 => Written::within(before, word, "", JOINED),
        1 => Written::within("", word, after, JOINED),
        2 => Written::within(
            &format!("{}{before}", chance.pick(&["what", "you", "such", "oh"])),
            word,
            "",
            JOINED,
        ),
        _ => Written::within(before, word, after, JOINED),
    }
}

pub(crate) fn user_name(chance: &mut Chance, word: &str) -> Option<Written> {
    let year = chance.between(50, 99).to_string();
    let capital = capitalised(word);
    match chance.below(9) {
        0 => Written::within("", word, "_uk", JOINED),
        1 => Written::within("xX", word, "Xx", JOINED),
        2 => Written::within(&year, word, &year, JOINED),
        3 => Written::within("the_real_", word, "", JOINED),
        4 => Written::within("", &capital, &year, JOINED),
        5 => Written::within("@", word, ".steve", JOINED),
        6 => Written::within("@Mr", &capital, "", JOINED),
        7 => Written::within("__", word, "__", JOINED),
        _ => Written::within("", word, &format!("-{year}#{}", chance.between(1000, 9999)), JOINED),
    }
}

pub(crate) fn url(chance: &mut Chance, word: &str) -> Option<Written> {
    let end = chance.pick(&[".co.uk", ".com", ".org.uk", ".net", ".scot", ".cymru"]);
    match chance.below(8) {
        0 => Written::within("https://www.", word, end, JOINED),
        1 => Written::within("www.", word, end, JOINED),
        2 => Written::within("", word, end, JOINED),
        3 => Written::within("https://example.org/", word, "", JOINED),
        4 => Written::within(&format!("https://forum.example{end}/t/what-a-"), word, "-day/82", JOINED),
        5 => Written::within("discord.gg/", word, "", JOINED),
        6 => Written::within("https://example.org/search?q=", word, "&page=2", JOINED),
        _ => Written::within("", word, &format!("@example{end}"), JOINED),
    }
}

pub(crate) fn vowels_dropped(chance: &mut Chance, word: &str) -> Option<Written> {
    let vowels = word.chars().filter(|letter| is_vowel(*letter)).count();
    if vowels == 0 || word.chars().next().is_some_and(is_vowel) && chance.percent(60) {
        return None;
    }
    let keep: Option<usize> = match chance.below(4) {
        0 if vowels > 1 => Some(0),
        1 if vowels > 2 => Some(vowels - 1),
        _ => None,
    };
    let mut nth = 0;
    let mut text = String::new();
    for (at, letter) in word.chars().enumerate() {
        if is_vowel(letter) && at > 0 {
            if keep == Some(nth) {
                text.push(letter);
            }
            nth += 1;
        } else {
            text.push(letter);
        }
    }
    (text.len() >= 2 && text.len() < word.len()).then_some(())?;
    Written::whole(text, &[Disguise::VowelsDropped])
}

/// Spelling as it sounds, by rule.
pub(crate) fn phonetic(chance: &mut Chance, word: &str) -> Option<Written> {
    const RULES: &[(&str, &str)] = &[
        ("f", "ph"),
        ("f", "ff"),
        ("ck", "k"),
        ("ck", "kk"),
        ("ck", "q"),
        ("cu", "ku"),
        ("cu", "qu"),
        ("co", "ko"),
        ("ca", "ka"),
        ("er", "a"),
        ("er", "ah"),
        ("er", "ur"),
        ("ing", "in"),
        ("ing", "in'"),
        ("ing", "een"),
        ("cks", "x"),
        ("ocks", "ox"),
        ("ks", "kz"),
        ("ts", "tz"),
        ("ds", "dz"),
        ("rs", "rz"),
        ("i", "y"),
        ("ty", "tie"),
        ("ty", "ti"),
        ("ny", "nee"),
        ("ky", "kee"),
        ("wh", "h"),
        ("igg", "yg"),
        ("head", "hed"),
        ("shit", "schit"),
        ("shit", "shyt"),
        ("bitch", "bich"),
        ("bitch", "biatch"),
        ("tch", "ch"),
        ("ard", "urd"),
        ("qu", "kw"),
        ("tt", "t"),
        ("ll", "l"),
        ("ole", "oal"),
        ("ite", "yte"),
        ("wit", "whit"),
        ("nk", "nq"),
        ("nk", "nkk"),
        ("ar", "ah"),
        ("gg", "qq"),
    ];
    let able: Vec<&(&str, &str)> = RULES.iter().filter(|(from, _)| word.contains(from)).collect();
    if able.is_empty() {
        return None;
    }
    let mut text = word.to_owned();
    for _ in 0..chance.between(1, 2) {
        let (from, to) = able[chance.below(able.len())];
        text = text.replacen(from, to, 1);
    }
    (text != word).then_some(())?;
    Written::delimited(
        text,
        &[Disguise::Phonetic, Disguise::Repeats, Disguise::Typo, Disguise::VowelsDropped],
    )
}

const TYPO: &[Disguise] = &[Disguise::Typo, Disguise::Phonetic, Disguise::VowelsDropped, Disguise::Repeats];

pub(crate) fn typo_swapped(chance: &mut Chance, word: &str) -> Option<Written> {
    let at = chance.between(1, word.len().checked_sub(2)?);
    let mut letters: Vec<char> = word.chars().collect();
    letters.swap(at, at + 1);
    let text: String = letters.into_iter().collect();
    (text != word).then_some(())?;
    Written::whole(text, TYPO)
}

pub(crate) fn typo_beside(chance: &mut Chance, word: &str) -> Option<Written> {
    let at = chance.between(1, word.len() - 1);
    let letter = char::from(word.as_bytes()[at]);
    let beside = ways(tables::BESIDE, letter);
    let other = *beside.get(chance.below(beside.len()))?;
    // Beside the key, or both at once.
    let text = match chance.below(3) {
        0 => format!("{}{other}{}", &word[..at], &word[at..]),
        _ => format!("{}{other}{}", &word[..at], &word[at + 1..]),
    };
    Written::whole(text, TYPO)
}

pub(crate) fn typo_dropped(chance: &mut Chance, word: &str) -> Option<Written> {
    // Without its ending it is the word itself.
    let at = chance.between(1, word.len() - 2);
    let text = format!("{}{}", &word[..at], &word[at + 1..]);
    (text != word && text.len() >= 3).then_some(())?;
    // One of two like letters is hardly missed.
    (word.as_bytes()[at] != word.as_bytes()[at - 1]).then_some(())?;
    Written::whole(text, TYPO)
}

pub(crate) fn upside_down(chance: &mut Chance, word: &str) -> Option<Written> {
    let back: String = word.chars().rev().collect();
    Written::whole(replaced(chance, &back, tables::TURNED, 100, word.len())?, &[Disguise::Turned])
}

pub(crate) fn html_tags(chance: &mut Chance, word: &str) -> Option<Written> {
    let names = &[Disguise::Markup];
    if chance.percent(60) {
        let (open, close) = *[
            ("<b>", "</b>"),
            ("<i>", "</i>"),
            ("<span>", "</span>"),
            ("<u>", "</u>"),
            ("<span style=\"color:red\">", "</span>"),
            ("<EM>", "</EM>"),
        ]
        .get(chance.below(6))?;
        let (before, middle, after) = thirds(chance, word)?;
        let (start, end) = if before.is_empty() {
            (open.len(), 0)
        } else {
            (0, if after.is_empty() { close.len() } else { 0 })
        };
        let text = format!("{before}{open}{middle}{close}{after}");
        let span = (start, text.len() - end);
        return Some(Written { text, span, names: names.to_vec() });
    }
    let (left, right) = halves(chance, word)?;
    let tag = chance.pick(&["<br>", "<wbr>", "<!-- -->", "<b></b>", "<i/>", "<br />", "<span></span>"]);
    Written::whole(format!("{left}{tag}{right}"), names)
}

pub(crate) fn html_entities(chance: &mut Chance, word: &str) -> Option<Written> {
    let names = &[Disguise::Markup, Disguise::Invisible];
    if chance.percent(30) {
        let (left, right) = halves(chance, word)?;
        let entity =
            chance.pick(&["&shy;", "&zwnj;", "&zwj;", "&#8203;", "&#x200b;", "&#173;", "&ZeroWidthSpace;"]);
        return Written::whole(format!("{left}{entity}{right}"), names);
    }
    let percent = if chance.percent(30) { 100 } else { 10 };
    let forced = chance.below(word.len());
    let mut text = String::new();
    for (at, letter) in word.chars().enumerate() {
        if at == forced || chance.percent(percent) {
            let code = u32::from(letter);
            text.push_str(&if chance.percent(50) { format!("&#{code};") } else { format!("&#x{code:x};") });
        } else {
            text.push(letter);
        }
    }
    Written::whole(text, names)
}

/// Three disguises at once: one of the letters, one between them, one round them.
pub(crate) fn three(chance: &mut Chance, word: &str) -> Option<Written> {
    let mut names = Vec::new();
    let mut name = |given: &[Disguise]| {
        names.extend(given.iter().copied().filter(|name| !names.contains(name)).collect::<Vec<_>>())
    };
    let first = match chance.below(7) {
        0 => leet_digits(chance, word)?,
        1 => leet_symbols(chance, word)?,
        2 => accents(chance, word)?,
        3 => cyrillic(chance, word)?,
        4 => fullwidth(chance, word)?,
        5 => mask_one(chance, word)?,
        _ => case(chance, word)?,
    };
    name(&first.names);
    let sign = match chance.below(5) {
        0 => chance.pick(&[".", "-", "_", " ", "/"]).to_owned(),
        1 => chance.letter(tables::UNSEEN).to_string(),
        2 => chance.pick(tables::EMOJI).to_owned(),
        3 => "\u{0336}".to_owned(),
        _ => "\u{ad}".to_owned(),
    };
    name(&[Disguise::Separated, Disguise::Invisible, Disguise::Accents]);
    let every = chance.percent(50);
    let place = chance.between(1, word.len() - 1);
    let text = spread(&first.text, |at| if every || at == place { sign.clone() } else { String::new() });
    match chance.below(4) {
        0 => {
            name(&[Disguise::Turned]);
            let back: String = text.chars().rev().collect();
            Written::within("\u{202e}", &back, "\u{202c}", &names)
        }
        1 => {
            name(&[Disguise::Markup]);
            Written::within("||", &text, "||", &names)
        }
        2 => {
            name(&[Disguise::Repeats]);
            let last = text.chars().next_back()?;
            Written::whole(format!("{text}{last}{last}{last}"), &names)
        }
        _ => {
            name(&[Disguise::Markup]);
            Written::within("**", &text, "**", &names)
        }
    }
}
