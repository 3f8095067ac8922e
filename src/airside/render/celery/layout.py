"""Where things lie on the machines, and who has which secret."""

from typing import Final

from airside.render.airflow_options import Places
from airside.render.secret_names import API, BROKER, DATABASE, FERNET, JWT, RESULTS

ACCOUNT: Final = "airflow"
PROGRAMS: Final = "/opt/airside"
"""A Python environment for each set of packages, and the link `current` to the one in use."""

CONFIGURATION: Final = "/etc/airside"
SECRETS: Final = f"{CONFIGURATION}/secrets"
STATE: Final = "/var/lib/airside"
LOGS: Final = "/var/log/airside"

PASSWORDS: Final = f"{STATE}/passwords.json"
"""Airflow opens it for writing (`SimpleAuthManager.init`, 3.3.2), so it cannot lie among the secrets. It is made of
the files there, one for each user."""

ALERTS: Final = f"{CONFIGURATION}/alerts"
"""The settings of the watcher of alerts."""

PLACES: Final = Places(bundles=f"{STATE}/bundles", key_file=f"{SECRETS}/age.txt", trust=f"{CONFIGURATION}/trust.toml")

USER_FILE: Final = "password_"
"""With the name of a user, the file that has the password of that user."""

GIVEN: Final = (DATABASE, BROKER, RESULTS)
"""What says where the database and the broker are, so that somebody has to write it."""

WORKER_SECRETS: Final = (API, BROKER, RESULTS)
"""What a worker needs: it asks the API server, never the database, and signs no tokens."""

CONTROL_SECRETS: Final = (DATABASE, FERNET, JWT)
"""What the control host has beside those."""
