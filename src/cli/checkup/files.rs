//! Whether nobody else on the machine can read what the bot keeps, and the bot itself can write it.

use std::path::Path;

#[cfg(unix)]
use ledger::{FILES, KEY_FILE, KeptFile};
use platform::checkup::Finding;
#[cfg(unix)]
use platform::checkup::{Check, Of};

use crate::config::Config;

/// Looks at the rights of the data folder and of what is in it.
#[cfg(unix)]
pub(super) fn files(config: &Config, place: &Path) -> Vec<Finding> {
    let mut findings: Vec<_> = folder(place).into_iter().collect();
    findings.extend(writing(place));
    let key = place.join(KEY_FILE);
    findings.extend(private(Of::Machine, &key, KEY_FILE, "the key of the record"));
    for account in &config.matrix {
        let session = place.join("matrix").join(&account.id).join("session.json");
        let of = Of::Account { on: "matrix", id: account.id.clone() };
        findings.extend(private(of, &session, "session", &format!("the session of `{}`", account.id)));
    }
    findings
}

/// Elsewhere, who may read a file is not to be told from its mode.
#[cfg(not(unix))]
pub(super) fn files(_config: &Config, _place: &Path) -> Vec<Finding> {
    Vec::new()
}

/// The folder, if it was made: what is in it is as safe as it is.
#[cfg(unix)]
fn folder(place: &Path) -> Option<Finding> {
    let mode = mode(place)?;
    let remedy = format!("chmod 700 {}", place.display());
    let found = if mode & 0o007 != 0 {
        super::wrong(Check::Files, "everybody on the machine can look into the data folder", remedy)
    } else if mode & 0o070 != 0 {
        super::attention(
            Check::Files,
            "a group of the machine's accounts can look into the data folder",
            remedy,
        )
    } else {
        super::right(Check::Files, "nobody else can look into the data folder")
    };
    Some(found.about("data folder").detailing([place.display().to_string()]))
}

/// A file that is its owner's alone, if it was made.
#[cfg(unix)]
fn private(of: Of, file: &Path, subject: &str, what: &str) -> Option<Finding> {
    let found = if ledger::is_exposed(&std::fs::metadata(file).ok()?) {
        let remedy = format!("chmod 600 {}", file.display());
        Finding::wrong(Check::Files, of, format!("others can read {what}"), remedy)
    } else {
        Finding::right(Check::Files, of, format!("nobody else can read {what}"))
    };
    Some(found.about(subject).detailing([file.display().to_string()]))
}

#[cfg(unix)]
fn mode(path: &Path) -> Option<u32> {
    Rights::of(path).map(|rights| rights.mode)
}

/// What a mode allows: the same three bits for the owner, for their group, for everybody.
#[cfg(unix)]
const READ: u32 = 0o4;
#[cfg(unix)]
const WRITE: u32 = 0o2;
#[cfg(unix)]
const ENTER: u32 = 0o1;

/// What the bot has to be allowed to do with a file of the record.
#[cfg(unix)]
fn needed(file: &KeptFile) -> u32 {
    let read = if file.is_read { READ } else { 0 };
    let write = if file.is_written { WRITE } else { 0 };
    read | write
}

/// Whose something is, and who may do what with it.
#[cfg(unix)]
#[derive(Debug, Clone, Copy)]
struct Rights {
    owner: u32,
    group: u32,
    mode: u32,
}

#[cfg(unix)]
impl Rights {
    fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        let data = std::fs::metadata(path).ok()?;
        Some(Self { owner: data.uid(), group: data.gid(), mode: data.mode() })
    }

    /// Whether whoever something else belongs to may do all of this here.
    fn let_the_owner_of(self, other: Self, what: u32) -> bool {
        let shift = match (self.owner == other.owner, self.group == other.group) {
            (true, _) => 6,
            (false, true) => 3,
            (false, false) => 0,
        };
        self.mode >> shift & what == what
    }

    /// Whether whoever something else belongs to can write nothing in this folder. What is another's is open to root, and to
    /// those of its group, who may be in more groups than the one that is known of them.
    fn bars_the_owner_of(self, other: Self) -> bool {
        const ALL: u32 = READ | WRITE | ENTER;
        let may_be_open = self.owner != other.owner && (other.owner == 0 || self.mode >> 3 & ALL == ALL);
        !may_be_open && !self.let_the_owner_of(other, ALL)
    }
}

