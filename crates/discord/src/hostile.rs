//! Events of every sort, as the fake sends them, with anything in the place of anything: whatever comes, nothing panics,
//! nothing takes long, nothing is logged of it, and what comes next is heard as ever.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use fake_discord::{ChannelKind, Draft, Intents, Permissions};
use platform::Inbound;
use proptest::prelude::*;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::asked::{asked, wrote};
use crate::bed::{Bed, TestPace, invited, within};
use crate::commands::tests::definition;
use crate::fuzzing::hear_all;
use crate::ids::Snowflake;
use crate::interactions::tests::quiet::Log;
use crate::listener::Listener;
use crate::queues::Queue;
use crate::server::Server;

/// Stands in everything that people write here.
const CANARY: &str = "canary";
/// More is put into no event.
const LONG: usize = 50_000;
const MANY: usize = 2_000;

/// What has to be among them: all that is heard.
const HEARD: [&str; 18] = [
    "AUTO_MODERATION_ACTION_EXECUTION",
    "CHANNEL_CREATE",
    "CHANNEL_DELETE",
    "CHANNEL_UPDATE",
    "GUILD_AUDIT_LOG_ENTRY_CREATE",
    "GUILD_CREATE",
    "GUILD_DELETE",
    "GUILD_MEMBER_ADD",
    "GUILD_MEMBER_UPDATE",
    "GUILD_ROLE_UPDATE",
    "GUILD_UPDATE",
    "INTERACTION_CREATE",
    "MESSAGE_CREATE",
    "MESSAGE_DELETE",
    "MESSAGE_REACTION_ADD",
    "MESSAGE_UPDATE",
    "THREAD_CREATE",
    "THREAD_UPDATE",
];

/// An event: its name, and what it says.
type Event = (String, Value);

/// What the fake sends while everything happens that can.
static EVENTS: LazyLock<Vec<Event>> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(recorded())
});

async fn recorded() -> Vec<Event> {
    let mut bed = Bed::with(Intents::PRIVILEGED, TestPace::jumping(), 1).await;
    bed.shared().register().await.expect("it is offered");
    happens(&bed).await.expect("everybody may");
    let end = bed.anna.say(bed.general, "the end").expect("a member").to_string();
    bed.heard_until(|name, event| name == "MESSAGE_CREATE" && event["id"] == end).await
}

/// Everything that people can do, once.
async fn happens(bed: &Bed) -> Result<(), fake_discord::Refusal> {
    let (guild, anna, olga, general, app) = (&bed.guild, &bed.anna, &bed.olga, bed.general, &bed.app);
    let all = Permissions::ALL.without(Permissions::ADMINISTRATOR | Permissions::MANAGE_GUILD);
    guild.everybody_may(all);
    // Of what the server's own filter stops nobody else is told.
    guild.set_permissions(bed.role, invited() | Permissions::MANAGE_GUILD);
    let cara = guild.member("cara");
    let said = anna.say(general, CANARY)?;
    anna.edit(general, said, "canary once more")?;
    anna.reply(general, said, CANARY)?;
    olga.pin(general, said)?;
    for emoji in ["👍", "🇨", &format!("canary:{}", guild.emoji(CANARY))] {
        anna.react(general, said, emoji)?;
        anna.unreact(general, said, emoji)?;
    }
    guild.unfurl(
        general,
        said,
        vec![json!({ "type": "link", "url": "https://example.org", "title": CANARY })],
    );
    anna.forward(general, said, general)?;
    let poll = anna.poll(general, CANARY, &[CANARY, "no"])?;
    anna.vote(general, poll, 1)?;
    anna.attach(general, "canary.png", Some(CANARY))?;
    anna.sticker(general, guild.sticker(CANARY), CANARY)?;
    anna.delete(general, poll)?;
    let hook = guild.webhook(general, CANARY);
    let drawn = json!({ "type": 17, "components": [{ "type": 10, "content": CANARY }] });
    guild.webhook_says(hook, CANARY, Draft::default().components(&[drawn]))?;
    anna.user_app_says(general, app, Draft::text(CANARY))?;
    let thread = anna.thread(general, CANARY, Some(said))?;
    anna.say(thread, CANARY)?;
    anna.rename(thread, "canary renamed")?;
    anna.archive(thread, true)?;
    let private = anna.private_thread(general, CANARY)?;
    anna.add_to_thread(private, cara.id)?;
    let forum = guild.channel_of(ChannelKind::Forum, "forum");
    anna.forum_post(forum, CANARY, CANARY)?;
    let voice = guild.channel_of(ChannelKind::Voice, "voice");
    olga.set_voice_status(voice, CANARY)?;
    olga.set_topic(general, CANARY)?;
    olga.delete_channel(voice)?;
    anna.nick(guild, Some(CANARY))?;
    anna.set_global_name(Some(CANARY));
    anna.be_greeted(general);
    let role = guild.role(CANARY, Permissions::NONE);
    olga.give_role(guild, cara.id, role)?;
    olga.take_role(guild, cara.id, role)?;
    guild.rename_role(role, "canaries");
    olga.time_out(guild, cara.id, Duration::from_secs(60))?;
    olga.kick(guild, cara.id)?;
    cara.join(guild)?;
    olga.ban(guild, cara.id, Some(CANARY))?;
    olga.unban(guild, cara.id)?;
    cara.join(guild)?;
    cara.leave(guild);
    guild.filter("Words", &["kanari"], Some(bed.officers), &[]);
    assert!(anna.say(general, "kanari").is_err());
    anna.dm(app, CANARY)?;
    interacts(bed, said).await?;
    guild.rename("Canaries");
    guild.set_unavailable(true);
    guild.set_unavailable(false);
    Ok(())
}

