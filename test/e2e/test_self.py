"""Carène's own troubles are its own: cut off, disk full, database locked. They are
said, and never counted against what it watches."""
import json
import os
import pathlib
import re
import signal
import socket
import sqlite3
import subprocess
import time

import pytest
from conftest import base_plan, eventually, never
from processes import ORDINARY
from test_outage import all_up, down_seconds, incidents, state_on_page

ROOT_ONLY = pytest.mark.skipif(os.getuid() != 0, reason='only root may mount a small disk or make a network')


class Hosts:
    """Two hosts of our own and a cable between them: Carène's, and the site's with the
    place that the plan takes for the rest of the world. Network namespaces, nothing leaves them."""

    def __init__(self):
        self.ours, self.theirs = self.host(), self.host()
        self.run(self.ours, 'ip', 'link', 'add', 'cable', 'type', 'veth', 'peer', 'name', 'cable', 'netns',
                 str(self.theirs.pid))
        for host, address in ((self.ours, '198.51.100.1/24'), (self.theirs, '198.51.100.2/24')):
            self.run(host, 'ip', 'link', 'set', 'lo', 'up')
            self.run(host, 'ip', 'address', 'add', address, 'dev', 'cable')
            self.run(host, 'ip', 'link', 'set', 'cable', 'up')

    @staticmethod
    def host():
        child = subprocess.Popen(['unshare', '--net', 'sleep', '300'])
        ours = os.readlink('/proc/self/ns/net')
        eventually(lambda: os.readlink(f'/proc/{child.pid}/ns/net') != ours)
        return child

    @staticmethod
    def inside(host, *words):
        return ['nsenter', f'--net=/proc/{host.pid}/ns/net', '--', *words]

    def run(self, host, *words):
        subprocess.run(self.inside(host, *words), check=True)

    def cable(self, state):
        self.run(self.ours, 'ip', 'link', 'set', 'cable', state)

    def close(self):
        for host in (self.ours, self.theirs):
            host.kill()
            host.wait()


