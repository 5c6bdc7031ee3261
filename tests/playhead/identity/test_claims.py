"""The claims of the makers of identity providers, as their documentation shows them."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from playhead.identity import InvalidTokenError, MintingRefusedError, Verifier, mint_development_token
from playhead.identity.claims import ClaimNames
from playhead.identity.subjects import subject_id, tenant_id
from playhead.progress.identifiers import TenantId, UserId
from playhead.settings import TokenSettings

TENANT = TenantId("11111111-1111-4111-8111-1111111111aa")
USER = UserId("22222222-2222-4222-8222-2222222222bb")
KEYCLOAK = {
    "sub": USER,
    "preferred_username": "ada",
    "organization": ["acme"],
    "realm_access": {"roles": ["offline_access", "playhead-managers"]},
    "resource_access": {"playhead": {"roles": ["admin"]}, "account": {"roles": ["manage-account"]}},
}
ENTRA = {
    "sub": "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ",
    "oid": USER,
    "tid": TENANT,
    "roles": ["Learning.Admin"],
}
AUTH0 = {
    "sub": "auth0|507f1f77bcf86cd799439011",
    "org_id": "org_9ybsU1dN2dKfDkBi",
    "https://playhead.example/roles": ["manager"],
}
OKTA = {"sub": "ada@example.org", "uid": "00uid4BxXw6I6TV4m0g3", "groups": ["Everyone", "Playhead Admins"]}
COGNITO = {
    "sub": USER,
    "custom:tenant": "acme",
    "cognito:groups": ["eu-west-1_aaaaaaaaa_Google", "managers"],
}


def names(**settings: Any) -> ClaimNames:
    return ClaimNames.of(
        TokenSettings.model_validate({f"token_{name}": each for name, each in settings.items()})
    )


def read(found: ClaimNames, claims: dict[str, Any]) -> tuple[TenantId, UserId, frozenset[str]]:
    tenant = found.tenant_of(claims)
    return tenant, found.user_of(claims, tenant), found.roles_of(claims)


@pytest.mark.parametrize(
    ("claims", "settings", "expected"),
    [
        (
            KEYCLOAK,
            {"tenant_claim": "organization", "roles_claim": "resource_access.playhead.roles"},
            (tenant_id("acme"), USER, {"admin"}),
        ),
        (
            KEYCLOAK,
            {
                "tenant": "acme",
                "roles_claim": "realm_access.roles",
                "role_map": "playhead-managers=manager, playhead-admins=admin",
            },
            (tenant_id("acme"), USER, {"manager"}),
        ),
        (
            ENTRA,
            {"subject_claim": "oid", "tenant_claim": "tid", "role_map": "Learning.Admin=admin"},
            (TENANT, USER, {"admin"}),
        ),
        (
            AUTH0,
            {"tenant_claim": "org_id", "roles_claim": "https://playhead.example/roles"},
            (
                tenant_id("org_9ybsU1dN2dKfDkBi"),
                subject_id(tenant_id("org_9ybsU1dN2dKfDkBi"), "auth0|507f1f77bcf86cd799439011"),
                {"manager"},
            ),
        ),
        (
            OKTA,
            {
                "subject_claim": "uid",
                "tenant": TENANT,
                "roles_claim": "groups",
                "role_map": "Playhead Admins=admin",
            },
            (TENANT, subject_id(TENANT, "00uid4BxXw6I6TV4m0g3"), {"admin"}),
        ),
        (
            COGNITO,
            {
                "tenant_claim": "custom:tenant",
                "roles_claim": "cognito:groups",
                "role_map": "managers=manager",
            },
            (tenant_id("acme"), USER, {"manager"}),
        ),
    ],
    ids=["keycloak-organization", "keycloak-realm", "entra", "auth0", "okta", "cognito"],
)
def test_each_makers_tokens(
    claims: dict[str, Any], settings: dict[str, Any], expected: tuple[TenantId, UserId, set[str]]
) -> None:
    tenant, user, roles = expected
    assert read(names(**settings), claims) == (tenant, user, frozenset(roles))


def test_names_that_are_no_uuids_give_the_same_ids_for_ever() -> None:
    """What an earlier release stored is found under these ids."""
    assert tenant_id("acme") == "73edf541-8750-512e-a73c-0a792e3f9c94"
    assert subject_id(tenant_id("acme"), "ada") == str(uuid5(UUID(tenant_id("acme")), "ada"))
    assert subject_id(TENANT, "ada") != subject_id(tenant_id("acme"), "ada")
    assert subject_id(TENANT, USER.upper()) == USER


@given(st.lists(st.text("ab.", min_size=1, max_size=4), min_size=1, max_size=4))
def test_a_claim_is_found_whatever_dots_its_names_have(path: list[str]) -> None:
    claims: Any = "found"
    for each in reversed(path):
        claims = {each: claims}
    assert names(subject_claim=".".join(path)).user_of(claims, TENANT) == subject_id(TENANT, "found")


@pytest.mark.parametrize(
    ("roles", "found"),
    [
        ("admin manager", {"admin", "manager"}),
        ("admin,manager", {"admin", "manager"}),
        ("", set()),
        ([], set()),
    ],
)
def test_roles_are_a_list_or_a_text(roles: object, found: set[str]) -> None:
    assert names().roles_of({"roles": roles}) == found
    assert names().roles_of({}) == frozenset()


def test_with_a_map_no_other_role_counts() -> None:
    assert names(role_map="hr=admin").roles_of({"roles": ["admin", "manager"]}) == frozenset()


@pytest.mark.parametrize("claims", [{}, {"sub": ""}, {"sub": 7}, {"sub": ["a"]}, {"sub": None}, {"sub": {}}])
def test_a_person_is_named_or_refused(claims: dict[str, Any]) -> None:
    with pytest.raises(InvalidTokenError, match="claim sub"):
        names().user_of(claims, TENANT)


def test_settings_that_contradict_one_another_are_refused_by_name() -> None:
    with pytest.raises(ValidationError, match="PLAYHEAD_TOKEN_TENANT and PLAYHEAD_TOKEN_TENANT_CLAIM"):
        names(tenant="acme", tenant_claim="org")
    for wrong in ("admin", "=admin", "hr="):
        with pytest.raises(ValidationError, match="PLAYHEAD_TOKEN_ROLE_MAP is a list of NAME=ROLE"):
            names(role_map=wrong)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"token_tenant": TENANT},
        {
            "token_subject_claim": "a.b",
            "token_tenant_claim": "https://x.example/tenant",
            "token_roles_claim": "c.d",
            "token_role_map": "bosses=manager",
        },
    ],
)
async def test_a_development_token_is_read_by_the_settings_that_it_was_made_with(
    settings: dict[str, Any],
) -> None:
    made = TokenSettings.model_validate(settings)
    token = mint_development_token(made, TENANT, USER, ("manager",))
    principal = await Verifier(made).principal(f"Bearer {token}")
    assert (principal.tenant_id, principal.user_id, principal.roles) == (TENANT, USER, {"manager"})


def test_a_development_token_that_no_setting_permits_is_refused() -> None:
    with pytest.raises(MintingRefusedError, match="every token is of the tenant"):
        mint_development_token(TokenSettings(token_tenant="acme"), TENANT, USER)
    with pytest.raises(MintingRefusedError, match="PLAYHEAD_TOKEN_ROLE_MAP has no name for admin"):
        mint_development_token(TokenSettings(token_role_map={"a": "b"}), TENANT, USER, ("admin",))
