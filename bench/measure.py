"""The arithmetic of the benchmarks: rounds, spreads, ratios, goals, and what is written.
It measures nothing and starts nothing, so that it can be tested."""
import json

ROUNDS = 5
TOLERANCE = 1.25  # by which the worst round may miss a goal that the median meets


def median(values):
    """The middle one; of an even number, the mean of the two in the middle."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError('no value has no median')
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def spread(values):
    return {'median': median(values), 'min': min(values), 'max': max(values)}


def round_ratios(rounds, ours, other):
    """Ours divided by the other, inside each round that has both."""
    return [r[ours] / r[other] for r in rounds if r.get(ours) is not None and r.get(other)]


def is_met(values, goal):
    """The median meets it, and no round misses it by more than the tolerance."""
    return median(values) <= goal and max(values) <= goal * TOLERANCE


def result(name, unit, rounds, ours='ours', limit=None, peers=(), goals=None, **more):
    """One row. `rounds`: contender → cost in that round. `goals`: contender → the most that
    ours may cost of it, or 'ours' → the most it may cost in its unit. `more`: further facts."""
    own = [r[ours] for r in rounds if r.get(ours) is not None]
    row = {'name': name, 'unit': unit, **spread(own), 'ratio_to_limit': None, 'ratio_to_peers': {},
           'rounds': len(own), 'costs': {}, 'goals': []}
    for other in ([limit] if limit else []) + list(peers):
        costs = [r[other] for r in rounds if r.get(other) is not None]
        ratios = round_ratios(rounds, ours, other)
        if not ratios:
            continue
        row['costs'][other] = spread(costs)
        if other == limit:
            row['limit'] = other
            row['ratio_to_limit'] = median(ratios)
            row['ratio_to_limit_worst'] = max(ratios)
        else:
            row['ratio_to_peers'][other] = median(ratios)
    for other, most in (goals or {}).items():
        values = own if other == ours else round_ratios(rounds, ours, other)
        if values:
            row['goals'].append({'against': other, 'at_most': most, 'median': median(values), 'worst': max(values),
                                 'met': is_met(values, most)})
    row.update(more)
    return row


def document(results, machine, date, remarks):
    return {'results': results, 'machine': machine, 'date': date, 'remarks': remarks}


def figure(x):
    """Three significant digits, no exponent."""
    if x is None:
        return '–'
    if x == 0:
        return '0'
    digits, size = 2, abs(x)
    while size >= 10 and digits > 0:
        size, digits = size / 10, digits - 1
    while 0 < size < 1 and digits < 6:
        size, digits = size * 10, digits + 1
    text = f'{x:.{digits}f}'
    return text.rstrip('0').rstrip('.') if '.' in text else text


def goal_words(row):
    words = []
    for g in row['goals']:
        of = 'of it: ' if g['against'] == 'ours' else f'× {g["against"]}: '
        words.append(f'≤ {figure(g["at_most"])} {of}{"met" if g["met"] else "**missed**"} '
                     f'({figure(g["median"])}, worst {figure(g["worst"])})')
    return '; '.join(words).replace(' of it:', ':') or '–'


def table(results):
    """Markdown: one row for each result, the notes below it."""
    lines = ['| name | unit | min / median / max | limit | × limit | × peers | peak memory | goal |', '|---|' + '---|' * 7]
    for r in results:
        limit = r.get('limit')
        cost = f'{limit}: {figure(r["costs"][limit]["median"])}' if limit else '–'
        peers = ', '.join(f'{p} {figure(x)} ({figure(r["costs"][p]["median"])})'
                          for p, x in r['ratio_to_peers'].items()) or '–'
        memory = f'{r["memory_kb"] / 1024:.1f} MB' if r.get('memory_kb') else '–'
        lines.append(f'| `{r["name"]}` | {r["unit"]} | {figure(r["min"])} / **{figure(r["median"])}** / '
                     f'{figure(r["max"])} | {cost} | {figure(r["ratio_to_limit"])} | {peers} | {memory} | {goal_words(r)} |')
    return '\n'.join(lines)


def notes(results):
    return '\n'.join(f'- `{r["name"]}`: {r["note"]}' for r in results if r.get('note'))


def compare(results, before):
    """Lines that set each ratio to the limit beside the one written last; no verdict."""
    had = {r['name']: r for r in before.get('results', [])}
    lines = []
    for r in results:
        old = had.get(r['name'], {})
        now, then = r['ratio_to_limit'], old.get('ratio_to_limit')
        if now is None or then is None:  # no limit: the figure itself
            now, then, what = r['median'], old.get('median'), r['unit']
        else:
            what = f'× {r["limit"]}'
        change = f'{(now / then - 1) * 100:+.0f} %' if then else 'new'
        lines.append(f'{r["name"]:<28} {figure(now):>8} {what:<34} before {figure(then):>8}  {change}')
    return lines


def merged(before, results):
    """The rows of before, those measured again replaced, new ones at the end."""
    fresh = {r['name']: r for r in results}
    rows = [fresh.pop(r['name'], r) for r in before]
    return rows + list(fresh.values())


def dump(doc):
    return json.dumps(doc, ensure_ascii=False, indent=1) + '\n'
