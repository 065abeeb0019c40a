// Normalisation forms (Unicode Standard Annex #15).

#include <stdlib.h>
#include "CLadonUnicode.h"

enum {
    HANGUL_S = 0xAC00, HANGUL_L = 0x1100, HANGUL_V = 0x1161, HANGUL_T = 0x11A7,
    HANGUL_L_COUNT = 19, HANGUL_V_COUNT = 21, HANGUL_T_COUNT = 28,
    HANGUL_S_COUNT = HANGUL_L_COUNT * HANGUL_V_COUNT * HANGUL_T_COUNT,
    COMPOSITION_SLOTS = 4096,
};

uint32_t ladon_uc_quick_check(ladon_uc_form form, const uint32_t *text, size_t count) {
    uint32_t answer = 0, last_class = 0, shift = 2 * (uint32_t)form;
    for (size_t i = 0; i < count; i++) {
        if (text[i] < 0xA0) { // nothing below decomposes, composes as the second or combines
            last_class = 0;
            continue;
        }
        const ladon_uc_property *property = ladon_uc_property_record(text[i]);
        if (property->combining && last_class > property->combining) return 2;
        last_class = property->combining;
        uint32_t check = property->quick_check >> shift & 3;
        if (check == 2) return 2;
        answer |= check;
    }
    return answer;
}

/// Writes the full decomposition of one code point to `out` unless it is null; returns its length.
static size_t decompose_one(bool compatible, bool old, uint32_t cp, uint32_t *out) {
    if (cp >= HANGUL_S && cp < HANGUL_S + HANGUL_S_COUNT) {
        uint32_t index = cp - HANGUL_S, tail = index % HANGUL_T_COUNT;
        if (out) {
            out[0] = HANGUL_L + index / (HANGUL_V_COUNT * HANGUL_T_COUNT);
            out[1] = HANGUL_V + index % (HANGUL_V_COUNT * HANGUL_T_COUNT) / HANGUL_T_COUNT;
            if (tail) out[2] = HANGUL_T + tail;
        }
        return tail ? 3 : 2;
    }
    uint32_t offset = ladon_uc_decomposition_index(cp);
    uint32_t head = ladon_uc_mappings[offset];
    if (offset && old) {
        if (!ladon_uc32_assigned(cp)) head = 0;
        for (uint32_t i = 0; i < ladon_uc_correction32_count; i++)
            if (ladon_uc_corrections32[i].first == cp) {
                if (out) out[0] = ladon_uc_corrections32[i].second;
                return 1;
            }
    }
    if (head == 0 || (head >> 8 && !compatible)) {
        if (out) out[0] = cp;
        return 1;
    }
    size_t length = 0;
    for (uint32_t i = 1; i <= (head & 255); i++)
        length += decompose_one(compatible, old, ladon_uc_mappings[offset + i], out ? out + length : NULL);
    return length;
}

/// Sorts each run of combining marks by class, keeping the order of equals. A run is nearly always short;
/// a long one (hostile input) is merge-sorted so that the time stays n log n.
static void order_run(uint32_t *run, size_t count) {
    if (count < 32) {
        for (size_t i = 1; i < count; i++) {
            uint32_t cp = run[i], class = ladon_uc_combining(cp);
            size_t j = i;
            for (; j > 0 && ladon_uc_combining(run[j - 1]) > class; j--) run[j] = run[j - 1];
            run[j] = cp;
        }
        return;
    }
    // Counting sort by class: stable and linear.
    uint32_t *sorted = malloc(count * sizeof *sorted);
    if (!sorted) return;
    size_t starts[257] = {0};
    for (size_t i = 0; i < count; i++) starts[ladon_uc_combining(run[i]) + 1]++;
    for (size_t i = 1; i < 257; i++) starts[i] += starts[i - 1];
    for (size_t i = 0; i < count; i++) sorted[starts[ladon_uc_combining(run[i])]++] = run[i];
    for (size_t i = 0; i < count; i++) run[i] = sorted[i];
    free(sorted);
}

size_t ladon_uc_decompose(ladon_uc_form form, bool old, const uint32_t *text, size_t count, uint32_t *out) {
    bool compatible = form & 1;
    size_t length = 0;
    for (size_t i = 0; i < count; i++) {
        if (text[i] < 0xA0) {
            if (out) out[length] = text[i];
            length++;
        } else {
            length += decompose_one(compatible, old, text[i], out ? out + length : NULL);
        }
    }
    if (!out) return length;
    for (size_t i = 0; i < length;) {
        if (out[i] < 0x300 || !ladon_uc_combining(out[i])) {
            i++;
            continue;
        }
        size_t start = i;
        while (i < length && out[i] >= 0x300 && ladon_uc_combining(out[i])) i++;
        if (i - start > 1) order_run(out + start, i - start);
    }
    return length;
}

/// The primary composite of a pair, or 0.
static uint32_t compose_pair(uint32_t first, uint32_t second) {
    if (first - HANGUL_L < HANGUL_L_COUNT && second - HANGUL_V < HANGUL_V_COUNT)
        return HANGUL_S + ((first - HANGUL_L) * HANGUL_V_COUNT + (second - HANGUL_V)) * HANGUL_T_COUNT;
    if (first - HANGUL_S < HANGUL_S_COUNT && (first - HANGUL_S) % HANGUL_T_COUNT == 0
        && second - (HANGUL_T + 1) < HANGUL_T_COUNT - 1)
        return first + (second - HANGUL_T);
    uint32_t slot = (first * 0x9E3779B1u + second * 0x85EBCA77u) >> 20 & (COMPOSITION_SLOTS - 1);
    for (;; slot = (slot + 1) & (COMPOSITION_SLOTS - 1)) {
        const ladon_uc_composition *entry = &ladon_uc_compositions[slot];
        if (!entry->composed) return 0;
        if (entry->first == first && entry->second == second) return entry->composed;
    }
}

size_t ladon_uc_compose(uint32_t *text, size_t count) {
    size_t length = 0, starter = 0;
    bool has_starter = false;
    uint32_t last_class = 0; // of the last code point kept after the starter
    for (size_t i = 0; i < count; i++) {
        uint32_t cp = text[i], class = cp < 0x300 ? 0 : ladon_uc_combining(cp);
        if (has_starter) {
            // Blocked if anything kept in between has class 0 or a class that is not lower.
            bool adjacent = length == starter + 1;
            if (adjacent || (last_class != 0 && last_class < class)) {
                uint32_t composed = compose_pair(text[starter], cp);
                if (composed) {
                    text[starter] = composed;
                    continue;
                }
            }
        }
        if (class == 0) {
            starter = length;
            has_starter = true;
        }
        last_class = class;
        text[length++] = cp;
    }
    return length;
}

uint32_t *ladon_uc_normalize(ladon_uc_form form, bool old, const uint32_t *text, size_t count, size_t *out_count) {
    size_t length = ladon_uc_decompose(form, old, text, count, NULL);
    uint32_t *out = malloc((length ? length : 1) * sizeof *out);
    if (!out) return NULL;
    ladon_uc_decompose(form, old, text, count, out);
    *out_count = form >= LADON_UC_NFC ? ladon_uc_compose(out, length) : length;
    return out;
}
