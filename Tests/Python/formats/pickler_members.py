# A pickler's dispatch_table, bin and fast are member descriptors: loky and cloudpickle look for that to set a table that a
# subclass's attribute of the same name hides.
import copyreg
import io
import pickle
import types


class Point:
    def __init__(self, x):
        self.x = x


def reduce_point(p):
    return int, (str(p.x),)


class Hidden(pickle.Pickler):
    dispatch_table = dict(copyreg.dispatch_table)


for name in 'bin', 'fast', 'dispatch_table':
    descriptor = pickle.Pickler.__dict__[name]
    print(name, type(descriptor).__name__, isinstance(descriptor, types.MemberDescriptorType))
for name in 'memo', 'persistent_id':
    print(name, type(pickle.Pickler.__dict__[name]).__name__)

out = io.BytesIO()
pickler = Hidden(out)
pickle.Pickler.__dict__['dispatch_table'].__set__(pickler, {Point: reduce_point})
pickler.dump(Point(7))
print(pickle.loads(out.getvalue()), Point in pickler.dispatch_table)

out = io.BytesIO()
pickler = Hidden(out)
pickler.dispatch_table = {Point: reduce_point}
pickler.dump(Point(7))
print(type(pickle.loads(out.getvalue())).__name__, Point in pickler.dispatch_table)
