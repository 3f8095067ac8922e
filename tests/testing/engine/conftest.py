import os
import tempfile
import warnings

# Airflow reads its configuration when it is first imported; another folder of tests may have done that here.
_HOME = tempfile.TemporaryDirectory(prefix="airside-test-engine-", ignore_cleanup_errors=True)
for _name, _value in {
    "AIRFLOW_HOME": _HOME.name,
    "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH": f"{_HOME.name}/bundles",
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{_HOME.name}/airflow.db",
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
}.items():
    os.environ.setdefault(_name, _value)  # noqa: TID251 - a test process is its own program

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import airflow.models
    import airflow.settings
    import airflow.ti_deps.deps.trigger_rule_dep  # noqa: F401 - its warnings are not ours
