"""`playhead check`: tries what a service depends on, with the service's own settings and rights.

Begin with `services`, which says what each service uses. `kafka`, `redis`, `postgres` and `issuer` each try
one dependency and yield a `Check` a line; what is wrong names the setting. Nothing is changed, but for a
scratch key in Redis that is deleted.
"""
