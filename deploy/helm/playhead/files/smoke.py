"""Ask each address until it answers 200, for a minute at most; exit with 1 where one does not."""

import sys
import time
import urllib.request

deadline = time.monotonic() + 60
failed = []


def ask(url: str) -> None:
    """Print what the address answers, once it is 200 or the time is over."""
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                print("ok", url, answer.status)
        except OSError as error:
            if time.monotonic() > deadline:
                said = error.read().decode(errors="replace").strip() if hasattr(error, "read") else ""
                print("FAILED", url, error, said)
                failed.append(url)
                return
            time.sleep(1)
        else:
            return


for each in sys.argv[1:]:
    ask(each)
sys.exit(1 if failed else 0)
