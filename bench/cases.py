"""The benchmarks themselves: each runs ours, its limit and its peers in turn and returns
the rows that it fills. What a name means and what its goal is: docs/benchmarks.md."""
import glob
import http.client
import itertools
import json
import os
import pathlib
import re
import shutil
import subprocess
import time
import urllib.parse
import urllib.request

import pattern
import plans
from kit import (ROOT, Sink, cpu_us, free_port, installed, measured, memory_kb, on_cpu, nginx_count, quantile,
                 wait_until)
from measure import result

CASES = {}
NOT_YET = {}

WHY = {  # a goal missed: the reason, as far as it is known (docs/internals/speed.md has the figures)
    'sample-write': 'each sample is encoded twice, in the chunk of its hour and in the full one of its day, and rolled up; '
                    'the file of a short history is half roll-ups and log, which do not grow with it.',
    'sample-query-1': 'each chunk is read from the file, checked and unpacked before the selection that the limit makes '
                      'alone.',
    'sample-query-100': 'as `sample-query-1`.',
    'http-check': 'the check itself with its verdict takes 0.87 × the limit; the rest is the engine\'s thread: SQLite, ledger, '
                  'samples.',
    'http-check-paced': 'a wake-up every 250 ms, of the lane and of the engine, is shared by few checks.',
    'http-check-idle': 'two wake-ups a check, and libraries mapped for what few plans ask.',
    'tls-check': 'ours asks for a page as well, and what is left of the handshake is OpenSSL\'s.',
    'plan-load': 'a reload still reads the file, takes its digest and compares each line.',
    'storm': 'commits are synced on the loop: a slow disk, or a CPU that others use, is waited for.',
    'startup': 'libcrypto: 700 µs of relocations.',
    'million': 'the first round writes evidence, an interval and a status for each check, and commits are synced on the '
               'engine\'s thread; the rest is said in docs/internals/speed.md.',
    'timer': 'a cache miss for each node that comes due.',
}


def case(name):
    def take(function):
        CASES[name] = function
        return function
    return take


# ---- plain HTTP ----

def wrk(url, seconds=1.5, inflight=64, cpu=0):
    """CPU µs of each request of wrk, a new connection for each."""
    done = measured(['wrk', '-t1', f'-c{inflight}', f'-d{max(1, round(seconds))}', '-H', 'Connection: close', url], cpu)
    return done.cpu_us / int(re.search(r'(\d+) requests in', done.out).group(1)), done


def ab(url):
    done = measured(['ab', '-q', '-n', '30000', '-c', '64', url])
    return done.cpu_us / int(re.search(r'Complete requests:\s+(\d+)', done.out).group(1))


def loop_alone(url, extra=(), count=20000):
    done = measured([ROOT_TEST / 'bench_http_ask', url, count, 64, *extra])
    return float(re.match(r'([\d.]+) us, 0 failed', done.out).group(1))


def check_alone(url, count=20000):
    done = measured([ROOT_TEST / 'bench_http_run', url, count, 64, 'ok'])
    return float(re.match(r'([\d.]+) us, 0 failed', done.out).group(1))


ROOT_TEST = ROOT / 'build/rel/test'


def monit(kit, port, services=1500, seconds=4):
    """monit's CPU of each probe, counted by the server that it asks."""
    folder = kit.folder('monit')
    checks = '\n'.join(f'check host h{i} with address 127.0.0.1\n  if failed port {port} protocol http '
                       f'request "/c/{i}" content = "ok" with timeout 5 seconds then alert' for i in range(services))
    conf = kit.write('monit/monitrc', f'set daemon 1\nset logfile {folder}/log\nset pidfile {folder}/pid\n'
                                      f'set idfile {folder}/id\nset statefile {folder}/state\n{checks}\n', 0o600)
    process = kit.up('monitd', [installed('monit'), '-I', '-c', conf], None, 0)
    try:
        wait_until(lambda: nginx_count(port) > services, 10)
        time.sleep(1.5)
        asked, used = nginx_count(port), cpu_us(process['pid'])
        time.sleep(seconds)
        asked = nginx_count(port) - asked - 1
        used = cpu_us(process['pid']) - used
    finally:
        kit.down(process)
    return used / asked if asked > services else None


