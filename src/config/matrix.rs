//! Accounts on Matrix and the groups they serve.

use std::collections::BTreeMap;
use std::path::Path;

use policy::{GroupId, MemberId};

use super::raw::{RawMatrixAccount, RawMatrixGroup};
use super::resolve::Check;
use super::secret::{RawSecret, SecretPlace, one_of};
use super::section::Located;
use super::{GroupConfig, Home};

/// An account on a homeserver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatrixAccount {
    /// What groups name it by; also the name of the folder in which its keys are kept.
    pub id: String,
    /// The homeserver's address, or the name of a server that tells it.
    pub homeserver: String,
    /// The account.
    pub user: String,
    /// Where what it logs in with is.
    pub secret: MatrixSecret,
    /// Where the key is that gives its keys back to a new device.
    pub recovery_key: Option<SecretPlace>,
}

/// What an account logs in with, and where that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MatrixSecret {
    /// Its password.
    Password(SecretPlace),
    /// An access token of a device.
    AccessToken(SecretPlace),
}

/// Where a group is on Matrix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatrixGroup {
    /// The account that serves it, by its id.
    pub account: String,
    /// Its rooms, each as `!id` or `#alias:server`.
    pub rooms: Vec<String>,
    /// The space whose rooms are its rooms as well.
    pub space: Option<String>,
    /// Where officers are told what happens.
    pub management_room: String,
    /// Whether members' private rooms are opened when they come in.
    pub direct_on_join: bool,
}

impl Check {
    pub(super) fn matrix_accounts(
        &mut self,
        raw: Vec<RawMatrixAccount>,
        folder: &Path,
    ) -> Vec<MatrixAccount> {
        let mut accounts: Vec<MatrixAccount> = Vec::new();
        for raw in raw {
            let line = raw.line;
            let Some(account) = self.matrix_account(raw, folder) else { continue };
            if accounts.iter().any(|other| other.id == account.id) {
                let what = format!("`{}` is there twice", account.id);
                self.report(line, "matrix.id", what, "give one of them another id");
            } else {
                accounts.push(account);
            }
        }
        accounts
    }

    fn matrix_account(&mut self, raw: RawMatrixAccount, folder: &Path) -> Option<MatrixAccount> {
        let line = raw.line;
        let id = self.key("matrix.id", raw.id, line, Some);
        let homeserver = self.homeserver(raw.homeserver, line);
        let user = self.required("matrix.user", raw.user, line);
        let user = user.and_then(|user| self.matrix_localpart(user));
        let secret = self.secret(raw.password, raw.access_token, line, folder);
        let recovery_key = self.optional_secret("matrix.recovery_key", raw.recovery_key, line, folder);
        Some(MatrixAccount { id: id?, homeserver: homeserver?, user: user?, secret: secret?, recovery_key })
    }

    fn homeserver(&mut self, raw: Option<Located<String>>, line: Option<usize>) -> Option<String> {
        let raw = self.required("matrix.homeserver", raw, line)?;
        self.address(
            "matrix.homeserver",
            &raw,
            "https://matrix.example.org, or a server's name, such as example.org",
        )
    }

