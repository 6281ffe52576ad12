//! Effects: none lost, none sent by two, and no doubt forgotten.

use ledger::{
    Effect, EffectId, EffectKind, EffectState, LANE_OF_WORDS, Ledger, LedgerError, NoticeDelivery, NoticeId,
    Pause, Settled, Way,
};
use policy::{Event, Notice, Reference, Timestamp};

use crate::support::{Scratch, at, group, member, notice, open_case, with_case};

async fn queue(ledger: &Ledger, case: Reference, kind: EffectKind, now: Timestamp) -> EffectId {
    let mut transaction = ledger.begin().await.unwrap();
    let id = transaction.queue(&group("tea"), case, &kind, now).await.unwrap();
    transaction.commit().await.unwrap();
    id
}

async fn attempt(ledger: &Ledger, effect: EffectId, now: Timestamp) {
    let mut transaction = ledger.begin().await.unwrap();
    transaction.attempt(effect, now).await.unwrap();
    transaction.commit().await.unwrap();
}

async fn settle(ledger: &Ledger, effect: EffectId, settled: Settled, now: Timestamp) {
    let mut transaction = ledger.begin().await.unwrap();
    transaction.settle(effect, &settled, now).await.unwrap();
    transaction.commit().await.unwrap();
}

#[tokio::test]
async fn removals_go_first_and_the_oldest_of_each_kind() {
    let scratch = Scratch::new();
    let (ledger, case) = with_case(&scratch, "tea", "spoilt").await;
    let mut transaction = ledger.begin().await.unwrap();
    let other = open_case(&mut transaction, "chess", "1").await;
    let told = EffectKind::TellOfficers(Event::NoticeRefused);
    transaction.queue(&group("tea"), case, &told, at(1)).await.unwrap();
    let id = transaction.write_notice(&group("tea"), &member("alice"), &notice(case), None).await.unwrap();
    transaction.queue(&group("tea"), case, &EffectKind::Repost, at(3)).await.unwrap();
    transaction.queue(&group("chess"), other, &EffectKind::Remove, at(4)).await.unwrap();
    transaction.queue(&group("tea"), case, &EffectKind::Remove, at(5)).await.unwrap();
    transaction.queue(&group("tea"), case, &EffectKind::Remove, at(99)).await.unwrap();
    transaction.commit().await.unwrap();

    let mut order = Vec::new();
    while let Some(effect) = ledger.next_due(at(6), &[]).await.unwrap() {
        assert_eq!((effect.state, effect.attempts), (EffectState::Pending, 0));
        settle(&ledger, effect.id, Settled::Done, at(6)).await;
        order.push((effect.group.as_str().to_owned(), effect.file, effect.kind));
    }
    let (tea, chess) = (|| "tea".to_owned(), || "chess".to_owned());
    assert_eq!(
        order,
        [
            (chess(), other, EffectKind::Remove),
            // What is done to one post is done in the order in which it was recorded.
            (tea(), case, EffectKind::Repost),
            (tea(), case, EffectKind::Remove),
            (tea(), case, EffectKind::Notify(id)),
            (tea(), case, told),
        ]
    );
    assert_eq!(ledger.next_attempt_at(&[]).await.unwrap(), Some(at(99)));
}

#[tokio::test]
async fn a_retry_waits_and_a_doubt_stays_until_it_is_settled() {
    let scratch = Scratch::new();
    let (ledger, case) = with_case(&scratch, "tea", "spoilt").await;
    let id = queue(&ledger, case, EffectKind::Remove, at(1)).await;
    let state =
        async |now| ledger.next_due(now, &[]).await.unwrap().map(|effect| (effect.state, effect.attempts));

    attempt(&ledger, id, at(1)).await;
    assert_eq!(state(at(1)).await, None, "it is being sent");
    assert_eq!(ledger.next_attempt_at(&[]).await.unwrap(), None);
    settle(&ledger, id, Settled::Retry { not_before: at(10) }, at(2)).await;
    assert_eq!(state(at(9)).await, None);
    assert_eq!(ledger.next_attempt_at(&[]).await.unwrap(), Some(at(10)));
    assert_eq!(state(at(10)).await, Some((EffectState::Pending, 1)));

    attempt(&ledger, id, at(10)).await;
    settle(&ledger, id, Settled::Unknown { not_before: at(20) }, at(11)).await;
    assert_eq!(state(at(20)).await, Some((EffectState::Unknown, 2)));
    // That this try did nothing says nothing about the one before.
    attempt(&ledger, id, at(20)).await;
    settle(&ledger, id, Settled::Retry { not_before: at(30) }, at(21)).await;
    assert_eq!(state(at(30)).await, Some((EffectState::Unknown, 3)));

    attempt(&ledger, id, at(30)).await;
    settle(&ledger, id, Settled::Done, at(31)).await;
    assert_eq!(ledger.next_attempt_at(&[]).await.unwrap(), None);
    let mut transaction = ledger.begin().await.unwrap();
    for settled in [Settled::Done, Settled::Refused, Settled::Retry { not_before: at(40) }] {
        let twice = transaction.settle(id, &settled, at(32)).await;
        assert!(matches!(twice, Err(LedgerError::Inconsistent(_))), "{twice:?}");
    }
    let again = transaction.attempt(id, at(32)).await;
    assert!(matches!(again, Err(LedgerError::Inconsistent(_))), "{again:?}");
}

