#include "csimdjson.h"

#include <cinttypes>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <string_view>

#include <simdjson.h>

#include "fastrecord.h"
#include "tokens.h"

using namespace simdjson;

static_assert(CSJ_PADDING >= SIMDJSON_PADDING, "the face must promise what simdjson reads");

struct csj_parser {
    ondemand::parser lines;
    dom::parser values;
    dom::element root;
    bool is_open = false;
    /// What was opened last; the caller keeps it.
    const char *text = nullptr;
    size_t length = 0;
    /// The same with its numbers taken out, where one of them is more than simdjson holds.
    std::unique_ptr<char[]> tamed;
    bool is_tamed = false;
    /// Room for the digits of a whole number.
    char digits[32];
};

namespace {

struct Reader {
    const char *base;

    void place(csj_value &out, std::string_view text, int kind) const {
        out.at = static_cast<uint32_t>(text.data() - base);
        out.length = static_cast<uint32_t>(text.size());
        out.kind = kind;
    }

    error_code number(csj_value &out, ondemand::value &value, std::string_view token) const {
        place(out, token, CSJ_NUMBER);
        ondemand::number n;
        auto error = value.get_number().get(n);
        if (error == SUCCESS) {
            out.number = n.as_double();
            out.is_integer = n.is_int64() ? 1 : 0;
            if (n.is_int64()) out.integer = n.get_int64();
            return SUCCESS;
        }
        // What is more than a word or a double holds is a number all the same.
        return number_length(token) == token.size() ? rounded(token, out.number) : error;
    }

    /// Fills `out` from a value and steps over it. With `depth` the value may hold that many levels.
    error_code read(csj_value &out, ondemand::value value, int depth) const {
        out = csj_value{};
        ondemand::json_type type;
        if (auto error = value.type().get(type)) return error;
        switch (type) {
            case ondemand::json_type::string: {
                auto token = trimmed(value.raw_json_token());
                if (token.size() < 2 || token.back() != '"') return STRING_ERROR;
                token.remove_prefix(1);
                token.remove_suffix(1);
                place(out, token, memchr(token.data(), '\\', token.size()) ? CSJ_ESCAPED : CSJ_STRING);
                return SUCCESS;
            }
            case ondemand::json_type::number:
                return number(out, value, trimmed(value.raw_json_token()));
            case ondemand::json_type::boolean: {
                bool truth;
                auto token = trimmed(value.raw_json_token());
                if (auto error = value.get_bool().get(truth)) return error;
                place(out, token, truth ? CSJ_TRUE : CSJ_FALSE);
                return SUCCESS;
            }
            case ondemand::json_type::null: {
                auto token = trimmed(value.raw_json_token());
                if (token != "null") return N_ATOM_ERROR;
                place(out, token, CSJ_NULL);
                return SUCCESS;
            }
            case ondemand::json_type::object:
            case ondemand::json_type::array: {
                std::string_view raw;
                bool object = type == ondemand::json_type::object;
                if (object) {
                    ondemand::object o;
                    if (auto error = value.get_object().get(o)) return error;
                    if (auto error = o.raw_json().get(raw)) return error;
                } else {
                    ondemand::array a;
                    if (auto error = value.get_array().get(a)) return error;
                    if (auto error = a.raw_json().get(raw)) return error;
                }
                if (depth_of(raw) > depth) return DEPTH_ERROR;
                place(out, trimmed(raw), object ? CSJ_OBJECT : CSJ_ARRAY);
                return SUCCESS;
            }
        }
        return INCORRECT_TYPE;
    }

    static std::string_view key_of(ondemand::raw_json_string key) {
        const char *start = key.raw();
        const char *end = start;
        while (*end != '"') end += *end == '\\' ? 2 : 1;
        return {start, static_cast<size_t>(end - start)};
    }

    error_code fields(ondemand::object &object, csj_field *out, size_t capacity, size_t *count) const {
        size_t n = 0;
        for (auto entry : object) {
            ondemand::field field;
            if (auto error = std::move(entry).get(field)) return error;
            auto key = key_of(field.key());
            csj_field ignored;
            csj_field &slot = n < capacity ? out[n] : ignored;
            slot.key_at = static_cast<uint32_t>(key.data() - base);
            slot.key_length = static_cast<uint32_t>(key.size());
            if (auto error = read(slot.value, field.value(), CSJ_MAX_DEPTH - 1)) return error;
            n++;
        }
        *count = n;
        return SUCCESS;
    }

    error_code payload(csj_record &record, ondemand::value value, csj_field *out, size_t capacity, size_t *count) const {
        ondemand::json_type type;
        if (auto error = value.type().get(type)) return error;
        if (type != ondemand::json_type::object) return read(record.payload, value, CSJ_MAX_DEPTH);
        ondemand::object object;
        if (auto error = value.get_object().get(object)) return error;
        std::string_view raw;
        if (auto error = object.raw_json().get(raw)) return error;
        if (auto error = object.reset().error()) return error;
        record.payload = csj_value{};
        place(record.payload, trimmed(raw), CSJ_OBJECT);
        return fields(object, out, capacity, count);
    }

