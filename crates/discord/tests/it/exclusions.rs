//! Members kept out and let in, by a role or a ban.

use std::time::Duration;

use discord::Suspension;
use fake_discord::{Matcher, Permissions, Person, Snowflake};
use platform::{Action, Receipt};
use policy::Timestamp;

use crate::bed::{Bed, How, admit, exclude, group, member, mute, role_id};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn later(bed: &Bed) -> Option<Timestamp> {
    Some(bed.now().plus_seconds(3 * 24 * 60 * 60))
}

fn timed_out_for(bed: &Bed, person: &Person) -> Option<Duration> {
    bed.discord.see(|world| {
        let until = world.member(bed.guild.id, person.id)?.timed_out?;
        (until > world.now()).then(|| until.since(world.now()))
    })
}

#[tokio::test]
async fn roles_are_taken_and_given_back_and_those_of_programs_stay() {
    let bed = Bed::new(How::Role).await;
    let baker = bed.guild.role("Bakers", Permissions::NONE);
    let other = bed.discord.application("Other", fake_discord::Intents::NONE);
    let fixed = bed.guild.install(&other, Permissions::NONE);
    bed.guild.raise(bot_role(&bed));
    for role in [baker, fixed] {
        bed.guild.give(&bed.alice, role);
    }
    // What the server is like is heard before what is done next.
    bed.ear_has_heard(&bed.bob).await;
    assert_eq!(bed.does(1, &exclude(&bed.alice, later(&bed))).await, Receipt::Done);
    assert_eq!(sorted(bed.roles(&bed.alice)), sorted(vec![fixed, bed.suspended]));
    assert_eq!(bed.kept_out().await, [(member(bed.alice.id), true)]);
    assert_eq!(bed.does(2, &admit(&bed.alice)).await, Receipt::Done);
    assert_eq!(sorted(bed.roles(&bed.alice)), sorted(vec![fixed, baker]));
    assert_eq!(bed.kept_out().await, []);
}

#[tokio::test]
async fn only_roles_that_the_bot_can_give_are_given_back() {
    let bed = Bed::new(How::Role).await;
    let (baker, chair) =
        (bed.guild.role("Bakers", Permissions::NONE), bed.guild.role("Chair", Permissions::NONE));
    bed.guild.raise(bot_role(&bed));
    for role in [baker, chair] {
        bed.guild.give(&bed.alice, role);
    }
    bed.ear_has_heard(&bed.bob).await;
    bed.does(1, &exclude(&bed.alice, later(&bed))).await;
    assert_eq!(bed.roles(&bed.alice), [bed.suspended]);
    bed.guild.raise(chair);
    bed.ear_has_heard(&bed.bob).await;
    assert_eq!(bed.does(2, &admit(&bed.alice)).await, Receipt::Done);
    assert_eq!(bed.roles(&bed.alice), [baker]);
}

#[tokio::test]
async fn what_a_human_ended_before_is_no_end_of_what_began_since() {
    let mut bed = Bed::new(How::Role).await;
    let owner = bed.guild.owner.clone();
    bed.does(1, &exclude(&bed.alice, later(&bed))).await;
    // Told of again, as whatever was not dealt with to the end.
    let entries = |bed: &Bed| bed.discord.see(|world| world.guild(bed.guild.id).map(|it| it.audit.clone()));
    owner.take_role(&bed.guild, bed.alice.id, bed.suspended).expect("an owner may");
    bed.ear_has_heard_by_hand(&bed.alice).await;
    let taken = entries(&bed).and_then(|all| all.last().cloned()).expect("it is written down");
    bed.does(2, &exclude(&bed.alice, later(&bed))).await;
    let told = serde_json::json!({
        "id": taken.id, "guild_id": bed.guild.id, "user_id": owner.id, "target_id": bed.alice.id,
        "action_type": 25, "changes": taken.changes,
    });
    bed.discord.tell(&bed.app, Some(bed.guild.id), "GUILD_AUDIT_LOG_ENTRY_CREATE", told);
    bed.ear_has_heard(&bed.bob).await;
    assert_eq!(bed.kept_out().await, [(member(bed.alice.id), true)]);
    bed.restart().await;
    assert_eq!(bed.kept_out().await, [(member(bed.alice.id), true)]);
}