#[tokio::test]
async fn an_effect_is_sent_by_one_alone() {
    let scratch = Scratch::new();
    let (ledger, case) = with_case(&scratch, "tea", "spoilt").await;
    let id = queue(&ledger, case, EffectKind::Remove, at(1)).await;
    attempt(&ledger, id, at(1)).await;
    let mut transaction = ledger.begin().await.unwrap();
    let second = transaction.attempt(id, at(1)).await;
    assert!(matches!(second, Err(LedgerError::Inconsistent(_))), "{second:?}");
}

#[tokio::test]
async fn what_was_being_sent_when_the_process_died_is_unknown() {
    let scratch = Scratch::new();
    let (ledger, case) = with_case(&scratch, "tea", "spoilt").await;
    let sent = queue(&ledger, case, EffectKind::Remove, at(1)).await;
    let waiting = queue(&ledger, case, EffectKind::Remove, at(2)).await;
    attempt(&ledger, sent, at(3)).await;
    // Its outcome is lost with the process.
    let mut transaction = ledger.begin().await.unwrap();
    transaction.settle(sent, &Settled::Done, at(4)).await.unwrap();
    drop((transaction, ledger));

    let ledger = scratch.open().await;
    let effect = ledger.next_due(at(5), &[]).await.unwrap().unwrap();
    assert_eq!((effect.id, effect.state, effect.attempts), (sent, EffectState::Unknown, 1));
    settle(&ledger, sent, Settled::Done, at(6)).await;
    let effect = ledger.next_due(at(7), &[]).await.unwrap().unwrap();
    assert_eq!((effect.id, effect.state), (waiting, EffectState::Pending));

    // Within one process a worker says so itself.
    attempt(&ledger, waiting, at(7)).await;
    let mut transaction = ledger.begin().await.unwrap();
    assert_eq!(transaction.recover().await.unwrap(), 1);
    transaction.commit().await.unwrap();
    assert_eq!(ledger.next_due(at(7), &[]).await.unwrap().unwrap().state, EffectState::Unknown);
}

#[tokio::test]
async fn a_notice_is_served_or_refused_with_its_effect() {
    let scratch = Scratch::new();
    let (ledger, case) = with_case(&scratch, "tea", "spoilt").await;
    let tea = group("tea");
    let mut ids = Vec::new();
    for settled in [Settled::Done, Settled::Refused, Settled::Unknown { not_before: at(99) }] {
        let mut transaction = ledger.begin().await.unwrap();
        let id = transaction.write_notice(&tea, &member("alice"), &notice(case), None).await.unwrap();
        let twice = transaction.queue(&tea, case, &EffectKind::Notify(id), at(2)).await;
        assert!(matches!(twice, Err(LedgerError::Duplicate(_))), "{twice:?}");
        transaction.commit().await.unwrap();
        let effect = ledger.next_due(at(2), &[]).await.unwrap().unwrap();
        assert_eq!(effect.kind, EffectKind::Notify(id));
        attempt(&ledger, effect.id, at(3)).await;
        settle(&ledger, effect.id, settled, at(4)).await;
        ids.push(id);
    }
    let mut deliveries = Vec::new();
    for &id in &ids {
        deliveries.push(ledger.notice(id).await.unwrap().unwrap().1.delivery);
    }
    let (served, refused) = (NoticeDelivery::Served { at: at(4) }, NoticeDelivery::Refused { at: at(4) });
    assert_eq!(deliveries, [served, refused, NoticeDelivery::Queued]);
    let undelivered = ledger.undelivered(&tea, 10).await.unwrap();
    assert_eq!(undelivered.iter().map(|notice| notice.id).collect::<Vec<_>>(), [ids[1]]);
    assert_eq!(ledger.stuck(&tea, 10).await.unwrap(), []);

    let id = queue(&ledger, case, EffectKind::Repost, at(5)).await;
    attempt(&ledger, id, at(5)).await;
    settle(&ledger, id, Settled::Refused, at(6)).await;
    let stuck = ledger.stuck(&tea, 10).await.unwrap();
    assert_eq!(
        stuck.iter().map(|effect| (effect.id, effect.state)).collect::<Vec<_>>(),
        [(id, EffectState::Refused)]
    );
    assert_eq!(ledger.stuck(&group("chess"), 10).await.unwrap(), []);
    assert_eq!(ledger.undelivered(&group("chess"), 10).await.unwrap(), []);
}

