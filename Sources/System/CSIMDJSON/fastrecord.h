// The one form of nearly all lines of a log, read in one pass: an object without blanks whose values are strings,
// numbers, true, false and null, and whose payload is again such an object; ASCII, no escapes, no list.
//
// Whatever is not exactly so is not refused but left to simdjson. The law: what `fast_record` reads, simdjson reads
// the same (a test holds the two together over changed lines). It costs a third of simdjson, which is made for texts
// that are longer, and of which nothing is known.
#pragma once

#include <cstring>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "csimdjson.h"

namespace fast {

/// A place in a line, which has CSJ_PADDING readable bytes behind its end. Strings and digits end with the line; of
/// what else is read behind it, at most a few bytes, nothing is believed: the caller asks whether reading stopped at
/// the end.
struct Cursor {
    const uint8_t *base;
    const uint8_t *at;
    const uint8_t *end;

    uint32_t offset(const uint8_t *place) const { return static_cast<uint32_t>(place - base); }
};

inline uint64_t word_at(const uint8_t *at) {
    uint64_t word;
    memcpy(&word, at, 8);
    return word;
}

constexpr uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;

// Where, of the next `step` bytes, the first one is that ends a plain run: a quote, a backslash, a control character,
// or a byte from 0x80; `step` or more where there is none.
#if defined(__SSE2__)
constexpr size_t step = 16;

inline unsigned stop_in(const uint8_t *at) {
    __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i *>(at));
    // Signed, a byte from 0x80 is below a blank as well.
    __m128i stops = _mm_or_si128(
        _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))),
        _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20)));
    return __builtin_ctz(static_cast<unsigned>(_mm_movemask_epi8(stops)) | 0x10000u);
}
#else
constexpr size_t step = 8;

/// The highest bit of each byte that is 0; those above the lowest such byte may be wrong.
constexpr uint64_t zeros(uint64_t word) { return (word - ones) & ~word & tops; }

inline unsigned stop_in(const uint8_t *at) {
    uint64_t word = word_at(at);
    uint64_t stops = zeros(word ^ ones * '"') | zeros(word ^ ones * '\\') | (word & tops)
        | ((word - ones * 0x20) & ~word & tops);
    return stops ? __builtin_ctzll(stops) / 8 : step;
}
#endif

/// Steps over a string's content, from behind its opening quote to behind the closing one.
/// @return false where it is not plain ASCII, or does not end.
inline __attribute__((always_inline)) bool string(Cursor &c, const uint8_t *&start, uint32_t &length) {
    start = c.at;
    for (const uint8_t *at = start; at < c.end; at += step) {
        unsigned found = stop_in(at);
        if (found >= step) continue;
        const uint8_t *stop = at + found;
        if (stop >= c.end || *stop != '"') return false;
        length = static_cast<uint32_t>(stop - start);
        c.at = stop + 1;
        return true;
    }
    return false;
}

/// Powers of ten that a double holds exactly.
constexpr double powers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
constexpr uint32_t tens[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};

/// Reads on in a row of digits, eight at a time.
inline const uint8_t *digits(const Cursor &c, const uint8_t *at, uint64_t &value) {
    while (at < c.end) {
        uint64_t word = word_at(at);
        uint64_t others = ((word + ones * 0x46) | (word - ones * 0x30)) & tops;
        unsigned count = others ? __builtin_ctzll(others) / 8 : 8;
        if (count == 0) break;
        // The digits' values, with noughts in front of them, as many as eight lack.
        word = (word - ones * 0x30) << (64 - 8 * count);
        // Neighbours are joined, three times: ten times the left one and the right one.
        word = word * 10 + (word >> 8);
        word = (((word & 0x000000FF000000FFu) * 0x000F424000000064u)
                + (((word >> 16) & 0x000000FF000000FFu) * 0x0000271000000001u)) >> 32;
        value = value * tens[count] + static_cast<uint32_t>(word);
        at += count;
        if (count < 8) break;
    }
    return at;
}

/// A whole number of at most 18 digits, or a fraction of at most 15 digits in all: one division of two numbers that a
/// double holds exactly, so rounded as IEEE 754 demands.
inline bool number(Cursor &c, csj_value &out) {
    const uint8_t *start = c.at, *at = start;
    uint8_t digit = static_cast<uint8_t>(*at - '0');
    if (digit < 10 && (at[1] == ',' || at[1] == '}')) {
        out = csj_value{c.offset(start), 1, CSJ_NUMBER, 1, digit, static_cast<double>(digit)};
        c.at = at + 1;
        return true;
    }
    bool negative = *at == '-';
    if (negative) at++;
    const uint8_t *first = at;
    uint64_t value = 0;
    at = digits(c, at, value);
    long whole = at - first;
    // More than 19 digits overflow the value, but nothing else: then it is not used.
    if (at > c.end || whole == 0 || whole > 18 || (whole > 1 && *first == '0')) return false;
    long fraction = 0;
    if (*at == '.') {
        const uint8_t *point = at;
        at = digits(c, at + 1, value);
        fraction = at - point - 1;
        if (at > c.end || fraction == 0 || whole + fraction > 15) return false;
    }
    out.at = c.offset(start);
    out.length = static_cast<uint32_t>(at - start);
    out.kind = CSJ_NUMBER;
    out.is_integer = fraction == 0;
    out.integer = fraction == 0 ? (negative ? -static_cast<int64_t>(value) : static_cast<int64_t>(value)) : 0;
    double magnitude = fraction == 0 ? static_cast<double>(value) : static_cast<double>(value) / powers[fraction];
    out.number = negative && (fraction != 0 || value != 0) ? -magnitude : magnitude;
    c.at = at;
    return true;
}

