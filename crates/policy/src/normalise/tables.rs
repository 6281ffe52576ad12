//! Characters that stand for others: look-alikes, styled letters, and those nobody sees.
//!
//! Compatibility forms (fullwidth, mathematical, circled, superscript) come from Unicode's own decompositions;
//! here stands what Unicode does not decompose. Rows are `(letter, characters read as it)`.

use std::sync::LazyLock;

/// Letters of other scripts, and rare Latin ones, that look like the letter of their row.
const LOOK_ALIKES: &[(char, &str)] = &[
    ('a', "аαɑⱥӕæаꭺᎪꓮ"),
    ('b', "вьβßƀƃɓьᏴꓐҍЬƄƅ"),
    ('c', "сϲςƈȼϹСᏟꓚⅽ¢"),
    ('d', "ԁđɗɖժᏧᎠꓓƌ"),
    ('e', "еєεҽɛǝəҿⱸɇᎬꓰ"),
    ('f', "ғϝƒꞙẝſꓝϜ"),
    ('g', "ɡԍɠǥցցᏀꓖƍ"),
    ('h', "һнħɦհԋңҥᎻꓧђ"),
    ('i', "іιıɨɩӏ¡ⅰꙇӀɪǀļ"),
    ('j', "јϳɉʝᎫꓙ"),
    ('k', "кκĸƙқҟҝҡᏦꓗϰ"),
    ('l', "ӏłɭƚⅼꞁλŀɫᏞꓡ"),
    ('m', "ммɱϻӎᎷꓟⅿ"),
    ('n', "пηոռɲƞŋɳᴎиńꓠ"),
    ('o', "оοσօөøɵ᧐०ഠᴑⲟоσꓳ०"),
    ('p', "рρքƥþᏢꓑϸ"),
    ('q', "ԛզɋգʠ"),
    ('r', "гɾɼɽяᴦɍꭇꓣŗ"),
    ('s', "ѕƽʂꜱșᏚꓢ"),
    ('t', "тτţƫʈŧƭԏᎢꓔ†"),
    ('u', "υսʋцʉᴜꞟμųꓴ"),
    ('v', "νѵᴠⅴꓦᏙ"),
    ('w', "ѡωԝᴡաшщɯꓪᎳ"),
    ('x', "хχҳⅹꓫ×"),
    ('y', "уγүұƴɏყʏꓬУ"),
    ('z', "ᴢʐƶȥʑꓜᏃ"),
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

/// Letters written upside down. They are read so only in a word that is turned as a whole.
const TURNED: &[(char, &str)] = &[
    ('a', "ɐ"),
    ('b', "q"),
    ('c', "ɔ"),
    ('d', "p"),
    ('e', "ǝəɘ"),
    ('f', "ɟ"),
    ('g', "ƃɓ"),
    ('h', "ɥ"),
    ('i', "ᴉıᵢ"),
    ('j', "ɾſ"),
    ('k', "ʞ"),
    ('l', "ꞁʅlן"),
    ('m', "ɯ"),
    ('n', "u"),
    ('o', "o"),
    ('p', "d"),
    ('q', "b"),
    ('r', "ɹ"),
    ('s', "s"),
    ('t', "ʇ"),
    ('u', "n"),
    ('v', "ʌ"),
    ('w', "ʍ"),
    ('x', "x"),
    ('y', "ʎ"),
    ('z', "z"),
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

/// The letter of a symbol made of a letter: regional indicators, squared and negative circled letters.
pub(super) fn enclosed(c: char) -> Option<char> {
    let first = match c {
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
    static TABLE: Lookup<char> = LazyLock::new(|| turn_round(LOOK_ALIKES));
    get(&TABLE, c)
}

/// The letter of which `c` is the small capital.
pub(super) fn small_cap(c: char) -> Option<char> {
    static TABLE: Lookup<char> = LazyLock::new(|| turn_round(SMALL_CAPS));
    get(&TABLE, c)
}

/// The letter that `c` shows when the page is turned upside down.
pub(crate) fn turned(c: char) -> Option<char> {
    static TABLE: Lookup<char> = LazyLock::new(|| turn_round(TURNED));
    get(&TABLE, c)
}

/// The letters for which a digit or symbol may stand, as bits from `a`.
pub(crate) fn leet(c: char) -> u32 {
    static TABLE: Lookup<u32> = LazyLock::new(|| {
        let mut rows: Vec<_> = LEET.iter().map(|(from, to)| (*from, letters(to))).collect();
        rows.sort_by_key(|(from, _)| *from);
        rows
    });
    get(&TABLE, c).unwrap_or(0)
}

fn letters(of: &str) -> u32 {
    of.bytes().fold(0, |bits, letter| bits | 1 << (letter - b'a'))
}
