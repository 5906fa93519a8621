"""Runs Autobahn's fuzzing client, in the environment that `tests.conformance.autobahn_setup` makes:
``python autobahn_run.py ADDRESS FOLDER CASE…``. The report is written to ``FOLDER/index.json``.

This is the translated suite's own client and its own verdicts. What is added here is the border between its cases,
whose text stands for bytes (Latin-1), and the network.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from autobahntestsuite import fuzzing
from autobahntestsuite.case.case import Case
from twisted.internet import reactor

PATIENCE = 20
"""Times as long as the suite, which allows a second, this waits for the other side: what is judged is what that does,
and not how soon on a busy machine."""


def to_bytes(payload: str | bytes) -> bytes:
    """Return what a case wants to send."""
    return payload.encode("latin-1") if isinstance(payload, str) else payload


def shown(data: str | bytes, maxlen: int = 64, replace: bool = False) -> str:
    """Return the beginning of what was sent or received, for the report."""
    del replace
    return repr(data[:maxlen])


class Client(fuzzing.FuzzingClientProtocol):
    """The suite's client, with bytes on the network's side and text on that of the cases."""

    def sendFrame(self, opcode: int, payload: str | bytes = b"", **how: Any) -> None:
        super().sendFrame(opcode, to_bytes(payload), **how)

    def sendMessage(self, payload: str | bytes, isBinary: bool = False, **how: Any) -> None:
        super().sendMessage(to_bytes(payload), isBinary, **how)

    def sendMessageFrameData(self, payload: str | bytes, sync: bool = False) -> Any:
        return super().sendMessageFrameData(to_bytes(payload), sync)

    def sendCloseFrame(self, code: int | None = None, reasonUtf8: str | bytes | None = None, **how: Any) -> None:
        reason = None if reasonUtf8 is None else to_bytes(reasonUtf8)
        super().sendCloseFrame(code, reason, **how)

    def killAfter(self, delay: float) -> None:
        """Give up on the other side later than the suite does."""
        super().killAfter(delay * PATIENCE)

    def onMessage(self, msg: bytes, binary: bool) -> None:
        super().onMessage(msg.decode("latin-1"), binary)

    def onPing(self, payload: bytes) -> None:
        super().onPing(payload)

    def onPong(self, payload: bytes) -> None:
        super().onPong(payload.decode("latin-1"))

    def logRxOctets(self, data: bytes) -> None:
        """Keep no record of single octets: nobody reads it."""

    def logTxOctets(self, data: bytes, sync: bool) -> None:
        """Keep no record of single octets."""

    def logRxFrame(self, frameHeader: Any, payload: Any) -> None:
        """Count what came, as the suite does."""
        self.rxFrameStats[frameHeader.opcode] = self.rxFrameStats.get(frameHeader.opcode, 0) + 1

    def logTxFrame(self, frameHeader: Any, payload: Any, repeatLength: Any, chopsize: Any, sync: bool) -> None:
        """Count what was sent, as the suite does."""
        self.txFrameStats[frameHeader.opcode] = self.txFrameStats.get(frameHeader.opcode, 0) + 1


class Factory(fuzzing.FuzzingClientFactory):
    """The suite's; its report is one file with what decides, and why."""

    def createReports(self) -> None:
        kept = ("behavior", "behaviorClose", "result", "resultClose", "remoteCloseCode", "duration")
        (cases,) = self.agents.values()
        report = {number: {name: case[name] for name in kept} for number, case in cases.items()}
        folder = Path(self.outdir)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "index.json").write_text(json.dumps(report, indent=1), encoding="utf-8")


def main(address: str, folder: str, cases: list[str]) -> None:
    """Run ``cases`` against a server that echoes at ``address``."""
    # Pickles of equal things may differ, by which of them are one object; what is meant is whether they are equal.
    Case.compare = lambda self, one, other: one == other
    fuzzing.asciiLogData = shown
    fuzzing.FuzzingClientProtocol = Client
    options = dict.fromkeys(("closeHandshakeTimeout", "serverConnectionDropTimeout"), PATIENCE)
    Factory({"outdir": folder, "servers": [{"agent": "panecast", "url": address, "options": options}], "cases": cases})
    reactor.run()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
