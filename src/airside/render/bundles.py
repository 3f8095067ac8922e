"""The DAG bundles of an Airflow that serves releases."""

from collections.abc import Iterable, Mapping

from airside.base.names import bundle_name

BUNDLE = "airside.airflow.ReleaseBundle"


def release_bundles(
    environments: Iterable[str], arguments: Mapping[str, object], refresh_interval: int
) -> list[dict[str, object]]:
    """Return what `[dag_processor] dag_bundle_config_list` holds: a bundle for each environment.

    Args:
        environments: The ones to track.
        arguments: Of each bundle: the store, its options, whom to trust.
        refresh_interval: Seconds between two looks at the store; each costs one small request.
    """
    return [
        {
            "name": bundle_name(environment),
            "classpath": BUNDLE,
            "kwargs": {**arguments, "environment": environment, "refresh_interval": refresh_interval},
        }
        for environment in environments
    ]
