//! What a member sees of what is kept about them: gathered once, and written as text to read or as JSON.
//!
//! Other people stand in it by their office, or as somebody else.

use std::iter;

use ledger::{File, Keeping, NoticeDelivery, NoticeRecord, WordsKind};
use policy::{Letter, MemberId, MessageText, Reference, State};
use serde::{Serialize, Serializer};

use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::export::said;
use crate::in_force::InForce;
use crate::letters;
use crate::lists::Line;
use crate::mask::{Mask, role_name};
use crate::parties::View;
use crate::retention::kept_until;
use crate::rights::Permit;

/// How long a block of an answer is at most, in bytes: platforms refuse longer ones.
const BLOCK_LEN_MAX: usize = 1500;

/// What we hold about a member.
#[derive(Serialize)]
struct Record {
    group: String,
    member: String,
    taken_at: String,
    strikes_that_count: u32,
    /// Of these nothing is known but where and when they were written.
    posts_not_decrypted: u32,
    /// How the member stands, a line each.
    #[serde(skip)]
    lines: Vec<String>,
    contact: String,
    files: Vec<FileRecord>,
    reports: Vec<ReportRecord>,
}

/// One file about the member.
#[derive(Serialize)]
struct FileRecord {
    reference: String,
    kind: &'static str,
    opened_at: String,
    kept_until_at_least: String,
    held: bool,
    /// The rules it rests on, each with its version.
    rules: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    post: Option<PostRecord>,
    happened: Vec<Happened>,
    words: Vec<Said>,
    notices: Vec<NoticeSent>,
    looked_at: Vec<Looked>,
}

#[derive(Serialize)]
struct PostRecord {
    written_at: String,
    channel: String,
    state: &'static str,
    rule: String,
    rule_version: u32,
    #[serde(serialize_with = "exposed_if_any")]
    text: Option<MessageText>,
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
    #[serde(serialize_with = "exposed")]
    text: MessageText,
}

#[derive(Serialize)]
struct NoticeSent {
    at: String,
    about: String,
    delivery: String,
    #[serde(serialize_with = "exposed_if_any")]
    reason: Option<MessageText>,
    /// What never arrived, in full, for those who read the text.
    #[serde(skip)]
    in_full: Option<Letter>,
}

#[derive(Serialize)]
struct Looked {
    at: String,
    by: &'static str,
    how: &'static str,
}

/// A report that the member brought.
#[derive(Serialize)]
struct ReportRecord {
    reference: String,
    about: String,
    words: Vec<Said>,
    notices: Vec<NoticeSent>,
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
    /// Everything that is kept about whoever asks, to read.
    pub(crate) async fn my_record(&self, permit: &Permit<'_>) -> Result<Letter, CaseworkError> {
        Ok(self.gathered(permit).await?.letter())
    }

    /// Everything that is kept about whoever asks, as JSON.
    pub(crate) async fn my_record_json(&self, permit: &Permit<'_>) -> Result<Letter, CaseworkError> {
        let record = self.gathered(permit).await?;
        let json = serde_json::to_string_pretty(&record).map_err(|_| CaseworkError::Unwritten)?;
        // People's words stand in it, so it is set apart like them.
        Ok(quoted(Letter::line("What we hold about you, for other programs; put the parts together:"), &json))
    }

    /// Everything that is kept about whoever asks.
    async fn gathered(&self, permit: &Permit<'_>) -> Result<Record, CaseworkError> {
        let (in_force, who) = (permit.in_force(), permit.who());
        let charter = &in_force.charter;
        let known = self.known_names(in_force).await?;
        let mask = Mask::all_but(who, &charter.roster, &known);
        let strikes = self.ledger.strikes(&charter.group, who).await?;
        let (counts, listed) = self.record_of(permit, who, None).await?;
        let mut lines: Vec<String> =
            iter::once(counts.as_str()).chain(listed.iter().map(Line::text)).map(str::to_owned).collect();
        lines.extend(self.rules_known(in_force, who).await?);
        lines.extend(self.outlived(in_force, who).await?);
        let posts_not_decrypted = self.ledger.unread_of(&charter.group, who).await?;
        if posts_not_decrypted > 0 {
            lines.push(format!(
                "Posts of yours that I could not decrypt: {posts_not_decrypted}. I know where and when they were written, \
                 and nothing is held against you for them."
            ));
        }
        let mut files = Vec::new();
        for keeping in self.ledger.files_about(&charter.group, who).await? {
            files.extend(self.file_record(in_force, &keeping, &mask).await?);
        }
        Ok(Record {
            group: charter.name.clone(),
            member: who.as_str().to_owned(),
            taken_at: self.now().long_date_time(charter.zone),
            strikes_that_count: crate::record::counting(&strikes, in_force, self.now()),
            posts_not_decrypted,
            lines,
            contact: charter.contact.clone(),
            files,
            reports: self.own_reports(in_force, who, &mask).await?,
        })
    }

