"""What a file holds, and what one case of it says."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from airside.testing.cases.given_part import GivenPart
from airside.testing.expecting.expected import Expected
from airside.testing.expecting.part import Part, Text, Texts


def _some(value: Any) -> Any:
    if value is None or value == []:
        raise ValueError("expected a list of one case or more")
    return value


class CasePart(Part):
    """One case.

    Attributes:
        name: How the test is called.
        skip: Why it is not run now.
        marks: Marks of pytest.
        given: What the workflow finds.
        expect: What has to come of it.
    """

    name: Annotated[Text, Field(min_length=1)] = "run"
    skip: Text | None = None
    marks: Texts = ()
    given: GivenPart = GivenPart()
    expect: Expected = Expected()


class FilePart(CasePart):
    """A functional test of a workflow.

    Attributes:
        workflow: The DAG's id; without it the name of the file, up to its first dot.
        cases: Several cases; what the file says beside them holds for all.
    """

    workflow: Text | None = None
    cases: Annotated[
        tuple[CasePart, ...] | None, BeforeValidator(_some, json_schema_input_type=tuple[CasePart, ...])
    ] = None


@dataclass(frozen=True, slots=True)
class Case:
    """A case, ready to be run.

    Attributes:
        workflow: The DAG's id.
        line: Where it begins, from 1.
        says: What is given, and what is expected.
    """

    workflow: str
    line: int
    says: CasePart
