import sys

import pytest

HEAVY = ("airflow", "pydantic", "msgspec", "obstore", "airside.testing.results.run", "airside.testing.processes")


def test_where_nothing_of_ours_is_used_nothing_is_imported_collected_or_said(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        f"""
        import sys

        def test_light():
            assert not [name for name in {HEAVY!r} if name in sys.modules]
        """
    )
    folder = pytester.mkdir("tests")
    (folder / "functional").mkdir()
    (folder / "functional" / "orders.yaml").write_text("not: ours")
    done = pytester.runpytest_subprocess("-p", "no:randomly", "-p", "no:hypothesispytest")
    done.assert_outcomes(passed=1)
    assert "workflows" not in done.stdout.str()


def test_the_plugin_costs_nothing_at_the_start(pytester: pytest.Pytester) -> None:
    code = "import time, pytest; t = time.perf_counter(); import airside.testing.plugin; print(time.perf_counter() - t)"
    taken = min(float(pytester.run(sys.executable, "-c", code).outlines[0]) for _ in range(5))
    assert taken < 0.005


def test_a_project_keeps_its_own_fixtures_of_our_names(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture
        def dags():
            return "mine"

        @pytest.fixture
        def dag_run():
            return "mine too"

        def test_mine(dags, dag_run):
            assert (dags, dag_run) == ("mine", "mine too")
        """
    )
    pytester.runpytest().assert_outcomes(passed=1)
