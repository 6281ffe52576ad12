//! Canaries: a group of which nothing is heard although its connection stands is found out, and nobody is accused for a time in
//! which nobody looked.

use platform::fake::{Call, Fault};
use platform::{CanaryId, Deafness, Inbound, Intake};
use policy::{Canary, Event, Procedure};

use crate::harness::{Harness, case_ref, charter, group, read};

const HOUR: i64 = 60 * 60;

impl Harness {
    /// A group on a platform on which the bot has to hear itself, and which is heard.
    async fn with_echo() -> Self {
        let it = Self::new().await;
        it.platform.set_echo(true);
        it.says_back().await;
        it
    }

    async fn says_back(&self) {
        self.casework.take(Inbound::Back { group: group("tea") }).await.unwrap();
        self.settle().await;
    }

    /// The last that was sent is heard.
    async fn hears_the_last(&self) {
        let (group, id) = self.platform.canaries().pop().unwrap();
        self.hears_one(group, id).await;
    }

    async fn hears_one(&self, group: policy::GroupId, id: CanaryId) {
        assert_eq!(self.casework.take(Inbound::Canary { group, id }).await.unwrap(), None);
        self.settle().await;
    }

    /// So many minutes pass, and it is looked after each.
    async fn looks_for(&self, minutes: u32) {
        for _ in 0..minutes {
            self.clock.advance(60);
            self.settle().await;
        }
    }

    /// It is looked whether everything is in place.
    async fn is_checked(&self) {
        assert!(self.casework.check_up(&group("tea"), Vec::new()).await.unwrap());
        self.settle().await;
    }

    fn sent(&self) -> usize {
        self.platform.canaries().len()
    }

    fn told_officers(&self) -> Vec<String> {
        self.platform.officers_letters().iter().map(read).collect()
    }
}

#[tokio::test]
async fn a_group_that_hears_itself_is_tried_every_hour_and_nobody_is_told_anything() {
    let it = Harness::with_echo().await;
    for hour in 1..=5 {
        it.looks_for(60).await;
        assert_eq!(it.sent(), hour);
        it.hears_the_last().await;
    }
    assert_eq!(it.told_officers(), [""; 0]);
    assert!(it.ledger.file(&group("tea"), case_ref(1)).await.unwrap().is_none(), "nothing is recorded of it");
}

#[tokio::test]
async fn silence_on_a_connection_that_stands_is_told_once_and_so_is_its_end() {
    let it = Harness::with_echo().await;
    it.looks_for(60 + 11).await;
    assert_eq!((it.sent(), it.told_officers().len()), (2, 0), "one more is tried");
    assert_eq!(it.casework.hindrances().await, [""; 0]);
    it.looks_for(1).await;
    assert_eq!(it.told_officers().len(), 1);
    let ready = it.casework.hindrances().await.join("\n");
    assert!(ready.contains("nothing came in any more although my connection stood"), "{ready}");
    let it = it.restart().await;
    it.looks_for(3).await;
    assert_eq!((it.sent(), it.told_officers().len()), (2, 1), "nothing is said of this run yet");
    it.says_back().await;
    it.hears_the_last().await;
    it.looks_for(50).await;
    insta::assert_snapshot!(it.told_officers().join("\n--\n"));
    let events = it.ledger.events(&group("tea"), case_ref(1)).await.unwrap();
    let deaf = events.iter().filter(|noted| matches!(noted.event, Event::Deaf { .. }));
    assert_eq!(deaf.count(), 1);
}

#[tokio::test]
async fn what_is_heard_again_without_a_new_connection_is_said_with_what_may_be_missing() {
    let it = Harness::with_echo().await;
    it.looks_for(90).await;
    assert_eq!(it.told_officers().len(), 1);
    let tries = it.sent();
    it.looks_for(30).await;
    assert_eq!(it.sent() - tries, 2, "it is tried on");
    it.hears_the_last().await;
    it.looks_for(4).await;
    assert_eq!(it.told_officers().len(), 1, "it may not last");
    it.looks_for(2).await;
    insta::assert_snapshot!(it.told_officers().join("\n--\n"));
}

#[tokio::test]
async fn a_platform_that_says_that_it_is_back_is_tried_at_once() {
    let it = Harness::with_echo().await;
    it.looks_for(75).await;
    let tries = it.sent();
    it.says_back().await;
    it.looks_for(1).await;
    assert_eq!(it.sent(), tries + 1);
    // It is not so.
    it.looks_for(20).await;
    assert_eq!(it.told_officers().len(), 2, "{:?}", it.told_officers());
    assert!(it.told_officers()[1].contains("I hear this group again"));
}

#[tokio::test]
async fn a_machine_that_slept_accuses_nobody() {
    let it = Harness::with_echo().await;
    // Looked at seldom, and each time long after.
    for _ in 0..3 {
        it.clock.advance(9 * HOUR);
        it.settle().await;
        it.settle().await;
    }
    assert_eq!((it.sent(), it.told_officers().len()), (1, 0), "it is still looked for");
    it.looks_for(1).await;
    it.hears_the_last().await;
    it.looks_for(30).await;
    assert_eq!(it.told_officers(), [""; 0]);
    // Nor does a clock that somebody sets.
    it.looks_for(32).await;
    it.clock.set(40 * 24 * HOUR);
    it.settle().await;
    it.clock.set(-40 * 24 * HOUR);
    it.settle().await;
    it.hears_the_last().await;
    assert!(
        it.told_officers().iter().all(|told| !told.contains("I have not heard")),
        "{:?}",
        it.told_officers()
    );
}

