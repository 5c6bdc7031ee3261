from __future__ import annotations

import pytest

from tests.operations.erase.people import crowd_of_two_tenants
from tests.operations.whole_pipeline import Whole


@pytest.fixture
def watched(whole: Whole) -> Whole:
    """A crowd has watched, all of it is stored, and no service runs."""
    whole.register()
    # The author cannot write the keys of sessions without an id.
    whole.store([each for each in crowd_of_two_tenants() if each.session_id is not None])
    return whole


@pytest.fixture
def lived(whole: Whole) -> Whole:
    """A crowd has watched, and a processor and a sink have stored it."""
    whole.register()
    whole.world.send(crowd_of_two_tenants())
    with whole.at_work():
        whole.through()
    return whole
