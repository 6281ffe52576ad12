//! What an account and its groups are set up with.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;

use chrono_tz::Tz;
use platform::Officers;
use policy::GroupId;

/// One account of a homeserver, under which the bot serves some groups.
#[derive(Debug, Clone)]
pub struct AccountSettings {
    /// What the operator calls it.
    pub id: String,
    /// The homeserver: its address (`https://matrix.example.org`), or the name of a server that tells its address.
    pub homeserver: String,
    /// The account, as `beadle` or `@beadle:example.org`.
    pub user: String,
    /// The folder for the device's keys and what else has to outlive a restart; it is made.
    pub store: PathBuf,
    /// All commands there are, by name.
    pub commands: BTreeSet<String>,
    /// Commands that are asked about before they are carried out, by name.
    pub confirmed: BTreeSet<String>,
    /// Commands that change nothing and take their time, by name: everything else is dealt with meanwhile.
    pub lengthy: BTreeSet<String>,
    /// The groups it serves.
    pub groups: Vec<GroupSettings>,
}

/// A group on Matrix.
#[derive(Debug, Clone)]
pub struct GroupSettings {
    /// Which.
    pub group: GroupId,
    /// What members call it; stands over private rooms.
    pub name: String,
    /// Where its days begin.
    pub zone: Tz,
    /// Its rooms, each as `!id` or `#alias:server`.
    pub rooms: Vec<String>,
    /// The space whose rooms are its rooms as well, now and later.
    pub space: Option<String>,
    /// Where officers are told what happens, as `!id` or `#alias:server`.
    pub management_room: String,
    /// Whether the private room of a member is opened when they come in, and not only when there is something to say.
    pub direct_on_join: bool,
    /// Who holds an office. Whoever keeps a clone can change it while the bot is running.
    pub officers: Officers,
}

/// What an account is opened with.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// What it logs in with, unless it is logged in already.
    pub secret: Secret,
    /// What gives the account's keys back to a device that is new.
    pub recovery_key: Option<Hidden>,
}

/// What an account logs in with.
#[derive(Debug, Clone)]
pub enum Secret {
    /// The account's password.
    Password(Hidden),
    /// An access token, of a device that no other program uses.
    AccessToken(Hidden),
}

/// Something that is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Hidden(String);

impl Hidden {
    /// Hides `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// What is hidden, for the one who is to see it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden")
    }
}
