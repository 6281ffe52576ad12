//! Which parts a letter of each kind has, and in which order.

use super::facts::{
    About, Cause, ErasureAnswer, Grounds, Handler, Hearer, Matter, SanctionAppeal, Varied, Why,
};
use super::part::{
    Part, Piece, counts, handler, kept_files, part, post, remedy, rule, sign_off, step, strikes, voided, why,
};
use super::{Notice, NoticeKind, Offer};
use crate::ladder::Step;
use crate::report::Outcome;
use crate::time::Timestamp;

/// A suspension lifted later than this after its end is apologised for.
const LATE_MILLIS: i64 = 60 * 60 * 1000;

impl Notice {
    /// The whole letter, in order.
    pub(super) fn pieces(&self) -> Vec<Piece> {
        let own = |id| Piece::Own(self.grouped(id).text("contact", &self.contact));
        let mut pieces = vec![Piece::Heading(self.heading_part(), self.dateline()), own("opening")];
        pieces.extend(self.body());
        pieces
            .extend([own("closing"), Piece::Part(self.grouped("signature").text("contact", &self.contact))]);
        pieces
    }

    /// What it is about, in a few words.
    pub(super) fn heading_part(&self) -> Part {
        let of_post = |id, about: &About| part(id).phrase("post", post(about.post_kind));
        match &self.kind {
            NoticeKind::Removed { about, .. }
            | NoticeKind::Quoted { about, .. }
            | NoticeKind::CascadeRemoved { about, .. } => of_post("heading-removed", about),
            NoticeKind::Hidden { about, .. } => of_post("heading-hidden", about),
            NoticeKind::Confirmed { about, .. } => of_post("heading-confirmed", about),
            NoticeKind::StrikeVoided { .. } => part("heading-strike-voided"),
            NoticeKind::Restored { about, .. } | NoticeKind::RestoredAlong { about, .. } => {
                of_post("heading-restored", about)
            }
            NoticeKind::AppealReceived { .. } => part("heading-appeal-received"),
            NoticeKind::AppealAccepted { .. } => part("heading-appeal-accepted"),
            NoticeKind::AppealDismissed { .. } | NoticeKind::AppealDismissedFinal { .. } => {
                part("heading-appeal-dismissed")
            }
            NoticeKind::ExecutiveAsked { .. } | NoticeKind::AppealEscalated { .. } => {
                part("heading-executive-asked")
            }
            NoticeKind::AppealProgress { .. } => part("heading-appeal-progress"),
            NoticeKind::AppealBeyond { .. } => part("heading-appeal-beyond"),
            NoticeKind::AppealAllowed { .. } => part("heading-appeal-allowed"),
            NoticeKind::AppealVaried { .. } => part("heading-appeal-varied"),
            NoticeKind::SideInvited { .. } => part("heading-side-invited"),
            NoticeKind::WarningIssued { .. } => part("heading-warning"),
            NoticeKind::Suspended { .. } => part("heading-suspended"),
            NoticeKind::Expelled { .. } => part("heading-expelled"),
            NoticeKind::NotCarriedOut { .. } => part("heading-not-carried-out"),
            NoticeKind::SanctionDeclined { .. } => part("heading-sanction-declined"),
            NoticeKind::SuspensionEnded { .. } => part("heading-suspension-ended"),
            NoticeKind::InterimMuted { .. } => part("heading-interim-muted"),
            NoticeKind::InterimEnded { .. } => part("heading-interim-ended"),
            NoticeKind::Corrected { .. } => part("heading-corrected"),
            NoticeKind::ReportReceived { .. } => part("heading-report-received"),
            NoticeKind::ReportAnswered { .. } => part("heading-report-answered"),
            NoticeKind::ReportEscalated { .. } => part("heading-report-escalated"),
            NoticeKind::RulesWelcome { .. } => self.grouped("heading-rules"),
            NoticeKind::ErasureAnswered { .. } => part("heading-erasure"),
            NoticeKind::RecordPurged { .. } => part("heading-purged"),
            NoticeKind::AccountsLinked => part("heading-linked"),
            NoticeKind::AccountsUnlinked => part("heading-unlinked"),
            NoticeKind::Readmitted => part("heading-readmitted"),
        }
    }

