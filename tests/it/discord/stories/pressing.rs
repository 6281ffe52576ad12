//! Who presses what, and when.

use fake_discord::World;
use serde_json::json;

use crate::discord::house::{DAY, House, STRONG, WORST};

/// A hidden post of ada's, which is file 1, and the board on which it stands.
async fn hidden(house: &House) -> fake_discord::Message {
    let post = house.says("ada", STRONG);
    house.gone(house.tea().general, post).await;
    // A board is not written anew at every turn.
    house.pass_a_while().await;
    house.shown(house.tea().officers, "What waits for the moderators").await
}

#[tokio::test]
async fn buttons_are_carried_out_for_those_who_may_and_no_others() {
    let house = House::open().await;
    let tea = house.tea();
    let board = hidden(&house).await;
    // Whatever Discord lets them see: the accused, and somebody who holds no office.
    for name in ["ada", "bob"] {
        tea.guild.give(tea.person(name), tea.moderators);
    }
    house.is_quiet().await;
    let before = house.record().await;
    for name in ["ada", "bob"] {
        for label in ["Confirm B-0001", "Restore B-0001"] {
            let answer = house.presses_and_writes(tea.person(name), &board, label).await;
            assert!(
                answer.contains("for officers") && answer.contains("Nothing was changed"),
                "{name}: {answer}"
            );
        }
        let looked = house.presses(tea.person(name), &board, "Look at B-0001");
        let answer = house.answer(looked).await;
        assert!(answer.contains("which you do not hold") && !answer.contains(STRONG), "{name}: {answer}");
    }
    // An office, but another.
    let answer = house.presses_and_writes(tea.person("ed"), &board, "Confirm B-0001").await;
    assert!(answer.contains("which you do not hold"), "{answer}");
    house.recorded_nothing_since(&before, "by nobody who may").await;

    let answer = house.presses_and_writes(tea.person("nia"), &board, "Confirm B-0001").await;
    assert!(answer.contains("B-0001"), "{answer}");
    house.told(tea.person("ada"), "Your hidden post stays away").await;
    assert_eq!(house.strikes("ada").await, 1);
}

#[tokio::test]
async fn nobody_decides_about_their_own_post() {
    let house = House::open().await;
    let post = house.says("mo", STRONG);
    house.gone(house.tea().general, post).await;
    house.settle().await;
    house.is_quiet().await;
    let before = house.record().await;
    for command in ["confirm", "restore", "void", "case"] {
        let answer = house.command("mo", command, &[("case", json!("B-0001"))]).await;
        let is_refused =
            answer.contains("your own post") || answer.contains("you have a part in this matter");
        assert!(is_refused && !answer.contains(STRONG), "{command}: {answer}");
    }
    house.recorded_nothing_since(&before, "by nobody who may").await;
    let for_all = house.discord.messages(house.tea().officers);
    let mut for_all = for_all.iter().filter(|message| message.only_for.is_none());
    assert!(for_all.all(|message| !message.content.contains("B-0001")), "nor reads of it where all do");
}

#[tokio::test]
async fn pressed_by_two_at_once_it_is_done_once() {
    let house = House::open().await;
    let board = hidden(&house).await;
    let (nia, asha) = (house.person("nia"), house.person("asha"));
    let (one, other) =
        (house.presses(nia, &board, "Confirm B-0001"), house.presses(asha, &board, "Confirm B-0001"));
    tokio::join!(house.answer(one), house.answer(other));
    let (one, other) = (house.sends(nia, one), house.sends(asha, other));
    let (one, other) = tokio::join!(house.answer(one), house.answer(other));
    house.settle().await;
    assert_eq!(house.strikes("ada").await, 1);
    assert_eq!(house.letters_saying(house.person("ada"), "Your hidden post stays away"), 1);
    let refused = [&one, &other].into_iter().filter(|answer| answer.contains("Nothing was changed")).count();
    assert_eq!(refused, 1, "whoever came later is told: {one}\n{other}");
}

#[tokio::test]
async fn a_button_of_two_years_ago_says_that_there_is_nothing() {
    let house = House::open().await;
    let (tea, ada) = (house.tea(), house.person("ada"));
    let post = house.says("ada", WORST);
    house.gone(tea.general, post).await;
    let notice = house.told(ada, "Your post was removed").await;
    house.settle().await;
    for _ in 0..27 {
        house.pass(DAY * 30).await;
    }
    assert!(house.case(1).await.is_none(), "it has had its time");
    house.is_quiet().await;
    let before = house.record().await;
    let answer = house.presses_and_writes(ada, &notice, "Appeal B-0001").await;
    assert!(answer.contains("B-0001") && answer.contains("no "), "{answer}");
    for told in house.discord.messages(tea.officers) {
        let rows = told.components.iter().flat_map(|row| row["components"].as_array().into_iter().flatten());
        for label in rows.filter_map(|button| button["label"].as_str()) {
            let answer = house.presses_and_writes(tea.person("nia"), &told, label).await;
            assert!(answer.contains("There is no"), "{label}: {answer}");
        }
    }
    house.recorded_nothing_since(&before, "by nobody who may").await;
}

#[tokio::test]
async fn whoever_lost_the_office_while_they_wrote_is_refused() {
    let house = House::open().await;
    let (board, nia) = (hidden(&house).await, house.person("nia"));
    let pressed = house.presses(nia, &board, "Confirm B-0001");
    house.answer(pressed).await;
    house.dismiss("nia").await;
    house.is_quiet().await;
    let before = house.record().await;
    let answer = house.writes(nia, pressed).await;
    assert!(answer.contains("which you do not hold"), "{answer}");
    house.recorded_nothing_since(&before, "by nobody who may").await;
    // And no form is opened any more.
    let board = house.shown(house.tea().officers, "What waits for the moderators").await;
    let answer = house.presses_and_writes(nia, &board, "Confirm B-0001").await;
    assert!(answer.contains("for officers"), "{answer}");
}

#[tokio::test]
async fn the_signature_of_whoever_left_counts_no_more() {
    let house = House::open().await;
    house.propose_suspension("ada").await;
    let answer = house.signs("asha", 4, "suspension").await;
    assert!(answer.contains("1 of 2"), "{answer}");
    house.dismiss("asha").await;
    house.person("asha").leave(&house.tea().guild);
    let answer = house.signs("kit", 4, "suspension").await;
    assert!(answer.contains("1 of 2"), "{answer}");
    house.settle().await;
    assert!(!house.is_out("ada"));
    let answer = house.signs("sam", 4, "suspension").await;
    assert!(answer.contains("a suspension is decided"), "{answer}");
    let is_out = |world: &World| house.is_out_in(world, "ada").then_some(());
    house.discord.wait_for("that she is put out", is_out).await;
}
