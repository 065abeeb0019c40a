# TLS over memory BIOs, without sockets: handshake, data, certificates, sessions, protocols, names, messages, shutdown.
import _ssl
import os
import ssl
import warnings

warnings.simplefilter('ignore')
KEYCERT = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'keycert.pem')


def attempt(f, *args, **kwargs):
    try:
        return f(*args, **kwargs)
    except Exception as e:
        # The numbers of lines belong to an implementation.
        print(type(e).__name__, str(e).partition(' (_ssl.c')[0], getattr(e, 'reason', ''), getattr(e, 'library', ''), getattr(e, 'errno', ''))


class Pair:
    """A client and a server that talk through memory."""

    def __init__(self, client, server, hostname='localhost', session=None):
        a, b = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.client = client.wrap_bio(a, b, server_hostname=hostname, session=session)
        self.server = server.wrap_bio(b, a, server_side=True)
        self.bios = a, b

    def handshake(self):
        todo = [self.client, self.server]
        for _ in range(20):
            for side in list(todo):
                try:
                    side.do_handshake()
                    todo.remove(side)
                except ssl.SSLWantReadError:
                    pass
            if not todo:
                return self
        raise AssertionError('no end')


def contexts():
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.load_verify_locations(KEYCERT)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(KEYCERT)
    return client, server


client, server = contexts()
print(client.cert_store_stats(), client.get_ca_certs() == [_ssl._test_decode_cert(KEYCERT)], client.verify_mode, client.check_hostname)
for key, value in _ssl._test_decode_cert(KEYCERT).items():
    print(key, value)

p = Pair(client, server)
attempt(p.client.getpeercert)
attempt(p.client.read, 10)
print(p.client.version(), p.client.cipher(), p.client.pending(), p.client.session_reused)
p.handshake()
print(p.client.version(), p.client.cipher(), p.server.cipher(), p.client.selected_alpn_protocol(), p.client.compression())
print(p.client.getpeercert() == _ssl._test_decode_cert(KEYCERT), p.server.getpeercert(), len(p.client.getpeercert(True)))
print(p.client.server_hostname, p.server.server_hostname, p.client.server_side, p.server.server_side)
print([c.get_info() == p.client.getpeercert() for c in p.client._sslobj.get_verified_chain()], p.server._sslobj.get_unverified_chain())
certificate = p.client._sslobj.get_unverified_chain()[0]
print(certificate, certificate == p.client._sslobj.get_verified_chain()[0], len({certificate, p.client._sslobj.get_verified_chain()[0]}))
print(certificate.public_bytes() in open(KEYCERT).read(), certificate.public_bytes(2) == p.client.getpeercert(True))

# data, more than a record
print(p.client.write(b'hello'), p.server.read(3), p.server.pending(), p.server.read(100))
attempt(p.server.read, 1)
big = os.urandom(100000)
print(p.server.write(big))
got = b''
while len(got) < len(big):
    got += p.client.read(len(big))
print(got == big)
buffer = bytearray(b'..........')
p.client.write(memoryview(b'ab'))
print(p.server.read(5, buffer), buffer)
attempt(p.server.read, 5, b'constant')
attempt(p.server.read, -1)
print(p.server.read(0), p.client.write(b''))

# goodbye
attempt(p.client.unwrap)
attempt(p.server.unwrap)
print(p.client.unwrap())
attempt(p.client.read, 1)
attempt(p.client.write, b'x')

# refused, for a reason
for hostname, change in [('other.test', None), ('x.example.test', None), ('127.0.0.1', None), ('127.0.0.2', None), ('localhost', 'untrusted')]:
    client, server = contexts()
    if change:
        client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        Pair(client, server, hostname).handshake()
        print(hostname, 'accepted')
    except ssl.SSLCertVerificationError as e:
        print(hostname, e.reason, e.library, e.verify_code, e.verify_message, str(e).partition(' (_ssl.c')[0], e.errno, e.args[0])
client, server = contexts()
server.set_ciphers('AES128-SHA')
server.maximum_version = ssl.TLSVersion.TLSv1_2
attempt(Pair(client, server).handshake)
client, server = contexts()
client.minimum_version = client.maximum_version = ssl.TLSVersion.TLSv1_2
server.minimum_version = ssl.TLSVersion.TLSv1_3
attempt(Pair(client, server).handshake)

# versions, bindings, sessions
for version in ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3:
    client, server = contexts()
    client.maximum_version = version
    p = Pair(client, server).handshake()
    p.server.write(b'x')
    p.client.read(1)
    s = p.client.session
    print(p.client.version(), len(p.client.get_channel_binding()), p.client.get_channel_binding() == p.server.get_channel_binding(), type(s).__name__, s == p.client.session,
          s.has_ticket, s.timeout, s.ticket_lifetime_hint, s != 1, isinstance(s.id, bytes))
    q = Pair(client, server, session=s).handshake()
    print(q.client.session_reused, q.server.session_reused, server.session_stats()['hits'])
    attempt(setattr, q.client, 'session', s)
    attempt(setattr, Pair(*contexts()).client, 'session', s)
    attempt(setattr, q.client, 'session', 3)

# protocols
for offers, has in [(['http/1.1', 'h2'], ['h2']), (['a'], ['b']), ([], ['b'])]:
    client, server = contexts()
    if offers: client.set_alpn_protocols(offers)
    server.set_alpn_protocols(has)
    p = Pair(client, server).handshake()
    print(p.client.selected_alpn_protocol(), p.server.selected_alpn_protocol())

# names
client, server = contexts()
other = contexts()[1]
seen = []


def by_name(connection, name, context):
    seen.append((type(connection).__name__, name, context is server))
    connection.context = other


server.sni_callback = by_name
p = Pair(client, server).handshake()
print(seen, p.server.context is other, server.sni_callback is by_name)
server.sni_callback = lambda *a: ssl.ALERT_DESCRIPTION_ACCESS_DENIED
attempt(Pair(client, server).handshake)
server.sni_callback = None
Pair(client, server).handshake()

# messages
client, server = contexts()
messages = []
client._msg_callback = lambda conn, direction, version, content, kind, data: messages.append((direction, version.name, content.name, getattr(kind, 'name', kind), type(data).__name__))
Pair(client, server).handshake()
print([m[:4] for m in messages if m[2] == 'HANDSHAKE'])


def failing(*args):
    raise ZeroDivisionError('in the callback')


client._msg_callback = failing
attempt(Pair(client, server).handshake)
attempt(setattr, client, '_msg_callback', 3)
