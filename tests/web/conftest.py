from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.faults.pipeline import Pipeline
from tests.services import reachable_directory
from tests.web.chromium import chromium_options
from tests.web.clips import make_clips
from tests.web.device import Device
from tests.web.host import hosted, require_built
from tests.web.house import House

Devices = Callable[..., Device]


EXPECTED_MS = 30_000
"""How long the browser may take to show what is expected: on a quiet machine, a second or two."""
expect.set_options(timeout=EXPECTED_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.services)


@pytest.fixture(scope="session")
def clips() -> Iterator[Path]:
    with reachable_directory() as directory:
        make_clips(directory)
        yield directory


@pytest.fixture(scope="session")
def host(clips: Path) -> Iterator[str]:
    """The origin of pages that are not Playhead's own."""
    require_built()
    with hosted(clips) as url:
        yield url


@pytest.fixture(scope="session")
def pipeline(clips: Path, host: str) -> Iterator[Pipeline]:
    """All of Playhead, shared by the tests of a worker: each has a tenant of its own in it."""
    environment = {
        "PLAYHEAD_INGEST_ALLOWED_ORIGINS": host,
        "PLAYHEAD_QUERY_ALLOWED_ORIGINS": host,
        "PLAYHEAD_QUERY_FRAME_ANCESTORS": host,
    }
    with reachable_directory() as directory:
        shutil.copytree(clips, directory / "media")
        running = Pipeline(directory, environment=environment)
        try:
            yield running
        finally:
            running.stop()


@pytest.fixture
def house(pipeline: Pipeline) -> Iterator[House]:
    made = House(pipeline)
    yield made
    made.close()


# Of a file, no longer: Playwright's event loop would be in the way of other tests' own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(**chromium_options())
        yield running
        running.close()


@pytest.fixture
def device(browser: Browser) -> Iterator[Devices]:
    """Makes devices: `expected` are pieces of what their consoles may say, the rest is for the context."""
    with ExitStack() as opened:

        def make(*expected: str, **options: Any) -> Device:
            return opened.enter_context(Device(browser.new_context(**options), expected))

        yield make
