"""Who may ask: the right Host, the one-time token or its cookie, our own Origin, a bounded body.

Also the headers that every answer bears.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from collections.abc import Awaitable, Callable
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from umkm_stats.errors import UmkmError

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

WEEK = 7 * 24 * 3600
POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
MB = 1_000_000
UPLOAD, FORM = 200 * MB, 4 * MB
SWALLOWED = 2_000 * MB  # of a body that is refused: read on and thrown away, so that the refusal is seen


class Keys:
    """The token of the address, good once, and the secrets of the cookies given for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._token = ""
        self._secrets: set[str] = set()
        self.fresh()

    def fresh(self) -> str:
        """A new token; the one before it is worth nothing from now on."""
        with self._lock:
            self._token = secrets.token_urlsafe(32)
            return self._token

    def spend(self, token: str) -> str | None:
        """The secret of a new cookie for the token; None when it is wrong or was used."""
        with self._lock:
            if not self._token or not hmac.compare_digest(token.encode(), self._token.encode()):
                return None
            self._token = ""
            made = secrets.token_urlsafe(32)
            self._secrets.add(made)
            return made

    def knows(self, secret: str) -> bool:
        """Whether a cookie bears one of our secrets."""
        given = secret.encode()
        return any(hmac.compare_digest(given, known.encode()) for known in tuple(self._secrets))


class TooLarge(Exception):
    """A body passed its limit while it was read."""


class Guard:
    """ASGI: lets through what is ours, says no to the rest in words.

    refuse: (code, status, scope) → the body of the refusal as HTML. upload: path whose body may be large.
    """

    def __init__(
        self,
        app: Any,
        *,
        host: str,
        keys: Keys,
        cookie: str,
        refuse: Callable[[UmkmError, Scope], str],
        upload: str,
        limit: int = UPLOAD,
    ) -> None:
        self.app = app
        self.host = host
        self.keys = keys
        self.cookie = cookie
        self.refuse = refuse
        self.upload = upload
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = _headers(scope)
        if headers.get("host") != [self.host]:
            await self._no("APP006", 403, scope, receive, send, {"host": self.host})
            return
        token = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token")
        if token and scope["path"] == "/" and scope["method"] == "GET":
            secret = self.keys.spend(token[0])
            if secret is None:
                await self._no("APP005", 403, scope, receive, send)
                return
            bound = f"{self.cookie}={secret}; Path=/; Max-Age={WEEK}; HttpOnly; SameSite=Strict"
            await _answer(send, 303, b"", {"location": "/", "set-cookie": bound})
            return
        if not self.keys.knows(_cookie(headers, self.cookie)):
            await self._no("APP005", 403, scope, receive, send)
            return
        if scope["method"] not in ("GET", "HEAD", "POST"):
            await self._no("APP018", 405, scope, receive, send)
            return
        if scope["method"] == "POST" and not self._from_here(headers):
            await self._no("APP007", 403, scope, receive, send)
            return
        await self._bounded(scope, headers, receive, send)

    def _from_here(self, headers: dict[str, list[str]]) -> bool:
        """Our own Origin; without one the browser must say that no other page sent the form."""
        origin = headers.get("origin")
        if origin is not None:
            return origin == [f"http://{self.host}"]
        return headers.get("sec-fetch-site") in (["same-origin"], ["none"])

    async def _bounded(
        self, scope: Scope, headers: dict[str, list[str]], receive: Receive, send: Send
    ) -> None:
        limit = self.limit if scope["path"] == self.upload else FORM
        count, begun, over = 0, False, False

        async def counted() -> dict[str, Any]:
            nonlocal count, over
            message = await receive()
            count += len(message.get("body", b""))
            if count > limit:
                over = True
                raise TooLarge
            return message

        async def marked(message: dict[str, Any]) -> None:
            nonlocal begun
            if over:  # what a framework says of the body that it could not read to its end
                return
            if message["type"] == "http.response.start":
                begun = True
                message = {**message, "headers": _with_ours(message.get("headers", []))}
            await send(message)

        declared = (headers.get("content-length") or ["0"])[0]
        if declared.isdigit() and int(declared) > limit:
            over = True
        else:
            try:
                await self.app(scope, counted, marked)
            except TooLarge:
                over = True
        if over and not begun:
            await self._no("APP008", 413, scope, receive, send, {"limit": limit // MB})

    async def _no(
        self,
        code: str,
        status: int,
        scope: Scope,
        receive: Receive,
        send: Send,
        params: dict[str, Any] | None = None,
    ) -> None:
        """Refuse in words. What is still sent is read and thrown away: a link that is cut would hide them."""
        swallowed = 0
        while swallowed < SWALLOWED:
            message = await receive()
            swallowed += len(message.get("body", b""))
            if message["type"] != "http.request" or not message.get("more_body"):
                break
        page = self.refuse(UmkmError(code, params=params), scope).encode()
        await _answer(send, status, page, {"content-type": "text/html; charset=utf-8", "connection": "close"})


def _headers(scope: Scope) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return found


def _cookie(headers: dict[str, list[str]], name: str) -> str:
    for line in headers.get("cookie", []):
        try:
            morsel = SimpleCookie(line).get(name)
        except CookieError:
            continue
        if morsel is not None:
            return morsel.value
    return ""


def _with_ours(headers: Any) -> list[tuple[bytes, bytes]]:
    """The headers of an answer with ours where it has none of that name."""
    own = [(bytes(name).lower(), bytes(value)) for name, value in headers]
    named = {name for name, _ in own}
    return own + [(k.encode(), v.encode()) for k, v in HEADERS.items() if k.encode() not in named]


async def _answer(send: Send, status: int, body: bytes, headers: dict[str, str]) -> None:
    given = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    given.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": _with_ours(given)})
    await send({"type": "http.response.body", "body": body})
