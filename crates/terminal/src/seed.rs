//! Who and what there is when the group is started: given by the configuration, checked here.

use chrono_tz::Tz;
use policy::{ChannelId, GroupId, MemberId};

/// The most members or channels a group in the terminal has.
pub const SEED_LEN_MAX: usize = 1000;

/// What the bot is called in the transcript; no member can be called so.
pub(crate) const BOT: &str = "beadle";

/// The channel in which new names are handed in; nobody posts there.
pub(crate) const NAMES_CHANNEL: &str = "names";

/// Words of the grammar that cannot be names.
const RESERVED: [&str; 4] = ["as", "exit", "quit", BOT];

/// A group as it is configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seed {
    /// Its key in the configuration.
    pub group: GroupId,
    /// What members call it.
    pub name: String,
    /// Where its days begin and end.
    pub zone: Tz,
    /// Its channels without `#`; what a member says goes to the first unless another is named.
    pub channels: Vec<ChannelId>,
    /// Its members, officers among them.
    pub members: Vec<SeedMember>,
    /// Those of them who can be at the prompt for commands; the first is, to begin with.
    pub officers: Vec<MemberId>,
}

/// A member as configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeedMember {
    /// What is typed to speak as them.
    pub id: MemberId,
    /// The name of their account, by which they go until they take another.
    pub account_name: String,
}

/// Why a group cannot be started.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SeedError {
    /// Nobody could say anything anywhere.
    #[error(
        "the group needs at least one channel, one member and one officer, and at most {SEED_LEN_MAX} of each"
    )]
    Size,
    /// An id that the grammar could not read back.
    #[error(
        "`{0}` cannot be typed as a name: use letters, digits, - _ and . only, and not as, exit, quit, beadle or, \
         for a channel, names"
    )]
    Untypeable(String),
    /// The same id twice, upper and lower case not told apart.
    #[error("`{0}` is there twice")]
    Twice(String),
    /// An officer who is no member.
    #[error("the officer `{0}` is not among the members")]
    NotAMember(String),
}

impl Seed {
    /// Checks that everybody and everything can be typed and told apart.
    ///
    /// # Errors
    /// The first problem there is.
    pub fn check(&self) -> Result<(), SeedError> {
        for len in [self.channels.len(), self.members.len(), self.officers.len()] {
            if !(1..=SEED_LEN_MAX).contains(&len) {
                return Err(SeedError::Size);
            }
        }
        let channels: Vec<&str> = self.channels.iter().map(ChannelId::as_str).collect();
        let members: Vec<&str> = self.members.iter().map(|member| member.id.as_str()).collect();
        check_names(&channels, &[NAMES_CHANNEL])?;
        check_names(&members, &RESERVED)?;
        let stranger = self.officers.iter().find(|officer| self.account_name(officer).is_none());
        stranger.map_or(Ok(()), |stranger| Err(SeedError::NotAMember(stranger.as_str().to_owned())))
    }

    pub(crate) fn account_name(&self, id: &MemberId) -> Option<&str> {
        self.members.iter().find(|member| member.id == *id).map(|member| member.account_name.as_str())
    }

    /// The member somebody typed, upper and lower case not told apart.
    pub(crate) fn find_member(&self, typed: &str) -> Option<&MemberId> {
        self.members.iter().map(|member| &member.id).find(|id| id.as_str().eq_ignore_ascii_case(typed))
    }

    pub(crate) fn find_channel(&self, typed: &str) -> Option<&ChannelId> {
        self.channels.iter().find(|id| id.as_str().eq_ignore_ascii_case(typed))
    }

    pub(crate) fn members_listed(&self) -> String {
        let names: Vec<&str> = self.members.iter().map(|member| member.id.as_str()).collect();
        names.join(", ")
    }

    pub(crate) fn officers_listed(&self) -> String {
        let names: Vec<&str> = self.officers.iter().map(MemberId::as_str).collect();
        names.join(", ")
    }

    pub(crate) fn channels_listed(&self) -> String {
        let names: Vec<String> = self.channels.iter().map(|id| format!("#{}", id.as_str())).collect();
        names.join(", ")
    }
}

fn check_names(names: &[&str], reserved: &[&str]) -> Result<(), SeedError> {
    for (index, name) in names.iter().enumerate() {
        let typeable = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
        let starts_well = name.starts_with(char::is_alphanumeric);
        if !typeable || !starts_well || reserved.iter().any(|word| word.eq_ignore_ascii_case(name)) {
            return Err(SeedError::Untypeable((*name).to_owned()));
        }
        if names[..index].iter().any(|earlier| earlier.eq_ignore_ascii_case(name)) {
            return Err(SeedError::Twice((*name).to_owned()));
        }
    }
    Ok(())
}
