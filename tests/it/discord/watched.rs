//! What whoever watches the program learns while it serves a group on Discord.

use std::net::SocketAddr;

use fake_discord::{Fault, Matcher};
use ledger::BackupKey;

use super::group::{BAD, Group};
use crate::program::Program;
use crate::watch::{Answer, address_in, ask, every_figure_is_drawn};

/// A configuration under which the program can be watched, and logs as other programs read it.
fn watched(group: &Group) -> String {
    format!("[watch]\naddress = \"127.0.0.1:0\"\n\n[log]\nformat = \"json\"\n\n{}", group.config())
}

async fn address(program: &Program) -> SocketAddr {
    address_in(&program.says("watched at").await)
}

/// Asks without keeping the Discord of this test from answering.
async fn get(address: SocketAddr, path: &'static str) -> Answer {
    tokio::task::spawn_blocking(move || ask(address, "GET", path)).await.expect("it answers")
}

/// Waits until it is ready, or is not and says why.
async fn ready(address: SocketAddr, want: impl Fn(&Answer) -> bool) -> Answer {
    let asking = async {
        loop {
            let answer = get(address, "/readyz").await;
            if want(&answer) {
                return answer;
            }
        }
    };
    crate::program::within("it is as ready as it should be", asking).await
}

#[tokio::test]
async fn every_figure_on_the_dashboard_is_there_and_every_figure_is_on_it() {
    let group = Group::found().await;
    BackupKey::create(&group.folder().join("backup.key")).expect("it can be made");
    let config = format!("[backup]\ndirectory = \"place\"\nkey_file = \"backup.key\"\n\n{}", watched(&group));
    let program = group.launch(&config);
    group.hears(&program).await;
    program.says("a backup was taken and read back").await;
    let address = address(&program).await;
    group.ada.say(group.general, "good morning").expect("she may write");
    group.ada_breaks_a_rule(1).await;
    // The next one stands as long as Discord does not answer.
    group.discord.fail(Matcher::of("DELETE", "/messages/"), Fault::Hold);
    group.let_time_pass();
    group.ada.say(group.general, BAD).expect("she may write");
    group.discord.wait_for("a removal", |world| (world.held() > 0).then_some(())).await;
    let page = get(address, "/metrics").await;
    assert_eq!(page.status, 200, "{}", page.body);
    // The first canary is sent after an hour.
    every_figure_is_drawn(&page.body, &["beadle_canary_last_timestamp_seconds"]);
    for line in [
        r#"beadle_posts_judged_total{group="tea",verdict="delete"} 2"#,
        r#"beadle_post_removed_seconds_count{group="tea"} 1"#,
        r#"beadle_effects{group="tea",kind="remove",state="waiting"} 1"#,
        r#"beadle_group_heard{group="tea"} 1"#,
        "beadle_discord_requests_turned_away 0",
    ] {
        assert!(page.body.lines().any(|one| one == line), "{line} is not in\n{}", page.body);
    }
    for word in ["fuck", "morning", "ada", "general"] {
        assert!(!page.body.contains(word), "{word} is in the figures");
    }
    let of_people = [group.ada.id, group.mo.id, group.general, group.server.id];
    assert!(!of_people.iter().any(|id| page.body.contains(&id.to_string())), "{}", page.body);
    group.discord.let_go();
    let said = program.end().await;
    for line in said.lines() {
        assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "{line}");
    }
}

#[tokio::test]
async fn it_is_ready_once_every_group_is_heard_and_says_why_it_is_not() {
    let group = Group::found().await;
    group.discord.fail_times(Matcher::of("GET", "/users/@me"), Fault::CloseBeforeAnswer, 6);
    let program = group.launch(&watched(&group));
    let address = address(&program).await;
    let answer = ready(address, |answer| answer.status == 503).await;
    assert!(answer.body.starts_with("tea "), "{}", answer.body);
    assert_eq!(get(address, "/healthz").await.status, 200, "it lives all the same");
    group.hears(&program).await;
    let answer = ready(address, |answer| answer.status == 200).await;
    assert_eq!(answer.body, "ok\n");
    program.kill().await;
}

#[tokio::test]
async fn it_is_not_ready_while_nothing_can_be_recorded() {
    let group = Group::found().await;
    let config = watched(&group);
    let program = group.launch(&config);
    group.hears(&program).await;
    program.end().await;
    let program = group.launch_with_files_no_larger(&config, group.size_of_the_ledger());
    group.hears(&program).await;
    let address = address(&program).await;
    for nth in 0..40 {
        group.let_time_pass();
        let member = group.server.member(&format!("member {nth}"));
        member.say(group.general, BAD).expect("they may write");
    }
    program.says("disk").await;
    let answer = ready(address, |answer| answer.status == 503).await;
    assert!(answer.body.contains("the record cannot be written"), "{}", answer.body);
    program.kill().await;
}
