"""What can be asked for over HTTP, as OpenAPI 3.1. Pure; the ranges are those that the options are checked against."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from server import __version__
from server.access.authorizer import ENTER_PATH
from server.http.login import HOW
from server.http.snapshot import EVERY, PICTURE_OPTIONS, PLAIN_FORMATS, SNAPSHOT_FORMATS
from server.protocol.options import OPTIONS, StreamOptions
from server.stream.mjpeg import MJPEG_OPTIONS

Json = dict[str, Any]

NOTES = {
    "fps": "Pictures per second at most.",
    "quality": "Of JPEG and WebP; PNG has no loss.",
    "scale": "Part of the full size.",
    "max_width": "Pixels; the picture is made smaller where it is wider, its shape kept.",
    "max_height": "Pixels; the picture is made smaller where it is higher, its shape kept.",
    "cursor": "Whether the mouse pointer is drawn.",
}
ID: Json = {
    "name": "id",
    "in": "path",
    "required": True,
    "description": "What `handle` is in `/api/windows`: `0` for the desktop, a window's number, `monitor-1`, `demo`.",
    "schema": {"type": "string"},
}


EVERYWHERE: Json = {
    status: {"$ref": f"#/components/responses/{name}"}
    for status, name in (("401", "Unknown"), ("403", "Refused"), ("421", "Misdirected"), ("429", "Wait"))
}
"""What every address may answer."""


def document() -> Json:
    """Return the description of all that is neither a file of the page nor a WebSocket."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Panecast",
            "version": __version__,
            "description": "Shows windows of a computer. Live pictures over WebSockets are described elsewhere.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": {
            "/": _get(
                "The page that shows what is shared", {"200": _html("The page."), "503": _html("Not known yet.")}
            ),
            "/watch/{id}": _get(
                "The page that watches one source",
                {"200": _html("The page."), "404": _html("The page, which says that nothing is shared there.")},
                ID,
                _parameter("clean", {"type": "string"}, "1: the picture alone, for pages that embed it; others: not."),
            ),
            "/plain/{id}": _get(
                "A page without scripts that reloads a picture",
                {
                    "200": _html("The page."),
                    "400": _ref("Invalid"),
                    "404": _html("A page that says that nothing is shared there, and looks again."),
                    "503": _html("A page that says that it is not known yet, and looks again."),
                },
                ID,
                _parameter("every", EVERY.schema() | {"default": 5}, "Seconds until it is loaded anew."),
                _parameter("format", PLAIN_FORMATS.schema() | {"default": "jpg"}, "What the picture is."),
                *_options(PICTURE_OPTIONS),
            ),
            "/snapshot/{id}.{suffix}": _get("One fresh picture", _snapshot_answers(), *_snapshot_parameters()),
            "/mjpeg/{id}": _get(
                "Live pictures as an answer that does not end",
                {
                    "200": _answer("JPEG files, one part each.", "multipart/x-mixed-replace", _bytes()),
                    "400": _ref("Invalid"),
                    "404": _ref("Missing"),
                    "503": _ref("Unavailable"),
                },
                ID,
                *_options(MJPEG_OPTIONS),
            ),
            "/api/windows": _get(
                "What is shared", {"200": _json("What is shared now.", "Windows"), "503": _ref("Starting")}
            ),
            ENTER_PATH: {"post": _enter()},
            "/api/health": _get(
                "Whether all is well",
                {"200": _json("It is.", "Health"), "503": _json("It is only just starting.", "Health")},
            ),
            "/health": _get(
                "Whether all is well",
                {"200": _json("It is.", "Health"), "503": _json("It is only just starting.", "Health")},
            ),
            "/metrics": _get(
                "Figures for Prometheus, for programs on the same computer only",
                {"200": _answer("Text format 0.0.4.", "text/plain", {"type": "string"}), "403": _ref("Refused")},
            ),
            "/embed.js": _get(
                "A module that defines <panecast-view>",
                {"200": _answer("The module.", "text/javascript", {"type": "string"})},
            ),
            "/openapi.json": _get(
                "This description", {"200": _answer("OpenAPI 3.1.", "application/json", {"type": "object"})}
            ),
        },
        "components": {"responses": _responses(), "schemas": _schemas(), "securitySchemes": _credentials()},
        # Programs on the computer itself need none, unless its owner asks for one.
        "security": [{}, {"bearer": []}, {"token": []}, {"cookie": []}],
    }


def _get(summary: str, responses: Json, *parameters: Json) -> Json:
    operation = {"summary": summary, "responses": EVERYWHERE | responses}
    return {"get": operation | ({"parameters": list(parameters)} if parameters else {})}


def _enter() -> Json:
    how = _answer(HOW, "application/json", {"$ref": "#/components/schemas/Wish"})
    return {
        "summary": "Let a browser in by a link or a PIN; may take a minute while the person is asked",
        "requestBody": {"required": True, "content": how["content"]},
        "responses": EVERYWHERE
        | {"204": {"description": "A cookie is set, and lets this browser in."}, "400": _ref("Invalid")},
        "security": [],
    }


