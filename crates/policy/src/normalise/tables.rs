//! Characters that stand for others: styled and turned letters, signs read as letters, and those nobody sees.
//!
//! Compatibility forms (fullwidth, mathematical, circled, superscript) come from Unicode's own decompositions;
//! here stands what Unicode does not decompose. Rows are `(letter, characters read as it)`.

use std::sync::LazyLock;

use super::look_alikes::{CONFUSABLE, OWN};
use super::reading::lower;

/// Look-alikes that some read as another letter than [`look_alike`] tells: the second opinion.
const OTHERWISE: &[(char, &str)] = &[
    ('a', "Я"),
    ('b', "þ"),
    ('d', "Д"),
    ('f', "ք"),
    ('i', "łŁƖӏӀ\u{05D5}"),
    ('j', "\u{05DF}"),
    ('l', "λІɬꓲ丨"),
    ('s', "ς"),
    ('t', "Ŧ"),
    ('u', "ա"),
    ('v', "Λ"),
    ('w', "Ω"),
];

/// Small capitals and modifier letters without a decomposition.
const SMALL_CAPS: &[(char, &str)] = &[
    ('a', "ᴀ"),
    ('b', "ʙᴃ"),
    ('c', "ᴄ"),
    ('d', "ᴅ"),
    ('e', "ᴇ"),
    ('f', "ꜰ"),
    ('g', "ɢʛ"),
    ('h', "ʜ"),
    ('i', "ɪ"),
    ('j', "ᴊ"),
    ('k', "ᴋ"),
    ('l', "ʟᴌ"),
    ('m', "ᴍ"),
    ('n', "ɴ"),
    ('o', "ᴏ"),
    ('p', "ᴘ"),
    ('q', "ꞯǫ"),
    ('r', "ʀ"),
    ('s', "ꜱ"),
    ('t', "ᴛ"),
    ('u', "ᴜ"),
    ('v', "ᴠ"),
    ('w', "ᴡ"),
    ('x', "ᶍ"),
    ('y', "ʏ"),
    ('z', "ᴢ"),
];

/// Letters and digits written upside down: rows of what is meant. They are read so only in words turned as a whole.
const TURNED: &[(char, &str)] = &[
    ('a', "ɐ∀ᗄⱯ"),
    ('b', "qᗺ𐐒ꓭ"),
    ('c', "ɔƆↃↄᴐꓛ"),
    ('d', "pᗡ◖ꓷ"),
    ('e', "ǝəɘƎ∃ƏᴈⱻꓱĒ"),
    ('f', "ɟℲⅎᖵꓞ"),
    ('g', "ƃɓ⅁ᵷ\u{05E4}⅍ꓨᘓ"),
    ('h', "ɥHɦʮⱵ"),
    ('i', "ᴉıᵢiIᴵꟾ!"),
    ('j', "ɾſᒋՐɿ"),
    ('k', "ʞꞰ⋊ꓘ"),
    ('l', "ꞁʅʃl\u{05DF}⅂˥ꓶ⎤"),
    ('m', "ɯWƜꟺᴟ"),
    ('n', "uNᴎՍ"),
    ('o', "oOᴑ"),
    ('p', "dԀꓒ"),
    ('q', "bꝹ"),
    ('r', "ɹᴚꓤʁᖈɺɻ"),
    ('s', "sSƨ"),
    ('t', "ʇ⊥ꞱꓕƮ┴ʈ"),
    ('u', "n∩ՈꓵႶ"),
    ('v', "ʌΛꓥᴧɅ"),
    ('w', "ʍMᴍ"),
    ('x', "xX"),
    ('y', "ʎ⅄λꓩ"),
    ('z', "zZ"),
    ('1', "ƖІ⇂"),
    ('2', "ᄅ↊ᘔՇ"),
    ('3', "Ɛ↋ԑ"),
    ('4', "ㄣߤᔭ"),
    ('0', "0"),
    ('5', "ϛ"),
    ('6', "9"),
    ('7', "ㄥ𝘓Ɫ"),
    ('8', "8"),
    ('9', "6"),
    ('!', "¡"),
    ('?', "¿"),
    ('.', "˙"),
    ('&', "⅋"),
    ('_', "‾"),
    ('\'', ","),
    ('-', "-"),
];

