"""Stands in for the services that carry messages: chat, SMS, webhooks. Writes
down each request, answers as each service would, or as it is told to:
control.json {"answers": {"/chat": {"status": 429, "headers": {"Retry-After": "2"}, "times": 2}}}.
Usage: sink.py FOLDER PORT"""
import http.server
import json
import os
import sys
import threading
import time

import control

folder, port = sys.argv[1], int(sys.argv[2])
lock = threading.Lock()
used = {}
log = open(os.path.join(folder, 'requests.jsonl'), 'a', buffering=1)


def told(path):
    """The answer that was ordered for this path, as long as its `times` last."""
    answers = control.read(folder).get('answers', {})
    for prefix in sorted(answers, key=len, reverse=True):
        rule = answers[prefix]
        key = prefix + json.dumps(rule, sort_keys=True)
        if path.startswith(prefix) and used.get(key, 0) < rule.get('times', 1 << 30):
            used[key] = used.get(key, 0) + 1
            return rule
    return None


def usual(path):
    if path.startswith('/2010-04-01/'):
        return {'status': 201, 'body': json.dumps({'sid': 'SM%032x' % time.time_ns(), 'status': 'queued'})}
    if path.startswith('/discord'):
        return {'status': 204}
    if path.startswith('/chat'):
        return {'status': 200, 'body': 'ok'}
    return {'status': 200, 'body': '{}'}


class Sink(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def take(self):
        body = self.rfile.read(int(self.headers.get('Content-Length') or 0)).decode('utf-8', 'replace')
        with lock:
            answer = told(self.path) or usual(self.path)
            log.write(json.dumps({'t': time.time(), 'method': self.command, 'path': self.path,
                                  'headers': dict(self.headers), 'body': body, 'status': answer['status']}) + '\n')
        time.sleep(answer.get('delay', 0))
        text = answer.get('body', '').encode()
        self.send_response(answer['status'])
        for name, value in answer.get('headers', {}).items():
            self.send_header(name, value)
        self.send_header('Content-Length', str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = take

    def log_message(self, *args):
        pass


http.server.ThreadingHTTPServer.daemon_threads = True
http.server.ThreadingHTTPServer.request_queue_size = 128
http.server.ThreadingHTTPServer(('127.0.0.1', port), Sink).serve_forever()
