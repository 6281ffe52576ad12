//! What may be asked of Discord when: its limits as answers tell them, and who goes first. Pure; `now` is an argument.
//!
//! Nothing about a single path is known beforehand. Paths are counted together in *buckets*, which answers name; until the
//! first answer one request at a time goes out, and from then on as many as the last answer left. What is not known for
//! certain is taken for the worse: an answer can make a bucket emptier within its time, never fuller.

mod invalid;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::time::Duration;

use crate::pace::millis;
pub(crate) use invalid::Invalid;

/// Requests a second over all paths. Discord allows 50, counted where they arrive.
const GLOBAL_MAX: usize = 45;
const GLOBAL_WINDOW: i64 = 1_000;
/// Calls that wait at a time. Whoever comes then is told to come back.
const WAITING_MAX: usize = 2_000;
/// Buckets remembered before those are dropped that say nothing any more.
const BUCKETS_MAX: usize = 4_096;
/// How long the longest limit is believed to be. Discord has some of hours, none of days.
const WAIT_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// What sort of request it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Verb {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

/// What goes before what when not all may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Urgency {
    /// Somebody pressed or typed, and sees an error after 3 s.
    Answer,
    /// What should not stand any longer.
    Removal,
    /// What is done to members.
    Deed,
    /// What is written to people.
    Letter,
    /// What has to be seen to, and by nobody just now: what was missed is read, boards hang, channels are closed to whoever is
    /// suspended.
    Upkeep,
    /// What is read to know more.
    Reading,
}

impl Urgency {
    /// Of how many requests of a second it may be the last: what need not go at once leaves room for what must, so that a
    /// removal waits for nobody's reading.
    fn most(self) -> usize {
        GLOBAL_MAX
            - match self {
                Self::Answer | Self::Removal => 0,
                Self::Deed => 2,
                Self::Letter => 5,
                Self::Upkeep => 7,
                Self::Reading => 10,
            }
    }
}

/// Requests that are counted together, as far as can be told before an answer names their bucket.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Kind {
    pub(crate) verb: Verb,
    /// The path without its values.
    pub(crate) template: String,
    /// Messages of different age are deleted out of different buckets.
    pub(crate) age: u8,
}

/// What somebody wants to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wish {
    pub(crate) kind: Kind,
    /// The channel, server or webhook it is about: each has buckets of its own.
    pub(crate) major: Option<String>,
    pub(crate) urgency: Urgency,
    /// Whether the limit on all requests does not count it.
    pub(crate) is_apart: bool,
}

/// A place in the queue. The more urgent go first, then those who came first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Ticket(Urgency, u64);

/// How much else a limit holds up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// What is counted together with the request.
    Bucket,
    /// Whatever is asked.
    Everything,
}

/// What becomes of a ticket now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Admission {
    /// The request is sent.
    Go(Permit),
    /// Not before that instant, or before something changes for it.
    Wait(Option<i64>, Reach),
}

/// A request that is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Permit {
    kind: Kind,
    major: Option<String>,
    bucket: BucketId,
    /// Which filling of the bucket it was taken from.
    filling: u64,
}

/// What an answer says of its limits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Told {
    /// The name of the bucket.
    pub(crate) bucket: Option<String>,
    /// How many a window takes.
    pub(crate) limit: Option<u32>,
    /// How many are left in this one.
    pub(crate) remaining: Option<u32>,
    /// When the next one begins.
    pub(crate) reset_after: Option<Duration>,
    /// How long to be silent, if it was too many.
    pub(crate) too_many: Option<(Duration, Reach)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum BucketId {
    /// Nobody has told yet.
    Unnamed(Kind, Option<String>),
    Named(String, Option<String>),
    /// Answers name no bucket.
    Unlimited,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Name {
    Told(String),
    /// There was an answer, and it named none.
    Nothing,
}

#[derive(Debug)]
struct Bucket {
    limit: u32,
    remaining: u32,
    in_flight: u32,
    /// Until when `remaining` holds.
    resets_at: i64,
    /// Whether that instant is our own guess.
    is_guess: bool,
    /// The longest window that was told of.
    window: i64,
    blocked_until: i64,
    filling: u64,
}

impl Bucket {
    /// One at a time, until an answer says more.
    fn new() -> Self {
        Self {
            limit: 1,
            remaining: 1,
            in_flight: 0,
            resets_at: i64::MAX,
            is_guess: true,
            window: 0,
            blocked_until: i64::MIN,
            filling: 0,
        }
    }

    /// Begins a new window if the last is over. What is still under way may be counted in either.
    fn refill(&mut self, now: i64) {
        if now >= self.resets_at {
            self.remaining = self.limit.saturating_sub(self.in_flight);
            self.resets_at = now.saturating_add(self.window.max(1));
            self.is_guess = true;
            self.filling += 1;
        }
    }

    /// Whether one may go, or when to look again.
    fn is_open(&mut self, now: i64) -> Result<(), Option<i64>> {
        if now < self.blocked_until {
            return Err(Some(self.blocked_until));
        }
        self.refill(now);
        match self.remaining {
            0 if self.resets_at == i64::MAX => Err(None),
            // Too early a look costs a look; too late a one would cost the time.
            0 => Err(Some(self.resets_at)),
            _ => Ok(()),
        }
    }

    fn is_idle(&self, now: i64) -> bool {
        self.in_flight == 0
            && now >= self.blocked_until
            && (now >= self.resets_at || self.resets_at == i64::MAX)
    }
}

/// Who waits for the same bucket, of whom the first goes first.
#[derive(Debug, Default)]
struct Line {
    tickets: BTreeSet<Ticket>,
    place: Option<Place>,
}

/// Where the first of a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Its bucket lets it go.
    Ready(Ticket),
    /// Its bucket does not before that instant.
    Shut(i64, Ticket),
}

