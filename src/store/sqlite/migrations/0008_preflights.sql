-- How many CORS preflights of browsers were counted for the endpoint. They are not deliveries.
alter table endpoint add column preflights integer not null default 0;
