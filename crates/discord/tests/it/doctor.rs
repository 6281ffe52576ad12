//! What is seen of a bot from outside, and what it notices itself of not being shown what members write.

use fake_discord::{ChannelKind, Fault, Intents, Matcher, Permissions};
use platform::checkup::{Check, Finding, Standing};
use platform::{DeliveryError, Inbound, Receipt};
use policy::Limit;

use crate::bed::{Bed, How, channel_id, exclude, group, invited, member};

/// What is not as it should be, as it is said: a line each.
fn wrong(findings: &[Finding]) -> Vec<String> {
    let amiss = findings.iter().filter(|finding| finding.standing != Standing::Right);
    let told = |finding: &Finding| {
        let Finding { check, standing, said, details, remedy, .. } = finding;
        let remedy = remedy.as_deref().expect("what to do");
        let details = if details.is_empty() { String::new() } else { format!(" ({})", details.join(", ")) };
        format!("{check} {standing}: {said}{details}; {remedy}")
    };
    amiss.map(told).collect()
}

#[tokio::test]
async fn a_bot_that_has_all_it_needs_is_found_well() {
    let bed = Bed::new(How::Role).await;
    bed.alice.say(bed.general, "Is the hall booked?").expect("she may write");
    let found = bed.examine().await;
    assert_eq!(wrong(&found), [""; 0]);
    let looked_at: std::collections::BTreeSet<_> = found.iter().map(|finding| finding.check).collect();
    let of_discord = Check::ALL.iter().filter(|check| check.word().starts_with("discord."));
    assert_eq!(looked_at, of_discord.copied().collect(), "everything is looked at");
    // The bot that runs looks at what it does not hear of by itself.
    let hands = bed.hands();
    let found = hands.check_up(&group()).await.expect("Discord answers");
    assert!(
        !found.is_empty() && found.iter().all(|finding| finding.standing == Standing::Right),
        "{found:?}"
    );
    assert!(found.iter().all(|finding| !finding.check.is_told_elsewhere()), "{found:?}");
}

#[tokio::test]
async fn what_is_missing_is_named_with_what_to_do() {
    let bed = Bed::new(How::Role).await;
    bed.alice.say(bed.general, "Is the hall booked?").expect("she may write");
    bed.app.set_intents(Intents::GUILD_MEMBERS);
    bed.guild.overwrite(bed.general, bed.app.bot, Permissions::NONE, Permissions::SEND_MESSAGES);
    let found = bed.examine().await;
    let wrong = wrong(&found);
    for part in [
        "switch on “Message Content Intent”",
        "Discord keeps what members write from the bot",
        "the bot cannot write in",
    ] {
        assert!(wrong.iter().any(|text| text.contains(part)), "{part}: {wrong:#?}");
    }
}

#[tokio::test]
async fn officers_who_are_shown_no_commands_are_named_with_what_to_do() {
    let bed = Bed::new(How::Role).await;
    bed.alice.say(bed.general, "Is the hall booked?").expect("she may write");
    let moderates = bed.roles(&bed.mo)[0];
    bed.guild.set_permissions(moderates, Permissions::NONE);
    let found = bed.examine().await;
    let line = wrong(&found).join("\n").replace(&bed.mo.id.to_string(), "MO");
    insta::assert_snapshot!(line, @"discord.commands wrong: 1 officer is shown no officers' commands by Discord, for they may not manage messages (MO); in the server's settings, under Integrations, give the bot's commands to a role of theirs");
    bed.guild.offer_commands(&bed.app, moderates);
    assert_eq!(wrong(&bed.examine().await), [""; 0]);
}

#[tokio::test]
async fn what_the_configuration_names_and_the_server_has_not_is_named_with_what_to_do() {
    let bed = Bed::new(How::Role).await;
    let nowhere = || discord::ChannelId::new("1").expect("an id");
    let found = bed
        .examine_as(|group| {
            group.private_channel = nowhere();
            group.welcome_channel = Some(nowhere());
            group.suspension = discord::Suspension::Role(discord::RoleId::new("1").expect("an id"));
            group.officers.set([member(bed.mo.id), member(bed.discord.person("stranger").id)]);
        })
        .await;
    let told: Vec<_> =
        wrong(&found).iter().map(|line| line.split(':').next().unwrap_or_default().to_owned()).collect();
    for name in [
        "discord.channels wrong",
        "discord.suspension_role wrong",
        "discord.officers wrong",
        "discord.content attention",
    ] {
        assert!(told.iter().any(|line| line == name), "{name}: {told:#?}");
    }
    let subjects: Vec<_> = found.iter().filter(|it| it.check == Check::DiscordChannels).collect();
    let of =
        |option: &str| subjects.iter().find(|it| it.subject.as_deref() == Some(option)).map(|it| it.standing);
    assert_eq!(of("officers_channel"), Some(Standing::Right));
    assert_eq!(of("welcome_channel"), Some(Standing::Wrong));
}

