//! A Discord on loopback, for tests: the gateway and the REST interface.
