//! What has had its time goes with everything there is of it, and nothing else does.

use ledger::{Access, Hold, Ledger, Listed, RegisterKind, WordsKind};
use policy::{
    Act, Actor, Appeal, AppealState, Deadline, DeadlineKind, Event, MemberId, Reference, Role, Ruling,
    Strike, Timestamp,
};

use crate::support::{Scratch, at, group, member, new_case, notice, snapshot, words};

const CANARY: &str = "canary-5e1fd7aa-sings";
/// Long enough for pages of their own, so that a page is given back whole as well as in parts.
const ALICE: &str = "alice-7711a7c4-of-the-platform";
const DAY: i64 = 24 * 60 * 60;

/// A case with a row in every table: appealed, decided, told, looked at.
async fn full_case(ledger: &Ledger, post: &str, author: &MemberId) -> Reference {
    let tea = group("tea");
    let mut transaction = ledger.begin().await.unwrap();
    let mut new = new_case(post);
    new.post.author = author.clone();
    let case = transaction.open_case(&tea, &new, &snapshot(&CANARY.repeat(300))).await.unwrap();
    transaction.give_strike(&tea, case, &Strike { conduct_at: at(0), voided: None }).await.unwrap();
    transaction.write_notice(&tea, author, &notice(case), Some(&words(CANARY))).await.unwrap();
    let mo = Actor::Officer(member("mo"));
    transaction.note(&tea, case, &mo, Event::Acted { act: Act::Confirm }, at(3)).await.unwrap();
    transaction.keep_words(&tea, case, WordsKind::Reason, &words(CANARY), at(3)).await.unwrap();
    let appeal = Appeal { lodged_at: at(4), state: AppealState::Lodged { due: at(9) } };
    transaction.lodge_appeal(&tea, case, &appeal, &words(CANARY)).await.unwrap();
    let decided = AppealState::Dismissed { by: member("nia"), at: at(5) };
    transaction.set_appeal(&tea, case, &decided).await.unwrap();
    let ruled = Event::AppealRuled { ruling: Ruling::Dismiss };
    transaction.note(&tea, case, &Actor::Officer(member("nia")), ruled, at(5)).await.unwrap();
    let review = Deadline { kind: DeadlineKind::ReviewDue, due: at(5) };
    transaction.set_deadlines(&tea, case, &[], &[review], at(5)).await.unwrap();
    transaction.set_deadlines(&tea, case, &[DeadlineKind::ReviewDue], &[], at(6)).await.unwrap();
    transaction.log_access(&tea, case, &member("mo"), Role::Moderator, Access::Opened, at(6)).await.unwrap();
    transaction.commit().await.unwrap();
    deliver(ledger, at(6)).await;
    case
}

/// Everything that is to be done is done.
async fn deliver(ledger: &Ledger, now: Timestamp) {
    while let Some(effect) = ledger.next_due(now, &[]).await.unwrap() {
        let mut transaction = ledger.begin().await.unwrap();
        transaction.attempt(effect.id, now).await.unwrap();
        transaction.settle(effect.id, &ledger::Settled::Done, now).await.unwrap();
        transaction.commit().await.unwrap();
    }
}

async fn purge(ledger: &Ledger, files: &[Reference]) -> Vec<Reference> {
    let mut transaction = ledger.begin().await.unwrap();
    let gone = transaction.purge(&group("tea"), files, at(1000 * DAY), at(900 * DAY)).await.unwrap();
    transaction.commit().await.unwrap();
    ledger.scrub().await.unwrap();
    gone
}

