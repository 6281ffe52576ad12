//! Commands as Discord is told of them: only when they are others than it was told of last.

use std::time::Duration;

use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::account::Shared;
use crate::commands::{digest, registration};
use crate::error::RestError;
use crate::memory::About;
use crate::pace::{back_off, millis};
use crate::rest::{Request, Route};

const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(10 * 60);
/// What was refused is refused again until people mend something, as where the bot was invited without its commands.
const REFUSED_PAUSE: Duration = Duration::from_secs(60 * 60);

impl Shared {
    /// Tells Discord which commands there are, and tries until it knows them or `stop`.
    pub(crate) async fn keep_registered(&self, stop: &CancellationToken) {
        let mut failures = 0;
        while let Err(error) = self.register().await {
            let wait = match &error {
                RestError::Refused(_) => REFUSED_PAUSE,
                _ => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "commands are not offered on Discord yet; they can be typed to the bot in private"
                    );
                    back_off(FIRST_PAUSE, LONGEST_PAUSE, failures, self.pace.chance())
                }
            };
            failures += 1;
            let until = self.pace.steady_ms().saturating_add(millis(wait));
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.pace.until(until) => {}
            }
        }
    }

    /// Tells Discord which commands there are, in place of those it knows. That it refuses them is told in the log: every
    /// command can be typed to the bot in private all the same.
    ///
    /// # Errors
    /// When it could not be asked now, or refused.
    pub(crate) async fn register(&self) -> Result<(), RestError> {
        let commands = registration(&self.settings.commands, &self.settings.for_members);
        // Of another application, nothing is registered yet.
        let wanted = format!("{}:{}", self.application, digest(&commands));
        match self.memory.get::<String>(About::Commands).await {
            Ok(known) if known.as_deref() == Some(&wanted) => return Ok(()),
            Ok(_) => {}
            // To tell it once more than needed does no harm.
            Err(error) => tracing::warn!(
                error = &error as &dyn std::error::Error,
                "which commands Discord was told of is not known"
            ),
        }
        let route = Route::to("applications").one(self.application).at("commands");
        match self.rest.call(Request::put(route).json(Value::Array(commands))).await {
            Ok(_) => {
                tracing::info!("Discord was told which commands there are");
                if let Err(error) = self.memory.put(About::Commands, &wanted).await {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "which commands Discord was told of was not noted, so it is told again at the next start"
                    );
                }
                Ok(())
            }
            Err(RestError::Refused(refusal)) => {
                tracing::error!(
                    error = &refusal as &dyn std::error::Error,
                    "Discord does not take the commands, so those it took last are still offered; members and officers can \
                     type every command to the bot in private. Is the bot invited with the scope `applications.commands`? \
                     If so, please report this line as a bug"
                );
                Err(RestError::Refused(refusal))
            }
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests;
