//! Tags and entities of HTML, where a text holds them as text.
//!
//! People write angle brackets and ampersands for many reasons: `a<b`, `<3`, `R&D`, mentions and emoji of platforms.
//! Only what is a well-formed tag of a name that HTML knows, or an entity that names a character, is markup.

use super::Marks;

/// The longest tag or comment, in bytes.
pub(crate) const TAG_LEN_MAX: usize = 256;
/// The longest entity, in bytes.
const ENTITY_LEN_MAX: usize = 32;
/// The most digits of a numeric entity: leading zeros are allowed.
const DIGITS_MAX: usize = 10;

/// A tag or comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag {
    /// In bytes.
    pub(super) len: usize,
    /// What it does to the words round it.
    pub(super) effect: Effect,
}

/// Finds the tags of one text.
///
/// Linear: a tag ends at the next `<` if not before, and what must be looked for further on is looked for once.
#[derive(Debug)]
pub(super) struct Tags<'t> {
    text: &'t str,
    /// Where the last end tag of each short name stands; made when first needed.
    last_end: Option<Vec<usize>>,
    /// Where the next comment ends, once looked for.
    comment_end: Option<usize>,
}

impl<'t> Tags<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, last_end: None, comment_end: None }
    }

    /// The tag that begins at `at`.
    pub(super) fn at(&mut self, at: usize) -> Option<Tag> {
        let rest = &self.text.as_bytes()[at..];
        if rest.starts_with(b"<!--") {
            return self.comment(at);
        }
        let shape = shape(rest)?;
        let mut lower = [0; NAME_LEN_MAX];
        let name = &mut lower[..shape.name.len()];
        name.copy_from_slice(shape.name);
        name.make_ascii_lowercase();
        let effect = kind(name)?;
        // `f<u>ck` is a letter in brackets, `f<u></u>ck` is markup.
        let doubtful = name.len() <= 2 && !matches!(&*name, b"br" | b"hr");
        let bare = !shape.ends && shape.len == name.len() + 2;
        if doubtful && bare && !self.ends_after(at, name) {
            return None;
        }
        Some(Tag { len: shape.len, effect })
    }

    fn comment(&mut self, at: usize) -> Option<Tag> {
        if self.comment_end.is_none_or(|end| end < at + 7) {
            let found = self.text.get(at + 4..)?.find("-->").map(|end| at + 4 + end + 3);
            self.comment_end = Some(found.unwrap_or(usize::MAX));
        }
        let len = self.comment_end? - at;
        (len <= TAG_LEN_MAX).then_some(Tag { len, effect: Effect::Close })
    }

    /// Whether an end tag of this short name comes later.
    fn ends_after(&mut self, at: usize, name: &[u8]) -> bool {
        let last_end = self.last_end.get_or_insert_with(|| {
            let mut last = vec![0; 32 * 64];
            for (end, _) in self.text.match_indices("</") {
                let shape = shape(&self.text.as_bytes()[end..]);
                if let Some(place) = shape.and_then(|shape| last.get_mut(short(shape.name)?)) {
                    *place = end;
                }
            }
            last
        });
        short(name).and_then(|place| last_end.get(place)).is_some_and(|end| *end > at)
    }
}

/// A number for a name of one or two characters.
fn short(name: &[u8]) -> Option<usize> {
    let place = |byte: u8| usize::from(byte.to_ascii_lowercase() & 0x1F);
    match name {
        [only] => Some(place(*only)),
        [first, second] => {
            Some(place(*first) | (place(*second) + 32 * usize::from(second.is_ascii_digit())) << 5)
        }
        _ => None,
    }
    .filter(|_| name.is_ascii())
}

/// What a tag does to the words round it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// It stands inside them.
    Close,
    /// It ends a line, which may be in the middle of a word.
    Line,
    /// It parts them.
    Break,
}

