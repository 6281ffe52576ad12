//! Names that were taken away, worn again.

use platform::{DeliveryError, Effect, Receipt};
use policy::{MemberId, MessageText};
use serde_json::{Value, json};

use crate::account::member_of;
use crate::error::RestError;
use crate::ids::Snowflake;
use crate::json;
use crate::outbound::Hands;
use crate::remove::{covering_name, shown_name};
use crate::rest::{AuditReason, Request, Route, Urgency};

impl Hands {
    /// Has somebody wear a name again, unless they took on another since.
    pub(crate) async fn wear_again(
        &self,
        effect: Effect,
        member: &MemberId,
        name: &MessageText,
    ) -> Result<Receipt, DeliveryError> {
        let user = Snowflake::parse(member.as_str()).ok_or(DeliveryError::Gone)?;
        let server = self.group.server.0;
        let there =
            member_of(&self.shared.rest, server, user, Urgency::Deed).await.map_err(RestError::delivery)?;
        let there = there.ok_or(DeliveryError::Gone)?;
        let nick = json::text(&there, "nick");
        let is_shown = shown_name(&there) == Some(name.expose());
        let nick = match nick {
            // It is the account's own, and was covered.
            Some(nick) if nick == covering_name(user) && is_shown => Value::Null,
            Some(nick) if nick != covering_name(user) => return Ok(Receipt::AlreadyDone),
            None if is_shown => return Ok(Receipt::AlreadyDone),
            Some(_) | None => Value::String(name.expose().to_owned()),
        };
        let route = Route::guild(server).at("members").one(user);
        let request = Request::patch(route).json(json!({"nick": nick}));
        let request = request.because(AuditReason::of_file(effect.file));
        self.shared.rest.call(request).await.map_err(RestError::delivery)?;
        Ok(Receipt::Done)
    }
}
