//! Reports by members: whose turn they are, who may see them, what silence and discontent do, and that nothing else
//! follows from them.

use policy::{Charter, Duties, Role};

use crate::harness::{Harness, charter, group, member, post, read};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// Every officer there is in the tests' group, and a member who is none.
const EVERYBODY: [&str; 7] = ["alice", "bob", "mo", "nia", "asha", "sam", "ed"];

/// The tests' group with duties: nia for safeguarding, asha for legal matters, mo as the Secretary's alternate.
fn with_duties() -> Charter {
    let duties = Duties {
        alternate: Some(member("mo")),
        safeguarding: Some(member("nia")),
        legal: Some(member("asha")),
    };
    Charter { duties, ..charter("tea") }
}

fn last(it: &Harness, to: &str) -> String {
    it.platform.letters(&member(to)).last().map(read).unwrap_or_default()
}

fn letters(it: &Harness, to: &str) -> usize {
    it.platform.letters(&member(to)).len()
}

/// Who gets a report by `case`, and in whose list it stands.
async fn seen_by(it: &Harness, report: &str) -> (Vec<&'static str>, Vec<&'static str>) {
    let (mut seen, mut listed) = (Vec::new(), Vec::new());
    for who in EVERYBODY {
        if it.command(who, &format!("case {report}")).await.contains(" about ") {
            seen.push(who);
        }
        if it.command(who, "reports").await.contains(report) {
            listed.push(who);
        }
    }
    (seen, listed)
}

#[tokio::test]
async fn a_report_is_received_answered_and_told_in_private() {
    let it = Harness::new().await;
    it.post("1", "bob", "you are all fools").await;
    let answer = it.direct("alice", "report abuse #1 he means me").await;
    assert_eq!(
        answer,
        "Thank you. Your report is on record as B-0001. You will have an answer by 16 May 2026."
    );
    assert_eq!(it.told("alice"), ["We have your report"]);
    for admin in ["asha", "sam"] {
        assert!(last(&it, admin).contains("B-0001 a member reports post 1 by bob: abuse"), "{admin}");
    }
    assert_eq!((letters(&it, "mo"), letters(&it, "ed"), letters(&it, "bob")), (0, 0, 0));
    assert!(it.platform.officers_letters().is_empty(), "the officers' channel is read by too many");
    assert_eq!(seen_by(&it, "B-0001").await, (vec!["asha", "sam"], vec!["asha", "sam"]));

    // The post is judged as it was, even once it is edited away.
    let edited = policy::Post { revision: 1, ..post(&it, "tea", "1", "bob", "you are all dears") };
    it.takes(edited).await;
    let case = it.command("asha", "case B-1").await;
    assert!(case.contains("> you are all fools") && case.contains("> he means me"), "{case}");
    assert!(!case.contains("alice"), "{case}");

    assert!(it.command("asha", "answer B-1 no-breach").await.contains("Something is missing"));
    let answer = it.command("asha", "answer B-1 no-breach Rude, and allowed.").await;
    assert!(answer.starts_with("B-0001 is answered"), "{answer}");
    let letter = last(&it, "alice");
    assert!(letter.contains("broke no rule") && letter.contains("> Rude, and allowed."), "{letter}");
    assert!(letter.contains("appeal B-0001"), "{letter}");
    assert_eq!(it.told("alice"), ["We have your report", "Your report is answered"]);
    assert!(it.command("sam", "answer B-1 acted Really?").await.contains("answered already"));
    assert_eq!(it.command("sam", "reports").await, "No report waits for you.");
    assert!(it.stands("1"), "an answer removes nothing by itself");
}

