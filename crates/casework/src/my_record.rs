//! What a member sees of what is kept about them: that it was looked at, what was asked and corrected, how long it stays.

use ledger::{File, Keeping, WordsKind};
use policy::{Letter, MemberId, MessageText, State, SurfaceKind};
use serde::Serialize;

use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::export::said;
use crate::in_force::InForce;
use crate::letters;
use crate::mask::Mask;
use crate::retention::kept_until;
use crate::rights::Permit;

/// How long a block of an answer is at most, in bytes: platforms refuse longer ones.
const BLOCK_LEN_MAX: usize = 1500;

/// What we hold about a member, for other programs. Other people stand in it by their office, or as somebody else.
#[derive(Serialize)]
struct Record {
    group: String,
    member: String,
    taken_at: String,
    strikes_that_count: u32,
    contact: String,
    files: Vec<FileRecord>,
}

#[derive(Serialize)]
struct FileRecord {
    reference: String,
    kind: &'static str,
    opened_at: String,
    kept_until_at_least: String,
    held: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    post: Option<PostRecord>,
    happened: Vec<Happened>,
    words: Vec<Said>,
    notices: Vec<NoticeRecord>,
    looked_at: Vec<Looked>,
}

#[derive(Serialize)]
struct PostRecord {
    written_at: String,
    channel: String,
    state: &'static str,
    rule: String,
    rule_version: u32,
    text: Option<String>,
}

#[derive(Serialize)]
struct Happened {
    at: String,
    by: String,
    what: String,
}

#[derive(Serialize)]
struct Said {
    at: String,
    what: &'static str,
    text: String,
}

#[derive(Serialize)]
struct NoticeRecord {
    at: String,
    about: String,
    delivery: String,
    reason: Option<String>,
}

#[derive(Serialize)]
struct Looked {
    at: String,
    by: &'static str,
    how: &'static str,
}

/// The words in a file that the member it is about may read: not those which officers wrote for each other.
const READABLE: [WordsKind; 6] = [
    WordsKind::Reason,
    WordsKind::Side,
    WordsKind::Appeal,
    WordsKind::Service,
    WordsKind::Request,
    WordsKind::Correction,
];

impl Casework {
    /// Everything that is kept about whoever asks, as JSON.
    pub(crate) async fn my_record_json(&self, permit: &Permit<'_>) -> Result<Letter, CaseworkError> {
        let in_force = permit.in_force();
        let charter = &in_force.charter;
        let mask = Mask::all_but(permit.who(), &charter.roster, self.known_names(in_force).await?);
        let strikes = self.ledger.strikes(&charter.group, permit.who()).await?;
        let mut files = Vec::new();
        for keeping in self.ledger.files_about(&charter.group, permit.who()).await? {
            files.extend(self.file_record(in_force, &keeping, &mask).await?);
        }
        let record = Record {
            group: charter.name.clone(),
            member: permit.who().as_str().to_owned(),
            taken_at: self.now().long_date_time(charter.zone),
            strikes_that_count: crate::record::counting(&strikes, in_force, self.now()),
            contact: charter.contact.clone(),
            files,
        };
        let json = serde_json::to_string_pretty(&record).map_err(|_| CaseworkError::Unwritten)?;
        // People's words stand in it, so it is set apart like them.
        let letter = Letter::line("What we hold about you, for other programs; put the parts together:");
        Ok(blocks(&json).iter().fold(letter, |letter, block| {
            // The next block begins a line of its own anyway.
            letter.quote(MessageText::new(block.strip_suffix('\n').unwrap_or(block)))
        }))
    }

