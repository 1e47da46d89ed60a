-- A delivery becomes one row. A capture writes whole pages, and with a second table, and a counter in a third, that took two more of
-- them with each commit. A list has the short bodies of its rows in its pages, and leaves the long ones unread: what does not fit its
-- page lies behind it, so head and body stand last. A column that is added stands behind them, where to read it is to walk through the
-- body: who needs one makes the table anew, as is done here.

create table delivery_of_one_row (
    key            integer primary key,
    id             blob    not null,
    received_at_us integer not null,
    peer           text,
    client         text,
    http_version   text    not null,
    method         text    not null,
    target         text    not null,
    headers_exact  integer not null,
    body_bytes     integer not null,
    body_sha256    blob    not null,
    body_cut       text,
    body_kind      text    not null,
    token          text    not null,
    token_place    text,
    reading        text    not null,
    reply_status   integer,
    run_id         blob,
    thread_id      blob,
    attempt        text,
    head           blob    not null,
    body           blob    not null
) strict;

insert into delivery_of_one_row
select key, id, received_at_us, peer, client, http_version, method, target, headers_exact, body_bytes, body_sha256, body_cut, body_kind,
       token, token_place, reading, reply_status, run_id, thread_id, attempt, head, body
from delivery join content using (key) order by key;

drop table content;
drop table delivery;
alter table delivery_of_one_row rename to delivery;
create index delivery_by_run on delivery (run_id) where run_id is not null;
create index delivery_by_thread on delivery (key >> 10, thread_id) where thread_id is not null;

-- The newest delivery tells both. Whoever lets single deliveries be deleted must keep the last seq somewhere else: it is never reused.
alter table endpoint drop column last_seq;
alter table endpoint drop column last_received_at_us;
