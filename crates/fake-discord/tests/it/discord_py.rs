//! The fake with discord.py, which was written for Discord: what that library hears and does, unchanged.

use std::time::Duration;

use fake_discord::{ChannelKind, Draft, Fault, Intents, Limits, Matcher, Permissions, message};
use serde_json::{Value, json};

use crate::bed::Bed;
use crate::library::Library;

#[tokio::test]
async fn discord_py_sees_every_kind_of_message() {
    let bed = Bed::new().await;
    let (voice, forum) =
        (bed.guild.channel_of(ChannelKind::Voice, "talk"), bed.guild.channel_of(ChannelKind::Forum, "ideas"));
    let hook = bed.guild.webhook(bed.general, "relay");
    let other = bed.discord.application("Other", Intents::NONE);
    let (library, ready) = Library::start(&bed.discord, &bed.app).await;
    // It asked for all members, as it does with every guild.
    assert_eq!(ready["members"][bed.guild.id.to_string()].as_array().map(Vec::len), Some(4));
    let heard = async || library.heard("message").await["message"].clone();

    let said = bed.anna.say(bed.general, &format!("hello <@{}>", bed.bob.id)).expect("she may");
    let message = heard().await;
    assert_eq!(
        (&message["id"], &message["author"], &message["mentions"]),
        (&json!(said), &json!(bed.anna.id), &json!([bed.bob.id]))
    );
    bed.anna.edit(bed.general, said, "goodbye").expect("it is hers");
    let edit = library.heard("edit").await;
    assert_eq!((&edit["content"], &edit["words"]), (&json!("goodbye"), &json!(true)));
    bed.guild.unfurl(bed.general, said, vec![json!({ "type": "link", "title": "A page" })]);
    assert_eq!(library.heard("edit").await["words"], json!(true));
    bed.bob.reply(bed.general, said, "indeed").expect("he may");
    assert_eq!(heard().await["answers"], json!(said));
    bed.bob.forward(bed.general, said, voice).expect("he may");
    let message = heard().await;
    assert_eq!((&message["forwarded"], &message["content"]), (&json!(["goodbye"]), &json!("")));
    bed.anna.poll(bed.general, "Which?", &["this", "that"]).expect("she may");
    assert_eq!(heard().await["poll"], json!(["Which?", ["this", "that"]]));
    bed.anna.attach(bed.general, "cat.png", Some("a cat")).expect("she may");
    assert_eq!(heard().await["files"], json!([["cat.png", "a cat", null]]));
    bed.anna.sticker(bed.general, said, "wave").expect("she may");
    assert_eq!(heard().await["stickers"], json!(["wave"]));
    bed.guild.webhook_says(hook, "Anna?", Draft::text("not her")).expect("it exists");
    assert_eq!(heard().await["webhook"], true);
    bed.bob.user_app_says(bed.general, &other, Draft::text("by another")).expect("he may");
    assert_eq!(heard().await["invoker"], json!(bed.bob.id));
    let text = json!({ "type": 10, "content": "in components" });
    bed.guild.webhook_says(hook, "x", Draft::default().components(&[text])).expect("it exists");
    let told = heard().await;
    assert_eq!(
        (&told["texts"], &told["flags"]),
        (&json!(["in components"]), &json!(message::flag::IS_COMPONENTS_V2))
    );
    let post = bed.bob.forum_post(forum, "An idea", "do it").expect("he may");
    assert_eq!(library.heard("thread").await["name"], "An idea");
    assert_eq!(heard().await["id"], json!(post));
    bed.bob.rename(post, "A better idea").expect("it is his");
    assert_eq!(library.heard("thread_update").await["name"], "A better idea");
    bed.anna.react(bed.general, said, "👍").expect("she may");
    assert_eq!(library.heard("reaction").await["emoji"], "👍");
    bed.anna.dm(&bed.app, "psst").expect("she may");
    assert_eq!(heard().await["guild"], Value::Null);
    bed.anna.delete(bed.general, said).expect("it is hers");
    assert_eq!(library.heard("delete").await["id"], json!(said));
}

