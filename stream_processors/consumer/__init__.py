"""Faust, set up to deliver batches.

`application` builds the Faust app, whose one agent submits batches to the partition workers. `batch_consumer`
is Faust's consumer with batches as messages and positions from the workers. `consumer_thread` holds the calls
to the broker, each with a time limit.
"""
