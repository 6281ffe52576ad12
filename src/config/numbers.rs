//! The numbers of the procedure: where each is written, its limits, and where it goes.

use std::ops::RangeInclusive;

use policy::Procedure;

/// One number of the procedure.
#[derive(Debug)]
pub(super) struct Number {
    /// Its section of the group.
    pub(super) section: &'static str,
    /// Its key in that section.
    pub(super) key: &'static str,
    /// What it may be.
    pub(super) limits: RangeInclusive<i64>,
    /// Where it goes.
    pub(super) place: fn(&mut Procedure) -> &mut u32,
}

macro_rules! numbers {
    ($($section:literal, $key:literal, $limits:expr, $($field:ident).+;)+) => {
        &[$(Number {
            section: $section,
            key: $key,
            limits: $limits,
            place: |procedure| &mut procedure.$($field).+,
        }),+]
    };
}

/// All of them; those of one section stand together.
pub(super) const NUMBERS: &[Number] = numbers! {
    "periods", "strike_months", 1..=24, periods.strike_months;
    "periods", "review_days", 1..=30, periods.review_days;
    "periods", "appeal_months", 1..=24, periods.appeal_months;
    "periods", "appeal_days", 3..=28, periods.appeal_days;
    "periods", "executive_days", 7..=90, periods.executive_days;
    "periods", "progress_days", 1..=28, periods.progress_days;
};
