//! The data-protection sheet: it says what the program does, and what it says changes with the configuration.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use beadle::config::{Config, RawConfig};
use beadle::sheet::{self, Form, Part, stored};

use crate::beadle::repository;
use crate::cli::{err, out, run_in};

const TWO: &str = r##"
[backup]
directory = "copies"
key_credential = "backup-key"
weekly = 1

[[discord]]
id = "bot"
token_file = "token"

[[matrix]]
id = "bot"
homeserver = "https://matrix.example.org"
user = "beadle"
password_file = "password"

[[groups]]
id = "branch"
name = "Leafield Branch"
platform = "discord"
contact = "secretary@leafield.example"
external_body = "the regional office"
mode = "shadow"
hearing_before_warning = false
officers = [
  { member = "80351110224678912", roles = ["moderator"] },
  { member = "80351110224678913", roles = ["secretary"] },
  { member = "80351110224678914", roles = ["admin"] },
  { member = "80351110224678915", roles = ["executive"] },
]
[groups.discord]
account = "bot"
server = "41771983423143937"
officers_channel = "41771983423143938"
private_channel = "41771983423143939"
suspension = "ban"
[groups.retention]
file_months = 18
[groups.quorums]
warning = 2
[groups.data_protection]
controller = "Leafield Branch of the Party"
address = "1 High Street, Leafield"
lead = "Sam Leaf"
registration = "Z1234567"
aim = "political"
machine = "a rented server in Leeds, looked after by Asha"

[[groups]]
id = "workshop"
name = "Workshop 7"
platform = "matrix"
contact = "the Secretary"
officers = [
  { member = "@mo:example.org", roles = ["moderator"] },
  { member = "@sam:example.org", roles = ["secretary"] },
]
[groups.matrix]
account = "bot"
rooms = ["#shop:example.org"]
management_room = "#shop-officers:example.org"
[groups.data_protection]
aim = "trade-union"
"##;

const GROUP: &str = "[[groups]]\nid = \"tea\"\nname = \"Tea\"\ncontact = \"the Secretary\"\n";

fn config(text: &str) -> Config {
    Config::resolve(RawConfig::parse(Path::new("beadle.toml"), text)).expect("the configuration is valid")
}

fn sheet(text: &str, part: Option<Part>, form: Form) -> String {
    let config = config(text);
    sheet::of(&config, &config.groups[0], None, part, form)
}

/// What is said beside a sheet that is written by the configuration alone, for these groups.
fn no_record(groups: &[&str]) -> String {
    groups.iter().map(|group| format!("beadle: {group}: {}\n", sheet::NO_RECORD)).collect()
}

#[test]
fn the_sample_group_has_one() {
    let nowhere = repository("").join("no-data").display().to_string();
    let output = run_in(&repository(""), &["--data-dir", &nowhere, "sheet"], "");
    assert_eq!((output.status.code(), err(&output)), (Some(0), &*no_record(&["thistlebrook"])));
    insta::assert_snapshot!(out(&output));
}

#[test]
fn groups_on_discord_and_on_matrix_each_have_one() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    fs::write(folder.path().join("beadle.toml"), TWO).expect("the file can be written");
    let base = ["--config", "beadle.toml", "--data-dir", "data", "sheet"];
    let of = |args: &[&str]| run_in(folder.path(), &[&base, args].concat(), "");
    let all = of(&[]);
    assert_eq!((all.status.code(), err(&all)), (Some(0), &*no_record(&["branch", "workshop"])));
    insta::assert_snapshot!(out(&all));
    let workshop = of(&["--group", "workshop", "--part", "records"]);
    assert!(out(&workshop).contains("trade union membership") && !out(&workshop).contains("Leafield"));
    for (args, want) in [
        (&["--group", "tea"] as &[&str], "has no group \"tea\"; its groups are branch, workshop"),
        (&["--format", "html"], "a page is of one group"),
    ] {
        let refused = of(args);
        assert_eq!((refused.status.code(), out(&refused)), (Some(2), ""), "{args:?}");
        assert!(err(&refused).contains(want), "{}", err(&refused));
    }
}