#[tokio::test]
async fn discord_py_hears_of_members_and_of_what_moderators_do() {
    let bed = Bed::new().await;
    let rule = bed.guild.filter("words", &["arse"], None, &[]);
    let (library, _) = Library::start(&bed.discord, &bed.app).await;
    let carol = bed.discord.person("carol");
    carol.join(&bed.guild).expect("it is open");
    assert_eq!(library.heard("join").await["user"], json!(carol.id));
    carol.nick(&bed.guild, Some("Caz")).expect("she may");
    assert_eq!(library.heard("member").await["nick"], "Caz");
    assert_eq!(
        carol.say(bed.general, "you arse").expect_err("it is blocked"),
        fake_discord::codes::MESSAGE_BLOCKED
    );
    let told = library.heard("automod").await;
    assert_eq!((&told["content"], &told["user"]), (&json!("you arse"), &json!(carol.id)));
    assert!(bed.discord.see(|world| world.guild(bed.guild.id).is_some_and(|guild| guild.id != rule)));
    bed.guild.owner.ban(&bed.guild, carol.id, Some("enough")).expect("she owns it");
    assert_eq!(library.heard("gone").await["user"], json!(carol.id));
    assert_eq!(library.heard("ban").await["user"], json!(carol.id));
    let entry = library.heard("audit").await;
    assert_eq!((&entry["action"], &entry["reason"]), (&json!(22), &json!("enough")));
    bed.guild.owner.unban(&bed.guild, carol.id).expect("she owns it");
    assert_eq!(library.heard("unban").await["user"], json!(carol.id));
}

#[tokio::test]
async fn discord_py_moderates() {
    let bed = Bed::new().await;
    let (mut library, _) = Library::start(&bed.discord, &bed.app).await;
    let place = json!({ "guild": bed.guild.id, "channel": bed.general, "user": bed.bob.id });
    let with = |more: Value| {
        let mut request = place.clone();
        request.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        request
    };
    // Messages.
    let said: Vec<_> =
        (0..150).map(|number| bed.anna.say(bed.general, &format!("{number}")).expect("she may")).collect();
    let history = library.done("history", with(json!({ "after": said[9] }))).await;
    let texts: Vec<_> = history.as_array().into_iter().flatten().map(|one| one["content"].clone()).collect();
    assert_eq!(texts, (10..150).map(|number| json!(number.to_string())).collect::<Vec<_>>());
    library.done("delete", with(json!({ "message": said[0] }))).await;
    library.done("bulk", with(json!({ "messages": &said[1..4] }))).await;
    assert_eq!(library.heard("bulk").await["ids"], json!(said[1..4]));
    assert_eq!(library.ask("delete", with(json!({ "message": said[0] }))).await, Err("404 10008".to_owned()));
    let ping = with(json!({ "text": "@everyone", "silent": true }));
    let own = library.done("send", ping).await;
    let pings = bed.discord.messages(bed.general).pop().map(|message| message.pings);
    assert!(pings.is_some_and(|pings| pings.is_empty()));
    assert_eq!(library.done("edit", with(json!({ "message": own, "text": "corrected" }))).await, "corrected");
    library.done("send_file", place.clone()).await;
    let last = bed.discord.messages(bed.general).pop().expect("it was posted");
    assert_eq!(
        (&last.attachments[0]["filename"], &last.attachments[0]["description"]),
        (&json!("evidence.txt"), &json!("what was said"))
    );
    bed.anna.react(bed.general, said[9], "👍").expect("she may");
    library.done("react", with(json!({ "message": said[9] }))).await;
    // Members.
    let until = bed.discord.see(|world| world.now().plus(Duration::from_secs(3600)).to_string());
    library.done("time_out", with(json!({ "until": until }))).await;
    let bob = bed.discord.see(|world| world.member(bed.guild.id, bed.bob.id).cloned()).expect("he is there");
    assert_eq!(
        (bob.nick.as_deref(), bob.timed_out.map(|until| until.to_string())),
        (Some("renamed"), Some(until))
    );
    assert_eq!(
        bed.bob.say(bed.general, "but").expect_err("he is timed out"),
        fake_discord::codes::MISSING_PERMISSIONS
    );
    let made = library.done("role", place.clone()).await;
    assert!(made.as_array().is_some_and(|made| made.len() == 2));
    let thread = library.done("thread", place.clone()).await;
    assert_eq!(thread[1], json!(["Notice"]));
    library.done("dm", with(json!({ "text": "a notice" }))).await;
    assert_eq!(bed.discord.dms(&bed.app, bed.bob.id).len(), 1);
    assert_eq!(library.done("ban", place.clone()).await, json!([[bed.bob.id, "B-0042: rule 3 — é"]]));
    assert_eq!(library.ask("dm", with(json!({ "text": "more" }))).await, Err("403 50278".to_owned()));
    library.done("unban", place.clone()).await;
    let owner = json!({ "guild": bed.guild.id, "user": bed.guild.owner.id });
    assert_eq!(library.ask("ban", owner).await, Err("403 50013".to_owned()));
    // What it asks about.
    let audit = library.done("audit", place.clone()).await;
    assert_eq!(audit[0], json!([23, bed.app.bot, null]));
    let code = library.done("invite", place.clone()).await;
    bed.bob.accept(code.as_str().expect("a code")).expect("it is for all");
    let members = library.done("members", place.clone()).await;
    assert_eq!((members[0].as_array().map(Vec::len), &members[1]), (Some(4), &json!([bed.anna.id])));
    assert_eq!(library.done("about", place.clone()).await, json!(["Beadle", true, 0, 0]));
}

