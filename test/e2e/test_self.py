"""Carène's own troubles are its own: cut off, disk full, database locked. They are
said, and never counted against what it watches."""
import os
import pathlib
import sqlite3
import subprocess
import time

import pytest
from conftest import base_plan, eventually, never
from test_outage import all_up, down_seconds, incidents, state_on_page

ROOT_ONLY = pytest.mark.skipif(os.getuid() != 0, reason='only root may mount a small disk or make a network')


def test_behind_a_cut_network_everything_is_unknown_and_nothing_is_down(lab, mailbox, carene):
    """The plan's guard targets and the site fail together: that is us, not the site."""
    env = lab.env()
    site = env['MANGA_URL'].removeprefix('http://')
    plan = base_plan()
    plan['plan']['connectivity'] = [site]
    c = carene(plan)
    all_up(c)
    lab.break_('site')
    eventually(lambda: state_on_page(c) == 'unknown', 20)
    never(lambda: incidents(c) or mailbox.mails(to='ana@', words='site'), 4, what='an incident of the site')
    lab.fix('site')
    all_up(c, 20)
    assert down_seconds(c) == 0


@ROOT_ONLY
def test_in_a_network_without_any_route_the_site_is_unknown(lab, carene, place):
    """The daemon in a network namespace whose loopback is then taken down."""
    c = carene(start=False)
    marker = c.dir + '/netns'
    holder = subprocess.Popen(['unshare', '--net', 'sh', '-c', 'ip link set lo up; echo $$ >"$0"; exec sleep 300', marker])
    try:
        eventually(lambda: os.path.exists(marker) and os.path.getsize(marker))
        inside = ['nsenter', f'--net=/proc/{holder.pid}/ns/net', '--']
        out = subprocess.run([*inside, 'ip', '-br', 'link'], capture_output=True, text=True, check=True).stdout
        assert 'lo' in out
        plan = base_plan()
        plan['plan']['connectivity'] = ['127.0.0.1:9']
        c.write_plan(plan.text())
        daemon = subprocess.Popen([*inside, *c.argv()], cwd=c.dir, stdout=subprocess.DEVNULL,
                                  stderr=open(c.log, 'ab'), env={**os.environ, **c.env}, stdin=subprocess.DEVNULL)
        try:
            eventually(lambda: c.command('status', '--json').returncode in (0, 1), 20)
            time.sleep(4)
            assert incidents(c) == []
            status = c.json('status')
            assert status['state'] != 'down'
        finally:
            daemon.terminate()
            daemon.wait(15)
    finally:
        holder.kill()
        holder.wait()


@ROOT_ONLY
def test_a_full_disk_under_the_store_is_our_alarm_and_not_the_sites(lab, mailbox, carene):
    disk = lab.mount_disk(6144)
    c = carene(start=False)
    c.data = os.path.join(disk, 'data')
    try:
        c.start()
        all_up(c)
        lab.break_('disk')
        with open(os.path.join(disk, 'last'), 'wb') as f:
            try:
                while True:
                    f.write(b'\0' * 4096)
                    f.flush()
            except OSError:
                pass
        eventually(lambda: c.get('/healthz')[0] == 503, 30, what='unhealthy, and it says so')
        assert c.alive()
        # Nothing can be committed, so nothing is claimed; the site is not said to be down.
        never(lambda: state_on_page(c) == 'down', 3)
        os.unlink(os.path.join(disk, 'last'))
        lab.fix('disk')
        eventually(lambda: c.get('/healthz')[0] == 200, 30, what='healthy again')
        all_up(c, 20)
        assert incidents(c) == []
        assert c.command('verify').returncode == 0
        assert down_seconds(c) == 0
    finally:
        c.stop()
        lab.unmount()


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

