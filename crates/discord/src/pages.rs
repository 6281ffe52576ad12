//! Lists that Discord hands out a page at a time: messages, entries of the audit log.

use serde_json::Value;

use crate::ids::Snowflake;
use crate::json;
use crate::rest::Route;

/// How many things are on a page, unless there are no more: as many as Discord hands out.
pub(crate) const PAGE: usize = 100;

/// A page of things that have ids.
#[derive(Debug)]
pub(crate) struct Page {
    things: Vec<(Snowflake, Value)>,
    is_last: bool,
}

impl Page {
    /// Things in any order; nothing where it is no list.
    pub(crate) fn read(list: Value) -> Option<Self> {
        let Value::Array(list) = list else { return None };
        let is_last = list.len() < PAGE;
        let things = list.into_iter().filter_map(|thing| Some((json::id(&thing, "id")?, thing)));
        let mut things: Vec<(Snowflake, Value)> = things.collect();
        things.sort_unstable_by_key(|(id, _)| *id);
        Some(Self { things, is_last })
    }

    /// The newest thing on it.
    pub(crate) fn newest(&self) -> Option<Snowflake> {
        self.things.last().map(|(id, _)| *id)
    }

    /// Before which thing the page before it ends, for those read backwards; nothing where this is the last.
    pub(crate) fn previous(&self) -> Option<Snowflake> {
        self.things.first().map(|(id, _)| *id).filter(|_| !self.is_last)
    }

    /// After which thing the next page begins; nothing where this is the last.
    pub(crate) fn next(&self) -> Option<Snowflake> {
        self.newest().filter(|_| !self.is_last)
    }

    /// What is on it, oldest first.
    pub(crate) fn things(&self) -> impl Iterator<Item = &Value> {
        self.things.iter().map(|(_, thing)| thing)
    }
}

/// Where the messages of a channel are that came after that one.
pub(crate) fn messages_after(channel: Snowflake, after: Snowflake) -> Route {
    Route::channel(channel).at("messages").with("after", after).with("limit", PAGE)
}

/// Where the messages of a channel are that came last before that one.
pub(crate) fn messages_before(channel: Snowflake, before: u64) -> Route {
    Route::channel(channel).at("messages").with("before", before).with("limit", PAGE)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn things(ids: impl IntoIterator<Item = u64>) -> Value {
        ids.into_iter().map(|id| json!({ "id": id.to_string() })).collect()
    }

    #[test]
    fn a_page_is_read_oldest_first() {
        let page = Page::read(things([3, 1, 2])).unwrap();
        let ids: Vec<_> = page.things().filter_map(|thing| json::id(thing, "id")).collect();
        assert_eq!(ids, [1, 2, 3].map(|id| Snowflake::new(id).unwrap()));
        assert_eq!(page.newest(), Snowflake::new(3));
    }

    #[test]
    fn there_is_another_page_after_a_full_one() {
        let full = 1..=PAGE as u64;
        let page = Page::read(things(full.clone())).unwrap();
        assert_eq!((page.previous(), page.next()), (Snowflake::new(1), Snowflake::new(PAGE as u64)));
        let page = Page::read(things(full.skip(1))).unwrap();
        assert_eq!((page.previous(), page.next()), (None, None));
        assert_eq!(Page::read(things([])).unwrap().next(), None);
        assert!(Page::read(json!({})).is_none());
    }

    #[test]
    fn what_has_no_id_fills_a_page_all_the_same() {
        let mut list = things(1..=PAGE as u64);
        list[7] = json!({ "id": "seven" });
        let page = Page::read(list).unwrap();
        assert_eq!(page.things().count(), PAGE - 1);
        assert_eq!(page.next(), Snowflake::new(PAGE as u64));
    }
}
