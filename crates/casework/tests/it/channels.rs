//! What cannot be read, and what the bot may not do: kept, said once, and held against nobody.

use platform::{Inbound, Intake, Limit, Position};
use policy::{ChannelId, PostId, Timestamp};

use crate::harness::{Harness, charter, group, member, post, read};

const DAY: i64 = 24 * 60 * 60;

fn channel(name: &str) -> ChannelId {
    ChannelId::new(name).unwrap()
}

fn id(name: &str) -> PostId {
    PostId::new(name).unwrap()
}

async fn hand_in(it: &Harness, inbound: Inbound) {
    assert_eq!(it.casework.take(inbound).await.unwrap(), None);
    it.settle().await;
}

fn unreadable(post: &str, from: &str, place: &str, written_at: Timestamp) -> Inbound {
    Inbound::Unreadable {
        group: group("tea"),
        channel: channel(place),
        from: member(from),
        post: id(post),
        written_at,
        position: Position(format!("after {post}")),
    }
}

async fn cannot_read(it: &Harness, post: &str, from: &str, place: &str) {
    hand_in(it, unreadable(post, from, place, policy::Clock::now(&*it.clock))).await;
    // Longer than a key may be on its way.
    it.clock.advance(121);
    it.settle().await;
}

async fn limits(it: &Harness, place: &str, limits: &[Limit]) {
    let inbound = Inbound::Limits { group: group("tea"), channel: channel(place), limits: limits.to_vec() };
    hand_in(it, inbound).await;
}

async fn unread(it: &Harness) -> Vec<String> {
    let unread = it.casework.unread(&group("tea")).await.unwrap();
    unread.iter().map(|(channel, post)| format!("{} {}", channel.as_str(), post.as_str())).collect()
}

fn officers(it: &Harness) -> Vec<String> {
    it.platform.officers_letters().iter().map(read).collect()
}

