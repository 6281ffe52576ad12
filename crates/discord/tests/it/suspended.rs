//! What whoever is suspended by a role sees: where they can appeal, and nothing else, whatever other roles they have and
//! whatever a channel says of them alone.

use fake_discord::{Intents, Permissions, Snowflake};
use platform::checkup::Standing;
use platform::{Inbound, Receipt};
use policy::{Limit, Timestamp};

use crate::bed::{Bed, How, admit, channel_id, exclude, group, member};

const VIEW: Permissions = Permissions::VIEW_CHANNEL;

fn later(bed: &Bed) -> Option<Timestamp> {
    Some(bed.now().plus_seconds(3 * 24 * 60 * 60))
}

/// Whether Alice sees a channel.
fn sees(bed: &Bed, channel: Snowflake) -> bool {
    bed.discord.see(|world| world.permissions_in(channel, bed.alice.id).has(VIEW))
}

/// What a channel says of Alice alone: allowed, denied.
fn own(bed: &Bed, channel: Snowflake) -> Option<(Permissions, Permissions)> {
    bed.discord.see(|world| {
        let channel = world.channel(channel).expect("a channel");
        channel.overwrites.get(&bed.alice.id).map(|own| (own.allow, own.deny))
    })
}

/// A role that nobody can take from Alice, and that a channel is shown to.
fn boosts(bed: &Bed) {
    let other = bed.discord.application("Other", Intents::NONE);
    let fixed = bed.guild.install(&other, Permissions::NONE);
    bed.guild.raise(bed.own);
    bed.guild.give(&bed.alice, fixed);
    bed.guild.overwrite(bed.general, fixed, VIEW, Permissions::NONE);
}

/// A server that shows nothing without a role that Alice and Bob have.
async fn closed(bed: &Bed) -> Snowflake {
    let lets_in = bed.guild.role("Member", Permissions::MEMBER);
    bed.guild.raise(bed.own);
    for person in [&bed.alice, &bed.bob] {
        bed.guild.give(person, lets_in);
    }
    bed.guild.everybody_may(Permissions::NONE);
    // The role of the suspended denies it there already, and what another role is allowed is stronger.
    bed.guild.overwrite(bed.general, lets_in, VIEW, Permissions::NONE);
    bed.ear_has_heard(&bed.bob).await;
    lets_in
}

/// Alice is given a role, and the bot has dealt with it.
async fn is_given(bed: &Bed, role: Snowflake) {
    bed.guild.owner.give_role(&bed.guild, bed.alice.id, role).expect("an owner may");
    bed.ear_has_heard(&bed.bob).await;
}

#[tokio::test]
async fn a_role_that_nobody_can_take_shows_nothing_for_the_time() {
    let bed = Bed::new(How::Role).await;
    boosts(&bed);
    let lounge = bed.guild.channel("lounge");
    let before = (VIEW | Permissions::SEND_MESSAGES, Permissions::ADD_REACTIONS);
    bed.guild.overwrite(lounge, bed.alice.id, before.0, before.1);
    bed.ear_has_heard(&bed.bob).await;
    assert_eq!(bed.does(1, &exclude(&bed.alice, later(&bed))).await, Receipt::Done);
    assert!(!sees(&bed, bed.general) && !sees(&bed, lounge) && sees(&bed, bed.private));
    assert_eq!(bed.kept_out().await, [(member(bed.alice.id), true)]);
    assert_eq!(bed.does(2, &admit(&bed.alice)).await, Receipt::Done);
    assert!(sees(&bed, bed.general) && sees(&bed, lounge));
    assert_eq!((own(&bed, bed.general), own(&bed, lounge)), (None, Some(before)), "as it was before");
}

#[tokio::test]
async fn whoever_is_shown_what_the_bot_may_not_hide_is_not_kept_out() {
    let bed = Bed::new(How::Role).await;
    boosts(&bed);
    bed.guild.overwrite(bed.general, bed.app.bot, Permissions::NONE, Permissions::MANAGE_ROLES);
    bed.ear_has_heard(&bed.bob).await;
    assert_eq!(bed.does(1, &exclude(&bed.alice, later(&bed))).await, Receipt::Done);
    assert!(sees(&bed, bed.general));
    assert_eq!(bed.kept_out().await, [], "which officers are told");
    bed.guild.overwrite(bed.general, bed.app.bot, Permissions::NONE, Permissions::NONE);
    bed.ear_has_heard(&bed.bob).await;
    bed.hands().mend(&group()).await.expect("it is looked at");
    assert!(!sees(&bed, bed.general));
    assert_eq!(bed.kept_out().await, [(member(bed.alice.id), true)]);
}

