//! What is put on the disk.
//!
//! Everything is made under another name and put in its place whole, over nothing that is there, and the configuration last. So
//! whoever is stopped on the way begins anew, with the same answers: what is there of the record is empty and known by a mark,
//! and secrets and keys that are there are used as they are.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use ledger::{BackupKey, Ledger, die_at};
use tempfile::NamedTempFile;

use super::check::folder_of;
use super::question::Context;
use super::setup::{Existing, Setup};
use super::text;

/// The key of backups, beside the configuration.
pub(super) const BACKUP_KEY: &str = "backup.key";
/// Stands in the data directory until everything is written.
const UNFINISHED: &str = "init.unfinished";

/// The key of backups, where it is or is to be.
pub(super) fn backup_key_beside(setup: &Setup) -> PathBuf {
    setup.folder().join(BACKUP_KEY)
}

/// Whether what is in a data directory was made by a set-up that did not come to its end.
pub(super) fn was_interrupted(place: &Path) -> bool {
    place.join(UNFINISHED).exists()
}

/// Where the record of a new installation is to be.
pub(super) fn data_dir(setup: &Setup) -> Option<PathBuf> {
    setup.whole().one("data_dir").map(|place| setup.folder().join(place))
}

/// Everything that is to be written, below a heading, and what is there already and is used.
pub(crate) fn announced(setup: &Setup, heading: &str) -> String {
    let mut all = Vec::new();
    all.extend(data_dir(setup).map(|place| (place, "the record and its key")));
    all.extend(secrets(setup).into_iter().map(|(file, what, _)| (file, what)));
    let (mut found, key) = (secrets_found(setup), backup_key_beside(setup));
    match has_backups(setup) {
        true if key.exists() => found.push(key),
        true => all.push((key, "the key of backups")),
        false => {}
    }
    let what = match setup.existing() {
        None => "the configuration",
        Some(_) => "the configuration, with what is added at its end",
    };
    all.push((setup.file().to_owned(), what));
    let mut text = heading.to_owned();
    for (path, what) in all {
        text.push_str(&format!("\n  {}: {what}", path.display()));
    }
    for file in found {
        text.push_str(&format!("\n{} is there already, and is used as it is.", file.display()));
    }
    text
}

/// The files of secrets that are there already.
fn secrets_found(setup: &Setup) -> Vec<PathBuf> {
    let of_group = |group| {
        let file = Context { setup, group }.secret_file()?.to_owned();
        Some(setup.folder().join(file)).filter(|file| file.exists())
    };
    (0..setup.group_count()).filter_map(of_group).collect()
}

fn has_backups(setup: &Setup) -> bool {
    setup.whole().one("backups").is_some()
}

/// The secrets that were typed, each with its file and what it is.
fn secrets(setup: &Setup) -> Vec<(PathBuf, &'static str, &str)> {
    let of_group = |group| {
        let context = Context { setup, group };
        let file = setup.folder().join(context.secret_file()?);
        let answers = setup.group(group);
        let kinds = [("token", "the bot's token"), ("password", "what the bot logs in with")];
        let typed = kinds.into_iter().find_map(|(name, what)| Some((what, answers.secret(name)?)));
        typed.map(|(what, secret)| (file, what, secret.expose()))
    };
    (0..setup.group_count()).filter_map(of_group).collect()
}

/// Writes everything. Gives the copy of the configuration as it was, if there was one.
///
/// # Errors
/// When something cannot be written, or is there already. Nothing that was there is changed then.
pub(crate) async fn write(setup: &Setup) -> anyhow::Result<Option<PathBuf>> {
    let text = text::of(setup);
    let Some(existing) = setup.existing() else {
        write_new(setup, &text).await?;
        return Ok(None);
    };
    write_secrets(setup)?;
    die_at("init::secrets_written");
    replace(setup.file(), existing, &text).map(Some)
}

async fn write_new(setup: &Setup, text: &str) -> anyhow::Result<()> {
    let file = setup.file();
    // First of all, so that nothing is made where it could not be put in its place.
    let draft = draft(file, text)?;
    let place = data_dir(setup).context("nothing says where the record is to be kept")?;
    make_record(&place).await?;
    die_at("init::record_made");
    write_secrets(setup)?;
    let key = backup_key_beside(setup);
    if has_backups(setup) && !key.exists() {
        BackupKey::create(&key)?;
    }
    die_at("init::secrets_written");
    put(draft, file)?;
    die_at("init::configuration_written");
    let mark = place.join(UNFINISHED);
    fs::remove_file(&mark).with_context(|| format!("{} cannot be removed; remove it", mark.display()))
}

