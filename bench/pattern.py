"""Holds what Carène says of a server against what the server did: every answer of
bench/pattern_server.c is a result in the ledger, and no other.

    bench/pattern.py SERVER CARENE [--checks N] [--every 1s] [--seconds S] [--bad B]

runs both as an ordinary user and ends with the number of results compared; exit 1 names
the checks whose intervals are not what the answers were."""
import argparse
import json
import os
import pathlib
import shutil
import sqlite3
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'lab'))
from daemon import Carene  # noqa: E402
from processes import end, free_port, give, spawn, wait_until  # noqa: E402

GOOD = 'gd'  # letters of answers that are up; all others are down
UP, DOWN = 1, 4  # LedgerState


def plan(checks, hosts, port, every, timeout='2s'):
    """A text: a line for each check, as a generator of a provider would write them."""
    head = {'plan': {'id': 'pattern', 'title': 'Pattern', 'product': 'Pattern', 'version': '1', 'owner': 'ops',
                     'timezone': 'Europe/Paris', 'language': 'en'},
            'roles': {'ops': {'kind': 'human', 'label': 'Operations'}},
            'services': {f's{i}': {'label': f'Service {i}', 'environments': {'production': {'url': 'http://127.0.0.1'}}}
                         for i in range(max(1, checks // 1000))}}
    yield '\n'.join(f'{k}: {json.dumps(v)}' for k, v in head.items()) + '\nchecks:\n'
    services = len(head['services'])
    for i in range(checks):
        yield (f'  c{i}: {{type: http, service: s{i % services}, env: production, every: {every}, timeout: {timeout}, '
               f'retries: 0, redirects: 0, contains: healthy, target: "http://127.0.0.{i % hosts + 1}:{port}/{i}"}}\n')


def states(letters):
    """The states that these answers are, each change once."""
    told = []
    for letter in letters:
        state = UP if letter in GOOD else DOWN
        if not told or told[-1] != state:
            told.append(state)
    return told


def ledger(path):
    """check → its states in order, as the store has them."""
    found = {}
    with sqlite3.connect(f'file:{path}?mode=ro', uri=True) as db:
        for entity, state in db.execute("SELECT entity, state FROM interval WHERE entity LIKE 'check:c%' "
                                        'ORDER BY entity, "from"'):
            found.setdefault(int(entity[len('check:c'):]), []).append(state)
    return found


def compare(log, store):
    """(results compared, [what differs]). The last answer may not have been judged before the
    end: a stalled one cannot have been."""
    told, wrong, results = ledger(store), [], 0
    with open(log) as f:
        for line in f:
            i, letters = line.split()
            results += len(letters)
            if told.get(int(i), []) not in (states(letters), states(letters[:-1])):
                wrong.append(f'c{i}: answered {letters}, ledger says {told.get(int(i))}')
            told.pop(int(i), None)
    wrong += [f'c{i}: never asked, ledger says {s}' for i, s in told.items()]
    return results, wrong


class Pattern:
    """The server and the daemon on its pattern, in a folder of their own."""

    def __init__(self, server, binary, checks, every='1s', bad=8, hosts=8, cpus=([], []), env=None, options=()):
        self.dir = tempfile.mkdtemp(prefix='carene-pattern-')
        os.chmod(self.dir, 0o755)
        give(self.dir)
        self.log = os.path.join(self.dir, 'answers')
        copy = os.path.join(self.dir, 'server')
        shutil.copy(server, copy)
        port = free_port()
        self.server = spawn([*cpus[1], copy, str(port), str(hosts), str(checks), str(bad), self.log], self.dir,
                            os.path.join(self.dir, 'server.log'))
        self.carene = Carene(binary, os.path.join(self.dir, 'carene'), env)
        self.carene.options = list(options)
        with open(self.carene.plan, 'w') as f:
            f.writelines(plan(checks, hosts, port, every))
        os.chmod(self.carene.plan, 0o644)
        self.before = cpus[0]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def start(self, patience=60):
        self.carene.start(patience, self.before)
        return self

    def stop(self):
        """Ends both, the prober first; what differs."""
        self.carene.stop(60)
        end(self.server, patience=60)
        if not wait_until(lambda: os.path.exists(self.log), 10):
            raise RuntimeError('the server wrote no log')
        return compare(self.log, os.path.join(self.carene.data, 'carene.db'))

    def close(self):
        self.carene.stop()
        end(self.server, patience=5)
        shutil.rmtree(self.dir, ignore_errors=True)


def main():
    words = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    words.add_argument('server')
    words.add_argument('carene')
    words.add_argument('--checks', type=int, default=1000)
    words.add_argument('--every', default='1s')
    words.add_argument('--seconds', type=float, default=30)
    words.add_argument('--bad', type=int, default=8, help='one stretch of three answers in this many is bad')
    told = words.parse_args()
    run = Pattern(told.server, told.carene, told.checks, told.every, told.bad)
    try:
        run.start()
        time.sleep(told.seconds)
        results, wrong = run.stop()
    finally:
        run.close()
    print('\n'.join(wrong[:20]))
    print(f'{results} results compared, {len(wrong)} checks differ')
    return 1 if wrong or not results else 0


if __name__ == '__main__':
    sys.exit(main())
