-- What is set for an endpoint becomes one JSON object, so that a new setting needs no column.

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
