import XCTest
@testable import LadonCore

final class ThreadTests: XCTestCase {
    func testAllocationAndCollectionsOnManyThreads() {
        let t = Fixture.thread
        onThreads(t, 6, { t, _ in
            let keep = chain(t, 500)
            for round in 0 ..< 60 {
                let list = chain(t, 1_000)
                let reference = makeWeakReference(t, referent: list, callback: .none)
                if round % 10 == 0 { blocking(t) { usleep(10) } }
                if round % 20 == 0 { collectNow(t) }
                precondition(safepoint(t))
                precondition(isChain(list, 1_000))
                precondition(weakReferent(reference) == list)
            }
            precondition(isChain(keep, 500))
        })
        XCTAssertEqual(threadCount(), 1)
    }

    func testStoppedWorldStandsStill() {
        let t = Fixture.thread
        Fixture.counts[3] = 0
        onThreads(t, 4, { t, _ in
            for _ in 0 ..< 300 {
                stopTheWorld(t)
                let seen = Fixture.counts[3]
                stopTheWorld(t)
                startTheWorld(t)
                precondition(Fixture.counts[3] == seen)
                Fixture.counts[3] = seen + 1
                startTheWorld(t)
                precondition(safepoint(t))
            }
        })
        XCTAssertEqual(Fixture.counts[3], 1_200)
    }

    func testSignalsInterruptWaits() {
        let t = Fixture.thread
        XCTAssertEqual(installSignal(SIGUSR1, .record), 0)
        Fixture.words[8] = 0
        var handle: ThreadHandle? = nil
        XCTAssertEqual(startThread(t, body: { t, _ in
            for _ in 0 ..< 200 {
                let seen = ladon_load32_acquire(Fixture.words + 8)
                blocking(t) {
                    kill(getpid(), SIGUSR1)
                    while ladon_load32_acquire(Fixture.words + 8) == seen { usleep(1) }
                }
                _ = safepoint(t)
            }
        }, argument: .none, handle: &handle), 0)
        var got: UInt32 = 0
        while got < 200 {
            let deadline = ladon_monotonic() + 10_000_000_000
            let result = got & 1 == 0 ? sleepUntil(t, deadline)
                : blockingPoll(t, nil, 0, deadline) == -Int(EINTR) ? .interrupted : .timedOut
            XCTAssertEqual(result, .interrupted)
            if result != .interrupted { break }
            if takePendingSignals().0 != 0 {
                got += 1
                ladon_store32_release(Fixture.words + 8, got)
            }
            _ = safepoint(t)
        }
        XCTAssertEqual(joinThread(t, handle!), .woken)
        releaseHandle(handle!)
        XCTAssertEqual(installSignal(SIGUSR1, .default), 0)
    }

    func testForkBesideRunningThreads() {
        let t = Fixture.thread
        Fixture.words[9] = 0
        var handle: ThreadHandle? = nil
        XCTAssertEqual(startThread(t, body: { t, _ in
            while ladon_load32_relaxed(Fixture.words + 9) == 0 {
                _ = chain(t, 100)
                _ = park(t, Fixture.words + 10, 0, ladon_monotonic() + 10_000)
                _ = safepoint(t)
            }
        }, argument: .none, handle: &handle), 0)
        for i in 0 ..< 10 {
            let keep = chain(t, 100)
            let pid = forkProcess(t)
            if pid == 0 {
                let list = chain(t, 1_000)
                collectNow(t)
                let fine = isChain(keep, 100) && isChain(list, 1_000) && threadCount() == 1
                _exit(fine ? Int32(i) : 99)
            }
            var status: Int32 = 0
            blocking(t) { _ = waitpid(pid, &status, 0) }
            XCTAssertEqual(status, Int32(i) << 8)
        }
        Fixture.words[9] = 1
        XCTAssertEqual(joinThread(t, handle!), .woken)
        releaseHandle(handle!)
    }

    func testGILIsShared() throws {
        let t = Fixture.thread
        try XCTSkipIf(ladon_runtime.gil == 0, "free mode")
        Fixture.words[11] = 0
        for i in 8 ..< 11 { Fixture.counts[i] = 0 }
        var handles: [ThreadHandle] = []
        for i in 0 ..< 3 {
            var handle: ThreadHandle? = nil
            XCTAssertEqual(startThread(t, body: { t, number in
                while ladon_load32_relaxed(Fixture.words + 11) == 0 {
                    Fixture.counts[8 + number.smallInt] += 1
                    _ = safepoint(t)
                }
            }, argument: Value(smallInt: i), handle: &handle), 0)
            handles.append(handle!)
        }
        blocking(t) { usleep(200_000) }
        Fixture.words[11] = 1
        for handle in handles { XCTAssertEqual(joinThread(t, handle), .woken); releaseHandle(handle) }
        let most = (8 ..< 11).map { Fixture.counts[$0] }.max()!, least = (8 ..< 11).map { Fixture.counts[$0] }.min()!
        XCTAssertGreaterThan(least * 4, most)
    }
}
