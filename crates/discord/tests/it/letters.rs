//! Letters: each once, past a server's own filter, and where somebody can be reached.

use std::time::Duration;

use fake_discord::{DmPolicy, Fault, Matcher, Permissions, Snowflake};
use platform::{Action, DeliveryError, Receipt};
use policy::{Letter, MessageText};

use crate::bed::{Bed, How, admit, channel_id, direct, exclude, group, invited, member};
use crate::sight::sight;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How often one call is tried at most.
const TRIES: u32 = 4;

fn contents(messages: &[fake_discord::Message]) -> Vec<&str> {
    messages.iter().map(|message| message.content.as_str()).collect()
}

fn posts() -> Matcher {
    Matcher::of("POST", "/messages")
}

#[tokio::test]
async fn whoever_takes_no_letters_is_asked_once_in_a_while() {
    let bed = Bed::new(How::Role).await;
    bed.alice.set_dms(DmPolicy::Closed);
    assert!(bed.is_refused(1, &direct(&bed.alice, "One.")).await);
    bed.discord.forget_requests();
    assert!(bed.is_refused(2, &direct(&bed.alice, "Two.")).await);
    assert!(bed.discord.requests().is_empty(), "{:?}", bed.discord.requests());
    assert_eq!(bed.discord.refusals(), 1);

    bed.alice.set_dms(DmPolicy::Open);
    bed.advance(8 * DAY);
    assert_eq!(bed.does(2, &direct(&bed.alice, "Two.")).await, Receipt::Done);
    assert_eq!(contents(&bed.written_to(&bed.alice)), ["Two."]);
}

#[tokio::test]
async fn where_too_many_were_written_to_the_next_waits() {
    let bed = Bed::new(How::Role).await;
    assert_eq!(bed.does(10, &direct(&bed.bob, "Before.")).await, Receipt::Done);
    let too_many = Fault::Status(403, serde_json::json!({ "message": "no", "code": 40_003 }));
    bed.discord.fail(Matcher::of("POST", "/users/@me/channels"), too_many);
    let answer = bed.apply(1, &direct(&bed.alice, "One.")).await;
    assert!(
        matches!(answer, Err(DeliveryError::NotYet(wait)) if wait >= Duration::from_secs(60)),
        "{answer:?}"
    );
    // So does everybody to whom the bot never wrote, and nobody asks Discord for them; but nothing else.
    bed.discord.forget_requests();
    let answer = bed.apply(2, &direct(&bed.mo, "Two.")).await;
    assert!(matches!(answer, Err(DeliveryError::NotYet(_))), "{answer:?}");
    assert!(bed.discord.requests().is_empty(), "{:?}", bed.discord.requests());
    assert_eq!(bed.does(3, &direct(&bed.bob, "Three.")).await, Receipt::Done);
    assert_eq!(bed.does(4, &Action::TellOfficers { letter: Letter::line("Four.") }).await, Receipt::Done);
    bed.advance(Duration::from_secs(600));
    assert_eq!(bed.does(1, &direct(&bed.alice, "One.")).await, Receipt::Done);
    assert!(bed.apply(2, &direct(&bed.mo, "Two.")).await.is_err(), "one after the other");
    bed.advance(Duration::from_secs(10));
    assert_eq!(bed.does(2, &direct(&bed.mo, "Two.")).await, Receipt::Done);
}

