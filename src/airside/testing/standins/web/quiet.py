"""How servers of tests log: not at all."""

from werkzeug.serving import WSGIRequestHandler


class QuietHandler(WSGIRequestHandler):
    """Werkzeug's, without a line on standard error for each request."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - its name in the base class
        """Say nothing."""
