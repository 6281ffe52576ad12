//! What is made of whatever comes over the gateway, and what has to hold of it: for fuzzing and for tests.
//!
//! Discord publishes no schema of the gateway's payloads; its OpenAPI description is of REST alone. So nothing here is
//! held to one. What is checked holds of any bytes: no panic, bounded results, and no id that did not come with them.

use std::collections::BTreeSet;
use std::sync::LazyLock;
use std::time::Duration;

use clap::Command;
use policy::matcher::TEXT_LEN_MAX;
use policy::{GroupId, MemberId, MessageText, Post, Timestamp};
use serde_json::{Value, json};

use crate::asked::{Asked, What, asked, wrote};
use crate::audit::deed;
use crate::buttons::Tag;
use crate::commands::options::suggested;
use crate::forms::Form;
use crate::gateway::frame::{Frame, read as read_frame};
use crate::ids::{PostName, Snowflake};
use crate::json;
use crate::server::{Server, Standing};
use crate::taken_down::counted;
use crate::translate::automod::{Behest, blocked_post};
use crate::translate::deletions::{GONE_MAX, gone};
use crate::translate::fixtures;
use crate::translate::message::{Reading, read};
use crate::translate::names::{self, Naming, nickname_post};
use crate::translate::post::Place;
use crate::translate::reactions::{EMOJI_MAX, reaction_post, standing};
use crate::translate::surfaces::{BYTES_MAX, MENTIONS_MAX, SURFACES_MAX};
use crate::translate::titles::{Setting, channel_posts, renamed, status_post};

/// What was understood of a frame.
#[derive(Debug, Default)]
pub struct Heard {
    /// What somebody said.
    pub posts: Vec<Post>,
    /// What somebody asks of the bot, as they would type it.
    pub lines: Vec<MessageText>,
}

/// Reads a frame as the gateway sends it, and everything that is ever made of what it tells; nothing when it is none.
///
/// # Panics
/// When something does not hold that has to, whatever the frame says.
pub fn frame(bytes: &[u8], definition: &Command) -> Option<Heard> {
    match read_frame(bytes)? {
        Frame::Dispatch { name, data, .. } => Some(event(&name, &data, definition)),
        Frame::Hello { interval } => {
            assert!((Duration::from_secs(1)..=Duration::from_secs(600)).contains(&interval), "{interval:?}");
            Some(Heard::default())
        }
        Frame::Heartbeat
        | Frame::Reconnect
        | Frame::Invalid { .. }
        | Frame::Ack
        | Frame::Unreadable { .. }
        | Frame::Unknown => Some(Heard::default()),
    }
}

fn event(name: &str, data: &Value, definition: &Command) -> Heard {
    let known = Known::of(data);
    let posts = posts(name, data);
    for post in &posts {
        check(post);
        known.check_post(post);
    }
    if let Some((channel, gone)) = gone(data) {
        assert!(gone.len() <= GONE_MAX);
        known.check(gone.iter().map(policy::PostId::as_str).chain([channel.as_str()]));
    }
    known.check_ids(renamed(data).map(|(by, _)| by));
    known.check_ids(counted(data).into_iter().flat_map(|(id, of, _)| [id, of]));
    let deed = deed(data, Some(*SETTER), *NOW);
    known.check_ids(deed.into_iter().flat_map(|deed| [deed.to].into_iter().chain(deed.by)));
    assert!(standing(data).len() <= EMOJI_MAX);
    server(name, data, &known);

    let mut lines = Vec::new();
    if let Some(asked) = asked(data, definition) {
        check_asked(&asked, &known, definition);
        lines.extend(match asked.what {
            What::Line(line) => Some(line),
            What::Form(_) | What::Suggestions { .. } | What::Unclear(_) | What::Unknown => None,
        });
    }
    if let Some(words) = json::text(data, "content") {
        let (line, pointed) = wrote(words, definition);
        known.check(pointed.iter().map(|pointed| pointed.post.as_str()));
        // A link alone is put into the words of a report.
        assert!(line.expose().len() <= words.len() + 100);
        lines.push(line);
    }
    Heard { posts, lines }
}

fn id(number: u64) -> Snowflake {
    Snowflake::new(number).unwrap_or_else(|| unreachable!("{number} is no id"))
}

