//! The real program when nothing more can be written to the disk.

use fake_discord::{Person, Snowflake};

use super::group::Group;
use crate::program::Program;

const MEMBERS: usize = 4;
const POSTS_EACH: usize = 10;

/// What a member wrote, and is to be told of.
type Written = (Person, String, Snowflake);

#[tokio::test]
async fn when_the_disk_is_full_nothing_is_lost_and_all_is_done_once_there_is_room() {
    let group = Group::found().await;
    let (program, posts) = fills_its_disk(&group).await;
    program.has_room();
    group.let_time_pass();
    all_is_done(&group, &posts).await;
    // It went wrong, and that was said.
    program.is_told_to_end();
    assert_eq!(program.fails().await.0, Some(0));
    each_is_told_once(&group, &posts);
    group.discord.check();
}

#[tokio::test]
async fn killed_while_the_disk_is_full_nothing_is_lost_either() {
    let group = Group::found().await;
    let (program, posts) = fills_its_disk(&group).await;
    program.kill().await;
    group.let_time_pass();
    let program = group.start().await;
    all_is_done(&group, &posts).await;
    program.end().await;
    each_is_told_once(&group, &posts);
    group.discord.check();
}

/// So much is written that the disk is full before it is all on record.
async fn fills_its_disk(group: &Group) -> (Program, Vec<Written>) {
    group.start().await.end().await;
    // No file can grow beyond what the ledger has, and its log of changes comes to that.
    let program = group.start_with_files_no_larger(group.size_of_the_ledger()).await;
    let mut posts = Vec::new();
    for nth in 0..MEMBERS {
        let member = group.server.member(&format!("member {nth}"));
        for again in 0..POSTS_EACH {
            group.let_time_pass();
            let words = format!("oh fuck off, said {nth} for time {again}.");
            let post = member.say(group.general, &words).expect("they may write");
            posts.push((member.clone(), words, post));
        }
    }
    program.says("disk").await;
    let stand = group.discord.see(|world| {
        posts.iter().filter(|(_, _, post)| world.message(group.general, *post).is_some()).count()
    });
    assert!(stand > 0, "what is not on record is not done");
    (program, posts)
}

async fn all_is_done(group: &Group, posts: &[Written]) {
    for (member, words, post) in posts {
        group.gone(group.general, *post).await;
        group.told(member, words).await;
    }
}

fn each_is_told_once(group: &Group, posts: &[Written]) {
    for (member, words, _) in posts {
        assert_eq!(group.letters_saying(member, words), 1, "each is told once: {words}");
    }
}
