//! Who may have the bot do what on Discord, by command, button, form and menu. Who may what is the table of the casework's own
//! tests: a platform adds nothing to it, and takes nothing away. Discord shows all of it to everybody here, as it does to
//! administrators: what it hides from whom is a convenience.

use casework::commands;
use clap::{Arg, Command};
use fake_discord::{Message, Permissions, Person, Snowflake};
use serde_json::{Value, json};

use crate::discord::house::{FORM, House, MEDIUM, STRONG, WORST, button};

#[path = "../../../crates/casework/tests/it/matters.rs"]
#[expect(dead_code, reason = "the casework has more sorts of parts to try")]
mod matters;
#[path = "../../../crates/casework/tests/it/table.rs"]
mod table;

use matters::{LINES, Names, OFFICERS, Outcome, Part, WORDS, expected, outcome};
use table::{COMMANDS, PEOPLE};

const REFUSED: &str = "which you do not hold";
const NOT_FOR_THEM: &str = "for officers of the group";

/// A house in which Discord offers everything to everybody.
async fn open_to_all() -> House {
    let house = House::open().await;
    let guild = &house.tea().guild;
    // Below the bot: whoever outranks it is told to the officers.
    let all = guild.role_below("Everything", Permissions::ADMINISTRATOR);
    for (name, _) in PEOPLE {
        guild.give(house.person(called(name)), all);
    }
    house
}

/// Somebody of the table, as they are called here.
fn called(name: &str) -> &str {
    if name == "alice" { "ada" } else { name }
}

/// A line as the slash command that it is, with its options.
fn slash(line: &str) -> (String, Vec<(String, Value)>) {
    let definition = commands::definition();
    let mut words: Vec<&str> = line.split(' ').collect();
    let mut name = words.remove(0).to_owned();
    let mut command = definition.find_subcommand(&name).expect("it is a command");
    if command.has_subcommands() {
        let sub = if words.is_empty() { "show".to_owned() } else { words.remove(0).to_owned() };
        name = format!("{name} {sub}");
        match command.find_subcommand(&sub) {
            Some(found) => command = found,
            None => return (name, Vec::new()),
        }
    }
    (name, options(command, &words))
}

fn options(command: &Command, words: &[&str]) -> Vec<(String, Value)> {
    let mut rest = words;
    let mut given = Vec::new();
    for argument in command.get_positionals() {
        let Some((first, after)) = rest.split_first() else { break };
        let value = match argument {
            words if words.is_trailing_var_arg_set() => {
                let whole = rest.join(" ");
                rest = &[];
                json!(whole)
            }
            number if is_number(number) => {
                rest = after;
                json!(first.parse::<u32>().expect("a number"))
            }
            _ => {
                rest = after;
                json!(first)
            }
        };
        given.push((argument.get_id().as_str().to_lowercase().replace('_', "-"), value));
    }
    given
}

fn is_number(argument: &Arg) -> bool {
    let parser = argument.get_value_parser().type_id();
    parser == std::any::TypeId::of::<u32>() || parser == std::any::TypeId::of::<u64>()
}

impl House {
    /// Gives a command as it stands in a table, where all talk, and what is said to that.
    pub(crate) async fn line(&self, person: &Person, line: &str) -> String {
        let (name, options) = slash(line);
        let options: Vec<_> = options.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        let asked = self.ask(|| person.use_command(&self.app, self.tea().general, &name, &options));
        let answer = self.answer(asked).await;
        self.settle().await;
        answer
    }

    /// A line of a table, with those whom it names as they are named here.
    fn named(&self, line: &str) -> String {
        let word = |word: &str| match word.trim_start_matches('@') {
            "alice" => format!("@{}", self.person("ada").id),
            "bob" => format!("@{}", self.person("bob").id),
            "general" if line.starts_with("rules") => self.tea().general.to_string(),
            _ => word.to_owned(),
        };
        line.split(' ').map(word).collect::<Vec<_>>().join(" ")
    }
}

#[tokio::test]
async fn a_slash_command_is_theirs_whose_office_it_is_and_nobody_elses() {
    assert_eq!(COMMANDS.len(), commands::names().len(), "every command is in the table");
    let house = open_to_all().await;
    // A post that is flagged, for those that name one.
    house.says("bob", MEDIUM);
    let flagged = |message: &Message| message.content.contains("B-0001");
    let officers = house.tea().officers;
    house.in_time("the flag", |world| world.messages(officers).any(flagged).then_some(())).await;
    house.is_quiet().await;
    let may = |offices: &[&str], needs: &str| offices.contains(&needs);
    for (line, needs) in COMMANDS {
        let typed = house.named(line);
        for (name, _) in PEOPLE.into_iter().filter(|(_, offices)| !may(offices, needs)) {
            let before = house.record().await;
            let answer = house.line(house.person(called(name)), &typed).await;
            assert!(
                answer.contains(REFUSED) && answer.ends_with("Nothing was changed."),
                "{name} {line}: {answer}"
            );
            house.recorded_nothing_since(&before, &format!("{name} {line}")).await;
        }
    }
    for (line, needs) in COMMANDS {
        let typed = house.named(line);
        for (name, _) in PEOPLE.into_iter().filter(|(_, offices)| may(offices, needs)) {
            let answer = house.line(house.person(called(name)), &typed).await;
            assert!(!answer.contains(REFUSED) && !answer.contains(NOT_FOR_THEM), "{name} {line}: {answer}");
        }
    }
}

