# requests, one session and many, fanned out by a pool of threads to a local server: JSON, redirects, cookies, gzip, streams.
import gzip
import http.server
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    failed = set()

    def answer(self, status, body=b'', **headers):
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key.replace('_', '-'), value)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        kind, _, rest = self.path[1:].partition('/')
        if kind == 'json':
            self.answer(200, json.dumps({'n': int(rest), 'text': 'täxt'}).encode(), Content_Type='application/json')
        elif kind == 'moved':
            self.answer(302, Location='/json/' + rest, Set_Cookie='seen=' + rest)
        elif kind == 'packed':
            self.answer(200, gzip.compress(rest.encode() * 1000), Content_Encoding='gzip', Content_Type='text/plain; charset=utf-8')
        elif kind == 'flaky':
            first = rest not in self.failed
            self.failed.add(rest)
            self.answer(503 if first else 200, b'' if first else rest.encode())
        else:
            self.answer(404, b'no such thing')

    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length']))
        self.answer(200, self.headers['Content-Type'].partition(';')[0].encode() + b' ' + body[:30])

    def log_message(self, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 100


server = Server(('127.0.0.1', 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
base = f'http://127.0.0.1:{server.server_port}'

session = requests.Session()
session.mount('http://', HTTPAdapter(pool_maxsize=20, max_retries=Retry(3, status_forcelist=[503], backoff_factor=0.01)))


def work(n):
    results = [
        session.get(f'{base}/json/{n}').json() == {'n': n, 'text': 'täxt'},
        requests.get(f'{base}/moved/{n}').history[0].cookies['seen'] == str(n),
        session.get(f'{base}/packed/{n}').text == str(n) * 1000,
        session.get(f'{base}/flaky/{n}').text == str(n),
        session.get(f'{base}/nothing').status_code == 404,
        requests.post(base, json={'a': n}).text == 'application/json {"a": %d}' % n,
        requests.post(base, data={'a': n, 'b': 'x y'}).text == f'application/x-www-form-urlencoded a={n}&b=x+y',
        requests.post(base, files={'f': b'content'}).text.startswith('multipart/form-data --'),
        b''.join(session.get(f'{base}/packed/{n}', stream=True).iter_content(100)) == str(n).encode() * 1000,
    ]
    return results


with ThreadPoolExecutor(20) as pool:
    rows = list(pool.map(work, range(60)))
print([sum(column) for column in zip(*rows)])
for bad in 'http://127.0.0.1:1/', 'nothing://x', 'http://':
    try:
        requests.get(bad, timeout=5)
    except requests.RequestException as e:
        print(type(e).__name__)
server.shutdown()
