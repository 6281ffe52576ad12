//! Commands become answers: the line is read, the right is checked, and the answer goes to whoever asked.

use ledger::{Access, Effect, EffectKind, EffectState, File, NoticeDelivery, NoticeRecord, WordsKind};
use policy::case::Act;
use policy::{
    Appeal, AppealState, Case, GroupId, Letter, MemberId, MessageText, Notice, Offer, Reference, State,
    Timestamp, Verdict,
};

use crate::acts::Request;
use crate::commands::{
    self, BreakerCommand, ClockCommand, Command, Place, PolicyCommand, RecordForm, RulesCommand, Target,
    TemplateCommand, account,
};
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::executive::Minute;
use crate::export::Names;
use crate::in_force::InForce;
use crate::lists::{LINES_MAX, Line, and_more, listed, offering, with_lines};
use crate::mask::Mask;
use crate::parties::OwnPart;
use crate::record::counting;
use crate::rights::{Audience, Permit, authorise};
use crate::service;

/// How many of a member's cases and notices are read at most.
pub(crate) const RECORD_MAX: u32 = 1000;

impl Casework {
    /// Runs the command in a line and gives the answer for whoever typed it.
    #[tracing::instrument(skip_all)]
    pub(crate) async fn command(
        &self,
        group: &GroupId,
        from: &MemberId,
        place: Place,
        line: &MessageText,
    ) -> Result<Letter, CaseworkError> {
        let answer = self.answer(group, from, place, line).await;
        // Admins change what platforms are to stop.
        self.to_compare.notify_one();
        let is_private = match place {
            Place::PrivateCommand | Place::Direct | Place::WithOfficers => true,
            Place::Command => false,
        };
        if is_private && let Err(error) = self.retry_notices(group, from).await {
            // What was asked is recorded all the same.
            tracing::error!(error = &error as &dyn std::error::Error, "refused notices are not tried again");
        }
        answer
    }

    async fn answer(
        &self,
        group: &GroupId,
        from: &MemberId,
        place: Place,
        line: &MessageText,
    ) -> Result<Letter, CaseworkError> {
        let in_force = self.in_force(group)?;
        let command = match commands::parse(line.expose().trim_start().trim_start_matches('/')) {
            Ok(command) => command,
            Err(error) => return Ok(not_understood(&error, place)),
        };
        let permit = match authorise(&command, from, place, &in_force) {
            Ok(permit) => permit,
            Err(denied) => {
                tracing::info!(command = command.name(), "command refused");
                return Ok(Letter::line(denied.to_string()));
            }
        };
        match self.run(&permit, command).await {
            // These are for whoever asked to mend or to try again; nothing was recorded.
            Err(CaseworkError::Load(error)) => {
                Ok(Letter::line("Nothing was changed; the old rules stay in force.").text(error.to_string()))
            }
            Err(CaseworkError::Unreadable(error)) => Ok(Letter::line(format!(
                "I could not read the post: {error}. Nothing was changed; try again."
            ))),
            other => other,
        }
    }