def blackbox_start(kit, ca=None):
    conf = kit.write('blackbox.yml', 'modules:\n  page:\n    prober: http\n    timeout: 5s\n    http:\n'
                     '      preferred_ip_protocol: ip4\n      fail_if_body_not_matches_regexp: ["ok"]\n'
                     + (f'      tls_config: {{ca_file: {ca}}}\n' if ca else ''))
    port = free_port()
    return kit.up('blackbox', [installed('prometheus-blackbox-exporter'), f'--config.file={conf}',
                               f'--web.listen-address=127.0.0.1:{port}'], port, 0), port


def blackbox(process, port, target, seconds=2):
    used = cpu_us(process['pid'])
    done = measured(['wrk', '-t1', '-c8', f'-d{seconds}',
                     f'http://127.0.0.1:{port}/probe?module=page&target={target}'], cpu=1)
    if 'Non-2xx' in done.out:
        raise RuntimeError('blackbox_exporter:\n' + done.out)
    return (cpu_us(process['pid']) - used) / int(re.search(r'(\d+) requests in', done.out).group(1))


def check_http(kit, port, count=150, words=''):
    """Forked for each check, as a scheduler of plugins does."""
    names = kit.write('names', '\n'.join(f'/c/{i}' for i in range(count)) + '\n')
    done = measured(['xargs', '-a', names, '-P4', '-n1', installed('check_http'), '-I', '127.0.0.1', '-p', port, '-s',
                     'ok', *words.split(), '-u'])
    if done.out.count('HTTP OK') != count:
        raise RuntimeError('check_http:\n' + done.out[-500:])
    return done.cpu_us / count


def fresh(kit, plan, n, seconds=3, options=()):
    """A daemon of its own for one round: cost of a probe once all are up, rate, peak memory."""
    with kit.daemon(plans.text(plan), options) as d:
        d.wait_up(n, 120)
        time.sleep(1)
        cost, rate = d.per_probe(seconds)
        return cost, rate, memory_kb(d.pid)


@case('http-check')
def http_check(kit):
    _, port = kit.nginx(hosts=8)
    url = f'http://127.0.0.1:{port}/c/1'
    n, rounds, peak, rates = 1500, [], 0, []
    box = blackbox_start(kit) if not kit.quick and kit.peer('prometheus-blackbox-exporter') else None
    for _ in kit.rounds():
        r = {'wrk close': wrk(url)[0]}
        r['ours'], rate, memory = fresh(kit, plans.checks(n, port, '1s'), n)
        r['loop alone'] = loop_alone(url)
        r['check alone'] = check_alone(url)
        if not kit.quick:
            r['ab'] = ab(url) if kit.peer('ab') else None
            r['monit'] = monit(kit, port) if kit.peer('monit') else None
            r['blackbox_exporter'] = blackbox(*box, url) if box else None
            r['check_http'] = check_http(kit, port) if kit.peer('check_http') else None
        peak = max(peak, memory)
        rates.append(rate)
        rounds.append(r)
    return [result('http-check', 'CPU µs per check', rounds, limit='wrk close',
                   peers=['loop alone', 'check alone', 'ab', 'monit', 'blackbox_exporter', 'check_http'],
                   goals={'wrk close': 1.0, 'monit': 1.0, 'blackbox_exporter': 1 / 14, 'check_http': 1 / 55},
                   memory_kb=peak, per_second=rates,
                   note=f'{n} checks of distinct pages, each every second, at most 512 in flight (64 to each of 8 '
                        'addresses), schedule to stored sample; not saturated: starts come as they are due. '
                        '"loop alone" is our own HTTP client without engine and store, "check alone" with the verdict.')]


@case('http-check-lanes')
def http_check_lanes(kit):
    """What lanes cost and give: the daemon may use all CPUs, as in life."""
    _, port = kit.nginx(hosts=8)
    rows = []
    for n in (3000,) if kit.quick else (3000, 6000, 10000):
        rounds, late, rates = [], {}, {}
        for _ in kit.rounds(3):
            r = {}
            for lanes in 0, 1, 2:
                with kit.daemon(plans.text(plans.checks(n, port, '1s')), ['--lanes', str(lanes)],
                                cpu=f'0-{os.cpu_count() - 1}') as d:
                    d.wait_up(n, 120)
                    time.sleep(1)
                    before = d.lateness()
                    r[f'{lanes} lanes'], rate = d.per_probe(4)
                    late.setdefault(lanes, []).append(quantile(before, d.lateness(), 0.99))
                    rates.setdefault(lanes, []).append(round(rate))
            rounds.append(r)
        rows.append(result(f'http-check-lanes@{n}', 'CPU µs per check', rounds, ours='1 lanes',
                           peers=['0 lanes', '2 lanes'], late_p99_s=late, per_second=rates,
                           note=f'{n} checks, each every second, nginx on the same CPUs. Ours is one lane. Begun at '
                           f'most so late (p99, bound of a bucket; rounds of 0, 1, 2 lanes): {list(late.values())} s; '
                           f'carried out a second: {list(rates.values())}. Without lanes what waits in the loop\'s '
                           'queue counts as begun.'))
    return rows


