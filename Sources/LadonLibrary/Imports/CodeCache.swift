// The cache of importlib's own compiled code: a `.pyc` beside the source where that folder can be written, else
// under the user's cache folder. Everything else is cached by importlib itself (SourceFileLoader), in the same
// format: magic, flags 0, modification time, size, marshalled code.
//
// Writers make a temporary file and rename it, so that processes that write at once leave a whole file.

import Glibc
import LadonCompiler

/// To be counted up when the form of code objects changes, or the meaning of an instruction whose row stays as it was.
private let codeForm: UInt16 = 2

/// Changes whenever the meaning of instructions or the form of code objects does.
public let bytecodeMagic: [UInt8] = {
    let version = Opcode.fingerprint &+ codeForm
    return [UInt8(version & 0xFF), UInt8(version >> 8), 0x0D, 0x0A]
}()
public let cacheTag = "ladon-311"

private struct SourceStamp {
    var time: UInt32
    var size: UInt32
}

private func stamp(_ path: String) -> SourceStamp? {
    var info = stat()
    guard stat(path, &info) == 0 else { return nil }
    return SourceStamp(time: UInt32(truncatingIfNeeded: info.st_mtim.tv_sec), size: UInt32(truncatingIfNeeded: info.st_size))
}

/// The places where a source's compiled form may lie, best first.
private func cachePaths(_ path: String) -> [String] {
    guard let slash = path.lastIndex(of: "/") else { return [] }
    let folder = path[..<slash], file = path[path.index(after: slash)...].dropLast(3)
    var paths = ["\(folder)/__pycache__/\(file).\(cacheTag).pyc"]
    if let user = userCacheFolder() { paths.append("\(user)\(folder)/\(file).\(cacheTag).pyc") }
    return paths
}

/// `$XDG_CACHE_HOME/ladon` or `~/.cache/ladon`.
func userCacheFolder() -> String? {
    if let p = getenv("XDG_CACHE_HOME"), p.pointee == 47 { return String(cString: p) + "/ladon" }
    if let p = getenv("HOME"), p.pointee == 47 { return String(cString: p) + "/.cache/ladon" }
    return nil
}

/// The cached code of a source file, or nil when there is none that fits.
func cachedCode(_ t: Thread, _ path: String) -> Value? {
    guard let wanted = stamp(path) else { return nil }
    for candidate in cachePaths(path) {
        guard let data = readFile(t, candidate) else { continue }
        let p = UnsafeRawPointer(data.bytesData)
        guard isCompiled(data), p.load(fromByteOffset: 4, as: UInt32.self) == 0,
              p.load(fromByteOffset: 8, as: UInt32.self) == wanted.time, p.load(fromByteOffset: 12, as: UInt32.self) == wanted.size else { continue }
        let code = compiledCode(t, data)
        if !code.isRaised { return code }
        clearException(t)
    }
    return nil
}

/// Whether a file's contents are compiled code of this version.
func isCompiled(_ data: Value) -> Bool { data.bytesCount > 16 && (0..<4).allSatisfy { data.bytesData[$0] == bytecodeMagic[$0] } }

/// The code object in a compiled file's contents. `.raised`: there is none.
func compiledCode(_ t: Thread, _ data: Value) -> Value {
    if !isCompiled(data) { return raise(t, .runtimeError, "Bad magic number in .pyc file") }
    var reader = MarshalReader(t, UnsafePointer(data.bytesData) + 16, data.bytesCount - 16)
    let code = reader.read(t)
    ladon_keep_alive(data)
    return code.isRaised || code.isExactly(.code) ? code : raise(t, .runtimeError, "Bad code object in .pyc file")
}

/// Stores compiled code; failing to is no error.
func storeCachedCode(_ t: Thread, _ path: String, _ code: Value) {
    guard let source = stamp(path) else { return }
    var writer = MarshalWriter(t, references: false)
    if !writer.write(t, code) { clearException(t); return }
    var bytes = bytecodeMagic + [0, 0, 0, 0]
    for word in [source.time, source.size] { withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) } }
    bytes += writer.bytes
    for candidate in cachePaths(path) where writeAtomically(candidate, bytes) { return }
}

private func writeAtomically(_ path: String, _ bytes: [UInt8]) -> Bool {
    guard let slash = path.lastIndex(of: "/") else { return false }
    makeFolders(String(path[..<slash]))
    let temporary = "\(path).\(getpid()).\(ladon_get_current_thread()?.pointee.osThreadID ?? 0)"
    let fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    if fd < 0 { return false }
    var written = 0
    while written < bytes.count {
        let n = bytes.withUnsafeBytes { write(fd, $0.baseAddress! + written, bytes.count - written) }
        if n <= 0 { break }
        written += n
    }
    close(fd)
    if written == bytes.count && rename(temporary, path) == 0 { return true }
    unlink(temporary)
    return false
}

private func makeFolders(_ path: String) {
    if access(path, F_OK) == 0 || path.isEmpty { return }
    if let slash = path.lastIndex(of: "/"), slash != path.startIndex { makeFolders(String(path[..<slash])) }
    mkdir(path, 0o755)
}
