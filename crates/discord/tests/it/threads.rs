//! Threads that members share with the officers: what is written there is heard as in private, and nobody is punished for it.

use fake_discord::{Person, Snowflake};
use platform::{Action, Inbound};
use policy::Letter;

use crate::bed::{Bed, How, member};

/// A letter in a thread for somebody, with the officers.
fn letter(to: &Person, officers: &[&Person], line: &str) -> Action {
    let officers = officers.iter().map(|officer| member(officer.id)).collect();
    Action::DirectWithOfficers { to: member(to.id), officers, letter: Letter::line(line) }
}

async fn thread_of_alice(bed: &Bed) -> Snowflake {
    bed.does(1, &letter(&bed.alice, &[&bed.mo], "Reply here with: appeal B-0001 and why.")).await;
    let [thread] = bed.threads_of(&bed.alice)[..] else { panic!("one thread") };
    thread
}

/// What was handed in as written to the bot: whose it is, what, and whether officers read along.
fn written(heard: &[Inbound]) -> Vec<(String, String, bool)> {
    let of = |inbound: &Inbound| match inbound {
        Inbound::Direct { from, text, with_officers, .. } => {
            Some((from.as_str().to_owned(), text.expose().to_owned(), *with_officers))
        }
        _ => None,
    };
    heard.iter().filter_map(of).collect()
}

fn posts_in(bed: &Bed, channel: Snowflake) -> usize {
    let channel = crate::bed::channel_id(channel);
    bed.ear().posts(|post| (post.channel == channel).then_some(())).len()
}

/// All that was written to the bot, once it is so much.
async fn until_written(bed: &Bed, wanted: &[&str]) {
    let alice = bed.alice.id.to_string();
    let wanted: Vec<_> = wanted.iter().map(|text| (alice.clone(), (*text).to_owned(), true)).collect();
    let enough = |heard: &[Inbound]| (written(heard).len() >= wanted.len()).then(|| written(heard));
    assert_eq!(bed.ear().until("what was written in the thread", enough).await, wanted);
}

#[tokio::test]
async fn what_a_member_writes_in_their_thread_is_heard_as_in_private_and_not_judged() {
    let bed = Bed::new(How::Role).await;
    bed.alice.set_dms(fake_discord::DmPolicy::Closed);
    let thread = thread_of_alice(&bed).await;
    let appeal = "appeal B-0001 they said badword first";
    let message = bed.alice.say(thread, appeal).expect("it is hers");
    bed.mo.say(thread, "queue").expect("a moderator is let in");
    bed.mo.say(thread, "they did say badword").expect("a moderator is let in");
    bed.alice.edit(thread, message, "appeal B-0002 and another").expect("it is hers");
    bed.alice.react(thread, message, "\u{1f1e7}").expect("she sees it");
    bed.alice.say(thread, &format!("<@{}> my-record", bed.app.bot)).expect("it is hers");
    bed.ear_has_heard(&bed.bob).await;
    until_written(&bed, &[appeal, "my-record"]).await;
    assert_eq!(posts_in(&bed, thread), 0, "nothing of it is a post");
    let is_command = |inbound: &Inbound| matches!(inbound, Inbound::Command { .. });
    assert_eq!(bed.ear().count(is_command), 0, "officers talk to each other");
}

#[tokio::test]
async fn whoever_writes_in_anothers_thread_is_not_taken_for_them() {
    let bed = Bed::new(How::Role).await;
    let thread = thread_of_alice(&bed).await;
    bed.does(2, &letter(&bed.bob, &[&bed.mo], "Something else.")).await;
    bed.guild.owner.add_to_thread(thread, bed.bob.id).expect("an owner may");
    bed.bob.say(thread, "appeal B-0001 for her").expect("he was let in");
    bed.ear_has_heard(&bed.mo).await;
    until_written(&bed, &[]).await;
    assert_eq!(posts_in(&bed, thread), 0);
}

#[tokio::test]
async fn what_was_written_in_a_thread_meanwhile_is_dealt_with_once() {
    let mut bed = Bed::new(How::Role).await;
    let thread = thread_of_alice(&bed).await;
    bed.alice.say(thread, "appeal B-0001 one").expect("it is hers");
    until_written(&bed, &["appeal B-0001 one"]).await;
    // How far the thread was read is not on record, for the program ended too early.
    let forget = |bed: &Bed| {
        bed.discord.forget_sessions();
        bed.advance(std::time::Duration::from_secs(60 * 60));
    };
    bed.restart_after(|bed| {
        bed.kept.forget_position(&crate::bed::channel_id(thread));
        bed.alice.say(thread, "appeal B-0002 two").expect("it is hers");
        bed.mo.say(thread, "badword").expect("a moderator is let in");
        forget(bed);
    })
    .await;
    until_written(&bed, &["appeal B-0002 two"]).await;
    bed.restart_after(forget).await;
    bed.alice.say(thread, "appeal B-0003 three").expect("it is hers");
    until_written(&bed, &["appeal B-0003 three"]).await;
    assert!(!bed.ear().said().iter().any(|said| said.contains("badword")));
}

#[tokio::test]
async fn a_letter_is_read_along_by_those_whom_it_is_meant_for_and_by_nobody_who_was_let_in_before() {
    let bed = Bed::new(How::Role).await;
    let thread = thread_of_alice(&bed).await;
    let is_in = |who: &Person| {
        bed.discord.see(|world| {
            let thread = world.channel(thread).and_then(|channel| channel.thread.as_ref());
            thread.is_some_and(|thread| thread.members.contains_key(&who.id))
        })
    };
    bed.guild.owner.add_to_thread(thread, bed.bob.id).expect("an owner may");
    assert!([&bed.alice, &bed.mo, &bed.bob].into_iter().all(is_in));
    bed.discord.forget_requests();
    bed.does(2, &letter(&bed.alice, &[], "What Mo has a part in.")).await;
    assert!(is_in(&bed.alice) && !is_in(&bed.mo) && !is_in(&bed.bob));
    let asked: Vec<_> = bed.discord.requests().iter().map(fake_discord::Asked::line).collect();
    let nth = |part: &str| asked.iter().position(|line| line.starts_with(part)).expect(part);
    assert!(nth("DELETE ") < nth(&format!("POST /channels/{thread}/messages")), "{asked:#?}");
    bed.does(3, &letter(&bed.alice, &[&bed.mo], "What he has none in.")).await;
    assert!(is_in(&bed.mo) && !is_in(&bed.bob));
}

#[tokio::test]
async fn nothing_is_written_before_those_who_must_not_read_it() {
    let bed = Bed::new(How::Role).await;
    let thread = thread_of_alice(&bed).await;
    let refused = fake_discord::Fault::Status(403, serde_json::json!({ "message": "no", "code": 50_013 }));
    bed.discord.fail(fake_discord::Matcher::of("DELETE", "/thread-members/"), refused);
    assert!(bed.is_refused(2, &letter(&bed.alice, &[], "What Mo has a part in.")).await);
    assert_eq!(bed.written_in(thread).len(), 1);
}
