//! An account is opened: logged in once, found again after a restart, and signed so that every client trusts it.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use matrix_sdk::authentication::matrix::MatrixSession;
use matrix_sdk::config::RequestConfig;
use matrix_sdk::cross_process_lock::CrossProcessLockConfig;
use matrix_sdk::encryption::recovery::RecoveryState;
use matrix_sdk::encryption::{BackupDownloadStrategy, EncryptionSettings};
use matrix_sdk::ruma::api::client::account::whoami;
use matrix_sdk::ruma::{OwnedDeviceId, OwnedUserId, UserId};
use matrix_sdk::{Client, ClientBuildError, ClientBuilder, SessionMeta, SessionTokens, SqliteStoreConfig};
use serde::Deserialize;

use crate::error::{MatrixError, is_logged_out};
use crate::settings::{AccountSettings, Credentials, Hidden, Secret};

/// How long an ordinary request may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// What other people see the bot's device called.
const DEVICE_NAME: &str = "Beadle";

/// An account that can be used.
pub(crate) struct LoggedIn {
    pub(crate) client: Client,
    pub(crate) user: OwnedUserId,
    /// What gives the keys back when the store is lost. Made now, and never told again.
    pub(crate) recovery_key: Option<Hidden>,
}

pub(crate) async fn log_in(
    settings: &AccountSettings,
    credentials: &Credentials,
) -> Result<LoggedIn, MatrixError> {
    make_folder(&settings.store)?;
    let client = build(settings).await?;
    let kept = read_session(&settings.store)?;
    let is_new = kept.is_none();
    match kept {
        Some(session) => {
            let owner = &session.meta.user_id;
            if !is_of(settings, owner) {
                let (user, store) = (settings.user.clone(), settings.store.clone());
                return Err(MatrixError::OtherStore { user, owner: owner.to_string(), store });
            }
            restore(&client, session, settings).await?;
        }
        None => {
            match &credentials.secret {
                Secret::Password(password) => with_password(&client, settings, password).await?,
                Secret::AccessToken(token) => with_token(&client, settings, token).await?,
            }
            keep_session(&client, &settings.store)?;
        }
    }
    let user = client.user_id().map(UserId::to_owned);
    let user = user.ok_or_else(|| MatrixError::Login(settings.user.clone(), "no user was told".into()))?;
    if !is_new {
        check(&client, settings).await?;
    }
    client.encryption().wait_for_e2ee_initialization_tasks().await;
    let recovery_key = sign(&client, settings, credentials.recovery_key.as_ref()).await?;
    Ok(LoggedIn { client, user, recovery_key })
}

/// A client that finds the homeserver, and is nobody there.
pub(crate) async fn outside(settings: &AccountSettings) -> Result<Client, MatrixError> {
    finder(settings).build().await.map_err(|error| no_homeserver(settings, error))
}

fn finder(settings: &AccountSettings) -> ClientBuilder {
    let place = settings.homeserver.as_str();
    let builder = Client::builder()
        // What the server refuses comes back at once: waiting is the delivery's business, and in its order.
        .request_config(RequestConfig::new().disable_retry().timeout(REQUEST_TIMEOUT))
        .user_agent(concat!("beadle/", env!("CARGO_PKG_VERSION")));
    if place.starts_with("https://") || place.starts_with("http://") {
        builder.homeserver_url(place)
    } else {
        builder.server_name_or_homeserver_url(place)
    }
}

async fn build(settings: &AccountSettings) -> Result<Client, MatrixError> {
    // One sender at a time: caches and connections for many would be most of what the bot takes in memory.
    let store = SqliteStoreConfig::with_low_memory_config(settings.store.join("store"));
    let built = finder(settings)
        .sqlite_store_with_config_and_cache_path(store, None::<&Path>)
        .handle_refresh_tokens()
        .cross_process_store_config(CrossProcessLockConfig::SingleProcess)
        // Old messages are nothing that the bot hands on to somebody who comes in.
        .with_enable_share_history_on_invite(false)
        .with_encryption_settings(EncryptionSettings {
            auto_enable_cross_signing: true,
            backup_download_strategy: BackupDownloadStrategy::AfterDecryptionFailure,
            auto_enable_backups: true,
        })
        .build()
        .await;
    built.map_err(|error| match error {
        ClientBuildError::SqliteStore(error) => MatrixError::Store(settings.store.clone(), Box::new(error)),
        error => no_homeserver(settings, error),
    })
}

fn no_homeserver(settings: &AccountSettings, error: ClientBuildError) -> MatrixError {
    MatrixError::Homeserver(settings.homeserver.clone(), Box::new(error))
}

async fn with_password(
    client: &Client,
    settings: &AccountSettings,
    password: &Hidden,
) -> Result<(), MatrixError> {
    let login = client.matrix_auth().login_username(&settings.user, password.reveal());
    // No token that is to be renewed every few minutes: killed between using the new one and keeping it, the bot would be
    // locked out of its own session.
    let answer = login.initial_device_display_name(DEVICE_NAME).send().await;
    answer.map(|_| ()).map_err(|error| {
        let status = error.as_client_api_error().map(|refusal| refusal.status_code.as_u16());
        refused(settings, status, error)
    })
}

/// Why nobody could log in: there is no such server, it refuses, or it has troubles of its own.
fn refused<E>(settings: &AccountSettings, status: Option<u16>, error: E) -> MatrixError
where
    E: std::error::Error + Send + Sync + 'static,
{
    match status {
        None | Some(404) => MatrixError::Homeserver(settings.homeserver.clone(), Box::new(error)),
        Some(429 | 500..) => MatrixError::Server(Box::new(error)),
        Some(_) => MatrixError::Login(settings.user.clone(), Box::new(error)),
    }
}

