//! The queue as it hangs where the officers talk.

use platform::Board;

use crate::harness::{Harness, group, read};

async fn shown(it: &Harness) -> String {
    read(&it.casework.board(&group("tea")).await.unwrap())
}

#[tokio::test]
async fn the_board_follows_what_waits() {
    let it = Harness::new().await;
    assert_eq!(shown(&it).await, "Nothing waits for a moderator.");
    it.post("1", "alice", "stronko").await;
    let queue = it.command("mo", "queue").await;
    assert_eq!(shown(&it).await, queue);
    it.command("mo", "restore B-1").await;
    assert_eq!(shown(&it).await, "Nothing waits for a moderator.");
}

#[tokio::test]
async fn what_one_officer_has_a_part_in_does_not_hang_where_they_read() {
    let it = Harness::new().await;
    it.post("1", "mo", "stronko").await;
    assert!(it.command("nia", "queue").await.contains("B-0001"));
    assert_eq!(shown(&it).await, "Nothing waits for a moderator.");
    it.post("2", "alice", "stronko").await;
    it.command("nia", "conflict B-2").await;
    assert!(it.command("mo", "queue").await.contains("B-0002"));
    assert_eq!(shown(&it).await, "Nothing waits for a moderator.");
}
