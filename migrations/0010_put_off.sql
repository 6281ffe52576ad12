pragma user_version = 10;

-- How many of the tries a platform put off, because it asked for patience. Such a try says nothing about what the next one
-- does: whoever waits for a notice to be tried waits on.
alter table effect add column put_off integer not null default 0 check (put_off between 0 and attempts);

-- Whether the platform refused the last try of a deed, which is tried again because a permission may come back.
alter table effect add column denied integer not null default 0 check (
    denied = 0 or denied = 1 and state in ('pending', 'sending', 'unknown') and kind <> 'notify'
);

-- Notices that do not go because the platform refuses the deed of which they tell, for who knows how long.
create view effect_held as
select e.effect_id, e.notice_id from effect e
where e.kind = 'notify' and e.state = 'pending' and exists (
    select 1 from effect deed
    where deed.file_id = e.file_id and deed.effect_id < e.effect_id and deed.denied = 1
        and deed.kind in ('remove', 'repost', 'admit', 'mute', 'unmute')
);

drop view effect_turn;
-- Effects whose turn it is. What is done comes before what is said about it, so that nobody is told of what has not
-- happened; but whoever is put out is told first, once, because afterwards they may be out of reach. Notices to one
-- member arrive in the order in which they were written, but for one that is held back: the others do not wait for what
-- may never come.
create view effect_turn as
select e.effect_id, e.group_id, e.kind, e.lane, e.due_at_ms,
    -- Until when somebody is not put out, because the notice of it was not really tried yet: for a quarter of an hour at
    -- most, since nobody stays in a group for as long as letters are held up. It is longer than platforms keep bots from
    -- beginning conversations, and as long as the longest wait between two tries.
    case when e.kind = 'exclude' and exists (
        select 1 from effect told
        where told.file_id = e.file_id and told.effect_id < e.effect_id and told.kind = 'notify'
            and told.state = 'pending' and told.attempts = told.put_off
            -- One that waits for another which was tried in vain is not waited for.
            and not exists (
                select 1 from notice n
                join notice earlier on earlier.group_id = n.group_id and earlier.to_id = n.to_id and earlier.notice_id < n.notice_id
                join effect sending on sending.notice_id = earlier.notice_id
                where n.notice_id = told.notice_id and sending.state in ('pending', 'sending', 'unknown')
                    and not (sending.state = 'pending' and sending.attempts = sending.put_off)
            )
    ) then e.queued_at_ms + 900000 end as until_ms
from effect e
where e.state in ('pending', 'unknown')
    -- It goes along with another.
    and e.leader_id is null
    and not exists (
        select 1 from effect earlier
        where earlier.file_id = e.file_id and earlier.effect_id < e.effect_id
            and earlier.kind in ('remove', 'repost', 'admit', 'mute', 'unmute')
            and earlier.state in ('pending', 'sending', 'unknown')
            -- That it has not happened is said at once.
            and coalesce(e.event ->> '$.event', '') not in ('effect_refused', 'notice_refused')
    )
    and not exists (
        select 1 from notice n
        join notice earlier on earlier.group_id = n.group_id and earlier.to_id = n.to_id and earlier.notice_id < n.notice_id
        join effect sending on sending.notice_id = earlier.notice_id
        where n.notice_id = e.notice_id and sending.state in ('pending', 'sending', 'unknown')
            and not exists (select 1 from effect_held held where held.effect_id = sending.effect_id)
    )
    -- Of those to a reporter it is known only that the ones about one report go to one member.
    and not exists (
        select 1 from notice n
        join notice earlier on earlier.file_id = n.file_id and earlier.notice_id < n.notice_id
        join effect sending on sending.notice_id = earlier.notice_id
        where n.notice_id = e.notice_id and n.to_id is null and earlier.to_id is null
            and sending.state in ('pending', 'sending', 'unknown')
    );
