"""Lays out the page's parts and connects them to the conversation."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import gradio as gr

from rag.answer.answerer import Answerer
from rag.articles import Article
from rag.sample import QUESTIONS
from rag.store.protocol import Store
from rag.text.languages import language_name
from rag.web import rendering
from rag.web.conversation import LatestAnswerer, RenderedTurn, View, converse

# Questions that are answered at the same time; more wait.
_CONCURRENT = 4
_EXAMPLES, _LONGEST_EXAMPLE = 4, 120


def build_page(answerer: Answerer) -> gr.Blocks:
    """Lay out the page over ``answerer``, without serving it."""
    latest = LatestAnswerer(answerer)
    page = gr.Blocks(title="news-rag", analytics_enabled=False, fill_width=True)
    with page:
        turns = gr.State(())
        with gr.Column(elem_id="desk"):
            gr.Markdown(rendering.MASTHEAD, elem_id="masthead")
            new = gr.Button("New conversation", elem_id="new", size="sm", min_width=0)
            chat = gr.Chatbot(
                elem_id="conversation",
                label="Conversation",
                show_label=False,
                container=False,
                height="100%",
                layout="panel",
                buttons=[],
                autoscroll=False,  # it would hide the beginning of an answer; page.js shows it
                latex_delimiters=[],
                allow_tags=False,
                line_breaks=False,
            )
            with gr.Column(elem_id="asking"):
                notice = gr.Markdown(elem_id="notice", sanitize_html=False, latex_delimiters=[])
                question = gr.Textbox(
                    elem_id="question",
                    label="Question",
                    show_label=False,
                    container=False,
                    placeholder="Ask a question",
                    max_lines=4,
                    submit_btn="Ask",
                    autofocus=True,
                    html_attributes=gr.InputHTMLAttributes(enterkeyhint="send", autocomplete="off"),
                )
                with gr.Accordion("Limit to days or outlets", open=False, elem_id="limits"):
                    limits = _limits()
            # Not gr.HTML, which makes code of its template with eval: the page's security policy forbids that. All
            # that is put here was escaped by rendering.py.
            sources = gr.Markdown(elem_id="sources", sanitize_html=False, latex_delimiters=[])

        def show(view: View) -> tuple[object, ...]:
            messages = [
                {"role": role, "content": content}
                for turn in view.turns
                for role, content in (("user", turn.question), ("assistant", turn.answer))
            ]
            box = gr.skip() if view.box is None else view.box
            return view.turns, messages, _panel(latest, view.turns), view.notice, box

        def ask(*inputs: object) -> Iterator[tuple[object, ...]]:
            yield from map(show, converse(latest, *inputs))  # type: ignore[arg-type]  # what the components hold

        def start() -> tuple[object, ...]:
            store = latest.refreshed().retriever.store
            summary = store.summary()
            languages = sorted((language_name(code), code) for code, _ in summary.languages)
            return (
                gr.Chatbot(
                    placeholder=rendering.render_welcome(summary.articles),
                    examples=[{"text": text} for text in example_questions(store)],
                ),
                gr.Dropdown(choices=[name for name, _ in summary.outlets]),
                gr.Dropdown(choices=languages, visible=len(languages) > 1),  # one choice would limit nothing
                _panel(latest, ()),
            )

        shown = [turns, chat, sources, notice, question]
        # No event is an endpoint that programs are invited to call: they have the library and the command line.
        chosen = chat.example_select(_example, None, question, show_progress="hidden", api_visibility="private")
        asked = [
            event(
                ask,
                [question, *limits, turns],
                shown,
                trigger_mode="once",
                concurrency_limit=_CONCURRENT,
                concurrency_id="ask",
                show_progress="hidden",
                api_visibility="private",
            )
            for event in (question.submit, chosen.then)
        ]
        new.click(
            lambda: show(View((), box="")), None, shown, cancels=asked, show_progress="hidden", api_visibility="private"
        )
        page.load(start, None, [chat, *limits[2:4], sources], show_progress="hidden", api_visibility="private")
    return page


def _limits() -> list[gr.Textbox | gr.Dropdown | gr.Checkbox]:
    """Make the inputs that limit the search: two days, outlets, languages, and whether the question is parsed."""
    with gr.Row():
        # page.js turns them into the browser's own date fields.
        first, last = (
            gr.Textbox("", elem_id=name, label=label, placeholder="2025-03-01", max_lines=1, min_width=140)
            for name, label in (("from", "Published from"), ("to", "Published to"))
        )
        outlets = gr.Dropdown(value=[], elem_id="outlets", label="Outlets", multiselect=True, min_width=220, scale=2)
        languages = gr.Dropdown(
            value=[], elem_id="languages", label="Languages", multiselect=True, min_width=140, visible=False
        )
    parse_query = gr.Checkbox(
        value=True, elem_id="parse-query", label="Read days and outlets in the question", container=False
    )
    return [first, last, outlets, languages, parse_query]


def _example(event: gr.SelectData) -> str:
    return str(event.value["text"])


def _panel(latest: LatestAnswerer, turns: Sequence[RenderedTurn]) -> str:
    """Join the sources of all answers, the newest first and unfolded; then what the index holds.

    An empty line between them, so that the browser redraws only those that changed.
    """
    coverage = rendering.render_coverage(latest.current.retriever.store.summary())
    first, *others = [*(turn.sources for turn in reversed(turns) if turn.sources), coverage]
    return "\n\n".join((rendering.unfolded(first), *others))


def example_questions(store: Store, sample: Path = QUESTIONS) -> list[str]:
    """Choose up to four for the first view: the sample's own where all their articles are held, else new headlines."""
    items = [item for item in json.loads(sample.read_text(encoding="utf-8")) if item.get("example") is True]
    urls = {gold["url"] for item in items for gold in item["gold"]}
    if all(store.article(Article(title="", paragraphs=(), url=url).id) for url in urls):
        return [item["question"] for item in items][:_EXAMPLES]
    # More are read than needed: one headline in several outlets, or one that fills the page, is no second example.
    titles = dict.fromkeys(article.title.strip() for article in store.newest(4 * _EXAMPLES))
    return [title for title in titles if 0 < len(title) <= _LONGEST_EXAMPLE][:_EXAMPLES]
