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

    func testReleasedCellsAreHandedOutAgainAndZero() {
        let t = Fixture.thread
        for bytes in [24, 200, 600, 5000, 30_000, 70_000, 900_000] {
            // One that stays lies before it, so that giving back the second one twice would be seen.
            let kept = makeStorage(t, capacity: bytes / 8)
            let first = makeStorage(t, capacity: bytes / 8)
            for i in 0 ..< bytes / 8 { first.storageItems[i] = kept }
            releaseCell(t, first)
            XCTAssertEqual(cellContaining(first.bits), 0, "\(bytes)")
            let second = makeStorage(t, capacity: bytes / 8)
            if bytes < 600_000 { XCTAssertEqual(second.bits, first.bits, "\(bytes)") }
            for i in 0 ..< bytes / 8 { XCTAssertEqual(second.storageItems[i].bits, 0) }
            // Not the last one any more: it stays until a collection.
            let third = makeStorage(t, capacity: bytes / 8)
            let wasLarge = bytes > 32_768
            releaseCell(t, second)
            XCTAssertEqual(cellContaining(second.bits) == 0, wasLarge)
            XCTAssertEqual(cellContaining(kept.bits), kept.bits)
            third.keepAlive
            kept.keepAlive
        }
        releaseCell(t, .none)
        releaseCell(t, Value(smallInt: 5))
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
