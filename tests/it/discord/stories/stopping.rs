//! Words that Discord itself stops at the group's behest, and words that are tried on what stands.

use fake_discord::{Permissions, World};
use serde_json::json;

use crate::discord::house::{House, MEDIUM, STRONG, WORST, says};

/// What the bot's own rule stops; nothing where it has none.
fn stopped(house: &House, world: &World) -> Vec<String> {
    let rules = world.guild(house.tea().guild.id).map(|guild| guild.automod.values().cloned());
    let mine = rules.into_iter().flatten().filter(|rule| rule["creator_id"] == json!(house.app.bot));
    let words = mine.flat_map(|rule| rule["trigger_metadata"]["keyword_filter"].as_array().cloned());
    words.flatten().filter_map(|word| word.as_str().map(str::to_owned)).collect()
}

async fn stops(house: &House, want: &[&str]) {
    house.settle().await;
    let is_so = |world: &World| (stopped(house, world) == want).then_some(());
    house.discord.wait_for(&format!("that {want:?} is stopped"), is_so).await;
}

#[tokio::test]
async fn what_is_stopped_before_anybody_sees_it_is_told_counted_and_appealed_like_any_post() {
    let house = House::open_stopping().await;
    let (tea, ada) = (house.tea(), house.person("ada"));
    let worst = format!("*{WORST}*");
    stops(&house, &[&worst]).await;
    let tried = format!("you {WORST}!");
    for _ in 0..2 {
        assert!(ada.say(tea.general, &tried).is_err(), "nobody sees it");
    }
    let letter = house.told(ada, "Your post was removed. Case B-0001").await;
    assert!(says(&letter, "Nobody else saw it."), "{}", letter.content);
    assert!(says(&letter, &tried), "it says what: {}", letter.content);
    house.shown(tea.officers, "stopped before anybody saw it").await;
    house.settle().await;
    assert_eq!(house.strikes("ada").await, 1, "tried twice, it is one");
    assert_eq!(house.letters_saying(ada, "Your post was removed"), 1);

    // What needs its sentence, or a person, is judged where it stands.
    let hidden = house.says("ada", &format!("such a {STRONG}"));
    house.gone(tea.general, hidden).await;

    let before = house.letters(ada).len();
    ada.dm(&house.app, "appeal B-0001 It is the name of a star.").expect("they may write");
    house.answered_by_letter(ada, before).await;
    let options = [("case", json!("B-0001")), ("ruling", json!("accept")), ("reason", json!("So it is."))];
    house.command("mo", "decide", &options).await;
    let put_up = house.shown(tea.general, &tried).await;
    assert_eq!(put_up.author, house.app.bot);
    house.settle().await;
    assert_eq!(house.strikes("ada").await, 0);
    let (case, _) = (house.case(1).await.expect("it stays on record"), ());
    assert_eq!(case.state.word(), "restored");
}

#[tokio::test]
async fn what_admins_change_changes_what_is_stopped() {
    let mut house = House::open_stopping().await;
    let worst = format!("*{WORST}*");
    stops(&house, &[&worst]).await;
    let word = [
        ("grade", json!("strongest")),
        ("category", json!("general")),
        ("matching", json!("word")),
        ("term", json!("zzyzx")),
    ];
    let answer = house.command("asha", "wordlist add", &word).await;
    assert!(answer.contains("Added"), "{answer}");
    stops(&house, &[&worst, "*zzyzx*"]).await;
    house.command("asha", "mode", &[("mode", json!("shadow"))]).await;
    stops(&house, &[]).await;
    let seen = house.says("ada", &format!("you {WORST}"));
    house.shown(house.tea().officers, "(shadow) would delete").await;
    assert!(house.stands(seen), "in shadow mode nothing is stopped and nothing goes");
    house.command("asha", "mode", &[("mode", json!("live"))]).await;
    stops(&house, &[&worst, "*zzyzx*"]).await;
    // Somebody takes the rule away in the server's settings; another start makes it anew.
    let guild = house.tea().guild.id;
    let rule =
        house.discord.see(|world| world.guild(guild).and_then(|guild| guild.automod.keys().next().copied()));
    house.restart_after(|house| house.tea().guild.remove_filter(rule.expect("the bot's own"))).await;
    stops(&house, &[&worst, "*zzyzx*"]).await;
}

