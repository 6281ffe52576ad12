//! Places at which a test kills the program, to see that nothing is lost or done twice, and the time at which it has it
//! start. An ordinary build has none.

#[cfg(feature = "failpoints")]
use std::path::Path;
#[cfg(feature = "failpoints")]
use std::sync::atomic::{AtomicU32, Ordering};

/// Dies here, without cleaning up, when the environment's `FAILPOINTS` says so of this place: `return` at once, `return(2
/// armed)` when it comes here for the second time since there is a file named `armed`, which counts for one place at a time.
/// Does nothing in an ordinary build.
#[cfg_attr(not(feature = "failpoints"), expect(unused_variables, reason = "an ordinary build dies nowhere"))]
pub fn die_at(place: &str) {
    #[cfg(feature = "failpoints")]
    fail::fail_point!(place, |when| {
        if when.is_none_or(|when| has_come_for_the_time(&when)) {
            std::process::abort();
        }
    });
}

/// Whether this is the time at which a test wants the program to die.
#[cfg(feature = "failpoints")]
fn has_come_for_the_time(when: &str) -> bool {
    static PASSED: AtomicU32 = AtomicU32::new(0);
    let Some((nth, armed)) = when.split_once(' ') else { return true };
    Path::new(armed).exists() && nth.parse() == Ok(PASSED.fetch_add(1, Ordering::Relaxed) + 1)
}

/// By how many days a test has the clock run ahead of the machine's, with `clock::ahead=return(31)` in `FAILPOINTS`. None in
/// an ordinary build.
pub fn days_ahead() -> u32 {
    #[cfg(feature = "failpoints")]
    fail::fail_point!("clock::ahead", |days| days.and_then(|days| days.parse().ok()).unwrap_or_default());
    0
}

/// Reads from the environment where to die, until what is returned is dropped. Does nothing in an ordinary build.
pub fn arm_failpoints() -> impl Sized {
    #[cfg(feature = "failpoints")]
    fail::FailScenario::setup()
}
