"""The lab: nginx with a small real site behind it, PostgreSQL, MariaDB, an SMTP
server, a sink for chat and SMS services, a DNS server. All listen on loopback,
all live in one folder, and what happened to them is written there (lab.json), so
that any later command can break, mend or end exactly these and nothing else."""
import json
import os
import shutil
import signal
import socket
import subprocess
import sys

from certificates import Authority
from processes import (ORDINARY, alive, answers, as_ordinary_user, children, end, free_port, give, run, spawn,
                       wait_until)

HERE = os.path.dirname(os.path.realpath(__file__))
PYTHON = '/usr/bin/python3'
SERVICES = ['site', 'db', 'mariadb', 'smtp', 'sink', 'dns']

NGINX = """
daemon off;
pid {dir}/nginx/pid;
error_log {dir}/log/nginx.log warn;
worker_processes 1;
events {{ worker_connections 512; }}
http {{
	access_log {dir}/log/access.log;
	client_body_temp_path {dir}/nginx/body;
	proxy_temp_path {dir}/nginx/proxy;
	fastcgi_temp_path {dir}/nginx/fastcgi;
	uwsgi_temp_path {dir}/nginx/uwsgi;
	scgi_temp_path {dir}/nginx/scgi;
	server {{
		listen 127.0.0.1:{port};
		listen 127.0.0.1:{https} ssl;
		ssl_certificate {dir}/ca/server.pem;
		ssl_certificate_key {dir}/ca/server.key;
		location / {{
			proxy_pass http://127.0.0.1:{backend};
			proxy_set_header Host $http_host;
			proxy_read_timeout 30s;
		}}
	}}
}}
"""

TABLES = """
CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL, created_at timestamptz NOT NULL);
CREATE TABLE volumes (id integer PRIMARY KEY, series text NOT NULL, number integer NOT NULL);
CREATE TABLE loans (user_id integer REFERENCES users, volume_id integer REFERENCES volumes, since date NOT NULL);
INSERT INTO users SELECT n, 'lecteur ' || n, now() - n * interval '3 days' FROM generate_series(1, 120) n;
INSERT INTO volumes SELECT n, 'série ' || n % 40, n / 40 + 1 FROM generate_series(1, 800) n;
INSERT INTO loans SELECT n, n * 5, date '2026-01-01' + n FROM generate_series(1, 100) n;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO manga;
"""


