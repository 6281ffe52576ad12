//! Kept out, and let in again: by the ledger, and by people who do it themselves.

use fake_discord::{Matcher, World};

use crate::discord::house::{DAY, House, How, says};

const TERM: u32 = 30;

fn days(count: u32) -> std::time::Duration {
    DAY * count
}

#[tokio::test]
async fn whose_time_was_over_while_the_bot_was_away_is_let_in_when_it_is_back() {
    for how in [How::Role, How::Ban] {
        let mut house = House::open_with(how).await;
        house.suspend("ada").await;
        house.restart_after(|house| house.discord.advance(days(TERM - 2))).await;
        house.pass_a_while().await;
        assert!(house.is_out("ada"), "not before it is over: {how:?}");
        house.restart_after(|house| house.discord.advance(days(4))).await;
        house.pass_a_while().await;
        let is_in = |world: &World| (!house.is_out_in(world, "ada")).then_some(());
        house.in_time("that she is let in", is_in).await;
        match how {
            How::Role => drop(house.told(house.person("ada"), "Welcome back").await),
            // Nobody can write to whoever is in no common server: officers are given the invitation.
            How::Ban => house.person("ada").join(&house.tea().guild).expect("she is not banned"),
        }
        house.says("ada", "glad to be back");
        house.restart_after(|_| {}).await;
        house.pass_a_while().await;
        let welcomes = house.letters_saying(house.person("ada"), "Welcome back");
        assert!(welcomes <= 1 && (how == How::Ban || welcomes == 1), "{how:?}: {welcomes}");
        assert_eq!(house.sanction(4).await.map(|it| it.state.word()), Some("ended"), "{how:?}");
    }
}

#[tokio::test]
async fn discord_being_down_when_a_ban_ends_puts_it_off() {
    let house = House::open_with(How::Ban).await;
    house.suspend("ada").await;
    house.refuse(Matcher::of("DELETE", "/bans/"), 503, 0, 20);
    house.pass(days(TERM + 1)).await;
    house.pass_a_while().await;
    assert!(house.is_out("ada"));
    house.discord.stop_failing();
    house.pass(days(1)).await;
    house.comes_back_in("ada").await;
    house.person("ada").join(&house.tea().guild).expect("she is not banned");
}

#[tokio::test]
async fn a_ban_by_hand_outlasts_the_suspension() {
    let mut house = House::open().await;
    house.suspend("ada").await;
    let (owner, ada) = (house.tea().guild.owner.clone(), house.person("ada").clone());
    owner.ban(&house.tea().guild, ada.id, Some("for good")).expect("an owner may");
    house.shown(house.tea().officers, "B-0004").await;
    house.restart_after(|house| house.discord.advance(days(TERM + 1))).await;
    for _ in 0..3 {
        house.pass(days(1)).await;
    }
    let is_banned = |world: &World| world.guild(house.tea().guild.id).map(|it| it.bans.contains_key(&ada.id));
    assert_eq!(house.discord.see(is_banned), Some(true), "an old term lifts no newer ban");
    assert!(house.discord.requests_of(&Matcher::of("DELETE", "/bans/")).is_empty());
    assert_eq!(house.letters_saying(&ada, "Welcome back"), 0, "nobody is welcomed who cannot come in");
}

#[tokio::test]
async fn a_ban_by_hand_in_the_place_of_ours_is_theirs() {
    let house = House::open_with(How::Ban).await;
    house.suspend("ada").await;
    let (owner, ada) = (house.tea().guild.owner.clone(), house.person("ada").clone());
    // In Discord's own window the one is lifted and the other made.
    owner.unban(&house.tea().guild, ada.id).expect("an owner may");
    owner.ban(&house.tea().guild, ada.id, Some("for good")).expect("an owner may");
    house.has_heard(house.tea()).await;
    house.pass(days(TERM + 1)).await;
    house.pass_a_while().await;
    assert!(house.is_out("ada"), "an old term lifts no newer ban");
    assert!(house.discord.requests_of(&Matcher::of("DELETE", "/bans/")).is_empty());
}

#[tokio::test]
async fn whoever_is_let_in_by_hand_stays_in() {
    for how in [How::Role, How::Ban] {
        let mut house = House::open_with(how).await;
        house.suspend("ada").await;
        let (owner, ada) = (house.tea().guild.owner.clone(), house.person("ada").clone());
        let before = house.discord.messages(house.tea().officers).len();
        match how {
            How::Role => {
                owner.take_role(&house.tea().guild, ada.id, house.tea().suspended).expect("an owner may");
            }
            How::Ban => {
                owner.unban(&house.tea().guild, ada.id).expect("an owner may");
                ada.join(&house.tea().guild).expect("she is not banned");
            }
        }
        house.has_heard(house.tea()).await;
        house.settle().await;
        let told = house.discord.messages(house.tea().officers);
        let news = told.iter().skip(before).filter(|message| says(message, "B-0004")).count();
        assert!(news > 0, "officers hear of it: {how:?} {told:#?}");
        house.restart_after(|_| {}).await;
        house.pass(days(1)).await;
        if how == How::Role {
            assert!(!house.is_out("ada"), "what people did is theirs");
        }
        house.pass(days(TERM)).await;
        house.pass_a_while().await;
        assert!(!house.is_out("ada"), "{how:?}");
    }
}

#[tokio::test]
async fn whoever_is_suspended_comes_back_suspended() {
    let house = House::open().await;
    house.suspend("ada").await;
    let (tea, ada) = (house.tea(), house.person("ada"));
    for _ in 0..3 {
        ada.leave(&tea.guild);
        ada.join(&tea.guild).expect("she is not banned");
        let is_out = |world: &World| house.is_out_in(world, "ada").then_some(());
        house.discord.wait_for("that she is put out again", is_out).await;
        assert!(ada.say(tea.general, "hello").is_err());
    }
    assert_eq!(house.letters_saying(ada, "You are suspended"), 1, "she is told once");
    house.pass(days(TERM + 1)).await;
    house.comes_back_in("ada").await;
    ada.say(tea.general, "hello").expect("a member");
}

#[tokio::test]
async fn what_roles_are_called_makes_no_difference() {
    let mut house = House::open().await;
    for role in [house.tea().suspended, house.tea().moderators] {
        house.tea().guild.rename_role(role, "Something else");
    }
    house.suspend("ada").await;
    house.tea().guild.rename_role(house.tea().suspended, "On leave");
    house.restart_after(|_| {}).await;
    house.pass(days(TERM + 1)).await;
    house.comes_back_in("ada").await;
    assert!(!house.command("mo", "queue", &[]).await.contains("do not hold"));
}