async fn interacts(bed: &Bed, said: fake_discord::Snowflake) -> Result<(), fake_discord::Refusal> {
    let (olga, app, general) = (&bed.olga, &bed.app, bed.general);
    let options = [("case", json!("B-0042")), ("words", json!(CANARY))];
    olga.use_command(app, general, "appeal", &options)?;
    olga.autocomplete(app, general, "appeal", &options, "case")?;
    olga.message_menu(app, general, said, "Report to moderators")?;
    olga.user_menu(app, general, bed.anna.id, "Record")?;
    let id = "1:appeal:B-0042::branch";
    let row = json!([{ "type": 1, "components": [
        { "type": 2, "style": 1, "label": "Appeal", "custom_id": id },
    ]}, { "type": 1, "components": [
        { "type": 3, "custom_id": "1:case:::branch", "options": [{ "label": "B-0042", "value": "B-0042" }] },
    ]}]);
    let message = bed.post(general, row).await;
    olga.press(general, message, id)?;
    olga.select(general, message, "1:case:::branch", &["B-0042"])?;
    Ok(())
}

/// What is done to an event.
#[derive(Debug, Clone)]
enum Change {
    /// Something of it is not there.
    Dropped,
    /// Something else is in its place.
    Replaced(Value),
    /// It is inside of something, so many times.
    Nested(usize),
    /// It is there many times.
    Repeated,
    /// It is somewhere of another event.
    From(prop::sample::Index, prop::sample::Index),
}

fn changes() -> impl Strategy<Value = Change> {
    let hostile = prop::sample::select(vec![
        json!(null),
        json!(true),
        json!(-1),
        json!(0),
        json!(u64::MAX),
        json!(1e300),
        json!(""),
        json!("0"),
        json!("18446744073709551615"),
        json!("99999999999999999999999"),
        json!("\u{0}\u{feff}\u{202e}\n"),
        json!("9999-12-31T23:59:59.999999+00:00"),
        json!(CANARY.repeat(LONG / CANARY.len())),
        json!("<@1>".repeat(LONG / 4)),
        json!([[[]]]),
        json!({ "id": "3", "user": { "id": "4" }, "0": "5" }),
    ]);
    prop_oneof![
        Just(Change::Dropped),
        hostile.prop_map(Change::Replaced),
        (1..100_usize).prop_map(Change::Nested),
        Just(Change::Repeated),
        any::<(prop::sample::Index, prop::sample::Index)>()
            .prop_map(|(event, place)| Change::From(event, place)),
    ]
}

/// An event with some changes, under its own name, another's or none that there is.
fn odd_events() -> impl Strategy<Value = Event> {
    let changes = prop::collection::vec((any::<prop::sample::Index>(), changes()), 1..5);
    let name = prop_oneof![
        6 => Just(None),
        2 => any::<prop::sample::Index>().prop_map(|other| Some(other.get(&EVENTS).0.clone())),
        1 => Just(Some("SOMETHING_NEW".to_owned())),
    ];
    (any::<prop::sample::Index>(), name, changes).prop_map(|(which, name, changes)| {
        let (own, mut event) = which.get(&EVENTS).clone();
        for (place, change) in changes {
            let places = places(&event);
            apply(&mut event, &places[place.index(places.len())], change);
        }
        (name.unwrap_or(own), event)
    })
}

