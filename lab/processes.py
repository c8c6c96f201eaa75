"""Processes that outlive the command that started them, known again by process
id and start time together, so that a reused id is never signalled."""
import os
import pwd
import random
import signal
import socket
import subprocess
import time

# Servers of the lab never run as root: PostgreSQL and MariaDB refuse to, and the
# others need not. `nobody` exists on every Debian, so nothing is added to it.
ORDINARY = pwd.getpwnam('nobody') if os.getuid() == 0 else pwd.getpwuid(os.getuid())


def as_ordinary_user():
    """Arguments of subprocess.Popen that give up root, when there is root to give up."""
    if os.getuid() != 0:
        return {}
    return {'user': ORDINARY.pw_uid, 'group': ORDINARY.pw_gid, 'extra_groups': []}


def give(path):
    """Hands a file or folder to the ordinary user."""
    if os.getuid() == 0:
        os.chown(path, ORDINARY.pw_uid, ORDINARY.pw_gid)
    return path


def started_at(pid):
    """When the process began (clock ticks since boot), or None when it is gone."""
    try:
        with open(f'/proc/{pid}/stat') as f:
            fields = f.read().rpartition(')')[2].split()
    except OSError:
        return None
    return None if fields[0] in 'ZX' else int(fields[19])


def spawn(argv, folder, log, env=None):
    """Starts a program in a session of its own; returns what identifies it."""
    with open(log, 'ab') as out:
        give(log)
        child = subprocess.Popen(argv, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                 start_new_session=True, env={**os.environ, 'LC_ALL': 'C.UTF-8', **(env or {})},
                                 **as_ordinary_user())
    child.returncode = 0  # it may outlive us: no warning when the object goes
    return {'pid': child.pid, 'started': started_at(child.pid)}


def children(pid):
    with open(f'/proc/{pid}/task/{pid}/children') as f:
        return set(map(int, f.read().split()))


def alive(process):
    if not process:
        return False
    try:
        pid, status = os.waitpid(process['pid'], os.WNOHANG)
        if pid:
            process['ended'] = os.waitstatus_to_exitcode(status)
    except OSError:
        pass  # not ours, or reaped already
    return started_at(process['pid']) == process['started'] is not None


def end(process, gently=signal.SIGTERM, patience=10.0):
    """Ends the process and waits until it is gone; after `patience` seconds by SIGKILL."""
    if not alive(process):
        return
    os.kill(process['pid'], gently)
    if not wait_until(lambda: not alive(process), patience):
        os.kill(process['pid'], signal.SIGKILL)
        wait_until(lambda: not alive(process), 5)


def run(argv, **kwargs):
    """Runs a program to its end as the ordinary user; its words are the error's."""
    done = subprocess.run(argv, capture_output=True, text=True, stdin=kwargs.pop('stdin', subprocess.DEVNULL),
                          **as_ordinary_user(), **kwargs)
    if done.returncode:
        raise RuntimeError(f'{" ".join(map(str, argv))}: exit {done.returncode}\n{done.stdout}{done.stderr}')
    return done.stdout


def wait_until(true, patience, every=0.02):
    deadline = time.monotonic() + patience
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True


def answers(port, host='127.0.0.1'):
    with socket.socket() as s:
        s.settimeout(1)
        return s.connect_ex((host, port)) == 0


def free_port(taken=(), kind=socket.SOCK_STREAM):
    """A port that nobody listens on, outside the range that outgoing connections
    use, so that it is still free when a server comes back after a break."""
    while True:
        port = random.randint(20000, 32000)
        if port in taken:
            continue
        with socket.socket(socket.AF_INET, kind) as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                s.bind(('127.0.0.1', port))
            except OSError:
                continue
        return port
