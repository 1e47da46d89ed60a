-- More of what queries ask for is in the index of facts, so that 200,000 deliveries are searched by it in milliseconds. The name of the
-- graph gets a column for it, which only the index reads: it comes after the body.

-- In lower case, because queries ignore case. Null for a name with other characters than ASCII: SQLite knows no case of those.
alter table delivery add column graph_key text;

update delivery set graph_key = lower(reading ->> '$.run.graph_id')
where case when run_status is not null and json_valid(reading) and json_type(reading, '$.run.graph_id') = 'text'
    then length(reading ->> '$.run.graph_id') = octet_length(reading ->> '$.run.graph_id') end;

drop index delivery_facts;
create index delivery_facts on delivery (key, run_status, token, attempt_number, received_at_us, reply_status, body_bytes, graph_key);
