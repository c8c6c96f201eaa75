"""A DNS server for names ending in .lab: each is 127.0.0.1. Everything else does
not exist. control.json: {"mode": "answer" | "nxdomain" | "servfail" | "silent",
"address": "127.0.0.2"}. Usage: dns.py FOLDER PORT"""
import os
import socket
import struct
import sys

import control

folder, port = sys.argv[1], int(sys.argv[2])
TYPE_A, CLASS_IN = 1, 1


def question(packet):
    """Name, type, class and the bytes of the first question."""
    labels, at = [], 12
    while packet[at]:
        labels.append(packet[at + 1:at + 1 + packet[at]].decode('ascii', 'replace'))
        at += 1 + packet[at]
    kind, klass = struct.unpack('!HH', packet[at + 1:at + 5])
    return '.'.join(labels).lower(), kind, klass, packet[12:at + 5]


def reply(packet, order):
    name, kind, klass, asked = question(packet)
    mode, known = order.get('mode', 'answer'), name.endswith('.lab')
    code = {'nxdomain': 3, 'servfail': 2}.get(mode, 0 if known else 3)
    found = code == 0 and kind == TYPE_A and klass == CLASS_IN
    head = packet[:2] + struct.pack('!HHHHH', 0x8580 | code, 1, int(found), 0, 0)
    answer = struct.pack('!HHHIH', 0xc00c, TYPE_A, CLASS_IN, 1, 4) + socket.inet_aton(order.get('address', '127.0.0.1'))
    return head + asked + (answer if found else b'')


with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
    server.bind(('127.0.0.1', port))
    open(os.path.join(folder, 'ready'), 'w').close()
    while True:
        data, peer = server.recvfrom(4096)
        orders = control.read(folder)
        if orders.get('mode') == 'silent':
            continue
        try:
            server.sendto(reply(data, orders), peer)
        except (IndexError, struct.error):
            pass  # not a question
