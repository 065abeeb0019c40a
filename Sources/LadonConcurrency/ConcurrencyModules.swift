// The native modules of this target: what asyncio, multiprocessing and the interpreters stand on.

import LadonLibrary

public nonisolated(unsafe) let concurrencyModules: NativeModuleTable = [
    ("_asyncio", asyncioModule),
    ("_multiprocessing", multiprocessingModule), ("_posixshmem", sharedMemoryModule), ("mmap", mmapModule),
    ("_interpreters", interpretersModule), ("_interpqueues", queuesModule),
]

/// Modules of the library that are changed after import, as in `amendments`.
public nonisolated(unsafe) let concurrencyAmendments: [(StaticString, Amendment)] = asyncioAmendments + [
    ("concurrent.futures", amendFuturesPackage),
    ("concurrent.futures._base", amendFutures), ("concurrent.futures.thread", amendThreadPool), ("concurrent.futures.process", amendProcessPool),
    ("multiprocessing.connection", amendConnection), ("multiprocessing.reduction", amendReduction),
    ("multiprocessing.queues", amendQueues), ("multiprocessing.resource_tracker", amendResourceTracker), ("multiprocessing.pool", amendPool),
]

/// Modules of our own in Python, as in `frozenSources`.
public let concurrencySources: [(name: StaticString, source: StaticString)] = [
    ("multiprocessing.sharedctypes", sharedValuesSource),
    ("concurrent.interpreters", interpretersSource), ("_interpreters_inside", interpretersInsideSource),
    ("concurrent.futures.interpreter", interpreterPoolSource),
]
