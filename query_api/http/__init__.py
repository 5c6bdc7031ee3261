"""What the routes share: the principal of a request, its parameters and body, and how it is answered.

`callers` verifies the token and gives routes the principal, `parameters` has those that several routes take,
`bodies` reads a body within limits, and `answers` gives a value or a report. Begin with `callers`.
"""
