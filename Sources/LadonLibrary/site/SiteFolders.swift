// Where installed packages lie (docs/divergences/site-packages.md), and virtual environments (PEP 405): found at start,
// without running Python. Only where a folder holds something to execute is the module `site` imported as well.

import Glibc

/// A virtual environment: the folder above that of the command, when there is a pyvenv.cfg in either.
struct VirtualEnvironment {
    let prefix: String
    /// The command that made it, and that command's folder.
    var baseExecutable: String?
    var home: String?
    var includesSystem = true

    /// nil: the command is in none.
    init?(_ t: Thread, _ executable: CommandWord) {
        let path = executable.text
        guard let slash = path.lastIndex(of: "/") else { return nil }
        let folder = String(path[..<slash])
        guard let above = folder.lastIndex(of: "/") else { return nil }
        prefix = String(folder[..<above])
        guard let file = readFile(t, "\(folder)/pyvenv.cfg") ?? readFile(t, "\(prefix)/pyvenv.cfg") else { return nil }
        let text = String(decoding: UnsafeBufferPointer(start: file.bytesData, count: file.bytesCount), as: UTF8.self)
        file.keepAlive
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1).map { $0.trimmed }
            guard parts.count == 2 else { continue }
            switch parts[0].lowercased() {
            case "home": home = parts[1]
            case "executable": baseExecutable = parts[1]
            case "include-system-site-packages": includesSystem = parts[1].lowercased() == "true"
            default: break
            }
        }
    }
}

/// Where the process finds installed packages.
struct Sites {
    var environment: VirtualEnvironment?
    /// The folders that exist, in the order in which they are searched.
    var folders: [String] = []

    init() {}
    init(_ t: Thread, _ options: StartOptions) {
        let flags = options.flags
        if flags.noSite != 0 { return }
        environment = VirtualEnvironment(t, options.executable)
        if let environment { folders.append("\(environment.prefix)/lib/python3.11/site-packages") }
        if environment?.includesSystem ?? true {
            let base = flags.variable("PYTHONUSERBASE").map { String(cString: $0) } ?? getenv("HOME").map { String(cString: $0) + "/.local" }
            if flags.noUserSite == 0, let base { folders.append("\(base)/lib/ladon3.11/site-packages") }
            folders.append("/usr/local/lib/ladon3.11/site-packages")
        }
        folders = folders.filter { access($0, F_OK) == 0 }
    }

    /// Whether a start has to execute something: a .pth file of a folder of packages, or sitecustomize or usercustomize in one of
    /// them or in PYTHONPATH. (A sitecustomize in the library's own folder belongs to the distribution's CPython.)
    func areExecuted(_ flags: StartFlags) -> Bool {
        if flags.noSite != 0 { return false }
        let path = flags.variable("PYTHONPATH").map { String(cString: $0).split(separator: ":").map(String.init) } ?? []
        let isCustomised = (folders + path).contains { folder in
            ["sitecustomize", "usercustomize"].contains { access("\(folder)/\($0).py", F_OK) == 0 || access("\(folder)/\($0)/__init__.py", F_OK) == 0 }
        }
        return isCustomised || folders.contains(where: hasPathFile)
    }
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

extension Substring {
    fileprivate var trimmed: String { String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" || $0 == "\r" }.reversed()) }
}