@case('http-check-paced')
def http_check_paced(kit):
    _, port = kit.nginx(hosts=8)
    url = f'http://127.0.0.1:{port}/c/1'
    rows = []
    for rate, n, every in ((50, 500, '10s'), (200, 1000, '5s'), (500, 1000, '2s'), (2000, 2000, '1s')):
        if kit.quick and rate != 200:
            continue
        rounds = []
        with kit.daemon(plans.text(plans.checks(n, port, every))) as d:
            d.wait_up(n, 120)
            time.sleep(1)
            for _ in kit.rounds():
                limit = wrk(url, 1)[0]
                cost, seen = d.per_probe(2 if rate > 50 else 3)
                rounds.append({'wrk close': limit, 'ours': cost, 'seen': seen})
            peak = memory_kb(d.pid)
        goals = {'ours': 3385 / 60} if rate == 50 else {'wrk close': 1.3}
        rows.append(result(f'http-check-paced@{rate}', 'CPU µs per check', rounds, limit='wrk close', goals=goals,
                           memory_kb=peak, note=f'{n} checks every {every}; the limit is saturated, ours is paced: '
                           'what is above http-check is the price of waking up for few checks. The daemon ran '
                           'while the limit was measured.'))
    return rows


@case('http-check-idle')
def http_check_idle(kit):
    _, port = kit.nginx(hosts=8)
    seconds = 10 if kit.quick else 30
    with kit.daemon(plans.text(plans.checks(1000, port, '60s'))) as d:
        d.wait_up(1000, 90) if not kit.quick else time.sleep(5)
        used = cpu_us(d.pid)
        time.sleep(seconds)
        used = (cpu_us(d.pid) - used) / seconds / 1e4
        memory = memory_kb(d.pid, 'VmRSS')
    return [result('http-check-idle', '% of a core', [{'ours': used}], goals={'ours': 0.2}, memory_kb=memory,
                   note=f'1 000 checks every minute, watched for {seconds} s (not ten minutes); memory is what is '
                        'resident then, and its goal is 25 MB.')]


# ---- TLS ----

def authority(kit, kind):
    """A certificate of an authority of our own, for the addresses 127.0.0.1 to 127.0.0.8."""
    folder = kit.folder('tls-' + kind)
    key = ['-newkey', 'rsa:2048'] if kind == 'rsa' else ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']
    names = ','.join(f'IP:127.0.0.{i}' for i in range(1, 9))
    for words in (['req', '-x509', *key, '-nodes', '-days', '30', '-subj', '/CN=Bench authority', '-keyout',
                   f'{folder}/ca.key', '-out', f'{folder}/ca.pem', '-addext', 'keyUsage=critical,keyCertSign'],
                  ['req', *key, '-nodes', '-subj', '/CN=bench', '-addext', f'subjectAltName={names}', '-keyout',
                   f'{folder}/key.pem', '-out', f'{folder}/csr.pem'],
                  ['x509', '-req', '-in', f'{folder}/csr.pem', '-CA', f'{folder}/ca.pem', '-CAkey', f'{folder}/ca.key',
                   '-CAcreateserial', '-days', '30', '-copy_extensions', 'copy', '-out', f'{folder}/cert.pem']):
        measured(['openssl', *words], watch=False)
    return folder


