from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

# A law does not fail because the machine has other work.
settings.register_profile("playhead", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("playhead")

pytest_plugins = ["tests.services", "tests.redis_cluster"]


@pytest.fixture
def anyio_backend() -> str:
    """The services run on asyncio alone."""
    return "asyncio"
