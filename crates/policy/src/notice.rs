//! What a member is told, as data and as plain English.
//!
//! A [`Notice`] holds no words of anybody: the excerpt and a moderator's reasons are kept under the case key and
//! join it only when it is written out as a [`Letter`]. Short sentences, no jargon, no shaming; the rule is named,
//! never the word.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::ids::Reference;
use crate::post::PostKind;
use crate::text::MessageText;
use crate::time::Timestamp;

/// Occasions on which a member is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NoticeKind {
    /// A post was removed.
    Removed {
        /// By the filter, or by a moderator.
        by_filter: bool,
        /// Whether it is a strike.
        counts: bool,
    },
    /// A post was removed until a moderator has looked.
    Hidden {
        /// By the filter, or by a moderator.
        by_filter: bool,
    },
    /// A post was removed because it quotes one that broke a rule. Never a strike.
    Quoted,
    /// A moderator looked at a hidden post: it stays away.
    Confirmed {
        /// Whether it is a strike.
        counts: bool,
    },
    /// A moderator looked again: the strike no longer counts.
    StrikeVoided,
    /// A post was put back.
    Restored {
        /// Whether it had been a strike until then.
        strike_voided: bool,
    },
    /// An appeal has arrived.
    AppealReceived,
    /// A moderator said yes to an appeal.
    AppealAccepted {
        /// Whether it had been a strike until then.
        strike_voided: bool,
    },
    /// A moderator said no to an appeal.
    AppealDismissed {
        /// The moderator had taken the decision too, because the group has no other.
        same_moderator: bool,
    },
    /// The Executive has been asked.
    ExecutiveAsked,
}

/// One dated written communication to a member, as data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The occasion.
    pub kind: NoticeKind,
    /// The case it is about.
    pub case: Reference,
    /// What members call the group.
    pub group_name: String,
    /// Where the group's days begin and end.
    pub zone: Tz,
    /// When it was written.
    pub written_at: Timestamp,
    /// What sort of thing the post was.
    pub post_kind: PostKind,
    /// When the post was written.
    pub post_written_at: Timestamp,
    /// The heading of the rule.
    pub rule_title: String,
    /// The rule in words.
    pub rule_text: String,
    /// How many strikes count, this one included.
    pub strikes: u32,
    /// For how many months a strike counts.
    pub strike_months: u32,
    /// Until when the member can appeal.
    pub appeal_until: Timestamp,
    /// When a hidden post is to be looked at.
    pub review_due: Option<Timestamp>,
    /// Who to write to when the bot is no help.
    pub contact: String,
}

/// A text for a person, in blocks, so that each platform can set members' words apart safely.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Letter {
    /// The blocks, in order.
    pub blocks: Vec<Block>,
}

/// One block of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// The bot's own words; one paragraph.
    Text(String),
    /// Somebody's words: data, never markup, mention or link.
    Quote(MessageText),
}

/// How many characters of a post a notice shows; the rest is cut with an ellipsis.
pub const EXCERPT_LEN_MAX: usize = 500;

impl Notice {
    /// Writes it out, with an `excerpt` of the post and the moderator's `reason` where they are still kept.
    pub fn write(&self, excerpt: Option<&MessageText>, reason: Option<&MessageText>) -> Letter {
        let mut letter = Letter::line(format!("{}. {}", self.heading(), self.dateline()));
        letter = letter.text(self.what_happened());
        if self.shows_post() {
            letter = match excerpt {
                Some(text) => letter.text(format!("Your {} said:", self.noun())).quote(shorten(text)),
                None => letter.text("The text has been erased from our records."),
            };
        }
        if self.names_rule() {
            letter =
                letter.text(format!("The rule is \u{201c}{}\u{201d}: {}", self.rule_title, self.rule_text));
        }
        if let Some(reason) = reason {
            letter = letter.text("The moderator says:").quote(shorten(reason));
        }
        for line in [self.standing(), self.next()].into_iter().flatten() {
            letter = letter.text(line);
        }
        letter.text(format!("The admin team, {}. Questions: {}.", self.group_name, self.contact))
    }

