//! What is offered to whoever is typing: theirs, and nobody else's.

use platform::{Sought, Suggest};

use crate::harness::{Harness, charter, group, member};

async fn offered(it: &Harness, to: &str, sought: Sought, typed: &str) -> Vec<String> {
    let choices = it.casework.suggest(&group("tea"), &member(to), sought, typed).await.unwrap();
    choices.into_iter().map(|choice| choice.value).collect()
}

#[tokio::test]
async fn everybody_is_offered_what_waits_for_them() {
    let it = Harness::with(vec![charter("tea"), charter("other")]).await;
    it.post("1", "alice", "stronko").await;
    it.post("2", "bob", "worstlo").await;
    let rows = [
        // Officers: proposals before what waits in the queue.
        ("asha", "", vec!["B-0003", "B-0001"]),
        ("mo", "", vec!["B-0001"]),
        ("mo", "b-0001", vec!["B-0001"]),
        ("mo", "nothing of the kind", vec![]),
        // Members: what they were written about.
        ("alice", "", vec!["B-0001"]),
        ("carol", "", vec![]),
    ];
    for (to, typed, want) in rows {
        assert_eq!(offered(&it, to, Sought::Reference, typed).await, want, "{to}: {typed}");
    }
    let elsewhere = it.casework.suggest(&group("other"), &member("mo"), Sought::Reference, "").await.unwrap();
    assert_eq!(elsewhere, []);
}

#[tokio::test]
async fn an_officer_is_not_offered_what_they_have_a_part_in() {
    let it = Harness::new().await;
    it.post("1", "mo", "stronko").await;
    assert_eq!(offered(&it, "nia", Sought::Reference, "").await, ["B-0001"]);
    let own = it.casework.suggest(&group("tea"), &member("mo"), Sought::Reference, "").await.unwrap();
    assert!(own.iter().all(|choice| choice.label.contains("I wrote to you")), "{own:?}");
}

#[tokio::test]
async fn rules_are_offered_by_code_and_title() {
    let it = Harness::new().await;
    let all = offered(&it, "mo", Sought::Rule, "").await;
    assert!(all.len() > 1, "{all:?}");
    assert_eq!(offered(&it, "mo", Sought::Rule, &all[1].to_uppercase()).await, [all[1].clone()]);
}
