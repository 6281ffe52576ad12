//! The real program on Discord, killed at each step of a removal, an appeal, a sanction and a release: after the restart all
//! is done, and once. Each time it is another group's.

use serde_json::json;

use super::group::{BAD, Group, Out, reference_in};
use crate::crash::PLACES;

/// Has the program die at each place, each time in another group in which something happened before. What is given to it
/// then is given again where it was not on record, for nobody heard an answer.
async fn kill_at_each_place(
    before: impl AsyncFn(&Group) -> String,
    give: impl Fn(&Group, &str),
    look: impl AsyncFn(&Group, &str, &str),
) {
    for (place, nth) in PLACES {
        let group = Group::found().await;
        let file = before(&group).await;
        // What was put off would be passed first.
        group.deliver_all().await;
        group.let_time_pass();
        let program = group.start_to_die_at(place, nth).await;
        give(&group, &file);
        program.died().await;

        group.let_time_pass();
        let program = group.start().await;
        if (place, nth) == ("record::written", 1) {
            give(&group, &file);
        }
        look(&group, &file, &format!("{place}, time {nth}")).await;
        program.end().await;
        group.discord.check();
    }
}

#[tokio::test]
async fn killed_at_any_step_of_a_removal_on_discord_a_post_goes_once_and_is_told_once() {
    let places = PLACES.into_iter().chain([("moderate::judged", 1)]);
    for (place, nth) in places {
        let group = Group::found().await;
        group.start().await.end().await;
        let program = group.start_to_die_at(place, nth).await;
        group.let_time_pass();
        let post = group.ada.say(group.general, BAD).expect("she may write");
        program.died().await;

        group.let_time_pass();
        let program = group.start().await;
        group.gone(group.general, post).await;
        let notice = group.told(&group.ada, "Your post was removed").await;
        let case = reference_in(&notice.content);
        group.told(&group.ada, "We want to hear your side").await;
        let deleted = format!("{case} deleted");
        group.shown(group.officers, &deleted).await;
        program.end().await;
        let when = format!("{place}, time {nth}");
        for told in ["Your post was removed", "We want to hear your side"] {
            assert_eq!(group.letters_saying(&group.ada, told), 1, "{told}, {when}");
        }
        assert_eq!(group.letters_to_officers_saying(&deleted), 1, "{when}");
        group.discord.check();
    }
}

#[tokio::test]
async fn killed_at_any_step_of_an_appeal_on_discord_the_words_come_back_once() {
    let before = async |group: &Group| {
        let program = group.start().await;
        let case = group.ada_breaks_a_rule(1).await;
        group.ada_writes(&format!("appeal {case} It was a joke."));
        group.told(&group.ada, &format!("Your appeal about {case} is on record")).await;
        program.end().await;
        case
    };
    let accept = |group: &Group, case: &str| {
        let options = [("case", json!(case)), ("ruling", json!("accept")), ("reason", json!("A joke."))];
        group.commands(&group.mo, "decide", &options);
    };
    kill_at_each_place(before, accept, async |group, case, when| {
        let accepted = format!("{case} the appeal was accepted");
        group.shown(group.general, BAD).await;
        group.told(&group.ada, "Your appeal was accepted").await;
        group.shown(group.officers, &accepted).await;
        group.ada_writes("my-record");
        group.told(&group.ada, "0 strikes count, of 1 in all").await;
        let back = group
            .discord
            .see(|world| world.messages(group.general).filter(|it| it.content.contains(BAD)).count());
        assert_eq!(back, 1, "put back once, {when}");
        assert_eq!(group.letters_saying(&group.ada, "Your appeal was accepted. Case"), 1, "{when}");
        assert_eq!(group.letters_to_officers_saying(&accepted), 1, "{when}");
    })
    .await;
}

#[tokio::test]
async fn killed_at_any_step_of_a_sanction_on_discord_she_is_told_once_and_put_out() {
    let before = async |group: &Group| {
        let program = group.start().await;
        let suspension = group.ada_is_almost_suspended(&program).await;
        // Whoever signs has read it.
        group.opens(&group.sam, &suspension).await;
        program.end().await;
        suspension
    };
    let sign = |group: &Group, file: &str| {
        group.signs_unheard(&group.sam, file, "suspension");
    };
    kill_at_each_place(before, sign, async |group, file, when| {
        group.ada_is(Out::Kept).await;
        group.told(&group.ada, "You are suspended").await;
        group.opens(&group.sam, file).await;
        assert_eq!(group.letters_saying(&group.ada, "You are suspended"), 1, "{when}");
        assert!(group.ada.say(group.general, "hello").is_err(), "{when}");
    })
    .await;
}

#[tokio::test]
async fn killed_at_any_step_of_a_release_on_discord_she_is_let_in_once_and_told_once() {
    // Nobody gives a command in it, and nobody but her and the officers is written to.
    let places = [
        ("deadline::written", 1),
        ("record::committed", 1),
        ("deliver::attempted", 1),
        ("deliver::answered", 1),
        ("deliver::answered", 2),
    ];
    for (place, nth) in places {
        let group = Group::found().await;
        let program = group.start().await;
        let suspension = group.ada_is_almost_suspended(&program).await;
        group.signs(&group.sam, &suspension, "suspension").await;
        group.ada_is(Out::Kept).await;
        program.end().await;
        group.deliver_all().await;

        group.days_pass(31);
        group.launch_to_die_at(place, nth).died().await;
        group.let_time_pass();
        let program = group.start().await;
        group.ada_is(Out::LetIn).await;
        group.told(&group.ada, &format!("Welcome back. Sanction {suspension}")).await;
        group.ada.say(group.general, "good morning").expect("she may write again");
        program.end().await;
        let when = format!("{place}, time {nth}");
        assert_eq!(group.letters_saying(&group.ada, "Welcome back. Sanction"), 1, "{when}");
        group.discord.check();
    }
}
