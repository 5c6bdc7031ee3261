"""Live streams: changes of progress as they happen, as server-sent events.

One Redis connection subscribes for all streams of the process. In reading order: `channels` decides which
subscriptions to add and remove (pure), `subscription` is the Redis connection, `hub` distributes what
arrives, `listener` is one stream's bounded queue of `events`, `views` and `members` provide the snapshots of
a person and of a team, `stream` turns both into server-sent events, `response` sends them without waiting for
a slow client, and `streams` opens and ends streams. Begin with `streams`.
"""
