"""A __hash__ that answers an int of up to 64 bits is taken as it is; longer ones hash as ints."""


class H:
    def __init__(self, h):
        self.h = h

    def __hash__(self):
        return self.h


for h in (0, -1, -2, 2**61 - 1, 2**61, 2**62 - 1, 2**62, 2**63 - 1, -2**62, -2**62 - 1, -2**63, 2**63, -2**63 - 1, 2**100, True):
    print(h, hash(H(h)), type(hash(H(h))).__name__)


class Z(int):
    def __hash__(self):
        return self


print(hash(Z(42)), hash(Z(-1)), hash(Z(2**70)) == hash(2**70))
print({H(2**62): 1, H(2**63 - 1): 2}.popitem()[1])
