"""`airside image`: a module for each verb, imported only when it runs."""

from airside.cli.verb_group import Entry, VerbGroup

VERBS = (Entry("build", "build", "Build the image of the platform, and push it."),)


command = VerbGroup(
    "image",
    __name__,
    {"Commands": VERBS},
    help="""Build the image that runs this workspace's Airflow elsewhere.

    It has Airflow, the packages of requirements.lock and Airside, and no workflows: releases bring those. [image] of
    airside.toml says what it is made from, and what it is called.
    """,
    context_settings={"help_option_names": ["-h", "--help"]},
)
