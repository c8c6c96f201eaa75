"""The command line as scripts and strangers use it: what it refuses, how it says
so, and the JSON others rely on."""
import json
import os
import re
import subprocess

import pytest
from conftest import BINARY, ROOT, base_plan, eventually
from test_outage import all_up, the_incident

EXAMPLES = sorted((ROOT / 'examples').glob('*.yaml'))
# Secrets and addresses that the example plans take from the environment.
ENV = {**os.environ, 'LC_ALL': 'C.UTF-8', 'NO_COLOR': '1'}


def run(*words, stdin=None, **env):
    return subprocess.run([BINARY, *words], capture_output=True, text=True, timeout=20, env={**ENV, **env},
                          input=stdin, stdin=None if stdin else subprocess.DEVNULL)


def test_help_names_every_command_and_a_wrong_one_gets_the_nearest():
    text = run('--help').stdout
    for verb in ('init', 'validate', 'schema', 'explain', 'run', 'status', 'incident', 'silence', 'prove', 'verify'):
        assert verb in text
    wrong = run('stauts')
    assert wrong.returncode == 2 and 'status' in wrong.stderr
    assert run().returncode == 2


def test_every_verb_is_in_the_documentation_and_in_the_completion():
    documented = (ROOT / 'docs/commands.md').read_text()
    completion = run('completion', 'bash').stdout
    cases = dict(re.findall(r"^\t(\w+)\) (verbs='.*) ;;$", completion, re.M))
    commands = re.findall(r'^  (\w+) {2,}\S', run('--help').stdout, re.M)
    assert len(commands) > 25 and 'run' in commands
    lacking = []
    for command in commands:
        assert f"{command}" in cases
        lines = re.findall(rf'^carene {command}( .*)?$', run(command, '--help').stdout, re.M)
        for line in lines or ['']:
            verb = re.match(r' ([a-z][a-z-]*)(?= |$)', line)
            verb = verb[1] if verb and f' {verb[1]} ' in cases[command].replace("'", ' ') else ''
            if not re.search(rf'^carene {command}{" " + verb if verb else ""}\b', documented, re.M):
                lacking.append(f'{command} {verb}')
            for option in re.findall(r'--([\w-]+)', line):
                assert '_' not in option
                if f'--{option} ' not in cases[command]:
                    lacking.append(f'{command}: --{option} is not completed')
    assert lacking == []


@pytest.mark.parametrize('plan', EXAMPLES, ids=[p.stem for p in EXAMPLES])
def test_every_example_is_valid_for_us_and_for_the_schema_we_publish(plan):
    import jsonschema
    import yaml
    done = run('validate', str(plan), '--json')
    facts = json.loads(done.stdout)
    assert [f for f in facts['findings'] if f['severity'] == 'error'] == []
    assert facts['commitments'] > 0
    schema = json.loads(run('schema').stdout)

    class Text(yaml.SafeLoader):
        """Scalars stay what the author wrote, as in our own reading."""
    Text.yaml_implicit_resolvers = {k: [(t, r) for t, r in v if t == 'tag:yaml.org,2002:merge']
                                    for k, v in yaml.SafeLoader.yaml_implicit_resolvers.items()}
    jsonschema.Draft7Validator(schema).validate(yaml.load(plan.read_text(), Text))


BAD = [
    ('empty', '', ['plan']),
    ('binary', '\0\1\2\3' * 100, ['plan.yaml']),
    ('unknown key', 'plan: {id: a, title: b, timezone: UTC}\nchecks:\n  site: {type: http, target: "http://x", evry: 5m}\n', ['every', ':3:']),
    ('bad duration', 'plan: {id: a, title: b, timezone: UTC}\nchecks:\n  site: {type: http, target: "http://x", every: 5 minutes}\n', [':3:']),
    ('unknown reference', 'plan: {id: a, title: b, timezone: UTC}\nrules:\n  r: {when: "check{nope} == fail"}\n', ['nope', ':3:']),
    ('a secret in plain sight', 'plan: {id: a, title: b, timezone: UTC}\nchannels:\n  m: {type: email, secret: "smtp://u:hunter2@h"}\n', ['env:']),
    ('too deep', '[' * 5000, ['plan.yaml']),
    ('alias bomb', 'a: &a [x,x,x,x,x,x,x,x,x]\n' + ''.join(
        f'{chr(98 + n)}: &{chr(98 + n)} [{",".join(["*" + chr(97 + n)] * 9)}]\n' for n in range(9)), ['plan.yaml']),
]


@pytest.mark.parametrize('name, text, words', BAD, ids=[row[0] for row in BAD])
def test_a_bad_plan_is_refused_with_its_place_and_a_suggestion(tmp_path, name, text, words):
    plan = tmp_path / 'plan.yaml'
    plan.write_text(text)
    done = run('validate', str(plan))
    assert done.returncode not in (0, 2), name
    for word in words:
        assert word in done.stdout + done.stderr, done.stdout + done.stderr
    assert 'hunter2' not in done.stdout + done.stderr
    facts = json.loads(run('validate', str(plan), '--json').stdout)
    assert [f for f in facts['findings'] if f['severity'] == 'error']


