"""Says who asks: by name and password, or as a proxy says."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
import re
import secrets
import stat
import tomllib
from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path

from rag.errors import RagError

# As OWASP has it for scrypt: 2^17 rounds of 8, 128 MiB and a third of a second for each guess.
_ROUNDS, _BLOCK, _PARALLEL = 2**17, 8, 1
_MOST_ROUNDS = 2**20
_NAME = re.compile(r"[\w.@+-]{1,64}")
_VERIFIED_AT_MOST = 1000


@dataclass(frozen=True, slots=True)
class _Hashed:
    """A password that cannot be read any more."""

    salt: bytes
    digest: bytes
    rounds: int = _ROUNDS

    def matches(self, password: bytes) -> bool:
        """Whether it is this one; takes long, on purpose."""
        return hmac.compare_digest(_scrypt(password, self.salt, self.rounds), self.digest)


def user_line(name: str, password: str, rounds: int = _ROUNDS) -> str:
    """Return the line of users.toml for a user; raises ``ValueError`` for what is no name or no password."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a user: up to 64 letters, digits and any of . @ + - _")
    if len(password) < 8:
        raise ValueError(f"the password has {len(password)} characters: choose one of 8 or more")
    salt = secrets.token_bytes(16)
    fields = (str(rounds), *(b64encode(one).decode() for one in (salt, _scrypt(password.encode(), salt, rounds))))
    return f'"{name}" = "scrypt${"$".join(fields)}"'


class Users:
    """The users of a file; each request names one and the password, as HTTP Basic authentication has it (RFC 7617).

    What was verified once is remembered by a digest that is of use in this process only: not every request waits for
    the slow hash.
    """

    def __init__(self, users: dict[str, _Hashed]) -> None:
        self._users = users
        self._nobody = _Hashed(b"", b"", max(one.rounds for one in users.values()))
        self._key = secrets.token_bytes(32)
        self._verified: dict[bytes, str] = {}
        self._one_at_a_time = asyncio.Semaphore()

    @classmethod
    def read(cls, path: Path) -> Users:
        """Read a file of users; raises ``RagError`` where it cannot be used."""
        way_out = "write a line for each user as rag password NAME prints it"
        try:
            read = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise RagError(f"{path} cannot be read: {error.strerror}: {way_out}") from error
        except ValueError as error:  # it may hold a password: nothing of it is shown
            raise RagError(f"{path} is no TOML: {way_out}") from error
        users = {}
        for name, value in read.items():
            try:
                kind, rounds, salt, digest = value.split("$")
                one = _Hashed(b64decode(salt, validate=True), b64decode(digest, validate=True), int(rounds))
                if kind != "scrypt" or not _NAME.fullmatch(name) or len(one.digest) != 32:
                    raise ValueError
                if not (1 < one.rounds <= _MOST_ROUNDS and one.rounds & (one.rounds - 1) == 0):
                    raise ValueError
                users[name] = one
            except (AttributeError, ValueError) as error:
                raise RagError(f"{path}: what it says of {name!r} is no hashed password: {way_out}") from error
        if not users:
            raise RagError(f"{path} names no user: {way_out}")
        return cls(users)

    def known(self, authorization: str) -> str:
        """Return the user whose credentials were verified before, without delay; empty where they were not."""
        return self._verified.get(self._digest(authorization), "")

    async def verified(self, authorization: str) -> str:
        """Return the user whose name and password these are; empty where they are not."""
        scheme, _, credentials = authorization.partition(" ")
        try:
            if scheme.lower() == "basic":
                pair = b64decode(credentials.strip(), validate=True)
            elif scheme.lower() == "bearer":  # all that OpenAI's clients have is a key: "name:password"
                pair = credentials.encode("latin-1", errors="replace")  # the bytes as they were sent
            else:
                return ""
        except ValueError:
            return ""
        name, _, password = pair.partition(b":")
        user = name.decode(errors="replace")
        # The same time is taken for a user whom nobody knows: else it would tell names.
        hashed = self._users.get(user, self._nobody)
        async with self._one_at_a_time:  # guesses keep one core busy, and not all
            if self.known(authorization):
                return user
            if not await asyncio.to_thread(hashed.matches, password):
                return ""
        if len(self._verified) >= _VERIFIED_AT_MOST:
            self._verified.clear()
        self._verified[self._digest(authorization)] = user
        return user

    def _digest(self, authorization: str) -> bytes:
        return hmac.digest(self._key, authorization.encode(errors="replace"), "sha256")


def readable_by_others(path: Path) -> bool:
    """Whether other users of this machine may read a file."""
    return os.name == "posix" and bool(path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))


def _scrypt(password: bytes, salt: bytes, rounds: int) -> bytes:
    memory = 128 * _BLOCK * (rounds + _PARALLEL + 2)
    return hashlib.scrypt(password, salt=salt, n=rounds, r=_BLOCK, p=_PARALLEL, maxmem=memory, dklen=32)