fn sorted(mut roles: Vec<Snowflake>) -> Vec<Snowflake> {
    roles.sort_unstable();
    roles
}

fn bot_role(bed: &Bed) -> Snowflake {
    let roles = bed.discord.see(|world| world.member(bed.guild.id, bed.app.bot).map(|it| it.roles.clone()));
    roles.expect("it is there").into_iter().next().expect("its own role")
}

#[tokio::test]
async fn whoever_leaves_a_suspension_comes_back_into_it() {
    let bed = Bed::new(How::Role).await;
    let baker = bed.guild.role("Bakers", Permissions::NONE);
    bed.guild.raise(bot_role(&bed));
    bed.guild.give(&bed.alice, baker);
    bed.ear_has_heard(&bed.bob).await;
    bed.does(1, &exclude(&bed.alice, later(&bed))).await;
    bed.alice.leave(&bed.guild);
    bed.join(&bed.alice).await;
    assert_eq!(bed.roles(&bed.alice), [bed.suspended]);
    bed.alice.leave(&bed.guild);
    bed.join(&bed.alice).await;
    assert_eq!(bed.roles(&bed.alice), [bed.suspended], "as often as they like");
    bed.does(2, &admit(&bed.alice)).await;
    assert_eq!(bed.roles(&bed.alice), [baker], "what they had at first is given back");
}

#[tokio::test]
async fn whoever_left_and_came_back_while_the_bot_was_away_is_suspended_again() {
    let mut bed = Bed::new(How::Role).await;
    bed.alice.say(bed.general, "hello").expect("a member");
    bed.ear_has_heard(&bed.bob).await;
    bed.does(1, &exclude(&bed.alice, later(&bed))).await;
    bed.restart_after(|bed| {
        bed.alice.leave(&bed.guild);
        bed.alice.join(&bed.guild).expect("they are not banned");
        bed.discord.forget_sessions();
    })
    .await;
    let (server, alice, role) = (bed.guild.id, bed.alice.id, bed.suspended);
    let is_out =
        |world: &fake_discord::World| world.member(server, alice)?.roles.contains(&role).then_some(());
    bed.discord.wait_for("the role of the suspended", is_out).await;
    assert_eq!(bed.kept_out().await, [(member(alice), true)]);
}

#[tokio::test]
async fn what_a_human_gave_stays_and_what_a_human_took_is_over() {
    let bed = Bed::new(How::Role).await;
    let owner = bed.guild.owner.clone();
    owner.give_role(&bed.guild, bed.alice.id, bed.suspended).expect("an owner may");
    assert_eq!(bed.does(1, &exclude(&bed.alice, later(&bed))).await, Receipt::AlreadyDone);
    assert_eq!(bed.kept_out().await, [(member(bed.alice.id), false)]);

    assert_eq!(bed.does(2, &exclude(&bed.bob, later(&bed))).await, Receipt::Done);
    owner.take_role(&bed.guild, bed.bob.id, bed.suspended).expect("an owner may");
    assert_eq!(bed.kept_out().await, [(member(bed.alice.id), false)]);
    bed.ear_has_heard_by_hand(&bed.bob).await;
    bed.bob.leave(&bed.guild);
    bed.join(&bed.bob).await;
    assert_eq!(bed.roles(&bed.bob), [], "it is not given again");
    assert_eq!(bed.kept_out().await, [(member(bed.alice.id), false)]);

    assert_eq!(bed.does(3, &admit(&bed.alice)).await, Receipt::Done, "whoever gave it");
    assert_eq!(bed.kept_out().await, []);
}

#[tokio::test]
async fn a_ban_by_hand_stays_a_humans() {
    for how in [How::Role, How::Ban] {
        let bed = Bed::new(how).await;
        bed.guild.owner.ban(&bed.guild, bed.alice.id, Some("B-side collector")).expect("an owner may");
        for (id, until) in [(1, later(&bed)), (2, None)] {
            assert_eq!(bed.does(id, &exclude(&bed.alice, until)).await, Receipt::AlreadyDone, "{how:?}");
        }
        assert_eq!(bed.kept_out().await, [(member(bed.alice.id), false)], "{how:?}");
    }
}

