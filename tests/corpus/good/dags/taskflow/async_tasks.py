import asyncio

from airflow.sdk import dag, task
from lib.settings import START


async def fetch(number):
    await asyncio.sleep(0)
    return number


@dag(schedule="@daily", start_date=START, catchup=False)
def taskflow_async():
    @task
    async def gather(count: int = 3, ti=None) -> list[int]:
        found = await asyncio.gather(*(fetch(number) for number in range(count)))
        return list(found)

    @task
    def blocking(found: list[int]) -> int:
        return asyncio.run(fetch(len(found)))

    blocking(gather())


taskflow_async()
