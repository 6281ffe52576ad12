use platform::contract::{Harness, Sight, SightLine, outbound_contract};
use platform::fake::Fault;
use platform::{Action, Change, Inbound, Outbound};
use policy::{ChannelId, GroupId, MemberId, Post, PostKind, Timestamp};
use tempfile::TempDir;
use terminal::{Deed, Terminal};

use crate::support::{member, open, start};

struct TerminalHarness {
    dir: TempDir,
    /// Closed only while it restarts.
    terminal: Option<Terminal>,
    now: Timestamp,
}

impl TerminalHarness {
    fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let terminal = Some(open(dir.path()));
        Self { dir, terminal, now: start() }
    }

    fn terminal(&self) -> &Terminal {
        self.terminal.as_ref().unwrap()
    }

    fn act(&mut self, who: &MemberId, deed: &Deed) -> Option<Post> {
        self.now = self.now.plus_seconds(1);
        match self.terminal().act(who.as_str(), deed, self.now).unwrap().inbound? {
            Inbound::Post { post, .. } => Some(post),
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
        }
    }

    /// What is on the screen under heads that begin so, each with the lines under it.
    fn seen(&self, sign: &str, named: &str, bar: &str) -> Vec<Sight> {
        let mut sights = Vec::new();
        let screen = self.terminal().unseen();
        let mut lines = screen.lines().peekable();
        while let Some(line) = lines.next() {
            let ours = line.starts_with(sign) && line.contains(named);
            let mut sight = Sight::default();
            if let Some(text) = after_bar(line, bar).filter(|_| ours) {
                sight.lines.push(sight_line(text));
            }
            while let Some(line) = lines.next_if(|line| is_continued(line)) {
                let text = line.trim_start().trim_start_matches(['│', '┆']);
                sight.lines.push(sight_line(text.strip_prefix(' ').unwrap_or(text)));
            }
            if ours {
                sights.push(sight);
            }
        }
        sights
    }
}

fn after_bar<'a>(line: &'a str, bar: &str) -> Option<&'a str> {
    line.split_once(bar).map(|(_, text)| text)
}

/// Only our own indentation begins so: members' words come after a bar.
fn is_continued(line: &str) -> bool {
    line.trim_start().starts_with(['│', '┆'])
}

fn sight_line(text: &str) -> SightLine {
    let quoted = text == ">" || text.starts_with("> ");
    SightLine { quoted, text: text.trim_start_matches("> ").to_owned() }
}

impl Harness for TerminalHarness {
    fn outbound(&self) -> &dyn Outbound {
        self.terminal()
    }
    fn group(&self) -> GroupId {
        self.terminal().group().clone()
    }
    fn channel(&self) -> ChannelId {
        ChannelId::new("general").unwrap()
    }
    fn alice(&self) -> MemberId {
        member("alice")
    }
    fn bob(&self) -> MemberId {
        member("bob")
    }
    fn alice_account_name(&self) -> String {
        "Alice".to_owned()
    }
    fn account_shown(&self, member: &MemberId) -> String {
        member.as_str().to_owned()
    }
    fn date_shown(&self, post: &Post) -> String {
        post.written_at.long_date(chrono_tz::Europe::London)
    }
    fn later(&self) -> Timestamp {
        self.now.plus_seconds(3 * 24 * 60 * 60)
    }
    async fn try_post(&mut self, author: &MemberId, text: &str) -> Option<Post> {
        self.act(author, &Deed::Say { channel: None, text: text.to_owned() })
    }
    async fn edit(&mut self, post: &Post, text: &str) -> Post {
        let number = post.id.as_str().parse().unwrap();
        self.act(&post.author, &Deed::Edit { post: number, text: text.to_owned() }).unwrap()
    }
    async fn delete(&mut self, post: &Post) {
        self.act(&post.author, &Deed::Delete { post: post.id.as_str().parse().unwrap() });
    }
    async fn rename(&mut self, member: &MemberId, name: &str) -> Post {
        self.act(member, &Deed::Rename { name: name.to_owned() }).unwrap()
    }
    async fn close_messages(&mut self, member: &MemberId) {
        self.act(member, &Deed::TakeMessages { open: false });
    }
    async fn leave(&mut self, member: &MemberId) {
        self.act(member, &Deed::Leave);
    }
    async fn join(&mut self, member: &MemberId) {
        // Whoever is there already is told so.
        drop(self.terminal().act(member.as_str(), &Deed::Join, self.now));
    }
    async fn by_hand(&mut self, member: &MemberId, change: Change) {
        let deed = Deed::ByHand { change, member: member.as_str().to_owned() };
        self.act(&crate::support::member("mo"), &deed);
    }
    async fn fail_next(&mut self, _action: &Action, _fault: Fault) -> bool {
        false
    }
    async fn restart(&mut self) -> bool {
        self.terminal = None;
        self.terminal = Some(open(self.dir.path()));
        true
    }
    async fn name(&self, member: &MemberId) -> String {
        self.terminal().name(member).unwrap().expose().to_owned()
    }
    async fn standing(&self) -> Vec<String> {
        let posts = self.terminal().posts().into_iter().filter(|post| post.kind == PostKind::Message);
        posts.map(|post| post.surfaces[0].text.expose().to_owned()).collect()
    }
    async fn reposts(&self) -> Vec<Sight> {
        self.seen("#general  [", " beadle: ", " beadle: ")
    }
    async fn private(&self, member: &MemberId) -> Vec<Sight> {
        self.seen("  ✉ beadle → ", &format!("→ {} │", member.as_str()), "│ ")
    }
    async fn with_officers(&self, member: &MemberId) -> Vec<Sight> {
        self.seen("  ✉ beadle → ", &format!("→ {} + officers │", member.as_str()), "│ ")
    }
    async fn announcements(&self) -> Vec<Sight> {
        let mut announcements = self.seen("#general  [", "] beadle, to all:", "] beadle, to all:");
        for announcement in &mut announcements {
            // The rest of the head.
            announcement.lines.remove(0);
        }
        announcements
    }
    async fn officers(&self) -> Vec<Sight> {
        self.seen("  ⚑ officers │", "", "│ ")
    }
}

#[tokio::test]
async fn the_terminal_keeps_the_contract() {
    outbound_contract(async || TerminalHarness::start()).await;
}
