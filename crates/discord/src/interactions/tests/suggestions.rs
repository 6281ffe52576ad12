//! What is suggested to somebody who is typing.

use std::sync::atomic::Ordering;

use fake_discord::{Intents, Permissions, Snowflake as Id};
use platform::{Choice, Sought};
use serde_json::{Value, json};

use crate::bed::{Bed, TestPace};

fn choices(bed: &Bed, asked: Id) -> Vec<String> {
    let interaction = bed.interaction(asked);
    let all = interaction.choices().expect("suggestions").as_array().cloned().unwrap();
    let text = |one: &Value, field: &str| one[field].as_str().unwrap().to_owned();
    all.iter().map(|one| format!("{} = {}", text(one, "name"), text(one, "value"))).collect()
}

async fn typed(bed: &mut Bed, command: &str, option: &str, typed: &str) -> Vec<String> {
    let options = [(option, json!(typed))];
    let asked = bed.olga.autocomplete(&bed.app, bed.general, command, &options, option).unwrap();
    bed.answer().await;
    choices(bed, asked)
}

fn file(number: u32) -> Choice {
    Choice { value: format!("B-{number:04}"), label: format!("B-{number:04} hidden {}", "long ".repeat(30)) }
}

#[tokio::test]
async fn files_and_rules_are_asked_for_where_they_are_on_record() {
    let mut bed = Bed::new().await;
    bed.shared().register().await.unwrap();
    *bed.desk.choices.lock().unwrap() = (1..=30).map(file).collect();
    let found = typed(&mut bed, "case", "case", " b-00").await;
    assert_eq!(found.len(), 25);
    assert!(found[0].ends_with("\u{2026} = B-0001") && found[0].chars().count() == 100 + " = B-0001".len());
    *bed.desk.choices.lock().unwrap() =
        vec![Choice { value: "respect".to_owned(), label: "respect: Be kind".to_owned() }];
    assert_eq!(typed(&mut bed, "remove", "rule", "kind").await, ["respect: Be kind = respect"]);
    let asked_for = std::mem::take(&mut *bed.desk.asked_for.lock().unwrap());
    assert_eq!(asked_for, [(Sought::Reference, "b-00".to_owned()), (Sought::Rule, "kind".to_owned())]);
    assert_eq!(bed.desk.lines(), [""; 0]);
}

#[tokio::test]
async fn members_are_looked_for_on_the_server() {
    let mut bed = Bed::new().await;
    bed.shared().register().await.unwrap();
    let annette = bed.guild.member("annette");
    annette.nick(&bed.guild, Some("Annie")).unwrap();
    let (anna, all) = (bed.anna.id.to_string(), [bed.anna.id, annette.id, bed.olga.id]);
    let mut seen = Vec::new();
    for text in ["ann", "@anni", anna.as_str(), "nobody", "", "@", "ann&limit=1", "1"] {
        let found = typed(&mut bed, "mute", "member", text).await.join(", ");
        seen.push(format!("{text:?}: {found}"));
    }
    let seen = ["ANNA", "ANNETTE", "OLGA"]
        .iter()
        .zip(all)
        .fold(seen.join("\n"), |seen, (name, id)| seen.replace(&id.to_string(), name));
    insta::assert_snapshot!(seen, @r#"
    "ann": anna = @ANNA, Annie (annette) = @ANNETTE
    "@anni": Annie (annette) = @ANNETTE
    "ANNA": anna = @ANNA
    "nobody": 
    "": 
    "@": 
    "ann&limit=1": 
    "1":
    "#);
}

#[tokio::test]
async fn members_are_suggested_to_those_whose_command_it_is() {
    let mut bed = Bed::new().await;
    bed.shared().register().await.unwrap();
    let dora = bed.guild.member("dora");
    bed.guild.give(&dora, bed.guild.role("admin", Permissions::ADMINISTRATOR));
    let options = [("member", json!("anna"))];
    let asked = dora.autocomplete(&bed.app, bed.general, "mute", &options, "member").unwrap();
    bed.answer().await;
    assert_eq!(choices(&bed, asked), [""; 0]);
}

#[tokio::test]
async fn a_file_or_a_member_may_be_meant() {
    let mut bed = Bed::new().await;
    bed.shared().register().await.unwrap();
    *bed.desk.choices.lock().unwrap() =
        vec![Choice { value: "B-0001".to_owned(), label: "B-0001 hidden".to_owned() }];
    let found = typed(&mut bed, "remove", "target", "anna").await;
    assert_eq!(found, ["B-0001 hidden = B-0001".to_owned(), format!("anna = @{}", bed.anna.id)]);
}

#[tokio::test]
async fn what_cannot_be_found_out_is_not_suggested() {
    let mut bed = Bed::with(Intents::PRIVILEGED, TestPace::jumping(), 2).await;
    bed.shared().register().await.unwrap();
    *bed.desk.choices.lock().unwrap() = vec![file(1)];
    // In private, and in one of several groups.
    bed.anna.dm(&bed.app, "hello").unwrap();
    let channel = bed.discord.see(|world| world.dm(bed.app.bot, bed.anna.id).map(|dm| dm.id)).unwrap();
    let options = [("case", json!("B"))];
    let asked = bed.anna.autocomplete(&bed.app, channel, "appeal", &options, "case").unwrap();
    bed.answer().await;
    assert_eq!(choices(&bed, asked), [""; 0]);
    bed.desk.is_full.store(true, Ordering::Relaxed);
    assert_eq!(typed(&mut bed, "case", "case", "B").await, [""; 0]);
    // Typed by the hand of somebody else, in an option that has no suggestions.
    let mut told = {
        bed.olga.autocomplete(&bed.app, bed.general, "case", &options, "case").unwrap();
        bed.told().await
    };
    told["data"]["options"][0]["name"] = json!("odd");
    bed.shared().interact(&bed.dyn_desk(), &told).await;
}
