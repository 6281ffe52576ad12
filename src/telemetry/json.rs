//! What is logged as JSON: an object a line, in which what it was done for stands beside what is said.
//!
//! The library's own JSON leaves out the causes of an error, and so what is to be mended.

use std::error::Error;
use std::fmt::Debug;
use std::io::Write as _;

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime as _, SystemTime};
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// Writes each event to stderr, on a line of its own.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lines;

impl<S> Layer<S> for Lines
where
    S: Subscriber + for<'l> LookupSpan<'l>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id) {
            let mut fields = Fields::default();
            attributes.record(&mut fields);
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut line = Fields::default();
        // What is nearer goes over what is farther.
        for span in context.event_scope(event).into_iter().flat_map(|scope| scope.from_root()) {
            if let Some(fields) = span.extensions().get::<Fields>() {
                line.0.extend(fields.0.clone());
            }
            line.0.insert("span".to_owned(), span.name().into());
        }
        event.record(&mut line);
        let text = line.finished(event.metadata().level().as_str(), event.metadata().target());
        // Nobody is left to tell if stderr is closed.
        drop(std::io::stderr().lock().write_all(text.as_bytes()));
    }
}

/// What is said of something, by its name.
#[derive(Debug, Default)]
struct Fields(Map<String, Value>);

impl Fields {
    /// The line, with when and where it was said.
    fn finished(mut self, level: &str, target: &str) -> String {
        let mut now = String::new();
        if SystemTime.format_time(&mut Writer::new(&mut now)).is_err() {
            now.clear();
        }
        for (name, value) in [("timestamp", now.as_str()), ("level", level), ("target", target)] {
            self.0.insert(name.to_owned(), value.into());
        }
        let mut line = Value::Object(self.0).to_string();
        line.push('\n');
        line
    }

    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.put(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        let mut text = value.to_string();
        let mut cause = value.source();
        while let Some(why) = cause {
            text.push_str(": ");
            text.push_str(&why.to_string());
            cause = why.source();
        }
        self.put(field, text);
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    /// Keeps what would be written.
    struct Kept(Arc<Mutex<Vec<Map<String, Value>>>>);

    impl<S: Subscriber + for<'l> LookupSpan<'l>> Layer<S> for Kept {
        fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
            let mut fields = Fields::default();
            event.record(&mut fields);
            let line = fields.finished("INFO", "beadle");
            assert!(line.ends_with('\n') && line.matches('\n').count() == 1, "{line}");
            self.0.lock().unwrap().push(serde_json::from_str(&line).unwrap());
        }
    }

    #[derive(Debug, thiserror::Error)]
    #[error("the ledger could not be written")]
    struct Outer(#[source] io::Error);

    #[test]
    fn a_line_has_each_value_as_it_is_and_an_error_with_its_causes() {
        let kept = Arc::default();
        let subscriber = tracing_subscriber::registry().with(Kept(Arc::clone(&kept)));
        tracing::subscriber::with_default(subscriber, || {
            let error = Outer(io::Error::other("the disk\nis full"));
            tracing::info!(
                effect.id = 7,
                doubtful = true,
                file.reference = %"B-0001",
                error = &error as &dyn Error,
                "not \"done\""
            );
        });
        let lines = kept.lock().unwrap();
        let [line] = lines.as_slice() else { panic!("{lines:?}") };
        for (name, want) in [
            ("effect.id", Value::from(7)),
            ("doubtful", Value::from(true)),
            ("file.reference", Value::from("B-0001")),
            ("error", Value::from("the ledger could not be written: the disk\nis full")),
            ("message", Value::from("not \"done\"")),
            ("level", Value::from("INFO")),
            ("target", Value::from("beadle")),
        ] {
            assert_eq!(line[name], want, "{name}");
        }
        assert!(line["timestamp"].as_str().unwrap().ends_with('Z'));
    }
}