#[tokio::test]
async fn silence_goes_to_the_secretary_then_to_the_executive_and_goes_on_being_said() {
    let it = Harness::with(vec![with_duties()]).await;
    it.post("1", "bob", "hello").await;
    it.direct("alice", "report harassment @bob again and again").await;
    // Noon two days and one day before.
    it.clock.advance(3 * DAY + 2 * HOUR);
    it.settle().await;
    assert!(last(&it, "asha").contains("still waits"), "{}", last(&it, "asha"));
    it.clock.advance(3 * DAY);
    it.settle().await;
    assert_eq!(it.told("alice").last().unwrap(), "Your report goes further");
    let letter = last(&it, "alice");
    assert!(
        letter.contains("You should have had an answer by 16 May 2026") && letter.contains("the Secretary")
    );
    assert!(last(&it, "sam").contains("now it is your turn"), "{}", last(&it, "sam"));
    assert_eq!(seen_by(&it, "B-0001").await, (vec!["asha", "sam"], vec!["sam"]));
    let early = it.command("asha", "answer B-1 acted Sorry, late").await;
    assert_eq!(early, "B-0001: it is for others to answer now. Nothing was changed.");

    it.clock.advance(6 * DAY);
    it.settle().await;
    assert!(last(&it, "alice").contains("the Executive Committee"));
    assert_eq!(seen_by(&it, "B-0001").await, (vec!["asha", "sam", "ed"], vec!["ed"]));

    let told = letters(&it, "alice");
    for _ in 0..3 {
        it.clock.advance(8 * DAY);
        it.settle().await;
        assert!(last(&it, "ed").contains("LATE"), "{}", last(&it, "ed"));
        assert!(it.command("ed", "reports").await.contains("OVERDUE since"));
    }
    assert_eq!(letters(&it, "alice"), told);
    it.command("ed", "answer B-1 mediated They shook hands.").await;
    let letter = last(&it, "alice");
    assert!(letter.contains("> They shook hands.") && letter.contains("the national office"), "{letter}");
    let late = letters(&it, "ed");
    it.clock.advance(30 * DAY);
    it.settle().await;
    assert_eq!(letters(&it, "ed"), late, "nothing is late any more");
}

/// After a long outage the clock goes on from when it is seen, one tier at a time, and everybody gets their days.
#[tokio::test]
async fn an_outage_skips_no_tier() {
    let it = Harness::new().await;
    it.direct("alice", "report spam @bob adverts").await;
    it.clock.advance(60 * DAY);
    let it = it.restart().await;
    it.settle().await;
    assert_eq!(it.told("alice"), ["We have your report", "Your report goes further"]);
    assert!(!last(&it, "asha").contains("still waits"), "it was too late to remind");
    assert_eq!(seen_by(&it, "B-0001").await.1, ["sam"]);
    it.settle().await;
    assert_eq!(seen_by(&it, "B-0001").await.1, ["sam"]);
}

#[tokio::test]
async fn a_conflicted_secretary_is_passed_over_for_the_alternate_and_without_one_for_the_executive() {
    for (charter, next) in [(with_duties(), "mo"), (charter("tea"), "ed")] {
        let it = Harness::with(vec![charter]).await;
        it.direct("alice", "report abuse @sam he shouts at me").await;
        assert_eq!(seen_by(&it, "B-0001").await, (vec!["asha"], vec!["asha"]));
        it.clock.advance(6 * DAY);
        it.settle().await;
        assert_eq!(seen_by(&it, "B-0001").await.1, [next]);
        assert_eq!(letters(&it, "sam"), 0, "whom it is about never hears of it");
        let none = it.command("sam", "case B-0009").await;
        assert_eq!(it.command("sam", "case B-0001").await, none.replace("B-0009", "B-0001"));
        let none = it.command("sam", "answer B-0009 acted yes").await;
        assert_eq!(it.command("sam", "answer B-0001 acted yes").await, none.replace("B-0009", "B-0001"));
        assert!(!it.command("sam", "history sam").await.contains("B-0001"));
        assert!(!it.direct("sam", "my-record").await.contains("B-0001"));
    }
}

#[tokio::test]
async fn a_report_goes_on_at_once_when_nobody_is_left_of_those_whose_turn_it_is() {
    let it = Harness::with(vec![with_duties()]).await;
    it.direct("alice", "report safeguarding @bob please look").await;
    it.clock.advance(2 * DAY);
    it.command("nia", "conflict B-0001").await;
    assert_eq!(seen_by(&it, "B-0001").await, (vec!["sam"], vec!["sam"]));
    assert!(last(&it, "sam").contains("now it is your turn"), "{}", last(&it, "sam"));
    assert!(last(&it, "alice").contains("Your report is now with the Secretary"), "{}", last(&it, "alice"));
    assert!(last(&it, "alice").contains("by 18 May 2026"), "a full clock: {}", last(&it, "alice"));

    let it = Harness::with(vec![with_duties()]).await;
    it.direct("alice", "report abuse @bob please look").await;
    it.command("asha", "conflict B-0001").await;
    assert_eq!(seen_by(&it, "B-0001").await.1, ["sam"]);
    assert_eq!((letters(&it, "sam"), letters(&it, "alice")), (1, 1), "the other admin has it still");
    it.command("sam", "conflict B-0001").await;
    assert_eq!(seen_by(&it, "B-0001").await.1, ["mo"], "the alternate, for the Secretary has a part");
    it.command("mo", "conflict B-0001").await;
    assert_eq!(seen_by(&it, "B-0001").await.1, ["ed"]);
    it.command("ed", "conflict B-0001").await;
    assert!(last(&it, "alice").contains("Nobody is left"), "{}", last(&it, "alice"));
}

