//! Records of processing, as Article 30(1) of the UK GDPR lists what has to be in them.

use policy::Role;

use super::facts::Facts;
use super::stored::{On, titles};
use super::{Block, GAP, heading, list, part, words};
use crate::config::{Aim, AutoMod};

pub(super) fn records(facts: &Facts<'_>) -> Vec<Block> {
    let mut blocks = vec![
        part("Records of processing"),
        words(
            "UK GDPR, Article 30(1). Small bodies keep these too where the data is special category data or the \
             processing is not just now and then. Both are so here, or may be.",
        ),
        Block::Table { columns: &["asked for", "entry"], rows: entries(facts) },
        heading("Why it is lawful"),
        words(
            "Lawful basis (Article 6(1)(f), legitimate interests): the group has an interest in talk that keeps to its \
             code of conduct, and members in being treated alike. Reading posts for listed words is the least that \
             finds breaches in time; what is no breach is not kept. Members join knowing the rules, can see what is \
             kept about them, and can appeal. Weigh this against what members may fear from it, and write down:",
        ),
        list([format!("weighed on {GAP} by {GAP}; result: {GAP}")]),
    ];
    blocks.extend(special(facts));
    blocks.extend([
        heading("What is kept, who can see it, and for how long"),
        Block::Table { columns: &["what", "about whom", "who can see it", "how long"], rows: stored(facts) },
        words(format!(
            "Officers cannot see a matter they have a part in, whatever their office. The Secretary is sent the list of \
             what will be deleted {} before. A file can be held back; each hold is looked at again every {}.",
            super::days(facts.procedure().retention.heads_up_days),
            super::months(facts.procedure().retention.review_months)
        )),
        words(format!("Backups. {}", facts.backups())),
        heading("Security measures"),
        list(measures(facts)),
    ]);
    blocks
}

fn entries(facts: &Facts<'_>) -> Vec<Vec<String>> {
    let row = |asked: &str, entry: String| vec![asked.to_owned(), entry];
    vec![
        row("Controller", format!("{}, {}", facts.controller(), facts.address())),
        row("Contact", facts.contact()),
        row("Who looks after data protection", facts.lead()),
        row("ICO registration", format!("{} (some not-for-profit bodies need none: check)", facts.registration())),
        row("Joint controllers, such as a national body", GAP.to_owned()),
        row("Where the group is", facts.place()),
        row(
            "Purposes",
            "To keep the group's own code of conduct: to take down posts that break it, to tell the author, to hear \
             appeals and reports, to decide about repeated breaches, and to be able to account for it."
                .to_owned(),
        ),
        row(
            "People",
            format!("Everybody who posts in the group; those who are reported or named; officers ({}).", facts.officers()),
        ),
        row(
            "Data",
            "Accounts; posts that were acted on or reported and what they say; breaches, sanctions, appeals, reports, \
             letters. See the table below. Other posts are read as they come and not kept."
                .to_owned(),
        ),
        row("Recipients", recipients(facts)),
        row("Transfers abroad", transfers(facts)),
        row("Machine", facts.machine()),
        row("Time limits", "See the table below.".to_owned()),
        row("Last checked", format!("{GAP} by {GAP}")),
    ]
}

fn recipients(facts: &Facts<'_>) -> String {
    let platform = match facts.on() {
        On::Terminal => "nobody outside this machine",
        On::Matrix => {
            "the homeservers of those in the rooms, which carry the bot's letters (encrypted where the room is)"
        }
        On::Discord => match facts.automod() {
            AutoMod::Off => "Discord, which carries the bot's letters and can read them",
            AutoMod::Strongest => {
                "Discord, which carries the bot's letters and can read them, and is given the words that its own filter \
                 (AutoMod) stops"
            }
        },
    };
    format!(
        "Officers by their office; {platform}; {} only when a person hands a matter on. The bot sends nothing to anybody \
         else: no statistics, no other service, no list shared between groups.",
        facts.external_body()
    )
}

fn transfers(facts: &Facts<'_>) -> String {
    match facts.on() {
        On::Terminal => "None.".to_owned(),
        On::Matrix => format!("Wherever the homeservers are. The group's own is in {GAP}; safeguard: {GAP}."),
        On::Discord => {
            format!(
                "Discord is a company in the United States. Safeguard (look up what covers it today): {GAP}."
            )
        }
    }
}

