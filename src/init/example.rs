//! What config.example.toml says about its options: the comments that a configuration is written with.

use crate::config::Platform;

const EXAMPLE: &str = include_str!("../../config.example.toml");

/// The comments of the example, each with the option or the table that it stands above.
pub(super) struct Example {
    notes: Vec<Note>,
}

struct Note {
    /// In whose part it stands; those of all groups are in none.
    part: Option<Platform>,
    table: &'static str,
    /// The option; "" for the table itself.
    key: &'static str,
    lines: Vec<&'static str>,
}

impl Example {
    pub(super) fn read() -> Self {
        let mut notes = Vec::new();
        let (mut part, mut table, mut above, mut in_list) = (None, "", Vec::new(), false);
        for line in EXAMPLE.lines() {
            if let Some(heading) = line.strip_prefix("# --- ") {
                part = Platform::ALL
                    .into_iter()
                    .find(|platform| heading.to_lowercase().starts_with(&platform.called().to_lowercase()));
                above.clear();
                continue;
            }
            match (set(line, part), in_list) {
                (Some(item), true) => in_list = !item.starts_with(']'),
                (None, true) => {}
                (Some(set), false) => {
                    let (key, value) = set.split_once(" = ").unwrap_or_default();
                    if key.is_empty() {
                        table = set.trim_matches(['[', ']']);
                    }
                    in_list = value == "[";
                    notes.push(Note { part, table, key, lines: std::mem::take(&mut above) });
                }
                (None, false) if line.starts_with('#') => above.push(line),
                (None, false) => above.clear(),
            }
        }
        Self { notes }
    }

    /// What stands above an option, or above a table where `key` is "": what is said for all groups, and what is said for those
    /// of a platform.
    pub(super) fn above(&self, platform: Option<Platform>, table: &str, key: &str) -> Vec<Vec<&'static str>> {
        let of = |part: Option<Platform>| {
            let is_it = |note: &&Note| note.part == part && note.table == table && note.key == key;
            self.notes.iter().find(is_it).map(|note| note.lines.clone())
        };
        of(None).into_iter().chain(platform.and_then(|platform| of(Some(platform)))).collect()
    }
}

/// What a line sets or begins; nothing for comments. In the parts of the platforms everything stands behind a `#`, and comments
/// behind `# `.
fn set(line: &'static str, part: Option<Platform>) -> Option<&'static str> {
    let line = match part {
        None => Some(line).filter(|line| !line.starts_with('#')),
        Some(_) => line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')),
    };
    line.filter(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_comment_is_found_where_it_stands() {
        let example = Example::read();
        let first = |platform, table, key| example.above(platform, table, key).concat()[0];
        let rows = [
            (None, "", "data_dir", "# Where the ledger and its key are kept."),
            (None, "groups", "", "# A group."),
            (None, "groups", "officers", "# Its officers, each a member."),
            (None, "groups.policy", "preset", "# \"relaxed\" removes only"),
            (None, "backup", "directory", "# Where a sealed backup is put each day"),
            (Some(Platform::Matrix), "matrix", "", "# An account on a homeserver"),
            (Some(Platform::Matrix), "matrix", "password_file", "# What it logs in with, once"),
            (Some(Platform::Matrix), "groups.matrix", "management_room", "# The officers' own room"),
            (Some(Platform::Discord), "discord", "", "# A bot, which is made in Discord's"),
            (Some(Platform::Discord), "discord", "token_file", "# Where its token is"),
            (Some(Platform::Discord), "groups.discord", "server", "# Its server."),
            (Some(Platform::Discord), "groups.discord", "welcome_channel", "# The channel into which"),
        ];
        for (platform, table, key, want) in rows {
            assert!(
                first(platform, table, key).starts_with(want),
                "{table}.{key}: {}",
                first(platform, table, key)
            );
        }
        let officers = example.above(Some(Platform::Discord), "groups", "officers");
        assert_eq!(officers.len(), 2);
        assert!(officers[1][0].starts_with("# Officers by the ids of their accounts."));
        assert!(example.above(Some(Platform::Discord), "groups.discord", "rooms").is_empty());
    }
}
