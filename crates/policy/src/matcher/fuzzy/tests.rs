//! The words people write instead, and everything that only looks like them: tables of our own and generators.

use std::collections::HashSet;
use std::path::Path;
use std::sync::LazyLock;

use super::*;
use crate::matcher::compile::{Lexis, collapse};
use crate::wordlist::Wordlist;

struct Shipped {
    lexis: Lexis,
    fuzzy: Fuzzy,
    listed: HashSet<Vec<u8>>,
}

static SHIPPED: LazyLock<Shipped> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wordlists");
    let parse = |name: &&str| {
        let toml = std::fs::read_to_string(folder.join(name)).expect("a readable list");
        Wordlist::parse(name, &toml).expect("a sound list")
    };
    let files = ["english.toml", "irish.toml", "scots.toml", "slurs.toml", "welsh.toml"];
    let lexis = Lexis::compile(&files.iter().map(parse).collect::<Vec<_>>()).expect("sound lists");
    let fuzzy = Fuzzy::compile(lexis.forms.iter().map(|form| (&*form.letters, form.entry)), &lexis.entries);
    let listed = lexis.forms.iter().map(|form| form.letters.to_vec()).collect();
    Shipped { lexis, fuzzy, listed }
});

impl Shipped {
    fn read(&self, word: &str, case: LetterCase) -> Option<Reading> {
        self.fuzzy.read(word.as_bytes(), Dictionary::british(), case)
    }

    fn is_listed(&self, word: &str) -> bool {
        self.listed.contains(word.as_bytes())
    }

    /// Whether a word is flagged whatever stands round it.
    fn flags(&self, word: &str, case: LetterCase) -> bool {
        self.read(word, case).is_some_and(|reading| reading.certain)
    }

    /// The listed words that are always flagged.
    fn terms(&self) -> impl Iterator<Item = &str> {
        let entries = self.lexis.entries.iter();
        let read = entries.filter(|entry| entry.ambiguous.is_none() && is_read(entry));
        read.map(|entry| &*entry.term).filter(|term| {
            term.len() >= SURE_LEN_MIN && term.bytes().all(|letter| letter.is_ascii_lowercase())
        })
    }
}

/// Certain readings and the disguise; words that have since been listed are found anyhow.
#[test]
fn what_people_write_instead_is_read() {
    let table = [
        (
            Marks::VOWELS_DROPPED,
            "fk fck fkn fkng fckng fckr fckwt cnt cnts sht shts shtty twt twts slt wnk wnkr wnkrs btch bstrd bstrds \
             prck knbhd dckhd bllsht bllcks rshl arshl mthrfckr gbsht bllnd rtrd spstc nggr trnny shthd clstrfck",
        ),
        (
            Marks::PHONETIC,
            "fukk fucc fuc fux phucker phucked fukker fukwit fvcked motherphucker muvafucka kuntz cuunt khunt kunting \
             beeyatch biyatch shytte boolshit bullshyt bulshit gobshight wanka wancker wanquer wankerz azzhole \
             azhole barstard bassterd knobhed nobhed nobead dickead twaht slutt slutz slvt hore whoar \
             niga knigger faggit payki pakee pikee poofta spastik shlt klit",
        ),
        (
            Marks::TYPO,
            "fcking fuckign bithc btich bitvh shti bullhit bullshti bullsjit gobsite bolloxcks bollcoks wnaker wankre \
             bastadr bastsrd basrard knobhaed knovhead kobhead dikhed dickehad arsehoel asrehole sltu twta cutn mothefucker \
             pikye spasrtic trannuy",
        ),
    ];
    for (marks, words) in table {
        for word in words.split_whitespace().filter(|word| !SHIPPED.is_listed(word)) {
            let reading = SHIPPED.read(word, LetterCase::Lower);
            assert_eq!(
                reading.map(|reading| (reading.marks, reading.certain)),
                Some((marks, true)),
                "{word}"
            );
        }
    }
}