/// All that is known of Discord's limits, and who waits for them.
///
/// Thousands may wait, and every answer may let one of them go: nothing here looks at all of them, but for what is learnt
/// once about each path.
#[derive(Debug, Default)]
pub(crate) struct RateLimits {
    names: HashMap<Kind, Name>,
    buckets: HashMap<BucketId, Bucket>,
    /// When the last requests went out.
    sent: VecDeque<i64>,
    silent_until: Option<i64>,
    waiting: BTreeMap<Ticket, Wish>,
    tickets: u64,
    lines: HashMap<BucketId, Line>,
    /// Those whose buckets let them go: the first of each line, and all who need none.
    ready: BTreeSet<Ticket>,
    /// The same of those whom the limit on all requests does not count.
    ready_apart: BTreeSet<Ticket>,
    /// The first of each line whose bucket is shut, by when it opens.
    shut: BTreeMap<(i64, Ticket), BucketId>,
    /// Who came to be the first of a line that is shut, and does not know until when.
    unaware: Vec<Ticket>,
    /// Whether anybody came or ceased to be ready since others were called.
    has_moved: bool,
    /// The latest instant that was told.
    now: i64,
}

impl RateLimits {
    /// Stands in the queue; nothing when it is too long.
    pub(crate) fn queue(&mut self, wish: Wish) -> Option<Ticket> {
        if self.waiting.len() >= WAITING_MAX && wish.urgency > Urgency::Removal {
            return None;
        }
        self.tickets += 1;
        let ticket = Ticket(wish.urgency, self.tickets);
        let id = self.bucket_of(&wish);
        self.waiting.insert(ticket, wish);
        self.join(ticket, &id);
        Some(ticket)
    }

    /// Leaves the queue.
    pub(crate) fn leave(&mut self, ticket: Ticket) {
        let Some(wish) = self.waiting.get(&ticket) else { return };
        let id = self.bucket_of(wish);
        self.has_moved |= self.ready_of(ticket).remove(&ticket);
        if let Some(line) = self.lines.get_mut(&id) {
            line.tickets.remove(&ticket);
            self.place(&id);
        }
        self.waiting.remove(&ticket);
    }

    /// Lets the ticket go if nothing is in its way and nobody before it.
    ///
    /// Where it has to wait and no instant is named, it is [called](Self::called).
    pub(crate) fn admit(&mut self, ticket: Ticket, now: i64) -> Admission {
        self.open(now);
        let Some(wish) = self.waiting.get(&ticket).cloned() else {
            return Admission::Wait(None, Reach::Bucket);
        };
        let id = self.bucket_of(&wish);
        if let Err(until) = self.is_open(&id, now) {
            // A new window has less room than the old, where much is still under way.
            self.place(&id);
            return Admission::Wait(until, Reach::Bucket);
        }
        // Whoever goes first is told apart from the limits, so that it goes first when they open.
        if self.lines.get(&id).is_some_and(|line| line.tickets.first() != Some(&ticket)) {
            return Admission::Wait(None, Reach::Bucket);
        }
        if !wish.is_apart
            && let Some(wait) = self.wait_for_all(ticket, now)
        {
            return wait;
        }
        self.leave(ticket);
        if !wish.is_apart {
            self.sent.push_back(now);
        }
        let filling = self.take(&id, now);
        self.place(&id);
        Admission::Go(Permit { kind: wish.kind, major: wish.major, bucket: id, filling })
    }

    /// Whether more wait for the limit on all requests than may go in a second.
    pub(crate) fn is_crowded(&self) -> bool {
        self.ready.len() > GLOBAL_MAX
    }

