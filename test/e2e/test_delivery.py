"""The ways out fail: the mail server is down, slow, refusing, silent; the chat
service asks for patience. What was to be said is said, once, as soon as it can be."""
from conftest import base_plan, eventually, never
from daemon import text_of
from test_outage import all_up, incidents, the_incident


def resolve(lab, c):
    lab.fix('site')
    eventually(lambda: all(i['state'] not in ('open', 'acknowledged') for i in incidents(c)), 20)


def test_mail_waits_for_a_server_that_is_down(lab, mailbox, carene):
    c = carene()
    all_up(c)
    lab.break_('smtp')
    lab.break_('site')
    the_incident(c)
    never(mailbox.mails, 2)
    lab.fix('smtp')
    eventually(lambda: mailbox.mails(to='ana@'), 60, what='the mail, later')
    never(lambda: len(mailbox.mails(to='ana@')) > 1, 3, what='the same mail twice')


def test_a_server_that_says_later_is_tried_again(lab, mailbox, carene):
    c = carene()
    all_up(c)
    lab.break_('smtp-later')
    lab.break_('site')
    eventually(lambda: [a for a in mailbox.attempts() if a['reply'].startswith('451')], what='a first attempt')
    lab.fix('smtp-later')
    eventually(lambda: mailbox.mails(to='ana@'), 60)
    ids = [m['Message-ID'] for m in mailbox.mails(to='ana@')]
    assert len(ids) == len(set(ids)) == 1


def test_a_refusal_for_good_goes_to_the_fallback_at_once(lab, mailbox, carene):
    plan = base_plan().add(channels={
        'mail': {'type': 'email', 'secret': '${env:SMTP_URL}', 'from': 'carene@essai.lab', 'timeout': '3s',
                 'to': ['equipe@essai.lab'], 'fallback': 'chat'},
        'chat': {'type': 'slack', 'secret': '${env:CHAT_WEBHOOK}', 'timeout': '3s'}})
    c = carene(plan)
    all_up(c)
    before = len(lab.requests('/chat'))
    lab.break_('smtp-never')
    lab.break_('site')
    eventually(lambda: len(lab.requests('/chat')) > before, 20, what='the fallback')
    assert len([a for a in mailbox.attempts() if a['reply'].startswith('550') and 'ana@' in a['to'][0]]) == 1, 'not tried again'


def test_a_slow_mail_server_delays_its_mail_and_nothing_else(lab, mailbox, carene):
    plan = base_plan()
    plan['channels']['mail']['timeout'] = '10s'
    c = carene(plan)
    all_up(c)
    lab.control('smtp', mode='slow', seconds=5)
    lab.break_('site')
    inc = the_incident(c, 6)
    lab.fix('site')
    # The recovery is seen while the first mail still hangs.
    eventually(lambda: all(i['state'] not in ('open', 'acknowledged') for i in incidents(c)), 8)
    lab.control('smtp', mode='accept')
    assert eventually(lambda: [m for m in mailbox.mails(to='ana@') if inc['id'] in text_of(m)], 40)


def test_a_mail_server_that_never_greets_is_given_up_in_time_and_asked_again(lab, mailbox, carene):
    plan = base_plan()
    plan['channels']['mail']['timeout'] = '2s'
    c = carene(plan)
    all_up(c)
    lab.break_('smtp-silent')
    lab.break_('site')
    the_incident(c)
    never(mailbox.mails, 3)
    lab.fix('smtp-silent')
    eventually(lambda: mailbox.mails(to='ana@'), 60)


def test_login_and_encryption_are_used_where_the_address_asks_for_them(lab, mailbox, carene):
    plan = base_plan()
    plan['channels']['mail'].update(secret='${env:SMTP_AUTH_URL}', ca_file=lab.env()['MANGA_CA'])
    c = carene(plan, env={'SMTP_AUTH_URL': lab.env()['SMTP_AUTH_URL'] + '?starttls=required'})
    all_up(c)
    lab.break_('site')
    mail = eventually(lambda: mailbox.mails(to='ana@'))[0]
    assert (mail['X-Lab-Tls'], mail['X-Lab-Login']) == ('yes', 'yes')
    assert 'planche' not in c.words(), 'no password in the log'


def test_chat_and_sms_are_told_and_asked_again_when_they_say_so(lab, mailbox, carene):
    env = lab.env()
    plan = base_plan().add(channels={
        'chat': {'type': 'slack', 'secret': '${env:CHAT_WEBHOOK}', 'timeout': '3s'},
        'hook': {'type': 'webhook', 'url': env['SINK_URL'] + '/hook', 'timeout': '3s'},
        'sms': {'type': 'sms', 'provider': 'twilio', 'url': env['SINK_URL'], 'from': '+33100000000',
                'secret': '${env:TWILIO}', 'timeout': '3s'}})
    plan['contacts']['ana']['phone'] = '+33600000001'
    plan['levels']['critical']['route'] = ['mail', 'chat', 'hook', 'sms']
    c = carene(plan, env={'TWILIO': 'AClab:jeton'})
    all_up(c)
    seen = len(lab.requests())
    lab.control('sink', answers={'/chat': {'status': 429, 'headers': {'Retry-After': '2'}, 'times': 1},
                                 '/hook': {'status': 500, 'times': 1}})
    lab.break_('site')

    def fresh(path):
        return [r for r in lab.requests()[seen:] if r['path'].startswith(path)]

    eventually(lambda: [r for r in fresh('/chat') if r['status'] == 200], 40, what='the chat, after its 429')
    first, second = fresh('/chat')[:2]
    assert first['status'] == 429 and second['t'] - first['t'] >= 1.9, 'not before Retry-After'
    eventually(lambda: [r for r in fresh('/hook') if r['status'] == 200], 60, what='the webhook, after its 500')
    sms = eventually(lambda: fresh('/2010-04-01/'), 20, what='an SMS')
    assert len(sms) == 1 and '33600000001' in sms[0]['body']
    assert sms[0]['headers']['Authorization'].startswith('Basic ')


def test_a_storm_is_told_in_few_messages(lab, mailbox, carene):
    plan = base_plan()
    for n in range(30):
        plan['checks'][f'page{n}'] = {'type': 'http', 'service': 'manga', 'env': 'production', 'every': '1s', 'timeout': '2s',
                                      'target': '${env:MANGA_URL}/recherche?q=%d' % n, 'retries': 1, 'retry_every': '500ms'}
        plan['rules'][f'page{n}'] = {'when': 'check{page%d} == fail' % n, 'level': 'critical'}
    c = carene(plan)
    all_up(c, 30)
    lab.break_('site')
    eventually(lambda: mailbox.mails(to='ana@'))
    never(lambda: len(mailbox.mails(to='ana@')) > 5, 6, what='a flood')
    assert len(incidents(c)) == 1, 'one cause, one incident'
    resolve(lab, c)
