// The % operator of bytes and bytearray (PEP 461).

import Glibc
import LadonRuntime

func bytes_modulo(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if !a.isBytes && !isByteArray(a) { return .notImplemented }
    let s = TextSource(byteLike: a)
    var out = ByteBuffer(capacity: s.text.count &+ 32)
    defer { out.free() }
    var job = PercentJob(t, b, bytes: true)
    // The template is copied when it might change while values are converted.
    let template = s.form == .bytes ? a : makeBytes(t, s.bytes, s.text.count)
    let done = job.renderBytes(template, UnsafePointer(template.bytesData), template.bytesCount, &out)
    template.keepAlive
    if !done { return .raised }
    if out.failed { return raiseMemoryError(t) }
    return s.form == .bytes ? makeBytes(t, out.base, out.count) : makeByteArray(t, out.base, out.count)
}

extension PercentJob {
    mutating func renderBytes(_ template: Value, _ units: UnsafePointer<UInt8>, _ length: Int, _ out: inout ByteBuffer) -> Bool {
        var steps = PercentTemplate(units, length)
        while true {
            switch steps.next() {
            case .end: return finishArguments()
            case .problem(let problem): return fail(problem)
            case .literal(let range): out.append(units + range.lowerBound, range.count)
            case .conversion(var spec):
                if !prepare(&spec, template, units) { return false }
                let v = argument()
                if v.isRaised { return false }
                if !spec.isKnown(.bytes) { return fail(.unknownConversion(spec.conversion, spec.index)) }
                if !convertBytes(v, spec, &out) { return false }
            }
        }
    }

    private func convertBytes(_ v: Value, _ spec: PercentSpec, _ out: inout ByteBuffer) -> Bool {
        switch spec.conversion {
        case 114, 97: // r a
            let text = ascii(t, v)
            if text.isRaised { return false }
            spec.append(text: UnsafePointer(text.strBytes), text.strCount, to: &out)
            text.keepAlive
            return true
        case 115, 98: // s b
            if supportsBuffer(v) {
                return !withBytes(t, v) { part in
                    spec.append(text: part.units(UInt8.self), part.count, to: &out)
                    return .none
                }.isRaised
            }
            let method = lookupSpecial(t, v, name(.__bytes__))
            if method.isRaised { return false }
            if method.isMissing {
                _ = raise(t, .typeError, "%b requires a bytes-like object, or an object that implements __bytes__, not '\(typeName(v))'")
                return false
            }
            let result = call(t, method)
            if result.isRaised { return false }
            if !result.isBytes {
                _ = raise(t, .typeError, "__bytes__ returned non-bytes (type \(typeName(result)))")
                return false
            }
            spec.append(text: UnsafePointer(result.bytesData), result.bytesCount, to: &out)
            result.keepAlive
            return true
        case 99: // c
            guard var byte = byteCharacter(v) else { return false }
            spec.append(text: &byte, 1, to: &out)
            return true
        case 101, 69, 102, 70, 103, 71:
            return float(v, spec, &out)
        default:
            let n = integer(v, spec)
            return n.isRaised ? false : integerText(n, spec, &out)
        }
    }

    private func byteCharacter(_ v: Value) -> UInt8? {
        if v.isBytes && v.bytesCount == 1 { return v.bytesData[0] }
        if v.isCell && isByteArray(v) && byteArrayContents(v).count == 1 { return byteArrayContents(v).base[0] }
        if isInt(v) || (typeOf(v).has(.index) && !v.isBytes) {
            let n = index(t, v)
            if n.isRaised { return nil }
            let code = clampedInt(n)
            if code >= 0 && code < 256 { return UInt8(code) }
            _ = raise(t, .overflowError, "%c arg not in range(256)")
            return nil
        }
        _ = raise(t, .typeError, "%c requires an integer in range(256) or a single byte")
        return nil
    }
}