    async fn run(&self, permit: &Permit<'_>, command: Command) -> Result<Letter, CaseworkError> {
        match command {
            Command::Queue => self.queue(permit).await,
            Command::Case { case } => self.show(permit, case).await,
            Command::Remove { target, rule, reason } => {
                self.request(permit, Act::Remove, &target, rule.as_deref(), &reason).await
            }
            Command::Hide { target, rule, reason } => {
                self.request(permit, Act::Hide, &target, rule.as_deref(), &reason).await
            }
            Command::Enforce { target, rule, reason } => {
                let act = match permit.in_force().charter.rulebook.find(&rule).map(|rule| rule.verdict) {
                    Some(Verdict::Hide) => Act::Hide,
                    Some(Verdict::Allow | Verdict::Flag) => {
                        return Ok(refuse(format_args!(
                            "The rule {rule:?} leaves it to you: `remove` or `hide` the post."
                        )));
                    }
                    // That there is no such rule is said with the codes there are.
                    Some(Verdict::Delete) | None => Act::Remove,
                };
                self.request(permit, act, &target, Some(&rule), &reason).await
            }
            Command::Restore { case, reason } => {
                self.request(permit, Act::Restore, &Target::Case(case), None, &reason).await
            }
            Command::Confirm { case, reason } => {
                self.request(permit, Act::Confirm, &Target::Case(case), None, &reason).await
            }
            Command::Void { case, reason } => {
                if let Some(sanction) = self.ledger.sanction(&permit.in_force().charter.group, case).await? {
                    return self.take_back(permit, &sanction, words(&reason).as_ref()).await;
                }
                self.request(permit, Act::Void, &Target::Case(case), None, &reason).await
            }
            Command::History { member } => self.history(permit, &member).await,
            Command::Appeals => self.appeals(permit).await,
            Command::Decide { case, ruling, reason } => {
                self.decide_appeal(permit, case, ruling, words(&reason).as_ref()).await
            }
            Command::Minute { case, ruling, minute, reason } => {
                let reason = words(&reason);
                let minute = Minute { decided: ruling, place: &minute, reason: reason.as_ref() };
                self.enter_minute(permit, case, &minute).await
            }
            Command::Proposals => self.proposals(permit).await,
            Command::Sign { sanction, step, reason } => {
                self.sign(permit, sanction, step, &MessageText::new(reason.join(" "))).await
            }
            Command::Decline { sanction, reason } => {
                self.decline(permit, sanction, &MessageText::new(reason.join(" "))).await
            }
            Command::Conflict { file } => self.declare_conflict(permit, file).await,
            Command::Mute { member, hours, reason } => {
                self.mute(permit, &member, hours, &MessageText::new(reason.join(" "))).await
            }
            Command::Unmute { member } => self.unmute(permit, &member).await,
            Command::Link { one, other } => self.link(permit, (&one, &other)).await,
            Command::Unlink { one, other } => self.unlink(permit, (&one, &other)).await,
            Command::Outside { file } => self.send_outside(permit, file).await,
            Command::Reply { sanction, words } => {
                self.take_side(permit, sanction, &MessageText::new(words.join(" "))).await
            }
            Command::Withdraw { file } => self.withdraw_appeal(permit, file).await,
            Command::Wordlist(command) => self.wordlist(permit, command).await,
            Command::Policy(PolicyCommand::Show) => Ok(crate::rules::show(permit.in_force())),
            Command::Policy(PolicyCommand::Set { what, value }) => {
                self.policy_set(permit, &what, &value.join(" ")).await
            }
            Command::Mode { mode } => self.set_mode(permit, mode).await,
            Command::Appeal { case, words } => {
                let words = MessageText::new(words.join(" "));
                match self.contest_report(permit, case, &words).await? {
                    Some(answer) => Ok(answer),
                    None => self.appeal(permit, case, &words).await,
                }
            }
            Command::Rules { what: None } => Ok(rules(permit)),
            Command::Rules { what: Some(RulesCommand::Post { channel }) } => {
                self.rules_post(permit, &channel).await
            }
            Command::Help => Ok(help(permit)),
            Command::Reports => self.reports(permit).await,
            Command::Answer { report, outcome, words } => {
                self.answer_report(permit, report, outcome, &MessageText::new(words.join(" "))).await
            }
            Command::Report { category, about, words } => {
                self.report(permit, category, &about, &MessageText::new(words.join(" "))).await
            }
            Command::Serve { file, day, words } => self.serve(permit, file, day.as_deref(), &words).await,
            Command::Template(TemplateCommand::List) => self.template_list(permit).await,
            Command::Template(TemplateCommand::Preview { kind, language }) => {
                self.template_preview(permit, &kind, language.unwrap_or_default())
            }
            Command::Language { language } => self.set_language(permit, language).await,
            Command::Acknowledge => self.acknowledge(permit).await,
            Command::MyRecord { form: None } => self.my_record(permit).await,
            Command::MyRecord { form: Some(RecordForm::Json) } => self.my_record_json(permit).await,
            Command::Hold { file, why } => self.hold(permit, file, &MessageText::new(why.join(" "))).await,
            Command::Release { file } => self.release_hold(permit, file).await,
            Command::Erase { target, reason } => self.erase(permit, &target, words(&reason).as_ref()).await,
            Command::Rectify { file, words } => {
                self.rectify(permit, file, &MessageText::new(words.join(" "))).await
            }
            Command::EraseMe { words: said } => self.ask_for_erasure(permit, words(&said).as_ref()).await,
            Command::Correct { file, words } => {
                self.ask_for_correction(permit, file, &MessageText::new(words.join(" "))).await
            }
            Command::Clock(ClockCommand::Confirm) => self.confirm_clock(permit).await,
            Command::Resume => self.resume(permit).await,
            Command::Breaker { what: None } => self.show_breaker(permit).await,
            Command::Breaker { what: Some(BreakerCommand::Reset) } => self.reset_breaker(permit).await,
            Command::Export { source, format, names } => {
                self.export(permit, source, format, names.unwrap_or(Names::All)).await
            }
            Command::Digest { month } => self.digest(permit, month).await,
            Command::Readmit { account, why } => {
                self.readmit(permit, &account, &MessageText::new(why.join(" "))).await
            }
        }
    }

