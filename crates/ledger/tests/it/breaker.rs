//! What the filter took away, by when and by whom, and the breaker, which outlives a restart.

use ledger::{Fuse, LedgerError, NewCase, TakenFor, Transaction};
use policy::{Category, Grade, Grounds, PostRef, Reference, RuleRef, Verdict};

use crate::support::{Scratch, at, group, member, new_case, snapshot};

const DAY: i64 = 86_400;

/// A post of somebody's that was written then, and taken away a second later.
async fn take(tx: &mut Transaction, in_group: &str, post: &str, author: &str, written: i64) -> Reference {
    let new = new_case(post);
    let post = PostRef { author: member(author), written_at: at(written), ..new.post.clone() };
    let case = tx.open_case(&group(in_group), &NewCase { post, ..new }, &snapshot("spoilt")).await.unwrap();
    tx.take_away(&group(in_group), case, at(written + 1)).await.unwrap();
    case
}

#[tokio::test]
async fn what_was_taken_away_is_counted_by_time_in_its_own_group() {
    let scratch = Scratch::new();
    let ledger = scratch.open().await;
    let tea = group("tea");
    let mut tx = ledger.begin().await.unwrap();
    for (post, author, written) in
        [("1", "alice", 10), ("2", "alice", 20), ("3", "bob", 30), ("4", "bob", 40)]
    {
        take(&mut tx, "tea", post, author, written).await;
    }
    take(&mut tx, "chess", "5", "alice", 20).await;
    // What was not taken away, an officer may have removed.
    tx.open_case(&tea, &new_case("6"), &snapshot("spoilt")).await.unwrap();
    let taken = tx.taken(&tea, at(11), at(41)).await.unwrap();
    let mut by: Vec<_> = taken.iter().map(|one| (one.author.as_str(), one.written_at)).collect();
    by.sort_unstable();
    assert_eq!(by, [("alice", at(20)), ("bob", at(30)), ("bob", at(40))], "after the first, up to the last");
    tx.commit().await.unwrap();
    assert_eq!(ledger.taken(&tea, at(0), at(40)).await.unwrap().len(), 3);
    let for_what = |posts| TakenFor {
        rule: RuleRef { code: "language".to_owned(), version: 1 },
        grade: Grade::Strong,
        category: Category::General,
        posts,
    };
    assert_eq!(ledger.taken_for(&tea, at(0), at(99), 5).await.unwrap(), [for_what(4)]);
    assert_eq!(ledger.taken_for(&group("chess"), at(0), at(99), 5).await.unwrap(), [for_what(1)]);
    let mut tx = ledger.begin().await.unwrap();
    let grounds = Some(Grounds { grade: Grade::Strongest, category: Category::Insult });
    let other = tx.open_case(&tea, &NewCase { grounds, ..new_case("7") }, &snapshot("spoilt")).await.unwrap();
    tx.take_away(&tea, other, at(50)).await.unwrap();
    tx.commit().await.unwrap();
    let kinds = ledger.taken_for(&tea, at(0), at(99), 5).await.unwrap();
    assert_eq!(
        kinds.iter().map(|kind| (kind.grade, kind.posts)).collect::<Vec<_>>(),
        [(Grade::Strong, 4), (Grade::Strongest, 1)]
    );
    assert_eq!(ledger.taken_for(&tea, at(0), at(99), 1).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_busiest_ten_minutes_of_each_day_are_told_by_when_posts_were_written() {
    let scratch = Scratch::new();
    let ledger = scratch.open().await;
    let tea = group("tea");
    let mut tx = ledger.begin().await.unwrap();
    // `at(0)` is not where a day begins.
    let midnight = DAY - 1_800_000_000 % DAY;
    let mut post = 0;
    for (day, minutes, author, posts) in [
        (0, 5, "alice", 9),
        (0, 5, "bob", 2),
        (0, 25, "bob", 3),
        (1, 0, "bob", 1),
        (1, 11, "bob", 1),
        (3, 7, "alice", 2),
    ] {
        for nth in 0..posts {
            post += 1;
            take(&mut tx, "tea", &post.to_string(), author, midnight + day * DAY + minutes * 60 + nth).await;
        }
    }
    take(&mut tx, "chess", "1", "alice", midnight).await;
    tx.commit().await.unwrap();
    let peaks = async |from: i64, until: i64, per_member| {
        let between = (at(midnight + from * DAY - 1), at(midnight + until * DAY - 1));
        let mut peaks = ledger.peaks(&tea, between, per_member).await.unwrap();
        peaks.sort_unstable();
        peaks
    };
    assert_eq!(peaks(0, 9, 100).await, [1, 2, 11]);
    assert_eq!(peaks(0, 9, 4).await, [1, 2, 6], "of one member's posts only so many count");
    assert_eq!(peaks(1, 3, 100).await, [1]);
    assert_eq!(peaks(4, 9, 100).await, [0; 0]);
}

#[tokio::test]
async fn a_breaker_trips_once_until_somebody_resets_it() {
    let scratch = Scratch::new();
    let ledger = scratch.open().await;
    let tea = group("tea");
    assert_eq!(ledger.fuse(&tea).await.unwrap(), Fuse::default());
    let mut tx = ledger.begin().await.unwrap();
    assert!(!tx.reset_breaker(&tea, at(1)).await.unwrap(), "it has not tripped");
    tx.trip(&tea, at(2)).await.unwrap();
    let again = tx.trip(&tea, at(3)).await;
    assert!(matches!(again, Err(LedgerError::Inconsistent(_))), "{again:?}");
    tx.commit().await.unwrap();
    ledger.close().await;

    let ledger = scratch.open().await;
    assert_eq!(ledger.fuse(&tea).await.unwrap(), Fuse { tripped_at: Some(at(2)), reset_at: None });
    assert_eq!(ledger.fuse(&group("chess")).await.unwrap(), Fuse::default(), "groups are walls");
    let mut tx = ledger.begin().await.unwrap();
    assert!(tx.reset_breaker(&tea, at(4)).await.unwrap());
    assert!(!tx.reset_breaker(&tea, at(5)).await.unwrap(), "once");
    assert_eq!(tx.fuse(&tea).await.unwrap(), Fuse { tripped_at: None, reset_at: Some(at(4)) });
    tx.trip(&tea, at(6)).await.unwrap();
    assert_eq!(tx.fuse(&tea).await.unwrap(), Fuse { tripped_at: Some(at(6)), reset_at: Some(at(4)) });
}

#[tokio::test]
async fn what_the_filter_would_have_done_is_kept_with_the_case() {
    let scratch = Scratch::new();
    let ledger = scratch.open().await;
    let tea = group("tea");
    let mut tx = ledger.begin().await.unwrap();
    let new = NewCase { spared: Some(Verdict::Delete), state: policy::State::Flagged, ..new_case("1") };
    let case = tx.open_case(&tea, &new, &snapshot("spoilt")).await.unwrap();
    let mut kept = tx.case(&tea, case).await.unwrap().unwrap();
    assert_eq!(kept.spared, Some(Verdict::Delete));
    kept.spared = Some(Verdict::Hide);
    tx.update_case(&tea, &kept).await.unwrap();
    assert_eq!(tx.case(&tea, case).await.unwrap(), Some(kept));
    // Nothing else can be spared.
    let allow = NewCase { spared: Some(Verdict::Allow), ..new_case("2") };
    assert!(tx.open_case(&tea, &allow, &snapshot("spoilt")).await.is_err());
}
