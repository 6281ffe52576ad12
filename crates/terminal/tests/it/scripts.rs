use std::sync::Arc;

use platform::Inbound;
use policy::{Post, PostKind, SurfaceKind};
use terminal::{Exit, LINE_LEN_MAX, TerminalError};

use crate::support::{Ledger, script, start};

async fn transcript(lines: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    let (exit, transcript) = script(dir.path(), &Arc::default(), lines).await;
    assert_eq!(exit.unwrap(), Exit::Ended);
    transcript
}

/// Runs a script that is to end with a malformed line; gives the error and what was shown.
async fn malformed(lines: impl Into<Vec<u8>>) -> String {
    let dir = tempfile::tempdir().unwrap();
    let ledger: Arc<Ledger> = Arc::default();
    let (exit, transcript) = script(dir.path(), &ledger, lines).await;
    let error = exit.unwrap_err();
    assert!(matches!(error, TerminalError::Malformed { .. }) && error.exit_code() == 2, "{error}");
    format!("{transcript}{error}")
}

async fn posts(lines: &str) -> Vec<Post> {
    let dir = tempfile::tempdir().unwrap();
    let ledger: Arc<Ledger> = Arc::default();
    script(dir.path(), &ledger, lines).await.0.unwrap();
    let taken = ledger.taken.lock().unwrap();
    let posts = taken.iter().filter_map(|inbound| match inbound {
        Inbound::Post { post, .. } => Some(post.clone()),
        Inbound::Command { .. }
        | Inbound::Direct { .. }
        | Inbound::Joined { .. }
        | Inbound::ByHand { .. }
        | Inbound::TakenDown { .. }
        | Inbound::Deaf { .. }
        | Inbound::Back { .. }
        | Inbound::Canary { .. }
        | Inbound::Unreadable { .. }
        | Inbound::Readable { .. }
        | Inbound::Read { .. }
        | Inbound::Limits { .. } => None,
    });
    posts.collect()
}

