//! The real program, killed where nothing can be tidied up.

use fake_discord::{Fault, Matcher, World};
use serde_json::json;

use crate::discord::group::{Group, reference_in};

const BAD: &str = "oh fuck off";

/// Ada breaks a rule and gives her side. Gives the reference of what is proposed.
async fn offends(group: &Group, proposed: usize) -> String {
    group.let_time_pass();
    let post = group.ada.say(group.general, BAD).expect("she may write");
    group.gone(group.general, post).await;
    let asked = group.told_times(&group.ada, "We want to hear your side", proposed).await;
    let reference = reference_in(&asked.content);
    group.let_time_pass();
    group.ada.dm(&group.app, &format!("reply {reference} I am sorry.")).expect("she may write");
    group.told(&group.ada, &format!("The officers can decide {reference}")).await;
    reference
}

#[tokio::test]
async fn killed_between_the_letter_and_the_exclusion_each_is_done_once() {
    let group = Group::found().await;
    let program = group.start().await;
    let warning = offends(&group, 1).await;
    let signed = group.signs(&group.asha, &warning, "warning").await;
    assert!(signed.contains("a warning is decided"), "{signed}");
    group.told(&group.ada, "A written warning").await;
    program.says("warning_issued").await;
    let suspension = offends(&group, 2).await;
    let signed = group.signs(&group.asha, &suspension, "suspension").await;
    assert!(signed.contains("1 of 2"), "{signed}");
    // She is told first. What puts her out is on its way when the program dies.
    group.discord.fail(Matcher::of("PATCH", "/members/"), Fault::Hold);
    let signed = group.signs(&group.sam, &suspension, "suspension").await;
    assert!(signed.contains("a suspension is decided"), "{signed}");
    group.told(&group.ada, "You are suspended").await;
    group.discord.wait_for("the exclusion", |world| (world.held() > 0).then_some(())).await;
    program.kill().await;
    // Discord does it nevertheless, and nobody hears of that.
    group.discord.let_go();

    group.let_time_pass();
    let program = group.start().await;
    let (server, ada, role) = (group.server.id, group.ada.id, group.suspended);
    let is_out = |world: &World| world.member(server, ada)?.roles.contains(&role).then_some(());
    group.discord.wait_for("that she is kept out", is_out).await;
    group.let_time_pass();
    let looked = group.asha.use_command(&group.app, group.officers, "case", &[("case", json!(suspension))]);
    let shown = group.answered(looked.expect("the command is offered"), &suspension).await;
    assert!(!shown.contains("a human"), "it is the bot's own doing: {shown}");
    let letters = group.discord.dms(&group.app, ada);
    let told = letters.iter().filter(|letter| letter.content.contains("You are suspended")).count();
    assert_eq!(told, 1, "she is told once");
    assert!(group.ada.say(group.general, "hello").is_err());
    program.end().await;
    group.discord.check();
}

/// Discord tells of it again, on the gateway or in its log, for nobody said that it was dealt with.
#[tokio::test]
async fn killed_when_a_humans_deed_is_on_record_it_is_told_once() {
    type Deed<'d> = (&'d str, &'d dyn Fn(&Group));
    let by_hand: [Deed<'_>; 2] = [
        ("put out by hand", &|group| {
            group.server.owner.ban(&group.server, group.ada.id, None).expect("an owner may");
        }),
        ("a post was taken down by hand", &|group| {
            let post = group.ada.say(group.general, "good morning").expect("she may write");
            group.mo.delete(group.general, post).expect("a moderator may");
        }),
    ];
    for (told, does) in by_hand {
        for is_forgotten in [false, true] {
            let group = Group::found().await;
            let program = group.start_to_die_at("by_hand::recorded", 1).await;
            group.let_time_pass();
            does(&group);
            program.died().await;
            if is_forgotten {
                group.discord.forget_sessions();
            }

            group.let_time_pass();
            let program = group.start().await;
            group.shown(group.officers, told).await;
            // What was done later is heard later.
            let bob = group.server.member("bob again");
            group.server.owner.kick(&group.server, bob.id).expect("an owner may");
            group.shown(group.officers, "made to leave").await;
            let times = group.discord.see(|world| {
                let all = world.messages(group.officers).filter(|one| one.author == group.app.bot);
                all.filter(|one| one.content.replace('\\', "").contains(told)).count()
            });
            assert_eq!(times, 1, "{told}, forgotten: {is_forgotten}");
            program.end().await;
            group.discord.check();
        }
    }
}