    fn dateline(&self) -> Part {
        let matter = |matter: &Matter| match matter {
            Matter::Post { .. } => "dateline-case",
            Matter::Sanction { .. } => "dateline-sanction",
        };
        let id = match &self.kind {
            NoticeKind::Removed { .. }
            | NoticeKind::Hidden { .. }
            | NoticeKind::Quoted { .. }
            | NoticeKind::CascadeRemoved { .. }
            | NoticeKind::Confirmed { .. }
            | NoticeKind::StrikeVoided { .. }
            | NoticeKind::Restored { .. }
            | NoticeKind::RestoredAlong { .. }
            | NoticeKind::AppealAccepted { .. }
            | NoticeKind::AppealDismissed { .. } => "dateline-case",
            NoticeKind::AppealReceived { matter: about, .. }
            | NoticeKind::ExecutiveAsked { matter: about, .. }
            | NoticeKind::AppealEscalated { matter: about, .. }
            | NoticeKind::AppealProgress { matter: about, .. }
            | NoticeKind::AppealBeyond { matter: about, .. }
            | NoticeKind::AppealAllowed { matter: about, .. }
            | NoticeKind::AppealVaried { matter: about, .. }
            | NoticeKind::AppealDismissedFinal { matter: about, .. } => matter(about),
            NoticeKind::WarningIssued { .. }
            | NoticeKind::Suspended { .. }
            | NoticeKind::Expelled { .. }
            | NoticeKind::NotCarriedOut { .. }
            | NoticeKind::SuspensionEnded { .. } => "dateline-sanction",
            NoticeKind::ReportReceived { .. }
            | NoticeKind::ReportAnswered { .. }
            | NoticeKind::ReportEscalated { .. } => "dateline-report",
            // What is only proposed is called no sanction.
            NoticeKind::SideInvited { .. }
            | NoticeKind::SanctionDeclined { .. }
            | NoticeKind::InterimMuted { .. }
            | NoticeKind::InterimEnded { .. }
            | NoticeKind::Corrected { .. }
            | NoticeKind::ErasureAnswered { .. }
            | NoticeKind::RecordPurged { .. }
            | NoticeKind::AccountsLinked
            | NoticeKind::AccountsUnlinked
            | NoticeKind::Readmitted => "dateline-file",
            NoticeKind::RulesWelcome { .. } => return part("dateline-none").date("date", self.written_at),
        };
        self.referring(id).date("date", self.written_at)
    }

