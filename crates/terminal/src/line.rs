//! What can be typed, as a grammar and nothing more: whether there is such a member or post is for the group to say.

use std::iter::Peekable;
use std::str::{CharIndices, FromStr};

use platform::Change;

/// The longest line that is read, in bytes.
pub const LINE_LEN_MAX: usize = 16 * 1024;

/// The furthest a script's clock is moved in one line: ten years.
pub const ADVANCE_SECONDS_MAX: i64 = 10 * 366 * DAY_SECONDS;

/// What some editors put at the beginning of a file.
const BYTE_ORDER_MARK: char = '\u{feff}';

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// What a member can do, after their name.
pub(crate) const VERBS: [&str; 11] = [
    "edits",
    "deletes",
    "replies",
    "quotes",
    "forwards",
    "renames:",
    "closes dms",
    "opens dms",
    "joins",
    "leaves",
    "-> beadle:",
];

/// What an officer can do to a member by hand, past the bot.
pub(crate) const BY_HAND: [(&str, Change); 5] = [
    ("excludes", Change::Excluded),
    ("admits", Change::Admitted),
    ("mutes", Change::Muted),
    ("unmutes", Change::Unmuted),
    ("removes", Change::Removed),
];

/// One line as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Line {
    /// Nothing, or a comment.
    Blank,
    /// `exit`.
    Exit,
    /// `as nia`: commands without a name are this officer's from now on.
    As {
        /// The officer.
        officer: String,
    },
    /// `+3d`: a script's clock moves on.
    Advance {
        /// By how much.
        seconds: i64,
    },
    /// `=+3d` or `=-2h`: a script's clock is set wrong; it shows another time, though none has passed.
    SetClock {
        /// By how much, below zero for back.
        seconds: i64,
    },
    /// `/queue`, or `mo /queue`.
    Command {
        /// Who types it; the current officer when nobody is named.
        by: Option<String>,
        /// The command without its slash.
        command: String,
    },
    /// Something a member does.
    Member {
        /// Who.
        who: String,
        /// What.
        deed: Deed,
    },
}

/// What a member does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// `alice: hello`, or `alice #tearoom: hello`.
    Say {
        /// Where; the group's first channel when none is named.
        channel: Option<String>,
        /// What.
        text: String,
    },
    /// `alice -> beadle: hello`.
    Confide {
        /// What.
        text: String,
    },
    /// `alice edits 3: hello`.
    Edit {
        /// Which post.
        post: u64,
        /// What stands there from now on.
        text: String,
    },
    /// `alice deletes 3`.
    Delete {
        /// Which post.
        post: u64,
    },
    /// `alice replies 3: hello`.
    Reply {
        /// To which post.
        post: u64,
        /// What.
        text: String,
    },
    /// `alice quotes 3: hello`.
    Quote {
        /// Which post.
        post: u64,
        /// What the member says to it.
        text: String,
    },
    /// `alice forwards 3`, or `alice forwards 3 to #tearoom`.
    Forward {
        /// Which post.
        post: u64,
        /// Where to; the channel it stands in when none is named.
        channel: Option<String>,
    },
    /// `alice renames: Alice B`.
    Rename {
        /// The new name.
        name: String,
    },
    /// `alice closes dms` and `alice opens dms`.
    TakeMessages {
        /// Whether private messages are taken from now on.
        open: bool,
    },
    /// `alice joins`.
    Join,
    /// `alice leaves`.
    Leave,
    /// `mo excludes alice`, and admits, mutes, unmutes, removes: what an officer does past the bot.
    ByHand {
        /// What.
        change: Change,
        /// To whom.
        member: String,
    },
}

