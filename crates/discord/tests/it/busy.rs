//! More than can be dealt with.

use std::collections::BTreeSet;
use std::time::Duration;

use platform::{Action, Inbound, Receipt};
use policy::{Letter, Offer, PostKind, Reference};

use crate::bed::{Bed, How, member};

/// Only a failing test waits so long.
const WAIT_MAX: Duration = Duration::from_secs(20);
/// What a client says that goes on with its session.
const RESUME: u64 = 6;
/// More than what waits anywhere in between.
const MANY: usize = 1_500;

#[tokio::test]
async fn nobody_waits_for_a_busy_group_and_nothing_of_it_is_left_out() {
    let mut bed = Bed::new(How::Role).await;
    let file = Reference::new(1).expect("a number");
    let letter = Letter::line("B-0001 deleted a post. See `case B-0001`.").offering(Offer::Case(file));
    assert_eq!(bed.does(1, &Action::TellOfficers { letter }).await, Receipt::Done);
    let told = bed.written_in(bed.officers).remove(0);
    let button = told.components[0]["components"][0]["custom_id"].as_str().expect("a button").to_owned();

    bed.ear().take_posts(false);
    let said = |number| bed.alice.say(bed.general, &format!("message {number}")).expect("a member");
    let said: BTreeSet<String> = (0..MANY).map(|number| said(number).to_string()).collect();
    // Also that the session went on is told to everybody, and nobody waits for the one who has no room for it.
    let goes_on = || bed.discord.frames().iter().filter(|frame| frame.op == RESUME).count();
    let went_on = goes_on();
    bed.discord.drop_connections();
    let again = async {
        while goes_on() == went_on {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(WAIT_MAX, again).await.expect("it goes on");
    let callbacks = || bed.asked("POST", "/callback").len();
    let is_answered = async || {
        let before = callbacks();
        let asked = bed.mo.press(bed.officers, told.id, &button).expect("it is there");
        while callbacks() == before {
            tokio::task::yield_now().await;
        }
        bed.discord.see(|world| world.interaction(asked).is_some_and(|one| one.answer.is_some()))
    };
    // So much to read takes more than the three seconds in which somebody has to be answered.
    let answered = async { while !is_answered().await {} };
    tokio::time::timeout(WAIT_MAX, answered).await.expect("somebody is answered");

    bed.ear().take_posts(true);
    let alice = member(bed.alice.id);
    let posts = |heard: &[Inbound]| {
        let posts = heard.iter().filter_map(|inbound| match inbound {
            Inbound::Post { post, .. } if post.author == alice && post.kind == PostKind::Message => {
                Some(post.id.as_str().to_owned())
            }
            _ => None,
        });
        posts.collect::<Vec<_>>()
    };
    let all = |heard: &[Inbound]| Some(posts(heard)).filter(|posts| posts.len() >= MANY);
    let heard = bed.ear().until("all that was said", all).await;
    assert_eq!(heard.len(), MANY, "each once");
    assert_eq!(heard.into_iter().collect::<BTreeSet<_>>(), said);

    // It was dealt with: nothing of it comes again.
    bed.ear_has_heard(&bed.bob).await;
    bed.restart().await;
    bed.ear_has_heard(&bed.bob).await;
    assert_eq!(bed.ear().until("anything", |heard| Some(posts(heard))).await, [""; 0]);
}
