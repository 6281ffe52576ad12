//! The configuration as it is written in the file.

use std::path::{Path, PathBuf};

use super::numbers::{FLAGS, Flag, NUMBERS, Number};
use super::problem::ConfigProblem;
use super::secret::RawSecret;
use super::section::{Located, Section, Source};

/// The configuration as it is written in the file: nothing is checked but that each value is of the type it
/// should be. Mistakes met on the way are kept for [`super::Config::resolve`], which reports them with its own.
#[derive(Debug, Clone, Default)]
pub struct RawConfig {
    pub(super) file: String,
    pub(super) folder: PathBuf,
    pub(super) data_dir: Option<Located<String>>,
    pub(super) log: RawLog,
    pub(super) watch: RawWatch,
    pub(super) backup: RawBackup,
    pub(super) wordlists: RawWordlists,
    pub(super) matrix: Vec<RawMatrixAccount>,
    pub(super) discord: Vec<RawDiscordAccount>,
    pub(super) groups: Option<Vec<RawGroup>>,
    pub(super) problems: Vec<ConfigProblem>,
    unset: Vec<String>,
}

/// What is logged, and how.
#[derive(Debug, Clone, Default)]
pub(super) struct RawLog {
    pub(super) level: Option<Located<String>>,
    pub(super) format: Option<Located<String>>,
}

/// Where it can be watched.
#[derive(Debug, Clone, Default)]
pub(super) struct RawWatch {
    pub(super) address: Option<Located<String>>,
}

