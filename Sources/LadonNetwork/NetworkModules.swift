// The native modules of this target: sockets and TLS.

import LadonLibrary

public nonisolated(unsafe) let networkModules: NativeModuleTable = [
    ("_socket", socketModule),
    ("_ssl", sslModule), ("_hashlib", hashlibModule),
]
