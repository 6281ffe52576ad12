//! Threads that are given another name, and who answers for it: whoever gave it, and nobody where that is not said.

use std::time::Duration;

use fake_discord::{Fault, Matcher, Permissions, Snowflake};
use policy::{Post, PostKind, SurfaceKind};
use serde_json::json;

use crate::bed::{Bed, How, remove};

/// A little longer than it is waited for who renamed something.
const A_MOMENT: Duration = Duration::from_secs(6);

/// A thread of alice's, of which the bot has heard.
async fn thread(bed: &Bed) -> Snowflake {
    let thread = bed.alice.thread(bed.general, "a question", None).expect("she may begin one");
    bed.ear().until_post("a thread", |post| is_called(post, "a question")).await;
    thread
}

fn is_called(post: &Post, title: &str) -> bool {
    post.kind == PostKind::Title && post.surfaces.iter().any(|surface| surface.text.expose() == title)
}

/// What was handed in of a title: whose it was, and whether in their own words.
fn told(bed: &Bed, title: &str) -> Vec<(String, SurfaceKind)> {
    bed.ear().posts(|post| {
        is_called(post, title).then(|| (post.author.as_str().to_owned(), post.surfaces[0].kind))
    })
}

/// Discord says that a thread has another name, and never who gave it.
fn renamed_by_nobody(bed: &Bed, thread: Snowflake, title: &str) {
    let made = "2026-03-02T09:00:00.000000+00:00";
    let told = json!({
        "id": thread, "guild_id": bed.guild.id, "parent_id": bed.general, "owner_id": bed.alice.id, "type": 11,
        "name": title, "last_message_id": null, "message_count": 0, "member_count": 1, "rate_limit_per_user": 0,
        "thread_metadata": {
            "archived": false, "archive_timestamp": made, "auto_archive_duration": 4320, "locked": false,
            "create_timestamp": made,
        },
    });
    bed.discord.tell(&bed.app, Some(bed.guild.id), "THREAD_UPDATE", told);
}

/// What was heard is dealt with, and nothing waits any more.
async fn all_is_heard(bed: &Bed) {
    bed.ear_has_heard(&bed.bob).await;
    bed.advance(A_MOMENT);
    bed.ear_has_heard(&bed.bob).await;
}

async fn without_the_log(bed: &Bed) {
    bed.may_no_longer(Permissions::VIEW_AUDIT_LOG).await;
}

#[tokio::test]
async fn whoever_renames_a_thread_answers_for_it_however_that_is_told() {
    type Tells<'a> = (&'a str, &'a dyn Fn(&Bed));
    let ways: [Tells<'_>; 5] = [
        ("in the thread and in the log", &|_| {}),
        ("in the log alone", &|bed| bed.discord.tell_never("MESSAGE_CREATE")),
        ("in the thread alone", &|bed| bed.discord.tell_never("GUILD_AUDIT_LOG_ENTRY_CREATE")),
        ("before the name itself", &|bed| bed.discord.tell_later("THREAD_UPDATE", 2)),
        ("twice", &|bed| {
            for event in ["THREAD_UPDATE", "MESSAGE_CREATE", "GUILD_AUDIT_LOG_ENTRY_CREATE"] {
                bed.discord.tell_twice(event);
            }
        }),
    ];
    for (way, tells) in ways {
        let bed = Bed::new(How::Role).await;
        let thread = thread(&bed).await;
        tells(&bed);
        bed.guild.owner.rename(thread, "abuse").expect("the owner may");
        all_is_heard(&bed).await;
        assert_eq!(told(&bed, "abuse"), [(bed.guild.owner.id.to_string(), SurfaceKind::Body)], "{way}");
    }
}

#[tokio::test]
async fn where_the_log_is_not_shown_discord_says_so_in_the_thread() {
    let bed = Bed::new(How::Role).await;
    without_the_log(&bed).await;
    let thread = thread(&bed).await;
    bed.guild.owner.rename(thread, "abuse").expect("the owner may");
    all_is_heard(&bed).await;
    assert_eq!(told(&bed, "abuse"), [(bed.guild.owner.id.to_string(), SurfaceKind::Body)]);
}

#[tokio::test]
async fn a_name_that_nobody_claims_is_judged_after_a_moment_and_nobody_answers_for_it() {
    let bed = Bed::new(How::Role).await;
    let thread = thread(&bed).await;
    renamed_by_nobody(&bed, thread, "abuse");
    // Put away and taken out, it is the same.
    renamed_by_nobody(&bed, thread, "abuse");
    bed.ear_has_heard(&bed.bob).await;
    assert_eq!(told(&bed, "abuse"), [], "somebody may still answer for it");
    bed.advance(A_MOMENT);
    bed.ear().until_post("what nobody claimed", |post| is_called(post, "abuse")).await;
    all_is_heard(&bed).await;
    assert_eq!(told(&bed, "abuse"), [(bed.alice.id.to_string(), SurfaceKind::Quotation)]);
}

