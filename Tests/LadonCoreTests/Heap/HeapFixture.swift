// The one heap of the test process and small cells to fill it with. LADON_TEST_GIL=1 runs everything under
// the GIL, LADON_GC_STRESS=N collects at every Nth allocation.

import XCTest
@testable import LadonCore

enum Fixture {
    /// Attached once, on the test process's main thread, where XCTest runs its synchronous tests.
    static let thread: LadonCore.Thread = {
        initializeHeap()
        initializeThreads(gil: getenv("LADON_TEST_GIL") != nil)
        setLayout(TypeID.slice.rawValue, Layout(prefix: 3, flags: .container))
        setLayout(TypeID.float.rawValue, .leaf)
        return attachThread(isMain: true)
    }()
    /// Words in memory that does not move, for threads to meet at.
    static let words: UnsafeMutablePointer<UInt32> = {
        let p = UnsafeMutablePointer<UInt32>.allocate(capacity: 64)
        p.initialize(repeating: 0, count: 64)
        return p
    }()
    static let counts: UnsafeMutablePointer<Int> = {
        let p = UnsafeMutablePointer<Int>.allocate(capacity: 64)
        p.initialize(repeating: 0, count: 64)
        return p
    }()
}

@inline(never) func node(_ t: LadonCore.Thread, _ a: Value, _ b: Value = .none, _ c: Value = .none) -> Value {
    let p = allocate(t, .slice, as: SliceCell.self)
    p.pointee.start = a
    p.pointee.stop = b
    p.pointee.step = c
    return Value(p)
}

/// n nodes, each naming the one before it.
@inline(never) func chain(_ t: LadonCore.Thread, _ n: Int) -> Value {
    var last = Value.none
    for i in 0 ..< n { last = node(t, Value(smallInt: i), last) }
    return last
}

/// Whether `v` is an intact chain of n nodes.
@inline(never) func isChain(_ v: Value, _ n: Int) -> Bool {
    var next = v
    var i = n
    while !next.isNone {
        i -= 1
        guard next.id == TypeID.slice.rawValue, next.cell(as: SliceCell.self).pointee.start.smallInt == i else { return false }
        next = next.cell(as: SliceCell.self).pointee.stop
    }
    return i == 0
}

/// Overwrites what earlier calls left on the native stack, so that conservative scanning finds no stale pointer there.
@inline(never) func clobberStack(_ depth: Int = 200) -> Int {
    var words = (depth, depth, depth, depth, depth, depth, depth, depth, depth, depth, depth, depth, depth, depth, depth, depth)
    return withUnsafeMutablePointer(to: &words) { depth > 0 ? clobberStack(depth - 1) &+ $0.pointee.3 : $0.pointee.1 }
}

/// Runs `body` on n threads at once and waits for them; `argument` is the thread's number.
func onThreads(_ t: LadonCore.Thread, _ n: Int, _ body: ThreadBody, argument: Value? = nil) {
    var handles: [ThreadHandle] = []
    for i in 0 ..< n {
        var handle: ThreadHandle? = nil
        XCTAssertEqual(startThread(t, body: body, argument: argument ?? Value(smallInt: i), handle: &handle), 0)
        handles.append(handle!)
    }
    for handle in handles {
        XCTAssertEqual(joinThread(t, handle), .woken)
        releaseHandle(handle)
    }
}