@case('tls-check')
def tls_check(kit):
    rows = []
    for kind in ('ec',) if kit.quick else ('ec', 'rsa'):
        folder = authority(kit, kind)
        port = free_port()
        listens = ' '.join(f'listen 127.0.0.{i}:{port} ssl;' for i in range(1, 9))
        server, _ = kit.nginx('nginx-' + kind, f'server {{ {listens} ssl_certificate {folder}/cert.pem; '
                              f'ssl_certificate_key {folder}/key.pem; ssl_protocols TLSv1.3; '
                              'location / { return 200 "ok"; } }')
        ca, n, rounds, peak = f'{folder}/ca.pem', 500, [], 0
        box = blackbox_start(kit, ca) if not kit.quick and kit.peer('prometheus-blackbox-exporter') else None
        for _ in kit.rounds(3):
            done = measured(['openssl', 's_time', '-connect', f'127.0.0.1:{port}', '-new', '-verify', '2', '-CAfile', ca,
                             '-time', '2'])
            r = {'openssl s_time': done.cpu_us / int(re.search(r'(\d+) connections in', done.out).group(1))}
            r['ours'], _, memory = fresh(kit, plans.checks(n, port, '1s', 8, 'https', ca_file=ca), n)
            r['loop alone'] = loop_alone(f'https://127.0.0.1:{port}/', [ca], 1500)
            r['blackbox_exporter'] = blackbox(*box, f'https://127.0.0.1:{port}/') if box else None
            peak = max(peak, memory)
            rounds.append(r)
        kit.down(server)
        if box:
            kit.down(box[0])
        rows.append(result(f'tls-check@{kind}', 'CPU µs per check', rounds, limit='openssl s_time',
                           peers=['loop alone', 'blackbox_exporter'],
                           goals={'openssl s_time': 0.85, 'blackbox_exporter': 0.65}, memory_kb=peak,
                           note=f'{n} checks every second, TLS 1.3, full handshake, chain and address verified; the '
                                'limit makes the handshake only, ours asks for a page as well. Three rounds.'))
    return rows


# ---- plans ----

def reload_cost(d, text):
    """CPU seconds and seconds of one reload, without what the probes took meanwhile: their share is that of the two
    seconds before."""
    before, began = cpu_us(d.pid), time.monotonic()
    time.sleep(2)
    rate = (cpu_us(d.pid) - before) / (time.monotonic() - began)
    d.write_plan(text)
    before, began = cpu_us(d.pid), time.monotonic()
    done = d.command('reload', timeout=300)
    took = time.monotonic() - began
    if done.returncode:
        raise RuntimeError('reload: ' + done.stderr)
    return max(cpu_us(d.pid) - before - rate * took, 0) / 1e6, took


def plan_load_of(kit, n, port, rounds, limit):
    first, second = plans.large(n, port), plans.large(n, port, changed=True)
    path = kit.write('big.yaml', first)
    good, starts, reloads, peak, resident = [], [], [], 0, 0
    for _ in kit.rounds(rounds):
        run = measured([kit.binary, 'validate', path], good=None)
        good.append({'ours': run.cpu_us / 1e6})
        peak = max(peak, run.peak_kb)
        with kit.daemon(first, patience=300) as d:
            starts.append({'ours': cpu_us(d.pid) / 1e6, 'wall': d.ready_s})
            resident = max(resident, memory_kb(d.pid))
            time.sleep(n / 10000 + 5)  # until the first round is over: its share would be more than the reload's
            cost, took = reload_cost(d, second)
            reloads.append({'ours': cost, 'wall': took, 'start': starts[-1]['ours']})
    return [result(f'plan-load@{n}-validate', 'CPU s', good, goals={'ours': limit}, memory_kb=peak),
            result(f'plan-load@{n}-start', 'CPU s', starts, goals={'ours': limit}, memory_kb=resident,
                   note=f'from the start of the process until its listener answers; {resident * 1024 / n:.0f} bytes '
                        'resident a check, all in.'),
            result(f'plan-load@{n}-reload', 'CPU s', reloads, peers=['start'], goals={'start': 0.1},
                   note='one check changed: its line is read and it alone is scheduled again; the file is still '
                        'read, its digest taken and each line compared.')]


@case('plan-load')
def plan_load(kit):
    _, port = kit.nginx(hosts=8)
    if kit.quick:
        return plan_load_of(kit, 2000, port, 3, 1.0)
    return plan_load_of(kit, 10000, port, 3, 1.0) + plan_load_of(kit, 1000000, port, 1, 60.0)


@case('storm')
def storm(kit):
    return [row for n in ([300] if kit.quick else [1000, 10000]) for row in storm_of(kit, n)]


