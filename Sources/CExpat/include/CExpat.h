// Expat, loaded when it is first needed: a program that reads no XML pays neither its start-up time nor its memory.
#ifndef CEXPAT_H
#define CEXPAT_H

#include <expat.h>

/// What is called of Expat.
#define EXPAT_FUNCTIONS(F) \
    F(XML_ParserCreate_MM) F(XML_ExternalEntityParserCreate) F(XML_ParserFree) F(XML_SetHashSalt) F(XML_SetUserData) \
    F(XML_Parse) F(XML_StopParser) F(XML_SetEncoding) F(XML_SetBase) F(XML_GetBase) F(XML_GetInputContext) \
    F(XML_SetParamEntityParsing) F(XML_UseForeignDTD) F(XML_SetReturnNSTriplet) F(XML_GetSpecifiedAttributeCount) \
    F(XML_GetErrorCode) F(XML_GetCurrentLineNumber) F(XML_GetCurrentColumnNumber) F(XML_GetCurrentByteIndex) \
    F(XML_ErrorString) F(XML_ExpatVersion) F(XML_ExpatVersionInfo) F(XML_GetFeatureList) F(XML_FreeContentModel) \
    F(XML_SetStartElementHandler) F(XML_SetEndElementHandler) F(XML_SetProcessingInstructionHandler) \
    F(XML_SetCharacterDataHandler) F(XML_SetUnparsedEntityDeclHandler) F(XML_SetNotationDeclHandler) \
    F(XML_SetStartNamespaceDeclHandler) F(XML_SetEndNamespaceDeclHandler) F(XML_SetCommentHandler) \
    F(XML_SetStartCdataSectionHandler) F(XML_SetEndCdataSectionHandler) F(XML_SetDefaultHandler) \
    F(XML_SetDefaultHandlerExpand) F(XML_SetNotStandaloneHandler) F(XML_SetExternalEntityRefHandler) \
    F(XML_SetStartDoctypeDeclHandler) F(XML_SetEndDoctypeDeclHandler) F(XML_SetEntityDeclHandler) F(XML_SetXmlDeclHandler) \
    F(XML_SetElementDeclHandler) F(XML_SetAttlistDeclHandler) F(XML_SetSkippedEntityHandler) F(XML_SetUnknownEncodingHandler)

typedef struct {
#define EXPAT_FIELD(name) __typeof__(&name) _Nonnull name;
    EXPAT_FUNCTIONS(EXPAT_FIELD)
#undef EXPAT_FIELD
} ExpatFunctions;

/// The functions; valid once ladon_load_expat has answered NULL.
extern ExpatFunctions expat;

/// Loads the library, once. NULL, or why it could not be loaded. May be called by several threads.
const char *_Nullable ladon_load_expat(void);

#endif