#[tokio::test]
async fn a_purged_file_is_nowhere_and_the_others_are_whole() {
    let scratch = Scratch::new();
    let ledger = scratch.open().await;
    let (tea, alice, bob) = (group("tea"), member(ALICE), member("bob"));
    let mut mine = Vec::new();
    for post in 0..20 {
        mine.push(full_case(&ledger, &format!("a{post}"), &alice).await);
        full_case(&ledger, &format!("b{post}"), &bob).await;
    }
    let mut raw = scratch.raw().await;
    let secrets: Vec<Vec<u8>> = sqlx::query_scalar(
        "select substr(s.sealed, -48) from sealed s join \"case\" c on c.case_id = s.file_id where c.author_id = 1
         union all
         select k.wrapped from file_key k join \"case\" c on c.case_id = k.file_id where c.author_id = 1",
    )
    .fetch_all(&mut raw)
    .await
    .unwrap();
    sqlx::Connection::close(raw).await.unwrap();
    assert!(secrets.len() > 80 && secrets.iter().all(|secret| scratch.holds(secret)));
    assert!(scratch.holds(ALICE.as_bytes()));
    let before = ledger.register(&tea, 1000).await.unwrap();

    assert_eq!(purge(&ledger, &mine).await, mine);
    assert!(!scratch.holds(ALICE.as_bytes()), "the member's name was left behind");
    assert!(!secrets.iter().any(|secret| scratch.holds(secret)), "something sealed was left behind");
    for &case in &mine {
        assert_eq!(ledger.file(&tea, case).await.unwrap(), None);
        assert_eq!(ledger.events(&tea, case).await.unwrap(), []);
        assert_eq!(ledger.views(&tea, case).await.unwrap(), []);
    }
    assert_eq!(ledger.member_number(&tea, &alice).await.unwrap(), None);
    assert_eq!(ledger.cases_of(&tea, &bob, 100).await.unwrap().len(), 20);
    let two = Reference::new(2).unwrap();
    assert_eq!(ledger.snapshot(&tea, two).await.unwrap(), Some(snapshot(&CANARY.repeat(300))));

    // Numbers and dates stand as they were; of the purged nothing else does.
    let after = ledger.register(&tea, 1000).await.unwrap();
    assert_eq!(after.len(), before.len());
    for (after, before) in after.iter().zip(&before) {
        assert_eq!((after.number, after.at), (before.number, before.at));
        if before.file.is_some_and(|file| mine.contains(&file)) {
            assert_eq!((after.file, &after.kind), (None, &RegisterKind::Purged));
        } else {
            assert_eq!(after, before);
        }
    }
    // The next file takes the next number.
    let next = full_case(&ledger, "c", &bob).await;
    assert_eq!(next.number(), 41);
    let mut raw = scratch.raw().await;
    let counts: (i64, i64, i64, i64, i64) = sqlx::query_as(
        "select cases, strikes, appeals, notices, accesses from purge where finished_at_ms is not null",
    )
    .fetch_one(&mut raw)
    .await
    .unwrap();
    assert_eq!(counts, (20, 20, 20, 20, 20));
    for statement in ["delete from event", "update register set at_ms = 0", "delete from register"] {
        let error = sqlx::raw_sql(statement).execute(&mut raw).await.unwrap_err().to_string();
        assert!(error.contains("append-only"), "{statement}: {error}");
    }
    sqlx::raw_sql("insert into purge (group_id, started_at_ms) values (1, 0)")
        .execute(&mut raw)
        .await
        .unwrap();
    for statement in ["delete from register", "update register set number = 7", "update event set at_ms = 0"]
    {
        let error = sqlx::raw_sql(statement).execute(&mut raw).await.unwrap_err().to_string();
        assert!(error.contains("append-only"), "not even within a purge: {statement}: {error}");
    }
}

#[tokio::test]
async fn what_is_open_or_held_or_anothers_stays() {
    let scratch = Scratch::new();
    let ledger = scratch.open().await;
    let (tea, chess, bob) = (group("tea"), group("chess"), member("bob"));
    let mut cases = Vec::new();
    for post in ["appealed", "due", "undelivered", "held", "free"] {
        cases.push(full_case(&ledger, post, &bob).await);
    }
    let mut transaction = ledger.begin().await.unwrap();
    let appeal = Appeal { lodged_at: at(10), state: AppealState::Lodged { due: at(19) } };
    transaction.lodge_appeal(&tea, cases[0], &appeal, &words("again")).await.unwrap();
    let due = Deadline { kind: DeadlineKind::AppealDue, due: at(20) };
    transaction.set_deadlines(&tea, cases[1], &[], &[due], at(10)).await.unwrap();
    transaction.write_notice(&tea, &bob, &notice(cases[2]), None).await.unwrap();
    let hold = Hold { owner: member("sam"), held_at: at(10), review_at: at(100) };
    transaction.hold(&tea, cases[3], &hold).await.unwrap();
    let own = transaction.group_file(&tea, at(10)).await.unwrap();
    transaction.note(&tea, own, &Actor::Bot, Event::ClockBelieved, at(10)).await.unwrap();
    let twice = transaction.hold(&tea, cases[3], &hold).await;
    assert!(matches!(twice, Err(ledger::LedgerError::Duplicate(_))), "{twice:?}");
    transaction.commit().await.unwrap();
    assert_eq!(ledger.hold(&tea, cases[3]).await.unwrap(), Some(hold));

    let all = [&cases[..], &[own]].concat();
    let mut transaction = ledger.begin().await.unwrap();
    assert_eq!(transaction.purge(&chess, &all, at(1000 * DAY), at(900 * DAY)).await.unwrap(), []);
    transaction.commit().await.unwrap();
    assert_eq!(purge(&ledger, &all).await, [cases[4]]);

    let mut transaction = ledger.begin().await.unwrap();
    transaction.release_hold(&tea, cases[3], &member("asha"), at(30)).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(ledger.hold(&tea, cases[3]).await.unwrap(), None);
    assert_eq!(purge(&ledger, &all).await, [cases[3]]);
}

