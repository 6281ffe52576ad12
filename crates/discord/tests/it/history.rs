//! What was written lately, read for an officer who wants to know.

use fake_discord::{ChannelKind, Draft, Fault, Intents, Matcher, Permissions, Person};
use platform::{Action, History};
use policy::{GroupId, Letter};
use serde_json::json;

use crate::bed::{Bed, How, group, member};

/// What the owner of the server is told, who sees everything.
async fn latest(bed: &Bed, limit: usize) -> History {
    latest_for(bed, &bed.guild.owner, limit).await
}

async fn latest_for(bed: &Bed, asker: &Person, limit: usize) -> History {
    bed.hands().history(&group(), &member(asker.id), limit).await.expect("it can be read")
}

fn texts(history: &History) -> Vec<&str> {
    let surfaces = history.posts.iter().flat_map(|post| &post.surfaces);
    surfaces.map(|surface| surface.text.expose()).collect()
}

#[tokio::test]
async fn the_latest_of_all_channels_and_threads_are_members_own_and_newest_first() {
    let bed = Bed::new(How::Role).await;
    let tearoom = bed.guild.channel("tearoom");
    let hook = bed.guild.webhook(tearoom, "News");
    bed.alice.say(bed.general, "one").expect("a member");
    bed.bob.say(tearoom, "two").expect("a member");
    bed.guild.webhook_says(hook, "News", Draft::text("a program's")).expect("it exists");
    let thread = bed.alice.thread(bed.general, "Cake", None).expect("a member");
    bed.bob.say(thread, "three").expect("a member");
    let edited = bed.alice.say(tearoom, "four, as it was").expect("a member");
    bed.alice.edit(tearoom, edited, "four").expect("one's own");
    let letter = Action::TellOfficers { letter: Letter::line("The bot's own.") };
    bed.does(1, &letter).await;
    bed.ear_has_heard(&bed.bob).await;
    let history = latest(&bed, 100).await;
    assert_eq!(texts(&history), ["so much for that", "four", "three", "two", "one"]);
    assert_eq!((history.closed, history.cut_short, history.unreadable), (0, 0, 0));
    assert_eq!(texts(&latest(&bed, 2).await), ["so much for that", "four"]);
    let other = GroupId::new("other").expect("a valid id");
    assert_eq!(
        bed.hands().history(&other, &member(bed.bob.id), 10).await.expect("nothing"),
        History::default()
    );
}

#[tokio::test]
async fn no_more_pages_are_asked_for_than_are_needed() {
    let bed = Bed::new(How::Role).await;
    let quiet = bed.guild.channel("quiet");
    bed.guild.channel("silent");
    bed.bob.say(quiet, "long ago").expect("a member");
    for number in 0..230 {
        bed.alice.say(bed.general, &format!("post {number}")).expect("a member");
    }
    bed.ear_has_heard(&bed.bob).await;
    let before = bed.asked("GET", "/messages").len();
    let history = latest(&bed, 150).await;
    assert_eq!((history.posts.len(), history.channels), (150, 1));
    assert_eq!(bed.asked("GET", "/messages").len() - before, 2);
    let all = latest(&bed, 1_000).await;
    assert_eq!((all.posts.len(), all.cut_short), (232, 0));
    assert_eq!(texts(&all).last(), Some(&"long ago"));
}

#[tokio::test]
async fn what_cannot_be_read_is_counted() {
    let bed = Bed::new(How::Role).await;
    let (closed, refused) = (bed.guild.channel("closed"), bed.guild.channel("refused"));
    bed.alice.say(bed.general, "one").expect("a member");
    bed.alice.say(refused, "two").expect("a member");
    bed.guild.overwrite(closed, bed.app.bot, Permissions::NONE, Permissions::VIEW_CHANNEL);
    bed.ear_has_heard(&bed.bob).await;
    let no = Fault::Status(403, json!({ "message": "Missing Access", "code": 50_001 }));
    bed.discord.fail(Matcher::of("GET", &format!("/channels/{refused}/messages")), no);
    let history = latest(&bed, 100).await;
    assert_eq!(texts(&history), ["so much for that", "one"]);
    assert_eq!((history.closed, history.unreadable), (2, 0));
    bed.app.set_intents(Intents::GUILD_MEMBERS);
    let history = latest(&bed, 100).await;
    assert_eq!((history.posts.len(), history.unreadable), (0, 3), "their words are withheld");
}

#[tokio::test]
async fn whoever_asks_is_told_only_what_they_see_themselves() {
    let bed = Bed::new(How::Role).await;
    let (everybody, owner) = (bed.guild.id, bed.guild.owner.clone());
    let closed = |name, kind, permission| {
        let channel = bed.guild.channel_of(kind, name);
        bed.guild.overwrite(channel, bed.app.bot, permission, Permissions::NONE);
        bed.guild.overwrite(channel, everybody, Permissions::NONE, permission);
        channel
    };
    let council = closed("council", ChannelKind::Text, Permissions::VIEW_CHANNEL);
    let forum = closed("grievances", ChannelKind::Forum, Permissions::VIEW_CHANNEL);
    let ledger = closed("ledger", ChannelKind::Text, Permissions::READ_MESSAGE_HISTORY);
    let parlour = closed("parlour", ChannelKind::Voice, Permissions::CONNECT);
    bed.guild.overwrite(council, bed.bob.id, Permissions::VIEW_CHANNEL, Permissions::NONE);
    closed("silent", ChannelKind::Text, Permissions::VIEW_CHANNEL);
    bed.does(1, &Action::TellOfficers { letter: Letter::line("The bot's own.") }).await;
    bed.alice.say(bed.general, "to all").expect("a member");
    bed.bob.say(council, "among few").expect("they are let in");
    owner.forum_post(forum, "One", "grieved").expect("an owner may");
    owner.forum_post(forum, "Two", "grieved again").expect("an owner may");
    owner.say(ledger, "noted").expect("an owner may");
    owner.say(parlour, "spoken").expect("an owner may");
    let thread = owner.private_thread(bed.general, "Between us").expect("an owner may");
    owner.add_to_thread(thread, bed.bob.id).expect("their own thread");
    bed.bob.say(thread, "between two").expect("they are let in");
    bed.ear_has_heard(&bed.bob).await;

    let told = latest_for(&bed, &bed.alice, 100).await;
    assert_eq!(texts(&told), ["so much for that", "to all"]);
    // The officers' channel, four closed ones and the thread; where nothing was ever written, nothing is left out.
    assert_eq!((told.unseen, told.closed), (6, 0));
    let told = latest_for(&bed, &bed.bob, 100).await;
    assert_eq!(texts(&told), ["so much for that", "between two", "among few", "to all"]);
    assert_eq!((told.unseen, told.closed), (4, 0));
    let told = latest(&bed, 100).await;
    assert_eq!(
        texts(&told),
        [
            "so much for that",
            "between two",
            "spoken",
            "noted",
            "grieved again",
            "grieved",
            "among few",
            "to all"
        ]
    );
    assert_eq!((told.unseen, told.closed), (0, 0));

    let wardens = bed.guild.role_below("Wardens", Permissions::MANAGE_THREADS);
    bed.guild.give(&bed.alice, wardens);
    bed.ear_has_heard(&bed.bob).await;
    assert!(texts(&latest_for(&bed, &bed.alice, 100).await).contains(&"between two"), "they manage threads");
    bed.bob.leave(&bed.guild);
    let told = latest_for(&bed, &bed.bob, 100).await;
    assert_eq!((told.posts.len(), told.channels, told.unseen), (0, 0, 6), "who is gone sees nothing");
}
