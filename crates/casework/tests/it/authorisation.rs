//! Who may see and do what where they have a part in the matter: officers × commands × kinds of part × kinds of file,
//! and groups. What is expected stands in `matters.rs`.

use platform::Intake;
use platform::fake::{Call, Fault};
use policy::{Post, Role, Timestamp};

use crate::harness::{Harness, case_ref, charter, group, member, post};
use crate::matters::{LINES, Names, OFFICERS, Outcome, Part, WORDS, expected, outcome};

const WHY: &str = "because of what it says there";

/// A matter in which an officer has a part, under the account of that name: a reported post, its case with a strike and a
/// notice that did not arrive, and the warning that is proposed.
struct Matter {
    it: Harness,
    subject: String,
}

impl Matter {
    async fn new(officer: &str, part: Part, account: &str) -> Self {
        let mut tea = charter("tea");
        tea.roster.appoint(member("kit"), Role::Admin);
        tea.roster.appoint(member("eve"), Role::Executive);
        let it = Harness::with(vec![tea]).await;
        for name in [account, "zed", "carol"] {
            it.platform.add_member(&member(name), name);
        }
        let (tea, now) = (group("tea"), Timestamp::EPOCH);
        if account != officer {
            let mut tx = it.ledger.begin().await.unwrap();
            let accounts = (member(officer), member(account));
            tx.say_linked(&tea, (&accounts.0, &accounts.1), &member("kit"), now).await.unwrap();
            tx.confirm_linked(&tea, (&accounts.0, &accounts.1), &member("nia"), now).await.unwrap();
            tx.commit().await.unwrap();
        }
        let subject = if part == Part::Subject { account } else { "alice" }.to_owned();
        let reporter = if part == Part::Reporter { account } else { "carol" };
        it.platform.set_takes_messages(&member(&subject), false);
        for nth in 1..=9 {
            it.platform.fail(Call::DirectWithOfficers, nth, Fault::Forbidden);
        }
        let addressed = if part == Part::Target { vec![member(account)] } else { Vec::new() };
        let first = post(&it, "tea", "1", &subject, "hello there");
        it.takes(Post { addressed: addressed.clone(), ..first.clone() }).await;
        let report = format!("report abuse #1 {subject} is rude");
        assert!(it.direct(reporter, &report).await.contains("B-0001"));
        let surfaces = post(&it, "tea", "1", &subject, WORDS).surfaces;
        let edited = Post { revision: 1, addressed, surfaces, ..first };
        it.takes(edited).await;
        it.settle().await;
        if part == Part::Declared {
            let mut tx = it.ledger.begin().await.unwrap();
            for file in 1..=3 {
                tx.declare_conflict(&tea, case_ref(file), &member(account), now).await.unwrap();
            }
            tx.commit().await.unwrap();
        }
        let sanction = it.ledger.sanction(&tea, case_ref(3)).await.unwrap().unwrap();
        assert_eq!(sanction.state.word(), "signing", "the warning is proposed");
        Self { it, subject }
    }

    /// Runs every line as this officer and compares what comes of it with what is expected.
    async fn runs(&self, officer: &str, offices: &[&str], part: Part, context: &str) {
        let it = &self.it;
        for &(line, needs, names, changes) in LINES {
            if line == "APPEAL" {
                it.direct(&self.subject, "appeal B-2 it was a joke").await;
                it.direct(&self.subject, "erase-me").await;
                continue;
            }
            let want = expected(line, needs, names, offices, part);
            let line = line.replace("SUBJECT", &self.subject).replace("WHY", WHY);
            let before = it.ledger.rows().await.unwrap();
            let answer = it.command(officer, &line).await;
            let context = format!("{context}, {line:?}: {answer}");
            let got = outcome(&answer, names);
            // A list may be empty for those whom nothing of it concerns.
            let empty = names == Names::Nothing && want == Outcome::Open && got == Outcome::Without;
            assert!(got == want || empty, "{want:?} {context}");
            let same = it.ledger.rows().await.unwrap() == before;
            if matches!(want, Outcome::Denied | Outcome::Unknown | Outcome::Part | Outcome::Without) {
                assert!(same, "something changed {context}");
                assert!(!answer.contains(WORDS), "{context}");
                let named = line.contains(&self.subject) || part == Part::Subject;
                assert!(named || !answer.contains(&self.subject), "{context}");
            } else if changes && offices.contains(&"admin") && part == Part::None {
                assert!(!same, "nothing changed {context}");
            }
        }
    }