/// Letters seen in a mirror, likewise: `b` and `d` change places, `n` and `u` do not.
const MIRRORED: &[(char, &str)] = &[
    ('a', "ɒAᴀ"),
    ('b', "dᗺ𐐒"),
    ('c', "ɔƆↃↄᴐ"),
    ('d', "bᗡↁ"),
    ('e', "ɘƎ∃ᴈϱ"),
    ('f', "ʇꟻᖷ"),
    ('g', "ǫӘᘓ"),
    ('h', "ʜHᖽ"),
    ('i', "iIįᎥı"),
    ('j', "ꞁႱᒐ⌊ᒑ"),
    ('k', "ʞꓘ⋊"),
    ('l', "l⅃ꓶ⌋"),
    ('m', "mM"),
    ('n', "nИᴎи"),
    ('o', "oO"),
    ('p', "qꟼ"),
    ('q', "pϘҎ"),
    ('r', "ɿЯᴙя"),
    ('s', "ƨƧꙅ"),
    ('t', "ƚTτ⊤ɈƬ"),
    ('u', "uUυ"),
    ('v', "vV"),
    ('w', "wW"),
    ('x', "xX"),
    ('y', "γYʏ⅄ყ"),
    ('z', "zƸꙄ"),
    ('-', "-"),
];

/// Digits and symbols that are read as letters, with every letter they may stand for.
const LEET: &[(char, &str)] = &[
    ('0', "o"),
    ('1', "il"),
    ('2', "z"),
    ('3', "e"),
    ('4', "a"),
    ('5', "s"),
    ('6', "gb"),
    ('7', "t"),
    ('8', "b"),
    ('9', "g"),
    ('@', "a"),
    ('$', "s"),
    ('!', "il"),
    ('|', "il"),
    ('+', "t"),
    ('#', "h"),
    ('(', "c"),
    ('<', "c"),
    ('{', "c"),
    ('[', "c"),
    ('€', "e"),
    ('£', "le"),
    ('¥', "y"),
    ('µ', "u"),
    ('°', "o"),
    ('©', "c"),
    ('®', "r"),
    ('§', "s"),
    ('¢', "c"),
    ('†', "t"),
    ('✝', "t"),
    ('♑', "n"),
    ('♏', "m"),
    ('⭕', "o"),
    ('❌', "x"),
    ('➕', "t"),
    ('📧', "e"),
    ('℗', "p"),
    ('Ω', "o"),
    ('⚓', "t"),
    ('💲', "s"),
    ('❗', "il"),
    ('🌀', "o"),
    ('&', "beg"),
    (':', "i"),
    ('¬', "l"),
    ('^', "a"),
    ('‡', "t"),
    ('┼', "t"),
    ('♄', "h"),
    ('₪', "n"),
    ('¦', "il"),
    ('¤', "o"),
    ('∅', "o"),
    ('♍', "m"),
    ('♉', "y"),
    ('🌜', "c"),
    ('🌙', "c"),
    ('☾', "c"),
    ('⚡', "s"),
    ('🎏', "f"),
    ('🔴', "o"),
    ('🔵', "o"),
    ('〽', "m"),
    ('♓', "h"),
    ('⛎', "u"),
    ('✖', "x"),
    ('✕', "x"),
    ('✗', "x"),
    ('✘', "x"),
    ('❎', "x"),
    ('×', "x"),
    ('☪', "c"),
    ('☦', "t"),
    ('✞', "t"),
    ('✟', "t"),
    ('✚', "t"),
    ('¡', "i"),
    ('❕', "il"),
    ('❘', "il"),
    ('∑', "e"),
    ('∃', "e"),
    ('∈', "e"),
    ('∂', "d"),
    ('√', "v"),
    ('∀', "a"),
    ('∆', "a"),
    ('∩', "n"),
    ('∪', "u"),
    ('∫', "sf"),
    ('₠', "e"),
    ('₡', "c"),
    ('₢', "c"),
    ('₣', "f"),
    ('₤', "l"),
    ('₥', "m"),
    ('₦', "n"),
    ('₩', "w"),
    ('₫', "d"),
    ('₭', "k"),
    ('₮', "t"),
    ('₱', "p"),
    ('₲', "g"),
    ('₳', "a"),
    ('₴', "s"),
    ('₵', "c"),
    ('₸', "t"),
    ('₹', "r"),
    ('₺', "t"),
    ('₽', "p"),
    ('฿', "b"),
];

/// Characters of no width, and those that only steer how others are shown.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}'
    ) || (c.is_control() && !c.is_whitespace())
}

