//! Discord as a platform: servers as groups, channels and threads, members' messages and names.
