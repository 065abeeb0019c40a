"""Small native modules: tracemalloc when it doesn't trace, _opcode, _typing."""
import tracemalloc, _typing, _opcode, opcode
print(tracemalloc.is_tracing(), tracemalloc.get_object_traceback([]), tracemalloc.get_traced_memory())
print(_typing._idfunc(3), _opcode.get_specialization_stats(), len(opcode.opmap) > 100)
try:
    _opcode.stack_effect(9999, 0)
except ValueError as e:
    print(e)
import warnings
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter('always')
    warnings.warn('careful', ResourceWarning)
print([str(w.message) for w in caught], warnings.formatwarning('m', UserWarning, 'f.py', 3, 'code'))
