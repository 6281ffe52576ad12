//! Words that the server's own filter stops for the bot, beside whatever people have it stop.

use std::sync::Arc;

use discord::AutoMod;
use fake_discord::{Fault, Intents, Matcher, Permissions, Snowflake};
use platform::checkup::{Check, Finding, Standing};
use platform::{DeliveryError, Inbound};
use policy::{Grade, Limit, Outright, Post, Within};
use serde_json::{Value, json};

use crate::bed::{Bed, How, channel_id, group, member};

fn word(spelling: &str, innocent: &[&str]) -> Outright {
    let innocent = innocent.iter().map(|word| (*word).to_owned()).collect();
    Outright { spelling: spelling.to_owned(), grade: Grade::Strongest, within: Within::Anything(innocent) }
}

/// A bot in a server that stops words.
async fn stopping() -> Bed {
    let mut bed = Bed::new(How::Role).await;
    bed.restart_stopping(AutoMod::Strongest).await;
    bed
}

async fn stops(bed: &Bed, words: &[Outright]) {
    bed.hands().stop(&group(), words).await.expect("it may");
}

/// All rules of the server, oldest first.
fn rules(bed: &Bed) -> Vec<(Snowflake, Value)> {
    let all = bed.discord.see(|world| world.guild(bed.guild.id).map(|guild| guild.automod.clone()));
    all.unwrap_or_default().into_iter().collect()
}

fn keywords(rule: &Value) -> Vec<&str> {
    let words = rule["trigger_metadata"]["keyword_filter"].as_array().expect("a list");
    words.iter().filter_map(Value::as_str).collect()
}

/// What the running bot finds about it every hour.
async fn of_filter(bed: &Bed) -> Vec<Finding> {
    let found = bed.hands().check_up(&group()).await.expect("Discord answers");
    found.into_iter().filter(|finding| finding.check == Check::DiscordAutoMod).collect()
}

/// How often rules were asked for, made, changed and taken away.
fn asked(bed: &Bed) -> [usize; 4] {
    ["GET", "POST", "PATCH", "DELETE"].map(|method| bed.asked(method, "/auto-moderation/rules").len())
}

