"""The site fails, people are told, someone takes it, it comes back, and the books
are right: on a real nginx, a real PostgreSQL and MariaDB, a real mail server."""
import datetime
import re
import time

from conftest import base_plan, eventually, never
from daemon import text_of


def incidents(c):
    """All of them, the newest first, over or not."""
    return c.json('incident', 'list', '--all')['incidents']


def the_incident(c, within=15):
    return eventually(lambda: incidents(c), within, what='an incident')[0]


def moment(text):
    return datetime.datetime.fromisoformat(text.replace('Z', '+00:00')).timestamp()


def clock(incident, kind):
    return next(x for x in incident['clocks'] if x['kind'] == kind)


def all_up(c, within=15):
    eventually(lambda: state_on_page(c) == 'up', within, what='the page says up')


def state_on_page(c, part='manga'):
    import json
    status, text, _ = c.get('/status/status.json')
    if status != 200:
        return None
    facts = json.loads(text)
    return next((p['state'] for p in facts['components'] if p['id'] == part), None)


def link_in(mail, path='/ack/'):
    return re.search(r'https?://\S*%s[^\s<>"]+' % re.escape(path), text_of(mail))[0]


def follow(c, link):
    """As a person does: opens the page, then presses its button."""
    status, page, _ = c.get(link)
    assert status == 200, page
    form = re.search(r'<form[^>]*method="?post"?[^>]*>', page, re.I)
    assert form, 'a page with a button: mail scanners follow links, people press'
    action = re.search(r'action="([^"]*)"', form[0])
    from urllib.parse import urljoin
    return c.get(urljoin(link, action[1] if action else ''), 'POST', b'')


def test_an_outage_from_the_first_failed_probe_to_the_last_line_of_the_books(lab, mailbox, carene):
    c = carene()
    all_up(c)
    assert incidents(c) == []
    stopped = time.time()
    lab.break_('site')

    # The incident is of the class that the plan's level names, and says what fails.
    inc = the_incident(c)
    assert inc['class'] == 'N1'
    assert inc['state'] in ('open', 'qualified')
    assert clock(inc, 'respond')['state'] == 'running'
    assert clock(inc, 'resolve')['state'] == 'running'

    # The team's address is told, and Ana, whose turn it is; not yet Karim.
    eventually(lambda: mailbox.mails(to='equipe@'), what='a mail to the team')
    mail = eventually(lambda: mailbox.mails(to='ana@'), what='a mail to Ana')[0]
    assert not mailbox.mails(to='karim@')
    assert 'critique' in mail['Subject'].lower() or 'N1' in mail['Subject']
    assert inc['id'] in text_of(mail)
    assert mail.get_body(preferencelist=('html',)), 'the mail has an HTML part too'

    # The page tells the truth, to people and to programs.
    eventually(lambda: state_on_page(c) == 'down', 5)
    page = c.get('/')[1]
    assert 'Catalogue' in page and '<script' not in page

    # The link in the mail stops the response clock, in her name.
    assert follow(c, link_in(mail))[0] == 200
    inc = eventually(lambda: [i for i in incidents(c) if i['state'] == 'acknowledged'])[0]
    assert clock(inc, 'respond')['state'] == 'met'
    shown = c.json('incident', 'show', inc['id'])
    assert 'ana' in str(shown)

    # It comes back: she is told, the page says so, the books are exact to the probe interval.
    started = time.time()
    lab.fix('site')
    eventually(lambda: state_on_page(c) == 'up', what='up again on the page')
    eventually(lambda: [m for m in mailbox.mails(to='ana@') if m['Message-ID'] != mail['Message-ID']],
               45, what='a mail of resolution, also when it comes within a group')
    inc = eventually(lambda: [i for i in incidents(c) if i['state'] not in ('open', 'acknowledged')])[0]
    assert clock(inc, 'resolve')['state'] == 'met'
    down = down_seconds(c)
    # Failed probes are a second apart; one may fall up to a second after the stop, and
    # the one that finds the site again up to a second after the start.
    assert (started - stopped) - 1.2 <= down <= (started - stopped) + 1.8, down
    assert abs(moment(inc['opened']) - stopped) < 4
    assert c.command('verify').returncode == 0