#[test]
fn the_word_meant_is_named() {
    let table = [
        ("fckng", "fuck"),
        ("bllsht", "bullshit"),
        ("wnkr", "wanker"),
        ("rshl", "arsehole"),
        ("azzhole", "asshole"),
        ("knigger", "nigger"),
        ("gobsite", "gobshite"),
        ("kobhead", "knobhead"),
    ];
    for (word, term) in table {
        let reading = SHIPPED.read(word, LetterCase::Lower);
        let named = reading.map(|reading| &*SHIPPED.lexis.entries[reading.entry as usize].term);
        assert_eq!(named, Some(term), "{word}");
    }
}

#[test]
fn what_has_a_better_explanation_is_not_certain() {
    let innocent = "shrit cuont dcuk fuond shrot hsirt sheit whr whrs cntr cntry cntct pk pks msg txt pls thx btw wknd mtg \
        cllr blcks blks prks mng ngr mgr qty shrt frnd brng tht thts duckhead duckface bankers wonkers picky sheat bucth \
        muslim muslims musilm niger phuket penistone scunthorpe duck ducks fjord";
    for word in innocent.split_whitespace() {
        let reading = SHIPPED.read(word, LetterCase::Lower);
        assert!(reading.is_none_or(|reading| !reading.certain), "{word}: {reading:?}");
    }
}

#[test]
fn names_and_abbreviations_are_told_by_their_capitals() {
    let table = [
        ("fk", LetterCase::Capitals, None),
        ("pk", LetterCase::Capitals, None),
        ("cnt", LetterCase::Capitals, Some(false)),
        ("fckng", LetterCase::Capitals, Some(true)),
        ("fck", LetterCase::Capitalised, Some(true)),
        ("phucking", LetterCase::Capitalised, Some(true)),
        ("kuntz", LetterCase::Capitalised, Some(false)),
        ("kuntz", LetterCase::Mixed, Some(true)),
        ("bithc", LetterCase::Capitalised, Some(false)),
    ];
    for (word, case, certain) in table {
        let reading = SHIPPED.read(word, case).map(|reading| reading.certain);
        assert!(SHIPPED.is_listed(word) || reading == certain, "{word} {case:?}: {reading:?}");
    }
}

#[test]
fn words_of_the_dictionary_are_innocent() {
    for word in Dictionary::british().everyday().filter(|word| !SHIPPED.is_listed(word)) {
        for case in [LetterCase::Lower, LetterCase::Capitalised, LetterCase::Capitals] {
            assert_eq!(SHIPPED.read(word, case), None, "{word}");
        }
    }
}

#[test]
fn odd_words_are_read_as_nothing() {
    let long = "fuck".repeat(60);
    for word in [
        "",
        "f",
        "aaaa",
        "yyyy",
        "vvvv",
        "lllll",
        "qqqq",
        "xxxxxxxx",
        "hhhhh",
        &long,
        "z".repeat(40).as_str(),
    ] {
        assert_eq!(SHIPPED.read(word, LetterCase::Lower), None, "{word}");
    }
}

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % sides
    }
}

fn bare(word: &str) -> String {
    word.chars().filter(|letter| !"aeiou".contains(*letter)).collect()
}

fn swapped(word: &str, dice: &mut Dice) -> String {
    let mut letters = word.as_bytes().to_vec();
    let at = dice.below(letters.len() - 1);
    letters.swap(at, at + 1);
    String::from_utf8(letters).expect("letters")
}

fn dropped(word: &str, dice: &mut Dice) -> String {
    let mut letters = word.to_owned();
    letters.remove(dice.below(word.len()));
    letters
}

fn beside(word: &str, dice: &mut Dice) -> String {
    let mut letters = word.as_bytes().to_vec();
    let at = dice.below(letters.len());
    let keys: Vec<u8> = (b'a'..=b'z').filter(|key| typo::is_beside(letters[at], *key)).collect();
    let key = keys[dice.below(keys.len())];
    if dice.below(2) == 0 {
        letters[at] = key
    } else {
        letters.insert(at, key)
    }
    String::from_utf8(letters).expect("letters")
}