/// A removal and the notice of it, in a file of its own.
async fn remove(ledger: &Ledger, file: &str) -> (EffectId, NoticeId, Reference) {
    let mut transaction = ledger.begin().await.unwrap();
    let case = open_case(&mut transaction, "tea", file).await;
    let removal = transaction.queue(&group("tea"), case, &EffectKind::Remove, at(1)).await.unwrap();
    let told = transaction.write_notice(&group("tea"), &member("alice"), &notice(case), None).await.unwrap();
    transaction.commit().await.unwrap();
    (removal, told, case)
}

/// What a platform refuses may never be done; what it was merely not asked, or had no time for, soon is.
#[tokio::test]
async fn only_what_the_platform_refuses_lets_later_notices_pass() {
    let not_before = at(100);
    let denied = Settled::Denied { not_before };
    let rows: [(&[Settled], bool); 9] = [
        (&[Settled::Retry { not_before }], false),
        (&[Settled::PutOff { not_before }], false),
        (&[Settled::Unknown { not_before }], false),
        (&[denied], true),
        (&[Settled::Retry { not_before }, denied], true),
        // The platform has not changed its mind.
        (&[denied, Settled::Retry { not_before }], true),
        (&[denied, Settled::PutOff { not_before }], true),
        (&[denied, Settled::Unknown { not_before }], false),
        (&[Settled::Unknown { not_before }, denied], true),
    ];
    for (tries, passes) in rows {
        let scratch = Scratch::new();
        let ledger = scratch.open().await;
        let (refused, of_refused, _) = remove(&ledger, "1").await;
        let (done, of_done, _) = remove(&ledger, "2").await;
        for &settled in tries {
            attempt(&ledger, refused, at(2)).await;
            settle(&ledger, refused, settled, at(2)).await;
        }
        settle(&ledger, done, Settled::Done, at(2)).await;
        let turn = next(&ledger, at(3)).await;
        assert_eq!(turn, passes.then_some(EffectKind::Notify(of_done)), "{tries:?}");
        // While it is asked again, and when it is done at last.
        attempt(&ledger, refused, at(100)).await;
        assert_eq!(next(&ledger, at(100)).await, turn, "{tries:?}");
        settle(&ledger, refused, Settled::Done, at(100)).await;
        assert_eq!(next(&ledger, at(100)).await, Some(EffectKind::Notify(of_refused)), "{tries:?}");
    }
}

#[tokio::test]
async fn a_notice_that_is_held_back_can_be_served_by_hand() {
    let scratch = Scratch::new();
    let ledger = scratch.open().await;
    let (removal, told, case) = remove(&ledger, "1").await;
    let tea = group("tea");
    let delivery = async || ledger.notice(told).await.unwrap().unwrap().1.delivery;
    for (settled, is_held) in
        [(Settled::Retry { not_before: at(2) }, false), (Settled::Denied { not_before: at(2) }, true)]
    {
        attempt(&ledger, removal, at(2)).await;
        settle(&ledger, removal, settled, at(2)).await;
        let mut transaction = ledger.begin().await.unwrap();
        let to_be_served = transaction.undelivered_of(&tea, case).await.unwrap().map(|notice| notice.id);
        assert_eq!(to_be_served, is_held.then_some(told), "{settled:?}");
        assert_eq!(transaction.serve_by_hand(told, at(9)).await.is_ok(), is_held, "{settled:?}");
        drop(transaction);
        let want = if is_held { NoticeDelivery::Held } else { NoticeDelivery::Queued };
        assert_eq!(delivery().await, want, "{settled:?}");
    }
    let mut transaction = ledger.begin().await.unwrap();
    transaction.serve_by_hand(told, at(9)).await.unwrap();
    transaction.commit().await.unwrap();
    settle(&ledger, removal, Settled::Done, at(10)).await;
    assert_eq!(delivery().await, NoticeDelivery::ByHand { at: at(9) });
    assert_eq!(next(&ledger, at(10)).await, None, "nobody is told twice");
}

