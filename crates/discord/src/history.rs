//! What members wrote lately, asked for page by page: channel by channel, always where the newest may stand that is not
//! known yet. Only what whoever asks sees on Discord by themselves is read for them.
//!
//! Nobody waits for it but an officer, so that everything else that is asked of Discord goes first.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use platform::{DeliveryError, Gathering, History};
use policy::MemberId;
use serenity::model::Permissions;

use crate::account::member_of;
use crate::error::{Code, RestError};
use crate::ids::Snowflake;
use crate::json;
use crate::outbound::Hands;
use crate::pace::millis;
use crate::pages::{PAGE, Page, messages_before};
use crate::rest::{Request, Route, Urgency};
use crate::server::{Kind, Server, Standing};
use crate::translate::message::{Reading, Writer, read};

/// For so long pages are asked for; an answer to a command is taken for 15 minutes.
const PATIENCE: Duration = Duration::from_secs(2 * 60);
/// How many pages are asked for at most.
const PAGES_MAX: usize = 500;

/// What came of looking into a channel.
enum Look {
    Page(platform::Page<Snowflake>),
    /// The bot is not given what stands there.
    Closed,
    /// Whoever asks does not see what stands there.
    Unseen,
}

impl Hands {
    /// The latest posts of the server's channels and threads, as far as the bot and the `asker` can read them there.
    pub(crate) async fn latest(&self, asker: &MemberId, limit: usize) -> Result<History, DeliveryError> {
        let server = self.group.server.0;
        let asker = match Snowflake::parse(asker.as_str()) {
            // As they are now: of members nothing is known beforehand.
            Some(user) => member_of(&self.shared.rest, server, user, Urgency::Reading).await,
            None => Ok(None),
        };
        let asker = asker.map_err(RestError::delivery)?.as_ref().and_then(Standing::read);
        let found = self.shared.servers.with(server, |server| Readable::by(server, asker.as_ref()));
        let Readable { open, mut doubtful, closed, unseen } = found.unwrap_or_default();
        let mut gathering = Gathering::new(limit, open);
        let until = self.shared.pace.steady_ms().saturating_add(millis(PATIENCE));
        let mut asked = 0;
        let mut is_cut = false;
        while let Some((channel, before)) = gathering.next() {
            if asked == PAGES_MAX || self.shared.pace.steady_ms() >= until {
                is_cut = true;
                break;
            }
            asked += 1;
            match self.look_into(channel, before, &mut doubtful).await {
                Ok(Look::Page(page)) => gathering.take(&channel, page),
                Ok(Look::Closed) => gathering.close(&channel),
                Ok(Look::Unseen) => gathering.hide(&channel),
                Err(RestError::RateLimited(wait) | RestError::NotYet(wait)) => {
                    let later = self.shared.pace.steady_ms().saturating_add(millis(wait).max(1));
                    self.shared.pace.until(later.min(until)).await;
                }
                Err(error) if error.refusal().is_some() => gathering.close(&channel),
                Err(error) if asked == 1 => return Err(error.delivery()),
                Err(error) => {
                    tracing::debug!(%error, "the latest posts are not all read");
                    is_cut = true;
                    break;
                }
            }
        }
        let history = gathering.end(is_cut);
        let (closed, unseen) = (history.closed.saturating_add(closed), history.unseen.saturating_add(unseen));
        Ok(History { closed, unseen, ..history })
    }

    /// The page of a channel that ends before that message. Where it is in doubt whether it is seen, that is asked first.
    async fn look_into(
        &self,
        channel: Snowflake,
        before: Option<Snowflake>,
        doubtful: &mut BTreeMap<Snowflake, Snowflake>,
    ) -> Result<Look, RestError> {
        if let Some(user) = doubtful.get(&channel).copied() {
            if !self.is_in(channel, user).await? {
                return Ok(Look::Unseen);
            }
            doubtful.remove(&channel);
        }
        let route = match before {
            Some(before) => messages_before(channel, before.number()),
            None => Route::channel(channel).at("messages").with("limit", PAGE),
        };
        let page = Page::read(self.shared.rest.call(Request::get(route)).await?);
        Ok(page.map_or(Look::Closed, |page| Look::Page(self.told(&page))))
    }

    /// Whether somebody was let into a thread.
    async fn is_in(&self, thread: Snowflake, user: Snowflake) -> Result<bool, RestError> {
        let route = Route::channel(thread).at("thread-members").one(user);
        match self.shared.rest.call(Request::get(route)).await {
            Ok(_) => Ok(true),
            Err(error) if matches!(error.code(), Some(Code::UnknownMember | Code::UnknownUser)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// What members say on a page. What programs and Discord itself say there is nobody's.
    fn told(&self, page: &Page) -> platform::Page<Snowflake> {
        let place = self.place();
        let mut told = platform::Page { posts: Vec::new(), unreadable: Vec::new(), reached: page.previous() };
        for message in page.things() {
            let Some(id) = json::id(message, "id") else { continue };
            match read(message, &place) {
                Reading::Told(said) if matches!(said.writer, Writer::Member | Writer::Invoker { .. }) => {
                    told.posts.push((id, said.post));
                }
                Reading::Withheld => told.unreadable.push(id),
                Reading::Told(_) | Reading::Silent | Reading::Partial => {}
            }
        }
        told
    }
}

/// What of a server is read for somebody.
#[derive(Debug, Default, PartialEq, Eq)]
struct Readable {
    /// The channels and threads in which something was written and both they and the bot can read it, each with its newest
    /// message.
    open: Vec<(Snowflake, Option<Snowflake>)>,
    /// The private threads among them, each with whoever asks, who sees it only if they were let in.
    doubtful: BTreeMap<Snowflake, Snowflake>,
    /// How many channels the bot cannot read.
    closed: u32,
    /// In how many channels something was written that the bot can read, and they cannot.
    unseen: u32,
}

impl Readable {
    /// What somebody with this standing can read; nobody can who is not there.
    fn by(server: &Server, asker: Option<&Standing>) -> Self {
        let (mut readable, mut unseen) = (Self::default(), BTreeSet::new());
        let mine = server.mine();
        for (id, channel) in server.channels().filter(|(_, channel)| channel.kind.holds_messages()) {
            if server.is_door(id) {
                continue;
            }
            let needed = needed_to_read(channel.kind);
            if !server.permissions_in(id, &mine).contains(needed) {
                readable.closed += u32::from(!channel.kind.is_thread());
                continue;
            }
            let Some(newest) = channel.last_message else { continue };
            let seeing = asker.map(|asker| (asker.user, server.permissions_in(id, asker)));
            let Some((user, theirs)) = seeing.filter(|(_, theirs)| theirs.contains(needed)) else {
                // Threads are hidden with their channel.
                unseen.insert(channel.parent.filter(|_| channel.kind.is_thread()).unwrap_or(id));
                continue;
            };
            let is_private = matches!(channel.kind, Kind::Thread { private: true, .. });
            if is_private && !theirs.contains(Permissions::MANAGE_THREADS) {
                readable.doubtful.insert(id, user);
            }
            readable.open.push((id, Some(newest)));
        }
        readable.unseen = u32::try_from(unseen.len()).unwrap_or(u32::MAX);
        readable
    }
}

/// What somebody has to be allowed to read what stands in a channel.
fn needed_to_read(kind: Kind) -> Permissions {
    let reads = Permissions::VIEW_CHANNEL | Permissions::READ_MESSAGE_HISTORY;
    if kind == Kind::Voice { reads | Permissions::CONNECT } else { reads }
}
