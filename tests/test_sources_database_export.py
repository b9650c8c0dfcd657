"""Exports of press databases as text: documents, their facts, and what a file says that it holds."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from index.sources.files import find_files
from index.sources.reading import SourceItem, read_files
from rag.articles import Article

FARES = "The ferry company of Vellmar raised its fares on Friday after fuel became dearer."
PRICE = "Timetable: passengers will pay eight crowns a trip, said director Hanne Orlo."
FOUND = Article("Ferry fares rise", (FARES, PRICE), "Vellmar Echo", authors=("Hanne Orlo",), published=date(2025, 2, 7))
NEXIS = f"""

                               1 of 2 DOCUMENTS

                                 Vellmar Echo

                           February 7, 2025 Friday
                             Late Edition - Final

Ferry fares rise

BYLINE: By HANNE ORLO

LENGTH: 26 words

DATELINE: VELLMAR

{FARES}

{PRICE}

GRAPHIC: PHOTO: A ferry at the quay.

What the photo shows is no text.

LOAD-DATE: February 9, 2025

                   Copyright 2025 Echo Company
                        All Rights Reserved

                               2 of 2 DOCUMENTS

                                 Vellmar Echo

                           February 8, 2025 Saturday

Quay closed

LENGTH: 4 words

The quay is closed.

LOAD-DATE: February 9, 2025
"""
UNI = f"""1. Ferry fares rise
Client/Matter: -None-

Ferry fares rise

Vellmar Echo

February 7, 2025 Friday

Copyright 2025 Echo Company All Rights Reserved

Length: 26 words
Byline: Hanne Orlo

Body

{FARES}

{PRICE}

Graphic

Photo, A ferry at the quay.

Load-Date: February 9, 2025

End of Document
"""
FACTIVA = f"""HD
Ferry fares rise
BY
By Hanne Orlo
WC
26 words
PD
7 February 2025
SN
Vellmar Echo
SC
VECHO

LP
{FARES}

TD
{PRICE}

CO
vferry : Vellmar Ferries
AN
Document VECHO00020250207el2700001
"""
FACTIVA_PLAIN = f"""Ferry fares rise
By Hanne Orlo
26 words
7 February 2025
10:15
Vellmar Echo
VECHO
English
(c) 2025 Echo Company

{FARES}

{PRICE}

Document VECHO00020250207el2700001
"""
PROQUEST = f"""____________________________________________________________

Document 1 of 1

Ferry fares rise

Author: Orlo, Hanne

Abstract: None available.

Full text: {FARES}

{PRICE}

Subject: Ferries; Fares

Publication title: Vellmar Echo

Publication date: Feb 7, 2025

Last updated: 2025-02-09

Database: ProQuest

____________________________________________________________

Contact us at: http://proquest.example
"""


def read(folder: Path, text: str) -> list[SourceItem]:
    path = folder / "export.txt"
    path.write_text(text, encoding="utf-8")
    return list(read_files(find_files([path]), today=date(2026, 1, 1)))


@pytest.mark.parametrize("text", [NEXIS, UNI, FACTIVA, FACTIVA_PLAIN, PROQUEST])
def test_a_document_of_each_service(tmp_path: Path, text: str) -> None:
    first, *others = read(tmp_path, text)
    assert first.where.endswith("export.txt document 1")
    assert (first.article, first.reason, first.notices) == (FOUND, None, ())
    assert [other.article.title for other in others if other.article] == (["Quay closed"] if text is NEXIS else [])


def test_documents_that_are_missing_are_told(tmp_path: Path) -> None:
    *found, missing = read(tmp_path, NEXIS.replace(" of 2 DOC", " of 4 DOC"))
    assert [item.article is not None for item in found] == [True, True]
    assert missing.reason == ("says that it holds 4 documents, and has 2 (not number 3, 4): export the others as well")


def test_reporting_that_only_looks_like_an_export_is_an_article(tmp_path: Path) -> None:
    [item] = read(tmp_path, f"One of the documents\n\n{FARES}\n\nLENGTH: nine metres, says the sign.\n\n{PRICE}")
    assert item.article is not None
    assert item.article.paragraphs == (FARES, "LENGTH: nine metres, says the sign.", PRICE)
