//! What is read after an outage, a gap or a time out of sight, and what is not: nothing is missed, nothing comes twice, and
//! nobody answers for what stood before the bot.

use std::time::Duration;

use fake_discord::{Fault, Matcher, Permissions, Person, Snowflake};
use platform::Inbound;
use policy::{Limit, Post, SurfaceKind};
use serde_json::json;

use crate::bed::{Bed, How, channel_id, direct};

/// Returns when all was dealt with that happened before: a reaction is told of and never read.
async fn caught_up(bed: &Bed) {
    let emoji = bed.guild.emoji("marker");
    let message = bed.bob.say(bed.general, "a marker").expect("a member");
    bed.bob.react(bed.general, message, &format!("marker:{emoji}")).expect("a member");
    let marker = format!("react:{message}:{}", bed.bob.id);
    bed.ear().until_post("a marker", |post| post.id.as_str() == marker).await;
}

fn says(post: &Post, text: &str) -> bool {
    post.surfaces.iter().any(|surface| surface.text.expose() == text)
}

async fn heard(bed: &Bed, text: &str) -> Post {
    bed.ear().until_post(text, |post| says(post, text)).await
}

/// What was handed in of those, in this order.
fn said(bed: &Bed, of: &[&str]) -> Vec<String> {
    let mut said = bed.ear().said();
    said.retain(|said| of.contains(&said.as_str()));
    said
}

fn say(by: &Person, channel: Snowflake, text: &str) -> Snowflake {
    by.say(channel, text).expect("they may write")
}

/// Nobody knows the session any more, and another can be begun.
fn forget(bed: &Bed) {
    bed.discord.forget_sessions();
    bed.advance(Duration::from_secs(60 * 60));
}

/// Of these requests, none is answered any more.
fn silence(bed: &Bed, requests: Matcher) {
    let down = Fault::Status(503, json!({ "message": "no", "code": 0 }));
    bed.discord.fail_times(requests, down, 100_000);
}

/// What comes to its end because what was put off is taken up.
async fn while_time_passes(bed: &Bed, all: impl Future<Output = ()>) {
    tokio::pin!(all);
    loop {
        bed.advance(Duration::from_secs(30));
        tokio::select! {
            biased;
            () = &mut all => return,
            () = tokio::task::yield_now() => {}
        }
    }
}

fn open_thread(bed: &Bed, name: &str) -> Snowflake {
    bed.alice.thread(bed.general, name, None).expect("she may begin one")
}

#[tokio::test]
async fn what_is_told_again_takes_no_channel_back() {
    let mut bed = Bed::new(How::Role).await;
    let old = say(&bed.alice, bed.general, "long ago");
    caught_up(&bed).await;
    let read = bed.read_in(bed.general);
    assert!(read > Some(old));
    let cheered = |bed: &Bed| {
        let emoji = bed.guild.emoji("cheer");
        bed.bob.react(bed.general, old, &format!("cheer:{emoji}")).expect("a member");
    };
    bed.restart_after(cheered).await;
    let reaction = format!("react:{old}:{}", bed.bob.id);
    bed.ear().until_post("what was told again", |post| post.id.as_str() == reaction).await;
    caught_up(&bed).await;
    assert_eq!(said(&bed, &["long ago"]), [""; 0]);
    assert!(bed.read_in(bed.general) > read);
    bed.restart_after(forget).await;
    caught_up(&bed).await;
    assert_eq!(said(&bed, &["long ago"]), [""; 0]);
}

#[tokio::test]
async fn a_thread_from_before_the_bot_is_read_from_when_it_came() {
    let mut threads = Vec::new();
    let mut bed = Bed::new_after(How::Role, |bed| {
        for name in ["one", "another"] {
            let thread = open_thread(bed, name);
            say(&bed.alice, thread, "before the bot");
            bed.alice.archive(thread, true).expect("her own");
            threads.push(thread);
        }
    })
    .await;
    // One is taken out while the bot listens, the other while nobody does.
    bed.alice.archive(threads[0], false).expect("her own");
    caught_up(&bed).await;
    bed.restart_after(|bed| {
        say(&bed.alice, threads[0], "in the one");
        say(&bed.alice, threads[1], "in the other");
        forget(bed);
    })
    .await;
    heard(&bed, "in the one").await;
    heard(&bed, "in the other").await;
    caught_up(&bed).await;
    assert_eq!(said(&bed, &["before the bot"]), [""; 0]);
}

