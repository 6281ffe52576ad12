//! From the file as written to a valid configuration, or to everything that is wrong with it.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use chrono_tz::{TZ_VARIANTS, Tz};
use policy::rule::RulebookProblem;
use policy::{
    Breaker, Charter, Duties, GroupId, Measure, MemberId, Mode, Policy, Preset, Procedure, Quorums, Role,
    Roster, Rule, Rulebook, Selector, Step, Verdict, Wording,
};

use super::home::platform_of;
use super::platform::Platform;
use super::problem::{ConfigProblem, choose, nearest};
use super::raw::{RawConfig, RawDuties, RawGroup, RawNotices, RawNumbers, RawPolicy, RawRule};
use super::section::Located;
use super::{Config, GroupConfig, KEY_LEN_MAX, NAME_LEN_MAX, NoticeConfig, WordlistConfig, sample};

/// Where days begin and end unless the group says otherwise.
const ZONE: Tz = Tz::Europe__London;

/// Which version of a rule it may be.
const RULE_VERSIONS: RangeInclusive<i64> = 1..=9999;
/// Which version of the group's own notices it may be.
const TEMPLATE_VERSIONS: RangeInclusive<i64> = 1..=9999;
/// Whom members may turn to after the Executive, unless the group says otherwise.
const EXTERNAL_BODY: &str = "the national complaints team";

pub(super) fn resolve(mut raw: RawConfig) -> Result<Config, Vec<ConfigProblem>> {
    let mut check =
        Check { file: std::mem::take(&mut raw.file), problems: std::mem::take(&mut raw.problems) };
    let config = check.config(raw);
    match config {
        Some(config) if check.problems.is_empty() => Ok(config),
        _ => {
            check.problems.sort_by_key(|problem| problem.line.unwrap_or(0));
            Err(check.problems)
        }
    }
}

/// Gathers problems while values are checked. A value with a problem is `None`, and the reading goes on.
pub(super) struct Check {
    file: String,
    problems: Vec<ConfigProblem>,
}

impl Check {
    pub(super) fn report(
        &mut self,
        line: Option<usize>,
        key: &str,
        what: impl fmt::Display,
        fix: impl fmt::Display,
    ) {
        self.problems.push(ConfigProblem {
            file: self.file.clone(),
            line,
            key: key.to_owned(),
            what: what.to_string(),
            fix: fix.to_string(),
        });
    }

    fn config(&mut self, raw: RawConfig) -> Option<Config> {
        let folder = raw.folder;
        let mut paths = |key, all: Vec<Located<String>>| -> Vec<PathBuf> {
            all.into_iter().filter_map(|path| self.path(key, &path, &folder)).collect()
        };
        let wordlists = WordlistConfig {
            shipped: raw.wordlists.shipped.is_none_or(|shipped| shipped.value),
            files: paths("wordlists.files", raw.wordlists.files),
            guard: paths("wordlists.guard", raw.wordlists.guard),
        };
        let data_dir = raw.data_dir.filter(|dir| !dir.value.is_empty()).map(|dir| folder.join(dir.value));
        let log = self.log(raw.log);
        let watch = self.watch(raw.watch);
        let backup = self.backup(raw.backup, &folder);
        let accounts = self.matrix_accounts(raw.matrix, &folder);
        let discord = self.discord_accounts(raw.discord, &folder);
        let groups = self.groups(raw.groups, &folder)?;
        self.matrix_together(&accounts, &groups);
        self.discord_together(&discord, &groups);
        Some(Config {
            data_dir,
            log: log?,
            watch: watch?,
            backup: backup?,
            wordlists,
            matrix: accounts,
            discord,
            groups,
        })
    }

    pub(super) fn path(&mut self, key: &str, path: &Located<String>, folder: &Path) -> Option<PathBuf> {
        if path.value.is_empty() {
            self.report(path.line, key, "a file has no name", "write its path, or remove it");
            return None;
        }
        Some(folder.join(&path.value))
    }