#[tokio::test]
async fn a_file_is_kept_from_its_last_communication() {
    let scratch = Scratch::new();
    let ledger = scratch.open().await;
    let (tea, bob) = (group("tea"), member("bob"));
    let case = full_case(&ledger, "1", &bob).await;
    let keeping = ledger.keeping(&tea, case).await.unwrap().unwrap();
    assert_eq!((keeping.opened_at, keeping.communicated_at), (at(1), at(5)), "the answer to the appeal");
    let over = async |before| {
        let mut transaction = ledger.begin().await.unwrap();
        transaction.over(&tea, before, at(0)).await.unwrap().len()
    };
    assert_eq!((over(at(5)).await, over(at(6)).await), (0, 1));

    let mut transaction = ledger.begin().await.unwrap();
    transaction.keep_words(&tea, case, WordsKind::Hold, &words("to be safe"), at(7)).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(ledger.keeping(&tea, case).await.unwrap().unwrap(), keeping, "said to nobody");
    let mut transaction = ledger.begin().await.unwrap();
    transaction.keep_words(&tea, case, WordsKind::Request, &words("please"), at(8)).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!((over(at(8)).await, over(at(9)).await), (0, 1));

    // Of what led to nothing, the shorter time.
    let mut transaction = ledger.begin().await.unwrap();
    transaction.set_idle(&tea, case, true).await.unwrap();
    assert_eq!(transaction.over(&tea, at(0), at(9)).await.unwrap().len(), 1);
    assert_eq!(transaction.over(&tea, at(9), at(8)).await.unwrap().len(), 0);
    let listed = Listed { file: case, listed_at: at(9), due: at(10) };
    transaction.list_for_purge(&tea, &listed).await.unwrap();
    assert_eq!(transaction.over(&tea, at(0), at(9)).await.unwrap().len(), 0, "it is listed");
    assert_eq!(transaction.due_to_go(&tea, at(10)).await.unwrap(), []);
    assert_eq!(transaction.due_to_go(&tea, at(11)).await.unwrap(), [listed]);
    transaction.unlist(&tea, case).await.unwrap();
    assert_eq!(transaction.due_to_go(&tea, at(11)).await.unwrap(), []);
}

