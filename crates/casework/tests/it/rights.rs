//! Who may run what, in full: officers × commands × places.

use crate::harness::Harness;
use crate::table::{COMMANDS, PEOPLE};

#[tokio::test]
async fn every_officer_may_run_what_their_office_allows_and_nothing_else() {
    assert_eq!(COMMANDS.len(), casework::commands::names().len(), "every command is in the table");
    for (line, needs) in COMMANDS {
        for private in [false, true] {
            let own_affair = *needs == "member";
            let may = |offices: &[&str]| offices.contains(needs) && (private || !own_affair);
            let mut people = PEOPLE;
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
async fn where_officers_read_along_a_member_answers_letters_and_learns_nothing_that_is_theirs_alone() {
    let may =
        ["appeal", "reply", "withdraw", "correct", "erase-me", "acknowledge", "language", "rules", "help"];
    for (line, needs) in COMMANDS {
        let it = Harness::new().await;
        it.post("1", "bob", "medlo").await;
        for (who, offices) in PEOPLE {
            let answer = it.with_officers(who, line).await;
            let is_members = ["member", "open"].contains(needs);
            let holds = is_members || offices.contains(needs);
            let is_open = is_members && line.split(' ').next().is_some_and(|name| may.contains(&name));
            assert_eq!(
                answer.contains("officers read along here"),
                holds && !is_open,
                "{who} {line:?}: {answer}"
            );
        }
    }
    let it = Harness::new().await;
    it.post("1", "alice", "worstlo").await;
    assert!(it.with_officers("alice", "what?").await.contains("Officers read along"));
    let answer = it.with_officers("alice", "appeal B-1 it was a joke").await;
    assert_eq!(answer, "Thank you. Your appeal about B-0001 is on record.");
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
