//! What is taken away: messages, one by one and together, and what is no message.

use std::time::Duration;

use fake_discord::{ChannelKind, Fault, Matcher, Permissions, Snowflake};
use futures_util::future::join_all;
use platform::{Action, DeliveryError, Receipt};
use policy::{MessageText, Post, PostKind};
use serde_json::{Value, json};

use crate::bed::{Bed, How, admit, exclude, member, remove};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Removes posts of the common channel at once, as effects from 1.
async fn remove_all(bed: &Bed, posts: &[Snowflake]) -> Vec<Receipt> {
    let actions: Vec<Action> = posts.iter().map(|post| remove(bed.general, post)).collect();
    join_all((1..).zip(&actions).map(|(id, action)| bed.does(id, action))).await
}

fn say(bed: &Bed, texts: usize) -> Vec<Snowflake> {
    (0..texts).map(|text| bed.alice.say(bed.general, &format!("post {text}")).expect("a member")).collect()
}

/// The post that was heard of something that was set.
async fn heard(bed: &Bed, kind: PostKind, text: &str) -> Post {
    let is_it =
        |post: &Post| post.kind == kind && post.surfaces.iter().any(|surface| surface.text.expose() == text);
    bed.ear().until_post(text, is_it).await
}

fn removal(post: &Post) -> Action {
    Action::Remove {
        channel: post.channel.clone(),
        post: post.id.clone(),
        kind: post.kind,
        author: post.author.clone(),
    }
}

#[tokio::test]
async fn posts_that_come_together_go_together() {
    let bed = Bed::new(How::Role).await;
    let posts = say(&bed, 5);
    let kept = bed.bob.say(bed.general, "kept").expect("a member");
    assert_eq!(remove_all(&bed, &posts).await, [Receipt::Done; 5]);
    assert_eq!(
        bed.asked("DELETE", "/messages/"),
        [format!("DELETE /channels/{}/messages/{}", bed.general, posts[0])]
    );
    let bulk = bed.discord.requests_of(&Matcher::of("POST", "/bulk-delete"));
    let [bulk] = bulk.as_slice() else { panic!("one request is expected, not {}", bulk.len()) };
    assert_eq!(bulk.body, json!({ "messages": &posts[1..] }), "in their order");
    assert_eq!(bulk.reason.as_deref(), Some("B-0002 B-0003 B-0004 B-0005"));
    let left: Vec<_> = bed.discord.messages(bed.general).iter().map(|message| message.id).collect();
    assert_eq!(left, [kept]);
}

#[tokio::test]
async fn as_many_as_are_asked_for_at_once_go_in_two_requests() {
    let bed = Bed::new(How::Role).await;
    let together = bed.hands().abreast();
    let posts = say(&bed, usize::try_from(together).expect("not so many"));
    assert!(remove_all(&bed, &posts).await.iter().all(|receipt| *receipt == Receipt::Done));
    assert_eq!(bed.asked("DELETE", "/messages/").len(), 1);
    let bulk = bed.discord.requests_of(&Matcher::of("POST", "/bulk-delete"));
    let [bulk] = bulk.as_slice() else { panic!("one request is expected, not {}", bulk.len()) };
    assert_eq!(bulk.body["messages"].as_array().map(Vec::len), Some(100), "as many as Discord takes");
    assert!(bed.discord.messages(bed.general).is_empty());
}

#[tokio::test]
async fn what_cannot_go_together_goes_alone() {
    let bed = Bed::new(How::Role).await;
    let posts = say(&bed, 4);
    let refused = Fault::Status(400, json!({ "message": "no", "code": 50_034 }));
    bed.discord.fail(Matcher::of("POST", "/bulk-delete"), refused);
    assert_eq!(remove_all(&bed, &posts).await, [Receipt::Done; 4]);
    assert_eq!(bed.asked("DELETE", "/messages/").len(), 4);
    assert!(bed.discord.messages(bed.general).is_empty());
}

#[tokio::test]
async fn two_are_not_many_and_are_deleted_once_each() {
    let bed = Bed::new(How::Role).await;
    let posts = say(&bed, 2);
    assert_eq!(remove_all(&bed, &posts).await, [Receipt::Done; 2]);
    assert_eq!((bed.asked("DELETE", "/messages/").len(), bed.asked("POST", "/bulk-delete").len()), (2, 0));
}

