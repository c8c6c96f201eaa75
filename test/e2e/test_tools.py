"""The tools that judge everything else must be able to say no."""
import json
import re
import shutil
import subprocess

import pytest
from conftest import ROOT


def count(*words):
    return subprocess.run([ROOT / 'tools/count', *map(str, words)], capture_output=True, text=True)


@pytest.mark.parametrize('text, words', [
    ('1..2\nok 1 - a\nok 2 - b\n', '2 passed, 0 failed, 0 skipped'),
    ('1..3\nok 1 - a\nnot ok 2 - b\nok 3 - c # SKIP no root\n', '1 passed, 1 failed, 1 skipped'),
    ('1..3\nok 1 - a\n', '1 passed, 2 failed, 0 skipped'),  # it died on the way
    ('ok 1 - a\nBail out! no server\n', '1 passed, 1 failed, 0 skipped'),
    ('1..0 # SKIP no browser\n', '0 passed, 0 failed, 1 skipped'),
])
def test_tap_is_counted_and_what_is_missing_is_a_failure(tmp_path, text, words):
    (tmp_path / 'x.tap').write_text(text)
    assert count('tap', 'x', tmp_path / 'x.tap').stdout == f'x: {words}\n'


@pytest.mark.parametrize('result, stdout, words', [
    ('OK', '1..1\nok 1 - a\n', '1 passed, 0 failed, 0 skipped'),
    ('OK', '12 inputs replayed\n', '1 passed, 0 failed, 0 skipped'),
    ('FAIL', '1..1\nok 1 - a\n', '1 passed, 1 failed, 0 skipped'),  # a leak found at exit
    ('TIMEOUT', '', '0 passed, 1 failed, 0 skipped'),
])
def test_a_program_that_ends_badly_failed_whatever_it_printed(tmp_path, result, stdout, words):
    (tmp_path / 'log').write_text(json.dumps({'name': 't', 'result': result, 'stdout': stdout}) + '\n')
    assert count('meson', 'x', tmp_path / 'log').stdout == f'x: {words}\n'


def test_results_that_were_never_written_are_a_failure(tmp_path):
    assert '1 failed' in count('junit', 'x', tmp_path / 'absent.xml').stdout


def test_the_verdict_is_the_last_line_and_the_exit_status(tmp_path):
    results = tmp_path / 'results'
    results.write_text('a: 3 passed, 0 failed, 1 skipped\nb: 2 passed, 0 failed, 0 skipped\n')
    good = count('sum', results)
    assert (good.stdout.splitlines()[-1], good.returncode) == ('5 passed, 0 failed', 0)
    results.write_text('a: 3 passed, 1 failed, 0 skipped\n')
    bad = count('sum', results)
    assert (bad.stdout.splitlines()[-1], bad.returncode) == ('3 passed, 1 failed', 1)
    results.write_text('')
    assert count('sum', results).returncode == 1, 'nothing ran'


@pytest.mark.parametrize('name, text, word', [
    ('core/up.c', '#include "engine/engine.h"\n', 'may not include engine/'),
    ('incident/peek.c', '#include "plan/types_private.h"\n', 'private header'),
    ('alert/clock.c', 'int f(void)\n{\n\treturn (int)time(0);\n}\n', 'time() belongs to'),
])
def test_an_arrow_that_points_up_and_a_decider_that_reads_the_clock_are_found(tmp_path, name, text, word):
    shutil.copytree(ROOT / 'src', tmp_path / 'src')
    shutil.copytree(ROOT / 'tools', tmp_path / 'tools')
    (tmp_path / 'src' / name).write_text(text)
    done = subprocess.run([tmp_path / 'tools/layers'], capture_output=True, text=True)
    assert done.returncode == 1 and word in done.stdout and name in done.stdout


def test_dev_alone_says_what_it_can_do_and_refuses_what_it_cannot():
    said = subprocess.run([ROOT / 'dev'], capture_output=True, text=True)
    assert said.returncode == 0
    for word in ('build', 'demo', 'test', 'run', 'sim', 'lint', 'format', 'cover', 'fuzz'):
        assert f'./dev {word}' in said.stdout
    refused = subprocess.run([ROOT / 'dev', 'tset'], capture_output=True, text=True)
    assert refused.returncode == 2 and './dev test' in refused.stderr


def test_libraries_opened_at_run_time_are_among_the_packages_to_install():
    opened = {name for path in (ROOT / 'src').rglob('lib_*.c') for name in
              re.findall(r'\.package = "([^"]+)"', path.read_text())}
    assert opened >= {'libcurl4', 'libpq5', 'libmariadb3', 'libsystemd0', 'libmicrohttpd12'}
    needed = re.search(r'`(libuv1 [^`]+)`', (ROOT / 'docs/install.md').read_text())[1].split()
    assert opened <= set(needed), opened - set(needed)
