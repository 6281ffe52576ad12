//! Several groups: two on servers of one shard, and one on another's. None is judged by another's rules, hears of another,
//! or waits for another.

use fake_discord::{Fault, Matcher, Permissions, World};
use policy::Preset;
use serde_json::json;

use crate::discord::house::{Branch, House, How, MEDIUM, WORST, says};

/// Two strict ones and one that is not, on two shards.
async fn open() -> House {
    let plans = [
        ("tea", Preset::Standard, Some((0, 2))),
        ("chess", Preset::Strict, Some((0, 2))),
        ("choir", Preset::Strict, Some((1, 2))),
    ];
    let house = House::open_as(How::Role, &plans, 2).await;
    let identified: Vec<_> =
        house.discord.frames().iter().filter(|it| it.op == 2).map(|it| it.data["shard"].clone()).collect();
    assert_eq!(identified.len(), 2, "{identified:?}");
    house
}

fn says_in(branch: &Branch, name: &str, text: &str) -> fake_discord::Snowflake {
    branch.person(name).say(branch.general, text).expect("a member")
}

/// What stands in all that one group's people can read, of what the bot wrote.
fn written_in(house: &House, branch: &Branch) -> String {
    let channels: Vec<_> =
        house.discord.see(|world| world.channels_of(branch.guild.id).map(|it| it.id).collect());
    let messages = channels.into_iter().flat_map(|channel| house.discord.messages(channel));
    let ours = messages.filter(|message| message.author == house.app.bot);
    ours.map(|message| message.content.replace('\\', "")).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn each_group_is_judged_by_its_own_rules_and_hears_of_nothing_else() {
    let house = open().await;
    let [tea, chess, choir] = house.branches.as_slice() else { panic!("three groups") };
    let posts: Vec<_> = [tea, chess, choir].map(|branch| says_in(branch, "ada", MEDIUM)).to_vec();
    // Strict rules hide what the others only flag.
    house.gone(chess.general, posts[1]).await;
    house.gone(choir.general, posts[2]).await;
    house.has_heard(tea).await;
    house.pass_a_while().await;
    assert!(house.discord.see(|world| world.message(tea.general, posts[0]).is_some()));
    for branch in [tea, chess, choir] {
        let written = written_in(&house, branch);
        assert!(written.contains("B-0001"), "each counts for itself: {written}");
        for other in [tea, chess, choir].into_iter().filter(|other| other.group != branch.group) {
            for name in ["ada", "bob"] {
                assert!(!written.contains(&other.person(name).id.to_string()), "{written}");
            }
            assert!(!written.contains(&other.general.to_string()), "{written}");
        }
        let case = house.ledger().case_of_post(&branch.group, &id(posts[0])).await.expect("it can be read");
        assert_eq!(case.is_some(), branch.group == tea.group, "a post is in one group");
    }
}

fn id(message: fake_discord::Snowflake) -> policy::PostId {
    policy::PostId::new(message.to_string()).expect("a valid id")
}

#[tokio::test]
async fn a_strike_in_one_group_is_none_in_another_and_an_office_neither() {
    let house = open().await;
    let [tea, chess, choir] = house.branches.as_slice() else { panic!("three groups") };
    // The same people, everywhere.
    let (ada, mo) = (tea.person("ada"), tea.person("mo"));
    for branch in [chess, choir] {
        branch.guild.add(ada);
        branch.guild.add(mo);
        branch.guild.give(mo, branch.moderators);
    }
    let post = says_in(tea, "ada", WORST);
    house.gone(tea.general, post).await;
    house.told(ada, "Your post was removed").await;
    house.settle().await;
    assert_eq!(house.strikes_in(tea, "ada").await, 1);
    for branch in [chess, choir] {
        let strikes =
            house.ledger().strikes(&branch.group, &tea.member("ada")).await.expect("they can be read");
        assert!(strikes.is_empty());
        house.is_quiet().await;
        let before = house.record().await;
        let options = [("case", json!("B-0001"))];
        let asked = house.ask(|| mo.use_command(&house.app, branch.officers, "case", &options));
        let answer = house.answer(asked).await;
        assert!(answer.contains("which you do not hold") && !answer.contains(WORST), "{answer}");
        house.recorded_nothing_since(&before, "an office of another group").await;
    }
}

/// Whatever it asks for is not answered, and there is much of it.
#[tokio::test]
async fn no_group_waits_for_one_whose_removals_hang() {
    let house = open().await;
    let [tea, chess, choir] = house.branches.as_slice() else { panic!("three groups") };
    for method in ["DELETE", "POST"] {
        let removals = Matcher::of(method, &format!("/channels/{}/messages/", chess.general));
        house.discord.fail_times(removals, Fault::Hold, 99);
    }
    let backlog: Vec<_> = (0..30).map(|_| says_in(chess, "ada", WORST)).collect();
    house.discord.wait_for("a removal", |world| (world.held() > 0).then_some(())).await;
    for _ in 0..2 {
        for branch in [tea, choir] {
            let post = says_in(branch, "ada", WORST);
            house.gone(branch.general, post).await;
            house.told(branch.person("ada"), "Your post was removed").await;
        }
    }
    let standing =
        |world: &World| backlog.iter().filter(|post| world.message(chess.general, **post).is_some()).count();
    assert_eq!(house.discord.see(standing), backlog.len(), "nothing of it was answered");
    house.discord.stop_failing();
    house.discord.let_go();
    house.discord.wait_for("what was held", |world| (standing(world) == 0).then_some(())).await;
}

#[tokio::test]
async fn no_group_waits_for_one_that_is_in_trouble() {
    type Trouble<'a> = (&'a str, &'a dyn Fn(&House, &Branch));
    let troubles: [Trouble<'_>; 5] = [
        ("the bot was put out", &|house, branch| branch.guild.remove_bot(&house.app)),
        ("Discord has it not at hand", &|_, branch| branch.guild.set_unavailable(true)),
        ("it may not remove anything", &|_, branch| {
            let denied = Permissions::MANAGE_MESSAGES;
            branch.guild.overwrite(branch.general, branch.guild.id, Permissions::NONE, denied);
        }),
        ("nothing of it can be deleted just now", &|house, branch| {
            let removals = Matcher::of("DELETE", &format!("/channels/{}/messages/", branch.general));
            let wait = std::time::Duration::from_secs(600);
            house.discord.fail_times(removals, Fault::RateLimit { retry_after: wait, scope: "shared" }, 9);
        }),
        ("its removals fail", &|house, branch| {
            let removals = Matcher::of("DELETE", &format!("/channels/{}/messages/", branch.general));
            house.discord.fail_times(removals, Fault::Status(503, json!({})), 99);
        }),
    ];
    for (what, trouble) in troubles {
        let house = open().await;
        let [tea, chess, choir] = house.branches.as_slice() else { panic!("three groups") };
        trouble(&house, chess);
        for number in 0..3 {
            let stuck = chess.person("ada").say(chess.general, &format!("{WORST} {number}"));
            assert!(stuck.is_ok(), "members of it write on");
        }
        let others = [tea, choir].map(|branch| (branch, says_in(branch, "ada", WORST)));
        for (branch, post) in others {
            let gone = |world: &World| world.message(branch.general, post).is_none().then_some(());
            house.in_time(what, gone).await;
            let told = |world: &World| {
                let dm = world.dm(house.app.bot, branch.person("ada").id)?;
                world.messages(dm.id).any(|message| says(message, "Your post was removed")).then_some(())
            };
            house.in_time(what, told).await;
            assert_eq!(house.strikes_in(branch, "ada").await, 1, "{what}");
        }
    }
}

/// The number of a message of another group's is as good as none.
#[tokio::test]
async fn nothing_of_another_groups_is_read_reported_or_removed() {
    let house = open().await;
    let [tea, chess, _] = house.branches.as_slice() else { panic!("three groups") };
    let post = says_in(chess, "ada", "a secret of the chess players");
    house.has_heard(chess).await;
    house.pass_a_while().await;
    let files = house.record().await.iter().filter(|row| row.starts_with("file:")).count();
    for (name, line) in [
        ("bob", format!("report abuse #{post} they are rude")),
        ("mo", format!("remove #{post} abuse they are rude")),
        ("mo", format!("enforce #{post} abuse they are rude")),
    ] {
        let answer = house.line(tea.person(name), &line).await;
        assert!(answer.contains("no post"), "{line}: {answer}");
        assert!(!answer.contains("secret"), "{line}: {answer}");
    }
    assert!(house.discord.see(|world| world.message(chess.general, post).is_some()));
    let now = house.record().await.iter().filter(|row| row.starts_with("file:")).count();
    assert_eq!(now, files, "nothing is on record of it");
}

#[tokio::test]
async fn no_group_waits_for_one_whose_board_or_members_are_not_told() {
    let mut house = open().await;
    house
        .restart_after(|house| {
            let chess = &house.branches[1];
            for part in [
                format!("/channels/{}/messages", chess.officers),
                format!("/guilds/{}/members/", chess.guild.id),
            ] {
                house.discord.fail_times(Matcher::any().path(&part), Fault::Hold, 99);
            }
        })
        .await;
    let [tea, chess, _] = house.branches.as_slice() else { panic!("three groups") };
    // Who is in several groups, or one of them cannot be asked, is told so; and nobody waits for that.
    let asks = [tea.person("ada"), tea.person("bob"), tea.person("sam"), tea.person("ed")];
    chess.person("ada").dm(&house.app, "help").expect("they may write");
    for person in asks {
        person.dm(&house.app, "help").expect("they may write");
    }
    let post = says_in(tea, "ada", MEDIUM);
    let flagged = |world: &World| {
        let mut boards = world.messages(tea.officers).filter(|message| message.author == house.app.bot);
        boards.any(|message| says(message, "B-0001") && says(message, "What waits")).then_some(())
    };
    house.in_time("the board of another group", flagged).await;
    assert!(house.discord.see(|world| world.message(tea.general, post).is_some()), "it is flagged");
    house.discord.stop_failing();
    house.discord.let_go();
}
