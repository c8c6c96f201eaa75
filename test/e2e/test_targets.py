"""Hostile targets and stubborn children: each gets one verdict, in its time and in
little memory, and delays nobody."""
import os
import subprocess
import time

import pytest
from conftest import base_plan, eventually, never, peak_kb
from hostile import Hostile
from test_outage import all_up, state_on_page

WAYS = ['endless-headers', 'slow-bytes', 'huge-body', 'endless-chunks', 'too-short', 'wrong-lengths', 'loop', 'never-answers',
        'garbage', 'closes', 'file-redirect']


@pytest.fixture
def hostile():
    h = Hostile()
    yield h
    h.close()


@pytest.mark.hostile
def test_every_hostile_answer_is_down_in_time_and_in_little_memory(lab, carene, hostile):
    plan = base_plan()
    plan['checks']['site']['every'] = '1s'
    for way in WAYS:
        plan['checks'][way] = {'type': 'http', 'target': f'{hostile.url}/{way}', 'every': '2s', 'timeout': '2s', 'retries': 0,
                               'service': 'manga', 'env': 'production', 'contains': 'Bienvenue'}
    plan['status_page'] = {'components': {'site': {'of': ['check:site']},
                                          **{way: {'of': [f'check:{way}']} for way in WAYS}}}
    c = carene(plan)
    for way in WAYS:
        eventually(lambda w=way: state_on_page(c, w) == 'down', 25, what=way)
    eventually(lambda: state_on_page(c, 'site') == 'up', 10)
    never(lambda: state_on_page(c, 'site') != 'up', 4, every=0.3, what='the good site suffers')
    assert peak_kb(c) < 300_000
    assert 'root:' not in str(c.json('status'))


def test_a_hundred_targets_that_never_answer_do_not_delay_the_one_that_does(lab, carene, hostile):
    plan = base_plan()
    for n in range(100):
        plan['checks'][f'mute{n}'] = {'type': 'http', 'target': hostile.url + '/never-answers', 'every': '5s', 'timeout': '4s',
                                      'service': 'manga', 'env': 'production'}
    plan['status_page'] = {'components': {'site': {'of': ['check:site']}}}
    c = carene(plan)
    eventually(lambda: state_on_page(c, 'site') == 'up', 20)
    lab.break_('site')
    began = time.monotonic()
    eventually(lambda: state_on_page(c, 'site') == 'down', 8)
    assert time.monotonic() - began < 6
    lab.fix('site')


@pytest.mark.hostile
def test_a_child_that_ignores_term_and_its_grandchildren_are_ended(lab, carene, place):
    script = place / 'stubborn.sh'
    script.write_text('#!/bin/sh\ntrap "" TERM\n(trap "" TERM; exec sleep 987654) &\nexec sleep 987654\n')
    script.chmod(0o755)
    plan = base_plan()
    plan['checks']['stubborn'] = {'type': 'command', 'run': [str(script)], 'every': '20s', 'timeout': '1s', 'retries': 0,
                                  'service': 'manga', 'env': 'production'}
    plan['status_page'] = {'components': {'stubborn': {'of': ['check:stubborn']}}}
    c = carene(plan)
    eventually(lambda: state_on_page(c, 'stubborn') == 'down', 40)

    def left():
        return subprocess.run(['pgrep', '-f', 'sleep 987654'], capture_output=True, text=True).stdout.split()

    eventually(lambda: not left(), 15, what='no child left')


def test_a_command_is_no_shell_and_sees_no_secret(lab, carene, place):
    out = place / 'seen.txt'
    script = place / 'look.sh'
    script.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {out}.new\nenv >> {out}.new\nmv {out}.new {out}\n')
    script.chmod(0o755)
    os.chmod(place, 0o777)
    try:
        plan = base_plan()
        plan['checks']['look'] = {'type': 'command', 'run': [str(script), '$(touch /tmp/owned)', '; id', 'a b'], 'every': '5s',
                                  'timeout': '3s', 'service': 'manga', 'env': 'production'}
        carene(plan)
        eventually(out.exists, 20)
        text = out.read_text()
    finally:
        os.chmod(place, 0o755)
    assert text.startswith('$(touch /tmp/owned)\n; id\na b\n')
    assert 'SMTP_URL' not in text and 'MANGA_DB_PASSWORD' not in text


