//! What is kept, who looked at it, how it goes, and what members can ask about it.

use ledger::{RegisterKind, WordsKind};
use policy::{Clock, Event, Role};

use crate::harness::{Harness, case_ref, charter, group, member, post};

const DAY: i64 = 24 * 60 * 60;

/// So many days pass, each with its delivery.
async fn days(it: &Harness, days: i64) {
    for _ in 0..days {
        it.clock.advance(DAY);
        it.settle().await;
    }
}

async fn held(it: &Harness, number: u32) -> bool {
    it.ledger.hold(&group("tea"), case_ref(number)).await.unwrap().is_some()
}

#[tokio::test]
async fn who_opens_a_file_is_on_record_and_the_member_sees_that_it_was_opened() {
    let it = Harness::new().await;
    it.post("1", "bob", "worstlo").await;
    let opened =
        async |officer| it.ledger.opened_at(&group("tea"), case_ref(1), &member(officer)).await.unwrap();
    it.command("mo", "queue").await;
    assert_eq!(opened("mo").await, None, "a list shows no words");
    it.command("alice", "case B-1").await;
    assert_eq!(opened("alice").await, None);
    it.command("mo", "case B-1").await;
    it.clock.advance(60);
    it.command("sam", "case B-1").await;
    assert_eq!(opened("sam").await, Some(it.clock.now()));
    let views = it.ledger.views(&group("tea"), case_ref(1)).await.unwrap();
    assert_eq!(views.iter().map(|view| view.role).collect::<Vec<_>>(), [Role::Moderator, Role::Secretary]);
    it.direct("bob", "appeal B-1 sorry").await;
    it.command("nia", "appeals").await;
    assert!(opened("nia").await.is_some(), "the appeals are shown with their words");
    let record = it.direct("bob", "my-record").await;
    assert!(record.contains("opened by the Secretary") && !record.contains("sam"), "{record}");
}

#[tokio::test]
async fn the_secretary_knows_before_a_file_goes_and_then_it_goes() {
    let it = Harness::new().await;
    it.post("1", "bob", "worstlo").await;
    it.post("2", "alice", "worstlo").await;
    it.declines_all().await;
    let told = it.told("sam").len();
    days(&it, 670).await;
    it.clock.advance(20 * DAY);
    it.settle().await;
    assert!(it.ledger.purge_list(&group("tea")).await.unwrap().is_empty());
    days(&it, 12).await;
    let letter = it.letters_from("sam", told);
    for file in ["B-0001", "B-0002", "B-0003", "B-0004"] {
        assert!(letter.contains(file), "{file}: {letter}");
    }
    assert!(!letter.contains("bob"), "{letter}");
    let lists = || it.letters_from("sam", told).matches("The time of these files will be over").count();
    assert_eq!(lists(), 1, "told once");
    assert!(it.command("asha", "hold B-3 a lawyer wrote").await.contains("B-0003 is held"));
    days(&it, 40).await;
    assert!(it.case(1).await.is_none());
    assert!(it.case(3).await.is_some(), "it is held");
    assert_eq!(lists(), 1);
    let register = it.ledger.register(&group("tea"), 100).await.unwrap();
    let last = u32::try_from(register.len()).unwrap();
    assert!(register.iter().map(|line| line.number).eq((1..=last).rev()), "no gaps");
    assert_eq!(register.last().unwrap().kind, RegisterKind::Purged);
    assert!(it.command("mo", "case B-1").await.contains("There is no file"));

    // Once it is released, it is listed anew, with its thirty days.
    it.command("sam", "release B-3").await;
    days(&it, 25).await;
    assert!(it.case(3).await.is_some());
    days(&it, 10).await;
    assert!(it.case(3).await.is_none());
}

