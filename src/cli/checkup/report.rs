//! What was found, for people and for programs.

use std::io::{self, IsTerminal as _, Write};

use platform::checkup::{Finding, Of, Standing};
use serde::Serialize;

use crate::cli::say;
use crate::config::Config;

/// The version of the JSON: another one when something is taken out of it or means something else.
const VERSION: u32 = 1;

/// How each finding begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Marks {
    /// `✔`, `!`, `✘`.
    Signs,
    /// Words, for terminals that cannot show those.
    Words,
}

impl Marks {
    /// Those that can be shown on stdout: what no terminal shows is read by programs, as UTF-8.
    pub(in crate::cli) fn fit() -> Self {
        // The first that says something holds.
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].map(|name| std::env::var(name).unwrap_or_default());
        let locale = locale.into_iter().find(|value| !value.is_empty());
        Self::fitting(io::stdout().is_terminal(), locale.as_deref())
    }

    fn fitting(is_terminal: bool, locale: Option<&str>) -> Self {
        let locale = locale.unwrap_or_default().to_lowercase();
        let is_utf_8 = locale.contains("utf-8") || locale.contains("utf8");
        if is_terminal && !is_utf_8 { Self::Words } else { Self::Signs }
    }

    fn of(self, standing: Standing) -> &'static str {
        match (self, standing) {
            (Self::Signs, Standing::Right) => "✔",
            (Self::Signs, Standing::Attention) => "!",
            (Self::Signs, Standing::Wrong) => "✘",
            (Self::Words, Standing::Right) => "ok   ",
            (Self::Words, Standing::Attention) => "NOTE ",
            (Self::Words, Standing::Wrong) => "WRONG",
        }
    }
}

/// Writes what was found for people, by what it is of: a line each, with what to do below it.
pub(in crate::cli) fn for_people(
    out: &mut impl Write,
    findings: &[Finding],
    names: impl Fn(&Of) -> String,
    marks: Marks,
) -> io::Result<()> {
    let mut told = Vec::new();
    for Finding { of, .. } in findings {
        if told.contains(&of) {
            continue;
        }
        if !told.is_empty() {
            say(out, "")?;
        }
        told.push(of);
        say(out, names(of))?;
        for finding in findings.iter().filter(|finding| finding.of == *of) {
            let mark = marks.of(finding.standing);
            let details = match &*finding.details {
                [] => String::new(),
                details => format!(" ({})", details.join(", ")),
            };
            say(out, format_args!("{mark} {}{details}", finding.said))?;
            if let Some(remedy) = &finding.remedy {
                say(out, format_args!("      {remedy}"))?;
            }
        }
    }
    let count = |standing| findings.iter().filter(|finding| finding.standing == standing).count();
    let (wrong, attention) = (count(Standing::Wrong), count(Standing::Attention));
    say(out, "")?;
    match (wrong, attention) {
        (0, 0) => say(out, "Everything is in place."),
        (0, some) => say(out, format_args!("Nothing is wrong; to be looked at: {some}.")),
        (some, 0) => say(out, format_args!("Wrong: {some}.")),
        (some, others) => say(out, format_args!("Wrong: {some}; to be looked at besides: {others}.")),
    }
}

/// What something is of, as people call it.
pub(in crate::cli) fn name(of: &Of, config: Option<&Config>) -> String {
    match of {
        Of::Machine => "This machine and the record".to_owned(),
        Of::Account { on, id } => {
            let on = match *on {
                "discord" => "Discord",
                "matrix" => "Matrix",
                other => other,
            };
            format!("The account `{id}` on {on}")
        }
        Of::Group(group) => {
            let groups = config.into_iter().flat_map(|config| &config.groups);
            let called = groups.map(|of| &of.charter).find(|charter| charter.group == *group);
            let called = called.map_or(String::new(), |charter| format!(", {}", charter.name));
            format!("The group `{}`{called}", group.as_str())
        }
    }
}

#[derive(Serialize)]
struct Report<'f> {
    version: u32,
    standing: &'static str,
    findings: Vec<Line<'f>>,
}

#[derive(Serialize)]
struct Line<'f> {
    check: &'static str,
    scope: &'static str,
    platform: Option<&'f str>,
    name: Option<&'f str>,
    subject: Option<&'f str>,
    standing: &'static str,
    says: &'f str,
    fix: Option<&'f str>,
    details: &'f [String],
}

impl<'f> Line<'f> {
    fn of(finding: &'f Finding) -> Self {
        let (scope, platform, name) = match &finding.of {
            Of::Machine => ("machine", None, None),
            Of::Account { on, id } => ("account", Some(*on), Some(id.as_str())),
            Of::Group(group) => ("group", None, Some(group.as_str())),
        };
        Self {
            check: finding.check.word(),
            scope,
            platform,
            name,
            subject: finding.subject.as_deref(),
            standing: finding.standing.word(),
            says: &finding.said,
            fix: finding.remedy.as_deref(),
            details: &finding.details,
        }
    }
}

/// Writes what was found for programs, as JSON.
pub(in crate::cli) fn for_programs(out: &mut impl Write, findings: &[Finding]) -> io::Result<()> {
    let findings: Vec<_> = findings.iter().map(Line::of).collect();
    let report = Report { version: VERSION, standing: worst(&findings), findings };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    say(out, "")
}

fn worst(findings: &[Line<'_>]) -> &'static str {
    let is = |standing: Standing| findings.iter().any(|line| line.standing == standing.word());
    let worst = [Standing::Wrong, Standing::Attention].into_iter().find(|standing| is(*standing));
    worst.unwrap_or(Standing::Right).word()
}

#[cfg(test)]
mod tests {
    use platform::checkup::Check;
    use policy::GroupId;

    use super::*;

    fn findings() -> [Finding; 4] {
        let bot = || Of::Account { on: "discord", id: "bot".to_owned() };
        let tea = || Of::Group(GroupId::new("tea").unwrap());
        [
            Finding::right(Check::Record, Of::Machine, "the record can be opened").detailing(["/srv/beadle"]),
            Finding::attention(Check::Backups, Of::Machine, "no backups are taken", "make a key"),
            Finding::right(Check::DiscordIntents, bot(), "it is on").about("Message Content Intent"),
            Finding::wrong(
                Check::DiscordOfficers,
                tea(),
                "2 officers are not in the server",
                "correct their accounts",
            )
            .detailing(["7", "8"]),
        ]
    }

    #[test]
    fn people_read_a_line_each_with_what_to_do_below() {
        let mut out = Vec::new();
        for marks in [Marks::Signs, Marks::Words] {
            for_people(&mut out, &findings(), |of| name(of, None), marks).unwrap();
        }
        for_people(&mut out, &findings()[..1], |of| name(of, None), Marks::Signs).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap());
    }

    #[test]
    fn programs_read_json() {
        let mut out = Vec::new();
        for_programs(&mut out, &findings()).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap());
        let mut out = Vec::new();
        for_programs(&mut out, &[]).unwrap();
        let none: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(none, serde_json::json!({ "version": 1, "standing": "right", "findings": [] }));
    }

    #[test]
    fn a_terminal_that_cannot_show_signs_is_shown_words() {
        for (is_terminal, locale, want) in [
            (true, Some("en_GB.UTF-8"), Marks::Signs),
            (true, Some("C.utf8"), Marks::Signs),
            (true, Some("C"), Marks::Words),
            (true, None, Marks::Words),
            (false, Some("C"), Marks::Signs),
            (false, None, Marks::Signs),
        ] {
            assert_eq!(Marks::fitting(is_terminal, locale), want, "{is_terminal} {locale:?}");
        }
    }
}