    /// What is told of one file; nothing of a post that was only watched, which has no bearing on anybody's record.
    async fn file_record(
        &self,
        in_force: &InForce,
        keeping: &Keeping,
        mask: &Mask<'_>,
    ) -> Result<Option<FileRecord>, CaseworkError> {
        let (group, zone) = (&in_force.charter.group, in_force.charter.zone);
        let file = self.ledger.file(group, keeping.file).await?;
        if is_watched(&file) {
            return Ok(None);
        }
        let post = match file {
            Some(File::Case(case)) => {
                let snapshot = self.ledger.snapshot(group, keeping.file).await?;
                let text = snapshot.map(|snapshot| {
                    let surfaces = snapshot.surfaces.iter().map(|surface| match surface.kind {
                        SurfaceKind::Quotation => "[somebody else's words]".to_owned(),
                        SurfaceKind::Body | SurfaceKind::Name => mask.words(surface.text.expose()),
                    });
                    surfaces.collect::<Vec<_>>().join("\n")
                });
                Some(PostRecord {
                    written_at: case.post.written_at.long_date_time(zone),
                    channel: case.post.channel.as_str().to_owned(),
                    state: case.state.word(),
                    rule: case.rule.code,
                    rule_version: case.rule.version,
                    text,
                })
            }
            Some(File::Sanction(_) | File::Member { .. } | File::Group { .. }) => None,
            // What others reported of them is not theirs to read, and who did stands nowhere in it.
            Some(File::Report(_)) | None => return Ok(None),
        };
        let happened = self.ledger.events(group, keeping.file).await?.into_iter().map(|noted| Happened {
            at: noted.at.long_date_time(zone),
            by: mask.actor(&noted.actor),
            what: letters::what(noted.event),
        });
        let mut words = Vec::new();
        for kind in READABLE {
            words.extend(self.ledger.words(group, keeping.file, kind).await?.into_iter().map(|words| Said {
                at: words.at.long_date_time(zone),
                what: said(kind),
                text: mask.words(words.words.expose()),
            }));
        }
        let mut notices = Vec::new();
        for record in self.ledger.notices_of(group, keeping.file).await?.iter().rev() {
            notices.push(NoticeRecord {
                at: record.notice.written_at.long_date_time(zone),
                about: record.notice.heading(&in_force.templates)?,
                delivery: crate::answers::delivery(&record.delivery, &record.notice),
                reason: record.reason.as_ref().map(|reason| mask.words(reason.expose())),
            });
        }
        let looked_at = self.ledger.views(group, keeping.file).await?.into_iter().map(|view| Looked {
            at: view.at.long_date_time(zone),
            by: crate::mask::role_name(view.role),
            how: view.way.word(),
        });
        Ok(Some(FileRecord {
            reference: keeping.file.to_string(),
            kind: keeping.kind.word(),
            opened_at: keeping.opened_at.long_date_time(zone),
            kept_until_at_least: kept_until(keeping, in_force).long_date(zone),
            held: keeping.held,
            post,
            happened: happened.collect(),
            words,
            notices,
            looked_at: looked_at.collect(),
        }))
    }

    /// How long each file about a member is kept, who looked into it by their office, and what was asked and corrected.
    pub(crate) async fn about_records(
        &self,
        mut letter: Letter,
        in_force: &InForce,
        member: &MemberId,
    ) -> Result<Letter, CaseworkError> {
        let charter = &in_force.charter;
        for keeping in self.ledger.files_about(&charter.group, member).await? {
            let file = keeping.file;
            if is_watched(&self.ledger.file(&charter.group, file).await?) {
                continue;
            }
            let until = kept_until(&keeping, in_force).long_date(charter.zone);
            letter = letter.text(format!("{file} is kept until {until} at least."));
            for view in self.ledger.views(&charter.group, file).await? {
                let at = view.at.long_date_time(charter.zone);
                let by = crate::mask::role_name(view.role);
                letter = letter.text(format!("{file} was {} by {by}, {at}.", view.way));
            }
            for (kind, whose) in [
                (WordsKind::Side, "Your side of"),
                (WordsKind::Request, "What you asked about"),
                (WordsKind::Correction, "A correction of"),
            ] {
                for words in self.ledger.words(&charter.group, file, kind).await? {
                    letter = letter.text(format!("{whose} {file}:")).quote(words.words);
                }
            }
        }
        Ok(letter)
    }
}

/// Whether it is about a post that was only watched, of which members see nothing.
fn is_watched(file: &Option<File>) -> bool {
    matches!(file, Some(File::Case(case)) if matches!(case.state, State::Watched { .. }))
}

/// A text in blocks of whole lines; a line that is too long for one is cut between characters.
fn blocks(text: &str) -> Vec<String> {
    let mut blocks = vec![String::new()];
    let mut push = |piece: &str| match blocks.last_mut() {
        Some(block) if block.len() + piece.len() <= BLOCK_LEN_MAX => block.push_str(piece),
        Some(_) | None => blocks.push(piece.to_owned()),
    };
    for line in text.split_inclusive('\n') {
        let mut rest = line;
        while rest.len() > BLOCK_LEN_MAX {
            let (piece, tail) = rest.split_at(rest.floor_char_boundary(BLOCK_LEN_MAX));
            push(piece);
            rest = tail;
        }
        push(rest);
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_add_up_and_none_is_too_long() {
        let text = format!("{{\n{}\n\"short\"\n}}", "\u{e9}".repeat(2000));
        let blocks = blocks(&text);
        assert!(blocks.len() > 2 && blocks.iter().all(|block| block.len() <= BLOCK_LEN_MAX));
        assert_eq!(blocks.concat(), text);
    }
}
