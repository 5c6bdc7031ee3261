"""What `playhead export` is made of.

`reports` names the reports, `download` brings one into a file, `counting` says how many rows a file holds,
and `progress` shows how far it is.
"""
