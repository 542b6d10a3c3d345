"""Layer 3: what the operating system lets a process do, whatever runs in it.

Once its database is open, the process gets no further file, socket or pipe: every number above those in use is
refused, so that an engine without any lock could still read no other file and reach no other machine. It writes no
byte to a disk, starts no process, and ends when its time or memory is used up. Where the kernel has Landlock, it cannot
make, remove or rename anything either, which takes no open file.
"""

import ctypes
import resource

MEGABYTE = 1 << 20

# <linux/landlock.h> and <linux/prctl.h>; the numbers of these system calls are the same on every machine.
_CREATE_RULESET, _RESTRICT_SELF = 444, 446
_ASK_VERSION = 1
_NO_NEW_PRIVILEGES = 38
_RIGHTS_BY_VERSION = {1: (1 << 13) - 1, 2: (1 << 14) - 1}
_RIGHTS = (1 << 15) - 1


def limit_work(*, seconds: int, memory_mb: int) -> None:
    """Limit the time and memory of this process, and let it write no file.

    Args:
        seconds: Processor time until the process is ended.
        memory_mb: Address space, in MB.
    """
    _never_more(resource.RLIMIT_CORE, 0)
    _never_more(resource.RLIMIT_FSIZE, 0)
    _never_more(resource.RLIMIT_CPU, seconds)
    _never_more(resource.RLIMIT_AS, memory_mb * MEGABYTE)


def close_the_doors() -> bool:
    """Let this process open nothing more and start nothing; what is open stays usable.

    Returns:
        Whether the kernel also keeps it from making, removing and renaming files and folders.
    """
    has_no_files = _leave_the_file_system()
    _never_more(resource.RLIMIT_NPROC, 0)
    _never_more(resource.RLIMIT_NOFILE, 0)
    return has_no_files


def _leave_the_file_system() -> bool:
    """Give up every right to every path for good; return False where the kernel knows no such thing."""
    call = ctypes.CDLL(None, use_errno=True)
    version = call.syscall(_CREATE_RULESET, None, 0, _ASK_VERSION)
    if version < 1:
        return False
    handled = ctypes.c_uint64(_RIGHTS_BY_VERSION.get(version, _RIGHTS))
    ruleset = call.syscall(_CREATE_RULESET, ctypes.byref(handled), ctypes.sizeof(handled), 0)
    if ruleset < 0 or call.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    return bool(call.syscall(_RESTRICT_SELF, ruleset, 0) == 0)


def _never_more(what: int, most: int) -> None:
    """Set a limit that this process cannot raise again, unless it is lower already."""
    _, hard = resource.getrlimit(what)
    limit = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (limit, limit))
