"""Samples in a second home: the real VictoriaMetrics beside a daemon that is killed in between."""
import datetime
import json
import shutil
import signal
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest
from conftest import base_plan, eventually
from processes import end, free_port, give, spawn

SERVER = shutil.which('victoria-metrics') or shutil.which('victoria-metrics', path='/usr/sbin:/usr/bin')
pytestmark = pytest.mark.skipif(not SERVER, reason='victoria-metrics is not installed')


class Home:
    def __init__(self, folder):
        folder.mkdir()
        give(folder)
        self.folder, self.port, self.process = folder, free_port(), None
        self.url = f'http://127.0.0.1:{self.port}'

    def start(self):
        self.process = spawn([SERVER, f'-storageDataPath={self.folder}/data', '-retentionPeriod=1y',
                              f'-httpListenAddr=127.0.0.1:{self.port}', '-search.disableCache', '-memory.allowedPercent=5'],
                             str(self.folder), str(self.folder / 'log'))
        eventually(lambda: self.get('/health') == 'OK', 20, what='victoria-metrics answers')
        return self

    def stop(self):
        if self.process:
            end(self.process, signal.SIGTERM, 15)
        self.process = None

    def get(self, path, **query):
        try:
            with urllib.request.urlopen(f'{self.url}{path}?{urllib.parse.urlencode(query)}', timeout=10) as r:
                return r.read().decode()
        except (urllib.error.URLError, OSError):
            return None

    def samples(self, selector):
        """[(milliseconds, value)], what was sent twice once."""
        text = self.get('/api/v1/export', **{'match[]': selector}) or ''
        found = set()
        for line in text.splitlines():
            line = json.loads(line)
            found |= set(zip(line['timestamps'], line['values']))
        return sorted(found)


@pytest.fixture
def home(place):
    h = Home(place / 'victoria').start()
    yield h
    h.stop()
    shutil.rmtree(h.folder, ignore_errors=True)


def plan(url, **more):
    p = base_plan()
    return p.add(storage={'figures': {'type': 'victoriametrics', 'url': url, **more}})


def at(ms):
    """The whole second that this millisecond is in."""
    return datetime.datetime.fromtimestamp(ms // 1000, datetime.timezone.utc).strftime('%Y-%m-%dT%H:%M:%SZ')


def figures(c, series, first, last, *words):
    """Of the window from one instant to another, from whatever is kept."""
    answer = c.json('query', series, '--stat', 'mean,p50,p95,max,min,last,sum', '--from', at(first), '--to', at(last),
                    '--exact', *words)['answers'][0]
    return {k: v for k, v in answer.items() if k != 'coverage'}


def test_what_is_measured_is_in_both_homes_through_crashes_and_silence(lab, home, carene):
    c = carene(plan(home.url))
    eventually(lambda: len(home.samples('up{check="site"}')) >= 8, 40, 0.2, 'samples are there')
    for _ in range(4):
        time.sleep(1.3)
        c.kill()
        c.start()
    home.stop()  # meanwhile the daemon goes on …
    time.sleep(3)
    c.kill()     # … and is killed with samples that nobody else has
    c.start()
    assert c.get('/healthz')[0] == 200
    home.start()
    now = time.time() * 1000
    eventually(lambda: (home.samples('up{check="site"}') or [(0, 0)])[-1][0] > now + 2000, 40, 0.2,
               'the second home has what came after its own stop')

    for series, selector in (('up{site}', 'up{check="site"}'), ('latency{site}', 'latency{check="site"}')):
        there = home.samples(selector)
        first, last = there[0][0], there[-1][0] // 1000 * 1000
        inside = [v for t, v in there if first // 1000 * 1000 <= t < last]
        here = figures(c, series, first, last)
        assert here['count'] == len(inside) > 15 and here['exact'] is True
        assert here['sum'] == pytest.approx(sum(inside), rel=1e-12)
        assert (here['min'], here['max'], here['last']) == (min(inside), max(inside), inside[-1])
        assert here['p50'] == sorted(inside)[(len(inside) + 1) // 2 - 1]
        # The same question, answered by the other home.
        assert figures(c, series, first, last, '--home') == here

    mount = home.samples('{__name__="disk_used",mount="/"}')
    assert all(0 <= v <= 100 for _, v in mount)


def test_what_the_second_home_does_not_say_is_said(lab, home, carene):
    token = 'jeton-tres-secret'
    c = carene(plan(home.url, secret='${env:FIGURES_TOKEN}'), env={'FIGURES_TOKEN': token})
    eventually(lambda: home.samples('up{check="site"}'), 30, 0.2, 'samples are there')
    assert c.json('query', 'up{site}', '--home')['answers'][0]['count'] > 0
    home.stop()
    done = c.command('query', 'up{site}', '--home')
    assert done.returncode != 0 and 'second home of samples did not answer for up{site}' in done.stderr
    assert token not in done.stderr + done.stdout + c.words()
    assert c.get('/healthz')[0] == 200
    assert c.command('query', 'up{site}').returncode == 0


def test_a_plan_without_one_cannot_be_asked_there(lab, carene):
    done = carene().command('query', 'up{site}', '--home')
    assert done.returncode != 0 and 'no second home' in done.stderr
