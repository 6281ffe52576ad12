//! An account in use: what every part of the adapter shares.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use matrix_sdk::ruma::{OwnedUserId, RoomId, UserId};
use matrix_sdk::{Client, Room, RoomState};
use platform::{DeliveryError, Intake, Outbound};
use policy::{Clock, GroupId, MemberId};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::errands::Errands;
use crate::error::MatrixError;
use crate::help::Helping;
use crate::memory::Memory;
use crate::outbound::Hands;
use crate::places::Places;
use crate::recent::Recent;
use crate::settings::{AccountSettings, Credentials, GroupSettings, Hidden};
use crate::{login, sync};

/// Entering the rooms takes about so long.
const ENTRY_WAIT_MIN: Duration = Duration::from_secs(1);
/// The longest wait until it is asked again whether they are entered.
const ENTRY_WAIT_MAX: Duration = Duration::from_secs(10);

/// An account of a homeserver under which the bot is logged in.
#[derive(Debug, Clone)]
pub struct Account(Arc<Shared>);

/// What every part of the adapter shares.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) client: Client,
    /// The bot itself.
    pub(crate) me: OwnedUserId,
    pub(crate) settings: AccountSettings,
    pub(crate) groups: BTreeMap<GroupId, GroupSettings>,
    pub(crate) places: Places,
    pub(crate) memory: Memory,
    pub(crate) recent: Recent,
    pub(crate) errands: Errands,
    pub(crate) clock: Arc<dyn Clock>,
    /// Whether the rooms are known, and entered as far as they can be.
    entered: AtomicBool,
    opened_at_ms: i64,
    /// Held while a private room is looked for or made, so that nobody gets two; true when one may have been made of which
    /// nothing was heard.
    pub(crate) opening: tokio::sync::Mutex<bool>,
    /// Held while somebody is kept out of rooms or let in, so that one does not undo the other in part.
    pub(crate) barring: tokio::sync::Mutex<()>,
}

impl Account {
    /// Logs in, or takes up the session of an earlier run, and makes the account an identity of its own at the first
    /// start. Gives the key that gives the account's keys back when the store is lost: it is made once and to be shown
    /// to the operator, for it is kept nowhere.
    ///
    /// # Errors
    /// When the server, the password or the store cannot be used; each is named.
    pub async fn open(
        settings: AccountSettings,
        credentials: &Credentials,
        clock: Arc<dyn Clock>,
    ) -> Result<(Self, Option<Hidden>), MatrixError> {
        // Boxed, like all that enters the library: its futures are large.
        let entered = Box::pin(login::log_in(&settings, credentials)).await?;
        let shared = Shared::new(entered.client, entered.user, settings, clock);
        Ok((Self(Arc::new(shared)), entered.recovery_key))
    }

    /// What the bot does in one of the account's groups.
    ///
    /// Until [`Account::run`] has entered the group's rooms, everything is answered with
    /// [`DeliveryError::RateLimited`].
    pub fn outbound(&self, group: &GroupId) -> Option<Arc<dyn Outbound>> {
        let settings = self.0.groups.get(group)?.clone();
        Some(Arc::new(Hands { shared: Arc::clone(&self.0), group: settings }))
    }

    /// Hands in what happens in the account's rooms until `stop`, from where each was read last.
    ///
    /// # Errors
    /// When the session is over, so that nothing can be heard any more. A server that is down is waited for.
    pub async fn run(&self, intake: Arc<dyn Intake>, stop: CancellationToken) -> Result<(), MatrixError> {
        let done = stop.child_token();
        let errands = TaskTracker::new().spawn({
            let (shared, done) = (Arc::clone(&self.0), done.clone());
            async move { Box::pin(shared.run_errands(done)).await }
        });
        let intake = Arc::new(Helping(intake));
        let heard = Box::pin(sync::listen(Arc::clone(&self.0), intake, stop)).await;
        done.cancel();
        if let Err(error) = errands.await {
            tracing::error!(error = &error as &dyn std::error::Error, "errands broke off");
        }
        heard
    }
}

impl Shared {
    /// What is shared where `client` is logged in as `me`.
    pub(crate) fn new(
        client: Client,
        me: OwnedUserId,
        settings: AccountSettings,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let groups = settings.groups.iter().map(|group| (group.group.clone(), group.clone())).collect();
        Self {
            memory: Memory::new(client.clone()),
            client,
            me,
            groups,
            places: Places::default(),
            recent: Recent::default(),
            errands: Errands::default(),
            entered: AtomicBool::new(false),
            opened_at_ms: clock.steady_ms(),
            clock,
            opening: tokio::sync::Mutex::new(false),
            barring: tokio::sync::Mutex::new(()),
            settings,
        }
    }

    /// From now on it is known which rooms there are.
    pub(crate) fn set_entered(&self) {
        self.entered.store(true, Ordering::Relaxed);
    }

    /// Whether it is known which rooms there are. Before, what concerns all of them would be done in none and count as
    /// done, and whoever has a private room would be given another.
    ///
    /// # Errors
    /// [`DeliveryError::RateLimited`], so that everything waits in its order; for the longer the longer it has taken
    /// already: the server may be down.
    pub(crate) fn has_entered(&self) -> Result<(), DeliveryError> {
        if self.entered.load(Ordering::Relaxed) {
            return Ok(());
        }
        let waited = u64::try_from(self.clock.steady_ms().saturating_sub(self.opened_at_ms)).unwrap_or(0);
        let wait = ENTRY_WAIT_MIN.saturating_add(Duration::from_millis(waited)).min(ENTRY_WAIT_MAX);
        Err(DeliveryError::RateLimited(wait))
    }

    /// The bot as a member.
    pub(crate) fn is_me(&self, user: &str) -> bool {
        self.me == user
    }

    /// A room in which the bot is.
    pub(crate) fn joined(&self, room: &RoomId) -> Option<Room> {
        self.client.get_room(room).filter(|room| room.state() == RoomState::Joined)
    }
}

/// A member as Matrix names them; nothing for what cannot be a name there.
pub(crate) fn user(member: &MemberId) -> Option<OwnedUserId> {
    UserId::parse(member.as_str()).ok()
}
