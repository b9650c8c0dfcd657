"""A language model behind an OpenAI-compatible server: Ollama, llama.cpp, vLLM, a cloud. Owns the ``openai`` client."""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from urllib.parse import urlsplit

from rag.answer.llm.prompt import Prompt
from rag.errors import GenerationFailed, ModelUnavailable

try:
    import httpx2
    import openai
    from openai.types.chat import ChatCompletionChunk
    from openai.types.chat.chat_completion_chunk import Choice
except ModuleNotFoundError as error:
    raise ModelUnavailable(
        "the client for a model's server is not installed: pip install 'news-rag[openai]'"
    ) from error

# What one answer may take, whatever comes, and how much of it is read.
_SECONDS, _MOST_BYTES = 300.0, 8_000_000
_LIKELIEST = 10
_WITH_THOUGHTS = 8_000


@dataclass(eq=False)
class Endpoint:
    """A model at a server; calling it with a prompt gives pieces of its answer. Nothing is connected before that.

    Nothing that the server sends ends up in an error, since it might repeat the key; nor does the key stand anywhere
    but in the requests' header. Raises ``ValueError`` for a ``base`` that is no address of a server, or holds a name,
    password or query, which would be shown.
    """

    base: str
    """Address of the protocol's root, mostly ends in ``/v1``."""
    model: str
    """Name that the server knows it by."""
    _: KW_ONLY
    key: str = field(default="", repr=False)
    """Sent as a bearer token."""
    timeout: float = 60.0
    """Seconds without a byte after which a server counts as gone."""
    longest: int = 1_000
    """Tokens that the model may write."""
    holds_grammar: bool = False
    """Whether the server is llama.cpp's, which can hold a model to a grammar."""

    def __post_init__(self) -> None:
        self.base = _checked_base(self.base)
        self._name = f"the model {self.model} at {self.base}"

    def __call__(self, prompt: Prompt) -> Generator[str]:
        """Give the answer in pieces, as they come; raises ``GenerationFailed`` where the server gives none, or half."""
        ended = None
        grammar = {"grammar": prompt.grammar} if self.holds_grammar and prompt.grammar else {}
        with self._told():
            for choice in self._choices(prompt, self.longest, **grammar):
                ended = choice.finish_reason or ended
                if choice.delta and choice.delta.content:
                    yield "" + choice.delta.content  # a TypeError where it is no text: the client does not look
        if ended is None:
            raise GenerationFailed(f"{self._name} broke off, or sent something that is no answer")
        if ended in ("length", "content_filter"):
            raise GenerationFailed(f"{self._name} was stopped before the end of its answer")

    def leaning(self, prompt: Prompt) -> float | None:
        """How much likelier the next word is "yes" than "no", as a logit; None where the server does not say."""
        with self._told():
            for choice in self._choices(prompt, 1, logprobs=True, top_logprobs=_LIKELIEST):
                if choice.logprobs and choice.logprobs.content:
                    likeliest = choice.logprobs.content[0].top_logprobs
                    return _logit([(one.token, math.exp(one.logprob)) for one in likeliest])
        return None

    def _choices(self, prompt: Prompt, longest: int, **more: object) -> Iterator[Choice]:
        """Stream the answer; ``more`` are further fields of the request."""

        def ask(**limits: object) -> openai.Stream[ChatCompletionChunk]:
            return self._client.chat.completions.create(
                model=self.model,
                messages=[{"role": "system", "content": prompt.instructions}, {"role": "user", "content": prompt.text}],
                stream=True,
                extra_body={**more, **limits},
            )

        try:
            stream = ask(max_tokens=longest, temperature=0)
        except openai.BadRequestError:
            # Models that think before they answer know neither; other servers know only these.
            stream = ask(max_completion_tokens=_WITH_THOUGHTS + longest)
        with stream:
            for chunk in stream:
                yield from chunk.choices[:1]

    @cached_property
    def _client(self) -> openai.OpenAI:
        host = urlsplit(self.base).hostname or ""
        client = openai.OpenAI(
            base_url=self.base,
            # Without a key the client would take OPENAI_API_KEY, which is not meant for whatever server stands here.
            api_key=self.key or "none",
            timeout=self.timeout,
            default_headers={"Accept-Encoding": "identity"},
            http_client=openai.DefaultHttpxClient(
                # A redirect would carry the coverage, and on the same host the key, where nobody sent it.
                follow_redirects=False,
                # A proxy is for the world outside; at this machine's own servers it fails.
                trust_env=host not in ("localhost", "::1") and not host.startswith("127."),
                event_hooks={"response": [self._limit]},
            ),
        )
        # The same goes for the rest that it takes from the environment.
        client.organization = client.project = client.admin_api_key = None
        return client

    def _limit(self, response: httpx2.Response) -> None:
        """Bound what is read of a response: the client itself would wait for the end of a line that has none."""
        for name in ("retry-after", "retry-after-ms"):  # it may ask for a pause of a minute; the client's are shorter
            response.headers.pop(name, None)
        # Compressed, a few bytes unfold to gigabytes before anybody counts them; it was not asked for either.
        compressed = response.headers.get("content-encoding", "identity") != "identity"
        assert isinstance(response.stream, httpx2.SyncByteStream)
        response.stream = _Bounded(response.stream, 0 if compressed else _MOST_BYTES, self._name)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Tell every failure in our own words, without its cause: the client's and the server's may hold the key."""
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
        except (ValueError, TypeError, AttributeError, LookupError, OverflowError, RecursionError):
            # Not JSON, not UTF-8, or not of the protocol's shape: the client checks none of it.
            said = "sent something that is no answer"
        raise GenerationFailed(f"{self._name} {said}") from None


class _Bounded(httpx2.SyncByteStream):
    """The body of a response, which ends in ``GenerationFailed`` when it has too many bytes or takes too long."""

    def __init__(self, body: httpx2.SyncByteStream, most_bytes: int, name: str) -> None:
        self.body, self.left, self.name = body, most_bytes, name
        self.ends = time.monotonic() + _SECONDS

    def __iter__(self) -> Iterator[bytes]:
        for some in self.body:
            self.left -= len(some)
            if self.left < 0:
                raise GenerationFailed(f"{self.name} sent more than an answer can have")
            if time.monotonic() > self.ends:
                raise GenerationFailed(f"{self.name} did not end its answer within {_SECONDS:g} seconds")
            yield some

    def close(self) -> None:
        self.body.close()


def _checked_base(base: str) -> str:
    try:
        parts = urlsplit(base)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https"):
        raise ValueError("the address of the model's server must be like http://127.0.0.1:11434/v1")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError(
            "the address of the model's server must not hold a name, a password or anything after '?' or '#': it is "
            "shown in messages; the key belongs into RAG_API_KEY"
        )
    return base.rstrip("/")


def _status(code: int) -> str:
    match code:
        case 401 | 403:
            return f"refused the key ({code}): set RAG_API_KEY"
        case 404:
            return "is not there (404): check the model's name and RAG_API_BASE"
        case 408 | 429:
            return f"has no room for another question now ({code})"
        case 400 | 413 | 422:
            return f"refused the request ({code}), which may be too long for it"
    return f"failed ({code})"


def _logit(likeliest: Sequence[tuple[str, float]]) -> float | None:
    """Logarithm of the odds of yes to no among the likeliest next tokens; a side that is not among them is rarer."""
    yes, no = (
        sum(share for token, share in likeliest if token.strip(" \u0120\u2581\n*\"'.").casefold() in answers)
        for answers in (("yes", "true"), ("no", "false"))
    )
    rarest = max(min((share for _, share in likeliest), default=1.0), math.ulp(0.0))
    return math.log(yes or rarest) - math.log(no or rarest) if yes or no else None
