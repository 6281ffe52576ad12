//! The real binary, as people and scripts call it.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// How long an answer may take before a test gives up on it.
const PATIENCE: Duration = Duration::from_secs(30);

fn beadle() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_beadle"));
    command.env_remove("BEADLE_LOG").env("NO_COLOR", "1").env("COLUMNS", "100");
    command
}

/// Runs `beadle ARGS` on `input` to its end.
fn run(args: &[&str], input: impl AsRef<[u8]>) -> Output {
    run_in(Path::new(env!("CARGO_MANIFEST_DIR")), args, input)
}

pub(crate) fn run_in(folder: &Path, args: &[&str], input: impl AsRef<[u8]>) -> Output {
    let pipes = (Stdio::piped(), Stdio::piped(), Stdio::piped());
    let mut command = beadle();
    command.current_dir(folder).args(args).stdin(pipes.0).stdout(pipes.1).stderr(pipes.2);
    let mut child = command.spawn().expect("the binary starts");
    let mut stdin = child.stdin.take().expect("stdin is a pipe");
    let input = input.as_ref().to_owned();
    // In a thread of its own: the answers may fill their pipe before the input is written.
    let writer = thread::spawn(move || {
        // It may end before it has read everything, as it should after bad input.
        drop(stdin.write_all(&input));
    });
    let output = child.wait_with_output().expect("the binary ends");
    writer.join().expect("the input was written");
    output
}

pub(crate) fn out(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).expect("stdout is UTF-8")
}

pub(crate) fn err(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).expect("stderr is UTF-8")
}

/// What was printed, for commands that must succeed and have nothing to say on stderr.
fn printed(args: &[&str], input: impl AsRef<[u8]>) -> String {
    let output = run(args, input);
    assert_eq!((output.status.code(), err(&output)), (Some(0), ""), "{args:?}");
    out(&output).to_owned()
}

#[test]
fn help_says_what_can_be_asked() {
    insta::assert_snapshot!("help", printed(&["--help"], ""));
    insta::assert_snapshot!("help_check", printed(&["check", "--help"], ""));
    insta::assert_snapshot!("help_evaluate", printed(&["evaluate", "--help"], ""));
    insta::assert_snapshot!("help_lint", printed(&["wordlist", "lint", "--help"], ""));
    insta::assert_snapshot!("help_import", printed(&["wordlist", "import", "--help"], ""));
    insta::assert_snapshot!("help_wordlist_export", printed(&["wordlist", "export", "--help"], ""));
    insta::assert_snapshot!("help_sheet", printed(&["sheet", "--help"], ""));
}

