//! What is hidden on Discord is found by the filter, and judged as what it is: read events put before the shipped list.

use std::path::Path;

use policy::case::{Actor, StrikeChange};
use policy::{
    Case, ChannelId, Decision, GroupId, Judgement, Matcher, Mode, Policy, Post, PostRef, Preset, Reference,
    RuleRef, State, Timestamp, Verdict, Wordlist, decide,
};
use serde_json::{Value, json};

use super::automod::{Behest, blocked_post};
use super::message::{Reading, read};
use super::names::{Naming, nickname_post};
use super::post::Place;
use super::reactions::{reaction_post, standing};
use super::titles::{Setting, channel_posts, status_post};
use crate::ids::Snowflake;

struct Judge {
    matcher: Matcher,
    policy: Policy,
}

impl Judge {
    fn new() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wordlists/english.toml");
        let list = Wordlist::parse("english.toml", &std::fs::read_to_string(path).unwrap()).unwrap();
        Self { matcher: Matcher::new(&[list]).unwrap(), policy: Policy::new(Preset::Strict) }
    }

    fn judge(&self, post: &Post) -> Judgement {
        self.policy.judge(&self.matcher.assess(post), post)
    }
}

fn place() -> Place {
    let id = |number| Snowflake::new(number).unwrap();
    Place { group: GroupId::new("branch").unwrap(), me: id(1), app: id(2) }
}

fn at() -> Timestamp {
    Timestamp::from_millis(1_786_017_600_000)
}

fn message(fields: &Value) -> Post {
    let mut message = json!({
        "id": "1534567890123456789", "channel_id": "7", "type": 0, "content": "", "author": {"id": "50", "username": "nelly"}
    });
    message.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    match read(&message, &place()) {
        Reading::Told(told) => told.post,
        other => panic!("{fields}: {other:?}"),
    }
}

fn forward(fields: &Value) -> Value {
    json!({"message_reference": {"type": 1, "message_id": "3"}, "message_snapshots": [{"message": fields}]})
}

#[test]
fn a_word_is_found_wherever_a_member_hides_it() {
    let judge = Judge::new();
    let rows = [
        json!({"content": "what a ||shit||show"}),
        json!({"content": "sh[](https://example.org)it"}),
        json!({"content": "s[hi](https://example.org)t"}),
        json!({"content": "look [here](https://example.org \"shit\")"}),
        json!({"content": "https://example.org/s%68it"}),
        json!({"content": "<i title=\"shit\">"}),
        json!({"content": "<!-- shit -->"}),
        json!({"content": "sh<:blank:17>it"}),
        json!({"content": "sh<a:blank:17><:blank:17>it"}),
        json!({"content": "sh<@17>it"}),
        json!({"content": "sh<t:1786017600>it"}),
        json!({"content": "<:letter_s:1><:letter_h:2><:letter_i:3><:letter_t:4>"}),
        json!({"content": "hm <:utter_shit:17>"}),
        json!({"content": "```\nshit\n```"}),
        json!({"content": "-# shit"}),
        json!({"attachments": [{"filename": "utter_shit.png"}]}),
        json!({"attachments": [{"filename": "a.png", "description": "what a shit picture"}]}),
        json!({"sticker_items": [{"name": "shit"}]}),
        json!({"poll": {"question": {"text": "Which?"}, "answers": [{"poll_media": {"text": "shit"}}]}}),
        json!({"poll": {"question": {"text": "x"}, "answers": [{"poll_media": {"emoji": {"id": "17", "name": "shit"}}}]}}),
        json!({"components": [{"type": 1, "components": [{"type": 2, "label": "shit"}]}]}),
        json!({"field_of_tomorrow": [{"text": "shit"}]}),
    ];
    for fields in rows {
        let judgement = judge.judge(&message(&fields));
        assert!(judgement.verdict >= Verdict::Hide && judgement.counts && !judgement.quoted, "{fields}");
    }
}

#[test]
fn a_word_that_no_member_wrote_goes_and_is_no_breach() {
    let judge = Judge::new();
    let rows = [
        forward(&json!({"content": "shit"})),
        forward(&json!({"components": [{"type": 17, "components": [{"type": 10, "content": "shit"}]}]})),
        forward(&json!({"attachments": [{"filename": "a", "title": "shit"}]})),
        json!({"content": "read this", "embeds": [{"type": "article", "title": "shit"}]}),
        json!({"content": "shit", "webhook_id": "3", "author": {"id": "3", "username": "News"}}),
        json!({"content": "fine", "webhook_id": "3", "author": {"id": "3", "username": "Shit"}}),
        json!({"content": "shit", "author": {"id": "3", "username": "b", "bot": true}}),
        json!({"type": 18, "content": "shit"}),
        json!({"type": 46, "embeds": [{"type": "poll_result", "fields": [{"name": "poll_question_text", "value": "shit"}]}]}),
    ];
    for fields in rows {
        let judgement = judge.judge(&message(&fields));
        assert!(judgement.verdict >= Verdict::Hide && !judgement.counts && judgement.quoted, "{fields}");
    }
    for innocent in [
        json!({"content": "good<:smile:17>morning <@17>, <t:1786017600> at <#19>, see [this](https://example.org)"}),
        json!({"content": "hi", "author": {"id": "50", "username": "shit"}, "mentions": [{"id": "60", "username": "shit"}]}),
        json!({"content": "hi", "referenced_message": {"content": "shit"}, "reactions": [{"emoji": {"name": "shit"}}]}),
        json!({"content": "hi", "attachments": [{"filename": "a", "proxy_url": "x", "placeholder": "shit", "waveform": "shit"}]}),
    ] {
        assert_eq!(judge.judge(&message(&innocent)).verdict, Verdict::Allow, "{innocent}");
    }
}