inline bool literal(Cursor &c, csj_value &out, const char *text, uint32_t length, int kind) {
    if (memcmp(c.at, text, length) != 0) return false;
    out = csj_value{c.offset(c.at), length, kind, 0, 0, 0};
    c.at += length;
    return true;
}

/// Any value but an object or a list.
inline __attribute__((always_inline)) bool scalar(Cursor &c, csj_value &out) {
    if (*c.at == '"') {
        c.at++;
        const uint8_t *start;
        uint32_t length;
        if (!string(c, start, length)) return false;
        out = csj_value{c.offset(start), length, CSJ_STRING, 0, 0, 0};
        return true;
    }
    switch (*c.at) {
        case 't': return literal(c, out, "true", 4, CSJ_TRUE);
        case 'f': return literal(c, out, "false", 5, CSJ_FALSE);
        case 'n': return literal(c, out, "null", 4, CSJ_NULL);
        default: return number(c, out);
    }
}

inline bool key(Cursor &c, const uint8_t *&start, uint32_t &length) {
    if (*c.at != '"') return false;
    c.at++;
    return string(c, start, length) && *c.at++ == ':';
}

/// Behind a value: another field follows, or the object has ended, or the line is not of this form.
enum class Next { field, end, other };

inline Next next(Cursor &c) {
    uint8_t byte = *c.at++;
    return byte == ',' ? Next::field : byte == '}' ? Next::end : Next::other;
}

inline bool payload(Cursor &c, csj_value &out, csj_field *fields, size_t capacity, size_t &count) {
    const uint8_t *start = c.at++;
    count = 0;
    Next then = *c.at == '}' ? (c.at++, Next::end) : Next::field;
    while (then == Next::field) {
        if (count == capacity) return false;
        csj_field &field = fields[count++];
        const uint8_t *name;
        if (!key(c, name, field.key_length) || !scalar(c, field.value)) return false;
        field.key_at = c.offset(name);
        then = next(c);
    }
    out = csj_value{c.offset(start), static_cast<uint32_t>(c.at - start), CSJ_OBJECT, 0, 0, 0};
    return then == Next::end;
}

template <size_t size>
inline bool follows(Cursor &c, const char (&text)[size]) {
    if (memcmp(c.at, text, size - 1) != 0) return false;
    c.at += size - 1;
    return true;
}

/// Steps over a field's name, one of those that are known and were not there yet. In the usual order the first look
/// finds it.
/// @return where its value belongs; null for any other.
inline csj_value *name(Cursor &c, csj_record &record) {
    if (record.tst.kind == CSJ_ABSENT && follows(c, "\"tst\":")) return &record.tst;
    if (record.topic.kind == CSJ_ABSENT && follows(c, "\"topic\":")) return &record.topic;
    if (record.qos.kind == CSJ_ABSENT && follows(c, "\"qos\":")) return &record.qos;
    if (record.retain.kind == CSJ_ABSENT && follows(c, "\"retain\":")) return &record.retain;
    if (record.payloadlen.kind == CSJ_ABSENT && follows(c, "\"payloadlen\":")) return &record.payloadlen;
    if (record.mid.kind == CSJ_ABSENT && follows(c, "\"mid\":")) return &record.mid;
    if (record.payload.kind == CSJ_ABSENT && follows(c, "\"payload\":")) return &record.payload;
    return nullptr;
}

}  // namespace fast

/// @return false where the line is not of the fast form; then what was written means nothing.
static inline bool fast_record(const uint8_t *text, size_t length, csj_record *record, csj_field *fields,
                                size_t capacity, size_t *count) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    fast::Cursor c{text, text, text + length};
    if (length < 2 || *c.at++ != '{') return false;
    fast::Next then = fast::Next::field;
    while (then == fast::Next::field) {
        csj_value *slot = fast::name(c, *record);
        if (!slot) return false;
        bool is_read = slot == &record->payload && *c.at == '{'
            ? fast::payload(c, *slot, fields, capacity, *count)
            : fast::scalar(c, *slot);
        if (!is_read) return false;
        then = fast::next(c);
    }
    return then == fast::Next::end && c.at == c.end;
#else
    return false;
#endif
}
