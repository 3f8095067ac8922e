"""The contract as it is shown."""

from airside.checking.contract.contract import Place, contracts
from airside.inspection.facts import Event, FileFacts, Problem, WorkflowFacts
from airside.release.contract import Names, lacking
from airside.release.description import Need, WorkflowDescription

FILE = "dags/orders.py"
NEEDS = (
    Need(kind="connection", name="db", certainty="likely", task="load", file=FILE, line=9),
    Need(kind="connection", name="db", task="check", file=FILE, line=7),
    Need(kind="connection", name="{region}", certainty="dynamic", task="load", file=FILE, line=9),
    Need(kind="package", name="pandas", task="load", file=FILE, line=10),
    Need(kind="package", name="nowhere", task="load", file=FILE, line=11),
    Need(kind="variable", name="limit", optional=True, task="load", file=FILE, line=12),
)
PROBLEM = Problem(rule="missing-package", message="no module 'nowhere'", file=FILE, line=11)
FACTS = FileFacts(
    file=FILE,
    workflows=(
        WorkflowFacts(description=WorkflowDescription(id="orders", file=FILE, needs=NEEDS), problems=(PROBLEM,)),
    ),
    events=(Event(kind="variable", detail="region", file=FILE, line=3),),
)
NAMES = Names(whole=frozenset({"connection", "variable"}))


def test_a_contract_has_one_term_for_each_name_with_all_its_places() -> None:
    (contract,) = contracts([FACTS], None)
    assert contract.workflow == "orders"
    assert [(term.kind, term.name, term.certainty, term.optional) for term in contract.terms] == [
        ("connection", "db", "exact", False),
        ("connection", "{region}", "dynamic", False),
        ("package", "nowhere", "exact", False),
        ("package", "pandas", "exact", False),
        ("variable", "limit", "exact", True),
        ("variable", "region", "exact", False),
    ]
    assert contract.terms[0].places == (Place(FILE, 9, "load"), Place(FILE, 7, "check"))
    assert contract.terms[-1].places == (Place(FILE, 3, None),)
    assert {term.outcome for term in contract.terms} == {None}


def test_compared_with_an_environment_each_term_is_there_or_not_or_cannot_be_told() -> None:
    (contract,) = contracts([FACTS], NAMES)
    assert {term.name: (term.outcome, term.is_broken) for term in contract.terms} == {
        "db": ("absent", True),
        "{region}": ("unknown", False),
        "nowhere": ("absent", True),
        "pandas": ("present", False),
        "limit": ("absent", False),
        "region": ("absent", True),
    }
    assert {term.outcome for term in contracts([FACTS], Names())[0].terms[:2]} == {"unknown"}


def test_what_a_release_lacks_leaves_out_what_is_optional_or_cannot_be_told() -> None:
    assert [need.line for need in lacking(NEEDS, NAMES)] == [9, 7]
    assert lacking(NEEDS, Names()) == ()
