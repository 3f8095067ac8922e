import pytest

from airside.checking.contract.literals import literal_findings
from airside.checking.contract.secret_values import SHAPES

# Put together here, so that whoever searches this repository for secrets finds none.
TOKENS = {
    "An AWS access key": "AKIA" + "Q3EGTXBN27LZWPK4",
    "A token of GitHub": "ghp" + "_" + "a1B2" * 9,
    "A token of GitLab": "glpat" + "-" + "aB3" * 8,
    "A token of Slack": "xoxb" + "-123456789012-abcdef",
    "A key of Google": "AIza" + "Sy3" + "b" * 32,
    "A key of Stripe": "sk" + "_live_" + "4eC39HqLyjWDarjtT1",
    "A key of OpenAI or Anthropic": "sk" + "-proj-" + "aB3d" * 10,
    "A token of Databricks": "dapi" + "0a1b" * 8,
    "A key of age": "AGE-SECRET" + "-KEY-1" + "Q2" * 25,
    "A private key": "-----BEGIN RSA " + "PRIVATE KEY-----\n" + "MIIE" * 12,
    "A signed token (JWT)": "eyJ" + "hbGciOiJIUzI1NiJ9" + ".eyJ" + "zdWIiOiIxMjM0NTY3ODkwIn0" + ".dozjgNryP4J3jVmN",
}

BAD_PYTHON = [
    'password = "hunter2"',
    'db_password: str = "hunter2"',
    'self.password = "hunter2"',
    'os.environ["DB_PASSWORD"] = "hunter2"',
    'connect(host="db", password="hunter2")',
    'settings = {"passwd": "hunter2"}',
    'def connect(host, password="hunter2"): ...',
    'def connect(host, *, password="hunter2"): ...',
    'api_key = "9f8a7b6c5d4e"',
    'clientSecret = "Zx81-kk29-aP0q"',
    'aws_secret_access_key = "wJalrXUtnFEMIK7MDENGbPxRfiCY"',
    'token = "a8f5f167f44f4964e6c998dee827110c"',
    'uri = "postgresql://loader:hunter2@db.internal:5432/sales"',
    'uri = f"postgresql://loader:hunter2@{host}/sales"',
]

GOOD_PYTHON = [
    '"""postgresql://loader:hunter2@db.internal/sales"""',
    "# password = 'hunter2'",
    'password = ""',
    "password = None",
    'password = "changeme"',
    'password = "***"',
    'password = "<your password>"',
    'password = "{{ conn.warehouse.password }}"',
    'password = "${DB_PASSWORD}"',
    'password = os.environ["DB_PASSWORD"]',
    'PASSWORD = "password"',
    'password = "warehouse-password"',
    'password_field = "hunter2"',
    'password_file = "/run/secrets/db1"',
    'password_prompt = "Enter it 2x"',
    'label = {"password": "Your new password"}',
    'columns = {"password": "varchar"}',
    'token_url = "https://id.example.com/oauth2/token"',
    'next_token = "page-2"',
    'pad_token = "<pad>"',
    'eos_token = "[SEP2]"',
    'Secret("env", "DB", secret="airflow-secrets-2", key="sql_alchemy_conn")',
    'secret = "projects/sales/secrets/db"',
    'partition_key = "a1b2c3d4e5f6"',
    'primary_key = "order_id_2024"',
    'uri = "postgresql://airflow:airflow@postgres/airflow"',
    'uri = "postgresql://me:hunter2@localhost/sales"',
    'uri = f"postgresql://{user}:{password}@{host}/sales"',
    'uri = "https://db.internal:5432/a@b"',
    'pattern = r"://[^:]+:([^@]+)@"',
    'if "-----BEGIN PRIVATE KEY-----" in text: ...',
]

BAD_DATA = [
    "password: hunter2",
    'password = "hunter2"',
    "  db_password: 'hunter2'",
    "connection: {host: db, password: hunter2}",
    '{"host": "db", "password": "hunter2"}',
    "DB_PASSWORD=hunter2",
    "api_key: 9f8a7b6c5d4e",
    "url: postgresql://loader:hunter2@db.internal/sales",
]

