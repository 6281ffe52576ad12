//! What humans do past the bot, heard as it happens and after an outage, once each; and what they leave open.

use std::collections::BTreeMap;
use std::time::Duration;

use fake_discord::{Fault, Matcher, Permissions, Person, Snowflake};
use platform::{Change, Inbound};
use policy::Timestamp;

use crate::bed::{Bed, How, exclude, group, member, mute};

const HOUR: Duration = Duration::from_secs(60 * 60);

fn soon(bed: &Bed) -> Timestamp {
    bed.now().plus_seconds(3 * 24 * 60 * 60)
}

fn changed(whom: &Person, change: Change) -> impl Fn(&Inbound) -> bool + use<> {
    let whose = member(whom.id);
    move |inbound| matches!(inbound, Inbound::ByHand { member, change: told, .. } if *member == whose && *told == change)
}

fn joined(whom: &Person) -> impl Fn(&Inbound) -> bool + use<> {
    let whose = member(whom.id);
    move |inbound| matches!(inbound, Inbound::Joined { member, .. } if *member == whose)
}

/// How many posts of whom were told to be taken down by whom.
fn taken_down(heard: &[Inbound]) -> BTreeMap<(String, String), u32> {
    let mut counts = BTreeMap::new();
    for inbound in heard {
        if let Inbound::TakenDown { author, posts, by, .. } = inbound {
            let by = by.as_ref().map(|by| by.as_str().to_owned()).unwrap_or_default();
            *counts.entry((author.as_str().to_owned(), by)).or_default() += posts;
        }
    }
    counts
}

impl Bed {
    /// Waits until so many posts were told to be taken down, and no more of these.
    async fn until_taken_down(&self, author: &Person, by: &Person, posts: u32) {
        let of = (author.id.to_string(), by.id.to_string());
        let counts = |heard: &[Inbound]| taken_down(heard).get(&of).copied().filter(|told| *told >= posts);
        let told = self.ear().until("what was taken down", counts).await;
        assert_eq!(told, posts);
    }

    fn says(&self, who: &Person, count: usize) -> Vec<Snowflake> {
        let say = |nth| who.say(self.general, &format!("one more, the {nth}.")).expect("a member");
        (0..count).map(say).collect()
    }

    fn takes_down(&self, posts: &[Snowflake]) {
        for post in posts {
            self.mo.delete(self.general, *post).expect("a moderator may");
        }
    }
}

#[tokio::test]
async fn whoever_is_made_to_leave_by_hand_is_told_of_once() {
    let mut bed = Bed::new(How::Role).await;
    let owner = bed.guild.owner.clone();
    bed.bob.say(bed.general, "hello").expect("a member");
    owner.kick(&bed.guild, bed.alice.id).expect("an owner may");
    bed.ear().until_more("that somebody was made to leave", 0, changed(&bed.alice, Change::Removed)).await;
    bed.restart_after(|bed| {
        owner.kick(&bed.guild, bed.bob.id).expect("an owner may");
        bed.discord.forget_sessions();
    })
    .await;
    bed.ear().until_more("that it happened meanwhile", 0, changed(&bed.bob, Change::Removed)).await;
    bed.ear_has_heard(&bed.mo).await;
    assert_eq!(bed.ear().count(changed(&bed.bob, Change::Removed)), 1);
    assert_eq!(bed.ear().count(changed(&bed.alice, Change::Removed)), 0, "that was told before");
}

#[tokio::test]
async fn what_comes_again_after_a_crash_was_told() {
    let mut bed = Bed::new(How::Role).await;
    let owner = bed.guild.owner.clone();
    // The session is kept as it stands then.
    bed.restart().await;
    let session = bed.kept.noted("session/");
    assert_eq!(session.len(), 1);
    owner.kick(&bed.guild, bed.alice.id).expect("an owner may");
    bed.ear().until_more("that somebody was made to leave", 0, changed(&bed.alice, Change::Removed)).await;
    bed.ear_has_heard(&bed.mo).await;
    bed.restart_after(|bed| {
        bed.kept.put_back(session);
        owner.kick(&bed.guild, bed.bob.id).expect("an owner may");
    })
    .await;
    bed.ear().until_more("that it happened meanwhile", 0, changed(&bed.bob, Change::Removed)).await;
    let resumed = bed.discord.frames().iter().filter(|frame| frame.op == 6).count();
    assert!(resumed >= 2, "it went on, and from before the first of them");
    assert_eq!(bed.ear().count(changed(&bed.alice, Change::Removed)), 0, "that was told before");
    assert_eq!(bed.ear().count(changed(&bed.bob, Change::Removed)), 1);
}