def storm_of(kit, n):
    first, told, used, messages, peak = [], [], [], [], 0
    for _ in kit.rounds(3):
        server, port = kit.nginx(f'storm{n}-{len(first)}', hosts=8)
        sink = Sink()
        plan = plans.checks(n, port, '1s', rules=True, sink=sink.port, retries=0)
        with kit.daemon(plans.text(plan)) as d:
            d.wait_up(n, 120)
            time.sleep(1)
            before, cpu = len(sink.came), cpu_us(d.pid)
            began = time.monotonic()
            kit.down(server)
            if not wait_until(lambda: len(sink.came) > before, 30):
                raise RuntimeError('no message came\n' + d.words())
            first.append({'ours': sink.came[before][0] - began})

            def all_known():
                text = d.metrics()
                down = len(re.findall(r'^carene_check_up\{.*\} 0$', text, re.M))
                return down >= n and d.metric('carene_incidents_open', text) > 0
            if not wait_until(all_known, 60, 0.25):
                raise RuntimeError(f'not all known: {d.words()}')
            told.append({'ours': time.monotonic() - began})
            time.sleep(2)
            used.append({'ours': (cpu_us(d.pid) - cpu) / n})
            messages.append({'ours': len(sink.came) - before})
            peak = max(peak, memory_kb(d.pid))
        sink.close()
    return [result(f'storm@{n}-first', 's', first, goals={'ours': 1.0}, memory_kb=peak,
                   note=f'{n} checks of one server, each every second, that is stopped; until the first message is '
                        'taken by the receiver. No retry, so the first failed probe confirms.'),
            result(f'storm@{n}-all', 's', told, goals={'ours': 2.0},
                   note='until every check is shown down and the incident is open; looked at every quarter of a '
                        'second.'),
            result(f'storm@{n}-cost', 'CPU µs per check', used),
            result(f'storm@{n}-messages', 'messages', messages, goals={'ours': 1},
                   note='within two seconds of that.')]


@case('year')
def year(kit):
    todo = [('60-checks', kit.write('year.yaml', plans.text(plans.year(60))), 5.0)]
    if not kit.quick:
        todo += [(os.path.basename(p)[:-5], kit.write('examples/' + os.path.basename(p), open(p).read()), None)
                 for p in sorted(glob.glob(str(ROOT / 'examples/*.yaml')))]
    rows = []
    for name, path, goal in todo:
        rounds, peak = [], 0
        for _ in kit.rounds(2):
            done = measured([kit.binary, 'simulate', path, '--from', '2027-01-01', '--days', '365'], good=None)
            if done.status not in (0, 1):
                raise RuntimeError(f'simulate {name}: {done.out[-500:]}')
            rounds.append({'ours': done.cpu_us / 1e6})
            peak = max(peak, done.peak_kb)
        rows.append(result(f'year@{name}', 'CPU s', rounds, goals={'ours': goal} if goal else None, memory_kb=peak,
                           note='60 checks, 120 rules, 60 objectives, weekly windows' if goal else ''))
    return rows + [month_of_many(kit, todo[0][1])]


def month_of_many(kit, small, n=10000, days=30):
    """CPU ns of each simulated probe, against that of the year of 60 checks."""
    def cost(path, length):
        done = measured([kit.binary, 'simulate', path, '--from', '2027-01-01', '--days', str(length)], good=None)
        return done.cpu_us * 1e3 / int(re.search(r'(\d+) probes', done.out).group(1)), done.peak_kb
    path, rounds, peak = kit.write('month.yaml', plans.text(plans.checks(n, 80, '1m', 1))), [], 0
    for _ in kit.rounds(2):
        ours, kb = cost(path, days)
        rounds.append({'60 checks, a year': cost(small, 365)[0], 'ours': ours})
        peak = max(peak, kb)
    return result(f'year@{n}-checks-{days}-days', 'CPU ns per simulated probe', rounds, limit='60 checks, a year',
                  goals={'60 checks, a year': 10.0}, memory_kb=peak, note=f'{n} one-minute checks for {days} days.')


# ---- the million ----

def lateness_p99(text):
    """Upper bound of the bucket that holds the 99th percentile of starts after their due time; past
    the last bound, that one: it is a minute, and any goal is missed by then."""
    found = [(float(le), float(n)) for le, n in
             re.findall(r'^carene_probe_lateness_seconds_bucket\{le="([^"]+)"\} (\S+)', text, re.M)]
    bound = next(le for le, n in found if n >= 0.99 * found[-1][1])
    return bound if bound < float('inf') else found[-2][0]


