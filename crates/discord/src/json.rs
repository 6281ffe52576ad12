//! JSON from strangers, of which nothing is expected.
//!
//! What is missing and what is odd are the same: not there. So no event is lost for a field that nobody needs.

use policy::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::ids::Snowflake;

/// Reads JSON, with signs in it that are none: half of a character, which some programs write, is shown as one that is not
/// known. Nothing when it cannot be read.
pub(crate) fn read<T: DeserializeOwned>(text: &[u8]) -> Option<T> {
    serde_json::from_slice(text).or_else(|_| serde_json::from_slice(&mended(text))).ok()
}

/// The same text, with each half of a character that stands alone replaced.
fn mended(text: &[u8]) -> Vec<u8> {
    const IN_ITS_PLACE: &[u8] = br"\ufffd";
    let mut mended = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&sign, after)) = rest.split_first() {
        // An escape is two signs, or six that stand for half of a character or a whole one.
        let taken = match (sign, half(rest), rest.get(6..).and_then(half)) {
            (_, Some(Half::First), Some(Half::Second)) => 12,
            (_, Some(Half::First | Half::Second), _) => {
                mended.extend_from_slice(IN_ITS_PLACE);
                rest = rest.get(6..).unwrap_or_default();
                continue;
            }
            (b'\\', None, _) if !after.is_empty() => 2,
            _ => 1,
        };
        let (whole, further) = rest.split_at(taken.min(rest.len()));
        mended.extend_from_slice(whole);
        rest = further;
    }
    mended
}

/// Half of a character that is written as two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Half {
    First,
    Second,
}

/// The half that a text begins with, written as an escape.
fn half(text: &[u8]) -> Option<Half> {
    let digits = text.get(..6)?.strip_prefix(br"\u")?;
    let digits = std::str::from_utf8(digits).ok()?;
    match u16::from_str_radix(digits, 16).ok()? {
        0xd800..=0xdbff => Some(Half::First),
        0xdc00..=0xdfff => Some(Half::Second),
        _ => None,
    }
}

/// A field; nothing where there is none, or no object that could have it. `null` is nothing.
pub(crate) fn get<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    value.get(name).filter(|field| !field.is_null())
}

/// A field some levels down.
pub(crate) fn at<'v>(value: &'v Value, path: &[&str]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, name| get(value, name))
}

/// A text that says something.
pub(crate) fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    get(value, name)?.as_str().filter(|text| !text.trim().is_empty())
}

