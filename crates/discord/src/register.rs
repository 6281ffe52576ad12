//! Commands as Discord is told of them: only when they are others than it was told of last.

use serde_json::Value;

use crate::account::Shared;
use crate::commands::{digest, registration};
use crate::error::RestError;
use crate::memory::About;
use crate::rest::{Request, Route};

impl Shared {
    /// Tells Discord which commands there are, in place of those it knows. That it refuses them is told in the log: every
    /// command can be typed to the bot in private all the same.
    ///
    /// # Errors
    /// When it could not be asked now.
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
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests;
