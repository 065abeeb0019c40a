// Names of code points. Ideographs and Hangul syllables are named by rule; the rest is one list of names (code
// points in order, then aliases, then named sequences), each coded as the number of words that it shares with
// the name before and the numbers of the words that follow. Every 32nd name shares none, so one can start
// there. A hash of the name leads back to its place in the list.

#include <string.h>
#include "CLadonUnicode.h"

enum { BLOCK = 32, MAX_WORDS = 40, BUCKETS = 8192, HANGUL_FIRST = 0xAC00, HANGUL_LAST = 0xD7A3 };

extern const uint32_t ladon_uc_name_lead;
extern const uint32_t ladon_uc_name_counts[3]; // code points, aliases, sequences
extern const char ladon_uc_name_words[];
extern const uint32_t ladon_uc_name_word_starts[];
extern const char ladon_uc_name_stream[];
extern const uint32_t ladon_uc_name_block_starts[];
extern const uint32_t ladon_uc_name_run_count;
extern const ladon_uc_pair ladon_uc_name_runs[]; // first code point, its place in the list
extern const uint32_t ladon_uc_name_aliases[];
extern const ladon_uc_sequence ladon_uc_name_sequences[];
extern const uint16_t ladon_uc_name_bucket_starts[];
extern const uint16_t ladon_uc_name_buckets[];
extern const uint32_t ladon_uc_unified_count, ladon_uc_patterned_count;
extern const ladon_uc_name_range ladon_uc_unified[], ladon_uc_patterned[];
extern const char *const ladon_uc_hangul_initials[];
extern const char *const ladon_uc_hangul_vowels[];
extern const char *const ladon_uc_hangul_finals[];

static const char hangul_prefix[] = "HANGUL SYLLABLE ";
static const char unified_prefix[] = "CJK UNIFIED IDEOGRAPH-";

static size_t append(char *out, size_t length, const char *text) {
    size_t count = strlen(text);
    memcpy(out + length, text, count);
    return length + count;
}

static size_t append_hex(char *out, size_t length, uint32_t cp) {
    for (int shift = cp > 0xFFFFF ? 20 : cp > 0xFFFF ? 16 : 12; shift >= 0; shift -= 4)
        out[length++] = "0123456789ABCDEF"[cp >> shift & 15];
    return length;
}

/// Writes the name at a place of the list.
static size_t listed_name(uint32_t place, char *out) {
    uint16_t words[MAX_WORDS];
    uint32_t count = 0;
    const uint8_t *stream = (const uint8_t *)ladon_uc_name_stream + ladon_uc_name_block_starts[place / BLOCK];
    for (uint32_t left = place % BLOCK + 1; left > 0; left--) {
        uint8_t head = *stream++;
        count = head >> 5;
        for (uint32_t rest = head & 31; rest > 0; rest--) {
            uint32_t word = *stream++;
            if (word >= ladon_uc_name_lead) word = ladon_uc_name_lead + ((word - ladon_uc_name_lead) << 8 | *stream++);
            words[count++] = (uint16_t)word;
        }
    }
    size_t length = 0;
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *text = (const uint8_t *)ladon_uc_name_words + ladon_uc_name_word_starts[words[i] / 16];
        for (uint32_t skip = words[i] % 16; skip > 0; text++) skip -= *text >> 7;
        if (i > 0 && (*text & 127) != '-') out[length++] = ' ';
        for (;; text++) {
            char letter = *text & 127;
            if (letter != '_') out[length++] = letter;
            if (*text & 128) break;
        }
    }
    return length;
}

static const ladon_uc_name_range *range_of(uint32_t cp, const ladon_uc_name_range *ranges, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        if (cp >= ranges[i].first && cp <= ranges[i].last) return &ranges[i];
    return NULL;
}

size_t ladon_uc_name(uint32_t cp, char *out) {
    if (cp >= HANGUL_FIRST && cp <= HANGUL_LAST) {
        uint32_t index = cp - HANGUL_FIRST;
        size_t length = append(out, 0, hangul_prefix);
        length = append(out, length, ladon_uc_hangul_initials[index / 588]);
        length = append(out, length, ladon_uc_hangul_vowels[index / 28 % 21]);
        return append(out, length, ladon_uc_hangul_finals[index % 28]);
    }
    const ladon_uc_name_range *range = range_of(cp, ladon_uc_unified, ladon_uc_unified_count);
    if (!range) range = range_of(cp, ladon_uc_patterned, ladon_uc_patterned_count);
    if (range) return append_hex(out, append(out, 0, range->prefix), cp);
    uint32_t low = 0, high = ladon_uc_name_run_count; // the last run that does not start after cp
    while (high - low > 1) {
        uint32_t middle = (low + high) / 2;
        if (ladon_uc_name_runs[middle].first <= cp) low = middle; else high = middle;
    }
    uint32_t end = low + 1 < ladon_uc_name_run_count ? ladon_uc_name_runs[low + 1].second : ladon_uc_name_counts[0];
    if (cp < ladon_uc_name_runs[low].first) return 0;
    uint32_t place = ladon_uc_name_runs[low].second + (cp - ladon_uc_name_runs[low].first);
    return place < end ? listed_name(place, out) : 0;
}