#[test]
fn what_the_configuration_says_is_what_the_sheet_says() {
    let rows = [
        ("[groups.retention]\nfile_months = 13", "13 months after the last dated letter in its file"),
        ("[groups.retention]\nfile_months = 13", "A file about you goes 13 months after the last letter"),
        ("[groups.retention]\nfile_months = 13", "Kept for 13 months after the last letter"),
        ("[groups.retention]\ntext_days = 21", "was no breach goes 21 days after your time to appeal"),
        ("[groups.retention]\ntext_days = 21", "21 days after the last day to appeal"),
        ("[groups.retention]\nreport_months = 2", "A report that led to nothing goes after 2 months"),
        ("[groups.retention]\nheads_up_days = 9", "the list of what will be deleted 9 days before"),
        ("[groups.retention]\nreview_months = 5", "the Executive looks at it again every 5 months"),
        ("[groups.retention]\nrequest_months = 2", "You get an answer within 2 months"),
        ("[groups.periods]\nappeal_months = 11", "You have 11 months or more to appeal"),
        ("[groups.periods]\nstrike_months = 10", "A strike counts for 10 months"),
        ("[groups.periods]\nmute_hours = 1", "from posting for up to 1 hour while"),
        ("[groups.periods]\nhearing_days = 15", "with 15 days to answer"),
        ("[groups.periods]\nreview_days = 4", "looked at within 4 days"),
        ("[groups.ladder]\nsuspension_days = 60", "To be shut out for 60 days needs 2 officers to sign"),
        ("[groups.quorums]\nexpulsion = 4", "To be shut out for good needs 4 officers to sign"),
        ("[groups.reports]\ndata_protection_days = 20", "complaints about data within 20 days"),
        ("[groups.policy]\npreset = \"strict\"", "The table “strict” says"),
        ("[groups.data_protection]\ncontroller = \"The Tea Club\"", "The Tea Club answers for it"),
        (
            "[backup]\ndirectory = \"d\"\nkey_env = \"K\"\ndaily = 3",
            "the newest of each of 3 days and 4 weeks is kept",
        ),
        ("[backup]\ndirectory = \"d\"\nkey_env = \"K\"", "gone from them 35 days later"),
        ("[groups.data_protection]\naim = \"none\"", "is not open to a body without such an aim"),
    ];
    let plain = sheet(GROUP, None, Form::Markdown);
    for (option, want) in rows {
        let changed = sheet(&format!("{GROUP}{option}\n"), None, Form::Markdown);
        assert!(changed.contains(want), "{option}: {want}");
        assert!(!plain.contains(want), "{option}: {want} is there without it");
    }
}

#[test]
fn what_discords_own_filter_does_is_told_where_it_is_switched_on() {
    let stopping = TWO.replace("suspension = \"ban\"", "suspension = \"ban\"\nautomod = \"strongest\"");
    for (part, want) in [
        (Part::Notice, "that filter stops the worst words before anybody sees them"),
        (Part::Notice, "These words stand in our server's settings"),
        (Part::Assessment, "Discord's own filter (AutoMod): while the bot acts"),
        (Part::Assessment, "the platform, and the words that Discord's own filter stops"),
        (Part::Records, "is given the words that its own filter (AutoMod) stops"),
    ] {
        assert!(sheet(&stopping, Some(part), Form::Markdown).contains(want), "{part:?}: {want}");
        assert!(
            !sheet(TWO, Some(part), Form::Markdown).contains(want),
            "{part:?}: {want} is there without it"
        );
        let claim = "no other service.";
        assert!(!sheet(&stopping, Some(part), Form::Markdown).contains(claim), "{part:?}: {claim}");
    }
}

#[test]
fn what_officers_settled_by_command_is_what_the_sheet_says() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let begins = format!("{GROUP}mode = \"shadow\"\n");
    fs::write(folder.path().join("beadle.toml"), begins).expect("the file can be written");
    let run = |args: &[&str], script: &str| {
        let base = ["--config", "beadle.toml", "--data-dir", "data"];
        let output = run_in(folder.path(), &[&base, args].concat(), script);
        assert_eq!(output.status.code(), Some(0), "{}", err(&output));
        (out(&output).to_owned(), err(&output).to_owned())
    };
    let rows = [
        // Whether it acts is not claimed where it is not known.
        (
            "",
            &["Beadle found no record of the group", "It does more from: ……", "It acts from: ……"]
                as &[&str],
            &["For now it only watches", "It only watches", "as officers last settled them"] as &[&str],
        ),
        (
            "alice: oh fuck off\n",
            &["For now it only watches", "It only watches (shadow mode)", "as officers last settled them"],
            &["Beadle found no record", "It acts"],
        ),
        (
            "asha /mode live\nasha /policy set preset strict\n",
            &["It acts (live mode).", "The table “strict” says", "can be put back, in full"],
            &["only watches", "nothing counts"],
        ),
        ("asha /mode shadow\n", &["For now it only watches", "The table “strict” says"], &["It acts"]),
    ];
    for (script, there, not_there) in rows {
        if !script.is_empty() {
            run(&[], script);
        }
        let (sheet, _) = run(&["sheet"], "");
        for want in there {
            assert!(sheet.contains(want), "{script:?}: {want}");
        }
        for never in not_there {
            assert!(!sheet.contains(never), "{script:?}: {never}");
        }
        // The notice does not say it: whoever makes it hears it beside.
        let (notice, beside) = run(&["sheet", "--part", "notice"], "");
        let is_recorded = !script.is_empty();
        assert!(!notice.contains("found no record"), "{script:?}: {notice}");
        assert_eq!(beside, if is_recorded { String::new() } else { no_record(&["tea"]) }, "{script:?}");
    }
}

