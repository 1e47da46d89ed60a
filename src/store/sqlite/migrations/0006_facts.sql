-- What the list of an endpoint counts and filters by, in an index of its own, so that 200,000 deliveries are counted in milliseconds and
-- without reading a row. Both columns stand behind the body, where to read them is to walk through it: only the index is read.

-- Null for what is not a run; otherwise its status, or 'other' for one that is none of the known.
alter table delivery add column run_status text;
alter table delivery add column attempt_number integer;

update delivery set
    run_status = case when json_valid(reading) and reading ->> '$.kind' = 'run' then
        case when reading ->> '$.run.status' in ('success', 'error', 'timeout', 'interrupted', 'rollback')
        then reading ->> '$.run.status' else 'other' end end,
    attempt_number = case when attempt is null then 1 when json_valid(attempt) and typeof(attempt ->> '$.number') = 'integer' then attempt ->> '$.number' end;

create index delivery_facts on delivery (key, run_status, token, attempt_number);