#[tokio::test]
async fn nobody_is_told_of_what_has_not_happened_and_notices_keep_their_order() {
    let scratch = Scratch::new();
    let (ledger, case) = with_case(&scratch, "tea", "spoilt").await;
    let tea = group("tea");
    let removal = queue(&ledger, case, EffectKind::Remove, at(1)).await;
    let mut transaction = ledger.begin().await.unwrap();
    let mut notices = Vec::new();
    for _ in 0..2 {
        notices.push(transaction.write_notice(&tea, &member("alice"), &notice(case), None).await.unwrap());
    }
    transaction.commit().await.unwrap();
    attempt(&ledger, removal, at(2)).await;
    settle(&ledger, removal, Settled::Retry { not_before: at(50) }, at(2)).await;
    assert_eq!(ledger.next_due(at(9), &[]).await.unwrap(), None, "the notices wait for the removal");
    assert_eq!(ledger.next_attempt_at(&[]).await.unwrap(), Some(at(50)));
    assert_eq!(ledger.stuck(&tea, 9).await.unwrap()[0].id, removal, "and the officers can see that");
    let refused = EffectKind::TellOfficers(Event::EffectRefused);
    let told = queue(&ledger, case, refused, at(3)).await;
    assert_eq!(
        ledger.next_due(at(9), &[]).await.unwrap().unwrap().id,
        told,
        "that it was refused is said at once"
    );
    settle(&ledger, told, Settled::Done, at(9)).await;

    settle(&ledger, removal, Settled::Done, at(50)).await;
    let first = ledger.next_due(at(50), &[]).await.unwrap().unwrap();
    assert_eq!(first.kind, EffectKind::Notify(notices[0]));
    attempt(&ledger, first.id, at(51)).await;
    settle(&ledger, first.id, Settled::Retry { not_before: at(90) }, at(51)).await;
    assert_eq!(ledger.next_due(at(60), &[]).await.unwrap(), None, "the second waits for the first");
    attempt(&ledger, first.id, at(90)).await;
    settle(&ledger, first.id, Settled::Refused, at(90)).await;
    assert_eq!(ledger.next_due(at(90), &[]).await.unwrap().unwrap().kind, EffectKind::Notify(notices[1]));
    assert!(ledger.stuck(&tea, 9).await.unwrap().is_empty());

    let mut transaction = ledger.begin().await.unwrap();
    assert_eq!(transaction.retry_notices(&tea, &member("bob"), at(91)).await.unwrap(), 0);
    assert_eq!(transaction.retry_notices(&tea, &member("alice"), at(91)).await.unwrap(), 1);
    transaction.commit().await.unwrap();
    assert_eq!(ledger.next_due(at(91), &[]).await.unwrap().unwrap().id, first.id);
    assert!(ledger.undelivered(&tea, 9).await.unwrap().is_empty());
}

#[tokio::test]
async fn somebody_put_out_waits_for_no_notice_but_their_own() {
    let scratch = Scratch::new();
    let ledger = scratch.open().await;
    let tea = group("tea");
    let mut transaction = ledger.begin().await.unwrap();
    let mut notices = Vec::new();
    for whom in ["alice", "bob"] {
        let case = open_case(&mut transaction, "tea", whom).await;
        notices.push(transaction.write_notice(&tea, &member(whom), &notice(case), None).await.unwrap());
        if whom == "bob" {
            transaction.queue(&tea, case, &EffectKind::Exclude(member("bob")), at(1)).await.unwrap();
        }
    }
    transaction.commit().await.unwrap();
    let [alice, bob] = notices.try_into().unwrap();
    let out = EffectKind::Exclude(member("bob"));
    let words = Pause { group: tea, lane: LANE_OF_WORDS, until: at(60) };
    let urgent = vec![EffectKind::Notify(bob), out];
    for (pauses, want) in [(vec![words], urgent), (vec![], vec![EffectKind::Notify(alice)])] {
        let mut taken = Vec::new();
        while let Some(effect) = ledger.next_due(at(9), &pauses).await.unwrap() {
            attempt(&ledger, effect.id, at(9)).await;
            settle(&ledger, effect.id, Settled::Done, at(9)).await;
            taken.push(effect.kind);
        }
        assert_eq!(taken, want);
    }
}

