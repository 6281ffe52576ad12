//! Channels, what is different in them for whom, and what stands beside a voice channel's name.

use crate::rest::route::{id, not_here};
use crate::rest::{Answer, Call, Outcome, done, object};
use crate::snowflake::Snowflake;
use crate::world::World;

impl World {
    pub(super) fn route_channel(&mut self, call: &Call<'_>, channel: Snowflake, path: &[&str]) -> Outcome {
        let by = call.bot;
        match (call.request.method.as_str(), path) {
            ("GET", []) => {
                let found = self.sight_of(channel, by)?;
                Answer::ok(self.any_channel_json(found, Some(by)))
            }
            ("PATCH", []) => {
                self.update_channel(by, channel, &object(call.body()), call.reason())?;
                let found = self.sight_of(channel, by)?;
                Answer::ok(self.any_channel_json(found, Some(by)))
            }
            ("DELETE", []) => Answer::ok(self.delete_channel(by, channel, call.reason())?),
            ("PUT", ["permissions", whom]) => {
                done(self.set_overwrite(by, channel, id(whom), &object(call.body()), call.reason()))
            }
            ("DELETE", ["permissions", whom]) => {
                done(self.delete_overwrite(by, channel, id(whom), call.reason()))
            }
            ("PUT", ["voice-status"]) => {
                let status = call.body()["status"].as_str().map(str::to_owned);
                done(self.set_voice_status(by, channel, status.as_deref(), false, call.reason()))
            }
            _ => not_here(call),
        }
    }
}
