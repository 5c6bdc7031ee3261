"""`playhead import`: the directory, and progress of another system. `directory` holds the group of both."""
