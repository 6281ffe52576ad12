//! Reading lists: what is sound, and how problems are told.

use policy::{Allow, AllowKind, Matcher, Wordlist};

use crate::support::join;

const HEAD: &str =
    "[list]\nname = \"test\"\nlanguage = \"en-GB\"\ndescription = \"A test\"\nlicence = \"CC0-1.0\"\n";

fn problems(body: &str) -> String {
    join(&Wordlist::parse("test.toml", &format!("{HEAD}{body}")).expect_err("a list with problems"))
}

#[test]
fn what_stands_in_no_file_is_told_without_a_line() {
    let allow = Allow { term: "Tea Lane".to_owned(), kind: AllowKind::Place, source: None, line: None };
    let twice = vec![allow.clone(), allow];
    let problems = Wordlist::runtime("mine", Vec::new(), twice).expect_err("it is there twice");
    assert_eq!(join(&problems), "mine: entry “Tea Lane”: is allowed already, at mine; keep one of the two");
}

#[test]
fn a_sound_list_is_read_in_full() {
    let body = "[[entry]]\nterm = \"pen pidyn\"\ngrade = \"strong\"\ncategory = \"insult\"\nmatch = \"word\"\nforms = [\"pennau pidyn\"]\n\
        ambiguous = \"none\"\nnote = \"Welsh\"\nsource = \"usage\"\n[[allow]]\nterm = \"Scunthorpe\"\nkind = \"place\"\n";
    let list = Wordlist::parse("test.toml", &format!("{HEAD}{body}")).expect("a sound list");
    assert_eq!((list.name.as_str(), list.entries.len(), list.allow.len()), ("test", 1, 1));
    assert_eq!((list.entries[0].line, list.allow[0].line), (Some(6), Some(15)));
    assert_eq!(list.entries[0].forms, ["pennau pidyn"]);
}

#[test]
fn every_problem_of_a_list_is_told_with_line_entry_and_fix() {
    let body = "[[entry]]\nterm = \"numpty\"\ngrade = \"stong\"\ncategory = \"insults\"\nmach = \"word\"\nsource = \"usage\"\n\
        [[entry]]\nterm = \"x\"\ngrade = \"mild\"\ncategory = \"general\"\nmatch = \"word\"\nsource = \"usage\"\n\
        [[entry]]\nterm = \"b4d\"\ngrade = \"mild\"\ncategory = \"general\"\nmatch = \"word\"\nsource = \"\"\n\
        [[allow]]\nterm = \"Hull\"\nkind = \"town\"\n";
    insta::assert_snapshot!(problems(body), @r#"
    test.toml:6: entry “numpty”: no “match”; add match = "…"
    test.toml:8: entry “numpty”: “stong” is no grade; did you mean “strong”?
    test.toml:9: entry “numpty”: “insults” is no category; did you mean “insult”?
    test.toml:10: entry “numpty”: unknown key “mach”; did you mean “match”?
    test.toml:12: entry “x”: “x” is one letter long; use at least 2 letters: a single one would be found everywhere
    test.toml:18: entry “b4d”: “b4d” contains '4', which is not a letter; write the plain word: disguises are seen through by themselves
    test.toml:18: entry “b4d”: no source; say where the word comes from
    test.toml:26: entry “Hull”: “town” is no kind; choose one of place, surname, name, word, title
    "#);
}

#[test]
fn broken_toml_names_its_line() {
    insta::assert_snapshot!(problems("[[entry]]\nterm = \"numpty\n"), @r#"test.toml:7: invalid basic string, expected `"`; correct the TOML there"#);
}

#[test]
fn a_term_listed_twice_is_a_problem_within_and_across_lists() {
    let entry = "[[entry]]\nterm = \"numpty\"\ngrade = \"mild\"\ncategory = \"insult\"\nmatch = \"word\"\nsource = \"usage\"\n";
    insta::assert_snapshot!(problems(&format!("{entry}{entry}")), @"test.toml:12: entry “numpty”: “numpty” is listed already, at test.toml:6 (numpty); keep one of the two");
    let parse = |file: &str| Wordlist::parse(file, &format!("{HEAD}{entry}")).expect("a sound list");
    let problems = Matcher::new(&[parse("one.toml"), parse("two.toml")]).expect_err("a duplicate");
    insta::assert_snapshot!(join(&problems), @"two.toml:6: entry “numpty”: “numpty” is listed already, at one.toml:6 (numpty); keep one of the two");
}

#[test]
fn the_fields_that_tell_senses_apart_are_checked() {
    let entry = |extra: &str| {
        format!(
            "[[entry]]\nterm = \"numpty\"\ngrade = \"mild\"\ncategory = \"insult\"\nmatch = \"word\"\nsource = \"usage\"\n{extra}\n"
        )
    };
    let told = problems(&entry(
        "ambiguous = \"a\"\nunless = \"b\"\nsenses = [\"bird\"]\nnear = \"Nest, egg\"\nverb = \"yes\"",
    ));
    insta::assert_snapshot!(told, @r#"
    test.toml:6: entry “numpty”: “bird” is no field of senses; did you mean “birds”?
    test.toml:6: entry “numpty”: “near” holds more than words; write plain words in small letters with spaces between
    test.toml:6: entry “numpty”: both “ambiguous” and “unless”; keep “ambiguous” if the term is innocent in doubt, “unless” if it is not
    test.toml:16: entry “numpty”: “verb” is a string; write verb = true, or leave it out
    "#);
    let told = problems(&entry("suspect = true"));
    insta::assert_snapshot!(told, @"test.toml:6: entry “numpty”: “suspect” without “ambiguous”; name the innocent sense");
    let sound =
        format!("{HEAD}{}", entry("unless = \"b\"\nsenses = [\"birds\"]\nnear = \"nest egg\"\nverb = true"));
    let list = Wordlist::parse("test.toml", &sound).expect("a sound list");
    assert!(list.entries[0].usage.verb && list.entries[0].usage.unless.is_some());
}