#[tokio::test]
async fn a_crash_while_catching_up_loses_nothing() {
    let mut bed = Bed::new(How::Role).await;
    caught_up(&bed).await;
    bed.restart_after(|bed| {
        let thread = open_thread(bed, "meanwhile");
        say(&bed.alice, thread, "in the thread");
        say(&bed.alice, bed.general, "in the channel");
        let down = Fault::Status(500, json!({ "message": "no", "code": 0 }));
        let pages = Matcher::of("GET", &format!("/channels/{thread}/messages"));
        bed.discord.fail_times(pages, down, 1_000);
        forget(bed);
    })
    .await;
    // It is newer than the thread, and is dealt with before it.
    heard(&bed, "in the channel").await;
    bed.restart_after(|bed| bed.discord.stop_failing()).await;
    heard(&bed, "in the thread").await;
}

#[tokio::test]
async fn every_thread_that_was_put_away_meanwhile_is_read() {
    // More than are in one page.
    const THREADS: usize = 101;
    let mut bed = Bed::new(How::Role).await;
    caught_up(&bed).await;
    bed.restart_after(|bed| {
        for number in 0..THREADS {
            let thread = open_thread(bed, "put away");
            say(&bed.alice, thread, &format!("in thread {number}"));
            bed.alice.archive(thread, true).expect("her own");
        }
        forget(bed);
    })
    .await;
    caught_up(&bed).await;
    let said = bed.ear().said();
    let missed: Vec<_> =
        (0..THREADS).filter(|number| !said.contains(&format!("in thread {number}"))).collect();
    assert_eq!(missed, [0; 0]);
}

#[tokio::test]
async fn what_got_lost_is_read_before_what_came_after_it() {
    let mut bed = Bed::new(How::Role).await;
    caught_up(&bed).await;
    bed.restart_after(|bed| {
        bed.discord.lose("MESSAGE_CREATE");
        for text in ["lost", "told"] {
            say(&bed.alice, bed.general, text);
        }
    })
    .await;
    caught_up(&bed).await;
    assert_eq!(said(&bed, &["lost", "told"]), ["lost", "told"]);
}

#[tokio::test]
async fn what_was_written_out_of_sight_is_read_once_it_can_be() {
    let bed = Bed::new(How::Role).await;
    let thread = open_thread(&bed, "in sight");
    say(&bed.alice, thread, "seen");
    caught_up(&bed).await;
    let sees = |allow, deny| bed.guild.overwrite(bed.general, bed.own, allow, deny);
    sees(Permissions::NONE, Permissions::VIEW_CHANNEL);
    let general = channel_id(bed.general);
    let is_out = |inbound: &Inbound| matches!(inbound, Inbound::Limits { channel, limits, .. } if *channel == general && limits == &[Limit::Enter]);
    bed.ear().until_more("that it sees nothing there", 0, is_out).await;
    say(&bed.alice, bed.general, "unseen");
    say(&bed.alice, thread, "unseen in the thread");
    let new = open_thread(&bed, "new");
    say(&bed.alice, new, "unseen in a new one");
    let away = open_thread(&bed, "put away");
    say(&bed.alice, away, "unseen and put away");
    bed.alice.archive(away, true).expect("her own");
    sees(Permissions::VIEW_CHANNEL, Permissions::NONE);
    say(&bed.alice, bed.general, "seen again");
    caught_up(&bed).await;
    let texts =
        ["unseen", "unseen in the thread", "unseen in a new one", "unseen and put away", "seen again"];
    let mut all = said(&bed, &texts);
    assert_eq!(all.iter().position(|text| text == "unseen"), Some(0), "{all:?}");
    all.sort();
    let mut wanted = texts;
    wanted.sort();
    assert_eq!(all, wanted, "each once");
}