    async fn request(
        &self,
        permit: &Permit<'_>,
        act: Act,
        target: &Target,
        rule: Option<&str>,
        reason: &[String],
    ) -> Result<Letter, CaseworkError> {
        let reason = words(reason);
        self.act(permit, &Request { act, target, rule, reason: reason.as_ref() }).await
    }

    /// Somebody who writes to the bot can be reached, it seems: what was refused is sent again.
    async fn retry_notices(&self, group: &GroupId, member: &MemberId) -> Result<(), CaseworkError> {
        let mut tx = self.ledger.begin().await?;
        if tx.retry_notices(group, member, self.now()).await? > 0 {
            self.commit(tx).await?;
        }
        Ok(())
    }

    async fn queue(&self, permit: &Permit<'_>) -> Result<Letter, CaseworkError> {
        let in_force = permit.in_force();
        let part = self.own_part(permit.who(), &in_force.charter.group).await?;
        self.waiting(in_force, &[part]).await
    }

    /// What waits for a moderator and is read by all whose part in matters is given: no file in which one of them has any.
    pub(crate) async fn waiting(
        &self,
        in_force: &InForce,
        readers: &[OwnPart],
    ) -> Result<Letter, CaseworkError> {
        let group = &in_force.charter.group;
        let now = self.now();
        let open = |file, subject: Option<&MemberId>| !readers.iter().any(|part| part.is_in(file, subject));
        let mut cases = self.ledger.queue(group, RECORD_MAX).await?;
        cases.retain(|case| open(case.reference, Some(&case.post.author)));
        let mut appeals = self.ledger.open_appeals(group, RECORD_MAX).await?;
        appeals.retain(|(file, _)| open(file.reference(), file.subject()));
        let mut stuck = self.ledger.stuck(group, RECORD_MAX).await?;
        stuck.retain(|effect| open(effect.file, None));
        let mut unserved = self.ledger.undelivered(group, RECORD_MAX).await?;
        unserved.retain(|record| open(record.notice.reference, None));
        let letter = listed([
            cases.iter().map(|case| Line::case(case, in_force, now)).collect(),
            appeals.iter().map(|(file, appeal)| Line::appeal(file, appeal, in_force, now)).collect(),
            stuck.iter().map(|effect| Line::of(effect.file, outstanding(effect))).collect(),
            unserved.iter().filter_map(service::waiting).collect(),
        ]);
        Ok(match (self.breaker_in_queue(in_force).await?, letter.blocks.is_empty()) {
            (None, true) => Letter::line("Nothing waits for a moderator."),
            (None, false) => letter,
            (Some(tripped), _) => Letter::line(tripped).and(letter),
        })
    }

    async fn history(&self, permit: &Permit<'_>, name: &str) -> Result<Letter, CaseworkError> {
        let Some(member) = account(name) else {
            return Ok(Letter::line("Name the member's account."));
        };
        let persons = self.persons(&permit.in_force().charter.group).await?;
        if persons.same(permit.who(), &member) {
            return Ok(Letter::line(
                "That is your own record: others look after it. `my-record` shows it to you.",
            )
            .offering(Offer::MyRecord));
        }
        let part = self.own_part(permit.who(), &permit.in_force().charter.group).await?;
        let (counts, mut lines) = self.record_of(permit, &member, Some(&part)).await?;
        let letter = Letter::line(format!("The record of {}:", member.as_str())).text(counts);
        let mut letter = with_lines(letter, &lines);
        let mut past_the_bot = self.past_the_bot(permit.in_force(), &member, &part).await?;
        let newest = past_the_bot.split_off(past_the_bot.len().saturating_sub(LINES_MAX));
        if !past_the_bot.is_empty() {
            let more = past_the_bot.len();
            letter =
                letter.text(format!("\u{2026} and {more} by hand before these, which stand in their files"));
        }
        letter = with_lines(letter, &newest);
        lines.extend(newest);
        let rules = self.rules_known(permit.in_force(), &member).await?;
        Ok(offering(rules.into_iter().fold(letter, Letter::text), &lines))
    }

