/*
 * dump_lex.c: see dump_lex.h. Long stretches (rows, strings, function bodies) are passed over with
 * memchr; SQL itself goes byte by byte.
 */
#include "drills/providers/dump_lex.h"

#include <string.h>

enum lex_class {
    LEX_OTHER,
    LEX_SPACE,
    LEX_NEWLINE,
    LEX_LETTER,
    LEX_DIGIT,
    LEX_MARK, /* has a meaning of its own, see lex_mark */
};

/*
 * Whether a string that follows is the second part of an E'…', which has no E of its own. SQL wants
 * a newline between them; psql looks at one line at a time and so knows only carriage returns.
 */
enum { LEX_IS_OVER, LEX_MAY_GO_ON, LEX_GOES_ON };

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

static enum lex_class lex_class(char character)
{
    return lex_classes[(unsigned char)character];
}

void rd_dump_lex_init(struct rd_dump_lex *lex)
{
    *lex = (struct rd_dump_lex){.line = 1, .state = RD_LEX_SQL};
}

void rd_dump_lex_rows(struct rd_dump_lex *lex)
{
    lex->state = RD_LEX_ROWS_WAIT;
    lex->row_match = 0;
}

static void lex_lose(struct rd_dump_lex *lex)
{
    if (lex->lost_line == 0)
        lex->lost_line = lex->line;
}

static void lex_statement_begins(struct rd_dump_lex *lex)
{
    lex->in_statement = true;
    lex->kind_told = false;
    lex->word_count = 0;
    lex->parens = 0;
    lex->begins = 0;
    memset(lex->words, 0, sizeof(lex->words));
    memset(lex->heads, 0, sizeof(lex->heads));
}

static void lex_text_begins(struct rd_dump_lex *lex, const char *mark)
{
    lex->text_length = strlen(mark);
    memcpy(lex->text, mark, lex->text_length + 1);
}

static void lex_text_add(struct rd_dump_lex *lex, const char *data, size_t length)
{
    if (lex->text_length < RD_DUMP_LEX_TEXT - 1) {
        size_t room = RD_DUMP_LEX_TEXT - 1 - lex->text_length;
        size_t kept = length < room ? length : room;
        memcpy(lex->text + lex->text_length, data, kept);
        lex->text[lex->text_length + kept] = '\0';
    }
    lex->text_length += length;
}

/* Newlines of a stretch that was passed over. */
static void lex_count(struct rd_dump_lex *lex, const char *data, const char *end)
{
    while (data < end && (data = memchr(data, '\n', (size_t)(end - data))) != NULL) {
        lex->line++;
        data++;
    }
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
    bool blank = lex_class(character) == LEX_SPACE || lex_class(character) == LEX_NEWLINE;
    bool comment = character == '-' || character == '/'; /* maybe: the next byte decides */

    if (lex->kind_told || !lex->in_statement)
        return false;
    if (lex->word_count < RD_DUMP_LEX_WORDS &&
        (blank || comment || lex_class(character) == LEX_LETTER))
        return false;
    lex->kind_told = true;
    return true;
}

/* What stands directly before the quote decides: E'…', B'…', X'…', U&'…', or nothing. */
static void lex_string_begins(struct rd_dump_lex *lex)
{
    if (lex->prefix == LEX_AMBIGUOUS)
        lex_lose(lex);
    bool verbatim = lex->prefix == 'b' || lex->prefix == 'x' || lex->prefix == '&';
    bool escapes = lex->prefix == 'e' || lex->goes_on == LEX_GOES_ON || lex->backslashes;

    lex->state = escapes && !verbatim ? RD_LEX_STRING_ESCAPED : RD_LEX_STRING;
    lex->escaped = false;
}

/* Whether a statement begins with this byte, outside of one. Of '-' and '/' the next one decides.
 */
