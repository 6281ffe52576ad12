//! The real program on Discord, killed at each step of a removal, an appeal and a sanction: after the restart all is done,
//! and once. Each time it is another group's.

use fake_discord::World;
use serde_json::{Value, json};

use super::group::{Group, reference_in};
use crate::crash::PLACES;
use crate::program::Program;

const BAD: &str = "oh fuck off";

/// Ada breaks a rule for the so-manieth time, and is told so. Gives the reference of the case.
async fn breaks_a_rule(group: &Group, nth: usize) -> String {
    group.let_time_pass();
    let post = group.ada.say(group.general, BAD).expect("she may write");
    group.gone(group.general, post).await;
    let notice = group.told_times(&group.ada, "Your post was removed", nth).await;
    reference_in(&notice.content)
}

/// She is heard in a matter, the so-manieth of hers. Gives its reference.
async fn is_heard(group: &Group, nth: usize) -> String {
    let asked = group.told_times(&group.ada, "We want to hear your side", nth).await;
    let file = reference_in(&asked.content);
    group.let_time_pass();
    group.ada.dm(&group.app, &format!("reply {file} I am sorry.")).expect("she may write");
    group.told(&group.ada, &format!("The officers can decide {file}")).await;
    file
}

/// Ada is warned, does it again, and one of two has signed that she is suspended. Gives the reference of that.
async fn is_almost_suspended(group: &Group, program: &Program) -> String {
    breaks_a_rule(group, 1).await;
    let warning = is_heard(group, 1).await;
    group.signs(&group.asha, &warning, "warning").await;
    group.told(&group.ada, "A written warning").await;
    program.says("warning_issued").await;
    breaks_a_rule(group, 2).await;
    let suspension = is_heard(group, 2).await;
    group.signs(&group.asha, &suspension, "suspension").await;
    // Whoever signs has read it.
    group.opens(&group.sam, &suspension).await;
    suspension
}

/// The other signs.
fn sign_suspension(group: &Group, file: &str) {
    let reason = json!("She was asked to stop.");
    let options = [("sanction", json!(file)), ("step", json!("suspension")), ("reason", reason)];
    command(group, &group.sam, "sign", &options);
}

fn is_out(group: &Group, world: &World) -> bool {
    let ada = world.member(group.server.id, group.ada.id);
    ada.is_some_and(|ada| ada.roles.contains(&group.suspended))
}

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
        while group.has_something_to_do().await {
            group.start().await.end().await;
        }
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

/// An officer gives a command; what is said to that is looked at later.
fn command(group: &Group, officer: &fake_discord::Person, name: &str, options: &[(&str, Value)]) {
    let asked = officer.use_command(&group.app, group.officers, name, options);
    asked.expect("the command is offered");
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
        let case = breaks_a_rule(group, 1).await;
        group.let_time_pass();
        group.ada.dm(&group.app, &format!("appeal {case} It was a joke.")).expect("she may write");
        group.told(&group.ada, &format!("Your appeal about {case} is on record")).await;
        program.end().await;
        case
    };
    let accept = |group: &Group, case: &str| {
        let options = [("case", json!(case)), ("ruling", json!("accept")), ("reason", json!("A joke."))];
        command(group, &group.mo, "decide", &options);
    };
    kill_at_each_place(before, accept, async |group, case, when| {
        let accepted = format!("{case} the appeal was accepted");
        group.shown(group.general, BAD).await;
        group.told(&group.ada, "Your appeal was accepted").await;
        group.shown(group.officers, &accepted).await;
        group.let_time_pass();
        group.ada.dm(&group.app, "my-record").expect("she may write");
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
        let suspension = is_almost_suspended(group, &program).await;
        program.end().await;
        suspension
    };
    let sign = |group: &Group, file: &str| sign_suspension(group, file);
    kill_at_each_place(before, sign, async |group, file, when| {
        group.discord.wait_for("that she is kept out", |world| is_out(group, world).then_some(())).await;
        group.told(&group.ada, "You are suspended").await;
        group.opens(&group.sam, file).await;
        assert_eq!(group.letters_saying(&group.ada, "You are suspended"), 1, "{when}");
        assert!(group.ada.say(group.general, "hello").is_err(), "{when}");
    })
    .await;
}

#[tokio::test]
async fn killed_at_any_step_of_a_release_on_discord_she_is_let_in_once_and_told_once() {
    for (place, nth) in PLACES.into_iter().chain([("deadline::written", 1)]) {
        let group = Group::found().await;
        let program = group.start().await;
        let suspension = is_almost_suspended(&group, &program).await;
        sign_suspension(&group, &suspension);
        group.discord.wait_for("that she is kept out", |world| is_out(&group, world).then_some(())).await;
        program.end().await;
        while group.has_something_to_do().await {
            group.start().await.end().await;
        }

        group.days_pass(31);
        group.launch_to_die_at(place, nth).died().await;
        group.let_time_pass();
        let program = group.start().await;
        group.discord.wait_for("that she is let in", |world| (!is_out(&group, world)).then_some(())).await;
        group.told(&group.ada, &format!("Welcome back. Sanction {suspension}")).await;
        group.ada.say(group.general, "good morning").expect("she may write again");
        program.end().await;
        let when = format!("{place}, time {nth}");
        assert_eq!(group.letters_saying(&group.ada, "Welcome back. Sanction"), 1, "{when}");
        group.discord.check();
    }
}
