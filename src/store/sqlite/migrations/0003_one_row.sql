-- A delivery becomes one row. A capture writes whole pages, and with a second table and a counter in a third one that took two more
-- of them with each commit. The body stands last: a list reads none, since what is long lies behind the page of its row.

alter table delivery add column head blob not null default x'';
alter table delivery add column body blob not null default x'';
update delivery set (head, body) = (select content.head, content.body from content where content.key = delivery.key);
drop table content;

-- The newest delivery tells both. Whoever lets single deliveries be deleted must keep the last seq somewhere else: it is never reused.
alter table endpoint drop column last_seq;
alter table endpoint drop column last_received_at_us;
