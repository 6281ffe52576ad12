//! Lines and what they mean.

use policy::{MemberId, PostId};

use super::*;

fn words(text: &str) -> Vec<String> {
    vec![text.to_owned()]
}

#[test]
fn lines_read_as_people_type_them() {
    let case = Reference::new(42).unwrap();
    let rows = [
        ("queue", Command::Queue),
        ("  QUEUE ", Command::Queue),
        ("case b-42", Command::Case { case }),
        (
            "appeal B-0042 I didn't  mean \"it\" -- honest",
            Command::Appeal { case, words: words("I didn't  mean \"it\" -- honest") },
        ),
        (
            "remove 17 abuse -1 for tone",
            Command::Remove {
                target: Target::Post(PostId::new("17").unwrap()),
                rule: Some("abuse".to_owned()),
                reason: words("-1 for tone"),
            },
        ),
        ("remove B-0042", Command::Remove { target: Target::Case(case), rule: None, reason: vec![] }),
        ("decide B-0042 accept", Command::Decide { case, ruling: Ruling::Accept, reason: vec![] }),
        ("my-record", Command::MyRecord { form: None }),
        ("my-record json", Command::MyRecord { form: Some(RecordForm::Json) }),
        (
            "report harassment @bob -- he won't  stop",
            Command::Report {
                category: Complaint::Harassment,
                about: Reported::Member(MemberId::new("bob").unwrap()),
                words: words("-- he won't  stop"),
            },
        ),
        (
            "report moderation moderation slow",
            Command::Report {
                category: Complaint::Moderation,
                about: Reported::Moderation,
                words: words("slow"),
            },
        ),
        (
            "answer b-42 no-breach Rude, and allowed.",
            Command::Answer { report: case, outcome: Outcome::NoBreach, words: words("Rude, and allowed.") },
        ),
        ("wordlist log", Command::Wordlist(WordlistCommand::Log { before: None })),
        ("wordlist log 12", Command::Wordlist(WordlistCommand::Log { before: Some(12) })),
        ("wordlist back 0", Command::Wordlist(WordlistCommand::Back { version: 0 })),
        (
            "wordlist allow Bum  Boys' Club",
            Command::Wordlist(WordlistCommand::Allow { word: words("Bum  Boys' Club") }),
        ),
        (
            "wordlist add strong insult stem pen pidyn",
            Command::Wordlist(WordlistCommand::Add {
                grade: Grade::Strong,
                category: Category::Insult,
                matching: policy::wordlist::Matching::Stem,
                term: words("pen pidyn"),
            }),
        ),
    ];
    for (line, want) in rows {
        assert_eq!(parse(line), Ok(want), "{line}");
    }
}

#[test]
fn what_a_word_is_may_be_said_before_it() {
    let whole = Command::Wordlist(WordlistCommand::Preview {
        term: Some("zzyzx".to_owned()),
        messages: Some(500),
        grade: Some(Grade::Strong),
        category: None,
        matching: None,
    });
    for line in [
        "wordlist preview zzyzx 500 strong",
        "wordlist preview zzyzx --messages 500 --grade strong",
        "wordlist preview --term zzyzx --messages=500 strong",
    ] {
        assert_eq!(parse(line).as_ref(), Ok(&whole), "{line}");
    }
    let error = parse("wordlist preview zzyzx --posts 500").unwrap_err().to_string();
    assert!(error.contains("--posts"), "{error}");
    // Where words follow, they are whoever's who wrote them.
    assert_eq!(
        parse("remove B-0042 abuse --reason so rude"),
        Ok(Command::Remove {
            target: Target::Case(Reference::new(42).unwrap()),
            rule: Some("abuse".to_owned()),
            reason: words("--reason so rude"),
        })
    );
}