@ROOT_ONLY
def test_when_our_own_cable_is_cut_everything_is_unknown_and_nothing_is_down(lab, mailbox, carene, place):
    hosts = Hosts()
    site = place / 'far'
    site.mkdir()
    (site / 'health').write_text('ok')
    server = subprocess.Popen(hosts.inside(hosts.theirs, '/usr/bin/python3', '-m', 'http.server', '8080', '--directory', site),
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    plan = base_plan()
    plan['plan']['connectivity'] = ['198.51.100.2:8080']
    plan['checks']['site']['target'] = 'http://198.51.100.2:8080/health'
    c = carene(plan, start=False)
    daemon = subprocess.Popen(hosts.inside(hosts.ours, *as_user(), *c.argv()), cwd=c.dir, stdout=subprocess.DEVNULL,
                              stderr=open(c.log, 'ab'), env={**os.environ, **c.env}, stdin=subprocess.DEVNULL)

    def state():
        done = c.command('check', 'list', '--json')
        return json.loads(done.stdout)['checks'][0]['state'] if done.returncode in (0, 1) else None

    try:
        eventually(lambda: state() == 'up', 20)
        hosts.cable('down')
        eventually(lambda: state() == 'unknown', 20)
        never(lambda: state() == 'down' or incidents(c), 3, every=0.3, what='an outage that is ours')
        hosts.cable('up')
        eventually(lambda: state() == 'up', 20)
        assert down_seconds(c) == 0
        # The same check, and now it is the site: the rest of the world still answers.
        (site / 'health').unlink()
        eventually(lambda: state() == 'down', 20)
        eventually(lambda: incidents(c), 5)
    finally:
        daemon.terminate()
        daemon.wait(15)
        server.kill()
        server.wait()
        hosts.close()


def as_user():
    """Words that run a program as the lab's ordinary user."""
    return ['setpriv', f'--reuid={ORDINARY.pw_uid}', f'--regid={ORDINARY.pw_gid}', '--clear-groups']


@ROOT_ONLY
def test_a_full_disk_under_the_store_is_our_alarm_and_not_the_sites(lab, mailbox, carene):
    disk = lab.mount_disk(6144)
    c = carene(start=False)
    c.data = os.path.join(disk, 'data')
    try:
        c.start()
        all_up(c)
        fill(disk)
        eventually(lambda: c.get('/healthz')[0] == 503, 30, what='unhealthy, and it says so')
        assert c.alive()
        # Nothing can be committed, so nothing is claimed; the site is not said to be down.
        never(lambda: state_on_page(c) == 'down', 3)
        lab.fix('disk')
        eventually(lambda: c.get('/healthz')[0] == 200, 30, what='healthy again')
        all_up(c, 20)
        assert incidents(c) == []
        assert c.command('verify').returncode == 0
        assert down_seconds(c) == 0
    finally:
        c.stop()
        lab.unmount()


def fill(disk):
    """To the last byte; `lab fix disk` takes it away."""
    try:
        with open(os.path.join(disk, 'filler'), 'ab', buffering=0) as f:
            while True:
                f.write(b'\0' * 4096)
    except OSError:
        pass


def test_a_database_locked_by_another_program_is_waited_for_and_said(lab, carene):
    c = carene()
    all_up(c)
    file = next(pathlib.Path(c.data).glob('*.db'))
    lock = sqlite3.connect(file, isolation_level=None)
    lock.execute('BEGIN IMMEDIATE')
    try:
        eventually(lambda: c.get('/healthz', timeout=10)[0] == 503, 30, what='unhealthy while locked')
        assert c.alive()
    finally:
        lock.execute('ROLLBACK')
        lock.close()
    eventually(lambda: c.get('/healthz')[0] == 200, 30)
    all_up(c)
    assert incidents(c) == [] and down_seconds(c) == 0
    assert c.command('verify').returncode == 0


@pytest.mark.parametrize('change, word', [
    ('UPDATE journal SET line = replace(line, \'"\', \'"\' || \' \') WHERE seq = 2', '2'),
    ('DELETE FROM journal WHERE seq = 2', '2'),
])
def test_evidence_that_was_touched_is_found_and_named(lab, carene, change, word):
    c = carene()
    all_up(c)
    c.stop()
    assert c.command('verify').returncode == 0
    db = sqlite3.connect(next(pathlib.Path(c.data).glob('*.db')))
    db.execute(change)
    db.commit()
    db.close()
    done = c.command('verify')
    assert done.returncode == 1
    assert word in done.stdout + done.stderr


def test_a_second_daemon_on_the_same_folder_is_refused(lab, carene):
    c = carene()
    done = c.command('run', c.plan, '--listen', '127.0.0.1:0', timeout=15)
    assert done.returncode not in (0, 1)
    assert c.alive() and c.get('/healthz')[0] == 200


def test_the_time_it_was_stopped_is_unknown_not_up_and_not_down(lab, carene):
    c = carene()
    all_up(c)
    c.kill()
    time.sleep(3)
    c.start()
    all_up(c)
    figure = next(o for o in c.json('objectives')['objectives'] if o['id'] == 'uptime')
    assert figure['down'] == 0
    assert figure['unknown'] >= 2


@ROOT_ONLY
def test_a_filling_disk_is_told_from_its_threshold_on(lab, mailbox, carene):
    disk = lab.mount_disk(8192)
    try:
        plan = base_plan().add(
            metrics={'disk_used': {'unit': '%', 'source': 'host', 'mount': disk, 'every': '1s'}},
            rules={'disk': {'when': 'disk_used > 90%', 'level': 'important', 'service': 'manga', 'env': 'production'}})
        c = carene(plan)
        all_up(c)
        never(lambda: incidents(c), 2)
        lab.break_('disk')
        inc = eventually(lambda: incidents(c), 20, what='an incident')[0]
        assert inc['class'] == 'N2'
        eventually(mailbox.mails)
        lab.fix('disk')
        eventually(lambda: incidents(c)[0]['state'] not in ('open', 'acknowledged'), 20)
    finally:
        lab.unmount()



def without(folder, *libraries):
    """An environment in which these libraries are found first as files that are none."""
    folder.mkdir()
    for name in libraries:
        (folder / name).write_text('not a library')
    return {'LD_LIBRARY_PATH': str(folder)}


def test_a_library_that_is_missing_is_named_and_only_its_own_checks_are_unknown(lab, carene, place):
    plan = base_plan()
    for name in ('page', 'unit'):
        plan['checks'][name] = dict(plan['checks']['site'])
    plan['checks']['page']['target'] = '${env:MANGA_URL}/%68ealth?q=[1]'  # to be read by libcurl
    plan['checks']['unit'].update(type='unit', target='cron.service')
    plan['databases'] = {'pg': {'engine': 'postgresql', 'service': 'manga', 'env': 'production', 'host': '127.0.0.1'},
                         'my': {'engine': 'mariadb', 'service': 'manga', 'env': 'production', 'host': '127.0.0.1'}}
    for name in ('pg', 'my'):
        plan['checks'][name] = {'type': 'db_ping', 'db': name, 'every': '1s', 'timeout': '2s'}
    packages = {'page': 'libcurl.so.4 of the package libcurl4', 'unit': 'libsystemd.so.0 of the package libsystemd0',
                'pg': 'libpq.so.5 of the package libpq5', 'my': 'libmariadb.so.3 of the package libmariadb3'}
    env = without(place / 'lacking', *(words.split()[0] for words in packages.values()))
    c = carene(plan, env=env)
    checks = eventually(lambda: (lambda by: by['site']['state'] == 'up' and all(by[n]['reason'] for n in packages) and by)(
        {k['id']: k for k in c.json('check', 'list')['checks']}), what='every check was asked')
    for name, words in packages.items():
        assert checks[name]['state'] == 'unknown', checks[name]
        assert f'{words} cannot be opened: ' in checks[name]['reason'], checks[name]


def test_a_listener_without_its_library_says_what_to_install(carene, place):
    c = carene(start=False, env=without(place / 'deaf', 'libmicrohttpd.so.12'))
    done = c.command('run', c.plan, '--listen', f'127.0.0.1:{c.port}')
    assert done.returncode == 74 and done.stdout == ''
    assert 'libmicrohttpd.so.12 of the package libmicrohttpd12 cannot be opened: ' in done.stderr, done.stderr
    assert 'apt-get install libmicrohttpd12' in done.stderr, done.stderr


@pytest.fixture
def mute():
    """Forty hosts that take every connection and never say a word: the kernel answers for them."""
    first = socket.create_server(('127.0.0.2', 0), backlog=4096)
    port = first.getsockname()[1]
    hosts = [first] + [socket.create_server((f'127.0.0.{n}', port), backlog=4096) for n in range(3, 42)]
    yield [f'http://127.0.0.{n}:{port}' for n in range(2, 42)]
    for host in hosts:
        host.close()


@pytest.mark.parametrize('how', ['signal', 'command'])
def test_it_stops_at_once_with_two_thousand_probes_under_way(carene, mute, how):
    plan = base_plan()
    for n in range(2000):
        plan['checks'][f'm{n}'] = {'type': 'http', 'service': 'manga', 'env': 'production', 'every': '30s',
                                   'timeout': '30s', 'target': f'{mute[n % len(mute)]}/{n}'}
    c = carene(plan)

    def under_way():
        found = re.search(r'^carene_probes_in_flight (\d+)$', c.get('/metrics?checks=no')[1], re.M)
        return found and int(found[1]) > 900

    eventually(under_way, 60, what='a thousand probes under way')
    if how == 'signal':
        os.kill(c.process['pid'], signal.SIGTERM)
    else:
        assert c.command('stop').returncode == 0
    eventually(lambda: not c.alive(), 5, what='the daemon ended')
    assert c.process['ended'] == 0, c.words()
    c.start()  # and nothing of it is taken for an outage
    assert not incidents(c)
    assert not [k for k in c.json('check', 'list')['checks'] if k['id'] != 'site' and k['state'] != 'unknown']
