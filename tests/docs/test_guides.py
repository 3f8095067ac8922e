"""What the guides show works."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import seaweed
from walkthrough import DOCS, ROOT, fences

from airside.base import clock
from airside.base.children import inherited
from airside.base.errors import StoreUnavailableError
from airside.store.opening import open_store
from airside.store.probe import require_capable
from airside.workspace.settings import StoreSettings

GUIDES = DOCS / "how-to"
PAGES = [ROOT / "README.md", DOCS / "reference" / "settings.md", *sorted(GUIDES.glob("*.md"))]


def _messages() -> list[str]:
    page = (GUIDES / "when-something-fails.md").read_text()
    cells = re.findall(r"^\| (`[^|]+`) \|", page, re.MULTILINE)
    return [part.strip() for cell in cells for quoted in re.findall(r"`([^`]+)`", cell) for part in quoted.split("…")]


@pytest.mark.parametrize("message", [message for message in _messages() if message])
def test_every_message_that_the_page_of_failures_quotes_is_one_that_airside_says(message: str) -> None:
    assert any(message in path.read_text() for path in (ROOT / "src" / "airside").rglob("*.py"))


def _stores() -> list[tuple[str, StoreSettings]]:
    tables = [
        (fence.where, tomllib.loads(fence.text)) for page in PAGES for fence in fences(page) if fence.language == "toml"
    ]
    return [(where, StoreSettings.model_validate(table["store"])) for where, table in tables if "store" in table]


@pytest.mark.parametrize(("where", "settings"), _stores(), ids=lambda value: value if isinstance(value, str) else "")
def test_every_store_that_a_page_shows_can_be_opened(where: str, settings: StoreSettings) -> None:
    assert open_store(settings.url, settings.options).location.startswith(settings.url), where


@pytest.mark.objectstore
def test_credentials_are_read_from_the_variables_that_the_page_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "export AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=…" in (GUIDES / "use-an-object-store.md").read_text()
    with seaweed.serve(tmp_path) as server:
        url, options = server.url("docs"), {"endpoint": server.endpoint}
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
        with pytest.raises(StoreUnavailableError):
            require_capable(open_store(url, options), now=clock.now())
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", seaweed.ACCESS_KEY)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", seaweed.SECRET_KEY)
        require_capable(open_store(url, options), now=clock.now())


def test_airflow_takes_the_configuration_that_the_guide_shows(tmp_path: Path) -> None:
    page = GUIDES / "serve-releases-from-an-existing-airflow.md"
    (shown,) = [fence.text for fence in fences(page) if fence.language == "ini"]
    (tmp_path / "airflow.cfg").write_text(shown)
    code = (
        "from airflow.dag_processing.bundles.manager import DagBundlesManager;"
        "bundle = DagBundlesManager().get_bundle('production');"
        "print(type(bundle).__name__, bundle.environment, bundle.refresh_interval, bundle.base_dir)"
    )
    variables = inherited(AIRFLOW_HOME=str(tmp_path))
    done = subprocess.run([sys.executable, "-c", code], env=variables, capture_output=True, text=True, check=False)
    said = done.stdout.splitlines()[-1:]
    assert said == ["ReleaseBundle production 10 /var/lib/airflow/dag_bundles/production"], done.stderr
