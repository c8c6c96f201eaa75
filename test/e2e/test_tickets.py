"""Support tickets and the improvement register, with the real program: an export is
brought in by people who run it twice, who are cut off in the middle, and whose file has
mistakes; what was noted before an upgrade is still there after it."""
import json
import os
import pathlib
import sqlite3
import threading

from conftest import ROOT, base_plan, eventually
from processes import give

SUPPORT = {'hours': 'mon-fri 09:00-18:00', 'priorities': {'urgent': 'N1', 'normal': 'N2'},
           'levels': {'1': {'title': 'Premier', 'owner': 'dev'}, '2': {'title': 'Second', 'owner': 'devops'}},
           'quality': {'resolution_rate': '> 80%', 'satisfaction': '> 4.5/5'}, 'quality_minimum': 5}


def plan():
    # N1 and N2 count calendar time: what is always served needs nothing else.
    p = base_plan()
    p['support'] = SUPPORT
    return p


def export(n, solved=True):
    """A Zendesk export of n tickets of June: each answered after 10 minutes, resolved after an hour."""
    return json.dumps({'tickets': [
        {'id': 1000 + i, 'subject': f'Paiement refusé {i} – « été »', 'created_at': f'2026-06-{1 + i % 28:02}T08:00:00Z',
         'updated_at': f'2026-06-{1 + i % 28:02}T{"09" if solved else "08"}:30:00Z',
         'status': 'solved' if solved else 'open', 'priority': 'normal' if i % 3 else 'urgent', 'assignee_id': 7,
         'satisfaction_rating': {'score': 'good' if i % 4 else 'bad'} if solved else None,
         'metric_set': {'reply_time_in_minutes': {'calendar': 10}, 'replies': 1,
                        **({'solved_at': f'2026-06-{1 + i % 28:02}T09:00:00Z'} if solved else {})}}
        for i in range(n)], 'users': [{'id': 7, 'name': 'ana'}]}, ensure_ascii=False, indent=1)


def put(c, name, text):
    """A file where the ordinary user who runs the commands may read it."""
    path = pathlib.Path(c.dir) / name
    path.write_text(text)
    path.chmod(0o644)
    return path


def brought(c, path, *words):
    done = c.command('ticket', 'import', str(path), *words, '--json')
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)['import']


def test_the_same_export_twice_is_brought_in_once(lab, mailbox, carene):
    c = carene(plan())
    path = put(c, 'tickets.json', export(1500))
    dry = brought(c, path, '--dry-run')
    assert dry['dry_run'] and dry['new'] == 1500 and c.json('ticket', 'list', '--all')['tickets'] == []
    first = brought(c, path)
    assert (first['new'], first['changed'], first['same']) == (1500, 0, 0)
    again = brought(c, path)
    assert (again['new'], again['changed'], again['same']) == (0, 0, 1500)
    tickets = c.json('ticket', 'list', '--all')['tickets']
    assert len(tickets) == 1500 and len({t['external'] for t in tickets}) == 1500
    assert {t['state'] for t in tickets} == {'resolved'} and tickets[0]['agent'] == 'ana'
    assert tickets[0]['clocks'][0]['state'] == 'met' and tickets[0]['clocks'][0]['elapsed_s'] == 600
    q = c.json('ticket', 'quality', '--from', '2026-06-01', '--to', '2026-07-01')['quality']
    ratios = {r['kind']: r for r in q['ratios']}
    assert ratios['resolution_rate']['good'] == ratios['resolution_rate']['total'] == 1500
    assert ratios['resolution_rate']['verdict'] == 'kept'
    # three in four are good (5), one is bad (1): 4 of 5, under 4.5
    assert ratios['satisfaction']['value'] == 4 and ratios['satisfaction']['verdict'] == 'broken'
    assert ratios['resolution_mean']['value'] == 3600
    assert mailbox.mails() == []  # what was missed in June is told to nobody
    assert c.command('verify').returncode == 0


