-- Begins a transaction of the sink. A pooler may have given it another session than the one before, so all settings are
-- of the transaction, and the temporary tables are made where the session has none: `incoming.sql`, which follows.
SET LOCAL TimeZone = 'UTC';
-- Every join is of a batch with a table that may be a thousand times as long. Temporary tables have no statistics, and
-- by its own choice the planner would sometimes read the whole of the long one.
SET LOCAL enable_hashjoin = off;
SET LOCAL enable_mergejoin = off;
SET LOCAL enable_seqscan = off;
-- A batch takes well under a second; beyond this, something hangs.
SET LOCAL statement_timeout = '60s';
SET LOCAL idle_in_transaction_session_timeout = '60s';
-- No notice for each table that is there already.
SET LOCAL client_min_messages = warning;
