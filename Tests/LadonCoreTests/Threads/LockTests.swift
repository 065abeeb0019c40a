import XCTest
@testable import LadonCore

final class LockTests: XCTestCase {
    func testPingPongLosesNoWakeUp() {
        let t = Fixture.thread
        Fixture.words[1] = 0
        Fixture.words[2] = 0
        onThreads(t, 2, { t, number in
            let mine = Fixture.words + 1 + number.smallInt, other = Fixture.words + 2 - number.smallInt
            for i in 1 ... UInt32(5_000) {
                if number.smallInt == 0 { ladon_store32_release(other, i); unpark(other, 1) }
                while true {
                    let seen = ladon_load32_acquire(mine)
                    if seen >= i { break }
                    _ = park(t, mine, seen)
                }
                if number.smallInt == 1 { ladon_store32_release(other, i); unpark(other, 1) }
                _ = safepoint(t)
            }
        })
        XCTAssertEqual(Fixture.words[1], 5_000)
    }

    func testParkTimesOut() {
        let t = Fixture.thread
        let begin = ladon_monotonic()
        XCTAssertEqual(park(t, Fixture.words + 3, 0, begin + 5_000_000), .timedOut)
        XCTAssertGreaterThanOrEqual(ladon_monotonic() - begin, 5_000_000)
        XCTAssertEqual(park(t, Fixture.words + 3, 7), .changed)
    }

    func testMutexExcludes() {
        let t = Fixture.thread
        Fixture.words[4] = 0
        Fixture.counts[0] = 0
        onThreads(t, 4, { t, _ in
            let mutex = NativeMutex(Fixture.words + 4)
            for i in 0 ..< 20_000 {
                _ = mutex.acquire(t)
                Fixture.counts[0] += 1
                mutex.release(t)
                if i & 7 == 0 { _ = safepoint(t) }
            }
        })
        XCTAssertEqual(Fixture.counts[0], 80_000)
        let mutex = NativeMutex(Fixture.words + 4)
        XCTAssertTrue(mutex.tryAcquire())
        XCTAssertEqual(mutex.acquire(t, deadline: ladon_monotonic() + 1_000_000), .timedOut)
        XCTAssertTrue(mutex.release(t))
        XCTAssertFalse(mutex.release(t))
    }

    func testCellLockExcludes() {
        let t = Fixture.thread
        Fixture.counts[1] = 0
        let cell = node(t, .one)
        onThreads(t, 4, { t, cell in
            for i in 0 ..< 50_000 {
                lockCell(t, cell)
                Fixture.counts[1] += 1
                unlockCell(t, cell)
                if i & 15 == 0 { _ = safepoint(t) }
            }
        }, argument: cell)
        XCTAssertEqual(Fixture.counts[1], 200_000)
        XCTAssertEqual(cell.header.pointee.lock, 0)
        cell.keepAlive
    }

    private static let lock = makeRuntimeLock()
    func testRuntimeLockExcludesOverCollections() {
        let t = Fixture.thread
        Fixture.counts[2] = 0
        onThreads(t, 4, { t, _ in
            for i in 0 ..< 5_000 {
                LockTests.lock.lock(t)
                let seen = Fixture.counts[2]
                if i % 1000 == 0 { collectNow(t) }
                Fixture.counts[2] = seen + 1
                LockTests.lock.unlock(t)
                _ = safepoint(t)
            }
        })
        XCTAssertEqual(Fixture.counts[2], 20_000)
    }
}
