"""The routes of a Learning Record Store: saves what statements say of playing, and keeps no statements.

In reading order: `protocol` (versions, headers, parameters), `endpoints` (a request with statements), `known`
(which ids were accepted, for `409`), `resume` (the one question that is answered: where to go on).
"""