static NOW: LazyLock<Timestamp> = LazyLock::new(|| Timestamp::from_millis(1_786_017_600_000));
static ME: LazyLock<Snowflake> = LazyLock::new(|| id(1_190_000_000_000_000_001));
static SERVER: LazyLock<Snowflake> = LazyLock::new(|| id(41_771_983_423_143_937));
/// Who set what is heard of, where the event itself does not tell.
static SETTER: LazyLock<Snowflake> = LazyLock::new(|| id(80_351_110_224_678_912));

/// Where all of it is heard.
pub(crate) fn place() -> Place {
    let group = GroupId::new("branch").unwrap_or_else(|| unreachable!("it is a name"));
    Place { group, me: *ME, app: *ME }
}

/// What members say with an event of this name.
pub(crate) fn posts(name: &str, event: &Value) -> Vec<Post> {
    let place = place();
    let by = Setting { by: Some(*SETTER), at: Some(*NOW), ..Setting::default() };
    let worn = |member: &Value| {
        let channel = SERVER.channel()?;
        nickname_post(member, &place, &channel, &Naming::default())
    };
    let mut posts: Vec<Post> = match name {
        "MESSAGE_CREATE" | "MESSAGE_UPDATE" => match read(event, &place) {
            Reading::Told(told) => {
                assert_eq!(read(event, &place), Reading::Told(told.clone()), "the same each time");
                vec![told.post]
            }
            Reading::Silent | Reading::Withheld | Reading::Partial => Vec::new(),
        },
        "THREAD_CREATE" => channel_posts(event, &place, &Setting::default()),
        "THREAD_UPDATE" | "CHANNEL_UPDATE" => channel_posts(event, &place, &by),
        "VOICE_CHANNEL_STATUS_UPDATE" => status_post(event, &place, &by).into_iter().collect(),
        "GUILD_MEMBER_ADD" | "GUILD_MEMBER_UPDATE" => {
            let tag = fixtures::tag(event, &place, *SERVER, None);
            worn(event).into_iter().chain(tag.map(|(_, post)| post)).collect()
        }
        "GUILD_CREATE" => {
            let channels = json::list(event, "channels").iter().chain(json::list(event, "threads"));
            let titles = channels.flat_map(|channel| channel_posts(channel, &place, &Setting::default()));
            titles.chain(json::list(event, "members").iter().filter_map(worn)).collect()
        }
        "MESSAGE_REACTION_ADD" => {
            let stood = [json!({"emoji": {"name": "\u{1f1eb}"}}), json!({"emoji": {"name": "\u{1f1fa}"}})];
            let stood = standing(&json!({"reactions": stood}));
            reaction_post(event, &place, &stood, *NOW).into_iter().collect()
        }
        "AUTO_MODERATION_ACTION_EXECUTION" => [Behest::Theirs, Behest::Ours]
            .into_iter()
            .filter_map(|behest| blocked_post(event, &place, None, *NOW, behest))
            .collect(),
        _ => Vec::new(),
    };
    posts.extend(fixtures::posts(name, event, &place, *SERVER, *NOW).into_iter().map(|(_, post)| post));
    posts
}

/// What holds for every post.
pub(crate) fn check(post: &Post) {
    assert!(post.surfaces.len() <= SURFACES_MAX + 2 * BYTES_MAX / TEXT_LEN_MAX);
    // Of what a rule of the bot's kept back, the text may be withheld.
    assert!(!post.surfaces.is_empty() || post.promised);
    assert!(!post.promised || post.id.is_stopped());
    assert!(post.surfaces.iter().all(|surface| surface.text.expose().len() <= TEXT_LEN_MAX));
    assert!(PostName::parse(&post.id).and_then(|name| name.id()).as_ref() == Some(&post.id));
    assert!(post.addressed.len() <= MENTIONS_MAX);
    assert!(!post.addressed.contains(&post.author));
    assert!(post.directed || post.addressed.is_empty());
}

/// The ids that came with an event, and those that are there anyway.
struct Known(BTreeSet<String>);

