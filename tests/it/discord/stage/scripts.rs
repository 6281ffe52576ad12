//! Every script, on both.

use std::collections::BTreeSet;
use std::fs;

use super::difference::{Only, difference, in_lines, told};
use super::{discord, terminal};
use crate::beadle::repository;

macro_rules! scripts {
    ($($name:ident = $file:literal),+ $(,)?) => {
        const SCRIPTS: &[&str] = &[$($file),+];
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $name() { play($file).await; })+
    };
}

scripts! {
    swears = "01-swears",
    disguised = "02-disguised",
    edited_in = "03-edited-in",
    quoted = "04-quoted",
    hide_confirm = "05-hide-confirm",
    hide_restore = "06-hide-restore",
    appeal_accepted = "07-appeal-accepted",
    appeal_dismissed = "08-appeal-dismissed",
    refused = "09-refused",
    shadow = "10-shadow",
    restart = "11-restart",
    closed_inbox = "12-closed-inbox",
    moderator_removes = "13-moderator-removes",
    names = "14-names",
    time = "15-time",
    talking_to_the_bot = "16-talking-to-the-bot",
    silence = "17-silence",
    executive = "18-executive",
    reports = "19-reports",
    records = "20-records",
    cascade = "21-cascade",
    ladder = "22-ladder",
    conflicted_secretary = "23-conflicted-secretary",
    two_moderators = "24-two-moderators",
    mistaken_identity = "25-mistaken-identity",
    rules_and_language = "26-rules-and-language",
    breaker = "27-breaker",
    words = "28-words",
    tried_first = "29-tried-first",
}

/// Something that is truly different on Discord.
struct Difference {
    scripts: &'static [&'static str],
    /// What is different has one of these in it.
    entries: &'static [&'static str],
    because: &'static str,
}

/// Something that is truly different within entries that both have, and in nothing else of them.
struct Within {
    script: &'static str,
    /// The lines in which they differ, with the sign of where they stand.
    lines: &'static [&'static str],
    because: &'static str,
}

/// All there is.
const WITHIN: &[Within] = &[Within {
    script: "22-ladder",
    lines: &[
        "- state: Live {",
        "+ state: Unserved {",
        "- since: Timestamp(",
        "- day 507 + 25 s,",
        "- ),",
        "- until: None,",
    ],
    because: "the warning that is left of a suspension waits to be served by hand",
}];

/// All there is.
const DIFFERENCES: &[Difference] = &[
    Difference {
        scripts: &["04-quoted"],
        entries: &["Finding { term: \"bollocks\"", "Finding { term: \"fuck\""],
        because: "one quotes in an answer, which is aimed at whoever is quoted",
    },
    Difference {
        scripts: &["21-cascade"],
        entries: &[
            "Dave's van was outside number twelve again last night, ask his wife about it",
            "Body: this is not right",
        ],
        because: "what was answered is gone by the time the answer is looked at, and whose words it quotes with it",
    },
    Difference {
        scripts: &["14-names"],
        entries: &["by Dev", "by dev", "as first written", "as written later"],
        because: "accounts are called in lower case, and a name is a revision by when it was taken",
    },
    Difference {
        scripts: &["09-refused"],
        entries: &["needs the office of moderator", "Discord does not offer alice"],
        because: "officers' commands are shown to whoever moderates, so that nobody else can give them",
    },
    Difference {
        scripts: &["16-talking-to-the-bot"],
        entries: &["quue"],
        because: "only commands that there are can be given",
    },
    Difference {
        scripts: &["09-refused"],
        entries: &["`appeal` is private", "I know no case B-0001 about a post of yours"],
        because: "commands are answered in private wherever they are given",
    },
    Difference {
        scripts: &["29-tried-first"],
        entries: &["of the latest"],
        because: "the stage itself writes among members, to know how much was heard",
    },
    Difference {
        scripts: &["22-ladder"],
        entries: &[
            "dev is there as",
            "communicated_at: Timestamp(day 507 + 25 s)",
            "Timestamp(day 507 + 22 s) Bot NoticeRefused",
            "Timestamp(day 507 + 25 s) Bot NoticeRefused",
            "Timestamp(day 507 + 25 s) Bot Served",
            "to Member(MemberId(\"dev\")): Served { at: Timestamp(day 507",
            "to Member(MemberId(\"dev\")): Refused { at: Timestamp(day 507",
            "day 507 + 22 s: B-0002 to",
            "day 507 + 24 s: answer to ed",
            "day 507 + 25 s: B-000",
            "day 507 + 26 s: B-000",
            "day 507 + 26 s: answer to dev",
            "day 507 + 27 s: answer to sam",
        ],
        because: "no bot can write to somebody who is expelled, or let in again and not yet there; the Secretary serves it",
    },
];

async fn play(name: &str) {
    let script = fs::read_to_string(repository(&format!("tests/scenarios/{name}.script")));
    let script = script.expect("the script is there");
    let (on_terminal, on_discord) = tokio::join!(terminal::play(&script), discord::play(&script));
    let mut found = difference(&on_terminal, &on_discord);
    for row in DIFFERENCES.iter().filter(|row| row.scripts.contains(&name)) {
        let before = found.len();
        found.retain(|only| !row.entries.iter().any(|entry| only.entry.contains(entry)));
        assert_ne!(found.len(), before, "{name}: nothing is different any more because {}", row.because);
    }
    let mut found = in_lines(&found);
    for row in WITHIN.iter().filter(|row| row.script == name) {
        let before = found.len();
        let of = |entry: &[Only]| {
            let lines = entry.iter().map(|only| format!("{} {}", only.sign, only.entry.trim()));
            lines.eq(row.lines.iter().map(ToString::to_string))
        };
        let entries = found.chunk_by(|one, next| one.under == next.under);
        found = entries.filter(|entry| !of(entry)).flatten().cloned().collect();
        assert_ne!(found.len(), before, "{name}: nothing is different any more because {}", row.because);
    }
    assert!(found.is_empty(), "{name}: - in the terminal, + on Discord\n{}", told(&found));
}

#[test]
fn every_script_is_played() {
    let entries = fs::read_dir(repository("tests/scenarios")).expect("the folder is there");
    let names = entries
        .map(|entry| entry.expect("the folder can be read").file_name().into_string().expect("a name"));
    let scripts: BTreeSet<String> =
        names.filter_map(|name| name.strip_suffix(".script").map(str::to_owned)).collect();
    assert_eq!(scripts, SCRIPTS.iter().map(|script| (*script).to_owned()).collect());
}
