//! Where policy, ledger and platform meet: moderate, appeal, deliver, command.
