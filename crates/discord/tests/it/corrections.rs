//! What a member was told and then was not done, put right where it stands.

use std::time::Duration;

use fake_discord::{Fault, Matcher, Message};
use platform::{Action, DeliveryError, EffectId, Receipt};
use policy::{Letter, MessageText, Offer, Reference};
use serde_json::json;

use crate::bed::{Bed, How, exclude, member};
use crate::sight::sight;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const SUSPENDED: &str = "You are suspended. Reply here with: appeal B-0001 and why.";
const STILL_THERE: &str = "You are still in the group. Reply here with: appeal B-0001 and why.";

/// A letter that can be appealed against.
fn letter(line: &str) -> Letter {
    Reference::new(1).map(Offer::Appeal).into_iter().fold(Letter::line(line), Letter::offering)
}

fn direct(bed: &Bed, line: &str) -> Action {
    Action::Direct { to: member(bed.alice.id), letter: letter(line), or_shown_since: None }
}

fn rewrite(bed: &Bed, earlier: i64, line: &str) -> Action {
    Action::Rewrite { to: member(bed.alice.id), earlier: EffectId(earlier), letter: letter(line) }
}

fn read(messages: &[Message]) -> Vec<String> {
    messages.iter().map(|message| sight(message).own()).collect()
}

/// Whether the form for an appeal opens from the only letter there is.
fn can_appeal(messages: &[Message]) -> bool {
    let [message] = messages else { panic!("one letter, not {}", messages.len()) };
    let named = message.components.iter().map(ToString::to_string).collect::<String>();
    named.contains("appeal:B-0001")
}

#[tokio::test]
async fn the_letter_about_an_exclusion_that_discord_refuses_becomes_its_correction_and_back() {
    for (how, done_by) in
        [(How::Role, Matcher::of("PATCH", "/members/")), (How::Ban, Matcher::of("PUT", "/bans/"))]
    {
        let bed = Bed::new(how).await;
        assert_eq!(bed.does(1, &direct(&bed, SUSPENDED)).await, Receipt::Done);
        let until = Some(bed.now().plus_seconds(30 * 24 * 60 * 60));
        let refusal = json!({ "message": "Missing Permissions", "code": 50_013 });
        bed.discord.fail(done_by, Fault::Status(403, refusal));
        assert!(bed.is_refused(2, &exclude(&bed.alice, until)).await, "{how:?}");
        assert_eq!(bed.kept_out().await, [], "{how:?}: she is told to be in, and is");

        assert_eq!(bed.does(3, &rewrite(&bed, 1, STILL_THERE)).await, Receipt::Done);
        assert_eq!(read(&bed.written_to(&bed.alice)), [STILL_THERE], "{how:?}");
        assert!(can_appeal(&bed.written_to(&bed.alice)), "{how:?}: the button is there");
        assert_eq!(bed.does(4, &rewrite(&bed, 3, SUSPENDED)).await, Receipt::Done);
        assert_eq!(bed.does(5, &exclude(&bed.alice, until)).await, Receipt::Done);
        assert_eq!(read(&bed.written_to(&bed.alice)), [SUSPENDED], "{how:?}");
        assert!(can_appeal(&bed.written_to(&bed.alice)), "{how:?}: and still is");
        assert_eq!(bed.asked("DELETE", "/messages/"), [""; 0], "changed, never sent again");
        assert_eq!(bed.asked("POST", "/messages").len(), 1, "{how:?}");
    }
}

#[tokio::test]
async fn a_letter_in_a_thread_that_was_put_out_of_the_way_is_put_right_there() {
    let bed = Bed::new(How::Role).await;
    bed.alice.set_dms(fake_discord::DmPolicy::Closed);
    let letter = Action::DirectWithOfficers {
        to: member(bed.alice.id),
        officers: vec![member(bed.mo.id)],
        letter: letter(SUSPENDED),
    };
    assert_eq!(bed.does(1, &letter).await, Receipt::Done);
    let [thread] = bed.threads_of(&bed.alice)[..] else { panic!("one thread") };
    bed.advance(8 * DAY);
    assert!(bed.discord.see(|world| world.channel(thread).is_some_and(fake_discord::Channel::is_archived)));
    assert_eq!(bed.does(2, &rewrite(&bed, 1, STILL_THERE)).await, Receipt::Done);
    assert_eq!(read(&bed.written_in(thread)), [STILL_THERE]);
    assert!(can_appeal(&bed.written_in(thread)));
    assert!(bed.written_to(&bed.alice).is_empty());
}

#[tokio::test]
async fn what_is_gone_or_was_only_an_answer_cannot_be_put_right() {
    let mut bed = Bed::new(How::Role).await;
    assert_eq!(bed.does(1, &direct(&bed, SUSPENDED)).await, Receipt::Done);
    let gone = json!({ "message": "Unknown Message", "code": 10_008 });
    bed.discord.fail(Matcher::of("PATCH", "/messages/"), Fault::Status(404, gone));
    for (id, earlier) in [(2, 1), (3, 99)] {
        let answer = bed.apply(id, &rewrite(&bed, earlier, STILL_THERE)).await;
        assert!(matches!(answer, Err(DeliveryError::Gone)), "{earlier}: {answer:?}");
    }
    assert_eq!(read(&bed.written_to(&bed.alice)), [SUSPENDED], "nothing was sent");
    bed.restart().await;
    assert_eq!(
        bed.does(4, &rewrite(&bed, 1, STILL_THERE)).await,
        Receipt::Done,
        "what stands is known after"
    );
    assert_eq!(read(&bed.written_to(&bed.alice)), [STILL_THERE]);
}

#[tokio::test]
async fn what_the_servers_own_filter_stops_is_left_out_of_the_correction() {
    let bed = Bed::new(How::Role).await;
    bed.stops("badword");
    let in_thread = |letter| Action::DirectWithOfficers {
        to: member(bed.alice.id),
        officers: vec![member(bed.mo.id)],
        letter,
    };
    assert_eq!(bed.does(1, &in_thread(Letter::line(SUSPENDED))).await, Receipt::Done);
    let [thread] = bed.threads_of(&bed.alice)[..] else { panic!("one thread") };
    let letter = Letter::line(STILL_THERE).quote(MessageText::new("about a badword"));
    let correct = Action::Rewrite { to: member(bed.alice.id), earlier: EffectId(1), letter };
    assert_eq!(bed.does(2, &correct).await, Receipt::Done);
    let stands = read(&bed.written_in(thread)).join("\n");
    assert!(stands.starts_with(STILL_THERE) && !stands.contains("suspended"), "{stands}");
}
