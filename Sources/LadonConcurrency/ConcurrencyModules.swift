// The native modules of this target: what asyncio, multiprocessing and the interpreters stand on.

import LadonLibrary

public nonisolated(unsafe) let concurrencyModules: NativeModuleTable = [
]