def test_all_mistakes_are_reported_at_once(tmp_path):
    plan = tmp_path / 'plan.yaml'
    plan.write_text('plan: {id: a, title: b, timezone: UTC}\nchecks:\n' + ''.join(f'  c{n}: {{type: http, target: "http://x", evry: 1m}}\n'
                                                                   for n in range(7)))
    facts = json.loads(run('validate', str(plan), '--json').stdout)
    assert len([f for f in facts['findings'] if 'evry' in f['message'] + f.get('path', '')]) == 7


def test_a_doubly_encoded_plan_is_named_as_such(tmp_path):
    plan = tmp_path / 'plan.yaml'
    plan.write_text('plan: {id: a, title: "Médiathèque d’été"}\n'.encode().decode('latin-1'))
    done = run('validate', str(plan))
    assert 'encod' in (done.stdout + done.stderr).lower()


def test_commands_without_a_daemon_say_that_there_is_none(tmp_path):
    done = run('incident', 'list', '--data', str(tmp_path))
    assert done.returncode not in (0, 1)
    assert str(tmp_path) in done.stderr or 'carene run' in done.stderr


def test_prove_names_every_commitment_with_figure_and_verdict(lab, carene):
    c = carene()
    all_up(c)
    facts = c.json('prove')
    assert {'commitments', 'totals'} <= set(facts)
    sources = {x['src'] for x in facts['commitments']}
    assert {'T:1', 'T:2', 'T:3'} <= sources
    for x in facts['commitments']:
        assert {'id', 'src', 'kind', 'figure', 'value', 'verdict', 'evidence'} <= set(x)
        assert x['verdict'] in ('not_due', 'kept', 'at_risk', 'broken', 'unproven', 'waived', 'disputed')
    assert sum(facts['totals'].values()) == len(facts['commitments'])


def test_an_incident_lives_through_the_commands(lab, mailbox, carene):
    c = carene()
    all_up(c)
    lab.break_('site')
    inc = the_incident(c)['id']
    assert c.command('incident', 'ack', inc).returncode == 0
    assert c.command('incident', 'note', inc, 'journal de nginx lu').returncode == 0
    assert c.command('incident', 'update', inc, 'Le catalogue revient dans dix minutes.').returncode == 0
    eventually(lambda: 'dix minutes' in c.get('/')[1], 10, what='the update on the page')
    lab.fix('site')
    all_up(c, 20)
    shown = c.command('incident', 'show', inc).stdout
    assert 'journal de nginx lu' in shown
    assert c.command('incident', 'ack', '2026-9999').returncode not in (0, 1)


def test_who_is_on_call_is_said(lab, carene):
    c = carene()
    said = c.command('oncall')
    assert said.returncode in (0, 1)
    assert 'Ana' in said.stdout or 'ana' in said.stdout


def test_status_opens_with_one_sentence(lab, carene):
    c = carene()
    all_up(c)
    done = c.command('status', lang='fr_FR.UTF-8')
    assert done.returncode == 0
    assert done.stdout.strip().splitlines()[0].endswith('.')
    assert eventually(lambda: c.json('status')['state'] == 'up')


def test_init_writes_a_plan_that_validates_by_looking_at_the_site(lab, tmp_path):
    done = subprocess.run([BINARY, 'init', lab.env()['MANGA_URL']], capture_output=True, text=True, timeout=60, cwd=tmp_path,
                          env=ENV, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr
    plans = list(tmp_path.glob('*.y*ml'))
    text = plans[0].read_text() if plans else done.stdout
    assert lab.env()['MANGA_URL'] in text and '#' in text
    plan = tmp_path / 'checked.yaml'
    plan.write_text(text)
    facts = json.loads(run('validate', str(plan), '--json').stdout)
    assert [f for f in facts['findings'] if f['severity'] == 'error'] == []


def test_a_plan_of_tests_is_itself_valid(tmp_path):
    plan = tmp_path / 'plan.yaml'
    plan.write_text(base_plan().text())
    done = run('validate', str(plan), MANGA_URL='http://127.0.0.1:1', SMTP_URL='smtp://127.0.0.1:1')
    assert done.returncode in (0, 1), done.stdout
    facts = json.loads(run('validate', str(plan), '--json', MANGA_URL='http://127.0.0.1:1',
                           SMTP_URL='smtp://127.0.0.1:1').stdout)
    assert [f for f in facts['findings'] if f['severity'] == 'error'] == []


def yaml_blocks(name):
    import re
    return re.findall(r'```yaml\n(.*?)```', (ROOT / name).read_text(), re.S)


def test_the_plan_in_the_readme_is_valid(tmp_path):
    plan = tmp_path / 'plan.yaml'
    plan.write_text(yaml_blocks('README.md')[0])
    facts = json.loads(run('validate', str(plan), '--json', SMTP_URL='smtp://localhost').stdout)
    assert [f for f in facts['findings'] if f['severity'] == 'error'] == []


def test_the_status_page_of_the_install_page_is_valid(tmp_path):
    plan = tmp_path / 'plan.yaml'
    plan.write_text('plan: {id: a, title: b, timezone: UTC}\n' + next(b for b in yaml_blocks('docs/install.md') if 'status_page' in b))
    facts = json.loads(run('validate', str(plan), '--json').stdout)
    assert [f for f in facts['findings'] if f['severity'] == 'error'] == []
