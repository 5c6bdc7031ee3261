"""The first program of every child: drops root, ties the child's life to its parent's, executes the child.

`python -I -S guard.py SIGNAL USER_ID GROUP_ID PARENT_ID PROGRAM [ARGUMENT…]`

A program of its own rather than a `preexec_fn`, which forks through the interpreter's locks and is
deprecated in processes with threads. The order matters: Linux forgets the signal when a process
changes its user, so the user comes first. The process id stays the same through it all.
"""

import ctypes
import os
import sys

_PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Become the program; -1 for a user keeps the current one."""
    death_signal, user, group, parent = (int(value) for value in arguments[:4])
    program = arguments[4:]
    if user >= 0:
        os.setgroups([])
        os.setgid(group)
        os.setuid(user)
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(_PR_SET_PDEATHSIG, death_signal, 0, 0, 0) != 0:
            sys.exit(f"prctl: {os.strerror(ctypes.get_errno())}")
    if os.getppid() != parent:
        sys.exit("the parent died before its child began")
    os.execvp(program[0], program)


if __name__ == "__main__":
    main(sys.argv[1:])
