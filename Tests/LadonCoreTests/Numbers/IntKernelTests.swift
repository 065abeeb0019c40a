import LadonCore
import Testing

/// The calling thread as a Python thread, for the time of a body.
private func withThread(_ body: (Thread) -> Void) {
    _ = heapIsReady
    let t = attachThread()
    body(t)
    endThread(t)
}

private let heapIsReady: Bool = {
    if ladon_runtime.heapBase == 0 {
        initializeHeap()
        initializeThreads(gil: false)
    }
    return true
}()

private func int(_ t: Thread, _ text: String) -> Value {
    var text = text
    return text.withUTF8 { parseInt(t, $0.baseAddress!, $0.count, 10) }
}

private func text(_ t: Thread, _ v: Value, base: Int = 10) -> String {
    withIntDigits(t, v, base, failed: "raised") { String(decoding: UnsafeBufferPointer(start: $0, count: $1), as: UTF8.self) }
}

@Suite(.serialized) struct IntKernelTests {
    @Test func canonicalForm() {
        withThread { t in
            #expect(makeInt(t, Int.max >> 1).isSmallInt)
            #expect(!makeInt(t, (Int.max >> 1) + 1).isSmallInt)
            #expect(makeInt(t, Int.min >> 1).isSmallInt)
            #expect(!makeInt(t, (Int.min >> 1) - 1).isSmallInt)
            // Every way back into 63 bits ends in an immediate.
            let big = int(t, "4611686018427387904")
            #expect(!big.isSmallInt && intSub(t, big, .one).isSmallInt)
            #expect(intNeg(t, big) == Value(smallInt: Int.min >> 1))
            #expect(intFloorDiv(t, big, big) == .one)
            #expect(intAnd(t, big, .one) == .zero)
            #expect(intRshift(t, big, .one).isSmallInt)
            #expect(intXor(t, big, big) == .zero)
            #expect(parseInt(t, "00000000000000000000000000000000000000007", 41, 10) == Value(smallInt: 7))
        }
    }

    @Test(arguments: [
        ("0", "-1", "-1", "0"), ("4611686018427387903", "1", "4611686018427387904", "4611686018427387903"),
        ("9223372036854775807", "9223372036854775807", "18446744073709551614", "85070591730234615847396907784232501249"),
        ("-170141183460469231731687303715884105728", "-1", "-170141183460469231731687303715884105729", "170141183460469231731687303715884105728"),
        ("340282366920938463463374607431768211455", "1", "340282366920938463463374607431768211456", "340282366920938463463374607431768211455"),
        ("-1000000000000000000000000000000", "1000000000000000000000000000000", "0", "-1000000000000000000000000000000000000000000000000000000000000"),
    ])
    func sumsAndProducts(_ a: String, _ b: String, _ sum: String, _ product: String) {
        withThread { t in
            #expect(text(t, intAdd(t, int(t, a), int(t, b))) == sum)
            #expect(text(t, intMul(t, int(t, a), int(t, b))) == product)
            #expect(text(t, intSub(t, int(t, sum), int(t, b))) == a)
        }
    }

    @Test(arguments: [
        ("7", "2", "3", "1"), ("-7", "2", "-4", "1"), ("7", "-2", "-4", "-1"), ("-7", "-2", "3", "-1"), ("6", "-3", "-2", "0"),
        ("-4611686018427387904", "-1", "4611686018427387904", "0"), ("-1", "18446744073709551616", "-1", "18446744073709551615"),
        ("100000000000000000000000000000000000000000", "-3", "-33333333333333333333333333333333333333334", "-2"),
        ("-100000000000000000000000000000000000000000", "30000000000000000000000", "-3333333333333333334", "20000000000000000000000"),
        ("340282366920938463463374607431768211455", "18446744073709551615", "18446744073709551617", "0"),
    ])
    func floorDivision(_ a: String, _ b: String, _ quotient: String, _ remainder: String) {
        withThread { t in
            var q = Value.zero
            let r = intDivMod(t, int(t, a), int(t, b), &q)
            #expect(text(t, q) == quotient && text(t, r) == remainder)
            #expect(intEqual(intFloorDiv(t, int(t, a), int(t, b)), q) && intEqual(intMod(t, int(t, a), int(t, b)), r))
        }
    }

