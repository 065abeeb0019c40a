// The module `_stat`: bits of st_mode, and the text that `ls -l` shows.

import Glibc

private func mode(_ t: Thread, _ v: Value) -> UInt32? {
    guard let n = asUInt(t, v) else { return nil }
    if n > UInt(UInt32.max) {
        _ = raise(t, .overflowError, "mode out of range")
        return nil
    }
    return UInt32(n)
}

private func hasType(_ t: Thread, _ a: Values, _ type: UInt32) -> Value {
    guard let m = mode(t, a[0]) else { return .raised }
    return Value(m & 0o170000 == type)
}

private func stat_filemode(_ t: Thread, _ a: Values) -> Value {
    guard let m = mode(t, a[0]) else { return .raised }
    var b = StringBuilder(t, capacity: 10)
    let types: [(UInt32, UInt32)] = [(0o100000, 45), (0o040000, 100), (0o120000, 108), (0o060000, 98), (0o020000, 99), (0o010000, 112), (0o140000, 115)]
    b.append(types.first { $0.0 == m & 0o170000 }?.1 ?? 63)
    let special: [(UInt32, UInt32, UInt32)] = [(0o4000, 115, 83), (0o2000, 115, 83), (0o1000, 116, 84)]
    for i in 0..<3 {
        let bits = m >> UInt32(6 - 3 * i)
        b.append(bits & 4 != 0 ? 114 : 45)
        b.append(bits & 2 != 0 ? 119 : 45)
        let isSpecial = m & special[i].0 != 0
        if isSpecial { b.append(bits & 1 != 0 ? special[i].1 : special[i].2) } else { b.append(bits & 1 != 0 ? 120 : 45) }
    }
    return b.finish()
}

private let numbers: [(StaticString, Int)] = [
    ("S_IFDIR", 0o040000), ("S_IFCHR", 0o020000), ("S_IFBLK", 0o060000), ("S_IFREG", 0o100000), ("S_IFIFO", 0o010000), ("S_IFLNK", 0o120000),
    ("S_IFSOCK", 0o140000), ("S_IFDOOR", 0), ("S_IFPORT", 0), ("S_IFWHT", 0), ("S_ISUID", 0o4000), ("S_ISGID", 0o2000), ("S_ISVTX", 0o1000), ("S_ENFMT", 0o2000),
    ("S_IREAD", 0o400), ("S_IWRITE", 0o200), ("S_IEXEC", 0o100), ("S_IRWXU", 0o700), ("S_IRUSR", 0o400), ("S_IWUSR", 0o200), ("S_IXUSR", 0o100),
    ("S_IRWXG", 0o070), ("S_IRGRP", 0o040), ("S_IWGRP", 0o020), ("S_IXGRP", 0o010), ("S_IRWXO", 0o007), ("S_IROTH", 0o004), ("S_IWOTH", 0o002), ("S_IXOTH", 0o001),
    ("UF_NODUMP", 1), ("UF_IMMUTABLE", 2), ("UF_APPEND", 4), ("UF_OPAQUE", 8), ("UF_NOUNLINK", 16), ("UF_COMPRESSED", 32), ("UF_HIDDEN", 0x8000),
    ("SF_ARCHIVED", 0x10000), ("SF_IMMUTABLE", 0x20000), ("SF_APPEND", 0x40000), ("SF_NOUNLINK", 0x100000), ("SF_SNAPSHOT", 0x200000),
    ("ST_MODE", 0), ("ST_INO", 1), ("ST_DEV", 2), ("ST_NLINK", 3), ("ST_UID", 4), ("ST_GID", 5), ("ST_SIZE", 6), ("ST_ATIME", 7), ("ST_MTIME", 8), ("ST_CTIME", 9),
]

public func statModule() -> ModuleDefinition {
    ModuleDefinition("_stat", doc: "Constants and functions for interpreting the results of os.stat.", members: [
        .method("S_ISDIR", "(mode, /)", { t, a in hasType(t, a, 0o040000) }), .method("S_ISCHR", "(mode, /)", { t, a in hasType(t, a, 0o020000) }),
        .method("S_ISBLK", "(mode, /)", { t, a in hasType(t, a, 0o060000) }), .method("S_ISREG", "(mode, /)", { t, a in hasType(t, a, 0o100000) }),
        .method("S_ISFIFO", "(mode, /)", { t, a in hasType(t, a, 0o010000) }), .method("S_ISLNK", "(mode, /)", { t, a in hasType(t, a, 0o120000) }),
        .method("S_ISSOCK", "(mode, /)", { t, a in hasType(t, a, 0o140000) }),
        .method("S_ISDOOR", "(mode, /)", { t, a in mode(t, a[0]) == nil ? .raised : .false }), .method("S_ISPORT", "(mode, /)", { t, a in mode(t, a[0]) == nil ? .raised : .false }),
        .method("S_ISWHT", "(mode, /)", { t, a in mode(t, a[0]) == nil ? .raised : .false }),
        .method("S_IMODE", "(mode, /)", { t, a in
            guard let m = mode(t, a[0]) else { return .raised }
            return Value(smallInt: Int(m & 0o7777))
        }, "Return the portion of the file's mode that can be set by os.chmod()."),
        .method("S_IFMT", "(mode, /)", { t, a in
            guard let m = mode(t, a[0]) else { return .raised }
            return Value(smallInt: Int(m & 0o170000))
        }, "Return the portion of the file's mode that describes the file type."),
        .method("filemode", "(mode, /)", stat_filemode, "Convert a file's mode to a string of the form '-rwxrwxrwx'"),
    ], initialize: { t, a in
        let d = a[0].cell(as: ModuleCell.self).pointee.dict
        for (key, n) in numbers where dictSet(t, d, internStatic(t, key), Value(smallInt: n)) < 0 { return .raised }
        return .none
    })
}
