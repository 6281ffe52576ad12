//! A draft of the data-protection impact assessment, in the steps of the ICO's template: what can be told from the program is
//! told, and what people have to settle is a gap.

use policy::{Mode, Periods, Procedure};

use super::facts::Facts;
use super::records::measures;
use super::stored::{On, titles};
use super::{Block, Count, GAP, days, heading, list, months, part, words};
use crate::config::AutoMod;
use casework::commands::offices;

/// What can go wrong for people, and what the program does about it.
struct Risk {
    what: &'static str,
    measure: String,
}

pub(super) fn assessment(facts: &Facts<'_>) -> Vec<Block> {
    let mut blocks = vec![part("Data-protection impact assessment (draft)")];
    blocks.extend(need());
    blocks.extend(processing(facts));
    blocks.extend([
        heading("3. Whom to ask"),
        words(
            "Members are affected most; ask some of them, and the officers who will work with it. Whoever leaves somebody \
             out says why.",
        ),
        list([format!("asked, when, and what they said: {GAP}")]),
    ]);
    blocks.extend(necessity(facts));
    let risks = risks(facts);
    blocks.extend([
        heading("5. What can go wrong for people"),
        words("Say of each how likely it is (remote, possible, probable) and how bad (minimal, significant, severe)."),
        Block::Table {
            columns: &["", "risk", "how likely", "how bad"],
            rows: numbered(&risks, |risk| vec![risk.what.to_owned(), GAP.to_owned(), GAP.to_owned()]),
        },
        heading("6. What is done about it"),
        Block::Table {
            columns: &["", "what the program does", "what people do", "what risk is left"],
            rows: numbered(&risks, |risk| vec![risk.measure.clone(), GAP.to_owned(), GAP.to_owned()]),
        },
        words("And for everything together:"),
        list(measures(facts)),
        heading("7. Who agreed"),
        list([
            format!("measures agreed by: {GAP} on: {GAP}"),
            format!("risks that are left accepted by: {GAP} on: {GAP} (if one is high, ask the ICO first)"),
            format!("advice of whoever looks after data protection ({}): {GAP}", facts.lead()),
            format!("this assessment is kept under review by: {GAP}; next on: {GAP}"),
        ]),
    ]);
    blocks
}

fn numbered(risks: &[Risk], row: impl Fn(&Risk) -> Vec<String>) -> Vec<Vec<String>> {
    let number = |(place, risk): (usize, &Risk)| [vec![(place + 1).to_string()], row(risk)].concat();
    risks.iter().enumerate().map(number).collect()
}

fn need() -> [Block; 2] {
    [
        heading("1. Why there is one"),
        words(
            "A program reads what members post and acts on some of it. They may be members of a body of a kind that the law \
             protects, and what is decided can shut them out. That is likely to be a high risk, for which Article 35 asks \
             for an assessment before it begins.",
        ),
    ]
}

fn processing(facts: &Facts<'_>) -> Vec<Block> {
    let policy = facts.policy();
    let mode = match facts.mode() {
        Mode::Live => "It acts (live mode).".to_owned(),
        Mode::Shadow if facts.is_on_record() => {
            "It only watches (shadow mode): officers are told, members see nothing, and nothing counts."
                .to_owned()
        }
        Mode::Shadow => format!(
            "At first it only watches (shadow mode): officers are told, members see nothing, and nothing counts. It acts \
             from: {GAP}."
        ),
    };
    vec![
        heading("2. What is done"),
        list([
            format!("Where: {}.", facts.place()),
            format!(
                "How: each post, edit, name and topic is read as it comes and compared with lists of words, by rules that \
                 can be read; {}. The table “{}” says what becomes of which word, with {}. {mode}",
                services(facts.automod()),
                policy.preset(),
                Count(i64::try_from(policy.exceptions().len()).unwrap_or(i64::MAX), "exception")
            ),
            format!(
                "Then: what may break a rule is flagged for officers, hidden until one has looked (within {}), or removed. \
                 The author is told each time.",
                days(facts.procedure().periods.review_days)
            ),
            "What: see the records of processing. Other posts are kept nowhere.".to_owned(),
            format!(
                "Whose: everybody who posts in the group, about {GAP} people; under 18s among them: {GAP}."
            ),
            format!("Who: {}.", facts.officers()),
            format!("On which machine: {}.", facts.machine()),
            format!("Since: {GAP}. What members expect, and earlier worries: {GAP}."),
        ]),
    ]
}

fn services(automod: AutoMod) -> &'static str {
    match automod {
        AutoMod::Off => "there is no model and no other service",
        AutoMod::Strongest => {
            "there is no model, and no other service but Discord's own filter (AutoMod): while the bot acts, that stops the \
             words for which a post is deleted wherever they stand, before anybody sees them, and what it stops is a case \
             like any other. The bot keeps these words in the server's settings, where those who may manage the server \
             can read them"
        }
    }
}

fn necessity(facts: &Facts<'_>) -> Vec<Block> {
    let procedure = facts.procedure();
    vec![
        heading("4. Whether it is needed, and no more than is needed"),
        list([
            "Lawful basis and condition: see the records of processing.".to_owned(),
            "Another way: volunteers reading everything, which is slower, less even, and shows them more.".to_owned(),
            "Only what was acted on or reported is kept, by account and not by name; texts only encrypted.".to_owned(),
            format!(
                "Kept for {} after the last letter, the text of what was no breach for {} after the time to appeal, reports \
                 that led to nothing for {}; then deleted by the program itself, unless somebody holds a file.",
                months(procedure.retention.file_months),
                days(procedure.retention.text_days),
                months(procedure.retention.report_months)
            ),
            "Members are told by each letter, by the rules, and by the privacy notice; they see their record (`my-record`), \
             have it corrected (`correct`) and ask for erasure (`erase-me`)."
                .to_owned(),
            format!(
                "Requests to erase are answered within {}, complaints about data within {}; what is late, the Secretary is \
                 told of.",
                months(procedure.retention.request_months),
                days(procedure.reports.data_protection_days)
            ),
            format!("Processors, such as whoever rents out the machine, and the contract with them: {GAP}"),
        ]),
    ]
}