    fn body(&self) -> Vec<Piece> {
        let says = |id| Piece::Reason(part(id));
        let plain = |id| Piece::Part(part(id));
        match &self.kind {
            NoticeKind::Removed { about, by_filter, counts: strike, standing, appeal_until } => {
                let id = if *by_filter { "removed-by-filter" } else { "removed-by-moderator" };
                self.removal(id, about, counts(*strike, standing), *appeal_until)
            }
            NoticeKind::Hidden { about, by_filter, review_due, standing, appeal_until } => {
                let id = if *by_filter { "hidden-by-filter" } else { "hidden-by-moderator" };
                let not_yet = part("counts-not-yet").date("due", *review_due);
                let not_yet = Piece::Part(not_yet.phrase("total", strikes(standing)));
                self.removal(id, about, not_yet, *appeal_until)
            }
            NoticeKind::Quoted { about, standing, appeal_until } => {
                self.removal("quoted", about, counts(false, standing), *appeal_until)
            }
            NoticeKind::CascadeRemoved { about, by_filter, standing, appeal_until } => {
                let id = if *by_filter { "carried-by-filter" } else { "carried-by-moderator" };
                self.removal(id, about, counts(false, standing), *appeal_until)
            }
            NoticeKind::Confirmed { about, counts: strike, standing, appeal_until } => {
                self.removal("confirmed", about, counts(*strike, standing), *appeal_until)
            }
            NoticeKind::StrikeVoided { about, standing } => {
                vec![self.of_post("strike-voided", about), says("moderator-says"), voided(true, standing)]
            }
            NoticeKind::Restored { about, strike_voided, standing } => {
                let what = self.of_post("restored", about);
                vec![what, says("moderator-says"), voided(*strike_voided, standing)]
            }
            NoticeKind::RestoredAlong { about, standing } => {
                let what = self.of_post("restored-along", about);
                vec![what, says("moderator-says"), voided(false, standing)]
            }

            NoticeKind::AppealReceived { matter, hearer, due } => {
                let what = self.of_matter(
                    match hearer {
                        Hearer::Moderator => "appeal-received-moderator",
                        Hearer::SameModerator => "appeal-received-same-moderator",
                        Hearer::Executive => "appeal-received-executive",
                    },
                    matter,
                );
                joined([Piece::Part(what), says("officers-say")], due.map(answer_due))
            }
            NoticeKind::AppealAccepted { about, strike_voided, standing } => {
                let what = self.of_post("appeal-accepted", about);
                vec![what, says("moderator-says"), voided(*strike_voided, standing)]
            }
            NoticeKind::AppealDismissed { about, same_moderator, standing, appeal_until } => {
                let id = if *same_moderator { "appeal-dismissed-same-moderator" } else { "appeal-dismissed" };
                vec![
                    self.of_post(id, about),
                    Piece::Part(rule(&about.rule)),
                    says("moderator-says"),
                    voided(false, standing),
                    Piece::Part(self.appealing("appeal-next").date("until", *appeal_until)),
                ]
            }
            NoticeKind::ExecutiveAsked { matter, due } => {
                let what = self.of_matter("executive-asked", matter).text("group", &self.group_name);
                joined([Piece::Part(what), says("officers-say")], due.map(answer_due))
            }
            NoticeKind::AppealEscalated { matter, was_due, due } => {
                let what = self.of_matter("appeal-escalated", matter).date("was-due", *was_due);
                vec![Piece::Part(what), says("officers-say"), answer_due(*due)]
            }
            NoticeKind::AppealProgress { matter, lodged_at, due, again_at } => {
                // A date that has passed is no promise.
                let late = *due < self.written_at;
                let id = if late { "appeal-progress-late" } else { "appeal-progress" };
                let what = self.of_matter(id, matter).date("lodged", *lodged_at);
                let what = what.date("due", *due).date("again", *again_at);
                vec![Piece::Part(what), says("executive-says")]
            }
            NoticeKind::AppealBeyond { matter, external_body } => {
                let what = self.of_matter("appeal-beyond", matter).text("body", external_body);
                vec![Piece::Part(what.text("group", &self.group_name)), says("officers-say")]
            }
            NoticeKind::AppealAllowed { matter, minute, relief, standing } => {
                let what = Piece::Part(self.of_matter("appeal-allowed", matter));
                let undone = relief.sanction.iter().flat_map(remedy);
                let undone = relief.post_back.then(|| plain("post-back")).into_iter().chain(undone);
                let left = undone.chain([voided(relief.strike_voided, standing)]);
                joined([what, in_minutes(minute), says("executive-says")], left)
            }
            NoticeKind::AppealVaried { matter, minute, varied, external_body } => vec![
                Piece::Part(self.of_matter("appeal-varied", matter)),
                in_minutes(minute),
                says("executive-says"),
                Piece::Part(match varied {
                    Varied::Reduced { was, now } => {
                        part("remedy-reduced").phrase("was", step(*was)).phrase("now", step(*now))
                    }
                    Varied::Shortened { until } => part("varied-shortened").date_time("until", *until),
                    Varied::NoStrike => part("varied-no-strike"),
                }),
                self.external(external_body),
            ],
            NoticeKind::AppealDismissedFinal { matter, heard, minute, external_body } => {
                vec![
                    Piece::Part(self.of_matter(
                        if *heard { "appeal-dismissed-final" } else { "appeal-not-heard" },
                        matter,
                    )),
                    in_minutes(minute),
                    says("executive-says"),
                    self.external(external_body),
                ]
            }

            NoticeKind::SideInvited {
                step: proposed,
                why: because,
                grounds,
                until,
                suspension_days,
                quorum,
            } => {
                let what = match proposed {
                    Step::Warning => self.grouped("side-warning"),
                    Step::Suspension => self.grouped("side-suspension").count("days", *suspension_days),
                    Step::Expulsion => self.grouped("side-expulsion"),
                };
                let reply = self.referring("side-reply").offering(Offer::Reply(self.reference));
                let next = [
                    says("officers-say"),
                    Piece::Part(reply.date_time("until", *until)),
                    plain("side-companion"),
                    Piece::Part(part("side-next").count("quorum", *quorum)),
                ];
                self.because(Piece::Part(what), Some(because), grounds, next)
            }
            NoticeKind::WarningIssued { grounds, live_months, suspension_days, sign_off: by, appeal } => {
                let next = [
                    says("officers-say"),
                    plain("warning-change"),
                    Piece::Part(part("warning-live").count("months", *live_months)),
                    Piece::Part(part("warning-next").count("days", *suspension_days)),
                    self.against_sanction(appeal),
                    sign_off(by),
                ];
                self.because(Piece::Part(self.grouped("warning-nature")), None, grounds, next)
            }
            NoticeKind::Suspended {
                why: because,
                grounds,
                from,
                until,
                live_months,
                sign_off: by,
                appeal,
            } => {
                let what = self.grouped("suspended").date_time("from", *from).date_time("until", *until);
                let next = [
                    says("officers-say"),
                    plain("suspended-return"),
                    Piece::Part(part("suspended-next").count("months", *live_months)),
                    self.against_sanction(appeal),
                    sign_off(by),
                ];
                self.because(Piece::Part(what), Some(because), grounds, next)
            }
            NoticeKind::Expelled { why: because, grounds, from, sign_off: by, appeal } => {
                let what = Piece::Part(self.grouped("expelled").date_time("from", *from));
                let next = [says("officers-say"), self.against_sanction(appeal), sign_off(by)];
                self.because(what, Some(because), grounds, next)
            }
            NoticeKind::NotCarriedOut { step: decided, told_at, appeal } => {
                let what = self.referring("not-carried-out").text("group", &self.group_name);
                let what = what.phrase("step", step(*decided)).date("told", *told_at);
                let next = plain("not-carried-out-next");
                vec![Piece::Part(what), next, says("officers-say"), self.against_sanction(appeal)]
            }
            NoticeKind::SanctionDeclined { step: proposed, standing } => vec![
                Piece::Part(self.grouped("sanction-declined").phrase("step", step(*proposed))),
                says("officers-say"),
                voided(false, standing),
            ],
            NoticeKind::SuspensionEnded { due, lifted_at, live_until } => {
                let late = lifted_at.as_millis().saturating_sub(due.as_millis()) > LATE_MILLIS;
                let late = late.then(|| Piece::Part(part("suspension-ended-late").date_time("due", *due)));
                let next = Piece::Part(part("suspension-ended-next").date("until", *live_until));
                let what = Piece::Part(self.grouped("suspension-ended"));
                joined([what], late.into_iter().chain([says("officers-say"), next]))
            }
            NoticeKind::InterimMuted { until } => vec![
                Piece::Part(self.grouped("interim-muted").date_time("until", *until)),
                says("moderator-says"),
                plain("interim-review"),
            ],
            NoticeKind::InterimEnded { early } => {
                let early = early.then(|| plain("interim-ended-early"));
                joined(
                    [Piece::Part(self.grouped("interim-ended"))],
                    early.into_iter().chain([says("officers-say")]),
                )
            }
            NoticeKind::Corrected { cause, strike_voided, sanction, standing } => {
                let id = match cause {
                    Cause::Appeal => "corrected-appeal",
                    Cause::Review => "corrected-review",
                    Cause::MistakenIdentity => "corrected-identity",
                };
                let undone = sanction.iter().flat_map(remedy).chain([voided(*strike_voided, standing)]);
                joined([Piece::Part(self.grouped(id)), says("officers-say")], undone)
            }

            NoticeKind::ReportReceived { handler: by, due } => vec![
                Piece::Part(part("report-received").with("handler", handler(by)).date("due", *due)),
                says("officers-say"),
                plain("report-private"),
            ],
            NoticeKind::ReportAnswered { handler: by, outcome, next } => vec![
                Piece::Part(self.grouped("report-answered").with("handler", handler(by))),
                plain(match outcome {
                    Outcome::Acted => "report-outcome-acted",
                    Outcome::NoBreach => "report-outcome-no-breach",
                    Outcome::Advice => "report-outcome-advice",
                    Outcome::Mediated => "report-outcome-mediated",
                    Outcome::Referred => "report-outcome-referred",
                }),
                says("officers-say"),
                Piece::Part(match next {
                    Handler::External(body) => part("report-external").text("next", body),
                    Handler::AdminTeam
                    | Handler::NamedOfficer
                    | Handler::Secretary
                    | Handler::Alternate
                    | Handler::Executive => self.appealing("report-next").with("next", handler(next)),
                }),
            ],
            NoticeKind::ReportEscalated { was_due, handler: by, due } => {
                let late = was_due.map(|was_due| Piece::Part(part("report-late").date("was-due", was_due)));
                let now = match by {
                    Handler::External(body) => self.grouped("report-beyond").text("next", body),
                    Handler::AdminTeam
                    | Handler::NamedOfficer
                    | Handler::Secretary
                    | Handler::Alternate
                    | Handler::Executive => {
                        part("report-escalated").with("handler", handler(by)).date("due", *due)
                    }
                };
                joined([], late.into_iter().chain([Piece::Part(now), says("officers-say")]))
            }

            NoticeKind::RulesWelcome { rules } => {
                let rules = rules.iter().map(|rule| {
                    Piece::Part(part("welcome-rule").text("title", &rule.title).text("text", &rule.text))
                });
                let acknowledge = part("rules-acknowledge").offering(Offer::Acknowledge);
                let end = [says("officers-say"), Piece::Part(acknowledge)];
                joined([plain("rules-intro")], rules.chain(end))
            }
            NoticeKind::ErasureAnswered { answer, kept } => {
                let what = match answer {
                    ErasureAnswer::Erased => self.grouped("erasure-erased").offering(Offer::MyRecord),
                    ErasureAnswer::PartlyErased { until } => {
                        self.grouped("erasure-partly").date("until", *until)
                    }
                    ErasureAnswer::Kept { until } => self.grouped("erasure-kept").date("until", *until),
                };
                let kept = kept.iter().map(|kept| Piece::Part(kept_files(kept)));
                joined([Piece::Part(what)], kept.chain([says("officers-say"), plain("erasure-complaint")]))
            }
            NoticeKind::RecordPurged { opened_at, kept_months } => {
                let what = self.grouped("purged").date("opened", *opened_at).count("months", *kept_months);
                vec![Piece::Part(what), says("officers-say")]
            }
            NoticeKind::AccountsLinked => self.about_accounts("linked", "linked-means"),
            NoticeKind::AccountsUnlinked => self.about_accounts("unlinked", "unlinked-means"),
            NoticeKind::Readmitted => vec![Piece::Part(self.grouped("readmitted")), says("officers-say")],
        }
    }