#[tokio::test]
async fn no_two_ledgers_give_an_effect_the_same_name() {
    let mut names = Vec::new();
    for _ in 0..2 {
        let scratch = Scratch::new();
        let (ledger, case) = with_case(&scratch, "tea", "spoilt").await;
        queue(&ledger, case, EffectKind::Remove, at(1)).await;
        let effect = ledger.next_due(at(1), &[]).await.unwrap().unwrap();
        assert!(effect.name >= 0);
        names.push((effect.id, effect.name));
    }
    assert_eq!(names[0].0, names[1].0, "the place is the same");
    assert_ne!(names[0].1, names[1].1);
}

/// What is paused is passed over, with all that is less urgent in its group, and nothing else.
#[tokio::test]
async fn a_pause_holds_back_what_is_as_urgent_or_less_in_its_group() {
    let scratch = Scratch::new();
    let ledger = scratch.open().await;
    let told = EffectKind::TellOfficers(Event::NoticeRefused);
    let mut transaction = ledger.begin().await.unwrap();
    for (key, kind) in [
        ("tea", told.clone()),
        ("tea", EffectKind::Repost),
        ("tea", EffectKind::Mute(member("alice"))),
        ("tea", EffectKind::Exclude(member("alice"))),
        ("tea", EffectKind::Remove),
        ("chess", told.clone()),
        ("chess", EffectKind::Remove),
    ] {
        // Each has a file of its own, so that none waits for another.
        let file = open_case(&mut transaction, key, &format!("{key} {kind:?}")).await;
        transaction.queue(&group(key), file, &kind, at(1)).await.unwrap();
    }
    transaction.commit().await.unwrap();
    let pause = |lane, until| Pause { group: group("tea"), lane, until: at(until) };
    let lanes = |taken: &[(&str, u32)]| {
        taken.iter().map(|(group, lane)| ((*group).to_owned(), *lane)).collect::<Vec<_>>()
    };
    let all = [("tea", 0), ("chess", 0), ("tea", 1), ("tea", 1), ("tea", 2), ("tea", 5), ("chess", 5)];
    let chess: Vec<_> = all.iter().copied().filter(|(group, _)| *group == "chess").collect();
    let urgent: Vec<_> = all.iter().copied().filter(|(group, lane)| *group == "chess" || *lane < 2).collect();
    for (pauses, want) in [
        (vec![], all.to_vec()),
        (vec![pause(0, 60)], chess.clone()),
        (vec![pause(2, 60)], urgent.clone()),
        (vec![pause(5, 60), pause(2, 50)], urgent),
        (vec![pause(5, 90), pause(0, 60)], chess),
    ] {
        let taken = everything_due(&scratch, &pauses).await;
        assert_eq!(taken, lanes(&want), "{pauses:?}");
    }
    for (pauses, want) in [
        (vec![], 1),
        (vec![pause(1, 60)], 1),
        (vec![Pause { group: group("chess"), ..pause(0, 70) }, pause(0, 60)], 60),
        (vec![Pause { group: group("chess"), ..pause(0, 50) }, pause(0, 60), pause(0, 40)], 50),
    ] {
        assert_eq!(ledger.next_attempt_at(&pauses).await.unwrap(), Some(at(want)), "{pauses:?}");
    }
}

/// What would be taken, on a copy of the ledger.
async fn everything_due(scratch: &Scratch, pauses: &[Pause]) -> Vec<(String, u32)> {
    let copy = Scratch::new();
    let mut conn = scratch.raw().await;
    let into = copy.file("ledger.db").display().to_string();
    sqlx::query("vacuum into ?").bind(into).execute(&mut conn).await.unwrap();
    std::fs::copy(scratch.file("ledger.key"), copy.file("ledger.key")).unwrap();
    let ledger = copy.open().await;
    let mut taken = Vec::new();
    while let Some(effect) = ledger.next_due(at(9), pauses).await.unwrap() {
        settle(&ledger, effect.id, Settled::Done, at(9)).await;
        taken.push((effect.group.as_str().to_owned(), effect.lane));
    }
    taken
}

