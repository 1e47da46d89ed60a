-- What is set for an endpoint becomes one JSON object, so that a new setting needs no column; and its last seq survives the deletion of its
-- newest delivery.

-- Null once the endpoint is deleted: it holds a secret.
alter table endpoint add column settings text;

-- A reply that is no JSON becomes a string in the object. Then the settings of that endpoint cannot be read, as its reply could not be
-- before, and the other endpoints are brought along.
update endpoint set settings = json_object(
    'name', name,
    'token', json(case when token is null then '"not_asked"' else json_object('secret', token) end),
    'reply', json(case when json_valid(reply) then reply else json_quote(reply) end))
where deleted = 0;

alter table endpoint drop column name;
alter table endpoint drop column token;
alter table endpoint drop column reply;

-- The newest delivery of an endpoint has its last seq. When the newest one goes, its seq is kept here, so that it is never given out again.
alter table endpoint add column last_seq_floor integer not null default 0;

-- A trigger, so that it holds whatever deletes. Rows that are deleted from the oldest on cost it one look at the next key each. The highest
-- seq is never given out: `touch` uses it. A migration that makes the table of deliveries anew makes the trigger anew.
create trigger newest_delivery_deleted after delete on delivery
when old.key & 4294967295 < 4294967295
    and not exists (select 1 from delivery where key > old.key and key <= (old.key | 4294967295))
begin
    update endpoint set last_seq_floor = max(last_seq_floor, old.key & 4294967295) where number = old.key >> 32 and deleted = 0;
end;