fn risks(facts: &Facts<'_>) -> Vec<Risk> {
    let procedure = facts.procedure();
    let mut risks = vec![
        mistaken(procedure.periods),
        automated(procedure),
        Risk {
            what: "It becomes known who belongs to the group, or what they think.",
            measure: format!(
                "Nothing leaves the machine but letters through the platform{}. Groups cannot see each other. Logs name \
                 nobody. What is kept names accounts, in one table.",
                match facts.automod() {
                    AutoMod::Off => "",
                    AutoMod::Strongest => ", and the words that Discord's own filter stops",
                }
            ),
        },
        Risk {
            what: "An officer looks at what is not theirs, or uses it against somebody.",
            measure: format!(
                "Files are opened by {}, and each look is on record and shown to the member. Nobody sees or decides a matter \
                 they have a part in, under any of their accounts. What several signed, no single officer undoes.",
                titles(&offices("case"))
            ),
        },
        Risk {
            what: "It becomes known who reported somebody.",
            measure: "Who reported is encrypted apart and shown to nobody; copies cover other people's names.".to_owned(),
        },
        Risk {
            what: "The machine, a backup or the ledger is stolen or lost.",
            measure: theft(facts.on()),
        },
        Risk {
            what: "Something is kept for longer than it is needed.",
            measure: format!(
                "Deletion needs nobody: it is done each day, and the Secretary sees the list {} before. Holds are looked at \
                 again every {}. A clock that cannot be believed deletes nothing.{}",
                days(procedure.retention.heads_up_days),
                months(procedure.retention.review_months),
                match facts.on() {
                    On::Matrix | On::Discord => {
                        " Letters that were sent stay where they were sent to, on the platform, until people delete them there."
                    }
                    On::Terminal => "",
                }
            ),
        },
        Risk {
            what: "A member is not told, or cannot answer.",
            measure: "Where no private message can be delivered, a place shared with officers is tried, and then the \
                      Secretary is asked to serve the letter by hand. The time to appeal runs from the letter."
                .to_owned(),
        },
        Risk {
            what: "What is recorded is wrong, or about somebody else.",
            measure: "Members ask for corrections, which stand beside the record for good. Two accounts count as one person's \
                      only when two officers or both accounts said so."
                .to_owned(),
        },
        Risk {
            what: "Members speak less freely because a program reads along.",
            measure: "What passes is not kept, and nobody is shown it. The filter looks for listed words and not for opinions; \
                      officers can ask of each word why it was found."
                .to_owned(),
        },
        Risk {
            what: "A child or somebody in danger is not seen to in time.",
            measure: "Reports of danger go to the officer named for it at once and alone; where none is named, to the \
                      Secretary."
                .to_owned(),
        },
        Risk {
            what: "A case is handed to somebody outside without a basis.",
            measure: format!(
                "The bot hands nothing to {}; a person does, with a copy that says who took it and can cover names. To tell \
                 anybody outside who belongs here needs their consent under Article 9(2)(d).",
                facts.external_body()
            ),
        },
    ];
    if facts.on() == On::Discord {
        risks.push(Risk {
            what: "The platform reads the bot's letters, in another country.",
            measure: "Letters say what went and which rule, and quote the post, which the platform had already; reports, \
                      reasons and sides travel through it as the member or officer writes them."
                .to_owned(),
        });
    }
    risks
}

fn mistaken(periods: Periods) -> Risk {
    Risk {
        what: "An innocent post is taken down, and its author thought badly of.",
        measure: format!(
            "Words with an innocent sense act only where the context is hostile; thousands of innocent texts are tested. What is \
             hidden is looked at within {}. A removal can be appealed for {}, and longer while its strike counts; what nobody \
             decides in {} goes to the Executive. Restored, the post is back and the strike gone.",
            days(periods.review_days),
            months(periods.appeal_months),
            days(periods.appeal_days)
        ),
    }
}

fn automated(procedure: &Procedure) -> Risk {
    let Procedure { periods, quorums, ladder, .. } = procedure;
    let heard = if periods.hearing_before_warning { "any of these" } else { "the two heavier ones" };
    let officers = |number: u32| Count(number.into(), "officer");
    Risk {
        what: "A program decides about a person (Articles 22A to 22D).",
        measure: format!(
            "By itself the program removes a post and may count a strike, which an appeal undoes. It puts nobody out: it only \
             proposes. A warning takes {} to sign, suspension for {} takes {}, expulsion {}; each has opened the evidence \
             and says why. Before {heard} the member is asked for their side, with {} to answer. One officer may mute \
             somebody for {} at most.",
            officers(quorums.warning),
            days(ladder.suspension_days),
            officers(quorums.suspension),
            officers(quorums.expulsion),
            days(periods.hearing_days),
            Count(periods.mute_hours.into(), "hour")
        ),
    }
}

fn theft(on: On) -> String {
    let keys = match on {
        On::Matrix => {
            " The bot's Matrix keys are not encrypted: whoever has them can read the group's encrypted rooms."
        }
        On::Terminal | On::Discord => "",
    };
    format!(
        "Nothing of a backup that the program takes can be read without its key, which is in none: keep a copy of it \
         elsewhere. Of the ledger itself, texts and who reported cannot be read without the key file; which account did \
         what can: encrypt the machine's disk.{keys} Who tells the ICO of a breach within 72 hours: {GAP}."
    )
}
