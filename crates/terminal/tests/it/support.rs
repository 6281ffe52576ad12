//! A small group, and a bot that takes away what says "rude" and answers by repeating.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use platform::fake::effect;
use platform::{Action, EffectId, Inbound, Intake, IntakeError, Outbound, Position};
use policy::{ChannelId, Clock, GroupId, Letter, MemberId, MessageText, Post, PostId, PostKind, Timestamp};
use terminal::{Exit, ScriptClock, Seed, SeedMember, Session, Terminal, TerminalError, run};

/// 21 November 2026, 14:00 in London.
pub(crate) fn start() -> Timestamp {
    Timestamp::from_millis(1_795_269_600_000)
}

pub(crate) fn member(id: &str) -> MemberId {
    MemberId::new(id).unwrap()
}

pub(crate) fn seed() -> Seed {
    let members = [("alice", "Alice"), ("bob", "Bob"), ("mo", "Mo"), ("nia", "Nia")];
    Seed {
        group: GroupId::new("branch").unwrap(),
        name: "Sample Branch".to_owned(),
        zone: chrono_tz::Europe::London,
        channels: ["general", "tearoom"].map(|id| ChannelId::new(id).unwrap()).into(),
        members: members
            .map(|(id, name)| SeedMember { id: member(id), account_name: name.to_owned() })
            .into(),
        officers: vec![member("mo"), member("nia")],
    }
}

pub(crate) fn open(dir: &Path) -> Terminal {
    Terminal::open(dir, seed()).unwrap()
}

/// What outlives a run of the program, in place of a ledger.
#[derive(Default)]
pub(crate) struct Ledger {
    pub(crate) positions: Mutex<BTreeMap<ChannelId, Position>>,
    pub(crate) taken: Mutex<Vec<Inbound>>,
    pending: Mutex<Vec<(EffectId, Action)>>,
    next_effect: AtomicI64,
    pub(crate) is_down: AtomicBool,
}

pub(crate) struct Bot {
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) terminal: Terminal,
}

impl Bot {
    pub(crate) fn order(&self, action: Action) {
        let id = EffectId(self.ledger.next_effect.fetch_add(1, Ordering::Relaxed));
        self.ledger.pending.lock().unwrap().push((id, action));
    }

    /// Does to alice what the command says, for a day where it takes an end; `false` when it is no such command.
    fn obeys(&self, command: &str) -> bool {
        let alice = member("alice");
        let until = start().plus_seconds(24 * 60 * 60);
        let letter = Letter::line("Be kind.").quote(MessageText::new("or be gone"));
        self.order(match command {
            "exclude" => Action::Exclude { member: alice, until: Some(until) },
            "expel" => Action::Exclude { member: alice, until: None },
            "admit" => Action::Admit { member: alice },
            "mute" => Action::Mute { member: alice, until },
            "unmute" => Action::Unmute { member: alice },
            "announce" => Action::Announce { channel: ChannelId::new("general").unwrap(), letter },
            "take aside" => Action::DirectWithOfficers { to: alice, officers: Vec::new(), letter },
            _ => return false,
        });
        true
    }

    fn judge(&self, post: &Post) {
        let says = |word| post.surfaces.iter().any(|surface| surface.text.expose().contains(word));
        if !says("rude") {
            return;
        }
        let (channel, author) = (post.channel.clone(), post.author.clone());
        self.order(Action::Remove { channel, post: post.id.clone(), kind: post.kind, author });
        let words = post.surfaces.last().unwrap().text.clone();
        let letter = Letter::line("Your post was removed:").quote(words).text("You can appeal.");
        self.order(Action::Direct { to: post.author.clone(), letter, or_shown_since: None });
        self.order(Action::TellOfficers {
            letter: Letter::line(format!("Post {} removed.", post.id.as_str())),
        });
    }
}

#[async_trait]
impl Intake for Bot {
    async fn take(&self, inbound: Inbound) -> Result<Option<Letter>, IntakeError> {
        if self.ledger.is_down.load(Ordering::Relaxed) {
            return Err(IntakeError("the ledger is down".into()));
        }
        self.ledger.taken.lock().unwrap().push(inbound.clone());
        match inbound {
            Inbound::Post { post, position } => {
                self.judge(&post);
                let read = position.map(|position| (post.channel, position));
                self.ledger.positions.lock().unwrap().extend(read);
                Ok(None)
            }
            Inbound::Command { line, .. } if self.obeys(line.expose()) => Ok(None),
            Inbound::Command { from, line, .. } if line.expose() == "restore" => {
                self.order(Action::Repost {
                    channel: ChannelId::new("general").unwrap(),
                    kind: PostKind::Message,
                    author: member("alice"),
                    author_name: MessageText::new("Alice"),
                    written_at: start(),
                    text: MessageText::new("something rude\nin two lines"),
                });
                Ok(Some(Letter::line(format!("Restored by {}.", from.as_str()))))
            }
            Inbound::Command { from, line, .. } => {
                Ok(Some(Letter::line(format!("{} asked for:", from.as_str())).quote(line)))
            }
            Inbound::Direct { text, .. } => Ok(Some(Letter::line("You wrote:").quote(text))),
            Inbound::Joined { .. } => Ok(Some(Letter::line("Welcome."))),
            Inbound::ByHand { member, change, by, .. } => {
                let by = by.unwrap();
                let letter = Letter::line(format!("{} {change:?} by {}.", member.as_str(), by.as_str()));
                self.order(Action::TellOfficers { letter });
                Ok(None)
            }
            Inbound::TakenDown { .. }
            | Inbound::Deaf { .. }
            | Inbound::Back { .. }
            | Inbound::Canary { .. }
            | Inbound::Unreadable { .. }
            | Inbound::Readable { .. }
            | Inbound::Read { .. }
            | Inbound::Limits { .. } => {
                panic!("everything can be read and done in a terminal")
            }
        }
    }

    async fn settle(&self) -> Result<(), IntakeError> {
        let pending = std::mem::take(&mut *self.ledger.pending.lock().unwrap());
        for (id, action) in pending {
            // Refusals are the ledger's business, and this one keeps no record.
            drop(self.terminal.apply(effect(id.0), &action).await);
        }
        Ok(())
    }

    async fn positions(&self, _group: &GroupId) -> Result<Vec<(ChannelId, Position)>, IntakeError> {
        Ok(self.ledger.positions.lock().unwrap().clone().into_iter().collect())
    }

    async fn unread(&self, _group: &GroupId) -> Result<Vec<(ChannelId, PostId)>, IntakeError> {
        Ok(Vec::new())
    }
}

#[derive(Clone, Default)]
struct Transcript(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Transcript {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Runs a script on the group in `dir` and gives how it ended and the transcript.
pub(crate) async fn script(
    dir: &Path,
    ledger: &Arc<Ledger>,
    lines: impl Into<Vec<u8>>,
) -> (Result<Exit, TerminalError>, String) {
    let terminal = open(dir);
    let bot = Arc::new(Bot { ledger: Arc::clone(ledger), terminal: terminal.clone() });
    let clock = Arc::new(ScriptClock::new(start()));
    assert_eq!(clock.now(), start());
    let transcript = Transcript::default();
    let session = Session::script(terminal, clock, Cursor::new(lines.into()), transcript.clone());
    let exit = run(session, bot).await;
    let text = String::from_utf8(transcript.0.lock().unwrap().clone()).unwrap();
    (exit, text)
}