/// Backups that are taken by themselves.
#[derive(Debug, Clone, Default)]
pub(super) struct RawBackup {
    pub(super) line: Option<usize>,
    pub(super) directory: Option<Located<String>>,
    pub(super) key: RawSecret,
    pub(super) daily: Option<Located<i64>>,
    pub(super) weekly: Option<Located<i64>>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct RawWordlists {
    pub(super) shipped: Option<Located<bool>>,
    pub(super) files: Vec<Located<String>>,
    pub(super) guard: Vec<Located<String>>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct RawGroup {
    pub(super) line: Option<usize>,
    pub(super) id: Option<Located<String>>,
    pub(super) name: Option<Located<String>>,
    pub(super) platform: Option<Located<String>>,
    pub(super) time_zone: Option<Located<String>>,
    pub(super) mode: Option<Located<String>>,
    pub(super) contact: Option<Located<String>>,
    pub(super) channels: Option<Vec<Located<String>>>,
    pub(super) matrix: Option<RawMatrixGroup>,
    pub(super) discord: Option<RawDiscordGroup>,
    pub(super) members: Option<Vec<RawMember>>,
    pub(super) officers: Option<Vec<RawOfficer>>,
    pub(super) policy: RawPolicy,
    pub(super) external_body: Option<Located<String>>,
    pub(super) welcome: Option<Located<bool>>,
    pub(super) hearing_before_warning: Option<Located<bool>>,
    pub(super) numbers: RawNumbers,
    pub(super) duties: RawDuties,
    pub(super) rules: Option<Located<Vec<RawRule>>>,
    pub(super) notices: RawNotices,
    pub(super) data_protection: RawDataProtection,
}

/// An account on a Matrix homeserver.
#[derive(Debug, Clone)]
pub(super) struct RawMatrixAccount {
    pub(super) line: Option<usize>,
    pub(super) id: Option<Located<String>>,
    pub(super) homeserver: Option<Located<String>>,
    pub(super) user: Option<Located<String>>,
    pub(super) password: RawSecret,
    pub(super) access_token: RawSecret,
    pub(super) recovery_key: RawSecret,
}

/// Where a group is on Matrix.
#[derive(Debug, Clone)]
pub(super) struct RawMatrixGroup {
    pub(super) line: Option<usize>,
    pub(super) account: Option<Located<String>>,
    pub(super) rooms: Vec<Located<String>>,
    pub(super) space: Option<Located<String>>,
    pub(super) management_room: Option<Located<String>>,
    pub(super) direct_on_join: Option<Located<bool>>,
}

/// An application's bot on Discord.
#[derive(Debug, Clone)]
pub(super) struct RawDiscordAccount {
    pub(super) line: Option<usize>,
    pub(super) id: Option<Located<String>>,
    pub(super) token: RawSecret,
    pub(super) api: Option<Located<String>>,
}

/// Where a group is on Discord.
#[derive(Debug, Clone)]
pub(super) struct RawDiscordGroup {
    pub(super) line: Option<usize>,
    pub(super) account: Option<Located<String>>,
    pub(super) server: Option<Located<String>>,
    pub(super) officers_channel: Option<Located<String>>,
    pub(super) private_channel: Option<Located<String>>,
    pub(super) suspension: Option<Located<String>>,
    pub(super) automod: Option<Located<String>>,
    pub(super) suspension_role: Option<Located<String>>,
    pub(super) welcome_channel: Option<Located<String>>,
}

#[derive(Debug, Clone)]
pub(super) struct RawMember {
    pub(super) line: Option<usize>,
    pub(super) id: Option<Located<String>>,
    pub(super) name: Option<Located<String>>,
}

#[derive(Debug, Clone)]
pub(super) struct RawOfficer {
    pub(super) line: Option<usize>,
    pub(super) member: Option<Located<String>>,
    pub(super) roles: Option<Vec<Located<String>>>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct RawPolicy {
    pub(super) preset: Option<Located<String>>,
    pub(super) exceptions: Vec<(String, Located<String>)>,
}

/// The numbers of the procedure as they are written, in the order of [`NUMBERS`], and what is on or off beside them.
#[derive(Debug, Clone, Default)]
pub(super) struct RawNumbers {
    pub(super) numbers: Vec<(&'static Number, Located<i64>)>,
    pub(super) flags: Vec<(&'static Flag, Located<bool>)>,
}

impl RawNumbers {
    /// Where a number is written, if it is.
    pub(super) fn line_of(&self, section: &str, key: &str) -> Option<Option<usize>> {
        let mut numbers = self.numbers.iter();
        numbers.find(|(number, _)| number.section == section && number.key == key).map(|(_, it)| it.line)
    }
}

#[derive(Debug, Clone, Default)]
pub(super) struct RawDuties {
    pub(super) alternate: Option<Located<String>>,
    pub(super) safeguarding: Option<Located<String>>,
    pub(super) legal: Option<Located<String>>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct RawNotices {
    pub(super) version: Option<Located<i64>>,
    pub(super) english: Option<Located<String>>,
    pub(super) welsh: Option<Located<String>>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct RawDataProtection {
    pub(super) controller: Option<Located<String>>,
    pub(super) address: Option<Located<String>>,
    pub(super) lead: Option<Located<String>>,
    pub(super) registration: Option<Located<String>>,
    pub(super) aim: Option<Located<String>>,
    pub(super) machine: Option<Located<String>>,
}

#[derive(Debug, Clone)]
pub(super) struct RawRule {
    pub(super) line: Option<usize>,
    pub(super) code: Option<Located<String>>,
    pub(super) title: Option<Located<String>>,
    pub(super) text: Option<Located<String>>,
    pub(super) version: Option<Located<i64>>,
    pub(super) verdict: Option<Located<String>>,
}

impl RawConfig {
    /// Reads `text`, which came from `file`. The folder of the file is where relative paths in it start.
    pub fn parse(file: &Path, text: &str) -> Self {
        let name = file.display().to_string();
        let (raw, leftovers) = Source::new(&name, text).read(read_config);
        let folder = file.parent().unwrap_or(Path::new("")).to_owned();
        let (problems, unset) = (leftovers.problems, leftovers.unset);
        Self { file: name.clone(), folder, problems, unset, ..raw.unwrap_or_default() }
    }

    /// The options the file does not set, from the top of the file: `groups.periods.strike_months`.
    pub fn unset(&self) -> &[String] {
        &self.unset
    }
}

fn read_config(mut top: Section<'_>) -> RawConfig {
    let raw = RawConfig {
        data_dir: top.text("data_dir"),
        log: top.section("log").map(read_log).unwrap_or_default(),
        watch: top.section("watch").map(read_watch).unwrap_or_default(),
        backup: top.section("backup").map(read_backup).unwrap_or_default(),
        wordlists: top.section("wordlists").map(read_wordlists).unwrap_or_default(),
        matrix: top
            .sections("matrix")
            .map(|all| all.value.into_iter().map(read_matrix_account).collect())
            .unwrap_or_default(),
        discord: top
            .sections("discord")
            .map(|all| all.value.into_iter().map(read_discord_account).collect())
            .unwrap_or_default(),
        groups: top.sections("groups").map(|all| all.value.into_iter().map(read_group).collect()),
        ..RawConfig::default()
    };
    top.finish();
    raw
}

fn read_log(mut section: Section<'_>) -> RawLog {
    let raw = RawLog { level: section.text("level"), format: section.text("format") };
    section.finish();
    raw
}

fn read_watch(mut section: Section<'_>) -> RawWatch {
    let raw = RawWatch { address: section.text("address") };
    section.finish();
    raw
}

fn read_backup(mut section: Section<'_>) -> RawBackup {
    let raw = RawBackup {
        line: section.line(),
        directory: section.text("directory"),
        key: RawSecret::read(&mut section, ["key_file", "key_credential", "key_env"]),
        daily: section.number("daily"),
        weekly: section.number("weekly"),
    };
    section.finish();
    raw
}

fn read_wordlists(mut section: Section<'_>) -> RawWordlists {
    let raw = RawWordlists {
        shipped: section.flag("shipped"),
        files: section.texts("files").unwrap_or_default(),
        guard: section.texts("guard").unwrap_or_default(),
    };
    section.finish();
    raw
}

fn read_group(mut section: Section<'_>) -> RawGroup {
    let raw = RawGroup {
        line: section.line(),
        id: section.text("id"),
        name: section.text("name"),
        platform: section.text("platform"),
        time_zone: section.text("time_zone"),
        mode: section.text("mode"),
        contact: section.text("contact"),
        channels: section.texts("channels"),
        matrix: section.section("matrix").map(read_matrix_group),
        discord: section.section("discord").map(read_discord_group),
        members: section.sections("members").map(|all| all.value.into_iter().map(read_member).collect()),
        officers: section.sections("officers").map(|all| all.value.into_iter().map(read_officer).collect()),
        policy: section.section("policy").map(read_policy).unwrap_or_default(),
        external_body: section.text("external_body"),
        welcome: section.flag("welcome"),
        hearing_before_warning: section.flag("hearing_before_warning"),
        numbers: read_numbers(&mut section),
        duties: section.section("duties").map(read_duties).unwrap_or_default(),
        rules: section
            .sections("rules")
            .map(|all| Located { value: all.value.into_iter().map(read_rule).collect(), line: all.line }),
        notices: section.section("notices").map(read_notices).unwrap_or_default(),
        data_protection: section.section("data_protection").map(read_data_protection).unwrap_or_default(),
    };
    section.finish();
    raw
}

fn read_matrix_account(mut section: Section<'_>) -> RawMatrixAccount {
    let raw = RawMatrixAccount {
        line: section.line(),
        id: section.text("id"),
        homeserver: section.text("homeserver"),
        user: section.text("user"),
        password: RawSecret::read(&mut section, ["password_file", "password_credential", "password_env"]),
        access_token: RawSecret::read(
            &mut section,
            ["access_token_file", "access_token_credential", "access_token_env"],
        ),
        recovery_key: RawSecret::read(
            &mut section,
            ["recovery_key_file", "recovery_key_credential", "recovery_key_env"],
        ),
    };
    section.finish();
    raw
}

fn read_matrix_group(mut section: Section<'_>) -> RawMatrixGroup {
    let raw = RawMatrixGroup {
        line: section.line(),
        account: section.text("account"),
        rooms: section.texts("rooms").unwrap_or_default(),
        space: section.text("space"),
        management_room: section.text("management_room"),
        direct_on_join: section.flag("direct_on_join"),
    };
    section.finish();
    raw
}

fn read_discord_account(mut section: Section<'_>) -> RawDiscordAccount {
    let raw = RawDiscordAccount {
        line: section.line(),
        id: section.text("id"),
        token: RawSecret::read(&mut section, ["token_file", "token_credential", "token_env"]),
        api: section.text("api"),
    };
    section.finish();
    raw
}

fn read_discord_group(mut section: Section<'_>) -> RawDiscordGroup {
    let raw = RawDiscordGroup {
        line: section.line(),
        account: section.text("account"),
        server: section.text("server"),
        officers_channel: section.text("officers_channel"),
        private_channel: section.text("private_channel"),
        suspension: section.text("suspension"),
        automod: section.text("automod"),
        suspension_role: section.text("suspension_role"),
        welcome_channel: section.text("welcome_channel"),
    };
    section.finish();
    raw
}

fn read_member(mut section: Section<'_>) -> RawMember {
    let raw = RawMember { line: section.line(), id: section.text("id"), name: section.text("name") };
    section.finish();
    raw
}

fn read_officer(mut section: Section<'_>) -> RawOfficer {
    let raw =
        RawOfficer { line: section.line(), member: section.text("member"), roles: section.texts("roles") };
    section.finish();
    raw
}

fn read_policy(mut section: Section<'_>) -> RawPolicy {
    let raw = RawPolicy {
        preset: section.text("preset"),
        exceptions: section.pairs("exceptions").unwrap_or_default(),
    };
    section.finish();
    raw
}

fn read_numbers(group: &mut Section<'_>) -> RawNumbers {
    let mut raw = RawNumbers::default();
    for of_section in NUMBERS.chunk_by(|one, other| one.section == other.section) {
        let Some(name) = of_section.first().map(|first| first.section) else { continue };
        let Some(mut section) = group.section(name) else { continue };
        for number in of_section {
            raw.numbers.extend(section.number(number.key).map(|written| (number, written)));
        }
        for flag in FLAGS.iter().filter(|flag| flag.section == name) {
            raw.flags.extend(section.flag(flag.key).map(|written| (flag, written)));
        }
        section.finish();
    }
    raw
}

fn read_duties(mut section: Section<'_>) -> RawDuties {
    let raw = RawDuties {
        alternate: section.text("alternate"),
        safeguarding: section.text("safeguarding"),
        legal: section.text("legal"),
    };
    section.finish();
    raw
}

fn read_notices(mut section: Section<'_>) -> RawNotices {
    let raw = RawNotices {
        version: section.number("version"),
        english: section.text("english"),
        welsh: section.text("welsh"),
    };
    section.finish();
    raw
}

fn read_data_protection(mut section: Section<'_>) -> RawDataProtection {
    let raw = RawDataProtection {
        controller: section.text("controller"),
        address: section.text("address"),
        lead: section.text("lead"),
        registration: section.text("registration"),
        aim: section.text("aim"),
        machine: section.text("machine"),
    };
    section.finish();
    raw
}

fn read_rule(mut section: Section<'_>) -> RawRule {
    let raw = RawRule {
        line: section.line(),
        code: section.text("code"),
        title: section.text("title"),
        text: section.text("text"),
        version: section.number("version"),
        verdict: section.text("verdict"),
    };
    section.finish();
    raw
}
