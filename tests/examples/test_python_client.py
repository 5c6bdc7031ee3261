"""The generated Python client, made as `make client` makes it, against the running services."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from playhead.identity import mint_development_token
from playhead.progress import TenantId, UserId
from playhead.settings import TokenSettings
from tests.faults.pipeline import Pipeline, until
from tests.services import reachable_directory

pytestmark = pytest.mark.services

REPOSITORY = Path(__file__).parents[2]
READABLE_S = 20


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    target = tmp_path_factory.mktemp("client") / "client"
    argv = ["make", "--silent", "client", f"CLIENT={target}"]
    made = subprocess.run(argv, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=300)
    assert made.returncode == 0, made.stdout + made.stderr
    sys.path.insert(0, str(target))
    yield target
    sys.path.remove(str(target))


@pytest.mark.chaos
def test_it_saves_and_reads_by_the_names_of_the_document(package: Path) -> None:
    assert (package / "pyproject.toml").exists()
    client: Any = import_module("playhead_client")
    models: Any = import_module("playhead_client.models")
    api = "playhead_client.api.progress"
    save: Any = import_module("playhead_client.api.saving.save_progress")
    read: Any = import_module(f"{api}.read_person_api_progress_get")
    user, item = str(uuid4()), str(uuid4())
    token = mint_development_token(TokenSettings(), TenantId(str(uuid4())), UserId(user), (), 600)
    with reachable_directory() as directory:
        pipeline = Pipeline(directory)
        try:
            with client.AuthenticatedClient(pipeline.url, token=token) as signed_in:
                body = models.HeartbeatBody.from_dict({"contentId": item, "progressPercentage": 75})
                assert save.sync_detailed(client=signed_in, body=body).status_code == 202
                mine = until(lambda: _items(read.sync(client=signed_in)), READABLE_S, "the save to be read")
                assert [(str(each.content_id), each.progress) for each in mine] == [(item, 75)]
            with client.AuthenticatedClient(pipeline.url, token="none") as stranger:
                refused = read.sync(client=stranger)
                assert (type(refused).__name__, refused.status) == ("ProblemDetails", 401)
        finally:
            pipeline.stop()


def _items(answer: Any) -> Any:
    return answer.items or None
