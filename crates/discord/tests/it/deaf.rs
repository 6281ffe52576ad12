//! That a group is not heard is said with the reason, and its officers can be told while it lasts, where Discord still lets
//! the bot write.

use std::sync::Arc;
use std::time::Duration;

use discord::Account;
use discord::gateway::GatewayError;
use fake_discord::{Fault, Intents, Matcher};
use platform::fake::effect;
use platform::{Action, Deafness, DeliveryError, Inbound, Receipt};
use policy::{Clock as _, Letter, Timestamp};
use serde_json::json;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::bed::{Bed, How, group};
use crate::ear::{Ear, Kept};
use crate::http::TestPace;

fn deaf(inbound: &Inbound) -> Option<(Timestamp, Deafness, Option<Timestamp>)> {
    match inbound {
        Inbound::Deaf { since, why, until, group: of } if *of == group() => Some((*since, *why, *until)),
        _ => None,
    }
}

fn is_deaf(inbound: &Inbound) -> bool {
    deaf(inbound).is_some()
}

fn is_back(inbound: &Inbound) -> bool {
    matches!(inbound, Inbound::Back { .. })
}

/// Writes to the officers once the bot knows where they are.
async fn tells_officers(account: &Account) -> Receipt {
    let hands = account.outbound(&group()).expect("a group of the account");
    let action = Action::TellOfficers { letter: Letter::line("I do not hear this group.") };
    let told = async {
        loop {
            match hands.apply(effect(1), &action).await {
                Err(DeliveryError::RateLimited(_)) => tokio::task::yield_now().await,
                told => return told.expect("it is written"),
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), told).await.expect("the server becomes known")
}

/// Another run of the same bot, beside the one of the bed.
async fn another(bed: &Bed) -> (Account, Arc<Ear>) {
    (bed.open().await, Ear::new(Kept::new(bed.pace.clone())))
}

#[tokio::test]
async fn a_bot_that_may_not_hear_says_so_before_it_ends_and_officers_can_be_told() {
    let bed = Bed::new(How::Role).await;
    bed.app.set_intents(Intents::NONE);
    let (account, ear) = another(&bed).await;
    let ended = account.run(ear.clone(), CancellationToken::new()).await;
    assert!(matches!(ended, Err(GatewayError::Intents { .. })), "{ended:?}");
    let settled = ear.settled();
    let said: Vec<_> = settled.iter().filter_map(deaf).map(|(_, why, until)| (why, until)).collect();
    assert_eq!(said, [(Deafness::Intents, None)]);
    assert_eq!(tells_officers(&account).await, Receipt::Done);
    assert!(!bed.written_in(bed.officers).is_empty());
}

#[tokio::test]
async fn a_bot_that_has_to_wait_for_another_day_says_until_when_and_writes_meanwhile() {
    let bed = Bed::new(How::Role).await;
    bed.discord.set_gateway(|gateway| gateway.identifies_a_day = 1);
    let (account, ear) = another(&bed).await;
    let stop = CancellationToken::new();
    let running = {
        let (account, ear, stop) = (account.clone(), ear.clone(), stop.clone());
        TaskTracker::new().spawn(async move { account.run(ear, stop).await })
    };
    let said = ear.until("that it waits", |heard| heard.iter().find_map(deaf)).await;
    let (since, why, until) = said;
    assert_eq!((since, why), (bed.now(), Deafness::Exhausted));
    let until = until.expect("it is known");
    assert!(until > since.plus_seconds(60 * 60) && until <= since.plus_seconds(24 * 60 * 60), "{until:?}");
    assert_eq!(tells_officers(&account).await, Receipt::Done);
    assert_eq!(ear.count(is_back), 0);
    stop.cancel();
    running.await.expect("no panic").expect("it was stopped");
}

#[tokio::test]
async fn a_connection_that_is_lost_is_said_once_it_stays_lost_and_what_was_written_is_read_before_the_end_is_said()
 {
    let bed = Bed::new(How::Role).await;
    let (backs, before) = (bed.ear().count(is_back), bed.now());
    // Most go on at once, and that is nothing to speak of.
    bed.discord.drop_connections();
    bed.ear().until_more("that it goes on", backs, is_back).await;
    bed.advance(Duration::from_secs(60));
    bed.ear_has_heard(&bed.alice).await;
    assert_eq!(bed.ear().count(is_deaf), 0);

    bed.discord.set_gateway(|gateway| gateway.is_down = true);
    let (backs, lost_at) = (bed.ear().count(is_back), bed.now());
    bed.discord.drop_connections();
    bed.discord.wait_for("that it is gone", |world| (world.connected() == 0).then_some(())).await;
    let written = bed.alice.say(bed.general, "meanwhile").expect("a member");
    let (since, why, until) = {
        let said = bed.ear().until("that it is lost", |heard| heard.iter().find_map(deaf));
        tokio::pin!(said);
        loop {
            bed.advance(Duration::from_secs(5));
            tokio::select! {
                biased;
                said = &mut said => break said,
                () = tokio::task::yield_now() => {}
            }
        }
    };
    assert!(before <= since && since >= lost_at, "{since:?}");
    assert_eq!((why, until), (Deafness::Unreachable, None));

    bed.discord.set_gateway(|gateway| gateway.is_down = false);
    let heard_again = bed.ear().until_more("that it is heard again", backs, is_back);
    tokio::pin!(heard_again);
    loop {
        bed.advance(Duration::from_secs(5));
        tokio::select! {
            biased;
            () = &mut heard_again => break,
            () = tokio::task::yield_now() => {}
        }
    }
    let read = bed.ear().posts(|post| (post.id.as_str() == written.to_string()).then_some(()));
    assert_eq!(read.len(), 1, "it was read before");
}

#[tokio::test]
async fn a_server_that_discord_does_not_have_at_hand_is_not_heard() {
    let bed = Bed::new(How::Role).await;
    let backs = bed.ear().count(is_back);
    bed.guild.set_unavailable(true);
    let said = bed.ear().until("that it is away", |heard| heard.iter().find_map(deaf)).await;
    assert_eq!(said.1, Deafness::Unreachable);
    bed.guild.set_unavailable(false);
    bed.ear().until_more("that it is there", backs, is_back).await;
}

#[tokio::test]
async fn a_bot_that_cannot_be_opened_yet_says_that_it_hears_nothing() {
    let bed = Bed::new(How::Role).await;
    let (awaited, ear) = (bed.awaited(), Ear::new(Kept::new(bed.pace.clone())));
    bed.discord.fail_times(Matcher::of("GET", "/users/@me"), Fault::CloseBeforeAnswer, 4);
    let stop = CancellationToken::new();
    let running = {
        let (ear, stop) = (ear.clone(), stop.clone());
        TaskTracker::new().spawn(async move { awaited.run(ear, stop).await })
    };
    let said = ear.until("that it is not heard", |heard| heard.iter().find_map(deaf)).await;
    assert_eq!(said.1, Deafness::Unreachable);
    ear.until("that it is", |heard| heard.iter().any(is_back).then_some(())).await;
    assert_eq!(ear.count(is_deaf), 1);
    stop.cancel();
    running.await.expect("no panic").expect("it was stopped");
}

#[tokio::test]
async fn a_bot_that_is_asked_to_wait_before_it_is_opened_waits_so_long() {
    const WAIT: Duration = Duration::from_secs(3_600);
    let bed = Bed::new(How::Role).await;
    let me = Matcher::of("GET", "/users/@me");
    bed.discord.fail_times(me.clone(), Fault::RateLimit { retry_after: WAIT, scope: "global" }, 1);
    // It is asked once more whether that is so.
    bed.discord.fail_times(me, Fault::Status(401, json!({ "message": "401: Unauthorized", "code": 0 })), 2);
    let pace = TestPace::jumping();
    let ear = Ear::new(Kept::new(bed.pace.clone()));
    let ended = bed.awaited_at(pace.clone()).run(ear, CancellationToken::new()).await;
    assert!(matches!(ended, Err(GatewayError::Token)), "{ended:?}");
    assert!(pace.steady_ms() >= 3_600_000, "{:?}", pace.jumped());
}
