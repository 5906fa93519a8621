"""Makes what completes Panecast's command line in bash, zsh and fish; `installer/share.py` writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from installer.commands import WORDS, Command, Kind, Option

HEAD = "Completes panecast. Made by installer/completions.py from the program's own parsers."


def bash(commands: Iterable[Command]) -> str:
    """Return the script for bash."""
    program, *rest = commands
    by_value: dict[tuple[Kind, bool], set[str]] = {}
    for option in (option for command in (program, *rest) for option in command.options):
        if option.value != "nothing":
            by_value.setdefault((option.value, option.takes_many), set()).update(option.names)
    lines = [f"# {HEAD}", "_panecast() {"]
    lines += [
        '    local current="${COMP_WORDS[COMP_CWORD]}" command="" option="" index words',
        "    COMPREPLY=()",
        '    if ((COMP_CWORD > 1)); then command="${COMP_WORDS[1]}"; fi',
        "    # The last option before the cursor, and how many words ago.",
        "    for ((index = COMP_CWORD - 1; index > 0; index--)); do",
        '        if [[ ${COMP_WORDS[index]} == -* ]]; then option="${COMP_WORDS[index]}"; break; fi',
        "    done",
        "    if [[ $current != -* ]]; then",
        '        case "$((COMP_CWORD - index)) $option" in',
    ]
    for (value, takes_many), known in sorted(by_value.items()):
        distance = "*" if takes_many else "1"
        pattern = " | ".join(f'{distance}" {name}"' for name in sorted(known))
        lines.append(f"            {pattern}) {_bash_action(value)} return ;;")
    lines += ["        esac", "    fi", '    case "$command" in']
    for command in rest:
        lines.append(f"        {command.name})")
        lines.append(f'            words="{" ".join(_names(command.options))}"')
        if command.value in WORDS:
            lines.append(f'            if [[ $current != -* ]]; then words="{" ".join(WORDS[command.value])}"; fi')
        lines.append("            ;;")
    names = " ".join(command.name for command in rest)
    lines += [
        "        *)",
        f'            words="{" ".join(_names(program.options))}"',
        f'            if ((COMP_CWORD == 1)) && [[ $current != -* ]]; then words="{names}"; fi',
        "            ;;",
        "    esac",
        '    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")',
        "}",
        "complete -F _panecast panecast",
    ]
    return "\n".join(lines) + "\n"


def _bash_action(value: Kind) -> str:
    if value in WORDS:
        return f'mapfile -t COMPREPLY < <(compgen -W "{" ".join(WORDS[value])}" -- "$current");'
    if value in ("file", "folder"):
        letter = "f" if value == "file" else "d"
        return f'compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -{letter} -- "$current");'
    return ""


def zsh(commands: Iterable[Command]) -> str:
    """Return the function for zsh."""
    program, *rest = commands
    lines = ["#compdef panecast", f"# {HEAD}", "_panecast() {", "    local -a commands=("]
    lines += [f"        {_quoted(_without_colons(each.name) + ':' + each.about)}" for each in rest]
    lines += [
        "    )",
        "    if ((CURRENT == 2)) && [[ $words[2] != -* ]]; then",
        "        _describe command commands",
        "        return",
        "    fi",
        '    local command="$words[2]"',
        "    case $command in",
        f"        {' | '.join(each.name for each in rest)}) shift words; ((CURRENT--)) ;;",
        "    esac",
        "    case $command in",
    ]
    for command in (*rest, program):
        lines.append(f"        {command.name or '*'})")
        lines.append("            _arguments \\")
        specs = [_zsh_option(name, option) for option in command.options for name in option.names]
        # Its own way to take several values takes the next option for the end of all options.
        rest_value = command.value or next((each.value for each in command.options if each.takes_many), "")
        if rest_value:
            specs.append(f"*:{_zsh_value(rest_value)}")
        lines += [f"                {_quoted(spec)} \\" for spec in specs[:-1]]
        lines += [f"                {_quoted(specs[-1])}", "            ;;"]
    lines += ["    esac", "}", '_panecast "$@"']
    return "\n".join(lines) + "\n"


def _zsh_option(name: str, option: Option) -> str:
    about = _without_colons(_short(option.about)).replace("[", "\\[").replace("]", "\\]")
    spec = f"*{name}[{about}]"
    return spec if option.value == "nothing" else f"{spec}:{_zsh_value(option.value)}"


def _zsh_value(value: Kind) -> str:
    if value in WORDS:
        return f"{value}:({' '.join(map(_without_colons, WORDS[value]))})"
    return {"file": "file:_files", "folder": "folder:_files -/"}.get(value, "value: ")


def _short(about: str) -> str:
    """Return the first clause of a help text: there is one line for it."""
    return about.partition(";")[0].partition(" (")[0]


def _without_colons(text: str) -> str:
    return text.replace(":", "\\:")


def fish(commands: Iterable[Command]) -> str:
    """Return the script for fish."""
    program, *rest = commands
    names = " ".join(command.name for command in rest)
    lines = [
        f"# {HEAD}",
        "function __panecast_command",
        "    set -l words (commandline -opc)",
        '    test "$words[2]" = "$argv[1]"',
        "end",
        "function __panecast_no_command",
        "    set -l words (commandline -opc)",
        f'    not contains -- "$words[2]" {names}',
        "end",
        "# Whether the last option before the cursor is this one.",
        "function __panecast_after",
        "    set -l options (string match -- '-*' (commandline -opc))",
        '    test "$options[-1]" = "$argv[1]"',
        "end",
        "complete -c panecast -f",
    ]
    lines += [
        f"complete -c panecast -n __fish_is_first_arg -a {command.name} -d {_fish_quoted(command.about)}"
        for command in rest
    ]
    for command in (program, *rest):
        condition = f"__panecast_command {command.name}" if command.name else "__panecast_no_command"
        for option in command.options:
            spellings = " ".join(
                f"-l {name.removeprefix('--')}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names
            )
            value = _fish_value(option.value)
            lines.append(
                f"complete -c panecast -n '{condition}' {spellings}{value} -d {_fish_quoted(_short(option.about))}"
            )
            if option.takes_many and option.value in WORDS:
                words = _fish_quoted(" ".join(WORDS[option.value]))
                after = f"'{condition}; and __panecast_after {option.names[-1]}'"
                lines.append(f"complete -c panecast -n {after} -a {words}")
        if command.value in WORDS:
            words = _fish_quoted(" ".join(WORDS[command.value]))
            lines.append(f"complete -c panecast -n '{condition}' -a {words}")
    return "\n".join(lines) + "\n"


def _fish_value(value: Kind) -> str:
    if value in WORDS:
        return f" -x -a {_fish_quoted(' '.join(WORDS[value]))}"
    return {"nothing": "", "file": " -r -F", "folder": " -x -a '(__fish_complete_directories)'"}.get(value, " -x")


def _names(options: Iterable[Option]) -> Iterable[str]:
    return (name for option in options for name in option.names)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _fish_quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


PLACES: dict[str, Callable[[Iterable[Command]], str]] = {
    "bash-completion/completions/panecast": bash,
    "fish/vendor_completions.d/panecast.fish": fish,
    # Debian's zsh looks here only, all others in site-functions.
    "zsh/vendor-completions/_panecast": zsh,
    "zsh/site-functions/_panecast": zsh,
}
"""Where under /usr/share each of them belongs."""
