//! Texts that must be flagged.

use policy::Disguise;

use crate::Draft;
use crate::chance::Chance;
use crate::disguise::{self, Loss, Way, Written, capitalised};
use crate::material::Material;

/// What offensive compounds are made of.
const HEADS: &[&str] = &["fuck", "shit", "wank", "twat", "cunt", "shite", "bollock"];
const TAILS: &[&str] = &[
    "trumpet", "badger", "womble", "goblin", "biscuit", "nugget", "weasel", "puffin", "muppet", "bucket",
    "waffle", "stain", "monkey", "wizard", "face", "head", "stick", "rag", "muffin", "faced", "bag", "splat",
    "gibbon", "crumpet", "turnip", "basket", "sock", "whistle", "hammer", "spanner", "pigeon", "lord",
    "wagon", "tastic", "show", "storm",
];

/// A word in a sentence, in chat, or by itself.
pub(crate) fn told(material: &Material, chance: &mut Chance, written: Written, base: &str) -> Draft {
    let Written { text, span, names } = written;
    let (start, text) = spoken(material, chance, &text);
    Draft { text, base: base.to_owned(), span: Some((start + span.0, start + span.1)), disguise: names }
}

/// `text` put into a carrier, and where it begins in it.
pub(crate) fn spoken(material: &Material, chance: &mut Chance, text: &str) -> (usize, String) {
    let carrier = chance.pick(&material.carriers);
    let opener = if chance.percent(40) { chance.pick(&material.openers) } else { "" };
    let closer = if chance.percent(40) { chance.pick(&material.closers) } else { "" };
    let (before, after) = carrier.split_once("{}").unwrap_or((carrier, ""));
    let gap = if opener.is_empty() { "" } else { " " };
    let before = format!("{opener}{gap}{before}");
    (before.len(), format!("{before}{text}{after}{closer}"))
}

fn staple(material: &Material, chance: &mut Chance) -> String {
    // By lemma, so that a word with many inflections counts no more; the commonest half of the time.
    let lemmas = &material.staples;
    let lemma =
        if chance.percent(50) { chance.below(16.min(lemmas.len())) } else { chance.below(lemmas.len()) };
    let forms = &lemmas[lemma];
    forms[if chance.percent(50) { 0 } else { chance.below(forms.len()) }].to_owned()
}

/// A word that is no listed misspelling of another.
fn proper(material: &Material, chance: &mut Chance) -> String {
    if chance.percent(65) { staple(material, chance) } else { chance.draw(&material.headwords).clone() }
}

/// A listed form may be the misspelling of a word, and be named so.
fn name_spelling(material: &Material, word: &str, written: &mut Written) {
    if word.contains([' ', '-']) {
        written.names.push(Disguise::Separated);
    }
    if material.spellings.contains(word) {
        written.names.extend([
            Disguise::Phonetic,
            Disguise::Typo,
            Disguise::VowelsDropped,
            Disguise::Repeats,
        ]);
    }
}

fn is_staple(material: &Material, word: &str) -> bool {
    material.staples.iter().flatten().any(|staple| *staple == word)
}

fn base(material: &Material, chance: &mut Chance) -> String {
    if chance.percent(65) {
        return staple(material, chance);
    }
    chance.draw(&material.listed).clone()
}

pub(crate) fn disguised(material: &Material, chance: &mut Chance, way: Way) -> Option<Draft> {
    // Nobody can tell a misspelling of a misspelling.
    let word = match way.loss {
        Loss::Vowels | Loss::Spelling => proper(material, chance),
        Loss::None | Loss::Pieces | Loss::Masked => base(material, chance),
    };
    if word.len() < 4 {
        return None;
    }
    let mut written = (way.write)(chance, &word)?;
    name_spelling(material, &word, &mut written);
    is_fair(material, &word, &written.text, way.loss).then(|| told(material, chance, written, &word))
}