    fn groups(&mut self, raw: Option<Vec<RawGroup>>, folder: &Path) -> Option<Vec<GroupConfig>> {
        let raw = raw.unwrap_or_else(|| vec![sample::group()]);
        if raw.is_empty() {
            let fix = "write a [[groups]] table, or leave groups out for the sample group";
            self.report(None, "groups", "there is no group", fix);
        }
        let in_terminal = |group: &RawGroup| platform_of(group) == Some(Platform::Terminal);
        if let Some(more) = raw.iter().skip(1).find(|group| in_terminal(group)) {
            let what = "a terminal has one group, and nothing else can be served beside it";
            self.report(more.line, "groups", what, "keep one [[groups]] table, or give this one a platform");
        } else if let Some(more) = raw.get(1).filter(|_| raw.first().is_some_and(in_terminal)) {
            let what = "a terminal has one group, and nothing else can be served beside it";
            self.report(more.line, "groups", what, "give the first group the platform of this one");
        }
        let mut ids = BTreeSet::new();
        for id in raw.iter().filter_map(|group| group.id.as_ref()) {
            if !ids.insert(id.value.as_str()) {
                let what = format!("`{}` is another group's as well", id.value);
                self.report(id.line, "groups.id", what, "give one of them another id");
            }
        }
        let groups: Vec<_> = raw.into_iter().map(|group| self.group(group, folder)).collect();
        groups.into_iter().collect()
    }

    fn group(&mut self, mut raw: RawGroup, folder: &Path) -> Option<GroupConfig> {
        let line = raw.line;
        let (home, roster) = self.home(&mut raw);
        let group = self.key("groups.id", raw.id, line, GroupId::new);
        let name = self.name("groups.name", raw.name, line);
        let contact = self.name("groups.contact", raw.contact, line);
        let zone = self.zone(raw.time_zone);
        let mode = self.word("groups.mode", raw.mode, Mode::Live, Mode::ALL);
        let policy = self.policy(raw.policy);
        let external_body = match raw.external_body {
            None => Some(EXTERNAL_BODY.to_owned()),
            written => self.name("groups.external_body", written, line),
        };
        let mut procedure = self.procedure(&raw.numbers);
        procedure.periods.hearing_before_warning =
            raw.hearing_before_warning.as_ref().is_none_or(|written| written.value);
        self.quorums(&raw.numbers, procedure.quorums, &roster);
        self.breaker(&raw.numbers, procedure.breaker);
        let duties = self.duties(raw.duties, &roster);
        let welcome = raw.welcome.is_some_and(|written| written.value);
        let rulebook = self.rulebook(raw.rules);
        let notices = self.notices(raw.notices, folder);
        let data_protection = self.data_protection(raw.data_protection);
        Some(GroupConfig {
            charter: Charter {
                group: group?,
                name: name?,
                zone: zone?,
                policy,
                rulebook: rulebook?,
                roster,
                mode: mode?,
                contact: contact?,
                external_body: external_body?,
                procedure,
                duties,
                welcome,
                wording: Wording::default(),
            },
            notices: notices?,
            data_protection,
            home: home?,
        })
    }

    /// A value that must be there. One that is there and of the wrong type was reported when it was read.
    pub(super) fn required(
        &mut self,
        key: &str,
        raw: Option<Located<String>>,
        line: Option<usize>,
    ) -> Option<Located<String>> {
        if raw.is_none() && !self.problems.iter().any(|problem| problem.key == key) {
            let option = key.rsplit('.').next().unwrap_or(key);
            self.report(line, key, "it is missing", format!("write {option} = \"…\""));
        }
        raw
    }

    /// A name that is typed in commands: short, one word, no capitals.
    pub(super) fn key<T>(
        &mut self,
        key: &str,
        raw: Option<Located<String>>,
        line: Option<usize>,
        make: impl Fn(String) -> Option<T>,
    ) -> Option<T> {
        let raw = self.required(key, raw, line)?;
        let typeable = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        let good = raw.value.chars().all(typeable)
            && raw.value.starts_with(|c: char| c.is_ascii_alphanumeric())
            && raw.value.len() <= KEY_LEN_MAX;
        let made = if good { make(raw.value) } else { None };
        if made.is_none() {
            let fix = format!(
                "write 1 to {KEY_LEN_MAX} lower-case letters (a to z), digits, - and _, beginning with a letter or digit"
            );
            self.report(raw.line, key, "it cannot be typed in a command", fix);
        }
        made
    }

    pub(super) fn name(
        &mut self,
        key: &str,
        raw: Option<Located<String>>,
        line: Option<usize>,
    ) -> Option<String> {
        let raw = self.required(key, raw, line)?;
        let name = raw.value.trim();
        let good =
            !name.is_empty() && name.chars().count() <= NAME_LEN_MAX && !name.chars().any(char::is_control);
        if !good {
            let fix = format!("write 1 to {NAME_LEN_MAX} characters on one line");
            self.report(raw.line, key, "it cannot be shown to members", fix);
        }
        good.then(|| name.to_owned())
    }