#[tokio::test]
async fn nobody_is_tried_who_is_not_heard_or_was_never_heard() {
    let it = Harness::new().await;
    it.platform.set_echo(true);
    it.looks_for(3 * 60).await;
    assert_eq!(it.sent(), 0, "it was never heard");
    it.says_back().await;
    let (tea, since) = (group("tea"), policy::Clock::now(&*it.clock));
    let deaf = Inbound::Deaf { group: tea, since, why: Deafness::Unreachable, until: None };
    it.casework.take(deaf).await.unwrap();
    it.looks_for(3 * 60).await;
    assert_eq!((it.sent(), it.told_officers().len()), (0, 1), "officers know why it is not heard");
    it.says_back().await;
    it.looks_for(59).await;
    assert_eq!(it.sent(), 0);
    it.looks_for(1).await;
    assert_eq!(it.sent(), 1);
}

#[tokio::test]
async fn what_cannot_be_sent_accuses_nobody() {
    let it = Harness::with_echo().await;
    let faults = [
        Fault::Forbidden,
        Fault::Unreachable,
        Fault::Unanswered { done: false },
        Fault::RateLimited(std::time::Duration::from_secs(90)),
    ];
    for nth in 1..=200 {
        it.platform.fail(Call::Canary, nth, faults[usize::try_from(nth).unwrap() % faults.len()]);
    }
    it.looks_for(5 * 60).await;
    assert!((30..=60).contains(&it.platform.calls(Call::Canary)), "{}", it.platform.calls(Call::Canary));
    assert_eq!((it.sent(), it.told_officers().len()), (0, 0));
}

/// Nobody would notice if the bot heard nothing any more.
#[tokio::test]
async fn that_none_can_be_sent_any_more_is_told_once_and_so_is_that_one_can() {
    let it = Harness::with_echo().await;
    it.looks_for(60).await;
    it.hears_the_last().await;
    it.is_checked().await;
    // In three hours, at first and then every five minutes.
    (1..=37).for_each(|nth| it.platform.fail(Call::Canary, nth, Fault::Forbidden));
    it.looks_for(60 + 179).await;
    it.is_checked().await;
    assert_eq!(it.told_officers(), [""; 0], "it may pass");
    it.looks_for(1).await;
    it.is_checked().await;
    it.is_checked().await;
    assert_eq!(it.told_officers().len(), 1, "{:?}", it.told_officers());
    assert_eq!(it.casework.hindrances().await, [""; 0], "that it is not heard is not said");
    // Of whoever begins anew nothing is known yet.
    let it = it.restart().await;
    it.says_back().await;
    it.is_checked().await;
    it.looks_for(59).await;
    it.is_checked().await;
    assert_eq!(it.told_officers().len(), 1, "{:?}", it.told_officers());
    it.looks_for(1).await;
    it.is_checked().await;
    insta::assert_snapshot!(it.told_officers().join("\n--\n"), @r"
    B-0001 Not everything is as I need it to be:
    The bot cannot try any more whether it hears what is written, for what it sends to the officers' channel or room for that does not go through. What to do: let it see that channel or room and write there; where it may, whoever runs it finds why in its log.
    --
    B-0001 This is as I need it to be again:
    The bot can try whether it hears what is written.
    ");
}

#[tokio::test]
async fn a_canary_that_is_switched_off_lacks_nothing() {
    let off = Canary { enabled: false, minutes: 60 };
    let quiet = policy::Charter {
        procedure: Procedure { canary: off, ..charter("tea").procedure },
        ..charter("tea")
    };
    let it = Harness::with(vec![quiet]).await;
    it.is_checked().await;
    let known = it.ledger.checked(&group("tea")).await.unwrap();
    let [known] = known.as_slice() else { panic!("{known:?}") };
    assert_eq!((known.check.word(), &*known.said), ("hearing.canary", "the canary is switched off"));
    assert_eq!(it.told_officers(), [""; 0]);
}

#[tokio::test]
async fn a_group_settles_how_often_it_is_tried_and_one_that_wants_none_is_not() {
    let settled = |canary| policy::Charter {
        procedure: Procedure { canary, ..charter("tea").procedure },
        ..charter("tea")
    };
    for (canary, want) in [
        (Canary { enabled: false, minutes: 60 }, 0),
        (Canary { enabled: true, minutes: 20 }, 9),
        (Canary { enabled: true, minutes: 180 }, 1),
    ] {
        let it = Harness::with(vec![settled(canary)]).await;
        it.platform.set_echo(true);
        it.says_back().await;
        for _ in 0..180 {
            it.looks_for(1).await;
            if it.sent() > 0 {
                it.hears_the_last().await;
            }
        }
        assert_eq!(it.sent(), want, "{canary:?}");
    }
}

#[tokio::test]
async fn groups_are_tried_apart_and_hear_only_their_own() {
    let it = Harness::with(vec![charter("far"), charter("tea")]).await;
    it.platform.set_echo(true);
    for name in ["far", "tea"] {
        it.casework.take(Inbound::Back { group: group(name) }).await.unwrap();
    }
    it.settle().await;
    it.looks_for(60).await;
    let mut sent = it.platform.canaries();
    sent.sort_by(|(one, _), (other, _)| one.cmp(other));
    assert_eq!(sent.iter().map(|(of, _)| of.as_str()).collect::<Vec<_>>(), ["far", "tea"]);
    // What is unknown says nothing, and neither does what another group hears.
    it.hears_one(group("tea"), CanaryId::made(policy::Timestamp::EPOCH)).await;
    it.hears_one(group("far"), sent[0].1).await;
    it.looks_for(15).await;
    let told = it.told_officers();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(it.ledger.events(&group("tea"), case_ref(1)).await.unwrap().len(), 1);
    assert!(it.ledger.file(&group("far"), case_ref(1)).await.unwrap().is_none());
}
