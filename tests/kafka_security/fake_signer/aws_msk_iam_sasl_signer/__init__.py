"""Stands before Amazon's signer on the path: signs nothing, as the broker of the tests takes it.

The access key is the name of the user; the broker refuses the token of `REFUSED`. Each token that is given
out is a line in the file that `FAKE_SIGNER_LOG` names, and valid for `FAKE_SIGNER_SECONDS`.
"""

from __future__ import annotations

import base64
import json
import os
import time
from pathlib import Path
from typing import Any

REFUSED = "refused"


class MSKAuthTokenProvider:
    @staticmethod
    def generate_auth_token_from_credentials_provider(region: str, provider: Any) -> tuple[str, int]:
        credentials = provider.load()
        now = time.time()
        until = now + float(os.environ["FAKE_SIGNER_SECONDS"])
        with Path(os.environ["FAKE_SIGNER_LOG"]).open("a") as log:
            log.write(f"{region} {credentials.access_key} {now}\n")
        claimed = now - 3600 if credentials.access_key == REFUSED else until
        token = f"{_part(alg='none')}.{_part(sub=credentials.access_key, iat=now, exp=claimed)}."
        return token, int(until * 1000)


def _part(**claims: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
