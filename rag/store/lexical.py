"""The words of passages and articles in tantivy: which of them say what a question says, ranked by BM25."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.articles import Article, Passage, header
from rag.errors import IndexCorrupt
from rag.store.manifest import FileRecord, record_file
from rag.store.scope import EVERYTHING, Scope, name_key
from rag.text.words import terms, words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from tantivy import Document, IndexWriter, Query, Schema, Searcher

RowsOf = Callable[[Iterable[int]], Sequence[int]]
ExtentsOf = Callable[[Sequence[str]], list[tuple[int, int, int]]]
_LIST = "meta.json"  # of an index's segments, as tantivy writes it
_PASSAGES, _ARTICLES = "passages", "articles"
# A title says in a few words what an article's thousand say; measured in benchmarks/retrieval.md.
_TITLE_WEIGHT = 3
# Share of all passages below which, for each term that is looked for, what is allowed is less than what says one.
_NARROW = 0.005
# Bytes that tantivy may gather in memory before it writes a segment.
_HEAP = 64_000_000


class LexicalWriter:
    """Indexes the passages and articles of one part of a snapshot.

    All that a document was given is stored with it: its words can be copied into another part, and need not be cut
    again. Nothing is ever deleted in place, since tantivy keeps the words of what was deleted until it merges.
    """

    def __init__(self, folder: Path) -> None:
        """Begin one in ``folder``, which must not be there yet; raises ``OSError`` when the disk is full."""
        self._folder = folder
        self._writers = {kind: _begin(folder / kind) for kind in (_PASSAGES, _ARTICLES)}

    def add(self, number: int, article: Article, passages: Iterable[tuple[int, Passage]]) -> None:
        """Add an article under its number, and its passages under their ids."""
        passages = list(passages)
        of_article, *of_passages = said_by(article, [passage for _, passage in passages])
        with self._written():
            document = _document(number, article)
            document.add_text("terms", of_article)
            self._writers[_ARTICLES].add_document(document)
            for (id_, passage), said in zip(passages, of_passages, strict=True):
                document = _document(id_, article)
                document.add_text("terms", said)
                document.add_text("words", " ".join(words(passage.text)))
                self._writers[_PASSAGES].add_document(document)

    def copy(self, folder: Path, passages: Collection[int], articles: Collection[int]) -> None:
        """Add what ``folder``, of another part, holds, but for the passages and articles of these ids and numbers."""
        for kind, gone in ((_PASSAGES, passages), (_ARTICLES, articles)):
            for id_, document in _documents(folder / kind):
                if id_ not in gone:
                    with self._written():
                        self._writers[kind].add_document(document)

    def finish(self, staging: Path) -> dict[str, FileRecord]:
        """Write everything, and return the files by their names under ``staging``."""
        files = {}
        for kind, writer in self._writers.items():
            with self._written():
                writer.commit()
                writer.wait_merging_threads()
            files.update(_records(staging, self._folder / kind))
        return files

    @contextmanager
    def _written(self) -> Iterator[None]:
        try:
            yield
        except ValueError as error:  # what it raises for everything, a full disk among it
            raise OSError(f"{self._folder} could not be written: {error}") from error


class LexicalIndex:
    """The lexical side of one snapshot, read only. Threads may share it."""

    def __init__(
        self, folder: Path, passages: Searcher, articles: Searcher, rows_of: RowsOf, extents_of: ExtentsOf
    ) -> None:
        self._folder = folder
        self._passages = passages
        self._articles = articles
        self._rows_of = rows_of
        self._extents_of = extents_of
        self._schema = _schema()

    @classmethod
    def read(cls, folders: Sequence[Path], rows_of: RowsOf, extents_of: ExtentsOf) -> LexicalIndex:
        """Open what ``LexicalWriter`` wrote, in the folders of all parts; ``IndexCorrupt`` when it is not that.

        ``rows_of`` gives the rows of passages for their ids, ``extents_of`` for ids of articles their numbers, and the
        ids of their first and last passages.
        """
        passages, articles = (_searcher([folder / kind for folder in folders]) for kind in (_PASSAGES, _ARTICLES))
        return cls(folders[0].parent, passages, articles, rows_of, extents_of)

    @property
    def rows(self) -> int:
        """How many passages there are."""
        return self._passages.num_docs

    def passages_with(self, term: str) -> int:
        """In how many passages, or their headers, a term occurs."""
        with _readable(self._folder):
            return self._passages.doc_freq("terms", term)

    def passages(
        self,
        weights: Mapping[str, float],
        limit: int,
        scope: Scope = EVERYTHING,
        phrases: Sequence[str] = (),
        *,
        share: float = 1.0,
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Rows and BM25 scores (Robertson & Zaragoza 2009; k1 1.2, b 0.75) of the best passages, best first.

        A passage's score is the sum over the terms of ``weights`` that occur in it or in its header. Only passages that
        ``scope`` allows, and that hold every one of ``phrases`` word for word, are ranked. ``share`` is how many of all
        those are, and changes nothing but how long it takes.
        """
        return self._best(self._passages, weights, limit, scope, phrases, share=share)

    def articles(
        self, weights: Mapping[str, float], limit: int, scope: Scope = EVERYTHING, *, share: float = 1.0
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Numbers and BM25 scores of the best whole articles, best first; the title counts several times."""
        return self._best(self._articles, weights, limit, scope, share=share)

    def articles_saying(self, text: str, languages: Iterable[str | None]) -> list[int] | None:
        """Numbers of the articles that say every word of ``text`` as one of their ``languages`` would, in no order.

        None where no word carries meaning: they leave every article.
        """
        import tantivy

        every, languages = tantivy.Occur.Must, list(languages)
        said = []
        for word in text.split():
            forms = {tuple(terms(word, language)) for language in languages}
            if () not in forms:  # a stop word of one language may be rare in another's articles
                each = [
                    tantivy.Query.boolean_query([(every, self._term("terms", term)) for term in form]) for form in forms
                ]
                said.append((every, tantivy.Query.boolean_query([(tantivy.Occur.Should, one) for one in each])))
        if not said:
            return None
        with _readable(self._folder):
            query, most = tantivy.Query.boolean_query(said), max(1, self._articles.num_docs)
            found = self._articles.search(query, limit=most, count=False).hits
            return list(map(int, _numbers(self._articles, found)))

    def rows_with(self, phrases: Sequence[str]) -> NDArray[np.int64]:
        """Rows of the passages that hold every phrase word for word, case and accents apart; in no order."""
        import tantivy

        query = tantivy.Query.boolean_query([(tantivy.Occur.Must, one) for one in self._phrases(phrases)])
        with _readable(self._folder):
            found = self._passages.search(query, limit=max(1, self.rows), count=False).hits
            return self._rows(found)

    def rows_like(self, word: str, edits: int, limit: int) -> list[int]:
        """Rows of at most ``limit`` passages that hold a word within ``edits`` of ``word``; two at most."""
        import tantivy

        query = tantivy.Query.fuzzy_term_query(self._schema, "words", word, edits)
        with _readable(self._folder):
            found = self._passages.search(query, limit=max(1, min(limit, self.rows)), count=False).hits
            return sorted(self._rows(found).tolist())

    def _rows(self, found: Sequence[tuple[Any, Any]]) -> NDArray[np.int64]:
        """Rows of the passages that tantivy found; ``ValueError`` where there is no such, as a flipped byte has it."""
        import numpy as np

        return np.asarray(self._rows_of(_numbers(self._passages, found)), np.int64)

    def _best(
        self,
        searcher: Searcher,
        weights: Mapping[str, float],
        limit: int,
        scope: Scope,
        phrases: Sequence[str] = (),
        *,
        share: float,
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        import numpy as np
        import tantivy

        wanted = [
            (tantivy.Occur.Should, tantivy.Query.boost_query(self._term("terms", term), weight))
            for term, weight in weights.items()
            if weight > 0
        ]
        if not wanted:
            return np.empty(0, np.int64), np.empty(0)
        # Limits choose and do not score. Where they leave little, tantivy goes through that and looks for the words in
        # it; else through what says one of the words.
        limits = [
            (tantivy.Occur.Must, tantivy.Query.const_score_query(one, 0.0))
            for one in self._limits(searcher, scope, phrases)
        ]
        if limits and share >= _NARROW * len(wanted):
            wanted = [(tantivy.Occur.Must, tantivy.Query.boolean_query(wanted))]
        query = tantivy.Query.boolean_query([*limits, *wanted])
        # tantivy makes room for as many as it is asked for, whether there are that many or not.
        with _readable(self._folder):
            found = searcher.search(query, limit=max(1, min(limit, searcher.num_docs)), count=False).hits
            rows = self._rows(found) if searcher is self._passages else _numbers(searcher, found)
        scores = np.array([score for score, _ in found], np.float64)
        # Equal scores come in the order of the rows, however the index is divided into segments.
        order = np.lexsort((rows, -scores))[: np.count_nonzero(scores)]  # what says no word scores nothing
        return rows[order], scores[order]

    def _limits(self, searcher: Searcher, scope: Scope, phrases: Sequence[str]) -> list[Query]:
        import tantivy

        limits = self._phrases(phrases)
        if scope.published_from or scope.published_to:
            limits.append(
                tantivy.Query.range_query(
                    self._schema,
                    "day",
                    tantivy.FieldType.Integer,
                    (scope.published_from or date.min).toordinal(),
                    (scope.published_to or date.max).toordinal(),
                )
            )
        for field, names in (("outlet", scope.outlets), ("author", scope.authors)):
            if names:
                limits.append(tantivy.Query.term_set_query(self._schema, field, [name_key(name) for name in names]))
        if scope.languages:
            limits.append(tantivy.Query.term_set_query(self._schema, "language", list(scope.languages)))
        if scope.articles:
            extents = self._extents_of(scope.articles)
            ranges = [(first, last) if searcher is self._passages else (one, one) for one, first, last in extents]
            limits.append(
                tantivy.Query.boolean_query([(tantivy.Occur.Should, self._row_range(*one)) for one in ranges])
            )
        return limits

    def _row_range(self, first: int, last: int) -> Query:
        import tantivy

        return tantivy.Query.range_query(self._schema, "row", tantivy.FieldType.Unsigned, first, last)

    def _phrases(self, phrases: Sequence[str]) -> list[Query]:
        import tantivy

        queries = []
        for phrase in phrases:
            said = words(phrase)
            if len(said) == 1:
                queries.append(self._term("words", said[0]))
            elif said:
                queries.append(tantivy.Query.phrase_query(self._schema, "words", list(said)))
        return queries

    def _term(self, field: str, term: str) -> Query:
        import tantivy

        return tantivy.Query.term_query(self._schema, field, term, index_option="freq")


def _numbers(searcher: Searcher, found: Sequence[tuple[Any, Any]]) -> NDArray[np.int64]:
    import numpy as np

    return np.array(searcher.fast_field_values("row", [at for _, at in found]), np.int64)


def _documents(folder: Path) -> Iterator[tuple[int, Document]]:
    """Every document of one index with its id, as it was added, in the order of the ids."""
    import tantivy

    searcher = _searcher([folder])
    with _readable(folder):
        found = searcher.search(tantivy.Query.all_query(), limit=max(1, searcher.num_docs), count=False).hits
        for number, (_, at) in sorted(
            zip(_numbers(searcher, found).tolist(), found, strict=True), key=lambda one: one[0]
        ):
            yield number, searcher.doc(at)


def said_in(folder: Path) -> Iterator[str]:
    """What every passage and article in the folder of one part says, as ``said_by`` puts it."""
    for kind in (_PASSAGES, _ARTICLES):
        for _, document in _documents(folder / kind):
            yield str(document.get_first("terms") or "")


def said_by(article: Article, passages: Sequence[Passage]) -> list[str]:
    """What is indexed of an article and of its passages: their terms in one line each."""
    above = terms(header(article), article.language)
    each = [terms(passage.text, article.language) for passage in passages]
    # No word has white space in it: passages that were cut there, and leave nothing out, have the words of the article.
    if " ".join(passage.text for passage in passages).split() == " ".join(article.paragraphs).split():
        text = [term for some in each for term in some]
    else:
        text = [term for paragraph in article.paragraphs for term in terms(paragraph, article.language)]
    return [" ".join([*text, *above * _TITLE_WEIGHT]), *(" ".join([*some, *above]) for some in each)]


def _document(row: int, article: Article) -> Document:
    import tantivy

    document = tantivy.Document()
    document.add_unsigned("row", row)
    if article.outlet:
        document.add_text("outlet", name_key(article.outlet))
    for author in article.authors:
        document.add_text("author", name_key(author))
    if article.language:
        document.add_text("language", article.language)
    if article.published:
        document.add_integer("day", article.published.toordinal())
    return document


def _schema() -> Schema:
    """The fields. Terms and words are cut by rag.text.words, and only parted at spaces here, so that all agree."""
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("row", stored=True, fast=True)
    builder.add_text_field("terms", stored=True, tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("words", stored=True, tokenizer_name="whitespace", index_option="position")
    builder.add_text_field("outlet", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("author", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("language", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("day", stored=True, indexed=True, fast=True)
    return builder.build()


def _begin(folder: Path) -> IndexWriter:
    import tantivy

    folder.mkdir(parents=True)
    try:
        # One thread: with more, the order of documents, and with it that of equal scores, would be chance.
        return tantivy.Index(_schema(), path=str(folder)).writer(heap_size=_HEAP, num_threads=1)
    except ValueError as error:
        raise OSError(f"{folder} could not be written: {error}") from error


def _records(staging: Path, folder: Path) -> dict[str, FileRecord]:
    """Sync and record what tantivy left, without its locks and its list of files, which only a writer needs."""
    records = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            path.unlink()
        else:
            records[path.relative_to(staging).as_posix()] = record_file(path)
    return records


def _searcher(folders: Sequence[Path]) -> Searcher:
    """Open the indexes of several folders as one, so that a term weighs the same in all of them."""
    import tantivy

    # It puts a lock file beside what it opens, and a snapshot is never written to, nor may it be writable. So it is
    # shown links to the files elsewhere; once they are open the links are not needed. Its threads may put the lock
    # there at the very moment of the clearing up, and what is left then does no harm.
    with (
        _readable(folders[0]),
        tempfile.TemporaryDirectory(prefix="news-rag-", ignore_cleanup_errors=True) as aside,
    ):
        lists = [json.loads((folder / _LIST).read_bytes()) for folder in folders]
        for path in (path for folder in folders for path in folder.iterdir() if path.name != _LIST):
            (Path(aside) / path.name).symlink_to(path.resolve())
        segments = [segment for one in lists for segment in one["segments"]]
        (Path(aside) / _LIST).write_text(json.dumps(lists[0] | {"segments": segments}))
        index = tantivy.Index.open(aside)
        index.config_reader(reload_policy="manual")
        return index.searcher()


@contextmanager
def _readable(folder: Path) -> Iterator[None]:
    """Name the folder and the way out when tantivy cannot read its files."""
    try:
        yield
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise IndexCorrupt(f"{folder} cannot be read ({error}): rebuild with rag-index build") from error
    except BaseException as error:
        # A flipped byte makes its Rust code panic, and that is no Exception; pyo3 does not export the class.
        if type(error).__name__ != "PanicException":
            raise
        raise IndexCorrupt(f"{folder} is damaged: rebuild with rag-index build") from error
