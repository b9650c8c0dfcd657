"""A language model behind an OpenAI-compatible server: Ollama, llama.cpp, vLLM, a cloud. Owns the ``openai`` client."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rag.answer.llm.prompt import Prompt
from rag.errors import GenerationFailed, ModelUnavailable

if TYPE_CHECKING:
    import httpx2
    import openai
    from openai.types.chat import ChatCompletionChunk
    from openai.types.chat.chat_completion_chunk import Choice

# Waiting longer than this before another try is left to whoever asks again.
_LONGEST_PAUSE = 5.0
_LIKELIEST = 10
_WITH_THOUGHTS = 8_000
_YES, _NO = ("yes", "true"), ("no", "false")


class Endpoint:
    """A model at a server; calling it with a prompt gives pieces of its answer.

    Nothing that the server sends ends up in an error, since it might repeat the key; nor does the key stand anywhere
    but in the requests' header.
    """

    def __init__(
        self,
        base: str,
        model: str,
        *,
        key: str = "",
        timeout: float = 60.0,
        seconds: float = 300.0,
        retries: int = 2,
        most_bytes: int = 8_000_000,
        longest: int = 1_000,
        holds_grammar: bool = False,
    ) -> None:
        """Nothing is connected yet.

        Args:
            base: Address of the protocol's root, mostly ends in ``/v1``.
            model: Name that the server knows it by.
            key: Sent as a bearer token.
            timeout: Seconds without a byte after which a server counts as gone; connecting has a tenth of it.
            seconds: What one answer may take, whatever comes.
            retries: Further tries when a server is down or busy, each after a longer pause.
            most_bytes: What one answer may have.
            longest: Tokens that the model may write.
            holds_grammar: Whether the server is llama.cpp's, which can hold a model to a grammar.

        Raises:
            ValueError: ``base`` is no address of a server, or holds a name, password or query, which would be shown.
            ModelUnavailable: the extra ``openai`` is not installed.
        """
        if find_spec("openai") is None:
            raise ModelUnavailable("the client for a model's server is not installed: pip install 'news-rag[openai]'")
        self.base = _checked_base(base)
        self.model = model
        self.timeout = timeout
        self.seconds = seconds
        self.retries = retries
        self.most_bytes = most_bytes
        self.longest = longest
        self.holds_grammar = holds_grammar
        self._key = key

    def __repr__(self) -> str:
        return f"Endpoint({self.base!r}, {self.model!r})"

    def __call__(self, prompt: Prompt) -> Iterator[str]:
        """Give the answer in pieces, as they come.

        Raises:
            GenerationFailed: the server is down, slow, refuses the key or the request, or does not send an answer.
        """
        ended = None
        grammar = {"grammar": prompt.grammar} if self.holds_grammar and prompt.grammar else None
        with self._told():
            for choice in self._choices(prompt, self.longest, extra_body=grammar):
                ended = choice.finish_reason or ended
                if choice.delta and choice.delta.content:
                    yield _text(choice.delta.content)
        if ended is None:
            raise GenerationFailed(f"{self._name} broke off, or sent something that is no answer")
        if ended in ("length", "content_filter"):
            raise GenerationFailed(f"{self._name} was stopped before the end of its answer")

    def leaning(self, prompt: Prompt) -> float | None:
        """How much likelier the model's next word is "yes" than "no", as a logit; None where the server does not say.

        Raises:
            GenerationFailed: as calling it does.
        """
        with self._told():
            for choice in self._choices(prompt, 1, logprobs=True, top_logprobs=_LIKELIEST):
                if choice.logprobs and choice.logprobs.content:
                    likeliest = choice.logprobs.content[0].top_logprobs
                    return _logit([(_text(one.token), float(one.logprob)) for one in likeliest])
        return None

    def _choices(
        self,
        prompt: Prompt,
        longest: int,
        *,
        logprobs: bool | None = None,
        top_logprobs: int | None = None,
        extra_body: dict[str, str] | None = None,
    ) -> Iterator[Choice]:
        import openai

        def ask(**limits: float) -> openai.Stream[ChatCompletionChunk]:
            return self._client.chat.completions.create(
                model=self.model,
                messages=[
                    {"role": "system", "content": prompt.instructions},
                    {"role": "user", "content": prompt.text},
                ],
                stream=True,
                logprobs=openai.omit if logprobs is None else logprobs,
                top_logprobs=openai.omit if top_logprobs is None else top_logprobs,
                extra_body={**(extra_body or {}), **limits},
            )

        try:
            stream = ask(max_tokens=longest, temperature=0)
        except openai.BadRequestError:
            # Models that think before they answer know neither; other servers know only these.
            stream = ask(max_completion_tokens=_WITH_THOUGHTS + longest)
        with stream:
            for chunk in stream:
                if chunk.choices:
                    yield chunk.choices[0]

    @property
    def _name(self) -> str:
        return f"the model {self.model} at {self.base}"

    @cached_property
    def _client(self) -> openai.OpenAI:
        import httpx2
        import openai

        client = openai.OpenAI(
            base_url=self.base,
            # Without a key the client would take OPENAI_API_KEY, which is not meant for whatever server stands here.
            api_key=self._key or "none",
            max_retries=self.retries,
            timeout=httpx2.Timeout(self.timeout, connect=max(1.0, self.timeout / 10)),
            default_headers={"Accept-Encoding": "identity"},
            http_client=openai.DefaultHttpxClient(
                # A redirect would carry the coverage, and on the same host the key, where nobody sent it.
                follow_redirects=False,
                # A proxy is for the world outside; at this machine's own servers it fails.
                trust_env=not _at_home(self.base),
                event_hooks={"response": [self._limit]},
            ),
        )
        # The same goes for the rest that it takes from the environment.
        client.organization = client.project = client.admin_api_key = None
        return client

    def _limit(self, response: httpx2.Response) -> None:
        """Bound what is read of a response: the client itself would wait for the end of a line that has none."""
        try:
            pause = float(response.headers.get("retry-after", 0))
        except ValueError:
            pause = math.inf  # a date
        if not 0 <= pause <= _LONGEST_PAUSE:
            del response.headers["retry-after"]
        if "retry-after-ms" in response.headers:
            del response.headers["retry-after-ms"]
        # Compressed, a few bytes unfold to gigabytes before anybody counts them; it was not asked for either.
        compressed = response.headers.get("content-encoding", "identity") != "identity"
        response.stream = _bounded(response, 0 if compressed else self.most_bytes, self.seconds, self._name)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Tell every failure in our own words, without its cause: the client's and the server's may hold the key."""
        import httpx2
        import openai

        try:
            yield
            return
        except openai.APITimeoutError:
            said = f"did not answer within {self.timeout:g} seconds"
        except openai.APIConnectionError:
            said = "could not be reached"
        except openai.APIStatusError as error:
            said = _status(error.status_code)
        except (openai.OpenAIError, httpx2.HTTPError):
            said = "could not answer"
        except (ValueError, TypeError, AttributeError, IndexError, KeyError, RecursionError):
            # Not JSON, not UTF-8, or not of the protocol's shape: the client checks none of it.
            said = "sent something that is no answer"
        raise GenerationFailed(f"{self._name} {said}") from None


