"""The live stream: a person's changes as they happen, by server-sent events.

`channels` decides what to subscribe to (pure), `subscription` carries it out on one Redis connection for the
whole process, `hub` passes what arrives on to the people listening, `stream` is one person's stream, and
`response` sends it without letting a slow client hold anything up.
"""
