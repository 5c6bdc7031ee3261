"""Logs in again with a password that has changed, without a restart."""

from __future__ import annotations

import logging
import threading
from typing import Protocol

from confluent_kafka import KafkaError

from playhead.kafka.connection import log_refusal
from playhead.settings import KafkaSettings

_log = logging.getLogger(__name__)


class LogsIn(Protocol):
    """The part of librdkafka's clients that `Login` uses."""

    def set_sasl_credentials(self, username: str, password: str) -> None:
        """Log in with these from now on, at once where the brokers refused the former."""


class Login:
    """An `error_cb`: logs what brokers refuse, and gives the client the password as its file has it now."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._given = self._password()
        self.client: LogsIn | None = None
        """To be set once the client is created, with this as its `error_cb`."""

    def __call__(self, error: KafkaError) -> str | None:
        """Returns what `explained` says of the error."""
        said = log_refusal(error)
        if said is not None:
            self.renew()
        return said

    def renew(self) -> None:
        """Log in with the password of the file, where it has changed."""
        password, user = self._password(), self._settings.kafka_sasl_username
        if password is None or user is None or password == self._given or self.client is None:
            return
        self._given = password
        # On another thread: within a callback, confluent-kafka (2.16 too) would lose the state of the call
        # around it and abort the process at the next one.
        renewing = threading.Thread(target=self.client.set_sasl_credentials, args=(user, password))
        renewing.start()
        _log.warning("kafka: PLAYHEAD_KAFKA_SASL_PASSWORD_FILE has changed: logging in with its new content")

    def _password(self) -> str | None:
        password = self._settings.kafka_sasl_password
        return None if password is None else password.get_secret_value()
