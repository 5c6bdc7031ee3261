"""The directory of a tenant: items, people, teams, memberships and assignments. Administrators write it.

In reading order:

- `rows`, `content_row`: rows as they are sent; `texts` checks the texts in them.
- `entities`: the kinds of rows, in the order in which they refer to one another.
- `batch`: the rows of a JSON body, checked one by one; `csv_file`: the rows of a CSV file.
- `statements`, with `sql/`: the SQL. `store` runs it for batches in one transaction, and `requirements`
  computes what is required of the people concerned at its end.
- `answers`, `examples`: what the routes answer, with examples for the OpenAPI document.
- `tables`: the directory as reports; `people`: an item, and the caller's own entry.

Begin with `store`.
"""
