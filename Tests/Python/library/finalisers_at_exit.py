# At exit __del__ finds what its object refers to unfinalised: files still open.
import io


class Wrapped(io.BytesIO):
    pass


class Holder:
    def __init__(self):
        self.buffer = io.BytesIO()
        self.lines = io.StringIO()
        self.file = Wrapped(b'abc')

    def __del__(self):
        self.buffer.write(b'text')
        self.lines.write('lines')
        print(self.buffer.getvalue(), self.lines.getvalue(), self.file.read())


holder = Holder()
