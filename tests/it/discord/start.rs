//! What is in the way when the program starts.

use fake_discord::{Fault, Intents, Matcher};

use crate::discord::group::Group;

const BAD: &str = "oh fuck off";

#[tokio::test]
async fn a_bot_whose_token_is_not_good_any_more_keeps_no_group_of_another_unmoderated() {
    let group = Group::found().await;
    let replaced = group.app.token.chars().rev().collect::<String>();
    group.write("replaced", &replaced);
    let other = group.discord.guild("Elsewhere");
    let (bot, groups) = group.config().split_once("[[groups]]").expect("there is a group");
    let lapsed = bot.replace("\"bot\"", "\"lapsed\"").replace("\"token\"", "\"replaced\"");
    let far = groups.replace("\"tea\"", "\"far\"").replace("\"bot\"", "\"lapsed\"");
    let far = far.replace(&group.server.id.to_string(), &other.id.to_string());
    let config = format!("{lapsed}{bot}[[groups]]{groups}\n[[groups]]{far}");
    let program = group.launch(&config);
    let said = program.says("the bot `lapsed` on Discord cannot be used").await;
    assert!(said.contains("NOT moderated") && !said.contains(&replaced), "{said}");
    group.hears(&program).await;
    let post = group.ada.say(group.general, BAD).expect("she may write");
    group.gone(group.general, post).await;
    program.kill().await;

    // Where there is no other, there is nothing to go on with.
    let alone = group.config().replace("token_file = \"token\"", "token_file = \"replaced\"");
    let (code, told) = group.launch(&alone).fails().await;
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("is it the newest one from the developer portal?"), "{told}");
    let data = group.folder().join("data");
    assert!(
        data.join("ledger.clean").exists() && !data.join("ledger.db-wal").exists(),
        "the record is closed"
    );
}

#[tokio::test]
async fn a_program_that_waits_for_discord_to_let_it_in_ends_when_it_is_told_to() {
    let group = Group::found().await;
    for is_hurried in [false, true] {
        group.discord.fail(Matcher::of("GET", "/users/@me"), Fault::Hold);
        let program = group.launch(group.config());
        group.discord.wait_for("somebody asks", |world| (world.held() > 0).then_some(())).await;
        program.is_told_to_end();
        // It stops waiting for the answer, and does not come to what it says when there was none.
        program.says("ending: what is under way is finished first").await;
        if is_hurried {
            program.is_told_to_end();
        }
        let (code, told) = program.fails().await;
        assert_eq!(code, Some(i32::from(is_hurried)), "{told}");
        assert!(!told.contains("Discord cannot be reached"), "{told}");
        assert_eq!(told.contains("stopped at once, as it was told to twice"), is_hurried, "{told}");
        assert_eq!(group.folder().join("data/ledger.clean").exists(), !is_hurried, "{told}");
        group.discord.let_go();
    }
}

#[tokio::test]
async fn a_bot_whose_token_is_reset_while_it_hears_says_so_and_gives_up() {
    let group = Group::found().await;
    let program = group.start().await;
    group.app.reset_token();
    // It is heard, and stays: nothing can be done about it.
    group.ada.say(group.general, BAD).expect("she may write");
    let said = program.says("the bot `bot` on Discord hears nothing any more").await;
    assert!(said.contains("NOT moderated") && said.contains("is it the newest one"), "{said}");
    let (code, told) = program.fails().await;
    assert_eq!(code, Some(2), "{told}");
    assert!(!told.contains(&group.app.token), "the token was logged");
    group.discord.check();
}

#[tokio::test]
async fn officers_read_that_a_bot_may_not_hear_them_before_the_program_gives_up() {
    let group = Group::found().await;
    let program = group.start().await;
    program.kill().await;
    // A session that goes on would go on hearing.
    group.discord.forget_sessions();
    group.app.set_intents(Intents::NONE);
    let (code, told) = group.launch(group.config()).fails().await;
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("switch on Server Members, Message Content"), "{told}");
    let letter = group.shown(group.officers, "I have not heard this group since").await;
    assert!(letter.content.contains("“Privileged Gateway Intents”"), "{}", letter.content);
    group.discord.check();
}

#[tokio::test]
async fn a_program_that_starts_while_discord_is_away_waits_for_it() {
    let group = Group::found().await;
    // The first time it is asked four times.
    group.discord.fail_times(Matcher::of("GET", "/users/@me"), Fault::CloseBeforeAnswer, 6);
    let program = group.launch(group.config());
    program.says("Discord cannot be reached").await;
    group.hears(&program).await;
    assert!(group.discord.has_failed());
    let post = group.ada.say(group.general, BAD).expect("she may write");
    group.gone(group.general, post).await;
    group.told(&group.ada, "Your post was removed").await;
    program.kill().await;
    group.discord.check();
}
