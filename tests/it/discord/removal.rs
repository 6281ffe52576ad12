//! What becomes of a post that goes: its author is told, appeals, is answered, and has their words back.

use serde_json::json;

use super::group::{Group, reference_in};

const STORY: &str = "my nan said fuck exactly once in her life";

#[tokio::test]
async fn a_removal_is_told_and_appealed_and_the_words_come_back() {
    let group = Group::found().await;
    let program = group.start().await;
    let post = group.ada.say(group.general, STORY).expect("she may write");
    group.gone(group.general, post).await;
    let notice = group.told(&group.ada, "Your post was removed").await;
    assert!(notice.content.replace('\\', "").contains(STORY), "{}", notice.content);
    let case = reference_in(&notice.content);

    group.ada_writes(&format!("appeal {case} It was a story about my nan."));
    group.told(&group.ada, &format!("Your appeal about {case} is on record")).await;

    let options = [("case", json!(case)), ("ruling", json!("accept")), ("reason", json!("A story."))];
    group.commands(&group.mo, "decide", &options);
    group.shown(group.general, STORY).await;
    group.told(&group.ada, "Your appeal was accepted").await;
    program.end().await;
    group.discord.check();
}
