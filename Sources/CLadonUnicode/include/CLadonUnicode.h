// The Unicode Character Database as Python 3.11 sees it (Unicode 14.0): character types, case mappings,
// properties, decomposition, normalisation and names. All tables are constant data made by
// Scripts/generate-unicode; nothing is initialised at start.
//
// Every `cp` given to these functions must be below 0x110000 (surrogates included).
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "CLadonFloatText.h"
#include "CLadonUnicodeTries.h"

// Character types

// Macros, because Swift sees them as UInt32.
#define LADON_UC_ALPHA 0x0001u
#define LADON_UC_DECIMAL 0x0002u
#define LADON_UC_DIGIT 0x0004u
#define LADON_UC_NUMERIC 0x0008u
#define LADON_UC_LOWER 0x0010u
#define LADON_UC_UPPER 0x0020u
#define LADON_UC_TITLE 0x0040u ///< general category Lt
#define LADON_UC_SPACE 0x0080u
#define LADON_UC_PRINTABLE 0x0100u
#define LADON_UC_XID_START 0x0200u ///< may start an identifier; "_" included
#define LADON_UC_XID_CONTINUE 0x0400u
#define LADON_UC_CASED 0x0800u
#define LADON_UC_CASE_IGNORABLE 0x1000u ///< skipped around a capital sigma
#define LADON_UC_LINEBREAK 0x2000u
#define LADON_UC_SPECIAL 0x4000u ///< a full case mapping differs from the simple one
#define LADON_UC_ALNUM 0x000Fu ///< ALPHA, DECIMAL, DIGIT or NUMERIC

typedef struct {
    uint16_t flags;
    uint8_t decimal, digit;      // 255: none
    int32_t upper, lower, title; // distance to the simple mapping
    uint16_t special;            // offset into ladon_uc_special_cases
    uint16_t number;             // index into ladon_uc_numbers
} ladon_uc_type;

extern const ladon_uc_type ladon_uc_types[];
extern const uint16_t ladon_uc_special_cases[];
extern const double ladon_uc_numbers[];

static inline const ladon_uc_type *ladon_uc_type_record(uint32_t cp) {
    return &ladon_uc_types[ladon_uc_type_index(cp)];
}

/// The LADON_UC_… flags of a code point.
static inline uint32_t ladon_uc_flags(uint32_t cp) {
    return ladon_uc_type_record(cp)->flags;
}

/// The value of a decimal digit (`str.isdecimal`), or -1.
static inline int32_t ladon_uc_decimal(uint32_t cp) {
    uint8_t value = ladon_uc_type_record(cp)->decimal;
    return value == 255 ? -1 : value;
}

/// The value of a digit (`str.isdigit`), or -1.
static inline int32_t ladon_uc_digit(uint32_t cp) {
    uint8_t value = ladon_uc_type_record(cp)->digit;
    return value == 255 ? -1 : value;
}

/// The numeric value of a code point with LADON_UC_NUMERIC, else 0.
static inline double ladon_uc_number(uint32_t cp) {
    return ladon_uc_numbers[ladon_uc_type_record(cp)->number];
}

/// Simple (one-to-one) mappings, as regular expressions use them.
static inline uint32_t ladon_uc_toupper(uint32_t cp) {
    return cp + (uint32_t)ladon_uc_type_record(cp)->upper;
}
static inline uint32_t ladon_uc_tolower(uint32_t cp) {
    return cp + (uint32_t)ladon_uc_type_record(cp)->lower;
}
static inline uint32_t ladon_uc_totitle(uint32_t cp) {
    return cp + (uint32_t)ladon_uc_type_record(cp)->title;
}

/// Copies full mapping number `which` (upper, lower, title, fold) of a LADON_UC_SPECIAL code point.
uint32_t ladon_uc_special_case(uint32_t offset, uint32_t which, uint32_t *out);

/// Full mappings, without context (a final sigma is the caller's affair): 1 to 3 code points written to
/// `out`, their number returned.
static inline uint32_t ladon_uc_full_upper(uint32_t cp, uint32_t *out) {
    const ladon_uc_type *type = ladon_uc_type_record(cp);
    if (type->special) return ladon_uc_special_case(type->special, 0, out);
    out[0] = cp + (uint32_t)type->upper;
    return 1;
}
static inline uint32_t ladon_uc_full_lower(uint32_t cp, uint32_t *out) {
    const ladon_uc_type *type = ladon_uc_type_record(cp);
    if (type->special) return ladon_uc_special_case(type->special, 1, out);
    out[0] = cp + (uint32_t)type->lower;
    return 1;
}
static inline uint32_t ladon_uc_full_title(uint32_t cp, uint32_t *out) {
    const ladon_uc_type *type = ladon_uc_type_record(cp);
    if (type->special) return ladon_uc_special_case(type->special, 2, out);
    out[0] = cp + (uint32_t)type->title;
    return 1;
}
static inline uint32_t ladon_uc_full_casefold(uint32_t cp, uint32_t *out) {
    const ladon_uc_type *type = ladon_uc_type_record(cp);
    if (type->special) return ladon_uc_special_case(type->special, 3, out);
    out[0] = cp + (uint32_t)type->lower;
    return 1;
}

// Properties (unicodedata)

typedef struct {
    uint8_t category, bidirectional, combining, mirrored, width;
    uint8_t quick_check; // two bits for each form, in the order of ladon_uc_form: 0 yes, 1 maybe, 2 no
} ladon_uc_property;

typedef struct {
    uint8_t category, bidirectional, mirrored, width;
    uint8_t decimal;  // 255: none
    uint16_t number;  // 0xFFFF: none
} ladon_uc_property32;