    /// Who is to look whether it may go, after anybody was admitted or not, left, or was settled with: the first of all, for
    /// whoever goes makes another one the first, and whoever does not know yet how long to wait.
    pub(crate) fn called(&mut self, now: i64) -> impl Iterator<Item = Ticket> {
        self.open(now);
        let has_moved = std::mem::take(&mut self.has_moved);
        let first = self.ready.first().into_iter().chain(self.ready_apart.first()).filter(move |_| has_moved);
        self.unaware.drain(..).chain(first.copied())
    }

    /// The limit on all requests together.
    fn wait_for_all(&mut self, ticket: Ticket, now: i64) -> Option<Admission> {
        if let Some(until) = self.silent_until.filter(|until| now < *until) {
            return Some(Admission::Wait(Some(until), Reach::Everything));
        }
        while self.sent.front().is_some_and(|sent| sent.saturating_add(GLOBAL_WINDOW) <= now) {
            self.sent.pop_front();
        }
        let most = ticket.0.most();
        let Some(free) = most.checked_sub(self.sent.len()).filter(|free| *free > 0) else {
            // Only the first watches the clock.
            let is_first = self.ready.first() == Some(&ticket);
            let opens = self.sent.get(self.sent.len() - most).filter(|_| is_first);
            let until = opens.map(|sent| sent.saturating_add(GLOBAL_WINDOW));
            return Some(Admission::Wait(until, Reach::Everything));
        };
        // The last places are for those who are before it and could go as well.
        let ahead = self.ready.range(..ticket).take(free).count();
        (ahead >= free).then_some(Admission::Wait(None, Reach::Everything))
    }

    /// Puts a ticket where it has to wait.
    fn join(&mut self, ticket: Ticket, id: &BucketId) {
        if *id == BucketId::Unlimited {
            self.ready_of(ticket).insert(ticket);
            self.has_moved = true;
        } else {
            self.lines.entry(id.clone()).or_default().tickets.insert(ticket);
            self.place(id);
        }
    }

    /// Puts the first of a line where it belongs, after anything changed about the line or its bucket.
    fn place(&mut self, id: &BucketId) {
        let Some(line) = self.lines.get_mut(id) else { return };
        let (head, before) = (line.tickets.first().copied(), line.place.take());
        match before {
            Some(Place::Ready(ticket)) => _ = self.ready_of(ticket).remove(&ticket),
            Some(Place::Shut(until, ticket)) => _ = self.shut.remove(&(until, ticket)),
            None => {}
        }
        let Some(head) = head else {
            self.lines.remove(id);
            self.has_moved |= before.is_some();
            return;
        };
        let place = match self.is_open(id, self.now) {
            Ok(()) => Some(Place::Ready(head)),
            Err(until) => until.map(|until| Place::Shut(until, head)),
        };
        match place {
            Some(Place::Ready(ticket)) => _ = self.ready_of(ticket).insert(ticket),
            Some(Place::Shut(until, ticket)) => {
                self.shut.insert((until, ticket), id.clone());
                if place != before {
                    self.unaware.push(ticket);
                }
            }
            // An answer that is under way will tell.
            None => {}
        }
        self.has_moved |= place != before;
        if let Some(line) = self.lines.get_mut(id) {
            line.place = place;
        }
    }

    /// Has those be ready whose buckets have opened by now.
    fn open(&mut self, now: i64) {
        self.now = self.now.max(now);
        while let Some(((until, _), id)) = self.shut.first_key_value()
            && *until <= self.now
        {
            let id = id.clone();
            self.place(&id);
        }
    }

    fn ready_of(&mut self, ticket: Ticket) -> &mut BTreeSet<Ticket> {
        match self.waiting.get(&ticket).is_some_and(|wish| wish.is_apart) {
            true => &mut self.ready_apart,
            false => &mut self.ready,
        }
    }

    /// Something else is known about a kind of request: who wants that waits elsewhere.
    fn rename(&mut self, kind: &Kind, name: Option<Name>) {
        let before = self.names.get(kind);
        if before == name.as_ref() {
            return;
        }
        let concerned = self.waiting.iter().filter(|(_, wish)| wish.kind == *kind);
        let concerned: Vec<(Ticket, Wish)> =
            concerned.map(|(ticket, wish)| (*ticket, wish.clone())).collect();
        for (ticket, _) in &concerned {
            self.leave(*ticket);
        }
        match name {
            Some(name) => self.names.insert(kind.clone(), name),
            None => self.names.remove(kind),
        };
        for (ticket, wish) in concerned {
            let id = self.bucket_of(&wish);
            self.waiting.insert(ticket, wish);
            self.join(ticket, &id);
        }
    }

    fn bucket_of(&self, wish: &Wish) -> BucketId {
        match self.names.get(&wish.kind) {
            Some(Name::Told(name)) => BucketId::Named(name.clone(), wish.major.clone()),
            Some(Name::Nothing) => BucketId::Unlimited,
            None => BucketId::Unnamed(wish.kind.clone(), wish.major.clone()),
        }
    }

