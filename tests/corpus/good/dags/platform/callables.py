"""All that can be the function of a task."""

import functools
import math
import operator
import os.path
from datetime import datetime

from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG
from lib.warehouse import Loader, current_table, rows_of


def add(a, b, *rest, c=0, **kwargs):
    return a + b + c


def ti_first(ti, a):
    return a


def only_context(**context):
    return context["ds"]


def keyword_only(*, ds, table, **_):
    return ds, table


def with_defaults(table="x", ds=None, params=None, dag=None, macros=None, conn=None, var=None):
    return table


class Command:
    def __init__(self, name):
        self.name = name

    def __call__(self, table, ds=None):
        return self.name + table


loader = Loader("warehouse")

with DAG("platform_callables", schedule="@daily", start_date=datetime(2025, 1, 1), catchup=False, params={"table": "x"}):
    PythonOperator(task_id="partial", python_callable=functools.partial(add, 1), op_args=[2])
    PythonOperator(task_id="partial_keywords", python_callable=functools.partial(add, b=1), op_kwargs={"a": 2, "d": 4})
    PythonOperator(task_id="partial_of_partial", python_callable=functools.partial(functools.partial(add, 1), b=2, c=3))
    PythonOperator(task_id="lambda", python_callable=lambda table, **context: table, op_kwargs={"table": "x"})
    PythonOperator(task_id="lambda_default", python_callable=lambda table="x": table)
    PythonOperator(task_id="bound", python_callable=loader.load, op_args=["orders"], op_kwargs={"rows": 3})
    PythonOperator(task_id="class_method", python_callable=Loader.vacuum, op_kwargs={"table": "orders"})
    PythonOperator(task_id="static_method", python_callable=loader.analyze, op_args=["orders"])
    PythonOperator(task_id="callable_object", python_callable=Command("x"), op_args=["orders"])
    PythonOperator(task_id="builtin", python_callable=print, op_args=["a", "b"], op_kwargs={"sep": "-"})
    PythonOperator(task_id="of_c", python_callable=math.sqrt, op_args=[4])
    PythonOperator(task_id="getter", python_callable=operator.itemgetter("a"), op_args=[{"a": 1}])
    PythonOperator(task_id="stdlib", python_callable=os.path.join, op_args=["a", "b"])
    PythonOperator(task_id="context", python_callable=only_context)
    PythonOperator(task_id="keyword_only", python_callable=keyword_only, op_kwargs={"table": "x"})
    PythonOperator(task_id="with_defaults", python_callable=with_defaults)
    PythonOperator(task_id="ti_first", python_callable=ti_first, op_kwargs={"a": 1})
    PythonOperator(task_id="helper", python_callable=current_table)
    PythonOperator(task_id="source", python_callable=current_table) >> PythonOperator(
        task_id="other", python_callable=rows_of, op_args=["source"]
    )
    PythonOperator(task_id="star", python_callable=add, op_args=[1, 2, 3, 4], op_kwargs={"c": 5, "more": 6})
