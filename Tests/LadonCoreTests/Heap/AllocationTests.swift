import XCTest
@testable import LadonCore

final class AllocationTests: XCTestCase {
    func testMemoryIsZeroForEverySize() {
        let t = Fixture.thread
        for round in 0 ..< 30_000 {
            let bytes = 16 + (round &* 7919) % 3000
            let words = allocateAny(t, id: TypeID.bytesStorage.rawValue, bytes: bytes)!.assumingMemoryBound(to: UInt64.self)
            XCTAssertEqual(words[0], UInt64(TypeID.bytesStorage.rawValue))
            var all: UInt64 = 0
            for i in 1 ..< (bytes + 8) / 8 { all |= words[i]; words[i] = .max }
            XCTAssertEqual(all, 0)
        }
    }

    func testLargeObjectsAreFoundByInteriorPointers() {
        let t = Fixture.thread
        for bytes in [600, 5000, 40_000, 70_000, 300_000, 3_000_000] {
            let p = allocateAny(t, id: TypeID.bytesStorage.rawValue, bytes: bytes)!
            for offset in [0, 1, 8, bytes / 2, bytes - 1, bytes] {
                XCTAssertEqual(cellContaining(UInt(bitPattern: p) + UInt(offset)), UInt(bitPattern: p), "\(bytes) at \(offset)")
            }
            XCTAssertGreaterThan(cellCapacity(Value(p)), bytes)
            Value(p).keepAlive
        }
    }

    func testImpossibleSizesAreRefused() {
        let t = Fixture.thread
        XCTAssertNil(allocateAny(t, id: TypeID.bytesStorage.rawValue, bytes: 1 << 45))
        XCTAssertNil(allocateAny(t, id: TypeID.bytesStorage.rawValue, bytes: .max))
        XCTAssertTrue(makeStorage(t, capacity: 1 << 47).isRaised)
    }

    func testLimitRaisesMemoryErrorButSmallCellsStillCome() {
        let t = Fixture.thread
        setHeapLimit(64 << 20)
        var held = Value.none
        var made = 0
        while made < 10_000 {
            let s = makeStorage(t, capacity: 100_000)
            if s.isRaised { break }
            s.storageItems[0] = held
            held = s
            made += 1
        }
        XCTAssertLessThan(made, 100)
        // Free cells of earlier tests are used up first, then the reserve.
        var list = Value.none
        var count = 0
        while t.pointee.pending & SafepointRequest.memoryError.rawValue == 0 && count < 1_000_000 {
            list = node(t, Value(smallInt: count), list)
            count += 1
        }
        XCTAssertTrue(isChain(list, count))
        XCTAssertNotEqual(t.pointee.pending & SafepointRequest.memoryError.rawValue, 0)
        held.keepAlive
        setHeapLimit(0)
        XCTAssertTrue(safepoint(t))
    }
}