    /// What is told of one file; nothing of a post that was only watched, which has no bearing on anybody's record.
    async fn file_record(
        &self,
        in_force: &InForce,
        keeping: &Keeping,
        mask: &Mask<'_>,
    ) -> Result<Option<FileRecord>, CaseworkError> {
        let (group, zone, reference) = (&in_force.charter.group, in_force.charter.zone, keeping.file);
        let (post, rules) = match self.ledger.file(group, reference).await? {
            Some(File::Case(case)) if matches!(case.state, State::Watched { .. }) => return Ok(None),
            Some(File::Case(case)) => {
                let rules = case.rule.to_string();
                let post = PostRecord {
                    written_at: case.post.written_at.long_date_time(zone),
                    channel: case.post.channel.as_str().to_owned(),
                    state: case.state.word(),
                    rule: case.rule.code,
                    rule_version: case.rule.version,
                    text: self.ledger.snapshot(group, reference).await?.map(|snapshot| mask.post(&snapshot)),
                };
                (Some(post), rules)
            }
            Some(File::Sanction(sanction)) => {
                let cases = self.cases_under(View::Ledger(&self.ledger), group, &sanction).await?;
                (None, letters::rules(cases.iter().map(|case| &case.rule)))
            }
            Some(File::Member { .. } | File::Group { .. }) => (None, String::new()),
            // What others reported of them is not theirs to read, and who did stands nowhere in it.
            Some(File::Report(_)) | None => return Ok(None),
        };
        let happened = self.ledger.events(group, reference).await?.into_iter().map(|noted| Happened {
            at: noted.at.long_date_time(zone),
            by: mask.doer(&noted.actor, noted.event),
            what: letters::what(noted.event),
        });
        let looked_at = self.ledger.views(group, reference).await?.into_iter().map(|view| Looked {
            at: view.at.long_date_time(zone),
            by: role_name(view.role),
            how: view.way.word(),
        });
        Ok(Some(FileRecord {
            reference: reference.to_string(),
            kind: keeping.kind.word(),
            opened_at: keeping.opened_at.long_date_time(zone),
            kept_until_at_least: kept_until(keeping, in_force).long_date(zone),
            held: keeping.held,
            rules,
            post,
            happened: happened.collect(),
            words: self.words_in(in_force, reference, &READABLE, mask).await?,
            notices: self.notices_in(in_force, reference, mask).await?,
            looked_at: looked_at.collect(),
        }))
    }

    async fn words_in(
        &self,
        in_force: &InForce,
        file: Reference,
        kinds: &[WordsKind],
        mask: &Mask<'_>,
    ) -> Result<Vec<Said>, CaseworkError> {
        let (group, zone) = (&in_force.charter.group, in_force.charter.zone);
        let mut said_in = Vec::new();
        for &kind in kinds {
            for words in self.ledger.words(group, file, kind).await? {
                let text = if is_own(kind) { mask.own_words(&words.words) } else { mask.words(&words.words) };
                said_in.push(Said { at: words.at.long_date_time(zone), what: said(kind), text });
            }
        }
        Ok(said_in)
    }

    /// The notices about a file, oldest first.
    async fn notices_in(
        &self,
        in_force: &InForce,
        file: Reference,
        mask: &Mask<'_>,
    ) -> Result<Vec<NoticeSent>, CaseworkError> {
        let group = &in_force.charter.group;
        let mut sent = Vec::new();
        for record in self.ledger.notices_of(group, file).await?.iter().rev() {
            sent.push(self.notice_sent(in_force, record, mask).await?);
        }
        Ok(sent)
    }

    async fn notice_sent(
        &self,
        in_force: &InForce,
        record: &NoticeRecord,
        mask: &Mask<'_>,
    ) -> Result<NoticeSent, CaseworkError> {
        let (group, notice) = (&in_force.charter.group, &record.notice);
        let in_full = match record.delivery {
            // It never arrived, so here it is in full.
            NoticeDelivery::Refused { .. } => Some(self.in_full(group, record, mask).await?),
            // What it says has not happened.
            NoticeDelivery::Held
            | NoticeDelivery::Queued
            | NoticeDelivery::Served { .. }
            | NoticeDelivery::WithOfficers { .. }
            | NoticeDelivery::ByHand { .. } => None,
        };
        Ok(NoticeSent {
            at: notice.written_at.long_date_time(in_force.charter.zone),
            about: notice.heading(&self.templates_of(group, notice.template).await?)?,
            delivery: crate::answers::delivery(&record.delivery, notice),
            reason: record.reason.as_ref().map(|reason| mask.words(reason)),
            in_full,
        })
    }

