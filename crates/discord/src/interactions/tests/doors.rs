//! Where somebody asks: in a server, in private, of one group among several; and what reaches them there.

use fake_discord::{DmPolicy, Intents, Matcher, Snowflake as Id};
use policy::{Clock, GroupId, Letter, MemberId, MessageText, Offer, Reference};
use serde_json::json;

use crate::bed::{Bed, TestPace, branch, ours};
use crate::buttons::rows;
use crate::interactions::Elsewhere;
use crate::memory::About;

fn private(bed: &Bed, person: &fake_discord::Person) -> Id {
    person.dm(&bed.app, "hello").unwrap();
    bed.discord.see(|world| world.dm(bed.app.bot, person.id).map(|dm| dm.id)).expect("they talk")
}

async fn case_button(bed: &Bed, channel: Id, group: &GroupId) -> (Id, String) {
    let rows = rows(&[Offer::Case(Reference::new(42).unwrap())], group);
    let id = rows[0]["components"][0]["custom_id"].as_str().unwrap().to_owned();
    (bed.post(channel, json!(rows)).await, id)
}

#[tokio::test]
async fn a_command_in_private_is_of_the_only_group() {
    let mut bed = Bed::new().await;
    bed.shared().register().await.unwrap();
    let channel = private(&bed, &bed.anna);
    let options = [("case", json!("B-0042")), ("words", json!("it was a joke"))];
    let asked = bed.anna.use_command(&bed.app, channel, "appeal", &options).unwrap();
    bed.answer().await;
    assert_eq!(bed.desk.lines(), ["branch: appeal B-0042 it was a joke"]);
    assert_eq!(bed.said(asked), "So be it.");
}

#[tokio::test]
async fn of_several_groups_it_is_the_one_that_they_are_in() {
    let mut bed = Bed::with(Intents::PRIVILEGED, TestPace::jumping(), 3).await;
    bed.shared().register().await.unwrap();
    let channel = private(&bed, &bed.anna);
    let asked = bed.anna.use_command(&bed.app, channel, "rules show", &[]).unwrap();
    bed.answer().await;
    assert_eq!(bed.desk.lines(), ["branch: rules"]);
    assert_eq!(bed.said(asked), "So be it.");
}

#[tokio::test]
async fn in_several_groups_or_in_none_they_are_told_what_to_do() {
    let mut bed = Bed::with(Intents::PRIVILEGED, TestPace::jumping(), 2).await;
    bed.shared().register().await.unwrap();
    let channel = private(&bed, &bed.anna);
    bed.others[0].add(&bed.anna);
    let asked = bed.anna.use_command(&bed.app, channel, "rules show", &[]).unwrap();
    bed.answer().await;
    insta::assert_snapshot!(bed.said(asked), @"I look after more than one group. Press the button below a message of mine, or use the command in the server that you mean: only you see what I answer.");
    // A button names its group, whoever presses it.
    let (message, id) = case_button(&bed, channel, &branch()).await;
    bed.anna.press(channel, message, &id).unwrap();
    bed.answer().await;
    assert_eq!(bed.desk.lines(), ["branch: case B-0042"]);
    let nobody = ours(bed.olga.id).number() + 1;
    let found = bed.shared().home_of(crate::ids::Snowflake::new(nobody).unwrap()).await;
    insta::assert_snapshot!(found.unwrap_err(), @"I cannot tell which group you mean, for I find you in none of mine. If you got a message from me, press the button below it.");
}

