"""The directory: what administrators tell of items, people, teams, and what is required of whom.

`rows` are the rows as they are sent, `texts` what a text may hold, `reading` makes a batch of a body and says
what is wrong with which row, `statements` are the SQL, and `store` writes a batch in one transaction.
`tables` has the same entities as reports, and `people` tells somebody who they are.
"""