/// What went along in a letter stays in it while that may have been sent, and has a turn of its own once it was not.
#[tokio::test]
async fn what_goes_along_is_settled_with_its_leader() {
    let scratch = Scratch::new();
    let (ledger, case) = with_case(&scratch, "tea", "spoilt").await;
    let told = EffectKind::TellOfficers(Event::NoticeRefused);
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(queue(&ledger, case, told.clone(), at(1)).await);
    }
    let send = async |ledger: &Ledger, along: &[EffectId], settled: Option<Settled>, now| {
        let mut transaction = ledger.begin().await.unwrap();
        transaction.attempt(ids[0], now).await.unwrap();
        for &effect in along {
            transaction.attempt_along(effect, ids[0], now).await.unwrap();
        }
        transaction.commit().await.unwrap();
        let Some(settled) = settled else { return };
        for effect in std::iter::once(ids[0]).chain(along.iter().copied()) {
            settle(ledger, effect, settled, now).await;
        }
    };
    let along = async |ledger: &Ledger| {
        let along = ledger.along(ids[0]).await.unwrap();
        along.iter().map(|effect| effect.id).collect::<Vec<_>>()
    };
    let due = async |ledger: &Ledger, now| {
        let first = ledger.next_due(now, &[]).await.unwrap().unwrap();
        let due = ledger.due_like(&first, now, 9).await.unwrap();
        due.iter().map(|effect| effect.id).collect::<Vec<_>>()
    };
    assert_eq!(due(&ledger, at(1)).await, ids);
    // It was not sent: each has its turn again.
    send(&ledger, &ids[1..], Some(Settled::Retry { not_before: at(10) }), at(2)).await;
    assert_eq!((along(&ledger).await, due(&ledger, at(10)).await), (vec![], ids.clone()));
    // It may have been, the process died: they stay together, and others do not join them.
    send(&ledger, &ids[1..2], None, at(10)).await;
    drop(ledger);
    let ledger = scratch.open().await;
    assert_eq!(along(&ledger).await, ids[1..2]);
    assert_eq!(due(&ledger, at(11)).await, [ids[0], ids[2]], "it has no turn of its own");
    let mut transaction = ledger.begin().await.unwrap();
    let other = transaction.attempt_along(ids[1], ids[2], at(11)).await;
    assert!(matches!(other, Err(LedgerError::Inconsistent(_))), "{other:?}");
    drop(transaction);
    // That this try did nothing says nothing about the one before.
    send(&ledger, &ids[1..2], Some(Settled::Retry { not_before: at(20) }), at(12)).await;
    assert_eq!(along(&ledger).await, ids[1..2]);
    send(&ledger, &ids[1..2], Some(Settled::Done), at(20)).await;
    assert_eq!((along(&ledger).await, due(&ledger, at(20)).await), (vec![], vec![ids[2]]));
}

/// Has a notice tried and settled so, and gives its effect as it was tried last.
async fn tried(ledger: &Ledger, settled: &[Settled]) -> Effect {
    let mut last = None;
    for settled in settled {
        let effect = ledger.next_due(at(9), &[]).await.unwrap().unwrap();
        attempt(ledger, effect.id, at(9)).await;
        settle(ledger, effect.id, *settled, at(9)).await;
        last = Some(effect);
    }
    last.unwrap()
}

