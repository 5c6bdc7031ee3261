"""Stand-ins for the images of the stores and the gateway, which are in a registry.

They are of the programs that the embedded stack runs, and Debian's Redis, and understand the variables, the
commands and the health checks of `deploy/compose.yaml` and `tests/containers.py`.
"""
