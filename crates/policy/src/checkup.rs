//! Whether everything is in place that a group needs: what is looked at, how it stands, and when its officers hear of it.
//!
//! They are told when something stops being right, when it is wrong at the first look, and once more when it is right
//! again. What only calls for attention when it is looked at first may be meant so, and is left to whoever asks the doctor.

use crate::finding::words;

/// Something that is looked at. Its word stays what it is: programs of others may go by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Check {
    /// The configuration can be used.
    Configuration,
    /// The wordlists can be used together.
    Wordlists,
    /// This build knows the platforms that are configured.
    Platforms,
    /// Nobody else can read what holds a secret, and the bot can.
    Secrets,
    /// Nobody else can read what the bot keeps.
    Files,
    /// There is room on the disk.
    Disk,
    /// The clock can be believed.
    Clock,
    /// The record can be opened.
    Record,
    /// SQLite is new enough, and set up as the record relies on.
    Sqlite,
    /// The record is not damaged.
    Integrity,
    /// The key is the one of the record.
    Key,
    /// Backups are taken.
    Backups,
    /// The key of backups can be read.
    BackupKey,
    /// The last backup is not old.
    BackupAge,
    /// The last backup can be opened, and is whole.
    BackupOpens,
    /// The record waits for nobody since it was put back from a backup.
    PutBack,
    /// No letter waits to be served by hand.
    Unserved,
    /// No letter has waited for long to be delivered.
    Undelivered,
    /// The platform refuses nothing that is to be done.
    Deeds,
    /// Posts that wait for somebody to look were looked at in time.
    Reviews,
    /// Appeals were decided in time.
    Appeals,
    /// The Executive decided in time.
    Executive,
    /// Reports were answered in time.
    Reports,
    /// Proposals were signed or declined in time.
    Proposals,
    /// Suspensions ended on their day.
    Suspensions,
    /// Requests to erase were answered in time.
    Requests,
    /// What falls due happens.
    Deadlines,
    /// The filter takes posts away by itself: not so much went at once that it is left to people.
    Breaker,
    /// It can be tried whether the bot hears the group.
    Canary,
    /// A group in the terminal needs nothing.
    Terminal,
    /// Discord knows the bot's token.
    DiscordToken,
    /// What has to be switched on in the developer portal is.
    DiscordIntents,
    /// How the bot is invited.
    DiscordInvitation,
    /// The bot is in the server.
    DiscordServer,
    /// The channels that are configured are there.
    DiscordChannels,
    /// The role of the suspended is there.
    DiscordRole,
    /// The bot may do what it has to.
    DiscordPermissions,
    /// The bot ranks above the members.
    DiscordRanks,
    /// The server asks nobody for two factors.
    DiscordTwoFactors,
    /// There is a channel to invite people back into.
    DiscordWelcome,
    /// The server's own filter stops what it is to stop.
    DiscordAutoMod,
    /// What members write arrives.
    DiscordWords,
    /// The officers are in the server.
    DiscordOfficers,
    /// Officers are shown their commands.
    DiscordCommands,
    /// The homeserver knows the session.
    MatrixSession,
    /// Members' clients trust the bot's device.
    MatrixDevice,
    /// The keys of rooms are backed up on the homeserver.
    MatrixBackup,
    /// The bot's keys can be given back.
    MatrixRecovery,
    /// The homeserver lets the bot send as fast as it needs to.
    MatrixLimits,
    /// The bot is in the room.
    MatrixRooms,
    /// The room is encrypted.
    MatrixEncryption,
    /// The bot has the power it needs.
    MatrixPowers,
}

words!(Check {
    Configuration = "config.file",
    Wordlists = "config.wordlists",
    Platforms = "config.platforms",
    Secrets = "machine.secrets",
    Files = "machine.files",
    Disk = "machine.disk",
    Clock = "machine.clock",
    Record = "record.opens",
    Sqlite = "record.sqlite",
    Integrity = "record.integrity",
    Key = "record.key",
    Backups = "backup.configured",
    BackupKey = "backup.key",
    BackupAge = "backup.age",
    BackupOpens = "backup.opens",
    PutBack = "record.put_back",
    Unserved = "letters.unserved",
    Undelivered = "letters.undelivered",
    Deeds = "deeds.refused",
    Reviews = "overdue.reviews",
    Appeals = "overdue.appeals",
    Executive = "overdue.executive",
    Reports = "overdue.reports",
    Proposals = "overdue.proposals",
    Suspensions = "overdue.suspensions",
    Requests = "overdue.requests",
    Deadlines = "overdue.deadlines",
    Breaker = "filter.breaker",
    Canary = "hearing.canary",
    Terminal = "terminal.group",
    DiscordToken = "discord.token",
    DiscordIntents = "discord.intents",
    DiscordInvitation = "discord.invitation",
    DiscordServer = "discord.server",
    DiscordChannels = "discord.channels",
    DiscordRole = "discord.suspension_role",
    DiscordPermissions = "discord.permissions",
    DiscordRanks = "discord.role_order",
    DiscordTwoFactors = "discord.two_factors",
    DiscordWelcome = "discord.welcome_channel",
    DiscordAutoMod = "discord.automod",
    DiscordWords = "discord.content",
    DiscordOfficers = "discord.officers",
    DiscordCommands = "discord.commands",
    MatrixSession = "matrix.session",
    MatrixDevice = "matrix.cross_signing",
    MatrixBackup = "matrix.key_backup",
    MatrixRecovery = "matrix.recovery",
    MatrixLimits = "matrix.limits",
    MatrixRooms = "matrix.rooms",
    MatrixEncryption = "matrix.encryption",
    MatrixPowers = "matrix.power_levels",
});

