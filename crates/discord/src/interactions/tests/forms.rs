//! Forms, and what is called up at messages and people.

use fake_discord::{Intents, Snowflake as Id};
use policy::{Offer, PostId, Reference, Step};
use serde_json::json;

use crate::bed::{Bed, TestPace, branch, ours};
use crate::buttons::rows;
use crate::commands::{ENFORCE_MENU, RECORD_MENU, REPORT_MENU};

fn title(bed: &Bed, asked: Id) -> String {
    let interaction = bed.interaction(asked);
    interaction.modal().expect("a form")["title"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_button_that_needs_words_opens_a_form_and_what_is_written_is_a_line() {
    let mut bed = Bed::new().await;
    let file = Reference::new(42).unwrap();
    let offers = [
        Offer::Appeal(file),
        Offer::Reply(file),
        Offer::Confirm(file),
        Offer::Restore(file),
        Offer::Sign(file, Some(Step::Warning)),
        Offer::Sign(file, None),
        Offer::Decline(file),
    ];
    let mut seen = Vec::new();
    for offer in offers {
        let rows = rows(&[offer], &branch());
        let message = bed.post(bed.officers, json!(rows)).await;
        let id = rows[0]["components"][0]["custom_id"].as_str().unwrap();
        let asked = bed.olga.press(bed.officers, message, id).unwrap();
        bed.answer().await;
        assert_eq!(bed.desk.lines(), [""; 0], "nothing is done before it is filled in");
        let submitted = bed.olga.submit_modal(asked, &[("step", "Warning"), ("words", "so\nit is")]).unwrap();
        bed.answer().await;
        assert_eq!(bed.said(submitted), "So be it.");
        seen.push(format!("{} -> {}", title(&bed, asked), bed.desk.lines().join(" | ").replace('\n', " / ")));
    }
    insta::assert_snapshot!(seen.join("\n"), @"
    Appeal about B-0042 -> branch: appeal B-0042 so / it is
    Your side of B-0042 -> branch: reply B-0042 so / it is
    Confirm B-0042: it counts as a strike -> branch: confirm B-0042 so / it is
    Restore B-0042 -> branch: restore B-0042 so / it is
    Sign B-0042: warning -> branch: sign B-0042 warning so / it is
    Sign B-0042 -> branch: sign B-0042 warning so / it is
    Decline B-0042 -> branch: decline B-0042 so / it is
    ");
}

#[tokio::test]
async fn forms_for_officers_are_opened_for_nobody_else() {
    let mut bed = Bed::new().await;
    let file = Reference::new(42).unwrap();
    for offer in [Offer::Confirm(file), Offer::Restore(file), Offer::Sign(file, None), Offer::Decline(file)] {
        let rows = rows(&[offer], &branch());
        let message = bed.post(bed.officers, json!(rows)).await;
        let id = rows[0]["components"][0]["custom_id"].as_str().unwrap();
        let asked = bed.anna.press(bed.officers, message, id).unwrap();
        bed.answer().await;
        insta::allow_duplicates! { insta::assert_snapshot!(bed.said(asked), @"That is for officers of the group. Nothing was changed."); }
    }
    assert_eq!(bed.desk.lines(), [""; 0]);
}

#[tokio::test]
async fn a_message_is_reported_from_its_menu() {
    let mut bed = Bed::new().await;
    bed.shared().register().await.unwrap();
    let post = bed.olga.say(bed.general, "rude words").unwrap();
    let asked = bed.anna.message_menu(&bed.app, bed.general, post, REPORT_MENU).unwrap();
    bed.answer().await;
    let submitted = bed.anna.submit_modal(asked, &[("kind", "Abuse"), ("words", "it is rude")]).unwrap();
    bed.answer().await;
    assert_eq!(bed.desk.lines(), [format!("branch: report abuse #{post} it is rude")]);
    assert_eq!(bed.said(submitted), "So be it.");
    assert_eq!(bed.shared().recent.channel_of(ours(post)), Some(ours(bed.general)), "it is found again");
}

#[tokio::test]
async fn a_reported_message_can_be_read_where_the_bot_may_not_read() {
    let mut bed = Bed::with(Intents::GUILD_MEMBERS, TestPace::jumping(), 1).await;
    bed.shared().register().await.unwrap();
    let post = bed.olga.say(bed.general, "rude words").unwrap();
    let outbound = bed.account.outbound(&branch()).unwrap();
    let name = PostId::new(post.to_string()).unwrap();
    assert_eq!(outbound.read(&branch(), None, &name).await.unwrap(), None);
    bed.anna.message_menu(&bed.app, bed.general, post, REPORT_MENU).unwrap();
    bed.answer().await;
    let read = outbound.read(&branch(), None, &name).await.unwrap().expect("it was shown");
    assert_eq!(read.surfaces[0].text.expose(), "rude words");
    assert_eq!(read.author.as_str(), bed.olga.id.to_string());
    bed.discord.advance(std::time::Duration::from_secs(1));
    bed.olga.edit(bed.general, post, "other words").unwrap();
    assert_eq!(outbound.read(&branch(), None, &name).await.unwrap(), None, "it says something else now");
}

#[tokio::test]
async fn officers_remove_a_message_from_its_menu_and_look_at_somebody_from_theirs() {
    let mut bed = Bed::new().await;
    bed.shared().register().await.unwrap();
    let post = bed.anna.say(bed.general, "rude words").unwrap();
    let asked = bed.olga.message_menu(&bed.app, bed.general, post, ENFORCE_MENU).unwrap();
    bed.answer().await;
    bed.olga.submit_modal(asked, &[("rule", "respect"), ("words", "rude")]).unwrap();
    bed.answer().await;
    let asked = bed.olga.user_menu(&bed.app, bed.general, bed.anna.id, RECORD_MENU).unwrap();
    bed.answer().await;
    let want = [format!("branch: enforce #{post} respect rude"), format!("branch: history {}", bed.anna.id)];
    assert_eq!(bed.desk.lines(), want);
    assert_eq!(bed.said(asked), "So be it.");
    bed.anna.message_menu(&bed.app, bed.general, post, ENFORCE_MENU).expect_err("it is for officers");
}
