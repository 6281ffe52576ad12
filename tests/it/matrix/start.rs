//! What somebody who sets the bot up for the first time gets wrong, and what it says to them.

use reqwest::Method;
use serde_json::json;
use tokio::net::TcpListener;

use super::bed::http::Http;
use super::bed::member::Member;
use super::bed::plain::{Act, Plain, Privacy};
use super::bed::synapse::Synapse;
use super::group::{Group, People, is_entry, says};
use crate::beadle::{beadle, keep_secret};
use crate::program::{Program, within};

/// A port that nobody listens at.
const NOBODY: &str = "http://127.0.0.1:1";

#[tokio::test]
async fn what_keeps_the_account_from_being_used_is_said_and_ends_the_program() {
    let synapse = Synapse::shared().await;
    let group = Group::found(synapse, Privacy::Open, People::default()).await;
    let other = synapse.register("somebody").await;
    let (config, server, bot) = (group.config(), synapse.url(), group.bot.user.as_str());
    let password = "\"password\"";
    group.write("another", "nobody's password");
    let changes = [
        ("a file that is not there", password, "\"nothing\"", "the file that is named for it is not in"),
        ("another password", password, "\"another\"", "is the password or the access token right?"),
        ("nobody listens", server.as_str(), NOBODY, "is its address right, and does it answer?"),
        (
            "no homeserver",
            server.as_str(),
            "http://localhost:1/nothing",
            "is its address right, and does it answer?",
        ),
        ("an account that is not there", bot, "@nobody:beadle.test", "`@nobody:beadle.test` cannot log in"),
        ("an account of elsewhere", bot, "@beadle:elsewhere.example", "cannot log in"),
    ];
    for (name, from, to, said) in changes {
        let changed = config.replace(from, to);
        assert_ne!(changed, config, "{name}");
        let (code, told) = group.start_with(&changed).fails().await;
        assert_eq!(code, Some(2), "{name}: {told}");
        let last = told.lines().rfind(|line| line.starts_with("beadle: ")).unwrap_or_default();
        assert!(last.contains(said), "{name}: {told}");
        assert!(!told.contains("panicked") && !told.contains(&group.bot.password), "{name}: {told}");
    }

    // Once it has logged in, its folder is that account's.
    group.start().await.end().await;
    let (code, told) = group.start_with(&config.replace(bot, &other.user)).fails().await;
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("holds the session of"), "{told}");
    let mut news = group.founder.watch().await;
    let program = group.start_again();
    let bad = group.founder.text(&group.room, "oh fuck off").await;
    within("it works as before", news.until_redacted(&[bad])).await;
    program.end().await;
}

#[tokio::test]
async fn a_server_that_never_answers_keeps_no_program_from_ending() {
    let server = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
    let folder = tempfile::tempdir().expect("a folder can be made");
    keep_secret(&folder.path().join("password"), "nobody's password");
    let config = format!(
        "[[matrix]]\nid = \"bot\"\nhomeserver = \"http://{}\"\nuser = \"@beadle:beadle.test\"\n\
         password_file = \"password\"\n[[groups]]\nid = \"tea\"\nname = \"Tea\"\nplatform = \"matrix\"\n\
         contact = \"the Secretary\"\nofficers = [{{ member = \"@asha:beadle.test\", roles = [\"admin\"] }}]\n\
         [groups.matrix]\naccount = \"bot\"\nrooms = [\"!tea:beadle.test\"]\nmanagement_room = \"!officers:beadle.test\"\n",
        server.local_addr().expect("it is bound")
    );
    let file = folder.path().join("beadle.toml");
    std::fs::write(&file, config).expect("it can be written");
    let mut command = beadle(&folder.path().join("data"));
    command.args(["--log", "info", "--config"]).arg(file);
    let program = Program::start(command);
    let asked = within("it asks", server.accept()).await.expect("somebody connects");
    program.is_told_to_end();
    program.says("ending: what is under way is finished first").await;
    program.is_told_to_end();
    let (code, told) = program.fails().await;
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("stopped at once, as it was told to twice"), "{told}");
    drop(asked);
}

