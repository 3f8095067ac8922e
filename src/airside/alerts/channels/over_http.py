"""Sending a request over HTTP, in bounded time. What fails is told without the address, which is a secret."""

import time
from typing import Final

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
    SSLError,
)

from airside.alerts.channels.address import Address
from airside.alerts.channels.request import Answer, Request
from airside.alerts.ports import DeliveryError

_MOST: Final = 64 * 1024
"""Bytes of an answer that are read."""
# Each before those that it is one of.
_REASONS: Final = (
    (NameResolutionError, "its host has no address"),
    (NewConnectionError, "no connection"),
    (ConnectTimeoutError, "no connection in time"),
    (ReadTimeoutError, "no answer in time"),
    (SSLError, "its certificate is not trusted, or it speaks no TLS"),
)


def send(address: Address, request: Request, timeout: float) -> Answer:
    """Send `request`, follow no redirect, and return the answer, whatever it is.

    Args:
        address: For messages, and for the proxy.
        request: What is sent.
        timeout: Seconds for the connection, and as many for the whole answer.

    Raises:
        DeliveryError: There is no answer.
    """
    limits = urllib3.Timeout(connect=timeout, read=timeout)
    proxy = address.options.get("proxy")
    with urllib3.ProxyManager(proxy) if proxy else urllib3.PoolManager() as pool:
        try:
            answer = pool.request(
                request.method,
                request.url,
                body=request.body,
                headers=dict(request.headers),
                timeout=limits,
                retries=False,
                redirect=False,
                preload_content=False,
            )
            body = _read(answer, timeout)
        except HTTPError as error:
            reason = next((words for kind, words in _REASONS if isinstance(error, kind)), type(error).__name__)
            raise DeliveryError(f"The channel {address} does not answer: {reason}") from error
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return Answer(answer.status, body.decode(errors="replace"), headers)


def _read(answer: urllib3.BaseHTTPResponse, timeout: float) -> bytes:
    """Return the beginning of the body. A server that sends a byte now and then must not hold the channel for ever."""
    end = time.monotonic() + timeout
    body = b""
    while len(body) < _MOST and time.monotonic() < end and (more := answer.read1(_MOST)):
        body += more
    answer.close()
    return body[:_MOST]
