"""Runs one module of CPython's test-suite and reports every test as it ends. Started by `run`, on the Python under test.

usage: driver.py MODULE REPORT [DONE]

REPORT is a file that lines are appended to, one write each, so that they survive a crash:

    start TAB id
    passed|failed|skipped TAB id TAB last line of the error, or the reason
    end

DONE names a file of ids that have been reported already: they are not run again.
"""
import gc
import importlib
import os
import sys
import unittest


class Report(unittest.TestResult):
    """Tells each outcome at once. A test that fails in any part (subtests, cleanups) is reported as failed, once."""

    def __init__(self, descriptor):
        super().__init__()
        self.descriptor = descriptor
        self.outcome = None

    def line(self, *fields):
        text = '\t'.join(f.replace('\t', ' ').replace('\n', ' ') for f in fields)
        os.write(self.descriptor, (text + '\n').encode('utf-8', 'backslashreplace'))

    def startTest(self, test):
        super().startTest(test)
        self.outcome = None
        self.line('start', test.id())

    def stopTest(self, test):
        super().stopTest(test)
        kind, reason = self.outcome or ('failed', 'no outcome was reported')
        self.line(kind, test.id(), reason)
        self.outcome = None
        self.failures.clear()
        self.errors.clear()

    def note(self, test, kind, reason):
        if not isinstance(test, unittest.TestCase) or not hasattr(test, '_testMethodName'):
            # setUpClass, setUpModule: no startTest comes before and no stopTest after.
            self.line(kind, test.id(), reason)
        elif self.outcome is None or self.outcome[0] != 'failed':
            self.outcome = kind, reason

    def addSuccess(self, test):
        self.note(test, 'passed', '')

    def addError(self, test, err):
        self.note(test, 'failed', last_line(err))

    def addFailure(self, test, err):
        self.note(test, 'failed', last_line(err))

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.note(test, 'failed', last_line(err))

    def addSkip(self, test, reason):
        if self.outcome is None:
            self.note(test, 'skipped', reason)

    def addExpectedFailure(self, test, err):
        self.note(test, 'passed', '')

    def addUnexpectedSuccess(self, test):
        self.note(test, 'failed', 'unexpected success')


def last_line(err):
    kind, value = err[0], err[1]
    try:
        text = str(value).strip()
    except BaseException as e:
        text = f'<str() raised {type(e).__name__}>'
    lines = [line for line in text.splitlines() if line.strip()]
    if issubclass(kind, AssertionError) and 'Failed doctest' in text:
        # A doctest's failure is a report of its own: its end says what was got.
        return 'doctest: ' + (lines[-1].strip() if lines else '')
    if text.startswith('Failed to import test module'):
        return lines[-1].strip()
    return f'{kind.__name__}: {lines[0].strip()[:200]}' if lines else kind.__name__


def flat(suite):
    for each in suite:
        if isinstance(each, unittest.TestSuite):
            yield from flat(each)
        else:
            yield each


#: Modules whose tests mean something only when their test_main has prepared them.
RUN_BY_MAIN = {'test.test_xml_etree'}


def run_by_main(module, run):
    """Runs the tests of the classes that the module's test_main names, as it prepared them."""
    from test import support
    support.run_unittest = lambda *classes: run(unittest.TestSuite(map(unittest.defaultTestLoader.loadTestsFromTestCase, classes)))
    importlib.import_module(module).test_main()


def collect_before_counting():
    """Where objects die at collections, threads that ended are still in `threading._dangling` when the test-suite's own check
    counts them: it would warn, and wait for a second in each test that uses threads. A collection before makes it ask the same."""
    from test.support import threading_helper
    check = threading_helper.threading_cleanup

    def threading_cleanup(*original_values):
        gc.collect()
        check(*original_values)

    threading_helper.threading_cleanup = threading_cleanup


def quicken_clock():
    """test_int compares how long conversions take, and leaves out what is too quick to be measured, here all. It asks for ratios
    only, so a clock that runs faster gives the same answers."""
    import time
    clock = time.process_time
    time.process_time = lambda: 100 * clock()


def main():
    module, report = sys.argv[1:3]
    done = set()
    if len(sys.argv) > 3:
        with open(sys.argv[3], encoding='utf-8') as f:
            done = {line.rstrip('\n') for line in f}
    result = Report(os.open(report, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644))
    if sys.implementation.name != 'cpython':
        sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'support'))
    try:
        from test import support
        support.verbose = 0
        collect_before_counting()
        if module == 'test.test_int':
            quicken_clock()
    except Exception:
        pass    # the module's own import will say what is wrong

    def run(suite):
        unittest.TestSuite(test for test in flat(suite) if test.id() not in done).run(result)

    if module in RUN_BY_MAIN:
        run_by_main(module, run)
    else:
        run(unittest.defaultTestLoader.loadTestsFromName(module))
    result.line('end')
    sys.stdout.flush()
    # Threads that a failed test left behind must not keep the process.
    os._exit(0)


if __name__ == '__main__':
    main()
