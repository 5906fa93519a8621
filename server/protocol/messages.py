"""Every message we send, as text ready for the socket. Values in, bytes out; no socket in sight."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime

from capture.encode.image import Encoded
from capture.reason import Reason
from capture.source import Condition
from server.errors import ProtocolError


def rfc3339(seconds: float) -> str:
    """Return ``seconds`` since the epoch as RFC 3339 in UTC, to the millisecond."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def message(kind: str, data: Mapping[str, object]) -> bytes:
    """Return a message of the public form: ``type``, ``timestamp``, ``data``."""
    return _text({"type": kind, "timestamp": _now(), "data": data})


def error(code: str, reason: Reason, field: str | None = None) -> bytes:
    """Return an ``error`` message; ``field`` names a bad option."""
    return _text({"type": "error", "timestamp": _now(), "error": error_body(code, reason, field)})


def error_body(code: str, reason: Reason, field: str | None = None) -> dict[str, object]:
    """Return an error as sockets and HTTP tell it: what kind it is, why in words, and by which code in which."""
    told = reason.for_programs
    body: dict[str, object] = {"code": code, "message": reason.english}
    if field is not None:
        body["field"] = field
    return body | {"message_code": told["code"], "values": told["values"]}


def protocol_error(fault: ProtocolError) -> bytes:
    """Return the ``error`` message that says why."""
    return error(fault.code, fault.reason, fault.field)


def state(condition: Condition) -> bytes:
    """Return a ``state`` message."""
    return message(
        "state", {"state": condition.state, "reason": condition.reason.english} | condition.reason.for_programs
    )


def frame(encoded: Encoded) -> bytes:
    """Return a ``frame`` message. Made once in a worker thread and shared by every viewer of the rendition."""
    return _picture("frame", encoded, "")


def screenshot(encoded: Encoded, filename: str) -> bytes:
    """Return a ``screenshot`` message: like ``frame``, plus the name to save it under."""
    return _picture("screenshot", encoded, f',"filename":{json.dumps(filename)}')


def _picture(kind: str, encoded: Encoded, more: str) -> bytes:
    # Written by hand, because a JSON encoder would copy and inspect every one of a hundred thousand characters.
    made = rfc3339(encoded.encoded_at)
    head = (
        f'{{"type":"{kind}","timestamp":"{made}","data":{{"frame_number":{encoded.version},'
        f'"width":{encoded.width},"height":{encoded.height},"format":"{encoded.format}",'
        f'"size":{len(encoded.data)},"timestamp":"{made}","captured_at":"{rfc3339(encoded.captured_at)}"{more},'
        f'"data_url":"data:image/{encoded.format};base64,'
    )
    return b"".join((head.encode(), base64.b64encode(encoded.data), b'"}}'))


def _text(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _now() -> str:
    return rfc3339(time.time())