#[tokio::test]
async fn conversations_are_begun_a_few_at_a_time() {
    let mut bed = Bed::new(How::Role).await;
    let people: Vec<_> = (0..13).map(|number| bed.guild.member(&format!("member-{number}"))).collect();
    let mut later = Vec::new();
    for (id, person) in (1..).zip(&people) {
        match bed.apply(id, &direct(person, "Hello.")).await {
            Ok(_) => {}
            Err(DeliveryError::NotYet(wait)) => later.push((id, person, wait)),
            answer => panic!("{answer:?}"),
        }
    }
    assert_eq!(bed.asked("POST", "/users/@me/channels").len(), 10);
    assert_eq!(later.len(), 3);
    for (nth, (id, person, wait)) in (1..).zip(later) {
        let turn = Duration::from_secs(10);
        assert!(wait > (nth - 1) * turn && wait <= nth * turn, "{wait:?}");
        bed.advance(turn);
        assert_eq!(bed.does(id, &direct(person, "Hello.")).await, Receipt::Done);
    }
    // Whoever was written to before is written to at once, also by a program that was started anew.
    assert_eq!(bed.does(20, &direct(&people[0], "And again.")).await, Receipt::Done);
    bed.restart().await;
    bed.discord.forget_requests();
    assert_eq!(bed.does(21, &direct(&people[0], "And once more.")).await, Receipt::Done);
    assert_eq!(bed.asked("POST", "/users/@me/channels"), [""; 0]);
}

#[tokio::test]
async fn whoever_came_back_is_asked_again() {
    let bed = Bed::new(How::Role).await;
    bed.alice.leave(&bed.guild);
    assert!(bed.is_refused(1, &direct(&bed.alice, "One.")).await, "they share no server");
    bed.join(&bed.alice).await;
    assert_eq!(bed.does(1, &direct(&bed.alice, "One.")).await, Receipt::Done);
}

#[tokio::test]
async fn a_letter_whose_answer_was_lost_does_not_come_twice() {
    for later in [Duration::ZERO, Duration::from_secs(600), 2 * DAY] {
        let bed = Bed::new(How::Role).await;
        let letter = direct(&bed.alice, "Once.");
        bed.discord.fail_times(posts(), Fault::DoneButNoAnswer, TRIES);
        let answer = bed.apply(1, &letter).await;
        assert!(matches!(answer, Err(DeliveryError::Unanswered(_))), "{answer:?}");
        bed.discord.stop_failing();
        bed.advance(later);
        assert_eq!(bed.does(1, &letter).await, Receipt::AlreadyDone, "after {later:?}");
        assert_eq!(contents(&bed.written_to(&bed.alice)), ["Once."]);
    }
}

#[tokio::test]
async fn a_letter_that_says_the_same_is_another() {
    let mut bed = Bed::new(How::Role).await;
    let letter = Action::TellOfficers { letter: Letter::line("Three files wait.") };
    assert_eq!(bed.does(1, &letter).await, Receipt::Done);
    bed.discord.fail_times(posts(), Fault::CloseBeforeAnswer, TRIES);
    assert!(bed.apply(2, &letter).await.is_err());
    bed.discord.stop_failing();
    bed.restart().await;
    assert_eq!(bed.does(2, &letter).await, Receipt::Done, "it was not put up");
    bed.discord.fail_times(posts(), Fault::DoneButNoAnswer, TRIES);
    assert!(bed.apply(3, &letter).await.is_err());
    bed.discord.stop_failing();
    bed.advance(DAY);
    assert_eq!(bed.does(3, &letter).await, Receipt::AlreadyDone, "it was");
    assert_eq!(bed.written_in(bed.officers).len(), 3);
}

#[tokio::test]
async fn a_long_letter_that_broke_off_is_brought_to_its_end() {
    let bed = Bed::new(How::Role).await;
    let words = (0..900).map(|word| format!("word{word}")).collect::<Vec<_>>().join(" ");
    let letter = Action::TellOfficers { letter: Letter::line(&words) };
    // The first part is put up, and nothing is heard of it.
    bed.discord.fail(posts(), Fault::DoneButNoAnswer);
    bed.discord.fail_times(posts(), Fault::CloseBeforeAnswer, TRIES - 1);
    assert!(bed.apply(1, &letter).await.is_err());
    bed.discord.stop_failing();
    bed.advance(DAY);
    assert_eq!(bed.does(1, &letter).await, Receipt::Done);
    let told = bed.written_in(bed.officers);
    assert!(told.len() > 1, "it is too long for one message");
    let whole: Vec<_> = told.iter().map(|message| sight(message).own()).collect();
    assert_eq!(whole.join(" ").split_whitespace().collect::<Vec<_>>(), words.split(' ').collect::<Vec<_>>());
}

