"""Plans that the benchmarks run: texts, generated. JSON is YAML."""
import json


def base():
    return {'plan': {'id': 'bench', 'title': 'Bench', 'product': 'Bench', 'version': '1', 'owner': 'ops',
                     'timezone': 'Europe/Paris', 'language': 'en'},
            'roles': {'ops': {'kind': 'human', 'label': 'Operations'}},
            'contacts': {'ana': {'role': 'ops', 'name': 'Ana', 'email': 'ana@bench.test', 'hours': 'always'}},
            'services': {'web': {'label': 'Web', 'environments': {'production': {'url': 'http://127.0.0.1'}}}},
            'channels': {'hook': {'type': 'webhook', 'url': 'http://127.0.0.1:9/'}},
            'classes': {'P1': {'rank': 1, 'label': 'Critical', 'means': 'down', 'respond': '15m', 'resolve': '1h',
                               'route': ['hook'], 'escalation': 'ladder'}},
            'escalations': {'ladder': {'steps': [{'after': '0m', 'to': ['ops'], 'via': ['hook']}]}},
            'levels': {'critical': {'rank': 1, 'class': 'P1', 'route': ['hook']}}}


def text(plan):
    return json.dumps(plan, ensure_ascii=False, indent=0) + '\n'


def checks(n, port, every, hosts=8, scheme='http', rules=False, sink=None, **more):
    """n checks of distinct pages of as many loopback addresses as hosts."""
    plan = base()
    if sink:
        plan['channels']['hook']['url'] = f'http://127.0.0.1:{sink}/'
    plan['checks'] = {
        f'c{i:06}': {'type': 'http', 'service': 'web', 'env': 'production', 'every': every,
                     'target': f'{scheme}://127.0.0.{i % hosts + 1}:{port}/c/{i}', 'contains': 'ok', **more}
        for i in range(n)}
    if rules:
        plan['rules'] = {f'r{i:06}': {'when': f'check{{c{i:06}}} == fail', 'level': 'critical'} for i in range(n)}
    return plan


def large(n, port, services=1000, hosts=8, changed=False):
    """The text of a plan of n checks as people generate it: a line each, of a thousand services with two rules
    each; one of them changed."""
    services = min(services, n)
    head = base()
    del head['services']
    lines = [f'{key}: {json.dumps(value)}' for key, value in head.items()]
    lines.append('services:')
    lines += [f'  s{i:04}: {{label: Service {i}, environments: {{production: {{url: "http://127.0.0.{i % hosts + 1}"}}}}}}'
              for i in range(services)]
    lines.append('rules:')
    for i in range(services):
        lines.append(f'  one{i:04}: {{when: "check{{c{i:07}}} == fail", level: critical}}')
        if n >= 3 * services:
            of = ', '.join(f'c{i + k * services:07}' for k in range(3))
            lines.append(f'  all{i:04}: {{at_least: 3, of: [{of}], level: critical}}')
    lines.append('checks:')
    lines += [f'  c{i:07}: {{type: http, service: s{i % services:04}, env: production, '
              f'every: {"5d" if changed and i == n // 2 else "6d"}, '
              f'target: "http://127.0.0.{i % hosts + 1}:{port}/c/{i}", contains: ok}}' for i in range(n)]
    return '\n'.join(lines) + '\n'


def year(n):
    """n one-minute checks with rules, objectives and windows."""
    plan = checks(n, 80, '1m', 1, rules=True)
    plan['objectives'] = {f'o{i:06}': {'metric': 'availability', 'check': f'c{i:06}', 'op': '>=', 'target': '99.9%',
                                       'period': '1mo'} for i in range(n)}
    plan['rules'].update({f's{i:06}': {'when': f'latency{{c{i:06}}} p95 > 2s over 5m for 15m', 'level': 'critical'}
                          for i in range(n)})
    plan['windows'] = {'sunday': {'at': 'weekly sun 03:00', 'for': '1h', 'impact': 'degraded', 'counts': 'no',
                                  'notice': '24h'}}
    return plan


def components(n, port):
    """A status page of n components, one check each."""
    plan = checks(n, port, '1m', 8)
    plan['status_page'] = {'title': 'Bench', 'languages': ['en', 'fr'], 'components': {
        f'k{i:02}': {'label': f'Component {i}', 'group': f'Group {i // 10}', 'of': [f'check:c{i:06}']}
        for i in range(n)}}
    return plan