def down_seconds(c):
    """What the objective's accounting counts as down so far."""
    figure = next(o for o in c.json('objectives')['objectives'] if o['id'] == 'uptime')
    return figure['down']


def test_a_502_behind_a_living_nginx_is_down_too_and_its_cause_is_named(lab, mailbox, carene):
    c = carene()
    all_up(c)
    lab.break_('backend')
    the_incident(c)
    mail = eventually(mailbox.mails)[0]
    assert '502' in text_of(mail)


def test_one_lost_probe_is_not_an_outage(lab, mailbox, carene):
    plan = base_plan()
    plan['checks']['site'].update(retries=3, retry_every='1s')
    c = carene(plan)
    all_up(c)
    lab.control('site', health='blip')
    time.sleep(1.2)  # one or two probes fail, four would be needed
    lab.control('site')
    never(lambda: incidents(c), 4, what='an incident')
    assert mailbox.mails() == []


def test_an_answer_that_is_too_slow_is_degraded_not_down(lab, carene):
    plan = base_plan()
    plan['checks']['site'].update(slow='500ms', timeout='5s')
    c = carene(plan)
    all_up(c)
    lab.control('site', delay=1.0)
    eventually(lambda: state_on_page(c) == 'degraded', 20)
    assert incidents(c) == []
    lab.control('site')
    all_up(c)


def test_databases_that_refuse_are_told_apart_from_a_site_that_works(lab, mailbox, carene):
    plan = base_plan().add(
        databases={'pg': {'engine': 'postgresql', 'service': 'manga', 'env': 'production', 'host': '127.0.0.1',
                          'port': lab.env()['MANGA_DB_PORT'], 'user': 'manga', 'name': 'manga_db',
                          'secret': '${env:MANGA_DB_PASSWORD}'},
                   'my': {'engine': 'mysql', 'service': 'manga', 'env': 'production', 'host': '127.0.0.1',
                          'port': lab.env()['MARIADB_PORT'], 'user': 'manga', 'name': 'manga_db',
                          'secret': '${env:MARIADB_PASSWORD}'}},
        checks={'pg': {'type': 'db_ping', 'db': 'pg', 'every': '1s', 'timeout': '2s', 'retries': 1, 'retry_every': '500ms'},
                'my': {'type': 'db_ping', 'db': 'my', 'every': '1s', 'timeout': '2s', 'retries': 1, 'retry_every': '500ms'}},
        rules={'pg_down': {'when': 'check{pg} == fail', 'level': 'critical'},
               'my_down': {'when': 'check{my} == fail', 'level': 'important'}})
    plan['status_page'] = {'components': {'site': {'of': ['check:site']}, 'pg': {'of': ['check:pg']},
                                          'my': {'of': ['check:my']}}}
    c = carene(plan)
    for part in ('site', 'pg', 'my'):
        eventually(lambda p=part: state_on_page(c, p) == 'up', what=part)
    lab.break_('db-refuse')
    assert the_incident(c)['class'] == 'N1'
    mail = eventually(mailbox.mails)[0]
    assert 'too many connections' in text_of(mail)
    eventually(lambda: [state_on_page(c, p) for p in ('pg', 'my', 'site')] == ['down', 'up', 'up'])
    lab.fix('db-refuse')
    eventually(lambda: state_on_page(c, 'pg') == 'up')
    lab.break_('db')
    eventually(lambda: state_on_page(c, 'pg') == 'down')
    lab.break_('mariadb')
    eventually(lambda: [i for i in incidents(c) if i['class'] == 'N2'], what='the other database’s incident')
    lab.fix('db')
    lab.fix('mariadb')
    for part in ('pg', 'my'):
        eventually(lambda p=part: state_on_page(c, p) == 'up', what=part)


