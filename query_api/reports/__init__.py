"""Reports: tables of many rows, each declared once for the screen, the JSON schema and the files.

Begin with `table`, the declaration. `query` composes its SQL, `cells` converts values from PostgreSQL to what
is shown, and `reader` reads a page. The reports are `people`, `teams`, `content`, `organisation` and `audit`;
`figures` holds the SQL that several share, and longer SQL is in `.sql` files beside the modules.
`content_item` and `models` are answers of the organisation's routes that are more than a table.
"""