impl Known {
    fn of(event: &Value) -> Self {
        fn under(value: &Value, all: &mut BTreeSet<String>) {
            match value {
                Value::Array(elements) => elements.iter().for_each(|element| under(element, all)),
                Value::Object(fields) => fields.values().for_each(|field| under(field, all)),
                Value::Number(number) => {
                    all.insert(number.to_string());
                }
                // A mention stands inside a text.
                Value::String(text) => {
                    let runs = text.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty());
                    all.extend(runs.map(str::to_owned));
                }
                Value::Null | Value::Bool(_) => {}
            }
        }
        let mut all: BTreeSet<String> = [*ME, *SERVER, *SETTER].iter().map(Snowflake::to_string).collect();
        under(event, &mut all);
        Self(all)
    }

    fn check<'i>(&self, ids: impl IntoIterator<Item = &'i str>) {
        for id in ids {
            assert!(self.0.contains(id), "{id} did not come with it");
        }
    }

    fn check_ids(&self, ids: impl IntoIterator<Item = Snowflake>) {
        for id in ids {
            self.check([id.to_string().as_str()]);
        }
    }

    fn check_post(&self, post: &Post) {
        self.check(post.addressed.iter().map(MemberId::as_str).chain([post.channel.as_str()]));
        self.check([post.author.as_str().trim_start_matches('~')]);
        self.check(post.answers.iter().chain(&post.forwards).map(policy::PostId::as_str));
        self.check_ids(match PostName::parse(&post.id) {
            Some(PostName::Reactions { message, user }) => vec![message, user],
            Some(
                PostName::Message(of)
                | PostName::Nick { user: of, .. }
                | PostName::Title { channel: of, .. }
                | PostName::Topic { channel: of, .. }
                | PostName::Status { channel: of, .. }
                | PostName::Fixture { of, .. },
            ) => vec![of],
            Some(PostName::AutoMod(_) | PostName::Stopped(_)) | None => Vec::new(),
        });
    }
}

/// What is known of a server after the event, or from it.
fn server(name: &str, data: &Value, known: &Known) {
    let told = json!({"id": SERVER.to_string(), "owner_id": SETTER.to_string(), "roles": [], "channels": []});
    let before = Server::read(&told, *ME).into_iter();
    for mut server in before.chain(Server::read(data, *ME)) {
        server.take(name, data);
        known.check_ids([server.id()]);
        known.check_ids(server.channels().flat_map(|(id, channel)| [id].into_iter().chain(channel.parent)));
        let standing = Standing::read(data).unwrap_or_else(|| server.mine());
        known.check_ids(standing.roles.iter().copied());
        for (channel, _) in server.channels() {
            server.permissions_in(channel, &standing);
        }
        assert!(!server.outranks(&standing, &standing), "nobody outranks themselves");
    }
    known.check_ids(names::standing(data, *ME).map(|(who, _)| who));
}

fn check_asked(asked: &Asked, known: &Known, definition: &Command) {
    known.check([asked.who.as_str()]);
    if let Some(pointed) = &asked.pointed {
        known.check([pointed.post.as_str()]);
        let named = [pointed.channel.as_str()].into_iter().chain(pointed.server.as_deref());
        assert!(named.into_iter().all(|id| !id.is_empty()));
    }
    match &asked.what {
        What::Form(form) => {
            let branch = Tag::of(&place().group);
            let tag = asked.group.as_ref().unwrap_or(&branch);
            let shown = form.modal(tag);
            let custom_id = json::text(&shown, "custom_id").unwrap_or_default();
            assert!(custom_id.encode_utf16().count() <= 100, "a form that Discord does not take");
            assert_eq!(Form::read(custom_id).as_ref().map(|(form, tag)| (form, tag)), Some((form, tag)));
        }
        What::Suggestions { command, option, .. } => {
            suggested(definition, command, option);
            let first = command.split(' ').next().unwrap_or_default();
            assert!(definition.find_subcommand(first).is_some(), "{first} is no command");
        }
        What::Line(line) => {
            let first = line.expose().split_whitespace().next().unwrap_or_default();
            assert!(definition.find_subcommand(first).is_some(), "what is pressed or chosen is a command");
        }
        What::Unclear(why) => assert!(!why.to_string().is_empty()),
        What::Unknown => {}
    }
}

/// Everything that is ever asked of an event, whatever it is called.
#[cfg(test)]
pub(crate) fn hear_all(event: &Value) {
    const KINDS: [&str; 12] = [
        "MESSAGE_CREATE",
        "MESSAGE_UPDATE",
        "THREAD_CREATE",
        "THREAD_UPDATE",
        "CHANNEL_UPDATE",
        "VOICE_CHANNEL_STATUS_UPDATE",
        "GUILD_CREATE",
        "GUILD_MEMBER_ADD",
        "GUILD_MEMBER_UPDATE",
        "MESSAGE_REACTION_ADD",
        "AUTO_MODERATION_ACTION_EXECUTION",
        "MESSAGE_DELETE_BULK",
    ];
    for kind in KINDS {
        posts(kind, event).iter().for_each(check);
    }
    gone(event);
    renamed(event);
    standing(event);
}