def test_killed_between_two_imports_and_in_the_middle_of_one(lab, carene):
    c = carene(plan())
    path = put(c, 'tickets.json', export(2000, solved=False))
    running = threading.Thread(target=c.command, args=('ticket', 'import', str(path)))
    running.start()
    eventually(lambda: len(c.json('ticket', 'list', '--all')['tickets']) > 100, what='a part of the export')
    c.kill()
    running.join(20)
    c.start()
    part = len(c.json('ticket', 'list', '--all')['tickets'])
    assert 100 < part <= 2000
    rest = brought(c, path)
    assert rest['new'] + rest['same'] == 2000 and rest['same'] == part and rest['changed'] == 0
    c.kill()
    c.start()
    put(c, 'tickets.json', export(2000))
    assert brought(c, path)['changed'] == 2000
    tickets = c.json('ticket', 'list', '--all')['tickets']
    assert len({t['id'] for t in tickets}) == len({t['external'] for t in tickets}) == len(tickets) == 2000
    assert {t['state'] for t in tickets} == {'resolved'} and {t['reopens'] for t in tickets} == {0}
    assert c.command('verify').returncode == 0


def test_a_file_with_mistakes_changes_nothing_unless_asked(lab, carene):
    c = carene(plan())
    path = put(c, 'tickets.csv', 'Numéro;Sujet;Statut;Priorité;Créé le;Résolu le\n'
                    '1;Bon;Résolu;normal;01/06/2026 10:00;01/06/2026 12:00\n'
                    '2;Mauvais;Endormi;normal;01/06/2026 10:00;\n'
                    '3;"Pas" clos;Nouveau;normal;01/06/2026 10:00;\n'
                    '4;Sans date;Nouveau;normal;;\n')
    done = c.command('ticket', 'import', str(path))
    assert done.returncode == 65
    for place in (f'{path}:3:11:', f'{path}:4:3:', f'{path}:5:'):
        assert place in done.stderr, done.stderr
    assert c.json('ticket', 'list', '--all')['tickets'] == []
    kept = brought(c, path, '--keep-going')
    assert kept['new'] == 1
    t = c.json('ticket', 'show', 'csv:1')['ticket']
    assert t['opened'] == '2026-06-01T08:00:00Z' and t['resolved'] == '2026-06-01T10:00:00Z'
    for words in (['nowhere.csv'], [str(path), '--from', 'excel'], []):
        assert c.command('ticket', 'import', *words).returncode not in (0, 1)


def test_people_work_a_ticket_through(lab, carene):
    c = carene(plan())
    made = json.loads(c.command('ticket', 'open', 'Le', 'paiement', 'échoue', '--priority', 'urgent', '--json').stdout)
    tid = made['ticket']['id']
    for words in (['assign', tid, 'ana'], ['answer', tid, '--text', 'on regarde'], ['wait', tid], ['resume', tid],
                  ['escalate', tid, '--agent', 'karim'], ['link', tid], ['resolve', tid], ['score', tid, '5/5'],
                  ['close', tid]):
        done = c.command('ticket', *words)
        assert done.returncode == 0, (words, done.stderr)
    t = c.json('ticket', 'show', tid)['ticket']
    assert t['state'] == 'closed' and t['level'] == 2 and t['escalations'] == 1 and t['agent'] == 'karim'
    assert t['incident'] == c.json('incident', 'list')['incidents'][0]['id']
    assert [h['what'] for h in t['history']] == ['open', 'assign', 'answer', 'wait', 'resume', 'escalate', 'link', 'resolve',
                                                 'score', 'close']
    refused = c.command('ticket', 'answer', tid)
    assert refused.returncode == 79 and 'closed' in refused.stderr


