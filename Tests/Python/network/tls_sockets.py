# ladon: timeout=60
# TLS over sockets: many clients at once, timeouts, non-blocking, HTTPS.
import http.server
import os
import socket
import ssl
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor

KEYCERT = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'keycert.pem')
server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
server_context.load_cert_chain(KEYCERT)
client_context = ssl.create_default_context(cafile=KEYCERT)


def brief(e):
    return type(e).__name__ + ' ' + str(e).partition(' (_ssl.c')[0]


def pair():
    """Two ends of one connection."""
    with socket.create_server(('127.0.0.1', 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        server, _ = listener.accept()
    with ThreadPoolExecutor(1) as pool:
        made = pool.submit(server_context.wrap_socket, server, server_side=True)
        return client_context.wrap_socket(client, server_hostname='localhost'), made.result()


client, server = pair()
print(client.version(), client.cipher()[0] == server.cipher()[0], client.getpeercert()['subject'][2])

# timeouts, non-blocking
client.settimeout(0.05)
try:
    client.recv(1)
except TimeoutError as e:
    print(brief(e))
client.setblocking(False)
for f in lambda: client.recv(1), lambda: client.recv_into(bytearray(1)):
    try:
        f()
    except ssl.SSLWantReadError as e:
        print(brief(e), e.errno)
try:
    while True:
        client.send(bytes(100000))
except ssl.SSLWantWriteError as e:
    print(brief(e), e.errno)
client.close()
try:
    while server.recv(100000):
        pass
    print('end')
except OSError as e:
    print(type(e).__name__)
server.close()
try:
    server.recv(1)
except OSError as e:
    print(brief(e))

# goodbye on both sides gives the plain sockets back
client, server = pair()
with ThreadPoolExecutor(1) as pool:
    job = pool.submit(server.unwrap)
    plain = client.unwrap()
    other = job.result()
    plain.sendall(b'plain')
    print(type(plain).__name__, other.recv(10))
    plain.close()
    other.close()

# no TLS on the other side
with socket.create_server(('127.0.0.1', 0)) as listener:
    client = socket.create_connection(listener.getsockname())
    end, _ = listener.accept()
    end.sendall(b'SSH-2.0-not TLS at all\r\n' * 10)
    try:
        client_context.wrap_socket(client, server_hostname='localhost')
    except ssl.SSLError as e:
        print(brief(e), e.reason, e.library)
    end.close()
    client = socket.create_connection(listener.getsockname(), timeout=0.1)
    try:
        client_context.wrap_socket(client, server_hostname='localhost')
    except TimeoutError as e:
        print('handshake operation timed out' in str(e))
    client = socket.create_connection(listener.getsockname())
    for _ in range(2):
        end, _ = listener.accept()
        end.close()
    try:
        client_context.wrap_socket(client, server_hostname='localhost')
    except OSError as e:
        print(type(e).__name__ in ('SSLEOFError', 'ConnectionResetError', 'SSLZeroReturnError', 'BrokenPipeError'))


# HTTPS, with many clients
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_GET(self):
        body = self.path.encode() * 1000
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 100

    def finish_request(self, request, address):
        # The handshake belongs to the client's thread.
        with server_context.wrap_socket(request, server_side=True) as connection:
            self.RequestHandlerClass(connection, address, self)


web = Server(('127.0.0.1', 0), Handler)
web.handle_error = lambda *args: None
threading.Thread(target=web.serve_forever, daemon=True).start()
base = f'https://localhost:{web.server_address[1]}/'


def fetch(n):
    with urllib.request.urlopen(base + str(n), context=client_context, timeout=30) as answer:
        return answer.status, answer.read() == f'/{n}'.encode() * 1000


with ThreadPoolExecutor(16) as pool:
    print(set(pool.map(fetch, range(60))))
try:
    urllib.request.urlopen(base, timeout=30, context=ssl.create_default_context())
except OSError as e:
    print(type(e).__name__, e.reason.verify_message)
web.shutdown()
