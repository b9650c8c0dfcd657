import re
from datetime import date, datetime

import pytest

from rag.store.scope import Scope, name_key, parse_day, unknown_name


def test_a_scope_says_what_it_limits() -> None:
    assert not Scope()
    assert Scope(outlets=("The Ellery Courier",))
    assert Scope(languages=("French", "de-AT", "fr", "Klingonic")).languages == ("fr", "de", "klingonic")
    assert str(Scope(languages=("fr", "de"), authors=("Mara Quill",))) == "by Mara Quill, in French or German"
    chosen = Scope(articles=("b2", "a1", "b2"), outlets=("Strand Radio",))
    assert (chosen.articles, str(chosen)) == (("b2", "a1"), "2 chosen articles, Strand Radio")
    assert str(Scope(articles=("a1",))) == "1 chosen article"
    scope = Scope(date(2025, 3, 1), date(2025, 3, 31), ("Strand Radio",), ("Mara Quill",))
    assert str(scope) == "Strand Radio, by Mara Quill, from 2025-03-01 to 2025-03-31"


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (
            {"published_from": date(2025, 4, 1), "published_to": date(2025, 3, 1)},
            "the range of days is the wrong way round: from 2025-04-01 to 2025-03-01",
        ),
        ({"published_to": datetime(2025, 3, 1)}, "published_to must be a datetime.date, not datetime.datetime"),
        ({"outlets": "Strand Radio"}, "outlets must be a tuple of names, not the string 'Strand Radio'"),
        ({"articles": "a1"}, "articles must be a tuple of names, not the string 'a1'"),
        ({"articles": ("",)}, "articles holds an empty name"),
        ({"authors": (" ",)}, "authors holds an empty name"),
        ({"outlets": (None,)}, "outlets holds an empty name, or something else than a name: (None,)"),
    ],
)
def test_impossible_limits(limits: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        Scope(**limits)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("2025-03-04", date(2025, 3, 4), date(2025, 3, 4)),
        (" 2025-3-4 ", date(2025, 3, 4), date(2025, 3, 4)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2025", date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_a_day_is_typed_in_full_or_as_a_month_or_a_year(typed: str, first: date, last: date) -> None:
    assert (parse_day(typed), parse_day(typed, last=True)) == (first, last)


@pytest.mark.parametrize(
    "typed",
    ["", "March", "2025-02-30", "2025-13", "2025-00", "0000", "2025-", "20250304", "04/03/2025", "٢٠٢٥", "2" * 9],
)
def test_what_is_no_day_is_named_with_the_way_out(typed: str) -> None:
    for last in (False, True):
        with pytest.raises(ValueError, match="^" + re.escape(f"{typed!r} is not a day: write 2025-03-04, ")):
            parse_day(typed, last=last)


def test_names_compare_without_case_accents_and_the() -> None:
    assert name_key("The  Vellmár TIMES") == name_key("vellmar times") == "vellmar times"


def test_unknown_name_says_which_are_near() -> None:
    known = ["The Ellery Courier", "Strand Radio"]
    assert str(unknown_name("outlet", "Elery Courier", known)) == (
        "no outlet 'Elery Courier' in the index: did you mean 'The Ellery Courier'"
    )
    assert str(unknown_name("outlet", "Zeta", known)) == (
        "no outlet 'Zeta' in the index: it holds Strand Radio, The Ellery Courier"
    )
    assert str(unknown_name("author", "Zeta", [])) == "no author 'Zeta' in the index: it holds none"
