//! What goes wrong, named for what follows from it.

use std::path::PathBuf;
use std::time::Duration;

use matrix_sdk::HttpError;
use matrix_sdk::ruma::api::error::{ErrorKind, RetryAfter};
use platform::DeliveryError;

/// Why an account cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MatrixError {
    /// The address or the name of the server is none, or nothing answers there.
    #[error("the homeserver `{0}` cannot be used; is its address right, and does it answer?")]
    Homeserver(String, #[source] Source),
    /// The server does not accept the password or the token.
    #[error("`{0}` cannot log in; is the password or the access token right?")]
    Login(String, #[source] Source),
    /// The token belongs to somebody else.
    #[error("the access token is not one of `{user}`, but of `{owner}`")]
    OtherUser {
        /// Who was expected.
        user: String,
        /// Whose it is.
        owner: String,
    },
    /// What is kept from earlier runs is of somebody else.
    #[error(
        "{} holds the session of `{owner}` and not of `{user}`; give each account a store of its own", .store.display()
    )]
    OtherStore {
        /// Who was expected.
        user: String,
        /// Whose it is.
        owner: String,
        /// Where it is kept.
        store: PathBuf,
    },
    /// The server no longer knows the session.
    #[error("the session of `{user}` was ended; remove {} to log in anew", .store.display())]
    LoggedOut {
        /// Whose.
        user: String,
        /// Where what is left of it is kept.
        store: PathBuf,
    },
    /// The account has keys that this device does not have.
    #[error(
        "`{0}` has an identity that this device cannot sign with, so that members' clients may keep their messages from \
         it; give the recovery key of the account"
    )]
    Unsigned(String),
    /// The recovery key does not fit.
    #[error("the recovery key of `{0}` does not open its keys")]
    RecoveryKey(String, #[source] Source),
    /// The keys cannot be kept.
    #[error(
        "{} cannot be used for what an account has to keep; give a folder that can be written to, or begin with an \
         empty one", .0.display()
    )]
    Store(PathBuf, #[source] Source),
    /// The server does not answer as it should.
    #[error("the homeserver does not answer as it should; try again later")]
    Server(#[source] Source),
}

/// The library's own error.
pub type Source = Box<dyn std::error::Error + Send + Sync>;

/// How long is waited when the server asks for patience without saying for how long.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whether the server refused because there is nothing of that name.
pub(crate) fn is_missing(error: &matrix_sdk::Error) -> bool {
    matches!(error.client_api_error_kind(), Some(ErrorKind::NotFound))
}

/// Whether the session is over, so that nothing will ever be answered again.
pub(crate) fn is_logged_out(error: &matrix_sdk::Error) -> bool {
    matches!(error.client_api_error_kind(), Some(ErrorKind::UnknownToken(_)))
}

/// What follows from an error for whoever asked.
pub(crate) fn delivery(error: matrix_sdk::Error) -> DeliveryError {
    let Some(refusal) = error.as_client_api_error() else { return unanswered(error) };
    if let Some(wait) = patience(&error) {
        return DeliveryError::RateLimited(wait);
    }
    match refusal.status_code.as_u16() {
        // The server lost its way, and may have got there all the same.
        500.. => DeliveryError::Unanswered(nameless(error)),
        // What stands before the homeserver does not let it through, however often it is asked.
        400 | 405 | 414 | 431 if refusal.error_kind().is_none() => DeliveryError::Forbidden,
        // Not the words of a homeserver: what stands before it answered, and it may have been asked.
        _ if refusal.error_kind().is_none() => DeliveryError::Unanswered(nameless(error)),
        404 => DeliveryError::Gone,
        // Without a session nothing can be done, and a new one may come.
        401 => DeliveryError::Unreachable(nameless(error)),
        _ => DeliveryError::Forbidden,
    }
}

/// How long the server asks to wait, if it does.
pub(crate) fn patience(error: &matrix_sdk::Error) -> Option<Duration> {
    if let Some(ErrorKind::LimitExceeded(limit)) = error.client_api_error_kind() {
        return Some(match limit.retry_after {
            Some(RetryAfter::Delay(wait)) => wait,
            Some(RetryAfter::DateTime(_)) | None => PATIENCE,
        });
    }
    error.as_client_api_error().filter(|refusal| refusal.status_code == 429).map(|_| PATIENCE)
}

fn unanswered(error: matrix_sdk::Error) -> DeliveryError {
    let was_sent = match &error {
        matrix_sdk::Error::Http(http) => match &**http {
            HttpError::Reqwest(error) => !error.is_connect(),
            HttpError::Api(_) => true,
            _ => false,
        },
        _ => false,
    };
    let error = nameless(error);
    if was_sent { DeliveryError::Unanswered(error) } else { DeliveryError::Unreachable(error) }
}

/// A refusal by its numbers.
#[derive(Debug, thiserror::Error)]
#[error("the server answered {status} {code}")]
struct Refused {
    status: u16,
    code: String,
}

/// An error as it can stand in a log: the address that was asked holds accounts, servers name members in what they say, and
/// what cannot be read is quoted.
pub(crate) fn nameless(error: matrix_sdk::Error) -> Source {
    if let Some(refusal) = error.as_client_api_error() {
        let code = refusal.error_kind().map(|kind| kind.errcode().to_string()).unwrap_or_default();
        return Box::new(Refused { status: refusal.status_code.as_u16(), code });
    }
    match error {
        matrix_sdk::Error::Http(http) => match *http {
            HttpError::Reqwest(error) => Box::new(error.without_url()),
            other => variant(&other).into(),
        },
        matrix_sdk::Error::Io(error) => Box::new(error),
        matrix_sdk::Error::StateStore(error) => error,
        other => variant(&other).into(),
    }
}

/// What kind of error it is, without what it is about.
fn variant(error: &impl std::fmt::Debug) -> String {
    let shown = format!("{error:?}");
    let name = shown.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    format!("the library could not do it: {name}")
}

/// The same for what comes without the library's own wrapping.
pub(crate) fn http(error: HttpError) -> DeliveryError {
    delivery(error.into())
}
