from __future__ import annotations

from playhead.progress import ContentId, Policy
from playhead.progress.identifiers import TenantId
from playhead.progress.policy import Override
from stream_processors.rules import Rule, Rules

OURS, THEIRS = TenantId("ours"), TenantId("theirs")
A, B = ContentId("a"), ContentId("b")
DEFAULT = Policy(threshold=0.7, evidence="watched")
SHORT = Override(duration_ms=60_000)


def test_an_item_that_the_catalogue_says_nothing_of_goes_by_the_installations_policy() -> None:
    rules = Rules(DEFAULT)
    rules.learn(OURS, A, SHORT)
    assert rules.of(OURS, B) == rules.of(THEIRS, A) == Rule(DEFAULT)
    assert rules.of(OURS, A) == Rule(DEFAULT.under(SHORT), SHORT)


def test_what_the_catalogue_no_longer_says_leaves() -> None:
    rules = Rules(DEFAULT)
    for content in (A, B):
        rules.learn(OURS, content, SHORT)
    rules.learn(OURS, A, None)
    rules.learn(THEIRS, A, None)
    assert (rules.of(OURS, A), len(rules)) == (Rule(DEFAULT), 3)
    rules.learn(OURS, B, None)
    assert (rules.of(OURS, B), len(rules)) == (Rule(DEFAULT), 3)
    assert [rules.is_known(OURS, A), rules.is_known(THEIRS, A), rules.is_known(THEIRS, B)] == [
        True,
        True,
        False,
    ]


def test_items_of_equal_overrides_share_a_rule() -> None:
    rules = Rules(DEFAULT)
    for tenant, content in ((OURS, A), (OURS, B), (THEIRS, A)):
        rules.learn(tenant, content, Override(threshold=0.5))
    assert rules.of(OURS, A) is rules.of(OURS, B) is rules.of(THEIRS, A)
