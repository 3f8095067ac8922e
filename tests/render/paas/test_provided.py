"""What a platform provides reaches Airflow as it is, and nobody else."""

import json
import shutil
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import make_url

from airside.render.paas.files import provided

TABLE = """\
[database]
host = PG_HOST
port = PG_PORT
name = PG_DB
user = PG_USER
password = PG_PASSWORD
hint = link the database

[bucket]
key = BUCKET_KEY
secret = BUCKET_SECRET
hint = link the bucket

[redis]
host = REDIS_HOST
port = REDIS_PORT
password = REDIS_PASSWORD

[required]
AIRFLOW__CORE__FERNET_KEY = make it

[files]
PASSWORDS = AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE

[copied]
FORWARDED_ALLOW_IPS = PROXIES
"""
GIVEN = {
    "PG_HOST": "db.example.com",
    "PG_PORT": "5432",
    "PG_DB": "airflow",
    "PG_USER": "ana",
    "PG_PASSWORD": "s3/cr@et:#% ?é",
    "BUCKET_KEY": "key-id",
    "BUCKET_SECRET": "b/s+=",
    "REDIS_HOST": "redis.example.com",
    "REDIS_PORT": "6379",
    "REDIS_PASSWORD": "r@/dis",
    "AIRFLOW__CORE__FERNET_KEY": "fernet",
    "PASSWORDS": '{"airflow": "secret-of-airflow"}',
    "PROXIES": "10.1.2.3,10.1.2.4",
}
odd = st.sampled_from("@:/?#%[]&=+ '\"\\$é4")
texts = st.text(odd | st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(provided.__file__, tmp_path / "provided.py")
    (tmp_path / "provided.ini").write_text(TABLE)
    return tmp_path


def table(folder: Path) -> provided.Table:
    return provided.read_table(folder / "provided.ini")


SHOW = "import json, os, sys; print(json.dumps([dict(os.environ), sys.argv]))"


def run(folder: Path, environ: Mapping[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, folder / "provided.py", *(command or (sys.executable, "-c", SHOW))],
        env={"PATH": "/usr/bin:/bin", **environ},
        capture_output=True,
        text=True,
        check=False,
    )


@given(user=texts, password=texts, name=texts)
def test_a_database_has_the_parts_that_were_provided_whatever_characters_they_have(
    user: str, password: str, name: str
) -> None:
    parts = {"user": user, "password": password, "name": name, "host": "db.example.com", "port": "5433"}
    made = provided.mapped(
        {f"PG_{part.upper()}": value for part, value in parts.items()},
        {"database": {part: f"PG_{part.upper()}" for part in parts}},
    )
    url = make_url(made["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"])
    assert (url.drivername, url.host, url.port) == ("postgresql+psycopg2", "db.example.com", 5433)
    assert (url.username, url.password, url.database) == (user, password, name)
    assert made["AIRFLOW__CELERY__RESULT_BACKEND"] == f"db+{made['AIRFLOW__DATABASE__SQL_ALCHEMY_CONN']}"


@given(password=texts)
def test_a_broker_has_the_password_that_was_provided(password: str) -> None:
    made = provided.mapped(
        {"H": "redis.example.com", "P": "3081", "W": password}, {"redis": {"host": "H", "port": "P", "password": "W"}}
    )
    url = make_url(made["AIRFLOW__CELERY__BROKER_URL"])
    assert (url.drivername, url.host, url.port, url.database) == ("redis", "redis.example.com", 3081, "0")
    assert url.password == password


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_a_platform_may_give_a_url_instead(scheme: str) -> None:
    environ = {"DATABASE_URL": f"{scheme}://ana:p%40ss@db.example.com:5432/airflow?sslmode=require"}
    made = provided.mapped(environ, {"database": {"url": "DATABASE_URL", "hint": "add one"}})
    wanted = "postgresql+psycopg2://ana:p%40ss@db.example.com:5432/airflow?sslmode=require"
    assert made["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] == wanted


def test_a_command_gets_what_is_provided_and_its_arguments_have_none_of_it(folder: Path) -> None:
    done = run(folder, GIVEN)
    assert done.returncode == 0, done.stderr
    environ, arguments = json.loads(done.stdout)
    assert environ["AWS_ACCESS_KEY_ID"] == "key-id"
    assert environ["AWS_SECRET_ACCESS_KEY"] == "b/s+="
    assert environ["FORWARDED_ALLOW_IPS"] == "10.1.2.3,10.1.2.4"
    assert make_url(environ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]).password == GIVEN["PG_PASSWORD"]
    assert arguments == ["-c"]
    assert done.stderr == ""


def test_what_has_to_be_a_file_becomes_one_that_only_its_owner_reads(folder: Path, tmp_path: Path) -> None:
    named = provided.kept(GIVEN, table(folder)["files"], tmp_path / "secrets")
    path = Path(named["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"])
    assert path.read_text() == GIVEN["PASSWORDS"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_it_is_written_anew_when_a_container_starts_again(folder: Path, tmp_path: Path) -> None:
    for passwords in ("one", "another"):
        named = provided.kept({"PASSWORDS": passwords}, table(folder)["files"], tmp_path / "secrets")
    [path] = named.values()
    assert Path(path).read_text() == "another"


def test_all_that_is_missing_is_said_in_one_line_with_what_to_do(folder: Path) -> None:
    given_less = {name: value for name, value in GIVEN.items() if not name.startswith(("PG_P", "BUCKET", "AIRFLOW"))}
    done = run(folder, given_less)
    assert done.returncode == provided.MISCONFIGURED
    assert done.stdout == ""
    assert done.stderr == (
        "airside: not set: PG_PORT, PG_PASSWORD (for the database: link the database), "
        "BUCKET_KEY, BUCKET_SECRET (for the bucket: link the bucket), AIRFLOW__CORE__FERNET_KEY (make it)\n"
    )


def test_no_line_of_it_shows_what_is_there(folder: Path) -> None:
    done = run(folder, {name: value for name, value in GIVEN.items() if name != "PG_HOST"})
    assert done.returncode == provided.MISCONFIGURED
    assert not [value for value in GIVEN.values() if value in done.stdout + done.stderr and value != "airflow"]


def test_what_was_set_on_purpose_wins_over_add_ons(folder: Path) -> None:
    own = "postgresql+psycopg2://me:mine@elsewhere/airflow"
    environ = {name: value for name, value in GIVEN.items() if not name.startswith("PG_")}
    made = provided.mapped(environ | {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": own}, table(folder))
    assert "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN" not in made
    assert made["AIRFLOW__CELERY__RESULT_BACKEND"] == f"db+{own}"


def test_a_line_of_an_overlay_wins_over_one_that_was_rendered(folder: Path) -> None:
    path = folder / "provided.ini"
    path.write_text(f"{TABLE}\n[database]\nhost = PG_DIRECT_HOST\n")
    made = provided.mapped({**GIVEN, "PG_DIRECT_HOST": "direct.example.com"}, provided.read_table(path))
    assert make_url(made["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]).host == "direct.example.com"


def test_a_command_that_is_not_there_is_named(folder: Path) -> None:
    done = run(folder, GIVEN, "no-such-program")
    assert (done.returncode, done.stderr) == (127, "airside: no-such-program: No such file or directory\n")


def test_without_a_command_it_says_how_it_is_used(folder: Path) -> None:
    done = subprocess.run([sys.executable, folder / "provided.py"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "provided.py COMMAND" in done.stderr