def test_a_certificate_is_told_once_for_each_threshold_it_crosses(lab, mailbox, carene):
    env = lab.env()
    plan = base_plan().add(
        checks={'tls': {'type': 'tls', 'service': 'manga', 'env': 'production', 'target': 'localhost',
                        'port': env['MANGA_HTTPS_PORT'], 'ca_file': env['MANGA_CA'], 'every': '1s', 'timeout': '3s',
                        'min_left': ['30d', '7d'], 'retry_every': '500ms'}},
        rules={'cert': {'when': 'check{tls} == fail', 'level': 'important'}})
    c = carene(plan)
    all_up(c)
    try:
        lab.certificate(20)
        eventually(mailbox.mails, 20, what='a mail for 30 d')
        never(lambda: len(mailbox.mails()) > 1, 2, what='a second mail for the same threshold')
        lab.certificate(2)
        eventually(lambda: len(mailbox.mails()) == 2, 45, what='a mail for 7 d, also when it waits for a group')
        lab.certificate(-1)
        eventually(lambda: [i for i in incidents(c) if i['class'] == 'N2'], 20, what='an incident: expired')
    finally:
        lab.fix('cert')
    eventually(lambda: all(i['state'] not in ('open', 'acknowledged') for i in incidents(c)), 20)


def test_nobody_answers_so_the_next_one_is_called(lab, mailbox, carene):
    plan = base_plan()
    plan['escalations']['ladder']['steps'][1]['after'] = '4s'
    c = carene(plan)
    all_up(c)
    lab.break_('site')
    eventually(lambda: mailbox.mails(to='ana@'))
    assert not mailbox.mails(to='karim@')
    eventually(lambda: mailbox.mails(to='karim@'), what='the second step')
    assert len(mailbox.mails(to='karim@')) == 1


def test_who_acknowledges_by_command_is_not_followed_by_the_next_step(lab, mailbox, carene):
    plan = base_plan()
    plan['escalations']['ladder']['steps'][1]['after'] = '4s'
    c = carene(plan)
    all_up(c)
    lab.break_('site')
    inc = the_incident(c)
    assert c.command('incident', 'ack', inc['id']).returncode == 0
    assert clock(incidents(c)[0], 'respond')['state'] == 'met'
    never(lambda: mailbox.mails(to='karim@'), 5, what='the second step')


def test_a_silence_holds_messages_back_and_neither_checks_nor_books(lab, mailbox, carene):
    c = carene()
    all_up(c)
    made = c.command('silence', 'add', 'service=manga', '--until', '1h', '--reason', 'essai', '--json')
    assert made.returncode == 0, made.stderr
    lab.break_('site')
    eventually(lambda: state_on_page(c) == 'down')
    never(mailbox.mails, 3, what='a mail in spite of the silence')
    silence = c.json('silence', 'list')['silences'][0]
    assert c.command('silence', 'end', silence['id']).returncode == 0
    eventually(mailbox.mails, what='what still fails at the end of the silence')


def test_an_open_window_keeps_people_asleep_and_its_end_wakes_them(lab, mailbox, carene):
    plan = base_plan()
    begin = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1)
    plan.add(windows={'works': {'at': f'{begin:%Y-%m-%d %H:%M} UTC', 'for': '2h', 'env': 'production',
                                'counts': 'false', 'impact': 'down', 'notice': '0s'}})
    c = carene(plan, start=False)
    c.start()
    lab.break_('site')
    eventually(lambda: state_on_page(c) in ('maintenance', 'down'), 20)
    never(mailbox.mails, 3, what='a mail inside the window')


def test_a_restart_keeps_the_incident_and_tells_nobody_twice(lab, mailbox, carene):
    c = carene()
    all_up(c)
    lab.break_('site')
    inc = the_incident(c)
    eventually(mailbox.mails)
    c.stop()
    assert not c.alive()
    c.start()
    assert [i['id'] for i in incidents(c)] == [inc['id']]
    never(lambda: len(mailbox.mails(to='ana@')) > 1, 4, what='a second mail for the same step')
    lab.fix('site')
    eventually(lambda: state_on_page(c) == 'up', 20)
    assert c.command('verify').returncode == 0
