"""Run an image in a pod of Kubernetes, and the same command as a process where there is no Kubernetes."""

import os
import subprocess
import sys

from airflow.sdk import BaseOperator, dag, task

from airside import config

SETTINGS = config.get("pod")


def in_a_pod() -> BaseOperator:
    """Return the task that runs the command in a pod."""
    # They take seconds to import, which every parse of this file would pay also where there is no Kubernetes.
    from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
    from airflow.providers.cncf.kubernetes.secret import Secret
    from kubernetes.client import V1LocalObjectReference, V1ResourceRequirements

    return KubernetesPodOperator(
        task_id="run",
        name="example",
        namespace=SETTINGS.namespace,
        image=SETTINGS.image,
        image_pull_secrets=[V1LocalObjectReference(name=name) for name in SETTINGS.pull_secrets],
        cmds=SETTINGS.command[:1],
        arguments=SETTINGS.command[1:],
        env_vars=dict(SETTINGS.env),
        # By name: the values are in Kubernetes, not in Airflow and not here.
        secrets=[Secret("env", variable, of["name"], of["key"]) for variable, of in SETTINGS.from_secrets.items()],
        # Without limits, one pod can take a whole machine.
        container_resources=V1ResourceRequirements(
            requests=dict(SETTINGS.resources.requests), limits=dict(SETTINGS.resources.limits)
        ),
        on_finish_action="delete_pod",
    )


@task
def run() -> None:
    """Run the command as a process, and print what it prints."""
    command = [sys.executable if part == "python" else part for part in SETTINGS.command]
    done = subprocess.run(command, env=os.environ | SETTINGS.env, check=True, stdout=subprocess.PIPE, text=True)
    print(done.stdout, end="")


@dag(schedule=None, tags=["example"], doc_md=__doc__)
def pod():
    in_a_pod() if SETTINGS.runs_in == "pod" else run()


workflow = pod()
