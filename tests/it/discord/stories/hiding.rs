//! Where a word can hide.

use fake_discord::{ChannelKind, Draft, Fault, Matcher, Permissions, Person, Snowflake};
use serde_json::json;

use crate::discord::house::{House, MEDIUM, WORST};

#[tokio::test]
async fn a_forward_is_read_to_its_last_component() {
    let house = House::open().await;
    // Where the bot is not.
    let elsewhere = house.discord.guild("Elsewhere");
    let (ada, general) = (house.person("ada"), house.tea().general);
    let there = elsewhere.channel("news");
    elsewhere.add(ada);
    let hook = elsewhere.webhook(there, "News");
    let drawn = json!({ "type": 17, "components": [
        { "type": 10, "content": "Read all about it" },
        { "type": 9, "components": [{ "type": 10, "content": format!("so {WORST} of them") }],
          "accessory": { "type": 2, "style": 5, "label": "More", "url": "https://example.org" } },
    ]});
    let drawn = elsewhere.webhook_says(hook, "News", Draft::default().components(&[drawn]));
    let forwarded = ada.forward(there, drawn.expect("a webhook"), general).expect("a member");
    house.gone(general, forwarded).await;
    house.told(ada, "Your post was removed").await;
    assert_eq!(house.strikes("ada").await, 0, "what is passed on is nobody's own word");
}

#[tokio::test]
async fn a_word_that_is_edited_in_is_found() {
    let house = House::open().await;
    let general = house.tea().general;
    let post = house.says("ada", "all is well");
    house.has_heard(house.tea()).await;
    assert!(house.stands(post));
    house.person("ada").edit(general, post, &format!("all is well, {WORST}")).expect("one's own");
    house.gone(general, post).await;
    house.settle().await;
    assert_eq!(house.strikes("ada").await, 1);
}

#[tokio::test]
async fn whatever_is_told_again_one_post_is_one_strike() {
    let house = House::open().await;
    let (ada, general) = (house.person("ada"), house.tea().general);
    house.discord.fail(Matcher::of("DELETE", "/messages/"), Fault::Hold);
    house.discord.tell_twice("MESSAGE_CREATE");
    let post = house.says("ada", &format!("{WORST} https://example.org"));
    house.discord.wait_for("a removal", |world| (world.held() > 0).then_some(())).await;
    // While it still stands.
    let embed = json!({ "type": "link", "url": "https://example.org", "title": WORST });
    house.tea().guild.unfurl(general, post, vec![embed]);
    house.tea().guild.owner.pin(general, post).expect("an owner may");
    house.discord.tell_twice("MESSAGE_UPDATE");
    ada.edit(general, post, &format!("{WORST}, {WORST}")).expect("one's own");
    house.discord.let_go();
    house.gone(general, post).await;
    house.has_heard(house.tea()).await;
    house.settle().await;
    assert_eq!(house.strikes("ada").await, 1);
    assert_eq!(house.letters_saying(ada, "Your post was removed"), 1);

    // What only waits for somebody to look at it is no worse for a link that unfolds.
    let mild = house.says("ada", &format!("{MEDIUM} https://example.org"));
    let embed = json!({ "type": "link", "url": "https://example.org", "title": MEDIUM });
    house.tea().guild.unfurl(general, mild, vec![embed]);
    house.has_heard(house.tea()).await;
    assert!(house.stands(mild));
    assert_eq!(house.strikes("ada").await, 1);
}