#[tokio::test]
async fn a_role_that_comes_back_is_taken_again_and_in_the_end_hidden_from() {
    let bed = Bed::new(How::Role).await;
    let lets_in = closed(&bed).await;
    let badge = bed.guild.role("Badge", Permissions::NONE);
    bed.guild.raise(bed.own);
    bed.ear_has_heard(&bed.bob).await;
    bed.does(1, &exclude(&bed.alice, later(&bed))).await;
    is_given(&bed, badge).await;
    for _ in 0..3 {
        is_given(&bed, lets_in).await;
        let mut has = bed.roles(&bed.alice);
        has.sort_unstable();
        let mut want = vec![bed.suspended, badge];
        want.sort_unstable();
        assert_eq!(has, want, "what shows nothing stays");
        assert!(!sees(&bed, bed.general) && sees(&bed, bed.private));
    }
    // Whoever gives it will not have enough of it.
    is_given(&bed, lets_in).await;
    assert!(bed.roles(&bed.alice).contains(&lets_in));
    assert!(!sees(&bed, bed.general) && !sees(&bed, bed.officers) && sees(&bed, bed.private));
    assert_eq!(bed.kept_out().await, [(member(bed.alice.id), true)]);
    bed.does(2, &admit(&bed.alice)).await;
    assert!(sees(&bed, bed.general) && own(&bed, bed.general).is_none());
    assert!(bed.roles(&bed.alice).contains(&lets_in));
}

#[tokio::test]
async fn what_was_given_while_nothing_was_heard_is_found_when_it_is_looked_at_again() {
    let bed = Bed::new(How::Role).await;
    let lets_in = closed(&bed).await;
    bed.does(1, &exclude(&bed.alice, later(&bed))).await;
    bed.discord.tell_never("GUILD_MEMBER_UPDATE");
    is_given(&bed, lets_in).await;
    assert!(sees(&bed, bed.general));
    assert_eq!(bed.kept_out().await, [], "nor is it said that they are out");
    bed.hands().mend(&group()).await.expect("it is looked at");
    assert!(!sees(&bed, bed.general));
    assert_eq!(bed.roles(&bed.alice), [bed.suspended]);
}

#[tokio::test]
async fn whom_a_human_lets_see_again_everything_is_shown_as_before() {
    let bed = Bed::new(How::Role).await;
    boosts(&bed);
    bed.ear_has_heard(&bed.bob).await;
    bed.does(1, &exclude(&bed.alice, later(&bed))).await;
    assert!(!sees(&bed, bed.general));
    bed.guild.owner.take_role(&bed.guild, bed.alice.id, bed.suspended).expect("an owner may");
    bed.ear_has_heard_by_hand(&bed.alice).await;
    assert!(sees(&bed, bed.general) && own(&bed, bed.general).is_none());
}

#[tokio::test]
async fn where_the_suspended_can_appeal_is_shown_to_them_in_a_server_that_shows_nothing() {
    let bed = Bed::new(How::Role).await;
    closed(&bed).await;
    bed.does(1, &exclude(&bed.alice, later(&bed))).await;
    let may = bed.discord.see(|world| world.permissions_in(bed.private, bed.alice.id));
    assert!(may.has(VIEW | Permissions::READ_MESSAGE_HISTORY | Permissions::SEND_MESSAGES_IN_THREADS));
    assert!(!sees(&bed, bed.general));
}

#[tokio::test]
async fn where_the_suspended_cannot_appeal_is_told_when_it_cannot_be_mended() {
    let bed = Bed::new(How::Role).await;
    bed.alice.say(bed.general, "Is the hall booked?").expect("she may write");
    bed.guild.overwrite(bed.private, bed.app.bot, Permissions::NONE, Permissions::MANAGE_ROLES);
    bed.guild.overwrite(bed.private, bed.suspended, Permissions::NONE, VIEW);
    let private = channel_id(bed.private);
    let is_told = |heard: &[Inbound]| {
        let is_it = |one: &Inbound| matches!(one, Inbound::Limits { channel, limits, .. } if *channel == private && limits == &[Limit::Write]);
        heard.iter().any(is_it).then_some(())
    };
    bed.ear().until("that nobody can appeal there", is_told).await;
    let found = bed.examine().await;
    let wrong = found.into_iter().filter(|it| it.standing != Standing::Right);
    let wrong: Vec<_> = wrong.map(|it| format!("{}; {}", it.said, it.remedy.unwrap_or_default())).collect();
    let line = wrong.join("\n").replace(&bed.private.to_string(), "PRIVATE");
    assert_eq!(
        line,
        "the bot cannot write in PRIVATE; give it Manage Roles in this channel, so that whoever is suspended can \
         appeal there"
    );
    bed.guild.overwrite(bed.private, bed.app.bot, Permissions::NONE, Permissions::NONE);
    bed.ear_has_heard(&bed.bob).await;
    bed.hands().mend(&group()).await.expect("it is looked at");
    bed.does(1, &exclude(&bed.alice, later(&bed))).await;
    assert!(sees(&bed, bed.private));
}