/// The reason of a ban that stands.
fn reason_of(bed: &Bed, person: &Person) -> String {
    let reason = bed.discord.see(|world| world.guild(bed.guild.id)?.bans.get(&person.id)?.clone());
    reason.expect("they are banned, with a reason")
}

#[tokio::test]
async fn a_ban_by_hand_stays_a_humans_whatever_its_reason_says() {
    let mut bed = Bed::new(How::Ban).await;
    assert_eq!(bed.does(4, &exclude(&bed.bob, later(&bed))).await, Receipt::Done);
    let (file, whole) = {
        let whole = reason_of(&bed, &bed.bob);
        (whole.split(' ').next().expect("a word").to_owned(), whole)
    };
    assert_eq!(file, "B-0004", "officers read the file, and write it as the bot does");
    for reason in [&file, &whole] {
        let owner = bed.guild.owner.clone();
        owner.ban(&bed.guild, bed.alice.id, Some(reason)).expect("an owner may");
        assert_eq!(bed.does(5, &exclude(&bed.alice, None)).await, Receipt::AlreadyDone);
        let mut want = [(member(bed.alice.id), false), (member(bed.bob.id), true)];
        want.sort();
        assert_eq!(bed.kept_out().await, want, "{reason}");
        owner.unban(&bed.guild, bed.alice.id).expect("an owner may");
    }
    bed.restart().await;
    assert_eq!(bed.kept_out().await, [(member(bed.bob.id), true)], "its own it knows again");
    // As where a backup is restored from before the first ban: nobody can tell any more, and it is left to humans.
    bed.kept.forget("signet/tea");
    assert_eq!(bed.kept_out().await, [(member(bed.bob.id), false)]);
}

#[tokio::test]
async fn nobody_above_the_bot_is_put_out() {
    for how in [How::Role, How::Ban] {
        let bed = Bed::new(how).await;
        let chair = bed.guild.role("Chair", Permissions::NONE);
        bed.guild.give(&bed.alice, chair);
        let owner = bed.guild.owner.clone();
        let mut id = 0;
        for whom in [&bed.alice, &owner] {
            for until in [later(&bed), None] {
                id += 1;
                assert!(bed.is_refused(id, &exclude(whom, until)).await, "{how:?} {until:?}");
            }
            id += 1;
            assert!(bed.is_refused(id, &mute(whom, bed.now().plus_seconds(60))).await, "{how:?}");
        }
        assert_eq!(bed.kept_out().await, [], "{how:?}");
        bed.alice.leave(&bed.guild);
        assert_eq!(bed.kept_out().await, [], "nor is anybody remembered to be: {how:?}");
    }
}

#[tokio::test]
async fn an_account_that_nobody_has_is_put_out_of_nothing() {
    for how in [How::Role, How::Ban] {
        let bed = Bed::new(how).await;
        let nobody = policy::MemberId::new("4242").expect("a valid id");
        let actions = [
            Action::Exclude { member: nobody.clone(), until: later(&bed) },
            Action::Exclude { member: nobody.clone(), until: None },
            Action::Admit { member: nobody.clone() },
            Action::Mute { member: nobody.clone(), until: bed.now().plus_seconds(60) },
            Action::Unmute { member: nobody },
        ];
        for (id, action) in (1..).zip(&actions) {
            let answer = bed.apply(id, action).await;
            assert!(matches!(answer, Err(platform::DeliveryError::Gone)), "{how:?} {action:?}: {answer:?}");
        }
        assert_eq!(bed.kept_out().await, []);
    }
}

#[tokio::test]
async fn nobody_is_muted_for_longer_than_discord_takes() {
    let bed = Bed::new(How::Role).await;
    let year = bed.now().plus_seconds(365 * 24 * 60 * 60);
    assert_eq!(bed.does(1, &mute(&bed.alice, year)).await, Receipt::Done);
    let stands = timed_out_for(&bed, &bed.alice).expect("it stands");
    assert!(stands <= 28 * DAY && stands > 27 * DAY, "{stands:?}");
    bed.advance(10 * DAY);
    assert_eq!(bed.does(2, &mute(&bed.alice, year)).await, Receipt::Done, "asked again, it lasts longer");
    assert!(timed_out_for(&bed, &bed.alice).is_some_and(|stands| stands > 27 * DAY));
}

