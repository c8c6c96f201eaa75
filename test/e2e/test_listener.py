"""The listener before strangers: heartbeats and metrics from those who have the
token; and requests that are malformed, ambiguous, endless or too slow, each of
which gets one answer or is cut off, while everybody else is served."""
import json
import re
import socket
import time

import pytest
from conftest import ROOT, base_plan, eventually, never, peak_kb
from test_outage import incidents, state_on_page

pytestmark = pytest.mark.hostile


def raw(c, data, wait=3.0):
    """What the listener answers to these bytes until it closes or says nothing more."""
    with socket.create_connection(('127.0.0.1', c.port), timeout=wait) as s:
        s.sendall(data)
        got = b''
        try:
            while chunk := s.recv(65536):
                got += chunk
        except (TimeoutError, ConnectionResetError):
            pass
        return got


AMBIGUOUS = {
    'two lengths': b'POST /push/x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!',
    'length and chunks': b'POST /push/x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'
                         b'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n',
    'no host': b'GET / HTTP/1.1\r\n\r\n',
    'two hosts': b'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
    'negative length': b'POST /push/x HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n',
    'not HTTP': b'\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03' + b'\0' * 200 + b'\r\n\r\n',
    'version 9': b'GET / HTTP/9.1\r\nHost: a\r\n\r\n',
    'a header of a megabyte': b'GET / HTTP/1.1\r\nHost: a\r\nX: ' + b'y' * (1 << 20) + b'\r\n\r\n',
    'ten thousand headers': b'GET / HTTP/1.1\r\nHost: a\r\n' + b'X: y\r\n' * 10000 + b'\r\n',
}


@pytest.fixture(scope='module')
def quiet(the_lab, place):
    """One Carène for all the strangers: none of them may hurt the next."""
    from conftest import BINARY
    from daemon import Carene
    plan = base_plan().add(
        checks={'cron': {'type': 'push', 'service': 'manga', 'env': 'production', 'every': '3s', 'grace': '1s',
                         'secret': '${env:PUSH_TOKEN}'}},
        metrics={'loans': {'unit': 'count', 'source': 'push', 'token': '${env:PUSH_TOKEN}'}},
        rules={'cron': {'when': 'check{cron} == fail', 'level': 'important'}})
    c = Carene(BINARY, place / 'quiet', {**the_lab.env(), 'PUSH_TOKEN': 'tok-1234567890abcdef'})
    c.write_plan(plan.text())
    yield c.start()
    c.stop()


@pytest.mark.parametrize('what', AMBIGUOUS)
def test_a_request_that_cannot_be_trusted_gets_one_refusal_and_is_closed(quiet, what):
    got = raw(quiet, AMBIGUOUS[what])
    answers = re.findall(rb'HTTP/1\.[01] (\d+) ', got)
    assert all(status[:1] == b'4' or status == b'505' for status in answers), got[:400]
    assert len(answers) <= (2 if what == 'negative length' else 1), 'libmicrohttpd says its own refusal twice'
    assert quiet.get('/healthz')[0] == 200


@pytest.mark.parametrize('path', ['/../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/status/..%2fcarene.db', '/status/status.json%00.html',
                                  '//etc/passwd', '/' + 'a' * 5000], ids=lambda p: p[:30])
