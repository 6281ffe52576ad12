//! The program under measure, as its operator runs it.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::server::Servers;

pub(crate) struct Program {
    child: Child,
    _folder: TempDir,
}

impl Program {
    pub(crate) fn start(bot: &Path, servers: &Servers) -> Self {
        let folder = tempfile::tempdir().expect("a directory can be made");
        let file = folder.path().join("beadle.toml");
        let token = folder.path().join("token");
        fs::write(&token, servers.token()).expect("it can be written");
        #[cfg(unix)]
        fs::set_permissions(&token, std::os::unix::fs::PermissionsExt::from_mode(0o600))
            .expect("it can be kept from others");
        fs::write(&file, servers.config()).expect("it can be written");
        let mut command = Command::new(bot);
        command
            .arg("--data-dir")
            .arg(folder.path().join("data"))
            .args(["--log", "error", "--config"])
            .arg(file);
        let child = command.stdin(Stdio::null()).spawn().expect("the program starts");
        Self { child, _folder: folder }
    }

    /// What it keeps in memory.
    pub(crate) fn resident_mb(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<f64>().ok());
        kilobytes.map_or(f64::NAN, |kilobytes| kilobytes / 1024.0)
    }

    pub(crate) fn end(mut self) {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(told.expect("kill is there").success());
        assert!(self.child.wait().expect("a child can be waited for").success(), "the program ends well");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // An error says that it has ended, which is what is wanted.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