    /// A notice as its member got it, or would have, with the names that `mask` covers taken out of people's words.
    pub(crate) async fn in_full(
        &self,
        group: &GroupId,
        record: &NoticeRecord,
        mask: &Mask<'_>,
    ) -> Result<Letter, CaseworkError> {
        let templates = self.templates_of(group, record.notice.template).await?;
        let snapshot = self.ledger.snapshot(group, record.notice.reference).await?;
        let excerpt = snapshot.as_ref().map(|snapshot| mask.post(snapshot));
        let excerpt = excerpt.filter(|text| !text.expose().is_empty());
        let reason = record.reason.as_ref().map(|reason| mask.words(reason));
        Ok(record.notice.write(&templates, excerpt.as_ref(), reason.as_ref())?)
    }

    /// A member's record: how many strikes count, and its lines, without the files in which whoever reads it has a part.
    pub(crate) async fn record_of(
        &self,
        permit: &Permit<'_>,
        member: &MemberId,
        but: Option<&OwnPart>,
    ) -> Result<(String, Vec<Line>), CaseworkError> {
        let in_force = permit.in_force();
        let group = &in_force.charter.group;
        let now = self.now();
        let shown = |file: Reference| but.is_none_or(|part| !part.is_in(file, None));
        let mut strikes = self.ledger.strikes(group, member).await?;
        strikes.retain(|(case, _)| shown(*case));
        let mut cases = self.ledger.cases_of(group, member, RECORD_MAX).await?;
        // What was only watched has no bearing on anybody's record.
        cases.retain(|case| !matches!(case.state, State::Watched { .. }) && shown(case.reference));
        let mut tx = self.ledger.begin().await?;
        let mut record = self.record_in(&mut tx, in_force, member, now).await?;
        if but.is_none() {
            // Their own account's: that another is theirs too is what others say.
            record.sanctions.retain(|sanction| sanction.member == *member);
        }
        let mut lines = record.lines(in_force, shown);
        drop(tx);
        lines.extend(cases.iter().map(|case| Line::case(case, in_force, now)));
        if lines.is_empty() {
            return Ok(("No strikes and no cases.".to_owned(), lines));
        }
        let counting = counting(&strikes, in_force, now);
        let verb = if counting == 1 { "strike counts" } else { "strikes count" };
        Ok((format!("{counting} {verb}, of {} in all.", strikes.len()), lines))
    }

    /// The cases that wait for a moderator and in which an officer has no part.
    pub(crate) async fn queue_for(&self, permit: &Permit<'_>) -> Result<Vec<Case>, CaseworkError> {
        let group = &permit.in_force().charter.group;
        let part = self.own_part(permit.who(), group).await?;
        let mut cases = self.ledger.queue(group, RECORD_MAX).await?;
        cases.retain(|case| !part.is_in(case.reference, Some(&case.post.author)));
        Ok(cases)
    }

    /// The open appeals in which an officer has no part.
    pub(crate) async fn appeals_for(
        &self,
        permit: &Permit<'_>,
    ) -> Result<Vec<(File, Appeal)>, CaseworkError> {
        let group = &permit.in_force().charter.group;
        let part = self.own_part(permit.who(), group).await?;
        let mut appeals = self.ledger.open_appeals(group, RECORD_MAX).await?;
        appeals.retain(|(file, _)| !part.is_in(file.reference(), file.subject()));
        Ok(appeals)
    }

    async fn appeals(&self, permit: &Permit<'_>) -> Result<Letter, CaseworkError> {
        let in_force = permit.in_force();
        let group = &in_force.charter.group;
        let appeals = self.appeals_for(permit).await?;
        if appeals.is_empty() {
            return Ok(Letter::line("No appeal waits."));
        }
        let shown: Vec<_> = appeals.iter().take(LINES_MAX).map(|(file, _)| file.reference()).collect();
        self.opens(permit, &shown, Access::Opened).await?;
        let mut letter = Letter::default();
        let mut lines = Vec::new();
        for (file, appeal) in appeals.iter().take(LINES_MAX) {
            let line = Line::appeal(file, appeal, in_force, self.now());
            letter = letter.text(line.text());
            for words in self.ledger.words(group, file.reference(), WordsKind::Appeal).await? {
                letter = letter.quote(words.words);
            }
            lines.push(line);
        }
        letter = offering(and_more(letter, appeals.len()), &lines);
        if appeals.iter().any(|(_, appeal)| matches!(appeal.state, AppealState::Lodged { .. })) {
            letter = letter.text("Decide one with: decide CASE accept|dismiss WHY");
        }
        if appeals.iter().any(|(_, appeal)| matches!(appeal.state, AppealState::Executive { .. })) {
            letter = letter.text(
                "The Executive's decision is entered with: minute CASE allow|vary|dismiss|refuse MINUTE WHY",
            );
        }
        Ok(letter)
    }
}

