// str: case mapping.

import CLadonUnicode
import Glibc
import LadonRuntime

let strCaseMembers: [NativeMember] = [
    .method("lower", "(self, /)", { t, a in mapCase(t, a[0], .lower) }, "Return a copy of the string converted to lowercase."),
    .method("upper", "(self, /)", { t, a in mapCase(t, a[0], .upper) }, "Return a copy of the string converted to uppercase."),
    .method("title", "(self, /)", { t, a in mapCase(t, a[0], .title) },
            "Return a version of the string where each word is titlecased.\n\nMore specifically, words start with uppercased characters and all remaining\ncased characters have lower case."),
    .method("capitalize", "(self, /)", { t, a in mapCase(t, a[0], .capitalize) },
            "Return a capitalized version of the string.\n\nMore specifically, make the first character have upper case and the rest lower\ncase."),
    .method("swapcase", "(self, /)", { t, a in mapCase(t, a[0], .swapcase) },
            "Convert uppercase characters to lowercase and lowercase characters to uppercase."),
    .method("casefold", "(self, /)", { t, a in mapCase(t, a[0], .casefold) }, "Return a version of the string suitable for caseless comparisons."),
]

private func mapCase(_ t: Thread, _ v: Value, _ mapping: CaseMapping) -> Value {
    let count = v.strCount
    if count == 0 { return emptyString }
    if v.strIsASCII {
        if count == 1 {
            var byte: UInt8 = 0
            mapping.mapASCII(v.strBytes, 1, into: &byte)
            return ladon_runtime.latin1[Int(byte)]
        }
        let result = newString(t, kind: 1, count: count, ascii: true)
        mapping.mapASCII(v.strBytes, count, into: result.strBytes)
        v.keepAlive
        return result
    }
    var buffer = TextBuffer(capacity: count)
    defer { buffer.free() }
    switch v.strKind {
    case 1: mapping.append(UnsafePointer(v.strBytes), count, to: &buffer)
    case 2: mapping.append(UnsafePointer(v.strHalves), count, to: &buffer)
    default: mapping.append(UnsafePointer(v.strWords), count, to: &buffer)
    }
    v.keepAlive
    return finish(t, buffer)
}