/// Whether the account that the folder belongs to, under which the bot runs, may write in it and use what is there; told by
/// owners and modes, for whoever asks may be another, who may do everything.
#[cfg(unix)]
fn writing(place: &Path) -> Option<Finding> {
    let folder = Rights::of(place)?;
    let is_closed = !folder.let_the_owner_of(folder, READ | WRITE | ENTER);
    let used = FILES.iter().filter_map(|file| {
        let rights = Rights::of(&place.join(file.name))?;
        Some((file.name, rights, needed(file)))
    });
    let (mut foreign, mut closed) = (Vec::new(), Vec::new());
    for (name, rights, _) in used.filter(|(_, rights, what)| !rights.let_the_owner_of(folder, *what)) {
        if rights.owner == folder.owner { closed.push(name) } else { foreign.push(name) }
    }
    let names: Vec<_> = is_closed.then_some("the data folder").into_iter().chain(foreign.clone()).collect();
    let names = [names, closed.clone()].concat();
    let found = if names.is_empty() {
        of_whoever_asks(place)
    } else {
        let paths = |names: &[&str]| {
            let paths = names.iter().map(|name| place.join(name).display().to_string());
            paths.collect::<Vec<_>>().join(" ")
        };
        let remedies = [
            is_closed.then(|| format!("chmod u+rwx {}", place.display())),
            (!foreign.is_empty())
                .then(|| format!("chown {}:{} {}", folder.owner, folder.group, paths(&foreign))),
            (!closed.is_empty()).then(|| format!("chmod u+rw {}", paths(&closed))),
        ];
        let remedy = remedies.into_iter().flatten().collect::<Vec<_>>().join(" && ");
        let said = "the bot, under the account that the data folder belongs to, cannot read and write all that it keeps there";
        super::wrong(Check::Files, said, remedy).detailing(names)
    };
    Some(found.about("writing").detailing([place.display().to_string()]))
}

/// What keeps whoever asks from writing in a folder.
#[cfg(unix)]
enum Bar {
    /// Nobody can.
    ReadOnly,
    /// Others may be allowed to.
    NotAllowed,
}

/// Looks whether whoever asks may write in a folder.
#[cfg(unix)]
fn bar(place: &Path) -> Option<Bar> {
    use rustix::fs::{Access, access};
    match access(place, Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK) {
        Ok(()) => None,
        Err(rustix::io::Errno::ROFS) => Some(Bar::ReadOnly),
        Err(_) => Some(Bar::NotAllowed),
    }
}

/// What whoever asks may do in a folder whose owner may do everything.
#[cfg(unix)]
fn of_whoever_asks(place: &Path) -> Finding {
    match bar(place) {
        None => super::right(Check::Files, "the bot can write what it keeps"),
        Some(Bar::ReadOnly) => super::wrong(
            Check::Files,
            "the data folder is on a file system that cannot be written",
            "have it mounted so that it can be, or move the data elsewhere",
        ),
        Some(Bar::NotAllowed) => super::attention(
            Check::Files,
            "the account that asks may not write in the data folder, and the one it belongs to may",
            "run the bot, and whatever else looks at the record, under the account that the data folder belongs to",
        ),
    }
}

/// What keeps the bot from writing backups into a directory, which may still have to be made: as far as owners and modes tell
/// for the account that the data folder belongs to, and otherwise as whoever asks finds it.
#[cfg(unix)]
pub(super) fn no_backups(directory: &Path, place: &Path) -> Option<Finding> {
    const BARRED: &str = "the bot cannot write into the directory of backups";
    let (existing, shown) = (super::existing(directory), directory.display());
    let (data, kept) = (Rights::of(place), Rights::of(existing)?);
    let found = match (data.filter(|data| kept.bars_the_owner_of(*data)), bar(existing)) {
        (_, Some(Bar::ReadOnly)) => super::wrong(
            Check::Backups,
            "the directory of backups is on a file system that cannot be written",
            "have it mounted so that it can be, or name another under [backup] in the configuration",
        ),
        (Some(data), _) if data.owner == kept.owner => {
            super::wrong(Check::Backups, BARRED, format!("chmod u+rwx {}", existing.display()))
        }
        (Some(data), _) => {
            let make = if directory.exists() { String::new() } else { format!("mkdir -p {shown} && ") };
            let remedy = format!("{make}chown {}:{} {shown} && chmod u+rwx {shown}", data.owner, data.group);
            super::wrong(Check::Backups, BARRED, remedy)
        }
        (None, None) => return None,
        // Whoever may write the data is the bot, or may do as much.
        (None, Some(Bar::NotAllowed)) if bar(super::existing(place)).is_none() => super::wrong(
            Check::Backups,
            BARRED,
            format!("have {shown} made, and given to the account that runs the bot with `chown`"),
        ),
        (None, Some(Bar::NotAllowed)) => super::attention(
            Check::Backups,
            "the account that asks may not write into the directory of backups",
            "look again under the account that runs the bot",
        ),
    };
    Some(found)
}

