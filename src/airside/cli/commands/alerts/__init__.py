"""`airside alerts`: a module for each verb, imported only when it runs."""

from airside.cli.verb_group import Entry, VerbGroup

VERBS = (
    Entry("routes", "routes", "Show the routes of airside.toml, or who hears of an event, and why."),
    Entry("test", "testing", "Send a test message to a channel."),
    Entry("silence", "silence", "Say nothing about some workflows for a while."),
    Entry("unsilence", "unsilence", "End a silence before its time."),
    Entry("list", "listing", "List what is open, what is silenced, and how the channels are."),
    Entry("watch", "watch", "Watch the local Airflow, and tell its channels what happens."),
)


command = VerbGroup(
    "alerts",
    __name__,
    {"Commands": VERBS},
    help="""Tell people what broke, once, and once when it is well again.

    [[alerts]] in airside.toml says which channels hear of what; a channel is a connection of the environment. `airside
    up` watches where there are routes.
    """,
    context_settings={"help_option_names": ["-h", "--help"]},
)
