// Where installed packages lie (docs/divergences/site-packages.md), and virtual environments (PEP 405): found at start,
// without running Python. Only where a folder holds something to execute is the module `site` imported as well.

import Glibc

/// The folder of a virtual environment that the command was started from: the one with pyvenv.cfg, beside the command or
/// above its folder.
struct VirtualEnvironment {
    let prefix: String
    /// The command that made it, and that command's folder.
    var baseExecutable: String?
    var home: String?
    var includesSystem = true
}

func virtualEnvironment(_ executable: CommandWord) -> VirtualEnvironment? {
    let path = executable.text
    guard let slash = path.lastIndex(of: "/") else { return nil }
    let folder = String(path[..<slash])
    guard let above = folder.lastIndex(of: "/") else { return nil }
    // The environment is the folder above that of the command, wherever of the two the file lies.
    let candidates = ["\(folder)/pyvenv.cfg", "\(folder[..<above])/pyvenv.cfg"]
    guard let file = candidates.first(where: { (path: String) in access(path, R_OK) == 0 }), let text = contents(file) else { return nil }
    var result = VirtualEnvironment(prefix: String(folder[..<above]))
    for line in text.split(separator: "\n") {
        let parts = line.split(separator: "=", maxSplits: 1).map { $0.trimmed }
        guard parts.count == 2 else { continue }
        switch parts[0].lowercased() {
        case "home": result.home = parts[1]
        case "executable": result.baseExecutable = parts[1]
        case "include-system-site-packages": result.includesSystem = parts[1].lowercased() == "true"
        default: break
        }
    }
    return result
}

/// The folders of packages that exist, in the order in which they are searched.
func siteFolders(_ flags: StartFlags, _ environment: VirtualEnvironment?) -> [String] {
    if flags.noSite != 0 { return [] }
    var folders: [String] = []
    if let environment { folders.append("\(environment.prefix)/lib/python3.11/site-packages") }
    if environment?.includesSystem ?? true {
        if flags.noUserSite == 0 {
            let base = flags.ignoreEnvironment == 0 ? getenv("PYTHONUSERBASE").map { String(cString: $0) } ?? "" : ""
            if !base.isEmpty {
                folders.append("\(base)/lib/ladon3.11/site-packages")
            } else if let home = getenv("HOME") {
                folders.append("\(String(cString: home))/.local/lib/ladon3.11/site-packages")
            }
        }
        folders.append("/usr/local/lib/ladon3.11/site-packages")
    }
    return folders.filter { access($0, F_OK) == 0 }
}

/// Whether a start has to execute something: a .pth file of a folder of packages, or sitecustomize or usercustomize in one of
/// them or in PYTHONPATH. (A sitecustomize in the library's own folder belongs to the distribution's CPython.)
func startNeedsSite(_ flags: StartFlags, _ folders: [String]) -> Bool {
    if flags.noSite != 0 { return false }
    var searched = folders
    if flags.ignoreEnvironment == 0, let path = getenv("PYTHONPATH"), path.pointee != 0 {
        searched += String(cString: path).split(separator: ":").map(String.init)
    }
    let customised = searched.contains { folder in
        ["sitecustomize", "usercustomize"].contains { access("\(folder)/\($0).py", F_OK) == 0 || access("\(folder)/\($0)/__init__.py", F_OK) == 0 }
    }
    return customised || folders.contains(where: hasPathFile)
}

private func hasPathFile(_ folder: String) -> Bool {
    guard let directory = opendir(folder) else { return false }
    defer { closedir(directory) }
    while let entry = readdir(directory) {
        let isPathFile = withUnsafePointer(to: &entry.pointee.d_name) { p -> Bool in
            let name = UnsafeRawPointer(p).assumingMemoryBound(to: CChar.self), count = strlen(name)
            return count > 4 && strcmp(name + count - 4, ".pth") == 0
        }
        if isPathFile { return true }
    }
    return false
}

private func contents(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 64 << 10)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
}

extension Substring {
    fileprivate var trimmed: String { String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" || $0 == "\r" }.reversed()) }
}
