//! What was written lately, read for an officer who wants to know.

use fake_discord::{Draft, Fault, Intents, Matcher, Permissions};
use platform::History;
use policy::GroupId;
use serde_json::json;

use crate::bed::{Bed, How, group};

async fn latest(bed: &Bed, limit: usize) -> History {
    bed.hands().history(&group(), limit).await.expect("it can be read")
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
    let letter = platform::Action::TellOfficers { letter: policy::Letter::line("The bot's own.") };
    bed.does(1, &letter).await;
    bed.ear_has_heard(&bed.bob).await;
    let history = latest(&bed, 100).await;
    assert_eq!(texts(&history), ["so much for that", "four", "three", "two", "one"]);
    assert_eq!((history.closed, history.cut_short, history.unreadable), (0, 0, 0));
    assert_eq!(texts(&latest(&bed, 2).await), ["so much for that", "four"]);
    let other = GroupId::new("other").expect("a valid id");
    assert_eq!(bed.hands().history(&other, 10).await.expect("nothing"), History::default());
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
