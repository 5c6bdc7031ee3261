"""Secrets in files, as Docker and Kubernetes mount them: `PLAYHEAD_X_FILE` instead of `PLAYHEAD_X`.

`SecretFiles` is the source of every class of settings: each secret field may be in a file, and none is
declared twice. A password is a `SecretFile`, which reads its file again whenever it is used: who connects
again has the present password. An address with a password in it is read once, at start.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

MAX_BYTES = 65_536
"""Of a file: far more than a secret has."""

_log = logging.getLogger(__name__)


class SecretFileError(ValueError):
    """A file of a secret is missing, unreadable or empty; the message has setting and path, never content."""


def is_secret(field: FieldInfo) -> bool:
    """Whether a field is a secret, or an address that may contain one."""
    return is_password(field) or not field.repr


def is_password(field: FieldInfo) -> bool:
    """Whether a field is a secret by itself."""
    return field.annotation in (SecretStr, SecretStr | None)


class SecretFile(SecretStr):
    """A secret that is in a file, as the file has it when it is asked for.

    While the file cannot be read, or is empty, the secret stays as it was last.
    """

    def __init__(self, setting: str, path: Path) -> None:
        """Read the file.

        Raises:
            SecretFileError: see there.
        """
        self._setting = setting
        self._path = path
        super().__init__(read_secret(setting, path))
        self.seen = frozenset((self._secret_value,))
        """Every content so far, which no log may show."""

    def get_secret_value(self) -> str:
        """The content of the file, without the line break at its end."""
        try:
            found = read_secret(self._setting, self._path)
        except SecretFileError as error:
            _log.warning("%s; its last content is used", error)
            return self._secret_value
        if found != self._secret_value:
            self._secret_value = found
            self.seen |= {found}
        return found


def read_secret(setting: str, path: Path) -> str:
    """The content of a file, without the line break at its end.

    Raises:
        SecretFileError: see there.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise SecretFileError(f"{setting}: {path} cannot be read: {error.strerror}") from None
    if len(content) > MAX_BYTES:
        raise SecretFileError(f"{setting}: {path} has more than {MAX_BYTES} bytes, so it is no secret")
    try:
        text = content.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise SecretFileError(f"{setting}: {path} is not in UTF-8") from None
    if not text:
        raise SecretFileError(f"{setting}: {path} is empty")
    return text


class SecretFiles(PydanticBaseSettingsSource):
    """The values that `PLAYHEAD_X_FILE` variables name, and what is wrong with them under `PROBLEMS`."""

    PROBLEMS = "secret_file_problems"
    """A key that no field has: `Settings` refuses the settings for it."""

    def __init__(self, settings_cls: type[BaseSettings], variables: Mapping[str, str | None]) -> None:
        """From the variables by their names in lower case, without those that are empty."""
        super().__init__(settings_cls)
        self._prefix = str(settings_cls.model_config.get("env_prefix", ""))
        self._variables = variables

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """See the base class."""
        variable = f"{self._prefix}{field_name}_file"
        path = self._variables.get(variable.lower()) if is_secret(field) else None
        if path is None:
            return None, field_name, False
        both = f"{self._prefix}{field_name}"
        if self._variables.get(both.lower()) is not None:
            raise SecretFileError(f"{both.upper()} and {variable.upper()} are both set: set one of them")
        kind = SecretFile if is_password(field) else read_secret
        return kind(variable.upper(), Path(path)), field_name, False

    def __call__(self) -> dict[str, Any]:
        """The values by field."""
        values: dict[str, Any] = {}
        problems = []
        for name, field in self.settings_cls.model_fields.items():
            try:
                value, _, _ = self.get_field_value(field, name)
            except SecretFileError as error:
                problems.append(str(error))
                continue
            if value is not None:
                values[name] = value
        return values | ({self.PROBLEMS: problems} if problems else {})


def files_in(values: Iterator[Any]) -> Iterator[SecretFile]:
    """Those of the values that are in files."""
    return (each for each in values if isinstance(each, SecretFile))
