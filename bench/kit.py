"""What the benchmarks run on: a temporary folder, processes of an ordinary user on
CPUs of their own, and the kernel's account of what they used."""
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / 'lab'))
from daemon import Carene  # noqa: E402
from processes import as_ordinary_user, end, free_port, give, spawn, wait_until  # noqa: E402

BINARY = ROOT / 'build/rel/src/carene'
TICK_US = 1e6 / os.sysconf('SC_CLK_TCK')
MANY = os.cpu_count() > 1


def on_cpu(n):
    """Words that put a command on one CPU: what is measured on 0, all others on 1."""
    return ['taskset', '-c', str(n)] if MANY else []


def cpu_us(pid):
    """User and system time of a process with all its threads, of its children that live
    (nanoseconds of the scheduler) and of those that ended (clock ticks)."""
    total = 0
    for p in [pid, *descendants(pid)]:
        try:
            for task in os.listdir(f'/proc/{p}/task'):
                with open(f'/proc/{p}/task/{task}/schedstat') as f:
                    total += int(f.read().split()[0]) / 1000
            with open(f'/proc/{p}/stat') as f:
                total += sum(map(int, f.read().rpartition(')')[2].split()[13:15])) * TICK_US
        except OSError:
            continue
    return total


def descendants(pid):
    found = []
    try:
        for task in os.listdir(f'/proc/{pid}/task'):
            with open(f'/proc/{pid}/task/{task}/children') as f:
                for child in map(int, f.read().split()):
                    found += [child, *descendants(child)]
    except OSError:
        pass
    return found


def memory_kb(pid, what='VmHWM'):
    try:
        with open(f'/proc/{pid}/status') as f:
            return int(re.search(what + r':\s+(\d+)', f.read()).group(1))
    except (OSError, AttributeError):
        return 0


class Done:
    def __init__(self, out, cpu, wall, peak, status):
        self.out, self.cpu_us, self.wall_s, self.peak_kb, self.status = out, cpu, wall, peak, status


def measured(argv, cpu=0, watch=True, env=None, good=(0,)):
    """Runs a program to its end; CPU of it and of its children, from wait4()."""
    with tempfile.TemporaryFile() as out:
        began = time.monotonic()
        child = subprocess.Popen([*on_cpu(cpu), *map(str, argv)], stdin=subprocess.DEVNULL, stdout=out,
                                 stderr=subprocess.STDOUT, env={**os.environ, 'LC_ALL': 'C.UTF-8', **(env or {})},
                                 **as_ordinary_user())
        peak = 0
        while watch and os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            peak = max(peak, memory_kb(child.pid))
            time.sleep(0.02)
        _, status, used = os.wait4(child.pid, 0)
        wall = time.monotonic() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        words = out.read().decode('utf-8', 'replace')
    if good and child.returncode not in good:
        raise RuntimeError(f'{" ".join(map(str, argv))}: exit {child.returncode}\n{words[-1500:]}')
    return Done(words, (used.ru_utime + used.ru_stime) * 1e6, wall, peak, child.returncode)


def installed(program):
    found = shutil.which(program, path=os.environ['PATH'] + ':/usr/sbin:/usr/lib/nagios/plugins')
    return found