#[tokio::test]
async fn what_a_rule_of_peoples_stops_as_well_is_one_case_whichever_is_told_of_first() {
    let house = House::open_stopping().await;
    let (tea, worst) = (house.tea(), format!("*{WORST}*"));
    stops(&house, &[&worst]).await;
    tea.guild.filter("Swearing", &[&worst], Some(tea.officers), &[]);
    for name in ["ada", "bob"] {
        let person = house.person(name);
        // One that the bot would let stand: it finds the word by itself alone.
        for tried in [format!("you {WORST}!"), format!("xq{WORST}zz")] {
            assert!(person.say(tea.general, &tried).is_err(), "nobody sees it");
        }
        house.told(person, "Your post was removed").await;
        house.told(person, "Your post is hidden for now").await;
        house.settle().await;
        assert_eq!(house.strikes(name).await, 1, "{name}");
        assert_eq!(house.letters_saying(person, "Your post was removed"), 1, "{name}");
        assert_eq!(house.letters_saying(person, "Your post is hidden for now"), 1, "{name}");
        // The bot's own rule is made anew, and so told of after people's.
        house.command("asha", "mode", &[("mode", json!("shadow"))]).await;
        stops(&house, &[]).await;
        house.command("asha", "mode", &[("mode", json!("live"))]).await;
        stops(&house, &[&worst]).await;
    }
    let mut cases = 0;
    for number in 1..12 {
        cases += usize::from(house.case(number).await.is_some());
    }
    assert_eq!(cases, 4, "of two members two each");
}

#[tokio::test]
async fn an_everyday_word_that_trips_the_breaker_is_stopped_no_more_until_an_admin_says_so() {
    let house = House::open_stopping().await;
    house.breaks_at(3).await;
    let (tea, worst) = (house.tea(), format!("*{WORST}*"));
    let word = [
        ("grade", json!("strongest")),
        ("category", json!("general")),
        ("matching", json!("word")),
        ("term", json!("zzyzx")),
    ];
    house.command("asha", "wordlist add", &word).await;
    stops(&house, &[&worst, "*zzyzx*"]).await;
    for name in ["ada", "bob", "mo"] {
        let tried = house.person(name).say(tea.general, &format!("a zzyzx, says {name}"));
        assert!(tried.is_err(), "nobody sees it");
    }
    house.shown(tea.officers, "The BREAKER has tripped").await;
    stops(&house, &[]).await;
    let seen = house.says("ada", "a zzyzx again");
    house.shown(tea.officers, "standing, flagged").await;
    assert!(house.stands(seen));
    house.settle().await;
    assert_eq!(house.letters_saying(house.person("ada"), "Your post was removed"), 1);
    assert!(house.command("asha", "breaker reset", &[]).await.contains("takes posts away again"));
    stops(&house, &[&worst, "*zzyzx*"]).await;
}

#[tokio::test]
async fn a_word_is_tried_on_what_stands_and_nothing_of_it_is_kept() {
    let house = House::open().await;
    let tea = house.tea();
    house.says("ada", "you zzyzx");
    house.says("bob", "a zzyzx, I think");
    house.says("ada", &format!("such a {MEDIUM}"));
    house.says("bob", "good morning");
    house.has_heard(tea).await;
    house.settle().await;
    let before = house.record().await;
    let term = ("term", json!("zzyzx"));
    let options = [term, ("messages", json!(100)), ("grade", json!("strong"))];
    let answer = house.command("asha", "wordlist preview", &options).await;
    assert!(answer.contains("of the latest 4 posts"), "{answer}");
    assert!(answer.contains("By it alone: 0 would have been flagged, 2 hidden, 0 deleted"), "{answer}");
    assert!(answer.contains("you zzyzx"), "{answer}");
    house.recorded_nothing_since(&before, "a word that was tried").await;
    assert!(!house.record().await.iter().any(|row| row.contains("zzyzx")));
}

#[tokio::test]
async fn a_word_is_tried_on_nothing_that_the_admin_does_not_see() {
    let house = House::open().await;
    let (tea, bob) = (house.tea(), house.person("bob"));
    let council = tea.guild.channel("council");
    for whom in [house.app.bot, bob.id] {
        tea.guild.overwrite(council, whom, Permissions::VIEW_CHANNEL, Permissions::NONE);
    }
    tea.guild.overwrite(council, tea.guild.id, Permissions::NONE, Permissions::VIEW_CHANNEL);
    bob.say(council, "you zzyzx, in confidence").expect("they are let in");
    house.says("ada", "you zzyzx");
    house.has_heard(tea).await;
    let options = [("term", json!("zzyzx")), ("messages", json!(100)), ("grade", json!("strong"))];
    let answer = house.command("asha", "wordlist preview", &options).await;
    assert!(answer.contains("of the latest 1 post in"), "{answer}");
    assert!(!answer.contains("confidence"), "{answer}");
    assert!(answer.contains("1 channel that you cannot see"), "{answer}");
    tea.guild.overwrite(council, house.person("asha").id, Permissions::VIEW_CHANNEL, Permissions::NONE);
    house.has_heard(tea).await;
    let answer = house.command("asha", "wordlist preview", &options).await;
    assert!(answer.contains("confidence") && !answer.contains("cannot see"), "{answer}");
}
