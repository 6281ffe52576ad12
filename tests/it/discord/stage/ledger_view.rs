//! All that came of a script, as lines: what is in the ledger, what stands on the platform, what was done and said.

use ledger::{File, Ledger, WordsKind};
use platform::Outbound;
use policy::{GroupId, MemberId, Post, PostId, Reference, Timestamp};

use super::names::Names;
use super::record::Record;

/// No script has as many files.
const FILES_MAX: u32 = 60;

/// What is looked at.
pub(super) struct View<'a> {
    pub(super) ledger: &'a Ledger,
    pub(super) hands: &'a dyn Outbound,
    pub(super) record: &'a Record,
    pub(super) group: GroupId,
    pub(super) members: Vec<MemberId>,
    /// Every post there ever was, in order.
    pub(super) posts: Vec<PostId>,
    pub(super) names: Names,
}

impl View<'_> {
    /// Everything, under headings; what belongs together is one entry, which may have several lines.
    pub(super) async fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for number in 1..=FILES_MAX {
            let reference = Reference::new(number).expect("not 0");
            let file = self.ledger.file(&self.group, reference).await.expect("it can be read");
            if let Some(file) = file {
                self.file(&file, &mut lines).await;
            }
        }
        self.register(&mut lines).await;
        for member in &self.members {
            self.member(member, &mut lines).await;
        }
        self.whole(&mut lines).await;
        self.standing(&mut lines).await;
        heading(&mut lines, "what was done and said");
        lines.extend(self.done());
        lines.iter().map(|line| self.names.read(line)).collect()
    }

    /// What was noted, with when it was. What came at one time is in no order: who is first among officers
    /// depends on what they are called.
    fn done(&self) -> Vec<String> {
        let mut done = self.record.lines();
        for (_, line) in &mut done {
            *line = self.names.read(line);
        }
        done.sort();
        done.into_iter().map(|(at, line)| format!("{}: {line}", at.as_millis())).collect()
    }

    async fn file(&self, file: &File, lines: &mut Vec<String>) {
        let (ledger, group, reference) = (self.ledger, &self.group, file.reference());
        heading(lines, &format!("file {reference}"));
        // Revisions are numbered as the platform likes, higher with each.
        let (revision, rest): (Vec<_>, Vec<_>) =
            format!("{file:#?}").lines().map(str::to_owned).partition(|line| line.contains("revision: "));
        lines.push(rest.join("\n"));
        lines.extend(revision.iter().map(|line| {
            let is_first = line.trim() == "revision: 0,";
            format!("the post {}", if is_first { "as first written" } else { "as written later" })
        }));
        let keeping = ledger.keeping(group, reference).await.expect("it can be read");
        lines.push(format!("{keeping:?}"));
        for event in ledger.events(group, reference).await.expect("they can be read") {
            lines.push(format!("{:?} {:?} {:?}", event.at, event.actor, event.event));
        }
        for notice in ledger.notices_of(group, reference).await.expect("they can be read") {
            let (id, to, delivery) = (notice.id, &notice.to, notice.delivery);
            lines.push(format!("{id:?} to {to:?}: {:#?}", notice.notice));
            lines.push(format!("{id:?} to {to:?}: {delivery:?}"));
            lines.extend(notice.reason.map(|reason| format!("reason: {}", reason.expose())));
        }
        for kind in WordsKind::ALL {
            for sealed in ledger.words(group, reference, *kind).await.expect("they can be read") {
                lines.push(format!("{kind:?} {:?} {}", sealed.at, sealed.words.expose()));
            }
        }
        if let Some(appeal) = ledger.appeal(group, reference).await.expect("it can be read") {
            lines.push(format!("{appeal:#?}"));
        }
        if let Some(hold) = ledger.hold(group, reference).await.expect("it can be read") {
            lines.push(format!("{hold:?}"));
        }
        if let Some(snapshot) = ledger.snapshot(group, reference).await.expect("it can be read") {
            lines.push(format!("by {}", snapshot.author_name.expose()));
            for surface in &snapshot.surfaces {
                lines.push(format!("{:?}: {}", surface.kind, surface.text.expose()));
            }
            lines.extend(snapshot.findings.iter().map(|finding| format!("{finding:?}")));
        }
        if let File::Report(_) = file {
            let reporter = ledger.reporter(group, reference).await.expect("it can be read");
            lines.push(format!("reported by {reporter:?}"));
        }
        for view in ledger.views(group, reference).await.expect("they can be read") {
            lines.push(format!("{view:?}"));
        }
        let (declared, aimed_at) = ledger.part_in(group, reference).await.expect("it can be read");
        lines.push(format!("have a part: {declared:?}, {aimed_at:?}"));
    }

    async fn register(&self, lines: &mut Vec<String>) {
        heading(lines, "register");
        let mut register = self.ledger.register(&self.group, u32::MAX).await.expect("it can be read");
        register.reverse();
        lines.extend(register.iter().map(|line| format!("{line:?}")));
    }

    async fn member(&self, member: &MemberId, lines: &mut Vec<String>) {
        let (ledger, group) = (self.ledger, &self.group);
        heading(lines, member.as_str());
        for strike in ledger.strikes(group, member).await.expect("they can be read") {
            lines.push(format!("{strike:?}"));
        }
        let sanctions = ledger.sanctions_of(group, member).await.expect("they can be read");
        lines.extend(sanctions.iter().map(|sanction| format!("{sanction:#?}")));
        let mute = ledger.last_mute(group, member).await.expect("it can be read");
        let tombstone = ledger.tombstone(group, member).await.expect("it can be read");
        let language = ledger.language(group, member).await.expect("it can be read");
        lines.push(format!("mute {mute:?}, tombstone {tombstone:?}, language {language:?}"));
    }

    async fn whole(&self, lines: &mut Vec<String>) {
        heading(lines, "the group");
        let links = self.ledger.links(&self.group).await.expect("they can be read");
        lines.extend(links.iter().map(|link| format!("{link:?}")));
        let settings = self.ledger.settings(&self.group).await.expect("they can be read");
        lines.push(format!("{settings:#?}"));
        let doubt = self.ledger.clock_doubt().await.expect("it can be read");
        lines.push(format!("clock doubt {doubt:?}"));
        let listed = self.ledger.purge_list(&self.group).await.expect("it can be read");
        lines.push(format!("to go: {listed:?}"));
        let stuck = self.ledger.stuck(&self.group, u32::MAX).await.expect("they can be read");
        lines.push(format!("{} effects are outstanding", stuck.len()));
        let mut due = Timestamp::EPOCH;
        while let Some(next) = self.ledger.next_deadline_after(due).await.expect("it can be read") {
            lines.push(format!("due: {next:?}"));
            due = Timestamp::from_millis(next.as_millis() + 1);
        }
    }

    async fn standing(&self, lines: &mut Vec<String>) {
        heading(lines, "what stands");
        for post in &self.posts {
            if let Some(post) = self.hands.read(&self.group, None, post).await.expect("it can be read") {
                lines.push(standing(&post));
            }
        }
        let exclusions = self.hands.exclusions(&self.group, &self.members).await.expect("they are told");
        let mut kept_out: Vec<String> = exclusions
            .iter()
            .map(|one| format!("kept out: {} ({})", one.member.as_str(), one.ours))
            .collect();
        kept_out.sort();
        lines.extend(kept_out);
        let members = self.hands.members(&self.group).await.expect("they are told");
        for member in &self.members {
            // Of several names the last is the one that is seen.
            let name = members.iter().rev().find(|(one, _)| one == member).map(|(_, name)| name.expose());
            lines.push(format!("{} is there as {name:?}", member.as_str()));
        }
    }
}

fn standing(post: &Post) -> String {
    let texts: Vec<String> =
        post.surfaces.iter().map(|surface| format!("{:?} {}", surface.kind, surface.text.expose())).collect();
    format!(
        "{:?} {} in {} by {} ({}): {}",
        post.kind,
        post.id.as_str(),
        post.channel.as_str(),
        post.author.as_str(),
        post.author_name.expose(),
        texts.join(" | ")
    )
}

fn heading(lines: &mut Vec<String>, text: &str) {
    lines.push(format!("== {text}"));
}
