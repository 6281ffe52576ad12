//! What officers see and do in a matter in which they have a part or none, as a table: read here, and by tests of the
//! platforms on which it has to be so. What is expected stands in [`expected`], written from the rules and not from the code.

/// The words of the post, which nobody with a part in the matter gets from the bot.
pub(crate) const WORDS: &str = "worstlo";

/// The part that an officer has in a matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    None,
    Subject,
    Reporter,
    Target,
    Declared,
}

/// What a command names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Names {
    Case,
    Sanction,
    Report,
    Member,
    /// Nothing: it shows what there is.
    Nothing,
}

/// What comes of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
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
pub(crate) const LINES: &[(&str, &str, Names, bool)] = &[
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

pub(crate) const OFFICERS: &[(&str, &[&str])] = &[
    ("mo", &["hearer", "moderator"]),
    ("asha", &["hearer", "moderator", "admin", "signatory"]),
    ("sam", &["hearer", "moderator", "admin", "signatory"]),
    ("ed", &["hearer", "executive", "signatory"]),
];

/// What is to come of a line. The rules: an office allows or it does not; a report is there only for those whose turn it
/// is and who have no part in it; whoever has a part in a matter neither sees nor decides it; lists leave it out.
pub(crate) fn expected(line: &str, needs: &str, names: Names, offices: &[&str], part: Part) -> Outcome {
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
pub(crate) fn outcome(answer: &str, names: Names) -> Outcome {
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
