"""Tasks in the real program: measured, confirmed by people, kept over a restart and a
kill, files and all."""
import hashlib
import os
import pathlib

from conftest import base_plan, eventually


def task_plan():
    plan = base_plan()
    plan['contacts']['ana']['hours'] = 'mon-sun 00:00-24:00'
    return plan.add(
        storage={'local': {'type': 'local', 'path': '/var/backups/manga'}},
        backups={'nightly': {'at': 'daily 03:00', 'of': 'files', 'to': ['local'], 'keep': '7d', 'owner': 'dev'}},
        tasks={
            'round': {'label': 'Ronde du matin', 'at': 'as_needed', 'for': '1h', 'owner': 'dev',
                      'items': [{'do': 'check:site'}, {'ask': 'Lire le journal'}]},
            'keys': {'label': 'Changer les clés', 'at': 'as_needed', 'owner': ['dev', 'devops'],
                     'items': [{'ask': 'Les clés sont changées'}]},
            'watch': {'label': 'Ronde automatique', 'at': 'every 2s', 'owner': 'dev', 'items': [{'do': 'check:site'}]},
        })


def show(c, name):
    return c.json('task', 'show', name)['task']


def begun(c, duty):
    done = c.command('task', 'do', duty)
    assert done.returncode == 0, done.stderr
    return eventually(lambda: next((t for t in c.json('task', 'list', '--due')['tasks']
                                    if t['duty'] == duty and t['state'] == 'awaiting_human'), None))


def test_a_task_is_measured_confirmed_and_told(lab, mailbox, carene):
    c = carene(task_plan())
    eventually(lambda: c.json('check', 'list')['checks'][0]['state'] == 'up')
    number = str(begun(c, 'task:round')['number'])
    task = show(c, number)
    assert [i['state'] for i in task['items']] == ['pass', 'asked']
    assert task['items'][0]['found'].startswith('en marche')
    refused = c.command('task', 'confirm', number, '--as', 'karim')
    assert refused.returncode == 4 or 'neither an owner' in refused.stderr
    assert c.command('task', 'confirm', number, '2', '--note', 'rien à signaler', '--as', 'ana').returncode == 0
    task = show(c, number)
    assert task['state'] == 'done'
    assert task['words'][0]['who'].startswith('contact:ana (cli:')
    journal = c.json('journal', '--subject', 'task:round@')['records']
    assert [r['kind'] for r in journal] == ['task.due', 'task.item', 'task.confirmed', 'task.done']
    assert c.command('verify').returncode == 0
    shown = c.command('task', 'show', number, lang='fr_FR.UTF-8').stdout
    assert 'Ronde du matin' in shown and 'rien à signaler' in shown


def test_what_runs_by_itself_goes_on_by_itself(lab, carene):
    c = carene(task_plan())
    eventually(lambda: sum(t['state'] == 'done' for t in c.json('task', 'list', '--all', '--duty', 'task:watch')['tasks']) >= 3, 30)
    lab.break_('site')
    failed = eventually(lambda: next((t for t in c.json('task', 'list', '--all', '--duty', 'task:watch')['tasks']
                                      if t['state'] == 'failed'), None), 30)
    assert failed['reason'].startswith('check:site:')


def test_what_people_said_outlives_a_kill_and_a_restart(lab, carene):
    c = carene(task_plan())
    name = str(begun(c, 'task:keys')['number'])
    report = pathlib.Path(c.dir) / 'photo ../é.txt'.replace('/', '_')
    report.write_bytes(b'proof \x00\xff of work\n')
    os.chmod(report, 0o644)
    digest = hashlib.sha256(report.read_bytes()).hexdigest()
    for words in (['confirm', name, '--as', 'ana'], ['note', name, 'les', 'deux', 'jeux'],
                  ['attach', name, str(report), '--note', 'vue de la baie']):
        done = c.command('task', *words)
        assert done.returncode == 0, done.stderr
    c.kill()
    c.start()
    task = show(c, name)
    assert task['state'] == 'awaiting_human'
    said = {w['said']: w for w in task['words']}
    assert said['note']['note'] == 'les deux jeux'
    assert said['file']['sha256'] == digest and said['file']['size'] == report.stat().st_size
    kept = pathlib.Path(c.data) / 'attachments' / digest
    assert kept.read_bytes() == report.read_bytes()
    assert os.listdir(kept.parent) == [digest]
    c.stop()
    c.start()
    assert 'awaits contact:ana' in c.command('task', 'confirm', name, '--as', 'ana').stderr
    assert c.command('task', 'confirm', name, '--as', 'karim').returncode == 0
    assert show(c, name)['state'] == 'done'
    assert c.command('verify').returncode == 0


def test_a_file_that_is_too_large_or_none_is_refused_and_leaves_nothing(carene):
    c = carene(task_plan())
    name = str(begun(c, 'task:keys')['number'])
    large = pathlib.Path(c.dir) / 'large.bin'
    with open(large, 'wb') as f:
        f.truncate((8 << 20) + 1)
    os.chmod(large, 0o644)
    for path, word in ((large, '8 MiB'), (c.dir, 'not a file'), (c.dir + '/none', 'No such file')):
        done = c.command('task', 'attach', name, str(path))
        assert done.returncode and word in done.stderr, done.stderr
    assert not (pathlib.Path(c.data) / 'attachments').exists()
    with open(large, 'wb') as f:
        f.truncate(8 << 20)
    done = c.command('task', 'attach', name, str(large))
    assert done.returncode == 0, done.stderr
    assert show(c, name)['words'][0]['size'] == 8 << 20


def test_what_cannot_run_yet_says_so_and_roles_are_kept(carene):
    c = carene(task_plan())
    assert c.command('task', 'do', 'backup:nightly').returncode == 0
    task = eventually(lambda: next((t for t in c.json('task', 'list', '--all', '--duty', 'backup:nightly')['tasks']
                                    if t['state'] == 'failed'), None))
    assert task['unavailable']
    assert show(c, str(task['number']))['items'][0]['found'] == 'pas disponible dans cette version'
    unknown = c.command('task', 'show', 'weekly')
    assert unknown.returncode and "no task 'weekly'" in unknown.stderr
    assert 'task list' in c.command('status').stdout or not c.json('task', 'list')['open']
