//! What members wrote lately, asked for page by page: channel by channel, always where the newest may stand that is not
//! known yet.
//!
//! Nobody waits for it but an officer, so that everything else that is asked of Discord goes first.

use std::time::Duration;

use platform::{DeliveryError, Gathering, History};
use serenity::model::Permissions;

use crate::error::RestError;
use crate::ids::Snowflake;
use crate::json;
use crate::outbound::Hands;
use crate::pace::millis;
use crate::pages::{PAGE, Page, messages_before};
use crate::rest::{Request, Route};
use crate::server::Server;
use crate::translate::message::{Reading, Writer, read};

/// For so long pages are asked for; an answer to a command is taken for 15 minutes.
const PATIENCE: Duration = Duration::from_secs(2 * 60);
/// How many pages are asked for at most.
const PAGES_MAX: usize = 500;

impl Hands {
    /// The latest posts of the server's channels and threads, as far as the bot can read them there.
    pub(crate) async fn latest(&self, limit: usize) -> Result<History, DeliveryError> {
        let found = self.shared.servers.with(self.group.server.0, readable);
        let (open, closed) = found.unwrap_or_default();
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
            let route = match before {
                Some(before) => messages_before(channel, before.number()),
                None => Route::channel(channel).at("messages").with("limit", PAGE),
            };
            match self.shared.rest.call(Request::get(route)).await {
                Ok(answer) => match Page::read(answer) {
                    Some(page) => gathering.take(&channel, self.told(&page)),
                    None => gathering.close(&channel),
                },
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
        Ok(History { closed: history.closed.saturating_add(closed), ..history })
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

/// The channels and threads in which something was written and the bot can read it, each with its newest message; and how
/// many channels it cannot read.
fn readable(server: &Server) -> (Vec<(Snowflake, Option<Snowflake>)>, u32) {
    let (mut open, mut closed) = (Vec::new(), 0);
    let mine = server.mine();
    let reads = Permissions::VIEW_CHANNEL | Permissions::READ_MESSAGE_HISTORY;
    for (id, channel) in server.channels().filter(|(_, channel)| channel.kind.holds_messages()) {
        if server.is_door(id) {
            continue;
        }
        if server.permissions_in(id, &mine).contains(reads) {
            open.extend(channel.last_message.map(|newest| (id, Some(newest))));
        } else if !channel.kind.is_thread() {
            closed += 1;
        }
    }
    (open, closed)
}