#[tokio::test]
async fn old_posts_go_one_by_one() {
    let bed = Bed::new(How::Role).await;
    let posts = say(&bed, 3);
    bed.advance(15 * DAY);
    assert_eq!(remove_all(&bed, &posts).await, [Receipt::Done; 3]);
    assert_eq!((bed.asked("DELETE", "/messages/").len(), bed.asked("POST", "/bulk-delete").len()), (3, 0));
}

#[tokio::test]
async fn an_author_who_is_faster_leaves_nothing_to_do() {
    let bed = Bed::new(How::Role).await;
    let posts = say(&bed, 3);
    for post in &posts {
        bed.alice.delete(bed.general, *post).expect("one's own");
    }
    let receipts = remove_all(&bed, &posts).await;
    assert_eq!(receipts[0], Receipt::AlreadyDone);
    // Of several, Discord does not say which were gone.
    assert_eq!(bed.asked("POST", "/bulk-delete").len(), 1);
    let refusals = bed.discord.requests().into_iter().filter(|asked| asked.code == Some(10_008)).count();
    assert_eq!(refusals, 1);
}

#[tokio::test]
async fn an_author_who_is_faster_by_a_moment_is_no_fault() {
    let bed = Bed::new(How::Role).await;
    let post = say(&bed, 1)[0];
    let (alice, general) = (bed.alice.clone(), bed.general);
    let hurry = move || alice.delete(general, post).expect("one's own");
    bed.discord.before(Matcher::of("DELETE", "/messages/"), hurry);
    assert_eq!(bed.does(1, &remove(bed.general, &post)).await, Receipt::AlreadyDone);
}

#[tokio::test]
async fn a_name_is_taken_away_only_while_it_is_worn() {
    let bed = Bed::new(How::Role).await;
    let nick = |bed: &Bed| {
        bed.discord.see(|world| world.member(bed.guild.id, bed.alice.id).and_then(|it| it.nick.clone()))
    };
    bed.alice.nick(&bed.guild, Some("Rude")).expect("one's own");
    let rude = heard(&bed, PostKind::Nickname, "Rude").await;
    bed.alice.nick(&bed.guild, Some("Civil")).expect("one's own");
    assert_eq!(bed.does(1, &removal(&rude)).await, Receipt::AlreadyDone);
    assert_eq!(nick(&bed).as_deref(), Some("Civil"));
    // Put back, it does not take the place of one that was chosen since.
    let back = |text: &str| Action::Repost {
        channel: rude.channel.clone(),
        kind: PostKind::Nickname,
        author: member(bed.alice.id),
        author_name: MessageText::new("alice"),
        written_at: rude.written_at,
        text: MessageText::new(text),
    };
    assert_eq!(bed.does(2, &back("Rude")).await, Receipt::AlreadyDone);
    assert_eq!(nick(&bed).as_deref(), Some("Civil"));
    bed.alice.leave(&bed.guild);
    assert_eq!(bed.does(3, &removal(&rude)).await, Receipt::AlreadyDone, "whoever is gone wears none");
}

#[tokio::test]
async fn the_name_of_an_account_is_covered_and_shown_again() {
    let bed = Bed::new(How::Role).await;
    let nick =
        || bed.discord.see(|world| world.member(bed.guild.id, bed.alice.id).and_then(|it| it.nick.clone()));
    bed.alice.set_global_name(Some("Rude"));
    let rude = heard(&bed, PostKind::Nickname, "Rude").await;
    assert_eq!(bed.does(1, &removal(&rude)).await, Receipt::Done);
    let covered = nick().expect("it is covered");
    assert!(covered.starts_with("Member ") && covered != "Member ", "{covered}");
    assert_eq!(bed.does(2, &removal(&rude)).await, Receipt::AlreadyDone);
    let back = Action::Repost {
        channel: rude.channel.clone(),
        kind: PostKind::Nickname,
        author: rude.author.clone(),
        author_name: rude.author_name.clone(),
        written_at: rude.written_at,
        text: MessageText::new("Rude"),
    };
    assert_eq!(bed.does(3, &back).await, Receipt::Done);
    assert_eq!(nick(), None);
}

