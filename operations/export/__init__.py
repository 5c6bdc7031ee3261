"""Download a report of the query API into a file.

Begin with `reports`, which names the reports and their paths; `download` fetches one, and shows a bar.
"""
