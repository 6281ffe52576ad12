//! Where the program can be watched from.

use std::net::SocketAddr;

use super::raw::RawWatch;
use super::resolve::Check;

/// What to write, and what to do where that does not reach far enough.
const ON_THIS_MACHINE: &str = "write 127.0.0.1:9464, and let whatever reads it run on this machine; where the bot runs in a \
                               container, in the network of that container (network_mode: \"service:beadle\")";

impl Check {
    /// Nothing when it is not watched; the outer nothing when something is wrong.
    pub(super) fn watch(&mut self, raw: RawWatch) -> Option<Option<SocketAddr>> {
        let Some(written) = raw.address.filter(|written| !written.value.is_empty()) else {
            return Some(None);
        };
        let Ok(address) = written.value.parse::<SocketAddr>() else {
            let what = format!("`{}` is no address with a port", written.value);
            self.report(written.line, "watch.address", what, "write 127.0.0.1:9464, or \"\" for nowhere");
            return None;
        };
        if !address.ip().is_loopback() {
            let what = "others than this machine could ask, and nobody is asked who they are";
            self.report(written.line, "watch.address", what, ON_THIS_MACHINE);
            return None;
        }
        Some(Some(address))
    }
}