    @Test func trueDivisionRoundsOnce() {
        withThread { t in
            #expect(intTrueDivide(t, int(t, "9007199254740993"), .one) == 9007199254740992)
            #expect(intTrueDivide(t, int(t, "9007199254740995"), .one) == 9007199254740996)
            let huge = intPow(t, Value(smallInt: 10), Value(smallInt: 400))
            #expect(intTrueDivide(t, huge, intPow(t, Value(smallInt: 10), Value(smallInt: 399))) == 10)
            #expect(intTrueDivide(t, .one, intLshift(t, .one, Value(smallInt: 1074))) == 5e-324)
            #expect(intTrueDivide(t, .one, intLshift(t, .one, Value(smallInt: 1075))) == 0)
            #expect(intTrueDivide(t, Value(smallInt: 3), intLshift(t, .one, Value(smallInt: 1075))) == 1e-323)
        }
    }

    @Test func bitsOfNegativeNumbers() {
        withThread { t in
            let a = int(t, "-18446744073709551616")
            #expect(text(t, intAnd(t, a, int(t, "340282366920938463463374607431768211455"))) == "340282366920938463444927863358058659840")
            #expect(intOr(t, a, Value(smallInt: -1)) == Value(smallInt: -1))
            #expect(text(t, intInvert(t, a)) == "18446744073709551615")
            #expect(intRshift(t, int(t, "-18446744073709551617"), Value(smallInt: 64)) == Value(smallInt: -2))
            #expect(intRshift(t, a, int(t, "99999999999999999999")) == Value(smallInt: -1))
            #expect(intBitLength(a) == 65 && intBitCount(a) == 1)
        }
    }

    @Test func powersAndRoots() {
        withThread { t in
            #expect(text(t, intPow(t, Value(smallInt: -3), Value(smallInt: 81))) == "-443426488243037769948249630619149892803")
            #expect(intPow(t, Value(smallInt: 2), Value(smallInt: -1), modulus: Value(smallInt: 7)) == Value(smallInt: 4))
            #expect(intPow(t, Value(smallInt: -3), Value(smallInt: 5), modulus: Value(smallInt: -7)) == Value(smallInt: -5))
            #expect(text(t, intSquareRoot(t, int(t, "99999999999999999999999999999999999999999999999999"))) == "9999999999999999999999999")
            #expect(text(t, intFactorial(t, 30)) == "265252859812191058636308480000000")
            #expect(text(t, intBinomial(t, Value(smallInt: 100), 50)) == "100891344545564193334812497256")
        }
    }

    @Test func textInEveryBase() {
        withThread { t in
            let n = intPow(t, Value(smallInt: 3), Value(smallInt: 200))
            for base in 2...36 {
                var digits = text(t, n, base: base)
                let back = digits.withUTF8 { parseInt(t, $0.baseAddress!, $0.count, base) }
                #expect(intEqual(back, n), "base \(base)")
            }
            for bad in ["", "+", "_1", "1_", "1__0", "0x", "12a"] {
                #expect(bad.utf8.withContiguousStorageIfAvailable { parseInt(t, $0.baseAddress!, $0.count, 0) } == .missing, "\(bad)")
            }
        }
    }

    @Test func doublesAndHashes() {
        withThread { t in
            #expect(intToDoubleOrNil(int(t, "9007199254740993")) == 9007199254740992)
            #expect(intToDoubleOrNil(int(t, "18446744073709553665")) == 18446744073709555712)
            #expect(intToDoubleOrNil(intLshift(t, .one, Value(smallInt: 1024))) == nil)
            #expect(text(t, intFromDouble(t, -1e23)) == "-99999999999999991611392")
            #expect(intCompare(int(t, "9007199254740993"), with: 9007199254740992) == 1)
            #expect(intCompare(int(t, "-100000000000000000000"), with: -1e20) == 0)
            #expect(intHash(Value(smallInt: -1)) == -2)
            #expect(intHash(int(t, "2305843009213693951")) == 0)
            #expect(intHash(int(t, "-100000000000000000000000000000000000000000000000000")) == -Int(truncatingIfNeeded: intHash(int(t, "100000000000000000000000000000000000000000000000000"))))
        }
    }
}
