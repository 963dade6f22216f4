/*
 * dump_lex_sql.c: words and signs of SQL, as psql sees them. See dump_lex.h.
 */
#include <string.h>

#include "drills/providers/dump_lex_parts.h"

/* The prefix of a string, where versions of psql do not agree: they take "1e'" apart in two ways.
 */
enum { LEX_AMBIGUOUS = '!' };

#define ROW(first, class) [(first)] = (class)
#define RANGE(first, last, class) [(first)...(last)] = (class)

static const unsigned char lex_classes[256] = {
    RANGE('a', 'z', LEX_LETTER), RANGE('A', 'Z', LEX_LETTER),
    ROW('_', LEX_LETTER),        RANGE(0x80, 0xFF, LEX_LETTER),
    RANGE('0', '9', LEX_DIGIT),  ROW(' ', LEX_SPACE),
    ROW('\t', LEX_SPACE),        ROW('\r', LEX_SPACE),
    ROW('\f', LEX_SPACE),        ROW('\n', LEX_NEWLINE),
    ROW('\'', LEX_MARK),         ROW('"', LEX_MARK),
    ROW('$', LEX_MARK),          ROW('-', LEX_MARK),
    ROW('/', LEX_MARK),          ROW('\\', LEX_MARK),
    ROW(';', LEX_MARK),          ROW('(', LEX_MARK),
    ROW(')', LEX_MARK),          ROW(':', LEX_MARK),
};

enum lex_class rd_lex_class(char character)
{
    return lex_classes[(unsigned char)character];
}

void rd_lex_lose(struct rd_dump_lex *lex)
{
    if (lex->lost_line == 0)
        lex->lost_line = lex->line;
}

void rd_lex_statement_begins(struct rd_dump_lex *lex)
{
    lex->in_statement = true;
    lex->kind_told = false;
    lex->word_count = 0;
    lex->parens = 0;
    lex->begins = 0;
    memset(lex->words, 0, sizeof(lex->words));
    memset(lex->heads, 0, sizeof(lex->heads));
}

/*
 * psql does not end a statement at a semicolon between BEGIN and END of CREATE [OR REPLACE]
 * FUNCTION or PROCEDURE. It only looks at words, and so do we, in the same way.
 */
static void lex_follow_begin(struct rd_dump_lex *lex)
{
    static const char *const heads[] = {"create", "function", "procedure", "or", "replace"};
    const char *known = lex->heads;

    for (size_t i = 0; i < RD_COUNT(heads) && lex->word_count < (int)sizeof(lex->heads); i++) {
        if (strcmp(lex->word, heads[i]) == 0)
            lex->heads[lex->word_count] = heads[i][0];
    }
    if (known[0] != 'c' || lex->parens > 0 || lex->number)
        return;
    int what = known[1] == 'o' && known[2] == 'r' ? 3 : 1;
    if (known[what] != 'f' && known[what] != 'p')
        return;
    if (strcmp(lex->word, "begin") == 0 || (strcmp(lex->word, "case") == 0 && lex->begins > 0))
        lex->begins++;
    else if (strcmp(lex->word, "end") == 0 && lex->begins > 0)
        lex->begins--;
}

static void lex_word_ends(struct rd_dump_lex *lex)
{
    lex->in_word = false;
    lex->word[lex->word_length < RD_DUMP_LEX_WORD ? lex->word_length : RD_DUMP_LEX_WORD - 1] = '\0';
    lex->prefix = lex->number ? LEX_AMBIGUOUS : lex->word_length == 1 ? lex->word[0] : '\0';
    if (lex->variable) {
        lex->prefix = '\0';
        return;
    }
    if (lex->word_count < (int)sizeof(lex->heads) || lex->heads[0] == 'c')
        lex_follow_begin(lex);
    if (!lex->kind_told)
        memcpy(lex->words[lex->word_count], lex->word, sizeof(lex->word));
    if (lex->word_count < INT32_MAX)
        lex->word_count++;
}

/* Whether the kind of the statement is known before `character`, and was not told yet. */
static bool lex_tell_kind(struct rd_dump_lex *lex, char character)
{
    bool blank = rd_lex_class(character) == LEX_SPACE || rd_lex_class(character) == LEX_NEWLINE;
    bool comment = character == '-' || character == '/'; /* maybe: the next byte decides */

    if (lex->kind_told || !lex->in_statement)
        return false;
    if (lex->word_count < RD_DUMP_LEX_WORDS &&
        (blank || comment || rd_lex_class(character) == LEX_LETTER))
        return false;
    lex->kind_told = true;
    return true;
}

/* What stands directly before the quote decides: E'…', B'…', X'…', U&'…', or nothing. */
static void lex_string_begins(struct rd_dump_lex *lex)
{
    if (lex->prefix == LEX_AMBIGUOUS)
        rd_lex_lose(lex);
    bool verbatim = lex->prefix == 'b' || lex->prefix == 'x' || lex->prefix == '&';
    bool escapes = lex->prefix == 'e' || lex->goes_on == LEX_GOES_ON || lex->backslashes;

    lex->state = escapes && !verbatim ? RD_LEX_STRING_ESCAPED : RD_LEX_STRING;
    lex->escaped = false;
}

