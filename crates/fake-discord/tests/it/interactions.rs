//! Commands, buttons and forms: who is offered what, and how long a bot has to answer.

use std::time::Duration;

use fake_discord::{Interaction, Snowflake, codes, message};
use serde_json::{Value, json};

use crate::bed::Bed;
use crate::http::Response;

impl Bed {
    async fn register(&self, commands: Value) -> Response {
        self.http
            .put(&format!("/applications/{}/guilds/{}/commands", self.app.id, self.guild.id), &commands)
            .await
    }

    fn interaction(&self, id: Snowflake) -> Interaction {
        self.discord.see(|world| world.interaction(id).cloned()).expect("it is known")
    }

    async fn answer(&self, id: Snowflake, body: &Value) -> Response {
        let token = self.interaction(id).token;
        self.http.post(&format!("/interactions/{id}/{token}/callback?with_response=true"), body).await
    }

    fn after(&self, id: Snowflake, rest: &str) -> String {
        format!("/webhooks/{}/{}{rest}", self.app.id, self.interaction(id).token)
    }
}

fn ping() -> Value {
    json!([{ "name": "ping", "description": "Answers", "options": [
        { "type": 3, "name": "text", "description": "What", "required": true },
        { "type": 6, "name": "member", "description": "Whom" },
    ] }])
}

#[tokio::test]
async fn commands_are_registered_whole_and_keep_their_ids() {
    let bed = Bed::new().await;
    let first = bed.register(ping()).await;
    let mut more = ping();
    more.as_array_mut().expect("a list").push(json!({ "name": "Report to moderators", "type": 3 }));
    let second = bed.register(more).await;
    assert_eq!((second.status, &first.body[0]["id"]), (200, &second.body[0]["id"]));
    assert_eq!(second.body[1]["type"], 3);
    let menus: Vec<_> = (0..16).map(|n| json!({ "name": format!("menu {n}"), "type": 3 })).collect();
    assert_eq!(bed.register(json!(menus)).await.code(), 30032);
    let listed =
        bed.http.get(&format!("/applications/{}/guilds/{}/commands", bed.app.id, bed.guild.id)).await;
    assert_eq!(listed.body.as_array().map(Vec::len), Some(2));
    let other = bed.discord.application("Other", fake_discord::Intents::NONE);
    assert_eq!(bed.http.get(&format!("/applications/{}/commands", other.id)).await.code(), 10002);
}

#[tokio::test]
async fn a_command_is_told_with_who_where_and_what_and_answered_once() {
    let bed = Bed::new().await;
    bed.register(ping()).await;
    let mut socket = bed.socket().await;
    let options = [("text", json!("hello")), ("member", json!(bed.bob.id))];
    let used = bed.anna.use_command(&bed.app, bed.general, "ping", &options).expect("it is offered");
    let told = socket.event("INTERACTION_CREATE").await;
    assert_eq!((&told["member"]["user"]["id"], &told["locale"]), (&json!(bed.anna.id), &json!("en-GB")));
    assert_eq!(
        (
            &told["data"]["options"][0]["value"],
            &told["data"]["resolved"]["users"][bed.bob.id.to_string()]["username"]
        ),
        (&json!("hello"), &json!("bob"))
    );
    let answer = json!({ "type": 4, "data": { "content": "pong @everyone", "flags": 64 } });
    let answered = bed.answer(used, &answer).await;
    assert_eq!((answered.status, &answered.body["resource"]["message"]["flags"]), (200, &json!(64)));
    assert_eq!(bed.answer(used, &answer).await.code(), 40060);
    // For her alone, and not in what is read by request.
    let response = bed.interaction(used).response.expect("a message");
    assert_eq!(
        bed.bob.react(bed.general, response, "👍").expect_err("he does not see it"),
        codes::UNKNOWN_MESSAGE
    );
    assert_eq!(bed.http.get(&bed.here("/messages")).await.body, json!([]));
    assert!(
        bed.discord
            .see(|world| world.message(bed.general, response).is_some_and(|one| one.pings().is_empty()))
    );
    let missing = bed.anna.use_command(&bed.app, bed.general, "ping", &[]);
    assert_eq!(missing.expect_err("the text is required").code, 50035);
    assert_eq!(
        bed.anna.use_command(&bed.app, bed.general, "pong", &[]).expect_err("there is none"),
        codes::UNKNOWN_COMMAND
    );
}