/// What the tag of a name does, if HTML has or had it.
fn kind(name: &[u8]) -> Option<Effect> {
    Some(match name {
        b"a" | b"abbr" | b"acronym" | b"b" | b"bdi" | b"bdo" | b"big" | b"blink" | b"button" | b"cite"
        | b"code" | b"data" | b"del" | b"dfn" | b"em" | b"font" | b"i" | b"img" | b"input" | b"ins"
        | b"kbd" | b"label" | b"mark" | b"marquee" | b"nobr" | b"q" | b"rp" | b"rt" | b"ruby" | b"s"
        | b"samp" | b"small" | b"span" | b"strike" | b"strong" | b"sub" | b"sup" | b"svg" | b"time"
        | b"tt" | b"u" | b"var" | b"wbr" => Effect::Close,
        b"br" => Effect::Line,
        b"address" | b"article" | b"aside" | b"blockquote" | b"body" | b"center" | b"dd" | b"details"
        | b"div" | b"dl" | b"dt" | b"figcaption" | b"figure" | b"footer" | b"form" | b"h1" | b"h2"
        | b"h3" | b"h4" | b"h5" | b"h6" | b"head" | b"header" | b"hr" | b"html" | b"li" | b"main"
        | b"nav" | b"ol" | b"option" | b"p" | b"pre" | b"section" | b"select" | b"summary" | b"table"
        | b"tbody" | b"td" | b"tfoot" | b"th" | b"thead" | b"title" | b"tr" | b"ul" => Effect::Break,
        _ => return None,
    })
}

/// The longest name of a tag.
const NAME_LEN_MAX: usize = 10;

/// A well-formed tag.
struct Shape<'t> {
    name: &'t [u8],
    /// Whether it is an end tag.
    ends: bool,
    len: usize,
}

/// The tag with which `text` begins: a name, and attributes that all have values.
fn shape(text: &[u8]) -> Option<Shape<'_>> {
    let text = &text[..text.len().min(TAG_LEN_MAX)];
    let ends = text.get(1) == Some(&b'/');
    let from = 1 + usize::from(ends);
    let mut at = from + run(&text[from.min(text.len())..], u8::is_ascii_alphanumeric);
    let name = text.get(from..at)?;
    if !name.first()?.is_ascii_alphabetic() || name.len() > NAME_LEN_MAX {
        return None;
    }
    loop {
        let spaces = run(&text[at..], u8::is_ascii_whitespace);
        at += spaces;
        match text.get(at)? {
            b'>' => return Some(Shape { name, ends, len: at + 1 }),
            b'/' if text.get(at + 1) == Some(&b'>') => return Some(Shape { name, ends, len: at + 2 }),
            _ if spaces == 0 => return None,
            _ => at = attribute(text, at)?,
        }
    }
}

/// Where the attribute that begins at `at` ends.
fn attribute(text: &[u8], mut at: usize) -> Option<usize> {
    let named = run(&text[at..], |byte| byte.is_ascii_alphanumeric() || b"-_:@.".contains(byte));
    if named == 0 {
        return None;
    }
    at += named;
    at += run(&text[at..], u8::is_ascii_whitespace);
    if text.get(at) != Some(&b'=') {
        return None;
    }
    at += 1;
    at += run(&text[at..], u8::is_ascii_whitespace);
    let quote = *text.get(at)?;
    if matches!(quote, b'"' | b'\'') {
        at += 1 + run(&text[at + 1..], |byte| *byte != quote && *byte != b'<');
        return (text.get(at) == Some(&quote)).then_some(at + 1);
    }
    let value = run(&text[at..], |byte| !byte.is_ascii_whitespace() && !b"\"'<>=`".contains(byte));
    (value > 0).then_some(at + value)
}

/// How many bytes come first of which `is` holds.
fn run(bytes: &[u8], is: impl Fn(&u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| is(byte)).count()
}

/// The letter of the flag that is named at the head of `text`, and how long its name is: `:regional_indicator_f:`.
pub(super) fn letter_emoji(text: &[u8]) -> Option<(u8, usize)> {
    const NAME: &[u8] = b":regional_indicator_";
    match text.strip_prefix(NAME)? {
        [letter, b':', ..] if letter.is_ascii_lowercase() => Some((*letter, NAME.len() + 2)),
        _ => None,
    }
}

