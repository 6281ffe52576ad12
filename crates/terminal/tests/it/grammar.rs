use platform::{Change, plain};
use proptest::prelude::*;
use terminal::{Deed, Line};

fn read(line: &str) -> String {
    match line.parse::<Line>() {
        Ok(line) => format!("{line:?}"),
        Err(error) => format!("error: {error}"),
    }
}

fn say(channel: Option<&str>, text: &str) -> Deed {
    Deed::Say { channel: channel.map(str::to_owned), text: text.to_owned() }
}

#[test]
fn good_lines_are_read() {
    let text = |text: &str| text.to_owned();
    let alice = |deed| Line::Member { who: "alice".to_owned(), deed };
    let by_hand = |change| {
        let deed = Deed::ByHand { change, member: text("alice") };
        Line::Member { who: text("mo"), deed }
    };
    let command =
        |by: Option<&str>, line: &str| Line::Command { by: by.map(str::to_owned), command: line.to_owned() };
    let table = [
        ("", Line::Blank),
        ("   ", Line::Blank),
        ("# a comment", Line::Blank),
        ("#", Line::Blank),
        ("exit", Line::Exit),
        ("alice: hello", alice(say(None, "hello"))),
        ("\u{feff}alice: hello", alice(say(None, "hello"))),
        ("alice:hello", alice(say(None, "hello"))),
        ("  alice :  hello: you  ", alice(say(None, "hello: you"))),
        ("alice: # not a comment", alice(say(None, "# not a comment"))),
        ("alice: /not a command", alice(say(None, "/not a command"))),
        ("alice #tearoom: hello", alice(say(Some("tearoom"), "hello"))),
        (r"alice: one\ntwo", alice(say(None, "one\ntwo"))),
        (r"alice: a\u{200b}b\u{1F600}", alice(say(None, "a\u{200b}b\u{1f600}"))),
        (r"alice: C:\\new \user ¯\_(ツ)_/¯ \", alice(say(None, r"C:\new \user ¯\_(ツ)_/¯ \"))),
        (
            "alice -> beadle: appeal B-0001 I quoted",
            alice(Deed::Confide { text: text("appeal B-0001 I quoted") }),
        ),
        ("alice->Beadle: help", alice(Deed::Confide { text: text("help") })),
        ("alice edits 3: new text", alice(Deed::Edit { post: 3, text: text("new text") })),
        ("alice edits [3]: new text", alice(Deed::Edit { post: 3, text: text("new text") })),
        ("alice edits #3 : new text", alice(Deed::Edit { post: 3, text: text("new text") })),
        ("alice deletes 3", alice(Deed::Delete { post: 3 })),
        ("alice replies 3: no", alice(Deed::Reply { post: 3, text: text("no") })),
        ("alice quotes 3: this", alice(Deed::Quote { post: 3, text: text("this") })),
        ("alice forwards 3", alice(Deed::Forward { post: 3, channel: None })),
        ("alice forwards #3 to #tearoom", alice(Deed::Forward { post: 3, channel: Some(text("tearoom")) })),
        ("alice renames: New Name", alice(Deed::Rename { name: text("New Name") })),
        ("alice closes dms", alice(Deed::TakeMessages { open: false })),
        ("alice opens DMs", alice(Deed::TakeMessages { open: true })),
        ("alice joins", alice(Deed::Join)),
        ("alice leaves", alice(Deed::Leave)),
        ("mo excludes alice", by_hand(Change::Excluded)),
        ("mo admits alice", by_hand(Change::Admitted)),
        ("mo mutes alice", by_hand(Change::Muted)),
        ("mo unmutes alice", by_hand(Change::Unmuted)),
        ("mo removes alice", by_hand(Change::Removed)),
        ("/queue", command(None, "queue")),
        ("/ case B-0001 ", command(None, "case B-0001")),
        ("mo /queue", command(Some("mo"), "queue")),
        ("as nia", Line::As { officer: text("nia") }),
        ("as: hello", Line::Member { who: text("as"), deed: say(None, "hello") }),
        ("+3d", Line::Advance { seconds: 259_200 }),
        ("+90s", Line::Advance { seconds: 90 }),
        ("+2h", Line::Advance { seconds: 7200 }),
        ("+5m", Line::Advance { seconds: 300 }),
        ("=+3d", Line::SetClock { seconds: 259_200 }),
        ("=-2h", Line::SetClock { seconds: -7200 }),
    ];
    for (line, want) in table {
        assert_eq!(read(line), format!("{want:?}"), "{line}");
    }
}

#[test]
fn bad_lines_say_what_to_type() {
    let lines = [
        "hello",
        "hello there",
        ": hello",
        "alice:",
        r"alice: \n",
        "alice #: hello",
        "alice #tearoom hello",
        "alice -> bob: hello",
        "alice -> beadle hello",
        "alice edits: hello",
        "alice edits three: hello",
        "alice edits 3",
        "alice edits 99999999999999999999: x",
        "alice deletes",
        "alice deletes 3 and 4",
        "alice forwards",
        "alice forwards 3: look",
        "alice forwards 3 to tearoom",
        "alice forwards 3 to #tearoom now",
        "alice joins us",
        "mo excludes",
        "mo mutes alice and bob",
        "alice closes doors",
        "alice opens dms now",
        "alice renames",
        "#tearoom: hello",
        "/",
        "mo /",
        "as",
        "as mo nia",
        "+3",
        "+3y",
        "+d",
        "+0d",
        "+99999999999999999d",
        "+4000d",
        "+é",
        "=3d",
        "=-",
        "=+0d",
        "=-4000d",
        r"alice: \u{110000}",
        r"alice: \u{}",
        r"alice: \u{20",
        r"/test \u{zz}",
        "\u{1b}[2J",
        "x\u{202e} x\u{7}x",
    ];
    let read: String =
        lines.iter().map(|line| format!("{}\n    {}\n", plain::escape(line), read(line))).collect();
    insta::assert_snapshot!(read, @r"
    hello
        error: nobody says this; type who does, as in `alice: hello`
    hello there
        error: `hello there` is nothing a member can do; type `hello: words`, or after the name one of edits 3: words, deletes 3, replies 3: words, quotes 3: words, forwards 3, renames: New Name, closes dms, opens dms, joins, leaves, -> beadle: words; an officer also excludes, admits, mutes, unmutes or removes alice
    : hello
        error: nobody says this; type who does, as in `alice: hello`
    alice:
        error: the words are missing; type `alice: words`
    alice: \n
        error: the words are missing; type `alice: words`
    alice #: hello
        error: the channel has no name; type `alice #general: words`
    alice #tearoom hello
        error: the words are missing; type `alice #tearoom: words`
    alice -> bob: hello
        error: there are private messages to beadle only, not to `bob`; type `alice -> beadle: words`
    alice -> beadle hello
        error: the words are missing; type `alice -> beadle: words`
    alice edits: hello
        error: `edits` needs the number of a post, as shown in brackets; type `alice edits 3: words`
    alice edits three: hello
        error: `edits` needs the number of a post, as shown in brackets; type `alice edits 3: words`
    alice edits 3
        error: the words are missing; type `alice edits 3: words`
    alice edits 99999999999999999999: x
        error: `edits` needs the number of a post, as shown in brackets; type `alice edits 3: words`
    alice deletes
        error: `deletes` needs the number of a post, as shown in brackets; type `alice deletes 3`
    alice deletes 3 and 4
        error: `and 4` is too much; type only `alice deletes 3`
    alice forwards
        error: `forwards` needs the number of a post, as shown in brackets; type `alice forwards 3`
    alice forwards 3: look
        error: `: look` is no channel to forward to; type `alice forwards 3` or `alice forwards 3 to #general`
    alice forwards 3 to tearoom
        error: `to tearoom` is no channel to forward to; type `alice forwards 3` or `alice forwards 3 to #general`
    alice forwards 3 to #tearoom now
        error: `now` is too much; type only `alice forwards 3 to #tearoom`
    alice joins us
        error: `us` is too much; type only `alice joins`
    mo excludes
        error: `excludes` needs a member; type `mo excludes alice`
    mo mutes alice and bob
        error: `and bob` is too much; type only `mo mutes alice`
    alice closes doors
        error: `alice closes` is nothing a member can do; type `alice: words`, or after the name one of edits 3: words, deletes 3, replies 3: words, quotes 3: words, forwards 3, renames: New Name, closes dms, opens dms, joins, leaves, -> beadle: words; an officer also excludes, admits, mutes, unmutes or removes alice
    alice opens dms now
        error: `now` is too much; type only `alice opens dms`
    alice renames
        error: the words are missing; type `alice renames: words`
    #tearoom: hello
        error: a comment is `#` and a space; to post in a channel type `alice #general: words`
    /
        error: the command is missing; type `/help` to see all
    mo /
        error: the command is missing; type `/help` to see all
    as
        error: type who you act as, as in `as mo`
    as mo nia
        error: `nia` is too much; type only `as mo`
    +3
        error: the clock moves by a number and s, m, h or d, ten years at most; type `+3d` or `+2h`
    +3y
        error: the clock moves by a number and s, m, h or d, ten years at most; type `+3d` or `+2h`
    +d
        error: the clock moves by a number and s, m, h or d, ten years at most; type `+3d` or `+2h`
    +0d
        error: the clock moves by a number and s, m, h or d, ten years at most; type `+3d` or `+2h`
    +99999999999999999d
        error: the clock moves by a number and s, m, h or d, ten years at most; type `+3d` or `+2h`
    +4000d
        error: the clock moves by a number and s, m, h or d, ten years at most; type `+3d` or `+2h`
    +é
        error: the clock moves by a number and s, m, h or d, ten years at most; type `+3d` or `+2h`
    =3d
        error: the clock is set by a sign, a number and s, m, h or d, ten years at most; type `=+3d` or `=-2h`
    =-
        error: the clock is set by a sign, a number and s, m, h or d, ten years at most; type `=+3d` or `=-2h`
    =+0d
        error: the clock is set by a sign, a number and s, m, h or d, ten years at most; type `=+3d` or `=-2h`
    =-4000d
        error: the clock is set by a sign, a number and s, m, h or d, ten years at most; type `=+3d` or `=-2h`
    alice: \u{110000}
        error: `\u{110000}` names no character; type `\u{200b}` with one to six hex digits, or `\\u` for the letters
    alice: \u{}
        error: `\u{}` names no character; type `\u{200b}` with one to six hex digits, or `\\u` for the letters
    alice: \u{20
        error: `\u{20` names no character; type `\u{200b}` with one to six hex digits, or `\\u` for the letters
    /test \u{zz}
        error: `\u{zz}` names no character; type `\u{200b}` with one to six hex digits, or `\\u` for the letters
    \u{1b}[2J
        error: nobody says this; type who does, as in `alice: \u{1b}[2J`
    x\u{202e} x\u{7}x
        error: `x\u{202e} x\u{7}x` is nothing a member can do; type `x\u{202e}: words`, or after the name one of edits 3: words, deletes 3, replies 3: words, quotes 3: words, forwards 3, renames: New Name, closes dms, opens dms, joins, leaves, -> beadle: words; an officer also excludes, admits, mutes, unmutes or removes alice
    ");
}

proptest! {
    #[test]
    fn no_line_makes_the_parser_panic(line in "(?s).{0,80}") {
        drop(line.parse::<Line>());
    }

    #[test]
    fn no_line_of_the_right_sort_makes_the_parser_panic(
        line in r"(alice|as|/|\+|=|#)? ?(edits|replies|forwards|to|mutes|->|#|:|[0-9]{1,25}|dms|\\u\{[0-9a-f]{0,7}\}?|\\n|\\|é| ){0,8}"
    ) {
        drop(line.parse::<Line>());
    }

    #[test]
    fn what_is_escaped_is_read_back(text in "(?s)[^ ].{0,40}[^ ]") {
        let typed: String = text.chars().map(|c| format!("\\u{{{:x}}}", u32::from(c))).collect();
        prop_assume!(!text.trim().is_empty());
        let want = Line::Member { who: "alice".to_owned(), deed: say(None, &text) };
        prop_assert_eq!(format!("alice: {typed}").parse::<Line>(), Ok(want));
    }
}