#[tokio::test]
async fn nobody_takes_the_name_of_the_owner_away() {
    let bed = Bed::new(How::Role).await;
    let owner = bed.guild.owner.clone();
    owner.nick(&bed.guild, Some("Rude")).expect("one's own");
    let rude = heard(&bed, PostKind::Nickname, "Rude").await;
    assert!(bed.is_refused(1, &removal(&rude)).await);
}

#[tokio::test]
async fn titles_and_topics_go_only_while_they_are_what_was_judged() {
    let bed = Bed::new(How::Role).await;
    let owner = bed.guild.owner.clone();
    let topic =
        |bed: &Bed| bed.discord.see(|world| world.channel(bed.general).and_then(|it| it.topic.clone()));
    owner.set_topic(bed.general, "rude topic").expect("an owner may");
    let rude = heard(&bed, PostKind::Topic, "rude topic").await;
    owner.set_topic(bed.general, "civil topic").expect("an owner may");
    assert_eq!(bed.does(1, &removal(&rude)).await, Receipt::AlreadyDone);
    assert_eq!(topic(&bed).as_deref(), Some("civil topic"));
    owner.set_topic(bed.general, "rude topic").expect("an owner may");
    assert_eq!(bed.does(2, &removal(&rude)).await, Receipt::Done);
    assert_eq!(topic(&bed).unwrap_or_default(), "");

    let thread = bed.alice.thread(bed.general, "rude title", None).expect("a member");
    let name = |bed: &Bed| bed.discord.see(|world| world.channel(thread).map(|it| it.name.clone()));
    let rude = heard(&bed, PostKind::Title, "rude title").await;
    bed.alice.archive(thread, true).expect("one's own");
    assert_eq!(bed.does(3, &removal(&rude)).await, Receipt::Done, "also where nobody writes any more");
    assert_eq!(name(&bed), Some(format!("untitled-{thread}")));
    assert_eq!(bed.does(4, &removal(&rude)).await, Receipt::AlreadyDone);
    owner.delete_channel(thread).expect("an owner may");
    assert_eq!(bed.does(5, &removal(&rude)).await, Receipt::AlreadyDone);
}

#[tokio::test]
async fn what_goes_on_in_a_voice_channel_is_cleared() {
    let bed = Bed::new(How::Role).await;
    let voice = bed.guild.channel_of(ChannelKind::Voice, "voice");
    bed.alice.set_voice_status(voice, "rude status").expect("a member");
    let rude = heard(&bed, PostKind::Topic, "rude status").await;
    assert_eq!(bed.does(1, &removal(&rude)).await, Receipt::Done);
    assert_eq!(bed.discord.see(|world| world.channel(voice).and_then(|it| it.status.clone())), None);
}

#[tokio::test]
async fn only_the_reactions_of_whoever_put_them_go() {
    let bed = Bed::new(How::Role).await;
    let message = bed.bob.say(bed.general, "hello").expect("a member");
    let emoji = bed.guild.emoji("rude_word");
    let rude = format!("rude_word:{emoji}");
    for person in [&bed.alice, &bed.bob] {
        person.react(bed.general, message, &rude).expect("a member");
    }
    let post = remove(bed.general, &format!("react:{message}:{}", bed.alice.id));
    assert_eq!(bed.does(1, &post).await, Receipt::Done);
    let left = bed.discord.see(|world| world.message(bed.general, message).map(|it| it.reactions.clone()));
    let users: Vec<_> = left.expect("it stands").into_iter().flat_map(|reaction| reaction.users).collect();
    assert_eq!(users, [bed.bob.id]);
    assert_eq!(bed.does(2, &post).await, Receipt::Done, "Discord does not tell whether there was one");
    bed.bob.delete(bed.general, message).expect("one's own");
    assert_eq!(bed.does(3, &post).await, Receipt::AlreadyDone);
}

