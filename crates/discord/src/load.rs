//! A server as Discord tells of it when asked: whoever takes up a session again is told of none by itself.

use serde_json::Value;

use crate::account::Shared;
use crate::error::RestError;
use crate::ids::Snowflake;
use crate::json;
use crate::rest::{Request, Route, Urgency};
use crate::server::Server;

impl Shared {
    /// Asks for all that is known of a server, and knows it from then on.
    ///
    /// What happens there meanwhile may be missing: whoever hears events takes those in afterwards that came since.
    ///
    /// # Errors
    /// What Discord refused, as when the bot is not in that server.
    pub(crate) async fn load_server(&self, server: Snowflake) -> Result<(), RestError> {
        self.servers.put(self.ask_for_server(server).await?);
        Ok(())
    }

    /// Asks for all that is known of a server.
    ///
    /// # Errors
    /// What Discord refused, as when the bot is not in that server.
    pub(crate) async fn ask_for_server(&self, server: Snowflake) -> Result<Server, RestError> {
        let of = || Route::guild(server);
        let ask = |route| self.rest.call(Request::get(route).urgency(Urgency::Upkeep));
        let (mut guild, channels, threads, mine) = tokio::try_join!(
            ask(of()),
            ask(of().at("channels")),
            ask(of().at("threads").at("active")),
            ask(of().at("members").one(self.me)),
        )?;
        if let Value::Object(guild) = &mut guild {
            // As it would stand in a `GUILD_CREATE`.
            guild.insert("channels".to_owned(), channels);
            guild.insert("threads".to_owned(), Value::Array(json::list(&threads, "threads").to_vec()));
            guild.insert("members".to_owned(), Value::Array(vec![mine]));
        }
        Server::read(&guild, self.me).ok_or(RestError::Setup("Discord tells of a server without its owner"))
    }
}
