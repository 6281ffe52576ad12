//! Boards as officers see them.

use std::sync::atomic::Ordering;

use fake_discord::{Fault, Intents, Matcher, Message, Permissions, Snowflake as Id};
use policy::{Letter, Offer, Reference};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::BoardError;
use crate::bed::{Bed, TestPace, branch, buttons, channel_id, invited, ours, within};

/// The file with which the line begins waits for a moderator.
fn waiting(bed: &Bed, what: &str) {
    let file: Option<Reference> = what.split(' ').next().and_then(|word| word.parse().ok());
    let offers = file.map(|file| [Offer::Case(file), Offer::Confirm(file), Offer::Restore(file)]);
    let letter = offers.into_iter().flatten().fold(Letter::line(what), Letter::offering);
    *bed.desk.board.lock().unwrap() = letter;
}

async fn show(bed: &Bed) -> Result<(), BoardError> {
    bed.shared().board_changed(&branch());
    within(bed.shared().show_board(&bed.dyn_desk(), &branch())).await
}

/// What the bot has put up in a channel, besides notes that something was pinned.
fn boards(bed: &Bed, channel: Id) -> Vec<Message> {
    let mut all = bed.discord.messages(channel);
    all.retain(|message| message.author == bed.app.bot && message.kind == 0);
    all
}

fn only(bed: &Bed) -> Message {
    let all = boards(bed, bed.officers);
    assert_eq!(all.len(), 1, "{all:?}");
    all.into_iter().next().unwrap()
}

const ONE: &str = "B-0001 hidden, by somebody, since 2 March 2026";
const TWO: &str = "B-0002 hidden, by somebody, since 2 March 2026";

/// The bot may not pin.
fn without_pins(bed: &Bed) {
    bed.guild.set_permissions(bed.role, invited().without(Permissions::PIN_MESSAGES));
}

