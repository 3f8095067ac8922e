from dags.catchup import close_books, off, on


def test_the_books_are_closed():
    assert close_books("2026-01-01") == "closed the books on 2026-01-01"


def test_the_workflows_differ_in_one_option():
    assert on.catchup is True
    assert off.catchup is False
    assert on.start_date == off.start_date