#[tokio::test]
async fn an_account_whose_keys_were_lost_is_opened_with_a_token_and_its_recovery_key() {
    let synapse = Synapse::shared().await;
    let ada = Member::js(synapse, "ada").await;
    let people = People { members: &[ada.user()], ..People::default() };
    let group = Group::found(synapse, Privacy::Encrypted, people).await;
    ada.join(&group.room).await;
    let program = group.start().await;
    program.says("It is shown this once").await;
    let told = program.end().await;
    let shown = format!("The recovery key of {} is", group.bot.user);
    let key = told.lines().skip_while(|line| *line != shown).nth(2).expect("it is shown").trim();
    group.lose_store();

    // No second identity is made: whoever trusted the first would not be read.
    let (code, told) = group.start_again().fails().await;
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("give the recovery key of the account"), "{told}");
    let with_key = |secret: &str| {
        let file = "password_file = \"password\"";
        assert!(group.config().contains(file));
        group.config().replace(file, &format!("{secret}\nrecovery_key_file = \"key\""))
    };
    group.write("key", "EsTc D3Jt 2x9n");
    let (code, told) = group.start_with(&with_key("password_file = \"password\"")).fails().await;
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("does not open its keys") && !told.contains("D3Jt"), "{told}");

    group.lose_store();
    group.write("key", key);
    let login = json!({
        "type": "m.login.password",
        "identifier": { "type": "m.id.user", "user": group.bot.user },
        "password": group.bot.password,
    });
    let session = Http::new(&synapse.url()).ask(Method::POST, "/_matrix/client/v3/login", &login).await;
    group.write("token", session.unwrap()["access_token"].as_str().expect("it is logged in"));
    let program = group.start_with(&with_key("access_token_file = \"token\""));
    let bad = group.founder.text(&group.room, "oh fuck off").await;
    ada.wait_until_redacted(&group.room, &bad).await;
    let event = ada.text(&group.room, "my nan says fuck off to that").await;
    ada.wait_until_redacted(&group.room, &event).await;
    let door = ada.invited(Some(&group.bot.user)).await;
    ada.join(&door).await;
    let notice = json!({
        "room": door, "sender": group.bot.user, "contains": "Your post was removed", "undecryptable": false,
    });
    ada.wait(notice).await;
    let said = program.end().await;
    assert!(!said.contains(&shown), "a key that is known is told to nobody");
}

#[tokio::test]
async fn rooms_that_are_closed_to_the_bot_keep_it_from_nothing_else_and_officers_are_told_of_each() {
    let synapse = Synapse::shared().await;
    let group = Group::found(synapse, Privacy::Open, People::default()).await;
    let (founder, bot) = (&group.founder, group.bot.user.as_str());
    let unasked = founder.create_room("Nobody asked it in", Privacy::Open, &[]).await;
    let weak = founder.create_room("It may do nothing here", Privacy::Open, &[bot]).await;
    let more = ["!nowhere", "#nowhere:beadle.test", unasked.as_str(), weak.as_str()];
    let rooms = json!([group.room]).to_string();
    let all: Vec<&str> = more.iter().copied().chain([group.room.as_str()]).collect();
    let config = group.config().replace(&rooms, &json!(all).to_string());
    assert_ne!(config, group.config());
    let mut letters = founder.watch().await;
    let program = group.start_with(&config);

    let left = std::cell::RefCell::new(vec![
        "not in !nowhere and".to_owned(),
        "not in #nowhere:beadle.test and".to_owned(),
        format!("not in {unasked} and moderate NOTHING there"),
        format!("In {weak} I cannot remove posts"),
    ]);
    let told = letters.until(|room, event| {
        if room == group.management {
            left.borrow_mut().retain(|part| !says(event, part));
        }
        left.borrow().is_empty()
    });
    let told = tokio::time::timeout(crate::program::WAIT_MAX, told).await;
    assert!(told.is_ok(), "not told of {:?}", left.borrow());

    founder.act(Act::Invite, &unasked, bot).await.expect("the founder may");
    let now = format!("I am in {unasked} now");
    within("that it was let in", letters.until(|room, event| room == group.management && says(event, &now)))
        .await;
    let mut news = founder.watch().await;
    let bad = founder.text(&group.room, "oh fuck off").await;
    within("what it can do, it does", news.until_redacted(&[bad])).await;
    program.end().await;
}

#[tokio::test]
async fn without_the_officers_room_the_operator_is_told_and_the_officers_once_it_is_open() {
    let synapse = Synapse::shared().await;
    let ada = Plain::new(synapse, "ada").await;
    let people = People { members: &[ada.user()], ..People::default() };
    let group = Group::found(synapse, Privacy::Open, people).await;
    ada.join(&group.room).await.expect("invited");
    let (founder, bot) = (&group.founder, group.bot.user.as_str());
    // Somebody takes the invitation back before the bot has seen it.
    founder.act(Act::Kick, &group.management, bot).await.expect("the founder may");
    let mut news = founder.watch().await;
    let program = group.start_again();
    program.says("a room cannot be entered").await;
    let entered = news.until(|room, event| room == group.room && is_entry(event, bot));
    within("the bot enters its other rooms", entered).await;
    let bad = ada.text(&group.room, "oh fuck off").await;
    within("posts go all the same", news.until_redacted(&[bad])).await;

    founder.act(Act::Invite, &group.management, bot).await.expect("the founder may");
    let told = news.until(|room, event| room == group.management && says(event, " deleted "));
    within("officers are told after all", told).await;
    let letters = founder.timeline(&group.management).await;
    assert!(letters.iter().all(|event| !says(event, "I am not in")), "they see where it is: {letters:?}");
    program.end().await;
}
