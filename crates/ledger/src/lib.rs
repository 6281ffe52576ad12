//! The record of cases, strikes, notices and effects, in SQLite.
