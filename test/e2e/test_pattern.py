"""What a server does in a known pattern (fails, stalls, resets, closes early, dribbles,
lies) is what the ledger says of it: each result, and no other. `./dev bench million` does
the same with a million checks."""
import os
import pathlib
import signal
import sys

import pytest
from conftest import BINARY, ROOT, eventually

sys.path.insert(0, str(ROOT / 'bench'))
import pattern  # noqa: E402

SERVER = pathlib.Path(BINARY).parent.parent / 'test/bench_pattern_server'


@pytest.mark.parametrize('letters, told', [('ggg', [pattern.UP]), ('gdgfslg', [pattern.UP, pattern.DOWN, pattern.UP]),
                                           ('x', [pattern.DOWN]), ('', [])])
def test_answers_are_states_and_each_change_is_one(letters, told):
    assert pattern.states(letters) == told


@pytest.fixture
def run():
    made = []

    def start(**more):
        made.append(pattern.Pattern(SERVER, BINARY, 200, **more))
        return made[-1].start()
    yield start
    for p in made:
        p.close()


def asked(run, n):
    """Waits until n answers were given, by Carène's own count."""
    def enough():
        text = run.carene.get('/metrics')[1]
        found = [line.split()[1] for line in text.splitlines() if line.startswith('carene_probes_total ')]
        return found and float(found[0]) >= n
    eventually(enough, 60, 0.2, f'{n} probes')


@pytest.mark.parametrize('lanes', ['0', '1', '3'])
def test_every_result_is_in_the_ledger(run, lanes):
    p = run(bad=4, options=['--lanes', lanes])
    asked(p, 200 * 8)
    results, wrong = p.stop()
    assert wrong == []
    assert results >= 200 * 7


def test_a_comparison_that_cannot_fail_would_be_none(run):
    p = run(bad=2)
    asked(p, 200 * 4)
    p.stop()
    with open(p.log) as f:
        lines = f.read().splitlines()
    lines[17] = lines[17].translate(str.maketrans('gdfsrelcx', 'ffggggggg'))
    with open(p.log, 'w') as f:
        f.write('\n'.join(lines) + '\n')
    _, wrong = pattern.compare(p.log, p.carene.data + '/carene.db')
    assert [w.split(':')[0] for w in wrong] == ['c' + lines[17].split()[0]]


def test_a_kill_leaves_no_state_that_was_not_answered(run):
    """After kill -9 the ledger of each check is a beginning of what was answered, as far as it
    was acknowledged, then unknown for the time nobody looked."""
    p = run(bad=4)
    asked(p, 200 * 4)
    p.carene.kill()
    os.kill(p.server['pid'], signal.SIGTERM)
    eventually(lambda: os.path.exists(p.log), 10)
    told = pattern.ledger(p.carene.data + '/carene.db')
    with open(p.log) as f:
        for line in f:
            i, letters = line.split()
            states = pattern.states(letters)
            assert told.get(int(i), []) == states[:len(told.get(int(i), []))]
    assert len(told) > 100
