"""Killed without a word, again and again, in the middle of a storm. What was
acknowledged stays acknowledged, nobody is paged twice for one step, the evidence
holds. CARENE_KILLS sets how often, CARENE_SEED replays a run."""
import os
import random
import time

from conftest import base_plan, eventually
from test_outage import incidents

KILLS = int(os.environ.get('CARENE_KILLS', '200'))
SEED = int(os.environ.get('CARENE_SEED', str(random.SystemRandom().randrange(1 << 30))))
LIMIT = 240  # seconds, however many kills that makes


def storm_plan():
    """Eight services, each with its own incident; the ladder goes on while nobody answers."""
    plan = base_plan().without('objectives')
    plan['escalations']['ladder']['steps'] = [{'after': '0s', 'when': 'always', 'to': ['dev']},
                                              {'after': '3s', 'when': 'unacknowledged', 'to': ['devops']}]
    plan['services'], plan['checks'], plan['rules'] = {}, {}, {}
    for n in range(8):
        s = f's{n}'
        plan['services'][s] = {'environments': {'production': {'url': '${env:MANGA_URL}'}}}
        plan['checks'][s] = {'type': 'http', 'service': s, 'env': 'production', 'target': '${env:MANGA_URL}/health?' + s,
                             'every': '1s', 'timeout': '2s', 'retries': 0}
        plan['rules'][s] = {'when': 'check{%s} == fail' % s, 'level': 'critical', 'clear': '0s', 'flap': '1s'}
    plan['plan']['alarm_via'] = ['mail']
    return plan


def test_killed_at_any_moment_nobody_is_paged_twice_and_nothing_acknowledged_is_lost(lab, mailbox, carene):
    rng = random.Random(SEED)
    print(f'seed {SEED}')
    c = carene(storm_plan())
    began, kills, acked = time.monotonic(), 0, set()
    down = False
    while kills < KILLS and time.monotonic() - began < LIMIT:
        if kills % 20 == 0:
            (lab.fix if down else lab.break_)('site')
            down = not down
        if kills % 5 == 3:
            acked |= acknowledge_one(c, rng)
        time.sleep(rng.uniform(0.0, 0.9) ** 2)
        c.kill()
        kills += 1
        if rng.random() < 0.2:
            c.launch()  # killed again before it has come up
            time.sleep(rng.uniform(0.0, 0.1))
            c.kill()
            kills += 1
        c.start()
    print(f'{kills} kills in {time.monotonic() - began:.0f} s')
    assert kills >= min(KILLS, 100)
    if down:
        lab.fix('site')

    # What the program said yes to is still so.
    now = {i['id']: i for i in incidents(c)}
    assert acked, 'the storm was long enough to acknowledge something'
    for number in acked:
        assert number in now
        assert next(x for x in now[number]['clocks'] if x['kind'] == 'respond')['state'] in ('met', 'stopped_late')

    # It all ends, and every mail that was put down was put down once.
    eventually(lambda: all(i['state'] not in ('open', 'qualified', 'acknowledged') for i in incidents(c)), 60)
    time.sleep(3)
    told = {}
    for mail in mailbox.mails():
        told.setdefault((mail['Message-ID'], mail['X-Lab-To']), []).append(mail)
    twice = {key: len(mails) for key, mails in told.items() if len(mails) > 1}
    assert not twice, twice
    assert c.command('verify').returncode == 0


def acknowledge_one(c, rng):
    """Acknowledges one open incident; the set of those the program said yes to."""
    listed = c.command('incident', 'list', '--json')
    if listed.returncode not in (0, 1):
        return set()
    waiting = [i['id'] for i in incidents(c) if i['state'] in ('open', 'qualified')]
    if not waiting:
        return set()
    number = rng.choice(waiting)
    return {number} if c.command('incident', 'ack', number).returncode == 0 else set()
