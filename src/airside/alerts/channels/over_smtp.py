"""Handing a mail to its server."""

import smtplib
import ssl
from contextlib import suppress
from typing import Final, NoReturn
from urllib.parse import urlsplit

from airside.alerts.channels.address import Address
from airside.alerts.channels.request import Answer, Mail
from airside.alerts.plain import first_line, fit
from airside.alerts.ports import DeliveryError

_ACCEPTED: Final = 250
_FOR_GOOD: Final = 500
"""From here on a mail server means: never (RFC 5321, section 4.2.1)."""


def send(address: Address, mail: Mail, timeout: float) -> Answer:
    """Hand over `mail` for all its recipients.

    Args:
        address: Of the server.
        mail: What is sent.
        timeout: Seconds for each step of the conversation.

    Raises:
        DeliveryError: It does not take it, or not for all.
    """
    try:
        client = _connected(address, timeout)
        try:
            refused = client.sendmail(mail.sender, list(mail.recipients), mail.content)
        finally:
            with suppress(OSError, smtplib.SMTPException):
                client.quit()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        is_final = all(code >= _FOR_GOOD for code in codes)
        raise DeliveryError(f"The channel {address} takes no recipient ({codes[0]})", is_final=is_final) from error
    except smtplib.SMTPResponseException as error:
        _refused(address, error)
    except smtplib.SMTPNotSupportedError as error:
        # TLS, or the login: what the connection asks for and the server has not.
        raise DeliveryError(f"The channel {address} is not what the connection says: {error}") from error
    except (OSError, smtplib.SMTPException) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise DeliveryError(f"The channel {address} does not answer: {first_line(reason)}") from error
    if refused:
        # Final: the others have it, and would get it again.
        told = f"takes {len(mail.recipients) - len(refused)} of {len(mail.recipients)} recipients"
        raise DeliveryError(f"The channel {address} {told}", is_final=True)
    return Answer(_ACCEPTED, "accepted")


def _connected(address: Address, timeout: float) -> smtplib.SMTP:
    parts = urlsplit(address.url)
    host, port, tls = parts.hostname or "", parts.port or 0, address.options["tls"]
    if tls == "implicit":
        client: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=timeout, context=ssl.create_default_context())
    else:
        client = smtplib.SMTP(host, port, timeout=timeout)
    try:
        if tls == "starttls":
            client.starttls(context=ssl.create_default_context())
        if address.options["login"] and address.secret:
            client.login(address.options["login"], address.secret)
    except (OSError, smtplib.SMTPException):
        client.close()
        raise
    return client


def _refused(address: Address, error: smtplib.SMTPResponseException) -> NoReturn:
    raw = error.smtp_error
    answer = raw.decode(errors="replace") if isinstance(raw, bytes) else raw
    # Of a login, and of a server that wants TLS, it is the connection that is wrong, and the mail may come later.
    is_of_mail = isinstance(error, smtplib.SMTPDataError | smtplib.SMTPSenderRefused)
    raise DeliveryError(
        f"The channel {address} answers {error.smtp_code}: {fit(address.masked(first_line(answer)), 300)}",
        is_final=is_of_mail and error.smtp_code >= _FOR_GOOD,
    ) from error
