use proptest::prelude::*;

use super::*;

fn wish(path: &str, major: &str, urgency: Urgency) -> Wish {
    let kind = Kind { verb: Verb::Delete, template: path.to_owned(), age: 0 };
    Wish { kind, major: Some(major.to_owned()), urgency, is_apart: false }
}

fn told(bucket: &str, limit: u32, remaining: u32, reset_after: u64) -> Told {
    Told {
        bucket: Some(bucket.to_owned()),
        limit: Some(limit),
        remaining: Some(remaining),
        reset_after: Some(Duration::from_millis(reset_after)),
        too_many: None,
    }
}

fn go(limits: &mut RateLimits, ticket: Ticket, now: i64) -> Permit {
    match limits.admit(ticket, now) {
        Admission::Go(permit) => permit,
        wait @ Admission::Wait(..) => panic!("{wait:?}"),
    }
}

fn queue(limits: &mut RateLimits, path: &str, major: &str, urgency: Urgency) -> Ticket {
    limits.queue(wish(path, major, urgency)).expect("room in the queue")
}

#[test]
fn one_at_a_time_until_an_answer_tells_more() {
    let mut limits = RateLimits::default();
    let [first, second, third, elsewhere] =
        ["5", "5", "5", "6"].map(|major| queue(&mut limits, "/m", major, Urgency::Removal));
    let permit = go(&mut limits, first, 0);
    assert_eq!(limits.admit(second, 0), Admission::Wait(None, Reach::Bucket));
    go(&mut limits, elsewhere, 0);
    limits.settle(&permit, Some(&told("b", 2, 1, 400)), 10);
    go(&mut limits, second, 10);
    assert_eq!(limits.admit(third, 10), Admission::Wait(Some(410), Reach::Bucket));
    go(&mut limits, third, 410);
}

#[test]
fn a_bucket_without_an_answer_opens_again() {
    let mut limits = RateLimits::default();
    let first = queue(&mut limits, "/m", "5", Urgency::Removal);
    let second = queue(&mut limits, "/m", "5", Urgency::Removal);
    let permit = go(&mut limits, first, 0);
    limits.settle(&permit, None, 30_000);
    let permit = go(&mut limits, second, 30_000);
    // A name without numbers tells nothing to wait for.
    limits.settle(&permit, Some(&Told { bucket: Some("b".to_owned()), ..Told::default() }), 30_001);
    for now in 30_002..30_005 {
        let next = queue(&mut limits, "/m", "5", Urgency::Removal);
        let permit = go(&mut limits, next, now);
        limits.settle(&permit, None, now);
    }
}

#[test]
fn the_more_urgent_go_first_in_a_bucket() {
    let mut limits = RateLimits::default();
    let reading = queue(&mut limits, "/m", "5", Urgency::Reading);
    let letter = queue(&mut limits, "/m", "5", Urgency::Letter);
    let removal = queue(&mut limits, "/m", "5", Urgency::Removal);
    assert_eq!(limits.admit(reading, 0), Admission::Wait(None, Reach::Bucket));
    assert_eq!(limits.admit(letter, 0), Admission::Wait(None, Reach::Bucket));
    let permit = go(&mut limits, removal, 0);
    limits.settle(&permit, Some(&told("b", 1, 0, 100)), 0);
    limits.leave(letter);
    go(&mut limits, reading, 100);
}

#[test]
fn the_last_places_of_a_second_are_for_the_more_urgent() {
    let mut limits = RateLimits::default();
    for n in 0..GLOBAL_MAX - 1 {
        let ticket = queue(&mut limits, "/m", &n.to_string(), Urgency::Reading);
        go(&mut limits, ticket, 0);
    }
    let reading = queue(&mut limits, "/m", "a", Urgency::Reading);
    let removal = queue(&mut limits, "/m", "b", Urgency::Removal);
    assert_eq!(limits.admit(reading, 0), Admission::Wait(None, Reach::Everything));
    go(&mut limits, removal, 0);
    assert_eq!(limits.admit(reading, 500), Admission::Wait(Some(1_000), Reach::Everything));
    // Somebody pressed a button: that is counted elsewhere.
    let press = Wish { is_apart: true, ..wish("/interactions/{}/{}/callback", "7/t", Urgency::Answer) };
    let press = limits.queue(press).expect("room in the queue");
    go(&mut limits, press, 500);
    go(&mut limits, reading, 1_000);
}

#[test]
fn too_many_holds_up_as_much_as_it_says() {
    let second = Duration::from_secs(1);
    for (reach, same, other) in
        [(Reach::Bucket, Some(1_000), None), (Reach::Everything, Some(1_000), Some(1_000))]
    {
        let mut limits = RateLimits::default();
        let ticket = queue(&mut limits, "/m", "5", Urgency::Removal);
        let permit = go(&mut limits, ticket, 0);
        limits.settle(&permit, Some(&Told { too_many: Some((second, reach)), ..Told::default() }), 0);
        for (major, until) in [("5", same), ("6", other)] {
            let ticket = queue(&mut limits, "/m", major, Urgency::Removal);
            match limits.admit(ticket, 1) {
                Admission::Wait(wait, held) => assert_eq!((wait, held), (until, reach), "{major}"),
                Admission::Go(_) => assert_eq!(until, None, "{major}"),
            }
            limits.leave(ticket);
        }
        let ticket = queue(&mut limits, "/m", "5", Urgency::Removal);
        go(&mut limits, ticket, 1_000);
    }
}