    /// What it is about, in a few words.
    pub fn heading(&self) -> String {
        let noun = self.noun();
        match self.kind {
            NoticeKind::Removed { .. } | NoticeKind::Quoted => format!("Your {noun} was removed"),
            NoticeKind::Hidden { .. } => format!("Your {noun} is hidden for now"),
            NoticeKind::Confirmed { .. } => format!("Your hidden {noun} stays away"),
            NoticeKind::StrikeVoided => "A strike was cancelled".to_owned(),
            NoticeKind::Restored { .. } => format!("Your {noun} is back"),
            NoticeKind::AppealReceived => "We have your appeal".to_owned(),
            NoticeKind::AppealAccepted { .. } => "Your appeal was accepted".to_owned(),
            NoticeKind::AppealDismissed { .. } => "Your appeal was dismissed".to_owned(),
            NoticeKind::ExecutiveAsked => "Your appeal goes to the Executive".to_owned(),
        }
    }

    fn noun(&self) -> &'static str {
        match self.post_kind {
            PostKind::Message => "post",
            PostKind::Nickname => "name",
        }
    }

    fn dateline(&self) -> String {
        format!("Case {}, {}.", self.case, self.written_at.long_date(self.zone))
    }

    fn what_happened(&self) -> String {
        let group = &self.group_name;
        let noun = self.noun();
        let when = self.post_written_at.long_date_time(self.zone);
        let post = format!("your {noun} of {when} in {group}");
        match self.kind {
            NoticeKind::Removed { by_filter: true, .. } => {
                format!(
                    "We removed {post}. Our word filter did this by itself. No person has looked at it yet."
                )
            }
            NoticeKind::Removed { by_filter: false, .. } => format!("A moderator removed {post}."),
            NoticeKind::Hidden { by_filter: true } => {
                format!(
                    "We took down {post}. Our word filter did this by itself. A moderator will look at it."
                )
            }
            NoticeKind::Hidden { by_filter: false } => {
                format!("A moderator took down {post} to look at it more closely.")
            }
            NoticeKind::Quoted => format!(
                "We removed {post}, because it quotes words that break a rule. You did nothing wrong by quoting. \
                 Our word filter did this by itself. No person has looked at it yet."
            ),
            NoticeKind::Confirmed { .. } => format!("A moderator looked at {post}. It stays away."),
            NoticeKind::StrikeVoided => format!("A moderator looked again at {post}. It stays away."),
            NoticeKind::Restored { .. } => {
                format!(
                    "A moderator looked at {post}. It is allowed, and we have put it back. Sorry for the trouble."
                )
            }
            NoticeKind::AppealReceived => {
                format!(
                    "You asked us to look again at {post}. A moderator will read your words and answer you here."
                )
            }
            NoticeKind::AppealAccepted { .. } => {
                format!("A moderator read your appeal about {post}. You were right, and we have put it back.")
            }
            NoticeKind::AppealDismissed { same_moderator: false } => {
                format!("A moderator read your appeal about {post}. It stays away.")
            }
            NoticeKind::AppealDismissed { same_moderator: true } => format!(
                "A moderator read your appeal about {post}. It stays away. It was the same moderator who \
                 decided before, because no other could hear it."
            ),
            NoticeKind::ExecutiveAsked => format!(
                "You asked the Executive Committee to look at {post}. Their decision is final in {group}. \
                 We have put your request on record for them."
            ),
        }
    }

    fn shows_post(&self) -> bool {
        match self.kind {
            NoticeKind::Removed { .. }
            | NoticeKind::Hidden { .. }
            | NoticeKind::Quoted
            | NoticeKind::Confirmed { .. } => true,
            NoticeKind::StrikeVoided
            | NoticeKind::Restored { .. }
            | NoticeKind::AppealReceived
            | NoticeKind::AppealAccepted { .. }
            | NoticeKind::AppealDismissed { .. }
            | NoticeKind::ExecutiveAsked => false,
        }
    }

    fn names_rule(&self) -> bool {
        self.shows_post() || matches!(self.kind, NoticeKind::AppealDismissed { .. })
    }

    fn standing(&self) -> Option<String> {
        let strikes = self.strikes;
        let total = match strikes {
            0 => "You have no strikes.".to_owned(),
            1 => "You have 1 strike.".to_owned(),
            _ => format!("You have {strikes} strikes."),
        };
        match self.kind {
            NoticeKind::Removed { counts: true, .. } | NoticeKind::Confirmed { counts: true } => {
                Some(format!(
                    "This is a strike. {total} A strike counts for {} months. If it goes on, the officers may send you \
                 a written warning.",
                    self.strike_months
                ))
            }
            NoticeKind::Removed { counts: false, .. }
            | NoticeKind::Confirmed { counts: false }
            | NoticeKind::Quoted => Some(format!("This is not a strike. {total}")),
            NoticeKind::Hidden { .. } => {
                let due = self
                    .review_due
                    .map_or_else(String::new, |due| format!(" by {}", due.long_date(self.zone)));
                Some(format!(
                    "This is not a strike now. A moderator should look{due}. Then it comes back, or it stays away \
                     and may be a strike. {total}"
                ))
            }
            NoticeKind::StrikeVoided => Some(format!("The strike no longer counts. {total}")),
            NoticeKind::Restored { strike_voided: true }
            | NoticeKind::AppealAccepted { strike_voided: true } => {
                Some(format!("The strike no longer counts. {total}"))
            }
            NoticeKind::Restored { strike_voided: false }
            | NoticeKind::AppealAccepted { strike_voided: false }
            | NoticeKind::AppealDismissed { .. } => Some(total),
            NoticeKind::AppealReceived | NoticeKind::ExecutiveAsked => None,
        }
    }

    fn next(&self) -> Option<String> {
        let case = self.case;
        let until = self.appeal_until.long_date(self.zone);
        match self.kind {
            NoticeKind::Removed { .. }
            | NoticeKind::Hidden { .. }
            | NoticeKind::Quoted
            | NoticeKind::Confirmed { .. } => Some(format!(
                "Do you think this was wrong? Reply here with: appeal {case} and why. A moderator will decide. If \
                 the answer is no, you can ask the Executive. You have until {until}."
            )),
            NoticeKind::AppealDismissed { .. } => Some(format!(
                "You can ask the Executive Committee. Reply here with: appeal {case} and why. You have until {until}."
            )),
            NoticeKind::StrikeVoided
            | NoticeKind::Restored { .. }
            | NoticeKind::AppealReceived
            | NoticeKind::AppealAccepted { .. }
            | NoticeKind::ExecutiveAsked => None,
        }
    }
}