    /// What every removal tells: what went and what it said, the rule, the strikes, how to appeal.
    fn removal(&self, id: &'static str, about: &About, counts: Piece, appeal_until: Timestamp) -> Vec<Piece> {
        let never_seen = about.stopped.then(|| Piece::Part(part("never-seen")));
        let gone = part(if about.stopped { "text-unknown" } else { "text-erased" });
        let rest = [
            Piece::Excerpt(part("post-said").phrase("post", post(about.post_kind)), gone),
            Piece::Part(rule(&about.rule)),
            Piece::Reason(part("moderator-says")),
            counts,
            Piece::Part(self.appealing("appeal-case").date("until", appeal_until)),
        ];
        joined([self.of_post(id, about)], never_seen.into_iter().chain(rest))
    }

    /// What is told about two accounts: whose they are taken to be, which the other is, what that means, how to object.
    fn about_accounts(&self, what: &'static str, means: &'static str) -> Vec<Piece> {
        vec![
            Piece::Part(self.grouped(what)),
            Piece::Reason(part("linked-account")),
            Piece::Part(part(means)),
            Piece::Part(self.referring("linked-object")),
        ]
    }

    /// What every sanction tells: what it is, why, on what grounds, and what is `next`.
    fn because(
        &self,
        what: Piece,
        because: Option<&Why>,
        grounds: &Grounds,
        next: impl IntoIterator<Item = Piece>,
    ) -> Vec<Piece> {
        let breaches = grounds.breaches.iter().map(|breach| {
            let case = part("ground").text("reference", &breach.reference.to_string());
            let case = case.phrase("matter", self.post_phrase(&breach.about));
            Piece::Part(case.phrase("rule", rule(&breach.about.rule)))
        });
        let because = because.map(why).into_iter();
        let grounds = because.chain([Piece::Part(part("grounds"))]).chain(breaches);
        joined([what], grounds.chain(next))
    }