    fn is_open(&mut self, id: &BucketId, now: i64) -> Result<(), Option<i64>> {
        self.buckets.get_mut(id).map_or(Ok(()), |bucket| bucket.is_open(now))
    }

    fn take(&mut self, id: &BucketId, now: i64) -> u64 {
        if *id == BucketId::Unlimited {
            return 0;
        }
        if self.buckets.len() >= BUCKETS_MAX {
            self.buckets.retain(|_, bucket| !bucket.is_idle(now));
        }
        let bucket = self.buckets.entry(id.clone()).or_insert_with(Bucket::new);
        bucket.remaining = bucket.remaining.saturating_sub(1);
        bucket.in_flight += 1;
        bucket.filling
    }

    /// A request is no longer under way. `told` is nothing when no answer came.
    pub(crate) fn settle(&mut self, permit: &Permit, told: Option<&Told>, now: i64) {
        self.open(now);
        if let Some(bucket) = self.buckets.get_mut(&permit.bucket) {
            bucket.in_flight = bucket.in_flight.saturating_sub(1);
        }
        if let Some(told) = told {
            let id = self.learn_name(permit, told);
            if let Some((wait, reach)) = told.too_many {
                self.hush(&id, reach, now.saturating_add(millis(wait.min(WAIT_MAX))));
            }
            if let (BucketId::Named(..), Some(limit), Some(remaining)) = (&id, told.limit, told.remaining) {
                let reset_after = millis(told.reset_after.unwrap_or_default().min(WAIT_MAX));
                self.learn(&id, permit, limit, remaining, now.saturating_add(reset_after), reset_after);
            }
            self.reopen(&id);
            self.place(&id);
        }
        self.reopen(&permit.bucket);
        self.place(&permit.bucket);
    }

    /// Nothing goes out of a bucket, or nothing at all, until then.
    fn hush(&mut self, id: &BucketId, reach: Reach, until: i64) {
        if reach == Reach::Everything {
            self.silent_until = self.silent_until.max(Some(until));
            return;
        }
        let bucket = self.buckets.entry(id.clone()).or_insert_with(Bucket::new);
        bucket.blocked_until = bucket.blocked_until.max(until);
        bucket.remaining = 0;
        // A window begins when the silence ends.
        bucket.resets_at = if bucket.resets_at == i64::MAX { until } else { bucket.resets_at.max(until) };
    }

    /// A bucket of which no answer told when it is filled again must not stay shut once nothing is under way.
    fn reopen(&mut self, id: &BucketId) {
        let Some(bucket) = self.buckets.get_mut(id) else { return };
        if bucket.in_flight > 0 || bucket.resets_at < i64::MAX {
            return;
        }
        bucket.remaining = bucket.remaining.max(1);
        if matches!(id, BucketId::Unnamed(..)) {
            self.buckets.remove(id);
        }
    }

    /// Which bucket it was, now that an answer is there.
    fn learn_name(&mut self, permit: &Permit, told: &Told) -> BucketId {
        let major = permit.major.clone();
        let (name, id) = match &told.bucket {
            Some(name) => (Name::Told(name.clone()), BucketId::Named(name.clone(), major)),
            // Something is counted that is not named.
            None if told.too_many.is_some_and(|(_, reach)| reach == Reach::Bucket) => {
                if permit.bucket == BucketId::Unlimited {
                    self.rename(&permit.kind, None);
                    return BucketId::Unnamed(permit.kind.clone(), major);
                }
                return permit.bucket.clone();
            }
            // An answer from further out knows less.
            None if told.too_many.is_some() || self.names.contains_key(&permit.kind) => {
                return permit.bucket.clone();
            }
            None => (Name::Nothing, BucketId::Unlimited),
        };
        self.rename(&permit.kind, Some(name));
        id
    }

    fn learn(
        &mut self,
        id: &BucketId,
        permit: &Permit,
        limit: u32,
        remaining: u32,
        resets_at: i64,
        window: i64,
    ) {
        let is_new = !self.buckets.contains_key(id);
        let bucket = self.buckets.entry(id.clone()).or_insert_with(Bucket::new);
        bucket.limit = limit.max(1);
        bucket.window = bucket.window.max(window);
        if is_new || bucket.resets_at == i64::MAX {
            bucket.remaining = remaining.saturating_sub(bucket.in_flight);
            bucket.resets_at = resets_at;
            bucket.is_guess = false;
            return;
        }
        bucket.remaining = bucket.remaining.min(remaining);
        let is_of_this = permit.bucket == *id && permit.filling == bucket.filling;
        if is_of_this && bucket.is_guess {
            bucket.resets_at = resets_at;
            bucket.is_guess = false;
        } else {
            bucket.resets_at = bucket.resets_at.max(resets_at);
        }
    }
}

#[cfg(test)]
mod tests;
