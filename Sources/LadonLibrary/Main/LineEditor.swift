// Reading lines at a terminal: editing and history by libedit, loaded when the REPL starts so that programs
// don't pay for it; plain lines where it is missing or input is no terminal.
//
// The waiting is ours (poll, detached), never libedit's: so Ctrl-C interrupts it and other threads run meanwhile.

import Glibc

private typealias InstallHandler = @convention(c) (UnsafePointer<CChar>, @convention(c) (UnsafeMutablePointer<CChar>?) -> Void) -> Void
private typealias Plain = @convention(c) () -> Void
private typealias AddHistory = @convention(c) (UnsafePointer<CChar>) -> Int32
private typealias HistoryFile = @convention(c) (UnsafePointer<CChar>) -> Int32

/// The line that libedit's handler was given: set and read by the main thread only.
nonisolated(unsafe) private var finishedLine: UnsafeMutablePointer<CChar>?
nonisolated(unsafe) private var hasFinished = false

struct LineEditor {
    enum Line {
        case text(String)
        case end
        /// Ctrl-C.
        case interrupted
    }

    private var install: InstallHandler?
    private var remove: Plain?
    private var readCharacter: Plain?
    private var addHistory: AddHistory?
    private var writeHistory: HistoryFile?
    private let historyPath: String?
    private var pendingBytes: [UInt8] = []

    init() {
        historyPath = getenv("HOME").map { String(cString: $0) + "/.ladon_history" }
        guard isatty(0) != 0 && isatty(1) != 0, let library = dlopen("libedit.so.2", RTLD_NOW) ?? dlopen("libedit.so.0", RTLD_NOW) else { return }
        func symbol<T>(_ name: String, _ type: T.Type) -> T? { dlsym(library, name).map { unsafeBitCast($0, to: type) } }
        install = symbol("rl_callback_handler_install", InstallHandler.self)
        remove = symbol("rl_callback_handler_remove", Plain.self)
        readCharacter = symbol("rl_callback_read_char", Plain.self)
        addHistory = symbol("add_history", AddHistory.self)
        writeHistory = symbol("write_history", HistoryFile.self)
        symbol("using_history", Plain.self)?()
        if let path = historyPath { _ = symbol("read_history", HistoryFile.self)?(path) }
    }

    mutating func read(_ t: Thread, prompt: String) -> Line {
        guard let install, let remove, let readCharacter else { return readPlain(t, prompt: prompt) }
        hasFinished = false
        finishedLine = nil
        install(prompt) { line in finishedLine = line; hasFinished = true }
        while !hasFinished {
            switch waitForInput(t) {
            case .interrupted:
                remove()
                print("^C")
                return .interrupted
            case .end: remove(); return .end
            case .text: readCharacter()
            }
        }
        remove()
        guard let line = finishedLine else { print(""); return .end }
        defer { free(line) }
        let text = String(cString: line)
        if !text.isEmpty { _ = addHistory?(line) }
        return .text(text + "\n")
    }

    func saveHistory() { if let path = historyPath { _ = writeHistory?(path) } }

    /// `.text("")` when there is input to read.
    private func waitForInput(_ t: Thread) -> Line {
        while true {
            var descriptor = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
            let n = withUnsafeMutablePointer(to: &descriptor) { p in blocking(t) { poll(p, 1, -1) } }
            if n > 0 { return .text("") }
            if n < 0 && ladon_errno() != EINTR { return .end }
            if !safepoint(t) { clearException(t); return .interrupted }
        }
    }

    private mutating func readPlain(_ t: Thread, prompt: String) -> Line {
        // Standard output holds what the program prints and nothing else, as in CPython.
        fputs(prompt, stderr)
        while true {
            if let newline = pendingBytes.firstIndex(of: 10) {
                let line = String(decoding: pendingBytes[...newline], as: UTF8.self)
                pendingBytes.removeSubrange(...newline)
                return .text(line)
            }
            if case .interrupted = waitForInput(t) { fputs("\n", stderr); return .interrupted }
            var chunk = [UInt8](repeating: 0, count: 4096)
            let n = Glibc.read(0, &chunk, chunk.count)
            if n <= 0 {
                if pendingBytes.isEmpty {
                    fputs("\n", stderr)
                    return .end
                }
                let rest = String(decoding: pendingBytes, as: UTF8.self)
                pendingBytes = []
                return .text(rest + "\n")
            }
            pendingBytes.append(contentsOf: chunk[0..<n])
        }
    }
}