#[tokio::test]
async fn discord_py_answers_commands_buttons_menus_and_forms() {
    let bed = Bed::new().await;
    let (mut library, _) = Library::start(&bed.discord, &bed.app).await;
    let names = library.done("sync", json!({})).await;
    assert_eq!(names, json!(["record", "slow", "rules", "Report to moderators", "Show record"]));
    let answered = async |interaction| {
        let found = bed.discord.wait_for("an answer", move |world| {
            world.interaction(interaction).filter(|one| one.answer.is_some()).cloned()
        });
        found.await
    };
    let options = [("member", json!(bed.bob.id)), ("case", json!("B-0042"))];
    // Typing.
    let typed = bed
        .anna
        .autocomplete(&bed.app, bed.general, "record", &[("case", json!("B-0042"))], "case")
        .expect("it is offered");
    assert_eq!(answered(typed).await.choices(), Some(&json!([{ "name": "B-0042", "value": "B-0042" }])));
    // A command, a button under its answer, the form that opens, and what is filled in.
    let used = bed.anna.use_command(&bed.app, bed.general, "record", &options).expect("it is offered");
    let answer = answered(used).await;
    assert!(answer.is_ephemeral);
    assert_eq!(library.heard("record").await["member"], json!(bed.bob.id));
    let message = answer.response.expect("it answered with a message");
    assert_eq!(
        bed.bob.press(bed.general, message, "appeal:B-0042").expect_err("it is hers alone"),
        fake_discord::codes::UNKNOWN_MESSAGE
    );
    let pressed = bed.anna.press(bed.general, message, "appeal:B-0042").expect("it is there");
    assert_eq!(answered(pressed).await.modal().map(|form| form["title"].clone()), Some(json!("Appeal")));
    let sent = bed.anna.submit_modal(pressed, &[("why", "I was quoting")]).expect("the form is open");
    assert_eq!(library.heard("appeal").await["why"], "I was quoting");
    answered(sent).await;
    // A menu in the message, and those of messages and users.
    let chosen = bed.anna.select(bed.general, message, "rule", &["2"]).expect("it is there");
    answered(chosen).await;
    let changed = bed.discord.see(|world| world.message(bed.general, message).map(|one| one.content.clone()));
    assert_eq!(changed.as_deref(), Some("Under rule 2"));
    let said = bed.bob.say(bed.general, "rude").expect("he may");
    let reported =
        bed.anna.message_menu(&bed.app, bed.general, said, "Report to moderators").expect("it is offered");
    answered(reported).await;
    assert_eq!(library.heard("report").await["content"], "rude");
    let shown = bed.anna.user_menu(&bed.app, bed.general, bed.bob.id, "Show record").expect("it is offered");
    answered(shown).await;
    assert_eq!(library.heard("of_user").await["user"], json!(bed.bob.id));
    // Below a group; and what takes longer, with more after it.
    let shown = bed
        .anna
        .use_command(&bed.app, bed.general, "rules show", &[("number", json!(3))])
        .expect("it is offered");
    answered(shown).await;
    let slow = bed.anna.use_command(&bed.app, bed.general, "slow", &[]).expect("it is offered");
    let texts = bed.discord.wait_for("the corrected answer", |world| {
        let found = world.interaction(slow)?;
        let text = |id| world.message(bed.general, id).map(|message| message.content.clone());
        let texts = (text(found.response?)?, text(*found.followups.first()?)?);
        (texts.0 == "Done indeed").then_some(texts)
    });
    assert_eq!(texts.await.1, "And more");
    // A button under a private message, also by who has left.
    let dm = library.done("dm", json!({ "user": bed.bob.id, "text": "a notice" })).await;
    let id = |at: usize| dm[at].as_str().and_then(|id| id.parse().ok()).expect("an id");
    bed.bob.leave(&bed.guild);
    let pressed = bed.bob.press(id(0), id(1), "appeal:B-0042").expect("it is there");
    assert!(answered(pressed).await.modal().is_some());
}

