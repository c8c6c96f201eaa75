"""Proof as a third person meets it: pages, months, and a bundle checked by Carène, by
sha256sum and by Python alone, each of which must refuse what was tampered with."""
import hashlib
import html.parser
import io
import json
import pathlib
import subprocess
import sys
import tarfile

import pytest

from conftest import ROOT, base_plan, eventually

FOLDER = 'carene-proof'


def all_up(c):
    eventually(lambda: all(x['state'] == 'up' for x in c.json('check', 'list')['checks']), what='checks are up')


@pytest.fixture
def proved(lab, carene):
    """A Carène with something to prove: an attachment, an outage, a waiver."""
    plan = base_plan()
    plan.add(tasks={'look': {'at': 'daily 00:00', 'owner': 'dev', 'src': 'T:9', 'items': [{'ask': 'Look at it'}]}},
             contacts={'zoe': {'name': 'Zoé', 'label': '<b>Zoé</b>', 'role': 'dev'}})
    c = carene(plan)
    all_up(c)
    for reason in ('a drill', 'another drill'):  # more records
        assert c.command('waive', 'clock:N2:respond', '--reason', reason).returncode == 0
    return c


@pytest.fixture
def tmp_path(proved):
    """A folder that the program's user may read and write."""
    return pathlib.Path(proved.dir)


def bundle_of(c, tmp_path, *more):
    path = tmp_path / 'proof.tar'
    done = c.command('prove', '--bundle', str(path), *more)
    assert done.returncode == 0, done.stderr
    return path


def unpacked(path, to):
    with tarfile.open(path) as tar:
        assert all(m.isreg() and m.name.startswith(FOLDER + '/') and '..' not in m.name for m in tar)
        tar.extractall(to, filter='data') if hasattr(tarfile, 'data_filter') else tar.extractall(to)
    return pathlib.Path(to) / FOLDER


def packed(folder, path):
    """As a forger would: the same files, sums made anew, in the same form."""
    names = [line.split('  ', 1)[1] for line in (folder / 'SHA256SUMS').read_text().splitlines()]
    (folder / 'SHA256SUMS').write_text(''.join(
        f'{hashlib.sha256((folder / n).read_bytes()).hexdigest()}  {n}\n' for n in names if (folder / n).exists()))
    with tarfile.open(path, 'w', format=tarfile.USTAR_FORMAT) as tar:
        for name in [n for n in names if (folder / n).exists()] + ['SHA256SUMS']:
            data = (folder / name).read_bytes()
            info = tarfile.TarInfo(f'{FOLDER}/{name}')
            info.size, info.mode, info.uname, info.gname, info.mtime = len(data), 0o644, 'carene', 'carene', 1
            tar.addfile(info, io.BytesIO(data))
        end = tar.offset
    with open(path, 'r+b') as tar:  # Python pads to 10 KiB
        tar.truncate(end + 1024)


def by_python(folder):
    return subprocess.run([sys.executable, 'verify.py'], cwd=folder, capture_output=True, text=True, timeout=30)


def by_sums(folder):
    return subprocess.run(['sha256sum', '-c', '--quiet', 'SHA256SUMS'], cwd=folder, capture_output=True, timeout=30)


def by_carene(c, path):
    return c.command('verify', '--bundle', str(path), data=False)


def test_a_bundle_holds_for_carene_sha256sum_and_python(proved, tmp_path):
    c = proved
    path = bundle_of(c, tmp_path)
    folder = unpacked(path, tmp_path / 'x')
    seen = by_carene(c, path)
    assert seen.returncode == 0, seen.stdout
    assert by_sums(folder).returncode == 0
    python = by_python(folder)
    assert python.returncode == 0, python.stderr
    chain = json.loads((folder / 'chain.json').read_text())
    assert chain['head'] in seen.stdout and chain['head'] in python.stdout
    assert (folder / 'verify.py').read_bytes() == (ROOT / 'docs/verify_bundle.py').read_bytes()
    # the plan is in it, under its digest, as it was loaded
    digest = json.loads((folder / 'verdicts.json').read_text())['digest']
    plan = folder / 'plan' / (digest + '.yaml')
    assert hashlib.sha256(plan.read_bytes()).hexdigest() == digest
    # what a verdict cites is in the journal
    records = [json.loads(line) for line in (folder / 'journal.jsonl').read_text().splitlines()]
    cited = {n for x in json.loads((folder / 'verdicts.json').read_text())['commitments'] for n in x['evidence']}
    assert cited and cited <= {r['seq'] for r in records}


