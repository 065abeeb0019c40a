"""Fetching pages from a slow server: one by one, on four threads, and as four tasks of asyncio.

While a thread waits for the network it needs no lock, so threads help in both lock modes. The server runs in this
process and answers each request after a pause.
"""
import asyncio
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

REQUESTS, DELAY = 4, 0.25


class SlowHandler(BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(DELAY)
        body = b'answered\n'
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def fetch(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read()


async def fetch_as_task(address):
    reader, writer = await asyncio.open_connection(*address)
    writer.write(b'GET / HTTP/1.0\r\n\r\n')
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer.partition(b'\r\n\r\n')[2]


async def fetch_as_tasks(address):
    return await asyncio.gather(*(fetch_as_task(address) for _ in range(REQUESTS)))


def timed(action):
    begin = time.perf_counter()
    pages = action()
    seconds = time.perf_counter() - begin
    assert list(pages) == [b'answered\n'] * REQUESTS, pages
    return seconds


def on_threads(urls):
    with ThreadPoolExecutor(max_workers=REQUESTS) as pool:
        return list(pool.map(fetch, urls))


def main():
    server = ThreadingHTTPServer(('127.0.0.1', 0), SlowHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    urls = [f'http://127.0.0.1:{server.server_port}/'] * REQUESTS
    sequential = timed(lambda: [fetch(url) for url in urls])
    threads = timed(lambda: on_threads(urls))
    tasks = timed(lambda: asyncio.run(fetch_as_tasks(server.server_address)))
    server.shutdown()
    server.server_close()
    print(f'one by one: {sequential:.2f} s')
    print(f'4 threads:  {threads:.2f} s')
    print(f'4 tasks:    {tasks:.2f} s')
    print(f'@ sequential {sequential:.2f} s')
    print(f'@ threads {threads:.2f} s')
    print(f'@ asyncio {tasks:.2f} s')
    print(f'@ ratio {threads / sequential:.2f}')
    print('@ claim Threads are excellent for waiting:', 'confirmed' if threads < sequential * 0.5 else 'overturned')


if __name__ == '__main__':
    main()
