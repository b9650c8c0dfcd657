"""Lays the page out and ties its parts to the conversation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import gradio as gr

from rag.answer.answerer import Answerer
from rag.text.languages import language_name
from rag.web import drawing
from rag.web.conversation import Newest, Turn, View, converse
from rag.web.examples import example_questions

TITLE = "news-rag"
# Questions that are answered at a time; more wait.
_AT_ONCE = 4


def lay_out(answerer: Answerer) -> gr.Blocks:
    """Lay out the page over ``answerer``."""
    newest = Newest(answerer)
    page = gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True)
    with page:
        turns = gr.State(())
        with gr.Column(elem_id="desk"):
            gr.Markdown(drawing.draw_masthead(), elem_id="masthead")
            anew = gr.Button("Start anew", elem_id="anew", size="sm", min_width=0)
            chat = gr.Chatbot(
                elem_id="conversation",
                label="Conversation",
                show_label=False,
                container=False,
                height="100%",
                layout="panel",
                buttons=[],
                feedback_options=None,
                autoscroll=False,  # it would hide the beginning of an answer; markers.js shows it
                latex_delimiters=[],
                allow_tags=False,
                line_breaks=False,
            )
            with gr.Column(elem_id="asking"):
                notice, question, limits = _asking()
            # Not gr.HTML, which makes code of its template with eval: the page's security policy forbids that. All
            # that is put here was escaped by drawing.py.
            sources = gr.Markdown(elem_id="sources", sanitize_html=False, latex_delimiters=[])

        def shown(view: View) -> tuple[object, ...]:
            return view.turns, _messages(view.turns), _panel(newest, view.turns), view.notice, _box(view)

        def ask(
            question: str,
            published_from: str,
            published_to: str,
            outlets: list[str],
            languages: list[str],
            literally: bool,
            turns: Sequence[Turn],
        ) -> Iterator[tuple[object, ...]]:
            typed = (question, published_from, published_to, outlets, turns)
            for view in converse(newest, *typed, languages=languages, literally=literally):
                yield shown(view)

        def ask_example(
            event: gr.SelectData,
            published_from: str,
            published_to: str,
            outlets: list[str],
            languages: list[str],
            literally: bool,
            turns: Sequence[Turn],
        ) -> Iterator[tuple[object, ...]]:
            yield from ask(event.value["text"], published_from, published_to, outlets, languages, literally, turns)

        def begin() -> tuple[object, ...]:
            coverage = newest.answerer().retriever.store
            summary = coverage.summary()
            first = gr.Chatbot(
                placeholder=drawing.draw_welcome(summary.articles),
                examples=[{"text": one} for one in example_questions(coverage)],
            )
            outlets = gr.Dropdown(choices=[name for name, _ in summary.outlets])
            # A choice of one would limit nothing.
            named = sorted((language_name(code), code) for code, _ in summary.languages)
            languages = gr.Dropdown(choices=named, visible=len(named) > 1)
            return first, outlets, languages, _panel(newest, ())

        after = [turns, chat, sources, notice, question]
        # No event is an endpoint that programs are invited to call: they have the library and the command line.
        typed = question.submit(
            ask,
            [question, *limits, turns],
            after,
            trigger_mode="once",
            concurrency_limit=_AT_ONCE,
            concurrency_id="ask",
            show_progress="hidden",
            api_visibility="private",
        )
        chosen = chat.example_select(
            ask_example,
            [*limits, turns],
            after,
            trigger_mode="once",
            concurrency_limit=_AT_ONCE,
            concurrency_id="ask",
            show_progress="hidden",
            api_visibility="private",
        )
        anew.click(
            lambda: shown(View((), unanswered="")),
            None,
            after,
            cancels=[typed, chosen],
            show_progress="hidden",
            api_visibility="private",
        )
        page.load(begin, None, [chat, *limits[2:4], sources], show_progress="hidden", api_visibility="private")
    return page


def _asking() -> tuple[gr.Markdown, gr.Textbox, list[gr.Textbox | gr.Dropdown | gr.Checkbox]]:
    """Make the place for notices, the question's box, and the limits: two days, outlets, languages, none read."""
    notice = gr.Markdown(elem_id="notice", sanitize_html=False, latex_delimiters=[])
    question = gr.Textbox(
        elem_id="question",
        label="Question",
        show_label=False,
        container=False,
        placeholder="Ask a question",
        lines=1,
        max_lines=4,
        submit_btn="Ask",
        autofocus=True,
        html_attributes=gr.InputHTMLAttributes(enterkeyhint="send", autocomplete="off"),
    )
    with gr.Accordion("Limit to days or outlets", open=False, elem_id="limits"):
        with gr.Row():
            # Turned into the browser's own date fields by markers.js.
            first, last = (
                gr.Textbox("", elem_id=name, label=label, placeholder="2025-03-01", lines=1, max_lines=1, min_width=140)
                for name, label in (("from", "Published from"), ("to", "Published to"))
            )
            outlets = gr.Dropdown(
                value=[], elem_id="outlets", label="Outlets", multiselect=True, min_width=220, scale=2
            )
            languages = gr.Dropdown(
                value=[], elem_id="languages", label="Languages", multiselect=True, min_width=140, visible=False
            )
        literally = gr.Checkbox(
            value=False, elem_id="literally", label="Read no days or outlets in the question", container=False
        )
    return notice, question, [first, last, outlets, languages, literally]


def _messages(turns: Sequence[Turn]) -> list[dict[str, str]]:
    return [
        message
        for turn in turns
        for message in (
            {"role": "user", "content": turn.question},
            {"role": "assistant", "content": turn.answer},
        )
    ]


def _panel(newest: Newest, turns: Sequence[Turn]) -> str:
    """Join the drawn sources, the newest answer's first and unfolded; then what the index holds.

    An empty line between them, so that the browser redraws only those that changed.
    """
    summary = newest.held.retriever.store.summary()
    blocks = [turn.sources for turn in turns[-1:]] + [turn.sources_folded for turn in reversed(turns[:-1])]
    blocks.append(drawing.draw_coverage(summary, shown=not any(blocks)))
    return "\n\n".join(filter(None, blocks))


def _box(view: View) -> object:
    return gr.skip() if view.unanswered is None else view.unanswered
