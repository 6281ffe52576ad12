//! Words run together: `stupidcuntoff`, `#UtterWanker`, `wankpuffin`.
//!
//! A term inside a longer word counts when what stands round it is made of words, and when no reading of the whole as
//! ordinary words is as good: `#PatheticUntrue` is two of them, and “whorepresents” asks who does. Each way of cutting
//! the word has a price, the sum of those of its pieces: the better a piece is known, the cheaper it is.

use std::ops::Range;

use super::compile::{Form, Lexis};
use super::lexicon::{is_common, is_partner, is_sound, partners};
use super::trie::{NodeId, Trie};
use crate::dictionary::{Dictionary, Standing};
use crate::finding::Grade;
use crate::wordlist::{Entry, Matching};

/// The longest word that is cut, in letters.
pub(super) const WORD_LEN_MAX: usize = 64;
/// The shortest term looked for inside words joined together.
pub(super) const TERM_LEN_MIN: usize = 4;
/// The shortest term of one form only that is looked for there.
const BARE_LEN_MIN: usize = 5;
/// The fewest letters of a word that may stand beside a shorter one.
const BESIDE_LEN_MIN: usize = 3;
/// The shortest form looked for there that does not begin with its stem.
const IRREGULAR_LEN_MIN: usize = 6;
/// The fewest letters of no word that make a free compound of the strongest terms.
const REST_LEN_MIN: usize = 3;

/// What pieces cost.
const TERM: u32 = 5;
const UNKNOWN: u32 = 14;
const NO_WAY: u32 = u32::MAX / 4;

/// A term among joined words.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) entry: u32,
    /// Which letters of the word it has.
    pub(super) letters: Range<usize>,
    /// Whether what stands before it, and behind it, is made of words.
    known: (bool, bool),
}

/// What may follow a term in the names of places and people.
const NAME_ENDINGS: &str = "ton ham ley son man worth field ford wood bury land well hill wick stein berg burn shire \
    stone mere gate brook bourne bank beck dale combe hurst leigh moor lea croft thorpe cote wold hall court den don";

/// The term that is most likely meant in a word of `letters`; `capitals` tells which of them are written so.
pub(super) fn find(lexis: &Lexis, letters: &[u8], capitals: &[bool]) -> Option<Found> {
    if letters.len() > WORD_LEN_MAX || lexis.is_allowed_word(letters) {
        return None;
    }
    // A word that everybody can look up is no compound; if it is an offensive one, it is listed. But who wants a term
    // found anywhere means within it too.
    let known = Dictionary::british().standing(letters).is_some_and(|standing| !standing.is_offensive());
    let anywhere = |term: &&Found| lexis.entries[term.entry as usize].matching == Matching::Anywhere;
    let holds = |stem: &[u8]| letters.windows(stem.len()).any(|window| window == stem);
    if known && !lexis.stems_anywhere().any(holds) {
        return None;
    }
    let humps = is_camel_case(capitals);
    // Where capitals part the words, no term reaches over them: `#HearseHoled`.
    let parted = |term: &Found| humps && term.letters.clone().skip(1).any(|at| capitals[at]);
    let counts = |term: &&Found| (!known || anywhere(term)) && !parted(term);
    // Cutting takes much longer than seeing that there is nothing to cut out.
    let terms = terms_in(lexis, letters);
    if !terms.iter().any(|term| counts(&term)) {
        return None;
    }
    let cuts = Cuts::of(lexis, letters, &terms);
    let best = terms.iter().filter(counts);
    let best = best.filter_map(|term| Some((cuts.price(lexis, letters, term, capitals)?, term)));
    let (price, term) = best.min_by_key(|(price, term)| (*price, term.letters.start, term.letters.len()))?;
    let known = (cuts.before[term.letters.start] < NO_WAY, cuts.after[term.letters.end] < NO_WAY);
    (price < cuts.innocent[letters.len()]).then(|| Found { known, ..term.clone() })
}

/// What makes no word with what stands before it.
const BEHIND: &str = "off out up on in at it now here there then today again always everywhere you your me him her them us \
    this that all and or not please yes no lol mate";

/// What of a word is the one that was found in it: the term, and behind it what makes one word of both (`wankpuffin`)
/// or is no word at all; the other words beside it are not.
pub(super) fn place(letters: &[u8], found: &Found, humps: bool) -> Range<usize> {
    let after = &letters[found.letters.end..];
    let start = if found.known.0 { found.letters.start } else { 0 };
    let one_word = start == 0 && !humps && !BEHIND.split(' ').any(|word| word.as_bytes() == after);
    let end = if one_word || !found.known.1 { letters.len() } else { found.letters.end };
    start..end
}

