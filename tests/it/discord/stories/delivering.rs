//! What is in the way of a removal or a notice.

use std::time::Duration;

use fake_discord::{Asked, DmPolicy, Fault, Matcher, World};
use policy::PostId;

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
        let thread = house.in_time("the notice in a thread", in_thread).await;
        assert!(ada.say(thread, "I see.").is_ok(), "she is in it");
        let appeal = format!("appeal B-0001 {WORST} was meant kindly");
        let appeal = ada.say(thread, &appeal).expect("she is in it");
        assert!(bob.say(thread, "So do I.").is_err(), "and nobody else is");
        assert_eq!(house.letters(ada).len(), 0);
        house.settle().await;
        let lodged = |world: &World| {
            let mut all = world.messages(thread);
            all.any(|message| message.author == house.app.bot && says(message, "Your appeal")).then_some(())
        };
        house.discord.wait_for("that the appeal is answered where it was written", lodged).await;
        assert!(house.discord.messages(thread).iter().any(|message| message.id == appeal), "it is no post");
        assert_eq!(house.strikes("ada").await, 1);
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

/// Posts of many, in one channel, at once: everything goes and everybody is told, within the limits all the while.
#[tokio::test]
async fn a_raid_is_cleared_away_before_whoever_came_is_written_to() {
    const RAIDERS: usize = 20;
    const POSTS: usize = 200;
    let house = House::open().await;
    house.without_breaker().await;
    let (group, general) = (house.tea().group.clone(), house.tea().general);
    let raiders: Vec<_> =
        (0..RAIDERS).map(|number| house.tea().guild.member(&format!("raider {number}"))).collect();
    house.has_heard(house.tea()).await;
    house.is_quiet().await;
    let before = house.discord.requests().len();
    house.discord.fail(removals(), Fault::Hold);
    let posts: Vec<_> = (0..POSTS)
        .map(|number| raiders[number % RAIDERS].say(general, &format!("{WORST} {number}")))
        .map(|said| said.expect("a member"))
        .collect();
    house.discord.wait_for("a removal", |world| (world.held() > 0).then_some(())).await;
    for post in &posts {
        let post = PostId::new(post.to_string()).expect("a valid id");
        while house.ledger().case_of_post(&group, &post).await.expect("it can be read").is_none() {
            tokio::task::yield_now().await;
        }
    }
    house.discord.let_go();
    let cleared =
        |world: &World| posts.iter().all(|post| world.message(general, *post).is_none()).then_some(());
    house.in_time("that all go", cleared).await;
    let told = || raiders.iter().map(|raider| house.letters_saying(raider, "Your post was removed"));
    for raider in &raiders {
        let all = |world: &World| {
            let dm = world.dm(house.app.bot, raider.id)?;
            let told = world.messages(dm.id).filter(|one| says(one, "Your post was removed")).count();
            (told >= POSTS / RAIDERS).then_some(())
        };
        house.in_time("the last letter", all).await;
    }
    house.is_quiet().await;
    assert!(
        told().all(|times| times == POSTS / RAIDERS),
        "of each post, once: {:?}",
        told().collect::<Vec<_>>()
    );

    let asked = house.discord.requests().split_off(before);
    let bulk = Matcher::of("POST", "/bulk-delete");
    let is_bulk = |asked: &Asked| bulk.fits(&asked.method, &asked.path);
    let is_removal = |asked: &Asked| is_bulk(asked) || removals().fits(&asked.method, &asked.path);
    let together = asked.iter().filter(|asked| is_bulk(asked));
    let most = together.filter_map(|asked| asked.body["messages"].as_array().map(Vec::len)).max();
    assert_eq!(most, Some(100), "as many go together as may");
    let directs: Vec<_> = raiders
        .iter()
        .filter_map(|raider| house.discord.see(|world| world.dm(house.app.bot, raider.id).map(|dm| dm.id)))
        .map(|dm| Matcher::of("POST", &format!("/channels/{dm}/messages")))
        .collect();
    let is_letter = |asked: &Asked| directs.iter().any(|direct| direct.fits(&asked.method, &asked.path));
    let removals = asked.iter().filter(|asked| is_removal(asked)).count();
    let last = asked.iter().rposition(is_removal).expect("they went");
    let early = asked[..last].iter().filter(|asked| is_letter(asked)).count();
    // Beside a removal that is under way, one letter may be. How many go together depends on how fast this machine is.
    assert!(early <= removals && removals < POSTS / 2, "{early} letters among {removals} removals");
    let too_often = asked.iter().filter(|asked| asked.status == Some(429)).count();
    assert_eq!(too_often, 0, "nothing is asked too often");
}

/// Whoever takes no private messages and can be given no thread is told with the answer to what they ask next, and not with
/// one they had asked before.
#[tokio::test]
async fn whoever_can_be_reached_nowhere_reads_the_notice_when_they_next_turn_to_the_bot() {
    let house = House::open().await;
    let (tea, ada) = (house.tea(), house.person("ada"));
    ada.set_dms(DmPolicy::Closed);
    house.refuse(Matcher::of("POST", "/threads"), 403, 50_013, 1);
    let before = house.ask(|| ada.use_command(&house.app, tea.general, "help", &[]));
    house.answer(before).await;
    house.pass(Duration::from_secs(60)).await;
    let post = house.says("ada", WORST);
    house.gone(tea.general, post).await;
    house.settle().await;
    let undelivered =
        async || house.ledger().undelivered(&tea.group, 10).await.expect("they can be read").len();
    assert_eq!(undelivered().await, 1, "an answer from before is no place for it");
    let asked = house.ask(|| ada.use_command(&house.app, tea.general, "help", &[]));
    let answer = house.answer(asked).await;
    house.settle().await;
    let followups = house.discord.see(|world| {
        let shown = world.interaction(asked).map(|it| it.followups.clone()).unwrap_or_default();
        shown
            .iter()
            .filter_map(|id| world.message(tea.general, *id))
            .map(|it| it.content.replace('\\', ""))
            .collect::<Vec<_>>()
    });
    let told =
        followups.iter().any(|it| it.contains("does not reach me") && it.contains("Your post was removed"));
    assert!(told, "{answer}: {followups:#?}");
    assert_eq!(undelivered().await, 0);
}
