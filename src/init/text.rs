//! The configuration as it is written: the options that were asked for, each with what config.example.toml says of it.

use super::check::{member, officer};
use super::example::Example;
use super::papers::BACKUP_KEY;
use super::setup::{Answers, Setup};
use crate::config::Platform;

const HEAD: &str = "\
# Written by `beadle init`. What else can be configured stands, with its default, in config.example.toml, which comes with
# Beadle. After a change, look for mistakes with  beadle --config FILE config check
";

/// Said of the mode that every new group is in.
const BEGINS: &str =
    "# A new group begins with \"shadow\": watch for a week, then an admin gives the command `mode live`.";

/// The whole file: what stands in it, to the byte, and the groups that were answered for.
pub(super) fn of(setup: &Setup) -> String {
    let mut page = match setup.existing() {
        Some(existing) => Page::below(&existing.text),
        None => {
            let mut page = Page::below(HEAD);
            page.whole(setup.whole());
            page
        }
    };
    for group in 0..setup.group_count() {
        let answers = setup.group(group);
        let Some(platform) = answers.platform() else { continue };
        page.platform = Some(platform);
        let known = setup.accounts_before(group, platform);
        let is_new = answers.one("account").is_some_and(|account| known.iter().all(|known| known != account));
        match platform {
            Platform::Discord if is_new => page.bot(answers),
            Platform::Matrix if is_new => page.account(answers),
            Platform::Discord | Platform::Matrix | Platform::Terminal => {}
        }
        page.group(answers, platform);
    }
    page.text
}

/// A text as TOML has it.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

struct Page {
    example: Example,
    platform: Option<Platform>,
    text: String,
}

impl Page {
    fn below(text: &str) -> Self {
        let mut text = text.to_owned();
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        Self { example: Example::read(), platform: None, text }
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// What the example says of an option or a table, unless it stands there already.
    fn comment(&mut self, table: &str, key: &str) {
        for lines in self.example.above(self.platform, table, key) {
            let is_there = lines.first().is_some_and(|first| self.text.lines().any(|line| line == *first));
            if !is_there {
                lines.into_iter().for_each(|line| self.line(line));
            }
        }
    }

    fn table(&mut self, table: &str, heading: &str) {
        self.text.push('\n');
        self.comment(table, "");
        self.line(heading);
    }

    fn option(&mut self, table: &str, key: &str, value: &str) {
        self.comment(table, key);
        self.line(&format!("{key} = {value}"));
    }

    /// An option whose value was answered, or "".
    fn answer(&mut self, answers: &Answers, table: &str, key: &str) {
        self.option(table, key, &quoted(answers.one(key).unwrap_or_default()));
    }

    fn whole(&mut self, whole: &Answers) {
        self.text.push('\n');
        self.answer(whole, "", "data_dir");
        if let Some(directory) = whole.one("backups") {
            self.table("backup", "[backup]");
            self.option("backup", "directory", &quoted(directory));
            self.option("backup", "key_file", &quoted(BACKUP_KEY));
        }
    }

    fn bot(&mut self, answers: &Answers) {
        self.table("discord", "[[discord]]");
        self.option("discord", "id", &quoted(answers.one("account").unwrap_or_default()));
        self.answer(answers, "discord", "token_file");
        self.option("discord", "token_credential", "\"\"");
        self.option("discord", "token_env", "\"\"");
        if answers.one("api").is_some() {
            self.answer(answers, "discord", "api");
        }
    }

    fn account(&mut self, answers: &Answers) {
        self.table("matrix", "[[matrix]]");
        self.option("matrix", "id", &quoted(answers.one("account").unwrap_or_default()));
        self.answer(answers, "matrix", "homeserver");
        self.answer(answers, "matrix", "user");
        for secret in ["password", "access_token"] {
            self.answer(answers, "matrix", &format!("{secret}_file"));
            self.option("matrix", &format!("{secret}_credential"), "\"\"");
            self.option("matrix", &format!("{secret}_env"), "\"\"");
        }
    }

    fn group(&mut self, answers: &Answers, platform: Platform) {
        self.table("groups", "[[groups]]");
        for key in ["id", "name", "platform", "time_zone"] {
            self.answer(answers, "groups", key);
        }
        self.comment("groups", "mode");
        self.line(BEGINS);
        self.line("mode = \"shadow\"");
        for key in ["contact", "external_body"] {
            self.answer(answers, "groups", key);
        }
        if platform == Platform::Terminal {
            self.list("groups", "channels", answers.all("channel").iter().map(|channel| quoted(channel)));
            let member = |entry: &String| {
                let (id, name) = member(entry).unwrap_or((entry.as_str(), ""));
                format!("{{ id = {}, name = {} }}", quoted(id), quoted(name))
            };
            self.list("groups", "members", answers.all("member").iter().map(member));
        }
        let officer = |entry: &String| {
            let (account, roles) = officer(entry).unwrap_or((entry.as_str(), Vec::new()));
            let roles: Vec<String> = roles.into_iter().map(quoted).collect();
            format!("{{ member = {}, roles = [{}] }}", quoted(account), roles.join(", "))
        };
        self.list("groups", "officers", answers.all("officer").iter().map(officer));
        self.table("groups.policy", "[groups.policy]");
        self.answer(answers, "groups.policy", "preset");
        match platform {
            Platform::Discord => self.on_discord(answers),
            Platform::Matrix => self.on_matrix(answers),
            Platform::Terminal => {}
        }
    }

    fn on_discord(&mut self, answers: &Answers) {
        self.table("groups.discord", "[groups.discord]");
        for key in ["account", "server", "officers_channel", "private_channel", "suspension"] {
            self.answer(answers, "groups.discord", key);
        }
        if answers.one("suspension") == Some("role") {
            self.answer(answers, "groups.discord", "suspension_role");
        }
        for key in ["welcome_channel", "automod"] {
            self.answer(answers, "groups.discord", key);
        }
    }

    fn on_matrix(&mut self, answers: &Answers) {
        self.table("groups.matrix", "[groups.matrix]");
        self.answer(answers, "groups.matrix", "account");
        self.list("groups.matrix", "rooms", answers.all("room").iter().map(|room| quoted(room)));
        self.answer(answers, "groups.matrix", "space");
        self.answer(answers, "groups.matrix", "management_room");
    }

    fn list(&mut self, table: &str, key: &str, items: impl Iterator<Item = String>) {
        let items: Vec<String> = items.collect();
        if items.is_empty() {
            self.option(table, key, "[]");
            return;
        }
        self.option(table, key, "[");
        for item in items {
            self.line(&format!("  {item},"));
        }
        self.line("]");
    }
}