    fn against_sanction(&self, appeal: &SanctionAppeal) -> Piece {
        let how = self.appealing("appeal-sanction").date("until", appeal.until);
        Piece::Part(how.count("days", appeal.answer_days))
    }

    fn external(&self, body: &str) -> Piece {
        Piece::Part(self.grouped("external").text("body", body))
    }

    fn of_post(&self, id: &'static str, about: &About) -> Piece {
        Piece::Part(part(id).phrase("matter", self.post_phrase(about)))
    }

    fn post_phrase(&self, about: &About) -> Part {
        let phrase = self.grouped("matter-post").phrase("post", post(about.post_kind));
        phrase.date_time("when", about.post_written_at)
    }

    fn of_matter(&self, id: &'static str, matter: &Matter) -> Part {
        let phrase = match matter {
            Matter::Post { post_kind, post_written_at } => {
                let phrase = self.grouped("matter-post").phrase("post", post(*post_kind));
                phrase.date_time("when", *post_written_at)
            }
            Matter::Sanction { step: Step::Warning } => self.grouped("matter-warning"),
            Matter::Sanction { step: Step::Suspension } => self.grouped("matter-suspension"),
            Matter::Sanction { step: Step::Expulsion } => self.grouped("matter-expulsion"),
        };
        part(id).phrase("matter", phrase)
    }

    fn grouped(&self, id: &'static str) -> Part {
        part(id).text("group", &self.group_name)
    }

    fn referring(&self, id: &'static str) -> Part {
        part(id).text("reference", &self.reference.to_string())
    }

    /// A part that says how to appeal.
    fn appealing(&self, id: &'static str) -> Part {
        self.referring(id).offering(Offer::Appeal(self.reference))
    }
}

fn answer_due(due: Timestamp) -> Piece {
    Piece::Part(part("answer-due").date("due", due))
}

fn in_minutes(minute: &str) -> Piece {
    Piece::Part(part("minute").text("minute", minute))
}

fn joined<const N: usize>(first: [Piece; N], rest: impl IntoIterator<Item = Piece>) -> Vec<Piece> {
    first.into_iter().chain(rest).collect()
}