def _checked_base(base: str) -> str:
    try:
        parts = urlsplit(base)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        host = None
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError("the address of the model's server must be like http://127.0.0.1:11434/v1")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError(
            "the address of the model's server must not hold a name, a password or anything after '?' or '#': it is "
            "shown in messages; the key belongs into RAG_API_KEY"
        )
    return base.rstrip("/")


def _at_home(base: str) -> bool:
    host = urlsplit(base).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")


def _status(code: int) -> str:
    if code in (401, 403):
        return f"refused the key ({code}): set RAG_API_KEY"
    if code == 404:
        return "is not there (404): check the model's name and RAG_API_BASE"
    if code in (408, 429):
        return f"has no room for another question now ({code})"
    if code in (400, 413, 422):
        return f"refused the request ({code}), which may be too long for it"
    return f"failed ({code})"


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _logit(likeliest: Sequence[tuple[str, float]]) -> float | None:
    """Logarithm of the odds of yes to no among the likeliest next tokens; a side that is not among them is rarer."""
    sides = []
    for words in (_YES, _NO):
        found = [logprob for token, logprob in likeliest if token.strip(" \u0120\u2581\n*\"'.").casefold() in words]
        sides.append(math.log(sum(map(math.exp, found)) or math.ulp(0.0)) if found else None)
    yes, no = sides
    if yes is None and no is None:
        return None
    rarest = min(logprob for _, logprob in likeliest)
    return (rarest if yes is None else yes) - (rarest if no is None else no)


def _bounded(response: httpx2.Response, most_bytes: int, seconds: float, name: str) -> httpx2.SyncByteStream:
    """Return the body of ``response``, ending in ``GenerationFailed`` past ``most_bytes`` or ``seconds`` from now."""
    import httpx2

    body = response.stream
    started = time.monotonic()

    class Bounded(httpx2.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            assert isinstance(body, httpx2.SyncByteStream)
            left = most_bytes
            for some in body:
                left -= len(some)
                if left < 0:
                    raise GenerationFailed(f"{name} sent more than an answer can have")
                if time.monotonic() - started > seconds:
                    raise GenerationFailed(f"{name} did not end its answer within {seconds:g} seconds")
                yield some

        def close(self) -> None:
            assert isinstance(body, httpx2.SyncByteStream)
            body.close()

    return Bounded()
