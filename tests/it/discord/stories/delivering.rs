//! What is in the way of a removal or a notice.

use std::time::Duration;

use fake_discord::{DmPolicy, Fault, Matcher, World};

use crate::discord::house::{House, WORST, says};

fn removals() -> Matcher {
    Matcher::of("DELETE", "/messages/")
}

#[tokio::test]
async fn an_author_who_is_quicker_answers_for_it_all_the_same() {
    let house = House::open().await;
    let (ada, general) = (house.person("ada").clone(), house.tea().general);
    house.discord.fail(removals(), Fault::Hold);
    let post = house.says("ada", WORST);
    house.discord.wait_for("a removal", |world| (world.held() > 0).then_some(())).await;
    ada.delete(general, post).expect("one's own");
    house.discord.let_go();
    house.told(&ada, "Your post was removed").await;
    let asked = house.discord.requests_of(&removals());
    assert_eq!(asked.last().and_then(|asked| asked.code), Some(10_008));
    house.settle().await;
    assert_eq!(house.strikes("ada").await, 1);
}

#[tokio::test]
async fn whoever_takes_no_letters_reads_the_notice_in_a_thread_of_their_own() {
    for policy in [DmPolicy::Closed, DmPolicy::Blocked, DmPolicy::NoMutualGuild] {
        let house = House::open().await;
        let (tea, ada, bob) = (house.tea(), house.person("ada"), house.person("bob"));
        ada.set_dms(policy);
        let post = house.says("ada", WORST);
        house.gone(tea.general, post).await;
        let in_thread = |world: &World| {
            let mut threads = world.channels_of(tea.guild.id).filter(|one| one.parent == Some(tea.private));
            threads.find_map(|thread| {
                let mut all = world.messages(thread.id);
                all.any(|message| says(message, "Your post was removed")).then_some(thread.id)
            })
        };
        let thread = house.discord.wait_for("the notice in a thread", in_thread).await;
        assert!(ada.say(thread, "I see.").is_ok(), "she is in it");
        assert!(bob.say(thread, "So do I.").is_err(), "and nobody else is");
        assert_eq!(house.letters(ada).len(), 0);
        house.settle().await;
        // It counts as served from then on.
        let notices = house.ledger().undelivered(&tea.group, 10).await.expect("they can be read");
        assert!(notices.is_empty(), "{notices:?}");
    }
}

#[tokio::test]
async fn a_removal_that_has_to_wait_is_done_once() {
    // What is short is waited for in the request, what is long by whoever delivers.
    for seconds in [1, 600] {
        for scope in ["user", "shared", "global"] {
            let house = House::open().await;
            let general = house.tea().general;
            let wait = Duration::from_secs(seconds);
            house.discord.fail(removals(), Fault::RateLimit { retry_after: wait, scope });
            let post = house.says("ada", WORST);
            let tried = |world: &World| {
                world.requests().any(|asked| asked.method == "DELETE" && asked.status.is_some()).then_some(())
            };
            house.discord.wait_for("a removal that is put off", tried).await;
            // Whoever delivers has heard of it.
            house.settle().await;
            house.pass(wait).await;
            house.gone(general, post).await;
            house.told(house.person("ada"), "Your post was removed").await;
            house.settle().await;
            let asked = house.discord.requests_of(&removals());
            assert_eq!(asked.len(), 2, "{seconds} s, {scope}");
            assert_eq!(house.strikes("ada").await, 1);
        }
    }
}