#[tokio::test]
async fn of_names_that_follow_one_another_each_is_its_givers() {
    let bed = Bed::new(How::Role).await;
    let thread = thread(&bed).await;
    let owner = bed.guild.owner.clone();
    owner.rename(thread, "abuse").expect("the owner may");
    bed.alice.rename(thread, "a question").expect("her own");
    bed.alice.rename(thread, "abuse").expect("her own");
    all_is_heard(&bed).await;
    let both = [&owner, &bed.alice].map(|by| (by.id.to_string(), SurfaceKind::Body));
    assert_eq!(told(&bed, "abuse"), both);
    let named =
        [(bed.alice.id.to_string(), SurfaceKind::Body), (bed.alice.id.to_string(), SurfaceKind::Body)];
    assert_eq!(told(&bed, "a question"), named, "when it was made and when it came back");
}

#[tokio::test]
async fn what_waits_is_told_again_after_a_crash() {
    let mut bed = Bed::new(How::Role).await;
    let thread = thread(&bed).await;
    renamed_by_nobody(&bed, thread, "abuse");
    bed.ear_has_heard(&bed.bob).await;
    bed.restart().await;
    bed.ear_has_heard(&bed.bob).await;
    assert_eq!(told(&bed, "abuse"), []);
    bed.advance(A_MOMENT);
    bed.ear().until_post("what nobody claimed", |post| is_called(post, "abuse")).await;
    // Judged, it does not come again.
    bed.ear_has_heard(&bed.bob).await;
    bed.restart().await;
    all_is_heard(&bed).await;
    assert_eq!(told(&bed, "abuse"), []);
}

#[tokio::test]
async fn only_so_many_names_wait() {
    let bed = Bed::new(How::Role).await;
    let thread = thread(&bed).await;
    for number in 0..150 {
        renamed_by_nobody(&bed, thread, &format!("name {number}"));
    }
    bed.ear_has_heard(&bed.bob).await;
    let is_named = |number| !told(&bed, &format!("name {number}")).is_empty();
    assert_eq!((is_named(0), is_named(49), is_named(50), is_named(149)), (true, true, false, false));
    bed.advance(A_MOMENT);
    bed.ear().until_post("the last", |post| is_called(post, "name 149")).await;
    assert!((0..150).all(is_named));
}

#[tokio::test]
async fn what_the_bot_calls_a_thread_is_nobodys_to_judge() {
    let bed = Bed::new(How::Role).await;
    let thread = thread(&bed).await;
    bed.guild.owner.rename(thread, "abuse").expect("the owner may");
    let abuse = bed.ear().until_post("abuse", |post| is_called(post, "abuse")).await;
    bed.does(1, &remove(thread, &abuse.id.as_str())).await;
    all_is_heard(&bed).await;
    assert_eq!(told(&bed, &format!("untitled-{thread}")), []);
    // What is set again after that is new.
    bed.guild.owner.rename(thread, "abuse").expect("the owner may");
    all_is_heard(&bed).await;
    let owner = (bed.guild.owner.id.to_string(), SurfaceKind::Body);
    assert_eq!(told(&bed, "abuse"), [owner.clone(), owner]);
}

#[tokio::test]
async fn who_renamed_a_thread_meanwhile_is_read_where_it_stands() {
    for is_log_shown in [true, false] {
        let mut bed = Bed::new(How::Role).await;
        let thread = thread(&bed).await;
        bed.ear_has_heard(&bed.bob).await;
        let owner = bed.guild.owner.clone();
        bed.restart_after(|bed| {
            owner.rename(thread, "abuse").expect("the owner may");
            if !is_log_shown {
                let refused = Fault::Status(403, json!({ "message": "no", "code": 50_013 }));
                bed.discord.fail_times(Matcher::of("GET", "/audit-logs"), refused, 1_000);
            }
            bed.discord.forget_sessions();
            bed.advance(Duration::from_secs(60 * 60));
        })
        .await;
        all_is_heard(&bed).await;
        assert_eq!(
            told(&bed, "abuse"),
            [(owner.id.to_string(), SurfaceKind::Body)],
            "with the log: {is_log_shown}"
        );
    }
}

#[tokio::test]
async fn whoever_made_a_thread_meanwhile_answers_for_what_they_called_it() {
    let mut bed = Bed::new(How::Role).await;
    bed.ear_has_heard(&bed.bob).await;
    bed.restart_after(|bed| {
        bed.alice.thread(bed.general, "abuse", None).expect("she may begin one");
        bed.discord.forget_sessions();
        bed.advance(Duration::from_secs(60 * 60));
    })
    .await;
    all_is_heard(&bed).await;
    bed.ear().until_post("a title", |post| is_called(post, "abuse")).await;
    assert_eq!(told(&bed, "abuse"), [(bed.alice.id.to_string(), SurfaceKind::Body)]);
}
