"""Where Chromium is, and how it is started for tests."""

from __future__ import annotations

import shutil

PUBLIC_HOST = "square.example"
"""A name that is not this machine’s, which the browser finds here all the same."""

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--host-resolver-rules=MAP {PUBLIC_HOST} 127.0.0.1",
]
