pragma user_version = 5;

-- The words of a group's notices, by version, as they were when a notice was first written with them: what a notice
-- says never changes, whatever the files say today.
create table template (
    group_id integer not null references "group" on delete restrict,
    version integer not null check (version > 0),
    language text not null check (language in ('en-GB', 'cy')),
    -- Parts in the syntax of Fluent; empty for a language that the version does not word itself.
    text text not null,
    first_used_at_ms integer not null,
    primary key (group_id, version, language)
) strict;

create trigger template_is_never_changed before update on template
begin select raise(abort, 'a version of the templates is never changed'); end;

-- What went lately is compared with what is quoted now.
create index file_by_time on file (group_id, opened_at_ms);
