"""The written plans' own figures, row by row of docs/requirements.md, on the example
plans themselves: each clock is met at its limit and broken a second later. Played on
the simulated world, so that a week of waiting takes no time."""
import os
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLAYER = pathlib.Path(os.environ.get('CARENE_BIN', ROOT / 'build/dev/src/carene')).with_name('run_scenarios')

# row, plan, class, environment, clock, limit
CLOCKS = [
    ('INC-02', 'generic', 'P0', 'production', 'respond', '5m'),
    ('INC-03', 'generic', 'P1', 'production', 'respond', '15m'),
    ('INC-04', 'generic', 'P2', 'production', 'respond', '1h'),
    ('INC-05', 'generic', 'P3', 'production', 'respond', '4h'),
    ('INC-06', 'generic', 'P4', 'production', 'respond', '24h'),
    ('INC-07', 'generic', 'P0', 'production', 'resolve', '1h'),
    ('INC-08', 'generic', 'P1', 'production', 'resolve', '4h'),
    ('INC-10', 'generic', 'P0', 'production', 'postmortem', '24h'),
    ('INC-18', 'sitearis', 'P0', 'production', 'respond', '15m'),
    ('INC-19', 'sitearis', 'P1', 'production', 'respond', '1h'),
    ('INC-20', 'sitearis', 'P2', 'production', 'respond', '4h'),
    ('INC-21', 'sitearis', 'P0', 'staging', 'respond', '4h'),
    ('INC-22', 'sitearis', 'P1', 'staging', 'respond', '8h'),
    ('INC-23', 'sitearis', 'P2', 'staging', 'respond', '24h'),
    ('INC-32', 'mangatheque', 'N1', 'production', 'respond', '30m'),
    ('INC-33', 'mangatheque', 'N1', 'production', 'resolve', '2h'),
    ('INC-34', 'mangatheque', 'N2', 'production', 'respond', '2h'),
    ('INC-35', 'mangatheque', 'N2', 'production', 'resolve', '24h'),
    ('INC-36', 'mangatheque', 'N3', 'production', 'respond', '24h'),
    ('INC-37', 'mangatheque', 'N3', 'production', 'resolve', '72h'),
    ('INC-42', 'francaisfluide', 'P1', 'production', 'respond', '15m'),
    ('INC-43', 'francaisfluide', 'P1', 'production', 'resolve', '1h'),
    ('INC-44', 'francaisfluide', 'P2', 'production', 'respond', '1h'),
    ('INC-45', 'francaisfluide', 'P2', 'production', 'resolve', '4h'),
    ('INC-46', 'francaisfluide', 'P3', 'production', 'respond', '4h'),
    ('INC-47', 'francaisfluide', 'P3', 'production', 'resolve', '24h'),
    ('INC-48', 'francaisfluide', 'P4', 'production', 'respond', '24h'),
    ('INC-49', 'francaisfluide', 'P4', 'production', 'resolve', '168h'),
]
# Classes for which the written plan gives no such clock: measured, never judged.
UNSET = [
    ('INC-09', 'generic', 'P2', 'resolve'),
    ('INC-09', 'generic', 'P4', 'resolve'),
    ('INC-09', 'sitearis', 'P0', 'resolve'),
    ('INC-24', 'sitearis', 'P3', 'respond'),
]
# Where the clock stands in the list; a class that promises no updates has no clock for them.
PLACE = {'respond': 0, 'inform': 1, 'mitigate': 2, 'resolve': 3, 'postmortem': 4}
STOPS = {
    'respond': ['ack id={id} as=person:essai'],
    'resolve': ['ack id={id} as=person:essai', 'resolve id={id} text=essai as=person:essai'],
}


def play(folder, plan, lines, rehearsed=True):
    """Plays a story on an example plan; fails with what did not hold, or (`rehearsed`)
    when a rehearsal of it leaves another journal."""
    text = (ROOT / f'examples/{plan}.yaml').read_text()
    (folder / 'plan.yaml').write_text(text)
    head = ['plan plan.yaml']
    for name in sorted(set(re.findall(r'\$\{env:(\w+)\}', text))):
        head.append(f'env {name} {a_value(name, text)}')
    if not lines[0].startswith('clock '):
        head.append('clock 2027-03-02 10:00 UTC')
    (folder / 'story.scn').write_text('\n'.join(head + lines) + '\n')
    done = subprocess.run([PLAYER, '--once', folder], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 or not rehearsed, done.stdout + done.stderr
    assert done.stdout.startswith('ok 1 - story.scn holds'), done.stdout + done.stderr


def a_value(name, text):
    """Something of the right form for a variable of the plan."""
    if re.search(r'SMTP|MAIL', name):
        return 'smtp://mail.test:25'
    if re.search(r'URL|WEBHOOK', name):
        return 'https://site.test/'
    return 'a:b' if name == 'TWILIO' else '/usr/bin/true'


def opened(cls, env):
    return f'do incident.open title=essai class={cls} env={env}'


def stopping(clock, limit, late):
    """Lines that stop the clock at its limit, or a second later."""
    steps = ['incident.' + s.format(id=1) for s in STOPS[clock]]
    wait = [f'pass {limit}'] + (['pass 1s'] if late else [])
    return [f'do {s}' for s in steps[:-1]] + wait + [f'do {steps[-1]}']


@pytest.mark.parametrize('row,plan,cls,env,clock,limit', CLOCKS, ids=[c[0] for c in CLOCKS])
@pytest.mark.parametrize('late', [False, True], ids=['at_the_limit', 'a_second_later'])
def test_each_clock_of_the_catalogue(row, plan, cls, env, clock, limit, late, tmp_path):
    place = f'incidents[0].clocks[{PLACE[clock]}]'
    if clock == 'postmortem':
        lines = [opened(cls, env), 'do incident.ack id=1 as=person:essai',
                 'do incident.resolve id=1 text=essai as=person:essai', f'pass {limit}']
        lines += ['pass 1s'] if late else []
        state = 'breached' if late else 'running'
    else:
        lines = [opened(cls, env)] + stopping(clock, limit, late)
        state = 'stopped_late' if late else 'met'
    lines += [f'expect incident.list all=true {place}.kind = {clock}',
              f'expect incident.list all=true {place}.state = {state}']
    play(tmp_path, plan, lines)


@pytest.mark.parametrize('row,plan,cls,clock', UNSET, ids=[f'{u[0]}-{u[1]}-{u[2]}' for u in UNSET])
def test_a_clock_without_a_figure_is_measured_and_not_judged(row, plan, cls, clock, tmp_path):
    place = f'incidents[0].clocks[{PLACE[clock]}]'
    play(tmp_path, plan, [opened(cls, 'production'), 'pass 400h',
                          f'expect incident.list all=true {place}.state = not_set'])
