"""The `playhead` command, the stack on one machine, the demo, and the work of operators. Imports everything.

Begin with `cli`, whose commands call the packages beside it: `status` and `audit` inspect, `archive`, `erase`
and `dead_letters` change what is stored, `repartition` adds partitions, `rebase` begins a new
log, `export` and `directory` call the HTTP API, `bring_up` makes topics and schema, `up`, `local` and `demo`
run a stack on this machine. `stores`, `draining` and `topic_reader` are shared.
"""
