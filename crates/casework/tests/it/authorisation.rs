//! Who may see and do what where they have a part in the matter: officers × commands × kinds of part × kinds of file,
//! and groups. What is expected stands in [`expected`], written from the rules and not from the code.

use platform::Intake;
use platform::fake::{Call, Fault};
use policy::{Post, Role, Timestamp};

use crate::harness::{Harness, case_ref, charter, group, member, post};

const WHY: &str = "because of what it says there";
/// The words of the post, which nobody with a part in the matter gets from the bot.
const WORDS: &str = "worstlo";

/// The part that an officer has in a matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    None,
    Subject,
    Reporter,
    Target,
    Declared,
}

/// What a command names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Names {
    Case,
    Sanction,
    Report,
    Member,
    /// Nothing: it shows what there is.
    Nothing,
}

/// What comes of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// The office is another's.
    Denied,
    /// As if there were no such file.
    Unknown,
    /// They have a part in it, and nothing more is said.
    Part,
    /// A list that leaves the matter out.
    Without,
    /// It is theirs to do.
    Open,
}

/// A line, who may run it, what it names, and whether it changes something when it is run in this order by an admin who
/// has no part in the matter. The files are: B-1 the report, B-2 the case, B-3 the sanction; SUBJECT is the member.
const LINES: &[(&str, &str, Names, bool)] = &[
    ("queue", "moderator", Names::Nothing, false),
    ("reports", "hearer", Names::Nothing, false),
    ("proposals", "signatory", Names::Nothing, false),
    ("digest", "signatory", Names::Nothing, false),
    ("history SUBJECT", "moderator", Names::Nothing, false),
    ("case B-1", "hearer", Names::Report, true),
    ("case B-2", "hearer", Names::Case, true),
    ("case B-3", "hearer", Names::Sanction, true),
    ("hold B-1 a lawyer wrote", "admin", Names::Report, true),
    ("hold B-2 a lawyer wrote", "admin", Names::Case, true),
    ("hold B-3 a lawyer wrote", "admin", Names::Sanction, true),
    ("release B-1", "admin", Names::Report, true),
    ("release B-2", "admin", Names::Case, true),
    ("release B-3", "admin", Names::Sanction, true),
    ("rectify B-1 it was Tuesday", "admin", Names::Report, true),
    ("rectify B-2 it was Tuesday", "admin", Names::Case, true),
    ("rectify B-3 it was Tuesday", "admin", Names::Sanction, true),
    ("serve B-1", "admin", Names::Report, false),
    ("serve B-2", "admin", Names::Case, true),
    ("serve B-3", "admin", Names::Sanction, false),
    ("export B-1 csv", "signatory", Names::Report, true),
    ("export B-2 csv", "signatory", Names::Case, true),
    ("export B-3 html redacted", "signatory", Names::Sanction, true),
    ("mute SUBJECT 2 to calm things down", "moderator", Names::Member, true),
    ("unmute SUBJECT", "moderator", Names::Member, true),
    ("link SUBJECT zed", "admin", Names::Member, true),
    ("unlink SUBJECT zed", "admin", Names::Member, true),
    ("remove B-2 abuse", "moderator", Names::Case, false),
    ("remove 1 abuse", "moderator", Names::Case, false),
    ("hide B-2 abuse", "moderator", Names::Case, false),
    ("enforce B-2 abuse", "moderator", Names::Case, false),
    ("confirm B-2 yes", "moderator", Names::Case, false),
    ("outside B-1", "signatory", Names::Report, false),
    ("outside B-2", "signatory", Names::Case, false),
    ("outside B-3", "signatory", Names::Sanction, false),
    ("decide B-1 dismiss no", "moderator", Names::Report, false),
    ("decide B-2 dismiss no", "moderator", Names::Case, false),
    ("decide B-3 dismiss no", "moderator", Names::Sanction, false),
    ("minute B-1 dismiss 7 no", "executive", Names::Report, false),
    ("minute B-2 dismiss 7 no", "executive", Names::Case, false),
    ("minute B-3 dismiss 7 no", "executive", Names::Sanction, false),
    ("sign B-3 warning WHY", "signatory", Names::Sanction, true),
    ("decline B-3 WHY", "signatory", Names::Sanction, false),
    ("void B-3 no more of it", "admin", Names::Sanction, true),
    ("answer B-1 advice talk to each other", "hearer", Names::Report, true),
    ("APPEAL", "", Names::Nothing, false),
    ("queue", "moderator", Names::Nothing, false),
    ("appeals", "hearer", Names::Nothing, false),
    ("decide B-2 accept yes", "moderator", Names::Case, true),
    ("restore B-2 yes", "moderator", Names::Case, false),
    ("void B-2 yes", "moderator", Names::Case, false),
    ("erase B-1 as you asked", "admin", Names::Report, false),
    ("erase B-2 as you asked", "admin", Names::Case, true),
    ("erase SUBJECT as you asked", "admin", Names::Member, true),
    ("conflict B-1", "hearer", Names::Report, true),
    ("conflict B-3", "hearer", Names::Sanction, true),
];

const OFFICERS: &[(&str, &[&str])] = &[
    ("mo", &["hearer", "moderator"]),
    ("asha", &["hearer", "moderator", "admin", "signatory"]),
    ("sam", &["hearer", "moderator", "admin", "signatory"]),
    ("ed", &["hearer", "executive", "signatory"]),
];

/// What is to come of a line. The rules: an office allows or it does not; a report is there only for those whose turn it
/// is and who have no part in it; whoever has a part in a matter neither sees nor decides it; lists leave it out.
fn expected(line: &str, needs: &str, names: Names, offices: &[&str], part: Part) -> Outcome {
    let is_admin = offices.contains(&"admin");
    // One's own accounts anybody may link; the other one has to confirm it.
    if line.starts_with("link ") && part == Part::Subject {
        return Outcome::Open;
    }
    if !offices.contains(&needs) {
        return Outcome::Denied;
    }
    match names {
        Names::Nothing if part == Part::None => Outcome::Open,
        Names::Nothing => Outcome::Without,
        // The admins' turn, and theirs who have no part in it.
        Names::Report if is_admin && part == Part::None => Outcome::Open,
        Names::Report => Outcome::Unknown,
        // That one has a part in it may always be said.
        Names::Case | Names::Sanction if line.starts_with("conflict ") => Outcome::Open,
        // Whom a post was aimed at may take it down until another has looked.
        Names::Case if part == Part::Target && line.starts_with("hide ") => Outcome::Open,
        Names::Case | Names::Sanction | Names::Member if part == Part::None => Outcome::Open,
        Names::Case | Names::Sanction | Names::Member => Outcome::Part,
    }
}

/// What an answer shows to have come of it.
fn outcome(answer: &str, names: Names) -> Outcome {
    let part = ["part in", "It is about you", "It is your own post", "That is your own record"];
    if answer.contains("which you do not hold")
        || answer.contains("Admins link accounts")
        || answer.contains("an admin takes sanctions back")
    {
        Outcome::Denied
    } else if answer.contains("There is no file B-") || answer.contains("There is no report B-") {
        Outcome::Unknown
    } else if part.iter().any(|part| answer.contains(part)) {
        if names == Names::Nothing { Outcome::Without } else { Outcome::Part }
    } else if names == Names::Nothing && !answer.contains("B-000") && !answer.contains(WORDS) {
        Outcome::Without
    } else {
        Outcome::Open
    }
}

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
