//! What members wrote lately, put together from what each channel gives page by page.

use policy::Post;

/// What members wrote lately in a group, as the platform has it now. It is looked at and kept nowhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// Their posts, newest first.
    pub posts: Vec<Post>,
    /// How many channels were looked into.
    pub channels: u32,
    /// How many channels could not be: the bot does not see them, or is not given what stands there.
    pub closed: u32,
    /// How many channels were not looked into, or not as far back as there was need, because whoever asks does not see what
    /// stands there.
    pub unseen: u32,
    /// How many channels would have been looked into further back, had that not taken too long.
    pub cut_short: u32,
    /// How many posts among them could not be read: for want of a key, or because their words are kept from the bot.
    pub unreadable: u32,
}

/// Puts a [`History`] together, and asks for no more pages than are needed: next is always the channel in which the newest
/// thing may stand that is not known yet. However many pages that takes, no more is held of them than is asked for.
///
/// `C` names a channel, `K` orders what stands in any of them by when it was first written.
#[derive(Debug)]
pub struct Gathering<C, K> {
    limit: usize,
    places: Vec<Place<C, K>>,
    /// The latest of what was found, newest first.
    found: Vec<(K, Post)>,
    /// What could not be read and is no older than all of that.
    unreadable: Vec<K>,
    closed: u32,
    unseen: u32,
}

/// A channel that is looked into.
#[derive(Debug)]
struct Place<C, K> {
    channel: C,
    next: Next<K>,
    was_read: bool,
}

/// What is known of what stands further back.
#[derive(Debug)]
enum Next<K> {
    /// Nothing yet.
    Anything,
    /// Nothing that is newer.
    Before(K),
    /// There is nothing more.
    Nothing,
    /// It is there and not read.
    Unread,
}

/// What a channel gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<K> {
    /// Members' posts, each with when it was first written.
    pub posts: Vec<(K, Post)>,
    /// What could not be read, by when it was written.
    pub unreadable: Vec<K>,
    /// When the oldest thing on it was written, of any sort; nothing where the channel begins with it.
    pub reached: Option<K>,
}

impl<C: Clone + PartialEq, K: Ord + Clone> Gathering<C, K> {
    /// For so many posts of these channels. What is known to be the newest in one may be said of it.
    pub fn new(limit: usize, channels: impl IntoIterator<Item = (C, Option<K>)>) -> Self {
        let place = |(channel, newest): (C, Option<K>)| Place {
            channel,
            next: newest.map_or(Next::Anything, Next::Before),
            was_read: false,
        };
        let places = channels.into_iter().map(place).collect();
        Self { limit, places, found: Vec::new(), unreadable: Vec::new(), closed: 0, unseen: 0 }
    }

    /// The channel that is to be read on, with where that goes on, where anything of it was read; nothing when there are
    /// enough posts or no more.
    pub fn next(&self) -> Option<(C, Option<K>)> {
        let open = |place: &&Place<C, K>| matches!(place.next, Next::Anything | Next::Before(_));
        let open = self.places.iter().filter(open);
        let newest = open.max_by(|one, other| one.may_hold().cmp(&other.may_hold()))?;
        if let Next::Before(newest) = &newest.next
            && self.found.iter().filter(|(written, _)| written >= newest).count() >= self.limit
        {
            return None;
        }
        let from = match &newest.next {
            Next::Before(reached) if newest.was_read => Some(reached.clone()),
            Next::Before(_) | Next::Anything | Next::Nothing | Next::Unread => None,
        };
        (self.limit > 0).then(|| (newest.channel.clone(), from))
    }

    /// Takes what a channel gave.
    pub fn take(&mut self, channel: &C, page: Page<K>) {
        let Some(place) = self.places.iter_mut().find(|place| place.channel == *channel) else { return };
        let was_read = std::mem::replace(&mut place.was_read, true);
        place.next = match (page.reached, &place.next) {
            (None, _) => Next::Nothing,
            // A page that leads nowhere would be asked for without end.
            (Some(reached), Next::Before(before)) if was_read && reached >= *before => Next::Unread,
            (Some(reached), _) => Next::Before(reached),
        };
        self.found.extend(page.posts);
        self.unreadable.extend(page.unreadable);
        self.keep_latest();
    }