#[tokio::test]
async fn a_word_is_found_wherever_it_is_put() {
    let house = House::open().await;
    let (ada, general) = (house.person("ada"), house.tea().general);
    let (head, tail) = WORST.split_at(4);
    type Way<'a> = &'a dyn Fn(&Person) -> Snowflake;
    let ways: [(&str, Way<'_>); 9] = [
        ("a question", &|ada| ada.poll(general, &format!("Who is {WORST}?"), &["I", "You"]).expect("a poll")),
        ("an answer", &|ada| ada.poll(general, "Who is it?", &["I", WORST]).expect("a poll")),
        ("a spoiler in a word", &|ada| {
            ada.say(general, &format!("such a {head}||{tail}||")).expect("a member")
        }),
        ("two spoilers", &|ada| ada.say(general, &format!("||{head}||||{tail}||")).expect("a member")),
        ("bold in a word", &|ada| ada.say(general, &format!("{head}**{tail}**")).expect("a member")),
        ("alt text", &|ada| ada.attach(general, "a.png", Some(&format!("a {WORST} cat"))).expect("a file")),
        ("a file's name", &|ada| ada.attach(general, &format!("{WORST}.png"), None).expect("a file")),
        ("a title", &|ada| ada.post(general, Draft::default().titled_file("a.png", WORST)).expect("a file")),
        ("a sticker", &|ada| {
            let sticker = house.tea().guild.sticker(WORST);
            ada.sticker(general, sticker, WORST).expect("a sticker")
        }),
    ];
    let mut struck = 0;
    for (way, post) in ways {
        house.gone(general, post(ada)).await;
        house.settle().await;
        struck += 1;
        assert_eq!(house.strikes("ada").await, struck, "{way}");
    }
}

#[tokio::test]
async fn a_title_in_a_forum_and_what_stands_below_it_are_judged() {
    let house = House::open().await;
    let ada = house.person("ada");
    let forum = house.tea().guild.channel_of(ChannelKind::Forum, "questions");
    let thread = ada.forum_post(forum, &format!("why so {WORST}"), "I only ask").expect("a member");
    let renamed = |world: &fake_discord::World| {
        world.channel(thread).filter(|thread| !thread.name.contains(WORST)).map(|_| ())
    };
    house.discord.wait_for("that a title goes", renamed).await;
    house.settle().await;
    assert_eq!(house.strikes("ada").await, 1);
    let first = |thread| house.discord.see(|world| world.messages(thread).next().map(|first| first.id));
    assert!(first(thread).is_some(), "what stands below it stays");

    let other = ada.forum_post(forum, "I only ask", &format!("why so {WORST}")).expect("a member");
    house
        .discord
        .wait_for("that a post goes", |world| world.messages(other).next().is_none().then_some(()))
        .await;
    house.settle().await;
    assert_eq!(house.strikes("ada").await, 2);
    let title = house.discord.see(|world| world.channel(other).map(|thread| thread.name.clone()));
    assert_eq!(title.as_deref(), Some("I only ask"));
}

#[tokio::test]
async fn whoever_renames_a_thread_to_abuse_answers_for_it() {
    let house = House::open().await;
    let (tea, ada, bob) = (house.tea(), house.person("ada"), house.person("bob"));
    tea.guild.give(bob, tea.guild.role("Hosts", Permissions::MANAGE_THREADS));
    let thread = ada.thread(tea.general, "I only ask", None).expect("a member");
    for (struck, abuse) in (1..).zip([format!("why so {WORST}"), format!("once more {WORST}")]) {
        bob.rename(thread, &abuse).expect("they may");
        let renamed = |world: &fake_discord::World| {
            world.channel(thread).filter(|thread| !thread.name.contains(WORST)).map(|_| ())
        };
        house.discord.wait_for("that a title goes", renamed).await;
        house.settle().await;
        assert_eq!((house.strikes("bob").await, house.strikes("ada").await), (struck, 0));
    }
}

#[tokio::test]
async fn what_the_servers_own_filter_keeps_back_is_one_strike_however_often_it_is_told() {
    let house = House::open().await;
    let (tea, ada) = (house.tea(), house.person("ada"));
    tea.let_manage(&house.discord, &house.app);
    // It blocks and alerts, and tells of both.
    tea.guild.filter("Words", &[WORST], Some(tea.officers), &[]);
    assert!(ada.say(tea.general, &format!("you {WORST}")).is_err());
    house.told(ada, "Your post was removed. Case B-0001").await;
    house.person("bob").say(tea.general, "hello").expect("a member");
    house.settle().await;
    assert_eq!(house.strikes("ada").await, 1);
    assert!(house.case(1).await.is_some());
    let sanction = house.sanction(2).await.expect("what follows of one strike");
    assert_eq!(sanction.member, tea.member("ada"));
    assert!(house.case(3).await.is_none(), "there is no second case");
}