#[tokio::test]
async fn a_letter_in_the_place_of_another_goes_its_way_or_becomes_one_of_its_own() {
    let scratch = Scratch::new();
    let (ledger, case) = with_case(&scratch, "tea", "spoilt").await;
    let tea = group("tea");
    let write = async |instead_of: Option<NoticeId>| {
        let mut transaction = ledger.begin().await.unwrap();
        let id = transaction.write_notice(&tea, &member("alice"), &notice(case), None).await.unwrap();
        if let Some(earlier) = instead_of {
            transaction.put_instead(id, earlier).await.unwrap();
        }
        transaction.commit().await.unwrap();
        id
    };
    let delivery = async |id| ledger.notice(id).await.unwrap().unwrap().1.delivery;

    for way in [&[Settled::Done][..], &[Settled::WithOfficers, Settled::Done]] {
        let first = write(None).await;
        let sent = tried(&ledger, way).await;
        let second = write(Some(first)).await;
        let rewritten = tried(&ledger, &[Settled::Unknown { not_before: at(9) }]).await;
        assert_eq!(rewritten.instead_of, Some(sent.name), "by the name under which it was sent");
        let rewritten = tried(&ledger, &[Settled::Done]).await;
        assert_eq!((rewritten.instead_of, rewritten.state), (Some(sent.name), EffectState::Unknown));
        assert_eq!(delivery(second).await, delivery(first).await, "it went the way which that had gone");

        let third = write(Some(second)).await;
        let vain = tried(&ledger, &[Settled::Anew]).await;
        assert_eq!(vain.instead_of, Some(rewritten.name), "what was put in its place stands there now");
        let anew = ledger.next_due(at(9), &[]).await.unwrap().unwrap();
        assert_eq!(
            (anew.id, anew.instead_of, anew.attempts),
            (vain.id, None, 0),
            "somebody waits for its first try"
        );
        assert_eq!((anew.state, anew.way), (EffectState::Pending, Way::Direct));
        assert_ne!(anew.name, vain.name, "it is another deed");
        tried(&ledger, &[Settled::Done]).await;
        assert_eq!(delivery(third).await, NoticeDelivery::Served { at: at(9) });
    }

    let refused = write(None).await;
    tried(&ledger, &[Settled::Refused]).await;
    let alone = write(Some(refused)).await;
    assert_eq!(
        tried(&ledger, &[Settled::Done]).await.instead_of,
        None,
        "there is nothing in the place of which to put it"
    );
    let mut transaction = ledger.begin().await.unwrap();
    for (id, earlier) in [(alone, refused), (refused, alone), (NoticeId::from(99), alone)] {
        let late = transaction.put_instead(id, earlier).await;
        assert!(matches!(late, Err(LedgerError::Inconsistent(_))), "{late:?}");
    }
}

#[tokio::test]
async fn an_exclusion_that_was_refused_is_stuck_until_it_is_asked_for_anew() {
    let scratch = Scratch::new();
    let (ledger, case) = with_case(&scratch, "tea", "spoilt").await;
    let (tea, alice, exclude) = (group("tea"), member("alice"), EffectKind::Exclude(member("alice")));
    let told = {
        let mut transaction = ledger.begin().await.unwrap();
        let told = transaction.write_notice(&tea, &alice, &notice(case), None).await.unwrap();
        transaction.commit().await.unwrap();
        tried(&ledger, &[Settled::Done]).await;
        told
    };
    queue(&ledger, case, exclude.clone(), at(2)).await;
    tried(&ledger, &[Settled::Refused]).await;
    let stuck = async || ledger.stuck(&tea, 9).await.unwrap().len();
    assert_eq!(stuck().await, 1);
    assert!(!ledger.was_put_out_since(told, &alice).await.unwrap());
    queue(&ledger, case, exclude, at(3)).await;
    assert_eq!(stuck().await, 0);
    tried(&ledger, &[Settled::Done]).await;
    assert!(ledger.was_put_out_since(told, &alice).await.unwrap());
    assert!(!ledger.was_put_out_since(told, &member("bob")).await.unwrap());
}

/// Somebody is put out behind the notice of it, in a file of its own, by one transaction at the same instant.
async fn put_out(ledger: &Ledger, whom: &str, file: &str, now: Timestamp) -> (NoticeId, EffectKind) {
    let mut transaction = ledger.begin().await.unwrap();
    let file = open_case(&mut transaction, "tea", file).await;
    let notice = Notice { written_at: now, ..notice(file) };
    let told = transaction.write_notice(&group("tea"), &member(whom), &notice, None).await.unwrap();
    let out = EffectKind::Exclude(member(whom));
    transaction.queue(&group("tea"), file, &out, now).await.unwrap();
    transaction.commit().await.unwrap();
    (told, out)
}

async fn next(ledger: &Ledger, now: Timestamp) -> Option<EffectKind> {
    ledger.next_due(now, &[]).await.unwrap().map(|effect| effect.kind)
}

/// Has what is next tried, and settled so.
async fn settle_next(ledger: &Ledger, settled: Settled, now: Timestamp) {
    let effect = ledger.next_due(now, &[]).await.unwrap().unwrap();
    attempt(ledger, effect.id, now).await;
    settle(ledger, effect.id, settled, now).await;
}

