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


SERVICES = 16


def storm_plan():
    """Services with people of their own, so that no message waits for another's group:
    each has an incident, a first person and, while nobody answers, a second one."""
    plan = base_plan().without('objectives', 'classes', 'levels', 'escalations', 'roles', 'contacts', 'services', 'checks', 'rules')
    for n in range(SERVICES):
        s = f's{n}'
        plan.add(
            roles={f'first{n}': {'kind': 'human'}, f'second{n}': {'kind': 'human'}},
            contacts={f'{who}{n}': {'role': f'{who}{n}', 'email': f'{who}{n}@essai.lab', 'hours': 'always'}
                      for who in ('first', 'second')},
            escalations={s: {'steps': [{'after': '0s', 'when': 'always', 'to': [f'first{n}']},
                                       {'after': '3s', 'when': 'unacknowledged', 'to': [f'second{n}']}]}},
            classes={s: {'rank': 1 + n, 'respond': '30m', 'resolve': '2h', 'route': ['mail'], 'escalation': s}},
            levels={s: {'rank': 1 + n, 'class': s, 'route': ['mail']}},
            services={s: {'environments': {'production': {'url': '${env:MANGA_URL}'}}}},
            checks={s: {'type': 'http', 'service': s, 'env': 'production', 'target': '${env:MANGA_URL}/health?' + s,
                        'every': '1s', 'timeout': '2s', 'retries': 0}},
            rules={s: {'when': 'check{%s} == fail' % s, 'level': s, 'clear': '0s', 'flap': '1s'}})
    return plan


def test_killed_at_any_moment_nobody_is_paged_twice_and_nothing_acknowledged_is_lost(lab, mailbox, carene):
    rng = random.Random(SEED)
    print(f'seed {SEED}')
    c = carene(storm_plan())
    began, kills, acked = time.monotonic(), 0, set()
    down, outages = False, 0
    while kills < KILLS and time.monotonic() - began < LIMIT:
        if kills % 20 == 0:
            (lab.fix if down else lab.break_)('site')
            down = not down
            outages += down
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
    eventually(lambda: all(i['state'] not in ('open', 'qualified', 'acknowledged', 'investigating') for i in incidents(c)), 60)

    # What the program said yes to is still so.
    now = {i['id']: i for i in incidents(c)}
    assert acked, 'the storm was long enough to acknowledge something'
    for number in acked:
        assert number in now
        assert next(x for x in now[number]['clocks'] if x['kind'] == 'respond')['state'] in ('met', 'stopped_late')

    # Nobody was paged twice for one step, and no outage was taken for two.
    eventually(lambda: not waiting(c), 60, what='every message has left')
    told = {}
    for mail in mailbox.mails():
        told.setdefault((mail['Message-ID'], mail['X-Lab-To']), []).append(mail)
    print(f'{len(told)} messages, {len(now)} incidents, {outages} outages, {len(acked)} acknowledged')
    assert len(told) >= 3 * SERVICES, 'a storm of messages, or this proves nothing'
    assert {key: len(mails) for key, mails in told.items() if len(mails) > 1} == {}
    for n in range(SERVICES):
        assert sum(i['class'] == f's{n}' for i in now.values()) <= outages
    assert c.command('verify').returncode == 0


def waiting(c):
    return [m for m in c.json('message', 'list')['messages'] if m['state'] in ('ready', 'held', 'sending', 'retry')]


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