/// Lane × who hears of it at once, who sees it, and when it is due.
#[tokio::test]
async fn each_lane_goes_to_its_own_officers() {
    let rows: [(&str, &[&str], &str); 5] = [
        ("abuse", &["asha", "sam"], "16 May 2026"),
        ("moderation", &["asha", "sam"], "16 May 2026"),
        ("data-protection", &["asha", "sam"], "10 June 2026"),
        ("safeguarding", &["nia"], "16 May 2026"),
        ("legal", &["asha"], "13 May 2026"),
    ];
    for (category, officers, due) in rows {
        let it = Harness::with(vec![with_duties()]).await;
        let answer = it.command("alice", &format!("report {category} @bob please look")).await;
        assert!(answer.ends_with(&format!("by {due}.")), "{category}: {answer}");
        for who in EVERYBODY {
            assert_eq!(letters(&it, who) > 0, officers.contains(&who) || who == "alice", "{category}: {who}");
        }
        assert_eq!(seen_by(&it, "B-0001").await, (officers.to_vec(), officers.to_vec()), "{category}");
        assert!(it.platform.officers_letters().is_empty(), "{category}");
        assert_eq!(it.command("mo", "queue").await, "Nothing waits for a moderator.", "{category}");
    }
}

#[tokio::test]
async fn a_safeguarding_report_is_seen_by_its_officer_alone_until_it_goes_up() {
    let it = Harness::with(vec![with_duties()]).await;
    it.direct("alice", "report safeguarding @bob he writes to children").await;
    let none = it.command("sam", "case B-0009").await;
    for who in ["mo", "asha", "sam", "ed"] {
        assert_eq!(it.command(who, "case B-0001").await, none.replace("B-0009", "B-0001"), "{who}");
        let named = it.direct(who, "report moderation B-0001 what is this?").await;
        assert!(named.starts_with("I know no file B-0001"), "{who}: {named}");
    }
    it.clock.advance(6 * DAY);
    it.settle().await;
    assert_eq!(seen_by(&it, "B-0001").await, (vec!["nia", "sam"], vec!["sam"]));
}

/// Without a named officer the Secretary is the one; silence then does not ask the same person again.
#[tokio::test]
async fn where_nobody_is_named_the_secretary_is_and_is_not_asked_twice() {
    let it = Harness::new().await;
    it.direct("alice", "report legal #9 libel").await;
    it.direct("alice", "report legal @bob libel").await;
    assert_eq!(seen_by(&it, "B-0001").await, (vec!["sam"], vec!["sam"]), "and there is no post 9");
    it.clock.advance(3 * DAY);
    it.settle().await;
    assert_eq!(seen_by(&it, "B-0001").await.1, ["ed"]);
    assert!(last(&it, "alice").contains("the Executive Committee"));
}

