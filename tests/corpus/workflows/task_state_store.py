"""What a task keeps from one try to the next, and an asset from one task to the next."""

from airflow.sdk import Asset, dag, task

ORDERS = Asset(name="orders", uri="s3://warehouse/orders")


@dag
def task_state_store():
    @task(retries=2)
    def job(task_state_store, ti):
        known = task_state_store.get("job")
        if known is None:
            task_state_store.set("job", f"job {ti.try_number}")
            raise RuntimeError("lost")
        task_state_store.set("gone", 1)
        task_state_store.delete("gone")
        return [known, task_state_store.get("gone", default="nothing")]

    @task(inlets=[ORDERS], outlets=[ORDERS])
    def load(asset_state_store):
        asset_state_store[ORDERS].set("watermark", "2026-01-02")

    @task(inlets=[ORDERS])
    def look(asset_state_store):
        return asset_state_store[ORDERS].get("watermark")

    job()
    load() >> look()


task_state_store()
