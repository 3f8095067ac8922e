"""What has to be sent to a connection."""

from collections.abc import Mapping
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field

from airside.testing.expecting.part import Count, Part, Text, Texts

Headers = Annotated[
    Mapping[Text, Text], AfterValidator(lambda headers: {name.lower(): value for name, value in headers.items()})
]


class Entry(Part):
    """One thing that was sent. In texts `*` stands for any text; of mappings some keys are enough."""

    def said(self) -> dict[str, Any]:
        """Return what the file says of it."""
        return self.model_dump(exclude_unset=True, by_alias=True)


class RequestExpected(Entry):
    """An HTTP request. In texts `*` stands for any text; of mappings some keys are enough.

    Attributes:
        method: `GET`, `POST`, …
        path: Without the query.
        query: What follows the `?`, by name.
        headers: By name, in any case.
        json: The body, as JSON.
        text: The body, as text.
        status: What was answered.
    """

    method: Text | None = None
    path: Text | None = None
    query: Mapping[Text, Text] | None = None
    headers: Headers | None = None
    json_value: Any = Field(default=None, alias="json")
    text: Text | None = None
    status: Count | None = None


class MailExpected(Entry):
    """A mail. In texts `*` stands for any text; of mappings some keys are enough.

    Attributes:
        sender: The address that it is from.
        to: The addresses that it is for.
        subject: Its subject.
        text: Its plain text.
        html: Its HTML.
        headers: By name, in any case.
        attachments: By file name the text of each.
    """

    sender: Text | None = None
    to: Texts | None = None
    subject: Text | None = None
    text: Text | None = None
    html: Text | None = None
    headers: Headers | None = None
    attachments: Mapping[Text, Text] | None = None


class MessageExpected(Entry):
    """A message to a chat or a pager. In texts `*` stands for any text; of mappings some keys are enough.

    Attributes:
        channel: Where to.
        text: All that a human would read.
        body: What was sent, decoded.
    """

    channel: Text | None = None
    text: Text | None = None
    body: Any = None


E = TypeVar("E", bound=Entry)


class SentExpected(Part, Generic[E]):
    """What was sent.

    Attributes:
        all: All of it, in this order.
        some: What has to be among it, in any order.
        count: How many there were.
    """

    all: tuple[E, ...] | None = None
    some: tuple[E, ...] = ()
    count: Count | None = None


def _sent(value: Any) -> Any:
    return {"all": value} if isinstance(value, list) else value


Requests = Annotated[
    SentExpected[RequestExpected],
    BeforeValidator(_sent, json_schema_input_type=list[RequestExpected] | SentExpected[RequestExpected]),
]
Mails = Annotated[
    SentExpected[MailExpected],
    BeforeValidator(_sent, json_schema_input_type=list[MailExpected] | SentExpected[MailExpected]),
]
Messages = Annotated[
    SentExpected[MessageExpected],
    BeforeValidator(_sent, json_schema_input_type=list[MessageExpected] | SentExpected[MessageExpected]),
]
