//! What a test has the fake itself do: go wrong, lose connections, limit; and what it asks of it.

use serde_json::{Value, json};

use crate::faults::{Fault, Hook, Matcher, Planned};
use crate::gateway::frames::op;
use crate::gateway::{Frame, GatewaySettings, Mischief, Order};
use crate::limits::Limits;
use crate::people::App;
use crate::rest::log::Asked;
use crate::server::FakeDiscord;
use crate::snowflake::Snowflake;
use crate::world::message::Message;

impl FakeDiscord {
    /// Has the next request of a kind go wrong.
    pub fn fail(&self, matcher: Matcher, fault: Fault) {
        self.fail_times(matcher, fault, 1);
    }

    /// Has the next few go wrong.
    pub fn fail_times(&self, matcher: Matcher, fault: Fault, times: u32) {
        self.handle().act(|world| world.log.faults.push(Planned { matcher, fault, times }));
    }

    /// Forgets what was to go wrong and has not.
    pub fn stop_failing(&self) {
        self.handle().act(|world| world.log.faults.clear());
    }

    /// Does something just before the next request of a kind is looked at, such as what somebody else is quicker with.
    pub fn before(&self, matcher: Matcher, act: impl FnOnce() + Send + 'static) {
        self.handle().act(|world| world.log.hooks.push(Hook { matcher, act: Box::new(act) }));
    }

    /// Has the requests that wait go on.
    pub fn let_go(&self) {
        self.handle().act(|world| {
            world.log.let_go += 1;
            world.log.held = 0;
        });
    }

    /// Whether all that was to go wrong has.
    pub fn has_failed(&self) -> bool {
        self.see(|world| world.log.faults.is_empty())
    }

    /// What is limited.
    pub fn set_limits(&self, limits: Limits) {
        self.handle().act(|world| world.log.counters.limits = limits);
    }

    /// How many requests were refused in the last ten minutes, of the 10,000 that Discord bears.
    pub fn refusals(&self) -> usize {
        self.see(|world| world.log.counters.invalid(world.now()))
    }

    /// Counts one refusal, as if a request had met it: to come near the limit quickly.
    pub fn refuse_once(&self) {
        self.handle().act(crate::world::World::count_refusal);
    }

    /// What was asked, in order.
    pub fn requests(&self) -> Vec<Asked> {
        self.see(|world| world.log.asked.iter().cloned().collect())
    }

    /// What was asked of a kind, in order.
    pub fn requests_of(&self, matcher: &Matcher) -> Vec<Asked> {
        let mut all = self.requests();
        all.retain(|asked| matcher.fits(&asked.method, &asked.path));
        all
    }

    /// What clients said on the gateway, in order, heartbeats apart.
    pub fn frames(&self) -> Vec<Frame> {
        self.see(|world| world.log.frames.clone())
    }

    /// Forgets what was asked.
    pub fn forget_requests(&self) {
        self.handle().act(|world| world.log.asked.clear());
    }

    /// The hosts that clients believed to connect to.
    pub fn hosts_seen(&self) -> Vec<String> {
        self.see(|world| world.log.hosts.iter().cloned().collect())
    }

    /// What stands in a channel, oldest first.
    pub fn messages(&self, channel: Snowflake) -> Vec<Message> {
        self.see(|world| world.messages(channel).cloned().collect())
    }

    /// What stands in the conversation of a bot with somebody.
    pub fn dms(&self, app: &App, user: Snowflake) -> Vec<Message> {
        self.see(|world| {
            world.dm(app.bot, user).into_iter().flat_map(|dm| world.messages(dm.id)).cloned().collect()
        })
    }

    /// Changes how the gateway behaves.
    pub fn set_gateway(&self, change: impl FnOnce(&mut GatewaySettings)) {
        self.handle().act(|world| change(&mut world.gateway.settings));
    }

    /// Ends all connections of the gateway without a word.
    pub fn drop_connections(&self) {
        self.order(None, &Order::Drop);
    }

    /// Closes all connections of the gateway with a code.
    pub fn close_connections(&self, code: u16) {
        self.order(None, &Order::Close(code));
    }

    /// Asks all clients to come back on another connection, as Discord does every few hours.
    pub fn ask_to_reconnect(&self) {
        self.order(None, &Order::Send(json!({ "op": op::RECONNECT, "d": null, "s": null, "t": null })));
    }

    /// Tells all clients that their sessions are over. Those that can be resumed stay.
    pub fn invalidate_sessions(&self, can_resume: bool) {
        self.handle().act(|world| {
            let frame = json!({ "op": op::INVALID_SESSION, "d": can_resume, "s": null, "t": null });
            world.gateway.order(None, &Order::Send(frame));
            if !can_resume {
                for connection in world.gateway.connections.values_mut() {
                    connection.session = None;
                }
                world.gateway.sessions.clear();
            }
        });
    }

    /// Forgets all sessions, so that nobody can resume: as after a long time away.
    pub fn forget_sessions(&self) {
        self.handle().act(|world| world.gateway.sessions.clear());
    }

    /// No longer answers the heartbeats of those who are connected now.
    pub fn play_dead(&self) {
        self.handle().act(|world| world.gateway.connections.values_mut().for_each(|one| one.is_deaf = true));
    }

    /// Sends a frame as it is to all clients, such as one they cannot read.
    pub fn send_frame(&self, frame: Value) {
        self.order(None, &Order::Send(frame));
    }

    fn order(&self, app: Option<Snowflake>, order: &Order) {
        self.handle().act(|world| world.gateway.order(app, order));
    }

    /// Has the next event of a name told twice.
    pub fn tell_twice(&self, event: &str) {
        self.handle().act(|world| world.gateway.plan(Mischief::Twice(event.to_owned())));
    }

    /// Has the next event of a name told only after so many others.
    pub fn tell_later(&self, event: &str, others: usize) {
        self.handle().act(|world| world.gateway.plan(Mischief::Later(event.to_owned(), others)));
    }

    /// Has the next event of a name never told.
    pub fn tell_never(&self, event: &str) {
        self.handle().act(|world| world.gateway.plan(Mischief::Never(event.to_owned())));
    }

    /// Has the next event of a name get lost: those who count see that one is missing.
    pub fn lose(&self, event: &str) {
        self.handle().act(|world| world.gateway.plan(Mischief::Lost(event.to_owned())));
    }

    /// Tells what is still held back.
    pub fn release(&self) {
        self.handle().act(crate::world::World::release_held);
    }

    /// Tells a bot of something in its own words: a raw event, such as one that did not exist when a client was written.
    pub fn tell(&self, app: &App, guild: Option<Snowflake>, event: &'static str, data: Value) {
        self.handle().act(|world| {
            let to = crate::gateway::Audience::bot(app.bot, guild, crate::gateway::intents::Intents::NONE);
            world.emit(&to, event, data);
        });
    }
}
