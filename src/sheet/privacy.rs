//! The privacy notice: what members are told of what is kept about them, in short words.

use super::facts::Facts;
use super::stored::{On, titles};
use super::{Block, Count, GAP, days, heading, list, months, part, words};
use crate::config::{Aim, AutoMod};
use casework::commands::offices;
use policy::Mode;

pub(super) fn notice(facts: &Facts<'_>) -> Vec<Block> {
    let procedure = facts.procedure();
    let (retention, periods) = (procedure.retention, procedure.periods);
    let mut blocks = vec![
        part(format!("Privacy notice for members of {}", facts.name())),
        words(format!(
            "A bot called Beadle helps to keep our rules. This page says what it does, what it keeps about you, and what \
             you can ask. {} answers for it ({}). Write to {} if you have questions.",
            facts.controller(),
            facts.address(),
            facts.contact()
        )),
        heading("What it does"),
        words(format!(
            "It reads what is posted, your name here, and topics. It looks for words on a list. {} If a post breaks a rule, \
             it may take the post down, or ask an officer to look. It tells you each time, and why.",
            services(facts.automod())
        )),
        words(match facts.mode() {
            Mode::Live => "A post that is taken down can be put back, in full, when it was no breach.".to_owned(),
            Mode::Shadow if facts.is_on_record() => {
                "For now it only watches and tells our officers. It takes nothing down, and nothing counts.".to_owned()
            }
            // Members are told nothing of which it is not known whether it is still so.
            Mode::Shadow => format!(
                "At first it only watches and tells our officers. Then it takes nothing down, and nothing counts. It does more \
                 from: {GAP}."
            ),
        }),
        words(
            "A post that the bot takes down may count as a strike at once. You can appeal, and a person will decide. The \
             bot never puts anybody out. Only officers can decide that, after they have heard you.",
        ),
        list([
            format!(
                "One officer may stop you from posting for up to {} while a matter is looked at.",
                Count(periods.mute_hours.into(), "hour")
            ),
            format!("A warning needs {}.", signed(procedure.quorums.warning)),
            format!("To be shut out for {} needs {}.", days(procedure.ladder.suspension_days), signed(procedure.quorums.suspension)),
            format!("To be shut out for good needs {}.", signed(procedure.quorums.expulsion)),
        ]),
        heading("What it keeps"),
        list([
            "Posts that it took down or asked about, and posts that were reported. Their text is locked, and only officers \
             who need it can read it."
                .to_owned(),
            "Strikes, warnings and bans, and who decided them.".to_owned(),
            "What you write to the bot: appeals, replies, reports, requests.".to_owned(),
            "The letters it sent you.".to_owned(),
            "Your account's number or address here. It does not keep your other posts.".to_owned(),
        ]),
        heading("For how long"),
        list([
            format!("A file about you goes {} after the last letter in it.", months(retention.file_months)),
            format!(
                "The text of a post that was no breach goes {} after your time to appeal is over. You have {} or more to \
                 appeal.",
                days(retention.text_days),
                months(periods.appeal_months)
            ),
            format!("A report that led to nothing goes after {}.", months(retention.report_months)),
            format!("A strike counts for {}.", months(periods.strike_months)),
            format!(
                "If you are shut out for good, a code made from your account stays when the file has gone. It holds no name \
                 and no reason. The Executive looks at it every {}.",
                months(retention.review_months)
            ),
        ]),
        words("Officers can keep a file for longer if it is still needed. They must say why, and look at it again."),
        words(match facts.backup_days() {
            Some(number) => format!(
                "We keep locked copies, in case our machine breaks. What is deleted is gone from them {} later. If we have to \
                 use one, the bot deletes it again first.",
                Count(number, "day")
            ),
            None => format!("Copies that we keep in case our machine breaks: {GAP}."),
        }),
        heading("Who can see it"),
        words(format!(
            "Your officers: {}. Nobody can see or decide a case that they have a part in. Each time a file is opened, that is \
             written down. If you report somebody, they are not told that it was you.",
            titles(&offices("case"))
        )),
        words(platform(facts)),
        heading("Why we may do this"),
        words(format!("We have a fair reason: a group needs rules, and its members need to feel safe. {}", special(facts))),
        heading("What you can ask"),
        words("Write these to the bot in private:"),
        list([
            "`my-record` shows what we hold about you.".to_owned(),
            "`correct` and the case asks us to mend what is wrong.".to_owned(),
            format!(
                "`erase-me` asks us to delete it. You get an answer within {}. We may have to keep some of it, and will say \
                 why.",
                months(retention.request_months)
            ),
            "`appeal` and the case asks a person to look again.".to_owned(),
            format!(
                "`report data-protection moderation` and your words is a complaint about how we treat your data. You get an \
                 answer within {}.",
                days(procedure.reports.data_protection_days)
            ),
        ]),
        words(format!(
            "You can also object, or ask us to stop for a time, by writing to {}. If our answer does not help, you can \
             complain to the Information Commissioner's Office: ico.org.uk.",
            facts.contact()
        )),
    ];
    if let Some(lead) = facts.has_lead() {
        blocks.push(words(format!("{lead} looks after data protection for us.")));
    }
    blocks
}

fn signed(officers: u32) -> String {
    format!("{} to sign", Count(officers.into(), "officer"))
}

fn services(automod: AutoMod) -> &'static str {
    match automod {
        AutoMod::Off => "It uses no AI and no other service.",
        AutoMod::Strongest => {
            "It uses no AI, and no other service but Discord's own filter. While the bot takes posts down, that filter \
             stops the worst words before anybody sees them. These words stand in our server's settings, for those who \
             may manage it."
        }
    }
}

fn platform(facts: &Facts<'_>) -> String {
    let body = facts.external_body();
    let handed = format!("If a case goes to {body}, they are given what they need for it.");
    match facts.on() {
        On::Terminal => handed,
        On::Matrix => format!(
            "The bot writes to you on Matrix. The servers that carry it are run by others; ours is in {GAP}. {handed}"
        ),
        On::Discord => format!(
            "The bot writes to you on Discord, a firm in the United States. Discord can read it, as it can read all that \
             is posted there, and has its own privacy policy. {handed}"
        ),
    }
}

fn special(facts: &Facts<'_>) -> String {
    let reveals = match facts.aim() {
        Some(Aim::Political) => "what you think about politics",
        Some(Aim::TradeUnion) => "that you are in a trade union",
        Some(Aim::Religious) => "what you believe",
        Some(Aim::Philosophical) => "what you believe",
        Some(Aim::Other) => {
            return format!(
                "The law calls this “legitimate interests”. If a post tells of your health or beliefs, we rest on {GAP}."
            );
        }
        None => {
            return format!(
                "The law calls this “legitimate interests”. For what is more private, we rest on {GAP}."
            );
        }
    };
    format!(
        "The law calls this “legitimate interests”. Being here may show {reveals}. The law lets a body like ours keep that \
         about its own members, if it is told to nobody outside without your consent."
    )
}
