"""The stand-ins `slack`, `teams` and `pagerduty`."""

from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from airside.testing.standins.http import WEB
from airside.testing.standins.options import Options
from airside.testing.standins.port import Running, Surroundings
from airside.testing.standins.requirements import part

if TYPE_CHECKING:
    from airside.testing.standins.web.listening import Listeners
    from airside.testing.standins.web.receiver import RunningReceiver


class Slack(Options, frozen=True, kw_only=True):
    """A Slack; the options are those of `airside.testing.slack`."""

    api: Literal["webhook", "bot"] = "webhook"
    channel: str | None = None
    status: int = 200

    def start(self, name: str, surroundings: Surroundings) -> Running:  # noqa: ARG002 - the port's
        """Take a server of the session."""
        services = _services("slack")
        if self.api == "bot":
            reached = partial(services.reached_bot, channel=self.channel)
            return self.extended(_receiver(surroundings, services.slack_bot(self.status), reached))
        return self.extended(_receiver(surroundings, services.slack_webhook(self.status), services.reached_webhook))


class Teams(Options, frozen=True, kw_only=True):
    """A Microsoft Teams; the options are those of `airside.testing.teams`."""

    status: int = 202

    def start(self, name: str, surroundings: Surroundings) -> Running:  # noqa: ARG002 - the port's
        """Take a server of the session."""
        services = _services("teams")
        return self.extended(_receiver(surroundings, services.teams(self.status), services.reached_teams))


class Pagerduty(Options, frozen=True, kw_only=True):
    """A PagerDuty; the options are those of `airside.testing.pagerduty`."""

    status: int = 202

    def start(self, name: str, surroundings: Surroundings) -> Running:  # noqa: ARG002 - the port's
        """Take a server of the session."""
        services = _services("pagerduty")
        return self.extended(_receiver(surroundings, services.pagerduty(self.status), services.reached_pagerduty))


def _services(stand_in: str) -> Any:
    return part("airside.testing.standins.web.services", stand_in, WEB)


def _receiver(surroundings: Surroundings, answer: Any, reached: Any) -> "RunningReceiver":
    listening = part("airside.testing.standins.web.listening", "for messages", WEB)
    listeners: Listeners = surroundings.servers.shared(listening.Listeners)
    module = part("airside.testing.standins.web.receiver", "for messages", WEB)
    running: RunningReceiver = module.RunningReceiver(listeners, answer, reached)
    return running
