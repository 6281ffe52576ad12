//! Reads lines, lets them happen, and shows what came of each before the next is read.

use std::io::{self, BufRead, IsTerminal as _, Write};
use std::pin::Pin;
use std::str::FromStr as _;
use std::sync::Arc;

use platform::{Inbound, Intake, IntakeError, Position};
use policy::{ChannelId, Clock, MemberId, MessageText};

use crate::clock::ScriptClock;
use crate::complete::Vocabulary;
use crate::handle::{ActError, LineError, Needs, Terminal};
use crate::layout::{Entry, Layout};
use crate::line::{Deed, GrammarError, Line, brief};
use crate::source::{Found, Input, Prompt, Script, Source, is_gone};
use crate::store::StoreError;
use crate::translate::{self, Taken};
use crate::view;

/// How many posts of earlier sessions are shown on the first screen.
pub const EARLIER_SHOWN_MAX: usize = 10;

/// One sitting in front of the group: a person's or a script's.
pub struct Session {
    terminal: Terminal,
    time: Time,
    source: Option<Box<dyn Source>>,
    out: Box<dyn Write + Send>,
    layout: Layout,
    /// How the terminal was found in which a person sits.
    found: Option<Found>,
}

/// Who moves the time.
enum Time {
    Script(Arc<ScriptClock>),
    Real(Arc<dyn Clock>),
}

/// How a session ended without an error. What was said is kept either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Exit {
    /// The input came to its end.
    Ended,
    /// Somebody typed `exit`, or Ctrl-C twice.
    Left,
    /// It was told to end, and waited for a line then.
    Told,
}

/// Why a session ended early. What came before is kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TerminalError {
    /// A line of a script means nothing; nothing of it was done.
    #[error("line {line}: {error}")]
    Malformed {
        /// Its number, from 1.
        line: u64,
        /// What is wrong.
        error: LineError,
    },
    /// What happened in the group could not be recorded. The posts are handed in again on the next start.
    #[error(transparent)]
    Intake(#[from] IntakeError),
    /// The group could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The input cannot be read.
    #[error("cannot read the input")]
    Input(#[source] io::Error),
    /// The output cannot be written.
    #[error("cannot write the output")]
    Output(#[source] io::Error),
}

impl TerminalError {
    /// What the process should exit with: 2 for a malformed line, 1 for everything else.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Malformed { .. } => 2,
            Self::Intake(_) | Self::Store(_) | Self::Input(_) | Self::Output(_) => 1,
        }
    }

    fn is_of_a_terminal_that_is_gone(&self) -> bool {
        match self {
            Self::Input(error) | Self::Output(error) => is_gone(error),
            Self::Malformed { .. } | Self::Intake(_) | Self::Store(_) => false,
        }
    }
}

impl Session {
    /// A script's session: lines from `input`, the transcript to `out`, without colours. The same lines on the same
    /// group give the same transcript.
    pub fn script(
        terminal: Terminal,
        clock: Arc<ScriptClock>,
        input: impl BufRead + Send + 'static,
        out: impl Write + Send + 'static,
    ) -> Self {
        Self {
            terminal,
            time: Time::Script(clock),
            source: Some(Box::new(Script(input))),
            out: Box::new(out),
            layout: Layout::PLAIN,
            found: None,
        }
    }

    /// A person's session on standard input and output, which are a terminal. `commands` are the names that Tab
    /// completes, without slash.
    ///
    /// # Errors
    /// When the terminal or the history file cannot be used.
    pub fn interactive(
        terminal: Terminal,
        clock: Arc<dyn Clock>,
        commands: Vec<String>,
    ) -> Result<Self, TerminalError> {
        let vocabulary = vocabulary(&terminal, commands);
        let found = Some(Found::look());
        let mut prompt = Prompt::open(terminal.data_dir(), vocabulary).map_err(TerminalError::Input)?;
        let stdout = anstream::AutoStream::auto(io::stdout());
        let colours = io::stdout().is_terminal() && stdout.current_choice() != anstream::ColorChoice::Never;
        let layout = Layout { colours, width: prompt.width() };
        let (source, out) = (Some(Box::new(prompt) as Box<dyn Source>), Box::new(stdout));
        Ok(Self { terminal, time: Time::Real(clock), source, out, layout, found })
    }
}

