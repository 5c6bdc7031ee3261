"""Routes for some roles only. Others learn nothing, not even whether their parameters were right."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from playhead.identity import Principal
from query_api.access import require_admin, require_manager
from query_api.context import Who


async def admin(who: Who) -> Principal:
    """The principal, who is an administrator.

    Raises:
        Problem: 403.
    """
    require_admin(who)
    return who


async def manager(who: Who) -> Principal:
    """The principal, who is a manager or an administrator.

    Raises:
        Problem: 403.
    """
    require_manager(who)
    return who


Admin = Annotated[Principal, Depends(admin)]
Manager = Annotated[Principal, Depends(manager)]
