//! Who may run what, in full: officers × commands × places.

use crate::harness::Harness;

/// A line of each command, and who may run it.
const COMMANDS: &[(&str, &str)] = &[
    ("queue", "moderator"),
    ("case B-1", "hearer"),
    ("remove 1 abuse", "moderator"),
    ("hide 1 abuse", "moderator"),
    ("enforce 1 abuse", "moderator"),
    ("restore B-1", "moderator"),
    ("confirm B-1", "moderator"),
    ("void B-1", "moderator"),
    ("history alice", "moderator"),
    ("appeals", "hearer"),
    ("decide B-1 dismiss no", "moderator"),
    ("minute B-1 dismiss 7 no", "executive"),
    ("wordlist list", "admin"),
    ("wordlist test hello", "admin"),
    ("wordlist add mild general word newword", "admin"),
    ("wordlist remove newword", "admin"),
    ("wordlist reload", "admin"),
    ("policy show", "admin"),
    ("policy set preset strict", "admin"),
    ("mode shadow", "admin"),
    ("proposals", "signatory"),
    ("sign B-1 warning because of what it says there", "signatory"),
    ("decline B-1 because of what it says there", "signatory"),
    ("conflict B-1", "hearer"),
    ("mute alice 2 to calm things down", "moderator"),
    ("unmute alice", "moderator"),
    ("link alice bob", "open"),
    ("unlink alice bob", "admin"),
    ("outside B-1", "signatory"),
    ("reply B-1 it was a joke", "member"),
    ("withdraw B-1", "member"),
    ("appeal B-1 please", "member"),
    ("my-record", "member"),
    ("rules", "open"),
    ("help", "open"),
    ("reports", "hearer"),
    ("answer B-1 acted yes", "hearer"),
    ("report abuse @bob he shouts", "open"),
    ("rules post general", "admin"),
    ("serve B-1", "admin"),
    ("template list", "admin"),
    ("template preview removed", "admin"),
    ("language cy", "member"),
    ("acknowledge", "member"),
    ("hold B-1 a lawyer wrote", "admin"),
    ("release B-1", "admin"),
    ("erase alice because", "admin"),
    ("rectify B-1 it was Tuesday", "admin"),
    ("erase-me please", "member"),
    ("correct B-1 it was Tuesday", "member"),
    ("clock confirm", "admin"),
    ("export register csv", "signatory"),
    ("digest 2026-05", "signatory"),
    ("readmit zed because", "executive"),
];

#[tokio::test]
async fn every_officer_may_run_what_their_office_allows_and_nothing_else() {
    assert_eq!(COMMANDS.len(), casework::commands::names().len(), "every command is in the table");
    for (line, needs) in COMMANDS {
        for private in [false, true] {
            let own_affair = *needs == "member";
            let may = |offices: &[&str]| offices.contains(needs) && (private || !own_affair);
            let mut people = [
                ("alice", &["member", "open"][..]),
                ("ed", &["member", "open", "hearer", "executive", "signatory"]),
                ("mo", &["member", "open", "hearer", "moderator"]),
                ("asha", &["member", "open", "hearer", "moderator", "admin", "signatory"]),
                ("sam", &["member", "open", "hearer", "moderator", "admin", "signatory"]),
            ];
            // Those who are refused change nothing for whoever comes after them.
            people.sort_by_key(|(_, offices)| may(offices));
            let it = Harness::new().await;
            it.post("1", "bob", "medlo").await;
            let before = it.state(1).await;
            for (who, offices) in people {
                let answer = if private { it.direct(who, line).await } else { it.command(who, line).await };
                let refused = answer.contains("which you do not hold") || answer.contains("is private");
                assert_eq!(refused, !may(offices), "{who} {line:?} private: {private}: {answer}");
                if refused {
                    assert!(answer.ends_with("Nothing was changed."), "{answer}");
                    assert_eq!(it.state(1).await, before);
                }
            }
        }
    }
}

#[tokio::test]
async fn help_shows_what_one_may_run() {
    let it = Harness::new().await;
    let member = it.direct("alice", "help").await;
    assert!(member.contains("appeal <CASE> <WORDS>") && !member.contains("queue"), "{member}");
    let moderator = it.command("mo", "help").await;
    assert!(moderator.contains("queue") && !moderator.contains("wordlist"), "{moderator}");
    assert!(it.command("asha", "help").await.contains("wordlist add"));
    assert!(it.direct("alice", "hello?").await.contains("appeal CASE and why"));
}
