//! A bot that cannot be opened yet, for Discord cannot be reached: its groups are served from when it can be, and those of
//! others meanwhile.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use platform::checkup::Finding;
use platform::{
    Account as Known, Action, CanaryId, Deafness, DeliveryError, Desk, Echo, Effect, Exclusion, History,
    Mute, Outbound, Outright, Receipt,
};
use policy::{ChannelId, Clock, GroupId, MemberId, MessageText, PlatformId, Post, PostId};
use tokio_util::sync::CancellationToken;

use crate::account::Account;
use crate::error::RestError;
use crate::gateway::GatewayError;
use crate::lines::Silence;
use crate::outbound::platform;
use crate::pace::{Pace, RealPace, back_off, millis};
use crate::rest::Refusals;
use crate::settings::AccountSettings;

const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);
/// How long an effect waits before it is asked for again.
const WAIT: Duration = Duration::from_secs(5);

/// A bot that is to be opened as soon as Discord can be reached.
pub struct Awaited {
    settings: AccountSettings,
    pace: Arc<dyn Pace>,
    refusals: Refusals,
    groups: BTreeMap<GroupId, Arc<Late>>,
    /// How long Discord asked not to be asked when it was tried last.
    patience: Duration,
}

impl std::fmt::Debug for Awaited {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Awaited").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Awaited {
    /// A bot that is waited for by the time of `clock`. All bots of a program share `refusals`.
    pub fn new(settings: AccountSettings, clock: Arc<dyn Clock>, refusals: Refusals) -> Self {
        Self::at(settings, Arc::new(RealPace::new(clock)), refusals)
    }

    /// The same at the pace of a test, which need not wait.
    pub fn at(settings: AccountSettings, pace: Arc<dyn Pace>, refusals: Refusals) -> Self {
        let groups = settings.groups.iter().map(|group| (group.group.clone(), Arc::default())).collect();
        Self { settings, pace, refusals, groups, patience: Duration::ZERO }
    }

    /// The same, after it could not be opened: Discord may have said when to come again.
    #[must_use]
    pub fn after(mut self, failure: &RestError) -> Self {
        self.patience = failure.patience();
        self
    }

    /// What the bot does in one of its groups. Until it is there, everything is answered with
    /// [`DeliveryError::RateLimited`].
    pub fn outbound(&self, group: &GroupId) -> Option<Arc<dyn Outbound>> {
        self.groups.get(group).map(|late| Arc::clone(late) as Arc<dyn Outbound>)
    }

    /// Opens the bot, as often as it takes, and does what [`Account::run`] does.
    ///
    /// # Errors
    /// As [`Account::run`], and when Discord does not know the token.
    pub async fn run(self, desk: Arc<dyn Desk>, stop: CancellationToken) -> Result<(), GatewayError> {
        self.say_deaf(&*desk, Deafness::Unreachable).await;
        let opened = self.opened(&stop).await;
        if let Err(error) = &opened {
            self.say_deaf(&*desk, error.deafness()).await;
        }
        let Some(account) = opened? else { return Ok(()) };
        for (group, late) in &self.groups {
            if let Some(outbound) = account.outbound(group) {
                // It comes once.
                drop(late.0.set(outbound));
            }
        }
        account.run(desk, stop).await
    }