#[tokio::test]
async fn a_letter_that_the_servers_own_filter_stops_says_so() {
    let bed = Bed::new(How::Role).await;
    bed.stops("badword");
    let letter = Letter::line("B-0001 deleted a post:").quote(MessageText::new("what a badword"));
    assert_eq!(bed.does(1, &Action::TellOfficers { letter: letter.clone() }).await, Receipt::Done);
    let found = letter.text("Found: badword");
    assert_eq!(bed.does(2, &Action::TellOfficers { letter: found }).await, Receipt::Done);
    let told = bed.written_in(bed.officers);
    insta::assert_snapshot!(contents(&told).join("\n---\n"), @r"
    B-0001 deleted a post:

    (The words are left out here, because this server's own filter stops them. See `case B-0001`\.)
    ---
    I have something to tell you about B-0001, and this server's own filter stops the words.

    See `case B-0001`.
    ");
    // Blocked three times, and put up twice: nothing of it is asked again.
    let again = Action::TellOfficers {
        letter: Letter::line("B-0001 deleted a post:").quote(MessageText::new("what a badword")),
    };
    assert_eq!(bed.does(1, &again).await, Receipt::AlreadyDone);
    assert_eq!(bed.written_in(bed.officers).len(), 2);
}

/// A letter of two messages, of which the second says that.
fn long(quoted: &str) -> Letter {
    Letter::line(format!("B-0001 deleted a post. {}", words())).quote(MessageText::new(quoted))
}

fn words() -> String {
    (0..400).map(|word| format!("word{word}")).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn a_letter_whose_later_part_is_stopped_is_whole_without_the_words() {
    let bed = Bed::new(How::Role).await;
    bed.stops("badword");
    let letter = Action::TellOfficers { letter: long("what a badword") };
    assert_eq!(bed.does(1, &letter).await, Receipt::Done);
    let told = bed.written_in(bed.officers);
    let whole: Vec<_> = told.iter().map(|message| sight(message).own()).collect();
    let whole = whole.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
    let (before, after) = whole.split_once("(The words").expect("it says that they are left out");
    assert_eq!(before, format!("B-0001 deleted a post. {} ", words()));
    assert!(told.len() == 2 && after.contains("case B-0001"), "{after}");
    bed.discord.forget_requests();
    assert_eq!(bed.does(1, &letter).await, Receipt::AlreadyDone);
    assert_eq!(bed.asked("POST", "/messages"), [""; 0]);

    // Where its own words are stopped as well, nothing is left of it but that it is there.
    let found = Action::TellOfficers { letter: long("nothing").text("Found: badword") };
    assert_eq!(bed.does(2, &found).await, Receipt::Done);
    let told = bed.written_in(bed.officers);
    insta::assert_snapshot!(contents(&told[2..]).join("\n---\n"), @r"
    I have something to tell you about B-0001, and this server's own filter stops the words.

    See `case B-0001`.
    ");
}

#[tokio::test]
async fn what_is_stopped_in_its_middle_and_has_no_other_words_is_refused_and_none_of_it_stands() {
    let bed = Bed::new(How::Role).await;
    bed.stops("badword");
    let action = Action::Announce { channel: channel_id(bed.general), letter: long("what a badword") };
    for _ in 0..2 {
        assert!(bed.is_refused(1, &action).await);
        assert_eq!(contents(&bed.written_in(bed.general)), [""; 0]);
    }
}

#[tokio::test]
async fn a_correction_whose_later_part_is_stopped_is_whole_without_the_words() {
    let bed = Bed::new(How::Role).await;
    assert_eq!(bed.does(1, &direct(&bed.alice, "You are suspended.")).await, Receipt::Done);
    let harmful = Fault::Status(400, serde_json::json!({ "message": "no", "code": 240_000 }));
    bed.discord.fail(posts(), harmful);
    let earlier = platform::EffectId(1);
    let rewrite = Action::Rewrite { to: member(bed.alice.id), earlier, letter: long("a link") };
    assert_eq!(bed.does(2, &rewrite).await, Receipt::Done);
    let told = bed.written_to(&bed.alice);
    assert_eq!(told.len(), 2);
    assert!(told[0].content.starts_with("B-0001") && told[1].content.contains("(The words"), "{told:?}");
    assert_eq!(bed.does(2, &rewrite).await, Receipt::AlreadyDone);
}

#[tokio::test]
async fn a_private_thread_serves_for_every_letter() {
    let bed = Bed::new(How::Role).await;
    let letter = |line: &str| Action::DirectWithOfficers {
        to: member(bed.alice.id),
        officers: vec![member(bed.mo.id)],
        letter: Letter::line(line),
    };
    assert_eq!(bed.does(1, &letter("One.")).await, Receipt::Done);
    let [thread] = bed.threads_of(&bed.alice)[..] else { panic!("one thread") };
    bed.advance(8 * DAY);
    assert!(bed.discord.see(|world| world.channel(thread).is_some_and(fake_discord::Channel::is_archived)));
    assert_eq!(bed.does(2, &letter("Two.")).await, Receipt::Done);
    assert_eq!(bed.threads_of(&bed.alice), [thread]);
    assert_eq!(contents(&bed.written_in(thread)), ["One.", "Two."]);

    bed.guild.owner.delete_channel(thread).expect("an owner may");
    bed.mo.leave(&bed.guild);
    assert_eq!(
        bed.does(3, &letter("Three.")).await,
        Receipt::Done,
        "a moderator who is gone keeps nobody from it"
    );
    let [other] = bed.threads_of(&bed.alice)[..] else { panic!("one thread") };
    assert_eq!(contents(&bed.written_in(other)), ["Three."]);
}

#[tokio::test]
async fn whoever_is_suspended_reads_their_letters() {
    let bed = Bed::new(How::Role).await;
    bed.does(1, &exclude(&bed.alice, Some(bed.now().plus_seconds(3600)))).await;
    let letter = Action::DirectWithOfficers {
        to: member(bed.alice.id),
        officers: vec![member(bed.mo.id)],
        letter: Letter::line("You can appeal."),
    };
    assert_eq!(bed.does(2, &letter).await, Receipt::Done);
    let [thread] = bed.threads_of(&bed.alice)[..] else { panic!("one thread") };
    assert!(bed.alice.say(thread, "I do").is_ok());
    assert!(bed.alice.say(bed.general, "hello").is_err());
}

/// The invitation in a message.
fn code(message: &fake_discord::Message) -> String {
    let (_, rest) = message.content.split_once("https://discord.gg/").expect("an invitation");
    rest.chars().take_while(char::is_ascii_alphanumeric).collect()
}

#[tokio::test]
async fn whoever_is_let_in_again_is_invited_alone() {
    let bed = Bed::new(How::Ban).await;
    // By which the bot can write to her.
    let other = bed.discord.guild("Elsewhere");
    other.install(&bed.app, fake_discord::Permissions::NONE);
    other.add(&bed.alice);
    bed.does(1, &exclude(&bed.alice, Some(bed.now().plus_seconds(3600)))).await;
    assert!(bed.is_banned(&bed.alice));
    assert_eq!(bed.does(2, &admit(&bed.alice)).await, Receipt::Done);
    assert_eq!(bed.does(3, &direct(&bed.alice, "Welcome.")).await, Receipt::Done);
    let letters = bed.written_to(&bed.alice);
    assert_eq!(letters.len(), 2, "the invitation and what was said after it");
    assert!(bed.written_in(bed.officers).is_empty());
    let code = code(&letters[0]);
    assert!(bed.bob.accept(&code).is_err(), "it is for her alone");
    assert!(bed.alice.accept(&code).is_ok());
    assert!(bed.alice.say(bed.general, "back").is_ok());
}

#[tokio::test]
async fn an_invitation_for_somebody_who_cannot_be_written_to_is_given_to_the_officers_once() {
    let bed = Bed::new(How::Ban).await;
    bed.does(1, &exclude(&bed.alice, None)).await;
    // The ban is lifted, and then nothing goes through.
    bed.discord.fail_times(
        Matcher::of("POST", "/invites"),
        Fault::RateLimit { retry_after: Duration::from_secs(30), scope: "user" },
        1,
    );
    let answer = bed.apply(2, &admit(&bed.alice)).await;
    assert!(matches!(answer, Err(DeliveryError::NotYet(_))), "{answer:?}");
    assert!(!bed.is_banned(&bed.alice));
    bed.advance(Duration::from_secs(60));
    bed.discord.fail_times(posts(), Fault::DoneButNoAnswer, 2 * TRIES);
    assert!(bed.apply(2, &admit(&bed.alice)).await.is_err());
    bed.discord.stop_failing();
    bed.advance(DAY);
    bed.does(2, &admit(&bed.alice)).await;
    bed.does(2, &admit(&bed.alice)).await;
    let told = bed.written_in(bed.officers);
    assert_eq!(told.len(), 1, "{:?}", contents(&told));
    let made = bed.asked("POST", "/invites").len();
    assert_eq!(made, 2, "one was refused");
    assert!(bed.alice.accept(&code(&told[0])).is_ok());
}

#[tokio::test]
async fn that_somebody_could_not_be_invited_is_the_officers_to_know() {
    let bed = Bed::new(How::Ban).await;
    bed.does(1, &exclude(&bed.alice, None)).await;
    bed.guild.overwrite(bed.general, bed.app.bot, Permissions::NONE, Permissions::CREATE_INSTANT_INVITE);
    for want in [Receipt::Done, Receipt::AlreadyDone] {
        assert_eq!(bed.does(2, &admit(&bed.alice)).await, want);
        assert!(!bed.is_banned(&bed.alice));
        let told = bed.written_in(bed.officers);
        let line = contents(&told).join("\n").replace(&bed.alice.id.to_string(), "ALICE");
        let line = line.replace(&bed.general.to_string(), "GENERAL");
        insta::allow_duplicates! { insta::assert_snapshot!(line, @r"<@ALICE> can come back, and I could not invite them into <#GENERAL>. Please send them an invitation; and look whether I may create invitations there."); }
    }
}

#[tokio::test]
async fn nothing_is_done_before_the_server_is_known() {
    let bed = Bed::new(How::Role).await;
    let account = bed.open().await;
    let hands = account.outbound(&group()).expect("a group of the account");
    let answer = hands.apply(platform::fake::effect(1), &direct(&bed.alice, "Too early.")).await;
    assert!(matches!(answer, Err(DeliveryError::RateLimited(_))), "{answer:?}");
    assert!(bed.written_to(&bed.alice).is_empty());
    assert!(account.outbound(&policy::GroupId::new("another").expect("a valid id")).is_none());
}

#[tokio::test]
async fn nothing_is_done_before_the_bot_is_there() {
    let bed = Bed::new(How::Role).await;
    let awaited = bed.awaited();
    let hands = awaited.outbound(&group()).expect("a group of the account");
    assert_eq!(hands.platform(), bed.hands().platform());
    let answer = hands.apply(platform::fake::effect(1), &direct(&bed.alice, "Too early.")).await;
    assert!(matches!(answer, Err(DeliveryError::RateLimited(_))), "{answer:?}");
    assert!(matches!(hands.members(&group()).await, Err(DeliveryError::RateLimited(_))));
    assert!(bed.written_to(&bed.alice).is_empty());
    assert!(awaited.outbound(&policy::GroupId::new("another").expect("a valid id")).is_none());
}

#[tokio::test]
async fn nothing_is_written_in_channels_of_other_servers() {
    let bed = Bed::new(How::Role).await;
    let other = bed.discord.guild("Elsewhere");
    other.install(&bed.app, invited(&bed.open().await));
    let theirs = other.channel("theirs");
    for channel in [theirs, Snowflake::from_number(7)] {
        let letter = Letter::line("Hello.");
        let answer = bed.apply(1, &Action::Announce { channel: channel_id(channel), letter }).await;
        assert!(matches!(answer, Err(DeliveryError::Gone)), "{answer:?}");
    }
    assert!(bed.discord.messages(theirs).is_empty());
}