typedef struct { uint32_t first, second; } ladon_uc_pair;
typedef struct { uint32_t first, second, composed; } ladon_uc_composition;

extern const ladon_uc_property ladon_uc_properties[];
extern const ladon_uc_property32 ladon_uc_properties32[];
extern const ladon_uc_pair ladon_uc_corrections32[];
extern const uint32_t ladon_uc_correction32_count;
extern const char *const ladon_uc_category_names[];
extern const char *const ladon_uc_bidirectional_names[];
extern const char *const ladon_uc_width_names[];
extern const uint32_t ladon_uc_mappings[];
extern const char *const ladon_uc_tag_names[];
extern const ladon_uc_composition ladon_uc_compositions[];

static inline const ladon_uc_property *ladon_uc_property_record(uint32_t cp) {
    return &ladon_uc_properties[ladon_uc_property_index(cp)];
}
static inline const ladon_uc_property32 *ladon_uc_property32_record(uint32_t cp) {
    return &ladon_uc_properties32[ladon_uc_property32_index(cp)];
}

/// "Lu", "Nd", …
static inline const char *ladon_uc_category(uint32_t cp) {
    return ladon_uc_category_names[ladon_uc_property_record(cp)->category];
}
/// "L", "AL", …; "" for none.
static inline const char *ladon_uc_bidirectional(uint32_t cp) {
    return ladon_uc_bidirectional_names[ladon_uc_property_record(cp)->bidirectional];
}
/// "F", "H", "W", "Na", "A", "N".
static inline const char *ladon_uc_east_asian_width(uint32_t cp) {
    return ladon_uc_width_names[ladon_uc_property_record(cp)->width];
}
static inline uint32_t ladon_uc_combining(uint32_t cp) {
    return ladon_uc_property_record(cp)->combining;
}
static inline bool ladon_uc_mirrored(uint32_t cp) {
    return ladon_uc_property_record(cp)->mirrored != 0;
}

/// The same in Unicode 3.2.0 (`unicodedata.ucd_3_2_0`). Digits did not change; names, decompositions and
/// combining classes did not either, except that unassigned code points have none.
static inline bool ladon_uc32_assigned(uint32_t cp) {
    return ladon_uc_property32_record(cp)->category != 0;
}
static inline const char *ladon_uc32_category(uint32_t cp) {
    return ladon_uc_category_names[ladon_uc_property32_record(cp)->category];
}
static inline const char *ladon_uc32_bidirectional(uint32_t cp) {
    return ladon_uc_bidirectional_names[ladon_uc_property32_record(cp)->bidirectional];
}
static inline const char *ladon_uc32_east_asian_width(uint32_t cp) {
    return ladon_uc_width_names[ladon_uc_property32_record(cp)->width];
}
static inline bool ladon_uc32_mirrored(uint32_t cp) {
    return ladon_uc_property32_record(cp)->mirrored != 0;
}
static inline int32_t ladon_uc32_decimal(uint32_t cp) {
    uint8_t value = ladon_uc_property32_record(cp)->decimal;
    return value == 255 ? -1 : value;
}
/// Stores the numeric value and returns true, or returns false.
static inline bool ladon_uc32_number(uint32_t cp, double *value) {
    uint16_t number = ladon_uc_property32_record(cp)->number;
    if (number == 0xFFFF) return false;
    *value = ladon_uc_numbers[number];
    return true;
}

/// One level of decomposition as `unicodedata.decomposition` shows it: `*tag` is "" (canonical) or
/// "<compat>" and the like, `*codes` the mapping; returns its length, 0 for none. Hangul syllables have none
/// here (they decompose by rule).
uint32_t ladon_uc_decomposition(uint32_t cp, const char **tag, const uint32_t **codes);

// Normalisation

typedef enum { LADON_UC_NFD = 0, LADON_UC_NFKD = 1, LADON_UC_NFC = 2, LADON_UC_NFKC = 3 } ladon_uc_form;

/// Whether a text is in a form for sure: 0 yes, 1 maybe, 2 no.
uint32_t ladon_uc_quick_check(ladon_uc_form form, const uint32_t *text, size_t count);

/// Decomposes and orders canonically (`form`: only its K matters). Returns the number of code points, at
/// most 18 for each of `text`; they are written to `out` if it is not null. `old`: as Unicode 3.2.0.
size_t ladon_uc_decompose(ladon_uc_form form, bool old, const uint32_t *text, size_t count, uint32_t *out);

/// Composes a decomposed text in place and returns the new length.
size_t ladon_uc_compose(uint32_t *text, size_t count);

/// Normalises into memory from `malloc`, which the caller frees; null if there is no memory.
uint32_t *ladon_uc_normalize(ladon_uc_form form, bool old, const uint32_t *text, size_t count, size_t *out_count);

// Names

enum { LADON_UC_NAME_MAX = 256 };

typedef struct { uint32_t first, last; const char *prefix; } ladon_uc_name_range;
typedef struct { uint32_t count, codes[4]; } ladon_uc_sequence;

/// Writes the name of a code point (ASCII, not terminated) to `out`, LADON_UC_NAME_MAX bytes, and returns its
/// length; 0 if it has none.
size_t ladon_uc_name(uint32_t cp, char *out);

/// The code points that a name, an alias or (if `sequences`) a named sequence stands for: up to 4 written to
/// `out`, their number returned, 0 if there is no such name. Case matters only for the names of Hangul
/// syllables and unified ideographs, as in CPython.
uint32_t ladon_uc_lookup(const char *name, size_t length, bool sequences, uint32_t *out);
