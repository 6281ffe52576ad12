//! Wordlists and policy changed while the program runs, by command and by signal.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::beadle::{Conversation, beadle};

fn list(term: &str, grade: &str) -> String {
    format!(
        "[list]\nname = \"ours\"\nlanguage = \"en-GB\"\ndescription = \"Our own\"\nlicence = \"Apache-2.0\"\n\n\
         [[entry]]\nterm = \"{term}\"\ngrade = \"{grade}\"\ncategory = \"general\"\nmatch = \"word\"\nsource = \"us\"\n"
    )
}

/// A group whose configuration names one list, which the test writes.
fn group(dir: &TempDir, term: &str) -> Command {
    write(dir.path(), "ours.toml", &list(term, "strongest"));
    write(dir.path(), "beadle.toml", "[wordlists]\nfiles = [\"ours.toml\"]\n");
    let mut command = beadle(&dir.path().join("data"));
    command.arg("--config").arg(dir.path().join("beadle.toml"));
    command
}

fn write(dir: &Path, name: &str, text: &str) {
    fs::write(dir.join(name), text).expect("a file can be written");
}

#[test]
fn a_changed_list_is_in_force_after_a_reload_and_a_broken_one_is_not() {
    let dir = tempfile::tempdir().expect("a directory can be made");
    let mut group = Conversation::start(group(&dir, "zzyzx"));
    assert!(group.say("alice: what zzyzx").contains("(removed by beadle)"));
    assert!(!group.say("alice: what qwertle").contains("removed"));

    write(dir.path(), "ours.toml", &list("qwertle", "strongest"));
    assert!(group.say("asha /wordlist reload").contains("Reloaded"));
    assert!(!group.say("alice: what zzyzx").contains("removed"));
    assert!(group.say("alice: what qwertle").contains("(removed by beadle)"));

    write(dir.path(), "ours.toml", &list("zzyzx", "dreadful"));
    let told = group.say("asha /wordlist reload");
    assert!(told.contains("the old rules stay in force") && told.contains("ours.toml:9"), "{told}");
    assert!(group.say("alice: what qwertle").contains("(removed by beadle)"));

    // A list that would flag innocent texts is refused with the line it hit.
    write(dir.path(), "ours.toml", &list("Scunthorpe", "strongest").replace("Scunthorpe", "kettle"));
    let told = group.say("asha /wordlist reload");
    assert!(told.contains("kettle") && told.contains("guard/"), "{told}");
    assert!(group.say("alice: what qwertle").contains("(removed by beadle)"));
    assert_eq!(group.end(), "");
}

#[cfg(unix)]
#[test]
fn a_hangup_reloads_and_a_broken_configuration_leaves_the_old_in_force() {
    let dir = tempfile::tempdir().expect("a directory can be made");
    let mut group = Conversation::start(group(&dir, "zzyzx"));
    assert!(group.say("alice: what zzyzx").contains("(removed by beadle)"));
    write(dir.path(), "ours.toml", &list("qwertle", "strongest"));
    hang_up(&group);
    wait_for(&mut group, "asha /wordlist list qwertle", "qwertle (strongest");

    write(dir.path(), "beadle.toml", "[wordlists]\nfile = [\"ours.toml\"]\n");
    hang_up(&group);
    // The signal is dealt with beside the conversation; the log shows that it was.
    assert!(group.say("alice: what qwertle").contains("(removed by beadle)"));
    let told = group.say("asha /wordlist reload");
    assert!(told.contains("the old rules stay in force") && told.contains("did you mean"), "{told}");
    assert!(group.say("alice: what qwertle").contains("(removed by beadle)"));
    group.end();
}

#[cfg(unix)]
fn hang_up(group: &Conversation) {
    let killed =
        Command::new("kill").args(["-HUP", &group.id().to_string()]).status().expect("kill is there");
    assert!(killed.success());
}

/// Asks again until the answer is there: each question is a round trip, so that nothing has to sleep.
#[cfg(unix)]
fn wait_for(group: &mut Conversation, question: &str, wanted: &str) {
    const QUESTIONS_MAX: u32 = 10_000;
    let heard = (0..QUESTIONS_MAX).find(|_| group.say(question).contains(wanted));
    assert!(heard.is_some(), "{wanted:?} never came");
}

#[test]
fn the_words_of_notices_are_read_again_and_broken_or_changed_ones_leave_the_old_in_force() {
    let dir = tempfile::tempdir().expect("a directory can be made");
    let configure = |version: u32, text: &str| {
        write(dir.path(), "ours.ftl", text);
        let group =
            "[[groups]]\nid = \"thistlebrook\"\nname = \"Thistlebrook\"\ncontact = \"the Secretary\"\n";
        let notices = format!("[groups.notices]\nversion = {version}\nenglish = \"ours.ftl\"\n");
        write(dir.path(), "beadle.toml", &format!("{group}{notices}"));
    };
    configure(1, "closing = Kind regards, the team\n");
    let mut command = beadle(&dir.path().join("data"));
    command.arg("--config").arg(dir.path().join("beadle.toml"));
    let mut group = Conversation::start(command);
    assert!(group.say("alice: oh fuck off").contains("Kind regards, the team"));

    configure(1, "closing = Yours, the team\n");
    let told = group.say("asha /wordlist reload");
    assert!(told.contains("the old rules stay in force") && told.contains("write the next number"), "{told}");
    configure(2, "closing = Yours, the {$nobody}\n");
    let told = group.say("asha /wordlist reload");
    assert!(told.contains("the old rules stay in force") && told.contains("ours.ftl:1"), "{told}");
    assert!(group.say("bob: oh fuck off").contains("Kind regards, the team"));
    configure(2, "closing = Yours, the team\n");
    assert!(group.say("asha /wordlist reload").contains("Reloaded"));
    assert!(group.say("carol: oh fuck off").contains("Yours, the team"));
    assert_eq!(group.end(), "");

    configure(2, "closing = Cheers\n");
    let mut command = beadle(&dir.path().join("data"));
    command.arg("--config").arg(dir.path().join("beadle.toml"));
    let output = crate::beadle::run(command, "alice: hello\n");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("write the next number"));
}
