//! Makes what the tests stand on besides Rust: discord.py in a Python environment, at pinned versions. Made once, beside
//! the other tools under the target directory, and kept until a pin changes.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

const REQUIREMENTS: &str = include_str!("../clients/requirements.txt");

/// Python with discord.py, made if there is none yet.
///
/// # Panics
/// If something that has to be there is missing; the message says what to install.
pub(crate) async fn python() -> PathBuf {
    static PYTHON: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let found = tokio::task::spawn_blocking(|| PYTHON.get_or_init(find_or_make)).await;
    let found = found.expect("looking for tools does not panic");
    found.clone().unwrap_or_else(|problem| panic!("{problem}"))
}

fn find_or_make() -> Result<PathBuf, String> {
    let all = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("tools");
    let folder = all.join(format!("discord-{:016x}", key()));
    let python = folder.join("venv/bin/python");
    let made = || -> io::Result<Result<(), String>> {
        fs::create_dir_all(&all)?;
        // Another process may be at it: whoever comes second waits, and then finds it made.
        let lock = File::create(folder.with_extension("lock"))?;
        lock.lock()?;
        let is_whole = folder.join("whole").exists() && worked(Command::new(&python).arg("--version"));
        if is_whole { Ok(Ok(())) } else { make(&folder, &python) }
    };
    made().map_err(|error| format!("{} cannot be written: {error}", folder.display()))??;
    Ok(python)
}

/// Names the folder after what is in it, so that a changed pin makes another.
fn key() -> u64 {
    let mut hasher = DefaultHasher::new();
    REQUIREMENTS.hash(&mut hasher);
    hasher.finish()
}

/// Python's environments cannot be moved, so it is made in its place and marked as whole at the end.
fn make(folder: &Path, python: &Path) -> io::Result<Result<(), String>> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    fs::write(folder.join("requirements.txt"), REQUIREMENTS)?;
    let made = install(folder, python);
    if made.is_ok() {
        fs::write(folder.join("whole"), "")?;
    }
    Ok(made)
}

fn install(folder: &Path, python: &Path) -> Result<(), String> {
    if !worked(
        Command::new("python3")
            .args(["-c", "import ensurepip, sys, venv; assert sys.version_info >= (3, 11)"]),
    ) {
        return Err(
            "the tests run discord.py: install Python 3.11 or later with venv (package python3-venv)"
                .to_owned(),
        );
    }
    run(Command::new("python3").args(["-m", "venv", "venv"]).current_dir(folder))?;
    let pip = ["-m", "pip", "install", "--quiet", "--require-hashes", "-r", "requirements.txt"];
    run(Command::new(python).args(pip).current_dir(folder))
}

fn worked(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("{command:?} cannot be started: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{command:?} failed, which gets discord.py:\n{said}"))
}