#[test]
fn the_queue_has_an_end_except_for_what_cannot_wait() {
    let mut limits = RateLimits::default();
    for _ in 0..WAITING_MAX {
        queue(&mut limits, "/m", "5", Urgency::Letter);
    }
    assert_eq!(limits.queue(wish("/m", "5", Urgency::Deed)), None);
    queue(&mut limits, "/m", "5", Urgency::Removal);
}

#[test]
fn what_says_nothing_any_more_is_forgotten() {
    let mut limits = RateLimits::default();
    let mut now = 0;
    for n in 0..2 * BUCKETS_MAX {
        now += 100;
        let ticket = queue(&mut limits, "/m", &n.to_string(), Urgency::Letter);
        let permit = go(&mut limits, ticket, now);
        limits.settle(&permit, Some(&told("b", 5, 4, 1_000)), now);
    }
    assert!(limits.buckets.len() <= BUCKETS_MAX, "{}", limits.buckets.len());
}

/// A server that counts in windows which begin with the first request in them.
struct Server {
    limit: u32,
    window: i64,
    used: u32,
    ends: i64,
}

impl Server {
    fn take(&mut self, now: i64) -> Option<Told> {
        if now >= self.ends {
            (self.used, self.ends) = (0, now + self.window);
        }
        self.used += 1;
        let left = u64::try_from(self.ends - now).expect("a window ends after now");
        (self.used <= self.limit).then(|| told("b", self.limit, self.limit - self.used, left))
    }
}

proptest! {
    /// However long requests and answers are under way, and whichever answer overtakes which: a server that counts in
    /// windows never has too many, unless an answer was lost. Everybody goes in the end, without looking all the time.
    #[test]
    fn never_too_many_in_a_window_and_nobody_waits_for_ever(
        limit in 1_u32..6,
        window in 50_i64..2_000,
        calls in prop::collection::vec((0_i64..3_000, 0_i64..300, 0_i64..300, prop::bool::weighted(0.03)), 1..60),
    ) {
        let has_losses = calls.iter().any(|(.., is_lost)| *is_lost);
        let mut limits = RateLimits::default();
        let mut server = Server { limit, window, used: 0, ends: i64::MIN };
        let mut to_come = calls.clone();
        let mut waiting: Vec<(Ticket, (i64, i64, bool))> = Vec::new();
        let mut there: Vec<(i64, i64, bool, Permit)> = Vec::new();
        let mut back: Vec<(i64, Option<Told>, Permit)> = Vec::new();
        let mut now = 0;
        loop {
            for (_, to, fro, is_lost) in to_come.extract_if(.., |(from, ..)| *from <= now) {
                waiting.push((queue(&mut limits, "/m", "5", Urgency::Letter), (to, fro, is_lost)));
            }
            for (_, answered, is_lost, permit) in there.extract_if(.., |(at, ..)| *at <= now) {
                let told = server.take(now);
                prop_assert!(told.is_some() || has_losses, "too many at {}", now);
                let too_many = (Duration::from_millis(100), Reach::Bucket);
                let told = told.unwrap_or(Told { too_many: Some(too_many), ..Told::default() });
                back.push((answered, (!is_lost).then_some(told), permit));
            }
            for (_, told, permit) in back.extract_if(.., |(at, ..)| *at <= now) {
                limits.settle(&permit, told.as_ref(), now);
            }
            let mut next: Vec<i64> = Vec::new();
            waiting.retain(|(ticket, (to, fro, is_lost))| match limits.admit(*ticket, now) {
                Admission::Go(permit) => {
                    there.push((now + to, now + to + fro, *is_lost, permit));
                    false
                }
                Admission::Wait(until, _) => {
                    next.extend(until);
                    true
                }
            });
            next.extend(to_come.iter().map(|(from, ..)| *from));
            next.extend(there.iter().map(|(at, ..)| *at).chain(back.iter().map(|(at, ..)| *at)));
            match next.into_iter().min() {
                Some(next) => now = next.max(now + 1),
                None => break,
            }
        }
        prop_assert!(waiting.is_empty(), "{} of {} never went", waiting.len(), calls.len());
        // A window for each, and the time under way, is more than it takes.
        let most = 4_000 + i64::try_from(calls.len()).expect("few") * (window + 700);
        prop_assert!(now <= most, "it took {}", now);
    }

    /// Whatever is asked and answered, no second has more requests than it may have.
    #[test]
    fn never_too_many_in_a_second(steps in prop::collection::vec((0_i64..40, 0_u8..200), 1..600)) {
        let mut limits = RateLimits::default();
        let mut sent: Vec<i64> = Vec::new();
        let mut now = 0;
        for (later, major) in steps {
            now += later;
            let ticket = queue(&mut limits, "/m", &major.to_string(), Urgency::Letter);
            if let Admission::Go(permit) = limits.admit(ticket, now) {
                sent.push(now);
                limits.settle(&permit, Some(&Told::default()), now);
            }
            limits.leave(ticket);
            let of_late = sent.iter().filter(|at| **at > now - GLOBAL_WINDOW).count();
            prop_assert!(of_late <= GLOBAL_MAX);
        }
    }
}
