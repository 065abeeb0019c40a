import XCTest
@testable import LadonCore

final class WeakReferenceTests: XCTestCase {
    private static var callbacks = 0

    func testReferencesAreSharedOrderedAndCleared() {
        let t = Fixture.thread
        ladonHooks.runWeakCallback = { _, _ in WeakReferenceTests.callbacks += 1 }
        WeakReferenceTests.callbacks = 0
        let refs = makeStorage(t, capacity: 2)
        prepare(t, refs)
        _ = clobberStack()
        _ = gcCollect(t)
        XCTAssertTrue(weakReferent(refs.storageItems[0]).isNone)
        XCTAssertTrue(weakReferent(refs.storageItems[1]).isNone)
        XCTAssertEqual(WeakReferenceTests.callbacks, 1)
        refs.keepAlive
    }
    @inline(never) private func prepare(_ t: LadonCore.Thread, _ refs: Value) {
        let target = node(t, .one)
        let plain = makeWeakReference(t, referent: target, callback: .none)
        XCTAssertEqual(plain, makeWeakReference(t, referent: target, callback: .none))
        let calling = makeWeakReference(t, referent: target, callback: .true)
        XCTAssertNotEqual(plain, calling)
        _ = gcCollect(t)
        XCTAssertEqual(weakReferent(plain), target)
        let all = weakReferences(t, of: target)
        XCTAssertEqual(all.count, 2)
        XCTAssertEqual(all[0], plain)
        XCTAssertEqual(all[1], calling)
        refs.storageItems[0] = plain
        refs.storageItems[1] = calling
        target.keepAlive
    }
}

final class FinalizerTests: XCTestCase {
    private static var order: [Int] = []
    private static let abandoned = 99

    func testWrappersComeBeforeWhatTheyWrap() {
        let t = Fixture.thread
        ladonHooks.finalize = { _, v in
            let number = v.cell(as: SliceCell.self).pointee.start.smallInt
            // What the other test abandoned may have lain on the stack until now.
            if number != FinalizerTests.abandoned { FinalizerTests.order.append(number) }
        }
        FinalizerTests.order = []
        prepare(t)
        _ = clobberStack()
        _ = gcCollect(t)
        XCTAssertEqual(FinalizerTests.order, [3, 4, 2, 1])
        _ = gcCollect(t)
        XCTAssertEqual(FinalizerTests.order.count, 4, "once per object")
    }
    @inline(never) private func prepare(_ t: LadonCore.Thread) {
        let raw = node(t, Value(smallInt: 1))
        registerFinalizable(t, raw)
        let buffered = node(t, Value(smallInt: 2), raw)
        registerFinalizable(t, buffered)
        registerFinalizable(t, node(t, Value(smallInt: 3), buffered))
        registerFinalizable(t, node(t, Value(smallInt: 4)))
    }

    func testFinaliserEndsAnIndefiniteWait() {
        let t = Fixture.thread
        ladonHooks.finalize = { _, v in
            guard v.cell(as: SliceCell.self).pointee.start.smallInt == FinalizerTests.abandoned else { return }
            ladon_store32_release(Fixture.words, 1)
            unpark(Fixture.words, .max)
        }
        Fixture.words[0] = 0
        abandon(t)
        _ = clobberStack()
        while park(t, Fixture.words, 0) != .changed {}
        ladonHooks.finalize = nil
    }
    /// Many, since the address of the last one or two may lie somewhere on the stack for a while.
    @inline(never) private func abandon(_ t: LadonCore.Thread) {
        for _ in 0..<64 { registerFinalizable(t, node(t, Value(smallInt: FinalizerTests.abandoned))) }
    }
}