static bool lex_begins_statement(char character)
{
    return lex_class(character) != LEX_SPACE && lex_class(character) != LEX_NEWLINE &&
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

/* The bytes of a word, from *at on. */
static void lex_word(struct rd_dump_lex *lex, const char *data, size_t length, size_t *at)
{
    size_t i = *at;

    for (; i < length; i++) {
        enum lex_class class = lex_class(data[i]);
        bool sign = data[i] == '$' && !lex->variable;
        if (class != LEX_LETTER && class != LEX_DIGIT && !sign)
            break;
        if (sign && lex->number)
            lex_lose(lex);
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
           (lex_class(data[*at]) == LEX_OTHER || lex_class(data[*at]) == LEX_DIGIT ||
            data[*at] == ' ')) {
        lex->after_number =
            lex_class(data[*at]) == LEX_DIGIT || (data[*at] == '.' && lex->after_number);
        (*at)++;
    }
}

/* SQL outside of quotes and comments: one byte, or one word. */
static enum rd_dump_lex_event lex_sql(struct rd_dump_lex *lex, const char *data, size_t length,
                                      size_t *at)
{
    if (lex->in_word) {
        lex_word(lex, data, length, at);
        if (*at == length)
            return RD_LEX_MORE;
        lex_word_ends(lex);
    }

    char character = data[*at];
    enum lex_class class = lex_class(character);
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
        lex_statement_begins(lex);
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

/* The byte after a '-' or '/'. */
static void lex_maybe_comment(struct rd_dump_lex *lex, char character, size_t *at)
{
    bool dash = lex->state == RD_LEX_DASH;

    lex->state = RD_LEX_SQL;
    if (dash && character == '-') {
        lex->state = RD_LEX_LINE_COMMENT;
        lex->keep_text = !lex->in_statement;
        lex_text_begins(lex, "--");
        (*at)++;
    } else if (!dash && character == '*') {
        lex->state = RD_LEX_BLOCK_COMMENT;
        lex->comments = 1;
        lex->previous = '\0';
        lex->goes_on = LEX_IS_OVER;
        (*at)++;
    } else {
        lex->goes_on = LEX_IS_OVER;
        if (!lex->in_statement)
            lex_statement_begins(lex); /* by an operator: no statement that anybody looks at */
    }
}

/* psql ends a comment at a carriage return, too. */
static enum rd_dump_lex_event lex_line_comment(struct rd_dump_lex *lex, const char *data,
                                               size_t length, size_t *at)
{
    size_t from = *at;

    while (*at < length && data[*at] != '\n' && data[*at] != '\r')
        (*at)++;
    if (lex->keep_text)
        lex_text_add(lex, data + from, *at - from);
    if (*at == length)
        return RD_LEX_MORE;
    lex->state = RD_LEX_SQL;
    return lex->keep_text ? RD_LEX_COMMENT : RD_LEX_MORE;
}

static void lex_block_comment(struct rd_dump_lex *lex, const char *data, size_t length, size_t *at)
{
    while (*at < length) {
        char previous = lex->previous;
        char character = data[(*at)++];
        lex->line += character == '\n';
        lex->previous = character;
        bool opens = previous == '/' && character == '*';
        bool closes = previous == '*' && character == '/';
        if (!opens && !closes)
            continue;
        lex->previous = '\0';
        lex->comments += opens ? 1 : -1;
        if (lex->comments == 0) {
            lex->state = RD_LEX_SQL;
            return;
        }
    }
}

/* Up to and with the closing quote, or to the end of the piece. */
static void lex_quoted(struct rd_dump_lex *lex, const char *data, size_t length, size_t *at,
                       char quote)
{
    const char *close = memchr(data + *at, quote, length - *at);
    size_t end = close != NULL ? (size_t)(close - data) + 1 : length;

    lex_count(lex, data + *at, data + end);
    *at = end;
    if (close != NULL)
        lex->state = quote == '"' ? RD_LEX_SQL : RD_LEX_STRING_CLOSED;
    lex->goes_on = LEX_IS_OVER;
}

static void lex_string_escaped(struct rd_dump_lex *lex, const char *data, size_t length, size_t *at)
{
    while (*at < length) {
        char character = data[(*at)++];
        lex->line += character == '\n';
        if (lex->escaped) {
            lex->escaped = false;
        } else if (character == '\\') {
            lex->escaped = true;
        } else if (character == '\'') {
            lex->state = RD_LEX_STRING_CLOSED;
            lex->goes_on = LEX_MAY_GO_ON;
            return;
        }
    }
}

/* Two quotes in a string are one of its characters. */
static void lex_string_closed(struct rd_dump_lex *lex, char character, size_t *at)
{
    lex->state = RD_LEX_SQL;
    if (character != '\'')
        return;
    lex->state = lex->goes_on == LEX_MAY_GO_ON ? RD_LEX_STRING_ESCAPED : RD_LEX_STRING;
    lex->escaped = false;
    (*at)++;
}

/* What was taken for a tag is a word behind a '$'. */
static void lex_tag_fails(struct rd_dump_lex *lex)
{
    size_t at = 1;

    lex->state = RD_LEX_SQL;
    if (lex->tag_length == 1)
        return;
    lex->in_word = true;
    lex->variable = lex->number = false;
    lex->word_length = 0;
    lex_word(lex, lex->tag, (size_t)lex->tag_length, &at);
}

static void lex_tag(struct rd_dump_lex *lex, char character, size_t *at)
{
    enum lex_class class = lex_class(character);
    bool fits = class == LEX_LETTER || (class == LEX_DIGIT && lex->tag_length > 1);

    if (character == '$') {
        lex->tag[lex->tag_length++] = '$';
        lex->tag_match = 0;
        lex->state = RD_LEX_DOLLAR;
        (*at)++;
    } else if (fits) {
        if (lex->tag_length < RD_DUMP_LEX_TAG - 1)
            lex->tag[lex->tag_length++] = character;
        else
            lex_lose(lex);
        (*at)++;
    } else {
        lex_tag_fails(lex);
    }
}

static void lex_dollar(struct rd_dump_lex *lex, const char *data, size_t length, size_t *at)
{
    while (*at < length) {
        if (lex->tag_match == 0) {
            const char *sign = memchr(data + *at, '$', length - *at);
            size_t end = sign != NULL ? (size_t)(sign - data) + 1 : length;
            lex_count(lex, data + *at, data + end);
            *at = end;
            lex->tag_match = sign != NULL;
        } else if (data[*at] == lex->tag[lex->tag_match]) {
            (*at)++;
            lex->tag_match++;
        } else {
            lex->tag_match = 0; /* the byte itself may be the '$' of the next try */
        }
        if (lex->tag_match == lex->tag_length) {
            lex->state = RD_LEX_SQL;
            return;
        }
    }
}

static enum rd_dump_lex_event lex_meta(struct rd_dump_lex *lex, const char *data, size_t length,
                                       size_t *at)
{
    const char *newline = memchr(data + *at, '\n', length - *at);
    size_t end = newline != NULL ? (size_t)(newline - data) : length;

    lex_text_add(lex, data + *at, end - *at);
    *at = end;
    if (newline == NULL)
        return RD_LEX_MORE;
    lex->state = RD_LEX_SQL;
    return RD_LEX_COMMAND;
}

/* Rows: only the beginning of a line is looked at, for the "\." that ends them. */
static enum rd_dump_lex_event lex_rows(struct rd_dump_lex *lex, const char *data, size_t length,
                                       size_t *at)
{
    static const char last[] = "\\.\r";

    while (*at < length) {
        char character = data[*at];
        if (character == '\n') {
            bool ends = lex->row_match == 2 || lex->row_match == 3;
            lex->row_match = 0;
            lex->line++;
            (*at)++;
            if (ends) {
                lex->state = RD_LEX_SQL;
                return RD_LEX_ROWS_END;
            }
        } else if (lex->row_match >= 0 && lex->row_match < 3 && character == last[lex->row_match]) {
            lex->row_match++;
            (*at)++;
        } else {
            const char *newline = memchr(data + *at, '\n', length - *at);
            lex->row_match = -1;
            *at = newline != NULL ? (size_t)(newline - data) : length;
        }
    }
    return RD_LEX_MORE;
}

/* psql reads rows from the line after the COPY, and does what else is on COPY's line after them. */
static void lex_rows_wait(struct rd_dump_lex *lex, const char *data, size_t length, size_t *at)
{
    const char *newline = memchr(data + *at, '\n', length - *at);

    size_t end = newline != NULL ? (size_t)(newline - data) : length;

    for (; *at < end; (*at)++) {
        if (lex_class(data[*at]) != LEX_SPACE)
            lex_lose(lex);
    }
    if (newline != NULL) {
        (*at)++;
        lex->line++;
        lex->state = RD_LEX_ROWS;
    }
}

/* A backslash is told first and followed when the caller comes back. */
static enum rd_dump_lex_event lex_step_sql(struct rd_dump_lex *lex, const char *data, size_t length,
                                           size_t *at)
{
    enum rd_dump_lex_event event = lex_sql(lex, data, length, at);

    if (event == RD_LEX_BACKSLASH) {
        lex_text_begins(lex, "");
        lex->state = RD_LEX_META;
    }
    return event;
}

static enum rd_dump_lex_event lex_step(struct rd_dump_lex *lex, const char *data, size_t length,
                                       size_t *at)
{
    switch (lex->state) {
    case RD_LEX_DASH:
    case RD_LEX_SLASH:
        lex_maybe_comment(lex, data[*at], at);
        break;
    case RD_LEX_LINE_COMMENT:
        return lex_line_comment(lex, data, length, at);
    case RD_LEX_BLOCK_COMMENT:
        lex_block_comment(lex, data, length, at);
        break;
    case RD_LEX_STRING:
        lex_quoted(lex, data, length, at, '\'');
        break;
    case RD_LEX_STRING_ESCAPED:
        lex_string_escaped(lex, data, length, at);
        break;
    case RD_LEX_STRING_CLOSED:
        lex_string_closed(lex, data[*at], at);
        break;
    case RD_LEX_NAME:
        lex_quoted(lex, data, length, at, '"');
        break;
    case RD_LEX_TAG:
        lex_tag(lex, data[*at], at);
        break;
    case RD_LEX_DOLLAR:
        lex_dollar(lex, data, length, at);
        break;
    case RD_LEX_META:
        return lex_meta(lex, data, length, at);
    case RD_LEX_ROWS_WAIT:
        lex_rows_wait(lex, data, length, at);
        break;
    case RD_LEX_ROWS:
        return lex_rows(lex, data, length, at);
    default:
        return lex_step_sql(lex, data, length, at);
    }
    return RD_LEX_MORE;
}

enum rd_dump_lex_event rd_dump_lex_next(struct rd_dump_lex *lex, const char *data, size_t length,
                                        size_t *at)
{
    enum rd_dump_lex_event event = RD_LEX_MORE;

    while (*at < length && event == RD_LEX_MORE)
        event = lex_step(lex, data, length, at);
    return event;
}