def test_follow_ups_of_an_older_store_are_actions_of_the_register(lab, carene):
    c = carene(plan(), start=False)
    os.mkdir(c.data, 0o700)
    db = sqlite3.connect(os.path.join(c.data, 'carene.db'))
    for step in ('001_ground', '002_records', '003_tasks', '004_proof'):
        db.executescript((ROOT / f'src/store/migrations/{step}.sql').read_text())
    columns = {row[1]: row[2] for row in db.execute('PRAGMA table_info(incident)')}
    values = {name: {'TEXT': '', 'BIGINT': None}.get(kind, 0) for name, kind in columns.items()}
    values.update(id='2026-0012', title='Panne', state=8, ladder=None, history=None, impact=-1, sequence=9,
                  due=9223372036854775807, detected_at=1780300800000000, closed_at=1780308000000000)
    names = ', '.join(f'"{name}"' for name in values)
    db.execute(f'INSERT INTO incident ({names}) VALUES ({", ".join("?" * len(values))})', list(values.values()))
    for n, (state, due) in enumerate([(0, 4102444800000000), (1, None), (2, None), (3, None)], 1):
        db.execute('INSERT INTO follow_up VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
                   (f'2026-0012/f0{n}', '2026-0012', f'chose {n}', 'corrective', 'ana', due, state, 1780300800000000,
                    1780304400000000 if state else None, 'contact:ana', 'contact:karim' if state else '', ''))
    db.execute("INSERT INTO meta VALUES ('incident_n', '12')")
    db.execute('PRAGMA user_version = 4')
    db.commit()
    db.close()
    for path in (c.data, os.path.join(c.data, 'carene.db')):
        give(path)
    c.start()
    actions = c.json('action', 'list', '--all')['actions']
    assert [a['state'] for a in actions] == ['proposed', 'done', 'verified', 'dropped']
    assert {a['origin_ref'] for a in actions} == {'incident:2026-0012'}
    assert actions[0]['due'] == '2100-01-01T00:00:00Z' and actions[0]['owner'] == 'ana'
    assert actions[1]['done_by'] == 'contact:karim' and actions[1]['done'] == '2026-06-01T09:00:00Z'
    shown = c.json('incident', 'show', '2026-0012')['incident']['follow_ups']
    assert [f['what'] for f in shown] == [f'chose {n}' for n in (1, 2, 3, 4)]
    # the old command still works on them
    assert c.command('incident', 'follow-up', '2026-0012', '--item', 'f01', '--state', 'done').returncode == 0
    assert c.json('action', 'show', '2026-0012/f01')['action']['state'] == 'done'
    assert c.command('incident', 'follow-up', '2026-0012', '--text', 'et encore', '--owner', 'karim').returncode == 0
    assert c.json('action', 'list')['actions'][-1]['id'] == '2026-0012/f05'


def test_a_vulnerability_is_judged_by_the_plan(lab, carene):
    p = plan()
    p['vulnerabilities'] = {'critical': {'rank': 1, 'deadline': '24h'}, 'low': {'rank': 2, 'deadline': 'planned'}}
    c = carene(p)
    made = json.loads(c.command('vuln', 'add', 'RCE', 'dans', 'la', 'bibliothèque', '--from', 'CVE-2026-1234', '--json').stdout)
    vid = made['action']['id']
    assert c.command('vuln', 'fix', vid).returncode == 79  # not judged yet
    assert c.command('vuln', 'triage', vid, 'apocalyptique').returncode == 66
    assert c.command('vuln', 'triage', vid, 'critical', '--owner', 'ana').returncode == 0
    v = c.json('vuln', 'list')['vulnerabilities'][0]
    assert v['limit'] == '24h' and v['state'] == 'triaged' and v['owner'] == 'ana' and not v['overdue']
    c.kill()
    c.start()
    assert c.json('vuln', 'list')['vulnerabilities'][0]['due'] == v['due']
    for words in (['fix', vid, '--text', 'mise à jour'], ['verify', vid]):
        assert c.command('vuln', *words).returncode == 0
    assert c.json('vuln', 'list')['vulnerabilities'] == []