#[test]
fn the_version_is_that_of_the_package() {
    assert_eq!(printed(&["--version"], ""), format!("beadle {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn completions_name_the_commands() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = printed(&["completions", shell], "");
        assert!(script.contains("wordlist") && script.contains("data-dir"), "{shell}");
    }
}

#[test]
fn bad_usage_ends_with_2_and_says_what_is_known() {
    for args in [&["chekc"] as &[&str], &["--confg", "x"], &["wordlist", "lint"], &["completions", "dos"]] {
        let output = run(args, "");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(err(&output).starts_with("error: "), "{args:?}: {}", err(&output));
        assert_eq!(out(&output), "", "{args:?}");
    }
    assert!(err(&run(&["chekc"], "")).contains("check"));
    let output = run(&["--log", "loud", "check"], "");
    assert_eq!((output.status.code(), out(&output)), (Some(2), ""));
    assert!(err(&output).contains("off, error, warn, info, debug or trace"), "{}", err(&output));
}

#[test]
fn check_judges_each_line_in_order() {
    let input = "good morning\nfuck this\n\nyou can write sh1t here\r\ndamn, what a bloody mess";
    insta::assert_snapshot!(printed(&["check"], input), @"
    allow
    delete  fuck (strongest general) 0..4
    allow
    flag    shit (medium general) 14..18 leet
    allow   damn (mild general) 0..4, bloody (mild general) 13..19
    ");
}

#[test]
fn check_explains_what_it_found_and_what_it_let_be() {
    let input = "good morning\nyou absolute w4nker\nWhore Lane is closed, you dick\ndick turpin rode by";
    insta::assert_snapshot!(printed(&["check", "--explain"], input), @"
    allow
    hide    wanker (strong sexual) 13..19 leet
      “w4nker” 13..19, wanker (strong sexual): hide
        read as: digits and symbols read as letters
        disguises: leet
        for: the term has no innocent sense
    hide    dick (strong body_part) 26..30
      “Whore” 0..5, whore (strong sexual): innocent
        read as: the word as written
        for: the term has no innocent sense
        against: it is written as the name of a place
      “dick” 26..30, dick (strong body_part): hide
        read as: the word as written
        for: “you” stands just before it; somebody is addressed; a hostile word stands near
        against: the term has an innocent sense
    allow
      “dick” 0..4, dick (strong body_part): innocent
        read as: the word as written
        against: the term has an innocent sense; it stands in a phrase of its innocent sense; an allow entry covers it
    ");
    let input = "\"s h i t on Bitch Brook\"\n\"hello\"\n";
    insta::assert_snapshot!(printed(&["check", "--explain", "--jsonl"], input), @r#"
    {"verdict":"flag","findings":[{"term":"shit","grade":"medium","category":"general","start":0,"end":7,"disguise":"separated"}],"explained":[{"term":"shit","grade":"medium","category":"general","start":0,"end":7,"disguise":"separated","text":"s h i t","counts":true,"measure":"flag","view":"apart","disguises":["separated"],"for":["the term has no innocent sense"],"against":[]},{"term":"bitch","grade":"medium","category":"general","start":11,"end":16,"disguise":"none","text":"Bitch","counts":false,"view":"plain","disguises":[],"for":["the term is abuse unless its innocent sense shows"],"against":["it is written as the name of a place"]}]}
    {"verdict":"allow","findings":[],"explained":[]}
    "#);
}

#[test]
fn check_of_nothing_prints_nothing() {
    assert_eq!(printed(&["check"], ""), "");
    assert_eq!(printed(&["check", "--jsonl"], ""), "");
    assert_eq!(printed(&["check"], "\n"), "allow\n");
}

#[test]
fn check_jsonl_gives_byte_offsets_into_the_string() {
    let input = "\"good morning\"\n \"caf\\u00e9, \\\"fuck\\\" \\ud83d\\ude00 sh1t\" \n\"\"\n\"two\\nlines, s h i t\"\n";
    let answers = printed(&["check", "--jsonl"], input);
    insta::assert_snapshot!(answers, @r#"
    {"verdict":"allow","findings":[]}
    {"verdict":"delete","findings":[{"term":"fuck","grade":"strongest","category":"general","start":8,"end":12,"disguise":"none"},{"term":"shit","grade":"medium","category":"general","start":19,"end":23,"disguise":"leet"}]}
    {"verdict":"allow","findings":[]}
    {"verdict":"flag","findings":[{"term":"shit","grade":"medium","category":"general","start":11,"end":18,"disguise":"separated"}]}
    "#);
    for (line, answer) in input.lines().zip(answers.lines()) {
        let text: String = serde_json::from_str(line).expect("the input is a JSON string");
        let answer: serde_json::Value = serde_json::from_str(answer).expect("the answer is JSON");
        for finding in answer["findings"].as_array().expect("findings are a list") {
            let at = |key: &str| usize::try_from(finding[key].as_u64().expect("an offset")).expect("small");
            assert!(text.is_char_boundary(at("start")) && text.is_char_boundary(at("end")));
            assert!(!text[at("start")..at("end")].is_empty());
        }
    }
}

#[test]
fn check_answers_each_line_before_the_next_is_written() {
    for (args, question) in [(&["check"] as &[&str], "fuck\n"), (&["check", "--jsonl"], "\"fuck\"\n")] {
        let mut command = beadle();
        command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the binary starts");
        let mut stdin = child.stdin.take().expect("stdin is a pipe");
        let stdout = BufReader::new(child.stdout.take().expect("stdout is a pipe"));
        let (sender, answers) = mpsc::channel();
        let reader = thread::spawn(move || stdout.lines().try_for_each(|line| sender.send(line)));
        for _ in 0..3 {
            stdin.write_all(question.as_bytes()).expect("it reads on");
            let answer = answers.recv_timeout(PATIENCE).expect("an answer").expect("a line");
            assert!(answer.contains("delete"), "{answer}");
        }
        // Half a line is no question yet; with its second half it is one.
        let (first, second) = question.split_at(3);
        stdin.write_all(first.as_bytes()).expect("it reads on");
        assert!(answers.recv_timeout(Duration::from_millis(100)).is_err());
        stdin.write_all(second.as_bytes()).expect("it reads on");
        answers.recv_timeout(PATIENCE).expect("an answer").expect("a line");
        drop(stdin);
        assert!(child.wait().expect("it ends").success());
        reader.join().expect("the reader ends").expect("every answer was taken");
    }
}

#[test]
fn check_stops_at_bad_input_and_names_its_line() {
    let rows: [(&[&str], &[u8], &str, &str); 5] = [
        (&["check"], b"hello\n\xff\xfe\nhello\n", "allow\n", "line 2 of the input is not UTF-8"),
        (&["check", "--jsonl"], b"\"a\"\nhello\n", ALLOW, "line 2 of the input is not a JSON string"),
        (&["check", "--jsonl"], b"\"a\"\n\n", ALLOW, "line 2 of the input is not a JSON string"),
        (&["check", "--jsonl"], b"\"a\"\n[\"b\"]\n", ALLOW, "line 2 of the input is not a JSON string"),
        (&["check", "--jsonl"], b"\"a\"\n\"\\ud800\"\n", ALLOW, "line 2 of the input is not a JSON string"),
    ];
    for (args, input, answered, said) in rows {
        let output = run(args, input);
        assert_eq!(output.status.code(), Some(2), "{input:?}");
        assert_eq!(out(&output), answered, "{input:?}");
        assert!(err(&output).contains(said), "{input:?}: {}", err(&output));
    }
}

const ALLOW: &str = "{\"verdict\":\"allow\",\"findings\":[]}\n";

#[test]
fn check_reads_very_long_lines_and_says_where_it_stops_judging() {
    let long = format!("fuck {}\nfuck\n", "a cup of tea ".repeat(8_000));
    let output = run(&["check"], &long);
    assert_eq!(output.status.code(), Some(0));
    insta::assert_snapshot!(out(&output), @"
    delete  fuck (strongest general) 0..4
    delete  fuck (strongest general) 0..4
    ");
    assert!(err(&output).contains("line 1 is long"), "{}", err(&output));
}

#[test]
fn check_answers_as_many_lines_as_it_is_asked() {
    let input = "a cup of tea\nfuck\n".repeat(20_000);
    let answers = printed(&["check"], &input);
    let (clean, dirty): (Vec<_>, Vec<_>) = answers.lines().partition(|answer| *answer == "allow");
    assert_eq!((clean.len(), dirty.len()), (20_000, 20_000));
}

#[test]
fn check_uses_the_policy_and_the_lists_of_the_configuration() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = r#"
[wordlists]
shipped = false
files = ["lists/ours.toml"]
[[groups]]
id = "tea"
name = "Tea"
contact = "the Secretary"
[groups.policy]
preset = "strict"
exceptions = { "any.insult" = "flag" }
"#;
    fs::create_dir(folder.path().join("lists")).expect("a folder");
    fs::write(folder.path().join("beadle.toml"), config).expect("written");
    fs::write(folder.path().join("lists/ours.toml"), LIST).expect("written");
    let elsewhere = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("beadle.toml");
    let args = ["--config", file.to_str().expect("UTF-8"), "check"];
    let output = run_in(elsewhere.path(), &args, "you numpty\nfuck\nblast it\n");
    assert_eq!(err(&output), "");
    insta::assert_snapshot!(out(&output), @"
    flag    numpty (mild insult) 4..10
    allow
    flag    blast (mild general) 0..5
    ");
}

const LIST: &str = r#"[list]
name = "ours"
language = "en-GB"
description = "Words of our own"
licence = "CC0-1.0"

[[entry]]
term = "numpty"
grade = "mild"
category = "insult"
match = "word"
source = "the branch"

[[entry]]
term = "blast"
grade = "mild"
category = "general"
match = "word"
source = "the branch"
"#;

#[test]
fn a_reader_that_leaves_early_is_no_failure() {
    let input = "a cup of tea\n".repeat(200_000);
    let mut command = beadle();
    command.arg("check").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary starts");
    let mut stdin = child.stdin.take().expect("stdin is a pipe");
    // It stops reading when nobody listens any more.
    let writer = thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
    let mut stdout = child.stdout.take().expect("stdout is a pipe");
    stdout.read_exact(&mut [0; 6]).expect("a first answer");
    drop(stdout);
    let output = child.wait_with_output().expect("the binary ends");
    writer.join().expect("the writer ends");
    assert_eq!((output.status.code(), err(&output)), (Some(0), ""));
}

#[test]
fn a_script_whose_transcript_is_cut_short_has_failed() {
    let mut command = beadle();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary starts");
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().expect("stdin is a pipe");
    // It stops reading when nobody listens any more.
    drop(stdin.write_all(b"alice: hello\nbob: hello\n"));
    drop(stdin);
    let output = child.wait_with_output().expect("the binary ends");
    assert_eq!(output.status.code(), Some(1), "{}", err(&output));
    assert!(err(&output).starts_with("beadle: cannot write the output: "), "{}", err(&output));
}

#[test]
fn lint_passes_the_shipped_lists_and_counts_them() {
    let lists = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/wordlists")).expect("the lists are there");
    let mut files: Vec<String> = lists
        .map(|file| file.expect("a file").path().display().to_string())
        .filter(|file| file.ends_with(".toml"))
        .collect();
    files.sort();
    let args: Vec<&str> = ["wordlist", "lint"].into_iter().chain(files.iter().map(String::as_str)).collect();
    let said = printed(&args, "");
    assert_eq!(said.lines().count(), files.len());
    for (line, file) in said.lines().zip(&files) {
        assert!(line.starts_with(file) && line.ends_with(" allowed, no problems"), "{line}");
    }
}

#[test]
fn lint_reports_every_problem_with_its_line_entry_and_fix() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("good.toml"), LIST).expect("written");
    let bad = LIST.replace("grade = \"mild\"", "grade = \"mildish\"").replace("match = ", "macth = ");
    fs::write(folder.path().join("bad.toml"), bad).expect("written");
    let good = run_in(folder.path(), &["wordlist", "lint", "good.toml"], "");
    assert_eq!((out(&good), good.status.code()), ("good.toml: 2 terms, 0 allowed, no problems\n", Some(0)));
    let bad = run_in(folder.path(), &["wordlist", "lint", "good.toml", "bad.toml", "none.toml"], "");
    assert_eq!((bad.status.code(), err(&bad)), (Some(2), ""));
    insta::assert_snapshot!("lint_bad", out(&bad));
}

#[test]
fn lint_and_config_check_refuse_a_list_that_flags_an_innocent_line_and_name_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let greedy = LIST.replace("mild", "strong").replace("numpty", "kettle");
    fs::write(folder.path().join("greedy.toml"), greedy).expect("written");
    fs::write(folder.path().join("tea.txt"), "Put the kettle on.\n").expect("written");
    let config = "[wordlists]\nguard = ['tea.txt']\n";
    fs::write(folder.path().join("beadle.toml"), config).expect("written");
    let args = ["--config", "beadle.toml", "wordlist", "lint", "greedy.toml"];
    let output = run_in(folder.path(), &args, "");
    assert_eq!((output.status.code(), err(&output)), (Some(2), ""));
    let said = "“kettle” would flag the innocent line tea.txt:1: “Put the kettle on.”; allow that word";
    assert!(out(&output).contains(said), "{}", out(&output));
    assert!(out(&output).contains("entry “kettle” finds, of the dictionary, "), "{}", out(&output));

    let config = "[wordlists]\nfiles = ['greedy.toml']\nguard = ['tea.txt']\n";
    fs::write(folder.path().join("beadle.toml"), config).expect("written");
    let output = run_in(folder.path(), &["--config", "beadle.toml", "config", "check"], "");
    assert_eq!((output.status.code(), err(&output)), (Some(2), ""));
    assert!(out(&output).contains(said), "{}", out(&output));
}

#[test]
fn config_check_says_that_all_is_well_or_everything_that_is_not() {
    let good = printed(&["--config", "config.example.toml", "config", "check"], "");
    assert_eq!(good, "config.example.toml: valid\n");
    assert!(printed(&["config", "check"], "").starts_with("built-in configuration: valid"));

    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("bad.toml"), "data_dri = \"\"\n[wordlists]\nshipped = 1\n")
        .expect("written");
    fs::write(folder.path().join("lists.toml"), "[wordlists]\nfiles = [\"none.toml\"]\n").expect("written");
    fs::write(folder.path().join("latin1.toml"), b"# fine\n# caf\xe9\n").expect("written");
    let said: Vec<String> = ["bad.toml", "lists.toml", "latin1.toml", "none.toml"]
        .iter()
        .map(|file| {
            let output = run_in(folder.path(), &["config", "check", "--config", file], "");
            assert_eq!((output.status.code(), err(&output)), (Some(2), ""), "{file}");
            out(&output).to_owned()
        })
        .collect();
    insta::assert_snapshot!(said.concat(), @"
    bad.toml:1: data_dri: there is no such option; did you mean `data_dir`?
    bad.toml:3: wordlists.shipped: it is of type integer; write true or false
    none.toml: the file cannot be read (No such file or directory (os error 2)); check its name and who may read it
    latin1.toml:2: this is not UTF-8; save the file as UTF-8
    none.toml: the file cannot be read (No such file or directory (os error 2)); check its name and who may read it
    ");
}

#[test]
fn every_file_that_is_wrong_is_named_at_once_and_to_the_doctor_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = "[wordlists]\nfiles = ['none.toml']\n[[groups]]\nid = 'tea'\nname = 'Tea'\ncontact = 'the Secretary'\n\
                  [groups.notices]\nversion = 1\nenglish = 'none.ftl'\n";
    fs::write(folder.path().join("beadle.toml"), config).expect("written");
    let checked = run_in(folder.path(), &["--config", "beadle.toml", "config", "check"], "");
    assert_eq!((checked.status.code(), err(&checked)), (Some(2), ""));
    let lines: Vec<&str> = out(&checked).lines().collect();
    assert!(
        matches!(lines[..], [list, notice] if list.starts_with("none.toml: ") && notice.starts_with("none.ftl: ")),
        "{lines:?}"
    );
    let args = ["--config", "beadle.toml", "--data-dir", "data", "doctor", "--json"];
    let looked = run_in(folder.path(), &args, "");
    assert!(lines.iter().all(|line| out(&looked).contains(line)), "{lines:?}: {}", out(&looked));
}

#[test]
fn a_command_with_a_bad_configuration_names_every_problem_on_stderr() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("bad.toml"), "data_dri = \"\"\n[wordlists]\nshipped = 1\n")
        .expect("written");
    for args in [&["--config", "bad.toml", "check"] as &[&str], &["--config", "bad.toml"]] {
        let output = run_in(folder.path(), args, "");
        assert_eq!((output.status.code(), out(&output)), (Some(2), ""));
        insta::allow_duplicates! { insta::assert_snapshot!(err(&output), @"
        beadle: the configuration cannot be used
        bad.toml:1: data_dri: there is no such option; did you mean `data_dir`?
        bad.toml:3: wordlists.shipped: it is of type integer; write true or false
        "); }
    }
}

#[test]
fn a_group_that_is_not_there_is_answered_alike_everywhere() {
    let folder = tempfile::tempdir().expect("a folder");
    assert!(run_in(folder.path(), &["--data-dir", "data"], "alice: hello\n").status.success());
    for args in [
        &["export", "register", "--by", "sam", "--format", "csv", "--out", "copy.csv"] as &[&str],
        &["wordlist", "import", "words.txt", "--from", "plain", "--by", "asha"],
        &["wordlist", "export", "--as", "toml"],
        &["sheet"],
    ] {
        let output =
            run_in(folder.path(), &[&["--data-dir", "data"], args, &["--group", "nope"]].concat(), "");
        assert_eq!((output.status.code(), out(&output)), (Some(2), ""), "{args:?}");
        let told = "beadle: --group: the configuration has no group \"nope\"; its groups are thistlebrook\n";
        assert_eq!(err(&output), told, "{args:?}");
    }
}

#[test]
fn an_officer_takes_a_copy_while_the_bot_is_not_running() {
    let folder = tempfile::tempdir().unwrap();
    let told = run_in(folder.path(), &["--data-dir", "data"], "alice: my nan said fuck\n");
    assert!(told.status.success());
    let copy = |by: &str, out: &str| {
        let args = ["--data-dir", "data", "export", "B-0001", "--group", "thistlebrook", "--format", "csv"];
        run_in(folder.path(), &[&args[..], &["--by", by, "--out", out]].concat(), "")
    };
    assert!(copy("sam", "copy.csv").status.success());
    let text = fs::read_to_string(folder.path().join("copy.csv")).unwrap();
    assert!(text.contains("Taken by sam") && text.contains("my nan said fuck"), "{text}");
    // Nothing is written over, and nobody takes what is not theirs.
    assert_eq!(copy("sam", "copy.csv").status.code(), Some(1));
    let refused = copy("mo", "other.csv");
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("which you do not hold"));
    assert!(!folder.path().join("other.csv").exists());
}
