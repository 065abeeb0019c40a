// The native modules of this target: what asyncio, multiprocessing and the interpreters stand on.

import LadonLibrary

public nonisolated(unsafe) let concurrencyModules: NativeModuleTable = [
    ("_asyncio", asyncioModule),
]

/// Changes to the library's modules that go with them.
public nonisolated(unsafe) let concurrencyAmendments: [(StaticString, Amendment)] = asyncioAmendments