GOOD_DATA = [
    "# password: hunter2",
    "password:",
    "password: null",
    "password: ''",
    "password: |",
    "password: *default",
    "password: ${DB_PASSWORD}",
    "password: {{ env.DB_PASSWORD }}",
    "password: !vault sales/db",
    "password: env:DB_PASSWORD",
    "password: ENC[AES256_GCM,data:abc,iv:x,tag:y,type:str]",
    "password_column: hunter2",
    "token: page",
    "password: Passwort",
    "password: пароль",
    "secret: airflow-secrets",
    "url: postgresql://db.internal:5432/sales",
    "image: registry.internal:5000/sales@sha256:abc",
]


def _rules(file: str, text: str) -> list[str]:
    return [finding.rule for finding in literal_findings({file: text.encode()})]


def test_every_shape_has_a_sample() -> None:
    assert TOKENS.keys() == SHAPES.keys()


@pytest.mark.parametrize(("what", "token"), TOKENS.items())
@pytest.mark.parametrize("file", ["dags/a.py", "configs/a.yaml"])
def test_a_token_of_a_known_shape_is_found_wherever_it_stands_and_never_shown(file: str, what: str, token: str) -> None:
    text = f'\n# {what}\n#   "{token}"\n'
    (found,) = literal_findings({file: text.encode()})
    assert (found.rule, found.severity, found.place) == ("literal-secret", "error", f"{file}:3:6")
    assert what in found.message
    assert token not in repr(found)


@pytest.mark.parametrize("line", BAD_PYTHON)
def test_a_secret_in_code_is_found_and_never_shown(line: str) -> None:
    (found,) = literal_findings({"dags/a.py": f"x = 1\n{line}\n".encode()})
    assert (found.rule, found.line) == ("literal-secret", 2)
    value = next(v for v in ("hunter2", "9f8a7b6c5d4e", "Zx81", "wJalr", "a8f5f") if v in line)
    assert value not in repr(found)


@pytest.mark.parametrize("line", GOOD_PYTHON)
def test_what_only_looks_like_a_secret_in_code_is_passed_over(line: str) -> None:
    assert _rules("dags/a.py", f"{line}\n") == []


@pytest.mark.parametrize("line", BAD_DATA)
def test_a_secret_in_configuration_is_found_and_never_shown(line: str) -> None:
    (found,) = literal_findings({"configs/a.yaml": f"x: 1\n{line}\n".encode()})
    assert (found.rule, found.line) == ("literal-secret", 2)
    assert "hunter2" not in repr(found)
    assert "9f8a7b6c5d4e" not in repr(found)


@pytest.mark.parametrize("line", GOOD_DATA)
def test_what_only_looks_like_a_secret_in_configuration_is_passed_over(line: str) -> None:
    assert _rules("configs/a.yaml", f"{line}\n") == []


def test_the_column_is_that_of_the_value() -> None:
    (found,) = literal_findings({"dags/a.py": b'x = f(password="hunter2")\n'})
    assert found.place == "dags/a.py:1:16"
    (found,) = literal_findings({"airside.toml": b'password = "hunter2"\n'})
    assert found.place == "airside.toml:1:13"


def test_a_document_of_sops_is_passed_over() -> None:
    text = "connections:\n  db:\n    password: ENC[AES256_GCM,data:abc]\nplain_password: hunter2\nsops:\n  mac: x\n"
    assert _rules("secrets/dev.yaml", text) == []
    assert _rules("secrets/dev.yaml", text.replace("sops:", "others:")) == ["literal-secret"]


def test_other_files_and_broken_ones_are_no_trouble() -> None:
    assert _rules("README.md", "password: hunter2") == []
    assert _rules("dags/broken.py", "password = (") == []
    assert list(literal_findings({"dags/bytes.py": b"\xff\x00", "configs/bytes.yaml": b"\xff\x00"})) == []
