//! What a member is told: as data, and as a letter in plain words.
//!
//! A [`Notice`] holds no words of anybody: the excerpt and an officer's reasons are kept under the key of the file
//! and join it only when it is written out as a [`Letter`]. The bot's own words are in `en-GB.ftl` and `cy.ftl`, one
//! message a part, and a group may have [`Templates`] of its own. People's words never pass through those.

mod facts;
mod kind;
mod language;
mod layout;
mod letter;
mod occasion;
mod offer;
mod part;
mod preview;
mod service;
mod template;
#[cfg(test)]
mod tests;

pub use facts::{
    About, Breach, Cause, CitedRule, ErasureAnswer, Grounds, Handler, Hearer, KeptFiles, Matter, Relief,
    Remedy, SanctionAppeal, SignOff, Standing, Varied, Why, WhyKept,
};
pub use kind::{Fallback, NoticeKind};
pub use language::Language;
pub use letter::{Block, EXCERPT_LEN_MAX, Letter};
pub use occasion::Occasion;
pub use offer::Offer;
pub use preview::samples;
pub use service::{Day, NotADay, NotServedThen, served_on};
pub use template::{TemplateProblem, TemplateText, Templates, Unwritable};

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use self::letter::shorten;
use self::part::{Part, Piece, Value};
use crate::ids::Reference;
use crate::text::MessageText;
use crate::time::Timestamp;

/// What stands between a letter and the same in English.
const DIVIDER: &str = "\u{2014}\u{2014}\u{2014}\u{2014} English \u{2014}\u{2014}\u{2014}\u{2014}";

/// One dated written communication to a member, as data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The file it is about.
    pub reference: Reference,
    /// The occasion, with what there is to tell.
    pub kind: NoticeKind,
    /// What members call the group.
    pub group_name: String,
    /// Where the group's days begin and end.
    pub zone: Tz,
    /// When it was written.
    pub written_at: Timestamp,
    /// Who to write to when the bot is no help.
    pub contact: String,
    /// The language of the member.
    pub language: Language,
    /// The version of the group's templates it was written with; 0 for the words of Beadle's own.
    pub template: u32,
}

impl Notice {
    /// Writes it out, with an `excerpt` of the post and the officers' `reason` where they are still kept.
    ///
    /// What its parts say that can be done, the letter offers. The templates are to be those of the version in
    /// [`Notice::template`].
    ///
    /// # Errors
    /// When a text lacks a part. Tests and [`Templates::new`] see to it that none does.
    pub fn write(
        &self,
        templates: &Templates,
        excerpt: Option<&MessageText>,
        reason: Option<&MessageText>,
    ) -> Result<Letter, Unwritable> {
        let pieces = self.pieces();
        let mut letter = Letter::default();
        for &language in self.language.of_letter() {
            if !letter.blocks.is_empty() {
                letter = letter.text(DIVIDER);
            }
            let writer = Writer { templates, language, zone: self.zone };
            for piece in &pieces {
                letter = writer.add(letter, piece, excerpt, reason)?;
            }
        }
        Ok(pieces.iter().filter_map(Piece::offer).fold(letter, Letter::offering))
    }

    /// What it is about, in a few words of English, for lists.
    ///
    /// # Errors
    /// As [`Notice::write`].
    pub fn heading(&self, templates: &Templates) -> Result<String, Unwritable> {
        let writer = Writer { templates, language: Language::English, zone: self.zone };
        writer.text(&self.heading_part())
    }
}

/// Writes parts in one language.
struct Writer<'t> {
    templates: &'t Templates,
    language: Language,
    zone: Tz,
}

impl Writer<'_> {
    fn add(
        &self,
        letter: Letter,
        piece: &Piece,
        excerpt: Option<&MessageText>,
        reason: Option<&MessageText>,
    ) -> Result<Letter, Unwritable> {
        Ok(match piece {
            Piece::Heading(heading, dateline) => {
                letter.text(format!("{}. {}", self.text(heading)?, self.text(dateline)?))
            }
            Piece::Part(part) => self.paragraphs(letter, &self.text(part)?),
            Piece::Own(part) if self.templates.has(self.language, part.id) => {
                self.paragraphs(letter, &self.text(part)?)
            }
            Piece::Own(_) => letter,
            Piece::Excerpt(intro, erased) => match excerpt {
                Some(text) => letter.text(self.text(intro)?).quote(shorten(text)),
                None => letter.text(self.text(erased)?),
            },
            Piece::Reason(intro) => match reason {
                Some(reason) => letter.text(self.text(intro)?).quote(shorten(reason)),
                None => letter,
            },
        })
    }

    /// A part may have several paragraphs, or none; line ends within one are spaces.
    fn paragraphs(&self, letter: Letter, text: &str) -> Letter {
        let paragraphs = text.split("\n\n").map(|paragraph| {
            let lines = paragraph.lines().map(str::trim).filter(|line| !line.is_empty());
            lines.collect::<Vec<_>>().join(" ")
        });
        paragraphs.filter(|paragraph| !paragraph.is_empty()).fold(letter, Letter::text)
    }

    fn text(&self, part: &Part) -> Result<String, Unwritable> {
        let values = part.values.iter().map(|(name, value)| {
            Ok((
                *name,
                match value {
                    Value::Count(count) => Filled::Count(*count),
                    Value::Text(text) => Filled::Text(text.clone()),
                    Value::Date(at) => Filled::Text(self.language.date(*at, self.zone)),
                    Value::DateTime(at) => Filled::Text(self.language.date_time(*at, self.zone)),
                    Value::Phrase(phrase) => Filled::Text(self.text(phrase)?),
                },
            ))
        });
        self.templates.format(self.language, part.id, &values.collect::<Result<Vec<_>, _>>()?)
    }
}

/// A value as it stands in a text.
enum Filled {
    /// Chooses between singular and plural.
    Count(u32),
    /// Put in as it is.
    Text(String),
}
