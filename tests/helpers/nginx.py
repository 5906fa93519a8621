"""A real proxy on this computer: nginx, as Debian ships it, with as little configuration as it takes."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAM = shutil.which("nginx") or "/usr/sbin/nginx"
RIGHTLY = "proxy_http_version 1.1; proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $remote_addr;"
"""What docs/http.md asks for, but for WebSockets."""
UPGRADES = 'proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade"; proxy_buffering off;'
CONFIGURATION = """
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/log;
events {{ worker_connections 64; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen {listen}; location {path} {{ proxy_pass http://127.0.0.1:{port}/; {more} }} }}
}}
"""


@contextmanager
def proxy(folder: Path, port: int, more: str = "", path: str = "/", listen: str = "") -> Iterator[Path]:
    """Have nginx pass on what comes at ``path`` while the block lasts.

    It listens at ``listen``, or at a socket in ``folder``, which is given.
    """
    place = folder / "socket"
    configuration = folder / "nginx.conf"
    listen = listen or f"unix:{place}"
    configuration.write_text(CONFIGURATION.format(folder=folder, port=port, more=more, path=path, listen=listen))
    running = subprocess.Popen([PROGRAM, "-e", str(folder / "log"), "-p", str(folder), "-c", str(configuration)])
    try:
        yield place
    finally:
        running.terminate()
        running.wait(20)
