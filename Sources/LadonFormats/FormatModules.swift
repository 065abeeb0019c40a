// The native modules of this target: ways to write data down (JSON, pickle, compression, arrays, dates).

import LadonLibrary

public nonisolated(unsafe) let formatModules: NativeModuleTable = [
    ("array", arrayModule), ("_json", jsonModule), ("_pickle", pickleModule),
    ("zlib", zlibModule), ("_bz2", bzip2Module), ("_lzma", lzmaModule), ("pyexpat", expatModule),
]
