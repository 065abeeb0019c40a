# flask behind its threaded server: routes, templates, sessions, context variables of many requests at once.
import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import requests
from flask import Flask, g, jsonify, render_template_string, request, session, url_for
from werkzeug.serving import make_server

logging.getLogger('werkzeug').setLevel(logging.ERROR)
app = Flask(__name__)
app.secret_key = 'for tests'


@app.before_request
def note():
    g.name = request.args.get('name', 'nobody')


@app.get('/hello')
def hello():
    return render_template_string('{% for i in range(3) %}{{ loop.index }}:{{ name|upper }} {% endfor %}{{ url_for("count") }}', name=g.name)


@app.post('/count')
def count():
    session['n'] = session.get('n', 0) + request.get_json()['by']
    return jsonify(n=session['n'], name=g.name)


@app.route('/fail')
def fail():
    raise ZeroDivisionError('on purpose')


@app.errorhandler(ZeroDivisionError)
def failed(e):
    return f'{type(e).__name__}: {e}', 500


with app.test_client() as client:
    print(client.get('/hello?name=test').text, client.get('/nothing').status_code, client.get('/fail').text)

server = make_server('127.0.0.1', 0, app, threaded=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
base = f'http://127.0.0.1:{server.server_port}'


def visitor(n):
    with requests.Session() as s:
        total = 0
        for i in range(5):
            total += i * n
            answer = s.post(f'{base}/count', params={'name': f'v{n}'}, json={'by': i * n}).json()
            if answer != {'n': total, 'name': f'v{n}'}:
                return False
            if s.get(f'{base}/hello', params={'name': f'v{n}'}).text != f'1:V{n} 2:V{n} 3:V{n} /count':
                return False
        return s.get(f'{base}/fail').status_code == 500


with ThreadPoolExecutor(20) as pool:
    print(sum(pool.map(visitor, range(40))))
server.shutdown()