def _credentials() -> Json:
    words = "The token of a link, as it stands behind `#t=`."
    return {
        "bearer": {"type": "http", "scheme": "bearer", "description": words},
        "token": {"type": "apiKey", "in": "query", "name": "token", "description": words},
        "cookie": {
            "type": "apiKey",
            "in": "cookie",
            "name": "panecast-8080",
            "description": "Set by `/api/enter`; the number is that of the port.",
        },
    }


def _snapshot_parameters() -> Sequence[Json]:
    suffix = {
        "name": "suffix",
        "in": "path",
        "required": True,
        "description": "What the picture is.",
        "schema": {"type": "string", "enum": list(SNAPSHOT_FORMATS)},
    }
    known = {
        "name": "If-None-Match",
        "in": "header",
        "description": "The ETag of the picture that is there already.",
        "schema": {"type": "string"},
    }
    return ID, suffix, known, *_options(PICTURE_OPTIONS)


def _snapshot_answers() -> Json:
    tag = {"ETag": {"description": "A name for exactly this picture.", "schema": {"type": "string"}}}
    kinds = dict.fromkeys(f"image/{kind}" for kind in SNAPSHOT_FORMATS.values())
    return {
        "200": {
            "description": "The picture as it is now.",
            "headers": tag,
            "content": {kind: {"schema": _bytes()} for kind in kinds},
        },
        "304": {"description": "The picture is still the one that is there already.", "headers": tag},
        "400": _ref("Invalid"),
        "404": _ref("Missing"),
        "503": _ref("Unavailable"),
    }


def _options(names: Sequence[str]) -> list[Json]:
    defaults = StreamOptions().to_wire()
    found = []
    for name in names:
        schema = OPTIONS[name].schema()
        if name in defaults:
            default = defaults[name]
            schema["default"] = int(default) if isinstance(default, bool) else default
        found.append(_parameter(name, schema, NOTES[name]))
    return found


def _parameter(name: str, schema: Json, words: str) -> Json:
    return {"name": name, "in": "query", "description": words, "schema": schema}


def _answer(words: str, kind: str, schema: Json) -> Json:
    return {"description": words, "content": {kind: {"schema": schema}}}


def _html(words: str) -> Json:
    return _answer(words, "text/html", {"type": "string"})


def _json(words: str, schema: str) -> Json:
    return _answer(words, "application/json", {"$ref": f"#/components/schemas/{schema}"})


def _bytes() -> Json:
    return {"type": "string", "format": "binary"}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/responses/{name}"}


def _responses() -> Json:
    words, error = {"type": "string"}, {"$ref": "#/components/schemas/Error"}
    return {
        "Invalid": _json("A value that is not allowed; the error names the field.", "Error"),
        "Missing": _json("Nothing is shared under this address.", "Error"),
        "Unavailable": _json("There is no picture at the moment or not yet, or too many viewers.", "Error"),
        "Starting": {
            "description": "It is not known yet what there is.",
            "headers": {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer", "minimum": 1}}},
            "content": {"application/json": {"schema": error}},
        },
        "Refused": {
            "description": "Asked by a page, from a computer or with a link that may not; pages are told in words.",
            "content": {"text/plain": {"schema": words}, "application/json": {"schema": error}},
        },
        "Unknown": _json("A link or a cookie is needed, or the one that came is not known.", "Error"),
        "Wait": {
            "description": "There were too many wrong tries or questions, or this device asks for too much at once.",
            "headers": {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer", "minimum": 1}}},
            "content": {"application/json": {"schema": error}},
        },
        "Misdirected": _answer("This computer does not go by that name; in words.", "text/plain", words),
    }


def _schemas() -> Json:
    text, whole = {"type": "string"}, {"type": "integer", "minimum": 0}
    error = {"code": text, "message": text, "field": text}
    return {
        "Error": _object(error=_object(code=text, message=text) | {"properties": error}),
        "Wish": {
            "oneOf": [
                _object(token={"type": "string", "minLength": 1, "maxLength": 256}) | {"additionalProperties": False},
                _object(pin={"type": "string", "minLength": 1, "maxLength": 64})
                | {
                    "properties": {
                        "pin": {"type": "string", "minLength": 1, "maxLength": 64},
                        "id": {"type": "string", "maxLength": 64, "description": "The one source that is wished for."},
                    },
                    "additionalProperties": False,
                },
            ]
        },
        "Health": _object(
            status={"enum": ["ok", "starting"]},
            version=text,
            uptime={"type": "number", "minimum": 0},
            viewers=whole,
            sources=whole,
        ),
        "Windows": _object(windows={"type": "array", "items": {"$ref": "#/components/schemas/Window"}}, count=whole),
        "Window": _object(
            handle={"type": ["integer", "string"]},
            title=text,
            app=text,
            kind={"enum": ["desktop", "monitor", "window", "demo"]},
            width=whole,
            height=whole,
            state={"enum": ["live", "minimised", "hidden", "paused", "blanked", "waiting", "closed"]},
            url={"type": "string", "format": "uri"},
        ),
    }


def _object(**properties: Json) -> Json:
    return {"type": "object", "required": list(properties), "properties": properties}
