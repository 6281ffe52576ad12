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
    let mut sent = 0;
    // What is less urgent leaves the more.
    for urgency in [Urgency::Reading, Urgency::Upkeep, Urgency::Letter, Urgency::Deed] {
        while sent < urgency.most() {
            let ticket = queue(&mut limits, "/m", &sent.to_string(), urgency);
            go(&mut limits, ticket, 0);
            sent += 1;
        }
        let late = queue(&mut limits, "/m", "late", urgency);
        assert_eq!(limits.admit(late, 0), Admission::Wait(Some(1_000), Reach::Everything), "{urgency:?}");
        limits.leave(late);
    }
    while sent < GLOBAL_MAX - 1 {
        let ticket = queue(&mut limits, "/m", &sent.to_string(), Urgency::Removal);
        go(&mut limits, ticket, 0);
        sent += 1;
    }
    let reading = queue(&mut limits, "/m", "a", Urgency::Reading);
    let removal = queue(&mut limits, "/m", "b", Urgency::Removal);
    assert_eq!(limits.admit(reading, 0), Admission::Wait(None, Reach::Everything), "not the first");
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

/// Whoever waits as the program does: it looks when it begins to wait, when it is called after a change, and at the instant
/// that it was told.
#[derive(Default)]
struct Crowd {
    limits: RateLimits,
    waiting: BTreeMap<Ticket, Option<i64>>,
    called: BTreeSet<Ticket>,
    looks: usize,
}

impl Crowd {
    fn wait(&mut self, wish: Wish) {
        let ticket = self.limits.queue(wish).expect("room in the queue");
        self.waiting.insert(ticket, None);
        self.called.insert(ticket);
    }

    fn settle(&mut self, permit: &Permit, told: &Told, now: i64) {
        self.limits.settle(permit, Some(told), now);
        self.called.extend(self.limits.called(now));
        if matches!(told.too_many, Some((_, Reach::Everything))) {
            self.called.extend(self.waiting.keys());
        }
    }

    /// Has all look whose turn it is, in the order in which they stand or in the other. Gives who goes.
    fn look(&mut self, now: i64, backwards: bool) -> Vec<Permit> {
        let due = self.waiting.iter().filter(|(_, until)| until.is_some_and(|until| until <= now));
        self.called.extend(due.map(|(ticket, _)| *ticket));
        let mut gone = Vec::new();
        while let Some(ticket) = if backwards { self.called.pop_last() } else { self.called.pop_first() } {
            if !self.waiting.contains_key(&ticket) {
                continue;
            }
            self.looks += 1;
            match self.limits.admit(ticket, now) {
                Admission::Go(permit) => {
                    self.waiting.remove(&ticket);
                    gone.push(permit);
                }
                Admission::Wait(until, _) => _ = self.waiting.insert(ticket, until),
            }
            self.called.extend(self.limits.called(now));
        }
        gone
    }

    fn next(&self) -> Option<i64> {
        self.waiting.values().flatten().min().copied()
    }
}

#[test]
fn those_who_wait_for_everybody_look_seldom() {
    let mut crowd = Crowd::default();
    for n in 0..WAITING_MAX {
        crowd.wait(wish("/m", &n.to_string(), Urgency::Removal));
    }
    let mut now = 0;
    while !crowd.waiting.is_empty() {
        for permit in crowd.look(now, false) {
            crowd.settle(&permit, &told("b", 5, 4, 1_000), now);
        }
        now = crowd.next().unwrap_or(now).max(now + 1);
    }
    assert!(crowd.looks <= 4 * WAITING_MAX, "{}", crowd.looks);
    let seconds = WAITING_MAX.div_ceil(GLOBAL_MAX);
    assert!(now <= i64::try_from(seconds).expect("few") * GLOBAL_WINDOW, "{now}");
}

proptest! {
    /// Nobody is forgotten who waits to be called: whatever is wanted, in whichever order they look.
    #[test]
    fn whoever_waits_to_be_called_is_called(
        wishes in prop::collection::vec((0_i64..1_500, 0_usize..4, 0_u8..4, 0_usize..4, 0_i64..200, 0_u8..30), 1..250),
        backwards: bool,
    ) {
        // Two paths share a bucket, one has none, and one is counted apart.
        let paths = ["/a", "/b", "/c", "/interactions/{}/{}/callback"];
        let urgencies = [Urgency::Removal, Urgency::Deed, Urgency::Letter, Urgency::Reading];
        let mut crowd = Crowd::default();
        let mut to_come = wishes;
        let mut fates = VecDeque::new();
        let mut back: Vec<(i64, Told, Permit)> = Vec::new();
        let mut now = 0;
        loop {
            for (_, path, major, urgency, takes, fate) in to_come.extract_if(.., |(from, ..)| *from <= now) {
                let wanted = wish(paths[path], &major.to_string(), urgencies[urgency]);
                crowd.wait(Wish { is_apart: path == 3, ..wanted });
                fates.push_back((takes, fate));
            }
            for (_, told, permit) in back.extract_if(.., |(at, ..)| *at <= now) {
                crowd.settle(&permit, &told, now);
            }
            for permit in crowd.look(now, backwards) {
                let (takes, fate) = fates.pop_front().expect("as many as wishes");
                let pause = Duration::from_millis(300);
                let told = match (fate, permit.kind.template.as_str()) {
                    (0, _) => Told { too_many: Some((pause, Reach::Everything)), ..Told::default() },
                    (1..4, _) => Told { too_many: Some((pause, Reach::Bucket)), ..Told::default() },
                    (_, "/c") => Told::default(),
                    (left, _) => told("shared", 30, u32::from(left), 400),
                };
                back.push((now + takes, told, permit));
            }
            let next = crowd.next().into_iter().chain(to_come.iter().map(|(from, ..)| *from));
            match next.chain(back.iter().map(|(at, ..)| *at)).min() {
                Some(next) => now = next.max(now + 1),
                None => break,
            }
        }
        prop_assert!(crowd.waiting.is_empty(), "{} were never called", crowd.waiting.len());
        let limits = crowd.limits;
        prop_assert!(limits.waiting.is_empty() && limits.lines.is_empty() && limits.ready.is_empty());
        prop_assert!(limits.ready_apart.is_empty() && limits.shut.is_empty());
    }

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
