### What members are told, in plain British English: short sentences, no jargon, no shaming. The rule is named, never
### the word. A message is a part of a letter; which parts a letter has, and in which order, is in `layout.rs`.
### Every message is in cy.ftl too, with the same variables. Line ends within a message are spaces.

## Words that stand in other parts

post-message = post
post-nickname = name
post-title = title
post-topic = topic

step-warning = a written warning
step-suspension = a suspension
step-expulsion = an expulsion

handler-admin-team = the admin team
handler-named-officer = the officer in charge of such matters
handler-secretary = the Secretary
handler-alternate = another trusted officer
handler-executive = the Executive Committee

matter-post = your { $post } of { $when } in { $group }
matter-warning = your written warning in { $group }
matter-suspension = your suspension from { $group }
matter-expulsion = your expulsion from { $group }

strikes =
    { $strikes ->
        [0] You have no strikes.
        [one] You have 1 strike.
       *[other] You have { $strikes } strikes.
    }

## Parts of many letters

dateline-case = Case { $reference }, { $date }.
dateline-sanction = Sanction { $reference }, { $date }.
dateline-report = Report { $reference }, { $date }.
dateline-file = Reference { $reference }, { $date }.
dateline-none = { $date }.
post-said = Your { $post } said:
text-erased = The text has been erased from our records.
text-unknown = We do not have the text: it was not given to us, or has been erased.
rule = The rule is “{ $title }”: { $text }
rule-versioned = The rule is “{ $title }” (version { $version }): { $text }
moderator-says = The moderator says:
officers-say = The officers say:
executive-says = The Executive Committee says:
counts =
    This is a strike. { $total }
    { $months ->
        [one] A strike counts for 1 month.
       *[other] A strike counts for { $months } months.
    }
    The next step may be { $next }.
counts-not = This is not a strike. { $total }
counts-not-yet =
    This is not a strike now. A moderator should look by { $due }. Then it comes back, or it stays away and may be a
    strike. { $total }
strike-cancelled = The strike no longer counts. { $total }
total = { $total }
appeal-case =
    Do you think this was wrong? Reply here with: appeal { $reference } and why. A moderator will decide. If the answer
    is no, you can ask the Executive. You have until { $until }.
appeal-next =
    You can ask the Executive Committee. Reply here with: appeal { $reference } and why. You have until { $until }.
appeal-sanction =
    Do you think this was wrong? Reply here with: appeal { $reference } and why. You have until { $until }. The
    Executive Committee decides. Nobody who took part in this decision will hear it.
    { $days ->
        [one] You will have an answer within 1 day.
       *[other] You will have an answer within { $days } days.
    }
answer-due = You will have an answer by { $due }.
external =
    This decision is final in { $group }. If you still think that it is wrong, you can write to { $body }.
signature = The admin team, { $group }. Questions: { $contact }.

## Posts

heading-removed = Your { $post } was removed
removed-by-filter =
    We removed { $matter }. Our word filter did this by itself. No person has looked at it yet.
removed-by-moderator = A moderator removed { $matter }.

never-seen =
    Nobody else saw it. The chat service stopped it as you sent it.

heading-hidden = Your { $post } is hidden for now
hidden-by-filter =
    We took down { $matter }. Our word filter did this by itself. A moderator will look at it.
hidden-by-moderator = A moderator took down { $matter } to look at it more closely.

quoted =
    We removed { $matter }, because it quotes words that break a rule. You did nothing wrong by quoting. Our word filter
    did this by itself. No person has looked at it yet.
carried-by-filter =
    We removed { $matter }, because it repeats words of a post that was removed. You did nothing wrong by answering or
    quoting it. Our bot did this by itself. No person has looked at it yet.
carried-by-moderator =
    A moderator removed { $matter }, because it repeats words of a post that was removed. You did nothing wrong by
    answering or quoting it.

heading-confirmed = Your hidden { $post } stays away
confirmed = A moderator looked at { $matter }. It stays away.

heading-strike-voided = A strike was cancelled
strike-voided = A moderator looked again at { $matter }. It stays away.

heading-restored = Your { $post } is back
restored =
    A moderator looked at { $matter }. It is allowed, and we have put it back. Sorry for the trouble.
restored-along =
    We had removed { $matter } because it carried the words of another post. That post is allowed after all, so we have
    put yours back too. Sorry for the trouble.

## Appeals

heading-appeal-received = We have your appeal
appeal-received-moderator =
    You asked us to look again at { $matter }. A moderator will read your words and answer you here.
appeal-received-same-moderator =
    You asked us to look again at { $matter }. A moderator will read your words and answer you here. It is the same
    moderator who decided before, because no other can hear it. If the answer is no, you can ask the Executive.
appeal-received-executive =
    You asked us to look again at { $matter }. The Executive Committee will read your words and answer you here. Nobody
    who took part in the decision will hear it.

