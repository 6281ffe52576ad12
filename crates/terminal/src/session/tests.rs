//! A person's session, with the person typed beforehand.

use std::collections::VecDeque;
use std::sync::Mutex;

use async_trait::async_trait;
use platform::fake::effect;
use platform::{Action, Outbound as _};
use policy::{GroupId, Letter, PostId, Timestamp};

use super::*;
use crate::seed::{Seed, SeedMember};

/// A person who typed all of it beforehand.
struct Typed(VecDeque<Input>);

impl Source for Typed {
    fn next(&mut self, _prompt: &str) -> io::Result<Input> {
        Ok(self.0.pop_front().unwrap_or(Input::End))
    }
    fn width(&mut self) -> Option<usize> {
        Some(100)
    }
}

/// Cannot record the first post it is handed; delivers a letter late, on its own.
struct Bot {
    terminal: Terminal,
    taken: Mutex<Vec<String>>,
}

#[async_trait]
impl Intake for Bot {
    async fn take(&self, inbound: Inbound) -> Result<Option<Letter>, IntakeError> {
        let mut taken = self.taken.lock().unwrap();
        taken.push(format!("{inbound:?}"));
        if taken.len() == 1 { Err(IntakeError("the disk is full".into())) } else { Ok(None) }
    }

    async fn settle(&self) -> Result<(), IntakeError> {
        let letter = Letter::line("Once, and late.");
        let action = Action::Direct { to: MemberId::new("alice").unwrap(), letter, or_shown_since: None };
        drop(self.terminal.apply(effect(1), &action).await);
        Ok(())
    }

    async fn positions(&self, _group: &GroupId) -> Result<Vec<(ChannelId, Position)>, IntakeError> {
        Ok(Vec::new())
    }

    async fn unread(&self, _group: &GroupId) -> Result<Vec<(ChannelId, PostId)>, IntakeError> {
        Ok(Vec::new())
    }
}

#[derive(Debug)]
struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_795_262_400_000)
    }

    fn steady_ms(&self) -> i64 {
        0
    }
}

#[derive(Clone, Default)]
struct Screen(Arc<Mutex<Vec<u8>>>);

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

async fn sit(dir: &std::path::Path, typed: Vec<Input>) -> (Exit, String, Vec<String>) {
    let member = |id: &str| MemberId::new(id).unwrap();
    let seed = Seed {
        group: GroupId::new("branch").unwrap(),
        name: "Sample Branch".to_owned(),
        zone: chrono_tz::Europe::London,
        channels: vec![ChannelId::new("general").unwrap(), ChannelId::new("tearoom").unwrap()],
        members: ["alice", "mo", "nia"]
            .map(|id| SeedMember { id: member(id), account_name: id.to_owned() })
            .into(),
        officers: vec![member("mo"), member("nia")],
    };
    let terminal = Terminal::open(dir, seed).unwrap();
    let bot = Arc::new(Bot { terminal: terminal.clone(), taken: Mutex::default() });
    let screen = Screen::default();
    let session = Session {
        terminal,
        time: Time::Real(Arc::new(Noon)),
        source: Some(Box::new(Typed(typed.into()))),
        out: Box::new(screen.clone()),
        layout: Layout { colours: false, width: Some(100) },
        found: None,
    };
    let exit = run(session, Arc::clone(&bot) as Arc<dyn Intake>).await.unwrap();
    let shown = String::from_utf8(screen.0.lock().unwrap().clone()).unwrap();
    let taken = bot.taken.lock().unwrap().clone();
    (exit, shown.replace(&dir.display().to_string(), "DIR"), taken)
}

fn line(text: &str) -> Input {
    Input::Line(text.to_owned())
}

#[tokio::test]
async fn a_person_is_told_what_went_wrong_and_carries_on() {
    let dir = tempfile::tempdir().unwrap();
    let typed = vec![
        line("alice: not recorded at first"),
        line("hello there everybody"),
        line("alice dances"),
        line("+3d"),
        Input::Bad(LineError::TooLong),
        Input::Interrupted,
        line("alice: recorded"),
        Input::Interrupted,
        Input::Interrupted,
        line("never typed"),
    ];
    let (exit, shown, taken) = sit(dir.path(), typed).await;
    assert_eq!((exit, taken.len()), (Exit::Left, 3), "the post that was not recorded is handed in again");
    insta::assert_snapshot!(shown, @r"
    Sample Branch in your terminal, kept in DIR
    Members: alice, mo, nia. Officers: mo, nia. Channels: #general, #tearoom.
      alice: hello                 post in #general
      alice #tearoom: hello        post in another channel
      alice edits 1: hello again   also deletes 1 · replies 1: … · quotes 1: … · forwards 1 · renames: … · closes dms
      alice -> beadle: help        write to the bot in private, for example to appeal
      /queue                       a command of the officer at the prompt; or nia /queue
      nia mutes alice              by hand, past beadle; also unmutes · excludes · admits · removes; alice joins · leaves
      as nia                       be another officer; /help lists the commands
    In words, \n begins a line and \u{200b} is the character of that number.
    Tab completes. exit or Ctrl-D leaves; everything is kept.
      ✉ beadle → alice │ Once, and late.
    #general  [1] alice: not recorded at first
      ! │ what happened could not be recorded: the disk is full
      ! │ nobody says this; type who does, as in `alice: hello there everybody`
      ! │ `alice dances` is nothing a member can do; type `alice: words`, or after the name one of edits
        │ 3: words, deletes 3, replies 3: words, quotes 3: words, forwards 3, renames: New Name, closes
        │ dms, opens dms, joins, leaves, -> beadle: words; an officer also excludes, admits, mutes,
        │ unmutes or removes alice
      ! │ only a script moves the clock; write the lines to a file and type `beadle < file`
      ! │ the line is longer than 16384 bytes; split it
      ! │ Ctrl-C again, Ctrl-D or exit leaves
    #general  [2] alice: recorded
      ! │ Ctrl-C again, Ctrl-D or exit leaves
    ");
    let (exit, shown, _) = sit(dir.path(), vec![line("exit")]).await;
    assert_eq!(exit, Exit::Left);
    assert!(shown.contains("#general  [2] alice: recorded\n"), "{shown}");
}
