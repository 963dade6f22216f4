/*
 * fake_pq.h: a scripted libpq. Unit tests of checks link it instead of the real one: the test says
 * beforehand which statements will come, in order, and what the server answers. Any other statement
 * fails the test, and shows itself. What pg.c says at the start of a session, and about time-outs,
 * is answered without being asked for.
 */
#ifndef RD_TESTS_FAKE_PQ_H
#define RD_TESTS_FAKE_PQ_H

#include <stddef.h>

/* A new script for a server of this version (150018). */
void fake_pq_start(int version);

/*
 * The next statement contains `fragment` and is answered with rows. Blanks and line breaks of the
 * statement count as one blank each. Parameters stand behind the statement as " $1=[value]".
 * `cells` are borrowed: row by row, NULL is SQL NULL. Columns are named column1, column2, …
 */
void fake_pq_rows(const char *fragment, size_t columns, size_t rows, const char *const *cells);

/* The same with the cells written in place: FAKE_PQ_ROWS("FROM t", 2, "1", "a", "2", "b"). */
#define FAKE_PQ_ROWS(fragment, columns, ...)                                                      \
    do {                                                                                          \
        static const char *const fake_cells[] = {__VA_ARGS__};                                    \
        fake_pq_rows((fragment), (columns), sizeof(fake_cells) / sizeof(*fake_cells) / (columns), \
                     fake_cells);                                                                 \
    } while (0)

/* It is answered without rows, as a command that affected `affected` rows; "" says no number. */
void fake_pq_done(const char *fragment, const char *affected);

/* The server refuses it. */
void fake_pq_fails(const char *fragment, const char *sqlstate, const char *message);

/* The connection breaks instead of an answer. */
void fake_pq_breaks(const char *fragment);

/* The statement last scripted also contains this one. */
void fake_pq_also(const char *fragment);

/* Every scripted statement must have come. */
void fake_pq_end(void);

#endif
