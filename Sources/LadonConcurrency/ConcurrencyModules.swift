// The native modules of this target: what asyncio, multiprocessing and the interpreters stand on.

import LadonLibrary

public nonisolated(unsafe) let concurrencyModules: NativeModuleTable = [
    ("_asyncio", asyncioModule),
    ("_multiprocessing", multiprocessingModule), ("_posixshmem", sharedMemoryModule), ("mmap", mmapModule),
]

/// Modules of the library that are changed after import, as in `amendments`.
public nonisolated(unsafe) let concurrencyAmendments: [(StaticString, Amendment)] = asyncioAmendments + [
    ("concurrent.futures._base", amendFutures), ("concurrent.futures.thread", amendThreadPool), ("concurrent.futures.process", amendProcessPool),
    ("multiprocessing.connection", amendConnection), ("multiprocessing.reduction", amendReduction),
]

/// Modules of our own in Python, as in `frozenSources`.
public let concurrencySources: [(name: StaticString, source: StaticString)] = [
    ("multiprocessing.sharedctypes", sharedValuesSource),
]