#[tokio::test]
async fn an_answer_has_three_seconds_and_what_follows_fifteen_minutes() {
    let bed = Bed::new().await;
    bed.register(ping()).await;
    let options = [("text", json!("hello"))];
    let late = bed.anna.use_command(&bed.app, bed.general, "ping", &options).expect("it is offered");
    bed.discord.advance(Duration::from_secs(3));
    assert_eq!(bed.answer(late, &json!({ "type": 5 })).await.code(), 10062);
    let used = bed.anna.use_command(&bed.app, bed.general, "ping", &options).expect("it is offered");
    assert_eq!(bed.http.post(&bed.after(used, ""), &json!({ "content": "x" })).await.code(), 10015);
    assert_eq!(bed.answer(used, &json!({ "type": 5, "data": { "flags": 64 } })).await.status, 200);
    bed.discord.advance(Duration::from_secs(14 * 60));
    let changed =
        bed.http.patch(&bed.after(used, "/messages/@original"), &json!({ "content": "pong" })).await;
    assert_eq!((changed.status, &changed.body["flags"]), (200, &json!(message::flag::EPHEMERAL)));
    let more = bed.http.post(&bed.after(used, ""), &json!({ "content": "more", "flags": 64 })).await;
    let more = more.body["id"].as_str().expect("an id").to_owned();
    assert_eq!(bed.http.delete(&bed.after(used, &format!("/messages/{more}"))).await.status, 204);
    bed.discord.advance(Duration::from_secs(60));
    assert_eq!(
        bed.http.patch(&bed.after(used, "/messages/@original"), &json!({ "content": "x" })).await.code(),
        50027
    );
}

#[tokio::test]
async fn a_form_can_only_be_the_first_answer_and_never_the_answer_to_a_form() {
    let bed = Bed::new().await;
    bed.register(ping()).await;
    let form = json!({ "type": 9, "data": { "title": "Appeal", "custom_id": "a:1", "components": [
        { "type": 1, "components": [{ "type": 4, "custom_id": "why", "label": "Why?", "style": 2 }] },
        { "type": 18, "label": "And who?", "component": { "type": 4, "custom_id": "who", "style": 1 } },
    ] } });
    let used =
        bed.anna.use_command(&bed.app, bed.general, "ping", &[("text", json!("x"))]).expect("it is offered");
    let opened = bed.answer(used, &form).await;
    assert_eq!(opened.status, 200, "{}", opened.body);
    let mut socket = bed.socket().await;
    let sent = bed.anna.submit_modal(used, &[("why", "I quoted"), ("who", "me")]).expect("it is open");
    let told = socket.event("INTERACTION_CREATE").await;
    assert_eq!((&told["type"], &told["data"]["custom_id"]), (&json!(5), &json!("a:1")));
    assert_eq!(told["data"]["components"][0]["components"][0]["value"], "I quoted");
    assert_eq!(told["data"]["components"][1]["component"]["value"], "me");
    assert_eq!(bed.answer(sent, &form).await.code(), 50035);
    assert_eq!(bed.answer(sent, &json!({ "type": 4, "data": { "content": "Thank you" } })).await.status, 200);
    let deferred =
        bed.anna.use_command(&bed.app, bed.general, "ping", &[("text", json!("x"))]).expect("it is offered");
    bed.answer(deferred, &json!({ "type": 5 })).await;
    assert_eq!(bed.answer(deferred, &form).await.code(), 40060);
}