    fn zone(&mut self, raw: Option<Located<String>>) -> Option<Tz> {
        let Some(raw) = raw else { return Some(ZONE) };
        let zone = raw.value.parse().ok();
        if zone.is_none() {
            let fix = match nearest(&raw.value, TZ_VARIANTS.iter().map(|zone| zone.name())) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("write a name of the tz database, such as {}", ZONE.name()),
            };
            self.report(raw.line, "groups.time_zone", "there is no such time zone", fix);
        }
        zone
    }

    pub(super) fn word<T>(
        &mut self,
        key: &str,
        raw: Option<Located<String>>,
        default: T,
        all: &[T],
    ) -> Option<T>
    where
        T: FromStr + fmt::Display,
    {
        let Some(raw) = raw else { return Some(default) };
        let value = raw.value.parse().ok();
        if value.is_none() {
            let words: Vec<String> = all.iter().map(ToString::to_string).collect();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            self.report(raw.line, key, "there is no such choice", choose(&raw.value, &words));
        }
        value
    }

    fn policy(&mut self, raw: RawPolicy) -> Policy {
        let preset = self.word("groups.policy.preset", raw.preset, Preset::Standard, Preset::ALL);
        let mut policy = Policy::new(preset.unwrap_or(Preset::Standard));
        for (selector, measure) in raw.exceptions {
            let key = format!("groups.policy.exceptions.{selector}");
            let line = measure.line;
            let selector = self.parsed::<Selector>(&key, &selector, line);
            let measure = self.parsed::<Measure>(&key, &measure.value, line);
            if let (Some(selector), Some(measure)) = (selector, measure) {
                if policy.exceptions().iter().any(|(earlier, _)| *earlier == selector) {
                    self.report(line, &key, "these words have an exception already", "keep one of the two");
                }
                policy = policy.with(selector, measure);
            }
        }
        policy
    }

    fn parsed<T: FromStr<Err: fmt::Display>>(
        &mut self,
        key: &str,
        text: &str,
        line: Option<usize>,
    ) -> Option<T> {
        match text.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                // The words of the policy say what is wrong and what to write: "not a measure: choose one of ...".
                let error: <T as FromStr>::Err = error;
                let said = error.to_string();
                let (what, fix) = said.split_once(": ").unwrap_or((&said, "see config.example.toml"));
                self.report(line, key, format!("`{text}` is {what}"), fix);
                None
            }
        }
    }

    fn procedure(&mut self, raw: &RawNumbers) -> Procedure {
        let mut procedure = Procedure::default();
        for (number, written) in &raw.numbers {
            let key = format!("groups.{}.{}", number.section, number.key);
            if let Some(value) = self.number(&key, written, number.limits.clone()) {
                *(number.place)(&mut procedure) = value;
            }
        }
        for (flag, written) in &raw.flags {
            *(flag.place)(&mut procedure) = written.value;
        }
        procedure
    }

    /// Of all that trips the breaker, no one member's posts are most.
    fn breaker(&mut self, raw: &RawNumbers, breaker: Breaker) {
        let most = breaker.floor / 2;
        let line_of = |key| raw.line_of("breaker", key);
        let written = line_of("per_member").or_else(|| line_of("floor"));
        if let Some(line) = written.filter(|_| breaker.per_member > most) {
            let what = format!(
                "{} posts of one member would be most of the {} that it takes",
                breaker.per_member, breaker.floor
            );
            self.report(line, "groups.breaker.per_member", what, format!("write {most} or less"));
        }
    }

    /// No step takes fewer officers than a lighter one, and none that is written takes more than there are. What is not
    /// written is not held against a small group: nobody is expelled there.
    fn quorums(&mut self, raw: &RawNumbers, quorums: Quorums, roster: &Roster) {
        let may_sign = [Role::Admin, Role::Executive].into_iter().flat_map(|role| roster.holders(role));
        let seats = u32::try_from(may_sign.collect::<BTreeSet<_>>().len()).unwrap_or(u32::MAX);
        let line_of = |step: Step| raw.line_of("quorums", step.word());
        let key = |step: Step| format!("groups.quorums.{}", step.word());
        for (lighter, heavier) in [(Step::Warning, Step::Suspension), (Step::Suspension, Step::Expulsion)] {
            let (few, many) = (quorums.of(heavier), quorums.of(lighter));
            let written = line_of(heavier).map(|line| (heavier, line));
            let written = written.or_else(|| line_of(lighter).map(|line| (lighter, line)));
            if let Some((step, line)) = written.filter(|_| few < many) {
                let what = format!(
                    "{} takes {few}, fewer than {}, which takes {many}",
                    heavier.one(),
                    lighter.one()
                );
                let fix = format!("write at least as many for {} as for {}", heavier.one(), lighter.one());
                self.report(line, &key(step), what, fix);
            }
        }
        for step in [Step::Warning, Step::Suspension, Step::Expulsion] {
            let wanted = quorums.of(step);
            if let Some(line) = line_of(step).filter(|_| wanted > seats) {
                let what = format!("{wanted} officers are to sign, and only {seats} could");
                self.report(
                    line,
                    &key(step),
                    what,
                    "lower it, or make more officers admin, secretary or executive",
                );
            }
        }
    }

    fn duties(&mut self, raw: RawDuties, roster: &Roster) -> Duties {
        let mut officer = |key: &str, written: Option<Located<String>>| {
            let written = written.filter(|written| !written.value.is_empty())?;
            let officer =
                MemberId::new(written.value.clone()).filter(|id| roster.offices(id).next().is_some());
            if officer.is_none() {
                let key = format!("groups.duties.{key}");
                let what = format!("`{}` is no officer", written.value);
                self.report(written.line, &key, what, "name one of groups.officers");
            }
            officer
        };
        Duties {
            alternate: officer("alternate", raw.alternate),
            safeguarding: officer("safeguarding", raw.safeguarding),
            legal: officer("legal", raw.legal),
        }
    }

    fn notices(&mut self, raw: RawNotices, folder: &Path) -> Option<NoticeConfig> {
        let version = match raw.version {
            None => 1,
            Some(written) => self.number("groups.notices.version", &written, TEMPLATE_VERSIONS)?,
        };
        let file = |written: Option<Located<String>>| {
            written.filter(|written| !written.value.is_empty()).map(|written| folder.join(written.value))
        };
        Some(NoticeConfig { version, english: file(raw.english), welsh: file(raw.welsh) })
    }

    pub(super) fn number(
        &mut self,
        key: &str,
        raw: &Located<i64>,
        limits: RangeInclusive<i64>,
    ) -> Option<u32> {
        let number = u32::try_from(raw.value).ok().filter(|_| limits.contains(&raw.value));
        if number.is_none() {
            let fix = format!("write a number from {} to {}", limits.start(), limits.end());
            self.report(raw.line, key, format!("{} is out of range", raw.value), fix);
        }
        number
    }

    fn rulebook(&mut self, raw: Option<Located<Vec<RawRule>>>) -> Option<Rulebook> {
        let Some(raw) = raw else { return Some(Rulebook::default()) };
        let places: Vec<(String, Option<usize>)> = raw
            .value
            .iter()
            .map(|rule| (rule.code.as_ref().map_or(String::new(), |code| code.value.clone()), rule.line))
            .collect();
        // What is missing is empty, and the rulebook refuses empty words.
        let words = |raw: Option<Located<String>>| raw.map_or(String::new(), |words| words.value);
        let mut rules = Vec::new();
        for rule in raw.value {
            let version = rule
                .version
                .map_or(Some(1), |written| self.number("groups.rules.version", &written, RULE_VERSIONS));
            let verdict = self.word("groups.rules.verdict", rule.verdict, Verdict::Delete, Verdict::ALL);
            rules.push(Rule {
                code: words(rule.code),
                title: words(rule.title),
                text: words(rule.text),
                version: version?,
                verdict: verdict?,
            });
        }
        let problems = match Rulebook::new(rules) {
            Ok(rulebook) => return Some(rulebook),
            Err(problems) => problems,
        };
        let last_line = |code: &str| places.iter().rev().find(|(other, _)| other == code).and_then(|at| at.1);
        for problem in problems {
            let (line, fix) = match &problem {
                RulebookProblem::Missing(code) => {
                    (raw.line, format!("add a rule with code = \"{code}\", or leave rules out"))
                }
                RulebookProblem::Twice(code) => (last_line(code), "give one of them another code".to_owned()),
                RulebookProblem::Unusable(code) => (last_line(code), "write all three".to_owned()),
            };
            self.report(line, "groups.rules", problem, fix);
        }
        None
    }
}
