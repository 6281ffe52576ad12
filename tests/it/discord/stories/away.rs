//! What happens while nobody listens.

use std::time::Duration;

use fake_discord::{ChannelKind, Limits, Snowflake, World};

use crate::discord::house::{House, WORST};

/// Longer than the fake asks for signs of life.
const HEARTBEAT: Duration = Duration::from_secs(45);

/// For so many whiles at most another session is waited for.
const WAITS_MAX: usize = 100;

/// How often clients went on with a session, and began one.
fn sessions(house: &House) -> (usize, usize) {
    let frames = house.discord.frames();
    let count = |op| frames.iter().filter(|frame| frame.op == op).count();
    (count(6), count(2))
}

#[tokio::test]
async fn what_happened_while_nobody_listened_is_judged() {
    for is_forgotten in [false, true] {
        let mut house = House::open().await;
        // Sessions are counted: a catch-up that waits for limits takes minutes of a time with which answers do not keep up.
        house.discord.set_limits(Limits::Generous);
        let general = house.tea().general;
        let forum = house.tea().guild.channel_of(ChannelKind::Forum, "questions");
        let old = house.says("ada", "all is well");
        let thread = house.person("ada").thread(general, "a thread", None).expect("a member");
        house.has_heard(house.tea()).await;
        house.settle().await;
        let mut bad: Vec<(&str, Snowflake, Snowflake)> = Vec::new();
        let mut titled = None;
        house
            .restart_after(|house| {
                let ada = house.person("ada");
                bad.push(("a post", general, ada.say(general, WORST).expect("a member")));
                ada.edit(general, old, &format!("all is {WORST}")).expect("one's own");
                bad.push(("an edit", general, old));
                bad.push(("a post in a thread", thread, ada.say(thread, WORST).expect("a member")));
                let fresh = ada.thread(general, "a new thread", None).expect("a member");
                bad.push(("a post in a new thread", fresh, ada.say(fresh, WORST).expect("a member")));
                let put_away = ada.thread(general, "put away", None).expect("a member");
                bad.push((
                    "a post in a thread put away",
                    put_away,
                    ada.say(put_away, WORST).expect("a member"),
                ));
                ada.archive(put_away, true).expect("one's own");
                titled = Some(ada.forum_post(forum, WORST, "I only ask").expect("a member"));
                let made = house.tea().guild.channel("made-meanwhile");
                bad.push(("a post in a new channel", made, ada.say(made, WORST).expect("a member")));
                ada.nick(&house.tea().guild, Some(WORST)).expect("one's own");
                if is_forgotten {
                    house.discord.forget_sessions();
                }
            })
            .await;
        for (what, channel, message) in &bad {
            let gone = |world: &World| world.message(*channel, *message).is_none().then_some(());
            house.in_time(&format!("{what} goes, forgotten: {is_forgotten}"), gone).await;
        }
        let (server, ada) = (house.tea().guild.id, house.person("ada").id);
        let renamed = |world: &World| {
            let nick = world.member(server, ada)?.nick.clone();
            let title = world.channel(titled?)?.name.clone();
            (nick.as_deref() != Some(WORST) && title != WORST).then_some(())
        };
        house.in_time("that names go", renamed).await;
        house.settle().await;
        // Who gave a title that is only found, the audit log says.
        assert_eq!(house.strikes("ada").await, bad.len() + 2, "forgotten: {is_forgotten}");
        let (resumed, begun) = sessions(&house);
        assert_eq!((resumed, begun), (1, 1 + usize::from(is_forgotten)));
    }
}

#[tokio::test]
async fn whatever_ends_a_session_nothing_is_missed() {
    let house = House::open().await;
    let general = house.tea().general;
    type End<'a> = (&'a str, &'a dyn Fn(), bool);
    let ends: [End<'_>; 7] = [
        ("a connection that broke", &|| house.discord.drop_connections(), true),
        ("a connection that was closed", &|| house.discord.close_connections(4000), true),
        ("asked to come back", &|| house.discord.ask_to_reconnect(), true),
        ("turned down for now", &|| house.discord.invalidate_sessions(true), true),
        ("turned down for good", &|| house.discord.invalidate_sessions(false), false),
        ("a session that timed out", &|| house.discord.close_connections(4009), false),
        (
            "a session that nobody knows any more",
            &|| {
                house.discord.drop_connections();
                house.discord.forget_sessions();
            },
            false,
        ),
    ];
    let mut wanted = sessions(&house);
    for (struck, (what, end, goes_on)) in (1..).zip(ends) {
        // Sessions are begun a few seconds apart.
        house.pass_a_while().await;
        end();
        let post = house.says("ada", WORST);
        let gone = |world: &World| world.message(general, post).is_none().then_some(());
        house.in_time(what, gone).await;
        house.settle().await;
        assert_eq!(house.strikes("ada").await, struck, "{what}");
        // What came before the connection was lost is dealt with at once; the next one may only be lost once it is there.
        *if goes_on { &mut wanted.0 } else { &mut wanted.1 } += 1;
        let mut waits = 0;
        while sessions(&house).0 < wanted.0 || sessions(&house).1 < wanted.1 {
            waits += 1;
            assert!(waits < WAITS_MAX, "{what}: {wanted:?}, and there were {:?}", sessions(&house));
            house.pass_a_while().await;
        }
    }
}

#[tokio::test]
async fn a_connection_that_hears_nothing_is_left_for_another() {
    let house = House::open().await;
    let general = house.tea().general;
    house.discord.play_dead();
    let beats = house.discord.see(World::heartbeats);
    house.pass(HEARTBEAT).await;
    let beaten = |world: &World| (world.heartbeats() > beats).then_some(());
    house.discord.wait_for("a sign of life", beaten).await;
    let post = house.says("ada", WORST);
    house.pass(HEARTBEAT).await;
    let went_on =
        |world: &World| world.application(house.app.id).filter(|app| !app.resumes.is_empty()).map(|_| ());
    house.discord.wait_for("another connection", went_on).await;
    house.gone(general, post).await;
}

#[tokio::test]
async fn a_restart_in_the_middle_of_a_burst_loses_nothing_and_repeats_nothing() {
    let mut house = House::open().await;
    let general = house.tea().general;
    let mut posts = Vec::new();
    for number in 0..30 {
        posts.push(house.says("ada", &format!("{WORST} {number}")));
        if number % 10 == 5 {
            // The first of them has gone, others are on their way.
            house.gone(general, posts[number]).await;
            house.restart_after(|_| {}).await;
        }
    }
    for post in &posts {
        let gone = |world: &World| world.message(general, *post).is_none().then_some(());
        house.in_time("that a post goes", gone).await;
    }
    house.pass_a_while().await;
    assert_eq!(house.strikes("ada").await, posts.len());
    let letters = house.letters(house.person("ada"));
    let told = letters.iter().filter(|letter| letter.content.contains("Your post was removed")).count();
    assert_eq!(told, posts.len(), "each is told once");
}

#[tokio::test]
async fn put_out_and_let_in_again_it_judges_what_it_missed() {
    let house = House::open().await;
    let (tea, general) = (house.tea(), house.tea().general);
    house.has_heard(tea).await;
    tea.guild.remove_bot(&house.app);
    let post = house.says("ada", WORST);
    house.pass_a_while().await;
    assert!(house.stands(post), "nobody is there to remove it");
    tea.invite(&house.app);
    house.gone(general, post).await;
    house.pass_a_while().await;
    house.told(house.person("ada"), "Your post was removed").await;
    assert_eq!(house.strikes("ada").await, 1);
}
