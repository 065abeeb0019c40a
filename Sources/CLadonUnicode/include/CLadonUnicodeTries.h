// The shape of each two-stage table.
// Made by Scripts/generate-unicode from CPython 3.11.2, Unicode 14.0.0.

#pragma once

#include <stdint.h>

extern const uint16_t ladon_uc_type_index1[];
extern const uint16_t ladon_uc_type_index2[];
/// The type record of a code point.
static inline uint32_t ladon_uc_type_index(uint32_t cp) {
    return ladon_uc_type_index2[((uint32_t)ladon_uc_type_index1[cp >> 7] << 7) | (cp & 127)];
}

extern const uint16_t ladon_uc_property_index1[];
extern const uint16_t ladon_uc_property_index2[];
/// The property record of a code point.
static inline uint32_t ladon_uc_property_index(uint32_t cp) {
    return ladon_uc_property_index2[((uint32_t)ladon_uc_property_index1[cp >> 7] << 7) | (cp & 127)];
}

extern const uint8_t ladon_uc_property32_index1[];
extern const uint16_t ladon_uc_property32_index2[];
/// The property record of Unicode 3.2.0 of a code point.
static inline uint32_t ladon_uc_property32_index(uint32_t cp) {
    return ladon_uc_property32_index2[((uint32_t)ladon_uc_property32_index1[cp >> 7] << 7) | (cp & 127)];
}

extern const uint8_t ladon_uc_decomposition_index1[];
extern const uint16_t ladon_uc_decomposition_index2[];
/// The offset into the mappings of a code point.
static inline uint32_t ladon_uc_decomposition_index(uint32_t cp) {
    return ladon_uc_decomposition_index2[((uint32_t)ladon_uc_decomposition_index1[cp >> 7] << 7) | (cp & 127)];
}
