"""Import progress that people made elsewhere, from a CSV file.

`rows` checks the lines of a file; `importer` checks them against the directory, publishes a record of each to
the heartbeats topic and makes the receipt.
"""