    /// What went to an officer, and to the channel of the officers if they read it, tells nothing of the matter.
    fn told_nothing(&self, officer: &str, offices: &[&str], context: &str) {
        let letters = self.it.letters_from(officer, 0);
        assert!(!letters.contains("B-000") && !letters.contains(WORDS), "{context}: {letters}");
        if offices.contains(&"moderator") {
            let channel: Vec<_> =
                self.it.platform.officers_letters().iter().map(crate::harness::read).collect();
            assert!(!channel.concat().contains("B-000"), "{context}: {channel:?}");
        }
    }
}

#[tokio::test]
async fn officers_without_a_part_see_and_do_what_their_office_allows() {
    for &(officer, offices) in OFFICERS {
        let matter = Matter::new(officer, Part::None, officer).await;
        matter.runs(officer, offices, Part::None, officer).await;
    }
}

/// Every kind of part of one officer, under their own account and under a second one that is linked to it.
async fn nobody_in_their_own_matter(officer: &str) {
    let offices = OFFICERS.iter().find(|(name, _)| *name == officer).unwrap().1;
    for part in [Part::Subject, Part::Reporter, Part::Target, Part::Declared] {
        for account in [officer.to_owned(), format!("{officer}-phone")] {
            let context = format!("{officer} as {part:?} under {account}");
            let matter = Matter::new(officer, part, &account).await;
            // Of what they are told themselves, and were before they said that they have a part in it, nothing is hidden.
            if part == Part::Target || part != Part::Declared && account != officer {
                matter.told_nothing(officer, offices, &context);
            }
            matter.runs(officer, offices, part, &context).await;
        }
    }
}

#[tokio::test]
async fn a_moderator_with_a_part_sees_and_does_nothing() {
    nobody_in_their_own_matter("mo").await;
}

#[tokio::test]
async fn an_admin_with_a_part_sees_and_does_nothing() {
    nobody_in_their_own_matter("asha").await;
}

#[tokio::test]
async fn the_secretary_with_a_part_sees_and_does_nothing() {
    nobody_in_their_own_matter("sam").await;
}

#[tokio::test]
async fn the_executive_with_a_part_sees_and_does_nothing() {
    nobody_in_their_own_matter("ed").await;
}

#[tokio::test]
async fn an_officer_here_is_nobody_there_and_references_end_at_the_wall() {
    let nobodys = policy::Charter { roster: policy::Roster::default(), ..charter("nobodys") };
    let it = Harness::with(vec![charter("tea"), charter("twin"), nobodys]).await;
    it.post("1", "alice", "hello there").await;
    it.direct("bob", "report abuse #1 rude").await;
    it.takes(Post { revision: 1, ..post(&it, "tea", "1", "alice", WORDS) }).await;
    it.casework.settle().await.unwrap();
    for &(line, needs, names, _) in LINES.iter().filter(|(line, ..)| *line != "APPEAL") {
        let line = line.replace("SUBJECT", "alice").replace("WHY", WHY);
        for &(officer, offices) in OFFICERS {
            let before = it.ledger.rows().await.unwrap();
            let answer = it.command_in("nobodys", officer, &line).await;
            assert!(outcome(&answer, names) == Outcome::Denied, "{officer} {line:?}: {answer}");
            if names != Names::Member && offices.contains(&needs) {
                let answer = it.command_in("twin", officer, &line).await;
                let gone = names == Names::Nothing || answer.contains("There is no ");
                assert!(gone && !answer.contains(WORDS), "{officer} {line:?}: {answer}");
                assert!(names != Names::Nothing || !answer.contains("B-000"), "{officer} {line:?}: {answer}");
            }
            assert!(it.ledger.rows().await.unwrap() == before, "{officer} {line:?}");
        }
    }
}