#[tokio::test]
async fn a_board_is_pinned_and_changed_in_its_place() {
    let bed = Bed::new().await;
    waiting(&bed, ONE);
    show(&bed).await.unwrap();
    let first = only(&bed);
    assert!(first.pinned.is_some() && first.pings().is_empty());
    assert_eq!(first.flags & (1 << 12), 1 << 12, "it makes no sound");
    insta::assert_snapshot!(first.content, @"
    What waits for the moderators:

    B-0001 hidden, by somebody, since 2 March 2026

    `case` and its reference shows one of them; `queue` lists them all.
    ");
    insta::assert_snapshot!(buttons(&first), @"Look at B-0001 | Confirm B-0001 | Restore B-0001");
    bed.discord.forget_requests();
    show(&bed).await.unwrap();
    assert!(bed.discord.requests().is_empty(), "there is nothing else to say");
    for _ in 0..40 {
        bed.olga.say(bed.officers, "talk").unwrap();
    }
    waiting(&bed, TWO);
    show(&bed).await.unwrap();
    let second = only(&bed);
    assert_eq!(second.id, first.id);
    assert!(second.content.contains("B-0002") && second.pings().is_empty() && second.pinned.is_some());
    assert_eq!(bed.discord.requests().len(), 1);
}

#[tokio::test]
async fn every_group_has_a_board_of_its_own() {
    let bed = Bed::with(Intents::PRIVILEGED, TestPace::jumping(), 2).await;
    waiting(&bed, ONE);
    let other = policy::GroupId::new("other-1").unwrap();
    show(&bed).await.unwrap();
    within(bed.shared().show_board(&bed.dyn_desk(), &other)).await.unwrap();
    let theirs = bed.shared().groups[&other].officers_channel.0.number();
    let theirs = Id::from_number(theirs);
    assert_eq!((boards(&bed, bed.officers).len(), boards(&bed, theirs).len()), (1, 1));
}

#[tokio::test]
async fn a_board_that_is_gone_is_put_up_again() {
    let mut bed = Bed::new().await;
    waiting(&bed, ONE);
    show(&bed).await.unwrap();
    let first = only(&bed);
    // Told of.
    bed.olga.delete(bed.officers, first.id).unwrap();
    bed.shared().board_gone(&[ours(first.id)]);
    show(&bed).await.unwrap();
    let second = only(&bed);
    assert_ne!(second.id, first.id);
    // Not told of, and something else to say.
    bed.olga.delete(bed.officers, second.id).unwrap();
    waiting(&bed, TWO);
    show(&bed).await.unwrap();
    let third = only(&bed);
    assert_ne!(third.id, second.id);
    // While the program was away.
    bed.olga.delete(bed.officers, third.id).unwrap();
    bed.restart(|_| {}).await;
    show(&bed).await.unwrap();
    assert!(only(&bed).pinned.is_some());
}

#[tokio::test]
async fn after_a_restart_the_board_is_known_again() {
    let mut bed = Bed::new().await;
    waiting(&bed, ONE);
    show(&bed).await.unwrap();
    let first = only(&bed);
    bed.restart(|_| {}).await;
    bed.discord.forget_requests();
    show(&bed).await.unwrap();
    assert_eq!(only(&bed).id, first.id);
    let asked: Vec<String> = bed.discord.requests().iter().map(|asked| asked.method.clone()).collect();
    assert_eq!(asked, ["GET"], "it is looked whether it is there, and no more");
}

#[tokio::test]
async fn a_board_that_cannot_be_pinned_comes_again_when_much_was_said() {
    let bed = Bed::new().await;
    without_pins(&bed);
    waiting(&bed, ONE);
    show(&bed).await.unwrap();
    let first = only(&bed);
    assert!(first.pinned.is_none());
    let talk = |times: usize| {
        for _ in 0..times {
            bed.olga.say(bed.officers, "talk").unwrap();
        }
    };
    talk(19);
    waiting(&bed, TWO);
    show(&bed).await.unwrap();
    assert_eq!(only(&bed).id, first.id);
    talk(1);
    show(&bed).await.unwrap();
    assert_eq!(only(&bed).id, first.id, "it says nothing else");
    waiting(&bed, ONE);
    show(&bed).await.unwrap();
    let second = only(&bed);
    assert_ne!(second.id, first.id);
    assert_eq!(bed.discord.messages(bed.officers).last().unwrap().id, second.id);
}

#[tokio::test]
async fn a_board_moves_with_the_officers() {
    let mut bed = Bed::new().await;
    waiting(&bed, ONE);
    show(&bed).await.unwrap();
    let other = bed.general;
    bed.restart(|group| group.officers_channel = channel_id(other)).await;
    show(&bed).await.unwrap();
    assert_eq!((boards(&bed, bed.officers).len(), boards(&bed, bed.general).len()), (0, 1));
}

#[tokio::test]
async fn a_board_put_up_before_a_crash_is_no_second_one() {
    let mut bed = Bed::new().await;
    waiting(&bed, ONE);
    bed.desk.is_full_for_memos.store(true, Ordering::Relaxed);
    show(&bed).await.unwrap_err();
    bed.desk.is_full_for_memos.store(false, Ordering::Relaxed);
    bed.restart(|_| {}).await;
    // What waits is something else by now.
    waiting(&bed, TWO);
    show(&bed).await.unwrap();
    assert!(only(&bed).content.contains("B-0001"));
    show(&bed).await.unwrap();
    assert!(only(&bed).content.contains("B-0002"));
}

#[tokio::test]
async fn the_board_before_is_taken_down_though_discord_was_away() {
    let bed = Bed::new().await;
    without_pins(&bed);
    waiting(&bed, ONE);
    show(&bed).await.unwrap();
    for _ in 0..20 {
        bed.olga.say(bed.officers, "talk").unwrap();
    }
    waiting(&bed, TWO);
    bed.discord.fail_times(Matcher::of("DELETE", "/messages/"), Fault::Status(503, json!({})), 9);
    show(&bed).await.unwrap_err();
    assert_eq!(boards(&bed, bed.officers).len(), 2);
    bed.discord.stop_failing();
    show(&bed).await.unwrap();
    assert!(only(&bed).content.contains("B-0002"));
}

#[tokio::test]
async fn a_board_that_the_filter_stops_says_how_to_see_more() {
    let bed = Bed::new().await;
    bed.guild.filter("words", &["*hidden*"], None, &[]);
    waiting(&bed, ONE);
    show(&bed).await.unwrap();
    insta::assert_snapshot!(only(&bed).content, @"
    I have something to tell you about B-0001, and this server's own filter stops the words.

    See `case B-0001`.
    ");
    waiting(&bed, TWO);
    show(&bed).await.unwrap();
    assert!(only(&bed).content.contains("B-0002"));
}

#[tokio::test]
async fn an_old_board_that_cannot_be_changed_is_put_up_anew() {
    let bed = Bed::new().await;
    waiting(&bed, ONE);
    show(&bed).await.unwrap();
    let first = only(&bed);
    waiting(&bed, TWO);
    let limit = Fault::RateLimit { retry_after: std::time::Duration::from_secs(300), scope: "shared" };
    bed.discord.fail(Matcher::of("PATCH", "/messages/"), limit);
    show(&bed).await.unwrap();
    let second = only(&bed);
    assert!(second.id != first.id && second.content.contains("B-0002"));
}

#[tokio::test]
async fn boards_are_shown_at_once_then_seldom_and_last_as_things_stand() {
    let bed = Bed::with(Intents::PRIVILEGED, TestPace::standing(), 2).await;
    waiting(&bed, ONE);
    let (desk, stop) = (bed.dyn_desk(), CancellationToken::new());
    let run = bed.shared().run_boards(&desk, &stop);
    let test = async {
        let says = |text: &'static str| {
            let officers = bed.officers;
            move |world: &fake_discord::World| {
                world.messages(officers).any(|one| one.kind == 0 && one.content.contains(text)).then_some(())
            }
        };
        bed.discord.wait_for("the board", says("B-0001")).await;
        // Both are there, and rest.
        while *bed.desk.boards_shown.lock().unwrap() < 2 {
            tokio::task::yield_now().await;
        }
        for text in ["B-0003 hidden", "B-0004 hidden", TWO] {
            waiting(&bed, text);
            bed.shared().board_changed(&branch());
            tokio::task::yield_now().await;
        }
        assert_eq!(*bed.desk.boards_shown.lock().unwrap(), 2);
        bed.pace.advance(5_000);
        bed.discord.wait_for("the last state", says("B-0002")).await;
        assert_eq!(*bed.desk.boards_shown.lock().unwrap(), 3);
        // What falls due by itself tells nobody.
        waiting(&bed, ONE);
        bed.pace.advance(15 * 60 * 1_000);
        bed.discord.wait_for("the later state", says("B-0001")).await;
        stop.cancel();
    };
    within(async { tokio::join!(run, test) }).await;
    assert!(only(&bed).pinned.is_some());
}

#[tokio::test]
async fn a_board_that_could_not_be_shown_is_tried_again() {
    let bed = Bed::with(Intents::PRIVILEGED, TestPace::standing(), 1).await;
    waiting(&bed, ONE);
    bed.desk.is_full.store(true, Ordering::Relaxed);
    let (desk, stop) = (bed.dyn_desk(), CancellationToken::new());
    let run = bed.shared().run_boards(&desk, &stop);
    let test = async {
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        bed.desk.is_full.store(false, Ordering::Relaxed);
        bed.pace.advance(10_000);
        bed.discord
            .wait_for("the board", |world| world.messages(bed.officers).find_map(|one| one.pinned))
            .await;
        stop.cancel();
    };
    within(async { tokio::join!(run, test) }).await;
}

#[tokio::test]
async fn a_group_that_is_not_served_or_not_known_yet_has_no_board() {
    let bed = Bed::new().await;
    waiting(&bed, ONE);
    let none = policy::GroupId::new("other").unwrap();
    bed.shared().board_changed(&none);
    bed.shared().show_board(&bed.dyn_desk(), &none).await.unwrap();
    bed.shared().servers.forget(ours(bed.guild.id));
    assert!(matches!(show(&bed).await, Err(BoardError::NotYet(_))));
    assert!(boards(&bed, bed.officers).is_empty());
}

#[tokio::test]
async fn what_was_left_to_do_at_a_board_is_done_later() {
    let bed = Bed::new().await;
    waiting(&bed, ONE);
    bed.discord.fail_times(Matcher::of("PUT", "/pins/"), Fault::Status(503, json!({})), 9);
    show(&bed).await.unwrap_err();
    assert!(only(&bed).pinned.is_none());
    bed.discord.stop_failing();
    show(&bed).await.unwrap();
    assert!(only(&bed).pinned.is_some());
}

#[tokio::test]
async fn a_board_that_was_taken_off_its_pin_comes_again_when_much_was_said() {
    let bed = Bed::new().await;
    waiting(&bed, ONE);
    show(&bed).await.unwrap();
    let first = only(&bed);
    let route = crate::rest::Route::channel(bed.officers).at("messages").at("pins").one(first.id);
    bed.shared().rest.call(crate::rest::Request::delete(route)).await.unwrap();
    for text in [TWO, ONE] {
        for _ in 0..20 {
            bed.olga.say(bed.officers, "talk").unwrap();
        }
        waiting(&bed, text);
        show(&bed).await.unwrap();
    }
    let last = only(&bed);
    assert!(last.id != first.id && last.pinned.is_some());
}
