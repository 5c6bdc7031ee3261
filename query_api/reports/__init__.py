"""Reports: tables of many rows, each declared once.

`table` is the declaration, `query` makes SQL of it, `cells` turns what Postgres gives into what is shown,
`cursors` tell where a page ended, and `reader` asks. The screen's pages and every export come from the same
declaration, so that they cannot differ.
"""
