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

-- The key of a delivery is its rowid, so each index is ordered by it within a run and a thread.
create index delivery_by_run on delivery (run_id) where run_id is not null;
create index delivery_by_thread on delivery (thread_id) where thread_id is not null;
