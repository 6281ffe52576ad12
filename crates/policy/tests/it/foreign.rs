//! Lists of other programs: what is read of them, what becomes of it, and that what is written is read again.

use std::collections::BTreeSet;

use policy::wordlist::foreign::{self, Format, Item, Meant, Options, Outcome, Plan};
use policy::wordlist::{do_without, tidy};
use policy::{Allow, AllowKind, Category, Entry, Grade, Guard, Matching, Usage, Wordlist};
use proptest::prelude::*;

use crate::support::{join, shipped};

/// What is read of a file, a line each: where, what it is for us, and what is different here.
fn told(format: Format, text: &str) -> String {
    let items = match foreign::read(format, "theirs", text) {
        Ok(items) => items,
        Err(problems) => return join(&problems),
    };
    let line = |item: &Item| {
        let meant = match &item.meant {
            Meant::Term { term, grade, category, matching } => {
                let said = [
                    grade.map(|grade| grade.to_string()),
                    category.map(|category| category.to_string()),
                    matching.map(|matching| matching.to_string()),
                ];
                let said: Vec<_> = said.into_iter().flatten().collect();
                format!("term {term:?} {}", said.join(" "))
            }
            Meant::Allow { term, kind } => format!("allow {term:?} {kind}"),
            Meant::Without { term } => format!("without {term:?}"),
            Meant::Nothing { why } => format!("nothing: {why}"),
        };
        let note = item.note.map(|note| format!(" ({note})")).unwrap_or_default();
        format!("{}, “{}”: {}{note}", item.place, item.text, meant.trim_end())
    };
    items.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn plain_files_are_read_as_people_and_spreadsheets_write_them() {
    let rows = [
        (
            "Numpty\r\n\r\n# a note\r\n  Pen   Pidyn \r\n",
            "line 1, “Numpty”: term \"numpty\"\nline 4, “Pen   Pidyn”: term \"pen pidyn\"",
        ),
        ("\u{FEFF}numpty", "line 1, “numpty”: term \"numpty\""),
        ("", ""),
        (
            "gu88\nx",
            "line 1, “gu88”: nothing: “gu88” contains '8', which is not a letter; write the plain word: disguises are seen through by themselves\nline 2, “x”: nothing: “x” is one letter long; use at least 2 letters: a single one would be found everywhere",
        ),
        (
            "word,severity\nnumpty,2",
            "line 1, “word,severity”: nothing: it is the heading of a column (of a table, the first column is read)\nline 2, “numpty,2”: term \"numpty\" (of a table, the first column is read)",
        ),
        (
            "numpty;2\ngubb\t3",
            "line 1, “numpty;2”: term \"numpty\" (of a table, the first column is read)\nline 2, “gubb 3”: term \"gubb\" (of a table, the first column is read)",
        ),
        (
            "\"oh, numpty\"\n\"said \"\"gubb\"\"\",x",
            "line 1, “\"oh, numpty\"”: term \"oh, numpty\"\nline 2, “\"said \"\"gubb\"\"\",x”: nothing: “said \"gubb\"” contains '\"', which is not a letter; write the plain word: disguises are seen through by themselves (of a table, the first column is read)",
        ),
        // The heading of a column is one only where there are columns.
        ("word", "line 1, “word”: term \"word\""),
        (
            ",numpty",
            "line 1, “,numpty”: nothing: the term is empty; write the word, or delete the entry (of a table, the first column is read)",
        ),
    ];
    for (text, want) in rows {
        assert_eq!(told(Format::Plain, text), want, "{text:?}");
    }
}

#[test]
fn what_stands_in_a_file_is_shown_on_one_line_and_not_at_length() {
    let items =
        foreign::read(Format::Plain, "theirs", &format!("a\u{202E}b\u{7}{}", "c".repeat(100))).unwrap();
    assert_eq!(items[0].text, format!("a b {}…", "c".repeat(56)));
}

/// As Discord's interface gives the rules of a server, with words that nobody minds.
const AUTOMOD: &str = r#"[
  {"id": "1", "guild_id": "2", "name": "Rude words", "creator_id": "3", "event_type": 1, "trigger_type": 1, "enabled": true,
   "actions": [{"type": 1, "metadata": {"custom_message": "Please keep this tea-room friendly"}}],
   "trigger_metadata": {
     "keyword_filter": ["numpty", "gubb*", "*blather*", "*skite", "pen pidyn", "g*bb", "*", "num pty*", 7],
     "regex_patterns": ["n[u0]mpt(y|ies)"],
     "allow_list": ["Blather Lane", "*gubbins*"]},
   "exempt_roles": ["4"], "exempt_channels": []},
  {"name": "Flagged Words", "trigger_type": 4, "enabled": true,
   "trigger_metadata": {"presets": [1, 3], "allow_list": ["scunthorpe"]}},
  {"name": "Names", "trigger_type": 6, "enabled": true, "trigger_metadata": {"keyword_filter": ["admin"]}},
  {"name": "Old", "trigger_type": 1, "enabled": false, "trigger_metadata": {"keyword_filter": ["wazzock"]}},
  {"name": "Block Mention Spam", "trigger_type": 5, "trigger_metadata": {"mention_total_limit": 20}},
  {"name": "Block Suspected Spam Content", "trigger_type": 3, "trigger_metadata": {}},
  {"name": "Later", "trigger_type": 9}
]"#;

