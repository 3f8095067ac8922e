import subprocess
import sys

WITHOUT = """
import importlib, pkgutil, sys
sys.modules["pytest"] = sys.modules["hypothesis"] = None
import airside.conformance
failed = []
for module in pkgutil.iter_modules(airside.conformance.__path__):
    try:
        importlib.import_module(f"airside.conformance.{module.name}")
    except ModuleNotFoundError as error:
        failed.append(module.name)
print(*failed)
"""


def test_only_the_suite_and_the_histories_need_what_airside_does_not_bring() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["histories", "store_contract"]
