from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.image.bases import Bases, build_bases
from tests.image.engine import Engine, missing
from tests.services import reachable_directory

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """An engine with an empty storage."""
    if lacking := missing():
        pytest.skip(f"no image is built nor run: {', '.join(lacking)} missing on this machine")
    with reachable_directory() as directory:
        engine = Engine(directory)
        engine.configure()
        try:
            yield engine
        finally:
            engine.call("podman", "system", "reset", "--force")


@pytest.fixture(scope="session")
def bases(engine: Engine) -> Bases:
    return build_bases(engine)
