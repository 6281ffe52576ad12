//! `beadle evaluate`: labelled texts in, a table of families out.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::cli::{err, out, run_in};

const TEXTS: &str = r#"{"text":"oh fuck","label":1,"family":"plain","group":"words","span":[3,7],"disguise":"none","pair":0}
{"text":"oh shite","label":1,"family":"plain","group":"words","span":[3,8],"disguise":["none"]}
{"text":"what a sh1t day","label":1,"family":"leet","group":"core","base":"shit","span":[7,11],"disguise":["mask","leet"]}
{"text":"what a sh1t day","label":1,"family":"leet","group":"core","base":"shit","span":[0,8],"disguise":"mask"}

{"text":"a fine day\u202e","label":1,"family":"leet","group":"core","base":"day","grade":4}
{"text":"peacock","label":0,"family":"inside","near":"cock","pair":0}
{"text":"oh fuck","label":0,"family":"wrong","pair":1}
{"text":"oh dear","label":0,"family":"wrong","span":null}
"#;

fn evaluate(folder: &Path, args: &[&str]) -> Output {
    fs::write(folder.join("texts.jsonl"), TEXTS).expect("written");
    run_in(folder, &[&["evaluate"], args].concat(), "")
}

#[test]
fn families_are_counted_in_aligned_columns_with_examples() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = evaluate(folder.path(), &["texts.jsonl"]);
    assert_eq!((output.status.code(), err(&output)), (Some(0), ""));
    insta::assert_snapshot!("evaluate", out(&output));
    let output = evaluate(folder.path(), &["texts.jsonl", "--examples", "0"]);
    assert!(!out(&output).contains("missed in"), "{}", out(&output));
}

#[test]
fn texts_from_stdin_count_like_those_of_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let from_file = evaluate(folder.path(), &["texts.jsonl"]);
    let from_stdin = run_in(folder.path(), &["evaluate", "-"], TEXTS.replace('\n', "\r\n"));
    assert_eq!(out(&from_file).replace("texts.jsonl:", "stdin:"), out(&from_stdin));
}

#[test]
fn json_says_the_same_for_programs() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = evaluate(folder.path(), &["texts.jsonl", "--json"]);
    assert_eq!((output.status.code(), err(&output)), (Some(0), ""));
    let answer: serde_json::Value = serde_json::from_str(out(&output)).expect("JSON");
    let family = |name: &str| {
        let families = answer["families"].as_array().expect("a list");
        families.iter().find(|family| family["family"] == name).expect("it is there").clone()
    };
    let leet = family("leet");
    assert_eq!((&leet["label"], &leet["texts"], &leet["flagged"]), (&1.into(), &3.into(), &2.into()));
    assert_eq!((&leet["at_percent"], &leet["exact_percent"]), (&100.0.into(), &50.0.into()));
    assert_eq!(leet["named_percent"], 50.0);
    assert_eq!(family("wrong")["percent"], 50.0);
    assert_eq!(family("wrong")["examples"][0]["place"], "texts.jsonl:8");
    assert_eq!(answer["pairs"], serde_json::json!({ "right": 1, "of": 2 }));
    assert_eq!(answer["falls_short"], serde_json::json!([]));
}

#[test]
fn what_falls_short_is_named_and_ends_with_1() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(
        folder.path().join("floors.toml"),
        "[floors]\nleet = 60\nplain = 100\n[ceilings]\nwrong = 10.5\n",
    )
    .expect("written");
    let short = "beadle: the filter falls short\n";
    let rows: &[(&[&str], i32, &str)] = &[
        (&["--floor", "leet=66", "--floor", "plain=100", "--ceiling", "inside=0"], 0, ""),
        (&["--floor", "leet=67"], 1, "leet: 66.67 % found, at least 67 % wanted\n"),
        // A group counts by the average of its families.
        (
            &["--floor", "core=99", "--ceiling", "wrong=49"],
            1,
            "core: 66.67 % found, at least 99 % wanted\nwrong: 50.00 % flagged, at most 49 % wanted\n",
        ),
        (&["--floors", "floors.toml"], 1, "wrong: 50.00 % flagged, at most 10.5 % wanted\n"),
    ];
    for (args, code, said) in rows {
        for format in [&[] as &[&str], &["--json"]] {
            let output = evaluate(folder.path(), &[&["texts.jsonl"], *args, format].concat());
            let said = if *code == 0 { String::new() } else { format!("{short}{said}") };
            assert_eq!((output.status.code(), err(&output)), (Some(*code), said.as_str()), "{args:?}");
            assert!(!out(&output).is_empty(), "{args:?}");
        }
    }
}

#[test]
fn every_bad_line_is_named_and_nothing_is_printed() {
    let folder = tempfile::tempdir().expect("a folder");
    let bad = [
        r#"{"text":"a","label":1}"#,
        r#"{"text":"fine","label":0,"family":"x"}"#,
        r#"{"text":"a","label":2,"family":"x"}"#,
        r#"{"text":"façade","label":0,"family":"x","span":[0,3]}"#,
        r#"{"text":"a","label":0,"family":"x","span":[0,2]}"#,
        r#"{"text":"a","label":1,"family":"x","disguise":["leet","hat"]}"#,
        "a text",
    ];
    fs::write(folder.path().join("bad.jsonl"), bad.join("\n")).expect("written");
    fs::write(folder.path().join("latin1.jsonl"), b"{\"text\":\"caf\xe9\",\"label\":0,\"family\":\"x\"}")
        .expect("written");
    let output = evaluate(folder.path(), &["texts.jsonl", "bad.jsonl", "latin1.jsonl", "none.jsonl"]);
    assert_eq!((output.status.code(), out(&output)), (Some(2), ""));
    insta::assert_snapshot!("evaluate_bad", err(&output));
}

#[test]
fn bounds_that_could_never_be_broken_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("floors.toml"), "[floors]\n\nleet = true\n").expect("written");
    let rows: &[(&[&str], &str)] = &[
        (&["--floor", "leat=99"], "the floor of leat: no text of label 1 has this family"),
        (&["--ceiling", "leet=99"], "the ceiling of leet: no text of label 0 has this family"),
        (&["--floor", "leet=101"], "101 is not between 0 and 100"),
        (&["--floor", "leet"], "write KIND=PERCENT"),
        (&["--floors", "floors.toml"], "floors.toml:3: "),
        (&["--floors", "none.toml", "--floor", "leet=1"], "none.toml: the file cannot be read"),
    ];
    for (args, said) in rows {
        let output = evaluate(folder.path(), &[&["texts.jsonl"], *args].concat());
        assert_eq!((output.status.code(), out(&output)), (Some(2), ""), "{args:?}");
        assert!(err(&output).contains(said), "{args:?}: {}", err(&output));
    }
}