    /// Drops what is older than as many as are asked for.
    fn keep_latest(&mut self) {
        // Of what was written at one time, what came first was the newer.
        self.found.sort_by(|(one, _), (other, _)| other.cmp(one));
        self.found.truncate(self.limit);
        if self.found.len() == self.limit
            && let Some((oldest, _)) = self.found.last()
        {
            self.unreadable.retain(|written| written >= oldest);
        }
    }

    /// A channel cannot be read, or no further.
    pub fn close(&mut self, channel: &C) {
        let Some(place) = self.places.iter_mut().find(|place| place.channel == *channel) else { return };
        if place.was_read {
            place.next = Next::Unread;
        } else {
            place.next = Next::Nothing;
            self.closed += 1;
        }
    }

    /// Whoever asks does not see what stands in a channel, or what is older there than all that was read.
    pub fn hide(&mut self, channel: &C) {
        let Some(place) = self.places.iter_mut().find(|place| place.channel == *channel) else { return };
        place.next = Next::Nothing;
        self.unseen += 1;
    }

    /// What was found; `cut` when it ends before there was enough.
    pub fn end(self, cut: bool) -> History {
        let is_open = |place: &&Place<C, K>| match place.next {
            Next::Anything | Next::Before(_) => cut,
            Next::Unread => true,
            Next::Nothing => false,
        };
        let cut_short = self.places.iter().filter(is_open).count();
        let channels = self.places.iter().filter(|place| place.was_read).count();
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        History {
            channels: count(channels),
            closed: self.closed,
            unseen: self.unseen,
            cut_short: count(cut_short),
            unreadable: count(self.unreadable.len()),
            posts: self.found.into_iter().map(|(_, post)| post).collect(),
        }
    }
}

impl<C, K: Ord> Place<C, K> {
    /// Of what is not known yet, the newest there can be: anything before all that is known.
    fn may_hold(&self) -> (bool, Option<&K>) {
        match &self.next {
            Next::Anything => (true, None),
            Next::Before(newest) => (false, Some(newest)),
            Next::Nothing | Next::Unread => (false, None),
        }
    }
}

#[cfg(test)]
mod tests {
    use policy::{ChannelId, GroupId, MemberId, MessageText, PostId, PostKind, Timestamp};

    use super::*;

    fn post(number: u64) -> Post {
        Post {
            group: GroupId::new("branch").unwrap(),
            channel: ChannelId::new("tea").unwrap(),
            id: PostId::new(number.to_string()).unwrap(),
            revision: 0,
            author: MemberId::new("alice").unwrap(),
            author_name: MessageText::new("Alice"),
            kind: PostKind::Message,
            written_at: Timestamp::EPOCH,
            surfaces: Vec::new(),
            answers: None,
            directed: false,
            addressed: Vec::new(),
            forwards: None,
            promised: false,
        }
    }

    /// The page of a channel that holds these numbers, before one of them.
    fn page(held: &[u64], before: Option<u64>, size: usize) -> Page<u64> {
        let older: Vec<u64> =
            held.iter().rev().copied().filter(|number| before.is_none_or(|it| *number < it)).collect();
        let posts = older.iter().take(size).map(|number| (*number, post(*number)));
        let reached = (older.len() > size).then(|| older[size - 1]);
        Page { posts: posts.collect(), unreadable: Vec::new(), reached }
    }

    fn gathered(channels: &[&[u64]], limit: usize, size: usize, tells: bool) -> (Vec<String>, usize) {
        let newest = |held: &[u64]| held.last().copied().filter(|_| tells);
        let named = channels.iter().enumerate().map(|(number, held)| (number, newest(held)));
        let mut gathering = Gathering::new(limit, named);
        let mut asked = 0;
        while let Some((channel, before)) = gathering.next() {
            gathering.take(&channel, page(channels[channel], before, size));
            asked += 1;
        }
        let history = gathering.end(false);
        assert_eq!((history.closed, history.cut_short, history.unreadable), (0, 0, 0));
        (history.posts.iter().map(|post| post.id.as_str().to_owned()).collect(), asked)
    }

    #[test]
    fn the_newest_of_all_channels_come_first_however_they_are_spread() {
        let spread: [&[u64]; 4] = [&[1, 4, 9, 10, 11, 12], &[2, 3, 13], &[], &[5, 6, 7, 8, 14]];
        for tells in [false, true] {
            for size in [1, 2, 3, 100] {
                for limit in 0..16 {
                    let (posts, asked) = gathered(&spread, limit, size, tells);
                    let want: Vec<String> =
                        (1..=14).rev().take(limit).map(|it: u64| it.to_string()).collect();
                    assert_eq!(posts, want, "{limit} at {size} a page, the newest told: {tells}");
                    assert!(limit > 0 || asked == 0);
                }
            }
        }
    }