#[tokio::test]
async fn whoever_names_a_file_of_theirs_means_its_group_also_from_outside() {
    let bed = Bed::with(Intents::PRIVILEGED, TestPace::jumping(), 3).await;
    let id = |person: &fake_discord::Person| MemberId::new(person.id.to_string()).unwrap();
    let group = |name: &str| GroupId::new(name).unwrap();
    *bed.desk.files.lock().unwrap() = vec![
        (branch(), id(&bed.anna), "B-0001"),
        (group("other-1"), id(&bed.anna), "B-0001"),
        (group("other-1"), id(&bed.anna), "B-0002"),
        (group("other-2"), id(&bed.anna), "B-0003"),
        (group("other-2"), id(&bed.olga), "B-0004"),
    ];
    let (desk, anna) = (bed.dyn_desk(), ours(bed.anna.id));
    let home = async |line: &str| {
        // What was known of where she is, is not any more.
        bed.pace.advance(60_000);
        let home = bed.shared().home_in_private(&desk, anna, &MessageText::new(line)).await;
        home.map(|home| home.group.as_str().to_owned()).map_err(|elsewhere| elsewhere == Elsewhere::Nowhere)
    };
    // While she is in the first group, and when she is in none.
    let lines = [
        ("appeal B-0001 it was a joke", Ok("branch"), Err(true)),
        ("appeal B-0002 it was a joke", Ok("other-1"), Ok("other-1")),
        ("Appeal b-3: it was a joke", Ok("other-2"), Ok("other-2")),
        ("appeal B-0004 it was a joke", Ok("branch"), Err(true)),
        ("appeal", Ok("branch"), Err(true)),
        ("case B-0002", Ok("branch"), Err(true)),
    ];
    for (line, inside, _) in lines {
        assert_eq!(home(line).await, inside.map(str::to_owned), "{line}");
    }
    bed.anna.leave(&bed.guild);
    for (line, _, outside) in lines {
        assert_eq!(home(line).await, outside.map(str::to_owned), "{line}");
    }
}

#[tokio::test]
async fn whoever_writes_one_thing_after_the_other_is_looked_for_once() {
    let mut bed = Bed::with(Intents::PRIVILEGED, TestPace::standing(), 3).await;
    bed.shared().register().await.unwrap();
    let channel = private(&bed, &bed.anna);
    let members = Matcher::of("GET", "/members/");
    bed.discord.forget_requests();
    for (pause, want) in [(0, 3), (59_999, 3), (1, 6)] {
        bed.pace.advance(pause);
        bed.anna.use_command(&bed.app, channel, "rules show", &[]).unwrap();
        bed.answer().await;
        assert_eq!(bed.discord.requests_of(&members).len(), want);
    }
    assert_eq!(bed.desk.lines(), ["branch: rules"; 3]);
}

#[tokio::test]
async fn buttons_of_other_groups_are_carried_out_nowhere_else() {
    let mut bed = Bed::with(Intents::PRIVILEGED, TestPace::jumping(), 2).await;
    let channel = private(&bed, &bed.anna);
    let other = GroupId::new("other-1").unwrap();
    let gone = GroupId::new("gone").unwrap();
    for (channel, group, want) in [
        (bed.general, &other, false),
        (bed.general, &gone, false),
        (channel, &gone, false),
        (channel, &other, true),
        (bed.general, &branch(), true),
    ] {
        let (message, id) = case_button(&bed, channel, group).await;
        let asked = bed.anna.press(channel, message, &id).unwrap();
        bed.answer().await;
        let lines = bed.desk.lines();
        assert_eq!(lines.len(), usize::from(want), "{} in {channel}", group.as_str());
        if !want {
            insta::allow_duplicates! { insta::assert_snapshot!(bed.said(asked), @"That belongs to a group that I do not look after here any more. Nothing was changed."); }
        }
    }
}

