//! What goes wrong: the process dies at a place, the platform fails, the clock is set.

use std::panic::resume_unwind;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use platform::fake::Fake;
use platform::{Account, Action, DeliveryError, Effect, Exclusion, History, Mute, Outbound, Receipt};
use policy::{ChannelId, Clock, GroupId, MemberId, MessageText, PlatformId, Post, PostId, Timestamp};

use super::chance::Chance;

/// Where the process dies: at the so-manieth look at the clock, or call of a platform, before it or after.
#[derive(Debug, Default)]
pub(super) struct Fuse(Mutex<Option<u32>>);

/// What a process that died leaves.
pub(super) struct Killed;

impl Fuse {
    pub(super) fn set(&self, places: Option<u32>) {
        *self.0.lock().unwrap() = places;
    }

    fn burn(&self) {
        let mut places = self.0.lock().unwrap();
        match *places {
            None => {}
            Some(0) => {
                *places = None;
                drop(places);
                // Nothing of the process runs after this, as far as it can tell, and no message is printed.
                resume_unwind(Box::new(Killed));
            }
            Some(left) => *places = Some(left - 1),
        }
    }
}

/// A clock that only the simulation moves: what it shows, and what has passed, in milliseconds.
#[derive(Debug)]
pub(super) struct Time {
    shown: Mutex<(i64, i64)>,
    fuse: Arc<Fuse>,
}

impl Time {
    pub(super) fn new(start: i64, fuse: Arc<Fuse>) -> Self {
        Self { shown: Mutex::new((start, 0)), fuse }
    }

    pub(super) fn passes(&self, ms: i64) {
        let mut shown = self.shown.lock().unwrap();
        *shown = (shown.0 + ms, shown.1 + ms);
    }

    pub(super) fn is_set(&self, ms: i64) {
        self.shown.lock().unwrap().0 += ms;
    }

    pub(super) fn shows(&self) -> Timestamp {
        Timestamp::from_millis(self.shown.lock().unwrap().0)
    }
}

impl Clock for Time {
    fn now(&self) -> Timestamp {
        self.fuse.burn();
        self.shows()
    }

    fn steady_ms(&self) -> i64 {
        self.shown.lock().unwrap().1
    }
}

/// A platform that fails by chance.
#[derive(Debug)]
pub(super) struct Faulty {
    pub(super) fake: Fake,
    weather: Mutex<Weather>,
    fuse: Arc<Fuse>,
}

#[derive(Debug)]
struct Weather {
    chance: Chance,
    /// One call in so many fails; none when 0.
    trouble: usize,
    /// For how many more calls it is down.
    outage: u32,
}

enum Fault {
    RateLimited(u64),
    NotYet(u64),
    Forbidden,
    Gone,
    Unreachable,
    Unanswered { done: bool },
}

impl Faulty {
    pub(super) fn new(chance: Chance, fuse: Arc<Fuse>) -> Self {
        Self { fake: Fake::new(), weather: Mutex::new(Weather { chance, trouble: 0, outage: 0 }), fuse }
    }

    pub(super) fn trouble(&self, one_in: usize) {
        self.weather.lock().unwrap().trouble = one_in;
    }

    pub(super) fn outage(&self, calls: u32) {
        self.weather.lock().unwrap().outage = calls;
    }

    fn fault(&self) -> Option<Fault> {
        let mut weather = self.weather.lock().unwrap();
        if weather.outage > 0 {
            weather.outage -= 1;
            return Some(Fault::Unreachable);
        }
        let trouble = weather.trouble;
        if trouble == 0 || !weather.chance.one_in(trouble) {
            return None;
        }
        Some(match weather.chance.below(8) {
            7 => Fault::NotYet(u64::try_from(weather.chance.below(900)).unwrap()),
            0 => Fault::RateLimited(u64::try_from(weather.chance.below(900)).unwrap()),
            1 => Fault::Forbidden,
            2 => Fault::Gone,
            3 => Fault::Unreachable,
            4 => Fault::Unanswered { done: false },
            _ => Fault::Unanswered { done: true },
        })
    }

    fn fault_of_a_question(&self) -> Result<(), DeliveryError> {
        self.fuse.burn();
        match self.fault() {
            Some(fault) => Err(error(&fault)),
            None => Ok(()),
        }
    }
}

fn error(fault: &Fault) -> DeliveryError {
    match fault {
        Fault::RateLimited(seconds) => DeliveryError::RateLimited(Duration::from_secs(*seconds)),
        Fault::NotYet(seconds) => DeliveryError::NotYet(Duration::from_secs(*seconds)),
        Fault::Forbidden => DeliveryError::Forbidden,
        Fault::Gone | Fault::Unreachable => DeliveryError::Unreachable("down".into()),
        Fault::Unanswered { .. } => DeliveryError::Unanswered("no answer".into()),
    }
}

#[async_trait]
impl Outbound for Faulty {
    fn platform(&self) -> PlatformId {
        self.fake.platform()
    }

    fn lull(&self) -> Duration {
        self.fake.lull()
    }

    async fn apply(&self, effect: Effect, action: &Action) -> Result<Receipt, DeliveryError> {
        self.fuse.burn();
        let answer = match (self.fault(), action) {
            (None, _) => self.fake.apply(effect, action).await,
            (Some(Fault::Unanswered { done: true }), _) => {
                self.fake.apply(effect, action).await?;
                Err(error(&Fault::Unanswered { done: true }))
            }
            // Its author took it away a moment ago.
            (Some(Fault::Gone), Action::Remove { post, .. }) => {
                self.fake.delete(post);
                Err(DeliveryError::Gone)
            }
            (Some(fault), _) => Err(error(&fault)),
        };
        self.fuse.burn();
        answer
    }

    async fn read(
        &self,
        group: &GroupId,
        channel: Option<&ChannelId>,
        post: &PostId,
    ) -> Result<Option<Post>, DeliveryError> {
        self.fault_of_a_question()?;
        self.fake.read(group, channel, post).await
    }

    async fn after(
        &self,
        group: &GroupId,
        channel: &ChannelId,
        post: &PostId,
        limit: usize,
    ) -> Result<Vec<Post>, DeliveryError> {
        self.fault_of_a_question()?;
        self.fake.after(group, channel, post, limit).await
    }

    async fn history(
        &self,
        group: &GroupId,
        asker: &MemberId,
        limit: usize,
    ) -> Result<History, DeliveryError> {
        self.fault_of_a_question()?;
        self.fake.history(group, asker, limit).await
    }

    async fn account(&self, group: &GroupId, member: &MemberId) -> Result<Account, DeliveryError> {
        self.fault_of_a_question()?;
        self.fake.account(group, member).await
    }

    async fn exclusions(&self, group: &GroupId, of: &[MemberId]) -> Result<Vec<Exclusion>, DeliveryError> {
        self.fault_of_a_question()?;
        self.fake.exclusions(group, of).await
    }

    async fn mutes(&self, group: &GroupId, of: &[MemberId]) -> Result<Vec<Mute>, DeliveryError> {
        self.fault_of_a_question()?;
        self.fake.mutes(group, of).await
    }

    async fn members(&self, group: &GroupId) -> Result<Vec<(MemberId, MessageText)>, DeliveryError> {
        self.fault_of_a_question()?;
        self.fake.members(group).await
    }
}
