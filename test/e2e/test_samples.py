"""Samples of a daemon that is killed again and again: all that were committed are there,
each once; what is damaged on the disk is named and costs nothing else."""
import collections
import http.server
import os
import pathlib
import random
import sqlite3
import threading
import time

from conftest import base_plan, eventually

CHECKS = 12
SEED = int(os.environ.get('CARENE_SEED', str(random.SystemRandom().randrange(1 << 30))))
ROUNDS = int(os.environ.get('CARENE_KILLS', '6'))
COMMITTED_S = 3  # samples wait a second for their commit; the rest is for a busy machine


class Target:
    """Answers, and remembers when it did."""

    def __init__(self):
        hits = self.hits = collections.defaultdict(list)

        class Answer(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header('Content-Length', '2')
                self.end_headers()
                self.wfile.write(b'ok')
                hits[self.path].append(time.monotonic())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Answer)
        self.url = f'http://127.0.0.1:{self.server.server_address[1]}'
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def plan_of(target):
    plan = base_plan().without('objectives', 'rules', 'checks')
    return plan.add(checks={f'c{n}': {'type': 'http', 'service': 'manga', 'env': 'production',
                                      'target': f'{target.url}/c{n}', 'every': '1s', 'timeout': '2s', 'retries': 0}
                            for n in range(CHECKS)})


def of_a_day(c, name):
    listed = [s for s in c.json('series', name)['series'] if s['name'] == name]
    return listed[0]['samples_of_a_day'] if listed else 0


def test_killed_at_any_moment_every_committed_sample_is_there_once(lab, carene):
    rng, target = random.Random(SEED), Target()
    print(f'seed {SEED}')
    try:
        c = carene(plan_of(target))
        lives = []
        for _ in range(ROUNDS):
            began = time.monotonic()
            time.sleep(COMMITTED_S + rng.uniform(0.5, 3))
            c.kill()
            lives.append((began - 60 if not lives else began - 1, time.monotonic() - COMMITTED_S))
            c.start()
        eventually(lambda: of_a_day(c, 'up{c0}') > 0, 10)
        expected = 0
        for n in range(CHECKS):
            hits = target.hits[f'/c{n}']
            sure = sum(any(a <= t <= b for a, b in lives) for t in hits)
            for what in ('up', 'latency'):
                found = of_a_day(c, f'{what}{{c{n}}}')
                assert sure <= found <= len(target.hits[f'/c{n}']), (what, n, sure, found, len(hits))
            expected += sure
        assert expected > CHECKS * ROUNDS, 'something was measured, or this proves nothing'
        done = c.command('verify')
        assert done.returncode == 0, done.stdout
    finally:
        target.close()


def test_a_damaged_log_is_said_and_the_daemon_starts(lab, carene):
    target = Target()
    try:
        c = carene(plan_of(target))
        eventually(lambda: of_a_day(c, 'up{c3}') > 3, 20)
        c.stop()
        with sqlite3.connect(next(pathlib.Path(c.data).glob('*.db'))) as db:
            db.execute("UPDATE sample_log SET data = substr(data, 1, 60) || x'5a5a5a5a' || substr(data, 65)")
        done = c.command('verify')
        assert done.returncode == 1
        assert 'log' in done.stdout
        c.start()
        eventually(lambda: of_a_day(c, 'up{c3}') > 0, 20)
        assert c.json('journal', '--kind', 'carene.samples_damaged')['records']
    finally:
        target.close()
