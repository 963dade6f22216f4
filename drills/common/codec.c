/*
 * codec.c: which format a file is in, by what it begins with.
 */
#include "drills/common/codec.h"

#include <string.h>

static const struct rd_codec *const codecs[] = {
    &rd_codec_gzip, &rd_codec_zstd, &rd_codec_lz4, &rd_codec_xz, &rd_codec_bzip2,
};

static const struct {
    const char *mark;
    const char *name;
} codec_foreign[] = {
    {"\x1F\x9D", "compress (.Z)"},
    {"LZIP", "lzip"},
    {"\x89LZO", "lzop"},
    {"\x02\x21\x4C\x18", "the old lz4"},
    {"PK\x03\x04", "zip"},
    {"7z\xBC\xAF\x27\x1C", "7-Zip"},
    {"age-encryption.org/", "age"},
    {"-----BEGIN PGP MESSAGE-----", "PGP"},
    {"Salted__", "'openssl enc'"},
};

bool rd_codec_marked(const unsigned char *data, size_t length, const void *mark, size_t mark_length)
{
    return memcmp(data, mark, length < mark_length ? length : mark_length) == 0;
}

bool rd_codec_skippable(const unsigned char *data, size_t length)
{
    return (data[0] & 0xF0) == 0x50 &&
           (length == 1 || rd_codec_marked(data + 1, length - 1, "\x2A\x4D\x18", 3));
}

/* Where the content begins behind frames without content: pzstd writes one before each of its own,
 * and only the frame behind it tells zstd from lz4. */
static size_t codec_content(const unsigned char *data, size_t length)
{
    size_t at = 0;

    while (length - at >= 8 && rd_codec_skippable(data + at, 8)) {
        const unsigned char *size = data + at + 4;
        size_t bytes = size[0] | size[1] << 8 | size[2] << 16 | (size_t)size[3] << 24;
        if (bytes >= length - at - 8)
            break;
        at += 8 + bytes;
    }
    return at;
}

const struct rd_codec *rd_codec_of(const unsigned char *data, size_t length)
{
    size_t at = codec_content(data, length);

    for (size_t i = 0; i < RD_COUNT(codecs); i++) {
        if (codecs[i]->begins(data + at, length - at))
            return codecs[i];
    }
    return at > 0 ? &rd_codec_zstd : NULL;
}

const char *rd_codec_foreign(const unsigned char *data, size_t length)
{
    for (size_t i = 0; i < RD_COUNT(codec_foreign); i++) {
        size_t mark = strlen(codec_foreign[i].mark);
        if (length >= mark && memcmp(data, codec_foreign[i].mark, mark) == 0)
            return codec_foreign[i].name;
    }
    return NULL;
}
