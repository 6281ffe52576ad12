//! The real program, killed where nothing can be tidied up.

use fake_discord::{Fault, Matcher};

use crate::discord::group::{Group, Out};

#[tokio::test]
async fn killed_between_the_letter_and_the_exclusion_each_is_done_once() {
    let group = Group::found().await;
    let program = group.start().await;
    let suspension = group.ada_is_almost_suspended(&program).await;
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
    group.ada_is(Out::Kept).await;
    let shown = group.opens(&group.asha, &suspension).await;
    assert!(!shown.contains("a human"), "it is the bot's own doing: {shown}");
    assert_eq!(group.letters_saying(&group.ada, "You are suspended"), 1, "she is told once");
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
