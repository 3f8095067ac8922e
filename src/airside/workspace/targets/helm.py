"""What `[helm]` of `airside.toml` may say: the platform on Kubernetes, by the official chart of Airflow."""

from airside.workspace.fields import Section


class HelmSettings(Section):
    """``[helm]``: the platform on Kubernetes, by the official chart of Airflow."""
