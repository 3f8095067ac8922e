"""A config is valid."""

from typing import Any

from airside import config
from airside.authoring.checks.operator import CheckOperator, failed, make
from airside.base.errors import AirsideError


class ConfigCheck(CheckOperator):
    """Reads a config as the work will, in the environment that it runs in."""

    template_fields = ("config",)

    def __init__(self, *, config: str, model: type[Any] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.config = config
        self.model = model

    def look(self) -> str:
        """Read it."""
        try:
            if self.model is None:
                config.get(self.config)
            else:
                config.get(self.config, self.model)
        except AirsideError as error:
            raise failed(f"The config {self.config!r}", f"is not valid: {error.message}") from error
        return f"The config {self.config!r} is valid"


def config_valid(name: str, model: type[Any] | None = None, **arguments: Any) -> ConfigCheck:
    """Return a task that fails where a config is missing, cannot be read, or is no `model`.

    Args:
        name: As for `airside.config.get`; a template.
        model: A pydantic model, a dataclass, or any other type that pydantic validates.
        **arguments: Of any operator, such as `task_id` and `retries`.
    """
    return make(ConfigCheck, f"config_{name}", arguments, config=name, model=model)
