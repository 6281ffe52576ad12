//! A text for a person, in blocks.

use super::Offer;
use crate::text::MessageText;

/// A text for a person, in blocks, so that each platform can set members' words apart safely.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Letter {
    /// The blocks, in order.
    pub blocks: Vec<Block>,
    /// What can be done about it, each once and in order: to be pressed where there is such a thing. The blocks say as much
    /// in words.
    pub offers: Vec<Offer>,
}

/// One block of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// The bot's own words; one paragraph.
    Text(String),
    /// Somebody's words: data, never markup, mention or link.
    Quote(MessageText),
}

/// How many characters of a post a notice shows; the rest is cut with an ellipsis.
pub const EXCERPT_LEN_MAX: usize = 500;

impl Letter {
    /// A letter of one paragraph.
    pub fn line(text: impl Into<String>) -> Self {
        Self { blocks: vec![Block::Text(text.into())], offers: Vec::new() }
    }

    /// The same with one paragraph more.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.blocks.push(Block::Text(text.into()));
        self
    }

    /// The same with somebody's words set apart.
    #[must_use]
    pub fn quote(mut self, text: MessageText) -> Self {
        self.blocks.push(Block::Quote(text));
        self
    }

    /// The same, offering one thing more.
    #[must_use]
    pub fn offering(mut self, offer: Offer) -> Self {
        if !self.offers.contains(&offer) {
            self.offers.push(offer);
        }
        self
    }

    /// The same with another letter below it, and with what that offers.
    #[must_use]
    pub fn and(mut self, more: Self) -> Self {
        self.blocks.extend(more.blocks);
        more.offers.into_iter().fold(self, Self::offering)
    }
}

/// As much of somebody's words as a notice shows.
pub(super) fn shorten(text: &MessageText) -> MessageText {
    match text.expose().char_indices().nth(EXCERPT_LEN_MAX) {
        Some((end, _)) => MessageText::new(format!("{}\u{2026}", &text.expose()[..end])),
        None => text.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_post_is_cut_between_characters() {
        let long = MessageText::new("\u{e9}".repeat(EXCERPT_LEN_MAX + 1));
        assert_eq!(shorten(&long).expose().chars().count(), EXCERPT_LEN_MAX + 1);
        let short = MessageText::new("\u{e9}".repeat(EXCERPT_LEN_MAX));
        assert_eq!(shorten(&short), short);
    }
}
