-- Endpoints, their read keys, and what they caught.
--
-- The key of a delivery is its endpoint's number * 2^32 + seq: one integer keeps the rows of an endpoint together and in order, without
-- a second index to write. Summaries and contents are apart so that a list reads no bodies.

create table endpoint (
    number              integer primary key autoincrement,
    id                  blob    not null unique,
    name                text,
    token               text,
    created_at_us       integer not null,
    owner               blob,
    last_seq            integer not null default 0,
    last_received_at_us integer,
    -- 0 there, 1 deleted, 2 deleted and cleared away. The row stays, so that its id is never given out again.
    deleted             integer not null default 0
) strict;

create index endpoint_by_owner on endpoint (owner, number) where owner is not null;
create index endpoint_deleted on endpoint (number) where deleted = 1;

create table read_key (
    hash     blob    not null,
    endpoint integer not null,
    primary key (endpoint, hash)
) strict, without rowid;

create table delivery (
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
    -- Null when the sender was gone before an answer.
    reply_status   integer
) strict;

create table content (
    key  integer primary key,
    head blob not null,
    body blob not null
) strict;
