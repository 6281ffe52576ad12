//! Events in the shapes in which clients send them, and what becomes of each.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use policy::{ChannelId, GroupId, MemberId, MessageText, Post};

use super::event::{Event, Relation};
use super::post::{Chain, Place, nickname_post, post};
use super::surfaces::Answered;

fn events() -> BTreeMap<String, Event> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/events");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let event = |file: std::path::PathBuf| {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let event = Event::parse(&std::fs::read_to_string(&file).unwrap());
        (name.clone(), event.unwrap_or_else(|error| panic!("{name}: {error}")))
    };
    files.map(event).collect()
}

fn posts(event: &Event, all: &BTreeMap<String, Event>) -> Vec<Post> {
    let place = Place {
        group: GroupId::new("group").unwrap(),
        channel: ChannelId::new("!r").unwrap(),
        name: MessageText::new("Alice"),
    };
    let (chain, target) = match event.relation() {
        Relation::Edit(original) => (Chain::Edit { original, revision: 1 }, None),
        Relation::Reply(target) | Relation::Reaction { target, .. } => (Chain::First, Some(target)),
        Relation::Thread { .. } | Relation::None => (Chain::First, None),
    };
    let answered = match &target {
        Some(target) => all.values().find(|e| e.id == *target).map_or(Answered::Unknown, Answered::Known),
        None => Answered::Nothing,
    };
    nickname_post(event, &place).into_iter().chain(post(event, &place, chain, answered)).collect()
}

fn shown(post: &Post) -> String {
    let mut shown = format!("  {:?} {} r{}", post.kind, post.id.as_str(), post.revision);
    if let Some(answers) = &post.answers {
        write!(shown, " answers {}", answers.as_str()).unwrap();
    }
    if post.directed {
        let at: Vec<&str> = post.addressed.iter().map(MemberId::as_str).collect();
        write!(shown, " at [{}]", at.join(", ")).unwrap();
    }
    for surface in &post.surfaces {
        write!(shown, "\n    {:?}: {:?}", surface.kind, surface.text.expose()).unwrap();
    }
    shown + "\n"
}

#[test]
fn recorded_events_become_posts() {
    let events = events();
    let mut all = String::new();
    for (name, event) in &events {
        writeln!(all, "{name}: {}", event.kind).unwrap();
        let posts = posts(event, &events);
        if posts.is_empty() {
            all.push_str("  no post\n");
        }
        for post in posts {
            all.push_str(&shown(&post));
        }
    }
    insta::assert_snapshot!(all);
}