#[tokio::test]
async fn posts_that_are_taken_down_by_hand_are_counted_once() {
    let mut bed = Bed::new(How::Role).await;
    let posts = bed.says(&bed.alice, 9);
    bed.ear_has_heard(&bed.bob).await;
    bed.takes_down(&posts[..1]);
    bed.until_taken_down(&bed.alice, &bed.mo, 1).await;
    // Discord says nothing of those that follow, and counts them with the first.
    bed.takes_down(&posts[1..4]);
    bed.ear_has_heard(&bed.bob).await;
    bed.advance(Duration::from_secs(11));
    bed.ear_has_heard(&bed.bob).await;
    bed.until_taken_down(&bed.alice, &bed.mo, 4).await;
    let posts_after = posts.clone();
    bed.restart_after(|bed| {
        bed.takes_down(&posts_after[4..7]);
        bed.discord.forget_sessions();
    })
    .await;
    bed.until_taken_down(&bed.alice, &bed.mo, 3).await;
    bed.advance(HOUR);
    bed.takes_down(&posts[7..8]);
    bed.until_taken_down(&bed.alice, &bed.mo, 4).await;
    // What somebody takes back of their own is nobody else's doing, nor is what the bot removes a human's.
    bed.alice.delete(bed.general, posts[8]).expect("one's own");
    let own = bed.says(&bed.alice, 1);
    bed.ear_has_heard(&bed.bob).await;
    bed.does(1, &crate::bed::remove(bed.general, &own[0])).await;
    bed.ear_has_heard(&bed.bob).await;
    bed.until_taken_down(&bed.alice, &bed.mo, 4).await;
    let told = bed.ear().until("what was told", |heard| Some(taken_down(heard))).await;
    assert_eq!(told.len(), 1, "{told:?}");
}

#[tokio::test]
async fn what_was_told_before_is_asked_for_until_it_is_known() {
    let mut bed = Bed::new(How::Role).await;
    let posts = bed.says(&bed.alice, 4);
    bed.ear_has_heard(&bed.bob).await;
    bed.takes_down(&posts[..1]);
    bed.until_taken_down(&bed.alice, &bed.mo, 1).await;
    bed.restart_after(|bed| {
        // Counted with the first, of which only what is noted tells.
        bed.takes_down(&posts[1..]);
        bed.kept.make_unreadable("taken-down/", 2);
        bed.discord.forget_sessions();
    })
    .await;
    bed.until_taken_down(&bed.alice, &bed.mo, 3).await;
    assert_eq!(bed.kept.unreadable_times(), 0);
}

#[tokio::test]
async fn who_is_suspended_is_asked_for_until_it_is_known() {
    let mut bed = Bed::new(How::Role).await;
    bed.does(1, &exclude(&bed.alice, Some(soon(&bed)))).await;
    bed.ear_has_heard(&bed.mo).await;
    bed.advance(HOUR);
    // Of her coming back nothing is told, and somebody who comes later is told of.
    bed.alice.leave(&bed.guild);
    bed.discord.tell_never("GUILD_MEMBER_ADD");
    bed.alice.join(&bed.guild).expect("they are not banned");
    bed.advance(HOUR);
    let carol = bed.guild.member("carol");
    bed.ear().until_more("a newcomer", 0, joined(&carol)).await;
    assert_eq!(bed.roles(&bed.alice), [], "nothing was heard of her");
    bed.restart_after(|bed| {
        bed.kept.make_unreadable("suspended/", 2);
        bed.discord.forget_sessions();
    })
    .await;
    bed.ear_has_heard(&bed.mo).await;
    assert_eq!(bed.kept.unreadable_times(), 0);
    assert_eq!(bed.roles(&bed.alice), [bed.suspended]);
}

