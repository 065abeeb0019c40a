// Accessors that are too long to inline.

#include "CLadonUnicode.h"

uint32_t ladon_uc_special_case(uint32_t offset, uint32_t which, uint32_t *out) {
    // The first word holds the four lengths, four bits each; the code points follow in the same order.
    uint32_t lengths = ladon_uc_special_cases[offset++];
    for (uint32_t i = 0; i < which; i++, lengths >>= 4) offset += lengths & 15;
    uint32_t length = lengths & 15;
    for (uint32_t i = 0; i < length; i++) out[i] = ladon_uc_special_cases[offset + i];
    return length;
}

uint32_t ladon_uc_decomposition(uint32_t cp, const char **tag, const uint32_t **codes) {
    uint32_t offset = ladon_uc_decomposition_index(cp);
    uint32_t head = ladon_uc_mappings[offset];
    *tag = ladon_uc_tag_names[head >> 8];
    *codes = &ladon_uc_mappings[offset + 1];
    return head & 255;
}
