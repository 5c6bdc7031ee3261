from __future__ import annotations

from playhead.policies import ItemPolicy, Policies
from playhead.progress import ContentId, Policy
from playhead.progress.identifiers import TenantId
from playhead.progress.policy import Override

OURS, THEIRS = TenantId("ours"), TenantId("theirs")
A, B = ContentId("a"), ContentId("b")
DEFAULT = Policy(threshold=0.7, evidence="watched")
SHORT = Override(duration_ms=60_000)


def test_an_item_that_the_catalogue_says_nothing_of_goes_by_the_installations_policy() -> None:
    policies = Policies(DEFAULT)
    policies.hold(OURS, A, SHORT)
    assert policies.of(OURS, B) == policies.of(THEIRS, A) == ItemPolicy(DEFAULT)
    assert policies.of(OURS, A) == ItemPolicy(DEFAULT.under(SHORT), SHORT, SHORT)


def test_what_the_catalogue_no_longer_says_leaves() -> None:
    policies = Policies(DEFAULT)
    for content in (A, B):
        policies.hold(OURS, content, SHORT)
    policies.hold(OURS, A, None)
    policies.hold(THEIRS, A, None)
    assert (policies.of(OURS, A), len(policies)) == (ItemPolicy(DEFAULT), 3)
    policies.hold(OURS, B, None)
    assert (policies.of(OURS, B), len(policies)) == (ItemPolicy(DEFAULT), 3)
    assert [policies.is_known(OURS, A), policies.is_known(THEIRS, A), policies.is_known(THEIRS, B)] == [
        True,
        True,
        False,
    ]


def test_items_of_equal_overrides_share_a_policy() -> None:
    policies = Policies(DEFAULT)
    for tenant, content in ((OURS, A), (OURS, B), (THEIRS, A)):
        policies.hold(tenant, content, Override(threshold=0.5))
    assert policies.of(OURS, A) is policies.of(OURS, B) is policies.of(THEIRS, A)
