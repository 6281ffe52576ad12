//! The whole of it in this process: servers on the fake, the adapter, the casework and its ledger, and a clock that only
//! the test moves. So a story can take two years, and nobody waits.

mod branch;
mod time;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use casework::{Casework, LoadError, Loaded, Source};
use discord::rest::{Refusals, Token};
use discord::{Account, AccountSettings, AutoMod};
use fake_discord::{
    App, FakeDiscord, Fault, Intents, Limits, Matcher, Message, Person, Refusal, Snowflake, World,
};
use ledger::Ledger;
use platform::{Intake as _, Officers};
use policy::guard::Guard;
use policy::{Case, Charter, GroupId, MemberId, Preset, Reference, Roster, Sanction, Wordlist};
use serde_json::Value;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::stayed_here;
use branch::OFFICES;
use time::FakePace;

pub(crate) use branch::Branch;
pub(crate) use time::DAY;

/// Words made up for these stories, so that no story depends on a shipped list.
const LIST: &str = r#"
[list]
name = "made-up"
language = "en-GB"
description = "Words nobody uses"
licence = "Apache-2.0"

[[entry]]
term = "medlo"
grade = "medium"
category = "general"
match = "word"
source = "made up"

[[entry]]
term = "stronko"
grade = "strong"
category = "insult"
match = "word"
source = "made up"

[[entry]]
term = "worstlo"
grade = "strongest"
category = "general"
match = "word"
source = "made up"
"#;

/// What is deleted, and is a strike.
pub(crate) const WORST: &str = "worstlo";
/// What is hidden until a moderator has looked.
pub(crate) const STRONG: &str = "stronko";
/// What is hidden where the rules are strict, and only flagged elsewhere.
pub(crate) const MEDIUM: &str = "medlo";

/// The rows of what the adapter notes for itself, and of how far channels were read.
const OWN_NOTES: [&str; 4] = ["memo:", "position:", "reception:", "sqlite_sequence: 'memo'"];
/// What stands for a form that was opened.
pub(crate) const FORM: &str = "(a form)";

/// What the configuration says, as the story changes it.
#[derive(Clone)]
struct Files {
    charters: Arc<Mutex<Vec<Charter>>>,
    officers: Arc<HashMap<GroupId, Officers>>,
}

impl Files {
    fn charters(&self) -> Vec<Charter> {
        self.charters.lock().expect("no story failed meanwhile").clone()
    }
}

impl Source for Files {
    fn load(&self) -> Result<Loaded, LoadError> {
        let lists = vec![Wordlist::parse("made-up.toml", LIST).expect("a sound list")];
        Ok(Loaded { charters: self.charters(), lists, guard: Guard::default() })
    }

    fn in_force(&self, charters: &[Charter]) {
        for charter in charters {
            if let Some(officers) = self.officers.get(&charter.group) {
                officers.set(charter.roster.officers().cloned());
            }
        }
    }
}

/// How somebody is kept out for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    Role,
    Ban,
}

struct Running {
    account: Account,
    casework: Arc<Casework>,
    ledger: Ledger,
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// Everything.
pub(crate) struct House {
    pub(crate) discord: Arc<FakeDiscord>,
    pub(crate) app: App,
    pub(crate) branches: Vec<Branch>,
    pace: Arc<FakePace>,
    settings: AccountSettings,
    files: Files,
    data: TempDir,
    /// None only while it is away.
    running: Option<Running>,
}

/// A group as it is founded: its name, how strict it is, and on which shard of how many its server is.
pub(crate) type Plan<'a> = (&'a str, Preset, Option<(u64, u64)>);

impl House {
    /// One group, which suspends by a role.
    pub(crate) async fn open() -> Self {
        Self::open_with(How::Role).await
    }

    pub(crate) async fn open_with(how: How) -> Self {
        Self::open_as(how, &[("tea", Preset::Standard, None)], 1).await
    }

    /// The same, where the server's own filter stops the strongest words.
    pub(crate) async fn open_stopping() -> Self {
        Self::open_set_up((How::Role, AutoMod::Strongest), &[("tea", Preset::Standard, None)], 1).await
    }