heading-appeal-accepted = Your appeal was accepted
appeal-accepted =
    A moderator read your appeal about { $matter }. You were right, and we have put it back.

heading-appeal-dismissed = Your appeal was dismissed
appeal-dismissed = A moderator read your appeal about { $matter }. It stays away.
appeal-dismissed-same-moderator =
    A moderator read your appeal about { $matter }. It stays away. It was the same moderator who decided before, because
    no other could hear it.

heading-executive-asked = Your appeal goes to the Executive
executive-asked =
    You asked the Executive Committee to look at { $matter }. Their decision is final in { $group }. We have put your
    request on record for them.
appeal-escalated =
    You asked us to look again at { $matter }. You should have had an answer by { $was-due }. We are sorry that you did
    not. Your appeal has gone to the Executive Committee by itself. You need to do nothing.

heading-appeal-progress = Your appeal is still open
appeal-progress =
    On { $lodged } you asked us to look again at { $matter }. The Executive Committee still has to decide. They should
    answer by { $due }. If they have not, we will write to you again on { $again }.
appeal-progress-late =
    On { $lodged } you asked us to look again at { $matter }. The Executive Committee should have answered by { $due }. We
    are sorry that they have not. They and the Secretary have been told. If they have not answered before, we will write
    to you again on { $again }.

heading-appeal-beyond = Your appeal goes outside the group
appeal-beyond =
    You asked us to look again at { $matter }. Everybody on the Executive Committee has a part in it or decided about it
    before, so nobody in { $group } may hear your appeal. It is for { $body }. An officer hands it on to them. You can
    write to them yourself as well.

heading-appeal-allowed = Your appeal was allowed
appeal-allowed = The Executive Committee heard your appeal about { $matter }. You were right, and we are sorry.
heading-appeal-varied = Your appeal was allowed in part
appeal-varied = The Executive Committee heard your appeal about { $matter }. They agree with you in part.
appeal-dismissed-final =
    The Executive Committee heard your appeal about { $matter }. They do not agree with you. The decision stands.
appeal-not-heard =
    The Executive Committee did not hear your appeal about { $matter }, because it came too late. The decision stands.
minute = The decision is in their minutes as { $minute }.
post-back = We have put your post back.
remedy-void-warning = The written warning no longer counts.
remedy-void-suspension = The suspension no longer counts.
remedy-void-expulsion = The expulsion no longer counts.
remedy-reduced = Instead of { $was }, you have { $now }.
remedy-lifted = You can come back now.
varied-shortened = Your suspension now ends on { $until }.
varied-no-strike = Your post stays away. It is no longer a strike.

## Sanctions

heading-side-invited = We want to hear your side
side-warning =
    The officers of { $group } are thinking about sending you a written warning. Nothing is decided yet.
side-suspension =
    { $days ->
        [one] The officers of { $group } are thinking about suspending you for 1 day.
       *[other] The officers of { $group } are thinking about suspending you for { $days } days.
    }
    Nothing is decided yet.
side-expulsion =
    The officers of { $group } are thinking about expelling you for good. Nothing is decided yet.
side-reply = Please tell us your side. Reply here with: reply { $reference } and your words. You have until { $until }.
side-companion = Somebody you trust may help you, or write for you. Just tell us who.
side-next =
    After that the officers decide, with or without your words.
    { $quorum ->
        [one] One of them has to agree.
       *[other] At least { $quorum } of them have to agree.
    }
    Nobody who is involved takes part. They may choose a milder step, or none. They cannot choose a harder one. We will
    write to you either way.

why-first = Why this step: it is the first one. No earlier warning of yours still counts.
why-after-warning =
    Why this step: you had a written warning on { $served }. It counts until the end of { $until }, and this came after
    it.
why-after-suspension =
    Why this step: you were suspended until { $ended }. A new breach by the end of { $until } may lead to expulsion.
why-milder = Why this step: our rules allow { $ladder } here. The officers chose something milder.
grounds = It rests on this:
ground = Case { $reference }: { $matter }. { $rule }
sign-off = Signed off by the admin team ({ $signed } of { $of }) on { $date }.

heading-warning = A written warning
warning-nature = This is a written warning from { $group }. What you wrote broke our rules.
warning-change = Please stop this now, and keep to these rules from today.
warning-live =
    { $months ->
        [one] This warning counts for 1 month from the day you get it.
       *[other] This warning counts for { $months } months from the day you get it.
    }
warning-next =
    { $days ->
        [one] If you break a rule again in that time, you may be suspended for 1 day.
       *[other] If you break a rule again in that time, you may be suspended for { $days } days.
    }

heading-suspended = You are suspended
suspended =
    You are suspended from { $group } from { $from } until { $until }. You cannot take part here in that time.
suspended-return = After that you can come back. You do not have to ask. We will write to you on the day.
suspended-next =
    { $months ->
        [one] If you break a rule within 1 month after that, you may be expelled.
       *[other] If you break a rule within { $months } months after that, you may be expelled.
    }

