"""`playhead …`: one module a command. They alone build settings and start services.

What is heavy to import is imported inside the command, so that `playhead --help` answers at once.
"""