#[tokio::test]
async fn what_is_done_is_done_in_a_file_and_says_no_words() {
    let bed = Bed::new(How::Role).await;
    let post = bed.alice.say(bed.general, "canary").expect("a member");
    bed.alice.nick(&bed.guild, Some("Canary")).expect("one's own");
    let named = heard(&bed, PostKind::Nickname, "Canary").await;
    bed.does(1, &remove(bed.general, &post)).await;
    bed.does(2, &removal(&named)).await;
    let later = bed.now().plus_seconds(3600);
    bed.does(3, &Action::Mute { member: member(bed.alice.id), until: later }).await;
    bed.does(4, &Action::Unmute { member: member(bed.alice.id) }).await;
    bed.does(5, &exclude(&bed.alice, Some(later))).await;
    bed.does(6, &admit(&bed.alice)).await;
    bed.does(7, &exclude(&bed.alice, None)).await;
    bed.does(8, &admit(&bed.alice)).await;
    let audit = bed.discord.see(|world| world.guild(bed.guild.id).map(|guild| guild.audit.clone()));
    let by_bot = audit.expect("a server").into_iter().filter(|entry| entry.by == Some(bed.app.bot));
    // What it does at its start it does in no file: the role of the suspended sees nothing.
    let in_files = by_bot.filter(|entry| !matches!(entry.action.0, 11 | 13 | 14));
    let reasons: Vec<_> = in_files.map(|entry| entry.reason.unwrap_or_default()).collect();
    let files: Vec<_> = reasons.iter().map(|reason| reason.split(' ').next().unwrap_or_default()).collect();
    assert_eq!(
        files,
        ["B-0001", "B-0002", "B-0003", "B-0004", "B-0005", "B-0006", "B-0007", "B-0008", "B-0008"]
    );
    // By the digits a ban is known again as the bot's.
    let is_seal = |rest: &str| rest.len() == 16 && rest.chars().all(|digit| digit.is_ascii_hexdigit());
    let sealed: Vec<_> = reasons.iter().filter_map(|reason| reason.split_once(' ')).collect();
    assert!(matches!(sealed[..], [("B-0007", seal)] if is_seal(seal)), "{sealed:?}");
    let no_words = |asked: &Value| !asked.to_string().to_lowercase().contains("canary");
    assert!(
        bed.discord.requests().iter().all(|asked| no_words(&asked.body) && !asked.path.contains("anary"))
    );
}

#[tokio::test]
async fn a_post_that_is_read_is_by_the_name_that_its_author_goes_by() {
    let bed = Bed::new(How::Role).await;
    bed.alice.nick(&bed.guild, Some("Lady Alice")).expect("one's own");
    let post = bed.alice.say(bed.general, "hello").expect("a member").to_string();
    let told = bed.ear().until_post("a post", |told| told.id.as_str() == post).await;
    let read = bed.hands().read(&crate::bed::group(), None, &told.id).await.expect("it is read");
    assert_eq!(read, Some(told));
}

#[tokio::test]
async fn without_permission_nothing_is_done() {
    let bed = Bed::new(How::Role).await;
    let post = bed.alice.say(bed.general, "hello").expect("a member");
    bed.guild.overwrite(bed.general, bed.app.bot, Permissions::NONE, Permissions::MANAGE_MESSAGES);
    assert!(bed.is_refused(1, &remove(bed.general, &post)).await);
    let nowhere = remove(Snowflake::from_number(5), &post);
    let answer = bed.apply(2, &nowhere).await;
    assert!(matches!(answer, Ok(Receipt::AlreadyDone)), "{answer:?}");
}

#[tokio::test]
async fn a_post_is_put_back_into_a_thread_that_was_put_away() {
    let mut bed = Bed::new(How::Role).await;
    let thread = bed.alice.thread(bed.general, "Kettles", None).expect("a member");
    let elsewhere = bed.discord.guild("Elsewhere");
    elsewhere.install(&bed.app, Permissions::MEMBER);
    let other = elsewhere.channel("general");
    bed.ear_has_heard(&bed.bob).await;
    bed.alice.archive(thread, true).expect("one's own");
    // Of threads that are out of the way nothing is told to whoever comes.
    bed.restart_after(|bed| bed.discord.forget_sessions()).await;
    let back = |channel: Snowflake| Action::Repost {
        channel: crate::bed::channel_id(channel),
        kind: PostKind::Message,
        author: member(bed.alice.id),
        author_name: MessageText::new("alice"),
        written_at: bed.now(),
        text: MessageText::new("which kettle"),
    };
    bed.does(1, &back(thread)).await;
    let written = bed.written_in(thread);
    assert!(written.iter().any(|message| message.content.contains("which kettle")), "{written:?}");
    // What is on no server of the group's, or nowhere, is no place for it.
    for (id, channel) in [(2, other), (3, bed.alice.id)] {
        let refused = bed.apply(id, &back(channel)).await;
        assert!(matches!(refused, Err(platform::DeliveryError::Gone)), "{refused:?}");
    }
    assert!(bed.written_in(other).is_empty());
}

