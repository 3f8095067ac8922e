"""Tasks that are coroutines, and generators."""

import asyncio

from airflow.sdk import dag, task


@dag
def async_tasks():
    @task
    async def waits(number):
        await asyncio.sleep(0.001)
        return number + 1

    @task
    def yields():
        return (number for number in range(3))

    @task
    def total(numbers):
        return sum(numbers)

    total([waits(1), waits(2)])


async_tasks()
