"""The text once every process is ready: addresses, and a first call to paste."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from playhead.identity import mint_development_token
from playhead.progress.identifiers import TenantId, UserId

if TYPE_CHECKING:
    from pathlib import Path

    from playhead.settings import TokenSettings

_TENANT = TenantId("00000000-0000-4000-8000-00000000000a")
_USER = UserId("00000000-0000-4000-8000-0000000000b1")
_CONTENT = "00000000-0000-4000-8000-0000000000c1"
_DAY_SECONDS = 86_400


def ready(port: int, data_dir: Path) -> Text:
    """Return the addresses; as `Text`, whose brackets rich does not take for markup."""
    url = f"http://127.0.0.1:{port}"
    return Text(
        f"\nready  {url}   API {url}/docs   logs {data_dir}/logs\n"
        "development: tokens are signed with a published secret, so keep this on your own machine\n"
    )


def first_calls(port: int, settings: TokenSettings) -> Text:
    """Return a call that saves progress, and one that reads it back."""
    url = f"http://127.0.0.1:{port}"
    token = mint_development_token(settings, _TENANT, _USER, (), _DAY_SECONDS)
    body = (
        f'{{"contentId":"{_CONTENT}","progressPercentage":75,'
        '"metadata":{"watchTimeSeconds":450,"lastPositionSeconds":450}}'
    )
    return Text(
        f"""Save some progress, and read it back (the token is good for a day):

TOKEN={token}
curl -X POST {url}/api/progress -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
  -d '{body}'
curl {url}/api/progress/{_CONTENT} -H "Authorization: Bearer $TOKEN"
"""
    )