#[test]
fn every_table_of_the_ledger_is_told_of_once() {
    let mut tables = BTreeSet::new();
    let mut migrations: Vec<_> = fs::read_dir(repository("migrations"))
        .expect("the folder can be read")
        .map(|entry| entry.expect("it can be read").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .collect();
    migrations.sort();
    for migration in migrations {
        let text = fs::read_to_string(migration).expect("the migration can be read").to_lowercase();
        for line in text.lines() {
            let mut words = line.split_whitespace().map(|word| word.trim_matches(['"', ';', '(']));
            let mut rest = |skipped: usize| words.nth(skipped).expect("a table is named").to_owned();
            if line.starts_with("create table ") {
                tables.insert(rest(2));
            } else if line.starts_with("drop table ") {
                let gone = rest(2);
                assert!(tables.remove(&gone), "{gone}");
            } else if line.starts_with("alter table ") && line.contains(" rename to ") {
                let (from, to) = (rest(2), rest(2));
                assert!(tables.remove(&from), "{from}");
                tables.insert(to);
            }
        }
    }
    let told: Vec<&str> = stored::STORED.iter().flat_map(|stored| stored.tables).copied().collect();
    let once: BTreeSet<String> = told.iter().map(|table| (*table).to_owned()).collect();
    assert_eq!(told.len(), once.len(), "a table is told of twice");
    assert_eq!(once, tables, "what src/sheet/stored.rs tells of is what the ledger has");
}

#[test]
fn security_md_says_the_same() {
    let text = fs::read_to_string(repository("SECURITY.md")).expect("it can be read");
    let want = stored::overview();
    assert!(text.contains(&want), "put this table into SECURITY.md:\n\n{want}\n");
}

#[test]
fn what_a_group_calls_itself_is_no_markup() {
    let hostile = "<script>*x*</script> [a](http://b) `c` & |d|";
    let text = format!("{}\n", GROUP.replace("\"Tea\"", &format!("'{hostile}'")));
    let page = sheet(&text, None, Form::Html);
    assert!(page.contains("&lt;script&gt;*x*&lt;/script&gt; [a](http://b) 'c' &amp; |d|"), "{page}");
    assert!(!page.contains("<script") && page.contains("default-src 'none'"));
    let markdown = sheet(&text, None, Form::Markdown);
    let told = r"\<script\>\*x\*\</script\> \[a\](http://b) 'c' \& \|d\|";
    assert!(markdown.contains(told) && !markdown.contains(hostile), "{markdown}");
}

#[test]
fn a_page_has_what_the_text_has() {
    let bare = |text: &str| -> Vec<String> {
        let cells = text.lines().flat_map(|line| line.split('|'));
        let pieces = cells.flat_map(|cell| cell.split(['`', '<', '>', '\\'])).map(str::trim);
        pieces
            .filter(|piece| piece.contains(' '))
            .map(|piece| piece.trim_start_matches(['#', '-', ' ']).to_owned())
            .collect()
    };
    let page = sheet(TWO, None, Form::Html);
    let markdown = sheet(TWO, None, Form::Markdown);
    let pieces = bare(&markdown);
    assert!(pieces.len() > 100, "there is something to look for");
    for piece in pieces {
        assert!(page.contains(&piece), "{piece}");
    }
    assert!(!sheet(TWO, Some(Part::Notice), Form::Html).contains("impact assessment"));
}

/// The grade of an American school whose pupils read this, after Flesch and Kincaid.
fn grade(text: &str) -> f64 {
    let syllables = |word: &str| {
        let word = word.to_lowercase();
        let is_vowel = |c: char| "aeiouy".contains(c);
        let mut count = 0;
        let mut before = false;
        for c in word.chars() {
            count += u32::from(is_vowel(c) && !before);
            before = is_vowel(c);
        }
        let silent = word.ends_with('e') && !word.ends_with("le") && count > 1;
        (count - u32::from(silent)).max(1)
    };
    let mut sentences = 0.0;
    let (mut words, mut spoken) = (0.0, 0.0);
    for sentence in text.split(['.', '?', ':', '\n']) {
        let of_it: Vec<&str> = sentence
            .split(|c: char| !c.is_alphabetic() && c != '\'')
            .filter(|word| !word.is_empty())
            .collect();
        if of_it.len() > 1 {
            sentences += 1.0;
            words += f64::from(u32::try_from(of_it.len()).expect("a sentence is short"));
            spoken += f64::from(of_it.iter().map(|word| syllables(word)).sum::<u32>());
        }
    }
    0.39 * words / sentences + 11.8 * spoken / words - 15.59
}

#[test]
fn members_can_read_their_notice() {
    let stopping = TWO.replace("suspension = \"ban\"", "suspension = \"ban\"\nautomod = \"strongest\"");
    for text in [GROUP, TWO, &stopping] {
        let notice = sheet(text, Some(Part::Notice), Form::Markdown);
        let grade = grade(&notice);
        assert!((3.0..8.0).contains(&grade), "grade {grade}: {notice}");
        assert!(notice.split_whitespace().count() < 800, "it is short");
    }
    let law = "The lawfulness of processing special categories of personal data is determined by appropriate documentation.";
    assert!(grade(law) > 12.0, "the measure tells hard from easy");
}
