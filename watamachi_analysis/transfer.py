"""Ask for a file over the network: from https only, and only the rest where some is there."""

import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage, HTTPResponse
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    UnknownHandler,
)

from . import __version__

SIGNATURE_BYTES = 4
CHUNK_BYTES = 65_536
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
NOT_SATISFIABLE = 416
PARTIAL = 206
# What urllib raises where the network fails; ValueError is an address that is none.
FAULTS = (OSError, HTTPException, ValueError)


class TransferError(Exception):
    """The network did not give the file; `reason` says why, `status` is the server's answer or 0."""

    def __init__(self, reason: str, status: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


class CutError(TransferError):
    """The connection ended before the file did."""


@dataclass(frozen=True)
class Reply:
    """An answer that carries a file, or the rest of one.

    Attributes
    ----------
    start
        How many bytes of the file lie before this answer; 0 where it is the whole file.
    total
        Bytes of the whole file, or None where the server does not say.
    validator
        What tells this state of the file from another; "" where the server gives nothing.
    body
        What is still to be read.
    """

    start: int
    total: int | None
    validator: str
    body: HTTPResponse


@contextmanager
def ask(address: str, *, start: int, validator: str, timeout: float) -> Iterator[Reply]:
    """Ask for a file, and for its rest only where its start is there and unchanged.

    Parameters
    ----------
    address
        An https address; http on this machine itself.
    start
        How many bytes are there already.
    validator
        What the server said of the file they are from; "" asks for the whole file.
    timeout
        Seconds to wait for each answer.

    Raises
    ------
    TransferError
        If the server cannot be reached, refuses, or leads elsewhere than to https.
    """
    headers = {"User-Agent": f"watamachi-analysis/{__version__}"}
    if start and validator:
        headers |= {"Range": f"bytes={start}-", "If-Range": validator}
    if not is_safe(address):
        raise TransferError("https で始まらない場所からは受け取りません")
    try:
        response = _opener().open(Request(address, headers=headers), timeout=timeout)
    except HTTPError as error:
        with error:
            raise TransferError(_refusal(error.code), error.code) from error
    except FAULTS as error:
        raise TransferError(_reason(error)) from error
    with response:
        yield _reply(response, start, validator)


def pieces(reply: Reply) -> Iterator[bytes]:
    """Yield a file as it comes; the first piece is its signature of four bytes.

    Raises
    ------
    TransferError
        If nothing comes for too long.
    CutError
        If the connection breaks, or ends early.
    """
    received = reply.start
    while True:
        try:
            is_first = received == reply.start
            piece = reply.body.read(SIGNATURE_BYTES) if is_first else reply.body.read1(CHUNK_BYTES)
        except TimeoutError as error:
            raise TransferError(_reason(error)) from error
        except FAULTS as error:
            raise CutError("途中で切れました") from error
        if not piece:
            break
        received += len(piece)
        yield piece
    if received < (reply.total or 0):
        raise CutError("途中で切れました")


def is_safe(address: str) -> bool:
    """Tell whether an address is https without a password, or http on this machine itself.

    Examples
    --------
    >>> [is_safe(a) for a in ("https://nlftp.mlit.go.jp/", "http://127.0.0.1:80/", "file:///etc")]
    [True, True, False]
    >>> is_safe("http://nlftp.mlit.go.jp/"), is_safe("https://name:word@nlftp.mlit.go.jp/")
    (False, False)
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    is_own = parts.scheme == "http" and parts.hostname in LOOPBACK
    return (parts.scheme == "https" or is_own) and parts.username is None


class _SafeRedirects(HTTPRedirectHandler):
    def http_error_302(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage
    ) -> HTTPResponse | None:
        """Follow a redirect.

        Raises
        ------
        HTTPError
            If the server leads to what is no address.
        """
        try:
            return super().http_error_302(req, fp, code, msg, headers)
        except ValueError as error:
            raise HTTPError(req.full_url, code, msg, headers, fp) from error

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        """Follow to https only; to this machine itself only from there.

        Raises
        ------
        HTTPError
            If the server leads elsewhere.
        """
        leads_home = urlsplit(newurl).scheme == "http" and req.type != "http"
        if not is_safe(newurl) or leads_home:
            raise HTTPError(newurl, code, msg, headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _opener() -> OpenerDirector:
    """Return an opener that knows http and https and nothing else: no file:, ftp: or data:."""
    opener = OpenerDirector()
    for handler in (
        ProxyHandler(), HTTPHandler(), HTTPSHandler(), HTTPDefaultErrorHandler(),
        HTTPErrorProcessor(), _SafeRedirects(), UnknownHandler(),
    ):  # fmt: skip
        opener.add_handler(handler)
    return opener


def _reply(response: HTTPResponse, start: int, asked: str) -> Reply:
    """Read the head of an answer.

    Raises
    ------
    TransferError
        If it holds another part of the file than was asked for, or one of another state.
    """
    etag, modified = (response.headers.get(name, "") for name in ("ETag", "Last-Modified"))
    validator = etag if etag.startswith('"') else modified  # a weak ETag names no exact bytes
    if response.status != PARTIAL:
        return Reply(0, response.length, validator, response)
    held = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", response.headers.get("Content-Range", ""))
    if held is None or int(held[1]) != start or validator not in {"", asked}:
        raise TransferError("続きではないところが届きました", NOT_SATISFIABLE)
    return Reply(start, int(held[2]), asked, response)


def _refusal(status: int) -> str:
    if status // 100 == 3:
        return "安全でない場所へ案内されたので、やめました"
    return f"サーバーから受け取れませんでした（HTTP {status}）"


def _reason(error: Exception) -> str:
    cause = error.reason if isinstance(error, URLError) else error
    reasons: tuple[tuple[type[Exception], str], ...] = (
        (TimeoutError, "待ちましたが、返事がありません"),
        (ssl.SSLError, "相手が本物か確かめられません（通信を検査する庁内のネットでも起こります）"),
        (socket.gaierror, "ネットにつながっていないようです"),
    )
    return next((text for kind, text in reasons if isinstance(cause, kind)), "つながりません")
