"""`playhead up`: the local stack, the services, the gateway and the demo in one terminal.

Begin with `run`, which starts everything in order and stops it in the opposite one. `display` is what the
terminal shows meanwhile, `welcome` the addresses and first calls that it prints.
"""
