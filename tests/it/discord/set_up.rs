//! A group that `beadle init` set up, on Discord.

use serde_json::json;

use crate::beadle::repository;
use crate::cli::{err, out, run_in};
use crate::discord::group::{BAD, Group};

/// What an option of a configuration says.
fn option<'c>(config: &'c str, name: &str) -> &'c str {
    let line = config.lines().find_map(|line| line.strip_prefix(&format!("{name} = ")));
    line.unwrap_or_else(|| panic!("{name} is not in it")).trim_matches('"')
}

#[tokio::test]
async fn a_group_that_was_set_up_is_watched_and_moderated_once_an_admin_says_so() {
    let group = Group::found().await;
    let file = group.folder().join("beadle.toml").display().to_string();
    let data = group.folder().join("data").display().to_string();
    let ids = [group.server.id, group.officers, group.suspended, group.general].map(|id| id.to_string());
    let officers = [(&group.mo, "moderator"), (&group.asha, "admin"), (&group.sam, "secretary")]
        .map(|(officer, role)| format!("{}: {role}", officer.id));
    let mut args =
        vec!["--config", &file, "--data-dir", &data, "init", "--platform", "discord", "--name", "Tea"];
    args.extend([
        "--contact",
        "the Secretary",
        "--token-file",
        "token",
        "--api",
        option(group.config(), "api"),
    ]);
    args.extend(["--server", &ids[0], "--officers-channel", &ids[1], "--suspension-role", &ids[2]]);
    args.extend([
        "--private-channel",
        option(group.config(), "private_channel"),
        "--welcome-channel",
        &ids[3],
    ]);
    args.extend(officers.iter().flat_map(|officer| ["--officer", officer]));
    let set_up = run_in(&repository(""), &args, "");
    assert_eq!((set_up.status.code(), err(&set_up)), (Some(0), ""), "{}", out(&set_up));
    assert!(!out(&set_up).contains(&group.app.token));

    let config = std::fs::read_to_string(&file).expect("it was written");
    let program = group.launch(&config);
    group.hears(&program).await;
    let watched = group.ada.say(group.general, BAD).expect("she may write");
    group.shown(group.officers, "(shadow) would delete").await;
    let stands = group.discord.see(|world| world.message(group.general, watched).is_some());
    assert!(stands, "members see nothing of it");
    let notice = || {
        let printed = run_in(
            &repository(""),
            &["--config", &file, "--data-dir", &data, "sheet", "--part", "notice"],
            "",
        );
        assert_eq!((printed.status.code(), err(&printed)), (Some(0), ""));
        out(&printed).to_owned()
    };
    let (watches, acts) = ("For now it only watches", "A post that is taken down can be put back");
    assert!(notice().contains(watches), "as members are told");

    let asked = group.commands(&group.asha, "mode", &[("mode", json!("live"))]);
    group.answered(asked, "Live").await;
    let told = notice();
    assert!(told.contains(acts) && !told.contains("only watches"), "{told}");
    let post = group.ada.say(group.general, BAD).expect("she may write");
    group.gone(group.general, post).await;
    group.told(&group.ada, "Your post was removed").await;
    program.kill().await;
    group.discord.check();
}
