//! Lines that go in, and answers that come out.

use std::sync::atomic::Ordering;
use std::time::Duration;

use fake_discord::{Fault, Matcher, Permissions, Snowflake as Id};
use platform::Inbound;
use policy::{Letter, MessageText, Offer, Reference};
use serde_json::json;

use crate::bed::{Bed, branch, buttons, within};
use crate::buttons::rows;

fn file(number: u32) -> Reference {
    Reference::new(number).unwrap()
}

fn case(number: u32) -> Offer {
    Offer::Case(file(number))
}

fn callbacks() -> Matcher {
    Matcher::of("POST", "/callback")
}

fn answers() -> Matcher {
    Matcher::of("POST", "/webhooks/")
}

/// A message with a button for a case, where officers talk.
async fn button(bed: &Bed) -> (Id, String) {
    let rows = rows(&[case(42)], &branch());
    let id = rows[0]["components"][0]["custom_id"].as_str().unwrap().to_owned();
    (bed.post(bed.officers, json!(rows)).await, id)
}

#[tokio::test]
async fn a_command_becomes_a_line_and_its_answer_is_for_whoever_asked() {
    let mut bed = Bed::new().await;
    bed.shared().register().await.unwrap();
    let letter = Letter::line(format!("B-0042 hidden, by {}. See `case B-0042`.", bed.anna.id))
        .quote(MessageText::new("@everyone **bold** <@1>"));
    let offers = [case(42), Offer::Confirm(file(42)), Offer::Restore(file(42))];
    bed.desk.will_say(offers.into_iter().fold(letter, Letter::offering));
    let options =
        [("case", json!("B-0042")), ("step", json!("warning")), ("reason", json!("so it is, @here"))];
    let asked = bed.olga.use_command(&bed.app, bed.general, "sign", &options).unwrap();
    bed.answer().await;
    let heard = bed.desk.heard.lock().unwrap().clone();
    let [Inbound::Command { group, from, line: text, is_private: true, .. }] = heard.as_slice() else {
        panic!("{heard:?}")
    };
    assert_eq!((group, from.as_str()), (&branch(), bed.olga.id.to_string().as_str()));
    assert_eq!(text.expose(), "sign B-0042 warning so it is, @here");
    let said = bed.said(asked).replace(&bed.anna.id.to_string(), "ANNA");
    insta::assert_snapshot!(said, @r#"
    B-0042 hidden, by <@ANNA>. See `case B-0042`.

    > \@everyone \*\*bold\*\* \<\@1\>
    "#);
    insta::assert_snapshot!(buttons(&bed.shown(asked)[0]), @"Look at B-0042 | Confirm B-0042 | Restore B-0042");
    assert!(bed.interaction(asked).is_ephemeral);
    assert_eq!(bed.interaction(asked).answer.unwrap().0, 5, "it was promised first");
}

#[tokio::test]
async fn whoever_holds_no_office_reads_what_the_desk_says_to_that() {
    let mut bed = Bed::new().await;
    bed.shared().register().await.unwrap();
    // Discord shows every command to administrators, whoever they are.
    let dora = bed.guild.member("dora");
    bed.guild.give(&dora, bed.guild.role("admin", Permissions::ADMINISTRATOR));
    bed.desk.will_say(Letter::line(
        "`queue` needs the office of moderator, which you do not hold. Nothing was changed.",
    ));
    let asked = dora.use_command(&bed.app, bed.general, "queue", &[]).unwrap();
    bed.answer().await;
    assert_eq!(bed.desk.lines(), ["branch: queue"]);
    insta::assert_snapshot!(bed.said(asked), @"`queue` needs the office of moderator, which you do not hold. Nothing was changed.");
}

#[tokio::test]
async fn what_was_told_too_late_is_not_carried_out() {
    let mut bed = Bed::new().await;
    let (message, id) = button(&bed).await;
    bed.olga.press(bed.officers, message, &id).unwrap();
    let told = bed.told().await;
    bed.discord.advance(Duration::from_secs(4));
    bed.shared().interact(&bed.dyn_desk(), &told).await;
    assert_eq!(bed.desk.lines(), [""; 0]);
}

#[tokio::test]
async fn what_is_told_twice_is_carried_out_once_and_what_is_pressed_twice_twice() {
    let mut bed = Bed::new().await;
    let (message, id) = button(&bed).await;
    bed.discord.tell_twice("INTERACTION_CREATE");
    bed.olga.press(bed.officers, message, &id).unwrap();
    bed.answer().await;
    bed.answer().await;
    assert_eq!(bed.desk.lines(), ["branch: case B-0042"]);
    let first = bed.olga.press(bed.officers, message, &id).unwrap();
    let second = bed.olga.press(bed.officers, message, &id).unwrap();
    let (one, other) = (bed.told().await, bed.told().await);
    let desk = bed.dyn_desk();
    tokio::join!(bed.shared().interact(&desk, &one), bed.shared().interact(&desk, &other));
    assert_eq!(bed.desk.lines(), ["branch: case B-0042", "branch: case B-0042"]);
    assert_eq!((bed.said(first), bed.said(second)), ("So be it.".to_owned(), "So be it.".to_owned()));
}

#[tokio::test]
async fn a_long_answer_comes_in_parts_with_buttons_below_the_last() {
    let mut bed = Bed::new().await;
    let (message, id) = button(&bed).await;
    let long = (0..3)
        .fold(Letter::line("See `case B-0007`."), |letter, part| letter.text(format!("{part} ").repeat(900)));
    bed.desk.will_say(long.offering(case(7)));
    let asked = bed.olga.press(bed.officers, message, &id).unwrap();
    bed.answer().await;
    let shown = bed.shown(asked);
    let below: Vec<String> = shown.iter().map(buttons).collect();
    assert_eq!(below, ["", "", "Look at B-0007"]);
    assert!(bed.said(asked).starts_with("See `case B-0007`.") && bed.said(asked).ends_with('2'));
    let standing = bed.discord.messages(bed.officers);
    assert_eq!(standing.iter().filter(|message| message.only_for.is_none()).count(), 1, "no others see it");
}

#[tokio::test]
async fn what_cannot_be_recorded_says_so() {
    let mut bed = Bed::new().await;
    let (message, id) = button(&bed).await;
    bed.desk.is_full.store(true, Ordering::Relaxed);
    let asked = bed.olga.press(bed.officers, message, &id).unwrap();
    bed.answer().await;
    insta::assert_snapshot!(bed.said(asked), @"I could not record that, so nothing was changed. Please try again in a moment.");
}

#[tokio::test]
async fn an_answer_survives_what_goes_wrong_on_the_way() {
    let busy = || Fault::Status(500, json!({}));
    let rows: [(&str, Matcher, Fault, u32); 5] = [
        ("the promise was taken and its answer lost", callbacks(), Fault::DoneButNoAnswer, 1),
        ("the promise was lost", callbacks(), busy(), 1),
        ("the answer was lost", answers(), busy(), 2),
        ("the answer was taken and that lost", answers(), Fault::DoneButNoAnswer, 1),
        (
            "there is a limit",
            answers(),
            Fault::RateLimit { retry_after: Duration::from_secs(30), scope: "shared" },
            2,
        ),
    ];
    for (what, of, fault, times) in rows {
        let mut bed = Bed::new().await;
        let (message, id) = button(&bed).await;
        bed.discord.fail_times(of, fault, times);
        let asked = bed.olga.press(bed.officers, message, &id).unwrap();
        bed.answer().await;
        assert_eq!(bed.desk.lines(), ["branch: case B-0042"], "{what}");
        assert!(bed.said(asked).starts_with("So be it."), "{what}");
        assert!(bed.discord.has_failed(), "{what}");
    }
}

#[tokio::test]
async fn nothing_is_carried_out_of_which_nobody_was_promised_an_answer() {
    let mut bed = Bed::new().await;
    let (message, id) = button(&bed).await;
    bed.discord.fail_times(callbacks(), Fault::Status(500, json!({})), 9);
    bed.olga.press(bed.officers, message, &id).unwrap();
    bed.answer().await;
    assert_eq!(bed.desk.lines(), [""; 0]);
}

#[tokio::test]
async fn a_part_that_discord_does_not_take_is_said_to_be_missing() {
    let mut bed = Bed::new().await;
    let (message, id) = button(&bed).await;
    bed.discord.fail(answers(), Fault::Status(400, json!({ "code": 50035, "message": "Invalid Form Body" })));
    let asked = bed.olga.press(bed.officers, message, &id).unwrap();
    bed.answer().await;
    insta::assert_snapshot!(bed.said(asked), @"A part of my answer cannot be shown here.");
}

#[tokio::test]
async fn what_nothing_of_ours_asks_gets_a_line() {
    let mut bed = Bed::new().await;
    for id in ["junk", "2:case:B-0042::branch", "1:sign:B-0042:banishment:branch"] {
        let row =
            json!([{ "type": 1, "components": [{ "type": 2, "style": 1, "label": "x", "custom_id": id }] }]);
        let message = bed.post(bed.officers, row).await;
        let asked = bed.anna.press(bed.officers, message, id).unwrap();
        bed.answer().await;
        insta::allow_duplicates! { insta::assert_snapshot!(bed.said(asked), @"I do not know what that asks of me any more. `help` lists what you can ask."); }
    }
    assert_eq!(bed.desk.lines(), [""; 0]);
    // What cannot be answered at all is left.
    for odd in [
        json!(null),
        json!({}),
        json!({"id": "1", "token": "t"}),
        json!({"id": "1", "token": "t", "type": 2}),
    ] {
        bed.shared().interact(&bed.dyn_desk(), &odd).await;
    }
}

#[tokio::test]
async fn a_command_of_which_no_line_comes_says_why() {
    let mut bed = Bed::new().await;
    bed.shared().register().await.unwrap();
    let options = [("target", json!("two words"))];
    let asked = bed.olga.use_command(&bed.app, bed.general, "remove", &options).unwrap();
    bed.answer().await;
    insta::assert_snapshot!(bed.said(asked), @"`target` is one word. Nothing was changed.");
    assert_eq!(bed.desk.lines(), [""; 0]);
}

#[tokio::test]
async fn every_button_is_the_line_that_it_says() {
    let mut bed = Bed::new().await;
    let many: Vec<Offer> = (1..=6).map(case).collect();
    for offers in [vec![Offer::Acknowledge, Offer::MyRecord, case(42)], many] {
        let rows = rows(&offers, &branch());
        let message = bed.post(bed.officers, json!(rows)).await;
        for part in rows.iter().flat_map(|row| row["components"].as_array().unwrap()) {
            let id = part["custom_id"].as_str().unwrap();
            if part["type"] == 3 {
                bed.anna.select(bed.officers, message, id, &["B-0003"]).unwrap();
            } else {
                bed.anna.press(bed.officers, message, id).unwrap();
            }
            bed.answer().await;
        }
    }
    insta::assert_snapshot!(bed.desk.lines().join("\n"), @"
    branch: acknowledge
    branch: my-record
    branch: case B-0042
    branch: case B-0003
    ");
}

#[tokio::test]
async fn the_words_of_an_answer_are_stopped_by_no_filter() {
    let mut bed = Bed::new().await;
    bed.guild.filter("words", &["blast"], None, &[]);
    let (message, id) = button(&bed).await;
    bed.desk.will_say(Letter::line("They wrote:").quote(MessageText::new("blast")));
    let asked = bed.anna.press(bed.officers, message, &id).unwrap();
    within(bed.answer()).await;
    assert_eq!(bed.said(asked), "They wrote:\n\n> blast");
}

#[tokio::test]
async fn an_answer_has_the_buttons_of_what_it_offers_and_of_nothing_else() {
    let mut bed = Bed::new().await;
    bed.shared().register().await.unwrap();
    let named = || Letter::line("Reply here with: appeal B-0042 and why. See `case B-0042`.");
    let mut seen = Vec::new();
    for letter in [named(), named().offering(Offer::Appeal(file(42))).offering(case(7))] {
        bed.desk.will_say(letter);
        let asked =
            bed.olga.use_command(&bed.app, bed.general, "case", &[("case", json!("B-0042"))]).unwrap();
        bed.answer().await;
        seen.push(buttons(&bed.shown(asked)[0]));
    }
    assert_eq!(seen, ["", "Appeal B-0042 | Look at B-0007"], "words are no offer");
}
