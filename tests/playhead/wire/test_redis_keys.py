"""The names of keys: without a prefix those of all releases, with one all beneath it."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from playhead.settings import RedisSettings
from playhead.wire.redis_keys import RedisKeys

PERSON = "tenant:user"


def every(names: RedisKeys) -> list[str]:
    return [
        names.progress_hash(3, PERSON),
        names.former_progress_hash(PERSON),
        names.progress_hashes,
        names.live_channel(3, PERSON),
        names.former_live_channel(PERSON),
        names.applied_hash(3),
        names.former_applied_hash(3),
        names.probe(3),
        names.erased_tenants_hash(3),
        names.former_erased_tenants,
        names.partitions,
        names.over_quota,
        names.sign_in("digest"),
        names.sign_ins,
        names.statement("tenant", "id"),
    ]


def test_without_a_prefix_they_are_as_ever() -> None:
    assert every(RedisKeys()) == [
        "progress:{3}:tenant:user",
        "progress:{tenant:user}",
        "progress:{*",
        "live:{3}:tenant:user",
        "live:{tenant:user}",
        "applied:{3}",
        "applied:3",
        "applied:{3}:witness",
        "erased:{3}",
        "erased:tenants",
        "progress:partitions",
        "quota:over",
        "sign-in:digest",
        "sign-in:*",
        "xapi:{tenant}:id",
    ]


@pytest.mark.parametrize("prefix", ["acme:", "a", "progress:"])
def test_with_a_prefix_all_begin_with_it(prefix: str) -> None:
    names = RedisKeys(prefix)
    assert every(names) == [prefix + name for name in every(RedisKeys())]
    for key in (names.progress_hash(3, PERSON), names.former_progress_hash(PERSON)):
        assert names.is_progress_hash(key)
        assert names.person_of_hash(key) == PERSON
    for channel in (names.live_channel(3, PERSON), names.former_live_channel(PERSON)):
        assert names.person_of_channel(channel) == PERSON
    assert not names.is_progress_hash(RedisKeys("other:").progress_hash(3, PERSON))


@pytest.mark.parametrize("prefix", ["{acme}:", "acme*", "a[b", "a b", "x" * 41])
def test_a_prefix_changes_no_hash_tag_and_no_pattern(prefix: str) -> None:
    with pytest.raises(ValidationError, match="redis_key_prefix"):
        RedisSettings(redis_key_prefix=prefix)
