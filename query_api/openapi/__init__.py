"""The OpenAPI document of the public address.

`document` completes FastAPI's own with the types of the answers, the token and ingest's operations.
`responses` describes the answers of a route, `reports` those of a report by the columns of its table, and
`examples` are made of the answers' types. Begin with `document`.
"""
