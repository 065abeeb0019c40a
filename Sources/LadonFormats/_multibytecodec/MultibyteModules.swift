// The modules `_multibytecodec` and `_codecs_cn`, `_codecs_hk`, `_codecs_iso2022`, `_codecs_jp`, `_codecs_kr`, `_codecs_tw`.

import LadonLibrary

private func makeTypes(_ t: Thread) {
    if multibyteCodecType != nil { return }
    multibyteCodecType = installType(t, multibyteCodecDefinition())
    makeImmortal(multibyteCodecType.value)
}

/// The module `_multibytecodec`.
public func multibyteCodecModule() -> ModuleDefinition {
    ModuleDefinition("_multibytecodec", types: [
        multibyteIncrementalEncoderDefinition, multibyteIncrementalDecoderDefinition, multibyteStreamReaderDefinition, multibyteStreamWriterDefinition,
    ], initialize: { t, _ in
        makeTypes(t)
        return .none
    })
}

private func getCodec(_ t: Thread, _ title: Value, _ family: MultibyteFamily) -> Value {
    if !title.isStr { return raise(t, .typeError, "encoding name must be a string.") }
    guard let codec = MultibyteCodec.named(swiftString(title), family) else { return raise(t, .lookupError, "no such codec is supported.") }
    makeTypes(t)
    return makeMultibyteCodec(t, title, codec)
}

private func family(_ name: StaticString, _ getCodec: @escaping NativeFunction) -> ModuleDefinition {
    ModuleDefinition(name, members: [.method("getcodec", "(encoding, /)", getCodec)])
}

public func chineseCodecsModule() -> ModuleDefinition { family("_codecs_cn") { t, a in getCodec(t, a[0], .china) } }
public func hongKongCodecsModule() -> ModuleDefinition { family("_codecs_hk") { t, a in getCodec(t, a[0], .hongKong) } }
public func japaneseCodecsModule() -> ModuleDefinition { family("_codecs_jp") { t, a in getCodec(t, a[0], .japan) } }
public func koreanCodecsModule() -> ModuleDefinition { family("_codecs_kr") { t, a in getCodec(t, a[0], .korea) } }
public func taiwaneseCodecsModule() -> ModuleDefinition { family("_codecs_tw") { t, a in getCodec(t, a[0], .taiwan) } }
public func iso2022CodecsModule() -> ModuleDefinition { family("_codecs_iso2022") { t, a in getCodec(t, a[0], .iso2022) } }
