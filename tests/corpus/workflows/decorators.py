"""`@task.bash`, `@task.short_circuit`, `@task.branch`, `@task.sensor`, `@task.run_if`, `@task.skip_if`."""

from airflow.sdk import dag, task


@dag(params={"go": True})
def decorators():
    @task.bash(env={"WORD": "shell"})
    def shell(name):
        return f"echo $WORD {name} {{{{ ds }}}}"

    @task.bash
    def skips():
        return "exit 99"

    @task.bash
    def fails():
        return "exit 3"

    @task.run_if(lambda context: context["params"]["go"])
    @task
    def run_if():
        return "ran"

    @task.skip_if(lambda context: context["params"]["go"])
    @task
    def skip_if():
        return "never"

    @task.short_circuit
    def go():
        return True

    @task.sensor
    def ready():
        return True

    @task(trigger_rule="all_done")
    def last():
        return "last"

    go() >> ready() >> [shell("given"), skips(), fails(), run_if(), skip_if()] >> last()


decorators()
