//! A group's own words in and out of files, by the real binary.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::cli::{err, out, run_in};

/// The group of the built-in configuration.
const GROUP: &str = "thistlebrook";

/// A data directory with a ledger in it.
fn begun() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    assert!(run_in(folder.path(), &["--data-dir", "data"], "alice: good morning\n").status.success());
    folder
}

fn wordlist(folder: &Path, args: &[&str]) -> Output {
    run_in(folder, &[&["--data-dir", "data", "wordlist"], args].concat(), "")
}

/// What an import said, which must have gone well.
fn imported(folder: &Path, args: &[&str]) -> String {
    let output = wordlist(folder, &[&["import", "--group", GROUP], args].concat());
    assert_eq!((output.status.code(), err(&output)), (Some(0), ""), "{args:?}");
    out(&output).to_owned()
}

fn exported(folder: &Path, form: &str) -> String {
    let output = wordlist(folder, &["export", "--group", GROUP, "--as", form]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    out(&output).to_owned()
}

const WORDS: &str = "# ours\nflibberty\nZzyzx\nfuck\nbus\nfl1b\n";

#[test]
fn a_dry_run_says_what_the_import_then_does() {
    let folder = begun();
    fs::write(folder.path().join("words.txt"), WORDS).expect("written");
    let file = ["words.txt", "--from", "plain", "--grade", "strong"];
    let dry = imported(folder.path(), &[&file[..], &["--dry-run"]].concat());
    let again = imported(folder.path(), &[&file[..], &["--dry-run"]].concat());
    assert_eq!(dry, again);
    let done = imported(folder.path(), &[&file[..], &["--by", "asha"]].concat());
    let (lines, outcome) = done.trim_end().rsplit_once('\n').expect("lines");
    assert!(dry.starts_with(lines), "{dry}\n{done}");
    assert_eq!(
        outcome,
        "Version 1 of the group's own words: 2 added, 1 there already, 1 not added, for they would hit innocent words, 1 \
         not carried over"
    );
    assert!(dry.contains("Nothing was changed: this was a dry run: 2 added"), "{dry}");
    assert!(lines.contains("line 2: “flibberty”: added (strong general, word)"), "{lines}");
    assert!(
        lines.contains("line 4: “fuck”: listed already, as fuck (strongest general) in english"),
        "{lines}"
    );
    assert!(lines.contains("line 5: “bus”: NOT added, for it would hit innocent words: "), "{lines}");
    let told = run_in(folder.path(), &["--data-dir", "data"], "alice: you flibberty\nasha /wordlist log\n");
    assert!(
        out(&told).contains("asha imported: +flibberty (strong general, word), +zzyzx"),
        "{}",
        out(&told)
    );
}

#[test]
fn whoever_may_not_or_cannot_import_is_told_why() {
    let folder = begun();
    fs::write(folder.path().join("words.txt"), WORDS).expect("written");
    fs::write(folder.path().join("latin1.txt"), b"flibberty\ncaf\xe9\n").expect("written");
    let refused = |args: &[&str]| {
        let output = wordlist(folder.path(), &[&["import"], args].concat());
        assert_eq!((output.status.code(), out(&output)), (Some(2), ""), "{args:?}");
        err(&output).to_owned()
    };
    let by = ["--group", GROUP, "--by", "asha"];
    let plain = ["--from", "plain"];
    let said = refused(&[&["words.txt", "--group", GROUP, "--by", "mo"], &plain[..]].concat());
    assert!(said.contains("needs the office of admin"), "{said}");
    let said = refused(&[&["latin1.txt"], &by[..], &plain[..]].concat());
    assert_eq!(
        said,
        "beadle: the file cannot be taken in\nlatin1.txt:2: this is not UTF-8; save the file as UTF-8\n"
    );
    let said = refused(&[&["words.txt"], &by[..], &["--from", "automod"]].concat());
    assert!(said.contains("words.txt:1: this is no JSON"), "{said}");
    let said = refused(&[&["words.txt"], &by[..], &["--from", "excel"]].concat());
    assert!(said.contains("toml, plain, automod, mjolnir, draupnir"), "{said}");
    let said = refused(&["words.txt", "--group", "other", "--by", "asha", "--from", "plain"]);
    assert!(said.contains("the configuration has no group \"other\""), "{said}");
    let said = refused(&["words.txt", "--group", GROUP, "--from", "plain"]);
    assert!(said.contains("--by <MEMBER>"), "{said}");
    let elsewhere = ["--data-dir", "none", "wordlist", "export", "--group", GROUP, "--as", "toml"];
    let output = run_in(folder.path(), &elsewhere, "");
    assert!(err(&output).contains("there is no ledger in none"), "{}", err(&output));
    assert!(!folder.path().join("none").exists());
}

#[test]
fn what_is_exported_is_taken_in_elsewhere_as_the_same_list() {
    let folder = begun();
    let admin = "asha /wordlist add strong insult stem zzyzx\nasha /wordlist allow Wank Stone\nasha /wordlist remove fuck\n\
                 asha /wordlist add mild general word fuck\n";
    assert!(run_in(folder.path(), &["--data-dir", "data"], admin).status.success());
    let list = exported(folder.path(), "toml");
    insta::assert_snapshot!(list, @r#"
    [list]
    name = "own-thistlebrook"
    language = "en-GB"
    description = "The own words of the group thistlebrook, version 4"
    licence = "the group's own"
    without = ["fuck"]

    [[entry]]
    term = "zzyzx"
    grade = "strong"
    category = "insult"
    match = "stem"
    source = "the group's admins"

    [[entry]]
    term = "fuck"
    grade = "mild"
    category = "general"
    match = "word"
    source = "the group's admins"

    [[allow]]
    term = "Wank Stone"
    kind = "word"
    source = "the group's admins"
    "#);
    fs::write(folder.path().join("own.toml"), &list).expect("written");
    let lint = run_in(folder.path(), &["wordlist", "lint", "own.toml"], "");
    assert!(out(&lint).starts_with("own.toml: 2 terms, 1 allowed, no problems\n"), "{}", out(&lint));

    let other = begun();
    fs::write(other.path().join("own.toml"), &list).expect("written");
    let said = imported(other.path(), &["own.toml", "--from", "toml", "--by", "sam"]);
    assert!(
        said.ends_with("Version 1 of the group's own words: 2 added, 1 allowed, 1 taken out\n"),
        "{said}"
    );
    assert_eq!(exported(other.path(), "toml").replace("version 1", "version 4"), list);
    for form in ["plain", "automod", "mjolnir", "draupnir"] {
        let output = wordlist(other.path(), &["export", "--group", GROUP, "--as", form]);
        assert!(out(&output).contains("zzyzx"), "{form}: {}", out(&output));
        assert!(err(&output).contains("taken out of the files"), "{form}: {}", err(&output));
    }
}

#[tokio::test]
async fn while_the_bot_runs_words_are_handed_out_and_not_taken_in() {
    let folder = begun();
    fs::write(folder.path().join("words.txt"), WORDS).expect("written");
    let ledger = ledger::Ledger::open(&folder.path().join("data")).await.expect("it opens");
    let file = ["import", "words.txt", "--group", GROUP, "--from", "plain"];
    let output = wordlist(folder.path(), &[&file[..], &["--by", "asha"]].concat());
    assert_eq!((output.status.code(), out(&output)), (Some(1), ""));
    for part in ["words cannot be taken in while the bot runs", "is held by another running Beadle"] {
        assert!(err(&output).contains(part), "{part}: {}", err(&output));
    }
    assert!(imported(folder.path(), &["words.txt", "--from", "plain", "--dry-run"]).contains("2 added"));
    assert!(exported(folder.path(), "toml").contains("version 0"));
    ledger.close().await;
}

#[test]
fn all_words_in_force_are_one_list_that_stands_in_the_place_of_the_others() {
    let folder = begun();
    let output = wordlist(folder.path(), &["export", "--group", GROUP, "--as", "toml", "--all"]);
    assert_eq!((output.status.code(), err(&output)), (Some(0), ""));
    fs::write(folder.path().join("all.toml"), out(&output)).expect("written");
    fs::write(folder.path().join("beadle.toml"), "[wordlists]\nshipped = false\nfiles = ['all.toml']\n")
        .expect("written");
    let checked = run_in(folder.path(), &["--config", "beadle.toml", "wordlist", "lint", "all.toml"], "");
    assert!(out(&checked).contains("allowed, no problems"), "{}", out(&checked));
    let output = wordlist(folder.path(), &["export", "--group", GROUP, "--as", "automod", "--all"]);
    assert!(err(&output).contains("an innocent sense too"), "{}", err(&output));
}

#[tokio::test]
async fn the_words_of_an_earlier_program_wait_until_its_ledger_is_brought_up_to_date() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    fs::create_dir(&data).expect("made");
    ledger::testing::as_of(&data, 13).await.expect("there are fixtures");
    let output = wordlist(folder.path(), &["export", "--group", GROUP, "--as", "toml"]);
    assert_eq!((output.status.code(), out(&output)), (Some(2), ""));
    assert!(err(&output).contains("start the bot once, which brings it up to date"), "{}", err(&output));
    assert!(run_in(folder.path(), &["--data-dir", "data"], "alice: good morning\n").status.success());
    assert!(exported(folder.path(), "toml").contains("version 0"));
}
