"""The lab's own certificate authority, by the openssl program: certificates of any
lifetime, also one that ends tomorrow or ended yesterday."""
import datetime
import os
import time

from processes import give, run

CONFIG = """
[ca]
default_ca = lab
[lab]
database = {dir}/index.txt
serial = {dir}/serial
new_certs_dir = {dir}
certificate = {dir}/ca.pem
private_key = {dir}/ca.key
default_md = sha256
policy = any
unique_subject = no
rand_serial = yes
[any]
commonName = supplied
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = CA:FALSE
subjectAltName = DNS:localhost, DNS:mangatheque.lab, IP:127.0.0.1
extendedKeyUsage = serverAuth
"""


def moment(days):
    t = datetime.datetime.fromtimestamp(time.time(), datetime.timezone.utc) + datetime.timedelta(days=days)
    return t.strftime('%Y%m%d%H%M%SZ')


class Authority:
    def __init__(self, folder):
        self.dir = folder
        self.config = os.path.join(folder, 'openssl.cnf')
        self.ca = os.path.join(folder, 'ca.pem')

    def path(self, name):
        return os.path.join(self.dir, name)

    def make(self):
        os.makedirs(self.dir, exist_ok=True)
        give(self.dir)
        with open(self.config, 'w') as f:
            f.write(CONFIG.format(dir=self.dir))
        with open(self.path('index.txt'), 'w'):
            pass
        give(self.path('index.txt'))
        run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
             '-config', self.config, '-extensions', 'authority', '-subj', '/CN=Lab authority', '-days', '3650',
             '-keyout', self.path('ca.key'), '-out', self.ca])
        run(['openssl', 'req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
             '-config', self.config, '-subj', '/CN=mangatheque.lab', '-keyout', self.path('server.key'),
             '-out', self.path('server.csr')])
        self.issue(90)

    def issue(self, days, start=-1):
        """(Re)issues the server's certificate, valid for `days` from now; may be negative."""
        run(['openssl', 'ca', '-batch', '-notext', '-config', self.config, '-extensions', 'server',
             '-startdate', moment(min(start, days - 1)), '-enddate', moment(days),
             '-in', self.path('server.csr'), '-out', self.path('server.pem.new')])
        os.replace(self.path('server.pem.new'), self.path('server.pem'))
