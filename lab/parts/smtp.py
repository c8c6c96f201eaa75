"""A mail server that keeps what it is given, one file a message, in FOLDER/mail,
and writes each attempt, refused ones too, to FOLDER/attempts.jsonl. The second
port insists on STARTTLS and a login (lab, planche).
control.json {"mode": "accept" | "later" (451) | "never" (550) | "slow" | "silent",
"seconds": 3, "only": "ana@"}; `only` limits a refusal to recipients with that text.
Usage: smtp.py FOLDER PORT PORT-WITH-LOGIN CERTIFICATE KEY"""
import asyncio
import email
import email.policy
import itertools
import json
import os
import ssl
import sys
import time
import warnings

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

import control

folder = sys.argv[1]
port, port_login = map(int, sys.argv[2:4])
certificate, key = sys.argv[4:6]
numbers = itertools.count(len(os.listdir(os.path.join(folder, 'mail'))) + 1)
attempts = open(os.path.join(folder, 'attempts.jsonl'), 'a', buffering=1)

REPLIES = {'later': '451 4.3.2 come back later', 'never': '550 5.1.1 nobody of that name here'}


class Keep:
    async def handle_RCPT(self, server, session, envelope, address, options):
        order = control.read(folder)
        refusal = REPLIES.get(order.get('mode')) if order.get('only', '') in address else None
        if refusal:
            note(envelope, refusal, [address])
            return refusal
        envelope.rcpt_tos.append(address)
        return '250 2.1.5 fine'

    async def handle_DATA(self, server, session, envelope):
        order = control.read(folder)
        if order.get('mode') == 'slow':
            await asyncio.sleep(order.get('seconds', 3))
        n = next(numbers)
        place = os.path.join(folder, 'mail', '%06d.eml' % n)
        head = 'X-Lab-To: %s\r\nX-Lab-Tls: %s\r\nX-Lab-Login: %s\r\nX-Lab-Time: %.6f\r\n' % (
            ', '.join(envelope.rcpt_tos), 'yes' if session.ssl else 'no',
            'yes' if getattr(session, 'authenticated', False) else 'no', time.time())
        with open(place + '.new', 'wb') as f:
            f.write(head.encode() + envelope.original_content)
        os.rename(place + '.new', place)
        note(envelope, '250 kept as %d' % n, envelope.rcpt_tos)
        return '250 2.0.0 kept as %d' % n


def note(envelope, reply, to):
    subject = ''
    if envelope.content:
        subject = str(email.message_from_bytes(envelope.original_content, policy=email.policy.default)['subject'])
    attempts.write(json.dumps({'t': time.time(), 'from': envelope.mail_from, 'to': to, 'reply': reply,
                               'subject': subject}) + '\n')


class Server(SMTP):
    async def _handle_client(self):
        while control.read(folder).get('mode') == 'silent':
            await asyncio.sleep(0.2)  # accepts, and says nothing
        await super()._handle_client()


def login(server, session, envelope, mechanism, data):
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (b'lab', b'planche')
    return AuthResult(success=good)


async def serve():
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)
    loop = asyncio.get_running_loop()
    plain = await loop.create_server(lambda: Server(Keep(), hostname='lab', tls_context=tls), '127.0.0.1', port)
    strict = await loop.create_server(
        lambda: Server(Keep(), hostname='lab', tls_context=tls, require_starttls=True, authenticator=login,
                       auth_required=True), '127.0.0.1', port_login)
    await asyncio.gather(plain.serve_forever(), strict.serve_forever())


warnings.simplefilter('ignore')  # the library's own deprecations
asyncio.run(serve())
