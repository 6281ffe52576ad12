//! The real program when nothing more can be written to the disk.

use super::group::Group;

const MEMBERS: usize = 4;
const POSTS_EACH: usize = 10;

#[tokio::test]
async fn when_the_disk_is_full_nothing_is_lost_and_all_is_done_once_there_is_room() {
    let group = Group::found().await;
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
    program.kill().await;

    group.let_time_pass();
    let program = group.start().await;
    for (member, words, post) in &posts {
        group.gone(group.general, *post).await;
        group.told(member, words).await;
    }
    program.end().await;
    for (member, words, _) in &posts {
        assert_eq!(group.letters_saying(member, words), 1, "each is told once: {words}");
    }
    group.discord.check();
}
