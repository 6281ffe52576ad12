//! The real program at a terminal, and whoever sits there.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};

/// Only a failing test waits so long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// Is written by the program each time that it waits for a line.
const WAITS: &str = "\u{1b}[?2004h";
/// Is written each time that it no longer does.
const WAITS_NO_MORE: &str = "\u{1b}[?2004l";

/// A terminal: what whoever sits there types into and sees, and what a program has of it. No program has either that is not
/// given it, so that one is closed when it is closed here.
pub(crate) fn terminal() -> (File, File) {
    let master =
        openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).expect("there is a terminal");
    grantpt(&master).and_then(|()| unlockpt(&master)).expect("it is ours");
    let size = Winsize { ws_row: 50, ws_col: 200, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&master, size).expect("it has a size");
    let name = ptsname(&master, Vec::new()).expect("it has a name").into_string().expect("it is text");
    let theirs = File::options().read(true).write(true).open(name).expect("it can be opened");
    (File::from(master), theirs)
}

/// Whoever sits at the terminal and types.
pub(crate) struct Typist {
    child: Child,
    keyboard: File,
    shown: Receiver<Vec<u8>>,
    screen: Vec<u8>,
    /// How much of the screen was there before the program waited last.
    read: usize,
}

impl Typist {
    /// Starts the program in a folder, at a terminal.
    pub(crate) fn sits_down(folder: &Path, args: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_beadle"));
        command.current_dir(folder).env_remove("NO_COLOR").args(args);
        Self::runs(command)
    }

    /// Starts it so, at a terminal.
    pub(crate) fn runs(mut command: Command) -> Self {
        let (keyboard, theirs) = terminal();
        let clone = || theirs.try_clone().expect("it can be used thrice");
        command.env("TERM", "xterm");
        command.stdin(clone()).stdout(clone()).stderr(clone());
        let child = command.spawn().expect("the program starts");
        let mut eyes = keyboard.try_clone().expect("it can be looked at");
        let (showing, shown) = mpsc::channel();
        // It ends with the program, when nobody else has the terminal any more.
        thread::spawn(move || {
            let mut some = [0; 4096];
            while let Ok(len @ 1..) = eyes.read(&mut some) {
                if showing.send(some[..len].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self { child, keyboard, shown, screen: Vec::new(), read: 0 }
    }

    /// All that was shown.
    pub(crate) fn screen(&self) -> String {
        String::from_utf8_lossy(&self.screen).into_owned()
    }

    /// Waits until the program waits, and shows a prompt.
    pub(crate) fn is_asked(&mut self) {
        loop {
            let new = String::from_utf8_lossy(&self.screen[self.read..]).into_owned();
            if new.split_once(WAITS).is_some_and(|(_, prompt)| prompt.contains("> ")) {
                self.read = self.screen.len();
                return;
            }
            match self.shown.recv_timeout(PATIENCE) {
                Ok(more) => self.screen.extend(more),
                Err(_) => panic!("it does not ask: {}", self.screen()),
            }
        }
    }

    /// Presses keys, as the terminal sends them.
    pub(crate) fn presses(&mut self, keys: &[u8]) {
        self.keyboard.write_all(keys).expect("it can be typed");
    }

    /// Sends the program a signal, such as a terminal sends for Ctrl-C. It takes it also where it was started to take none.
    pub(crate) fn is_sent(&self, signal: &str) {
        let told = Command::new("kill").args([&format!("-{signal}"), &self.child.id().to_string()]).status();
        assert!(told.expect("kill is there").success());
    }

    /// Waits until something is shown.
    pub(crate) fn sees(&mut self, part: &str) {
        while !self.screen().contains(part) {
            match self.shown.recv_timeout(PATIENCE) {
                Ok(more) => self.screen.extend(more),
                Err(_) => panic!("{part:?} is not shown: {}", self.screen()),
            }
        }
    }

    /// Types lines, each when the program waits for one.
    pub(crate) fn types(&mut self, lines: &[&str]) {
        for line in lines {
            self.is_asked();
            self.presses(format!("{line}\r").as_bytes());
        }
    }

    /// Waits until the program has died, of a signal and not of an error.
    pub(crate) fn dies(mut self) {
        self.watches_to_the_end();
        assert_eq!(self.child.wait().expect("it was started").code(), None, "{}", self.screen());
    }

    fn watches_to_the_end(&mut self) {
        while let Ok(more) = self.shown.recv_timeout(PATIENCE) {
            self.screen.extend(more);
        }
    }

    /// Waits for the end of the program, and gives all that was shown.
    pub(crate) fn ends(mut self) -> (ExitStatus, String) {
        self.watches_to_the_end();
        let modes = tcgetattr(&self.keyboard).expect("it is a terminal").local_modes;
        assert!(modes.contains(LocalModes::ECHO | LocalModes::ICANON), "it is left as it was found");
        let screen = self.screen();
        assert!(
            screen.rfind(WAITS) <= screen.rfind(WAITS_NO_MORE),
            "what is pasted is marked to the end: {screen:?}"
        );
        (self.child.wait().expect("it was started"), screen)
    }
}
