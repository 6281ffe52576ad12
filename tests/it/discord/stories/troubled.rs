//! Days on which Discord does not answer, or says to everything that it is too much.

use std::time::Duration;

use fake_discord::{Fault, Limits, Matcher, Snowflake, World};

use crate::discord::house::{House, WORST};

const HOUR: Duration = Duration::from_secs(60 * 60);
/// Whoever asks twice a minute for a day asks no more.
const ASKED_MAX: usize = 2 * 24 * 60;

#[tokio::test]
async fn after_a_day_without_discord_all_is_judged_once_and_officers_know_of_the_gap() {
    let house = House::open().await;
    house.discord.set_limits(Limits::Generous);
    let (tea, general) = (house.tea(), house.tea().general);
    house.has_heard(tea).await;
    house.is_quiet().await;
    let before = house.discord.requests().len();
    house.discord.set_gateway(|gateway| gateway.is_down = true);
    house.discord.fail_times(Matcher::any(), Fault::CloseBeforeAnswer, u32::MAX);
    house.discord.drop_connections();
    let mut posts = Vec::new();
    for hour in 0..24 {
        if hour % 5 == 0 {
            posts.push(house.says("ada", &format!("{WORST}, and that after {hour} hours")));
        }
        // Whatever is tried again is tried in the course of it.
        for _ in 0..4 {
            house.pass(HOUR / 4).await;
        }
    }
    let asked = house.discord.requests().len() - before;
    assert!(asked < ASKED_MAX, "{asked} requests to nobody");
    assert!(posts.iter().all(|post| house.stands(*post)));

    house.discord.stop_failing();
    house.discord.set_gateway(|gateway| gateway.is_down = false);
    let gone = |posts: &[Snowflake], world: &World| {
        posts.iter().all(|it| world.message(general, *it).is_none()).then_some(())
    };
    house.in_time("that what was not heard goes", |world| gone(&posts[1..], world)).await;
    // The first may have been heard before Discord was gone: its removal was tried all day, and is again in a quarter of an
    // hour at the latest.
    for _ in 0..30 {
        house.pass_a_while().await;
    }
    house.in_time("that all of them go", |world| gone(&posts, world)).await;
    house.is_quiet().await;
    assert_eq!(house.strikes("ada").await, posts.len());
    assert_eq!(house.letters_saying(house.person("ada"), "Your post was removed"), posts.len());
    house.shown(tea.officers, "I hear this group again").await;
}

#[tokio::test]
async fn a_storm_of_too_many_requests_delays_everything_and_loses_nothing() {
    const STORM: u32 = 150;
    for scope in ["user", "shared", "global"] {
        let house = House::open().await;
        house.has_heard(house.tea()).await;
        house.is_quiet().await;
        let general = house.tea().general;
        let refused = Fault::RateLimit { retry_after: Duration::from_secs(3), scope };
        house.discord.fail_times(Matcher::any(), refused, STORM);
        let posts: Vec<_> = ["ada", "nia", "kit"]
            .into_iter()
            .map(|who| (who, house.says(who, &format!("{WORST}, says {who}"))))
            .collect();
        let gone =
            |world: &World| posts.iter().all(|(_, it)| world.message(general, *it).is_none()).then_some(());
        house.in_time("that all of them go", gone).await;
        house.is_quiet().await;
        for (who, _) in &posts {
            assert_eq!(house.strikes(who).await, 1, "{who}, {scope}");
            assert_eq!(house.letters_saying(house.person(who), "Your post was removed"), 1, "{who}, {scope}");
        }
    }
}
