-- The kind of a body was that of its bytes alone: JSON, text, binary, empty. It becomes what the body is as declared and decoded, so that a
-- form is a form in the list, and how the body was coded is in the reading. JSON stays JSON, unless its head says that it is coded.
-- Whether a decoded body is a run is found out only when it arrives, so older compressed runs stay what they were read as.

update delivery set
    body_kind = body_kind(head, body),
    reading = coalesce(with_coding(reading, head, body), reading)
where body_kind in ('text', 'binary') or (body_kind = 'json' and is_coded(head));
