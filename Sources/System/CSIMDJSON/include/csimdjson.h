// A small C face over simdjson (Debian's libsimdjson, 3.0.1): what Shouwang reads of JSON, and no more.
// All offsets are from the first byte of the text given in the call. Every text must be followed by CSJ_PADDING readable
// bytes, whose values do not matter. No function throws, allocates per call once warm, or keeps a pointer to its input.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Bytes that must be readable behind every text.
#define CSJ_PADDING 64
/// Objects and arrays inside each other, the outermost counted, in a payload.
#define CSJ_MAX_DEPTH 64

enum {
    CSJ_ABSENT = 0,
    CSJ_STRING = 1,   ///< Without escapes: `at` and `length` are the content.
    CSJ_ESCAPED = 2,  ///< With escapes: `at` and `length` are the raw text between the quotes.
    CSJ_NUMBER = 3,
    CSJ_TRUE = 4,
    CSJ_FALSE = 5,
    CSJ_NULL = 6,
    CSJ_OBJECT = 7,  ///< `at` and `length` are the raw text, braces included; so with arrays.
    CSJ_ARRAY = 8
};

typedef struct {
    uint32_t at;
    uint32_t length;
    int32_t kind;
    int32_t is_integer;  ///< The number is a whole one that fits `integer`.
    int64_t integer;
    double number;  ///< Of one that is too large for a double, infinite.
} csj_value;

typedef struct {
    uint32_t key_at;
    uint32_t key_length;  ///< Raw: a key with escapes matches nothing known, which is what is wanted.
    csj_value value;
} csj_field;

/// One line of a record log.
typedef struct {
    csj_value tst, topic, payload, payload_base64, payloadlen, qos, retain, mid;
} csj_record;

/// One point of a camera's path.
typedef struct {
    double milliseconds, x, y;
} csj_point;

typedef struct csj_parser csj_parser;

csj_parser *csj_parser_new(void);
void csj_parser_free(csj_parser *parser);

/// Reads one line of a record log. The fields of a payload that is an object are written to `fields`.
/// Returns 0, or an error code for `csj_message`. `*count` is the number of fields the payload has; those past
/// `capacity` are not written.
int csj_read_record(csj_parser *parser, const uint8_t *text, size_t length, csj_record *record, csj_field *fields,
                    size_t capacity, size_t *count);

/// The same by simdjson alone: what a line of the journal's usual form is read without. For the test that holds the two
/// together.
int csj_read_any_record(csj_parser *parser, const uint8_t *text, size_t length, csj_record *record, csj_field *fields,
                        size_t capacity, size_t *count);

/// Reads the fields of one JSON object.
int csj_read_object(csj_parser *parser, const uint8_t *text, size_t length, csj_field *fields, size_t capacity,
                    size_t *count);

/// Reads a list of points, `[[ms, x, y]…]`: any other text is an error, as are more points than `capacity`.
int csj_read_points(csj_parser *parser, const uint8_t *text, size_t length, csj_point *points, size_t capacity,
                    size_t *count);

/// 0 where the text is one valid JSON value no deeper than CSJ_MAX_DEPTH.
int csj_validate(csj_parser *parser, const uint8_t *text, size_t length);

/// Parses a text for `csj_find`; its values live until the parser's next call of any other function.
int csj_open(csj_parser *parser, const uint8_t *text, size_t length);
/// Looks a value up by JSON pointer (RFC 6901) in the text opened last. A string's bytes, unescaped, and a number's as it
/// is written are at `*bytes`, `length` long, until the next call of any function;
/// returns 0, or an error code; CSJ_ABSENT where there is none.
int csj_find(csj_parser *parser, const char *pointer, size_t pointer_length, csj_value *value, const char **bytes);

/// What an error code means, in a few English words; static.
const char *csj_message(int code);
/// The code of invalid UTF-8 in the text: the one error a reader of logs mends.
int csj_code_utf8(void);

#ifdef __cplusplus
}
#endif