@case('million')
def million(kit):
    """A million checks a minute of a server that misbehaves in a known pattern."""
    n, minutes = (20000, 1) if kit.quick else (1000000, 10)
    hosts = 32
    with pattern.Pattern(ROOT_TEST / 'bench_pattern_server', kit.binary, n, '60s', 64, hosts) as run:
        began = time.monotonic()
        run.start(300)
        started = time.monotonic() - began
        pid, server = run.carene.process['pid'], run.server['pid']
        probes = lambda text: float(re.search(r'^carene_probes_total (\S+)', text, re.M).group(1))  # noqa: E731
        time.sleep(60)  # everything was asked once
        text = run.carene.get('/metrics?checks=no', timeout=60)[1]
        asked, used, their, began = probes(text), cpu_us(pid), cpu_us(server), time.monotonic()
        time.sleep(60 * minutes)
        text = run.carene.get('/metrics?checks=no', timeout=60)[1]
        asked = probes(text) - asked
        used, their, took = cpu_us(pid) - used, cpu_us(server) - their, time.monotonic() - began
        late, memory = lateness_p99(text), memory_kb(pid, 'VmRSS')
        results, wrong = run.stop()
    name = f'million@{n}'
    for line in wrong[:5]:
        print('   ' + line, flush=True)
    return [result(f'{name}-late', 's', [{'ours': late}], goals={'ours': 1.0}, memory_kb=memory,
                   note=f'{n} plain HTTP checks every minute on {hosts} loopback addresses, for {minutes} minutes after '
                        f'the first; the 99th percentile of starts after their due time, since the start (upper bound '
                        f'of its bucket); {started:.0f} s from exec to the listener.'),
            result(f'{name}-rate', 'checks per s', [{'ours': asked / took}]),
            result(f'{name}-cost', 'CPU µs per check', [{'ours': used / asked, 'server': their / asked}],
                   peers=['server'], note='"server" is the target\'s own CPU, on the same machine.'),
            result(f'{name}-memory', 'bytes per check', [{'ours': memory * 1024 / n}], goals={'ours': 1024},
                   note='resident, all of the process.'),
            result(f'{name}-wrong', 'checks', [{'ours': len(wrong)}], goals={'ours': 0},
                   note=f'whose ledger is not what the server did; {results} answers compared.')]


# ---- pages and commands ----

def wrk_page(pid, url, seconds=2, header=None):
    used = cpu_us(pid)
    done = measured(['wrk', '-t1', '-c64', f'-d{seconds}', *(['-H', header] if header else []), url], cpu=1)
    return (cpu_us(pid) - used) / int(re.search(r'(\d+) requests in', done.out).group(1))


@case('status-page')
def status_page(kit):
    _, target = kit.nginx(hosts=8)
    made, same = [], []
    plan = plans.components(50, target)
    for check in plan['checks'].values():
        check['every'] = '10s'
    with kit.daemon(plans.text(plan)) as d:
        d.wait_up(50, 90)
        _, page, headers = d.get('/status/')
        root = kit.folder('static')
        kit.write('static/index.html', page)
        port = free_port()
        server, _ = kit.nginx('static-nginx', f'server {{ listen 127.0.0.1:{port}; root {root}; '
                              'default_type text/html; keepalive_timeout 60; keepalive_requests 100000000; }', cpu=0)
        etag = {k.lower(): v for k, v in headers.items()}.get('etag')
        for _ in kit.rounds():
            limit = wrk_page(server['pid'], f'http://127.0.0.1:{port}/index.html')
            made.append({'nginx static': limit, 'ours': wrk_page(d.pid, d.url + '/status/')})
            if etag:
                same.append({'nginx static': limit,
                             'ours': wrk_page(d.pid, d.url + '/status/', header=f'If-None-Match: {etag}')})
        peak = memory_kb(d.pid)
    size = len(page.encode())
    rows = [result('status-page', 'CPU µs per page', made, limit='nginx static', goals={'nginx static': 3.0},
                   memory_kb=peak, page_bytes=size,
                   note=f'50 components, {size} bytes uncompressed, 64 connections kept open; the page of a new '
                        'daemon, whose ninety days are mostly not measured.')]
    if same:
        rows.append(result('status-page@304', 'CPU µs per page', same, limit='nginx static',
                           goals={'nginx static': 1.0}))
    return rows