#[tokio::test]
async fn whoever_came_in_while_the_bot_was_away_is_told_of_once() {
    let mut bed = Bed::new(How::Role).await;
    bed.alice.say(bed.general, "hello").expect("a member");
    bed.ear_has_heard(&bed.bob).await;
    bed.advance(HOUR);
    for _ in 0..2 {
        bed.restart_after(|bed| {
            bed.alice.leave(&bed.guild);
            bed.alice.join(&bed.guild).expect("they are not banned");
            // Whoever begins anew too often waits.
            bed.advance(HOUR);
            bed.discord.forget_sessions();
        })
        .await;
        bed.ear().until_more("a newcomer", 0, joined(&bed.alice)).await;
        bed.ear_has_heard(&bed.mo).await;
        assert_eq!((bed.ear().count(joined(&bed.alice)), bed.ear().count(joined(&bed.bob))), (1, 0));
    }
    bed.restart_after(|bed| {
        bed.advance(HOUR);
        bed.discord.forget_sessions();
    })
    .await;
    bed.ear_has_heard(&bed.mo).await;
    assert_eq!(bed.ear().count(joined(&bed.alice)), 0, "they were told of");
}

#[tokio::test]
async fn a_mute_lost_while_the_bot_was_away_is_made_again_and_one_that_a_human_lifted_is_not() {
    let mut bed = Bed::new(How::Role).await;
    bed.mo.say(bed.general, "hello").expect("a member");
    let until = soon(&bed);
    bed.does(1, &mute(&bed.alice, until)).await;
    bed.does(2, &mute(&bed.bob, until)).await;
    bed.ear_has_heard(&bed.mo).await;
    let owner = bed.guild.owner.clone();
    bed.restart_after(|bed| {
        bed.alice.leave(&bed.guild);
        bed.alice.join(&bed.guild).expect("they are not banned");
        owner.time_out(&bed.guild, bed.bob.id, Duration::ZERO).expect("an owner may");
        bed.discord.forget_sessions();
    })
    .await;
    bed.ear().until_more("what a human did", 0, changed(&bed.bob, Change::Unmuted)).await;
    bed.ear().until_more("a newcomer", 0, joined(&bed.alice)).await;
    assert!(bed.alice.say(bed.general, "back?").is_err(), "ours is given again");
    assert!(bed.bob.say(bed.general, "back!").is_ok(), "a human lifted it");
    let anybody = [&bed.alice, &bed.bob, &bed.mo].map(|one| member(one.id));
    let muted = bed.hands().mutes(&group(), &anybody).await.expect("they are told");
    let muted: Vec<_> = muted.into_iter().map(|mute| (mute.member, mute.ours)).collect();
    assert_eq!(muted, [(member(bed.alice.id), true)]);
}

#[tokio::test]
async fn each_time_discord_is_heard_anew_that_is_told() {
    let mut bed = Bed::new(How::Role).await;
    let is_back = |inbound: &Inbound| matches!(inbound, Inbound::Back { .. });
    bed.ear().until_more("that it began", 0, is_back).await;
    // The session goes on.
    bed.restart().await;
    bed.ear().until_more("that it goes on", 0, is_back).await;
    bed.restart_after(|bed| bed.discord.forget_sessions()).await;
    bed.ear().until_more("that it begins anew", 0, is_back).await;
}

#[tokio::test]
async fn who_is_kept_out_is_asked_of_those_alone_however_many_there_are() {
    let bed = Bed::new(How::Role).await;
    bed.does(1, &exclude(&bed.alice, Some(soon(&bed)))).await;
    bed.does(2, &exclude(&bed.bob, None)).await;
    let before = bed.discord.requests().len();
    assert_eq!(bed.kept_out().await, [(member(bed.alice.id), true), (member(bed.bob.id), true)]);
    let asked = bed.discord.requests();
    let asked: Vec<_> = asked.iter().skip(before).map(fake_discord::Asked::line).collect();
    assert!(asked.iter().all(|line| !line.ends_with("/members")), "nobody is listed: {asked:?}");
    assert!(asked.len() <= 6, "{asked:?}");
}

