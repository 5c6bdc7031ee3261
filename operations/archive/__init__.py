"""Months of `sessions` as Parquet files: written, verified, dropped from the database, and read again.

A month goes through these steps, and each is safe to repeat, so that a command that was killed is run again:
its file is *written* beside its place, *verified* against the database, *recorded* in `progress.archives`,
*put in place*, and its partition *dropped* unless rows came in meanwhile. The recorded SHA-256 tells which
file is right; a file that nobody recorded is never replaced.
"""
