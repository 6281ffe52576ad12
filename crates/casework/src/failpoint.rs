//! Places at which a test kills the program, to see that nothing is lost or done twice. An ordinary build has none.

/// Dies here, without cleaning up, when the environment's `FAILPOINTS` says so.
macro_rules! die_at {
    ($place:literal) => {
        #[cfg(feature = "failpoints")]
        fail::fail_point!($place, |_| std::process::abort());
    };
}
pub(crate) use die_at;

/// Reads from the environment where to die, until what is returned is dropped. Does nothing in an ordinary build.
pub fn arm_failpoints() -> impl Sized {
    #[cfg(feature = "failpoints")]
    fail::FailScenario::setup()
}
