//! What is shown: the channel, private messages, the officers' room and answers, each under a sign of its own.

use chrono_tz::Tz;
use platform::plain;
use policy::{ChannelId, Letter, MemberId, Timestamp};
use unicode_width::UnicodeWidthStr as _;

use crate::group::{Bar, Content, Group, Happening, StoredPost};
use crate::layout::{Entry, Pane};
use crate::seed::{BOT, NAMES_CHANNEL, Seed};
use crate::translate;

fn in_channel(channel: &str, number: u64) -> Entry {
    Entry::new(Pane::Channel, format!("#{}  [{number}] ", plain::escape(channel)))
}

/// A post as it stands; nothing when it does not.
pub(crate) fn post(group: &Group, seed: &Seed, number: u64) -> Option<Entry> {
    let stored = group.post(number)?;
    let entry = in_channel(stored.channel.as_str(), number);
    match &stored.content {
        Content::Message { body, quotation } => {
            let speaker = speaker(group, stored);
            let entry = match quotation {
                Some(words) => entry.own(&format!("{speaker} quotes:")).quoted(words.expose()),
                None => return Some(entry.spoken(&format!("{speaker}: "), body.expose())),
            };
            Some(entry.spoken("", body.expose()))
        }
        Content::Forward { post, text } => {
            let speaker = speaker(group, stored);
            Some(entry.own(&format!("{speaker} forwards {post}:")).quoted(text.expose()))
        }
        Content::Name(name) => {
            let author = stored.author.as_ref().map_or(BOT, MemberId::as_str);
            Some(entry.own(&format!("{author} is now called {}", in_quotes(name.expose()))))
        }
        Content::Repost { author, author_name, written_at, text } => {
            let when = written_at.long_date_time(seed.zone);
            let author = author_called(author, author_name.expose());
            Some(entry.own(&format!("{BOT}: {author} wrote on {when}:")).quoted(text.expose()))
        }
        Content::Announcement(letter) => {
            Some(entry.own(&format!("{BOT}, to all:")).letter(&Letter::from(letter)))
        }
        Content::Removed | Content::Deleted => None,
    }
}

/// Who speaks, as what, and in answer to what.
fn speaker(group: &Group, stored: &StoredPost) -> String {
    let Some(author) = &stored.author else { return BOT.to_owned() };
    let name = group.chosen_name(author).map(|name| format!(" {}", in_quotes(name.expose())));
    let answers = stored.answers.map(|number| format!(" (to {number})"));
    let edited = (stored.revision > 0).then_some(" (edited)");
    let extras = [name.as_deref(), answers.as_deref(), edited].into_iter().flatten();
    plain::escape(author.as_str()) + &extras.collect::<String>()
}

/// An author by their id, which nobody chooses, and by their name where it says more.
fn author_called(id: &MemberId, name: &str) -> String {
    if name.to_lowercase() == id.as_str().to_lowercase() {
        plain::escape(id.as_str())
    } else {
        format!("{} {}", plain::escape(id.as_str()), in_quotes(name))
    }
}

/// A name on one line, without what could end its quotation marks.
fn plain_name(name: &str) -> String {
    plain::escape(&name.replace(['“', '”', '"'], "'"))
}

fn in_quotes(name: &str) -> String {
    format!("“{}”", plain_name(name))
}

pub(crate) fn deleted(channel: &ChannelId, number: u64, who: &MemberId) -> Entry {
    in_channel(channel.as_str(), number).own(&format!("(deleted by {})", who.as_str()))
}

/// Something about a member that everybody can see.
pub(crate) fn member(who: &MemberId, what: &str) -> Entry {
    Entry::new(Pane::Members, format!("  ± {} ", plain::escape(who.as_str()))).own(what)
}

/// `until 21 December 2026 at 14:00`, or `without end`.
fn how_long(until: Option<Timestamp>, zone: Tz) -> String {
    until.map_or("without end".to_owned(), |until| format!("until {}", until.long_date_time(zone)))
}

/// That the group does not let a member do this, and what they can do.
pub(crate) fn refused(who: &MemberId, bar: Bar, zone: Tz) -> Entry {
    let who = plain::escape(who.as_str());
    let elsewhere = format!("{who} -> {BOT}: words still arrives in private");
    note(&match bar {
        Bar::Excluded(hold) => {
            format!("refused: {who} is excluded {}; {elsewhere}", how_long(hold.until, zone))
        }
        Bar::Left => format!("refused: {who} has left the group; {elsewhere}, and {who} joins comes back"),
        Bar::Muted(hold) => format!("refused: {who} is muted {}; {elsewhere}", how_long(hold.until, zone)),
    })
}

/// That no private message reaches the bot from outside the group.
pub(crate) fn unheard(who: &MemberId) -> Entry {
    let who = plain::escape(who.as_str());
    note(&format!(
        "refused: {who} is outside the group and takes no private messages; type first: {who} opens dms"
    ))
}

pub(crate) fn takes_messages(who: &MemberId, open: bool) -> Entry {
    let what = if open { "takes private messages again" } else { "takes no private messages any more" };
    Entry::new(Pane::Private, format!("  ✉ {} ", plain::escape(who.as_str()))).own(what)
}

/// A letter in private.
pub(crate) fn private(to: &MemberId, letter: &Letter) -> Entry {
    Entry::new(Pane::Private, format!("  ✉ {BOT} → {} ", plain::escape(to.as_str()))).letter(letter)
}