#[test]
fn rules_of_automod_are_read_word_by_word_and_what_is_no_word_says_why() {
    insta::assert_snapshot!(told(Format::Automod, AUTOMOD), @r#"
    rule “Rude words”, keyword 1, “numpty”: term "numpty" word
    rule “Rude words”, keyword 2, “gubb*”: term "gubb" stem (there at the beginning of any word, here with its inflections and compounds)
    rule “Rude words”, keyword 3, “*blather*”: term "blather" anywhere
    rule “Rude words”, keyword 4, “*skite”: term "skite" anywhere (there at the end of words alone, here anywhere in them)
    rule “Rude words”, keyword 5, “pen pidyn”: term "pen pidyn" word
    rule “Rude words”, keyword 6, “g*bb”: nothing: “g*bb” contains '*', which is not a letter; write the plain word: disguises are seen through by themselves
    rule “Rude words”, keyword 7, “*”: nothing: the term is empty; write the word, or delete the entry
    rule “Rude words”, keyword 8, “num pty*”: term "num pty" stem (there at the beginning of any word, here with its inflections and compounds)
    rule “Rude words”, keyword 9, “”: nothing: it is no text
    rule “Rude words”, pattern 1, “n[u0]mpt(y|ies)”: nothing: it is a regular expression; list the words it is for
    rule “Rude words”, allowed word 1, “Blather Lane”: allow "Blather Lane" word
    rule “Rude words”, allowed word 2, “*gubbins*”: nothing: allowed words are whole words here; write out those that are meant
    rule “Flagged Words”, “profanity”: nothing: it is a list of Discord's own, whose words nobody is shown; the shipped lists have such words
    rule “Flagged Words”, “slurs”: nothing: it is a list of Discord's own, whose words nobody is shown; the shipped lists have such words
    rule “Flagged Words”, allowed word 1, “scunthorpe”: allow "scunthorpe" word
    rule “Names”, keyword 1, “admin”: term "admin" word (there for names alone, here for all that is posted)
    rule “Old”, keyword 1, “wazzock”: nothing: its rule is switched off on Discord; switch it on there, or list the word by hand
    rule “Block Mention Spam”, “”: nothing: it is a limit on mentions, and has no words
    rule “Block Suspected Spam Content”, “”: nothing: it is Discord's own look for spam, and has no words
    rule “Later”, “”: nothing: it is no rule of a kind that is known
    "#);
    let one = r#"{"trigger_type": 1, "trigger_metadata": {"keyword_filter": ["numpty"]}}"#;
    assert_eq!(told(Format::Automod, one), "rule 1, keyword 1, “numpty”: term \"numpty\" word");
    assert_eq!(
        told(Format::Automod, "[]"),
        "theirs: there are no rules in it; save the list of rules as Discord's interface gives it"
    );
    assert_eq!(told(Format::Automod, "{\"message\": \"401: Unauthorized\", \"code\": 0}").lines().count(), 1);
    assert_eq!(
        told(Format::Automod, "[\n{]"),
        "theirs:2: this is no JSON; save the answer of Discord's interface as it is"
    );
}

const MJOLNIR: &str = r#"# Where the homeserver is
homeserverUrl: "https://matrix.example.org"
protections:
  # Configuration for the wordlist plugin
  wordlist:
    # A list of case-insensitive keywords
    words:
      - "numpty"
      - Pen Pidyn
      - '\bgubb\b'
      - \bblather
      - n[u0]mpty
      - e\.g\.
      -
      - {deep: [er]}
      - &again wazzock
      - *again
    minutesBeforeTrusting: 20
"#;

#[test]
fn lists_of_words_of_mjolnir_and_draupnir_are_read() {
    insta::assert_snapshot!(told(Format::Mjolnir, MJOLNIR), @r#"
    line 8, “numpty”: term "numpty" anywhere
    line 9, “Pen Pidyn”: term "pen pidyn" anywhere
    line 10, “\bgubb\b”: term "gubb" word
    line 11, “\bblather”: term "blather" stem (there at the beginning of any word, here with its inflections and compounds)
    line 12, “n[u0]mpty”: nothing: it is a regular expression; list the words it is for
    line 13, “e\.g\.”: term "e.g." anywhere
    line 14, “”: nothing: it is no text; write the word out
    line 15, “”: nothing: it is no text; write the word out
    line 16, “wazzock”: term "wazzock" anywhere
    line 17, “”: nothing: it is no text; write the word out
    "#);
    // For Draupnir each is the word itself.
    let draupnir = told(Format::Draupnir, MJOLNIR);
    assert!(draupnir.contains("line 10, “\\bgubb\\b”: nothing: “\\bgubb\\b” contains '\\\\'"), "{draupnir}");
    let part = "words: [numpty, gubb]";
    assert_eq!(told(Format::Draupnir, part).lines().count(), 2);
    assert_eq!(told(Format::Draupnir, "protections:\n  wordlist:\n    words: []\n"), "");
    let elsewhere = "protections:\n  other:\n    words: [numpty]\n";
    let none = "theirs: there is no list of words in it, at protections.wordlist.words; name the configuration file itself, with that list in it";
    for text in [elsewhere, "", "numpty\ngubb\n"] {
        assert_eq!(told(Format::Draupnir, text), none, "{text:?}");
    }
    assert!(told(Format::Draupnir, "words: [numpty\n").contains("this is no YAML; correct the YAML there"));
    let deep = |depth| told(Format::Mjolnir, &format!("words: {}", "[".repeat(depth)));
    assert!(deep(100).contains("it is nested too deeply"), "{}", deep(100));
    assert_eq!(deep(5_000).lines().count(), 1);
}

#[test]
fn rules_of_policy_lists_are_no_words_and_that_is_said() {
    let rules = r#"[{"type": "m.policy.rule.user", "state_key": "rule:1",
        "content": {"entity": "@spam*:example.org", "recommendation": "m.ban", "reason": "spam"}}]"#;
    assert_eq!(
        told(Format::Draupnir, rules),
        "line 2, “@spam*:example.org”: nothing: it is a rule of a policy list, which bans an account, a room or a server, and no word"
    );
}

