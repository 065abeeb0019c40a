# super() without arguments needs a parameter of its own: *args is none.
class A:
    def stars(*args):
        return super()

    def both(self, *args):
        return super().__repr__ is not None

    def nothing():
        super()


for f in (A().stars, A().both, A.nothing):
    try:
        print(f())
    except RuntimeError as e:
        print(e)
match 5:
    case int():
        print("int")
try:
    match 5:
        case A.both():
            pass
except TypeError as e:
    print(e)
