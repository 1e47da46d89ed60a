-- Requests that HTTP forbids to accept, for the owner of the endpoint that they name: the newest 50. Their numbers are consecutive, so the
-- highest one is how many there were.
create table refused (
    endpoint   integer not null,
    number     integer not null,
    at_us      integer not null,
    reason     text    not null,
    peer       text,
    head_bytes integer not null,
    head       blob    not null,
    primary key (endpoint, number)
) strict, without rowid;

-- Trailers of a request body, as received. Few requests have some, so they are in a table of their own, with the key of their delivery.
create table trailers (
    key   integer primary key,
    lines blob    not null
) strict;

-- A trigger, so that it holds whatever deletes. It costs each delivery that is deleted one look into a table that is mostly empty. A migration
-- that recreates the table of deliveries recreates the trigger.
create trigger delivery_with_trailers_deleted after delete on delivery
begin
    delete from trailers where key = old.key;
end;
