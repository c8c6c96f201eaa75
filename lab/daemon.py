"""Carène itself, as the demo and the end-to-end tests run it: the real program, as
an ordinary user, in a folder of its own; and the mailbox it writes to."""
import email
import email.policy
import glob
import json
import os
import shutil
import signal
import subprocess
import urllib.error
import urllib.request

from processes import alive, as_ordinary_user, end, free_port, give, spawn, wait_until


class Carene:
    def __init__(self, binary, folder, env=None, port=None):
        self.dir = os.path.abspath(folder)
        os.makedirs(self.dir, exist_ok=True)
        os.chmod(self.dir, 0o755)
        give(self.dir)
        self.data = os.path.join(self.dir, 'data')
        self.plan = os.path.join(self.dir, 'plan.yaml')
        self.log = os.path.join(self.dir, 'carene.log')
        self.binary = os.path.join(self.dir, 'carene')
        # A copy: the ordinary user may not reach the checkout (root's home is closed to it).
        shutil.copy(binary, self.binary)
        self.env = dict(env or {})
        self.port = port or free_port()
        self.url = f'http://127.0.0.1:{self.port}'
        self.options = []  # more words for `carene run`
        self.process = None

    # ---- the daemon ----

    def write_plan(self, text):
        with open(self.plan + '.new', 'w') as f:
            f.write(text)
        os.chmod(self.plan + '.new', 0o644)
        os.replace(self.plan + '.new', self.plan)

    def argv(self):
        return [self.binary, 'run', self.plan, '--data', self.data, '--listen', f'127.0.0.1:{self.port}',
                *self.options]

    def launch(self, before=()):
        """Starts it and does not wait. `before`: a program to start it with."""
        self.process = spawn([*before, *self.argv()], self.dir, self.log, self.env)
        return self

    def start(self, patience=15, before=()):
        self.launch(before)
        if not wait_until(lambda: not self.alive() or self.get('/healthz')[0] in (200, 503), patience, 0.05):
            raise RuntimeError('carene does not answer:\n' + self.words())
        if not self.alive():
            raise RuntimeError('carene ended:\n' + self.words())
        return self

    def alive(self):
        return alive(self.process)

    def stop(self, patience=15):
        if self.process:
            end(self.process, signal.SIGTERM, patience)

    def kill(self):
        """As a power cut would: nothing is said to it."""
        if self.alive():
            os.kill(self.process['pid'], signal.SIGKILL)
            wait_until(lambda: not self.alive(), 5, 0.001)

    def hup(self):
        os.kill(self.process['pid'], signal.SIGHUP)

    def words(self):
        if not self.process:
            return ''
        ended = '' if self.alive() else f'ended: {self.process.get("ended")} (negative: a signal)\n'
        with open(self.log, errors='replace') as f:
            return f.read()[-4000:] + ended

    # ---- as people and scripts speak to it ----

    def command(self, *words, data=True, timeout=20, lang='C.UTF-8'):
        """One command, as the same user. Returns what subprocess.run does."""
        argv = [self.binary, *words] + (['--data', self.data] if data else [])
        return subprocess.run(argv, capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL,
                              cwd=self.dir, env={**os.environ, **self.env, 'LC_ALL': lang, 'NO_COLOR': '1'},
                              **as_ordinary_user())

    def json(self, *words):
        done = self.command(*words, '--json')
        try:
            return json.loads(done.stdout)
        except ValueError:
            raise AssertionError(f'{" ".join(words)}: exit {done.returncode}, no JSON: {done.stdout[:500]}'
                                 f'{done.stderr[:500]}\n{self.words()[-1500:]}') from None

    def get(self, path='/', method='GET', data=None, headers=None, timeout=5):
        """Status, text and headers; status 0 when nobody answered."""
        url = path if path.startswith('http') else self.url + path
        request = urllib.request.Request(url, data=data, method=method, headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return answer.status, answer.read().decode('utf-8', 'replace'), dict(answer.headers)
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read().decode('utf-8', 'replace'), dict(answer.headers)
        except (OSError, ValueError):
            return 0, '', {}

    def post(self, path, data=b'', **headers):
        return self.get(path, 'POST', data, headers)


class Mailbox:
    """What the lab's mail server was given, in order."""

    def __init__(self, lab):
        self.folder = lab.path('smtp', 'mail')
        self.attempts_file = lab.path('smtp', 'attempts.jsonl')
        self.begin()

    def begin(self):
        """Forgets what came so far."""
        self.seen = set(glob.glob(self.folder + '/*.eml'))
        self.attempts_seen = len(self.all_attempts())

    def mails(self, to=None, words=''):
        found = []
        for path in sorted(set(glob.glob(self.folder + '/*.eml')) - self.seen):
            with open(path, 'rb') as f:
                mail = email.message_from_binary_file(f, policy=email.policy.default)
            if to and to not in mail['X-Lab-To']:
                continue
            if words.lower() in (str(mail['Subject']) + '\n' + text_of(mail)).lower():
                found.append(mail)
        return found

    def all_attempts(self):
        try:
            with open(self.attempts_file) as f:
                return [json.loads(line) for line in f if line.endswith('\n')]
        except FileNotFoundError:
            return []

    def attempts(self):
        return self.all_attempts()[self.attempts_seen:]


def text_of(mail, kind='plain'):
    part = mail.get_body(preferencelist=(kind,))
    return part.get_content() if part else ''
