"""The same code with another password in each environment, and none of them in git or in a log."""

from airflow.sdk import dag, task

from airside import credentials


@task
def call_partner() -> str:
    """Call the API of a partner with the credentials of this environment. Return whom it was called as."""
    api = credentials.get("partner_api")
    print(f"calling {api.host} as {api.user} with the password {api.password}")  # the log shows ***
    return f"{api.user} at {api.host}"


@dag(schedule=None, tags=["example"], doc_md=__doc__)
def secret_per_environment():
    call_partner()


workflow = secret_per_environment()
