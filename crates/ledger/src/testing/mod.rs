//! For tests and benchmarks: the database past every query of ours, and ledgers of any size.

mod multiply;
mod older;
mod past;

pub use multiply::multiply;
pub use older::as_of;
pub use past::{BROKEN, Break, break_after, doctor, look, mend};