fn special(facts: &Facts<'_>) -> Vec<Block> {
    let not_for_profit = |reveals: &str| {
        vec![
            words(format!(
                "To be in the group reveals {reveals}: special category data (Article 9(1)). So account and group are \
                 treated as such together, everywhere. The condition is Article 9(2)(d): a not-for-profit body with such \
                 an aim, about its members, former members and people in regular contact with it, with safeguards, and \
                 told to nobody outside without consent. It needs no condition of Schedule 1 to the Data Protection Act \
                 2018. It does not cover people who are none of these: keep them out of the group, or name another \
                 condition: {GAP}."
            )),
            words(
                "A post or report may say that somebody committed a crime (Article 10). Schedule 1, paragraph 31 of the \
                 Act covers the same bodies on the same terms.",
            ),
        ]
    };
    let mut blocks = vec![heading("Special category data")];
    match facts.aim() {
        Some(Aim::Political) => {
            blocks.extend(not_for_profit("political opinions"));
            blocks.push(words(format!(
                "A registered party may rest on Schedule 1, paragraph 22 instead (political activities), which needs an \
                 appropriate policy document. Chosen: {GAP}."
            )));
        }
        Some(Aim::TradeUnion) => blocks.extend(not_for_profit("trade union membership")),
        Some(Aim::Religious) => blocks.extend(not_for_profit("religious belief")),
        Some(Aim::Philosophical) => blocks.extend(not_for_profit("philosophical belief")),
        Some(Aim::Other) => blocks.push(words(format!(
            "To be in the group reveals nothing of that sort by itself, and Article 9(2)(d) is not open to a body \
             without such an aim. Posts and reports may still tell of somebody's health, belief, politics or sex life, \
             or of a crime. Condition for keeping those (such as Article 9(2)(f), legal claims): {GAP}."
        ))),
        None => {
            blocks.push(words(
                "Say in the configuration what the body is for (`aim`). A political, trade-union, religious or \
                 philosophical body may keep this under Article 9(2)(d). Any other needs another condition.",
            ));
            blocks.push(list([
                format!("What being in the group reveals: {GAP}"),
                format!("Condition under Article 9(2), and under Schedule 1 to the Data Protection Act 2018 if it needs one: {GAP}"),
                format!("Condition for what is said of crimes (Article 10): {GAP}"),
            ]));
        }
    }
    blocks
}

fn stored(facts: &Facts<'_>) -> Vec<Vec<String>> {
    let row = |(stored, about): (&super::stored::Stored, &str)| {
        vec![
            stored.what.to_owned(),
            about.to_owned(),
            stored.seen.says(),
            stored.life.says(facts.procedure()),
        ]
    };
    facts.stored().map(row).collect()
}

pub(super) fn measures(facts: &Facts<'_>) -> Vec<String> {
    let mut measures = vec![
        "People's words are encrypted in the ledger, each file under its own key; to destroy the key erases them. The key \
         that opens those keys is in a file of its own."
            .to_owned(),
        "Who brought a report is encrypted apart from it, and shown to nobody.".to_owned(),
        "What is deleted is overwritten, and the ledger rewritten without it.".to_owned(),
        "Offices stand in the configuration and are asked for each time somebody does something. Each look into a file is \
         on record, and the member it is about can see that."
            .to_owned(),
        "Logs hold nobody's words or names.".to_owned(),
        format!(
            "Copies of files and the register can be taken by {} only, and are deleted by themselves.",
            titles(&casework::commands::offices("export"))
        ),
        "The bot is told its passwords by files, by the service manager or by the environment, never on a command line; it \
         refuses a file that others can read."
            .to_owned(),
    ];
    if facts.on() == On::Matrix {
        measures.push(
            "Not encrypted by the program: the bot's own Matrix keys. Whoever has its folder can read the group's \
             encrypted rooms; encrypt the machine's disk."
                .to_owned(),
        );
    }
    if facts.charter().roster.holders(Role::Executive).next().is_none() {
        measures.push("Nobody sits on the Executive: second appeals have nobody to hear them.".to_owned());
    }
    measures.push(format!("Of the machine: updates, disk encryption, who can log in: {GAP}"));
    measures
}