/// A line that cannot be read, and what to type instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GrammarError {
    /// Words that nobody says.
    #[error("nobody says this; type who does, as in `alice: {0}`")]
    NoSpeaker(String),
    /// A verb there is not.
    #[error(
        "`{who} {verb}` is nothing a member can do; type `{who}: words`, or after the name one of edits 3: words, \
         deletes 3, replies 3: words, quotes 3: words, forwards 3, renames: New Name, closes dms, opens dms, \
         joins, leaves, -> beadle: words; an officer also excludes, admits, mutes, unmutes or removes alice"
    )]
    UnknownVerb {
        /// Who.
        who: String,
        /// What stands where the verb should.
        verb: String,
    },
    /// A private message to somebody else.
    #[error("there are private messages to beadle only, not to `{to}`; type `{who} -> beadle: words`")]
    OnlyBeadle {
        /// Who writes.
        who: String,
        /// To whom.
        to: String,
    },
    /// Nothing after the colon, or no colon.
    #[error("the words are missing; type `{0} words`")]
    NoText(String),
    /// A verb without its post, or with something else.
    #[error("`{verb}` needs the number of a post, as shown in brackets; type `{example}`")]
    NoPost {
        /// The verb.
        verb: String,
        /// A line that works.
        example: String,
    },
    /// A verb without its member.
    #[error("`{verb}` needs a member; type `{who} {verb} alice`")]
    NoMember {
        /// Who.
        who: String,
        /// The verb.
        verb: String,
    },
    /// Something stands where the line should end.
    #[error("`{rest}` is too much; type only `{line}`")]
    TooMuch {
        /// What is too much.
        rest: String,
        /// The line without it.
        line: String,
    },
    /// A post is forwarded to a channel and nowhere else.
    #[error("`{rest}` is no channel to forward to; type `{line}` or `{line} to #general`")]
    NotADestination {
        /// What stands there.
        rest: String,
        /// The line without it.
        line: String,
    },
    /// A channel without a name.
    #[error("the channel has no name; type `{0} #general: words`")]
    NoChannel(String),
    /// `#` without a space.
    #[error("a comment is `#` and a space; to post in a channel type `alice #general: words`")]
    NotAComment,
    /// A slash and nothing else.
    #[error("the command is missing; type `/help` to see all")]
    NoCommand,
    /// `as` without a name.
    #[error("type who you act as, as in `as mo`")]
    NoOfficer,
    /// A period that cannot be read.
    #[error("the clock moves by a number and s, m, h or d, ten years at most; type `+3d` or `+2h`")]
    NotAPeriod,
    /// A setting of the clock that cannot be read.
    #[error(
        "the clock is set by a sign, a number and s, m, h or d, ten years at most; type `=+3d` or `=-2h`"
    )]
    NotASetting,
    /// `\u{…}` that names no character.
    #[error(
        "`{0}` names no character; type `\\u{{200b}}` with one to six hex digits, or `\\\\u` for the letters"
    )]
    NotACharacter(String),
}

impl FromStr for Line {
    type Err = GrammarError;

    fn from_str(line: &str) -> Result<Self, GrammarError> {
        let line = line.trim_start_matches(BYTE_ORDER_MARK).trim();
        if line.is_empty() || line == "#" || line.starts_with("# ") {
            return Ok(Self::Blank);
        }
        if line.starts_with('#') {
            return Err(GrammarError::NotAComment);
        }
        if let Some(command) = line.strip_prefix('/') {
            return parse_command(None, command);
        }
        if let Some(period) = line.strip_prefix('+') {
            return parse_period(period).map(|seconds| Self::Advance { seconds });
        }
        if let Some(period) = line.strip_prefix('=') {
            return parse_setting(period).map(|seconds| Self::SetClock { seconds });
        }
        if line.eq_ignore_ascii_case("exit") || line.eq_ignore_ascii_case("quit") {
            return Ok(Self::Exit);
        }
        if line == "as" {
            return Err(GrammarError::NoOfficer);
        }
        let (who, rest) = split_speaker(line);
        if who == "as" && !rest.starts_with(':') {
            let (officer, more) = split_word(rest, char::is_whitespace);
            end(more, || format!("as {officer}"))?;
            return Ok(Self::As { officer: officer.to_owned() });
        }
        parse_member(who, rest, line)
    }
}

fn parse_member(who: &str, rest: &str, line: &str) -> Result<Line, GrammarError> {
    if who.is_empty() || rest.is_empty() {
        return Err(GrammarError::NoSpeaker(brief(line.trim_start_matches(':').trim())));
    }
    if let Some(command) = rest.strip_prefix('/') {
        return parse_command(Some(who.to_owned()), command);
    }
    parse_deed(who, rest).map(|deed| Line::Member { who: who.to_owned(), deed })
}

fn parse_deed(who: &str, rest: &str) -> Result<Deed, GrammarError> {
    if rest.starts_with(':') {
        return Ok(Deed::Say { channel: None, text: text_after(rest, who)? });
    }
    if let Some(rest) = rest.strip_prefix('#') {
        let (channel, rest) = split_word(rest, |c| c.is_whitespace() || c == ':');
        if channel.is_empty() {
            return Err(GrammarError::NoChannel(brief(who)));
        }
        let text = text_after(rest, &format!("{who} #{channel}"))?;
        return Ok(Deed::Say { channel: Some(channel.to_owned()), text });
    }
    if let Some(rest) = rest.strip_prefix("->") {
        let (to, rest) = split_word(rest.trim_start(), |c| c.is_whitespace() || c == ':');
        if !to.eq_ignore_ascii_case("beadle") {
            return Err(GrammarError::OnlyBeadle { who: brief(who), to: brief(to) });
        }
        return Ok(Deed::Confide { text: text_after(rest, &format!("{who} -> beadle"))? });
    }
    parse_verb(who, rest)
}

