//! The kinds of texts that are made, by name.

use crate::chance::Chance;
use crate::disguise::{self as d, Loss, Way};
use crate::material::Material;
use crate::{Draft, innocent as i, offensive as o};

/// Which measure a kind counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Offensive words as they are.
    Words,
    /// Disguises that people use every day.
    Core,
    /// Disguises that take effort to read.
    Stretch,
    /// The same shapes round innocent words, and texts that look like terms.
    Innocent,
    /// What people ordinarily write.
    Ordinary,
}

impl Group {
    /// The word for it in the output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Words => "words",
            Self::Core => "core",
            Self::Stretch => "stretch",
            Self::Innocent => "innocent",
            Self::Ordinary => "ordinary",
        }
    }

    /// Whether its texts must be flagged.
    pub fn is_offensive(self) -> bool {
        match self {
            Self::Words | Self::Core | Self::Stretch => true,
            Self::Innocent | Self::Ordinary => false,
        }
    }
}

/// One kind of texts.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// What it is called, also as a family.
    pub name: &'static str,
    /// Which measure it counts for.
    pub group: Group,
    pub(crate) draw: fn(&Material, &mut Chance) -> Option<Draft>,
}

const fn kind(name: &'static str, group: Group, draw: fn(&Material, &mut Chance) -> Option<Draft>) -> Kind {
    Kind { name, group, draw }
}

/// Both sides of a disguise: round an offensive word, and round an innocent one.
macro_rules! kinds {
    (
        plain { $($plain:literal = $draw:expr, $plain_group:ident;)* }
        disguises { $($name:literal $innocent:literal $group:ident $way:ident $loss:ident;)* }
    ) => {
        /// Every kind there is.
        pub const KINDS: &[Kind] = &[
            $(kind($name, Group::$group, |material, chance| {
                o::disguised(material, chance, Way { write: d::$way, loss: Loss::$loss })
            }),)*
            $(kind($innocent, Group::Innocent, |material, chance| {
                i::disguised(material, chance, Way { write: d::$way, loss: Loss::$loss })
            }),)*
            $(kind($plain, Group::$plain_group, $draw),)*
        ];
    };
}

kinds! {
    plain {
        "plain" = o::plain, Words;
        "inflected" = o::inflected, Words;
        "compounded" = o::compounded, Words;
        "celtic" = o::celtic, Words;
        "listed" = o::listed, Words;
        "phonetic_known" = o::phonetic_known, Core;
        "mask_heavy" = o::mask_heavy, Stretch;
        "mask_heavy_innocent" = i::mask_heavy, Innocent;
        "join_across_space" = i::join_across_space, Innocent;
        "join_written" = i::join_written, Innocent;
        "join_hashtag" = i::join_hashtag, Innocent;
        "inside_word" = i::inside_word, Innocent;
        "near_word" = i::near_word, Innocent;
        "near_name" = i::near_name, Innocent;
        "person_name" = i::person_name, Innocent;
        "place_name" = i::place_name, Innocent;
        "nature_and_food" = i::nature_and_food, Innocent;
        "title" = i::title, Innocent;
        "code_and_number" = i::code_and_number, Innocent;
        "chat_syntax" = i::chat_syntax, Innocent;
        "snippet" = i::snippet, Innocent;
        "symbols" = i::symbols, Innocent;
        "other_language" = i::other_language, Innocent;
        "unpleasant" = i::unpleasant, Ordinary;
        "mild_word" = i::mild_word, Ordinary;
        "sentence" = i::sentence, Ordinary;
        "dictionary_word" = i::dictionary_word, Ordinary;
        "name" = i::name, Ordinary;
    }
    disguises {
        "case" "case_innocent" Core case None;
        "repeats" "repeats_innocent" Core repeats None;
        "leet_digits" "leet_digits_innocent" Core leet_digits None;
        "leet_symbols" "leet_symbols_innocent" Core leet_symbols None;
        "mask_one" "mask_one_innocent" Core mask_one Masked;
        "mask_two" "mask_two_innocent" Core mask_two Masked;
        "mask_vowels" "mask_vowels_innocent" Core mask_vowels Masked;
        "mask_grawlix" "mask_grawlix_innocent" Core mask_grawlix Masked;
        "apart_spaces" "apart_spaces_innocent" Core apart_spaces None;
        "apart_dots" "apart_dots_innocent" Core apart_dots None;
        "apart_dashes" "apart_dashes_innocent" Core apart_dashes None;
        "apart_marks" "apart_marks_innocent" Core apart_marks None;
        "apart_lines" "apart_lines_innocent" Core apart_lines None;
        "split_space" "split_space_innocent" Core split_space Pieces;
        "split_mark" "split_mark_innocent" Core split_mark Pieces;
        "zero_width" "zero_width_innocent" Core zero_width None;
        "soft_hyphen" "soft_hyphen_innocent" Core soft_hyphen None;
        "bidi" "bidi_innocent" Core bidi None;
        "accents" "accents_innocent" Core accents None;
        "combining" "combining_innocent" Core combining None;
        "cyrillic" "cyrillic_innocent" Core cyrillic None;
        "greek" "greek_innocent" Core greek None;
        "fullwidth" "fullwidth_innocent" Core fullwidth None;
        "mathematical" "mathematical_innocent" Core mathematical None;
        "enclosed" "enclosed_innocent" Core enclosed None;
        "small_caps" "small_caps_innocent" Core small_caps None;
        "regional" "regional_innocent" Core regional None;
        "markdown" "markdown_innocent" Core markdown Pieces;
        "spoiler" "spoiler_innocent" Core spoiler Pieces;
        "brackets" "brackets_innocent" Core brackets Pieces;
        "emoji_between" "emoji_between_innocent" Core emoji_between Pieces;
        "emoji_name" "emoji_name_innocent" Core emoji_name None;
        "hashtag" "hashtag_innocent" Core hashtag None;
        "camel_case" "camel_case_innocent" Core camel_case None;
        "joined" "joined_innocent" Core joined None;
        "user_name" "user_name_innocent" Core user_name None;
        "url" "url_innocent" Core url None;
        "vowels_dropped" "vowels_dropped_innocent" Core vowels_dropped Vowels;
        "phonetic_rules" "phonetic_innocent" Stretch phonetic Spelling;
        "typo_swapped" "typo_swapped_innocent" Stretch typo_swapped Spelling;
        "typo_beside" "typo_beside_innocent" Stretch typo_beside Spelling;
        "typo_dropped" "typo_dropped_innocent" Stretch typo_dropped Spelling;
        "leet_rare" "leet_rare_innocent" Stretch leet_rare Masked;
        "leet_heavy" "leet_heavy_innocent" Stretch leet_heavy None;
        "zalgo" "zalgo_innocent" Stretch zalgo None;
        "superscript" "superscript_innocent" Stretch superscript None;
        "letter_emoji" "letter_emoji_innocent" Stretch letter_emoji None;
        "upside_down" "upside_down_innocent" Stretch upside_down None;
        "html_tags" "html_tags_innocent" Stretch html_tags Pieces;
        "html_entities" "html_entities_innocent" Stretch html_entities Pieces;
        "rare_scripts" "rare_scripts_innocent" Stretch rare_scripts None;
        "three_at_once" "three_at_once_innocent" Stretch three Pieces;
    }
}
