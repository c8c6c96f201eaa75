"""The end-to-end tests: the real program looks after real servers. Each test has a
Carène, a data folder and a plan of its own; the servers are shared by all and are
mended after each test. Nothing here knows the program's inside: tests speak to it
as people do (commands, pages, mails, files)."""
import json
import os
import pathlib
import shutil
import sys
import tempfile
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'lab'))
from daemon import Carene, Mailbox  # noqa: E402
from servers import SERVICES, Lab  # noqa: E402

# `./dev test` runs the tests of this mark a second time, on a binary with sanitizers.
SANITIZED = 'asan' in os.environ.get('CARENE_BIN', '')
BINARY = os.environ.get('CARENE_BIN', str(ROOT / 'build/dev/src/carene'))


def eventually(true, within=15, every=0.05, what=None):
    """The first true value of the question, asked again and again for a bounded time."""
    deadline = time.monotonic() + within
    while True:
        value = true()
        if value:
            return value
        if time.monotonic() > deadline:
            pytest.fail(f'not within {within} s: {what or true.__doc__ or true.__code__.co_names}')
        time.sleep(every)


def never(true, during=2, every=0.05, what=None):
    """Fails as soon as the question is true; else waits the whole time."""
    deadline = time.monotonic() + during
    while time.monotonic() < deadline:
        if true():
            pytest.fail(f'happened within {during} s: {what}')
        time.sleep(every)


class Plan(dict):
    """A plan as a dictionary; JSON is YAML, so this is what the program reads."""

    def add(self, **sections):
        for name, entries in sections.items():
            self.setdefault(name, {}).update(entries)
        return self

    def without(self, *sections):
        for name in sections:
            self.pop(name, None)
        return self

    def text(self):
        return json.dumps(self, ensure_ascii=False, indent=1) + '\n'


def base_plan():
    return Plan(
        plan={'id': 'essai', 'title': 'Plan d’essai', 'product': 'MangaThèque', 'version': '1', 'owner': 'dev',
              'timezone': 'Europe/Paris', 'language': 'fr'},
        roles={'dev': {'kind': 'human'}, 'devops': {'kind': 'human'}},
        contacts={'ana': {'name': 'Ana', 'role': 'dev', 'email': 'ana@essai.lab', 'hours': 'always'},
                  'karim': {'name': 'Karim', 'role': 'devops', 'email': 'karim@essai.lab', 'hours': 'always'}},
        services={'manga': {'label': 'Catalogue', 'environments': {'production': {'url': '${env:MANGA_URL}'}}}},
        channels={'mail': {'type': 'email', 'secret': '${env:SMTP_URL}', 'from': 'carene@essai.lab',
                           'to': ['equipe@essai.lab'], 'timeout': '3s'}},
        classes={'N1': {'rank': 1, 'label': 'critique', 'respond': '30m', 'resolve': '2h', 'route': ['mail'],
                        'escalation': 'ladder', 'src': 'T:1'},
                 'N2': {'rank': 2, 'label': 'important', 'respond': '2h', 'resolve': '24h', 'route': ['mail'],
                        'escalation': 'ladder', 'src': 'T:2'}},
        levels={'critical': {'rank': 1, 'class': 'N1', 'route': ['mail']},
                'important': {'rank': 2, 'class': 'N2', 'route': ['mail']},
                'info': {'rank': 3, 'route': ['mail']}},
        escalations={'ladder': {'steps': [{'after': '0s', 'when': 'always', 'to': ['dev']},
                                          {'after': '1h', 'when': 'unacknowledged', 'to': ['devops']}]}},
        checks={'site': {'type': 'http', 'service': 'manga', 'env': 'production', 'target': '${env:MANGA_URL}/health',
                         'every': '1s', 'timeout': '2s', 'retries': 1, 'retry_every': '500ms'}},
        rules={'down': {'when': 'check{site} == fail', 'level': 'critical'}},
        objectives={'uptime': {'metric': 'availability', 'service': 'manga', 'op': '>=', 'target': '99%',
                               'period': '1mo', 'src': 'T:3'}},
    )


@pytest.fixture(scope='session')
def place():
    """A short path that every user may pass through: sockets have short names."""
    folder = tempfile.mkdtemp(prefix='carene-', dir='/tmp')
    os.chmod(folder, 0o755)
    yield pathlib.Path(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope='session')
def the_lab(place):
    lab = Lab(str(place / 'lab'))
    try:
        lab.start(SERVICES)
        yield lab
    finally:
        lab.stop()


@pytest.fixture
def lab(the_lab):
    """The servers, all well; whatever a test breaks is mended after it."""
    yield the_lab
    the_lab.control('site')
    the_lab.control('smtp', mode='accept')
    the_lab.control('sink', answers={})
    the_lab.control('dns')
    for name in SERVICES:
        getattr(the_lab, 'start_' + name)()


@pytest.fixture
def mailbox(lab):
    return Mailbox(lab)


@pytest.fixture
def carene(lab, place, request):
    """Makes a Carène with a plan: carene(plan) starts it and waits until it answers."""
    made = []

    def make(plan=None, start=True, env=None, name='c'):
        folder = place / f'{name}{len(os.listdir(place))}'
        c = Carene(BINARY, folder, {**lab.env(), **(env or {})})
        c.write_plan((plan or base_plan()).text())
        made.append(c)
        return c.start() if start else c

    yield make
    for c in made:
        if getattr(request.node, 'failed', False):
            print(f'---- {c.log}\n{c.words()}')
            for words in (['status'], ['journal'], ['message', 'list']):
                done = c.command(*words)
                print(f'---- {" ".join(words)}\n{done.stdout[-3000:]}{done.stderr[-500:]}')
        c.stop()
        assert 'Sanitizer' not in c.words(), c.words()


def pytest_configure(config):
    config.addinivalue_line('markers', 'hostile: strangers and bad targets; run under sanitizers too')


def peak_kb(c):
    """The most memory the daemon ever had, without what sanitizers add."""
    with open(f'/proc/{c.process["pid"]}/status') as f:
        peak = int(next(line for line in f if line.startswith('VmHWM')).split()[1])
    return 0 if SANITIZED else peak


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    item.failed = getattr(item, 'failed', False) or outcome.get_result().failed
