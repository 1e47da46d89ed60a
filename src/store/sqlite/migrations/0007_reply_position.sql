-- The position in the response statuses of an endpoint that the next request that is not a LangGraph run gets: 1 for the first status. Runs
-- are not counted here: each has its own attempts.
alter table endpoint add column reply_position integer not null default 1;