#[tokio::test]
async fn what_is_open_waits_and_what_is_told_starts_the_time_anew() {
    let it = Harness::new().await;
    it.post("1", "bob", "medlo").await;
    it.post("2", "alice", "worstlo").await;
    days(&it, 300).await;
    it.command("mo", "void B-2 it was a joke").await;
    it.clock.advance(460 * DAY);
    days(&it, 40).await;
    assert_eq!(it.state(1).await, "flagged", "nobody has looked");
    assert!(it.case(2).await.is_some(), "the notice was from the three hundredth day");
    it.clock.advance(250 * DAY);
    days(&it, 2).await;
    it.clock.advance(30 * DAY);
    it.settle().await;
    assert!(it.case(2).await.is_none());
    assert!(it.case(1).await.is_some());
}

#[tokio::test]
async fn a_text_without_a_breach_goes_with_the_time_to_appeal() {
    let it = Harness::new().await;
    it.post("1", "bob", "worstlo").await;
    it.declines_all().await;
    it.post("2", "bob", "worstlo").await;
    it.command("mo", "void B-1 it was a joke").await;
    it.declines_all().await;
    it.clock.advance(350 * DAY);
    it.settle().await;
    let text = async |number| it.ledger.snapshot(&group("tea"), case_ref(number)).await.unwrap();
    assert!(text(1).await.is_some(), "a strike could have counted for a year, and be appealed as long");
    it.clock.advance(32 * DAY);
    it.settle().await;
    assert!(text(1).await.is_none());
    assert!(text(3).await.is_some());
    assert!(it.case(1).await.is_some(), "the file is kept without its words");
}

#[tokio::test]
async fn a_hold_has_an_owner_a_reason_and_a_review() {
    let it = Harness::new().await;
    it.post("1", "bob", "worstlo").await;
    it.declines_all().await;
    it.post("2", "asha", "medlo").await;
    assert!(it.command("asha", "hold B-3 for me").await.contains("It is about you"));
    assert!(it.command("asha", "hold B-9 why").await.contains("There is no file B-0009"));
    assert!(it.command("asha", "release B-1").await.contains("is not held"));
    it.command("asha", "hold B-1 a lawyer wrote").await;
    assert!(held(&it, 1).await);
    assert!(it.command("sam", "hold B-1 again").await.contains("has been held by asha"));
    let shown = it.command("mo", "case B-1").await;
    assert!(shown.contains("Held by asha") && shown.contains("> a lawyer wrote"), "{shown}");
    assert!(!it.direct("bob", "my-record").await.contains("lawyer"));
    for owner in ["asha", "sam"] {
        assert_eq!(it.letters_from(owner, 0).matches("still held").count(), 0, "{owner}");
    }
    days(&it, 190).await;
    for owner in ["asha", "sam"] {
        assert_eq!(it.letters_from(owner, 0).matches("still held").count(), 1, "{owner}");
    }
    days(&it, 190).await;
    assert_eq!(it.letters_from("asha", 0).matches("still held").count(), 2);
    it.command("sam", "release B-1").await;
    assert!(!held(&it, 1).await);
    days(&it, 190).await;
    assert_eq!(it.letters_from("asha", 0).matches("still held").count(), 2);
}

#[tokio::test]
async fn a_request_to_erase_is_answered_with_what_is_kept_and_until_when() {
    let it = Harness::new().await;
    it.post("1", "bob", "worstlo").await;
    it.declines_all().await;
    it.post("2", "bob", "worstlo").await;
    it.post("3", "bob", "medlo").await;
    it.command("mo", "void B-3 a joke").await;
    assert!(it.command("bob", "erase-me").await.contains("is private"));
    let answer = it.direct("bob", "erase-me I am leaving").await;
    assert!(answer.contains("B-0006") && answer.contains("the Secretary has it"), "{answer}");
    assert!(it.letters_from("sam", 0).contains("bob asks for what is kept about them to be erased"));
    assert!(it.command("sam", "case B-6").await.contains("> I am leaving"));
    assert!(it.command("mo", "erase bob").await.contains("you do not hold"));
    assert!(it.command("sam", "erase sam").await.contains("It is about you"));
    assert!(it.command("sam", "erase nobody").await.contains("Nothing is kept about nobody"));

    let told = it.command("sam", "erase @bob Your strike still counts.").await;
    assert!(told.contains("B-0003") && told.contains("B-0001 is kept"), "{told}");
    assert!(told.contains("its strike counts") && told.contains("something in it is still open"), "{told}");
    assert!(it.case(3).await.is_none() && it.case(1).await.is_some());
    let letter = it.letters_from("bob", 0);
    assert!(letter.contains("Your strike still counts."), "{letter}");
    assert!(letter.contains("at least: the strike still counts."), "{letter}");
    let kept = letter.lines().find(|line| line.starts_with("We keep B-") && line.contains("strike")).unwrap();
    assert!(kept.contains("B-0001") && !kept.contains("B-0003"), "{kept}");
    assert!(it.command("sam", "erase B-1 no").await.contains("Nothing could be erased"));

    it.clock.advance(370 * DAY);
    it.settle().await;
    assert!(it.command("sam", "erase B-1 as you asked").await.contains("Erased: B-0001."));
    assert!(it.case(1).await.is_none());
}

