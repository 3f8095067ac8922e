"""`airside render`: a module for each target, imported only when it runs."""

from airside.cli.verb_group import Entry, VerbGroup

TARGETS: tuple[Entry, ...] = (
    Entry("image", "image", "Write the Containerfile of the platform's image."),
    Entry("helm", "helm", "Write values of the official chart of Airflow, and the commands around it."),
    Entry("compose", "compose", "Write the platform in containers on one machine, for docker compose."),
    Entry("celery", "celery", "Write the platform for machines of your own, with workers of Celery."),
    Entry("clevercloud", "clevercloud", "Write the platform for Clever Cloud: Docker apps, a database, buckets."),
    Entry("github", "github", "Write the workflows of GitHub Actions that ship this workspace."),
    Entry("gitlab", "gitlab", "Write the pipeline of GitLab CI that ships this workspace."),
    Entry("circleci", "circleci", "Write the configuration of CircleCI that ships this workspace."),
    Entry("jenkins", "jenkins", "Write the Jenkinsfile that ships this workspace."),
)


command = VerbGroup(
    "render",
    __name__,
    {"Targets": TARGETS},
    noun="target",
    help="""Write the files that run this workspace elsewhere, and ship it there.

    They follow from airside.toml alone: the same settings give the same bytes, and no secret is in them. Keep them in
    git; --check tells whether they are up to date. What you add in deploy/overlays is merged in.
    """,
    context_settings={"help_option_names": ["-h", "--help"]},
)
