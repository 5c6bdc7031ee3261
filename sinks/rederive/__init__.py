"""Rows derived again after their item changed in the catalogue.

A change of an item writes a request into `progress.rederivations`. Read in this order: `rederive` (the
requests, and when each is done), `item_rederivation` (one pass over the rows of an item), `rederive_row` (one
row under another override; pure), `course_rederivation` (one pass over the people of a course).
"""
