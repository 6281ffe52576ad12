//! What the people who run Beadle settle in a file, and what holds when they settle nothing.
//!
//! Read in two steps: [`RawConfig`] is the file as written, [`Config`] is valid by construction. Every mistake is
//! reported at once, with its line and what to write instead.

mod backup;
mod data_protection;
mod discord;
mod home;
mod log;
mod matrix;
mod numbers;
mod platform;
mod problem;
mod raw;
mod resolve;
mod sample;
mod secret;
pub(crate) mod section;
mod watch;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use policy::{ChannelId, Charter, MemberId};

pub use backup::BackupConfig;
pub use data_protection::{Aim, DataProtection};
pub(crate) use discord::is_discord_id;
pub use discord::{AutoMod, DiscordAccount, DiscordGroup};
pub use log::LogConfig;
pub use matrix::{MatrixAccount, MatrixGroup, MatrixSecret};
pub use platform::Platform;
pub use problem::ConfigProblem;
pub(crate) use problem::choose;
pub use raw::RawConfig;
pub use secret::SecretPlace;

/// The longest configuration file that is read, in bytes.
pub const CONFIG_LEN_MAX: u64 = 1024 * 1024;
/// The longest key of a group, member or channel, in characters.
pub const KEY_LEN_MAX: usize = 32;
/// The longest name of a group or member, and the longest contact, in characters.
pub const NAME_LEN_MAX: usize = 100;

/// The most members of a group in the terminal, and the most channels.
pub const GROUP_LEN_MAX: usize = 1000;

/// A valid configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Where the ledger and its key are kept; none for the system's usual place.
    pub data_dir: Option<PathBuf>,
    /// What is logged, and how.
    pub log: LogConfig,
    /// Where it can be watched, which is on this machine; none when nowhere.
    pub watch: Option<SocketAddr>,
    /// The backups that are taken by themselves; none when none are.
    pub backup: Option<BackupConfig>,
    /// Which wordlists are in force.
    pub wordlists: WordlistConfig,
    /// The accounts on Matrix under which groups are served.
    pub matrix: Vec<MatrixAccount>,
    /// The bots on Discord under which groups are served.
    pub discord: Vec<DiscordAccount>,
    /// The groups that are moderated; at least one.
    pub groups: Vec<GroupConfig>,
}

/// Which wordlists are in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordlistConfig {
    /// Whether the lists that come with Beadle are used.
    pub shipped: bool,
    /// More lists, as TOML.
    pub files: Vec<PathBuf>,
    /// More innocent texts no list may flag, a line each.
    pub guard: Vec<PathBuf>,
}

/// One group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupConfig {
    /// What it has settled for itself; without the words of its notices, which are in files of their own.
    pub charter: Charter,
    /// Where the words of its notices are.
    pub notices: NoticeConfig,
    /// What its data-protection sheet cannot tell from the rest.
    pub data_protection: DataProtection,
    /// Where it is.
    pub home: Home,
}

/// Where a group is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Home {
    /// In the terminal, with what is there when it starts.
    Terminal(TerminalSeed),
    /// On Matrix.
    Matrix(MatrixGroup),
    /// On Discord.
    Discord(DiscordGroup),
}

/// Where the words of a group's notices are; none for those that come with Beadle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeConfig {
    /// Which version they are.
    pub version: u32,
    /// The English ones, in the syntax of Fluent.
    pub english: Option<PathBuf>,
    /// The Welsh ones.
    pub welsh: Option<PathBuf>,
}

/// The places and people of a group in the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TerminalSeed {
    /// Its channels; at least one, the first being where one starts.
    pub channels: Vec<ChannelId>,
    /// Its members, officers included.
    pub members: Vec<Member>,
}

/// Somebody in a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// What names them in commands.
    pub id: MemberId,
    /// The name they go by.
    pub name: String,
}

impl Config {
    /// The configuration in `file`, or the built-in one when there is no file.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn load(file: Option<&Path>) -> Result<Self, Vec<ConfigProblem>> {
        let raw = match file {
            Some(file) => RawConfig::parse(file, &read(file).map_err(|problem| vec![problem])?),
            None => RawConfig::default(),
        };
        Self::resolve(raw)
    }

    /// The valid configuration that `raw` stands for. What the file leaves out has its default.
    ///
    /// # Errors
    /// Everything that is wrong with it, in order of lines.
    pub fn resolve(raw: RawConfig) -> Result<Self, Vec<ConfigProblem>> {
        resolve::resolve(raw)
    }
}

fn read(file: &Path) -> Result<String, ConfigProblem> {
    crate::text_file::read(file, CONFIG_LEN_MAX).map_err(|refusal| ConfigProblem {
        file: file.display().to_string(),
        line: refusal.line,
        key: String::new(),
        what: refusal.what,
        fix: refusal.fix.to_owned(),
    })
}