/// Whether capitals part words of two letters or more: `UtterWanker`, not `sHiT`.
pub(super) fn is_camel_case(capitals: &[bool]) -> bool {
    let inner = capitals.iter().skip(1).any(|capital| *capital);
    let lone = |pair: &[bool]| pair[0] && pair[1];
    let ends_small = capitals.last() == Some(&false);
    inner
        && ends_small
        && !capitals.windows(2).any(lone)
        && capitals.windows(3).all(|three| !(three[0] && three[2]))
}

/// Ways to cut a word into pieces.
struct Cuts {
    /// The price of the letters before each place, and of those from it on, as words and terms.
    before: Vec<u32>,
    after: Vec<u32>,
    /// The price of the letters before each place as ordinary words only.
    innocent: Vec<u32>,
}

/// The terms that may be among joined words, in the order of their places.
fn terms_in(lexis: &Lexis, letters: &[u8]) -> Vec<Found> {
    let mut terms = Vec::new();
    for from in 0..letters.len() {
        for (to, form) in forms_at(lexis, letters, from) {
            let entry = &lexis.entries[form.entry as usize];
            if is_joined(entry, &lexis.stems[form.entry as usize], form) {
                terms.push(Found { entry: form.entry, letters: from..to, known: (false, false) });
            }
        }
    }
    terms
}

impl Cuts {
    fn of(lexis: &Lexis, letters: &[u8], terms: &[Found]) -> Self {
        let len = letters.len();
        let mut cuts = Self {
            before: vec![NO_WAY; len + 1],
            after: vec![NO_WAY; len + 1],
            innocent: vec![NO_WAY; len + 1],
        };
        let mut terms = terms.iter().peekable();
        let mut pieces: Vec<(Range<usize>, u32)> = Vec::new();
        (cuts.before[0], cuts.innocent[0], cuts.after[len]) = (0, 0, 0);
        for from in 0..len {
            while let Some(term) = terms.next_if(|term| term.letters.start == from) {
                pieces.push((term.letters.clone(), TERM));
            }
            let mut known = |piece: Range<usize>, standing: Option<Standing>| {
                let word = &letters[piece.clone()];
                if let Some(price) = partner_price(word, standing) {
                    pieces.push((piece.clone(), price));
                }
                let price = innocent_price(word, standing);
                // A word that holds a term vouches for nothing, but for those that are known to be innocent.
                let whole = piece.len() == len && !lexis.is_allowed_word(word);
                let offensive = standing.is_some_and(Standing::is_offensive);
                if price < NO_WAY && !whole && !offensive && !lexis.is_term_in(word) {
                    let to = piece.end;
                    cuts.innocent[to] = cuts.innocent[to].min(cuts.innocent[from] + price);
                }
            };
            if matches!(letters[from], b'a' | b'i') {
                known(from..from + 1, None);
            }
            for (size, standing) in Dictionary::british().prefixes(&letters[from..]) {
                known(from..from + size, Some(standing));
            }
            for to in beside_terms(lexis, letters, from) {
                known(from..to, None);
            }
        }
        for (piece, price) in &pieces {
            cuts.before[piece.end] = cuts.before[piece.end].min(cuts.before[piece.start] + price);
        }
        pieces.sort_by_key(|(piece, _)| std::cmp::Reverse(piece.start));
        for (piece, price) in &pieces {
            cuts.after[piece.start] = cuts.after[piece.start].min(cuts.after[piece.end] + price);
        }
        cuts
    }

    /// The price of the whole with a term in it, if it may be there.
    fn price(&self, lexis: &Lexis, letters: &[u8], term: &Found, capitals: &[bool]) -> Option<u32> {
        let entry = &lexis.entries[term.entry as usize];
        // Capitals here and there are a code: `dQcUnT8xW1k`.
        let capital = capitals.iter().skip(1).any(|capital| *capital);
        let even = !capital || capitals.iter().all(|capital| *capital) || is_camel_case(capitals);
        let rest = |rest: &[u8], price: u32| {
            let unknown = match entry.matching {
                Matching::Anywhere => even,
                Matching::Stem => is_free(entry) && term.letters.start == 0 && has_vowel(rest),
                Matching::Word => false,
            };
            let by_letters = u32::try_from(rest.len()).unwrap_or(NO_WAY);
            if unknown && !rest.is_empty() { price.min(UNKNOWN + by_letters) } else { price }
        };
        let (before, after) = (&letters[..term.letters.start], &letters[term.letters.end..]);
        let capital = capitals.first() == Some(&true);
        if capital && before.is_empty() && NAME_ENDINGS.split(' ').any(|ending| ending.as_bytes() == after) {
            return None;
        }
        // Short words meet by chance.
        let short = entry.matching == Matching::Word && term.letters.len() < BARE_LEN_MIN;
        let beside = |side: &[u8]| side.is_empty() || side.len() >= BESIDE_LEN_MIN;
        if short && !(beside(before) && beside(after)) {
            return None;
        }
        let price =
            rest(before, self.before[term.letters.start]) + TERM + rest(after, self.after[term.letters.end]);
        (price < NO_WAY).then_some(price)
    }
}