#[tokio::test]
async fn a_history_that_cannot_be_read_is_not_passed_over() {
    let refused = Fault::Status(403, json!({ "message": "no", "code": 50_001 }));
    for fault in [refused, Fault::Malformed] {
        let mut bed = Bed::new(How::Role).await;
        caught_up(&bed).await;
        let read = bed.read_in(bed.general);
        bed.restart_after(|bed| {
            say(&bed.alice, bed.general, "unread");
            let pages = Matcher::of("GET", &format!("/channels/{}/messages", bed.general));
            bed.discord.fail_times(pages, fault.clone(), 1_000);
            forget(bed);
        })
        .await;
        // What is heard is judged all the same.
        caught_up(&bed).await;
        assert_eq!(bed.read_in(bed.general), read, "{fault:?}");
        bed.restart_after(|bed| {
            bed.discord.stop_failing();
            forget(bed);
        })
        .await;
        heard(&bed, "unread").await;
    }
}

#[tokio::test]
async fn whatever_discord_does_not_answer_messages_are_heard_and_the_rest_is_read_later() {
    let mut bed = Bed::new(How::Role).await;
    let other = bed.guild.channel("other");
    caught_up(&bed).await;
    let is_told = |whom: &Person| {
        let whose = crate::bed::member(whom.id);
        move |inbound: &Inbound| matches!(inbound, Inbound::ByHand { member, .. } if *member == whose)
    };
    let silent = |bed: &Bed| {
        for requests in ["/audit-logs", "/threads/archived/", &format!("/channels/{other}/")] {
            silence(bed, Matcher::of("GET", requests));
        }
        // Not who the bot itself is there, without which it does not know what it may.
        silence(bed, Matcher::of("GET", "/guilds/").ends("/members"));
    };
    let (carol, dave) = (bed.guild.member("carol"), bed.guild.member("dave"));
    let thread = open_thread(&bed, "put away");
    caught_up(&bed).await;
    let owner = bed.guild.owner.clone();
    bed.restart_after(|bed| {
        silent(bed);
        say(&bed.alice, bed.general, "meanwhile");
        say(&bed.alice, other, "in the other");
        say(&bed.alice, thread, "in the thread");
        bed.alice.archive(thread, true).expect("her own");
        owner.kick(&bed.guild, carol.id).expect("the owner may");
        bed.guild.member("erin");
        forget(bed);
    })
    .await;
    heard(&bed, "meanwhile").await;
    say(&bed.alice, bed.general, "live");
    say(&bed.alice, other, "live in the other");
    heard(&bed, "live").await;
    heard(&bed, "live in the other").await;
    // What is told now is behind what was not read.
    owner.kick(&bed.guild, dave.id).expect("the owner may");
    bed.ear().until_more("a deed that was told", 0, is_told(&dave)).await;
    assert_eq!(bed.ear().count(is_told(&carol)), 0);
    assert_eq!(said(&bed, &["in the other", "in the thread", "erin"]), [""; 0]);

    bed.restart().await;
    caught_up(&bed).await;
    bed.discord.stop_failing();
    let wanted = ["erin", "in the other", "in the thread"];
    let all = async {
        for text in wanted {
            heard(&bed, text).await;
        }
        bed.ear().until_more("what was done meanwhile", 0, is_told(&carol)).await;
    };
    while_time_passes(&bed, all).await;
    let mut said = said(&bed, &wanted);
    said.sort();
    assert_eq!(said, wanted, "each once");
    assert_eq!(bed.ear().count(is_told(&carol)), 1);
}

#[tokio::test]
async fn whoever_puts_a_letter_and_takes_it_back_over_and_over_has_nobody_wait() {
    let bed = Bed::new(How::Role).await;
    let message = say(&bed.alice, bed.general, "a message");
    let react = |letter: &str| bed.bob.react(bed.general, message, letter).expect("a member");
    react("\u{1f1f8}");
    for _ in 0..50 {
        react("\u{1f1fd}");
        bed.bob.unreact(bed.general, message, "\u{1f1fd}").expect("his own");
    }
    for letter in ["\u{1f1ed}", "\u{1f1ee}", "\u{1f1f9}"] {
        react(letter);
    }
    heard(&bed, "SHIT").await;
    let asked = bed.asked("GET", &format!("/messages/{message}")).len();
    assert!(asked <= 3, "{asked} questions for one message");
}