    /// The reports that a member brought, with what they were told.
    async fn own_reports(
        &self,
        in_force: &InForce,
        who: &MemberId,
        mask: &Mask<'_>,
    ) -> Result<Vec<ReportRecord>, CaseworkError> {
        let mut reports = Vec::new();
        for report in self.ledger.reports_by(&in_force.charter.group, who).await? {
            let reference = report.reference;
            let kinds = [WordsKind::Report, WordsKind::Appeal];
            reports.push(ReportRecord {
                reference: reference.to_string(),
                // Whom they reported is theirs to know.
                about: crate::reports::summary(&report, in_force, self.now()),
                words: self.words_in(in_force, reference, &kinds, mask).await?,
                notices: self.notices_in(in_force, reference, mask).await?,
            });
        }
        Ok(reports)
    }
}

impl Record {
    /// As a text to read.
    fn letter(&self) -> Letter {
        let start = Letter::line("What we hold about you:");
        let letter = self.lines.iter().cloned().fold(start, Letter::text);
        let letter = self.reports.iter().fold(letter, |letter, report| report.add_to(letter));
        let letter = self.files.iter().fold(letter, |letter, file| file.add_to(letter));
        letter.text(format!("Questions about this: {}.", self.contact))
    }
}

impl FileRecord {
    fn add_to(&self, letter: Letter) -> Letter {
        let Self { reference, kind, opened_at, kept_until_at_least, .. } = self;
        let rests =
            if self.rules.is_empty() { String::new() } else { format!(" It rests on {}.", self.rules) };
        let mut letter = letter.text(format!(
            "{reference} (a {kind}), opened {opened_at}, is kept until {kept_until_at_least} at least.{rests}"
        ));
        if let Some(post) = &self.post {
            let PostRecord { written_at, channel, state, .. } = post;
            let intro = format!("{reference} your post in {channel}, {written_at}, {state}");
            letter = match &post.text {
                Some(text) => quoted(letter.text(format!("{intro}:")), text.expose()),
                None => letter.text(format!("{intro}; its text has been erased.")),
            };
        }
        for Happened { at, by, what } in &self.happened {
            letter = letter.text(format!("{reference} {at}: {what} ({by})"));
        }
        letter = add_words(letter, reference, &self.words);
        letter = add_notices(letter, reference, &self.notices);
        for Looked { at, by, how } in &self.looked_at {
            letter = letter.text(format!("{reference} was {how} by {by}, {at}."));
        }
        letter
    }
}

impl ReportRecord {
    fn add_to(&self, letter: Letter) -> Letter {
        let letter = letter.text(format!("Your report {}", self.about));
        let letter = add_words(letter, &self.reference, &self.words);
        add_notices(letter, &self.reference, &self.notices)
    }
}

fn add_words(letter: Letter, reference: &str, words: &[Said]) -> Letter {
    words.iter().fold(letter, |letter, Said { at, what, text }| {
        quoted(letter.text(format!("{reference} {at}, {what}:")), text.expose())
    })
}

fn add_notices(letter: Letter, reference: &str, notices: &[NoticeSent]) -> Letter {
    notices.iter().fold(letter, |letter, notice| {
        let NoticeSent { at, about, delivery, .. } = notice;
        let mut letter = letter.text(format!("{reference} {at}, notice \u{201c}{about}\u{201d}: {delivery}"));
        match (&notice.in_full, &notice.reason) {
            (Some(in_full), _) => letter = letter.and(in_full.clone()),
            (None, Some(reason)) => letter = quoted(letter.text("With these words:"), reason.expose()),
            (None, None) => {}
        }
        letter
    })
}

/// Whether the words are those of the member whose record it is.
fn is_own(kind: WordsKind) -> bool {
    match kind {
        WordsKind::Side | WordsKind::Appeal | WordsKind::Request | WordsKind::Report => true,
        WordsKind::Reason | WordsKind::Service | WordsKind::Hold | WordsKind::Correction => false,
    }
}

/// The record is for whoever its words are about, and nobody else sees it.
fn exposed<S: Serializer>(text: &MessageText, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text.expose())
}

fn exposed_if_any<S: Serializer>(text: &Option<MessageText>, serializer: S) -> Result<S::Ok, S::Error> {
    text.as_ref().map(MessageText::expose).serialize(serializer)
}

/// The letter with a text set apart, in blocks that are not too long.
fn quoted(letter: Letter, text: &str) -> Letter {
    blocks(text).iter().fold(letter, |letter, block| {
        // The next block begins a line of its own anyway.
        letter.quote(MessageText::new(block.strip_suffix('\n').unwrap_or(block)))
    })
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
