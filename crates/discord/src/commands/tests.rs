//! Commands as they are registered, and as they come back.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Arg, value_parser};
use policy::Reference;
use proptest::prelude::*;

use super::options::{Suggested, choices, suggested};
use super::*;

/// Some commands of every shape that there is.
pub(crate) fn definition() -> Command {
    let words = |id: &'static str| {
        Arg::new(id).help("What is said").trailing_var_arg(true).num_args(0..).allow_hyphen_values(true)
    };
    let file = || {
        Arg::new("case")
            .help("The case, such as B-0042")
            .value_parser(value_parser!(Reference))
            .required(true)
    };
    let step = PossibleValuesParser::new(["warning", "suspension"]).map(|step| step);
    Command::new("")
        .no_binary_name(true)
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .subcommand(Command::new("queue").about("What waits for a moderator"))
        .subcommand(Command::new("case").about("One case").arg(file()))
        .subcommand(
            Command::new("sign")
                .about("Agree to a proposed sanction, or to a lighter one; open it with `case` first, and think about it")
                .arg(file())
                .arg(Arg::new("step").help("The step").value_parser(step).required(true))
                .arg(words("reason").num_args(1..).required(true)),
        )
        .subcommand(
            Command::new("remove")
                .about("Remove a post")
                .arg(Arg::new("target").help("The case, or the post's own number").required(true))
                .arg(Arg::new("rule").help("The code of the rule; see `rules`"))
                .arg(words("reason")),
        )
        .subcommand(
            Command::new("mute")
                .about("Keep somebody from posting")
                .arg(Arg::new("member").help("The member's account name").required(true))
                .arg(Arg::new("hours").help("For how many hours").value_parser(value_parser!(u32)).required(true)),
        )
        .subcommand(
            Command::new("rules").about("The rules of the group").subcommand(
                Command::new("post").about("Post the rules").arg(Arg::new("channel").help("The channel").required(true)),
            ),
        )
        .subcommand(
            Command::new("wordlist").about("The words").subcommand_required(true).subcommand(
                Command::new("list").about("All words").arg(Arg::new("the_part").help("Part of a word")),
            ),
        )
        .subcommand(Command::new("appeal").about("Ask again").arg(file()).arg(words("words").num_args(1..).required(true)))
        .subcommand(Command::new("Odd Name").about("Not for Discord"))
}

fn registered() -> Vec<Value> {
    registration(&definition(), &["appeal", "rules"].map(str::to_owned).into())
}

/// Holds commands to what Discord takes, as far as it says it.
pub(crate) fn assert_taken(commands: &[Value]) {
    let of_type = |kind: u64| commands.iter().filter(|command| command["type"] == kind).count();
    assert!(of_type(1) <= 100 && of_type(2) <= 15 && of_type(3) <= 15);
    let mut names: Vec<String> =
        commands.iter().map(|command| format!("{} {}", command["type"], command["name"])).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), commands.len(), "each has a name of its own");
    for command in commands {
        let is_typed = command["type"] == 1;
        assert!(command["contexts"].as_array().is_some_and(|contexts| !contexts.is_empty()));
        assert!(size(command) <= 8_000, "{} takes {}", command["name"], size(command));
        if is_typed {
            assert_described(command, 0);
        } else {
            assert!((1..=32).contains(&units(&command["name"])) && command.get("description").is_none());
        }
    }
}

fn units(value: &Value) -> usize {
    value.as_str().unwrap().encode_utf16().count()
}

fn assert_described(body: &Value, depth: usize) {
    assert!(is_name(body["name"].as_str().unwrap()), "{body}");
    assert!((1..=100).contains(&units(&body["description"])), "{body}");
    assert!(!body["description"].as_str().unwrap().contains('`'), "{body}");
    let none = Vec::new();
    let options = body.get("options").and_then(Value::as_array).unwrap_or(&none);
    assert!(options.len() <= 25 && depth <= 2, "{body}");
    let required: Vec<bool> = options.iter().map(|option| option["required"] == true).collect();
    assert!(required.is_sorted_by(|a, b| a >= b), "what has to be there comes first: {body}");
    for option in options {
        assert_described(option, depth + 1);
        if let Some(choices) = option.get("choices").and_then(Value::as_array) {
            assert!((1..=25).contains(&choices.len()) && option.get("autocomplete").is_none(), "{option}");
            assert!(choices.iter().all(|choice| (1..=100).contains(&units(&choice["name"]))), "{option}");
        }
    }
}

/// As Discord counts the 8,000 characters of a command.
fn size(body: &Value) -> usize {
    let text =
        |field: &str| body.get(field).and_then(Value::as_str).map_or(0, |text| text.encode_utf16().count());
    let list =
        |field: &str| body.get(field).and_then(Value::as_array).map_or(0, |all| all.iter().map(size).sum());
    text("name") + text("description") + text("value") + list("options") + list("choices")
}

