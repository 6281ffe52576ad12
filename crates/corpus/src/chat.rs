//! Ordinary chat of a club, to measure how fast the filter reads what it mostly reads.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::chance::Chance;
use crate::material::data;

const SENTENCES: &str = data!("chat");
static WORDS: LazyLock<HashMap<&str, Vec<&str>>> = LazyLock::new(|| {
    let lines = data!("chat-words").lines().filter_map(|line| line.split_once(": "));
    lines.map(|(slot, words)| (slot, words.split(" | ").collect())).collect()
});

/// What people answer without making a sentence of it, the commonest first.
const SHORT: &[&str] = &[
    "ok",
    "Thanks",
    "👍",
    "thanks!",
    "Yes",
    "lol",
    "Will do",
    "no worries",
    "Thank you both",
    "haha",
    "same here",
    "Noted, ta",
    "brill",
    "me too",
    "😂😂",
    "Cheers",
    "which one?",
    "on my way",
    "not me",
    "perfect 👌",
    "x",
    "Oh dear",
    "right you are",
    "+1",
    "??",
    "see you there",
    "hmm",
    "np",
];
const EMOJI: &[&str] =
    &["👍", "😂", "🎉", "❤️", "🙏", "😊", "☕", "😬", "👏", "🌧️", "🍰", "🤞", "👍🏽", "🏴󠁧󠁢󠁷󠁬󠁳󠁿", "⚽", "🤷‍♀️"];
const OPENERS: &[&str] =
    &["Hi all, ", "Also, ", "tbh ", "Just to say, ", "Ah, ", "Btw ", "So ", "Well, ", "FYI "];

/// `count` messages: the same seed gives the same ones. About what a club's channel holds: one in four is a word or
/// two, one in five has an emoji, one in twenty-five a link, some are mistyped, in small letters throughout or quoted.
pub fn chat(seed: u64, count: usize) -> impl Iterator<Item = String> {
    let sentences: Vec<&str> = SENTENCES.lines().collect();
    let chance = Chance::new(seed, "chat");
    (0..count).map(move |nth| message(&sentences, &mut chance.nth(nth)))
}

fn message(sentences: &[&str], chance: &mut Chance) -> String {
    if chance.percent(24) {
        return often(chance, SHORT).to_owned();
    }
    let mut text = String::new();
    if chance.percent(6) {
        text.push_str(&format!("@{} ", filled("{name}", chance)));
    } else if chance.percent(10) {
        text.push_str(chance.pick(OPENERS));
    }
    for at in 0..[1, 1, 1, 1, 2, 2, 2, 3, 3, 5][chance.below(10)] {
        if at > 0 {
            let ends = text.ends_with(['?', '!', ':']);
            text.push_str(if chance.percent(8) {
                "\n"
            } else if ends {
                " "
            } else {
                ". "
            });
        }
        text.push_str(&filled(chance.pick(sentences), chance));
    }
    match chance.below(20) {
        0..=3 => text.push('.'),
        4 => text.push_str("..."),
        5 => text.push_str("!!"),
        6 => text.push_str(" x"),
        _ => {}
    }
    if chance.percent(22) {
        text = text.to_lowercase();
    }
    if chance.percent(12) {
        text = text.replace('\'', "");
    } else if chance.percent(25) {
        text = text.replace('\'', "’");
    }
    if chance.percent(5) {
        text = mistyped(&text, chance);
    }
    match chance.below(100) {
        0..=1 => text = format!("> {text}\n{}", chance.pick(SHORT)),
        2..=3 => text = format!("**{}** {text}", filled("{meeting}", chance)),
        4 => text = text.to_uppercase(),
        _ => {}
    }
    if chance.percent(20) {
        for _ in 0..chance.between(1, 2) {
            text.push(' ');
            text.push_str(often(chance, EMOJI));
        }
    }
    text
}

/// One of a list that begins with what is commonest.
fn often(chance: &mut Chance, list: &'static [&'static str]) -> &'static str {
    let at = chance.below(list.len()).min(chance.below(list.len()));
    list[at]
}

fn filled(sentence: &str, chance: &mut Chance) -> String {
    let mut text = String::new();
    let mut rest = sentence;
    while let Some((before, slot, after)) = rest
        .split_once('{')
        .and_then(|(before, slot)| slot.split_once('}').map(|(slot, after)| (before, slot, after)))
    {
        text.push_str(before);
        text.push_str(WORDS.get(slot).map_or(slot, |words| chance.pick(words)));
        rest = after;
    }
    text + rest
}

/// Two neighbouring letters inside one word the wrong way round.
fn mistyped(text: &str, chance: &mut Chance) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let at = chance.below(letters.len());
    let inside = letters.get(at..at + 3).is_some_and(|three| three.iter().all(char::is_ascii_lowercase));
    if inside {
        letters.swap(at + 1, at + 2);
    }
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slot_has_words() {
        for text in chat(1, 3_000) {
            assert!(!text.is_empty() && !text.contains(['{', '}']), "{text}");
        }
    }
}