    error_code record(ondemand::object &object, csj_record &record, csj_field *out, size_t capacity, size_t *count) const {
        for (auto entry : object) {
            ondemand::field field;
            if (auto error = std::move(entry).get(field)) return error;
            auto key = key_of(field.key());
            csj_value *slot = key == "tst" ? &record.tst
                : key == "topic" ? &record.topic
                : key == "payloadlen" ? &record.payloadlen
                : key == "qos" ? &record.qos
                : key == "retain" ? &record.retain
                : key == "mid" ? &record.mid
                : key == "payload_base64" ? &record.payload_base64
                : nullptr;
            if (slot) {
                if (auto error = read(*slot, field.value(), 1)) return error;
            } else if (key == "payload") {
                if (auto error = payload(record, field.value(), out, capacity, count)) return error;
            }
        }
        return SUCCESS;
    }
};

template <typename Body>
int with_object(csj_parser *parser, const uint8_t *text, size_t length, Body body) {
    ondemand::document document;
    auto chars = reinterpret_cast<const char *>(text);
    if (auto error = parser->lines.iterate(chars, length, length + CSJ_PADDING).get(document)) return error;
    ondemand::object object;
    if (auto error = document.get_object().get(object)) return error;
    if (auto error = body(Reader{chars}, object)) return error;
    // Behind the last token the location is out of bounds; anything else is text after the object.
    return document.current_location().error() == OUT_OF_BOUNDS ? SUCCESS : TAPE_ERROR;
}

}  // namespace

csj_parser *csj_parser_new(void) { return new (std::nothrow) csj_parser; }
void csj_parser_free(csj_parser *parser) { delete parser; }

int csj_read_record(csj_parser *parser, const uint8_t *text, size_t length, csj_record *record, csj_field *fields,
                    size_t capacity, size_t *count) {
    memset(record, 0, sizeof *record);
    *count = 0;
    if (fast_record(text, length, record, fields, capacity, count)) return SUCCESS;
    return csj_read_any_record(parser, text, length, record, fields, capacity, count);
}

int csj_read_any_record(csj_parser *parser, const uint8_t *text, size_t length, csj_record *record, csj_field *fields,
                        size_t capacity, size_t *count) {
    memset(record, 0, sizeof *record);
    *count = 0;
    return with_object(parser, text, length, [&](Reader reader, ondemand::object &object) {
        return reader.record(object, *record, fields, capacity, count);
    });
}

int csj_read_object(csj_parser *parser, const uint8_t *text, size_t length, csj_field *fields, size_t capacity,
                    size_t *count) {
    *count = 0;
    return with_object(parser, text, length, [&](Reader reader, ondemand::object &object) {
        return reader.fields(object, fields, capacity, count);
    });
}

/// Exactly three numbers.
static error_code point(ondemand::array list, csj_point &out) {
    double *const slots[] = {&out.milliseconds, &out.x, &out.y};
    size_t n = 0;
    for (auto entry : list) {
        if (n == 3) return INCORRECT_TYPE;
        if (auto error = entry.get_double().get(*slots[n++])) return error;
    }
    return n == 3 ? SUCCESS : INCORRECT_TYPE;
}

int csj_read_points(csj_parser *parser, const uint8_t *text, size_t length, csj_point *points, size_t capacity,
                    size_t *count) {
    *count = 0;
    ondemand::document document;
    auto chars = reinterpret_cast<const char *>(text);
    if (auto error = parser->lines.iterate(chars, length, length + CSJ_PADDING).get(document)) return error;
    ondemand::array list;
    if (auto error = document.get_array().get(list)) return error;
    size_t n = 0;
    for (auto entry : list) {
        ondemand::array numbers;
        if (auto error = entry.get_array().get(numbers)) return error;
        if (n == capacity) return CAPACITY;
        if (auto error = point(numbers, points[n])) return error;
        n++;
    }
    *count = n;
    return document.current_location().error() == OUT_OF_BOUNDS ? SUCCESS : TAPE_ERROR;
}

/// 0 where the text is well formed, and no deeper than it may be; then it is open for `csj_find`.
static error_code parse(csj_parser *parser, const char *text, size_t length) {
    parser->is_open = parser->is_tamed = false;
    parser->text = text;
    parser->length = length;
    // simdjson counts a level more than there are brackets inside each other.
    if (parser->values.max_depth() != CSJ_MAX_DEPTH + 1) {
        if (auto error = parser->values.allocate(length < 4096 ? 4096 : length, CSJ_MAX_DEPTH + 1)) return error;
    }
    if (depth_of({text, length}) > CSJ_MAX_DEPTH) return DEPTH_ERROR;
    auto error = parser->values.parse(text, length, false).get(parser->root);
    parser->is_open = error == SUCCESS;
    return error;
}