#[test]
fn commands_are_registered_as_they_are_defined() {
    let commands = registered();
    assert_taken(&commands);
    let find = |name: &str| commands.iter().find(|command| command["name"] == name).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(find("sign")).unwrap(), @r#"
    {
      "contexts": [
        0
      ],
      "default_member_permissions": 8192,
      "description": "Agree to a proposed sanction, or to a lighter one; open it with case first, and think about it",
      "description_localizations": {
        "en-GB": "Agree to a proposed sanction, or to a lighter one; open it with case first, and think about it"
      },
      "integration_types": [
        0
      ],
      "name": "sign",
      "options": [
        {
          "autocomplete": true,
          "description": "The case, such as B-0042",
          "description_localizations": {
            "en-GB": "The case, such as B-0042"
          },
          "name": "case",
          "required": true,
          "type": 3
        },
        {
          "choices": [
            {
              "name": "warning",
              "value": "warning"
            },
            {
              "name": "suspension",
              "value": "suspension"
            }
          ],
          "description": "The step",
          "description_localizations": {
            "en-GB": "The step"
          },
          "name": "step",
          "required": true,
          "type": 3
        },
        {
          "description": "What is said",
          "description_localizations": {
            "en-GB": "What is said"
          },
          "max_length": 4000,
          "name": "reason",
          "required": true,
          "type": 3
        }
      ],
      "type": 1
    }
    "#);
    let shown = commands.iter().map(|command| {
        let options = command.get("options").and_then(Value::as_array).cloned().unwrap_or_default();
        let options =
            options.iter().map(|option| format!("{}:{}", option["name"].as_str().unwrap(), option["type"]));
        let seen = if command["default_member_permissions"].is_null() { "all" } else { "officers" };
        let options = options.collect::<Vec<_>>().join(" ");
        format!("{} {} in {} for {seen}: {options}", command["type"], command["name"], command["contexts"])
    });
    insta::assert_snapshot!(shown.collect::<Vec<_>>().join("\n"), @r#"
    1 "queue" in [0] for officers: 
    1 "case" in [0] for officers: case:3
    1 "sign" in [0] for officers: case:3 step:3 reason:3
    1 "remove" in [0] for officers: target:3 rule:3 reason:3
    1 "mute" in [0] for officers: member:3 hours:4
    1 "rules" in [0,1] for all: show:1 post:1
    1 "wordlist" in [0] for officers: list:1
    1 "appeal" in [0,1] for all: case:3 words:3
    3 "Report to moderators" in [0] for all: 
    3 "Remove under a rule…" in [0] for officers: 
    2 "Record" in [0] for officers:
    "#);
}

#[test]
fn help_is_shortened_where_it_can_be() {
    let long = "word ".repeat(30);
    let rows = [
        ("Short; and `all` of it", "Short; and all of it"),
        ("", "name"),
        (
            "Close a case without a strike; a removed post stays away, a flagged one stays. Takes back what one officer signed",
            "Close a case without a strike; a removed post stays away, a flagged one stays",
        ),
        (
            long.as_str(),
            "word word word word word word word word word word word word word word word word word word word…",
        ),
    ];
    for (help, want) in rows {
        assert_eq!(shortened(help, "name"), want, "{help}");
    }
    assert!(shortened(&"\u{1f600}".repeat(200), "name").encode_utf16().count() <= 100);
}

#[test]
fn a_change_of_commands_is_noticed() {
    let mut commands = registered();
    let before = digest(&commands);
    assert_eq!(digest(&registered()), before);
    assert_eq!(before.len(), 64);
    commands[0]["description"] = json!("Another");
    assert_ne!(digest(&commands), before);
}

fn slash(name: &str, options: &[(&str, Value)]) -> Value {
    let options: Vec<Value> =
        options.iter().map(|(name, value)| json!({"name": name, "type": 3, "value": value})).collect();
    json!({"type": 1, "name": name, "options": options})
}

#[test]
fn options_become_a_line_in_the_order_in_which_it_is_typed() {
    let sub = |name: &str, sub: &str, options: Value| json!({"name": name, "options": [{"type": 1, "name": sub, "options": options}]});
    let part = json!([{"name": "the-part", "value": "ab"}]);
    let rows = [
        (slash("queue", &[]), Ok("queue")),
        (
            slash(
                "sign",
                &[("reason", json!(" so it  is ")), ("step", json!("warning")), ("case", json!("b-42"))],
            ),
            Ok("sign b-42 warning so it  is"),
        ),
        (slash("remove", &[("target", json!("#17")), ("rule", json!("abuse"))]), Ok("remove #17 abuse")),
        (
            slash("mute", &[("member", json!("<@!111111111111111111>")), ("hours", json!(24))]),
            Ok("mute @111111111111111111 24"),
        ),
        (sub("rules", "show", json!([])), Ok("rules")),
        (
            sub("rules", "post", json!([{"name": "channel", "value": "222222222222222222"}])),
            Ok("rules post 222222222222222222"),
        ),
        (sub("wordlist", "list", part), Ok("wordlist list ab")),
        (slash("case", &[]), Ok("case")),
        (
            slash("remove", &[("target", json!("17")), ("reason", json!("it is rude"))]),
            Err(Unclear::Missing("rule".to_owned(), "reason".to_owned())),
        ),
        (slash("case", &[("case", json!("B-1 or so"))]), Err(Unclear::Words("case".to_owned()))),
        (slash("mode", &[]), Err(Unclear::Unknown)),
        (sub("wordlist", "show", json!([])), Err(Unclear::Unknown)),
        (slash("wordlist", &[]), Err(Unclear::Unknown)),
        (json!({}), Err(Unclear::Unknown)),
    ];
    for (data, want) in rows {
        assert_eq!(line(&data, &definition()), want.map(str::to_owned), "{data}");
    }
}

#[test]
fn mentions_in_arguments_are_accounts() {
    let rows = [
        ("mute <@111111111111111111> 24", "mute @111111111111111111 24"),
        ("MUTE  <@!111111111111111111>\n24", "MUTE  @111111111111111111\n24"),
        (
            "remove #17 abuse <@111111111111111111> was rude",
            "remove #17 abuse <@111111111111111111> was rude",
        ),
        ("appeal B-0042 <@111111111111111111> began", "appeal B-0042 <@111111111111111111> began"),
        ("wordlist list <@111111111111111111>", "wordlist list @111111111111111111"),
        ("mute <@&111111111111111111> <@1>", "mute <@&111111111111111111> <@1>"),
        ("hello <@111111111111111111>", "hello <@111111111111111111>"),
        ("queue", "queue"),
        ("", ""),
    ];
    for (text, want) in rows {
        assert_eq!(typed(text, &definition()), want, "{text}");
    }
}

#[test]
fn what_is_suggested_depends_on_the_argument() {
    let rows = [
        ("case", "case", Some(Suggested::Files)),
        ("mute", "member", Some(Suggested::Members)),
        ("remove", "rule", Some(Suggested::Rules)),
        ("remove", "target", Some(Suggested::FilesAndMembers)),
        ("remove", "reason", None),
        ("sign", "step", None),
        ("wordlist list", "the-part", None),
        ("nothing", "case", None),
    ];
    for (command, option, want) in rows {
        assert_eq!(suggested(&definition(), command, option), want, "{command} {option}");
    }
    let data =
        json!({"name": "mute", "options": [{"name": "member", "type": 3, "value": "ali", "focused": true}]});
    let (command, option, text) = typing(&data, &definition()).unwrap();
    assert_eq!((command.as_str(), option.as_str(), text.expose()), ("mute", "member", "ali"));
    let found = (0..40).map(|number| (format!("{number} {}", "x".repeat(200)), number.to_string()));
    let choices = choices(found.chain([("x".to_owned(), "y".repeat(101))]));
    let shown = choices["choices"].as_array().unwrap();
    assert_eq!(shown.len(), 25);
    assert!(shown.iter().all(|choice| units(&choice["name"]) == 100));
}

proptest! {
    #[test]
    fn every_command_comes_back_with_its_arguments(
        number in 1_u32..100_000, hours in 0_u32..1_000, step in 0_usize..2,
        word in "[a-z#@][a-z0-9-]{0,12}",
        // By itself it only parts what follows from options, wherever commands are typed.
        reason in "\\S{1,8}( \\S{1,8}){0,3}".prop_filter("two hyphens", |said| said.split(' ').all(|word| word != "--")),
    ) {
        let definition = definition();
        let given: Vec<(&str, Vec<(&str, Value)>)> = vec![
            ("queue", vec![]),
            ("case", vec![("case", json!(format!("B-{number:04}")))]),
            ("sign", vec![("case", json!(format!("B-{number:04}"))), ("step", json!(["warning", "suspension"][step])), ("reason", json!(reason))]),
            ("remove", vec![("target", json!(word)), ("rule", json!(word)), ("reason", json!(reason))]),
            ("mute", vec![("member", json!(word)), ("hours", json!(hours))]),
            ("appeal", vec![("case", json!(format!("B-{number:04}"))), ("words", json!(reason))]),
        ];
        for (name, mut options) in given {
            let want: Vec<String> = options.iter().map(|(_, value)| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).collect();
            options.reverse();
            let line = line(&slash(name, &options), &definition).unwrap();
            prop_assert_eq!(typed(&line, &definition), line.as_str(), "it is typed so already");
            let read = definition.clone().try_get_matches_from(line.split(' ')).unwrap();
            let (read_name, read) = read.subcommand().unwrap();
            prop_assert_eq!(read_name, name);
            let command = definition.find_subcommand(name).unwrap();
            let got: Vec<String> = command.get_positionals().filter_map(|argument| {
                let values = read.get_raw(argument.get_id().as_str())?;
                Some(values.map(|value| value.to_str().unwrap()).collect::<Vec<_>>().join(" "))
            }).collect();
            prop_assert_eq!(got, want);
        }
    }
}