#[tokio::test]
async fn the_letter_about_what_is_kept_says_why() {
    let it = Harness::new().await;
    it.post("1", "bob", "worstlo").await;
    it.declines_all().await;
    it.post("2", "bob", "medlo").await;
    it.command("mo", "void B-3 a joke").await;
    it.direct("bob", "appeal B-1 it was a joke").await;
    it.command("asha", "hold B-3 a lawyer wrote").await;
    it.direct("bob", "erase-me").await;
    it.command("sam", "erase bob as far as we can").await;
    let letter = it.letters_from("bob", 0);
    for part in
        ["We keep B-0001 until", "an appeal about this is still open.", "we are bound to hold this for now."]
    {
        assert!(letter.contains(part), "{part}: {letter}");
    }
    assert!(!letter.contains("lawyer"), "why it is held is for officers: {letter}");
}

#[tokio::test]
async fn a_request_to_erase_is_answered_within_a_month_or_the_secretary_hears_of_it() {
    let it = Harness::new().await;
    let reminded = |it: &Harness| {
        let told = it.letters_from("sam", 0);
        (
            told.matches("is to have an answer by").count(),
            told.matches("should have had an answer by").count(),
        )
    };
    let receipt = it.direct("bob", "erase-me I am leaving").await;
    assert!(receipt.contains("an answer by 11 June 2026."), "{receipt}");
    days(&it, 10).await;
    let again = it.direct("bob", "erase-me please").await;
    assert!(again.contains("an answer by 11 June 2026."), "asking again puts nothing off: {again}");
    days(&it, 13).await;
    assert_eq!(reminded(&it), (0, 0));
    days(&it, 3).await;
    assert_eq!(reminded(&it), (1, 0));
    days(&it, 5).await;
    assert_eq!(reminded(&it), (1, 0));
    days(&it, 2).await;
    assert_eq!(reminded(&it), (1, 1));
    days(&it, 8).await;
    assert_eq!(reminded(&it), (1, 2), "until there is an answer");
    let answer = it.command("sam", "erase bob as you asked").await;
    assert!(answer.contains("Nothing is kept besides the request"), "{answer}");
    days(&it, 60).await;
    assert_eq!(reminded(&it), (1, 2));
    let receipt = it.direct("bob", "erase-me again").await;
    assert!(receipt.contains("an answer by"), "{receipt}");
    days(&it, 27).await;
    assert_eq!(reminded(&it), (2, 2), "another request has a time of its own");
}

#[tokio::test]
async fn corrections_stand_beside_what_they_correct() {
    let it = Harness::new().await;
    it.post("1", "bob", "worstlo").await;
    assert!(it.direct("alice", "correct B-1 it was me").await.contains("I know no file B-0001 about you"));
    assert!(it.direct("bob", "correct B-1 it was Tuesday").await.contains("the Secretary has it"));
    assert!(it.letters_from("sam", 0).contains("bob asks for a correction"));
    assert!(it.command("asha", "rectify B-1 It was on a Tuesday.").await.contains("beside what it corrects"));
    let shown = it.command("mo", "case B-1").await;
    for part in ["> worstlo", "> it was Tuesday", "> It was on a Tuesday."] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let record = it.direct("bob", "my-record").await;
    assert!(record.contains("> It was on a Tuesday."), "{record}");
    let kept = it.ledger.words(&group("tea"), case_ref(1), WordsKind::Correction).await.unwrap();
    assert_eq!(kept.len(), 1);
}

