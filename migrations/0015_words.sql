pragma user_version = 15;

-- The versions of a group's own list of words: every change makes one. None is ever changed or taken away.
create table words_version (
    group_id integer not null,
    -- From 1 on, without gaps.
    version integer not null check (version > 0),
    at_ms integer not null,
    by_id integer not null,
    act text not null check (act in (
        'added', 'removed', 'taken_out', 'put_back', 'allowed', 'disallowed', 'imported', 'back'
    )),
    -- Which version was put in force again; 0 is the list before its first.
    back_to integer check (back_to >= 0 and back_to < version),
    primary key (group_id, version),
    foreign key (group_id, by_id) references member (group_id, member_id) on delete restrict,
    check ((act = 'back') = (back_to is not null))
) strict;

-- What stands in that list, from which version on and up to which. What is no longer in it has ended; nothing is deleted.
create table own_word (
    word_id integer primary key autoincrement,
    group_id integer not null,
    -- A term to look for, a term of the files that is not looked for, or a word that is never flagged.
    what text not null check (what in ('term', 'out', 'allowed')),
    term text not null check (length(term) > 0),
    grade text check (grade in ('mild', 'medium', 'strong', 'strongest')),
    category text check (category in (
        'general', 'sexual', 'body_part', 'insult', 'race', 'religion', 'disability', 'orientation', 'gender',
        'sex', 'age'
    )),
    matching text check (matching in ('word', 'stem', 'anywhere')),
    -- What an allowed word is.
    kind text check (kind in ('place', 'surname', 'name', 'word', 'title')),
    since_version integer not null,
    -- The first version without it.
    until_version integer check (until_version > since_version),
    foreign key (group_id, since_version) references words_version (group_id, version) on delete restrict,
    foreign key (group_id, until_version) references words_version (group_id, version) on delete restrict,
    check ((what = 'term') = (grade is not null)),
    check ((what = 'term') = (category is not null)),
    check ((what = 'term') = (matching is not null)),
    check ((what = 'allowed') = (kind is not null))
) strict;

create unique index own_word_in_force on own_word (group_id, what, term) where until_version is null;
create index own_word_since on own_word (group_id, since_version);
create index own_word_until on own_word (group_id, until_version) where until_version is not null;

-- What was settled before there were versions: each change becomes one, in the order in which they came. A word came before
-- it went, also where the clock was set back in between.
create table words_before as
select group_id, at_ms, by_id, act, source, row_id,
    row_number() over (partition by group_id order by turn_ms, nth, row_id) as version
from (
    select group_id, added_at_ms as at_ms, added_at_ms as turn_ms, added_by_id as by_id, 'added' as act, 1 as nth,
        'added_word' as source, word_id as row_id
    from added_word
    union all
    select group_id, ended_at_ms, max(ended_at_ms, added_at_ms), ended_by_id, 'removed', 2, 'added_word', word_id
    from added_word where ended_at_ms is not null
    union all
    select group_id, at_ms, at_ms, by_id, 'taken_out', 3, 'excepted_word', rowid from excepted_word
);

insert into words_version (group_id, version, at_ms, by_id, act)
select group_id, version, at_ms, by_id, act from words_before order by group_id, version;

insert into own_word (group_id, what, term, grade, category, matching, since_version, until_version)
select w.group_id, 'term', w.term, w.grade, w.category, w.matching, began.version, ended.version
from added_word w
join words_before began on began.source = 'added_word' and began.act = 'added' and began.row_id = w.word_id
left join words_before ended on ended.source = 'added_word' and ended.act = 'removed' and ended.row_id = w.word_id
order by w.word_id;

insert into own_word (group_id, what, term, since_version)
select w.group_id, 'out', w.term, began.version
from excepted_word w
join words_before began on began.source = 'excepted_word' and began.row_id = w.rowid;

drop table words_before;
drop table added_word;
drop table excepted_word;

create trigger words_version_is_never_changed before update on words_version
begin select raise(abort, 'words_version is append-only'); end;
create trigger words_version_is_never_deleted before delete on words_version
begin select raise(abort, 'words_version is append-only'); end;
create trigger own_word_is_never_deleted before delete on own_word
begin select raise(abort, 'own_word is append-only'); end;
create trigger own_word_only_ends before update on own_word
when old.until_version is not null or new.until_version is null or (
    old.word_id, old.group_id, old.what, old.term, old.grade, old.category, old.matching, old.kind, old.since_version
) is not (
    new.word_id, new.group_id, new.what, new.term, new.grade, new.category, new.matching, new.kind, new.since_version
)
begin select raise(abort, 'own_word is append-only'); end;
