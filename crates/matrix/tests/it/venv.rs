//! Makes what the tests stand on besides Rust: Synapse and matrix-nio in a Python environment, matrix-js-sdk in a folder
//! of node modules, both at pinned versions. Made once, beside the other tools under the target directory, and kept
//! until a pin changes.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use sha2::{Digest, Sha256};

const REQUIREMENTS: &str = include_str!("../members/requirements.txt");
const PACKAGE: &str = include_str!("../members/package.json");
const LOCK: &str = include_str!("../members/package-lock.json");

/// The oldest versions that work. Python's is what `requirements.txt` was made for; matrix-js-sdk says Node 22 and is
/// tested here with 20, which Debian has.
const PYTHON_MIN: (u32, u32) = (3, 11);
const NODE_MIN: (u32, u32) = (20, 0);

/// Where the programs that the tests start are.
pub(crate) struct Tools {
    /// Python with Synapse and matrix-nio.
    pub(crate) python: PathBuf,
    /// The folder that has `node_modules` with matrix-js-sdk.
    pub(crate) modules: PathBuf,
}

/// The tools, made if there are none yet: about a minute.
///
/// # Panics
/// If something that has to be there is missing; the message says what to install.
pub(crate) async fn tools() -> &'static Tools {
    static TOOLS: OnceLock<Result<Tools, String>> = OnceLock::new();
    let found = tokio::task::spawn_blocking(|| TOOLS.get_or_init(find_or_make)).await;
    let found = found.expect("looking for tools does not panic");
    found.as_ref().unwrap_or_else(|problem| panic!("{problem}"))
}

/// A script of `tests/members`.
pub(crate) fn script(name: &str) -> PathBuf {
    // The program's own tests stand on these as well, and have another folder.
    let folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let mut scripts = folders.map(|folder| folder.join("crates/matrix/tests/members").join(name));
    scripts.find(|script| script.exists()).expect("the scripts stand beside the tests")
}

fn find_or_make() -> Result<Tools, String> {
    require("python3", PYTHON_MIN, "python3")?;
    require("node", NODE_MIN, "nodejs")?;
    let all = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("tools");
    let folder = all.join(format!("matrix-{}", key()));
    let tools = Tools { python: folder.join("venv/bin/python"), modules: folder.clone() };
    let made = || -> io::Result<Result<(), String>> {
        fs::create_dir_all(&all)?;
        // Another process may be at it: whoever comes second waits, and then finds it made.
        let lock = File::create(folder.with_extension("lock"))?;
        lock.lock()?;
        if is_whole(&folder, &tools) { Ok(Ok(())) } else { make(&folder, &tools) }
    };
    made().map_err(|error| format!("{} cannot be written: {error}", folder.display()))??;
    Ok(tools)
}

/// Names the folder after what is in it, so that a changed pin makes another. `benches/matrix/run.py` does the same.
fn key() -> String {
    let digest =
        [REQUIREMENTS, PACKAGE, LOCK].iter().fold(Sha256::new(), |hash, text| hash.chain_update(text));
    digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Whether all was made, and the Python it was made with is still there.
fn is_whole(folder: &Path, tools: &Tools) -> bool {
    folder.join("whole").exists() && worked(Command::new(&tools.python).arg("--version"))
}

/// Python's environments cannot be moved, so it is made in its place and marked as whole at the end.
fn make(folder: &Path, tools: &Tools) -> io::Result<Result<(), String>> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    for (name, text) in
        [("requirements.txt", REQUIREMENTS), ("package.json", PACKAGE), ("package-lock.json", LOCK)]
    {
        fs::write(folder.join(name), text)?;
    }
    let made = install(folder, tools);
    if made.is_ok() {
        fs::write(folder.join("whole"), "")?;
    }
    Ok(made)
}

fn install(folder: &Path, tools: &Tools) -> Result<(), String> {
    if !worked(Command::new("python3").args(["-c", "import ensurepip, venv"])) {
        return Err(missing("python3 -m venv", "python3-venv"));
    }
    if !worked(Command::new("npm").arg("--version")) {
        return Err(missing("npm", "npm"));
    }
    run(Command::new("python3").args(["-m", "venv", "venv"]).current_dir(folder))?;
    let pip = ["-m", "pip", "install", "--quiet", "--require-hashes", "-r", "requirements.txt"];
    run(Command::new(&tools.python).args(pip).current_dir(folder))?;
    run(Command::new("npm").args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(folder))
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
    Err(format!("{command:?} failed, which gets Synapse and the members:\n{said}"))
}

fn missing(command: &str, package: &str) -> String {
    format!(
        "the Matrix tests run a real Synapse and real clients, and `{command}` did not work; install the package {package}"
    )
}

fn require(program: &str, least: (u32, u32), package: &str) -> Result<(), String> {
    let output = Command::new(program).arg("--version").output().map_err(|_| missing(program, package))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let mut numbers = said.trim_start_matches(|c: char| !c.is_ascii_digit()).split('.').map(str::parse);
    let version = match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor),
        _ => return Err(missing(program, package)),
    };
    if version >= least {
        return Ok(());
    }
    let ((major_min, minor_min), (major, minor)) = (least, version);
    Err(format!("the Matrix tests need {program} {major_min}.{minor_min} or later; this is {major}.{minor}"))
}