#[tokio::test]
async fn files_of_their_own_lose_what_is_old_and_stay() {
    let scratch = Scratch::new();
    let ledger = scratch.open().await;
    let (tea, bob) = (group("tea"), member("bob"));
    let mut transaction = ledger.begin().await.unwrap();
    let own = transaction.group_file(&tea, at(0)).await.unwrap();
    let bobs = transaction.member_file(&tea, &bob, at(0)).await.unwrap();
    for day in [0, 10] {
        let then = at(day * DAY);
        transaction.note(&tea, own, &Actor::Bot, Event::ClockBelieved, then).await.unwrap();
        transaction.note(&tea, bobs, &Actor::Member, Event::ErasureAsked, then).await.unwrap();
        transaction.keep_words(&tea, bobs, WordsKind::Request, &words("please"), then).await.unwrap();
        let written = policy::Notice { written_at: then, ..notice(bobs) };
        transaction.write_notice(&tea, &bob, &written, Some(&words("why"))).await.unwrap();
        transaction
            .log_access(&tea, bobs, &member("mo"), Role::Moderator, Access::Opened, then)
            .await
            .unwrap();
    }
    transaction.commit().await.unwrap();
    deliver(&ledger, at(11 * DAY)).await;
    for _ in 0..2 {
        let mut transaction = ledger.begin().await.unwrap();
        transaction.purge_by_age(&tea, at(5 * DAY), &[], at(900 * DAY)).await.unwrap();
        transaction.commit().await.unwrap();
    }
    assert_eq!(ledger.events(&tea, own).await.unwrap().len(), 1);
    assert_eq!(ledger.events(&tea, bobs).await.unwrap().len(), 1);
    assert_eq!(ledger.words(&tea, bobs, WordsKind::Request).await.unwrap().len(), 1);
    assert_eq!(ledger.notices_to(&tea, &bob, 10).await.unwrap().len(), 1);
    assert_eq!(ledger.views(&tea, bobs).await.unwrap().len(), 1);
    let register = ledger.register(&tea, 10).await.unwrap();
    assert_eq!(register.iter().map(|line| line.number).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(register[1].kind, RegisterKind::Purged);
}

#[tokio::test]
async fn who_opened_a_file_is_known_in_its_group_only() {
    let scratch = Scratch::new();
    let ledger = scratch.open().await;
    let (tea, chess, mo) = (group("tea"), group("chess"), member("mo"));
    let case = full_case(&ledger, "1", &member("bob")).await;
    assert_eq!(ledger.opened_at(&tea, case, &mo).await.unwrap(), Some(at(6)));
    assert_eq!(ledger.opened_at(&tea, case, &member("nia")).await.unwrap(), None);
    assert_eq!(ledger.opened_at(&chess, case, &mo).await.unwrap(), None);
    assert_eq!(ledger.views(&chess, case).await.unwrap(), []);
    let mut transaction = ledger.begin().await.unwrap();
    let looked = transaction.log_access(&chess, case, &mo, Role::Moderator, Access::Opened, at(7)).await;
    assert!(matches!(looked, Err(ledger::LedgerError::NoSuchFile(_))), "{looked:?}");
}

/// Which accounts are one person's is known as long as there is anything about either.
#[tokio::test]
async fn a_link_goes_with_the_last_file_about_its_accounts() {
    let scratch = Scratch::new();
    let ledger = scratch.open().await;
    let tea = group("tea");
    let pair = |one: &str, other: &str| (member(one), member(other));
    let linked =
        [("alice", "alice2"), ("bob", "bob2"), ("carol", "carol2"), ("eve", "eve2"), ("dan", "dan2")];
    let linked = linked.map(|(one, other)| pair(one, other));
    let mut transaction = ledger.begin().await.unwrap();
    for (one, other) in &linked {
        transaction.say_linked(&tea, (one, other), &member("asha"), at(1)).await.unwrap();
    }
    for (one, other) in &linked[..4] {
        transaction.confirm_linked(&tea, (one, other), &member("kit"), at(2)).await.unwrap();
    }
    transaction.unlink(&tea, (&linked[2].0, &linked[2].1), &member("kit"), at(500 * DAY)).await.unwrap();
    transaction.commit().await.unwrap();
    let case = full_case(&ledger, "1", &member("alice2")).await;
    let by_age = async |before: i64| {
        let mut transaction = ledger.begin().await.unwrap();
        transaction.purge_by_age(&tea, at(before), &[member("eve")], at(900 * DAY)).await.unwrap();
        transaction.commit().await.unwrap();
        let mut known = Vec::new();
        for name in ["alice2", "bob2", "carol2", "eve2", "dan2"] {
            known.push(ledger.member_number(&tea, &member(name)).await.unwrap().is_some());
        }
        known
    };
    assert_eq!(by_age(0).await, [true; 5], "none is old");
    assert_eq!(
        by_age(400 * DAY).await,
        [true, false, true, true, false],
        "about bob and dan there is nothing"
    );
    assert_eq!(by_age(600 * DAY).await, [true, false, false, true, false], "carol's ended long enough ago");
    purge(&ledger, &[case]).await;
    assert_eq!(by_age(600 * DAY).await, [false, false, false, true, false], "eve is an officer");
}
