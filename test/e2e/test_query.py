"""Questions about the past, to a daemon that goes on working, and to its folder afterwards."""
import json
import pathlib
import socket
import sqlite3
import subprocess
import sys

import pytest
from conftest import BINARY, ROOT, eventually

sys.path.insert(0, str(ROOT / 'bench'))
import pattern  # noqa: E402
from processes import as_ordinary_user  # noqa: E402

SERVER = pathlib.Path(BINARY).parent.parent / 'test/bench_pattern_server'


@pytest.fixture(scope='module')
def run():
    with pattern.Pattern(SERVER, BINARY, 40, bad=3) as p:
        p.start()
        eventually(lambda: min(seen(p, 'c0'), seen(p, 'c1')) >= 8, 60, 0.2, 'eight answers of a check')
        yield p


def ask(p, *words):
    answer = p.carene.json('query', *words)
    return {a['series']: a for a in answer['answers']}


def seen(p, check):
    done = p.carene.command('query', f'up{{{check}}}', '--json')
    return json.loads(done.stdout)['answers'][0]['count'] if done.returncode == 0 else 0


def probes(p):
    text = p.carene.get('/metrics?checks=no')[1]
    return next(float(line.split()[1]) for line in text.splitlines() if line.startswith('carene_probes_total '))


def test_one_series_and_many(run):
    one = ask(run, 'up{c3}', '--stat', 'mean')
    assert list(one) == ['up{c3}']
    assert 0 <= one['up{c3}']['mean'] <= 1 and one['up{c3}']['exact'] is True
    many = ask(run, 'latency{*}', '--stat', 'p95,max')
    assert 20 <= len(many) <= 40  # a check that never got an answer has no latency
    for a in many.values():
        assert a['p95'] <= a['max'] and a['count'] >= 1


def test_availability_is_what_the_ledger_says(run):
    a = ask(run, 'availability{*}')
    checks = {n: v for n, v in a.items() if 'service:' not in n}
    assert len(checks) == 40 and len(a) > 40
    assert any(v['down_s'] > 0 for v in checks.values())
    for v in checks.values():
        assert 0 <= v['availability'] <= 100 and v['unknown_s'] == 0


def test_ninety_bars(run):
    steps = ask(run, 'availability{c1}', '--over', '90d', '--step', '1d')['availability{c1}']['steps']
    assert 90 <= len(steps) <= 92
    assert steps[0]['availability'] is None and steps[-1]['availability'] is not None


def test_questions_at_once_are_all_answered_and_probes_go_on(run):
    before = probes(run)
    argv = [run.carene.binary, 'query', '*', '--over', '5y', '--step', '3mo', '--json', '--data', run.carene.data]
    asked = [subprocess.Popen(argv, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, **as_ordinary_user())
             for _ in range(12)]
    for p in asked:
        out, _ = p.communicate(timeout=60)
        assert p.returncode == 0 and len(json.loads(out)['answers']) > 80
    assert run.carene.get('/healthz')[0] == 200 and probes(run) > before


def test_one_client_asks_twice_and_is_answered_in_order(run):
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(20)
        s.connect(run.carene.data + '/control.sock')
        s.sendall(b'{"command":"query","args":{"series":["up{c1}"]}}\n{"command":"oncall"}\n'
                  b'{"command":"query","args":{"series":["nothing"]}}\n{"command":"stop-it"}\n')
        got = b''
        while got.count(b'\n') < 4:
            more = s.recv(65536)
            assert more
            got += more
    answers = [json.loads(line) for line in got.splitlines()]
    assert answers[0]['result']['answers'][0]['series'] == 'up{c1}'
    assert answers[1]['ok'] is True and 'answers' not in answers[1]['result']
    assert answers[2]['error']['code'] == 'NOT_FOUND'
    assert answers[3]['ok'] is False


def test_a_client_that_leaves_is_answered_into_nothing(run):
    for _ in range(20):
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(run.carene.data + '/control.sock')
            s.sendall(b'{"command":"query","args":{"series":["*"],"over":"5y","step":"1mo"}}\n')
    assert run.carene.json('query', 'up{c2}')['answers'][0]['count'] > 0


@pytest.mark.parametrize('words, what', [
    (['latnecy{c1}'], "no series is called 'latnecy{c1}'"),
    (['up{c1}', '--stat', 'p94'], "there is no statistic 'p94'"),
    (['up{c1}', '--over', 'soon'], 'is not a length of time'),
    (['up{*}', '--over', '5y', '--step', '1m'], 'more than 200000 figures'),
])
def test_what_cannot_be_answered_is_said(run, words, what):
    done = run.carene.command('query', *words)
    assert done.returncode != 0 and what in done.stderr and done.stdout == ''


def test_for_people(run):
    done = run.carene.command('query', 'latency{c1}', 'availability{c1}', '--stat', 'p95')
    assert done.returncode == 0 and 'p95' in done.stdout and 'availability' in done.stdout
    french = run.carene.command('query', 'availability{c1}', lang='fr_FR.UTF-8')
    assert 'disponibilité' in french.stdout


def test_the_folder_says_the_same_when_nobody_runs(run):
    """Last: it ends the daemon."""
    to = run.carene.json('query', 'up{c1}')['to']
    words = ['*{c1}', '--stat', 'mean,p50,p95,p99,max,min,last,sum', '--to', to]
    running = ask(run, *words)
    run.carene.stop()
    assert ask(run, *words) == running
    with sqlite3.connect(f'file:{run.carene.data}/carene.db?mode=ro', uri=True) as db:
        assert db.execute('PRAGMA integrity_check').fetchone() == ('ok',)
