from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.deploy.compose import DEPLOY, ROOT
from tests.image.bases import Bases, build_bases
from tests.image.engine import Engine, missing
from tests.image.stores.images import build_stand_ins
from tests.services import reachable_directory

if TYPE_CHECKING:
    from collections.abc import Iterator

TAG = "localhost/playhead"


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


@pytest.fixture(scope="session")
def image(engine: Engine, bases: Bases) -> str:
    """The image, as deploy/README.md builds it."""
    engine.build(DEPLOY / "Dockerfile", ROOT, TAG, python_image=bases.python, node_image=bases.node)
    return TAG


@pytest.fixture(scope="session")
def stand_ins(engine: Engine, bases: Bases) -> dict[str, str]:
    """The tags of the stores and the gateway, by their names in compose.yaml."""
    return build_stand_ins(engine, bases.debian)