    /// Says of each group that it is not heard. Nothing can be written there either: it is for the record, and told later.
    async fn say_deaf(&self, desk: &dyn Desk, why: Deafness) {
        let silence = Silence { since: self.pace.now(), why, until: None };
        for group in self.groups.keys() {
            if let Err(error) = desk.take(silence.of(group)).await {
                // That the program was running and heard nothing is seen by when it was heard last.
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "not recorded: a group is not heard"
                );
            }
        }
    }

    async fn opened(&self, stop: &CancellationToken) -> Result<Option<Account>, GatewayError> {
        let (mut failures, mut patience) = (0, self.patience);
        loop {
            let wait = back_off(FIRST_PAUSE, LONGEST_PAUSE, failures, self.pace.chance()).max(patience);
            let until = self.pace.steady_ms().saturating_add(millis(wait));
            tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(None),
                () = self.pace.until(until) => {}
            }
            let refusals = self.refusals.clone();
            match Account::open_at(self.settings.clone(), Arc::clone(&self.pace), refusals).await {
                Ok(account) => return Ok(Some(account)),
                Err(RestError::Unauthorised) => return Err(GatewayError::Token),
                Err(error) if error.is_passing() => {
                    patience = error.patience();
                    tracing::error!(
                        bot = self.settings.id,
                        error = &error as &dyn std::error::Error,
                        "Discord cannot be reached; the bot's groups are NOT moderated; it is tried again"
                    );
                }
                Err(error) => return Err(GatewayError::Unknown(error)),
            }
            failures += 1;
        }
    }
}

/// What the bot does in a group, once it is there.
#[derive(Default)]
struct Late(OnceLock<Arc<dyn Outbound>>);

impl Late {
    fn there(&self) -> Result<&dyn Outbound, DeliveryError> {
        self.0.get().map(Arc::as_ref).ok_or(DeliveryError::RateLimited(WAIT))
    }
}

#[async_trait]
impl Outbound for Late {
    fn platform(&self) -> PlatformId {
        platform()
    }

    fn lull(&self) -> Duration {
        self.0.get().map_or(Duration::ZERO, |outbound| outbound.lull())
    }

    fn abreast(&self) -> u32 {
        // What is not there yet is asked once, and says when to come again.
        self.0.get().map_or(1, |outbound| outbound.abreast())
    }

    async fn apply(&self, effect: Effect, action: &Action) -> Result<Receipt, DeliveryError> {
        self.there()?.apply(effect, action).await
    }

    async fn read(
        &self,
        group: &GroupId,
        channel: Option<&ChannelId>,
        post: &PostId,
    ) -> Result<Option<Post>, DeliveryError> {
        self.there()?.read(group, channel, post).await
    }

    async fn after(
        &self,
        group: &GroupId,
        channel: &ChannelId,
        post: &PostId,
        limit: usize,
    ) -> Result<Vec<Post>, DeliveryError> {
        self.there()?.after(group, channel, post, limit).await
    }

    async fn history(
        &self,
        group: &GroupId,
        asker: &MemberId,
        limit: usize,
    ) -> Result<History, DeliveryError> {
        self.there()?.history(group, asker, limit).await
    }

    fn stops(&self, group: &GroupId) -> bool {
        self.0.get().is_some_and(|outbound| outbound.stops(group))
    }

    async fn stop(&self, group: &GroupId, words: &[Outright]) -> Result<(), DeliveryError> {
        self.there()?.stop(group, words).await
    }

    async fn account(&self, group: &GroupId, member: &MemberId) -> Result<Known, DeliveryError> {
        self.there()?.account(group, member).await
    }

    async fn exclusions(&self, group: &GroupId, of: &[MemberId]) -> Result<Vec<Exclusion>, DeliveryError> {
        self.there()?.exclusions(group, of).await
    }

    async fn mutes(&self, group: &GroupId, of: &[MemberId]) -> Result<Vec<Mute>, DeliveryError> {
        self.there()?.mutes(group, of).await
    }

    async fn mend(&self, group: &GroupId) -> Result<(), DeliveryError> {
        self.there()?.mend(group).await
    }

    async fn check_up(&self, group: &GroupId) -> Result<Vec<Finding>, DeliveryError> {
        self.there()?.check_up(group).await
    }

    async fn canary(&self, group: &GroupId, id: CanaryId) -> Result<Echo, DeliveryError> {
        self.there()?.canary(group, id).await
    }

    async fn members(&self, group: &GroupId) -> Result<Vec<(MemberId, MessageText)>, DeliveryError> {
        self.there()?.members(group).await
    }
}
