"""The arithmetic of the benchmarks' runner (bench/measure.py). Nothing is timed here."""
import json
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'bench'))
import measure  # noqa: E402

ROUNDS = [{'limit': 10, 'ours': 12, 'peer': 60}, {'limit': 20, 'ours': 18, 'peer': None},
          {'limit': 10, 'ours': 10, 'peer': 20}]


@pytest.mark.parametrize('values, middle', [([3], 3), ([9, 1, 5], 5), ([4, 1, 2, 3], 2.5), ([2.0, 2.0, 7], 2.0)])
def test_the_median_is_the_middle_of_the_ordered_values(values, middle):
    assert measure.median(values) == middle


def test_nothing_has_no_median():
    with pytest.raises(ValueError):
        measure.median([])


def test_ratios_are_taken_inside_each_round_that_has_both():
    assert measure.round_ratios(ROUNDS, 'ours', 'limit') == [1.2, 0.9, 1.0]
    assert measure.round_ratios(ROUNDS, 'ours', 'peer') == [0.2, 0.5]


def test_the_median_of_ratios_is_not_the_ratio_of_medians():
    row = measure.result('x', 'µs', ROUNDS, limit='limit')
    assert row['ratio_to_limit'] == 1.0
    assert row['median'] / row['costs']['limit']['median'] == 1.2


@pytest.mark.parametrize('ratios, met', [([1.0, 1.0, 1.0], True), ([0.9, 1.0, 1.25], True), ([0.9, 1.0, 1.26], False),
                                         ([1.01, 1.01, 1.01], False), ([0.5, 1.1, 1.1], False)])
def test_a_goal_is_met_by_the_median_and_nearly_by_the_worst(ratios, met):
    assert measure.is_met(ratios, 1.0) is met


def test_a_row_has_the_fields_that_scripts_rely_on():
    row = measure.result('x', 'µs', ROUNDS, limit='limit', peers=['peer', 'absent'], goals={'limit': 1.0, 'ours': 5},
                         memory_kb=2048)
    assert {k: row[k] for k in ('name', 'unit', 'median', 'min', 'max')} == {
        'name': 'x', 'unit': 'µs', 'median': 12, 'min': 10, 'max': 18}
    assert row['ratio_to_limit'] == 1.0 and row['ratio_to_limit_worst'] == 1.2
    assert row['ratio_to_peers'] == {'peer': 0.35}
    assert [(g['against'], g['met']) for g in row['goals']] == [('limit', True), ('ours', False)]
    doc = json.loads(measure.dump(measure.document([row], {'cpu': 'c'}, 'today', [])))
    assert doc['results'] == [row] and doc['machine'] == {'cpu': 'c'}


def test_without_a_limit_the_ratio_is_null_and_the_peer_left_out_is_absent():
    row = measure.result('x', 's', [{'ours': 2, 'peer': None}], peers=['peer'], goals={'peer': 1, 'ours': 3})
    assert row['ratio_to_limit'] is None and row['ratio_to_peers'] == {}
    assert [g['against'] for g in row['goals']] == ['ours']


@pytest.mark.parametrize('x, text', [(None, '–'), (0, '0'), (2099.4, '2099'), (28.34, '28.3'), (2.064, '2.06'),
                                     (0.0714, '0.0714'), (85.0, '85'), (1.0, '1')])
def test_figures_have_three_digits(x, text):
    assert measure.figure(x) == text


def test_one_benchmark_measured_again_replaces_its_row_only():
    rows = measure.merged([{'name': 'a', 'v': 1}, {'name': 'b', 'v': 1}], [{'name': 'c', 'v': 2}, {'name': 'a', 'v': 2}])
    assert rows == [{'name': 'a', 'v': 2}, {'name': 'b', 'v': 1}, {'name': 'c', 'v': 2}]


def test_quick_compares_ratios_and_says_what_is_new():
    row = measure.result('x', 'µs', ROUNDS, limit='limit')
    lines = measure.compare([row, {**row, 'name': 'y'}], {'results': [{**row, 'ratio_to_limit': 2.0}]})
    assert '-50 %' in lines[0] and lines[1].endswith('new')


def test_the_table_says_a_missed_goal():
    row = measure.result('x', 'µs', ROUNDS, limit='limit', peers=['peer'], goals={'limit': 0.5, 'peer': 1})
    line = measure.table([row]).splitlines()[2]
    assert '**missed** (1, worst 1.2)' in line and 'met (0.35, worst 0.5)' in line
    assert line.count('|') == measure.table([row]).splitlines()[0].count('|')