class Lab:
    BREAKS = ['site', 'backend', 'slow', 'health', 'db', 'db-refuse', 'mariadb', 'smtp', 'smtp-later', 'smtp-never',
              'smtp-slow', 'smtp-silent', 'cert', 'cert-expired', 'sink', 'disk']

    def __init__(self, folder):
        self.dir = os.path.abspath(folder)
        self.file = os.path.join(self.dir, 'lab.json')
        self.state = {'ports': {}, 'processes': {}, 'mounted': False}
        if os.path.exists(self.file):
            with open(self.file) as f:
                self.state = json.load(f)
        self.authority = Authority(self.path('ca'))

    # ---- files and ports ----

    def path(self, *parts):
        return os.path.join(self.dir, *parts)

    def folder(self, *parts):
        os.makedirs(self.path(*parts), exist_ok=True)
        return give(self.path(*parts))

    def save(self):
        with open(self.file + '.new', 'w') as f:
            json.dump(self.state, f, indent=1)
        os.replace(self.file + '.new', self.file)

    def port(self, name):
        ports = self.state['ports']
        if name not in ports:
            ports[name] = free_port(ports.values())
        return ports[name]

    def control(self, name, **values):
        """Tells a running server how to behave from now on."""
        target = self.path(name, 'control.json')
        with open(target + '.new', 'w') as f:
            json.dump(values, f)
        os.chmod(target + '.new', 0o644)
        os.replace(target + '.new', target)

    def env(self):
        p = self.state['ports']
        local = 'http://127.0.0.1:%d'
        env = {'LAB_DIR': self.dir}
        if 'site' in p:
            env.update(MANGA_URL=local % p['site'], MANGA_HTTPS_URL='https://localhost:%d' % p['https'],
                       MANGA_HTTPS_PORT=str(p['https']), MANGA_CA=self.authority.ca)
        if 'db' in p:
            env.update(MANGA_DB_HOST='127.0.0.1', MANGA_DB_PORT=str(p['db']), MANGA_DB_USER='manga',
                       MANGA_DB_NAME='manga_db', MANGA_DB_PASSWORD='planche')
        if 'mariadb' in p:
            env.update(MARIADB_HOST='127.0.0.1', MARIADB_PORT=str(p['mariadb']), MARIADB_USER='manga',
                       MARIADB_NAME='manga_db', MARIADB_PASSWORD='planche')
        if 'smtp' in p:
            env.update(SMTP_URL='smtp://127.0.0.1:%d' % p['smtp'], SMTP_PORT=str(p['smtp']),
                       SMTP_AUTH_URL='smtp://lab:planche@localhost:%d' % p['smtp_auth'],
                       MAIL_FOLDER=self.path('smtp', 'mail'))
        if 'sink' in p:
            env.update(SINK_URL=local % p['sink'], CHAT_WEBHOOK=local % p['sink'] + '/chat',
                       TWILIO_URL=local % p['sink'] + '/2010-04-01/Accounts/AClab/Messages.json')
        if 'dns' in p:
            env.update(DNS_SERVER='127.0.0.1:%d' % p['dns'])
        if self.state['mounted']:
            env.update(DISK=self.path('disk'))
        return env

    # ---- start and stop ----

    def start(self, services=SERVICES):
        os.makedirs(self.dir, exist_ok=True)
        os.chmod(self.dir, 0o755)
        give(self.dir)
        for name in ('log', 'bin'):
            self.folder(name)
        for name in ('site.py', 'smtp.py', 'sink.py', 'dns.py', 'control.py'):  # readable by the ordinary user
            shutil.copy(os.path.join(HERE, 'parts', name), self.path('bin', name))
        if not os.path.exists(self.authority.ca):
            self.authority.make()
        for name in services:
            getattr(self, 'start_' + name)()
        self.save()

    def stop(self):
        signals = {'db': signal.SIGINT}
        for name in reversed(list(self.state['processes'])):
            self.end(name, signals.get(name, signal.SIGTERM))
        self.unmount()

    def up(self, name, argv, port=None, ready=None, env=None):
        """Starts one server and waits until it answers."""
        processes = self.state['processes']
        if alive(processes.get(name)):
            return
        processes[name] = spawn(argv, self.dir, self.path('log', name + '.log'), env)
        self.save()
        ready = ready or (lambda: answers(port))
        if not wait_until(lambda: not alive(processes[name]) or ready(), 30) or not alive(processes[name]):
            with open(self.path('log', name + '.log'), errors='replace') as f:
                raise RuntimeError(f'lab: {name} does not start:\n{f.read()[-2000:]}')

    def end(self, name, how=signal.SIGTERM):
        process = self.state['processes'].pop(name, None)
        if process:
            end(process, how)
            self.save()

    def part(self, name, *args):
        return [PYTHON, self.path('bin', name + '.py'), self.folder(name), *map(str, args)]

    # ---- the site ----

    def start_site(self):
        backend = self.port('backend')
        self.folder('nginx')
        self.up('backend', self.part('site', backend), backend)
        config = self.path('nginx', 'nginx.conf')
        with open(config, 'w') as f:
            f.write(NGINX.format(dir=self.dir, port=self.port('site'), https=self.port('https'), backend=backend))
        self.up('nginx', ['/usr/sbin/nginx', '-p', self.path('nginx'), '-c', config, '-e',
                          self.path('log', 'nginx.log')], self.port('site'))

    def certificate(self, days):
        """A new certificate for the site, taken up without a restart."""
        self.authority.issue(days)
        nginx = self.state['processes'].get('nginx')
        if alive(nginx):
            workers = children(nginx['pid'])
            os.kill(nginx['pid'], signal.SIGHUP)
            # Old workers still take connections for a moment: until the last has gone.
            wait_until(lambda: children(nginx['pid']) - workers and not children(nginx['pid']) & workers, 10)

    # ---- databases ----

    def start_db(self):
        data, tools = self.path('db'), '/usr/lib/postgresql/15/bin/'
        if not os.path.exists(data):
            run([tools + 'initdb', '-D', data, '-U', 'owner', '-A', 'trust', '-N', '-E', 'UTF8',
                 '--locale=C.UTF-8'], cwd=self.dir)
            with open(os.path.join(data, 'postgresql.conf'), 'a') as f:
                f.write(f"listen_addresses='127.0.0.1'\nport={self.port('db')}\nfsync=off\n"
                        f"synchronous_commit=off\nshared_buffers=16MB\nmax_connections=40\n"
                        f"unix_socket_directories='{self.short()}'\n")
            with open(os.path.join(data, 'pg_hba.conf'), 'w') as f:
                f.write('local all owner trust\nhost all all 127.0.0.1/32 scram-sha-256\n')
        self.up('db', [tools + 'postgres', '-D', data], ready=lambda: self.sql('SELECT 1', 'postgres', check=False))
        if 'db_made' not in self.state:
            self.sql("CREATE ROLE manga LOGIN PASSWORD 'planche'", 'postgres')
            self.sql('CREATE DATABASE manga_db', 'postgres')
            self.sql(TABLES)
            self.state['db_made'] = True

    def short(self):
        """A folder for Unix sockets, whose paths must stay under 108 bytes."""
        if len(self.dir) > 80:
            raise RuntimeError('lab: a shorter folder, please: ' + self.dir)
        return self.folder('run')

    def sql(self, text, database='manga_db', check=True):
        argv = ['psql', '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-h', self.short(), '-p',
                str(self.port('db')), '-U', 'owner', '-d', database, '-c', text]
        if check:
            return run(argv, cwd=self.dir)
        return subprocess.run(argv, cwd=self.dir, capture_output=True, **as_ordinary_user()).returncode == 0

    def start_mariadb(self):
        data, sock = self.path('mariadb'), os.path.join(self.short(), 'my.sock')
        init = self.path('log', 'mariadb.sql')
        if not os.path.exists(data):
            # A starting server removes every #sql-temptable-* from its temporary folder, those of another
            # lab in the middle of its set-up too: each has a folder of its own.
            run(['mariadb-install-db', '--no-defaults', f'--datadir={data}', '--skip-test-db',
                 '--auth-root-authentication-method=normal'], cwd=self.dir, env=dict(os.environ, TMPDIR=self.dir))
            with open(init, 'w') as f:
                f.write("CREATE DATABASE IF NOT EXISTS manga_db;\n"
                        "CREATE USER IF NOT EXISTS manga@'127.0.0.1' IDENTIFIED BY 'planche';\n"
                        "GRANT SELECT ON manga_db.* TO manga@'127.0.0.1';\n")
        self.up('mariadb', ['/usr/sbin/mariadbd', '--no-defaults', f'--datadir={data}', f'--socket={sock}',
                            f'--port={self.port("mariadb")}', '--bind-address=127.0.0.1', '--skip-log-bin',
                            f'--pid-file={self.path("run", "my.pid")}', '--innodb-buffer-pool-size=16M',
                            '--innodb-flush-log-at-trx-commit=0', '--max-connections=40', f'--tmpdir={self.dir}',
                            '--skip-name-resolve', f'--init-file={init}'], self.port('mariadb'))

    # ---- the ways out: mail, chat, SMS; names ----

    def start_smtp(self):
        self.folder('smtp', 'mail')
        self.up('smtp', self.part('smtp', self.port('smtp'), self.port('smtp_auth'), self.authority.path('server.pem'),
                                  self.authority.path('server.key')), self.port('smtp_auth'))

    def start_sink(self):
        self.up('sink', self.part('sink', self.port('sink')), self.port('sink'))

    def start_dns(self):
        if 'dns' not in self.state['ports']:
            self.state['ports']['dns'] = free_port(self.state['ports'].values(), socket.SOCK_DGRAM)
        self.up('dns', self.part('dns', self.port('dns')), ready=lambda: os.path.exists(self.path('dns', 'ready')))

    def requests(self, path=None):
        """What the sink received, oldest first."""
        try:
            with open(self.path('sink', 'requests.jsonl')) as f:
                all_of_them = [json.loads(line) for line in f if line.endswith('\n')]
        except FileNotFoundError:
            return []
        return [r for r in all_of_them if path is None or r['path'].startswith(path)]

    # ---- a small disk, where the lab may mount one ----

    def mount_disk(self, kilobytes=8192):
        """A file system of that size at DIR/disk; RuntimeError where only root may mount and we are not."""
        folder = self.folder('disk')
        done = subprocess.run(['mount', '-t', 'tmpfs', '-o',
                               f'size={kilobytes}k,mode=755,uid={ORDINARY.pw_uid},gid={ORDINARY.pw_gid}',
                               'tmpfs', folder], capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError('lab: no small disk: ' + done.stderr.strip())
        self.state['mounted'] = True
        self.save()
        return folder

    def unmount(self):
        if self.state.get('mounted'):
            subprocess.run(['umount', '-l', self.path('disk')], check=False)
            self.state['mounted'] = False
            self.save()

    # ---- breaking and mending ----

    def break_(self, what):
        if what == 'site':
            self.end('nginx', signal.SIGTERM)
        elif what == 'backend':
            self.end('backend')
        elif what == 'slow':
            self.control('site', delay=3.0)
        elif what == 'health':
            self.control('site', health='database: no answer')
        elif what == 'db':
            self.end('db', signal.SIGINT)
        elif what == 'db-refuse':
            self.sql('ALTER DATABASE manga_db CONNECTION LIMIT 0', 'postgres')
        elif what == 'mariadb':
            self.end('mariadb')
        elif what == 'smtp':
            self.end('smtp')
        elif what.startswith('smtp-'):
            self.control('smtp', mode=what[5:])
        elif what == 'cert':
            self.certificate(2)
        elif what == 'cert-expired':
            self.certificate(-1)
        elif what == 'sink':
            self.control('sink', answers={'/': {'status': 500}})
        elif what == 'disk':
            with open(self.path('disk', 'filler'), 'wb') as f:
                space = os.statvfs(self.path('disk'))
                f.write(b'\0' * int(space.f_bavail * space.f_frsize * 0.97))

    def fix(self, what):
        if what in ('site', 'backend'):
            self.start_site()
        elif what in ('slow', 'health'):
            self.control('site')
        elif what == 'db':
            self.start_db()
        elif what == 'db-refuse':
            self.sql('ALTER DATABASE manga_db CONNECTION LIMIT -1', 'postgres')
        elif what == 'mariadb':
            self.start_mariadb()
        elif what.startswith('smtp'):
            self.control('smtp', mode='accept')
            self.start_smtp()
        elif what.startswith('cert'):
            self.certificate(90)
        elif what == 'sink':
            self.control('sink', answers={})
        elif what == 'disk':
            if os.path.exists(self.path('disk', 'filler')):
                os.unlink(self.path('disk', 'filler'))


assert sys.version_info >= (3, 9), 'the lab needs Python 3.9 or later'
