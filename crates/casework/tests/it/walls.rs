//! Groups are walls.

use crate::harness::{Harness, charter, group, member, post};
use policy::Roster;

#[tokio::test]
async fn nothing_of_one_group_is_visible_or_moved_from_another() {
    let other = policy::Charter { roster: Roster::default(), ..charter("other") };
    let it = Harness::with(vec![charter("tea"), other]).await;
    it.takes(post(&it, "other", "1", "alice", "worstlo")).await;
    it.settle().await;
    assert!(it.case(1).await.is_none(), "the case is the other group's");
    assert!(it.ledger.case(&group("other"), crate::harness::case_ref(1)).await.unwrap().is_some());
    for line in ["case B-1", "restore B-1", "decide B-1 accept"] {
        let answer = it.command("mo", line).await;
        assert!(
            answer.contains("There is no") && answer.contains("B-0001 in this group"),
            "{line}: {answer}"
        );
    }
    assert!(it.command("mo", "history alice").await.contains("no cases"));
    assert_eq!(it.command("mo", "queue").await, "Nothing waits for a moderator.");
    assert!(
        it.command_in("other", "mo", "queue").await.contains("which you do not hold"),
        "an officer here, not there"
    );
    assert!(it.direct("alice", "appeal B-1 hello").await.contains("I know no case"));
    it.takes(post(&it, "tea", "2", "bob", "medlo")).await;
    it.settle().await;
    assert_eq!(it.state(1).await, "flagged", "numbers run by group");
    let others = it.ledger.strikes(&group("other"), &member("alice")).await.unwrap();
    assert_eq!(others.len(), 1);
    assert_eq!(it.strikes("alice").await, (0, 0));
}

#[tokio::test]
async fn words_policy_and_mode_are_a_groups_own() {
    let it = Harness::with(vec![charter("tea"), charter("other")]).await;
    it.command("asha", "wordlist add strongest general word zzyzx").await;
    it.command("asha", "policy set medium delete").await;
    it.takes(post(&it, "other", "1", "alice", "zzyzx and medlo")).await;
    it.settle().await;
    let case = it.ledger.case(&group("other"), crate::harness::case_ref(1)).await.unwrap().unwrap();
    assert_eq!(case.state.word(), "flagged");
    it.takes(post(&it, "tea", "2", "alice", "zzyzx")).await;
    it.settle().await;
    assert_eq!(it.state(1).await, "removed");
}