/// A quarter of an hour, from when somebody was to be put out.
const HELD_SECONDS_MAX: i64 = 900;

#[tokio::test]
async fn a_notice_that_is_put_off_was_not_tried_and_whoever_is_put_out_waits_for_it() {
    let later = |seconds| Settled::PutOff { not_before: at(seconds) };
    for (tried, is_told_before) in [
        (Settled::Done, true),
        (Settled::Refused, true),
        (Settled::Retry { not_before: at(500) }, true),
        (Settled::Unknown { not_before: at(500) }, true),
        (Settled::WithOfficers, true),
        (later(500), false),
    ] {
        let scratch = Scratch::new();
        let ledger = scratch.open().await;
        let (told, out) = put_out(&ledger, "bob", "1", at(0)).await;
        for (now, until) in [(0, 100), (100, 200)] {
            assert_eq!(next(&ledger, at(now)).await, Some(EffectKind::Notify(told)));
            settle_next(&ledger, later(until), at(now)).await;
            assert_eq!(next(&ledger, at(until - 1)).await, None, "both wait");
            assert_eq!(ledger.next_attempt_at(&[]).await.unwrap(), Some(at(until)));
        }
        settle_next(&ledger, tried, at(200)).await;
        let turn = next(&ledger, at(200)).await;
        assert_eq!(turn == Some(out), is_told_before, "{tried:?}: {turn:?}");
    }
}

#[tokio::test]
async fn nobody_stays_in_for_as_long_as_letters_are_held_up() {
    let scratch = Scratch::new();
    let ledger = scratch.open().await;
    let (told, out) = put_out(&ledger, "bob", "1", at(0)).await;
    settle_next(&ledger, Settled::PutOff { not_before: at(99_999) }, at(0)).await;
    assert_eq!(next(&ledger, at(HELD_SECONDS_MAX - 1)).await, None);
    assert_eq!(ledger.next_attempt_at(&[]).await.unwrap(), Some(at(HELD_SECONDS_MAX)));
    assert_eq!(next(&ledger, at(HELD_SECONDS_MAX)).await, Some(out.clone()));
    // Where the notice can go as well, as after a time away, it goes first.
    assert_eq!(next(&ledger, at(99_999)).await, Some(EffectKind::Notify(told)));
    settle_next(&ledger, Settled::PutOff { not_before: at(199_999) }, at(99_999)).await;
    assert_eq!(next(&ledger, at(99_999)).await, Some(out.clone()));
    // And where nothing can be said at all, nobody waits for that.
    let words = Pause { group: group("tea"), lane: LANE_OF_WORDS - 1, until: at(299_999) };
    let turn = ledger.next_due(at(199_999), std::slice::from_ref(&words)).await.unwrap();
    assert_eq!(turn.map(|effect| effect.kind), Some(out));
    // A limit on what is as urgent holds it back.
    let all = Pause { lane: 0, ..words };
    assert_eq!(ledger.next_due(at(199_999), &[all]).await.unwrap(), None);
}

#[tokio::test]
async fn a_notice_behind_one_that_is_put_off_is_waited_for_and_behind_one_in_vain_is_not() {
    for (settled, waits) in
        [(Settled::PutOff { not_before: at(100) }, true), (Settled::Retry { not_before: at(100) }, false)]
    {
        let scratch = Scratch::new();
        let ledger = scratch.open().await;
        let mut transaction = ledger.begin().await.unwrap();
        let other = open_case(&mut transaction, "tea", "1").await;
        let first =
            transaction.write_notice(&group("tea"), &member("bob"), &notice(other), None).await.unwrap();
        // Somebody else's, which is not to hold up what somebody waits for.
        let else_ = open_case(&mut transaction, "tea", "2").await;
        transaction.write_notice(&group("tea"), &member("alice"), &notice(else_), None).await.unwrap();
        transaction.commit().await.unwrap();
        settle_next(&ledger, settled, at(2)).await;
        let (told, out) = put_out(&ledger, "bob", "3", at(2)).await;
        let turn = next(&ledger, at(100)).await;
        if waits {
            assert_eq!(turn, Some(EffectKind::Notify(first)), "it is awaited as well");
            settle_next(&ledger, Settled::Done, at(100)).await;
            assert_eq!(next(&ledger, at(100)).await, Some(EffectKind::Notify(told)));
        } else {
            assert_eq!(turn, Some(out));
        }
    }
}
