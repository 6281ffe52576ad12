//! How the bot knows its own bans again: the reason of each bears a seal beside the file it comes of, and nobody else can
//! make one. A ban whose reason merely names a file is a human's, who wrote it as the bot does.
//!
//! Who is banned stands with Discord, and what is noted here names nobody: it outlasts files, as bans do. Where it is lost,
//! as with a record from before the first ban, all bans are humans': officers are told of them, and none is lifted.

use platform::DeliveryError;
use policy::Reference;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::digest::Digest;
use crate::ids::Snowflake;
use crate::json;
use crate::letters::veil;
use crate::memory::About;
use crate::outbound::{Hands, ours};
use crate::rest::AuditReason;

const KEY_BYTES: usize = 16;

/// What a group's seals are made with.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Signet([u8; KEY_BYTES]);

impl std::fmt::Debug for Signet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signet")
    }
}

/// There is no randomness.
#[derive(Debug, thiserror::Error)]
#[error("the machine gives no random numbers: {0}")]
struct NoRandomness(String);

impl Signet {
    fn cut() -> Result<Self, NoRandomness> {
        let mut key = [0; KEY_BYTES];
        getrandom::fill(&mut key).map_err(|error| NoRandomness(error.to_string()))?;
        Ok(Self(key))
    }

    /// What nobody else can say of this file and this account: not of another of the two either.
    fn seal(&self, user: Snowflake, file: Reference) -> Digest {
        let key: String = self.0.iter().map(|byte| format!("{byte:02x}")).collect();
        Digest::of([key.as_str(), &user.to_string(), &file.to_string()])
    }

    /// The reason of a ban.
    fn reason(&self, user: Snowflake, file: Reference) -> AuditReason {
        AuditReason::sealed(file, self.seal(user, file))
    }

    /// Whether a ban bears the seal.
    pub(crate) fn is_on(&self, user: Snowflake, ban: &Value) -> bool {
        let words = json::text(ban, "reason").and_then(|reason| reason.split_once(' '));
        let read =
            words.and_then(|(file, seal)| Some((veil::reference(file)?, seal.parse::<Digest>().ok()?)));
        read.is_some_and(|(file, seal)| seal == self.seal(user, file))
    }
}

impl Hands {
    /// What seals are made with; nothing while the bot has banned nobody.
    pub(crate) async fn signet(&self) -> Result<Option<Signet>, DeliveryError> {
        self.shared.memory.get(About::Signet(&self.group.group)).await.map_err(ours)
    }

    /// The reason of a ban of the bot's own.
    pub(crate) async fn sealed_reason(
        &self,
        user: Snowflake,
        file: Reference,
    ) -> Result<AuditReason, DeliveryError> {
        let signet = match self.signet().await? {
            Some(signet) => signet,
            None => Signet::cut().map_err(ours)?,
        };
        // Noted before it is used, and anew each time, so that it is kept for as long as any ban.
        self.shared.memory.put(About::Signet(&self.group.group), &signet).await.map_err(ours)?;
        Ok(signet.reason(user, file))
    }

    /// Whether the bot made a ban.
    pub(crate) async fn is_ours(&self, user: Snowflake, ban: &Value) -> Result<bool, DeliveryError> {
        Ok(self.signet().await?.is_some_and(|signet| signet.is_on(user, ban)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_seal_holds_for_one_account_one_file_and_one_group() {
        let [alice, bob] = [1, 2].map(|id| Snowflake::new(id).unwrap());
        let [four, five] = [4, 5].map(|number| Reference::new(number).unwrap());
        let signet = Signet([7; KEY_BYTES]);
        let seal = signet.seal(alice, four);
        let rows = [
            (format!("{four} {seal}"), true),
            (format!("{four}"), false),
            (format!("{four} "), false),
            (format!("{five} {seal}"), false),
            (format!("{four} {}", signet.seal(bob, four)), false),
            (format!("{four} {}", Signet([8; KEY_BYTES]).seal(alice, four)), false),
            (format!("{four} {seal} and spam"), false),
            (format!(" {four} {seal}"), false),
            ("spam".to_owned(), false),
            (String::new(), false),
        ];
        for (reason, want) in rows {
            assert_eq!(signet.is_on(alice, &json!({ "reason": reason })), want, "{reason:?}");
        }
        assert!(!signet.is_on(alice, &json!({ "reason": null })));
        assert_eq!(signet.reason(alice, four).as_header(), format!("B-0004%20{seal}"));
        assert_eq!(format!("{signet:?}"), "Signet");
        assert_ne!(Signet::cut().unwrap(), Signet::cut().unwrap());
    }
}
