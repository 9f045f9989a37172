// What is asked of the characters of a JSON text beside the parser: where a token ends, how deep it goes, which number it
// is. A number that is more than a word or a double holds is well formed all the same, and costs nothing beside it.
#pragma once

#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>

#include <simdjson.h>

namespace {

/// The token without the white space that simdjson leaves behind it.
std::string_view trimmed(std::string_view token) {
    while (!token.empty() && (token.back() == ' ' || token.back() == '\n' || token.back() == '\r' || token.back() == '\t')) {
        token.remove_suffix(1);
    }
    return token;
}

/// Objects and arrays inside each other in a raw text; strings are stepped over.
int depth_of(std::string_view raw) {
    int depth = 0, deepest = 0;
    for (size_t i = 0; i < raw.size(); i++) {
        switch (raw[i]) {
            case '"':
                for (i++; i < raw.size() && raw[i] != '"'; i++) {
                    if (raw[i] == '\\') i++;
                }
                break;
            case '{':
            case '[':
                if (++depth > deepest) deepest = depth;
                break;
            case '}':
            case ']':
                depth--;
                break;
            default:
                break;
        }
    }
    return deepest;
}

/// The characters at the front of a text that are one number (RFC 8259, part 6); 0 where there is none.
size_t number_length(std::string_view text) {
    size_t at = 0;
    auto digits = [&] {
        size_t from = at;
        while (at < text.size() && text[at] >= '0' && text[at] <= '9') at++;
        return at - from;
    };
    if (at < text.size() && text[at] == '-') at++;
    size_t first = at, whole = digits();
    if (whole == 0 || (whole > 1 && text[first] == '0')) return 0;
    if (at < text.size() && text[at] == '.') {
        at++;
        if (digits() == 0) return 0;
    }
    if (at < text.size() && (text[at] | 0x20) == 'e') {
        at++;
        if (at < text.size() && (text[at] == '+' || text[at] == '-')) at++;
        if (digits() == 0) return 0;
    }
    return at;
}

/// A well-formed number as a double: infinite where it is too large for one.
simdjson::error_code rounded(std::string_view token, double &out) {
    char copy[400];
    std::unique_ptr<char[]> longer;
    char *text = copy;
    if (token.size() >= sizeof copy) {
        longer.reset(new (std::nothrow) char[token.size() + 1]);
        if (!longer) return simdjson::MEMALLOC;
        text = longer.get();
    }
    memcpy(text, token.data(), token.size());
    text[token.size()] = 0;
    out = strtod(text, nullptr);
    return simdjson::SUCCESS;
}

/// Copies a text with each number that stands outside of strings replaced by 0 and blanks: what is left is well formed
/// exactly where the text is.
void tame(std::string_view text, char *out) {
    memcpy(out, text.data(), text.size());
    for (size_t at = 0; at < text.size();) {
        char c = text[at];
        if (c == '"') {
            for (at++; at < text.size() && text[at] != '"'; at++) {
                if (text[at] == '\\') at++;
            }
            at++;
        } else if (size_t length = c == '-' || (c >= '0' && c <= '9') ? number_length(text.substr(at)) : 0) {
            memset(out + at, ' ', length);
            out[at] = '0';
            at += length;
            // What follows a number at once is no number more.
            while (at < text.size() && strchr("+-.0123456789eE", text[at]) && text[at]) at++;
        } else {
            at++;
        }
    }
}

}  // namespace
