"""Web servers that no plan should have to meet: each path is another way to be a
bad target. One thread a connection; ends with its test."""
import socket
import threading
import time


class Hostile:
    def __init__(self):
        self.server = socket.create_server(('127.0.0.1', 0), backlog=64)
        self.port = self.server.getsockname()[1]
        self.url = f'http://127.0.0.1:{self.port}'
        self.closing = False
        threading.Thread(target=self.accept, daemon=True).start()

    def close(self):
        self.closing = True
        self.server.close()

    def accept(self):
        while not self.closing:
            try:
                peer, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(peer,), daemon=True).start()

    def serve(self, peer):
        try:
            peer.settimeout(30)
            way = peer.recv(4096).split(b' ')[1].decode().strip('/').replace('-', '_')
            getattr(self, way)(peer)
        except (OSError, IndexError, AttributeError):
            pass
        finally:
            peer.close()

    def drip(self, peer, piece, every, head=b''):
        peer.sendall(head)
        while not self.closing:
            peer.sendall(piece)
            time.sleep(every)

    def endless_headers(self, peer):
        self.drip(peer, b'X-More: ' + b'y' * 1000 + b'\r\n', 0, b'HTTP/1.1 200 OK\r\n')

    def slow_bytes(self, peer):
        self.drip(peer, b'x', 0.3, b'HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n')

    def huge_body(self, peer):
        self.drip(peer, b'z' * 65536, 0, b'HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n')

    def endless_chunks(self, peer):
        self.drip(peer, b'4000\r\n' + b'c' * 0x4000 + b'\r\n', 0, b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')

    def too_short(self, peer):
        peer.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nonly this')

    def wrong_lengths(self, peer):
        peer.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 50\r\n\r\nhello')

    def loop(self, peer):
        peer.sendall(b'HTTP/1.1 302 Found\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n')

    def never_answers(self, peer):
        while not self.closing:
            time.sleep(0.5)

    def garbage(self, peer):
        peer.sendall(bytes(range(256)) * 40)

    def closes(self, peer):
        pass

    def file_redirect(self, peer):
        peer.sendall(b'HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n')
