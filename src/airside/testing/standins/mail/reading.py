"""Mails as a test reads them."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from airside.testing.standins.readings import Mail


def mail_in(sender: str, to: tuple[str, ...], content: bytes) -> Mail:
    """Read what an SMTP server was sent.

    Args:
        sender: Of the envelope.
        to: Of the envelope.
        content: The mail itself.
    """
    message = message_from_bytes(content, policy=default)
    headers = {name: str(value) for name, value in message.items()}
    attachments = {
        part.get_filename() or f"attachment {n}": _data(part) for n, part in enumerate(_attached(message), 1)
    }
    return Mail(
        sender, to, headers.get("Subject", ""), _text(message, "plain"), _text(message, "html"), headers, attachments
    )


def _attached(message: EmailMessage) -> list[EmailMessage]:
    return [part for part in message.walk() if part.get_content_disposition() == "attachment"]


def _text(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    if body is None:
        return ""
    data = body.get_payload(decode=True)
    text = data.decode(body.get_content_charset() or "utf-8", "replace") if isinstance(data, bytes) else ""
    return text.replace("\r\n", "\n").rstrip("\n")


def _data(part: EmailMessage) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""