#[tokio::test]
async fn a_mute_by_hand_stays_and_one_of_ours_is_replaced() {
    let bed = Bed::new(How::Role).await;
    bed.guild.owner.time_out(&bed.guild, bed.alice.id, DAY).expect("an owner may");
    let soon = bed.now().plus_seconds(3600);
    assert_eq!(bed.does(1, &mute(&bed.alice, soon)).await, Receipt::AlreadyDone);
    assert!(timed_out_for(&bed, &bed.alice).is_some_and(|stands| stands > DAY / 2));
    assert_eq!(bed.does(2, &mute(&bed.bob, soon)).await, Receipt::Done);
    assert_eq!(bed.does(3, &mute(&bed.bob, soon.plus_seconds(3600))).await, Receipt::Done);
    assert!(timed_out_for(&bed, &bed.bob).is_some_and(|stands| stands > Duration::from_secs(7_000)));
    // Ours ended, and a human made another: it is theirs.
    bed.advance(DAY / 2);
    bed.guild.owner.time_out(&bed.guild, bed.bob.id, DAY).expect("an owner may");
    let soon = bed.now().plus_seconds(3600);
    assert_eq!(bed.does(4, &mute(&bed.bob, soon)).await, Receipt::AlreadyDone);
    assert!(timed_out_for(&bed, &bed.bob).is_some_and(|stands| stands > DAY / 2));
}

#[tokio::test]
async fn a_mute_waits_for_whoever_is_gone() {
    let bed = Bed::new(How::Role).await;
    let until = bed.now().plus_seconds(3600);
    bed.alice.leave(&bed.guild);
    assert_eq!(bed.does(1, &mute(&bed.alice, until)).await, Receipt::Done);
    bed.join(&bed.alice).await;
    assert!(bed.alice.say(bed.general, "hello").is_err());
    bed.advance(Duration::from_secs(3601));
    assert!(bed.alice.say(bed.general, "hello").is_ok());
    bed.alice.leave(&bed.guild);
    bed.join(&bed.alice).await;
    assert!(bed.alice.say(bed.general, "hello").is_ok(), "what is over is over");
}

#[tokio::test]
async fn whoever_leaves_at_that_very_moment_is_kept_out_all_the_same() {
    let bed = Bed::new(How::Role).await;
    let until = bed.now().plus_seconds(3600);
    for (id, person, action) in
        [(1, &bed.alice, exclude(&bed.alice, later(&bed))), (2, &bed.bob, mute(&bed.bob, until))]
    {
        let (leaver, guild) = (person.clone(), bed.guild.clone());
        bed.discord.before(Matcher::of("PATCH", "/members/"), move || leaver.leave(&guild));
        assert_eq!(bed.does(id, &action).await, Receipt::Done, "{action:?}");
        assert!(!bed.is_there(person));
        bed.join(person).await;
        assert!(person.say(bed.general, "hello").is_err(), "{action:?}");
    }
}

#[tokio::test]
async fn a_ban_gives_way_to_the_role_and_a_humans_does_not() {
    let bed = Bed::new(How::Role).await;
    for (id, whom) in [(1, &bed.alice), (3, &bed.bob)] {
        assert_eq!(bed.does(id, &exclude(whom, None)).await, Receipt::Done);
    }
    bed.guild.owner.unban(&bed.guild, bed.bob.id).expect("an owner may");
    bed.guild.owner.ban(&bed.guild, bed.bob.id, Some("spam")).expect("an owner may");
    // Made lighter: a suspension in place of an expulsion.
    let until = later(&bed);
    assert_eq!(bed.does(2, &exclude(&bed.alice, until)).await, Receipt::Done);
    assert!(!bed.is_banned(&bed.alice), "what stood before is gone");
    assert_eq!(bed.kept_out().await, [(member(bed.alice.id), true), (member(bed.bob.id), false)]);
    assert_eq!(bed.asked("POST", "/invites").len(), 1, "they are asked in, to be suspended there");
    bed.join(&bed.alice).await;
    assert_eq!(bed.roles(&bed.alice), [bed.suspended]);
    assert_eq!(bed.does(5, &exclude(&bed.alice, until)).await, Receipt::AlreadyDone);
    assert_eq!(bed.does(4, &exclude(&bed.bob, later(&bed))).await, Receipt::AlreadyDone);
    assert!(bed.is_banned(&bed.bob), "a human's stays");
}

