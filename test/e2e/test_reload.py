"""A running daemon takes a new plan, and keeps the old one where the new is bad."""
import time

from conftest import base_plan, eventually, never
from test_outage import all_up, incidents, state_on_page, the_incident


def test_a_bad_plan_keeps_the_old_one_watching_and_raises_an_alarm(lab, mailbox, carene):
    c = carene()
    all_up(c)
    c.write_plan('plan: {id: essai\nchecks: [')
    done = c.command('reload')
    assert done.returncode != 0
    assert 'plan.yaml:' in done.stdout + done.stderr, 'the place of the mistake'
    eventually(mailbox.mails, what='the alarm')
    lab.break_('site')
    the_incident(c)


def test_a_good_plan_is_taken_up_and_what_is_open_survives(lab, mailbox, carene):
    c = carene()
    all_up(c)
    lab.break_('site')
    inc = the_incident(c)
    eventually(mailbox.mails)
    c.command('incident', 'ack', inc['id'])
    plan = base_plan().add(checks={'home': {'type': 'http', 'service': 'manga', 'env': 'production', 'every': '1s',
                                            'target': '${env:MANGA_URL}/', 'timeout': '2s'}})
    plan['plan']['version'] = '2'
    c.write_plan(plan.text())
    assert c.command('reload').returncode == 0
    kept = incidents(c)
    assert [i['id'] for i in kept] == [inc['id']] and kept[0]['state'] == 'acknowledged'
    assert kept[0]['opened'] == inc['opened']
    never(lambda: len(mailbox.mails(to='ana@')) > 1, 3, what='a second mail for the same step')
    lab.fix('site')
    all_up(c, 20)


def test_the_signal_does_what_the_command_does(lab, carene):
    c = carene()
    all_up(c)
    plan = base_plan()
    plan['services']['forum'] = {'label': 'Forum', 'environments': {'production': {'url': '${env:MANGA_URL}'}}}
    plan['checks']['forum'] = {'type': 'http', 'service': 'forum', 'env': 'production', 'every': '1s', 'timeout': '2s'}
    c.write_plan(plan.text())
    c.hup()
    eventually(lambda: state_on_page(c, 'forum') == 'up', 20, what='the new component')
    c.write_plan('nonsense')
    c.hup()
    time.sleep(1)
    assert c.alive() and state_on_page(c, 'forum') == 'up'


def test_a_check_that_left_the_plan_leaves_nothing_open_behind(lab, mailbox, carene):
    c = carene()
    all_up(c)
    lab.break_('site')
    the_incident(c)
    plan = base_plan().without('rules', 'checks')
    plan['checks'] = {'home': {'type': 'tcp', 'service': 'manga', 'env': 'production', 'target': '127.0.0.1',
                               'port': lab.env()['MANGA_DB_PORT'], 'every': '1s', 'timeout': '2s'}}
    c.write_plan(plan.text())
    assert c.command('reload').returncode == 0
    eventually(lambda: incidents(c)[0]['state'] not in ('open', 'qualified'), 20)