#[tokio::test]
async fn records_of_one_group_are_not_reached_from_another() {
    let it = Harness::with(vec![charter("tea"), charter("other")]).await;
    it.takes(post(&it, "other", "1", "bob", "worstlo")).await;
    it.settle().await;
    for line in ["hold B-1 x", "release B-1", "erase B-1 x", "rectify B-1 x", "case B-1"] {
        assert!(it.command("sam", line).await.contains("There is no file B-0001"), "{line}");
    }
    assert!(it.command("sam", "erase bob").await.contains("Nothing is kept about bob"));
    assert!(it.direct("bob", "correct B-1 x").await.contains("I know no file"));
    let events = it.ledger.events(&group("other"), case_ref(1)).await.unwrap();
    assert!(events.iter().all(|noted| matches!(noted.event, Event::Judged { .. })), "{events:?}");
}

#[tokio::test]
async fn a_record_for_other_programs_covers_other_people() {
    let it = Harness::new().await;
    it.post("1", "bob", "worstlo, alice and mo, said bob").await;
    it.command("asha", "case B-2").await;
    it.command("asha", "decline B-2 Nothing of the kind is needed.").await;
    it.post("2", "alice", "medlo").await;
    it.direct("bob", "appeal B-1 alice began").await;
    it.command("mo", "decide B-1 dismiss alice did not, says mo").await;
    it.command("asha", "hold B-1 alice's lawyer wrote").await;
    it.command("mo", "case B-1").await;
    let answer = it.direct("bob", "my-record json").await;
    let json: String = answer.lines().skip(1).map(|line| line.strip_prefix("> ").unwrap_or(line)).collect();
    let record: serde_json::Value = serde_json::from_str(&json).unwrap();
    let file = record["files"].as_array().unwrap().iter().find(|file| file["reference"] == "B-0001").unwrap();
    assert_eq!(file["post"]["text"], "worstlo, [another member] and [another member], said bob");
    assert!(file["looked_at"].as_array().unwrap().iter().any(|look| look["by"] == "a moderator"), "{file}");
    assert_eq!(file["held"], true);
    for name in ["alice", "\"mo\"", "asha", "lawyer"] {
        assert!(!json.contains(name), "{name}: {json}");
    }
    assert!(it.command("bob", "my-record json").await.contains("is private"));
    let other = it.direct("carol", "my-record json").await;
    assert!(other.contains("\"files\": []"), "{other}");
}