/// The letter of a symbol made of a letter: parenthesised, squared, circled, and regional indicators.
pub(super) fn enclosed(c: char) -> Option<char> {
    let first = match c {
        '\u{249C}'..='\u{24B5}' => 0x249C,
        '\u{1F110}'..='\u{1F129}' => 0x1F110,
        '\u{1F130}'..='\u{1F149}' => 0x1F130,
        '\u{1F150}'..='\u{1F169}' => 0x1F150,
        '\u{1F170}'..='\u{1F189}' => 0x1F170,
        '\u{1F1E6}'..='\u{1F1FF}' => 0x1F1E6,
        _ => return None,
    };
    char::from_u32(u32::from(c) - first + u32::from('a'))
}

/// A table turned round, sorted for lookup.
type Lookup<T> = LazyLock<Vec<(char, T)>>;

fn turn_round(rows: &[(char, &str)]) -> Vec<(char, char)> {
    let mut pairs: Vec<_> = rows.iter().flat_map(|(to, from)| from.chars().map(|c| (c, *to))).collect();
    // The first row that names a character wins; the sort is stable.
    pairs.sort_by_key(|(from, _)| *from);
    pairs.dedup_by_key(|(from, _)| *from);
    pairs
}

fn get<T: Copy>(table: &[(char, T)], c: char) -> Option<T> {
    table.binary_search_by_key(&c, |(from, _)| *from).ok().map(|at| table[at].1)
}

/// The letter that `c` looks like, if it is a letter of another script.
pub(super) fn look_alike(c: char) -> Option<char> {
    static TABLE: Lookup<char> = LazyLock::new(|| turn_round(&[OWN, CONFUSABLE].concat()));
    get(&TABLE, c).or_else(|| get(&TABLE, lower(c))).or_else(|| {
        // Small Cyrillic letters keep their own shapes, and are what tells that a text is Russian.
        let capital = upper(c).filter(|_| !matches!(c, '\u{0400}'..='\u{052F}'));
        capital.and_then(|capital| get(&TABLE, capital))
    })
}

/// The letter that a sigma is by its name: many read `σ` as the o it looks like.
pub(super) fn by_name(c: char) -> Option<char> {
    matches!(c, 'σ' | 'ς' | 'Σ').then_some('s')
}

/// Whether `c` is a small Latin letter with a stroke through it or without its dot: a letter with a mark, as accents are.
pub(super) fn is_stroked(c: char) -> bool {
    "ƀđɇǥħɨıɉłƚøɍŧʉɏƶⱥⱦꝑꝗ".contains(c)
}

/// The other letter that `c` may look like.
pub(crate) fn otherwise(c: char) -> Option<char> {
    static TABLE: Lookup<char> = LazyLock::new(|| turn_round(OTHERWISE));
    get(&TABLE, c)
}

/// The letter of which `c` is the small capital.
pub(super) fn small_cap(c: char) -> Option<char> {
    static TABLE: Lookup<char> = LazyLock::new(|| turn_round(SMALL_CAPS));
    get(&TABLE, c).or_else(|| get(&TABLE, lower(c)))
}

fn upper(c: char) -> Option<char> {
    let mut upper = c.to_uppercase();
    upper.next().filter(|_| upper.next().is_none())
}

/// What `c` shows when the page is turned upside down.
pub(crate) fn turned(c: char) -> Option<char> {
    static TABLE: Lookup<char> = LazyLock::new(|| turn_round(TURNED));
    get(&TABLE, c)
}

/// What `c` shows in a mirror.
pub(super) fn mirrored(c: char) -> Option<char> {
    static TABLE: Lookup<char> = LazyLock::new(|| turn_round(MIRRORED));
    get(&TABLE, c)
}

/// The letters for which a digit or symbol may stand, as bits from `a`.
pub(crate) fn leet(c: char) -> u32 {
    static ASCII: LazyLock<[u32; 128]> = LazyLock::new(|| {
        let mut table = [0; 128];
        for (from, to) in LEET {
            if let Some(place) = table.get_mut(*from as usize) {
                *place = letters(to);
            }
        }
        table
    });
    static TABLE: Lookup<u32> = LazyLock::new(|| {
        let mut rows: Vec<_> = LEET.iter().map(|(from, to)| (*from, letters(to))).collect();
        rows.sort_by_key(|(from, _)| *from);
        rows
    });
    ASCII.get(c as usize).copied().unwrap_or_else(|| get(&TABLE, c).unwrap_or(0))
}

fn letters(of: &str) -> u32 {
    of.bytes().fold(0, |bits, letter| bits | 1 << (letter - b'a'))
}