/// A character by its name or number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entity {
    pub(super) names: char,
    /// In bytes.
    pub(super) len: usize,
}

/// The entity with which `text` begins. A number may go without its semicolon.
pub(super) fn entity(text: &[u8]) -> Option<Entity> {
    let text = &text[..text.len().min(ENTITY_LEN_MAX)];
    if text.get(1) == Some(&b'#') {
        let hex = matches!(text.get(2), Some(b'x' | b'X'));
        let (from, radix) = if hex { (3, 16) } else { (2, 10) };
        let is_digit = |byte: &u8| if hex { byte.is_ascii_hexdigit() } else { byte.is_ascii_digit() };
        let to = from + run(text.get(from..)?, is_digit);
        if to - from > DIGITS_MAX {
            return None;
        }
        let number = u32::from_str_radix(std::str::from_utf8(&text[from..to]).ok()?, radix).ok()?;
        let names = char::from_u32(number).filter(|c| !c.is_ascii_control() || c.is_ascii_whitespace())?;
        return Some(Entity { names, len: to + usize::from(text.get(to) == Some(&b';')) });
    }
    let name = name(text)?;
    Some(Entity { names: named(name)?, len: name.len() + 2 })
}

/// The name of a named entity, which ends with a semicolon.
fn name(text: &[u8]) -> Option<&str> {
    let len = run(text.get(1..)?, u8::is_ascii_alphanumeric);
    (text.get(1 + len) == Some(&b';')).then(|| std::str::from_utf8(&text[1..=len]).ok()).flatten()
}

/// Letters with an accent or in another type are named by the letter and one of these.
const DRESSED: [(&str, Marks); 18] = [
    ("acute", Marks::ACCENTS),
    ("grave", Marks::ACCENTS),
    ("circ", Marks::ACCENTS),
    ("uml", Marks::ACCENTS),
    ("tilde", Marks::ACCENTS),
    ("ring", Marks::ACCENTS),
    ("cedil", Marks::ACCENTS),
    ("caron", Marks::ACCENTS),
    ("macr", Marks::ACCENTS),
    ("breve", Marks::ACCENTS),
    ("ogon", Marks::ACCENTS),
    ("dot", Marks::ACCENTS),
    ("dblac", Marks::ACCENTS),
    ("strok", Marks::ACCENTS),
    ("slash", Marks::ACCENTS),
    ("fr", Marks::STYLED),
    ("opf", Marks::STYLED),
    ("scr", Marks::STYLED),
];

/// The letter and the dress of a name made of both.
fn dressed(name: &str) -> Option<(char, Marks)> {
    let letter = name.chars().next().filter(char::is_ascii_alphabetic)?;
    let dress = &name[1..];
    DRESSED.iter().find(|(known, _)| *known == dress).map(|(_, marks)| (letter, *marks))
}

/// What the letter named by the entity with which `text` begins wears.
pub(super) fn accent(text: &[u8]) -> Option<Marks> {
    dressed(name(&text[..text.len().min(ENTITY_LEN_MAX)])?).map(|(_, marks)| marks)
}