/// The pointers to everything in a value.
fn places(value: &Value) -> Vec<String> {
    fn under(value: &Value, at: &str, all: &mut Vec<String>) {
        all.push(at.to_owned());
        match value {
            Value::Array(elements) => {
                // Of many that are alike, a few.
                for (number, element) in elements.iter().enumerate().take(20) {
                    under(element, &format!("{at}/{number}"), all);
                }
            }
            Value::Object(fields) => {
                for (name, field) in fields {
                    let name = name.replace('~', "~0").replace('/', "~1");
                    under(field, &format!("{at}/{name}"), all);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let mut all = Vec::new();
    under(value, "", &mut all);
    all
}

fn apply(event: &mut Value, at: &str, change: Change) {
    if let (Change::Dropped, Some((parent, name))) = (&change, at.rsplit_once('/')) {
        if let Some(fields) = event.pointer_mut(parent).and_then(Value::as_object_mut) {
            fields.remove(name);
        }
        return;
    }
    let Some(place) = event.pointer_mut(at) else { return };
    *place = match change {
        Change::Dropped => Value::Null,
        Change::Replaced(by) => by,
        Change::Nested(deep) => (0..deep).fold(place.take(), |inner, level| match level % 3 {
            0 => json!([inner]),
            1 => json!({ "components": inner }),
            _ => json!({ "message": inner }),
        }),
        Change::Repeated => {
            let one = place.take();
            let many = MANY / (1 + one.to_string().len() / 100);
            Value::from(vec![one; many])
        }
        Change::From(other, other_place) => {
            let (_, other) = other.get(&EVENTS);
            let places = places(other);
            other.pointer(&places[other_place.index(places.len())]).cloned().unwrap_or_default()
        }
    };
}

#[test]
fn events_of_every_sort_are_there_to_be_changed() {
    let mut names: Vec<&str> = EVENTS.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let missing: Vec<_> = HEARD.iter().filter(|heard| !names.contains(heard)).collect();
    assert!(missing.is_empty(), "{missing:?} of {names:?}");
}

proptest! {
    #[test]
    fn whatever_an_event_says_it_is_read((name, event) in odd_events()) {
        hear_all(&event);
        let me = Snowflake::new(1_190_000_000_000_000_001).expect("an id");
        let guild = EVENTS.iter().find(|(name, _)| name == "GUILD_CREATE").expect("there is one");
        let mut server = Server::read(&guild.1, me).expect("a server");
        server.take(&name, &event);
        if let Some(mut server) = Server::read(&event, me) {
            server.take(&name, &event);
        }
        let definition = definition();
        let _asked = asked(&event, &definition);
        if let Some(words) = event["content"].as_str() {
            wrote(words, &definition);
        }
    }
}

proptest! {
    // Each is a group that hears many of them.
    #![proptest_config(ProptestConfig { max_shrink_iters: 64, ..ProptestConfig::with_cases(8) })]
    #[test]
    fn whatever_is_heard_what_comes_next_is_judged(events in prop::collection::vec(odd_events(), 60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(within(hears(events)));
    }
}

async fn hears(events: Vec<Event>) {
    let log = Log::default();
    let _set = tracing::subscriber::set_default(log.clone());
    let bed = Bed::new().await;
    let (shared, desk) = (Arc::clone(&bed.account.0), bed.dyn_desk());
    let group = shared.settings.groups[0].clone();
    let (_queue, told) = Queue::new();
    let mut listener =
        Listener::new(Arc::clone(&shared), bed.dyn_desk(), group, CancellationToken::new(), told);
    let asked = bed.discord.requests().len();
    let many = events.len();
    for (name, event) in events {
        match name.as_str() {
            "INTERACTION_CREATE" => shared.interact(&desk, &event).await,
            _ => listener.hear(&name, &event).await.expect("nobody stops it"),
        }
    }
    let asked = bed.discord.requests().len() - asked;
    assert!(asked < 40 * many, "{asked} requests for {many} events");
    let good = json!({
        "id": "1999999999999999999", "channel_id": bed.general, "guild_id": bed.guild.id, "type": 0,
        "content": "and what comes next", "author": { "id": bed.anna.id, "username": "anna" },
    });
    listener.hear("MESSAGE_CREATE", &good).await.expect("nobody stops it");
    let is_it = |inbound: &Inbound| match inbound {
        Inbound::Post { post, .. } => {
            post.surfaces.iter().any(|it| it.text.expose() == "and what comes next")
        }
        _ => false,
    };
    assert!(bed.desk.heard.lock().unwrap().iter().any(is_it));
    bed.discord.take_violations();
    assert!(!log.0.lock().unwrap().contains(CANARY), "words are logged");
}
