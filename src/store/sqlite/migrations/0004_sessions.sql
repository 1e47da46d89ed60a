-- What makes this installation its own, and the operator's sessions.

-- One row. The id is part of the names of cookies, so that two creels on one host do not overwrite each other's. The key authenticates
-- values that creel gives to browsers.
create table instance (
    id      text not null,
    mac_key blob not null
) strict;

-- The operator's browsers. A session belongs to the operator token that it was opened with and ends with it.
create table session (
    hash           blob    primary key,
    operator_token blob    not null,
    expires_at_us  integer not null
) strict, without rowid;

-- Captures could share a host with the pages and have kept the cookies of creel that a browser sent along. Their values go.
update delivery set head = without_own_cookies(head),
    reading = case when json_valid(reading) then json_set(reading, '$.facts.own_cookies_removed', json('true')) else reading end
where instr(head, x'637265656c5f') > 0 and without_own_cookies(head) is not head;