int csj_open(csj_parser *parser, const uint8_t *text, size_t length) {
    auto chars = reinterpret_cast<const char *>(text);
    auto error = parse(parser, chars, length);
    if (error != NUMBER_ERROR) return error;
    parser->tamed.reset(new (std::nothrow) char[length + CSJ_PADDING]());
    if (!parser->tamed) return MEMALLOC;
    tame({chars, length}, parser->tamed.get());
    error = parser->values.parse(parser->tamed.get(), length, false).get(parser->root);
    parser->is_open = parser->is_tamed = error == SUCCESS;
    return error;
}

int csj_validate(csj_parser *parser, const uint8_t *text, size_t length) {
    return parse(parser, reinterpret_cast<const char *>(text), length);
}

/// Finds a number in the text that is open, as it is written there: what is parsed has no text of it.
/// @return false where that cannot be told, as the path leads over a key with escapes.
static bool written(csj_parser *parser, std::string_view pointer, csj_value *value, const char **bytes) {
    ondemand::document document;
    if (parser->lines.iterate(parser->text, parser->length, parser->length + CSJ_PADDING).get(document)) return false;
    ondemand::value found;
    if (document.at_pointer(pointer).get(found)) return false;
    csj_value read;
    if (Reader{parser->text}.read(read, found, CSJ_MAX_DEPTH) || read.kind != CSJ_NUMBER) return false;
    *value = read;
    *bytes = parser->text + read.at;
    return true;
}

static void whole(csj_parser *parser, csj_value *value, const char **bytes, const char *format, uint64_t bits) {
    int length = snprintf(parser->digits, sizeof parser->digits, format, bits);
    value->kind = CSJ_NUMBER;
    value->length = static_cast<uint32_t>(length);
    *bytes = parser->digits;
}

static void number(csj_parser *parser, std::string_view pointer, dom::element element, csj_value *value,
                   const char **bytes) {
    if (element.is_int64() && !parser->is_tamed) {
        value->integer = element.get_int64().value_unsafe();
        value->number = static_cast<double>(value->integer);
        value->is_integer = 1;
        return whole(parser, value, bytes, "%" PRId64, static_cast<uint64_t>(value->integer));
    }
    if (written(parser, pointer, value, bytes) || parser->is_tamed) return;
    if (element.is_uint64()) {
        uint64_t bits = element.get_uint64().value_unsafe();
        value->number = static_cast<double>(bits);
        return whole(parser, value, bytes, "%" PRIu64, bits);
    }
    value->kind = CSJ_NUMBER;
    value->number = element.get_double().value_unsafe();
    value->length = static_cast<uint32_t>(snprintf(parser->digits, sizeof parser->digits, "%.17g", value->number));
    *bytes = parser->digits;
}

int csj_find(csj_parser *parser, const char *pointer, size_t pointer_length, csj_value *value, const char **bytes) {
    *value = csj_value{};
    *bytes = nullptr;
    if (!parser->is_open) return UNINITIALIZED;
    std::string_view path(pointer, pointer_length);
    dom::element element;
    auto error = parser->root.at_pointer(path).get(element);
    if (error == NO_SUCH_FIELD || error == INDEX_OUT_OF_BOUNDS || error == INCORRECT_TYPE) return SUCCESS;
    if (error) return error;
    switch (element.type()) {
        case dom::element_type::STRING: {
            std::string_view text = element.get_string().value_unsafe();
            value->kind = CSJ_STRING;
            value->length = static_cast<uint32_t>(text.size());
            *bytes = text.data();
            break;
        }
        case dom::element_type::INT64:
        case dom::element_type::UINT64:
        case dom::element_type::DOUBLE:
            number(parser, path, element, value, bytes);
            break;
        case dom::element_type::BOOL:
            value->kind = element.get_bool().value_unsafe() ? CSJ_TRUE : CSJ_FALSE;
            break;
        case dom::element_type::NULL_VALUE:
            value->kind = CSJ_NULL;
            break;
        case dom::element_type::OBJECT:
            value->kind = CSJ_OBJECT;
            break;
        case dom::element_type::ARRAY:
            value->kind = CSJ_ARRAY;
            break;
    }
    return SUCCESS;
}

const char *csj_message(int code) {
    switch (code) {
        case SUCCESS: return "no error";
        case CAPACITY: return "the text is too long for the parser";
        case MEMALLOC: return "out of memory";
        case DEPTH_ERROR: return "JSON nested deeper than 64 levels";
        case STRING_ERROR: return "a JSON string is not well formed";
        case UTF8_ERROR: return "bytes that are not UTF-8";
        case UNCLOSED_STRING: return "a JSON string does not end (the line was cut?)";
        case UNESCAPED_CHARS: return "a control character inside a JSON string";
        case INCOMPLETE_ARRAY_OR_OBJECT: return "the JSON ends in the middle (the line was cut?)";
        case EMPTY: return "empty";
        case INCORRECT_TYPE: return "not a JSON object";
        case TAPE_ERROR: return "not well-formed JSON";
        case NUMBER_ERROR: return "a JSON number is not well formed";
        default: return "not well-formed JSON";
    }
}

int csj_code_utf8(void) { return UTF8_ERROR; }
