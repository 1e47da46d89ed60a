-- Which deliveries belong to one run and to one thread, which of them are the same one sent again, and what an endpoint answers.

alter table endpoint add column reply text not null default '[200]';

alter table delivery add column run_id blob;
alter table delivery add column thread_id blob;
-- JSON; null for a first attempt of a run that was not delivered before.
alter table delivery add column attempt text;

update delivery set run_id = unhex(reading ->> '$.run.run_id', '-'), thread_id = unhex(reading ->> '$.run.thread_id', '-')
where reading ->> '$.run' is not null;
update delivery set run_id = null where length(run_id) <> 16;
update delivery set thread_id = null where length(thread_id) <> 16;

-- The key of a delivery is its rowid, so the index is ordered by it within a run. A run's id has its time in front: new ones stand
-- together at the end, and a group of captures changes few pages.
create index delivery_by_run on delivery (run_id) where run_id is not null;
-- A thread is old when it is heard of again. An index by thread alone would change a page somewhere for each capture, and double what
-- is written; so there is one for each stretch of 1024 deliveries, and to look for a thread is to look into each stretch.
create index delivery_by_thread on delivery (key >> 10, thread_id) where thread_id is not null;
