//! The program looks after its record while it serves a group, and ends when it is told to.

use std::fs;

use fake_discord::{Fault, Matcher};
use ledger::BackupKey;

use crate::discord::group::Group;

const BAD: &str = "oh fuck off";

#[tokio::test]
async fn a_backup_is_taken_by_itself_and_the_next_start_is_quick() {
    let group = Group::found().await;
    BackupKey::create(&group.folder().join("backup.key")).expect("it can be made");
    let config = format!("[backup]\ndirectory = \"place\"\nkey_file = \"backup.key\"\n\n{}", group.config());
    let program = group.launch(&config);
    group.hears(&program).await;
    program.says("a backup was taken and read back").await;
    program.end().await;
    let place = group.folder().join("place");
    assert_eq!(ledger::backups(&place).expect("it can be read").len(), 1);
    assert!(place.join("erasures.log").exists());
    assert!(group.folder().join("data/ledger.clean").exists(), "it ended well");

    // Nothing is checked before it serves; and the day is not over.
    let program = group.launch(&config);
    group.hears(&program).await;
    program.says("the whole ledger was looked at, and is sound").await;
    program.end().await;
    assert_eq!(ledger::backups(&place).expect("it can be read").len(), 1);
}

#[tokio::test]
async fn a_key_that_is_not_there_is_said_and_keeps_no_group_unmoderated() {
    let group = Group::found().await;
    let config = format!("[backup]\ndirectory = \"place\"\nkey_file = \"backup.key\"\n\n{}", group.config());
    let program = group.launch(&config);
    group.hears(&program).await;
    let said = program.says("no backup was taken").await;
    assert!(said.contains("beadle key new"), "{said}");
    let post = group.ada.say(group.general, BAD).expect("she may write");
    group.gone(group.general, post).await;
    program.kill().await;
}

/// What Discord never answers does not keep the program from ending; it is asked for again by the next.
#[tokio::test]
async fn a_second_signal_ends_it_at_once_and_nothing_is_lost() {
    let group = Group::found().await;
    let program = group.start().await;
    group.discord.fail(Matcher::of("DELETE", "/messages/"), Fault::Hold);
    let post = group.ada.say(group.general, BAD).expect("she may write");
    group.discord.wait_for("a removal", |world| (world.held() > 0).then_some(())).await;
    program.is_told_to_end();
    program.says("ending: what is under way is finished first").await;
    program.is_told_to_end();
    let (code, told) = program.fails().await;
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("stopped at once, as it was told to twice"), "{told}");

    group.discord.let_go();
    group.let_time_pass();
    let program = group.start().await;
    group.gone(group.general, post).await;
    group.told(&group.ada, "Your post was removed").await;
    program.end().await;
    let left = fs::read_dir(group.folder().join("data")).expect("it is there");
    let left: Vec<_> = left.map(|file| file.expect("it can be read").file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains("copy")), "{left:?}");
}