#[tokio::test]
async fn a_bot_that_runs_tells_an_answer_that_did_not_come_from_what_is_wrong() {
    let bed = Bed::new(How::Role).await;
    let hands = bed.hands();
    let moderates = bed.roles(&bed.mo)[0];
    bed.guild.set_permissions(moderates, Permissions::NONE);
    bed.ear_has_heard(&bed.bob).await;
    let of_mo = Matcher::of("GET", &format!("/members/{}", bed.mo.id));
    // It is asked four times before it counts.
    bed.discord.fail_times(of_mo, Fault::CloseBeforeAnswer, 4);
    let unasked = hands.check_up(&group()).await;
    assert!(
        matches!(unasked, Err(DeliveryError::Unreachable(_) | DeliveryError::Unanswered(_))),
        "{unasked:?}"
    );
    let found = hands.check_up(&group()).await.expect("Discord answers");
    let wrong: Vec<_> = found.iter().filter(|it| it.standing != Standing::Right).map(|it| it.check).collect();
    assert_eq!(wrong, [Check::DiscordCommands]);
}

#[tokio::test]
async fn nothing_is_asked_for_that_is_not_missed() {
    /// The board hangs without it as well, only not as high.
    const BUT: Permissions = Permissions::PIN_MESSAGES;
    let bed = Bed::new(How::Role).await;
    bed.alice.say(bed.general, "Is the hall booked?").expect("she may write");
    bed.guild.channel_of(ChannelKind::Voice, "kitchen");
    bed.guild.everybody_may(Permissions::NONE);
    bed.guild.channel_of(ChannelKind::Voice, "lounge");
    let (private, suspended) = (bed.private, bed.suspended);
    let is_shown = |world: &fake_discord::World| {
        let said = world.channel(private)?.overwrites.get(&suspended)?;
        said.allow.has(Permissions::VIEW_CHANNEL).then_some(())
    };
    bed.discord.wait_for("where the suspended can appeal", is_shown).await;
    assert_eq!(wrong(&bed.examine().await), [""; 0]);
    let invited = invited(&bed.open().await);
    for bit in (0..64).map(|nth| Permissions::from_bits(1 << nth)) {
        if !invited.has(bit) || bit.bits() == 0 || bit.bits() == BUT.bits() {
            continue;
        }
        bed.guild.set_permissions(bed.own, invited.without(bit));
        assert_ne!(wrong(&bed.examine().await), [""; 0], "{bit:?}");
    }
}

#[tokio::test]
async fn what_the_servers_own_filter_keeps_back_arrives_where_the_bot_manages_the_server_and_is_not_missed_elsewhere()
 {
    let bed = Bed::new(How::Role).await;
    bed.may_also(Permissions::MANAGE_GUILD).await;
    bed.guild.filter("words", &["badword"], None, &[]);
    assert!(bed.alice.say(bed.general, "what a badword").is_err());
    let says = |post: &policy::Post, text: &str| post.surfaces.iter().any(|it| it.text.expose() == text);
    let post = bed.ear().until_post("what was kept back", |post| says(post, "what a badword")).await;
    assert_eq!(post.author, member(bed.alice.id));

    bed.may_no_longer(Permissions::MANAGE_GUILD).await;
    assert!(bed.alice.say(bed.general, "one more badword").is_err());
    bed.ear_has_heard(&bed.bob).await;
    let is_second =
        |one: &Inbound| matches!(one, Inbound::Post { post, .. } if says(post, "one more badword"));
    assert_eq!(bed.ear().count(is_second), 0);
    let is_limited =
        |one: &Inbound| matches!(one, Inbound::Limits { limits, .. } if limits.contains(&Limit::Watch));
    assert_eq!(bed.ear().count(is_limited), 0, "nobody asked for it");
    assert_eq!(wrong(&bed.examine().await), [""; 0]);
}

/// The last of what was told to be in the bot's way in the officers' channel.
fn in_the_way(bed: &Bed, want: Vec<Limit>) -> impl Fn(&[Inbound]) -> Option<()> + use<> {
    let officers = channel_id(bed.officers);
    move |heard| {
        let last = heard.iter().rev().find_map(|inbound| match inbound {
            Inbound::Limits { channel, limits, .. } if *channel == officers => Some(limits),
            _ => None,
        });
        last.filter(|limits| **limits == want).map(|_| ())
    }
}

