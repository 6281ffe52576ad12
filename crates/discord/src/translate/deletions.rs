//! Messages that somebody took away.

use policy::{ChannelId, PostId};
use serde_json::Value;

use crate::json;

/// How many messages go at once at most: more than Discord takes in one call.
pub(crate) const GONE_MAX: usize = 200;

/// The messages that are gone with a `MESSAGE_DELETE` or a `MESSAGE_DELETE_BULK`, and the channel they stood in. Discord
/// does not say who did it.
pub(crate) fn gone(event: &Value) -> Option<(ChannelId, Vec<PostId>)> {
    let channel = json::id(event, "channel_id")?.channel()?;
    let one = json::id(event, "id");
    let many = json::list(event, "ids").iter().filter_map(json::snowflake);
    let gone: Vec<PostId> = one.into_iter().chain(many).take(GONE_MAX).filter_map(|id| id.post()).collect();
    (!gone.is_empty()).then_some((channel, gone))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn ids(event: &Value) -> Option<Vec<String>> {
        let (channel, gone) = gone(event)?;
        assert_eq!(channel.as_str(), "7");
        Some(gone.iter().map(|post| post.as_str().to_owned()).collect())
    }

    #[test]
    fn what_is_gone_is_told() {
        assert_eq!(ids(&json!({"id": "1", "channel_id": "7", "guild_id": "9"})), Some(vec!["1".to_owned()]));
        let bulk = json!({"ids": ["1", "x", 2, null], "channel_id": "7"});
        assert_eq!(ids(&bulk), Some(vec!["1".to_owned(), "2".to_owned()]));
        for odd in [
            json!({"id": "1"}),
            json!({"channel_id": "7"}),
            json!({"ids": {}, "channel_id": "7"}),
            json!(null),
        ] {
            assert_eq!(ids(&odd), None);
        }
        let many: Vec<u64> = (1..10_000).collect();
        assert_eq!(ids(&json!({"ids": many, "channel_id": "7"})).unwrap().len(), GONE_MAX);
    }
}