fn shorten(text: &MessageText) -> MessageText {
    match text.expose().char_indices().nth(EXCERPT_LEN_MAX) {
        Some((end, _)) => MessageText::new(format!("{}\u{2026}", &text.expose()[..end])),
        None => text.clone(),
    }
}

impl Letter {
    /// A letter of one paragraph.
    pub fn line(text: impl Into<String>) -> Self {
        Self::default().text(text)
    }

    /// The same with one paragraph more.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.blocks.push(Block::Text(text.into()));
        self
    }

    /// The same with somebody's words set apart.
    #[must_use]
    pub fn quote(mut self, text: MessageText) -> Self {
        self.blocks.push(Block::Quote(text));
        self
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::London;

    use super::*;

    fn written(kind: NoticeKind) -> String {
        let notice = Notice {
            kind,
            case: Reference::new(42).unwrap(),
            group_name: "Riverside Branch".to_owned(),
            zone: London,
            written_at: Timestamp::from_millis(1_778_493_600_000),
            post_kind: PostKind::Message,
            post_written_at: Timestamp::from_millis(1_778_493_000_000),
            rule_title: "Polite language".to_owned(),
            rule_text: "Keep it polite.".to_owned(),
            strikes: 1,
            strike_months: 12,
            appeal_until: Timestamp::from_millis(1_810_000_000_000),
            review_due: Some(Timestamp::from_millis(1_778_752_800_000)),
            contact: "secretary@example.org".to_owned(),
        };
        let reason =
            matches!(kind, NoticeKind::AppealDismissed { .. }).then(|| MessageText::new("It was rude."));
        let blocks = notice.write(Some(&MessageText::new("what I wrote")), reason.as_ref()).blocks;
        let line = |block| match block {
            Block::Text(text) => text,
            Block::Quote(text) => format!("> {}", text.expose()),
        };
        blocks.into_iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_removal_by_the_filter_says_what_why_what_next_and_how_to_appeal() {
        insta::assert_snapshot!(written(NoticeKind::Removed { by_filter: true, counts: true }), @"
        Your post was removed. Case B-0042, 11 May 2026.
        We removed your post of 11 May 2026 at 10:50 in Riverside Branch. Our word filter did this by itself. No person has looked at it yet.
        Your post said:
        > what I wrote
        The rule is “Polite language”: Keep it polite.
        This is a strike. You have 1 strike. A strike counts for 12 months. If it goes on, the officers may send you a written warning.
        Do you think this was wrong? Reply here with: appeal B-0042 and why. A moderator will decide. If the answer is no, you can ask the Executive. You have until 11 May 2027.
        The admin team, Riverside Branch. Questions: secretary@example.org.
        ");
    }

    #[test]
    fn a_hidden_post_is_no_strike_yet() {
        insta::assert_snapshot!(written(NoticeKind::Hidden { by_filter: true }), @"
        Your post is hidden for now. Case B-0042, 11 May 2026.
        We took down your post of 11 May 2026 at 10:50 in Riverside Branch. Our word filter did this by itself. A moderator will look at it.
        Your post said:
        > what I wrote
        The rule is “Polite language”: Keep it polite.
        This is not a strike now. A moderator should look by 14 May 2026. Then it comes back, or it stays away and may be a strike. You have 1 strike.
        Do you think this was wrong? Reply here with: appeal B-0042 and why. A moderator will decide. If the answer is no, you can ask the Executive. You have until 11 May 2027.
        The admin team, Riverside Branch. Questions: secretary@example.org.
        ");
    }

    #[test]
    fn quoting_is_no_breach() {
        insta::assert_snapshot!(written(NoticeKind::Quoted), @"
        Your post was removed. Case B-0042, 11 May 2026.
        We removed your post of 11 May 2026 at 10:50 in Riverside Branch, because it quotes words that break a rule. You did nothing wrong by quoting. Our word filter did this by itself. No person has looked at it yet.
        Your post said:
        > what I wrote
        The rule is “Polite language”: Keep it polite.
        This is not a strike. You have 1 strike.
        Do you think this was wrong? Reply here with: appeal B-0042 and why. A moderator will decide. If the answer is no, you can ask the Executive. You have until 11 May 2027.
        The admin team, Riverside Branch. Questions: secretary@example.org.
        ");
    }

    #[test]
    fn decisions_of_moderators_read_plainly() {
        let kinds = [
            NoticeKind::Removed { by_filter: false, counts: true },
            NoticeKind::Hidden { by_filter: false },
            NoticeKind::Confirmed { counts: true },
            NoticeKind::Confirmed { counts: false },
            NoticeKind::StrikeVoided,
            NoticeKind::Restored { strike_voided: true },
        ];
        insta::assert_snapshot!(kinds.map(written).join("\n\n"), @"
        Your post was removed. Case B-0042, 11 May 2026.
        A moderator removed your post of 11 May 2026 at 10:50 in Riverside Branch.
        Your post said:
        > what I wrote
        The rule is “Polite language”: Keep it polite.
        This is a strike. You have 1 strike. A strike counts for 12 months. If it goes on, the officers may send you a written warning.
        Do you think this was wrong? Reply here with: appeal B-0042 and why. A moderator will decide. If the answer is no, you can ask the Executive. You have until 11 May 2027.
        The admin team, Riverside Branch. Questions: secretary@example.org.

        Your post is hidden for now. Case B-0042, 11 May 2026.
        A moderator took down your post of 11 May 2026 at 10:50 in Riverside Branch to look at it more closely.
        Your post said:
        > what I wrote
        The rule is “Polite language”: Keep it polite.
        This is not a strike now. A moderator should look by 14 May 2026. Then it comes back, or it stays away and may be a strike. You have 1 strike.
        Do you think this was wrong? Reply here with: appeal B-0042 and why. A moderator will decide. If the answer is no, you can ask the Executive. You have until 11 May 2027.
        The admin team, Riverside Branch. Questions: secretary@example.org.

        Your hidden post stays away. Case B-0042, 11 May 2026.
        A moderator looked at your post of 11 May 2026 at 10:50 in Riverside Branch. It stays away.
        Your post said:
        > what I wrote
        The rule is “Polite language”: Keep it polite.
        This is a strike. You have 1 strike. A strike counts for 12 months. If it goes on, the officers may send you a written warning.
        Do you think this was wrong? Reply here with: appeal B-0042 and why. A moderator will decide. If the answer is no, you can ask the Executive. You have until 11 May 2027.
        The admin team, Riverside Branch. Questions: secretary@example.org.

        Your hidden post stays away. Case B-0042, 11 May 2026.
        A moderator looked at your post of 11 May 2026 at 10:50 in Riverside Branch. It stays away.
        Your post said:
        > what I wrote
        The rule is “Polite language”: Keep it polite.
        This is not a strike. You have 1 strike.
        Do you think this was wrong? Reply here with: appeal B-0042 and why. A moderator will decide. If the answer is no, you can ask the Executive. You have until 11 May 2027.
        The admin team, Riverside Branch. Questions: secretary@example.org.

        A strike was cancelled. Case B-0042, 11 May 2026.
        A moderator looked again at your post of 11 May 2026 at 10:50 in Riverside Branch. It stays away.
        The strike no longer counts. You have 1 strike.
        The admin team, Riverside Branch. Questions: secretary@example.org.

        Your post is back. Case B-0042, 11 May 2026.
        A moderator looked at your post of 11 May 2026 at 10:50 in Riverside Branch. It is allowed, and we have put it back. Sorry for the trouble.
        The strike no longer counts. You have 1 strike.
        The admin team, Riverside Branch. Questions: secretary@example.org.
        ");
    }

    #[test]
    fn answers_to_appeals_read_plainly() {
        let kinds = [
            NoticeKind::AppealReceived,
            NoticeKind::AppealAccepted { strike_voided: true },
            NoticeKind::AppealDismissed { same_moderator: false },
            NoticeKind::AppealDismissed { same_moderator: true },
            NoticeKind::ExecutiveAsked,
        ];
        insta::assert_snapshot!(kinds.map(written).join("\n\n"), @"
        We have your appeal. Case B-0042, 11 May 2026.
        You asked us to look again at your post of 11 May 2026 at 10:50 in Riverside Branch. A moderator will read your words and answer you here.
        The admin team, Riverside Branch. Questions: secretary@example.org.

        Your appeal was accepted. Case B-0042, 11 May 2026.
        A moderator read your appeal about your post of 11 May 2026 at 10:50 in Riverside Branch. You were right, and we have put it back.
        The strike no longer counts. You have 1 strike.
        The admin team, Riverside Branch. Questions: secretary@example.org.

        Your appeal was dismissed. Case B-0042, 11 May 2026.
        A moderator read your appeal about your post of 11 May 2026 at 10:50 in Riverside Branch. It stays away.
        The rule is “Polite language”: Keep it polite.
        The moderator says:
        > It was rude.
        You have 1 strike.
        You can ask the Executive Committee. Reply here with: appeal B-0042 and why. You have until 11 May 2027.
        The admin team, Riverside Branch. Questions: secretary@example.org.

        Your appeal was dismissed. Case B-0042, 11 May 2026.
        A moderator read your appeal about your post of 11 May 2026 at 10:50 in Riverside Branch. It stays away. It was the same moderator who decided before, because no other could hear it.
        The rule is “Polite language”: Keep it polite.
        The moderator says:
        > It was rude.
        You have 1 strike.
        You can ask the Executive Committee. Reply here with: appeal B-0042 and why. You have until 11 May 2027.
        The admin team, Riverside Branch. Questions: secretary@example.org.

        Your appeal goes to the Executive. Case B-0042, 11 May 2026.
        You asked the Executive Committee to look at your post of 11 May 2026 at 10:50 in Riverside Branch. Their decision is final in Riverside Branch. We have put your request on record for them.
        The admin team, Riverside Branch. Questions: secretary@example.org.
        ");
    }

    #[test]
    fn a_long_post_is_cut_between_characters() {
        let long = MessageText::new("\u{e9}".repeat(EXCERPT_LEN_MAX + 1));
        assert_eq!(shorten(&long).expose().chars().count(), EXCERPT_LEN_MAX + 1);
        let short = MessageText::new("\u{e9}".repeat(EXCERPT_LEN_MAX));
        assert_eq!(shorten(&short), short);
    }
}
