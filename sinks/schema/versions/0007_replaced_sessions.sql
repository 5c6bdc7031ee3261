-- A session that turns out to have begun earlier replaces its row of before. To look for that in the primary key took
-- the sink through all sessions that the person began since: with 100,000 of them a batch of 500 took 12 s, with 300,000 it
-- ran into its time limit, and everybody waited. Neither index holds a column that an update changes.
CREATE INDEX sessions_by_key ON progress.sessions (user_id, content_id, session_key);
CREATE INDEX sessions_visits ON progress.sessions (user_id, content_id, started_at) WHERE session_key LIKE '~%';
