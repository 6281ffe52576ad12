//! Pages of what stands before Discord: nothing counts as done, refused or read because of one, and everything ends right
//! once Discord answers.

use std::time::Duration;

use fake_discord::{Fault, Matcher};
use platform::{Action, DeliveryError, Receipt};

use crate::bed::{Bed, How, direct, exclude, remove};

/// A call asks so often at most.
const TRIES: u32 = 4;
const PAGES: [u16; 2] = [403, 404];

fn page(status: u16) -> Fault {
    Fault::Page(status, "<html>The page cannot be shown</html>")
}

/// Asks for something while only pages come, for as long as one call asks, and again when Discord answers.
async fn ends_right(bed: &Bed, requests: Matcher, status: u16, action: &Action) {
    let before = bed.discord.requests_of(&requests).len();
    bed.discord.fail_times(requests.clone(), page(status), TRIES);
    let unanswered = bed.apply(1, action).await;
    assert!(matches!(unanswered, Err(DeliveryError::Unanswered(_))), "{status}: {unanswered:?}");
    assert!(bed.discord.has_failed(), "{status}");
    let asked = bed.discord.requests_of(&requests).len() - before;
    assert_eq!(u32::try_from(asked).expect("not so many"), TRIES, "{status}");
    assert_eq!(bed.does(1, action).await, Receipt::Done, "{status}");
}

#[tokio::test]
async fn a_post_goes_once_discord_answers() {
    for status in PAGES {
        let bed = Bed::new(How::Role).await;
        let post = bed.alice.say(bed.general, "unpleasant").expect("a member");
        let deletes = Matcher::of("DELETE", &post.to_string());
        ends_right(&bed, deletes, status, &remove(bed.general, &post)).await;
        assert!(bed.discord.messages(bed.general).is_empty());
    }
}

#[tokio::test]
async fn somebody_is_suspended_once_discord_answers() {
    for (how, method, part) in [(How::Role, "PATCH", "/members/"), (How::Ban, "PUT", "/bans/")] {
        for status in PAGES {
            let bed = Bed::new(how).await;
            let until = Some(bed.now().plus_seconds(3 * 24 * 60 * 60));
            let does = Matcher::of(method, part).path(&bed.alice.id.to_string());
            ends_right(&bed, does, status, &exclude(&bed.alice, until)).await;
            assert!(bed.is_banned(&bed.alice) || bed.roles(&bed.alice) == [bed.suspended]);
        }
    }
}

#[tokio::test]
async fn a_letter_waits_and_takes_no_other_way() {
    for status in PAGES {
        let bed = Bed::new(How::Role).await;
        let letter = direct(&bed.alice, "Your post was removed.");
        assert_eq!(bed.does(7, &letter).await, Receipt::Done);
        let writes = Matcher::of("POST", "/messages");
        ends_right(&bed, writes, status, &direct(&bed.alice, "And another.")).await;
        assert_eq!(bed.written_to(&bed.alice).len(), 2, "{status}");
        assert_eq!(bed.threads_of(&bed.alice), [], "{status}");
    }
}

#[tokio::test]
async fn what_was_written_meanwhile_is_read_once_discord_answers() {
    for status in PAGES {
        let mut bed = Bed::new(How::Role).await;
        bed.ear_has_heard(&bed.bob).await;
        let reads = format!("/channels/{}/messages", bed.general);
        let mut written = None;
        bed.restart_after(|bed| {
            written = bed.alice.say(bed.general, "meanwhile").ok();
            bed.discord.fail_times(Matcher::of("GET", &reads), page(status), 1_000);
            bed.discord.forget_sessions();
            bed.advance(Duration::from_secs(60 * 60));
        })
        .await;
        bed.ear_has_heard(&bed.bob).await;
        let written = written.expect("a member").to_string();
        let is_it = |post: &policy::Post| (post.id.as_str() == written).then_some(());
        assert!(bed.ear().posts(is_it).is_empty(), "{status}: it cannot be read yet");
        bed.discord.stop_failing();
        let read = bed.ear().until_post("what was written", |post| post.id.as_str() == written);
        tokio::pin!(read);
        loop {
            bed.advance(Duration::from_secs(30));
            tokio::select! {
                biased;
                _ = &mut read => break,
                () = tokio::task::yield_now() => {}
            }
        }
        assert_eq!(bed.ear().posts(is_it).len(), 1, "{status}: once");
    }
}