#[tokio::test]
async fn what_was_changed_meanwhile_is_found_behind_many_messages() {
    let mut bed = Bed::new(How::Role).await;
    let first = say(&bed.alice, bed.general, "as it was");
    for number in 0..120 {
        say(&bed.alice, bed.general, &format!("message {number}"));
    }
    caught_up(&bed).await;
    bed.restart_after(|bed| {
        bed.alice.edit(bed.general, first, "as it is now").expect("her own");
        forget(bed);
    })
    .await;
    heard(&bed, "as it is now").await;
}

#[tokio::test]
async fn nobody_answers_for_a_name_that_stood_or_was_given_to_them() {
    let mut bed = Bed::new_after(How::Role, |bed| {
        bed.alice.nick(&bed.guild, Some("From before")).expect("her own");
        bed.bob.set_global_name(Some("From before as well"));
    })
    .await;
    let owner = bed.guild.owner.clone();
    let calls_her = |bed: &Bed, name: &str| {
        owner.rename_member(&bed.guild, bed.alice.id, Some(name)).expect("the owner may");
    };
    calls_her(&bed, "Given");
    caught_up(&bed).await;
    let names = ["From before", "From before as well", "Given", "Given meanwhile", "Given then"];
    assert_eq!(said(&bed, &names), [""; 0]);
    for (name, is_forgotten) in [("Given meanwhile", false), ("Given then", true)] {
        bed.restart_after(|bed| {
            calls_her(bed, name);
            if is_forgotten {
                forget(bed);
            }
        })
        .await;
        caught_up(&bed).await;
        assert_eq!(said(&bed, &names), [""; 0], "{name}");
    }
    bed.restart_after(|bed| {
        bed.alice.nick(&bed.guild, Some("Taken on")).expect("her own");
        bed.bob.set_global_name(Some("Taken on as well"));
        forget(bed);
    })
    .await;
    for name in ["Taken on", "Taken on as well"] {
        assert_eq!(heard(&bed, name).await.surfaces[0].kind, SurfaceKind::Name, "{name} is their own");
    }
    bed.restart_after(forget).await;
    caught_up(&bed).await;
    assert_eq!(said(&bed, &["Taken on", "Taken on as well"]), [""; 0], "nothing is new twice");
}

#[tokio::test]
async fn a_name_of_which_nobody_says_who_gave_it_is_nobodys() {
    let bed = Bed::new(How::Role).await;
    bed.may_no_longer(Permissions::VIEW_AUDIT_LOG).await;
    bed.alice.nick(&bed.guild, Some("Somebody")).expect("her own");
    assert_eq!(heard(&bed, "Somebody").await.surfaces[0].kind, SurfaceKind::Quotation);
}

#[tokio::test]
async fn whoever_comes_back_comes_with_their_name_anew() {
    let bed = Bed::new(How::Role).await;
    bed.alice.set_global_name(Some("A Name"));
    let first = heard(&bed, "A Name").await;
    bed.alice.leave(&bed.guild);
    bed.advance(Duration::from_secs(120));
    bed.join(&bed.alice).await;
    caught_up(&bed).await;
    let again = heard(&bed, "A Name").await;
    assert_eq!((again.id, bed.ear().said().iter().filter(|said| *said == "A Name").count()), (first.id, 2));
    assert!(again.revision > first.revision, "what covered it is gone: it has to go again");
}

#[tokio::test]
async fn whoever_came_meanwhile_comes_with_their_name_once() {
    let mut bed = Bed::new(How::Role).await;
    caught_up(&bed).await;
    bed.restart_after(|bed| {
        bed.guild.member("carol");
        forget(bed);
    })
    .await;
    heard(&bed, "carol").await;
    caught_up(&bed).await;
    bed.restart_after(forget).await;
    caught_up(&bed).await;
    assert_eq!(said(&bed, &["carol"]), Vec::<String>::new());
}

