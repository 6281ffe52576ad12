//! What a sheet is about: one group, as it is configured and as its officers settled it, in words.

use ledger::{BACKUP_DAYS_MAX, Settings};
use policy::{Charter, Mode, Policy, Procedure, Role};

use super::stored::{On, STORED, Stored};
use super::{Count, GAP, days};
use crate::config::{Aim, AutoMod, Config, GroupConfig, Home};

/// One group as it is configured, and what its officers settled, where there is a record of that.
pub(super) struct Facts<'a> {
    config: &'a Config,
    group: &'a GroupConfig,
    settled: Option<&'a Settings>,
}

impl<'a> Facts<'a> {
    pub(super) fn new(config: &'a Config, group: &'a GroupConfig, settled: Option<&'a Settings>) -> Self {
        Self { config, group, settled }
    }

    /// Whether it is known what officers settled; otherwise it is told as the configuration has it.
    pub(super) fn is_on_record(&self) -> bool {
        self.settled.is_some()
    }

    /// Whether the bot acts.
    pub(super) fn mode(&self) -> Mode {
        self.in_force().0
    }

    /// What becomes of which words.
    pub(super) fn policy(&self) -> &'a Policy {
        self.in_force().1
    }

    fn in_force(&self) -> (Mode, &'a Policy) {
        let charter = self.charter();
        self.settled.map_or((charter.mode, &charter.policy), |settled| settled.over(charter))
    }

    pub(super) fn charter(&self) -> &'a Charter {
        &self.group.charter
    }

    pub(super) fn procedure(&self) -> &'a Procedure {
        &self.group.charter.procedure
    }

    pub(super) fn name(&self) -> String {
        plain(&self.charter().name)
    }

    pub(super) fn contact(&self) -> String {
        plain(&self.charter().contact)
    }

    pub(super) fn external_body(&self) -> String {
        plain(&self.charter().external_body)
    }

    pub(super) fn controller(&self) -> String {
        or_gap(self.group.data_protection.controller.as_deref())
    }

    pub(super) fn address(&self) -> String {
        or_gap(self.group.data_protection.address.as_deref())
    }

    pub(super) fn lead(&self) -> String {
        or_gap(self.group.data_protection.lead.as_deref())
    }

    pub(super) fn has_lead(&self) -> Option<String> {
        self.group.data_protection.lead.as_deref().map(plain)
    }

    pub(super) fn registration(&self) -> String {
        or_gap(self.group.data_protection.registration.as_deref())
    }

    pub(super) fn machine(&self) -> String {
        or_gap(self.group.data_protection.machine.as_deref())
    }

    pub(super) fn aim(&self) -> Option<Aim> {
        self.group.data_protection.aim
    }

    pub(super) fn on(&self) -> On {
        match self.group.home {
            Home::Terminal(_) => On::Terminal,
            Home::Matrix(_) => On::Matrix,
            Home::Discord(_) => On::Discord,
        }
    }

    /// What the server's own filter stops of the group's words, where it has one.
    pub(super) fn automod(&self) -> AutoMod {
        match &self.group.home {
            Home::Discord(home) => home.automod,
            Home::Terminal(_) | Home::Matrix(_) => AutoMod::Off,
        }
    }

    /// Where the group is.
    pub(super) fn place(&self) -> String {
        match &self.group.home {
            Home::Terminal(_) => "a terminal of this machine, to try the program out".to_owned(),
            Home::Discord(home) => format!("Discord, server {}", plain(&home.server)),
            Home::Matrix(home) => {
                let account = self.config.matrix.iter().find(|account| account.id == home.account);
                let server = account.map_or_else(|| GAP.to_owned(), |account| plain(&account.homeserver));
                let places = home.rooms.len() + usize::from(home.space.is_some());
                format!("Matrix, through the homeserver {server} (rooms or spaces named: {places})")
            }
        }
    }

    /// Which backups are taken, and for how long they are kept.
    pub(super) fn backups(&self) -> String {
        match &self.config.backup {
            Some(backup) => format!(
                "Taken by the program each day, into a directory of the machine, encrypted: the newest of each of {} and {} is \
                 kept, none longer than {} but the newest of all, which stays until the next is taken. Where else they \
                 are brought, and who has their key: {GAP}.",
                days(backup.kept.days),
                Count(backup.kept.weeks.into(), "week"),
                Count(BACKUP_DAYS_MAX, "day")
            ),
            None => format!(
                "The program takes none by itself. Taken otherwise: where {GAP}, and for how long {GAP}."
            ),
        }
    }

    /// How many days a backup is kept at most, as long as new ones are taken; nothing where the program takes none.
    pub(super) fn backup_days(&self) -> Option<i64> {
        self.config.backup.as_ref().map(|_| BACKUP_DAYS_MAX)
    }

    /// How many there are for each office.
    pub(super) fn officers(&self) -> String {
        let roster = &self.charter().roster;
        let may = |role: Role| roster.holders(role).count();
        format!(
            "{} accounts hold an office: {} may do what a moderator does, {} what an admin does, {} what the Secretary \
             does, {} are on the Executive",
            roster.officers().count(),
            may(Role::Moderator),
            may(Role::Admin),
            may(Role::Secretary),
            may(Role::Executive)
        )
    }

    /// What is kept of this group, apart from what names nobody.
    pub(super) fn stored(&self) -> impl Iterator<Item = (&'static Stored, &'static str)> {
        let on = self.on();
        let here = move |stored: &&Stored| stored.only_on.is_none_or(|only| only == on);
        STORED.iter().filter(here).filter_map(|stored| stored.about.map(|about| (stored, about)))
    }
}

fn or_gap(text: Option<&str>) -> String {
    text.map_or_else(|| GAP.to_owned(), plain)
}

/// A text from the configuration, in which nothing is typed as it stands.
fn plain(text: &str) -> String {
    text.replace('`', "'")
}
