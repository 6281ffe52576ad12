//! A group in your terminal: the platform that needs no account.