fn vocabulary(terminal: &Terminal, commands: Vec<String>) -> Vocabulary {
    let seed = terminal.seed();
    Vocabulary {
        members: seed.members.iter().map(|member| member.id.as_str().to_owned()).collect(),
        officers: seed.officers.iter().map(|id| id.as_str().to_owned()).collect(),
        channels: seed.channels.iter().map(|id| id.as_str().to_owned()).collect(),
        commands,
    }
}

/// Runs a session to its end: each line is applied to the group, handed to `intake`, and its consequences shown.
///
/// Posts written while the bot was down are handed in first. Reading blocks a thread of the runtime's pool for
/// blocking; shut the runtime down with a timeout if the session is abandoned before its input ends.
///
/// # Errors
/// When a script's line means nothing, or something could not be recorded, kept, read or written. A person is told
/// about the first two and carries on.
pub async fn run(session: Session, intake: Arc<dyn Intake>) -> Result<Exit, TerminalError> {
    run_until(session, intake, std::future::pending()).await
}

/// The same until `stop`: a line is dealt with to its end, and no other is waited for. The thread that read goes on to
/// read, so shut the runtime down without waiting for it.
///
/// # Errors
/// As for [`run`].
pub async fn run_until(
    session: Session,
    intake: Arc<dyn Intake>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<Exit, TerminalError> {
    let terminal = session.terminal.clone();
    let officer = terminal.seed().officers[0].clone();
    let stop = Box::pin(stop);
    let mut sitting =
        Sitting { session, intake, stop, officer, taken: Taken::new(), line: 0, interrupted: false };
    let ended = match sitting.run().await {
        // Whoever sat there has closed the window.
        Err(error) if sitting.session.found.is_some() && error.is_of_a_terminal_that_is_gone() => {
            Ok(Exit::Ended)
        }
        Ok(Exit::Told) => sitting.leave_as_found().map(|()| Exit::Told),
        ended => ended,
    };
    let saved = terminal.store().save();
    let exit = ended?;
    saved?;
    Ok(exit)
}

struct Sitting {
    session: Session,
    intake: Arc<dyn Intake>,
    /// When no further line is waited for.
    stop: Pin<Box<dyn Future<Output = ()> + Send>>,
    /// Whose commands those without a name are.
    officer: MemberId,
    /// How far the bot has been handed what happened.
    taken: Taken,
    /// The number of the line that was read last.
    line: u64,
    /// Whether the last thing typed was Ctrl-C.
    interrupted: bool,
}

impl Sitting {
    async fn run(&mut self) -> Result<Exit, TerminalError> {
        self.greet()?;
        self.start().await?;
        loop {
            self.show_unseen()?;
            let input = self.read().await?;
            let again = std::mem::replace(&mut self.interrupted, input == Input::Interrupted);
            match input {
                Input::End => return Ok(Exit::Ended),
                Input::Told => return Ok(Exit::Told),
                Input::Interrupted if again => return Ok(Exit::Left),
                Input::Interrupted => {
                    self.show(&view::note("Ctrl-C again, Ctrl-D or exit leaves"))?;
                }
                Input::Bad(error) => self.malformed(error)?,
                Input::Line(text) => {
                    if self.echo_and_take(&text).await? == Some(Exit::Left) {
                        return Ok(Exit::Left);
                    }
                }
            }
        }
    }

    /// Deals with what happened while the bot was down.
    async fn start(&mut self) -> Result<(), TerminalError> {
        if let Time::Script(clock) = &self.session.time {
            clock.advance_to(self.session.terminal.latest());
        }
        let positions = self.intake.positions(self.session.terminal.group()).await?;
        self.session.terminal.reconcile(&positions)?;
        self.taken =
            positions.iter().map(|(channel, at)| (channel.clone(), translate::event_of(at))).collect();
        let waiting = self.waiting().len();
        if waiting > 0 {
            let posts = if waiting == 1 { "post" } else { "posts" };
            self.show(&view::note(&format!(
                "reading {waiting} {posts} written while {} was away",
                crate::seed::BOT
            )))?;
        }
        match self.hand_in().await {
            Ok(()) => Ok(()),
            Err(error) => self.carry_on_after(error),
        }
    }

    async fn echo_and_take(&mut self, text: &str) -> Result<Option<Exit>, TerminalError> {
        if self.is_script() {
            self.echo(text)?;
        }
        let line = match Line::from_str(text) {
            Ok(line) => line,
            Err(error) => return self.malformed(self.explain(error, text)).map(|()| None),
        };
        match self.take(line).await {
            Ok(exit) => Ok(exit),
            Err(TerminalError::Malformed { error, .. }) => self.malformed(error).map(|()| None),
            Err(error) => self.carry_on_after(error).map(|()| None),
        }
    }

    /// A person is told what could not be recorded or kept, and may see to it; a script ends.
    fn carry_on_after(&mut self, error: TerminalError) -> Result<(), TerminalError> {
        match error {
            TerminalError::Intake(_) | TerminalError::Store(_) if !self.is_script() => {
                self.show(&view::note(&chain(&error)))
            }
            TerminalError::Malformed { .. }
            | TerminalError::Intake(_)
            | TerminalError::Store(_)
            | TerminalError::Input(_)
            | TerminalError::Output(_) => Err(error),
        }
    }

    async fn take(&mut self, line: Line) -> Result<Option<Exit>, TerminalError> {
        match line {
            Line::Blank => return Ok(None),
            Line::Exit => return Ok(Some(Exit::Left)),
            Line::As { officer } => self.officer = self.member(&officer)?,
            Line::Advance { seconds } => self.move_clock(|clock| clock.advance(seconds))?,
            Line::SetClock { seconds } => self.move_clock(|clock| clock.set(seconds))?,
            Line::Command { by, command } => {
                let from = by.map_or_else(|| Ok(self.officer.clone()), |by| self.member(&by))?;
                self.tick();
                self.command(from, &command).await?;
            }
            Line::Member { who, deed } => {
                self.member(&who)?;
                self.tick();
                self.act(&who, &deed).await?;
            }
        }
        self.hand_in().await?;
        self.show_unseen().map(|()| None)
    }

    async fn act(&mut self, who: &str, deed: &Deed) -> Result<(), TerminalError> {
        let now = self.clock().now();
        let acted = match self.session.terminal.act(who, deed, now) {
            Ok(acted) => acted,
            Err(ActError::Line(error)) => return Err(self.malformed_error(error)),
            Err(ActError::Store(error)) => return Err(error.into()),
        };
        if let Some(entry) = acted.entry {
            self.show(&entry)?;
        }
        match acted.inbound {
            Some(
                inbound @ (Inbound::Direct { .. }
                | Inbound::Command { .. }
                | Inbound::Joined { .. }
                | Inbound::ByHand { .. }
                | Inbound::TakenDown { .. }
                | Inbound::Deaf { .. }
                | Inbound::Back { .. }
                | Inbound::Canary { .. }
                | Inbound::Unreadable { .. }
                | Inbound::Readable { .. }
                | Inbound::Read { .. }
                | Inbound::Limits { .. }),
            ) => self.hand_in_one(inbound).await,
            // Posts are handed in by their events, together with any that could not be before.
            Some(Inbound::Post { .. }) | None => Ok(()),
        }
    }

    async fn command(&mut self, from: MemberId, command: &str) -> Result<(), TerminalError> {
        let now = self.clock().now();
        if let Some(entry) = self.session.terminal.refusal(&from, Needs::Voice, now) {
            return self.show(&entry);
        }
        let group = self.session.terminal.group().clone();
        let line = MessageText::new(command);
        self.hand_in_one(Inbound::Command { group, from, line, is_private: false, noted: None }).await
    }

    /// Hands in all posts that wait, oldest first, and has what is due delivered.
    async fn hand_in(&mut self) -> Result<(), TerminalError> {
        for (event, inbound) in self.waiting() {
            let channel = channel_of(&inbound);
            self.hand_in_one(inbound).await?;
            if let Some(channel) = channel {
                self.taken.insert(channel, event);
            }
        }
        Ok(self.intake.settle().await?)
    }

    async fn hand_in_one(&mut self, inbound: Inbound) -> Result<(), TerminalError> {
        let asked_by = match &inbound {
            Inbound::Post { post, .. } => Some(post.author.clone()),
            Inbound::Command { from, .. }
            | Inbound::Direct { from, .. }
            | Inbound::Unreadable { from, .. } => Some(from.clone()),
            Inbound::Joined { member, .. } => Some(member.clone()),
            Inbound::ByHand { member, by, .. } => Some(by.clone().unwrap_or_else(|| member.clone())),
            Inbound::TakenDown { author, by, .. } => Some(by.clone().unwrap_or_else(|| author.clone())),
            Inbound::Deaf { .. }
            | Inbound::Back { .. }
            | Inbound::Canary { .. }
            | Inbound::Readable { .. }
            | Inbound::Read { .. }
            | Inbound::Limits { .. } => None,
        };
        let is_command = matches!(inbound, Inbound::Command { .. });
        let answer = self.intake.take(inbound).await?;
        let Some((letter, asked_by)) = answer.zip(asked_by) else { return Ok(()) };
        let show = if is_command { view::answer } else { view::private };
        self.show(&show(&asked_by, &letter))
    }

    fn waiting(&self) -> Vec<(u64, Inbound)> {
        let terminal = &self.session.terminal;
        translate::not_taken(terminal.store().group(), terminal.seed(), &self.taken)
    }

    fn member(&self, typed: &str) -> Result<MemberId, TerminalError> {
        self.session.terminal.find_member(typed).cloned().map_err(|error| self.malformed_error(error))
    }

    fn move_clock(&mut self, how: impl FnOnce(&ScriptClock)) -> Result<(), TerminalError> {
        match &self.session.time {
            Time::Script(clock) => how(clock),
            Time::Real(_) => return Err(self.malformed_error(LineError::ClockIsReal)),
        }
        let now = self.clock().now();
        let mut store = self.session.terminal.store();
        store.note_time(now);
        // Time that has passed does not pass again, also when the program dies over what falls due.
        store.save()?;
        Ok(())
    }

    /// A second a line, so that no two posts of a script are written at once.
    fn tick(&self) {
        match &self.session.time {
            Time::Script(clock) => clock.advance(1),
            Time::Real(_) => {}
        }
    }

    fn clock(&self) -> &dyn Clock {
        match &self.session.time {
            Time::Script(clock) => clock.as_ref(),
            Time::Real(clock) => clock.as_ref(),
        }
    }

    fn is_script(&self) -> bool {
        match self.session.time {
            Time::Script(_) => true,
            Time::Real(_) => false,
        }
    }

    async fn read(&mut self) -> Result<Input, TerminalError> {
        let prompt = format!("{}> ", self.officer.as_str());
        let lost = || TerminalError::Input(io::ErrorKind::UnexpectedEof.into());
        let mut source = self.session.source.take().ok_or_else(lost)?;
        let reading = tokio::task::spawn_blocking(move || {
            let input = source.next(&prompt);
            let width = source.width();
            (source, width, input)
        });
        let read = tokio::select! {
            read = reading => read,
            () = &mut self.stop => return Ok(Input::Told),
        };
        let (source, width, input) = read.map_err(|error| TerminalError::Input(error.into()))?;
        self.session.source = Some(source);
        self.session.layout.width = width;
        self.line = self.line.saturating_add(1);
        input.map_err(TerminalError::Input)
    }

    /// Leaves the terminal as it was found, though a prompt stands there.
    fn leave_as_found(&mut self) -> Result<(), TerminalError> {
        let Some(found) = &self.session.found else { return Ok(()) };
        found.leave().map_err(TerminalError::Output)?;
        self.write("\n")
    }

    fn malformed_error(&self, error: LineError) -> TerminalError {
        TerminalError::Malformed { line: self.line, error }
    }

    /// A verb that is none, after a name that is none, is a line without a speaker.
    fn explain(&self, error: GrammarError, text: &str) -> LineError {
        match &error {
            GrammarError::UnknownVerb { who, .. } if self.session.terminal.find_member(who).is_err() => {
                GrammarError::NoSpeaker(brief(text.trim())).into()
            }
            _ => error.into(),
        }
    }

    /// Ends a script; a person is told and carries on.
    fn malformed(&mut self, error: LineError) -> Result<(), TerminalError> {
        if self.is_script() {
            Err(self.malformed_error(error))
        } else {
            self.show(&view::note(&error.to_string()))
        }
    }

    fn greet(&mut self) -> Result<(), TerminalError> {
        if self.is_script() {
            return Ok(());
        }
        let terminal = self.session.terminal.clone();
        let dir = terminal.data_dir().display().to_string();
        self.write(&view::welcome(terminal.seed(), &dir, &self.officer))?;
        let earlier: Vec<Entry> = {
            let store = terminal.store();
            let group = store.group();
            let standing =
                group.posts().rev().filter_map(|(number, _)| view::post(group, terminal.seed(), number));
            standing.take(EARLIER_SHOWN_MAX).collect()
        };
        earlier.iter().rev().try_for_each(|entry| self.show(entry))
    }

    fn echo(&mut self, text: &str) -> Result<(), TerminalError> {
        let shown = format!("> {}", platform::plain::escape(text));
        self.write(&format!("{}\n", if text.trim().is_empty() { "" } else { shown.as_str() }))
    }

    /// Shows what the bot did, and forgets it.
    fn show_unseen(&mut self) -> Result<(), TerminalError> {
        let entries = {
            let terminal = &self.session.terminal;
            let mut store = terminal.store();
            let entries = view::unseen(store.group(), terminal.seed());
            store.mark_seen();
            entries
        };
        entries.iter().try_for_each(|entry| self.show(entry))
    }

    fn show(&mut self, entry: &Entry) -> Result<(), TerminalError> {
        self.write(&self.session.layout.render(entry))
    }

    fn write(&mut self, text: &str) -> Result<(), TerminalError> {
        let out = &mut self.session.out;
        out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(TerminalError::Output)
    }
}

impl Terminal {
    /// Brings the group's numbers in line with what the ledger remembers, when one of the two was lost.
    fn reconcile(&self, positions: &[(ChannelId, Position)]) -> Result<(), StoreError> {
        let read_to = positions.iter().map(|(_, position)| translate::event_of(position)).max();
        self.store().change(|group| {
            match read_to {
                Some(read_to) => group.skip_to(read_to),
                None => group.forget_effects(),
            }
            Ok(())
        })
    }
}

fn channel_of(inbound: &Inbound) -> Option<ChannelId> {
    match inbound {
        Inbound::Post { post, .. } => Some(post.channel.clone()),
        Inbound::Unreadable { channel, .. } => Some(channel.clone()),
        Inbound::Command { .. }
        | Inbound::Direct { .. }
        | Inbound::Joined { .. }
        | Inbound::ByHand { .. }
        | Inbound::TakenDown { .. }
        | Inbound::Deaf { .. }
        | Inbound::Back { .. }
        | Inbound::Canary { .. }
        | Inbound::Readable { .. }
        | Inbound::Read { .. }
        | Inbound::Limits { .. } => None,
    }
}

/// An error and its causes on one line.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |shown, cause| format!("{shown}: {cause}"))
}

#[cfg(test)]
mod tests;
