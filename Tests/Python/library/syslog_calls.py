"""syslog: what wrong calls raise, masks, and the audit events, also that of the first message's opening."""

import sys
import syslog


def outcome(f, *arguments, **names):
    try:
        return f(*arguments, **names)
    except Exception as error:
        return f'{type(error).__name__}: {error}'


events = []
sys.addaudithook(lambda event, arguments: events.append((event, arguments)) if event.startswith('syslog') else None)
for arguments in (), (1, 2, 3), (1,), ('a', 'b'), (2**40, 'a'), ('\ud800',), ('first',), (syslog.LOG_ERR, 'second'):
    print(ascii(arguments), outcome(syslog.syslog, *arguments))
print(outcome(syslog.closelog), outcome(syslog.closelog), outcome(syslog.closelog, 1), outcome(syslog.syslog, 'again'))
print(outcome(syslog.openlog, 3), outcome(syslog.openlog, logoption='a'), outcome(syslog.openlog, foo=1), outcome(syslog.openlog, 1, 2, 3, 4))
print(outcome(syslog.openlog, 'name', syslog.LOG_PID), outcome(syslog.openlog, facility=syslog.LOG_MAIL))
print(outcome(syslog.setlogmask, 'a'), outcome(syslog.setlogmask, 15), outcome(syslog.setlogmask, 255))
print(outcome(syslog.LOG_MASK), syslog.LOG_MASK(syslog.LOG_ERR), syslog.LOG_MASK(1000), syslog.LOG_UPTO(syslog.LOG_NOTICE))
print(sorted((name, value) for name, value in vars(syslog).items() if name.startswith('LOG') and isinstance(value, int)))
for event in events:
    print(ascii(event))
