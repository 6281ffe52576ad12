pragma user_version = 8;
pragma defer_foreign_keys = on;

-- What somebody was told and the platform then refused is put right, in the place of the letter that said it, and tried
-- again later. The tables are made anew for one more kind each; what refers to them finds its rows under the same numbers.

create table notice_before as select * from notice;
create table number_before as select name, seq from sqlite_sequence where name in ('notice', 'deadline');
drop table notice;
create table notice (
    notice_id integer primary key autoincrement,
    group_id integer not null,
    file_id integer not null,
    -- Nobody for a notice to who brought a report: that is known from the table reporter alone.
    to_id integer,
    kind text not null check (kind in (
        'removed', 'hidden', 'quoted', 'cascade_removed', 'confirmed', 'strike_voided', 'restored',
        'restored_along',
        'appeal_received', 'appeal_accepted', 'appeal_dismissed', 'executive_asked', 'appeal_escalated',
        'appeal_progress', 'appeal_beyond', 'appeal_allowed', 'appeal_varied', 'appeal_dismissed_final', 'side_invited',
        'warning_issued', 'suspended', 'expelled', 'not_carried_out', 'sanction_declined', 'suspension_ended',
        'interim_muted', 'interim_ended', 'corrected', 'report_received', 'report_answered', 'report_escalated',
        'rules_welcome', 'erasure_answered', 'record_purged', 'accounts_linked', 'accounts_unlinked', 'readmitted'
    )),
    -- The notice as JSON, without anybody's words; its delivery is that of its effect.
    body text not null check (json_valid(body) and body ->> '$.kind.kind' = kind),
    written_at_ms integer not null,
    unique (file_id, notice_id),
    foreign key (group_id, file_id) references file (group_id, file_id) on delete restrict,
    foreign key (group_id, to_id) references member (group_id, member_id) on delete restrict,
    check ((kind in ('report_received', 'report_answered', 'report_escalated')) = (to_id is null))
) strict;
insert into notice (notice_id, group_id, file_id, to_id, kind, body, written_at_ms)
select notice_id, group_id, file_id, to_id, kind, body, written_at_ms from notice_before order by notice_id;
drop table notice_before;

create index notice_by_member on notice (group_id, to_id, notice_id);
-- The group comes last in these: whoever looks for the rows of a file must not be led through all of its group.
create index notice_by_time on notice (written_at_ms, group_id);
create trigger notice_is_a_communication after insert on notice
begin
    update file set communicated_at_ms = max(coalesce(communicated_at_ms, new.written_at_ms), new.written_at_ms)
    where file_id = new.file_id;
end;

create table deadline_before as select * from deadline;
drop table deadline;
create table deadline (
    deadline_id integer primary key autoincrement,
    group_id integer not null,
    file_id integer not null,
    kind text not null check (kind in (
        'review_due', 'review_overdue', 'appeal_reminder', 'appeal_due', 'appeal_progress', 'hearing_over',
        'signing_due', 'suspension_over', 'mute_review', 'mute_over', 'report_reminder', 'report_due', 'hold_review',
        'tombstone_review', 'digest_due', 'erasure_reminder', 'erasure_due', 'appeal_late', 'exclusion_again'
    )),
    due_at_ms integer not null,
    settled_at_ms integer,
    outcome text check (outcome in ('fired', 'moot')),
    unique (file_id, kind, due_at_ms),
    foreign key (group_id, file_id) references file (group_id, file_id) on delete restrict,
    check ((settled_at_ms is null) = (outcome is null))
) strict;
insert into deadline (deadline_id, group_id, file_id, kind, due_at_ms, settled_at_ms, outcome)
select deadline_id, group_id, file_id, kind, due_at_ms, settled_at_ms, outcome from deadline_before order by deadline_id;
drop table deadline_before;
create index deadline_due on deadline (due_at_ms, deadline_id) where settled_at_ms is null;

-- Numbers that were given once are not given again.
delete from sqlite_sequence where name in ('notice', 'deadline');
insert into sqlite_sequence (name, seq) select name, seq from number_before;
drop table number_before;

-- The effect in the place of whose letter that of this notice is put, until that is settled.
alter table effect add column instead_of integer references effect (effect_id) on delete restrict
    check (instead_of is null or kind = 'notify' and state in ('pending', 'sending', 'unknown') and instead_of <> effect_id);
create index effect_instead on effect (instead_of) where instead_of is not null;