#[tokio::test]
async fn officers_hear_once_of_each_channel_and_sender_that_cannot_be_read() {
    let it = Harness::new().await;
    for post in ["1", "2", "1"] {
        cannot_read(&it, post, "alice", "general").await;
    }
    cannot_read(&it, "3", "alice", "quiet").await;
    cannot_read(&it, "4", "bob", "general").await;
    let told: Vec<_> = officers(&it).iter().map(|text| text.lines().next().unwrap().to_owned()).collect();
    assert_eq!(
        told,
        [
            "B-0001 I cannot read what alice writes in general.",
            "B-0001 I cannot read what alice writes in quiet.",
            "B-0001 I cannot read what bob writes in general.",
        ]
    );
    insta::assert_snapshot!(officers(&it)[0], @r"
    B-0001 I cannot read what alice writes in general.
    Nothing is held against them, and what they wrote stays. Their app withholds the keys: they may have set it to write to verified devices only, or it has not seen my device yet. Please ask them to update or restart their app, to change that setting, or to write again. I judge what I could not read as soon as I can.
    ");
    assert_eq!(unread(&it).await, ["general 1", "general 2", "quiet 3", "general 4"]);
    let it = it.restart().await;
    cannot_read(&it, "5", "alice", "general").await;
    assert_eq!(officers(&it).len(), 3, "also after a restart");
    let positions = it.casework.positions(&group("tea")).await.unwrap();
    assert!(positions.contains(&(channel("general"), Position("after 5".to_owned()))), "{positions:?}");
}

#[tokio::test]
async fn a_key_that_comes_soon_is_not_worth_a_word() {
    let it = Harness::new().await;
    let post = post(&it, "tea", "1", "alice", "hello");
    hand_in(&it, unreadable("1", "alice", "general", post.written_at)).await;
    it.clock.advance(119);
    it.settle().await;
    it.hands_in(post).await;
    it.clock.advance(DAY);
    it.settle().await;
    assert_eq!(officers(&it), [] as [&str; 0]);
    cannot_read(&it, "2", "alice", "general").await;
    assert_eq!(officers(&it).len(), 1, "the next that stays away is");
}

#[tokio::test]
async fn what_cannot_be_read_is_held_against_nobody() {
    let it = Harness::new().await;
    cannot_read(&it, "1", "alice", "general").await;
    assert_eq!(it.strikes("alice").await, (0, 0));
    assert!(it.ledger.cases_of(&group("tea"), &member("alice"), 10).await.unwrap().is_empty());
    assert!(it.platform.letters(&member("alice")).is_empty());
    assert_eq!(it.command("mo", "queue").await, "Nothing waits for a moderator.");
    let record = it.direct("alice", "my-record").await;
    assert!(record.contains("Posts of yours that I could not decrypt: 1."), "{record}");
    assert!(!it.direct("bob", "my-record").await.contains("decrypt"));
}

#[tokio::test]
async fn what_is_decrypted_late_is_judged_as_of_when_it_was_written() {
    let it = Harness::new().await;
    let (rude, kind) = (post(&it, "tea", "1", "alice", "worstlo"), post(&it, "tea", "2", "bob", "hello"));
    for post in [&rude, &kind] {
        it.platform.put(post.clone());
        let from = post.author.as_str();
        hand_in(&it, unreadable(post.id.as_str(), from, "general", post.written_at)).await;
    }
    it.clock.advance(3 * DAY);
    let it = it.restart().await;
    let written_at = rude.written_at;
    for post in [rude, kind] {
        it.hands_in(post).await;
    }
    it.settle().await;
    assert!(!it.stands("1") && it.stands("2"));
    assert!(unread(&it).await.is_empty());
    let strikes = it.ledger.strikes(&group("tea"), &member("alice")).await.unwrap();
    assert_eq!(strikes[0].1.conduct_at, written_at);
    let it = it.restart().await;
    let positions = it.casework.positions(&group("tea")).await.unwrap();
    assert_eq!(positions, [(channel("general"), Position("2".to_owned()))]);
}

#[tokio::test]
async fn what_turns_out_to_be_no_post_is_waited_for_no_longer() {
    let it = Harness::new().await;
    cannot_read(&it, "1", "alice", "general").await;
    for _ in 0..2 {
        let inbound = Inbound::Readable { group: group("tea"), channel: channel("general"), post: id("1") };
        hand_in(&it, inbound).await;
        assert!(unread(&it).await.is_empty());
    }
}

#[tokio::test]
async fn what_could_never_be_read_goes_with_the_files_of_its_time() {
    let it = Harness::new().await;
    cannot_read(&it, "1", "alice", "general").await;
    limits(&it, "general", &[Limit::Remove]).await;
    limits(&it, "general", &[]).await;
    it.clock.advance(700 * DAY);
    cannot_read(&it, "2", "bob", "general").await;
    assert_eq!(unread(&it).await, ["general 1", "general 2"]);
    it.clock.advance(32 * DAY);
    it.settle().await;
    assert_eq!(unread(&it).await, ["general 2"]);
    let known = it.ledger.members(&group("tea")).await.unwrap();
    assert!(!known.contains(&member("alice")) && known.contains(&member("bob")), "{known:?}");
    let tea = group("tea");
    assert_eq!(it.ledger.unreadable_sender(&tea, 1).await.unwrap(), None);
    assert!(it.ledger.limits_that_came(&tea, 1).await.unwrap().is_empty());
    cannot_read(&it, "3", "alice", "general").await;
    let told = officers(&it).iter().filter(|text| text.contains("what alice writes")).count();
    assert_eq!(told, 2, "nobody remembers that they were told");
}

#[tokio::test]
async fn what_the_bot_may_not_do_is_said_once_and_so_is_that_it_is_mended() {
    let it = Harness::new().await;
    let first = [Limit::Remove, Limit::Outranked(member("ed")), Limit::Outranked(member("asha"))];
    limits(&it, "general", &first).await;
    // The same in another order.
    let mut again = first.clone();
    again.reverse();
    limits(&it, "general", &again).await;
    let it = it.restart().await;
    limits(&it, "general", &first).await;
    limits(&it, "general", &[Limit::Remove, Limit::Write]).await;
    limits(&it, "quiet", &[Limit::Enter]).await;
    limits(&it, "quiet", &[]).await;
    limits(&it, "quiet", &[Limit::Read]).await;
    limits(&it, "quiet", &[]).await;
    limits(&it, "general", &[]).await;
    insta::assert_snapshot!(officers(&it).join("\n--\n"), @r"
    B-0001 In general I cannot remove posts, nor put out or mute asha or ed, whose rank is not below mine.
    What I may not do is NOT done until I may. Please give me the permission for it there, and a rank above those whom I am to put out or mute.
    --
    B-0001 In general I cannot write.
    What I may not do is NOT done until I may. Please give me the permission for it there, and a rank above those whom I am to put out or mute.
    B-0001 In general I can put out or mute asha or ed again.
    --
    B-0001 I am not in quiet and moderate NOTHING there. Please let me in, or invite me.
    --
    B-0001 I am in quiet now.
    --
    B-0001 In quiet I am not shown what members write, and moderate NOTHING there. Whoever runs me finds what is missing with beadle doctor.
    --
    B-0001 In quiet I can read what members write again.
    --
    B-0001 In general I can remove posts and write again.
    ");
}

#[tokio::test]
async fn whoever_is_put_out_can_do_nothing_again_there() {
    let it = Harness::new().await;
    limits(&it, "general", &[Limit::Mute, Limit::Exclude]).await;
    let known = officers(&it).len();
    limits(&it, "general", &[Limit::Enter]).await;
    limits(&it, "general", &[Limit::Mute]).await;
    limits(&it, "general", &[Limit::Enter]).await;
    limits(&it, "general", &[]).await;
    insta::assert_snapshot!(officers(&it)[known..].join("\n--\n"), @r"
    B-0001 I am not in general and moderate NOTHING there. Please let me in, or invite me.
    --
    B-0001 In general I cannot keep members from posting.
    What I may not do is NOT done until I may. Please give me the permission for it there, and a rank above those whom I am to put out or mute.
    B-0001 I am in general now.
    --
    B-0001 I am not in general and moderate NOTHING there. Please let me in, or invite me.
    --
    B-0001 I am in general now.
    ");
}

#[tokio::test]
async fn what_is_known_of_one_groups_channels_is_no_other_groups() {
    let it = Harness::with(vec![charter("tea"), charter("pub")]).await;
    cannot_read(&it, "1", "alice", "general").await;
    assert!(it.casework.unread(&group("pub")).await.unwrap().is_empty());
    it.takes(post(&it, "pub", "1", "alice", "hello")).await;
    it.settle().await;
    assert_eq!(unread(&it).await, ["general 1"]);
    assert_eq!(it.ledger.unreadable_sender(&group("pub"), 1).await.unwrap(), None);
}