fn parse_verb(who: &str, rest: &str) -> Result<Deed, GrammarError> {
    let (verb, rest) = split_word(rest, |c| c.is_whitespace() || c == ':');
    match verb {
        "edits" => post_and_text(who, verb, rest).map(|(post, text)| Deed::Edit { post, text }),
        "replies" => post_and_text(who, verb, rest).map(|(post, text)| Deed::Reply { post, text }),
        "quotes" => post_and_text(who, verb, rest).map(|(post, text)| Deed::Quote { post, text }),
        "deletes" => {
            let (post, rest) = parse_post(rest).ok_or_else(|| no_post(who, verb, ""))?;
            end(rest, || format!("{who} deletes {post}"))?;
            Ok(Deed::Delete { post })
        }
        "forwards" => {
            let (post, rest) = parse_post(rest).ok_or_else(|| no_post(who, verb, ""))?;
            Ok(Deed::Forward { post, channel: parse_destination(&format!("{who} forwards {post}"), rest)? })
        }
        "renames" => Ok(Deed::Rename { name: text_after(rest, &format!("{who} renames"))? }),
        "closes" | "opens" => {
            let (what, more) = split_word(rest, char::is_whitespace);
            if !what.eq_ignore_ascii_case("dms") {
                return Err(unknown_verb(who, verb));
            }
            end(more, || format!("{who} {verb} dms"))?;
            Ok(Deed::TakeMessages { open: verb == "opens" })
        }
        "joins" => end(rest, || format!("{who} joins")).map(|()| Deed::Join),
        "leaves" => end(rest, || format!("{who} leaves")).map(|()| Deed::Leave),
        _ => match BY_HAND.iter().find(|(by_hand, _)| *by_hand == verb) {
            Some((_, change)) => Ok(Deed::ByHand { change: *change, member: member_after(who, verb, rest)? }),
            None => Err(unknown_verb(who, verb)),
        },
    }
}

fn member_after(who: &str, verb: &str, rest: &str) -> Result<String, GrammarError> {
    let (member, more) = split_word(rest, char::is_whitespace);
    if member.is_empty() {
        return Err(GrammarError::NoMember { who: brief(who), verb: brief(verb) });
    }
    end(more, || format!("{who} {verb} {member}"))?;
    Ok(member.to_owned())
}

fn unknown_verb(who: &str, verb: &str) -> GrammarError {
    GrammarError::UnknownVerb { who: brief(who), verb: brief(verb) }
}

fn no_post(who: &str, verb: &str, behind: &str) -> GrammarError {
    GrammarError::NoPost { verb: brief(verb), example: brief(&format!("{who} {verb} 3{behind}")) }
}

fn post_and_text(who: &str, verb: &str, rest: &str) -> Result<(u64, String), GrammarError> {
    let (post, rest) = parse_post(rest).ok_or_else(|| no_post(who, verb, ": words"))?;
    Ok((post, text_after(rest, &format!("{who} {verb} {post}"))?))
}

/// The number of a post as people write it: `3`, `#3` or `[3]`; and what follows.
fn parse_post(rest: &str) -> Option<(u64, &str)> {
    let (word, rest) = split_word(rest, |c| c.is_whitespace() || c == ':');
    let digits = word.strip_prefix('#').unwrap_or(word);
    let digits = digits.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(digits);
    let number = digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())??;
    Some((number, rest))
}

/// Nothing, or `to #tearoom`; `before` is what stands before it.
fn parse_destination(before: &str, rest: &str) -> Result<Option<String>, GrammarError> {
    if rest.is_empty() {
        return Ok(None);
    }
    let (to, after) = split_word(rest, char::is_whitespace);
    let (channel, more) = split_word(after, char::is_whitespace);
    let named = channel.strip_prefix('#').filter(|channel| to == "to" && !channel.is_empty());
    let Some(channel) = named else {
        return Err(GrammarError::NotADestination { rest: brief(rest), line: brief(before) });
    };
    end(more, || format!("{before} to #{channel}"))?;
    Ok(Some(channel.to_owned()))
}