/// Whether an account is the one that is set up.
fn is_of(settings: &AccountSettings, owner: &UserId) -> bool {
    settings.user == owner.as_str() || settings.user.trim_start_matches('@') == owner.localpart()
}

/// What `whoami` answers; asked for without a session, because a session needs the answer.
#[derive(Deserialize)]
struct WhoAmI {
    user_id: OwnedUserId,
    device_id: Option<OwnedDeviceId>,
}

async fn with_token(client: &Client, settings: &AccountSettings, token: &Hidden) -> Result<(), MatrixError> {
    let unusable = |error: crate::error::Source| MatrixError::Homeserver(settings.homeserver.clone(), error);
    let address = client.homeserver().join("_matrix/client/v3/account/whoami");
    let address = address.map_err(|error| unusable(error.into()))?;
    let request = client.http_client().get(address).bearer_auth(token.reveal());
    let answer = request.send().await.and_then(|answer| answer.error_for_status());
    let answer =
        answer.map_err(|error| refused(settings, error.status().map(|status| status.as_u16()), error))?;
    let answer = answer.bytes().await.map_err(|error| unusable(error.into()))?;
    let WhoAmI { user_id, device_id } =
        serde_json::from_slice(&answer).map_err(|error| unusable(error.into()))?;
    if !is_of(settings, &user_id) {
        return Err(MatrixError::OtherUser { user: settings.user.clone(), owner: user_id.to_string() });
    }
    let no_device = || MatrixError::Login(settings.user.clone(), "the token belongs to no device".into());
    let device_id = device_id.ok_or_else(no_device)?;
    let tokens = SessionTokens { access_token: token.reveal().to_owned(), refresh_token: None };
    restore(client, MatrixSession { meta: SessionMeta { user_id, device_id }, tokens }, settings).await
}

async fn restore(
    client: &Client,
    session: MatrixSession,
    settings: &AccountSettings,
) -> Result<(), MatrixError> {
    let restored = client.restore_session(session).await;
    restored.map_err(|error| MatrixError::Store(settings.store.clone(), Box::new(error)))
}

/// Whether the server still knows the session.
async fn check(client: &Client, settings: &AccountSettings) -> Result<(), MatrixError> {
    match client.send(whoami::v3::Request::new()).await.map_err(matrix_sdk::Error::from) {
        Err(error) if is_logged_out(&error) => {
            Err(MatrixError::LoggedOut { user: settings.user.clone(), store: settings.store.clone() })
        }
        // A server that is down now is waited for later.
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Makes the bot's own identity at the first start, so that members whose clients keep messages from unsigned devices
/// are read all the same; gives the key that gives it back, once.
async fn sign(
    client: &Client,
    settings: &AccountSettings,
    recovery_key: Option<&Hidden>,
) -> Result<Option<Hidden>, MatrixError> {
    let encryption = client.encryption();
    let wrong_key = |error| MatrixError::RecoveryKey(settings.user.clone(), Box::new(error));
    let is_signed =
        async || encryption.cross_signing_status().await.is_some_and(|status| status.is_complete());
    if !is_signed().await {
        if let Some(key) = recovery_key {
            encryption.recovery().recover(key.reveal()).await.map_err(wrong_key)?;
        } else if let Err(error) = encryption.bootstrap_cross_signing_if_needed(None).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "no identity could be made");
        }
    }
    if !is_signed().await {
        return Err(MatrixError::Unsigned(settings.user.clone()));
    }
    if encryption.recovery().state() == RecoveryState::Enabled || was_told(&settings.store) {
        return Ok(None);
    }
    match encryption.recovery().enable().await {
        Ok(key) => {
            keep(&settings.store.join(TOLD), b"")?;
            Ok(Some(Hidden::new(key)))
        }
        Err(error) => {
            // Without it the bot works; only a lost store would cost more.
            tracing::warn!(error = &error as &dyn std::error::Error, "no recovery key could be made");
            Ok(None)
        }
    }
}

const SESSION: &str = "session.json";
const TOLD: &str = "recovery-key-was-told";

fn was_told(store: &Path) -> bool {
    store.join(TOLD).exists()
}

fn make_folder(store: &Path) -> Result<(), MatrixError> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(store).map_err(|error| failed(store, error))
}

pub(crate) fn read_session(store: &Path) -> Result<Option<MatrixSession>, MatrixError> {
    let file = store.join(SESSION);
    match fs::read(&file) {
        Ok(kept) => serde_json::from_slice(&kept).map(Some).map_err(|error| failed(&file, error)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(&file, error)),
    }
}

/// Keeps the session that the client has now. Tokens may be renewed, so that this is done again then.
pub(crate) fn keep_session(client: &Client, store: &Path) -> Result<(), MatrixError> {
    let Some(session) = client.matrix_auth().session() else { return Ok(()) };
    let file = store.join(SESSION);
    let session = serde_json::to_vec(&session).map_err(|error| failed(&file, error))?;
    keep(&file, &session)
}

/// Writes a file that nobody else reads, as a whole or not at all.
fn keep(file: &Path, content: &[u8]) -> Result<(), MatrixError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let new: PathBuf = file.with_extension("new");
    let written = options.open(&new).and_then(|mut open| {
        open.write_all(content)?;
        open.sync_all()
    });
    written.and_then(|()| fs::rename(&new, file)).map_err(|error| failed(file, error))
}

fn failed(place: &Path, error: impl std::error::Error + Send + Sync + 'static) -> MatrixError {
    MatrixError::Store(place.to_owned(), Box::new(error))
}