/// Spellings of the same sound; an underscore stands for the end of the word.
const SOUNDS: &str = "f>ph ck>k ck>kk ck>q cu>ku co>ko nk>nck er_>a er_>ah er_>uh ers_>az ss>zz s_>z it>yt ard>urd ard>erd \
    kn>n head>hed wh>h ky_>kie ty_>tee ny_>nie cks>x tt>t ll>l t_>tt n>nn gg>g uc>vc un>vn ut>vt tch>ch ole>ol itch>iatch \
    it>eet bb>b ing_>in oo>u";

fn respelt(word: &str, dice: &mut Dice) -> String {
    let word = format!("{word}_");
    let rules = SOUNDS.split_whitespace().filter_map(|rule| rule.split_once('>'));
    let fit: Vec<_> = rules.filter(|(from, _)| word.contains(from)).collect();
    let respelt = match fit.len() {
        0 => word,
        some => {
            let (from, to) = fit[dice.below(some)];
            word.replacen(from, to, 1)
        }
    };
    respelt.trim_end_matches('_').to_owned()
}

/// How many in a thousand words made of must-flag terms are flagged whatever stands round them. Words that the
/// dictionary knows (`sit`, `whine`) are nobody's disguise; listed ones are found without this.
fn recall(len_min: usize, make: impl Fn(&str, &mut Dice) -> String) -> usize {
    let mut dice = Dice(11);
    let (mut made, mut found) = (0, 0);
    for term in SHIPPED.terms().filter(|term| term.len() >= len_min) {
        for _ in 0..8 {
            let word = make(term, &mut dice);
            let plain = SHIPPED.is_listed(&word) || collapse(word.as_bytes()) == collapse(term.as_bytes());
            if plain || vouches(Dictionary::british(), word.as_bytes()) {
                continue;
            }
            made += 1;
            found += usize::from(SHIPPED.flags(&word, LetterCase::Lower));
        }
    }
    found * 1000 / made
}

#[test]
fn made_disguises_are_found() {
    let measured = [
        ("vowels dropped, all", recall(4, |term, _| bare(term)), 880),
        ("vowels dropped, longer terms", recall(6, |term, _| bare(term)), 940),
        ("as it sounds", recall(4, respelt), 950),
        ("swapped", recall(4, swapped), 970),
        ("swapped, longer terms", recall(6, swapped), 990),
        ("a key beside", recall(4, beside), 900),
        ("a key beside, longer terms", recall(6, beside), 930),
        ("a letter dropped, longer terms", recall(6, dropped), 930),
    ];
    let short: Vec<_> = measured.iter().filter(|(_, found, floor)| found < floor).collect();
    assert!(short.is_empty(), "too few of a thousand: {short:?} of {measured:?}");
}

#[test]
fn slips_of_innocent_words_are_let_pass() {
    let mut dice = Dice(5);
    let words = Dictionary::british().everyday().filter(|word| word.len() >= 4 && !SHIPPED.is_listed(word));
    let (mut made, mut flagged) = (0, Vec::new());
    for word in words.step_by(3) {
        for slip in [swapped(word, &mut dice), dropped(word, &mut dice), beside(word, &mut dice)] {
            made += 1;
            if !SHIPPED.is_listed(&slip) && SHIPPED.flags(&slip, LetterCase::Lower) {
                flagged.push(format!("{word}: {slip}"));
            }
        }
    }
    assert!(flagged.len() * 1000 <= made, "{} of {made}: {flagged:?}", flagged.len());
}

#[test]
fn unknown_names_are_let_pass() {
    // Names of the dictionary stand for those it has not: their own entry is not asked.
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wordlists/dictionary/names.txt");
    let names = std::fs::read_to_string(folder).expect("the names");
    let (mut read, mut flagged) = (0, Vec::new());
    for name in names.lines().filter(|name| name.len() >= 4 && !SHIPPED.is_listed(name)).step_by(2) {
        read += 1;
        let reading = SHIPPED.fuzzy.guess(name.as_bytes(), LetterCase::Capitalised);
        flagged.extend(reading.filter(|reading| reading.certain).map(|_| name));
    }
    assert!(flagged.len() * 2000 <= read, "{} of {read}: {flagged:?}", flagged.len());
}

mod parts {
    //! The parts by themselves.

    use proptest::prelude::*;

