//! The configuration that a group writes.

use std::collections::BTreeSet;
use std::path::Path;

use beadle::config::{
    CONFIG_LEN_MAX, Config, ConfigProblem, GROUP_LEN_MAX, GroupConfig, Home, KEY_LEN_MAX, NAME_LEN_MAX,
    RawConfig,
};

use crate::{Fit, Shape, Target};

/// A configuration is valid in all its parts, or refused with problems that name their places.
pub const CONFIG: Target = Target { name: "config", run: config, shape: Shape::Lines, more: &[] };

/// As it would be called if it were a file.
const FILE: &str = "any.toml";

fn config(bytes: &[u8]) -> Fit {
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.len() as u64 <= CONFIG_LEN_MAX);
    let Some(text) = text else { return Fit::Unfit };
    let read = || Config::resolve(RawConfig::parse(Path::new(FILE), text));
    match read() {
        Err(problems) => {
            assert!(!problems.is_empty(), "refused for nothing");
            let lines = text.lines().count() + 1;
            problems.iter().for_each(|problem| check_problem(problem, lines));
            assert!(problems.is_sorted_by_key(|problem| problem.line.unwrap_or(0)));
        }
        Ok(config) => {
            check(&config);
            assert_eq!(read(), Ok(config), "the same each time");
        }
    }
    Fit::Read
}

/// Whoever mends the file is told where, and what to do.
fn check_problem(problem: &ConfigProblem, lines: usize) {
    assert_eq!(problem.file, FILE);
    assert!(problem.line.is_some() || !problem.key.is_empty(), "nowhere: {problem}");
    assert!(problem.line.is_none_or(|line| (1..=lines).contains(&line)), "{problem}, of {lines} lines");
    assert!(!problem.what.is_empty() && !problem.fix.is_empty(), "{problem}");
}

fn check(config: &Config) {
    assert!(!config.groups.is_empty());
    let ids: BTreeSet<&str> = config.groups.iter().map(|group| group.charter.group.as_str()).collect();
    assert_eq!(ids.len(), config.groups.len(), "two groups of one name");
    assert!(config.watch.is_none_or(|address| address.ip().is_loopback()), "others could ask");
    for group in &config.groups {
        check_group(group, config);
    }
}

fn check_group(group: &GroupConfig, config: &Config) {
    let charter = &group.charter;
    assert!(charter.group.as_str().chars().count() <= KEY_LEN_MAX);
    assert!((1..=NAME_LEN_MAX).contains(&charter.name.chars().count()));
    match &group.home {
        Home::Terminal(seed) => {
            assert!((1..=GROUP_LEN_MAX).contains(&seed.channels.len()));
            assert!(seed.members.len() <= GROUP_LEN_MAX);
            let members: BTreeSet<&str> = seed.members.iter().map(|member| member.id.as_str()).collect();
            assert_eq!(members.len(), seed.members.len(), "two members of one name");
        }
        Home::Matrix(home) => assert!(config.matrix.iter().any(|account| account.id == home.account)),
        Home::Discord(home) => assert!(config.discord.iter().any(|account| account.id == home.account)),
    }
}