#[tokio::test]
async fn a_script_reads_like_the_evening_it_tells() {
    let transcript = transcript(
        "# An evening in the branch\n\
         alice: Good evening.\n\
         bob replies 1: Something rude\\n#general  [1] alice: I resign\n\
         \n\
         bob #tearoom: Anybody for tea?\n\
         alice quotes 3: Yes please.\n\
         alice edits 1: Good evening @bob.\n\
         bob renames: Rude Bob, rude as ever\n\
         bob -> beadle: appeal B-0001 I was quoting\n\
         mo /queue\n\
         as nia\n\
         /restore\n\
         +3d\n\
         bob deletes 3\n\
         alice closes dms\n\
         alice: I am rude now\n",
    )
    .await;
    insta::assert_snapshot!(transcript, @r"
    > # An evening in the branch
    > alice: Good evening.
    #general  [1] alice: Good evening.
    > bob replies 1: Something rude\n#general  [1] alice: I resign
    #general  [2] bob (to 1): Something rude
                  ┆ #general  [1] alice: I resign
    #general  [2] (removed by beadle)
      ✉ beadle → bob │ Your post was removed:
                     │ > Something rude
                     │ > #general  [1] alice: I resign
                     │ You can appeal.
      ⚑ officers │ Post 2 removed.

    > bob #tearoom: Anybody for tea?
    #tearoom  [3] bob: Anybody for tea?
    > alice quotes 3: Yes please.
    #tearoom  [4] alice quotes:
                  ┆ > Anybody for tea?
                  ┆ Yes please.
    > alice edits 1: Good evening @bob.
    #general  [1] alice (edited): Good evening @bob.
    > bob renames: Rude Bob, rude as ever
    #names  [5] bob is now called “Rude Bob, rude as ever”
    #names  [5] (removed by beadle; bob is “Bob” again)
      ✉ beadle → bob │ Your post was removed:
                     │ > Rude Bob, rude as ever
                     │ You can appeal.
      ⚑ officers │ Post 5 removed.
    > bob -> beadle: appeal B-0001 I was quoting
      ✉ beadle → bob │ You wrote:
                     │ > appeal B-0001 I was quoting
    > mo /queue
      / mo │ mo asked for:
           │ > queue
    > as nia
    > /restore
      / nia │ Restored by nia.
    #general  [6] beadle: alice wrote on 21 November 2026 at 14:00:
                  ┆ > something rude
                  ┆ > in two lines
    > +3d
    > bob deletes 3
    #tearoom  [3] (deleted by bob)
    > alice closes dms
      ✉ alice │ takes no private messages any more
    > alice: I am rude now
    #general  [7] alice: I am rude now
    #general  [7] (removed by beadle)
      ⚑ officers │ Post 7 removed.
    ");
}

#[tokio::test]
async fn who_is_kept_out_is_refused_and_told_so() {
    let transcript = transcript(
        "/exclude\n\
         alice: Let me in\n\
         alice joins\n\
         alice -> beadle: I appeal\n\
         alice closes dms\n\
         alice -> beadle: I appeal again\n\
         alice opens dms\n\
         alice /queue\n\
         +2d\n\
         alice: Time is up\n\
         /admit\n\
         alice: Thank you\n\
         /expel\n\
         nia admits alice\n\
         nia excludes alice\n\
         alice deletes 1\n\
         /admit\n\
         alice deletes 1\n\
         alice leaves\n\
         alice: gone?\n\
         alice joins\n",
    )
    .await;
    insta::assert_snapshot!(transcript, @"
    > /exclude
      ± alice │ is excluded by beadle until 22 November 2026 at 14:00
    > alice: Let me in
      ! │ refused: alice is excluded until 22 November 2026 at 14:00; alice -> beadle: words still arrives in private
    > alice joins
      ! │ refused: alice is excluded until 22 November 2026 at 14:00; alice -> beadle: words still arrives in private
    > alice -> beadle: I appeal
      ✉ beadle → alice │ You wrote:
                       │ > I appeal
    > alice closes dms
      ✉ alice │ takes no private messages any more
    > alice -> beadle: I appeal again
      ! │ refused: alice is outside the group and takes no private messages; type first: alice opens dms
    > alice opens dms
      ✉ alice │ takes private messages again
    > alice /queue
      ! │ refused: alice is excluded until 22 November 2026 at 14:00; alice -> beadle: words still arrives in private
    > +2d
    > alice: Time is up
      ! │ refused: alice is excluded until 22 November 2026 at 14:00; alice -> beadle: words still arrives in private
    > /admit
      ± alice │ is let in again by beadle
    > alice: Thank you
    #general  [1] alice: Thank you
    > /expel
      ± alice │ is excluded by beadle without end
    > nia admits alice
      ± alice │ is let in again by nia
      ⚑ officers │ alice Admitted by nia.
    > nia excludes alice
      ± alice │ is excluded by nia
      ⚑ officers │ alice Excluded by nia.
    > alice deletes 1
      ! │ refused: alice is excluded without end; alice -> beadle: words still arrives in private
    > /admit
      ± alice │ is let in again by beadle
    > alice deletes 1
    #general  [1] (deleted by alice)
    > alice leaves
      ± alice │ leaves
    > alice: gone?
      ! │ refused: alice has left the group; alice -> beadle: words still arrives in private, and alice joins comes back
    > alice joins
      ± alice │ joins
      ✉ beadle → alice │ Welcome.
    ");
}

#[tokio::test]
async fn who_is_muted_is_heard_in_private_until_the_mute_ends() {
    let transcript = transcript(
        "alice: one\n\
         /mute\n\
         alice edits 1: two\n\
         alice renames: Al\n\
         alice -> beadle: why?\n\
         alice deletes 1\n\
         +1d\n\
         alice: It has ended.\n\
         mo mutes alice\n\
         alice: For how long?\n\
         mo unmutes alice\n\
         /announce\n\
         /take aside\n\
         alice forwards 3 to #tearoom\n",
    )
    .await;
    insta::assert_snapshot!(transcript, @"
    > alice: one
    #general  [1] alice: one
    > /mute
      ± alice │ is muted by beadle until 22 November 2026 at 14:00
    > alice edits 1: two
      ! │ refused: alice is muted until 22 November 2026 at 14:00; alice -> beadle: words still arrives in private
    > alice renames: Al
      ! │ refused: alice is muted until 22 November 2026 at 14:00; alice -> beadle: words still arrives in private
    > alice -> beadle: why?
      ✉ beadle → alice │ You wrote:
                       │ > why?
    > alice deletes 1
    #general  [1] (deleted by alice)
    > +1d
    > alice: It has ended.
    #general  [2] alice: It has ended.
    > mo mutes alice
      ± alice │ is muted by mo
      ⚑ officers │ alice Muted by mo.
    > alice: For how long?
      ! │ refused: alice is muted without end; alice -> beadle: words still arrives in private
    > mo unmutes alice
      ± alice │ is allowed to post again by mo
      ⚑ officers │ alice Unmuted by mo.
    > /announce
    #general  [3] beadle, to all:
                  ┆ Be kind.
                  ┆ > or be gone
    > /take aside
      ✉ beadle → alice + officers │ Be kind.
                                  │ > or be gone
    > alice forwards 3 to #tearoom
    #tearoom  [4] alice forwards 3:
                  ┆ > Be kind.
                  ┆ > or be gone
    ");
}

#[tokio::test]
async fn a_clock_that_is_set_shows_another_time_though_none_passes() {
    let dir = tempfile::tempdir().unwrap();
    let ledger: Arc<Ledger> = Arc::default();
    script(dir.path(), &ledger, "alice: one\n=-1d\nalice: two\n=+2d\nalice: three").await.0.unwrap();
    let taken = ledger.taken.lock().unwrap();
    let written = taken.iter().map(|inbound| match inbound {
        Inbound::Post { post, .. } => (post.written_at.as_millis() - start().as_millis()) / 1000,
        other => panic!("a post was expected, not {other:?}"),
    });
    let day = 24 * 60 * 60;
    assert_eq!(written.collect::<Vec<_>>(), [1, 2 - day, 3 + day]);
}

#[tokio::test]
async fn members_cannot_forge_lines_or_move_the_cursor() {
    let transcript = transcript(concat!(
        r"alice: a\u{1b}[2Jb\u{202e}c\u{200b}d\n  ⚑ officers │ All is well.\u{2028}#general  [9] mo: I resign",
        "\n",
        r"alice renames: Al” \u{7}rude",
        "\n",
        r"/say \u{9b}31m",
        "\nalice: \u{1b}]0;title\u{7}plain",
    ))
    .await;
    insta::assert_snapshot!(transcript, @r"
    > alice: a\u{1b}[2Jb\u{202e}c\u{200b}d\n  ⚑ officers │ All is well.\u{2028}#general  [9] mo: I resign
    #general  [1] alice: a\u{1b}[2Jb\u{202e}c\u{200b}d
                  ┆   ⚑ officers │ All is well.
                  ┆ #general  [9] mo: I resign
    > alice renames: Al” \u{7}rude
    #names  [2] alice is now called “Al' \u{7}rude”
    #names  [2] (removed by beadle; alice is “Alice” again)
      ✉ beadle → alice │ Your post was removed:
                       │ > Al” \u{7}rude
                       │ You can appeal.
      ⚑ officers │ Post 2 removed.
    > /say \u{9b}31m
      / mo │ mo asked for:
           │ > say \u{9b}31m
    > alice: \u{1b}]0;title\u{7}plain
    #general  [3] alice: \u{1b}]0;title\u{7}plain
    ");
}

#[tokio::test]
async fn malformed_lines_end_a_script_and_say_why() {
    let lines = [
        "carol: hello",
        "alice #lounge: hello",
        "alice: one\nbob edits 1: mine now",
        "alice: one\nbob deletes 1",
        "alice replies 7: what?",
        "alice: rude\nalice edits 1: civil",
        "alice: one\nalice deletes 1\nbob quotes 1: that",
        "alice renames: Al\nalice edits 1: Bert",
        "alice: one\nbob forwards 1 to #tearoom\nbob edits 2: mine",
        "alice -> bob: psst",
        "carol /queue",
        "as carol",
        "hello",
        "hello there, everybody",
        "alice dances",
        "alice excludes bob",
        "mo excludes carol",
        "mo admits alice",
        "mo mutes alice\nnia mutes alice",
        "alice joins",
        "alice leaves\nalice leaves",
    ];
    let mut shown = String::new();
    for line in lines {
        shown += &malformed(line).await;
        shown += "\n\n";
    }
    insta::assert_snapshot!(shown, @"
    > carol: hello
    line 1: there is no member `carol`; the members are alice, bob, mo, nia

    > alice #lounge: hello
    line 1: there is no channel #lounge; the channels are #general, #tearoom

    > alice: one
    #general  [1] alice: one
    > bob edits 1: mine now
    line 2: post 1 is not bob's; only its author can do that

    > alice: one
    #general  [1] alice: one
    > bob deletes 1
    line 2: post 1 is not bob's; only its author can do that

    > alice replies 7: what?
    line 1: there is no post 7; use a number shown in brackets

    > alice: rude
    #general  [1] alice: rude
    #general  [1] (removed by beadle)
      ✉ beadle → alice │ Your post was removed:
                       │ > rude
                       │ You can appeal.
      ⚑ officers │ Post 1 removed.
    > alice edits 1: civil
    line 2: post 1 was removed by beadle; use the number of one that stands

    > alice: one
    #general  [1] alice: one
    > alice deletes 1
    #general  [1] (deleted by alice)
    > bob quotes 1: that
    line 3: post 1 was deleted or replaced by its author; use the number of one that stands

    > alice renames: Al
    #names  [1] alice is now called “Al”
    > alice edits 1: Bert
    line 2: post 1 is a name, not a message; type `alice renames: New Name` for another

    > alice: one
    #general  [1] alice: one
    > bob forwards 1 to #tearoom
    #tearoom  [2] bob forwards 1:
                  ┆ > one
    > bob edits 2: mine
    line 3: post 2 is a forward, whose words cannot be edited; type `bob deletes 2` to take it back

    > alice -> bob: psst
    line 1: there are private messages to beadle only, not to `bob`; type `alice -> beadle: words`

    > carol /queue
    line 1: there is no member `carol`; the members are alice, bob, mo, nia

    > as carol
    line 1: there is no member `carol`; the members are alice, bob, mo, nia

    > hello
    line 1: nobody says this; type who does, as in `alice: hello`

    > hello there, everybody
    line 1: nobody says this; type who does, as in `alice: hello there, everybody`

    > alice dances
    line 1: `alice dances` is nothing a member can do; type `alice: words`, or after the name one of edits 3: words, deletes 3, replies 3: words, quotes 3: words, forwards 3, renames: New Name, closes dms, opens dms, joins, leaves, -> beadle: words; an officer also excludes, admits, mutes, unmutes or removes alice

    > alice excludes bob
    line 1: alice is no officer; the officers are mo, nia

    > mo excludes carol
    line 1: there is no member `carol`; the members are alice, bob, mo, nia

    > mo admits alice
    line 1: alice is not excluded; there is nothing to change

    > mo mutes alice
      ± alice │ is muted by mo
      ⚑ officers │ alice Muted by mo.
    > nia mutes alice
    line 2: alice is muted; there is nothing to change

    > alice joins
    line 1: alice is in the group; there is nothing to change

    > alice leaves
      ± alice │ leaves
    > alice leaves
    line 2: alice has left; there is nothing to change
    ");
}

#[tokio::test]
async fn what_is_no_text_or_too_long_is_refused_and_what_came_before_is_kept() {
    let error = malformed(b"alice: one\nalice: \xff\nalice: three\n").await;
    assert!(error.ends_with("line 2: this is not valid UTF-8; save the script as UTF-8"), "{error}");
    let long = format!("alice: {}", "x".repeat(LINE_LEN_MAX));
    let error = malformed(format!("alice: one\n{long}\n")).await;
    assert!(error.ends_with("line 2: the line is longer than 16384 bytes; split it"), "{error}");
    let fits = &long[..LINE_LEN_MAX];
    assert_eq!(posts(&format!("{fits}\r\nalice: two\r\n")).await.len(), 2);
    let name = format!("alice renames: {}", "x".repeat(65));
    assert!(malformed(name).await.ends_with("a name has at most 64 characters"));
}

#[tokio::test]
async fn the_same_script_gives_the_same_transcript() {
    let lines = "alice: one\n+2h\nbob replies 1: rude\n/queue\nbob -> beadle: help\n";
    assert_eq!(transcript(lines).await, transcript(lines).await);
}

#[tokio::test]
async fn a_second_run_goes_on_where_the_first_ended() {
    let dir = tempfile::tempdir().unwrap();
    let ledger: Arc<Ledger> = Arc::default();
    script(dir.path(), &ledger, "alice: one\n+3d\nexit\nnever read").await.0.unwrap();
    let (exit, transcript) = script(dir.path(), &ledger, "bob replies 1: two").await;
    exit.unwrap();
    insta::assert_snapshot!(transcript, @"
    > bob replies 1: two
    #general  [2] bob (to 1): two
    ");
    let taken = ledger.taken.lock().unwrap();
    let Some(Inbound::Post { post, .. }) = taken.last() else { panic!("a post was expected") };
    assert_eq!(post.written_at, start().plus_seconds(1 + 3 * 86_400 + 1), "time does not go back");
}

#[tokio::test]
async fn posts_are_handed_in_with_all_their_texts() {
    let posts = posts(
        "alice: one\nbob replies 1: two\nbob: hello @Alice, @mo and @alice!\nalice: @alice, that is me\nalice quotes 2: three\n\
         alice replies 1: myself\nalice edits 1: one, edited @nobody\nalice renames: Al\nbob: mail@alice.example\n\
         alice forwards 2 to #tearoom\nbob forwards 9",
    )
    .await;
    let told: Vec<String> = posts.iter().map(tell).collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    1 r0 in general by alice (Alice) answers nothing forwards nothing directed false at nobody: body "one"
    2 r0 in general by bob (Bob) answers 1 forwards nothing directed true at alice: body "two"
    3 r0 in general by bob (Bob) answers nothing forwards nothing directed true at alice and mo: body "hello @Alice, @mo and @alice!"
    4 r0 in general by alice (Alice) answers nothing forwards nothing directed false at nobody: body "@alice, that is me"
    5 r0 in general by alice (Alice) answers nothing forwards nothing directed false at nobody: quotation "two", body "three"
    6 r0 in general by alice (Alice) answers 1 forwards nothing directed false at nobody: body "myself"
    1 r1 in general by alice (Alice) answers nothing forwards nothing directed false at nobody: body "one, edited @nobody"
    7 r0 in names by alice (Alice) answers nothing forwards nothing directed false at nobody: name "Al"
    8 r0 in general by bob (Bob) answers nothing forwards nothing directed false at nobody: body "mail@alice.example"
    9 r0 in tearoom by alice (Al) answers nothing forwards 2 directed false at nobody: quotation "two"
    10 r0 in tearoom by bob (Bob) answers nothing forwards 9 directed false at nobody: quotation "two"
    "#);
    assert!(posts[..7].iter().all(|post| post.kind == PostKind::Message));
}

fn tell(post: &Post) -> String {
    let surfaces: Vec<String> = post
        .surfaces
        .iter()
        .map(|surface| {
            let kind = match surface.kind {
                SurfaceKind::Body => "body",
                SurfaceKind::Quotation => "quotation",
                SurfaceKind::Name => "name",
            };
            format!("{kind} {:?}", surface.text.expose())
        })
        .collect();
    let at: Vec<&str> = post.addressed.iter().map(|member| member.as_str()).collect();
    format!(
        "{} r{} in {} by {} ({}) answers {} forwards {} directed {} at {}: {}",
        post.id.as_str(),
        post.revision,
        post.channel.as_str(),
        post.author.as_str(),
        post.author_name.expose(),
        post.answers.as_ref().map_or("nothing", |id| id.as_str()),
        post.forwards.as_ref().map_or("nothing", |id| id.as_str()),
        post.directed,
        if at.is_empty() { "nobody".to_owned() } else { at.join(" and ") },
        surfaces.join(", "),
    )
}
