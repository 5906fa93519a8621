"""Joined modules do as they did one by one; Node runs them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from server.http.joining import joined

SOURCES = {
    "main.js": """import "./a/first.js";
import words from "./a/words.js";
import { count, twice as doubled } from "./a/words.js";
import { told } from "./a/first.js";

told("main", words.hello, count, doubled(2), import.meta.url.split("/").pop());
const { late } = await import("./b/late.js");
late();
""",
    "a/first.js": """export function told(...values) {
  console.log(values.join(" "));
}
told("first");
""",
    "a/words.js": """import { told } from "./first.js";

const more = await import("./leaf.js");
export default { hello: more.default.hello };
export const count = 3;
export async function unused() {
  return null;
}
export function twice(value) {
  return 2 * value;
}
export class Thing {}
told("words", new URL("..", import.meta.url).pathname === new URL("../", here()).pathname);
function here() {
  return import.meta.url;
}
""",
    "a/leaf.js": 'export default { hello: "hello" };\n',
    "b/late.js": """import { helper } from "./helper.js";
import { Thing } from "../a/words.js";
import { told } from "../a/first.js";

export function late() {
  told("late", helper(), new Thing() instanceof Thing);
}
""",
    "b/helper.js": """import { told } from "../a/first.js";

told("helper");
export const helper = () => "helped";
""",
    "alone.js": 'console.log("alone");\n',
}
SAID = """first
words true
main hello 3 4 main.js
helper
late helped true
"""


def run(files: dict[str, str], folder: Path) -> str:
    """Return what the main module says."""
    folder.mkdir()
    (folder / "package.json").write_text('{"type": "module"}')
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    done = subprocess.run(["node", folder / "main.js"], capture_output=True, text=True, check=True, timeout=30)
    return done.stdout


def test_joined_modules_do_what_they_did(tmp_path: Path) -> None:
    files = joined(SOURCES, ["main.js"])

    assert run(SOURCES, tmp_path / "apart") == SAID
    assert run(files, tmp_path / "joined") == SAID
    assert set(files) == {"main.js", "a/leaf.js", "b/late.js", "alone.js"}
    assert files["alone.js"] == SOURCES["alone.js"]
    # What the page has already does not come a second time.
    assert "first" not in files["b/late.js"].replace('$modules["a/first.js"];', "")


def test_pages_that_share_a_late_module_each_have_what_it_needs() -> None:
    sources = SOURCES | {
        "other.js": 'import { told } from "./a/first.js";\nawait import("./b/late.js");\ntold("other");\n'
    }
    late = joined(sources, ["main.js", "other.js"])["b/late.js"]

    assert '$modules["a/words.js"] ??=' in late
    assert '$modules["a/first.js"] ??=' not in late


@pytest.mark.parametrize(
    "line",
    [
        "export { told };",
        "export let changing = 1;",
        'export * from "./first.js";',
        'import * as all from "./first.js";',
    ],
)
def test_a_form_that_is_not_known_is_named(line: str) -> None:
    with pytest.raises(ValueError, match=r"a/words\.js cannot be joined") as told:
        joined(SOURCES | {"a/words.js": f"const told = 1;\n{line}\n"}, ["main.js"])

    assert line in str(told.value)