/// Something that was tried and is not done.
pub(crate) fn outstanding(effect: &Effect) -> String {
    let what = match &effect.kind {
        EffectKind::Remove => "removing the post",
        EffectKind::Repost => "putting the post back",
        EffectKind::Notify(_) => "the notice",
        EffectKind::TellOfficer(..) => "word to an officer",
        EffectKind::TellOfficers(_) => "word to the officers",
        EffectKind::Exclude(_) => "shutting the member out",
        EffectKind::Admit(_) => "letting the member in",
        EffectKind::Mute(_) => "muting the member",
        EffectKind::Unmute(_) => "letting the member post",
        EffectKind::Announce(_) => "posting the rules",
        EffectKind::Cascade => "looking for posts that carry the words on",
    };
    let how = match effect.state {
        EffectState::Refused => "refused by the platform",
        EffectState::Unknown | EffectState::Sending => "it is unknown whether it happened; tried again",
        EffectState::Pending | EffectState::Done => "tried again",
    };
    format!("{} {what} is NOT done ({} attempts; {how})", effect.file, effect.attempts)
}

fn words(words: &[String]) -> Option<MessageText> {
    let words = words.join(" ");
    (!words.trim().is_empty()).then(|| MessageText::new(words))
}

pub(crate) fn delivery(delivery: &NoticeDelivery, notice: &Notice) -> String {
    let date = |at: &Timestamp| at.long_date_time(notice.zone);
    match delivery {
        NoticeDelivery::Queued => "on its way".to_owned(),
        NoticeDelivery::Held => "held back, because what it tells of is not done".to_owned(),
        NoticeDelivery::Served { at } => format!("delivered {}", date(at)),
        NoticeDelivery::WithOfficers { at } => {
            format!("delivered in the place shared with the officers {}", date(at))
        }
        NoticeDelivery::ByHand { at } => format!("served by hand {}", at.long_date(notice.zone)),
        NoticeDelivery::Refused { at } => format!("NOT delivered, refused {}", date(at)),
    }
}

fn not_understood(error: &commands::NotACommand, place: Place) -> Letter {
    match place {
        Place::Command | Place::PrivateCommand => {
            Letter::line(error.to_string()).text("`help` lists what you can ask.")
        }
        Place::Direct => Letter::line(error.problem.clone()).text(
            "You can write to me: appeal CASE and why · reply SANCTION and your side · report CATEGORY #POST or @MEMBER and \
             why · my-record · rules · acknowledge · language en|cy · help. To appeal, use the reference in the message \
             you got.",
        ),
        Place::WithOfficers => Letter::line(error.problem.clone()).text(
            "You can write to me here: appeal CASE and why · reply SANCTION and your side · withdraw CASE · correct FILE and \
             why · rules · acknowledge · language en|cy · help. Officers read along. To appeal, use the reference in the \
             message you got.",
        ),
    }
}

fn rules(permit: &Permit<'_>) -> Letter {
    let charter = &permit.in_force().charter;
    let letter = Letter::line(format!("The rules of {}:", charter.name));
    let letter =
        charter.rulebook.rules().iter().fold(letter, |letter, rule| {
            letter.text(format!("{} ({}): {}", rule.title, rule.code, rule.text))
        });
    letter.text(format!("Questions: {}.", charter.contact))
}

fn help(permit: &Permit<'_>) -> Letter {
    let roster = &permit.in_force().charter.roster;
    let definition = commands::definition();
    let mut letter = Letter::line("What you can ask me:");
    for name in commands::names() {
        let open = match Command::audience_of(&name) {
            Audience::Member => true,
            Audience::Officers(roles) => roles.iter().any(|role| roster.holds(permit.who(), *role)),
        };
        let found = name.split(' ').try_fold(&definition, |command, word| command.find_subcommand(word));
        if let Some(command) = found.filter(|_| open) {
            let arguments: Vec<_> = command.get_positionals().map(ToString::to_string).collect();
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            letter = letter.text(format!("{} - {about}", [vec![name], arguments].concat().join(" ")));
        }
    }
    letter
}

/// An answer that says why nothing was changed.
pub(crate) fn refuse(why: impl std::fmt::Display) -> Letter {
    Letter::line(format!("{why} Nothing was changed."))
}

/// The same about a file.
pub(crate) fn refuse_in(file: Reference, why: impl std::fmt::Display) -> Letter {
    refuse(format_args!("{file}: {why}."))
}