#[tokio::test]
async fn a_channel_that_was_left_open_to_the_suspended_is_closed_when_it_is_looked_at_again() {
    let bed = Bed::new(How::Role).await;
    bed.does(1, &exclude(&bed.alice, Some(soon(&bed)))).await;
    let lets_in = |channel: Snowflake| {
        bed.discord.see(|world| {
            let channel = world.channel(channel).expect("a channel");
            let overwrite = channel.overwrites.get(&bed.suspended);
            overwrite.is_none_or(|overwrite| !overwrite.deny.has(Permissions::VIEW_CHANNEL))
        })
    };
    // Made while Discord does not do what it is asked to.
    bed.discord.fail_times(Matcher::of("PUT", "/permissions/"), Fault::Status(500, serde_json::json!({})), 5);
    let channel = bed.guild.channel("new");
    bed.ear_has_heard(&bed.bob).await;
    bed.discord.stop_failing();
    assert!(lets_in(channel));
    bed.hands().mend(&group()).await.expect("it is looked at");
    assert!(!lets_in(channel));
    bed.ear_has_heard(&bed.bob).await;
    let asked = bed.asked("PUT", "/permissions/").len();
    bed.hands().mend(&group()).await.expect("it is looked at");
    assert_eq!(bed.asked("PUT", "/permissions/").len(), asked, "what is closed stays as it is");
}

#[tokio::test]
async fn each_channel_is_closed_once_and_keeps_what_else_was_said_of_it() {
    let bed = Bed::new(How::Role).await;
    let before = bed.asked("PUT", "/permissions/").len();
    bed.discord.fail_times(
        Matcher::of("PUT", "/permissions/"),
        Fault::Status(403, serde_json::json!({ "message": "no", "code": 50_013 })),
        1_000,
    );
    // What nobody has heard of yet stays as well.
    let newest = Permissions::from_bits(1 << 61);
    let mut channels = Vec::new();
    for number in 0..8 {
        let channel = bed.guild.channel(&format!("room-{number}"));
        bed.guild.overwrite(
            channel,
            bed.suspended,
            Permissions::ADD_REACTIONS | Permissions::BYPASS_SLOWMODE,
            Permissions::SEND_MESSAGES | newest,
        );
        channels.push(channel);
    }
    bed.ear_has_heard(&bed.bob).await;
    bed.discord.stop_failing();
    let tried = bed.asked("PUT", "/permissions/").len();
    assert!(tried > before, "it was tried");
    bed.hands().mend(&group()).await.expect("it is looked at");
    bed.ear_has_heard(&bed.bob).await;
    bed.ear_has_heard(&bed.alice).await;
    // What Discord tells of it meanwhile is looked at as well, at the same time.
    let asked = bed.asked("PUT", "/permissions/").len() - tried;
    assert!((channels.len()..=2 * channels.len()).contains(&asked), "{asked}");
    for channel in channels {
        bed.discord.see(|world| {
            let said = &world.channel(channel).expect("a channel").overwrites[&bed.suspended];
            assert_eq!(said.allow, Permissions::ADD_REACTIONS | Permissions::BYPASS_SLOWMODE);
            assert_eq!(said.deny, Permissions::SEND_MESSAGES | Permissions::VIEW_CHANNEL | newest);
        });
    }
}

#[tokio::test]
async fn what_the_server_itself_is_made_of_is_judged_and_is_for_people_to_change() {
    let bed = Bed::new(How::Role).await;
    let server = bed.guild.id;
    let told = serde_json::json!({
        "id": "4242", "guild_id": server, "channel_id": null, "creator_id": bed.alice.id, "name": "Quiz night",
        "description": "Bring pens", "scheduled_start_time": "2026-03-02T19:00:00+00:00", "privacy_level": 2,
        "status": 1, "entity_type": 3, "entity_metadata": { "location": "The Hall" },
    });
    for event in ["GUILD_SCHEDULED_EVENT_CREATE", "GUILD_SCHEDULED_EVENT_UPDATE"] {
        bed.discord.tell(&bed.app, Some(server), event, told.clone());
    }
    let says = |post: &policy::Post, text: &str| post.surfaces.iter().any(|it| it.text.expose() == text);
    let post = bed.ear().until_post("an event", |post| says(post, "The Hall")).await;
    assert_eq!(post.author, member(bed.alice.id));
    bed.ear_has_heard(&bed.bob).await;
    let is_it = |inbound: &Inbound| matches!(inbound, Inbound::Post { post: told, .. } if told.id == post.id);
    assert_eq!(bed.ear().count(is_it), 1, "what stands as it did is nothing new");
    let asked = bed.discord.requests().len();
    let remove = crate::bed::remove(server, &post.id.as_str());
    assert!(bed.is_refused(1, &remove).await);
    assert_eq!(bed.discord.requests().len(), asked, "Discord is not even asked");
    let named = bed.ear().until_post("the server's name", |post| says(post, "Tea and talk")).await;
    assert!(!named.author.is_person());
}