/// What was written to the bot in private.
fn directs(heard: &[Inbound]) -> Vec<String> {
    let text = |inbound: &Inbound| match inbound {
        Inbound::Direct { text, .. } => Some(text.expose().to_owned()),
        _ => None,
    };
    heard.iter().filter_map(text).collect()
}

/// Returns when so much was written to the bot in private, which is that.
async fn until_written(bed: &Bed, wanted: &[&str]) {
    let all = |heard: &[Inbound]| (directs(heard).len() >= wanted.len()).then(|| directs(heard));
    let mut said = bed.ear().until("what was written in private", all).await;
    said.sort();
    assert_eq!(said, wanted);
}

/// Somebody writes to the bot in private.
fn write(bed: &Bed, by: &Person, text: &str) {
    by.dm(&bed.app, text).expect("they share a server");
}

#[tokio::test]
async fn what_was_written_in_private_meanwhile_is_dealt_with_once() {
    let mut bed = Bed::new(How::Role).await;
    // One wrote before, the other was written to.
    write(&bed, &bed.alice, "hello");
    until_written(&bed, &["hello"]).await;
    bed.does(1, &direct(&bed.bob, "A notice.")).await;
    bed.restart_after(|bed| {
        write(bed, &bed.alice, "appeal B-0001 one");
        write(bed, &bed.bob, "appeal B-0002 two");
        forget(bed);
    })
    .await;
    until_written(&bed, &["appeal B-0001 one", "appeal B-0002 two"]).await;
    bed.restart_after(forget).await;
    write(&bed, &bed.alice, "that was all");
    until_written(&bed, &["that was all"]).await;
    bed.restart_after(|bed| {
        bed.discord.lose("MESSAGE_CREATE");
        write(bed, &bed.alice, "lost");
        write(bed, &bed.alice, "told");
    })
    .await;
    until_written(&bed, &["lost", "told"]).await;
}

#[tokio::test]
async fn what_was_dealt_with_when_everything_stopped_is_not_dealt_with_again() {
    let mut bed = Bed::new(How::Role).await;
    write(&bed, &bed.alice, "hello");
    until_written(&bed, &["hello"]).await;
    bed.restart().await;
    let before = bed.kept.noted("conversations/");
    write(&bed, &bed.alice, "report abuse they are rude");
    until_written(&bed, &["report abuse they are rude"]).await;
    bed.restart_after(|bed| {
        bed.kept.put_back(before);
        forget(bed);
    })
    .await;
    write(&bed, &bed.alice, "that was all");
    until_written(&bed, &["that was all"]).await;
}

#[tokio::test]
async fn a_conversation_that_discord_does_not_give_holds_up_no_other() {
    let mut bed = Bed::new(How::Role).await;
    for person in [&bed.alice, &bed.bob] {
        write(&bed, person, "hello");
    }
    until_written(&bed, &["hello", "hello"]).await;
    let own = bed.discord.see(|world| world.dm(bed.app.bot, bed.alice.id).expect("they wrote").id);
    bed.restart_after(|bed| {
        silence(bed, Matcher::of("GET", &format!("/channels/{own}/messages")));
        write(bed, &bed.alice, "a first");
        write(bed, &bed.bob, "b first");
        forget(bed);
    })
    .await;
    until_written(&bed, &["b first"]).await;
    // What comes after what was not read waits for it.
    write(&bed, &bed.alice, "a second");
    write(&bed, &bed.bob, "b second");
    until_written(&bed, &["b first", "b second"]).await;
    // Also over a restart, in which the session goes on.
    bed.restart().await;
    write(&bed, &bed.bob, "b third");
    until_written(&bed, &["b third"]).await;
    bed.discord.stop_failing();
    while_time_passes(&bed, until_written(&bed, &["a first", "a second", "b third"])).await;
}