#[tokio::test]
async fn a_copy_is_on_record_stands_for_a_month_and_goes_with_its_file() {
    let it = Harness::new().await;
    it.post("1", "bob", "worstlo =1+1").await;
    it.post("2", "alice", "worstlo").await;
    it.command("mo", "void B-1 a joke").await;
    let copies = || {
        let place = it.directory.path().join("exports");
        let mut copies: Vec<_> =
            std::fs::read_dir(place).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
        copies.sort();
        copies
    };
    for (who, line, want) in [
        ("mo", "export B-1 csv", "you do not hold"),
        ("ed", "export register csv", "The register is the Secretary's"),
        ("ed", "export B-1 html", "is before the Executive"),
        ("sam", "export B-9 html", "There is no file B-0009"),
        ("sam", "export B-1 pdf", "choose one of csv, html"),
    ] {
        let answer = it.command(who, line).await;
        assert!(answer.contains(want), "{line}: {answer}");
    }
    assert_eq!(copies().len(), 0);
    assert!(it.command("sam", "export B-1 csv").await.contains("exports/tea-B-0001-"));
    it.clock.advance(1);
    it.command("sam", "export B-1 html redacted").await;
    it.command("asha", "export B-2 html").await;
    it.command("sam", "export register html").await;
    assert_eq!(copies().len(), 4);
    let text = std::fs::read_to_string(&copies()[0]).unwrap();
    assert!(
        text.contains("Taken by sam") && text.contains("worstlo =1+1") && text.contains(",mo,"),
        "{text}"
    );
    let redacted = std::fs::read_to_string(&copies()[1]).unwrap();
    assert!(redacted.contains("[a moderator]") && !redacted.contains("<bdi>mo</bdi>"), "{redacted}");
    #[cfg(unix)]
    for copy in copies() {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(copy).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let views = it.ledger.views(&group("tea"), case_ref(1)).await.unwrap();
    assert_eq!(views.iter().filter(|view| view.way == ledger::Access::Exported).count(), 2);

    assert!(it.command("sam", "erase B-1 because").await.contains("has not asked"));
    it.direct("bob", "erase-me").await;
    it.command("sam", "erase B-1 as you asked").await;
    assert_eq!(copies().len(), 2, "its copies went with it");
    days(&it, 29).await;
    assert_eq!(copies().len(), 2);
    days(&it, 3).await;
    assert_eq!(copies().len(), 0);
}

#[tokio::test]
async fn cases_copies_and_lines_of_the_register_cite_rule_and_version() {
    let it = Harness::new().await;
    it.post("1", "bob", "worstlo").await;
    it.command("mo", "restore B-1 a joke").await;
    it.post("2", "bob", "worstlo").await;
    let cited = "language, version 1";
    for line in ["case B-2", "case B-3", "history bob"] {
        let shown = it.command("mo", line).await;
        assert!(shown.contains(cited), "{line}: {shown}");
    }
    assert!(it.direct("bob", "my-record").await.contains(cited));
    for (line, copy) in [
        ("export B-2 csv", "B-0002"),
        ("export B-3 html", "B-0003"),
        ("export register csv", "register"),
        ("export register html", "register"),
    ] {
        it.command("sam", line).await;
        let text = newest_copy(&it, copy);
        assert!(text.contains(cited), "{line}: {text}");
        for row in
            text.lines().filter(|row| row.starts_with("Notices and decisions,") && row.contains("B-000"))
        {
            assert!(row.contains(cited), "{row}");
        }
    }
}

#[tokio::test]
async fn a_record_to_read_tells_what_the_one_for_programs_tells() {
    let it = Harness::new().await;
    it.platform.add_member(&member("zoe"), "Zoë of the Valley");
    it.post("1", "bob", "worstlo, said Zoë of the Valley and mo").await;
    it.command("mo", "restore B-1 zoe asked for it, and so did ZOË OF THE VALLEY and nia").await;
    it.direct("bob", "appeal B-1 alice began").await;
    let text = it.direct("bob", "my-record").await;
    for part in [
        "> worstlo, said [another member] and [another member]",
        "> [another member] asked for it, and so did [another member] and [another member]",
        "language, version 1",
        "([a moderator])",
        "delivered",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    for name in ["alice", "nia", "zoe", "Valley"] {
        assert!(!text.to_lowercase().contains(&name.to_lowercase()), "{name}: {text}");
    }
    let json = it.direct("bob", "my-record json").await;
    let json: String = json.lines().skip(1).map(|line| line.strip_prefix("> ").unwrap_or(line)).collect();
    let record: serde_json::Value = serde_json::from_str(&json).unwrap();
    for file in record["files"].as_array().unwrap() {
        for said in file["words"].as_array().unwrap() {
            assert!(text.contains(said["text"].as_str().unwrap()), "{said}: {text}");
        }
        for happened in file["happened"].as_array().unwrap() {
            assert!(text.contains(happened["what"].as_str().unwrap()), "{happened}: {text}");
        }
        for notice in file["notices"].as_array().unwrap() {
            assert!(text.contains(notice["about"].as_str().unwrap()), "{notice}: {text}");
        }
    }
}

#[tokio::test]
async fn who_reported_is_covered_in_what_others_say_and_told_from_nobody() {
    let it = Harness::new().await;
    it.post("1", "bob", "a plain post, wrote carla and nia").await;
    // Carla is known to the ledger for her report alone, and is gone from the group.
    it.direct("carla", "report abuse #1 he is vile").await;
    it.command("mo", "remove 1 abuse carla told mo and nia").await;
    let record = it.direct("bob", "my-record").await;
    assert!(record.contains("> [another member] told [another member] and [another member]"), "{record}");
    assert!(record.contains("> a plain post, wrote carla and [another member]"), "{record}");
}

#[tokio::test]
async fn a_copy_of_a_file_holds_each_letter_as_it_was_sent() {
    let it = Harness::new().await;
    it.post("1", "bob", "worstlo, alice").await;
    it.command("mo", "void B-1 alice asked").await;
    for (line, says) in [
        ("export B-1 csv", ["> worstlo, alice", "> alice asked"]),
        ("export B-1 html redacted", ["&gt; worstlo, [another member]", "&gt; [another member] asked"]),
    ] {
        it.command("sam", line).await;
        let text = newest_copy(&it, "B-0001");
        for part in says.into_iter().chain(["secretary@example.org", "Do you think this was wrong?"]) {
            assert!(text.contains(part), "{line}: {part}: {text}");
        }
        assert_eq!(text.contains("alice"), !line.ends_with("redacted"), "{line}: {text}");
    }
}

/// The text of the copy of something that was taken last.
fn newest_copy(it: &Harness, of: &str) -> String {
    it.clock.advance(1);
    let place = it.directory.path().join("exports");
    let copies = std::fs::read_dir(place).unwrap().map(|entry| entry.unwrap().path());
    let newest = copies
        .filter(|copy| copy.file_name().unwrap().to_string_lossy().contains(of))
        .max_by_key(|copy| copy.file_stem().unwrap().to_string_lossy().into_owned());
    std::fs::read_to_string(newest.unwrap()).unwrap()
}

#[tokio::test]
async fn the_executive_takes_a_copy_of_what_is_before_it() {
    let it = Harness::new().await;
    it.post("1", "bob", "worstlo").await;
    it.direct("bob", "appeal B-1 a joke").await;
    it.command("nia", "decide B-1 dismiss no").await;
    it.direct("bob", "appeal B-1 the Executive please").await;
    assert!(it.command("ed", "export B-1 html").await.contains("exports/tea-B-0001-"));
}

#[tokio::test]
async fn the_committee_gets_counts_and_no_names() {
    let it = Harness::new().await;
    for number in 0..6 {
        it.post(&number.to_string(), "bob", "worstlo").await;
    }
    it.post("9", "alice", "stronko").await;
    it.command("mo", "restore B-1 a joke").await;
    it.direct("bob", "appeal B-3 sorry").await;
    let digest = it.command("ed", "digest").await;
    for part in [
        "found by the filter: 6",
        "put back: fewer than 5",
        "Strikes: 6",
        "Appeals: fewer than 5",
        "overdue 0",
    ] {
        assert!(digest.contains(part), "{part}: {digest}");
    }
    for name in ["bob", "alice", "B-0"] {
        assert!(!digest.contains(name), "{digest}");
    }
    it.clock.advance(40 * DAY);
    it.settle().await;
    let digest = it.command("sam", "digest").await;
    assert!(digest.contains("Removed or hidden: 0") && digest.contains("overdue 1"), "{digest}");
    assert!(it.command("sam", "digest 2026-05").await.contains("May 2026"));
    assert!(it.command("sam", "digest May").await.contains("a month looks like 2026-11"));
}

#[tokio::test]
async fn officers_with_a_part_in_a_matter_settle_nothing_of_its_file_nor_hear_of_it() {
    let it = Harness::new().await;
    it.post("1", "bob", "worstlo").await;
    it.command("sam", "conflict B-1").await;
    let told = it.told("sam");
    for line in [
        "hold B-1 for later",
        "release B-1",
        "erase B-1 please",
        "erase bob please",
        "rectify B-1 it was not so",
    ] {
        let answer = it.command("sam", line).await;
        assert!(answer.to_lowercase().contains("you have a part in"), "{line}: {answer}");
        assert!(answer.ends_with("Nothing was changed."), "{line}: {answer}");
    }
    it.direct("bob", "correct B-1 It was a quotation.").await;
    assert_eq!(it.told("sam"), told);
    assert!(it.told("ed").iter().any(|line| line.contains("asks for a correction")), "who takes their place");
}