/// The words after the colon, with their escapes read; `before` is what stands before it.
fn text_after(rest: &str, before: &str) -> Result<String, GrammarError> {
    let no_text = || GrammarError::NoText(brief(&format!("{before}:")));
    let text = unescape(rest.strip_prefix(':').ok_or_else(no_text)?.trim())?;
    if text.trim().is_empty() { Err(no_text()) } else { Ok(text) }
}

fn parse_command(by: Option<String>, command: &str) -> Result<Line, GrammarError> {
    let command = unescape(command.trim())?;
    if command.trim().is_empty() { Err(GrammarError::NoCommand) } else { Ok(Line::Command { by, command }) }
}

fn parse_period(period: &str) -> Result<i64, GrammarError> {
    let unit_at = period.trim_end().char_indices().next_back().map_or(0, |(at, _)| at);
    let (digits, unit) = period.trim_end().split_at(unit_at);
    let unit_seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => DAY_SECONDS,
        _ => return Err(GrammarError::NotAPeriod),
    };
    let all_digits = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let number: Option<i64> = all_digits.then(|| digits.parse().ok()).flatten();
    let seconds = number.and_then(|number| number.checked_mul(unit_seconds));
    seconds.filter(|seconds| (1..=ADVANCE_SECONDS_MAX).contains(seconds)).ok_or(GrammarError::NotAPeriod)
}

fn parse_setting(period: &str) -> Result<i64, GrammarError> {
    let seconds = match (period.strip_prefix('+'), period.strip_prefix('-')) {
        (Some(on), _) => parse_period(on),
        (None, Some(back)) => parse_period(back).map(|seconds| -seconds),
        (None, None) => Err(GrammarError::NotASetting),
    };
    seconds.map_err(|_| GrammarError::NotASetting)
}

/// What was typed as an error can show it: not too long, and doing nothing to a terminal.
pub(crate) fn brief(typed: &str) -> String {
    const SHOWN_MAX: usize = 40;
    let more = typed.chars().nth(SHOWN_MAX).map_or("", |_| "…");
    platform::plain::escape(&typed.chars().take(SHOWN_MAX).collect::<String>()) + more
}

/// The line is to end here.
fn end(rest: &str, line: impl FnOnce() -> String) -> Result<(), GrammarError> {
    if rest.is_empty() {
        Ok(())
    } else {
        Err(GrammarError::TooMuch { rest: brief(rest), line: brief(&line()) })
    }
}

/// The name before a space, a colon or an arrow, and the rest.
fn split_speaker(line: &str) -> (&str, &str) {
    let (who, _) = split_word(line, |c| c.is_whitespace() || c == ':');
    let who = who.split("->").next().unwrap_or(who);
    (who, line[who.len()..].trim_start())
}

/// The first word, up to where `ends` says, and the rest without the white space before it.
fn split_word(text: &str, ends: impl Fn(char) -> bool) -> (&str, &str) {
    let (word, rest) = text.split_at(text.find(ends).unwrap_or(text.len()));
    (word, rest.trim_start())
}

/// Reads `\n`, `\u{200b}` and `\\`; any other backslash is one.
fn unescape(text: &str) -> Result<String, GrammarError> {
    let mut read = String::with_capacity(text.len());
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c != '\\' {
            read.push(c);
            continue;
        }
        match chars.peek().map(|&(_, next)| next) {
            Some('n') => {
                chars.next();
                read.push('\n');
            }
            Some('\\') => {
                chars.next();
                read.push('\\');
            }
            Some('u') if text[at..].starts_with("\\u{") => read.push(named_character(text, at, &mut chars)?),
            _ => read.push('\\'),
        }
    }
    Ok(read)
}

fn named_character(
    text: &str,
    at: usize,
    chars: &mut Peekable<CharIndices<'_>>,
) -> Result<char, GrammarError> {
    const DIGITS_MAX: usize = 6;
    let escape = text[at..].split_inclusive('}').next().unwrap_or_default();
    let not_a_character = || GrammarError::NotACharacter(brief(escape));
    let digits = escape.strip_prefix("\\u{").and_then(|rest| rest.strip_suffix('}'));
    let hex = digits.filter(|digits| {
        (1..=DIGITS_MAX).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit())
    });
    let code = hex.and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let named = code.and_then(char::from_u32).ok_or_else(not_a_character)?;
    while chars.next_if(|&(next, _)| next < at + escape.len()).is_some() {}
    Ok(named)
}