def test_redirects_are_followed_by_hops_and_no_further(lab, carene):
    plan = base_plan()
    for name, path, hops in (('three', '/redirige/3', 5), ('four', '/redirige/4', 3), ('loop', '/redirige/boucle', 5)):
        plan['checks'][name] = {'type': 'http', 'target': '${env:MANGA_URL}' + path, 'every': '2s', 'timeout': '3s', 'retries': 0,
                                'redirects': hops, 'service': 'manga', 'env': 'production'}
    plan['status_page'] = {'components': {n: {'of': [f'check:{n}']} for n in ('three', 'four', 'loop')}}
    c = carene(plan)
    eventually(lambda: state_on_page(c, 'three') == 'up', 15)
    eventually(lambda: state_on_page(c, 'four') == 'down', 15)
    eventually(lambda: state_on_page(c, 'loop') == 'down', 15)


def test_a_journey_logs_in_reserves_and_cleans_up_after_itself(lab, carene):
    plan = base_plan()
    plan['checks']['reserve'] = {
        'type': 'journey', 'service': 'manga', 'env': 'production', 'every': '3s', 'timeout': '5s', 'retries': 0,
        'steps': [
            {'name': 'form', 'method': 'GET', 'url': '${env:MANGA_URL}/connexion', 'capture': {'jeton': 'regex:value="(j\\d+)"'}},
            {'name': 'login', 'method': 'POST', 'url': '${env:MANGA_URL}/connexion', 'expect': ['303'],
             'headers': {'Content-Type': 'application/x-www-form-urlencoded'},
             'body': 'nom=lectrice&mot=planche&jeton={{jeton}}', 'capture': {'session': 'cookie:session'}},
            {'name': 'reserve', 'method': 'POST', 'url': '${env:MANGA_URL}/api/reservations', 'expect': ['201'],
             'headers': {'Content-Type': 'application/json', 'Cookie': 'session={{session}}'},
             'body': '{"volume": 7}', 'capture': {'id': 'json:$.id'}},
            {'name': 'clean up', 'method': 'DELETE', 'url': '${env:MANGA_URL}/api/reservations/{{id}}', 'expect': ['200'],
             'always': 'true'}]}
    plan['status_page'] = {'components': {'reserve': {'of': ['check:reserve']}}}
    c = carene(plan)
    eventually(lambda: state_on_page(c, 'reserve') == 'up', 20)
    status, text, _ = c.get(lab.env()['MANGA_URL'] + '/api/reservations')
    eventually(lambda: '[]' in c.get(lab.env()['MANGA_URL'] + '/api/reservations')[1], 10, what='nothing left reserved')
    assert status == 200
    all_up(c) if state_on_page(c) else None


def test_names_are_looked_up_anew_and_their_failure_is_named_as_such(lab, carene):
    env = lab.env()
    plan = base_plan()
    plan['checks']['site']['target'] = env['MANGA_URL'].replace('127.0.0.1', 'mangatheque.lab') + '/health'
    c = carene(plan, start=False)
    c.options = ['--dns', env['DNS_SERVER']]
    c.start()

    def site():
        return c.json('check', 'list')['checks'][0]

    eventually(lambda: site()['state'] == 'up', 15)
    for mode in ('nxdomain', 'servfail', 'silent'):
        lab.control('dns', mode=mode)
        eventually(lambda: site()['state'] == 'down', 20, what=mode)
        assert site()['fail'] == 'dns', (mode, site())
        lab.control('dns')
        eventually(lambda: site()['state'] == 'up', 20, what='after ' + mode)
    lab.control('dns', address='127.0.0.2')  # the name moved to where nobody listens
    eventually(lambda: site()['state'] == 'down', 20)
    assert site()['fail'] == 'connect'