#[tokio::test]
async fn a_link_is_followed_within_the_group_only() {
    let mut bed = Bed::with(Intents::PRIVILEGED, TestPace::jumping(), 2).await;
    bed.shared().register().await.unwrap();
    let post = bed.anna.say(bed.general, "words").unwrap();
    let thread = bed.anna.thread(bed.general, "talk", None).unwrap();
    let below = bed.anna.say(thread, "words").unwrap();
    let server = bed.others[0].id;
    let elsewhere = bed.others[0].channel("elsewhere");
    let rows = [
        (format!("{}/{}/{post}", bed.guild.id, bed.general), true),
        (format!("{}/{thread}/{below}", bed.guild.id), true),
        (format!("{server}/{elsewhere}/{post}"), false),
        (format!("{}/{elsewhere}/{post}", bed.guild.id), false),
        (format!("{}/999999999999999999/{post}", bed.guild.id), false),
        (format!("@me/{}/{post}", bed.general), false),
    ];
    for (link, want) in rows {
        let options = [("target", json!(format!("https://discord.com/channels/{link}")))];
        let asked = bed.olga.use_command(&bed.app, bed.general, "remove", &options).unwrap();
        bed.answer().await;
        let lines = bed.desk.lines();
        assert_eq!(lines.len(), usize::from(want), "{link}");
        if !want {
            insta::allow_duplicates! { insta::assert_snapshot!(bed.said(asked), @"I cannot look at that message: it is not on the server of this group, or where I see nothing."); }
        }
    }
    assert_eq!(bed.shared().recent.channel_of(ours(below)), Some(ours(thread)));
}

#[tokio::test]
async fn what_was_refused_everywhere_is_said_with_the_next_answer_and_no_answer_stands_over_it() {
    // Since when they have to have asked, and whether it is said then.
    for (since, is_said) in [(None, false), (Some(0), true), (Some(60), false)] {
        let mut bed = Bed::new().await;
        bed.anna.set_dms(DmPolicy::Closed);
        let to = MemberId::new(bed.anna.id.to_string()).unwrap();
        let outbound = bed.account.outbound(&branch()).unwrap();
        let letter = Letter::line("Reply here with: appeal B-0001 and why.");
        let letter = letter.offering(Offer::Appeal(Reference::new(1).unwrap()));
        let or_shown_since = since.map(|later| bed.pace.now().plus_seconds(later));
        let action = platform::Action::Direct { to, letter, or_shown_since };
        outbound.apply(platform::fake::effect(1), &action).await.expect_err("they take none");
        let about = About::Refused(ours(bed.anna.id));
        assert_eq!(bed.shared().memory.get::<bool>(about).await.unwrap(), Some(true));
        // It is asked for while the line is dealt with, before the answer is there.
        *bed.desk.delivers.lock().unwrap() = Some((outbound, action));
        let (message, id) = case_button(&bed, bed.general, &branch()).await;
        let asked = bed.anna.press(bed.general, message, &id).unwrap();
        bed.answer().await;
        if is_said {
            let said = bed.said(asked);
            let parts = ["Only you see this", "press the button below", "Reply here with", "So be it."];
            let found: Vec<_> = parts.iter().filter_map(|part| said.find(part)).collect();
            assert!(found.len() == parts.len() && found.is_sorted(), "{said}");
            assert_eq!(*bed.desk.delivered.lock().unwrap(), Some(true));
        } else {
            assert_eq!(bed.said(asked), "So be it.", "{since:?}");
            assert_eq!(*bed.desk.delivered.lock().unwrap(), Some(false));
        }
    }
}

#[tokio::test]
async fn whoever_turns_to_the_bot_is_written_to_in_private_again() {
    let mut bed = Bed::new().await;
    let about = About::Refused(ours(bed.anna.id));
    bed.shared().memory.put(about, &true).await.unwrap();
    let (message, id) = case_button(&bed, bed.general, &branch()).await;
    bed.anna.press(bed.general, message, &id).unwrap();
    bed.answer().await;
    assert_eq!(bed.shared().memory.get::<bool>(about).await.unwrap(), None);
}

#[tokio::test]
async fn on_a_server_of_no_group_nothing_is_carried_out() {
    let mut bed = Bed::new().await;
    let stray = bed.discord.guild("Stray");
    stray.install(&bed.app, fake_discord::Permissions::MEMBER);
    let channel = stray.channel("general");
    let (message, id) = case_button(&bed, channel, &branch()).await;
    let asked = stray.owner.press(channel, message, &id).unwrap();
    bed.answer().await;
    insta::assert_snapshot!(bed.said(asked), @"I look after no group on this server.");
    assert_eq!(bed.desk.lines(), [""; 0]);
}
