"""The commands of `playhead`: options, one call, and what is printed.

Begin with `main`, which registers them, and `failures`, which maps errors to messages and exit codes;
`options` are shared. The work is in the packages beside this one. They, the services and the client libraries
are imported inside the commands, so that `playhead --help` is quick: ruff bans them elsewhere (TID253).
"""