#[tokio::test]
async fn a_bot_whose_role_nobody_moved_up_says_so_until_somebody_does() {
    let mut bed = Bed::new(How::Role).await;
    bed.alice.say(bed.general, "Is the hall booked?").expect("she may write");
    // As in a server that had its roles before the bot came, whose own is below them.
    bed.restart_hindered(|bed| {
        let regulars = bed.guild.role("Regulars", Permissions::NONE);
        let chair = bed.guild.role("Chair", Permissions::NONE);
        bed.guild.role("Nobody's", Permissions::NONE);
        bed.guild.give(&bed.alice, regulars);
        for officers in [regulars, chair] {
            bed.guild.give(&bed.mo, officers);
        }
    })
    .await;
    let outranked = |person: &fake_discord::Person| Limit::Outranked(member(person.id));
    let told = "that somebody ranks above it";
    bed.ear().until(told, in_the_way(&bed, vec![outranked(&bed.alice)])).await;
    insta::assert_snapshot!(wrong(&bed.examine().await).join("\n"), @"discord.role_order wrong: the bot can neither put out, mute nor rename members with these roles, which are not below its own (“Regulars”); in the server's settings, under Roles, drag the bot's role above those of all members but the officers");
    assert!(bed.is_refused(1, &exclude(&bed.alice, None)).await);
    let late = bed.guild.role("Late", Permissions::NONE);
    bed.guild.give(&bed.bob, late);
    bed.ear().until(told, in_the_way(&bed, vec![outranked(&bed.alice), outranked(&bed.bob)])).await;
    bed.guild.raise(bed.own);
    bed.ear().until("that nobody does", in_the_way(&bed, Vec::new())).await;
    assert_eq!(wrong(&bed.examine().await), [""; 0]);
    assert_eq!(bed.does(2, &exclude(&bed.alice, None)).await, Receipt::Done);
}

#[tokio::test]
async fn what_may_be_meant_so_is_said_with_what_is_done_without() {
    let bed = Bed::new(How::Ban).await;
    bed.alice.say(bed.general, "Is the hall booked?").expect("she may write");
    bed.guild.ask_two_factors(true);
    let found = bed.examine_as(|group| group.welcome_channel = None).await;
    insta::assert_snapshot!(wrong(&found).join("\n"), @"
    discord.two_factors attention: the server asks whoever moderates it for two factors; whoever owns the application in the developer portal has to use them, or Discord refuses nearly all that the bot is to do
    discord.welcome_channel attention: `welcome_channel` is not set, so that nobody is invited back whose ban ends; invite them yourselves, or set it
    ");
    assert!(found.iter().all(|finding| finding.standing != Standing::Wrong), "{found:?}");
}

#[tokio::test]
async fn words_that_no_longer_arrive_are_noticed_and_so_is_that_they_do() {
    let bed = Bed::new(How::Role).await;
    let (general, shown) = (channel_id(bed.general), bed.app.clone());
    let limits = |want: &'static [Limit]| {
        let general = general.clone();
        move |heard: &[Inbound]| {
            let last = heard.iter().rev().find_map(|inbound| match inbound {
                Inbound::Limits { channel, limits, .. } if *channel == general => Some(limits.clone()),
                _ => None,
            });
            last.filter(|limits| limits == want).map(|_| ())
        }
    };
    shown.set_intents(Intents::GUILD_MEMBERS);
    let thread = bed.alice.thread(bed.general, "Hall", None);
    let thread = thread.expect("she may begin one");
    bed.alice.say(thread, "Is the hall booked?").expect("she may write");
    bed.ear().until("that nothing is shown there", limits(&[Limit::Read])).await;
    // What is to the bot is always shown, and says nothing about the rest.
    bed.alice.say(bed.general, &format!("<@{}> are you well?", bed.app.bot)).expect("she may write");
    bed.alice.say(bed.general, "It is, from ten.").expect("she may write");
    let told = |heard: &[Inbound]| {
        let posts =
            heard.iter().filter(|one| matches!(one, Inbound::Post { post, .. } if post.channel == general));
        (posts.count() > 0).then_some(())
    };
    bed.ear().until("the post to the bot", told).await;
    bed.ear().until("that still nothing is shown", limits(&[Limit::Read])).await;

    shown.set_intents(Intents::PRIVILEGED);
    bed.alice.say(bed.general, "And until four.").expect("she may write");
    bed.ear().until("that everything is shown again", limits(&[])).await;
}
