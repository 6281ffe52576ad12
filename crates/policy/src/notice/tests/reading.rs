//! Whether the English is easy to read: short sentences, short words.
//!
//! The bounds are those of advice for the public: some 15 to 20 words a sentence at most, one long word in ten.

use super::*;

/// Words that a member knows from the rules, the signature, or their own group's name.
const KNOWN: [&str; 11] = [
    "committee",
    "executive",
    "moderator",
    "officer",
    "officers",
    "questions",
    "reference",
    "riverside",
    "suspended",
    "suspension",
    "expulsion",
];
const LONG: usize = 9;

struct Measure {
    words_a_sentence: f64,
    longest: usize,
    long_words: f64,
}

fn measure(kind: NoticeKind) -> Measure {
    let kind = match kind {
        // The rules are the group's words, not ours.
        NoticeKind::RulesWelcome { .. } => NoticeKind::RulesWelcome { rules: Vec::new() },
        kind => kind,
    };
    let text = written(&kind, Language::English, &Templates::default(), false);
    let sentences: Vec<Vec<String>> = text
        .lines()
        .filter(|line| !line.starts_with('>'))
        .flat_map(|line| line.split(['.', '?', '!', ':']).map(str::to_owned).collect::<Vec<_>>())
        .map(|sentence| {
            let words = sentence
                .split_whitespace()
                .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase());
            words.filter(|word| !word.is_empty()).collect()
        })
        .filter(|words: &Vec<String>| !words.is_empty())
        .collect();
    let words: Vec<_> = sentences.iter().flatten().collect();
    let long = words.iter().filter(|word| {
        word.chars().count() >= LONG && !KNOWN.contains(&word.as_str()) && !word.contains('@')
    });
    Measure {
        words_a_sentence: words.len() as f64 / sentences.len() as f64,
        longest: sentences.iter().map(Vec::len).max().unwrap_or_default(),
        long_words: long.count() as f64 / words.len() as f64,
    }
}

#[test]
fn sentences_are_short_and_words_are_plain() {
    for kind in samples() {
        let word = kind.word();
        let Measure { words_a_sentence, longest, long_words } = measure(kind);
        assert!(words_a_sentence <= 10.0, "{word}: {words_a_sentence:.1} words a sentence");
        assert!(longest <= 26, "{word}: a sentence of {longest} words");
        assert!(long_words <= 0.06, "{word}: {:.0} % long words", long_words * 100.0);
    }
}