#[tokio::test]
async fn somebody_who_comes_back_holds_nothing_up_while_discord_does_nothing_for_them() {
    let bed = Bed::new(How::Role).await;
    let until = Some(bed.now().plus_seconds(3 * 24 * 60 * 60));
    bed.does(1, &crate::bed::exclude(&bed.alice, until)).await;
    bed.alice.leave(&bed.guild);
    silence(&bed, Matcher::of("PATCH", "/members/"));
    bed.join(&bed.alice).await;
    say(&bed.bob, bed.general, "meanwhile");
    heard(&bed, "meanwhile").await;
    assert!(!bed.roles(&bed.alice).contains(&bed.suspended));
    bed.discord.stop_failing();
    let alice = bed.alice.id;
    let is_out = |world: &fake_discord::World| {
        world.member(bed.guild.id, alice)?.roles.contains(&bed.suspended).then_some(())
    };
    while_time_passes(&bed, bed.discord.wait_for("that she is suspended again", is_out)).await;
}

#[tokio::test]
async fn a_link_that_unfolds_while_nobody_listens_is_judged() {
    let mut bed = Bed::new(How::Role).await;
    let link = say(&bed.alice, bed.general, "see https://example.org/a");
    caught_up(&bed).await;
    bed.restart_after(|bed| {
        bed.guild.unfurl(bed.general, link, vec![json!({"type": "link", "title": "badword in the title"})]);
        forget(bed);
    })
    .await;
    let id = policy::PostId::new(link.to_string()).expect("a valid id");
    let unfolded = |post: &Post| {
        post.id == id && post.surfaces.iter().any(|surface| surface.text.expose().contains("badword"))
    };
    bed.ear().until_post("the title of the page", unfolded).await;
}

#[tokio::test]
async fn an_appeal_in_a_thread_that_was_put_away_is_no_post_also_when_the_thread_is_told_of_later() {
    let mut bed = Bed::new(How::Role).await;
    bed.alice.set_dms(fake_discord::DmPolicy::Closed);
    let officers = vec![crate::bed::member(bed.mo.id)];
    let letter = policy::Letter::line("Reply here.");
    let told =
        platform::Action::DirectWithOfficers { to: crate::bed::member(bed.alice.id), officers, letter };
    bed.does(1, &told).await;
    let [thread] = bed.threads_of(&bed.alice)[..] else { panic!("one thread") };
    bed.guild.owner.archive(thread, true).expect("an owner may");
    bed.restart_after(forget).await;
    bed.discord.tell_never("THREAD_UPDATE");
    say(&bed.alice, thread, "appeal B-0001 they said badword");
    until_written(&bed, &["appeal B-0001 they said badword"]).await;
    caught_up(&bed).await;
    assert_eq!(said(&bed, &["appeal B-0001 they said badword"]), [""; 0]);
}

#[tokio::test]
async fn letters_that_were_put_to_a_message_meanwhile_are_read_by_whom_they_make_a_word() {
    let mut bed = Bed::new(How::Role).await;
    let old = say(&bed.alice, bed.general, "a message");
    caught_up(&bed).await;
    bed.restart_after(|bed| {
        let new = say(&bed.alice, bed.general, "another");
        for (message, letters) in
            [(old, ["\u{1f1e7}", "\u{1f1e6}", "\u{1f1e9}"]), (new, ["\u{1f1eb}", "\u{1f1ea}", "\u{1f1ee}"])]
        {
            for (person, letter) in [&bed.alice, &bed.alice, &bed.bob].into_iter().zip(letters) {
                person.react(bed.general, message, letter).expect("they see it");
            }
        }
        forget(bed);
    })
    .await;
    for (message, word) in [(old, "BAD"), (new_of(&bed), "FEI")] {
        let post = heard(&bed, word).await;
        assert_eq!(
            (post.author, post.id.as_str()),
            (crate::bed::member(bed.bob.id), &*format!("react:{message}:{}", bed.bob.id))
        );
    }
}

/// The last message of the common channel.
fn new_of(bed: &Bed) -> Snowflake {
    let said = |text: &str| {
        bed.discord.messages(bed.general).iter().find(|one| one.content == text).map(|one| one.id)
    };
    said("another").expect("it was said")
}