/// What can be pressed or chosen, and the command that it is.
#[derive(Debug, Clone, Copy)]
enum Means {
    Button(&'static str),
    MessageMenu(&'static str),
    UserMenu(&'static str),
}

/// The last is whether something comes of it that is on record.
const MEANS: [(Means, &str, bool); 6] = [
    (Means::Button("Confirm B-0001"), "confirm", true),
    (Means::Button("Restore B-0001"), "restore", true),
    (Means::Button("Look at B-0001"), "case", true),
    (Means::MessageMenu("Remove under a rule…"), "enforce", true),
    (Means::MessageMenu("Report to moderators"), "report", true),
    (Means::UserMenu("Record"), "history", false),
];

impl House {
    fn uses(&self, person: &Person, means: Means, board: &Message, post: Snowflake) -> Snowflake {
        let tea = self.tea();
        self.ask(|| match means {
            Means::Button(label) => person.press(board.channel, board.id, &button(board, label)),
            Means::MessageMenu(name) => person.message_menu(&self.app, tea.general, post, name),
            Means::UserMenu(name) => person.user_menu(&self.app, tea.general, self.person("bob").id, name),
        })
    }
}

#[tokio::test]
async fn whatever_is_pressed_is_theirs_whose_office_the_command_is() {
    for (means, command, changes) in MEANS {
        let needs = COMMANDS.iter().find(|(line, _)| line.split(' ').next() == Some(command));
        let (_, needs) = needs.expect("the command is in the table");
        let house = open_to_all().await;
        let hidden = house.says("bob", STRONG);
        house.gone(house.tea().general, hidden).await;
        let post = house.says("bob", "hello");
        house.pass_a_while().await;
        let board = house.shown(house.tea().officers, "What waits for the moderators").await;
        house.is_quiet().await;
        let before = house.record().await;
        let (allowed, refused): (Vec<_>, Vec<_>) =
            PEOPLE.into_iter().partition(|(_, offices)| offices.contains(needs));
        for (name, _) in refused {
            let person = house.person(called(name));
            let used = house.uses(person, means, &board, post);
            let answer = house.writes(person, used).await;
            let is_refused = answer.contains(REFUSED) || answer.contains(NOT_FOR_THEM);
            assert!(is_refused && answer.contains("Nothing was changed"), "{name} {means:?}: {answer}");
            house.recorded_nothing_since(&before, &format!("{name} {means:?}")).await;
        }
        // All open it before the first is done.
        let mut opened = Vec::new();
        for (name, _) in allowed {
            let used = house.uses(house.person(called(name)), means, &board, post);
            opened.push((name, used, house.answer(used).await));
        }
        for (name, used, first) in opened {
            let person = house.person(called(name));
            let answer = if first == FORM { house.fills_in(person, used).await } else { first };
            assert!(
                !answer.contains(REFUSED) && !answer.contains(NOT_FOR_THEM),
                "{name} {means:?}: {answer}"
            );
        }
        house.settle().await;
        assert_eq!(house.record().await != before, changes, "{means:?}");
    }
}

/// The matter of the table: a report of a post, its case when it was changed into something rude, and the warning that is
/// proposed.
async fn matter(subject: &str) -> (House, Snowflake) {
    let house = open_to_all().await;
    let (tea, person) = (house.tea(), house.person(subject));
    let post = person.say(tea.general, "hello there").expect("a member");
    let about = format!("report abuse #{post} they are rude");
    let answer = house.line(house.person("bob"), &about).await;
    assert!(answer.contains("B-0001"), "{answer}");
    person.edit(tea.general, post, WORST).expect("one's own");
    house.gone(tea.general, post).await;
    house.settle().await;
    let sanction = house.sanction(3).await.expect("a warning is proposed");
    assert_eq!(sanction.state.word(), "signing");
    (house, post)
}

/// Runs the table as an officer, in a matter that is somebody else's or their own.
async fn runs(officer: &str, offices: &[&str], part: Part) {
    let subject = if part == Part::Subject { officer } else { "ada" };
    let (house, post) = matter(subject).await;
    house.is_quiet().await;
    let zed = house.tea().guild.member("zed");
    let about = format!("@{}", house.person(subject).id);
    for &(line, needs, names, changes) in LINES {
        if line == "APPEAL" {
            for said in ["appeal B-0002 it was a joke", "erase-me"] {
                let letters = house.letters(house.person(subject)).len();
                house.person(subject).dm(&house.app, said).expect("they may write");
                house.answered_by_letter(house.person(subject), letters).await;
            }
            continue;
        }
        let want = expected(line, needs, names, offices, part);
        let typed = line
            .replace("SUBJECT", &about)
            .replace("WHY", "because of what it says there")
            .replace("zed", &format!("@{}", zed.id))
            .replace("remove 1 ", &format!("remove {post} "));
        let before = house.record().await;
        let answer = house.line(house.person(officer), &typed).await;
        let context = format!("{officer} as {part:?}, {line:?}: {answer}");
        let got = outcome(&answer, names);
        // A list may be empty for those whom nothing of it concerns.
        let empty = names == Names::Nothing && want == Outcome::Open && got == Outcome::Without;
        assert!(got == want || empty, "{want:?}, not {got:?}: {context}");
        let after = house.record().await;
        if want == Outcome::Open {
            // Everything arrives here, so that nothing is left to be served by hand.
            let is_done = changes && offices.contains(&"admin") && !line.starts_with("serve");
            assert!(!is_done || part != Part::None || after != before, "nothing changed: {context}");
        } else {
            house.recorded_nothing_since(&before, &context).await;
            assert!(!answer.contains(WORDS), "{context}");
        }
    }
}

#[tokio::test]
async fn officers_do_on_discord_what_they_may_in_the_matter_of_another() {
    for &(officer, offices) in OFFICERS {
        runs(officer, offices, Part::None).await;
    }
}

#[tokio::test]
async fn the_accused_does_nothing_in_their_own_matter_whatever_office_they_hold() {
    for &(officer, offices) in OFFICERS {
        runs(officer, offices, Part::Subject).await;
    }
}
