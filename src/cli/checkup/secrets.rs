//! Whether the bot, and nobody else, can read the secrets that the configuration names.

use std::path::Path;

use platform::checkup::{Check, Finding, Of, Standing};

use super::Asker;
use crate::config::{Config, MatrixSecret, SecretPlace};
use crate::secrets::secret;

/// Looks at every secret of an account. None is shown, nor what was written in the place of its name.
pub(super) fn secrets(config: &Config, place: &Path, asker: Asker) -> Vec<Finding> {
    let bots = config.discord.iter().map(|bot| {
        let of = Of::Account { on: "discord", id: bot.id.clone() };
        found(of, "token", &format!("the token of the bot `{}`", bot.id), &bot.token, asker)
    });
    let mut findings: Vec<_> = bots.collect();
    for account in &config.matrix {
        let id = &account.id;
        let (name, login) = match &account.secret {
            MatrixSecret::Password(place) => ("password", place),
            MatrixSecret::AccessToken(place) => ("access token", place),
        };
        let is_logged_in = place.join("matrix").join(id).join("session.json").exists();
        let recovery_key = account.recovery_key.as_ref().map(|key| ("recovery key", key));
        for (name, secret) in [(name, login)].into_iter().chain(recovery_key) {
            let of = Of::Account { on: "matrix", id: id.clone() };
            let found = found(of, name, &format!("the {name} of `{id}`"), secret, asker);
            // It is needed to log in anew, if ever.
            findings.push(if is_logged_in { found.no_worse_than(Standing::Attention) } else { found });
        }
    }
    findings
}

fn found(of: Of, subject: &str, what: &str, place: &SecretPlace, asker: Asker) -> Finding {
    let found = match secret(place) {
        // Whom else it is shown to is the care of whoever hands it over.
        Ok(_) if is_handed_over(place) => Finding::right(Check::Secrets, of, format!("{what} can be read")),
        Ok(_) => Finding::right(Check::Secrets, of, format!("{what} can be read, and by nobody else")),
        Err(error) => {
            let said = format!("{what} cannot be read");
            let found = Finding::wrong(Check::Secrets, of, said, format!("{error:#}"));
            if is_handed_over(place) && asker == Asker::Person {
                found.no_worse_than(Standing::Attention)
            } else {
                found
            }
        }
    };
    found.about(subject)
}

/// Whether whoever starts the program hands it over, and nobody else may have it.
pub(super) fn is_handed_over(place: &SecretPlace) -> bool {
    matches!(place, SecretPlace::Credential(_) | SecretPlace::Env(_))
}
