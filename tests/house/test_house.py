"""What CONTRIBUTING.md says of the layout, held to the files."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path
from statistics import median

from tests.house.source import PRODUCT, lines_of, modules, public_types

LONGEST_MODULE = 300
SHORTEST_MEDIAN = 80
MOST_EXCEPTIONS = 40
LARGEST_FOLDER = 16
NOQA = re.compile(r"#\s*noqa\b(?P<rest>.*)")
OPENS_REDIS = re.compile(
    r"(?<!class )\bRedis(?:Client|Cluster)?\(|\bConnectionPool\(|\.(?:from_url|from_pool|master_for)\("
)
REASON = re.compile(r":\s*[A-Z0-9, ]+-\s+\S+")


def test_a_public_type_has_a_name_of_its_own() -> None:
    places = defaultdict(list)
    for path in modules(*PRODUCT):
        for name in public_types(path):
            places[name].append(str(path))
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_one_module_knows_how_to_connect_to_kafka() -> None:
    """Besides it, only the local broker's own check, which asks whether it is up."""
    naming = {
        str(path) for path in modules(*PRODUCT) if any("bootstrap.servers" in each for each in lines_of(path))
    }
    assert naming == {"playhead/kafka/connection.py", "operations/local/stores/kafka.py"}


def test_one_package_opens_clients_of_redis() -> None:
    """Besides it, only the local server's own check, which asks whether it is up."""
    opening = {
        str(path) for path in modules(*PRODUCT) if any(OPENS_REDIS.search(each) for each in lines_of(path))
    }
    assert opening == {
        "operations/local/stores/redis.py",
        "operations/local/stores/stack.py",  # its `Redis` is the process of a server
        "playhead/redis/connection.py",
    }


def test_no_module_is_longer_than_can_be_read_at_once() -> None:
    lengths = {str(path): len(lines_of(path)) for path in modules(*PRODUCT, "tests", "benchmarks")}
    assert {path: length for path, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_modules_are_ideas_rather_than_fragments() -> None:
    lengths = [len(lines_of(path)) for path in modules(*PRODUCT) if path.name != "__init__.py"]
    assert median(lengths) >= SHORTEST_MEDIAN


def test_a_folder_is_read_at_a_glance() -> None:
    sizes = Counter(path.parent for path in modules(*PRODUCT) if path.name != "__init__.py")
    # A migration that was released is never edited, so each release adds to them.
    assert {
        str(folder): size
        for folder, size in sizes.items()
        if size > LARGEST_FOLDER and folder != Path("sinks/schema/versions")
    } == {}


def test_every_package_says_what_it_is_for() -> None:
    packages = [path for path in modules(*PRODUCT) if path.name == "__init__.py"]
    silent = [str(path) for path in packages if not lines_of(path) or not lines_of(path)[0].startswith('"""')]
    assert silent == []


def test_exceptions_from_the_linters_are_few_and_have_reasons() -> None:
    found = [
        (path, match["rest"])
        for path in modules(*PRODUCT, "tests", "benchmarks")
        for line in lines_of(path)
        if path != Path("tests/house/test_house.py") and (match := NOQA.search(line))
    ]
    assert len(found) < MOST_EXCEPTIONS, f"{len(found)} lines carry a noqa"
    assert [str(path) for path, rest in found if not REASON.match(rest)] == []
