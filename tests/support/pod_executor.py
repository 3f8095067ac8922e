"""KubernetesExecutor without a cluster: its own code makes the pods, and somebody else plays them.

A scheduler has it as its executor. Each pod that it makes is a file in `requests`; what came of it is expected in
`results`, in a file of the same name with the exit code of its container. The environment variable `POD_PLACE` names
the folder of both, which has the template too.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from airflow.executors.base_executor import BaseExecutor
from airflow.executors.workloads import ExecuteTask
from airflow.providers.cncf.kubernetes.executors.kubernetes_executor_utils import workload_to_command_args
from airflow.providers.cncf.kubernetes.kubernetes_helper_functions import create_unique_id
from airflow.providers.cncf.kubernetes.pod_generator import PodGenerator

TEMPLATE = "pod-template.yaml"
REQUESTS = "requests"
RESULTS = "results"
PLACE = "POD_PLACE"


class PodExecutor(BaseExecutor):  # type: ignore[misc]  # Airflow's class is untyped here
    """Has each task in a pod of its own."""

    is_local = False
    serve_logs = False

    def start(self) -> None:
        """Look where the pods are played."""
        self.place = Path(os.environ[PLACE])  # noqa: TID251 - the test says where
        self.pods: dict[str, Any] = {}

    def _process_workloads(self, workload_items: Sequence[ExecuteTask]) -> None:
        for workload in workload_items:
            key = workload.ti.key
            del self.queued_tasks[key]
            self.running.add(key)
            name = create_unique_id(key.dag_id, key.task_id)
            pod = _pod(workload, name, self.place / TEMPLATE)
            self.pods[name] = key
            staged = self.place / f"{name}.yaml"
            staged.write_text(yaml.safe_dump(PodGenerator.serialize_pod(pod)))
            staged.rename(self.place / REQUESTS / staged.name)

    def sync(self) -> None:
        """Tell the scheduler which pods have ended, as the watcher of pods does."""
        for name in list(self.pods):
            result = self.place / RESULTS / name
            if result.exists():
                key = self.pods.pop(name)
                (self.success if result.read_text() == "0" else self.fail)(key)

    def end(self) -> None:
        """Leave pods alone: a scheduler that starts again adopts them."""

    def terminate(self) -> None:
        """As `end`."""


def _pod(workload: ExecuteTask, name: str, template: Path) -> Any:  # noqa: ANN401 - of kubernetes, untyped here
    """Do what `AirflowKubernetesScheduler.run_next` does (executors/kubernetes_executor_utils.py 10.25)."""
    base = PodGenerator.deserialize_model_file(str(template))
    key = workload.ti.key
    return PodGenerator.construct_pod(
        dag_id=key.dag_id,
        task_id=key.task_id,
        pod_id=name,
        try_number=key.try_number,
        kube_image=base.spec.containers[0].image,
        map_index=key.map_index,
        date=None,
        run_id=key.run_id,
        args=list(workload_to_command_args(workload)),
        pod_override_object=None,
        base_worker_pod=base,
        namespace="airflow",
        scheduler_job_id="1",
        with_mutation_hook=True,
    )
