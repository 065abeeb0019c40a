// The native modules of this target: ways to write data down (JSON, pickle, compression, arrays, dates, databases).

import LadonLibrary

public nonisolated(unsafe) let formatModules: NativeModuleTable = [
    ("array", arrayModule), ("_datetime", datetimeModule), ("_decimal", decimalModule), ("_json", jsonModule), ("_pickle", pickleModule),
    ("zlib", zlibModule), ("_bz2", bzip2Module), ("_lzma", lzmaModule), ("pyexpat", expatModule), ("_sqlite3", sqliteModule),
    ("_multibytecodec", multibyteCodecModule), ("_codecs_cn", chineseCodecsModule), ("_codecs_hk", hongKongCodecsModule),
    ("_codecs_iso2022", iso2022CodecsModule), ("_codecs_jp", japaneseCodecsModule), ("_codecs_kr", koreanCodecsModule),
    ("_codecs_tw", taiwaneseCodecsModule),
]

