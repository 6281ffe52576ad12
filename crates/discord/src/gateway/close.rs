//! What follows from the code with which a gateway closes a connection.

use super::GatewayError;

/// Closes a connection so that its session stays: all but 1000 and 1001 do.
pub(super) const KEEP_SESSION: u16 = 4_200;

/// How to go on.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum After {
    /// With the same session.
    Resume,
    /// With a new one.
    Identify,
    /// With the servers divided as Discord advises by now.
    Divide,
    /// Not at all.
    Never(Fatal),
}

/// Something that people have to mend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fatal {
    Token,
    Version,
    InvalidIntents,
    Intents,
    /// There is no place to connect to.
    Address,
}

pub(super) fn after(code: Option<u16>) -> After {
    match code {
        // Not authenticated, a wrong number to resume from, a session that timed out.
        Some(4003 | 4007 | 4009) => After::Identify,
        Some(4004) => After::Never(Fatal::Token),
        Some(4010 | 4011) => After::Divide,
        Some(4012) => After::Never(Fatal::Version),
        Some(4013) => After::Never(Fatal::InvalidIntents),
        Some(4014) => After::Never(Fatal::Intents),
        _ => After::Resume,
    }
}

impl Fatal {
    /// As whoever set the bot up has to know it. `intents` are those asked for.
    pub(super) fn error(self, intents: u64) -> GatewayError {
        match self {
            Self::Token => GatewayError::Token,
            Self::Version => GatewayError::Version,
            Self::InvalidIntents => GatewayError::InvalidIntents(intents),
            Self::Address => GatewayError::Address,
            Self::Intents => GatewayError::Intents { asked: privileged(intents) },
        }
    }
}

/// Those of the intents that have to be switched on, by the names they have in the developer portal.
fn privileged(intents: u64) -> Vec<&'static str> {
    const PRIVILEGED: [(u64, &str); 3] =
        [(1 << 1, "Server Members"), (1 << 8, "Presence"), (1 << 15, "Message Content")];
    PRIVILEGED.iter().filter(|(bit, _)| intents & bit != 0).map(|(_, name)| *name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_have_to_mend_is_not_tried_again() {
        let never = (4000..=4999).filter(|code| matches!(after(Some(*code)), After::Never(_)));
        assert_eq!(never.collect::<Vec<_>>(), [4004, 4012, 4013, 4014]);
        assert_eq!([4010, 4011].map(|code| after(Some(code))), [After::Divide, After::Divide]);
        let anew = (1000..=4999).filter(|code| after(Some(*code)) == After::Identify);
        assert_eq!(anew.collect::<Vec<_>>(), [4003, 4007, 4009]);
        assert_eq!(after(None), After::Resume);
    }

    #[test]
    fn an_error_says_what_to_mend() {
        let fatal = [Fatal::Token, Fatal::Version, Fatal::InvalidIntents, Fatal::Intents];
        let lines = fatal.map(|fatal| fatal.error(37_383).to_string());
        insta::assert_snapshot!(lines.join("\n"), @r"
        Discord does not accept the bot's token; is it the newest one from the developer portal?
        Discord does not speak version 10 of its gateway any more; is there a newer version of this program?
        Discord does not know the intents 37383; is there a newer version of this program?
        the bot may not hear what it has to; switch on Server Members, Message Content under “Privileged Gateway Intents” on the page “Bot” of the developer portal
        ");
    }
}