#[tokio::test]
async fn a_reporter_who_is_not_content_is_heard_by_others_up_to_the_outside() {
    let it = Harness::with(vec![with_duties()]).await;
    it.direct("alice", "report abuse @bob he shouts").await;
    let answer = it.direct("alice", "appeal B-1 hello?").await;
    assert!(answer.contains("still waits for its answer"), "{answer}");
    // The Secretary answers as an admin, and so does not hear of the discontent.
    it.command("sam", "answer B-1 no-breach He has a loud voice.").await;
    assert!(last(&it, "asha").contains("is answered: no-breach"));
    assert!(last(&it, "alice").contains("another trusted officer"), "{}", last(&it, "alice"));
    let answer = it.direct("alice", "appeal B-1 It is not his voice").await;
    assert_eq!(answer, "Thank you. What you say about B-0001 is on record.");
    assert_eq!(it.told("alice").last().unwrap(), "Your report goes further");
    assert_eq!(seen_by(&it, "B-0001").await, (vec!["mo", "asha", "sam"], vec!["mo"]));
    assert!(it.command("mo", "case B-1").await.contains("> It is not his voice"));
    it.command("mo", "answer B-1 no-breach I agree with Sam.").await;
    it.direct("alice", "appeal B-1 Please").await;
    it.command("ed", "answer B-1 advice We spoke to him.").await;
    let letter = last(&it, "alice");
    assert!(letter.contains("You can write to the national office"), "{letter}");
    let answer = it.direct("alice", "appeal B-1 Again").await;
    assert!(answer.contains("You can write to the national office"), "{answer}");
    for other in ["bob", "mo", "sam"] {
        let theirs = it.direct(other, "appeal B-1 me too").await;
        let none = it.direct(other, "appeal B-9 me too").await;
        assert_eq!(theirs, none.replace("B-0009", "B-0001"), "{other}");
    }
}

#[tokio::test]
async fn the_same_again_is_told_so_and_opens_nothing() {
    let it = Harness::new().await;
    it.post("1", "bob", "hello").await;
    for line in ["report abuse #1 rude", "report abuse @bob rude", "report moderation moderation slow"] {
        assert!(it.direct("alice", line).await.starts_with("Thank you"), "{line}");
    }
    let again = it.direct("alice", "report spam 1 rude").await;
    assert!(again.contains("reported this already: it is B-0001"), "{again}");
    assert!(again.ends_with("Nothing was changed."), "{again}");
    assert!(it.direct("mo", "report abuse #1 rude").await.contains("B-0004"), "somebody else may");
    assert!(it.direct("alice", "report safeguarding #1 a child!").await.contains("B-0005"), "another lane");
    it.command("asha", "answer B-1 acted Done.").await;
    assert!(it.direct("alice", "report abuse #1 once more").await.contains("B-0006"));
}

#[tokio::test]
async fn who_decided_has_a_part_in_what_is_complained_of() {
    let it = Harness::new().await;
    it.post("1", "bob", "medlo").await;
    it.command("asha", "remove B-1 language").await;
    assert!(it.direct("alice", "report moderation B-1 wrong").await.contains("I know no file B-0001"));
    assert!(it.direct("bob", "report moderation B-1 unfair").await.contains("B-0003"));
    assert_eq!(seen_by(&it, "B-0003").await.0, ["sam"]);
    it.direct("alice", "report moderation #1 it was fine").await;
    assert!(it.direct("alice", "report moderation B-0003 slow").await.contains("I know no file B-0003"));
    assert!(it.direct("bob", "report moderation B-0003 slow").await.contains("B-0004"));
}

/// Officers who report are in it themselves; and their own lists do not give them away.
#[tokio::test]
async fn an_officer_who_reports_does_not_judge_it() {
    let it = Harness::new().await;
    it.direct("asha", "report abuse @bob he shouts").await;
    assert_eq!(seen_by(&it, "B-0001").await, (vec!["sam"], vec!["sam"]));
    assert!(it.direct("asha", "my-record").await.contains("Your report B-0001 abuse about bob"));
    assert!(!it.command("sam", "case B-1").await.contains("asha"));
}

#[tokio::test]
async fn where_nobody_is_free_the_reporter_is_sent_outside() {
    let mut roster = policy::Roster::default();
    roster.appoint(member("asha"), Role::Admin);
    let it = Harness::with(vec![Charter { roster, ..charter("tea") }]).await;
    let answer = it.direct("alice", "report abuse @asha she shouts").await;
    assert!(answer.contains("on record as B-0001"), "{answer}");
    assert_eq!(it.told("alice"), ["Your report goes further"]);
    assert!(last(&it, "alice").contains("the national office"), "{}", last(&it, "alice"));
    assert!(!last(&it, "alice").contains("You will have an answer"), "{}", last(&it, "alice"));
    it.direct("alice", "report abuse @bob he shouts too").await;
    it.clock.advance(6 * DAY);
    it.settle().await;
    assert!(last(&it, "alice").contains("You should have had an answer by 16 May 2026"));
    assert!(last(&it, "alice").contains("the national office"), "{}", last(&it, "alice"));
    assert!(it.direct("alice", "appeal B-2 hello").await.contains("the national office"));
}

