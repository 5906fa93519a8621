"""The page's modules, joined: a browser that had to ask for each would show its first picture much later."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

_IMPORT = re.compile(
    r'^import (?:(?:(?P<whole>\w+)|\{ (?P<names>[^}]+?),? \}) from )?"(?P<address>\.[^"]+)";', re.MULTILINE
)
_EXPORT = re.compile(r"^export (?:(?P<kind>(?:async )?function|class|const) (?P<name>\w+)|default )", re.MULTILINE)
_LEFT = re.compile(r"^(?:import|export)\b[^(]", re.MULTILINE)
_LITERAL = re.compile(r'\bimport\("(\.[^"]+)"\)')
_FETCHED = re.compile(r'\bfetched\("([^"]+)"\)')
_AWAITS = re.compile(r"^\S.*\bawait\b", re.MULTILINE)
_FUNCTION = re.compile(r"^(?:export )?async function.*", re.MULTILINE)

NOT_JOINED = "{name} cannot be joined with others: {line}"
_LOAD = """const $load = async (address) => {
const found = await import(address);
return found.joined ? found.joined($modules) : found;
};
"""


@dataclass(frozen=True, slots=True)
class _Module:
    """A module: what it says, the modules that it imports, in order, and those that it fetches when they are needed."""

    text: str
    imports: tuple[str, ...]
    fetches: tuple[str, ...]


def joined(sources: Mapping[str, str], pages: Collection[str]) -> dict[str, str]:
    """Return the files that take the place of ``sources``, modules by their paths, indented as they were written.

    ``pages`` are the modules that pages begin with; each comes with all that it imports, and so does what is fetched
    later, but for what every page that fetches it has already. One that nothing imports stays as it is.

    Raises:
        ValueError: a module has an import or an export of a form that is not known here.
    """
    modules = {name: _Module(text, _imports(name, text), _fetches(name, text)) for name, text in sources.items()}
    later = {name for module in modules.values() for name in module.fetches if modules[name].imports}
    inner = {name for module in modules.values() for name in module.imports}
    files = {name: text for name, text in sources.items() if name not in inner | later | set(pages)}
    for page in pages:
        before = [_wrapped(name, modules, page) for name in _needed([page], modules)[:-1]]
        files[page] = "".join(["const $modules = {};\n", _LOAD, *before, _body(page, modules, page)[0]])
    for name in later:
        users = [set(_needed([page], modules)) for page in pages if name in _reached(page, modules)]
        known = set.intersection(*users) if users else set()
        parts = [_wrapped(each, modules, name) for each in _needed([name], modules) if each not in known]
        files[name] = "".join(
            ["export async function joined($modules) {\n", _LOAD, *parts, f'return $modules["{name}"];\n', "}\n"]
        )
    return files


def _imports(name: str, text: str) -> tuple[str, ...]:
    return tuple(_resolved(name, found["address"]) for found in _IMPORT.finditer(text))


def _fetches(name: str, text: str) -> tuple[str, ...]:
    return (*(_resolved(name, address) for address in _LITERAL.findall(text)), *_FETCHED.findall(text))


def _resolved(name: str, address: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), address))


def _needed(names: Iterable[str], modules: Mapping[str, _Module]) -> list[str]:
    """Return these and all that they import, each behind what it imports itself."""
    found: dict[str, None] = {}

    def add(name: str) -> None:
        if name not in found:
            for imported in modules[name].imports:
                add(imported)
            found[name] = None

    for name in names:
        add(name)
    return list(found)


def _reached(page: str, modules: Mapping[str, _Module]) -> set[str]:
    """Return all that a page imports or may fetch, at once or later."""
    found: set[str] = set()
    todo = [page]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += (*modules[name].imports, *modules[name].fetches)
    return found


def _wrapped(name: str, modules: Mapping[str, _Module], file: str) -> str:
    """Return a module as an entry of ``$modules``, its own names to itself, evaluated once."""
    body, exports = _body(name, modules, file)
    waits = _AWAITS.search(_FUNCTION.sub("", modules[name].text)) is not None
    begin, end = ("await (async () => {", "})()") if waits else ("(() => {", "})()")
    names = ", ".join(exports)
    return f'$modules["{name}"] ??= {begin}\n{body}return {{ {names} }};\n{end};\n'


def _body(name: str, modules: Mapping[str, _Module], file: str) -> tuple[str, list[str]]:
    """Return a module's text as it stands in ``file``, and what it exports."""
    exports: list[str] = []

    def imported(found: re.Match[str]) -> str:
        names = f"default: {found['whole']}" if found["whole"] else found["names"]
        target = _resolved(name, found["address"])
        return "" if names is None else f'const {{ {names.replace(" as ", ": ")} }} = $modules["{target}"];'

    def exported(found: re.Match[str]) -> str:
        exports.append(found["name"] or "default: $default")
        return f"{found['kind']} {found['name']}" if found["name"] else "const $default = "

    text = _EXPORT.sub(exported, _IMPORT.sub(imported, modules[name].text))
    if left := _LEFT.search(text):
        raise ValueError(NOT_JOINED.format(name=name, line=text[left.start() :].splitlines()[0]))
    folder = posixpath.dirname(file)
    text = _LITERAL.sub(lambda found: f'$load("{_address(_resolved(name, found[1]), folder)}")', text)
    text = re.sub(r"\bimport\((?!\")", "$load(", text)
    if name != file:
        text = text.replace("import.meta.url", f'new URL("{_address(name, folder)}", import.meta.url).href')
    return text, exports


def _address(name: str, folder: str) -> str:
    return f"./{posixpath.relpath(name, folder or '.')}"
