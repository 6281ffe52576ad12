//! The way back in for somebody whose ban was lifted.

use platform::{DeliveryError, Effect};
use policy::Letter;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::error::RestError;
use crate::ids::Snowflake;
use crate::json;
use crate::letters::veil::Reader;
use crate::members::member_id;
use crate::memory::About;
use crate::outbound::{Hands, ours};
use crate::rest::{AuditReason, File, Request, Route};
use crate::send::Said;
use crate::suspend::Suspended;

/// An invitation is good for so long at most.
const INVITATION_S: u32 = 7 * 24 * 60 * 60;

/// A ban that is being lifted. Noted before it is, for afterwards nothing tells that somebody is to be invited.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Lifting {
    /// The invitation that was made, so that nobody gets two.
    invitation: Option<String>,
}

impl Hands {
    /// What was begun for this effect.
    pub(crate) async fn lifting(&self, effect: Effect) -> Result<Option<Lifting>, DeliveryError> {
        self.shared.memory.get(About::Lifting(effect.id)).await.map_err(ours)
    }

    /// From now on somebody is to be invited.
    pub(crate) async fn begin_lifting(
        &self,
        effect: Effect,
        lifting: &mut Option<Lifting>,
    ) -> Result<(), DeliveryError> {
        if lifting.is_some() {
            return Ok(());
        }
        let begun = lifting.insert(Lifting::default());
        self.shared.memory.put(About::Lifting(effect.id), begun).await.map_err(ours)
    }

    /// An invitation that only they can take, with the roles they had: sent to them if they can be reached, and otherwise
    /// given to the officers, who can.
    pub(crate) async fn invite(
        &self,
        effect: Effect,
        user: Snowflake,
        known: Option<&Suspended>,
        lifting: Lifting,
    ) -> Result<(), DeliveryError> {
        let Some(channel) = self.group.welcome_channel else { return Ok(()) };
        // It is no part of what the effect itself may say, and not sent twice either.
        let beside = Said::beside(effect);
        let invitation = match lifting.invitation {
            Some(invitation) => invitation,
            None => match self.invitation(effect, channel.0, user, known).await {
                Ok(invitation) => {
                    let made = Lifting { invitation: Some(invitation.clone()) };
                    self.shared.memory.put(About::Lifting(effect.id), &made).await.map_err(ours)?;
                    invitation
                }
                // Let in they are: how they come in is the officers' to see to.
                Err(error) if error.refusal().is_some() => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "nobody could be invited");
                    let channel = channel.0;
                    let letter = Letter::line(format!(
                        "{user} can come back, and I could not invite them into {channel}. Please send them an invitation; \
                         and look whether I may create invitations there."
                    ));
                    return self.tell_officers_beside(beside, &letter).await;
                }
                Err(error) => return Err(error.delivery()),
            },
        };
        let name = &self.group.name;
        let days = INVITATION_S / (24 * 60 * 60);
        let letter = Letter::line(format!(
            "You can come back into {name}: {invitation} is for you alone, and good for {days} days."
        ));
        match self.direct(beside, &member_id(user)?, &letter, None).await {
            Err(DeliveryError::Forbidden | DeliveryError::Gone) => {
                let letter = Letter::line(format!(
                    "{user} can come back, and I cannot write to them. Please give them this, which is for them alone and \
                     good for {days} days: {invitation}"
                ));
                self.tell_officers_beside(beside, &letter).await
            }
            done => done.map(|_| ()),
        }
    }

    async fn tell_officers_beside(&self, beside: Said, letter: &Letter) -> Result<(), DeliveryError> {
        let told = self.write(self.group.officers_channel.0, beside, letter, Reader::Officers).await;
        told.map(|_| ()).map_err(RestError::delivery)
    }

    async fn invitation(
        &self,
        effect: Effect,
        channel: Snowflake,
        user: Snowflake,
        known: Option<&Suspended>,
    ) -> Result<String, RestError> {
        let roles = known.map(|known| known.roles(self)).unwrap_or_default();
        let roles: Vec<String> = roles.iter().map(ToString::to_string).collect();
        let mut body = json!({"max_age": INVITATION_S, "max_uses": 1, "unique": true});
        if !roles.is_empty() {
            body["role_ids"] = json!(roles);
        }
        let whom = File {
            part: "target_users_file".to_owned(),
            name: "members.csv".to_owned(),
            media_type: "text/csv",
            content: format!("user_id\n{user}\n").into_bytes(),
        };
        let request = Request::post(Route::channel(channel).at("invites"));
        let request = request.files(body, vec![whom]).because(AuditReason::of_file(effect.file));
        let invite = self.shared.rest.call(request).await?;
        let code = json::text(&invite, "code")
            .ok_or(RestError::Setup("Discord made an invitation without a code"))?;
        Ok(format!("https://discord.gg/{code}"))
    }
}