impl Check {
    /// Whether officers hear of it in a way of its own, when it happens or falls due, so that it is not told them again for
    /// having been looked at.
    pub fn is_told_elsewhere(self) -> bool {
        match self {
            // A program with such a configuration does not start.
            Self::Configuration | Self::Platforms | Self::Terminal | Self::DiscordInvitation => true,
            // A clock is told of when it is doubted, and a damaged record ends the program.
            Self::Clock | Self::Record | Self::Sqlite | Self::Integrity | Self::Key | Self::PutBack => true,
            // What falls due is told when it does, what is refused when it is, and that too much went when it did.
            Self::Unserved
            | Self::Deeds
            | Self::Reviews
            | Self::Appeals
            | Self::Executive
            | Self::Reports
            | Self::Proposals
            | Self::Suspensions
            | Self::Requests
            | Self::Deadlines
            | Self::Breaker => true,
            // That a group is not heard, and what the bot may not do, is told when it is so.
            Self::DiscordToken
            | Self::DiscordIntents
            | Self::DiscordServer
            | Self::DiscordPermissions
            | Self::DiscordRanks
            | Self::DiscordWords
            | Self::MatrixSession
            | Self::MatrixRooms
            | Self::MatrixPowers => true,
            Self::Wordlists
            | Self::Secrets
            | Self::Files
            | Self::Disk
            | Self::Backups
            | Self::BackupKey
            | Self::BackupAge
            | Self::BackupOpens
            | Self::Undelivered
            | Self::Canary
            | Self::DiscordChannels
            | Self::DiscordRole
            | Self::DiscordTwoFactors
            | Self::DiscordWelcome
            | Self::DiscordAutoMod
            | Self::DiscordOfficers
            | Self::DiscordCommands
            | Self::MatrixDevice
            | Self::MatrixBackup
            | Self::MatrixRecovery
            | Self::MatrixLimits
            | Self::MatrixEncryption => false,
        }
    }
}

/// How something stands. The worse, the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Standing {
    /// As it should.
    Right,
    /// It may be meant so, or become wrong: people should know of it.
    Attention,
    /// The bot does not do what it is there for, or soon will not.
    Wrong,
}

words!(Standing { Right = "right", Attention = "attention", Wrong = "wrong" });

/// What is known of something from one look to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Watched {
    /// How it stood when it was looked at last.
    pub standing: Standing,
    /// The worst of which officers were told since it was last right; right where they know of nothing.
    pub known: Standing,
}

impl Watched {
    /// What is known of something after it was found to stand so, and whether officers are to be told.
    pub fn after(before: Option<Self>, now: Standing) -> (Self, bool) {
        let known = before.map_or(Standing::Right, |before| before.known);
        let is_news = match now {
            Standing::Right => known > Standing::Right,
            // What was never otherwise may be meant so.
            Standing::Attention => {
                known == Standing::Right && before.is_some_and(|before| before.standing == Standing::Right)
            }
            Standing::Wrong => known < Standing::Wrong,
        };
        let known = if is_news { now } else { known };
        (Self { standing: now, known }, is_news)
    }
}

#[cfg(test)]
mod tests {
    use super::Standing::{Attention, Right, Wrong};
    use super::*;

    /// What officers are told of, when something is found so, look by look.
    fn told(looks: &[Standing]) -> Vec<(usize, Standing)> {
        let mut watched = None;
        let mut told = Vec::new();
        for (nth, now) in looks.iter().enumerate() {
            let (after, is_news) = Watched::after(watched, *now);
            assert_eq!(after.standing, *now);
            watched = Some(after);
            if is_news {
                told.push((nth, *now));
            }
        }
        told
    }

    /// What is found, look by look, and at which of them what is told.
    type Looks = (&'static [Standing], &'static [(usize, Standing)]);

    #[test]
    fn officers_hear_of_what_stops_being_right_and_once_more_when_it_is_again() {
        let rows: [Looks; 11] = [
            (&[Right, Right], &[]),
            (&[Wrong, Wrong, Wrong], &[(0, Wrong)]),
            (&[Wrong, Right, Right], &[(0, Wrong), (1, Right)]),
            (&[Right, Wrong, Right, Wrong], &[(1, Wrong), (2, Right), (3, Wrong)]),
            // It may be meant so.
            (&[Attention, Attention, Right], &[]),
            (&[Attention, Wrong, Attention, Right], &[(1, Wrong), (3, Right)]),
            (&[Right, Attention, Attention, Right], &[(1, Attention), (3, Right)]),
            (&[Right, Attention, Wrong, Right], &[(1, Attention), (2, Wrong), (3, Right)]),
            // What is wrong and then a little better is not told of again when it is wrong again.
            (&[Wrong, Attention, Wrong, Attention], &[(0, Wrong)]),
            (&[Attention, Right, Attention], &[(2, Attention)]),
            (&[Right, Wrong, Attention, Right, Attention], &[(1, Wrong), (3, Right), (4, Attention)]),
        ];
        for (looks, want) in rows {
            assert_eq!(told(looks), want, "{looks:?}");
        }
    }

    #[test]
    fn every_check_has_a_name_of_its_own() {
        let names: std::collections::BTreeSet<_> = Check::ALL.iter().map(|check| check.word()).collect();
        assert_eq!(names.len(), Check::ALL.len());
        for name in names {
            assert!(
                name.split('.').count() == 2 && !name.contains(|c: char| c.is_uppercase() || c == ' '),
                "{name}"
            );
        }
    }
}
