"""The description of the HTTP routes is complete, valid and true."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from capture import reasons
from capture.source import Condition
from server.http.app import make_app
from server.http.openapi import document
from server.http.snapshot import EVERY, PICTURE_OPTIONS, PLAIN_FORMATS, SNAPSHOT_FORMATS
from server.protocol.options import OPTIONS, Choice, Real, StreamOptions, Switch, Whole
from server.stream.mjpeg import MJPEG_OPTIONS
from tests.helpers.studio import Studio

DOCUMENT = document()
PAGE_FILES = {"/viewer/{name}", "/favicon.ico"}
WEB_SOCKETS = {"/stream/{id}", "/streams"}


@pytest.fixture
async def http(studio: Studio) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(f"http://127.0.0.1:{studio.server.port}") as session:
        yield session


def resolved(value: dict[str, Any]) -> dict[str, Any]:
    """Return what ``value`` refers to, or itself."""
    if "$ref" not in value:
        return value
    found: Any = DOCUMENT
    for name in value["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return found


def test_it_is_valid() -> None:
    assert list(OpenAPIV31SpecValidator(DOCUMENT).iter_errors()) == []


async def test_every_route_is_in_it_and_nothing_else(studio: Studio) -> None:
    app = make_app(studio.registry)
    routes = {resource.canonical for resource in app.router.resources()}

    assert set(DOCUMENT["paths"]) == routes - PAGE_FILES - WEB_SOCKETS


def schema_of(option: Real | Whole | Switch | Choice) -> dict[str, object]:
    """Return what an option is as JSON Schema."""
    match option:
        case Real():
            return {"type": "number", "minimum": option.low, "maximum": option.high}
        case Whole():
            return {"type": "integer", "minimum": option.low, "maximum": option.high}
        case Switch():
            return {"type": "integer", "enum": [0, 1]}
        case Choice():
            return {"type": "string", "enum": list(option.choices)}


@pytest.mark.parametrize(
    ("route", "options"),
    [
        ("/snapshot/{id}.{suffix}", {name: OPTIONS[name] for name in PICTURE_OPTIONS}),
        ("/mjpeg/{id}", {name: OPTIONS[name] for name in MJPEG_OPTIONS}),
        ("/plain/{id}", {name: OPTIONS[name] for name in PICTURE_OPTIONS} | {"every": EVERY, "format": PLAIN_FORMATS}),
    ],
)
def test_parameters_are_those_that_are_checked(route: str, options: dict[str, Real | Whole | Switch | Choice]) -> None:
    parameters = DOCUMENT["paths"][route]["get"]["parameters"]
    described = {each["name"]: dict(each["schema"]) for each in parameters if each["in"] == "query"}
    defaults = StreamOptions().to_wire() | {"every": 5, "format": "jpg"}
    found = {name: schema.pop("default", None) for name, schema in described.items()}

    assert described == {name: schema_of(option) for name, option in options.items()}
    assert found == {name: defaults.get(name) for name in options}
    suffixes = [each["schema"]["enum"] for each in parameters if each["name"] == "suffix"]
    assert suffixes == ([list(SNAPSHOT_FORMATS)] if "{suffix}" in route else [])


CASES = [
    ("/", {}, "/", 200),
    ("/watch/4711", {"clean": "1"}, "/watch/{id}", 200),
    ("/watch/4712", {}, "/watch/{id}", 404),
    ("/plain/4711", {"every": "9", "format": "png", "quality": "30"}, "/plain/{id}", 200),
    ("/plain/4711", {"every": "0"}, "/plain/{id}", 400),
    ("/plain/4712", {}, "/plain/{id}", 404),
    ("/snapshot/4711.jpg", {}, "/snapshot/{id}.{suffix}", 200),
    ("/snapshot/4711.png", {"scale": "0.5"}, "/snapshot/{id}.{suffix}", 200),
    ("/snapshot/4711.webp", {}, "/snapshot/{id}.{suffix}", 200),
    ("/snapshot/4711.jpg", {"quality": "101"}, "/snapshot/{id}.{suffix}", 400),
    ("/snapshot/4712.jpg", {}, "/snapshot/{id}.{suffix}", 404),
    ("/mjpeg/4711", {}, "/mjpeg/{id}", 200),
    ("/mjpeg/4711", {"fps": "99"}, "/mjpeg/{id}", 400),
    ("/mjpeg/4712", {}, "/mjpeg/{id}", 404),
    ("/api/windows", {}, "/api/windows", 200),
    ("/api/health", {}, "/api/health", 200),
    ("/health", {}, "/health", 200),
    ("/metrics", {}, "/metrics", 200),
    ("/embed.js", {}, "/embed.js", 200),
    ("/openapi.json", {}, "/openapi.json", 200),
]


@pytest.mark.parametrize(("path", "query", "route", "status"), CASES)
async def test_answers_are_as_described(
    studio: Studio, http: aiohttp.ClientSession, path: str, query: dict[str, str], route: str, status: int
) -> None:
    async with http.get(path, params=query) as answer:
        assert answer.status == status
        described = resolved(DOCUMENT["paths"][route]["get"]["responses"][str(status)])
        assert answer.content_type in described["content"]
        if answer.content_type == "application/json":
            schema = described["content"]["application/json"]["schema"] | {"components": DOCUMENT["components"]}
            Draft202012Validator(schema).validate(await answer.json())
        for name in described.get("headers", {}):
            assert name in answer.headers


def test_every_route_is_tried() -> None:
    assert {route for _, _, route, _ in CASES} == {
        path for path, methods in DOCUMENT["paths"].items() if "get" in methods
    }


WISHES = [({"token": "x"}, 401), ({"pin": "123456"}, 401), ({"pin": "123456", "id": "0"}, 401), ({}, 400), ([], 400)]


@pytest.mark.parametrize(("wish", "status"), WISHES)
async def test_entering_is_as_described(studio: Studio, http: aiohttp.ClientSession, wish: object, status: int) -> None:
    described = DOCUMENT["paths"]["/api/enter"]["post"]
    schema = described["requestBody"]["content"]["application/json"]["schema"] | {"components": DOCUMENT["components"]}
    assert Draft202012Validator(schema).is_valid(wish) is (status != 400)
    async with http.post("/api/enter", json=wish) as answer:
        assert answer.status == status
        error = resolved(described["responses"][str(status)])["content"][answer.content_type]["schema"]
        Draft202012Validator(error | {"components": DOCUMENT["components"]}).validate(await answer.json())


async def test_what_is_described_is_what_is_served(studio: Studio, http: aiohttp.ClientSession) -> None:
    async with http.get("/openapi.json") as answer:
        assert await answer.json() == DOCUMENT


async def test_who_may_not_ask_is_told_as_described(studio: Studio, http: aiohttp.ClientSession) -> None:
    for status, headers in ((403, {"Origin": "http://evil.example"}), (421, {"Host": "evil.example"})):
        async with http.get("/health", headers=headers) as answer:
            described = resolved(DOCUMENT["paths"]["/health"]["get"]["responses"][str(status)])
            assert (answer.status, answer.content_type) == (status, "text/plain")
            assert answer.content_type in described["content"]


async def test_a_source_without_a_picture_answers_as_described(studio: Studio, http: aiohttp.ClientSession) -> None:
    studio.canvas.become(Condition("minimised", reasons.WINDOW_MINIMISED))
    async with http.get("/snapshot/4711.jpg") as answer:
        assert answer.status == 503
        schema = {"$ref": "#/components/schemas/Error", "components": DOCUMENT["components"]}
        Draft202012Validator(schema).validate(await answer.json())


NUMBERS = [
    (route, parameter)
    for route in ("/snapshot/{id}.{suffix}", "/mjpeg/{id}", "/plain/{id}")
    for parameter in DOCUMENT["paths"][route]["get"]["parameters"]
    if "minimum" in parameter["schema"]
]


@pytest.mark.parametrize(("route", "parameter"), NUMBERS, ids=lambda value: value if isinstance(value, str) else "")
async def test_ranges_end_where_they_are_said_to(
    studio: Studio, http: aiohttp.ClientSession, route: str, parameter: dict[str, Any]
) -> None:
    path = route.format(id="4711", suffix="jpg")
    name, low, high = parameter["name"], parameter["schema"]["minimum"], parameter["schema"]["maximum"]
    for value, status in ((low, 200), (high, 200), (low - 0.01, 400), (high + 1, 400)):
        async with http.get(path, params={name: str(value)}) as answer:
            assert answer.status == status, value
            if status == 400:
                assert (await answer.json())["error"]["field"] == name
