"""Exports: whole reports as files.

Begin with `response`, which sends an export and breaks the connection off if it fails midway. `worker` limits
how many run at once and gives each a thread of its own, so that the event loop waits for none. `snapshot`
reads a report as of one moment, in constant memory; `csv_file`, `xlsx_file` and `parquet_file` make bytes of
its rows, and `formats` lists them.
"""
