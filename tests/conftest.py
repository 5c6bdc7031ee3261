from __future__ import annotations

import pytest

pytest_plugins = ["tests.services"]


@pytest.fixture
def anyio_backend() -> str:
    """The services run on asyncio alone."""
    return "asyncio"
