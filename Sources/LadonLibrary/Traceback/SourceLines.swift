// Lines of source files for tracebacks: read natively, since nothing may depend on Python modules here.

import Glibc
import LadonSyntax

/// The files looked at while one traceback is printed.
struct SourceLines {
    private var files: [String: SourceFile?] = [:]

    /// Line `number` of a file as a str without its newline, or nil.
    mutating func line(_ t: Thread, _ filename: Value, _ number: Int) -> Value? {
        let path = swiftString(filename)
        if files[path] == nil { files[path] = .some(SourceFile.read(t, filename)) }
        guard let entry = files[path], let file = entry else { return nil }
        guard let range = file.range(ofLine: number) else { return nil }
        let text = file.bytes.withUnsafeBufferPointer { buffer -> Value in
            let base = buffer.baseAddress.unsafelyUnwrapped + range.lowerBound
            guard let encoding = file.encoding else { return decodeUTF8(t, base, range.count) }
            let bytes = makeBytes(t, UnsafeRawPointer(base), range.count)
            return bytes.isRaised ? bytes : decodeBytes(t, bytes, encoding: makeString(t, encoding), errors: .missing)
        }
        if text.isRaised { clearException(t); return nil }
        return text
    }
}

/// A source file in memory.
struct SourceFile {
    var bytes: [UInt8]
    /// nil: UTF-8.
    var encoding: String?

    /// Reads the file of that name; if there is none, the file of the same base name in a directory of sys.path.
    static func read(_ t: Thread, _ filename: Value) -> SourceFile? {
        let path = swiftString(filename)
        if path.isEmpty || path.utf8.contains(0) { return nil }
        var contents = withFileSystemBytes(filename) { pointer, _ in readBytes(UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self)) }
        if contents == nil {
            let base = path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
            let search = dictGet(t, interpreter(t).pointee.sysDict, name(.path))
            if search.isRaised { clearException(t) }
            if !search.isRaised && !search.isMissing && isInstanceOf(search, .list) {
                for i in 0..<listCount(search) {
                    let directory = listGet(t, search, i)
                    if directory.isMissing || !isInstanceOf(directory, .str) { continue }
                    let folder = swiftString(directory)
                    contents = readBytes(folder.isEmpty || folder.hasSuffix("/") ? folder + base : folder + "/" + base)
                    if contents != nil { break }
                }
            }
        }
        guard var bytes = contents else { return nil }
        var encoding: String?
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        else if let declared = EncodingDeclaration.find(in: bytes[...]), declared != "utf-8" { encoding = declared }
        return SourceFile(bytes: bytes, encoding: encoding)
    }

    private static func readBytes(_ path: UnsafePointer<CChar>) -> [UInt8]? {
        let fd = open(path, O_RDONLY | O_CLOEXEC)
        if fd < 0 { return nil }
        defer { close(fd) }
        var info = stat()
        // Reading a pipe or a device could wait for ever.
        guard fstat(fd, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(info.st_size))
        var used = 0
        while used < bytes.count {
            let n = bytes.withUnsafeMutableBytes { Glibc.read(fd, $0.baseAddress.unsafelyUnwrapped + used, $0.count - used) }
            if n < 0 && errno == EINTR { continue }
            if n <= 0 { break }
            used += n
        }
        bytes.removeLast(bytes.count - used)
        return bytes
    }

    /// Where line `number` lies, without its end (\n, \r or \r\n). nil: there are fewer lines.
    func range(ofLine number: Int) -> Range<Int>? {
        var line = 1, start = 0, i = 0
        while i < bytes.count {
            let byte = bytes[i]
            if byte == 10 || byte == 13 {
                if line == number { return start..<i }
                i += byte == 13 && i + 1 < bytes.count && bytes[i + 1] == 10 ? 2 : 1
                line += 1
                start = i
            } else {
                i += 1
            }
        }
        return line == number && start < bytes.count ? start..<bytes.count : nil
    }
}
