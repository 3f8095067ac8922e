"""Where messages go: Slack, Microsoft Teams, PagerDuty, e-mail, Alertmanager, any webhook."""

from airside.alerts.channels.address import Address, ChannelKind
from airside.alerts.channels.connecting import address_of
from airside.alerts.channels.delivering import deliver, requests_for
from airside.alerts.channels.request import Mail, Request
from airside.alerts.ports import DeliveryError

__all__ = ["Address", "ChannelKind", "DeliveryError", "Mail", "Request", "address_of", "deliver", "requests_for"]