/// However many there are, people look at one after the other.
#[tokio::test]
async fn twenty_reports_do_nothing_to_a_post() {
    let it = Harness::new().await;
    it.post("1", "bob", "I disagree with the committee").await;
    for n in 0..20 {
        let name = format!("member{n}");
        it.platform.add_member(&member(&name), &name);
        assert!(it.direct(&name, "report abuse #1 away with it").await.starts_with("Thank you"));
    }
    let effects = it.platform.effects();
    assert!(effects.iter().all(|(_, action)| matches!(action, platform::Action::Direct { .. })));
    assert!(it.stands("1"));
    assert_eq!(it.strikes("bob").await, (0, 0));
    assert_eq!(letters(&it, "bob"), 0);
    assert_eq!(it.command("mo", "queue").await, "Nothing waits for a moderator.");
    assert!(it.command("mo", "history bob").await.contains("No strikes and no cases."));
    assert!(it.direct("bob", "my-record").await.contains("No strikes and no cases."));
    // From a report an officer acts as on any post.
    it.command("asha", "remove 1 abuse It was enough.").await;
    assert!(!it.stands("1"));
}

#[tokio::test]
async fn a_reporter_who_takes_no_messages_has_their_notices_once_they_write() {
    let it = Harness::new().await;
    it.platform.set_takes_messages(&member("alice"), false);
    it.command("alice", "report abuse @bob he shouts").await;
    assert_eq!(letters(&it, "alice"), 0);
    assert!(it.platform.officers_letters().is_empty(), "nobody is told to serve it by hand");
    assert_eq!(it.command("mo", "queue").await, "Nothing waits for a moderator.");
    let case = it.command("asha", "case B-1").await;
    assert!(case.contains("NOT delivered") && !case.contains("alice"), "{case}");
    assert!(it.direct("alice", "my-record").await.contains("NOT delivered"));
    it.platform.set_takes_messages(&member("alice"), true);
    it.direct("alice", "rules").await;
    it.settle().await;
    assert_eq!(it.told("alice"), ["We have your report"]);
}

/// Who reported stands in no column, and in no text for anybody else.
#[tokio::test]
async fn nobody_reads_who_reported() {
    let it = Harness::with(vec![with_duties()]).await;
    let canary = "canary-reporter-51ce";
    it.platform.add_member(&member(canary), canary);
    it.post("1", "bob", "you are all fools").await;
    it.direct(canary, "report abuse #1 he means me").await;
    it.direct(canary, "report safeguarding @bob I am afraid").await;
    it.command("asha", "answer B-1 acted Spoken to.").await;
    it.direct(canary, "appeal B-1 he goes on").await;
    it.clock.advance(20 * DAY);
    it.settle().await;
    for who in EVERYBODY {
        for line in ["reports", "case B-1", "case B-2", "history bob", "queue", "my-record", "help"] {
            assert!(!it.command(who, line).await.contains(canary), "{who}: {line}");
        }
        assert!(it.platform.letters(&member(who)).iter().all(|letter| !read(letter).contains(canary)));
    }
    assert!(it.direct(canary, "my-record").await.contains("Your report B-0002 safeguarding about bob"));
    for file in ["ledger.db", "ledger.db-wal"] {
        let bytes = std::fs::read(it.directory.path().join(file)).unwrap_or_default();
        let found = bytes.windows(canary.len()).any(|window| window == canary.as_bytes());
        assert!(!found, "the reporter stands in {file}");
    }
    let register = it.ledger.register(&group("tea"), 99).await.unwrap();
    assert!(!format!("{register:?}").contains(canary));
}

#[tokio::test]
async fn reports_of_one_group_are_nothing_in_another() {
    let it = Harness::with(vec![charter("tea"), charter("other")]).await;
    it.command_in("other", "alice", "report abuse @bob he shouts").await;
    assert!(it.command("asha", "case B-1").await.contains("There is no file"));
    assert_eq!(it.command("asha", "reports").await, "No report waits for you.");
    assert!(it.direct("alice", "appeal B-1 hello").await.contains("I know no case"));
    assert!(!it.direct("alice", "my-record").await.contains("B-0001"));
    assert!(it.direct("alice", "report abuse @bob here too").await.contains("B-0001"));
    assert_eq!(it.told("alice").len(), 2);
}
