//! The shipped lists against every word, name and place of the dictionary, and against hundreds of hard places.

use policy::guard::clashes;
use policy::{Dictionary, Wordlist};

use crate::support::{MATCHER, data, findings, is_flagged};

/// What people write round a word they mention.
const MENTIONS: [&str; 3] = ["the {} was lovely", "Just learnt the word {}", "What does {} mean?"];
/// What people write round a place.
const VISITS: [&str; 6] = [
    "{}",
    "Greetings from {}",
    "Anyone near {}?",
    "we turned into {} by mistake",
    "I live in {} and love it",
    "The {} walk is on Sunday",
];

#[test]
fn no_word_of_the_dictionary_is_found_but_those_reviewed() {
    let found = clashes(&MATCHER, is_flagged);
    let told: Vec<_> = found.iter().map(|(term, clashes)| format!("{term} finds {clashes}")).collect();
    assert!(told.is_empty(), "allow them, or list them in offensive.txt once read:\n{}", told.join("\n"));
}

#[test]
fn a_word_passes_in_a_sentence_as_it_passes_by_itself() {
    let dictionary = Dictionary::british();
    let reviewed: std::collections::HashSet<&str> = dictionary.offensive().collect();
    let mut flagged = Vec::new();
    let (mut words, mut at) = (0_u32, 0);
    dictionary.each(|word, standing| {
        if reviewed.contains(word) || !standing.is_word() {
            return;
        }
        words += 1;
        at = (at + 1) % MENTIONS.len();
        let text = MENTIONS[at].replace("{}", word);
        if is_flagged(&findings(&text)) {
            flagged.push(text);
        }
    });
    assert!(words > 400_000, "{words}");
    assert!(flagged.is_empty(), "{}", flagged.join("\n"));
}

#[test]
fn reviewed_words_stand_in_the_dictionary_in_order() {
    let dictionary = Dictionary::british();
    let reviewed: Vec<_> = dictionary.offensive().collect();
    assert!(reviewed.is_sorted());
    for word in reviewed {
        assert!(dictionary.standing(word).is_some(), "{word}");
    }
}

#[test]
fn no_place_is_flagged_wherever_it_is_named() {
    let mut flagged = Vec::new();
    let mut visit = |place: &str| {
        for visit in VISITS {
            let text = visit.replace("{}", place);
            if is_flagged(&findings(&text)) {
                flagged.push(text);
            }
        }
    };
    Dictionary::british().each(|place, standing| {
        if standing.is_place() {
            visit(&place.split(' ').map(capitalised).collect::<Vec<_>>().join(" "));
        }
    });
    data("hard-places.txt").lines().for_each(visit);
    assert!(flagged.is_empty(), "{}", flagged.join("\n"));
}

fn capitalised(word: &str) -> String {
    let (first, rest) = word.split_at(1.min(word.len()));
    first.to_ascii_uppercase() + rest
}

#[test]
fn clashes_are_counted_and_told_by_term() {
    let list = Wordlist::parse(
        "mine.toml",
        "[list]\nname = \"mine\"\nlanguage = \"en-GB\"\nlicence = \"CC0-1.0\"\n\
         [[entry]]\nterm = \"plum\"\ngrade = \"medium\"\ncategory = \"insult\"\nmatch = \"stem\"\nsource = \"usage\"\n",
    );
    let matcher = policy::Matcher::new(&[list.expect("a sound list")]).expect("compiles");
    let found = clashes(&matcher, is_flagged);
    let plum = &found["plum"];
    assert!(plum.words.contains(&"plum".to_owned()) && plum.words.contains(&"plums".to_owned()), "{plum}");
    assert!(plum.word_count >= plum.words.len() && plum.name_count >= plum.names.len(), "{plum:?}");
    assert_eq!(found.len(), 1);
}

#[test]
fn walking_letter_by_letter_comes_to_the_same_words() {
    let dictionary = Dictionary::british();
    let walk = |word: &str| {
        let end = word.bytes().try_fold(dictionary.root(), |place, letter| dictionary.step(place, letter));
        end.and_then(|place| dictionary.standing_at(place))
    };
    for word in ["", "a", "assess", "assesss", "scunthorpe", "grassland", "graslan", "zzz", "bath spa"] {
        assert_eq!(walk(word), dictionary.standing(word), "{word}");
    }
}
