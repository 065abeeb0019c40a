// LadonCore raises by these symbols, which LadonRuntime defines and the tests of LadonCore do without.

import LadonCore

@_silgen_name("ladon_raise_message")
func raiseMessageStub(_ t: Thread, _ type: UInt32, _ utf8: UnsafePointer<UInt8>, _ count: Int) -> Value { .raised }

@_silgen_name("ladon_warn_message")
func warnMessageStub(_ t: Thread, _ type: UInt32, _ utf8: UnsafePointer<UInt8>, _ count: Int) -> Bool { true }