#[test]
fn what_is_no_message_is_judged_too() {
    let judge = Judge::new();
    let by = Setting { by: Snowflake::new(50), ..Setting::default() };
    let letter = |letter: char| {
        let place = u32::from(letter) - u32::from('A') + 0x1f1e6;
        json!({"emoji": {"name": char::from_u32(place).unwrap().to_string()}})
    };
    let before: Vec<Value> = "SHI".chars().map(letter).collect();
    let stood = standing(&json!({"reactions": before}));
    let reacted =
        |emoji: &Value| json!({"user_id": "50", "channel_id": "7", "message_id": "8", "emoji": emoji});
    let posts = [
        nickname_post(
            &json!({"nick": "shit", "user": {"id": "50"}}),
            &place(),
            &ChannelId::new("9").unwrap(),
            &Naming { by: Snowflake::new(50), ..Naming::default() },
        ),
        channel_posts(&json!({"id": "7", "name": "shit"}), &place(), &by).pop(),
        channel_posts(&json!({"id": "7", "topic": "shit"}), &place(), &by).pop(),
        channel_posts(
            &json!({"id": "7", "name": "shit", "owner_id": "50", "newly_created": true}),
            &place(),
            &Setting::default(),
        )
        .pop(),
        status_post(&json!({"id": "7", "status": "shit"}), &place(), &by),
        reaction_post(&reacted(&letter('T')["emoji"]), &place(), &stood, at()),
        reaction_post(&reacted(&json!({"id": "17", "name": "utter_shit"})), &place(), &[], at()),
        kept_back(Behest::Theirs),
        kept_back(Behest::Ours),
    ];
    for (row, post) in posts.into_iter().enumerate() {
        let judgement = judge.judge(&post.unwrap_or_else(|| panic!("row {row} is no post")));
        assert!(judgement.verdict >= Verdict::Hide && judgement.counts, "row {row}");
    }
}

fn kept_back(behest: Behest) -> Option<Post> {
    let event = json!({"user_id": "50", "channel_id": "7", "content": "shit"});
    blocked_post(&event, &place(), None, at(), behest)
}

/// The case that a decision makes of a post.
fn case(post: &Post, state: State) -> Case {
    Case {
        reference: Reference::new(1).unwrap(),
        post: PostRef {
            channel: post.channel.clone(),
            id: post.id.clone(),
            kind: post.kind,
            revision: post.revision,
            author: post.author.clone(),
            written_at: post.written_at,
        },
        opened_by: Actor::Bot,
        opened_at: at(),
        since: at(),
        rule: RuleRef { code: "language".to_owned(), version: 1 },
        grounds: None,
        counts: true,
        state,
        strike: None,
        decided_by: None,
        drawn: None,
        spared: None,
    }
}

/// What is promised at the head of `message.rs`.
#[test]
fn one_message_is_one_strike_at_most_however_it_is_updated() {
    let judge = Judge::new();
    let decided = |post: &Post, case: Option<&Case>| decide(Mode::Live, post, &judge.judge(post), case, at());
    let rude = json!({"content": "shit"});
    let embed = json!([{"type": "article", "title": "shit"}]);
    let linked = message(&json!({"content": "read this", "embeds": embed}));
    let edited = |at: &str| message(&json!({"content": "shit", "edited_timestamp": at}));

    // A link that is unfolded late is judged, without a strike.
    assert_eq!(decided(&message(&json!({"content": "read this"})), None), Decision::Nothing);
    let Decision::Open(outcome) = decided(&linked, None) else { panic!("the page's title is seen") };
    assert_eq!((outcome.state, outcome.strike), (State::Removed, StrikeChange::Keep));

    // Told again, pinned, unfolded: the same revision, for which there is a case.
    let removed = case(&message(&rude), State::Removed);
    for fields in [
        rude.clone(),
        json!({"content": "shit", "pinned": true}),
        json!({"content": "shit", "embeds": embed}),
    ] {
        assert_eq!(decided(&message(&fields), Some(&removed)), Decision::Nothing);
    }
    // An edit of a message that should be gone only goes as well.
    let edit = edited("2026-08-06T12:00:00+00:00");
    assert_eq!(decided(&edit, Some(&removed)), Decision::Again);
    // What a moderator let stand stays, unless the member edits it.
    let dismissed = case(&message(&rude), State::Dismissed);
    assert_eq!(
        decided(&message(&json!({"content": "shit", "embeds": embed})), Some(&dismissed)),
        Decision::Nothing
    );
    assert!(matches!(decided(&edit, Some(&dismissed)), Decision::Escalate(_)));
    // Discord can tell of an older edit after a newer one.
    let newer = case(&edit, State::Dismissed);
    assert_eq!(decided(&edited("2026-08-06T11:59:59+00:00"), Some(&newer)), Decision::Nothing);
}
