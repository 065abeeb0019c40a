// The opcodes of the pickle machine, all protocols.

enum PickleOpcode {
    static let mark: UInt8 = 40             // (
    static let emptyTuple: UInt8 = 41       // )
    static let stop: UInt8 = 46             // .
    static let pop: UInt8 = 48              // 0
    static let popMark: UInt8 = 49          // 1
    static let dup: UInt8 = 50              // 2
    static let float: UInt8 = 70            // F
    static let binFloat: UInt8 = 71         // G
    static let int: UInt8 = 73              // I
    static let binInt: UInt8 = 74           // J
    static let binInt1: UInt8 = 75          // K
    static let long: UInt8 = 76             // L
    static let binInt2: UInt8 = 77          // M
    static let none: UInt8 = 78             // N
    static let persistent: UInt8 = 80       // P
    static let binPersistent: UInt8 = 81    // Q
    static let reduce: UInt8 = 82           // R
    static let string: UInt8 = 83           // S
    static let binString: UInt8 = 84        // T
    static let shortBinString: UInt8 = 85   // U
    static let unicode: UInt8 = 86          // V
    static let binUnicode: UInt8 = 88       // X
    static let emptyList: UInt8 = 93        // ]
    static let append: UInt8 = 97           // a
    static let build: UInt8 = 98            // b
    static let global: UInt8 = 99           // c
    static let dict: UInt8 = 100            // d
    static let appends: UInt8 = 101         // e
    static let get: UInt8 = 103             // g
    static let binGet: UInt8 = 104          // h
    static let inst: UInt8 = 105            // i
    static let longBinGet: UInt8 = 106      // j
    static let list: UInt8 = 108            // l
    static let obj: UInt8 = 111             // o
    static let put: UInt8 = 112             // p
    static let binPut: UInt8 = 113          // q
    static let longBinPut: UInt8 = 114      // r
    static let setItem: UInt8 = 115         // s
    static let tuple: UInt8 = 116           // t
    static let setItems: UInt8 = 117        // u
    static let emptyDict: UInt8 = 125       // }
    // Protocol 2
    static let proto: UInt8 = 0x80
    static let newObject: UInt8 = 0x81
    static let extension1: UInt8 = 0x82
    static let extension2: UInt8 = 0x83
    static let extension4: UInt8 = 0x84
    static let tuple1: UInt8 = 0x85
    static let tuple2: UInt8 = 0x86
    static let tuple3: UInt8 = 0x87
    static let newTrue: UInt8 = 0x88
    static let newFalse: UInt8 = 0x89
    static let long1: UInt8 = 0x8A
    static let long4: UInt8 = 0x8B
    // Protocol 3
    static let binBytes: UInt8 = 66         // B
    static let shortBinBytes: UInt8 = 67    // C
    // Protocol 4
    static let shortBinUnicode: UInt8 = 0x8C
    static let binUnicode8: UInt8 = 0x8D
    static let binBytes8: UInt8 = 0x8E
    static let emptySet: UInt8 = 0x8F
    static let addItems: UInt8 = 0x90
    static let frozenSet: UInt8 = 0x91
    static let newObjectEx: UInt8 = 0x92
    static let stackGlobal: UInt8 = 0x93
    static let memoize: UInt8 = 0x94
    static let frame: UInt8 = 0x95
    // Protocol 5
    static let byteArray8: UInt8 = 0x96
    static let nextBuffer: UInt8 = 0x97
    static let readOnlyBuffer: UInt8 = 0x98

    static let highestProtocol = 5
    static let defaultProtocol = 4
    /// Items between a mark and the opcode that takes them.
    static let batch = 1000
    /// A frame is closed when it is this long; larger bytes are written outside of frames.
    static let frameTarget = 64 * 1024
    static let frameMinimum = 4
    static let frameHeader = 9
}
