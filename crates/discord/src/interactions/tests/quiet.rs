//! What is said to the bot, and by it, stands in no log.

use std::fmt::{self, Write as _};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use fake_discord::{Fault, Matcher};
use policy::Letter;
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::bed::Bed;

/// Everything that is logged, at the finest level.
#[derive(Clone, Default)]
pub(crate) struct Log(pub(crate) Arc<Mutex<String>>);

struct Written<'a>(&'a mut String);

impl Visit for Written<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        writeln!(self.0, "{field}={value:?}").unwrap();
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        let mut cause = Some(value);
        while let Some(error) = cause {
            writeln!(self.0, "{field}={error} {error:?}").unwrap();
            cause = error.source();
        }
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut Written(&mut self.0.lock().unwrap()));
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut Written(&mut self.0.lock().unwrap()));
    }

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Written(&mut self.0.lock().unwrap()));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn nobodys_words_and_no_token_are_logged() {
    let log = Log::default();
    let _set = tracing::subscriber::set_default(log.clone());
    let mut bed = Bed::new().await;
    bed.shared().register().await.unwrap();
    let refusal = || Fault::Status(400, json!({ "code": 50035, "message": "canary" }));
    let callbacks = || Matcher::of("POST", "/callback");
    let faults =
        [None, Some((Matcher::of("POST", "/webhooks/"), 1)), Some((callbacks(), 1)), Some((callbacks(), 0))];
    for (is_full, fault) in faults.into_iter().enumerate() {
        bed.desk.is_full.store(is_full % 2 == 1, Ordering::Relaxed);
        bed.desk.will_say(Letter::line("canary"));
        if let Some((of, times)) = fault {
            bed.discord.fail_times(of, refusal(), times);
        }
        let options = [("case", json!("B-0042")), ("words", json!("canary"))];
        bed.anna.use_command(&bed.app, bed.general, "appeal", &options).unwrap();
        bed.answer().await;
        bed.anna.autocomplete(&bed.app, bed.general, "appeal", &[("case", json!("canary"))], "case").unwrap();
        bed.answer().await;
        bed.discord.stop_failing();
    }
    let log = log.0.lock().unwrap();
    assert!(log.contains("an interaction could not be answered"), "it is heard what is logged: {log}");
    assert!(
        !log.contains("canary") && !log.contains(&bed.app.token) && !log.contains("token=\"inter"),
        "{log}"
    );
    let tokens: Vec<&str> =
        log.split("interaction").skip(1).filter(|rest| rest.starts_with(char::is_numeric)).collect();
    assert!(tokens.is_empty(), "{log}");
}
