//! Whether a group is heard: kept, also over a time without a program, and told to its officers once.

use platform::fake::{Call, Fault};
use platform::{Deafness, Inbound, Intake};
use policy::{Clock, Event, Timestamp};

use crate::harness::{Harness, case_ref, charter, group, read};

const HOUR: i64 = 60 * 60;

impl Harness {
    async fn hears(&self, inbound: Inbound) {
        assert_eq!(self.casework.take(inbound).await.unwrap(), None);
        self.settle().await;
    }

    async fn is_deaf(&self, why: Deafness, until: Option<Timestamp>) {
        let (group, since) = (group("tea"), self.clock.now());
        self.hears(Inbound::Deaf { group, since, why, until }).await;
    }

    async fn is_back(&self) {
        self.hears(Inbound::Back { group: group("tea") }).await;
    }

    /// Time passes, and the delivery looks about every minute as it does.
    async fn minutes(&self, minutes: u32) {
        for _ in 0..minutes {
            self.clock.advance(60);
            self.settle().await;
        }
    }

    fn officers_read(&self) -> Vec<String> {
        self.platform.officers_letters().iter().map(read).collect()
    }

    /// How often it was put on record that the group was not heard, and that it was again.
    async fn on_record(&self) -> (usize, usize) {
        let events = self.ledger.events(&group("tea"), case_ref(1)).await.unwrap();
        let count = |is: fn(&Event) -> bool| events.iter().filter(|noted| is(&noted.event)).count();
        (
            count(|event| matches!(event, Event::Deaf { .. })),
            count(|event| matches!(event, Event::HearsAgain { .. })),
        )
    }
}

#[tokio::test]
async fn officers_are_told_of_an_outage_that_lasts_and_of_its_end_once_each() {
    let it = Harness::new().await;
    it.is_back().await;
    it.minutes(10).await;
    it.is_deaf(Deafness::Unreachable, None).await;
    it.minutes(4).await;
    let until = it.clock.now().plus_seconds(3 * HOUR);
    it.is_deaf(Deafness::Exhausted, Some(until)).await;
    assert_eq!(it.officers_read(), [""; 0], "it may pass");
    it.minutes(1).await;
    it.minutes(60).await;
    let it = it.restart().await;
    it.is_deaf(Deafness::Exhausted, Some(until)).await;
    it.minutes(60).await;
    assert_eq!(it.officers_read().len(), 1, "also after a restart");
    it.is_back().await;
    it.minutes(4).await;
    assert_eq!(it.officers_read().len(), 1, "it may not last");
    it.minutes(120).await;
    insta::assert_snapshot!(it.officers_read().join("\n--\n"), @r"
    B-0001 I have not heard this group since 11 May 2026 at 11:10, and what is written is NOT moderated: there were as many connections in one day as may be, and one more could cost me my token.
    I connect again at 11 May 2026 at 14:14; starting me again would not help. I read on from where I stopped as soon as I hear again.
    --
    B-0001 I hear this group again. From 11 May 2026 at 11:10 to 11 May 2026 at 13:15 I did not: I was not running for some of that time, and there were as many connections in one day as may be, and one more could cost me my token.
    I have read on from where I had stopped, in all channels that I can read, and judged what stands there. What was taken away again in between I have not seen.
    ");
    assert_eq!(it.on_record().await, (1, 1));
}

#[tokio::test]
async fn what_passes_within_minutes_is_told_to_nobody() {
    let it = Harness::new().await;
    it.is_back().await;
    for _ in 0..3 {
        it.is_deaf(Deafness::Unreachable, None).await;
        it.minutes(4).await;
        it.is_back().await;
        it.minutes(10).await;
    }
    let it = it.restart().await;
    it.minutes(2).await;
    it.is_back().await;
    it.minutes(60).await;
    assert_eq!(it.officers_read(), [""; 0]);
}

#[tokio::test]
async fn the_time_in_which_no_program_ran_counts() {
    let it = Harness::new().await;
    it.is_back().await;
    it.minutes(10).await;
    let it = it.restart().await;
    it.clock.advance(9 * HOUR);
    let it = it.restart().await;
    it.settle().await;
    it.is_back().await;
    it.minutes(5).await;
    insta::assert_snapshot!(it.officers_read().join("\n--\n"), @r"
    B-0001 I hear this group again. From 11 May 2026 at 11:10 to 11 May 2026 at 20:10 I did not: I was not running, or not connected yet.
    I have read on from where I had stopped, in all channels that I can read, and judged what stands there. What was taken away again in between I have not seen.
    ");
    let it = it.restart().await;
    it.is_back().await;
    it.minutes(120).await;
    assert_eq!(it.officers_read().len(), 1, "once");
    assert_eq!(it.on_record().await, (0, 1));
}

#[tokio::test]
async fn what_people_have_to_mend_is_told_at_once() {
    for why in Deafness::ALL.into_iter().filter(|why| why.is_lasting()) {
        let it = Harness::new().await;
        it.is_back().await;
        it.is_deaf(why, None).await;
        // It is started again and again by whatever looks after it.
        let it = it.restart().await;
        it.is_deaf(why, None).await;
        it.minutes(20).await;
        assert_eq!(it.officers_read().len(), 1, "{why:?}: {:?}", it.officers_read());
    }
    let it = Harness::new().await;
    it.is_deaf(Deafness::Intents, None).await;
    insta::assert_snapshot!(it.officers_read().join("\n--\n"), @r"
    B-0001 I have not heard this group since 11 May 2026 at 11:00, and what is written is NOT moderated: the platform kept from me what I have to hear, for it was not switched on.
    Whoever runs me switches on Server Members and Message Content under “Privileged Gateway Intents”, on the page “Bot” of the developer portal, and starts me again. I read on from where I stopped as soon as I hear again.
    ");
}

#[tokio::test]
async fn officers_who_could_not_be_told_meanwhile_are_told_afterwards_and_nothing_that_is_over() {
    let it = Harness::new().await;
    it.is_back().await;
    (1..=10).for_each(|nth| it.platform.fail(Call::TellOfficers, nth, Fault::Unreachable));
    it.is_deaf(Deafness::Token, None).await;
    it.minutes(10).await;
    assert_eq!(it.officers_read(), [""; 0]);
    it.is_back().await;
    it.minutes(120).await;
    insta::assert_snapshot!(it.officers_read().join("\n--\n"), @r"
    B-0001 I hear this group again. From 11 May 2026 at 11:00 to 11 May 2026 at 11:10 I did not: my token or session was not accepted any more.
    I have read on from where I had stopped, in all channels that I can read, and judged what stands there. What was taken away again in between I have not seen.
    ");
    assert_eq!(it.on_record().await, (1, 1));
}

#[tokio::test]
async fn each_group_has_a_platform_of_its_own_and_one_that_was_never_heard_is_not_missed() {
    let it = Harness::with(vec![charter("tea"), charter("far")]).await;
    it.hears(Inbound::Back { group: group("far") }).await;
    it.minutes(10).await;
    let it = it.restart().await;
    it.clock.advance(9 * HOUR);
    let it = it.restart().await;
    it.hears(Inbound::Back { group: group("far") }).await;
    it.minutes(60).await;
    assert_eq!(it.officers_read().len(), 1);
    assert_eq!(it.on_record().await, (0, 0));
}
