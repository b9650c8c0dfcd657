"""What systems are compared by: they get the same passages, and who answers wrongly is no fast one."""

from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.invented import InventedEmbedder
from benchmarks.peers import Limits, fetched, load_system
from benchmarks.peers.material import Asked, Material
from benchmarks.peers.trial import WARMING
from benchmarks.scale import NEAREST, prepare
from benchmarks.tables import exponents, fastest


def test_news_rag_gets_the_same_passages_and_is_held_against_an_exact_search(tmp_path: Path) -> None:
    prepare(tmp_path, 400)
    material = Material(tmp_path, "news-rag")
    system = load_system("news-rag", material.index, InventedEmbedder())
    texts = material.texts()
    system.build(material.articles, texts)
    system.open()
    assert {one for text in texts for one in system.nearest(text.text, 1, None)} == {one.text for one in texts}
    asked = material.questions()["10 %"][WARMING : WARMING + 10]
    for one in asked:
        assert one.within
        assert set(system.nearest(one.text, NEAREST, one.within)) == set(one.near)
        found = system.ask(one.text, NEAREST, one.within)
        assert found
        assert all(one.within.allow(each.outlet, each.day) for each in found)
    told = [one.recall([each.text for each in system.ask(one.text, NEAREST, one.within)]) for one in asked]
    assert fmean(told) >= 0.9
    system.remove(material.outlet)
    system.open()
    assert material.outlet not in {each.outlet for one in asked for each in system.ask(one.text, NEAREST, None)}


def test_facts_count_as_far_as_the_words_go() -> None:
    asked = Asked("What of the toll?", ("The toll rises.", "The dam held."))
    assert asked.recall(["one two", "The toll\nrises. And falls.", "The dam held."], 7) == 0.5
    assert asked.recall(["one two", "The toll\nrises. And falls.", "The dam held."], 10) == 1


def test_what_filters_behind_the_search_is_told_how_much_to_fetch() -> None:
    limits = Limits(20250301, 20250331, "Ellery Courier", 0.01)
    assert (fetched(10, None, 900), fetched(10, limits, 90_000), fetched(10, limits, 900)) == (10, 4_000, 900)
    assert limits.allow("Ellery Courier", 20250331)
    assert not limits.allow("Ellery Courier", 0)
    assert not limits.allow("Lindmoor Post", 20250331)


def _stages(p50: float, **told: float) -> dict[str, dict[str, Any]]:
    scenario = {"p50": p50, "gold": 0.9, "obeyed": 1.0} | told
    names = ("hybrid", "10 %", "1 %", ".1 %")
    return {"build": {"seconds": 10 * p50}, "serve": dict.fromkeys(names, scenario)}


def test_the_fastest_peer_is_one_that_answers_rightly() -> None:
    systems: dict[str, dict[str, dict[str, Any]]] = {
        "news-rag": _stages(2),
        "LangChain": _stages(1, obeyed=0.99),
        "LlamaIndex": _stages(3, gold=0.84),
        "Haystack": _stages(8, gold=0.86),
        "txtai": {"build": {"seconds": 1.0}, "serve": {"failed": "needs more than 8 GB of memory"}},
    }
    assert fastest(systems, "1 %") == ("Haystack", 4)
    assert fastest(systems, "1 %", rightly=False) == ("LangChain", 0.5)


def test_growth_is_the_slope_of_the_logarithms() -> None:
    sizes = {size: {"news-rag": _stages(size**0.5)} for size in (100, 1_000, 10_000)}
    assert exponents(sizes).rows[0] == ["news-rag", "0.50", "0.50", "0.50", "0.50", "0.50"]
    assert exponents(sizes).rows[1][1] == "-"
