"""R8: the history of an environment is one line, and no move is lost, whoever moves and is killed at once."""

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from airside.conformance.histories import HistoryMachine


def test_random_moves_with_random_faults_keep_the_history_of_the_model() -> None:
    run_state_machine_as_test(HistoryMachine, settings=settings(max_examples=60, stateful_step_count=30, deadline=None))