static uint32_t listed_code_points(uint32_t place, bool sequences, uint32_t *out) {
    if (place < ladon_uc_name_counts[0]) {
        uint32_t low = 0, high = ladon_uc_name_run_count;
        while (high - low > 1) {
            uint32_t middle = (low + high) / 2;
            if (ladon_uc_name_runs[middle].second <= place) low = middle; else high = middle;
        }
        out[0] = ladon_uc_name_runs[low].first + (place - ladon_uc_name_runs[low].second);
        return 1;
    }
    place -= ladon_uc_name_counts[0];
    if (place < ladon_uc_name_counts[1]) {
        out[0] = ladon_uc_name_aliases[place];
        return 1;
    }
    if (!sequences) return 0;
    const ladon_uc_sequence *sequence = &ladon_uc_name_sequences[place - ladon_uc_name_counts[1]];
    memcpy(out, sequence->codes, sequence->count * sizeof *out);
    return sequence->count;
}

/// The longest of the texts that a name starts with, or -1.
static int longest_match(const char *name, size_t length, const char *const *texts, int count, size_t *used) {
    int best = -1;
    *used = 0;
    for (int i = 0; i < count; i++) {
        size_t each = strlen(texts[i]);
        if (each <= length && (best < 0 || each > *used) && memcmp(name, texts[i], each) == 0) {
            best = i;
            *used = each;
        }
    }
    return best;
}

static uint32_t hangul_lookup(const char *name, size_t length, uint32_t *out) {
    size_t used;
    int initial = longest_match(name, length, ladon_uc_hangul_initials, 19, &used);
    name += used, length -= used;
    int vowel = longest_match(name, length, ladon_uc_hangul_vowels, 21, &used);
    name += used, length -= used;
    int final = longest_match(name, length, ladon_uc_hangul_finals, 28, &used);
    if (initial < 0 || vowel < 0 || final < 0 || used != length) return 0;
    out[0] = HANGUL_FIRST + (uint32_t)((initial * 21 + vowel) * 28 + final);
    return 1;
}

static uint32_t unified_lookup(const char *digits, size_t length, uint32_t *out) {
    if (length != 4 && length != 5) return 0;
    uint32_t cp = 0;
    for (size_t i = 0; i < length; i++) {
        char c = digits[i];
        if (c >= '0' && c <= '9') cp = cp << 4 | (uint32_t)(c - '0');
        else if (c >= 'A' && c <= 'F') cp = cp << 4 | (uint32_t)(c - 'A' + 10);
        else return 0;
    }
    out[0] = cp;
    return range_of(cp, ladon_uc_unified, ladon_uc_unified_count) != NULL;
}

uint32_t ladon_uc_lookup(const char *name, size_t length, bool sequences, uint32_t *out) {
    if (length == 0 || length >= LADON_UC_NAME_MAX) return 0;
    size_t prefix = sizeof hangul_prefix - 1;
    if (length >= prefix && memcmp(name, hangul_prefix, prefix) == 0)
        return hangul_lookup(name + prefix, length - prefix, out);
    prefix = sizeof unified_prefix - 1;
    if (length >= prefix && memcmp(name, unified_prefix, prefix) == 0)
        return unified_lookup(name + prefix, length - prefix, out);

    char upper[LADON_UC_NAME_MAX], candidate[LADON_UC_NAME_MAX];
    uint32_t hash = 0x811C9DC5u;
    for (size_t i = 0; i < length; i++) {
        char c = name[i];
        upper[i] = c >= 'a' && c <= 'z' ? c - 32 : c;
        hash = (hash ^ (uint8_t)upper[i]) * 0x01000193u;
    }
    hash ^= hash >> 15;
    for (uint32_t i = 0; i < ladon_uc_patterned_count; i++) {
        const ladon_uc_name_range *range = &ladon_uc_patterned[i];
        prefix = strlen(range->prefix);
        if (length < prefix + 4 || length > prefix + 5 || memcmp(upper, range->prefix, prefix) != 0) continue;
        uint32_t cp = 0;
        for (size_t j = prefix; j < length; j++)
            cp = cp << 4 | (uint32_t)(upper[j] <= '9' ? upper[j] - '0' : upper[j] - 'A' + 10);
        // The digits were not checked: the name that they lead to tells.
        if (cp >= range->first && cp <= range->last && ladon_uc_name(cp, candidate) == length
            && memcmp(candidate, upper, length) == 0) {
            out[0] = cp;
            return 1;
        }
    }
    uint32_t bucket = hash % BUCKETS;
    for (uint32_t i = ladon_uc_name_bucket_starts[bucket]; i < ladon_uc_name_bucket_starts[bucket + 1]; i++)
        if (listed_name(ladon_uc_name_buckets[i], candidate) == length && memcmp(candidate, upper, length) == 0)
            return listed_code_points(ladon_uc_name_buckets[i], sequences, out);
    return 0;
}