    pub(crate) async fn open_as(how: How, plans: &[Plan<'_>], shards: u32) -> Self {
        Self::open_set_up((how, AutoMod::Off), plans, shards).await
    }

    async fn open_set_up(how: (How, AutoMod), plans: &[Plan<'_>], shards: u32) -> Self {
        let discord = Arc::new(FakeDiscord::start().await);
        // Whatever is told here holds within what Discord bears.
        discord.set_limits(Limits::AsSeen);
        discord.set_gateway(|gateway| {
            gateway.shards = shards;
            gateway.max_concurrency = shards;
        });
        let app = discord.application("Beadle", Intents::PRIVILEGED);
        let branches: Vec<_> = plans
            .iter()
            .map(|(name, _, shard)| Branch::found(&discord, &app, how, (*name, *shard)))
            .collect();
        let officers: HashMap<_, _> =
            branches.iter().map(|branch| (branch.group.clone(), Officers::default())).collect();
        let settings = AccountSettings {
            id: "main".to_owned(),
            token: Token::new(&app.token).expect("a token"),
            base: discord.api_base(),
            commands: casework::commands::definition(),
            for_members: casework::commands::for_members().into_iter().collect(),
            groups: branches.iter().map(|branch| branch.settings(&officers[&branch.group])).collect(),
        };
        let charters = branches.iter().zip(plans).map(|(branch, plan)| branch.charter(plan.1)).collect();
        let files = Files { charters: Arc::new(Mutex::new(charters)), officers: Arc::new(officers) };
        let pace = FakePace::new(&discord);
        let data = tempfile::tempdir().expect("a directory can be made");
        let mut house = Self { discord, app, branches, pace, settings, files, data, running: None };
        house.start().await;
        house
    }

    /// Starts, and returns when everything is heard and offered.
    pub(crate) async fn start(&mut self) {
        let account = Account::open_at(self.settings.clone(), self.pace.clone(), Refusals::default()).await;
        let account = account.unwrap_or_else(|error| panic!("the account is to be opened: {error:?}"));
        let ledger = Ledger::open(self.data.path()).await.expect("the ledger opens");
        let platforms = self.branches.iter().map(|branch| {
            (branch.group.clone(), account.outbound(&branch.group).expect("a group of the account"))
        });
        let (clock, source) = (self.pace.clone(), Box::new(self.files.clone()));
        let casework = Casework::open(ledger.clone(), clock, source, platforms.collect()).await;
        let casework = Arc::new(casework.expect("the casework opens"));
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let (desk, until, running) = (Arc::clone(&casework), stop.clone(), account.clone());
        tasks.spawn(async move {
            running.run(desk, until).await.unwrap_or_else(|error| panic!("it ended: {error:?}"));
        });
        let (delivering, until) = (Arc::clone(&casework), stop.clone());
        tasks.spawn(async move { delivering.deliver_until(until.cancelled()).await });
        self.running = Some(Running { account, casework, ledger, stop, tasks });
        for branch in &self.branches {
            let hung = |world: &World| {
                world.messages(branch.officers).any(|message| message.author == self.app.bot).then_some(())
            };
            // It is tried again until the server is known.
            self.in_time("the board in the officers' channel", hung).await;
        }
        let app = self.app.id;
        let offered =
            |world: &World| world.application(app).filter(|app| !app.commands.is_empty()).map(|_| ());
        self.discord.wait_for("commands that are offered", offered).await;
        self.settle().await;
    }

    /// Stops, and leaves everything as it is.
    pub(crate) async fn stop(&mut self) {
        let Some(Running { account, casework, ledger, stop, tasks }) = self.running.take() else { return };
        stop.cancel();
        tasks.close();
        tasks.wait().await;
        stayed_here(&account);
        drop(casework);
        ledger.close().await;
    }

    /// Stops, and starts again when something happened.
    pub(crate) async fn restart_after(&mut self, happens: impl FnOnce(&Self)) {
        self.stop().await;
        happens(self);
        self.start().await;
    }

    /// The first group, which most stories are about.
    pub(crate) fn tea(&self) -> &Branch {
        &self.branches[0]
    }

    pub(crate) fn person(&self, name: &str) -> &Person {
        self.tea().person(name)
    }

    fn running(&self) -> &Running {
        self.running.as_ref().expect("it runs")
    }

    pub(crate) fn ledger(&self) -> &Ledger {
        &self.running().ledger
    }

    /// Delivers what is due.
    pub(crate) async fn settle(&self) {
        self.running().casework.settle().await.expect("the ledger takes it");
    }

    /// Somebody holds no office of the first group any more.
    pub(crate) async fn dismiss(&self, name: &str) {
        let (tea, mut roster) = (self.tea(), Roster::default());
        for (other, role) in OFFICES.into_iter().filter(|(other, _)| *other != name) {
            roster.appoint(tea.member(other), role);
        }
        self.configure(|charter| charter.roster = roster.clone()).await;
    }

    /// However much goes in the first group, nothing of it is left to people.
    pub(crate) async fn without_breaker(&self) {
        self.configure(|charter| charter.procedure.breaker.enabled = false).await;
    }

    /// In the first group so many removals trip the breaker.
    pub(crate) async fn breaks_at(&self, removals: u32) {
        self.configure(|charter| charter.procedure.breaker.floor = removals).await;
    }

    /// The first group settles something else, while it runs.
    async fn configure(&self, change: impl Fn(&mut Charter)) {
        let group = &self.tea().group;
        let mut charters = self.files.charters();
        charters.iter_mut().filter(|charter| charter.group == *group).for_each(change);
        *self.files.charters.lock().expect("no story failed meanwhile") = charters;
        self.running().casework.reload().await.expect("it is a sound configuration");
    }

    /// Everything on record, but what the adapter notes for itself, how far it has read and until when it heard.
    pub(crate) async fn record(&self) -> Vec<String> {
        let mut rows = self.ledger().rows().await.expect("it can be read");
        rows.retain(|row| !OWN_NOTES.iter().any(|table| row.starts_with(table)));
        rows
    }

    /// Nothing else is on record than was before.
    ///
    /// # Panics
    /// If something is.
    pub(crate) async fn recorded_nothing_since(&self, before: &[String], what: &str) {
        self.settle().await;
        let now = self.record().await;
        let new: Vec<_> = now.iter().filter(|row| !before.contains(row)).collect();
        let gone: Vec<_> = before.iter().filter(|row| !now.contains(row)).collect();
        assert!(new.is_empty() && gone.is_empty(), "{what}: {new:#?} in the place of {gone:#?}");
    }

    pub(crate) async fn case(&self, number: u32) -> Option<Case> {
        self.ledger().case(&self.tea().group, reference(number)).await.expect("it can be read")
    }

    pub(crate) async fn sanction(&self, number: u32) -> Option<Sanction> {
        self.ledger().sanction(&self.tea().group, reference(number)).await.expect("it can be read")
    }

    /// How many strikes somebody of the first group has.
    pub(crate) async fn strikes(&self, name: &str) -> usize {
        self.strikes_in(self.tea(), name).await
    }

    pub(crate) async fn strikes_in(&self, branch: &Branch, name: &str) -> usize {
        let strikes = self.ledger().strikes(&branch.group, &branch.member(name)).await;
        strikes.expect("they can be read").iter().filter(|(_, strike)| strike.counts()).count()
    }

    /// Writes where all talk.
    pub(crate) fn says(&self, name: &str, text: &str) -> Snowflake {
        self.person(name).say(self.tea().general, text).expect("a member")
    }

    /// Whether a message of the common channel stands.
    pub(crate) fn stands(&self, message: Snowflake) -> bool {
        self.discord.see(|world| world.message(self.tea().general, message).is_some())
    }

    pub(crate) async fn gone(&self, channel: Snowflake, message: Snowflake) {
        let gone = |world: &World| world.message(channel, message).is_none().then_some(());
        self.discord.wait_for("that a post goes", gone).await;
    }

    /// Returns when everything was judged that was written in a channel before.
    pub(crate) async fn has_heard(&self, branch: &Branch) {
        let marker = branch.person("bob").say(branch.general, WORST).expect("a member");
        self.gone(branch.general, marker).await;
    }

    /// What the bot wrote to somebody in private.
    pub(crate) fn letters(&self, whom: &Person) -> Vec<Message> {
        let all = self.discord.dms(&self.app, whom.id);
        all.into_iter().filter(|message| message.author == self.app.bot).collect()
    }

    /// Returns when somebody has more letters than they had.
    pub(crate) async fn answered_by_letter(&self, whom: &Person, had: usize) {
        let has_more = |world: &World| {
            let dm = world.dm(self.app.bot, whom.id)?;
            let letters = world.messages(dm.id).filter(|message| message.author == self.app.bot).count();
            (letters > had).then_some(())
        };
        self.discord.wait_for("an answer by letter", has_more).await;
        self.settle().await;
    }

    /// How many letters to somebody say that.
    pub(crate) fn letters_saying(&self, whom: &Person, part: &str) -> usize {
        self.letters(whom).iter().filter(|letter| says(letter, part)).count()
    }

    /// Waits until somebody was told that in private.
    pub(crate) async fn told(&self, whom: &Person, part: &str) -> Message {
        self.told_since(whom, Snowflake::default(), part).await
    }

    /// The same, of what came after a message.
    pub(crate) async fn told_since(&self, whom: &Person, after: Snowflake, part: &str) -> Message {
        let find = |world: &World| {
            let dm = world.dm(self.app.bot, whom.id)?;
            let mut all = world.messages(dm.id).filter(|one| one.author == self.app.bot && one.id > after);
            all.find(|message| says(message, part)).cloned()
        };
        self.discord.wait_for(part, find).await
    }

    /// Waits until the bot has written that in a channel.
    pub(crate) async fn shown(&self, channel: Snowflake, part: &str) -> Message {
        let find = |world: &World| {
            let mut all = world.messages(channel).filter(|message| message.author == self.app.bot);
            all.find(|message| says(message, part)).cloned()
        };
        self.discord.wait_for(part, find).await
    }

    /// Somebody asks something, which is answered before time jumps.
    pub(crate) fn ask(&self, asks: impl FnOnce() -> Result<Snowflake, Refusal>) -> Snowflake {
        self.pace.hold();
        asks().unwrap_or_else(|refusal| panic!("nobody is offered that: {refusal:?}"))
    }

    /// What is said to whoever asks something, once it is said, to them alone.
    pub(crate) async fn answer(&self, asked: Snowflake) -> String {
        let taken = |world: &World| world.interaction(asked).filter(|it| it.answer.is_some()).map(|_| ());
        self.discord.wait_for("that an answer is promised", taken).await;
        self.pace.let_go();
        let find = |world: &World| {
            let interaction = world.interaction(asked)?;
            let (kind, _) = interaction.answer.as_ref()?;
            if *kind == 9 {
                return Some(FORM.to_owned());
            }
            assert!(interaction.is_ephemeral, "only they see it");
            let all = interaction.response.iter().chain(&interaction.followups);
            let shown = all.filter_map(|id| world.message(interaction.channel, *id));
            let said: Vec<_> = shown.map(|message| message.content.replace('\\', "")).collect();
            let said = said.join("\n");
            (!said.trim().is_empty()).then_some(said)
        };
        self.discord.wait_for("an answer", find).await
    }

    /// Gives a command where officers talk, and what is said to that.
    pub(crate) async fn command(&self, name: &str, command: &str, options: &[(&str, Value)]) -> String {
        let tea = self.tea();
        let person = tea.person(name);
        let asked = self.ask(|| person.use_command(&self.app, tea.officers, command, options));
        let answer = self.answer(asked).await;
        self.settle().await;
        answer
    }

    /// An officer opens a file and signs it.
    pub(crate) async fn signs(&self, name: &str, number: u32, step: &str) -> String {
        let file = Value::String(reference(number).to_string());
        self.command(name, "case", &[("case", file.clone())]).await;
        let step = Value::String(step.to_owned());
        let reason = Value::String("Because of what it says there.".to_owned());
        self.command(name, "sign", &[("sanction", file), ("step", step), ("reason", reason)]).await
    }

    /// Presses what says that, and gives the interaction.
    pub(crate) fn presses(&self, person: &Person, below: &Message, label: &str) -> Snowflake {
        let id = button(below, label);
        self.ask(|| person.press(below.channel, below.id, &id))
    }

    /// The same with a button that opens a form, which is then filled in and sent.
    pub(crate) async fn presses_and_writes(&self, person: &Person, below: &Message, label: &str) -> String {
        let pressed = self.presses(person, below, label);
        self.writes(person, pressed).await
    }

    /// Fills in the form that somebody opened, and gives what is said to that; or what was said instead of a form.
    pub(crate) async fn writes(&self, person: &Person, opened: Snowflake) -> String {
        let answer = self.answer(opened).await;
        if answer == FORM { self.fills_in(person, opened).await } else { answer }
    }

    /// Fills in a form that is open, and gives what is said to that.
    pub(crate) async fn fills_in(&self, person: &Person, opened: Snowflake) -> String {
        let sent = self.sends(person, opened);
        self.answer(sent).await
    }

    /// Sends the form that somebody opened.
    pub(crate) fn sends(&self, person: &Person, opened: Snowflake) -> Snowflake {
        let words = [("words", "Because of what it says there."), ("rule", "abuse")];
        self.ask(|| person.submit_modal(opened, &words))
    }

    /// Somebody writes what is a strike, and is asked for their side where that is due.
    async fn offends(&self, name: &str) {
        let post = self.says(name, WORST);
        self.gone(self.tea().general, post).await;
        self.settle().await;
    }

    /// Somebody who has done nothing yet is warned: files 1 and 2.
    pub(crate) async fn warn(&self, name: &str) {
        self.offends(name).await;
        let signed = self.signs("asha", 2, "warning").await;
        assert!(signed.contains("a warning is decided"), "{signed}");
        self.told(self.person(name), "A written warning").await;
        self.settle().await;
    }

    /// Then a suspension is proposed, which two have to sign: files 3 and 4.
    pub(crate) async fn propose_suspension(&self, name: &str) {
        self.warn(name).await;
        self.offends(name).await;
        self.told(self.person(name), "We want to hear your side").await;
        self.person(name).dm(&self.app, "reply B-0004 I am sorry.").expect("they may write");
        self.told(self.person(name), "The officers can decide B-0004").await;
        self.settle().await;
    }

    /// Then they are suspended.
    pub(crate) async fn suspend(&self, name: &str) {
        self.propose_suspension(name).await;
        for officer in ["asha", "kit"] {
            self.signs(officer, 4, "suspension").await;
        }
        let is_out = |world: &World| self.is_out_in(world, name).then_some(());
        self.discord.wait_for("that somebody is kept out", is_out).await;
        self.settle().await;
    }

    pub(crate) fn is_out_in(&self, world: &World, name: &str) -> bool {
        let (tea, who) = (self.tea(), self.person(name).id);
        let has_role =
            world.member(tea.guild.id, who).is_some_and(|member| member.roles.contains(&tea.suspended));
        let is_banned = world.guild(tea.guild.id).is_some_and(|guild| guild.bans.contains_key(&who));
        has_role || is_banned
    }

    /// Whether somebody is kept out of the first group.
    pub(crate) fn is_out(&self, name: &str) -> bool {
        self.discord.see(|world| self.is_out_in(world, name))
    }

    pub(crate) async fn comes_back_in(&self, name: &str) {
        let is_in = |world: &World| (!self.is_out_in(world, name)).then_some(());
        self.discord.wait_for("that somebody is let in", is_in).await;
    }

    /// Has the next requests of a kind refused.
    pub(crate) fn refuse(&self, matcher: Matcher, status: u16, code: u32, times: u32) {
        let body = serde_json::json!({ "message": "no", "code": code });
        self.discord.fail_times(matcher, Fault::Status(status, body), times);
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if let Some(running) = &self.running {
            running.stop.cancel();
        }
        if !std::thread::panicking() {
            self.discord.check();
            self.running.iter().for_each(|running| stayed_here(&running.account));
        }
    }
}

/// What is pressed below a message where that stands.
///
/// # Panics
/// If there is none.
pub(crate) fn button(message: &Message, label: &str) -> String {
    let buttons =
        message.components.iter().flat_map(|row| row["components"].as_array().into_iter().flatten());
    let mut fits = buttons.filter(|button| button["label"] == label);
    let id = fits.next().and_then(|button| button["custom_id"].as_str());
    id.unwrap_or_else(|| panic!("no {label:?} below {message:#?}")).to_owned()
}

/// Whether a message says that to whoever reads it.
pub(crate) fn says(message: &Message, part: &str) -> bool {
    message.content.replace('\\', "").contains(part)
}

pub(crate) fn reference(number: u32) -> Reference {
    Reference::new(number).expect("it begins with 1")
}

pub(crate) fn member(person: &Person) -> MemberId {
    MemberId::new(person.id.to_string()).expect("a valid id")
}
