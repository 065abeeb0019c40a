# bottle: routing, templates, forms, files, by a threaded wsgiref server.
import socketserver
import threading
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import bottle
from bottle import Bottle, HTTPError, abort, redirect, request, response, template

app = Bottle()
hits = []


@app.route('/square/<n:int>')
def square(n):
    hits.append(n)
    response.set_header('X-Thread', 'yes')
    return {'n': n, 'square': n * n}


@app.post('/form')
def form():
    return template('{{name}} has {{count}}\n% for i in range(int(count)):\n<{{i}}>\n% end\n', name=request.forms.name, count=request.forms.count)


@app.route('/away')
def away():
    redirect('/square/3')


@app.route('/denied')
def denied():
    abort(403, 'not for you')


class Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 100


class Handler(WSGIRequestHandler):
    def log_message(self, *args):
        pass


server = make_server('127.0.0.1', 0, app, Server, Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
base = f'http://127.0.0.1:{server.server_port}'


def fetch(n):
    with urllib.request.urlopen(f'{base}/square/{n}', timeout=60) as answer:
        return answer.read() == b'{"n": %d, "square": %d}' % (n, n * n) and answer.headers['X-Thread']


def post(n):
    data = urllib.parse.urlencode({'name': f'n{n}', 'count': n % 4}).encode()
    return urllib.request.urlopen(f'{base}/form', data, timeout=60).read().decode() == f'n{n} has {n % 4}\n' + ''.join(f'&lt;{i}&gt;\n' if False else f'<{i}>\n' for i in range(n % 4))


with ThreadPoolExecutor(16) as pool:
    print(set(pool.map(fetch, range(200))), sum(pool.map(post, range(100))), sorted(hits) == list(range(200)))
print(urllib.request.urlopen(f'{base}/away').read())
try:
    urllib.request.urlopen(f'{base}/denied')
except urllib.error.HTTPError as e:
    print(e.code, b'not for you' in e.read())
server.shutdown()
