import XCTest
@testable import LadonCore

final class CollectionTests: XCTestCase {
    func testLivingStructuresSurvive() {
        let t = Fixture.thread
        let list = chain(t, 50_000)
        let table = makeStorage(t, capacity: 20_000)
        for i in 0 ..< 20_000 {
            let f = allocate(t, .float, as: FloatCell.self)
            f.pointee.value = Double(i)
            table.storageItems[i] = Value(f)
        }
        _ = gcCollect(t)
        _ = chain(t, 50_000)
        _ = gcCollect(t)
        XCTAssertTrue(isChain(list, 50_000))
        for i in 0 ..< 20_000 { XCTAssertEqual(table.storageItems[i].asFloat, Double(i)) }
        list.keepAlive
        table.keepAlive
    }

    func testGarbageIsCounted() {
        let t = Fixture.thread
        if ladon_runtime.gcStress != 0 { return }
        _ = gcCollect(t)
        makeGarbage(t, 10_000)
        _ = clobberStack()
        XCTAssertGreaterThan(gcCollect(t), 9_900)
    }
    /// Separate cells: a stale word on the stack keeps one of them, not all.
    @inline(never) private func makeGarbage(_ t: LadonCore.Thread, _ n: Int) {
        for i in 0 ..< n { _ = node(t, Value(smallInt: i)) }
    }

    func testPausesAreShort() {
        let t = Fixture.thread
        if ladon_runtime.gcStress != 0 { return }
        let list = chain(t, 1_000_000)
        _ = gcCollect(t)
        // 10 ms on an idle machine with -O; debug builds and loaded machines are slower.
        XCTAssertLessThan(gcStatistics().lastPauseNanoseconds, 2_000_000_000)
        XCTAssertTrue(isChain(list, 1_000_000))
    }

    func testReferrersAndReferents() {
        let t = Fixture.thread
        let a = node(t, .one)
        let b = node(t, a), c = node(t, .zero, a)
        withUnsafeTemporaryAllocation(of: Value.self, capacity: 1) { targets in
            targets[0] = a
            let found = referrers(t, of: targets.baseAddress!, count: 1)
            var seen = 0
            for i in 0 ..< found.count where found[i] == b || found[i] == c { seen += 1 }
            XCTAssertEqual(seen, 2)
        }
        let out = referents(t, of: b)
        XCTAssertEqual(out.count, 1)
        XCTAssertEqual(out[0], a)
        b.keepAlive
        c.keepAlive
    }

    func testShapeIDsDieAndComeBack() {
        let t = Fixture.thread
        let keep = makeStorage(t, capacity: 50)
        var ids: [UInt32] = []
        for i in 0 ..< 100 {
            let id = allocateShapeID(t)
            let shape = allocate(t, .shape, as: ShapeCell.self)
            publishShape(id: id, shape: shape, layout: Layout(prefix: 1))
            let cell = Value(allocate(t, id: id, bytes: 32))
            if i & 1 == 0 { keep.storageItems[i / 2] = cell; ids.append(id) }
            Value(shape).keepAlive
        }
        _ = clobberStack()
        _ = gcCollect(t)
        _ = gcCollect(t)
        for (i, id) in ids.enumerated() {
            XCTAssertNotNil(ladon_runtime.shapes[Int(id)])
            XCTAssertEqual(keep.storageItems[i].id, id)
        }
        XCTAssertFalse(ids.contains(allocateShapeID(t)))
        keep.keepAlive
    }
}
