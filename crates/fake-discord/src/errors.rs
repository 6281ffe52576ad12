//! How Discord says no: a status, a code and a sentence.

use serde_json::{Value, json};
use thiserror::Error;

/// A refusal.
#[derive(Clone, Debug, PartialEq, Error)]
#[error("{status} {code}: {message}")]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// Discord's own code, by which programs tell refusals apart.
    pub code: u32,
    /// What it says for people.
    pub message: String,
    /// Which parts of the request were wrong.
    pub errors: Option<Value>,
}

/// The refusals that there are, by the names of Discord's documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    status: u16,
    code: u32,
    message: &'static str,
}

macro_rules! codes {
    ($($name:ident = $status:literal, $code:literal, $message:literal;)*) => {
        $(#[doc = $message] pub const $name: Code = Code { status: $status, code: $code, message: $message };)*
    };
}

codes! {
    UNAUTHORIZED = 401, 0, "401: Unauthorized";
    NOT_FOUND = 404, 0, "404: Not Found";
    METHOD_NOT_ALLOWED = 405, 0, "405: Method Not Allowed";
    UNKNOWN_APPLICATION = 404, 10002, "Unknown application";
    UNKNOWN_CHANNEL = 404, 10003, "Unknown Channel";
    UNKNOWN_GUILD = 404, 10004, "Unknown Guild";
    UNKNOWN_INVITE = 404, 10006, "Unknown Invite";
    UNKNOWN_MEMBER = 404, 10007, "Unknown Member";
    UNKNOWN_MESSAGE = 404, 10008, "Unknown Message";
    UNKNOWN_OVERWRITE = 404, 10009, "Unknown Overwrite";
    UNKNOWN_ROLE = 404, 10011, "Unknown Role";
    UNKNOWN_USER = 404, 10013, "Unknown User";
    UNKNOWN_EMOJI = 404, 10014, "Unknown Emoji";
    UNKNOWN_WEBHOOK = 404, 10015, "Unknown Webhook";
    UNKNOWN_BAN = 404, 10026, "Unknown Ban";
    UNKNOWN_INTERACTION = 404, 10062, "Unknown interaction";
    UNKNOWN_COMMAND = 404, 10063, "Unknown application command";
    UNKNOWN_RULE = 404, 10066, "Unknown auto moderation rule";
    TOO_MANY_COMMANDS = 400, 30032, "Maximum number of application commands reached";
    TOO_MANY_FOREIGN_BANS = 400, 30035, "Maximum number of bans for non-guild members have been exceeded";
    TOO_FAST_WITH_DMS = 403, 40003, "You are opening direct messages too fast";
    BANNED_HERE = 403, 40007, "The user is banned from this guild";
    TOO_LARGE = 413, 40005, "Request entity too large";
    ALREADY_ACKNOWLEDGED = 400, 40060, "Interaction has already been acknowledged";
    MISSING_ACCESS = 403, 50001, "Missing Access";
    NOT_IN_DM = 403, 50003, "Cannot execute action on a DM channel";
    NOT_YOURS = 403, 50005, "Cannot edit a message authored by another user";
    EMPTY_MESSAGE = 400, 50006, "Cannot send an empty message";
    CANNOT_SEND_TO_USER = 403, 50007, "Cannot send messages to this user";
    NOT_A_TEXT_CHANNEL = 400, 50008, "Cannot send messages in a non-text channel";
    MISSING_PERMISSIONS = 403, 50013, "Missing Permissions";
    INVALID_TOKEN = 401, 50014, "Invalid authentication token provided";
    BULK_COUNT = 400, 50016, "Provided too few or too many messages to delete. Must provide at least 2 and fewer than 100 messages to delete";
    WRONG_CHANNEL_FOR_PIN = 400, 50019, "A message can only be pinned to the channel it was sent in";
    SYSTEM_MESSAGE = 403, 50021, "Cannot execute action on a system message";
    NOT_ON_THIS_CHANNEL = 400, 50024, "Cannot execute action on this channel type";
    INVALID_WEBHOOK_TOKEN = 401, 50027, "Invalid Webhook Token provided";
    INVALID_RECIPIENT = 400, 50033, "Invalid Recipient(s)";
    TOO_OLD_FOR_BULK = 400, 50034, "A message provided was too old to bulk delete";
    INVALID_FORM = 400, 50035, "Invalid Form Body";
    ARCHIVED_THREAD = 400, 50083, "Thread is archived";
    INVALID_JSON = 400, 50109, "The request body contains invalid JSON.";
    NO_MUTUAL_GUILDS = 403, 50278, "Cannot send messages to this user due to having no mutual guilds";
    TWO_FACTORS_NEEDED = 400, 60003, "Two factor is required for this operation";
    REACTION_BLOCKED = 403, 90001, "Reaction was blocked";
    OVERLOADED = 503, 130_000, "API resource is currently overloaded. Try again a little later";
    HAS_THREAD = 400, 160_004, "A thread has already been created for this message";
    THREAD_LOCKED = 400, 160_005, "Thread is locked";
    CANNOT_FORWARD = 400, 160_014, "You cannot forward a message whose content you cannot read.";
    MESSAGE_BLOCKED = 400, 200_000, "Message was blocked by automatic moderation";
    TITLE_BLOCKED = 400, 200_001, "Title was blocked by automatic moderation";
    POLL_CANNOT_CHANGE = 400, 520_003, "Poll cannot be edited";
}

impl Code {
    /// The number.
    pub const fn number(self) -> u32 {
        self.code
    }
}

impl From<Code> for Refusal {
    fn from(code: Code) -> Self {
        Self { status: code.status, code: code.code, message: code.message.to_owned(), errors: None }
    }
}

impl PartialEq<Code> for Refusal {
    fn eq(&self, code: &Code) -> bool {
        self.status == code.status && self.code == code.code
    }
}

impl Refusal {
    /// A form whose part at `path`, such as `components.0.label`, is wrong.
    pub(crate) fn form(path: &str, code: &str, message: &str) -> Self {
        let mut errors = json!({ "_errors": [{ "code": code, "message": message }] });
        for part in path.split('.').rev().filter(|part| !part.is_empty()) {
            errors = json!({ part: errors });
        }
        Self { errors: Some(errors), ..INVALID_FORM.into() }
    }

    /// What is answered.
    pub(crate) fn body(&self) -> Value {
        let mut body = json!({ "code": self.code, "message": self.message });
        if let Some(errors) = &self.errors {
            body["errors"] = errors.clone();
        }
        body
    }
}