/// Makes an empty record, or finds the one that an earlier set-up made.
async fn make_record(place: &Path) -> anyhow::Result<()> {
    if ledger::exists(place) && !was_interrupted(place) {
        bail!("there is a record in {} by now; begin anew, and name another folder", place.display());
    }
    let unusable = || format!("{} cannot be used", place.display());
    private_directory(place).with_context(unusable)?;
    let (mark, was_marked) = (place.join(UNFINISHED), was_interrupted(place));
    private_file().open(&mark).with_context(unusable)?;
    let made = is_empty(place).await;
    if !was_marked && !matches!(made, Ok(true)) {
        // It is nothing of ours; nobody should take it for that.
        fs::remove_file(&mark).with_context(unusable)?;
    }
    if !made? {
        bail!("there is a record in {} in which something stands; name another folder", place.display());
    }
    Ok(())
}

/// Opens a record as the first start does, which makes it and its key; whether nothing stands in it.
async fn is_empty(place: &Path) -> anyhow::Result<bool> {
    let ledger = Ledger::open(place).await.context("the record cannot be made")?;
    let latest = ledger.latest().await;
    ledger.close().await;
    Ok(latest.context("the record cannot be read")?.is_none())
}

fn write_secrets(setup: &Setup) -> anyhow::Result<()> {
    for (file, _, secret) in secrets(setup) {
        put(draft(&file, &format!("{secret}\n"))?, &file)?;
    }
    Ok(())
}

/// A file that only its owner can read, beside where it is to be.
fn draft(file: &Path, text: &str) -> anyhow::Result<NamedTempFile> {
    let folder = folder_of(file);
    let write = || -> io::Result<NamedTempFile> {
        let mut draft = tempfile::Builder::new().prefix(".beadle-init-").tempfile_in(folder)?;
        draft.write_all(text.as_bytes())?;
        draft.as_file().sync_all()?;
        Ok(draft)
    };
    write().with_context(|| format!("nothing can be written in {}", folder.display()))
}

/// Puts what was written in its place, where nothing may be.
fn put(draft: NamedTempFile, file: &Path) -> anyhow::Result<()> {
    match draft.persist_noclobber(file) {
        Ok(_) => {}
        Err(refused) if refused.error.kind() == io::ErrorKind::AlreadyExists => {
            bail!("{} is there by now, and stays as it is; begin anew", file.display())
        }
        Err(refused) => {
            return Err(refused.error).with_context(|| format!("{} cannot be written", file.display()));
        }
    }
    sync(folder_of(file)).with_context(|| format!("{} may not be on the disk", file.display()))
}

/// Puts a configuration in the place of the one that is there, of which a copy stays. Gives the copy.
fn replace(file: &Path, existing: &Existing, text: &str) -> anyhow::Result<PathBuf> {
    let unusable = || format!("{} cannot be replaced", file.display());
    // Where the file is elsewhere and only its name is here, the name stays.
    let target = fs::canonicalize(file).with_context(unusable)?;
    let now = fs::read(&target).with_context(unusable)?;
    if now != existing.text.as_bytes() {
        bail!("{} was changed meanwhile, and stays as it is; begin anew", file.display());
    }
    let like = fs::metadata(&target).with_context(unusable)?;
    let new = draft(&target, text)?;
    let old = draft(&target, &existing.text)?;
    for draft in [&new, &old] {
        make_alike(draft.as_file(), &like).with_context(unusable)?;
    }
    let copy = free_name(&target);
    put(old, &copy)?;
    die_at("init::copy_kept");
    new.persist(&target).map_err(|refused| refused.error).with_context(unusable)?;
    sync(folder_of(&target)).with_context(unusable)?;
    Ok(copy)
}

/// The first name for a copy that nothing has.
fn free_name(file: &Path) -> PathBuf {
    let named = |number: usize| {
        let mut name = file.as_os_str().to_owned();
        name.push(format!(".old-{number}"));
        PathBuf::from(name)
    };
    (1..).map(named).find(|copy| copy.symlink_metadata().is_err()).unwrap_or_else(|| named(0))
}

/// Gives a file the rights and the owner of another, which whoever reads it relies on.
fn make_alike(file: &File, like: &fs::Metadata) -> io::Result<()> {
    file.set_permissions(like.permissions())?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, fchown};
        let own = file.metadata()?;
        if (own.uid(), own.gid()) != (like.uid(), like.gid()) {
            fchown(file, Some(like.uid()), Some(like.gid()))?;
        }
    }
    Ok(())
}

fn private_directory(place: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(place)
}

fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Has the names in a folder written to the disk, where that can be asked for.
fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
