"""A mapped sensor, and a task over what its instances found."""

from airflow.sdk import PokeReturnValue, dag, task


@dag
def sensors_of_mapped_values():
    @task.sensor(poke_interval=60, timeout=600)
    def found(name):
        return PokeReturnValue(is_done=name != "c", xcom_value=name.upper())

    @task(trigger_rule="all_done")
    def all_found(names):
        return list(names)

    all_found(found.expand(name=["a", "b", "c"]))


sensors_of_mapped_values()
