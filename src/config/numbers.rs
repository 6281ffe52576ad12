//! The numbers of the procedure: where each is written, its limits, and where it goes. Beside them, what is on or off.

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

/// Something of the procedure that is on or off, in a section with numbers.
#[derive(Debug)]
pub(super) struct Flag {
    /// Its section of the group.
    pub(super) section: &'static str,
    /// Its key in that section.
    pub(super) key: &'static str,
    /// Where it goes.
    pub(super) place: fn(&mut Procedure) -> &mut bool,
}

/// All of them.
pub(super) const FLAGS: [Flag; 2] = [
    Flag { section: "breaker", key: "enabled", place: |procedure| &mut procedure.breaker.enabled },
    Flag { section: "canary", key: "enabled", place: |procedure| &mut procedure.canary.enabled },
];

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
    "periods", "hearing_days", 3..=28, periods.hearing_days;
    "periods", "signing_days", 1..=60, periods.signing_days;
    "periods", "appeal_days", 3..=28, periods.appeal_days;
    "periods", "executive_days", 7..=90, periods.executive_days;
    "periods", "progress_days", 1..=28, periods.progress_days;
    "periods", "mute_hours", 1..=72, periods.mute_hours;
    "ladder", "warning_months", 1..=24, ladder.warning_months;
    "ladder", "suspension_days", 1..=365, ladder.suspension_days;
    "ladder", "suspension_months", 1..=24, ladder.suspension_months;
    "quorums", "warning", 1..=9, quorums.warning;
    "quorums", "suspension", 1..=9, quorums.suspension;
    "quorums", "expulsion", 1..=9, quorums.expulsion;
    "reports", "answer_days", 3..=28, reports.answer_days;
    "reports", "legal_hours", 1..=120, reports.legal_hours;
    "reports", "data_protection_days", 3..=30, reports.data_protection_days;
    "retention", "file_months", 1..=24, retention.file_months;
    "retention", "text_days", 1..=90, retention.text_days;
    "retention", "report_months", 1..=24, retention.report_months;
    "retention", "heads_up_days", 7..=60, retention.heads_up_days;
    "retention", "review_months", 1..=6, retention.review_months;
    "retention", "request_months", 1..=3, retention.request_months;
    "cascade", "share_percent", 20..=100, cascade.share_percent;
    "breaker", "floor", 10..=1000, breaker.floor;
    "breaker", "factor", 2..=100, breaker.factor;
    "breaker", "per_member", 1..=500, breaker.per_member;
    "canary", "minutes", 10..=1440, canary.minutes;
};