/// Elsewhere, that is not to be told from its mode.
#[cfg(not(unix))]
pub(super) fn no_backups(_directory: &Path, _place: &Path) -> Option<Finding> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use platform::checkup::Standing;

    use super::*;

    #[test]
    fn what_others_can_read_is_named_with_what_to_do() {
        let place = tempfile::tempdir().unwrap();
        let key = place.path().join("ledger.key");
        fs::write(&key, "").unwrap();
        let config = Config::load(None).unwrap();
        let (right, attention, wrong) = (Standing::Right, Standing::Attention, Standing::Wrong);
        // The folder, what can be written, the key.
        for (folder, file, want) in [
            (0o700, 0o600, [right, right, right]),
            (0o700, 0o640, [right, right, wrong]),
            (0o750, 0o400, [attention, right, right]),
            (0o755, 0o600, [wrong, right, right]),
            (0o701, 0o604, [wrong, right, wrong]),
            (0o700, 0o200, [right, wrong, right]),
        ] {
            fs::set_permissions(&key, fs::Permissions::from_mode(file)).unwrap();
            fs::set_permissions(place.path(), fs::Permissions::from_mode(folder)).unwrap();
            let found = files(&config, place.path());
            let standings: Vec<_> = found.iter().map(|finding| finding.standing).collect();
            assert_eq!(standings, want, "{folder:o} {file:o}");
            let told = found.iter().filter_map(|finding| finding.remedy.as_deref());
            assert!(
                told.clone().all(|remedy| remedy.starts_with("chmod ")),
                "{:?}",
                told.collect::<Vec<_>>()
            );
        }
        assert_eq!(files(&config, &place.path().join("not yet")), []);
    }

    #[test]
    fn what_the_owner_of_the_folder_cannot_write_is_found_by_whoever_looks() {
        let place = tempfile::tempdir().unwrap();
        let (folder, file) = (place.path(), place.path().join("ledger.db"));
        fs::write(&file, "").unwrap();
        let set = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        for (of_folder, of_file, want) in [
            (0o700, 0o600, None),
            (0o500, 0o600, Some(format!("chmod u+rwx {}", folder.display()))),
            (0o700, 0o400, Some(format!("chmod u+rw {}", file.display()))),
            (
                0o500,
                0o444,
                Some(format!("chmod u+rwx {} && chmod u+rw {}", folder.display(), file.display())),
            ),
        ] {
            set(&file, of_file);
            set(folder, of_folder);
            let found = writing(folder).unwrap();
            set(folder, 0o700);
            let standing = if want.is_some() { Standing::Wrong } else { Standing::Right };
            assert_eq!((found.standing, found.remedy), (standing, want), "{of_folder:o} {of_file:o}");
        }
        assert_eq!(writing(&folder.join("not yet")), None);
    }

    #[test]
    fn a_directory_of_backups_is_looked_at_where_it_is_or_is_to_be_made() {
        let folder = tempfile::tempdir().unwrap();
        let (place, shelf) = (folder.path().join("data"), folder.path().join("shelf"));
        let set = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        fs::create_dir(&place).unwrap();
        fs::create_dir(&shelf).unwrap();
        for directory in [shelf.clone(), shelf.join("not/yet")] {
            assert_eq!(no_backups(&directory, &place), None);
            set(&shelf, 0o500);
            let found = no_backups(&directory, &place).unwrap();
            set(&shelf, 0o700);
            let remedy = format!("chmod u+rwx {}", shelf.display());
            assert_eq!((found.standing, found.remedy), (Standing::Wrong, Some(remedy)), "{directory:?}");
        }
        // Before there is a data folder nobody's rights are known but those of whoever asks.
        assert_eq!(no_backups(&shelf, &folder.path().join("not yet")), None);
    }

    #[test]
    fn a_group_that_may_write_may_be_one_of_the_account_of_the_bot() {
        let data = Rights { owner: 7, group: 8, mode: 0o700 };
        for (owner, group, mode, want) in [
            (7, 8, 0o700, false),
            (7, 8, 0o577, true),
            (0, 0, 0o755, true),
            (0, 9, 0o770, false),
            (0, 8, 0o750, true),
            (0, 0, 0o777, false),
        ] {
            let kept = Rights { owner, group, mode };
            assert_eq!(kept.bars_the_owner_of(data), want, "{owner} {group} {mode:o}");
        }
        let of_root = Rights { owner: 0, group: 0, mode: 0o700 };
        assert!(!data.bars_the_owner_of(of_root), "root may write everywhere");
    }

    #[test]
    fn whose_a_file_is_decides_which_of_its_rights_count() {
        let folder = Rights { owner: 7, group: 8, mode: 0o700 };
        for (owner, group, mode, want) in [
            (7, 8, 0o600, true),
            (7, 1, 0o400, false),
            // The owner's own rights count, whatever others have.
            (7, 8, 0o066, false),
            (0, 0, 0o644, false),
            (0, 8, 0o660, true),
            (0, 8, 0o640, false),
            (0, 0, 0o666, true),
        ] {
            let file = Rights { owner, group, mode };
            assert_eq!(file.let_the_owner_of(folder, READ | WRITE), want, "{owner} {group} {mode:o}");
        }
    }
}