#[tokio::test]
async fn a_ban_gives_way_once_also_when_that_breaks_off() {
    let bed = Bed::new(How::Role).await;
    bed.does(1, &exclude(&bed.alice, None)).await;
    bed.discord.fail_times(Matcher::of("POST", "/invites"), fake_discord::Fault::CloseBeforeAnswer, 9);
    assert!(bed.apply(2, &exclude(&bed.alice, later(&bed))).await.is_err());
    assert_eq!(bed.kept_out().await, [(member(bed.alice.id), true)], "whatever became of the invitation");
    bed.discord.stop_failing();
    bed.does(2, &exclude(&bed.alice, later(&bed))).await;
    bed.does(2, &exclude(&bed.alice, later(&bed))).await;
    let letters: Vec<_> =
        bed.written_in(bed.officers).into_iter().chain(bed.written_to(&bed.alice)).collect();
    assert_eq!(letters.len(), 1, "{letters:?}");
}

#[tokio::test]
async fn whoever_is_out_stays_out_when_the_group_changes_its_way() {
    let mut bed = Bed::new(How::Role).await;
    let baker = bed.guild.role("Bakers", Permissions::NONE);
    bed.guild.raise(bot_role(&bed));
    bed.guild.give(&bed.alice, baker);
    bed.ear_has_heard(&bed.bob).await;
    bed.does(1, &exclude(&bed.alice, later(&bed))).await;
    bed.restart_as(How::Ban).await;
    assert_eq!(bed.kept_out().await, [(member(bed.alice.id), true)], "by the role they were given");
    assert_eq!(bed.does(2, &exclude(&bed.alice, later(&bed))).await, Receipt::Done);
    assert!(bed.is_banned(&bed.alice));
    assert_eq!(bed.kept_out().await, [(member(bed.alice.id), true)]);
    bed.restart_as(How::Role).await;
    assert_eq!(bed.does(3, &exclude(&bed.alice, later(&bed))).await, Receipt::Done);
    assert!(!bed.is_banned(&bed.alice));
    bed.join(&bed.alice).await;
    assert_eq!(bed.roles(&bed.alice), [bed.suspended]);
    bed.does(4, &admit(&bed.alice)).await;
    assert_eq!(bed.roles(&bed.alice), [baker], "what they had at first is given back");
}

/// A role of Alice's that suspension takes.
async fn gives_alice_a_role(bed: &Bed) -> Snowflake {
    let baker = bed.guild.role("Bakers", Permissions::NONE);
    bed.guild.raise(bot_role(bed));
    bed.guild.give(&bed.alice, baker);
    bed.ear_has_heard(&bed.bob).await;
    baker
}

#[tokio::test]
async fn whoever_was_given_a_role_is_let_in_whatever_the_configuration_says_by_then() {
    for is_another_role in [false, true] {
        let mut bed = Bed::new(How::Role).await;
        let baker = gives_alice_a_role(&bed).await;
        bed.does(1, &exclude(&bed.alice, later(&bed))).await;
        let how = if is_another_role {
            let other = bed.guild.role("Away", Permissions::NONE);
            bed.guild.raise(bot_role(&bed));
            Suspension::Role(role_id(other))
        } else {
            Suspension::Ban
        };
        bed.restart_suspending(how.clone()).await;
        assert_eq!(bed.kept_out().await, [(member(bed.alice.id), true)], "{how:?}");
        assert_eq!(bed.does(2, &admit(&bed.alice)).await, Receipt::Done, "{how:?}");
        assert_eq!(bed.roles(&bed.alice), [baker], "{how:?}");
        assert_eq!(bed.kept_out().await, [], "{how:?}");
    }
}