    /// Where something is that secrets are sent to.
    pub(super) fn address(&mut self, key: &str, raw: &Located<String>, such_as: &str) -> Option<String> {
        let place = raw.value.trim_end_matches('/');
        let name = place.strip_prefix("https://").or_else(|| place.strip_prefix("http://")).unwrap_or(place);
        let named =
            |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']' | '/' | '_');
        if name.is_empty() || !name.chars().all(named) {
            let fix = format!("write its address, such as {such_as}");
            self.report(raw.line, key, "it is no address of a server", fix);
            return None;
        }
        // What is sent there includes the password.
        if place.starts_with("http://") && !is_loopback(name) {
            let fix = "write https://; http:// is for a server on this machine";
            self.report(raw.line, key, "anybody on the way could read what is sent", fix);
            return None;
        }
        Some(place.to_owned())
    }

    fn matrix_localpart(&mut self, raw: Located<String>) -> Option<String> {
        if raw.value.starts_with('@') {
            return self.matrix_user("matrix.user", &raw).map(|user| user.as_str().to_owned());
        }
        if raw.value.is_empty() || raw.value.chars().any(|c| c.is_whitespace() || c == ':') {
            let fix = "write its name, such as beadle, or @beadle:example.org";
            self.report(raw.line, "matrix.user", "it is no account", fix);
            return None;
        }
        Some(raw.value)
    }

    /// An account as Matrix names it.
    pub(super) fn matrix_user(&mut self, key: &str, raw: &Located<String>) -> Option<MemberId> {
        let parts = raw.value.strip_prefix('@').and_then(|rest| rest.split_once(':'));
        let good = parts.is_some_and(|(name, server)| !name.is_empty() && !server.is_empty())
            && !raw.value.contains(char::is_whitespace);
        let member = MemberId::new(raw.value.as_str()).filter(|_| good);
        if member.is_none() {
            let what = format!("`{}` is no account on Matrix", raw.value);
            self.report(raw.line, key, what, "write it in full, such as @alice:example.org");
        }
        member
    }

    fn secret(
        &mut self,
        password: RawSecret,
        access_token: RawSecret,
        line: Option<usize>,
        folder: &Path,
    ) -> Option<MatrixSecret> {
        let passwords = self.secret_places("matrix.password", password, folder);
        let tokens = self.secret_places("matrix.access_token", access_token, folder);
        let passwords = passwords.into_iter().map(MatrixSecret::Password);
        let mut all: Vec<_> = passwords.chain(tokens.into_iter().map(MatrixSecret::AccessToken)).collect();
        if all.len() == 1 {
            return all.pop();
        }
        let what = match all.len() {
            0 => "nothing says what it logs in with",
            _ => "it logs in with one thing only, and there are several",
        };
        let fix = format!("write one of {}, {}", one_of("password"), one_of("access_token"));
        self.report(line, "matrix", what, fix);
        None
    }

    pub(super) fn matrix_group(
        &mut self,
        raw: Option<RawMatrixGroup>,
        line: Option<usize>,
    ) -> Option<MatrixGroup> {
        let Some(raw) = raw else {
            let fix = "write a [groups.matrix] table with account, rooms and management_room";
            self.report(line, "groups.matrix", "nothing says where the group is", fix);
            return None;
        };
        let line = raw.line;
        let account = self.required("groups.matrix.account", raw.account, line)?.value;
        let mut rooms = Vec::new();
        for written in &raw.rooms {
            rooms.extend(self.room("groups.matrix.rooms", written));
        }
        let space = raw.space.filter(|space| !space.value.is_empty());
        let space = space.and_then(|space| self.room("groups.matrix.space", &space));
        if raw.rooms.is_empty() && space.is_none() {
            let what = "there is no room to look after";
            self.report(line, "groups.matrix.rooms", what, "name its rooms, or its space");
        }
        let management = self.required("groups.matrix.management_room", raw.management_room, line)?;
        let management_room = self.room("groups.matrix.management_room", &management)?;
        if rooms.contains(&management_room) {
            let what = "members would read what officers are told";
            self.report(
                management.line,
                "groups.matrix.management_room",
                what,
                "name a room of the officers' own",
            );
        }
        let direct_on_join = raw.direct_on_join.is_some_and(|written| written.value);
        Some(MatrixGroup { account, rooms, space, management_room, direct_on_join })
    }

    fn room(&mut self, key: &str, raw: &Located<String>) -> Option<String> {
        let room = raw.value.as_str();
        let good = (room.starts_with('!') && room.len() > 1)
            || room
                .strip_prefix('#')
                .and_then(|alias| alias.split_once(':'))
                .is_some_and(|(name, server)| !name.is_empty() && !server.is_empty());
        if !good || room.contains(char::is_whitespace) {
            let fix = "write its id, such as !abc:example.org, or an address, such as #tea:example.org";
            self.report(raw.line, key, format!("`{room}` is no room"), fix);
            return None;
        }
        Some(room.to_owned())
    }

    /// Every group has its account, every account a group, and no room is two groups'.
    pub(super) fn matrix_together(&mut self, accounts: &[MatrixAccount], groups: &[GroupConfig]) {
        let mut rooms: BTreeMap<&str, &GroupId> = BTreeMap::new();
        for group in groups {
            let Home::Matrix(matrix) = &group.home else { continue };
            if accounts.iter().all(|account| account.id != matrix.account) {
                let what = format!("there is no account `{}`", matrix.account);
                self.report(None, "groups.matrix.account", what, "name the id of a [[matrix]] table");
            }
            let all = matrix.rooms.iter().chain(&matrix.space).chain([&matrix.management_room]);
            for room in all {
                let first = rooms.insert(room, &group.charter.group);
                if first.is_some_and(|first| *first != group.charter.group) {
                    let what = format!("`{room}` is another group's as well");
                    self.report(None, "groups.matrix.rooms", what, "leave it to one of them");
                }
            }
        }
        for account in accounts {
            let serves = groups
                .iter()
                .any(|group| matches!(&group.home, Home::Matrix(matrix) if matrix.account == account.id));
            if !serves {
                let what = format!("`{}` serves no group", account.id);
                self.report(None, "matrix.id", what, "name it in a group's [groups.matrix], or remove it");
            }
        }
    }
}

fn is_loopback(place: &str) -> bool {
    let host = place.split('/').next().unwrap_or(place);
    let host = host
        .strip_prefix('[')
        .and_then(|rest| rest.split(']').next())
        .unwrap_or_else(|| host.rsplit_once(':').map_or(host, |(host, _port)| host));
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}