class Kit:
    """One run's folder and servers; everything ends with it."""

    def __init__(self, quick=False, most_rounds=5):
        self.quick = quick
        self.most_rounds = most_rounds
        self.dir = tempfile.mkdtemp(prefix='carene-bench-')
        os.chmod(self.dir, 0o755)
        give(self.dir)
        self.binary = os.path.join(self.dir, 'carene')
        shutil.copy(BINARY, self.binary)
        self.running = []
        self.count = 0
        self.skipped = {}

    def close(self):
        for process in reversed(self.running):
            end(process, patience=5)
        shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def rounds(self, most=5):
        return range(1 if self.quick else min(most, self.most_rounds))

    def path(self, *names):
        return os.path.join(self.dir, *names)

    def folder(self, name):
        path = self.path(name)
        os.makedirs(path, exist_ok=True)
        give(path)
        return path

    def write(self, name, text, mode=0o644):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w') as f:
            f.write(text)
        os.chmod(path, mode)
        give(path)
        return path

    def peer(self, program):
        """The program's path; None, and said in the document, where it is not here."""
        found = installed(program)
        if not found:
            self.skipped[program] = 'not installed'
        return found

    def up(self, name, argv, port, cpu, env=None, patience=20):
        process = spawn([*on_cpu(cpu), *map(str, argv)], self.dir, self.path(name + '.log'), env)
        self.running.append(process)
        if port and not wait_until(lambda: is_open(port), patience):
            with open(self.path(name + '.log'), errors='replace') as f:
                raise RuntimeError(f'{name} does not start:\n{f.read()[-1500:]}')
        return process

    def down(self, process, patience=5):
        end(process, patience=patience)
        self.running = [p for p in self.running if p is not process]

    # ---- the target ----

    def nginx(self, name='nginx', servers='', cpu=1, port=None, hosts=1):
        """A server that answers "ok"; on /stub, how many were answered."""
        port = port or free_port()
        folder = self.folder(name)
        listens = '\n'.join(f'    listen 127.0.0.{i + 1}:{port} backlog=16384;' for i in range(hosts))
        conf = self.write(f'{name}/nginx.conf', f'''daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log error;
events {{ worker_connections 18000; }}
http {{
  access_log off;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  default_type text/plain;
  keepalive_timeout 0;
  server {{
{listens}
    location = /stub {{ stub_status; }}
    location / {{ return 200 "ok"; }}
  }}
  {servers}
}}
''')
        process = self.up(name, [installed('nginx'), '-c', conf, '-p', folder, '-e', folder + '/error.log'], port, cpu)
        return process, port

    def daemon(self, plan, options=(), env=None, cpu=0, patience=60, wait=True):
        self.count += 1
        return Daemon(self, plan, list(options), env, cpu, patience)


def is_open(port):
    with socket.socket() as s:
        s.settimeout(1)
        return s.connect_ex(('127.0.0.1', port)) == 0


def nginx_count(port):
    with urllib.request.urlopen(f'http://127.0.0.1:{port}/stub', timeout=5) as a:
        return int(a.read().split(b'\n')[2].split()[2])


class Daemon(Carene):
    """Carène on CPU 0, in a folder of its own, on a plan given as a text."""

    def __init__(self, kit, plan, options, env, cpu, patience):
        super().__init__(kit.binary, kit.path(f'carene{kit.count}'), env)
        self.kit = kit
        self.options = options
        self.write_plan(plan)
        began = time.monotonic()
        self.start(patience, on_cpu(cpu))
        self.ready_s = time.monotonic() - began
        kit.running.append(self.process)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kit.down(self.process, 20)
        shutil.rmtree(self.dir, ignore_errors=True)

    @property
    def pid(self):
        return self.process['pid']

    def metrics(self):
        status, text, _ = self.get('/metrics', timeout=30)
        if status != 200:
            raise RuntimeError(f'/metrics: {status}\n{self.words()}')
        return text

    def metric(self, name, text=None):
        return float(re.search(rf'^{name} (\S+)', text or self.metrics(), re.M).group(1))

    def up_count(self):
        return len(re.findall(r'^carene_check_up\{.*\} 1$', self.metrics(), re.M))

    def wait_up(self, n, patience=60):
        """Until n checks are known to be up: a benchmark of failures would measure nothing."""
        if not wait_until(lambda: self.up_count() >= n, patience, 1):
            raise RuntimeError(f'{self.up_count()} of {n} checks are up\n{self.words()}')

    def per_probe(self, seconds):
        """CPU µs of each probe of the coming seconds, and how many there were a second."""
        probes, used, began = self.metric('carene_probes_total'), cpu_us(self.pid), time.monotonic()
        time.sleep(seconds)
        probes = self.metric('carene_probes_total') - probes
        used = cpu_us(self.pid) - used
        return used / max(probes, 1), probes / (time.monotonic() - began)

    def lateness(self):
        """How many probes began at most so late: a list of (seconds, count), +Inf last."""
        return [(float(limit), int(n)) for limit, n in
                re.findall(r'^carene_probe_lateness_seconds_bucket\{le="(\S+)"\} (\d+)', self.metrics(), re.M)]

    def bytes_kept(self):
        return sum(f.stat().st_size for f in pathlib.Path(self.data).rglob('*') if f.is_file())


def quantile(before, after, q):
    """The histogram's bound under which the share q of what came in between lies."""
    came = [(limit, n - was) for (limit, n), (_, was) in zip(after, before)]
    return next(limit for limit, n in came if n >= q * came[-1][1])


class Sink:
    """Takes what is posted and answers 200; remembers when each came. In a thread."""

    def __init__(self):
        import http.server
        came = self.came = []

        class Taker(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get('Content-Length', 0)))
                came.append((time.monotonic(), body))
                self.send_response(200)
                self.send_header('Content-Length', '0')
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Taker)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