/// What is wrong, as the doctor says it: a line each.
fn wrong(findings: &[Finding]) -> String {
    let wrong = findings.iter().filter(|finding| finding.standing == Standing::Wrong);
    let lines = wrong.map(|finding| {
        let remedy = finding.remedy.as_deref().expect("what to do");
        format!("{}: {}; {remedy}", finding.check, finding.said)
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn says(post: &Post, text: &str) -> bool {
    post.surfaces.iter().any(|surface| surface.text.expose() == text)
}

#[tokio::test]
async fn a_rule_is_made_kept_changed_and_taken_away_with_the_words() {
    let mut bed = stopping().await;
    let theirs = bed.guild.filter("Swearing", &["arse"], None, &[]);
    let before = rules(&bed);
    stops(&bed, &[word("qorb", &["qorbham"]), word("wug", &[])]).await;
    let standing = rules(&bed);
    let [(_, swearing), (ours, rule)] = standing.as_slice() else { panic!("two rules: {standing:?}") };
    assert_eq!(*swearing, before[0].1, "what people made is left alone");
    assert_eq!((&rule["name"], &rule["creator_id"]), (&json!("Beadle 1"), &json!(bed.app.bot)));
    assert_eq!(keywords(rule), ["*qorb*", "*wug*"]);
    assert_eq!(rule["exempt_channels"], json!([bed.private]), "who appeals may say what they said");
    assert_eq!(asked(&bed), [1, 1, 0, 0]);

    stops(&bed, &[word("wug", &[]), word("qorb", &["qorbham"])]).await;
    assert_eq!(asked(&bed), [2, 1, 0, 0], "it is changed only where it differs");
    stops(&bed, &[word("wug", &[])]).await;
    assert_eq!(keywords(&rules(&bed)[1].1), ["*wug*"]);
    assert_eq!(asked(&bed), [3, 1, 1, 0]);

    // Somebody switches it off, or takes it away.
    bed.guild.change_filter(*ours, |rule| rule["enabled"] = json!(false));
    stops(&bed, &[word("wug", &[])]).await;
    assert_eq!(rules(&bed)[1].1["enabled"], json!(true));
    bed.guild.change_filter(*ours, |rule| rule["name"] = json!("Words of ours"));
    stops(&bed, &[word("wug", &[])]).await;
    assert_eq!((rules(&bed).len(), &rules(&bed)[1].1["name"]), (2, &json!("Beadle 1")));
    bed.guild.remove_filter(*ours);
    stops(&bed, &[word("wug", &[])]).await;
    assert_eq!(rules(&bed).len(), 2);

    bed.restart_stopping(AutoMod::Off).await;
    stops(&bed, &[]).await;
    assert_eq!(rules(&bed).iter().map(|(id, _)| *id).collect::<Vec<_>>(), [theirs]);
    let before = asked(&bed);
    stops(&bed, &[]).await;
    assert_eq!(asked(&bed), before, "where there is none, it is not looked for");
}

#[tokio::test]
async fn in_a_group_that_does_not_want_it_nothing_is_asked_for() {
    let bed = Bed::new(How::Role).await;
    assert!(!bed.hands().stops(&group()));
    stops(&bed, &[word("qorb", &[])]).await;
    assert_eq!((asked(&bed), rules(&bed).len()), ([0; 4], 0));
}

#[tokio::test]
async fn what_it_stops_is_heard_as_stopped_and_innocent_words_are_not_stopped() {
    let mut bed = stopping().await;
    assert!(bed.hands().stops(&group()));
    bed.guild.filter("Swearing", &["arse"], None, &[]);
    stops(&bed, &[word("qorb", &["qorbham"])]).await;
    assert!(bed.alice.say(bed.general, "you superqorb!").is_err());
    let stopped = bed.ear().until_post("what was stopped", |post| says(post, "you superqorb!")).await;
    assert!(stopped.promised && stopped.id.is_stopped() && stopped.author == member(bed.alice.id));
    assert!(bed.alice.say(bed.general, "off to Qorbham").is_ok());
    // What people have stopped is not stopped at the behest of the group's words.
    assert!(bed.alice.say(bed.general, "an arse").is_err());
    let theirs = bed.ear().until_post("what people stop", |post| says(post, "an arse")).await;
    assert!(theirs.id.is_stopped() && !theirs.promised);
    // Where both stop it, that is told twice, and is one post.
    assert!(bed.alice.say(bed.general, "an arse of a qorb").is_err());
    let told = |promised: bool| {
        let is_it = move |post: &Post| says(post, "an arse of a qorb") && post.promised == promised;
        bed.ear().until_post("what both stop", is_it)
    };
    assert_eq!(told(true).await.id, told(false).await.id);
    // Which rules are its own it knows also right after a start.
    bed.restart().await;
    assert!(bed.alice.say(bed.general, "qorb again").is_err());
    let stopped = bed.ear().until_post("what was stopped", |post| says(post, "qorb again")).await;
    assert!(stopped.promised);
    // Its own letters are stopped by nothing.
    let letter = platform::Action::TellOfficers { letter: policy::Letter::line("such a qorb") };
    assert_eq!(bed.does(1, &letter).await, platform::Receipt::Done);
}

fn made() -> Matcher {
    Matcher::of("POST", "/auto-moderation/rules")
}

fn refusal() -> Fault {
    Fault::Status(403, json!({ "message": "no", "code": 50_013 }))
}

#[tokio::test]
async fn a_rule_is_noted_as_soon_as_it_is_made_whatever_becomes_of_the_next() {
    let bed = stopping().await;
    let filling = (0..1_000).map(|number| word(&format!("wug{number}x"), &[]));
    let words: Vec<_> = std::iter::once(word("qorb", &[])).chain(filling).collect();
    // The first is made, and the second refused.
    bed.discord.before(made(), || {});
    let discord = Arc::clone(&bed.discord);
    bed.discord.before(made(), move || discord.fail(made(), refusal()));
    let refused = bed.hands().stop(&group(), &words).await;
    assert!(matches!(refused, Err(DeliveryError::Forbidden)), "{refused:?}");
    assert_eq!(rules(&bed).len(), 1);
    let before = asked(&bed);
    assert!(bed.alice.say(bed.general, "you qorb").is_err());
    assert!(bed.ear().until_post("what was stopped", |post| says(post, "you qorb")).await.promised);
    assert_eq!(asked(&bed), before, "it is noted");
    stops(&bed, &words).await;
    assert_eq!(rules(&bed).len(), 2);
    // The same where one is taken away and the other is not.
    let gone = Matcher::of("DELETE", &format!("/auto-moderation/rules/{}", rules(&bed)[1].0));
    bed.discord.fail(gone, refusal());
    let refused = bed.hands().stop(&group(), &[]).await;
    assert!(matches!(refused, Err(DeliveryError::Forbidden)), "{refused:?}");
    let before = asked(&bed);
    assert!(bed.alice.say(bed.general, "you wug999x").is_err());
    assert!(bed.ear().until_post("what was stopped", |post| says(post, "you wug999x")).await.promised);
    assert_eq!(asked(&bed), before, "and so is what is left");
}

#[tokio::test]
async fn a_rule_that_there_was_no_time_to_note_is_the_bots_all_the_same() {
    let mut bed = stopping().await;
    bed.guild.filter("Swearing", &["arse"], None, &[]);
    bed.discord.fail(made(), Fault::DoneButNoAnswer);
    let unanswered = bed.hands().stop(&group(), &[word("qorb", &[])]).await;
    assert!(unanswered.is_err(), "{unanswered:?}");
    bed.restart().await;
    let before = asked(&bed);
    for said in ["you qorb", "qorb again"] {
        assert!(bed.alice.say(bed.general, said).is_err());
        assert!(bed.ear().until_post("what was stopped", |post| says(post, said)).await.promised, "{said}");
    }
    for said in ["an arse", "another arse"] {
        assert!(bed.alice.say(bed.general, said).is_err());
        assert!(!bed.ear().until_post("what people stop", |post| says(post, said)).await.promised, "{said}");
    }
    let [gets, rest @ ..] = asked(&bed);
    assert_eq!(gets, before[0] + 2, "of each rule Discord is asked once");
    assert_eq!(rest, before[1..], "and nothing is made for that");
    stops(&bed, &[word("qorb", &[])]).await;
    assert_eq!((rules(&bed).len(), asked(&bed)[1]), (2, before[1]), "it stands as it is to");
}

#[tokio::test]
async fn what_was_stopped_is_told_also_where_its_text_is_withheld() {
    let bed = stopping().await;
    stops(&bed, &[word("qorb", &[])]).await;
    bed.app.set_intents(Intents::GUILD_MEMBERS);
    assert!(bed.alice.say(bed.general, "you qorb").is_err());
    let is_silent = |post: &Post| post.promised && post.surfaces.is_empty();
    let stopped = bed.ear().until_post("that something was stopped", is_silent).await;
    assert_eq!(stopped.author, member(bed.alice.id));
}

#[tokio::test]
async fn there_is_only_so_much_room_beside_what_people_made() {
    let bed = stopping().await;
    for number in 0..5 {
        bed.guild.filter(&format!("Words {number}"), &["arse"], None, &[]);
    }
    stops(&bed, &[word("qorb", &[])]).await;
    assert_eq!(rules(&bed).len(), 6);
    assert_eq!(wrong(&of_filter(&bed).await), "");
    let last = rules(&bed).last().map(|(id, _)| *id).expect("the bot's own");
    bed.guild.remove_filter(last);
    bed.guild.filter("Words 5", &["arse"], None, &[]);
    stops(&bed, &[word("qorb", &[])]).await;
    assert_eq!(asked(&bed)[1], 1, "none is made for which there is no room");
    insta::assert_snapshot!(wrong(&of_filter(&bed).await), @"discord.automod: AutoMod stops none of the group's words, for it has as many rules of people's as Discord takes; remove one of them in the server's settings, or set `automod` to \"off\"");
    assert!(wrong(&bed.examine().await).contains("discord.automod"), "and so says the doctor");
}

#[tokio::test]
async fn without_the_permission_it_is_refused_and_said() {
    let bed = stopping().await;
    bed.may_no_longer(Permissions::MANAGE_GUILD).await;
    let refused = bed.hands().stop(&group(), &[word("qorb", &[])]).await;
    assert!(matches!(refused, Err(DeliveryError::Forbidden)), "{refused:?}");
    let officers = channel_id(bed.officers);
    let is_told = |heard: &[Inbound]| {
        let is_it = |one: &Inbound| matches!(one, Inbound::Limits { channel, limits, .. } if *channel == officers && limits.contains(&Limit::Watch));
        heard.iter().any(is_it).then_some(())
    };
    bed.ear().until("that something is in its way", is_told).await;
    insta::assert_snapshot!(wrong(&bed.examine().await), @"discord.permissions: the bot cannot see all that people and the server's AutoMod do past it; give it Manage Server, so that AutoMod stops what it is to stop");
    assert_eq!(of_filter(&bed).await, [], "it is told as everything is that it may not");
}
