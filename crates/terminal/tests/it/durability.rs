use std::fs;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use platform::fake::effect;
use platform::{Action, Inbound, Outbound, Receipt};
use policy::{GroupId, Letter, PostKind};
use terminal::{Deed, OpenError, Terminal, TerminalError};

use crate::support::{Ledger, member, open, script, seed, start};

fn say(text: &str) -> Deed {
    Deed::Say { channel: None, text: text.to_owned() }
}

#[tokio::test]
async fn a_kill_between_two_writes_leaves_the_last_whole_state() {
    let dir = tempfile::tempdir().unwrap();
    let letter = Action::Direct { to: member("alice"), letter: Letter::line("Once."), or_shown_since: None };
    {
        let terminal = open(dir.path());
        terminal.act("alice", &say("hello"), start()).unwrap();
        assert_eq!(terminal.apply(effect(1), &letter).await.unwrap(), Receipt::Done);
    }
    // What a kill in the middle of the next write leaves behind.
    fs::write(dir.path().join("group.json.new"), "{\"format\":1,").unwrap();

    let terminal = open(dir.path());
    assert_eq!(terminal.posts().len(), 1);
    assert_eq!(terminal.apply(effect(1), &letter).await.unwrap(), Receipt::AlreadyDone);
    assert_eq!(terminal.unseen(), "  ✉ beadle → alice │ Once.\n");
}

#[tokio::test]
async fn a_removed_text_is_not_in_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let terminal = open(dir.path());
    let file = dir.path().join("group.json");
    for (id, deed) in [(1, say("canary")), (2, Deed::Rename { name: "canary".to_owned() })] {
        let Some(Inbound::Post { post, .. }) = terminal.act("alice", &deed, start()).unwrap().inbound else {
            panic!("a post was expected");
        };
        assert!(fs::read_to_string(&file).unwrap().contains("canary"));
        let (channel, author) = (post.channel, post.author);
        let remove = Action::Remove { channel, post: post.id, kind: post.kind, author };
        assert_eq!(terminal.apply(effect(id), &remove).await.unwrap(), Receipt::Done);
        assert!(!fs::read_to_string(&file).unwrap().contains("canary"));
        assert!(!dir.path().join("group.json.new").exists());
    }
}

#[tokio::test]
async fn letters_are_not_kept_once_they_were_shown() {
    let dir = tempfile::tempdir().unwrap();
    let (exit, transcript) = script(dir.path(), &Arc::default(), "alice: rude canary").await;
    exit.unwrap();
    assert!(transcript.contains("│ > rude canary"), "{transcript}");
    assert!(!fs::read_to_string(dir.path().join("group.json")).unwrap().contains("canary"));
}

#[test]
fn nothing_is_overwritten_when_the_file_cannot_be_used() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path()));
    let terminal = open(dir.path());
    terminal.act("alice", &say("secret words"), start()).unwrap();
    drop(terminal);
    let file = dir.path().join("group.json");
    let good = fs::read_to_string(&file).unwrap();
    let damages = [
        good[..good.len() / 2].to_owned(),
        good.replace("\"last_post\":1", "\"last_post\":0"),
        good.replace("\"last_post\":1", "\"last_post\":\"secret words\""),
        "[]".to_owned(),
        String::new(),
        good.replace("\"format\":1", "\"format\":2"),
        good.replace("\"branch\"", "\"another\""),
    ];
    let mut errors = String::new();
    for damaged in damages {
        fs::write(&file, &damaged).unwrap();
        let error = Terminal::open(dir.path(), seed()).unwrap_err().to_string();
        errors += &error.replace(&dir.path().display().to_string(), "DIR");
        errors += "\n";
        assert_eq!(fs::read_to_string(&file).unwrap(), damaged);
    }
    assert!(!errors.contains("secret"), "members' words stay out of errors: {errors}");
    insta::assert_snapshot!(errors, @"
    DIR/group.json is damaged at line 1, column 351; put a copy back from a backup, or move it away to start with an empty group
    DIR/group.json contradicts itself; put a copy back from a backup, or move it away to start with an empty group
    DIR/group.json is damaged at line 1, column 72; put a copy back from a backup, or move it away to start with an empty group
    DIR/group.json is damaged at line 1, column 2; put a copy back from a backup, or move it away to start with an empty group
    DIR/group.json is damaged at line 1, column 0; put a copy back from a backup, or move it away to start with an empty group
    DIR/group.json was written by a newer beadle; use that one
    DIR/group.json belongs to the group `another`, not to `branch`; choose another --data-dir for each group
    ");
    fs::write(&file, good).unwrap();
    assert_eq!(open(dir.path()).posts().len(), 1);
}

#[test]
fn a_second_opening_is_refused_until_the_first_has_ended() {
    let dir = tempfile::tempdir().unwrap();
    let first = open(dir.path());
    assert!(matches!(Terminal::open(dir.path(), seed()), Err(OpenError::InUse(_))));
    drop(first);
    open(dir.path());
}

#[cfg(unix)]
#[test]
fn the_file_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("a").join("b");
    let terminal = open(&data);
    terminal.act("alice", &say("hello"), start()).unwrap();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data.join("group.json")), 0o600);
    assert_eq!(mode(&data), 0o700);
}