/// The elements of a list.
pub(crate) fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    get(value, name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// An id. They come as texts; some programs between make numbers of them.
pub(crate) fn id(value: &Value, name: &str) -> Option<Snowflake> {
    snowflake(get(value, name)?)
}

/// A value that is an id.
pub(crate) fn snowflake(value: &Value) -> Option<Snowflake> {
    match value {
        Value::String(text) => Snowflake::parse(text),
        Value::Number(number) => number.as_u64().and_then(Snowflake::new),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A whole number that is not negative, however it is written: as a number, as one with a point, or as a text, which is
/// how numbers beyond 53 bits come.
pub(crate) fn number(value: &Value, name: &str) -> Option<u64> {
    match get(value, name)? {
        Value::Number(number) => number.as_u64().or_else(|| whole(number.as_f64()?)),
        Value::String(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok(),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A number with a point, if nothing stands behind the point.
fn whole(number: f64) -> Option<u64> {
    /// Up to here every whole number can be told from the next.
    const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;
    let is_whole = number.fract() == 0.0 && (0.0..=WHOLE_MAX).contains(&number);
    // Written without a point, it is read as what it is.
    is_whole.then(|| format!("{number:.0}").parse().ok()).flatten()
}

/// Flags, as far as they fit into 64 bits; none when there are none.
pub(crate) fn flags(value: &Value, name: &str) -> u64 {
    number(value, name).unwrap_or_default()
}

/// Whether it is there and `true`.
pub(crate) fn is_true(value: &Value, name: &str) -> bool {
    get(value, name).and_then(Value::as_bool) == Some(true)
}

/// An instant as Discord reads it; nothing for one that it has no way to write.
pub(crate) fn written(at: Timestamp) -> Option<String> {
    serenity::model::Timestamp::from_millis(at.as_millis()).ok().map(|at| at.to_string())
}

/// An instant as Discord writes it: `2026-08-06T12:00:00.123000+00:00`.
pub(crate) fn instant(value: &Value, name: &str) -> Option<Timestamp> {
    parse_instant(text(value, name)?)
}

fn parse_instant(text: &str) -> Option<Timestamp> {
    let read = serenity::model::Timestamp::parse(text).ok()?;
    i64::try_from(read.unix_timestamp_nanos().div_euclid(1_000_000)).ok().map(Timestamp::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn what_is_odd_is_not_there() {
        let value = json!({"text": "a", "empty": " ", "null": null, "list": [1], "number": 1, "deep": {"er": {"x": 1}}});
        assert_eq!(text(&value, "text"), Some("a"));
        for name in ["empty", "null", "list", "number", "deep", "none"] {
            assert_eq!(text(&value, name), None, "{name}");
        }
        assert_eq!(list(&value, "list").len(), 1);
        assert!(list(&value, "text").is_empty() && list(&json!([[1]]), "list").is_empty());
        assert_eq!(at(&value, &["deep", "er", "x"]), Some(&json!(1)));
        assert_eq!(at(&value, &["deep", "text", "x"]), None);
        assert!(get(&value, "null").is_none());
        assert!(is_true(&json!({"a": true}), "a") && !is_true(&json!({"a": 1}), "a"));
    }

    #[test]
    fn halves_of_characters_are_no_reason_to_read_nothing() {
        let rows = [
            (r#""a\ud83d""#, Some("a\u{fffd}")),
            (r#""\ude00\ud83d\ude00\ud83d""#, Some("\u{fffd}\u{1f600}\u{fffd}")),
            (r#""\uD83D\uD83D\uDE00""#, Some("\u{fffd}\u{1f600}")),
            // The first sign keeps the second from being one.
            (r#""\\ud83d\ud83d""#, Some("\\ud83d\u{fffd}")),
            (r#""\ud83d\n""#, Some("\u{fffd}\n")),
            (r#""\ud83"#, None),
            (r#""\ud83d"#, None),
            (r#""\"#, None),
        ];
        for (text, want) in rows {
            assert_eq!(read::<String>(text.as_bytes()).as_deref(), want, "{text}");
        }
    }

    #[test]
    fn numbers_are_read_however_they_are_written() {
        let rows = [
            (json!(32768), Some(32_768)),
            (json!(2_251_799_813_685_248_u64), Some(1 << 51)),
            (json!(u64::MAX), Some(u64::MAX)),
            (json!("2251799813685248"), Some(1 << 51)),
            (json!("18446744073709551615"), Some(u64::MAX)),
            (json!(2.0), Some(2)),
            (json!(9_007_199_254_740_992.0_f64), Some(1 << 53)),
            (json!(1e300), None),
            (json!(2.5), None),
            (json!(-1), None),
            (json!(-1.0), None),
            (json!(""), None),
            (json!("+1"), None),
            (json!("18446744073709551616"), None),
            (json!(true), None),
            (json!([1]), None),
        ];
        for (value, want) in rows {
            assert_eq!(number(&json!({"a": value}), "a"), want, "{value}");
        }
        assert_eq!(id(&json!({"a": "17"}), "a").map(Snowflake::number), Some(17));
        assert_eq!(id(&json!({"a": 17}), "a").map(Snowflake::number), Some(17));
        assert_eq!(id(&json!({"a": 17.0}), "a"), None, "an id that was rounded names something else");
        assert_eq!(flags(&json!({}), "a"), 0);
    }

    #[test]
    fn instants_are_read() {
        let rows = [
            ("2015-01-01T00:00:00+00:00", Some(1_420_070_400_000)),
            ("2026-08-06T12:00:00.123000+00:00", Some(1_786_017_600_123)),
            ("2026-08-06T13:30:00.1+01:30", Some(1_786_017_600_100)),
            ("2026-08-06T12:00:00.123999999Z", Some(1_786_017_600_123)),
            ("2024-02-29T23:59:60-00:00", Some(1_709_251_199_999)),
            ("1969-12-31T23:59:59.999Z", Some(-1)),
            ("0000-01-01T00:00:00Z", Some(-62_135_596_800_000)),
            ("2026-13-01T00:00:00Z", None),
            ("2026-08-06T24:00:00Z", None),
            ("2026-08-06T12:00Z", None),
            ("2026-08-06T12:00:00", None),
            ("2026-08-06", None),
            ("26-08-06T12:00:00Z", None),
            ("2026-08-06T12:00:00.Z", None),
            ("2026-08-06T12:00:00+\u{e9}1:00", None),
            ("yesterday", None),
        ];
        for (text, want) in rows {
            assert_eq!(parse_instant(text).map(Timestamp::as_millis), want, "{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_serde_reads_is_left_as_it_is(text in "(\\\\|u|d83d|de00|\"|[a-f0-9]|\\PC){0,40}") {
            let _mended = read::<Value>(text.as_bytes());
            let written = Value::String(text).to_string();
            prop_assert_eq!(mended(written.as_bytes()), written.as_bytes());
        }

        #[test]
        fn any_text_may_stand_where_an_instant_should(text in "\\PC{0,40}|[0-9T:.Z+-]{0,40}") {
            let _read = parse_instant(&text);
        }
    }
}
