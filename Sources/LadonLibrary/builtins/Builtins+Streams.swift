// print, input and open.

import Glibc

func builtin_print(_ t: Thread, _ a: Values) -> Value {
    var file = a[3]
    if file.isNone {
        file = dictGet(t, interpreter(t).pointee.sysDict, name(.stdout))
        if file.isRaised { return file }
        if file.isMissing { return raise(t, .runtimeError, "lost sys.stdout") }
        if file.isNone { return .none }
    }
    let separator = a[1].isNone || a[1].isMissing ? makeString(t, codePoint: 32) : a[1]
    let end = a[2].isNone || a[2].isMissing ? makeString(t, codePoint: 10) : a[2]
    if !isInstanceOf(separator, .str) { return raise(t, .typeError, "sep must be None or a string, not \(typeName(separator))") }
    if !isInstanceOf(end, .str) { return raise(t, .typeError, "end must be None or a string, not \(typeName(end))") }
    let write = getAttribute(t, file, name(.write))
    if write.isRaised { return write }
    let values = a[0]
    for i in 0..<values.tupleCount {
        if i > 0 && call(t, write, separator).isRaised { return .raised }
        let v = values.tupleItems[i]
        let text = v.isExactly(.str) ? v : str(t, v)
        if text.isRaised || call(t, write, text).isRaised { return .raised }
    }
    if call(t, write, end).isRaised { return .raised }
    let flush = isTrue(t, a[4])
    if flush < 0 { return .raised }
    if flush == 1 && callMethod(t, file, .flush).isRaised { return .raised }
    return .none
}

func builtin_open(_ t: Thread, _ a: Values) -> Value {
    let io = importModule(t, "_io")
    let open = io.isRaised ? io : getAttribute(t, io, name(.open))
    return open.isRaised ? open : call(t, open, args: a, 8)
}

func builtin_breakpoint(_ t: Thread, _ a: Values) -> Value {
    let hook = dictGet(t, interpreter(t).pointee.sysDict, makeString(t, "breakpointhook"))
    if hook.isRaised { return hook }
    if hook.isMissing { return raise(t, .runtimeError, "lost sys.breakpointhook") }
    if isAuditing && !audit(t, "builtins.breakpoint", hook) { return .raised }
    return callWithTuple(t, hook, a[0], a[1])
}

func builtin_input(_ t: Thread, _ a: Values) -> Value {
    func stream(_ n: Name, _ text: String) -> Value {
        let v = dictGet(t, interpreter(t).pointee.sysDict, name(n))
        if v.isRaised { return v }
        return v.isMissing || v.isNone ? raise(t, .runtimeError, "input(): lost sys.\(text)") : v
    }
    let stdin = stream(.stdin, "stdin"), stdout = stdin.isRaised ? stdin : stream(.stdout, "stdout")
    let stderr = stdout.isRaised ? stdout : stream(.stderr, "stderr")
    if stderr.isRaised { return stderr }
    if isAuditing && !audit(t, "builtins.input", a[0].isMissing || a[0] == emptyString ? .none : a[0]) { return .raised }
    // What was printed comes before the prompt.
    if callMethod(t, stderr, .flush).isRaised { clearException(t) }
    if !a[0].isMissing {
        let prompt = str(t, a[0])
        if prompt.isRaised || callMethod(t, stdout, .write, prompt).isRaised { return .raised }
    }
    if callMethod(t, stdout, .flush).isRaised { clearException(t) }
    let line = callMethod(t, stdin, .readline)
    if line.isRaised { return line }
    if !isInstanceOf(line, .str) { return raise(t, .typeError, "object.readline() returned non-string") }
    let count = line.strCount
    if count == 0 {
        // Who typed Ctrl-D need not be told.
        if isatty(0) != 0 && isatty(1) != 0 { return raise(t, .eofError) }
        return raise(t, .eofError, "EOF when reading a line")
    }
    return stringCharAt(line, count - 1) == 10 ? substring(t, line, 0, count - 1) : line
}
