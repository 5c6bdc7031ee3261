"""The OpenAPI document of the public address.

`document` completes FastAPI's own with the types of the answers, the token and ingest's operations; `reports`
describes a report by the columns of its table; `examples` are made of the answers' types. Begin with
`document`.
"""