    #[test]
    fn no_more_is_held_than_is_asked_for_however_much_is_read() {
        // Each channel is newer than all before it. At each time two posts were written, and what cannot be read.
        let pages = |channel: u64| (0..50).map(move |page| channel * 1_000 + 999 - page * 20);
        let name = |channel: u64, written: u64, nth: u64| channel * 10_000_000 + written * 100 + nth;
        for limit in [1, 7, 20, 33] {
            let mut gathering = Gathering::new(limit, (0..4_u64).map(|channel| (channel, None)));
            for channel in 0..4 {
                for newest in pages(channel) {
                    let times = (0..10).map(|back| newest - back).flat_map(|at| [(at, 0), (at, 1)]);
                    let posts = times.map(|(at, nth)| (at, post(name(channel, at, nth)))).collect();
                    let unreadable = (0..10).map(|back| newest - back).collect();
                    gathering.take(&channel, Page { posts, unreadable, reached: Some(newest - 19) });
                    assert!(gathering.found.len() <= limit, "{} posts for {limit}", gathering.found.len());
                    assert!(gathering.unreadable.len() <= limit.max(10), "nor of what cannot be read");
                }
            }
            let history = gathering.end(true);
            let latest = (0..10).flat_map(|back| [0, 1].map(|nth| name(3, 3_999 - back, nth)));
            let before = (0..10).flat_map(|back| [0, 1].map(|nth| name(3, 3_979 - back, nth)));
            let want: Vec<String> = latest.chain(before).take(limit).map(|name| name.to_string()).collect();
            let told: Vec<&str> = history.posts.iter().map(|post| post.id.as_str()).collect();
            assert_eq!(told, want);
            assert_eq!(history.unreadable, u32::try_from(limit.div_ceil(2)).unwrap());
        }
    }

    #[test]
    fn what_is_quiet_is_not_asked_where_its_newest_is_known_to_be_old() {
        let busy: Vec<u64> = (100..200).collect();
        let spread: [&[u64]; 3] = [&[1, 2, 3], &busy, &[4]];
        assert_eq!(gathered(&spread, 50, 25, true).1, 2);
        assert_eq!(gathered(&spread, 50, 25, false).1, 4);
    }

    #[test]
    fn what_cannot_be_read_is_counted() {
        let named = [("a", None), ("b", Some(9_u64)), ("c", None), ("d", None), ("e", None)];
        let mut gathering = Gathering::new(2, named);
        gathering.close(&"a");
        gathering.hide(&"e");
        let unreadable = vec![9, 7, 1];
        gathering.take(&"b", Page { posts: vec![(8, post(8))], unreadable, reached: Some(1) });
        gathering.take(
            &"c",
            Page { posts: vec![(7, post(7)), (2, post(2))], unreadable: vec![], reached: Some(2) },
        );
        gathering.close(&"c");
        gathering.take(&"d", Page { posts: vec![], unreadable: vec![], reached: None });
        let history = gathering.end(true);
        assert_eq!(history.posts.len(), 2);
        assert_eq!((history.channels, history.closed, history.unseen, history.cut_short), (3, 1, 1, 2));
        assert_eq!(history.unreadable, 2, "what is older than all that is shown is nobody's question");
    }

    #[test]
    fn a_channel_that_somebody_sees_in_part_is_read_and_counted_as_unseen() {
        let mut gathering = Gathering::new(2, [("a", None)]);
        gathering.take(&"a", Page { posts: vec![(9_u64, post(9))], unreadable: vec![], reached: Some(8) });
        assert_eq!(gathering.next(), Some(("a", Some(8))));
        gathering.hide(&"a");
        assert_eq!(gathering.next(), None);
        let history = gathering.end(true);
        assert_eq!((history.posts.len(), history.channels, history.unseen, history.cut_short), (1, 1, 1, 0));
    }

    #[test]
    fn a_page_that_leads_nowhere_ends_a_channel() {
        let mut gathering = Gathering::new(9, [("a", Some(5_u64))]);
        for _ in 0..2 {
            assert!(gathering.next().is_some());
            gathering.take(&"a", Page { posts: vec![], unreadable: vec![], reached: Some(5) });
        }
        assert_eq!(gathering.next(), None);
        assert_eq!(gathering.end(false).cut_short, 1);
    }
}