/* Whether a statement begins with this byte, outside of one. Of '-' and '/' the next one decides.
 */
static bool lex_begins_statement(char character)
{
    return rd_lex_class(character) != LEX_SPACE && rd_lex_class(character) != LEX_NEWLINE &&
           strchr(";-/", character) == NULL;
}

static void lex_blank(struct rd_dump_lex *lex, char character)
{
    lex->line += character == '\n';
    if (character == '\n')
        lex->goes_on = LEX_IS_OVER;
    else if (character == '\r' && lex->goes_on == LEX_MAY_GO_ON)
        lex->goes_on = LEX_GOES_ON;
}

/* A byte with a meaning of its own. True when it ends a statement. */
static bool lex_mark(struct rd_dump_lex *lex, char character)
{
    switch (character) {
    case '\'':
        lex_string_begins(lex);
        return false;
    case '"':
        lex->state = RD_LEX_NAME;
        break;
    case '$':
        lex->state = RD_LEX_TAG;
        lex->tag[0] = '$';
        lex->tag_length = 1;
        break;
    case '(':
        lex->parens++;
        break;
    case ')':
        lex->parens -= lex->parens > 0;
        break;
    default:
        break;
    }
    lex->goes_on = LEX_IS_OVER;
    if (character != ';' || !lex->in_statement || lex->parens > 0 || lex->begins > 0)
        return false;
    lex->in_statement = false;
    return true;
}

void rd_lex_word(struct rd_dump_lex *lex, const char *data, size_t length, size_t *at)
{
    size_t i = *at;

    for (; i < length; i++) {
        enum lex_class class = rd_lex_class(data[i]);
        bool sign = data[i] == '$' && !lex->variable;
        if (class != LEX_LETTER && class != LEX_DIGIT && !sign)
            break;
        if (sign && lex->number)
            rd_lex_lose(lex);
        if (lex->word_length < RD_DUMP_LEX_WORD) {
            bool upper = data[i] >= 'A' && data[i] <= 'Z';
            lex->word[lex->word_length++] = (char)(upper ? data[i] - 'A' + 'a' : data[i]);
        }
    }
    *at = i;
}

/* Digits, operators and blanks behind one of them: nothing that begins or ends anything. */
static void lex_skip_plain(struct rd_dump_lex *lex, const char *data, size_t length, size_t *at)
{
    while (*at < length && lex->kind_told &&
           (rd_lex_class(data[*at]) == LEX_OTHER || rd_lex_class(data[*at]) == LEX_DIGIT ||
            data[*at] == ' ')) {
        lex->after_number =
            rd_lex_class(data[*at]) == LEX_DIGIT || (data[*at] == '.' && lex->after_number);
        (*at)++;
    }
}

enum rd_dump_lex_event rd_lex_sql(struct rd_dump_lex *lex, const char *data, size_t length,
                                  size_t *at)
{
    if (lex->in_word) {
        rd_lex_word(lex, data, length, at);
        if (*at == length)
            return RD_LEX_MORE;
        lex_word_ends(lex);
    }

    char character = data[*at];
    enum lex_class class = rd_lex_class(character);
    if (character == '\\')
        return RD_LEX_BACKSLASH;
    if (lex_tell_kind(lex, character))
        return RD_LEX_KIND;
    char prefix = lex->prefix;
    lex->prefix = '\0';
    if (class != LEX_LETTER)
        lex->after_number = class == LEX_DIGIT || (character == '.' && lex->after_number);
    if (class == LEX_LETTER && lex->in_statement) {
        lex->in_word = true;
        lex->variable = prefix == ':'; /* psql's :name */
        lex->number = lex->after_number;
        lex->word_length = 0;
        lex->goes_on = LEX_IS_OVER;
        return RD_LEX_MORE;
    }
    if (!lex->in_statement && lex_begins_statement(character)) {
        rd_lex_statement_begins(lex);
        return RD_LEX_BEGINS;
    }
    (*at)++;
    if (class == LEX_SPACE || class == LEX_NEWLINE) {
        lex_blank(lex, character);
    } else if (character == '-' || character == '/') {
        lex->state = character == '-' ? RD_LEX_DASH : RD_LEX_SLASH;
    } else if (class == LEX_MARK) {
        lex->prefix = prefix;
        bool ends = lex_mark(lex, character);
        lex->prefix = character == ':' && prefix != ':' ? ':' : '\0';
        return ends ? RD_LEX_ENDS : RD_LEX_MORE;
    } else {
        if (prefix == 'u' && character == '&')
            lex->prefix = '&';
        else if (prefix == ':' && class == LEX_DIGIT)
            lex->prefix = ':';
        else
            lex_skip_plain(lex, data, length, at);
        lex->goes_on = LEX_IS_OVER;
    }
    return RD_LEX_MORE;
}
