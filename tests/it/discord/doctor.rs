//! What `beadle doctor` finds of a group on Discord, and what the program that serves it tells the officers.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use fake_discord::{Intents, Permissions};
use serde_json::Value;

use crate::beadle::beadle;
use crate::discord::group::Group;

/// Something that somebody does to a group, by what it is called.
type Deed = fn(&Group);

impl Group {
    /// What is not right, as `beadle doctor` has it with this configuration, and its exit code.
    async fn examined(&self, config: &str) -> (Vec<String>, Option<i32>) {
        self.write("beadle.toml", config);
        let mut command = beadle(&self.folder().join("data"));
        command.arg("--config").arg(self.folder().join("beadle.toml")).args(["doctor", "--json"]);
        // The fake answers on this thread meanwhile.
        let output = tokio::task::spawn_blocking(move || command.output().expect("the program ends")).await;
        let output = output.expect("it is waited for");
        let report: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
        let findings = report["findings"].as_array().expect("a list");
        let amiss = findings.iter().filter(|finding| finding["standing"] != "right");
        let told = |finding: &Value| {
            assert!(finding["fix"].is_string(), "what to do: {finding}");
            format!("{} {}", finding["check"], finding["standing"]).replace('"', "")
        };
        let mut amiss: Vec<_> = amiss.map(told).collect();
        // How full the machine is on which this runs is nothing that is tested.
        amiss.retain(|line| !line.starts_with("machine.disk"));
        amiss.dedup();
        (amiss, output.status.code())
    }
}

#[tokio::test]
async fn what_is_in_a_bots_way_is_found_and_only_that() {
    const BACKUPS: &str = "backup.configured attention";
    let rows: [(&str, Deed, &[&str], i32); 9] = [
        ("nothing", |_| {}, &[], 0),
        (
            "no intents",
            |it| it.app.set_intents(Intents::NONE),
            &["discord.intents wrong", "discord.content wrong"],
            1,
        ),
        (
            "no permission to write",
            |it| it.server.overwrite(it.general, it.app.bot, Permissions::NONE, Permissions::SEND_MESSAGES),
            &["discord.permissions wrong"],
            1,
        ),
        ("an officer who left", |it| it.mo.leave(&it.server), &["discord.officers wrong"], 1),
        (
            "members above the bot",
            |it| {
                let regulars = it.server.role("Regulars", Permissions::NONE);
                it.server.raise(regulars);
                it.server.give(&it.ada, regulars);
            },
            &["discord.role_order wrong"],
            1,
        ),
        ("a token that was reset", |it| it.app.reset_token(), &["discord.token wrong"], 1),
        ("a server without the bot", |it| it.server.remove_bot(&it.app), &["discord.server wrong"], 1),
        (
            "a token that others can read",
            |it| {
                let token = it.folder().join("token");
                fs::set_permissions(token, fs::Permissions::from_mode(0o644)).expect("it can be opened up");
            },
            &["machine.secrets wrong"],
            1,
        ),
        (
            "a server that asks for two factors",
            |it| it.server.ask_two_factors(true),
            &["discord.two_factors attention"],
            0,
        ),
    ];
    for (name, happens, want, code) in rows {
        let group = Group::found().await;
        group.ada.say(group.general, "Is the hall booked?").expect("she may write");
        happens(&group);
        let (amiss, is) = group.examined(group.config()).await;
        let want: Vec<_> = [BACKUPS].iter().chain(want).copied().collect();
        assert_eq!((amiss, is), (want.iter().map(ToString::to_string).collect(), Some(code)), "{name}");
        group.discord.check();
    }
}

#[tokio::test]
async fn officers_are_told_once_of_what_is_wrong_at_a_start_and_when_it_is_right_again() {
    let group = Group::found().await;
    group.ada.say(group.general, "Is the hall booked?").expect("she may write");
    group.mo.leave(&group.server);
    let program = group.start().await;
    let letter = group.shown(group.officers, "1 officer is not in the server").await;
    assert!(letter.content.contains("Not everything is as I need it to be"), "{}", letter.content);
    assert!(!letter.content.contains(&group.mo.id.to_string()), "whom, the doctor says: {}", letter.content);
    // The doctor can be asked meanwhile.
    let (amiss, code) = group.examined(group.config()).await;
    assert!(amiss.contains(&"discord.officers wrong".to_owned()), "{amiss:?}");
    assert_eq!(code, Some(1));
    program.end().await;

    group.server.add(&group.mo);
    group.server.give(&group.mo, group.moderators);
    let program = group.start().await;
    let letter = group.shown(group.officers, "All officers are in the server").await;
    assert!(letter.content.contains("as I need it to be again"), "{}", letter.content);
    program.end().await;
    assert_eq!(group.letters_to_officers_saying("Not everything is as I need it to be"), 1);
}
