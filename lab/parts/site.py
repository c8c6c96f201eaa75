"""A small library of manga, the site that the lab's plans look after: pages in
French, a search, a login, reservations, /health. control.json: {"status": 503,
"delay": 2.5, "health": "why not"}. Usage: site.py FOLDER PORT"""
import html
import http.cookies
import http.server
import itertools
import json
import sys
import time
import urllib.parse

import control

folder, port = sys.argv[1], int(sys.argv[2])
began = time.time()

VOLUMES = [{'id': n, 'serie': serie, 'tome': tome, 'libre': (n * 7) % 3 > 0} for n, (serie, tome) in enumerate(
    itertools.product(['Le Phare des brumes', 'Compagnons du canal', 'Sept nuits à Sète', 'La Forge aux étoiles',
                       'Chroniques du quai', 'Les Veilleurs'], range(1, 9)), 1)]
READERS = {'lectrice': 'planche'}
sessions, reservations = {}, {}
numbers = itertools.count(1)

PAGE = """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title} · MangaThèque</title><style>
body{{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fdfcf8}}
nav a{{margin-right:1rem}} li{{margin:.2rem 0}} .pris{{color:#777}} input,button{{font:inherit;padding:.3rem}}
</style></head><body><nav><a href="/">MangaThèque</a> <a href="/recherche">Recherche</a>
<a href="/connexion">Connexion</a></nav><h1>{title}</h1>{body}</body></html>"""


def listing(volumes):
    rows = ('<li%s>%s, tome %d%s</li>' % ('' if v['libre'] else ' class="pris"', html.escape(v['serie']), v['tome'],
                                         '' if v['libre'] else ' (emprunté)') for v in volumes)
    return '<ul>%s</ul>' % ''.join(rows)


def found(words):
    return [v for v in VOLUMES if words.lower() in v['serie'].lower()]


class Site(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    server_version, sys_version = 'mangatheque/1.4', ''

    def page(self, title, body, status=200, **headers):
        self.answer(status, PAGE.format(title=html.escape(title), body=body), 'text/html; charset=utf-8', **headers)

    def data(self, value, status=200):
        self.answer(status, json.dumps(value, ensure_ascii=False), 'application/json; charset=utf-8')

    def answer(self, status, text, kind, **headers):
        raw = text.encode()
        self.send_response(status)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(raw)))
        for name, value in headers.items():
            self.send_header(name.replace('_', '-'), value)
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(raw)

    def reader(self):
        cookies = http.cookies.SimpleCookie(self.headers.get('Cookie', ''))
        return sessions.get(cookies['session'].value) if 'session' in cookies else None

    def form(self):
        raw = self.rfile.read(int(self.headers.get('Content-Length') or 0)).decode()
        if self.headers.get('Content-Type', '').startswith('application/json'):
            return json.loads(raw)
        return {k: v[0] for k, v in urllib.parse.parse_qs(raw).items()}

    def handle_it(self):
        order = control.read(folder)
        time.sleep(order.get('delay', 0))
        if order.get('status'):
            return self.page('En panne', '<p>Nous revenons vite.</p>', order['status'])
        url = urllib.parse.urlsplit(self.path)
        query = {k: v[0] for k, v in urllib.parse.parse_qs(url.query).items()}
        parts = url.path.strip('/').split('/')
        method = 'GET' if self.command == 'HEAD' else self.command
        view = getattr(self, f'{method.lower()}_{parts[0] or "home"}', None)
        if not view:
            return self.page('Page introuvable', '<p>Cette page n’existe pas.</p>', 404)
        view(parts[1:], query, order)

    do_GET = do_HEAD = do_POST = do_DELETE = handle_it

    def get_home(self, parts, query, order):
        self.page('Bienvenue à la MangaThèque', '<p>%d tomes à emprunter.</p>%s' % (len(VOLUMES), listing(VOLUMES[:12])))

    def get_recherche(self, parts, query, order):
        words = query.get('q', '')
        field = '<form><input name="q" value="%s"> <button>Chercher</button></form>' % html.escape(words)
        self.page('Recherche', field + ('<p>%d résultats</p>%s' % (len(found(words)), listing(found(words))) if words else ''))

    def get_connexion(self, parts, query, order):
        self.page('Connexion', '<form method="post"><input type="hidden" name="jeton" value="j%d"><input name="nom">'
                  ' <input name="mot" type="password"> <button>Entrer</button></form>' % (time.time() // 3600))

    def post_connexion(self, parts, query, order):
        form = self.form()
        if READERS.get(form.get('nom')) != form.get('mot') or not form.get('jeton', '').startswith('j'):
            return self.page('Connexion refusée', '<p>Nom ou mot de passe inconnu.</p>', 403)
        session = 's%06d' % next(numbers)
        sessions[session] = form['nom']
        self.answer(303, '', 'text/html', Location='/compte', Set_Cookie=f'session={session}; Path=/; HttpOnly')

    def get_compte(self, parts, query, order):
        if not self.reader():
            return self.answer(303, '', 'text/html', Location='/connexion')
        self.page('Bonjour ' + self.reader(), '<p>%d réservations.</p>' % len(reservations))

    def get_deconnexion(self, parts, query, order):
        self.answer(303, '', 'text/html', Location='/', Set_Cookie='session=; Path=/; Max-Age=0')

    def get_health(self, parts, query, order):
        wrong = order.get('health')
        self.data({'status': 'degraded' if wrong else 'ok', 'why': wrong, 'version': '1.4.2',
                   'uptime_s': int(time.time() - began), 'volumes': len(VOLUMES)}, 503 if wrong else 200)

    def get_api(self, parts, query, order):
        if parts[:1] == ['reservations']:
            return self.data({'reservations': list(reservations.values())})
        self.data({'volumes': found(query.get('q', ''))})

    def post_api(self, parts, query, order):
        if not self.reader():
            return self.data({'error': 'connexion demandée'}, 401)
        number = next(numbers)
        reservations[number] = {'id': number, 'volume': int(self.form().get('volume', 1))}
        self.data(reservations[number], 201)

    def delete_api(self, parts, query, order):
        gone = len(parts) == 2 and parts[1].isdigit() and reservations.pop(int(parts[1]), None)
        self.data({}, 200 if gone else 404)

    def get_redirige(self, parts, query, order):
        """/redirige/3 redirects three times; /redirige/boucle for ever."""
        if parts == ['0']:
            return self.page('Arrivée', '<p>Bien arrivée.</p>')
        there = parts[0] if parts == ['boucle'] else str(int(parts[0]) - 1)
        self.answer(302, '', 'text/html', Location='/redirige/' + there)

    def get_code(self, parts, query, order):
        self.page('Code', '<p>demandé</p>', int(parts[0]))

    def get_metrics(self, parts, query, order):
        self.answer(200, '# TYPE manga_readers gauge\nmanga_readers{zone="salle"} 12\nmanga_readers{zone="jardin"} 3\n'
                    'manga_loans_total 4812\n', 'text/plain; version=0.0.4')

    def log_message(self, *args):
        pass


http.server.ThreadingHTTPServer.daemon_threads = True
http.server.ThreadingHTTPServer.request_queue_size = 128
http.server.ThreadingHTTPServer(('127.0.0.1', port), Site).serve_forever()
