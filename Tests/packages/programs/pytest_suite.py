# pytest runs a small test-suite with fixtures, parameters, marks, a failure, and assertion rewriting.
import contextlib
import io
import os
import re
import tempfile
import textwrap

import pytest

SUITE = '''
    import threading
    import pytest

    @pytest.fixture(scope="module")
    def shared():
        values = []
        yield values
        values.clear()

    @pytest.fixture(params=[1, 2])
    def number(request):
        return request.param

    def test_number(number, shared):
        shared.append(number)
        assert number in (1, 2)

    @pytest.mark.parametrize("text, length", [("", 0), ("abc", 3), ("täxt", 4)])
    def test_length(text, length):
        assert len(text) == length

    def test_threads(tmp_path):
        def write(n):
            (tmp_path / str(n)).write_text(str(n))
        threads = [threading.Thread(target=write, args=(n,)) for n in range(10)]
        for t in threads: t.start()
        for t in threads: t.join()
        assert sorted(int(p.read_text()) for p in tmp_path.iterdir()) == list(range(10))

    def test_raises():
        with pytest.raises(ZeroDivisionError, match="division"):
            1 / 0

    def test_output(capsys):
        print("hello")
        assert capsys.readouterr().out == "hello\\n"

    def test_patched(monkeypatch):
        monkeypatch.setenv("LADON_TEST", "yes")
        import os
        assert os.environ["LADON_TEST"] == "yes"

    @pytest.mark.skip(reason="for the sake of it")
    def test_skipped(): pass

    @pytest.mark.xfail
    def test_expected(): assert False

    def test_fails():
        left = {"a": [1, 2, 3], "b": "x"}
        right = {"a": [1, 2, 4], "b": "x"}
        assert left == right

    class TestClass:
        def setup_method(self): self.x = 3
        def test_x(self): assert self.x == 3
        def test_approx(self): assert 0.1 + 0.2 == pytest.approx(0.3)
'''
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, 'test_small.py')
    with open(path, 'w', encoding='utf-8') as f:
        f.write(textwrap.dedent(SUITE))
    os.chdir(folder)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        status = pytest.main(['-v', '-p', 'no:cacheprovider', '--tb=long', path])
    os.chdir('/')
text = re.sub(r'0x[0-9a-f]+', 'ADDRESS', out.getvalue())
print(int(status))
# Versions, paths and times at the beginning and the end are the machine's.
print(*[re.sub(r'in [0-9.]+s', 'in TIME', line).strip('= ') for line in text.splitlines() if not line.startswith(('platform', 'rootdir', 'plugins'))], sep='\n')
