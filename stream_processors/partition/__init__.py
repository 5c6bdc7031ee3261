"""What happens to one partition, from its assignment to its revocation. Begin with `worker`.

`worker` processes the batches; `workers` starts and stops one worker for each assigned partition. `start`
decides where a worker starts, `people` loads what a batch needs, `retry` repeats a step while a store is
unavailable. `monitor` asks for the facts that `watchdog` judges: does every partition that has records move?
`store_probe` finds out whether a store is unavailable to others too.
"""
