"""From a connection of the environment to the address of a channel."""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any, Final, NoReturn
from urllib.parse import urlsplit

from airside.alerts.channels.address import Address, ChannelKind
from airside.alerts.channels.mail import mailboxes
from airside.base.errors import UsageError
from airside.credentials.fields import Fields
from airside.credentials.uri import from_uri, normal_type
from airside.secrets.values import Connection

_SLACK_API: Final = "https://slack.com/api"
_SLACK_HOOKS: Final = "https://hooks.slack.com/services"
_PAGERDUTY: Final = "https://events.pagerduty.com"
_SUBMISSION, _IMPLICIT_TLS = 587, 465
_GUIDE: Final = "The page about the channels of alerts says what each kind of connection holds."


def address_of(connection: Connection) -> Address:
    """Return where the messages of the channel `connection` go.

    Raises:
        UsageError: It is no channel, or lacks what its kind needs; no value of it is in the message.
    """
    return _Reader(connection).address()


class _Reader:
    """Reads one connection."""

    def __init__(self, connection: Connection) -> None:
        self._name = connection.id
        self._fields = self._parsed(connection)
        self._extra = self._parsed_extra()

    def address(self) -> Address:
        kind = self._fields.conn_type or ""
        readers: Mapping[str, Callable[[], Address]] = {
            "slackwebhook": self._slack_webhook,
            "slack": self._slack,
            "msteams": self._teams,
            "pagerduty": self._pagerduty,
            "pagerduty_events": self._pagerduty,
            "smtp": self._mail,
            "alertmanager": self._alertmanager,
            "http": self._webhook,
            "https": self._webhook,
        }
        if kind not in readers:
            self._refuse(f"is of type {kind!r}, which is no channel", f"Channels are {', '.join(readers)}.")
        return readers[kind]()

    def _slack_webhook(self) -> Address:
        password, host = self._fields.password or "", self._fields.host or ""
        if password and "://" not in password:
            # As the Slack provider of Airflow has it: the host is that of all webhooks, the password the rest.
            host = host if "://" in host else f"https://{host}" if host else _SLACK_HOOKS
            return self._to(ChannelKind.SLACK_WEBHOOK, f"{host.rstrip('/')}/{password.lstrip('/')}")
        return self._to(ChannelKind.SLACK_WEBHOOK, self._whole_url())

    def _teams(self) -> Address:
        return self._to(ChannelKind.TEAMS, self._whole_url())

    def _slack(self) -> Address:
        token = self._fields.password or self._refuse(
            "has no token", "Set its password to the token of a bot (xoxb-…)."
        )
        channel = self._text("channel") or self._refuse("names no channel", "Set `channel` in its extra.")
        headers = {"Authorization": f"Bearer {token}"}
        url = self._text("base_url") or _SLACK_API
        return self._to(ChannelKind.SLACK, url.rstrip("/"), secret=token, headers=headers, options={"channel": channel})

    def _pagerduty(self) -> Address:
        key = self._fields.password or self._refuse(
            "has no integration key", "Set its password to the key of an Events API v2 integration."
        )
        url = (self._text("url") or _PAGERDUTY).rstrip("/").removesuffix("/v2/enqueue")
        return self._to(ChannelKind.PAGERDUTY, url, secret=key)

    def _alertmanager(self) -> Address:
        return self._to(ChannelKind.ALERTMANAGER, self._server_url().rstrip("/"), headers=self._authorization())

    def _webhook(self) -> Address:
        return self._to(ChannelKind.WEBHOOK, self._server_url(), headers=self._authorization())

    def _mail(self) -> Address:
        host = self._fields.host or self._refuse("has no host", "Set its host to that of the mail server.")
        recipients = self._text("to") or self._refuse("names no recipient", "Set `to` in its extra.")
        sender = self._text("from") or self._text("from_email")
        sender = sender or self._refuse("names no sender", "Set `from` in its extra.")
        if not (_are_mailboxes(recipients) and _are_mailboxes(sender)) or len(mailboxes(sender)) > 1:
            self._refuse("has an address of mail that cannot be used", "Write `name@example.com`, in ASCII.")
        port = self._fields.port or _SUBMISSION
        implicit = port == _IMPLICIT_TLS and not self._is_set("disable_ssl")
        tls = "implicit" if implicit else "none" if self._is_set("disable_tls") else "starttls"
        options = {"to": recipients, "from": sender, "login": self._fields.login or "", "tls": tls}
        place = f"[{host}]" if ":" in host else host
        return Address(
            self._name, ChannelKind.MAIL, f"smtp://{place}:{port}", self._fields.password or None, options=options
        )

    def _to(
        self,
        kind: ChannelKind,
        url: str,
        *,
        secret: str | None = None,
        headers: Mapping[str, str] | None = None,
        options: Mapping[str, str] | None = None,
    ) -> Address:
        if not _is_url(url):
            self._refuse("has no valid address", "It begins with https:// or http:// and has no user in it.")
        proxy = self._text("proxy")
        if proxy and not _is_url(proxy):
            self._refuse("has a proxy that is no valid address", _GUIDE)
        everything = {**(options or {}), **({"proxy": proxy} if proxy else {})}
        return Address(self._name, kind, url, secret, self._valid(headers or {}), everything)

    def _valid(self, headers: Mapping[str, str]) -> Mapping[str, str]:
        for name, value in headers.items():
            is_name = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
            if not (is_name and value.isascii() and value.isprintable()):
                self._refuse("has a header, a token or a password that HTTP cannot carry", _GUIDE)
        return headers

    def _whole_url(self) -> str:
        """Return the address that is the password, or else the host."""
        if self._fields.password:
            return self._fields.password
        if not self._fields.host:
            self._refuse("has no address", "Set its password to the address of the webhook.")
        return self._server_url()

    def _server_url(self) -> str:
        host = self._fields.host or self._refuse("has no host", "Set its host to an address, https://….")
        schema = self._fields.schema or ""
        is_protocol = schema in {"http", "https"}
        if "://" not in host:
            protocol = schema if is_protocol else "https" if self._fields.conn_type == "https" else "http"
            host = f"{protocol}://[{host}]" if ":" in host else f"{protocol}://{host}"
        if self._fields.port and urlsplit(host).netloc:
            parts = urlsplit(host)
            host = parts._replace(netloc=f"{parts.netloc}:{self._fields.port}").geturl()
        path = self._text("path") or ("" if is_protocol else schema)
        return f"{host.rstrip('/')}/{path.lstrip('/')}" if path else host

    def _authorization(self) -> dict[str, str]:
        named = self._extra.get("headers", {})
        if not isinstance(named, Mapping):
            self._refuse("has `headers` that are no mapping", _GUIDE)
        headers = {str(name): str(value) for name, value in named.items()}
        login, password = self._fields.login, self._fields.password
        if login:
            token = base64.b64encode(f"{login}:{password or ''}".encode()).decode()
            return {"Authorization": f"Basic {token}", **headers}
        return {"Authorization": f"Bearer {password}", **headers} if password else headers

    def _text(self, key: str) -> str:
        value = self._extra.get(key)
        if isinstance(value, list):
            return ", ".join(map(str, value))
        return "" if value is None else str(value).strip()

    def _is_set(self, key: str) -> bool:
        return self._text(key).lower() in {"true", "1", "yes"}

    def _parsed(self, connection: Connection) -> Fields:
        if connection.vault_path is not None:
            self._refuse("is in a Vault, which alerts do not ask", "Keep the connection in the documents of secrets.")
        if connection.uri is None:
            kind = normal_type(connection.conn_type) if connection.conn_type else None
            return Fields(
                kind, connection.login, connection.password, connection.host, connection.port, connection.schema,
                connection.extra,
            )  # fmt: skip
        try:
            return from_uri(connection.uri)
        except ValueError:
            # Not `from`: the message of the other quotes the URI.
            self._refuse("is no URI of a connection", _GUIDE)

    def _parsed_extra(self) -> Mapping[str, Any]:
        try:
            extra = json.loads(self._fields.extra or "{}")
        except ValueError:
            extra = None
        if not isinstance(extra, dict):
            self._refuse("has an extra that is no mapping in JSON", _GUIDE)
        return extra

    def _refuse(self, what: str, hint: str) -> NoReturn:
        raise UsageError(f"The connection {self._name!r} {what}", hint=hint) from None


def _is_url(url: str) -> bool:
    if not (url.isascii() and url.isprintable()) or " " in url:
        return False
    try:
        parts = urlsplit(url)
        has_valid_port = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return has_valid_port and parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc


def _are_mailboxes(text: str) -> bool:
    if not (text.isascii() and text.isprintable()):
        return False
    try:
        return bool(mailboxes(text))
    except ValueError:
        return False
