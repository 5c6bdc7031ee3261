"""How Faust's client logs in to Kafka."""

from __future__ import annotations

import asyncio

from aiokafka import AIOKafkaConsumer  # type: ignore[import-untyped]
from aiokafka.abc import AbstractTokenProvider  # type: ignore[import-untyped]
from aiokafka.client import AIOKafkaClient  # type: ignore[import-untyped]
from faust.auth import OAuthCredentials, SASLCredentials, SSLCredentials
from faust.types.auth import CredentialsT

from playhead.kafka.connection import oauth_tokens, tls_context
from playhead.kafka.tokens import TokenSource
from playhead.settings import KafkaSettings
from playhead.settings.secret_files import SecretFile


class PasswordOfFile(AIOKafkaClient):  # type: ignore[misc]  # as below
    """aiokafka's client with the password as its file has it now, for which aiokafka has no option."""

    @property
    def _sasl_plain_password(self) -> str | None:  # read for each connection
        return vars(self)["_password"].get_secret_value() if "_password" in vars(self) else None

    @_sasl_plain_password.setter
    def _sasl_plain_password(self, _: str | None) -> None:
        """The constructor's is the one that was valid when the process started."""


def read_password_again(consumer: AIOKafkaConsumer, settings: KafkaSettings) -> None:
    """Have a consumer read the password for each connection."""
    if isinstance(settings.kafka_sasl_password, SecretFile):
        client = vars(consumer)["_client"]
        vars(client)["_password"] = settings.kafka_sasl_password
        client.__class__ = PasswordOfFile


class FetchedTokens(AbstractTokenProvider):  # type: ignore[misc]  # aiokafka has no types
    """Fetches a token for each connection, on another thread."""

    def __init__(self, source: TokenSource) -> None:
        self._source = source

    async def token(self) -> str:
        """A token that is valid now."""
        return (await asyncio.to_thread(self._source)).value


def faust_credentials(settings: KafkaSettings) -> CredentialsT | None:
    """The credentials for `faust.App(broker_credentials=…)`; None where brokers ask for none."""
    context = tls_context(settings)
    if not settings.kafka_asks_for_login:
        return None if context is None else SSLCredentials(context)
    if (source := oauth_tokens(settings)) is not None:
        return OAuthCredentials(oauth_cb=FetchedTokens(source), ssl_context=context)
    password = settings.kafka_sasl_password
    return SASLCredentials(
        username=settings.kafka_sasl_username,
        password=None if password is None else password.get_secret_value(),
        ssl_context=context,
        mechanism=settings.kafka_sasl_mechanism,
    )
