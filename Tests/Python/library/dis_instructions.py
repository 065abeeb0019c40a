# dis on whatever machine the code is for: what must hold for the instructions of any.
import dis
import io
import sys


def tried(values, wanted):
    total = 0
    try:
        for value in values:
            total += value if value != "unlikely constant" else wanted.attribute
    except KeyError as error:
        print(error)
    finally:
        del values
    return lambda: total


async def waiting(step):
    async with step as entered:
        return [x async for x in entered]


def wide():
    pass


class Holder:
    field: int = 3

    def method(self):
        return super().method()


def check(code):
    instructions = list(dis.get_instructions(code))
    offsets = [each.offset for each in instructions]
    assert offsets == sorted(set(offsets)) and offsets[-1] < len(code.co_code)
    known = set(offsets)
    for each in instructions:
        assert isinstance(each, dis.Instruction) and each.opname.isupper()
        if each.argrepr.startswith("to "):
            assert each.argval in known
    assert {each.starts_line for each in instructions} - {None} <= {line for *_, line in code.co_lines()}
    text = io.StringIO()
    dis.dis(code, file=text, depth=0)
    shown = text.getvalue()
    assert all(each.opname in shown for each in instructions)
    cached = list(dis.get_instructions(code, show_caches=True))
    assert [each.offset for each in cached if each.opname != "CACHE"] == offsets
    assert list(dis.Bytecode(code))[0].offset == offsets[0]
    for constant in code.co_consts:
        if hasattr(constant, "co_code"):
            check(constant)


def values(function):
    return {each.argval for each in dis.get_instructions(function) if isinstance(each.argval, str)}


for code in (tried, waiting, wide, Holder.method):
    check(code.__code__)
check(compile(open(__file__).read(), __file__, "exec"))
print({"KeyError", "print", "attribute"} <= values(tried))
print(any(each.argval == "unlikely constant" for each in dis.get_instructions(tried)))
text = io.StringIO()
dis.dis(tried, file=text)
print("ExceptionTable:" in text.getvalue(), ">>" in text.getvalue(), "Disassembly of <code object <lambda>" in text.getvalue())
try:
    tried({}, None).missing
except AttributeError:
    text = io.StringIO()
    dis.distb(sys.exc_info()[2], file=text)
    print("-->" in text.getvalue())
tried([1], None)
adaptive = io.StringIO()
dis.dis(tried, file=adaptive, adaptive=True)
print("Disassembly" in adaptive.getvalue())
print([each.opname for each in dis.get_instructions(wide)][-1].startswith("RETURN"))
print(dis.code_info(wide).splitlines()[0])
