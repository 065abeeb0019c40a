# waitress serves a WSGI application to fifty client threads.
import http.client
import threading
from concurrent.futures import ThreadPoolExecutor

from waitress.server import create_server

CLIENTS, REQUESTS = 50, 10


def application(environ, start_response):
    size = int(environ.get('CONTENT_LENGTH') or 0)
    body = environ['wsgi.input'].read(size)
    answer = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} {len(body)} ".encode() + body[::-1] + b'.' * 20000
    start_response('200 OK', [('Content-Type', 'application/octet-stream'), ('Content-Length', str(len(answer)))])
    return [answer[i:i + 4096] for i in range(0, len(answer), 4096)]


server = create_server(application, host='127.0.0.1', port=0, threads=8, connection_limit=200, backlog=200)
port = server.effective_port
thread = threading.Thread(target=server.run, daemon=True)
thread.start()


def client(n):
    connection = http.client.HTTPConnection('127.0.0.1', port, timeout=60)
    good = 0
    for i in range(REQUESTS):
        body = f'client {n} request {i} '.encode() * 50
        connection.request('POST' if i % 2 else 'PUT', f'/c{n}/r{i}', body)
        answer = connection.getresponse()
        text = answer.read()
        expected = f"{'POST' if i % 2 else 'PUT'} /c{n}/r{i} {len(body)} ".encode() + body[::-1] + b'.' * 20000
        good += answer.status == 200 and text == expected
    connection.close()
    return good


with ThreadPoolExecutor(CLIENTS) as pool:
    print(sum(pool.map(client, range(CLIENTS))), 'of', CLIENTS * REQUESTS)
server.close()