#[tokio::test]
async fn buttons_are_pressed_by_who_sees_them_and_can_change_their_message() {
    let bed = Bed::new().await;
    let row = |disabled: bool| {
        json!([{ "type": 1, "components": [
        { "type": 2, "style": 3, "label": "Confirm", "custom_id": "a:B-0042:confirm", "disabled": disabled },
    ] }])
    };
    let posted = bed
        .http
        .post(&bed.here("/messages"), &json!({ "content": "B-0042", "components": row(false) }))
        .await;
    assert_eq!(posted.body["components"][0]["components"][0]["id"], 2);
    let message: Snowflake = posted.body["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
    let mut socket = bed.socket().await;
    let pressed = bed.bob.press(bed.general, message, "a:B-0042:confirm").expect("it is there");
    let told = socket.event("INTERACTION_CREATE").await;
    assert_eq!(
        (&told["data"]["custom_id"], &told["message"]["id"]),
        (&json!("a:B-0042:confirm"), &json!(message))
    );
    let change = json!({ "type": 7, "data": { "content": "Confirmed", "components": row(true) } });
    assert_eq!(bed.answer(pressed, &change).await.status, 200);
    assert_eq!(socket.event("MESSAGE_UPDATE").await["content"], "Confirmed");
    assert!(
        bed.bob.press(bed.general, message, "a:B-0042:confirm").is_err(),
        "it cannot be pressed any more"
    );
    // Twice at once is two interactions, each with its own answer.
    let posted =
        bed.http.post(&bed.here("/messages"), &json!({ "content": "x", "components": row(false) })).await;
    let message: Snowflake = posted.body["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
    let both = [&bed.anna, &bed.bob]
        .map(|one| one.press(bed.general, message, "a:B-0042:confirm").expect("it is there"));
    for one in both {
        assert_eq!(bed.answer(one, &json!({ "type": 6 })).await.status, 200);
    }
}

#[tokio::test]
async fn what_is_offered_depends_on_place_and_permissions_as_clients_see_them() {
    let bed = Bed::new().await;
    let all = json!([
        { "name": "mine", "description": "Anywhere" },
        { "name": "here", "description": "In guilds", "contexts": [0] },
        { "name": "admins", "description": "Hidden", "default_member_permissions": "0" },
    ]);
    assert_eq!(bed.http.put(&format!("/applications/{}/commands", bed.app.id), &all).await.status, 200);
    bed.anna.dm(&bed.app, "hello").expect("she may");
    let dm = bed.discord.see(|world| world.dm(bed.app.bot, bed.anna.id).map(|dm| dm.id)).expect("it is open");
    let can = |channel, name| bed.anna.use_command(&bed.app, channel, name, &[]).is_ok();
    assert_eq!(
        [can(bed.general, "mine"), can(bed.general, "here"), can(bed.general, "admins")],
        [true, true, false]
    );
    assert_eq!([can(dm, "mine"), can(dm, "here")], [true, false]);
    // After a ban, nothing is left of that.
    bed.guild.owner.ban(&bed.guild, bed.anna.id, None).expect("she may");
    assert_eq!([can(dm, "mine"), can(bed.general, "mine")], [false, false]);
}

#[tokio::test]
async fn a_menu_shows_the_whole_message_even_to_who_may_not_read_it() {
    let bed = Bed::new().await;
    bed.register(json!([{ "name": "Report to moderators", "type": 3 }])).await;
    bed.app.set_intents(fake_discord::Intents::NONE);
    let said = bed.bob.say(bed.general, "rude").expect("he may");
    let mut socket = crate::socket::Socket::identify(
        &bed.discord.gateway_url(),
        &bed.app.token,
        fake_discord::Intents::GUILDS,
    )
    .await;
    socket.event("GUILD_CREATE").await;
    bed.anna.message_menu(&bed.app, bed.general, said, "Report to moderators").expect("it is offered");
    let told = socket.event("INTERACTION_CREATE").await;
    assert_eq!(told["data"]["resolved"]["messages"][said.to_string()]["content"], "rude");
}

#[tokio::test]
async fn who_installed_the_application_keeps_its_commands_after_a_ban() {
    let bed = Bed::new().await;
    let appeal = json!([{ "name": "appeal", "description": "Asks again", "contexts": [0, 1], "integration_types": [0, 1] }]);
    bed.http.put(&format!("/applications/{}/commands", bed.app.id), &appeal).await;
    for person in [&bed.anna, &bed.bob] {
        person.dm(&bed.app, "hello").expect("they may");
        bed.guild.owner.ban(&bed.guild, person.id, None).expect("she may");
    }
    bed.anna.install(&bed.app);
    let dm = |user| bed.discord.see(|world| world.dm(bed.app.bot, user).map(|dm| dm.id)).expect("it is open");
    let used = bed.anna.use_command(&bed.app, dm(bed.anna.id), "appeal", &[]).expect("she installed it");
    assert_eq!(bed.answer(used, &json!({ "type": 4, "data": { "content": "Noted" } })).await.status, 200);
    assert!(bed.bob.use_command(&bed.app, dm(bed.bob.id), "appeal", &[]).is_err());
}

#[tokio::test]
async fn an_answer_for_one_alone_is_told_to_the_bot_as_if_it_were_private() {
    let bed = Bed::new().await;
    bed.register(ping()).await;
    let mut socket = bed.socket().await;
    let used =
        bed.anna.use_command(&bed.app, bed.general, "ping", &[("text", json!("x"))]).expect("it is offered");
    bed.answer(used, &json!({ "type": 4, "data": { "content": "pong", "flags": 64 } })).await;
    let told = socket.event("MESSAGE_CREATE").await;
    assert_eq!((&told["content"], told.get("guild_id"), told.get("member")), (&json!("pong"), None, None));
}
