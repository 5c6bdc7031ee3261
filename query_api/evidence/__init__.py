"""The evidence behind one person's progress with one item: which claims were credited, and which were not.

Begin with `explain`, which turns the stored progress and the item's policy into `ItemEvidence`; `session` is
its part for one viewing. Both are pure. `models` holds the JSON types of the answer, `reader` reads the state
and the catalogue from PostgreSQL, and `example` is the example in the OpenAPI document.
"""
