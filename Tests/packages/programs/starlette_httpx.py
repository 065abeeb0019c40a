# starlette under uvicorn in a thread, asked by httpx from threads and from an asyncio loop: routes, streams, middleware, errors.
import asyncio
import threading
import time

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route

done = []


async def echo(request):
    body = await request.body()
    return JSONResponse({'size': len(body), 'query': dict(request.query_params)}, background=BackgroundTask(done.append, 1))


def where(request):
    return PlainTextResponse('main' if threading.current_thread() is threading.main_thread() else 'thread')


async def stream(request):
    async def parts():
        for i in range(20):
            yield b'x' * i
            await asyncio.sleep(0)
    return StreamingResponse(parts())


async def boom(request):
    raise KeyError('boom')


class Mark(BaseHTTPMiddleware):
    async def dispatch(self, request, call_next):
        response = await call_next(request)
        response.headers['x-mark'] = 'yes'
        return response


routes = [Route('/', echo, methods=['GET', 'POST']), Route('/where', where), Route('/stream', stream), Route('/boom', boom)]
app = Starlette(routes=routes, middleware=[Middleware(Mark)])
server = uvicorn.Server(uvicorn.Config(app, port=0, log_level='critical', http='h11', ws='none', loop='asyncio'))
thread = threading.Thread(target=server.run)
thread.start()
while not server.started:
    time.sleep(0.01)
base = 'http://127.0.0.1:%d' % server.servers[0].sockets[0].getsockname()[1]
results = []


def ask(i):
    with httpx.Client(base_url=base, trust_env=False, timeout=60) as client:
        for k in range(5):
            answer = client.post('/', content=b'z' * (i * 1000 + k), params={'k': str(k)})
            assert answer.json() == {'size': i * 1000 + k, 'query': {'k': str(k)}} and answer.headers['x-mark'] == 'yes'
        results.append((i, client.get('/where').text, len(client.get('/stream').content), client.get('/boom').status_code))


async def ask_many():
    async with httpx.AsyncClient(base_url=base, trust_env=False, timeout=60) as client:
        answers = await asyncio.gather(*(client.get('/', params={'i': i}) for i in range(40)))
        print(sorted(int(a.json()['query']['i']) for a in answers) == list(range(40)))
        async with client.stream('GET', '/stream') as answer:
            print(sum([len(part) async for part in answer.aiter_bytes()]))


threads = [threading.Thread(target=ask, args=(i,)) for i in range(6)]
for t in threads:
    t.start()
for t in threads:
    t.join()
asyncio.run(ask_many())
server.should_exit = True
thread.join()
print(sorted(results), len(done))
