-- 0008 Events by type
--
-- What an audit asks of a time, and not of a person or a study, is asked by type: what arrived, what was refused, when the
-- archive did not run. Without this, a rare type is looked for through every event there is.

create index events_by_type on events (type, n);
