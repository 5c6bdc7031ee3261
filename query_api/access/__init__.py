"""Who may read whose progress, and how much of what all share one person may take.

`roles` decides by the roles of a token alone, `scopes` by the directory. `limits` counts requests, streams
and exports. `sign_ins` exchanges the code of a sign-in link for a token. Begin with `roles`.
"""

from query_api.access.roles import Person, is_admin, may_manage, own, require_admin, require_manager

__all__ = ["Person", "is_admin", "may_manage", "own", "require_admin", "require_manager"]