@case('startup')
def startup(kit):
    rounds, asked = [], []

    def mean(argv, n=20):
        done = [measured(argv, watch=False, good=None) for _ in range(n)]
        return sum(d.cpu_us for d in done) / n, min(d.wall_s for d in done) * 1000
    _, port = kit.nginx(hosts=8)
    with kit.daemon(plans.text(plans.checks(20, port, '10s')), cpu=1) as d:
        d.wait_up(20, 40)
        for _ in kit.rounds():
            rounds.append({'/bin/true': mean(['/bin/true'])[0], 'ours': mean([kit.binary, '--version'])[0]})
            cpu, wall = mean([kit.binary, 'status', '--data', d.data])
            asked.append({'ours': wall, 'cpu': cpu})
    return [result('startup@version', 'CPU µs', rounds, limit='/bin/true', goals={'/bin/true': 3.0},
                   note='each started through taskset and, as root, given to an ordinary user: both pay for that.'),
            result('startup@status', 'ms of wall', asked, goals={'ours': 10.0},
                   note='`carene status` against a running daemon of 20 checks, the fastest of twenty.')]


@case('timer')
def timer(kit):
    rounds, size = [], ''
    for _ in kit.rounds():
        r = {}
        for who, name in (('libuv', 'libuv'), ('due', 'ours')):
            ns, size = re.match(r'([\d.]+) ns, ([\d.]+)', measured([ROOT_TEST / 'bench_due_timer', who, 1000000]).out).groups()
            r[name] = float(ns)
        rounds.append(r)
    return [result('timer', 'ns per fire', rounds, limit='libuv', goals={'libuv': 1 / 25},
                   note=f'a million timers; {size} bytes each with all that the heap allocated besides (goal 16).')]


SAMPLES = ROOT_TEST / 'bench_sample_store'


def sample_store(*words):
    done = measured([SAMPLES, *words])
    return json.loads(done.out)


class Victoria:
    """VictoriaMetrics on the CPU of what is measured, fed with influx lines."""

    def __init__(self, kit, program):
        self.kit, self.dir, self.port = kit, kit.folder(f'vm{time.monotonic_ns()}'), free_port()
        self.process = kit.up('victoria', [program, f'-storageDataPath={self.dir}/data', '-retentionPeriod=20y',
                                           f'-httpListenAddr=127.0.0.1:{self.port}', '-search.disableCache',
                                           '-search.maxPointsPerTimeseries=200000', '-search.maxSamplesPerQuery=1000000000',
                                           '-loggerLevel=ERROR'], self.port, 0)

    def get(self, path, **query):
        url = f'http://127.0.0.1:{self.port}{path}?' + urllib.parse.urlencode(query)
        with urllib.request.urlopen(url, timeout=300) as answer:
            return answer.read()

    def take(self, *words):
        """Feeds the lines, 10 000 at a time; CPU µs until all of it is on the disk."""
        used = cpu_us(self.process['pid'])
        lines = subprocess.Popen([*on_cpu(1), str(SAMPLES), 'lines', *map(str, words)], stdout=subprocess.PIPE)
        link = http.client.HTTPConnection('127.0.0.1', self.port, timeout=120)
        while True:
            body = b''.join(itertools.islice(lines.stdout, 10000))
            if not body:
                break
            link.request('POST', '/write', body)
            link.getresponse().read()
        lines.wait()
        self.get('/internal/force_flush')
        time.sleep(7)  # what it holds in memory goes to the disk within five seconds
        return cpu_us(self.process['pid']) - used

    def bytes(self):
        return sum(f.stat().st_size for f in pathlib.Path(self.dir).rglob('*') if f.is_file())

    def ask(self, query, at):
        """CPU µs of one question, the answer's number of series."""
        used = cpu_us(self.process['pid'])
        told = json.loads(self.get('/api/v1/query', query=query, time=at, nocache=1))
        return cpu_us(self.process['pid']) - used, len(told['data']['result'])

    def close(self):
        self.kit.down(self.process)
        shutil.rmtree(self.dir, ignore_errors=True)