    use super::super::everyday;
    use super::super::index::{Index, hash, hashes_without_one};
    use super::super::typo::{Slip, is_beside, slip};
    use super::super::vowels::{Missing, missing, skeleton};

    proptest! {
        #[test]
        fn hashes_are_those_of_the_word_without_one_letter(word in "[a-z]{1,40}") {
            let mut expected = vec![hash(word.as_bytes())];
            for at in (0..word.len()).rev() {
                let mut rest = word.clone();
                rest.remove(at);
                expected.push(hash(rest.as_bytes()));
            }
            prop_assert_eq!(hashes_without_one(word.as_bytes()).collect::<Vec<_>>(), expected);
        }

        #[test]
        fn an_index_gives_back_what_it_was_given(words in prop::collection::vec("[a-z]{2,9}", 0..60)) {
            let index = Index::new((0..).zip(&words).map(|(at, word)| (hash(word.as_bytes()), at)));
            for (at, word) in (0_u32..).zip(&words) {
                prop_assert!(index.get(hash(word.as_bytes())).any(|found| found == at));
            }
            prop_assert_eq!(index.get(hash(b"longer than any")).count(), 0);
        }

        #[test]
        fn distances_are_told_up_to_a_limit(a in "[a-d]{0,8}", b in "[a-d]{0,8}", most in 0_usize..4) {
            let told = everyday::distance(a.as_bytes(), b.as_bytes(), most);
            prop_assert_eq!(told, strsim::osa_distance(&a, &b).min(most + 1));
        }

        #[test]
        fn dropped_vowels_leave_the_skeleton(word in "[a-z]{2,20}", keep in prop::collection::vec(any::<bool>(), 20)) {
            let kept = word.bytes().zip(keep).filter(|(letter, keep)| *keep || !b"aeiou".contains(letter));
            let short: Vec<u8> = kept.map(|(letter, _)| letter).collect();
            // What stood apart may meet: `coccyx` without its first vowel.
            if short.len() < word.len() && !short.windows(2).any(|pair| pair[0] == pair[1] || pair == b"ck") {
                prop_assert_eq!(skeleton(&short), skeleton(word.as_bytes()));
                prop_assert!(missing(&short, word.as_bytes()).is_some());
            }
        }
    }

    #[test]
    fn slips_are_told_apart() {
        let table = [
            ("bithc", "bitch", Some(Slip::Swapped)),
            ("bitvh", "bitch", Some(Slip::Beside)),
            ("bitvch", "bitch", Some(Slip::Beside)),
            ("bich", "bitch", Some(Slip::Dropped)),
            ("bittch", "bitch", Some(Slip::Doubled)),
            ("bitph", "bitch", None),
            ("bitpch", "bitch", None),
            ("bitch", "bitch", None),
            ("btihc", "bitch", None),
        ];
        for (word, meant, expected) in table {
            assert_eq!(slip(word.as_bytes(), meant.as_bytes()), expected, "{word}");
        }
    }

    #[test]
    fn keys_are_beside_each_other_both_ways() {
        let beside: Vec<&str> =
            vec!["qw", "qa", "sw", "sa", "sz", "sx", "hu", "hn", "gb", "pl", "lk", "mk", "mj"];
        for pair in beside {
            let (a, b) = (pair.as_bytes()[0], pair.as_bytes()[1]);
            assert!(is_beside(a, b) && is_beside(b, a), "{pair}");
        }
        for pair in ["qe", "qs", "pa", "ml", "gn", "aa"] {
            assert!(!is_beside(pair.as_bytes()[0], pair.as_bytes()[1]), "{pair}");
        }
    }

    #[test]
    fn what_is_missing_is_counted() {
        let table = [
            ("bllcks", "bollocks", Some((0, 2))),
            ("blks", "bollocks", Some((2, 2))),
            ("fk", "fuck", Some((1, 1))),
            ("fuck", "fuck", None),
            ("flk", "fuck", None),
        ];
        for (word, full, expected) in table {
            let expected = expected.map(|(consonants, vowels)| Missing { consonants, vowels });
            assert_eq!(missing(word.as_bytes(), full.as_bytes()), expected, "{word}");
        }
    }
}