/// Whether somebody who sees it would know which word is meant.
fn is_fair(material: &Material, word: &str, text: &str, loss: Loss) -> bool {
    let lower = text.to_lowercase();
    match loss {
        Loss::None => true,
        Loss::Pieces => {
            let pieces: Vec<&str> = lower
                .split(|letter: char| !letter.is_ascii_alphabetic())
                .filter(|piece| !piece.is_empty())
                .collect();
            !(pieces.len() == 2 && pieces.iter().all(|piece| material.is_everyday(piece)))
        }
        Loss::Masked => is_staple(material, word) || !material.could_be_everyday(&lower),
        Loss::Vowels => {
            !material.is_known(&lower)
                && (lower.len() > 3
                    || ["fk", "fck", "sht", "cnt", "wnk", "twt", "slt"].contains(&lower.as_str()))
                && (is_staple(material, word) || lower.len() > 4)
        }
        Loss::Spelling => {
            !material.is_known(&lower)
                && !material.could_be_everyday(&lower)
                && (word.len() > 4 || ["fuck", "shit", "cunt", "slut", "twat", "wank"].contains(&word))
                && !material.is_near_everyday(&lower)
        }
    }
}

pub(crate) fn mask_heavy(material: &Material, chance: &mut Chance) -> Option<Draft> {
    /// What everybody reads when only the ends are left.
    const READ: &[&str] = &[
        "fuck",
        "fucks",
        "fucker",
        "fuckers",
        "fucking",
        "fucked",
        "motherfucker",
        "cunt",
        "cunts",
        "shit",
        "shitty",
        "bullshit",
        "bastard",
        "bastards",
        "bitch",
        "bollocks",
        "wanker",
        "wankers",
        "arsehole",
        "arseholes",
        "nigger",
        "niggers",
        "dickhead",
        "dickheads",
        "bellend",
        "knobhead",
        "gobshite",
        "spastic",
        "bollocking",
        "shithead",
        "wanking",
        "shitting",
    ];
    let word = chance.pick(READ);
    let written = disguise::mask_heavy(chance, word)?;
    Some(told(material, chance, written, word))
}

pub(crate) fn plain(material: &Material, chance: &mut Chance) -> Option<Draft> {
    let word = base(material, chance);
    let mut written = disguise::plain(chance, &word)?;
    name_spelling(material, &word, &mut written);
    Some(told(material, chance, written, &word))
}

pub(crate) fn listed(material: &Material, chance: &mut Chance) -> Option<Draft> {
    let (words, phrases) = (&material.listed, &material.phrases);
    let word = if chance.percent(60) { chance.draw(words) } else { chance.draw(phrases) };
    let mut written = disguise::plain(chance, word)?;
    name_spelling(material, word, &mut written);
    Some(told(material, chance, written, word))
}

pub(crate) fn celtic(material: &Material, chance: &mut Chance) -> Option<Draft> {
    let word = chance.draw(&material.celtic);
    let mut written = disguise::plain(chance, word)?;
    name_spelling(material, word, &mut written);
    Some(told(material, chance, written, word))
}

pub(crate) fn inflected(material: &Material, chance: &mut Chance) -> Option<Draft> {
    let forms = &material.staples[chance.below(material.staples.len())];
    let word = forms[chance.below(forms.len())];
    let text = match chance.below(4) {
        0 => format!("{word}'s"),
        1 => format!("{word}’s"),
        _ if forms[0] != word => word.to_owned(),
        _ => return None,
    };
    let mut written = disguise::plain(chance, &text)?;
    name_spelling(material, word, &mut written);
    // The ending is no part of the word.
    if written.text.len() > word.len() {
        written.span.1 = word.len();
    }
    Some(told(material, chance, written, word))
}

pub(crate) fn compounded(material: &Material, chance: &mut Chance) -> Option<Draft> {
    let (head, tail) = (chance.pick(HEADS), chance.pick(TAILS));
    let word = format!("{head}{tail}");
    let text = match chance.below(4) {
        0 => capitalised(&word),
        1 => format!("{word}s"),
        _ => word.clone(),
    };
    let span = (0, text.len());
    Some(told(material, chance, Written { text, span, names: vec![Disguise::None, Disguise::Joined] }, &word))
}

pub(crate) fn phonetic_known(material: &Material, chance: &mut Chance) -> Option<Draft> {
    let (spelt, word) = material.sounded[chance.below(material.sounded.len())];
    let text = if chance.percent(20) { capitalised(spelt) } else { spelt.to_owned() };
    let span = (0, text.len());
    // The lists have some of these spellings as words of their own.
    let names =
        vec![Disguise::Phonetic, Disguise::None, Disguise::Repeats, Disguise::Typo, Disguise::VowelsDropped];
    Some(told(material, chance, Written { text, span, names }, word))
}