/// The answer to a command.
pub(crate) fn answer(to: &MemberId, letter: &Letter) -> Entry {
    Entry::new(Pane::Answer, format!("  / {} ", plain::escape(to.as_str()))).letter(letter)
}

/// Something that is about the session itself.
pub(crate) fn note(text: &str) -> Entry {
    Entry::new(Pane::Note, "  ! ".to_owned()).own(text)
}

/// What the bot did since the last look: channel, private messages, officers.
pub(crate) fn unseen(group: &Group, seed: &Seed) -> Vec<Entry> {
    let mut entries: Vec<Entry> =
        group.unseen().filter_map(|happening| happened(group, seed, happening)).collect();
    entries.sort_by_key(|entry| entry.pane);
    entries
}

fn happened(group: &Group, seed: &Seed, happening: &Happening) -> Option<Entry> {
    Some(match happening {
        Happening::Removed { channel, post } => {
            in_channel(channel.as_str(), *post).own(&format!("(removed by {BOT})"))
        }
        Happening::NameRemoved { post, member } => {
            let account = plain_name(seed.account_name(member).unwrap_or_else(|| member.as_str()));
            let text = format!("(removed by {BOT}; {} is “{account}” again)", member.as_str());
            in_channel(NAMES_CHANNEL, *post).own(&text)
        }
        Happening::NameRestored { member } => {
            let name = translate::name(group, seed, member);
            let text =
                format!("{} is {} again, restored by {BOT}", member.as_str(), in_quotes(name.expose()));
            Entry::new(Pane::Channel, format!("#{NAMES_CHANNEL}  ")).own(&text)
        }
        Happening::PutUp { post: number } => return post(group, seed, *number),
        Happening::Told { member, letter, .. } => private(member, &Letter::from(letter)),
        Happening::ToldWithOfficers { member, letter, .. } => {
            let head = format!("  ✉ {BOT} → {} + officers ", plain::escape(member.as_str()));
            Entry::new(Pane::Private, head).letter(&Letter::from(letter))
        }
        Happening::Rewritten { member, letter, with_officers, .. } => {
            let officers = if *with_officers { " + officers" } else { "" };
            let head = format!("  ✉ {BOT} → {}{officers}, edited ", plain::escape(member.as_str()));
            Entry::new(Pane::Private, head).letter(&Letter::from(letter))
        }
        Happening::Excluded { member, until } => {
            self::member(member, &format!("is excluded by {BOT} {}", how_long(*until, seed.zone)))
        }
        Happening::Admitted { member } => self::member(member, &format!("is let in again by {BOT}")),
        Happening::Muted { member, until } => {
            self::member(member, &format!("is muted by {BOT} {}", how_long(Some(*until), seed.zone)))
        }
        Happening::Unmuted { member } => self::member(member, &format!("is allowed to post again by {BOT}")),
        Happening::OfficersTold { letter } => {
            Entry::new(Pane::Officers, "  ⚑ officers ".to_owned()).letter(&Letter::from(letter))
        }
    })
}

/// The first screen: what there is and what to type.
pub(crate) fn welcome(seed: &Seed, data_dir: &str, officer: &MemberId) -> String {
    let officers: Vec<&str> = seed.officers.iter().map(MemberId::as_str).collect();
    let other = officers.iter().find(|id| **id != officer.as_str()).copied().unwrap_or(officer.as_str());
    let member = seed.members.iter().map(|member| member.id.as_str()).find(|id| !officers.contains(id));
    let member = plain::escape(member.unwrap_or(officer.as_str()));
    let last_channel = seed.channels.last().map_or("general", ChannelId::as_str);
    let mut rows = vec![
        (format!("{member}: hello"), format!("post in {}", first_channel(seed))),
        (format!("{member} #{last_channel}: hello"), "post in another channel".to_owned()),
        (
            format!("{member} edits 1: hello again"),
            "also deletes 1 · replies 1: … · quotes 1: … · forwards 1 · renames: … · closes dms".to_owned(),
        ),
        (format!("{member} -> {BOT}: help"), "write to the bot in private, for example to appeal".to_owned()),
        ("/queue".to_owned(), format!("a command of the officer at the prompt; or {other} /queue")),
        (
            format!("{other} mutes {member}"),
            format!(
                "by hand, past {BOT}; also unmutes · excludes · admits · removes; {member} joins · leaves"
            ),
        ),
        (format!("as {other}"), "be another officer; /help lists the commands".to_owned()),
    ];
    if seed.channels.len() == 1 {
        // There is no other channel to post in.
        rows.remove(1);
    }
    let column = rows.iter().map(|(line, _)| line.width()).max().unwrap_or(0);
    let mut shown = format!(
        "{} in your terminal, kept in {}\nMembers: {}. Officers: {}. Channels: {}.\n",
        plain_name(&seed.name),
        plain::escape(data_dir),
        seed.members_listed(),
        officers.join(", "),
        seed.channels_listed(),
    );
    for (line, meaning) in rows {
        let gap = " ".repeat(column - line.width());
        shown.push_str(&format!("  {line}{gap}   {meaning}\n"));
    }
    shown.push_str("In words, \\n begins a line and \\u{200b} is the character of that number.\n");
    shown.push_str("Tab completes. exit or Ctrl-D leaves; everything is kept.\n");
    shown
}

fn first_channel(seed: &Seed) -> String {
    format!("#{}", seed.channels.first().map_or("general", ChannelId::as_str))
}
