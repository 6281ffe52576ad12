//! The port to a chat platform, a scriptable fake and the contract every adapter keeps.
