from airflow.sdk import BaseHook, Connection, Variable


def batch_limit() -> int:
    return int(Variable.get("batch_sise"))  # expect: missing-variable


def host(name: str) -> str:
    return _connection(conn_id=name).host


def _connection(conn_id: str = "warehouse") -> Connection:
    return BaseHook.get_connection(conn_id)  # expect: missing-connection


def frame() -> object:
    import no_such_frames  # expect: missing-package

    return no_such_frames.DataFrame()