#[tokio::test]
async fn one_role_of_the_suspended_gives_way_to_another_and_neither_is_given_back() {
    let mut bed = Bed::new(How::Role).await;
    let baker = gives_alice_a_role(&bed).await;
    bed.does(1, &exclude(&bed.alice, later(&bed))).await;
    let other = bed.guild.role("Away", Permissions::NONE);
    bed.guild.raise(bot_role(&bed));
    bed.restart_suspending(Suspension::Role(role_id(other))).await;
    assert_eq!(bed.does(2, &exclude(&bed.alice, later(&bed))).await, Receipt::Done);
    assert_eq!(bed.roles(&bed.alice), [other]);
    assert_eq!(bed.does(3, &admit(&bed.alice)).await, Receipt::Done);
    assert_eq!(bed.roles(&bed.alice), [baker]);
}

#[tokio::test]
async fn whoever_wears_the_role_of_before_is_given_the_present_one_once_it_is_looked_at() {
    let mut bed = Bed::new(How::Role).await;
    let baker = gives_alice_a_role(&bed).await;
    bed.does(1, &exclude(&bed.alice, later(&bed))).await;
    let other = bed.guild.role("Away", Permissions::NONE);
    bed.guild.raise(bot_role(&bed));
    bed.restart_suspending(Suspension::Role(role_id(other))).await;
    bed.hands().mend(&group()).await.expect("it is looked at");
    assert_eq!(bed.roles(&bed.alice), [other]);
    let lounge = bed.guild.channel("lounge");
    bed.ear_has_heard(&bed.bob).await;
    let sees = bed.discord.see(|world| world.permissions_in(lounge, bed.alice.id));
    assert!(!sees.has(Permissions::VIEW_CHANNEL), "a new channel is closed to them");
    assert_eq!(bed.kept_out().await, [(member(bed.alice.id), true)]);
    assert_eq!(bed.does(2, &admit(&bed.alice)).await, Receipt::Done);
    assert_eq!(bed.roles(&bed.alice), [baker]);
}

#[tokio::test]
async fn whoever_comes_back_after_the_time_is_not_suspended_by_the_memory_of_it() {
    let bed = Bed::new(How::Role).await;
    bed.does(1, &exclude(&bed.alice, later(&bed))).await;
    bed.alice.leave(&bed.guild);
    bed.advance(4 * DAY);
    bed.join(&bed.alice).await;
    assert_eq!(bed.roles(&bed.alice), []);
    assert_eq!(bed.kept_out().await, []);
}

#[tokio::test]
async fn what_was_taken_is_given_back_also_where_nothing_stands_any_more() {
    const VIEW: Permissions = Permissions::VIEW_CHANNEL;
    for is_deleted in [true, false] {
        let bed = Bed::new(How::Role).await;
        let baker = gives_alice_a_role(&bed).await;
        bed.guild.overwrite(bed.general, bed.alice.id, VIEW, Permissions::NONE);
        // Nobody tells the bot who did it.
        bed.may_no_longer(Permissions::VIEW_AUDIT_LOG).await;
        bed.ear_has_heard(&bed.bob).await;
        bed.does(1, &exclude(&bed.alice, later(&bed))).await;
        let sees = || bed.discord.see(|world| world.permissions_in(bed.general, bed.alice.id).has(VIEW));
        assert!(!sees());
        let owner = bed.guild.owner.clone();
        if is_deleted {
            owner.delete_role(&bed.guild, bed.suspended).expect("an owner may");
        } else {
            owner.take_role(&bed.guild, bed.alice.id, bed.suspended).expect("an owner may");
        }
        bed.ear_has_heard(&bed.bob).await;
        assert_eq!(bed.kept_out().await, []);
        assert_eq!(bed.does(2, &admit(&bed.alice)).await, Receipt::Done, "deleted: {is_deleted}");
        assert_eq!(bed.roles(&bed.alice), [baker], "deleted: {is_deleted}");
        assert!(sees());
        assert_eq!(bed.does(3, &admit(&bed.alice)).await, Receipt::AlreadyDone);
    }
}