#[tokio::test]
async fn discord_py_resumes_after_a_drop_and_comes_anew_when_its_session_is_over() {
    let bed = Bed::with(Permissions::ALL).await;
    let (library, _) = Library::start(&bed.discord, &bed.app).await;
    bed.discord.ask_to_reconnect();
    bed.anna.say(bed.general, "meanwhile").expect("she may");
    assert_eq!(library.heard("message").await["message"]["content"], "meanwhile");
    library.heard("resumed").await;
    bed.discord.close_connections(4000);
    bed.discord.wait_for("the drop", |world| (world.connected() == 0).then_some(())).await;
    bed.anna.say(bed.general, "while away").expect("she may");
    assert_eq!(library.heard("message").await["message"]["content"], "while away");
    library.heard("resumed").await;
    let resumes = bed.discord.see(|world| world.application(bed.app.id).map(|app| app.resumes.clone()));
    assert_eq!(resumes, Some(vec![true, true]));
    bed.discord.invalidate_sessions(false);
    library.heard("ready").await;
    bed.anna.say(bed.general, "again").expect("she may");
    assert_eq!(library.heard("message").await["message"]["content"], "again");
}

#[tokio::test]
async fn discord_py_reads_the_limits_from_the_headers_and_keeps_them() {
    let bed = Bed::new().await;
    let (mut library, _) = Library::start(&bed.discord, &bed.app).await;
    bed.discord.run_clock();
    bed.discord.set_limits(Limits::AsSeen);
    let said: Vec<_> = (0..12).map(|n| bed.anna.say(bed.general, &n.to_string()).expect("she may")).collect();
    for message in said {
        library.done("delete", json!({ "channel": bed.general, "message": message })).await;
    }
    let deletions = bed.discord.requests_of(&Matcher::of("DELETE", "/messages/"));
    assert!(deletions.iter().filter(|asked| asked.status == Some(204)).count() == 12, "{deletions:?}");
    // Where it was told to wait nevertheless, it waited and came again.
    let limit = Fault::RateLimit { retry_after: Duration::from_millis(50), scope: "user" };
    bed.discord.fail_times(Matcher::of("POST", "/messages"), limit, 2);
    library.done("send", json!({ "channel": bed.general, "text": "at last" })).await;
    let statuses: Vec<_> =
        bed.discord.requests_of(&Matcher::of("POST", "/messages")).iter().map(|one| one.status).collect();
    assert_eq!(statuses, [Some(429), Some(429), Some(200)]);
}
