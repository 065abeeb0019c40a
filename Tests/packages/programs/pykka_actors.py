# pykka: actors in threads, futures, proxies.
import pykka


class Counter(pykka.ThreadingActor):
    def __init__(self, start=0):
        super().__init__()
        self.total = start

    def add(self, n):
        self.total += n
        return self.total

    def on_receive(self, message):
        self.total += message['add']
        return self.total

    def fail(self):
        raise ZeroDivisionError('in the actor')


class Relay(pykka.ThreadingActor):
    def __init__(self, target):
        super().__init__()
        self.target = target

    def add(self, n):
        return self.target.add(n).get()


counter = Counter.start(5)
proxy = counter.proxy()
print(proxy.total.get(), proxy.add(3).get(), counter.ask({'add': 2}))
relays = [Relay.start(proxy).proxy() for _ in range(20)]
futures = [relay.add(i) for i in range(100) for relay in relays]
results = pykka.get_all(futures)
print(len(results), max(results), proxy.total.get())
try:
    proxy.fail().get()
except ZeroDivisionError as e:
    print(e)
print(proxy.add(1).map(lambda n: n * 2).get(), pykka.ActorRegistry.get_by_class_name('Counter') == [counter])
counter.stop()
try:
    counter.ask({'add': 1})
except pykka.ActorDeadError as e:
    print('dead')
pykka.ActorRegistry.stop_all()
print(pykka.ActorRegistry.get_all())