heading-expelled = You are expelled
expelled = You are expelled from { $group }, from { $from } on and for good.

heading-not-carried-out = You are still in the group
not-carried-out =
    On { $told } we told you of { $step } ({ $reference }). It has not been carried out: you have not been put out of
    { $group }, and you can go on taking part.
not-carried-out-next =
    The decision itself stands on record, and the officers are looking into what went wrong. We will write to you again
    before anything is done. You need to do nothing.

heading-sanction-declined = Nothing more follows
sanction-declined =
    The officers of { $group } thought about { $step } for you. Nothing comes of it. You need to do nothing.

heading-suspension-ended = Welcome back
suspension-ended = Your suspension from { $group } is over. You can come back now, and we are glad to have you.
suspension-ended-late = It should have ended on { $due }. We are sorry that it took longer.
suspension-ended-next = Please keep to our rules. If you break one by the end of { $until }, you may be expelled.

heading-interim-muted = You cannot post for now
interim-muted =
    You cannot post in { $group } until { $until }. This is to keep things calm while we look. It is not a strike, and
    nothing is decided.
interim-review = Another officer will look at this. It may end sooner.

heading-interim-ended = You can post again
interim-ended = You can post in { $group } again. This was not a strike.
interim-ended-early = We looked at it and ended it early.

heading-corrected = We made a mistake
corrected-appeal = Your appeal in { $group } was right. What we did rested on a mistake, and we are sorry.
corrected-review = We looked again at what we did in { $group }. It was a mistake, and we are sorry.
corrected-identity =
    We took you for somebody else in { $group }. That was our mistake, and we are sorry.

## Reports

heading-report-received = We have your report
report-received =
    Thank you for telling us. Your report is now with { $handler }. You will have an answer by { $due }. If you do not, it
    goes further by itself.
report-private = We do not tell the person you wrote about that it was you.

heading-report-answered = Your report is answered
report-answered = We looked at your report in { $group }. This answer comes from { $handler }.
report-outcome-acted = We have done something about it. We do not say what, because that is somebody else’s affair.
report-outcome-no-breach = We found that it broke no rule.
report-outcome-advice = We gave advice to those it concerns.
report-outcome-mediated = Those it concerns have come to terms.
report-outcome-referred = We have passed it on to a body outside the group.
report-next = Are you not content? Reply here with: appeal { $reference } and why. It then goes to { $next }.
report-external = Are you not content? You can write to { $next }.

heading-report-escalated = Your report goes further
report-late = You should have had an answer by { $was-due }. We are sorry that you did not.
report-beyond =
    Nobody is left in { $group } who could deal with your report without having a part in it. You can write to { $next }.
report-escalated = Your report is now with { $handler }. You will have an answer by { $due }.

## Rules and records

heading-rules = Welcome to { $group }
rules-intro = These are the rules we keep to here. Please read them.
welcome-rule = { $title }: { $text }
rules-acknowledge = Please reply here with: acknowledge. Then we know that you have read them.

heading-erasure = Your request about your record
erasure-erased =
    You asked us to erase what we keep about you in { $group }. We have done so. Reports that you made are files of
    their own: they stay until their time is over, and my-record shows them.
erasure-partly =
    You asked us to erase what we keep about you in { $group }. We have erased what we could. We have to keep the rest
    until { $until }.
erasure-kept =
    You asked us to erase what we keep about you in { $group }. We cannot do so yet. We have to keep it until { $until }.
erasure-kept-files = We keep { $files } until { $until } at least: { $why }.
kept-held = we are bound to hold this for now
kept-under-appeal = an appeal about this is still open
kept-in-force = the sanction is in force
kept-sanction-counts = the sanction may still count, or be appealed
kept-strike-counts = the strike still counts
kept-rests-on-it = a sanction rests on this
kept-open = something here is not done yet
erasure-complaint = Are you not content? You can complain to the Information Commissioner, at ico.org.uk.

heading-purged = We deleted a record about you
purged =
    { $months ->
        [one] We opened this record in { $group } on { $opened }. We keep records for 1 month.
       *[other] We opened this record in { $group } on { $opened }. We keep records for { $months } months.
    }
    Then we delete them. This one is gone now.

heading-linked = Two accounts are taken for one person’s
linked = In { $group }, this account and another are now taken for one person’s.
linked-account = The other account is:
linked-means =
    Strikes on either account now count together. So do warnings, and what follows them. An officer with two accounts signs
    once.
linked-object = Is this wrong? Reply here with: correct { $reference } and why. The Secretary will look at it.

heading-unlinked = Two accounts are two people’s again
unlinked = In { $group }, this account and another are no longer taken for one person’s.
unlinked-means = Strikes on one no longer count for the other. What rested on both is taken back.

heading-readmitted = You can come back
readmitted = You were expelled from { $group }. That is over now. You can come back.
