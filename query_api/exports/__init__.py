"""Exports: whole reports as files.

`snapshot` reads a report from Postgres as it stood at one moment, in constant memory; `csv_file`, `xlsx_file`
and `parquet_file` make bytes of its rows, and `formats` says which there are. `worker` gives each export a
thread of its own, so that the event loop never waits for one; `response` sends what comes out, and breaks the
connection off where it ends too early.
"""
