//! A guild with a bot, some people and some channels: what most tests begin with.

use fake_discord::{App, FakeDiscord, GuildHandle, Intents, Permissions, Person, Snowflake};

use crate::http::Http;
use crate::socket::Socket;

pub(crate) struct Bed {
    pub(crate) discord: FakeDiscord,
    pub(crate) app: App,
    pub(crate) guild: GuildHandle,
    pub(crate) general: Snowflake,
    pub(crate) anna: Person,
    pub(crate) bob: Person,
    /// The bot's own role.
    pub(crate) role: Snowflake,
    pub(crate) http: Http,
}

impl Bed {
    /// The bot may everything but is no administrator, and stands above the members.
    pub(crate) async fn new() -> Self {
        Self::with(Permissions::ALL.without(Permissions::ADMINISTRATOR)).await
    }

    pub(crate) async fn with(permissions: Permissions) -> Self {
        let discord = FakeDiscord::start().await;
        let app = discord.application("Beadle", Intents::PRIVILEGED);
        let guild = discord.guild("Branch");
        let general = guild.channel("general");
        let role = guild.install(&app, permissions);
        let (anna, bob) = (guild.member("anna"), guild.member("bob"));
        let http = Http::new(&discord.api_base(), &app.token);
        Self { discord, app, guild, general, anna, bob, role, http }
    }

    /// A client of the gateway that hears everything but who is there, and has been told of the guild.
    pub(crate) async fn socket(&self) -> Socket {
        let mut socket = self.quiet_socket().await;
        socket.event("GUILD_CREATE").await;
        socket
    }

    pub(crate) async fn quiet_socket(&self) -> Socket {
        let without = Intents::GUILD_PRESENCES;
        let intents = Intents::from_bits(Intents::ALL.bits() & !without.bits()).expect("all exist");
        Socket::identify(&self.discord.gateway_url(), &self.app.token, intents).await
    }

    /// A path below the channel that all know.
    pub(crate) fn here(&self, rest: &str) -> String {
        format!("/channels/{}{rest}", self.general)
    }

    /// A path below the guild.
    pub(crate) fn in_guild(&self, rest: &str) -> String {
        format!("/guilds/{}{rest}", self.guild.id)
    }
}
