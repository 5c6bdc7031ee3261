"""One public port before the two HTTP services: a reverse proxy that holds nothing back.

Bodies and event streams pass chunk by chunk in both directions; who leaves early ends the work upstream
as well; an upstream that is away is a problem with a `Retry-After`, not a hanging page.
"""