def test_a_bundle_is_the_same_without_the_daemon(proved, tmp_path):
    c = proved
    before = c.json('prove')
    c.stop()
    after = json.loads(c.command('prove', '--json').stdout)
    assert [x['id'] for x in after['commitments']] == [x['id'] for x in before['commitments']]
    assert by_carene(c, bundle_of(c, tmp_path)).returncode == 0
    # nothing can be changed where nothing runs
    refused = c.command('waive', 'objective:uptime', '--reason', 'x')
    assert refused.returncode > 2 and 'carene run' in refused.stderr


def test_a_bundle_packed_anew_is_still_one(proved, tmp_path):
    """So that the tamperings below are refused for what they are."""
    folder = unpacked(bundle_of(proved, tmp_path), tmp_path / 'x')
    packed(folder, tmp_path / 'same.tar')
    seen = by_carene(proved, tmp_path / 'same.tar')
    assert seen.returncode == 0, seen.stdout


def edit(folder, name, change):
    (folder / name).write_bytes(change((folder / name).read_bytes()))


def lines(change):
    def on(data):
        rows = data.split(b'\n')[:-1]
        return b'\n'.join(change(rows)) + b'\n'
    return on


TAMPERINGS = {
    'a word of a record': ('journal.jsonl', lines(lambda r: r[:2] + [r[2].replace(b'"kind":"', b'"kind":"x')] + r[3:]),
                           'record 3'),
    'a record taken out': ('journal.jsonl', lines(lambda r: r[:2] + r[3:]), 'record 3'),
    'two records swapped': ('journal.jsonl', lines(lambda r: r[:1] + [r[2], r[1]] + r[3:]), 'record 2'),
    'the end cut off': ('journal.jsonl', lines(lambda r: r[:-1]), 'end'),
    'the last record': ('journal.jsonl', lines(lambda r: r[:-1] + [r[-1].replace(b'"actor":"', b'"actor":"y')]), 'record'),
    'another head': ('chain.json', lambda d: d.replace(json.loads(d)['head'].encode(), b'0' * 64), 'record'),
}


def test_whoever_makes_the_sums_anew_is_found_by_the_chain(proved, tmp_path):
    c = proved
    path = bundle_of(c, tmp_path)
    for i, (what, (name, change, word)) in enumerate(TAMPERINGS.items()):
        folder = unpacked(path, tmp_path / f'x{i}')
        edit(folder, name, change)
        packed(folder, tmp_path / 'forged.tar')
        seen = by_carene(c, tmp_path / 'forged.tar')
        assert seen.returncode == 1 and word in seen.stdout, (what, seen.stdout)
        python = by_python(folder)
        assert python.returncode == 1 and word in python.stderr, (what, python.stderr)