/// The longest partner of a compound, in letters.
const PARTNER_LEN_MAX: usize = 12;

/// Where the partners and allowed words of two letters or more end that begin at a place.
fn beside_terms(lexis: &Lexis, letters: &[u8], from: usize) -> impl Iterator<Item = usize> {
    let limit = letters.len().min(from + PARTNER_LEN_MAX);
    let on = |trie: &Trie, node: Option<NodeId>, letter: u8| node.and_then(|node| trie.child(node, letter));
    let (mut partner, mut allowed) = (Some(Trie::ROOT), Some(Trie::ROOT));
    // Whether the letters so far, and those but the last one or two, are an allowed word.
    let mut ends = [false; 3];
    let mut at = from;
    std::iter::from_fn(move || {
        while at < limit && (partner.is_some() || allowed.is_some() || ends[0] || ends[1]) {
            let letter = letters[at];
            at += 1;
            partner = on(partners(), partner, letter);
            allowed = on(&lexis.innocent, allowed, letter);
            let whole = allowed.is_some_and(|node| lexis.innocent.form(node).is_some());
            ends = [whole, ends[0], ends[1]];
            // As `Lexis::is_allowed_word` has it.
            let plural = letter == b's' && (ends[1] || (ends[2] && letters[at - 2] == b'e'));
            let is_partner = partner.is_some_and(|node| partners().form(node).is_some());
            if at >= from + 2 && (whole || plural || is_partner) {
                return Some(at);
            }
        }
        None
    })
}

/// The forms that begin at a place, a repeated letter being one.
fn forms_at<'a>(lexis: &'a Lexis, letters: &'a [u8], from: usize) -> impl Iterator<Item = (usize, &'a Form)> {
    let mut node = Trie::ROOT;
    let mut last = 0;
    let mut at = from;
    std::iter::from_fn(move || {
        while at < letters.len() {
            let letter = letters[at];
            match lexis.trie.child(node, letter) {
                Some(next) => node = next,
                None if letter == last && at - from >= TERM_LEN_MIN => {}
                None => return None,
            }
            last = letter;
            at += 1;
            if let Some(form) = lexis.trie.form(node) {
                return Some((at, &lexis.forms[form as usize]));
            }
        }
        None
    })
}

/// Whether a form is looked for among joined words. Phrases and short words meet there by chance, and what has an
/// innocent sense has it there as well.
fn is_joined(entry: &Entry, stem: &[u8], form: &Form) -> bool {
    let len = form.letters.len();
    // Irregular forms such as `shat` make no compounds.
    if !form.letters.starts_with(stem) && len < IRREGULAR_LEN_MIN {
        return false;
    }
    let weak = entry.grade < Grade::Strong && !entry.category.is_discriminatory();
    let len_min = match (entry.matching, weak) {
        (Matching::Stem | Matching::Anywhere, _) => TERM_LEN_MIN,
        (Matching::Word, false) if entry.category.is_discriminatory() => TERM_LEN_MIN,
        (Matching::Word, false) => BARE_LEN_MIN,
        (Matching::Word, true) => BARE_LEN_MIN + 2,
    };
    entry.ambiguous.is_none() && !form.spaced && len >= len_min
}

/// Whether any word may follow a term: only for the strongest words that attack nobody for who they are.
fn is_free(entry: &Entry) -> bool {
    entry.grade == Grade::Strongest && !entry.category.is_discriminatory()
}

fn has_vowel(rest: &[u8]) -> bool {
    rest.len() >= REST_LEN_MIN && rest.iter().any(|letter| b"aeiouy".contains(letter))
}

/// What a word costs beside a term; only words that people know are said beside one.
fn partner_price(word: &[u8], standing: Option<Standing>) -> Option<u32> {
    let common = is_common(word) && !is_sound(word);
    match word.len() {
        1 => Some(6),
        // “as hit”, “is hit”: they would excuse what follows them everywhere.
        2 if matches!(word, b"as" | b"is" | b"us") => Some(8),
        // `xx` ends many names.
        2 => (common || is_partner(word) || word == b"xx").then_some(5),
        _ if common || is_partner(word) => Some(5),
        3 => None,
        _ if standing.is_some_and(Standing::is_everyday) => Some(6),
        _ if standing.is_some_and(Standing::is_common) => Some(8),
        _ => None,
    }
}

/// What a word costs among ordinary words.
fn innocent_price(word: &[u8], standing: Option<Standing>) -> u32 {
    if let Some(price) = partner_price(word, standing) {
        return price;
    }
    let Some(standing) = standing else { return if word.len() > 2 { 6 } else { NO_WAY } };
    match word.len() {
        3 if standing.is_everyday() => 8,
        0..=3 => NO_WAY,
        _ if standing.is_name() => 10,
        4 => NO_WAY,
        _ => 12,
    }
}