def test_no_path_leads_outside_the_page(quiet, path):
    got = raw(quiet, b'GET ' + path.encode() + b' HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    assert b'root:' not in got and b'SQLite' not in got
    assert got.split(b' ')[1][:1] == b'4' if got else True


def test_slow_strangers_are_cut_off_and_others_are_served_meanwhile(quiet):
    slow = []
    for _ in range(20):
        s = socket.create_connection(('127.0.0.1', quiet.port))
        s.sendall(b'GET / HTTP/1.1\r\nHost: a\r\n')
        slow.append(s)
    began, open_ones = time.monotonic(), set(slow)
    worst = 0.0
    while open_ones and time.monotonic() - began < 25:
        for s in list(open_ones):
            try:
                s.sendall(b'X')
                s.setblocking(False)
                if s.recv(100) == b'':
                    raise ConnectionResetError
            except BlockingIOError:
                continue
            except OSError:
                open_ones.discard(s)
        asked = time.monotonic()
        assert quiet.get('/healthz')[0] == 200
        worst = max(worst, time.monotonic() - asked)
        time.sleep(0.5)
    for s in slow:
        s.close()
    assert not open_ones, f'{len(open_ones)} of 20 still held after 25 s'
    assert worst < 1.0


def test_a_wrong_or_missing_token_changes_nothing(quiet):
    for headers in ({}, {'Authorization': 'Bearer nope'}):
        assert quiet.get('/push/cron', 'POST', b'', headers)[0] in (401, 403)
        assert quiet.get('/metrics/push', 'POST', b'loans 12\n', headers)[0] in (401, 403)


def test_heartbeats_keep_a_check_up_and_their_absence_is_the_alarm(quiet):
    token = {'Authorization': 'Bearer tok-1234567890abcdef'}

    def beat(signal=''):
        path = '/push/cron/tok-1234567890abcdef' + signal if signal else '/push/cron'
        assert quiet.get(path, 'POST', b'', {} if signal else token)[0] in (200, 204)

    def open_ones():
        return [i for i in incidents(quiet) if i['class'] == 'N2' and i['state'] in ('open', 'investigating')]

    for _ in range(4):
        beat()
        time.sleep(1)
    assert not open_ones()
    eventually(open_ones, 15, what='an incident of the missing heartbeat')
    beat()
    eventually(lambda: not open_ones(), 20)
    beat('/fail')
    eventually(open_ones, 15, what='the job says that it failed')
    beat()


def test_a_pushed_value_is_kept_and_the_metrics_page_is_whole(quiet):
    token = {'Authorization': 'Bearer tok-1234567890abcdef'}
    assert quiet.get('/metrics/push', 'POST', b'loans 4812\n', token)[0] == 200
    assert quiet.get('/metrics/push', 'POST', b'nobody_asked 1\n', token)[0] == 404
    kept = eventually(lambda: [s for s in quiet.json('series', 'loans')['series']], 10)
    assert [s['value'] for s in kept] == [4812]
    assert not quiet.json('series', 'nobody_asked')['series']
    # A check has its lines once it was asked.
    text = eventually(lambda: (lambda t: 'carene_check_up{check="site"}' in t and t)(quiet.get('/metrics')[1]))
    assert text.rstrip().endswith('# EOF')


def test_every_metric_is_in_the_documentation_and_nothing_else(quiet):
    kinds = dict(re.findall(r'^# TYPE (\w+) (\w+)$', quiet.get('/metrics')[1], re.M))
    table = re.findall(r'^\| `(carene_\w+?)(?:\{[^`]*\})?` \| (\w+) \|', (ROOT / 'docs/commands.md').read_text(), re.M)
    assert dict(table) == {name + ('_total' if kind == 'counter' else ''): kind for name, kind in kinds.items()}


def test_a_forged_or_cut_acknowledgement_link_is_refused_and_says_so(quiet):
    for token in ('x', '2026-0001.ana.zzzzzz.' + '0' * 32, '%00', 'a' * 600):
        status, page, _ = quiet.get('/ack/' + token)
        assert status in (400, 403, 404, 410), (token, status)
        assert '<form' not in page
        assert quiet.get('/ack/' + token, 'POST', b'')[0] in (400, 403, 404, 410)


def test_commands_over_http_need_a_role(quiet):
    for method, path in (('GET', '/api/incidents'), ('POST', '/api/silences'), ('POST', '/api/reload')):
        assert quiet.get(path, method, b'{}' if method == 'POST' else None)[0] in (401, 403, 404)


def test_the_pages_are_strict_small_and_ask_for_nothing_elsewhere(quiet):
    status, page, headers = quiet.get('/')
    assert status == 200 and len(page) < 30000
    assert "default-src 'none'" in headers.get('Content-Security-Policy', '')
    assert '<script' not in page.replace('<script type="application/ld', '')
    for outside in ('src="http', "src='http", '@import', 'url(http'):
        assert outside not in page
    for path, kind in (('/status/status.json', 'json'), ('/status/feed.xml', 'xml'), ('/status/badge.svg', 'svg'),
                       ('/status/history.html', 'html')):
        status, text, headers = quiet.get(path)
        assert status == 200 and kind in headers['Content-Type'] and text
    assert json.loads(quiet.get('/status/status.json')[1])


def test_after_all_that_it_is_well_and_small(quiet):
    assert quiet.alive() and quiet.get('/healthz')[0] == 200
    assert peak_kb(quiet) < 300_000
    assert 'Sanitizer' not in quiet.words()
    assert state_on_page(quiet) in ('up', 'down', 'degraded', 'unknown')
    never(lambda: not quiet.alive(), 0.5)