#[tokio::test]
async fn a_number_that_names_nothing_costs_little_and_is_no_offence() {
    let mut bed = Bed::new(How::Role).await;
    let hidden = bed.guild.channel("hidden");
    let older = bed.alice.say(bed.general, "the one that is meant").expect("a member");
    bed.guild.overwrite(hidden, bed.guild.id, Permissions::NONE, Permissions::VIEW_CHANNEL);
    for nth in 0..40 {
        let channel = bed.guild.channel(&format!("more-{nth}"));
        bed.guild.owner.say(channel, "hello").expect("an owner may");
    }
    let hiddens = bed.guild.owner.say(hidden, "for nobody").expect("an owner may");
    bed.guild.owner.say(hidden, "at all").expect("an owner may");
    bed.bob.say(bed.general, "and the newest").expect("a member");
    // After that, nothing is known of what stands where.
    bed.restart_after(|bed| bed.discord.forget_sessions()).await;
    let read = async |number: u64| {
        bed.discord.forget_requests();
        let post = policy::PostId::new(number.to_string()).expect("a valid id");
        let read = bed.hands().read(&crate::bed::group(), None, &post).await.expect("it is read");
        let asked = bed.discord.requests_of(&Matcher::of("GET", "/messages"));
        assert!(asked.iter().all(|asked| asked.status == Some(200)), "{asked:?}");
        (read.is_some(), asked.len())
    };
    let id = |snowflake: Snowflake| snowflake.to_string().parse::<u64>().expect("a number");
    assert_eq!(read(123).await, (false, 0), "older than anything there");
    let (is_found, asked) = read(u64::MAX).await;
    assert!(
        !is_found && asked <= 5,
        "newer than anything there, so only where nothing is known of the newest: {asked}"
    );
    assert!(!read(id(hiddens)).await.0);
    let (is_found, asked) = read(id(older) + 1).await;
    assert!(!is_found && asked <= 20, "{asked}");
    let (is_found, asked) = read(id(older)).await;
    assert!(is_found && asked <= 20, "{asked}");
}

#[tokio::test]
async fn a_post_is_found_where_it_is_known_to_stand_and_nothing_of_another_server_is_touched() {
    let mut bed = Bed::new(How::Role).await;
    let thread = bed.alice.thread(bed.general, "Kettles", None).expect("a member");
    let post = bed.alice.say(thread, "what is meant").expect("her own");
    bed.alice.archive(thread, true).expect("her own");
    for nth in 0..25 {
        let channel = bed.guild.channel(&format!("livelier-{nth}"));
        bed.guild.owner.say(channel, "hello").expect("an owner may");
    }
    let elsewhere = bed.discord.guild("Elsewhere");
    elsewhere.install(&bed.app, Permissions::MEMBER | Permissions::MANAGE_MESSAGES);
    let other = elsewhere.channel("general");
    let others = elsewhere.owner.say(other, "of another server").expect("an owner may");
    bed.restart_after(|bed| bed.discord.forget_sessions()).await;
    let read = async |channel: Snowflake, message: Snowflake| {
        let (channel, post) =
            (crate::bed::channel_id(channel), policy::PostId::new(message.to_string()).expect("a valid id"));
        bed.hands().read(&crate::bed::group(), Some(&channel), &post).await
    };
    assert!(matches!(read(thread, post).await, Ok(Some(found)) if found.author == member(bed.alice.id)));
    assert!(matches!(read(other, others).await, Ok(None)));
    let gone = bed.apply(1, &remove(other, &others)).await;
    assert!(matches!(gone, Err(DeliveryError::Gone)), "{gone:?}");
    assert!(bed.discord.see(|world| world.message(other, others).is_some()));
    // What the bot may not see is not gone for that.
    bed.guild.overwrite(bed.general, bed.guild.id, Permissions::NONE, Permissions::VIEW_CHANNEL);
    let unseen = read(thread, post).await;
    assert!(matches!(unseen, Err(DeliveryError::Forbidden)), "{unseen:?}");
}