/// The character of a name: markup's own, what cannot be seen, punctuation, and letters.
fn named(name: &str) -> Option<char> {
    Some(match name {
        "amp" | "AMP" => '&',
        "lt" | "LT" => '<',
        "gt" | "GT" => '>',
        "quot" | "QUOT" => '"',
        "apos" => '\'',
        "nbsp" | "ensp" | "emsp" | "thinsp" | "hairsp" | "numsp" | "puncsp" | "emsp13" | "emsp14" | "Tab"
        | "NewLine" | "NonBreakingSpace" | "ThinSpace" | "MediumSpace" => ' ',
        "shy" => '\u{AD}',
        "zwnj" => '\u{200C}',
        "zwj" => '\u{200D}',
        "lrm" => '\u{200E}',
        "rlm" => '\u{200F}',
        "NoBreak" => '\u{2060}',
        "ZeroWidthSpace"
        | "NegativeThinSpace"
        | "NegativeMediumSpace"
        | "NegativeThickSpace"
        | "NegativeVeryThinSpace"
        | "InvisibleTimes"
        | "InvisibleComma"
        | "ApplyFunction"
        | "it"
        | "ic"
        | "af" => '\u{200B}',
        "ast" | "midast" | "lowast" => '*',
        "num" => '#',
        "commat" => '@',
        "dollar" => '$',
        "excl" => '!',
        "quest" => '?',
        "percnt" => '%',
        "Hat" => '^',
        "lowbar" | "UnderBar" => '_',
        "hyphen" | "dash" => '-',
        "ndash" => '–',
        "mdash" => '—',
        "period" => '.',
        "comma" => ',',
        "colon" => ':',
        "semi" => ';',
        "sol" => '/',
        "bsol" => '\\',
        "vert" | "verbar" | "VerticalLine" => '|',
        "plus" => '+',
        "equals" => '=',
        "lpar" => '(',
        "rpar" => ')',
        "lsqb" | "lbrack" => '[',
        "rsqb" | "rbrack" => ']',
        "lcub" | "lbrace" => '{',
        "rcub" | "rbrace" => '}',
        "grave" => '`',
        "lsquo" | "rsquo" | "prime" => '\'',
        "ldquo" | "rdquo" => '"',
        "bull" => '•',
        "middot" | "centerdot" => '·',
        "hellip" | "mldr" => '…',
        "copy" | "COPY" => '©',
        "reg" | "REG" => '®',
        "trade" => '™',
        "euro" => '€',
        "pound" => '£',
        "yen" => '¥',
        "cent" => '¢',
        "sect" => '§',
        "deg" => '°',
        "dagger" => '†',
        "times" => '×',
        "iexcl" => '¡',
        "micro" => 'µ',
        "hearts" => '♥',
        "szlig" => 'ß',
        "aelig" => 'æ',
        "AElig" => 'Æ',
        "oelig" => 'œ',
        "OElig" => 'Œ',
        "thorn" => 'þ',
        "THORN" => 'Þ',
        "eth" => 'ð',
        "ETH" => 'Ð',
        "imath" | "inodot" => 'ı',
        "jmath" => 'ȷ',
        "fnof" => 'ƒ',
        "alpha" => 'α',
        "Alpha" => 'Α',
        "beta" => 'β',
        "Beta" => 'Β',
        "Gamma" => 'Γ',
        "gamma" => 'γ',
        "epsilon" | "epsi" => 'ε',
        "Epsilon" => 'Ε',
        "Zeta" => 'Ζ',
        "eta" => 'η',
        "Eta" => 'Η',
        "iota" => 'ι',
        "Iota" => 'Ι',
        "kappa" => 'κ',
        "Kappa" => 'Κ',
        "Mu" => 'Μ',
        "mu" => 'μ',
        "nu" => 'ν',
        "Nu" => 'Ν',
        "omicron" => 'ο',
        "Omicron" => 'Ο',
        "rho" => 'ρ',
        "Rho" => 'Ρ',
        "sigma" => 'σ',
        "tau" => 'τ',
        "Tau" => 'Τ',
        "upsilon" | "upsi" => 'υ',
        "Upsilon" => 'Υ',
        "chi" => 'χ',
        "Chi" => 'Χ',
        "omega" => 'ω',
        "acy" => 'а',
        "iecy" => 'е',
        "ocy" => 'о',
        "rcy" => 'р',
        "scy" => 'с',
        "ucy" => 'у',
        "khcy" => 'х',
        "kcy" => 'к',
        "iukcy" => 'і',
        "jsercy" => 'ј',
        "dscy" => 'ѕ',
        _ => dressed(name)?.0,
    })
}