@case('sample-write')
def sample_write(kit):
    n, series = (1000000, 10000) if kit.quick else (10000000, 10000)
    program = kit.peer('victoria-metrics')
    rounds, sizes, facts = [], [], {}
    same = sample_store('check', kit.path('brute.db'), n, 100)
    if not same['same']:
        raise RuntimeError(f'figures differ from a list and a sort: {same}')
    for _ in kit.rounds(3):
        path = kit.path('samples.db')
        for old in glob.glob(path + '*'):
            os.unlink(old)
        r = {'append 9 B': sample_store('append', path + '.raw', n)['us']}
        facts = sample_store('write', path, n, series, 60)
        r['ours'], size = facts['us'], {'ours': facts['bytes'], 'blobs': facts['blob'], 'written': facts['written']}
        if facts['samples'] != n or facts['damaged']:
            raise RuntimeError(f'samples are missing: {facts}')
        if program:
            vm = Victoria(kit, program)
            r['VictoriaMetrics'] = vm.take(n, series, 60, int(time.time()) - n // series * 60, 0) / n
            size['VictoriaMetrics'] = vm.bytes() / n
            vm.close()
        rounds.append(r)
        sizes.append(size)
    return [result('sample-write', 'CPU µs per sample', rounds, limit='append 9 B', peers=['VictoriaMetrics'],
                   goals={'VictoriaMetrics': 0.2}, memory_kb=facts['peak_kb'],
                   note=f'{n} samples of {series} series, every minute each, one commit a second of their time; heads, '
                        'log, chunks, roll-ups and upkeep included. VictoriaMetrics takes influx lines, 10 000 a request. '
                        f'{same["figures"]} figures of {same["samples"]} random samples ({same["late"]} late, {same["twice"]} '
                        f'twice, reopened) are those of a list and a sort; ranks from roll-ups within {same["worst"]:.2%}.'),
            result('sample-write@bytes', 'bytes per stored sample', sizes, peers=['VictoriaMetrics'],
                   goals={'VictoriaMetrics': 1.0},
                   note='the whole file: chunks, hourly roll-ups (kept ten days) and an hour of log. Chunks and roll-ups '
                        f'alone: {sizes[-1]["blobs"]:.2f}.'),
            result('sample-write@written', 'bytes written per sample', [{'ours': s['written']} for s in sizes],
                   goals={'ours': 100}, note='write-ahead log and checkpoints, from /proc/self/io.')]


def sample_query(kit, series):
    path, program = kit.path('ask.db'), kit.peer('victoria-metrics')
    sample_store('fill', path, series, 90, 60)
    rounds, rolled, vm = [], [], None
    if program and not kit.quick:
        vm = Victoria(kit, program)
        end = int(time.time()) // 60 * 60
        vm.take(129600 * series, series, 60, end - 90 * 86400, 1)
    for _ in kit.rounds():
        told = sample_store('ask', path, series, 90, 60)
        if not told['same'] or not told['answered']:
            raise RuntimeError(f'other figures than in memory: {told}')
        r = {'quickselect in memory': told['limit_us'] * series / 1000, 'ours': told['exact_us'] * series / 1000}
        if vm:
            p95, n = vm.ask('quantile_over_time(0.95, latency_value[90d])', end)
            up, m = vm.ask('avg_over_time(latency_up[90d])', end)
            if n != series or m != series:
                raise RuntimeError(f'VictoriaMetrics answers for {n} and {m} series')
            r['VictoriaMetrics'] = (p95 + up) / 1000
        rounds.append(r)
        rolled.append({'ours': told['rolled_us'] / 1000})
    if vm:
        vm.close()
    name = f'sample-query-{series}'
    rows = [result(name, 'CPU ms', rounds, limit='quickselect in memory', peers=['VictoriaMetrics'],
                   goals={'quickselect in memory': 2.0, 'VictoriaMetrics': 1 / 15},
                   note='p95 of latency and availability over 90 days, a sample a minute, exact, from the store; equal '
                        'to what the limit finds. The limit has both in memory.'),
            result(name + '@rolled', 'CPU ms per check', rolled, goals={'ours': 0.2},
                   note='the same from roll-ups, error at most 1 %; two series each.')]
    if series == 1:
        five = kit.path('five.db')
        sample_store('fill', five, 1, 1825, 300)
        rows.append(result(name + '@five-years', 'CPU ms',
                           [{'ours': sample_store('ask', five, 1, 1825, 300)['rolled_us'] / 1000} for _ in kit.rounds()],
                           goals={'ours': 5.0}, note='five years from roll-ups, two series.'))
    return rows


@case('sample-query-1')
def sample_query_1(kit):
    return sample_query(kit, 1)


@case('sample-query-100')
def sample_query_100(kit):
    return sample_query(kit, 20 if kit.quick else 100)
