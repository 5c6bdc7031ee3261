"""Whoever was merged into another person is that person, through chains of merges."""

from __future__ import annotations

import uuid

from playhead.identity import Principal
from playhead.identity.aliases import Aliases
from playhead.progress import TenantId, UserId

TENANT, ELSEWHERE = (TenantId(str(uuid.UUID(int=number))) for number in (1, 2))
ANN, BEA, CLEO, DORA = (UserId(str(uuid.UUID(int=number))) for number in (11, 12, 13, 14))


def test_a_chain_of_merges_is_followed_to_its_end() -> None:
    aliases = Aliases([(TENANT, ANN, BEA), (TENANT, BEA, CLEO)])
    assert [aliases.user(TENANT, each) for each in (ANN, BEA, CLEO, DORA)] == [CLEO, CLEO, CLEO, DORA]


def test_an_alias_is_of_one_tenant() -> None:
    assert Aliases([(TENANT, ANN, BEA)]).user(ELSEWHERE, ANN) == ANN


def test_a_principal_keeps_its_roles_and_the_end_of_its_token() -> None:
    principal = Principal(TENANT, ANN, frozenset({"manager"}), until=5.0)
    merged = Aliases([(TENANT, ANN, BEA)]).principal(principal)
    assert (merged.user_id, merged.roles, merged.until) == (BEA, {"manager"}, 5.0)
    assert Aliases().principal(principal) is principal
    assert Aliases([(TENANT, BEA, CLEO)]).principal(principal) is principal


def test_a_circle_that_no_command_makes_ends_nevertheless() -> None:
    assert Aliases([(TENANT, ANN, BEA), (TENANT, BEA, ANN)]).user(TENANT, ANN) == BEA
