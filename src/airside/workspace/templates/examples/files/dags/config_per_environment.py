"""The same code with other settings in each environment."""

from airflow.sdk import dag, task

from airside import config, current_environment


@task
def greet() -> list[str]:
    """Greet everybody, as the environment that this task runs in wants it."""
    # Asked inside the task: configs ship with the release, so each run keeps those that it began with.
    settings = config.get("greeting")
    print(f"this is {current_environment()}")
    return [f"{settings.greeting}, {name}" for name in settings.names]


@dag(schedule=None, tags=["example"], doc_md=__doc__)
def config_per_environment():
    greet()


workflow = config_per_environment()
