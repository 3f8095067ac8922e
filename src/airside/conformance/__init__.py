"""The public test harness: what shows that a store, and what is built on it, keeps its promises.

| module | what it gives | needs |
|---|---|---|
| `faults` | stores that crash, lose answers, are slow, full or away | nothing |
| `tampering` | stores that hand out damaged, stale or foreign bytes | nothing |
| `releases` | small releases, without a workspace | nothing |
| `wholeness` | an independent check that all that is reachable is whole; a restore drill | nothing |
| `race` | many processes that make the same move at once | nothing |
| `torture` | `python -m airside.conformance.torture`: processes killed at random instants | nothing |
| `store_contract` | the duties of a store as a suite, for the tests of an adapter | pytest |
| `histories` | random moves with random faults, against a model | hypothesis |

Nothing is imported here: pytest and hypothesis are no dependencies of Airside.
"""