#[test]
fn what_is_no_command_is_explained() {
    let lines = [
        "",
        "quue",
        "case",
        "case x",
        "decide B-1 maybe",
        "wordlist",
        "mode loud",
        "appeal B-1",
        "queue now",
    ];
    let told = lines.map(|line| format!("{line:?}: {}", parse(line).unwrap_err()));
    insta::assert_snapshot!(told.join("\n"), @r#"
    "": Say what to do.
    "quue": I do not know `quue`. Did you mean `unmute, queue`?
    "case": Something is missing: <CASE>. It goes: case <CASE>
    "case x": `x` will not do for <CASE>: a reference looks like B-0042.
    "decide B-1 maybe": `maybe` will not do for <RULING>: not a ruling: choose one of accept, dismiss.
    "wordlist": Say what to do.
    "mode loud": `loud` will not do for <MODE>: not a mode: choose one of live, shadow.
    "appeal B-1": Something is missing: <WORDS>. It goes: appeal <CASE> <WORDS>...
    "queue now": I do not know what `now` means here. It goes: queue
    "#);
}

/// The help sorts commands by name; it must agree with what the commands themselves say.
#[test]
fn every_name_belongs_to_the_audience_its_command_says() {
    let lines = [
        "queue",
        "case 1",
        "remove 1",
        "hide 1",
        "enforce 1 abuse",
        "restore 1",
        "confirm 1",
        "void 1",
        "history a",
        "appeals",
        "decide 1 accept",
        "minute 1 allow 7",
        "proposals",
        "sign 1 warning why",
        "decline 1 why",
        "conflict 1",
        "mute a 1 why",
        "unmute a",
        "link a b",
        "unlink a b",
        "outside 1",
        "reply 1 a",
        "withdraw 1",
        "wordlist list",
        "wordlist test a",
        "wordlist preview a",
        "wordlist add mild general word ab",
        "wordlist remove ab",
        "wordlist restore ab",
        "wordlist allow ab",
        "wordlist disallow ab",
        "wordlist import mild general word ab, cd",
        "wordlist log",
        "wordlist undo",
        "wordlist back 1",
        "wordlist reload",
        "policy show",
        "policy set a b",
        "mode live",
        "appeal 1 a",
        "my-record",
        "rules",
        "rules post general",
        "help",
        "reports",
        "answer 1 acted a",
        "report abuse 1 a",
        "serve B-1 2026-01-05 by post",
        "template list",
        "template preview removed cy",
        "language cy",
        "acknowledge",
        "hold 1 a",
        "release 1",
        "erase a",
        "rectify 1 a",
        "erase-me",
        "correct 1 a",
        "clock confirm",
        "resume",
        "breaker",
        "breaker reset",
        "export register csv",
        "digest",
        "readmit a why",
    ];
    let commands = lines.map(|line| parse(line).unwrap());
    assert_eq!(commands.each_ref().map(Command::name).to_vec(), names());
    for command in commands {
        assert_eq!(Command::audience_of(command.name()), command.audience(), "{}", command.name());
    }
}

#[test]
fn every_word_that_is_offered_is_read() {
    let definition = definition();
    let commands = definition.get_subcommands();
    let commands = commands.flat_map(|command| std::iter::once(command).chain(command.get_subcommands()));
    let mut offered = Vec::new();
    for (command, argument) in
        commands.flat_map(|one| one.get_positionals().map(move |argument| (one, argument)))
    {
        let words: Vec<_> =
            argument.get_possible_values().iter().map(|word| word.get_name().to_owned()).collect();
        if !words.is_empty() {
            offered.push(format!("{} {}: {}", command.get_name(), argument.get_id(), words.join(", ")));
        }
        for word in words {
            let line = match (command.get_name(), argument.get_id().as_str()) {
                ("add", "grade") => format!("wordlist add {word} general word ab"),
                ("add", "category") => format!("wordlist add mild {word} word ab"),
                ("add", "matching") => format!("wordlist add mild general {word} ab"),
                ("import", "grade") => format!("wordlist import {word} general word ab"),
                ("import", "category") => format!("wordlist import mild {word} word ab"),
                ("import", "matching") => format!("wordlist import mild general {word} ab"),
                ("preview", "language") => format!("template preview removed {word}"),
                ("preview", "grade") => format!("wordlist preview ab 1 {word}"),
                ("preview", "category") => format!("wordlist preview ab 1 mild {word}"),
                ("preview", _) => format!("wordlist preview ab 1 mild general {word}"),
                ("report", _) => format!("report {word} @bob why"),
                ("export", "format") => format!("export register {word}"),
                ("export", _) => format!("export register csv {word}"),
                (alone @ ("my-record" | "mode" | "language"), _) => format!("{alone} {word}"),
                (about, _) => format!("{about} B-1 {word} 7 why"),
            };
            assert!(parse(&line).is_ok(), "{line}");
        }
    }
    insta::assert_snapshot!(offered.join("\n"), @"
    decide ruling: accept, dismiss
    minute ruling: allow, vary, warning, suspension, dismiss, refuse
    sign step: warning, suspension, expulsion
    preview grade: mild, medium, strong, strongest
    preview category: general, sexual, body_part, insult, race, religion, disability, orientation, gender, sex, age
    preview matching: word, stem, anywhere
    add grade: mild, medium, strong, strongest
    add category: general, sexual, body_part, insult, race, religion, disability, orientation, gender, sex, age
    add matching: word, stem, anywhere
    import grade: mild, medium, strong, strongest
    import category: general, sexual, body_part, insult, race, religion, disability, orientation, gender, sex, age
    import matching: word, stem, anywhere
    mode mode: live, shadow
    my-record form: json
    answer outcome: acted, no-breach, advice, mediated, referred
    report category: abuse, harassment, discrimination, inaccurate, inappropriate, spam, suspicious, privacy, safeguarding, legal, data-protection, moderation
    preview language: en, cy
    language language: en, cy
    export format: csv, html
    export names: redacted
    ");
}

#[test]
fn members_commands_are_their_own() {
    insta::assert_snapshot!(for_members().join(", "), @"link, reply, withdraw, appeal, my-record, rules, help, report, language, acknowledge, erase-me, correct");
}

#[test]
fn the_offices_that_may_give_a_command_are_those_that_include_one_it_is_for() {
    let rows: [(&str, &[Role]); 4] = [
        ("history", &[Role::Moderator, Role::Admin, Role::Secretary]),
        ("case", &[Role::Moderator, Role::Admin, Role::Secretary, Role::Executive]),
        ("minute", &[Role::Executive]),
        ("my-record", &[]),
    ];
    for (name, want) in rows {
        assert_eq!(offices(name), want, "{name}");
    }
}

#[test]
fn the_definition_is_sound() {
    definition().debug_assert();
}
