//! Places at which a test kills the program, to see that nothing is lost or done twice, and the time at which it has it
//! start. An ordinary build has none.

/// Dies here, without cleaning up, when the environment's `FAILPOINTS` says so of this place. Does nothing in an ordinary
/// build.
#[cfg_attr(not(feature = "failpoints"), expect(unused_variables, reason = "an ordinary build dies nowhere"))]
pub fn die_at(place: &str) {
    #[cfg(feature = "failpoints")]
    fail::fail_point!(place, |_| std::process::abort());
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