#[test]
fn a_group_that_cannot_be_spoken_in_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let broken = |change: fn(&mut terminal::Seed)| {
        let mut seed = seed();
        change(&mut seed);
        seed.check().unwrap_err().to_string()
    };
    let errors = [
        broken(|seed| seed.channels.clear()),
        broken(|seed| seed.members[1].id = member("two words")),
        broken(|seed| seed.members[1].id = member("Beadle")),
        broken(|seed| seed.members[1].id = member("ALICE")),
        broken(|seed| seed.officers.push(member("stranger"))),
    ];
    insta::assert_snapshot!(errors.join("\n"), @"
    the group needs at least one channel, one member and one officer, and at most 1000 of each
    `two words` cannot be typed as a name: use letters, digits, - _ and . only, and not as, exit, quit, beadle or, for a channel, names
    `Beadle` cannot be typed as a name: use letters, digits, - _ and . only, and not as, exit, quit, beadle or, for a channel, names
    `ALICE` is there twice
    the officer `stranger` is not among the members
    ");
    let mut other = seed();
    other.officers.clear();
    assert!(matches!(Terminal::open(&dir.path().join("new"), other), Err(OpenError::Seed(_))));
    assert!(!dir.path().join("new").exists(), "nothing is made before it is checked");
}

#[tokio::test]
async fn what_was_posted_while_the_bot_was_down_is_judged_when_it_comes_back() {
    let dir = tempfile::tempdir().unwrap();
    let ledger: Arc<Ledger> = Arc::default();
    script(dir.path(), &ledger, "alice: civil\nbob #tearoom: civil too").await.0.unwrap();

    ledger.is_down.store(true, Ordering::Relaxed);
    let (exit, _) = script(dir.path(), &ledger, "alice edits 1: now rude\nbob: never said").await;
    let error = exit.unwrap_err();
    assert!(matches!(error, TerminalError::Intake(_)) && error.exit_code() == 1, "{error}");
    let terminal = open(dir.path());
    terminal.act("bob", &say("rude as well"), start()).unwrap();
    drop(terminal);

    ledger.is_down.store(false, Ordering::Relaxed);
    let (exit, transcript) = script(dir.path(), &ledger, "").await;
    exit.unwrap();
    insta::assert_snapshot!(transcript, @"
      ! │ reading 2 posts written while beadle was away
    #general  [1] (removed by beadle)
    #general  [3] (removed by beadle)
      ✉ beadle → alice │ Your post was removed:
                       │ > now rude
                       │ You can appeal.
      ✉ beadle → bob │ Your post was removed:
                     │ > rude as well
                     │ You can appeal.
      ⚑ officers │ Post 1 removed.
      ⚑ officers │ Post 3 removed.
    ");
    let taken = ledger.taken.lock().unwrap().len();
    let (_, transcript) = script(dir.path(), &ledger, "").await;
    assert_eq!((transcript.as_str(), ledger.taken.lock().unwrap().len()), ("", taken), "nothing comes twice");
}

#[tokio::test]
async fn a_group_without_its_ledger_or_a_ledger_without_its_group_starts_afresh() {
    let dir = tempfile::tempdir().unwrap();
    let ledger: Arc<Ledger> = Arc::default();
    script(dir.path(), &ledger, "alice: rude\nalice: civil\nalice edits 2: still civil").await.0.unwrap();

    // The group is lost: its numbers go on after those the ledger knows.
    fs::remove_file(dir.path().join("group.json")).unwrap();
    let (exit, transcript) = script(dir.path(), &ledger, "alice: rude again").await;
    exit.unwrap();
    insta::assert_snapshot!(transcript, @"
    > alice: rude again
    #general  [4] alice: rude again
    #general  [4] (removed by beadle)
      ✉ beadle → alice │ Your post was removed:
                       │ > rude again
                       │ You can appeal.
      ⚑ officers │ Post 4 removed.
    ");

    // The ledger is lost: its ids begin again, and mean other effects.
    let (exit, transcript) = script(dir.path(), &Arc::default(), "alice: rude once more").await;
    exit.unwrap();
    assert!(transcript.contains("(removed by beadle)"), "{transcript}");
}

#[tokio::test]
async fn who_left_or_is_muted_is_so_over_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let ledger: Arc<Ledger> = Arc::default();
    script(dir.path(), &ledger, "alice leaves\nmo mutes bob").await.0.unwrap();
    let (exit, transcript) = script(dir.path(), &ledger, "alice: hello\nbob: hello").await;
    exit.unwrap();
    insta::assert_snapshot!(transcript, @"
    > alice: hello
      ! │ refused: alice has left the group; alice -> beadle: words still arrives in private, and alice joins comes back
    > bob: hello
      ! │ refused: bob is muted without end; bob -> beadle: words still arrives in private
    ");
}

#[tokio::test]
async fn another_groups_posts_are_not_read() {
    let dir = tempfile::tempdir().unwrap();
    let terminal = open(dir.path());
    terminal.act("alice", &say("hello"), start()).unwrap();
    let post = terminal.posts().remove(0);
    assert_eq!(post.kind, PostKind::Message);
    let other = GroupId::new("other").unwrap();
    assert_eq!(terminal.read(&other, None, &post.id).await.unwrap(), None);
    assert!(terminal.read(terminal.group(), None, &post.id).await.unwrap().is_some());
}