const HEAD: &str =
    "[list]\nname = \"test\"\nlanguage = \"en-GB\"\ndescription = \"A test\"\nlicence = \"CC0-1.0\"\n";

#[test]
fn our_own_lists_are_read_as_far_as_a_group_can_keep_them() {
    let toml = format!(
        "{HEAD}without = [\"worstlo\"]\n\
         [[entry]]\nterm = \"Gubb\"\ngrade = \"mild\"\ncategory = \"general\"\nmatch = \"stem\"\nforms = [\"gubben\"]\nsource = \"usage\"\n\
         [[entry]]\nterm = \"numpty\"\ngrade = \"mild\"\ncategory = \"insult\"\nmatch = \"word\"\nambiguous = \"a cup\"\nsource = \"usage\"\n\
         [[allow]]\nterm = \"Gubb Lane\"\nkind = \"place\"\n"
    );
    insta::assert_snapshot!(told(Format::Toml, &toml), @r#"
    [list], “worstlo”: without "worstlo"
    line 7, “Gubb”: term "gubb" mild general stem
    line 7, “gubben”: term "gubben" mild general word (a form, which becomes a word of its own)
    line 14, “numpty”: nothing: how its senses are told apart cannot be kept in the group's own list; name the file in `wordlists.files` of the configuration instead
    line 21, “Gubb Lane”: allow "Gubb Lane" place
    "#);
    assert_eq!(
        told(Format::Toml, "[[entry"),
        "theirs:1: unclosed array table, expected `]]`; correct the TOML there"
    );
}

fn entry(term: &str, grade: Grade, matching: Matching) -> Entry {
    Entry {
        term: term.to_owned(),
        grade,
        category: Category::Insult,
        matching,
        forms: Vec::new(),
        ambiguous: None,
        usage: Usage::default(),
        note: None,
        source: "made up".to_owned(),
        since: None,
        line: None,
    }
}

fn allow(term: &str, kind: AllowKind) -> Allow {
    Allow { term: term.to_owned(), kind, source: None, line: None }
}

fn list(name: &str, entries: Vec<Entry>, allow: Vec<Allow>) -> Wordlist {
    Wordlist { name: name.to_owned(), ..Wordlist::runtime(name, entries, allow).expect("a sound list") }
}

#[test]
fn every_word_of_an_import_has_its_line_and_nothing_is_dropped() {
    let files = [list(
        "files",
        vec![
            entry("worstlo", Grade::Strongest, Matching::Word),
            entry("medlo", Grade::Medium, Matching::Word),
        ],
        vec![allow("Gubbins", AllowKind::Word)],
    )];
    let own = Wordlist {
        without: vec!["medlo".to_owned()],
        ..list(
            "own",
            vec![entry("muppet", Grade::Mild, Matching::Word)],
            vec![allow("skite", AllowKind::Word)],
        )
    };
    let guard = Guard::new([("tea.txt".to_owned(), "Put the kettle on.\nMy kettle sings.\n".to_owned())]);
    let text = "numpty\nWorstlo\nmedlo\nMUPPET\nkettle\nnumpty\ngubbins\nskite\nfi5h\nwazzock\n";
    let items = foreign::read(Format::Plain, "theirs", text).unwrap();
    let options = Options::cautious(Format::Plain);
    let plan = foreign::plan(&items, options, &files, &own, &guard).unwrap();
    let lines = |plan: &Plan| join(&plan.lines);
    insta::assert_snapshot!(lines(&plan), @r"
    line 1: “numpty”: added (medium general, word)
    line 2: “Worstlo”: listed already, as worstlo (strongest insult) in files
    line 3: “medlo”: added (medium general, word)
    line 4: “MUPPET”: listed already, as muppet (mild insult) in own
    line 5: “kettle”: NOT added, for it would hit innocent words: “Put the kettle on.”, “My kettle sings.”
    line 6: “numpty”: in the file before, at line 1
    line 7: “gubbins”: innocent in files, so that it would never be found
    line 8: “skite”: innocent in own, so that it would never be found
    line 9: “fi5h”: not carried over: “fi5h” contains '5', which is not a letter; write the plain word: disguises are seen through by themselves
    line 10: “wazzock”: added (medium general, word)
    ");
    assert_eq!(
        plan.counts().to_string(),
        "3 added, 5 there already, 1 not added, for they would hit innocent words, 1 not carried over"
    );
    let terms = |plan: &Plan| plan.entries.iter().map(|entry| entry.term.clone()).collect::<Vec<_>>();
    assert_eq!(terms(&plan), ["numpty", "medlo", "wazzock"]);

    let options = Options { despite: true, grade: Grade::Strong, matching: Some(Matching::Stem), ..options };
    let plan = foreign::plan(&items, options, &files, &own, &guard).unwrap();
    let kettle = &plan.lines[4];
    assert!(matches!(&kettle.outcome, Outcome::Added { despite, .. } if despite.len() == 2), "{kettle}");
    assert!(kettle.to_string().contains("added (strong general, stem)"), "{kettle}");
    assert!(
        kettle.to_string().contains("it hits innocent words all the same: “Put the kettle on.”"),
        "{kettle}"
    );
}

#[test]
fn a_list_of_ours_takes_out_allows_and_grades_anew_in_one_go() {
    let files = [list("files", vec![entry("worstlo", Grade::Strongest, Matching::Word)], Vec::new())];
    let toml = format!(
        "{HEAD}without = [\"worstlo\", \"nosuch\"]\n\
         [[entry]]\nterm = \"worstlo\"\ngrade = \"mild\"\ncategory = \"race\"\nmatch = \"word\"\nsource = \"usage\"\n\
         [[allow]]\nterm = \"Gubbins\"\nkind = \"place\"\n"
    );
    let items = foreign::read(Format::Toml, "ours", &toml).unwrap();
    let options = Options::cautious(Format::Toml);
    let own = list("own", Vec::new(), Vec::new());
    let plan = foreign::plan(&items, options, &files, &own, &Guard::default()).unwrap();
    insta::assert_snapshot!(join(&plan.lines), @r"
    [list]: “worstlo”: taken out
    [list]: “nosuch”: not listed, so there is nothing to take out
    line 7: “worstlo”: added (mild race, word)
    line 13: “Gubbins”: allowed
    ");
    assert_eq!((plan.without, plan.allow.len(), plan.entries.len()), (vec!["worstlo".to_owned()], 1, 1));
}

#[test]
fn an_innocent_word_in_two_rules_is_allowed_once_however_it_is_written() {
    let rules = r#"[{"trigger_type": 1, "trigger_metadata": {"allow_list": ["Gubbins"]}},
        {"trigger_type": 1, "trigger_metadata": {"allow_list": ["gubbins"]}}]"#;
    let items = foreign::read(Format::Automod, "theirs", rules).unwrap();
    let own = list("own", Vec::new(), Vec::new());
    let plan =
        foreign::plan(&items, Options::cautious(Format::Automod), &[], &own, &Guard::default()).unwrap();
    insta::assert_snapshot!(join(&plan.lines), @r"
    rule 1, allowed word 1: “Gubbins”: allowed
    rule 2, allowed word 1: “gubbins”: in the file before, at rule 1, allowed word 1
    ");
    assert_eq!(plan.allow.len(), 1);
}

#[test]
fn a_list_that_does_without_a_term_leaves_it_to_nobody_else() {
    let mut lists = vec![
        list("files", vec![entry("worstlo", Grade::Strongest, Matching::Word)], Vec::new()),
        Wordlist {
            without: vec!["Worstlo".to_owned()],
            ..list("own", vec![entry("worstlo", Grade::Mild, Matching::Word)], Vec::new())
        },
    ];
    do_without(&mut lists);
    let counts: Vec<_> = lists.iter().map(|list| list.entries.len()).collect();
    assert_eq!(counts, [0, 1], "its own entry stays");
}

#[test]
fn what_a_format_has_no_room_for_is_told() {
    let mut full = list(
        "full",
        vec![
            entry("numpty", Grade::Mild, Matching::Word),
            entry("gubb", Grade::Strong, Matching::Stem),
            Entry { ambiguous: Some("a cup".to_owned()), ..entry("blather", Grade::Mild, Matching::Word) },
        ],
        vec![allow("Gubbins", AllowKind::Word)],
    );
    full.without.push("worstlo".to_owned());
    let said = |format| join(&foreign::write(format, &full).left_out);
    insta::assert_snapshot!(said(Format::Plain), @r"
    1 term has an innocent sense too, which only a sentence tells: left out
    1 term is taken out of the files for this group: left out
    1 allowed word is left out
    ");
    insta::assert_snapshot!(said(Format::Draupnir), @r"
    1 term has an innocent sense too, which only a sentence tells: left out
    1 term is taken out of the files for this group: left out
    1 allowed word is left out
    Draupnir looks for every word inside other words too: 2 words reach less here
    ");
    insta::assert_snapshot!(said(Format::Automod), @r"
    1 term has an innocent sense too, which only a sentence tells: left out
    1 term is taken out of the files for this group: left out
    ");
    assert_eq!(said(Format::Toml), "");
    insta::assert_snapshot!(foreign::write(Format::Mjolnir, &full).text, @r#"
    # Words added while running
    protections:
      wordlist:
        words:
          - "\\bnumpty\\b"
          - "\\bgubb"
    "#);
}

/// JavaScript's `\b` knows ASCII letters alone, so that it would stand where no edge is.
#[test]
fn the_edges_of_words_hold_for_mjolnir_beside_letters_with_accents_too() {
    let words = list(
        "own",
        vec![
            entry("né", Grade::Mild, Matching::Word),
            entry("été", Grade::Mild, Matching::Word),
            entry("ŵyn", Grade::Mild, Matching::Stem),
            entry("e.g.", Grade::Mild, Matching::Word),
            entry("gubbé", Grade::Mild, Matching::Stem),
            entry("rosé", Grade::Mild, Matching::Anywhere),
        ],
        Vec::new(),
    );
    let written = foreign::write(Format::Mjolnir, &words);
    assert_eq!(written.left_out, [""; 0]);
    let patterns: Vec<&str> = written.text.lines().filter_map(|line| line.strip_prefix("      - ")).collect();
    insta::assert_snapshot!(patterns.join("\n"), @r#"
    "\\bné(?![\\w\\u00C0-\\u1FFF])"
    "(?<![\\w\\u00C0-\\u1FFF])été(?![\\w\\u00C0-\\u1FFF])"
    "(?<![\\w\\u00C0-\\u1FFF])ŵyn"
    "\\be\\.g\\.(?![\\w\\u00C0-\\u1FFF])"
    "\\bgubbé"
    "rosé"
    "#);
    insta::assert_snapshot!(told(Format::Mjolnir, &written.text), @r#"
    line 5, “\bné(?![\w\u00C0-\u1FFF])”: term "né" word
    line 6, “(?<![\w\u00C0-\u1FFF])été(?![\w\u00C0-\u1FFF])”: term "été" word
    line 7, “(?<![\w\u00C0-\u1FFF])ŵyn”: term "ŵyn" stem (there at the beginning of any word, here with its inflections and compounds)
    line 8, “\be\.g\.(?![\w\u00C0-\u1FFF])”: term "e.g." word
    line 9, “\bgubbé”: term "gubbé" stem (there at the beginning of any word, here with its inflections and compounds)
    line 10, “rosé”: term "rosé" anywhere
    "#);
    let others = "words: ['(?<!x)gubb', 'gubb(?!s)']";
    assert_eq!(told(Format::Mjolnir, others).matches("it is a regular expression").count(), 2);
}

#[test]
fn automod_takes_so_many_keywords_and_the_mildest_stay_behind() {
    let word = |at: usize| {
        let letters = [at / 676, at / 26, at].map(|at| ('a'..='z').nth(at % 26).unwrap());
        format!("zq{}{}", letters.iter().collect::<String>(), ["x", "y"][at / 17_576])
    };
    let mut entries: Vec<Entry> = (0..6_500)
        .map(|at| entry(&word(at), [Grade::Mild, Grade::Strong][at % 2], Matching::Anywhere))
        .collect();
    entries[0].term = "zz ".repeat(13).trim().to_owned();
    entries[1].term = format!("q{}", "\u{301}a".repeat(39));
    let allowed = (0..150).map(|at| allow(&word(at * 20), AllowKind::Word)).collect();
    let big = list("big", entries, allowed);
    let written = foreign::write(Format::Automod, &big);
    assert_eq!(written.left_out[0], "1 keyword is longer than 60 characters: left out");
    assert_eq!(
        written.left_out[1],
        "AutoMod has 6 rules of 1000 keywords: the last 499 are, of the mildest, left out"
    );
    assert_eq!(written.left_out.len(), 2 + 6, "{:?}", written.left_out);
    let rules: serde_json::Value = serde_json::from_str(&written.text).unwrap();
    let rules = rules.as_array().unwrap();
    let many = |rule: &serde_json::Value, key: &str| rule["trigger_metadata"][key].as_array().unwrap().len();
    assert_eq!(rules.iter().map(|rule| many(rule, "keyword_filter")).collect::<Vec<_>>(), [1_000; 6]);
    assert!(rules.iter().all(|rule| many(rule, "allow_list") == 100));
    let of_the_first = rules[0]["trigger_metadata"]["keyword_filter"].as_array().unwrap();
    assert!(of_the_first.iter().all(|keyword| keyword.as_str().unwrap().len() <= 60));
}

/// Every shipped list, written and read again, is the same list.
#[test]
fn our_own_lists_are_written_as_they_were_read() {
    for before in shipped() {
        let text = foreign::write(Format::Toml, &before).text;
        let mut after =
            Wordlist::parse(&before.file, &text).unwrap_or_else(|problems| panic!("{}", join(&problems)));
        after.fingerprint = before.fingerprint;
        for (after, before) in after.entries.iter_mut().zip(&before.entries) {
            after.line = before.line;
        }
        for (after, before) in after.allow.iter_mut().zip(&before.allow) {
            after.line = before.line;
        }
        assert_eq!(after, before);
    }
}

/// A group's own list: words as admins type them.
fn own_list() -> impl Strategy<Value = Wordlist> {
    let grade = proptest::sample::select(Grade::ALL);
    let category = proptest::sample::select(Category::ALL);
    let matching = proptest::sample::select(Matching::ALL);
    // Letters with accents, also such as are two characters, and of other scripts.
    let term = "[a-zéŵаɑｎ][a-z'’.,éŵаｎ\u{301} -]{1,12}[a-z.éŵаｎ\u{301}]".prop_map(|term| tidy(&term));
    let entry = (term, grade, category, matching)
        .prop_map(|(term, grade, category, matching)| Entry { category, ..entry(&term, grade, matching) });
    let kind = proptest::sample::select(AllowKind::ALL);
    let allowed = ("[A-Z][a-z]{2,10}", kind).prop_map(|(term, kind)| allow(&term, kind));
    let entries = proptest::collection::vec(entry, 0..12);
    let allowed = proptest::collection::vec(allowed, 0..4);
    (entries, allowed).prop_filter_map("a list that is sound", |(entries, allowed)| {
        Wordlist::runtime("own", entries, allowed).ok()
    })
}

/// What of a list a format can hold.
fn held(format: Format, list: &Wordlist) -> BTreeSet<String> {
    let mut held: BTreeSet<String> = list
        .entries
        .iter()
        .map(|Entry { term, grade, category, matching, .. }| match format {
            Format::Toml => format!("{term} {grade} {category} {matching}"),
            Format::Automod | Format::Mjolnir => format!("{term} {matching}"),
            Format::Plain | Format::Draupnir => term.clone(),
        })
        .collect();
    match format {
        Format::Toml => {
            held.extend(list.allow.iter().map(|allow| format!("allow {} {}", allow.term, allow.kind)))
        }
        Format::Automod => held.extend(list.allow.iter().map(|allow| format!("allow {}", allow.term))),
        Format::Plain | Format::Mjolnir | Format::Draupnir => {}
    }
    held
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(60) })]

    #[test]
    fn what_was_written_is_read_as_the_same_words(list in own_list()) {
        for &format in Format::ALL {
            let written = foreign::write(format, &list);
            let items = foreign::read(format, "ours", &written.text);
            let items = match items {
                // A list with no words at all is none that AutoMod has a rule for.
                Err(_) if list.entries.is_empty() && list.allow.is_empty() => continue,
                items => items.unwrap(),
            };
            let mut read = Wordlist::default();
            for item in &items {
                match &item.meant {
                    Meant::Term { term, grade, category, matching } => read.entries.push(Entry {
                        category: category.unwrap_or(Category::General),
                        ..entry(term, grade.unwrap_or(Grade::Mild), matching.unwrap_or(Matching::Word))
                    }),
                    Meant::Allow { term, kind } => read.allow.push(allow(term, *kind)),
                    Meant::Without { .. } | Meant::Nothing { .. } => prop_assert!(false, "{format}: {item:?}"),
                }
            }
            prop_assert_eq!(held(format, &read), held(format, &list), "{}: {}", format, written.text);
        }
    }
}