def test_a_changed_or_missing_file_is_found_by_all_three(proved, tmp_path):
    c = proved
    path = bundle_of(c, tmp_path)
    folder = unpacked(path, tmp_path / 'x')
    edit(folder, 'index.html', lambda d: d.replace(b'</html>', b'<!-- --></html>'))
    assert by_sums(folder).returncode == 1
    assert by_python(folder).returncode == 1
    data = path.read_bytes()
    at = data.index(b'</html>')
    (tmp_path / 'one_byte.tar').write_bytes(data[:at] + b'x' + data[at + 1:])
    seen = by_carene(c, tmp_path / 'one_byte.tar')
    assert seen.returncode == 1 and 'index' in seen.stdout
    (folder / 'commitments.json').unlink()
    assert by_sums(folder).returncode == 1
    assert 'missing' in by_python(folder).stderr or 'changed' in by_python(folder).stderr
    packed(folder, tmp_path / 'less.tar')
    assert 'commitments.json is missing' in by_carene(c, tmp_path / 'less.tar').stdout
    (tmp_path / 'cut.tar').write_bytes(data[:len(data) // 2])
    assert by_carene(c, tmp_path / 'cut.tar').returncode == 1
    assert by_carene(c, tmp_path / 'nothing.tar').returncode > 2


def test_what_a_person_attached_is_in_the_bundle_or_it_does_not_hold(proved, tmp_path):
    c = proved
    sheet = tmp_path / 'sheet.txt'
    sheet.write_text('signed\n')
    tasks = c.json('task', 'list', '--all')['tasks']
    assert tasks
    done = c.command('task', 'attach', str(tasks[0]['id']), str(sheet))
    assert done.returncode == 0, done.stderr
    folder = unpacked(bundle_of(c, tmp_path), tmp_path / 'x')
    digest = hashlib.sha256(b'signed\n').hexdigest()
    assert (folder / 'attachments' / digest).read_text() == 'signed\n'
    (folder / 'attachments' / digest).unlink()
    packed(folder, tmp_path / 'less.tar')
    seen = by_carene(c, tmp_path / 'less.tar')
    assert seen.returncode == 1 and digest in seen.stdout


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.open, self.text = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag not in ('meta', 'br'):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def test_the_page_is_well_formed_stands_alone_and_escapes(proved):
    c = proved
    for lang, word in (('fr', 'Engagement'), ('en', 'Commitment')):
        text = c.command('prove', '--html', '--lang', lang).stdout
        page = Page()
        page.feed(text)
        assert not page.open, page.open
        assert 'script' not in page.tags and 'link' not in page.tags and 'img' not in page.tags
        assert f'<html lang="{lang}">' in text and word in text
        assert '<b>Zoé</b>' not in text
        assert page.tags.count('h1') == 1 and 'th' in page.tags
    assert c.command('prove', '--markdown').stdout.startswith('# ')


def test_counts_by_owner_and_one_waived(proved):
    c = proved
    groups = c.json('prove', '--by', 'section')['groups']
    assert sum(sum(g['totals'].values()) for g in groups) == sum(c.json('prove')['totals'].values())
    assert c.command('waive', 'contact:zoe', '--reason', 'arrives in May', '--until', '30d').returncode == 0
    line = c.json('prove', '--id', 'contact:zoe')['commitments'][0]
    assert (line['verdict'], line['measured']) == ('waived', 'broken')
    assert 'arrives in May' in line['sentence'] and line['evidence']
    assert c.command('waive', 'contact:nobody', '--reason', 'x').returncode > 2
    assert c.command('prove', '--month', '2001-01').returncode > 2
    assert c.command('prove', '--month', 'May').returncode > 2
    assert c.command('prove', '--html', '--json').returncode == 2


def test_a_new_plan_is_another_epoch(proved):
    c = proved
    plan = json.loads(pathlib.Path(c.plan).read_text())
    plan['classes']['N1']['respond'] = '20m'
    del plan['objectives']['uptime']
    c.write_plan(json.dumps(plan))
    assert c.command('reload').returncode == 0
    epochs = c.json('prove', '--history')['epochs']
    changed = {x['id']: (x['was'], x['now']) for x in epochs[-1]['changed']}
    assert changed['clock:N1:respond'] == ('<= 30m', '<= 20m')
    assert changed['objective:uptime'][1] is None


def test_a_bundle_has_the_plan_of_every_epoch_also_of_those_kept_as_a_difference(proved, tmp_path):
    c = proved
    large = pathlib.Path(c.plan).read_text() + '# a long comment, as large plans have\n' * 4000
    texts = [pathlib.Path(c.plan).read_text(), large, large.replace('"30m"', '"25m"'), large.replace('"30m"', '"20m"')]
    for text in texts[1:]:
        c.write_plan(text)
        assert c.command('reload').returncode == 0
    path = bundle_of(c, tmp_path)
    folder = unpacked(path, tmp_path / 'x')
    for text in texts:
        digest = hashlib.sha256(text.encode()).hexdigest()
        assert (folder / 'plan' / (digest + '.yaml')).read_text() == text
    assert len(list((folder / 'plan').iterdir())) == len(texts)
    assert by_carene(c, path).returncode == 0 and by_python(folder).returncode == 0
